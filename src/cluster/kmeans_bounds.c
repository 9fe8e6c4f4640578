/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes with lower bounds, after Yinyang k-means (Ding et al., ICML 2015): centres are cut into groups of
 * eight, one vector each; for every row and group a lower bound of the distance to the group's centres (the
 * row's own left out) is kept and falls by the group's largest move. A group is looked at only when its bound
 * is not above the distance to the row's own centre, which is computed anew in every pass (the objective
 * needs it) and so always tight.
 *
 * Bounds are floats, and every step rounds them outward by more than all rounding errors on the way (SLACK is
 * relative and far above those of the squared distances, TINY covers underflow): what a bound excludes is
 * farther by the computed distances too. So labels are exactly those of a plain pass, and with them sums and
 * centres. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum { STRIP = 256, GROUPS_MOST = 32 };

#define SLACK 1e-6
#define TINY 1e-30

struct KmeansBounds {
  size_t groups, vectors; /* groups; vectors of eight centres in each */
  size_t stride;          /* n rounded up to blocks */
  size_t n, k, d;
  bool ready;           /* bounds belong to `centres` */
  float *bounds;        /* groups x stride */
  double *centres;      /* k x d: of the pass before */
  float *kept;          /* a copy of bounds, see kmeans_bounds_keep */
  double *lanes;        /* groups x vectors x d x 8: the centres of this pass, infinity where there is none */
  float *drift;         /* groups: largest move since the pass before */
  float *apart;         /* k: distance of a centre to the nearest other one; NULL: not kept */
  int32_t *group_of;    /* k */
  struct Strip *strips; /* per worker */
};

/* What is known of the rows of a strip while its groups are looked at. */
typedef struct Strip {
  double best[STRIP]; /* squared distance to `label` */
  int32_t label[STRIP];
  float upper[STRIP]; /* distance to the centre of the pass before, rounded up */
  float least[STRIP];
  uint32_t open[STRIP]; /* rows with a bound that excludes nothing */
  uint32_t list[STRIP]; /* of them, those to be compared with the group at hand */
  double group_best[STRIP], group_next[STRIP], vector_best[STRIP], vector_next[STRIP];
  int64_t lane[STRIP];
  int32_t group_label[STRIP];
} Strip;

/* A distance as a float that is not above it; not below it. */
static float round_down(double square)
{
  const double distance = sqrt(square) * (1 - SLACK);
  return distance < TINY ? 0 : distance > (double)FLT_MAX ? FLT_MAX : (float)distance;
}

static float round_up(double square)
{
  return (float)(sqrt(square) * (1 + SLACK));
}

static size_t group_start(const KmeansBounds *bounds, size_t group)
{
  return bounds->k * group / bounds->groups;
}

bool kmeans_bounds_wanted(const KmeansFit *fit)
{
  if (fit->settings->method != KMEANS_METHOD_AUTO) {
    return fit->settings->method == KMEANS_METHOD_BOUNDS && fit->k > 1;
  }
  return fit->k > KMEANS_LANES &&
         fit->k * fit->d >= 100; /* below that, keeping bounds costs what they save */
}

static bool bounds_alloc(KmeansBounds *bounds, size_t workers)
{
  const size_t lanes = bounds->groups * bounds->vectors * KMEANS_LANES;
  bounds->bounds = mem_buffer(bounds->groups * bounds->stride, sizeof(float));
  bounds->centres = mem_buffer(bounds->k * bounds->d, sizeof(double));
  bounds->lanes = mem_buffer(lanes * bounds->d, sizeof(double));
  bounds->drift = mem_buffer(bounds->groups, sizeof(float));
  bounds->strips = mem_buffer(workers, sizeof(Strip));
  bounds->group_of = mem_buffer(bounds->k, sizeof(int32_t));
  if (bounds->k * bounds->k <= bounds->n) {
    bounds->apart = mem_buffer(bounds->k, sizeof(float));
    if (!bounds->apart) {
      return false;
    }
  }
  return bounds->bounds && bounds->centres && bounds->lanes && bounds->drift && bounds->strips &&
         bounds->group_of;
}

static size_t groups_for(size_t k)
{
  const size_t groups = (k + KMEANS_LANES - 1) / KMEANS_LANES;
  return groups < GROUPS_MOST ? groups : GROUPS_MOST;
}

/* With twice the room for the copy that refining keeps. */
static size_t bounds_bytes(const KmeansFit *fit)
{
  size_t bytes;
  return __builtin_mul_overflow(fit->n + BLOCK_ROWS, groups_for(fit->k) * 2 * sizeof(float), &bytes)
             ? SIZE_MAX
             : bytes;
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
  bounds->n = fit->n;
  bounds->k = fit->k;
  bounds->d = fit->d;
  bounds->groups = groups_for(fit->k);
  bounds->vectors = ((fit->k + bounds->groups - 1) / bounds->groups + KMEANS_LANES - 1) / KMEANS_LANES;
  bounds->stride = (fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
  if (!bounds_alloc(bounds, fit->workers)) {
    return error_memory(e, bytes, _("bounds of distances"));
  }
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
    mem_free(bounds->bounds);
    mem_free(bounds->centres);
    mem_free(bounds->kept);
    mem_free(bounds->lanes);
    mem_free(bounds->drift);
    mem_free(bounds->apart);
    mem_free(bounds->strips);
    mem_free(bounds->group_of);
    mem_free(bounds);
  }
}

void kmeans_bounds_reset(KmeansBounds *bounds)
{
  if (bounds) {
    bounds->ready = false;
  }
}

void kmeans_bounds_forget(KmeansBounds *bounds, size_t row)
{
  for (size_t group = 0; bounds && group < bounds->groups; group++) {
    bounds->bounds[group * bounds->stride + row] = 0;
  }
}

Status kmeans_bounds_keep(KmeansBounds *bounds, Error *e)
{
  if (!bounds) {
    return STATUS_OK;
  }
  const size_t size = bounds->groups * bounds->stride;
  bounds->kept = bounds->kept ? bounds->kept : mem_buffer(size, sizeof(float));
  if (!bounds->kept) {
    return error_memory(e, size * sizeof(float), _("bounds of distances"));
  }
  memcpy(bounds->kept, bounds->bounds, size * sizeof(float));
  return STATUS_OK;
}

void kmeans_bounds_back(KmeansBounds *bounds, const double *centres)
{
  if (bounds) {
    memcpy(bounds->bounds, bounds->kept, bounds->groups * bounds->stride * sizeof(float));
    memcpy(bounds->centres, centres, bounds->k * bounds->d * sizeof(double));
    bounds->ready = true;
  }
}

/* A bound takes in a distance that its group has got. */
static void take_in(KmeansBounds *bounds, size_t group, size_t row, double square)
{
  float *const bound = &bounds->bounds[group * bounds->stride + row];
  const float distance = round_down(square);
  *bound = distance < *bound ? distance : *bound;
}

void kmeans_bounds_exchange(KmeansBounds *bounds, size_t row, size_t centre, double square, size_t before,
                            double square_before, size_t now)
{
  if (now != centre) {
    take_in(bounds, (size_t)bounds->group_of[centre], row, square);
  } else if (before != centre) {
    take_in(bounds, (size_t)bounds->group_of[before], row, square_before);
  }
}

static double squared_distance(const double *a, const double *b, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    const double difference = a[c] - b[c];
    sum += difference * difference;
  }
  return sum;
}

static void set_lanes(KmeansBounds *bounds, const double *centres)
{
  const size_t lanes = bounds->vectors * KMEANS_LANES;
  for (size_t group = 0; group < bounds->groups; group++) {
    const size_t start = group_start(bounds, group), end = group_start(bounds, group + 1);
    for (size_t j = 0; j < lanes; j++) {
      double *const lane = bounds->lanes +
                           (group * bounds->vectors + j / KMEANS_LANES) * bounds->d * KMEANS_LANES +
                           j % KMEANS_LANES;
      for (size_t c = 0; c < bounds->d; c++) {
        lane[c * KMEANS_LANES] = start + j < end ? centres[(start + j) * bounds->d + c] : (double)INFINITY;
      }
    }
  }
}

/* The largest move of each group from the pass before to `centres`. */
static void set_drift(KmeansBounds *bounds, const double *centres)
{
  for (size_t group = 0; group < bounds->groups; group++) {
    float drift = 0;
    for (size_t j = group_start(bounds, group); j < group_start(bounds, group + 1); j++) {
      const double *const now = centres + j * bounds->d, *const before = bounds->centres + j * bounds->d;
      if (memcmp(now, before, bounds->d * sizeof(double)) != 0) {
        const float move = round_up(squared_distance(now, before, bounds->d)) + (float)TINY;
        drift = move > drift ? move : drift;
      }
    }
    bounds->drift[group] = drift;
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
      bounds->apart[i + r] = round_down(next[r]); /* the nearest is the centre itself */
    }
  }
}

typedef struct Pass {
  KmeansMerge merge;
  KmeansFit *fit;
  KmeansBounds *bounds;
  const double *centres;
  const int32_t *before;
  int32_t *labels;
} Pass;

/* ---- The first pass: all distances, bounds from the least of each group. ---- */

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

static void first_tile(const Pass *pass, const KmeansScratch *scratch, size_t first, size_t rows,
                       double *best, int32_t *labels)
{
  KmeansBounds *const bounds = pass->bounds;
  double own_next[KMEANS_TILE];
  size_t own_group[KMEANS_TILE] = {0};
  for (size_t group = 0; group < bounds->groups; group++) {
    float *const bound = bounds->bounds + group * bounds->stride + first;
    double group_best[KMEANS_TILE], group_next[KMEANS_TILE];
    int64_t label[KMEANS_TILE];
    tile_group(pass, scratch, group, group_best, group_next, label);
    for (size_t i = 0; i < rows; i++) {
      bound[i] = round_down(group_best[i]);
      if (group == 0 || group_best[i] < best[i]) {
        best[i] = group_best[i];
        own_next[i] = group_next[i];
        own_group[i] = group;
        labels[i] = (int32_t)label[i];
      }
    }
  }
  for (size_t i = 0; i < rows; i++) {
    bounds->bounds[own_group[i] * bounds->stride + first + i] = round_down(own_next[i]);
  }
}

static Status first_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KmeansFit *const fit = pass->fit;
  const KmeansScratch *const scratch = &fit->scratch[worker];
  const double *x;
  Status status = fit->rows->block(fit->rows, first, count, scratch->rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    double best[KMEANS_TILE];
    int32_t *const labels = pass->labels + first + i;
    fit->kernels->tile(x + i * fit->d, rows, fit->d, scratch->tile);
    first_tile(pass, scratch, first + i, rows, best, labels);
    kmeans_tally(fit, x + i * fit->d, first + i, rows, labels, best,
                 pass->before ? pass->before + first + i : NULL, sum);
    if (task_cancelled(fit->task)) {
      status = error_cancelled(e);
    }
  }
  return status;
}

/* ---- Later passes ---- */

/* Takes rows off the list that are so close to their centre that no other can be nearer. */
static size_t drop_close(const float *apart, Strip *strip, size_t open)
{
  size_t left = 0;
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    strip->open[left] = row;
    left += !(apart[strip->label[row]] > 2 * strip->upper[row]);
  }
  return left;
}

/* Distances to the own centres, bounds after the moves; gives the number of open rows. */
static size_t open_rows(const Pass *pass, Strip *strip, const double *x, size_t first, size_t count)
{
  const KmeansFit *const fit = pass->fit;
  const KmeansBounds *const bounds = pass->bounds;
  memcpy(strip->label, pass->before + first, count * sizeof(int32_t));
  fit->kernels->own(x, count, fit->d, pass->centres, strip->label, strip->best);
  fit->kernels->upper(strip->best, count, 1 + SLACK, strip->upper);
  for (size_t i = 0; i < count; i++) {
    strip->least[i] = FLT_MAX;
  }
  for (size_t group = 0; group < bounds->groups; group++) {
    fit->kernels->lower(bounds->bounds + group * bounds->stride + first, count, bounds->drift[group],
                        strip->least);
  }
  size_t open = 0;
  for (size_t i = 0; i < count; i++) {
    strip->open[open] = (uint32_t)i;
    open += !(strip->least[i] > strip->upper[i]);
  }
  return bounds->apart ? drop_close(bounds->apart, strip, open) : open;
}

/* The open rows that must be compared with a group. */
static size_t rows_for_group(Strip *strip, size_t open, const float *bound)
{
  size_t count = 0;
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    strip->list[count] = row;
    count += !(bound[row] > strip->upper[row]);
  }
  return count;
}

/* Least, second least and number of the least of a group's centres for the listed rows. */
static void compare_group(const Pass *pass, Strip *strip, const double *x, size_t count, size_t group)
{
  const KmeansBounds *const bounds = pass->bounds;
  for (size_t vector = 0; vector < bounds->vectors; vector++) {
    const size_t number = group * bounds->vectors + vector;
    const int32_t name = (int32_t)(group_start(bounds, group) + vector * KMEANS_LANES);
    pass->fit->kernels->scan(x, bounds->d, strip->list, count,
                             bounds->lanes + number * bounds->d * KMEANS_LANES, strip->vector_best,
                             strip->vector_next, strip->lane);
    for (size_t i = 0; i < count; i++) {
      const double best = strip->vector_best[i], next = strip->vector_next[i];
      if (vector == 0 || best < strip->group_best[i]) {
        const double former = vector == 0 ? (double)INFINITY : strip->group_best[i];
        strip->group_next[i] = next < former ? next : former;
        strip->group_best[i] = best;
        strip->group_label[i] = name + (int32_t)strip->lane[i];
      } else if (best < strip->group_next[i]) {
        strip->group_next[i] = best;
      }
    }
  }
}

/* Takes what compare_group found into labels and bounds. The best of a row leaves the bound of its group out;
 * when the best moves to another group, the former one comes back into the bound of its own. */
static void settle_group(const Pass *pass, Strip *strip, size_t first, size_t count, size_t group)
{
  KmeansBounds *const bounds = pass->bounds;
  float *const bound = bounds->bounds + group * bounds->stride + first;
  for (size_t i = 0; i < count; i++) {
    const uint32_t row = strip->list[i];
    const double best = strip->group_best[i];
    const int32_t label = strip->group_label[i];
    const size_t former = (size_t)bounds->group_of[strip->label[row]];
    const bool better = best < strip->best[row] || (best == strip->best[row] && label < strip->label[row]);
    if (former == group) {
      bound[row] = round_down(strip->group_next[i]);
    } else if (better) {
      float *const back = &bounds->bounds[former * bounds->stride + first + row];
      const float distance = round_down(strip->best[row]);
      *back = distance < *back ? distance : *back;
      bound[row] = round_down(strip->group_next[i]);
    } else {
      bound[row] = round_down(best);
    }
    if (better) {
      strip->best[row] = best;
      strip->label[row] = label;
    }
  }
}

static void do_strip(const Pass *pass, Strip *strip, const double *x, size_t first, size_t count)
{
  KmeansBounds *const bounds = pass->bounds;
  const size_t open = open_rows(pass, strip, x, first, count);
  for (size_t group = 0; open > 0 && group < bounds->groups; group++) {
    const float *const bound = bounds->bounds + group * bounds->stride + first;
    const size_t listed = rows_for_group(strip, open, bound);
    if (listed > 0) {
      compare_group(pass, strip, x, listed, group);
      settle_group(pass, strip, first, listed, group);
    }
  }
  memcpy(pass->labels + first, strip->label, count * sizeof(int32_t));
}

static Status later_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KmeansFit *const fit = pass->fit;
  Strip *const strip = &pass->bounds->strips[worker];
  const double *x;
  Status status = fit->rows->block(fit->rows, first, count, fit->scratch[worker].rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += STRIP) {
    const size_t rows = count - i < STRIP ? count - i : STRIP;
    do_strip(pass, strip, x + i * fit->d, first + i, rows);
    kmeans_tally(fit, x + i * fit->d, first + i, rows, strip->label, strip->best, pass->before + first + i,
                 sum);
    if (task_cancelled(fit->task)) {
      status = error_cancelled(e);
    }
  }
  return status;
}

Status kmeans_bounds_pass(KmeansFit *fit, const double *centres, const int32_t *before, int32_t *labels,
                          double *totals, Error *e)
{
  KmeansBounds *const bounds = fit->bounds;
  const bool later = bounds->ready && before;
  if (later) {
    set_lanes(bounds, centres);
    set_drift(bounds, centres);
    if (bounds->apart) {
      set_apart(fit, centres);
    }
  }
  Pass pass = {{0}, fit, bounds, centres, before, labels};
  bounds->ready = false;
  const Status status = kmeans_sum(fit, later ? later_block : first_block, &pass, totals, e);
  if (status == STATUS_OK) {
    memcpy(bounds->centres, centres, fit->k * fit->d * sizeof(double));
    bounds->ready = true;
  }
  return status;
}
