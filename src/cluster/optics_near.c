/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/optics_near.h"

#include "core/alloc.h"

void optics_near_free(OpticsNear *near)
{
  mem_free(near->rows);
  mem_free(near->distances);
  mem_free(near->starts);
  mem_free(near->named);
  *near = (OpticsNear){0};
}

/* The entries in the order of the rows they name. */
static void turn_round(OpticsNear *near, size_t n)
{
  const size_t entries = n * near->k;
  for (size_t i = 0; i <= n; i++) {
    near->starts[i] = 0;
  }
  for (size_t entry = 0; entry < entries; entry++) {
    near->starts[near->rows[entry]]++;
  }
  uint32_t end = 0;
  for (size_t i = 0; i <= n; i++) {
    end += near->starts[i];
    near->starts[i] = end;
  }
  for (size_t entry = entries; entry-- > 0;) {
    near->named[--near->starts[near->rows[entry]]] = (uint32_t)entry;
  }
}

Status optics_near_new(Task *task, const Neighbours *index, size_t n, size_t k, OpticsNear *out, Error *e)
{
  Status status;
  size_t entries;
  *out = (OpticsNear){0};
  if (k == 0 || __builtin_mul_overflow(n, k, &entries) || entries >= UINT32_MAX ||
      task_reserve(task, entries * 16, "", NULL) != STATUS_OK) {
    return STATUS_OK;
  }
  out->rows = mem_buffer(entries, sizeof *out->rows);
  out->distances = mem_buffer(entries, sizeof *out->distances);
  out->named = mem_buffer(entries, sizeof *out->named);
  out->starts = mem_alloc(n + 1, sizeof *out->starts);
  TRY(out->rows && out->distances && out->named && out->starts ? STATUS_OK
                                                               : error_memory(e, entries * 16, _("lists of neighbours")));
  TRY(neighbours_nearest(task, index, NULL, n, k, out->rows, out->distances, e));
  out->k = k;
  turn_round(out, n);
done:
  if (status != STATUS_OK) {
    optics_near_free(out);
  }
  return status;
}
