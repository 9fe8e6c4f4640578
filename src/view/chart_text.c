/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which drawing a chart's series get. */
#include "view/chart_text.h"

#include "view/chart.h"

Status chart_text(const Chart *chart, const ViewStyle *style, Text *out, Error *e)
{
  Status status;
  for (size_t i = 0; i < chart_series_count(chart); i++) {
    const ChartSeries *series = chart_series(chart, i);
    if (series->mark == CHART_POINTS) {
      const ChartScatter scatter = {.title = chart_title(chart), .x_name = chart_x(chart)->label,
                                    .y_name = chart_y(chart)->label, .x = chart_role(series, "x"),
                                    .y = chart_role(series, "y"), .cluster = chart_role(series, "group")};
      status = chart_scatter(&scatter, style, out, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
  }
  for (size_t i = 0; i < chart_notes(chart); i++) {
    text_printf(out, "%s\n", chart_note(chart, i));
  }
  return text_status(out, e);
}
