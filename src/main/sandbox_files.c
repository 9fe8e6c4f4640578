/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/file.h"
#include "main/sandbox_child.h"

enum { ROOTS = 4 };

static char roots[ROOTS][PATH_MAX]; /* the first is the script's folder; "" for none */
static const char *own_script;

/* root: a folder without links. Its name as it is when it has one. */
static void set_root(size_t i, const char *path)
{
  char real[PATH_MAX];
  roots[i][0] = '\0';
  if (realpath(path, real) && strcmp(real, "/") != 0) {
    memcpy(roots[i], real, strlen(real) + 1);
  }
}

Status sandbox_files_set(const char *script, const char *home, Error *e)
{
  char path[PATH_MAX];
  const char *zones = getenv("TZDIR");
  const bool named = script && strcmp(script, "-") != 0;
  const char *slash = named ? strrchr(script, '/') : NULL;
  struct stat info;
  own_script = named ? script : NULL;
  const int n = snprintf(path, sizeof path, "%.*s", slash ? (int)(slash - script) + 1 : 1, slash ? script : ".");
  if (n < 0 || (size_t)n >= sizeof path || strlen(home) + 16 > sizeof path) {
    return error_set(e, STATUS_LIMIT, "sandboxed", _("the name of the script's folder is too long"));
  }
  if (!named || (stat(script, &info) == 0 && S_ISREG(info.st_mode))) { /* of a pipe there is no folder */
    set_root(0, path);
  }
  snprintf(path, sizeof path, "%s/datasets", home);
  set_root(1, path);
  snprintf(path, sizeof path, "%s/lua", home);
  set_root(2, path);
  set_root(3, zones && *zones ? zones : "/usr/share/zoneinfo");
  return STATUS_OK;
}

const char *sandbox_files_folder(void)
{
  return roots[0];
}

/* The path without links of the file, or of the nearest folder above it that exists, so that an answer does not tell
 * whether there is a file that is not to be seen. */
static bool real_path(const char *path, char real[PATH_MAX])
{
  char part[PATH_MAX];
  size_t n = strlen(path);
  if (n >= sizeof part) {
    return false;
  }
  memcpy(part, path, n + 1);
  while (!realpath(n > 0 ? part : path[0] == '/' ? "/" : ".", real)) {
    if ((errno != ENOENT && errno != ENOTDIR) || n == 0) {
      return false;
    }
    while (n > 0 && part[n - 1] == '/') {
      n--;
    }
    while (n > 0 && part[n - 1] != '/') {
      n--;
    }
    part[n] = '\0';
  }
  return true;
}

static bool is_below(const char *real, const char *root)
{
  const size_t n = strlen(root);
  return n > 0 && strncmp(real, root, n) == 0 && (real[n] == '/' || !real[n]) && !strstr(real + n, "/.");
}

static Status refuse(const char *path, Error *e)
{
  error_set(e, STATUS_FILE, "sandboxed", _("'%s' is not read in the sandbox"), path);
  if (roots[0][0]) {
    return error_hint(e, _("read are plain files below '%s' and those of datasets/, none of them hidden"), roots[0]);
  }
  return error_hint(e, _("read are the files of datasets/ only: the script has no folder of its own"));
}

Status sandbox_files_guard(const char *path, bool writes, Error *e)
{
  char real[PATH_MAX];
  struct stat info;
  if (writes) {
    return error_set(e, STATUS_FILE, "sandboxed", _("'%s' is not written: the sandbox writes no files"), path);
  }
  if (own_script && strcmp(path, own_script) == 0) {
    return STATUS_OK;
  }
  if (!real_path(path, real)) {
    return refuse(path, e);
  }
  bool found = false;
  for (size_t i = 0; i < ROOTS; i++) {
    found = found || is_below(real, roots[i]);
  }
  const bool strange = stat(real, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
  return found && !strange ? STATUS_OK : refuse(path, e);
}
