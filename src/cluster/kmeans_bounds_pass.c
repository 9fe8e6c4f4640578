/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The passes of kmeans_bounds.c: which rows are open, their scores, and what scores do not settle. */
#include "cluster/kmeans_bounds.h"

#include <string.h>

#include "core/reduce.h"

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
  double best[KMEANS_TILE], second[KMEANS_TILE], own_next[KMEANS_TILE];
  size_t own_group[KMEANS_TILE] = {0};
  for (size_t i = 0; i < rows; i++) {
    best[i] = second[i] = (double)INFINITY;
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
      second[i] = fmin(second[i], fmin(fmax(best[i], group_best[i]), group_next[i]));
      if (group == 0 || group_best[i] < best[i]) {
        best[i] = group_best[i];
        own_next[i] = group_next[i];
        own_group[i] = group;
        work->strip->label[list[i]] = (int32_t)label[i];
      }
    }
  }
  for (size_t i = 0; i < rows; i++) {
    work->strip->ties += second[i] == best[i];
    bounds->lower[own_group[i] * bounds->stride + work->first + list[i]] = round_down(scaled(bounds, own_next[i]));
    bounds->upper[work->first + list[i]] = round_up(scaled(bounds, best[i]));
    if (bounds->gaps) {
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

/* The gaps between bounds after the moves; gives the number of open rows. */
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
  if (bounds->gaps) {
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

/* The scores of the one centre of a group. */
static void compare_one(const Work *work, const uint32_t *list, size_t count, size_t centre)
{
  static const int32_t first[STRIP] = {0};
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  bounds->kernels->own(bounds->rows + work->first * bounds->d, bounds->d, list, count, bounds->single + centre * bounds->width,
                       bounds->width, bounds->norm + centre, first, strip->group_best);
  for (size_t i = 0; i < count; i++) {
    strip->group_next[i] = (float)INFINITY;
    strip->group_label[i] = (int32_t)centre;
  }
}

/* Least, second least and number of the least of a group's centres for the listed rows. */
static void compare_group(const Work *work, const uint32_t *list, size_t count, size_t group)
{
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  if (bounds->vectors == 0) {
    compare_one(work, list, count, group);
    return;
  }
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
    bounds->upper[work->first + row] = strip->high[i];
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

/* Labels and bounds of the open rows by their least two of all scores. */
static void settle_only(const Work *work, size_t count)
{
  const Pass *const pass = work->pass;
  Strip *const strip = work->strip;
  float *const lower = pass->bounds->lower + work->first, *const upper = pass->bounds->upper + work->first;
  get_norms(work, strip->open, count);
  pass->bounds->kernels->distances(strip->norm, strip->group_best, strip->group_next, count, pass->bounds->error,
                                   pass->bounds->reach, strip->high, strip->low, strip->sure);
  for (size_t i = 0; i < count; i++) {
    const uint32_t row = strip->open[i];
    strip->label[row] = strip->group_label[i];
    if (pass->bounds->gaps) {
      lower[row] = strip->low[i] - strip->high[i];
    } else {
      lower[row] = strip->low[i];
      upper[row] = strip->high[i];
    }
  }
}

/* ---- Exponion: the least two of the centres in a ball ---- */

/* Takes the scores of a ring into those of the listed rows, with an upper bound of the distance to the second. */
static void take_ring(const Work *work, size_t count)
{
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  for (size_t i = 0; i < count; i++) {
    const uint32_t row = strip->list[i];
    const float best = strip->best[i], next = strip->next[i], former = strip->score[row];
    const bool better = best < former;
    strip->other[row] = least_of(strip->other[row], better ? least_of(former, next) : best);
    strip->score[row] = better ? best : former;
    strip->label[row] = better ? bounds->near->names[strip->which[i] * LANES + (size_t)strip->lane[i]] : strip->label[row];
    strip->own[i] = strip->other[row];
  }
  get_norms(work, strip->list, count);
  bounds->kernels->distances(strip->norm, strip->own, strip->own, count, bounds->error, bounds->reach, strip->high,
                             strip->low, strip->sure);
  for (size_t i = 0; i < count; i++) {
    strip->far[strip->list[i]] = strip->high[i];
  }
}

/* Lists the rows whose ball reaches to a ring: no centre there is nearer than the second one so far otherwise. */
static size_t rows_for_ring(const Work *work, size_t open, size_t ring)
{
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  const float *const edge = bounds->near->edges + ring * bounds->k, *const upper = bounds->upper + work->first;
  size_t count = 0;
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    strip->list[count] = row;
    strip->which[count] = (uint32_t)(ring * bounds->k + (size_t)strip->home[row]);
    count += ring == 0 || !(edge[strip->home[row]] > upper[row] + strip->far[row]);
  }
  return count;
}

/* Rows whose ball reaches beyond all rings are compared with all centres. */
static void compare_beyond(const Work *work, size_t open)
{
  Strip *const strip = work->strip;
  const size_t count = rows_for_ring(work, open, work->pass->bounds->near->vectors);
  if (count > 0) {
    compare_group(work, strip->list, count, 0);
    for (size_t i = 0; i < count; i++) {
      const uint32_t row = strip->list[i];
      strip->score[row] = strip->group_best[i];
      strip->other[row] = strip->group_next[i];
      strip->label[row] = strip->group_label[i];
    }
  }
}

/* What compare_group gives for all open rows, whose upper bounds belong to their labels, by their balls. */
static void compare_near(const Work *work, size_t open)
{
  const KmeansBounds *const bounds = work->pass->bounds;
  Strip *const strip = work->strip;
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    strip->home[row] = strip->label[row];
    strip->score[row] = strip->other[row] = (float)INFINITY;
  }
  size_t count = open;
  for (size_t ring = 0; ring < bounds->near->vectors && count > 0; ring++) {
    count = rows_for_ring(work, open, ring);
    bounds->kernels->scan_each(bounds->rows + work->first * bounds->d, bounds->d, strip->list, count, bounds->near->lanes,
                               bounds->near->half, strip->which, strip->best, strip->next, strip->lane);
    take_ring(work, count);
  }
  compare_beyond(work, open);
  for (size_t i = 0; i < open; i++) {
    const uint32_t row = strip->open[i];
    strip->group_best[i] = strip->score[row];
    strip->group_next[i] = strip->other[row];
    strip->group_label[i] = strip->label[row];
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
    if (work->pass->bounds->near && work->pass->later) {
      compare_near(work, open);
    } else {
      compare_group(work, strip->open, open, 0);
    }
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
    strip->unsure += unsure;
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

/* Over all strips: rows that scores did not settle, and those of them that are as near to two centres. */
static void count_strips(KmeansFit *fit, size_t *unsure)
{
  *unsure = fit->ties = 0;
  for (size_t w = 0; w < fit->workers; w++) {
    *unsure += fit->bounds->strips[w].unsure;
    fit->ties += fit->bounds->strips[w].ties;
  }
}

/* Clusters that are fine beside their distance from the mean need more digits than a float has: when scores settle less than
 * half of the rows, plain passes are faster. */
static void drop_useless(KmeansFit *fit)
{
  size_t unsure;
  count_strips(fit, &unsure);
  if (unsure > fit->n / 2 && fit->settings->method == KMEANS_METHOD_AUTO) {
    kmeans_bounds_free(fit->bounds);
    fit->bounds = NULL;
  }
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
  if (!kmeans_bounds_centres(fit, centres, pass.later)) {
    return error_cancelled(e);
  }
  bounds->ready = false;
  for (size_t w = 0; w < bounds->workers; w++) {
    bounds->strips[w].unsure = bounds->strips[w].ties = 0;
  }
  status = rows_reduce(fit->task, fit->n, &reduce, NULL, e);
  if (status == STATUS_OK) {
    memcpy(bounds->centres, centres, fit->k * fit->d * sizeof(double));
    bounds->ready = true;
    drop_useless(fit);
  }
  return status;
}
