/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gap statistic: log of the pooled dispersion within clusters against what rows at random give (Tibshirani, Walther and
 * Hastie 2001). W is half the sum over clusters of the mean over a cluster's rows of the sum of d^power to its other rows, so
 * that for power 2 it is half the sum of squares about the means; for power 1 all pairs are compared. */
#include <math.h>
#include <string.h>

#include "cluster/choose_primitives.h"
#include "cluster/refit_primitives.h"
#include "cluster/validity.h"
#include "core/alloc.h"
#include "core/random.h"
#include "math/distance.h"
#include "math/pca.h"

enum { REFERENCE_STREAM = 0x6a9 };

/* Half of sum_r (sum of distances of pairs in r) / n_r, pairs taken once. */
static Status spread_of_pairs(Task *task, const double *x, size_t n, size_t d, const int32_t *labels, size_t k, double *out,
                              Error *e)
{
  double *sums = mem_zero(k + 1, sizeof *sums), *counts = mem_zero(k + 1, sizeof *counts);
  Status status = sums && counts ? STATUS_OK : error_memory(e, 0, _("figures of clusters"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    if (labels[i] < 0) {
      continue;
    }
    counts[labels[i]]++;
    for (size_t j = 0; j < i; j++) {
      if (labels[j] == labels[i]) {
        sums[labels[i]] += distance_pair((Metric){.kind = METRIC_EUCLIDEAN}, x + i * d, x + j * d, d);
      }
    }
    status = task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
  }
  *out = 0;
  for (size_t c = 0; status == STATUS_OK && c < k; c++) {
    *out += counts[c] > 0 ? sums[c] / counts[c] / 2 : 0;
  }
  mem_free(sums);
  mem_free(counts);
  return status;
}

static Status log_spread(Choosing *c, const double *x, const int32_t *labels, size_t k, double *out, Error *e)
{
  const size_t n = c->trial.n, d = c->input.variables.d;
  double spread = 0;
  Status status;
  if (c->o->power == 1) {
    status = spread_of_pairs(c->call->task, x, n, d, labels, k, &spread, e);
  } else {
    const Rows rows = rows_of_matrix(x, n, d);
    Validity figures;
    status = validity(c->call->task, &rows, labels, k, &figures, e);
    spread = status == STATUS_OK ? figures.withinss / 2 : 0;
  }
  *out = spread > 0 ? log(spread) : -(double)INFINITY;
  return status;
}

/* ---- rows at random */

static void box_of(const double *x, size_t n, size_t d, ChooseBox *box)
{
  for (size_t j = 0; j < d; j++) {
    box->low[j] = INFINITY;
    box->high[j] = -INFINITY;
    for (size_t i = 0; i < n; i++) {
      box->low[j] = fmin(box->low[j], x[i * d + j]);
      box->high[j] = fmax(box->high[j], x[i * d + j]);
    }
  }
}

Status choose_box(Choosing *c, Error *e)
{
  const size_t n = c->input.variables.n, d = c->input.variables.d;
  Arena *arena = &c->call->task->arena;
  const Rows rows = cluster_rows(&c->input);
  double *scores = NULL;
  Pca pca;
  Status status;
  c->box = (ChooseBox){.low = arena_alloc(arena, d, sizeof(double)), .high = arena_alloc(arena, d, sizeof(double))};
  TRY(c->box.low && c->box.high ? STATUS_OK : error_memory(e, 0, _("rows at random")));
  if (c->o->null[0] == 'c') {
    scores = mem_buffer(n * d, sizeof *scores);
    TRY(scores ? STATUS_OK : error_memory(e, n * d * sizeof *scores, _("rows at random")));
    TRY(pca_fit(&rows, c->call->task, &pca, e));
    TRY(pca_scores(&pca, &rows, d, c->call->task, scores, e));
    c->box.loadings = pca.loadings;
  }
  box_of(scores ? scores : c->input.values, n, d, &c->box);
done:
  mem_free(scores);
  return status;
}

/* As many rows as the trial has. Those in the box of the components are turned back; the place of the origin does not matter to
 * distances. */
static void fill(const Choosing *c, Random *random, double *row, double *out)
{
  const size_t n = c->trial.n, d = c->input.variables.d;
  for (size_t j = 0; j < d; j++) {
    for (size_t i = 0; i < n; i++) {
      out[i * d + j] = c->box.low[j] + (c->box.high[j] - c->box.low[j]) * random_uniform(random);
    }
  }
  for (size_t i = 0; c->box.loadings && i < n; i++) {
    for (size_t j = 0; j < d; j++) {
      row[j] = 0;
      for (size_t component = 0; component < d; component++) {
        row[j] += out[i * d + component] * c->box.loadings[component * d + j];
      }
    }
    memcpy(out + i * d, row, d * sizeof *row);
  }
}

/* log W of one set of rows at random. */
static Status reference_spread(Choosing *c, int64_t k, size_t set, double *x, double *out, Error *e)
{
  Random random = random_new((uint64_t)c->o->seed, REFERENCE_STREAM + set);
  size_t used = 0;
  Frame *data = NULL;
  Model *model = NULL;
  Status status;
  fill(c, &random, x + c->trial.n * c->input.variables.d, x);
  TRY(choose_frame(c, x, c->trial.n, &data, e));
  TRY(choose_fit(c, k, data, c->quick ? CHOOSE_FIT_QUICK : CHOOSE_FIT_TRIAL, &model, e));
  TRY(refit_labels(c->call, model, data, c->trial_labels, &used, e));
  TRY(log_spread(c, x, c->trial_labels, used, out, e));
done:
  frame_unref(data);
  model_unref(model);
  return status;
}

Status choose_gap(Choosing *c, ChooseLevel *level, size_t k_used, Error *e)
{
  const size_t sets = (size_t)c->o->references, n = c->trial.n, d = c->input.variables.d;
  double *x = mem_buffer((n + 1) * d, sizeof *x), *logs = mem_alloc(sets + 1, sizeof *logs), mean = 0, squares = 0;
  Status status;
  TRY(x && logs ? STATUS_OK : error_memory(e, n * d * sizeof *x, _("rows at random")));
  TRY(log_spread(c, c->trial.values, c->trial.labels, k_used, &level->log_w, e));
  for (size_t set = 0; set < sets; set++) {
    TRY(reference_spread(c, level->k, set, x, &logs[set], e));
    mean += logs[set];
  }
  mean /= (double)sets;
  for (size_t set = 0; set < sets; set++) {
    squares += (logs[set] - mean) * (logs[set] - mean);
  }
  level->gap = mean - level->log_w; /* the deviation has the divisor B, and the error of simulation is added */
  level->gap_se = sets > 1 ? sqrt(squares / (double)sets * (1 + 1 / (double)sets)) : NAN;
done:
  mem_free(x);
  mem_free(logs);
  return status;
}
