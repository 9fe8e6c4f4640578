/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv.c -- any bytes as a CSV file, with automatic settings. They are refused with a message, or make a frame whose
 * columns keep every invariant, whole and cut into small pieces alike; written, and read again with the types that its
 * columns have, it is the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/file.h"
#include "io/csv_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define require(holds) require_at(holds, __LINE__)

static void require_at(bool holds, int line)
{
  if (!holds) {
    (void)fprintf(stderr, "fuzz_csv.c:%d does not hold\n", line);
    abort();
  }
}

static Frame *parse(const uint8_t *data, size_t size, size_t piece, Error *e)
{
  Task task;
  Frame *frame;
  task_init(&task, 1);
  error_clear(e);
  const CsvSource source = {.bytes = size ? (const char *)data : "", .size = size};
  const Status status = csv_parse_source(&source, "fuzz.csv", NULL, piece, &task, &frame, e);
  require((status == STATUS_OK) == (frame != NULL));
  require(status == STATUS_OK || (status == STATUS_FORMAT && e->what[0] && e->hint[0] && e->where[0]));
  task_free(&task);
  return frame;
}

static bool is_same(const Frame *a, const Frame *b)
{
  const Digest x = frame_digest(a), y = frame_digest(b);
  return x.high == y.high && x.low == y.low;
}

/* Types that text cannot tell are given: those of columns without a value, and texts that are amounts. */
static void write_and_read(const Frame *frame)
{
  const char *folder = getenv("TMPDIR");
  char path[256];
  (void)snprintf(path, sizeof path, "%s/assay-fuzz-XXXXXX", folder ? folder : "/tmp");
  const int fd = mkstemp(path);
  const size_t n = frame_columns(frame);
  Type *types = mem_alloc(n, sizeof *types);
  Task task;
  Frame *back;
  require(fd >= 0 && types);
  close(fd);
  for (size_t i = 0; i < n; i++) {
    types[i] = column_type(frame_column(frame, i));
  }
  const CsvOptions options = {.names = frame_names(frame), .types = types, .n_forced = n};
  task_init(&task, 1);
  require(csv_write(frame, path, &task, NULL) == STATUS_OK);
  require(csv_read(path, &options, &task, &back, NULL) == STATUS_OK);
  require(is_same(frame, back));
  frame_unref(back);
  mem_free(types);
  task_free(&task);
  unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  Error e, other;
  Frame *frame = parse(data, size, 0, &e), *pieces = parse(data, size, 1 + size % 7, &other);
  require((frame != NULL) == (pieces != NULL));
  if (!frame) {
    require(strcmp(e.what, other.what) == 0 && strcmp(e.where, other.where) == 0);
    return 0;
  }
  for (size_t i = 0; i < frame_columns(frame); i++) {
    require(column_check(frame_column(frame, i), NULL) == STATUS_OK);
  }
  require(is_same(frame, pieces));
  require(strcmp(frame_report(frame), frame_report(pieces)) == 0);
  require((frame_rejects(frame) != NULL) == (frame_rejects(pieces) != NULL));
  if (frame_columns(frame) > 0) {
    write_and_read(frame);
  }
  frame_unref(frame);
  frame_unref(pieces);
  return 0;
}
