/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_parse and csv_read: sniff, read in the strict grammar, or mend and read the new text. See csv_reader.h. */
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/reduce.h"
#include "io/csv_input.h"
#include "io/csv_reader.h"
#include "io/csv_refine.h"

/* What all attempts at one file share. */
typedef struct Attempt {
  const CsvSource *file;
  const char *path;
  const CsvOptions *options;
  const char *notes;
  size_t piece_bytes;
  bool settled; /* its encoding is decided */
  Task *task;
} Attempt;

/* ---- The frame ---- */

static bool has_values(const CsvSeen *seen)
{
  for (size_t kind = 0; kind < CSV_KINDS; kind++) {
    if (kind != CSV_MISSING && seen->count[kind] > 0) {
      return true;
    }
  }
  return false;
}

/* A column at the end without name and values stands for delimiters at the ends of lines. */
static void drop_bare_end(CsvReader *reader)
{
  while (reader->options->n_columns == 0 && reader->n_picked > 1) {
    const size_t i = reader->picked[reader->n_picked - 1];
    const bool values =
        !reader->columns[i].unknown && (!type_is_text(reader->columns[i].type) || has_values(&reader->seen[i]));
    if (reader->naming[i] != CSV_UNNAMED || values || reader->plan->header_rows == 0) {
      break;
    }
    reader->n_picked--;
  }
}

static void clear_column(CsvRefined *made)
{
  column_unref((Column *)made->column);
  column_unref(made->out);
  text_free(&made->report);
  *made = (CsvRefined){.name = made->name};
}

static Status make_column(CsvReader *reader, size_t i, CsvRefined *made, Error *e)
{
  CsvColumn *column = &reader->columns[i];
  Column *finished;
  const Type type = column->literal ? column->wanted : column->type;
  const Status status = csv_column_finish(column, reader->pieces, reader->task, &finished, e);
  *made = (CsvRefined){.name = reader->names[i],
                       .column = finished,
                       .seen = &reader->seen[i],
                       .fixed = column->forced,
                       .wanted = type,
                       .all_quoted = reader->plan->all_quoted,
                       .semicolons = reader->plan->grammar.delimiter[0] == ';'};
  return status;
}

/* Judges all columns; a cell that is not of the type asked for is told with its line. */
static Status refine(CsvReader *reader, CsvRefined *made, Error *e)
{
  Error own;
  error_clear(&own);
  const Status status = csv_refine(reader->options, made, reader->n_picked, reader->task, &own);
  for (size_t k = 0; k < reader->n_picked && status == STATUS_FORMAT; k++) {
    if (made[k].misfit != SIZE_MAX) {
      return csv_misfit(reader, made[k].misfit, reader->picked[k], e);
    }
  }
  if (status != STATUS_OK && e && e->status == STATUS_OK) {
    *e = own;
  }
  return status;
}

/* Columns of numbers that may mean something else are read once more, as text, and all are judged anew. */
static Status refine_again(CsvReader *reader, CsvRefined *made, Error *e)
{
  bool *wanted = mem_zero(reader->n, sizeof *wanted);
  Status status = wanted ? STATUS_OK : error_memory(e, reader->n, _("columns"));
  bool any = false;
  for (size_t k = 0; k < reader->n_picked && status == STATUS_OK; k++) {
    wanted[reader->picked[k]] = made[k].want_text;
    any = any || made[k].want_text;
  }
  if (status == STATUS_OK && any) {
    status = csv_read_literal(reader, wanted, e);
    for (size_t k = 0; k < reader->n_picked && status == STATUS_OK; k++) {
      if (made[k].want_text) {
        clear_column(&made[k]);
        status = make_column(reader, reader->picked[k], &made[k], e);
      } else {
        column_unref(made[k].out);
        made[k].out = NULL;
        text_reset(&made[k].report);
      }
    }
    status = status == STATUS_OK ? refine(reader, made, e) : status;
  }
  mem_free(wanted);
  return status;
}

static Status make_columns(CsvReader *reader, CsvRefined *made, Error *e)
{
  for (size_t k = 0; k < reader->n_picked; k++) {
    const Status status = make_column(reader, reader->picked[k], &made[k], e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  const Status status = refine(reader, made, e);
  return status == STATUS_OK ? refine_again(reader, made, e) : status;
}

static Status make_frame(CsvReader *reader, const CsvRefined *made, Frame **out, Error *e)
{
  Status status;
  Text report = {0};
  Frame *bare = NULL;
  const size_t n = reader->n_picked;
  const Column **columns = mem_alloc(n, sizeof *columns);
  const char **names = mem_alloc(n, sizeof *names), **refined = mem_alloc(n, sizeof *refined);
  if (!columns || !names || !refined) {
    TRY(error_memory(e, 0, _("a frame")));
  }
  for (size_t k = 0; k < n; k++) {
    columns[k] = made[k].out;
    names[k] = made[k].name;
    refined[k] = text_data(&made[k].report);
  }
  TRY(csv_report(reader, columns, refined, &report, e));
  TRY(frame_new(names, columns, n, &bare, e));
  TRY(frame_with_origin(bare, text_data(&report), reader->mended ? reader->mended->rejects : NULL, out, e));
done:
  mem_free(columns);
  mem_free(names);
  mem_free(refined);
  frame_unref(bare);
  text_free(&report);
  return status;
}

static Status finish(CsvReader *reader, Frame **out, Error *e)
{
  drop_bare_end(reader);
  CsvRefined *made = mem_zero(reader->n_picked, sizeof *made);
  if (!made) {
    return error_memory(e, 0, _("a frame"));
  }
  task_phase(reader->task, _("joining columns"));
  Status status = make_columns(reader, made, e);
  if (status == STATUS_OK) {
    status = make_frame(reader, made, out, e);
  }
  for (size_t k = 0; k < reader->n_picked; k++) {
    clear_column(&made[k]);
  }
  mem_free(made);
  return status;
}

/* ---- Attempts ---- */

static Status run(CsvReader *reader, size_t piece_bytes, Frame **out, Error *e)
{
  Status status;
  TRY(csv_read_header(reader, e));
  TRY(csv_reader_ready(reader, piece_bytes, e));
  TRY(csv_split(reader, e));
  TRY(csv_read_columns(reader, e));
  TRY(finish(reader, out, e));
done:
  return status;
}

/* The strict grammar's characters for what the plan found: a file of one column has none, and a unit separator is
 * in no text. */
static CsvDialect dialect_of(const CsvGrammar *grammar)
{
  return (CsvDialect){grammar->delimiter[0] ? grammar->delimiter[0] : '\x1F', grammar->quote};
}

static CsvReader reader_for(const Attempt *attempt, const CsvPlan *plan)
{
  return (CsvReader){.path = attempt->path,
                     .options = attempt->options,
                     .task = attempt->task,
                     .plan = plan,
                     .bytes = attempt->file->size,
                     .notes = attempt->notes,
                     .threads = task_threads(attempt->task)};
}

/* *mend: a fault of structure was met; then the error is to be forgotten. */
static Status read_strict(const Attempt *attempt, const CsvPlan *plan, bool *mend, Frame **out, Error *e)
{
  CsvReader reader = reader_for(attempt, plan);
  reader.source = *attempt->file;
  reader.source.size = plan->end;
  reader.dialect = dialect_of(&plan->grammar);
  atomic_init(&reader.faulty, UINT64_MAX);
  const Status status = run(&reader, attempt->piece_bytes, out, e);
  *mend = status == STATUS_FORMAT && csv_may_mend(reader.fault.trouble) &&
          !(reader.fault.trouble == CSV_NOT_UTF8 && !attempt->settled) &&
          !(reader.fault.trouble == CSV_RAGGED && attempt->options->ragged == CSV_RAGGED_ERROR);
  csv_reader_free(&reader);
  return status;
}

static Status read_mended(const Attempt *attempt, const CsvPlan *plan, Frame **out, Error *e)
{
  CsvView view = {NULL, 0};
  CsvMended mended = {.n = 0};
  CsvReader reader = reader_for(attempt, plan);
  const size_t size = (size_t)attempt->file->size;
  Status status;
  if (!attempt->file->bytes) {
    TRY(task_reserve(attempt->task, size, attempt->path, e));
  }
  const char *bytes = csv_view(attempt->file, &view, 0, size, e);
  if (!bytes) {
    TRY(e->status);
  }
  TRY(csv_mend(bytes, size, attempt->path, plan, attempt->options, attempt->settled, attempt->task, &mended, e));
  csv_view_free(&view);
  reader.source = (CsvSource){.bytes = text_data(&mended.text), .size = mended.text.size};
  reader.mended = &mended;
  reader.dialect = (CsvDialect){',', '"'};
  atomic_init(&reader.faulty, UINT64_MAX);
  TRY(run(&reader, attempt->piece_bytes, out, e));
done:
  csv_reader_free(&reader);
  csv_mended_free(&mended);
  csv_view_free(&view);
  return status;
}

/* Nothing but blank space and a byte order mark. */
static Status is_empty(const CsvSource *source, bool *empty, Error *e)
{
  CsvView view = {NULL, 0};
  const size_t n = source->size < 4096 ? (size_t)source->size : 4096;
  const char *text = csv_view(source, &view, 0, n, e);
  size_t i = text && n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  while (text && i < n && strchr(" \t\r\n", text[i]) && text[i]) {
    i++;
  }
  *empty = i == source->size;
  csv_view_free(&view);
  return text ? STATUS_OK : e->status;
}

static Status empty_frame(const Attempt *attempt, Frame **out, Error *e)
{
  Frame *bare = NULL;
  Text report = {0};
  Status status;
  TRY(frame_new(NULL, NULL, 0, &bare, e));
  text_puts(&report, attempt->notes);
  text_printf(&report, _("%1$s: is empty (bytes: %2$llu): no columns and no rows\n"), attempt->path,
              (unsigned long long)attempt->file->size);
  TRY(text_status(&report, e));
  TRY(frame_with_origin(bare, text_data(&report), NULL, out, e));
done:
  frame_unref(bare);
  text_free(&report);
  return status;
}

static Status read_source(const Attempt *attempt, Frame **out, Error *e)
{
  CsvPlan plan = {.shapes = NULL};
  bool empty, mend = true;
  Status status;
  TRY(is_empty(attempt->file, &empty, e));
  if (empty) {
    return empty_frame(attempt, out, e);
  }
  TRY(csv_refuse_packed(attempt->file, attempt->path, e));
  TRY(csv_sniff(attempt->file, attempt->options, attempt->task, &plan, e));
  if (plan.strict) {
    status = read_strict(attempt, &plan, &mend, out, e);
  }
  if (mend) {
    error_clear(e);
    status = read_mended(attempt, &plan, out, e);
  }
done:
  csv_plan_free(&plan);
  return status;
}

/* The parts ask for the error's status, so that it must be one of this call alone. */
static Status read_attempt(const Attempt *attempt, Frame **out, Error *e)
{
  Error error;
  error_clear(&error);
  *out = NULL;
  const Status status = read_source(attempt, out, &error);
  if (status != STATUS_OK && e && e->status == STATUS_OK) {
    *e = error;
  }
  return status;
}

static const CsvOptions *options_or_none(const CsvOptions *options)
{
  static const CsvOptions none;
  return options ? options : &none;
}

Status csv_parse_source(const CsvSource *source, const char *path, const CsvOptions *options, size_t piece_bytes,
                        Task *task, Frame **out, Error *e)
{
  const Attempt attempt = {.file = source,
                           .path = path,
                           .options = options_or_none(options),
                           .notes = "",
                           .piece_bytes = piece_bytes,
                           .settled = true,
                           .task = task};
  return read_attempt(&attempt, out, e);
}

Status csv_parse(const char *bytes, size_t size, const char *path, const CsvOptions *options, Task *task,
                 Frame **out, Error *e)
{
  const CsvSource source = {.bytes = bytes ? bytes : "", .size = size};
  return csv_parse_source(&source, path, options, 0, task, out, e);
}

Status csv_read(const char *path, const CsvOptions *options, Task *task, Frame **out, Error *e)
{
  CsvInput input = {.path = path};
  Text notes = {0};
  Status status;
  *out = NULL;
  options = options_or_none(options);
  TRY(csv_input_open(path, options->encoding, task, &input, &notes, e));
  bool again;
  do {
    Error error;
    error_clear(&error);
    const Attempt attempt = {.file = &input.source,
                             .path = strcmp(path, "-") == 0 ? _("standard input") : path,
                             .options = options,
                             .notes = text_data(&notes),
                             .settled = input.decoded,
                             .task = task};
    status = read_attempt(&attempt, out, &error);
    again = status == STATUS_FORMAT && !input.decoded && strcmp(error.id, "not-utf8") == 0;
    if (again) {
      TRY(csv_input_decode(&input, task, &notes, e));
    } else if (status != STATUS_OK && e && e->status == STATUS_OK) {
      *e = error;
    }
  } while (again);
done:
  csv_input_close(&input);
  text_free(&notes);
  return status;
}
