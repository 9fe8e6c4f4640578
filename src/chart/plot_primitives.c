/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.scatter, plot.hist, plot.bar, plot.line and plot.box make charts of a frame; p:data() gives the numbers behind
 * one. */
#include <math.h>
#include <string.h>

#include "chart/chart_make.h"
#include "frame/parse_time.h"
#include "registry/registry.h"
#include "shape/span.h"

/* ---- what the options have in common */

static Status bad_limit(const char *option, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "wrong-type", _("option '%s' must be a list of two limits"), option);
  return error_hint(e, _("write %1$s = {0, 100}, or %1$s = {0, NA} for one that is open above"), option);
}

/* A number, a time as text, or NA (or an infinity) for an open end. */
static Status read_limit(const Value *item, const char *option, ChartLimit *out, Error *e)
{
  int64_t time;
  bool utc;
  *out = (ChartLimit){.value = NAN};
  switch (item->kind) {
  case VALUE_MISSING: return STATUS_OK;
  case VALUE_INT: out->value = (double)item->integer; return STATUS_OK;
  case VALUE_NUMBER: out->value = isinf(item->number) ? NAN : item->number; return STATUS_OK;
  case VALUE_TEXT:
    if (parse_time(item->text.bytes, item->text.length, &time, &utc)) {
      *out = (ChartLimit){.value = (double)time, .time = true};
      return STATUS_OK;
    }
    error_set(e, STATUS_ARGUMENT, "chart-limits", _("option '%1$s': '%2$s' is no time"), option, item->text.bytes);
    return error_hint(e, _("write times as \"2024-01-31\" or \"2024-01-31 12:30\""));
  default: return bad_limit(option, e);
  }
}

static Status read_limits(const Value *value, const char *option, ChartLimit *out, Error *e)
{
  out[0] = out[1] = (ChartLimit){.value = NAN};
  if (!value) {
    return STATUS_OK;
  }
  if (value->kind != VALUE_LIST || value->list.n != 2) {
    return bad_limit(option, e);
  }
  const Status status = read_limit(&value->list.items[0], option, &out[0], e);
  return status == STATUS_OK ? read_limit(&value->list.items[1], option, &out[1], e) : status;
}

/* NULL limits: the chart has none. */
static Status read_look(const char *title, const char *xlabel, const char *ylabel, const Value *xlim,
                        const Value *ylim, const char *log, ChartLook *out, Error *e)
{
  *out = (ChartLook){.title = title,
                     .xlabel = xlabel,
                     .ylabel = ylabel,
                     .log_x = log && strchr(log, 'x'),
                     .log_y = log && strchr(log, 'y')};
  const Status status = read_limits(xlim, "xlim", out->xlim, e);
  return status == STATUS_OK ? read_limits(ylim, "ylim", out->ylim, e) : status;
}

#define LOOK_OF(o, xlim, look, e) read_look((o)->title, (o)->xlabel, (o)->ylabel, xlim, (o)->ylim, (o)->log, look, e)

static Status give(Status status, Chart *chart, Value *out)
{
  if (status == STATUS_OK) {
    *out = value_of_chart(chart);
  }
  return status;
}

static const Frame *of(const Call *call)
{
  return call->data->frame;
}

/* A grouping that a chart passed over in silence would be taken for shown; `option` is where groups go. */
static Status refuse_groups(const Call *call, const char *option, Error *e)
{
  size_t n;
  const size_t *keys = frame_keys(of(call), &n);
  if (n == 0) {
    return STATUS_OK;
  }
  const char *key = frame_name(of(call), keys[0]), *name = call->primitive->name;
  error_set(e, STATUS_ARGUMENT, "grouped-chart", _("plot.%1$s does not work by groups, and the frame is grouped by '%2$s'"),
            name, key);
  return error_hint(e, _("name the column that tells them apart: %1$s = \"%2$s\""), option, key);
}

static Status run_scatter(Call *call, Value *out, Error *e)
{
  const ScatterOptions *o = call->options;
  ChartLook look;
  Chart *chart = NULL;
  Status status = refuse_groups(call, "color", e);
  if (status == STATUS_OK) {
    status = LOOK_OF(o, o->xlim, &look, e);
  }
  if (status == STATUS_OK) {
    status = chart_scatter_make(of(call), o, &look, call->task, &chart, e);
  }
  return give(status, chart, out);
}

static Status run_bar(Call *call, Value *out, Error *e)
{
  const BarOptions *o = call->options;
  ChartLook look;
  Chart *chart = NULL;
  Status status = refuse_groups(call, "color", e);
  if (status == STATUS_OK) {
    status = LOOK_OF(o, NULL, &look, e);
  }
  if (status == STATUS_OK) {
    status = chart_bar_make(of(call), o, &look, call->task, &chart, e);
  }
  return give(status, chart, out);
}

static Status run_line(Call *call, Value *out, Error *e)
{
  const LineOptions *o = call->options;
  ChartLook look;
  Chart *chart = NULL;
  Status status = refuse_groups(call, "color", e);
  if (status == STATUS_OK) {
    status = LOOK_OF(o, o->xlim, &look, e);
  }
  if (status == STATUS_OK) {
    status = chart_line_make(of(call), o, &look, call->task, &chart, e);
  }
  return give(status, chart, out);
}

static Status run_box(Call *call, Value *out, Error *e)
{
  const BoxOptions *o = call->options;
  ChartLook look;
  Chart *chart = NULL;
  Status status = refuse_groups(call, "x", e);
  if (status == STATUS_OK) {
    status = LOOK_OF(o, NULL, &look, e);
  }
  if (status == STATUS_OK) {
    status = chart_box_make(of(call), o, &look, call->task, &chart, e);
  }
  return give(status, chart, out);
}

/* ---- bins of a histogram */

static Status bad_bins(const Value *value, Error *e)
{
  Text shown = {0};
  value_show(value, &shown);
  error_set(e, STATUS_ARGUMENT, "wrong-type", _("option 'bins' must be a whole number or a rule, not %s"),
            text_data(&shown));
  text_free(&shown);
  return error_hint(e, _("rules are \"fd\", \"sturges\" and \"scott\""));
}

static Status read_bins(const Value *value, BinChoice *out, Error *e)
{
  static const char *const rules[] = {"fd", "sturges", "scott"};
  if (value->kind == VALUE_INT) {
    *out = (BinChoice){.rule = BINS_NUMBER, .number = value->integer};
    return STATUS_OK;
  }
  for (int i = 0; value->kind == VALUE_TEXT && i < 3; i++) {
    if (strcmp(value->text.bytes, rules[i]) == 0) {
      out->rule = (BinRule)(BINS_FD + i);
      return STATUS_OK;
    }
  }
  return bad_bins(value, e);
}

static Status read_width(const Value *value, BinChoice *out, Error *e)
{
  *out = (BinChoice){.rule = BINS_WIDTH};
  if (value->kind == VALUE_INT || value->kind == VALUE_NUMBER) {
    out->width = value->kind == VALUE_INT ? (double)value->integer : value->number;
    return STATUS_OK;
  }
  if (value->kind != VALUE_TEXT) {
    error_set(e, STATUS_ARGUMENT, "wrong-type", _("option 'width' must be a number, or a text such as \"7 days\""));
    return STATUS_ARGUMENT;
  }
  TimeSpan span;
  int64_t length;
  const Status status = span_parse(value->text.bytes, &span, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!span_length(&span, &length)) {
    error_set(e, STATUS_ARGUMENT, "bad-span", _("bins are of one width, which '%s' has not"), value->text.bytes);
    return error_hint(e, _("df:resample counts by months: plot.bar or plot.line draws its result"));
  }
  *out = (BinChoice){.rule = BINS_WIDTH, .width = (double)length, .time = true};
  return STATUS_OK;
}

enum {
#define HIST_NUMBER(field, ...) HIST_OPTION_##field,
  HIST_OPTIONS(HIST_NUMBER)
};

static bool is_given(const Call *call, int option)
{
  return call->given >> option & 1;
}

static Status check_hist(const Call *call, Error *e)
{
  const HistOptions *o = call->options;
  if (o->width && is_given(call, HIST_OPTION_bins)) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use", _("the option 'bins' means nothing beside 'width'"));
  }
  if (o->y[0] != 'c' && o->stacked && is_given(call, HIST_OPTION_stacked)) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("shares and densities of several series do not stack: each has a whole of its own"));
  }
  return STATUS_OK;
}

static Status run_hist(Call *call, Value *out, Error *e)
{
  const HistOptions *o = call->options;
  BinChoice bins = {.rule = BINS_FD};
  ChartLook look;
  Chart *chart = NULL;
  Status status;
  TRY(refuse_groups(call, "color", e));
  TRY(check_hist(call, e));
  TRY(LOOK_OF(o, o->xlim, &look, e));
  TRY(o->width ? read_width(o->width, &bins, e) : read_bins(o->bins, &bins, e));
  TRY(chart_hist_make(of(call), o, &bins, &look, call->task, &chart, e));
done:
  return give(status, chart, out);
}

/* ---- p:data() */

static Status run_data(Call *call, Value *out, Error *e)
{
  Frame *frame = NULL;
  const Status status = chart_data(call->data->chart, &frame, e);
  if (status == STATUS_OK) {
    *out = value_of_frame(frame);
  }
  return status;
}

/* ---- descriptors */

#define ROW(...) OPTION_ROW_OF(ScatterOptions, __VA_ARGS__)
static const Option scatter_options[] = {SCATTER_OPTIONS(ROW) TITLE_OPTIONS(ROW) LIMIT_OPTIONS(ROW) LOG_OPTION(ROW)};
#undef ROW
#define ROW(...) OPTION_ROW_OF(HistOptions, __VA_ARGS__)
static const Option hist_options[] = {HIST_OPTIONS(ROW) TITLE_OPTIONS(ROW) LIMIT_OPTIONS(ROW) LOG_OPTION(ROW)};
#undef ROW
#define ROW(...) OPTION_ROW_OF(BarOptions, __VA_ARGS__)
static const Option bar_options[] = {BAR_OPTIONS(ROW) TITLE_OPTIONS(ROW) YLIM_OPTION(ROW) LOG_Y_OPTION(ROW)};
#undef ROW
#define ROW(...) OPTION_ROW_OF(LineOptions, __VA_ARGS__)
static const Option line_options[] = {LINE_OPTIONS(ROW) TITLE_OPTIONS(ROW) LIMIT_OPTIONS(ROW) LOG_OPTION(ROW)};
#undef ROW
#define ROW(...) OPTION_ROW_OF(BoxOptions, __VA_ARGS__)
static const Option box_options[] = {BOX_OPTIONS(ROW) TITLE_OPTIONS(ROW) YLIM_OPTION(ROW) LOG_Y_OPTION(ROW)};
#undef ROW

static Status forecast(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const double rows = (double)frame_rows(of(call));
  *out = (Cost){.bytes = rows * 8, .seconds = rows * 30e-9};
  return STATUS_OK;
}

static Status forecast_sort(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const double rows = (double)frame_rows(of(call));
  *out = (Cost){.bytes = rows * 48, .seconds = rows * 200e-9};
  return STATUS_OK;
}

#define CREDIT "df = read \"datasets/credit/credit.csv\"\n"
#define CHART_RETURNS "a chart, which the prompt draws as text: p:save(path), p:script(), p:data()"
#define SIZED \
  .size = sizeof(Primitive), .family = "plot", .method = "", .version = 1, .takes = VALUE_FRAME, .gives = VALUE_CHART
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive scatter_primitive = {
    SIZED,
    .name = "scatter",
    .summary = "points on two axes",
    .details =
        "Rows of which x, y or color is missing or not finite are left out and counted. The chart refers to the "
        "columns and copies nothing.",
    OPTIONS(scatter_options, ScatterOptions),
    .returns = CHART_RETURNS,
    .reference = "",
    .example = "df = read \"datasets/iris/iris.csv\"\n"
               "plot.scatter(df, {x = \"petal_length\", y = \"petal_width\", color = \"species\"})",
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_scatter};
REGISTER_PRIMITIVE(scatter_primitive);

static const Primitive hist_primitive = {
    SIZED,
    .name = "hist",
    .summary = "how often numbers or times occur, by bins of equal width",
    .details =
        "A bin holds what is above its lower edge, and what is equal to its upper one; the first bin has its lower "
        "edge too. A bin of times holds its lower edge and not the upper one. A rule says about how many bins there "
        "are; their width is then a round number and the edges are its "
        "multiples, as in R's hist. bins = 20 makes just so many between the least and the largest. Whole numbers get "
        "bins of whole numbers. A note tells rule and width.",
    .main = "x",
    OPTIONS(hist_options, HistOptions),
    .returns = CHART_RETURNS,
    .reference = "Freedman and Diaconis 1981; Scott 1979; Sturges 1926; R 4.2, hist()",
    .example = CREDIT "plot.hist(df, \"credit_amount\")",
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_hist};
REGISTER_PRIMITIVE(hist_primitive);

static const Primitive bar_primitive = {
    SIZED,
    .name = "bar",
    .summary = "a bar for each category: rows counted, or any aggregate",
    .details = "y is an aggregate as in df:agg, or a column of which each category has one row. With more categories "
               "than top "
               "the rest become one bar whose y is computed from all their rows. Rows without a category are the "
               "category NA.",
    .main = "x",
    OPTIONS(bar_options, BarOptions),
    .returns = CHART_RETURNS,
    .reference = "",
    .example = CREDIT "plot.bar(df, {x = \"purpose\", y = \"mean(credit_amount)\", top = 5})",
    .where = WHERE_JOB,
    .cost = forecast_sort,
    .run = run_bar};
REGISTER_PRIMITIVE(bar_primitive);

static const Primitive line_primitive = {
    SIZED,
    .name = "line",
    .summary = "lines along an axis of numbers or times",
    .details = "Points are joined in the order of x; that they were sorted, and that several have the same x, is said "
               "in a note. "
               "A missing y breaks the line. An aggregate as y gives a point for each x: \"mean(price)\".",
    OPTIONS(line_options, LineOptions),
    .returns = CHART_RETURNS,
    .reference = "",
    .example = CREDIT "plot.line(df, {x = \"duration\", y = \"mean(credit_amount)\", color = \"class\"})",
    .where = WHERE_JOB,
    .cost = forecast_sort,
    .run = run_line};
REGISTER_PRIMITIVE(line_primitive);

static const Primitive box_primitive = {
    SIZED,
    .name = "box",
    .summary = "a box of quartiles for each category, with whiskers and outliers",
    .details =
        "The box reaches from hinge to hinge: the medians of the lower and the upper half of the numbers, the median "
        "itself belonging to both; so do R's boxplot.stats. Hinges differ a little from the quartiles of df:describe. "
        "Whiskers reach to the last number within 1.5 lengths of the box, numbers beyond are points.",
    OPTIONS(box_options, BoxOptions),
    .returns = CHART_RETURNS,
    .reference = "Tukey 1977, Exploratory Data Analysis, chapter 2",
    .example = CREDIT "plot.box(df, {x = \"class\", y = \"duration\"})",
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_box};
REGISTER_PRIMITIVE(box_primitive);

static const Primitive data_primitive = {
    .size = sizeof(Primitive),
    .family = "chart",
    .name = "data",
    .version = 1,
    .summary = "the numbers behind a chart",
    .details = "Several series stand one below the other, with a column series that names them.",
    .takes = VALUE_CHART,
    .gives = VALUE_FRAME,
    .returns = "a frame: points, bins with their edges, bars, boxes",
    .reference = "",
    .example = CREDIT "plot.hist(df, {x = \"age\", bins = 5}):data()",
    .where = WHERE_MAIN,
    .run = run_data};
REGISTER_PRIMITIVE(data_primitive);
