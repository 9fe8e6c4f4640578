/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/chart_panel.h"

#include "chart/chart.h"
#include "view/chart_text.h"
#include "view/error_text.h"

static void forget(Tui *tui, ChartPanel *panel)
{
  chart_unref(panel->chart);
  panel->chart = NULL;
  panel->width = panel->height = -1;
  text_reset(&panel->words);
  tui_redraw(tui);
}

void chart_panel_show(Tui *tui, ChartPanel *panel, const Chart *chart)
{
  Chart *shown = chart ? chart_ref(chart) : NULL;
  forget(tui, panel);
  panel->chart = shown;
}

void chart_panel_words(Tui *tui, ChartPanel *panel, const char *words)
{
  forget(tui, panel);
  text_puts(&panel->words, words);
}

static void answer(Tui *tui, void *owner, Value *value, const Error *e)
{
  ChartPanel *panel = owner;
  if (!e && value->kind == VALUE_CHART) {
    chart_panel_show(tui, panel, value->chart);
  } else if (!e) {
    chart_panel_words(tui, panel, _("that is no chart"));
  } else if (e->status != STATUS_CANCELLED) {
    chart_panel_words(tui, panel, e->what);
  }
}

void chart_panel_query(Tui *tui, ChartPanel *panel, const char *expression)
{
  tui_query(tui, expression, answer, panel);
}

void chart_panel_title(Tui *tui, ChartPanel *panel, const char *name, size_t index, size_t n)
{
  text_reset(&panel->title);
  if (n > 0) {
    text_printf(&panel->title, _("%1$s, %2$zu of %3$zu"), name, index + 1, n);
  }
  tui_redraw(tui);
}

static void title(Tui *tui, void *context, Text *out)
{
  const ChartPanel *panel = context;
  (void)tui;
  text_add(out, text_data(&panel->title), panel->title.size);
}

static void write(const ChartPanel *panel, const ViewStyle *style, Text *out)
{
  Error e = {0};
  if (!panel->chart) {
    (void)style_paragraph(style, VIEW_MUTED, text_data(&panel->words), 0, 0, 0, out);
  } else if (chart_text(panel->chart, style, out, &e) != STATUS_OK) {
    error_text(&e, style, out);
  }
}

static void draw(Tui *tui, void *context, Cells *cells, Rect area, bool focused)
{
  ChartPanel *panel = context;
  (void)tui;
  (void)focused;
  if (panel->width != area.width || panel->height != area.height) {
    const ViewStyle style = cells_style(cells, area);
    text_reset(&panel->text);
    write(panel, &style, &panel->text);
    panel->width = area.width;
    panel->height = area.height;
  }
  cells_text(cells, area, 0, 0, &panel->text);
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  (void)tui;
  write(context, style, out);
}

static void close(Tui *tui, void *context)
{
  ChartPanel *panel = context;
  tui_forget(tui, panel);
  chart_unref(panel->chart);
  text_free(&panel->words);
  text_free(&panel->text);
  text_free(&panel->title);
}

const PanelClass chart_panel = {.name = "chart", .close = close, .draw = draw, .title = title, .report = report};
