/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts as values: made piece by piece, then shared. chart_measure.c finds extents and densities. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_layout.h"
#include "core/alloc.h"
#include "frame/append.h"

static Status replace_text(char **slot, const char *text, Error *e)
{
  char *copy = mem_string(text ? text : "");
  if (!copy) {
    return error_memory(e, 0, _("a chart"));
  }
  mem_free(*slot);
  *slot = copy;
  return STATUS_OK;
}

Status chart_new(const char *kind, Chart **out, Error *e)
{
  *out = NULL;
  Chart *chart = mem_zero(1, sizeof *chart);
  if (!chart) {
    return error_memory(e, sizeof *chart, _("a chart"));
  }
  atomic_init(&chart->references, 1);
  chart->kind = kind;
  chart->x.low = chart->x.high = chart->y.low = chart->y.high = NAN;
  *out = chart;
  return STATUS_OK;
}

Chart *chart_ref(const Chart *chart)
{
  atomic_fetch_add_explicit(&((Chart *)chart)->references, 1, memory_order_relaxed);
  return (Chart *)chart;
}

static void axis_clear(ChartAxis *axis)
{
  mem_free((char *)axis->label);
  column_unref((Column *)axis->categories);
}

void chart_unref(Chart *chart)
{
  if (!chart || atomic_fetch_sub_explicit(&chart->references, 1, memory_order_acq_rel) != 1) {
    return;
  }
  mem_free(chart->title);
  mem_free(chart->legend);
  axis_clear(&chart->x);
  axis_clear(&chart->y);
  for (size_t i = 0; i < chart->n_series; i++) {
    mem_free((char *)chart->series[i].name);
    frame_unref((Frame *)chart->series[i].data);
  }
  for (size_t i = 0; i < chart->n_notes; i++) {
    mem_free(chart->notes[i]);
  }
  mem_free(chart);
}

Status chart_set_title(Chart *chart, const char *title, Error *e)
{
  return replace_text(&chart->title, title, e);
}

Status chart_set_legend(Chart *chart, const char *title, Error *e)
{
  return replace_text(&chart->legend, title, e);
}

static Status set_axis(ChartAxis *slot, const ChartAxis *axis, Error *e)
{
  char *label = mem_string(axis->label ? axis->label : "");
  if (!label) {
    return error_memory(e, 0, _("a chart"));
  }
  const ChartAxis before = *slot;
  *slot = *axis;
  slot->label = label;
  slot->categories = axis->categories ? column_ref(axis->categories) : NULL;
  ChartAxis old = before;
  axis_clear(&old);
  return STATUS_OK;
}

Status chart_set_x(Chart *chart, const ChartAxis *axis, Error *e)
{
  return set_axis(&chart->x, axis, e);
}

Status chart_set_y(Chart *chart, const ChartAxis *axis, Error *e)
{
  return set_axis(&chart->y, axis, e);
}

void chart_set_stacked(Chart *chart)
{
  chart->stacked = true;
}

/* The roles a mark's frame must have, one set or the other. */
static const char *const mark_roles[CHART_MARKS][2][7] = {
    [CHART_POINTS] = {{"x", "y"}},
    [CHART_LINE] = {{"x", "y"}},
    [CHART_BARS] = {{"x", "y"}, {"low", "high", "y"}},
    [CHART_BOXES] = {{"x", "low", "q25", "median", "q75", "high"}},
    [CHART_INTERVALS] = {{"x", "low", "high", "y"}},
    [CHART_RULE] = {{"intercept", "slope"}, {"x"}},
};

static bool can_be_drawn(Type type)
{
  return type == TYPE_FLOAT64 || type == TYPE_INT64 || type == TYPE_BOOL || type == TYPE_TIMESTAMP;
}

/* The first role of the set that is missing or cannot be drawn; NULL: all are sound. */
static const char *role_wanting(const Frame *data, const char *const *roles)
{
  size_t column;
  for (; *roles; roles++) {
    if (!frame_find(data, *roles, &column) || !can_be_drawn(column_type(frame_column(data, column)))) {
      return *roles;
    }
  }
  return NULL;
}

static Status roles_check(ChartMark mark, const Frame *data, Error *e)
{
  static const char *const shade[] = {"shade", NULL};
  const char *wanting = role_wanting(data, mark_roles[mark][0]);
  size_t column;
  if (!wanting && mark == CHART_POINTS && frame_find(data, "shade", &column)) {
    wanting = role_wanting(data, shade);
  }
  if (wanting && (!mark_roles[mark][1][0] || role_wanting(data, mark_roles[mark][1]))) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type",
                     _("the column '%s' is not one of numbers or times, so it cannot be drawn"), wanting);
  }
  return STATUS_OK;
}

Status chart_add(Chart *chart, ChartMark mark, const char *name, const Frame *data, Error *e)
{
  if (chart->n_series == CHART_SERIES_MOST) {
    return error_set(e, STATUS_LIMIT, "too-many-series", _("a chart can show at most %d series"), CHART_SERIES_MOST);
  }
  Status status = roles_check(mark, data, e);
  if (status != STATUS_OK) {
    return status;
  }
  char *copy = mem_string(name ? name : "");
  if (!copy) {
    return error_memory(e, 0, _("a chart"));
  }
  chart->series[chart->n_series++] = (ChartSeries){.mark = mark, .name = copy, .data = frame_ref(data)};
  return STATUS_OK;
}

Status chart_add_note(Chart *chart, Error *e, const char *format, ...)
{
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  line[utf8_whole(line, strlen(line))] = '\0'; /* a long name may have been cut in the middle of a character */
  if (chart->n_notes == CHART_NOTES_MOST) {
    return STATUS_OK;
  }
  const Status status = replace_text(&chart->notes[chart->n_notes], line, e);
  if (status != STATUS_OK) {
    return status;
  }
  chart->n_notes++;
  return STATUS_OK;
}

const char *chart_kind(const Chart *chart)
{
  return chart->kind;
}

const char *chart_title(const Chart *chart)
{
  return chart->title ? chart->title : "";
}

const char *chart_legend(const Chart *chart)
{
  return chart->legend ? chart->legend : "";
}

const ChartAxis *chart_x(const Chart *chart)
{
  return &chart->x;
}

const ChartAxis *chart_y(const Chart *chart)
{
  return &chart->y;
}

bool chart_stacked(const Chart *chart)
{
  return chart->stacked;
}

size_t chart_series_count(const Chart *chart)
{
  return chart->n_series;
}

const ChartSeries *chart_series(const Chart *chart, size_t index)
{
  return &chart->series[index];
}

size_t chart_notes(const Chart *chart)
{
  return chart->n_notes;
}

const char *chart_note(const Chart *chart, size_t index)
{
  return chart->notes[index];
}

const Column *chart_role(const ChartSeries *series, const char *role)
{
  size_t column;
  return frame_find(series->data, role, &column) ? frame_column(series->data, column) : NULL;
}

size_t chart_bytes(const Chart *chart)
{
  size_t bytes = sizeof *chart;
  for (size_t i = 0; i < chart->n_series; i++) {
    bytes += frame_bytes(chart->series[i].data);
  }
  return bytes;
}

static Digest text_part(const char *text)
{
  return digest_bytes(text, strlen(text));
}

static Digest axis_digest(const ChartAxis *axis)
{
  const double numbers[] = {(double)axis->scale, axis->log, axis->low, axis->high};
  const Digest parts[] = {text_part(axis->label ? axis->label : ""), digest_bytes(numbers, sizeof numbers),
                          axis->categories ? column_digest(axis->categories) : (Digest){0, 0}};
  return digest_join(parts, 3);
}

Digest chart_digest(const Chart *chart)
{
  const Digest head[] = {text_part(chart->kind), text_part(chart_title(chart)), text_part(chart_legend(chart)),
                         axis_digest(&chart->x), axis_digest(&chart->y), {chart->stacked, chart->n_series}};
  Digest digest = digest_join(head, sizeof head / sizeof *head);
  for (size_t i = 0; i < chart->n_series; i++) {
    const ChartSeries *series = &chart->series[i];
    const Digest parts[] = {digest, {series->mark, 0}, text_part(series->name), frame_digest(series->data)};
    digest = digest_join(parts, 4);
  }
  for (size_t i = 0; i < chart->n_notes; i++) {
    const Digest parts[] = {digest, text_part(chart->notes[i])};
    digest = digest_join(parts, 2);
  }
  return digest;
}

Status chart_data(const Chart *chart, Frame **out, Error *e)
{
  const Frame *frames[CHART_SERIES_MOST];
  const char *names[CHART_SERIES_MOST];
  if (chart->n_series == 1) {
    *out = frame_ref(chart->series[0].data);
    return STATUS_OK;
  }
  for (size_t i = 0; i < chart->n_series; i++) {
    frames[i] = chart->series[i].data;
    names[i] = chart->series[i].name;
  }
  Task task;
  task_init(&task, 1);
  const AppendOptions options = {.source = "series", .labels = names};
  const Status status = frames_append(frames, chart->n_series, &options, &task, out, NULL, e);
  task_free(&task);
  return status;
}
