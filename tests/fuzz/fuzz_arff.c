/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_arff.c -- any bytes as ARFF. They are refused with a message, or make a frame whose columns keep every
 * invariant, with as many columns as read as text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/arff_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
  if (!holds) {
    abort();
  }
}

static Frame *parse(const uint8_t *data, size_t size, const CsvOptions *options)
{
  Task task;
  Frame *frame;
  Error e;
  task_init(&task, 1);
  error_clear(&e);
  const Status status =
      arff_frame(size ? (const char *)data : "", size, "fuzz.arff", options, NULL, &task, &frame, &e);
  require((status == STATUS_OK) == (frame != NULL));
  require(status == STATUS_OK || (status == e.status && e.what[0] && e.id[0] && e.where[0]));
  for (size_t i = 0; frame && i < frame_columns(frame); i++) {
    require(column_check(frame_column(frame, i), NULL) == STATUS_OK);
  }
  task_free(&task);
  return frame;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const CsvOptions text = {.all_text = true};
  Frame *frame = parse(data, size, NULL), *texts = parse(data, size, &text);
  require(!frame ||
          (texts && frame_columns(texts) == frame_columns(frame) && frame_rows(texts) == frame_rows(frame)));
  frame_unref(frame);
  frame_unref(texts);
  return 0;
}
