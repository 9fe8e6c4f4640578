/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/segment_columns.h"

#include "cluster/variables.h"
#include "core/map.h"
#include "frame/builder.h"

enum { LEVELS_MOST = 50, POLL = 4096 };

/* Whether a column of texts has few levels; texts without end stop the count early. */
static Status few_levels(const Task *task, const Column *texts, bool *few, Error *e)
{
  const size_t n = column_rows(texts);
  Map *map = map_new();
  Status status = map ? STATUS_OK : error_memory(e, 0, _("levels"));
  for (size_t row = 0; status == STATUS_OK && row < n && map_size(map) <= LEVELS_MOST; row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      status = error_cancelled(e);
    } else if (column_valid(texts, row)) {
      size_t length, number;
      const char *text = column_text(texts, row, &length);
      status = map_put(map, text, length, &number, NULL, e);
    }
  }
  const size_t there = n - column_missing(texts);
  *few = status == STATUS_OK && map_size(map) <= LEVELS_MOST && 2 * map_size(map) <= there;
  map_free(map);
  return status;
}

static Status as_category(const Task *task, const Column *texts, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_CATEGORY, column_rows(texts));
  if (!builder) {
    return error_memory(e, 0, _("levels"));
  }
  for (size_t row = 0; row < column_rows(texts); row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      builder_free(builder);
      return error_cancelled(e);
    }
    if (column_valid(texts, row)) {
      size_t length;
      const char *text = column_text(texts, row, &length);
      builder_text(builder, text, length);
    } else {
      builder_missing(builder);
    }
  }
  return builder_finish(builder, out, e);
}

static SegmentKind kind_of(const Frame *data, size_t column, bool keep)
{
  const Column *values = frame_column(data, column);
  const Type type = column_type(values);
  if (column_role(values) != ROLE_NONE) {
    return SEGMENT_OTHER;
  }
  if (type_is_numeric(type)) {
    return keep || !variables_like_id(data, column) ? SEGMENT_NUMBER : SEGMENT_OTHER;
  }
  return type == TYPE_BOOL ? SEGMENT_FLAG : type_is_text(type) ? SEGMENT_LEVELS : SEGMENT_OTHER;
}

Status segment_column(const Task *task, const Frame *data, size_t column, bool keep, SegmentColumn *out, Error *e)
{
  const Column *values = frame_column(data, column);
  *out = (SegmentColumn){.kind = kind_of(data, column, keep), .column = column};
  if (out->kind == SEGMENT_LEVELS && column_type(values) == TYPE_STRING) {
    bool few = false;
    const Status status = few_levels(task, values, &few, e);
    if (status == STATUS_OK && few) {
      return as_category(task, values, &out->values, e);
    }
    out->kind = SEGMENT_OTHER;
    return status;
  }
  out->values = out->kind == SEGMENT_OTHER ? NULL : column_ref(values);
  return STATUS_OK;
}
