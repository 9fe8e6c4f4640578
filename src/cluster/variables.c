/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/variables.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/reduce.h"

void variables_free(Variables *variables)
{
  mem_free(variables->columns);
  mem_free(variables->shift);
  mem_free(variables->factor);
  mem_free(variables->rows);
  memset(variables, 0, sizeof *variables);
}

/* ---- columns */

static bool is_default_variable(const Frame *data, size_t column, const char *except)
{
  const Column *values = frame_column(data, column);
  return type_is_numeric(column_type(values)) && column_role(values) == ROLE_NONE &&
         !(except && strcmp(frame_name(data, column), except) == 0);
}

bool variables_like_id(const Frame *data, size_t column)
{
  const char *name = frame_name(data, column);
  const Column *values = frame_column(data, column);
  const size_t n = column_rows(values), length = strlen(name);
  if (column_type(values) != TYPE_INT64 || n < 20 || column_missing(values) > 0) {
    return false;
  }
  bool rising = true;
  for (size_t row = 1; rising && row < n; row++) {
    rising = column_int(values, row) > column_int(values, row - 1);
  }
  const bool named = strcasecmp(name, "id") == 0 || (length > 2 && strcasecmp(name + length - 2, "id") == 0 &&
                                                     (name[length - 3] == '_' || name[length - 2] == 'I'));
  return rising || named;
}

static void note_chosen(const Frame *data, const Variables *v, Text *notes)
{
  text_puts(notes, _("variables: "));
  for (size_t i = 0; i < v->d; i++) {
    text_printf(notes, "%s%s", i ? ", " : "", frame_name(data, v->columns[i]));
  }
  text_puts(notes, _(" (all numeric columns; on = {...} chooses)\n"));
  for (size_t i = 0; i < v->d; i++) {
    if (variables_like_id(data, v->columns[i])) {
      text_printf(notes, _("'%s' looks like an id: leave it out with on = {...}\n"), frame_name(data, v->columns[i]));
    }
  }
}

Status variables_choose(const Frame *data, OptionTexts named, const char *except, Variables *out, Text *notes, Error *e)
{
  memset(out, 0, sizeof *out);
  const size_t most = named.n ? named.n : frame_columns(data);
  out->columns = mem_alloc(most, sizeof *out->columns);
  out->shift = mem_zero(most, sizeof *out->shift);
  out->factor = mem_alloc(most, sizeof *out->factor);
  if (!out->columns || !out->shift || !out->factor) {
    return error_memory(e, 0, _("variables"));
  }
  for (size_t i = 0; i < most; i++) {
    out->factor[i] = 1;
    if (named.n) {
      const Status status = frame_need(data, named.items[i], &out->columns[i], e);
      if (status != STATUS_OK) {
        return status;
      }
      out->d++;
    } else if (is_default_variable(data, i, except)) {
      out->columns[out->d++] = i;
    }
  }
  if (out->d == 0) {
    error_set(e, STATUS_DATA, "bad-data", _("the frame has no numeric column to work on"));
    error_hint(e, _("df:schema() shows the types"));
    return STATUS_DATA;
  }
  if (!named.n) {
    note_chosen(data, out, notes);
  }
  return STATUS_OK;
}

/* ---- rows */

static Status refuse_missing(const Frame *data, size_t also, const Variables *v, size_t cells, Error *e)
{
  Text names = {0};
  for (size_t i = 0; i <= v->d; i++) {
    const size_t column = i < v->d ? v->columns[i] : also;
    if (column != SIZE_MAX && column_missing(frame_column(data, column)) > 0) {
      text_printf(&names, "%s%s (%zu)", names.size ? ", " : "", frame_name(data, column),
                  column_missing(frame_column(data, column)));
    }
  }
  error_set(e, STATUS_DATA, "missing-values", _("missing cells: %1$zu, in %2$s"), cells, text_data(&names));
  text_free(&names);
  error_hint(e, _("missing = \"drop\" leaves those rows out"));
  return STATUS_DATA;
}

static bool is_complete(const Frame *data, size_t also, const Variables *v, size_t row)
{
  for (size_t i = 0; i < v->d; i++) {
    if (!column_valid(frame_column(data, v->columns[i]), row)) {
      return false;
    }
  }
  return also == SIZE_MAX || column_valid(frame_column(data, also), row);
}

Status variables_rows(const Frame *data, size_t also, bool drop, Variables *v, Error *e)
{
  const size_t all = frame_rows(data);
  size_t cells = also == SIZE_MAX ? 0 : column_missing(frame_column(data, also));
  for (size_t i = 0; i < v->d; i++) {
    cells += column_missing(frame_column(data, v->columns[i]));
  }
  v->n = all;
  if (cells > 0 && !drop) {
    return refuse_missing(data, also, v, cells, e);
  }
  if (cells > 0) {
    v->rows = mem_alloc(all, sizeof *v->rows);
    if (!v->rows) {
      return error_memory(e, all * sizeof *v->rows, _("row numbers"));
    }
    v->n = 0;
    for (size_t row = 0; row < all; row++) {
      if (is_complete(data, also, v, row)) {
        v->rows[v->n++] = row;
      }
    }
    v->dropped = all - v->n;
  }
  if (v->n == 0) {
    return error_set(e, STATUS_DATA, "bad-data", all ? _("no row is without missing cells") : _("the frame has no rows"));
  }
  return STATUS_OK;
}

Status variables_not_finite(const char *column, size_t row, double cell, Error *e)
{
  error_set(e, STATUS_DATA, "not-finite", _("row %1$zu of column '%2$s' is %3$s, not a finite number"), row, column,
            isnan(cell) ? "NaN" : cell > 0 ? "inf" : "-inf");
  return error_hint(e, _("leave such rows out, or put NA there"));
}

/* ---- values by blocks */

typedef struct Filler {
  const Frame *data;
  const Variables *v;
  double *out;      /* NULL: a block's values go to its worker's scratch */
  double *scratch;
  bool scaled;      /* some shift is not 0 or factor not 1 */
} Filler;

/* Unscaled values of rows first .. first + count - 1 of the rows used, row-major. */
static void raw_block(const Filler *f, size_t first, size_t count, double *out)
{
  const Variables *v = f->v;
  if (!v->rows) {
    frame_block(f->data, v->columns, v->d, first, count, out);
    return;
  }
  for (size_t j = 0; j < v->d; j++) {
    const Column *column = frame_column(f->data, v->columns[j]);
    for (size_t i = 0; i < count; i++) {
      out[i * v->d + j] = column_float(column, v->rows[first + i]);
    }
  }
}

static Status fill_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Filler *f = context;
  const size_t d = f->v->d;
  double *out = f->out + first * d;
  (void)sum;
  (void)worker;
  (void)e;
  raw_block(f, first, count, out);
  for (size_t i = 0; f->scaled && i < count; i++) {
    for (size_t j = 0; j < d; j++) {
      out[i * d + j] = (out[i * d + j] - f->v->shift[j]) / f->v->factor[j];
    }
  }
  return STATUS_OK;
}

Status variables_fill(Task *task, const Frame *data, const Variables *variables, double *out, Error *e)
{
  Filler filler = {.data = data, .v = variables, .out = out};
  for (size_t j = 0; j < variables->d; j++) {
    filler.scaled = filler.scaled || variables->shift[j] != 0 || variables->factor[j] != 1;
  }
  const Reduce reduce = {.block = fill_block, .context = &filler};
  return rows_reduce(task, variables->n, &reduce, NULL, e);
}

/* ---- scale: sums, minima, maxima in one pass; squares around the mean in a second
 *
 * Values are taken times a power of two, which is 1 unless their squares would be beyond the range of numbers; the bits
 * of the result do not depend on it otherwise. */

typedef struct Moments {
  Filler filler;
  const double *mean; /* NULL in the first pass */
  double *unit;       /* d powers of two */
} Moments;

/* Layout of a first-pass sum: d sums, d minima, d maxima. */
static void moments_init(void *context, void *sum)
{
  const Moments *m = context;
  double *s = sum;
  const size_t d = m->filler.v->d;
  for (size_t j = 0; j < d; j++) {
    s[j] = 0;
    s[d + j] = INFINITY;
    s[2 * d + j] = -INFINITY;
  }
}

static Status moments_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Moments *m = context;
  const size_t d = m->filler.v->d;
  double *values = m->filler.scratch + worker * BLOCK_ROWS * d, *s = sum;
  (void)e;
  raw_block(&m->filler, first, count, values);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < d; j++) {
      const double x = values[i * d + j];
      const double part = (m->mean ? x - m->mean[j] : x) * m->unit[j];
      s[j] += m->mean ? part * part : part;
      s[d + j] = x < s[d + j] ? x : s[d + j];
      s[2 * d + j] = x > s[2 * d + j] ? x : s[2 * d + j];
    }
  }
  return STATUS_OK;
}

static void moments_merge(void *context, void *sum, const void *other)
{
  const Moments *m = context;
  const size_t d = m->filler.v->d;
  double *s = sum;
  const double *o = other;
  for (size_t j = 0; j < d; j++) {
    s[j] += o[j];
    s[d + j] = o[d + j] < s[d + j] ? o[d + j] : s[d + j];
    s[2 * d + j] = o[2 * d + j] > s[2 * d + j] ? o[2 * d + j] : s[2 * d + j];
  }
}

/* 1, or the power of two that brings a size near 1. */
static double unit_of(double size)
{
  int exponent;
  if (!(size > 0) || !isfinite(size) || (size > 0x1p-400 && size < 0x1p400)) {
    return 1;
  }
  frexp(size, &exponent);
  return ldexp(1, exponent < -1000 ? 1000 : -exponent);
}

/* Sums, minima and maxima; the means are where the sums were. */
static Status measure_means(Task *task, const Reduce *reduce, const Moments *m, double *figures, Error *e)
{
  const Variables *v = m->filler.v;
  const size_t d = v->d;
  Status status = rows_reduce(task, v->n, reduce, figures, e);
  bool beyond = false;
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    beyond = beyond || (!isfinite(figures[j]) && isfinite(figures[d + j]) && isfinite(figures[2 * d + j]));
    m->unit[j] = isfinite(figures[j]) ? 1 : unit_of(fmax(-figures[d + j], figures[2 * d + j]));
  }
  if (beyond) {
    status = rows_reduce(task, v->n, reduce, figures, e);
  }
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    figures[j] = figures[j] / (double)v->n / m->unit[j];
  }
  return status;
}

/* figures: d means, d minima, d maxima, d standard deviations. */
static Status measure(Task *task, const Frame *data, const Variables *v, double *figures, Error *e)
{
  const size_t d = v->d;
  double *squares = mem_alloc(3 * d, sizeof *squares);
  Moments m = {.filler = {.data = data, .v = v}, .unit = mem_alloc(d, sizeof *m.unit)};
  m.filler.scratch = mem_buffer(task_threads(task) * BLOCK_ROWS * d, sizeof(double));
  Status status = m.filler.scratch && squares && m.unit ? STATUS_OK : error_memory(e, 0, _("means"));
  const Reduce reduce = {.size = 3 * d * sizeof(double), .init = moments_init, .block = moments_block,
                         .merge = moments_merge, .context = &m};
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    m.unit[j] = 1;
  }
  if (status == STATUS_OK) {
    status = measure_means(task, &reduce, &m, figures, e);
  }
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    m.unit[j] = unit_of(figures[2 * d + j] - figures[d + j]);
  }
  m.mean = figures;
  if (status == STATUS_OK) {
    status = rows_reduce(task, v->n, &reduce, squares, e);
  }
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    figures[3 * d + j] = v->n > 1 ? sqrt(squares[j] / (double)(v->n - 1)) / m.unit[j] : 0;
  }
  mem_free(m.filler.scratch);
  mem_free(m.unit);
  mem_free(squares);
  return status;
}

/* Median and quartile distance from frame_describe, which owns the definition of quantiles. */
static Status quartiles(Task *task, const Frame *data, Variables *v, Error *e)
{
  static const char *const wanted[] = {"q25", "median", "q75"};
  Frame *selected = NULL, *used = NULL, *described = NULL;
  size_t at[3];
  Status status = frame_select(data, v->columns, v->d, &selected, e);
  if (status == STATUS_OK) {
    status = v->rows ? frame_take(selected, v->rows, v->n, &used, e) : STATUS_OK;
  }
  if (status == STATUS_OK) {
    status = frame_describe(used ? used : selected, task, &described, e);
  }
  for (size_t i = 0; status == STATUS_OK && i < 3; i++) {
    status = frame_need(described, wanted[i], &at[i], e);
  }
  for (size_t j = 0; status == STATUS_OK && j < v->d; j++) {
    v->shift[j] = column_float(frame_column(described, at[1]), j);
    v->factor[j] = column_float(frame_column(described, at[2]), j) - column_float(frame_column(described, at[0]), j);
  }
  frame_unref(selected);
  frame_unref(used);
  frame_unref(described);
  return status;
}

/* Every column's spread against the others', when nothing is scaled. */
static void note_spread(const Frame *data, const Variables *v, const double *sd, Text *notes)
{
  size_t most = 0, least = SIZE_MAX;
  for (size_t j = 0; j < v->d; j++) {
    most = sd[j] > sd[most] ? j : most;
    if (sd[j] > 0 && (least == SIZE_MAX || sd[j] < sd[least])) {
      least = j;
    }
  }
  if (least != SIZE_MAX && sd[most] > 10 * sd[least]) {
    text_printf(notes, _("'%1$s' has %2$.0f times the spread of '%3$s' and outweighs it; scale = \"zscore\" weighs them alike\n"),
                frame_name(data, v->columns[most]), sd[most] / sd[least], frame_name(data, v->columns[least]));
  }
}

/* Values that differ by less than 1e-154 or so are as good as equal, since squares of what they differ by are 0. */
static void note_constants(const Frame *data, const Variables *v, const double *low, const double *high,
                           const double *sd, Text *notes)
{
  for (size_t j = 0; j < v->d; j++) {
    const char *name = frame_name(data, v->columns[j]);
    if (high[j] > low[j] && sd[j] * sd[j] == 0) {
      text_printf(notes, _("values of '%1$s' differ by %2$g at most, whose square is 0 here; scale = \"zscore\" tells them "
                           "apart\n"), name, high[j] - low[j]);
    } else if (sd[j] == 0) {
      text_printf(notes, _("'%s' is constant and tells nothing apart\n"), name);
    }
  }
}

void variables_note(const Frame *data, const Variables *v, const double *low, const double *high, const double *sd,
                    Text *notes)
{
  note_constants(data, v, low, high, sd, notes);
  note_spread(data, v, sd, notes);
}

static void settle_factors(const Frame *data, Variables *v, const double *sd, Text *notes)
{
  for (size_t j = 0; j < v->d; j++) {
    if (sd[j] > 0 && v->factor[j] == 0) {
      text_printf(notes, _("'%s' has no quartile distance and is left unscaled\n"), frame_name(data, v->columns[j]));
    }
    if (!(v->factor[j] > 0) || !isfinite(v->factor[j])) {
      v->factor[j] = 1;
    }
    if (!isfinite(v->shift[j])) {
      v->shift[j] = 0;
    }
  }
}

Status variables_measure(Task *task, const Frame *data, const char *scale, Variables *v, Text *notes, Error *e)
{
  const size_t d = v->d;
  double *figures = mem_alloc(4 * d, sizeof *figures);
  if (!figures) {
    return error_memory(e, 0, _("means"));
  }
  const double *mean = figures, *low = figures + d, *high = figures + 2 * d, *sd = figures + 3 * d;
  Status status = measure(task, data, v, figures, e);
  if (status == STATUS_OK && strcmp(scale, "robust") == 0) {
    status = quartiles(task, data, v, e);
  }
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    if (strcmp(scale, "zscore") == 0) {
      v->shift[j] = mean[j];
      v->factor[j] = sd[j];
    } else if (strcmp(scale, "range") == 0) {
      v->shift[j] = low[j];
      v->factor[j] = high[j] - low[j];
    }
  }
  if (status == STATUS_OK && strcmp(scale, "none") == 0) {
    variables_note(data, v, low, high, sd, notes);
  } else if (status == STATUS_OK) {
    note_constants(data, v, low, low, sd, notes);
    settle_factors(data, v, sd, notes);
  }
  mem_free(figures);
  return status;
}
