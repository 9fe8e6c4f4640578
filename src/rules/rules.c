/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules are made set by set, in chunks of sets on all threads; counts of subsets come from a table of all sets. */
#include "rules/rules.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/digest.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { CHUNK = 1024, SIDE_MOST = 64 };

#define NOWHERE UINT32_MAX

/* Sets by their codes: open addressing, half full at most. */
typedef struct Index {
  const Itemsets *sets;
  uint32_t *slots;
  size_t mask;
} Index;

static uint64_t hash_codes(const int32_t *codes, size_t n)
{
  return digest_bytes(codes, n * sizeof *codes).low;
}

static uint32_t index_find(const Index *index, const int32_t *codes, size_t n)
{
  const Itemsets *sets = index->sets;
  for (size_t slot = hash_codes(codes, n) & index->mask;; slot = (slot + 1) & index->mask) {
    const uint32_t set = index->slots[slot];
    if (set == NOWHERE) {
      return NOWHERE;
    }
    const size_t begin = sets->offsets[set];
    if (sets->offsets[set + 1] - begin == n && memcmp(sets->codes + begin, codes, n * sizeof *codes) == 0) {
      return set;
    }
  }
}

static Status index_make(const Itemsets *sets, Index *index, Error *e)
{
  size_t size = 16;
  while (size < sets->n * 2) {
    size *= 2;
  }
  index->sets = sets;
  index->mask = size - 1;
  index->slots = sets->n < NOWHERE ? mem_alloc(size, sizeof *index->slots) : NULL;
  if (!index->slots) {
    return error_memory(e, size * sizeof *index->slots, _("a table of sets"));
  }
  memset(index->slots, 0xFF, size * sizeof *index->slots);
  for (size_t i = 0; i < sets->n; i++) {
    const size_t begin = sets->offsets[i];
    size_t slot = hash_codes(sets->codes + begin, sets->offsets[i + 1] - begin) & index->mask;
    while (index->slots[slot] != NOWHERE) {
      slot = (slot + 1) & index->mask;
    }
    index->slots[slot] = (uint32_t)i;
  }
  return STATUS_OK;
}

/* The rules of a chunk of sets. */
typedef struct Chunk {
  Rule *rules;
  size_t n, room;
  atomic_size_t made;     /* n, for other threads */
  bool done;
} Chunk;

typedef struct Maker {
  const Itemsets *sets;
  const RulesLimits *limits;
  size_t baskets, n_chunks;
  Task *task;
  Index index;
  Chunk *chunks;
  atomic_bool failed;
} Maker;

typedef struct Side {
  Maker *maker;
  Chunk *chunk;
  uint32_t set;
  const int32_t *codes;
  size_t n;
  int64_t count;
} Side;

/* Baskets with the items of a mask of the set; none: all baskets. */
static int64_t count_of(const Side *side, uint64_t mask)
{
  int32_t codes[SIDE_MOST];
  size_t n = 0;
  for (size_t k = 0; k < side->n; k++) {
    codes[n] = side->codes[k];
    n += mask >> k & 1;
  }
  if (n == 0) {
    return (int64_t)side->maker->baskets;
  }
  const uint32_t set = index_find(&side->maker->index, codes, n);
  return set == NOWHERE ? 0 : side->maker->sets->counts[set];
}

static bool add_rule(Side *side, Rule rule)
{
  Chunk *chunk = side->chunk;
  if (chunk->n == chunk->room) {
    const size_t room = chunk->room * 2 + 64;
    Rule *rules = mem_resize(chunk->rules, room, sizeof *rules);
    if (!rules) {
      atomic_store(&side->maker->failed, true);
      return false;
    }
    chunk->rules = rules;
    chunk->room = room;
  }
  chunk->rules[chunk->n++] = rule;
  return true;
}

static uint64_t all_of(size_t n)
{
  return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* Right sides that hold `right` and further items from `next` on. */
static bool grow_right(Side *side, uint64_t right, size_t size, size_t next)
{
  const RulesLimits *limits = side->maker->limits;
  const size_t largest = limits->min_length > 1 ? side->n - 1 : side->n;
  for (size_t k = next; k < side->n; k++) {
    const uint64_t wider = right | UINT64_C(1) << k;
    const uint64_t left = all_of(side->n) & ~wider;
    if (size + 1 > largest || (limits->max_rhs > 0 && size + 1 > limits->max_rhs)) {
      return true;
    }
    const int64_t lhs = count_of(side, left);
    if (lhs <= 0 || (double)side->count / (double)lhs < limits->confidence) {
      continue;
    }
    const Rule rule = {side->set, wider, side->count, lhs, count_of(side, wider)};
    const bool short_enough = limits->max_lhs == 0 || side->n - size - 1 <= limits->max_lhs;
    if (short_enough && rule_measures(&rule, side->maker->baskets).lift >= limits->lift && !add_rule(side, rule)) {
      return false;
    }
    if (!grow_right(side, wider, size + 1, k + 1)) {
      return false;
    }
  }
  return true;
}

/* Whether the rules of this chunk and those before it, as far as they are known, are more than may be kept. */
static bool past_limit(const Maker *maker, size_t number)
{
  size_t made = 0;
  for (size_t i = 0; maker->limits->bytes > 0 && i <= number; i++) {
    made += atomic_load_explicit(&maker->chunks[i].made, memory_order_relaxed);
  }
  return made * sizeof(Rule) > maker->limits->bytes;
}

static void make_chunk(void *context, size_t number, size_t worker)
{
  (void)worker;
  Maker *maker = context;
  const Itemsets *sets = maker->sets;
  Chunk *chunk = &maker->chunks[number];
  const size_t end = (number + 1) * CHUNK < sets->n ? (number + 1) * CHUNK : sets->n;
  for (size_t i = number * CHUNK; i < end; i++) {
    const size_t begin = sets->offsets[i], n = sets->offsets[i + 1] - begin;
    Side side = {maker, chunk, (uint32_t)i, sets->codes + begin, n, sets->counts[i]};
    atomic_store_explicit(&chunk->made, chunk->n, memory_order_relaxed);
    if (task_cancelled(maker->task) || atomic_load(&maker->failed) || (i % 64 == 0 && past_limit(maker, number))) {
      return;
    }
    const bool wanted = n >= maker->limits->min_length && (maker->limits->max_length == 0 || n <= maker->limits->max_length);
    if (wanted && !grow_right(&side, 0, 0, 0)) {
      return;
    }
  }
  atomic_store_explicit(&chunk->made, chunk->n, memory_order_relaxed);
  chunk->done = true;
  atomic_fetch_add_explicit(&maker->task->done, 1, memory_order_relaxed);
}

static int by_confidence(const void *a, const void *b)
{
  const Rule *x = a, *y = b;
  const double p = (double)x->count / (double)x->lhs, q = (double)y->count / (double)y->lhs;
  if (p != q) {
    return p > q ? -1 : 1;
  }
  if (x->count != y->count) {
    return x->count > y->count ? -1 : 1;
  }
  return x->set != y->set ? (x->set > y->set) - (x->set < y->set) : (x->right > y->right) - (x->right < y->right);
}

/* The rules of the first chunks, as many as are whole and within the limit. */
static Status join_chunks(Maker *maker, Rules *out, Error *e)
{
  const size_t limit = maker->limits->bytes;
  size_t whole = 0;
  while (whole < maker->n_chunks && maker->chunks[whole].done &&
         (limit == 0 || (out->found + maker->chunks[whole].n) * sizeof(Rule) <= limit)) {
    out->found += maker->chunks[whole++].n;
  }
  out->rules = mem_alloc(out->found, sizeof *out->rules);
  if (!out->rules) {
    return error_memory(e, out->found * sizeof *out->rules, _("the rules found"));
  }
  for (size_t i = 0; i < whole; i++) {
    if (maker->chunks[i].n > 0) {
      memcpy(out->rules + out->n, maker->chunks[i].rules, maker->chunks[i].n * sizeof *out->rules);
      out->n += maker->chunks[i].n;
    }
  }
  qsort(out->rules, out->n, sizeof *out->rules, by_confidence);
  const size_t most = maker->limits->most;
  out->n = most > 0 && out->n > most ? most : out->n;
  out->stop = whole == maker->n_chunks       ? ITEMSETS_COMPLETE
              : task_cancelled(maker->task) ? ITEMSETS_CANCELLED
                                             : ITEMSETS_MEMORY;
  return STATUS_OK;
}

static Status check_lengths(const Itemsets *sets, Error *e)
{
  const size_t longest = sets->n > 0 ? sets->offsets[sets->n] - sets->offsets[sets->n - 1] : 0;
  return longest <= SIDE_MOST ? STATUS_OK
                              : error_set(e, STATUS_LIMIT, "too-many-items", _("a set of %1$zu items is too long for rules; %2$d are the most"),
                                          longest, SIDE_MOST);
}

Status rules_make(const Itemsets *sets, size_t baskets, const RulesLimits *limits, Task *task, Rules *out, Error *e)
{
  Maker maker = {.sets = sets, .limits = limits, .baskets = baskets, .task = task, .n_chunks = (sets->n + CHUNK - 1) / CHUNK};
  *out = (Rules){0};
  Status status;
  TRY(check_lengths(sets, e));
  TRY(index_make(sets, &maker.index, e));
  maker.chunks = mem_zero(maker.n_chunks, sizeof *maker.chunks);
  if (!maker.chunks) {
    TRY(error_memory(e, maker.n_chunks * sizeof *maker.chunks, _("the rules found")));
  }
  task_phase(task, _("making rules"));
  task_progress(task, 0, maker.n_chunks);
  pool_run(task_threads(task), maker.n_chunks, make_chunk, &maker);
  if (atomic_load(&maker.failed)) {
    TRY(error_memory(e, 0, _("the rules found")));
  }
  TRY(join_chunks(&maker, out, e));
done:
  for (size_t i = 0; maker.chunks && i < maker.n_chunks; i++) {
    mem_free(maker.chunks[i].rules);
  }
  mem_free(maker.chunks);
  mem_free(maker.index.slots);
  if (status != STATUS_OK) {
    rules_free(out);
  }
  return status;
}

void rules_free(Rules *rules)
{
  mem_free(rules->rules);
  *rules = (Rules){0};
}

RuleMeasures rule_measures(const Rule *rule, size_t baskets)
{
  const double n = (double)baskets, both = (double)rule->count, lhs = (double)rule->lhs, rhs = (double)rule->rhs;
  const double confidence = both / lhs;
  return (RuleMeasures){.support = both / n,
                        .confidence = confidence,
                        .lift = both * n / (lhs * rhs),
                        .leverage = both / n - lhs / n * (rhs / n),
                        .conviction = rule->count == rule->lhs ? (double)INFINITY : (1 - rhs / n) / (1 - confidence)};
}
