/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linkages on a triangle of distances, which is overwritten by the distances of clusters. A cluster lives where its
 * lowest row does, for centroid and median where its highest does. Reference: Muellner, J. Statistical Software 53(9),
 * 2013; Murtagh, Computational Statistics Quarterly 1, 1984. */
#include "cluster/linkage_matrix.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

typedef LinkageMatrix Matrix;

static const char *const names[] = {"single", "complete", "average",  "mcquitty",
                                    "ward",   "ward_d",   "centroid", "median"};

bool linkage_of_name(const char *name, LinkageKind *out)
{
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(name, names[i]) == 0) {
      *out = (LinkageKind)i;
      return true;
    }
  }
  return false;
}

bool linkage_is_monotone(LinkageKind kind)
{
  return kind != LINKAGE_CENTROID && kind != LINKAGE_MEDIAN;
}

bool linkage_uses_weights(LinkageKind kind)
{
  return kind == LINKAGE_AVERAGE || kind == LINKAGE_WARD || kind == LINKAGE_WARD_D || kind == LINKAGE_CENTROID;
}

/* ---- distances of all pairs */

typedef struct Fill {
  const double *values;
  size_t n, d;
  Metric metric;
  double *out;
  const Task *task;
} Fill;

static Status fill_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum, (void)worker;
  const Fill *f = context;
  for (size_t item = first; item < first + count; item++) {
    const size_t i = item % 2 == 0 ? item / 2 : f->n - 1 - item / 2;
    if (task_cancelled(f->task)) {
      return error_cancelled(e);
    }
    if (i + 1 < f->n) {
      distance_row(f->metric, f->values + i * f->d, f->values + (i + 1) * f->d, f->n - i - 1, f->d,
                   f->out + linkage_at(f->n, i, i + 1));
    }
  }
  return STATUS_OK;
}

Status linkage_distances(Task *task, const double *values, size_t n, size_t d, Metric metric, double *out, Error *e)
{
  Fill fill = {.values = values, .n = n, .d = d, .metric = metric, .out = out, .task = task};
  const Reduce reduce = {.block = fill_block, .context = &fill};
  return rows_reduce(task, n, &reduce, NULL, e);
}

/* ---- places and merges */

static double *cell(const Matrix *m, size_t i, size_t j)
{
  return m->d + (i < j ? linkage_at(m->n, i, j) : linkage_at(m->n, j, i));
}

static void remove_place(Matrix *m, uint32_t place)
{
  m->next[m->back[place]] = m->next[place];
  m->back[m->next[place]] = m->back[place];
}

double linkage_combine(LinkageKind kind, double ki, double kj, double ij, double nk, double ni, double nj)
{
  switch (kind) {
  case LINKAGE_SINGLE:
    return ki < kj ? ki : kj;
  case LINKAGE_COMPLETE:
    return ki > kj ? ki : kj;
  case LINKAGE_AVERAGE:
    return (ni * ki + nj * kj) / (ni + nj);
  case LINKAGE_MCQUITTY:
    return 0.5 * (ki + kj);
  case LINKAGE_CENTROID:
    return (ni * ki + nj * kj - ni * nj * ij / (ni + nj)) / (ni + nj);
  case LINKAGE_MEDIAN:
    return 0.5 * (ki + kj) - 0.25 * ij;
  default:
    return ((nk + ni) * ki + (nk + nj) * kj - nk * ij) / (nk + ni + nj);
  }
}

/* Merges the clusters at i < j; what comes out lives at `keep`, one of them. */
static void merge_places(Matrix *m, uint32_t i, uint32_t j, uint32_t keep)
{
  const double ij = *cell(m, i, j), ni = m->sizes[i], nj = m->sizes[j];
  const uint32_t gone = keep == i ? j : i;
  m->steps[m->done++] = (LinkageStep){m->row[i], m->row[j], ij};
  for (uint32_t k = m->next[m->n]; k < m->n; k = m->next[k]) {
    if (k != i && k != j) {
      double *out = cell(m, k, keep);
      *out = linkage_combine(m->kind, *cell(m, k, i), *cell(m, k, j), ij, m->sizes[k], ni, nj);
    }
  }
  m->sizes[keep] = ni + nj;
  remove_place(m, gone);
}

Status linkage_tick(const Matrix *m, Error *e)
{
  if (m->done % 64 == 0 || m->done == m->all) {
    task_progress(m->task, m->done, m->all);
  }
  return task_cancelled(m->task) ? error_cancelled(e) : STATUS_OK;
}

/* ---- nearest-neighbour chains */

/* The nearest living cluster to the one at i; the lowest of equally near ones, but `prefer` before all of them. */
static uint32_t nearest(const Matrix *m, uint32_t i, uint32_t prefer, double *distance)
{
  const size_t n = m->n;
  uint32_t best = prefer;
  double least = prefer < n ? *cell(m, i, prefer) : INFINITY;
  uint32_t k = m->next[n];
  for (; k < i; k = m->next[k]) {
    const double value = m->d[linkage_at(n, k, i)];
    if (value < least || best >= n) {
      least = value;
      best = k;
    }
  }
  const double *row = m->d + linkage_at(n, i, i + 1) - (i + 1);
  for (k = m->next[i]; k < n; k = m->next[k]) {
    if (row[k] < least || best >= n) {
      least = row[k];
      best = k;
    }
  }
  *distance = least;
  return best;
}

Status linkage_run_chains(Matrix *m, size_t most, Error *e)
{
  const uint32_t none = (uint32_t)m->n;
  const size_t end = m->all - m->done < most ? m->all : m->done + most;
  uint32_t *chain = mem_alloc(m->n + 1, sizeof *chain);
  size_t length = 0;
  Status status = chain ? STATUS_OK : error_memory(e, m->n * sizeof *chain, _("a tree"));
  while (status == STATUS_OK && m->done < end) {
    if (length == 0) {
      chain[length++] = m->next[m->n];
    }
    const uint32_t tip = chain[length - 1], before = length > 1 ? chain[length - 2] : none;
    double distance;
    const uint32_t found = nearest(m, tip, before, &distance);
    if (found == before) {
      length -= 2;
      const uint32_t low = tip < found ? tip : found;
      merge_places(m, low, tip < found ? found : tip, low);
      status = linkage_tick(m, e);
    } else {
      chain[length++] = found;
      status = task_cancelled(m->task) ? error_cancelled(e) : STATUS_OK;
    }
  }
  mem_free(chain);
  return status;
}

/* ---- single: a minimum spanning tree from row 0 */

static Status run_prim(Matrix *m, Error *e)
{
  const size_t n = m->n;
  double *near = mem_alloc(n, sizeof *near);
  uint32_t *by = mem_zero(n, sizeof *by);
  Status status = near && by ? STATUS_OK : error_memory(e, n * sizeof *near, _("a tree"));
  uint32_t tip = 0;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    near[i] = INFINITY;
  }
  while (status == STATUS_OK && m->done + 1 < n) {
    uint32_t best = (uint32_t)n;
    remove_place(m, tip);
    for (uint32_t k = m->next[n]; k < n; k = m->next[k]) {
      const double value = *cell(m, k, tip);
      if (value < near[k] || (value == near[k] && tip < by[k])) {
        near[k] = value;
        by[k] = tip;
      }
      best = best == n || near[k] < near[best] ? k : best;
    }
    m->steps[m->done++] =
        (LinkageStep){by[best] < best ? by[best] : best, by[best] < best ? best : by[best], near[best]};
    tip = best;
    status = linkage_tick(m, e);
  }
  mem_free(near);
  mem_free(by);
  return status;
}

/* ---- centroid and median: merges may bring clusters nearer to one another */

/* Each place knows its nearest of the places behind it, or after that one died a bound: no pair of this place that
 * existed then is nearer. */
typedef struct Near {
  double *bound;
  uint32_t *place; /* n: dead, look again */
} Near;

static void look_behind(const Matrix *m, const Near *near, uint32_t i)
{
  const double *row = m->d + linkage_at(m->n, i, i + 1) - (i + 1);
  near->bound[i] = INFINITY;
  near->place[i] = (uint32_t)m->n;
  for (uint32_t k = m->next[i]; k < m->n; k = m->next[k]) {
    if (row[k] < near->bound[i] || near->place[i] == m->n) {
      near->bound[i] = row[k];
      near->place[i] = k;
    }
  }
}

/* The place with the nearest neighbour of all. */
static uint32_t nearest_pair(const Matrix *m, const Near *near)
{
  for (;;) {
    uint32_t best = m->next[m->n];
    for (uint32_t k = m->next[best]; k < m->n && m->next[k] < m->n; k = m->next[k]) {
      best = near->bound[k] < near->bound[best] ? k : best;
    }
    if (near->place[best] < m->n) {
      return best;
    }
    look_behind(m, near, best);
  }
}

/* After a merge into place j: places before it learn of it, those that pointed at i or j look again. */
static void tell(const Matrix *m, const Near *near, uint32_t i, uint32_t j)
{
  for (uint32_t k = m->next[m->n]; k < j; k = m->next[k]) {
    const double value = m->d[linkage_at(m->n, k, j)];
    if (value < near->bound[k]) {
      near->bound[k] = value;
      near->place[k] = j;
    } else if (near->place[k] == i || near->place[k] == j) {
      near->place[k] = (uint32_t)m->n;
    }
  }
  look_behind(m, near, j);
}

static Status run_generic(Matrix *m, Error *e)
{
  const size_t n = m->n;
  const Near near = {mem_alloc(n, sizeof *near.bound), mem_alloc(n, sizeof *near.place)};
  Status status = near.bound && near.place ? STATUS_OK : error_memory(e, n * sizeof *near.bound, _("a tree"));
  for (uint32_t i = 0; status == STATUS_OK && i < n; i++) {
    look_behind(m, &near, i);
    status = i % 64 == 0 && task_cancelled(m->task) ? error_cancelled(e) : STATUS_OK;
  }
  while (status == STATUS_OK && m->done + 1 < n) {
    const uint32_t i = nearest_pair(m, &near), j = near.place[i];
    merge_places(m, i, j, j);
    tell(m, &near, i, j);
    status = linkage_tick(m, e);
  }
  mem_free(near.bound);
  mem_free(near.place);
  return status;
}

/* ---- all */

void linkage_link(Matrix *m)
{
  const size_t n = m->n;
  for (size_t i = 0; i <= n; i++) {
    m->next[i] = i == n ? 0 : (uint32_t)i + 1;
    m->back[i] = i == 0 ? (uint32_t)n : (uint32_t)i - 1;
  }
}

static Status matrix_new(Matrix *m, const double *weights, Error *e)
{
  const size_t n = m->n;
  m->sizes = mem_alloc(n, sizeof *m->sizes);
  m->row = mem_alloc(n, sizeof *m->row);
  m->next = mem_alloc(n + 1, sizeof *m->next);
  m->back = mem_alloc(n + 1, sizeof *m->back);
  m->steps = mem_alloc(n, sizeof *m->steps);
  if (!m->sizes || !m->row || !m->next || !m->back || !m->steps) {
    return error_memory(e, n * sizeof *m->steps, _("a tree"));
  }
  linkage_link(m);
  for (size_t i = 0; i < n; i++) {
    m->row[i] = (uint32_t)i;
    m->sizes[i] = weights && linkage_uses_weights(m->kind) ? weights[i] : 1;
  }
  return STATUS_OK;
}

/* ward works on squares; with weights two rows that stand for n_i and n_j begin as far apart as such clusters are. */
static Status prepare(Matrix *m, bool weighted, Error *e)
{
  const bool ward = m->kind == LINKAGE_WARD || m->kind == LINKAGE_WARD_D, square = m->kind == LINKAGE_WARD;
  if (!ward || (!square && !weighted)) {
    return STATUS_OK;
  }
  for (size_t i = 0; i + 1 < m->n; i++) {
    double *row = m->d + linkage_at(m->n, i, i + 1) - (i + 1);
    if (i % 64 == 0 && task_cancelled(m->task)) {
      return error_cancelled(e);
    }
    for (size_t j = i + 1; j < m->n; j++) {
      row[j] = square ? row[j] * row[j] : row[j];
      row[j] = weighted ? row[j] * (2 * m->sizes[i] * m->sizes[j] / (m->sizes[i] + m->sizes[j])) : row[j];
    }
  }
  return STATUS_OK;
}

static void matrix_free(Matrix *m)
{
  mem_free(m->sizes);
  mem_free(m->row);
  mem_free(m->next);
  mem_free(m->back);
  mem_free(m->steps);
}

Status linkage_matrix(Task *task, double *distances, size_t n, LinkageKind kind, const double *weights,
                      LinkageTree *out, Error *e)
{
  Matrix m = {.task = task, .d = distances, .n = n, .kind = kind, .all = n > 0 ? n - 1 : 0};
  Status status;
  *out = (LinkageTree){0};
  task_phase(task, N_("linkage"));
  TRY(matrix_new(&m, weights, e));
  TRY(prepare(&m, weights != NULL, e));
  TRY(kind == LINKAGE_SINGLE        ? run_prim(&m, e)
      : linkage_is_monotone(kind) ? linkage_run_rounds(&m, e)
                                  : run_generic(&m, e));
  for (size_t i = 0; kind == LINKAGE_WARD && i + 1 < n; i++) {
    m.steps[i].height = sqrt(fmax(0, m.steps[i].height));
  }
  TRY(linkage_tree_of_steps(m.steps, n, linkage_is_monotone(kind), out, e));
done:
  matrix_free(&m);
  return status;
}

/* From the triangle of all pairs. */
static Status from_triangle(Task *task, const LinkageRows *rows, size_t n, LinkageKind kind, const double *weights,
                            LinkageTree *out, Error *e)
{
  const size_t count = linkage_cells(n);
  double *cells = mem_alloc(count + 1, sizeof *cells);
  Status status = cells ? linkage_distances(task, rows->values, n, rows->d, rows->metric, cells, e)
                        : error_memory(e, count * sizeof *cells, _("the distances of all pairs"));
  if (status == STATUS_OK) {
    status = linkage_matrix(task, cells, n, kind, weights, out, e);
  }
  mem_free(cells);
  return status;
}

Status linkage_rows(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageKind kind,
                    const double *weights, LinkageTree *out, Error *e)
{
  const LinkageRows rows = {values, d, metric};
  Matrix m = {.task = task, .n = n, .kind = kind, .all = n > 0 ? n - 1 : 0};
  Status status;
  *out = (LinkageTree){0};
  task_phase(task, N_("distances"));
  if (n < 2 || (kind != LINKAGE_COMPLETE && kind != LINKAGE_AVERAGE && kind != LINKAGE_MCQUITTY)) {
    return from_triangle(task, &rows, n, kind, weights, out, e);
  }
  TRY(matrix_new(&m, weights, e));
  TRY(linkage_run_rows(&m, &rows, e));
  TRY(linkage_tree_of_steps(m.steps, n, true, out, e));
done:
  matrix_free(&m);
  return status;
}
