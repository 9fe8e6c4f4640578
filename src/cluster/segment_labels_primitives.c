/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/segment_labels_primitives.h"

#include <string.h>

#include "core/alloc.h"

enum { SEGMENTS_MOST = 1000000 };

void segment_labels_free(SegmentLabels *labels)
{
  mem_free(labels->labels);
  mem_free(labels->sizes);
  frame_unref(labels->predicted);
  *labels = (SegmentLabels){0};
}

/* A grouping that is passed over in silence would be taken for honoured. */
static Status refuse_groups(const Frame *data, Error *e)
{
  size_t n;
  const size_t *keys = frame_keys(data, &n);
  if (n == 0) {
    return STATUS_OK;
  }
  const char *key = frame_name(data, keys[0]);
  error_set(e, STATUS_ARGUMENT, "grouped-frame",
            _("segments are described over all rows, and the frame is grouped by '%s'"), key);
  return error_hint(e, _("give the frame without its grouping, or the rows of one group: df:filter(\"%s = ...\")"),
                    key);
}

static const Column *label_column_of(const Frame *predicted)
{
  for (size_t i = 0; i < frame_columns(predicted); i++) {
    const Column *column = frame_column(predicted, i);
    if (column_role(column) == ROLE_LABEL && column_type(column) == TYPE_INT64) {
      return column;
    }
  }
  return NULL;
}

static Status count_labels(SegmentLabels *out, Error *e)
{
  for (size_t row = 0; row < out->n; row++) {
    if (out->labels[row] > SEGMENTS_MOST) {
      return error_set(e, STATUS_LIMIT, "too-many-segments",
                       _("row %1$zu is in segment %2$lld; segments are numbered to %3$d at most"), row + 1,
                       (long long)out->labels[row], SEGMENTS_MOST);
    }
    out->k = out->labels[row] > (int64_t)out->k ? (size_t)out->labels[row] : out->k;
  }
  out->sizes = mem_zero(out->k + 1, sizeof *out->sizes);
  if (!out->sizes) {
    return error_memory(e, 0, _("labels"));
  }
  for (size_t row = 0; row < out->n; row++) {
    out->sizes[out->labels[row]]++;
  }
  return STATUS_OK;
}

Status segment_labels_of(const Column *column, size_t k, SegmentLabels *out, Error *e)
{
  out->n = column_rows(column);
  out->k = k;
  out->labels = mem_alloc(out->n, sizeof *out->labels);
  if (!out->labels) {
    return error_memory(e, out->n * sizeof *out->labels, _("labels"));
  }
  for (size_t row = 0; row < out->n; row++) {
    const int64_t label = column_valid(column, row) ? column_int(column, row) : 0;
    out->labels[row] = label > 0 ? label : 0;
  }
  return count_labels(out, e);
}

Status segment_labels(Call *call, const Model *model, const Frame *data, SegmentLabels *out, Error *e)
{
  const ModelClass *class = model_primitive(model)->model;
  Call inner = *call;
  Status status;
  inner.options = NULL;
  inner.given = 0;
  *out = (SegmentLabels){0};
  TRY(refuse_groups(data, e));
  if (class && class->predict && class->predict_size == 0) {
    TRY(class->predict(&inner, model, data, &out->predicted, e));
  }
  const Column *label = out->predicted ? label_column_of(out->predicted) : NULL;
  if (!label) {
    TRY(error_set(e, STATUS_STATE, "not-supported", _("a model of %s has no segments"), model_name(model)));
  }
  const double k = model_number(model, "k");
  TRY(segment_labels_of(label, k >= 1 && k <= SEGMENTS_MOST ? (size_t)k : 0, out, e));
done:
  if (status != STATUS_OK) {
    segment_labels_free(out);
  }
  return status;
}

const char *segment_name_of(const Model *model, size_t number, Arena *arena)
{
  const Frame *tidy = model_frame(model, "tidy");
  size_t cluster, name;
  if (tidy && frame_find(tidy, "name", &name) && frame_find(tidy, "cluster", &cluster) &&
      type_is_text(column_type(frame_column(tidy, name))) && column_type(frame_column(tidy, cluster)) == TYPE_INT64) {
    for (size_t row = 0; row < frame_rows(tidy); row++) {
      if (column_valid(frame_column(tidy, cluster), row) && column_valid(frame_column(tidy, name), row) &&
          column_int(frame_column(tidy, cluster), row) == (int64_t)number) {
        size_t length;
        const char *text = column_text(frame_column(tidy, name), row, &length);
        return arena_text(arena, text, length);
      }
    }
  }
  return arena_printf(arena, "%zu", number);
}

const bool *segment_fitted(const Model *model, const Frame *data, Arena *arena)
{
  const Frame *variables = model_frame(model, "variables");
  bool *fitted = arena_alloc(arena, frame_columns(data), sizeof *fitted);
  size_t name, column;
  const bool known =
      variables && frame_find(variables, "name", &name) && type_is_text(column_type(frame_column(variables, name)));
  for (size_t row = 0; fitted && known && row < frame_rows(variables); row++) {
    if (column_valid(frame_column(variables, name), row)) {
      size_t length;
      const char *text = column_text(frame_column(variables, name), row, &length);
      const char *copy = arena_text(arena, text, length);
      if (copy && frame_find(data, copy, &column)) {
        fitted[column] = true;
      }
    }
  }
  return fitted;
}

size_t segment_own_column(const Model *model, const Frame *data)
{
  size_t column;
  const char *name = model_option_text(model, "column");
  return strcmp(model_name(model), "cluster.segmentation") == 0 && name && frame_find(data, name, &column) ? column
                                                                                                           : SIZE_MAX;
}

Status segment_number_column(const Frame *data, const char *name, size_t *column, Error *e)
{
  const Status status = frame_need(data, name, column, e);
  if (status == STATUS_OK && !type_is_numeric(column_type(frame_column(data, *column)))) {
    return error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%1$s' is of type %2$s; numbers are needed"),
                     name, type_name(column_type(frame_column(data, *column))));
  }
  return status;
}
