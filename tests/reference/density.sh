#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes the sets that come with other programs, where these are installed, for density.lua:
# moons.csv and ds3.csv (R's dbscan), blobs750.csv (scikit-learn's DBSCAN example).
#
#   tests/reference/density.sh FOLDER
set -eu
out=$1
mkdir -p "$out"

if [ ! -s "$out/ds3.csv" ] && command -v Rscript >/dev/null; then
  Rscript --vanilla - "$out" >/dev/null 2>&1 <<'R' || rm -f "$out/ds3.csv"
folder <- commandArgs(TRUE)[1]
library(dbscan)
options(digits = 17)
data(moons)
data(DS3)
write.csv(moons, file.path(folder, "moons.csv"), row.names = FALSE)
write.csv(DS3, file.path(folder, "ds3.csv"), row.names = FALSE)
R
fi

if [ ! -s "$out/blobs750.csv" ] && [ -x /usr/bin/python3 ]; then
  /usr/bin/python3 - "$out" >/dev/null 2>&1 <<'PYTHON' || rm -f "$out/blobs750.csv"
import sys
from sklearn.datasets import make_blobs
from sklearn.preprocessing import StandardScaler
x, y = make_blobs(n_samples=750, centers=[[1, 1], [-1, -1], [1, -1]], cluster_std=0.4, random_state=0)
x = StandardScaler().fit_transform(x)
with open(sys.argv[1] + "/blobs750.csv", "w") as f:
    f.write("x,y,truth\n")
    for row, label in zip(x, y):
        f.write("%r,%r,%d\n" % (float(row[0]), float(row[1]), label))
PYTHON
fi
exit 0
