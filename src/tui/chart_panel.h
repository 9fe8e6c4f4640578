/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_panel.h -- a panel with a chart, drawn for its size from the chart's description. No keys of its own. */
#ifndef ASSAY_TUI_CHART_PANEL_H
#define ASSAY_TUI_CHART_PANEL_H

#include "tui/tui.h"

typedef struct ChartPanel {
  Chart *chart;       /* set by chart_panel_show */
  Text words;         /* shown without a chart: why there is none; set by chart_panel_words */
  Text text;          /* drawn for width x height */
  int width, height;
  Text title;         /* behind the slot's title; set by chart_panel_title */
} ChartPanel;

extern const PanelClass chart_panel;

void chart_panel_show(Tui *tui, ChartPanel *panel, const Chart *chart); /* takes a reference; NULL: none */
void chart_panel_words(Tui *tui, ChartPanel *panel, const char *words);

/* Which one it is, of those that there are: "sizes, 2 of 4". n 0: no word of it. */
void chart_panel_title(Tui *tui, ChartPanel *panel, const char *name, size_t index, size_t n);

/* A quick way: asks for the chart of an expression (`hist(customers.spend)`), and shows it or why there is none. */
void chart_panel_query(Tui *tui, ChartPanel *panel, const char *expression);

#endif
