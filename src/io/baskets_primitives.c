/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_baskets, baskets, onehot and long. */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "frame/column_keys.h"
#include "io/baskets.h"
#include "io/input_text.h"
#include "registry/registry.h"

#define SIZED .size = sizeof(Primitive), .family = "frame", .version = 1
#define OPTIONS(list, type)                                                                                  \
  .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static Status give(Status status, Frame *frame, Value *out)
{
  if (status == STATUS_OK) {
    *out = value_of_frame(frame);
  }
  return status;
}

/* ---- read_baskets ---- */

/* clang-format off */
#define LINES_OPTIONS(O) \
  O(path, TEXT, OPTION_REQUIRED, 1, 0, "", "", "file name; \"-\" is standard input") \
  O(sep, TEXT, OPTION_UNSET, 1, 0, "", "", "character between items, \" \" for blanks; found out when not given") \
  O(quote, TEXT, "\"", 1, 0, "", "", "character around items that hold the separator; \"\" for none") \
  O(header, BOOL, "false", 0, 0, "", "", "whether the first line is a heading and no basket") \
  O(encoding, TEXT, OPTION_UNSET, 1, 0, "", "", "encoding of the text, as iconv names it; found out when not given")
/* clang-format on */
typedef struct LinesOptions {
  LINES_OPTIONS(OPTION_FIELD)
} LinesOptions;
#define ROW(...) OPTION_ROW_OF(LinesOptions, __VA_ARGS__)
static const Option lines_options[] = {LINES_OPTIONS(ROW)};
#undef ROW

static Status one_character(const char *option, const char *text, bool may_be_none, char *out, Error *e)
{
  *out = text ? text[0] : '\0';
  const bool good =
      !text || (text[0] && !text[1] && text[0] != '\n' && text[0] != '\r' && (text[0] & 0x80) == 0);
  if (!good && !(may_be_none && !text[0])) {
    error_set(e, STATUS_ARGUMENT, "out-of-range", _("option '%1$s' is one ASCII character, not \"%2$s\""),
              option, text);
    (void)error_hint(e, _("such as %s = \";\""), option);
    return STATUS_ARGUMENT;
  }
  return STATUS_OK;
}

static Status run_read_baskets(Call *call, Value *out, Error *e)
{
  const LinesOptions *options = call->options;
  char buffer[PATH_MAX], *bytes = NULL;
  size_t size;
  Text notes = {0};
  Frame *frame = NULL;
  BasketLines lines = {.header = options->header};
  const bool input = strcmp(options->path, "-") == 0;
  const char *path = input ? options->path : file_resolve(options->path, buffer, sizeof buffer);
  Status status;
  TRY(one_character("sep", options->sep, false, &lines.separator, e));
  TRY(one_character("quote", options->quote, true, &lines.quote, e));
  TRY(input_text(path, options->encoding, call->task, &bytes, &size, &notes, e));
  TRY(baskets_of_lines(bytes, size, input ? _("standard input") : path, &lines, &notes, call->task, &frame,
                       e));
  text_puts(call->notes, frame_report(frame));
  *out = value_of_frame(frame);
done:
  mem_free(bytes);
  text_free(&notes);
  return status;
}

/* ---- baskets ---- */

/* clang-format off */
#define BASKETS_OPTIONS(O) \
  O(id, COLUMN, OPTION_UNSET, 1, 0, "", "", "column that says which basket a row belongs to, for a row per item") \
  O(item, COLUMN, OPTION_UNSET, 1, 0, "", "", "column with the item, for a row per item") \
  O(on, COLUMNS, OPTION_UNSET, 1, 0, "", "", "columns that are items, for a row per basket") \
  O(present, TEXTS, OPTION_UNSET, 1, 0, "", "", "cells that mean an item is in the basket; all others mean it is not")
/* clang-format on */
typedef struct BasketsOptions {
  BASKETS_OPTIONS(OPTION_FIELD)
} BasketsOptions;
#define ROW(...) OPTION_ROW_OF(BasketsOptions, __VA_ARGS__)
static const Option baskets_options[] = {BASKETS_OPTIONS(ROW)};
#undef ROW

/* What a call without options was found to mean. */
typedef struct Form {
  bool is_long, is_onehot;
  size_t id, item;
  size_t *columns, n; /* one-hot; in the arena */
} Form;

/* Whether a name, without what is neither letter nor digit, begins with one of the words. */
static bool begins_with(const char *name, const char *const *words, size_t n)
{
  char plain[32];
  size_t length = 0;
  for (; *name && length + 1 < sizeof plain; name++) {
    if (isalnum((unsigned char)*name)) {
      plain[length++] = (char)tolower((unsigned char)*name);
    }
  }
  plain[length] = '\0';
  for (size_t i = 0; i < n; i++) {
    if (strncmp(plain, words[i], strlen(words[i])) == 0) {
      return true;
    }
  }
  return strcmp(plain, "id") == 0 && strcmp(words[0], "invoice") == 0;
}

/* The one column, not of times or sets, whose name begins with one of the words; the number of columns when
 * there is none or several. */
static size_t named_column(const Frame *frame, const char *const *words, size_t n)
{
  size_t found = frame_columns(frame);
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const Type type = column_type(frame_column(frame, i));
    if (type != TYPE_TIMESTAMP && type != TYPE_SET && type != TYPE_FLOAT64 &&
        begins_with(frame_name(frame, i), words, n)) {
      if (found < frame_columns(frame)) {
        return frame_columns(frame);
      }
      found = i;
    }
  }
  return found;
}

static Status repeats(const Column *column, const Task *task, bool *out, Error *e)
{
  size_t distinct;
  const Status status = column_distinct(column, task, &distinct, e);
  *out = status == STATUS_OK && distinct < column_rows(column) - column_missing(column);
  return status;
}

static Status look_for_long(const Frame *frame, const Task *task, Form *form, Error *e)
{
  static const char *const ids[] = {"invoice", "order",  "transaction", "basket",
                                    "receipt", "ticket", "cart",        "tid"};
  static const char *const items[] = {"item", "product", "article", "sku", "stockcode", "description"};
  const size_t n = frame_columns(frame);
  form->id = named_column(frame, ids, sizeof ids / sizeof *ids);
  form->item = named_column(frame, items, sizeof items / sizeof *items);
  form->is_long = form->id < n && form->item < n && form->id != form->item;
  if (!form->is_long && n == 2 && type_is_text(column_type(frame_column(frame, 1)))) {
    form->id = 0;
    form->item = 1;
    return repeats(frame_column(frame, 0), task, &form->is_long, e);
  }
  return STATUS_OK;
}

/* At least two columns that say yes or no, and beside them at most one, whose cells all differ. */
static Status look_for_onehot(const Frame *frame, Task *task, Form *form, Error *e)
{
  size_t others = 0, other = 0;
  Status status = STATUS_OK;
  form->columns = arena_alloc(&task->arena, frame_columns(frame), sizeof *form->columns);
  if (!form->columns) {
    return error_memory(e, 0, _("columns"));
  }
  for (size_t i = 0; i < frame_columns(frame) && others < 2; i++) {
    const Column *column = frame_column(frame, i);
    if (column_missing(column) < column_rows(column) && baskets_is_onehot(column)) {
      form->columns[form->n++] = i;
    } else if (column_missing(column) < column_rows(column)) {
      others++;
      other = i;
    } else {
      form->columns[form->n++] = i; /* an item that no basket has */
    }
  }
  bool again = false;
  if (others == 1) {
    status = repeats(frame_column(frame, other), task, &again, e);
  }
  form->is_onehot = form->n >= 2 && others < 2 && !again && frame_rows(frame) > 0;
  return status;
}

static Status unclear(const Frame *frame, Error *e)
{
  for (size_t i = 0; i < frame_columns(frame); i++) {
    if (column_type(frame_column(frame, i)) == TYPE_SET) {
      error_set(e, STATUS_DATA, "baskets-unclear", _("column '%s' holds baskets already"),
                frame_name(frame, i));
      (void)error_hint(e, _("use the frame as it is; df:long() and df:onehot() turn it round"));
      return STATUS_DATA;
    }
  }
  const bool two = frame_columns(frame) >= 2;
  error_set(e, STATUS_DATA, "baskets-unclear", "%s", _("which columns make the baskets is not clear"));
  (void)error_hint(e,
                   _("a row per item: df:baskets{id = \"%1$s\", item = \"%2$s\"}; a column per item: "
                     "df:baskets{on = {\"%1$s\", \"%2$s\"}}"),
                   two ? frame_name(frame, 0) : _("invoice"), two ? frame_name(frame, 1) : _("product"));
  return STATUS_DATA;
}

static Status recognise(Call *call, Form *form, Error *e)
{
  const Frame *frame = call->data->frame;
  Status status = look_for_long(frame, call->task, form, e);
  if (status == STATUS_OK) {
    status = look_for_onehot(frame, call->task, form, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  if (form->is_long == form->is_onehot) {
    return unclear(frame, e);
  }
  if (form->is_long) {
    text_printf(call->notes, _("recognised as a row per item: id = \"%1$s\", item = \"%2$s\"\n"),
                frame_name(frame, form->id), frame_name(frame, form->item));
  } else {
    text_printf(call->notes, _("recognised as a column per item: %1$zu of them, \"%2$s\" to \"%3$s\"\n"),
                form->n, frame_name(frame, form->columns[0]), frame_name(frame, form->columns[form->n - 1]));
  }
  return STATUS_OK;
}

static Status both_needed(const BasketsOptions *options, Error *e)
{
  if (options->on.n > 0 && (options->id || options->item)) {
    error_set(e, STATUS_ARGUMENT, "out-of-range", "%s",
              _("options 'on' and 'id' are for different forms of baskets"));
    (void)error_hint(e, _("a column per item: on = {...}; a row per item: id and item"));
    return STATUS_ARGUMENT;
  }
  if (!options->id != !options->item) {
    error_set(e, STATUS_ARGUMENT, "missing-option", _("option '%1$s' needs '%2$s' beside it"),
              options->id ? "id" : "item", options->id ? "item" : "id");
    (void)error_hint(e, _("df:baskets{id = \"invoice\", item = \"product\"}"));
    return STATUS_ARGUMENT;
  }
  return STATUS_OK;
}

static Status named_form(const Call *call, Form *form, Error *e)
{
  const BasketsOptions *options = call->options;
  const Frame *frame = call->data->frame;
  Status status = STATUS_OK;
  form->is_long = options->id != NULL;
  form->is_onehot = options->on.n > 0;
  if (form->is_long) {
    TRY(frame_need(frame, options->id, &form->id, e));
    TRY(frame_need(frame, options->item, &form->item, e));
  }
  form->n = options->on.n;
  form->columns = arena_alloc(&call->task->arena, form->n, sizeof *form->columns);
  if (!form->columns) {
    return error_memory(e, 0, _("columns"));
  }
  for (size_t i = 0; i < form->n; i++) {
    TRY(frame_need(frame, options->on.items[i], &form->columns[i], e));
  }
done:
  return status;
}

static Status run_baskets(Call *call, Value *out, Error *e)
{
  const BasketsOptions *options = call->options;
  const Frame *frame = call->data->frame;
  Form form = {0};
  Frame *made = NULL;
  Status status;
  TRY(both_needed(options, e));
  TRY(named_form(call, &form, e));
  if (!form.is_long && !form.is_onehot) {
    TRY(recognise(call, &form, e));
  }
  if (form.is_long) {
    TRY(baskets_of_long(frame, form.id, form.item, call->task, call->notes, &made, e));
  } else {
    TRY(baskets_of_onehot(frame, form.columns, form.n, options->present.items, options->present.n, call->task,
                          call->notes, &made, e));
  }
done:
  return give(status, made, out);
}

/* ---- And back ---- */

#define SETS_OPTIONS(O)                                                                                      \
  O(column, COLUMN, OPTION_UNSET, 1, 0, "", "", "the column of sets; not needed when there is one")
typedef struct SetsOptions {
  SETS_OPTIONS(OPTION_FIELD)
} SetsOptions;
#define ROW(...) OPTION_ROW_OF(SetsOptions, __VA_ARGS__)
static const Option onehot_options[] = {SETS_OPTIONS(ROW)};
#undef ROW

#define LONG_OPTIONS(O)                                                                                      \
  SETS_OPTIONS(O)                                                                                            \
  O(as, TEXT, "item", 1, 0, "", "", "name of the new column")
typedef struct LongOptions {
  LONG_OPTIONS(OPTION_FIELD)
} LongOptions;
#define ROW(...) OPTION_ROW_OF(LongOptions, __VA_ARGS__)
static const Option long_options[] = {LONG_OPTIONS(ROW)};
#undef ROW

static Status sets_column(const Frame *frame, const char *name, size_t *column, Error *e)
{
  size_t n = 0;
  for (size_t i = 0; !name && i < frame_columns(frame); i++) {
    if (column_type(frame_column(frame, i)) == TYPE_SET) {
      n++;
      *column = i;
    }
  }
  if (!name && n != 1) {
    error_set(e, STATUS_DATA, "baskets-no-sets", _("the frame has %zu columns of sets"), n);
    (void)error_hint(e, n > 0 ? _("name one: column = \"...\"") : _("df:baskets{...} makes one"));
    return STATUS_DATA;
  }
  Status status = name ? frame_need(frame, name, column, e) : STATUS_OK;
  if (status == STATUS_OK && column_type(frame_column(frame, *column)) != TYPE_SET) {
    error_set(e, STATUS_DATA, "baskets-no-sets", _("column '%1$s' is %2$s, not a set"),
              frame_name(frame, *column), type_name(column_type(frame_column(frame, *column))));
    (void)error_hint(e, _("df:baskets{...} makes a column of sets"));
    status = STATUS_DATA;
  }
  return status;
}

static Status run_onehot(Call *call, Value *out, Error *e)
{
  const SetsOptions *options = call->options;
  size_t column = 0;
  Frame *made = NULL;
  Status status;
  TRY(sets_column(call->data->frame, options->column, &column, e));
  TRY(baskets_to_onehot(call->data->frame, column, call->task, &made, e));
done:
  return give(status, made, out);
}

static Status run_long(Call *call, Value *out, Error *e)
{
  const LongOptions *options = call->options;
  size_t column = 0;
  Frame *made = NULL;
  Status status;
  TRY(sets_column(call->data->frame, options->column, &column, e));
  TRY(baskets_to_long(call->data->frame, column, options->as, call->task, call->notes, &made, e));
done:
  return give(status, made, out);
}

/* ---- Descriptors ---- */

#define ORDERS "df = frame{{\"invoice\", {1, 1, 2}}, {\"product\", {\"milk\", \"bread\", \"milk\"}}}\n"

static const Primitive read_baskets_primitive = {
    SIZED,
    .name = "read_baskets",
    .global = "read_baskets",
    .summary = "reads a file with a basket per line",
    .details = "Items are texts. Blanks around them do not count unless they are quoted; empty items and repeats "
               "are dropped; a blank line is an empty basket. df:report() counts all of these and says what was "
               "found out. read does the same with a file whose name ends in .baskets or .basket.",
    .takes = VALUE_NONE,
    .main = "path",
    OPTIONS(lines_options, LinesOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame with one column of sets, items",
    .reference = "",
    .example = "path = os.tmpname()\nfile = io.open(path, \"w\")\nfile:write(\"milk,bread\\nmilk\\n\")\n"
               "file:close()\nread_baskets(path, {sep = \",\"})",
    .effects = EFFECT_READS,
    .where = WHERE_JOB,
    .run = run_read_baskets};
REGISTER_PRIMITIVE(read_baskets_primitive);

static const Primitive baskets_primitive = {
    SIZED,
    .name = "baskets",
    .summary = "gathers rows or columns of items into baskets",
    .details = "With id and item: a row per item becomes a row per basket, in order of first appearance. With on: "
               "columns that say true, 1 or a text such as yes, t or x become the items of their row; a missing "
               "cell is absent. Without options the form is recognised by names and cells, and refused when it "
               "is not clear.",
    .takes = VALUE_FRAME,
    OPTIONS(baskets_options, BasketsOptions),
    .gives = VALUE_FRAME,
    .returns = "the id column, or the other columns, and a column of sets, items",
    .reference = "",
    .example = ORDERS "df:baskets{id = \"invoice\", item = \"product\"}",
    .where = WHERE_JOB,
    .run = run_baskets};
REGISTER_PRIMITIVE(baskets_primitive);

static const Primitive onehot_primitive = {
    SIZED,
    .name = "onehot",
    .summary = "turns a column of sets into a column per item",
    .takes = VALUE_FRAME,
    .main = "column",
    OPTIONS(onehot_options, SetsOptions),
    .gives = VALUE_FRAME,
    .returns = "the other columns, and a bool column for each item",
    .reference = "",
    .example = ORDERS "df:baskets{id = \"invoice\", item = \"product\"}:onehot()",
    .where = WHERE_JOB,
    .run = run_onehot};
REGISTER_PRIMITIVE(onehot_primitive);

static const Primitive long_primitive = {
    SIZED,
    .name = "long",
    .summary = "turns a column of sets into a row per item",
    .details = "The other columns are repeated, so that the items can be joined with what is known of them. A set "
               "without items has no row, and is counted.",
    .takes = VALUE_FRAME,
    .main = "column",
    OPTIONS(long_options, LongOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame with an item in each row",
    .reference = "",
    .example = ORDERS "df:baskets{id = \"invoice\", item = \"product\"}:long()",
    .where = WHERE_JOB,
    .run = run_long};
REGISTER_PRIMITIVE(long_primitive);
