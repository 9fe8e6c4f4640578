/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recodes the baskets, deals out the branches, and puts their sets in order. */
#include "rules/itemsets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "rules/itemsets_search.h"

size_t itemsets_count_of_share(double share, size_t n)
{
  size_t count = (size_t)floor(share * (double)n);
  count = count > 1 ? count - 1 : 1;
  while (count < n && (double)count / (double)n < share) {
    count++;
  }
  return count;
}

/* What is made before the search. */
typedef struct Recoded {
  int32_t *code;      /* of each recoded item */
  int64_t *counts;
  int32_t *number;    /* of each code: its recoded item, -1: not frequent */
  uint32_t *offsets, *places, *rows;
  int32_t *items;
  size_t *starts;
  size_t frequent, cells;
} Recoded;

static void recoded_free(Recoded *r)
{
  mem_free(r->code);
  mem_free(r->counts);
  mem_free(r->number);
  mem_free(r->offsets);
  mem_free(r->places);
  mem_free(r->rows);
  mem_free(r->items);
  mem_free(r->starts);
}

typedef struct Frequency {
  int64_t count;
  int32_t code;
} Frequency;

static int by_frequency(const void *a, const void *b)
{
  const Frequency *x = a, *y = b;
  return x->count != y->count ? (x->count > y->count ? -1 : 1) : (x->code > y->code) - (x->code < y->code);
}

/* Frequent items by falling count, then code. */
static Status count_items(const Baskets *baskets, size_t least, Recoded *r, Error *e)
{
  Frequency *all = mem_zero(baskets->items, sizeof *all);
  r->number = mem_alloc(baskets->items, sizeof *r->number);
  if (!all || !r->number) {
    mem_free(all);
    return error_memory(e, baskets->items * sizeof *all, _("the items"));
  }
  for (size_t i = 0; i < baskets->items; i++) {
    all[i].code = (int32_t)i;
    r->number[i] = -1;
  }
  for (int64_t k = baskets->offsets[0]; k < baskets->offsets[baskets->n]; k++) {
    all[baskets->codes[k]].count++;
  }
  for (size_t i = 0; i < baskets->items; i++) {
    if ((uint64_t)all[i].count >= least) {
      all[r->frequent++] = all[i];
    }
  }
  qsort(all, r->frequent, sizeof *all, by_frequency);
  r->code = mem_alloc(r->frequent, sizeof *r->code);
  r->counts = mem_alloc(r->frequent, sizeof *r->counts);
  for (size_t i = 0; r->code && r->counts && i < r->frequent; i++) {
    r->code[i] = all[i].code;
    r->counts[i] = all[i].count;
    r->number[all[i].code] = (int32_t)i;
    r->cells += (size_t)all[i].count;
  }
  mem_free(all);
  return r->code && r->counts ? STATUS_OK : error_memory(e, 0, _("the items"));
}

static void sort_items(int32_t *items, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    const int32_t item = items[i];
    size_t k = i;
    for (; k > 0 && items[k - 1] > item; k--) {
      items[k] = items[k - 1];
    }
    items[k] = item;
  }
}

static int by_number(const void *a, const void *b)
{
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

/* The baskets in recoded items, and for each item the places where it stands. */
static Status recode(const Baskets *baskets, Recoded *r, Error *e)
{
  if (r->cells >= UINT32_MAX || baskets->n >= UINT32_MAX) {
    return error_set(e, STATUS_LIMIT, "too-many-cells", _("%1$zu baskets hold %2$zu frequent items; 4294967294 are the most"),
                     baskets->n, r->cells);
  }
  r->offsets = mem_alloc(baskets->n + 1, sizeof *r->offsets);
  r->items = mem_alloc(r->cells, sizeof *r->items);
  r->places = mem_alloc(r->cells, sizeof *r->places);
  r->rows = mem_alloc(r->cells, sizeof *r->rows);
  r->starts = mem_zero(r->frequent + 1, sizeof *r->starts);
  if (!r->offsets || !r->items || !r->places || !r->rows || !r->starts) {
    return error_memory(e, r->cells * 3 * sizeof *r->rows, _("the baskets"));
  }
  size_t used = 0;
  r->offsets[0] = 0;
  for (size_t b = 0; b < baskets->n; b++) {
    const size_t begin = used;
    for (int64_t k = baskets->offsets[b]; k < baskets->offsets[b + 1]; k++) {
      const int32_t number = r->number[baskets->codes[k]];
      if (number >= 0) {
        r->items[used++] = number;
      }
    }
    if (used - begin < 32) {
      sort_items(r->items + begin, used - begin);
    } else {
      qsort(r->items + begin, used - begin, sizeof *r->items, by_number);
    }
    r->offsets[b + 1] = (uint32_t)used;
  }
  size_t sum = 0;
  for (size_t i = 0; i < r->frequent; i++) {
    r->starts[i] = sum;
    sum += (size_t)r->counts[i];
  }
  for (size_t b = 0; b < baskets->n; b++) {
    for (uint32_t place = r->offsets[b]; place < r->offsets[b + 1]; place++) {
      const size_t at = r->starts[r->items[place]]++;
      r->rows[at] = (uint32_t)b;
      r->places[at] = place;
    }
  }
  for (size_t i = r->frequent; i > 0; i--) {
    r->starts[i] = r->starts[i - 1];
  }
  r->starts[0] = 0;
  return STATUS_OK;
}

/* ---- Branches -------------------------------------------------------------------------------------------------- */

static bool make_search(Search *search, Miner *miner)
{
  search->miner = miner;
  search->counter = mem_zero(miner->frequent + 1, sizeof *search->counter);
  search->local = mem_alloc(miner->frequent + 1, sizeof *search->local);
  for (size_t i = 0; search->local && i < miner->frequent; i++) {
    search->local[i] = -1;
  }
  return search->counter && search->local;
}

static void search_branch(void *context, size_t branch, size_t worker)
{
  Miner *miner = context;
  Search *search = &miner->searches[worker];
  Found *found = &miner->found[branch];
  search->branch = branch;
  search->found = found;
  search->depth = 0;
  if (search_stopped(search) || !search_emit(search, (int32_t)branch, miner->counts[branch])) {
    return;
  }
  bool going = true;
  if (branch > 0 && search_may_grow(search)) {
    const size_t first = miner->starts[branch];
    const Occurrences from = {&miner->all, miner->rows + first, miner->places + first, miner->starts[branch + 1] - first};
    const StackMark mark = stack_mark(&search->stack);
    search->prefix[search->depth++] = (int32_t)branch;
    going = search_occurrences(search, &from, branch, NULL);
    stack_return(&search->stack, mark);
  }
  found->done = going;
  atomic_fetch_add_explicit(&miner->task->done, 1, memory_order_relaxed);
}

/* How many branches from the first on are whole, and within the limit. */
static size_t whole_branches(const Miner *miner)
{
  size_t bytes = 0, n = 0;
  while (n < miner->frequent && miner->found[n].done) {
    bytes += atomic_load(&miner->found[n].bytes);
    if (miner->limits->bytes > 0 && bytes > miner->limits->bytes) {
      break;
    }
    n++;
  }
  return n;
}

static Status search_all(Miner *miner, Error *e)
{
  const size_t threads = task_threads(miner->task);
  Status status = STATUS_OK;
  miner->searches = mem_zero(threads, sizeof *miner->searches);
  miner->found = mem_zero(miner->frequent, sizeof *miner->found);
  bool made = miner->searches && miner->found;
  for (size_t i = 0; made && i < threads; i++) {
    made = make_search(&miner->searches[i], miner);
  }
  if (made) {
    task_progress(miner->task, 0, miner->frequent);
    pool_run(threads, miner->frequent, search_branch, miner);
  }
  if (!made || atomic_load(&miner->failed)) {
    status = error_memory(e, atomic_load(&miner->bytes), _("the sets found"));
  }
  for (size_t i = 0; miner->searches && i < threads; i++) {
    mem_free(miner->searches[i].counter);
    mem_free(miner->searches[i].local);
    stack_free(&miner->searches[i].stack);
  }
  mem_free(miner->searches);
  return status;
}

/* ---- Order ----------------------------------------------------------------------------------------------------- */

/* A set found: where its items stand. The key orders by length, then falling count; equal ones stay as found. */
typedef struct Entry {
  uint64_t key;
  const int32_t *items;
} Entry;

static uint64_t entry_key(const struct FoundSet *set)
{
  return (uint64_t)set->length << 32 | (UINT32_MAX - (uint32_t)set->count); /* a count is below 2^32, as baskets are */
}

/* Stable, by bytes of the key; those that are the same everywhere are passed over. The result is in `entries`. */
static void sort_entries(Entry *entries, Entry *other, size_t n)
{
  Entry *from = entries, *to = other;
  for (int shift = 0; shift < 64; shift += 8) {
    size_t start[257] = {0};
    for (size_t i = 0; i < n; i++) {
      start[(from[i].key >> shift & 255) + 1]++;
    }
    if (n == 0 || start[(from[0].key >> shift & 255) + 1] == n) {
      continue;
    }
    for (size_t i = 0; i < 256; i++) {
      start[i + 1] += start[i];
    }
    for (size_t i = 0; i < n; i++) {
      to[start[from[i].key >> shift & 255]++] = from[i];
    }
    Entry *swap = from;
    from = to;
    to = swap;
  }
  if (from != entries) {
    memcpy(entries, from, n * sizeof *entries);
  }
}

static Status gather(const Miner *miner, const Recoded *r, size_t branches, Itemsets *out, Error *e)
{
  size_t n = 0, used = 0;
  for (size_t i = 0; i < branches; i++) {
    n += miner->found[i].n;
    used += miner->found[i].used;
  }
  Entry *entries = mem_alloc(n, 2 * sizeof *entries);
  out->offsets = mem_alloc(n + 1, sizeof *out->offsets);
  out->codes = mem_alloc(used, sizeof *out->codes);
  out->counts = mem_alloc(n, sizeof *out->counts);
  if (!entries || !out->offsets || !out->codes || !out->counts) {
    mem_free(entries);
    return error_memory(e, n * sizeof *entries + used * sizeof *out->codes, _("the sets found"));
  }
  for (size_t i = 0, at = 0; i < branches; i++) {
    const int32_t *items = miner->found[i].items;
    for (size_t k = 0; k < miner->found[i].n; k++) {
      const struct FoundSet *set = &miner->found[i].sets[k];
      entries[at++] = (Entry){entry_key(set), items};
      items += set->length;
    }
  }
  sort_entries(entries, entries + n, n);
  out->offsets[0] = 0;
  for (size_t i = 0; i < n; i++) {
    int32_t *codes = out->codes + out->offsets[i];
    const size_t length = entries[i].key >> 32;
    for (size_t k = 0; k < length; k++) {
      codes[k] = r->code[entries[i].items[k]];
    }
    sort_items(codes, length);
    out->counts[i] = UINT32_MAX - (uint32_t)entries[i].key;
    out->offsets[i + 1] = out->offsets[i] + length;
  }
  out->n = n;
  mem_free(entries);
  return STATUS_OK;
}

void itemsets_free(Itemsets *sets)
{
  mem_free(sets->offsets);
  mem_free(sets->codes);
  mem_free(sets->counts);
  *sets = (Itemsets){0};
}

Status itemsets_mine(const Baskets *baskets, const ItemsetsLimits *limits, Task *task, Itemsets *out, Error *e)
{
  Recoded r = {0};
  Miner miner = {.limits = limits, .task = task};
  *out = (Itemsets){0};
  atomic_init(&miner.cut, SIZE_MAX);
  Status status;
  task_phase(task, _("counting items"));
  TRY(count_items(baskets, limits->count, &r, e));
  TRY(recode(baskets, &r, e));
  miner.frequent = r.frequent;
  miner.counts = r.counts;
  miner.all = (Piece){baskets->n, r.cells, r.offsets, r.items};
  miner.rows = r.rows;
  miner.places = r.places;
  miner.starts = r.starts;
  task_phase(task, _("searching sets"));
  TRY(search_all(&miner, e));
  const size_t whole = whole_branches(&miner);
  TRY(gather(&miner, &r, whole, out, e));
  out->frequent = r.frequent;
  out->searched = whole;
  out->stop = whole == r.frequent ? ITEMSETS_COMPLETE : task_cancelled(task) ? ITEMSETS_CANCELLED : ITEMSETS_MEMORY;
done:
  for (size_t i = 0; miner.found && i < miner.frequent; i++) {
    mem_free(miner.found[i].items);
    mem_free(miner.found[i].sets);
  }
  mem_free(miner.found);
  recoded_free(&r);
  if (status != STATUS_OK) {
    itemsets_free(out);
  }
  return status;
}
