/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linkages by vectors: equal rows are put together first (they merge at 0 before anything else), then the rest. */
#include "cluster/linkage_vector.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

bool linkage_has_vectors(LinkageKind kind, Metric metric)
{
  switch (kind) {
  case LINKAGE_SINGLE:
    return true;
  case LINKAGE_WARD:
    return metric.kind == METRIC_EUCLIDEAN;
  case LINKAGE_WARD_D:
  case LINKAGE_CENTROID:
  case LINKAGE_MEDIAN:
    return metric.kind == METRIC_SQEUCLIDEAN;
  default:
    return false;
  }
}

/* The time of a search in a kd-tree grows with a power of n that grows with the columns. Measured on rows in 24 groups: ward with
 * 8,000 to 512,000 rows of 2 to 32 columns, single with 32,000 to a million of 2 to 8, where Prim's is the bound. */
double linkage_vectors_seconds(LinkageKind kind, size_t n, size_t d)
{
  const double rows = (double)n, columns = (double)d;
  return kind == LINKAGE_SINGLE ? fmin(rows * rows * columns * 0.5e-9, 0.45e-6 * pow(rows, 1 + columns / (columns + 16)))
                                : 0.4e-6 * pow(rows, 1 + columns / (columns + 8));
}

/* Rows that differ, and what they stand for. */
typedef struct Distinct {
  const double *values;
  size_t n, d, m;   /* rows; distinct ones */
  uint32_t *order;  /* rows sorted by values, equal ones by number */
  uint32_t *lowest; /* m: the lowest row of each, rising */
  uint32_t *same;   /* n: the lowest row equal to it */
  double *rows;     /* m x d */
  double *sizes;    /* m */
} Distinct;

static int compare_rows(const void *one, const void *two, void *context)
{
  const Distinct *t = context;
  const uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)two;
  const double *x = t->values + (size_t)a * t->d, *y = t->values + (size_t)b * t->d;
  for (size_t c = 0; c < t->d; c++) {
    if (x[c] != y[c]) {
      return x[c] < y[c] ? -1 : 1;
    }
  }
  return a < b ? -1 : 1;
}

static bool are_equal(const Distinct *t, uint32_t a, uint32_t b)
{
  for (size_t c = 0; c < t->d; c++) {
    if (t->values[(size_t)a * t->d + c] != t->values[(size_t)b * t->d + c]) {
      return false;
    }
  }
  return true;
}

static void distinct_free(Distinct *t)
{
  mem_free(t->order);
  mem_free(t->lowest);
  mem_free(t->same);
  mem_free(t->rows);
  mem_free(t->sizes);
}

static Status distinct_new(const double *values, size_t n, size_t d, const double *weights, Distinct *t, Error *e)
{
  *t = (Distinct){.values = values, .n = n, .d = d};
  t->order = mem_alloc(n, sizeof *t->order);
  t->lowest = mem_alloc(n, sizeof *t->lowest);
  t->same = mem_alloc(n, sizeof *t->same);
  t->rows = mem_alloc(n, d * sizeof *t->rows);
  t->sizes = mem_alloc(n, sizeof *t->sizes);
  if (!t->order || !t->lowest || !t->same || !t->rows || !t->sizes) {
    return error_memory(e, n * (d + 4) * 8, _("a tree"));
  }
  for (size_t i = 0; i < n; i++) {
    t->order[i] = (uint32_t)i;
  }
  qsort_r(t->order, n, sizeof *t->order, compare_rows, t);
  for (size_t i = 0; i < n; i++) {
    const uint32_t row = t->order[i];
    t->same[row] = i > 0 && are_equal(t, t->order[i - 1], row) ? t->same[t->order[i - 1]] : row;
  }
  uint32_t *number = t->order; /* of each lowest row, from here on */
  for (size_t i = 0; i < n; i++) {
    if (t->same[i] == i) {
      number[i] = (uint32_t)t->m;
      t->lowest[t->m] = (uint32_t)i;
      t->sizes[t->m] = 0;
      memcpy(t->rows + t->m++ * d, values + i * d, d * sizeof *values);
    }
    t->sizes[number[t->same[i]]] += weights ? weights[i] : 1;
  }
  return STATUS_OK;
}

/* Heights become what the linkage calls them, and rows are named by the data's own. */
static void finish_steps(const Distinct *t, LinkageKind kind, Metric metric, const LinkageState *state, LinkageStep *steps)
{
  for (size_t i = 0; i < state->done; i++) {
    const LinkageStep *step = &state->steps[i];
    const uint32_t low = step->a < step->b ? step->a : step->b, high = step->a < step->b ? step->b : step->a;
    const double height = kind == LINKAGE_WARD     ? sqrt(step->height)
                          : kind == LINKAGE_SINGLE ? metric_unrank(metric, step->height)
                                                   : step->height;
    steps[i] = (LinkageStep){t->lowest[low], t->lowest[high], height};
  }
}

/* The merges of equal rows, at height 0, stand before the others. */
static void put_equal(const Distinct *t, LinkageStep *steps)
{
  size_t done = 0;
  for (size_t i = 0; i < t->n; i++) {
    if (t->same[i] != i) {
      steps[done++] = (LinkageStep){t->same[i], (uint32_t)i, 0};
    }
  }
}

Status linkage_merge_again(const LinkageState *s, LinkageCentre *centre, double *values, double *sizes, size_t d, Error *e)
{
  bool sound = true;
  for (size_t i = 0; sound && i < s->done; i++) {
    const size_t a = s->steps[i].a, b = s->steps[i].b;
    sound = sizes[a] > 0 && sizes[b] > 0;
    centre(values + a * d, values + b * d, sizes[a], sizes[b], d, values + a * d);
    sizes[a] += sizes[b];
    sizes[b] = 0;
  }
  for (size_t i = 0; sound && i < s->n; i++) {
    const uint32_t near = s->nearest[i];
    sound = sizes[i] == 0 || near == LINKAGE_NOBODY || (near < s->n && near != i && sizes[near] > 0 && isfinite(s->bound[i]));
  }
  return sound ? STATUS_OK : linkage_state_broken(e);
}

static Status run(Task *task, Distinct *t, Metric metric, LinkageKind kind, LinkageState *state, Error *e)
{
  return t->m < 2                                            ? STATUS_OK
         : kind == LINKAGE_WARD || kind == LINKAGE_WARD_D ? linkage_run_ward(task, t->rows, t->sizes, t->m, t->d, state, e)
         : kind == LINKAGE_SINGLE ? linkage_run_single(task, t->rows, t->m, t->d, metric, state, e)
                                  : linkage_run_centroid(task, t->rows, t->sizes, t->m, t->d, kind == LINKAGE_MEDIAN, state, e);
}

Status linkage_vectors(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageKind kind,
                       const double *weights, LinkageState *kept, LinkageTree *out, Error *e)
{
  Distinct t = {0};
  LinkageState own = {0}, *state = kept ? kept : &own;
  Status status;
  *out = (LinkageTree){0};
  LinkageStep *steps = mem_alloc(n, sizeof *steps);
  task_phase(task, N_("linkage"));
  TRY(steps ? STATUS_OK : error_memory(e, n * sizeof *steps, _("a tree")));
  TRY(distinct_new(values, n, d, linkage_uses_weights(kind) ? weights : NULL, &t, e));
  TRY(linkage_state_begin(state, t.m, e));
  TRY(linkage_state_end(state, kept, run(task, &t, metric, kind, state, e), e));
  put_equal(&t, steps);
  finish_steps(&t, kind, metric, state, steps + (n - t.m));
  TRY(linkage_tree_of_steps(steps, n, n - t.m + state->done, linkage_is_monotone(kind), out, e));
done:
  mem_free(steps);
  linkage_state_free(&own);
  distinct_free(&t);
  return status;
}
