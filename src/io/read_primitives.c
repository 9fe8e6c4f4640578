/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read and write: they find the format and leave the rest to it. */
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/file.h"
#include "io/format.h"
#include "io/input_text.h"
#include "io/read_files.h"
#include "io/text_write.h"
#include "registry/registry.h"

/* clang-format off */
#define TYPES "float64|int64|bool|timestamp|category|string|set"
#define READ_OPTIONS(O)                                                                                \
  O(path, TEXTS, OPTION_REQUIRED, 1, 0, "", "", "files; with * and ? all that match; \"-\" is standard input") \
  O(file, TEXT, OPTION_UNSET, 1, 0, "", "", "name of a column to add that says which file a row is from") \
  O(format, TEXT, OPTION_UNSET, 1, 0, "", "", "name of the format, when the file's name does not tell") \
  O(types, TEXT_MAP, OPTION_UNSET, 1, 0, TYPES, "", "\"string\" for all columns, or types by column name") \
  O(columns, TEXTS, OPTION_UNSET, 1, 0, "", "", "names of the columns to read, in this order") \
  O(rows, INT, OPTION_UNSET, 0, 1e15, "", "rows", "how many to read at most") \
  O(delimiter, TEXT, OPTION_UNSET, 1, 0, "", "", "character between fields; found out when not given") \
  O(quote, TEXT, OPTION_UNSET, 1, 0, "", "", "character around fields; \"\" for none") \
  O(escape, TEXT, OPTION_UNSET, 1, 0, "", "", "character before a quote within quotes, beside doubling; \"\" for none") \
  O(comment, TEXT, OPTION_UNSET, 1, 0, "", "", "lines that begin with it are passed over; \"\" for none") \
  O(header, BOOL, OPTION_UNSET, 0, 0, "", "", "whether the first line names the columns; found out when not given") \
  O(names, TEXTS, OPTION_UNSET, 1, 0, "", "", "names for the columns, instead of those of the header") \
  O(skip, INT, OPTION_UNSET, 0, 1e15, "", "lines", "lines above the header to pass over; found out when not given") \
  O(footer, INT, OPTION_UNSET, 0, 1e15, "", "lines", "lines at the end to pass over; found out when not given") \
  O(ragged, CHOICE, "auto", 0, 0, "auto|fill|reject|error", "", "what becomes of rows with too few or too many fields") \
  O(encoding, TEXT, OPTION_UNSET, 1, 0, "", "", "encoding of the text, as iconv names it; found out when not given") \
  O(decimal, CHOICE, OPTION_UNSET, 0, 0, ".|,", "", "decimal mark; found out by column when not given") \
  O(thousands, TEXT, OPTION_UNSET, 1, 0, "", "", "mark between thousands; found out by column when not given, \"\" for none") \
  O(dates, CHOICE, "auto", 0, 0, "auto|ymd|mdy|dmy", "", "order of day, month and year in dates like 03/04/2024") \
  O(missing, TEXTS, OPTION_UNSET, 0, 0, "", "", "texts that stand for missing, instead of the usual ones") \
  O(sheet, VALUE, OPTION_UNSET, 1, 0, "", "", "name or number of a workbook's sheet") \
  O(range, TEXT, OPTION_UNSET, 1, 0, "", "", "cells of a sheet: \"B2:F100\"") \
  O(table, TEXT, OPTION_UNSET, 1, 0, "", "", "table of a database") \
  O(sql, TEXT, OPTION_UNSET, 1, 0, "", "", "query to a database")
/* clang-format on */

typedef struct ReadOptions {
  READ_OPTIONS(OPTION_FIELD)
} ReadOptions;
#define ROW(...) OPTION_ROW_OF(ReadOptions, __VA_ARGS__)
static const Option read_options[] = {READ_OPTIONS(ROW)};
#undef ROW


enum {
#define READ_NUMBER(field, ...) READ_##field,
  READ_OPTIONS(READ_NUMBER)
};

static bool is_given(const Call *call, int option)
{
  return call->given >> option & 1;
}

static Status forced_types(const OptionTextMap *map, Arena *arena, CsvOptions *csv, Error *e)
{
  if (map->all && strcmp(map->all, "string") != 0) {
    error_set(e, STATUS_ARGUMENT, "out-of-range", _("only types = \"string\" can hold for every column, not \"%s\""), map->all);
    (void)error_hint(e, _("name the columns: types = {zip = \"%s\"}"), map->all);
    return STATUS_ARGUMENT;
  }
  csv->all_text = map->all != NULL;
  Type *types = arena_alloc(arena, map->n, sizeof *types);
  if (!types) {
    return error_memory(e, 0, _("types"));
  }
  for (size_t i = 0; i < map->n; i++) {
    (void)type_of_name(map->items[i], &types[i]);
  }
  csv->names = map->names;
  csv->types = types;
  csv->n_forced = map->n;
  return STATUS_OK;
}

static int choice_number(const char *const *choices, const char *choice)
{
  int i = 0;
  while (strcmp(choices[i], choice) != 0) {
    i++;
  }
  return i;
}

static Status csv_options(const Call *call, CsvOptions *csv, Error *e)
{
  static const char *const ragged[] = {"auto", "fill", "reject", "error"};
  static const char *const dates[] = {"auto", "ymd", "mdy", "dmy"};
  const ReadOptions *options = call->options;
  *csv = (CsvOptions){.delimiter = options->delimiter,
                      .quote = options->quote,
                      .escape = options->escape,
                      .comment = options->comment,
                      .header = !is_given(call, READ_header) ? CSV_HEADER_AUTO
                                : options->header            ? CSV_HEADER_YES
                                                             : CSV_HEADER_NO,
                      .headings = options->names.items,
                      .n_headings = options->names.n,
                      .skip_given = is_given(call, READ_skip),
                      .skip = (size_t)options->skip,
                      .footer_given = is_given(call, READ_footer),
                      .footer = (size_t)options->footer,
                      .ragged = (CsvRagged)choice_number(ragged, options->ragged),
                      .encoding = options->encoding,
                      .decimal = options->decimal,
                      .thousands = options->thousands,
                      .dates = (CsvDates)choice_number(dates, options->dates),
                      .missing_given = is_given(call, READ_missing),
                      .missing = options->missing.items,
                      .n_missing = options->missing.n,
                      .columns = options->columns.items,
                      .n_columns = options->columns.n,
                      .rows_given = is_given(call, READ_rows),
                      .rows = (size_t)options->rows};
  return forced_types(&options->types, &call->task->arena, csv, e);
}

/* Options that the format has no use for are refused. */
static Status check_use(const Call *call, const Format *format, Error *e)
{
  static const struct {
    int option;
    unsigned needs;
  } uses[] = {{READ_delimiter, FORMAT_TEXT}, {READ_quote, FORMAT_TEXT},   {READ_escape, FORMAT_TEXT},
              {READ_comment, FORMAT_TEXT},   {READ_header, FORMAT_TEXT | FORMAT_SHEET},
              {READ_names, FORMAT_TEXT | FORMAT_SHEET}, {READ_skip, FORMAT_TEXT | FORMAT_SHEET},
              {READ_footer, FORMAT_TEXT},    {READ_encoding, FORMAT_TEXT}, {READ_decimal, FORMAT_TEXT},
              {READ_thousands, FORMAT_TEXT}, {READ_ragged, FORMAT_TEXT},   {READ_dates, FORMAT_TEXT},
              {READ_missing, FORMAT_TEXT},   {READ_sheet, FORMAT_SHEET},   {READ_range, FORMAT_SHEET},
              {READ_table, FORMAT_TABLE},    {READ_sql, FORMAT_SQL}};
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
    if (is_given(call, uses[i].option) && !(format->takes & uses[i].needs)) {
      return error_set(e, STATUS_ARGUMENT, "option-without-use", _("the option '%1$s' means nothing for the format %2$s"),
                       read_options[uses[i].option].name, format->name);
    }
  }
  return STATUS_OK;
}

/* What the file's first bytes say, when its name says nothing, or no more than that it is text. */
static Status look_inside(const char *path, const Format **format, Error *e)
{
  char head[INPUT_HEAD + 1];
  const Format *seen = NULL;
  size_t n = 0;
  Status status = input_head(path, head, &n, e);
  head[n] = '\0';
  if (status == STATUS_OK && n > 0) {
    status = format_of_content(head, n, &seen, e);
  }
  const bool binary = seen && seen->takes & (FORMAT_SHEET | FORMAT_TABLE);
  if (seen && (!*format || binary) && !(binary && strcmp(path, "-") == 0)) { /* these need a file */
    *format = seen;
  }
  return status;
}

/* A sheet's name, or its number as text. */
static Status sheet_name(const Value *value, Arena *arena, const char **out, Error *e)
{
  *out = NULL;
  if (!value || value->kind == VALUE_NONE) {
    return STATUS_OK;
  }
  if (value->kind == VALUE_INT) {
    *out = arena_printf(arena, "%lld", (long long)value->integer);
  } else if (value->kind == VALUE_TEXT) {
    *out = arena_text(arena, value->text.bytes, value->text.length);
  } else {
    return error_set(e, STATUS_ARGUMENT, "wrong-type", _("option 'sheet' must be a text or a whole number, not %s"),
                     value_kind_name(value->kind));
  }
  return *out ? STATUS_OK : error_memory(e, 0, _("a path"));
}

/* Reads one file of a path. */
static Status read_file(const Call *call, const CsvOptions *csv, const FormatPath *path, const char *file, const char *sheet,
                        Frame **out, Error *e)
{
  const ReadOptions *options = call->options;
  const Format *format = NULL;
  Status status;
  TRY(format_of(options->format ? options->format : path->scheme, file, &format, e));
  if (!options->format && !path->scheme && (!format || strcmp(format->name, "csv") == 0)) {
    TRY(look_inside(file, &format, e));
  }
  if (!format) {
    TRY(format_of("csv", file, &format, e));
  }
  TRY(check_use(call, format, e));
  if (!format->read) {
    TRY(error_set(e, STATUS_STATE, "not-supported", _("the format %s can be written but not read"), format->name));
  }
  const ReadRequest request = {.path = file,
                               .query = path->query,
                               .csv = csv,
                               .sheet = sheet,
                               .range = options->range,
                               .table = options->table,
                               .sql = options->sql};
  TRY(format->read(&request, call->task, out, e));
done:
  return status;
}

/* The frames read so far, and the files they are from. */
typedef struct Files {
  Frame **frames;
  const char **labels;
  size_t n, room;
} Files;

static Status files_grow(Files *files, size_t more, Error *e)
{
  if (files->n + more > files->room) {
    const size_t room = files->n + more + files->room;
    Frame **frames = mem_resize(files->frames, room, sizeof *frames);
    files->frames = frames ? frames : files->frames;
    const char **labels = frames ? mem_resize(files->labels, room, sizeof *labels) : NULL;
    files->labels = labels ? labels : files->labels;
    if (!labels) {
      return error_memory(e, room * sizeof *frames, _("frames"));
    }
    files->room = room;
  }
  return STATUS_OK;
}

/* The files that one text of the option means, as far as the rows asked for go. */
static Status read_path(Call *call, CsvOptions *csv, const char *text, const char *sheet, Files *files, Error *e)
{
  Arena *arena = &call->task->arena;
  FormatPath path;
  const char *const *names = NULL;
  size_t n = 1;
  Status status;
  TRY(format_path(text, arena, &path, e));
  if (!path.scheme) {
    TRY(files_of_path(path.path, arena, &names, &n, e));
  }
  TRY(files_grow(files, n, e));
  for (size_t i = 0; i < n; i++) {
    if (csv->rows_given && csv->rows == 0 && files->n > 0) {
      break;
    }
    char buffer[PATH_MAX];
    const char *file = names ? names[i] : file_resolve(path.path, buffer, sizeof buffer);
    Frame *frame = NULL;
    TRY(read_file(call, csv, &path, file, sheet, &frame, e));
    files->labels[files->n] = names ? names[i] : text;
    files->frames[files->n++] = frame;
    csv->rows -= frame_rows(frame) < csv->rows ? frame_rows(frame) : csv->rows;
  }
done:
  return status;
}

static Status run_read(Call *call, Value *out, Error *e)
{
  const ReadOptions *options = call->options;
  CsvOptions csv;
  Files files = {0};
  const char *sheet = NULL;
  Frame *frame = NULL;
  Status status;
  TRY(sheet_name(options->sheet, &call->task->arena, &sheet, e));
  TRY(csv_options(call, &csv, e));
  for (size_t i = 0; i < options->path.n; i++) {
    TRY(read_path(call, &csv, options->path.items[i], sheet, &files, e));
  }
  if (files.n == 1 && !options->file) {
    frame = frame_ref(files.frames[0]);
  } else {
    TRY(files_join(files.frames, files.labels, files.n, options->file, call->task, &frame, e));
  }
  text_puts(call->notes, frame_report(frame));
  if (call->warnings && frame_rejects(frame)) {
    const char *slash = strrchr(options->path.items[0], '/');
    text_printf(call->warnings, _("%1$s: rows rejected: %2$zu; see df:rejects()\n"), slash ? slash + 1 : options->path.items[0],
                frame_rows(frame_rejects(frame)));
  }
  *out = value_of_frame(frame);
done:
  for (size_t i = 0; i < files.n; i++) {
    frame_unref(files.frames[i]);
  }
  mem_free(files.frames);
  mem_free(files.labels);
  return status;
}

#define WRITE_OPTIONS(O) \
  O(path, TEXT, OPTION_REQUIRED, 1, 0, "", "", "file name; the file is replaced as a whole") \
  O(format, TEXT, OPTION_UNSET, 1, 0, "", "", "name of the format, when the file's name does not tell") \
  O(table, TEXT, OPTION_UNSET, 1, 0, "", "", "table of a database") \
  O(append, BOOL, "false", 0, 0, "", "", "whether to add to a table that is there")
typedef struct WriteOptions {
  WRITE_OPTIONS(OPTION_FIELD)
} WriteOptions;
#define ROW(...) OPTION_ROW_OF(WriteOptions, __VA_ARGS__)
static const Option write_options[] = {WRITE_OPTIONS(ROW)};
#undef ROW

/* Names that promise what a text would not be. CSV under another ending is no lie: prices.foo. */
static Status refuse_promise(const char *path, Error *e)
{
  static const char *const kinds[] = {
      "parquet", "feather", "arrow",  "orc",     "avro", "rds",    "rda", "rdata", "dta", "sav",  "zsav", "por",
      "xpt",     "xls",     "xlsx",   "xlsm",    "ods",  "sqlite", "db",  "mdb",   "h5",  "hdf5", "npy",  "npz",
      "pkl",     "pickle",  "duckdb", "sqlite3", "zip",  "bz2",    "xz",  "7z",    "pdf", "png",  "svg",  "docx"};
  const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
  for (size_t i = 0; dot && i < sizeof kinds / sizeof *kinds; i++) {
    if (strcasecmp(dot + 1, kinds[i]) == 0) {
      error_set(e, STATUS_ARGUMENT, "unwritten-format",
                _("'%1$s' would hold text: assay here writes no %2$s files"), path, kinds[i]);
      return error_hint(e, _("write it as .csv, .tsv, .json or .md; format = \"csv\" writes text under any name"));
    }
  }
  return STATUS_OK;
}

static Status run_write(Call *call, Value *out, Error *e)
{
  const WriteOptions *options = call->options;
  FormatPath path;
  const Format *format = NULL;
  *out = (Value){.kind = VALUE_NONE};
  Status status;
  TRY(format_path(options->path, &call->task->arena, &path, e));
  TRY(format_of(options->format ? options->format : path.scheme, path.path, &format, e));
  if (!format) {
    TRY(refuse_promise(path.path, e));
    TRY(format_of("csv", path.path, &format, e));
  }
  if (!format->write) {
    TRY(error_set(e, STATUS_STATE, "not-supported", _("the format %s can be read but not written"), format->name));
  }
  if ((options->table || options->append) && !(format->takes & FORMAT_TABLE)) {
    TRY(error_set(e, STATUS_ARGUMENT, "option-without-use", _("the option '%1$s' means nothing for the format %2$s"),
                  options->table ? "table" : "append", format->name));
  }
  const WriteRequest request = {.path = path.path, .query = path.query, .table = options->table, .append = options->append};
  TRY(format->write(call->data->frame, &request, call->task, e));
done:
  return status;
}

#define TEXT_OPTIONS(O) \
  O(format, TEXT, "markdown", 1, 0, "", "", "csv, tsv, json, jsonl, markdown or html; any format that is text")
typedef struct TextOptions {
  TEXT_OPTIONS(OPTION_FIELD)
} TextOptions;
#define ROW(...) OPTION_ROW_OF(TextOptions, __VA_ARGS__)
static const Option text_options[] = {TEXT_OPTIONS(ROW)};
#undef ROW

static Status run_text(Call *call, Value *out, Error *e)
{
  const TextOptions *options = call->options;
  const Format *format = NULL;
  Text text = {0};
  Status status;
  TRY(format_of(options->format, "", &format, e));
  if (!format->write || !format->is_text) {
    TRY(error_set(e, STATUS_STATE, "not-supported", _("a frame cannot be given as text of the format %s"), format->name));
  }
  const WriteRequest request = {.path = "", .text = &text};
  TRY(format->write(call->data->frame, &request, call->task, e));
  TRY(value_text(text_data(&text), text.size, out, e));
done:
  text_free(&text);
  return status;
}

static Status read_csv(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  return csv_read(request->path, request->csv, task, out, e);
}

static Status write_csv(const Frame *frame, const WriteRequest *request, Task *task, Error *e)
{
  return text_write_delimited(frame, &(TextTarget){request->path, request->text}, ',', task, e);
}

static const Format csv_format = {.size = sizeof(Format), .name = "csv", .extensions = "csv|txt|dat|data",
                                  .summary = "text with a delimiter between fields, found out by itself",
                                  .takes = FORMAT_TEXT, .read = read_csv, .write = write_csv, .is_text = true};
REGISTER_FORMAT(csv_format);

#define SIZED .size = sizeof(Primitive), .family = "frame", .version = 1
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive read_primitive = {SIZED, .name = "read", .global = "read",
  .summary = "reads a file, CSV or another kind, into a frame",
  .details = "Everything is found out and can be said instead: the format by the name or the first bytes, gzip and Zstandard, "
             "the encoding, delimiter, quotes, line ends and header, lines above and below the table, and each column's type over "
             "the whole file: also $1,234.50, 1.234,5, 12.5%, 31.12.2024, and words for missing such as N/A. Numbers with a "
             "leading zero, more than 18 digits or a leading + stay text, as do dates like 03/04/2024 when no cell tells the "
             "order, and values in quotes unless everything is or they need them. A broken row is put right when there is one "
             "way to do it, else it goes to df:rejects() and the others are read. df:report() says what was decided and what "
             "decides otherwise. Several files, or a path with *, become one frame, columns matched by name. A path that begins "
             "with datasets/ is also looked for among the data sets that come with the program.",
  .takes = VALUE_NONE, .main = "path", OPTIONS(read_options, ReadOptions), .gives = VALUE_FRAME, .returns = "the frame",
  .reference = "", .example = "df = read \"datasets/credit/credit.csv\"\ndf:schema()", .effects = EFFECT_READS,
  .where = WHERE_JOB, .run = run_read};
REGISTER_PRIMITIVE(read_primitive);

static const Primitive write_primitive = {SIZED, .name = "write", .summary = "writes the frame to a file",
  .details = "The file appears whole or not at all. Reading CSV gives the same frame: texts that look like numbers, dates or "
             "NA are quoted. ?writing says what each format keeps.",
  .takes = VALUE_FRAME, .main = "path", OPTIONS(write_options, WriteOptions), .gives = VALUE_NONE, .returns = "nothing",
  .reference = "", .example = "df = read \"datasets/iris/iris.csv\"\ndf:write(os.tmpname())", .effects = EFFECT_WRITES,
  .where = WHERE_JOB, .run = run_write};
REGISTER_PRIMITIVE(write_primitive);

static const Primitive text_primitive = {SIZED, .name = "text", .summary = "the frame as a text, as write puts it into a file",
  .takes = VALUE_FRAME, .main = "format", OPTIONS(text_options, TextOptions), .gives = VALUE_TEXT,
  .returns = "a text with every cell in full", .reference = "",
  .example = "df = read \"datasets/iris/iris.csv\"\nprint(df:head(3):text(\"markdown\"))", .where = WHERE_JOB, .run = run_text};
REGISTER_PRIMITIVE(text_primitive);
