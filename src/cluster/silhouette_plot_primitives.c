/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/silhouette_plot_primitives.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "core/alloc.h"
#include "core/map.h"
#include "frame/builder.h"

enum { MOST_BARS = 240, MOST_CLUSTERS = 60 };

/* ---- the frame */

typedef struct ByRow {
  const ClusterInput *input;
  const char *const *names;
} ByRow;

/* A column of clusters for all rows of the data, those of `used` numbers; numbers below 0 are missing. */
static Builder *cluster_cells(const ByRow *by, const int32_t *numbers, Role role)
{
  const Variables *const v = &by->input->variables;
  const size_t rows = frame_rows(by->input->data);
  Builder *const builder = builder_new(by->names ? TYPE_CATEGORY : TYPE_INT64, rows);
  size_t used = 0;
  for (size_t row = 0; builder && row < rows; row++) {
    const bool in = used < v->n && (v->rows ? v->rows[used] : used) == row;
    const int32_t number = in ? numbers[used] : -1;
    used += in;
    if (number < 0) {
      builder_missing(builder);
    } else if (by->names) {
      builder_text(builder, by->names[number], strlen(by->names[number]));
    } else {
      builder_int(builder, (int64_t)number + 1);
    }
  }
  if (builder) {
    builder_role(builder, role);
  }
  return builder;
}

static void add_builder(Draft *draft, const char *name, Builder *builder)
{
  if (builder) {
    draft_builder(draft, name, builder);
  } else {
    draft_column(draft, name, NULL);
  }
}

Status silhouette_frame(const ClusterInput *input, const int32_t *labels, const Silhouettes *silhouettes,
                        const char *const *names, Frame **out, Error *e)
{
  const ByRow by = {input, names};
  Draft *const draft = draft_new();
  add_builder(draft, "cluster", cluster_cells(&by, labels, ROLE_LABEL));
  add_builder(draft, "neighbour", cluster_cells(&by, silhouettes->neighbour, ROLE_LABEL));
  cluster_predicted_floats(draft, "width", input, silhouettes->width);
  return draft ? draft_finish(draft, out, e) : error_memory(e, 0, _("the silhouette"));
}

static const Column *find_cells(const Frame *frame, const char *name)
{
  size_t column;
  return frame && frame_find(frame, name, &column) ? frame_column(frame, column) : NULL;
}

bool silhouette_sound(const Model *model)
{
  const Frame *const frame = model_frame(model, "silhouettes");
  const Column *const cluster = find_cells(frame, "cluster"), *const width = find_cells(frame, "width");
  const Column *const neighbour = find_cells(frame, "neighbour");
  if (!frame) {
    return true;
  }
  bool sound = cluster && width && neighbour && column_type(width) == TYPE_FLOAT64 &&
               (column_type(cluster) == TYPE_INT64 || column_type(cluster) == TYPE_CATEGORY) &&
               column_type(neighbour) == column_type(cluster);
  for (size_t row = 0; sound && row < frame_rows(frame); row++) {
    const double at = column_valid(width, row) ? column_float(width, row) : 0;
    sound = at >= -1.0000001 && at <= 1.0000001 && (!column_valid(width, row) || column_valid(cluster, row));
  }
  return sound;
}

/* ---- the chart */

typedef struct Bar {
  size_t cluster; /* in the order of the chart */
  double width;
} Bar;

typedef struct Drawing {
  Bar *bars;
  size_t n;
  Map *clusters; /* their names, by first appearance */
  Chart *chart;
  size_t place; /* where the next bar begins */
} Drawing;

static int by_cluster(const void *a, const void *b)
{
  const Bar *const x = a, *const y = b;
  return x->cluster != y->cluster ? (x->cluster > y->cluster ? 1 : -1)
                                  : (x->width < y->width) - (x->width > y->width);
}

static Status cluster_name(Drawing *d, const Column *cells, size_t row, size_t *number, Error *e)
{
  Text text = {0};
  column_cell_text(cells, row, &text);
  Status status = text_status(&text, e);
  if (status == STATUS_OK) {
    status = map_put(d->clusters, text_data(&text), text.size, number, NULL, e);
  }
  text_free(&text);
  return status;
}

/* Clusters get their numbers in the order of their values, so that they stand as in tidy. */
static Status name_clusters(Drawing *d, const Model *model, Error *e)
{
  const Column *const cells = find_cells(model_frame(model, "tidy"), "cluster");
  Status status = cells ? STATUS_OK : cluster_model_broken(e);
  for (size_t c = 0; status == STATUS_OK && c < column_rows(cells); c++) {
    size_t number;
    status = cluster_name(d, cells, c, &number, e);
  }
  return status;
}

static Status read_bars(Drawing *d, const Frame *frame, Error *e)
{
  const Column *const cluster = find_cells(frame, "cluster"), *const width = find_cells(frame, "width");
  if (!cluster || !width || column_type(width) != TYPE_FLOAT64) {
    return cluster_model_broken(e);
  }
  d->bars = mem_alloc(frame_rows(frame), sizeof *d->bars);
  if (!d->bars) {
    return error_memory(e, frame_rows(frame) * sizeof *d->bars, _("a chart"));
  }
  for (size_t row = 0; row < frame_rows(frame); row++) {
    if (column_valid(cluster, row) && column_valid(width, row)) {
      const Status status = cluster_name(d, cluster, row, &d->bars[d->n].cluster, e);
      if (status != STATUS_OK) {
        return status;
      }
      d->bars[d->n++].width = column_float(width, row);
    }
  }
  qsort(d->bars, d->n, sizeof *d->bars, by_cluster);
  return STATUS_OK;
}

/* The bars of one cluster, `step` rows each. */
static Status add_cluster(Drawing *d, size_t first, size_t end, size_t step, Error *e)
{
  static const char *const roles[] = {"low", "high", "y", "n"};
  const size_t most = (end - first) / step + 1;
  Builder *builders[4];
  Column *columns[4] = {NULL};
  Status status = STATUS_OK;
  for (size_t i = 0; i < 4; i++) {
    builders[i] = builder_new(i < 3 ? TYPE_FLOAT64 : TYPE_INT64, most);
    status = builders[i] ? status : error_memory(e, 0, _("a chart"));
  }
  for (size_t at = first; status == STATUS_OK && at < end; at += step) {
    const size_t count = end - at < step ? end - at : step;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
      sum += d->bars[at + i].width;
    }
    builder_float(builders[0], (double)d->place);
    builder_float(builders[1], (double)(d->place + count));
    builder_float(builders[2], sum / (double)count);
    builder_int(builders[3], (int64_t)count);
    d->place += count;
  }
  for (size_t i = 0; i < 4; i++) {
    if (status == STATUS_OK) {
      status = builder_finish(builders[i], &columns[i], e);
    } else {
      builder_free(builders[i]);
    }
  }
  if (status == STATUS_OK) {
    size_t length;
    status = chart_add_columns(d->chart, CHART_BARS, map_key(d->clusters, d->bars[first].cluster, &length), roles,
                               (const Column *const *)columns, 4, e);
  }
  for (size_t i = 0; i < 4; i++) {
    column_unref(columns[i]);
  }
  return status;
}

static Status add_clusters(Drawing *d, Error *e)
{
  const size_t step = (d->n + MOST_BARS - 1) / MOST_BARS, gap = d->n / 60;
  double sum = 0;
  size_t shown = 0;
  for (size_t first = 0, end; first < d->n; first = end) {
    for (end = first; end < d->n && d->bars[end].cluster == d->bars[first].cluster; end++) {
      sum += d->bars[end].width;
    }
    if (shown++ < MOST_CLUSTERS) {
      const Status status = add_cluster(d, first, end, step, e);
      if (status != STATUS_OK) {
        return status;
      }
      d->place += gap;
    }
  }
  Status status = chart_add_note(d->chart, e, _("mean width %.4g"), d->n > 0 ? sum / (double)d->n : 0);
  if (status == STATUS_OK && step > 1) {
    status = chart_add_note(d->chart, e, _("a bar is the mean of %zu rows"), step);
  }
  if (status == STATUS_OK && shown > MOST_CLUSTERS) {
    status = chart_add_note(d->chart, e, _("the first %1$d of %2$zu clusters"), MOST_CLUSTERS, shown);
  }
  return status;
}

static Status draw(Drawing *d, Call *call, const Model *model, const PlotRequest *request, Error *e)
{
  const Frame *const frame = model_frame(model, "silhouettes");
  Status status;
  if (!frame) {
    error_set(e, STATUS_STATE, "no-silhouettes", _("the model has no silhouettes"));
    return error_hint(e, _("fit it with silhouette = true, or ask df:silhouette{cluster = \"cluster\"}"));
  }
  d->clusters = map_new();
  TRY(d->clusters ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(name_clusters(d, model, e));
  TRY(read_bars(d, frame, e));
  TRY(chart_begin("silhouette", request->title, _("rows, by cluster"), NULL, _("silhouette width"), NULL, &d->chart,
                  e));
  TRY(chart_set_legend(d->chart, _("cluster"), e));
  TRY(add_clusters(d, e));
  TRY(chart_finish(d->chart, call->task, e));
done:
  return status;
}

Status silhouette_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Drawing d = {0};
  *out = NULL;
  if (request->x[0] || request->y[0]) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
  }
  const Status status = draw(&d, call, model, request, e);
  if (status == STATUS_OK) {
    *out = chart_ref(d.chart);
  }
  chart_unref(d.chart);
  map_free(d.clusters);
  mem_free(d.bars);
  return status;
}
