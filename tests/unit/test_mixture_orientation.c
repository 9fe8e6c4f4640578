/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The common orientation of EVE and VVE against all angles of a plane, against scatters whose axes are known, against
 * small turns anywhere, and from other beginnings; what is flat, stopped, or without memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/mixture_fit.h"
#include "core/random.h"
#include "sweep.h"

enum { K_MOST = 5, D_MOST = 9 };

typedef struct Case {
  size_t k, d;
  MixtureMoments m;
  double weight[K_MOST], scatter[K_MOST * D_MOST * D_MOST];
  double axes[D_MOST * D_MOST], values[K_MOST * D_MOST];
} Case;

static void start(Case *c, size_t k, size_t d)
{
  memset(c, 0, sizeof *c);
  c->k = k;
  c->d = d;
  c->m = (MixtureMoments){.weight = c->weight, .scatter = c->scatter};
}

static void add_square(double *w, size_t d, const double *v, double factor)
{
  for (size_t a = 0; a < d; a++) {
    for (size_t b = 0; b < d; b++) {
      w[a * d + b] += factor * v[a] * v[b];
    }
  }
}

/* Scatters of some rows of their own, whose columns hang together differently in each. */
static void draw_case(Case *c, size_t k, size_t d, uint64_t seed)
{
  Random random = random_new(seed, 1);
  start(c, k, d);
  for (size_t j = 0; j < k; j++) {
    const size_t rows = d + 1 + random_below(&random, 40);
    c->weight[j] = (double)rows;
    for (size_t i = 0; i < rows; i++) {
      double row[D_MOST];
      for (size_t a = 0; a < d; a++) {
        row[a] = (1 + (double)((a + j) % d)) * random_normal(&random) + (a > 0 ? 0.7 * row[a - 1] : 0);
      }
      add_square(c->scatter + j * d * d, d, row, 1);
    }
  }
}

static void solve(Case *c, bool one_volume)
{
  Task task;
  bool sound;
  task_init(&task, 1);
  assert_int_equal(mixture_orientation(&c->m, c->k, c->d, one_volume, &task, c->axes, c->values, &sound, NULL),
                   STATUS_OK);
  assert_true(sound);
  task_free(&task);
}

/* -2 times the log likelihood but for constants, by its definition. */
static double criterion(const Case *c, bool one_volume, const double *axes)
{
  double free = 0, common = 0, total = 0;
  for (size_t j = 0; j < c->k; j++) {
    double logs = 0;
    for (size_t i = 0; i < c->d; i++) {
      double v = 0;
      for (size_t a = 0; a < c->d; a++) {
        for (size_t b = 0; b < c->d; b++) {
          v += axes[i * c->d + a] * c->scatter[(j * c->d + a) * c->d + b] * axes[i * c->d + b];
        }
      }
      logs += log(v);
    }
    free += c->weight[j] * logs;
    common += exp(logs / (double)c->d);
    total += c->weight[j];
  }
  return one_volume ? total * (double)c->d * log(common) : free;
}

static void turn_axes(double *axes, size_t d, size_t p, size_t q, double angle)
{
  for (size_t i = 0; i < d; i++) {
    const double x = axes[p * d + i], y = axes[q * d + i];
    axes[p * d + i] = cos(angle) * x + sin(angle) * y;
    axes[q * d + i] = cos(angle) * y - sin(angle) * x;
  }
}

static void until_it_stays(Case *c, bool one_volume)
{
  double before = INFINITY;
  for (int i = 0; i < 200; i++) {
    solve(c, one_volume);
    const double now = criterion(c, one_volume, c->axes);
    assert_true(now <= before + 1e-10 * fabs(before)); /* it goes on from where it was, and down */
    if (i > 8 && before - now <= 0) {
      return;
    }
    before = now;
  }
}

static void a_plane_at_all_angles(void **state)
{
  static Case c;
  (void)state;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    const bool one_volume = seed % 2 == 0;
    double least = INFINITY;
    draw_case(&c, 2 + seed % 4, 2, seed);
    for (int i = 0; i < 4000; i++) {
      double axes[4] = {1, 0, 0, 1};
      turn_axes(axes, 2, 0, 1, 1.5707963267948966 * i / 4000);
      least = fmin(least, criterion(&c, one_volume, axes));
    }
    until_it_stays(&c, one_volume);
    const double found = criterion(&c, one_volume, c.axes);
    assert_true(found <= least + 1e-9 * fabs(least));
    assert_true(found >= least - 1e-3 * fabs(least)); /* the angles are close enough to see it */
  }
}

static void no_small_turn_is_better(void **state)
{
  static Case c;
  (void)state;
  for (uint64_t seed = 1; seed <= 30; seed++) {
    const bool one_volume = seed % 2 == 0;
    draw_case(&c, 1 + seed % 5, 3 + seed % 6, seed);
    until_it_stays(&c, one_volume);
    const double found = criterion(&c, one_volume, c.axes);
    for (size_t p = 0; p < c.d; p++) {
      for (size_t q = 0; q < p; q++) {
        for (int way = -1; way <= 1; way += 2) {
          double axes[D_MOST * D_MOST];
          memcpy(axes, c.axes, sizeof axes);
          turn_axes(axes, c.d, p, q, way * 1e-3);
          assert_true(criterion(&c, one_volume, axes) >= found - 1e-10 * fabs(found));
        }
      }
    }
    double sum = 0; /* the diagonals are those along the axes */
    for (size_t i = 0; i < c.d; i++) {
      sum += c.weight[0] * log(c.values[i]);
    }
    for (size_t j = 1; j < c.k; j++) {
      for (size_t i = 0; i < c.d; i++) {
        sum += c.weight[j] * log(c.values[j * c.d + i]);
      }
    }
    assert_true(fabs(sum - criterion(&c, false, c.axes)) <= 1e-9 * fabs(sum));
  }
}

/* From many beginnings: never better than where it begins by itself, in data with axes nearly in common. */
static void other_beginnings_lead_there_too(void **state)
{
  static Case c;
  (void)state;
  for (uint64_t seed = 1; seed <= 10; seed++) {
    const bool one_volume = seed % 2 == 0;
    draw_case(&c, 3, 5, seed);
    for (size_t j = 0; j < c.k; j++) {
      for (size_t i = 0; i < c.d; i++) {
        c.scatter[(j * c.d + i) * c.d + i] += 3 * c.weight[j] * (double)((i + 1) * (i + 1));
      }
    }
    until_it_stays(&c, one_volume);
    const double found = criterion(&c, one_volume, c.axes);
    Random random = random_new(seed, 2);
    for (int other = 0; other < 20; other++) {
      memset(c.axes, 0, sizeof c.axes);
      for (size_t i = 0; i < c.d; i++) {
        c.axes[i * c.d + i] = 1;
      }
      for (int turns = 0; turns < 60; turns++) {
        const size_t p = 1 + random_below(&random, c.d - 1);
        turn_axes(c.axes, c.d, p, random_below(&random, p), 6.3 * random_uniform(&random));
      }
      until_it_stays(&c, one_volume);
      assert_true(criterion(&c, one_volume, c.axes) >= found - 1e-9 * fabs(found));
    }
  }
}

/* Scatters of the same axes, of sizes from 1e-5 to 1e5: these are found. */
static void axes_in_common_are_found(void **state)
{
  static Case c;
  (void)state;
  for (int one_volume = 0; one_volume <= 1; one_volume++) {
    double axes[36] = {0};
    start(&c, 3, 6);
    for (size_t i = 0; i < 6; i++) {
      axes[i * 6 + i] = 1;
    }
    for (size_t p = 1; p < 6; p++) {
      turn_axes(axes, 6, p, p - 1, 0.3 + (double)p);
    }
    for (size_t j = 0; j < 3; j++) {
      c.weight[j] = 10 + (double)j;
      for (size_t i = 0; i < 6; i++) {
        add_square(c.scatter + j * 36, 6, axes + i * 6, pow(10, (double)((i * (j + 1) + j) % 7) / 2 - 5 * (j == 1)));
      }
    }
    until_it_stays(&c, one_volume == 1);
    for (size_t i = 0; i < 6; i++) {
      double most = 0;
      for (size_t r = 0; r < 6; r++) {
        double along = 0;
        for (size_t a = 0; a < 6; a++) {
          along += axes[r * 6 + a] * c.axes[i * 6 + a];
        }
        most = fmax(most, fabs(along));
      }
      assert_true(most > 1 - 1e-10);
    }
  }
}

static void what_is_flat_has_none(void **state)
{
  static Case c;
  Task task;
  bool sound = true;
  (void)state;
  task_init(&task, 1);
  draw_case(&c, 2, 4, 3);
  memset(c.scatter + 16, 0, 16 * sizeof *c.scatter);
  for (size_t i = 0; i < 3; i++) { /* three rows in four columns */
    const double row[] = {1 + (double)i, 2, (double)(i * i), -1};
    add_square(c.scatter + 16, 4, row, 1);
  }
  const double kept[4] = {7, 7, 7, 7};
  memcpy(c.axes, kept, sizeof kept);
  assert_int_equal(mixture_orientation(&c.m, 2, 4, false, &task, c.axes, c.values, &sound, NULL), STATUS_OK);
  assert_false(sound);
  assert_memory_equal(c.axes, kept, sizeof kept);
  task_free(&task);
}

static void a_stop_leaves_the_axes(void **state)
{
  static Case c;
  Task task;
  bool sound;
  (void)state;
  draw_case(&c, 3, 6, 4);
  solve(&c, false);
  double kept[D_MOST * D_MOST];
  memcpy(kept, c.axes, sizeof kept);
  task_init(&task, 1);
  task_cancel(&task);
  assert_int_equal(mixture_orientation(&c.m, 3, 6, false, &task, c.axes, c.values, &sound, NULL), STATUS_CANCELLED);
  assert_memory_equal(c.axes, kept, sizeof kept);
  task_free(&task);
}

static Status run(void *context, Error *e)
{
  Case c = *(const Case *)context;
  Task task;
  bool sound;
  c.m.weight = c.weight;
  c.m.scatter = c.scatter;
  task_init(&task, 1);
  const Status status = mixture_orientation(&c.m, c.k, c.d, true, &task, c.axes, c.values, &sound, e);
  task_free(&task);
  return status;
}

static void memory_may_run_out(void **state)
{
  static Case c;
  (void)state;
  draw_case(&c, 3, 6, 5);
  assert_true(sweep(run, &c) > 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_plane_at_all_angles),       cmocka_unit_test(no_small_turn_is_better),
    cmocka_unit_test(other_beginnings_lead_there_too), cmocka_unit_test(axes_in_common_are_found),
    cmocka_unit_test(what_is_flat_has_none),       cmocka_unit_test(a_stop_leaves_the_axes),
    cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
