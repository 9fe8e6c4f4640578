/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mean silhouette width, exactly and without a matrix of all distances: 256 rows at a time against all rows,
 * summing distances per cluster. The work is dealt by such strips, each row's width is kept, and the widths
 * are added in order, so that the mean does not depend on the threads. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "cluster/kmeans_fit.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { STRIP = 256 };

/* Memory of one thread. */
typedef struct Worker {
  double *own_rows, *other_rows; /* for rows->block */
  double *tile;                  /* d x KMEANS_TILE */
  double *distances;             /* KMEANS_CHUNK x KMEANS_TILE */
  double *sums;                  /* per tile of the strip: (k + 1) x KMEANS_TILE */
  int32_t *labels;               /* BLOCK_ROWS */
  Status status;
  size_t failed; /* the strip it failed at */
  Error error;
} Worker;

typedef struct Silhouette {
  Task *task;
  const Rows *rows;
  const int32_t *labels;
  size_t k;
  const KmeansKernels *kernels;
  double *sizes;  /* k */
  double *widths; /* n */
  Worker *workers;
  atomic_size_t done;
  atomic_bool stop;
} Silhouette;

static double row_width(const Silhouette *s, const double *sums, size_t label)
{
  if (s->sizes[label] <= 1) {
    return 0;
  }
  const double inside = sums[label * KMEANS_TILE] / (s->sizes[label] - 1);
  double outside = (double)INFINITY;
  for (size_t j = 0; j < s->k; j++) {
    if (j != label && s->sizes[j] > 0) {
      const double mean = sums[j * KMEANS_TILE] / s->sizes[j];
      outside = mean < outside ? mean : outside;
    }
  }
  const double larger = inside > outside ? inside : outside;
  return larger > 0 ? (outside - inside) / larger : 0;
}

/* One tile of the strip against a block of other rows. */
static void tile_sums(const Silhouette *s, const Worker *w, const double *x, size_t rows, const double *other,
                      size_t count, double *sums)
{
  const size_t d = s->rows->d;
  s->kernels->tile(x, rows, d, w->tile);
  for (size_t j = 0; j < count; j += KMEANS_CHUNK) {
    const size_t points = count - j < KMEANS_CHUNK ? count - j : KMEANS_CHUNK;
    s->kernels->distances(w->tile, d, other + j * d, points, w->distances);
    s->kernels->spread(w->distances, points, w->labels + j, sums);
  }
}

/* Sums of distances from the strip's rows to those of each cluster; rows without a cluster go to number k. */
static Status strip_sums(const Silhouette *s, Worker *w, const double *x, size_t count, Error *e)
{
  const size_t n = s->rows->n, d = s->rows->d, stride = (s->k + 1) * KMEANS_TILE;
  memset(w->sums, 0, STRIP / KMEANS_TILE * stride * sizeof(double));
  for (size_t j = 0; j < n; j += BLOCK_ROWS) {
    const size_t others = n - j < BLOCK_ROWS ? n - j : BLOCK_ROWS;
    const double *other;
    const Status status = s->rows->block(s->rows, j, others, w->other_rows, &other, e);
    if (status != STATUS_OK) {
      return status;
    }
    for (size_t i = 0; i < others; i++) {
      w->labels[i] = s->labels[j + i] < 0 ? (int32_t)s->k : s->labels[j + i];
    }
    for (size_t i = 0; i < count; i += KMEANS_TILE) {
      if (task_cancelled(s->task)) {
        return error_cancelled(e);
      }
      const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
      tile_sums(s, w, x + i * d, rows, other, others, w->sums + i / KMEANS_TILE * stride);
    }
  }
  return STATUS_OK;
}

static void do_strip(void *context, size_t strip, size_t worker)
{
  Silhouette *const s = context;
  Worker *const w = &s->workers[worker];
  const size_t first = strip * STRIP, rest = s->rows->n - first, count = rest < STRIP ? rest : STRIP;
  if (w->status != STATUS_OK || atomic_load(&s->stop)) {
    return;
  }
  const double *x;
  w->status = s->rows->block(s->rows, first, count, w->own_rows, &x, &w->error);
  if (w->status == STATUS_OK) {
    w->status = strip_sums(s, w, x, count, &w->error);
  }
  if (w->status != STATUS_OK) {
    w->failed = strip;
    atomic_store(&s->stop, true);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    const double *const sums = w->sums + i / KMEANS_TILE * (s->k + 1) * KMEANS_TILE + i % KMEANS_TILE;
    const int32_t label = s->labels[first + i];
    s->widths[first + i] = label < 0 ? 0 : row_width(s, sums, (size_t)label);
  }
  task_progress(s->task, atomic_fetch_add(&s->done, count) + count, s->rows->n);
}

static bool worker_new(Worker *w, const Silhouette *s)
{
  const size_t d = s->rows->d;
  w->own_rows = mem_buffer(STRIP * d, sizeof(double));
  w->other_rows = mem_buffer((s->rows->n < BLOCK_ROWS ? s->rows->n : BLOCK_ROWS) * d, sizeof(double));
  w->tile = mem_buffer(KMEANS_TILE * d, sizeof(double));
  w->distances = mem_buffer(KMEANS_CHUNK * KMEANS_TILE, sizeof(double));
  w->sums = mem_buffer((s->k + 1) * STRIP, sizeof(double));
  w->labels = mem_buffer(BLOCK_ROWS, sizeof(int32_t));
  return w->own_rows && w->other_rows && w->tile && w->distances && w->sums && w->labels;
}

static void worker_free(Worker *w)
{
  mem_free(w->own_rows);
  mem_free(w->other_rows);
  mem_free(w->tile);
  mem_free(w->distances);
  mem_free(w->sums);
  mem_free(w->labels);
}

static Status silhouette_alloc(Silhouette *s, size_t workers, Error *e)
{
  s->sizes = mem_zero(s->k, sizeof(double));
  s->widths = mem_buffer(s->rows->n, sizeof(double));
  s->workers = mem_zero(workers, sizeof *s->workers);
  bool made = s->sizes && s->widths && s->workers;
  for (size_t i = 0; made && i < workers; i++) {
    made = worker_new(&s->workers[i], s);
  }
  return made ? STATUS_OK : error_memory(e, s->rows->n * sizeof(double), _("the silhouette"));
}

/* The error of the first strip that failed. */
static Status first_failure(const Silhouette *s, size_t workers, Error *e)
{
  const Worker *first = NULL;
  for (size_t i = 0; i < workers; i++) {
    const Worker *const w = &s->workers[i];
    if (w->status != STATUS_OK && (!first || w->failed < first->failed)) {
      first = w;
    }
  }
  if (!first) {
    return STATUS_OK;
  }
  if (e) {
    *e = first->error;
  }
  return first->status;
}

/* Counts the clusters' rows; gives the number of clusters that have some, and of rows that have a cluster. */
static size_t count_sizes(Silhouette *s, size_t *labelled)
{
  size_t clusters = 0;
  *labelled = 0;
  for (size_t i = 0; i < s->rows->n; i++) {
    if (s->labels[i] >= 0) {
      clusters += s->sizes[s->labels[i]]++ == 0;
      ++*labelled;
    }
  }
  return clusters;
}

Status kmeans_silhouette(Task *task, const Rows *rows, const int32_t *labels, size_t k, double *mean,
                         Error *e)
{
  const size_t workers = task_threads(task);
  Silhouette s = {.task = task, .rows = rows, .labels = labels, .k = k, .kernels = kmeans_kernels()};
  Status status = silhouette_alloc(&s, workers, e);
  size_t labelled;
  *mean = (double)NAN;
  if (status == STATUS_OK && count_sizes(&s, &labelled) >= 2) {
    task_phase(task, "silhouette");
    pool_run(workers, (rows->n + STRIP - 1) / STRIP, do_strip, &s);
    status = first_failure(&s, workers, e);
    double sum = 0;
    for (size_t i = 0; status == STATUS_OK && i < rows->n; i++) {
      sum += s.widths[i];
    }
    *mean = status == STATUS_OK ? sum / (double)labelled : (double)NAN;
  }
  for (size_t i = 0; s.workers && i < workers; i++) {
    worker_free(&s.workers[i]);
  }
  mem_free(s.workers);
  mem_free(s.sizes);
  mem_free(s.widths);
  return status;
}
