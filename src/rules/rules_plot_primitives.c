/* SPDX-License-Identifier: GPL-3.0-or-later */
/* m:plot() of rules and itemsets. */
#include "rules/rules_plot_primitives.h"

#include <string.h>

#include "chart/chart_parts.h"
#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "shape/order.h"

enum { TOP_RULES = 15, TOP_SETS = 20 };

static Status refuse_options(const PlotRequest *request, Error *e)
{
  if (!request->x[0] && !request->y[0]) {
    return STATUS_OK;
  }
  return error_set(e, STATUS_ARGUMENT, "option-without-use",
                   _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
}

static Status refuse_empty(const Frame *tidy, const char *what, Error *e)
{
  if (frame_rows(tidy) > 0) {
    return STATUS_OK;
  }
  error_set(e, STATUS_DATA, "nothing-to-draw", _("there is nothing to draw: no %s were found"), what);
  return error_hint(e, _("a lower support finds more"));
}

static Status need(const Frame *frame, const char *name, const Column **out, Error *e)
{
  size_t column = 0;
  const Status status = frame_need(frame, name, &column, e);
  *out = status == STATUS_OK ? frame_column(frame, column) : NULL;
  return status;
}

/* "{bread, milk}", or "{bread} => {milk}" with two columns. */
static Status set_texts(const Column *const *sets, size_t n_sets, const size_t *rows, size_t n, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, n);
  Text text = {0};
  for (size_t i = 0; builder && i < n; i++) {
    text_reset(&text);
    for (size_t k = 0; k < n_sets; k++) {
      text_puts(&text, k > 0 ? " => " : "");
      column_cell_text(sets[k], rows ? rows[i] : i, &text);
    }
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

static Status plot_cloud(Call *call, const Frame *tidy, const PlotRequest *request, Chart **out, Error *e)
{
  static const char *const roles[] = {"x", "y", "shade", "rule"};
  const Column *columns[4], *sides[2];
  Column *texts = NULL;
  Chart *chart = NULL;
  Status status;
  TRY(need(tidy, "support", &columns[0], e));
  TRY(need(tidy, "confidence", &columns[1], e));
  TRY(need(tidy, "lift", &columns[2], e));
  TRY(need(tidy, "lhs", &sides[0], e));
  TRY(need(tidy, "rhs", &sides[1], e));
  TRY(set_texts(sides, 2, NULL, frame_rows(tidy), &texts, e));
  columns[3] = texts;
  TRY(chart_begin("rules", request->title, _("support"), NULL, _("confidence"), NULL, &chart, e));
  TRY(chart_set_legend(chart, _("lift"), e));
  TRY(chart_add_columns(chart, CHART_POINTS, "", roles, columns, 4, e));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  column_unref(texts);
  return status;
}

/* What a chart of the foremost rows shows. */
typedef struct Top {
  const Column *sets[2]; /* whose texts name a bar */
  size_t n_sets;
  OrderKey by[2]; /* the first one's cells are the bars */
  size_t n_by, most;
  const char *axis, *value;
} Top;

static Status top_chart(const Top *top, const size_t *rows, size_t n, const char *title, Chart **out, Error *e)
{
  Column *names = NULL, *values = NULL;
  Status status;
  TRY(set_texts(top->sets, top->n_sets, rows, n, &names, e));
  TRY(column_take(top->by[0].column, rows, n, &values, e));
  TRY(chart_begin("bar", title, top->axis, names, top->value, NULL, out, e));
  TRY(chart_add_bars(*out, "", names, values, e));
done:
  column_unref(names);
  column_unref(values);
  return status;
}

static Status plot_top(Call *call, const Top *top, const PlotRequest *request, Chart **out, Error *e)
{
  const size_t all = column_rows(top->by[0].column), n = all < top->most ? all : top->most;
  size_t *rows = NULL;
  Chart *chart = NULL;
  Status status;
  TRY(order_rows(top->by, top->n_by, all, call->task, &rows, e));
  TRY(top_chart(top, rows, n, request->title, &chart, e));
  if (n < all) {
    TRY(chart_add_note(chart, e, _("the first %1$zu of %2$zu by %3$s"), n, all, top->value));
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  mem_free(rows);
  return status;
}

static Status plot_top_rules(Call *call, const Frame *tidy, const PlotRequest *request, Chart **out, Error *e)
{
  Top top = {.n_sets = 2, .n_by = 2, .most = TOP_RULES, .axis = _("rule"), .value = _("lift")};
  Status status;
  TRY(need(tidy, "lhs", &top.sets[0], e));
  TRY(need(tidy, "rhs", &top.sets[1], e));
  TRY(need(tidy, "lift", &top.by[0].column, e));
  TRY(need(tidy, "support", &top.by[1].column, e));
  top.by[0].falling = top.by[1].falling = true;
  TRY(plot_top(call, &top, request, out, e));
done:
  return status;
}

Status rules_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Frame *tidy = model_frame(model, "tidy");
  Status status;
  *out = NULL;
  TRY(refuse_options(request, e));
  TRY(refuse_empty(tidy, _("rules"), e));
  TRY(strcmp(request->kind, "top") == 0 ? plot_top_rules(call, tidy, request, out, e)
                                        : plot_cloud(call, tidy, request, out, e));
done:
  return status;
}

Status itemsets_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Frame *tidy = model_frame(model, "tidy");
  Top top = {.n_sets = 1, .n_by = 1, .most = TOP_SETS, .axis = _("items"), .value = _("support")};
  Status status;
  *out = NULL;
  TRY(refuse_options(request, e));
  TRY(refuse_empty(tidy, _("itemsets"), e));
  TRY(need(tidy, "items", &top.sets[0], e));
  TRY(need(tidy, "support", &top.by[0].column, e));
  top.by[0].falling = true;
  TRY(plot_top(call, &top, request, out, e));
done:
  return status;
}
