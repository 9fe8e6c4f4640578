#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks every figure of kmeans.lua with scikit-learn, and with R where it is there.

    tests/reference/data/verify.py [--swaps N] [NAME ...]

Two figures are found anew for each case, as README.md beside this file defines them:

inertia  the best of 200 runs of scikit-learn's KMeans, each from one k-means++ start with its own
         seed (Lloyd, tol 0).
best     the lowest of that, of N runs more in which one centre of the best so far is put on a random
         row (default 2000), of R's kmeans (Hartigan-Wong, 1000 starts), and for data made of known
         components of a run from the components' own means.

The rest is computed from the labels of the best alone, in exact sums. Exit status 1 where a figure
differs by more than 1e-9 relative, or one lower than the table's best turns up. Needs
python3-sklearn and lua5.4; takes several minutes.
"""
import argparse
import csv
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

import numpy
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
TOLERANCE = 1e-9
STARTS = 200

TO_JSON = r"""
local function text(value)
  if type(value) == "table" then
    local parts = {}
    if #value > 0 then
      for i, item in ipairs(value) do parts[i] = text(item) end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    for key, item in pairs(value) do parts[#parts + 1] = string.format("%q:%s", key, text(item)) end
    return "{" .. table.concat(parts, ",") .. "}"
  elseif type(value) == "number" then
    return string.format(math.type(value) == "integer" and "%d" or "%.17g", value)
  elseif type(value) == "string" then
    return '"' .. value:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
  end
  return tostring(value)
end
io.write(text(dofile(arg[1])))
"""


def load_cases():
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(TO_JSON)
        script.flush()
        out = subprocess.run(["lua5.4", script.name, os.path.join(HERE, "kmeans.lua")],
                             check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def data_path(name):
    shipped = os.path.join(ROOT, "datasets", name, name + ".csv")
    if os.path.exists(shipped):
        return shipped
    return os.path.join(ROOT, "build", "testdata", name + ".csv")


def read_columns(path, names):
    with open(path, newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    places = [rows[0].index(name) for name in names]
    return numpy.array([[float(row[place]) for place in places] for row in rows[1:]])


def all_columns(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return next(csv.reader(stream))


def scale_of(x, method):
    """Shift and divisor of each column."""
    zero, one = numpy.zeros(x.shape[1]), numpy.ones(x.shape[1])
    if method == "zscore":
        return x.mean(axis=0), x.std(axis=0, ddof=1)
    if method == "range":
        return x.min(axis=0), x.max(axis=0) - x.min(axis=0)
    if method == "robust":
        low, high = numpy.percentile(x, [25, 75], axis=0)
        return numpy.median(x, axis=0), high - low
    return zero, one


def describe(x, labels, weights):
    """Inertia, clusters in the program's order, means: exact sums over the labels."""
    order = []
    for label in numpy.unique(labels):
        members = numpy.flatnonzero(labels == label)
        order.append((-len(members), members[0], label))
    order.sort()
    inertia, sizes, means = 0.0, [], []
    within = []
    for negative, _, label in order:
        members = labels == label
        w = weights[members]
        mean = [math.fsum(column * w) / math.fsum(w) for column in x[members].T]
        part = ((x[members] - mean) ** 2).sum(axis=1) * w
        within.append(math.fsum(part))
        means.append(mean)
        sizes.append(int(-negative))
    inertia = math.fsum(within)
    centre = [math.fsum(column * weights) / math.fsum(weights) for column in x.T]
    total = math.fsum((((x - centre) ** 2).sum(axis=1)) * weights)
    return inertia, sizes, numpy.array(means), total


def fit(x, k, weights, init, starts=1, seed=0):
    model = KMeans(k, init=init, n_init=starts, tol=0, max_iter=10000, algorithm="lloyd",
                   random_state=seed)
    return model.fit(x, sample_weight=weights)


def components_start(x, sizes):
    ends = numpy.cumsum(sizes)
    return numpy.array([x[end - size:end].mean(axis=0) for size, end in zip(sizes, ends)])


def r_labels(x, k, starts):
    """Labels by R's Hartigan-Wong on the same matrix, or None without R."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as matrix:
        numpy.savetxt(matrix, x, fmt="%.17g")
        matrix.flush()
        code = (f'x <- as.matrix(read.table("{matrix.name}")); set.seed(1);'
                f'suppressWarnings(m <- kmeans(x, {k}, nstart = {starts}, iter.max = 1000));'
                'cat(m$cluster)')
        out = subprocess.run(["Rscript", "--vanilla", "-e", code], capture_output=True, text=True)
    return numpy.array(out.stdout.split(), dtype=int) if out.returncode == 0 else None


def swap(y, k, weights, labels, swaps, random):
    """Moves one centre to a random row, again and again, and keeps what is better."""
    best = describe(y, labels, weights)
    for _ in range(swaps):
        trial = best[2].copy()
        trial[random.integers(k)] = y[random.integers(len(y))]
        model = fit(y, k, weights, trial)
        if model.inertia_ < best[0] * (1 - 1e-12):
            labels = model.labels_
            best = describe(y, labels, weights)
    return labels


def search(x, k, weights, swaps, components=None):
    """What scikit-learn's starts reach, how many reach it, and the best labels known."""
    y = x - x.mean(axis=0)
    runs = [fit(y, k, weights, "k-means++", 1, 100000 + i) for i in range(STARTS)]
    first = min(runs, key=lambda model: model.inertia_)
    reached = sum(model.inertia_ <= first.inertia_ * (1 + 1e-7) for model in runs)
    found = [first.labels_]
    if components:
        found.append(fit(y, k, weights, components_start(y, components)).labels_)
    by_r = None
    if (weights == 1).all():
        by_r = r_labels(y, k, 1000 if len(y) <= 1000 else 200)
        if by_r is not None:
            found.append(by_r)
    best = min(found, key=lambda labels: describe(y, labels, weights)[0])
    best = swap(y, k, weights, best, swaps, numpy.random.default_rng(1))
    return first.labels_, reached, best, by_r


def apart(a, b):
    return abs(a - b) / max(abs(a), abs(b), 1e-300)


def check(case, options):
    path = data_path(case["data"])
    if not os.path.exists(path):
        return None
    raw = read_columns(path, case.get("columns") or all_columns(path))
    shift, divisor = scale_of(raw, case.get("scale", "none"))
    x = (raw - shift) / divisor
    weights = numpy.ones(len(x))
    if "weights" in case:
        weights = read_columns(path, [case["weights"]])[:, 0]
    first, reached, labels, by_r = search(x, case["k"], weights, options.swaps,
                                          case.get("components"))
    problems = []

    def compare(name, value, wanted):
        if apart(value, wanted) > TOLERANCE:
            problems.append(f"{name} {value:.13g}, table {wanted:.13g}")

    inertia, sizes, means, total = describe(x, labels, weights)
    bound = describe(x, first, weights)[0]
    compare("inertia", bound, case["inertia"])
    compare("best", inertia, case.get("best", case["inertia"]))
    if reached != case["reached"]:
        problems.append(f"reached {reached}, table {case['reached']}")
    if sizes != case.get("sizes", sizes):
        problems.append(f"sizes {sizes}")
    compare("totss", total, case["totss"])
    if "centres" in case:
        worst = numpy.max(numpy.abs(means * divisor + shift - numpy.array(case["centres"])))
        if worst > 1e-9 * numpy.max(numpy.abs(raw)):
            problems.append(f"centres off by {worst:.3g}")
    if "silhouette" in case:
        compare("silhouette", silhouette_score(x, labels), case["silhouette"])
    other = ""
    if by_r is not None:
        other = f"R {describe(x, by_r, weights)[0] / inertia - 1:+.1e}"
    return problems, f"{reached}/{STARTS}", other


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--swaps", type=int, default=2000)
    parser.add_argument("names", nargs="*", help="cases whose name begins so (default: all)")
    options = parser.parse_args()
    failed = 0
    for case in load_cases():
        if options.names and not any(case["name"].startswith(name) for name in options.names):
            continue
        outcome = check(case, options)
        if outcome is None:
            print(f"{case['name']:<34} skipped: no data")
            continue
        problems, reached, other = outcome
        failed += bool(problems)
        print(f"{case['name']:<34} {reached:>8} {other:<12} {'; '.join(problems) or 'ok'}",
              flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
