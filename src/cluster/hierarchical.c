/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/hierarchical.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/neighbours.h"

enum { GAPS_MOST = 10, STRIP = 1024 };

size_t hierarchical_widest_gap(const LinkageTree *tree)
{
  const size_t n = tree->n;
  size_t best = n < 2 ? n : 2;
  for (size_t k = 3; k <= GAPS_MOST && k < n; k++) {
    const double gap = tree->height[n - k] - tree->height[n - k - 1];
    best = gap > tree->height[n - best] - (n > best ? tree->height[n - best - 1] : 0) ? k : best;
  }
  return best;
}

typedef struct Assign {
  Task *task;
  const HierarchicalRule *rule;
  const double *values;
  int32_t *labels;
  double *distances;
  double *sums, *counts; /* k numbers for each worker */
  uint32_t *nearest;     /* m: a row of the fit, */
  double *apart;         /* and how far it is: 0 when they are equal */
} Assign;

static bool by_means(LinkageKind kind)
{
  return kind == LINKAGE_WARD || kind == LINKAGE_WARD_D || kind == LINKAGE_CENTROID || kind == LINKAGE_MEDIAN;
}

static void take_least(const double *values, size_t k, int32_t *label, double *distance)
{
  size_t best = 0;
  for (size_t c = 1; c < k; c++) {
    best = values[c] < values[best] ? c : best;
  }
  *label = (int32_t)best;
  *distance = values[best];
}

static void assign_by_means(const HierarchicalRule *rule, const double *x, double *sums)
{
  const bool ward = rule->kind == LINKAGE_WARD || rule->kind == LINKAGE_WARD_D;
  for (size_t c = 0; c < rule->k; c++) {
    const Metric metric = {rule->kind == LINKAGE_WARD ? METRIC_SQEUCLIDEAN : rule->metric.kind, rule->metric.p};
    const double distance = distance_pair(metric, x, rule->centres + c * rule->d, rule->d);
    const double grown = ward ? distance * (2 * rule->weights[c] / (rule->weights[c] + 1)) : distance;
    sums[c] = rule->kind == LINKAGE_WARD ? sqrt(grown) : grown;
  }
}

static void assign_by_rows(const HierarchicalRule *rule, const double *x, double *sums, double *counts)
{
  const bool means = rule->kind == LINKAGE_AVERAGE || rule->kind == LINKAGE_MCQUITTY || rule->kind == LINKAGE_DIVISIVE;
  double distances[STRIP];
  for (size_t c = 0; c < rule->k; c++) {
    sums[c] = rule->kind == LINKAGE_SINGLE ? INFINITY : 0;
    counts[c] = 0;
  }
  for (size_t first = 0; first < rule->n; first += STRIP) {
    const size_t count = rule->n - first < STRIP ? rule->n - first : STRIP;
    distance_row(rule->metric, x, rule->rows + first * rule->d, count, rule->d, distances);
    for (size_t i = 0; i < count; i++) {
      const int32_t c = rule->labels[first + i];
      counts[c]++;
      sums[c] = rule->kind == LINKAGE_SINGLE     ? fmin(sums[c], distances[i])
                : rule->kind == LINKAGE_COMPLETE ? fmax(sums[c], distances[i])
                                                 : sums[c] + distances[i];
    }
  }
  for (size_t c = 0; c < rule->k && means; c++) {
    sums[c] /= counts[c];
  }
}

static Status assign_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum;
  const Assign *a = context;
  const HierarchicalRule *rule = a->rule;
  double *sums = a->sums + worker * rule->k, *counts = a->counts + worker * rule->k;
  for (size_t i = first; i < first + count; i++) {
    if (task_cancelled(a->task)) {
      return error_cancelled(e);
    }
    if (by_means(rule->kind)) {
      assign_by_means(rule, a->values + i * rule->d, sums);
    } else {
      assign_by_rows(rule, a->values + i * rule->d, sums, counts);
    }
    take_least(sums, rule->k, &a->labels[i], &a->distances[i]);
    if (a->apart[i] == 0) {
      a->labels[i] = rule->labels[a->nearest[i]];
      a->distances[i] = sums[a->labels[i]];
    }
  }
  return STATUS_OK;
}

Status hierarchical_assign(Task *task, const HierarchicalRule *rule, const double *values, size_t m, int32_t *labels,
                           double *distances, Error *e)
{
  const size_t workers = task_threads(task);
  Assign a = {.task = task, .rule = rule, .values = values, .labels = labels, .distances = distances};
  const Reduce reduce = {.block = assign_block, .context = &a};
  const Metric plain = {.kind = METRIC_EUCLIDEAN};
  Neighbours *index = NULL;
  Status status;
  a.sums = mem_alloc(workers, rule->k * sizeof *a.sums);
  a.counts = mem_alloc(workers, rule->k * sizeof *a.counts);
  a.nearest = mem_alloc(m, sizeof *a.nearest);
  a.apart = mem_alloc(m, sizeof *a.apart);
  TRY(a.sums && a.counts && a.nearest && a.apart ? STATUS_OK : error_memory(e, m * 12, _("labels")));
  TRY(neighbours_new(task, rule->rows, rule->n, rule->d, plain, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(task, index, values, m, 1, a.nearest, a.apart, e));
  TRY(rows_reduce(task, m, &reduce, NULL, e));
done:
  neighbours_free(index);
  mem_free(a.nearest);
  mem_free(a.apart);
  mem_free(a.sums);
  mem_free(a.counts);
  return status;
}
