/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_fit.h -- what the sources of k-means share: one running fit and its passes over the rows.
 *
 * A pass assigns every row to the nearest of the given centres and brings the exact sums of the clusters up to date
 * (kmeans_sums.h), for which only rows that changed their label are looked at. Squared distances within clusters are
 * summed when somebody asks (kmeans_evaluate), at the end of a run.
 * Everything here belongs to one call of kmeans_fit and to the thread that runs it; passes use the pool's
 * threads inside.
 */
#ifndef ASSAY_CLUSTER_KMEANS_FIT_H
#define ASSAY_CLUSTER_KMEANS_FIT_H

#include "cluster/kmeans.h"
#include "cluster/kmeans_kernels.h"
#include "cluster/kmeans_sums.h"
#include "core/random.h"

enum { KMEANS_CHUNK = 64 }; /* points whose distances to a tile are made before they are looked at */

/* Memory of one thread. */
typedef struct KmeansScratch {
  double *rows;      /* BLOCK_ROWS x d, for rows->block */
  double *tile;      /* d x KMEANS_TILE */
  double *distances; /* KMEANS_CHUNK x KMEANS_TILE */
  double *packed;    /* KMEANS_TILE x d: rows from here and there */
} KmeansScratch;

KmeansScratch *kmeans_scratch_new(size_t workers, size_t n, size_t d); /* NULL: no memory */
void kmeans_scratch_free(KmeansScratch *scratch, size_t workers);

/* The nearest of k centres for the rows in scratch->tile. False when the task was cancelled: then nothing is
 * known. */
bool kmeans_assign_tile(const Task *task, const KmeansKernels *kernels, const KmeansScratch *scratch,
                        const double *centres, size_t k, size_t d, double *best, int64_t *label) MUST_USE;

/* The inertia, then the k within-cluster squares. */
static inline size_t kmeans_totals_size(size_t k)
{
  return k + 1;
}

typedef struct KmeansBounds KmeansBounds;

typedef struct KmeansFit {
  Task *task;
  const Rows *rows;
  const double *weights;
  const KmeansSettings *settings;
  KmeansState *state;
  const KmeansKernels *kernels;
  size_t n, d, k, workers;
  size_t threads_wanted; /* the task's own number, given back at the end */
  double totss, total_weight;
  double *mean; /* d, of all rows */
  double reach; /* no value of a row or given centre is farther from the mean */
  KmeansScratch *scratch; /* per worker */
  int32_t *labels, *labels_before, *labels_best;
  double *centres;      /* k x d: what `labels` and `totals` were made with */
  double *centres_next; /* k x d */
  KmeansGrid grid;
  KmeansSums sums, sums_best; /* of labels, labels_best */
  KmeansSums *own;            /* per worker: changes during a pass */
  double *totals, *totals_best; /* 1 + k: inertia and within-cluster squares, once evaluated */
  bool fresh;              /* the run has no labels of its iteration before */
  bool valid;              /* centres, labels and sums are of one finished assignment */
  bool evaluated;          /* and totals too */
  bool valid_best;         /* labels_best, sums_best and totals_best are those of state->best */
  KmeansMethod method;     /* never AUTO */
  KmeansBounds *bounds;    /* NULL: plain passes */
  size_t ties;             /* of the last pass with bounds: rows as near to two centres */
  struct KmeansSwap *swap; /* NULL until refining */
  double *nearest;         /* n, seeding: squared distance to the nearest centre so far */
} KmeansFit;

/* One pass: fills labels for `centres`, and takes `sums` from those of the labels `before` to those of the new ones
 * (before NULL: from nothing). With bounds, `before` must be the labels of the pass before, when there was one since
 * kmeans_bounds_reset. */
Status kmeans_pass(KmeansFit *fit, const double *centres, const int32_t *before, int32_t *labels, KmeansSums *sums,
                   Error *e) MUST_USE;

/* What passes by other means do: begin, collect the changes of strips into fit->own[worker], end. anew: `sums` begins
 * from nothing. */
void kmeans_changes_begin(KmeansFit *fit);
void kmeans_changes_end(KmeansFit *fit, bool anew, KmeansSums *sums);

/* The sums of given labels. */
Status kmeans_sum_labels(KmeansFit *fit, const int32_t *labels, KmeansSums *sums, Error *e) MUST_USE;

/* Totals for given labels and centres; of the fit's own (which sets fit->evaluated). */
Status kmeans_totals_of(KmeansFit *fit, const double *centres, const int32_t *labels, double *totals,
                        Error *e) MUST_USE;
Status kmeans_evaluate(KmeansFit *fit, Error *e) MUST_USE;

/* Merges for rows_reduce: adds flat arrays; the context begins with a KmeansMerge. */
typedef struct KmeansMerge {
  size_t size; /* in doubles */
} KmeansMerge;
void kmeans_merge(void *context, void *sum, const void *other);

/* A run moves state->current by passes until it stays or `most` iterations are done. kmeans_begin starts one
 * from state->current, kmeans_resume goes on with one that this fit has no labels of. kmeans_steps does at
 * most `steps` more iterations and tells whether the run ended; the solution is then in centres, labels,
 * sums. */
void kmeans_begin(KmeansFit *fit);
void kmeans_resume(KmeansFit *fit);
Status kmeans_steps(KmeansFit *fit, size_t steps, size_t most, const char *phase, bool *ended,
                    Error *e) MUST_USE;

/* The two halves of an iteration for who assigns by other means: labels_before and sums were filled for
 * state->current; the centres move. */
void kmeans_assigned(KmeansFit *fit);
Status kmeans_move(KmeansFit *fit, const char *phase, bool *ended, Error *e) MUST_USE;

/* Means of the clusters in `sums`; a cluster without weight keeps its centre in `centres`. */
void kmeans_new_centres(const KmeansFit *fit, double *out);

/* Makes the starting centres of state->start in `centres` (kmeans_seed.c). */
Status kmeans_seed(KmeansFit *fit, double *centres, Error *e) MUST_USE;

/* Those of k-means|| (kmeans_scalable.c); *found is false when the candidates were too few. Uses labels_before. */
Status kmeans_seed_scalable(KmeansFit *fit, double *centres, bool *found, Error *e) MUST_USE;

/* A row drawn with probability weight * nearest[row], whose sums per block are block_sums and in all `total`
 * > 0. */
size_t kmeans_draw(const KmeansFit *fit, const double *nearest, const double *block_sums, double total,
                   Random *random);

/* The run's solution becomes the best: swaps the buffers. */
void kmeans_keep_best(KmeansFit *fit, size_t iterations, bool converged);

/* Copies row `row` to out. */
Status kmeans_fetch(const KmeansFit *fit, size_t row, double *out, Error *e) MUST_USE;

/* "fewer distinct rows than clusters". */
Status kmeans_too_few_distinct(const KmeansFit *fit, size_t distinct, Error *e);

/* The refinement (kmeans_swap.c, then kmeans_polish.c), from state->best and its labels, sums and totals. */
Status kmeans_swap(KmeansFit *fit, Error *e) MUST_USE;
Status kmeans_polish(KmeansFit *fit, Error *e) MUST_USE;
void kmeans_swap_free(struct KmeansSwap *swap);

/* The result (kmeans_result.c): of a stopped fit from what it has, and of one whose stages are done, which becomes so. */
Status kmeans_make_result(KmeansFit *fit, KmeansResult *out, Error *e) MUST_USE;
Status kmeans_settle_ties(KmeansFit *fit, KmeansResult *out, Error *e) MUST_USE;

#endif
