/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the file into pieces of whole records. Segments are cut behind line feeds, near places that the size
 * alone gives, and counted in parallel for both ways they may begin: at a record, or within quotes. Walking
 * over them then tells which it was, hence every piece's first record, its rows, and where they go. */
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "io/csv_reader.h"

enum { TAIL_BYTES = 1 << 12, FIRST_ROWS = 1 << 18 };

/* Strips line ends from the end of the data: the last record's, and blank lines. A carriage return goes with
 * the line feed behind it. */
static Status find_end(CsvReader *reader, CsvView *view, Error *e)
{
  uint64_t end = reader->source.size;
  size_t feeds = 0;
  bool feed = false, more = true;
  while (more && end > reader->data) {
    const uint64_t begin = end - reader->data > TAIL_BYTES ? end - TAIL_BYTES : reader->data;
    const char *text = csv_view(&reader->source, view, begin, end, e);
    if (!text) {
      return e->status;
    }
    while (more && end > begin) {
      const char c = text[end - 1 - begin];
      more = c == '\n' || (c == '\r' && feed);
      feed = c == '\n';
      feeds += feed;
      end -= more;
    }
  }
  if (reader->mended) { /* one column may end in missing cells */
    end = reader->source.size > reader->data ? reader->source.size - 1 : reader->data;
    feeds = 0;
  }
  reader->end = end;
  reader->blank_lines = end > reader->data ? feeds - (feeds > 0) : feeds;
  return STATUS_OK;
}

/* Segments begin behind the first line feed after every piece_bytes; a stretch without one has no segment of
 * its own. */
static Status cut_segments(CsvReader *reader, CsvView *view, Error *e)
{
  uint64_t begin = reader->data;
  while (begin < reader->end) {
    const uint64_t rest = reader->end - begin;
    const uint64_t near = rest > reader->piece_bytes ? begin + reader->piece_bytes : reader->end;
    uint64_t place;
    const Status status = csv_next_line(&reader->source, view, near, reader->end, &place, e);
    if (status != STATUS_OK) {
      return status;
    }
    reader->segments[reader->n_segments++] = (CsvSegment){.begin = begin, .end = place};
    begin = place;
  }
  return STATUS_OK;
}

static void count_segment(void *context, size_t item, size_t number)
{
  CsvReader *reader = context;
  CsvWorker *worker = &reader->workers[number];
  CsvSegment *segment = &reader->segments[item];
  if (task_cancelled(reader->task) || worker->error.status != STATUS_OK) {
    return;
  }
  const char *text = csv_view(&reader->source, &worker->view, segment->begin, segment->end, &worker->error);
  if (text) {
    const size_t size = (size_t)(segment->end - segment->begin);
    csv_count(&reader->dialect, text, size, &segment->census);
    atomic_fetch_add_explicit(&reader->task->done, size, memory_order_relaxed);
  }
}

static Status count_segments(CsvReader *reader, Error *e)
{
  pool_run(reader->threads, reader->n_segments, count_segment, reader);
  if (task_cancelled(reader->task)) {
    return error_cancelled(e);
  }
  for (size_t i = 0; i < reader->threads; i++) {
    if (reader->workers[i].error.status != STATUS_OK) {
      *e = reader->workers[i].error;
      return e->status;
    }
  }
  return STATUS_OK;
}

/* Closes the piece that was begun before offset `end`. */
static void end_piece(CsvReader *reader, uint64_t end)
{
  if (reader->n_pieces > 0) {
    reader->pieces[reader->n_pieces - 1].end = end;
  }
}

/* A segment as it turned out to be; its first record begins a piece, and what is before belongs to the last
 * one. */
static void add_segment(CsvReader *reader, const CsvSegment *segment, bool inside)
{
  const uint64_t size = segment->end - segment->begin;
  const CsvCensus *census = &segment->census;
  const CsvCount *count = inside ? &census->inside : &census->outside;
  size_t records = count->records;
  if (inside) { /* a record began before it */
    CsvPiece *last = &reader->pieces[reader->n_pieces - 1];
    last->high = last->high || census->high;
    last->nul = last->nul || census->nul;
    last->rows += count->begun;
    reader->rows += count->begun;
    records -= count->begun;
  }
  if (count->first < size) {
    end_piece(reader, segment->begin + count->first);
    reader->pieces[reader->n_pieces++] = (CsvPiece){.begin = segment->begin + count->first,
                                                    .row = reader->rows,
                                                    .rows = records,
                                                    .high = census->high,
                                                    .nul = census->nul};
  }
  reader->rows += records;
}

/* The record that the end of the file cuts off belongs to the last piece. */
static void chain_segments(CsvReader *reader)
{
  bool inside = false, broken = false;
  size_t lines = reader->header_lines;
  uint64_t end = reader->end;
  for (size_t i = 0; i < reader->n_segments; i++) {
    CsvSegment *segment = &reader->segments[i];
    segment->line = lines;
    lines += segment->census.lines;
    if (!broken) {
      const CsvCount *count = inside ? &segment->census.inside : &segment->census.outside;
      add_segment(reader, segment, inside);
      inside = count->inside;
      broken = count->broken;
      end = broken ? segment->end : end;
    }
  }
  end_piece(reader, end);
  if (!broken && !inside && reader->n_pieces > 0) {
    reader->pieces[reader->n_pieces - 1].rows++;
    reader->rows++;
  }
}

/* Scanning counts bytes of a piece with 32 bits. */
static Status check_pieces(CsvReader *reader, Error *e)
{
  for (size_t i = 0; i < reader->n_pieces; i++) {
    const CsvPiece *piece = &reader->pieces[i];
    if (piece->end - piece->begin >= UINT32_MAX - CSV_WINDOW) {
      const CsvFault fault = {
          .trouble = CSV_LONG_FIELD, .record = piece->begin, .field = piece->begin, .at = piece->begin};
      return csv_fail(reader, &fault, e);
    }
  }
  return STATUS_OK;
}

/* Moves the end behind the last row that is wanted. A fault before it is met again, and told, when rows are read. */
static Status limit_rows(CsvReader *reader, CsvView *view, Error *e)
{
  if (!reader->options->rows_given) {
    return STATUS_OK;
  }
  Status status = STATUS_OK;
  CsvScanner *scanner = mem_alloc(1, sizeof *scanner);
  CsvField *fields = mem_alloc(reader->n, sizeof *fields);
  bool done = false;
  for (uint64_t size = FIRST_ROWS; scanner && fields && status == STATUS_OK && !done; size *= 4) {
    const uint64_t rest = reader->source.size - reader->data, n = size < rest ? size : rest;
    const char *text = csv_view(&reader->source, view, reader->data, reader->data + n, e);
    CsvFault fault = {.trouble = CSV_FINE};
    size_t rows = 0;
    if (!text) {
      status = e->status;
      break;
    }
    if (n >= UINT32_MAX - CSV_WINDOW) {
      break;
    }
    csv_scan_begin(scanner, &reader->dialect, text, (size_t)n, reader->n);
    while (rows < reader->options->rows && csv_scan(scanner, fields, 1, &fault) == 1) {
      rows++;
    }
    const bool within = scanner->record < n || n == rest; /* else the last record may be cut off */
    done = (rows == reader->options->rows && within) || n == rest;
    if (done && rows == reader->options->rows && scanner->record < n) {
      reader->source.size = reader->data + scanner->record;
    }
  }
  mem_free(fields);
  mem_free(scanner);
  return scanner && fields ? status : error_memory(e, 0, _("a batch of records"));
}

Status csv_split(CsvReader *reader, Error *e)
{
  Status status;
  CsvView view = {NULL, 0};
  TRY(reader->mended ? STATUS_OK : limit_rows(reader, &view, e));
  TRY(find_end(reader, &view, e));
  task_phase(reader->task, _("counting rows"));
  task_progress(reader->task, 0, reader->end - reader->data);
  const size_t most = (size_t)((reader->end - reader->data) / reader->piece_bytes) + 1;
  reader->segments = mem_zero(most, sizeof *reader->segments);
  reader->pieces = mem_zero(most, sizeof *reader->pieces);
  if (!reader->segments || !reader->pieces) {
    TRY(error_memory(e, most * sizeof *reader->segments, _("the pieces of a file")));
  }
  TRY(cut_segments(reader, &view, e));
  TRY(count_segments(reader, e));
  chain_segments(reader);
  TRY(check_pieces(reader, e));
done:
  csv_view_free(&view);
  return status;
}
