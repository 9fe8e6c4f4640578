/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/latent_class_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

/* ---- to frames */

static Status make_tidy(const Questions *q, const LatentClassResult *r, Frame **out, Error *e)
{
  Draft *draft = cluster_tidy_begin(&q->input, r->sizes, r->best.k, 0);
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  cluster_tidy_floats(draft, "weight", r->best.share, r->best.k, false);
  if (r->share_error) {
    cluster_tidy_floats(draft, "weight_error", r->share_error, r->best.k, false);
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const Questions *q, const LatentClassResult *r, int64_t seed, Frame **out, Error *e)
{
  const LatentClassEntry *entry = &r->entry;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)q->input.variables.n);
  draft_int(draft, "k", (int64_t)r->best.k);
  draft_float(draft, "log_likelihood", entry->log_likelihood);
  draft_int(draft, "df", (int64_t)entry->df);
  draft_float(draft, "bic", entry->bic);
  draft_float(draft, "aic", entry->aic);
  draft_float(draft, "icl", entry->icl);
  draft_float(draft, "g2", r->g2);
  draft_float(draft, "x2", r->x2);
  draft_float(draft, "df_residual", r->df_residual);
  draft_float(draft, "entropy", r->entropy);
  draft_float(draft, "uncertainty", r->uncertainty);
  draft_int(draft, "iterations", (int64_t)entry->iterations);
  draft_bool(draft, "converged", entry->converged);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", !r->complete ? "interrupted" : !entry->converged ? "max_iter" : "");
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_int(draft, "seed", seed);
  draft_int(draft, "dropped", (int64_t)q->input.variables.dropped);
  draft_int(draft, "starts_at_best", (int64_t)entry->starts_at_best);
  draft_int(draft, "patterns", (int64_t)r->patterns);
  draft_float(draft, "total_weight", r->weight);
  return draft_finish(draft, out, e);
}

/* One row per question, level and class. */
static Status make_responses(const Questions *q, const LatentClassResult *r, Frame **out, Error *e)
{
  const LatentClasses *c = &r->best;
  const size_t n = c->k * c->all;
  Draft *draft = draft_new();
  Builder *texts[2] = {builder_new(TYPE_STRING, n), builder_new(TYPE_STRING, n)};
  Builder *cluster = builder_new(TYPE_INT64, n), *probability = builder_new(TYPE_FLOAT64, n);
  Builder *error = builder_new(TYPE_FLOAT64, n);
  if (!draft || !texts[0] || !texts[1] || !cluster || !probability || !error) {
    draft_free(draft);
    builder_free(texts[0]);
    builder_free(texts[1]);
    builder_free(cluster);
    builder_free(probability);
    builder_free(error);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t j = 0, at = 0; j < q->answers.questions; j++) {
    const char *name = frame_name(q->input.data, q->input.variables.columns[j]);
    for (size_t l = 0; l < q->levels[j]; l++, at++) {
      for (size_t k = 0; k < c->k; k++) {
        builder_text(texts[0], name, strlen(name));
        builder_text(texts[1], text_data(&q->names[at]), q->names[at].size);
        builder_int(cluster, (int64_t)k + 1);
        builder_float(probability, c->probability[k * c->all + at]);
        if (r->share_error) {
          builder_float(error, r->probability_error[k * c->all + at]);
        } else {
          builder_missing(error);
        }
      }
    }
  }
  draft_builder(draft, "variable", texts[0]);
  draft_builder(draft, "level", texts[1]);
  draft_builder(draft, "cluster", cluster);
  draft_builder(draft, "probability", probability);
  draft_builder(draft, "std_error", error);
  return draft_finish(draft, out, e);
}

/* The table, whole or as far as it is: all its numbers are also what an interrupted fit needs. */
static Status make_criteria(const LatentClassEntry *table, size_t n, Frame **out, Error *e)
{
  static const char *const names[] = {"k", "log_likelihood", "df", "bic", "aic", "icl", "iterations", "starts_at_best",
                                      "converged"};
  enum { COLUMNS = sizeof names / sizeof *names };
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  for (int c = 0; c < COLUMNS; c++) {
    const bool whole = c == 0 || c == 2 || c == 6 || c == 7;
    Builder *builder = builder_new(c == 8 ? TYPE_BOOL : whole ? TYPE_INT64 : TYPE_FLOAT64, n);
    for (size_t i = 0; builder && i < n; i++) {
      const LatentClassEntry *t = &table[i];
      const size_t wholes[] = {t->k, 0, t->df, 0, 0, 0, t->iterations, t->starts_at_best};
      const double numbers[] = {0, t->log_likelihood, 0, t->bic, t->aic, t->icl};
      if (c == 8) {
        builder_bool(builder, t->converged);
      } else if (whole) {
        builder_int(builder, (int64_t)wholes[c]);
      } else {
        builder_float(builder, numbers[c]);
      }
    }
    if (builder) {
      draft_builder(draft, names[c], builder);
    } else {
      draft_column(draft, names[c], NULL);
    }
  }
  return draft_finish(draft, out, e);
}

static Status make_numbers(const double *values, size_t n, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_floats(draft, "value", values, values ? n : 0);
  return draft_finish(draft, out, e);
}

static Status make_state(const LatentClassState *s, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "fit", (int64_t)s->fit);
  draft_int(draft, "start", (int64_t)s->start);
  return draft_finish(draft, out, e);
}

static Status put_state(Model *model, const LatentClassState *s, Error *e)
{
  Frame *frame = NULL;
  const size_t best = s->best.k * (1 + s->best.all), start = s->best_start.k * (1 + s->best_start.all);
  Status status;
  TRY(model_set_made(model, "state", make_state(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_table", make_criteria(s->table, s->fit + (s->best_start.share != NULL), &frame, e),
                     &frame, e));
  TRY(model_set_made(model, "state_best", make_numbers(s->best.share, best, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_start", make_numbers(s->best_start.share, start, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_starts", make_numbers(s->start_sums, s->start, &frame, e), &frame, e));
done:
  return status;
}

Status latent_class_model_fill(Model *model, const Questions *q, const LatentClassResult *r,
                               const LatentClassState *state, int64_t seed, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(q, r, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(q, r, seed, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &q->input, e));
  TRY(model_set_made(model, "responses", make_responses(q, r, &frame, e), &frame, e));
  TRY(model_set_made(model, "criteria", make_criteria(r->table, r->n_table, &frame, e), &frame, e));
  if (!r->complete) {
    TRY(put_state(model, state, e));
  }
done:
  return status;
}

/* ---- and back */

static bool is_type(const Frame *frame, const char *name, Type type, const Column **out)
{
  size_t column;
  if (!frame || !frame_find(frame, name, &column)) {
    return false;
  }
  *out = frame_column(frame, column);
  const bool text = type == TYPE_STRING && type_is_text(column_type(*out));
  return (text || column_type(*out) == type) && column_missing(*out) == 0;
}

Status latent_class_model_classes(const Model *model, LatentClasses *out, Error *e)
{
  const Frame *responses = model_frame(model, "responses"), *tidy = model_frame(model, "tidy");
  const Column *variable, *level, *cluster, *probability, *weight;
  size_t k = 0;
  *out = (LatentClasses){0};
  if (!cluster_size_cell(model_frame(model, "glance"), "k", &k) || k < 1 || k > 1000000 ||
      !is_type(responses, "variable", TYPE_STRING, &variable) || !is_type(responses, "level", TYPE_STRING, &level) ||
      !is_type(responses, "cluster", TYPE_INT64, &cluster) ||
      !is_type(responses, "probability", TYPE_FLOAT64, &probability) ||
      !is_type(tidy, "weight", TYPE_FLOAT64, &weight) || frame_rows(tidy) != k || frame_rows(responses) % k != 0 ||
      frame_rows(responses) == 0) {
    return cluster_model_broken(e);
  }
  const Status status = latent_classes_new(k, frame_rows(responses) / k, out, e);
  for (size_t j = 0; status == STATUS_OK && j < k; j++) {
    out->share[j] = column_float(weight, j);
    bool sound = out->share[j] >= 0 && out->share[j] <= 1;
    for (size_t l = 0; sound && l < out->all; l++) {
      const double p = column_float(probability, l * k + j);
      out->probability[j * out->all + l] = p;
      sound = column_int(cluster, l * k + j) == (int64_t)j + 1 && p >= 0 && p <= 1 + 1e-9;
    }
    if (!sound) {
      latent_classes_free(out);
      return cluster_model_broken(e);
    }
  }
  return status;
}

static Status read_classes(const Frame *frame, size_t k, size_t all, LatentClasses *out, Error *e)
{
  if (!frame || frame_rows(frame) != k * (1 + all) || !cluster_is_matrix(frame, k * (1 + all), 1)) {
    return cluster_model_broken(e);
  }
  const Status status = latent_classes_new(k, all, out, e);
  if (status == STATUS_OK) {
    column_block(frame_column(frame, 0), 0, k * (1 + all), out->share, 1);
  }
  return status;
}

static bool read_table(const Frame *frame, const LatentClassSettings *settings, size_t rows, LatentClassEntry *table)
{
  const Column *k, *df, *iterations, *l, *bic, *aic, *icl, *converged, *at_best;
  if (!frame || frame_rows(frame) != rows || !is_type(frame, "k", TYPE_INT64, &k) ||
      !is_type(frame, "df", TYPE_INT64, &df) || !is_type(frame, "iterations", TYPE_INT64, &iterations) ||
      !is_type(frame, "log_likelihood", TYPE_FLOAT64, &l) || !is_type(frame, "bic", TYPE_FLOAT64, &bic) ||
      !is_type(frame, "aic", TYPE_FLOAT64, &aic) || !is_type(frame, "icl", TYPE_FLOAT64, &icl) ||
      !is_type(frame, "converged", TYPE_BOOL, &converged) || !is_type(frame, "starts_at_best", TYPE_INT64, &at_best)) {
    return false;
  }
  for (size_t i = 0; i < rows; i++) {
    if (column_int(k, i) != (int64_t)settings->k[i]) {
      return false;
    }
    table[i] = (LatentClassEntry){.k = settings->k[i],
                                  .df = (size_t)column_int(df, i),
                                  .iterations = (size_t)column_int(iterations, i),
                                  .starts_at_best = (size_t)column_int(at_best, i),
                                  .converged = column_float(converged, i) != 0,
                                  .log_likelihood = column_float(l, i),
                                  .bic = column_float(bic, i),
                                  .aic = column_float(aic, i),
                                  .icl = column_float(icl, i)};
  }
  return true;
}

Status latent_class_model_state(const Model *model, const Questions *q, const LatentClassSettings *settings,
                                LatentClassState *out, Error *e)
{
  const Frame *state = model_frame(model, "state"), *starts = model_frame(model, "state_starts"),
              *start = model_frame(model, "state_start");
  Status status;
  *out = (LatentClassState){0};
  if (!cluster_size_cell(state, "fit", &out->fit) || !cluster_size_cell(state, "start", &out->start) ||
      out->fit >= settings->n_k || out->start > settings->starts || !start || !starts ||
      frame_rows(starts) != out->start || !cluster_is_matrix(starts, out->start, 1)) {
    TRY(cluster_model_broken(e));
  }
  out->table = mem_zero(settings->n_k, sizeof *out->table);
  out->start_sums = mem_zero(settings->starts, sizeof *out->start_sums);
  TRY(out->table && out->start_sums ? STATUS_OK : error_memory(e, 0, _("a model")));
  column_block(frame_column(starts, 0), 0, out->start, out->start_sums, 1);
  const bool begun = frame_rows(start) > 0;
  size_t best = 0;
  if (begun != (out->start > 0) ||
      !read_table(model_frame(model, "state_table"), settings, out->fit + begun, out->table)) {
    TRY(cluster_model_broken(e));
  }
  for (size_t i = 1; i < out->fit; i++) {
    const LatentClassEntry *a = &out->table[i], *b = &out->table[best];
    best = (settings->icl ? a->icl < b->icl : a->bic < b->bic) ? i : best;
  }
  if (out->fit > 0) {
    TRY(read_classes(model_frame(model, "state_best"), settings->k[best], q->all, &out->best, e));
  }
  if (begun) {
    TRY(read_classes(start, settings->k[out->fit], q->all, &out->best_start, e));
  }
  status = STATUS_OK;
done:
  if (status != STATUS_OK) {
    latent_class_state_free(out);
  }
  return status;
}

Status latent_class_model_check(const Model *model, Error *e)
{
  LatentClasses classes;
  Status status = cluster_model_check(model, e);
  if (status == STATUS_OK) {
    status = latent_class_model_classes(model, &classes, e);
  }
  if (status == STATUS_OK) {
    latent_classes_free(&classes);
    status = model_frame(model, "criteria") ? STATUS_OK : cluster_model_broken(e);
  }
  return status;
}

/* ---- charts */

/* "variable = level" of each row of one class. */
static Status answer_names(const Frame *responses, size_t k, Column **out, Error *e)
{
  size_t variable, level;
  Text text = {0};
  Builder *builder = builder_new(TYPE_STRING, frame_rows(responses) / k);
  Status status;
  TRY(frame_need(responses, "variable", &variable, e));
  TRY(frame_need(responses, "level", &level, e));
  for (size_t row = 0; builder && row < frame_rows(responses); row += k) {
    size_t length;
    const char *bytes = column_text(frame_column(responses, variable), row, &length);
    text_reset(&text);
    text_add(&text, bytes, length);
    text_puts(&text, " = ");
    bytes = column_text(frame_column(responses, level), row, &length);
    text_add(&text, bytes, length);
    builder_text(builder, text_data(&text), text.size);
  }
  TRY(text_status(&text, e));
  status = builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a chart"));
  builder = NULL;
done:
  builder_free(builder);
  text_free(&text);
  return status;
}

static Status plot_responses(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  LatentClasses classes = {0};
  Column *names = NULL, *values = NULL;
  Chart *chart = NULL;
  Status status;
  if (request->x[0] || request->y[0]) {
    TRY(error_set(e, STATUS_ARGUMENT, "option-without-use",
                  _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind));
  }
  TRY(latent_class_model_classes(model, &classes, e));
  TRY(answer_names(model_frame(model, "responses"), classes.k, &names, e));
  TRY(chart_begin("bar", request->title, _("answer"), names, _("probability"), NULL, &chart, e));
  TRY(chart_set_legend(chart, _("cluster"), e));
  for (size_t j = 0; j < classes.k; j++) {
    char name[24];
    snprintf(name, sizeof name, "%zu", j + 1);
    TRY(column_of_floats(classes.probability + j * classes.all, classes.all, &values, e));
    TRY(chart_add_bars(chart, name, names, values, e));
    column_unref(values);
    values = NULL;
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  latent_classes_free(&classes);
  column_unref(names);
  column_unref(values);
  chart_unref(chart);
  return status;
}

Status latent_class_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  *out = NULL;
  return strcmp(request->kind, "responses") == 0 ? plot_responses(call, model, request, out, e)
                                                 : segment_plot(call, model, request, out, e);
}
