#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the screens of this folder anew: doc/screens/make.sh [FOLDER with online_retail.csv.gz]
# tests/golden/dash_tour and dash_online_retail fail when they are not what the program shows.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${here%/doc/screens}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state LC_ALL=C.UTF-8 TZ=UTC
ln -s "$root/datasets" datasets
"$root/assay" -q dash datasets/retailer/sales.csv --keys "$here/retailer.keys" >"$here/retailer.txt" 2>/dev/null
if [[ -n ${1-} ]]; then
  ln -s "$(realpath "$1")/online_retail.csv.gz" .
  "$root/assay" -q dash online_retail.csv.gz --keys "$here/online_retail.keys" >"$here/online_retail.txt" 2>/dev/null
fi
