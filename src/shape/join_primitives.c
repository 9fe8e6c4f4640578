/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join. */
#include <math.h>
#include <string.h>

#include "registry/registry.h"
#include "shape/group_primitives.h"
#include "shape/join.h"
#include "shape/span.h"

#define HOWS "inner|left|right|full|semi|anti|cross"
#define EXPECTS "any|one-to-one|one-to-many|many-to-one"
/* clang-format off */
#define JOIN_OPTIONS(O) \
  O(other, FRAME, OPTION_REQUIRED, 1, 0, "", "", "the right frame") \
  O(on, VALUE, OPTION_UNSET, 1, 0, "", "", "names of the keys, or left = \"right\" where they differ") \
  O(how, CHOICE, "inner", 0, 0, HOWS, "", "which rows are kept") \
  O(expect, CHOICE, "any", 0, 0, EXPECTS, "", "how many partners rows may have; others are an error") \
  O(missing, CHOICE, "never", 0, 0, "never|match", "", "whether a missing key matches a missing one") \
  O(suffix, TEXT, "_right", 1, 0, "", "", "added to a name of the right frame that the left one has too") \
  O(asof, VALUE, OPTION_UNSET, 1, 0, "", "", \
    "column of times or numbers to match the nearest, or left = \"right\"") \
  O(direction, CHOICE, "backward", 0, 0, "backward|forward|nearest", "", \
    "where the partner of asof is looked for") \
  O(tolerance, VALUE, OPTION_UNSET, 1, 0, "", "", "how far off at most: \"7 days\" for times, else a number")
/* clang-format on */
typedef struct JoinPrimitiveOptions {
  JOIN_OPTIONS(OPTION_FIELD)
} JoinPrimitiveOptions;
#define ROW(...) OPTION_ROW_OF(JoinPrimitiveOptions, __VA_ARGS__)
static const Option join_options[] = {JOIN_OPTIONS(ROW)};
#undef ROW

enum {
#define JOIN_NUMBER(field, ...) JOIN_OPTION_##field,
  JOIN_OPTIONS(JOIN_NUMBER)
};

static int choice_number(const char *const *choices, const char *choice)
{
  int i = 0;
  while (strcmp(choices[i], choice) != 0) {
    i++;
  }
  return i;
}

static Status no_names(const char *option, const Value *value, Error *e)
{
  Text shown = {0};
  value_show(value, &shown);
  (void)error_set(e, STATUS_ARGUMENT, "wrong-type", _("option '%1$s' must be names of columns, not %2$s"), option,
                  text_data(&shown));
  text_free(&shown);
  error_hint(e, _("write %1$s = \"id\", %1$s = {\"id\", \"year\"} or, where names differ, %1$s = {id = \"customer_id\", "
                  "year = \"year\"}"), option);
  return STATUS_ARGUMENT;
}

/* Pairs of names: a text, a list of texts, or a table of them by left name. */
static Status read_pairs(const char *option, const Value *value, Arena *arena, OptionTexts out[2], Error *e)
{
  const bool many = value->kind == VALUE_LIST || value->kind == VALUE_MAP;
  const size_t n = many ? value->list.n : 1;
  const Value *items = many ? value->list.items : value;
  const char **left = arena_alloc(arena, n, sizeof *left), **right = arena_alloc(arena, n, sizeof *right);
  if (!left || !right) {
    return error_memory(e, 0, _("names"));
  }
  for (size_t i = 0; i < n; i++) {
    if (items[i].kind != VALUE_TEXT) {
      return no_names(option, value, e);
    }
    right[i] = items[i].text.bytes;
    left[i] = value->kind == VALUE_MAP ? value->list.names[i] : right[i];
    for (size_t k = 0; k < i; k++) {
      if (strcmp(right[k], right[i]) == 0 || strcmp(left[k], left[i]) == 0) {
        return error_set(e, STATUS_ARGUMENT, "column-twice", _("option '%1$s' names column '%2$s' twice"), option,
                         right[i]);
      }
    }
  }
  out[0] = (OptionTexts){left, n};
  out[1] = (OptionTexts){right, n};
  return STATUS_OK;
}

/* The names both frames have, for the hint. */
static Status keys_wanted(const Frame *left, const Frame *right, Error *e)
{
  Text shared = {0};
  for (size_t i = 0; i < frame_columns(left) && shared.size < 300; i++) {
    size_t at;
    if (frame_find(right, frame_name(left, i), &at)) {
      text_printf(&shared, "%s%s", shared.size ? ", " : "", frame_name(left, i));
    }
  }
  (void)error_set(e, STATUS_ARGUMENT, "missing-option", _("join needs the keys: on = ..."));
  (void)error_hint(e,
                   shared.size ? _("both frames have %s")
                               : _("no column stands in both frames; write on = {left = \"right\"}%s"),
                   text_data(&shared));
  text_free(&shared);
  return STATUS_ARGUMENT;
}

static Status read_keys(const Call *call, JoinOptions *join, Error *e)
{
  const JoinPrimitiveOptions *o = call->options;
  OptionTexts names[2] = {{0}, {0}};
  if (o->on && join->how == JOIN_CROSS) {
    (void)error_set(e, STATUS_ARGUMENT, "option-without-use", _("a cross join has no keys"));
    error_hint(e, _("leave 'on' out, or take how = \"inner\""));
    return STATUS_ARGUMENT;
  }
  if (!o->on && join->how != JOIN_CROSS && !o->asof) {
    return keys_wanted(call->data->frame, o->other, e);
  }
  if (o->on) {
    const Status status = read_pairs("on", o->on, &call->task->arena, names, e);
    if (status != STATUS_OK) {
      return status;
    }
    if (names[0].n == 0 && !o->asof) {
      return keys_wanted(call->data->frame, o->other, e);
    }
  }
  join->left = names[0].items;
  join->right = names[1].items;
  join->n = names[0].n;
  return STATUS_OK;
}

static bool is_time(const Frame *frame, const char *name)
{
  size_t at;
  return frame_find(frame, name, &at) && column_type(frame_column(frame, at)) == TYPE_TIMESTAMP;
}

static Status bad_tolerance(bool times, const Value *value, Error *e)
{
  Text shown = {0};
  value_show(value, &shown);
  (void)error_set(e, STATUS_ARGUMENT, "wrong-type", _("tolerance cannot be %s"), text_data(&shown));
  text_free(&shown);
  error_hint(
      e, times ? _("times want a length of time that is always the same: tolerance = \"7 days\", \"90 minutes\"")
               : _("numbers want a number from 0 on: tolerance = 5"));
  return STATUS_ARGUMENT;
}

static Status read_tolerance(const Value *value, bool times, double *out, Error *e)
{
  *out = -1;
  if (!value) {
    return STATUS_OK;
  }
  if (times && value->kind == VALUE_TEXT) {
    TimeSpan span;
    int64_t length = 0;
    const Status status = span_parse(value->text.bytes, &span, e);
    if (status == STATUS_OK && !span_length(&span, &length)) {
      return bad_tolerance(times, value, e);
    }
    *out = (double)length;
    return status;
  }
  const double number = value->kind == VALUE_INT      ? (double)value->integer
                        : value->kind == VALUE_NUMBER ? value->number
                                                      : NAN;
  if (times || !(number >= 0)) {
    return bad_tolerance(times, value, e);
  }
  *out = number;
  return STATUS_OK;
}

static Status read_asof(const Call *call, JoinOptions *join, Error *e)
{
  static const char *const directions[] = {"backward", "forward", "nearest"};
  const JoinPrimitiveOptions *o = call->options;
  const bool given = call->given >> JOIN_OPTION_direction & 1;
  if (!o->asof) {
    return o->tolerance || given ? error_set(e, STATUS_ARGUMENT, "option-without-use",
                                             _("the option '%s' goes with asof"), given ? "direction" : "tolerance")
                                 : STATUS_OK;
  }
  OptionTexts names[2];
  Status status = read_pairs("asof", o->asof, &call->task->arena, names, e);
  if (status == STATUS_OK && names[0].n != 1) {
    status = no_names("asof", o->asof, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  if (join->expect != JOIN_ANY) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("the option 'expect' means nothing with asof: a left row has at most one partner"));
  }
  join->asof[0] = names[0].items[0];
  join->asof[1] = names[1].items[0];
  join->direction = (JoinDirection)choice_number(directions, o->direction);
  if (!(call->given >> JOIN_OPTION_how & 1)) {
    join->how = JOIN_LEFT;
  }
  return read_tolerance(o->tolerance, is_time(call->data->frame, join->asof[0]), &join->tolerance, e);
}

static Status run_join(Call *call, Value *out, Error *e)
{
  static const char *const hows[] = {"inner", "left", "right", "full", "semi", "anti", "cross"};
  static const char *const expects[] = {"any", "one-to-one", "one-to-many", "many-to-one"};
  const JoinPrimitiveOptions *o = call->options;
  JoinOptions join = {.how = (JoinHow)choice_number(hows, o->how),
                      .expect = (JoinExpect)choice_number(expects, o->expect),
                      .match_missing = strcmp(o->missing, "match") == 0,
                      .suffix = o->suffix,
                      .tolerance = -1};
  Frame *frame = NULL;
  Status status;
  TRY(read_asof(call, &join, e));
  TRY(read_keys(call, &join, e));
  note_groups_left(call);
  TRY(frame_join(call->data->frame, o->other, &join, call->task, &frame, call->notes, e));
  *out = value_of_frame(frame);
done:
  return status;
}

static Status cost(const Call *call, Cost *out, Error *e)
{
  const JoinPrimitiveOptions *o = call->options;
  const double left = (double)frame_rows(call->data->frame), right = (double)frame_rows(o->other);
  (void)e;
  *out = (Cost){.bytes = 0, .seconds = (left + right) * 4e-8};
  return STATUS_OK;
}

static const Primitive join_primitive = {
    .size = sizeof(Primitive),
    .family = "frame",
    .name = "join",
    .version = 1,
    .summary = "columns of another frame beside those of this one, by keys",
    .details = "inner keeps rows with a partner on both sides, left all left rows, right all right rows, full "
               "all; semi keeps left rows that have a partner and anti those that have none, without columns of "
               "the right frame; cross pairs every row with every row. Rows come in the order of the left frame, "
               "then of the right one; right rows without a partner stand at the end. Numbers match by value, "
               "texts by bytes; missing keys match nothing unless missing = \"match\"; NaN matches NaN. Rows "
               "without a partner and keys that stand in several rows are counted in what is said at the prompt; "
               "expect makes the latter an error. With asof each left row gets the right row of its keys whose "
               "time is nearest: the last one not after it (backward), the first one not before it (forward), or "
               "the nearer of these; how is then left unless given.",
    .takes = VALUE_FRAME,
    .main = "other",
    .options = join_options,
    .n_options = sizeof join_options / sizeof *join_options,
    .options_size = sizeof(JoinPrimitiveOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame: the left columns, then the right ones without their keys",
    .reference = "",
    .example = "orders = frame{{\"customer\", {7, 8, 7}}, {\"amount\", {20, 5, 12}}}\n"
               "customers = frame{{\"id\", {7, 9}}, {\"region\", {\"north\", \"south\"}}}\n"
               "orders:join(customers, {on = {customer = \"id\"}, how = \"left\", expect = \"many-to-one\"})",
    .where = WHERE_JOB,
    .cost = cost,
    .run = run_join};
REGISTER_PRIMITIVE(join_primitive);
