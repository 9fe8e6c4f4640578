/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distinct cells, counted exactly. Numbers are sorted, codes marked. Texts and sets are dealt to parts by
 * the top bits of their hash, and each part is counted in a table of its own: a table stays in the cache,
 * and no step is so long that a cancel would wait, as growing one table for a whole column would be. Equal
 * hashes are told apart by the bytes. */
#include <string.h>

#include "core/alloc.h"
#include "frame/column_keys.h"
#include "frame/column_layout.h"

enum { PART_BITS = 11, PARTS = 1 << PART_BITS, FIRST_SLOTS = 64 };

typedef struct Entry {
  uint64_t hash;
  size_t row;
} Entry;

/* Open addressing; a slot is the number of an entry of the part, plus one, or 0 for free. */
typedef struct Table {
  size_t *slots;
  size_t mask, n;
} Table;

static Status distinct_numbers(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  Keys keys;
  Status status = column_keys(column, task, &keys, e);
  if (status == STATUS_OK) {
    status = keys_distinct(&keys, task, distinct, e);
    keys_free(&keys);
  }
  return status;
}

static size_t distinct_bools(const Column *column)
{
  const uint64_t *values = column->values.data, *valid = column->valid.data;
  bool yes = false, no = false;
  for (size_t word = 0; word < bitmap_words(column->rows) && !(yes && no); word++) {
    const uint64_t there = valid ? valid[word] : bitmap_mask(column->rows, word);
    yes = yes || (values[word] & there) != 0;
    no = no || (~values[word] & there) != 0;
  }
  return (size_t)yes + (size_t)no;
}

/* Levels that occur: a slice keeps levels that have no rows left. */
static Status distinct_codes(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  bool *seen = mem_zero(column->dictionary->n, sizeof *seen);
  if (!seen) {
    return error_memory(e, column->dictionary->n, _("counting levels"));
  }
  Status status = STATUS_OK;
  size_t count = 0;
  for (size_t row = 0; row < column->rows; row++) {
    if (task_cancelled(task)) {
      status = error_cancelled(e);
      break;
    }
    if (column_valid(column, row)) {
      bool *mark = &seen[column_code(column, row)];
      count += !*mark;
      *mark = true;
    }
  }
  *distinct = count;
  mem_free(seen);
  return status;
}

/* Within one column equal sets have equal codes, so that the codes stand for the set. */
static const char *cell_bytes(const Column *column, size_t row, size_t *length)
{
  if (column->type == TYPE_STRING) {
    return column_text(column, row, length);
  }
  const int32_t *codes;
  *length = column_set(column, row, &codes) * sizeof *codes;
  return (const char *)codes;
}

static uint64_t cell_hash(const Column *column, size_t row)
{
  size_t length;
  const char *bytes = cell_bytes(column, row, &length);
  return digest_hash(bytes, length);
}

static bool same_cells(const Column *column, size_t a, size_t b)
{
  size_t length_a, length_b;
  const char *bytes_a = cell_bytes(column, a, &length_a), *bytes_b = cell_bytes(column, b, &length_b);
  return length_a == length_b && (length_a == 0 || memcmp(bytes_a, bytes_b, length_a) == 0);
}

/* ends[part]: where the part's entries end, once all before it are there. */
static Status count_parts(const Column *column, const Task *task, size_t ends[PARTS], Error *e)
{
  memset(ends, 0, PARTS * sizeof *ends);
  for (size_t row = 0; row < column->rows; row++) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (column_valid(column, row)) {
      ends[cell_hash(column, row) >> (64 - PART_BITS)]++;
    }
  }
  for (size_t part = 1; part < PARTS; part++) {
    ends[part] += ends[part - 1];
  }
  return STATUS_OK;
}

/* From the last row down, which turns the ends into the starts. */
static Status deal(const Column *column, const Task *task, size_t ends[PARTS], Entry *entries, Error *e)
{
  for (size_t row = column->rows; row-- > 0;) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (column_valid(column, row)) {
      const uint64_t hash = cell_hash(column, row);
      entries[--ends[hash >> (64 - PART_BITS)]] = (Entry){hash, row};
    }
  }
  return STATUS_OK;
}

static bool table_resize(Table *table, const Entry *entries, size_t size)
{
  size_t *slots = mem_zero(size, sizeof *slots);
  if (!slots) {
    return false;
  }
  for (size_t i = 0; table->slots && i <= table->mask; i++) {
    if (table->slots[i]) {
      size_t slot = entries[table->slots[i] - 1].hash & (size - 1);
      while (slots[slot]) {
        slot = (slot + 1) & (size - 1);
      }
      slots[slot] = table->slots[i];
    }
  }
  mem_free(table->slots);
  table->slots = slots;
  table->mask = size - 1;
  return true;
}

static bool table_add(Table *table, const Column *column, const Entry *entries, size_t number)
{
  const Entry *entry = &entries[number];
  size_t slot = entry->hash & table->mask;
  for (; table->slots[slot]; slot = (slot + 1) & table->mask) {
    const Entry *other = &entries[table->slots[slot] - 1];
    if (other->hash == entry->hash && same_cells(column, other->row, entry->row)) {
      return true;
    }
  }
  table->slots[slot] = number + 1;
  return ++table->n * 2 <= table->mask || table_resize(table, entries, (table->mask + 1) * 4);
}

static Status count_part(const Column *column, const Task *task, const Entry *entries, size_t n, Table *table,
                         Error *e)
{
  table->n = 0;
  memset(table->slots, 0, (table->mask + 1) * sizeof *table->slots);
  for (size_t i = 0; i < n; i++) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (!table_add(table, column, entries, i)) {
      return error_memory(e, 0, _("counting texts"));
    }
  }
  return STATUS_OK;
}

static Status distinct_lists(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  const size_t n = column->rows - column_missing(column);
  size_t starts[PARTS], bytes;
  if (__builtin_mul_overflow(n, sizeof(Entry), &bytes)) {
    bytes = SIZE_MAX;
  }
  Table table = {NULL, 0, 0};
  Entry *entries = NULL;
  Status status;
  TRY(task_reserve(task, bytes, _("counting texts"), e));
  entries = mem_alloc(n, sizeof *entries);
  if (!entries || !table_resize(&table, NULL, FIRST_SLOTS)) {
    status = error_memory(e, bytes, _("counting texts"));
    goto done;
  }
  TRY(count_parts(column, task, starts, e));
  TRY(deal(column, task, starts, entries, e));
  for (size_t part = 0; part < PARTS; part++) {
    const size_t end = part + 1 < PARTS ? starts[part + 1] : n;
    TRY(count_part(column, task, entries + starts[part], end - starts[part], &table, e));
    *distinct += table.n;
  }
done:
  mem_free(table.slots);
  mem_free(entries);
  return status;
}

Status column_distinct(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  *distinct = 0;
  switch (column->type) {
    case TYPE_BOOL:
      *distinct = distinct_bools(column);
      return STATUS_OK;
    case TYPE_CATEGORY:
      return distinct_codes(column, task, distinct, e);
    case TYPE_STRING:
    case TYPE_SET:
      return distinct_lists(column, task, distinct, e);
    default:
      return distinct_numbers(column, task, distinct, e);
  }
}
