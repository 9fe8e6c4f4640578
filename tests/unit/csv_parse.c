/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See csv_parse.h. */
#include "csv_parse.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"

Status parse_source(const CsvSource *source, const CsvOptions *options, size_t piece, Frame **out, Error *e)
{
  Task task;
  task_init(&task, 1);
  error_clear(e);
  const Status status = csv_parse_source(source, "x.csv", options, piece, &task, out, e);
  task_free(&task);
  assert_int_equal(status, e->status);
  assert_int_equal(*out == NULL, status != STATUS_OK);
  return status;
}

Status parse_bytes(const char *bytes, size_t size, const CsvOptions *options, size_t piece, Frame **out,
                   Error *e)
{
  char *copy = mem_alloc(size, 1);
  assert_non_null(copy);
  if (size > 0) {
    memcpy(copy, bytes, size);
  }
  const CsvSource source = {.bytes = copy, .size = size};
  const Status status = parse_source(&source, options, piece, out, e);
  mem_free(copy);
  return status;
}

void make_file(const char *bytes, size_t size, char path[32])
{
  strcpy(path, "/tmp/assay-csv-XXXXXX");
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes, size), size);
  close(fd);
}

Status parse_file(const Text *text, size_t piece, Frame **out, Error *e)
{
  char path[32];
  FileReader *file;
  make_file(text->data, text->size, path);
  assert_int_equal(file_open(path, &file, NULL), STATUS_OK);
  unlink(path);
  const CsvSource source = {.file = file, .size = file_size(file)};
  const Status status = parse_source(&source, NULL, piece, out, e);
  file_close(file);
  return status;
}
