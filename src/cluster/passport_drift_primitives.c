/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How stable segments are, and what became of them since an earlier model or earlier rows. */
#include <math.h>
#include <string.h>

#include "cluster/passport_primitives.h"
#include "core/matching.h"

static const Column *number_cells(const Frame *frame, const char *name)
{
  size_t column;
  return frame && frame_find(frame, name, &column) && type_is_numeric(column_type(frame_column(frame, column)))
           ? frame_column(frame, column)
           : NULL;
}

static const Column *stability_cells(const Frame *frame)
{
  static const char *const names[] = {"stability", "jaccard", "mean"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const Column *found = number_cells(frame, names[i]);
    if (found) {
      return found;
    }
  }
  return NULL;
}

Status passport_stability(Passport *p, const Frame *given, Error *e)
{
  const Frame *frame = given ? given : model_frame(p->model, "tidy");
  const Column *cluster = number_cells(frame, "cluster");
  const Column *cells = given ? stability_cells(frame) : number_cells(frame, "stability");
  if (!cluster || !cells) {
    return !given ? STATUS_OK
                  : error_set(e, STATUS_ARGUMENT, "wrong-column-type",
                              _("the frame for 'stability' needs the columns cluster and stability (or jaccard)"));
  }
  p->stability = arena_alloc(&p->call->task->arena, p->labels.k, sizeof *p->stability);
  if (!p->stability) {
    return error_memory(e, 0, _("a passport"));
  }
  for (size_t i = 0; i < p->labels.k; i++) {
    p->stability[i] = NAN;
  }
  for (size_t row = 0; row < frame_rows(frame); row++) {
    const double number = column_valid(cluster, row) ? column_float(cluster, row) : 0;
    if (number >= 1 && number <= (double)p->labels.k && column_valid(cells, row)) {
      p->stability[(size_t)number - 1] = column_float(cells, row);
    }
  }
  return STATUS_OK;
}

/* ---- an earlier model on the same rows */

static Status match_former(Passport *p, const SegmentLabels *before, Error *e)
{
  Arena *arena = &p->call->task->arena;
  const size_t k = p->labels.k, b = before->k;
  size_t *counts = arena_alloc(arena, k * b + 1, sizeof *counts), *pair = arena_alloc(arena, k + 1, sizeof *pair);
  p->former = arena_alloc(arena, k, sizeof *p->former);
  p->kept = arena_alloc(arena, k, sizeof *p->kept);
  if (!counts || !pair || !p->former || !p->kept) {
    return error_memory(e, k * b * sizeof *counts, _("pairs of clusters"));
  }
  for (size_t row = 0; row < p->labels.n; row++) {
    if (p->labels.labels[row] > 0 && before->labels[row] > 0) {
      counts[(size_t)(p->labels.labels[row] - 1) * b + (size_t)before->labels[row] - 1]++;
    }
  }
  const Status status = matching_largest(p->call->task, counts, k, b, pair, e);
  for (size_t i = 0; status == STATUS_OK && i < k; i++) {
    const bool found = pair[i] != SIZE_MAX;
    p->former[i] = found ? (int64_t)pair[i] + 1 : 0;
    p->kept[i] = p->labels.sizes[i + 1] == 0 ? (double)NAN
               : found                       ? (double)counts[i * b + pair[i]] / (double)p->labels.sizes[i + 1]
                                             : 0;
  }
  return status;
}

/* ---- the same model on earlier rows */

/* An empty share counts as half a row, so that the index stays finite. */
static Status share_before(Passport *p, const SegmentLabels *before, Error *e)
{
  const size_t k = p->labels.k;
  p->share_before = arena_alloc(&p->call->task->arena, k, sizeof *p->share_before);
  if (!p->share_before) {
    return error_memory(e, 0, _("a passport"));
  }
  p->drift = 0;
  for (size_t i = 0; i < k; i++) {
    const double then = i < before->k ? (double)before->sizes[i + 1] : 0, now = (double)p->labels.sizes[i + 1];
    const double n = (double)before->n, m = (double)p->labels.n;
    const double u = fmax(then, 0.5) / n, v = fmax(now, 0.5) / m;
    p->share_before[i] = then / n;
    p->drift += (v - u) * log(v / u);
  }
  return STATUS_OK;
}

Status passport_before(Passport *p, const Value *before, Error *e)
{
  SegmentLabels labels = {0};
  Status status;
  if (before->kind != VALUE_MODEL && before->kind != VALUE_FRAME) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type",
                     _("option 'before' must be an earlier model or a frame of earlier rows, not %s"),
                     value_kind_name(before->kind));
  }
  if (before->kind == VALUE_MODEL) {
    TRY(segment_labels(p->call, before->model, p->data, &labels, e));
    TRY(match_former(p, &labels, e));
  } else {
    TRY(segment_labels(p->call, p->model, before->frame, &labels, e));
    TRY(share_before(p, &labels, e));
  }
done:
  segment_labels_free(&labels);
  return status;
}
