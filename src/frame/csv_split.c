/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the file into pieces of whole records. Segments are cut behind line feeds, near places that the size
 * alone gives, and counted in parallel for both ways they may begin: at a record, or within quotes. Walking
 * over them then tells which it was, hence every piece's first record, its rows, and where they go. */
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "frame/csv_reader.h"

/* Strips line ends from the end of the data: the last record's, and blank lines. */
static void find_end(CsvReader *reader)
{
  uint64_t end = reader->size;
  size_t feeds = 0;
  while (end > reader->data && reader->bytes[end - 1] == '\n') {
    end--;
    end -= end > reader->data && reader->bytes[end - 1] == '\r';
    feeds++;
  }
  reader->end = end;
  reader->blank_lines = end > reader->data ? feeds - (feeds > 0) : feeds;
}

/* Segments begin behind the first line feed after every piece_bytes; a stretch without one has no segment of
 * its own. */
static size_t cut_segments(const CsvReader *reader, CsvSegment *segments)
{
  size_t n = 0;
  uint64_t begin = reader->data;
  while (begin < reader->end) {
    uint64_t place = reader->end - begin > reader->piece_bytes ? begin + reader->piece_bytes : reader->end;
    const char *feed = place < reader->end ? memchr(reader->bytes + place, '\n', reader->end - place) : NULL;
    place = feed ? (uint64_t)(feed - reader->bytes) + 1 : reader->end;
    if (segments) {
      segments[n] = (CsvSegment){.begin = begin, .end = place};
    }
    begin = place;
    n++;
  }
  return n;
}

static void count_segment(void *context, size_t item, size_t worker)
{
  CsvReader *reader = context;
  CsvSegment *segment = &reader->segments[item];
  (void)worker;
  if (task_cancelled(reader->task)) {
    return;
  }
  const size_t size = segment->end - segment->begin;
  csv_count(&reader->dialect, reader->bytes + segment->begin, size, &segment->census);
  atomic_fetch_add_explicit(&reader->task->done, size, memory_order_relaxed);
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
static Status check_pieces(const CsvReader *reader, Error *e)
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

Status csv_split(CsvReader *reader, Error *e)
{
  find_end(reader);
  task_phase(reader->task, _("counting rows"));
  task_progress(reader->task, 0, reader->end - reader->data);
  const size_t n = cut_segments(reader, NULL);
  reader->segments = mem_zero(n, sizeof *reader->segments);
  reader->pieces = mem_zero(n, sizeof *reader->pieces);
  if (!reader->segments || !reader->pieces) {
    return error_memory(e, n * sizeof *reader->segments, _("the pieces of a file"));
  }
  reader->n_segments = cut_segments(reader, reader->segments);
  pool_run(reader->threads, n, count_segment, reader);
  if (task_cancelled(reader->task)) {
    return error_cancelled(e);
  }
  chain_segments(reader);
  return check_pieces(reader, e);
}
