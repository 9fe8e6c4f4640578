/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts of a passport: shares of rows and value, how well rules find segments, the largest differences. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/passport_primitives.h"

static Status add_figure(Chart *chart, const Model *model, const char *column, const char *name, const Column *names,
                         Error *e)
{
  const Column *cells = passport_column(model, "tidy", column);
  return cells ? chart_add_bars(chart, name, names, cells, e) : STATUS_OK;
}

static Status begin(const Model *model, const PlotRequest *request, const char *label, Column **names, Chart **chart,
                    Error *e)
{
  if (request->x[0] || request->y[0]) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
  }
  const Status status = chart_names(passport_column(model, "tidy", "name"), names, e);
  return status == STATUS_OK ? chart_begin("bar", request->title, _("segment"), *names, label, NULL, chart, e) : status;
}

static Status draw_shares(Call *call, const Model *model, const PlotRequest *request, Column **names, Chart **chart,
                          Error *e)
{
  Status status;
  TRY(begin(model, request, _("share"), names, chart, e));
  TRY(add_figure(*chart, model, "share_before", _("rows before"), *names, e));
  TRY(add_figure(*chart, model, "share", _("rows"), *names, e));
  TRY(add_figure(*chart, model, "value_share", _("value"), *names, e));
  TRY(chart_finish(*chart, call->task, e));
done:
  return status;
}

static Status draw_rules(Call *call, const Model *model, const PlotRequest *request, Column **names, Chart **chart,
                         Error *e)
{
  Status status;
  TRY(begin(model, request, _("share"), names, chart, e));
  TRY(add_figure(*chart, model, "precision", _("precision"), *names, e));
  TRY(add_figure(*chart, model, "recall", _("recall"), *names, e));
  TRY(chart_finish(*chart, call->task, e));
done:
  return status;
}

/* ---- differences: a bar for each variable (or level) and segment */

enum { VARIABLES_MOST = 12 };

typedef struct Bars {
  const Column *cluster, *variable, *level, *difference;
  const char *names[VARIABLES_MOST];
  size_t n;
} Bars;

static const char *bar_name(const Bars *b, size_t row, Arena *arena)
{
  Text text = {0};
  passport_put_text(b->variable, row, &text);
  if (column_valid(b->level, row)) {
    text_puts(&text, " = ");
    passport_put_text(b->level, row, &text);
  }
  const char *copy = text.failed ? NULL : arena_text(arena, text_data(&text), text.size);
  text_free(&text);
  return copy;
}

static size_t find_bar(const Bars *b, const char *name)
{
  size_t i = 0;
  while (i < b->n && strcmp(b->names[i], name) != 0) {
    i++;
  }
  return i;
}

static Status collect_bars(Bars *b, Arena *arena, Error *e)
{
  for (size_t row = 0; row < column_rows(b->cluster) && b->n < VARIABLES_MOST; row++) {
    const char *name = bar_name(b, row, arena);
    if (!name) {
      return error_memory(e, 0, _("a chart"));
    }
    const size_t at = find_bar(b, name);
    if (at == b->n) {
      b->names[b->n++] = name;
    }
  }
  return STATUS_OK;
}

static Status text_column(const char *const *texts, size_t n, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, n);
  for (size_t i = 0; builder && i < n; i++) {
    builder_text(builder, texts[i], strlen(texts[i]));
  }
  return builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a chart"));
}

static Status add_segment(Chart *chart, const Bars *b, const Column *names, int64_t segment, Arena *arena, Error *e)
{
  double values[VARIABLES_MOST];
  char number[24];
  Column *column = NULL;
  for (size_t i = 0; i < b->n; i++) {
    values[i] = NAN;
  }
  for (size_t row = 0; row < column_rows(b->cluster); row++) {
    if (column_int(b->cluster, row) == segment) {
      const char *name = bar_name(b, row, arena);
      const size_t at = name ? find_bar(b, name) : b->n;
      if (at < b->n) {
        values[at] = column_float(b->difference, row);
      }
    }
  }
  snprintf(number, sizeof number, "%lld", (long long)segment);
  Status status = column_of_floats(values, b->n, &column, e);
  if (status == STATUS_OK) {
    status = chart_add_bars(chart, number, names, column, e);
  }
  column_unref(column);
  return status;
}

static Status draw_differences(Call *call, const Model *model, const PlotRequest *request, Column **names,
                               Chart **chart, Error *e)
{
  Bars b = {.cluster = passport_column(model, "differences", "cluster"),
            .variable = passport_column(model, "differences", "variable"),
            .level = passport_column(model, "differences", "level"),
            .difference = passport_column(model, "differences", "difference")};
  Status status;
  TRY(collect_bars(&b, &call->task->arena, e));
  TRY(text_column(b.names, b.n, names, e));
  TRY(chart_begin("bar", request->title, _("variable"), *names, _("difference in standard deviations"), NULL, chart,
                  e));
  TRY(chart_set_legend(*chart, _("cluster"), e));
  for (size_t i = 0; i < frame_rows(model_frame(model, "tidy")); i++) {
    TRY(add_segment(*chart, &b, *names, (int64_t)i + 1, &call->task->arena, e));
  }
  TRY(chart_finish(*chart, call->task, e));
done:
  return status;
}

Status passport_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Column *names = NULL;
  Chart *chart = NULL;
  Status status = strcmp(request->kind, "rules") == 0       ? draw_rules(call, model, request, &names, &chart, e)
                : strcmp(request->kind, "differences") == 0 ? draw_differences(call, model, request, &names, &chart, e)
                                                            : draw_shares(call, model, request, &names, &chart, e);
  if (status == STATUS_OK) {
    *out = chart_ref(chart);
  }
  chart_unref(chart);
  column_unref(names);
  return status;
}
