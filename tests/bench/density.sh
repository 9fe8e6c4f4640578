#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# dbscan, hdbscan and optics beside R's dbscan on the same rows, in turn. Fails nothing.
#
#   tests/bench/density.sh [ROUNDS]        environment: ASSAY (./assay), ROWS (100000), RSCRIPT
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
assay=${ASSAY:-$here/../../assay}
out=$here/../../build/bench
mkdir -p "$out"
BENCH_CSV=$out/density.csv BENCH_ROWS=${ROWS:-100000}
export BENCH_CSV BENCH_ROWS
BENCH_MAKE=1 "$assay" "$here/density.lua"
round=0
while [ "$round" -lt "${1:-3}" ]; do
  "$assay" "$here/density.lua"
  command -v "${RSCRIPT:-Rscript}" >/dev/null && "${RSCRIPT:-Rscript}" --vanilla "$here/density.R"
  round=$((round + 1))
done
