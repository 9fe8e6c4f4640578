/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of the search: the frequent items of the baskets left over, each with the baskets that hold it. */
#include "rules/itemsets_search.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

enum { BLOCK_BYTES = 1 << 20, ALIGN = 64, MANY_ITEMS = 4096, FEW_SHARE = 64 };

struct StackBlock {
  struct StackBlock *before, *after;
  size_t size, used;
  _Alignas(ALIGN) char data[];
};

static struct StackBlock *block_new(size_t least)
{
  const size_t size = least > BLOCK_BYTES ? least : BLOCK_BYTES;
  struct StackBlock *block = size < SIZE_MAX / 2 ? mem_buffer(1, sizeof *block + size) : NULL;
  if (block) {
    *block = (struct StackBlock){.size = size};
  }
  return block;
}

/* The next block that has room: one from before, or a new one in its place. */
static bool next_block(Stack *stack, size_t bytes)
{
  struct StackBlock *next = stack->block ? stack->block->after : NULL;
  if (next && next->size >= bytes) {
    next->used = 0;
    stack->block = next;
    return true;
  }
  while (next) {
    struct StackBlock *after = next->after;
    mem_free(next);
    next = after;
  }
  struct StackBlock *block = block_new(bytes);
  if (stack->block) {
    stack->block->after = block;
  }
  if (!block) {
    return false;
  }
  block->before = stack->block;
  stack->block = block;
  return true;
}

void *stack_get(Stack *stack, size_t n, size_t size)
{
  if (size > 0 && n > (SIZE_MAX / 4) / size) {
    return NULL;
  }
  const size_t bytes = (n * size + ALIGN - 1) / ALIGN * ALIGN;
  if ((!stack->block || stack->block->size - stack->block->used < bytes) && !next_block(stack, bytes)) {
    return NULL;
  }
  void *place = stack->block->data + stack->block->used;
  stack->block->used += bytes;
  return place;
}

StackMark stack_mark(const Stack *stack)
{
  return (StackMark){stack->block, stack->block ? stack->block->used : 0};
}

void stack_return(Stack *stack, StackMark mark)
{
  if (mark.block) {
    stack->block = mark.block;
    stack->block->used = mark.used;
  } else if (stack->block) {
    while (stack->block->before) {
      stack->block = stack->block->before;
    }
    stack->block->used = 0;
  }
}

void stack_free(Stack *stack)
{
  struct StackBlock *block = stack->block;
  while (block && block->after) {
    block = block->after;
  }
  while (block) {
    struct StackBlock *before = block->before;
    mem_free(block);
    block = before;
  }
  stack->block = NULL;
}

/* ---- Sets found ------------------------------------------------------------------------------------------------ */

bool search_stopped(const Search *search)
{
  const Miner *miner = search->miner;
  return task_cancelled(miner->task) || atomic_load_explicit(&miner->failed, memory_order_relaxed) ||
         atomic_load_explicit(&miner->cut, memory_order_relaxed) <= search->branch;
}

bool search_may_grow(const Search *search)
{
  const size_t most = search->miner->limits->max_length;
  return search->depth + 1 < DEPTH_MOST && (most == 0 || search->depth + 1 < most);
}

/* Room for a set of some items more; counts what all sets take. */
static bool make_room(Search *search, size_t length)
{
  Found *found = search->found;
  if (found->room - found->used < length) {
    const size_t room = found->room * 2 + length + 64;
    int32_t *items = mem_resize(found->items, room, sizeof *items);
    if (!items) {
      return false;
    }
    found->items = items;
    found->room = room;
  }
  if (found->n == found->sets_room) {
    const size_t room = found->sets_room * 2 + 16;
    struct FoundSet *sets = mem_resize(found->sets, room, sizeof *sets);
    if (!sets) {
      return false;
    }
    found->sets = sets;
    found->sets_room = room;
  }
  return true;
}

/* Whether the branch can still be part of what is given: with the branches before it, as far as these are known, it is
 * within the limit. So where the result is cut depends on the sets alone, not on which thread found what first. */
static bool within_limit(Search *search, size_t bytes)
{
  Miner *miner = search->miner;
  const size_t limit = miner->limits->bytes;
  (void)atomic_fetch_add_explicit(&search->found->bytes, bytes, memory_order_relaxed);
  const size_t all = atomic_fetch_add_explicit(&miner->bytes, bytes, memory_order_relaxed) + bytes;
  if (limit == 0 || all <= limit || search->found->n % 64 != 0) {
    return true;
  }
  size_t before = 0;
  for (size_t i = 0; i <= search->branch && before <= limit; i++) {
    before += atomic_load_explicit(&miner->found[i].bytes, memory_order_relaxed);
  }
  size_t cut = atomic_load(&miner->cut);
  while (before > limit && search->branch < cut && !atomic_compare_exchange_weak(&miner->cut, &cut, search->branch)) {
  }
  return before <= limit;
}

bool search_emit(Search *search, int32_t item, int64_t count)
{
  const size_t length = search->depth + (item >= 0);
  if (length < search->miner->limits->min_length) {
    return true;
  }
  if (!make_room(search, length)) {
    atomic_store(&search->miner->failed, true);
    return false;
  }
  Found *found = search->found;
  memcpy(found->items + found->used, search->prefix, search->depth * sizeof *found->items);
  if (item >= 0) {
    found->items[found->used + length - 1] = item;
  }
  found->used += length;
  found->sets[found->n++] = (struct FoundSet){.count = count, .length = (uint32_t)length};
  return within_limit(search, length * sizeof *found->items + sizeof *found->sets);
}

/* ---- Searching ------------------------------------------------------------------------------------------------- */

/* Where each item stands: basket and place, item after item. */
typedef struct Deliver {
  uint32_t *start;  /* n + 1 */
  uint32_t *row, *place;
} Deliver;

static bool deliver(Search *search, const Piece *piece, size_t n, Deliver *out)
{
  out->start = stack_get(&search->stack, n + 2, sizeof *out->start);
  out->row = stack_get(&search->stack, piece->cells, sizeof *out->row);
  out->place = stack_get(&search->stack, piece->cells, sizeof *out->place);
  if (!out->start || !out->row || !out->place) {
    return false;
  }
  memset(out->start, 0, (n + 2) * sizeof *out->start);
  for (size_t i = 0; i < piece->cells; i++) {
    out->start[piece->items[i] + 2]++;
  }
  for (size_t i = 1; i <= n; i++) {
    out->start[i + 1] += out->start[i];
  }
  for (size_t row = 0; row < piece->n; row++) {
    for (uint32_t place = piece->offsets[row]; place < piece->offsets[row + 1]; place++) {
      const uint32_t at = out->start[piece->items[place] + 1]++;
      out->row[at] = (uint32_t)row;
      out->place[at] = place;
    }
  }
  return true;
}

static int compare_items(const void *a, const void *b)
{
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

/* Cells before the places. */
static size_t cells_before(const Occurrences *from)
{
  size_t cells = 0;
  for (size_t k = 0; k < from->n; k++) {
    cells += from->place[k] - from->piece->offsets[from->row[k]];
  }
  return cells;
}

/* As frequent_items, for few cells among very many items: only items that are there are looked at. */
static size_t frequent_of_few(Search *search, const Occurrences *from, int32_t *items, uint32_t *counts)
{
  const size_t least = search->miner->limits->count;
  uint32_t *counter = search->counter;
  size_t met = 0, n = 0;
  for (size_t k = 0; k < from->n; k++) {
    for (uint32_t place = from->piece->offsets[from->row[k]]; place < from->place[k]; place++) {
      const int32_t item = from->piece->items[place];
      if (counter[item]++ == 0) {
        items[met++] = item;
      }
    }
  }
  qsort(items, met, sizeof *items, compare_items);
  for (size_t i = 0; i < met; i++) {
    const int32_t item = items[i];
    if (counter[item] >= least) {
      items[n] = item;
      counts[n++] = counter[item];
    }
    counter[item] = 0;
  }
  return n;
}

/* The items that are frequent in them, rising; counters are zero again. */
static size_t frequent_items(Search *search, const Occurrences *from, int32_t *items, uint32_t *counts)
{
  const size_t least = search->miner->limits->count;
  uint32_t *counter = search->counter;
  int32_t last = -1;
  for (size_t k = 0; k < from->n; k++) {
    const uint32_t begin = from->piece->offsets[from->row[k]];
    for (uint32_t place = begin; place < from->place[k]; place++) {
      counter[from->piece->items[place]]++;
    }
    if (from->place[k] > begin) {
      const int32_t highest = from->piece->items[from->place[k] - 1];
      last = highest > last ? highest : last;
    }
  }
  size_t n = 0;
  for (int32_t item = 0; item <= last; item++) {
    if (counter[item] >= least) {
      items[n] = item;
      counts[n++] = counter[item];
    }
    counter[item] = 0;
  }
  return n;
}

/* The baskets with nothing but these items, numbered anew, and at least two of them. */
static bool project(Search *search, const Occurrences *from, const int32_t *items, size_t n, size_t cells, Piece *out)
{
  uint32_t *offsets = stack_get(&search->stack, from->n + 1, sizeof *offsets);
  int32_t *kept = stack_get(&search->stack, cells + 1, sizeof *kept);
  if (!offsets || !kept) {
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    search->local[items[i]] = (int32_t)i;
  }
  size_t rows = 0, used = 0;
  offsets[0] = 0;
  for (size_t k = 0; k < from->n; k++) {
    const size_t begin = used;
    for (uint32_t place = from->piece->offsets[from->row[k]]; place < from->place[k]; place++) {
      kept[used] = search->local[from->piece->items[place]];
      used += kept[used] >= 0;
    }
    if (used - begin >= 2) {
      offsets[++rows] = (uint32_t)used;
    } else {
      used = begin;
    }
  }
  for (size_t i = 0; i < n; i++) {
    search->local[items[i]] = -1;
  }
  *out = (Piece){.n = rows, .cells = used, .offsets = offsets, .items = kept};
  return true;
}

bool search_occurrences(Search *search, const Occurrences *from, size_t n_items, const int32_t *names)
{
  const size_t before = n_items >= MANY_ITEMS ? cells_before(from) : SIZE_MAX;
  const bool few = before < n_items / FEW_SHARE;
  int32_t *items = stack_get(&search->stack, few ? before : n_items, sizeof *items);
  uint32_t *counts = stack_get(&search->stack, few ? before : n_items, sizeof *counts);
  if (!items || !counts) {
    atomic_store(&search->miner->failed, true);
    return false;
  }
  const size_t n = (few ? frequent_of_few : frequent_items)(search, from, items, counts);
  size_t cells = 0;
  for (size_t i = 0; i < n; i++) {
    cells += counts[i];
  }
  Piece piece = {0};
  if (n > 1 && search_may_grow(search) && !project(search, from, items, n, cells, &piece)) {
    atomic_store(&search->miner->failed, true);
    return false;
  }
  for (size_t i = 0; names && i < n; i++) {
    items[i] = names[items[i]];
  }
  return search_piece(search, &piece, items, counts, n);
}

static bool search_deliver(Search *search, const Piece *piece, const int32_t *items, const uint32_t *counts, size_t n)
{
  Deliver delivered;
  if (!deliver(search, piece, n, &delivered)) {
    atomic_store(&search->miner->failed, true);
    return false;
  }
  for (size_t j = 0; j < n; j++) {
    if (!search_emit(search, items[j], counts[j]) || search_stopped(search)) {
      return false;
    }
    const size_t first = delivered.start[j], behind = delivered.start[j + 1];
    if (j == 0 || behind - first < search->miner->limits->count) {
      continue;
    }
    const Occurrences from = {piece, delivered.row + first, delivered.place + first, behind - first};
    const StackMark mark = stack_mark(&search->stack);
    search->prefix[search->depth++] = items[j];
    const bool going = search_occurrences(search, &from, j, items);
    search->depth--;
    stack_return(&search->stack, mark);
    if (!going) {
      return false;
    }
  }
  return true;
}

bool search_piece(Search *search, const Piece *piece, const int32_t *items, const uint32_t *counts, size_t n)
{
  if (n < 2 || piece->n < search->miner->limits->count || !search_may_grow(search)) {
    for (size_t j = 0; j < n; j++) {
      if (!search_emit(search, items[j], counts[j])) {
        return false;
      }
    }
    return !search_stopped(search);
  }
  const StackMark mark = stack_mark(&search->stack);
  bool going;
  if (n <= TABLE_ITEMS && ((size_t)1 << n) <= 8 * piece->cells) {
    for (size_t j = 0; j < n; j++) {
      if (!search_emit(search, items[j], counts[j])) {
        return false;
      }
    }
    going = search_table(search, piece, items, n);
  } else if (n >= DENSE_ITEMS && piece->cells >= piece->n * n / DENSE_SHARE) {
    going = search_bitmaps(search, piece, items, counts, n);
  } else {
    going = search_deliver(search, piece, items, counts, n);
  }
  stack_return(&search->stack, mark);
  return going;
}
