/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a table or query to a frame. SQLite gives each cell a storage class of its own; the columns' types are found
 * from all of them (io/gather.h), with the declared types as expectations. */
#include <string.h>

#include "base.h"
#include "io/gather.h"
#include "io/report_text.h"

enum { POLL_ROWS = 1024 };

typedef struct Reading {
  Base base;
  const ReadRequest *request;
  sqlite3_stmt *statement;
  Gather *gather;
  Text source, call, sql, report, hex;
  const char **names;
  bool *wanted;
  size_t *blobs;
  size_t n, rows;
} Reading;

/* ---- what to ask */

static bool is_there(const char *table, const char *const *names, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (sqlite3_stricmp(names[i], table) == 0) {
      return true;
    }
  }
  return sqlite3_strnicmp(table, "sqlite_", 7) == 0; /* the library's own */
}

static Status ask_table(Reading *r, const char *table, Error *e)
{
  const char *const *names = NULL;
  size_t n = 0;
  Status status = base_tables(&r->base, &names, &n, e);
  if (status != STATUS_OK) {
    return status;
  }
  table = table || n != 1 ? table : names[0];
  if (!table || !is_there(table, names, n)) {
    return base_unknown_table(&r->base, table, e);
  }
  text_puts(&r->sql, "select * from ");
  base_quote(table, &r->sql);
  text_printf(&r->source, _("%1$s, table %2$s"), r->base.path, table);
  text_puts(&r->call, "read(");
  report_string(&r->call, r->base.path);
  text_puts(&r->call, ", {table = ");
  report_string(&r->call, table);
  return text_status(&r->sql, e);
}

static Status ask_query(Reading *r, const char *sql, Error *e)
{
  text_puts(&r->sql, sql);
  text_printf(&r->source, _("%s, a query"), r->base.path);
  text_puts(&r->call, "read(");
  report_string(&r->call, r->base.path);
  text_puts(&r->call, ", {sql = ...");
  return text_status(&r->sql, e);
}

/* One statement, which gives rows and changes nothing. */
static Status prepare(Reading *r, Error *e)
{
  const char *sql = text_data(&r->sql), *rest = NULL;
  sqlite3_stmt *second = NULL;
  if (sqlite3_prepare_v2(r->base.db, sql, -1, &r->statement, &rest) != SQLITE_OK) {
    return base_fail(&r->base, sql, e);
  }
  const bool more = sqlite3_prepare_v2(r->base.db, rest, -1, &second, NULL) != SQLITE_OK || second;
  sqlite3_finalize(second);
  if (more) {
    error_set(e, STATUS_ARGUMENT, "sql-writes", _("read runs one statement, and this is more"));
    return error_caret(e, sql, strlen(sql), (size_t)(rest - sql));
  }
  if (!r->statement || !sqlite3_stmt_readonly(r->statement) || sqlite3_column_count(r->statement) == 0) {
    error_set(e, STATUS_ARGUMENT, "sql-writes", _("a query given to read must give rows and change nothing"));
    return error_caret(e, sql, strlen(sql), 0);
  }
  return STATUS_OK;
}

/* ---- columns */

static bool is_wanted(const CsvOptions *options, const char *name)
{
  for (size_t i = 0; i < options->n_columns; i++) {
    if (strcmp(options->columns[i], name) == 0) {
      return true;
    }
  }
  return options->n_columns == 0;
}

static Status prepare_columns(Reading *r, Error *e)
{
  Arena *arena = &r->base.task->arena;
  r->n = (size_t)sqlite3_column_count(r->statement);
  r->names = arena_alloc(arena, r->n, sizeof *r->names);
  r->wanted = arena_alloc(arena, r->n, sizeof *r->wanted);
  r->blobs = arena_alloc(arena, r->n, sizeof *r->blobs);
  r->gather = gather_new();
  bool memory = r->names && r->wanted && r->blobs && r->gather;
  for (size_t i = 0; memory && i < r->n; i++) {
    const char *name = sqlite3_column_name(r->statement, (int)i);
    const char *declared = sqlite3_column_decltype(r->statement, (int)i);
    Type type;
    r->names[i] = arena_string(arena, name ? name : "");
    memory = r->names[i] != NULL;
    r->wanted[i] = memory && is_wanted(r->request->csv, r->names[i]);
    if (base_declared(declared, &type)) {
      gather_expect(r->gather, i, type, declared);
    }
  }
  return memory ? STATUS_OK : error_memory(e, 0, _("columns"));
}

/* ---- cells */

static void take_blob(Reading *r, size_t column)
{
  static const char digits[] = "0123456789ABCDEF";
  const unsigned char *bytes = sqlite3_column_blob(r->statement, (int)column);
  const int n = sqlite3_column_bytes(r->statement, (int)column);
  text_reset(&r->hex);
  for (int i = 0; i < n; i++) {
    text_char(&r->hex, digits[bytes[i] >> 4]);
    text_char(&r->hex, digits[bytes[i] & 15]);
  }
  gather_text(r->gather, r->rows, column, text_data(&r->hex), r->hex.size);
  r->blobs[column]++;
}

static void take_cell(Reading *r, size_t column)
{
  sqlite3_stmt *s = r->statement;
  const int i = (int)column;
  switch (sqlite3_column_type(s, i)) {
  case SQLITE_INTEGER: gather_int(r->gather, r->rows, column, sqlite3_column_int64(s, i)); break;
  case SQLITE_FLOAT: gather_float(r->gather, r->rows, column, sqlite3_column_double(s, i)); break;
  case SQLITE_TEXT: {
    const char *text = (const char *)sqlite3_column_text(s, i);
    gather_text(r->gather, r->rows, column, text ? text : "", text ? (size_t)sqlite3_column_bytes(s, i) : 0);
    break;
  }
  case SQLITE_BLOB: take_blob(r, column); break;
  default: break; /* NULL: missing */
  }
}

static Status take_rows(Reading *r, Error *e)
{
  const CsvOptions *options = r->request->csv;
  bool row = true;
  Status status = STATUS_OK;
  while (status == STATUS_OK && row && !(options->rows_given && r->rows == options->rows)) {
    status = base_step(&r->base, r->statement, &row, e);
    for (size_t i = 0; status == STATUS_OK && row && i < r->n; i++) {
      if (r->wanted[i]) {
        take_cell(r, i);
      }
    }
    r->rows += status == STATUS_OK && row;
    if (r->rows % POLL_ROWS == 0) {
      task_progress(r->base.task, r->rows, 0);
      status = status == STATUS_OK && task_cancelled(r->base.task) ? error_cancelled(e) : status;
      status = status == STATUS_OK ? gather_status(r->gather, e) : status;
    }
  }
  return status == STATUS_OK ? text_status(&r->hex, e) : status;
}

static Status make_frame(Reading *r, Frame **out, Error *e)
{
  for (size_t i = 0; i < r->n; i++) {
    if (r->blobs[i] > 0) {
      text_printf(&r->report, _("%1$s: blobs, written as hexadecimal text: %2$zu\n"), r->names[i], r->blobs[i]);
    }
  }
  const GatherPlan plan = {.source = text_data(&r->source),
                           .call = text_data(&r->call),
                           .rows = r->rows,
                           .columns = r->n,
                           .names = r->names,
                           .shown = 1,
                           .options = r->request->csv};
  return gather_finish(r->gather, &plan, r->base.task, &r->report, out, e);
}

Status sqlite_read(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  Reading r = {.request = request};
  BaseTarget target;
  Status status;
  *out = NULL;
  TRY(base_target(request->query, request->table, request->sql, &task->arena, &target, e));
  TRY(base_open(&r.base, request->path, false, task, e));
  TRY(target.sql ? ask_query(&r, target.sql, e) : ask_table(&r, target.table, e));
  TRY(prepare(&r, e));
  TRY(prepare_columns(&r, e));
  TRY(take_rows(&r, e));
  TRY(make_frame(&r, out, e));
done:
  sqlite3_finalize(r.statement);
  base_close(&r.base);
  gather_free(r.gather);
  text_free(&r.source);
  text_free(&r.call);
  text_free(&r.sql);
  text_free(&r.report);
  text_free(&r.hex);
  return status;
}
