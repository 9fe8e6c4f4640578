/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_linkage_stops.c -- linkages stopped at any poll: a forest of merges of the whole tree's steps, from which they go on to
 * the bits of a tree that was made at once; and states that were damaged, which are refused or do no harm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/linkage_graph.h"
#include "cluster/linkage_state.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

/* By a triangle that is given, by vectors, by a triangle of rows, by a graph of neighbours. */
typedef enum Way { MATRIX, VECTORS, ROWS, GRAPH, WAYS } Way;
enum { K = 6, STOPS = 4, FITS = 4 };

typedef struct Case {
  const double *x;
  const uint32_t *neighbours;
  const double *weights;
  size_t n, d;
  Way way;
  LinkageKind kind;
  Metric metric;
  size_t threads;
} Case;

static const Metric euclidean = {METRIC_EUCLIDEAN, 2}, squares = {METRIC_SQEUCLIDEAN, 2};

static bool has_way(Way way, LinkageKind kind, Metric metric)
{
  return way == VECTORS ? linkage_has_vectors(kind, metric) : way == GRAPH ? linkage_has_graph(kind, metric) : true;
}

/* poll 0: not stopped. */
static Status fit(const Case *c, int64_t poll, LinkageState *kept, LinkageTree *tree, Error *e)
{
  size_t pieces;
  Task task;
  Status status = STATUS_OK;
  *tree = (LinkageTree){0};
  task_cancel_at(poll);
  task_init(&task, c->threads);
  switch (c->way) {
  case ROWS: status = linkage_rows(&task, c->x, c->n, c->d, c->metric, c->kind, c->weights, kept, tree, e); break;
  case VECTORS: status = linkage_vectors(&task, c->x, c->n, c->d, c->metric, c->kind, c->weights, kept, tree, e); break;
  case GRAPH:
    status = linkage_graph(&task, c->x, c->n, c->d, c->metric, c->kind, c->weights, c->neighbours, K, kept, tree, &pieces, e);
    break;
  default: {
    double *cells = malloc((linkage_cells(c->n) + 1) * sizeof *cells);
    status = linkage_distances(&task, c->x, c->n, c->d, c->metric, cells, e);
    if (status == STATUS_OK) {
      status = linkage_matrix(&task, cells, c->n, c->kind, c->weights, kept, tree, e);
    }
    free(cells);
  }
  }
  task_free(&task);
  return status;
}

static void assert_same_tree(const LinkageTree *a, const LinkageTree *b)
{
  const size_t merges = a->merges;
  assert_int_equal(a->n, b->n);
  assert_int_equal(merges, b->merges);
  assert_memory_equal(a->height, b->height, merges * sizeof *a->height);
  assert_memory_equal(a->first, b->first, merges * sizeof *a->first);
  assert_memory_equal(a->second, b->second, merges * sizeof *a->second);
  assert_memory_equal(a->rows, b->rows, merges * sizeof *a->rows);
}

static int compare_heights(const void *one, const void *two)
{
  const double a = *(const double *)one, b = *(const double *)two;
  return (a > b) - (a < b);
}

/* A forest: its heights are heights of the whole tree, its cut has as many parts as merges leave, all rows are in its order. */
static void check_forest(const LinkageTree *part, const LinkageTree *whole)
{
  const size_t n = part->n;
  double *heights = malloc((n + 1) * sizeof *heights), *own = malloc((n + 1) * sizeof *own);
  int32_t *labels = malloc(n * sizeof *labels);
  uint32_t *order = malloc(n * sizeof *order);
  bool *seen = calloc(n, sizeof *seen);
  size_t at = 0, k;
  memcpy(heights, whole->height, whole->merges * sizeof *heights);
  memcpy(own, part->height, part->merges * sizeof *own);
  qsort(heights, whole->merges, sizeof *heights, compare_heights);
  qsort(own, part->merges, sizeof *own, compare_heights);
  for (size_t i = 0; i < part->merges; i++, at++) {
    while (at < whole->merges && heights[at] < own[i]) {
      at++;
    }
    assert_true(at < whole->merges && heights[at] == own[i]);
  }
  assert_int_equal(linkage_cut(part, n - part->merges, labels, NULL), STATUS_OK);
  k = 0;
  for (size_t i = 0; i < n; i++) {
    k = (size_t)labels[i] + 1 > k ? (size_t)labels[i] + 1 : k;
  }
  assert_int_equal(k, n - part->merges);
  assert_int_equal(linkage_order(part, order, NULL), STATUS_OK);
  for (size_t i = 0; i < n; i++) {
    assert_true(order[i] < n && !seen[order[i]]);
    assert_true(i == 0 || labels[order[i]] >= labels[order[i - 1]]); /* parts stand together, by their lowest rows */
    seen[order[i]] = true;
  }
  assert_true(isnan(linkage_coefficient(part)));
  free(heights);
  free(own);
  free(labels);
  free(order);
  free(seen);
}

static Status copy_state(const LinkageState *from, LinkageState *to, Error *e)
{
  const size_t n = from->n;
  const Status status = linkage_state_new(n, to, e);
  if (status != STATUS_OK) {
    return status;
  }
  memcpy(to->steps, from->steps, from->done * sizeof *to->steps);
  memcpy(to->round, from->round, from->done * sizeof *to->round);
  memcpy(to->nearest, from->nearest, n * sizeof *to->nearest);
  memcpy(to->bound, from->bound, n * sizeof *to->bound);
  memcpy(to->chain, from->chain, from->length * sizeof *to->chain);
  to->done = from->done;
  to->rounds = from->rounds;
  to->until = from->until;
  to->length = from->length;
  return STATUS_OK;
}

/* Something in the state becomes something else: the fit ends, with an error of the state or any tree. */
static void damage(const Case *c, const LinkageState *state, Random *random)
{
  LinkageState s;
  LinkageTree tree;
  Error e = {0};
  assert_int_equal(copy_state(state, &s, NULL), STATUS_OK);
  const size_t n = s.n, at = random_below(random, s.done), row = random_below(random, n);
  const uint32_t any = (uint32_t)random_below(random, n);
  switch (random_below(random, 7)) {
  case 0: s.steps[at].a = any; break;
  case 1: s.steps[at].b = any; break;
  case 2: s.nearest[row] = any; break;
  case 3: s.round[at] = (uint32_t)random_below(random, 2 * n); break;
  case 4: s.until = random_below(random, n + 2); break;
  case 5: s.rounds = random_below(random, n); break;
  default:
    s.chain[random_below(random, s.length + 1)] = any;
    s.length += s.length < n;
  }
  const Status status = fit(c, 0, &s, &tree, &e);
  assert_true(status == STATUS_OK || (status == STATUS_FORMAT && strcmp(e.id, "bad-model-file") == 0));
  linkage_tree_free(&tree);
  linkage_state_free(&s);
}

typedef struct Counts {
  size_t kept, nothing, chained; /* chained: stopped on a chain */
} Counts;

/* Any poll, or as often one of the last eighth, since those before the first merge are many, or of the first third, where rounds
 * and chains take turns. */
static int64_t some_poll(Random *random, int64_t polls)
{
  const uint64_t which = random_below(random, 3);
  return which == 0   ? 1 + (int64_t)random_below(random, (uint64_t)polls)
         : which == 1 ? 1 + (int64_t)random_below(random, (uint64_t)polls / 3 + 1)
                      : polls - (int64_t)random_below(random, (uint64_t)polls / 8 + 1);
}

/* One fit with a stop at a poll, and more while it goes on. */
static void stop_at(const Case *c, const LinkageTree *whole, int64_t poll, int64_t polls, Random *random, Counts *counts)
{
  LinkageState state = {0};
  LinkageTree tree;
  size_t before = 0;
  for (int stops = 0;; stops++) {
    const Status status = fit(c, stops < STOPS ? poll : 0, &state, &tree, NULL);
    if (status == STATUS_CANCELLED) { /* before the first merge, or before the old ones stood again */
      counts->nothing += stops == 0;
      assert_true(state.done == before);
    } else {
      assert_int_equal(status, STATUS_OK);
    }
    if (status == STATUS_OK && tree.merges == c->n - 1) {
      break;
    }
    if (status == STATUS_OK) {
      counts->kept++;
      counts->chained += state.until > state.done;
      assert_true(state.done >= before && state.done > 0);
      check_forest(&tree, whole);
      damage(c, &state, random);
    }
    before = state.done;
    poll = some_poll(random, polls);
    linkage_tree_free(&tree);
  }
  assert_same_tree(&tree, whole);
  linkage_tree_free(&tree);
  linkage_state_free(&state);
}

static Counts stop_often(const Case *c, int fits, Random *random)
{
  LinkageTree whole;
  Counts counts = {0};
  assert_int_equal(fit(c, INT64_MAX, NULL, &whole, NULL), STATUS_OK);
  const int64_t polls = INT64_MAX - task_polls_left();
  for (int i = 0; i < fits; i++) {
    stop_at(c, &whole, some_poll(random, polls), polls, random, &counts);
  }
  task_cancel_at(0);
  linkage_tree_free(&whole);
  return counts;
}

/* Rows on a grid have many ties, those of grown gaps merge one at a time. */
typedef enum Shape { SPREAD, GRID, GROWN, SHAPES } Shape;

static double *make_rows(Shape shape, size_t n, size_t d, Random *random)
{
  double *x = malloc(n * d * sizeof *x);
  for (size_t i = 0; i < n * d; i++) {
    x[i] = shape == SPREAD ? random_uniform(random)
           : shape == GRID ? (double)random_below(random, 9)
                           : pow(1.3, (double)(i / d)) + random_uniform(random);
  }
  return x;
}

static void make_neighbours(size_t n, uint32_t *out, Random *random)
{
  for (size_t i = 0; i < n * K; i++) { /* next rows and others, in two pieces */
    const size_t row = i / K, other = i % K < 2 ? row + 1 + i % K : random_below(random, n);
    out[i] = (uint32_t)(other < n && (other < n / 3) == (row < n / 3) ? other : row);
  }
}

static void test_stops(void **state)
{
  (void)state;
  enum { N = 420, D = 2 };
  static uint32_t neighbours[N * K];
  static double weights[N];
  Random random = random_new(5, 0);
  size_t kept[WAYS] = {0}, chained[WAYS] = {0};
  for (Shape shape = 0; shape < SHAPES; shape++) {
    double *x = make_rows(shape, N, D, &random);
    make_neighbours(N, neighbours, &random);
    for (size_t i = 0; i < N; i++) {
      weights[i] = 1 + (double)random_below(&random, 3);
    }
    for (int which = 0; which < 2 * WAYS * (LINKAGE_MEDIAN + 1); which++) {
      const LinkageKind kind = (LinkageKind)(which / 2 % (LINKAGE_MEDIAN + 1));
      const Case c = {.x = x, .neighbours = neighbours, .n = N, .d = D, .way = (Way)(which / 2 / (LINKAGE_MEDIAN + 1)),
                      .kind = kind, .metric = which % 2 ? squares : euclidean, .threads = 1 + (size_t)which % 2,
                      .weights = which % 2 && linkage_uses_weights(kind) ? weights : NULL};
      if (has_way(c.way, kind, c.metric)) {
        const Counts counts = stop_often(&c, FITS, &random);
        kept[c.way] += counts.kept;
        chained[c.way] += counts.chained;
      }
    }
    free(x);
  }
  for (Way way = 0; way < WAYS; way++) {
    assert_true(kept[way] > 50 && (chained[way] > 8 || way == VECTORS || way == GRAPH));
  }
}

/* More rows: a spanning tree on a kd-tree, centres whose tree is made anew again and again. */
static void test_many(void **state)
{
  (void)state;
  enum { N = 5000, D = 2 };
  Random random = random_new(6, 0);
  for (Shape shape = SPREAD; shape <= GRID; shape++) {
    double *x = make_rows(shape, N, D, &random);
    for (size_t i = 0; i < N && shape == GRID; i++) {
      x[D * i] += (double)(i / 100); /* so that not all of them are the same few */
    }
    static const LinkageKind kinds[] = {LINKAGE_SINGLE, LINKAGE_WARD, LINKAGE_WARD_D, LINKAGE_CENTROID, LINKAGE_MEDIAN};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
      const Case c = {.x = x, .n = N, .d = D, .way = VECTORS, .kind = kinds[i], .threads = 2,
                      .metric = i < 2 ? euclidean : squares};
      const Counts counts = stop_often(&c, 3, &random);
      assert_true(counts.kept > 0 || counts.nothing > 0);
    }
    free(x);
  }
}

/* Each allocation of a fit that goes on fails in turn. */
typedef struct Swept {
  Case c;
  const LinkageState *state;
} Swept;

static Status sweep_on(void *context, Error *e)
{
  const Swept *s = context;
  LinkageState own;
  LinkageTree tree = {0};
  Status status = copy_state(s->state, &own, e);
  if (status == STATUS_OK) {
    status = fit(&s->c, 0, &own, &tree, e);
    linkage_tree_free(&tree);
    linkage_state_free(&own);
  }
  return status;
}

static void test_memory(void **unused)
{
  (void)unused;
  enum { N = 60 };
  static uint32_t neighbours[N * K];
  Random random = random_new(7, 0);
  double *x = make_rows(SPREAD, N, 2, &random);
  make_neighbours(N, neighbours, &random);
  for (int which = 0; which < WAYS * (LINKAGE_MEDIAN + 1); which++) {
    const LinkageKind kind = (LinkageKind)(which % (LINKAGE_MEDIAN + 1));
    const Case c = {.x = x, .neighbours = neighbours, .n = N, .d = 2, .way = (Way)(which / (LINKAGE_MEDIAN + 1)), .kind = kind,
                    .metric = kind > LINKAGE_WARD ? squares : euclidean, .threads = 1};
    LinkageState state = {0};
    LinkageTree tree = {0};
    for (int64_t poll = 1; has_way(c.way, kind, c.metric) && state.done == 0; poll++) {
      (void)fit(&c, poll, &state, &tree, NULL);
      linkage_tree_free(&tree);
    }
    if (state.done > 0 && state.done < N - 1) {
      sweep(sweep_on, &(Swept){c, &state});
    }
    linkage_state_free(&state);
  }
  task_cancel_at(0);
  free(x);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_stops), cmocka_unit_test(test_many), cmocka_unit_test(test_memory),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
