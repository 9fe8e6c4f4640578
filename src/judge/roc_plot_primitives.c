/* SPDX-License-Identifier: GPL-3.0-or-later */
/* m:plot() of judge.roc. */
#include <string.h>

#include "chart/chart_parts.h"
#include "frame/builder.h"
#include "judge/roc_primitives.h"

static const Column *column_of(const Model *model, const char *frame, const char *name)
{
  size_t column;
  const Frame *found = model_frame(model, frame);
  return found && frame_find(found, name, &column) ? frame_column(found, column) : NULL;
}

typedef struct Kind {
  const char *name, *frame, *x, *y, *x_label, *y_label;
  bool bars, diagonal;
} Kind;

static const Kind kinds[] = {
  {"roc", "tidy", "fpr", "tpr", N_("false positive rate"), N_("true positive rate"), false, true},
  {"lift", "lift", "part", "lift", N_("part of the rows, highest scores first"), N_("lift"), true, false},
  {"gain", "lift", "part", "captured", N_("part of the rows, highest scores first"), N_("share of positives captured"), true, false},
  {"calibration", "calibration", "mean", "rate", N_("mean score"), N_("share of positives"), false, true},
  {"profit", "tidy", "threshold", "profit", N_("threshold"), N_("profit"), false, false},
};

static Status add_marks(const Kind *kind, const Column *x, const Column *y, Chart *chart, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const Column *const columns[] = {x, y};
  Status status = chart_add_columns(chart, CHART_LINE, "", roles, columns, 2, e);
  if (status == STATUS_OK && strcmp(kind->name, "calibration") == 0) {
    status = chart_add_columns(chart, CHART_POINTS, "", roles, columns, 2, e);
  }
  return status == STATUS_OK && kind->diagonal ? chart_add_slanted(chart, 0, 1, e) : status;
}

static Status draw(Call *call, const Model *model, const PlotRequest *request, const Kind *kind, Chart **chart, Error *e)
{
  const Column *x = column_of(model, kind->frame, kind->x), *y = column_of(model, kind->frame, kind->y);
  Column *names = NULL;
  Status status;
  if (!x || !y) {
    TRY(error_set(e, STATUS_STATE, "no-data", _("there is no calibration: the scores are no probabilities")));
  }
  if (kind->bars) {
    TRY(chart_names(x, &names, e));
  }
  TRY(chart_begin(kind->name, request->title, _(kind->x_label), names, _(kind->y_label), NULL, chart, e));
  TRY(kind->bars ? chart_add_bars(*chart, "", names, y, e) : add_marks(kind, x, y, *chart, e));
  if (strcmp(kind->name, "roc") == 0) {
    TRY(chart_add_note(*chart, e, _("area %1$.4f (%2$.4f to %3$.4f); the slanted line is chance"), model_number(model, "auc"),
                       model_number(model, "conf_low"), model_number(model, "conf_high")));
  }
  TRY(chart_finish(*chart, call->task, e));
done:
  column_unref(names);
  return status;
}

Status roc_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Kind *kind = &kinds[0];
  Chart *chart = NULL;
  *out = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    kind = strcmp(kinds[i].name, request->kind) == 0 ? &kinds[i] : kind;
  }
  if (request->x[0] || request->y[0]) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use", _("the options 'x' and 'y' mean nothing for the chart '%s'"),
                     request->kind);
  }
  const Status status = draw(call, model, request, kind, &chart, e);
  if (status == STATUS_OK) {
    *out = chart;
  } else {
    chart_unref(chart);
  }
  return status;
}
