/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash table has open addressing. Rows of the smaller side are dealt to parts by the top bits of their hash; a
 * part's keys are numbered from the part's first place among the dealt rows on, so that parts need not wait for one
 * another. */
#include "shape/join_match.h"

#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { PART_BITS = 6, PARTS = 1 << PART_BITS, PARTED_ROWS = 1 << 17, AHEAD = 16, POLL = 1 << 18 };

typedef struct Slot {
  uint64_t word;
  uint32_t id; /* NO_ROW: free */
} Slot;

typedef struct Table {
  const JoinKeys *keys;
  Task *task;
  int small;       /* side it is made of */
  size_t rows;     /* of that side */
  unsigned bits;   /* of the number of parts */
  uint64_t *words; /* of the small side's rows */
  uint8_t *usable;
  uint32_t *dealt;         /* its rows by part, rising within one */
  size_t begin[PARTS + 1]; /* of each part in `dealt` */
  Slot *slots;
  size_t place[PARTS], mask[PARTS];
  uint32_t *row_of_id; /* the first row of each key */
  uint32_t *id;        /* of the small side's rows */
  uint32_t *other_id;  /* of the other side's */
  uint64_t *scratch;   /* a block of words per worker */
  uint8_t *scratch_usable;
} Table;

static uint64_t hash_of(uint64_t word)
{
  return join_mix(word + UINT64_C(0x9e3779b97f4a7c15));
}

static size_t part_of(const Table *t, uint64_t hash)
{
  return t->bits ? hash >> (64 - t->bits) : 0;
}

static Status block_words(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Table *t = context;
  (void)sum;
  (void)worker;
  (void)e;
  join_words(t->keys, t->small, first, count, t->words + first, t->usable + first);
  return STATUS_OK;
}

static Status deal(Table *t, Error *e)
{
  size_t next[PARTS] = {0};
  for (size_t row = 0; row < t->rows; row++) {
    if (row % POLL == 0 && task_cancelled(t->task)) {
      return error_cancelled(e);
    }
    next[part_of(t, hash_of(t->words[row]))] += t->usable[row];
  }
  for (size_t part = 0; part < PARTS; part++) {
    t->begin[part + 1] = t->begin[part] + next[part];
    next[part] = t->begin[part];
  }
  for (size_t row = 0; row < t->rows; row++) {
    if (row % POLL == 0 && task_cancelled(t->task)) {
      return error_cancelled(e);
    }
    if (t->usable[row]) {
      t->dealt[next[part_of(t, hash_of(t->words[row]))]++] = (uint32_t)row;
    }
  }
  return STATUS_OK;
}

/* Twice as many slots as rows, in powers of two. */
static size_t slots_of(size_t rows)
{
  size_t slots = 16;
  while (slots < rows * 2) {
    slots *= 2;
  }
  return slots;
}

static Status make_slots(Table *t, Error *e)
{
  size_t total = 0;
  for (size_t part = 0; part < PARTS; part++) {
    const size_t rows = t->begin[part + 1] - t->begin[part];
    t->place[part] = total;
    t->mask[part] = slots_of(rows) - 1;
    total += rows > 0 || part == 0 ? t->mask[part] + 1 : 0;
  }
  const Status status = task_reserve(t->task, total * sizeof(Slot), _("the keys of a join"), e);
  if (status != STATUS_OK) {
    return status;
  }
  t->slots = mem_alloc(total, sizeof *t->slots);
  if (!t->slots) {
    return error_memory(e, total * sizeof *t->slots, _("the keys of a join"));
  }
  return STATUS_OK;
}

/* The slot of a row's key, or the free one where it belongs. */
static Slot *find(const Table *t, uint64_t word, int side, size_t row)
{
  const uint64_t hash = hash_of(word);
  const size_t part = part_of(t, hash), mask = t->mask[part];
  Slot *const slots = t->slots + t->place[part];
  size_t at = hash & mask;
  while (slots[at].id != NO_ROW &&
         (slots[at].word != word ||
          (!t->keys->exact && !join_same(t->keys, t->small, t->row_of_id[slots[at].id], side, row)))) {
    at = (at + 1) & mask;
  }
  return &slots[at];
}

static void build_part(void *context, size_t part, size_t worker)
{
  Table *t = context;
  uint32_t next = (uint32_t)t->begin[part];
  (void)worker;
  const bool empty = t->begin[part] == t->begin[part + 1];
  if (empty && part > 0) {
    return;
  }
  for (size_t i = 0; i <= t->mask[part]; i++) {
    t->slots[t->place[part] + i].id = NO_ROW;
  }
  for (size_t i = t->begin[part]; i < t->begin[part + 1]; i++) {
    if (i % 4096 == 0 && task_cancelled(t->task)) {
      return;
    }
    const uint32_t row = t->dealt[i];
    Slot *slot = find(t, t->words[row], t->small, row);
    if (slot->id == NO_ROW) {
      *slot = (Slot){t->words[row], next};
      t->row_of_id[next++] = row;
    }
    t->id[row] = slot->id;
  }
}

static Status look_up(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Table *t = context;
  uint64_t *words = t->scratch + worker * BLOCK_ROWS;
  uint8_t *usable = t->scratch_usable + worker * BLOCK_ROWS;
  (void)sum;
  (void)e;
  join_words(t->keys, !t->small, first, count, words, usable);
  for (size_t i = 0; i < count; i++) {
    if (i + AHEAD < count) {
      const uint64_t hash = hash_of(words[i + AHEAD]);
      const size_t part = part_of(t, hash);
      __builtin_prefetch(t->slots + t->place[part] + (hash & t->mask[part]));
    }
    const bool empty = t->begin[part_of(t, hash_of(words[i]))] == t->begin[part_of(t, hash_of(words[i])) + 1];
    t->other_id[first + i] = usable[i] && !empty ? find(t, words[i], !t->small, first + i)->id : NO_ROW;
  }
  return STATUS_OK;
}

static Status make_table(Table *t, Error *e)
{
  const size_t n = t->rows, workers = task_threads(t->task);
  t->words = mem_alloc(n, sizeof *t->words);
  t->usable = mem_alloc(n, 1);
  t->dealt = mem_alloc(n, sizeof *t->dealt);
  t->row_of_id = mem_alloc(n, sizeof *t->row_of_id);
  t->scratch = mem_alloc(workers * BLOCK_ROWS, sizeof *t->scratch);
  t->scratch_usable = mem_alloc(workers * BLOCK_ROWS, 1);
  if (!t->words || !t->usable || !t->dealt || !t->row_of_id || !t->scratch || !t->scratch_usable) {
    return error_memory(e, n * 17, _("the keys of a join"));
  }
  const Reduce words = {.block = block_words, .context = t};
  Status status;
  TRY(rows_reduce(t->task, n, &words, NULL, e));
  TRY(deal(t, e));
  TRY(make_slots(t, e));
  pool_run(workers, (size_t)1 << t->bits, build_part, t);
  TRY(task_cancelled(t->task) ? error_cancelled(e) : STATUS_OK);
done:
  return status;
}

static void table_free(Table *t)
{
  mem_free(t->words);
  mem_free(t->usable);
  mem_free(t->dealt);
  mem_free(t->row_of_id);
  mem_free(t->scratch);
  mem_free(t->scratch_usable);
  mem_free(t->slots);
}

static Status fill_ids(const JoinKeys *keys, JoinMatch *m, Task *task, Error *e)
{
  const int small = m->rows[0] < m->rows[1] ? 0 : 1;
  Table t = {.keys = keys,
             .task = task,
             .small = small,
             .rows = m->rows[small],
             .id = m->id[small],
             .other_id = m->id[!small]};
  t.bits = t.rows >= PARTED_ROWS ? PART_BITS : 0;
  const Reduce probe = {.block = look_up, .context = &t};
  Status status;
  memset(m->id[small], 0xff, t.rows * sizeof **m->id);
  TRY(make_table(&t, e));
  TRY(rows_reduce(task, m->rows[!small], &probe, NULL, e));
  m->ids = t.rows;
done:
  table_free(&t);
  return status;
}

static Status count_side(JoinMatch *m, int side, const Task *task, Error *e)
{
  uint32_t *count = mem_zero(m->ids, sizeof *count);
  m->count[side] = count;
  if (!count) {
    return error_memory(e, m->ids * sizeof *count, _("the keys of a join"));
  }
  for (size_t row = 0; row < m->rows[side]; row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (m->id[side][row] != NO_ROW) {
      count[m->id[side][row]]++;
    }
  }
  return STATUS_OK;
}

Status join_arrange(JoinMatch *m, const size_t *rows, Task *task, Error *e)
{
  uint32_t at = 0;
  for (size_t i = 0; i < m->ids; i++) {
    m->start[i] = at;
    at += m->count[1][i];
  }
  for (size_t i = 0; i < m->rows[1]; i++) {
    const size_t row = rows ? rows[i] : i;
    if (i % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (m->id[1][row] != NO_ROW) {
      m->order[m->start[m->id[1][row]]++] = (uint32_t)row;
    }
  }
  for (size_t i = 0; i < m->ids; i++) {
    m->start[i] -= m->count[1][i];
  }
  return STATUS_OK;
}

Status join_match(const JoinKeys *keys, const size_t rows[2], Task *task, JoinMatch *out, Error *e)
{
  *out = (JoinMatch){.rows = {rows[0], rows[1]}};
  const size_t most = rows[0] > rows[1] ? rows[0] : rows[1], least = rows[0] > rows[1] ? rows[1] : rows[0];
  if (most >= NO_ROW) {
    return error_set(e, STATUS_LIMIT, "join-rows", _("a join takes fewer than %1$zu rows of a frame, not %2$zu"),
                     (size_t)NO_ROW, most);
  }
  Status status;
  TRY(task_reserve(task, 8 * (rows[0] + rows[1]) + 45 * least, _("a join"), e));
  out->id[0] = mem_alloc(rows[0], sizeof **out->id);
  out->id[1] = mem_alloc(rows[1], sizeof **out->id);
  out->order = mem_alloc(rows[1], sizeof *out->order);
  out->start = mem_alloc(least + 1, sizeof *out->start);
  if (!out->id[0] || !out->id[1] || !out->order || !out->start) {
    status = error_memory(e, 8 * most, _("a join"));
    goto done;
  }
  TRY(fill_ids(keys, out, task, e));
  TRY(count_side(out, 0, task, e));
  TRY(count_side(out, 1, task, e));
  TRY(join_arrange(out, NULL, task, e));
done:
  return status;
}

void join_match_free(JoinMatch *m)
{
  for (int side = 0; side < 2; side++) {
    mem_free(m->id[side]);
    mem_free(m->count[side]);
  }
  mem_free(m->start);
  mem_free(m->order);
  *m = (JoinMatch){0};
}

Status join_figures(const JoinMatch *m, Task *task, JoinFigures *out, Error *e)
{
  *out = (JoinFigures){0};
  for (size_t i = 0; i < m->ids; i++) {
    const size_t left = m->count[0][i], right = m->count[1][i];
    if (i % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (left == 0 || right == 0) {
      continue;
    }
    if (__builtin_add_overflow(out->pairs, left * right, &out->pairs)) {
      out->pairs = SIZE_MAX;
    }
    out->matched[0] += left;
    out->matched[1] += right;
    out->repeated[0] += left > 1;
    out->repeated[1] += right > 1;
    out->both += left > 1 && right > 1;
  }
  return STATUS_OK;
}
