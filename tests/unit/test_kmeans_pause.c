/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_kmeans_pause.c -- k-means stopped at every point and gone on with, without memory, and on bad input.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster/kmeans.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

/* ---- Data that count how often they are read, and press Ctrl-C at a given time ---- */

typedef struct Source {
  const double *x;
  Task *task;
  atomic_long reads;
  long cancel_at; /* 0: never */
} Source;

static Status read_block(const Rows *rows, size_t first, size_t count, double *buffer, const double **values,
                         Error *e)
{
  Source *const source = (Source *)rows->source;
  (void)e;
  if (atomic_fetch_add(&source->reads, 1) + 1 == source->cancel_at) {
    task_cancel(source->task);
  }
  memcpy(buffer, source->x + first * rows->d, count * rows->d * sizeof(double));
  *values = buffer;
  return STATUS_OK;
}

static double *make_rows(size_t n, size_t d, uint64_t seed)
{
  double *const x = malloc(n * d * sizeof *x);
  Random random = random_new(seed, 1);
  for (size_t i = 0; i < n * d; i++) {
    x[i] = 3 * random_normal(&random) + (double)(i / d % 5) * 4;
  }
  return x;
}

typedef struct Case {
  const double *x;
  size_t n, d;
  const double *weights;
  KmeansSettings settings;
} Case;

/* The sum of squared distances that the result's own labels and centres give. */
static double inertia_of(const Case *c, const KmeansResult *r)
{
  double sum = 0;
  for (size_t i = 0; i < c->n; i++) {
    double square = 0;
    for (size_t j = 0; j < c->d; j++) {
      const double difference = c->x[i * c->d + j] - r->centres[(size_t)r->labels[i] * c->d + j];
      square += difference * difference;
    }
    sum += square * (c->weights ? c->weights[i] : 1);
  }
  return sum;
}

static double totss_of(const Case *c)
{
  double total = 0;
  for (size_t j = 0; j < c->d; j++) {
    double weight = 0, mean = 0;
    for (size_t i = 0; i < c->n; i++) {
      const double w = c->weights ? c->weights[i] : 1;
      weight += w;
      mean += w * c->x[i * c->d + j];
    }
    mean /= weight;
    for (size_t i = 0; i < c->n; i++) {
      const double difference = c->x[i * c->d + j] - mean;
      total += (c->weights ? c->weights[i] : 1) * difference * difference;
    }
  }
  return total;
}

static void check_partial(const Case *c, const KmeansResult *r)
{
  assert_false(r->complete);
  assert_string_equal(r->reason, "interrupted");
  assert_true(r->stopped_at[0] != '\0');
  const double inertia = inertia_of(c, r);
  assert_true(fabs(inertia - r->inertia) <= 1e-11 * inertia);
  assert_true(fabs(totss_of(c) - r->totss) <= 1e-11 * r->totss);
}

/* Fits with a cancel at read number `at`, then again at each further number of reads in `pauses`, to the end.
 */
static long fit_with_pauses(const Case *c, long at, int pauses, KmeansResult *out)
{
  Task task;
  task_init(&task, 1);
  Source source = {.x = c->x, .task = &task};
  const Rows rows = {.n = c->n, .d = c->d, .block = read_block, .source = &source};
  KmeansState state = {0};
  for (int pause = 0;; pause++) {
    atomic_store(&task.cancel, false);
    source.cancel_at = at > 0 && pause < pauses ? atomic_load(&source.reads) + at : 0;
    Error e = {0};
    const Status status = kmeans_fit(&task, &rows, c->weights, &c->settings, &state, out, &e);
    if (status == STATUS_OK && out->complete) {
      break;
    }
    if (status == STATUS_OK) {
      check_partial(c, out);
      kmeans_result_free(out);
    } else {
      assert_int_equal(status, STATUS_CANCELLED);
      assert_true(out->centres == NULL && out->labels == NULL);
    }
    assert_true(pause < pauses);
  }
  kmeans_state_free(&state);
  task_free(&task);
  return atomic_load(&source.reads);
}

static void same_end(const KmeansResult *a, const KmeansResult *b)
{
  assert_memory_equal(a->centres, b->centres, a->k * a->d * sizeof(double));
  assert_memory_equal(a->labels, b->labels, a->n * sizeof(int32_t));
  assert_memory_equal(a->withinss, b->withinss, a->k * sizeof(double));
  assert_memory_equal(&a->inertia, &b->inertia, sizeof(double));
  assert_int_equal(a->iterations, b->iterations);
  assert_int_equal(a->converged, b->converged);
  assert_int_equal(a->starts_done, b->starts_done);
  assert_int_equal(a->starts_at_best, b->starts_at_best);
  assert_int_equal(a->swaps_tried, b->swaps_tried);
  assert_int_equal(a->swaps_accepted, b->swaps_accepted);
  assert_int_equal(a->relocated, b->relocated);
}

static void pause_everywhere(const Case *c)
{
  KmeansResult whole;
  const long reads = fit_with_pauses(c, 0, 0, &whole);
  assert_true(whole.complete);
  for (long at = 1; at <= reads; at++) {
    KmeansResult result;
    (void)fit_with_pauses(c, at, 1, &result);
    same_end(&whole, &result);
    kmeans_result_free(&result);
  }
  for (long at = 30; at < 60; at += 7) { /* again and again */
    KmeansResult result;
    (void)fit_with_pauses(c, at, 1000, &result);
    same_end(&whole, &result);
    kmeans_result_free(&result);
  }
  kmeans_result_free(&whole);
}

static void test_pause_everywhere(void **state)
{
  (void)state;
  double *const x = make_rows(120, 2, 1);
  double weights[120];
  for (size_t i = 0; i < 120; i++) {
    weights[i] = (double)(i % 3) + 0.5;
  }
  Case c = {x, 120, 2, NULL, kmeans_settings(4)};
  c.settings.starts = 4;
  pause_everywhere(&c);
  c.settings.max_iterations = 2;
  pause_everywhere(&c);
  c.settings.max_iterations = 300;
  c.settings.tolerance = 0.01;
  c.settings.init = KMEANS_RANDOM;
  c.weights = weights;
  pause_everywhere(&c);
  c.settings.init = KMEANS_SCALABLE;
  pause_everywhere(&c);
  c.settings = kmeans_settings(10); /* swaps and moves of rows */
  c.settings.starts = 2;
  for (c.settings.method = KMEANS_METHOD_HAMERLY; c.settings.method <= KMEANS_METHOD_YINYANG; c.settings.method++) {
    pause_everywhere(&c);
  }
  const double far[] = {0, 0, 1000, 1000, 2000, 0}; /* empty clusters */
  c.settings = kmeans_settings(3);
  c.settings.init = KMEANS_CENTRES;
  c.settings.centres = far;
  pause_everywhere(&c);
  free(x);
}

/* A state that was changed or is not of these settings is refused. */
static void test_damaged_state(void **state)
{
  (void)state;
  double *const x = make_rows(100, 2, 2);
  for (int fault = 0; fault < 6; fault++) {
    Task task;
    task_init(&task, 1);
    Source source = {.x = x, .task = &task, .cancel_at = fault == 3 ? 3 : 60};
    const Rows rows = {.n = 100, .d = 2, .block = read_block, .source = &source};
    KmeansSettings settings = kmeans_settings(3);
    KmeansState fit_state = {0};
    KmeansResult result;
    Error e = {0};
    const Status first = kmeans_fit(&task, &rows, NULL, &settings, &fit_state, &result, &e);
    assert_true(first == STATUS_OK || first == STATUS_CANCELLED);
    kmeans_result_free(&result);
    atomic_store(&task.cancel, false);
    error_clear(&e);
    switch (fault) {
    case 0: settings.k = 4; break;
    case 1: settings.starts = 7; break;
    case 2: fit_state.current[3] = (double)NAN; break;
    case 3: fit_state.stage = KMEANS_STAGE_SWAP; break;
    case 4: fit_state.start = 11; break;
    default: fit_state.best_iterations = 0; break;
    }
    assert_int_equal(kmeans_fit(&task, &rows, NULL, &settings, &fit_state, &result, &e),
                     fault < 2 ? STATUS_STATE : STATUS_FORMAT);
    assert_string_equal(e.id, "kmeans-state");
    kmeans_state_free(&fit_state);
    task_free(&task);
  }
  free(x);
}

/* ---- Ctrl-C in the middle of long work ---- */

static void *press_later(void *task)
{
  nanosleep(&(struct timespec){.tv_nsec = 60 * 1000 * 1000}, NULL);
  task_cancel(task);
  return NULL;
}

static void test_cancel_is_quick(void **state)
{
  (void)state;
  const size_t n = 20000, d = 20;
  double *const x = make_rows(n, d, 3);
  Task task;
  task_init(&task, 1);
  const Rows rows = rows_of_matrix(x, n, d);
  KmeansSettings settings = kmeans_settings(200);
  settings.init = KMEANS_RANDOM;
  KmeansState fit_state = {0};
  KmeansResult result;
  pthread_t thread;
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  assert_int_equal(pthread_create(&thread, NULL, press_later, &task), 0);
  Error e = {0};
  const Status status = kmeans_fit(&task, &rows, NULL, &settings, &fit_state, &result, &e);
  clock_gettime(CLOCK_MONOTONIC, &to);
  pthread_join(thread, NULL);
  assert_true(status == STATUS_CANCELLED || (status == STATUS_OK && !result.complete));
  const double seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
  assert_true(seconds < 10); /* room for sanitizers and a busy machine: usually 0.08, the whole fit takes minutes */
  kmeans_result_free(&result);
  kmeans_state_free(&fit_state);
  task_free(&task);
  free(x);
}

/* ---- Memory that runs out ---- */

static Status sweep_fit(void *context, Error *e)
{
  const Case *const c = context;
  Task task;
  task_init(&task, 1);
  const Rows rows = rows_of_matrix(c->x, c->n, c->d);
  KmeansState fit_state = {0};
  KmeansResult result;
  Status status = kmeans_fit(&task, &rows, c->weights, &c->settings, &fit_state, &result, e);
  double mean = 0;
  if (status == STATUS_OK) {
    status = kmeans_silhouette(&task, &rows, result.labels, result.k, &mean, e);
  }
  if (status == STATUS_OK) {
    status = kmeans_assign(&task, &rows, result.centres, result.k, result.labels, NULL, NULL, e);
  }
  kmeans_result_free(&result);
  kmeans_state_free(&fit_state);
  task_free(&task);
  return status;
}

static void test_without_memory(void **state)
{
  (void)state;
  double *const x = make_rows(60, 2, 4);
  Case c = {x, 60, 2, NULL, kmeans_settings(3)};
  c.settings.starts = 2;
  c.settings.refine = KMEANS_REFINE_SWAP;
  c.settings.max_iterations = 3;
  (void)sweep(sweep_fit, &c);
  c.settings.init = KMEANS_RANDOM;
  for (c.settings.method = KMEANS_METHOD_HAMERLY; c.settings.method <= KMEANS_METHOD_YINYANG; c.settings.method++) {
    (void)sweep_every(sweep_fit, &c, 3);
  }
  c.settings.method = KMEANS_METHOD_EXPONION;
  c.settings.init = KMEANS_SCALABLE;
  (void)sweep_every(sweep_fit, &c, 5);
  free(x);
}

/* ---- Bad input ---- */

static void refused(double *x, size_t n, size_t d, const double *weights, const KmeansSettings *settings,
                    Status wanted, const char *id, const char *part)
{
  Case c = {x, n, d, weights, *settings};
  Task task;
  task_init(&task, 1);
  const Rows rows = rows_of_matrix(c.x, n, d);
  KmeansState fit_state = {0};
  KmeansResult result;
  Error e = {0};
  assert_int_equal(kmeans_fit(&task, &rows, weights, settings, &fit_state, &result, &e), wanted);
  assert_string_equal(e.id, id);
  if (!strstr(e.what, part)) {
    print_error("'%s' does not say '%s'\n", e.what, part);
    fail();
  }
  assert_true(result.centres == NULL);
  kmeans_state_free(&fit_state);
  task_free(&task);
}

static void test_bad_values(void **state)
{
  (void)state;
  double x[20] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  KmeansSettings settings = kmeans_settings(2);
  const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  const char *const said[] = {"row 4, variable 2 is NaN", "row 4, variable 2 is Inf",
                              "row 4, variable 2 is -Inf"};
  for (size_t i = 0; i < 3; i++) {
    x[7] = bad[i];
    refused(x, 10, 2, NULL, &settings, STATUS_DATA, "not-finite", said[i]);
  }
  x[7] = 1e160;
  refused(x, 10, 2, NULL, &settings, STATUS_DATA, "values-too-large", "1e+160");
  x[7] = DBL_MAX;
  x[9] = -DBL_MAX;
  refused(x, 10, 2, NULL, &settings, STATUS_DATA, "values-too-large", "1.79769e+308");
  x[7] = x[9] = 0;
  settings.k = 11;
  refused(x, 10, 2, NULL, &settings, STATUS_DATA, "kmeans-k-above-n", "k = 11, but there are only 10 rows");
  settings.k = 0;
  refused(x, 10, 2, NULL, &settings, STATUS_ARGUMENT, "kmeans-k", "k = 0");
  settings.k = 2;
  refused(x, 10, 0, NULL, &settings, STATUS_DATA, "kmeans-no-variables", "no variables");
  settings.starts = 0;
  refused(x, 10, 2, NULL, &settings, STATUS_ARGUMENT, "kmeans-settings", "starts");
  settings = kmeans_settings(2);
  settings.tolerance = (double)NAN;
  refused(x, 10, 2, NULL, &settings, STATUS_ARGUMENT, "kmeans-settings", "tol");
}

static void test_bad_weights_and_centres(void **state)
{
  (void)state;
  double x[20], weights[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  for (size_t i = 0; i < 20; i++) {
    x[i] = (double)(i * i % 17);
  }
  KmeansSettings settings = kmeans_settings(2);
  weights[4] = -1;
  refused(x, 10, 2, weights, &settings, STATUS_DATA, "bad-weight", "row 5 has weight -1");
  weights[4] = (double)NAN;
  refused(x, 10, 2, weights, &settings, STATUS_DATA, "bad-weight", "row 5");
  weights[4] = (double)INFINITY;
  refused(x, 10, 2, weights, &settings, STATUS_DATA, "bad-weight", "row 5 has weight inf");
  memset(weights, 0, sizeof weights);
  refused(x, 10, 2, weights, &settings, STATUS_DATA, "bad-weight", "all weights are 0");
  const double centres[] = {1, 2, 3, (double)NAN};
  settings.init = KMEANS_CENTRES;
  settings.centres = centres;
  refused(x, 10, 2, NULL, &settings, STATUS_ARGUMENT, "kmeans-centre-not-finite", "row 2, column 2");
}

static void test_few_distinct_rows(void **state)
{
  (void)state;
  double x[40];
  for (size_t i = 0; i < 20; i++) {
    x[2 * i] = (double)(i % 3);
    x[2 * i + 1] = -(double)(i % 3);
  }
  const double centres[] = {0, 0, 1, -1, 2, -2, 9, 9};
  for (KmeansInit init = KMEANS_PLUS_PLUS; init <= KMEANS_CENTRES; init++) {
    KmeansSettings settings = kmeans_settings(4);
    settings.init = init;
    settings.centres = centres;
    refused(x, 20, 2, NULL, &settings, STATUS_DATA, "kmeans-distinct",
            "k = 4, but the rows have only 3 distinct points");
    Case c = {x, 20, 2, NULL, settings};
    c.settings.k = 3;
    KmeansResult result;
    (void)fit_with_pauses(&c, 0, 0, &result);
    assert_true(result.inertia == 0);
    assert_int_equal(result.sizes[0], 7);
    kmeans_result_free(&result);
  }
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
      cmocka_unit_test(test_pause_everywhere),  cmocka_unit_test(test_damaged_state),
      cmocka_unit_test(test_cancel_is_quick),   cmocka_unit_test(test_without_memory),
      cmocka_unit_test(test_bad_values),        cmocka_unit_test(test_bad_weights_and_centres),
      cmocka_unit_test(test_few_distinct_rows),
  };
  return cmocka_run_group_tests(tests, NULL, end_threads);
}
