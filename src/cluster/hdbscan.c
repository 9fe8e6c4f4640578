/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/hdbscan.h"

#include <math.h>

#include "core/alloc.h"

void hdbscan_result_free(HdbscanResult *result)
{
  mem_free(result->labels);
  mem_free(result->probability);
  mem_free(result->outlier);
  mem_free(result->lambda);
  mem_free(result->node);
  mem_free(result->core);
  mem_free(result->tree);
  mem_free(result->sizes);
  mem_free(result->chosen);
  *result = (HdbscanResult){0};
}

void hdbscan_span_free(HdbscanSpan *span)
{
  mem_free(span->edges);
  mem_free(span->core);
  mem_free(span->near);
  mem_free(span->to);
  *span = (HdbscanSpan){0};
}

Status hdbscan_span_new(size_t n, HdbscanSpan *out, Error *e)
{
  *out = (HdbscanSpan){0};
  out->edges = mem_alloc(n, sizeof *out->edges);
  out->core = mem_alloc(n, sizeof *out->core);
  out->near = mem_alloc(n, sizeof *out->near);
  out->to = mem_alloc(n, sizeof *out->to);
  if (!out->edges || !out->core || !out->near || !out->to) {
    hdbscan_span_free(out);
    return error_memory(e, n * 36, _("a spanning tree"));
  }
  for (size_t i = 0; i < n; i++) {
    out->near[i] = INFINITY;
    out->to[i] = HDBSCAN_NOBODY;
  }
  return STATUS_OK;
}

static Status allocate(HdbscanResult *out, size_t n, Error *e)
{
  *out = (HdbscanResult){.n = n, .complete = true};
  out->labels = mem_alloc(n, sizeof *out->labels);
  out->probability = mem_alloc(n, sizeof *out->probability);
  out->outlier = mem_alloc(n, sizeof *out->outlier);
  out->lambda = mem_alloc(n, sizeof *out->lambda);
  out->node = mem_alloc(n, sizeof *out->node);
  out->core = mem_alloc(n, sizeof *out->core);
  return out->labels && out->probability && out->outlier && out->lambda && out->node && out->core
           ? STATUS_OK : error_memory(e, n * 40, _("clusters"));
}

/* The root with all rows, which are noise. */
static Status no_hierarchy(HdbscanResult *out, Error *e)
{
  out->complete = false;
  out->noise = (int64_t)out->n;
  out->nodes = 1;
  out->tree = mem_alloc(1, sizeof *out->tree);
  if (!out->tree) {
    return error_memory(e, sizeof *out->tree, _("a hierarchy"));
  }
  out->tree[0] = (HdbscanNode){.parent = -1, .label = -1, .size = (int64_t)out->n};
  for (size_t i = 0; i < out->n; i++) {
    out->labels[i] = -1;
    out->node[i] = 0;
    out->probability[i] = out->outlier[i] = out->lambda[i] = 0;
  }
  return STATUS_OK;
}

Status hdbscan_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                   const HdbscanSettings *settings, HdbscanSpan *span, HdbscanResult *out, Error *e)
{
  Status status;
  TRY(allocate(out, n, e));
  if (!span->edges) {
    task_phase(task, "core distances");
    TRY(hdbscan_span_new(n, span, e));
    TRY(neighbours_kth_rank(task, index, settings->min_points, span->core, e));
  }
  for (size_t i = 0; i < n; i++) {
    out->core[i] = metric_unrank(metric, span->core[i]);
  }
  task_phase(task, "spanning tree");
  status = hdbscan_span(task, index, values, n, d, metric, settings->alpha, span, e);
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    TRY(no_hierarchy(out, e));
  } else if (status == STATUS_OK) {
    task_phase(task, "hierarchy");
    TRY(hdbscan_choose(settings, metric, span->edges, n, out, e));
  }
done:
  if (status != STATUS_OK) {
    hdbscan_result_free(out);
  }
  return status;
}
