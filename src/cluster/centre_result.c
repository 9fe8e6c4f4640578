/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a search stands, and its result with canonical numbers. */
#include <math.h>
#include <string.h>

#include "cluster/centre_search.h"
#include "cluster/labels.h"
#include "core/alloc.h"

Status centre_state_new(CentreState *state, size_t k, size_t d, size_t extras, Error *e)
{
  if (state->stage != CENTRE_STAGE_NEW) {
    return state->k == k && state->d == d && state->extras == extras
             ? STATUS_OK
             : error_set(e, STATUS_STATE, "kmeans-state", _("the interrupted fit had other clusters, variables or starts"));
  }
  *state = (CentreState){.stage = CENTRE_STAGE_START, .k = k, .d = d, .extras = extras,
                         .objective = (double)INFINITY, .best_objective = (double)INFINITY};
  state->current = mem_zero(k * d, sizeof(double));
  state->best = mem_zero(k * d, sizeof(double));
  state->extra = mem_zero(extras, sizeof(double));
  if (!state->current || !state->best || !state->extra) {
    centre_state_free(state);
    return error_memory(e, k * d * sizeof(double), _("centres"));
  }
  for (size_t i = 0; i < extras; i++) {
    state->extra[i] = (double)NAN;
  }
  return STATUS_OK;
}

void centre_state_free(CentreState *state)
{
  mem_free(state->current);
  mem_free(state->best);
  mem_free(state->extra);
  *state = (CentreState){0};
}

void centre_result_free(CentreResult *result)
{
  mem_free(result->centres);
  mem_free(result->labels);
  mem_free(result->sizes);
  mem_free(result->within);
  *result = (CentreResult){0};
}

typedef struct Ordered {
  size_t k, d;
  const double *from;
  double *to; /* the centres in the last order asked for */
  CentreAssign assign;
  void *context;
} Ordered;

static void order_centres(const Ordered *ordered, const int32_t *order)
{
  const size_t d = ordered->d;
  for (size_t j = 0; j < ordered->k; j++) {
    memcpy(ordered->to + j * d, ordered->from + (size_t)order[j] * d, d * sizeof(double));
  }
}

static Status assign_ordered(void *context, const int32_t *order, int32_t *labels, Error *e)
{
  const Ordered *const ordered = context;
  order_centres(ordered, order);
  return ordered->assign(ordered->context, ordered->to, labels, e);
}

static Status result_fill(const CentreData *data, Ordered *ordered, int32_t *order, const double *cost, bool *moved,
                          CentreResult *out, Error *e)
{
  const size_t k = out->k;
  size_t used;
  *moved = false;
  const Status status =
    ordered->assign ? labels_settle(out->labels, data->n, k, assign_ordered, ordered, order, out->sizes, moved, e)
                    : labels_number(out->labels, data->n, k, order, out->sizes, &used, e);
  if (status != STATUS_OK) {
    return status;
  }
  order_centres(ordered, order);
  for (size_t i = 0; i < data->n; i++) { /* a row costs the same in each of the clusters that it is as near to */
    out->within[out->labels[i]] += (data->weights ? data->weights[i] : 1) * cost[i];
  }
  return STATUS_OK;
}

Status centre_result_make(const CentreData *data, size_t k, const double *centres, const int32_t *labels, const double *cost,
                          CentreAssign assign, void *context, bool *moved, CentreResult *out, Error *e)
{
  int32_t *const order = mem_alloc(k, sizeof *order);
  *out = (CentreResult){.n = data->n, .k = k, .d = data->d, .complete = true, .reason = ""};
  out->centres = mem_alloc(k * data->d, sizeof(double));
  out->labels = mem_alloc(data->n, sizeof(int32_t));
  out->sizes = mem_alloc(k, sizeof(int64_t));
  out->within = mem_zero(k, sizeof(double));
  Ordered ordered = {k, data->d, centres, out->centres, assign, context};
  Status status = order && out->centres && out->labels && out->sizes && out->within
                    ? STATUS_OK
                    : error_memory(e, data->n * sizeof(int32_t), _("a result"));
  if (status == STATUS_OK) {
    memcpy(out->labels, labels, data->n * sizeof *labels);
    status = result_fill(data, &ordered, order, cost, moved, out, e);
  }
  mem_free(order);
  if (status != STATUS_OK) {
    centre_result_free(out);
  }
  return status;
}
