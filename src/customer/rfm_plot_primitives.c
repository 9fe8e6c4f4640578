/* SPDX-License-Identifier: GPL-3.0-or-later */
/* m:plot() of RFM. */
#include "customer/rfm_plot_primitives.h"

#include "chart/chart_parts.h"
#include "registry/model.h"

/* The columns of the frame of segments; a file may lack them. */
static Status find_columns(const Model *model, const Column *out[3], Error *e)
{
  static const char *const names[] = {"segment", "share", "revenue_share"};
  const Frame *segments = model_frame(model, "segments");
  for (int i = 0; i < 3; i++) {
    size_t column;
    if (!segments || !frame_find(segments, names[i], &column)) {
      return error_set(e, STATUS_FORMAT, "bad-model-file", _("the rfm model lacks frames or columns it needs"));
    }
    out[i] = frame_column(segments, column);
  }
  return STATUS_OK;
}

Status rfm_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Column *columns[3];
  Column *names = NULL;
  Chart *chart = NULL;
  Status status;
  *out = NULL;
  if (request->x[0] || request->y[0]) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
  }
  TRY(find_columns(model, columns, e));
  TRY(chart_names(columns[0], &names, e));
  TRY(chart_begin("bar", request->title, _("segment"), names, _("share"), NULL, &chart, e));
  TRY(chart_set_legend(chart, _("share of"), e));
  TRY(chart_add_bars(chart, _("customers"), names, columns[1], e));
  TRY(chart_add_bars(chart, _("revenue"), names, columns[2], e));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  column_unref(names);
  return status;
}
