/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schema and description of a frame. Columns are shared out among the threads, each column's sums are
 * folded by rows_reduce: the figures depend on the data alone.
 *
 * A NaN is a value, not a missing cell: it counts in n, and makes mean and sd NaN, which shows that it is
 * there. It has no place in an order, so min, max and the quartiles are those of the other values.
 * Quartiles: R's type 7 (Hyndman and Fan 1996), (1 - h) x[j] + h x[j + 1]. sd: second pass around the mean
 * of the first, corrected for that mean's own rounding (Chan, Golub and LeVeque 1983). */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "frame/builder.h"
#include "frame/column_keys.h"
#include "frame/column_layout.h"

enum { MEAN, SD, MIN, Q25, MEDIAN, Q75, MAX, FIGURES };

typedef struct Summary {
  size_t distinct;
  double figure[FIGURES];
  bool has[FIGURES];
  Error error;
} Summary;

/* The sum of (value * scale - centre - part) over a column's cells, and of the squares. The scale, a power
 * of two, keeps squares of very large and very small numbers in range; the centre of int64 values is an
 * integer and `part` the rest. */
typedef struct Deviations {
  const Column *column;
  double scale, centre, part;
  int64_t whole;
} Deviations;

typedef struct Sums {
  double sum, squares;
} Sums;

static void fill_floats(const Deviations *from, size_t first, size_t count, double *out)
{
  const double *values = (const double *)from->column->values.data + first;
  for (size_t i = 0; i < count; i++) {
    out[i] = values[i] * from->scale - from->centre;
  }
}

static void fill_ints(const Deviations *from, size_t first, size_t count, double *out)
{
  const int64_t *values = (const int64_t *)from->column->values.data + first;
  for (size_t i = 0; i < count; i++) {
    int64_t difference;
    const bool fits = !__builtin_sub_overflow(values[i], from->whole, &difference);
    out[i] = (fits ? (double)difference : (double)values[i] - (double)from->whole) - from->part;
  }
}

static double eight(const double lane[8])
{
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/* Eight lanes, by the row's place in the block. */
static Status add_deviations(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Deviations *from = context;
  Sums *sums = sum;
  double block[BLOCK_ROWS], lane[8] = {0}, square[8] = {0};
  (void)worker;
  (void)e;
  if (from->column->type == TYPE_FLOAT64) {
    fill_floats(from, first, count, block);
  } else {
    fill_ints(from, first, count, block);
  }
  for (size_t i = 0; from->column->valid.data && i < count; i++) {
    block[i] = bitmap_get(from->column->valid.data, first + i) ? block[i] : 0;
  }
  for (size_t i = count; i % 8 != 0; i++) {
    block[i] = 0;
  }
  for (size_t i = 0; i < count; i += 8) {
    for (size_t j = 0; j < 8; j++) {
      lane[j] += block[i + j];
      square[j] += block[i + j] * block[i + j];
    }
  }
  sums->sum += eight(lane);
  sums->squares += eight(square);
  return STATUS_OK;
}

static void merge_sums(void *context, void *sum, const void *other)
{
  Sums *sums = sum;
  const Sums *more = other;
  (void)context;
  sums->sum += more->sum;
  sums->squares += more->squares;
}

static Status deviations(Deviations *from, Task *task, Sums *sums, Error *e)
{
  const Reduce reduce = {.size = sizeof *sums, .block = add_deviations, .merge = merge_sums, .context = from};
  return rows_reduce(task, from->column->rows, &reduce, sums, e);
}

static Status add_integers(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const int64_t *values = (const int64_t *)((const Column *)context)->values.data + first;
  __int128 total = 0;
  (void)worker;
  (void)e;
  for (size_t i = 0; i < count; i++) {
    total += values[i];
  }
  *(__int128 *)sum += total;
  return STATUS_OK;
}

static void merge_integers(void *context, void *sum, const void *other)
{
  (void)context;
  *(__int128 *)sum += *(const __int128 *)other;
}

static void set_figure(Summary *summary, int figure, double value)
{
  summary->figure[figure] = value;
  summary->has[figure] = true;
}

/* From the sums around `centre`, n of them. */
static void set_spread(Summary *summary, const Sums *sums, double n, double scale)
{
  if (n >= 2) {
    const double left = sums->squares - sums->sum * sums->sum / n;
    set_figure(summary, SD, sqrt(left > 0 ? left / (n - 1) : 0) / scale);
  }
}

/* The sum is exact; missing cells hold 0. */
static Status integer_moments(const Column *column, size_t n, Task *task, Summary *summary, Error *e)
{
  __int128 total = 0;
  const Reduce reduce = {
    .size = sizeof total, .block = add_integers, .merge = merge_integers, .context = (Column *)column};
  Status status = rows_reduce(task, column->rows, &reduce, &total, e);
  if (status != STATUS_OK) {
    return status;
  }
  const __int128 count = (__int128)n, whole = total / count, rest = total - whole * count;
  const double part = (double)(int64_t)rest / (double)n;
  set_figure(summary, MEAN, (double)(int64_t)whole + part);
  Deviations from = {.column = column, .scale = 1, .part = part, .whole = (int64_t)whole};
  Sums sums = {0, 0};
  status = deviations(&from, task, &sums, e);
  if (status == STATUS_OK) {
    set_spread(summary, &sums, (double)n, 1);
  }
  return status;
}

static double scale_for(double low, double high)
{
  const double most = fmax(fabs(low), fabs(high));
  return most > 0x1p500 ? 0x1p-600 : most < 0x1p-400 ? 0x1p600 : 1;
}

/* All n values are finite, from low to high. */
static Status float_moments(const Column *column, size_t n, double low, double high, Task *task,
                            Summary *summary, Error *e)
{
  Deviations from = {.column = column, .scale = scale_for(low, high)};
  Sums sums = {0, 0};
  Status status = deviations(&from, task, &sums, e);
  if (status != STATUS_OK) {
    return status;
  }
  from.centre = sums.sum / (double)n;
  status = deviations(&from, task, &sums, e);
  if (status == STATUS_OK) {
    set_figure(summary, MEAN, (from.centre + sums.sum / (double)n) / from.scale);
    set_spread(summary, &sums, (double)n, from.scale);
  }
  return status;
}

static Status moments(const Column *column, const Keys *keys, size_t ordered, Task *task, Summary *summary,
                      Error *e)
{
  if (column->type == TYPE_INT64) {
    return integer_moments(column, keys->n, task, summary, e);
  }
  const double low = key_float(keys->key[0]), high = key_float(keys->key[ordered > 0 ? ordered - 1 : 0]);
  if (ordered == keys->n && isfinite(low) && isfinite(high)) {
    return float_moments(column, keys->n, low, high, task, summary, e);
  }
  /* A NaN, or an infinity, whose sum with the other end is the mean: itself, or NaN for -Inf with Inf. */
  set_figure(summary, MEAN, ordered < keys->n ? (double)NAN : low + high);
  if (keys->n >= 2) {
    set_figure(summary, SD, (double)NAN);
  }
  return STATUS_OK;
}

static double key_value(const Column *column, uint64_t key)
{
  return column->type == TYPE_INT64 ? (double)key_int(key) : key_float(key);
}

static double quantile(const Column *column, const Keys *keys, size_t n, double share)
{
  const double place = (double)(n - 1) * share, below = floor(place), h = place - below;
  const size_t j = (size_t)below;
  const double x = key_value(column, keys->key[j]), y = key_value(column, keys->key[j + 1 < n ? j + 1 : j]);
  return h > 0 && x < y ? (1 - h) * x + h * y : x;
}

static Status describe_numbers(const Column *column, Task *task, Summary *summary, Error *e)
{
  Keys keys;
  Status status = column_keys(column, task, &keys, e);
  if (status != STATUS_OK) {
    return status;
  }
  const size_t ordered = column->type == TYPE_FLOAT64 ? keys_ordered(&keys) : keys.n;
  static const double shares[] = {0, 0.25, 0.5, 0.75, 1};
  for (int i = 0; ordered > 0 && i < 5; i++) {
    set_figure(summary, MIN + i, quantile(column, &keys, ordered, shares[i]));
  }
  status = keys_distinct(&keys, task, &summary->distinct, e);
  if (status == STATUS_OK && keys.n > 0) {
    status = moments(column, &keys, ordered, task, summary, e);
  }
  keys_free(&keys);
  return status;
}

typedef struct Job {
  const Frame *frame;
  Task *task;
  bool figures;      /* describe; else schema */
  Summary *summaries; /* one per column */
} Job;

static void summarise(void *context, size_t item, size_t worker)
{
  const Job *job = context;
  const Column *column = frame_column(job->frame, item);
  Summary *summary = &job->summaries[item];
  Error error;
  error_clear(&error);
  (void)worker;
  if (task_cancelled(job->task)) {
    (void)error_cancelled(&error);
  } else if (job->figures && type_is_numeric(column->type)) {
    error.status = describe_numbers(column, job->task, summary, &error);
  } else {
    error.status = column_distinct(column, job->task, &summary->distinct, &error);
  }
  summary->error = error;
  atomic_fetch_add_explicit(&job->task->done, 1, memory_order_relaxed);
}

/* One summary per column, mem_free them; the first column's error on failure. */
static Status summaries_of(const Frame *frame, Task *task, bool figures, Summary **out, Error *e)
{
  const size_t n = frame_columns(frame);
  Summary *summaries = mem_zero(n, sizeof *summaries);
  if (!summaries) {
    return error_memory(e, n * sizeof *summaries, _("a description"));
  }
  task_phase(task, _("describing columns"));
  task_progress(task, 0, n);
  Job job = {frame, task, figures, summaries};
  pool_run(task_threads(task), n, summarise, &job);
  for (size_t i = 0; i < n; i++) {
    const Status status = summaries[i].error.status;
    if (status != STATUS_OK) {
      if (e && e->status == STATUS_OK) {
        *e = summaries[i].error;
        if (status != STATUS_CANCELLED) {
          (void)error_where(e, _("column '%s'"), frame_name(frame, i));
        }
      }
      mem_free(summaries);
      return status;
    }
  }
  *out = summaries;
  return STATUS_OK;
}

static void add_names_and_types(Draft *draft, const Frame *frame)
{
  const size_t n = frame_columns(frame);
  Builder *types = builder_new(TYPE_STRING, n);
  for (size_t i = 0; types && i < n; i++) {
    const char *type = type_name(column_type(frame_column(frame, i)));
    builder_text(types, type, strlen(type));
  }
  draft_texts(draft, "name", frame_names(frame), n);
  draft_builder(draft, "type", types);
}

/* "n" when asked for, "missing", "distinct". */
static void add_counts(Draft *draft, const Frame *frame, const Summary *summaries, bool with_n)
{
  const size_t n = frame_columns(frame);
  Builder *there = with_n ? builder_new(TYPE_INT64, n) : NULL;
  Builder *missing = builder_new(TYPE_INT64, n), *distinct = builder_new(TYPE_INT64, n);
  for (size_t i = 0; missing && distinct && i < n; i++) {
    const Column *column = frame_column(frame, i);
    if (there) {
      builder_int(there, (int64_t)(column_rows(column) - column_missing(column)));
    }
    builder_int(missing, (int64_t)column_missing(column));
    builder_int(distinct, (int64_t)summaries[i].distinct);
  }
  if (with_n) {
    draft_builder(draft, "n", there);
  }
  draft_builder(draft, "missing", missing);
  draft_builder(draft, "distinct", distinct);
}

static void add_levels(Draft *draft, const Frame *frame)
{
  Builder *levels = builder_new(TYPE_INT64, frame_columns(frame));
  for (size_t i = 0; levels && i < frame_columns(frame); i++) {
    const Column *column = frame_column(frame, i);
    if (column->dictionary) {
      builder_int(levels, (int64_t)column_levels(column));
    } else {
      builder_missing(levels);
    }
  }
  draft_builder(draft, "levels", levels);
}

static void add_figure(Draft *draft, const Frame *frame, const Summary *summaries, int figure,
                       const char *name)
{
  Builder *values = builder_new(TYPE_FLOAT64, frame_columns(frame));
  for (size_t i = 0; values && i < frame_columns(frame); i++) {
    if (summaries[i].has[figure]) {
      builder_float(values, summaries[i].figure[figure]);
    } else {
      builder_missing(values);
    }
  }
  draft_builder(draft, name, values);
}

Status frame_schema(const Frame *frame, Task *task, Frame **out, Error *e)
{
  *out = NULL;
  Summary *summaries = NULL;
  Status status = summaries_of(frame, task, false, &summaries, e);
  if (status == STATUS_OK) {
    Draft *draft = draft_new();
    add_names_and_types(draft, frame);
    add_counts(draft, frame, summaries, false);
    add_levels(draft, frame);
    status = draft_finish(draft, out, e);
    mem_free(summaries);
  }
  return status;
}

Status frame_describe(const Frame *frame, Task *task, Frame **out, Error *e)
{
  static const char *const names[FIGURES] = {"mean", "sd", "min", "q25", "median", "q75", "max"};
  *out = NULL;
  Summary *summaries = NULL;
  Status status = summaries_of(frame, task, true, &summaries, e);
  if (status == STATUS_OK) {
    Draft *draft = draft_new();
    add_names_and_types(draft, frame);
    add_counts(draft, frame, summaries, true);
    for (int figure = 0; figure < FIGURES; figure++) {
      add_figure(draft, frame, summaries, figure, names[figure]);
    }
    status = draft_finish(draft, out, e);
    mem_free(summaries);
  }
  return status;
}
