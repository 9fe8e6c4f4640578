/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The passes over a file. See csv_reader.h for the parts. */
#include <limits.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "io/csv_reader.h"

enum {
  PIECE_LEAST = 1 << 18, /* bytes */
  PIECE_MOST = 1 << 22,
  PIECES_WANTED = 64,
  TEXTS_MOST = 1 << 22, /* pieces times columns */
  BATCH_FIELDS = 1 << 14,
  BATCH_MOST = 1024,   /* records */
  LEVELS_ALWAYS = 50,  /* a text column of at most so many distinct texts is a category, */
  LEVELS_MOST = 10000, /* as is one of at most so many, if they are also */
  LEVELS_SHARE = 20    /* at most a twentieth of the rows */
};

void csv_note_fault(CsvFault *fault, const CsvFault *other)
{
  if (other->trouble != CSV_FINE && (fault->trouble == CSV_FINE || other->at < fault->at)) {
    *fault = *other;
  }
}

/* Notes a fault of a piece, and lets later pieces know. */
static void note(CsvReader *reader, CsvWorker *worker, const CsvFault *fault)
{
  if (fault->trouble == CSV_FINE) {
    return;
  }
  csv_note_fault(&worker->fault, fault);
  uint64_t seen = atomic_load(&reader->faulty);
  while (fault->at < seen && !atomic_compare_exchange_weak(&reader->faulty, &seen, fault->at)) {
  }
}

const char *csv_open_piece(CsvReader *reader, CsvWorker *worker, const CsvPiece *piece, uint64_t most)
{
  const uint64_t size = piece->end - piece->begin < most ? piece->end - piece->begin : most;
  Error error = {.status = STATUS_OK};
  const char *text = csv_view(&reader->source, &worker->view, piece->begin, piece->begin + size, &error);
  if (text) {
    csv_scan_begin(&worker->scanner, &reader->dialect, text, (size_t)size, reader->n);
  } else if (worker->fault.trouble == CSV_FINE || piece->begin < worker->fault.at) {
    const CsvFault fault = {
        .trouble = CSV_UNREADABLE, .record = piece->begin, .field = piece->begin, .at = piece->begin};
    worker->error = error;
    note(reader, worker, &fault);
  }
  return text;
}

size_t csv_next_batch(CsvReader *reader, CsvWorker *worker, const CsvPiece *piece, size_t most)
{
  CsvFault fault;
  const size_t records = csv_scan(&worker->scanner, worker->fields, most, &fault);
  fault.record += piece->begin;
  fault.field += piece->begin;
  fault.at += piece->begin;
  note(reader, worker, &fault);
  return records;
}

/* UTF-8 and NUL; the first pass told whether there is anything to look at. */
static void check_bytes(CsvReader *reader, CsvWorker *worker, const CsvPiece *piece, const char *text)
{
  const size_t size = piece->end - piece->begin;
  const size_t bad = piece->high ? utf8_check(text, size) : size;
  const char *nul = piece->nul ? memchr(text, '\0', bad) : NULL;
  if (nul || bad < size) {
    const uint64_t at = piece->begin + (nul ? (size_t)(nul - text) : bad);
    const CsvFault fault = {.trouble = nul ? CSV_NUL : CSV_NOT_UTF8, .record = at, .field = at, .at = at};
    note(reader, worker, &fault);
  }
}

static void convert_batch(CsvReader *reader, CsvWorker *worker, const CsvBatch *batch)
{
  CsvFault fault = {.trouble = CSV_FINE};
  for (size_t i = 0; i < reader->n; i++) {
    if (reader->columns[i].active) {
      csv_convert(&reader->columns[i], i, batch, &worker->seen[i], &fault);
    }
  }
  note(reader, worker, &fault);
}

/* A piece must hold the records that were counted in it: more would write past its rows. */
static void note_changed(CsvReader *reader, CsvWorker *worker, const CsvPiece *piece)
{
  const CsvFault fault = {.trouble = CSV_CHANGED,
                          .record = piece->begin,
                          .field = piece->begin,
                          .at = piece->end,
                          .count = piece->rows};
  note(reader, worker, &fault);
}

static void convert_piece(void *context, size_t item, size_t number)
{
  CsvReader *reader = context;
  CsvWorker *worker = &reader->workers[number];
  const CsvPiece *piece = &reader->pieces[item];
  CsvBatch batch = {.dialect = &reader->dialect,
                    .piece = piece,
                    .fields = worker->fields,
                    .piece_number = item,
                    .columns = reader->n,
                    .row = piece->row,
                    .worker = number,
                    .scratch = &worker->scratch};
  const size_t end = piece->row + piece->rows;
  size_t told = 0;
  if (atomic_load(&reader->faulty) < piece->begin || task_cancelled(reader->task)) {
    return;
  }
  batch.bytes = csv_open_piece(reader, worker, piece, UINT64_MAX);
  if (!batch.bytes) {
    return;
  }
  check_bytes(reader, worker, piece, batch.bytes);
  while ((batch.records = csv_next_batch(reader, worker, piece, reader->batch_records)) > 0) {
    if (batch.records > end - batch.row || task_cancelled(reader->task)) {
      break;
    }
    convert_batch(reader, worker, &batch);
    batch.row += batch.records;
    const size_t read =
        worker->scanner.record < worker->scanner.size ? worker->scanner.record : worker->scanner.size;
    atomic_fetch_add_explicit(&reader->task->done, read - told, memory_order_relaxed);
    told = read;
  }
  if ((batch.records > 0 || batch.row < end) && !task_cancelled(reader->task)) {
    note_changed(reader, worker, piece);
  }
}

/* One pass over all pieces for the active columns. */
static Status run_pass(CsvReader *reader, Error *e)
{
  size_t bytes = 0;
  for (size_t i = 0; i < reader->n; i++) {
    bytes += reader->columns[i].active ? csv_column_width(&reader->columns[i]) * reader->rows : 0;
  }
  Status status = task_reserve(reader->task, bytes, reader->path, e);
  for (size_t i = 0; status == STATUS_OK && i < reader->n; i++) {
    CsvColumn *column = &reader->columns[i];
    if (column->active) {
      csv_seen_clear(&reader->seen[i]);
      status = csv_column_begin(column, reader->pieces, reader->n_pieces, reader->threads, e);
    }
  }
  if (status != STATUS_OK) {
    return status;
  }
  const Error *unreadable = NULL;
  task_progress(reader->task, 0, reader->end - reader->data);
  pool_run(reader->threads, reader->n_pieces, convert_piece, reader);
  if (task_cancelled(reader->task)) {
    return error_cancelled(e);
  }
  for (size_t w = 0; w < reader->threads; w++) {
    CsvWorker *worker = &reader->workers[w];
    csv_note_fault(&reader->fault, &worker->fault);
    if (reader->fault.trouble == CSV_UNREADABLE && reader->fault.at == worker->fault.at) {
      unreadable = &worker->error;
    }
    for (size_t i = 0; i < reader->n; i++) {
      csv_seen_merge(&reader->seen[i], &worker->seen[i]);
      csv_seen_clear(&worker->seen[i]);
    }
  }
  if (reader->fault.trouble == CSV_UNREADABLE) {
    *e = *unreadable;
    return e->status;
  }
  return reader->fault.trouble == CSV_FINE ? STATUS_OK : csv_fail(reader, &reader->fault, e);
}

/* The kinds that a guess stands for were not noted cell by cell. */
static void add_guess(const CsvColumn *column, CsvSeen *seen)
{
  if (column->unknown || type_is_text(column->type)) {
    return;
  }
  const CsvKind kind = column->type == TYPE_BOOL      ? CSV_BOOL
                       : column->type == TYPE_INT64   ? CSV_INT
                       : column->type == TYPE_FLOAT64 ? CSV_FLOAT
                       : column->utc                  ? CSV_TIME_UTC
                                                      : CSV_TIME;
  seen->count[kind]++;
}

/* A column asked for as timestamp has times of the other kind than was tried: it is read as these, unless
 * that happened before. Then the two are mixed, and the first cell of the kind that came later is the fault.
 */
static bool turn_zone(CsvReader *reader, size_t i)
{
  CsvColumn *column = &reader->columns[i];
  const uint64_t at = reader->seen[i].first[column->utc ? CSV_TIME : CSV_TIME_UTC];
  if (column->turned) {
    const uint64_t later = at > column->turned_at ? at : column->turned_at;
    const CsvFault fault = {.trouble = CSV_MISFIT, .record = later, .field = later, .at = later, .column = i};
    csv_note_fault(&reader->fault, &fault);
    return false;
  }
  column->utc = !column->utc;
  column->turned = true;
  column->turned_at = at;
  return true;
}

/* To be read as text; csv_refine makes its values. */
static bool make_literal(CsvColumn *column)
{
  column->literal = true;
  column->wanted = column->type;
  column->type = TYPE_CATEGORY;
  column->unknown = false;
  return true;
}

/* Whether a cell did not fit for another reason than its zone. */
static bool has_other_kinds(const CsvColumn *column, const CsvSeen *seen)
{
  bool other = column->type != TYPE_TIMESTAMP;
  for (size_t kind = CSV_BOOL; kind < CSV_KINDS; kind++) {
    other = other || (kind != CSV_TIME && kind != CSV_TIME_UTC && seen->count[kind] > 0);
  }
  return other;
}

/* Whether a column must be read once more, now that all its kinds of cells are known. */
static bool settle_column(CsvReader *reader, size_t i)
{
  CsvColumn *column = &reader->columns[i];
  CsvSeen *seen = &reader->seen[i];
  const bool clash = atomic_load(&column->clash);
  if (column->forced) {
    return clash && (has_other_kinds(column, seen) ? make_literal(column) : turn_zone(reader, i));
  }
  if (clash) {
    add_guess(column, seen);
    csv_settle(column, seen);
    return true;
  }
  const bool blanks = column->unknown && seen->count[CSV_BLANKS] > 0;
  column->unknown = column->unknown && !blanks; /* a column of blanks keeps them as texts */
  return blanks;
}

static Status settle(CsvReader *reader, bool *again, Error *e)
{
  *again = false;
  for (size_t i = 0; i < reader->n; i++) {
    reader->columns[i].active = reader->columns[i].active && settle_column(reader, i);
    *again = *again || reader->columns[i].active;
  }
  return reader->fault.trouble == CSV_FINE ? STATUS_OK : csv_fail(reader, &reader->fault, e);
}

Status csv_read_columns(CsvReader *reader, Error *e)
{
  const size_t share = reader->rows / LEVELS_SHARE;
  const size_t levels = share < LEVELS_ALWAYS ? LEVELS_ALWAYS : share > LEVELS_MOST ? LEVELS_MOST : share;
  task_phase(reader->task, _("reading cells"));
  csv_guess(reader);
  for (size_t i = 0; i < reader->n_picked; i++) {
    reader->columns[reader->picked[i]].active = true;
  }
  for (size_t i = 0; i < reader->n; i++) {
    reader->columns[i].levels_most = reader->columns[i].forced ? INT32_MAX : levels;
  }
  Status status;
  bool again;
  TRY(run_pass(reader, e));
  TRY(settle(reader, &again, e));
  if (again) {
    task_phase(reader->task, _("reading cells again"));
    TRY(run_pass(reader, e));
    TRY(settle(reader, &again, e));
  }
  if (again) {
    status = error_set(e, STATUS_INTERNAL, "csv-types", _("the types of '%s' do not settle"), reader->path);
  }
done:
  return status;
}

Status csv_read_literal(CsvReader *reader, const bool *wanted, Error *e)
{
  for (size_t i = 0; i < reader->n; i++) {
    reader->columns[i].active = wanted[i] && make_literal(&reader->columns[i]);
  }
  return run_pass(reader, e);
}

Status csv_misfit(CsvReader *reader, size_t row, size_t column, Error *e)
{
  CsvWorker *worker = &reader->workers[0];
  size_t p = 0, records;
  while (row >= reader->pieces[p].row + reader->pieces[p].rows) {
    p++;
  }
  const CsvPiece *piece = &reader->pieces[p];
  size_t at = piece->row;
  if (!csv_open_piece(reader, worker, piece, UINT64_MAX)) {
    return worker->error.status;
  }
  while ((records = csv_next_batch(reader, worker, piece, reader->batch_records)) > 0 && row >= at + records) {
    at += records;
  }
  if (records == 0) {
    return STATUS_FORMAT;
  }
  const CsvField *first = &worker->fields[(row - at) * reader->n], *field = first + column;
  const uint64_t place = piece->begin + field->start - field->quoted;
  const CsvFault fault = {.trouble = CSV_MISFIT,
                          .record = piece->begin + first->start - first->quoted,
                          .field = place,
                          .at = place,
                          .column = column};
  return csv_fail(reader, &fault, e);
}

static Status make_workers(CsvReader *reader, Error *e)
{
  reader->batch_records = reader->n < BATCH_FIELDS ? BATCH_FIELDS / reader->n : 1;
  reader->batch_records = reader->batch_records < BATCH_MOST ? reader->batch_records : BATCH_MOST;
  reader->workers = mem_zero(reader->threads, sizeof *reader->workers);
  for (size_t w = 0; reader->workers && w < reader->threads; w++) {
    CsvWorker *worker = &reader->workers[w];
    worker->fields = mem_alloc(reader->batch_records * reader->n, sizeof *worker->fields);
    worker->seen = mem_alloc(reader->n, sizeof *worker->seen);
    if (!worker->fields || !worker->seen) {
      return error_memory(e, reader->n * sizeof *worker->seen, _("a batch of records"));
    }
    for (size_t i = 0; i < reader->n; i++) {
      csv_seen_clear(&worker->seen[i]);
    }
  }
  return reader->workers ? STATUS_OK : error_memory(e, 0, _("a batch of records"));
}

void csv_reader_free(CsvReader *reader)
{
  for (size_t i = 0; i < reader->n; i++) {
    if (reader->names) {
      mem_free(reader->names[i]);
    }
    if (reader->columns) {
      csv_column_free(&reader->columns[i]);
    }
  }
  for (size_t w = 0; reader->workers && w < reader->threads; w++) {
    mem_free(reader->workers[w].fields);
    mem_free(reader->workers[w].seen);
    text_free(&reader->workers[w].scratch);
    csv_view_free(&reader->workers[w].view);
  }
  mem_free(reader->workers);
  mem_free(reader->names);
  mem_free(reader->naming);
  mem_free(reader->picked);
  mem_free(reader->columns);
  mem_free(reader->seen);
  mem_free(reader->segments);
  mem_free(reader->pieces);
  csv_view_free(&reader->view);
}

/* Pieces small enough to share the work evenly, and not so many that the columns' books on them weigh. */
static size_t usual_piece(const CsvReader *reader)
{
  const uint64_t size = reader->source.size - reader->data;
  uint64_t piece = size / PIECES_WANTED;
  piece = piece < PIECE_LEAST ? PIECE_LEAST : piece > PIECE_MOST ? PIECE_MOST : piece;
  const uint64_t least = size / (1 + TEXTS_MOST / reader->n);
  return (size_t)(piece > least ? piece : least);
}

Status csv_reader_ready(CsvReader *reader, size_t piece_bytes, Error *e)
{
  reader->piece_bytes = piece_bytes ? piece_bytes : usual_piece(reader);
  return make_workers(reader, e);
}
