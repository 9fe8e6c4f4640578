/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linkages against the definition (all pairs, the nearest merge, again), and by what must hold for any data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/linkage_graph.h"
#include "cluster/linkage_tree.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "sweep.h"

enum { MOST = 70 };

static uint64_t seed = 11;

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

/* The definition: distances of all pairs of clusters in a square, the nearest pair merges. labels[k] of n rows. */
typedef struct Slow {
  double height[MOST];
  int cluster[MOST][MOST]; /* after each merge, the cluster of each row: its lowest row */
} Slow;

static double slow_combine(LinkageKind kind, double a, double b, double c, double nk, double ni, double nj)
{
  switch (kind) {
  case LINKAGE_SINGLE: return fmin(a, b);
  case LINKAGE_COMPLETE: return fmax(a, b);
  case LINKAGE_AVERAGE: return ni / (ni + nj) * a + nj / (ni + nj) * b;
  case LINKAGE_MCQUITTY: return a / 2 + b / 2;
  case LINKAGE_CENTROID: return ni / (ni + nj) * a + nj / (ni + nj) * b - ni * nj / ((ni + nj) * (ni + nj)) * c;
  case LINKAGE_MEDIAN: return a / 2 + b / 2 - c / 4;
  default: return (ni + nk) / (ni + nj + nk) * a + (nj + nk) / (ni + nj + nk) * b - nk / (ni + nj + nk) * c;
  }
}

static void slow_linkage(const double *x, size_t n, size_t d, Metric metric, LinkageKind kind, const double *weights, Slow *out)
{
  static double D[MOST][MOST];
  double size[MOST];
  bool dead[MOST] = {false};
  const bool ward = kind == LINKAGE_WARD || kind == LINKAGE_WARD_D;
  for (size_t i = 0; i < n; i++) {
    size[i] = weights ? weights[i] : 1;
    out->cluster[0][i] = (int)i;
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      const double distance = distance_pair(metric, x + i * d, x + j * d, d);
      D[i][j] = (kind == LINKAGE_WARD ? distance * distance : distance) *
                (ward ? 2 * size[i] * size[j] / (size[i] + size[j]) : 1);
    }
  }
  for (size_t step = 0; step + 1 < n; step++) {
    size_t a = n, b = n;
    for (size_t i = 0; i < n; i++) {
      for (size_t j = i + 1; j < n && !dead[i]; j++) {
        if (!dead[j] && (a == n || D[i][j] < D[a][b])) {
          a = i;
          b = j;
        }
      }
    }
    out->height[step] = kind == LINKAGE_WARD ? sqrt(D[a][b]) : D[a][b];
    const double between = D[a][b];
    for (size_t k = 0; k < n; k++) {
      if (!dead[k] && k != a && k != b) {
        D[a][k] = D[k][a] = slow_combine(kind, D[a][k], D[b][k], between, size[k], size[a], size[b]);
      }
    }
    size[a] += size[b];
    dead[b] = true;
    for (size_t i = 0; i < n; i++) {
      const int c = out->cluster[step][i];
      out->cluster[step + 1][i] = c == (int)b ? (int)a : c;
    }
  }
}

/* By a triangle that is given, by vectors, by a triangle of rows. */
enum { MATRIX, VECTORS, ROWS, WAYS };

static bool has_way(int way, LinkageKind kind, Metric metric)
{
  return way != VECTORS || linkage_has_vectors(kind, metric);
}

static void fit(const double *x, size_t n, size_t d, Metric metric, LinkageKind kind, const double *weights, int way,
                LinkageTree *tree)
{
  Task task;
  task_init(&task, 1);
  if (way == ROWS) {
    assert_int_equal(linkage_rows(&task, x, n, d, metric, kind, weights, NULL, tree, NULL), STATUS_OK);
  } else if (way == VECTORS) {
    assert_int_equal(linkage_vectors(&task, x, n, d, metric, kind, weights, NULL, tree, NULL), STATUS_OK);
  } else {
    double *cells = malloc((linkage_cells(n) + 1) * sizeof *cells);
    assert_int_equal(linkage_distances(&task, x, n, d, metric, cells, NULL), STATUS_OK);
    assert_int_equal(linkage_matrix(&task, cells, n, kind, weights, NULL, tree, NULL), STATUS_OK);
    free(cells);
  }
  task_free(&task);
}

/* Clusters as the lowest row of each, so that they compare. */
static void lowest_rows(const int32_t *labels, size_t n, int *out)
{
  for (size_t i = 0; i < n; i++) {
    size_t j = 0;
    while (labels[j] != labels[i]) {
      j++;
    }
    out[i] = (int)j;
  }
}

static void check_partitions(const LinkageTree *tree, const Slow *slow)
{
  const size_t n = tree->n;
  for (size_t k = 1; k <= n; k++) {
    int32_t labels[MOST];
    int rows[MOST];
    assert_int_equal(linkage_cut(tree, k, labels, NULL), STATUS_OK);
    lowest_rows(labels, n, rows);
    assert_memory_equal(rows, slow->cluster[n - k], n * sizeof *rows);
  }
}

static const Metric metrics[] = {{METRIC_EUCLIDEAN, 2}, {METRIC_SQEUCLIDEAN, 2}, {METRIC_MANHATTAN, 2}};

static void test_definition(void **state)
{
  (void)state;
  static Slow slow;
  for (size_t round = 0; round < 40; round++) {
    const size_t n = round < 8 ? round + 1 : 9 + (round * 7) % (MOST - 9), d = 1 + round % 4;
    double x[MOST * 4], weights[MOST];
    for (size_t i = 0; i < n * d; i++) {
      x[i] = roll() * (i % d == 0 ? 3 : 1) + (i / d % 3 == 0 ? 2 : 0);
    }
    for (size_t i = 0; i < n; i++) {
      weights[i] = 1 + (double)(i * 5 % 3) + (round % 2 ? 0.25 : 0);
    }
    for (size_t m = 0; m < 3; m++) {
      for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
        const double *w = round % 3 == 2 && linkage_uses_weights(kind) ? weights : NULL;
        slow_linkage(x, n, d, metrics[m], kind, w, &slow);
        for (int way = 0; way < WAYS; way++) {
          if (!has_way(way, kind, metrics[m])) {
            continue;
          }
          LinkageTree tree;
          fit(x, n, d, metrics[m], kind, w, way, &tree);
          for (size_t i = 0; i + 1 < n; i++) {
            close_to(tree.height[i], slow.height[i], 1e-9);
            assert_true(i == 0 || !linkage_is_monotone(kind) || tree.height[i] >= tree.height[i - 1]);
          }
          check_partitions(&tree, &slow);
          linkage_tree_free(&tree);
        }
      }
    }
  }
}

/* Whole numbers: many ties and equal rows. Single linkage has one answer, the others must agree between the two ways in
 * what no tie touches: the number of merges at height 0, and rising heights. */
static void test_ties(void **state)
{
  (void)state;
  static Slow slow;
  for (size_t round = 0; round < 30; round++) {
    const size_t n = 1 + round * 2, d = 1 + round % 2;
    double x[MOST * 2];
    size_t equal = 0;
    for (size_t i = 0; i < n * d; i++) {
      x[i] = round % 10 == 9 ? 4 : floor(8 * roll());
    }
    for (size_t i = 0; i < n; i++) {
      bool seen = false;
      for (size_t j = 0; j < i; j++) {
        seen = seen || memcmp(x + i * d, x + j * d, d * sizeof *x) == 0;
      }
      equal += seen;
    }
    slow_linkage(x, n, d, metrics[0], LINKAGE_SINGLE, NULL, &slow);
    for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
      for (int way = 0; way < WAYS; way++) {
        if (!has_way(way, kind, metrics[kind > LINKAGE_WARD])) {
          continue;
        }
        LinkageTree tree;
        size_t zero = 0;
        fit(x, n, d, metrics[kind > LINKAGE_WARD], kind, NULL, way, &tree);
        for (size_t i = 0; i + 1 < n; i++) {
          zero += tree.height[i] == 0;
          assert_true(i == 0 || !linkage_is_monotone(kind) || tree.height[i] >= tree.height[i - 1]);
          assert_true(kind != LINKAGE_SINGLE || tree.height[i] == slow.height[i]);
        }
        assert_int_equal(zero, equal);
        linkage_tree_free(&tree);
      }
    }
  }
}

/* Rows with weight w are w equal rows: the heights above 0 are the same. */
static void test_weights(void **state)
{
  (void)state;
  enum { N = 20 };
  for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
    const Metric metric = metrics[kind == LINKAGE_WARD_D || kind == LINKAGE_CENTROID];
    if (!linkage_uses_weights(kind)) {
      continue;
    }
    double x[N * 2], weights[N], repeated[3 * N * 2];
    size_t m = 0;
    for (size_t i = 0; i < N; i++) {
      weights[i] = 1 + (double)(i % 3);
      x[2 * i] = roll();
      x[2 * i + 1] = roll();
      for (size_t r = 0; r <= i % 3; r++) {
        memcpy(repeated + 2 * m++, x + 2 * i, 2 * sizeof *x);
      }
    }
    for (int way = 0; way < WAYS; way++) {
      if (!has_way(way, kind, metric)) {
        continue;
      }
      LinkageTree weighted, long_tree;
      fit(x, N, 2, metric, kind, weights, way, &weighted);
      fit(repeated, m, 2, metric, kind, NULL, way, &long_tree);
      for (size_t i = 0; i < N - 1; i++) {
        close_to(weighted.height[i], long_tree.height[m - N + i], 1e-12);
      }
      linkage_tree_free(&weighted);
      linkage_tree_free(&long_tree);
    }
  }
}

static double *make_rows(size_t n, size_t d)
{
  double *x = malloc(n * d * sizeof *x);
  for (size_t i = 0; i < n * d; i++) {
    x[i] = roll() + (double)(i / d % 7) * (i % d == 1 ? 1 : 0.3);
  }
  return x;
}

static void assert_same_tree(const LinkageTree *a, const LinkageTree *b)
{
  const size_t merges = a->n - 1;
  assert_int_equal(a->n, b->n);
  assert_memory_equal(a->first, b->first, merges * sizeof *a->first);
  assert_memory_equal(a->second, b->second, merges * sizeof *a->second);
  assert_memory_equal(a->height, b->height, merges * sizeof *a->height);
  assert_memory_equal(a->rows, b->rows, merges * sizeof *a->rows);
}

/* Large enough for trees to be made anew; threads and instruction sets give the same bits, and both ways the same tree. */
static void test_same(void **state)
{
  (void)state;
  enum { N = 3000, D = 3 };
  double *x = make_rows(N, D);
  const Isa best = cpu_isa();
  for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
    const Metric metric = metrics[kind > LINKAGE_WARD];
    LinkageTree tree, other;
    fit(x, N, D, metric, kind, NULL, MATRIX, &tree);
    const int way = linkage_has_vectors(kind, metric) ? VECTORS : ROWS;
    fit(x, N, D, metric, kind, NULL, way, &other);
    for (size_t i = 0; i + 1 < N; i++) {
      close_to(other.height[i], tree.height[i], 1e-9);
    }
    assert_memory_equal(tree.first + N - 40, other.first + N - 40, 39 * sizeof *tree.first);
    if (way == ROWS) {
      assert_same_tree(&tree, &other);
    }
    linkage_tree_free(&tree);
    tree = other;
    for (size_t round = 0; round < 3; round++) {
      pool_set_threads(round == 0 ? 1 : round == 1 ? 3 : 2);
      cpu_isa_force(round == 2 ? ISA_BASE : best);
      fit(x, N, D, metric, kind, NULL, way, &other);
      assert_same_tree(&tree, &other);
      linkage_tree_free(&other);
    }
    cpu_isa_force(best);
    pool_set_threads(0);
    linkage_tree_free(&tree);
  }
  free(x);
}

/* Many rows: single linkage by a tree of neighbours is that of the matrix. */
static void test_many(void **state)
{
  (void)state;
  enum { N = 4500 };
  double *x = make_rows(N, 2);
  LinkageTree tree, other;
  fit(x, N, 2, metrics[2], LINKAGE_SINGLE, NULL, MATRIX, &tree);
  fit(x, N, 2, metrics[2], LINKAGE_SINGLE, NULL, VECTORS, &other);
  assert_same_tree(&tree, &other);
  linkage_tree_free(&tree);
  linkage_tree_free(&other);
  free(x);
}

/* Distances that grow so fast that one pair at a time is each other's nearest: rounds give way to chains. */
static void test_one_at_a_time(void **state)
{
  (void)state;
  enum { N = 300 };
  static double x[N];
  for (int turned = 0; turned < 2; turned++) {
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
      x[turned ? N - 1 - i : i] = pow(2.5, (double)i);
    }
    LinkageTree complete, average, rows;
    fit(x, N, 1, metrics[0], LINKAGE_COMPLETE, NULL, MATRIX, &complete);
    fit(x, N, 1, metrics[0], LINKAGE_AVERAGE, NULL, MATRIX, &average);
    fit(x, N, 1, metrics[0], LINKAGE_AVERAGE, NULL, ROWS, &rows);
    assert_same_tree(&average, &rows);
    for (size_t i = 1; i < N; i++) {
      sum += pow(2.5, (double)i - 1);
      close_to(complete.height[i - 1] / (pow(2.5, (double)i) - 1), 1, 1e-12);
      close_to(average.height[i - 1] / (pow(2.5, (double)i) - sum / (double)i), 1, 1e-12);
      assert_int_equal(complete.rows[i - 1], i + 1);
    }
    linkage_tree_free(&complete);
    linkage_tree_free(&average);
    linkage_tree_free(&rows);
  }
}

/* The same rows in another order make the same clusters. */
static void test_order(void **state)
{
  (void)state;
  enum { N = 400, D = 2 };
  double *x = make_rows(N, D), *y = malloc(N * D * sizeof *y);
  for (size_t i = 0; i < N; i++) {
    memcpy(y + (i * 7 % N) * D, x + i * D, D * sizeof *x);
  }
  for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
    const Metric metric = metrics[kind > LINKAGE_WARD];
    LinkageTree a, b;
    int32_t first[N], second[N];
    fit(x, N, D, metric, kind, NULL, linkage_has_vectors(kind, metric) ? VECTORS : ROWS, &a);
    fit(y, N, D, metric, kind, NULL, linkage_has_vectors(kind, metric) ? VECTORS : ROWS, &b);
    for (size_t k = 2; k < 30; k++) {
      assert_int_equal(linkage_cut(&a, k, first, NULL), STATUS_OK);
      assert_int_equal(linkage_cut(&b, k, second, NULL), STATUS_OK);
      for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < i; j += 13) {
          assert_int_equal(first[i] == first[j], second[i * 7 % N] == second[j * 7 % N]);
        }
      }
    }
    linkage_tree_free(&a);
    linkage_tree_free(&b);
  }
  free(x);
  free(y);
}

/* What hurts: very large and very small numbers, a column without spread. */
static void test_extremes(void **state)
{
  (void)state;
  static const double units[] = {1e150, 5e-324, 1e-160, 1};
  for (size_t u = 0; u < 4; u++) {
    double x[60];
    for (size_t i = 0; i < 30; i++) {
      x[2 * i] = floor(100 * roll()) * units[u];
      x[2 * i + 1] = u == 3 ? 1e15 : 0;
    }
    for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
      for (int way = 0; way < WAYS; way++) {
        if (!has_way(way, kind, metrics[0])) {
          continue;
        }
        LinkageTree tree;
        uint32_t order[30];
        bool seen[30] = {false};
        fit(x, 30, 2, metrics[0], kind, NULL, way, &tree);
        assert_int_equal(linkage_order(&tree, order, NULL), STATUS_OK);
        for (size_t i = 0; i < 30; i++) {
          assert_false(seen[order[i]]);
          seen[order[i]] = true;
          assert_true(i == 29 || isfinite(tree.height[i]));
        }
        linkage_tree_free(&tree);
      }
    }
  }
}

/* Cophenetic distances by climbing the tree for each pair. */
static void test_figures(void **state)
{
  (void)state;
  enum { N = 50, D = 2 };
  double *x = make_rows(N, D);
  for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
    LinkageTree tree;
    double found, sum[5] = {0}, first[N];
    fit(x, N, D, metrics[0], kind, NULL, MATRIX, &tree);
    for (size_t i = 0; i < N; i++) {
      for (size_t merge = N - 1; merge-- > 0;) {
        first[i] = tree.first[merge] == i || tree.second[merge] == i ? tree.height[merge] : first[i];
      }
      for (size_t j = 0; j < i; j++) {
        uint32_t a = (uint32_t)i, b = (uint32_t)j;
        size_t merge = 0;
        for (; a != b; merge++) {
          a = tree.first[merge] == a || tree.second[merge] == a ? (uint32_t)(N + merge) : a;
          b = tree.first[merge] == b || tree.second[merge] == b ? (uint32_t)(N + merge) : b;
        }
        const double p = distance_pair(metrics[0], x + i * D, x + j * D, D), q = tree.height[merge - 1];
        sum[0] += p, sum[1] += q, sum[2] += p * p, sum[3] += q * q, sum[4] += p * q;
      }
    }
    const double pairs = N * (N - 1) / 2.0, expected = (sum[4] - sum[0] * sum[1] / pairs) /
      sqrt((sum[2] - sum[0] * sum[0] / pairs) * (sum[3] - sum[1] * sum[1] / pairs));
    const LinkageRows rows = {x, D, metrics[0]};
    const LinkageSource source = {linkage_source_rows, &rows};
    Task task;
    task_init(&task, 1);
    assert_int_equal(linkage_cophenetic(&task, &tree, &source, &found, NULL), STATUS_OK);
    close_to(found, expected, 1e-10);
    task_free(&task);
    double coefficient = 0;
    for (size_t i = 0; i < N; i++) {
      coefficient += (1 - first[i] / tree.height[N - 2]) / N;
    }
    close_to(linkage_coefficient(&tree), coefficient, 1e-12);
    linkage_tree_free(&tree);
  }
  free(x);
}

/* Clusters below a height are those of the merges up to it. */
static void test_cut_height(void **state)
{
  (void)state;
  enum { N = 60 };
  double *x = make_rows(N, 2);
  LinkageTree tree;
  fit(x, N, 2, metrics[0], LINKAGE_AVERAGE, NULL, MATRIX, &tree);
  for (size_t k = 1; k <= N; k++) {
    int32_t by_number[N], by_height[N];
    size_t found;
    const double height = k == N ? tree.height[0] / 2 : tree.height[N - 1 - k];
    assert_int_equal(linkage_cut(&tree, k, by_number, NULL), STATUS_OK);
    assert_int_equal(linkage_cut_height(&tree, height, &found, by_height, NULL), STATUS_OK);
    assert_int_equal(found, k);
    assert_memory_equal(by_number, by_height, sizeof by_number);
  }
  linkage_tree_free(&tree);
  free(x);
}

/* ---- constrained by a graph */

static void test_graph(void **state)
{
  (void)state;
  /* All pairs connected: the constraint says nothing. */
  enum { N = 40 };
  double *x = make_rows(N, 2);
  uint32_t neighbours[N * N];
  for (size_t i = 0; i < N * N; i++) {
    neighbours[i] = (uint32_t)(i % N);
  }
  static const LinkageKind kinds[] = {LINKAGE_SINGLE, LINKAGE_COMPLETE, LINKAGE_AVERAGE, LINKAGE_WARD};
  for (size_t i = 0; i < 4; i++) {
    LinkageTree free_tree, tree;
    size_t components;
    Task task;
    task_init(&task, 1);
    fit(x, N, 2, metrics[0], kinds[i], NULL, MATRIX, &free_tree);
    assert_int_equal(linkage_graph(&task, x, N, 2, metrics[0], kinds[i], NULL, neighbours, N, NULL, &tree, &components, NULL),
                     STATUS_OK);
    assert_int_equal(components, 1);
    for (size_t j = 0; j + 1 < N; j++) {
      close_to(tree.height[j], free_tree.height[j], 1e-10);
      assert_int_equal(tree.first[j], free_tree.first[j]);
    }
    linkage_tree_free(&tree);
    linkage_tree_free(&free_tree);
    task_free(&task);
  }
  free(x);
}

/* Two chains that the graph does not connect: they are joined last, and no earlier merge crosses. */
static void test_components(void **state)
{
  (void)state;
  enum { N = 60 };
  double x[N];
  uint32_t neighbours[2 * N];
  for (size_t i = 0; i < N; i++) {
    x[i] = (double)(i / 2) + (i % 2 ? 0.3 : 0) + 0.001 * roll();
    neighbours[2 * i] = (uint32_t)i;
    neighbours[2 * i + 1] = (uint32_t)(i < 2 ? i : i - 2);
  }
  LinkageTree tree;
  int32_t labels[N];
  size_t components;
  Task task;
  task_init(&task, 1);
  assert_int_equal(linkage_graph(&task, x, N, 1, metrics[0], LINKAGE_SINGLE, NULL, neighbours, 2, NULL, &tree, &components, NULL),
                   STATUS_OK);
  assert_int_equal(components, 2);
  assert_int_equal(linkage_cut(&tree, 2, labels, NULL), STATUS_OK);
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(labels[i], i % 2);
  }
  linkage_tree_free(&tree);
  task_free(&task);
}

/* ---- stopping, memory */

static void test_cancel(void **state)
{
  (void)state;
  double *x = make_rows(200, 2), *cells = malloc(linkage_cells(200) * sizeof *cells);
  for (LinkageKind kind = 0; kind <= LINKAGE_MEDIAN; kind++) {
    const Metric metric = metrics[kind > LINKAGE_WARD];
    LinkageTree tree;
    Task task;
    Error e = {0};
    task_init(&task, 1);
    assert_int_equal(linkage_distances(&task, x, 200, 2, metric, cells, NULL), STATUS_OK);
    task_cancel(&task);
    assert_int_equal(linkage_matrix(&task, cells, 200, kind, NULL, NULL, &tree, &e), STATUS_CANCELLED);
    assert_int_equal(linkage_rows(&task, x, 200, 2, metric, kind, NULL, NULL, &tree, NULL), STATUS_CANCELLED);
    if (linkage_has_vectors(kind, metric)) {
      assert_int_equal(linkage_vectors(&task, x, 200, 2, metric, kind, NULL, NULL, &tree, NULL), STATUS_CANCELLED);
    }
    task_free(&task);
  }
  free(x);
  free(cells);
}

static Status sweep_all(void *context, Error *e)
{
  const double *x = context;
  static uint32_t neighbours[4 * 50];
  double cells[50 * 49 / 2];
  LinkageTree tree = {0};
  int32_t labels[50];
  size_t components;
  Task task;
  Status status = STATUS_OK;
  task_init(&task, 1);
  for (size_t i = 0; i < 200; i++) {
    neighbours[i] = (uint32_t)((i / 4 + i % 4) % 50);
  }
  for (LinkageKind kind = 0; status == STATUS_OK && kind <= LINKAGE_MEDIAN; kind++) {
    const Metric metric = metrics[kind > LINKAGE_WARD];
    TRY(linkage_distances(&task, x, 50, 2, metric, cells, e));
    TRY(linkage_matrix(&task, cells, 50, kind, NULL, NULL, &tree, e));
    TRY(linkage_cut(&tree, 3, labels, e));
    linkage_tree_free(&tree);
    TRY(linkage_rows(&task, x, 50, 2, metric, kind, NULL, NULL, &tree, e));
    linkage_tree_free(&tree);
    if (linkage_has_vectors(kind, metric)) {
      TRY(linkage_vectors(&task, x, 50, 2, metric, kind, NULL, NULL, &tree, e));
      linkage_tree_free(&tree);
    }
  }
  TRY(linkage_graph(&task, x, 50, 2, metrics[0], LINKAGE_WARD, NULL, neighbours, 4, NULL, &tree, &components, e));
done:
  linkage_tree_free(&tree);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  double *x = make_rows(50, 2);
  sweep(sweep_all, x);
  free(x);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_definition), cmocka_unit_test(test_ties), cmocka_unit_test(test_weights),
    cmocka_unit_test(test_same), cmocka_unit_test(test_order), cmocka_unit_test(test_extremes),
    cmocka_unit_test(test_figures), cmocka_unit_test(test_cut_height), cmocka_unit_test(test_graph),
    cmocka_unit_test(test_components), cmocka_unit_test(test_many), cmocka_unit_test(test_one_at_a_time),
    cmocka_unit_test(test_cancel), cmocka_unit_test(test_memory),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
