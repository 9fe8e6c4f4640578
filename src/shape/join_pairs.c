/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two passes over blocks of left rows: how many rows each gives, then the rows, at places that the first pass
 * tells. */
#include "shape/join_pairs.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

typedef struct Fill {
  const JoinMatch *match;
  JoinHow how;
  uint32_t *left, *right;
  size_t *begin; /* rows before each block */
} Fill;

/* Rows of the result that a left row gives, and the number of its partners. */
static size_t rows_given(const Fill *f, size_t row, size_t *partners)
{
  const uint32_t id = f->match->id[0][row];
  *partners = id == NO_ROW ? 0 : f->match->count[1][id];
  switch (f->how) {
    case JOIN_SEMI:
      return *partners > 0;
    case JOIN_ANTI:
      return *partners == 0;
    case JOIN_LEFT:
    case JOIN_FULL:
      return *partners > 0 ? *partners : 1;
    default:
      return *partners;
  }
}

static Status count_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Fill *f = context;
  size_t total = 0, partners;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t row = first; row < first + count; row++) {
    total += rows_given(f, row, &partners);
  }
  f->begin[first / BLOCK_ROWS] = total;
  return STATUS_OK;
}

static void fill_row(const Fill *f, size_t row, size_t n, size_t partners, size_t at)
{
  for (size_t i = 0; f->left && i < n; i++) {
    f->left[at + i] = (uint32_t)row;
  }
  if (!f->right) {
    return;
  }
  if (partners == 0) {
    f->right[at] = NO_ROW;
    return;
  }
  memcpy(f->right + at, f->match->order + f->match->start[f->match->id[0][row]], n * sizeof *f->right);
}

static Status fill_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Fill *f = context;
  size_t at = f->begin[first / BLOCK_ROWS];
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t row = first; row < first + count; row++) {
    size_t partners;
    const size_t n = rows_given(f, row, &partners);
    if (n > 0) {
      fill_row(f, row, n, partners, at);
      at += n;
    }
  }
  return STATUS_OK;
}

/* Rows of the result but for the tail; SIZE_MAX: more than that. */
static size_t rows_of(const JoinMatch *m, const JoinFigures *f, JoinHow how)
{
  const size_t alone = m->rows[0] - f->matched[0];
  switch (how) {
    case JOIN_SEMI:
      return f->matched[0];
    case JOIN_ANTI:
      return alone;
    case JOIN_LEFT:
    case JOIN_FULL:
      return f->pairs > SIZE_MAX - alone ? SIZE_MAX : f->pairs + alone;
    default:
      return f->pairs;
  }
}

/* Every left row stands in the result once, in its place. */
static bool left_as_it_is(const JoinMatch *m, const JoinFigures *f, JoinHow how, const JoinPairs *pairs)
{
  if (pairs->n != m->rows[0] || pairs->tail > 0) {
    return false;
  }
  return how == JOIN_SEMI || how == JOIN_ANTI || f->repeated[1] == 0;
}

/* Refuses a result that has no room, with its size. */
static Status reserve(size_t n, const double row_bytes[2], const JoinPairs *pairs, Task *task, Error *e)
{
  const double bytes = (double)n * (row_bytes[0] + (pairs->right ? row_bytes[1] : 0) + 8);
  char what[96];
  snprintf(what, sizeof what, _("a join of %.15g rows"), (double)n);
  const size_t whole = bytes < 0x1p62 ? (size_t)bytes : SIZE_MAX;
  const Status status = task_reserve(task, whole, what, e);
  if (status != STATUS_OK) {
    error_hint(
        e, _("keys that stand in several rows of both frames multiply; look at them with df:count(\"key\")"));
    return status;
  }
  return n > SIZE_MAX / 8 || whole == SIZE_MAX ? error_memory(e, 0, what) : STATUS_OK;
}

static Status fill_tail(const JoinMatch *m, JoinPairs *pairs, const Task *task, Error *e)
{
  size_t at = pairs->n - pairs->tail;
  for (size_t row = 0; row < m->rows[1] && pairs->tail > 0; row++) {
    if (row % 65536 == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    const uint32_t id = m->id[1][row];
    if (id == NO_ROW || m->count[0][id] == 0) {
      pairs->left[at] = NO_ROW;
      pairs->right[at++] = (uint32_t)row;
    }
  }
  return STATUS_OK;
}

static Status make_pairs(Fill *f, const JoinMatch *m, JoinPairs *pairs, bool left, bool right, Task *task, Error *e)
{
  const size_t blocks = (m->rows[0] + BLOCK_ROWS - 1) / BLOCK_ROWS;
  const Reduce count = {.block = count_block, .context = f}, fill = {.block = fill_block, .context = f};
  size_t total = 0;
  Status status;
  pairs->left = left ? mem_alloc(pairs->n, sizeof *pairs->left) : NULL;
  pairs->right = right ? mem_alloc(pairs->n, sizeof *pairs->right) : NULL;
  f->begin = mem_zero(blocks, sizeof *f->begin);
  if ((left && !pairs->left) || (right && !pairs->right) || !f->begin) {
    status = error_memory(e, pairs->n * 8, _("the rows of a join"));
    goto done;
  }
  f->left = pairs->left;
  f->right = pairs->right;
  TRY(rows_reduce(task, m->rows[0], &count, NULL, e));
  for (size_t i = 0; i < blocks; i++) {
    const size_t rows = f->begin[i];
    f->begin[i] = total;
    total += rows;
  }
  TRY(rows_reduce(task, m->rows[0], &fill, NULL, e));
  TRY(fill_tail(m, pairs, task, e));
done:
  mem_free(f->begin);
  return status;
}

Status join_pairs(const JoinMatch *m, const JoinFigures *figures, JoinHow how, const double row_bytes[2],
                  Task *task, JoinPairs *out, Error *e)
{
  const bool right = how != JOIN_SEMI && how != JOIN_ANTI, tail = how == JOIN_RIGHT || how == JOIN_FULL;
  static uint32_t some;
  *out = (JoinPairs){.n = rows_of(m, figures, how), .tail = tail ? m->rows[1] - figures->matched[1] : 0};
  if (__builtin_add_overflow(out->n, out->tail, &out->n)) {
    out->n = SIZE_MAX;
  }
  out->holes = (how == JOIN_LEFT || how == JOIN_FULL) && figures->matched[0] < m->rows[0];
  out->right = right ? &some : NULL; /* for the forecast only */
  const bool as_it_is = left_as_it_is(m, figures, how, out);
  const double bytes[2] = {as_it_is ? 0 : row_bytes[0], row_bytes[1]};
  Status status = reserve(out->n, bytes, out, task, e);
  out->right = NULL;
  if (status == STATUS_OK) {
    Fill fill = {.match = m, .how = how};
    status = make_pairs(&fill, m, out, !as_it_is, right, task, e);
  }
  return status;
}

Status join_cross(const size_t rows[2], const double row_bytes[2], Task *task, JoinPairs *out, Error *e)
{
  static uint32_t some;
  *out = (JoinPairs){.right = &some};
  if (__builtin_mul_overflow(rows[0], rows[1], &out->n)) {
    out->n = SIZE_MAX;
  }
  Status status = rows[0] < NO_ROW && rows[1] < NO_ROW
                      ? reserve(out->n, row_bytes, out, task, e)
                      : error_set(e, STATUS_LIMIT, "join-rows", _("a join takes fewer than %zu rows of a frame"),
                                  (size_t)NO_ROW);
  out->right = NULL;
  if (status != STATUS_OK) {
    return status;
  }
  out->left = mem_alloc(out->n, sizeof *out->left);
  out->right = mem_alloc(out->n, sizeof *out->right);
  if (!out->left || !out->right) {
    return error_memory(e, out->n * 8, _("the rows of a join"));
  }
  for (size_t a = 0, at = 0; a < rows[0]; a++) {
    for (size_t b = 0; b < rows[1]; b++, at++) {
      if (at % 65536 == 0 && task_cancelled(task)) {
        return error_cancelled(e);
      }
      out->left[at] = (uint32_t)a;
      out->right[at] = (uint32_t)b;
    }
  }
  return STATUS_OK;
}

void join_pairs_free(JoinPairs *pairs)
{
  mem_free(pairs->left);
  mem_free(pairs->right);
  *pairs = (JoinPairs){0};
}
