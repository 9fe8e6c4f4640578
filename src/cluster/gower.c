/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dissimilarities from the variables' own arrays, a variable at a time over a chunk of rows, so that the inner loops
 * are plain vector code and no matrix of distances is needed. */
#include "cluster/gower.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "cluster/gower_cells.h"
#include "cluster/gower_kernels.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { CHUNK = 512 };

struct Gower {
  size_t n, d;
  GowerColumn *columns;
  GowerCells *cells; /* of each column */
  const GowerKernels *kernels;
};

void gower_free(Gower *gower)
{
  if (!gower) {
    return;
  }
  for (size_t j = 0; gower->cells && j < gower->d; j++) {
    gower_cells_free(&gower->cells[j]);
  }
  mem_free(gower->cells);
  mem_free(gower->columns);
  mem_free(gower);
}

static Status gower_alloc(size_t n, size_t d, Gower **out, Error *e)
{
  Gower *gower = mem_zero(1, sizeof *gower);
  *out = gower;
  if (!gower) {
    return error_memory(e, sizeof *gower, _("dissimilarities"));
  }
  *gower = (Gower){.n = n, .d = d, .kernels = gower_kernels()};
  gower->columns = mem_alloc(d, sizeof *gower->columns);
  gower->cells = mem_zero(d, sizeof *gower->cells);
  return gower->columns && gower->cells ? STATUS_OK : error_memory(e, 0, _("dissimilarities"));
}

Status gower_new(Task *task, const Frame *data, const size_t *rows, size_t n, const GowerColumn *columns, size_t d,
                 Gower **out, Error *e)
{
  Gower *gower;
  Status status = gower_alloc(n, d, &gower, e);
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    gower->columns[j] = columns[j];
    status = task_cancelled(task) ? error_cancelled(e)
                                  : gower_cells_read(data, rows, n, &gower->columns[j], &gower->cells[j], e);
  }
  if (status != STATUS_OK) {
    gower_free(gower);
    gower = NULL;
  }
  *out = gower;
  return status;
}

static Status take_cells(const GowerCells *from, const size_t *rows, size_t m, GowerCells *to, Error *e)
{
  to->gaps = from->gaps;
  to->values = from->values ? mem_buffer(m, sizeof *to->values) : NULL;
  to->codes = from->codes ? mem_buffer(m, sizeof *to->codes) : NULL;
  if (!to->values && !to->codes) {
    return error_memory(e, m * sizeof *to->values, _("dissimilarities"));
  }
  for (size_t i = 0; to->values && i < m; i++) {
    to->values[i] = from->values[rows[i]];
  }
  for (size_t i = 0; to->codes && i < m; i++) {
    to->codes[i] = from->codes[rows[i]];
  }
  return STATUS_OK;
}

Status gower_take(const Gower *gower, const size_t *rows, size_t m, Gower **out, Error *e)
{
  Gower *taken;
  Status status = gower_alloc(m, gower->d, &taken, e);
  for (size_t j = 0; status == STATUS_OK && j < gower->d; j++) {
    taken->columns[j] = gower->columns[j];
    status = take_cells(&gower->cells[j], rows, m, &taken->cells[j], e);
  }
  if (status != STATUS_OK) {
    gower_free(taken);
    taken = NULL;
  }
  *out = taken;
  return status;
}

size_t gower_rows(const Gower *gower)
{
  return gower->n;
}

size_t gower_count(const Gower *gower)
{
  return gower->d;
}

const GowerColumn *gower_used(const Gower *gower)
{
  return gower->columns;
}

double gower_bytes(double n, double d)
{
  return 8 * n * d;
}

/* Takes a variable into the sums of a chunk; gives the weight that every pair of it is compared with. */
static double add_variable(const Gower *gower, size_t variable, size_t row, size_t first, size_t count, double *sum,
                           double *share)
{
  const GowerCells *const cells = &gower->cells[variable];
  const GowerKernels *const kernels = gower->kernels;
  const double w = gower->columns[variable].weight;
  if (cells->values) {
    const double x = cells->values[row];
    if (isnan(x)) {
      return 0;
    }
    if (cells->gaps) {
      kernels->numbers_gaps(x, cells->values + first, count, w, sum, share);
      return 0;
    }
    kernels->numbers(x, cells->values + first, count, w, sum);
    return w;
  }
  const int32_t code = cells->codes[row];
  if (code < 0) {
    return 0;
  }
  if (gower->columns[variable].type == GOWER_ASYMMETRIC) {
    kernels->asymmetric(code, cells->codes + first, count, w, sum, share);
    return 0;
  }
  if (cells->gaps) {
    kernels->codes_gaps(code, cells->codes + first, count, w, sum, share);
    return 0;
  }
  kernels->codes(code, cells->codes + first, count, w, sum);
  return w;
}

void gower_distances(const Gower *gower, size_t row, size_t first, size_t count, double *out)
{
  double sum[CHUNK], share[CHUNK];
  for (size_t at = 0; at < count; at += CHUNK) {
    const size_t now = count - at < CHUNK ? count - at : CHUNK;
    double rest = 0;
    memset(sum, 0, now * sizeof *sum);
    memset(share, 0, now * sizeof *share);
    for (size_t j = 0; j < gower->d; j++) {
      rest += add_variable(gower, j, row, first + at, now, sum, share);
    }
    gower->kernels->divide(sum, share, rest, now, out + at);
  }
}

/* ---- all pairs */

typedef struct Triangle {
  Task *task;
  const Gower *gower;
  double *out;         /* NULL: only looks for pairs that share nothing */
  atomic_size_t apart; /* the lowest row that has such a pair with a later one; n: none */
  atomic_size_t done;
} Triangle;

static void lower_to(atomic_size_t *least, size_t value)
{
  size_t now = atomic_load(least);
  while (value < now && !atomic_compare_exchange_weak(least, &now, value)) {
  }
}

static void triangle_row(void *context, size_t row, size_t worker)
{
  Triangle *const t = context;
  const size_t n = t->gower->n, rest = n - row - 1;
  double buffer[CHUNK];
  (void)worker;
  if (task_cancelled(t->task)) {
    return;
  }
  double *const line = t->out ? t->out + row * n - row * (row + 1) / 2 : NULL;
  bool apart = false;
  for (size_t at = 0; at < rest; at += CHUNK) {
    const size_t count = rest - at < CHUNK ? rest - at : CHUNK;
    double *const to = line ? line + at : buffer;
    gower_distances(t->gower, row, row + 1 + at, count, to);
    for (size_t j = 0; j < count; j++) {
      apart |= isnan(to[j]);
    }
  }
  if (apart) {
    lower_to(&t->apart, row);
  }
  task_progress(t->task, atomic_fetch_add(&t->done, 1) + 1, n);
}

/* The row's first partner without anything shared. */
static size_t partner(const Gower *gower, size_t row)
{
  size_t other = row + 1;
  double distance = 0;
  while (other < gower->n && !isnan(distance)) {
    gower_distances(gower, row, other++, 1, &distance);
  }
  return other - 1;
}

static Status all_pairs(Task *task, const Gower *gower, double *out, bool *found, size_t pair[2], Error *e)
{
  Triangle t = {.task = task, .gower = gower, .out = out, .apart = gower->n};
  const double work = (double)gower->n * (double)gower->n * (double)gower->d;
  task_phase(task, "dissimilarities");
  pool_run(work < 1e5 ? 1 : task_threads(task), gower->n, triangle_row, &t);
  if (task_cancelled(task)) {
    return error_cancelled(e);
  }
  *found = t.apart < gower->n;
  if (*found) {
    pair[0] = t.apart;
    pair[1] = partner(gower, t.apart);
  }
  return STATUS_OK;
}

Status gower_refuse_apart(const size_t pair[2], Error *e)
{
  error_set(e, STATUS_DATA, "gower-nothing-shared",
            _("rows %1$zu and %2$zu have no variable in common that can be compared"), pair[0] + 1, pair[1] + 1);
  return error_hint(e, _("leave out rows with many missing cells, or take a variable in that all rows have"));
}

Status gower_triangle(Task *task, const Gower *gower, double *out, Error *e)
{
  bool found;
  size_t pair[2];
  const Status status = all_pairs(task, gower, out, &found, pair, e);
  return status == STATUS_OK && found ? gower_refuse_apart(pair, e) : status;
}

Status gower_apart(Task *task, const Gower *gower, bool *found, size_t pair[2], Error *e)
{
  *found = false;
  for (size_t j = 0; j < gower->d; j++) {
    if (!gower->cells[j].gaps && gower->columns[j].type != GOWER_ASYMMETRIC) {
      return STATUS_OK;
    }
  }
  return all_pairs(task, gower, NULL, found, pair, e);
}
