/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/matching.h"
#include "frame/builder.h"
#include "registry/diff.h"
#include "registry/registry.h"

enum { POLL = 4096, CLUSTERS_MOST = 4096 };

typedef struct Differ {
  Call *call;
  const Model *a, *b;
  Builder *part, *name, *figure, *in_a, *in_b, *change; /* of tidy */
  Builder *row, *from, *to;                             /* of moved */
  size_t options, figures, components, data;            /* differences */
  size_t rows, moved;
  bool labelled;         /* both put the same rows into clusters */
  int64_t *pair;         /* pair[i]: the cluster of b for cluster i of a, 0: none */
  size_t clusters;       /* of a, 0 included */
} Differ;

static void put(Builder *builder, const char *text)
{
  builder_text(builder, text, strlen(text));
}

/* A difference; change NaN: no numbers. */
static void add(Differ *d, const char *part, const char *name, const char *figure, const char *a, const char *b,
                double change)
{
  put(d->part, part);
  put(d->name, name);
  put(d->figure, figure);
  put(d->in_a, a);
  put(d->in_b, b);
  if (isnan(change)) {
    builder_missing(d->change);
  } else {
    builder_float(d->change, change);
  }
}

/* ---- Options */

static void show(const Value *value, Text *out)
{
  text_reset(out);
  if (value) {
    value_show(value, out);
  }
}

static bool same_value(const Value *a, const Value *b)
{
  if (!a || !b) {
    return a == b;
  }
  const Digest x = value_digest(a), y = value_digest(b);
  return x.high == y.high && x.low == y.low;
}

static double number_of(const Value *value)
{
  return !value                        ? NAN
         : value->kind == VALUE_INT    ? (double)value->integer
         : value->kind == VALUE_NUMBER ? value->number
                                       : NAN;
}

static void compare_option(Differ *d, const char *name)
{
  const Value *a = value_get(model_options(d->a), name), *b = value_get(model_options(d->b), name);
  Text x = {0}, y = {0};
  if (!same_value(a, b)) {
    show(a, &x);
    show(b, &y);
    add(d, "option", name, "", text_data(&x), text_data(&y), number_of(b) - number_of(a));
    d->options++;
  }
  text_free(&x);
  text_free(&y);
}

static void compare_options(Differ *d)
{
  const Value *a = model_options(d->a), *b = model_options(d->b);
  for (size_t i = 0; a->kind == VALUE_MAP && i < a->list.n; i++) {
    compare_option(d, a->list.names[i]);
  }
  for (size_t i = 0; b->kind == VALUE_MAP && i < b->list.n; i++) {
    if (!value_get(a, b->list.names[i])) {
      compare_option(d, b->list.names[i]);
    }
  }
}

/* ---- Cells */

static bool same_cell(const Column *a, size_t i, const Column *b, size_t j)
{
  const bool there = column_valid(a, i);
  if (there != column_valid(b, j) || !there) {
    return there == column_valid(b, j);
  }
  if (type_is_numeric(column_type(a)) && type_is_numeric(column_type(b))) {
    const double x = column_float(a, i), y = column_float(b, j);
    return x == y || (isnan(x) && isnan(y));
  }
  Text x = {0}, y = {0};
  column_cell_text(a, i, &x);
  column_cell_text(b, j, &y);
  const bool same = strcmp(text_data(&x), text_data(&y)) == 0;
  text_free(&x);
  text_free(&y);
  return same;
}

/* Numbers with seven digits, or all where these do not tell them apart. */
static void show_cells(const Column *a, size_t i, const Column *b, size_t j, bool numbers, Text *x, Text *y)
{
  if (numbers) {
    text_printf(x, "%.7g", column_float(a, i));
    text_printf(y, "%.7g", column_float(b, j));
  }
  if (!numbers || strcmp(text_data(x), text_data(y)) == 0) {
    text_reset(x);
    text_reset(y);
    column_cell_text(a, i, x);
    column_cell_text(b, j, y);
  }
}

/* Adds the difference of two cells, if there is one. */
static bool compare_cell(Differ *d, const char *part, const char *name, const char *figure, const Column *a, size_t i,
                         const Column *b, size_t j)
{
  Text x = {0}, y = {0};
  if (same_cell(a, i, b, j)) {
    return false;
  }
  const bool numbers =
      type_is_numeric(column_type(a)) && type_is_numeric(column_type(b)) && column_valid(a, i) && column_valid(b, j);
  show_cells(a, i, b, j, numbers, &x, &y);
  add(d, part, name, figure, text_data(&x), text_data(&y), numbers ? column_float(b, j) - column_float(a, i) : NAN);
  text_free(&x);
  text_free(&y);
  return true;
}

/* ---- Figures of glance */

static void compare_figures(Differ *d)
{
  const Frame *a = model_frame(d->a, "glance"), *b = model_frame(d->b, "glance");
  for (size_t i = 0; a && b && i < frame_columns(a); i++) {
    size_t j;
    if (frame_find(b, frame_name(a, i), &j) && frame_rows(a) > 0 && frame_rows(b) > 0) {
      d->figures += compare_cell(d, "figure", frame_name(a, i), "", frame_column(a, i), 0, frame_column(b, j), 0);
    }
  }
}

/* ---- Components of tidy */

/* The row of b's tidy that belongs to row i of a's: by pairs of clusters, else by the first column. */
static bool counterpart(const Differ *d, const Column *a, size_t i, const Column *b, size_t *out)
{
  for (size_t j = 0; j < column_rows(b); j++) {
    if (d->labelled && column_type(a) == TYPE_INT64 && column_valid(a, i) && column_valid(b, j)) {
      const int64_t cluster = column_int(a, i);
      if (cluster >= 0 && (size_t)cluster < d->clusters && d->pair[cluster] == column_int(b, j) &&
          d->pair[cluster] > 0) {
        *out = j;
        return true;
      }
    } else if (same_cell(a, i, b, j)) {
      *out = j;
      return true;
    }
  }
  return false;
}

static void component_name(const Differ *d, const Column *a, size_t i, const Column *b, size_t j, Text *out)
{
  text_reset(out);
  column_cell_text(a, i, out);
  if (d->labelled && !same_cell(a, i, b, j)) {
    text_puts(out, " = ");
    column_cell_text(b, j, out);
  }
}

static void compare_component(Differ *d, const Frame *a, size_t i, const Frame *b, size_t j)
{
  Text name = {0};
  component_name(d, frame_column(a, 0), i, frame_column(b, 0), j, &name);
  for (size_t k = 1; k < frame_columns(a); k++) {
    size_t other;
    if (frame_find(b, frame_name(a, k), &other)) {
      d->components += compare_cell(d, "component", text_data(&name), frame_name(a, k), frame_column(a, k), i,
                                    frame_column(b, other), j);
    }
  }
  text_free(&name);
}

/* Components that only one has; `in_a` says which. */
static void add_alone(Differ *d, const Column *key, size_t row, bool in_a)
{
  Text name = {0};
  column_cell_text(key, row, &name);
  add(d, "component", text_data(&name), "", in_a ? "there" : "", in_a ? "" : "there", NAN);
  d->components++;
  text_free(&name);
}

static Status compare_components(Differ *d, Error *e)
{
  const Frame *a = model_frame(d->a, "tidy"), *b = model_frame(d->b, "tidy");
  if (!a || !b || frame_columns(a) == 0 || frame_columns(b) == 0) {
    return STATUS_OK;
  }
  bool *taken = mem_zero(frame_rows(b) + 1, sizeof *taken);
  if (!taken) {
    return error_memory(e, frame_rows(b), _("a comparison"));
  }
  Status status = STATUS_OK;
  for (size_t i = 0; i < frame_rows(a) && status == STATUS_OK; i++) {
    size_t j;
    if (counterpart(d, frame_column(a, 0), i, frame_column(b, 0), &j)) {
      taken[j] = true;
      compare_component(d, a, i, b, j);
    } else {
      add_alone(d, frame_column(a, 0), i, true);
    }
    status = task_cancelled(d->call->task) ? error_cancelled(e) : STATUS_OK;
  }
  for (size_t j = 0; j < frame_rows(b) && status == STATUS_OK; j++) {
    if (!taken[j]) {
      add_alone(d, frame_column(b, 0), j, false);
    }
  }
  mem_free(taken);
  return status;
}

/* ---- Data */

typedef struct Moments {
  double n, sum, low, high;
} Moments;

static Moments moments_of(const Column *column)
{
  Moments m = {0, 0, INFINITY, -INFINITY};
  for (size_t row = 0; row < column_rows(column); row++) {
    if (column_valid(column, row)) {
      const double x = column_float(column, row);
      m.n++;
      m.sum += x;
      m.low = fmin(m.low, x);
      m.high = fmax(m.high, x);
    }
  }
  return m;
}

static void add_numbers(Differ *d, const char *name, const char *figure, double a, double b)
{
  char x[32], y[32];
  if (a == b || (isnan(a) && isnan(b))) {
    return;
  }
  text_of_double(a, x);
  text_of_double(b, y);
  add(d, "data", name, figure, x, y, b - a);
  d->data++;
}

static void compare_data_column(Differ *d, const char *name, const Column *a, const Column *b)
{
  const Digest x = column_digest(a), y = column_digest(b);
  if (x.high == y.high && x.low == y.low) {
    return;
  }
  const size_t before = d->data;
  if (type_is_numeric(column_type(a)) && type_is_numeric(column_type(b))) {
    const Moments m = moments_of(a), n = moments_of(b);
    add_numbers(d, name, "n", m.n, n.n);
    add_numbers(d, name, "mean", m.sum / m.n, n.sum / n.n);
    add_numbers(d, name, "min", m.low, n.low);
    add_numbers(d, name, "max", m.high, n.high);
  }
  if (d->data == before) {
    char p[33], q[33];
    digest_text(x, p);
    digest_text(y, q);
    add(d, "data", name, "digest", p, q, NAN);
    d->data++;
  }
}

static void compare_data(Differ *d)
{
  const Frame *a = model_data(d->a), *b = model_data(d->b);
  if (!a || !b || a == b) {
    return;
  }
  add_numbers(d, "", "rows", (double)frame_rows(a), (double)frame_rows(b));
  for (size_t i = 0; i < frame_columns(a); i++) {
    size_t j;
    if (frame_find(b, frame_name(a, i), &j)) {
      compare_data_column(d, frame_name(a, i), frame_column(a, i), frame_column(b, j));
    } else {
      add(d, "data", frame_name(a, i), "column", "there", "", NAN);
      d->data++;
    }
  }
  for (size_t j = 0; j < frame_columns(b); j++) {
    size_t i;
    if (!frame_find(a, frame_name(b, j), &i)) {
      add(d, "data", frame_name(b, j), "column", "", "there", NAN);
      d->data++;
    }
  }
}

/* ---- Clusters */

/* The labels that a model gives the rows; *out NULL when it gives none, or cannot. */
static void labels_of(Differ *d, const Model *model, const Frame *data, Column **out)
{
  const ModelClass *class = model_primitive(model)->model;
  Frame *predicted = NULL;
  Call inner = *d->call;
  size_t index;
  *out = NULL;
  inner.options = NULL;
  if (!class || !class->predict || class->predict_options ||
      class->predict(&inner, model, data, &predicted, NULL) != STATUS_OK) {
    return;
  }
  for (index = 0; index < frame_columns(predicted) && !*out; index++) {
    const Column *column = frame_column(predicted, index);
    if (column_role(column) == ROLE_LABEL && column_type(column) == TYPE_INT64) {
      *out = column_ref(column);
    }
  }
  frame_unref(predicted);
}

static size_t clusters_in(const Column *labels)
{
  int64_t most = 0;
  for (size_t row = 0; row < column_rows(labels); row++) {
    const int64_t label = column_valid(labels, row) ? column_int(labels, row) : 0;
    most = label > most ? label : most;
  }
  return most < CLUSTERS_MOST ? (size_t)most + 1 : 0;
}

/* How many rows are in cluster i of a and j of b: counts[i * n_b + j]. */
static void count_common(const Column *a, const Column *b, size_t n_b, size_t *counts)
{
  for (size_t row = 0; row < column_rows(a); row++) {
    if (column_valid(a, row) && column_valid(b, row) && column_int(a, row) >= 0 && column_int(b, row) >= 0) {
      counts[(size_t)column_int(a, row) * n_b + (size_t)column_int(b, row)]++;
    }
  }
}

/* The pairing with most rows in common; cluster 0 (noise) is nobody's. */
static Status pair_clusters(Differ *d, const size_t *counts, size_t n_b, Error *e)
{
  const size_t a = d->clusters - 1, b = n_b - 1;
  Arena *arena = &d->call->task->arena;
  size_t *shared = arena_alloc(arena, a * b + 1, sizeof *shared);
  size_t *pair = arena_alloc(arena, a + 1, sizeof *pair);
  if (!shared || !pair) {
    return error_memory(e, a * b * sizeof *shared, _("pairs of clusters"));
  }
  for (size_t i = 0; i < a; i++) {
    memcpy(shared + i * b, counts + (i + 1) * n_b + 1, b * sizeof *shared);
  }
  const Status status = matching_largest(d->call->task, shared, a, b, pair, e);
  for (size_t i = 0; status == STATUS_OK && i < a; i++) {
    d->pair[i + 1] = pair[i] == SIZE_MAX ? 0 : (int64_t)pair[i] + 1;
  }
  return status;
}

static void put_label(Builder *builder, const Column *labels, size_t row)
{
  if (column_valid(labels, row)) {
    builder_int(builder, column_int(labels, row));
  } else {
    builder_missing(builder);
  }
}

static Status find_moved(Differ *d, const Column *a, const Column *b, Error *e)
{
  for (size_t row = 0; row < column_rows(a); row++) {
    const bool in_a = column_valid(a, row), in_b = column_valid(b, row);
    const int64_t label = in_a ? column_int(a, row) : -1;
    const int64_t expected = label > 0 && (size_t)label < d->clusters ? d->pair[label] : label;
    if (in_a == in_b && (!in_a || expected == column_int(b, row))) {
      continue;
    }
    d->moved++;
    builder_int(d->row, (int64_t)row + 1);
    put_label(d->from, a, row);
    put_label(d->to, b, row);
    if (row % POLL == 0 && task_cancelled(d->call->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

static Status compare_labels(Differ *d, const Column *a, const Column *b, Error *e)
{
  const size_t n_a = clusters_in(a), n_b = clusters_in(b);
  if (n_a == 0 || n_b == 0) {
    return STATUS_OK;
  }
  size_t *counts = arena_alloc(&d->call->task->arena, n_a * n_b, sizeof *counts);
  d->pair = arena_alloc(&d->call->task->arena, n_a, sizeof *d->pair);
  if (!counts || !d->pair) {
    return error_memory(e, n_a * n_b * sizeof *counts, _("pairs of clusters"));
  }
  d->clusters = n_a;
  d->labelled = true;
  d->rows = column_rows(a);
  count_common(a, b, n_b, counts);
  const Status status = pair_clusters(d, counts, n_b, e);
  return status == STATUS_OK ? find_moved(d, a, b, e) : status;
}

static Status compare_clusters(Differ *d, const Frame *data, Error *e)
{
  Column *a = NULL, *b = NULL;
  Status status = STATUS_OK;
  data = data ? data : model_data(d->b) ? model_data(d->b) : model_data(d->a);
  if (data) {
    labels_of(d, d->a, data, &a);
    labels_of(d, d->b, data, &b);
  }
  if (task_cancelled(d->call->task)) {
    status = error_cancelled(e);
  } else if (a && b) {
    status = compare_labels(d, a, b, e);
  }
  column_unref(a);
  column_unref(b);
  return status;
}

/* ---- All of it */

static Status begin(Differ *d, Error *e)
{
  Builder **const texts[] = {&d->part, &d->name, &d->figure, &d->in_a, &d->in_b};
  Builder **const whole[] = {&d->row, &d->from, &d->to};
  bool sound = true;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    *texts[i] = builder_new(TYPE_STRING, 16);
    sound = sound && *texts[i];
  }
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
    *whole[i] = builder_new(TYPE_INT64, 16);
    sound = sound && *whole[i];
  }
  d->change = builder_new(TYPE_FLOAT64, 16);
  return sound && d->change ? STATUS_OK : error_memory(e, 0, _("a comparison"));
}

static void drop(Differ *d)
{
  Builder *const all[] = {d->part, d->name, d->figure, d->in_a, d->in_b, d->change, d->row, d->from, d->to};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    builder_free(all[i]);
  }
}

static Status finish(Differ *d, DiffParts *out, Error *e)
{
  Draft *tidy = draft_new(), *moved = draft_new(), *glance = draft_new();
  draft_builder(tidy, "part", d->part);
  draft_builder(tidy, "name", d->name);
  draft_builder(tidy, "figure", d->figure);
  draft_builder(tidy, "a", d->in_a);
  draft_builder(tidy, "b", d->in_b);
  draft_builder(tidy, "change", d->change);
  draft_builder(moved, "row", d->row);
  draft_builder(moved, "a", d->from);
  draft_builder(moved, "b", d->to);
  draft_int(glance, "options_differ", (int64_t)d->options);
  draft_int(glance, "figures_differ", (int64_t)d->figures);
  draft_int(glance, "components_differ", (int64_t)d->components);
  draft_int(glance, "data_differ", (int64_t)d->data);
  draft_int(glance, "rows_compared", (int64_t)d->rows);
  draft_int(glance, "rows_moved", (int64_t)d->moved);
  draft_bool(glance, "identical", d->options + d->figures + d->components + d->data + d->moved == 0);
  Status status = draft_finish(tidy, &out->tidy, e);
  const Status second = draft_finish(moved, &out->more, e), third = draft_finish(glance, &out->glance, e);
  return status != STATUS_OK ? status : second != STATUS_OK ? second : third;
}

Status diff_models(Call *call, const Model *a, const Model *b, const Frame *data, DiffParts *out, Error *e)
{
  Differ d = {.call = call, .a = a, .b = b};
  *out = (DiffParts){0};
  if (strcmp(model_name(a), model_name(b)) != 0) {
    error_set(e, STATUS_DATA, "not-comparable", _("the fits are of different methods: %1$s and %2$s"), model_name(a),
              model_name(b));
    return error_hint(e, _("compare what they predict: diff(a:predict(df), b:predict(df))"));
  }
  Status status = begin(&d, e);
  if (status == STATUS_OK) {
    status = compare_clusters(&d, data, e);
  }
  if (status == STATUS_OK) {
    compare_options(&d);
    compare_figures(&d);
    compare_data(&d);
    status = compare_components(&d, e);
  }
  if (status != STATUS_OK) {
    drop(&d);
    return status;
  }
  return finish(&d, out, e);
}
