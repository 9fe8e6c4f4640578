/* SPDX-License-Identifier: GPL-3.0-or-later */
/* m:plot() of k-means. */
#include "cluster/kmeans_plot_primitives.h"

#include <math.h>

#include "frame/builder.h"
#include "registry/model.h"

/* x y: the clusters' numbers from 0 and their sizes. categories: the clusters as texts. */
static Status size_bars(const Frame *tidy, Frame **bars, Column **categories, Error *e)
{
  const size_t n = frame_rows(tidy);
  size_t cluster, size;
  Status status = frame_need(tidy, "cluster", &cluster, e);
  if (status != STATUS_OK) {
    return status;
  }
  status = frame_need(tidy, "size", &size, e);
  if (status != STATUS_OK) {
    return status;
  }
  Draft *draft = draft_new();
  Builder *names = builder_new(TYPE_STRING, n), *x = builder_new(TYPE_INT64, n);
  for (size_t i = 0; names && x && i < n; i++) {
    Text name = {0};
    column_cell_text(frame_column(tidy, cluster), i, &name);
    builder_text(names, text_data(&name), name.size);
    builder_int(x, (int64_t)i);
    text_free(&name);
  }
  draft_builder(draft, "x", x);
  draft_column(draft, "y", column_ref(frame_column(tidy, size)));
  status = draft_finish(draft, bars, e);
  if (status != STATUS_OK) {
    return status;
  }
  return builder_finish(names, categories, e);
}

Status kmeans_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Frame *bars = NULL;
  Column *categories = NULL;
  Chart *chart = NULL;
  Status status = size_bars(model_frame(model, "tidy"), &bars, &categories, e);
  if (status == STATUS_OK) {
    status = chart_new("bar", &chart, e);
  }
  if (status == STATUS_OK) {
    const ChartAxis x = {.label = _("cluster"), .scale = CHART_CATEGORIES, .low = NAN, .high = NAN, .categories = categories};
    const ChartAxis y = {.label = _("size"), .scale = CHART_NUMBERS, .low = NAN, .high = NAN};
    status = chart_set_title(chart, request->title, e);
    status = status == STATUS_OK ? chart_set_x(chart, &x, e) : status;
    status = status == STATUS_OK ? chart_set_y(chart, &y, e) : status;
    status = status == STATUS_OK ? chart_add(chart, CHART_BARS, "", bars, e) : status;
    status = status == STATUS_OK ? chart_finish(chart, call->task, e) : status;
  }
  frame_unref(bars);
  column_unref(categories);
  if (status == STATUS_OK) {
    *out = chart;
  } else {
    chart_unref(chart);
  }
  return status;
}
