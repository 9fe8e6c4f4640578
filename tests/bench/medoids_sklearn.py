# SPDX-License-Identifier: GPL-3.0-or-later
"""The silhouette of the benchmark by scikit-learn (see tests/bench/medoids)."""
import os
import time

import numpy
from sklearn.metrics import silhouette_score

data = numpy.loadtxt(os.environ["BENCH_CSV"], delimiter=",", skiprows=1)
wall, cpu = time.perf_counter(), time.process_time()
width = silhouette_score(data[:, :4], data[:, 4].astype(int))
print(f"{'scikit-learn silhouette':28} {time.perf_counter() - wall:8.3f} s {time.process_time() - cpu:7.3f}   {width:.9g}")
