/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work is dealt by groups of rows; what is found of a row stands in its place, and is put together in order
 * afterwards. */
#include "cluster/silhouette.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "cluster/silhouette_kernels.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { CHUNK = 512 };

typedef struct Work {
  Task *task;
  const SilhouetteKernels *kernels;
  Pairs pairs;        /* of the rows that have a cluster, cluster after cluster */
  size_t *order;      /* pairs.n: their numbers */
  size_t *first;      /* k + 1: where each cluster begins */
  double *far, *near; /* pairs.n: largest dissimilarity within, least to another cluster */
  double *buffer;     /* per worker: scratch, lines, sums */
  size_t buffer_size;
  atomic_size_t done;
  Silhouettes *out;
} Work;

void silhouettes_free(Silhouettes *silhouettes)
{
  mem_free(silhouettes->width);
  mem_free(silhouettes->neighbour);
  mem_free(silhouettes->sizes);
  mem_free(silhouettes->mean);
  mem_free(silhouettes->diameter);
  mem_free(silhouettes->separation);
  *silhouettes = (Silhouettes){0};
}

/* ---- one row */

static void finish_row(const Work *w, size_t at, const double *sums, size_t own)
{
  Silhouettes *const out = w->out;
  const size_t row = w->order[at];
  double outside = (double)INFINITY;
  int32_t neighbour = -1;
  for (size_t c = 0; c < out->k; c++) {
    if (c != own && out->sizes[c] > 0) {
      const double mean = sums[c] / (double)out->sizes[c];
      neighbour = mean < outside || neighbour < 0 ? (int32_t)c : neighbour;
      outside = mean < outside ? mean : outside;
    }
  }
  out->neighbour[row] = neighbour;
  const double inside = out->sizes[own] > 1 ? sums[own] / (double)(out->sizes[own] - 1) : 0;
  const double larger = inside > outside ? inside : outside;
  out->width[row] = neighbour < 0 ? (double)NAN : out->sizes[own] > 1 && larger > 0 ? (outside - inside) / larger : 0;
}

/* Takes a chunk of a row's dissimilarities into its sums; cluster: the one that the chunk begins in. */
static void add_chunk(const Work *w, size_t at, size_t own, const double *line, size_t from, size_t length,
                      size_t cluster, double *sums)
{
  for (size_t done = 0; done < length; cluster++) {
    const size_t rest = w->first[cluster + 1] - (from + done), count = rest < length - done ? rest : length - done;
    if (count > 0) {
      double sum, least, most;
      w->kernels->range(line + done, count, &sum, &least, &most);
      sums[cluster] += sum;
      if (cluster == own) {
        w->far[at] = most > w->far[at] ? most : w->far[at];
      } else {
        w->near[at] = least < w->near[at] ? least : w->near[at];
      }
    }
    done += count;
  }
}

static size_t cluster_at(const Work *w, size_t at, size_t cluster)
{
  while (w->first[cluster + 1] <= at) {
    cluster++;
  }
  return cluster;
}

static void do_group(void *context, size_t group, size_t worker)
{
  Work *const w = context;
  const size_t m = w->pairs.n, k = w->out->k, first = group * PAIRS_GROUP;
  const size_t count = m - first < PAIRS_GROUP ? m - first : PAIRS_GROUP;
  double *const scratch = w->buffer + worker * w->buffer_size, *const lines = scratch + pairs_scratch(&w->pairs);
  double *const sums = lines + PAIRS_GROUP * CHUNK;
  size_t rows[PAIRS_GROUP], own[PAIRS_GROUP];
  if (task_cancelled(w->task)) {
    return;
  }
  for (size_t i = 0; i < count; i++) {
    rows[i] = first + i;
    own[i] = cluster_at(w, first + i, i > 0 ? own[i - 1] : 0);
    w->far[first + i] = 0;
    w->near[first + i] = (double)INFINITY;
  }
  memset(sums, 0, count * k * sizeof *sums);
  size_t cluster = 0;
  for (size_t from = 0; from < m; from += CHUNK) {
    const size_t length = m - from < CHUNK ? m - from : CHUNK;
    const double *line[PAIRS_GROUP];
    cluster = cluster_at(w, from, cluster);
    pairs_lines(&w->pairs, rows, count, from, length, scratch, lines, line);
    for (size_t i = 0; i < count; i++) {
      add_chunk(w, first + i, own[i], line[i], from, length, cluster, sums + i * k);
    }
  }
  for (size_t i = 0; i < count; i++) {
    finish_row(w, first + i, sums + i * k, own[i]);
  }
  task_progress(w->task, atomic_fetch_add(&w->done, count) + count, m);
}

/* ---- all rows */

static Status out_alloc(Silhouettes *out, Error *e)
{
  out->width = mem_buffer(out->n, sizeof(double));
  out->neighbour = mem_buffer(out->n, sizeof(int32_t));
  out->sizes = mem_zero(out->k, sizeof(int64_t));
  out->mean = mem_zero(out->k, sizeof(double));
  out->diameter = mem_zero(out->k, sizeof(double));
  out->separation = mem_zero(out->k, sizeof(double));
  return out->width && out->neighbour && out->sizes && out->mean && out->diameter && out->separation
             ? STATUS_OK
             : error_memory(e, out->n * sizeof(double), _("the silhouette"));
}

/* Counts the clusters and puts their rows one behind the other; gives how many rows have one. */
static Status sort_rows(Work *w, const int32_t *labels, size_t *labelled, Error *e)
{
  Silhouettes *const out = w->out;
  w->order = mem_alloc(out->n, sizeof *w->order);
  w->first = mem_zero(out->k + 1, sizeof *w->first);
  size_t *next = mem_alloc(out->k, sizeof *next);
  if (!w->order || !w->first || !next) {
    mem_free(next);
    return error_memory(e, out->n * sizeof *w->order, _("the silhouette"));
  }
  for (size_t i = 0; i < out->n; i++) {
    if (labels[i] >= 0) {
      out->sizes[labels[i]]++;
    }
  }
  for (size_t c = 0; c < out->k; c++) {
    next[c] = w->first[c];
    w->first[c + 1] = w->first[c] + (size_t)out->sizes[c];
  }
  for (size_t i = 0; i < out->n; i++) {
    if (labels[i] >= 0) {
      w->order[next[labels[i]]++] = i;
    }
    out->width[i] = (double)NAN;
    out->neighbour[i] = -1;
  }
  *labelled = w->first[out->k];
  mem_free(next);
  return STATUS_OK;
}

static Status run_groups(Work *w, const Pairs *pairs, size_t m, Error *e)
{
  const size_t workers = task_threads(w->task);
  Status status = pairs_take(pairs, w->order, m, &w->pairs, e);
  if (status != STATUS_OK) {
    return status;
  }
  w->buffer_size = pairs_scratch(&w->pairs) + PAIRS_GROUP * (CHUNK + w->out->k + 8);
  w->buffer = mem_buffer(workers * w->buffer_size, sizeof(double));
  w->far = mem_buffer(m, sizeof(double));
  w->near = mem_buffer(m, sizeof(double));
  if (!w->buffer || !w->far || !w->near) {
    return error_memory(e, workers * w->buffer_size * sizeof(double), _("the silhouette"));
  }
  task_phase(w->task, "silhouette");
  pool_run(m < 500 ? 1 : workers, (m + PAIRS_GROUP - 1) / PAIRS_GROUP, do_group, w);
  return task_cancelled(w->task) ? error_cancelled(e) : STATUS_OK;
}

static void put_together(const Work *w)
{
  Silhouettes *const out = w->out;
  double sum = 0;
  size_t clusters = 0;
  for (size_t c = 0; c < out->k; c++) {
    out->diameter[c] = out->sizes[c] > 0 ? 0 : (double)NAN;
    out->separation[c] = (double)INFINITY;
    for (size_t at = w->first[c]; at < w->first[c + 1]; at++) {
      out->mean[c] += out->width[w->order[at]];
      out->diameter[c] = w->far[at] > out->diameter[c] ? w->far[at] : out->diameter[c];
      out->separation[c] = w->near[at] < out->separation[c] ? w->near[at] : out->separation[c];
    }
    clusters += out->sizes[c] > 0;
    sum += out->sizes[c] > 0 ? out->mean[c] : 0;
    out->mean[c] = out->sizes[c] > 0 ? out->mean[c] / (double)out->sizes[c] : (double)NAN;
    out->separation[c] = isfinite(out->separation[c]) ? out->separation[c] : (double)NAN;
  }
  out->overall = clusters >= 2 ? sum / (double)w->pairs.n : (double)NAN;
}

Status silhouettes_of(Task *task, const Pairs *pairs, const int32_t *labels, size_t k, Silhouettes *out, Error *e)
{
  Work w = {.task = task, .kernels = silhouette_kernels(), .out = out};
  size_t m = 0;
  Status status;
  *out = (Silhouettes){.n = pairs->n, .k = k};
  TRY(out_alloc(out, e));
  TRY(sort_rows(&w, labels, &m, e));
  TRY(run_groups(&w, pairs, m, e));
  put_together(&w);
done:
  pairs_free(&w.pairs);
  mem_free(w.order);
  mem_free(w.first);
  mem_free(w.buffer);
  mem_free(w.far);
  mem_free(w.near);
  if (status != STATUS_OK) {
    silhouettes_free(out);
  }
  return status;
}

/* ---- rows of numbers */

static Status fetch_rows(const Rows *rows, double *out, Error *e)
{
  for (size_t first = 0; first < rows->n; first += BLOCK_ROWS) {
    const size_t count = rows->n - first < BLOCK_ROWS ? rows->n - first : BLOCK_ROWS;
    double *const to = out + first * rows->d;
    const double *from;
    const Status status = rows->block(rows, first, count, to, &from, e);
    if (status != STATUS_OK) {
      return status;
    }
    if (from != to) {
      memcpy(to, from, count * rows->d * sizeof *to);
    }
  }
  return STATUS_OK;
}

Status silhouette_mean(Task *task, const Rows *rows, Metric metric, const int32_t *labels, size_t k, double *mean,
                       Error *e)
{
  Silhouettes silhouettes = {0};
  double *values = NULL;
  Status status;
  *mean = (double)NAN;
  TRY(task_reserve(task, 2 * rows->n * rows->d * sizeof *values, _("the silhouette"), e));
  values = mem_buffer(rows->n * rows->d, sizeof *values);
  TRY(values ? STATUS_OK : error_memory(e, rows->n * rows->d * sizeof *values, _("the silhouette")));
  TRY(fetch_rows(rows, values, e));
  const Pairs pairs = pairs_of_values(values, rows->n, rows->d, metric);
  TRY(silhouettes_of(task, &pairs, labels, k, &silhouettes, e));
  *mean = silhouettes.overall;
done:
  mem_free(values);
  silhouettes_free(&silhouettes);
  return status;
}

Status kmeans_silhouette(Task *task, const Rows *rows, const int32_t *labels, size_t k, double *mean, Error *e)
{
  return silhouette_mean(task, rows, (Metric){.kind = METRIC_EUCLIDEAN}, labels, k, mean, e);
}
