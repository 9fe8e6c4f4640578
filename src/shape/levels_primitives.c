/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relevel and split. */
#include <string.h>

#include "registry/registry.h"
#include "shape/levels.h"
#include "shape/split.h"

/* clang-format off */
#define RELEVEL_OPTIONS(O) \
  O(column, COLUMN, OPTION_REQUIRED, 1, 0, "text", "", "the category; a string column becomes one") \
  O(levels, TEXTS, OPTION_UNSET, 1, 0, "", "", "levels to stand first, in this order") \
  O(by, CHOICE, OPTION_UNSET, 0, 0, "appearance|sorted|frequency|value", "", \
    "order of the other levels; as it is when not given") \
  O(value, COLUMN, OPTION_UNSET, 1, 0, "", "", "by = \"value\": column whose aggregate orders the levels") \
  O(agg, TEXT, "mean", 1, 0, "", "", "by = \"value\": the aggregate") \
  O(falling, BOOL, OPTION_UNSET, 0, 0, "", "", \
    "whether the order falls; true for frequency when not given, else false") \
  O(keep, INT, OPTION_UNSET, 1, 1e9, "", "levels", \
    "how many of the most frequent levels are kept; the rest become other") \
  O(share, NUMBER, OPTION_UNSET, 0, 1, "", "", "share of the cells a level must have to be kept") \
  O(other, TEXT, "other", 1, 0, "", "", "name of the level for the rest; it stands last") \
  O(unused, CHOICE, "keep", 0, 0, "keep|drop", "", "levels without cells") \
  O(into, TEXT, OPTION_UNSET, 1, 0, "", "", "name of the new column; the old one is replaced when not given")
/* clang-format on */
typedef struct RelevelPrimitiveOptions {
  RELEVEL_OPTIONS(OPTION_FIELD)
} RelevelPrimitiveOptions;
#define ROW(...) OPTION_ROW_OF(RelevelPrimitiveOptions, __VA_ARGS__)
static const Option relevel_options[] = {RELEVEL_OPTIONS(ROW)};
#undef ROW

enum {
#define RELEVEL_NUMBER(field, ...) RELEVEL_OPTION_##field,
  RELEVEL_OPTIONS(RELEVEL_NUMBER)
};

static bool is_given(const Call *call, int option)
{
  return call->given >> option & 1;
}

static Status read_by(const Call *call, RelevelOptions *out, Error *e)
{
  static const char *const names[] = {"", "appearance", "sorted", "frequency", "value"};
  const RelevelPrimitiveOptions *o = call->options;
  size_t column = 0;
  while (o->by && strcmp(names[out->by], o->by) != 0) {
    out->by++;
  }
  out->falling = is_given(call, RELEVEL_OPTION_falling) ? o->falling : out->by == RELEVEL_FREQUENCY;
  if (out->by != RELEVEL_VALUE) {
    const int useless = o->value                             ? RELEVEL_OPTION_value
                        : is_given(call, RELEVEL_OPTION_agg) ? RELEVEL_OPTION_agg
                                                             : -1;
    return useless >= 0 ? error_set(e, STATUS_ARGUMENT, "option-without-use",
                                    _("the option '%s' goes with by = \"value\""), relevel_options[useless].name)
                        : STATUS_OK;
  }
  if (!o->value) {
    return error_set(e, STATUS_ARGUMENT, "missing-option", _("by = \"value\" needs the option 'value'"));
  }
  const Status status = frame_need(call->data->frame, o->value, &column, e);
  if (status == STATUS_OK) {
    out->value = frame_column(call->data->frame, column);
    out->value_name = o->value;
    out->aggregate = o->agg;
  }
  return status;
}

static Status run_relevel(Call *call, Value *out, Error *e)
{
  const RelevelPrimitiveOptions *o = call->options;
  RelevelOptions options = {.first = o->levels.items,
                            .n_first = o->levels.n,
                            .keep = (size_t)o->keep,
                            .share = o->share,
                            .other = o->other,
                            .drop_unused = strcmp(o->unused, "drop") == 0};
  size_t at = 0;
  Column *column = NULL;
  Frame *frame = NULL;
  Status status;
  if (is_given(call, RELEVEL_OPTION_other) && o->keep == 0 && o->share <= 0) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use", _("the option 'other' goes with keep or share"));
  }
  TRY(read_by(call, &options, e));
  TRY(frame_need(call->data->frame, o->column, &at, e));
  TRY(column_relevel(frame_column(call->data->frame, at), o->column, &options, call->task, &column, call->notes,
                     e));
  TRY(frame_with(call->data->frame, o->into ? o->into : o->column, column, &frame, e));
  *out = value_of_frame(frame);
done:
  column_unref(column);
  return status;
}

/* clang-format off */
#define SPLIT_OPTIONS(O) \
  O(share, NUMBER, "0.7", 0, 1, "", "", "share of the rows that the first frame gets") \
  O(by, COLUMNS, OPTION_UNSET, 1, 0, "", "", "columns whose groups are each split by that share") \
  O(seed, INT, "1", 0, 9e15, "", "", "seed of the random choice")
/* clang-format on */
typedef struct SplitOptions {
  SPLIT_OPTIONS(OPTION_FIELD)
} SplitOptions;
#define ROW(...) OPTION_ROW_OF(SplitOptions, __VA_ARGS__)
static const Option split_options[] = {SPLIT_OPTIONS(ROW)};
#undef ROW

static Status run_split(Call *call, Value *out, Error *e)
{
  const SplitOptions *o = call->options;
  size_t *columns = arena_alloc(&call->task->arena, o->by.n, sizeof *columns);
  Frame *parts[2] = {NULL, NULL};
  Status status = columns ? STATUS_OK : error_memory(e, 0, _("columns"));
  for (size_t i = 0; status == STATUS_OK && i < o->by.n; i++) {
    status = frame_need(call->data->frame, o->by.items[i], &columns[i], e);
  }
  if (status == STATUS_OK) {
    status = frame_split(call->data->frame, o->share, columns, o->by.n, call->task, parts, e);
  }
  if (status == STATUS_OK) {
    status = value_list(2, false, out, e);
  }
  for (int i = 0; i < 2; i++) {
    if (status == STATUS_OK) {
      out->list.items[i] = value_of_frame(parts[i]);
    } else {
      frame_unref(parts[i]);
    }
  }
  return status;
}

#define SIZED                                                                                        \
  .size = sizeof(Primitive), .family = "frame", .version = 1, .takes = VALUE_FRAME, .reference = "", \
  .where = WHERE_JOB
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive relevel_primitive = {
    SIZED,
    .name = "relevel",
    .summary = "the order of a category's levels, and rare levels put together",
    .main = "column",
    .details = "Tables, plots and models show levels in their order. levels names those that stand first; by "
               "orders the others: by their text, how often they occur, their first row, or an aggregate of "
               "another column. keep or share puts rare levels together.",
    OPTIONS(relevel_options, RelevelPrimitiveOptions),
    .gives = VALUE_FRAME,
    .returns = "the frame with the column so",
    .example =
        "df = read \"datasets/credit/credit.csv\"\n"
        "df:relevel{\"purpose\", by = \"frequency\", keep = 4}:crosstab{rows = \"purpose\", columns = \"class\"}",
    .run = run_relevel};
REGISTER_PRIMITIVE(relevel_primitive);

static const Primitive split_primitive = {
    SIZED,
    .name = "split",
    .summary = "two frames: rows chosen at random, and the rest",
    .main = "share",
    .details = "Both keep the order of rows. With by each group is split by the share, as near as whole rows "
               "allow.",
    OPTIONS(split_options, SplitOptions),
    .gives = VALUE_LIST,
    .returns = "a list of two frames",
    .example = "df = read \"datasets/iris/iris.csv\"\ntrain, test = table.unpack(df:split{share = 0.8, by = "
               "\"species\"})\n"
               "return #train, #test",
    .run = run_split};
REGISTER_PRIMITIVE(split_primitive);
