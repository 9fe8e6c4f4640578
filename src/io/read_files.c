/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/read_files.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/file.h"
#include "frame/append.h"
#include "frame/column_cast.h"

enum { NEAR_NAMES = 2000, LISTED = 6 };

/* ---- What is there */

/* Names of files in a folder, sorted by bytes; hidden ones are left out. */
typedef struct Names {
  char *items[NEAR_NAMES];
  size_t n;
} Names;

static int by_bytes(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static Names *list_folder(const char *folder)
{
  Names *names = mem_zero(1, sizeof *names);
  DIR *open = names ? opendir(folder) : NULL;
  const struct dirent *entry;
  while (open && names->n < NEAR_NAMES && (entry = readdir(open))) {
    if (entry->d_name[0] != '.' && (names->items[names->n] = mem_string(entry->d_name))) {
      names->n++;
    }
  }
  if (open) {
    (void)closedir(open);
    qsort(names->items, names->n, sizeof *names->items, by_bytes);
  }
  return names;
}

static void names_free(Names *names)
{
  for (size_t i = 0; names && i < names->n; i++) {
    mem_free(names->items[i]);
  }
  mem_free(names);
}

/* The folder's part of a path, with its slash; "" when there is none. */
static size_t folder_length(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

static void add_names(const Names *names, Text *out)
{
  for (size_t i = 0; i < names->n && i < LISTED; i++) {
    text_printf(out, "%s%s", i > 0 ? ", " : "", names->items[i]);
  }
  if (names->n > LISTED) {
    text_printf(out, _(" and %zu more"), names->n - LISTED);
  }
}

/* The nearest name in the folder, else what is there. */
static Status hint_near(const char *path, Error *e)
{
  char folder[PATH_MAX];
  const size_t n = folder_length(path);
  if (n >= sizeof folder) {
    return STATUS_FILE;
  }
  memcpy(folder, path, n);
  folder[n] = '\0';
  struct stat info;
  if (n > 0 && stat(folder, &info) != 0) {
    (void)error_hint(e, _("there is no folder '%s'"), folder);
    return STATUS_FILE;
  }
  Names *names = list_folder(n > 0 ? folder : ".");
  const size_t near = names ? text_nearest(path + n, (const char *const *)names->items, names->n) : 0;
  if (names && near < names->n) {
    (void)error_hint(e, _("did you mean '%1$s%2$s'?"), folder, names->items[near]);
  } else if (names && names->n > 0) {
    Text list = {0};
    add_names(names, &list);
    (void)error_hint(e, _("the folder '%1$s' has %2$s"), n > 0 ? folder : ".", text_data(&list));
    text_free(&list);
  }
  names_free(names);
  return STATUS_FILE;
}

static Status no_file(const char *path, Error *e)
{
  (void)error_set(e, STATUS_FILE, "no-such-file", _("cannot open '%s': No such file or directory"), path);
  return hint_near(path, e);
}

static Status is_folder(const char *path, Error *e)
{
  Text list = {0};
  Names *names = list_folder(path);
  (void)error_set(e, STATUS_FILE, "file-error", _("cannot read '%s': it is a folder"), path);
  if (names && names->n > 0) {
    add_names(names, &list);
    (void)error_hint(e, _("it has %1$s; all files of a kind: \"%2$s%3$s*.csv\""), text_data(&list), path,
                     path[strlen(path) - 1] == '/' ? "" : "/");
  }
  text_free(&list);
  names_free(names);
  return STATUS_FILE;
}

/* ---- What a path means */

static bool is_pattern(const char *path)
{
  return strpbrk(path, "*?[") != NULL;
}

static Status add_file(Arena *arena, const char *path, const char ***files, size_t *n, Error *e)
{
  const char **list = arena_alloc(arena, 1, sizeof *list);
  *files = list;
  *n = 1;
  if (list) {
    list[0] = arena_string(arena, path);
  }
  return list && list[0] ? STATUS_OK : error_memory(e, 0, _("a path"));
}

static Status copy_matches(const glob_t *found, Arena *arena, const char ***files, size_t *n, Error *e)
{
  const char **list = arena_alloc(arena, found->gl_pathc, sizeof *list);
  *files = list;
  *n = 0;
  for (size_t i = 0; list && i < found->gl_pathc; i++) {
    struct stat info;
    Error unused;
    error_clear(&unused);
    if ((stat(found->gl_pathv[i], &info) == 0 && S_ISDIR(info.st_mode)) ||
        file_allowed(found->gl_pathv[i], false, &unused) != STATUS_OK) {
      continue;
    }
    list[*n] = arena_string(arena, found->gl_pathv[i]);
    if (!list[(*n)++]) {
      return error_memory(e, 0, _("a path"));
    }
  }
  if (list) {
    qsort(list, *n, sizeof *list, by_bytes);
  }
  return list ? STATUS_OK : error_memory(e, 0, _("a path"));
}

/* All files that match; with "datasets/" in front also those that come with the program. */
static Status match(const char *path, Arena *arena, const char ***files, size_t *n, Error *e)
{
  const char *tried = path;
  for (int turn = 0; turn < 2 && tried; turn++) {
    glob_t found;
    const int code = glob(tried, GLOB_NOSORT, NULL, &found);
    Status status = code == GLOB_NOSPACE ? error_memory(e, 0, _("a path")) : STATUS_OK;
    if (code == 0) {
      status = copy_matches(&found, arena, files, n, e);
    }
    globfree(&found);
    if (status != STATUS_OK || *n > 0) {
      return status;
    }
    const bool shipped = turn == 0 && strncmp(path, "datasets/", 9) == 0;
    tried = shipped ? arena_printf(arena, "%s/%s", file_home(), path) : NULL;
  }
  (void)error_set(e, STATUS_FILE, "no-such-file", _("no file matches '%s'"), path);
  return hint_near(path, e);
}

/* Whether names of this folder may be shown: of a pattern, that of its plain part. */
static Status may_look(const char *path, Error *e)
{
  char folder[PATH_MAX];
  size_t n = strcspn(path, "*?[");
  while (path[n] && n > 0 && path[n - 1] != '/') {
    n--;
  }
  if (n >= sizeof folder) {
    return STATUS_OK; /* too long for a path: opening it will say so */
  }
  memcpy(folder, path, n);
  folder[n] = '\0';
  return file_allowed(n > 0 ? folder : ".", false, e);
}

Status files_of_path(const char *path, Arena *arena, const char *const **out, size_t *n, Error *e)
{
  char buffer[PATH_MAX];
  struct stat info;
  const char **files = NULL;
  *n = 0;
  const char *resolved = file_resolve(path, buffer, sizeof buffer);
  Status status = strcmp(path, "-") == 0 ? STATUS_OK : may_look(resolved, e);
  if (status != STATUS_OK) {
    *out = NULL;
    return status;
  }
  if (strcmp(path, "-") == 0) {
    status = add_file(arena, path, &files, n, e);
  } else if (stat(resolved, &info) == 0) {
    status = S_ISDIR(info.st_mode) ? is_folder(resolved, e) : add_file(arena, resolved, &files, n, e);
  } else if (errno == ENOENT || errno == ENOTDIR) {
    status = is_pattern(path) ? match(path, arena, &files, n, e) : no_file(path, e);
  } else {
    status = add_file(arena, resolved, &files, n, e); /* opening it will say what is wrong */
  }
  *out = (const char *const *)files;
  return status;
}

/* ---- Several frames as one */

/* Makes a column text in every frame, because its types do not go together. */
static Status make_text(Frame **frames, const char *const *labels, size_t n, const char *name, const size_t clash[2],
                        Task *task, Text *notes, Error *e)
{
  Type types[2] = {TYPE_STRING, TYPE_STRING};
  for (size_t i = 0; i < n; i++) {
    size_t at;
    if (!frame_find(frames[i], name, &at)) {
      continue;
    }
    const Column *column = frame_column(frames[i], at);
    Column *text = NULL;
    Frame *with = NULL;
    types[0] = i == clash[0] ? column_type(column) : types[0];
    types[1] = i == clash[1] ? column_type(column) : types[1];
    Status status = column_cast(column, TYPE_STRING, NULL, task, &text, NULL, e);
    if (status == STATUS_OK) {
      status = frame_with(frames[i], name, text, &with, e);
    }
    column_unref(text);
    if (status != STATUS_OK) {
      return status;
    }
    frame_unref(frames[i]);
    frames[i] = with;
  }
  text_printf(
      notes,
      _("column '%1$s' is %2$s in %3$s and %4$s in %5$s: read as text; to decide otherwise: types = {[\"%1$s\"] "
        "= \"...\"}\n"),
      name, type_name(types[0]), labels[clash[0]], type_name(types[1]), labels[clash[1]]);
  return STATUS_OK;
}

/* One column's parts: whether their types go together. */
static Status settle_column(Frame **frames, const char *const *labels, size_t n, const char *name, AppendPart *parts,
                            Task *task, Text *notes, Error *e)
{
  Type type;
  size_t clash[2];
  for (size_t i = 0; i < n; i++) {
    size_t at;
    const bool there = frame_find(frames[i], name, &at);
    parts[i] = (AppendPart){there ? frame_column(frames[i], at) : NULL, frame_rows(frames[i])};
  }
  return append_type(parts, n, &type, clash) ? STATUS_OK : make_text(frames, labels, n, name, clash, task, notes, e);
}

static Status settle_types(Frame **frames, const char *const *labels, size_t n, Task *task, Text *notes, Error *e)
{
  AppendPart *parts = mem_zero(n, sizeof *parts);
  Status status = parts ? STATUS_OK : error_memory(e, n * sizeof *parts, _("frames"));
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < frame_columns(frames[i]) && status == STATUS_OK; c++) {
      bool seen = false;
      char *name = mem_string(frame_name(frames[i], c));
      size_t at;
      for (size_t k = 0; name && k < i && !seen; k++) {
        seen = frame_find(frames[k], name, &at);
      }
      status = !name  ? error_memory(e, 0, _("names"))
               : seen ? STATUS_OK
                      : settle_column(frames, labels, n, name, parts, task, notes, e);
      mem_free(name);
    }
  }
  mem_free(parts);
  return status;
}

/* The rows of all files that could not be read; NULL when all could. */
static Status join_rejects(Frame *const *frames, const char *const *labels, size_t n, Task *task, Frame **out,
                           Error *e)
{
  const Frame **rejects = mem_zero(n, sizeof *rejects);
  const char **names = mem_zero(n, sizeof *names);
  size_t found = 0;
  Status status = STATUS_OK;
  *out = NULL;
  if (!rejects || !names) {
    status = error_memory(e, n * sizeof *names, _("frames"));
  }
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    const Frame *some = frame_rejects(frames[i]);
    if (some) {
      rejects[found] = some;
      names[found++] = labels[i];
    }
  }
  if (found > 0) {
    const AppendOptions options = {.source = "file", .labels = names};
    status = frames_append(rejects, found, &options, task, out, NULL, e);
  }
  mem_free(rejects);
  mem_free(names);
  return status;
}

static Status join(Frame **frames, const char *const *labels, size_t n, const char *source, Task *task, Frame **out,
                   Error *e)
{
  const AppendOptions options = {.source = source, .labels = labels};
  Frame *joined = NULL, *rejects = NULL;
  Text report = {0};
  Status status;
  for (size_t i = 0; i < n; i++) {
    text_puts(&report, frame_report(frames[i]));
  }
  TRY(join_rejects(frames, labels, n, task, &rejects, e));
  TRY(settle_types(frames, labels, n, task, &report, e));
  TRY(frames_append((const Frame *const *)frames, n, &options, task, &joined, &report, e));
  if (n > 1) {
    text_printf(&report, _("files: %1$zu, rows: %2$zu, columns: %3$zu\n"), n, frame_rows(joined),
                frame_columns(joined));
  }
  TRY(text_status(&report, e));
  TRY(frame_with_origin(joined, text_data(&report), rejects, out, e));
done:
  frame_unref(joined);
  frame_unref(rejects);
  text_free(&report);
  return status;
}

Status files_join(Frame *const *frames, const char *const *labels, size_t n, const char *source, Task *task,
                  Frame **out, Error *e)
{
  *out = NULL;
  Frame **copies = mem_zero(n, sizeof *copies);
  if (!copies) {
    return error_memory(e, n * sizeof *copies, _("frames"));
  }
  for (size_t i = 0; i < n; i++) {
    copies[i] = frame_ref(frames[i]);
  }
  const Status status = join(copies, labels, n, source, task, out, e);
  for (size_t i = 0; i < n; i++) {
    frame_unref(copies[i]);
  }
  mem_free(copies);
  return status;
}
