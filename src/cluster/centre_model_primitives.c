/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/centre_model_primitives.h"

#include <math.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "core/alloc.h"

void centre_fit_free(void *of)
{
  CentreFit *fit = of;
  cluster_input_free(&fit->input);
  mem_free(fit->centres);
  mem_free(fit->seen);
  centre_state_free(&fit->state);
  centre_result_free(&fit->result);
}

/* ---- to frames */

static Status make_tidy(const CentreFit *fit, const char *within, Frame **out, Error *e)
{
  const CentreResult *r = &fit->result;
  Draft *draft = cluster_tidy_begin(&fit->input, r->sizes, r->k, 0);
  cluster_tidy_floats(draft, within, r->within, r->k, false);
  if (fit->seen) {
    cluster_tidy_floats(draft, "rows_seen", fit->seen, r->k, false);
  }
  const Status status = cluster_tidy_centres(draft, &fit->input, r->centres, NULL, r->k, false, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const CentreFit *fit, CentreNames names, int64_t seed, Frame **out, Error *e)
{
  const CentreResult *r = &fit->result;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "k", (int64_t)r->k);
  draft_float(draft, names.objective, r->objective);
  draft_int(draft, "iterations", r->iterations);
  draft_bool(draft, "converged", r->converged);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", r->reason);
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_int(draft, "seed", seed);
  draft_int(draft, "dropped", (int64_t)fit->input.variables.dropped);
  if (names.starts) {
    draft_int(draft, "starts", r->starts_done);
    draft_int(draft, "starts_at_best", r->starts_at_best);
  }
  draft_int(draft, "emptied", r->relocated);
  return draft_finish(draft, out, e);
}

static Status make_state(const CentreState *s, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "stage", s->stage);
  draft_int(draft, "extras", (int64_t)s->extras);
  draft_int(draft, "start", (int64_t)s->start);
  draft_int(draft, "iteration", (int64_t)s->iteration);
  draft_int(draft, "failed", (int64_t)s->failed);
  draft_bool(draft, "last", s->last);
  draft_bool(draft, "run_converged", s->run_converged);
  draft_bool(draft, "best_converged", s->best_converged);
  draft_float(draft, "objective", isfinite(s->objective) ? s->objective : NAN);
  draft_int(draft, "best_iterations", (int64_t)s->best_iterations);
  draft_int(draft, "relocated", (int64_t)s->relocated);
  draft_float(draft, "best_objective", isfinite(s->best_objective) ? s->best_objective : NAN);
  return draft_finish(draft, out, e);
}

static Status make_extra(const CentreState *s, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_floats(draft, "extra", s->extra, s->extras);
  return draft_finish(draft, out, e);
}

static Status put_state(Model *model, const CentreFit *fit, Error *e)
{
  const CentreState *s = &fit->state;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "state", make_state(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_extra", make_extra(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_current", cluster_matrix_frame(&fit->input, s->current, s->k, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_best", cluster_matrix_frame(&fit->input, s->best, s->k, &frame, e), &frame, e));
done:
  return status;
}

Status centre_model_fill(Model *model, const CentreFit *fit, CentreNames names, int64_t seed, Error *e)
{
  const CentreResult *r = &fit->result;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, names.within, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(fit, names, seed, &frame, e), &frame, e));
  TRY(cluster_put_centres(model, &fit->input, r->centres, r->k, e));
  TRY(cluster_put_variables(model, &fit->input, e));
  if (!r->complete) {
    TRY(put_state(model, fit, e));
  }
done:
  return status;
}

void centre_note_result(const CentreFit *fit, int64_t max_iter, Text *notes)
{
  const CentreResult *r = &fit->result;
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  } else if (!r->converged) {
    text_printf(notes, _("not converged after max_iter = %lld iterations\n"), (long long)max_iter);
  }
  if (r->complete && r->starts_done > 1 && r->starts_at_best == 1) {
    text_printf(notes, _("only 1 of %lld starts reached this result; more starts may find a better one\n"),
                (long long)r->starts_done);
  }
  cluster_note_sizes(&fit->input, r->sizes, r->k, notes);
}

/* ---- and back */

static bool read_scalars(const Frame *frame, CentreState *s)
{
  size_t stage = 0;
  double objective, best;
  const bool sound =
      cluster_size_cell(frame, "stage", &stage) && cluster_size_cell(frame, "extras", &s->extras) &&
      cluster_size_cell(frame, "start", &s->start) && cluster_size_cell(frame, "iteration", &s->iteration) &&
      cluster_size_cell(frame, "failed", &s->failed) && cluster_flag_cell(frame, "last", &s->last) &&
      cluster_flag_cell(frame, "run_converged", &s->run_converged) &&
      cluster_flag_cell(frame, "best_converged", &s->best_converged) && cluster_cell(frame, "objective", true, &objective) &&
      cluster_size_cell(frame, "best_iterations", &s->best_iterations) &&
      cluster_size_cell(frame, "relocated", &s->relocated) && cluster_cell(frame, "best_objective", true, &best);
  if (!sound || stage == CENTRE_STAGE_NEW || stage > CENTRE_STAGE_DONE || s->start > s->extras) {
    return false;
  }
  s->stage = (CentreStage)stage;
  s->objective = isnan(objective) ? INFINITY : objective;
  s->best_objective = isnan(best) ? INFINITY : best;
  return true;
}

/* One column of s->extras numbers; missing ones (starts that were not finished) are NaN. */
static bool read_extra(const Frame *frame, CentreState *s)
{
  if (!frame || frame_rows(frame) != s->extras || frame_columns(frame) != 1 ||
      column_type(frame_column(frame, 0)) != TYPE_FLOAT64) {
    return false;
  }
  s->extra = mem_alloc(s->extras, sizeof(double));
  for (size_t i = 0; s->extra && i < s->extras; i++) {
    const Column *column = frame_column(frame, 0);
    s->extra[i] = column_valid(column, i) ? column_float(column, i) : (double)NAN;
  }
  return s->extra;
}

Status centre_model_state(const Model *model, CentreState *out, Error *e)
{
  const Frame *centres = model_frame(model, "centres");
  const Frame *current = model_frame(model, "state_current"), *best = model_frame(model, "state_best");
  memset(out, 0, sizeof *out);
  if (!centres || !read_scalars(model_frame(model, "state"), out)) {
    *out = (CentreState){0};
    return cluster_model_broken(e);
  }
  out->k = frame_rows(centres);
  out->d = frame_columns(centres);
  if (!cluster_is_matrix(current, out->k, out->d) || !cluster_is_matrix(best, out->k, out->d) ||
      !read_extra(model_frame(model, "state_extra"), out)) {
    centre_state_free(out);
    return cluster_model_broken(e);
  }
  out->current = cluster_matrix(current);
  out->best = cluster_matrix(best);
  return out->current && out->best ? STATUS_OK : error_memory(e, 0, _("a model"));
}

Status centre_resume(const Model *model, const void *options, void *fit, Error *e)
{
  (void)options;
  return centre_model_state(model, &((CentreFit *)fit)->state, e);
}

Status centre_model_check(const Model *model, Error *e)
{
  bool complete;
  Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!model_frame(model, "centres") || !cluster_flag_cell(model_frame(model, "glance"), "complete", &complete)) {
    return cluster_model_broken(e);
  }
  if (!complete) {
    CentreState state;
    status = centre_model_state(model, &state, e);
    centre_state_free(&state);
  }
  return status;
}

/* ---- centres that are given */

Status centre_given(const Frame *data, const Frame *centres, const Variables *v, size_t k, double **out, Error *e)
{
  if (frame_rows(centres) != k) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("init has %1$zu rows, but k is %2$zu"), frame_rows(centres), k);
  }
  double *matrix = mem_alloc(k * v->d, sizeof *matrix);
  *out = matrix;
  if (!matrix) {
    return error_memory(e, 0, _("centres"));
  }
  for (size_t j = 0; j < v->d; j++) {
    size_t column;
    const Status status = frame_need(centres, frame_name(data, v->columns[j]), &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    const Column *values = frame_column(centres, column);
    if (!type_is_numeric(column_type(values)) || column_missing(values) > 0) {
      return error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%s' of init must be numeric without missing cells"),
                       frame_name(centres, column));
    }
    column_block(values, 0, k, matrix + j, v->d);
    for (size_t i = 0; i < k; i++) {
      matrix[i * v->d + j] = (matrix[i * v->d + j] - v->shift[j]) / v->factor[j];
      if (!isfinite(matrix[i * v->d + j])) {
        return error_set(e, STATUS_ARGUMENT, "kmeans-centre-not-finite", _("init: row %1$zu of column '%2$s' is not finite"),
                         i + 1, frame_name(centres, column));
      }
    }
  }
  return STATUS_OK;
}

/* ---- predict */

Status centre_nearest_mean(Task *task, const double *x, size_t n, size_t d, const double *centres, size_t k, int32_t *labels,
                           double *distances, Error *e)
{
  const Rows rows = rows_of_matrix(x, n, d);
  const Status status = kmeans_assign(task, &rows, centres, k, labels, distances, NULL, e);
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    distances[i] = sqrt(distances[i]);
  }
  return status;
}

Status centre_predict(Call *call, const Model *model, const Frame *data, CentrePrepare prepare, CentreNearest nearest,
                      Frame **out, Error *e)
{
  const Frame *centres = model_frame(model, "centres");
  ClusterInput input = {0};
  int32_t *labels = NULL;
  double *distances = NULL, *matrix = NULL;
  Status status;
  *out = NULL;
  TRY(cluster_input_of_model(call, model, data, &input, e));
  const size_t n = input.variables.n;
  labels = mem_alloc(n, sizeof *labels);
  distances = mem_alloc(n, sizeof *distances);
  matrix = cluster_matrix(centres);
  TRY(labels && distances && matrix ? STATUS_OK : error_memory(e, n * 12, _("labels")));
  if (n > 0 && prepare) {
    TRY(prepare(&input, e));
  }
  if (n > 0) {
    TRY(nearest(call->task, input.values, n, input.variables.d, matrix, frame_rows(centres), labels, distances, e));
  }
  Draft *draft = cluster_predicted(&input, labels);
  cluster_predicted_floats(draft, "distance", &input, distances);
  TRY(draft ? draft_finish(draft, out, e) : error_memory(e, 0, _("labels")));
done:
  cluster_input_free(&input);
  mem_free(labels);
  mem_free(distances);
  mem_free(matrix);
  return status;
}
