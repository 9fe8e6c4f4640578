/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_json.c -- any bytes as JSON. They are refused with a message, or make a frame whose columns keep every
 * invariant; as JSON lines in small pieces the frame is the same as in one, and so are the lines refused;
 * written and read again, nothing changes any more after the first time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/file.h"
#include "io/json.h"
#include "io/text_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
  if (!holds) {
    abort();
  }
}

static Frame *parse(const char *bytes, size_t size, bool lines, size_t piece)
{
  Task task;
  Frame *frame;
  Error e;
  task_init(&task, 1);
  error_clear(&e);
  const Status status = json_frame(bytes, size, "fuzz.json", NULL, lines, piece, &task, &frame, &e);
  require((status == STATUS_OK) == (frame != NULL));
  require(status == STATUS_OK || (status == e.status && e.what[0] && e.hint[0] && e.id[0]));
  for (size_t i = 0; frame && i < frame_columns(frame); i++) {
    require(column_check(frame_column(frame, i), NULL) == STATUS_OK);
  }
  task_free(&task);
  return frame;
}

static void require_same(const Frame *a, const Frame *b)
{
  const Digest x = frame_digest(a), y = frame_digest(b);
  require(x.high == y.high && x.low == y.low);
}

/* Writing settles what has no form in JSON (the types of columns without values); from then on nothing
 * changes. */
static Frame *again(const Frame *frame, bool lines)
{
  char path[] = "/tmp/assay-fuzz-XXXXXX", *bytes;
  const int fd = mkstemp(path);
  size_t size;
  Task task;
  require(fd >= 0);
  close(fd);
  task_init(&task, 1);
  require(text_write_json(frame, &(TextTarget){.path = path}, lines, &task, NULL) == STATUS_OK);
  require(file_read(path, 0, &bytes, &size, NULL) == STATUS_OK);
  Frame *back = parse(bytes, size, lines, 0);
  require(back != NULL);
  require(frame_rows(back) == frame_rows(frame));
  mem_free(bytes);
  task_free(&task);
  unlink(path);
  return back;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const char *bytes = size ? (const char *)data : "";
  Frame *frame = parse(bytes, size, false, 0);
  Frame *lines = parse(bytes, size, true, 0), *pieces = parse(bytes, size, true, 1 + size % 7);
  require((lines != NULL) == (pieces != NULL));
  if (lines) {
    require_same(lines, pieces);
    require(strcmp(frame_report(lines), frame_report(pieces)) == 0);
    const Frame *one = frame_rejects(lines), *other = frame_rejects(pieces);
    require((one != NULL) == (other != NULL));
    if (one) {
      require_same(one, other);
    }
  }
  if (frame && frame_columns(frame) > 0) {
    Frame *once = again(frame, size % 2), *twice = again(once, size % 2);
    require_same(once, twice);
    frame_unref(once);
    frame_unref(twice);
  }
  frame_unref(frame);
  frame_unref(lines);
  frame_unref(pieces);
  return 0;
}
