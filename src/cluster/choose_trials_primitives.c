/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the rows that choose's dear figures are of, and the stability: whether fits to resampled rows give the same
 * clusters. */
#include <math.h>
#include <string.h>

#include "cluster/choose_primitives.h"
#include "cluster/refit_primitives.h"
#include "core/alloc.h"
#include "core/random.h"
#include "frame/builder.h"

enum { RESAMPLE_STREAM = 0xb007, PAIRS_STREAM = 0x9a125, TRIAL_STREAM = 0x721a1 };

/* ---- the parts */

Status choose_frame(const Choosing *c, const double *values, size_t n, Frame **out, Error *e)
{
  const Variables *v = &c->input.variables;
  double *cells = mem_alloc(n, sizeof *cells);
  Draft *draft = draft_new();
  for (size_t j = 0; cells && j < v->d; j++) {
    for (size_t i = 0; i < n; i++) {
      cells[i] = values[i * v->d + j];
    }
    draft_floats(draft, frame_name(c->input.data, v->columns[j]), cells, n);
  }
  if (!cells) {
    draft_free(draft);
    return error_memory(e, n * sizeof *cells, _("the rows"));
  }
  mem_free(cells);
  return draft_finish(draft, out, e);
}

static Status draw_part(const Choosing *c, size_t want, uint64_t stream, ChoosePart *part, Error *e)
{
  const size_t n = c->input.variables.n, d = c->input.variables.d;
  Random random = random_new((uint64_t)c->o->seed, stream);
  *part = (ChoosePart){.n = want, .values = c->input.values, .labels = c->labels};
  if (want >= n) {
    part->n = n;
    return STATUS_OK;
  }
  part->rows = mem_alloc(n, sizeof *part->rows);
  part->labels = part->rows ? mem_alloc(want + 1, sizeof *part->labels) : NULL;
  part->own = mem_buffer(want * d + 1, sizeof *part->own);
  part->values = part->own;
  if (!part->rows || !part->labels || !part->own) {
    return error_memory(e, n * sizeof *part->rows, _("row numbers"));
  }
  random_subset(&random, n, want, part->rows);
  for (size_t i = 0; i < want; i++) {
    memcpy(part->own + i * d, c->input.values + part->rows[i] * d, d * sizeof *part->own);
  }
  return STATUS_OK;
}

Status choose_parts(Choosing *c, Error *e)
{
  Status status;
  TRY(draw_part(c, (size_t)c->o->pairs, PAIRS_STREAM, &c->pairs, e));
  TRY(draw_part(c, c->trial.n, TRIAL_STREAM, &c->trial, e));
  c->trial_labels = mem_alloc(c->trial.n, sizeof *c->trial_labels);
  TRY(c->trial_labels ? STATUS_OK : error_memory(e, c->trial.n * sizeof *c->trial_labels, _("labels")));
  if (c->trial.rows) {
    TRY(frame_take(c->data, c->trial.rows, c->trial.n, &c->trial_data, e));
  } else {
    c->trial_data = frame_ref(c->data);
  }
done:
  return status;
}

static void take_labels(const Choosing *c, ChoosePart *part)
{
  for (size_t i = 0; part->rows && i < part->n; i++) {
    part->labels[i] = c->labels[part->rows[i]];
  }
}

void choose_part_labels(Choosing *c)
{
  take_labels(c, &c->pairs);
  take_labels(c, &c->trial);
}

/* ---- resampled rows */

/* One fit to rows drawn with replacement (each once), its labels of all rows against those of the fit at hand. */
static Status resample_once(Choosing *c, int64_t k, size_t k_used, size_t round, size_t *rows, double *out, Error *e)
{
  const size_t n = c->trial.n;
  Random random = random_new((uint64_t)c->o->seed, RESAMPLE_STREAM + round);
  int32_t *other = c->trial_labels;
  Frame *drawn = NULL;
  Model *model = NULL;
  size_t used = 0, m = 0;
  Status status;
  memset(other, 0, n * sizeof *other); /* a mark for each row drawn, for a while */
  for (size_t i = 0; i < n; i++) {
    other[random_below(&random, n)] = 1;
  }
  for (size_t i = 0; i < n; i++) {
    rows[m] = i;
    m += other[i] != 0;
  }
  TRY(frame_take(c->trial_data, rows, m, &drawn, e));
  TRY(choose_fit(c, k, drawn, CHOOSE_FIT_TRIAL, &model, e));
  TRY(refit_labels(c->call, model, c->trial_data, other, &used, e));
  TRY(refit_ari(c->trial.labels, k_used, other, used, n, out, e));
done:
  frame_unref(drawn);
  model_unref(model);
  return status;
}

Status choose_stability(Choosing *c, ChooseLevel *level, size_t k_used, Error *e)
{
  size_t *rows = mem_alloc(c->trial.n, sizeof *rows);
  double sum = 0;
  size_t fits = 0;
  Status status = rows ? STATUS_OK : error_memory(e, 0, _("row numbers"));
  for (size_t round = 0; status == STATUS_OK && round < (size_t)c->o->resamples; round++) {
    double ari = 0;
    status = resample_once(c, level->k, k_used, round, rows, &ari, e);
    sum += ari;
    fits += status == STATUS_OK;
    if (status == STATUS_DATA) { /* too few different rows were drawn: that round says nothing */
      error_clear(e);
      status = STATUS_OK;
    }
  }
  level->stability = status == STATUS_OK && fits > 0 ? sum / (double)fits : NAN;
  mem_free(rows);
  return status;
}
