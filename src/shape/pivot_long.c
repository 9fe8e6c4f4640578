/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wide to long: the columns one below the other, then picked row by row. */
#include <string.h>

#include "core/alloc.h"
#include "frame/append.h"
#include "frame/builder.h"
#include "shape/join_rows.h"
#include "shape/pivot.h"

enum { POLL = 1 << 18 };

typedef struct Unpivot {
  const Frame *frame;
  const size_t *columns;
  size_t n;
  Task *task;
  bool *turned;                   /* of each column */
  Column *stacked;                /* all cells, column by column */
  uint32_t *row, *number, *place; /* of each row of the result: row, which column, place in stacked */
  size_t rows;
} Unpivot;

static Status types_clash(const Unpivot *u, const size_t clash[2], Error *e)
{
  const size_t a = u->columns[clash[0]], b = u->columns[clash[1]];
  (void)error_set(e, STATUS_DATA, "append-types",
                  _("column '%1$s' is %2$s, '%3$s' is %4$s: their cells do not go into one column"),
                  frame_name(u->frame, a), type_name(column_type(frame_column(u->frame, a))),
                  frame_name(u->frame, b), type_name(column_type(frame_column(u->frame, b))));
  error_hint(e, _("name only columns of one kind, or cast them first"));
  return STATUS_DATA;
}

static Status stack(Unpivot *u, Error *e)
{
  AppendPart *parts = arena_alloc(&u->task->arena, u->n, sizeof *parts);
  Type type;
  size_t clash[2];
  if (!parts) {
    return error_memory(e, 0, _("columns"));
  }
  for (size_t i = 0; i < u->n; i++) {
    parts[i] = (AppendPart){frame_column(u->frame, u->columns[i]), frame_rows(u->frame)};
    u->turned[u->columns[i]] = true;
  }
  return append_type(parts, u->n, &type, clash) ? columns_append(parts, u->n, u->task, &u->stacked, e)
                                                : types_clash(u, clash, e);
}

static Status lay_out(Unpivot *u, bool drop_missing, Error *e)
{
  const size_t rows = frame_rows(u->frame);
  size_t total;
  if (__builtin_mul_overflow(rows, u->n, &total) || total >= NO_ROW) {
    return error_set(e, STATUS_LIMIT, "join-rows", _("%1$zu rows of %2$zu columns make more than %3$zu rows"), rows,
                     u->n, (size_t)NO_ROW);
  }
  const Status status =
      task_reserve(u->task, total * (12 + 8 * frame_columns(u->frame)), _("the rows of the result"), e);
  if (status != STATUS_OK) {
    return status;
  }
  u->row = mem_alloc(total, sizeof *u->row);
  u->number = mem_alloc(total, sizeof *u->number);
  u->place = mem_alloc(total, sizeof *u->place);
  if (!u->row || !u->number || !u->place) {
    return error_memory(e, total * 12, _("the rows of the result"));
  }
  for (size_t row = 0; row < rows; row++) {
    if (row % (POLL / 64) == 0 && task_cancelled(u->task)) {
      return error_cancelled(e);
    }
    for (size_t i = 0; i < u->n; i++) {
      const size_t place = i * rows + row;
      if (!drop_missing || column_valid(u->stacked, place)) {
        u->row[u->rows] = (uint32_t)row;
        u->number[u->rows] = (uint32_t)i;
        u->place[u->rows++] = (uint32_t)place;
      }
    }
  }
  return STATUS_OK;
}

/* The names as a category whose levels are all of them, in order. */
static Status name_column(const Unpivot *u, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_CATEGORY, u->n);
  Column *names = NULL;
  *out = NULL;
  if (!builder) {
    return error_memory(e, 0, _("names"));
  }
  for (size_t i = 0; i < u->n; i++) {
    const char *name = frame_name(u->frame, u->columns[i]);
    builder_text(builder, name, strlen(name));
  }
  Status status = builder_finish(builder, &names, e);
  if (status == STATUS_OK) {
    status = column_pick(names, u->number, u->rows, false, u->task, out, e);
  }
  column_unref(names);
  return status;
}

static Status check_names(const Unpivot *u, const char *names_to, const char *values_to, Error *e)
{
  const char *const added[2] = {names_to, values_to};
  for (int i = 0; i < 2; i++) {
    size_t at;
    if ((frame_find(u->frame, added[i], &at) && !u->turned[at]) || strcmp(names_to, values_to) == 0) {
      (void)error_set(e, STATUS_DATA, "name-clash", _("there would be two columns '%s'"), added[i]);
      error_hint(e, _("choose other names with names_to and values_to"));
      return STATUS_DATA;
    }
  }
  return STATUS_OK;
}

static Status make_frame(const Unpivot *u, const char *names_to, const char *values_to, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Status status = draft ? STATUS_OK : error_memory(e, 0, _("a frame"));
  Column *column = NULL;
  for (size_t i = 0; status == STATUS_OK && i < frame_columns(u->frame); i++) {
    if (!u->turned[i]) {
      status = column_pick(frame_column(u->frame, i), u->row, u->rows, false, u->task, &column, e);
      if (status == STATUS_OK) {
        draft_column(draft, frame_name(u->frame, i), column);
      }
    }
  }
  if (status == STATUS_OK) {
    status = name_column(u, &column, e);
  }
  if (status == STATUS_OK) {
    draft_column(draft, names_to, column);
    status = column_pick(u->stacked, u->place, u->rows, false, u->task, &column, e);
  }
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  draft_column(draft, values_to, column);
  return draft_finish(draft, out, e);
}

Status frame_unpivot(const Frame *frame, const size_t *columns, size_t n, const char *names_to,
                     const char *values_to, bool drop_missing, Task *task, Frame **out, Error *e)
{
  Unpivot u = {.frame = frame, .columns = columns, .n = n, .task = task};
  Status status;
  *out = NULL;
  u.turned = arena_alloc(&task->arena, frame_columns(frame), sizeof *u.turned);
  if (!u.turned) {
    return error_memory(e, 0, _("columns"));
  }
  TRY(stack(&u, e));
  TRY(check_names(&u, names_to, values_to, e));
  TRY(lay_out(&u, drop_missing, e));
  TRY(make_frame(&u, names_to, values_to, out, e));
done:
  column_unref(u.stacked);
  mem_free(u.row);
  mem_free(u.number);
  mem_free(u.place);
  return status;
}
