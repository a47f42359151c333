#!/usr/bin/env bash
# static/vendor/libmpg123-1.31.2/libmpg123.wasm from Debian's source package of mpg123, version 1.31.2-1+deb12u1.
# Usage: tools/mpg123/build.sh FOLDER [TARGET]: FOLDER holds the package's two archives (on Debian 12 with deb-src
# sources: `apt-get source --download-only mpg123`), TARGET is to hold what is built instead of static/vendor.
# Made with Debian 12's clang-14, lld-14, wasi-libc (0.0~git20220510) and libclang-rt-14-dev-wasm32: others may give
# other bytes. `make check-mpg123` (check.sh) sees whether the committed module is what this gives.
set -euo pipefail

version=1.31.2
here=$(cd "$(dirname "$0")" && pwd)
archives=$(cd "$1" && pwd)
target=${2:-$here/../../static/vendor/libmpg123-$version}
mkdir -p "$target"
target=$(cd "$target" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$archives"
sha256sum --check --quiet <<SUMS
b17f22905e31f43b6b401dfdf6a71ed11bb7d056f68db449d70b9f9ae839c7de  mpg123_$version.orig.tar.bz2
9fc7eeeb4be67525fb7901022955b646832f095499612672ad7c24a1b3303599  mpg123_$version-1+deb12u1.debian.tar.xz
SUMS

cd "$work"
tar xf "$archives/mpg123_$version.orig.tar.bz2"
tar xf "$archives/mpg123_$version-1+deb12u1.debian.tar.xz"
cd "mpg123-$version"
patch --quiet -p1 <../debian/patches/CVE-2024-10573.patch
patch --quiet -p1 <"$here/mono.patch"

lib=src/libmpg123
sed -e "s/@PACKAGE_VERSION@/$version/" -e 's/@API_VERSION@/47/' -e 's/@BUILD_NO_LARGENAME@/1/' \
    -e 's/@INCLUDE_STDLIB_H@/#include <stdlib.h>/' -e 's/@INCLUDE_SYS_TYPE_H@/#include <sys\/types.h>/' \
    $lib/mpg123.h.in >mpg123.h
mkdir objects
for source in "$here/wrapper.c" $lib/{parse,frame,format,dct64,id3,optimize,readers,tabinit,libmpg123}.c \
    $lib/{layer1,layer2,layer3,synth_real}.c; do
    clang-14 --target=wasm32-wasi -isystem /usr/include/wasm32-wasi -O3 -msimd128 -fno-strict-aliasing -w \
        -DOPT_GENERIC -DREAL_IS_FLOAT -I"$here" -I. -I$lib -Isrc/compat -Isrc \
        -c "$source" -o "objects/$(basename "$source" .c).o"
done
clang-14 --target=wasm32-wasi --sysroot=/usr -L/usr/lib/wasm32-wasi -nostartfiles -mexec-model=reactor -fuse-ld=lld \
    -Wl,--no-entry,--gc-sections,--strip-all,--stack-first,--max-memory=33554432 \
    objects/*.o -o "$target/libmpg123.wasm"
cp COPYING "$target/LICENSE"
