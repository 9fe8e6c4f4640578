/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_input.h"

#include <string.h>

#include "core/alloc.h"
#include "io/input_text.h"

enum { SAMPLES = 4 };

/* Brings the whole text into memory. */
static Status bring(CsvInput *input, const char *encoding, Task *task, Text *report, Error *e)
{
  size_t size;
  const Status status = input_text(input->path, encoding, task, &input->bytes, &size, report, e);
  if (status == STATUS_OK) {
    file_close(input->file);
    input->file = NULL;
    input->source = (CsvSource){.bytes = input->bytes, .size = size};
    input->decoded = true;
  }
  return status;
}

/* Bytes that go on with a character begun before the sample. */
static size_t continued(const char *bytes, size_t n)
{
  size_t i = 0;
  while (i < n && i < 3 && ((unsigned char)bytes[i] & 0xC0) == 0x80) {
    i++;
  }
  return i;
}

/* Whether the file may be read as it stands: plain, and UTF-8 as far as some samples tell. */
static Status is_simple(const FileReader *file, bool *simple, Error *e)
{
  char sample[INPUT_HEAD];
  const uint64_t size = file_size(file);
  *simple = true;
  for (uint64_t i = 0; i < SAMPLES && *simple; i++) {
    const uint64_t at = size / SAMPLES * i;
    const size_t n = size - at < sizeof sample ? (size_t)(size - at) : sizeof sample;
    const Status status = file_read_at(file, at, sample, n, e);
    if (status != STATUS_OK) {
      return status;
    }
    const size_t skip = i > 0 ? continued(sample, n) : 0;
    *simple = (i > 0 || !input_is_packed(sample, n)) && input_seems_utf8(sample + skip, n - skip);
  }
  return STATUS_OK;
}

Status csv_input_open(const char *path, const char *encoding, Task *task, CsvInput *out, Text *report, Error *e)
{
  *out = (CsvInput){.path = path};
  bool simple = false;
  Status status = STATUS_OK;
  if (!encoding && strcmp(path, "-") != 0) {
    status = file_open(path, &out->file, e);
    if (status == STATUS_OK && out->file) {
      status = is_simple(out->file, &simple, e);
    }
  }
  if (status == STATUS_OK && simple) {
    out->source = (CsvSource){.file = out->file, .size = file_size(out->file)};
  } else if (status == STATUS_OK) {
    status = bring(out, encoding, task, report, e);
  }
  if (status != STATUS_OK) {
    csv_input_close(out);
  }
  return status;
}

Status csv_input_decode(CsvInput *input, Task *task, Text *report, Error *e)
{
  return bring(input, NULL, task, report, e);
}

void csv_input_close(CsvInput *input)
{
  file_close(input->file);
  mem_free(input->bytes);
  *input = (CsvInput){.path = input->path};
}
