/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups by a table with a place for every number there may be. Each piece of rows has a table of its own and
 * numbers its groups as they come; the pieces' groups are then joined in the order of the pieces, which gives
 * every group the number of its first appearance, whatever the pieces. The first piece's numbers are right as they
 * are. */
#include <string.h>

#include "core/alloc.h"
#include "shape/groups_digits.h"
#include "shape/groups_items.h"

enum { LEAST_ROWS = 1 << 16, TABLES_MOST = 1 << 26 }; /* rows of a piece; bytes of all tables together */

typedef struct Piece {
  uint32_t *table;   /* a slot's group + 1, 0: not seen */
  uint32_t *slots;   /* of the piece's groups; then their numbers among all */
  uint32_t *rows;    /* where they appear first */
  size_t n;
} Piece;

typedef struct Slots {
  const Digit *digits;
  size_t n_digits, rows, slots, pieces, n;
  Piece *piece;
  uint32_t *codes;
  Task *task;
} Slots;

static bool piece_make(Slots *run, Piece *piece, size_t rows)
{
  const size_t most = rows < run->slots ? rows : run->slots;
  piece->table = mem_zero(run->slots, sizeof *piece->table);
  piece->slots = mem_alloc(most, sizeof *piece->slots);
  piece->rows = mem_alloc(most, sizeof *piece->rows);
  return piece->table && piece->slots && piece->rows;
}

static void number_block(Piece *piece, const uint64_t *keys, size_t first, size_t count, uint32_t *codes)
{
  for (size_t i = 0; i < count; i++) {
    const uint32_t slot = (uint32_t)keys[i];
    uint32_t code = piece->table[slot];
    if (code == 0) {
      piece->slots[piece->n] = slot;
      piece->rows[piece->n] = (uint32_t)(first + i);
      code = (uint32_t)++piece->n;
      piece->table[slot] = code;
    }
    codes[i] = code - 1;
  }
}

static Status number_piece(void *context, size_t item, size_t worker, Error *e)
{
  (void)worker;
  Slots *run = context;
  Piece *piece = &run->piece[item];
  const size_t begin = piece_begin(run->rows, run->pieces, item), end = piece_begin(run->rows, run->pieces, item + 1);
  uint64_t keys[DIGIT_BLOCK];
  if (!piece_make(run, piece, end - begin)) {
    return items_no_memory(run->slots, sizeof *piece->table, e);
  }
  for (size_t first = begin; first < end; first += DIGIT_BLOCK) {
    if (task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    const size_t count = end - first < DIGIT_BLOCK ? end - first : DIGIT_BLOCK;
    digits_read(run->digits, run->n_digits, first, count, keys);
    number_block(piece, keys, first, count, run->codes + first);
  }
  return STATUS_OK;
}

/* Gives the later pieces' groups their numbers among all; the first piece's table becomes that of all. */
static Status join_pieces(Slots *run, Error *e)
{
  uint32_t *table = run->piece[0].table;
  run->n = run->piece[0].n;
  for (size_t p = 1; p < run->pieces; p++) {
    Piece *piece = &run->piece[p];
    size_t fresh = 0;
    for (size_t i = 0; i < piece->n; i++) {
      if (i % PIECE_POLL == 0 && task_cancelled(run->task)) {
        return error_cancelled(e);
      }
      uint32_t *known = &table[piece->slots[i]];
      if (*known == 0) {
        *known = (uint32_t)++run->n;
        piece->rows[fresh++] = piece->rows[i];
      }
      piece->slots[i] = *known - 1;
    }
    piece->n = fresh;
  }
  return STATUS_OK;
}

static Status renumber_piece(void *context, size_t item, size_t worker, Error *e)
{
  (void)worker;
  Slots *run = context;
  /* All pieces but the first have rows to change: they are cut anew, so that every thread has some. */
  const size_t from = piece_begin(run->rows, run->pieces, 1), rows = run->rows - from;
  const size_t begin = from + piece_begin(rows, run->pieces, item), end = from + piece_begin(rows, run->pieces,
                                                                                             item + 1);
  for (size_t p = 1; p < run->pieces; p++) {
    size_t first = piece_begin(run->rows, run->pieces, p), last = piece_begin(run->rows, run->pieces, p + 1);
    first = first > begin ? first : begin;
    last = last < end ? last : end;
    const uint32_t *numbers = run->piece[p].slots;
    for (size_t row = first; row < last; row++) {
      if (row % PIECE_POLL == 0 && task_cancelled(run->task)) {
        return error_cancelled(e);
      }
      run->codes[row] = numbers[run->codes[row]];
    }
  }
  return STATUS_OK;
}

static Status collect_first(const Slots *run, size_t **out, Error *e)
{
  size_t *first = mem_alloc(run->n, sizeof *first), n = 0;
  if (!first) {
    return items_no_memory(run->n, sizeof *first, e);
  }
  for (size_t p = 0; p < run->pieces; p++) {
    for (size_t i = 0; i < run->piece[p].n; i++) {
      first[n++] = run->piece[p].rows[i];
    }
  }
  *out = first;
  return STATUS_OK;
}

static void pieces_free(Slots *run)
{
  for (size_t p = 0; run->piece && p < run->pieces; p++) {
    mem_free(run->piece[p].table);
    mem_free(run->piece[p].slots);
    mem_free(run->piece[p].rows);
  }
  mem_free(run->piece);
}

Status groups_of_slots(const Digit *digits, size_t n, size_t rows, size_t slots, Task *task, uint32_t **codes,
                       size_t **first, size_t *groups, Error *e)
{
  Slots run = {.digits = digits, .n_digits = n, .rows = rows, .slots = slots, .task = task};
  run.pieces = pieces_for(task, rows, LEAST_ROWS);
  const size_t tables = TABLES_MOST / (slots * sizeof(uint32_t) + 1);
  run.pieces = tables < 1 ? 1 : tables < run.pieces ? tables : run.pieces;
  Status status;
  TRY(task_reserve(task, rows * sizeof(uint32_t) + run.pieces * slots * sizeof(uint32_t), _("grouping rows"), e));
  run.codes = mem_alloc(rows, sizeof *run.codes);
  run.piece = mem_zero(run.pieces, sizeof *run.piece);
  if (!run.codes || !run.piece) {
    TRY(items_no_memory(rows, sizeof *run.codes, e));
  }
  TRY(items_run(task, run.pieces, number_piece, &run, e));
  TRY(join_pieces(&run, e));
  if (run.pieces > 1) {
    TRY(items_run(task, run.pieces, renumber_piece, &run, e));
  }
  if (first) {
    TRY(collect_first(&run, first, e));
  }
  *codes = run.codes;
  *groups = run.n;
  run.codes = NULL;
done:
  pieces_free(&run);
  mem_free(run.codes);
  return status;
}
