/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/file.h"

enum { OPS_BETWEEN_LOOKS = 20000, WAIT_US = 5000, WAITS_MOST = 400, NAMES_SHOWN = 30 };

static int is_cancelled(void *context)
{
  return task_cancelled(context);
}

/* Another program has locked the database. */
static int wait_for_lock(void *context, int times)
{
  usleep(WAIT_US);
  return times < WAITS_MOST && !task_cancelled(context);
}

/* A plain file that is empty or begins as a database does; for messages that say more than the library's. */
static Status check_file(const char *path, bool write, Error *e)
{
  FileReader *reader = NULL;
  char head[16] = "";
  if (strcmp(path, "-") == 0) {
    return error_set(e, STATUS_ARGUMENT, "not-a-database", _("a database cannot come from standard input"));
  }
  if (write && access(path, F_OK) != 0) {
    return STATUS_OK;
  }
  Status status = file_open(path, &reader, e);
  if (status == STATUS_OK && !reader && !file_exists(path)) {
    char *bytes = NULL;
    size_t size;
    return file_read(path, 1, &bytes, &size, e); /* a folder: says so */
  }
  if (status == STATUS_OK && reader) {
    const size_t n = file_size(reader) < sizeof head ? (size_t)file_size(reader) : sizeof head;
    status = file_read_at(reader, 0, head, n, e);
    if (status == STATUS_OK && memcmp(head, "SQLite format 3", sizeof head) != 0) {
      status = error_set(e, STATUS_FORMAT, "not-a-database", _("'%s' is no SQLite database"), path);
      (void)error_hint(e, _("a text file is read with format = \"csv\"; an encrypted database cannot be read"));
    }
  }
  file_close(reader);
  return status;
}

Status base_open(Base *base, const char *path, bool write, Task *task, Error *e)
{
  *base = (Base){.path = path, .task = task};
  Status status = check_file(path, write, e);
  if (status != STATUS_OK) {
    return status;
  }
  const int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  if (sqlite3_open_v2(path, &base->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    return base->db ? base_fail(base, NULL, e) : error_memory(e, 0, path);
  }
  sqlite3_extended_result_codes(base->db, 1);
  sqlite3_db_config(base->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(base->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_limit(base->db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_progress_handler(base->db, OPS_BETWEEN_LOOKS, is_cancelled, task);
  sqlite3_busy_handler(base->db, wait_for_lock, task);
  return STATUS_OK;
}

void base_close(Base *base)
{
  sqlite3_close_v2(base->db);
  base->db = NULL;
}

/* ---- errors */

static Status sql_error(const Base *base, const char *sql, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "sql-error", _("%1$s: %2$s"), base->path, sqlite3_errmsg(base->db));
  const int offset = sqlite3_error_offset(base->db);
  return offset >= 0 ? error_caret(e, sql, strlen(sql), (size_t)offset) : STATUS_ARGUMENT;
}

/* SQLite tries a file that it may not create again for reading alone, and then has only "no such file" to say. */
static int true_reason(const Base *base)
{
  const int code = sqlite3_system_errno(base->db);
  const char *slash = strrchr(base->path, '/');
  Text folder = {0};
  text_add(&folder, slash ? base->path : ".", slash ? (size_t)(slash - base->path) + 1 : 1);
  const bool hidden = code == ENOENT && !folder.failed && access(text_data(&folder), W_OK) != 0;
  const int other = hidden ? errno : code;
  text_free(&folder);
  return other;
}

static Status file_error(const Base *base, const char *hint, Error *e)
{
  char reason[128] = "";
  const int code = true_reason(base);
  const char *system = code ? _(strerror_r(code, reason, sizeof reason)) : "";
  error_set(e, STATUS_FILE, "database-error", _("'%1$s': %2$s%3$s%4$s"), base->path, sqlite3_errmsg(base->db),
            code ? ": " : "", system);
  return hint ? error_hint(e, "%s", hint) : STATUS_FILE;
}

Status base_fail(const Base *base, const char *sql, Error *e)
{
  if (task_cancelled(base->task)) {
    return error_cancelled(e);
  }
  switch (sqlite3_errcode(base->db) & 0xff) {
  case SQLITE_NOMEM: return error_memory(e, 0, base->path);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    error_set(e, STATUS_FILE, "database-busy", _("'%s' is locked by another program"), base->path);
    return error_hint(e, _("wait until it has ended, and try again"));
  case SQLITE_NOTADB:
  case SQLITE_CORRUPT:
    return error_set(e, STATUS_FORMAT, "not-a-database", _("'%1$s' is damaged or no SQLite database: %2$s"), base->path,
                     sqlite3_errmsg(base->db));
  case SQLITE_FULL: return file_error(base, _("the disk is full; the database is as it was"), e);
  case SQLITE_READONLY: return file_error(base, _("the file or its folder may not be written to"), e);
  case SQLITE_CANTOPEN: return file_error(base, _("look at the path and the rights of the file and its folder"), e);
  case SQLITE_ERROR:
  case SQLITE_AUTH:
  case SQLITE_RANGE:
    if (sql) {
      return sql_error(base, sql, e);
    } /* fall through */
  default: return file_error(base, NULL, e);
  }
}

/* ---- statements */

Status base_prepare(const Base *base, const char *sql, sqlite3_stmt **out, Error *e)
{
  return sqlite3_prepare_v2(base->db, sql, -1, out, NULL) == SQLITE_OK ? STATUS_OK : base_fail(base, sql, e);
}

Status base_step(const Base *base, sqlite3_stmt *statement, bool *row, Error *e)
{
  const int code = sqlite3_step(statement);
  *row = code == SQLITE_ROW;
  return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : base_fail(base, sqlite3_sql(statement), e);
}

Status base_run(const Base *base, const char *sql, Error *e)
{
  return sqlite3_exec(base->db, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : base_fail(base, sql, e);
}

void base_quote(const char *name, Text *out)
{
  text_char(out, '"');
  for (; *name; name++) {
    text_add(out, "\"\"", *name == '"' ? 2 : 0);
    text_add(out, name, *name != '"');
  }
  text_char(out, '"');
}

Status base_tables(const Base *base, const char *const **names, size_t *n, Error *e)
{
  static const char sql[] =
      "select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' "
      "escape '\\' order by name";
  sqlite3_stmt *statement = NULL;
  const char **list = NULL;
  size_t room = 0;
  bool row = false;
  Status status;
  *n = 0;
  TRY(base_prepare(base, sql, &statement, e));
  TRY(base_step(base, statement, &row, e));
  while (row) {
    if (*n == room) {
      const char **grown = arena_alloc(&base->task->arena, room = room * 2 + 16, sizeof *grown);
      TRY(grown ? STATUS_OK : error_memory(e, 0, _("tables")));
      memcpy(grown, list ? list : grown, *n * sizeof *grown);
      list = grown;
    }
    list[*n] = arena_string(&base->task->arena, (const char *)sqlite3_column_text(statement, 0));
    TRY(list[*n] ? STATUS_OK : error_memory(e, 0, _("tables")));
    ++*n;
    TRY(base_step(base, statement, &row, e));
  }
done:
  sqlite3_finalize(statement);
  *names = list;
  return status;
}

Status base_unknown_table(const Base *base, const char *table, Error *e)
{
  const char *const *names = NULL;
  size_t n = 0;
  Text list = {0};
  const Status status = base_tables(base, &names, &n, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i < n && i < NAMES_SHOWN; i++) {
    text_printf(&list, "%s%s", i ? ", " : "", names[i]);
  }
  text_puts(&list, n > NAMES_SHOWN ? ", ..." : "");
  if (table) {
    error_set(e, STATUS_NAME, "unknown-table", _("'%1$s' has no table '%2$s'"), base->path, table);
    const size_t near = text_nearest(table, names, n);
    (void)(near < n ? error_hint(e, _("did you mean '%1$s'? tables: %2$s"), names[near], text_data(&list))
                    : error_hint(e, _("tables: %s"), n ? text_data(&list) : _("none")));
  } else if (n > 0) {
    error_set(e, STATUS_ARGUMENT, "which-table", _("'%1$s' has %2$zu tables: say which"), base->path, n);
    (void)error_hint(e, _("read(\"%1$s\", {table = \"%2$s\"}); tables: %3$s"), base->path, names[0], text_data(&list));
  } else {
    error_set(e, STATUS_DATA, "which-table", _("'%s' has no tables"), base->path);
  }
  text_free(&list);
  return e ? e->status : STATUS_NAME;
}

/* ---- what is meant */

static int hex_digit(char c)
{
  return c >= '0' && c <= '9' ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* The text of a query's value: + is a blank, %20 a byte. In place. */
static void decode(char *text)
{
  char *to = text;
  for (const char *from = text; *from; from++) {
    const int high = *from == '%' ? hex_digit(from[1]) : -1;
    const int low = high >= 0 ? hex_digit(from[2]) : -1;
    if (low >= 0 && high + low > 0) {
      *to++ = (char)(high * 16 + low);
      from += 2;
    } else {
      *to++ = *from == '+' ? ' ' : *from;
    }
  }
  *to = '\0';
}

Status base_target(const char *query, const char *table, const char *sql, Arena *arena, BaseTarget *out, Error *e)
{
  char *rest = arena_string(arena, query ? query : "");
  *out = (BaseTarget){.table = table, .sql = sql};
  if (!rest) {
    return error_memory(e, 0, _("a path"));
  }
  while (*rest) {
    char *part = rest;
    rest += strcspn(rest, "&");
    if (*rest) {
      *rest++ = '\0';
    }
    const bool is_table = strncmp(part, "table=", 6) == 0, is_sql = strncmp(part, "sql=", 4) == 0;
    if (!is_table && !is_sql) {
      error_set(e, STATUS_ARGUMENT, "bad-query", _("'%s' says nothing to a database"), part);
      return error_hint(e, _("after the '?' may stand table=NAME or sql=QUERY"));
    }
    char *value = part + (is_table ? 6 : 4);
    decode(value);
    const char **target = is_table ? &out->table : &out->sql;
    if (*target && strcmp(*target, value) != 0) {
      return error_set(e, STATUS_ARGUMENT, "bad-query", _("the path says '%1$s', the options say '%2$s'"), value,
                       *target);
    }
    *target = value;
  }
  return out->table && out->sql
             ? error_set(e, STATUS_ARGUMENT, "bad-query", _("give a table or a query (sql), not both"))
             : STATUS_OK;
}

static bool has(const char *text, const char *word)
{
  return strcasestr(text, word) != NULL;
}

bool base_declared(const char *declared, Type *type)
{
  if (!declared || !*declared) {
    return false;
  }
  const bool real = has(declared, "REAL") || has(declared, "FLOA") || has(declared, "DOUB") ||
                    ((has(declared, "DECIMAL") || has(declared, "NUMERIC")) && strchr(declared, ','));
  *type = has(declared, "BOOL")                                ? TYPE_BOOL
          : strcasecmp(declared, "TEXT_SET") == 0              ? TYPE_SET
          : has(declared, "INT")                               ? TYPE_INT64
          : has(declared, "TIMESTAMP") || has(declared, "DATE") ? TYPE_TIMESTAMP
          : real                                               ? TYPE_FLOAT64
                                                               : TYPE_STRING;
  return *type != TYPE_STRING || has(declared, "CHAR") || has(declared, "CLOB") || has(declared, "TEXT");
}
