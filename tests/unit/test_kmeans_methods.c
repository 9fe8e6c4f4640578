/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_kmeans_methods.c -- all ways of iterating give the bits of plain Lloyd, on data of every odd kind; which one is
 * taken, and what takes its place when memory is short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"

typedef enum Kind {
  BLOBS,   /* clusters */
  LATTICE, /* whole numbers: many rows as near to two centres */
  TWINS,   /* a hundred different rows, each many times */
  LINE,    /* rows along a curve: the balls of exponion are small */
  FAR,     /* clusters far from the mean of all, finer than single precision tells */
  NOISE,   /* no clusters: balls reach far */
  TINY,    /* about the least numbers there are */
  HUGE_ONES,
  KINDS
} Kind;

static double value(Kind kind, size_t row, size_t column, Random *random)
{
  const double u = random_uniform(random), g = random_normal(random);
  switch (kind) {
  case BLOBS: return 4 * (double)(row * 2654435761U % 37 * (column + 3) % 11) + g;
  case LATTICE: return floor(6 * u);
  case TWINS: return sin((double)(row % 100 * (column + 1)));
  case LINE: return cos((double)row * 0.001 + (double)column) + 1e-4 * g;
  case FAR: return (double)(row % 2) * 1e6 + 1e-3 * (double)(row % 9) + 1e-4 * g;
  case NOISE: return g;
  case TINY: return 1e-153 * (double)(row % 5) + 1e-154 * g;
  default: return 1e150 * (double)(row % 5) + 1e149 * g;
  }
}

static double *make_rows(Kind kind, size_t n, size_t d)
{
  double *const x = malloc(n * d * sizeof *x);
  Random random = random_new(n * d + kind, 5);
  for (size_t i = 0; i < n * d; i++) {
    x[i] = value(kind, i / d, i % d, &random);
  }
  return x;
}

static void fit(const double *x, size_t n, size_t d, const double *weights, const KmeansSettings *settings, size_t budget,
                KmeansResult *out)
{
  Task task;
  task_init(&task, 1);
  task.budget = budget;
  const Rows rows = rows_of_matrix(x, n, d);
  KmeansState state = {0};
  Error e = {0};
  if (kmeans_fit(&task, &rows, weights, settings, &state, out, &e) != STATUS_OK) {
    print_error("n %zu, d %zu, k %zu: %s\n", n, d, settings->k, e.what);
    fail();
  }
  kmeans_state_free(&state);
  task_free(&task);
}

static void same(const KmeansResult *a, const KmeansResult *b)
{
  assert_memory_equal(a->centres, b->centres, a->k * a->d * sizeof(double));
  assert_memory_equal(a->labels, b->labels, a->n * sizeof(int32_t));
  assert_memory_equal(a->withinss, b->withinss, a->k * sizeof(double));
  assert_memory_equal(&a->inertia, &b->inertia, sizeof(double));
  assert_int_equal(a->iterations, b->iterations);
  assert_int_equal(a->relocated, b->relocated);
  assert_int_equal(a->swaps_tried, b->swaps_tried);
}

/* Every method against plain passes: once as the machine likes it, once on the lowest instruction set with other
 * numbers of threads. */
static void all_agree(const double *x, size_t n, size_t d, const double *weights, KmeansSettings settings)
{
  static const size_t threads[] = {1, 2, 7};
  const Isa best = cpu_isa();
  KmeansResult plain, other;
  settings.method = KMEANS_METHOD_LLOYD;
  fit(x, n, d, weights, &settings, 0, &plain);
  for (settings.method = KMEANS_METHOD_HAMERLY; settings.method <= KMEANS_METHOD_YINYANG; settings.method++) {
    for (int turn = 0; turn < 2; turn++) {
      cpu_isa_force(turn == 0 ? best : ISA_BASE);
      pool_set_threads(threads[((size_t)turn + settings.method) % 3]);
      fit(x, n, d, weights, &settings, 0, &other);
      assert_int_equal(other.method, settings.k == 1 ? KMEANS_METHOD_LLOYD : settings.method);
      same(&plain, &other);
      kmeans_result_free(&other);
    }
  }
  cpu_isa_force(best);
  pool_set_threads(0);
  kmeans_result_free(&plain);
}

static size_t distinct_at_least(Kind kind, size_t n, size_t d)
{
  return kind == TWINS ? 100 : kind == LATTICE ? (d == 1 ? 6 : 30) : kind == FAR && d == 1 ? n / 2 : n;
}

static void test_odd_data(void **state)
{
  (void)state;
  static const size_t columns[] = {1, 2, 19}, clusters[] = {1, 2, 17, 33, 100};
  for (Kind kind = BLOBS; kind < KINDS; kind++) {
    for (size_t c = 0; c < 3; c++) {
      const size_t n = 600, d = columns[c];
      double *const x = make_rows(kind, n, d), *const weights = malloc(n * sizeof(double));
      for (size_t i = 0; i < n; i++) {
        weights[i] = (double)(i % 4) * 0.375;
      }
      for (size_t j = 0; j < 5 && clusters[j] <= distinct_at_least(kind, n, d); j++) {
        KmeansSettings settings = kmeans_settings(clusters[j]);
        settings.starts = 1;
        settings.init = KMEANS_RANDOM;
        settings.refine = clusters[j] == 17 ? KMEANS_REFINE_SWAP : KMEANS_REFINE_NONE;
        settings.max_iterations = 30;
        const bool weighted = (j + c) % 2 == 1 && kind != LATTICE && kind != TWINS;
        all_agree(x, n, d, weighted ? weights : NULL, settings);
      }
      free(weights);
      free(x);
    }
  }
}

/* More centres than exponion keeps neighbours of, and as many centres as rows. */
static void test_many_centres(void **state)
{
  (void)state;
  static const struct {
    Kind kind;
    size_t n, d, k;
  } cases[] = {{LINE, 3000, 2, 500}, {BLOBS, 2000, 2, 300}, {BLOBS, 1500, 3, 150}, {NOISE, 2000, 12, 500},
               {LINE, 1500, 1, 300}, {BLOBS, 300, 2, 300},  {LINE, 129, 1, 129}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double *const x = make_rows(cases[i].kind, cases[i].n, cases[i].d);
    KmeansSettings settings = kmeans_settings(cases[i].k);
    settings.starts = 1;
    settings.init = KMEANS_RANDOM;
    settings.refine = KMEANS_REFINE_NONE;
    settings.max_iterations = 40;
    all_agree(x, cases[i].n, cases[i].d, NULL, settings);
    free(x);
  }
}

static void test_equal_rows(void **state)
{
  (void)state;
  double x[3000];
  for (size_t i = 0; i < 3000; i++) {
    x[i] = 0.1;
  }
  all_agree(x, 1500, 2, NULL, kmeans_settings(1));
  for (size_t i = 0; i < 3000; i++) { /* two places, and given centres that are both at one of them */
    x[i] = i < 1000 ? 0.1 : 0.7;
  }
  const double centres[] = {0.1, 0.1, 0.1, 0.1};
  KmeansSettings settings = kmeans_settings(2);
  all_agree(x, 1500, 2, NULL, settings);
  settings.init = KMEANS_CENTRES;
  settings.centres = centres;
  all_agree(x, 1500, 2, NULL, settings);
}

/* Less and less memory: each method gives way to one that needs less, and the result stays. */
static void test_short_of_memory(void **state)
{
  (void)state;
  enum { N = 40000, D = 2, K = 64 };
  double *const x = make_rows(BLOBS, N, D);
  KmeansSettings settings = kmeans_settings(K);
  settings.starts = 1;
  settings.init = KMEANS_RANDOM;
  settings.refine = KMEANS_REFINE_NONE;
  settings.max_iterations = 5;
  KmeansResult plain, other;
  settings.method = KMEANS_METHOD_LLOYD;
  fit(x, N, D, NULL, &settings, 0, &plain);
  static const struct {
    KmeansMethod asked;
    size_t budget;
    KmeansMethod taken;
  } cases[] = {/* bounds take 4 (N + 4096) (2 groups + d + 3) bytes: 23, 2.3 and 1.2 million; exponion 0.1 more */
               {KMEANS_METHOD_ELKAN, 0, KMEANS_METHOD_ELKAN},
               {KMEANS_METHOD_ELKAN, 20000000, KMEANS_METHOD_YINYANG},
               {KMEANS_METHOD_ELKAN, 2000000, KMEANS_METHOD_HAMERLY},
               {KMEANS_METHOD_ELKAN, 1100000, KMEANS_METHOD_LLOYD},
               {KMEANS_METHOD_EXPONION, 2000000, KMEANS_METHOD_EXPONION},
               {KMEANS_METHOD_EXPONION, 1250000, KMEANS_METHOD_HAMERLY},
               {KMEANS_METHOD_EXPONION, 1100000, KMEANS_METHOD_LLOYD}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    settings.method = cases[i].asked;
    fit(x, N, D, NULL, &settings, cases[i].budget, &other);
    assert_string_equal(kmeans_method_name(other.method), kmeans_method_name(cases[i].taken));
    same(&plain, &other);
    kmeans_result_free(&other);
  }
  kmeans_result_free(&plain);
  free(x);
}

static void test_names(void **state)
{
  (void)state;
  for (KmeansMethod method = KMEANS_METHOD_AUTO; method <= KMEANS_METHOD_YINYANG; method++) {
    assert_int_equal(kmeans_method_of(kmeans_method_name(method)), method);
  }
  assert_string_equal(kmeans_method_name(KMEANS_METHOD_EXPONION), "exponion");
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
      cmocka_unit_test(test_odd_data),        cmocka_unit_test(test_many_centres), cmocka_unit_test(test_equal_rows),
      cmocka_unit_test(test_short_of_memory), cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests(tests, NULL, end_threads);
}
