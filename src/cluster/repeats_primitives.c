/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/repeats_primitives.h"

#include "core/alloc.h"
#include "shape/groups.h"

enum { ONE_IN = 100 };

Status repeats_note(Call *call, const Frame *data, size_t repeated, size_t n, Error *e)
{
  const size_t rows = frame_rows(data), d = frame_columns(data);
  Groups *groups = NULL;
  Status status = STATUS_OK;
  if (n < 2 || repeated * ONE_IN < n) {
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
