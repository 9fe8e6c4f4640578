/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <readline/history.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/text.h"

enum { LARGEST = 64 << 20 }; /* bytes; a history beyond this is none of ours */

static bool is_folder(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static Status find_path(Text *path, Error *e)
{
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  if (is_folder(".assay")) {
    text_puts(path, ".assay");
  } else if (state && *state == '/') {
    text_printf(path, "%s/assay", state);
  } else if (home && *home) {
    text_printf(path, "%s/.local/state/assay", home);
  } else {
    return error_set(e, STATUS_STATE, "no-home", _("HOME is not set"));
  }
  text_puts(path, "/history");
  return text_status(path, e);
}

/* Makes the folders that hold the file. */
static void make_folders(char *path)
{
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700); /* what fails here shows when the file is opened */
    *slash = '/';
  }
}

static Status refuse(const char *path, Error *e)
{
  return error_set(e, STATUS_FILE, "no-history", _("no history is kept: %1$s: %2$s"), path, _(strerror(errno)));
}

static int open_file(const char *path, int flags)
{
  const int fd = open(path, flags | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && fchmod(fd, 0600) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static bool is_time(const char *line, size_t n)
{
  if (n < 2 || line[0] != '#') {
    return false;
  }
  for (size_t i = 1; i < n; i++) {
    if (line[i] < '0' || line[i] > '9') {
      return false;
    }
  }
  return true;
}

/* The list owns a copy of what it is given; a statement that repeats the one before is passed over. time:
 * "#" and seconds, "" for now. */
static void remember(History *history, const char *statement, const char *time)
{
  if (*statement && (!history->last || strcmp(history->last, statement) != 0)) {
    mem_free(history->last);
    history->last = mem_string(statement);
    add_history(statement);
    if (*time) {
      add_history_time(time);
    }
  }
}

/* Takes a statement and its time from the file's text; gives what is left of the text. Lines before the
 * first time, as an older program may have written them, are a statement each. */
static const char *next_statement(const char *text, Text *statement, Text *time)
{
  bool timed = false;
  text_reset(statement);
  text_reset(time);
  while (*text) {
    const char *end = strchrnul(text, '\n');
    const size_t length = (size_t)(end - text);
    if (is_time(text, length)) {
      if (timed) {
        return text;
      }
      timed = true;
      text_add(time, text, length);
    } else {
      if (statement->size > 0) {
        text_char(statement, '\n');
      }
      text_add(statement, text, length);
    }
    text = *end ? end + 1 : end;
    if (!timed) {
      return text;
    }
  }
  return text;
}

static void load(History *history, const char *text)
{
  Text statement = {0}, time = {0};
  while (*text) {
    text = next_statement(text, &statement, &time);
    remember(history, text_data(&statement), text_data(&time));
  }
  text_free(&statement);
  text_free(&time);
}

static void add_entry(Text *out, const char *statement, long when)
{
  text_printf(out, "#%ld\n", when);
  while (*statement) {
    const char *end = strchrnul(statement, '\n');
    if (is_time(statement, (size_t)(end - statement))) {
      text_char(out, ' ');
    }
    text_add(out, statement, (size_t)(end - statement));
    text_char(out, '\n');
    statement = *end ? end + 1 : end;
  }
}

/* Writes the list, which stifle_history has cut, over the file. */
static Status rewrite(const History *history, Error *e)
{
  FileWriter *writer = NULL;
  Text out = {0};
  HIST_ENTRY **list = history_list();
  Status status = STATUS_OK;
  for (size_t i = 0; list && list[i]; i++) {
    add_entry(&out, list[i]->line, (long)history_get_time(list[i]));
  }
  TRY(text_status(&out, e));
  TRY(file_create(history->path, &writer, e));
  status = file_write(writer, text_data(&out), out.size, e);
  if (status != STATUS_OK) {
    file_discard(writer);
  } else {
    status = file_commit(writer, e);
  }
done:
  text_free(&out);
  return status;
}

static Status cut(History *history, Error *e)
{
  const int n = history_length;
  stifle_history(HISTORY_MOST);
  return n > HISTORY_MOST ? rewrite(history, e) : STATUS_OK;
}

Status history_open(History *history, Error *e)
{
  Text path = {0};
  char *bytes = NULL;
  size_t size;
  Status status = STATUS_OK;
  *history = (History){0};
  using_history();
  history_comment_char = '#'; /* what times begin with */
  TRY(find_path(&path, e));
  make_folders(path.data);
  const int fd = open_file(path.data, O_RDWR);
  if (fd < 0) {
    status = refuse(path.data, e);
    goto done;
  }
  close(fd);
  TRY(file_read(path.data, LARGEST, &bytes, &size, e));
  load(history, bytes);
  history->path = text_take(&path);
  TRY(cut(history, e));
done:
  text_free(&path);
  mem_free(bytes);
  return status;
}

void history_close(History *history)
{
  clear_history();
  mem_free(history->path);
  mem_free(history->last);
  *history = (History){0};
}

/* One write, so that sessions side by side do not mix their lines. */
static Status append(const char *path, const char *statement, Error *e)
{
  Text entry = {0};
  add_entry(&entry, statement, (long)time(NULL));
  Status status = text_status(&entry, e);
  const int fd = status == STATUS_OK ? open_file(path, O_WRONLY | O_APPEND) : -1;
  if (status == STATUS_OK && (fd < 0 || write(fd, entry.data, entry.size) != (ssize_t)entry.size)) {
    status = refuse(path, e);
  }
  if (fd >= 0) {
    close(fd);
  }
  text_free(&entry);
  return status;
}

Status history_append(History *history, const char *statement, Error *e)
{
  if (!*statement || (history->last && strcmp(history->last, statement) == 0)) {
    return STATUS_OK;
  }
  remember(history, statement, "");
  if (!history->path) {
    return STATUS_OK;
  }
  const Status status = append(history->path, statement, e);
  if (status != STATUS_OK) {
    mem_free(history->path);
    history->path = NULL;
  }
  return status;
}
