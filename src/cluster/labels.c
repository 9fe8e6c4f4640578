/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/labels.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

typedef struct Cluster {
  int64_t size;
  size_t first;   /* row; SIZE_MAX: none */
  int32_t number; /* old */
} Cluster;

static int by_size(const void *a, const void *b)
{
  const Cluster *x = a, *y = b;
  if (x->size != y->size) {
    return x->size > y->size ? -1 : 1;
  }
  if (x->first != y->first) {
    return x->first < y->first ? -1 : 1;
  }
  return (x->number > y->number) - (x->number < y->number);
}

Status labels_number(int32_t *labels, size_t n, size_t k, int32_t *order, int64_t *sizes, size_t *used, Error *e)
{
  Cluster *clusters = mem_zero(k + 1, sizeof *clusters);
  int32_t *number = mem_alloc(k + 1, sizeof *number);
  *used = 0;
  if (!clusters || !number) {
    mem_free(clusters);
    mem_free(number);
    return error_memory(e, k * sizeof *clusters, _("labels"));
  }
  for (size_t c = 0; c < k; c++) {
    clusters[c] = (Cluster){.first = SIZE_MAX, .number = (int32_t)c};
  }
  for (size_t i = n; i-- > 0;) {
    if (labels[i] >= 0) {
      clusters[labels[i]].size++;
      clusters[labels[i]].first = i;
    }
  }
  qsort(clusters, k, sizeof *clusters, by_size);
  for (size_t c = 0; c < k; c++) {
    number[clusters[c].number] = (int32_t)c;
    *used += clusters[c].size > 0;
    if (order) {
      order[c] = clusters[c].number;
    }
    if (sizes) {
      sizes[c] = clusters[c].size;
    }
  }
  for (size_t i = 0; i < n; i++) {
    labels[i] = labels[i] < 0 ? -1 : number[labels[i]];
  }
  mem_free(clusters);
  mem_free(number);
  return STATUS_OK;
}

/* order[new] for the numbers of a further renumbering; false: they are the same ones. */
static bool follow(int32_t *order, int32_t *step, size_t k)
{
  bool other = false;
  for (size_t c = 0; c < k; c++) {
    other = other || step[c] != (int32_t)c;
    step[c] = order[step[c]];
  }
  memcpy(order, step, k * sizeof *order);
  return other;
}

Status labels_settle(int32_t *labels, size_t n, size_t k, LabelsAssign assign, void *context, int32_t *order, int64_t *sizes,
                     bool *moved, Error *e)
{
  int32_t *const again = mem_alloc(n, sizeof *again), *const step = mem_alloc(k, sizeof *step);
  size_t used;
  bool other = true;
  *moved = false;
  Status status = again && step ? labels_number(labels, n, k, order, sizes, &used, e)
                                : error_memory(e, n * sizeof *again, _("labels"));
  while (status == STATUS_OK && other) {
    status = assign(context, order, again, e);
    other = false;
    if (status == STATUS_OK && memcmp(labels, again, n * sizeof *labels) != 0) {
      *moved = true;
      memcpy(labels, again, n * sizeof *labels);
      status = labels_number(labels, n, k, step, sizes, &used, e);
      other = status == STATUS_OK && follow(order, step, k);
    }
  }
  mem_free(again);
  mem_free(step);
  return status;
}
