/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectral.h -- spectral clustering: the smallest eigenvectors of a graph's Laplacian lay rows out so that k-means
 * finds clusters of any shape (Ng, Jordan and Weiss 2002; von Luxburg 2007).
 *
 * Affinity knn: rows are connected to their nearest rows; a connection in one direction weighs 1/2, in both 1. Affinity
 * rbf: all pairs, exp(-gamma distance^2) (0 below 1e-100), n^2 numbers; or with landmarks an approximation by the
 * affinities to some of the rows (spectral_landmarks.c). The normalised Laplacian is I - D^-1/2 W
 * D^-1/2; the eigenvectors of components are known beforehand (as many zeros as the graph has components), Lanczos's
 * method finds the others from products with the sparse matrix (math/symmetric.h). Each row's k coordinates are scaled
 * to length 1.
 *
 * Time: neighbours, then some hundred products, more where clusters are hard to part; memory 24 n neighbours bytes and
 * (3 k + 50) n numbers. With m landmarks: 3 n m affinities, n m^2 / 2 products, some 20 m^3; m^2 numbers for each thread
 * and level of the tree of sums, and k n.
 */
#ifndef ASSAY_CLUSTER_SPECTRAL_H
#define ASSAY_CLUSTER_SPECTRAL_H

#include "cluster/cluster_options.h"
#include "math/symmetric.h"

#define SPECTRAL_OPTIONS(O) \
  O(k, INT, "0", 0, 1000, "", "", "number of clusters; 0: where the eigenvalues leave the widest gap, 2 to 10") \
  O(affinity, CHOICE, "knn", 0, 0, "knn|rbf", "", \
    "what connects rows: knn their nearest rows, rbf all rows by exp(-gamma distance^2), n^2 numbers") \
  O(neighbours, INT, "10", 1, 1000, "", "rows", "nearest rows that a row is connected to (knn)") \
  O(gamma, NUMBER, "0", 0, 1e300, "", "", \
    "how fast affinity falls (rbf); 0: 1 / (2 m^2), m the median distance to the 7th row (landmark)") \
  O(landmarks, INT, "0", 0, 5000, "", "rows", \
    "by how many rows, drawn by the seed, all affinities are approximated (rbf; Nystrom); 0: none, all pairs") \
  O(starts, INT, "10", 1, 1e6, "", "", "starts of k-means on the eigenvectors") \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct SpectralOptions {
  SPECTRAL_OPTIONS(OPTION_FIELD)
} SpectralOptions;

/* A symmetric matrix without its diagonal, by rows: columns and values from first[i] to first[i + 1]. */
typedef struct SpectralGraph {
  size_t n;
  size_t *first;      /* n + 1 */
  uint32_t *columns;
  double *values;
} SpectralGraph;

void spectral_graph_free(SpectralGraph *graph);

/* Of the rows of an n x d matrix. gamma 0: as the option says; what was used comes back. Errors: STATUS_MEMORY,
 * _CANCELLED. */
Status spectral_graph_knn(Task *task, const double *values, size_t n, size_t d, size_t neighbours, SpectralGraph *out,
                          Error *e) MUST_USE;
Status spectral_graph_rbf(Task *task, const double *values, size_t n, size_t d, double *gamma, SpectralGraph *out,
                          Error *e) MUST_USE;

typedef struct SpectralLayout {
  size_t n, k; /* k: eigenvectors */
  size_t components;
  double *eigenvalues; /* k, of the Laplacian, rising */
  double *vectors;     /* k x n */
  SymmetricReport report;
} SpectralLayout;

void spectral_layout_free(SpectralLayout *layout);

/* The k smallest eigenvalues and their vectors, k <= n. A row without connections is a component of its own. Signs and,
 * in an eigenspace of several dimensions, directions are what the method gives for the seed. */
Status spectral_layout(Task *task, const SpectralGraph *graph, size_t k, uint64_t seed, SpectralLayout *out,
                       Error *e) MUST_USE;

/* What is less connects nothing: sums of such numbers, and their inverses, would leave the range of numbers. */
#define SPECTRAL_FAINT 1e-100

/* 1 / (2 m^2), m the median distance to the 7th row; 1 where that is 0. Errors: STATUS_MEMORY, _CANCELLED. */
Status spectral_gamma(Task *task, const double *values, size_t n, size_t d, double *gamma, Error *e) MUST_USE;

/* What places any row among the eigenvectors: c, its affinities to the landmarks, gives the degree c'weights and the
 * coordinates vectors c / root of the degree. */
typedef struct SpectralMap {
  size_t m, d, k;
  double gamma;
  double *landmarks; /* m x d */
  double *weights;   /* m */
  double *vectors;   /* k x m */
} SpectralMap;

void spectral_map_free(SpectralMap *map);

/* How well the landmarks stand for the rows. */
typedef struct SpectralCarried {
  double share; /* of a row's affinity to itself, at most 1: the mean over up to 1000 rows */
  size_t far;   /* rows near no landmark: they go with the nearest */
} SpectralCarried;

/* The layout of the n rows by min(m, n) of them, drawn by the seed; of k eigenvalues at most as many as the landmarks'
 * affinities have directions. Components are not counted (1). The caller frees map and layout. Errors: STATUS_MEMORY,
 * _CANCELLED; those of symmetric_eigen. */
Status spectral_landmarks(Task *task, const double *values, size_t n, size_t d, size_t m, double gamma, size_t k,
                          uint64_t seed, SpectralMap *map, SpectralLayout *out, SpectralCarried *carried,
                          Error *e) MUST_USE;

/* Eigenvectors (map->k x n) for n rows, and the distance to each row's nearest landmark (NULL: not wanted). The rows of
 * the fit get what they had there. O(n m (d + k)). Errors: STATUS_MEMORY, _CANCELLED. */
Status spectral_place(Task *task, const SpectralMap *map, const double *values, size_t n, double *vectors,
                      double *distances, Error *e) MUST_USE;

/* The number of clusters, 2 to 10 and below layout->k, behind which the gap between eigenvalues is widest; the number
 * of components when there are several of them. */
size_t spectral_widest_gap(const SpectralLayout *layout);

/* The first k coordinates of each row scaled to length 1: out is n x k, row-major. A row of zeros stays. */
void spectral_rows(const SpectralLayout *layout, size_t k, double *out);

#endif
