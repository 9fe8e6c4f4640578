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

static const char *const names[] = {"single", "complete", "average", "mcquitty", "ward",
                                    "ward_d", "centroid", "median",  "divisive"};

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

void linkage_fold_places(Matrix *m, uint32_t i, uint32_t j, uint32_t keep)
{
  const double ij = *cell(m, i, j), ni = m->sizes[i], nj = m->sizes[j];
  const uint32_t gone = keep == i ? j : i;
  for (uint32_t k = m->next[m->n]; k < m->n; k = m->next[k]) {
    if (k != i && k != j) {
      double *out = cell(m, k, keep);
      *out = linkage_combine(m->kind, *cell(m, k, i), *cell(m, k, j), ij, m->sizes[k], ni, nj);
    }
  }
  m->sizes[keep] = ni + nj;
  remove_place(m, gone);
}

static void merge_places(Matrix *m, uint32_t i, uint32_t j, uint32_t keep)
{
  linkage_record(m->state, m->row[i], m->row[j], *cell(m, i, j));
  linkage_fold_places(m, i, j, keep);
}

Status linkage_tick(const Matrix *m, Error *e)
{
  const size_t done = m->state->done;
  if (done % 64 == 0 || done == m->all) {
    task_progress(m->task, done, m->all);
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

/* Where each place stands on the chain, n: nowhere. A chain that was kept has living places, each once. */
static Status chain_places(const Matrix *m, uint32_t *at, Error *e)
{
  const LinkageState *s = m->state;
  const uint32_t nowhere = (uint32_t)m->n;
  for (size_t i = 0; i < m->n; i++) {
    at[i] = nowhere + 1;
  }
  for (uint32_t k = m->next[m->n]; k < m->n; k = m->next[k]) {
    at[k] = nowhere;
  }
  for (size_t i = 0; i < s->length; i++) {
    if (s->chain[i] >= m->n || at[s->chain[i]] != nowhere) {
      return linkage_state_broken(e);
    }
    at[s->chain[i]] = (uint32_t)i;
  }
  return STATUS_OK;
}

/* The chain's next link, or the merge of its last two. Distances fall along a chain, so that a place comes once; should it come
 * again by a rounding, the chain goes on from there. */
static void chain_on(Matrix *m, uint32_t round, uint32_t *at)
{
  LinkageState *s = m->state;
  const uint32_t none = (uint32_t)m->n;
  double distance;
  if (s->length == 0) {
    s->chain[s->length++] = m->next[m->n];
    at[m->next[m->n]] = 0;
  }
  const uint32_t tip = s->chain[s->length - 1], before = s->length > 1 ? s->chain[s->length - 2] : none;
  const uint32_t found = nearest(m, tip, before, &distance);
  if (found == before) {
    const uint32_t low = tip < found ? tip : found;
    s->length -= 2;
    at[tip] = at[found] = none;
    s->round[s->done] = round;
    merge_places(m, low, tip < found ? found : tip, low);
  } else if (at[found] < none) {
    for (const size_t back = at[found] + (size_t)1; s->length > back;) {
      at[s->chain[--s->length]] = none;
    }
  } else {
    at[found] = (uint32_t)s->length;
    s->chain[s->length++] = found;
  }
}

Status linkage_run_chains(Matrix *m, uint32_t round, Error *e)
{
  uint32_t *at = mem_alloc(m->n, sizeof *at);
  Status status = at ? chain_places(m, at, e) : error_memory(e, m->n * sizeof *at, _("a tree"));
  while (status == STATUS_OK && m->state->done < m->state->until) {
    const size_t before = m->state->done;
    chain_on(m, round, at);
    status = m->state->done > before ? linkage_tick(m, e) : task_cancelled(m->task) ? error_cancelled(e) : STATUS_OK;
  }
  mem_free(at);
  return status;
}

/* ---- single: a minimum spanning tree from row 0 */

static Status run_prim(Matrix *m, Error *e)
{
  LinkageState *s = m->state;
  const size_t n = m->n;
  double *near = s->bound;
  uint32_t *by = s->nearest, tip = 0;
  Status status = linkage_state_tip(s, &tip, e);
  for (uint32_t i = 0; status == STATUS_OK && i < n; i++) {
    if (by[i] == i && i != tip) {
      remove_place(m, i);
    }
  }
  while (status == STATUS_OK && s->done + 1 < n) {
    uint32_t best = (uint32_t)n;
    remove_place(m, tip);
    by[tip] = tip;
    for (uint32_t k = m->next[n]; k < n; k = m->next[k]) {
      const double value = *cell(m, k, tip);
      if (value < near[k] || (value == near[k] && tip < by[k])) {
        near[k] = value;
        by[k] = tip;
      }
      best = best == n || near[k] < near[best] ? k : best;
    }
    linkage_record(s, by[best] < best ? by[best] : best, by[best] < best ? best : by[best], near[best]);
    tip = best;
    status = linkage_tick(m, e);
  }
  return status;
}

/* ---- centroid and median: merges may bring clusters nearer to one another */

/* Each place knows its nearest of the places behind it, or after that one died a bound: no pair of this place that
 * existed then is nearer. */
typedef struct Near {
  double *bound;
  uint32_t *place; /* LINKAGE_NOBODY: dead, look again */
} Near;

static void look_behind(const Matrix *m, const Near *near, uint32_t i)
{
  const double *row = m->d + linkage_at(m->n, i, i + 1) - (i + 1);
  near->bound[i] = INFINITY;
  near->place[i] = LINKAGE_NOBODY;
  for (uint32_t k = m->next[i]; k < m->n; k = m->next[k]) {
    if (row[k] < near->bound[i] || near->place[i] == LINKAGE_NOBODY) {
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
      near->place[k] = LINKAGE_NOBODY;
    }
  }
  look_behind(m, near, j);
}

/* The merges of a stopped fit, which say where a cluster lives; those that live must know one that lives behind them. */
static Status merge_again(Matrix *m, const Near *near, Error *e)
{
  const LinkageState *s = m->state;
  bool *dead = mem_zero(m->n, sizeof *dead);
  Status status = dead ? STATUS_OK : error_memory(e, m->n, _("a tree"));
  for (size_t at = 0; status == STATUS_OK && at < s->done; at++) {
    const uint32_t i = s->steps[at].a, j = s->steps[at].b;
    TRY(i < j && !dead[i] && !dead[j] ? STATUS_OK : linkage_state_broken(e));
    linkage_fold_places(m, i, j, j);
    dead[i] = true;
    TRY(at % 64 == 0 && task_cancelled(m->task) ? error_cancelled(e) : STATUS_OK);
  }
  for (uint32_t k = 0; status == STATUS_OK && k < m->n; k++) {
    const uint32_t place = near->place[k];
    TRY(dead[k] || place == LINKAGE_NOBODY || (place > k && place < m->n && !dead[place]) ? STATUS_OK : linkage_state_broken(e));
  }
done:
  mem_free(dead);
  return status;
}

static Status run_generic(Matrix *m, Error *e)
{
  const size_t n = m->n;
  const Near near = {m->state->bound, m->state->nearest};
  Status status = m->state->done > 0 ? merge_again(m, &near, e) : STATUS_OK;
  for (uint32_t i = 0; status == STATUS_OK && m->state->done == 0 && i < n; i++) {
    look_behind(m, &near, i);
    status = i % 64 == 0 && task_cancelled(m->task) ? error_cancelled(e) : STATUS_OK;
  }
  while (status == STATUS_OK && m->state->done + 1 < n) {
    const uint32_t i = nearest_pair(m, &near), j = near.place[i];
    merge_places(m, i, j, j);
    tell(m, &near, i, j);
    status = linkage_tick(m, e);
  }
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
  if (!m->sizes || !m->row || !m->next || !m->back) {
    return error_memory(e, n * 24, _("a tree"));
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
}

/* The tree of the merges so far. */
static Status finish(const Matrix *m, LinkageTree *out, Error *e)
{
  const size_t done = m->state->done;
  LinkageStep *steps = mem_alloc(done, sizeof *steps);
  if (!steps) {
    return error_memory(e, done * sizeof *steps, _("a tree"));
  }
  for (size_t i = 0; i < done; i++) {
    steps[i] = m->state->steps[i];
    steps[i].height = m->kind == LINKAGE_WARD ? sqrt(fmax(0, steps[i].height)) : steps[i].height;
  }
  const Status status = linkage_tree_of_steps(steps, m->all + 1, done, linkage_is_monotone(m->kind), out, e);
  mem_free(steps);
  return status;
}

static Status run(Matrix *m, bool weighted, Error *e)
{
  const Status status = prepare(m, weighted, e);
  return status != STATUS_OK               ? status
         : m->kind == LINKAGE_SINGLE       ? run_prim(m, e)
         : linkage_is_monotone(m->kind) ? linkage_run_rounds(m, e)
                                           : run_generic(m, e);
}

/* From a triangle, or from rows where there is none. */
static Status link_places(Matrix *m, const LinkageRows *rows, const double *weights, LinkageState *state, LinkageTree *out,
                          Error *e)
{
  LinkageState own = {0};
  Status status;
  *out = (LinkageTree){0};
  m->all = m->n > 0 ? m->n - 1 : 0;
  m->state = state ? state : &own;
  TRY(matrix_new(m, weights, e));
  TRY(linkage_state_begin(m->state, m->n, e));
  TRY(linkage_state_end(m->state, state, rows ? linkage_run_rows(m, rows, e) : run(m, weights, e), e));
  TRY(finish(m, out, e));
done:
  matrix_free(m);
  linkage_state_free(&own);
  return status;
}

Status linkage_matrix(Task *task, double *distances, size_t n, LinkageKind kind, const double *weights, LinkageState *state,
                      LinkageTree *out, Error *e)
{
  Matrix m = {.task = task, .d = distances, .n = n, .kind = kind};
  task_phase(task, N_("linkage"));
  return link_places(&m, NULL, weights, state, out, e);
}

/* From the triangle of all pairs. */
static Status from_triangle(Task *task, const LinkageRows *rows, size_t n, LinkageKind kind, const double *weights,
                            LinkageState *state, LinkageTree *out, Error *e)
{
  const size_t count = linkage_cells(n);
  double *cells = mem_alloc(count + 1, sizeof *cells);
  Status status = cells ? linkage_distances(task, rows->values, n, rows->d, rows->metric, cells, e)
                        : error_memory(e, count * sizeof *cells, _("the distances of all pairs"));
  if (status == STATUS_OK) {
    status = linkage_matrix(task, cells, n, kind, weights, state, out, e);
  }
  mem_free(cells);
  return status;
}

Status linkage_rows(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageKind kind,
                    const double *weights, LinkageState *state, LinkageTree *out, Error *e)
{
  const LinkageRows rows = {values, d, metric};
  Matrix m = {.task = task, .n = n, .kind = kind};
  *out = (LinkageTree){0};
  task_phase(task, N_("distances"));
  return n < 2 || (kind != LINKAGE_COMPLETE && kind != LINKAGE_AVERAGE && kind != LINKAGE_MCQUITTY)
             ? from_triangle(task, &rows, n, kind, weights, state, out, e)
             : link_places(&m, &rows, weights, state, out, e);
}
