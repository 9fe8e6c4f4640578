/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons of columns: Lua's own operators cannot give a column, so these are methods. A missing cell compares to missing
 * (Kleene); texts compare by bytes, timestamps with ISO texts by their text. */
#include <string.h>

#include "frame/builder.h"
#include "frame/compare.h"
#include "registry/registry.h"

#define COMPARE_OPTIONS(O) O(value, VALUE, OPTION_REQUIRED, 1, 0, "", "", "a number, a text, a boolean or a column of equal length")
typedef struct CompareOptions {
  COMPARE_OPTIONS(OPTION_FIELD)
} CompareOptions;
#define ROW(...) OPTION_ROW_OF(CompareOptions, __VA_ARGS__)
static const Option compare_options[] = {COMPARE_OPTIONS(ROW)};
#undef ROW

static bool is_number(const Value *value)
{
  return value->kind == VALUE_INT || value->kind == VALUE_NUMBER;
}

static int compare_bytes(const char *a, size_t n, const char *b, size_t m)
{
  const int order = memcmp(a, b, n < m ? n : m);
  return order < 0 ? ORDER_LESS : order > 0 ? ORDER_GREATER : n < m ? ORDER_LESS : n > m ? ORDER_GREATER : ORDER_EQUAL;
}

/* An order (frame/compare.h); -1 when the two cannot be compared. */
static int compare_values(const Value *a, const Value *b)
{
  if (a->kind == VALUE_INT && b->kind == VALUE_INT) {
    return order_integers(a->integer, b->integer);
  }
  if (is_number(a) && is_number(b)) {
    return a->kind == VALUE_INT   ? order_integer_real(a->integer, b->number)
           : b->kind == VALUE_INT ? order_turned(order_integer_real(b->integer, a->number))
                                  : order_reals(a->number, b->number);
  }
  if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) {
    return compare_bytes(a->text.bytes, a->text.length, b->text.bytes, b->text.length);
  }
  if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL) {
    return order_reals(a->flag, b->flag);
  }
  return -1;
}

static Status cannot_compare(const Column *column, const Value *value, Error *e)
{
  Text shown = {0};
  value_show(value, &shown);
  error_set(e, STATUS_ARGUMENT, "wrong-type", _("a %1$s column cannot be compared with %2$s"), type_name(column_type(column)),
            text_data(&shown));
  text_free(&shown);
  return STATUS_ARGUMENT;
}

/* The right-hand side in a row; borrowed from the option or made in *own. */
static Status right_side(const Value *value, size_t row, Value *own, Error *e)
{
  return value->kind == VALUE_COLUMN ? value_of_cell(value->column, row, own, e) : value_copy(value, own, e);
}

static Status compare_row(const Column *column, const Value *value, size_t row, int wanted, Builder *out, Error *e)
{
  Value left = {.kind = VALUE_NONE}, right = {.kind = VALUE_NONE};
  Status status = value_of_cell(column, row, &left, e);
  if (status == STATUS_OK) {
    status = right_side(value, row, &right, e);
  }
  if (status == STATUS_OK && (left.kind == VALUE_MISSING || right.kind == VALUE_MISSING)) {
    builder_missing(out);
  } else if (status == STATUS_OK) {
    const int order = compare_values(&left, &right);
    status = order < 0 ? cannot_compare(column, value, e) : STATUS_OK;
    builder_bool(out, (order & wanted) != 0 || (order == 0 && wanted == (ORDER_LESS | ORDER_GREATER)));
  }
  value_free(&left);
  value_free(&right);
  return status;
}

static Status compare_column(Call *call, int wanted, Value *out, Error *e)
{
  const Column *column = call->data->column;
  const CompareOptions *options = call->options;
  const size_t n = column_rows(column);
  if (options->value->kind == VALUE_COLUMN && column_rows(options->value->column) != n) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type", _("the columns have %1$zu and %2$zu rows"), n,
                     column_rows(options->value->column));
  }
  Builder *builder = builder_new(TYPE_BOOL, n);
  Status status = builder ? STATUS_OK : error_memory(e, n, _("a column"));
  for (size_t row = 0; status == STATUS_OK && row < n; row++) {
    if (row % 4096 == 0 && task_cancelled(call->task)) {
      status = error_cancelled(e);
    } else {
      status = compare_row(column, options->value, row, wanted, builder, e);
    }
  }
  Column *result = NULL;
  if (status == STATUS_OK) {
    status = builder_finish(builder, &result, e);
    *out = value_of_column(result);
  } else {
    builder_free(builder);
  }
  if (status != STATUS_OK) {
    *out = (Value){.kind = VALUE_NONE};
  }
  return status;
}

#define COMPARE(name_, wanted_, text_)                                                                               \
  static Status run_##name_(Call *call, Value *out, Error *e)                                                        \
  {                                                                                                                  \
    return compare_column(call, wanted_, out, e);                                                                    \
  }                                                                                                                  \
  static const Primitive name_##_primitive = {.size = sizeof(Primitive), .family = "column", .version = 1,           \
    .name = #name_, .summary = text_, .takes = VALUE_COLUMN, .main = "value", .options = compare_options,            \
    .n_options = 1, .options_size = sizeof(CompareOptions), .gives = VALUE_COLUMN,                                   \
    .returns = "a bool column; missing where either side is", .reference = "",                                       \
    .example = "df = read \"datasets/iris/iris.csv\"\ndf.petal_length:" #name_ "(1.5)[1]", .where = WHERE_JOB,       \
    .run = run_##name_};                                                                                             \
  REGISTER_PRIMITIVE(name_##_primitive)

COMPARE(lt, ORDER_LESS, "which cells are less than a value");
COMPARE(le, ORDER_LESS | ORDER_EQUAL, "which cells are less than or equal to a value");
COMPARE(gt, ORDER_GREATER, "which cells are greater than a value");
COMPARE(ge, ORDER_GREATER | ORDER_EQUAL, "which cells are greater than or equal to a value");
COMPARE(eq, ORDER_EQUAL, "which cells are equal to a value");
COMPARE(ne, ORDER_LESS | ORDER_GREATER, "which cells differ from a value");
