/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes over the rows: a tile of rows at a time goes through densities, shares and sums while it is in the cache. */
#include <math.h>
#include <string.h>

#include "cluster/mixture_fit.h"
#include "cluster/mixture_kernels.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum { T = MIXTURE_TILE };

/* Memory of one thread. */
typedef struct Scratch {
  double *rows;                     /* BLOCK_ROWS x d, for rows->block */
  double *tile, *centred, *scaled;  /* d x T */
  double *logs;                     /* k x T */
  double *weight, *total, *doubt;   /* T */
  double *lanes;                    /* k (1 + d + d d) x 8, zero between blocks */
} Scratch;

struct MixtureWork {
  Task *task;
  const Rows *rows;
  const double *weights, *spread;
  const MixtureKernels *kernels;
  size_t k, d, workers; /* k: at most */
  Scratch *scratch;
  double *inverse, *constant, *sums;
};

/* One pass over the rows. */
typedef struct Pass {
  MixtureWork *work;
  const MixtureParameters *p;
  const int32_t *labels_in;  /* NULL: by densities */
  bool sum, diagonal;
  size_t component;          /* numbers of a component's sums */
  const MixtureRows *out;    /* what is wanted of every row, when nothing is summed */
} Pass;

static size_t sums_of(size_t d, bool diagonal)
{
  return 1 + d + (diagonal ? d : d * d);
}

void mixture_work_free(MixtureWork *work)
{
  for (size_t i = 0; work && work->scratch && i < work->workers; i++) {
    mem_free(work->scratch[i].rows);
    mem_free(work->scratch[i].tile);
    mem_free(work->scratch[i].lanes);
  }
  if (work) {
    mem_free(work->scratch);
    mem_free(work->inverse);
    mem_free(work->constant);
    mem_free(work->sums);
  }
  mem_free(work);
}

static bool scratch_new(Scratch *s, size_t n, size_t k, size_t d)
{
  s->rows = mem_buffer((n < BLOCK_ROWS ? n : BLOCK_ROWS) * d, sizeof(double));
  s->tile = mem_buffer((3 * d + k + 3) * T, sizeof(double));
  s->lanes = mem_buffer(k * sums_of(d, false) * MIXTURE_LANES, sizeof(double));
  if (!s->rows || !s->tile || !s->lanes) {
    return false;
  }
  s->centred = s->tile + d * T;
  s->scaled = s->centred + d * T;
  s->logs = s->scaled + d * T;
  s->weight = s->logs + k * T;
  s->total = s->weight + T;
  s->doubt = s->total + T;
  memset(s->lanes, 0, k * sums_of(d, false) * MIXTURE_LANES * sizeof(double));
  return true;
}

Status mixture_work_new(Task *task, const Rows *rows, const double *weights, size_t k, const double *spread,
                        MixtureWork **out, Error *e)
{
  const size_t d = rows->d;
  MixtureWork *work = mem_zero(1, sizeof *work);
  Status status;
  *out = NULL;
  TRY(work ? STATUS_OK : error_memory(e, sizeof *work, _("a mixture")));
  *work = (MixtureWork){.task = task, .rows = rows, .weights = weights, .spread = spread, .kernels = mixture_kernels(),
                        .k = k, .d = d, .workers = task_threads(task)};
  const double bytes = (double)k * (double)sums_of(d, false) * 8 * ((double)work->workers * 24 + 8);
  TRY(task_reserve(task, bytes < 0x1p62 ? (size_t)bytes : SIZE_MAX / 2, _("a mixture"), e));
  work->scratch = mem_zero(work->workers, sizeof *work->scratch);
  work->inverse = mem_alloc(k * d, (d + 1) * sizeof *work->inverse);
  work->constant = mem_alloc(k, sizeof *work->constant);
  work->sums = mem_alloc(2 + k * sums_of(d, false), sizeof *work->sums);
  bool made = work->scratch && work->inverse && work->constant && work->sums;
  for (size_t i = 0; made && i < work->workers; i++) {
    made = scratch_new(&work->scratch[i], rows->n, k, d);
  }
  status = made ? STATUS_OK : error_memory(e, (size_t)bytes, _("a mixture"));
done:
  if (status == STATUS_OK) {
    *out = work;
  } else {
    mixture_work_free(work);
  }
  return status;
}

/* ---- a tile */

static void tile_densities(const Pass *pass, const Scratch *s, size_t count, size_t padded)
{
  const MixtureWork *work = pass->work;
  const MixtureParameters *p = pass->p;
  const size_t d = p->d, cells = pass->diagonal ? d : d * (d + 1) / 2;
  for (size_t j = 0; j < p->k; j++) {
    work->kernels->centre(s->tile, padded, d, p->mean + j * d, s->centred);
    (pass->diagonal ? work->kernels->diagonal : work->kernels->full)(s->centred, padded, d, work->inverse + j * cells,
                                                                      work->constant[j], s->logs + j * T);
  }
  work->kernels->respond(s->logs, p->k, count, padded, s->weight, s->total, s->doubt);
}

static void tile_labels(const Pass *pass, const Scratch *s, size_t first, size_t count, size_t padded)
{
  for (size_t j = 0; j < pass->p->k; j++) {
    for (size_t i = 0; i < padded; i++) {
      s->logs[j * T + i] = i < count && pass->labels_in[first + i] == (int32_t)j ? s->weight[i] : 0;
    }
  }
}

static void tile_moments(const Pass *pass, const Scratch *s, size_t padded)
{
  const MixtureParameters *p = pass->p;
  const MixtureKernels *kernels = pass->work->kernels;
  for (size_t j = 0; j < p->k; j++) {
    double *lanes = s->lanes + j * pass->component * MIXTURE_LANES;
    kernels->centre(s->tile, padded, p->d, p->mean + j * p->d, s->centred);
    if (pass->diagonal) {
      kernels->moments_diagonal(s->centred, padded, p->d, s->logs + j * T, lanes);
    } else {
      kernels->moments(s->centred, padded, p->d, s->logs + j * T, s->scaled, lanes);
    }
  }
}

/* What predict wants; weights are 1 then, so that logs holds probabilities. */
static void tile_wanted(const Pass *pass, const Scratch *s, size_t first, size_t count)
{
  const size_t k = pass->p->k;
  for (size_t i = 0; i < count; i++) {
    size_t best = 0;
    for (size_t j = 1; j < k; j++) {
      best = s->logs[j * T + i] > s->logs[best * T + i] ? j : best;
    }
    const MixtureRows *out = pass->out;
    if (out->labels) {
      out->labels[first + i] = (int32_t)best;
    }
    if (out->highest) {
      out->highest[first + i] = s->logs[best * T + i];
    }
    for (size_t j = 0; out->probabilities && j < k; j++) {
      out->probabilities[(first + i) * k + j] = s->logs[j * T + i];
    }
    if (out->log_density) {
      out->log_density[first + i] = s->total[i];
    }
  }
}

static void run_tile(const Pass *pass, const Scratch *s, const double *x, size_t first, size_t count, double *sums)
{
  const MixtureWork *work = pass->work;
  const size_t padded = (count + MIXTURE_STEP - 1) / MIXTURE_STEP * MIXTURE_STEP;
  const double *weights = pass->sum ? work->weights : NULL;
  for (size_t i = 0; i < padded; i++) {
    s->weight[i] = i >= count ? 0 : weights ? weights[first + i] : 1;
  }
  work->kernels->tile(x, count, work->d, s->tile);
  if (pass->labels_in) {
    tile_labels(pass, s, first, count, padded);
  } else {
    tile_densities(pass, s, count, padded);
  }
  if (pass->sum) {
    for (size_t i = 0; !pass->labels_in && i < count; i++) {
      sums[0] += s->weight[i] * s->total[i];
      sums[1] += s->weight[i] * s->doubt[i];
    }
    tile_moments(pass, s, padded);
  } else {
    tile_wanted(pass, s, first, count);
  }
}

/* ---- rows */

static Status pass_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *pass = context;
  const MixtureWork *work = pass->work;
  const Scratch *s = &work->scratch[worker];
  const double *values;
  Status status = work->rows->block(work->rows, first, count, s->rows, &values, e);
  for (size_t at = 0; status == STATUS_OK && at < count; at += T) {
    run_tile(pass, s, values + at * work->d, first + at, count - at < T ? count - at : T, sum);
    status = task_cancelled(work->task) ? error_cancelled(e) : STATUS_OK;
  }
  if (pass->sum) { /* also after a cancel, so that the lanes are zero */
    work->kernels->collect(s->lanes, pass->p->k * pass->component, (double *)sum + 2);
  }
  return status;
}

static void pass_merge(void *context, void *sum, const void *other)
{
  const Pass *pass = context;
  double *a = sum;
  const double *b = other;
  for (size_t i = 0; i < 2 + pass->p->k * pass->component; i++) {
    a[i] += b[i];
  }
}

/* From sums about p's means to moments about the new ones. */
static void to_moments(const Pass *pass, const double *sums, MixtureMoments *out)
{
  const MixtureParameters *p = pass->p;
  const size_t d = p->d;
  out->log_likelihood = sums[0];
  out->doubt = sums[1];
  for (size_t j = 0; j < p->k; j++) {
    const double *s = sums + 2 + j * pass->component, n = s[0], *first = s + 1, *second = first + d;
    double *scatter = out->scatter + j * d * d;
    out->weight[j] = n;
    for (size_t a = 0; a < d; a++) {
      out->mean[j * d + a] = n > 0 ? p->mean[j * d + a] + first[a] / n : p->mean[j * d + a];
      for (size_t b = a; b < d; b++) {
        const double about = pass->diagonal ? a == b ? second[a] : 0 : second[a * d + b];
        const double value = pass->diagonal && a != b ? 0 : n > 0 ? about - first[a] * (first[b] / n) : 0;
        scatter[a * d + b] = scatter[b * d + a] = value;
      }
    }
  }
}

static Status run_pass(Pass *pass, Error *e)
{
  MixtureWork *work = pass->work;
  const Reduce reduce = {.size = pass->sum ? (2 + pass->p->k * pass->component) * sizeof(double) : 0,
                         .block = pass_block, .merge = pass_merge, .context = pass};
  return rows_reduce(work->task, work->rows->n, &reduce, work->sums, e);
}

Status mixture_pass(MixtureWork *work, const MixtureParameters *p, const int32_t *labels, MixtureMoments *out,
                    bool *singular, Error *e)
{
  Pass pass = {.work = work, .p = p, .labels_in = labels, .sum = true, .diagonal = mixture_is_diagonal(p->model)};
  pass.component = sums_of(p->d, pass.diagonal);
  *singular = !labels && !mixture_densities(p, work->spread, work->inverse, work->constant);
  if (*singular) {
    return STATUS_OK;
  }
  const Status status = run_pass(&pass, e);
  if (status == STATUS_OK) {
    to_moments(&pass, work->sums, out);
  }
  return status;
}

Status mixture_predict(Task *task, const Rows *rows, const MixtureParameters *p, const MixtureRows *out, Error *e)
{
  MixtureWork *work = NULL;
  Status status;
  TRY(mixture_work_new(task, rows, NULL, p->k, NULL, &work, e));
  if (!mixture_densities(p, NULL, work->inverse, work->constant)) {
    TRY(error_set(e, STATUS_DATA, "singular-covariance", _("a covariance of the mixture is singular")));
  }
  Pass pass = {.work = work, .p = p, .diagonal = mixture_is_diagonal(p->model), .out = out};
  status = run_pass(&pass, e);
done:
  mixture_work_free(work);
  return status;
}

/* ---- densities */

/* L of a = L L' by rows, packed; false when a pivot is not above least^2. */
static bool factor(const double *a, size_t d, const double *spread, double *l)
{
  for (size_t i = 0; i < d; i++) {
    double *row = l + i * (i + 1) / 2;
    for (size_t j = 0; j <= i; j++) {
      const double *other = l + j * (j + 1) / 2;
      double sum = a[i * d + j];
      for (size_t c = 0; c < j; c++) {
        sum -= row[c] * other[c];
      }
      if (j < i) {
        row[j] = sum / other[j];
      } else {
        const double least = spread ? 1e-7 * spread[i] : 0;
        if (!(sum > least * least) || !isfinite(sum)) {
          return false;
        }
        row[i] = sqrt(sum);
      }
    }
  }
  return true;
}

/* A packed lower triangle becomes its inverse. */
static void invert(double *l, size_t d)
{
  for (size_t i = 0; i < d; i++) {
    double *row = l + i * (i + 1) / 2;
    const double pivot = 1 / row[i];
    for (size_t j = 0; j < i; j++) {
      double sum = 0;
      for (size_t c = j; c < i; c++) {
        sum += row[c] * l[c * (c + 1) / 2 + j];
      }
      row[j] = -sum * pivot; /* row[j] is not needed by later j: they begin at c = j */
    }
    row[i] = pivot;
  }
}

static bool diagonal_factor(const double *a, size_t d, const double *spread, double *inverse)
{
  for (size_t i = 0; i < d; i++) {
    const double variance = a[i * d + i], least = spread ? 1e-7 * spread[i] : 0;
    if (!(variance > least * least) || !isfinite(variance)) {
      return false;
    }
    inverse[i] = 1 / sqrt(variance);
  }
  return true;
}

bool mixture_densities(const MixtureParameters *p, const double *spread, double *inverse, double *constant)
{
  const double log_two_pi = 1.8378770664093453;
  const bool diagonal = mixture_is_diagonal(p->model);
  const size_t d = p->d, cells = diagonal ? d : d * (d + 1) / 2;
  for (size_t j = 0; j < p->k; j++) {
    double *a = inverse + j * cells;
    const double *covariance = p->covariance + j * d * d;
    if (!(p->share[j] > 0) || !(diagonal ? diagonal_factor : factor)(covariance, d, spread, a)) {
      return false;
    }
    if (!diagonal) {
      invert(a, d);
    }
    constant[j] = log(p->share[j]) - 0.5 * (double)d * log_two_pi;
    for (size_t i = 0; i < d; i++) {
      constant[j] += log(diagonal ? a[i] : a[i * (i + 1) / 2 + i]);
    }
  }
  return true;
}
