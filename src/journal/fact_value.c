/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From values to facts. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "journal/fact.h"
#include "registry/model.h"

enum { BLOCK = 1024 };

/* ---- Figures of a column */

/* The sums of a block are plain, those over blocks compensated (Neumaier), so that a changed cell shows. */
typedef struct Sum {
  double total, rest;
} Sum;

static void sum_add(Sum *sum, double x)
{
  const double total = sum->total + x;
  sum->rest += fabs(sum->total) >= fabs(x) ? sum->total - total + x : x - total + sum->total;
  sum->total = total;
}

static double sum_of(const Sum *sum)
{
  return isfinite(sum->total) ? sum->total + sum->rest : sum->total;
}

static void add_block(const double *values, size_t n, Sum *sum, Sum *squares, ColumnFact *out)
{
  double block = 0, square = 0;
  for (size_t i = 0; i < n; i++) {
    block += values[i];
    square += values[i] * values[i];
    out->low = values[i] < out->low ? values[i] : out->low;
    out->high = values[i] > out->high ? values[i] : out->high;
  }
  sum_add(sum, block);
  sum_add(squares, square);
}

static size_t without_missing(const Column *column, size_t first, double *values, size_t n)
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (column_valid(column, first + i)) {
      values[kept++] = values[i];
    }
  }
  return kept;
}

static void figures_of(const Column *column, ColumnFact *out)
{
  const size_t rows = column_rows(column);
  Sum sum = {0, 0}, squares = {0, 0};
  double values[BLOCK];
  out->low = INFINITY;
  out->high = -INFINITY;
  for (size_t first = 0; first < rows; first += BLOCK) {
    size_t n = rows - first < BLOCK ? rows - first : BLOCK;
    column_block(column, first, n, values, 1);
    n = out->missing ? without_missing(column, first, values, n) : n;
    add_block(values, n, &sum, &squares, out);
  }
  out->sum = sum_of(&sum);
  out->squares = sum_of(&squares);
  if (out->low > out->high) { /* nothing to compare */
    out->low = out->high = NAN;
  }
}

typedef struct Describer {
  FactKnown known;
  void *context;
  Arena *arena;
  Fact *fact;
  Error *e;
} Describer;

static Status cell_value(const Column *column, Arena *arena, ColumnFact *out, Error *e)
{
  Text text = {0};
  column_cell_text(column, 0, &text);
  out->value = text.failed ? NULL : arena_string(arena, text_data(&text));
  text_free(&text);
  return out->value ? STATUS_OK : error_memory(e, 0, _("facts for the journal"));
}

static Status describe_column(const Describer *d, const char *part, const char *name, const Column *column)
{
  Fact *fact = d->fact;
  Arena *arena = d->arena;
  if (d->known && d->known(d->context, column_digest(column))) {
    return STATUS_OK;
  }
  if (fact->n_described >= FACT_COLUMNS) {
    fact->more++;
    return STATUS_OK;
  }
  ColumnFact *out = &fact->described[fact->n_described];
  *out = (ColumnFact){.name = *part ? arena_printf(arena, "%s.%s", part, name) : arena_string(arena, name),
                      .type = type_name(column_type(column)),
                      .value = "",
                      .numeric = type_is_numeric(column_type(column)),
                      .missing = column_missing(column),
                      .digest = column_digest(column)};
  if (!out->name) {
    return error_memory(d->e, 0, _("facts for the journal"));
  }
  out->n = column_rows(column) - out->missing;
  if (out->numeric) {
    figures_of(column, out);
  }
  fact->n_described++;
  return column_rows(column) == 1 && out->n == 1 ? cell_value(column, arena, out, d->e) : STATUS_OK;
}

static Status describe_frame(const Describer *d, const char *part, const Frame *frame)
{
  Status status = STATUS_OK;
  for (size_t i = 0; frame && i < frame_columns(frame) && status == STATUS_OK; i++) {
    status = describe_column(d, part, frame_name(frame, i), frame_column(frame, i));
  }
  return status;
}

static Status describe_model(const Describer *d, const Model *model)
{
  const Status status = describe_frame(d, "tidy", model_frame(model, "tidy"));
  return status == STATUS_OK ? describe_frame(d, "glance", model_frame(model, "glance")) : status;
}

Status fact_describe(const Value *value, FactKnown known, void *context, Arena *arena, Fact *fact, Error *e)
{
  const Describer d = {known, context, arena, fact, e};
  fact->n_described = fact->more = 0;
  if (value->kind != VALUE_FRAME && value->kind != VALUE_MODEL && value->kind != VALUE_COLUMN) {
    return STATUS_OK;
  }
  fact->described = arena_alloc(arena, FACT_COLUMNS, sizeof *fact->described);
  if (!fact->described) {
    return error_memory(e, 0, _("facts for the journal"));
  }
  switch (value->kind) {
    case VALUE_FRAME:
      return describe_frame(&d, "", value->frame);
    case VALUE_MODEL:
      return describe_model(&d, value->model);
    default:
      return describe_column(&d, "", "value", value->column);
  }
}

/* ---- The value as a whole */

static const char *word_of(const Value *value)
{
  static const char *const words[VALUE_KIND_COUNT] = {
    [VALUE_NONE] = "nil",     [VALUE_MISSING] = "NA",   [VALUE_BOOL] = "boolean", [VALUE_INT] = "number",
    [VALUE_NUMBER] = "number", [VALUE_TEXT] = "text",   [VALUE_LIST] = "table",   [VALUE_MAP] = "table",
    [VALUE_COLUMN] = "column", [VALUE_FRAME] = "frame", [VALUE_MODEL] = "model",  [VALUE_CHART] = "chart"};
  return words[value->kind] ? words[value->kind] : "other";
}

static void model_facts(const Model *model, Fact *fact)
{
  const Column *complete;
  const double seed = model_option_number(model, "seed", -1);
  fact->class = model_name(model);
  fact->partial = model_figure(model, "complete", &complete) && column_type(complete) == TYPE_BOOL &&
                  column_rows(complete) > 0 && column_valid(complete, 0) && !column_int(complete, 0);
  fact->seed = seed >= 0 && seed < 0x1p62 ? (int64_t)seed : -1;
}

static Status plain_value(const Value *value, Arena *arena, Fact *fact, Error *e)
{
  Text text = {0};
  if (value->kind == VALUE_NUMBER) {
    char number[32];
    text_of_double(value->number, number);
    text_puts(&text, number);
  } else {
    value_show(value, &text);
  }
  fact->value = text.failed ? NULL : arena_string(arena, text_data(&text));
  text_free(&text);
  return fact->value ? STATUS_OK : error_memory(e, 0, _("facts for the journal"));
}

static Status size_facts(const Value *value, Arena *arena, Fact *fact, Error *e)
{
  switch (value->kind) {
    case VALUE_FRAME:
      fact->rows = frame_rows(value->frame);
      fact->columns = frame_columns(value->frame);
      break;
    case VALUE_COLUMN:
      fact->rows = column_rows(value->column);
      break;
    case VALUE_MODEL:
      model_facts(value->model, fact);
      break;
    case VALUE_TEXT:
      fact->bytes = value->text.length;
      break;
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_NUMBER:
      return plain_value(value, arena, fact, e);
    default:
      break;
  }
  return STATUS_OK;
}

/* Plain values stand there themselves, what has no content of its own has no digest. */
static bool has_digest(const Value *value)
{
  switch (value->kind) {
    case VALUE_TEXT:
    case VALUE_LIST:
    case VALUE_MAP:
    case VALUE_COLUMN:
    case VALUE_FRAME:
    case VALUE_MODEL:
    case VALUE_CHART:
      return true;
    default:
      return false;
  }
}

Status fact_of_value(const Value *value, FactKind kind, const char *name, Arena *arena, Fact *out, Error *e)
{
  *out = (Fact){.kind = kind, .name = name, .what = word_of(value), .class = "", .value = "", .seed = -1};
  Status status = STATUS_OK;
  if (value->kind == VALUE_OTHER) { /* the binder's word for what no primitive takes */
    out->what = arena_text(arena, value->text.bytes, value->text.length);
    return out->what ? STATUS_OK : error_memory(e, 0, _("facts for the journal"));
  }
  TRY(size_facts(value, arena, out, e));
  out->digested = has_digest(value);
  if (out->digested) {
    out->digest = value_digest(value);
  }
done:
  return status;
}
