/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See arff_read.h. The header is read to a list of attributes, whose cells are then collected row by row. */
#include "io/arff_reader.h"

#include <string.h>

#include "core/alloc.h"
#include "frame/column_layout.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "io/cells_room.h"
#include "io/csv_build.h"
#include "io/input_text.h"
#include "io/report_text.h"

enum { POLL_CELLS = 8192 };

/* ---- Which columns, of which types ---- */

static Status find_attribute(const Arff *arff, const char *name, size_t *number, Error *e)
{
  const char **names = mem_alloc(arff->n, sizeof *names);
  if (!names) {
    return error_memory(e, 0, _("names"));
  }
  for (*number = 0; *number < arff->n && strcmp(arff->attributes[*number].name, name) != 0; (*number)++) {
    names[*number] = arff->attributes[*number].name;
  }
  if (*number == arff->n) {
    const size_t near = text_nearest(name, names, arff->n);
    error_set(e, STATUS_NAME, "unknown-column", _("'%1$s' has no column '%2$s'"), arff->path, name);
    (void)(near < arff->n ? error_hint(e, _("did you mean '%s'?"), names[near])
                          : error_hint(e, _("its attributes have other names; df:schema() lists them")));
  }
  mem_free(names);
  return *number < arff->n ? STATUS_OK : STATUS_NAME;
}

static bool is_built(const ArffAttribute *attribute)
{
  return attribute->type == TYPE_STRING || attribute->type == TYPE_SET ||
         (attribute->type == TYPE_CATEGORY && attribute->declared != ARFF_NOMINAL);
}

/* advice: "mend the line, or read the column with" */
static void hint_text(Error *e, const char *advice, const ArffAttribute *attribute)
{
  Text types = {0};
  report_types(&types, attribute->name, "string");
  (void)error_hint(e, "%s %s", advice, text_data(&types));
  text_free(&types);
}

static Status choose(Arff *arff, Error *e)
{
  static const Type types[] = {TYPE_FLOAT64, TYPE_INT64, TYPE_CATEGORY, TYPE_STRING, TYPE_TIMESTAMP};
  const CsvOptions *options = arff->options;
  for (size_t i = 0; i < arff->n; i++) {
    arff->attributes[i].read = options->n_columns == 0;
    arff->attributes[i].forced = options->all_text;
    arff->attributes[i].type = options->all_text ? TYPE_STRING : types[arff->attributes[i].declared];
  }
  for (size_t i = 0; i < options->n_columns + options->n_forced; i++) {
    size_t number = 0;
    const bool column = i < options->n_columns;
    const Status status = find_attribute(
        arff, column ? options->columns[i] : options->names[i - options->n_columns], &number, e);
    if (status != STATUS_OK) {
      return status;
    }
    ArffAttribute *attribute = &arff->attributes[number];
    attribute->read = attribute->read || column;
    attribute->forced = attribute->forced || !column;
    attribute->type = column ? attribute->type : options->types[i - options->n_columns];
  }
  for (size_t i = 0; i < arff->n; i++) {
    ArffAttribute *attribute = &arff->attributes[i];
    const char *odd =
        attribute->format && attribute->type == TYPE_TIMESTAMP ? arff_date_unknown(attribute->format) : NULL;
    if (attribute->read && odd) {
      error_set(e, STATUS_FORMAT, "arff-date",
                _("attribute '%1$s': the date format \"%2$s\" has the letter '%3$c', which is not known"),
                attribute->name, attribute->format, *odd);
      (void)error_where(e, "%s", arff->path);
      hint_text(e, _("read it as text with"), attribute);
      return STATUS_FORMAT;
    }
    attribute->texts = attribute->read && is_built(attribute) ? builder_new(attribute->type, 0) : NULL;
    if (attribute->read && is_built(attribute) && !attribute->texts) {
      return error_memory(e, 0, _("a column"));
    }
  }
  return STATUS_OK;
}

/* ---- Cells ---- */

static void put(ArffAttribute *attribute, const void *bits, bool valid)
{
  static const uint64_t zero;
  const char flag = valid;
  text_add(&attribute->cells, valid ? bits : &zero, sizeof zero);
  text_add(&attribute->valid, &flag, 1);
}

static void put_missing(ArffAttribute *attribute)
{
  if (attribute->texts) {
    builder_missing(attribute->texts);
  } else {
    put(attribute, NULL, false);
  }
}

/* From now on the attribute's whole numbers are doubles. */
static void make_real(ArffAttribute *attribute)
{
  int64_t *whole = (int64_t *)(void *)attribute->cells.data;
  for (size_t i = 0; i < attribute->cells.size / sizeof *whole; i++) {
    const double real = (double)whole[i];
    memcpy(&whole[i], &real, sizeof real);
  }
  attribute->real = true;
  attribute->type = TYPE_FLOAT64;
}

static Status misfit(Arff *arff, const ArffAttribute *attribute, Error *e)
{
  const char *value = arff_shown(arff);
  if (arff->item.failed) {
    return error_memory(e, 0, _("a text"));
  }
  if (attribute->declared == ARFF_NOMINAL && attribute->type == TYPE_CATEGORY) {
    error_set(e, STATUS_FORMAT, "arff-level", _("'%1$s' is no level of attribute '%2$s'"), value,
              attribute->name);
    hint_text(e, _("declare it in the line of @attribute, or read the column with"), attribute);
  } else {
    error_set(e, STATUS_FORMAT, "arff-type", _("attribute '%1$s': '%2$s' is no %3$s"), attribute->name, value,
              attribute->type == TYPE_TIMESTAMP && attribute->format ? attribute->format
                                                                     : type_name(attribute->type));
    hint_text(e, _("mend the line, or read the column with"), attribute);
  }
  return arff_here(arff, e);
}

static bool put_number(ArffAttribute *attribute, const char *text, size_t length)
{
  double real;
  int64_t whole;
  if (attribute->type == TYPE_INT64 && parse_int_forced(text, length, &whole)) {
    put(attribute, &whole, true);
    return true;
  }
  if (!parse_float_forced(text, length, &real) || (attribute->type == TYPE_INT64 && attribute->forced)) {
    return false;
  }
  if (attribute->type == TYPE_INT64) {
    make_real(attribute);
  }
  put(attribute, &real, true);
  return true;
}

/* The value at hand as the attribute's next cell; false: it does not fit. */
static bool put_value(Arff *arff, ArffAttribute *attribute)
{
  const char *text = arff->lexer.text;
  const size_t length = arff->lexer.length;
  int64_t value;
  size_t number;
  bool truth, utc;
  switch (attribute->type) {
    case TYPE_FLOAT64:
    case TYPE_INT64: return put_number(attribute, text, length);
    case TYPE_BOOL:
      if (!parse_bool_forced(text, length, &truth)) {
        return false;
      }
      value = truth;
      break;
    case TYPE_TIMESTAMP:
      if (attribute->declared == ARFF_DATE ? !arff_date(attribute->format, text, length, &value)
                                           : !parse_time(text, length, &value, &utc) || utc) {
        return false;
      }
      break;
    case TYPE_SET:
      if (!csv_set(text, length, attribute->texts, &arff->item)) {
        return false;
      }
      builder_set(attribute->texts);
      return true;
    default:
      if (attribute->texts) {
        builder_text(attribute->texts, text, length);
        return true;
      }
      if (!map_get(attribute->levels, text, length, &number)) {
        return false;
      }
      value = (int64_t)number;
  }
  put(attribute, &value, true);
  return true;
}

static Status read_cell(Arff *arff, ArffAttribute *attribute, ArffKind kind, Error *e)
{
  if (!attribute->read) {
    return STATUS_OK;
  }
  if (kind == ARFF_WORD && arff->lexer.length == 1 && *arff->lexer.text == '?') {
    put_missing(attribute);
    return STATUS_OK;
  }
  return put_value(arff, attribute) ? STATUS_OK : misfit(arff, attribute, e);
}

/* What a sparse row leaves out. */
static void put_omitted(Arff *arff, ArffAttribute *attribute)
{
  static const int64_t zero;
  static const double none;
  if (!attribute->read) {
    return;
  }
  if (attribute->texts && attribute->declared == ARFF_NOMINAL && map_size(attribute->levels) > 0) {
    arff->lexer.text = map_key(attribute->levels, 0, &arff->lexer.length);
    builder_text(attribute->texts, arff->lexer.text, arff->lexer.length);
  } else if (attribute->texts &&
             (attribute->declared == ARFF_NUMERIC || attribute->declared == ARFF_INTEGER)) {
    builder_text(attribute->texts, "0", 1);
  } else if (attribute->texts || (attribute->declared == ARFF_NOMINAL && map_size(attribute->levels) == 0)) {
    attribute->omitted++;
    put_missing(attribute);
  } else if (attribute->type == TYPE_FLOAT64) {
    put(attribute, &none, true);
  } else {
    put(attribute, &zero, true);
  }
}

/* ---- Rows ---- */

static Status wrong_count(Arff *arff, size_t count, Error *e)
{
  error_set(e, STATUS_FORMAT, "arff-ragged", _("a row has %1$zu values where there are %2$zu attributes"),
            count, arff->n);
  (void)error_hint(e, _("most often a value with a blank or comma lacks its quotes, or one was left out "
                        "instead of written ?"));
  return arff_here(arff, e);
}

static Status weight(const Arff *arff, Error *e)
{
  error_set(e, STATUS_FORMAT, "arff-weight", "%s", _("a row has a weight"));
  (void)error_hint(e, _("make the weight an attribute of its own: a column that weights = \"...\" can name"));
  return arff_here(arff, e);
}

static Status read_dense(Arff *arff, ArffKind kind, Error *e)
{
  size_t i = 0;
  for (; kind == ARFF_WORD || kind == ARFF_QUOTED; kind = arff_next(&arff->lexer), i++) {
    if (i < arff->n) {
      const Status status = read_cell(arff, &arff->attributes[i], kind, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
  }
  if (kind == ARFF_UNCLOSED) {
    return arff_syntax(arff, _("a quote is never closed"), e);
  }
  if (kind == ARFF_OPEN) {
    return weight(arff, e);
  }
  return kind != ARFF_END ? arff_syntax(arff, _("a brace stands among values"), e)
         : i != arff->n   ? wrong_count(arff, i, e)
                          : STATUS_OK;
}

/* Behind the brace of a sparse row. */
static Status read_sparse(Arff *arff, Error *e)
{
  size_t next = 0;
  ArffKind kind;
  while ((kind = arff_next(&arff->lexer)) == ARFF_WORD) {
    int64_t index;
    if (!parse_int(arff->lexer.text, arff->lexer.length, &index) || index < 0 || (uint64_t)index >= arff->n) {
      return arff_syntax(arff,
                         _("a sparse row has a number that is none of an attribute, which count from 0"), e);
    }
    if ((size_t)index < next) {
      return arff_syntax(arff, _("the attributes of a sparse row must rise"), e);
    }
    for (; next < (size_t)index; next++) {
      put_omitted(arff, &arff->attributes[next]);
    }
    kind = arff_next(&arff->lexer);
    if (kind != ARFF_WORD && kind != ARFF_QUOTED) {
      return arff_syntax(arff, _("a sparse row has an attribute without a value"), e);
    }
    const Status status = read_cell(arff, &arff->attributes[next++], kind, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  if (kind != ARFF_CLOSE) {
    return arff_syntax(
        arff, kind == ARFF_UNCLOSED ? _("a quote is never closed") : _("a } should end a sparse row"), e);
  }
  for (; next < arff->n; next++) {
    put_omitted(arff, &arff->attributes[next]);
  }
  kind = arff_next(&arff->lexer);
  return kind == ARFF_END    ? STATUS_OK
         : kind == ARFF_OPEN ? weight(arff, e)
                             : arff_syntax(arff, _("something follows a row"), e);
}

/* At the first sparse row: whether there is room for as many rows as there may be, a brace opening each. */
static Status sparse_room(const Arff *arff, size_t most, Error *e)
{
  size_t columns = 0, rows = arff->rows + 1;
  for (size_t i = 0; i < arff->n; i++) {
    columns += arff->attributes[i].read;
  }
  for (const char *at = arff->next; at < arff->end && (at = memchr(at, '{', (size_t)(arff->end - at))); at++) {
    rows++;
  }
  return cells_room(arff->path, (size_t)(arff->end - arff->bytes), rows < most ? rows : most, columns, arff->task, e);
}

static Status read_rows(Arff *arff, Error *e)
{
  const size_t most = arff->options->rows_given ? arff->options->rows : SIZE_MAX;
  bool sparse = false;
  while (arff->rows < most && arff_next_line(arff)) {
    const ArffKind kind = arff_next(&arff->lexer);
    if (kind == ARFF_END) {
      continue;
    }
    Status status = kind == ARFF_OPEN && !sparse ? sparse_room(arff, most, e) : STATUS_OK;
    if (status == STATUS_OK) {
      status = kind == ARFF_OPEN ? read_sparse(arff, e) : read_dense(arff, kind, e);
      sparse = sparse || kind == ARFF_OPEN;
    }
    if (status != STATUS_OK) {
      return status;
    }
    if (++arff->rows % (POLL_CELLS / arff->n + 1) == 0) {
      task_progress(arff->task, (uint64_t)(arff->next - arff->bytes), (uint64_t)(arff->end - arff->bytes));
      if (task_cancelled(arff->task)) {
        return error_cancelled(e);
      }
    }
  }
  return task_cancelled(arff->task) ? error_cancelled(e) : STATUS_OK;
}

/* ---- The frame ---- */

static Status nominal_column(const ArffAttribute *attribute, size_t rows, Column **out, Error *e)
{
  Storage *codes = storage_new(rows, sizeof(int32_t)),
          *valid = storage_new(bitmap_words(rows), sizeof(uint64_t));
  Column *made = column_bare(TYPE_CATEGORY, rows);
  *out = NULL;
  if (!codes || !valid || !made || !(made->dictionary = dictionary_of(attribute->levels))) {
    storage_unref(codes);
    storage_unref(valid);
    column_unref(made);
    return error_memory(e, 0, _("a column"));
  }
  int32_t *code = storage_data(codes);
  uint64_t *words = storage_data(valid);
  memset(words, 0, bitmap_words(rows) * sizeof *words);
  for (size_t row = 0; row < rows; row++) {
    int64_t value;
    memcpy(&value, attribute->cells.data + row * sizeof value, sizeof value);
    code[row] = (int32_t)value;
    words[row / 64] |= (uint64_t)attribute->valid.data[row] << (row % 64);
  }
  made->values = buffer_of(codes);
  made->valid = buffer_of(valid);
  if (column_missing(made) == 0) {
    buffer_drop(&made->valid);
  }
  *out = made;
  return STATUS_OK;
}

static Builder *value_builder(const ArffAttribute *attribute, size_t rows)
{
  Builder *builder = builder_new(attribute->type, rows);
  for (size_t row = 0; builder && row < rows; row++) {
    const char *cell = attribute->cells.data + row * sizeof(int64_t);
    int64_t whole;
    double real;
    memcpy(&whole, cell, sizeof whole);
    memcpy(&real, cell, sizeof real);
    if (!attribute->valid.data[row]) {
      builder_missing(builder);
    } else if (attribute->type == TYPE_FLOAT64) {
      builder_float(builder, real);
    } else if (attribute->type == TYPE_BOOL) {
      builder_bool(builder, whole != 0);
    } else {
      builder_int(builder, whole);
    }
  }
  return builder;
}

static Status add_column(Arff *arff, ArffAttribute *attribute, Draft *draft, Error *e)
{
  if (attribute->cells.failed || attribute->valid.failed) {
    return error_memory(e, 0, _("a column"));
  }
  if (attribute->texts) {
    draft_builder(draft, attribute->name, attribute->texts);
    attribute->texts = NULL;
  } else if (attribute->type == TYPE_CATEGORY) {
    Column *column;
    const Status status = nominal_column(attribute, arff->rows, &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    draft_column(draft, attribute->name, column);
  } else {
    draft_builder(draft, attribute->name, value_builder(attribute, arff->rows));
  }
  return STATUS_OK;
}

static void add_report(const Arff *arff, const Frame *frame, const Text *notes, Text *out)
{
  static const char *const types[] = {"numeric", "integer", "nominal", "string", "date"};
  const char *chosen = NULL; /* the first column of values */
  size_t missing = 0;
  for (size_t i = 0; i < frame_columns(frame); i++) {
    missing += column_missing(frame_column(frame, i));
  }
  text_printf(out, _("%1$s: rows: %2$zu, columns: %3$zu, bytes: %4$zu, missing cells: %5$zu\n"), arff->path,
              arff->rows, frame_columns(frame), (size_t)(arff->end - arff->bytes), missing);
  text_puts(out, _("ARFF: types as the file declares them\n"));
  text_puts(out, notes ? text_data(notes) : "");
  for (size_t i = 0; i < arff->n; i++) {
    const ArffAttribute *attribute = &arff->attributes[i];
    size_t column;
    if (!attribute->read || !frame_find(frame, attribute->name, &column)) {
      continue;
    }
    chosen = chosen || type_is_text(attribute->type) ? chosen : attribute->name;
    text_printf(out, "%s: %s", attribute->name, type_name(attribute->type));
    if (attribute->forced) {
      text_puts(out, _(", as asked for"));
    } else if (attribute->real) {
      text_puts(out, _(", though declared integer, because it has others"));
    } else {
      text_printf(out, _(", declared %s"), types[attribute->declared]);
    }
    if (attribute->declared == ARFF_NOMINAL) {
      text_printf(out, _("; levels: %zu"), map_size(attribute->levels));
    }
    if (attribute->omitted > 0) {
      text_printf(out, _("; missing because sparse rows leave them out: %zu"), attribute->omitted);
    }
    if (column_missing(frame_column(frame, column)) > 0) {
      text_printf(out, _("; missing: %zu"), column_missing(frame_column(frame, column)));
    }
    text_char(out, '\n');
  }
  if (chosen) {
    text_puts(out, _("to decide otherwise:\n"));
    text_puts(out, "  read(");
    report_string(out, arff->path);
    text_puts(out, ", {");
    report_types(out, chosen, "string");
    text_puts(out, "})\n");
  }
}

static Status finish(Arff *arff, const Text *notes, Frame **out, Error *e)
{
  Text report = {0};
  Frame *bare = NULL, *ordered = NULL;
  Draft *draft = draft_new();
  Status status = STATUS_OK;
  size_t *order = NULL;
  for (size_t i = 0; status == STATUS_OK && i < arff->n; i++) {
    if (arff->attributes[i].read) {
      status = add_column(arff, &arff->attributes[i], draft, e);
    }
  }
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  TRY(draft_finish(draft, &bare, e));
  const CsvOptions *options = arff->options;
  order = mem_alloc(options->n_columns, sizeof *order);
  if (!order) {
    TRY(error_memory(e, 0, _("columns")));
  }
  for (size_t i = 0; i < options->n_columns; i++) {
    TRY(frame_need(bare, options->columns[i], &order[i], e));
  }
  if (options->n_columns > 0) {
    TRY(frame_select(bare, order, options->n_columns, &ordered, e));
  }
  add_report(arff, ordered ? ordered : bare, notes, &report);
  TRY(text_status(&report, e));
  TRY(frame_with_origin(ordered ? ordered : bare, text_data(&report), NULL, out, e));
done:
  mem_free(order);
  text_free(&report);
  frame_unref(bare);
  frame_unref(ordered);
  return status;
}

static void arff_free(Arff *arff)
{
  for (size_t i = 0; i < arff->n; i++) {
    ArffAttribute *attribute = &arff->attributes[i];
    mem_free(attribute->name);
    mem_free(attribute->format);
    map_free(attribute->levels);
    builder_free(attribute->texts);
    text_free(&attribute->cells);
    text_free(&attribute->valid);
  }
  mem_free(arff->attributes);
  text_free(&arff->scratch);
  text_free(&arff->item);
}

Status arff_frame(const char *bytes, size_t size, const char *path, const CsvOptions *options,
                  const Text *notes, Task *task, Frame **out, Error *e)
{
  static const CsvOptions none;
  Arff arff = {.bytes = bytes,
               .end = bytes + size,
               .next = bytes,
               .path = path,
               .options = options ? options : &none,
               .task = task};
  *out = NULL;
  Status status;
  const char *nul = size > 0 ? memchr(bytes, '\0', size) : NULL;
  const size_t bad = nul ? (size_t)(nul - bytes) : utf8_check(bytes, size);
  if (bad < size) {
    error_set(e, STATUS_FORMAT, nul ? "nul-byte" : "not-utf8",
              nul ? _("byte %zu of the file is NUL") : _("byte %zu of the file is not UTF-8"), bad);
    (void)error_where(e, "%s", path);
    (void)error_hint(e, _("ARFF is plain text; get the file anew"));
    return STATUS_FORMAT;
  }
  task_phase(task, _("reading ARFF"));
  TRY(arff_header(&arff, e));
  TRY(choose(&arff, e));
  TRY(read_rows(&arff, e));
  TRY(finish(&arff, notes, out, e));
done:
  if (status == STATUS_OK && (arff.scratch.failed || arff.item.failed)) {
    frame_unref(*out);
    *out = NULL;
    status = error_memory(e, 0, _("a text"));
  }
  arff_free(&arff);
  return status;
}

static Status read_arff(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  Text notes = {0};
  char *bytes = NULL;
  size_t size;
  Status status;
  *out = NULL;
  TRY(input_text(request->path, NULL, task, &bytes, &size, &notes, e));
  TRY(arff_frame(bytes, size, strcmp(request->path, "-") == 0 ? _("standard input") : request->path,
                 request->csv, &notes, task, out, e));
done:
  mem_free(bytes);
  text_free(&notes);
  return status;
}

/* A line @relation or @attribute behind comments and blank lines. */
static bool knows_arff(const char *head, size_t n)
{
  const char *end = head + n;
  while (head < end) {
    while (head < end && (unsigned char)*head <= ' ') {
      head++;
    }
    if (head == end || *head != '%') {
      break;
    }
    const char *feed = memchr(head, '\n', (size_t)(end - head));
    head = feed ? feed : end;
  }
  return (end - head > 9 && strncasecmp(head, "@relation", 9) == 0) ||
         (end - head > 10 && strncasecmp(head, "@attribute", 10) == 0);
}

static const Format arff_format = {.size = sizeof(Format),
                                   .name = "arff",
                                   .extensions = "arff",
                                   .summary = "ARFF, the text format of Weka",
                                   .knows = knows_arff,
                                   .read = read_arff};
REGISTER_FORMAT(arff_format);
