# SPDX-License-Identifier: GPL-3.0-or-later
"""k-means of the benchmark by scikit-learn: kmeans_sklearn.py FILE.f64 COLUMNS K ITERATIONS [single]

single: in single precision.
Only the fit is timed, with the data in memory. Prints: seconds, inertia, iterations, version.
"""
import sys
import time
import warnings

import numpy
import sklearn
from sklearn.cluster import KMeans

path, columns, k, iterations = sys.argv[1], *map(int, sys.argv[2:5])
x = numpy.fromfile(path, dtype="<f8").reshape(-1, columns)
if len(sys.argv) > 5:
    x = x.astype(numpy.float32)
warnings.filterwarnings("ignore")
model = KMeans(k, init=x[:k].copy(), n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
start = time.perf_counter()
model.fit(x)
seconds = time.perf_counter() - start
print(f"{seconds:.6f} {model.inertia_:.17g} {model.n_iter_} scikit-learn {sklearn.__version__}{' single' if len(sys.argv) > 5 else ''}")
