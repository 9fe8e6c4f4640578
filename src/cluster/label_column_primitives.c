/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/label_column_primitives.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"

void label_column_free(LabelColumn *column)
{
  mem_free(column->labels);
  column_unref(column->names);
  *column = (LabelColumn){0};
}

static size_t row_of(const ClusterInput *input, size_t i)
{
  return input->variables.rows ? input->variables.rows[i] : i;
}

typedef struct Found {
  const Column *column;
  size_t first;  /* a row of the class */
  size_t number; /* by first appearance */
} Found;

static int by_value(const void *a, const void *b)
{
  const Found *x = a, *y = b;
  const double p = column_float(x->column, x->first), q = column_float(y->column, y->first);
  return (p > q) - (p < q);
}

/* Classes by first appearance in labels; found has the first row of each. */
static Status find_classes(const Column *cells, const ClusterInput *input, Map *map, LabelColumn *out, Found **found, Error *e)
{
  const bool numbers = type_is_numeric(column_type(cells));
  Text text = {0};
  Status status = STATUS_OK;
  size_t room = 0;
  for (size_t i = 0; status == STATUS_OK && i < input->variables.n; i++) {
    const size_t row = row_of(input, i);
    size_t number = 0;
    out->labels[i] = -1;
    if (!column_valid(cells, row) || (numbers && column_float(cells, row) == 0)) {
      continue;
    }
    text_reset(&text);
    column_cell_text(cells, row, &text);
    status = text_status(&text, e);
    status = status == STATUS_OK ? map_put(map, text_data(&text), text.size, &number, NULL, e) : status;
    if (status == STATUS_OK && number == out->k) {
      if (out->k == room) {
        room = room ? 2 * room : 16;
        Found *more = mem_resize(*found, room, sizeof *more);
        if (!more) {
          status = error_memory(e, room * sizeof *more, _("classes"));
          continue;
        }
        *found = more;
      }
      (*found)[out->k] = (Found){.column = cells, .first = row, .number = number};
      out->k++;
    }
    out->labels[i] = (int32_t)number;
  }
  text_free(&text);
  return status;
}

/* Numbers in rising order, so that cluster 1 is the first. */
static Status order_classes(const Column *cells, const ClusterInput *input, Found *found, LabelColumn *out, Error *e)
{
  size_t *rows = mem_alloc(out->k + 1, sizeof *rows);
  int32_t *number = mem_alloc(out->k + 1, sizeof *number);
  Status status = rows && number ? STATUS_OK : error_memory(e, 0, _("classes"));
  if (status == STATUS_OK) {
    if (found && !type_is_text(column_type(cells))) {
      qsort(found, out->k, sizeof *found, by_value);
    }
    for (size_t c = 0; c < out->k; c++) {
      rows[c] = found[c].first;
      number[found[c].number] = (int32_t)c;
    }
    for (size_t i = 0; i < input->variables.n; i++) {
      out->labels[i] = out->labels[i] < 0 ? -1 : number[out->labels[i]];
    }
    status = column_take(cells, rows, out->k, &out->names, e);
  }
  mem_free(rows);
  mem_free(number);
  return status;
}

Status label_column(const Frame *data, const char *name, const ClusterInput *input, LabelColumn *out, Error *e)
{
  size_t column = 0;
  Map *map = map_new();
  Found *found = NULL;
  Status status;
  *out = (LabelColumn){.labels = mem_alloc(input->variables.n + 1, sizeof *out->labels)};
  TRY(map && out->labels ? STATUS_OK : error_memory(e, 0, _("classes")));
  TRY(frame_need(data, name, &column, e));
  const Column *cells = frame_column(data, column);
  if (column_type(cells) == TYPE_SET) {
    TRY(error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%s' holds sets; clusters are numbers or texts"), name));
  }
  TRY(find_classes(cells, input, map, out, &found, e));
  TRY(order_classes(cells, input, found, out, e));
done:
  map_free(map);
  mem_free(found);
  if (status != STATUS_OK) {
    label_column_free(out);
  }
  return status;
}
