/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DIANA (Kaufman and Rousseeuw 1990, chapter 6): a cluster is split by the row with the largest mean distance to the others,
 * which founds a splinter group; then, one after the other, the row that is farther from those left than from the splinter
 * group, by the largest difference of mean distances, follows it. Every cluster is split until rows are alone, and the height
 * of a split is the cluster's diameter. Ties: the lowest row.
 *
 * Sums of distances are kept by row, so a row that leaves costs O(rows of the cluster); so is each row's farthest one, which
 * is looked for again only when it went to the other side. */
#include "cluster/linkage_divisive.h"

#include <stdlib.h>
#include <string.h>

#include "cluster/linkage_tree.h"
#include "core/alloc.h"

typedef struct Range {
  size_t first, end;
} Range;

typedef struct Divide {
  Task *task;
  const double *distances; /* the triangle */
  size_t n;
  uint32_t *rows, *aside;  /* n: clusters are ranges of rows, ascending */
  double *within, *across; /* by row: sums of distances to its cluster, to the splinter group */
  double *reach;           /* by row: the distance to `far`, the farthest of its cluster */
  uint32_t *far;
  bool *left;              /* by row: is in the splinter group */
  LinkageStep *steps;      /* parents before children */
  size_t n_steps;
  Range *waiting;          /* clusters to be split */
  size_t n_waiting;
} Divide;

static inline double between(const Divide *v, uint32_t a, uint32_t b)
{
  return v->distances[a < b ? linkage_at(v->n, a, b) : linkage_at(v->n, b, a)];
}

static inline void take_far(Divide *v, uint32_t row, uint32_t other, double distance)
{
  if (distance > v->reach[row]) {
    v->reach[row] = distance;
    v->far[row] = other;
  }
}

static Status begin(Divide *v, Error *e)
{
  for (size_t i = 0; i < v->n; i++) {
    v->rows[i] = v->far[i] = (uint32_t)i;
    v->within[i] = v->across[i] = v->reach[i] = 0;
    v->left[i] = false;
  }
  for (uint32_t i = 0; i + 1 < v->n; i++) {
    const double *row = v->distances + linkage_at(v->n, i, i + 1) - (i + 1);
    for (uint32_t j = i + 1; j < v->n; j++) {
      v->within[i] += row[j];
      v->within[j] += row[j];
      take_far(v, i, j, row[j]);
      take_far(v, j, i, row[j]);
    }
    if (i % 64 == 0 && task_cancelled(v->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

static double diameter(const Divide *v, Range r)
{
  double most = 0;
  for (size_t i = r.first; i < r.end; i++) {
    most = v->reach[v->rows[i]] > most ? v->reach[v->rows[i]] : most;
  }
  return most;
}

static void leave(Divide *v, Range r, uint32_t row)
{
  v->left[row] = true;
  for (size_t i = r.first; i < r.end; i++) {
    const uint32_t other = v->rows[i];
    const double distance = other == row ? 0 : between(v, row, other);
    v->across[other] += distance;
    v->within[other] -= v->left[other] ? 0 : distance;
  }
}

/* The row that goes next to the `gone` ones of the splinter group; r.end - r.first when none wants to. */
static size_t who_leaves(const Divide *v, Range r, size_t gone)
{
  const size_t count = r.end - r.first, rest = count - gone;
  size_t best = count;
  double most = 0;
  for (size_t i = 0; i < count && rest > 1; i++) {
    const uint32_t row = v->rows[r.first + i];
    const double gain = v->left[row] ? 0
                        : gone == 0  ? v->within[row]
                                     : v->within[row] / (double)(rest - 1) - v->across[row] / (double)gone;
    if (gain > most) {
      most = gain;
      best = i;
    }
  }
  return best;
}

/* The rows of the splinter group come first; gives their number. */
static size_t part_rows(Divide *v, Range r)
{
  size_t gone = 0, stay = 0;
  for (size_t i = r.first; i < r.end; i++) {
    const uint32_t row = v->rows[i];
    if (v->left[row]) {
      v->rows[r.first + gone++] = row;
    } else {
      v->aside[stay++] = row;
    }
  }
  memcpy(v->rows + r.first + gone, v->aside, stay * sizeof *v->rows);
  return gone;
}

/* Sums and farthest rows within a side. */
static void settle(Divide *v, Range side, bool splinter)
{
  for (size_t i = side.first; i < side.end; i++) {
    const uint32_t row = v->rows[i];
    v->within[row] = splinter ? v->across[row] : v->within[row];
    if (v->left[v->far[row]] == splinter) {
      continue;
    }
    v->reach[row] = 0;
    v->far[row] = row;
    for (size_t j = side.first; j < side.end; j++) {
      if (j != i) {
        take_far(v, row, v->rows[j], between(v, row, v->rows[j]));
      }
    }
  }
}

static void add_step(Divide *v, uint32_t a, uint32_t b, double height)
{
  v->steps[v->n_steps++] = (LinkageStep){a, b, height};
}

static Status split(Divide *v, Range r, Error *e)
{
  const double height = diameter(v, r);
  if (!(height > 0)) { /* equal rows */
    for (size_t i = r.end - 1; i > r.first; i--) {
      add_step(v, v->rows[r.first], v->rows[i], 0);
    }
    return STATUS_OK;
  }
  size_t next, gone = 0;
  while ((next = who_leaves(v, r, gone)) < r.end - r.first) {
    leave(v, r, v->rows[r.first + next]);
    gone++;
    if (task_cancelled(v->task)) {
      return error_cancelled(e);
    }
  }
  (void)part_rows(v, r);
  const Range sides[2] = {{r.first, r.first + gone}, {r.first + gone, r.end}};
  settle(v, sides[0], true);
  settle(v, sides[1], false);
  for (size_t i = r.first; i < r.end; i++) {
    v->left[v->rows[i]] = false;
    v->across[v->rows[i]] = 0;
  }
  add_step(v, v->rows[r.first], v->rows[r.end - 1], height);
  for (size_t s = 0; s < 2; s++) {
    if (sides[s].end - sides[s].first > 1) {
      v->waiting[v->n_waiting++] = sides[s];
    }
  }
  return STATUS_OK;
}

/* Rising heights; of equal ones the later step first, which lies below. */
static int compare_steps(const void *a, const void *b)
{
  const LinkageStep *x = *(const LinkageStep *const *)a, *y = *(const LinkageStep *const *)b;
  return x->height != y->height ? (x->height > y->height) - (x->height < y->height) : (x < y) - (x > y);
}

static Status make_tree(Divide *v, LinkageTree *out, Error *e)
{
  const size_t merges = v->n - 1;
  LinkageStep *sorted = mem_alloc(v->n, sizeof *sorted);
  const LinkageStep **by_height = mem_alloc(v->n, sizeof *by_height);
  Status status;
  TRY(sorted && by_height ? STATUS_OK : error_memory(e, v->n * 24, _("a tree")));
  for (size_t i = 0; i < merges; i++) {
    by_height[i] = v->steps + i;
  }
  qsort(by_height, merges, sizeof *by_height, compare_steps);
  for (size_t i = 0; i < merges; i++) {
    sorted[i] = *by_height[i];
  }
  TRY(linkage_tree_of_steps(sorted, v->n, merges, false, out, e));
done:
  mem_free(sorted);
  mem_free(by_height);
  return status;
}

static Status divide(Divide *v, Error *e)
{
  Status status = begin(v, e);
  if (v->n > 1) {
    v->waiting[v->n_waiting++] = (Range){0, v->n};
  }
  while (status == STATUS_OK && v->n_waiting > 0) {
    status = split(v, v->waiting[--v->n_waiting], e);
    task_progress(v->task, v->n_steps, v->n);
  }
  return status;
}

Status linkage_divisive(Task *task, const double *distances, size_t n, LinkageTree *out, Error *e)
{
  Divide v = {.task = task, .distances = distances, .n = n};
  Status status;
  *out = (LinkageTree){0};
  task_phase(task, N_("splits"));
  v.rows = mem_alloc(n, sizeof *v.rows);
  v.aside = mem_alloc(n, sizeof *v.aside);
  v.within = mem_alloc(n, sizeof *v.within);
  v.across = mem_alloc(n, sizeof *v.across);
  v.reach = mem_alloc(n, sizeof *v.reach);
  v.far = mem_alloc(n, sizeof *v.far);
  v.left = mem_alloc(n, sizeof *v.left);
  v.steps = mem_alloc(n, sizeof *v.steps);
  v.waiting = mem_alloc(n, sizeof *v.waiting);
  TRY(v.rows && v.aside && v.within && v.across && v.reach && v.far && v.left && v.steps && v.waiting
          ? STATUS_OK
          : error_memory(e, n * 80, _("a tree")));
  TRY(divide(&v, e));
  TRY(make_tree(&v, out, e));
done:
  mem_free(v.rows);
  mem_free(v.aside);
  mem_free(v.within);
  mem_free(v.across);
  mem_free(v.reach);
  mem_free(v.far);
  mem_free(v.left);
  mem_free(v.steps);
  mem_free(v.waiting);
  return status;
}
