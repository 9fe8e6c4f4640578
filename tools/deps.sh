#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks that the packages assay is built, tested and linted with are there, and installs what is missing on Debian
# and its relatives.
#
#   tools/deps.sh [--recommended] [--list] SET...     SET: build test lint all
#
# The check asks dpkg-query once and touches no network, so that `make demo` and `make test` may run it every time.
# Elsewhere than on Debian it asks pkg-config and the PATH, names what is needed and leaves installing to the reader.
# A recommended package never fails the run: it is installed along with what is missing, or by --recommended.

set -u

# set, packages (any of them will do; the first one known to apt is installed), how to find it elsewhere
# (a pkg-config module, a command after a "!", a shared library after a "="; "-" where it comes with the compiler),
# what for.
table() {
  cat <<'TABLE'
build       gcc|clang                     !cc         C compiler
build       libc6-dev                     -           C library headers
build       make                          !make       GNU make
build       pkg-config|pkgconf            !pkg-config finds the libraries
build       libncurses-dev                ncursesw    ncurses with wide characters
build       libreadline-dev               readline    readline 8
build       liblua5.4-dev                 lua5.4|lua-5.4|lua54|lua Lua 5.4
build       libopenblas0-pthread|libopenblas0-openmp =libopenblas.so.0 OpenBLAS (any but the serial one), opened at run time
build       r-mathlib                     =libRmath.so.1 distributions of R, opened at run time
build       libjansson-dev                jansson     JSON
build       libutf8proc-dev               libutf8proc Unicode
build       zlib1g-dev                    zlib        packed files: gzip
build       libzstd-dev                   libzstd     packed files: Zstandard
build       libpcre2-dev                  libpcre2-8  regular expressions
build       libxxhash-dev                 libxxhash   hash functions (headers only)
build       gettext                       !msgfmt     messages in other languages
build       tzdata                        -           time zones
recommended gnuplot-nox|gnuplot-qt|gnuplot-x11 !gnuplot plots in files
recommended libsqlite3-dev                sqlite3     the plugin for SQLite databases
recommended libminizip-dev                minizip     the plugin for Excel workbooks
recommended libexpat1-dev                 expat       the same
test        libcmocka-dev                 cmocka      unit tests
test        tmux                          !tmux       tests at a terminal
test        less                          !less       the pager of the tests at a terminal
test        universal-ctags               !ctags      function lengths
test        mandoc                        !mandoc     checks the man page
test        sqlite3                       !sqlite3    makes databases for the tests
lint        universal-ctags               !ctags      function lengths
lint        cppcheck                      !cppcheck   checks the C sources
lint        lua-check                     !luacheck   checks the Lua sources
all         clang                         !clang      fuzzing, second compiler
all         libclang-rt-14-dev|libclang-rt-dev - sanitizer and fuzzer run time of clang
all         valgrind                      !valgrind   memory checks
TABLE
}

say() { printf '%s\n' "deps: $*" >&2; }

# Rows of the sets asked for. "test" and "lint" stand on "build"; "all" is everything.
rows() {
  table | awk -v sets=" $sets " '{ if (index(sets, " " $1 " ") && !seen[$2]++) print }'
}

sets="" recommended=no list=no
for argument in "$@"; do
  case $argument in
    --recommended) recommended=yes ;;
    --list) list=yes ;;
    build | recommended) sets="$sets build" ;;
    test | lint) sets="$sets build $argument" ;;
    all) sets="$sets build test lint all" ;;
    *) say "unknown argument '$argument' (sets: build test lint all)"; exit 2 ;;
  esac
done
[ -n "$sets" ] || sets="build"

if [ $list = yes ]; then
  sets="$sets recommended"
  rows | awk '{ split($2, p, "|"); print p[1] }'
  exit 0
fi

# ---- Debian ---------------------------------------------------------------------------------------------------

# Prints "SET ALTERNATIVES" for each wanted row of which no package is installed.
missing_rows() {
  rows | awk '{ gsub("[|]", " ", $2); print $2 }' | xargs dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' 2>/dev/null |
    awk -v wanted="$(rows | awk '{ printf "%s %s ", $1, $2 }')" '
      $1 == "ii" || $1 == "hi" { have[$2] = 1 }
      END {
        n = split(wanted, word, " ")
        for (i = 2; i <= n; i += 2) {
          m = split(word[i], alternative, "|"); found = 0
          for (j = 1; j <= m; j++) if (alternative[j] in have) found = 1
          if (!found) print word[i - 1], word[i]
        }
      }'
}

# For each row of alternatives the first one that apt knows.
choose() {
  for row in "$@"; do
    chosen=""
    for package in $(printf '%s' "$row" | tr '|' ' '); do
      if apt-cache show "$package" >/dev/null 2>&1; then chosen=$package; break; fi
    done
    printf '%s ' "${chosen:-${row%%|*}}"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Runs apt-get. At a terminal its progress shows; elsewhere only what it said when it failed.
apt() {
  if [ -t 2 ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@" </dev/null >&2
    return
  fi
  log=$(mktemp) || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@" </dev/null >"$log" 2>&1
  result=$?
  [ $result = 0 ] || tail -n 30 "$log" >&2
  rm -f "$log"
  return $result
}

apt_install() { apt install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"; }

debian() {
  sets="$sets recommended"
  absent=$(missing_rows)
  missing=$(printf '%s\n' "$absent" | awk '$1 != "recommended" { print $2 }')
  extra=$(printf '%s\n' "$absent" | awk '$1 == "recommended" { print $2 }')
  if [ -z "$missing" ]; then
    [ -n "$extra" ] || return 0
    [ $recommended = yes ] || return 0
  fi
  # shellcheck disable=SC2086
  first=$(printf '%s\n' $missing $extra | sed 's/|.*//' | tr '\n' ' ')
  say "missing: $first"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
    say "this needs root, and there is no sudo. As root:"
    say "  apt-get update && apt-get install -y --no-install-recommends $first"
    [ -z "$missing" ] && return 0
    return 1
  fi
  say "installing them with apt-get (a minute or so)"
  apt update ||
    say "apt-get update failed; trying with the lists that are there"
  # shellcheck disable=SC2046,SC2086
  if apt_install $(choose $missing $extra); then return 0; fi
  if [ -n "$missing" ] && [ -n "$extra" ]; then
    say "once more without the recommended packages"
    # shellcheck disable=SC2046,SC2086
    apt_install $(choose $missing) || { say "apt-get could not install what is needed"; return 1; }
    return 0
  fi
  [ -z "$missing" ] || { say "apt-get could not install what is needed"; return 1; }
  say "apt-get could not install what is recommended; going on without"
}

# ---- Other systems --------------------------------------------------------------------------------------------

# Is one of the ways to find a row there?
found() {
  for way in $(printf '%s' "$1" | tr '|' ' '); do
    case $way in
      -) return 0 ;;
      !*) command -v "${way#!}" >/dev/null 2>&1 && return 0 ;;
      =*) PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q "${way#=} " && return 0 ;;
      *) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$way" && return 0 ;;
    esac
  done
  return 1
}

elsewhere() {
  lacking=$(rows | while read -r _ package way purpose; do
    found "$way" || printf '  %-28s %-14s %s\n' "${package%%|*}" "$way" "$purpose"
  done)
  [ -n "$lacking" ] || return 0
  say "this is not Debian; please install the following (Debian's name; pkg-config module, !command or =library; purpose):"
  printf '%s\n' "$lacking" >&2
  say "recommended beside them: gnuplot; sqlite3, minizip and expat with their headers, for plugins"
  return 1
}

if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then debian; else elsewhere; fi
