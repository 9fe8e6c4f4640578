/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_kmeans.c -- k-means against figures from elsewhere, against a plain rewriting of the method, and
 * against itself: other methods, threads, instruction sets, weights, pauses at every point, memory that runs
 * out, and bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/kmeans.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"

/* Sanitizers make fits ten times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SEEDS = 2 };
#else
enum { SEEDS = 20 };
#endif

/* ---- Data ---- */

typedef struct Data {
  double *x;
  size_t n, d;
} Data;

static void data_free(Data *data)
{
  free(data->x);
  *data = (Data){0};
}

/* Numbers of a text stream: `columns` per line, of which `d` from `first` on are kept. */
static Data read_numbers(FILE *file, size_t columns, size_t first, size_t d, bool header)
{
  Data data = {.d = d};
  char line[1024];
  size_t room = 0;
  while (file && fgets(line, sizeof line, file)) {
    if (header) {
      header = false;
      continue;
    }
    if (data.n == room) {
      room = room ? 2 * room : 256;
      data.x = realloc(data.x, room * d * sizeof *data.x);
    }
    char *save = NULL;
    char *cell = strtok_r(line, ", \t\n", &save);
    for (size_t c = 0; c < columns && cell; c++, cell = strtok_r(NULL, ", \t\n", &save)) {
      if (c >= first && c < first + d) {
        data.x[data.n * d + c - first] = strtod(cell, NULL);
      }
    }
    data.n++;
  }
  return data;
}

static Data read_iris(void)
{
  FILE *const file = fopen("datasets/iris/iris.csv", "r");
  assert_non_null(file);
  const Data data = read_numbers(file, 5, 0, 4, true);
  fclose(file);
  assert_int_equal(data.n, 150);
  return data;
}

/* A file below ASSAY_TESTDATA; no rows when it is not there. */
static Data read_testdata(const char *name, size_t columns, size_t first, size_t d, bool header)
{
  const char *const folder = getenv("ASSAY_TESTDATA");
  char command[1024];
  snprintf(command, sizeof command, "%s/%s", folder ? folder : "../shared/data", name);
  if (access(command, R_OK) != 0) {
    return (Data){0};
  }
  const bool packed = strstr(name, ".gz") != NULL;
  snprintf(command, sizeof command, "%s '%s/%s'", packed ? "gzip -dc" : "cat",
           folder ? folder : "../shared/data", name);
  FILE *const pipe = popen(command, "r");
  const Data data = read_numbers(pipe, columns, first, d, header);
  pclose(pipe);
  return data;
}

/* Gaussian clusters around random centres; `grid` > 0 rounds to multiples of 1/grid, which makes duplicates
 * and ties. */
static Data make_data(size_t n, size_t d, size_t clusters, double spread, double grid, uint64_t seed)
{
  Data data = {malloc(n * d * sizeof(double)), n, d};
  Random random = random_new(seed, 77);
  double centres[64 * 64];
  for (size_t i = 0; i < clusters * d; i++) {
    centres[i] = random_uniform(&random) * 10;
  }
  for (size_t i = 0; i < n; i++) {
    const size_t cluster = (size_t)random_below(&random, clusters);
    for (size_t c = 0; c < d; c++) {
      const double v = centres[cluster * d + c] + spread * random_normal(&random);
      data.x[i * d + c] = grid > 0 ? round(v * grid) / grid : v;
    }
  }
  return data;
}

/* ---- Fits ---- */

typedef struct Run {
  Status status;
  Error error;
  KmeansResult result;
} Run;

static Run fit(const Data *data, const double *weights, const KmeansSettings *settings)
{
  Run run = {0};
  Task task;
  task_init(&task, 1);
  const Rows rows = rows_of_matrix(data->x, data->n, data->d);
  KmeansState state = {0};
  run.status = kmeans_fit(&task, &rows, weights, settings, &state, &run.result, &run.error);
  kmeans_state_free(&state);
  task_free(&task);
  return run;
}

static Run fit_fine(const Data *data, const double *weights, const KmeansSettings *settings)
{
  Run run = fit(data, weights, settings);
  if (run.status != STATUS_OK) {
    print_error("%s\n", run.error.what);
  }
  assert_int_equal(run.status, STATUS_OK);
  return run;
}

static void run_free(Run *run)
{
  kmeans_result_free(&run->result);
}

static void same_bits(const void *a, const void *b, size_t bytes)
{
  assert_memory_equal(a, b, bytes);
}

static void same_results(const KmeansResult *a, const KmeansResult *b)
{
  assert_int_equal(a->n, b->n);
  assert_int_equal(a->k, b->k);
  same_bits(a->centres, b->centres, a->k * a->d * sizeof(double));
  same_bits(a->labels, b->labels, a->n * sizeof(int32_t));
  same_bits(a->sizes, b->sizes, a->k * sizeof(int64_t));
  same_bits(a->weights, b->weights, a->k * sizeof(double));
  same_bits(a->withinss, b->withinss, a->k * sizeof(double));
  same_bits(&a->inertia, &b->inertia, sizeof(double));
  same_bits(&a->totss, &b->totss, sizeof(double));
  assert_int_equal(a->iterations, b->iterations);
  assert_int_equal(a->starts_at_best, b->starts_at_best);
  assert_int_equal(a->swaps_tried, b->swaps_tried);
  assert_int_equal(a->swaps_accepted, b->swaps_accepted);
  assert_int_equal(a->relocated, b->relocated);
  assert_int_equal(a->converged, b->converged);
  assert_int_equal(a->complete, b->complete);
  assert_string_equal(a->reason, b->reason);
}

static void close_to(double value, double wanted, double relative)
{
  if (!(fabs(value - wanted) <= relative * fabs(wanted))) {
    print_error("%.15g, wanted %.15g\n", value, wanted);
    fail();
  }
}

/* ---- Figures from elsewhere ---- */

static void check_figures(const Data *data, size_t k, double inertia, const int64_t *sizes, double silhouette)
{
  const KmeansSettings settings = kmeans_settings(k);
  Run run = fit_fine(data, NULL, &settings);
  const KmeansResult *const r = &run.result;
  close_to(r->inertia, inertia, 1e-9);
  double within = 0;
  for (size_t j = 0; j < k; j++) {
    within += r->withinss[j];
    if (sizes) {
      assert_int_equal(r->sizes[j], sizes[j]);
    }
  }
  close_to(within, r->inertia, 1e-12);
  assert_true(r->converged && r->complete && r->reason[0] == '\0');
  if (silhouette > 0) {
    Task task;
    task_init(&task, 1);
    const Rows rows = rows_of_matrix(data->x, data->n, data->d);
    double mean;
    assert_int_equal(kmeans_silhouette(&task, &rows, r->labels, k, &mean, NULL), STATUS_OK);
    close_to(mean, silhouette, 1e-9);
    task_free(&task);
  }
  run_free(&run);
}

/* R 4.2.2 kmeans and cluster::silhouette, and scikit-learn 1.2.1, on iris without scaling. */
static void test_iris(void **state)
{
  (void)state;
  Data iris = read_iris();
  check_figures(&iris, 2, 152.347951760358, (const int64_t[]){97, 53}, 0.681046169211746);
  check_figures(&iris, 3, 78.851441426146, (const int64_t[]){62, 50, 38}, 0.552819012356409);
  check_figures(&iris, 4, 57.2284732142857, NULL, 0);
  check_figures(&iris, 5, 46.4461820512821, NULL, 0);
  KmeansSettings settings = kmeans_settings(1);
  Run run = fit_fine(&iris, NULL, &settings);
  close_to(run.result.totss, 681.3706, 1e-12);
  close_to(run.result.inertia, 681.3706, 1e-12);
  run_free(&run);
  settings = kmeans_settings(3); /* centres: R */
  run = fit_fine(&iris, NULL, &settings);
  const double centres[] = {5.901613, 2.748387, 4.393548, 1.433871, 5.006,    3.428,
                            1.462,    0.246,    6.85,     3.073684, 5.742105, 2.071053};
  for (size_t i = 0; i < 12; i++) {
    assert_true(fabs(run.result.centres[i] - centres[i]) < 5e-7);
  }
  run_free(&run);
  data_free(&iris);
}

/* Mall_Customers, annual income and spending score, k = 5: scikit-learn 1.2.1 and R 4.2.2. */
static void test_mall(void **state)
{
  (void)state;
  Data mall = read_testdata("customers/Mall_Customers.csv", 5, 3, 2, true);
  if (mall.n == 0) {
    skip();
  }
  assert_int_equal(mall.n, 200);
  check_figures(&mall, 5, 44448.4554479337, (const int64_t[]){81, 39, 35, 23, 22}, 0.553931997444648);
  data_free(&mall);
}

/* SIPU S1 to S4 (Franti & Virmajoki 2006): the published least SSE / (n d), reached or beaten from each of
 * twenty seeds, and the least that 100 starts of scikit-learn 1.2.1 with tol = 0 find. */
static void test_sipu(void **state)
{
  (void)state;
  const double published[] = {8.9176e8, 1.32792e9, 1.68901e9, 1.57038e9};
  const double sklearn[] = {8917615616867.26, 13279109490729.7, 16889602517268.7, 15703206515863.2};
  for (size_t set = 0; set < 4; set++) {
    char name[64];
    snprintf(name, sizeof name, "clustering/sipu/s%zu.data.gz", set + 1);
    Data data = read_testdata(name, 2, 0, 2, false);
    if (data.n == 0) {
      skip();
    }
    assert_int_equal(data.n, 5000);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      KmeansSettings settings = kmeans_settings(15);
      settings.seed = seed;
      Run run = fit_fine(&data, NULL, &settings);
      const double sse = run.result.inertia;
      if (sse / 10000 > published[set] + 5e3 || sse > sklearn[set] * (1 + 1e-5) ||
          sse < sklearn[set] * 0.9999) {
        print_error("s%zu, seed %d: %.12g\n", set + 1, (int)seed, sse);
        fail();
      }
      run_free(&run);
    }
    data_free(&data);
  }
}

/* Sets whose best clustering is known because the clusters are far apart: every seed must find the clusters
 * themselves. */
static void test_separate_clusters(void **state)
{
  (void)state;
  for (size_t side = 3; side <= 7; side += 2) {
    const size_t k = side * side, n = k * 40;
    Data data = {malloc(n * 2 * sizeof(double)), n, 2};
    int32_t truth[49 * 40];
    Random random = random_new(side, 5);
    for (size_t i = 0; i < n; i++) {
      truth[i] = (int32_t)(i % k);
      data.x[2 * i] = (double)(i % k % side) + 0.06 * random_normal(&random);
      data.x[2 * i + 1] = (double)(i % k / side) + 0.06 * random_normal(&random);
    }
    for (uint64_t seed = 1; seed <= 10; seed++) {
      KmeansSettings settings = kmeans_settings(k);
      settings.seed = seed;
      settings.starts = 1;
      settings.refine = KMEANS_REFINE_SWAP;
      Run run = fit_fine(&data, NULL, &settings);
      int32_t seen[49];
      memset(seen, -1, sizeof seen);
      for (size_t i = 0; i < n; i++) {
        int32_t *const of = &seen[truth[i]];
        *of = *of < 0 ? run.result.labels[i] : *of;
        assert_int_equal(run.result.labels[i], *of);
      }
      for (size_t j = 0; j < k; j++) {
        assert_int_equal(run.result.sizes[j], 40);
        assert_int_equal(run.result.labels[j], (int32_t)j); /* equal sizes: numbered by the first row */
      }
      run_free(&run);
    }
    data_free(&data);
  }
}

/* ---- The method itself ---- */

/* Lloyd's iteration as the contract words it, for one block of rows: labels of the directly computed
 * distances, ties to the lower number, sums exact (113 bits), rounded once; the inertia in row order. Gives the number
 * of iterations. */
static int64_t lloyd(const Data *data, double *centres, size_t k, int32_t *labels, double *inertia)
{
  const size_t d = data->d;
  _Float128 *const sums = calloc(k * d, sizeof *sums);
  double *const count = calloc(k, sizeof *count);
  bool moved = true;
  int64_t iterations = 0;
  for (; moved; iterations++) {
    memset(sums, 0, k * d * sizeof *sums);
    memset(count, 0, k * sizeof *count);
    *inertia = 0;
    for (size_t i = 0; i < data->n; i++) {
      double best = (double)INFINITY;
      for (size_t j = 0; j < k; j++) {
        double distance = 0;
        for (size_t c = 0; c < d; c++) {
          const double difference = data->x[i * d + c] - centres[j * d + c];
          distance += difference * difference;
        }
        if (distance < best) {
          best = distance;
          labels[i] = (int32_t)j;
        }
      }
      *inertia += best;
      count[labels[i]]++;
      for (size_t c = 0; c < d; c++) {
        sums[(size_t)labels[i] * d + c] += (_Float128)data->x[i * d + c];
      }
    }
    moved = false;
    for (size_t i = 0; i < k * d; i++) {
      const double mean = count[i / d] > 0 ? (double)sums[i] / count[i / d] : centres[i];
      moved |= mean != centres[i];
      centres[i] = mean;
    }
  }
  free(sums);
  free(count);
  return iterations;
}

/* k different rows, evenly spaced. */
static double *some_centres(const Data *data, size_t k)
{
  double *const centres = malloc(k * data->d * sizeof(double));
  for (size_t j = 0; j < k; j++) {
    memcpy(centres + j * data->d, data->x + j * (data->n / k) * data->d, data->d * sizeof(double));
  }
  return centres;
}

typedef struct Shape {
  size_t n, d, k;
  double grid;
} Shape;

static const Shape shapes[] = {
    {40, 1, 3, 0},     {150, 4, 3, 0},  {500, 2, 17, 0},   {300, 3, 40, 4},  {900, 9, 10, 0},
    {700, 17, 33, 2},  {1000, 8, 8, 1}, {2000, 33, 50, 0}, {600, 64, 12, 0}, {3000, 2, 64, 8},
    {1500, 5, 100, 0}, {333, 7, 9, 1},  {4000, 16, 20, 0}, {200, 2, 200, 0},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void test_methods_agree_with_lloyd(void **state)
{
  (void)state;
  for (size_t s = 0; s < SHAPES; s++) {
    const Shape *const shape = &shapes[s];
    Data data = make_data(shape->n, shape->d, 12, 1.5, shape->grid, s);
    double *const start = some_centres(&data, shape->k), *const centres = some_centres(&data, shape->k);
    int32_t *const labels = malloc(shape->n * sizeof *labels);
    double inertia;
    const int64_t iterations = lloyd(&data, centres, shape->k, labels, &inertia);
    for (KmeansMethod method = KMEANS_METHOD_AUTO; method <= KMEANS_METHOD_YINYANG; method++) {
      KmeansSettings settings = kmeans_settings(shape->k);
      settings.init = KMEANS_CENTRES;
      settings.centres = start;
      settings.refine = KMEANS_REFINE_NONE;
      settings.method = method;
      Run run = fit_fine(&data, NULL, &settings);
      const KmeansResult *const r = &run.result;
      if (r->relocated == 0) { /* the rewriting leaves empty clusters alone */
        same_bits(&r->inertia, &inertia, sizeof inertia);
        assert_int_equal(r->iterations, iterations);
        for (size_t i = 0; i < shape->n; i++) {
          same_bits(r->centres + (size_t)r->labels[i] * shape->d, centres + (size_t)labels[i] * shape->d,
                    shape->d * sizeof(double));
        }
      }
      run_free(&run);
    }
    free(labels);
    free(centres);
    free(start);
    data_free(&data);
  }
}

/* Everything on: starts, seeding, swaps; plain and bounded, with and without weights. */
static void test_methods_agree(void **state)
{
  (void)state;
  for (size_t s = 0; s < SHAPES; s++) {
    const size_t n = shapes[s].n < 600 ? shapes[s].n : 600, k = shapes[s].k < n / 4 ? shapes[s].k : n / 4;
    Data data = make_data(n, shapes[s].d, 12, 1.0, shapes[s].grid, 100 + s);
    double *const weights = malloc(n * sizeof *weights);
    Random random = random_new(s, 3);
    for (size_t i = 0; i < n; i++) {
      weights[i] = i % 7 == 0 ? 0 : random_uniform(&random);
    }
    for (int weighted = 0; weighted < 2; weighted++) {
      KmeansSettings settings = kmeans_settings(k);
      settings.starts = 2;
      settings.refine = KMEANS_REFINE_SWAP;
      settings.init = s % 3 == 0 ? KMEANS_SCALABLE : s % 3 == 1 ? KMEANS_RANDOM : KMEANS_PLUS_PLUS;
      settings.method = KMEANS_METHOD_LLOYD;
      Run plain = fit_fine(&data, weighted ? weights : NULL, &settings);
      for (settings.method = KMEANS_METHOD_HAMERLY; settings.method <= KMEANS_METHOD_YINYANG; settings.method++) {
        Run bounds = fit_fine(&data, weighted ? weights : NULL, &settings);
        assert_int_equal(bounds.result.method, settings.method);
        same_results(&plain.result, &bounds.result);
        run_free(&bounds);
      }
      run_free(&plain);
    }
    free(weights);
    data_free(&data);
  }
}

/* Distances near the ends of the range of floats, in which bounds are kept, and beyond it. */
static void test_extreme_scales(void **state)
{
  (void)state;
  const double scales[] = {1e-140, 1e-40, 1e-31, 1e-20, 1, 1e20, 1e37, 1e39, 1e140};
  for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
    Data data = make_data(300, 5, 12, 1.0, 0, 9);
    for (size_t i = 0; i < data.n * data.d; i++) {
      data.x[i] *= scales[s];
    }
    KmeansSettings settings = kmeans_settings(18);
    settings.starts = 1;
    settings.method = KMEANS_METHOD_LLOYD;
    Run plain = fit_fine(&data, NULL, &settings);
    for (settings.method = KMEANS_METHOD_HAMERLY; settings.method <= KMEANS_METHOD_YINYANG; settings.method++) {
      Run bounds = fit_fine(&data, NULL, &settings);
      same_results(&plain.result, &bounds.result);
      run_free(&bounds);
    }
    run_free(&plain);
    data_free(&data);
  }
}

static void test_threads_agree(void **state)
{
  (void)state;
  const size_t threads[] = {1, 2, 5};
  Data data = make_data(9500, 6, 20, 1.2, 0, 4);
  for (KmeansMethod method = KMEANS_METHOD_LLOYD; method <= KMEANS_METHOD_YINYANG; method++) {
    Run first = {0};
    double silhouettes[3];
    for (size_t t = 0; t < 3; t++) {
      pool_set_threads(threads[t]);
      KmeansSettings settings = kmeans_settings(23);
      settings.starts = 2;
      settings.method = method;
      settings.max_iterations = 6;
      Run run = fit_fine(&data, NULL, &settings);
      Task task;
      task_init(&task, 1);
      const Rows rows = rows_of_matrix(data.x, 3000, data.d);
      assert_int_equal(kmeans_silhouette(&task, &rows, run.result.labels, 23, &silhouettes[t], NULL),
                       STATUS_OK);
      same_bits(&silhouettes[t], &silhouettes[0], sizeof(double));
      task_free(&task);
      if (t == 0) {
        first = run;
      } else {
        same_results(&first.result, &run.result);
        run_free(&run);
      }
    }
    run_free(&first);
  }
  pool_set_threads(0);
  data_free(&data);
}

static void test_instruction_sets_agree(void **state)
{
  (void)state;
  const Isa best = cpu_isa();
  for (size_t s = 0; s < SHAPES; s++) {
    const size_t n = shapes[s].n < 500 ? shapes[s].n : 500, k = shapes[s].k < n / 4 ? shapes[s].k : n / 4;
    Data data = make_data(n, shapes[s].d, 12, 1.0, shapes[s].grid, 200 + s);
    for (KmeansMethod method = KMEANS_METHOD_LLOYD; method <= KMEANS_METHOD_YINYANG; method++) {
      KmeansSettings settings = kmeans_settings(k);
      settings.starts = 1;
      settings.max_iterations = 20;
      settings.method = method;
      Run first = {0};
      for (Isa isa = ISA_BASE; isa <= best; isa++) {
        cpu_isa_force(isa);
        Run run = fit_fine(&data, NULL, &settings);
        if (isa == ISA_BASE) {
          first = run;
        } else {
          same_results(&first.result, &run.result);
          run_free(&run);
        }
      }
      run_free(&first);
    }
    data_free(&data);
  }
  cpu_isa_force(best);
}

/* ---- What must hold of any fit ---- */

typedef struct Watch {
  double objective;
  int64_t start, iteration, steps, rises;
  const char *phase;
  const Task *task;
  uint64_t starts; /* of progress; 0: not looked at */
  int64_t astray;  /* steps at which progress was of something else */
} Watch;

static void watch_step(void *context, const TraceStep *step)
{
  Watch *const watch = context;
  if (step->iteration > 1 && step->phase == watch->phase && step->start == watch->start) {
    watch->rises +=
        step->objective > watch->objective * (1 + 1e-13) || step->iteration != watch->iteration + 1;
  }
  watch->rises += !step->state || step->rows != 20 || step->columns != 3;
  watch->astray += watch->starts && (atomic_load(&((Task *)watch->task)->total) != watch->starts ||
                                     atomic_load(&((Task *)watch->task)->done) + 1 != (uint64_t)step->start);
  watch->objective = step->objective;
  watch->phase = step->phase;
  watch->start = step->start;
  watch->iteration = step->iteration;
  watch->steps++;
}

static void test_objective_never_rises(void **state)
{
  (void)state;
  Data data = make_data(3000, 3, 25, 1.0, 0, 5);
  for (KmeansMethod method = KMEANS_METHOD_LLOYD; method <= KMEANS_METHOD_YINYANG; method++) {
    Watch watch = {0};
    Task task;
    task_init(&task, 1);
    task.trace = watch_step;
    task.trace_context = &watch;
    const Rows rows = rows_of_matrix(data.x, data.n, data.d);
    KmeansSettings settings = kmeans_settings(20);
    settings.method = method;
    KmeansState fit_state = {0};
    KmeansResult result;
    assert_int_equal(kmeans_fit(&task, &rows, NULL, &settings, &fit_state, &result, NULL), STATUS_OK);
    assert_true(watch.steps > 100);
    assert_int_equal(watch.rises, 0);
    kmeans_result_free(&result);
    kmeans_state_free(&fit_state);
    task_free(&task);
  }
  data_free(&data);
}

/* Scalable starting centres come of a fit within the fit, whose own starts are not those of the progress. */
static void test_progress_is_of_the_starts(void **state)
{
  (void)state;
  Data data = make_data(3000, 3, 25, 1.0, 0, 5);
  Task task;
  task_init(&task, 1);
  Watch watch = {.task = &task, .starts = 7};
  task.trace = watch_step;
  task.trace_context = &watch;
  const Rows rows = rows_of_matrix(data.x, data.n, data.d);
  KmeansSettings settings = kmeans_settings(20);
  settings.init = KMEANS_SCALABLE;
  settings.refine = KMEANS_REFINE_NONE;
  settings.starts = watch.starts;
  KmeansState fit_state = {0};
  KmeansResult result;
  assert_int_equal(kmeans_fit(&task, &rows, NULL, &settings, &fit_state, &result, NULL), STATUS_OK);
  assert_true(watch.steps >= 7);
  assert_int_equal(watch.astray, 0);
  kmeans_result_free(&result);
  kmeans_state_free(&fit_state);
  task_free(&task);
  data_free(&data);
}

static void test_labels_are_nearest(void **state)
{
  (void)state;
  Data data = make_data(2500, 3, 25, 1.0, 4, 6);
  KmeansSettings settings = kmeans_settings(15);
  Run run = fit_fine(&data, NULL, &settings);
  Task task;
  task_init(&task, 1);
  const Rows rows = rows_of_matrix(data.x, data.n, data.d);
  int32_t *const labels = malloc(data.n * sizeof *labels);
  double *const distances = malloc(data.n * sizeof *distances);
  assert_int_equal(kmeans_assign(&task, &rows, run.result.centres, 15, labels, distances, NULL, NULL), STATUS_OK);
  double inertia = 0, within[15] = {0};
  int64_t sizes[15] = {0};
  for (size_t i = 0; i < data.n; i++) {
    inertia += distances[i];
    within[labels[i]] += distances[i];
    sizes[run.result.labels[i]]++;
    double own = 0; /* ties may be numbered otherwise, but the distance is the same */
    for (size_t c = 0; c < 3; c++) {
      const double difference = data.x[i * 3 + c] - run.result.centres[(size_t)run.result.labels[i] * 3 + c];
      own += difference * difference;
    }
    same_bits(&own, &distances[i], sizeof own);
  }
  close_to(inertia, run.result.inertia, 1e-12);
  for (size_t j = 0; j < 15; j++) {
    assert_int_equal(sizes[j], run.result.sizes[j]);
    assert_true(j == 0 || sizes[j] <= sizes[j - 1]);
  }
  const double twice[] = {0, 0, 0, 1, 1, 1, 0, 0, 0}; /* ties go to the lower number */
  assert_int_equal(kmeans_assign(&task, &rows, twice, 3, labels, NULL, NULL, NULL), STATUS_OK);
  for (size_t i = 0; i < data.n; i++) {
    assert_true(labels[i] < 2);
  }
  free(labels);
  free(distances);
  task_free(&task);
  run_free(&run);
  data_free(&data);
}

static void test_order_of_rows(void **state)
{
  (void)state;
  Data iris = read_iris();
  Data turned = {malloc(iris.n * iris.d * sizeof(double)), iris.n, iris.d};
  for (size_t i = 0; i < iris.n; i++) {
    memcpy(turned.x + i * 4, iris.x + (i * 7 + 3) % 150 * 4, 4 * sizeof(double));
  }
  for (size_t k = 2; k <= 6; k++) {
    KmeansSettings settings = kmeans_settings(k);
    settings.refine = KMEANS_REFINE_SWAP;
    Run a = fit_fine(&iris, NULL, &settings), b = fit_fine(&turned, NULL, &settings);
    close_to(a.result.inertia, b.result.inertia, 1e-12);
    run_free(&a);
    run_free(&b);
  }
  data_free(&turned);
  data_free(&iris);
}

static void test_weights_are_repeats(void **state)
{
  (void)state;
  Data data = make_data(400, 3, 8, 1.0, 0, 8);
  Data repeated = {malloc(400 * 4 * 3 * sizeof(double)), 0, 3};
  double weights[400];
  for (size_t i = 0; i < 400; i++) {
    weights[i] = (double)((i * 13 + 5) % 4); /* 0, 1, 2, 3 */
    for (size_t j = 0; j < (size_t)weights[i]; j++) {
      memcpy(repeated.x + repeated.n++ * 3, data.x + i * 3, 3 * sizeof(double));
    }
  }
  for (size_t k = 2; k <= 12; k += 5) {
    KmeansSettings settings = kmeans_settings(k);
    double *const centres = some_centres(&data, k);
    settings.init = KMEANS_CENTRES;
    settings.centres = centres;
    settings.refine = KMEANS_REFINE_NONE;
    Run a = fit_fine(&data, weights, &settings), b = fit_fine(&repeated, NULL, &settings);
    close_to(a.result.inertia, b.result.inertia, 1e-9);
    close_to(a.result.totss, b.result.totss, 1e-9);
    double sum = 0, square_a = 0, square_b = 0;
    for (size_t j = 0; j < k; j++) {
      sum += a.result.weights[j];
      square_a += a.result.weights[j] * a.result.weights[j];
      square_b += b.result.weights[j] * b.result.weights[j];
    }
    close_to(sum, (double)repeated.n, 1e-12);
    close_to(square_a, square_b, 1e-9);
    run_free(&a);
    run_free(&b);
    settings = kmeans_settings(k); /* and the optimum by all means */
    settings.refine = KMEANS_REFINE_SWAP;
    a = fit_fine(&data, weights, &settings);
    b = fit_fine(&repeated, NULL, &settings);
    close_to(a.result.inertia, b.result.inertia, 1e-6);
    run_free(&a);
    run_free(&b);
    free(centres);
  }
  data_free(&repeated);
  data_free(&data);
}

static void test_tolerance_and_limits(void **state)
{
  (void)state;
  Data data = make_data(3000, 4, 12, 3.0, 0, 10);
  KmeansSettings settings = kmeans_settings(9);
  settings.starts = 1;
  Run full = fit_fine(&data, NULL, &settings);
  settings.tolerance = 0.01;
  Run loose = fit_fine(&data, NULL, &settings);
  assert_true(loose.result.iterations < full.result.iterations);
  assert_true(loose.result.converged && loose.result.inertia > full.result.inertia);
  assert_true(loose.result.inertia < full.result.inertia * 1.1);
  settings.tolerance = 0;
  settings.max_iterations = 2;
  Run limited = fit_fine(&data, NULL, &settings);
  assert_int_equal(limited.result.iterations, 2);
  assert_true(!limited.result.converged && limited.result.complete);
  assert_string_equal(limited.result.reason, "max_iter");
  run_free(&full);
  run_free(&loose);
  run_free(&limited);
  data_free(&data);
}

/* A centre that no row is near is given the row farthest from its own. */
static void test_empty_clusters(void **state)
{
  (void)state;
  Data data = {malloc(8 * sizeof(double)), 8, 1};
  memcpy(data.x, (const double[]){0, 1, 2, 3, 10, 11, 12, 20}, 8 * sizeof(double));
  const double centres[] = {1, 11, 500, 900};
  KmeansSettings settings = kmeans_settings(4);
  settings.init = KMEANS_CENTRES;
  settings.centres = centres;
  for (KmeansMethod method = KMEANS_METHOD_LLOYD; method <= KMEANS_METHOD_YINYANG; method++) {
    settings.method = method;
    Run run = fit_fine(&data, NULL, &settings);
    assert_int_equal(run.result.relocated, 2);
    close_to(run.result.inertia, 4, 1e-12); /* 0 1 2 | 10 11 12 | 3 | 20 */
    const int32_t labels[] = {0, 0, 0, 2, 1, 1, 1, 3};
    same_bits(run.result.labels, labels, sizeof labels);
    run_free(&run);
  }
  settings = kmeans_settings(8); /* as many clusters as rows */
  Run run = fit_fine(&data, NULL, &settings);
  assert_true(run.result.inertia == 0);
  run_free(&run);
  data_free(&data);
}

/* Bounds are left out where the memory budget forbids them; without room for the labels there is a clear
 * error. */
static void test_budget(void **state)
{
  (void)state;
  Data data = make_data(6000, 2, 25, 0.5, 0, 14);
  const Rows rows = rows_of_matrix(data.x, data.n, data.d);
  KmeansSettings settings = kmeans_settings(64);
  settings.starts = 1;
  settings.max_iterations = 8;
  KmeansResult results[2];
  const size_t budgets[] = {0, 300000, 2000};
  for (size_t i = 0; i < 3; i++) {
    Task task;
    task_init(&task, 1);
    task.budget = budgets[i];
    task.threads = 1;
    KmeansState fit_state = {0};
    KmeansResult none;
    Error e = {0};
    const Status status =
        kmeans_fit(&task, &rows, NULL, &settings, &fit_state, i < 2 ? &results[i] : &none, &e);
    assert_int_equal(status, i < 2 ? STATUS_OK : STATUS_LIMIT);
    assert_string_equal(e.id, i < 2 ? "" : "memory-budget");
    kmeans_state_free(&fit_state);
    task_free(&task);
  }
  same_results(&results[0], &results[1]);
  kmeans_result_free(&results[0]);
  kmeans_result_free(&results[1]);
  data_free(&data);
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
      cmocka_unit_test(test_iris),
      cmocka_unit_test(test_mall),
      cmocka_unit_test(test_sipu),
      cmocka_unit_test(test_separate_clusters),
      cmocka_unit_test(test_methods_agree_with_lloyd),
      cmocka_unit_test(test_methods_agree),
      cmocka_unit_test(test_extreme_scales),
      cmocka_unit_test(test_threads_agree),
      cmocka_unit_test(test_instruction_sets_agree),
      cmocka_unit_test(test_objective_never_rises),
      cmocka_unit_test(test_progress_is_of_the_starts),
    cmocka_unit_test(test_labels_are_nearest),
      cmocka_unit_test(test_order_of_rows),
      cmocka_unit_test(test_weights_are_repeats),
      cmocka_unit_test(test_tolerance_and_limits),
      cmocka_unit_test(test_empty_clusters),
      cmocka_unit_test(test_budget),
  };
  return cmocka_run_group_tests(tests, NULL, end_threads);
}
