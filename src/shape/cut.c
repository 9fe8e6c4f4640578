/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/cut.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "core/reduce.h"
#include "frame/column_keys.h"
#include "frame/column_layout.h"
#include "shape/order.h"

enum { POLL = 1 << 18, LABEL = 128 };

double quantile_sorted(const double *sorted, size_t n, double p)
{
  const double h = (double)(n - 1) * p;
  const size_t below = (size_t)floor(h);
  if (below + 1 >= n || h == (double)below) {
    return sorted[below < n ? below : n - 1];
  }
  return sorted[below] + (h - (double)below) * (sorted[below + 1] - sorted[below]);
}

void quantile_cuts(const double *sorted, size_t n, size_t bins, double *cuts)
{
  for (size_t i = 1; i < bins; i++) {
    cuts[i - 1] = quantile_sorted(sorted, n, (double)i / (double)bins);
  }
}

size_t cuts_below(const double *cuts, size_t n, double x)
{
  size_t low = 0, high = n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (cuts[middle] < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* ---- the points */

typedef struct Work {
  const Column *column;
  const char *name;
  const CutOptions *options;
  Task *task;
  Cut *cut;
  double *sorted; /* the numbers in rising order; not for custom points */
  size_t n;
  double *points; /* bins + 1 */
} Work;

static Status no_memory(const Work *w, Error *e)
{
  return error_memory(e, column_rows(w->column) * 8, _("bins"));
}

static Status sort_numbers(Work *w, Error *e)
{
  Keys keys;
  const Status status = column_keys(w->column, w->task, &keys, e);
  if (status != STATUS_OK) {
    return status;
  }
  w->n = keys_ordered(&keys);
  w->sorted = mem_alloc(w->n, sizeof *w->sorted);
  for (size_t i = 0; w->sorted && i < w->n; i++) {
    w->sorted[i] = column_type(w->column) == TYPE_FLOAT64 ? key_float(keys.key[i]) : (double)key_int(keys.key[i]);
  }
  keys_free(&keys);
  if (!w->sorted) {
    return no_memory(w, e);
  }
  if (w->n == 0) {
    return error_set(e, STATUS_DATA, "bad-data", _("column '%s' has no numbers to cut"), w->name);
  }
  if (!isfinite(w->sorted[0]) || !isfinite(w->sorted[w->n - 1])) {
    (void)error_set(e, STATUS_DATA, "bad-data", _("column '%s' has infinite numbers"), w->name);
    error_hint(e, _("give the cut points: at = {-math.huge, 0, 100, math.huge}"));
    return STATUS_DATA;
  }
  return STATUS_OK;
}

static Status width_points(Work *w, Error *e)
{
  const size_t bins = w->options->bins;
  const double low = w->sorted[0], high = w->sorted[w->n - 1], step = (high - low) / (double)bins;
  for (size_t i = 0; i <= bins; i++) {
    const double share = (double)i / (double)bins;
    w->points[i] = i == bins ? high : isfinite(step) ? low + (double)i * step : low * (1 - share) + high * share;
    if (i > 0 && w->points[i] <= w->points[i - 1]) {
      (void)error_set(e, STATUS_DATA, "cut-points",
                      _("column '%1$s' goes from %2$.15g to %3$.15g: no room for %4$zu bins"), w->name, low, high,
                      bins);
      error_hint(e, _("take fewer bins, or give the cut points: at = {...}"));
      return STATUS_DATA;
    }
  }
  w->cut->bins = bins;
  return STATUS_OK;
}

/* The share of numbers equal to x. */
static double share_of(const Work *w, double x)
{
  size_t from = cuts_below(w->sorted, w->n, x), end = from;
  while (end < w->n && w->sorted[end] == x) {
    end++;
  }
  return (double)(end - from) / (double)w->n;
}

static Status quantile_points(Work *w, Error *e)
{
  const size_t bins = w->options->bins;
  double *p = w->points;
  p[0] = w->sorted[0];
  quantile_cuts(w->sorted, w->n, bins, p + 1);
  p[bins] = w->sorted[w->n - 1];
  w->cut->bins = bins;
  if (w->options->ties == CUT_TIES_ORDER) {
    return STATUS_OK;
  }
  size_t kept = 1;
  for (size_t i = 1; i <= bins; i++) {
    if (p[i] > p[kept - 1]) {
      p[kept++] = p[i];
    } else if (w->options->ties == CUT_TIES_ERROR) {
      (void)error_set(e, STATUS_DATA, "cut-ties",
                      _("%1$.3g %% of column '%2$s' are %3$.15g, which is more than one of %4$zu cut points"),
                      100 * share_of(w, p[i]), w->name, p[i], bins - 1);
      error_hint(
          e,
          _("ties = \"merge\" makes fewer bins, ties = \"order\" deals equal numbers by row, fewer bins may do"));
      return STATUS_DATA;
    }
  }
  w->cut->merged = bins + 1 - kept;
  w->cut->bins = kept - 1;
  return kept > 1 ? STATUS_OK
                  : error_set(e, STATUS_DATA, "cut-points", _("all numbers of column '%1$s' are %2$.15g"), w->name,
                              p[0]);
}

static Status custom_points(Work *w, Error *e)
{
  const CutOptions *o = w->options;
  for (size_t i = 0; i < o->n_at; i++) {
    w->points[i] = o->at[i];
    if (isnan(o->at[i]) || (i > 0 && !(o->at[i] > o->at[i - 1]))) {
      (void)error_set(e, STATUS_ARGUMENT, "cut-points", _("cut points must rise: %1$.15g stands at place %2$zu"),
                      o->at[i], i + 1);
      error_hint(e, _("write at = {0, 100, 500}; math.huge stands for no end"));
      return STATUS_ARGUMENT;
    }
  }
  w->cut->bins = o->n_at - 1;
  return STATUS_OK;
}

static Status make_points(Work *w, Error *e)
{
  const CutOptions *o = w->options;
  const size_t most = o->how == CUT_CUSTOM ? o->n_at : o->bins + 1;
  if (most < 2) {
    (void)error_set(e, STATUS_ARGUMENT, "cut-points", _("cutting needs at least two points, lowest and highest"));
    error_hint(e, _("write at = {0, 100, 500}"));
    return STATUS_ARGUMENT;
  }
  w->points = mem_alloc(most, sizeof *w->points);
  if (!w->points) {
    return no_memory(w, e);
  }
  if (o->how == CUT_CUSTOM) {
    return custom_points(w, e);
  }
  const Status status = sort_numbers(w, e);
  return status != STATUS_OK ? status : o->how == CUT_WIDTH ? width_points(w, e) : quantile_points(w, e);
}

/* ---- rows into bins */

static int32_t bin_of(const Work *w, double x)
{
  const double *p = w->points;
  const size_t k = w->cut->bins;
  if (!(x >= p[0] && x <= p[k])) {
    return -1;
  }
  if (w->options->right) {
    return (int32_t)cuts_below(p + 1, k - 1, x);
  }
  size_t low = 0, high = k - 1; /* points p[1] .. p[k - 1] that are not above x */
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (p[1 + middle] <= x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return (int32_t)low;
}

static Status cut_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Work *w = context;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t row = first; row < first + count; row++) {
    w->cut->bin[row] = column_valid(w->column, row) ? bin_of(w, column_float(w->column, row)) : -1;
  }
  return STATUS_OK;
}

/* Equal numbers by row; the rows of no number stand at the end of the order. */
static Status deal_by_order(Work *w, Error *e)
{
  const OrderKey key = {.column = w->column};
  size_t *rows = NULL;
  const size_t total = column_rows(w->column), k = w->cut->bins;
  const Status status = order_rows(&key, 1, total, w->task, &rows, e);
  for (size_t i = 0; status == STATUS_OK && i < total; i++) {
    w->cut->bin[rows[i]] = i < w->n ? (int32_t)((unsigned __int128)i * k / w->n) : -1;
  }
  mem_free(rows);
  return status;
}

static Status count_rows(Work *w, Error *e)
{
  Cut *cut = w->cut;
  for (size_t row = 0; row < column_rows(w->column); row++) {
    if (row % POLL == 0 && task_cancelled(w->task)) {
      return error_cancelled(e);
    }
    const int32_t bin = cut->bin[row];
    if (bin < 0 && column_valid(w->column, row)) {
      const bool nan = isnan(column_float(w->column, row));
      cut->nan += nan;
      cut->outside += !nan;
    } else if (bin >= 0 && w->options->how == CUT_QUANTILES && w->options->ties == CUT_TIES_ORDER) {
      const double x = column_float(w->column, row);
      cut->low[bin] = cut->count[bin] > 0 && cut->low[bin] <= x ? cut->low[bin] : x;
      cut->high[bin] = cut->count[bin] > 0 && cut->high[bin] >= x ? cut->high[bin] : x;
    }
    cut->count[bin < 0 ? 0 : bin] += bin >= 0;
  }
  return STATUS_OK;
}

static Status fill_bins(Work *w, Error *e)
{
  Cut *cut = w->cut;
  const size_t rows = column_rows(w->column);
  cut->bin = mem_alloc(rows, sizeof *cut->bin);
  cut->low = mem_alloc(cut->bins, sizeof *cut->low);
  cut->high = mem_alloc(cut->bins, sizeof *cut->high);
  cut->count = mem_zero(cut->bins, sizeof *cut->count);
  if (!cut->bin || !cut->low || !cut->high || !cut->count) {
    return no_memory(w, e);
  }
  const bool dealt = w->options->how == CUT_QUANTILES && w->options->ties == CUT_TIES_ORDER;
  for (size_t i = 0; i < cut->bins; i++) {
    cut->low[i] = dealt ? (double)NAN : w->points[i];
    cut->high[i] = dealt ? (double)NAN : w->points[i + 1];
  }
  const Reduce reduce = {.block = cut_block, .context = w};
  const Status status = dealt ? deal_by_order(w, e) : rows_reduce(w->task, rows, &reduce, NULL, e);
  return status == STATUS_OK ? count_rows(w, e) : status;
}

/* ---- labels */

/* A number with `digits` significant digits, but never fewer than its whole part has. */
static void number_text(double x, int digits, char out[40])
{
  const int whole = isfinite(x) && fabs(x) >= 1 && fabs(x) < 1e15 ? (int)floor(log10(fabs(x))) + 1 : 1;
  snprintf(out, 40, "%.*g", whole > digits ? whole : digits, x);
  if (isinf(x)) {
    snprintf(out, 40, "%s", x > 0 ? "Inf" : "-Inf");
  }
}

static void label_text(const Work *w, size_t bin, int digits, char out[LABEL])
{
  const Cut *cut = w->cut;
  char low[40], high[40];
  const bool right = w->options->right;
  number_text(cut->low[bin], digits, low);
  number_text(cut->high[bin], digits, high);
  if (w->options->how == CUT_QUANTILES && w->options->ties == CUT_TIES_ORDER) {
    if (cut->count[bin] > 0) {
      snprintf(out, LABEL, "%zu [%s, %s]", bin + 1, low, high);
    } else {
      snprintf(out, LABEL, "%zu", bin + 1);
    }
    return;
  }
  snprintf(out, LABEL, "%s%s, %s%s", !right || bin == 0 ? "[" : "(", low, high,
           right || bin + 1 == cut->bins ? "]" : ")");
}

/* The digits at which no two neighbouring points read the same. */
static int digits_needed(const Work *w)
{
  const bool dealt = w->options->how == CUT_QUANTILES && w->options->ties == CUT_TIES_ORDER;
  int digits = 3;
  for (size_t i = 0; digits < 17 && !dealt && i < w->cut->bins;) {
    char low[40], high[40];
    number_text(w->points[i], digits, low);
    number_text(w->points[i + 1], digits, high);
    if (strcmp(low, high) == 0) {
      digits++;
      i = 0;
    } else {
      i++;
    }
  }
  return digits;
}

static Status make_labels(Work *w, Error *e)
{
  const CutOptions *o = w->options;
  Cut *cut = w->cut;
  if (o->labels && o->n_labels != cut->bins) {
    (void)error_set(e, STATUS_ARGUMENT, "cut-labels", _("%1$zu labels for %2$zu bins"), o->n_labels, cut->bins);
    error_hint(e, cut->merged ? _("cut points were merged; df:cut_points{...} shows the bins there are")
                              : _("give one label per bin, from the lowest on"));
    return STATUS_ARGUMENT;
  }
  cut->labels = mem_zero(cut->bins, sizeof *cut->labels);
  const int digits = digits_needed(w);
  for (size_t i = 0; cut->labels && i < cut->bins; i++) {
    char text[LABEL];
    label_text(w, i, digits, text);
    cut->labels[i] = mem_string(o->labels ? o->labels[i] : text);
    if (!cut->labels[i]) {
      return no_memory(w, e);
    }
  }
  return cut->labels ? STATUS_OK : no_memory(w, e);
}

Status cut_column(const Column *column, const char *name, const CutOptions *options, Task *task, Cut *out, Error *e)
{
  Work w = {.column = column, .name = name, .options = options, .task = task, .cut = out};
  Status status;
  *out = (Cut){0};
  if (!type_is_numeric(column_type(column))) {
    (void)error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%1$s' is %2$s; only numbers can be cut"),
                    name, type_name(column_type(column)));
    error_hint(e, _("times are put together by period with resample"));
    return STATUS_ARGUMENT;
  }
  TRY(make_points(&w, e));
  TRY(fill_bins(&w, e));
  TRY(make_labels(&w, e));
done:
  mem_free(w.sorted);
  mem_free(w.points);
  return status;
}

void cut_free(Cut *cut)
{
  for (size_t i = 0; cut->labels && i < cut->bins; i++) {
    mem_free(cut->labels[i]);
  }
  mem_free(cut->labels);
  mem_free(cut->bin);
  mem_free(cut->low);
  mem_free(cut->high);
  mem_free(cut->count);
  *cut = (Cut){0};
}

/* ---- the category */

static Status level_map(const Cut *cut, Map *map, Error *e)
{
  for (size_t i = 0; i < cut->bins; i++) {
    size_t number;
    bool fresh;
    const size_t length = strlen(cut->labels[i]);
    const Status status = map_put(map, cut->labels[i], length, &number, &fresh, e);
    if (status != STATUS_OK) {
      return status;
    }
    if (!fresh) {
      return error_set(e, STATUS_ARGUMENT, "cut-labels", _("the label '%s' stands twice"), cut->labels[i]);
    }
  }
  return STATUS_OK;
}

static Status fill_codes(const Cut *cut, size_t rows, const Task *task, Column *column, Error *e)
{
  Storage *codes = storage_new(rows, sizeof(int32_t)), *bits = storage_new(bitmap_words(rows), sizeof(uint64_t));
  column->values = buffer_of(codes);
  column->valid = buffer_of(bits);
  if (!codes || !bits) {
    return error_memory(e, rows * 4, _("bins"));
  }
  int32_t *to = storage_data(codes);
  uint64_t *valid = storage_data(bits);
  memset(valid, 0, bitmap_words(rows) * sizeof *valid);
  for (size_t row = 0; row < rows; row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    to[row] = cut->bin[row] < 0 ? 0 : cut->bin[row];
    valid[row / 64] |= (uint64_t)(cut->bin[row] >= 0) << (row % 64);
  }
  return STATUS_OK;
}

Status cut_category(const Cut *cut, size_t rows, Task *task, Column **out, Error *e)
{
  Map *map = map_new();
  Column *column = column_bare(TYPE_CATEGORY, rows);
  Status status = map && column ? level_map(cut, map, e) : error_memory(e, 0, _("bins"));
  if (status == STATUS_OK) {
    column->dictionary = dictionary_of(map);
    status = column->dictionary ? fill_codes(cut, rows, task, column, e) : error_memory(e, 0, _("bins"));
  }
  map_free(map);
  if (status != STATUS_OK) {
    column_unref(column);
    column = NULL;
  }
  *out = column;
  return status;
}
