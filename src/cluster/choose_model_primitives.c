/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cluster.choose leaves: frames, words, charts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/choose_primitives.h"
#include "core/alloc.h"
#include "frame/builder.h"

/* ---- frames */

static void draft_figure(Draft *draft, const Choosing *c, const char *name, size_t offset, double *cells)
{
  for (size_t i = 0; i < c->done; i++) {
    memcpy(&cells[i], (const char *)&c->levels[i] + offset, sizeof *cells);
    cells[i] = isfinite(cells[i]) ? cells[i] : NAN;
  }
  draft_floats(draft, name, cells, c->done);
}

#define LEVEL_FIGURES(F) \
  F(withinss) F(explained) F(silhouette) F(calinski_harabasz) F(davies_bouldin) F(dunn) F(bic) F(log_w) F(gap) F(gap_se) \
  F(stability)

static Status make_table(const Choosing *c, Frame **out, Error *e)
{
  double *cells = mem_alloc(c->n_ks, sizeof *cells);
  int64_t *numbers = mem_alloc(2 * c->n_ks, sizeof *numbers);
  Draft *draft = draft_new();
  if (!cells || !numbers || !draft) {
    mem_free(cells);
    mem_free(numbers);
    draft_free(draft);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t i = 0; i < c->done; i++) {
    numbers[i] = c->levels[i].k;
    numbers[c->n_ks + i] = c->levels[i].smallest;
  }
  draft_ints(draft, "k", numbers, c->done);
#define PUT(name) draft_figure(draft, c, #name, offsetof(ChooseLevel, name), cells);
  LEVEL_FIGURES(PUT)
#undef PUT
  draft_ints(draft, "smallest", numbers + c->n_ks, c->done);
  mem_free(cells);
  mem_free(numbers);
  return draft_finish(draft, out, e);
}

static Status make_suggestions(const int64_t suggested[CHOOSE_RULES], Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *names = builder_new(TYPE_STRING, CHOOSE_RULES), *ks = builder_new(TYPE_INT64, CHOOSE_RULES);
  Builder *why = builder_new(TYPE_STRING, CHOOSE_RULES);
  if (!draft || !names || !ks || !why) {
    draft_free(draft);
    builder_free(names);
    builder_free(ks);
    builder_free(why);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t rule = 0; rule < CHOOSE_RULES; rule++) {
    const char *name = choose_rule_name((ChooseRule)rule), *text = choose_rule_text((ChooseRule)rule);
    builder_text(names, name, strlen(name));
    builder_text(why, text, strlen(text));
    if (suggested[rule] > 0) {
      builder_int(ks, suggested[rule]);
    } else {
      builder_missing(ks);
    }
  }
  draft_builder(draft, "rule", names);
  draft_builder(draft, "k", ks);
  draft_builder(draft, "why", why);
  return draft_finish(draft, out, e);
}

static Status make_glance(const Choosing *c, const int64_t suggested[CHOOSE_RULES], Frame **out, Error *e)
{
  size_t votes, rules = 0;
  const int64_t best = choose_vote(suggested, c->levels, c->done, &votes);
  for (size_t rule = 0; rule < CHOOSE_RULES; rule++) {
    rules += suggested[rule] > 0 && !(rule == CHOOSE_GAP_FIRST && suggested[rule] == suggested[CHOOSE_GAP]);
  }
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)c->input.variables.n);
  draft_int(draft, "d", (int64_t)c->input.variables.d);
  draft_text(draft, "method", c->method->name);
  draft_int(draft, "suggested", best);
  draft_int(draft, "votes", (int64_t)votes);
  draft_int(draft, "rules", (int64_t)rules);
  draft_float(draft, "hopkins", c->tendency.statistic);
  draft_float(draft, "p_value", c->tendency.p_value);
  draft_int(draft, "references", c->o->references);
  draft_bool(draft, "quick", c->quick);
  draft_int(draft, "resamples", c->o->resamples);
  draft_int(draft, "fit_rows", (int64_t)c->fit_rows);
  draft_int(draft, "trial_rows", (int64_t)c->trial.n);
  draft_int(draft, "pair_rows", (int64_t)c->pairs.n);
  draft_bool(draft, "complete", c->complete);
  draft_text(draft, "reason", c->complete ? "" : c->refused.status != STATUS_OK ? c->refused.what : "interrupted");
  draft_int(draft, "seed", c->o->seed);
  return draft_finish(draft, out, e);
}

/* What is of a part of the rows, and how to have it of all. */
static void note_parts(const Choosing *c, Text *notes)
{
  const bool trials = c->o->references > 0 || c->o->resamples > 0;
  const size_t n = c->input.variables.n;
  if (c->fit_rows < n) {
    text_printf(notes, _("fits are to %1$zu of %2$zu rows, drawn at random; the others were assigned as new rows (fit_rows = %2$zu: to "
                         "all)\n"), c->fit_rows, n);
  }
  if (c->pairs.rows && c->pairs.n > 0) {
    text_printf(notes, _("silhouette and dunn compare all pairs: they are of %1$zu of %2$zu rows, drawn at random (pairs = %2$zu: of "
                         "all)\n"), c->pairs.n, n);
  } else if (c->pairs.n == 0) {
    text_printf(notes, _("silhouette and dunn were left out (pairs = 0)\n"));
  }
  if (trials && c->trial.rows) {
    text_printf(notes, _("gap and stability are of %1$zu of %2$zu rows, drawn at random (trial_rows = %2$zu: of all)\n"), c->trial.n,
                n);
  }
  if (c->o->references > 0 && c->quick) {
    text_printf(notes, _("fits to rows at random began %d times and were not refined (reference_fits = \"full\": like the others)\n"),
                CHOOSE_QUICK_STARTS);
  }
}

static void note(const Choosing *c, const int64_t suggested[CHOOSE_RULES], Text *notes)
{
  if (c->refused.status != STATUS_OK) {
    text_printf(notes, _("k = %1$lld could not be fitted: %2$s\n"), (long long)c->ks[c->done], c->refused.what);
  } else if (!c->complete) {
    text_printf(notes, _("stopped: numbers of clusters that were tried: %1$zu of %2$zu\n"), c->done, c->n_ks);
  }
  if (c->tendency.p_value > 0.05) {
    text_printf(notes, _("Hopkins' statistic is %.2f: rows lie about as rows at random would, so any number of clusters is a matter "
                         "of convenience\n"), c->tendency.statistic);
  }
  note_parts(c, notes);
  size_t votes;
  const int64_t best = choose_vote(suggested, c->levels, c->done, &votes);
  if (c->done > 2 && best > 0 && ((best == c->levels[0].k && best > 2) || best == c->levels[c->done - 1].k)) {
    text_printf(notes, _("the suggestion lies at the end of the range: try a wider one\n"));
  }
}

Status choose_model(const Choosing *c, Model *model, Text *notes, Error *e)
{
  int64_t suggested[CHOOSE_RULES];
  Frame *frame = NULL;
  Status status;
  for (size_t rule = 0; rule < CHOOSE_RULES; rule++) {
    suggested[rule] = choose_by((ChooseRule)rule, c->levels, c->done);
  }
  note(c, suggested, notes);
  TRY(model_set_made(model, "tidy", make_table(c, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(c, suggested, &frame, e), &frame, e));
  TRY(model_set_made(model, "suggestions", make_suggestions(suggested, &frame, e), &frame, e));
  TRY(model_set_notes(model, text_data(notes), e));
done:
  return status;
}

/* ---- words */

static const Column *column_of(const Model *model, const char *frame, const char *name)
{
  size_t column;
  const Frame *found = model_frame(model, frame);
  return found && frame_find(found, name, &column) ? frame_column(found, column) : NULL;
}

void choose_headline(const Model *model, Text *out)
{
  const Column *method;
  size_t length = 0;
  const char *name = model_figure(model, "method", &method) && type_is_text(column_type(method)) && column_valid(method, 0)
                       ? column_text(method, 0, &length)
                       : "";
  text_printf(out, _("how many clusters of %1$.0f rows in %2$.0f variables, by %3$.*4$s"), model_number(model, "n"),
              model_number(model, "d"), name, (int)length);
}

/* "4: elbow, silhouette" a line for each k that is suggested, most votes first. */
void choose_figures(const Model *model, Text *out)
{
  const Column *rules = column_of(model, "suggestions", "rule"), *ks = column_of(model, "suggestions", "k");
  const double best = model_number(model, "suggested");
  text_printf(out, _("suggested   k = %1$.0f, by %2$.0f of %3$.0f rules\n"), best, model_number(model, "votes"),
              model_number(model, "rules"));
  const Column *levels = column_of(model, "tidy", "k");
  for (size_t i = 0; rules && ks && levels && i < column_rows(levels); i++) {
    bool first = true;
    for (size_t rule = 0; rule < column_rows(ks); rule++) {
      if (!column_valid(ks, rule) || column_int(ks, rule) != column_int(levels, i)) {
        continue;
      }
      size_t length;
      const char *name = column_text(rules, rule, &length);
      if (first) {
        text_printf(out, "k = %-3lld     ", (long long)column_int(levels, i));
      }
      text_puts(out, first ? "" : ", ");
      text_add(out, name, length);
      first = false;
    }
    text_puts(out, first ? "" : "\n");
  }
  const double h = model_number(model, "hopkins");
  if (!isnan(h)) {
    text_printf(out, _("hopkins     %1$.3f (0.5: rows at random), p = %2$.2g\n"), h, model_number(model, "p_value"));
  }
}

Status choose_check(const Model *model, Error *e)
{
  static const char *const numbers[] = {"withinss", "silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "gap", "gap_se",
                                        "stability"};
  const Column *k = column_of(model, "tidy", "k"), *rules = column_of(model, "suggestions", "rule"),
               *ks = column_of(model, "suggestions", "k");
  bool sound = k && rules && ks && column_type(k) == TYPE_INT64 && !column_missing(k) && column_type(ks) == TYPE_INT64 &&
               type_is_text(column_type(rules)) && !column_missing(rules);
  for (size_t i = 0; sound && i < sizeof numbers / sizeof *numbers; i++) {
    const Column *cells = column_of(model, "tidy", numbers[i]);
    sound = cells && column_type(cells) == TYPE_FLOAT64;
  }
  return sound ? STATUS_OK : error_set(e, STATUS_FORMAT, "bad-model-file", _("the model of choose lacks frames or figures it needs"));
}

/* ---- charts */

static Status add_line(Chart *chart, const char *name, const Column *k, const Column *values, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const Column *const columns[] = {k, values};
  const Status status = chart_add_columns(chart, CHART_LINE, name, roles, columns, 2, e);
  return status == STATUS_OK ? chart_add_columns(chart, CHART_POINTS, "", roles, columns, 2, e) : status;
}

/* A column put on 0..1; `turn`: smaller was better. */
static Status add_unit_line(Chart *chart, const char *name, const Column *k, const Column *values, bool turn, Error *e)
{
  const size_t n = column_rows(values);
  double low = INFINITY, high = -INFINITY, *cells = mem_alloc(n + 1, sizeof *cells);
  Column *unit = NULL;
  Status status = cells ? STATUS_OK : error_memory(e, 0, _("a chart"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    cells[i] = column_valid(values, i) ? column_float(values, i) : NAN;
    low = fmin(low, cells[i]);
    high = fmax(high, cells[i]);
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const double share = high > low ? (cells[i] - low) / (high - low) : 0.5;
    cells[i] = turn ? 1 - share : share;
  }
  if (status == STATUS_OK && isfinite(low)) {
    static const char *const roles[] = {"x", "y"};
    status = column_of_floats(cells, n, &unit, e);
    const Column *const columns[] = {k, unit};
    status = status == STATUS_OK ? chart_add_columns(chart, CHART_LINE, name, roles, columns, 2, e) : status;
  }
  column_unref(unit);
  mem_free(cells);
  return status;
}

static Status plot_criteria(const Model *model, Chart *chart, Error *e)
{
  static const struct {
    const char *name;
    bool turn;
  } lines[] = {{"silhouette", false}, {"calinski_harabasz", false}, {"davies_bouldin", true}, {"dunn", false}, {"gap", false},
               {"stability", false}};
  const Column *k = column_of(model, "tidy", "k");
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < sizeof lines / sizeof *lines; i++) {
    status = add_unit_line(chart, lines[i].name, k, column_of(model, "tidy", lines[i].name), lines[i].turn, e);
  }
  return status == STATUS_OK ? chart_add_note(chart, e, _("each criterion from its worst (0) to its best (1)")) : status;
}

/* The gap, and bars of one standard error: as two further lines, since intervals lie across. */
static Status plot_gap(const Model *model, Chart *chart, Error *e)
{
  const Column *k = column_of(model, "tidy", "k"), *gap = column_of(model, "tidy", "gap"), *se = column_of(model, "tidy", "gap_se");
  const size_t n = column_rows(gap);
  double *cells = mem_alloc(n + 1, sizeof *cells);
  Status status = cells ? add_line(chart, _("gap"), k, gap, e) : error_memory(e, 0, _("a chart"));
  for (int side = -1; status == STATUS_OK && side <= 1; side += 2) {
    Column *edge = NULL;
    for (size_t i = 0; i < n; i++) {
      cells[i] = column_valid(gap, i) && column_valid(se, i) ? column_float(gap, i) + side * column_float(se, i) : NAN;
    }
    status = column_of_floats(cells, n, &edge, e);
    static const char *const roles[] = {"x", "y"};
    const Column *const columns[] = {k, edge};
    status = status == STATUS_OK
               ? chart_add_columns(chart, CHART_LINE, side < 0 ? _("less a standard error") : _("and one more"), roles, columns, 2, e)
               : status;
    column_unref(edge);
  }
  mem_free(cells);
  return status;
}

Status choose_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const bool criteria = strcmp(request->kind, "criteria") == 0, gap = strcmp(request->kind, "gap") == 0;
  const char *name = strcmp(request->kind, "elbow") == 0 ? "withinss" : request->kind;
  Chart *chart = NULL;
  Status status;
  *out = NULL;
  if (request->x[0] || request->y[0]) {
    TRY(error_set(e, STATUS_ARGUMENT, "option-without-use", _("the options 'x' and 'y' mean nothing for the chart '%s'"),
                  request->kind));
  }
  TRY(chart_begin("line", request->title, _("number of clusters"), NULL, criteria ? _("worst to best") : name, NULL, &chart, e));
  if (criteria) {
    TRY(plot_criteria(model, chart, e));
  } else if (gap) {
    TRY(plot_gap(model, chart, e));
  } else {
    TRY(add_line(chart, "", column_of(model, "tidy", "k"), column_of(model, "tidy", name), e));
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  return status;
}
