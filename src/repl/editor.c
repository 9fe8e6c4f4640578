/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/editor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/file.h"
#include "repl/child.h"

static const char *editor_name(void)
{
  const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
  return visual && *visual ? visual : editor && *editor ? editor : "vi";
}

/* The file's name goes as $0's first argument, so that no shell reads it. */
static int run(const char *editor, const char *path)
{
  char command[1024];
  snprintf(command, sizeof command, "%s \"$1\"", editor);
  char *const argv[] = {(char *)"sh", (char *)"-c", command, (char *)"sh", (char *)path, NULL};
  const pid_t child = child_start(argv, -1);
  return child > 0 ? child_wait(child) : 127;
}

static Status write_all(int fd, const Text *text, const char *path, Error *e)
{
  size_t from = 0;
  while (from < text->size) {
    const ssize_t put = write(fd, text->data + from, text->size - from);
    if (put < 0 && errno != EINTR) {
      return error_set(e, STATUS_FILE, "file-error", _("cannot write '%1$s': %2$s"), path, _(strerror(errno)));
    }
    from += put > 0 ? (size_t)put : 0;
  }
  return STATUS_OK;
}

/* Lines end in "\n", whatever the editor ends them with; the last one in nothing. */
static void put_lines(const char *bytes, size_t size, Text *text)
{
  while (size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r')) {
    size--;
  }
  text_reset(text);
  for (size_t i = 0; i < size; i++) {
    if (bytes[i] != '\r' || bytes[i + 1] != '\n') {
      text_char(text, bytes[i]);
    }
  }
}

static Status take_back(const char *path, Text *text, Error *e)
{
  char *bytes;
  size_t size;
  const Status status = file_read(path, (size_t)1 << 26, &bytes, &size, e);
  if (status != STATUS_OK) {
    return status;
  }
  const char *nul = memchr(bytes, '\0', size);
  if (nul) {
    error_set(e, STATUS_FILE, "file-error", _("what the editor left has a NUL byte at offset %zu; the line is as it was"),
              (size_t)(nul - bytes));
    mem_free(bytes);
    return e->status;
  }
  put_lines(bytes, size, text);
  mem_free(bytes);
  return text_status(text, e);
}

Status editor_edit(Text *text, Error *e)
{
  const char *folder = getenv("TMPDIR"), *editor = editor_name();
  char path[512];
  snprintf(path, sizeof path, "%s/assay-XXXXXX.lua", folder && *folder ? folder : "/tmp");
  const int fd = mkstemps(path, 4);
  if (fd < 0) {
    return error_set(e, STATUS_FILE, "file-error", _("cannot write '%1$s': %2$s"), path, _(strerror(errno)));
  }
  Status status = write_all(fd, text, path, e);
  close(fd);
  const int code = status == STATUS_OK ? run(editor, path) : 0;
  if (code != 0) {
    error_set(e, STATUS_STATE, "editor-failed", _("the editor '%1$s' ended with status %2$d; the line is as it was"), editor, code);
    status = error_hint(e, _("VISUAL or EDITOR names the editor to run"));
  }
  if (status == STATUS_OK) {
    status = take_back(path, text, e);
  }
  unlink(path);
  return status;
}
