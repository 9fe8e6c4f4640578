/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/density.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/alloc.h"

typedef struct Cluster {
  int64_t size;
  size_t first; /* row */
  int32_t number;
} Cluster;

static int compare_clusters(const void *a, const void *b)
{
  const Cluster *x = a, *y = b;
  if (x->size != y->size) {
    return x->size > y->size ? -1 : 1;
  }
  return (x->first > y->first) - (x->first < y->first);
}

Status density_renumber(int32_t *labels, size_t n, size_t k, int64_t **sizes, int32_t *old, Error *e)
{
  Cluster *clusters = mem_zero(k, sizeof *clusters);
  int32_t *numbers = mem_alloc(k, sizeof *numbers);
  *sizes = mem_alloc(k, sizeof **sizes);
  const bool enough = clusters && numbers && *sizes;
  for (size_t i = 0; enough && i < n; i++) {
    if (labels[i] >= 0) {
      Cluster *c = &clusters[labels[i]];
      c->first = c->size++ == 0 ? i : c->first;
      c->number = labels[i];
    }
  }
  if (enough) {
    qsort(clusters, k, sizeof *clusters, compare_clusters);
  }
  for (size_t j = 0; enough && j < k; j++) {
    numbers[clusters[j].number] = (int32_t)j;
    (*sizes)[j] = clusters[j].size;
    if (old) {
      old[j] = clusters[j].number;
    }
  }
  for (size_t i = 0; enough && i < n; i++) {
    labels[i] = labels[i] < 0 ? -1 : numbers[labels[i]];
  }
  mem_free(clusters);
  mem_free(numbers);
  if (!enough) {
    mem_free(*sizes);
    *sizes = NULL;
  }
  return enough ? STATUS_OK : error_memory(e, 0, _("clusters"));
}

Status density_number(int32_t *labels, size_t n, size_t k, int64_t **sizes, Error *e)
{
  return density_renumber(labels, n, k, sizes, NULL, e);
}
