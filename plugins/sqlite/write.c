/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame to a table, in one transaction: the table is replaced or added to, or the database stays as it was. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base.h"

enum { POLL_ROWS = 1024 };

typedef struct Writing {
  Base base;
  const Frame *frame;
  const char *table;
  bool append, fresh;     /* fresh: there was no file */
  sqlite3_stmt *insert;
  Text sql, cell;
} Writing;

static const char *declaration(Type type)
{
  switch (type) {
  case TYPE_FLOAT64: return "REAL";
  case TYPE_INT64: return "INTEGER";
  case TYPE_BOOL: return "BOOLEAN";
  case TYPE_TIMESTAMP: return "TIMESTAMP";
  case TYPE_SET: return "TEXT_SET";
  default: return "TEXT";
  }
}

/* ---- what cannot be kept */

static Status check_column(const Writing *w, size_t column, Error *e)
{
  const Column *cells = frame_column(w->frame, column);
  const char *name = frame_name(w->frame, column);
  size_t count = 0;
  for (size_t row = 0; column_type(cells) == TYPE_FLOAT64 && row < column_rows(cells); row++) {
    count += column_valid(cells, row) && isnan(column_float(cells, row));
  }
  if (count > 0) {
    error_set(e, STATUS_DATA, "nan-in-database", _("column '%1$s' has %2$zu NaN, which SQLite cannot keep"), name,
              count);
    return error_hint(e, _("make them missing, or leave the column out"));
  }
  for (size_t i = 0; i < column; i++) {
    if (sqlite3_stricmp(frame_name(w->frame, i), name) == 0) {
      error_set(e, STATUS_DATA, "bad-data", _("columns '%1$s' and '%2$s' are one name to SQLite"),
                frame_name(w->frame, i), name);
      return error_hint(e, _("rename one of them"));
    }
  }
  return STATUS_OK;
}

static Status check_frame(const Writing *w, Error *e)
{
  Status status =
      frame_columns(w->frame) > 0 ? STATUS_OK : error_set(e, STATUS_DATA, "bad-data", _("the frame has no columns"));
  for (size_t i = 0; status == STATUS_OK && i < frame_columns(w->frame); i++) {
    status = task_cancelled(w->base.task) ? error_cancelled(e) : check_column(w, i, e);
  }
  return status;
}

/* ---- the table */

static Status create_table(Writing *w, Error *e)
{
  text_reset(&w->sql);
  text_puts(&w->sql, "drop table if exists ");
  base_quote(w->table, &w->sql);
  text_puts(&w->sql, "; create table ");
  base_quote(w->table, &w->sql);
  for (size_t i = 0; i < frame_columns(w->frame); i++) {
    text_puts(&w->sql, i ? ", " : " (");
    base_quote(frame_name(w->frame, i), &w->sql);
    text_printf(&w->sql, " %s", declaration(column_type(frame_column(w->frame, i))));
  }
  text_puts(&w->sql, ")");
  const Status status = text_status(&w->sql, e);
  return status == STATUS_OK ? base_run(&w->base, text_data(&w->sql), e) : status;
}

static Status misfit(const Writing *w, const char *name, const char *declared, Type type, Error *e)
{
  error_set(e, STATUS_DATA, "table-columns", _("column '%1$s' is %2$s in table %3$s and %4$s in the frame"), name,
            declared, w->table, type_name(type));
  return error_hint(e, _("cast the column, or write another table"));
}

/* A column of the table: the frame must have it, of a type that fits. */
static Status match_column(const Writing *w, sqlite3_stmt *info, size_t *matched, Error *e)
{
  const char *name = (const char *)sqlite3_column_text(info, 1), *declared = (const char *)sqlite3_column_text(info, 2);
  Type expected;
  for (size_t i = 0; i < frame_columns(w->frame); i++) {
    const Type type = column_type(frame_column(w->frame, i));
    if (sqlite3_stricmp(frame_name(w->frame, i), name) != 0) {
      continue;
    }
    ++*matched;
    const bool fits = !base_declared(declared, &expected) || expected == type ||
                      (type_is_text(expected) && type_is_text(type)) ||
                      (expected == TYPE_FLOAT64 && type == TYPE_INT64);
    return fits ? STATUS_OK : misfit(w, name, declared, type, e);
  }
  error_set(e, STATUS_DATA, "table-columns", _("table %1$s has a column '%2$s', the frame has none"), w->table, name);
  return error_hint(e, _("append wants the same columns"));
}

static Status no_such_column(const Writing *w, Error *e)
{
  Text list = {0};
  for (size_t i = 0; i < frame_columns(w->frame); i++) {
    text_printf(&list, "%s%s", i ? ", " : "", frame_name(w->frame, i));
  }
  error_set(e, STATUS_DATA, "table-columns", _("table %1$s does not have all columns of the frame: %2$.300s"), w->table,
            text_data(&list));
  text_free(&list);
  return error_hint(e, _("append wants the same columns"));
}

static Status match_columns(Writing *w, Error *e)
{
  sqlite3_stmt *info = NULL;
  size_t matched = 0, columns = 0;
  bool row = false;
  Status status;
  text_puts(&w->sql, "pragma table_info(");
  base_quote(w->table, &w->sql);
  text_puts(&w->sql, ")");
  TRY(text_status(&w->sql, e));
  TRY(base_prepare(&w->base, text_data(&w->sql), &info, e));
  TRY(base_step(&w->base, info, &row, e));
  for (; row; columns++) {
    TRY(match_column(w, info, &matched, e));
    TRY(base_step(&w->base, info, &row, e));
  }
  if (columns == 0) {
    TRY(base_unknown_table(&w->base, w->table, e));
  }
  TRY(matched == frame_columns(w->frame) ? STATUS_OK : no_such_column(w, e));
done:
  sqlite3_finalize(info);
  return status;
}

/* ---- rows */

static Status prepare_insert(Writing *w, Error *e)
{
  const size_t n = frame_columns(w->frame);
  text_reset(&w->sql);
  text_puts(&w->sql, "insert into ");
  base_quote(w->table, &w->sql);
  for (size_t i = 0; i < n; i++) {
    text_puts(&w->sql, i ? ", " : " (");
    base_quote(frame_name(w->frame, i), &w->sql);
  }
  text_puts(&w->sql, ") values (?");
  text_repeat(&w->sql, ", ?", n - 1);
  text_puts(&w->sql, ")");
  const Status status = text_status(&w->sql, e);
  return status == STATUS_OK ? base_prepare(&w->base, text_data(&w->sql), &w->insert, e) : status;
}

/* A set as a JSON list of its items. */
static void add_json(const char *text, size_t length, Text *out)
{
  text_char(out, '"');
  for (size_t i = 0; i < length; i++) {
    const unsigned char c = (unsigned char)text[i];
    if (c < 0x20) {
      text_printf(out, "\\u%04x", c);
    } else {
      text_add(out, "\\", c == '"' || c == '\\');
      text_char(out, (char)c);
    }
  }
  text_char(out, '"');
}

static void show_set(const Column *column, size_t row, Text *out)
{
  const int32_t *codes;
  const size_t n = column_set(column, row, &codes);
  text_char(out, '[');
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *item = column_level(column, (size_t)codes[i], &length);
    text_puts(out, i ? ", " : "");
    add_json(item, length, out);
  }
  text_char(out, ']');
}

static int bind_cell(Writing *w, int at, const Column *column, size_t row)
{
  sqlite3_stmt *s = w->insert;
  size_t length;
  if (!column_valid(column, row)) {
    return sqlite3_bind_null(s, at);
  }
  switch (column_type(column)) {
  case TYPE_FLOAT64: return sqlite3_bind_double(s, at, column_float(column, row));
  case TYPE_INT64:
  case TYPE_BOOL: return sqlite3_bind_int64(s, at, column_int(column, row));
  case TYPE_CATEGORY:
  case TYPE_STRING: {
    const char *text = column_text(column, row, &length);
    return sqlite3_bind_text64(s, at, text, length, SQLITE_STATIC, SQLITE_UTF8);
  }
  default:
    text_reset(&w->cell);
    if (column_type(column) == TYPE_SET) {
      show_set(column, row, &w->cell);
    } else {
      column_cell_text(column, row, &w->cell);
    }
    return w->cell.failed
               ? SQLITE_NOMEM
               : sqlite3_bind_text64(s, at, text_data(&w->cell), w->cell.size, SQLITE_TRANSIENT, SQLITE_UTF8);
  }
}

static Status insert_rows(Writing *w, Error *e)
{
  const size_t rows = frame_rows(w->frame), n = frame_columns(w->frame);
  bool row;
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < rows; i++) {
    for (size_t j = 0; status == STATUS_OK && j < n; j++) {
      const int code = bind_cell(w, (int)j + 1, frame_column(w->frame, j), i);
      status = code == SQLITE_OK      ? STATUS_OK
               : code == SQLITE_NOMEM ? error_memory(e, 0, w->table)
                                      : base_fail(&w->base, NULL, e);
    }
    status = status == STATUS_OK ? base_step(&w->base, w->insert, &row, e) : status;
    sqlite3_reset(w->insert);
    if (i % POLL_ROWS == 0) {
      task_progress(w->base.task, i, rows);
      status = status == STATUS_OK && task_cancelled(w->base.task) ? error_cancelled(e) : status;
    }
  }
  return status;
}

static Status write_table(Writing *w, Error *e)
{
  Status status;
  TRY(base_run(&w->base, "begin immediate", e));
  TRY(w->append ? match_columns(w, e) : create_table(w, e));
  TRY(prepare_insert(w, e));
  TRY(insert_rows(w, e));
  sqlite3_finalize(w->insert);
  w->insert = NULL;
  TRY(base_run(&w->base, "commit", e));
done:
  sqlite3_finalize(w->insert);
  if (status != STATUS_OK && !sqlite3_get_autocommit(w->base.db)) {
    sqlite3_progress_handler(w->base.db, 0, NULL, NULL); /* a cancel does not stop this */
    (void)sqlite3_exec(w->base.db, "rollback", NULL, NULL, NULL);
  }
  return status;
}

Status sqlite_write(const Frame *frame, const WriteRequest *request, Task *task, Error *e)
{
  Writing w = {.frame = frame, .append = request->append, .fresh = access(request->path, F_OK) != 0};
  BaseTarget target;
  Status status;
  w.base.task = task;
  TRY(base_target(request->query, request->table, NULL, &task->arena, &target, e));
  if (!target.table || !*target.table) {
    error_set(e, STATUS_ARGUMENT, "which-table", _("which table of '%s' is to be written?"), request->path);
    TRY(error_hint(e, _("df:write(\"%s\", {table = \"name\"})"), request->path));
  }
  w.table = target.table;
  TRY(check_frame(&w, e));
  TRY(base_open(&w.base, request->path, true, task, e));
  TRY(write_table(&w, e));
done:
  base_close(&w.base);
  if (status != STATUS_OK && w.fresh && w.base.path) {
    unlink(request->path); /* what was not there is not there */
  }
  text_free(&w.sql);
  text_free(&w.cell);
  return status;
}
