/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pam.c -- the search for medoids against plain loops, on other threads and instruction sets, interrupted
 * anywhere, and without memory. Figures from elsewhere are in tests/reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cluster/clara.h"
#include "cluster/pam.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { N = 230, D = 3, K = 6 };

static const Metric euclidean = {.kind = METRIC_EUCLIDEAN};

static void make_values(double *x, size_t n, size_t d, uint64_t stream)
{
  Random random = random_new(5, stream);
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < d; j++) {
      x[i * d + j] = 4 * (double)(i * 7 % 5) * (double)(j + 1 + i % 3) + random_normal(&random);
    }
  }
}

static double distance(const double *x, size_t d, size_t a, size_t b)
{
  return distance_pair(euclidean, x + a * d, x + b * d, d);
}

static double objective(const double *x, size_t n, size_t d, const double *weights, const size_t *medoids, size_t k)
{
  double sum = 0, all = 0;
  for (size_t i = 0; i < n; i++) {
    double least = (double)INFINITY;
    for (size_t m = 0; m < k; m++) {
      least = fmin(least, distance(x, d, i, medoids[m]));
    }
    sum += least * (weights ? weights[i] : 1);
    all += weights ? weights[i] : 1;
  }
  return sum / all;
}

static bool has(const size_t *medoids, size_t k, size_t row)
{
  bool found = false;
  for (size_t m = 0; m < k; m++) {
    found = found || medoids[m] == row;
  }
  return found;
}

/* The objective after the best swap of all, or the one there is; the swap is made in medoids. */
static double best_swap(const double *x, size_t n, size_t d, const double *weights, size_t *medoids, size_t k)
{
  double best = objective(x, n, d, weights, medoids, k);
  size_t best_row = n, best_slot = 0;
  for (size_t row = 0; row < n; row++) {
    for (size_t m = 0; m < k && !has(medoids, k, row); m++) {
      const size_t old = medoids[m];
      medoids[m] = row;
      const double now = objective(x, n, d, weights, medoids, k);
      medoids[m] = old;
      if (now < best * (1 - 1e-11)) {
        best = now;
        best_row = row;
        best_slot = m;
      }
    }
  }
  if (best_row < n) {
    medoids[best_slot] = best_row;
  }
  return best;
}

static void fit(const Pairs *pairs, const double *weights, const PamSettings *settings, PamResult *out)
{
  Task task;
  PamState state = {0};
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  if (pam_fit(&task, pairs, weights, settings, &state, out, &e) != STATUS_OK) {
    fail_msg("%s: %s", e.id, e.what);
  }
  pam_state_free(&state);
  task_free(&task);
}

/* BUILD and steepest SWAP are the classic algorithm. */
static void test_classic(void **state)
{
  (void)state;
  enum { M = 90 };
  double x[M * D], weights[M];
  make_values(x, M, D, 1);
  for (size_t i = 0; i < M; i++) {
    weights[i] = (double)(i % 4) / 2;
  }
  for (int weighted = 0; weighted < 2; weighted++) {
    const double *const w = weighted ? weights : NULL;
    size_t medoids[5];
    for (size_t k = 0; k < 5; k++) {
      double best = (double)INFINITY;
      size_t chosen = 0;
      for (size_t row = 0; row < M; row++) {
        medoids[k] = row;
        const double now = has(medoids, k, row) ? (double)INFINITY : objective(x, M, D, w, medoids, k + 1);
        chosen = now < best ? row : chosen;
        best = now < best ? now : best;
      }
      medoids[k] = chosen;
    }
    const double built = objective(x, M, D, w, medoids, 5);
    size_t swaps = 0;
    for (double now = built, next; (next = best_swap(x, M, D, w, medoids, 5)) < now; now = next) {
      swaps++;
    }
    const Pairs pairs = pairs_of_values(x, M, D, euclidean);
    const PamSettings settings = {.k = 5, .max_iterations = 100, .swap = true, .steepest = true};
    PamResult r;
    fit(&pairs, w, &settings, &r);
    assert_true(fabs(r.built_objective - built) < 1e-12);
    assert_true(fabs(r.objective - objective(x, M, D, w, medoids, 5)) < 1e-12);
    assert_int_equal(r.swaps, swaps);
    for (size_t m = 0; m < 5; m++) {
      assert_true(has(medoids, 5, r.medoids[m]));
    }
    assert_true(r.converged && r.complete);
    pam_result_free(&r);
  }
}

/* Whatever the start, no single swap is left that helps; labels and figures are those of the medoids. */
static void test_local_optimum(void **state)
{
  (void)state;
  double x[N * D];
  make_values(x, N, D, 2);
  const Pairs pairs = pairs_of_values(x, N, D, euclidean);
  const PamInit inits[] = {PAM_BUILD, PAM_LAB, PAM_RANDOM};
  for (size_t i = 0; i < 3; i++) {
    const PamSettings settings = {.k = K, .max_iterations = 100, .init = inits[i], .swap = true, .seed = 3};
    PamResult r;
    fit(&pairs, NULL, &settings, &r);
    size_t medoids[K];
    memcpy(medoids, r.medoids, sizeof medoids);
    assert_true(fabs(r.objective - objective(x, N, D, NULL, medoids, K)) < 1e-12);
    assert_true(best_swap(x, N, D, NULL, medoids, K) > r.objective * (1 - 1e-10));
    int64_t rows = 0;
    for (size_t c = 0; c < K; c++) {
      double sum = 0, most = 0;
      for (size_t j = 0; j < N; j++) {
        if (r.labels[j] == (int32_t)c) {
          const double there = distance(x, D, j, r.medoids[c]);
          assert_true(there == r.dissimilarity[j]);
          sum += there;
          most = fmax(most, there);
        }
      }
      rows += r.sizes[c];
      assert_true(c == 0 || r.sizes[c] <= r.sizes[c - 1]);
      assert_int_equal(r.labels[r.medoids[c]], c);
      assert_true(most == r.most[c] && fabs(sum / (double)r.sizes[c] - r.mean[c]) < 1e-12);
    }
    assert_int_equal(rows, N);
    pam_result_free(&r);
  }
}

static void assert_same(const PamResult *a, const PamResult *b)
{
  assert_memory_equal(a->medoids, b->medoids, a->k * sizeof *a->medoids);
  assert_memory_equal(a->labels, b->labels, a->n * sizeof *a->labels);
  assert_memory_equal(a->dissimilarity, b->dissimilarity, a->n * sizeof *a->dissimilarity);
  assert_memory_equal(a->mean, b->mean, a->k * sizeof *a->mean);
  assert_true(a->objective == b->objective && a->built_objective == b->built_objective);
  assert_true(a->swaps == b->swaps && a->iterations == b->iterations && a->converged == b->converged);
}

/* Threads, instruction sets, and where the dissimilarities come from. */
static void test_same_bits(void **state)
{
  (void)state;
  enum { M = 700, E = 14 };
  static double x[M * E], square[M * M];
  make_values(x, M, E, 3);
  const PamSettings settings = {.k = 9, .max_iterations = 100, .init = PAM_RANDOM, .swap = true, .seed = 1};
  const Pairs pairs = pairs_of_values(x, M, E, euclidean);
  for (size_t i = 0; i < M; i++) {
    pairs_line(&pairs, i, square + i * M);
  }
  assert_int_equal(pairs_check_square(square, M, NULL), STATUS_OK);
  const Pairs given = pairs_of_square(square, M);
  PamResult first, other;
  fit(&pairs, NULL, &settings, &first);
  assert_true(first.swaps > 3);
  for (int isa = ISA_BASE; isa <= (int)cpu_isa(); isa++) {
    cpu_isa_force((Isa)isa);
    pool_set_threads(1 + (size_t)isa % 3);
    fit(&pairs, NULL, &settings, &other);
    assert_same(&first, &other);
    pam_result_free(&other);
  }
  pool_set_threads(3);
  fit(&given, NULL, &settings, &other);
  assert_same(&first, &other);
  pam_result_free(&other);
  pam_result_free(&first);
}

/* ---- interruptions */

typedef struct Stop {
  Task *task;
  int64_t left; /* steps */
} Stop;

static void stop_later(void *context, const TraceStep *step)
{
  Stop *const stop = context;
  assert_true(step->objective >= 0);
  if (stop->left-- == 0) {
    task_cancel(stop->task);
  }
}

static void interrupted(const Pairs *pairs, const PamSettings *settings, const PamResult *whole)
{
  PamState state = {0};
  for (int64_t round = 0;; round++) {
    Task task;
    Stop stop = {&task, round % 3};
    PamResult r;
    task_init(&task, 1);
    task.trace = stop_later;
    task.trace_context = &stop;
    assert_int_equal(pam_fit(&task, pairs, NULL, settings, &state, &r, NULL), STATUS_OK);
    task_free(&task);
    const bool complete = r.complete;
    assert_int_equal(r.k, settings->k);
    if (complete) {
      assert_same(whole, &r);
      assert_true(round > 2);
    } else {
      assert_string_equal(r.reason, "interrupted");
      assert_true(r.stopped_at[0] && !r.converged && r.objective >= whole->objective * (1 - 1e-12));
    }
    pam_result_free(&r);
    if (complete) {
      break;
    }
  }
  pam_state_free(&state);
}

static void test_interrupted(void **state)
{
  (void)state;
  double x[N * D];
  make_values(x, N, D, 4);
  const Pairs pairs = pairs_of_values(x, N, D, euclidean);
  for (int i = 0; i < 4; i++) {
    const PamSettings settings = {
        .k = 8, .max_iterations = 100, .init = (PamInit)(i % 3), .swap = true, .steepest = i == 3, .seed = 7};
    PamResult whole;
    fit(&pairs, NULL, &settings, &whole);
    interrupted(&pairs, &settings, &whole);
    pam_result_free(&whole);
  }
}

static void test_cancelled_before(void **state)
{
  (void)state;
  double x[N * D];
  make_values(x, N, D, 4);
  const Pairs pairs = pairs_of_values(x, N, D, euclidean);
  const PamSettings settings = {.k = 4, .max_iterations = 100, .swap = true};
  Task task;
  PamState at = {0};
  PamResult r;
  task_init(&task, 1);
  task_cancel(&task);
  assert_int_equal(pam_fit(&task, &pairs, NULL, &settings, &at, &r, NULL), STATUS_OK);
  assert_true(!r.complete && r.k == 4 && at.built == 0);
  pam_result_free(&r);
  pam_state_free(&at);
  task_free(&task);
}

/* ---- odd data */

static void refused(const Pairs *pairs, const PamSettings *settings, const char *id)
{
  Task task;
  PamState state = {0};
  PamResult result;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  assert_int_equal(pam_fit(&task, pairs, NULL, settings, &state, &result, &e), STATUS_DATA);
  assert_string_equal(e.id, id);
  pam_state_free(&state);
  task_free(&task);
}

static void test_odd(void **state)
{
  (void)state;
  double same[40] = {0}, one = 5;
  PamResult r;
  PamSettings settings = {.k = 3, .max_iterations = 100, .swap = true};
  const Pairs equal = pairs_of_values(same, 40, 1, euclidean), single = pairs_of_values(&one, 1, 1, euclidean);
  refused(&equal, &settings, "kmeans-distinct");
  same[7] = same[8] = 2;
  same[9] = -1;
  fit(&equal, NULL, &settings, &r);
  assert_true(r.objective == 0 && r.converged && r.sizes[0] == 37 && r.sizes[1] == 2 && r.sizes[2] == 1);
  pam_result_free(&r);
  settings.k = 1;
  settings.init = PAM_RANDOM;
  fit(&single, NULL, &settings, &r);
  assert_true(r.objective == 0 && r.medoids[0] == 0);
  pam_result_free(&r);
  double line[] = {0, 1, 2, 3, 100, 50, 1e-310};
  const Pairs wide = pairs_of_values(line, 7, 1, (Metric){.kind = METRIC_MANHATTAN});
  fit(&wide, NULL, &settings, &r);
  assert_int_equal(r.medoids[0], 2); /* the median */
  pam_result_free(&r);
  line[5] = 1e300;
  settings.k = 2;
  fit(&wide, NULL, &settings, &r);
  assert_true(isfinite(r.objective) && r.sizes[1] == 1 && r.medoids[1] == 5);
  pam_result_free(&r);
  settings.k = 7;
  fit(&wide, NULL, &settings, &r);
  assert_true(r.objective == 0 && r.sizes[0] == 1 && r.sizes[6] == 1);
  pam_result_free(&r);
  settings.k = 8;
  refused(&wide, &settings, "k-above-n");
}

static void test_bad_square(void **state)
{
  (void)state;
  double square[] = {0, 1, 2, 1, 0, 3, 2, 3, 0};
  assert_int_equal(pairs_check_square(square, 3, NULL), STATUS_OK);
  const double wrong[] = {(double)NAN, -1, 5};
  for (size_t i = 0; i < 3; i++) {
    Error e;
    error_clear(&e);
    square[5] = wrong[i];
    assert_int_equal(pairs_check_square(square, 3, &e), STATUS_DATA);
    assert_string_equal(e.id, "bad-distances");
    assert_non_null(strstr(e.what, "row 3, column 2"));
  }
  square[5] = 3;
  square[4] = 1;
  assert_int_equal(pairs_check_square(square, 3, NULL), STATUS_DATA);
}

/* ---- samples */

static void test_clara(void **state)
{
  (void)state;
  enum { M = 9000 };
  static double x[M * D];
  make_values(x, M, D, 5);
  const Pairs pairs = pairs_of_values(x, M, D, euclidean);
  const ClaraSettings settings = {.k = 5, .samples = 4, .sample_size = 60, .seed = 2};
  PamResult first, other;
  for (size_t threads = 1; threads < 4; threads += 2) {
    Task task;
    ClaraState at = {0};
    pool_set_threads(threads);
    task_init(&task, 1);
    assert_int_equal(clara_fit(&task, &pairs, NULL, &settings, &at, threads == 1 ? &first : &other, NULL), STATUS_OK);
    assert_int_equal(at.done, 4);
    clara_state_free(&at);
    task_free(&task);
  }
  assert_memory_equal(first.medoids, other.medoids, 5 * sizeof *first.medoids);
  assert_true(first.objective == other.objective);
  assert_true(fabs(first.objective - objective(x, M, D, NULL, first.medoids, 5)) < 1e-10);
  const PamSettings all = {.k = 5, .max_iterations = 100, .init = PAM_LAB, .swap = true};
  PamResult best;
  fit(&pairs, NULL, &all, &best);
  assert_true(best.objective <= first.objective && first.objective < 1.1 * best.objective);
  pam_result_free(&best);
  pam_result_free(&first);
  pam_result_free(&other);
}

/* ---- memory */

static Status run_without_memory(void *context, Error *e)
{
  const Pairs *const pairs = context;
  const PamSettings settings = {.k = 4, .max_iterations = 100, .init = PAM_LAB, .swap = true};
  const ClaraSettings samples = {.k = 4, .samples = 2, .sample_size = 50, .seed = 2};
  PamState at = {0};
  ClaraState clara = {0};
  PamResult r = {0}, other = {0};
  Task task;
  Status status;
  task_init(&task, 1);
  TRY(pam_fit(&task, pairs, NULL, &settings, &at, &r, e));
  TRY(clara_fit(&task, pairs, NULL, &samples, &clara, &other, e));
done:
  pam_state_free(&at);
  clara_state_free(&clara);
  pam_result_free(&r);
  pam_result_free(&other);
  task_free(&task);
  return status;
}

static void test_without_memory(void **state)
{
  (void)state;
  double x[N * D];
  make_values(x, N, D, 6);
  Pairs pairs = pairs_of_values(x, N, D, euclidean);
  pool_set_threads(1);
  assert_true(sweep(run_without_memory, &pairs) > 20);
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
      cmocka_unit_test(test_classic),          cmocka_unit_test(test_local_optimum),
      cmocka_unit_test(test_same_bits),        cmocka_unit_test(test_interrupted),
      cmocka_unit_test(test_cancelled_before), cmocka_unit_test(test_odd),
      cmocka_unit_test(test_bad_square),       cmocka_unit_test(test_clara),
      cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, end_threads);
}
