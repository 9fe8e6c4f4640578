/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/repeats_primitives.h"

#include <string.h>

#include "core/alloc.h"
#include "shape/groups.h"

enum { AHEAD = 32, ONE_IN = 100 };

/* Never 0, which is an empty place of the table. */
static uint64_t hash_row(const double *row, size_t d)
{
  uint64_t hash = 0x9e3779b97f4a7c15;
  for (size_t j = 0; j < d; j++) {
    const double value = row[j] + 0.0; /* -0 is 0 */
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  return hash ? hash : 1;
}

/* An open table of hashes; whether the hash was there. */
static bool put(uint64_t *table, size_t mask, uint64_t hash)
{
  size_t at = (size_t)hash & mask;
  while (table[at] != 0 && table[at] != hash) {
    at = (at + 1) & mask;
  }
  const bool there = table[at] == hash;
  table[at] = hash;
  return there;
}

size_t repeated_rows(const double *values, size_t n, size_t d)
{
  size_t places = 16, repeated = 0;
  while (places < 2 * n) {
    places *= 2;
  }
  uint64_t *const table = mem_zero(places, sizeof *table);
  for (size_t i = 0; table && i < n; i += AHEAD) {
    uint64_t hashes[AHEAD];
    const size_t count = n - i < AHEAD ? n - i : AHEAD;
    for (size_t r = 0; r < count; r++) {
      hashes[r] = hash_row(values + (i + r) * d, d);
      __builtin_prefetch(table + (hashes[r] & (places - 1)), 1);
    }
    for (size_t r = 0; r < count; r++) {
      repeated += put(table, places - 1, hashes[r]);
    }
  }
  mem_free(table);
  return repeated;
}

Status repeats_note(Call *call, const ClusterInput *input, Error *e)
{
  const Frame *const data = input->data;
  const size_t n = input->variables.n, rows = frame_rows(data), d = frame_columns(data);
  Groups *groups = NULL;
  Status status = STATUS_OK;
  if (n < 2 || repeated_rows(input->values, n, input->variables.d) * ONE_IN < n) {
    return STATUS_OK;
  }
  size_t *const columns = mem_alloc(d, sizeof *columns);
  TRY(columns ? STATUS_OK : error_memory(e, d * sizeof *columns, _("the rows")));
  for (size_t j = 0; j < d; j++) {
    columns[j] = j;
  }
  TRY(groups_make(data, columns, d, call->task, &groups, e));
  if ((rows - groups->n) * ONE_IN >= rows) {
    text_printf(call->notes, _("rows: %1$zu of %2$zu equal another in all columns; if they were read twice, distinct() drops them\n"),
                rows - groups->n, rows);
  }
done:
  groups_free(groups);
  mem_free(columns);
  return status;
}
