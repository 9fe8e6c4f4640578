/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting by distribution, lowest bits first, which is stable and so gives one order whatever the pieces. Bits that all
 * keys share are passed over. Every piece of rows counts its own digits; their places follow from the counts of all, so
 * that pieces move their rows at the same time. Reference: Knuth, The Art of Computer Programming 3, 5.2.5. */
#include <string.h>

#include "core/alloc.h"
#include "shape/groups_digits.h"
#include "shape/groups_items.h"

enum { BITS_MOST = 11, BUCKETS = 1 << BITS_MOST, LEAST_ROWS = 1 << 15, SMALL = 32 };

typedef struct Radix {
  const Sortable *from;
  Sortable *to;
  size_t n, pieces;
  unsigned shift;
  uint64_t mask;
  size_t *counts;         /* by piece, then bucket: how many, then where the next one goes */
  uint64_t *different;    /* per piece: bits in which its keys differ from the first key of all */
  Task *task;
} Radix;

static Status find_different(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Radix *run = context;
  const size_t end = piece_begin(run->n, run->pieces, piece + 1);
  const uint64_t one = run->from[0].key;
  uint64_t different = 0;
  for (size_t i = piece_begin(run->n, run->pieces, piece); i < end; i++) {
    if (i % PIECE_POLL == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    different |= run->from[i].key ^ one;
  }
  run->different[piece] = different;
  return STATUS_OK;
}

static Status count_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Radix *run = context;
  size_t *counts = run->counts + piece * BUCKETS;
  memset(counts, 0, (run->mask + 1) * sizeof *counts);
  const size_t end = piece_begin(run->n, run->pieces, piece + 1);
  for (size_t i = piece_begin(run->n, run->pieces, piece); i < end; i++) {
    if (i % PIECE_POLL == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    counts[run->from[i].key >> run->shift & run->mask]++;
  }
  return STATUS_OK;
}

static Status move_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Radix *run = context;
  size_t *place = run->counts + piece * BUCKETS;
  const size_t end = piece_begin(run->n, run->pieces, piece + 1);
  for (size_t i = piece_begin(run->n, run->pieces, piece); i < end; i++) {
    if (i % PIECE_POLL == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    run->to[place[run->from[i].key >> run->shift & run->mask]++] = run->from[i];
  }
  return STATUS_OK;
}

static void find_places(Radix *run)
{
  size_t before = 0;
  for (size_t bucket = 0; bucket <= run->mask; bucket++) {
    for (size_t piece = 0; piece < run->pieces; piece++) {
      size_t *count = &run->counts[piece * BUCKETS + bucket];
      const size_t here = *count;
      *count = before;
      before += here;
    }
  }
}

static Status one_pass(Radix *run, Error *e)
{
  Status status;
  TRY(items_run(run->task, run->pieces, count_piece, run, e));
  find_places(run);
  TRY(items_run(run->task, run->pieces, move_piece, run, e));
  Sortable *moved = run->to;
  run->to = (Sortable *)run->from;
  run->from = moved;
done:
  return status;
}

static void sort_few(Sortable *items, size_t n, uint64_t mask)
{
  for (size_t i = 1; i < n; i++) {
    const Sortable item = items[i];
    size_t at = i;
    for (; at > 0 && (items[at - 1].key & mask) > (item.key & mask); at--) {
      items[at] = items[at - 1];
    }
    items[at] = item;
  }
}

/* Bits from the lowest to the highest that differ, a digit at a time. */
static Status all_passes(Radix *run, uint64_t different, Error *e)
{
  Status status = STATUS_OK;
  for (unsigned shift = 0; shift < 64 && status == STATUS_OK && different >> shift;) {
    const uint64_t rest = different >> shift;
    shift += (unsigned)__builtin_ctzll(rest);
    const unsigned left = 64 - shift - (unsigned)__builtin_clzll(different);
    const unsigned passes = (left + BITS_MOST - 1) / BITS_MOST, bits = (left + passes - 1) / passes;
    run->shift = shift;
    run->mask = (UINT64_C(1) << bits) - 1;
    status = one_pass(run, e);
    shift += bits;
  }
  return status;
}

Status sort_by_radix(Sortable *items, Sortable *spare, size_t n, unsigned bits, Task *task, Sortable **sorted, Error *e)
{
  const uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
  *sorted = items;
  if (n < SMALL) {
    sort_few(items, n, mask);
    return STATUS_OK;
  }
  Radix run = {.from = items, .to = spare, .n = n, .pieces = pieces_for(task, n, LEAST_ROWS), .task = task};
  run.counts = mem_alloc(run.pieces * BUCKETS, sizeof *run.counts);
  run.different = mem_zero(run.pieces, sizeof *run.different);
  uint64_t different = 0;
  Status status;
  if (!run.counts || !run.different) {
    TRY(items_no_memory(run.pieces * BUCKETS, sizeof *run.counts, e));
  }
  TRY(items_run(task, run.pieces, find_different, &run, e));
  for (size_t piece = 0; piece < run.pieces; piece++) {
    different |= run.different[piece];
  }
  TRY(all_passes(&run, different & mask, e));
  *sorted = (Sortable *)run.from;
done:
  mem_free(run.counts);
  mem_free(run.different);
  return status;
}

/* ---- rows by digits ---- */

typedef struct Rows {
  const Digit *digits;   /* those of one word */
  size_t n_digits, rows, pieces;
  uint64_t *keys;        /* by row, when the rows stand in an order already */
  Sortable *items;
  size_t *out;
  Task *task;
} Rows;

/* The first word to be sorted by: rows as they are. */
static Status read_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Rows *run = context;
  uint64_t keys[DIGIT_BLOCK];
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  for (size_t first = piece_begin(run->rows, run->pieces, piece); first < end; first += DIGIT_BLOCK) {
    if (task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    const size_t count = end - first < DIGIT_BLOCK ? end - first : DIGIT_BLOCK;
    uint64_t *to = run->keys ? run->keys + first : keys;
    digits_read(run->digits, run->n_digits, first, count, to);
    for (size_t i = 0; i < count && !run->keys; i++) {
      run->items[first + i] = (Sortable){keys[i], (uint32_t)(first + i)};
    }
  }
  return STATUS_OK;
}

static Status fetch_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Rows *run = context;
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  for (size_t i = piece_begin(run->rows, run->pieces, piece); i < end; i++) {
    if (i % PIECE_POLL == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    run->items[i].key = run->keys[run->items[i].row];
  }
  return STATUS_OK;
}

static Status give_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker, (void)e;
  Rows *run = context;
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  for (size_t i = piece_begin(run->rows, run->pieces, piece); i < end; i++) {
    run->out[i] = run->items[i].row;
  }
  return STATUS_OK;
}

/* How many of the last digits fit in one word together. */
static size_t last_word(const Digit *digits, size_t n, uint64_t *product)
{
  size_t count = n > 0;
  if (n == 0 || !digits_product(digits + n - 1, 1, product)) {
    *product = n > 0 ? 0 : 1;
    return count;
  }
  uint64_t more;
  while (count < n && digits_product(digits + n - count - 1, count + 1, &more)) {
    *product = more;
    count++;
  }
  return count;
}

static unsigned bits_for(uint64_t product)
{
  return product == 0 ? 64 : product == 1 ? 0 : 64 - (unsigned)__builtin_clzll(product - 1);
}

/* Word after word from the last: each sort keeps the order of the one before among equals. */
static Status sort_words(Rows *run, Sortable **spare, const Digit *digits, size_t n, Error *e)
{
  Status status = STATUS_OK;
  for (bool again = false; n > 0 || !again; again = true) {
    uint64_t product;
    run->n_digits = last_word(digits, n, &product);
    n -= run->n_digits;
    run->digits = digits + n;
    if (again && !run->keys) {
      run->keys = mem_alloc(run->rows, sizeof *run->keys);
      if (!run->keys) {
        TRY(items_no_memory(run->rows, sizeof *run->keys, e));
      }
    }
    TRY(items_run(run->task, run->pieces, read_piece, run, e));
    if (again) {
      TRY(items_run(run->task, run->pieces, fetch_piece, run, e));
    }
    Sortable *sorted;
    TRY(sort_by_radix(run->items, *spare, run->rows, bits_for(product), run->task, &sorted, e));
    if (sorted != run->items) {
      *spare = run->items;
      run->items = sorted;
    }
  }
done:
  return status;
}

Status order_by_digits(const Digit *digits, size_t n, size_t rows, Task *task, size_t **out, Error *e)
{
  *out = NULL;
  Rows run = {.rows = rows, .pieces = pieces_for(task, rows, LEAST_ROWS), .task = task};
  Sortable *spare = NULL;
  Status status;
  TRY(task_reserve(task, rows * 2 * sizeof(Sortable) + rows * sizeof(size_t), _("sorting rows"), e));
  run.items = mem_alloc(rows, sizeof *run.items);
  spare = mem_alloc(rows, sizeof *spare);
  if (!run.items || !spare) {
    TRY(items_no_memory(rows, sizeof *spare, e));
  }
  TRY(sort_words(&run, &spare, digits, n, e));
  mem_free(spare);
  spare = NULL;
  run.out = mem_alloc(rows, sizeof *run.out);
  if (!run.out) {
    TRY(items_no_memory(rows, sizeof *run.out, e));
  }
  TRY(items_run(task, run.pieces, give_piece, &run, e));
  *out = run.out;
  run.out = NULL;
done:
  mem_free(run.items);
  mem_free(run.keys);
  mem_free(run.out);
  mem_free(spare);
  return status;
}
