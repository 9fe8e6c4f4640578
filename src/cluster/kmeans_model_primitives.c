/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/kmeans_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"

/* ---- to frames */

static Status make_tidy(const ClusterInput *input, const KmeansResult *r, Frame **out, Error *e)
{
  Draft *draft = cluster_tidy_begin(input, r->sizes, r->k, 0);
  cluster_tidy_floats(draft, "withinss", r->withinss, r->k, false);
  const Status status = cluster_tidy_centres(draft, input, r->centres, NULL, r->k, false, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const ClusterInput *input, const KmeansOptions *options, const KmeansResult *r, double silhouette,
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
  draft_int(draft, "dropped", (int64_t)input->variables.dropped);
  draft_int(draft, "starts", r->starts_done);
  draft_int(draft, "starts_at_best", r->starts_at_best);
  draft_int(draft, "swaps", r->swaps_accepted);
  draft_int(draft, "swaps_tried", r->swaps_tried);
  draft_int(draft, "emptied", r->relocated);
  draft_text(draft, "algorithm", kmeans_method_name(r->method));
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

static Status put_state(Model *model, const ClusterInput *input, const KmeansState *s, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "state", make_state(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_starts", make_starts(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_current", cluster_matrix_frame(input, s->current, s->k, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_best", cluster_matrix_frame(input, s->best, s->k, &frame, e), &frame, e));
done:
  return status;
}

Status kmeans_model_fill(Model *model, const ClusterInput *input, const KmeansOptions *options, const KmeansResult *r,
                         const KmeansState *state, double silhouette, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(input, r, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(input, options, r, silhouette, &frame, e), &frame, e));
  TRY(cluster_put_centres(model, input, r->centres, r->k, e));
  TRY(cluster_put_variables(model, input, e));
  if (!r->complete) {
    TRY(put_state(model, input, state, e));
  }
done:
  return status;
}

/* ---- and back */

static bool read_scalars(const Frame *frame, KmeansState *s)
{
  size_t stage = 0;
  double objective, best;
  const bool sound = cluster_size_cell(frame, "stage", &stage) && cluster_size_cell(frame, "starts", &s->starts) &&
                     cluster_size_cell(frame, "start", &s->start) && cluster_size_cell(frame, "iteration", &s->iteration) &&
                     cluster_flag_cell(frame, "last", &s->last) && cluster_flag_cell(frame, "run_converged", &s->run_converged) &&
                     cluster_cell(frame, "objective", true, &objective) && cluster_size_cell(frame, "trial", &s->trial) &&
                     cluster_size_cell(frame, "failed", &s->failed) && cluster_size_cell(frame, "rounds", &s->rounds) &&
                     cluster_size_cell(frame, "accepted", &s->accepted) && cluster_size_cell(frame, "relocated", &s->relocated) &&
                     cluster_size_cell(frame, "best_iterations", &s->best_iterations) &&
                     cluster_flag_cell(frame, "best_converged", &s->best_converged) && cluster_cell(frame, "best_inertia", true, &best);
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
    return cluster_model_broken(e);
  }
  out->k = frame_rows(centres);
  out->d = frame_columns(centres);
  if (!cluster_is_matrix(current, out->k, out->d) || !cluster_is_matrix(best, out->k, out->d) || !starts ||
      frame_rows(starts) != out->starts || frame_columns(starts) != 1) {
    return cluster_model_broken(e);
  }
  out->current = cluster_matrix(current);
  out->best = cluster_matrix(best);
  out->start_inertia = cluster_matrix(starts);
  return out->current && out->best && out->start_inertia ? STATUS_OK : error_memory(e, 0, _("a model"));
}

Status kmeans_model_check(const Model *model, Error *e)
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
    KmeansState state;
    status = kmeans_model_state(model, &state, e);
    kmeans_state_free(&state);
  }
  return status;
}
