/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dbscan against the definition, worked out pair by pair: every index, metric, rule for border rows, with weights, on
 * data with ties and duplicates; rows in another order; threads; cancel and memory. */
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

#include "cluster/dbscan.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { N_MOST = 600 };

/* Blobs of different density and some noise; `grid` puts all on a lattice, which gives ties and duplicates. */
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
  const double *values, *weights;
  size_t n, d;
  Metric metric;
  DbscanSettings settings;
} Case;

static bool near(const Case *c, size_t i, size_t j)
{
  return distance_pair_rank(c->metric, c->values + i * c->d, c->values + j * c->d, c->d) <=
         metric_rank(c->metric, c->settings.eps);
}

static void spread(const Case *c, const uint8_t *core, int32_t *labels, size_t i, int32_t label)
{
  labels[i] = label;
  for (size_t j = 0; j < c->n; j++) {
    if (core[j] && labels[j] < 0 && near(c, i, j)) {
      spread(c, core, labels, j, label);
    }
  }
}

static int32_t border_label(const Case *c, const uint8_t *core, const int32_t *labels, size_t i)
{
  size_t best = SIZE_MAX;
  double best_rank = 0;
  for (size_t j = 0; j < c->n && c->settings.border != DBSCAN_NOISE; j++) {
    if (!core[j] || !near(c, i, j)) {
      continue;
    }
    const double rank = distance_pair_rank(c->metric, c->values + i * c->d, c->values + j * c->d, c->d);
    bool better =
        best == SIZE_MAX || (c->settings.border == DBSCAN_FIRST ? labels[j] < labels[best] : rank < best_rank);
    for (size_t k = 0; !better && c->settings.border == DBSCAN_NEAREST && rank == best_rank && k < c->d; k++) {
      if (c->values[j * c->d + k] != c->values[best * c->d + k]) {
        better = c->values[j * c->d + k] < c->values[best * c->d + k];
        break;
      }
    }
    if (better) {
      best = j;
      best_rank = rank;
    }
  }
  return best == SIZE_MAX ? -1 : labels[best];
}

/* Labels in the order of the clusters' first core rows. */
static int32_t plain(const Case *c, uint8_t *core, int32_t *labels)
{
  static int32_t inner[N_MOST];
  int32_t k = 0;
  for (size_t i = 0; i < c->n; i++) {
    double sum = 0;
    for (size_t j = 0; j < c->n; j++) {
      sum += near(c, i, j) ? c->weights ? c->weights[j] : 1 : 0;
    }
    core[i] = sum >= c->settings.min_points;
    inner[i] = -1;
  }
  for (size_t i = 0; i < c->n; i++) {
    if (core[i] && inner[i] < 0) {
      spread(c, core, inner, i, k++);
    }
  }
  for (size_t i = 0; i < c->n; i++) {
    labels[i] = core[i] ? inner[i] : border_label(c, core, inner, i);
  }
  return k;
}

static Status fit(const Case *c, NeighbourKind kind, DbscanResult *out, Error *e)
{
  Task task;
  Neighbours *index;
  task_init(&task, 1);
  Status status = neighbours_new(&task, c->values, c->n, c->d, c->metric, kind, &index, e);
  if (status == STATUS_OK) {
    status = dbscan_fit(&task, index, c->values, c->n, c->d, c->metric, c->weights, &c->settings, out, e);
  }
  neighbours_free(index);
  task_free(&task);
  return status;
}

/* The same partition, whatever the numbers. */
static void same_partition(const int32_t *a, const int32_t *b, const size_t *map, size_t n)
{
  int32_t to[N_MOST], back[N_MOST];
  for (size_t i = 0; i < N_MOST; i++) {
    to[i] = back[i] = -2;
  }
  for (size_t i = 0; i < n; i++) {
    const int32_t x = a[i], y = b[map ? map[i] : i];
    assert_int_equal(x < 0, y < 0);
    if (x >= 0) {
      to[x] = to[x] == -2 ? y : to[x];
      back[y] = back[y] == -2 ? x : back[y];
      assert_int_equal(to[x], y);
      assert_int_equal(back[y], x);
    }
  }
}

static void check_numbers(const DbscanResult *r)
{
  int64_t noise = 0, borders = 0, cores = 0, sum = 0, cores_sum = 0;
  for (size_t i = 0; i < r->n; i++) {
    noise += r->labels[i] < 0;
    cores += r->core[i];
    borders += r->labels[i] >= 0 && !r->core[i];
  }
  for (size_t k = 0; k < r->k; k++) {
    assert_true(k == 0 || r->sizes[k] <= r->sizes[k - 1]);
    sum += r->sizes[k];
    cores_sum += r->core_sizes[k];
  }
  assert_int_equal(noise, r->noise);
  assert_int_equal(borders, r->borders);
  assert_int_equal(cores, r->cores);
  assert_int_equal(cores_sum, cores);
  assert_int_equal(sum + noise, (int64_t)r->n);
}

/* The distance to the nearest core row, pair by pair. */
static void check_distances(const Case *c, const DbscanResult *r)
{
  for (size_t i = 0; i < c->n; i++) {
    double least = r->core[i] ? 0 : (double)INFINITY;
    for (size_t j = 0; j < c->n && !r->core[i]; j++) {
      const double distance = distance_pair(c->metric, c->values + i * c->d, c->values + j * c->d, c->d);
      least = r->core[j] && distance < least ? distance : least;
    }
    assert_true(isinf(least) ? isnan(r->distances[i]) : r->distances[i] == least);
  }
}

static void compare(const Case *c)
{
  uint8_t core[N_MOST];
  int32_t labels[N_MOST];
  const int32_t k = plain(c, core, labels);
  for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BRUTE; kind++) {
    DbscanResult r;
    Error e;
    error_clear(&e);
    assert_int_equal(fit(c, kind, &r, &e), STATUS_OK);
    assert_int_equal(r.k, k);
    assert_memory_equal(r.core, core, c->n);
    same_partition(r.labels, labels, NULL, c->n);
    check_numbers(&r);
    if (kind == NEIGHBOURS_AUTO || c->n <= 200) {
      check_distances(c, &r);
    }
    assert_true(r.complete && r.joined && r.stopped_at[0] == '\0');
    dbscan_result_free(&r);
  }
}

static const MetricKind metrics[] = {METRIC_EUCLIDEAN, METRIC_MANHATTAN, METRIC_CHEBYSHEV, METRIC_COSINE};

static void test_definition(void **state)
{
  (void)state;
  static const size_t sizes[][2] = {{1, 1}, {40, 2}, {N_MOST, 2}, {500, 3}, {300, 1}, {200, 6}, {150, 20}};
  static double values[N_MOST * 20], weights[N_MOST];
  static const double radii[] = {0.001, 0.25, 0.5, 1, 2.5, 100};
  for (size_t i = 0; i < N_MOST; i++) {
    weights[i] = (double)(i % 4) * 0.5;
  }
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (unsigned variant = 0; variant < 4; variant++) {
      fill(values, sizes[s][0], sizes[s][1], variant & 1, s);
      for (size_t m = 0; m < 4; m++) {
        for (size_t r = 0; r < sizeof radii / sizeof *radii; r++) {
          const Case c = {values, variant & 2 ? weights : NULL, sizes[s][0], sizes[s][1], {metrics[m], 2},
                          {m == 3 ? radii[r] / 100 : radii[r], r % 2 ? 5 : 2.5, (DbscanBorder)((r + m + s) % 3), NULL, NULL}};
          compare(&c);
        }
      }
    }
  }
}

/* Clusters and noise do not depend on the order of rows, but for the rule that says so. */
static void test_order(void **state)
{
  (void)state;
  enum { N = N_MOST, D = 2 };
  static double values[N * D], shuffled[N * D];
  size_t place[N];
  Random random = random_new(3, 3);
  fill(values, N, D, true, 8);
  random_permutation(&random, N, place);
  for (size_t i = 0; i < N; i++) {
    memcpy(shuffled + place[i] * D, values + i * D, D * sizeof *values);
  }
  Case c = {values, NULL, N, D, {METRIC_EUCLIDEAN, 2}, {0.5, 8, DBSCAN_NEAREST, NULL, NULL}};
  DbscanResult a, b;
  assert_int_equal(fit(&c, NEIGHBOURS_AUTO, &a, NULL), STATUS_OK);
  c.values = shuffled;
  assert_int_equal(fit(&c, NEIGHBOURS_AUTO, &b, NULL), STATUS_OK);
  assert_true(a.k >= 2 && a.borders > 10 && a.noise > 10);
  same_partition(a.labels, b.labels, place, N);
  dbscan_result_free(&a);
  dbscan_result_free(&b);
}

static void test_threads(void **state)
{
  (void)state;
  enum { N = 30000, D = 2 };
  double *values = mem_alloc(N * D, sizeof *values);
  const Case c = {values, NULL, N, D, {METRIC_EUCLIDEAN, 2}, {0.05, 6, DBSCAN_NEAREST, NULL, NULL}};
  DbscanResult first = {0};
  fill(values, N, D, false, 2);
  for (size_t threads = 1; threads <= 4; threads++) {
    DbscanResult r;
    pool_set_threads(threads);
    assert_int_equal(fit(&c, NEIGHBOURS_AUTO, &r, NULL), STATUS_OK);
    if (threads == 1) {
      first = r;
      assert_true(r.k > 3);
    } else {
      assert_memory_equal(first.labels, r.labels, N * sizeof *r.labels);
      dbscan_result_free(&r);
    }
  }
  dbscan_result_free(&first);
  pool_set_threads(0);
  mem_free(values);
}

static Status swept(void *context, Error *e)
{
  DbscanResult r;
  const Status status = fit(context, NEIGHBOURS_AUTO, &r, e);
  if (status == STATUS_OK) {
    assert_true(r.k == 4);
    dbscan_result_free(&r);
  }
  return status;
}

static void test_memory_and_cancel(void **state)
{
  (void)state;
  static double values[N_MOST * 2], weights[N_MOST];
  fill(values, N_MOST, 2, false, 1);
  for (size_t i = 0; i < N_MOST; i++) {
    weights[i] = 1;
  }
  Case c = {values, weights, N_MOST, 2, {METRIC_EUCLIDEAN, 2}, {0.7, 5, DBSCAN_NEAREST, NULL, NULL}};
  pool_set_threads(1);
  assert_true(sweep(swept, &c) > 8);
  pool_set_threads(0);
  Task task;
  Neighbours *index;
  DbscanResult r;
  task_init(&task, 1);
  assert_int_equal(neighbours_new(&task, values, N_MOST, 2, c.metric, NEIGHBOURS_AUTO, &index, NULL), STATUS_OK);
  task_cancel(&task);
  assert_int_equal(dbscan_fit(&task, index, values, N_MOST, 2, c.metric, NULL, &c.settings, &r, NULL),
                   STATUS_CANCELLED);
  assert_null(r.labels);
  neighbours_free(index);
  task_free(&task);
}

/* Core rows read off ranks that are known are those that are counted. */
static void test_known_ranks(void **state)
{
  (void)state;
  static double values[N_MOST * 3], ranks[N_MOST];
  static const MetricKind kinds[] = {METRIC_EUCLIDEAN, METRIC_SQEUCLIDEAN, METRIC_CHEBYSHEV};
  for (size_t m = 0; m < 3; m++) {
    Case c = {values, NULL, N_MOST, 3, {kinds[m], 2}, {0.5, 4.5, DBSCAN_NEAREST, NULL, NULL}};
    Task task;
    Neighbours *index;
    DbscanResult counted, known;
    task_init(&task, 1);
    fill(values, N_MOST, 3, m == 1, 4);
    assert_int_equal(neighbours_new(&task, values, N_MOST, 3, c.metric, NEIGHBOURS_AUTO, &index, NULL), STATUS_OK);
    assert_int_equal(neighbours_kth_rank(&task, index, 5, ranks, NULL), STATUS_OK);
    assert_int_equal(fit(&c, NEIGHBOURS_AUTO, &counted, NULL), STATUS_OK);
    c.settings.kth = ranks;
    assert_int_equal(fit(&c, NEIGHBOURS_AUTO, &known, NULL), STATUS_OK);
    assert_true(counted.cores > 20 && counted.cores < N_MOST - 20);
    assert_memory_equal(counted.core, known.core, N_MOST);
    assert_memory_equal(counted.labels, known.labels, sizeof ranks / 2);
    dbscan_result_free(&counted);
    dbscan_result_free(&known);
    neighbours_free(index);
    task_free(&task);
  }
}

/* ---- stopped */

enum { PAUSED = 3000 };

/* Parts of clusters lie within whole ones, and are whole when the result says so; what counts as noise is noise, or was
 * not looked at yet. */
static void check_partial(const DbscanResult *whole, const DbscanResult *part)
{
  static int32_t into[PAUSED];
  assert_memory_equal(whole->core, part->core, PAUSED);
  assert_true(part->complete == (part->stopped_at[0] == '\0'));
  assert_true(part->k >= whole->k && (!part->joined || part->k == whole->k));
  for (size_t i = 0; i < PAUSED; i++) {
    into[i] = -2;
  }
  for (size_t i = 0; i < PAUSED; i++) {
    const int32_t label = part->labels[i];
    if (label >= 0) {
      into[label] = into[label] == -2 ? whole->labels[i] : into[label];
      assert_int_equal(into[label], whole->labels[i]);
      assert_true(part->distances[i] == whole->distances[i]);
    } else {
      assert_true(!part->core[i] && (isnan(part->distances[i]) || part->distances[i] == whole->distances[i]));
    }
  }
}

typedef struct Stop {
  Task task;
  int64_t at, steps; /* stops at this step; counts them */
  useconds_t after;
} Stop;

static void stop_at(void *context, const TraceStep *step)
{
  Stop *s = context;
  assert_true(strcmp(step->phase, "components") == 0 || strcmp(step->phase, "cluster") == 0);
  if (++s->steps == s->at) {
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

/* Stopped any number of times and gone on with, it is what an unbroken fit gives. */
static void go_on(Stop *stop, const Neighbours *index, const double *values, const DbscanSettings *settings,
                  const DbscanResult *whole)
{
  const Metric metric = {METRIC_EUCLIDEAN, 2};
  Random random = random_new(2, 1);
  for (int border = 0; border < 3; border++) {
    DbscanSettings s = *settings;
    DbscanResult own, part = {0}, next;
    s.border = (DbscanBorder)border;
    atomic_store(&stop->task.cancel, false);
    assert_int_equal(dbscan_fit(&stop->task, index, values, PAUSED, 3, metric, NULL, &s, &own, NULL), STATUS_OK);
    assert_memory_equal(own.core, whole->core, PAUSED);
    for (useconds_t longer = 0; !part.complete; longer += 3000) {
      pthread_t thread;
      atomic_store(&stop->task.cancel, false);
      stop->after = longer + (useconds_t)(random_uniform(&random) * 1000);
      s.before = part.labels ? &part : NULL;
      assert_int_equal(pthread_create(&thread, NULL, stop_later, stop), 0);
      const Status status = dbscan_fit(&stop->task, index, values, PAUSED, 3, metric, NULL, &s, &next, NULL);
      pthread_join(thread, NULL);
      if (status == STATUS_OK) {
        assert_true(!part.joined || next.joined);
        dbscan_result_free(&part);
        part = next;
      }
    }
    assert_memory_equal(part.labels, own.labels, PAUSED * sizeof *own.labels);
    assert_memory_equal(part.distances, own.distances, PAUSED * sizeof *own.distances);
    assert_true(part.k == own.k && part.noise == own.noise && part.borders == own.borders);
    dbscan_result_free(&part);
    dbscan_result_free(&own);
  }
}

static void test_stopped(void **state)
{
  (void)state;
  double *values = mem_alloc(PAUSED * 3, sizeof *values);
  fill(values, PAUSED, 3, false, 6);
  const Metric metric = {METRIC_EUCLIDEAN, 2};
  for (NeighbourKind kind = NEIGHBOURS_KD; kind <= NEIGHBOURS_BRUTE; kind += NEIGHBOURS_BRUTE - NEIGHBOURS_KD) {
    const DbscanSettings settings = {0.25, 5, DBSCAN_NEAREST, NULL, NULL};
    Neighbours *index;
    DbscanResult whole, part;
    Stop stop = {.at = 0};
    Random random = random_new(1, 1);
    task_init(&stop.task, 1);
    assert_int_equal(neighbours_new(&stop.task, values, PAUSED, 3, metric, kind, &index, NULL), STATUS_OK);
    assert_int_equal(dbscan_fit(&stop.task, index, values, PAUSED, 3, metric, NULL, &settings, &whole, NULL), STATUS_OK);
    assert_true(whole.k > 3 && whole.borders > 50 && whole.noise > 50);
    for (stop.at = 1; kind == NEIGHBOURS_KD && stop.at <= 8; stop.at++) { /* 128 leaves make 8 passes */
      stop.steps = 0;
      stop.task.trace = stop_at;
      stop.task.trace_context = &stop;
      atomic_store(&stop.task.cancel, false);
      assert_int_equal(dbscan_fit(&stop.task, index, values, PAUSED, 3, metric, NULL, &settings, &part, NULL), STATUS_OK);
      assert_false(part.complete);
      assert_true(part.joined == (stop.at == 8));
      check_partial(&whole, &part);
      dbscan_result_free(&part);
    }
    stop.task.trace = NULL;
    go_on(&stop, index, values, &settings, &whole);
    for (int round = 0; round < 40; round++) { /* at any moment */
      pthread_t thread;
      atomic_store(&stop.task.cancel, false);
      stop.after = (useconds_t)(random_uniform(&random) * (kind == NEIGHBOURS_KD ? 3000 : 10000));
      assert_int_equal(pthread_create(&thread, NULL, stop_later, &stop), 0);
      Error e = {0};
      const Status status = dbscan_fit(&stop.task, index, values, PAUSED, 3, metric, NULL, &settings, &part, &e);
      pthread_join(thread, NULL);
      if (status == STATUS_OK) {
        check_partial(&whole, &part);
        dbscan_result_free(&part);
      } else {
        assert_int_equal(status, STATUS_CANCELLED);
        assert_null(part.labels);
      }
    }
    dbscan_result_free(&whole);
    neighbours_free(index);
    task_free(&stop.task);
  }
  mem_free(values);
}

static void test_knee(void **state)
{
  (void)state;
  double bend[] = {9, 1, 1.1, 1.2, 1.3, 5, 1.05}, flat[] = {2, 2, 2};
  assert_true(dbscan_knee(bend, 7) == 1.3);
  assert_true(dbscan_knee(flat, 3) == 2);
  assert_true(dbscan_knee(flat, 1) == 2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition), cmocka_unit_test(test_order),
                                     cmocka_unit_test(test_threads), cmocka_unit_test(test_memory_and_cancel),
                                     cmocka_unit_test(test_known_ranks), cmocka_unit_test(test_stopped),
                                     cmocka_unit_test(test_knee)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
