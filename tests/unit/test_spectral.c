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

enum { MARKED = 60 };

/* Three groups in a plane. */
static void draw_groups(double *x, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    x[2 * i] = roll() + 2.5 * (double)(i % 3);
    x[2 * i + 1] = roll() + (i % 3 == 1 ? 2 : 0);
  }
}

typedef struct Marked {
  SpectralMap map;
  SpectralLayout layout;
  SpectralCarried carried;
} Marked;

static void mark(const double *x, size_t n, size_t m, double gamma, size_t k, size_t threads, Marked *out)
{
  Task task;
  task_init(&task, 1);
  task.threads = threads;
  assert_int_equal(spectral_landmarks(&task, x, n, 2, m, gamma, k, 3, &out->map, &out->layout, &out->carried, NULL),
                   STATUS_OK);
  task_free(&task);
}

static void marked_free(Marked *m)
{
  spectral_map_free(&m->map);
  spectral_layout_free(&m->layout);
}

/* Eigenvalues of I - D^-1/2 W D^-1/2 by rotations, W with a diagonal of ones. */
static void exact_eigenvalues(const double *x, size_t n, double gamma, double *out)
{
  static double w[MARKED * MARKED], vectors[MARKED * MARKED], degree[MARKED];
  Task task;
  for (size_t i = 0; i < n; i++) {
    degree[i] = 0;
    for (size_t j = 0; j < n; j++) {
      const double a = x[2 * i] - x[2 * j], b = x[2 * i + 1] - x[2 * j + 1];
      w[i * n + j] = exp(-gamma * (a * a + b * b));
      degree[i] += w[i * n + j];
    }
  }
  for (size_t i = 0; i < n * n; i++) {
    w[i] /= sqrt(degree[i / n] * degree[i % n]);
  }
  task_init(&task, 1);
  assert_int_equal(symmetric_eigen(w, n, &task, out, vectors, NULL), STATUS_OK);
  task_free(&task);
  for (size_t i = 0; i < n; i++) {
    out[i] = 1 - out[i];
  }
}

/* With all rows as landmarks nothing is approximated; with some of them nearly nothing of what counts. */
static void test_landmarks(void **state)
{
  (void)state;
  double x[2 * MARKED], exact[MARKED], before = 1;
  draw_groups(x, MARKED);
  exact_eigenvalues(x, MARKED, 3, exact);
  for (size_t m = MARKED; m >= 15; m /= 2) {
    Marked all;
    mark(x, MARKED, m, 3, 6, 1, &all);
    assert_int_equal(all.map.m, m);
    assert_int_equal(all.carried.far, 0);
    assert_true(all.carried.share <= before && all.carried.share > 0.8);
    assert_true(m < MARKED || all.carried.share > 1 - 1e-6);
    before = all.carried.share;
    for (size_t c = 0; c < 6; c++) {
      close_to(all.layout.eigenvalues[c], exact[c], m == MARKED ? 1e-7 : 0.05);
      for (size_t b = 0; b <= c; b++) {
        double both = 0;
        for (size_t i = 0; i < MARKED; i++) {
          both += all.layout.vectors[c * MARKED + i] * all.layout.vectors[b * MARKED + i];
        }
        close_to(both, b == c, 1e-6);
      }
    }
    marked_free(&all);
  }
}

/* The same bits on any number of threads, and for rows that are placed again. */
static void test_landmarks_again(void **state)
{
  (void)state;
  enum { N = 9000, K = 5, M = 90 };
  double *x = malloc(N * 2 * sizeof *x), *again = malloc(N * K * sizeof *again), *far = malloc(N * sizeof *far);
  Marked first, other;
  draw_groups(x, N);
  mark(x, N, M, 0, K, 1, &first);
  for (size_t threads = 2; threads <= 7; threads += 5) {
    mark(x, N, M, 0, K, threads, &other);
    assert_memory_equal(first.layout.vectors, other.layout.vectors, N * K * sizeof *x);
    assert_memory_equal(first.map.vectors, other.map.vectors, M * K * sizeof *x);
    marked_free(&other);
  }
  Task task;
  task_init(&task, 1);
  assert_int_equal(spectral_place(&task, &first.map, x, N, again, far, NULL), STATUS_OK);
  assert_memory_equal(first.layout.vectors, again, N * K * sizeof *x);
  const double lost[] = {1e6, -1e6}; /* near no landmark: it goes with the nearest */
  double place[K], distance;
  assert_int_equal(spectral_place(&task, &first.map, lost, 1, place, &distance, NULL), STATUS_OK);
  size_t nearest = 0;
  double least = INFINITY;
  for (size_t j = 0; j < M; j++) {
    const double apart = hypot(lost[0] - first.map.landmarks[2 * j], lost[1] - first.map.landmarks[2 * j + 1]);
    nearest = apart < least ? j : nearest;
    least = fmin(apart, least);
  }
  double its[K];
  assert_int_equal(spectral_place(&task, &first.map, first.map.landmarks + 2 * nearest, 1, its, NULL, NULL), STATUS_OK);
  close_to(distance, least, 1e-12);
  for (size_t c = 0; c < K; c++) {
    close_to(place[c], its[c], 1e-9);
    assert_true(fabs(its[0]) > 0);
  }
  task_free(&task);
  marked_free(&first);
  free(x);
  free(again);
  free(far);
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
  Marked marked;
  assert_int_equal(spectral_landmarks(&task, x, 100, 2, 20, 1, 3, 1, &marked.map, &marked.layout, &marked.carried, NULL),
                   STATUS_CANCELLED);
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

static Status sweep_landmarks(void *context, Error *e)
{
  Marked m = {0};
  double vectors[180], distances[60];
  Task task;
  Status status;
  task_init(&task, 1);
  TRY(spectral_landmarks(&task, context, 60, 2, 20, 0, 3, 1, &m.map, &m.layout, &m.carried, e));
  status = spectral_place(&task, &m.map, context, 60, vectors, distances, e);
done:
  marked_free(&m);
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
  sweep(sweep_landmarks, x);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_groups), cmocka_unit_test(test_ring),   cmocka_unit_test(test_layout),
    cmocka_unit_test(test_cancel), cmocka_unit_test(test_memory), cmocka_unit_test(test_landmarks),
    cmocka_unit_test(test_landmarks_again),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
