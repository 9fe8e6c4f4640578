/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_centre_search.c -- k-medians, spherical and mini-batch k-means: against all partitions of few rows, against
 * themselves with other threads and with repeated rows for weights, stopped at every step, without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "cluster/centre_search.h"
#include "cluster/kmeans.h"
#include "cluster/minibatch.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

/* ---- Medians ---- */

typedef struct Pair {
  double value, weight;
} Pair;

static int by_value(const void *a, const void *b)
{
  const double x = ((const Pair *)a)->value, y = ((const Pair *)b)->value;
  return x < y ? -1 : x > y;
}

/* By sorting: the first value with at least half of the weight up to it, and the next one when it is just half. */
static double slow_median(Pair *pairs, size_t n)
{
  double total = 0, sum = 0;
  for (size_t i = 0; i < n; i++) {
    total += pairs[i].weight;
  }
  qsort(pairs, n, sizeof *pairs, by_value);
  for (size_t i = 0; i < n; i++) {
    sum += pairs[i].weight;
    if (pairs[i].weight > 0 && sum >= total / 2) {
      size_t next = i + 1;
      while (next < n && (pairs[next].weight == 0 || pairs[next].value == pairs[i].value)) {
        sum += pairs[next].weight;
        next++;
      }
      return sum == total / 2 && next < n ? pairs[i].value / 2 + pairs[next].value / 2 : pairs[i].value;
    }
  }
  return (double)NAN;
}

static void test_medians(void **state)
{
  (void)state;
  Random random = random_new(3, 1);
  for (size_t round = 0; round < 3000; round++) {
    const size_t n = 1 + (size_t)random_below(&random, 40);
    const bool weighted = round % 2;
    double values[40], weights[40];
    Pair pairs[40];
    for (size_t i = 0; i < n; i++) {
      values[i] = round % 3 == 0 ? (double)random_below(&random, 6) : random_normal(&random);
      weights[i] = weighted ? (double)random_below(&random, 4) : 1;
      pairs[i] = (Pair){values[i], weights[i]};
    }
    const double wanted = slow_median(pairs, n), got = centre_median(values, weighted ? weights : NULL, n);
    assert_true(isnan(wanted) ? isnan(got) : got == wanted);
  }
}

/* ---- Searches ---- */

static double *some_rows(size_t n, size_t d, CentreRule rule, uint64_t seed)
{
  double *const x = malloc(n * d * sizeof *x);
  Random random = random_new(seed, 5);
  for (size_t i = 0; i < n * d; i++) {
    x[i] = random_normal(&random) + (double)((i / d * 7 + i % d * 3) % 5) * 2;
  }
  size_t zero;
  assert_true(rule == CENTRE_MEDIAN || centre_normalise(x, n, d, &zero));
  return x;
}

static CentreSettings settings_for(CentreRule rule, size_t k)
{
  return (CentreSettings){.rule = rule, .k = k, .starts = 5, .max_iterations = 100, .seed = 1};
}

static CentreResult search_fine(const CentreData *data, const CentreSettings *settings)
{
  Task task;
  task_init(&task, 1);
  CentreState state = {0};
  CentreResult result;
  Error e = {0};
  assert_int_equal(centre_search(&task, data, settings, &state, &result, &e), STATUS_OK);
  centre_state_free(&state);
  task_free(&task);
  return result;
}

static void same_results(const CentreResult *a, const CentreResult *b)
{
  assert_int_equal(a->iterations, b->iterations);
  assert_int_equal(a->relocated, b->relocated);
  assert_memory_equal(&a->objective, &b->objective, sizeof a->objective);
  assert_memory_equal(a->labels, b->labels, a->n * sizeof *a->labels);
  assert_memory_equal(a->centres, b->centres, a->k * a->d * sizeof *a->centres);
}

/* Cost of the rows that `labels` gives to `cluster`, about their own middle. */
static double cost_of(const CentreData *data, CentreRule rule, const int *labels, int cluster)
{
  double cost = 0, length = 0;
  size_t rows = 0;
  for (size_t c = 0; c < data->d; c++) {
    Pair column[16];
    double sum = 0;
    rows = 0;
    for (size_t i = 0; i < data->n; i++) {
      if (labels[i] == cluster) {
        column[rows++] = (Pair){data->x[i * data->d + c], 1};
        sum += data->x[i * data->d + c];
      }
    }
    const double median = slow_median(column, rows);
    for (size_t i = 0; i < rows; i++) {
      cost += fabs(column[i].value - median);
    }
    length += sum * sum;
  }
  return rows == 0 ? 0 : rule == CENTRE_MEDIAN ? cost : (double)rows - sqrt(length);
}

/* The least cost of all ways to part the rows. */
static double least_cost(const CentreData *data, CentreRule rule, int k)
{
  int labels[16] = {0};
  double least = (double)INFINITY;
  for (;;) {
    double cost = 0;
    for (int j = 0; j < k; j++) {
      cost += cost_of(data, rule, labels, j);
    }
    least = fmin(least, cost);
    size_t i = 0;
    while (i < data->n && ++labels[i] == k) {
      labels[i++] = 0;
    }
    if (i == data->n) {
      return least;
    }
  }
}

static void test_all_partitions(void **state)
{
  (void)state;
  for (uint64_t seed = 0; seed < 6; seed++) {
    for (CentreRule rule = CENTRE_MEDIAN; rule <= CENTRE_DIRECTION; rule++) {
      double *const x = some_rows(8, 2, rule, seed);
      const CentreData data = {.x = x, .n = 8, .d = 2};
      for (int k = 1; k <= 3; k++) {
        CentreSettings settings = settings_for(rule, (size_t)k);
        settings.starts = 40;
        CentreResult result = search_fine(&data, &settings);
        assert_true(fabs(result.objective - least_cost(&data, rule, k)) < 1e-12);
        centre_result_free(&result);
      }
      free(x);
    }
  }
}

static void test_threads(void **state)
{
  (void)state;
  for (CentreRule rule = CENTRE_MEDIAN; rule <= CENTRE_DIRECTION; rule++) {
    double *const x = some_rows(9000, 3, rule, 7);
    const CentreData data = {.x = x, .n = 9000, .d = 3};
    const CentreSettings settings = settings_for(rule, 6);
    pool_set_threads(1);
    CentreResult one = search_fine(&data, &settings);
    pool_set_threads(3);
    CentreResult three = search_fine(&data, &settings);
    same_results(&one, &three);
    centre_result_free(&one);
    centre_result_free(&three);
    free(x);
  }
  pool_set_threads(0);
}

/* A row of weight 3 is three rows; one of weight 0 is none. */
static void test_weights_are_repeats(void **state)
{
  (void)state;
  enum { N = 60, D = 2, K = 4 };
  for (CentreRule rule = CENTRE_MEDIAN; rule <= CENTRE_DIRECTION; rule++) {
    double *const x = some_rows(N, D, rule, 11), repeated[N * 4 * D], weights[N];
    size_t rows = 0;
    for (size_t i = 0; i < N; i++) {
      weights[i] = (double)(i % 4);
      for (size_t r = 0; r < i % 4; r++, rows++) {
        memcpy(repeated + rows * D, x + i * D, D * sizeof(double));
      }
    }
    CentreSettings settings = settings_for(rule, K);
    settings.init = CENTRE_GIVEN;
    settings.centres = x + 5 * D;
    CentreResult a = search_fine(&(CentreData){.x = x, .weights = weights, .n = N, .d = D}, &settings);
    CentreResult b = search_fine(&(CentreData){.x = repeated, .n = rows, .d = D}, &settings);
    assert_int_equal(a.iterations, b.iterations);
    assert_true(fabs(a.objective - b.objective) < 1e-12 * b.objective);
    centre_result_free(&a);
    centre_result_free(&b);
    free(x);
  }
}

/* ---- Stopped on the way ---- */

typedef struct Press {
  Task *task;
  long steps, at;
} Press;

static void press(void *context, const TraceStep *step)
{
  Press *const p = context;
  (void)step;
  if (++p->steps == p->at) {
    task_cancel(p->task);
  }
}

typedef struct Fit {
  const CentreData *data;
  const CentreSettings *settings; /* of a search, or ... */
  const MinibatchSettings *batch; /* ... of mini-batch k-means */
} Fit;

static Status fit(const Fit *f, Task *task, CentreState *state, CentreResult *out, Error *e)
{
  const Rows rows = rows_of_matrix(f->data->x, f->data->n, f->data->d);
  return f->batch ? minibatch_fit(task, &rows, f->data->weights, f->batch, state, out, e)
                  : centre_search(task, f->data, f->settings, state, out, e);
}

/* Fits with a cancel after `at` steps of each part; gives the number of parts. */
static size_t fit_in_parts(const Fit *f, long at, CentreResult *out)
{
  CentreState state = {0};
  size_t parts = 0;
  for (;;) {
    Task task;
    task_init(&task, 1);
    Press p = {&task, 0, at};
    task.trace = press;
    task.trace_context = &p;
    Error e = {0};
    assert_int_equal(fit(f, &task, &state, out, &e), STATUS_OK);
    task_free(&task);
    parts++;
    if (out->complete) {
      break;
    }
    assert_string_equal(out->reason, "interrupted");
    double sum = 0;
    for (size_t j = 0; j < out->k; j++) {
      sum += out->within[j];
    }
    assert_true(fabs(sum - out->objective) <= 1e-12 * sum);
    centre_result_free(out);
    assert_true(parts < 10000);
  }
  centre_state_free(&state);
  return parts;
}

static void stop_everywhere(const Fit *f)
{
  CentreResult whole, parts;
  assert_int_equal(fit_in_parts(f, 0, &whole), 1);
  for (long at = 1; at < 4; at++) {
    assert_true(fit_in_parts(f, at, &parts) > 2);
    same_results(&whole, &parts);
    centre_result_free(&parts);
  }
  centre_result_free(&whole);
}

static void test_stopped(void **state)
{
  (void)state;
  for (CentreRule rule = CENTRE_MEDIAN; rule <= CENTRE_DIRECTION; rule++) {
    double *const x = some_rows(500, 3, rule, 13);
    const CentreData data = {.x = x, .n = 500, .d = 3};
    const CentreSettings settings = settings_for(rule, 5);
    stop_everywhere(&(Fit){.data = &data, .settings = &settings});
    const MinibatchSettings batch = {.k = 5, .batch = 40, .max_iterations = 50, .patience = 10, .reassign = 0.01, .seed = 1};
    stop_everywhere(&(Fit){.data = &data, .batch = &batch});
    free(x);
  }
}

/* A cancel before anything was done still gives an assignment. */
static void test_stopped_at_once(void **state)
{
  (void)state;
  double *const x = some_rows(100, 2, CENTRE_MEDIAN, 17);
  const CentreData data = {.x = x, .n = 100, .d = 2};
  const CentreSettings settings = settings_for(CENTRE_MEDIAN, 3);
  const MinibatchSettings batch = {.k = 3, .batch = 40, .max_iterations = 50, .patience = 10, .reassign = 0.01, .seed = 1};
  const Fit fits[] = {{.data = &data, .settings = &settings}, {.data = &data, .batch = &batch}};
  for (size_t i = 0; i < 2; i++) {
    Task task;
    task_init(&task, 1);
    task_cancel(&task);
    CentreState position = {0};
    CentreResult result;
    Error e = {0};
    assert_int_equal(fit(&fits[i], &task, &position, &result, &e), STATUS_OK);
    assert_false(result.complete);
    assert_true(result.objective > 0);
    centre_result_free(&result);
    centre_state_free(&position);
    task_free(&task);
  }
  free(x);
}

/* ---- Mini-batches ---- */

/* Near k-means on clusters that lie apart; the same with more threads; more rows than weight for some. */
static void test_batches_come_near(void **state)
{
  (void)state;
  enum { N = 20000, D = 4, K = 5 };
  double *const x = malloc(N * D * sizeof *x), *const weights = malloc(N * sizeof *weights);
  Random random = random_new(1, 19);
  for (size_t i = 0; i < N; i++) {
    weights[i] = (double)(i % 3);
    for (size_t c = 0; c < D; c++) {
      x[i * D + c] = random_normal(&random) + (double)((i * (c + 1)) % K) * 6;
    }
  }
  for (int weighted = 0; weighted < 2; weighted++) {
    const CentreData data = {.x = x, .weights = weighted ? weights : NULL, .n = N, .d = D};
    const MinibatchSettings batch = {.k = K, .batch = 512, .max_iterations = 500, .patience = 20, .reassign = 0.01, .seed = 3};
    CentreResult one, three;
    pool_set_threads(1);
    (void)fit_in_parts(&(Fit){.data = &data, .batch = &batch}, 0, &one);
    pool_set_threads(3);
    (void)fit_in_parts(&(Fit){.data = &data, .batch = &batch}, 0, &three);
    same_results(&one, &three);
    Task task;
    task_init(&task, 1);
    const Rows rows = rows_of_matrix(x, N, D);
    const KmeansSettings settings = kmeans_settings(K);
    KmeansState position = {0};
    KmeansResult exact;
    assert_int_equal(kmeans_fit(&task, &rows, data.weights, &settings, &position, &exact, NULL), STATUS_OK);
    assert_true(one.objective >= exact.inertia * (1 - 1e-12));
    assert_true(one.objective < exact.inertia * 1.02);
    kmeans_result_free(&exact);
    kmeans_state_free(&position);
    task_free(&task);
    centre_result_free(&one);
    centre_result_free(&three);
  }
  pool_set_threads(0);
  free(weights);
  free(x);
}

/* ---- Bad input, no memory ---- */

static void test_refusals(void **state)
{
  (void)state;
  double x[] = {1, 1, 1, 1, 2, 2, 0, 0};
  Task task;
  task_init(&task, 1);
  for (size_t k = 3; k <= 5; k++) {
    const CentreData data = {.x = x, .n = 3, .d = 2};
    CentreSettings settings = settings_for(CENTRE_MEDIAN, k);
    for (CentreInit init = CENTRE_PLUS_PLUS; init <= CENTRE_RANDOM; init++) {
      CentreState position = {0};
      CentreResult result;
      Error e = {0};
      settings.init = init;
      assert_int_equal(centre_search(&task, &data, &settings, &position, &result, &e), STATUS_DATA);
      assert_string_equal(e.id, k > 3 ? "k-above-n" : "kmeans-distinct");
      centre_state_free(&position);
    }
  }
  size_t zero;
  assert_false(centre_normalise(x, 4, 2, &zero));
  assert_int_equal(zero, 3);
  task_free(&task);
}

static Status sweep_fit(void *context, Error *e)
{
  Task task;
  task_init(&task, 1);
  CentreState position = {0};
  CentreResult result;
  const Status status = fit(context, &task, &position, &result, e);
  if (status == STATUS_OK) {
    centre_result_free(&result);
  }
  centre_state_free(&position);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  pool_set_threads(1);
  for (CentreRule rule = CENTRE_MEDIAN; rule <= CENTRE_DIRECTION; rule++) {
    double *const x = some_rows(90, 2, rule, 23);
    const CentreData data = {.x = x, .n = 90, .d = 2};
    CentreSettings settings = settings_for(rule, 4);
    settings.starts = 2;
    const MinibatchSettings batch = {.k = 4, .batch = 20, .max_iterations = 5, .patience = 0, .reassign = 0.01, .seed = 1};
    assert_true(sweep(sweep_fit, &(Fit){.data = &data, .settings = &settings}) > 10);
    assert_true(sweep(sweep_fit, &(Fit){.data = &data, .batch = &batch}) > 10);
    free(x);
  }
  pool_set_threads(0);
}

static int end_threads(void **state)
{
  (void)state;
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_medians),
    cmocka_unit_test(test_all_partitions),
    cmocka_unit_test(test_threads),
    cmocka_unit_test(test_weights_are_repeats),
    cmocka_unit_test(test_stopped),
    cmocka_unit_test(test_stopped_at_once),
    cmocka_unit_test(test_batches_come_near),
    cmocka_unit_test(test_refusals),
    cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, end_threads);
}
