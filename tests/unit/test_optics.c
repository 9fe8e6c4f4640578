/* SPDX-License-Identifier: GPL-3.0-or-later */
/* optics against the definition, step by step over all rows; cuts against dbscan; valleys by hand; cancel and memory.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/dbscan.h"
#include "cluster/optics.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { N_MOST = 400 };

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
  size_t min_points;
  double eps;
  size_t budget;
} Case;

static Status fit(const Case *c, OpticsOrder *out, Error *e)
{
  *out = (OpticsOrder){0};
  Task task;
  Neighbours *index;
  task_init(&task, 1);
  task.budget = c->budget;
  Status status = neighbours_new(&task, c->values, c->n, c->d, c->metric, c->kind, &index, e);
  if (status == STATUS_OK) {
    status = optics_fit(&task, index, c->values, c->n, c->d, c->metric, c->min_points, c->eps, out, e);
  }
  neighbours_free(index);
  task_free(&task);
  return status;
}

static double between(const Case *c, size_t i, size_t j)
{
  return distance_pair(c->metric, c->values + i * c->d, c->values + j * c->d, c->d);
}

static int compare_numbers(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double core_of(const Case *c, size_t i)
{
  double all[N_MOST];
  for (size_t j = 0; j < c->n; j++) {
    all[j] = between(c, i, j);
  }
  qsort(all, c->n, sizeof *all, compare_numbers);
  const double core = c->min_points <= c->n ? all[c->min_points - 1] : (double)INFINITY;
  return core <= c->eps ? core : (double)INFINITY;
}

static void follow(const Case *c, const OpticsOrder *o)
{
  double reach[N_MOST];
  uint32_t from[N_MOST];
  for (size_t i = 0; i < c->n; i++) {
    reach[i] = INFINITY;
    from[i] = OPTICS_NOBODY;
  }
  for (size_t at = 0; at < c->n; at++) {
    size_t next = SIZE_MAX;
    for (size_t i = 0; i < c->n; i++) {
      if (reach[i] >= 0 &&
          (next == SIZE_MAX || reach[i] < reach[next] || (reach[i] == reach[next] && !isinf(reach[i])))) {
        next = i;
      }
    }
    assert_int_equal(o->order[at], next);
    assert_int_equal(o->position[next], at);
    assert_true(o->reach[next] == reach[next]);
    assert_int_equal(o->from[next], from[next]);
    const double core = core_of(c, next);
    assert_true(o->core[next] == core);
    reach[next] = -1;
    for (size_t i = 0; i < c->n && core <= c->eps; i++) {
      const double distance = between(c, next, i), now = fmax(core, distance);
      if (distance <= c->eps && now < reach[i]) {
        reach[i] = now;
        from[i] = (uint32_t)next;
      }
    }
  }
}

static void test_definition(void **state)
{
  (void)state;
  static const size_t sizes[][2] = {{1, 1}, {3, 2}, {N_MOST, 2}, {200, 5}, {150, 20}};
  static const MetricKind metrics[] = {METRIC_EUCLIDEAN, METRIC_MANHATTAN, METRIC_CHEBYSHEV, METRIC_COSINE};
  static double values[N_MOST * 20];
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (unsigned v = 0; v < 8; v++) {
      fill(values, sizes[s][0], sizes[s][1], v & 1, s);
      for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BRUTE; kind++) {
        Case c = {values, sizes[s][0], sizes[s][1], {metrics[v / 2], 2}, kind, 4, v & 4 ? (double)INFINITY : 0.7, 0};
        for (c.budget = 0; c.budget < 2; c.budget++) { /* a byte: no memory for lists of neighbours */
          OpticsOrder o;
          assert_int_equal(fit(&c, &o, NULL), STATUS_OK);
          follow(&c, &o);
          optics_order_free(&o);
        }
      }
    }
  }
}

/* Deeper trees, lists or none, against all rows one by one; equal rows, equal distances, a far group. */
static void test_many_rows(void **state)
{
  (void)state;
  enum { N = 2000 };
  static double values[N * 3];
  for (unsigned v = 0; v < 4; v++) {
    fill(values, N, 3, v & 1, v);
    for (size_t i = 0; i < N; i++) {
      values[i * 3] += i % 10 == 9 ? 1000 : 0;
      if (v == 3) {
        values[i * 3 + 2] = values[i * 3 + 1] = 0;
      }
    }
    Case c = {values, N, 3, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_BRUTE, v == 2 ? 40 : 5, INFINITY, 0};
    OpticsOrder plain;
    assert_int_equal(fit(&c, &plain, NULL), STATUS_OK);
    for (c.kind = NEIGHBOURS_KD; c.kind <= NEIGHBOURS_BALL; c.kind++) {
      for (c.budget = 0; c.budget < 2; c.budget++) {
        OpticsOrder o;
        assert_int_equal(fit(&c, &o, NULL), STATUS_OK);
        assert_memory_equal(plain.order, o.order, N * sizeof *o.order);
        assert_memory_equal(plain.reach, o.reach, N * sizeof *o.reach);
        assert_memory_equal(plain.from, o.from, N * sizeof *o.from);
        optics_order_free(&o);
      }
    }
    optics_order_free(&plain);
  }
}

/* The default radius is the largest distance to the nearest row number min_points + 1. */
static void test_default_radius(void **state)
{
  (void)state;
  const double x[] = {0, 1, 3, 7};
  const Case c = {x, 4, 1, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, 2, -1, 0};
  OpticsOrder o;
  assert_int_equal(fit(&c, &o, NULL), STATUS_OK);
  assert_true(o.eps == 6);
  assert_true(o.core[3] == 4 && o.reach[3] == 4 && o.reach[1] == 1 && isinf(o.reach[0]));
  optics_order_free(&o);
}

/* Core rows are together in a cut as they are by dbscan. */
static void test_cut(void **state)
{
  (void)state;
  static double values[N_MOST * 2];
  int32_t labels[N_MOST], to[N_MOST];
  fill(values, N_MOST, 2, false, 3);
  const Case c = {values, N_MOST, 2, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, 5, INFINITY, 0};
  OpticsOrder o;
  assert_int_equal(fit(&c, &o, NULL), STATUS_OK);
  for (double eps = 0.3; eps < 1.5; eps += 0.2) {
    Task task;
    Neighbours *index;
    DbscanResult r;
    const DbscanSettings settings = {eps, 5, DBSCAN_FIRST, NULL, NULL};
    task_init(&task, 1);
    assert_int_equal(neighbours_new(&task, values, N_MOST, 2, c.metric, NEIGHBOURS_AUTO, &index, NULL), STATUS_OK);
    assert_int_equal(dbscan_fit(&task, index, values, N_MOST, 2, c.metric, NULL, &settings, &r, NULL), STATUS_OK);
    assert_int_equal(optics_cut(&o, eps, labels), r.k);
    memset(to, -1, sizeof to);
    for (size_t i = 0; i < N_MOST; i++) {
      if (r.core[i]) {
        assert_true(labels[i] >= 0);
        to[labels[i]] = to[labels[i]] < 0 ? r.labels[i] : to[labels[i]];
        assert_int_equal(to[labels[i]], r.labels[i]);
      } else if (r.labels[i] < 0) {
        assert_int_equal(labels[i], -1);
      }
    }
    dbscan_result_free(&r);
    neighbours_free(index);
    task_free(&task);
  }
  optics_order_free(&o);
}

/* Two valleys within one: 0..5 and 6..11, each of equal gaps, the second denser. */
static void test_valleys(void **state)
{
  (void)state;
  double x[30];
  for (size_t i = 0; i < 10; i++) {
    x[i] = (double)i;
    x[10 + i] = 30 + 0.2 * (double)i;
    x[20 + i] = 200 + (double)i;
  }
  const Case c = {x, 30, 1, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, 3, INFINITY, 0};
  OpticsOrder o;
  OpticsValleys valleys;
  int32_t labels[30];
  assert_int_equal(fit(&c, &o, NULL), STATUS_OK);
  assert_int_equal(optics_valleys(&o, 0.5, 3, 3, &valleys, NULL), STATUS_OK);
  assert_int_equal(optics_label(&o, &valleys, labels), 3);
  for (size_t i = 0; i < 30; i++) {
    assert_int_equal(labels[i] < 0, 0);
    assert_int_equal(labels[i], labels[i / 10 * 10]);
  }
  bool both = false;
  for (size_t v = 0; v < valleys.n; v++) {
    both = both || valleys.items[v].last - valleys.items[v].first + 1 == 20;
  }
  assert_true(both);
  mem_free(valleys.items);
  optics_order_free(&o);
}

static Status swept(void *context, Error *e)
{
  OpticsOrder o;
  OpticsValleys valleys = {0};
  Status status = fit(context, &o, e);
  if (status == STATUS_OK) {
    status = optics_valleys(&o, 0.05, 5, 5, &valleys, e);
  }
  if (status == STATUS_OK) {
    assert_true(valleys.n > 2);
  }
  mem_free(valleys.items);
  optics_order_free(&o);
  return status;
}

static void test_memory_and_cancel(void **state)
{
  (void)state;
  static double values[N_MOST * 2];
  fill(values, N_MOST, 2, false, 1);
  Case c = {values, N_MOST, 2, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, 5, -1, 0};
  pool_set_threads(1);
  assert_true(sweep(swept, &c) > 12);
  pool_set_threads(0);
  for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BRUTE; kind += NEIGHBOURS_BRUTE) {
    Task task;
    Neighbours *index;
    OpticsOrder o = {0};
    task_init(&task, 1);
    assert_int_equal(neighbours_new(&task, values, N_MOST, 2, c.metric, kind, &index, NULL), STATUS_OK);
    task_cancel(&task);
    assert_int_equal(optics_fit(&task, index, values, N_MOST, 2, c.metric, 5, 1, &o, NULL), STATUS_CANCELLED);
    assert_null(o.order);
    neighbours_free(index);
    task_free(&task);
  }
}

/* Stopped at a step, any number of times, it goes on to the same bits; what there is is the beginning. */
typedef struct Stop {
  Task task;
  int64_t every, steps;
  double highest;
} Stop;

static void stop_at(void *context, const TraceStep *step)
{
  Stop *s = context;
  assert_string_equal(step->phase, "order");
  assert_int_equal(step->iteration, s->steps + 1);
  s->highest = step->objective > s->highest ? step->objective : s->highest;
  if (++s->steps % s->every == 0) {
    task_cancel(&s->task);
  }
}

static void test_stopped(void **state)
{
  (void)state;
  static double values[N_MOST * 2];
  int32_t labels[N_MOST], part[N_MOST];
  Case c = {values, N_MOST, 2, {METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, 5, -1, 0};
  for (unsigned v = 0; v < 6; v++) {
    const NeighbourKind kind = v < 4 ? NEIGHBOURS_AUTO : NEIGHBOURS_BRUTE;
    OpticsOrder whole, o = {0};
    fill(values, N_MOST, 2, v & 1, 3);
    Neighbours *index;
    Stop stop = {.every = 37};
    size_t rounds = 0, before = 0;
    double highest = 0;
    c.kind = kind;
    assert_int_equal(fit(&c, &whole, NULL), STATUS_OK);
    assert_true(whole.done == N_MOST);
    task_init(&stop.task, 1);
    stop.task.budget = v & 2 ? 1 : 0;
    stop.task.trace = stop_at;
    stop.task.trace_context = &stop;
    assert_int_equal(neighbours_new(&stop.task, values, N_MOST, 2, c.metric, kind, &index, NULL), STATUS_OK);
    for (; o.done < N_MOST; rounds++) {
      atomic_store(&stop.task.cancel, false);
      assert_int_equal(optics_fit(&stop.task, index, values, N_MOST, 2, c.metric, 5, -1, &o, NULL), STATUS_OK);
      assert_true(o.done > before);
      before = o.done;
      assert_memory_equal(whole.order, o.order, o.done * sizeof *o.order);
      (void)optics_cut(&whole, 0.5, labels);
      (void)optics_cut(&o, 0.5, part);
      for (size_t i = 0; i < N_MOST; i++) {
        assert_int_equal(part[i], o.position[i] == OPTICS_NOBODY ? -1 : labels[i]);
      }
    }
    for (size_t i = 0; i < N_MOST; i++) {
      highest = isfinite(whole.reach[i]) && whole.reach[i] > highest ? whole.reach[i] : highest;
    }
    assert_true(rounds > 3 && stop.highest == highest);
    assert_memory_equal(whole.reach, o.reach, N_MOST * sizeof *o.reach);
    assert_memory_equal(whole.from, o.from, N_MOST * sizeof *o.from);
    optics_order_free(&whole);
    optics_order_free(&o);
    neighbours_free(index);
    task_free(&stop.task);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition), cmocka_unit_test(test_many_rows),
                                     cmocka_unit_test(test_default_radius),
                                     cmocka_unit_test(test_cut), cmocka_unit_test(test_valleys),
                                     cmocka_unit_test(test_memory_and_cancel), cmocka_unit_test(test_stopped)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
