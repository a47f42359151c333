#!/usr/bin/env bash
# Whether static/vendor's libmpg123.wasm is, byte for byte, what tools/mpg123 gives: it is built again, into a folder
# of its own. Usage: tools/mpg123/check.sh FOLDER, as for build.sh. Where something for it is missing, says so and
# leaves it: exit code 0, nothing was found wrong.
set -euo pipefail

version=1.31.2
here=$(cd "$(dirname "$0")" && pwd)
committed=$here/../../static/vendor/libmpg123-$version

skip() { printf '%s\n' "check-mpg123: skipped, $*"; exit 0; }

for program in clang-14 wasm-ld-14 patch; do
    command -v "$program" >/dev/null || skip "no $program (Debian 12: apt-get install" \
        "clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32 patch)"
done
[ -e /usr/lib/wasm32-wasi/libc.a ] || skip "no C library for WebAssembly (Debian 12: apt-get install wasi-libc)"
ls /usr/lib/llvm-14/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a >/dev/null 2>&1 ||
    skip "no compiler run-time for WebAssembly (Debian 12: apt-get install libclang-rt-14-dev-wasm32)"
[ -e "${1:-}/mpg123_$version.orig.tar.bz2" ] || skip "no source: say MPG123_SOURCE=folder, the one with Debian 12's" \
    "mpg123_$version.orig.tar.bz2 and .debian.tar.xz (apt-get source --download-only mpg123)"

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
"$here/build.sh" "$1" "$built"
for file in libmpg123.wasm LICENSE; do
    cmp "$built/$file" "$committed/$file" || {
        echo "static/vendor/libmpg123-$version/$file is not what its source gives: tools/mpg123/build.sh" >&2
        exit 1
    }
done
echo "check-mpg123: libmpg123.wasm is what its source gives"
