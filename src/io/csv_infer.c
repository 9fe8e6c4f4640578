/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which type a column's cells allow. The kinds of value are four groups (bools, numbers, times, times with
 * zone): a column of one group has its type, one of several, or with any text, is text. Kinds only ever add
 * up, so a type guessed from some cells can turn out too narrow, but never wrong in another way. */
#include <string.h>

#include "io/csv_reader.h"

enum { SAMPLE_PIECES = 16, SAMPLE_RECORDS = 256, SAMPLE_BYTES = 1 << 16 };

void csv_settle(CsvColumn *column, const CsvSeen *seen)
{
  const size_t *count = seen->count;
  const bool bools = count[CSV_BOOL] > 0, numbers = count[CSV_INT] + count[CSV_FLOAT] > 0;
  const bool times = count[CSV_TIME] > 0, zoned = count[CSV_TIME_UTC] > 0;
  const int groups = bools + numbers + times + zoned;
  bool text = groups > 1;
  for (size_t kind = CSV_TEXT; kind < CSV_KINDS; kind++) {
    text = text || count[kind] > 0;
  }
  column->unknown = groups == 0 && !text;
  column->utc = !text && zoned;
  column->type = text || groups == 0 ? TYPE_CATEGORY
                 : bools             ? TYPE_BOOL
                 : times || zoned    ? TYPE_TIMESTAMP
                 : count[CSV_FLOAT]  ? TYPE_FLOAT64
                                     : TYPE_INT64;
}

static void sample_piece(CsvReader *reader, CsvWorker *worker, const CsvPiece *piece)
{
  const uint64_t header = reader->data - reader->header;
  const char *text = csv_open_piece(reader, worker, piece, SAMPLE_BYTES + header * 4);
  if (!text) {
    return;
  }
  const size_t most = reader->batch_records < SAMPLE_RECORDS ? reader->batch_records : SAMPLE_RECORDS;
  size_t records = csv_next_batch(reader, worker, piece, most);
  if (worker->scanner.size < piece->end - piece->begin && worker->scanner.record > worker->scanner.size) {
    records--; /* the last one is cut off */
  }
  for (size_t i = 0; i < records * reader->n; i++) {
    const CsvField *field = &worker->fields[i];
    const char *cell = text + field->start;
    const CsvKind kind = field->quoted ? csv_kind_quoted(cell, field->length) : csv_kind(cell, field->length);
    csv_see(&worker->seen[i % reader->n], kind, piece->begin + field->start);
  }
}

/* Faults met here are met again when the pieces are read. */
void csv_guess(CsvReader *reader)
{
  CsvWorker *worker = &reader->workers[0];
  const size_t n = reader->n_pieces < SAMPLE_PIECES ? reader->n_pieces : SAMPLE_PIECES;
  for (size_t i = 0; i < n; i++) {
    sample_piece(reader, worker, &reader->pieces[i * reader->n_pieces / n]);
  }
  for (size_t i = 0; i < reader->n; i++) {
    CsvColumn *column = &reader->columns[i];
    const CsvSeen *seen = &worker->seen[i];
    if (!column->forced) {
      csv_settle(column, seen);
    } else if (column->type == TYPE_TIMESTAMP) {
      column->utc = seen->first[CSV_TIME_UTC] < seen->first[CSV_TIME];
    }
    csv_seen_clear(&worker->seen[i]);
  }
  worker->fault.trouble = CSV_FINE;
  error_clear(&worker->error);
  atomic_store(&reader->faulty, UINT64_MAX);
}
