/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/aggregate_slots.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "shape/groups_items.h"
#include "shape/join_rows.h"

enum { LANES = 8, ROWS_AT_ONCE = 2048, PIECE_ROWS = 1 << 16, PIECES_MOST = 64, SHARES_MOST = 64, SHARE_SHIFT = 6 };

static const size_t sizes[SLOT_KINDS] = {
  [SLOT_ROWS] = 8, [SLOT_COUNT] = 8, [SLOT_SUM_FLOAT] = sizeof(Sum), [SLOT_SUM_WHOLE] = sizeof(WholeSum),
  [SLOT_MIN_FLOAT] = 8, [SLOT_MAX_FLOAT] = 8, [SLOT_MIN_WHOLE] = 8, [SLOT_MAX_WHOLE] = 8, [SLOT_FIRST] = 8,
  [SLOT_LAST] = 8, [SLOT_MIN_ROW] = 8, [SLOT_MAX_ROW] = 8, [SLOT_PAIR] = sizeof(PairSum),
  [SLOT_WEIGHTED] = sizeof(PairSum), [SLOT_DEVIATION] = sizeof(Deviation), [SLOT_CODEVIATION] = sizeof(Codeviation)};

/* ---- slots ---- */

Status sweep_make(Sweep *sweep, const Groups *groups, size_t room, Error *e)
{
  *sweep = (Sweep){.groups = groups, .room = room, .lanes = groups->of_row ? groups->n : LANES};
  sweep->slots = mem_alloc(room, sizeof *sweep->slots);
  return sweep->slots ? STATUS_OK : items_no_memory(room, sizeof *sweep->slots, e);
}

void sweep_free(Sweep *sweep)
{
  mem_free(sweep->slots);
  mem_free(sweep->sums);
}

static size_t add_slot(Sweep *sweep, Slot slot)
{
  for (size_t i = 0; i < sweep->n; i++) {
    if (sweep->slots[i].kind == slot.kind && sweep->slots[i].x == slot.x && sweep->slots[i].y == slot.y) {
      return i;
    }
  }
  slot.offset = sweep->stride;
  sweep->stride += sizes[slot.kind];
  sweep->slots[sweep->n] = slot;
  return sweep->n++;
}

size_t sweep_slot(Sweep *sweep, SlotKind kind, const Column *x, const Column *y)
{
  if (kind == SLOT_COUNT && column_missing(x) == 0) {
    return add_slot(sweep, (Slot){.kind = SLOT_ROWS});
  }
  return add_slot(sweep, (Slot){.kind = kind, .x = x, .y = y});
}

size_t sweep_deviation(Sweep *sweep, const Column *x, const double *mean_x, const Column *y, const double *mean_y)
{
  const SlotKind kind = y ? SLOT_CODEVIATION : SLOT_DEVIATION;
  return add_slot(sweep, (Slot){.kind = kind, .x = x, .y = y, .mean_x = mean_x, .mean_y = mean_y});
}

static void slot_init(const Slot *slot, size_t group, void *sum)
{
  switch (slot->kind) {
  case SLOT_MIN_FLOAT:
  case SLOT_MAX_FLOAT:
    *(double *)sum = (double)NAN;
    break;
  case SLOT_MIN_WHOLE:
    *(int64_t *)sum = INT64_MAX;
    break;
  case SLOT_MAX_WHOLE:
    *(int64_t *)sum = INT64_MIN;
    break;
  case SLOT_FIRST:
  case SLOT_LAST:
  case SLOT_MIN_ROW:
  case SLOT_MAX_ROW:
    *(uint32_t *)sum = NO_ROW;
    break;
  case SLOT_DEVIATION:
    ((Deviation *)sum)->mean = slot->mean_x[group];
    break;
  case SLOT_CODEVIATION:
    ((Codeviation *)sum)->mean_x = slot->mean_x[group];
    ((Codeviation *)sum)->mean_y = slot->mean_y[group];
    break;
  default: /* zero bytes */
    break;
  }
}

/* ---- the cells of a block ---- */

/* Cells of some of a block's rows, and what goes with them. */
typedef struct Lane {
  const uint32_t *group;
  const uint32_t *row;      /* row numbers; NULL: from `first` on */
  size_t first;
  const double *x, *y;
  const int64_t *whole;
  size_t n;
} Lane;

/* A thread's room for the cells of a block. */
typedef struct Desk {
  uint32_t chosen[ROWS_AT_ONCE]; /* rows of the thread's share, within the block */
  uint32_t row[ROWS_AT_ONCE], group[ROWS_AT_ONCE];
  double x[ROWS_AT_ONCE], y[ROWS_AT_ONCE];
  int64_t whole[ROWS_AT_ONCE];
} Desk;

/* A block: all of its rows, or those chosen. */
typedef struct Block {
  size_t first, count;      /* count: of all or of the chosen */
  bool all;
  const uint32_t *group;    /* of all rows of the block */
} Block;

static bool wants_whole(SlotKind kind)
{
  return kind == SLOT_SUM_WHOLE || kind == SLOT_MIN_WHOLE || kind == SLOT_MAX_WHOLE;
}

static bool wants_floats(SlotKind kind)
{
  return kind == SLOT_SUM_FLOAT || kind == SLOT_MIN_FLOAT || kind == SLOT_MAX_FLOAT || kind >= SLOT_PAIR;
}

/* The chosen rows where neither x nor y is missing. */
static size_t choose_rows(const Slot *slot, const Block *block, Desk *desk)
{
  const uint64_t *valid_x = slot->x ? slot->x->valid.data : NULL, *valid_y = slot->y ? slot->y->valid.data : NULL;
  size_t n = 0;
  for (size_t i = 0; i < block->count; i++) {
    const size_t at = block->all ? i : desk->chosen[i], row = block->first + at;
    desk->row[n] = (uint32_t)row;
    desk->group[n] = block->group[at];
    n += (!valid_x || bitmap_get(valid_x, row)) && (!valid_y || bitmap_get(valid_y, row));
  }
  return n;
}

static const double *gather_floats(const Column *column, const Lane *lane, double *out)
{
  if (!lane->row && column->type == TYPE_FLOAT64) {
    return (const double *)column->values.data + lane->first;
  }
  if (!lane->row) {
    column_block(column, lane->first, lane->n, out, 1);
  } else {
    for (size_t i = 0; i < lane->n; i++) {
      out[i] = cell_float(column, lane->row[i]);
    }
  }
  return out;
}

static const int64_t *gather_whole(const Column *column, const Lane *lane, int64_t *out)
{
  if (!lane->row && column->type != TYPE_BOOL) {
    return (const int64_t *)column->values.data + lane->first;
  }
  for (size_t i = 0; i < lane->n; i++) {
    out[i] = column_int(column, lane->row ? lane->row[i] : lane->first + i);
  }
  return out;
}

static Lane lane_of(const Slot *slot, const Block *block, Desk *desk)
{
  const bool holes = (slot->x && slot->x->valid.data) || (slot->y && slot->y->valid.data);
  Lane lane = {.group = block->group, .first = block->first, .n = block->count};
  if (holes || !block->all) {
    lane = (Lane){.group = desk->group, .row = desk->row, .n = choose_rows(slot, block, desk)};
  }
  if (wants_whole(slot->kind)) {
    lane.whole = gather_whole(slot->x, &lane, desk->whole);
  } else if (wants_floats(slot->kind)) {
    lane.x = gather_floats(slot->x, &lane, desk->x);
    lane.y = slot->y ? gather_floats(slot->y, &lane, desk->y) : NULL;
  }
  return lane;
}

/* ---- loops ---- */

#define EACH(type, sum) \
  for (size_t i = 0; i < lane->n; i++) { \
    type *const sum = (type *)(void *)(sums + lane->group[i] * stride);
#define END }

static void loop_count(const Lane *lane, char *sums, size_t stride)
{
  EACH(uint64_t, sum)
    ++*sum;
  END
}

static void loop_sum(const Lane *lane, char *sums, size_t stride)
{
  EACH(Sum, sum)
    sum_add(sum, lane->x[i]);
  END
}

static void loop_sum_whole(const Lane *lane, char *sums, size_t stride)
{
  EACH(WholeSum, sum)
    whole_add(sum, lane->whole[i]);
  END
}

/* A comparison with NaN is false: so the first number replaces it, and NaN replaces none. */
static void loop_min(const Lane *lane, char *sums, size_t stride)
{
  EACH(double, sum)
    const double x = lane->x[i];
    *sum = *sum <= x || x != x ? *sum : x;
  END
}

static void loop_max(const Lane *lane, char *sums, size_t stride)
{
  EACH(double, sum)
    const double x = lane->x[i];
    *sum = *sum >= x || x != x ? *sum : x;
  END
}

static void loop_min_whole(const Lane *lane, char *sums, size_t stride)
{
  EACH(int64_t, sum)
    *sum = lane->whole[i] < *sum ? lane->whole[i] : *sum;
  END
}

static void loop_max_whole(const Lane *lane, char *sums, size_t stride)
{
  EACH(int64_t, sum)
    *sum = lane->whole[i] > *sum ? lane->whole[i] : *sum;
  END
}

static inline uint32_t lane_row(const Lane *lane, size_t i)
{
  return lane->row ? lane->row[i] : (uint32_t)(lane->first + i);
}

static void loop_first(const Lane *lane, char *sums, size_t stride)
{
  EACH(uint32_t, sum)
    *sum = *sum == NO_ROW ? lane_row(lane, i) : *sum;
  END
}

static void loop_last(const Lane *lane, char *sums, size_t stride)
{
  EACH(uint32_t, sum)
    *sum = lane_row(lane, i);
  END
}

/* Whether row b takes row a's place as the least (or largest); the first of equals stays. */
static bool takes_place(const Column *column, uint32_t a, uint32_t b, bool largest)
{
  if (b == NO_ROW || (column->type == TYPE_FLOAT64 && isnan(((const double *)column->values.data)[b]))) {
    return false;
  }
  const OrderKey key = {column, largest, false};
  const int order = a == NO_ROW ? -1 : order_compare(&key, 1, b, a);
  return order < 0 || (order == 0 && b < a);
}

static void loop_extreme(const Slot *slot, const Lane *lane, char *sums, size_t stride)
{
  EACH(uint32_t, sum)
    const uint32_t row = lane_row(lane, i);
    *sum = takes_place(slot->x, *sum, row, slot->kind == SLOT_MAX_ROW) ? row : *sum;
  END
}

static void loop_pair(const Lane *lane, char *sums, size_t stride)
{
  EACH(PairSum, sum)
    sum->n++;
    sum_add(&sum->x, lane->x[i]);
    sum_add(&sum->y, lane->y[i]);
  END
}

static void loop_weighted(const Lane *lane, char *sums, size_t stride)
{
  EACH(PairSum, sum)
    sum->n++;
    sum_add(&sum->x, lane->x[i] * lane->y[i]);
    sum_add(&sum->y, lane->y[i]);
  END
}

static void loop_deviation(const Lane *lane, char *sums, size_t stride)
{
  EACH(Deviation, sum)
    const double d = lane->x[i] - sum->mean, square = d * d;
    sum->powers[0] += d;
    sum->powers[1] += square;
    sum->powers[2] += square * d;
    sum->powers[3] += square * square;
  END
}

static void loop_codeviation(const Lane *lane, char *sums, size_t stride)
{
  EACH(Codeviation, sum)
    const double x = lane->x[i] - sum->mean_x, y = lane->y[i] - sum->mean_y;
    sum->x += x;
    sum->y += y;
    sum->xx += x * x;
    sum->yy += y * y;
    sum->xy += x * y;
  END
}

static void slot_loop(const Slot *slot, const Lane *lane, char *sums, size_t stride)
{
  static void (*const loops[SLOT_KINDS])(const Lane *, char *, size_t) = {
    [SLOT_ROWS] = loop_count, [SLOT_COUNT] = loop_count, [SLOT_SUM_FLOAT] = loop_sum, [SLOT_SUM_WHOLE] = loop_sum_whole,
    [SLOT_MIN_FLOAT] = loop_min, [SLOT_MAX_FLOAT] = loop_max, [SLOT_MIN_WHOLE] = loop_min_whole,
    [SLOT_MAX_WHOLE] = loop_max_whole, [SLOT_FIRST] = loop_first, [SLOT_LAST] = loop_last, [SLOT_PAIR] = loop_pair,
    [SLOT_WEIGHTED] = loop_weighted, [SLOT_DEVIATION] = loop_deviation, [SLOT_CODEVIATION] = loop_codeviation};
  if (loops[slot->kind]) {
    loops[slot->kind](lane, sums + slot->offset, stride);
  } else {
    loop_extreme(slot, lane, sums + slot->offset, stride);
  }
}

/* ---- adding later rows' slots to earlier ones' ---- */

static void sum_merge(Sum *to, const Sum *from)
{
  sum_add(to, from->value);
  to->rest += from->rest;
}

static void merge_row(const Slot *slot, uint32_t *to, uint32_t from)
{
  if (slot->kind == SLOT_MIN_ROW || slot->kind == SLOT_MAX_ROW) {
    *to = takes_place(slot->x, *to, from, slot->kind == SLOT_MAX_ROW) ? from : *to;
  } else if (*to == NO_ROW || (from != NO_ROW && (slot->kind == SLOT_FIRST ? from < *to : from > *to))) {
    *to = from;
  }
}

static void slot_merge(const Slot *slot, void *to, const void *from)
{
  switch (slot->kind) {
  case SLOT_ROWS:
  case SLOT_COUNT:
    *(uint64_t *)to += *(const uint64_t *)from;
    break;
  case SLOT_SUM_FLOAT:
    sum_merge(to, from);
    break;
  case SLOT_SUM_WHOLE: {
    WholeSum *sum = to;
    const WholeSum *other = from;
    const uint64_t low = sum->low + other->low;
    sum->high += other->high + (low < sum->low);
    sum->low = low;
    break;
  }
  case SLOT_MIN_FLOAT:
  case SLOT_MAX_FLOAT: {
    double *best = to;
    const double x = *(const double *)from;
    const bool stays = slot->kind == SLOT_MIN_FLOAT ? *best <= x : *best >= x;
    *best = stays || isnan(x) ? *best : x;
    break;
  }
  case SLOT_MIN_WHOLE:
  case SLOT_MAX_WHOLE: {
    int64_t *best = to;
    const int64_t x = *(const int64_t *)from;
    *best = (slot->kind == SLOT_MIN_WHOLE ? x < *best : x > *best) ? x : *best;
    break;
  }
  case SLOT_PAIR:
  case SLOT_WEIGHTED: {
    PairSum *sum = to;
    const PairSum *other = from;
    sum->n += other->n;
    sum_merge(&sum->x, &other->x);
    sum_merge(&sum->y, &other->y);
    break;
  }
  case SLOT_DEVIATION:
    for (size_t i = 0; i < 4; i++) {
      ((Deviation *)to)->powers[i] += ((const Deviation *)from)->powers[i];
    }
    break;
  case SLOT_CODEVIATION: {
    Codeviation *sum = to;
    const Codeviation *other = from;
    sum->x += other->x;
    sum->y += other->y;
    sum->xx += other->xx;
    sum->yy += other->yy;
    sum->xy += other->xy;
    break;
  }
  default:
    merge_row(slot, to, *(const uint32_t *)from);
  }
}

/* ---- the sweep ---- */

typedef struct Run {
  const Sweep *sweep;
  Task *task;
  size_t pieces;     /* of rows; each has sums of its own */
  size_t shares;     /* of groups, a power of two; more than 1 only with one piece */
  char *sums;        /* piece by piece */
  Desk *desks;       /* one per worker */
  uint32_t *eights;  /* without groups: 0 .. 7 over and over */
} Run;

/* A power of two, so that the threads' number divides it well. */
static size_t pieces_of(const Sweep *sweep)
{
  const size_t rows = sweep->groups->rows, least = sweep->lanes > PIECE_ROWS / 4 ? sweep->lanes * 4 : PIECE_ROWS;
  size_t pieces = 1;
  while (pieces < PIECES_MOST && rows / (pieces * 2) >= least) {
    pieces *= 2;
  }
  return pieces;
}

static Status init_sums(const Sweep *sweep, char *sums, Task *task, Error *e)
{
  const size_t stride = sweep->stride;
  for (size_t group = 0; group < sweep->lanes; group++) {
    if (group % ROWS_AT_ONCE == 0) {
      if (task_cancelled(task)) {
        return error_cancelled(e);
      }
      const size_t left = sweep->lanes - group;
      memset(sums + group * stride, 0, (left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE) * stride);
    }
    for (size_t i = 0; i < sweep->n; i++) {
      const Slot *slot = &sweep->slots[i];
      slot_init(slot, sweep->groups->of_row ? group : 0, sums + group * stride + slot->offset);
    }
  }
  return STATUS_OK;
}

/* The block's rows whose groups are of this share: neighbouring groups go together, so that shares meet in few lines of
 * the cache. */
static size_t choose_share(const Block *block, size_t count, size_t share, size_t shares, uint32_t *chosen)
{
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    chosen[n] = (uint32_t)i;
    n += (block->group[i] >> SHARE_SHIFT & (shares - 1)) == share;
  }
  return n;
}

static Status sweep_item(void *context, size_t item, size_t worker, Error *e)
{
  const Run *run = context;
  const Sweep *sweep = run->sweep;
  const size_t piece = item / run->shares, share = item % run->shares, rows = sweep->groups->rows;
  char *sums = run->sums + piece * sweep->lanes * sweep->stride;
  Desk *desk = &run->desks[worker];
  Status status = run->shares == 1 ? init_sums(sweep, sums, run->task, e) : STATUS_OK;
  const size_t end = piece_begin(rows, run->pieces, piece + 1);
  size_t first = piece_begin(rows, run->pieces, piece);
  for (; first < end && status == STATUS_OK; first += ROWS_AT_ONCE) {
    if (task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    const size_t count = end - first < ROWS_AT_ONCE ? end - first : ROWS_AT_ONCE;
    Block block = {.first = first, .count = count, .all = run->shares == 1};
    block.group = sweep->groups->of_row ? sweep->groups->of_row + first : run->eights;
    if (!block.all) {
      block.count = choose_share(&block, count, share, run->shares, desk->chosen);
    }
    for (size_t i = 0; i < sweep->n; i++) {
      const Lane lane = lane_of(&sweep->slots[i], &block, desk);
      slot_loop(&sweep->slots[i], &lane, sums, sweep->stride);
    }
  }
  return status;
}

/* The pieces' sums of some groups, in the order of the pieces. */
static Status merge_item(void *context, size_t item, size_t worker, Error *e)
{
  (void)worker;
  const Run *run = context;
  const Sweep *sweep = run->sweep;
  const size_t items = pieces_for(run->task, sweep->lanes, PIECE_POLL);
  const size_t end = piece_begin(sweep->lanes, items, item + 1), size = sweep->lanes * sweep->stride;
  for (size_t group = piece_begin(sweep->lanes, items, item); group < end; group++) {
    if (group % 1024 == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    for (size_t i = 0; i < sweep->n; i++) {
      char *to = run->sums + group * sweep->stride + sweep->slots[i].offset;
      for (size_t piece = 1; piece < run->pieces; piece++) {
        slot_merge(&sweep->slots[i], to, to + piece * size);
      }
    }
  }
  return STATUS_OK;
}

static void merge_eights(const Sweep *sweep, char *sums)
{
  for (size_t lane = 1; lane < LANES; lane++) {
    for (size_t i = 0; i < sweep->n; i++) {
      const size_t offset = sweep->slots[i].offset;
      slot_merge(&sweep->slots[i], sums + offset, sums + lane * sweep->stride + offset);
    }
  }
}

static Status run_make(Run *run, Error *e)
{
  const Sweep *sweep = run->sweep;
  const size_t threads = task_threads(run->task);
  run->pieces = pieces_of(sweep);
  run->shares = 1;
  while (run->pieces == 1 && sweep->groups->rows > PIECE_ROWS && run->shares < threads && run->shares < SHARES_MOST) {
    run->shares *= 2;
  }
  const size_t size = run->pieces * sweep->lanes;
  const Status status = task_reserve(run->task, size * sweep->stride, _("the groups' sums"), e);
  if (status != STATUS_OK) {
    return status;
  }
  run->sums = mem_buffer(size + 1, sweep->stride);
  run->desks = mem_alloc(threads, sizeof *run->desks);
  run->eights = mem_alloc(ROWS_AT_ONCE, sizeof *run->eights);
  if (!run->sums || !run->desks || !run->eights) {
    return items_no_memory(size, sweep->stride, e);
  }
  for (uint32_t i = 0; i < ROWS_AT_ONCE; i++) {
    run->eights[i] = i % LANES;
  }
  return STATUS_OK;
}

Status sweep_run(Sweep *sweep, Task *task, Error *e)
{
  Run run = {.sweep = sweep, .task = task};
  Status status = STATUS_OK;
  if (sweep->n == 0) {
    return STATUS_OK;
  }
  TRY(run_make(&run, e));
  if (run.shares > 1) {
    TRY(init_sums(sweep, run.sums, task, e));
  }
  TRY(items_run(task, run.pieces * run.shares, sweep_item, &run, e));
  if (run.pieces > 1) {
    TRY(items_run(task, pieces_for(task, sweep->lanes, PIECE_POLL), merge_item, &run, e));
  }
  if (!sweep->groups->of_row) {
    merge_eights(sweep, run.sums);
  }
  sweep->sums = run.sums;
  run.sums = NULL;
done:
  mem_free(run.sums);
  mem_free(run.desks);
  mem_free(run.eights);
  return status;
}
