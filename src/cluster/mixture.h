/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture.h -- Gaussian mixtures by expectation and maximisation, with the choice of covariance model and number of
 * components by an information criterion.
 *
 * A component has a share, a mean and a covariance lambda D A D': volume lambda, shape A (diagonal, determinant 1),
 * orientation D. A model's three letters say of each whether it is equal in all components (E), varies (V) or is not
 * there (I): EII spheres of one size ... VVV free ellipsoids. With one column only volume is left: EII and VII are
 * mclust's E and V. The likelihoods are mclust's, but for VVE: mclust 6.0 seeks its orientation by EVE's criterion, so
 * that its likelihood stays below the largest (tests/reference/mixture.R).
 *
 * An iteration is one pass over the rows (mixture_pass.c): densities, shares of each row among the components, and at
 * once the sums from which the next parameters follow; no n x k matrix is kept. Sums are taken about the parameters'
 * own means and run along the fixed tree of core/reduce.h. So a fit has the same bits on any number of threads, and on
 * every instruction set as far as the C library's log and sqrt of k d numbers are the same.
 *
 * Starts: "hierarchical" merges up to MIXTURE_MERGE_ROWS rows (drawn by seed when there are more) one pair after the
 * other so that the likelihood of free ellipsoids falls least, on principal components of standardised columns (as
 * mclust does); one column is cut at its quantiles. It knows no chance as long as all rows take part. "kmeans" takes
 * k-means's clusters, "random" k rows as means; "means" given ones. After the first start further ones are by k-means,
 * with other seeds. Merges of drawn rows only are always followed by such a start: each of the two ends higher on some
 * data (SIPU's s2 and s4), and which it is does not show before they have converged.
 *
 * A covariance is singular when a pivot of its Cholesky factor is below 1e-7 standard deviations of the column: such a
 * fit has no likelihood (it can be made as high as one likes). reg, added to every variance after each iteration,
 * prevents it. Where a column is the same in every row, all models but EII and VII are singular without reg, and EII and
 * VII where all columns are; these are not tried.
 *
 * Cost of an iteration: about n k d^2 multiplications and additions (n k d for diagonal models) and n k exps; for EVE
 * and VVE also 6 k d^3 for each of some sweeps (mixture_orientation.c). Memory: a few k d^2 numbers for each thread and
 * level of the tree; hierarchical: m^2 / 2 numbers and m d^2 for m rows.
 *
 * Reference: Dempster, Laird and Rubin 1977; Celeux and Govaert 1995 (models); Flury and Gautschi 1986, Browne and
 * McNicholas 2014 (common orientation); Fraley 1998 (hierarchical start); Fraley and Raftery 2002;
 * Biernacki, Celeux and Govaert 2000 (ICL).
 */
#ifndef ASSAY_CLUSTER_MIXTURE_H
#define ASSAY_CLUSTER_MIXTURE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/task.h"
#include "math/rows.h"

/* Diagonal models first. */
#define MIXTURE_MODELS(M) \
  M(EII) M(VII) M(EEI) M(VEI) M(EVI) M(VVI) M(EEE) M(VEE) M(EVE) M(VVE) M(EEV) M(VEV) M(EVV) M(VVV)
#define MIXTURE_NUMBER(name) MIXTURE_##name,
typedef enum MixtureModel { MIXTURE_MODELS(MIXTURE_NUMBER) MIXTURE_MODEL_COUNT } MixtureModel;

enum { MIXTURE_MERGE_ROWS = 2000 };

typedef enum MixtureInit { MIXTURE_HIERARCHICAL, MIXTURE_KMEANS, MIXTURE_RANDOM, MIXTURE_MEANS } MixtureInit;
typedef enum MixtureCriterion { MIXTURE_BIC, MIXTURE_ICL, MIXTURE_AIC } MixtureCriterion;

typedef struct MixtureSettings {
  const size_t *k;            /* numbers of components to try, each 1..n */
  const MixtureModel *models; /* models to try */
  size_t n_k, n_models;
  MixtureCriterion criterion;
  MixtureInit init;
  const double *means;        /* k[0] x d, for MIXTURE_MEANS */
  size_t starts, max_iterations;
  double tolerance;           /* stop when |l - l before| <= tolerance (1 + |l|) */
  double reg;
  uint64_t seed;
} MixtureSettings;

/* Starts of a fit of n x d rows by k components: one for a single one; at least two where the merges are of drawn rows. */
size_t mixture_starts_of(const MixtureSettings *settings, size_t n, size_t d, size_t k);
const char *mixture_model_name(MixtureModel model); /* "VEV" */
bool mixture_is_diagonal(MixtureModel model);
bool mixture_shares_axes(MixtureModel model); /* EVE, VVE: one orientation, shapes of their own */
/* Free numbers in shares, means and covariances of k components on d columns. */
size_t mixture_df(MixtureModel model, size_t k, size_t d);

typedef struct MixtureParameters {
  size_t k, d;
  MixtureModel model;
  double *share;      /* k */
  double *mean;       /* k x d */
  double *covariance; /* k x d x d */
} MixtureParameters;

/* Room for k components, zero: one block that share begins and mixture_parameters_free frees. */
Status mixture_parameters_new(size_t k, size_t d, MixtureParameters *out, Error *e) MUST_USE;
void mixture_parameters_free(MixtureParameters *p);
size_t mixture_parameters_size(size_t k, size_t d); /* numbers in the block */

/* What became of one model with one k. */
typedef struct MixtureEntry {
  MixtureModel model;
  size_t k, df, iterations;
  bool singular;  /* no start has a likelihood; then the numbers below are NaN */
  bool converged;
  double log_likelihood;
  double bic, aic, icl; /* -2 l + ...: smaller is better */
} MixtureEntry;

/* What is needed to go on with an interrupted fit of the same rows and settings. All zero: a new fit. */
typedef struct MixtureState {
  size_t fit, start, iteration; /* number in the table, of the start, iterations done in it */
  double before;                /* log likelihood of its last iteration */
  size_t start_iterations;      /* of the best start of this fit; 0: none yet */
  bool start_converged;
  double start_sums[2];         /* its log likelihood and doubt */
  MixtureParameters current, best_start, best; /* share NULL: none */
  double *axes;                 /* d x d: the orientation of `current`, where the next begins; of EVE and VVE alone */
  MixtureEntry *table;          /* fit entries are done, of n_k x n_models */
} MixtureState;

void mixture_state_free(MixtureState *state);

typedef struct MixtureResult {
  size_t n, d;
  MixtureParameters best; /* components by size of their cluster, largest first */
  MixtureEntry entry;     /* of it */
  MixtureEntry *table;    /* n_table fits in the order they were made: for each k each model */
  size_t n_table;
  int32_t *labels;        /* n: the component with the highest probability, of equal ones the lower number */
  int64_t *sizes;         /* k: rows of each label */
  double weight;          /* sum of the weights: what BIC takes for n */
  double uncertainty;     /* mean over rows of 1 - the highest probability */
  size_t singular;        /* entries that are */
  bool complete;
  char stopped_at[64];
} MixtureResult;

void mixture_result_free(MixtureResult *result);

/* Fits. weights: n numbers of 0 or more, not all 0, or NULL; rows of weight 2 count as two rows. After a cancel:
 * STATUS_OK with complete = false and the best so far, or STATUS_CANCELLED when there is none; `state` holds where to
 * go on. Errors: STATUS_DATA "singular-covariance" when nothing that was tried has a likelihood, before any work where
 * constant columns say so, "too-few-rows" for k > n, and those of rows->block; memory, limit. */
Status mixture_fit(Task *task, const Rows *rows, const double *weights, const MixtureSettings *settings,
                   MixtureState *state, MixtureResult *out, Error *e) MUST_USE;

/* What predict finds for every row; NULL: not wanted. */
typedef struct MixtureRows {
  int32_t *labels;       /* n, as above */
  double *highest;       /* n: its probability */
  double *probabilities; /* n x k */
  double *log_density;   /* n */
} MixtureRows;

/* O(n k d^2). Errors: STATUS_DATA "singular-covariance". */
Status mixture_predict(Task *task, const Rows *rows, const MixtureParameters *p, const MixtureRows *out,
                       Error *e) MUST_USE;

#endif
