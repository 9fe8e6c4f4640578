/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes in single precision with bounds, that give the labels of plain ones.
 *
 * Rows are kept once more in single precision, less their mean and scaled by a power of two so that no value exceeds 1.
 * Scores (kmeans_single_kernels.h) take a quarter of the time of direct distances in double precision, and their
 * error is known: with y the row and M the largest norm of a centre, at most ERROR (d + 24) M (|y| + M / 2), from one
 * rounding each of inputs, product and sum per column (Higham 2002, section 3.1) and four bits that carry the lane. A row whose two least scores are
 * farther apart than twice that is settled; the others, which are few, are settled by the direct distances.
 *
 * Bounds as in Yinyang k-means (Ding et al., ICML 2015): centres are cut into groups of sixteen, one vector each; for
 * every row there is an upper bound of the distance to its own centre, which rises by that centre's move, and for every
 * row and group a lower bound of the distance to the group's centres (the own left out), which falls by the group's
 * largest move. With one group this is Hamerly's method (SDM 2010). Only rows with a bound that excludes
 * nothing are looked at: their upper bound is made tight, then the groups that are still open are scored.
 *
 * Bounds are floats in the scaled units, and every step rounds them outward by more than all rounding errors on the way
 * (SLACK is relative and far above those of the squared distances, TINY covers underflow): what a bound excludes is
 * farther by the computed distances too. So labels are exactly those of a plain pass, and with them sums and centres. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "cluster/kmeans_single_kernels.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum { STRIP = KMEANS_STRIP, GROUPS_MOST = 32, LANES = KMEANS_SINGLE_LANES };

#define SLACK 1e-6
#define TINY 1e-18
#define ERROR 0x1.2p-23 /* above twice the unit roundoff 2^-24, with room for the terms of second order */
#define DIMENSIONS_MOST 100000

typedef struct Strip Strip;

struct KmeansBounds {
  const KmeansSingleKernels *kernels;
  size_t groups, vectors; /* groups; vectors of sixteen centres in each */
  size_t stride;          /* n rounded up to blocks */
  size_t n, k, d, workers;
  double factor;        /* a power of two */
  bool converted;       /* rows and norms are filled */
  bool ready;           /* bounds belong to `centres` */
  float *rows;          /* n x d */
  float *norms;         /* n */
  float *upper;         /* stride; then ... */
  float *lower;         /* ... groups x stride, in one piece; of one group: lower less upper */
  float *kept;          /* a copy of both, see kmeans_bounds_keep */
  double *centres;      /* k x d: of the pass before */
  float *lanes, *half;  /* groups x vectors x d x 16, x 16 */
  size_t width;         /* d rounded up to sixteen */
  float *single, *norm; /* k x width, k: centres of this pass, half their squares */
  float error, reach;   /* a score is off by at most error * (norm of the row + reach) */
  float *drift;         /* groups: largest move since the pass before */
  float *moved;         /* k: move */
  float *closing;       /* k: own move and the largest of the others */
  float *apart;         /* k: distance of a centre to the nearest other one; NULL: not kept */
  int32_t *group_of;    /* k */
  Strip *strips;        /* per worker */
};

/* What is known of the rows of a strip while its groups are looked at. */
struct Strip {
  int32_t label[STRIP];
  float least[STRIP];
  uint32_t open[STRIP]; /* rows with a bound that excludes nothing */
  uint32_t list[STRIP]; /* of them, those to be compared with the group at hand */
  float score[STRIP];   /* by row: score of `label`, least score of the others that were looked at */
  float other[STRIP];
  float far[STRIP];     /* by row: lower bound of the distance to `label` */
  /* by place in a list */
  float norm[STRIP], best[STRIP], next[STRIP], own[STRIP], low[STRIP], high[STRIP];
  float group_best[STRIP], group_next[STRIP];
  int32_t group_label[STRIP], lane[STRIP], sure[STRIP];
};

/* ---- Distances as floats, rounded outward ---- */

static float round_down(double square)
{
  const double distance = square > 0 ? sqrt(square) * (1 - SLACK) : 0;
  return distance < TINY ? 0 : distance > (double)FLT_MAX ? FLT_MAX : (float)distance;
}

static float round_up(double square)
{
  return (float)(sqrt(square) * (1 + SLACK) + TINY);
}

static size_t group_start(const KmeansBounds *bounds, size_t group)
{
  return bounds->k * group / bounds->groups;
}

/* ---- Memory ---- */

bool kmeans_bounds_wanted(const KmeansFit *fit)
{
  if (fit->settings->method != KMEANS_METHOD_AUTO) {
    return fit->settings->method == KMEANS_METHOD_BOUNDS && fit->k > 1 && fit->d <= DIMENSIONS_MOST;
  }
  return fit->k > 1 && fit->n >= 1024 && fit->d <= DIMENSIONS_MOST;
}

static size_t groups_for(size_t k)
{
  const size_t groups = (k + LANES - 1) / LANES;
  return groups < GROUPS_MOST ? groups : GROUPS_MOST;
}

/* With twice the room of bounds for the copy that refining keeps. */
static size_t bounds_bytes(const KmeansFit *fit)
{
  size_t bytes;
  return __builtin_mul_overflow(fit->n + BLOCK_ROWS, (groups_for(fit->k) * 2 + fit->d + 3) * sizeof(float), &bytes)
             ? SIZE_MAX
             : bytes;
}

static bool bounds_alloc(KmeansBounds *bounds)
{
  const size_t k = bounds->k, d = bounds->d, lanes = bounds->groups * bounds->vectors * LANES;
  bounds->rows = mem_buffer(bounds->n * d + LANES, sizeof(float)); /* the last may be read to the end of its vector */
  bounds->norms = mem_buffer(bounds->stride, sizeof(float));
  bounds->upper = mem_buffer((bounds->groups + 1) * bounds->stride, sizeof(float));
  bounds->lower = bounds->upper ? bounds->upper + bounds->stride : NULL;
  bounds->centres = mem_buffer(k * d, sizeof(double));
  bounds->lanes = mem_buffer(lanes * d, sizeof(float));
  bounds->half = mem_buffer(lanes, sizeof(float));
  bounds->single = mem_buffer(k * bounds->width, sizeof(float));
  bounds->norm = mem_buffer(k, sizeof(float));
  bounds->drift = mem_buffer(bounds->groups, sizeof(float));
  bounds->moved = mem_buffer(k, sizeof(float));
  bounds->closing = mem_buffer(k, sizeof(float));
  bounds->strips = mem_buffer(bounds->workers, sizeof(Strip));
  bounds->group_of = mem_buffer(k, sizeof(int32_t));
  const bool keep_apart = bounds->groups > 1 && k <= bounds->n / k;
  bounds->apart = keep_apart ? mem_buffer(k, sizeof(float)) : NULL;
  return bounds->rows && bounds->norms && bounds->upper && bounds->centres && bounds->lanes && bounds->half &&
         bounds->single && bounds->norm && bounds->drift && bounds->moved && bounds->closing && bounds->strips && bounds->group_of &&
         (bounds->apart || !keep_apart);
}

/* The largest power of two that keeps the values within 1. */
static double factor_for(double reach)
{
  int exponent;
  frexp(reach, &exponent);
  return reach > 0 ? ldexp(1, -exponent < 1000 ? -exponent : 1000) : 1;
}

Status kmeans_bounds_new(KmeansFit *fit, Error *e)
{
  const size_t bytes = bounds_bytes(fit);
  if (task_reserve(fit->task, bytes, "", NULL) != STATUS_OK) {
    return STATUS_OK; /* plain passes give the same */
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
  bounds->groups = groups_for(fit->k);
  bounds->vectors = ((fit->k + bounds->groups - 1) / bounds->groups + LANES - 1) / LANES;
  bounds->stride = (fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
  if (!bounds_alloc(bounds)) {
    return error_memory(e, bytes, _("bounds of distances"));
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

/* A squared distance of the data in scaled units. */
static double scaled(const KmeansBounds *bounds, double square)
{
  return square * bounds->factor * bounds->factor;
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
  if (bounds->groups == 1) { /* the former gap tells how far the others are, by the distance that was kept with it */
    bounds->lower[row] += round_down(scaled(bounds, square_before));
  }
  if (now != centre) {
    take_in(bounds, (size_t)bounds->group_of[centre], row, square);
  } else if (before != centre) {
    take_in(bounds, (size_t)bounds->group_of[before], row, square_before);
  }
  bounds->upper[row] = round_up(scaled(bounds, square_now));
  if (bounds->groups == 1) {
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
  for (size_t group = 0; group < bounds->groups; group++) {
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

typedef struct Pass {
  KmeansFit *fit;
  KmeansBounds *bounds;
  const double *centres;
  const int32_t *before;
  int32_t *labels;
  bool later;
} Pass;

/* A strip of rows on its way through a pass. The rows in double precision are fetched when they are wanted. */
typedef struct Work {
  const Pass *pass;
  Strip *strip;
  size_t worker, first, count;
  size_t block, block_rows; /* the block it lies in */
  const double **x;         /* of the block; NULL: not fetched yet */
} Work;

static Status fetch(const Work *work, const double **x, Error *e)
{
  const KmeansFit *const fit = work->pass->fit;
  Status status = STATUS_OK;
  if (!*work->x) {
    status = fit->rows->block(fit->rows, work->block, work->block_rows, fit->scratch[work->worker].rows, work->x, e);
  }
  *x = status == STATUS_OK ? *work->x + (work->first - work->block) * fit->d : NULL;
  return status;
}

/* ---- Rows that single precision cannot settle ---- */

/* The nearest and second nearest centre within a group, for a tile. */
static void tile_group(const Pass *pass, const KmeansScratch *scratch, size_t group, double *best,
                       double *next, int64_t *label)
{
  const KmeansFit *const fit = pass->fit;
  const size_t end = group_start(pass->bounds, group + 1);
  int64_t ignored[KMEANS_TILE] = {0};
  for (size_t i = 0; i < KMEANS_TILE; i++) {
    best[i] = next[i] = (double)INFINITY;
    label[i] = (int64_t)group_start(pass->bounds, group);
  }
  for (size_t j = group_start(pass->bounds, group); j < end; j += KMEANS_CHUNK) {
    const size_t points = end - j < KMEANS_CHUNK ? end - j : KMEANS_CHUNK;
    fit->kernels->distances(scratch->tile, fit->d, pass->centres + j * fit->d, points, scratch->distances);
    fit->kernels->nearest_two(scratch->distances, points, (int64_t)j, best, label, next, ignored);
  }
}

/* The rows `list` of the strip by direct distances: labels and all bounds. */
static void settle_tile(const Work *work, const uint32_t *list, size_t rows, const double *x, double *packed)
{
  const KmeansFit *const fit = work->pass->fit;
  KmeansBounds *const bounds = work->pass->bounds;
  const KmeansScratch *const scratch = &fit->scratch[work->worker];
  double best[KMEANS_TILE], own_next[KMEANS_TILE];
  size_t own_group[KMEANS_TILE] = {0};
  for (size_t i = 0; i < rows; i++) {
    memcpy(packed + i * fit->d, x + (size_t)list[i] * fit->d, fit->d * sizeof(double));
  }
  fit->kernels->tile(packed, rows, fit->d, scratch->tile);
  for (size_t group = 0; group < bounds->groups; group++) {
    float *const bound = bounds->lower + group * bounds->stride + work->first;
    double group_best[KMEANS_TILE], group_next[KMEANS_TILE];
    int64_t label[KMEANS_TILE];
    tile_group(work->pass, scratch, group, group_best, group_next, label);
    for (size_t i = 0; i < rows; i++) {
      bound[list[i]] = round_down(scaled(bounds, group_best[i]));
      if (group == 0 || group_best[i] < best[i]) {
        best[i] = group_best[i];
        own_next[i] = group_next[i];
        own_group[i] = group;
        work->strip->label[list[i]] = (int32_t)label[i];
      }
    }
  }
  for (size_t i = 0; i < rows; i++) {
    bounds->lower[own_group[i] * bounds->stride + work->first + list[i]] = round_down(scaled(bounds, own_next[i]));
    bounds->upper[work->first + list[i]] = round_up(scaled(bounds, best[i]));
    if (bounds->groups == 1) {
      bounds->lower[work->first + list[i]] -= bounds->upper[work->first + list[i]];
    }
  }
}

/* The first `unsure` rows of the list. */
static Status settle_unsure(const Work *work, size_t unsure, Error *e)
{
  double *const packed = work->pass->fit->scratch[work->worker].packed;
  const double *x;
  Status status = fetch(work, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < unsure; i += KMEANS_TILE) {
    settle_tile(work, work->strip->list + i, unsure - i < KMEANS_TILE ? unsure - i : KMEANS_TILE, x, packed);
    if (task_cancelled(work->pass->fit->task)) {
      status = error_cancelled(e);
    }
  }
  return status;
}

/* ---- Rows by their scores ---- */

/* Takes rows off the list that are so close to their centre that no other can be nearer. */
static size_t drop_close(const float *apart, const float *upper, Strip *strip, size_t open)
{
  size_t left = 0;
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    strip->open[left] = row;
    left += !(apart[strip->label[row]] > 2 * upper[row]);
  }
  return left;
}

static void get_norms(const Work *work, const uint32_t *list, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    work->strip->norm[i] = work->pass->bounds->norms[work->first + list[i]];
  }
}

/* Upper bounds of the open rows from their scores; keeps those that are still open. */
static size_t tighten(const Work *work, size_t open)
{
  Strip *const strip = work->strip;
  KmeansBounds *const bounds = work->pass->bounds;
  bounds->kernels->own(bounds->rows + work->first * bounds->d, bounds->d, strip->open, open, bounds->single,
                       bounds->width, bounds->norm, strip->label, strip->own);
  get_norms(work, strip->open, open);
  bounds->kernels->distances(strip->norm, strip->own, strip->own, open, bounds->error, bounds->reach, strip->high,
                             strip->low, strip->sure);
  size_t left = 0;
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    bounds->upper[work->first + row] = strip->high[i];
    strip->score[row] = strip->own[i];
    strip->far[row] = strip->low[i];
    strip->other[row] = (float)INFINITY;
    strip->open[left] = row;
    left += !(strip->least[row] > strip->high[i]);
  }
  return left;
}

/* With one group: the gaps between bounds after the moves; gives the number of open rows. */
static size_t open_gaps(const Work *work)
{
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  float *const gap = bounds->lower + work->first;
  size_t open = 0;
  for (size_t i = 0; i < work->count; i++) {
    gap[i] = (gap[i] - bounds->closing[strip->label[i]]) * (1 - 0x1p-22F);
    strip->open[open] = (uint32_t)i;
    open += !(gap[i] > 0);
  }
  return open;
}

/* Bounds after the moves; gives the number of open rows, whose scores are set to begin with. */
static size_t open_rows(const Work *work)
{
  const Pass *const pass = work->pass;
  KmeansBounds *const bounds = pass->bounds;
  Strip *const strip = work->strip;
  float *const upper = bounds->upper + work->first;
  memcpy(strip->label, pass->before + work->first, work->count * sizeof(int32_t));
  if (bounds->groups == 1) {
    return open_gaps(work);
  }
  for (size_t i = 0; i < work->count; i++) {
    strip->least[i] = FLT_MAX;
    upper[i] = (upper[i] + bounds->moved[strip->label[i]]) * (1 + 0x1p-22F);
  }
  for (size_t group = 0; group < bounds->groups; group++) {
    bounds->kernels->lower(bounds->lower + group * bounds->stride + work->first, work->count, bounds->drift[group],
                           strip->least);
  }
  size_t open = 0;
  for (size_t i = 0; i < work->count; i++) {
    strip->open[open] = (uint32_t)i;
    open += !(strip->least[i] > upper[i]);
  }
  open = bounds->apart && open > 0 ? drop_close(bounds->apart, upper, strip, open) : open;
  open = open > 0 ? tighten(work, open) : open;
  return bounds->apart && open > 0 ? drop_close(bounds->apart, upper, strip, open) : open;
}

/* The open rows that must be compared with a group. */
static size_t rows_for_group(const Work *work, size_t open, size_t group)
{
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  if (!work->pass->later) {
    memcpy(strip->list, strip->open, open * sizeof *strip->list);
    return open;
  }
  const float *const bound = bounds->lower + group * bounds->stride + work->first;
  const float *const upper = bounds->upper + work->first;
  size_t count = 0;
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    strip->list[count] = row;
    count += !(bound[row] > upper[row]);
  }
  return count;
}

/* Least, second least and number of the least of a group's centres for the listed rows. */
static void compare_group(const Work *work, const uint32_t *list, size_t count, size_t group)
{
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  const size_t size = group_start(bounds, group + 1) - group_start(bounds, group);
  for (size_t vector = 0; vector < bounds->vectors; vector++) {
    const size_t number = group * bounds->vectors + vector, rest = size - vector * LANES;
    const int32_t name = (int32_t)(group_start(bounds, group) + vector * LANES);
    if (vector * LANES >= size) {
      break;
    }
    bounds->kernels->scan(bounds->rows + work->first * bounds->d, bounds->d, list, count,
                          bounds->lanes + number * bounds->d * LANES, bounds->half + number * LANES,
                          rest < LANES ? rest : LANES, strip->best, strip->next, strip->lane);
    for (size_t i = 0; i < count; i++) {
      const float best = strip->best[i], next = strip->next[i];
      if (vector == 0 || best < strip->group_best[i]) {
        const float former = vector == 0 ? (float)INFINITY : strip->group_best[i];
        strip->group_next[i] = next < former ? next : former;
        strip->group_best[i] = best;
        strip->group_label[i] = name + strip->lane[i];
      } else if (best < strip->group_next[i]) {
        strip->group_next[i] = best;
      }
    }
  }
}

static float least_of(float a, float b)
{
  return b < a ? b : a;
}

/* Takes what compare_group found into labels and bounds. The best of a row leaves the bound of its group out;
 * when the best moves to another group, the former one comes back into the bound of its own. */
static void settle_group(const Work *work, size_t count, size_t group)
{
  KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  float *const bound = bounds->lower + group * bounds->stride + work->first;
  get_norms(work, strip->list, count);
  bounds->kernels->distances(strip->norm, strip->group_best, strip->group_best, count, bounds->error, bounds->reach,
                             strip->high, strip->best, strip->sure);
  bounds->kernels->distances(strip->norm, strip->group_best, strip->group_next, count, bounds->error, bounds->reach,
                             strip->high, strip->low, strip->sure);
  for (size_t i = 0; i < count; i++) {
    const uint32_t row = strip->list[i];
    const float best = strip->group_best[i], next = strip->group_next[i];
    const bool better = best < strip->score[row];
    const size_t former = strip->label[row] < 0 ? group : (size_t)bounds->group_of[strip->label[row]];
    if (former != group && !better) {
      bound[row] = strip->best[i];
      strip->other[row] = least_of(strip->other[row], best);
      continue;
    }
    if (former != group) {
      float *const back = &bounds->lower[former * bounds->stride + work->first + row];
      *back = least_of(*back, strip->far[row]);
      strip->other[row] = least_of(strip->other[row], strip->score[row]);
    }
    bound[row] = strip->low[i];
    strip->other[row] = least_of(strip->other[row], next);
    strip->score[row] = best;
    strip->far[row] = strip->best[i];
    strip->label[row] = strip->group_label[i];
  }
}

/* The upper bounds of the open rows, and whether they are sure of their labels. */
static void settle_upper(const Work *work, size_t open)
{
  Strip *const strip = work->strip;
  const KmeansBounds *const bounds = work->pass->bounds;
  get_norms(work, strip->open, open);
  for (size_t i = 0; i < open; i++) {
    strip->best[i] = strip->score[strip->open[i]];
    strip->next[i] = strip->other[strip->open[i]];
  }
  bounds->kernels->distances(strip->norm, strip->best, strip->next, open, bounds->error, bounds->reach, strip->high,
                             strip->low, strip->sure);
  for (size_t i = 0; i < open; i++) {
    bounds->upper[work->first + strip->open[i]] = strip->high[i];
  }
}

/* With one group nothing else needs to be kept of the rows. */
static void settle_only(const Work *work, size_t count)
{
  const Pass *const pass = work->pass;
  Strip *const strip = work->strip;
  float *const gap = pass->bounds->lower + work->first;
  get_norms(work, strip->open, count);
  pass->bounds->kernels->distances(strip->norm, strip->group_best, strip->group_next, count, pass->bounds->error,
                                   pass->bounds->reach, strip->high, strip->low, strip->sure);
  for (size_t i = 0; i < count; i++) {
    const uint32_t row = strip->open[i];
    gap[row] = strip->low[i] - strip->high[i];
    strip->label[row] = strip->group_label[i];
  }
}

/* All rows of the strip are open, and nothing is known of them. */
static size_t open_all(const Work *work)
{
  Strip *const strip = work->strip;
  for (size_t i = 0; i < work->count; i++) {
    strip->open[i] = (uint32_t)i;
    strip->label[i] = -1;
    strip->score[i] = strip->other[i] = (float)INFINITY;
  }
  return work->count;
}

/* Labels of the open rows from scores; those that scores do not settle are left in `list`, their number in *unsure. */
static void score_rows(const Work *work, size_t open, size_t *unsure)
{
  Strip *const strip = work->strip;
  if (work->pass->bounds->groups == 1) {
    compare_group(work, strip->open, open, 0);
    settle_only(work, open);
  } else {
    for (size_t group = 0; group < work->pass->bounds->groups; group++) {
      const size_t listed = rows_for_group(work, open, group);
      if (listed > 0) {
        compare_group(work, strip->list, listed, group);
        settle_group(work, listed, group);
      }
    }
    settle_upper(work, open);
  }
  *unsure = 0;
  for (size_t i = 0; i < open; i++) {
    strip->list[*unsure] = strip->open[i];
    *unsure += !strip->sure[i];
  }
}

static Status do_strip(const Work *work, Error *e)
{
  const Pass *const pass = work->pass;
  const KmeansFit *const fit = pass->fit;
  Strip *const strip = work->strip;
  const size_t open = pass->later ? open_rows(work) : open_all(work);
  size_t unsure = 0;
  if (open > 0) {
    score_rows(work, open, &unsure);
  }
  Status status = unsure > 0 ? settle_unsure(work, unsure, e) : STATUS_OK;
  const int32_t *const before = pass->before ? pass->before + work->first : NULL;
  if (status == STATUS_OK && open > 0 &&
      (!before || memcmp(before, strip->label, work->count * sizeof(int32_t)) != 0)) {
    const double *x;
    status = fetch(work, &x, e);
    if (status == STATUS_OK) {
      kmeans_sums_change(&fit->grid, fit->kernels, x, work->count, fit->weights ? fit->weights + work->first : NULL,
                         before, strip->label, &fit->own[work->worker]);
    }
  }
  memcpy(pass->labels + work->first, strip->label, work->count * sizeof(int32_t));
  return status;
}

static Status pass_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const double *x = NULL;
  Work work = {.pass = pass,
               .strip = &pass->bounds->strips[worker],
               .worker = worker,
               .block = first,
               .block_rows = count,
               .x = &x};
  Status status = STATUS_OK;
  (void)sum;
  for (size_t i = 0; status == STATUS_OK && i < count; i += STRIP) {
    work.first = first + i;
    work.count = count - i < STRIP ? count - i : STRIP;
    status = do_strip(&work, e);
    if (status == STATUS_OK && task_cancelled(pass->fit->task)) {
      status = error_cancelled(e);
    }
  }
  return status;
}

static Status convert_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const KmeansFit *const fit = ((const Pass *)context)->fit;
  KmeansBounds *const bounds = fit->bounds;
  (void)sum;
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, fit->scratch[worker].rows, &x, e);
  if (status == STATUS_OK) {
    bounds->kernels->convert(x, count, fit->d, fit->mean, bounds->factor, bounds->rows + first * fit->d,
                             bounds->norms + first);
  }
  return status;
}

Status kmeans_bounds_pass(KmeansFit *fit, const double *centres, const int32_t *before, int32_t *labels, Error *e)
{
  KmeansBounds *const bounds = fit->bounds;
  Pass pass = {fit, bounds, centres, before, labels, bounds->ready && before};
  const Reduce convert = {.block = convert_block, .context = &pass}, reduce = {.block = pass_block, .context = &pass};
  Status status = bounds->converted ? STATUS_OK : rows_reduce(fit->task, fit->n, &convert, NULL, e);
  if (status != STATUS_OK) {
    return status;
  }
  bounds->converted = true;
  set_singles(fit, centres);
  set_lanes(bounds);
  if (pass.later) {
    set_drift(bounds, centres);
    set_closing(bounds);
    if (bounds->apart) {
      set_apart(fit, centres);
    }
  }
  bounds->ready = false;
  status = rows_reduce(fit->task, fit->n, &reduce, NULL, e);
  if (status == STATUS_OK) {
    memcpy(bounds->centres, centres, fit->k * fit->d * sizeof(double));
    bounds->ready = true;
  }
  return status;
}
