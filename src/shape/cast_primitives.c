/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast: columns as other types, of a frame and alone. */
#include <string.h>

#include "core/alloc.h"
#include "frame/column_cast.h"
#include "frame/parse_moment.h"
#include "registry/registry.h"

/* clang-format off */
#define HOW_OPTIONS(O) \
  O(invalid, CHOICE, "error", 0, 0, "error|missing", "", "what becomes of a cell that does not fit") \
  O(decimal, CHOICE, ".", 0, 0, ".|,", "", "decimal mark of numbers in texts") \
  O(thousands, TEXT, OPTION_UNSET, 1, 0, "", "", "mark between thousands; any when not given, \"\" for none") \
  O(dates, CHOICE, "auto", 0, 0, "auto|ymd|mdy|dmy", "", "order of day, month and year in dates like 03/04/2024") \
  O(format, TEXT, OPTION_UNSET, 1, 0, "", "", "how times are written, in places of strptime: \"%d.%m.%Y %H:%M\"") \
  O(zone, TEXT, OPTION_UNSET, 1, 0, "", "", "zone of the times: \"Europe/Berlin\"; wall times are taken as its own") \
  O(missing, TEXTS, OPTION_UNSET, 0, 0, "", "", "texts that stand for missing")

#define CAST_OPTIONS(O) \
  O(types, REST, OPTION_UNSET, 1, 0, "", "", "types by column name: {amount = \"float64\"}") \
  HOW_OPTIONS(O)

#define COLUMN_CAST_OPTIONS(O) \
  O(type, CHOICE, OPTION_REQUIRED, 0, 0, "float64|int64|bool|timestamp|category|string", "", "the type it is to have") \
  HOW_OPTIONS(O)
/* clang-format on */

typedef struct HowOptions {
  HOW_OPTIONS(OPTION_FIELD)
} HowOptions;

typedef struct FrameCastOptions {
  CAST_OPTIONS(OPTION_FIELD)
} FrameCastOptions;
#define ROW(...) OPTION_ROW_OF(FrameCastOptions, __VA_ARGS__)
static const Option cast_options[] = {CAST_OPTIONS(ROW)};
#undef ROW

typedef struct ColumnCastOptions {
  COLUMN_CAST_OPTIONS(OPTION_FIELD)
} ColumnCastOptions;
#define ROW(...) OPTION_ROW_OF(ColumnCastOptions, __VA_ARGS__)
static const Option column_cast_options[] = {COLUMN_CAST_OPTIONS(ROW)};
#undef ROW

/* Both structs have these fields; a macro copies them, so that an option is written in one place. */
#define HOW_FIELD(field, ...) .field = given->field,
#define HOW_OF(given_) how_of(&(HowOptions){HOW_OPTIONS(HOW_FIELD)})

static CastOptions how_of(const HowOptions *how)
{
  static const struct {
    const char *name;
    unsigned orders;
  } dates[] = {{"auto", 0}, {"ymd", ORDER_YMD}, {"mdy", ORDER_MDY}, {"dmy", ORDER_DMY}};
  CastOptions options = {.decimal = how->decimal,
                         .thousands = how->thousands,
                         .format = how->format,
                         .zone = how->zone,
                         .missing = how->missing.items,
                         .n_missing = how->missing.n,
                         .drop_invalid = strcmp(how->invalid, "missing") == 0};
  for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
    options.orders = strcmp(how->dates, dates[i].name) == 0 ? dates[i].orders : options.orders;
  }
  return options;
}

static void note_invalid(const char *name, size_t invalid, Text *notes)
{
  if (invalid > 0) {
    text_printf(notes, _("%1$s: cells that did not fit and are missing now: %2$zu\n"), name, invalid);
  }
}

static Status type_asked(const char *name, const Value *value, Type *type, Error *e)
{
  const char *names[TYPE_COUNT];
  if (value->kind == VALUE_TEXT && type_of_name(value->text.bytes, type)) {
    return STATUS_OK;
  }
  Text shown = {0};
  value_show(value, &shown);
  (void)error_set(e, STATUS_ARGUMENT, "cast-type", _("column '%1$s': %2$s is no type"), name, text_data(&shown));
  text_free(&shown);
  for (int i = 0; i < TYPE_COUNT; i++) {
    names[i] = type_name((Type)i);
  }
  const size_t near = value->kind == VALUE_TEXT ? text_nearest(value->text.bytes, names, TYPE_COUNT) : TYPE_COUNT;
  (void)(near < TYPE_COUNT ? error_hint(e, _("did you mean '%s'?"), names[near])
                           : error_hint(e, _("types: float64, int64, bool, timestamp, category, string")));
  return STATUS_ARGUMENT;
}

/* The frame with one column cast, in place of `frame`. */
static Status cast_one(Frame **frame, const char *name, const Value *value, const CastOptions *options, Call *call,
                       Error *e)
{
  size_t index = 0, invalid = 0;
  Type type = TYPE_STRING;
  Column *made = NULL;
  Frame *with = NULL;
  Status status;
  TRY(frame_need(*frame, name, &index, e));
  TRY(type_asked(name, value, &type, e));
  TRY(column_cast(frame_column(*frame, index), type, options, call->task, &made, &invalid, e));
  TRY(frame_with(*frame, name, made, &with, e));
  note_invalid(name, invalid, call->notes);
  frame_unref(*frame);
  *frame = with;
done:
  column_unref(made);
  if (status != STATUS_OK) {
    (void)error_where(e, _("cast, column '%s'"), name);
  }
  return status;
}

static Status run_cast(Call *call, Value *out, Error *e)
{
  const FrameCastOptions *given = call->options;
  const CastOptions options = HOW_OF(given);
  *out = (Value){.kind = VALUE_NONE};
  if (!given->types || given->types->list.n == 0) {
    error_set(e, STATUS_ARGUMENT, "missing-option", _("cast needs at least one column and its type"));
    error_hint(e, _("write df:cast{amount = \"float64\", day = \"timestamp\"}"));
    return STATUS_ARGUMENT;
  }
  Frame *frame = frame_ref(call->data->frame);
  Status status = STATUS_OK;
  for (size_t i = 0; i < given->types->list.n && status == STATUS_OK; i++) {
    status = cast_one(&frame, given->types->list.names[i], &given->types->list.items[i], &options, call, e);
  }
  if (status != STATUS_OK) {
    frame_unref(frame);
    return status;
  }
  *out = value_of_frame(frame);
  return STATUS_OK;
}

static Status run_column_cast(Call *call, Value *out, Error *e)
{
  const ColumnCastOptions *given = call->options;
  const CastOptions options = HOW_OF(given);
  Column *made = NULL;
  size_t invalid = 0;
  Type type = TYPE_STRING;
  (void)type_of_name(given->type, &type);
  const Status status = column_cast(call->data->column, type, &options, call->task, &made, &invalid, e);
  note_invalid(_("the column"), invalid, call->notes);
  *out = status == STATUS_OK ? value_of_column(made) : (Value){.kind = VALUE_NONE};
  return status;
}

#define RULES                                                                                                        \
  "A cell keeps its meaning or does not fit: nothing is cut or rounded. Texts are read as people write them: "       \
  "$1,234.50, (12), "                                                                                                \
  "12.5%, 31.12.2024 5:30 PM, yes and no; blank ones are missing. Times are seconds since 1970-01-01 as numbers, "   \
  "and back. "                                                                                                       \
  "float64 becomes int64 when whole and in range. A cell that does not fit is an error with its row, or missing "    \
  "with invalid = "                                                                                                  \
  "\"missing\", counted. Dates like 03/04/2024 need dates = \"dmy\" or \"mdy\" unless a cell of the column proves "  \
  "the order."

static const Primitive cast_primitive = {
    .size = sizeof(Primitive),
    .family = "frame",
    .name = "cast",
    .version = 1,
    .summary = "columns as other types",
    .details = RULES " A column that is called like an option goes into types = {...}.",
    .takes = VALUE_FRAME,
    .options = cast_options,
    .n_options = sizeof cast_options / sizeof *cast_options,
    .options_size = sizeof(FrameCastOptions),
    .gives = VALUE_FRAME,
    .returns = "the frame with these columns in their new types",
    .reference = "",
    .example = "df = frame{{\"amount\", {\"$1,200.50\", \"(35)\"}}, {\"day\", {\"31.12.2024\", \"01.02.2025\"}}}\n"
               "df:cast{amount = \"float64\", day = \"timestamp\"}",
    .where = WHERE_JOB,
    .run = run_cast};
REGISTER_PRIMITIVE(cast_primitive);

static const Primitive column_cast_primitive = {.size = sizeof(Primitive),
                                                .family = "column",
                                                .name = "cast",
                                                .version = 1,
                                                .summary = "the column as another type",
                                                .details = RULES,
                                                .takes = VALUE_COLUMN,
                                                .main = "type",
                                                .options = column_cast_options,
                                                .n_options = sizeof column_cast_options / sizeof *column_cast_options,
                                                .options_size = sizeof(ColumnCastOptions),
                                                .gives = VALUE_COLUMN,
                                                .returns = "a column of that type",
                                                .reference = "",
                                                .example =
                                                    "df = frame{{\"n\", {\"007\", \"12\"}}}\ndf.n:cast(\"int64\")[1]",
                                                .where = WHERE_JOB,
                                                .run = run_column_cast};
REGISTER_PRIMITIVE(column_cast_primitive);
