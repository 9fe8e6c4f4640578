/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base.h -- an open database, and what the two directions share.
 *
 * A database is opened for reading only, unless it is written to, with what a hostile file could misuse turned off.
 * While a statement runs, Ctrl-C stops it; a database that another program has locked is waited for two seconds.
 */
#ifndef SQLITE_BASE_H
#define SQLITE_BASE_H

#include <sqlite3.h>

#include "core/arena.h"
#include "io/format.h"

typedef struct Base {
  sqlite3 *db;
  const char *path;
  Task *task;
} Base;

/* Errors: those of the file; "not-a-database". base_close is due in any case. */
Status base_open(Base *base, const char *path, bool write, Task *task, Error *e) MUST_USE;
void base_close(Base *base);

/* The error that a call of the library has just had; sql: what was asked, for the caret, or NULL. */
Status base_fail(const Base *base, const char *sql, Error *e);

/* Prepares or runs one statement. */
Status base_prepare(const Base *base, const char *sql, sqlite3_stmt **out, Error *e) MUST_USE;
Status base_run(const Base *base, const char *sql, Error *e) MUST_USE;

/* SQLITE_ROW: *row is true; done: false. */
Status base_step(const Base *base, sqlite3_stmt *statement, bool *row, Error *e) MUST_USE;

/* Adds a name in double quotes. */
void base_quote(const char *name, Text *out);

/* Names of tables and views, by name, in the arena. */
Status base_tables(const Base *base, const char *const **names, size_t *n, Error *e) MUST_USE;

/* "unknown-table" with the nearest name and the others. */
Status base_unknown_table(const Base *base, const char *table, Error *e);

/* The table of the option or the path's query (one may be NULL), and the query's sql. Errors: "bad-query". */
typedef struct BaseTarget {
  const char *table, *sql;
} BaseTarget;
Status base_target(const char *query, const char *table, const char *sql, Arena *arena, BaseTarget *out,
                   Error *e) MUST_USE;

/* The type a declaration speaks of; false when it leaves it open. */
bool base_declared(const char *declared, Type *type);

Status sqlite_read(const ReadRequest *request, Task *task, Frame **out, Error *e) MUST_USE;
Status sqlite_write(const Frame *frame, const WriteRequest *request, Task *task, Error *e) MUST_USE;

#endif
