/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/chart_parts.h"

#include <math.h>

#include "frame/builder.h"

static ChartAxis axis_of(const char *label, const Column *categories)
{
  return (ChartAxis){.label = label,
                     .scale = categories ? CHART_CATEGORIES : CHART_NUMBERS,
                     .low = NAN,
                     .high = NAN,
                     .categories = categories};
}

Status chart_begin(const char *kind, const char *title, const char *x_label, const Column *x_categories,
                   const char *y_label, const Column *y_categories, Chart **out, Error *e)
{
  const ChartAxis x = axis_of(x_label, x_categories), y = axis_of(y_label, y_categories);
  Status status;
  TRY(chart_new(kind, out, e));
  TRY(chart_set_title(*out, title, e));
  TRY(chart_set_x(*out, &x, e));
  TRY(chart_set_y(*out, &y, e));
done:
  if (status != STATUS_OK) {
    chart_unref(*out);
    *out = NULL;
  }
  return status;
}

Status chart_add_columns(Chart *chart, ChartMark mark, const char *name, const char *const *roles,
                         const Column *const *columns, size_t n, Error *e)
{
  Frame *frame = NULL;
  Status status = frame_new(roles, columns, n, &frame, e);
  if (status == STATUS_OK) {
    status = chart_add(chart, mark, name, frame, e);
  }
  frame_unref(frame);
  return status;
}

Status chart_numbering(size_t n, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_INT64, n);
  for (size_t i = 0; builder && i < n; i++) {
    builder_int(builder, (int64_t)i);
  }
  return builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a chart"));
}

Status chart_add_bars(Chart *chart, const char *name, const Column *categories, const Column *values, Error *e)
{
  static const char *const roles[] = {"x", "y", "category"};
  Column *x = NULL;
  Status status = chart_numbering(column_rows(values), &x, e);
  if (status == STATUS_OK) {
    const Column *const columns[] = {x, values, categories};
    status = chart_add_columns(chart, CHART_BARS, name, roles, columns, 3, e);
  }
  column_unref(x);
  return status;
}

static Status add_rule(Chart *chart, const char *const *roles, const double *values, size_t n, Error *e)
{
  Draft *draft = draft_new();
  Frame *frame = NULL;
  for (size_t i = 0; i < n; i++) {
    draft_float(draft, roles[i], values[i]);
  }
  Status status = draft_finish(draft, &frame, e);
  if (status == STATUS_OK) {
    status = chart_add(chart, CHART_RULE, "", frame, e);
  }
  frame_unref(frame);
  return status;
}

Status chart_add_upright(Chart *chart, double x, Error *e)
{
  static const char *const roles[] = {"x"};
  return add_rule(chart, roles, &x, 1, e);
}

Status chart_add_slanted(Chart *chart, double intercept, double slope, Error *e)
{
  static const char *const roles[] = {"intercept", "slope"};
  const double values[] = {intercept, slope};
  return add_rule(chart, roles, values, 2, e);
}

Status chart_names(const Column *cells, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, column_rows(cells));
  Text text = {0};
  for (size_t row = 0; builder && row < column_rows(cells); row++) {
    text_reset(&text);
    column_cell_text(cells, row, &text);
    builder_text(builder, text_data(&text), text.size);
  }
  const Status status = text_status(&text, e);
  text_free(&text);
  if (status != STATUS_OK || !builder) {
    builder_free(builder);
    return builder ? status : error_memory(e, 0, _("a chart"));
  }
  return builder_finish(builder, out, e);
}
