/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hdbscan: Boruvka's tree against Prim's, the hierarchy by hand, against cutting the graph at every length, rows in
 * another order, odd data, threads, cancel and memory. */
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

#include "cluster/hdbscan.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { N_MOST = 700 };

static void fill(double *x, size_t n, size_t d, bool grid, uint64_t seed)
{
  Random random = random_new(seed, 0);
  for (size_t i = 0; i < n; i++) {
    const size_t blob = i % 5;
    for (size_t c = 0; c < d; c++) {
      const double v = blob == 4
                           ? 14 * random_uniform(&random) - 2
                           : (double)((blob >> (c % 2)) & 1) * 6 + random_normal(&random) * (0.3 + 0.2 * (double)blob);
      x[i * d + c] = grid ? floor(2 * v) / 2 : v;
    }
  }
}

typedef struct Case {
  const double *values;
  size_t n, d;
  Metric metric;
  NeighbourKind kind;
  HdbscanSettings settings;
} Case;

static Status fit(const Case *c, HdbscanResult *out, Error *e)
{
  Task task;
  Neighbours *index;
  HdbscanSpan span = {0};
  task_init(&task, 1);
  Status status = neighbours_new(&task, c->values, c->n, c->d, c->metric, c->kind, &index, e);
  if (status == STATUS_OK) {
    status = hdbscan_fit(&task, index, c->values, c->n, c->d, c->metric, &c->settings, &span, out, e);
  }
  hdbscan_span_free(&span);
  neighbours_free(index);
  task_free(&task);
  return status;
}

static int compare_edges(const void *a, const void *b)
{
  const HdbscanEdge *x = a, *y = b;
  return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Lengths of all minimum spanning trees are the same. */
static void compare_trees(const double *values, size_t n, size_t d, Metric metric, NeighbourKind kind, double alpha)
{
  HdbscanSpan a, b;
  Task task;
  Neighbours *index;
  task_init(&task, 1);
  assert_int_equal(hdbscan_span_new(n, &a, NULL), STATUS_OK);
  assert_int_equal(hdbscan_span_new(n, &b, NULL), STATUS_OK);
  assert_int_equal(neighbours_new(&task, values, n, d, metric, kind, &index, NULL), STATUS_OK);
  assert_int_equal(neighbours_kth_rank(&task, index, n < 4 ? n : 4, a.core, NULL), STATUS_OK);
  memcpy(b.core, a.core, n * sizeof *b.core);
  assert_int_equal(hdbscan_span(&task, index, values, n, d, metric, alpha, &a, NULL), STATUS_OK);
  assert_int_equal(hdbscan_span_plain(&task, values, n, d, metric, alpha, &b, NULL), STATUS_OK);
  assert_true(a.n_edges + 1 == n && b.n_edges + 1 == n);
  for (size_t i = 0; i + 1 < n; i++) {
    const HdbscanEdge edge = a.edges[i];
    double rank = distance_pair_rank(metric, values + edge.a * d, values + edge.b * d, d) * metric_rank(metric, 1 / alpha);
    rank = fmax(rank, fmax(a.core[edge.a], a.core[edge.b]));
    assert_true(rank == edge.rank);
  }
  qsort(a.edges, n - 1, sizeof *a.edges, compare_edges);
  qsort(b.edges, n - 1, sizeof *b.edges, compare_edges);
  for (size_t i = 0; i + 1 < n; i++) {
    assert_true(a.edges[i].rank == b.edges[i].rank);
  }
  neighbours_free(index);
  task_free(&task);
  hdbscan_span_free(&a);
  hdbscan_span_free(&b);
}

static void test_span(void **state)
{
  (void)state;
  static const size_t sizes[][2] = {{1, 1}, {2, 2}, {70, 1}, {N_MOST, 2}, {500, 4}, {200, 20}};
  static const MetricKind metrics[] = {METRIC_EUCLIDEAN, METRIC_MANHATTAN, METRIC_CHEBYSHEV, METRIC_COSINE};
  static double values[N_MOST * 20];
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (size_t m = 0; m < 4; m++) {
      for (unsigned grid = 0; grid < 2; grid++) {
        fill(values, sizes[s][0], sizes[s][1], grid, s);
        for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BALL; kind++) {
          compare_trees(values, sizes[s][0], sizes[s][1], (Metric){metrics[m], 2}, kind, kind == NEIGHBOURS_KD ? 2 : 1);
        }
      }
    }
  }
}

/* Two groups of three at 0 1 2 and 10 11 12, one row at 30; core distances of two rows are gaps: 1, and 18 for the
 * last. Cut at 18 the row leaves, at 8 the root parts, at 1 both dissolve: stability 3 (1 - 1/8). */
static void test_by_hand(void **state)
{
  (void)state;
  const double x[] = {0, 1, 2, 30, 10, 11, 12};
  Case c = {x, 7, 1, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, {.min_cluster_size = 3, .min_points = 2, .alpha = 1}};
  static const int32_t expected[] = {0, 0, 0, -1, 1, 1, 1};
  HdbscanResult r;
  assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
  assert_memory_equal(r.labels, expected, sizeof expected);
  assert_int_equal(r.nodes, 3);
  assert_int_equal(r.noise, 1);
  assert_true(r.tree[0].death == 1.0 / 8 && r.tree[0].deepest == 1);
  assert_true(fabs(r.tree[0].stability - (1.0 / 18 + 6.0 / 8)) < 1e-15);
  assert_true(r.tree[1].stability == 3 * (1 - 1.0 / 8) && r.tree[2].stability == r.tree[1].stability);
  assert_true(r.probability[0] == 1 && r.probability[3] == 0);
  assert_true(r.lambda[3] == 1.0 / 18 && r.core[3] == 18 && fabs(r.outlier[3] - 17.0 / 18) < 1e-15 &&
              r.outlier[0] == 0);
  double probability;
  assert_int_equal(hdbscan_place(r.tree, r.node[0], 0.5, &probability), 0);
  assert_true(probability == 0.5);
  assert_int_equal(hdbscan_place(r.tree, r.node[0], 0.1, &probability), -1);
  hdbscan_result_free(&r);
  c.settings.eps = 9; /* both began at 8 */
  assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
  assert_int_equal(r.k, 2);
  hdbscan_result_free(&r);
  c.settings.single = true;
  assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
  assert_int_equal(r.k, 1);
  assert_int_equal(r.sizes[0], 6);
  hdbscan_result_free(&r);
}

/* A cross of ties: five groups of equal gaps all part at once, so that none of their unions is a cluster. */
static void test_ties_part_together(void **state)
{
  (void)state;
  double x[25];
  for (size_t i = 0; i < 25; i++) {
    x[i] = (double)(i / 5) * 20 + (double)(i % 5);
  }
  const Case c = {
      x, 25, 1, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, {.min_cluster_size = 4, .min_points = 2, .alpha = 1}};
  HdbscanResult r;
  assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
  assert_int_equal(r.nodes, 6);
  assert_int_equal(r.k, 5);
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(r.sizes[i], 5);
    assert_int_equal(r.tree[r.chosen[i]].parent, 0);
  }
  hdbscan_result_free(&r);
}

/* The row in the middle has core distance 4, as long as both edges to its neighbours. At 4 all rows are one cluster; below
 * it is no core row, so that it is in neither of the two clusters that begin there. R's dbscan (1.1.11) cuts the edges one
 * after the other and leaves the row with one of the two, at membership 0: 0 rows of noise. */
static void test_row_between(void **state)
{
  (void)state;
  const double x[] = {0, 1, 2, 6, 10, 11, 12};
  const Case c = {x, 7, 1, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, {.min_cluster_size = 3, .min_points = 3, .alpha = 1}};
  HdbscanResult r;
  assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
  assert_true(r.k == 2 && r.noise == 1 && r.labels[3] == -1 && r.core[3] == 4);
  assert_true(r.tree[r.chosen[0]].birth == 0.25 && r.lambda[3] == 0.25);
  hdbscan_result_free(&r);
}

/* ---- the definition: the graph of mutual reachability distances below a level, whole, without a spanning tree */

enum { FEW = 60, TREE_MOST = 2 * FEW };

typedef struct Level {
  size_t n, least, nodes;
  double reach[FEW][FEW];
  int parent[TREE_MOST];
  double birth[TREE_MOST], stability[TREE_MOST];
  int node[FEW];
} Level;

/* Marks the rows that are reached from `from` by edges below a length, within the marks `in`. */
static size_t reached(const Level *l, const int *in, int mark, size_t from, double below, int *out, int as)
{
  size_t stack[FEW], depth = 0, count = 0;
  stack[depth++] = from;
  out[from] = as;
  while (depth > 0) {
    const size_t at = stack[--depth];
    count++;
    for (size_t j = 0; j < l->n; j++) {
      if (in[j] == mark && out[j] == 0 && l->reach[at][j] < below) {
        out[j] = as;
        stack[depth++] = j;
      }
    }
  }
  return count;
}

/* The longest edge without which the marked rows fall apart: the least level at which they hang together. */
static double holds(const Level *l, const int *in)
{
  double least = INFINITY;
  size_t first = 0, many = 0;
  for (size_t i = l->n; i-- > 0;) {
    first = in[i] == 1 ? i : first;
    many += in[i] == 1;
  }
  for (size_t i = 0; i < l->n; i++) {
    for (size_t j = 0; j < i; j++) {
      int out[FEW] = {0};
      const double level = l->reach[i][j];
      if (in[i] == 1 && in[j] == 1 && level < least && reached(l, in, 1, first, nextafter(level, INFINITY), out, 1) == many) {
        least = level;
      }
    }
  }
  return least;
}

static void part(Level *l, const int *rows, int node)
{
  const double level = holds(l, rows);
  int parts[FEW] = {0}, next[FEW], count = 0;
  size_t sizes[FEW + 1] = {0}, large = 0;
  for (size_t i = 0; i < l->n; i++) {
    if (rows[i] == 1 && parts[i] == 0) {
      count++;
      sizes[count] = reached(l, rows, 1, i, level, parts, count);
      large += sizes[count] >= l->least;
    }
  }
  for (int p = 1; p <= count; p++) {
    const bool is_large = sizes[p] >= l->least;
    int into = node;
    if (is_large && large > 1) {
      into = (int)l->nodes++;
      l->parent[into] = node;
      l->birth[into] = 1 / level;
    }
    if (!is_large || large > 1) {
      l->stability[node] += (double)sizes[p] * (1 / level - l->birth[node]);
    }
    for (size_t i = 0; i < l->n; i++) {
      next[i] = rows[i] == 1 && parts[i] == p;
      l->node[i] = next[i] ? into : l->node[i];
    }
    if (is_large) {
      part(l, next, into);
    }
  }
}

/* Labels by the tree: the most stable nodes, none within another; the root is none. */
static void label(const Level *l, int *labels)
{
  double sum[TREE_MOST] = {0};
  bool own[TREE_MOST];
  for (size_t i = l->nodes; i-- > 1;) {
    own[i] = !(sum[i] > l->stability[i]);
    sum[l->parent[i]] += own[i] ? l->stability[i] : sum[i];
  }
  for (size_t i = 0; i < l->n; i++) {
    labels[i] = -1;
    for (int node = l->node[i]; node > 0; node = l->parent[node]) {
      labels[i] = own[node] ? node : labels[i];
    }
  }
}

static void test_definition(void **state)
{
  (void)state;
  size_t clusters = 0;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    double x[FEW * 2];
    fill(x, FEW, 2, false, seed);
    for (size_t i = 0; i < FEW && seed % 2; i++) { /* cells of a square, each once: many lengths are alike */
      static const size_t steps[] = {5, 7, 11, 13, 17, 19, 23, 25, 29, 31};
      const size_t cell = i * steps[seed / 2 % 10] % 144;
      x[2 * i] = (double)(cell / 12);
      x[2 * i + 1] = (double)(cell % 12) + (double)(seed / 20);
    }
    const Case c = {x, FEW, 2, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO,
                    {.min_cluster_size = 3 + seed % 3, .min_points = 3, .alpha = 1, .part = true}};
    static Level l;
    HdbscanResult r;
    int labels[FEW], rows[FEW], of[TREE_MOST] = {0};
    assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
    l = (Level){.n = FEW, .least = c.settings.min_cluster_size, .nodes = 1, .parent = {-1}};
    for (size_t i = 0; i < FEW; i++) {
      rows[i] = 1;
      for (size_t j = 0; j < FEW; j++) {
        l.reach[i][j] = fmax(fmax(r.core[i], r.core[j]), distance_pair(c.metric, x + 2 * i, x + 2 * j, 2));
      }
    }
    part(&l, rows, 0);
    label(&l, labels);
    assert_int_equal(l.nodes, r.nodes);
    for (size_t i = 0; i < FEW; i++) {
      assert_true((labels[i] < 0) == (r.labels[i] < 0));
      if (labels[i] >= 0) {
        of[labels[i]] = of[labels[i]] ? of[labels[i]] : r.labels[i] + 1;
        assert_int_equal(of[labels[i]], r.labels[i] + 1);
      }
    }
    clusters += r.k;
    hdbscan_result_free(&r);
  }
  assert_true(clusters > 100);
}

/* One cluster of two triplets 1 apart, gap 2, and one far away. Cut at 2 both fall into parts of less than 5: rows
 * leave at 2 together, or each at 1. The small part at 14 and 15 falls off at 8. */
static void test_leave(void **state)
{
  (void)state;
  const double x[] = {0, 1, 2, 4, 5, 6, 14, 15, 100, 101, 102, 104, 105, 106};
  Case c = {x, 14, 1, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO,
            {.min_cluster_size = 5, .min_points = 2, .alpha = 1, .part = true}};
  for (int part = 0; part < 2; part++) {
    HdbscanResult r;
    c.settings.part = part;
    assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
    assert_int_equal(r.k, 2);
    assert_int_equal(r.sizes[0], 8);
    assert_true(r.lambda[0] == (part ? 0.5 : 1) && r.lambda[6] == (part ? 1.0 / 8 : 1) && r.lambda[9] == r.lambda[0]);
    assert_true(fabs(r.tree[r.chosen[0]].stability - (6 * r.lambda[0] + 2 * r.lambda[6] - 8.0 / 85)) < 1e-14);
    assert_true(r.tree[r.chosen[1]].death == r.lambda[0]);
    hdbscan_result_free(&r);
  }
}

static int compare_nodes(const void *a, const void *b)
{
  const HdbscanNode *x = a, *y = b;
  return x->birth != y->birth ? (x->birth > y->birth) - (x->birth < y->birth)
                              : (x->size > y->size) - (x->size < y->size);
}

static void test_order(void **state)
{
  (void)state;
  enum { N = N_MOST, D = 2 };
  static double values[N * D], shuffled[N * D];
  size_t place[N];
  for (unsigned variant = 0; variant < 8; variant++) {
    Random random = random_new(3, variant);
    HdbscanResult a, b;
    fill(values, N, D, variant & 1, variant);
    random_permutation(&random, N, place);
    for (size_t i = 0; i < N; i++) {
      memcpy(shuffled + place[i] * D, values + i * D, D * sizeof *values);
    }
    Case c = {values, N, D, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO,
              {.min_cluster_size = 8, .min_points = 5, .alpha = 1, .leaf = variant & 2, .eps = variant & 4 ? 0.8 : 0}};
    assert_int_equal(fit(&c, &a, NULL), STATUS_OK);
    c.values = shuffled;
    assert_int_equal(fit(&c, &b, NULL), STATUS_OK);
    assert_true(a.k >= 2);
    assert_int_equal(a.k, b.k);
    assert_int_equal(a.nodes, b.nodes);
    int32_t to[N];
    memset(to, -1, sizeof to);
    for (size_t i = 0; i < N; i++) {
      const size_t j = place[i];
      assert_int_equal(a.labels[i] < 0, b.labels[j] < 0);
      if (a.labels[i] >= 0) {
        to[a.labels[i]] = to[a.labels[i]] < 0 ? b.labels[j] : to[a.labels[i]];
        assert_int_equal(to[a.labels[i]], b.labels[j]);
      }
      assert_true(a.lambda[i] == b.lambda[j] && a.outlier[i] == b.outlier[j] && a.probability[i] == b.probability[j]);
    }
    qsort(a.tree, a.nodes, sizeof *a.tree, compare_nodes);
    qsort(b.tree, b.nodes, sizeof *b.tree, compare_nodes);
    for (size_t i = 0; i < a.nodes; i++) {
      assert_true(a.tree[i].birth == b.tree[i].birth && a.tree[i].size == b.tree[i].size);
    }
    hdbscan_result_free(&a);
    hdbscan_result_free(&b);
  }
}

static void test_odd(void **state)
{
  (void)state;
  static double x[60];
  Case c = {x, 1, 1, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, {.min_cluster_size = 2, .min_points = 1, .alpha = 1}};
  HdbscanResult r;
  for (size_t n = 1; n <= 60; n += 1 + n / 4) { /* all equal: nothing parts */
    c.n = n;
    c.settings.single = false;
    assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
    assert_int_equal(r.noise, n);
    hdbscan_result_free(&r);
    c.settings.single = true;
    assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
    assert_int_equal(r.k, 1);
    assert_int_equal(r.sizes[0], n);
    assert_true(isfinite(r.tree[0].stability));
    hdbscan_result_free(&r);
  }
  for (size_t i = 0; i < 60; i++) { /* two heaps of equal rows */
    x[i] = i % 2 ? 1e150 : 0;
  }
  c.n = 60;
  c.settings = (HdbscanSettings){.min_cluster_size = 5, .min_points = 5, .alpha = 1, .leaf = true};
  assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
  assert_int_equal(r.k, 2);
  assert_int_equal(r.noise, 0);
  assert_true(r.tree[1].stability > 0 && isfinite(r.tree[1].stability) && r.probability[7] == 1);
  hdbscan_result_free(&r);
}

static void test_threads(void **state)
{
  (void)state;
  enum { N = 20000, D = 2 };
  double *values = mem_alloc(N * D, sizeof *values);
  const Case c = {values, N, D, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO,
                  {.min_cluster_size = 30, .min_points = 10, .alpha = 1}};
  HdbscanResult first = {0};
  for (unsigned grid = 0; grid < 2; grid++) {
    fill(values, N, D, grid, 2);
    for (size_t threads = 1; threads <= 4; threads++) {
      HdbscanResult r;
      pool_set_threads(threads);
      assert_int_equal(fit(&c, &r, NULL), STATUS_OK);
      if (threads == 1) {
        first = r;
        continue;
      }
      assert_memory_equal(first.labels, r.labels, N * sizeof *r.labels);
      assert_memory_equal(first.node, r.node, N * sizeof *r.node);
      assert_memory_equal(first.outlier, r.outlier, N * sizeof *r.outlier);
      for (size_t i = 0; i < r.nodes; i++) {
        assert_true(first.tree[i].stability == r.tree[i].stability);
      }
      hdbscan_result_free(&r);
    }
    hdbscan_result_free(&first);
  }
  pool_set_threads(0);
  mem_free(values);
}

static Status swept(void *context, Error *e)
{
  HdbscanResult r;
  const Status status = fit(context, &r, e);
  if (status == STATUS_OK) {
    assert_true(r.k >= 2);
    hdbscan_result_free(&r);
  }
  return status;
}

static void test_memory_and_cancel(void **state)
{
  (void)state;
  static double values[N_MOST * 2];
  fill(values, N_MOST, 2, false, 1);
  Case c = {values, N_MOST, 2, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO,
            {.min_cluster_size = 10, .min_points = 5, .alpha = 1}};
  pool_set_threads(1);
  for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BRUTE; kind += NEIGHBOURS_BRUTE) {
    c.kind = kind;
    assert_true(sweep(swept, &c) > 20);
  }
  pool_set_threads(0);
  Task task;
  Neighbours *index;
  HdbscanSpan span = {0};
  HdbscanResult r;
  task_init(&task, 1);
  assert_int_equal(neighbours_new(&task, values, N_MOST, 2, c.metric, NEIGHBOURS_AUTO, &index, NULL), STATUS_OK);
  task_cancel(&task);
  assert_int_equal(hdbscan_fit(&task, index, values, N_MOST, 2, c.metric, &c.settings, &span, &r, NULL), STATUS_CANCELLED);
  assert_null(r.labels);
  hdbscan_span_free(&span);
  neighbours_free(index);
  task_free(&task);
}

/* ---- stopped */

enum { PAUSED = 2000 };

typedef struct Stop {
  Task task;
  useconds_t after;
} Stop;

static void *stop_later(void *context)
{
  Stop *s = context;
  usleep(s->after);
  task_cancel(&s->task);
  return NULL;
}

static void stop_now(void *context, const TraceStep *step)
{
  assert_string_equal(step->phase, "spanning tree");
  task_cancel(context);
}

/* Stopped at any moments and gone on with, it is the same tree, bit by bit, and so the same result. */
static void test_stopped(void **state)
{
  (void)state;
  double *values = mem_alloc(PAUSED * 3, sizeof *values);
  const HdbscanSettings settings = {.min_cluster_size = 10, .min_points = 5, .alpha = 1};
  const Metric metric = {METRIC_EUCLIDEAN, 2};
  Random random = random_new(1, 1);
  size_t partial = 0;
  fill(values, PAUSED, 3, false, 6);
  for (NeighbourKind kind = NEIGHBOURS_KD; kind <= NEIGHBOURS_BRUTE; kind += NEIGHBOURS_BRUTE - NEIGHBOURS_KD) {
    Neighbours *index;
    Stop stop = {.after = 0};
    HdbscanSpan whole = {0};
    HdbscanResult r, last = {0};
    task_init(&stop.task, 1);
    assert_int_equal(neighbours_new(&stop.task, values, PAUSED, 3, metric, kind, &index, NULL), STATUS_OK);
    assert_int_equal(hdbscan_fit(&stop.task, index, values, PAUSED, 3, metric, &settings, &whole, &r, NULL), STATUS_OK);
    assert_true(r.complete && r.k > 2);
    for (int round = 0; round < 12; round++) {
      HdbscanSpan span;
      assert_int_equal(hdbscan_span_new(PAUSED, &span, NULL), STATUS_OK);
      memcpy(span.core, whole.core, PAUSED * sizeof *span.core);
      do {
        pthread_t thread;
        atomic_store(&stop.task.cancel, false);
        stop.task.trace = round == 0 ? stop_now : NULL; /* after each pass */
        stop.task.trace_context = &stop.task;
        stop.after = (useconds_t)(round == 0 ? 0 : 300 + random_uniform(&random) * 3000);
        assert_true(round == 0 || pthread_create(&thread, NULL, stop_later, &stop) == 0);
        assert_int_equal(hdbscan_fit(&stop.task, index, values, PAUSED, 3, metric, &settings, &span, &last, NULL), STATUS_OK);
        assert_true(round == 0 || pthread_join(thread, NULL) == 0);
        partial += round == 0 && !last.complete;
        assert_true(last.complete || (last.k == 0 && last.noise == PAUSED && last.nodes == 1));
        if (!last.complete) {
          hdbscan_result_free(&last);
        }
      } while (!last.labels);
      assert_memory_equal(whole.edges, span.edges, (PAUSED - 1) * sizeof *span.edges);
      assert_memory_equal(r.labels, last.labels, PAUSED * sizeof *r.labels);
      assert_memory_equal(r.lambda, last.lambda, PAUSED * sizeof *r.lambda);
      hdbscan_result_free(&last);
      hdbscan_span_free(&span);
    }
    hdbscan_result_free(&r);
    hdbscan_span_free(&whole);
    neighbours_free(index);
    task_free(&stop.task);
  }
  assert_true(partial >= 2); /* passes halve the parts at least */
  mem_free(values);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_span),
                                     cmocka_unit_test(test_by_hand),
                                     cmocka_unit_test(test_ties_part_together),
                                     cmocka_unit_test(test_row_between),
                                     cmocka_unit_test(test_definition),
                                     cmocka_unit_test(test_leave),
                                     cmocka_unit_test(test_order),
                                     cmocka_unit_test(test_odd),
                                     cmocka_unit_test(test_threads),
                                     cmocka_unit_test(test_memory_and_cancel),
                                     cmocka_unit_test(test_stopped)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
