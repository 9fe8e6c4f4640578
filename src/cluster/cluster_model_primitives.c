/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/cluster_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

/* ---- tidy */

Draft *cluster_tidy_begin(const ClusterInput *input, const int64_t *sizes, size_t k, int64_t noise)
{
  Draft *draft = draft_new();
  Builder *cluster = builder_new(TYPE_INT64, k + 1), *size = builder_new(TYPE_INT64, k + 1);
  Builder *share = builder_new(TYPE_FLOAT64, k + 1);
  if (!draft || !cluster || !size || !share) {
    draft_free(draft);
    builder_free(cluster);
    builder_free(size);
    builder_free(share);
    return NULL;
  }
  for (size_t c = 0; c < k + (noise > 0); c++) {
    const int64_t rows = c < k ? sizes[c] : noise;
    builder_int(cluster, c < k ? (int64_t)c + 1 : 0);
    builder_int(size, rows);
    builder_float(share, (double)rows / (double)input->variables.n);
  }
  draft_builder(draft, "cluster", cluster);
  draft_builder(draft, "size", size);
  draft_builder(draft, "share", share);
  return draft;
}

/* k numbers, every step-th one, as value * factor + shift. */
static void draft_numbers(Draft *draft, const char *name, const double *values, size_t k, size_t step, double shift,
                          double factor, bool noise)
{
  Builder *builder = builder_new(TYPE_FLOAT64, k + 1);
  for (size_t c = 0; builder && c < k; c++) {
    const double value = values[c * step];
    if (isnan(value)) {
      builder_missing(builder);
    } else {
      builder_float(builder, shift == 0 && factor == 1 ? value : value * factor + shift);
    }
  }
  if (builder && noise) {
    builder_missing(builder);
  }
  if (builder) {
    draft_builder(draft, name, builder);
  } else {
    draft_column(draft, name, NULL);
  }
}

void cluster_tidy_floats(Draft *draft, const char *name, const double *values, size_t k, bool noise)
{
  draft_numbers(draft, name, values, k, 1, 0, 1, noise);
}

/* The means of the rows of each cluster, scaled, and of the noise in row k. */
static double *label_means(const ClusterInput *input, const int32_t *labels, size_t k)
{
  const Variables *v = &input->variables;
  double *means = mem_zero((k + 1) * v->d, sizeof *means), *counts = mem_zero(k + 1, sizeof *counts);
  for (size_t i = 0; means && counts && i < v->n; i++) {
    const size_t c = labels[i] < 0 ? k : (size_t)labels[i];
    counts[c]++;
    for (size_t j = 0; j < v->d; j++) {
      means[c * v->d + j] += (input->values[i * v->d + j] - means[c * v->d + j]) / counts[c];
    }
  }
  if (!counts) {
    mem_free(means);
    means = NULL;
  }
  mem_free(counts);
  return means;
}

/* Whether a name among variables after number j, which keep theirs, is this one. */
static bool is_later(const ClusterInput *input, size_t j, const char *name)
{
  const Variables *v = &input->variables;
  for (size_t i = j + 1; i < v->d; i++) {
    if (strcmp(frame_name(input->data, v->columns[i]), name) == 0) {
      return true;
    }
  }
  return false;
}

/* A variable of the name of a column that stands there gets a mark, or several. */
static Status tidy_name(const Draft *draft, const ClusterInput *input, size_t j, Text *out, Error *e)
{
  text_reset(out);
  text_puts(out, frame_name(input->data, input->variables.columns[j]));
  bool taken = draft_has(draft, text_data(out));
  while (taken && text_status(out, e) == STATUS_OK) {
    text_puts(out, "_mean");
    taken = draft_has(draft, text_data(out)) || is_later(input, j, text_data(out));
  }
  return text_status(out, e);
}

Status cluster_tidy_centres(Draft *draft, const ClusterInput *input, const double *centres, const int32_t *labels, size_t k,
                            bool noise, Error *e)
{
  const Variables *v = &input->variables;
  double *means = centres ? NULL : label_means(input, labels, k);
  const double *matrix = centres ? centres : means;
  Text name = {0};
  Status status = matrix ? STATUS_OK : error_memory(e, 0, _("means"));
  for (size_t j = 0; status == STATUS_OK && j < v->d; j++) {
    status = tidy_name(draft, input, j, &name, e);
    if (status == STATUS_OK) {
      const bool own = noise && means; /* the noise has means too */
      draft_numbers(draft, text_data(&name), matrix + j, own ? k + 1 : k, v->d, v->shift[j], v->factor[j], noise && !own);
    }
  }
  text_free(&name);
  mem_free(means);
  return status;
}

/* ---- variables, centres, labels */

static Status make_variables(const ClusterInput *input, Frame **out, Error *e)
{
  const Variables *v = &input->variables;
  Draft *draft = draft_new();
  Builder *names = builder_new(TYPE_STRING, v->d), *digests = builder_new(TYPE_STRING, v->d);
  if (!draft || !names || !digests) {
    draft_free(draft);
    builder_free(names);
    builder_free(digests);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t j = 0; j < v->d; j++) {
    char digest[33];
    const char *name = frame_name(input->data, v->columns[j]);
    digest_text(column_digest(frame_column(input->data, v->columns[j])), digest);
    builder_text(names, name, strlen(name));
    builder_text(digests, digest, strlen(digest));
  }
  draft_builder(draft, "name", names);
  draft_floats(draft, "shift", v->shift, v->d);
  draft_floats(draft, "factor", v->factor, v->d);
  draft_builder(draft, "digest", digests);
  return draft_finish(draft, out, e);
}

Status cluster_put_variables(Model *model, const ClusterInput *input, Error *e)
{
  Frame *frame = NULL;
  return model_set_made(model, "variables", make_variables(input, &frame, e), &frame, e);
}

Status cluster_matrix_frame(const ClusterInput *input, const double *matrix, size_t rows, Frame **out, Error *e)
{
  const Variables *v = &input->variables;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  for (size_t j = 0; j < v->d; j++) {
    draft_numbers(draft, frame_name(input->data, v->columns[j]), matrix + j, rows, v->d, 0, 1, false);
  }
  return draft_finish(draft, out, e);
}

Status cluster_put_centres(Model *model, const ClusterInput *input, const double *centres, size_t k, Error *e)
{
  Frame *frame = NULL;
  return model_set_made(model, "centres", cluster_matrix_frame(input, centres, k, &frame, e), &frame, e);
}

/* Cells of all rows of the data; NULL labels and values: none of them. */
static Builder *spread(const ClusterInput *input, const int32_t *labels, const double *values)
{
  const Variables *v = &input->variables;
  const size_t rows = frame_rows(input->data);
  Builder *builder = builder_new(labels ? TYPE_INT64 : TYPE_FLOAT64, rows);
  size_t used = 0;
  for (size_t row = 0; builder && row < rows; row++) {
    const bool in = used < v->n && (v->rows ? v->rows[used] : used) == row;
    if (!in || (values && isnan(values[used]))) {
      builder_missing(builder);
    } else if (labels) {
      builder_int(builder, (int64_t)labels[used] + 1);
    } else {
      builder_float(builder, values[used]);
    }
    used += in;
  }
  return builder;
}

Draft *cluster_predicted(const ClusterInput *input, const int32_t *labels)
{
  Draft *draft = draft_new();
  Builder *builder = draft ? spread(input, labels, NULL) : NULL;
  if (!builder) {
    draft_free(draft);
    return NULL;
  }
  builder_role(builder, ROLE_LABEL);
  draft_builder(draft, "cluster", builder);
  return draft;
}

void cluster_predicted_floats(Draft *draft, const char *name, const ClusterInput *input, const double *values)
{
  Builder *builder = spread(input, NULL, values);
  if (builder) {
    builder_role(builder, ROLE_PREDICTED);
    draft_builder(draft, name, builder);
  } else {
    draft_column(draft, name, NULL);
  }
}

Status cluster_put_labels(Model *model, const ClusterInput *input, const int32_t *labels, Draft *extra, Error *e)
{
  Frame *frame = NULL, *more = NULL, *joined = NULL;
  Draft *draft = cluster_predicted(input, labels);
  Status status;
  TRY(draft ? draft_finish(draft, &frame, e) : error_memory(e, 0, _("labels")));
  if (extra) {
    Draft *taken = extra;
    extra = NULL;
    TRY(draft_finish(taken, &more, e));
  }
  for (size_t i = 0; more && i < frame_columns(more); i++) {
    TRY(frame_with(frame, frame_name(more, i), frame_column(more, i), &joined, e));
    frame_unref(frame);
    frame = joined;
    joined = NULL;
  }
  status = model_set_frame(model, "labels", frame, e);
  frame = NULL;
done:
  draft_free(extra);
  frame_unref(frame);
  frame_unref(more);
  return status;
}

/* The column of that name; needs no memory, so that a lack of it is not taken for other data. */
static bool find_named(const Frame *data, const char *name, size_t length, size_t *column)
{
  for (size_t j = 0; j < frame_columns(data); j++) {
    if (strlen(frame_name(data, j)) == length && memcmp(frame_name(data, j), name, length) == 0) {
      *column = j;
      return true;
    }
  }
  return false;
}

/* Whether the model's variables are, cell by cell, the columns of data. */
static bool same_data(const Model *model, const Frame *data)
{
  const Frame *variables = model_frame(model, "variables");
  size_t name, digest, column;
  if (!variables || !frame_find(variables, "name", &name) || !frame_find(variables, "digest", &digest)) {
    return false;
  }
  for (size_t j = 0; j < frame_rows(variables); j++) {
    size_t length, other;
    char own[33];
    const char *bytes = column_text(frame_column(variables, name), j, &length);
    if (!find_named(data, bytes, length, &column)) {
      return false;
    }
    digest_text(column_digest(frame_column(data, column)), own);
    const char *kept = column_text(frame_column(variables, digest), j, &other);
    if (other != strlen(own) || memcmp(kept, own, other) != 0) {
      return false;
    }
  }
  return true;
}

/* Whether a rule is needed for rows that were usable, but not in the fit: those of a sample. */
static bool is_sample(const Model *model)
{
  return model_option_number(model, "sample", 0) > 0;
}

Frame *cluster_fitted(const Model *model, const Frame *data)
{
  const Frame *labels = model_frame(model, "labels");
  const bool fits = labels && frame_rows(labels) == frame_rows(data) && !is_sample(model) && same_data(model, data);
  return fits ? frame_ref(labels) : NULL;
}

/* ---- words */

void cluster_headline(const Model *model, Text *out)
{
  const Frame *variables = model_frame(model, "variables");
  size_t name;
  text_printf(out, _("%1$.0f clusters of %2$.0f rows on "), model_number(model, "k"), model_number(model, "n"));
  for (size_t j = 0; variables && frame_find(variables, "name", &name) && j < frame_rows(variables); j++) {
    size_t length;
    const char *text = column_text(frame_column(variables, name), j, &length);
    text_puts(out, j ? ", " : "");
    text_add(out, text, length);
  }
  const char *scale = model_option_text(model, "scale");
  if (scale && strcmp(scale, "none") != 0) {
    text_printf(out, _("; scale %s"), scale);
  }
}

void cluster_note_sizes(const ClusterInput *input, const int64_t *sizes, size_t k, Text *notes)
{
  const size_t n = input->variables.n;
  int64_t smallest = k > 0 ? sizes[0] : 0;
  for (size_t c = 1; c < k; c++) {
    smallest = sizes[c] < smallest ? sizes[c] : smallest;
  }
  if (k > 0 && smallest < 5 && n >= 50) {
    text_printf(notes, _("the smallest cluster is of size %lld\n"), (long long)smallest);
  }
  if (k > 1 && n >= 10 && 2 * k > n) {
    text_printf(notes, _("%1$zu clusters of %2$zu rows: hardly two rows a cluster\n"), k, n);
  }
}

/* ---- checks of a model from a file */

Status cluster_model_broken(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("the clustering model lacks frames or figures it needs"));
}

bool cluster_cell(const Frame *frame, const char *name, bool may_miss, double *out)
{
  size_t column;
  if (!frame || frame_rows(frame) != 1 || !frame_find(frame, name, &column)) {
    return false;
  }
  const Column *values = frame_column(frame, column);
  if (type_is_text(column_type(values)) || column_type(values) == TYPE_SET) {
    return false;
  }
  if (!column_valid(values, 0)) {
    *out = NAN;
    return may_miss;
  }
  *out = column_float(values, 0);
  return true;
}

bool cluster_size_cell(const Frame *frame, const char *name, size_t *out)
{
  double number;
  if (!cluster_cell(frame, name, false, &number) || !(number >= 0 && number < 0x1p53)) {
    return false;
  }
  *out = (size_t)number;
  return true;
}

bool cluster_flag_cell(const Frame *frame, const char *name, bool *out)
{
  double number;
  if (!cluster_cell(frame, name, false, &number)) {
    return false;
  }
  *out = number != 0;
  return true;
}

bool cluster_is_matrix(const Frame *frame, size_t rows, size_t columns)
{
  if (!frame || frame_rows(frame) != rows || frame_columns(frame) != columns) {
    return false;
  }
  for (size_t j = 0; j < columns; j++) {
    const Column *column = frame_column(frame, j);
    if (column_type(column) != TYPE_FLOAT64 || column_missing(column) > 0) {
      return false;
    }
  }
  return true;
}

double *cluster_matrix(const Frame *frame)
{
  const size_t rows = frame_rows(frame), columns = frame_columns(frame);
  double *matrix = mem_alloc(rows * columns, sizeof *matrix);
  for (size_t j = 0; matrix && j < columns; j++) {
    column_block(frame_column(frame, j), 0, rows, matrix + j, columns);
  }
  return matrix;
}

static bool all_finite(const Frame *matrix)
{
  for (size_t j = 0; j < frame_columns(matrix); j++) {
    for (size_t i = 0; i < frame_rows(matrix); i++) {
      if (!isfinite(column_float(frame_column(matrix, j), i))) {
        return false;
      }
    }
  }
  return true;
}

static bool sound_variables(const Frame *variables)
{
  size_t name, shift, factor, digest;
  if (!variables || !frame_find(variables, "name", &name) || !frame_find(variables, "shift", &shift) ||
      !frame_find(variables, "factor", &factor)) {
    return false;
  }
  const Column *names = frame_column(variables, name), *shifts = frame_column(variables, shift),
               *factors = frame_column(variables, factor);
  bool sound = type_is_text(column_type(names)) && !column_missing(names) && column_type(shifts) == TYPE_FLOAT64 &&
               column_type(factors) == TYPE_FLOAT64 && !column_missing(shifts) && !column_missing(factors);
  for (size_t j = 0; sound && j < frame_rows(variables); j++) {
    sound = isfinite(column_float(shifts, j)) && isfinite(column_float(factors, j)) && column_float(factors, j) != 0;
  }
  if (sound && frame_find(variables, "digest", &digest)) {
    const Column *digests = frame_column(variables, digest);
    sound = type_is_text(column_type(digests)) && !column_missing(digests);
  }
  return sound;
}

/* Clusters 1.. k, 0, or missing. */
static bool sound_labels(const Frame *labels, size_t k)
{
  size_t column;
  if (!frame_find(labels, "cluster", &column) || column_type(frame_column(labels, column)) != TYPE_INT64) {
    return false;
  }
  const Column *cluster = frame_column(labels, column);
  for (size_t row = 0; row < column_rows(cluster); row++) {
    if (column_valid(cluster, row) && (column_int(cluster, row) < 0 || (uint64_t)column_int(cluster, row) > k)) {
      return false;
    }
  }
  return true;
}

/* cluster: 1.. k in order, and perhaps 0 behind them; size: whole numbers. */
static bool sound_tidy(const Frame *tidy, size_t k)
{
  size_t cluster, size;
  if (!tidy || !frame_find(tidy, "cluster", &cluster) || !frame_find(tidy, "size", &size) || frame_rows(tidy) < k ||
      frame_rows(tidy) - k > 1) {
    return false;
  }
  const Column *numbers = frame_column(tidy, cluster), *sizes = frame_column(tidy, size);
  bool sound = column_type(numbers) == TYPE_INT64 && column_type(sizes) == TYPE_INT64 && !column_missing(numbers) &&
               !column_missing(sizes);
  for (size_t c = 0; sound && c < frame_rows(tidy); c++) {
    sound = column_int(numbers, c) == (c < k ? (int64_t)c + 1 : 0);
  }
  return sound;
}

Status cluster_model_check(const Model *model, Error *e)
{
  const Frame *centres = model_frame(model, "centres"), *variables = model_frame(model, "variables");
  const Frame *labels = model_frame(model, "labels"), *glance = model_frame(model, "glance");
  size_t k, n;
  bool complete;
  if (!cluster_size_cell(glance, "k", &k) || !cluster_size_cell(glance, "n", &n) ||
      !cluster_flag_cell(glance, "complete", &complete) || !sound_tidy(model_frame(model, "tidy"), k) ||
      !sound_variables(variables)) {
    return cluster_model_broken(e);
  }
  if (centres && (!cluster_is_matrix(centres, k, frame_rows(variables)) || !all_finite(centres))) {
    return cluster_model_broken(e);
  }
  return labels && !sound_labels(labels, k) ? cluster_model_broken(e) : STATUS_OK;
}

Status cluster_nothing_kept(Status status, const char *why, Error *e)
{
  if (status == STATUS_CANCELLED) {
    (void)error_hint(e, "%s", why);
  }
  return status;
}
