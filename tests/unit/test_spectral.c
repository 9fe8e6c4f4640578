/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BIRCH's groups and spectral layouts: what must hold for any data, stopping, and running out of memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/birch.h"
#include "cluster/spectral.h"
#include "core/pool.h"
#include "sweep.h"

static uint64_t seed = 5;

static double roll(void)
{
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (double)(seed >> 11) / 0x1p53 - 0.5;
}

static void close_to(double x, double expected, double limit)
{
  if (!(fabs(x - expected) <= limit * fmax(1, fabs(expected)))) {
    fail_msg("%.17g is not %.17g", x, expected);
  }
}

/* Weights, means and squared deviations of the groups together are those of all rows; far from 0 too, where sums of squares
 * would have nothing left. */
static void test_groups(void **state)
{
  (void)state;
  enum { N = 3000, D = 3 };
  double *x = malloc(N * D * sizeof *x), weights[N];
  for (int far = 0; far < 2; far++) {
    double mean[D] = {0}, total = 0, square = 0;
    for (size_t i = 0; i < N * D; i++) {
      x[i] = roll() + (double)(i / D % 5) + (far ? 1e8 : 0);
    }
    for (size_t i = 0; i < N; i++) {
      weights[i] = (double)(i % 3);
      total += weights[i];
      for (size_t c = 0; c < D; c++) {
        mean[c] += weights[i] * (x[i * D + c] - (far ? 1e8 : 0));
      }
    }
    for (size_t i = 0; i < N * D; i++) {
      const double apart = x[i] - (far ? 1e8 : 0) - mean[i % D] / total;
      square += weights[i / D] * apart * apart;
    }
    for (size_t branching = 2; branching < 60; branching += 19) {
      const BirchSettings settings = {0.2, branching, 400};
      const Rows rows = rows_of_matrix(x, N, D);
      BirchGroups groups;
      Task task;
      task_init(&task, 1);
      assert_int_equal(birch_fit(&task, &rows, weights, &settings, &groups, NULL), STATUS_OK);
      task_free(&task);
      double weight = 0, apart_square = 0;
      for (size_t i = 0; i < groups.n; i++) {
        weight += groups.weights[i];
        assert_true(groups.radii[i] <= groups.threshold * (1 + 1e-9));
        apart_square += groups.weights[i] * groups.radii[i] * groups.radii[i];
        for (size_t c = 0; c < D; c++) {
          const double apart = groups.means[i * D + c] - (far ? 1e8 : 0) - mean[c] / total;
          apart_square += groups.weights[i] * apart * apart;
        }
      }
      assert_true(groups.n <= 400);
      close_to(weight, total, 1e-12);
      close_to(apart_square, square, far ? 1e-7 : 1e-10);
      birch_groups_free(&groups);
    }
  }
  free(x);
}

/* The Laplacian of a ring of equal weights: eigenvalues 1 - cos(2 pi j / n), each twice but the first. */
static void test_ring(void **state)
{
  (void)state;
  enum { N = 120, K = 7 };
  double x[2 * N];
  for (size_t i = 0; i < N; i++) {
    x[2 * i] = cos(2 * M_PI * (double)i / N);
    x[2 * i + 1] = sin(2 * M_PI * (double)i / N);
  }
  SpectralGraph graph;
  SpectralLayout layout;
  Task task;
  task_init(&task, 1);
  assert_int_equal(spectral_graph_knn(&task, x, N, 2, 2, &graph, NULL), STATUS_OK);
  assert_int_equal(graph.first[N], 2 * N);
  assert_int_equal(spectral_layout(&task, &graph, K, 1, &layout, NULL), STATUS_OK);
  assert_int_equal(layout.components, 1);
  for (size_t i = 0; i < K; i++) {
    close_to(layout.eigenvalues[i], 1 - cos(2 * M_PI * (double)((i + 1) / 2) / N), 1e-9);
  }
  spectral_layout_free(&layout);
  spectral_graph_free(&graph);
  task_free(&task);
}

/* Vectors are orthonormal eigenvectors, with components and without, and rows without connections. */
static void test_layout(void **state)
{
  (void)state;
  enum { N = 200, K = 8 };
  double x[N * 2];
  for (size_t round = 0; round < 6; round++) {
    for (size_t i = 0; i < N; i++) {
      x[2 * i] = roll() + (round % 3 == 0 ? 0 : 100 * (double)(i % 3));
      x[2 * i + 1] = roll();
    }
    SpectralGraph graph;
    SpectralLayout layout;
    double gamma = round == 5 ? 1e6 : 0; /* so large that most rows stand alone */
    Task task;
    task_init(&task, 1);
    assert_int_equal(round % 2 ? spectral_graph_rbf(&task, x, N, 2, &gamma, &graph, NULL)
                               : spectral_graph_knn(&task, x, N, 2, 6, &graph, NULL), STATUS_OK);
    assert_int_equal(spectral_layout(&task, &graph, K, 1, &layout, NULL), STATUS_OK);
    for (size_t a = 0; a < K; a++) {
      assert_true(a == 0 || layout.eigenvalues[a] >= layout.eigenvalues[a - 1]);
      for (size_t b = 0; b <= a; b++) {
        double both = 0;
        for (size_t i = 0; i < N; i++) {
          both += layout.vectors[a * N + i] * layout.vectors[b * N + i];
        }
        close_to(both, a == b, 1e-8);
      }
    }
    spectral_layout_free(&layout);
    spectral_graph_free(&graph);
    task_free(&task);
  }
}

static void test_cancel(void **state)
{
  (void)state;
  double x[200];
  for (size_t i = 0; i < 200; i++) {
    x[i] = roll();
  }
  Task task;
  task_init(&task, 1);
  task_cancel(&task);
  const BirchSettings settings = {0.1, 50, 1000};
  const Rows rows = rows_of_matrix(x, 100, 2);
  BirchGroups groups;
  SpectralGraph graph;
  double gamma = 0;
  assert_int_equal(birch_fit(&task, &rows, NULL, &settings, &groups, NULL), STATUS_CANCELLED);
  assert_int_equal(spectral_graph_knn(&task, x, 100, 2, 5, &graph, NULL), STATUS_CANCELLED);
  assert_int_equal(spectral_graph_rbf(&task, x, 100, 2, &gamma, &graph, NULL), STATUS_CANCELLED);
  task_free(&task);
}

static Status sweep_birch(void *context, Error *e)
{
  const Rows rows = rows_of_matrix(context, 60, 2);
  const BirchSettings settings = {0.01, 3, 20};
  BirchGroups groups;
  Task task;
  task_init(&task, 1);
  const Status status = birch_fit(&task, &rows, NULL, &settings, &groups, e);
  birch_groups_free(&groups);
  task_free(&task);
  return status;
}

static Status sweep_spectral(void *context, Error *e)
{
  SpectralGraph graph = {0};
  SpectralLayout layout = {0};
  double gamma = 0;
  Task task;
  Status status;
  task_init(&task, 1);
  TRY(spectral_graph_rbf(&task, context, 60, 2, &gamma, &graph, e));
  spectral_graph_free(&graph);
  TRY(spectral_graph_knn(&task, context, 60, 2, 4, &graph, e));
  TRY(spectral_layout(&task, &graph, 3, 1, &layout, e));
done:
  spectral_graph_free(&graph);
  spectral_layout_free(&layout);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  double x[120];
  for (size_t i = 0; i < 120; i++) {
    x[i] = roll();
  }
  sweep(sweep_birch, x);
  sweep_every(sweep_spectral, x, 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_groups), cmocka_unit_test(test_ring),   cmocka_unit_test(test_layout),
    cmocka_unit_test(test_cancel), cmocka_unit_test(test_memory),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
