/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture_fit.h -- what the sources of mixtures share: passes over rows, maximisation, starts. */
#ifndef ASSAY_CLUSTER_MIXTURE_FIT_H
#define ASSAY_CLUSTER_MIXTURE_FIT_H

#include "cluster/mixture.h"

typedef struct MixtureWork MixtureWork; /* room for passes over some rows by up to k components */

/* spread: standard deviations of the d columns, what covariances are measured against. Borrows all it is given. */
Status mixture_work_new(Task *task, const Rows *rows, const double *weights, size_t k, const double *spread,
                        MixtureWork **out, Error *e) MUST_USE;
void mixture_work_free(MixtureWork *work); /* NULL is fine */

/* What a pass finds: sums over rows of weight times log density, and of weight times -log of the highest probability;
 * and for the maximisation each component's weight, mean and scatter about that mean (of diagonal models the diagonal
 * alone). */
typedef struct MixtureMoments {
  double log_likelihood, doubt;
  double *weight;  /* k */
  double *mean;    /* k x d */
  double *scatter; /* k x d x d */
} MixtureMoments;

Status mixture_moments_new(size_t k, size_t d, MixtureMoments *out, Error *e) MUST_USE; /* one block, at weight */
void mixture_moments_free(MixtureMoments *m);

/* One pass with p's densities, or with labels instead of them (then the two sums are 0 and only means of p count; p's
 * model says what of the scatter is wanted). *singular: p has no densities, and nothing was done. */
Status mixture_pass(MixtureWork *work, const MixtureParameters *p, const int32_t *labels, MixtureMoments *out,
                    bool *singular, Error *e) MUST_USE;

/* New parameters (of out->model) from moments. axes, d x d, serve models with a common orientation alone: where the
 * search for it begins (all 0: it knows where), and what it finds; unchanged after an error. *singular: the parameters
 * have no densities. */
Status mixture_maximise(const MixtureMoments *m, double reg, const Task *task, double *axes, MixtureParameters *out,
                        bool *singular, Error *e) MUST_USE;

/* The best common orientation of k scatters, its axes in rows, for one volume (EVE) or a volume of each (VVE), and the
 * scatters' k x d diagonals along these axes. Goes down from `axes`, or from the pooled scatter's when these are none.
 * *sound is false when a scatter is flat. A sweep: 6 k d^3 operations; a few to some dozen of them. Errors: memory,
 * cancelled; then axes are as they were. */
Status mixture_orientation(const MixtureMoments *m, size_t k, size_t d, bool one_volume, const Task *task, double *axes,
                           double *values, bool *sound, Error *e) MUST_USE;

/* Cholesky factors' inverses, packed as the kernels want them (d cells when diagonal), and the constants of the log
 * densities; false where a pivot is below 1e-7 spread. */
bool mixture_densities(const MixtureParameters *p, const double *spread, double *inverse, double *constant);

/* Where fits begin. Keeps the merges, which serve every number of components, and for the last one the clusters of its
 * first start by k-means, which serve every model. */
typedef struct MixtureStarts MixtureStarts;

Status mixture_starts_new(Task *task, const Rows *rows, const double *weights, const MixtureSettings *settings,
                          MixtureStarts **out, Error *e) MUST_USE;
void mixture_starts_free(MixtureStarts *starts); /* NULL is fine */

/* The moments of k clusters of rows (all, or those drawn), for the model's maximisation. *failed: there are fewer
 * distinct rows. STATUS_CANCELLED and errors of memory. */
Status mixture_start(MixtureStarts *starts, MixtureModel model, size_t k, size_t start, MixtureMoments *out,
                     bool *failed, Error *e) MUST_USE;
/* Where a start of some components begins: given or random means, merges or quantiles (start 0), or k-means. */
MixtureInit mixture_start_kind(const MixtureSettings *settings, size_t start);

/* Model-based hierarchical clustering of n rows (row-major, d columns): merges[2 i], merges[2 i + 1] are the two
 * groups, named by their first row, that become one at step i < n - 1. n^2 pairs of d^3 / 3 operations at most, and n^2
 * / 2 numbers. */
Status mixture_merges(Task *task, const double *values, size_t n, size_t d, int32_t *merges, Error *e) MUST_USE;
/* The groups when k are left, numbered by their first row. */
void mixture_cut(const int32_t *merges, size_t n, size_t k, int32_t *labels);

#endif
