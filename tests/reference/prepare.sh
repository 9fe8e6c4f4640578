#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes the CSV files that the reference tests read: data sets of ASSAY_TESTDATA (default
# ../shared/data beside the checkout) with a header, and sets drawn from a recipe written down
# here. Needs sh, awk and gzip.
#
#   tests/reference/prepare.sh [FOLDER]      FOLDER: build/testdata if not given
#
# What is there and up to date is left alone. Without ASSAY_TESTDATA the files that need it are
# not made, without a word: their tests skip. Exit status 0 unless a file could not be written.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
out=${1:-$root/build/testdata}
data=${ASSAY_TESTDATA:-$root/../shared/data}
case $data in
  /*) ;;
  *) data=$root/$data ;;
esac
recipe=$root/tests/reference/mixture.awk

LC_ALL=C
export LC_ALL

mkdir -p "$out"
trap 'rm -f "$out"/.*.$$' EXIT

# fresh NAME SOURCE: is NAME.csv there and younger than its source and this script?
fresh() {
  [ -s "$out/$1.csv" ] && [ -z "$(find "$2" "$0" -newer "$out/$1.csv")" ]
}

# keep NAME COMMAND...: what the command prints becomes NAME.csv in one step, so that a test that
# runs at the same time never sees half a file, and nobody a file of a command that failed.
keep() {
  name=$1
  shift
  "$@" >"$out/.$name.$$"
  mv "$out/.$name.$$" "$out/$name.csv"
}

# A packed matrix of numbers between blanks, without header, as text: no number is read or rounded.
number_columns() {
  gzip -dc "$1" >"$out/.matrix.$$"
  awk '
    NR == 1 { for (i = 1; i <= NF; i++) printf "%sx%d", (i > 1 ? "," : ""), i; print "" }
    NF { $1 = $1; gsub(/ /, ","); print }
  ' "$out/.matrix.$$"
  rm "$out/.matrix.$$"
}

if [ -d "$data" ]; then
  for file in "$data"/clustering/*/*.data.gz; do
    [ -r "$file" ] || continue
    name=$(basename "$file" .data.gz)
    fresh "$name" "$file" || keep "$name" number_columns "$file"
  done

  for file in customers/Mall_Customers customers/Wholesale_customers; do
    name=$(basename "$file" | awk '{ print tolower($0) }')
    [ -r "$data/$file.csv" ] || continue
    fresh "$name" "$data/$file.csv" || keep "$name" cat "$data/$file.csv"
  done
fi

# Mixtures of Gaussians with known components, in whole numbers: the same on every machine.
# NAME SEED DIMENSIONS SIDE GAP SPREAD SIZES (see mixture.awk)
mixture() {
  fresh "$1" "$recipe" ||
    keep "$1" awk -v seed="$2" -v dimensions="$3" -v side="$4" -v gap="$5" -v spread="$6" \
      -v sizes="$7" -f "$recipe"
}

mixture mixture8 8 2 160000 32000 2 2000x3,100x5
mixture mixture16 16 32 100000 60000 3 64x16
mixture mixture20 20 2 100000 15000 2 150x20
mixture mixture31 31 2 110000 12000 2 100x31
mixture mixture35 35 2 130000 15000 2 150x35
mixture mixture50 50 2 160000 15000 2 150x50
mixture overlap50 51 2 160000 9000 4 100x50
mixture spread40 40 8 60000 20000 4 20x10,50x10,100x10,200x10
