#!/bin/sh
# Prepares this folder for serving, training or testing: `tools/setup.sh serve|train|test|scale|release|lighthouse`.
#
# Makes .venv in the repository root with the pinned packages and sees to the system programs that the task
# needs. Run as root on Debian or Ubuntu it installs missing system packages; otherwise it names them and the
# command, and stops. Running it again costs nothing: what is there already is left alone.
set -eu
cd "$(dirname "$0")/.."
venv=.venv

say() { printf '%s\n' "setup: $*"; }
fail() { printf '%s\n' "setup: $*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
can_apt() { have apt-get && [ "$(id -u)" = 0 ]; }

# The command that installs system packages on this machine, for the reader to run.
install_command() {
  if have apt-get; then echo "sudo apt-get install $*"
  elif have brew; then echo "brew install $*"
  elif have dnf; then echo "sudo dnf install $*"
  elif have pacman; then echo "sudo pacman -S $*"
  else echo "your package manager's install command for: $*"; fi
}

# The programs that are not there, each after a space.
missing_of() { for program in "$@"; do have "$program" || printf ' %s' "$program"; done; }

# need "why" "package ..." "program ...": installs the packages unless all the programs are there.
need() {
  missing=$(missing_of $3)
  [ -z "$missing" ] && return 0
  can_apt || fail "$1 needs$missing. Please run:  $(install_command $2)"
  say "installing $2 ($1)"
  apt_install $2
}

# want ...: the same, but goes on without; what needs the programs is then skipped.
want() {
  missing=$(missing_of $3)
  if [ -n "$missing" ] && ! can_apt; then
    say "going on without$missing ($1); to have it:  $(install_command $2)"
    return 0
  fi
  need "$@"
}

apt_install() {
  log=$(mktemp)
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
      >"$log" 2>&1; then
    cat "$log" >&2; rm -f "$log"
    fail "apt-get could not install: $*"
  fi
  rm -f "$log"
}

is_python_311() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

find_python() {
  for candidate in python3.11 python3 python; do
    if have "$candidate" && is_python_311 "$candidate"; then command -v "$candidate"; return 0; fi
  done
  return 1
}

python_or_fail() {
  find_python && return 0
  if can_apt && apt-cache show python3.11 >/dev/null 2>&1; then
    say "installing python3.11" >&2
    apt_install python3.11 python3.11-venv >&2
    find_python && return 0
  fi
  found=$(python3 --version 2>/dev/null || echo "no Python 3")
  fail "Python 3.11 is needed, found $found. TensorFlow 2.19 is pinned to it." \
       "Please run:  $(install_command python3.11), or use pyenv, uv or conda to put python3.11 on the PATH"
}

make_venv() {
  if [ -x $venv/bin/python ]; then
    is_python_311 $venv/bin/python && return 0
    fail "$venv was made with another Python ($($venv/bin/python --version 2>&1)). Delete it and run this again"
  fi
  python=$(python_or_fail)
  # Debian keeps ensurepip in a package of its own.
  "$python" -c 'import ensurepip' 2>/dev/null || {
    can_apt || fail "$python cannot make virtual environments. Please run:  $(install_command python3.11-venv)"
    say "installing python3.11-venv (virtual environments)"
    apt_install python3.11-venv
  }
  say "making $venv with $python"
  "$python" -m venv $venv
}

# install FILE: does nothing when this very file (and the constraints) were installed before.
install() {
  file=$1
  stamp=$venv/.installed-$(basename "$file" .txt)
  now=$(cat "$file" constraints.txt | cksum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
  say "installing $file into $venv (a few minutes the first time)"
  $venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$file" ||
    fail "pip could not install $file; what it said stands above"
  printf '%s\n' "$now" >"$stamp"
}

# The command genrescope, as a link to this folder: nothing is copied, and nothing fetched.
link_command() {
  stamp=$venv/.linked-genrescope
  now="$(cksum <pyproject.toml) $(pwd)"
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
  $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ||
    fail "pip could not install the command genrescope; what it said stands above"
  printf '%s\n' "$now" >"$stamp"
}

serve() {
  need "reading audio" ffmpeg "ffmpeg ffprobe"
  make_venv
  install requirements.txt
  link_command
}

train() {
  serve
  install requirements-train.txt
}

scale() {
  serve
  install requirements-scale.txt
}

# Beside pip, which keeps one core busy for minutes, where there is something to install; else a lack is said at once.
test_all() {
  need "reading audio" ffmpeg "ffmpeg ffprobe"
  make_venv
  programs=
  if can_apt; then test_programs & programs=$!; else test_programs; fi
  train
  scale
  install requirements-test.txt
  [ -z "$programs" ] || wait "$programs"
}

test_programs() {
  need "driving the page in a browser" "chromium chromium-driver" "chromium chromedriver"
  need "checking the types of the page's code" "nodejs npm" "node npm"
  want "the page in Firefox, too" firefox-esr firefox-esr
  want "the page in WebKit, too" "webkit2gtk-driver xvfb" "WebKitWebDriver Xvfb"
  want "rendering our own songs again" "fluidsynth fluid-soundfont-gm" fluidsynth
  node_modules .
}

# node_modules FOLDER: what its package-lock.json names, unless it was installed before.
node_modules() {
  [ -f "$1/package-lock.json" ] || return 0
  now=$(cksum <"$1/package-lock.json")
  [ -f "$1/node_modules/.installed" ] && [ "$(cat "$1/node_modules/.installed")" = "$now" ] && return 0
  say "installing development packages into $1/node_modules"
  (cd "$1" && npm ci --silent --no-audit --no-fund --ignore-scripts) || fail "npm could not install $1/package-lock.json"
  printf '%s\n' "$now" >"$1/node_modules/.installed"
}

case ${1-} in
  serve) serve ;;
  train) train ;;
  test) test_all ;;
  scale) scale ;;
  release) make_venv; install requirements-release.txt ;;
  lighthouse) node_modules tools/lighthouse ;;
  *) echo "usage: tools/setup.sh serve|train|test|scale|release|lighthouse" >&2; exit 2 ;;
esac
