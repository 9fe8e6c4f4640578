/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/home.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"

static bool has_folder(const char *base, const char *name)
{
  struct stat info;
  Text path = {0};
  text_printf(&path, "%s/%s", base, name);
  const bool there = stat(text_data(&path), &info) == 0 && S_ISDIR(info.st_mode);
  text_free(&path);
  return there;
}

/* The folder of the running program, "" when the system does not tell. */
static void program_folder(char folder[PATH_MAX])
{
  const ssize_t n = readlink("/proc/self/exe", folder, PATH_MAX - 1);
  folder[n > 0 ? n : 0] = '\0';
  char *slash = strrchr(folder, '/');
  if (slash) {
    *slash = '\0';
  }
}

Status home_find(Text *path, Error *e)
{
  static const char *const places[] = {"../share/assay", "..", "../.."};
  const char *given = getenv("ASSAY_HOME");
  char folder[PATH_MAX], real[PATH_MAX];
  if (given && *given) {
    text_puts(path, given);
    return text_status(path, e);
  }
  program_folder(folder);
  for (size_t i = 0; *folder && i < sizeof places / sizeof *places; i++) {
    text_reset(path);
    text_printf(path, "%s/%s", folder, places[i]);
    if (has_folder(text_data(path), "lua") && has_folder(text_data(path), "datasets")) {
      const char *shorter = realpath(text_data(path), real);
      text_reset(path);
      text_puts(path, shorter ? shorter : folder);
      return text_status(path, e);
    }
  }
  text_reset(path);
  text_puts(path, ASSAY_DATADIR);
  return text_status(path, e);
}

bool home_beside(const char *name, Text *path)
{
  char folder[PATH_MAX];
  program_folder(folder);
  text_printf(path, "%s/%s", folder, name);
  return *folder && !path->failed;
}

bool home_rc(Text *path)
{
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  if (config && *config == '/') {
    text_printf(path, "%s/assay/rc.lua", config);
  } else if (home && *home) {
    text_printf(path, "%s/.config/assay/rc.lua", home);
  }
  return path->size > 0 && !path->failed && file_exists(path->data);
}
