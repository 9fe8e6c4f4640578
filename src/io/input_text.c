/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/input_text.h"

#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "io/input_encoding.h"
#include "io/input_unpack.h"

static const char *name_of(const char *path)
{
  return strcmp(path, "-") == 0 ? _("standard input") : path;
}

/* Unpacks what is packed, in place. */
static Status unpack(const char *path, Task *task, char **bytes, size_t *size, Text *report, Error *e)
{
  const Packing packing = input_packing(*bytes, *size);
  if (packing == PACKING_NONE) {
    return STATUS_OK;
  }
  char *whole;
  size_t n;
  const Status status = input_unpack(name_of(path), packing, *bytes, *size, 0, task, &whole, &n, report, e);
  if (status == STATUS_OK) {
    text_printf(report, _("%1$s: unpacked from %2$s, %3$zu bytes to %4$zu\n"), name_of(path),
                packing == PACKING_GZIP ? "gzip" : "Zstandard", *size, n);
    mem_free(*bytes);
    *bytes = whole;
    *size = n;
  }
  return status;
}

Status input_bytes(const char *path, Task *task, char **bytes, size_t *size, Text *report, Error *e)
{
  *bytes = NULL;
  *size = 0;
  FileReader *file = NULL;
  if (strcmp(path, "-") != 0) {
    Status status = file_open(path, &file, e);
    if (status == STATUS_OK && file) {
      status = task_reserve(task, (size_t)file_size(file), path, e);
    }
    file_close(file);
    if (status != STATUS_OK) {
      return status;
    }
  }
  Status status = file_read(path, 0, bytes, size, e);
  if (status == STATUS_OK) {
    status = unpack(path, task, bytes, size, report, e);
  }
  if (status != STATUS_OK) {
    mem_free(*bytes);
    *bytes = NULL;
    *size = 0;
  }
  return status;
}

Status input_text(const char *path, const char *encoding, Task *task, char **bytes, size_t *size, Text *report,
                  Error *e)
{
  Status status = input_bytes(path, task, bytes, size, report, e);
  if (status == STATUS_OK) {
    status = input_decode(name_of(path), encoding, task, bytes, size, report, e);
  }
  if (status != STATUS_OK) {
    mem_free(*bytes);
    *bytes = NULL;
    *size = 0;
  }
  return status;
}

/* The first text of packed bytes; what is damaged is found out when all of it is read. */
static Status unpack_head(const char *path, Packing packing, char *head, size_t *n, Error *e)
{
  Task task;
  char *bytes;
  size_t size;
  Text report = {0};
  task_init(&task, 1);
  const Status status = input_unpack(path, packing, head, *n, INPUT_HEAD, &task, &bytes, &size, &report, e);
  if (status == STATUS_OK) {
    *n = size < INPUT_HEAD ? size : INPUT_HEAD;
    memcpy(head, bytes, *n);
    mem_free(bytes);
  }
  text_free(&report);
  task_free(&task);
  return status;
}

Status input_head(const char *path, char *head, size_t *n, Error *e)
{
  _Static_assert((int)FILE_PEEK_MOST <= (int)INPUT_HEAD, "a head has room for what is looked at");
  FileReader *file = NULL;
  Status status;
  *n = 0;
  if (strcmp(path, "-") == 0) {
    status = file_peek(head, n, e);
  } else {
    status = file_open(path, &file, e);
    if (status != STATUS_OK || !file) {
      return status;
    }
    *n = file_size(file) < INPUT_HEAD ? (size_t)file_size(file) : INPUT_HEAD;
    status = file_read_at(file, 0, head, *n, e);
    file_close(file);
  }
  const Packing packing = status == STATUS_OK ? input_packing(head, *n) : PACKING_NONE;
  return packing == PACKING_NONE ? status : unpack_head(path, packing, head, n, e);
}

bool input_seems_utf8(const char *head, size_t n)
{
  Encoding marked;
  if (encoding_mark(head, n, &marked) > 0 && marked != ENCODING_UTF8) {
    return false;
  }
  return !memchr(head, 0, n) && utf8_check(head, n) >= utf8_whole(head, n);
}
