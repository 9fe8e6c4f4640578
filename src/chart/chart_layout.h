/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_layout.h -- the inside of a chart; only files of this folder include it. */
#ifndef ASSAY_CHART_CHART_LAYOUT_H
#define ASSAY_CHART_CHART_LAYOUT_H

#include <stdatomic.h>

#include "chart/chart.h"

enum { CHART_SERIES_MOST = 64, CHART_NOTES_MOST = 16 };

struct Chart {
  atomic_size_t references;
  const char *kind;          /* static text */
  char *title, *legend;
  ChartAxis x, y;            /* own their labels and categories */
  bool stacked, finished;
  size_t n_series, n_notes;
  ChartSeries series[CHART_SERIES_MOST]; /* own their names and frames */
  char *notes[CHART_NOTES_MOST];
};

#endif
