/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where fits begin: labels of some rows, and their moments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "cluster/mixture_fit.h"
#include "core/alloc.h"
#include "core/random.h"
#include "math/symmetric.h"

enum { DRAW_STREAM = 0x6d }; /* of the rows that are merged, and of random means */

struct MixtureStarts {
  Task *task;
  const Rows *rows;
  const double *weights;
  const MixtureSettings *settings;
  int32_t *labels;     /* rows->n */
  size_t m;            /* rows that are merged; 0: merges are not made yet */
  double *drawn;       /* m x d, NULL when these are all rows */
  double *drawn_weights;
  int32_t *merges;
  double *sorted;      /* of a single column */
  int32_t *clusters;   /* rows->n: of k-means for the start by it that a fit of clusters_k makes first */
  size_t clusters_k, clusters_start;
};

Status mixture_starts_new(Task *task, const Rows *rows, const double *weights, const MixtureSettings *settings,
                          MixtureStarts **out, Error *e)
{
  MixtureStarts *starts = mem_zero(1, sizeof *starts);
  *out = starts;
  if (!starts) {
    return error_memory(e, sizeof *starts, _("a mixture"));
  }
  *starts = (MixtureStarts){.task = task, .rows = rows, .weights = weights, .settings = settings,
                            .labels = mem_alloc(rows->n, sizeof *starts->labels)};
  return starts->labels ? STATUS_OK : error_memory(e, rows->n * sizeof *starts->labels, _("labels"));
}

void mixture_starts_free(MixtureStarts *starts)
{
  if (starts) {
    mem_free(starts->labels);
    mem_free(starts->drawn);
    mem_free(starts->drawn_weights);
    mem_free(starts->merges);
    mem_free(starts->sorted);
    mem_free(starts->clusters);
  }
  mem_free(starts);
}

/* ---- rows in memory */

static Status fetch(const Rows *rows, size_t row, double *out, Error *e)
{
  const double *values;
  const Status status = rows->block(rows, row, 1, out, &values, e);
  if (status == STATUS_OK && values != out) {
    memcpy(out, values, rows->d * sizeof *out);
  }
  return status;
}

static int by_number(const void *a, const void *b)
{
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

/* m of the rows in their order, drawn by the seed when these are not all. */
static Status draw(MixtureStarts *s, Error *e)
{
  const size_t n = s->rows->n, d = s->rows->d;
  const size_t m = n < MIXTURE_MERGE_ROWS ? n : MIXTURE_MERGE_ROWS;
  size_t *order = mem_alloc(n, sizeof *order);
  Status status;
  s->drawn = mem_alloc(m * d, sizeof *s->drawn);
  s->drawn_weights = mem_alloc(m, sizeof *s->drawn_weights);
  if (!order || !s->drawn || !s->drawn_weights) {
    TRY(error_memory(e, n * sizeof *order, _("row numbers")));
  }
  for (size_t i = 0; i < n; i++) {
    order[i] = i;
  }
  if (m < n) {
    Random random = random_new(s->settings->seed, DRAW_STREAM);
    random_permutation(&random, n, order);
    qsort(order, m, sizeof *order, by_number);
  }
  for (size_t i = 0; i < m; i++) {
    s->drawn_weights[i] = s->weights ? s->weights[order[i]] : 1;
    TRY(fetch(s->rows, order[i], s->drawn + i * d, e));
  }
  s->m = m;
  status = STATUS_OK;
done:
  mem_free(order);
  return status;
}

/* Mean 0 and standard deviation 1 by column, the columns without spread left out; gives how many remain. */
static size_t standardise(const double *x, size_t n, size_t d, double *out)
{
  size_t kept = 0;
  for (size_t c = 0; c < d; c++) {
    double mean = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
      mean += (x[i * d + c] - mean) / (double)(i + 1);
    }
    for (size_t i = 0; i < n; i++) {
      sum += (x[i * d + c] - mean) * (x[i * d + c] - mean);
    }
    const double deviation = sqrt(sum / (double)(n - 1));
    if (!(deviation > 1e-12 * fabs(mean)) || !(deviation > 0)) {
      continue;
    }
    for (size_t i = 0; i < n; i++) {
      out[i * d + kept] = (x[i * d + c] - mean) / deviation;
    }
    kept++;
  }
  return kept;
}

/* Principal components of z (rows `stride` apart, kept columns), each divided by the fourth root of its sum of squares,
 * into out (n x the number of them, which is given back): mclust's "SVD". */
static Status rotate(MixtureStarts *s, const double *z, size_t stride, size_t kept, double *out, size_t *used, Error *e)
{
  const size_t n = s->m;
  double *products = mem_zero(2 * kept * kept + kept, sizeof *products);
  Status status = products ? STATUS_OK : error_memory(e, kept * kept * sizeof *products, _("a mixture"));
  double *vectors = products + kept * kept, *values = vectors + kept * kept;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    for (size_t a = 0; a < kept; a++) {
      for (size_t b = 0; b < kept; b++) {
        products[a * kept + b] += z[i * stride + a] * z[i * stride + b];
      }
    }
  }
  if (status == STATUS_OK) {
    status = symmetric_eigen(products, kept, s->task, values, vectors, e);
  }
  *used = 0;
  for (size_t r = 0; status == STATUS_OK && r < kept; r++) {
    *used += values[r] > 1e-12 * values[0];
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    for (size_t r = 0; r < *used; r++) {
      double sum = 0;
      for (size_t a = 0; a < kept; a++) {
        sum += z[i * stride + a] * vectors[r * kept + a];
      }
      out[i * *used + r] = sum / sqrt(sqrt(values[r]));
    }
  }
  mem_free(products);
  return status;
}

static Status make_merges(MixtureStarts *s, Error *e)
{
  Status status;
  double *z = NULL, *turned = NULL;
  size_t used = 0;
  TRY(s->m ? STATUS_OK : draw(s, e));
  const size_t m = s->m, d = s->rows->d;
  z = mem_alloc(m * d, sizeof *z);
  turned = mem_zero(m * d, sizeof *turned);
  s->merges = mem_zero(2 * m, sizeof *s->merges);
  if (!z || !turned || !s->merges) {
    TRY(error_memory(e, m * d * sizeof *z, _("a mixture")));
  }
  const size_t kept = m > 1 ? standardise(s->drawn, m, d, z) : 0;
  if (kept > 0) {
    TRY(rotate(s, z, d, kept, turned, &used, e));
  }
  used = used > 0 ? used : 1; /* all rows are equal: one column of zeros */
  status = m > 1 ? mixture_merges(s->task, turned, m, used, s->merges, e) : STATUS_OK;
done:
  mem_free(z);
  mem_free(turned);
  if (status != STATUS_OK) { /* another time from the beginning */
    mem_free(s->merges);
    s->merges = NULL;
  }
  return status;
}

/* ---- labels */

static int by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* A single column is cut at its quantiles 1/k, 2/k ... (type 7). */
static Status cut_column(MixtureStarts *s, size_t k, Error *e)
{
  const size_t n = s->rows->n;
  if (!s->sorted) {
    double *values = mem_alloc(2 * n, sizeof *values);
    if (!values) {
      return error_memory(e, 2 * n * sizeof *values, _("a mixture"));
    }
    for (size_t i = 0; i < n; i++) {
      const Status status = fetch(s->rows, i, values + n + i, e);
      if (status != STATUS_OK) {
        mem_free(values);
        return status;
      }
    }
    memcpy(values, values + n, n * sizeof *values);
    qsort(values, n, sizeof *values, by_value);
    s->sorted = values;
  }
  memset(s->labels, 0, n * sizeof *s->labels);
  for (size_t j = 1; j < k; j++) {
    const double at = (double)(n - 1) * (double)j / (double)k;
    const size_t low = (size_t)at, high = low + 1 < n ? low + 1 : low;
    const double cut = s->sorted[low] + (at - (double)low) * (s->sorted[high] - s->sorted[low]);
    for (size_t i = 0; i < n; i++) {
      s->labels[i] += s->sorted[n + i] >= cut;
    }
  }
  return STATUS_OK;
}

/* Other models with as many components begin there too. */
static Status keep_clusters(MixtureStarts *s, size_t k, size_t start, Error *e)
{
  const size_t n = s->rows->n;
  if (s->clusters_k == k) {
    return STATUS_OK; /* those of an earlier start */
  }
  if (!s->clusters) {
    s->clusters = mem_alloc(n, sizeof *s->clusters);
  }
  if (!s->clusters) {
    return error_memory(e, n * sizeof *s->clusters, _("labels"));
  }
  memcpy(s->clusters, s->labels, n * sizeof *s->clusters);
  s->clusters_k = k;
  s->clusters_start = start;
  return STATUS_OK;
}

static Status kmeans_labels(MixtureStarts *s, size_t k, size_t start, bool *failed, Error *e)
{
  if (s->clusters_k == k && s->clusters_start == start) {
    memcpy(s->labels, s->clusters, s->rows->n * sizeof *s->labels);
    return STATUS_OK;
  }
  KmeansSettings settings = kmeans_settings(k);
  KmeansState state = {0};
  KmeansResult result = {0};
  Error own = {0};
  settings.starts = 1;
  settings.seed = s->settings->seed + start * UINT64_C(0x9e3779b97f4a7c15);
  const bool within = s->task->inner;
  s->task->inner = true; /* its steps are not ours */
  Status status = kmeans_fit(s->task, s->rows, s->weights, &settings, &state, &result, &own);
  s->task->inner = within;
  if (status == STATUS_OK && !result.complete) {
    status = error_cancelled(e);
  } else if (status == STATUS_OK) {
    memcpy(s->labels, result.labels, s->rows->n * sizeof *s->labels);
    status = keep_clusters(s, k, start, e);
  } else if (status == STATUS_DATA) { /* fewer distinct rows than k */
    *failed = true;
    status = STATUS_OK;
  } else if (e && e->status == STATUS_OK) {
    *e = own;
  }
  kmeans_state_free(&state);
  kmeans_result_free(&result);
  return status;
}

/* k different rows drawn at random, and the nearest of them. */
static Status random_labels(MixtureStarts *s, size_t k, size_t start, Error *e)
{
  const size_t n = s->rows->n, d = s->rows->d;
  Random random = random_new(s->settings->seed, DRAW_STREAM + 1 + start);
  double *means = mem_alloc(k * d, sizeof *means);
  size_t *order = mem_alloc(n, sizeof *order);
  Status status = means && order ? STATUS_OK : error_memory(e, n * sizeof *order, _("row numbers"));
  if (status == STATUS_OK) {
    random_permutation(&random, n, order);
  }
  for (size_t j = 0; status == STATUS_OK && j < k; j++) {
    status = fetch(s->rows, order[j], means + j * d, e);
  }
  if (status == STATUS_OK) {
    status = kmeans_assign(s->task, s->rows, means, k, s->labels, NULL, NULL, e);
  }
  mem_free(means);
  mem_free(order);
  return status;
}

/* ---- moments */

/* Of labelled rows: first about the origin for the means, then about these. */
static Status moments_of_labels(Task *task, const Rows *rows, const double *weights, const int32_t *labels,
                                MixtureModel model, size_t k, MixtureMoments *out, Error *e)
{
  MixtureWork *work = NULL;
  MixtureParameters p = {0};
  bool singular;
  Status status;
  TRY(mixture_parameters_new(k, rows->d, &p, e));
  TRY(mixture_work_new(task, rows, weights, k, NULL, &work, e));
  p.model = MIXTURE_VVI;
  TRY(mixture_pass(work, &p, labels, out, &singular, e));
  memcpy(p.mean, out->mean, k * rows->d * sizeof *p.mean);
  p.model = model;
  status = mixture_pass(work, &p, labels, out, &singular, e);
done:
  mixture_work_free(work);
  mixture_parameters_free(&p);
  return status;
}

MixtureInit mixture_start_kind(const MixtureSettings *settings, size_t start)
{
  return start > 0 && settings->init != MIXTURE_RANDOM ? MIXTURE_KMEANS : settings->init;
}

size_t mixture_starts_of(const MixtureSettings *settings, size_t n, size_t d, size_t k)
{
  const bool drawn = settings->init == MIXTURE_HIERARCHICAL && d > 1 && n > MIXTURE_MERGE_ROWS;
  return k == 1 ? 1 : drawn && settings->starts < 2 ? 2 : settings->starts;
}

Status mixture_start(MixtureStarts *s, MixtureModel model, size_t k, size_t start, MixtureMoments *out, bool *failed,
                     Error *e)
{
  const MixtureInit init = mixture_start_kind(s->settings, start);
  const Rows drawn = rows_of_matrix(s->drawn, s->m, s->rows->d);
  const bool merged = init == MIXTURE_HIERARCHICAL && k > 1 && s->rows->d > 1;
  Status status = STATUS_OK;
  *failed = false;
  if (k == 1) {
    memset(s->labels, 0, s->rows->n * sizeof *s->labels);
  } else if (merged && !s->merges) {
    status = make_merges(s, e);
    return status == STATUS_OK ? mixture_start(s, model, k, start, out, failed, e) : status;
  } else if (merged && k > s->m) {
    *failed = true;
  } else if (merged) {
    mixture_cut(s->merges, s->m, k, s->labels);
  } else if (init == MIXTURE_HIERARCHICAL) {
    status = cut_column(s, k, e);
  } else if (init == MIXTURE_KMEANS) {
    status = kmeans_labels(s, k, start, failed, e);
  } else if (init == MIXTURE_RANDOM) {
    status = random_labels(s, k, start, e);
  } else {
    status = kmeans_assign(s->task, s->rows, s->settings->means, k, s->labels, NULL, NULL, e);
  }
  if (status != STATUS_OK || *failed) {
    return status;
  }
  return moments_of_labels(s->task, merged ? &drawn : s->rows, merged ? s->drawn_weights : s->weights, s->labels, model,
                           k, out, e);
}
