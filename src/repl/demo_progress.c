/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/demo_progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/text.h"

enum { LARGEST = 1 << 16 };

static bool find_path(Text *path)
{
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  if (state && *state == '/') {
    text_printf(path, "%s/assay/lessons", state);
  } else if (home && *home) {
    text_printf(path, "%s/.local/state/assay/lessons", home);
  }
  return path->size > 0 && !path->failed;
}

static char *read_all(const char *path)
{
  char *text = NULL;
  size_t size;
  if (!file_exists(path) || file_read(path, LARGEST, &text, &size, NULL) != STATUS_OK) {
    return NULL;
  }
  return text;
}

/* The line "NAME STEP" of a demonstration, or NULL. */
static const char *find_line(const char *text, const char *name)
{
  const size_t n = strlen(name);
  while (text && *text) {
    if (strncmp(text, name, n) == 0 && text[n] == ' ') {
      return text;
    }
    text = strchr(text, '\n');
    text += text != NULL;
  }
  return NULL;
}

size_t demo_progress(const char *name)
{
  Text path = {0};
  char *text = find_path(&path) ? read_all(path.data) : NULL;
  const char *line = find_line(text, name);
  const long step = line ? strtol(line + strlen(name), NULL, 10) : 0;
  mem_free(text);
  text_free(&path);
  return step > 0 ? (size_t)step : 0;
}

/* The folders that hold the file; what fails here shows when the file is written. */
static void make_folders(char *path)
{
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
  }
}

static Status write_all(const char *path, const Text *text)
{
  FileWriter *writer = NULL;
  Status status = text_status(text, NULL);
  if (status == STATUS_OK) {
    status = file_create(path, &writer, NULL);
  }
  if (status == STATUS_OK) {
    status = file_write(writer, text_data(text), text->size, NULL);
    if (status == STATUS_OK) {
      return file_commit(writer, NULL);
    }
    file_discard(writer);
  }
  return status;
}

void demo_progress_keep(const char *name, size_t step)
{
  Text path = {0}, out = {0};
  if (find_path(&path)) {
    char *text = read_all(path.data);
    const char *line = find_line(text, name), *rest = line ? strchrnul(line, '\n') : NULL;
    text_add(&out, text ? text : "", line ? (size_t)(line - text) : text ? strlen(text) : 0);
    text_puts(&out, rest && *rest ? rest + 1 : "");
    if (step > 0) {
      text_printf(&out, "%s %zu\n", name, step);
    }
    if (line || step > 0) {
      make_folders(path.data);
      (void)write_all(path.data, &out); /* a convenience: a full disk is no reason to disturb the lesson */
    }
    mem_free(text);
  }
  text_free(&path);
  text_free(&out);
}
