/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See sample.h. */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"

#define ROW(...) OPTION_ROW_OF(SampleOptions, __VA_ARGS__)
static const Option sample_options[] = {SAMPLE_OPTIONS(ROW)};
#undef ROW

static Status run_sample(Call *call, Value *out, Error *e)
{
  Model *model = NULL;
  const Status status = model_new(call->primitive, call->options, &model, e);
  *out = status == STATUS_OK ? value_of_model(model) : (Value){.kind = VALUE_NONE};
  return status;
}

static const Figure sample_figures[] = {
  {"n", "number of rows", "", "1 or more"},
  {"rest", "what is left", "{total} - {n} of {no such figure} {", "0 to {total}"},
  {"total", "all of it", "", "at least n"},
};

static const ModelClass sample_class = {.size = sizeof(ModelClass)};

#define SAMPLE(name_, main_)                                                                                 \
  .size = sizeof(Primitive), .family = "test", .name = name_, .method = "test_" name_, .version = 3,         \
  .summary = "keeps what it is given", .takes = VALUE_FRAME, .main = main_, .options = sample_options,       \
  .n_options = SAMPLE_N_OPTIONS, .options_size = sizeof(SampleOptions), .gives = VALUE_MODEL,                \
  .returns = "a model of nothing", .reference = "", .example = "df:test_sample(1)", .figures = sample_figures,    \
  .n_figures = sizeof sample_figures / sizeof *sample_figures, .run = run_sample, .model = &sample_class

const Primitive sample_primitive = {SAMPLE("sample", "count")};
const Primitive sample_list_primitive = {SAMPLE("sample_list", "tags")};

#define ANY_OPTIONS(O) O(extra, VALUE, OPTION_UNSET, 0, 0, "", "", "anything")
typedef struct AnyOptions {
  ANY_OPTIONS(OPTION_FIELD)
} AnyOptions;
#define ROW(...) OPTION_ROW_OF(AnyOptions, __VA_ARGS__)
static const Option any_options[] = {ANY_OPTIONS(ROW)};
#undef ROW

const Primitive any_primitive = {
  .size = sizeof(Primitive), .family = "test", .name = "any", .method = "", .version = 1,
  .summary = "a model of anything", .takes = VALUE_FRAME, .options = any_options, .n_options = 1,
  .options_size = sizeof(AnyOptions), .gives = VALUE_MODEL, .returns = "", .reference = "", .example = "",
  .run = run_sample, .model = &sample_class};

/* ---- values */

Value bytes_value(const char *bytes, size_t n)
{
  Value value;
  assert_int_equal(value_text(bytes, n, &value, NULL), STATUS_OK);
  return value;
}

Value text_value(const char *text)
{
  return bytes_value(text, strlen(text));
}

Value map_value(size_t n, const char *const *names, const Value *items)
{
  Value value;
  assert_int_equal(value_list(n, names != NULL, &value, NULL), STATUS_OK);
  for (size_t i = 0; i < n; i++) {
    value.list.items[i] = items[i];
    if (names) {
      value.list.names[i] = mem_string(names[i]);
      assert_non_null(value.list.names[i]);
    }
  }
  return value;
}

Value list_value(size_t n, const Value *items)
{
  return map_value(n, NULL, items);
}

static bool same_digest(Digest a, Digest b)
{
  return a.high == b.high && a.low == b.low;
}

static bool items_equal(const Value *a, const Value *b)
{
  bool equal = a->list.n == b->list.n;
  for (size_t i = 0; equal && i < a->list.n; i++) {
    equal = values_equal(&a->list.items[i], &b->list.items[i]) &&
            (a->kind == VALUE_LIST || strcmp(a->list.names[i], b->list.names[i]) == 0);
  }
  return equal;
}

bool values_equal(const Value *a, const Value *b)
{
  if (a->kind != b->kind) {
    return false;
  }
  switch (a->kind) {
  case VALUE_BOOL: return a->flag == b->flag;
  case VALUE_INT: return a->integer == b->integer;
  case VALUE_NUMBER:
    return (isnan(a->number) && isnan(b->number)) || memcmp(&a->number, &b->number, sizeof a->number) == 0;
  case VALUE_TEXT:
  case VALUE_OTHER:
    return a->text.length == b->text.length && memcmp(a->text.bytes, b->text.bytes, a->text.length) == 0;
  case VALUE_LIST:
  case VALUE_MAP: return items_equal(a, b);
  case VALUE_COLUMN: return same_digest(column_digest(a->column), column_digest(b->column));
  case VALUE_FRAME: return same_digest(frame_digest(a->frame), frame_digest(b->frame));
  case VALUE_MODEL: return same_digest(model_digest(a->model), model_digest(b->model));
  default: return true;
  }
}

/* ---- frames and models */

static const char *const words[] = {"north", "", "客户", "a \"b\"\n\\", "NA", "south"};

static void add_cell(Builder *builder, Type type, size_t row)
{
  static const double numbers[] = {0.1, -0.0, (double)INFINITY, (double)NAN, 5e-324, -1e300, 2};
  const char *word = words[row % 6];
  if (row % 5 == 3) {
    builder_missing(builder);
    return;
  }
  switch (type) {
  case TYPE_FLOAT64: builder_float(builder, numbers[row % 7]); break;
  case TYPE_INT64: builder_int(builder, row % 4 ? (int64_t)row * 1000003 : INT64_MIN + (int64_t)row); break;
  case TYPE_BOOL: builder_bool(builder, row % 3 == 0); break;
  case TYPE_TIMESTAMP: builder_int(builder, (int64_t)row * 86400000000 + 1); break;
  case TYPE_SET:
    for (size_t i = row % 6; i < 6; i += 1 + row % 3) {
      builder_item(builder, words[i], strlen(words[i]));
    }
    builder_set(builder);
    break;
  default: builder_text(builder, word, strlen(word));
  }
}

static const struct {
  const char *name;
  Type type;
} columns[] = {{"spend", TYPE_FLOAT64}, {"orders", TYPE_INT64},    {"member", TYPE_BOOL},
               {"day", TYPE_TIMESTAMP}, {"region", TYPE_CATEGORY}, {"note", TYPE_STRING},
               {"basket", TYPE_SET}};

Frame *sample_frame(size_t rows)
{
  Draft *draft = draft_new();
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    Builder *builder = builder_new(columns[i].type, rows);
    for (size_t row = 0; builder && row < rows; row++) {
      add_cell(builder, columns[i].type, row);
    }
    if (builder && columns[i].type == TYPE_TIMESTAMP) {
      builder_zone(builder, "Europe/Berlin");
    }
    if (builder && columns[i].type == TYPE_INT64) {
      builder_role(builder, ROLE_LABEL);
    }
    draft_builder(draft, columns[i].name, builder);
  }
  Frame *frame = NULL;
  return draft_finish(draft, &frame, NULL) == STATUS_OK ? frame : NULL;
}

static Status set_frame(Model *model, const char *name, Frame *frame, Error *e)
{
  return frame ? model_set_frame(model, name, frame, e) : error_memory(e, 0, "a frame");
}

static Frame *glance_frame(void)
{
  Draft *draft = draft_new();
  draft_int(draft, "n", 3);
  draft_int(draft, "total", 10);
  draft_float(draft, "rest", 7);
  draft_text(draft, "reason", "");
  Frame *frame = NULL;
  return draft_finish(draft, &frame, NULL) == STATUS_OK ? frame : NULL;
}

static Status fill(Model *model, int depth, Error *e)
{
  Model *child = NULL;
  Status status;
  TRY(set_frame(model, "tidy", sample_frame(3), e));
  TRY(set_frame(model, "glance", glance_frame(), e));
  TRY(set_frame(model, "all", sample_frame(40), e));
  TRY(set_frame(model, "no rows", sample_frame(0), e));
  for (int i = 0; i < 2 && depth > 0; i++) {
    TRY(sample_model(depth - 1, &child, e));
    TRY(model_set_child(model, i ? "second" : "first", child, e));
  }
done:
  return status;
}

Status sample_model(int depth, Model **out, Error *e)
{
  static const char *const three[] = {"a", "", "客户"}, *const columns_on[] = {"spend", "orders"};
  static const char *const from[] = {"number"}, *const to[] = {"Inf"};
  SampleOptions options = {
    .count = 7, .whole = INT64_MIN, .share = 0.1, .number = -(double)INFINITY, .fast = true, .label = "plain",
    .tags = {three, 3}, .scale = "zscore", .on = {columns_on, 2}, .init = {.choice = "spread"},
    .types = {.all = "string"}, .names = {.names = from, .items = to, .n = 1}};
  Frame *other = sample_frame(5);
  *out = NULL;
  if (!other) {
    return error_memory(e, 0, "a frame");
  }
  options.other = other;
  Status status = model_new(&sample_primitive, &options, out, e);
  frame_unref(other);
  if (status == STATUS_OK) {
    status = fill(*out, depth, e);
    if (status != STATUS_OK) {
      model_unref(*out);
      *out = NULL;
    }
  }
  return status;
}
