#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# README, ARCHITECTURE, CONTRIBUTING, CHANGELOG and the man page say what is there: commands, folders, layers, version, flags
# and paths that they name exist, and the other way round. (What their code does is tested by guide.lua.)

set -u
cd "$ROOT" || exit 2

number=0
# check NAME LINE...: passes when there are no lines, which say what is wrong.
check() {
  local name=$1
  shift
  number=$((number + 1))
  if [[ -z $* ]]; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    printf '%s\n' "$@" | sed 's/^/# /'
  fi
}

# Those of the words on standard input that a text, given as $1, does not have as a word.
words_not_in() {
  local word
  while read -r word; do
    grep -qE -- "(^|[^[:alnum:]_-])${word//./\\.}([^[:alnum:]_-]|\$)" <<<"$1" || echo "missing: $word"
  done
}

# What stands in backquotes in the documents, a line each.
quoted() { grep -ohE '`[^`]+`' "$@" | tr -d '`'; }

documents=(README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md doc/guide/*.md)

# Paths into the checkout: `src/core/error.h`, `tests/run -v`. Names in capitals stand for others: `FAMILY_primitives.c`.
missing_paths() {
  local path
  quoted "${documents[@]}" | grep -oE '^(src|lua|tests|tools|doc|datasets|\.ci)(/[A-Za-z0-9_.*-]+)+/?' | sort -u |
    while read -r path; do
      [[ $path =~ [A-Z]{4} && ! $path =~ README ]] && continue
      compgen -G "$path" >/dev/null || echo "there is no $path"
    done
}

# Links to files: [text](path).
missing_links() {
  local document target
  for document in "${documents[@]}"; do
    grep -oE '\]\([^)#]+' "$document" | sed 's/^](//' | while read -r target; do
      [[ $target == *://* || -e $(dirname "$document")/$target ]] ||
        echo "$document: there is no $target"
    done
  done
}

missing_targets() {
  local target
  { quoted "${documents[@]}"; grep -hE '^    make ' "${documents[@]}" | sed 's/^ *//; s/#.*//'; } |
    grep -oE '^make [a-z-]+' | sed 's/make //' | sort -u | while read -r target; do
    grep -qE "^$target( [a-z -]*)?:" Makefile || echo "there is no make $target"
  done
}

flags() { "$ASSAY" --help | grep -oE '^  -[^ ]*(, --[a-z-]+)?' | tr -d ' ' | tr , '\n'; }
man_page() { mandoc -T ascii -O width=200 doc/assay.1 2>/dev/null | sed 's/.\x08//g'; }

echo 1..11
check "README.md names the two commands" "$(printf 'make demo\nmake test\n' | words_not_in "$(<README.md)")"
check "ARCHITECTURE.md names every folder of src" \
  "$(find src -mindepth 1 -maxdepth 1 -type d -printf '`%f`\n' | while read -r folder; do
    grep -qF -- "$folder" ARCHITECTURE.md || echo "missing: $folder"
  done)"
check "ARCHITECTURE.md names every layer" \
  "$(sed -nE 's/^layer ([a-z]+):.*/`\1`/p' tools/layers.txt | while read -r layer; do
    grep -qF -- "$layer" ARCHITECTURE.md || echo "missing: $layer"
  done)"
check "ARCHITECTURE.md has at most 240 lines" "$(awk 'END { if (NR > 240) print NR " lines" }' ARCHITECTURE.md)"
check "CHANGELOG.md has the version" "$(grep -qF "## $(<VERSION)" CHANGELOG.md || echo "no section $(<VERSION)")"
check "the program has that version" "$("$ASSAY" --version | grep -qxF "assay $(<VERSION)" || "$ASSAY" --version)"
check "paths that are named exist" "$(missing_paths)"
check "links lead somewhere" "$(missing_links)"
check "make targets that are named exist" "$(missing_targets)"
if command -v mandoc >/dev/null; then
  check "the man page lists all flags" "$(flags | words_not_in "$(man_page)")"
  check "mandoc finds nothing in the man page" "$(mandoc -T lint -W warning doc/assay.1 2>/dev/null)"
else
  echo "ok 10 - the man page lists all flags # SKIP mandoc is not installed"
  echo "ok 11 - mandoc finds nothing in the man page # SKIP mandoc is not installed"
fi
