/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_kprototypes.c -- k-modes and k-prototypes: costs against plain sums, the end of a fit, threads and instruction
 * sets, interruptions, odd data, no memory. Figures from elsewhere are in tests/reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cluster/kprototypes.h"
#include "core/alloc.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { P = 5, Q = 2, MOST = 9000 };

static ClassCodes classes[P];
static int32_t codes[P][MOST];
static double numbers[Q * MOST], weights[MOST];

/* Groups of rows with classes and numbers of their own; the fourth variable has many classes, of four bytes each. */
static KprototypesData make_data(size_t n, bool weighted)
{
  Random random = random_new(3, 9);
  for (size_t i = 0; i < n; i++) {
    const size_t group = i * 7 % 4;
    for (size_t v = 0; v < P; v++) {
      const size_t levels = v == 3 ? 300 : 4 + v;
      codes[v][i] = (int32_t)(random_below(&random, 10) < 6 ? group + v : random_below(&random, levels));
    }
    for (size_t v = 0; v < Q; v++) {
      numbers[v * n + i] = 2 * (double)group * (double)(v + 1) + random_normal(&random);
    }
    weights[i] = (double)(i % 3);
  }
  for (size_t v = 0; v < P; v++) {
    class_codes_free(&classes[v]);
    assert_int_equal(class_codes_new(codes[v], n, v == 3 ? 310 : 10, &classes[v], NULL), STATUS_OK);
  }
  assert_true(classes[0].narrow && classes[3].wide);
  return (KprototypesData){
      .n = n, .p = P, .q = Q, .classes = classes, .numbers = numbers, .weights = weighted ? weights : NULL};
}

static KprototypesSettings settings_of(size_t k, KprototypesInit init)
{
  return (KprototypesSettings){.k = k, .starts = 3, .max_iterations = 100, .init = init, .gamma = 1.5, .seed = 4};
}

static void fit(const KprototypesData *data, const KprototypesSettings *settings, KprototypesResult *out)
{
  Task task;
  KprototypesState state = {0};
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  if (kprototypes_fit(&task, data, settings, &state, out, &e) != STATUS_OK) {
    fail_msg("%s: %s", e.id, e.what);
  }
  kprototypes_state_free(&state);
  task_free(&task);
}

static double plain_cost(const KprototypesData *data, const Prototypes *p, double gamma, bool ng, size_t c,
                         size_t row)
{
  double cost = 0;
  for (size_t v = 0; v < data->q; v++) {
    const double difference = data->numbers[v * data->n + row] - p->numbers[c * data->q + v];
    cost += difference * difference;
  }
  for (size_t v = 0; v < data->p; v++) {
    const bool same = codes[v][row] == p->codes[c * data->p + v];
    cost += gamma * (same ? (ng ? 1 - p->shares[c * data->p + v] : 0) : 1);
  }
  return cost;
}

/* Rows are with the nearest prototype, and with all rows in one step at the end no prototype moves. */
static void check_end(const KprototypesData *data, const KprototypesSettings *settings, const KprototypesResult *r)
{
  double all = 0;
  for (size_t i = 0; i < data->n; i++) {
    const double own = plain_cost(data, &r->prototypes, settings->gamma, settings->ng, (size_t)r->labels[i], i);
    for (size_t c = 0; c < settings->k; c++) {
      assert_true(own <= plain_cost(data, &r->prototypes, settings->gamma, settings->ng, c, i) + 1e-12);
    }
    assert_true(fabs(own - r->distance[i]) < 1e-12);
    all += own * (data->weights ? data->weights[i] : 1);
  }
  assert_true(fabs(all - r->cost) < 1e-9 * all);
  for (size_t c = 0; !settings->ng && c < settings->k; c++) {
    for (size_t v = 0; v < data->p; v++) {
      double counts[310] = {0}, most = 0;
      for (size_t i = 0; i < data->n; i++) {
        counts[codes[v][i]] += r->labels[i] == (int32_t)c ? (data->weights ? data->weights[i] : 1) : 0;
        most = fmax(most, counts[codes[v][i]]);
      }
      assert_true(counts[r->prototypes.codes[c * data->p + v]] == most);
    }
  }
}

static void test_ends(void **state)
{
  (void)state;
  const size_t sizes[] = {350, 5000}; /* row by row; all rows at once */
  for (size_t s = 0; s < 2; s++) {
    for (int variant = 0; variant < 8; variant++) {
      KprototypesData data = make_data(sizes[s], variant == 1);
      data.q = variant == 2 ? 0 : Q;
      KprototypesSettings settings = settings_of(4, (KprototypesInit)(variant % 3));
      settings.ng = variant == 3;
      KprototypesResult r;
      fit(&data, &settings, &r);
      assert_true(r.complete && r.converged && r.starts_done == 3);
      check_end(&data, &settings, &r);
      kprototypes_result_free(&r);
    }
  }
}

static void assert_same(const KprototypesResult *a, const KprototypesResult *b)
{
  const Prototypes *const p = &a->prototypes, *const q = &b->prototypes;
  assert_memory_equal(a->labels, b->labels, a->n * sizeof *a->labels);
  assert_memory_equal(a->distance, b->distance, a->n * sizeof *a->distance);
  assert_memory_equal(p->codes, q->codes, p->k * p->p * sizeof *p->codes);
  assert_memory_equal(p->numbers, q->numbers, p->k * p->q * sizeof *p->numbers);
  assert_true(a->cost == b->cost && a->iterations == b->iterations && a->starts_at_best == b->starts_at_best);
}

static void test_same_bits(void **state)
{
  (void)state;
  const KprototypesData data = make_data(MOST, true);
  const KprototypesSettings settings = settings_of(6, KPROTOTYPES_HUANG);
  const Isa best = cpu_isa();
  KprototypesResult first, other;
  pool_set_threads(1);
  fit(&data, &settings, &first);
  for (int isa = (int)best; isa >= ISA_BASE; isa--) {
    cpu_isa_force((Isa)isa);
    pool_set_threads(3);
    fit(&data, &settings, &other);
    assert_same(&first, &other);
    kprototypes_result_free(&other);
  }
  cpu_isa_force(best);
  kprototypes_result_free(&first);
}

/* ---- interruptions */

typedef struct Stop {
  Task *task;
  int64_t left;
} Stop;

static void stop_later(void *context, const TraceStep *step)
{
  Stop *const stop = context;
  assert_true(step->objective >= 0);
  if (stop->left-- == 0) {
    task_cancel(stop->task);
  }
}

static void test_interrupted(void **state)
{
  (void)state;
  for (int variant = 0; variant < 3; variant++) {
    const KprototypesData data = make_data(variant == 0 ? 300 : 5000, false);
    KprototypesSettings settings = settings_of(5, KPROTOTYPES_RANDOM);
    settings.ng = variant == 2;
    settings.starts = 5;
    KprototypesState at = {0};
    KprototypesResult whole, r;
    fit(&data, &settings, &whole);
    bool complete = false;
    for (int64_t round = 0; !complete; round++) {
      Task task;
      Stop stop = {&task, round * 2 + (variant == 0 ? 12 : 1)}; /* few rows begin a start anew */
      task_init(&task, 1);
      task.trace = stop_later;
      task.trace_context = &stop;
      assert_int_equal(kprototypes_fit(&task, &data, &settings, &at, &r, NULL), STATUS_OK);
      complete = r.complete;
      if (complete) {
        assert_same(&whole, &r);
        assert_true(round > 0);
      } else {
        assert_string_equal(r.reason, "interrupted");
        assert_true(r.stopped_at[0] && r.cost > 0);
      }
      kprototypes_result_free(&r);
      task_free(&task);
    }
    kprototypes_state_free(&at);
    kprototypes_result_free(&whole);
  }
}

static void test_cancelled_before(void **state)
{
  (void)state;
  const KprototypesData data = make_data(500, false);
  const KprototypesSettings settings = settings_of(5, KPROTOTYPES_CAO);
  KprototypesState at = {0};
  KprototypesResult r;
  Task task;
  task_init(&task, 1);
  task_cancel(&task);
  assert_int_equal(kprototypes_fit(&task, &data, &settings, &at, &r, NULL), STATUS_OK);
  assert_true(!r.complete && r.k == 5 && r.sizes[0] > 0);
  kprototypes_result_free(&r);
  kprototypes_state_free(&at);
  task_free(&task);
}

/* ---- odd data */

static void test_odd(void **state)
{
  (void)state;
  const int32_t same[20] = {0};
  ClassCodes one;
  KprototypesResult r;
  assert_int_equal(class_codes_new(same, 20, 1, &one, NULL), STATUS_OK);
  const KprototypesData data = {.n = 20, .p = 1, .classes = &one};
  KprototypesSettings settings = settings_of(3, KPROTOTYPES_CAO);
  fit(&data, &settings, &r);
  assert_true(r.cost == 0 && r.sizes[0] == 20 && r.sizes[1] == 0 && r.converged);
  kprototypes_result_free(&r);
  settings.k = 20;
  settings.init = KPROTOTYPES_RANDOM;
  fit(&data, &settings, &r);
  assert_true(r.cost == 0);
  kprototypes_result_free(&r);
  settings.k = 21;
  Task task;
  KprototypesState at = {0};
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  assert_int_equal(kprototypes_fit(&task, &data, &settings, &at, &r, &e), STATUS_DATA);
  assert_string_equal(e.id, "k-above-n");
  assert_true(kprototypes_gamma(&data) == 1);
  task_free(&task);
  class_codes_free(&one);
}

static Status run_without_memory(void *context, Error *e)
{
  const KprototypesData *const data = context;
  const KprototypesSettings settings = settings_of(3, KPROTOTYPES_CAO);
  KprototypesState at = {0};
  KprototypesResult r;
  Task task;
  task_init(&task, 1);
  const Status status = kprototypes_fit(&task, data, &settings, &at, &r, e);
  kprototypes_state_free(&at);
  kprototypes_result_free(&r);
  task_free(&task);
  return status;
}

static void test_without_memory(void **state)
{
  (void)state;
  KprototypesData data = make_data(200, true);
  pool_set_threads(1);
  assert_true(sweep(run_without_memory, &data) > 15);
}

static int end_all(void **state)
{
  (void)state;
  for (size_t v = 0; v < P; v++) {
    class_codes_free(&classes[v]);
  }
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ends),        cmocka_unit_test(test_same_bits),
      cmocka_unit_test(test_interrupted), cmocka_unit_test(test_cancelled_before),
      cmocka_unit_test(test_odd),         cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, end_all);
}
