/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where journals lie, and which there are. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/file.h"
#include "journal/journal_file.h"

enum { RUNNING_MOST = 1 << 20 };

static bool is_folder(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* "shop-3f9a2c41": people find it by the name, the path's hash keeps namesakes apart. */
static void add_project(const char *here, Text *out)
{
  const char *name = strrchr(here, '/') ? strrchr(here, '/') + 1 : here;
  text_puts(out, *name ? name : "root");
  text_printf(out, "-%08llx", (unsigned long long)(digest_hash(here, strlen(here)) & 0xffffffff));
}

Status journal_folder(Text *out, Error *e)
{
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  char here[PATH_MAX];
  if (!getcwd(here, sizeof here)) {
    return error_set(e, STATUS_FILE, "no-journal", _("no journal is kept: the working directory is gone"));
  }
  if (is_folder(".assay")) {
    text_printf(out, "%s/.assay/journal", here);
    return text_status(out, e);
  }
  if (state && *state == '/') {
    text_printf(out, "%s/assay/journal/", state);
  } else if (home && *home) {
    text_printf(out, "%s/.local/state/assay/journal/", home);
  } else {
    return error_set(e, STATUS_STATE, "no-home", _("HOME is not set"));
  }
  add_project(here, out);
  return text_status(out, e);
}

Status journal_new_path(Text *out, Error *e)
{
  const int64_t now = clock_now();
  const time_t seconds = (time_t)(now / 1000000);
  struct tm parts;
  char name[64];
  const Status status = journal_folder(out, e);
  if (status != STATUS_OK) {
    return status;
  }
  gmtime_r(&seconds, &parts);
  const size_t n = strftime(name, sizeof name, "/%Y-%m-%d_%H-%M-%S", &parts);
  snprintf(name + n, sizeof name - n, "_%03d_%ld.lua", (int)(now / 1000 % 1000), (long)getpid());
  text_puts(out, name);
  return text_status(out, e);
}

/* ---- The list */

static bool is_journal(const char *name)
{
  const size_t n = strlen(name);
  return n > 4 && name[0] != '.' && strcmp(name + n - 4, ".lua") == 0;
}

static int newest_first(const void *a, const void *b)
{
  return strcmp(*(char *const *)b, *(char *const *)a); /* names begin with the time */
}

typedef struct Names {
  char **items;
  size_t n, room;
} Names;

static Status add_name(Names *names, const char *name, Error *e)
{
  if (names->n == names->room) {
    const size_t room = names->room ? 2 * names->room : 64;
    char **grown = mem_resize(names->items, room, sizeof *grown);
    if (!grown) {
      return error_memory(e, room * sizeof *grown, _("a list"));
    }
    names->items = grown;
    names->room = room;
  }
  names->items[names->n] = mem_string(name);
  return names->items[names->n++] ? STATUS_OK : error_memory(e, 0, _("a list"));
}

static Status read_names(const char *folder, Names *names, Error *e)
{
  Status status = STATUS_OK;
  DIR *open = opendir(folder);
  for (struct dirent *entry; open && status == STATUS_OK && (entry = readdir(open));) {
    if (is_journal(entry->d_name)) {
      status = add_name(names, entry->d_name, e);
    }
  }
  if (open) {
    closedir(open);
  }
  if (names->n > 1 && status == STATUS_OK) {
    qsort(names->items, names->n, sizeof *names->items, newest_first);
  }
  return status;
}

static bool is_alive(const char *path)
{
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  const bool alive = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (fd >= 0) {
    close(fd);
  }
  return alive;
}

static Status look_at(const char *folder, const char *name, JournalEntry *out, Error *e)
{
  Text path = {0};
  size_t size;
  text_printf(&path, "%s/%s.running", folder, name);
  if (path.failed) {
    return error_memory(e, 0, _("a list"));
  }
  if (file_exists(path.data) &&
      (file_read(path.data, RUNNING_MOST, &out->running, &size, NULL) != STATUS_OK || size == 0)) {
    mem_free(out->running);
    out->running = NULL;
  }
  path.data[path.size - strlen(".running")] = '\0';
  out->path = mem_string(path.data);
  out->alive = is_alive(path.data);
  text_free(&path);
  return out->path ? STATUS_OK : error_memory(e, 0, _("a list"));
}

Status journal_list(const char *folder, size_t most, JournalList *out, Error *e)
{
  Names names = {0};
  *out = (JournalList){0};
  Status status = read_names(folder, &names, e);
  const size_t taken = names.n < most ? names.n : most;
  out->items = status == STATUS_OK ? mem_zero(taken, sizeof *out->items) : NULL;
  if (status == STATUS_OK && !out->items) {
    status = error_memory(e, 0, _("a list"));
  }
  for (size_t i = 0; i < taken && status == STATUS_OK; i++) {
    status = look_at(folder, names.items[i], &out->items[out->n++], e);
  }
  for (size_t i = 0; i < names.n; i++) {
    mem_free(names.items[i]);
  }
  mem_free(names.items);
  return status;
}

void journal_list_free(JournalList *list)
{
  for (size_t i = 0; i < list->n; i++) {
    mem_free(list->items[i].path);
    mem_free(list->items[i].running);
  }
  mem_free(list->items);
  *list = (JournalList){0};
}
