/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups by hashing. Rows are dealt to parts by the top bits of their hash, in row order; each part has a table of
 * its own that stays in the cache and finds every row's first equal one. A row that is its own first one begins a
 * group; these are then counted in row order, which numbers groups by first appearance whatever the parts and
 * threads. Numbers are hashed by a bijection, so that equal hashes are equal numbers; texts and sets with XXH3,
 * and compared. */
#include <string.h>

#include "core/alloc.h"
#include "frame/column_layout.h"
#include "shape/groups_digits.h"
#include "shape/groups_items.h"

enum { PART_ROWS = 1 << 14, PARTS_MOST = 512, LEAST_ROWS = 1 << 15, FIRST_SLOTS = 1 << 10 };

typedef struct Entry {
  uint64_t hash;
  uint32_t row;
} Entry;

typedef struct Hashing {
  const Digit *digits;
  size_t n_digits;
  const Column *lists;     /* in place of digits */
  uint64_t *kept;          /* hashes of lists by row, between the two looks at them */
  size_t rows, pieces, parts;
  unsigned shift;          /* a hash's part is hash >> shift */
  size_t *place;           /* by part, then piece: how many entries, then where the next one goes */
  Entry *entries;
  uint32_t *codes;         /* a row's first equal row, then its group */
  uint64_t *fresh;         /* bitmap: rows that begin a group */
  size_t *before;          /* per piece: groups begun in it, then before it */
  size_t n;
  size_t *first;
  Task *task;
} Hashing;

/* The finalizer of MurmurHash3 (Appleby), a bijection of 64 bits. */
static inline uint64_t mix(uint64_t x)
{
  x ^= x >> 33;
  x *= UINT64_C(0xff51afd7ed558ccd);
  x ^= x >> 33;
  x *= UINT64_C(0xc4ceb9fe1a85ec53);
  return x ^ x >> 33;
}

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
  if (!column_valid(column, row)) {
    return UINT64_C(0x9e3779b97f4a7c15);
  }
  size_t length;
  const char *bytes = cell_bytes(column, row, &length);
  return digest_hash(bytes, length);
}

static bool same_cell(const Column *column, size_t a, size_t b)
{
  if (!column_valid(column, a) || !column_valid(column, b)) {
    return !column_valid(column, a) && !column_valid(column, b);
  }
  size_t length_a, length_b;
  const char *bytes_a = cell_bytes(column, a, &length_a), *bytes_b = cell_bytes(column, b, &length_b);
  return length_a == length_b && (length_a == 0 || memcmp(bytes_a, bytes_b, length_a) == 0);
}

static void hash_block(const Hashing *run, size_t first, size_t count, uint64_t *out)
{
  if (!run->lists) {
    digits_read(run->digits, run->n_digits, first, count, out);
    for (size_t i = 0; i < count; i++) {
      out[i] = mix(out[i]);
    }
    return;
  }
  for (size_t i = 0; i < count; i++) {
    out[i] = cell_hash(run->lists, first + i);
  }
}

static Status count_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Hashing *run = context;
  uint64_t hashes[DIGIT_BLOCK];
  size_t counts[PARTS_MOST] = {0};
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  for (size_t first = piece_begin(run->rows, run->pieces, piece); first < end; first += DIGIT_BLOCK) {
    if (task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    const size_t count = end - first < DIGIT_BLOCK ? end - first : DIGIT_BLOCK;
    uint64_t *to = hashes;
    if (run->kept) {
      to = run->kept + first;
    }
    hash_block(run, first, count, to);
    for (size_t i = 0; i < count; i++) {
      counts[to[i] >> run->shift]++;
    }
  }
  for (size_t part = 0; part < run->parts; part++) {
    run->place[part * run->pieces + piece] = counts[part];
  }
  return STATUS_OK;
}

static Status deal_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Hashing *run = context;
  uint64_t hashes[DIGIT_BLOCK];
  size_t place[PARTS_MOST];
  for (size_t part = 0; part < run->parts; part++) {
    place[part] = run->place[part * run->pieces + piece];
  }
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  for (size_t first = piece_begin(run->rows, run->pieces, piece); first < end; first += DIGIT_BLOCK) {
    if (task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    const size_t count = end - first < DIGIT_BLOCK ? end - first : DIGIT_BLOCK;
    const uint64_t *from = run->kept ? run->kept + first : hashes;
    if (!run->kept) {
      hash_block(run, first, count, hashes);
    }
    for (size_t i = 0; i < count; i++) {
      run->entries[place[from[i] >> run->shift]++] = (Entry){from[i], (uint32_t)(first + i)};
    }
  }
  return STATUS_OK;
}

/* ---- the table of a part ---- */

/* A slot is the number of an entry of the part + 1, 0: free. */
typedef struct Table {
  uint32_t *slots;
  size_t mask, n;
} Table;

static bool table_grow(Table *table, const Entry *entries, size_t size)
{
  uint32_t *slots = mem_zero(size, sizeof *slots);
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
  *table = (Table){slots, size - 1, table->n};
  return true;
}

/* The entry that is the first one equal to entry `number`: itself, if it is put into the table. */
static inline size_t table_find(Table *table, const Entry *entries, size_t number, const Column *lists)
{
  const Entry *entry = &entries[number];
  size_t slot = entry->hash & table->mask;
  for (; table->slots[slot]; slot = (slot + 1) & table->mask) {
    const size_t other = table->slots[slot] - 1;
    if (entries[other].hash == entry->hash && (!lists || same_cell(lists, entries[other].row, entry->row))) {
      return other;
    }
  }
  table->slots[slot] = (uint32_t)number + 1;
  table->n++;
  return number;
}

static Status find_part(void *context, size_t part, size_t worker, Error *e)
{
  (void)worker;
  Hashing *run = context;
  const size_t begin = run->place[part * run->pieces];
  const size_t end = part + 1 < run->parts ? run->place[(part + 1) * run->pieces] : run->rows;
  const Entry *entries = run->entries + begin;
  Table table = {NULL, 0, 0};
  bool made = table_grow(&table, entries, FIRST_SLOTS);
  Status status = STATUS_OK;
  for (size_t i = 0; made && i < end - begin; i++) {
    if (i % PIECE_POLL == 0 && task_cancelled(run->task)) {
      status = error_cancelled(e);
      break;
    }
    run->codes[entries[i].row] = entries[table_find(&table, entries, i, run->lists)].row;
    made = table.n * 2 <= table.mask || table_grow(&table, entries, (table.mask + 1) * 4);
  }
  mem_free(table.slots);
  return made ? status : items_no_memory(table.mask + 1, sizeof *table.slots, e);
}

/* ---- numbering ---- */

static Status count_fresh(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Hashing *run = context;
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  size_t n = 0;
  for (size_t row = piece_begin(run->rows, run->pieces, piece); row < end; row++) {
    if (row % PIECE_POLL == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    const bool is_first = run->codes[row] == row;
    n += is_first;
    run->fresh[row / 64] |= (uint64_t)is_first << (row % 64);
  }
  run->before[piece] = n;
  return STATUS_OK;
}

static Status number_fresh(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker, (void)e;
  Hashing *run = context;
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  size_t next = run->before[piece];
  for (size_t word = piece_begin(run->rows, run->pieces, piece) / 64; word * 64 < end; word++) {
    for (uint64_t bits = run->fresh[word]; bits; bits &= bits - 1) {
      const size_t row = word * 64 + (size_t)__builtin_ctzll(bits);
      run->first[next] = row;
      run->codes[row] = (uint32_t)next++;
    }
  }
  return STATUS_OK;
}

static Status number_rest(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  Hashing *run = context;
  const size_t end = piece_begin(run->rows, run->pieces, piece + 1);
  for (size_t row = piece_begin(run->rows, run->pieces, piece); row < end; row++) {
    if (row % PIECE_POLL == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    if (!bitmap_get(run->fresh, row)) {
      run->codes[row] = run->codes[run->codes[row]];
    }
  }
  return STATUS_OK;
}

static void running_totals(size_t *counts, size_t n)
{
  size_t before = 0;
  for (size_t i = 0; i < n; i++) {
    const size_t count = counts[i];
    counts[i] = before;
    before += count;
  }
}

static Status number_groups(Hashing *run, Error *e)
{
  Status status;
  TRY(items_run(run->task, run->pieces, count_fresh, run, e));
  const size_t last = run->before[run->pieces - 1];
  running_totals(run->before, run->pieces);
  run->n = run->before[run->pieces - 1] + last;
  run->first = mem_alloc(run->n, sizeof *run->first);
  if (!run->first) {
    TRY(items_no_memory(run->n, sizeof *run->first, e));
  }
  TRY(items_run(run->task, run->pieces, number_fresh, run, e));
  TRY(items_run(run->task, run->pieces, number_rest, run, e));
done:
  return status;
}

static Status hashing_make(Hashing *run, Error *e)
{
  run->pieces = pieces_for(run->task, run->rows, LEAST_ROWS);
  run->parts = 2; /* a shift of 64 is not defined */
  run->shift = 63;
  while (run->parts < PARTS_MOST && run->rows / run->parts > PART_ROWS) {
    run->parts *= 2;
    run->shift--;
  }
  const Status status = task_reserve(run->task, run->rows * (sizeof *run->entries + sizeof *run->codes +
                                                             (run->lists ? sizeof *run->kept : 0)),
                                     _("grouping rows"), e);
  if (status != STATUS_OK) {
    return status;
  }
  run->place = mem_alloc(run->parts * run->pieces, sizeof *run->place);
  run->before = mem_zero(run->pieces, sizeof *run->before);
  run->entries = mem_alloc(run->rows, sizeof *run->entries);
  run->codes = mem_alloc(run->rows, sizeof *run->codes);
  run->fresh = mem_zero(bitmap_words(run->rows), sizeof *run->fresh);
  run->kept = run->lists ? mem_alloc(run->rows, sizeof *run->kept) : NULL;
  const bool made = run->place && run->before && run->entries && run->codes && run->fresh && (run->kept || !run->lists);
  return made ? STATUS_OK : items_no_memory(run->rows, sizeof *run->entries, e);
}

static Status hashing_run(Hashing *run, Error *e)
{
  Status status;
  TRY(hashing_make(run, e));
  TRY(items_run(run->task, run->pieces, count_piece, run, e));
  running_totals(run->place, run->parts * run->pieces);
  TRY(items_run(run->task, run->pieces, deal_piece, run, e));
  mem_free(run->kept);
  run->kept = NULL;
  TRY(items_run(run->task, run->parts, find_part, run, e));
  TRY(number_groups(run, e));
done:
  mem_free(run->place);
  mem_free(run->before);
  mem_free(run->entries);
  mem_free(run->fresh);
  mem_free(run->kept);
  if (status != STATUS_OK) {
    mem_free(run->codes);
    mem_free(run->first);
  }
  return status;
}

static Status hashing_give(Hashing *run, uint32_t **codes, size_t **first, size_t *groups, Error *e)
{
  const Status status = hashing_run(run, e);
  if (status == STATUS_OK) {
    *codes = run->codes;
    *groups = run->n;
    if (first) {
      *first = run->first;
    } else {
      mem_free(run->first);
    }
  }
  return status;
}

Status groups_of_lists(const Column *column, Task *task, uint32_t **codes, size_t **first, size_t *n, Error *e)
{
  Hashing run = {.lists = column, .rows = column->rows, .task = task};
  return hashing_give(&run, codes, first, n, e);
}

Status groups_of_hashes(const Digit *digits, size_t n, size_t rows, Task *task, uint32_t **codes, size_t **first,
                        size_t *groups, Error *e)
{
  Hashing run = {.digits = digits, .n_digits = n, .rows = rows, .task = task};
  return hashing_give(&run, codes, first, groups, e);
}
