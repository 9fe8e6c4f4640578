/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes in single precision with bounds, that give the labels of plain ones.
 *
 * Rows are kept once more in single precision, less their mean and scaled by a power of two so that no value exceeds 1.
 * Scores (kmeans_single_kernels.h) take a quarter of the time of direct distances in double precision, and their
 * error is known: with y the row and M the largest norm of a centre, at most ERROR (d + 24) M (|y| + M / 2), from one
 * rounding each of inputs, product and sum per column (Higham 2002, section 3.1) and four bits that carry the lane. A row whose two least scores are
 * farther apart than twice that is settled; the others, which are few, are settled by the direct distances.
 *
 * Centres are cut into groups. For every row there is an upper bound of the distance to its own centre, which rises by that
 * centre's move, and for every row and group a lower bound of the distance to the group's centres (the own left out), which
 * falls by the group's largest move. Only rows with a bound that excludes nothing are looked at: their upper bound is made
 * tight, then the groups that are still open are scored. The methods differ in the groups alone:
 *
 *   yinyang   groups of sixteen, one vector each, at most 32 (Ding et al., ICML 2015)
 *   elkan     as many groups as centres (Elkan, ICML 2003; without distances of all centres from one another, the
 *             "simplified" form that Newling & Fleuret, ICML 2016, found faster)
 *   hamerly   one group (SDM 2010); with up to sixteen centres the gap between the two bounds is all that is kept, as scoring
 *             them all takes no longer than making the upper bound tight
 *   exponion  one group, of which an open row sees the part in a ball around its own centre (kmeans_near.c)
 *
 * Bounds are floats in the scaled units, and every step rounds them outward by more than all rounding errors on the way
 * (SLACK is relative and far above those of the squared distances, TINY covers underflow): what a bound excludes is
 * farther by the computed distances too. So labels are exactly those of a plain pass, and with them sums and centres. */
#include "cluster/kmeans_bounds.h"

#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

#define ERROR 0x1.2p-23 /* above twice the unit roundoff 2^-24, with room for the terms of second order */
#define DIMENSIONS_MOST 100000

enum { GROUPS_LEAST = 2, GROUPS_MOST = 32 }; /* of yinyang */

/* ---- Memory ---- */

static size_t groups_for(KmeansMethod method, size_t k)
{
  const size_t vectors = (k + LANES - 1) / LANES;
  const size_t groups = vectors < GROUPS_LEAST ? GROUPS_LEAST : vectors < GROUPS_MOST ? vectors : GROUPS_MOST;
  return method == KMEANS_METHOD_ELKAN ? k : method == KMEANS_METHOD_YINYANG ? groups : 1;
}

/* With twice the room of bounds for the copy that refining keeps. */
static size_t bounds_bytes(const KmeansFit *fit)
{
  const size_t near = fit->method == KMEANS_METHOD_EXPONION ? kmeans_near_bytes(fit->k, fit->d, fit->workers) : 0;
  size_t bytes;
  return __builtin_mul_overflow(fit->n + BLOCK_ROWS, (groups_for(fit->method, fit->k) * 2 + fit->d + 3) * sizeof(float),
                                &bytes) ||
                 __builtin_add_overflow(bytes, near, &bytes)
             ? SIZE_MAX
             : bytes;
}

static bool near_alloc(KmeansBounds *bounds, bool near)
{
  const bool apart = near || (!bounds->gaps && bounds->k <= bounds->n / bounds->k);
  bounds->apart = apart ? mem_buffer(bounds->k, sizeof(float)) : NULL;
  bounds->near = near ? kmeans_near_new(bounds->k, bounds->d, bounds->workers) : NULL;
  return (bounds->apart || !apart) && (bounds->near || !near);
}

static bool bounds_alloc(KmeansBounds *bounds)
{
  const size_t k = bounds->k, d = bounds->d, lanes = bounds->groups * bounds->vectors * LANES;
  bounds->rows = mem_buffer(bounds->n * d + LANES, sizeof(float)); /* the last may be read to the end of its vector */
  bounds->norms = mem_buffer(bounds->stride, sizeof(float));
  bounds->upper = mem_buffer((bounds->groups + 1) * bounds->stride, sizeof(float));
  bounds->lower = bounds->upper ? bounds->upper + bounds->stride : NULL;
  bounds->centres = mem_buffer(k * d, sizeof(double));
  bounds->lanes = mem_buffer(lanes * d, sizeof(float)); /* of no lanes as well */
  bounds->half = mem_buffer(lanes, sizeof(float));
  bounds->single = mem_buffer(k * bounds->width, sizeof(float));
  bounds->norm = mem_buffer(k, sizeof(float));
  bounds->drift = mem_buffer(bounds->groups, sizeof(float));
  bounds->moved = mem_buffer(k, sizeof(float));
  bounds->closing = mem_buffer(k, sizeof(float));
  bounds->strips = mem_buffer(bounds->workers, sizeof(Strip));
  bounds->group_of = mem_buffer(k, sizeof(int32_t));
  return bounds->rows && bounds->norms && bounds->upper && bounds->centres && bounds->lanes && bounds->half &&
         bounds->single && bounds->norm && bounds->drift && bounds->moved && bounds->closing && bounds->strips && bounds->group_of;
}

/* The largest power of two that keeps the values within 1. */
static double factor_for(double reach)
{
  int exponent;
  frexp(reach, &exponent);
  return reach > 0 ? ldexp(1, -exponent < 1000 ? -exponent : 1000) : 1;
}

/* The method that is asked for, or what its bounds leave room for: all give the same. */
static KmeansMethod choose(KmeansFit *fit)
{
  const KmeansMethod asked = fit->settings->method;
  fit->method = asked == KMEANS_METHOD_AUTO ? kmeans_method_for(fit->n, fit->d, fit->k) : asked;
  if (fit->k == 1 || fit->d > DIMENSIONS_MOST) {
    fit->method = KMEANS_METHOD_LLOYD;
  }
  while (fit->method != KMEANS_METHOD_LLOYD && task_reserve(fit->task, bounds_bytes(fit), "", NULL) != STATUS_OK) {
    fit->method = kmeans_method_lesser(fit->method);
  }
  return fit->method;
}

Status kmeans_bounds_new(KmeansFit *fit, Error *e)
{
  const KmeansMethod method = choose(fit);
  if (method == KMEANS_METHOD_LLOYD) {
    return STATUS_OK;
  }
  KmeansBounds *const bounds = fit->bounds = mem_zero(1, sizeof *bounds);
  if (!bounds) {
    return error_memory(e, sizeof *bounds, _("bounds of distances"));
  }
  bounds->kernels = kmeans_single_kernels();
  bounds->n = fit->n;
  bounds->k = fit->k;
  bounds->d = fit->d;
  bounds->workers = fit->workers;
  bounds->width = (fit->d + LANES - 1) / LANES * LANES;
  bounds->factor = factor_for(fit->reach);
  bounds->groups = groups_for(method, fit->k);
  bounds->vectors = bounds->groups == fit->k ? 0 : ((fit->k + bounds->groups - 1) / bounds->groups + LANES - 1) / LANES;
  bounds->gaps = method == KMEANS_METHOD_HAMERLY && fit->k <= LANES;
  bounds->stride = (fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
  if (!bounds_alloc(bounds) || !near_alloc(bounds, method == KMEANS_METHOD_EXPONION)) {
    return error_memory(e, bounds_bytes(fit), _("bounds of distances"));
  }
  memset(bounds->rows + bounds->n * bounds->d, 0, LANES * sizeof(float));
  memset(bounds->single, 0, bounds->k * bounds->width * sizeof(float));
  for (size_t group = 0; group < bounds->groups; group++) {
    for (size_t j = group_start(bounds, group); j < group_start(bounds, group + 1); j++) {
      bounds->group_of[j] = (int32_t)group;
    }
  }
  return STATUS_OK;
}

void kmeans_bounds_free(KmeansBounds *bounds)
{
  if (bounds) {
    void *const all[] = {bounds->rows,   bounds->norms,   bounds->upper, bounds->centres, bounds->kept,
                         bounds->lanes,  bounds->half,    bounds->single, bounds->norm,   bounds->drift,
                         bounds->moved,  bounds->closing, bounds->apart,   bounds->strips, bounds->group_of};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
      mem_free(all[i]);
    }
    kmeans_near_free(bounds->near);
    mem_free(bounds);
  }
}

/* ---- Changes from outside ---- */

void kmeans_bounds_reset(KmeansBounds *bounds)
{
  if (bounds) {
    bounds->ready = false;
  }
}

bool kmeans_bounds_belong(const KmeansBounds *bounds, const double *centres)
{
  return bounds && bounds->ready && memcmp(bounds->centres, centres, bounds->k * bounds->d * sizeof(double)) == 0;
}

void kmeans_bounds_forget(KmeansBounds *bounds, size_t row)
{
  for (size_t group = 0; bounds && group < bounds->groups; group++) {
    bounds->lower[group * bounds->stride + row] = 0;
  }
  if (bounds) {
    bounds->upper[row] = FLT_MAX;
  }
}

static size_t bounds_size(const KmeansBounds *bounds)
{
  return (bounds->groups + 1) * bounds->stride;
}

Status kmeans_bounds_keep(KmeansBounds *bounds, Error *e)
{
  if (!bounds) {
    return STATUS_OK;
  }
  bounds->kept = bounds->kept ? bounds->kept : mem_buffer(bounds_size(bounds), sizeof(float));
  if (!bounds->kept) {
    return error_memory(e, bounds_size(bounds) * sizeof(float), _("bounds of distances"));
  }
  memcpy(bounds->kept, bounds->upper, bounds_size(bounds) * sizeof(float));
  return STATUS_OK;
}

void kmeans_bounds_back(KmeansBounds *bounds, const double *centres)
{
  if (bounds) {
    memcpy(bounds->upper, bounds->kept, bounds_size(bounds) * sizeof(float));
    memcpy(bounds->centres, centres, bounds->k * bounds->d * sizeof(double));
    bounds->ready = true;
  }
}

/* A bound takes in a distance that its group has got. */
static void take_in(KmeansBounds *bounds, size_t group, size_t row, double square)
{
  float *const bound = &bounds->lower[group * bounds->stride + row];
  const float distance = round_down(scaled(bounds, square));
  *bound = distance < *bound ? distance : *bound;
}

void kmeans_bounds_exchange(KmeansBounds *bounds, size_t row, size_t centre, double square, size_t before,
                            double square_before, size_t now, double square_now)
{
  if (bounds->gaps) { /* the former gap tells how far the others are, by the distance that was kept with it */
    bounds->lower[row] += round_down(scaled(bounds, square_before));
  }
  if (now != centre) {
    take_in(bounds, (size_t)bounds->group_of[centre], row, square);
  } else if (before != centre) {
    take_in(bounds, (size_t)bounds->group_of[before], row, square_before);
  }
  bounds->upper[row] = round_up(scaled(bounds, square_now));
  if (bounds->gaps) {
    bounds->lower[row] -= bounds->upper[row];
  }
}

/* ---- The centres of a pass ---- */

static double squared_distance(const double *a, const double *b, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    const double difference = a[c] - b[c];
    sum += difference * difference;
  }
  return sum;
}

static void set_singles(const KmeansFit *fit, const double *centres)
{
  KmeansBounds *const bounds = fit->bounds;
  double largest = 0;
  for (size_t j = 0; j < bounds->k; j++) {
    bounds->kernels->convert(centres + j * bounds->d, 1, bounds->d, fit->mean, bounds->factor,
                             bounds->single + j * bounds->width, &bounds->norm[j]);
    largest = fmax(largest, (double)bounds->norm[j] * (1 + SLACK));
    bounds->norm[j] *= bounds->norm[j] * 0.5F;
  }
  bounds->error = (float)(ERROR * (double)(bounds->d + 24) * largest + TINY);
  bounds->reach = (float)(largest / 2 + TINY);
}

static void set_lanes(KmeansBounds *bounds)
{
  const size_t lanes = bounds->vectors * LANES, d = bounds->d;
  for (size_t group = 0; lanes > 0 && group < bounds->groups; group++) {
    const size_t start = group_start(bounds, group), end = group_start(bounds, group + 1);
    for (size_t j = 0; j < lanes; j++) {
      const size_t vector = group * bounds->vectors + j / LANES;
      float *const lane = bounds->lanes + vector * d * LANES + j % LANES;
      const bool there = start + j < end;
      bounds->half[vector * LANES + j % LANES] = there ? bounds->norm[start + j] : KMEANS_SINGLE_NONE;
      for (size_t c = 0; c < d; c++) {
        lane[c * LANES] = there ? bounds->single[(start + j) * bounds->width + c] : 0;
      }
    }
  }
}

/* The moves from the pass before to `centres`, and the largest of each group. */
static void set_drift(KmeansBounds *bounds, const double *centres)
{
  for (size_t group = 0; group < bounds->groups; group++) {
    float drift = 0;
    for (size_t j = group_start(bounds, group); j < group_start(bounds, group + 1); j++) {
      const double *const now = centres + j * bounds->d, *const before = bounds->centres + j * bounds->d;
      bounds->moved[j] = 0;
      if (memcmp(now, before, bounds->d * sizeof(double)) != 0) {
        bounds->moved[j] = round_up(scaled(bounds, squared_distance(now, before, bounds->d)));
        drift = bounds->moved[j] > drift ? bounds->moved[j] : drift;
      }
    }
    bounds->drift[group] = drift;
  }
}

/* By how much the gap between own and other centres may have closed for the rows of each centre. */
static void set_closing(KmeansBounds *bounds)
{
  float first = 0, second = 0;
  size_t fastest = 0;
  for (size_t j = 0; j < bounds->k; j++) {
    second = bounds->moved[j] > first ? first : bounds->moved[j] > second ? bounds->moved[j] : second;
    fastest = bounds->moved[j] > first ? j : fastest;
    first = bounds->moved[j] > first ? bounds->moved[j] : first;
  }
  for (size_t j = 0; j < bounds->k; j++) {
    bounds->closing[j] = (bounds->moved[j] + (j == fastest ? second : first)) * (1 + 0x1p-22F);
  }
}

/* How far each centre is from the nearest other one. A row nearer to its centre than half of that has no
 * other nearest. */
static void set_apart(const KmeansFit *fit, const double *centres)
{
  KmeansBounds *const bounds = fit->bounds;
  const KmeansScratch *const scratch = &fit->scratch[0];
  for (size_t i = 0; i < bounds->k; i += KMEANS_TILE) {
    const size_t rows = bounds->k - i < KMEANS_TILE ? bounds->k - i : KMEANS_TILE;
    double best[KMEANS_TILE], next[KMEANS_TILE];
    int64_t label[KMEANS_TILE] = {0}, ignored[KMEANS_TILE] = {0};
    for (size_t r = 0; r < KMEANS_TILE; r++) {
      best[r] = next[r] = (double)INFINITY;
    }
    fit->kernels->tile(centres + i * bounds->d, rows, bounds->d, scratch->tile);
    for (size_t j = 0; j < bounds->k; j += KMEANS_CHUNK) {
      const size_t points = bounds->k - j < KMEANS_CHUNK ? bounds->k - j : KMEANS_CHUNK;
      fit->kernels->distances(scratch->tile, bounds->d, centres + j * bounds->d, points, scratch->distances);
      fit->kernels->nearest_two(scratch->distances, points, (int64_t)j, best, label, next, ignored);
    }
    for (size_t r = 0; r < rows; r++) {
      bounds->apart[i + r] = round_down(scaled(bounds, next[r])); /* the nearest is the centre itself */
    }
  }
}

bool kmeans_bounds_centres(const KmeansFit *fit, const double *centres, bool later)
{
  KmeansBounds *const bounds = fit->bounds;
  set_singles(fit, centres);
  set_lanes(bounds);
  if (later) {
    set_drift(bounds, centres);
    set_closing(bounds);
    if (bounds->near) {
      return kmeans_near_set(fit, centres);
    }
    if (bounds->apart) {
      set_apart(fit, centres);
    }
  }
  return true;
}
