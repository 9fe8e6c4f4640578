/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mean shift: every index to the same centres, against plain loops; weights as repeated rows; threads, cancel, memory.
 */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "cluster/meanshift.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { N_MOST = 500 };

static const Metric euclidean = {METRIC_EUCLIDEAN, 2};

static void fill(double *x, size_t n, size_t d, uint64_t seed)
{
  Random random = random_new(seed, 0);
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < d; c++) {
      x[i * d + c] = (double)(((i % 4) >> (c % 2)) & 1) * 6 + random_normal(&random);
    }
  }
}

typedef struct Case {
  const double *values, *weights;
  size_t n, d;
  NeighbourKind kind;
  MeanshiftSettings settings;
} Case;

static Status fit(const Case *c, MeanshiftResult *out, Error *e)
{
  Task task;
  Neighbours *index;
  MeanshiftState state = {0};
  task_init(&task, 1);
  Status status = neighbours_new(&task, c->values, c->n, c->d, euclidean, c->kind, &index, e);
  if (status == STATUS_OK) {
    status = meanshift_fit(&task, index, c->values, c->n, c->d, c->weights, &c->settings, &state, out, e);
  }
  meanshift_state_free(&state);
  neighbours_free(index);
  task_free(&task);
  return status;
}

/* The mean of the window around x, step by step. */
static void climb(const Case *c, double *x)
{
  const double h = c->settings.bandwidth;
  double moved = INFINITY, sums[32], total;
  while (moved > 1e-3 * h) {
    memset(sums, 0, sizeof sums);
    total = 0;
    for (size_t i = 0; i < c->n; i++) {
      const double rank = distance_pair_rank(euclidean, x, c->values + i * c->d, c->d);
      double weight = c->weights ? c->weights[i] : 1;
      weight *= c->settings.gaussian ? rank <= 16 * h * h ? exp(-rank / (2 * h * h)) : 0 : rank <= h * h;
      total += weight;
      for (size_t j = 0; j < c->d; j++) {
        sums[j] += weight * c->values[i * c->d + j];
      }
    }
    for (size_t j = 0; j < c->d; j++) {
      sums[j] /= total;
    }
    moved = distance_pair(euclidean, sums, x, c->d);
    memcpy(x, sums, c->d * sizeof *x);
  }
}

/* Each centre is where its climb from itself ends, each row climbs to within a bandwidth of some centre. */
static void check(const Case *c)
{
  MeanshiftResult r;
  assert_int_equal(fit(c, &r, NULL), STATUS_OK);
  assert_true(r.k >= 2 && r.stopped == 0 && r.iterations > 1);
  for (size_t k = 0; k < r.k; k++) {
    double x[32], weight = 0;
    memcpy(x, r.centres + k * c->d, c->d * sizeof *x);
    climb(c, x);
    assert_true(distance_pair(euclidean, x, r.centres + k * c->d, c->d) < 0.05 * c->settings.bandwidth);
    for (size_t i = 0; i < c->n; i++) {
      weight += distance_pair(euclidean, r.centres + k * c->d, c->values + i * c->d, c->d) <= c->settings.bandwidth
                    ? c->weights ? c->weights[i] : 1
                    : 0;
    }
    assert_true(fabs(weight - r.weights[k]) < 1e-9);
    for (size_t j = 0; j < k; j++) {
      assert_true(distance_pair(euclidean, r.centres + k * c->d, r.centres + j * c->d, c->d) > c->settings.bandwidth);
    }
  }
  for (size_t i = 0; i < c->n; i++) {
    double x[32], least = INFINITY, nearest = INFINITY;
    int32_t label = -1;
    memcpy(x, c->values + i * c->d, c->d * sizeof *x);
    climb(c, x);
    for (size_t k = 0; k < r.k; k++) {
      least = fmin(least, distance_pair(euclidean, x, r.centres + k * c->d, c->d));
      const double far = distance_pair(euclidean, c->values + i * c->d, r.centres + k * c->d, c->d);
      label = far < nearest ? (int32_t)k : label;
      nearest = fmin(nearest, far);
    }
    assert_true(c->settings.bins || least <= c->settings.bandwidth * 1.01);
    assert_true(r.distances[i] == nearest);
    assert_int_equal(r.labels[i], c->settings.noise && nearest > c->settings.bandwidth ? -1 : label);
  }
  meanshift_result_free(&r);
}

static void test_definition(void **state)
{
  (void)state;
  static double values[N_MOST * 20], weights[N_MOST];
  static const size_t sizes[][2] = {{N_MOST, 2}, {200, 1}, {120, 20}};
  for (size_t i = 0; i < N_MOST; i++) {
    weights[i] = 0.5 + (double)(i % 3);
  }
  for (size_t s = 0; s < 3; s++) {
    fill(values, sizes[s][0], sizes[s][1], s);
    for (unsigned v = 0; v < 8; v++) {
      for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BRUTE; kind++) {
        const Case c = {values,
                        v & 1 ? weights : NULL,
                        sizes[s][0],
                        sizes[s][1],
                        kind,
                        {.bandwidth = s == 2 ? 7 : 2,
                         .gaussian = v & 2 && s < 2,
                         .bins = v & 4 && s < 2,
                         .noise = v & 1,
                         .max_iterations = 300}};
        check(&c);
      }
    }
  }
}

static void test_bandwidth(void **state)
{
  (void)state;
  const double x[] = {0, 1, 3, 7};
  double h;
  Task task;
  task_init(&task, 1);
  assert_int_equal(meanshift_bandwidth(&task, x, 4, 1, 0.5, &h, NULL), STATUS_OK);
  assert_true(h == (1 + 1 + 2 + 4) / 4.0);
  assert_int_equal(meanshift_bandwidth(&task, x, 4, 1, 1, &h, NULL), STATUS_OK);
  assert_true(h == (7 + 6 + 4 + 7) / 4.0);
  assert_int_equal(meanshift_bandwidth(&task, x, 1, 1, 0, &h, NULL), STATUS_OK);
  assert_true(h == 0);
  task_free(&task);
}

static void test_threads_and_isa(void **state)
{
  (void)state;
  static double values[N_MOST * 2];
  const Case c = {values, NULL, N_MOST, 2, NEIGHBOURS_AUTO, {.bandwidth = 1.5, .max_iterations = 300}};
  MeanshiftResult first = {0};
  fill(values, N_MOST, 2, 4);
  for (size_t threads = 1; threads <= 4; threads++) {
    MeanshiftResult r;
    pool_set_threads(threads);
    assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
    if (threads == 1) {
      first = r;
      continue;
    }
    assert_int_equal(first.k, r.k);
    assert_memory_equal(first.centres, r.centres, r.k * 2 * sizeof *r.centres);
    assert_memory_equal(first.labels, r.labels, N_MOST * sizeof *r.labels);
    meanshift_result_free(&r);
  }
  meanshift_result_free(&first);
  pool_set_threads(0);
}

static Status swept(void *context, Error *e)
{
  MeanshiftResult r;
  const Status status = fit(context, &r, e);
  if (status == STATUS_OK) {
    assert_true(r.k >= 2);
    meanshift_result_free(&r);
  }
  return status;
}

static void test_refusals(void **state)
{
  (void)state;
  static double values[N_MOST * 2];
  fill(values, N_MOST, 2, 1);
  Case c = {values, NULL, 120, 2, NEIGHBOURS_AUTO, {.bandwidth = 2, .bins = true, .max_iterations = 300}};
  pool_set_threads(1);
  for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BRUTE; kind += NEIGHBOURS_BRUTE) {
    c.kind = kind;
    assert_true(sweep(swept, &c) > 15);
  }
  pool_set_threads(0);
  Error e;
  MeanshiftResult r;
  static const double corners[] = {0.5, 0.5, 0.5, 0.5, 0.5}; /* the corner 0 0 0 0 0 is farther than 1 */
  const Case far = {corners, NULL, 1, 5, NEIGHBOURS_AUTO, {.bandwidth = 1, .bins = true, .max_iterations = 9}};
  error_clear(&e);
  assert_int_equal(fit(&far, &r, &e), STATUS_DATA);
  assert_string_equal(e.id, "meanshift-empty");
  Task task;
  Neighbours *index;
  task_init(&task, 1);
  assert_int_equal(neighbours_new(&task, values, N_MOST, 2, euclidean, NEIGHBOURS_AUTO, &index, NULL), STATUS_OK);
  task_cancel(&task);
  MeanshiftState begun = {0};
  assert_int_equal(meanshift_fit(&task, index, values, N_MOST, 2, NULL, &c.settings, &begun, &r, NULL), STATUS_CANCELLED);
  meanshift_state_free(&begun);
  assert_null(r.labels);
  neighbours_free(index);
  task_free(&task);
}

/* ---- stopped */

typedef struct Stop {
  Task task;
  int64_t at;
  useconds_t after;
} Stop;

static void stop_at(void *context, const TraceStep *step)
{
  Stop *s = context;
  if (step->iteration == s->at) {
    task_cancel(&s->task);
  }
}

static void *stop_later(void *context)
{
  Stop *s = context;
  usleep(s->after);
  task_cancel(&s->task);
  return NULL;
}

/* Stopped behind each step, and at any moments, it goes on to the same bits. */
static void test_stopped(void **state)
{
  (void)state;
  static double values[N_MOST * 2];
  fill(values, N_MOST, 2, 1);
  Random random = random_new(1, 1);
  for (int variant = 0; variant < 4; variant++) {
    const Case c = {values, NULL, N_MOST, 2, NEIGHBOURS_AUTO,
                    {.bandwidth = 2, .gaussian = variant & 1, .bins = variant & 2, .max_iterations = 300}};
    MeanshiftResult whole, r = {0};
    Neighbours *index;
    assert_int_equal(fit(&c, &whole, NULL), STATUS_OK);
    assert_true(whole.complete && whole.iterations > 4);
    for (int round = 0; round < 4; round++) {
      MeanshiftState kept = {0};
      Stop stop = {.at = 1};
      Status status;
      int64_t partial = 0;
      task_init(&stop.task, 1);
      stop.task.trace = round == 0 ? stop_at : NULL;
      stop.task.trace_context = &stop;
      assert_int_equal(neighbours_new(&stop.task, values, N_MOST, 2, euclidean, NEIGHBOURS_AUTO, &index, NULL), STATUS_OK);
      do {
        pthread_t thread;
        atomic_store(&stop.task.cancel, false);
        stop.after = (useconds_t)(random_uniform(&random) * 8000);
        assert_true(round == 0 || pthread_create(&thread, NULL, stop_later, &stop) == 0);
        status = meanshift_fit(&stop.task, index, values, N_MOST, 2, NULL, &c.settings, &kept, &r, NULL);
        assert_true(round == 0 || pthread_join(thread, NULL) == 0);
        assert_true(status == STATUS_OK || status == STATUS_CANCELLED);
        if (status == STATUS_OK && !r.complete) {
          assert_true(r.k >= 1 && r.stopped_at[0] && (round > 0 || r.iterations == stop.at));
          meanshift_result_free(&r);
          partial++;
        }
        stop.at++;
      } while (!r.labels);
      assert_true(round > 0 || partial == whole.iterations);
      assert_true(r.k == whole.k && r.iterations == whole.iterations && r.stopped == whole.stopped);
      assert_memory_equal(r.centres, whole.centres, whole.k * 2 * sizeof *r.centres);
      assert_memory_equal(r.weights, whole.weights, whole.k * sizeof *r.weights);
      assert_memory_equal(r.labels, whole.labels, N_MOST * sizeof *r.labels);
      meanshift_result_free(&r);
      meanshift_state_free(&kept);
      neighbours_free(index);
      task_free(&stop.task);
    }
    meanshift_result_free(&whole);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition), cmocka_unit_test(test_bandwidth),
                                     cmocka_unit_test(test_threads_and_isa), cmocka_unit_test(test_refusals),
                                     cmocka_unit_test(test_stopped)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
