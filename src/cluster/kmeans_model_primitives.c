/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/kmeans_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"

/* ---- to frames */

/* One column of a k x d matrix, each value put back as v * factor + shift. */
static void draft_matrix_column(Draft *draft, const char *name, const double *matrix, size_t k, size_t d, size_t j,
                                double shift, double factor)
{
  Builder *builder = builder_new(TYPE_FLOAT64, k);
  for (size_t i = 0; builder && i < k; i++) {
    const double value = matrix[i * d + j];
    builder_float(builder, shift == 0 && factor == 1 ? value : value * factor + shift);
  }
  if (builder) {
    draft_builder(draft, name, builder);
  } else {
    draft_column(draft, name, NULL);
  }
}

/* A variable of the name of one of tidy's own columns gets a mark, so that both can stand there. */
static void tidy_name(const char *name, char *out, size_t size)
{
  static const char *const own[] = {"cluster", "size", "share", "withinss"};
  bool clash = false;
  for (size_t i = 0; i < 4; i++) {
    clash = clash || strcmp(name, own[i]) == 0;
  }
  snprintf(out, size, clash ? "%s_mean" : "%s", name);
}

static Status make_tidy(const Frame *data, const Variables *v, const KmeansResult *r, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *cluster = builder_new(TYPE_INT64, r->k), *share = builder_new(TYPE_FLOAT64, r->k);
  for (size_t i = 0; cluster && share && i < r->k; i++) {
    builder_int(cluster, (int64_t)i + 1);
    builder_float(share, (double)r->sizes[i] / (double)r->n);
  }
  if (!draft || !cluster || !share) {
    draft_free(draft);
    builder_free(cluster);
    builder_free(share);
    return error_memory(e, 0, _("a model"));
  }
  draft_builder(draft, "cluster", cluster);
  draft_ints(draft, "size", r->sizes, r->k);
  draft_builder(draft, "share", share);
  draft_floats(draft, "withinss", r->withinss, r->k);
  for (size_t j = 0; j < v->d; j++) {
    char name[512];
    tidy_name(frame_name(data, v->columns[j]), name, sizeof name);
    draft_matrix_column(draft, name, r->centres, r->k, r->d, j, v->shift[j], v->factor[j]);
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const Variables *v, const KmeansOptions *options, const KmeansResult *r, double silhouette,
                          Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "k", (int64_t)r->k);
  draft_float(draft, "inertia", r->inertia);
  draft_float(draft, "totss", r->totss);
  draft_float(draft, "betweenss", r->totss - r->inertia);
  draft_int(draft, "iterations", r->iterations);
  draft_bool(draft, "converged", r->converged);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", r->reason);
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_float(draft, "silhouette", silhouette);
  draft_int(draft, "seed", options->seed);
  draft_int(draft, "dropped", (int64_t)v->dropped);
  draft_int(draft, "starts", r->starts_done);
  draft_int(draft, "starts_at_best", r->starts_at_best);
  draft_int(draft, "swaps", r->swaps_accepted);
  draft_int(draft, "swaps_tried", r->swaps_tried);
  draft_int(draft, "emptied", r->relocated);
  return draft_finish(draft, out, e);
}

static Status make_matrix(const Frame *data, const Variables *v, const double *matrix, size_t k, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  for (size_t j = 0; j < v->d; j++) {
    draft_matrix_column(draft, frame_name(data, v->columns[j]), matrix, k, v->d, j, 0, 1);
  }
  return draft_finish(draft, out, e);
}

static Status make_variables(const Frame *data, const Variables *v, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *names = builder_new(TYPE_STRING, v->d);
  for (size_t j = 0; names && j < v->d; j++) {
    const char *name = frame_name(data, v->columns[j]);
    builder_text(names, name, strlen(name));
  }
  if (!draft || !names) {
    draft_free(draft);
    builder_free(names);
    return error_memory(e, 0, _("a model"));
  }
  draft_builder(draft, "name", names);
  draft_floats(draft, "shift", v->shift, v->d);
  draft_floats(draft, "factor", v->factor, v->d);
  return draft_finish(draft, out, e);
}

static Status make_state(const KmeansState *s, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "stage", s->stage);
  draft_int(draft, "starts", (int64_t)s->starts);
  draft_int(draft, "start", (int64_t)s->start);
  draft_int(draft, "iteration", (int64_t)s->iteration);
  draft_bool(draft, "last", s->last);
  draft_bool(draft, "run_converged", s->run_converged);
  draft_float(draft, "objective", isfinite(s->objective) ? s->objective : NAN);
  draft_int(draft, "trial", (int64_t)s->trial);
  draft_int(draft, "failed", (int64_t)s->failed);
  draft_int(draft, "rounds", (int64_t)s->rounds);
  draft_int(draft, "accepted", (int64_t)s->accepted);
  draft_int(draft, "relocated", (int64_t)s->relocated);
  draft_int(draft, "best_iterations", (int64_t)s->best_iterations);
  draft_bool(draft, "best_converged", s->best_converged);
  draft_float(draft, "best_inertia", isfinite(s->best_inertia) ? s->best_inertia : NAN);
  return draft_finish(draft, out, e);
}

static Status make_starts(const KmeansState *s, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_floats(draft, "inertia", s->start_inertia, s->starts);
  return draft_finish(draft, out, e);
}

static Status put_state(Model *model, const Frame *data, const Variables *v, const KmeansState *s, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "state", make_state(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_starts", make_starts(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_current", make_matrix(data, v, s->current, s->k, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_best", make_matrix(data, v, s->best, s->k, &frame, e), &frame, e));
done:
  return status;
}

Status kmeans_model_fill(Model *model, const Frame *data, const Variables *v, const KmeansOptions *options,
                         const KmeansResult *r, const KmeansState *state, double silhouette, const char *notes, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(data, v, r, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(v, options, r, silhouette, &frame, e), &frame, e));
  TRY(model_set_made(model, "centres", make_matrix(data, v, r->centres, r->k, &frame, e), &frame, e));
  TRY(model_set_made(model, "variables", make_variables(data, v, &frame, e), &frame, e));
  TRY(model_set_notes(model, notes, e));
  if (!r->complete) {
    TRY(put_state(model, data, v, state, e));
  }
done:
  return status;
}

/* ---- and back */

static Status broken(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("the k-means model lacks frames or figures it needs"));
}

/* A cell of a one-row frame as a number. */
static bool cell(const Frame *frame, const char *name, bool may_miss, double *out)
{
  size_t column;
  if (!frame || frame_rows(frame) != 1 || !frame_find(frame, name, &column)) {
    return false;
  }
  const Column *values = frame_column(frame, column);
  if (type_is_text(column_type(values)) || column_type(values) == TYPE_SET) {
    return false;
  }
  if (!column_valid(values, 0)) {
    *out = NAN;
    return may_miss;
  }
  *out = column_float(values, 0);
  return true;
}

static bool size_cell(const Frame *frame, const char *name, size_t *out)
{
  double number;
  if (!cell(frame, name, false, &number) || !(number >= 0 && number < 0x1p53)) {
    return false;
  }
  *out = (size_t)number;
  return true;
}

static bool flag_cell(const Frame *frame, const char *name, bool *out)
{
  double number;
  if (!cell(frame, name, false, &number)) {
    return false;
  }
  *out = number != 0;
  return true;
}

/* k rows of d float64 columns without missing cells. */
static bool is_matrix(const Frame *frame, size_t k, size_t d)
{
  if (!frame || frame_rows(frame) != k || frame_columns(frame) != d) {
    return false;
  }
  for (size_t j = 0; j < d; j++) {
    const Column *column = frame_column(frame, j);
    if (column_type(column) != TYPE_FLOAT64 || column_missing(column) > 0) {
      return false;
    }
  }
  return true;
}

static double *copy_matrix(const Frame *frame)
{
  const size_t k = frame_rows(frame), d = frame_columns(frame);
  double *matrix = mem_alloc(k * d, sizeof *matrix);
  for (size_t j = 0; matrix && j < d; j++) {
    column_block(frame_column(frame, j), 0, k, matrix + j, d);
  }
  return matrix;
}

static bool read_scalars(const Frame *frame, KmeansState *s)
{
  size_t stage = 0;
  double objective, best;
  const bool sound = size_cell(frame, "stage", &stage) && size_cell(frame, "starts", &s->starts) &&
                     size_cell(frame, "start", &s->start) && size_cell(frame, "iteration", &s->iteration) &&
                     flag_cell(frame, "last", &s->last) && flag_cell(frame, "run_converged", &s->run_converged) &&
                     cell(frame, "objective", true, &objective) && size_cell(frame, "trial", &s->trial) &&
                     size_cell(frame, "failed", &s->failed) && size_cell(frame, "rounds", &s->rounds) &&
                     size_cell(frame, "accepted", &s->accepted) && size_cell(frame, "relocated", &s->relocated) &&
                     size_cell(frame, "best_iterations", &s->best_iterations) &&
                     flag_cell(frame, "best_converged", &s->best_converged) && cell(frame, "best_inertia", true, &best);
  if (!sound || stage > KMEANS_STAGE_DONE || s->start > s->starts) {
    return false;
  }
  s->stage = (KmeansStage)stage;
  s->objective = isnan(objective) ? INFINITY : objective;
  s->best_inertia = isnan(best) ? INFINITY : best;
  return true;
}

Status kmeans_model_state(const Model *model, KmeansState *out, Error *e)
{
  const Frame *centres = model_frame(model, "centres"), *starts = model_frame(model, "state_starts");
  const Frame *current = model_frame(model, "state_current"), *best = model_frame(model, "state_best");
  memset(out, 0, sizeof *out);
  if (!centres || !read_scalars(model_frame(model, "state"), out)) {
    return broken(e);
  }
  out->k = frame_rows(centres);
  out->d = frame_columns(centres);
  if (!is_matrix(current, out->k, out->d) || !is_matrix(best, out->k, out->d) || !starts ||
      frame_rows(starts) != out->starts || frame_columns(starts) != 1) {
    return broken(e);
  }
  out->current = copy_matrix(current);
  out->best = copy_matrix(best);
  out->start_inertia = copy_matrix(starts);
  return out->current && out->best && out->start_inertia ? STATUS_OK : error_memory(e, 0, _("a model"));
}

Status kmeans_model_check(const Model *model, Error *e)
{
  const Frame *centres = model_frame(model, "centres"), *variables = model_frame(model, "variables");
  const Frame *glance = model_frame(model, "glance");
  size_t k, name, shift, factor;
  bool complete;
  if (!centres || !variables || !size_cell(glance, "k", &k) || !flag_cell(glance, "complete", &complete) || k < 1 ||
      !is_matrix(centres, k, frame_columns(centres)) || frame_rows(variables) != frame_columns(centres) ||
      !frame_find(variables, "name", &name) || !frame_find(variables, "shift", &shift) ||
      !frame_find(variables, "factor", &factor)) {
    return broken(e);
  }
  const Column *names = frame_column(variables, name);
  const Column *shifts = frame_column(variables, shift), *factors = frame_column(variables, factor);
  if (!type_is_text(column_type(names)) || column_missing(names) || column_type(shifts) != TYPE_FLOAT64 ||
      column_type(factors) != TYPE_FLOAT64 || column_missing(shifts) || column_missing(factors)) {
    return broken(e);
  }
  if (complete) {
    return STATUS_OK;
  }
  KmeansState state;
  const Status status = kmeans_model_state(model, &state, e);
  kmeans_state_free(&state);
  return status;
}
