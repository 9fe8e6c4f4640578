/* SPDX-License-Identifier: GPL-3.0-or-later */
/* and, or, not, if, coalesce: what one input says decides which rows are asked of the next. */
#include <string.h>

#include "expr/expr_run.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

static bool nothing_asked(const Block *block)
{
  return block->skip && !memchr(block->skip, 0, block->count);
}

/* A cell of a bool piece: 0, 1. */
static inline bool flag_at(const Cells *cells, size_t i)
{
  return CELL(cells, uint8_t, i);
}

static inline bool missing_at(const Cells *cells, size_t i)
{
  return cells->missing[cells->constant ? 0 : i];
}

/* ---- and, or, not */

static Status negate(Block *block, const Node *node, Piece *out)
{
  Piece input;
  Status status = expr_eval(block, node->inputs[0], &input);
  if (status == STATUS_OK) {
    status = expr_piece(block, node, &input, 1, out);
  }
  for (size_t i = 0; status == STATUS_OK && i < (out->cells.constant ? 1 : block->count); i++) {
    ((uint8_t *)out->cells.values)[i] = !((const uint8_t *)input.cells.values)[i];
  }
  expr_done(block, &input);
  return status;
}

/* Kleene: `strong` (false of and, true of or) on either side decides. */
static void join(const Piece *a, const Piece *b, uint8_t strong, size_t n, Piece *out)
{
  uint8_t *restrict to = out->cells.values;
  if (a->clean && b->clean) {
    for (size_t i = 0; i < n; i++) {
      const uint8_t x = flag_at(&a->cells, i), y = flag_at(&b->cells, i);
      to[i] = strong ? x | y : x & y;
    }
    return;
  }
  uint8_t *restrict missing = out->slot->missing;
  for (size_t i = 0; i < n; i++) {
    const uint8_t x = flag_at(&a->cells, i), y = flag_at(&b->cells, i);
    const uint8_t no_x = missing_at(&a->cells, i), no_y = missing_at(&b->cells, i);
    const uint8_t decided = ((no_x ^ 1) & (uint8_t)(x == strong)) | ((no_y ^ 1) & (uint8_t)(y == strong));
    missing[i] = (decided ^ 1) & (no_x | no_y);
    to[i] = decided ? strong : !strong;
  }
  out->cells.missing = missing;
  out->clean = false;
}

/* Rows that the left side has decided are not asked of the right. */
static Status right_side(Block *block, const Node *node, const Piece *left, uint8_t strong, Piece *right)
{
  const uint8_t *outer = block->skip;
  Slot *slot;
  Status status = expr_slot(block, &slot);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i < block->count; i++) {
    const bool decided = !missing_at(&left->cells, i) && flag_at(&left->cells, i) == strong;
    slot->missing[i] = decided || (outer && outer[i]);
  }
  block->skip = slot->missing;
  if (nothing_asked(block)) {
    *right = *left; /* x and x is x */
    right->slot = NULL;
  } else {
    status = expr_eval(block, node->inputs[1], right);
  }
  block->skip = outer;
  expr_slot_done(block, slot);
  return status;
}

Status expr_logic(Block *block, const Node *node, Piece *out)
{
  if (node->op == TOKEN_NOT) {
    return negate(block, node, out);
  }
  const uint8_t strong = node->op == TOKEN_OR;
  Piece inputs[2] = {{.slot = NULL}, {.slot = NULL}};
  Status status = expr_eval(block, node->inputs[0], &inputs[0]);
  if (status == STATUS_OK) {
    status = right_side(block, node, &inputs[0], strong, &inputs[1]);
  }
  if (status == STATUS_OK) {
    status = expr_piece(block, node, inputs, 2, out);
  }
  if (status == STATUS_OK) {
    join(&inputs[0], &inputs[1], strong, out->cells.constant ? 1 : block->count, out);
  }
  expr_done(block, &inputs[0]);
  expr_done(block, &inputs[1]);
  return status;
}

/* ---- if, coalesce */

/* Words of cells chosen by masks, without branches that random data would defeat. */
static void take_words(const Piece *piece, const uint8_t *restrict take, size_t n, size_t words, int64_t *restrict to)
{
  const int64_t *restrict from = piece->cells.values;
  const size_t step = piece->cells.constant ? 0 : words;
  for (size_t i = 0; i < n; i++) {
    const int64_t mask = -(int64_t)take[i];
    for (size_t k = 0; k < words; k++) {
      to[i * words + k] = (from[i * step + k] & mask) | (to[i * words + k] & ~mask);
    }
  }
}

static void take_bytes(const uint8_t *restrict from, bool constant, const uint8_t *restrict take, size_t n,
                       uint8_t *restrict to)
{
  if (constant) {
    const uint8_t one = from[0];
    for (size_t i = 0; i < n; i++) {
      to[i] = (one & take[i]) | (to[i] & (take[i] ^ 1));
    }
    return;
  }
  for (size_t i = 0; i < n; i++) {
    to[i] = (from[i] & take[i]) | (to[i] & (take[i] ^ 1));
  }
}

/* The cells of the rows to take become the result's. */
static void take_rows(const Piece *piece, const uint8_t *take, size_t n, Piece *out)
{
  const bool constant = piece->cells.constant;
  switch (expr_width(out->cells.type)) {
  case 1: take_bytes(piece->cells.values, constant, take, n, out->cells.values); break;
  case 8: take_words(piece, take, n, 1, out->cells.values); break;
  default: take_words(piece, take, n, sizeof(Span) / sizeof(int64_t), out->cells.values);
  }
  take_bytes(piece->cells.missing, constant, take, n, out->cells.missing);
}

/* What if and coalesce fill: nothing taken yet, rows that nobody asks for decided already. */
typedef struct Choice {
  Slot *masks;          /* decided: missing; taken, skipped: two halves of values */
  uint8_t *decided, *take, *skip;
  const uint8_t *outer;
} Choice;

static Status choice_open(Block *block, const Node *node, Choice *choice, Piece *out)
{
  Status status = expr_slot(block, &choice->masks);
  if (status == STATUS_OK) {
    status = expr_piece(block, node, NULL, 0, out);
  }
  if (status == STATUS_OK) {
    out->cells.constant = false;
    out->cells.type = block->coded ? TYPE_INT64 : out->cells.type;
    out->cells.values = block->depth == 1 && block->out ? block->out : out->slot->values;
    status = expr_own_missing(block, out);
  }
  if (status != STATUS_OK) {
    return status;
  }
  choice->outer = block->skip;
  choice->decided = choice->masks->missing;
  choice->take = choice->masks->values;
  choice->skip = choice->take + BLOCK_ROWS;
  memset(out->cells.missing, 1, block->count);
  memset(out->cells.values, 0, block->count * expr_width(out->cells.type));
  if (block->skip) {
    memcpy(choice->decided, block->skip, block->count);
  } else {
    memset(choice->decided, 0, block->count);
  }
  return STATUS_OK;
}

/* Evaluates the node for the rows to take, and takes them. */
static Status choice_take(Block *block, const Node *node, Choice *choice, Piece *out)
{
  Piece piece = {.slot = NULL};
  for (size_t i = 0; i < block->count; i++) {
    choice->skip[i] = choice->take[i] ^ 1;
    choice->decided[i] |= choice->take[i];
  }
  block->skip = choice->skip;
  Status status = STATUS_OK;
  if (!nothing_asked(block)) {
    status = expr_eval(block, node, &piece);
    if (status == STATUS_OK) {
      take_rows(&piece, choice->take, block->count, out);
    }
  }
  expr_done(block, &piece);
  block->skip = choice->outer;
  return status;
}

static void open_rows(const Cells *condition, size_t n, uint8_t *restrict decided, uint8_t *restrict take)
{
  const uint8_t *restrict flags = condition->values, *restrict missing = condition->missing;
  if (condition->constant) {
    for (size_t i = 0; i < n; i++) {
      take[i] = (decided[i] ^ 1) & (missing[0] ^ 1) & flags[0];
      decided[i] |= missing[0];
    }
    return;
  }
  for (size_t i = 0; i < n; i++) {
    take[i] = (decided[i] ^ 1) & (missing[i] ^ 1) & flags[i];
    decided[i] |= missing[i];
  }
}

/* A row is decided when its condition is true, and when it is missing. */
static Status choice_condition(Block *block, const Node *node, Choice *choice)
{
  Piece piece = {.slot = NULL};
  const bool coded = block->coded;
  block->skip = choice->decided;
  block->coded = false;
  const Status status = expr_eval(block, node, &piece);
  block->coded = coded;
  if (status == STATUS_OK) {
    open_rows(&piece.cells, block->count, choice->decided, choice->take);
  }
  expr_done(block, &piece);
  block->skip = choice->outer;
  return status;
}

static void choice_rest(const Block *block, Choice *choice)
{
  for (size_t i = 0; i < block->count; i++) {
    choice->take[i] = choice->decided[i] ^ 1;
  }
}

Status expr_if(Block *block, const Node *node, Piece *out)
{
  Choice choice = {.masks = NULL};
  Status status = choice_open(block, node, &choice, out);
  for (size_t i = 0; i + 1 < node->n && status == STATUS_OK; i += 2) {
    status = choice_condition(block, node->inputs[i], &choice);
    if (status == STATUS_OK) {
      status = choice_take(block, node->inputs[i + 1], &choice, out);
    }
  }
  if (status == STATUS_OK) {
    choice_rest(block, &choice);
    status = choice_take(block, node->inputs[node->n - 1], &choice, out);
  }
  expr_slot_done(block, choice.masks);
  return status;
}

Status expr_coalesce(Block *block, const Node *node, Piece *out)
{
  Choice choice = {.masks = NULL};
  Status status = choice_open(block, node, &choice, out);
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    choice_rest(block, &choice);
    status = choice_take(block, node->inputs[i], &choice, out);
    for (size_t row = 0; status == STATUS_OK && row < block->count; row++) {
      choice.decided[row] = choice.take[row] ? !out->cells.missing[row] : choice.decided[row];
    }
  }
  expr_slot_done(block, choice.masks);
  return status;
}
