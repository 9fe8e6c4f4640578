/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The product is taken in doubles, which cannot overflow and are exact enough for a limit. */
#include "io/cells_room.h"

#include <stdint.h>

enum { CELLS_PER_BYTE = 16, CELL_BYTES = 8 };

static const double cells_free = 268435456.0;

Status cells_room(const char *path, size_t bytes, size_t rows, size_t columns, const Task *task, Error *e)
{
  const double cells = (double)rows * (double)columns;
  if (cells > cells_free && cells > (double)bytes * CELLS_PER_BYTE) {
    error_set(e, STATUS_LIMIT, "sparse-file",
              _("%1$zu rows of %2$zu columns, nearly all of them empty: %3$.0f GB"), rows, columns,
              cells * CELL_BYTES / 1e9);
    (void)error_where(e, "%s", path);
    return error_hint(
        e, _("read some columns, columns = {\"name\", ...}, or put the file into rows of id, key and value"));
  }
  return task_reserve(task, cells * CELL_BYTES < (double)(SIZE_MAX / 2) ? rows * columns * CELL_BYTES : SIZE_MAX,
                      _("the cells of a file"), e);
}
