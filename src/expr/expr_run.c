/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evaluation of a tree for one block of rows: slots, casts, missing, functions. */
#include "expr/expr_run.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "expr/expr_check.h"

const uint8_t expr_zeros[BLOCK_ROWS];

/* ---- slots and pieces */

Status expr_slot(Block *block, Slot **out)
{
  Worker *worker = block->worker;
  if (worker->free) {
    *out = worker->free;
    worker->free = (*out)->next;
    return STATUS_OK;
  }
  Slot *slot = mem_zero(1, sizeof *slot);
  if (slot) {
    slot->values = mem_buffer(BLOCK_ROWS, sizeof(Span));
    slot->missing = mem_buffer(BLOCK_ROWS, 1);
    slot->next_all = worker->all;
    worker->all = slot;
  }
  *out = slot;
  return slot && slot->values && slot->missing
             ? STATUS_OK
             : error_memory(block->e, BLOCK_ROWS * sizeof(Span), _("an expression"));
}

void expr_slot_done(Block *block, Slot *slot)
{
  if (slot) {
    slot->next = block->worker->free;
    block->worker->free = slot;
  }
}

void expr_done(Block *block, Piece *piece)
{
  expr_slot_done(block, piece->slot);
  piece->slot = NULL;
}

/* Missing where one of the inputs is. */
static void join_missing(const Piece *inputs, size_t n, size_t rows, Piece *out)
{
  for (size_t k = 0; k < n; k++) {
    const uint8_t *missing = inputs[k].cells.missing;
    if (inputs[k].clean) {
      continue;
    }
    if (out->clean) {
      memset(out->slot->missing, 0, rows);
      out->cells.missing = out->slot->missing;
      out->clean = false;
    }
    if (inputs[k].cells.constant) {
      memset(out->slot->missing, missing[0], rows);
      if (missing[0]) {
        return;
      }
    } else {
      for (size_t i = 0; i < rows; i++) {
        out->slot->missing[i] |= missing[i];
      }
    }
  }
}

Status expr_piece(Block *block, const Node *node, const Piece *inputs, size_t n, Piece *out)
{
  bool constant = true;
  for (size_t i = 0; i < n; i++) {
    constant = constant && inputs[i].cells.constant;
  }
  const Status status = expr_slot(block, &out->slot);
  if (status != STATUS_OK) {
    return status;
  }
  out->clean = true;
  out->cells = (Cells){.type = expr_plain_type(node->type),
                       .zone = node->zone,
                       .constant = constant,
                       .values = out->slot->values,
                       .missing = (uint8_t *)expr_zeros};
  if (block->depth == 1 && block->out && !constant) {
    out->cells.values = block->out;
  }
  join_missing(inputs, n, constant ? 1 : block->count, out);
  return STATUS_OK;
}

Status expr_own_missing(Block *block, Piece *piece)
{
  if (piece->clean) {
    memset(piece->slot->missing, 0, piece->cells.constant ? 1 : block->count);
    piece->cells.missing = piece->slot->missing;
    piece->clean = false;
  }
  return STATUS_OK;
}

Status expr_row_error(Block *block, const Node *node, size_t row, bool constant)
{
  Error *e = block->e;
  if (!e) {
    return STATUS_DATA;
  }
  if (!constant && !block->run->over) {
    char what[sizeof e->what];
    snprintf(what, sizeof what, "%s", e->what);
    snprintf(e->what, sizeof e->what, block->run->per_group ? _("group %1$zu: %2$.450s") : _("row %1$zu: %2$.450s"),
             block->first + row + 1, what);
  }
  if (e->caret < 0) {
    (void)expr_caret(&block->run->expr->source, node->at, e);
  }
  return e->status;
}

/* ---- nodes */

static Status eval_constant(const Node *node, Piece *out)
{
  out->slot = NULL;
  out->clean = !node->missing;
  out->cells = (Cells){.type = expr_plain_type(node->type), .zone = node->zone, .constant = true,
                       .values = (void *)&node->cell, .missing = (uint8_t *)&node->missing};
  return STATUS_OK;
}

static Status eval_cast(Block *block, const Node *node, const Piece *input, Piece *out)
{
  const Status status = expr_piece(block, node, input, 1, out);
  const size_t n = out->cells.constant ? 1 : block->count;
  if (status != STATUS_OK) {
    return status;
  }
  if (node->type == TYPE_INT64) {
    int64_t *to = out->cells.values;
    const uint8_t *from = input->cells.values;
    for (size_t i = 0; i < n; i++) {
      to[i] = from[i];
    }
  } else if (input->cells.type == TYPE_BOOL) {
    double *to = out->cells.values;
    const uint8_t *from = input->cells.values;
    for (size_t i = 0; i < n; i++) {
      to[i] = from[i];
    }
  } else {
    double *to = out->cells.values;
    const int64_t *from = input->cells.values;
    for (size_t i = 0; i < n; i++) {
      to[i] = (double)from[i];
    }
  }
  return STATUS_OK;
}

static Status eval_missing(Block *block, const Node *node, const Piece *input, Piece *out)
{
  Piece none = *input; /* its missing cells are not those of the result */
  none.clean = true;
  const Status status = expr_piece(block, node, &none, 1, out);
  if (status != STATUS_OK) {
    return status;
  }
  uint8_t *to = out->cells.values;
  const uint8_t *missing = input->cells.missing;
  for (size_t i = 0; i < (out->cells.constant ? 1 : block->count); i++) {
    to[i] = missing[i] ^ (uint8_t)node->negated;
  }
  return STATUS_OK;
}

static Status operate(Block *block, const Node *node, Piece *out)
{
  Piece inputs[2] = {{.slot = NULL}, {.slot = NULL}};
  Status status = STATUS_OK;
  for (size_t i = 0; i < node->n && i < 2 && status == STATUS_OK; i++) {
    status = expr_eval(block, node->inputs[i], &inputs[i]);
  }
  if (status == STATUS_OK) {
    switch (node->kind) {
    case NODE_CAST: status = eval_cast(block, node, inputs, out); break;
    case NODE_MISSING: status = eval_missing(block, node, inputs, out); break;
    case NODE_ARITHMETIC: status = expr_arithmetic(block, node, inputs, out); break;
    case NODE_COMPARE: status = expr_compare(block, node, inputs, out); break;
    default: status = expr_lookup(block, node, inputs, out);
    }
  }
  expr_done(block, &inputs[0]);
  expr_done(block, &inputs[1]);
  return status;
}

Status expr_eval(Block *block, const Node *node, Piece *out)
{
  Status status;
  *out = (Piece){.slot = NULL};
  if (block->coded && node->kind != NODE_IF && node->kind != NODE_COALESCE) {
    return expr_code_leaf(block, node, out);
  }
  block->depth++;
  switch (node->kind) {
  case NODE_CONSTANT: status = eval_constant(node, out); break;
  case NODE_COLUMN:
  case NODE_AGGREGATE:
  case NODE_WINDOW:
  case NODE_LEVELS: status = expr_leaf(block, node, out); break;
  case NODE_LOGIC: status = expr_logic(block, node, out); break;
  case NODE_IF: status = expr_if(block, node, out); break;
  case NODE_COALESCE: status = expr_coalesce(block, node, out); break;
  case NODE_FUNCTION: status = expr_apply(block, node, out); break;
  default: status = operate(block, node, out);
  }
  block->depth--;
  if (status != STATUS_OK) {
    expr_done(block, out);
  }
  return status;
}

/* ---- functions */

/* Cells row i of an argument stands in, alone. */
static Cells one_cell(const Cells *cells, size_t i)
{
  Cells one = *cells;
  if (!cells->constant) {
    const size_t width = expr_width(cells->type);
    one.values = cells->values ? (char *)cells->values + i * width : NULL;
    one.missing = cells->missing + i;
    one.first = cells->first + i;
  }
  return one;
}

/* After a failure of the block: row by row, so that the first bad row is known, and rows nobody asks for do not
 * count. */
static Status apply_rows(Block *block, const Node *node, const FunctionCall *call, const Cells *arguments, size_t n,
                         Piece *out)
{
  Cells *one = arena_alloc(&block->worker->arena, node->n, sizeof *one);
  Status status = one ? STATUS_OK : error_memory(block->e, 0, _("an expression"));
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    if (block->skip && !out->cells.constant && block->skip[i]) {
      out->cells.missing[i] = 1;
      continue;
    }
    for (size_t k = 0; k < node->n; k++) {
      one[k] = one_cell(&arguments[k], i);
    }
    Cells cell = one_cell(&out->cells, i);
    if (out->cells.missing[i] && !(node->call.function->flags & FUNCTION_SEES_MISSING)) {
      continue;
    }
    cell.missing[0] = 0;
    status = call->function->apply(call, one, 1, &cell, &block->worker->arena, block->e);
    if (status != STATUS_OK) {
      (void)expr_row_error(block, node, i, out->cells.constant);
    }
  }
  return status;
}

static bool all_skipped(const Block *block)
{
  return block->skip && !memchr(block->skip, 0, block->count);
}

static Status call_function(Block *block, const Node *node, const Piece *pieces, const Cells *arguments, Piece *out)
{
  const Function *function = node->call.function;
  FunctionCall call = node->call;
  call.task = block->run->task;
  const bool sees = function->flags & FUNCTION_SEES_MISSING;
  Status status = expr_piece(block, node, pieces, node->n, out);
  if (status == STATUS_OK) {
    status = expr_own_missing(block, out);
  }
  if (status != STATUS_OK) {
    return status;
  }
  const size_t n = out->cells.constant ? 1 : block->count;
  if (sees) {
    memset(out->cells.missing, 0, n);
  } else if (block->skip && !out->cells.constant) {
    for (size_t i = 0; i < n; i++) {
      out->cells.missing[i] |= block->skip[i];
    }
  }
  if (all_skipped(block)) {
    memset(out->cells.missing, 1, n);
    return STATUS_OK;
  }
  Error e;
  error_clear(&e);
  status = function->apply(&call, arguments, n, &out->cells, &block->worker->arena, &e);
  if (status == STATUS_OK || status == STATUS_MEMORY || status == STATUS_CANCELLED) {
    if (status != STATUS_OK && block->e) {
      *block->e = e;
    }
    return status;
  }
  for (size_t i = 0; !sees && i < n; i++) { /* what apply had made missing is not known to be an argument's */
    out->cells.missing[i] = 0;
  }
  for (size_t k = 0; !sees && k < node->n; k++) {
    for (size_t i = 0; i < n; i++) {
      out->cells.missing[i] |= arguments[k].missing[arguments[k].constant ? 0 : i];
    }
  }
  return apply_rows(block, node, &call, arguments, n, out);
}

Status expr_apply(Block *block, const Node *node, Piece *out)
{
  Piece *pieces = arena_alloc(&block->worker->arena, node->n, sizeof *pieces);
  Cells *arguments = arena_alloc(&block->worker->arena, node->n, sizeof *arguments);
  if (!pieces || !arguments) {
    return error_memory(block->e, 0, _("an expression"));
  }
  Status status = STATUS_OK;
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    status = expr_eval(block, node->inputs[i], &pieces[i]);
    arguments[i] = pieces[i].cells;
  }
  if (status == STATUS_OK) {
    status = call_function(block, node, pieces, arguments, out);
  }
  for (size_t i = 0; i < node->n; i++) {
    expr_done(block, &pieces[i]);
  }
  return status;
}

/* ---- constants */

/* Takes the one cell of a piece into the node. */
static Status keep_constant(Compiler *c, Node *node, const Piece *piece)
{
  Cell cell = {.integer = 0};
  const bool missing = piece->cells.missing[0];
  const bool text = type_is_text(node->type);
  if (text) {
    const Span span = missing ? (Span){"", 0} : ((const Span *)piece->cells.values)[0];
    cell.span = (Span){arena_text(c->arena, span.bytes, span.length), span.length};
    if (!cell.span.bytes) {
      return error_memory(c->e, span.length, _("an expression"));
    }
  } else if (!missing) {
    memcpy(&cell, piece->cells.values, expr_width(node->type));
  }
  node->kind = NODE_CONSTANT;
  node->n = 0;
  node->missing = missing;
  node->literal = false;
  node->cell = cell;
  return STATUS_OK;
}

Status expr_fold(Compiler *c, Node *node)
{
  if (node->kind == NODE_LIST || node->type == TYPE_SET) {
    return STATUS_OK;
  }
  Error e;
  error_clear(&e);
  Worker worker = {.free = NULL};
  const Expr expr = {.source = c->source};
  const Run run = {.expr = &expr, .workers = &worker, .n_workers = 1};
  Block block = {.run = &run, .worker = &worker, .count = 1, .e = &e};
  Piece piece;
  Status status = expr_eval(&block, node, &piece);
  if (status == STATUS_OK) {
    status = keep_constant(c, node, &piece);
    expr_done(&block, &piece);
  } else if (status == STATUS_MEMORY) {
    (void)error_memory(c->e, 0, _("an expression"));
  } else {
    status = STATUS_OK;
  }
  expr_worker_close(&worker);
  return status;
}
