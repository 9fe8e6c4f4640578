/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/consensus.h"

#include <math.h>
#include <string.h>

#include "core/pool.h"
#include "core/reduce.h"

/* The share of equal codes; NaN when no column has both. */
static double association(const int32_t *a, const int32_t *b, size_t m)
{
  size_t both = 0, equal = 0;
  for (size_t j = 0; j < m; j++) {
    const bool known = a[j] >= 0 && b[j] >= 0;
    both += known;
    equal += known && a[j] == b[j];
  }
  return both > 0 ? (double)equal / (double)both : NAN;
}

typedef struct Lines {
  Task *task;
  const int32_t *codes;
  size_t a, m;
  double *out;
} Lines;

static void one_line(void *context, size_t i, size_t worker)
{
  const Lines *l = context;
  (void)worker;
  for (size_t j = i + 1; j < l->a && !task_cancelled(l->task); j++) {
    const double share = association(l->codes + i * l->m, l->codes + j * l->m, l->m);
    l->out[linkage_at(l->a, i, j)] = isnan(share) ? 1 : 1 - share;
  }
}

Status consensus_distances(Task *task, const int32_t *codes, size_t a, size_t m, double *out, Error *e)
{
  Lines lines = {.task = task, .codes = codes, .a = a, .m = m, .out = out};
  pool_run(task_threads(task), a, one_line, &lines);
  return task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
}

size_t consensus_lifetime(const LinkageTree *tree, size_t most)
{
  size_t best = tree->n < 2 ? tree->n : 2;
  double longest = -INFINITY;
  for (size_t k = 2; k <= most && k <= tree->n; k++) {
    /* k clusters stand from the height of the merge that leaves k to that of the next */
    const size_t next = tree->n - k;
    const double lifetime = tree->height[next] - (next > 0 ? tree->height[next - 1] : 0);
    if (lifetime > longest + 1e-12) {
      longest = lifetime;
      best = k;
    }
  }
  return best;
}

void consensus_affinity(const int32_t *codes, size_t a, size_t m, const double *weights, const int32_t *labels, size_t k,
                        const int32_t *atom, double *sums, double *out)
{
  memset(sums, 0, k * sizeof *sums);
  memset(out, 0, k * sizeof *out);
  for (size_t i = 0; i < a; i++) {
    const double share = association(atom, codes + i * m, m);
    if (!isnan(share)) {
      sums[labels[i]] += weights[i];
      out[labels[i]] += weights[i] * share;
    }
  }
  for (size_t c = 0; c < k; c++) {
    out[c] = sums[c] > 0 ? out[c] / sums[c] : NAN;
  }
}
