/* SPDX-License-Identifier: GPL-3.0-or-later */
/* x in [constants] and 'item' in a set: constants are sorted at compile time, so that a row costs a binary search.
 * Whole numbers and doubles meet by their true values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr_check.h"
#include "expr/expr_span.h"
#include "frame/compare.h"

static int compare_reals(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int compare_integers(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static int compare_spans(const void *a, const void *b)
{
  return span_compare(*(const Span *)a, *(const Span *)b);
}

/* The item as a cell of the left side's type; false when no such cell can be equal to it. */
static bool item_cell(const Node *item, Type type, Cell *cell)
{
  *cell = item->cell;
  if (type == TYPE_INT64 && item->type == TYPE_FLOAT64) {
    const double x = item->cell.real;
    cell->integer = real_fits_int64(x) ? (int64_t)x : 0;
    return real_fits_int64(x) && (double)cell->integer == x;
  }
  if (type == TYPE_FLOAT64 && item->type == TYPE_INT64) {
    cell->real = (double)item->cell.integer;
    return cell->real < 0x1p63 && (int64_t)cell->real == item->cell.integer;
  }
  return type != TYPE_FLOAT64 || !isnan(item->cell.real);
}

static size_t unique(char *items, size_t n, size_t size, int (*compare)(const void *, const void *))
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || compare(items + (kept - 1) * size, items + i * size) != 0) {
      memmove(items + kept++ * size, items + i * size, size);
    }
  }
  return kept;
}

static Status make_list(Compiler *c, Node *node, Node *const *items, size_t n, Type type)
{
  const bool spans = type == TYPE_STRING;
  const size_t size = spans ? sizeof(Span) : 8;
  char *cells = arena_alloc(c->arena, n + 1, size);
  if (!cells) {
    return error_memory(c->e, n * size, _("a list"));
  }
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    Cell cell;
    if (items[i]->missing) {
      node->list.missing = true;
    } else if (item_cell(items[i], type, &cell)) {
      memcpy(cells + kept++ * size, &cell, size);
    }
  }
  int (*compare)(const void *, const void *) = spans                  ? compare_spans
                                               : type == TYPE_FLOAT64 ? compare_reals
                                                                      : compare_integers;
  qsort(cells, kept, size, compare);
  node->list.n = unique(cells, kept, size, compare);
  node->list.items = cells;
  return STATUS_OK;
}

static Status refuse_item(Compiler *c, const Node *node, const Node *item)
{
  char left[EXPR_WORDS], right[EXPR_WORDS];
  expr_describe(node->inputs[0], left);
  expr_describe(item, right);
  (void)expr_error(c, item->at, STATUS_ARGUMENT, "wrong-type", _("%1$s cannot be among values like %2$s"), left,
                   right);
  (void)error_hint(c->e, _("texts stand in quotes, numbers without"));
  return STATUS_ARGUMENT;
}

/* An item's type beside the left side's. */
static Status fit_item(Compiler *c, Node *node, Node **item)
{
  Node *left = node->inputs[0];
  Status status = STATUS_OK;
  if ((*item)->kind != NODE_CONSTANT) {
    (void)expr_error(c, (*item)->at, STATUS_ARGUMENT, "wrong-type", _("a list holds constants only"));
    (void)error_hint(c->e, _("write x == a or x == b for values that differ from row to row"));
    return STATUS_ARGUMENT;
  }
  const bool numbers = type_is_numeric(left->type) && type_is_numeric((*item)->type) && !(*item)->any;
  if (numbers || expr_convert(c, item, expr_plain_type(left->type), &status)) {
    return status;
  }
  return refuse_item(c, node, *item);
}

Status expr_check_list(Compiler *c, Node *node)
{
  Node *list = node->inputs[1];
  Status status = STATUS_OK;
  node->type = TYPE_BOOL;
  if (node->inputs[0]->any) {
    (void)expr_convert(c, &node->inputs[0], TYPE_INT64, &status);
  }
  if (node->inputs[0]->type == TYPE_BOOL) {
    (void)expr_convert(c, &node->inputs[0], TYPE_INT64, &status);
  }
  if (node->inputs[0]->type == TYPE_SET) {
    (void)expr_error(c, node->at, STATUS_ARGUMENT, "wrong-type", _("a set stands to the right of in"));
    (void)error_hint(c->e, _("write 'item' in items"));
    return STATUS_ARGUMENT;
  }
  for (size_t i = 0; i < list->n && status == STATUS_OK; i++) {
    status = fit_item(c, node, &list->inputs[i]);
  }
  if (status == STATUS_OK && node->inputs[0]->type == TYPE_TIMESTAMP) {
    status = expr_same_clock(c, node->inputs[0], list->inputs, list->n);
  }
  node->n = 1;
  return status == STATUS_OK ? make_list(c, node, list->inputs, list->n, expr_plain_type(node->inputs[0]->type))
                             : status;
}

/* ---- sets */

static int compare_levels(const void *a, const void *b, void *column)
{
  Span x, y;
  x.bytes = column_level(column, (size_t)*(const int32_t *)a, &x.length);
  y.bytes = column_level(column, (size_t)*(const int32_t *)b, &y.length);
  return span_compare(x, y);
}

static int32_t level_of(const Column *column, Span text)
{
  for (size_t i = 0; i < column_levels(column); i++) {
    size_t length;
    const char *level = column_level(column, i, &length);
    if (length == text.length && memcmp(level, text.bytes, length) == 0) {
      return (int32_t)i;
    }
  }
  return -1;
}

Status expr_check_set(Compiler *c, Node *node)
{
  Node *left = node->inputs[0], *set = node->inputs[1];
  char words[EXPR_WORDS];
  Status status = STATUS_OK;
  node->type = TYPE_BOOL;
  if (set->any || set->type != TYPE_SET || set->kind != NODE_COLUMN) {
    expr_describe(set, words);
    (void)expr_error(c, set->at, STATUS_ARGUMENT, "wrong-type", _("in needs a list or a column of sets, not %s"),
                     words);
    (void)error_hint(c->e, _("write x in ['a', 'b']; contains(x, 'a') looks inside of a text"));
    return STATUS_ARGUMENT;
  }
  if (!expr_convert(c, &node->inputs[0], TYPE_STRING, &status)) {
    expr_describe(left, words);
    (void)expr_error(c, left->at, STATUS_ARGUMENT, "wrong-type", _("items of sets are texts, not %s"), words);
    (void)error_hint(c->e, _("write 'item' in %s"), set->name);
    return STATUS_ARGUMENT;
  }
  node->source = set->source;
  node->levels.code = -1;
  if (left->kind == NODE_CONSTANT) {
    node->levels.code = level_of(set->source, left->cell.span);
    return status;
  }
  const size_t n = column_levels(set->source);
  int32_t *order = arena_alloc(c->arena, n + 1, sizeof *order);
  if (!order) {
    return error_memory(c->e, n * sizeof *order, _("a list"));
  }
  for (size_t i = 0; i < n; i++) {
    order[i] = (int32_t)i;
  }
  qsort_r(order, n, sizeof *order, compare_levels, (void *)set->source);
  node->levels.n = n;
  node->levels.order = order;
  return status;
}
