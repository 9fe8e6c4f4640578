# SPDX-License-Identifier: GPL-3.0-or-later
"""A clustering of tests/bench/clusters by Python's programs: clusters_python.py TASK FILE.f64 COLUMNS FILE.f64 VARIANT.

Only the call is timed, with the data in memory. Prints: seconds, processor seconds, result, name.
"""
import os
import sys
import time
import warnings

import numpy

warnings.filterwarnings("ignore")
task, path, columns, second, variant = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
x = numpy.fromfile(path, dtype="<f8").reshape(-1, columns)


def timed(call, result, name):
    """Runs the call and prints its line."""
    wall, cpu = time.perf_counter(), time.process_time()
    value = call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{wall:.6f} {cpu:.6f} {result(value)} {name}")


if task.startswith("kmeans"):
    from sklearn.cluster import KMeans
    start = numpy.fromfile(second, dtype="<f8").reshape(-1, columns)
    if variant == "single":
        x, start = x.astype(numpy.float32), start.astype(numpy.float32)
    most = int(os.environ["BENCH_ITERATIONS"])
    fit = KMeans(len(start), init=start, n_init=1, max_iter=most, tol=0, algorithm="lloyd")
    timed(lambda: fit.fit(x), lambda m: f"{m.inertia_:.9g}/{m.n_iter_}",
          "scikit-learn, single" if variant == "single" else "scikit-learn")
elif task == "mixture":
    from sklearn.mixture import GaussianMixture
    means = numpy.fromfile(second, dtype="<f8").reshape(-1, columns)
    k = len(means)
    model = GaussianMixture(k, means_init=means, weights_init=numpy.full(k, 1 / k), init_params="random_from_data",
                            precisions_init=numpy.stack([numpy.eye(columns)] * k), max_iter=50, tol=0, random_state=0)
    timed(lambda: model.fit(x), lambda m: f"{m.lower_bound_:.6f}", "scikit-learn")
elif task == "dbscan":
    from sklearn.cluster import DBSCAN
    timed(lambda: DBSCAN(eps=0.1, min_samples=10, n_jobs=-1, algorithm="kd_tree").fit(x),
          lambda m: f"{m.labels_.max() + 1}/{(m.labels_ == -1).sum()}", "scikit-learn")
elif task in ("ward", "average", "complete"):
    from scipy.cluster.hierarchy import linkage
    timed(lambda: linkage(x, task), lambda z: f"{z[:, 2].sum():.4f}", "scipy")
elif task == "silhouette":
    from sklearn.metrics import silhouette_score
    labels = numpy.fromfile(second, dtype="<f8").astype(int)
    timed(lambda: silhouette_score(x, labels), lambda s: f"{s:.9g}", "scikit-learn")
elif task == "pca" and variant == "sklearn":
    from sklearn.decomposition import PCA
    timed(lambda: PCA(10, svd_solver="full").fit(x),
          lambda m: f"{m.explained_variance_[0]:.6f}/{m.explained_variance_[9]:.6f}", "scikit-learn")
elif task == "pca":
    def components():
        """Eigenvectors of the covariances, which is what assay does: the floor."""
        centred = x - x.mean(0)
        return numpy.linalg.eigh(centred.T @ centred / (len(x) - 1))
    timed(components, lambda v: f"{v[0][-1]:.6f}/{v[0][-10]:.6f}", "numpy covariance and eigh")
