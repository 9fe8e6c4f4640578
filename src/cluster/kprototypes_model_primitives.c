/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/kprototypes_model_primitives.h"

#include <math.h>
#include <string.h>

#include "cluster/kprototypes_read_primitives.h"
#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/append.h"
#include "frame/builder.h"

/* ---- to frames */

/* The class of each cluster in variable v, as a column of the variable's own type. */
static Status class_cells(const KprototypesFit *fit, const Prototypes *prototypes, size_t v, Column **out, Error *e)
{
  size_t *const rows = mem_alloc(prototypes->k, sizeof *rows);
  if (!rows) {
    return error_memory(e, prototypes->k * sizeof *rows, _("a model"));
  }
  for (size_t c = 0; c < prototypes->k; c++) {
    rows[c] = fit->example[v][prototypes->codes[c * prototypes->p + v]];
  }
  const Status status = column_take(frame_column(fit->frame, v), rows, prototypes->k, out, e);
  mem_free(rows);
  return status;
}

static void number_cells(Draft *draft, const char *name, const Prototypes *prototypes, size_t v, double shift,
                         double factor)
{
  Builder *const builder = builder_new(TYPE_FLOAT64, prototypes->k);
  for (size_t c = 0; builder && c < prototypes->k; c++) {
    builder_float(builder, prototypes->numbers[c * prototypes->q + v] * factor + shift);
  }
  if (builder) {
    draft_builder(draft, name, builder);
  } else {
    draft_column(draft, name, NULL);
  }
}

/* The variables' cells; in_tidy: numbers in the data's units, and names that tidy has itself get an ending. */
static Status add_cells(Draft *draft, const KprototypesFit *fit, bool in_tidy, Error *e)
{
  static const char *const own[] = {"cluster", "size", "share", "cost"};
  const Variables *const v = &fit->input.variables;
  const size_t p = fit->data.p;
  Text name = {0};
  Status status = STATUS_OK;
  for (size_t j = 0; status == STATUS_OK && j < v->d; j++) {
    text_reset(&name);
    text_puts(&name, frame_name(fit->input.data, v->columns[j]));
    for (size_t i = 0; in_tidy && i < sizeof own / sizeof *own; i++) {
      text_puts(&name, strcmp(frame_name(fit->input.data, v->columns[j]), own[i]) == 0 ? "_mode" : "");
    }
    status = text_status(&name, e);
    if (status == STATUS_OK && j < p) {
      Column *column = NULL;
      status = class_cells(fit, &fit->result.prototypes, j, &column, e);
      if (status == STATUS_OK) {
        draft_column(draft, text_data(&name), column);
      }
    } else if (status == STATUS_OK) {
      number_cells(draft, text_data(&name), &fit->result.prototypes, j - p, in_tidy ? v->shift[j] : 0,
                   in_tidy ? v->factor[j] : 1);
    }
  }
  text_free(&name);
  return status;
}

static Status finish(Draft *draft, Status status, Frame **out, Error *e)
{
  if (status != STATUS_OK || !draft) {
    draft_free(draft);
    return status != STATUS_OK ? status : error_memory(e, 0, _("a model"));
  }
  return draft_finish(draft, out, e);
}

static Status make_tidy(const KprototypesFit *fit, Frame **out, Error *e)
{
  const KprototypesResult *const r = &fit->result;
  Draft *const draft = cluster_tidy_begin(&fit->input, r->sizes, r->k, 0);
  cluster_tidy_floats(draft, "cost", r->costs, r->k, false);
  return finish(draft, add_cells(draft, fit, true, e), out, e);
}

static Status make_prototypes(const KprototypesFit *fit, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  return finish(draft, add_cells(draft, fit, false, e), out, e);
}

static Status make_floats(const char *name, const double *values, size_t n, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  draft_floats(draft, name, values, n);
  return finish(draft, STATUS_OK, out, e);
}

static Status make_glance(const KprototypesFit *fit, Frame **out, Error *e)
{
  const KprototypesResult *const r = &fit->result;
  Draft *const draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "k", (int64_t)r->k);
  draft_float(draft, "cost", r->cost);
  if (!fit->all_classes) {
    draft_float(draft, "gamma", fit->settings.gamma);
  }
  draft_int(draft, "iterations", (int64_t)r->iterations);
  draft_bool(draft, "converged", r->converged);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", r->reason);
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_int(draft, "seed", (int64_t)fit->settings.seed);
  draft_int(draft, "dropped", (int64_t)fit->input.variables.dropped);
  draft_int(draft, "starts", (int64_t)r->starts_done);
  draft_int(draft, "starts_at_best", (int64_t)r->starts_at_best);
  draft_int(draft, "classes", (int64_t)fit->data.p);
  return draft_finish(draft, out, e);
}

static Status put_labels(Model *model, const KprototypesFit *fit, Error *e)
{
  Draft *const extra = draft_new();
  if (!extra) {
    return error_memory(e, 0, _("a model"));
  }
  cluster_predicted_floats(extra, "distance", &fit->input, fit->result.distance);
  return cluster_put_labels(model, &fit->input, fit->result.labels, extra, e);
}

/* ---- the state of an interrupted fit: plain numbers; codes are those of the same data */

static Status make_state(const KprototypesState *s, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "start", (int64_t)s->start);
  draft_int(draft, "iteration", (int64_t)s->iteration);
  draft_float(draft, "cost", s->cost);
  draft_int(draft, "best_start", (int64_t)s->best_start);
  draft_int(draft, "best_iterations", (int64_t)s->best_iterations);
  draft_int(draft, "at_best", (int64_t)s->at_best);
  draft_float(draft, "best_cost", s->best_cost);
  draft_bool(draft, "best_converged", s->best_converged);
  return draft_finish(draft, out, e);
}

static Status make_codes(const Prototypes *prototypes, Frame **out, Error *e)
{
  const size_t cells = prototypes->k * prototypes->p;
  Draft *const draft = draft_new();
  Builder *const codes = builder_new(TYPE_INT64, cells);
  for (size_t i = 0; codes && i < cells; i++) {
    builder_int(codes, prototypes->codes[i]);
  }
  if (codes) {
    draft_builder(draft, "code", codes);
  } else {
    draft_column(draft, "code", NULL);
  }
  draft_floats(draft, "share", prototypes->shares, cells);
  return finish(draft, STATUS_OK, out, e);
}

static Status put_prototypes(Model *model, const char *const names[2], const Prototypes *prototypes, Error *e)
{
  Frame *frame = NULL;
  const Status status = model_set_made(model, names[0], make_codes(prototypes, &frame, e), &frame, e);
  if (status != STATUS_OK || prototypes->q == 0) {
    return status;
  }
  const size_t cells = prototypes->k * prototypes->q;
  return model_set_made(model, names[1], make_floats("value", prototypes->numbers, cells, &frame, e), &frame, e);
}

static const char *const current_names[] = {"state_current", "state_current_numbers"};
static const char *const best_names[] = {"state_best", "state_best_numbers"};

static Status put_state(Model *model, const KprototypesState *s, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "state", make_state(s, &frame, e), &frame, e));
  TRY(put_prototypes(model, current_names, &s->current, e));
  TRY(put_prototypes(model, best_names, &s->best, e));
done:
  return status;
}

static const Column *typed(const Frame *frame, const char *name, Type type, size_t rows)
{
  size_t at;
  const Column *const column = frame && frame_find(frame, name, &at) ? frame_column(frame, at) : NULL;
  return column && column_type(column) == type && column_rows(column) == rows && column_missing(column) == 0 ? column
                                                                                                             : NULL;
}

static Status read_prototypes(const Model *model, const char *const names[2], Prototypes *out, Error *e)
{
  const size_t cells = out->k * out->p, numbers = out->k * out->q;
  const Frame *const frame = model_frame(model, names[0]);
  const Column *const codes = typed(frame, "code", TYPE_INT64, cells), *const shares =
                                                                           typed(frame, "share", TYPE_FLOAT64, cells);
  const Column *const values = typed(model_frame(model, names[1]), "value", TYPE_FLOAT64, numbers);
  if (!codes || !shares || (numbers > 0 && !values)) {
    return cluster_model_broken(e);
  }
  for (size_t i = 0; i < cells; i++) {
    const int64_t code = column_int(codes, i);
    if (code < 0 || code > INT32_MAX) {
      return cluster_model_broken(e);
    }
    out->codes[i] = (int32_t)code;
    out->shares[i] = column_float(shares, i);
  }
  if (numbers > 0) {
    column_block(values, 0, numbers, out->numbers, 1);
  }
  return STATUS_OK;
}

static Status read_state(const Model *model, size_t k, size_t p, size_t q, KprototypesState *s, Error *e)
{
  const Frame *const frame = model_frame(model, "state");
  Status status;
  if (!cluster_size_cell(frame, "start", &s->start) || !cluster_size_cell(frame, "iteration", &s->iteration) ||
      !cluster_cell(frame, "cost", true, &s->cost) || !cluster_size_cell(frame, "best_start", &s->best_start) ||
      !cluster_size_cell(frame, "best_iterations", &s->best_iterations) ||
      !cluster_size_cell(frame, "at_best", &s->at_best) || !cluster_cell(frame, "best_cost", true, &s->best_cost) ||
      !cluster_flag_cell(frame, "best_converged", &s->best_converged)) {
    return cluster_model_broken(e);
  }
  TRY(prototypes_new(k, p, q, &s->current, e));
  TRY(prototypes_new(k, p, q, &s->best, e));
  TRY(read_prototypes(model, current_names, &s->current, e));
  TRY(read_prototypes(model, best_names, &s->best, e));
done:
  return status;
}

Status kprototypes_resume(const Model *model, const void *options, void *of, Error *e)
{
  KprototypesFit *fit = of;
  (void)options;
  return read_state(model, fit->settings.k, fit->data.p, fit->data.q, &fit->state, e);
}

/* ---- the model */

static void note_result(const KprototypesFit *fit, Text *notes)
{
  const KprototypesResult *const r = &fit->result;
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  } else if (!r->converged) {
    text_printf(notes, _("not converged after max_iter = %lld iterations\n"), (long long)fit->settings.max_iterations);
  }
  if (r->complete && r->starts_done > 1 && r->starts_at_best == 1) {
    text_printf(notes, _("only 1 of %zu starts reached this result; more starts may find a better one\n"),
                r->starts_done);
  }
  if (r->sizes[r->k - 1] == 0) {
    text_puts(notes, _("some clusters are empty: the rows have fewer than k distinct places\n"));
  }
  cluster_note_sizes(&fit->input, r->sizes, r->k, notes);
}

Status kprototypes_fill(Model *model, const void *options, const void *of, Error *e)
{
  const KprototypesFit *fit = of;
  (void)options;
  const Prototypes *const prototypes = &fit->result.prototypes;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(fit, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &fit->input, e));
  TRY(put_labels(model, fit, e));
  TRY(model_set_made(model, "prototypes", make_prototypes(fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "prototype_shares",
                     make_floats("share", prototypes->shares, prototypes->k * prototypes->p, &frame, e), &frame, e));
  if (!fit->result.complete) {
    TRY(put_state(model, &fit->state, e));
  }
done:
  return status;
}

Status kprototypes_work(Call *call, const void *options, void *of, Error *e)
{
  KprototypesFit *fit = of;
  (void)options;
  const Status status = kprototypes_fit(call->task, &fit->data, &fit->settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK) {
    note_result(fit, call->notes);
  }
  return status;
}

static bool sound_prototypes(const Model *model, size_t k, size_t p)
{
  const Frame *const frame = model_frame(model, "prototypes"), *const variables = model_frame(model, "variables");
  if (!frame || frame_rows(frame) != k || p < 1 || p > frame_columns(frame) ||
      frame_columns(frame) != frame_rows(variables) ||
      !typed(model_frame(model, "prototype_shares"), "share", TYPE_FLOAT64, k * p)) {
    return false;
  }
  bool sound = true;
  for (size_t j = 0; sound && j < frame_columns(frame); j++) {
    const Column *const column = frame_column(frame, j);
    sound = column_missing(column) == 0 &&
            (j < p ? column_type(column) != TYPE_SET : column_type(column) == TYPE_FLOAT64);
    for (size_t c = 0; sound && j >= p && c < k; c++) {
      sound = isfinite(column_float(column, c));
    }
  }
  return sound;
}

Status kprototypes_check(const Model *model, Error *e)
{
  const Frame *const glance = model_frame(model, "glance");
  const char *const dissimilarity = model_option_text(model, "dissimilarity");
  size_t p, k;
  bool complete;
  double gamma = 1;
  size_t column;
  Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!cluster_size_cell(glance, "classes", &p) || !cluster_size_cell(glance, "k", &k) ||
      !cluster_flag_cell(glance, "complete", &complete) || !sound_prototypes(model, k, p) || !dissimilarity ||
      (frame_find(glance, "gamma", &column) && (!cluster_cell(glance, "gamma", false, &gamma) || !(gamma >= 0)))) {
    return cluster_model_broken(e);
  }
  if (!complete) {
    KprototypesState state = {0};
    status = read_state(model, k, p, frame_columns(model_frame(model, "prototypes")) - p, &state, e);
    kprototypes_state_free(&state);
  }
  return status;
}

/* ---- predict */

typedef struct NewRows {
  ClusterInput input; /* columns of the data by the model's names, shift and factor, rows without missing cells */
  size_t p, q, k;
  ClassCodes *classes, *view;
  double *numbers;
  Prototypes prototypes;
} NewRows;

static void new_rows_free(NewRows *s)
{
  for (size_t v = 0; s->classes && v < s->p; v++) {
    class_codes_free(&s->classes[v]);
  }
  mem_free(s->classes);
  mem_free(s->view);
  mem_free(s->numbers);
  prototypes_free(&s->prototypes);
  cluster_input_free(&s->input);
}

static Status find_columns(const Model *model, const Frame *data, NewRows *s, Error *e)
{
  const Frame *const variables = model_frame(model, "variables"), *const prototypes =
                                                                      model_frame(model, "prototypes");
  Variables *const v = &s->input.variables;
  size_t shift, factor;
  const bool found = frame_find(variables, "shift", &shift) && frame_find(variables, "factor", &factor);
  v->d = found ? frame_columns(prototypes) : 0;
  v->columns = mem_alloc(v->d, sizeof *v->columns);
  v->shift = mem_alloc(v->d, sizeof *v->shift);
  v->factor = mem_alloc(v->d, sizeof *v->factor);
  if (!v->columns || !v->shift || !v->factor) {
    return error_memory(e, 0, _("variables"));
  }
  for (size_t j = 0; j < v->d; j++) {
    const Status status = frame_need(data, frame_name(prototypes, j), &v->columns[j], e);
    if (status != STATUS_OK) {
      return status;
    }
    const Type type = column_type(frame_column(data, v->columns[j]));
    if (type == TYPE_SET || (j >= s->p && !type_is_numeric(type) && type != TYPE_BOOL)) {
      return error_set(e, STATUS_DATA, "wrong-column-type",
                       _("column '%1$s' is %2$s; the model was fitted on another type"), frame_name(prototypes, j),
                       type_name(type));
    }
    v->shift[j] = column_float(frame_column(variables, shift), j);
    v->factor[j] = column_float(frame_column(variables, factor), j);
  }
  return STATUS_OK;
}

/* ClassCodes of the prototypes' rows and the new ones below them, in the same codes. */
static Status read_classes(Call *call, const Model *model, const Frame *data, const size_t *rows, NewRows *s,
                           Error *e)
{
  const Variables *const v = &s->input.variables;
  const size_t k = s->k, n = k + v->n;
  Status status = STATUS_OK;
  s->classes = mem_zero(s->p, sizeof *s->classes);
  s->view = mem_zero(s->p, sizeof *s->view);
  if (!s->classes || !s->view) {
    return error_memory(e, 0, _("classes"));
  }
  for (size_t j = 0; status == STATUS_OK && j < s->p; j++) {
    const Column *const cells = frame_column(data, v->columns[j]);
    const AppendPart parts[] = {{frame_column(model_frame(model, "prototypes"), j), k}, {cells, column_rows(cells)}};
    Column *both = NULL;
    status = columns_append(parts, 2, call->task, &both, e);
    if (status == STATUS_OK) {
      status = kprototypes_read_classes(both, rows, n, &s->classes[j], NULL, e);
    }
    column_unref(both);
    const ClassCodes *const all = &s->classes[j];
    s->view[j] = (ClassCodes){.narrow = all->narrow ? all->narrow + k : NULL,
                              .wide = all->wide ? all->wide + k : NULL,
                              .levels = all->levels};
    for (size_t c = 0; status == STATUS_OK && c < k; c++) {
      s->prototypes.codes[c * s->p + j] = class_code(all, c);
    }
  }
  return status;
}

static Status read_new(Call *call, const Model *model, const Frame *data, NewRows *s, Error *e)
{
  const Frame *const prototypes = model_frame(model, "prototypes");
  const Variables *const v = &s->input.variables;
  const Column *const shares = typed(model_frame(model, "prototype_shares"), "share", TYPE_FLOAT64, s->k * s->p);
  size_t *const rows = mem_alloc(s->k + v->n, sizeof *rows);
  Status status;
  TRY(rows ? STATUS_OK : error_memory(e, v->n * sizeof *rows, _("row numbers")));
  TRY(shares ? prototypes_new(s->k, s->p, s->q, &s->prototypes, e) : cluster_model_broken(e));
  column_block(shares, 0, s->k * s->p, s->prototypes.shares, 1);
  for (size_t i = 0; i < s->k + v->n; i++) {
    rows[i] = i < s->k ? i : s->k + (v->rows ? v->rows[i - s->k] : i - s->k);
  }
  TRY(read_classes(call, model, data, rows, s, e));
  for (size_t j = 0; j < s->q; j++) {
    column_block(frame_column(prototypes, s->p + j), 0, s->k, s->prototypes.numbers + j, s->q);
  }
  for (size_t i = 0; i < v->n; i++) {
    rows[i] = v->rows ? v->rows[i] : i;
  }
  TRY(kprototypes_read_numbers(data, v->columns + s->p, s->q, rows, v->n, v->shift + s->p, v->factor + s->p,
                               &s->numbers, e));
done:
  mem_free(rows);
  return status;
}

static Status assign_new(Call *call, const Model *model, NewRows *s, Frame **out, Error *e)
{
  const size_t n = s->input.variables.n;
  const char *const dissimilarity = model_option_text(model, "dissimilarity");
  const KprototypesData rows = {.n = n, .p = s->p, .q = s->q, .classes = s->view, .numbers = s->numbers};
  const double gamma = model_number(model, "gamma");
  int32_t *const labels = mem_alloc(n, sizeof *labels);
  double *const distance = mem_alloc(n, sizeof *distance);
  Draft *draft = NULL;
  Status status;
  TRY(labels && distance ? STATUS_OK : error_memory(e, n * sizeof *distance, _("labels")));
  TRY(kprototypes_assign(call->task, &rows, &s->prototypes, isnan(gamma) ? 1 : gamma,
                         dissimilarity && strcmp(dissimilarity, "ng") == 0, labels, distance, e));
  draft = cluster_predicted(&s->input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  cluster_predicted_floats(draft, "distance", &s->input, distance);
  status = draft_finish(draft, out, e);
done:
  mem_free(labels);
  mem_free(distance);
  return status;
}

Status kprototypes_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  NewRows s = {.input = {.data = data}, .k = (size_t)model_number(model, "k")};
  Status status;
  *out = cluster_fitted(model, data);
  if (*out) {
    return STATUS_OK;
  }
  s.p = (size_t)model_number(model, "classes");
  s.q = frame_columns(model_frame(model, "prototypes")) - s.p;
  TRY(find_columns(model, data, &s, e));
  if (frame_rows(data) > 0) {
    Error none = {0};
    status = variables_rows(data, SIZE_MAX, true, &s.input.variables, &none);
    TRY(status == STATUS_MEMORY ? error_memory(e, 0, _("row numbers")) : STATUS_OK);
  }
  TRY(read_new(call, model, data, &s, e));
  TRY(assign_new(call, model, &s, out, e));
done:
  new_rows_free(&s);
  return status;
}

Status kprototypes_cost_of(const Call *call, double k, double starts, Cost *out, Error *e)
{
  const Frame *const data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)frame_columns(data);
  (void)e;
  out->bytes = n * d * 10 + n * 40;
  out->seconds = n * d * 20e-9 + n * starts * 10 * (k * d * 0.1e-9 + d * 2e-9);
  return STATUS_OK;
}
