/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digest of a column's content, in no more memory than the stack. The cells are written in one
 * canonical form to a stream, which is hashed piece by piece: the pieces depend on the content alone, not
 * on how the column was sliced or built. Text is written as text, so that a category and a string column
 * of equal cells agree; a set as its size and the sum of its items' hashes, since the order of codes
 * within a cell is that of the dictionary. Role and unused levels do not count. */
#include <math.h>
#include <string.h>

#include "frame/column_layout.h"

enum { PIECE = 8192, BATCH = 512 };

typedef struct Stream {
  Digest state;
  size_t used;
  unsigned char bytes[PIECE];
} Stream;

static void stream_flush(Stream *stream)
{
  const Digest parts[2] = {stream->state, digest_bytes(stream->bytes, stream->used)};
  stream->state = digest_join(parts, 2);
  stream->used = 0;
}

static void stream_add(Stream *stream, const void *bytes, size_t n)
{
  const unsigned char *from = bytes;
  while (n > 0) {
    const size_t room = PIECE - stream->used;
    const size_t part = n < room ? n : room;
    memcpy(stream->bytes + stream->used, from, part);
    stream->used += part;
    from += part;
    n -= part;
    if (stream->used == PIECE) {
      stream_flush(stream);
    }
  }
}

static void stream_number(Stream *stream, uint64_t number)
{
  stream_add(stream, &number, sizeof number);
}

static void add_validity(Stream *stream, const Column *column)
{
  const uint64_t *valid = column->valid.data;
  for (size_t word = 0; word < bitmap_words(column->rows); word++) {
    stream_number(stream, valid ? valid[word] : bitmap_mask(column->rows, word));
  }
}

/* Any NaN is one NaN; -0.0 and 0.0 differ. */
static void add_floats(Stream *stream, const Column *column)
{
  const double *values = column->values.data;
  double batch[BATCH];
  for (size_t first = 0; first < column->rows; first += BATCH) {
    const size_t n = column->rows - first < BATCH ? column->rows - first : BATCH;
    for (size_t i = 0; i < n; i++) {
      batch[i] = isnan(values[first + i]) ? (double)NAN : values[first + i];
    }
    stream_add(stream, batch, n * sizeof *batch);
  }
}

static void add_texts(Stream *stream, const Column *column)
{
  for (size_t row = 0; row < column->rows; row++) {
    if (column_valid(column, row)) {
      size_t length;
      const char *text = column_text(column, row, &length);
      stream_number(stream, length);
      stream_add(stream, text, length);
    } else {
      stream_number(stream, UINT64_MAX);
    }
  }
}

static void add_set(Stream *stream, const Column *column, size_t row)
{
  const int32_t *codes;
  const size_t n = column_set(column, row, &codes);
  Digest sum = {0, 0};
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *text = column_level(column, (size_t)codes[i], &length);
    const Digest item = digest_bytes(text, length);
    sum.high += item.high;
    sum.low += item.low;
  }
  stream_number(stream, n);
  stream_add(stream, &sum, sizeof sum);
}

static void add_sets(Stream *stream, const Column *column)
{
  for (size_t row = 0; row < column->rows; row++) {
    if (column_valid(column, row)) {
      add_set(stream, column, row);
    } else {
      stream_number(stream, UINT64_MAX);
    }
  }
}

static Digest digest_cells(const Column *column)
{
  Stream stream;
  stream.state = (Digest){0, 0};
  stream.used = 0;
  const char *zone = column_zone(column);
  stream_number(&stream, column->type == TYPE_CATEGORY ? TYPE_STRING : column->type);
  stream_number(&stream, column->rows);
  stream_number(&stream, strlen(zone));
  stream_add(&stream, zone, strlen(zone));
  if (type_is_text(column->type)) {
    add_texts(&stream, column);
  } else if (column->type == TYPE_SET) {
    add_sets(&stream, column);
  } else {
    add_validity(&stream, column);
    if (column->type == TYPE_FLOAT64) {
      add_floats(&stream, column);
    } else if (column->type == TYPE_BOOL) {
      stream_add(&stream, column->values.data, bitmap_words(column->rows) * sizeof(uint64_t));
    } else {
      stream_add(&stream, column->values.data, column->rows * sizeof(int64_t));
    }
  }
  stream_flush(&stream);
  return stream.state;
}

/* Several threads may hash at once; one of them keeps what all find. */
Digest column_digest(const Column *column)
{
  Column *kept = (Column *)column;
  if (atomic_load_explicit(&kept->digest_state, memory_order_acquire) == 2) {
    return column->digest;
  }
  const Digest digest = digest_cells(column);
  int none = 0;
  if (atomic_compare_exchange_strong(&kept->digest_state, &none, 1)) {
    kept->digest = digest;
    atomic_store_explicit(&kept->digest_state, 2, memory_order_release);
  }
  return digest;
}
