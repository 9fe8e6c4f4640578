/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frequent itemsets and rules against a search of all subsets, on many small random databases; limits, threads, cancel
 * and failing memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/random.h"
#include "rules/rules.h"
#include "sweep.h"

enum { ITEMS = 9, ROWS = 40, SUBSETS = 1 << ITEMS };

/* A database of at most ROWS baskets of at most ITEMS items, and its baskets as bits. */
typedef struct Database {
  int64_t offsets[ROWS + 1];
  int32_t codes[ROWS * ITEMS];
  uint32_t masks[ROWS];
  Baskets baskets;
  int64_t counts[SUBSETS]; /* baskets that hold the subset */
} Database;

static void make_database(Random *random, Database *db)
{
  const size_t rows = random_below(random, ROWS + 1), items = 1 + random_below(random, ITEMS);
  const uint64_t density = 1 + random_below(random, 9);
  size_t used = 0;
  memset(db->counts, 0, sizeof db->counts);
  db->offsets[0] = 0;
  for (size_t b = 0; b < rows; b++) {
    db->masks[b] = 0;
    for (size_t i = 0; i < items; i++) {
      if (random_below(random, 10) < density) {
        db->codes[used++] = (int32_t)i;
        db->masks[b] |= 1u << i;
      }
    }
    db->offsets[b + 1] = (int64_t)used;
    for (uint32_t subset = 0; subset < SUBSETS; subset++) {
      db->counts[subset] += (subset & ~db->masks[b]) == 0;
    }
  }
  db->baskets = (Baskets){rows, items, db->offsets, db->codes};
}

static uint32_t mask_of(const Itemsets *sets, size_t s)
{
  uint32_t mask = 0;
  for (int64_t k = sets->offsets[s]; k < sets->offsets[s + 1]; k++) {
    assert_true(k == sets->offsets[s] || sets->codes[k] > sets->codes[k - 1]);
    mask |= 1u << sets->codes[k];
  }
  return mask;
}

static size_t size_of(uint32_t mask)
{
  return (size_t)__builtin_popcount(mask);
}

static bool wanted(uint32_t subset, int64_t count, const ItemsetsLimits *limits)
{
  const size_t size = size_of(subset);
  return size > 0 && (uint64_t)count >= limits->count && size >= limits->min_length &&
         (limits->max_length == 0 || size <= limits->max_length);
}

static void check_sets(const Database *db, const ItemsetsLimits *limits, const Itemsets *sets)
{
  static bool seen[SUBSETS];
  size_t expected = 0;
  memset(seen, 0, sizeof seen);
  for (uint32_t subset = 1; subset < SUBSETS; subset++) {
    expected += wanted(subset, db->counts[subset], limits);
  }
  assert_int_equal(sets->n, expected);
  assert_int_equal(sets->stop, ITEMSETS_COMPLETE);
  for (size_t s = 0; s < sets->n; s++) {
    const uint32_t mask = mask_of(sets, s);
    assert_false(seen[mask]);
    seen[mask] = true;
    assert_int_equal(sets->counts[s], db->counts[mask]);
    if (s > 0) {
      const size_t before = (size_t)(sets->offsets[s] - sets->offsets[s - 1]);
      assert_true(size_of(mask) > before || (size_of(mask) == before && sets->counts[s] <= sets->counts[s - 1]));
    }
  }
}

static void mine(const Baskets *baskets, const ItemsetsLimits *limits, size_t threads, Itemsets *out)
{
  Task task;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  task.threads = threads;
  assert_int_equal(itemsets_mine(baskets, limits, &task, out, &e), STATUS_OK);
  task_free(&task);
}

static void assert_same_sets(const Itemsets *a, const Itemsets *b)
{
  assert_int_equal(a->n, b->n);
  assert_int_equal(a->searched, b->searched);
  assert_memory_equal(a->offsets, b->offsets, (a->n + 1) * sizeof *a->offsets);
  assert_memory_equal(a->counts, b->counts, a->n * sizeof *a->counts);
  assert_memory_equal(a->codes, b->codes, (size_t)a->offsets[a->n] * sizeof *a->codes);
}

static void test_brute_force(void **state)
{
  (void)state;
  static Database db;
  Random random = random_new(4, 0);
  for (int i = 0; i < 1000; i++) {
    make_database(&random, &db);
    const ItemsetsLimits limits = {.count = 1 + random_below(&random, 8),
                                   .min_length = 1 + random_below(&random, 3) / 2,
                                   .max_length = random_below(&random, 5)};
    Itemsets one, two;
    mine(&db.baskets, &limits, 1, &one);
    mine(&db.baskets, &limits, 2, &two);
    check_sets(&db, &limits, &one);
    assert_same_sets(&one, &two);
    itemsets_free(&one);
    itemsets_free(&two);
  }
}

/* Many items and rows, so that tables, lists and bitmaps all come to work; counts are checked one by one. */
static void test_large(void **state)
{
  (void)state;
  enum { LARGE_ROWS = 3000, LARGE_ITEMS = 60 };
  int64_t *offsets = mem_alloc(LARGE_ROWS + 1, sizeof *offsets);
  int32_t *codes = mem_alloc(LARGE_ROWS * LARGE_ITEMS, sizeof *codes);
  uint64_t *masks = mem_alloc(LARGE_ROWS, sizeof *masks);
  Random random = random_new(9, 0);
  for (int dense = 0; dense < 2; dense++) {
    size_t used = 0;
    offsets[0] = 0;
    for (size_t b = 0; b < LARGE_ROWS; b++) {
      masks[b] = 0;
      for (int32_t i = 0; i < LARGE_ITEMS; i++) {
        const uint64_t often = dense ? 60 + (uint64_t)(i < 14 ? 30 : 0) - (uint64_t)i : 3 + (uint64_t)(i % 10);
        if (random_below(&random, 100) < often) {
          codes[used++] = i;
          masks[b] |= UINT64_C(1) << i;
        }
      }
      offsets[b + 1] = (int64_t)used;
    }
    const Baskets baskets = {LARGE_ROWS, LARGE_ITEMS, offsets, codes};
    const ItemsetsLimits limits = {.count = dense ? 1200 : 4, .min_length = 1};
    Itemsets sets, again;
    mine(&baskets, &limits, 1, &sets);
    mine(&baskets, &limits, 7, &again);
    assert_same_sets(&sets, &again);
    assert_true(sets.n > 500);
    for (size_t s = 0; s < sets.n; s += 1 + sets.n / 2000) {
      uint64_t mask = 0;
      for (int64_t k = sets.offsets[s]; k < sets.offsets[s + 1]; k++) {
        mask |= UINT64_C(1) << sets.codes[k];
      }
      int64_t count = 0;
      for (size_t b = 0; b < LARGE_ROWS; b++) {
        count += (masks[b] & mask) == mask;
      }
      assert_int_equal(sets.counts[s], count);
    }
    itemsets_free(&sets);
    itemsets_free(&again);
  }
  mem_free(offsets);
  mem_free(codes);
  mem_free(masks);
}

static bool rule_wanted(const Database *db, uint32_t whole, uint32_t right, const RulesLimits *limits)
{
  const uint32_t left = whole & ~right;
  const double n = (double)db->baskets.n;
  const double lhs = (double)(left ? db->counts[left] : (int64_t)db->baskets.n), both = (double)db->counts[whole];
  const double confidence = both / lhs;
  return right && (left || limits->min_length < 2) && size_of(whole) >= limits->min_length && confidence >= limits->confidence &&
         both * n / (lhs * (double)db->counts[right]) >= limits->lift && (limits->max_rhs == 0 || size_of(right) <= limits->max_rhs) &&
         (limits->max_lhs == 0 || size_of(left) <= limits->max_lhs);
}

static void test_rules(void **state)
{
  (void)state;
  static Database db;
  Random random = random_new(5, 0);
  for (int i = 0; i < 300; i++) {
    make_database(&random, &db);
    const ItemsetsLimits limits = {.count = 1 + random_below(&random, 6), .min_length = 1};
    const RulesLimits kept = {.confidence = (double)random_below(&random, 10) / 10,
                              .lift = random_below(&random, 3) == 0 ? 1 : 0,
                              .min_length = 1 + random_below(&random, 2),
                              .max_lhs = random_below(&random, 3),
                              .max_rhs = random_below(&random, 4)};
    Itemsets sets;
    Rules rules;
    Task task;
    task_init(&task, 1);
    task.threads = 1 + (size_t)i % 3;
    mine(&db.baskets, &limits, 1, &sets);
    assert_int_equal(rules_make(&sets, db.baskets.n, &kept, &task, &rules, NULL), STATUS_OK);
    size_t expected = 0;
    for (size_t s = 0; s < sets.n; s++) {
      const uint32_t whole = mask_of(&sets, s);
      for (uint32_t right = 0; right <= whole; right++) {
        expected += (right & ~whole) == 0 && rule_wanted(&db, whole, right, &kept);
      }
    }
    assert_int_equal(rules.n, expected);
    for (size_t r = 0; r < rules.n; r++) {
      const Rule *rule = &rules.rules[r];
      uint32_t right = 0;
      for (int64_t k = sets.offsets[rule->set]; k < sets.offsets[rule->set + 1]; k++) {
        right |= rule->right >> (k - sets.offsets[rule->set]) & 1 ? 1u << sets.codes[k] : 0;
      }
      const uint32_t whole = mask_of(&sets, rule->set);
      assert_true(rule_wanted(&db, whole, right, &kept));
      assert_int_equal(rule->count, db.counts[whole]);
      assert_int_equal(rule->rhs, db.counts[right]);
      assert_int_equal(rule->lhs, whole & ~right ? db.counts[whole & ~right] : (int64_t)db.baskets.n);
    }
    rules_free(&rules);
    itemsets_free(&sets);
    task_free(&task);
  }
}

/* {curd, yogurt} => {whole milk} of Groceries: n11 99 n10 71 n01 2414 n00 7251; figures of R's arules. */
static void test_measures(void **state)
{
  (void)state;
  const Rule rule = {.count = 99, .lhs = 170, .rhs = 2513};
  const RuleMeasures m = rule_measures(&rule, 9835);
  assert_true(fabs(m.support - .010066090) < 5e-10);
  assert_true(fabs(m.confidence - .58235294) < 5e-9);
  assert_true(fabs(m.lift - 2.2791250) < 5e-8);
  assert_true(fabs(m.leverage - .0056494436) < 5e-11);
  assert_true(fabs(m.conviction - 1.7825673) < 5e-8);
  const Rule sure = {.count = 5, .lhs = 5, .rhs = 9};
  assert_true(isinf(rule_measures(&sure, 10).conviction));
}

/* The smallest count whose share is not below; the product rounds wrong in some of these. */
static void test_share(void **state)
{
  (void)state;
  for (size_t n = 1; n < 3000; n += 7) {
    for (int percent = 1; percent <= 100; percent++) {
      const double share = percent / 100.0;
      const size_t count = itemsets_count_of_share(share, n);
      assert_true((double)count / (double)n >= share);
      assert_true(count == 1 || (double)(count - 1) / (double)n < share);
    }
  }
  assert_int_equal(itemsets_count_of_share(0.1, 30), 3);
  assert_int_equal(itemsets_count_of_share(1, 9835), 9835);
  assert_int_equal(itemsets_count_of_share(1e-300, 9835), 1);
}

/* Stopped by memory: the sets of the most frequent items, all of them, the same on any number of threads. */
static void test_memory_limit(void **state)
{
  (void)state;
  static Database db;
  Random random = random_new(6, 0);
  int cut = 0;
  for (int i = 0; i < 200; i++) {
    make_database(&random, &db);
    const ItemsetsLimits all = {.count = 1, .min_length = 1};
    const ItemsetsLimits limits = {.count = 1, .min_length = 1, .bytes = 200 + random_below(&random, 4000)};
    Itemsets whole, part, again;
    mine(&db.baskets, &all, 1, &whole);
    mine(&db.baskets, &limits, 1, &part);
    mine(&db.baskets, &limits, 3, &again);
    assert_same_sets(&part, &again);
    assert_int_equal(part.stop, part.searched == part.frequent ? ITEMSETS_COMPLETE : ITEMSETS_MEMORY);
    cut += part.stop == ITEMSETS_MEMORY;
    size_t expected = 0; /* the sets made of the items that were searched */
    uint32_t searched = 0;
    for (size_t s = 0; s < part.searched; s++) {
      searched |= mask_of(&whole, s);
    }
    for (size_t s = 0; s < whole.n; s++) {
      expected += (mask_of(&whole, s) & ~searched) == 0;
    }
    assert_int_equal(part.n, expected);
    itemsets_free(&whole);
    itemsets_free(&part);
    itemsets_free(&again);
  }
  assert_true(cut > 50);
}

static void test_cancelled(void **state)
{
  (void)state;
  static Database db;
  Random random = random_new(7, 0);
  do {
    make_database(&random, &db);
  } while (db.baskets.n < 20);
  Task task;
  Itemsets sets;
  Rules rules;
  const ItemsetsLimits limits = {.count = 1, .min_length = 1};
  const RulesLimits kept = {.min_length = 2};
  task_init(&task, 1);
  task_cancel(&task);
  assert_int_equal(itemsets_mine(&db.baskets, &limits, &task, &sets, NULL), STATUS_OK);
  assert_int_equal(sets.stop, ITEMSETS_CANCELLED);
  assert_int_equal(sets.searched, 0);
  itemsets_free(&sets);
  mine(&db.baskets, &limits, 1, &sets);
  assert_int_equal(rules_make(&sets, db.baskets.n, &kept, &task, &rules, NULL), STATUS_OK);
  assert_int_equal(rules.stop, ITEMSETS_CANCELLED);
  rules_free(&rules);
  itemsets_free(&sets);
  task_free(&task);
}

static Status mine_and_rule(void *context, Error *e)
{
  const Database *db = context;
  const ItemsetsLimits limits = {.count = 2, .min_length = 1};
  const RulesLimits kept = {.confidence = 0.5, .min_length = 2};
  Task task;
  Itemsets sets;
  Rules rules = {0};
  task_init(&task, 1);
  task.threads = 1;
  Status status = itemsets_mine(&db->baskets, &limits, &task, &sets, e);
  if (status == STATUS_OK) {
    status = rules_make(&sets, db->baskets.n, &kept, &task, &rules, e);
  }
  rules_free(&rules);
  itemsets_free(&sets);
  task_free(&task);
  return status;
}

static void test_no_memory(void **state)
{
  (void)state;
  static Database db;
  Random random = random_new(8, 0);
  do {
    make_database(&random, &db);
  } while (db.baskets.n < 30);
  assert_true(sweep(mine_and_rule, &db));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_brute_force),  cmocka_unit_test(test_large),     cmocka_unit_test(test_rules),
      cmocka_unit_test(test_measures),     cmocka_unit_test(test_share),     cmocka_unit_test(test_memory_limit),
      cmocka_unit_test(test_cancelled),    cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
