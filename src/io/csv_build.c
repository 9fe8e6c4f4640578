/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of values (texts: csv_text.c). A cell is first tried as what the column is; all else goes through
 * odd_cell, which is where missing cells, blanks around a value, forced types and cells that do not fit are
 * told apart. */
#include "io/csv_build.h"

#include <string.h>

#include "core/alloc.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"

void csv_seen_clear(CsvSeen *seen)
{
  memset(seen->count, 0, sizeof seen->count);
  seen->needless = false;
  for (size_t kind = 0; kind < CSV_KINDS; kind++) {
    seen->first[kind] = UINT64_MAX;
  }
}

void csv_seen_merge(CsvSeen *seen, const CsvSeen *other)
{
  seen->needless = seen->needless || other->needless;
  for (size_t kind = 0; kind < CSV_KINDS; kind++) {
    seen->count[kind] += other->count[kind];
    seen->first[kind] = other->first[kind] < seen->first[kind] ? other->first[kind] : seen->first[kind];
  }
}

static bool is_text(const CsvColumn *column)
{
  return type_is_text(column->type) || column->type == TYPE_SET;
}

static void drop_texts(CsvColumn *column)
{
  for (size_t i = 0; column->texts && i < column->pieces; i++) {
    mem_free(column->texts[i].bytes);
  }
  for (size_t i = 0; column->dictionaries && i < column->workers; i++) {
    map_free(column->dictionaries[i].map);
    mem_free(column->dictionaries[i].first);
  }
  mem_free(column->texts);
  mem_free(column->dictionaries);
  column->texts = NULL;
  column->dictionaries = NULL;
}

void csv_column_free(CsvColumn *column)
{
  drop_texts(column);
  storage_unref(column->values);
  storage_unref(column->valid);
  column->values = column->valid = NULL;
}

size_t csv_column_width(const CsvColumn *column)
{
  return is_text(column) ? 24 : column->type == TYPE_BOOL ? 1 : 8;
}

static bool begin_texts(CsvColumn *column, size_t pieces, size_t workers)
{
  column->pieces = pieces;
  column->workers = workers;
  column->texts = mem_zero(pieces, sizeof *column->texts);
  column->dictionaries = mem_zero(workers, sizeof *column->dictionaries);
  column->values = storage_new(column->rows, sizeof(int32_t));
  return column->texts && column->dictionaries && column->values;
}

static bool begin_values(CsvColumn *column)
{
  const bool bits = column->type == TYPE_BOOL;
  const size_t n = bits ? bitmap_words(column->rows) : column->rows;
  column->values = storage_new(n, sizeof(uint64_t));
  if (column->values && bits) {
    memset(storage_data(column->values), 0, n * sizeof(uint64_t));
  }
  return column->values != NULL;
}

/* Every row is valid until it is found missing. */
static bool begin_valid(CsvColumn *column)
{
  column->valid = storage_new(bitmap_words(column->rows), sizeof(uint64_t));
  if (column->valid) {
    uint64_t *words = storage_data(column->valid);
    for (size_t word = 0; word < bitmap_words(column->rows); word++) {
      words[word] = bitmap_mask(column->rows, word);
    }
  }
  return column->valid != NULL;
}

Status csv_column_begin(CsvColumn *column, const CsvPiece *pieces, size_t n, size_t workers, Error *e)
{
  csv_column_free(column);
  column->rows = n > 0 ? pieces[n - 1].row + pieces[n - 1].rows : 0;
  atomic_store(&column->clash, false);
  atomic_store(&column->raw, column->forced && column->type != TYPE_CATEGORY);
  bool made = begin_valid(column);
  if (made && !column->unknown) {
    made = is_text(column) ? begin_texts(column, n, workers) : begin_values(column);
  }
  return made ? STATUS_OK : error_memory(e, column->rows * csv_column_width(column), _("a column"));
}

bool csv_content(const CsvBatch *batch, const CsvField *field, const char **text, size_t *length)
{
  *text = batch->bytes + field->start;
  *length = field->length;
  if (field->escaped) {
    text_reset(batch->scratch);
    text_add(batch->scratch, *text, *length);
    if (batch->scratch->failed) {
      return false;
    }
    *length = csv_unescape(batch->dialect, *text, *length, batch->scratch->data);
    *text = batch->scratch->data;
  }
  return true;
}

void csv_cell_fault(const CsvBatch *batch, const CsvField *field, CsvTrouble trouble, size_t index,
                    CsvFault *fault)
{
  const CsvField *first = field - index; /* of the record */
  const uint64_t at = batch->piece->begin + field->start - field->quoted;
  if (fault->trouble == CSV_FINE || at < fault->at) {
    *fault = (CsvFault){.trouble = trouble,
                        .record = batch->piece->begin + first->start - first->quoted,
                        .field = at,
                        .at = at,
                        .column = index};
  }
}

static bool time_in(const char *text, size_t length, bool utc, uint64_t *bits)
{
  int64_t value;
  bool zone;
  if (!parse_time(text, length, &value, &zone) || zone != utc) {
    return false;
  }
  *bits = (uint64_t)value;
  return true;
}

static bool as_int(const char *text, size_t length, uint64_t *bits)
{
  int64_t value;
  if (!parse_int(text, length, &value)) {
    return false;
  }
  *bits = (uint64_t)value;
  return true;
}

static bool as_float(const char *text, size_t length, uint64_t *bits)
{
  double value;
  if (!parse_float(text, length, &value)) {
    return false;
  }
  memcpy(bits, &value, sizeof value);
  return true;
}

static bool as_time(const char *text, size_t length, uint64_t *bits)
{
  return time_in(text, length, false, bits);
}

static bool as_time_utc(const char *text, size_t length, uint64_t *bits)
{
  return time_in(text, length, true, bits);
}

static bool as_bool(const char *text, size_t length, uint64_t *bits)
{
  bool truth;
  if (!parse_bool(text, length, &truth)) {
    return false;
  }
  *bits = truth;
  return true;
}

/* The value of a trimmed text, forced or not; the rarely taken way. */
static bool parse(const CsvColumn *column, const char *text, size_t length, uint64_t *bits)
{
  double number;
  int64_t whole;
  bool truth, good;
  switch (column->type) {
    case TYPE_FLOAT64:
      good = column->forced ? parse_float_forced(text, length, &number) : parse_float(text, length, &number);
      if (good) {
        memcpy(bits, &number, sizeof number);
      }
      return good;
    case TYPE_INT64:
      good = column->forced ? parse_int_forced(text, length, &whole) : parse_int(text, length, &whole);
      *bits = good ? (uint64_t)whole : 0;
      return good;
    case TYPE_BOOL:
      good = column->forced ? parse_bool_forced(text, length, &truth) : parse_bool(text, length, &truth);
      *bits = good && truth;
      return good;
    default:
      return time_in(text, length, column->utc, bits);
  }
}

/* A field that is not simply a value of the column's type: gives its value, or false for a missing cell. */
static bool odd_cell(CsvColumn *column, const CsvBatch *batch, const CsvField *field, size_t row, CsvSeen *seen,
                     uint64_t *bits)
{
  const char *text = batch->bytes + field->start;
  size_t length = field->length;
  const CsvKind kind =
      field->quoted && !column->forced ? csv_kind_quoted(text, length) : csv_kind(text, length);
  if (kind > CSV_BLANKS && !(field->quoted && !column->forced) && !column->unknown) {
    parse_trim(&text, &length);
    if (parse(column, text, length, bits)) {
      return true;
    }
  }
  csv_set_missing(column, batch->piece, row);
  if (kind != CSV_MISSING) {
    csv_see(seen, kind, batch->piece->begin + field->start - field->quoted);
  }
  if (kind > CSV_BLANKS) {
    atomic_store_explicit(&column->clash, true, memory_order_relaxed);
  }
  return false;
}

typedef bool (*Parse)(const char *text, size_t length, uint64_t *bits);

/* Inlined into each caller, so that the parser is no call. */
static inline __attribute__((always_inline)) void convert_values(CsvColumn *column, size_t index,
                                                                 const CsvBatch *batch, CsvSeen *seen,
                                                                 Parse quick)
{
  uint64_t *values = (uint64_t *)storage_data(column->values) + batch->row;
  const CsvField *field = batch->fields + index;
  for (size_t i = 0; i < batch->records; i++, field += batch->columns) {
    if (field->quoted || !quick(batch->bytes + field->start, field->length, &values[i])) {
      uint64_t bits = 0;
      values[i] = odd_cell(column, batch, field, batch->row + i, seen, &bits) ? bits : 0;
    }
  }
}

static void convert_bools(CsvColumn *column, size_t index, const CsvBatch *batch, CsvSeen *seen)
{
  uint64_t *words = storage_data(column->values);
  const CsvField *field = batch->fields + index;
  for (size_t i = 0; i < batch->records; i++, field += batch->columns) {
    const size_t row = batch->row + i;
    uint64_t bits = 0;
    const bool quick = !field->quoted && as_bool(batch->bytes + field->start, field->length, &bits);
    if (!quick && !odd_cell(column, batch, field, row, seen, &bits)) {
      continue;
    }
    if (bits && csv_shares_word(batch->piece, row)) {
      __atomic_fetch_or(&words[row / 64], UINT64_C(1) << (row % 64), __ATOMIC_RELAXED);
    } else if (bits) {
      words[row / 64] |= UINT64_C(1) << (row % 64);
    }
  }
}

static void convert_unknown(CsvColumn *column, size_t index, const CsvBatch *batch, CsvSeen *seen)
{
  const CsvField *field = batch->fields + index;
  for (size_t i = 0; i < batch->records; i++, field += batch->columns) {
    uint64_t bits = 0;
    (void)odd_cell(column, batch, field, batch->row + i, seen, &bits);
  }
}

void csv_convert(CsvColumn *column, size_t index, const CsvBatch *batch, CsvSeen *seen, CsvFault *fault)
{
  if (column->unknown) {
    convert_unknown(column, index, batch, seen);
  } else if (is_text(column)) {
    csv_convert_text(column, index, batch, seen, fault);
  } else if (column->type == TYPE_BOOL) {
    convert_bools(column, index, batch, seen);
  } else if (column->type == TYPE_INT64) {
    convert_values(column, index, batch, seen, as_int);
  } else if (column->type == TYPE_FLOAT64) {
    convert_values(column, index, batch, seen, as_float);
  } else if (column->utc) {
    convert_values(column, index, batch, seen, as_time_utc);
  } else {
    convert_values(column, index, batch, seen, as_time);
  }
}

/* A storage of zeros: offsets of a column of missing strings. */
static Storage *zeros(size_t n, size_t size)
{
  Storage *storage = storage_new(n, size);
  if (storage) {
    memset(storage_data(storage), 0, n * size);
  }
  return storage;
}

static bool give_values(CsvColumn *column, Column *out)
{
  if (column->unknown) {
    out->values = buffer_of(zeros(0, 1));
    out->offsets = buffer_of(zeros(column->rows + 1, sizeof(int64_t)));
    return out->values.data && out->offsets.data;
  }
  out->values = buffer_of(column->values);
  column->values = NULL;
  if (column->type == TYPE_TIMESTAMP && column->utc) {
    Storage *zone = storage_new(sizeof "UTC", 1);
    if (!zone) {
      return false;
    }
    memcpy(storage_data(zone), "UTC", sizeof "UTC");
    out->zone = buffer_of(zone);
  }
  return true;
}

Status csv_column_finish(CsvColumn *column, const CsvPiece *pieces, Task *task, Column **out, Error *e)
{
  *out = NULL;
  if (!column->unknown && is_text(column)) {
    return csv_text_finish(column, pieces, task, out, e);
  }
  Column *made = column_bare(column->unknown ? TYPE_STRING : column->type, column->rows);
  if (!made || !give_values(column, made)) {
    column_unref(made);
    return error_memory(e, 0, _("a column"));
  }
  made->valid = buffer_of(column->valid);
  column->valid = NULL;
  if (column_missing(made) == 0) {
    buffer_drop(&made->valid);
  }
  *out = made;
  return STATUS_OK;
}
