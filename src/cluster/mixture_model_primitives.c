/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/mixture_model_primitives.h"

#include <math.h>
#include <string.h>

#include "cluster/mixture_fit.h"
#include "core/alloc.h"

/* ---- to frames */

static Status make_tidy(const ClusterInput *input, const MixtureResult *r, Frame **out, Error *e)
{
  Draft *draft = cluster_tidy_begin(input, r->sizes, r->best.k, 0);
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  cluster_tidy_floats(draft, "weight", r->best.share, r->best.k, false);
  const Status status = cluster_tidy_centres(draft, input, r->best.mean, NULL, r->best.k, false, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const ClusterInput *input, const MixtureResult *r, int64_t seed, Frame **out, Error *e)
{
  const MixtureEntry *entry = &r->entry;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "k", (int64_t)r->best.k);
  draft_text(draft, "model", mixture_model_name(r->best.model));
  draft_float(draft, "log_likelihood", entry->log_likelihood);
  draft_int(draft, "df", (int64_t)entry->df);
  draft_float(draft, "bic", entry->bic);
  draft_float(draft, "aic", entry->aic);
  draft_float(draft, "icl", entry->icl);
  draft_float(draft, "uncertainty", r->uncertainty);
  draft_int(draft, "iterations", (int64_t)entry->iterations);
  draft_bool(draft, "converged", entry->converged);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", !r->complete ? "interrupted" : !entry->converged ? "max_iter" : "");
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_int(draft, "seed", seed);
  draft_int(draft, "dropped", (int64_t)input->variables.dropped);
  draft_int(draft, "tried", (int64_t)r->n_table);
  draft_int(draft, "singular", (int64_t)r->singular);
  draft_float(draft, "total_weight", r->weight);
  return draft_finish(draft, out, e);
}

static Status make_criteria(const MixtureEntry *table, size_t n, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *model = builder_new(TYPE_CATEGORY, n), *whole[3] = {0}, *number[4] = {0}, *flag[2] = {0};
  bool made = draft && model;
  for (int i = 0; i < 4; i++) {
    made = made && (i >= 3 || (whole[i] = builder_new(TYPE_INT64, n))) && (number[i] = builder_new(TYPE_FLOAT64, n)) &&
           (i >= 2 || (flag[i] = builder_new(TYPE_BOOL, n)));
  }
  for (size_t i = 0; made && i < n; i++) {
    const MixtureEntry *entry = &table[i];
    const double numbers[] = {entry->log_likelihood, entry->bic, entry->aic, entry->icl};
    builder_text(model, mixture_model_name(entry->model), 3);
    builder_int(whole[0], (int64_t)entry->k);
    builder_int(whole[1], (int64_t)entry->df);
    builder_int(whole[2], (int64_t)entry->iterations);
    for (int c = 0; c < 4; c++) {
      isnan(numbers[c]) ? builder_missing(number[c]) : builder_float(number[c], numbers[c]);
    }
    builder_bool(flag[0], entry->converged);
    builder_bool(flag[1], entry->singular);
  }
  if (!made) {
    draft_free(draft);
    builder_free(model);
    for (int i = 0; i < 4; i++) {
      builder_free(i < 3 ? whole[i] : NULL);
      builder_free(number[i]);
      builder_free(i < 2 ? flag[i] : NULL);
    }
    return error_memory(e, 0, _("a model"));
  }
  draft_builder(draft, "model", model);
  draft_builder(draft, "k", whole[0]);
  draft_builder(draft, "log_likelihood", number[0]);
  draft_builder(draft, "df", whole[1]);
  draft_builder(draft, "bic", number[1]);
  draft_builder(draft, "aic", number[2]);
  draft_builder(draft, "icl", number[3]);
  draft_builder(draft, "iterations", whole[2]);
  draft_builder(draft, "converged", flag[0]);
  draft_builder(draft, "singular", flag[1]);
  return draft_finish(draft, out, e);
}

/* In the data's units. */
static Status make_covariances(const ClusterInput *input, const MixtureParameters *p, Frame **out, Error *e)
{
  const Variables *v = &input->variables;
  const size_t d = p->d;
  Draft *draft = draft_new();
  Builder *cluster = builder_new(TYPE_INT64, p->k * d), *variable = builder_new(TYPE_STRING, p->k * d);
  double *column = mem_alloc(p->k * d, sizeof *column);
  if (!draft || !cluster || !variable || !column) {
    draft_free(draft);
    builder_free(cluster);
    builder_free(variable);
    mem_free(column);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t i = 0; i < p->k * d; i++) {
    const char *name = frame_name(input->data, v->columns[i % d]);
    builder_int(cluster, (int64_t)(i / d) + 1);
    builder_text(variable, name, strlen(name));
  }
  draft_builder(draft, "cluster", cluster);
  draft_builder(draft, "variable", variable);
  for (size_t j = 0; j < d; j++) {
    for (size_t i = 0; i < p->k * d; i++) {
      column[i] = p->covariance[i * d + j] * v->factor[i % d] * v->factor[j];
    }
    const char *name = frame_name(input->data, v->columns[j]);
    const bool taken = strcmp(name, "cluster") == 0 || strcmp(name, "variable") == 0;
    draft_floats(draft, taken ? (name[0] == 'c' ? "cluster_" : "variable_") : name, column, p->k * d);
  }
  mem_free(column);
  return draft_finish(draft, out, e);
}

static Status make_numbers(const MixtureParameters *p, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_floats(draft, "value", p->share, p->share ? mixture_parameters_size(p->k, p->d) : 0);
  return draft_finish(draft, out, e);
}

/* Of the current fit; no rows where its components have orientations of their own, or none. */
static Status make_axes(const MixtureState *s, Frame **out, Error *e)
{
  const bool has = s->current.share && mixture_shares_axes(s->current.model);
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_floats(draft, "value", s->axes, has ? s->current.d * s->current.d : 0);
  return draft_finish(draft, out, e);
}

static Status make_state(const MixtureState *s, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "fit", (int64_t)s->fit);
  draft_int(draft, "start", (int64_t)s->start);
  draft_int(draft, "iteration", (int64_t)s->iteration);
  draft_float(draft, "before", isfinite(s->before) ? s->before : NAN);
  draft_int(draft, "start_iterations", (int64_t)s->start_iterations);
  draft_bool(draft, "start_converged", s->start_converged);
  draft_float(draft, "start_log_likelihood", s->start_sums[0]);
  draft_float(draft, "start_doubt", s->start_sums[1]);
  return draft_finish(draft, out, e);
}

static Status put_state(Model *model, const MixtureState *s, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "state", make_state(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_current", make_numbers(&s->current, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_axes", make_axes(s, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_start", make_numbers(&s->best_start, &frame, e), &frame, e));
  TRY(model_set_made(model, "state_best", make_numbers(&s->best, &frame, e), &frame, e));
done:
  return status;
}

Status mixture_model_fill(Model *model, const ClusterInput *input, const MixtureResult *r, const MixtureState *state,
                          int64_t seed, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(input, r, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(input, r, seed, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, input, e));
  TRY(cluster_put_centres(model, input, r->best.mean, r->best.k, e));
  TRY(model_set_made(model, "criteria", make_criteria(r->table, r->n_table, &frame, e), &frame, e));
  TRY(model_set_made(model, "covariances", make_covariances(input, &r->best, &frame, e), &frame, e));
  TRY(model_set_made(model, "parameters", make_numbers(&r->best, &frame, e), &frame, e));
  if (!r->complete) {
    TRY(put_state(model, state, e));
  }
done:
  return status;
}

/* ---- and back */

static bool find_model(const char *text, size_t length, MixtureModel *out)
{
  for (int m = 0; m < MIXTURE_MODEL_COUNT; m++) {
    if (length == 3 && memcmp(text, mixture_model_name((MixtureModel)m), 3) == 0) {
      *out = (MixtureModel)m;
      return true;
    }
  }
  return false;
}

static bool model_at(const Column *column, size_t row, MixtureModel *out)
{
  size_t length;
  if (!type_is_text(column_type(column)) || !column_valid(column, row)) {
    return false;
  }
  const char *text = column_text(column, row, &length);
  return find_model(text, length, out);
}

/* The numbers of a frame of one column; no rows: none. false when they do not fit. */
static Status read_numbers(const Frame *frame, size_t k, size_t d, MixtureModel model, MixtureParameters *out, Error *e)
{
  const size_t n = frame && frame_columns(frame) == 1 ? frame_rows(frame) : SIZE_MAX;
  *out = (MixtureParameters){0};
  if (n == 0) {
    return STATUS_OK;
  }
  if (k == 0 || d == 0 || k > 1000000 || d > 100000 || n != mixture_parameters_size(k, d) ||
      !cluster_is_matrix(frame, n, 1)) {
    return cluster_model_broken(e);
  }
  const Status status = mixture_parameters_new(k, d, out, e);
  if (status != STATUS_OK) {
    return status;
  }
  column_block(frame_column(frame, 0), 0, n, out->share, 1);
  out->model = model;
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(out->share[i])) {
      mixture_parameters_free(out);
      return cluster_model_broken(e);
    }
  }
  return STATUS_OK;
}

Status mixture_model_parameters(const Model *model, MixtureParameters *out, Error *e)
{
  const Frame *variables = model_frame(model, "variables"), *glance = model_frame(model, "glance");
  size_t k = 0, column;
  MixtureModel form;
  *out = (MixtureParameters){0};
  if (!variables || !cluster_size_cell(glance, "k", &k) || !frame_find(glance, "model", &column) ||
      !model_at(frame_column(glance, column), 0, &form)) {
    return cluster_model_broken(e);
  }
  const Status status = read_numbers(model_frame(model, "parameters"), k, frame_rows(variables), form, out, e);
  return status == STATUS_OK && !out->share ? cluster_model_broken(e) : status;
}

static bool number_at(const Frame *frame, const char *name, size_t row, double *out)
{
  size_t column;
  if (!frame_find(frame, name, &column) || column_type(frame_column(frame, column)) != TYPE_FLOAT64) {
    return false;
  }
  *out = column_valid(frame_column(frame, column), row) ? column_float(frame_column(frame, column), row) : NAN;
  return true;
}

static bool whole_at(const Frame *frame, const char *name, size_t row, size_t *out)
{
  size_t column;
  if (!frame_find(frame, name, &column) || column_type(frame_column(frame, column)) != TYPE_INT64 ||
      !column_valid(frame_column(frame, column), row) || column_int(frame_column(frame, column), row) < 0) {
    return false;
  }
  *out = (size_t)column_int(frame_column(frame, column), row);
  return true;
}

/* The entries that are done; they must be those that the settings ask for. */
static bool read_criteria(const Frame *criteria, const MixtureSettings *settings, size_t d, MixtureState *out)
{
  size_t converged, model;
  MixtureModel form;
  if (!criteria || frame_rows(criteria) != out->fit || out->fit > settings->n_k * settings->n_models ||
      !frame_find(criteria, "converged", &converged) || column_type(frame_column(criteria, converged)) != TYPE_BOOL ||
      !frame_find(criteria, "model", &model)) {
    return false;
  }
  for (size_t i = 0; i < out->fit; i++) {
    MixtureEntry *entry = &out->table[i];
    entry->model = settings->models[i % settings->n_models];
    if (!model_at(frame_column(criteria, model), i, &form) || form != entry->model ||
        !whole_at(criteria, "k", i, &entry->k) || entry->k != settings->k[i / settings->n_models] ||
        !whole_at(criteria, "iterations", i, &entry->iterations) ||
        !number_at(criteria, "log_likelihood", i, &entry->log_likelihood) ||
        !number_at(criteria, "bic", i, &entry->bic) || !number_at(criteria, "aic", i, &entry->aic) ||
        !number_at(criteria, "icl", i, &entry->icl)) {
      return false;
    }
    entry->df = mixture_df(entry->model, entry->k, d);
    entry->singular = isnan(entry->log_likelihood);
    entry->converged = column_valid(frame_column(criteria, converged), i) &&
                       column_float(frame_column(criteria, converged), i) != 0;
  }
  return true;
}

/* The orientation that the current fit shares, where it does. */
static Status read_axes(const Frame *frame, MixtureState *out, Error *e)
{
  const size_t d = out->current.d;
  if (!out->current.share || !mixture_shares_axes(out->current.model)) {
    return STATUS_OK;
  }
  if (!cluster_is_matrix(frame, d * d, 1)) {
    return cluster_model_broken(e);
  }
  out->axes = mem_alloc(d * d, sizeof *out->axes);
  if (!out->axes) {
    return error_memory(e, d * d * sizeof *out->axes, _("a model"));
  }
  column_block(frame_column(frame, 0), 0, d * d, out->axes, 1);
  for (size_t i = 0; i < d * d; i++) {
    if (!isfinite(out->axes[i])) {
      return cluster_model_broken(e);
    }
  }
  return STATUS_OK;
}

static bool read_scalars(const Frame *frame, MixtureState *s)
{
  const bool sound = cluster_size_cell(frame, "fit", &s->fit) && cluster_size_cell(frame, "start", &s->start) &&
                     cluster_size_cell(frame, "iteration", &s->iteration) &&
                     cluster_cell(frame, "before", true, &s->before) &&
                     cluster_size_cell(frame, "start_iterations", &s->start_iterations) &&
                     cluster_flag_cell(frame, "start_converged", &s->start_converged) &&
                     cluster_cell(frame, "start_log_likelihood", true, &s->start_sums[0]) &&
                     cluster_cell(frame, "start_doubt", true, &s->start_sums[1]);
  s->before = isnan(s->before) ? -INFINITY : s->before;
  return sound;
}

/* Which entry the state's best is, by the criterion; fit when there is none. */
static size_t best_of(const MixtureState *s, MixtureCriterion criterion)
{
  size_t best = s->fit;
  for (size_t i = 0; i < s->fit; i++) {
    const MixtureEntry *a = &s->table[i], *b = best < s->fit ? &s->table[best] : NULL;
    const double own = criterion == MIXTURE_BIC ? a->bic : criterion == MIXTURE_ICL ? a->icl : a->aic;
    const double least = !b ? INFINITY : criterion == MIXTURE_BIC ? b->bic : criterion == MIXTURE_ICL ? b->icl : b->aic;
    best = !a->singular && (!b || own < least) ? i : best;
  }
  return best;
}

Status mixture_model_state(const Model *model, const MixtureSettings *settings, size_t n, MixtureState *out, Error *e)
{
  const Frame *variables = model_frame(model, "variables");
  const size_t d = variables ? frame_rows(variables) : 0, fits = settings->n_k * settings->n_models;
  Status status;
  *out = (MixtureState){0};
  out->table = mem_zero(fits, sizeof *out->table);
  TRY(out->table ? STATUS_OK : error_memory(e, fits * sizeof *out->table, _("a model")));
  if (!read_scalars(model_frame(model, "state"), out) || out->fit >= fits ||
      out->start >= mixture_starts_of(settings, n, d, settings->k[out->fit / settings->n_models]) ||
      !read_criteria(model_frame(model, "criteria"), settings, d, out)) {
    TRY(cluster_model_broken(e));
  }
  const size_t k = settings->k[out->fit / settings->n_models], best = best_of(out, settings->criterion);
  const MixtureModel form = settings->models[out->fit % settings->n_models];
  TRY(read_numbers(model_frame(model, "state_current"), k, d, form, &out->current, e));
  TRY(read_axes(model_frame(model, "state_axes"), out, e));
  TRY(read_numbers(model_frame(model, "state_start"), k, d, form, &out->best_start, e));
  if (best < out->fit) {
    TRY(read_numbers(model_frame(model, "state_best"), out->table[best].k, d, out->table[best].model, &out->best, e));
  }
  if ((best < out->fit) != (out->best.share != NULL) ||
      (out->start_iterations > 0) != (out->best_start.share != NULL)) {
    TRY(cluster_model_broken(e));
  }
done:
  if (status != STATUS_OK) {
    mixture_state_free(out);
  }
  return status;
}

/* Predict will look at the parameters: shares above 0, covariances that have a factor. */
Status mixture_model_check(const Model *model, Error *e)
{
  MixtureParameters p;
  Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  const Frame *criteria = model_frame(model, "criteria"), *covariances = model_frame(model, "covariances");
  if (!model_frame(model, "centres") || !criteria || !covariances) {
    return cluster_model_broken(e);
  }
  status = mixture_model_parameters(model, &p, e);
  if (status != STATUS_OK) {
    return status;
  }
  double *inverse = mem_alloc(p.k * (p.d * (p.d + 1) / 2 + 1), sizeof *inverse);
  if (!inverse) {
    status = error_memory(e, 0, _("a model"));
  } else if (!mixture_densities(&p, NULL, inverse + p.k, inverse)) {
    status = cluster_model_broken(e);
  }
  mem_free(inverse);
  mixture_parameters_free(&p);
  return status;
}
