/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partners by time: the right rows of each key in the order of their time, and a binary search for each left row.
 */
#include <math.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "shape/join_pairs.h"
#include "shape/order.h"

enum { POLL = 1 << 18 };

typedef struct Asof {
  const JoinMatch *match;
  const Column *time[2];
  bool whole; /* both are of whole numbers or times: compared exactly */
  JoinDirection direction;
  double tolerance;
  uint32_t *right;
} Asof;

static bool has_time(const Column *column, size_t row)
{
  return column_valid(column, row) && (column_type(column) != TYPE_FLOAT64 || !isnan(column_float(column, row)));
}

/* Right rows without a time belong to no key. */
static Status leave_out(JoinMatch *m, const Column *time, const Task *task, Error *e)
{
  for (size_t row = 0; row < m->rows[1]; row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (m->id[1][row] != NO_ROW && !has_time(time, row)) {
      m->count[1][m->id[1][row]]--;
      m->id[1][row] = NO_ROW;
    }
  }
  return STATUS_OK;
}

static bool in_order(const Column *time)
{
  for (size_t row = 1; row < column_rows(time); row++) {
    const OrderKey key = {.column = time};
    if (order_compare(&key, 1, row - 1, row) > 0) {
      return false;
    }
  }
  return true;
}

/* Whether the time of left row `a` is before (or, when `or_equal`, not after) that of right row `b`. */
static bool before(const Asof *s, size_t a, size_t b, bool or_equal)
{
  if (s->whole) {
    const int64_t left = column_int(s->time[0], a), right = column_int(s->time[1], b);
    return left < right || (or_equal && left == right);
  }
  const double left = column_float(s->time[0], a), right = column_float(s->time[1], b);
  return left < right || (or_equal && left == right);
}

/* The distance between two times that stand in this order, as a whole number where they are. */
typedef struct Gap {
  uint64_t whole;
  double real;
} Gap;

static Gap gap_of(const Asof *s, size_t a, size_t b)
{
  if (s->whole) {
    const int64_t left = column_int(s->time[0], a), right = column_int(s->time[1], b);
    const uint64_t whole = left < right ? (uint64_t)right - (uint64_t)left : (uint64_t)left - (uint64_t)right;
    return (Gap){whole, (double)whole};
  }
  const double real = fabs(column_float(s->time[0], a) - column_float(s->time[1], b));
  return (Gap){0, isnan(real) ? 0 : real}; /* Inf and Inf are at one place */
}

/* The first of n places in `order` where left row `a` is before the right row (or equal to it). */
static size_t search(const Asof *s, size_t a, const uint32_t *order, size_t n, bool or_equal)
{
  size_t low = 0, high = n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (before(s, a, order[middle], or_equal)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

static uint32_t partner(const Asof *s, size_t row)
{
  const uint32_t id = s->match->id[0][row];
  if (id == NO_ROW || !has_time(s->time[0], row)) {
    return NO_ROW;
  }
  const uint32_t *order = s->match->order + s->match->start[id];
  const size_t n = s->match->count[1][id];
  const size_t after = s->direction == JOIN_FORWARD ? 0 : search(s, row, order, n, false);
  const size_t from = s->direction == JOIN_BACKWARD ? n : search(s, row, order, n, true);
  uint32_t best = NO_ROW;
  Gap least = {0, 0};
  if (after > 0) {
    best = order[after - 1];
    least = gap_of(s, row, best);
  }
  if (from < n) {
    const Gap gap = gap_of(s, row, order[from]);
    if (best == NO_ROW || (s->whole ? gap.whole < least.whole : gap.real < least.real)) {
      best = order[from];
      least = gap;
    }
  }
  return best != NO_ROW && s->tolerance >= 0 && least.real > s->tolerance ? NO_ROW : best;
}

static Status find_partners(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Asof *s = context;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t row = first; row < first + count; row++) {
    s->right[row] = partner(s, row);
  }
  return STATUS_OK;
}

/* Inner: only rows with a partner. */
static Status drop_alone(const JoinMatch *m, JoinPairs *pairs, Error *e)
{
  size_t kept = 0;
  pairs->left = mem_alloc(m->rows[0], sizeof *pairs->left);
  if (!pairs->left) {
    return error_memory(e, m->rows[0] * sizeof *pairs->left, _("the rows of a join"));
  }
  for (size_t row = 0; row < m->rows[0]; row++) {
    if (pairs->right[row] != NO_ROW) {
      pairs->left[kept] = (uint32_t)row;
      pairs->right[kept++] = pairs->right[row];
    }
  }
  pairs->n = kept;
  pairs->holes = false;
  return STATUS_OK;
}

Status join_asof(JoinMatch *m, const Column *const times[2], const JoinOptions *options, Task *task, JoinPairs *out,
                 Error *e)
{
  const OrderKey key = {.column = times[1]};
  Asof s = {
      .match = m, .time = {times[0], times[1]}, .direction = options->direction, .tolerance = options->tolerance};
  s.whole = column_type(times[0]) != TYPE_FLOAT64 && column_type(times[1]) != TYPE_FLOAT64;
  size_t *rows = NULL;
  Status status;
  *out = (JoinPairs){.n = m->rows[0], .holes = true};
  TRY(leave_out(m, times[1], task, e));
  if (!in_order(times[1])) {
    TRY(order_rows(&key, 1, m->rows[1], task, &rows, e));
  }
  TRY(join_arrange(m, rows, task, e));
  out->right = mem_alloc(m->rows[0], sizeof *out->right);
  if (!out->right) {
    status = error_memory(e, m->rows[0] * sizeof *out->right, _("the rows of a join"));
    goto done;
  }
  s.right = out->right;
  const Reduce reduce = {.block = find_partners, .context = &s};
  TRY(rows_reduce(task, m->rows[0], &reduce, NULL, e));
  if (options->how == JOIN_INNER) {
    TRY(drop_alone(m, out, e));
  }
done:
  mem_free(rows);
  return status;
}
