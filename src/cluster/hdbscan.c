/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/hdbscan.h"

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

static Status allocate(HdbscanResult *out, size_t n, HdbscanEdge **edges, double **ranks, Error *e)
{
  *out = (HdbscanResult){.n = n};
  out->labels = mem_alloc(n, sizeof *out->labels);
  out->probability = mem_alloc(n, sizeof *out->probability);
  out->outlier = mem_alloc(n, sizeof *out->outlier);
  out->lambda = mem_alloc(n, sizeof *out->lambda);
  out->node = mem_alloc(n, sizeof *out->node);
  out->core = mem_alloc(n, sizeof *out->core);
  *edges = mem_alloc(n, sizeof **edges);
  *ranks = mem_alloc(n, sizeof **ranks);
  if (!out->labels || !out->probability || !out->outlier || !out->lambda || !out->node || !out->core || !*edges ||
      !*ranks) {
    return error_memory(e, n * 64, _("clusters"));
  }
  return STATUS_OK;
}

Status hdbscan_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                   const HdbscanSettings *settings, HdbscanResult *out, Error *e)
{
  HdbscanEdge *edges;
  double *ranks;
  Status status;
  TRY(allocate(out, n, &edges, &ranks, e));
  task_phase(task, "core distances");
  TRY(neighbours_kth_rank(task, index, settings->min_points, ranks, e));
  for (size_t i = 0; i < n; i++) {
    out->core[i] = metric_unrank(metric, ranks[i]);
  }
  task_phase(task, "spanning tree");
  TRY(hdbscan_span(task, index, values, n, d, metric, ranks, settings->alpha, edges, e));
  task_phase(task, "hierarchy");
  TRY(hdbscan_choose(settings, metric, edges, n, out, e));
done:
  mem_free(edges);
  mem_free(ranks);
  if (status != STATUS_OK) {
    hdbscan_result_free(out);
  }
  return status;
}
