/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_rejects.h"

#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"

enum { TEXT_MOST = 1 << 16 }; /* bytes kept of a record */

static bool grow(CsvRejects *rejects)
{
  const size_t room = rejects->room * 2 + 64;
  int64_t *lines = mem_resize(rejects->lines, room, sizeof *lines);
  rejects->lines = lines ? lines : rejects->lines;
  int64_t *offsets = mem_resize(rejects->offsets, room, sizeof *offsets);
  rejects->offsets = offsets ? offsets : rejects->offsets;
  const char **reasons = mem_resize(rejects->reasons, room, sizeof *reasons);
  rejects->reasons = reasons ? reasons : rejects->reasons;
  size_t *ends = mem_resize(rejects->ends, room, sizeof *ends);
  rejects->ends = ends ? ends : rejects->ends;
  const bool good = lines && offsets && reasons && ends;
  rejects->room = good ? room : rejects->room;
  return good;
}

void csv_add_clean(Text *out, const char *bytes, size_t n)
{
  for (size_t i = 0; i < n;) {
    uint32_t code;
    const size_t length = utf8_decode(bytes + i, n - i, &code);
    if (length == 0 || code == 0) {
      text_puts(out, "\xEF\xBF\xBD");
    } else {
      text_add(out, bytes + i, length);
    }
    i += length ? length : 1;
  }
}

bool csv_rejects_add(CsvRejects *rejects, size_t line, size_t offset, const char *reason, const char *text,
                     size_t size)
{
  if (rejects->n == rejects->room && !grow(rejects)) {
    return false;
  }
  const size_t i = rejects->n++;
  rejects->lines[i] = (int64_t)line;
  rejects->offsets[i] = (int64_t)offset;
  rejects->reasons[i] = reason;
  csv_add_clean(&rejects->texts, text, size < TEXT_MOST ? size : TEXT_MOST);
  rejects->ends[i] = rejects->texts.size;
  return !rejects->texts.failed;
}

void csv_rejects_cut(CsvRejects *rejects, size_t n)
{
  rejects->n = n;
  rejects->texts.size = n > 0 ? rejects->ends[n - 1] : 0;
}

Status csv_rejects_frame(const CsvRejects *rejects, Frame **out, Error *e)
{
  *out = NULL;
  if (rejects->n == 0) {
    return STATUS_OK;
  }
  Draft *draft = draft_new();
  Builder *reasons = builder_new(TYPE_CATEGORY, rejects->n), *texts = builder_new(TYPE_STRING, rejects->n);
  size_t begin = 0;
  for (size_t i = 0; reasons && texts && i < rejects->n; i++) {
    builder_text(reasons, rejects->reasons[i], strlen(rejects->reasons[i]));
    builder_text(texts, text_data(&rejects->texts) + begin, rejects->ends[i] - begin);
    begin = rejects->ends[i];
  }
  draft_ints(draft, "line", rejects->lines, rejects->n);
  draft_ints(draft, "offset", rejects->offsets, rejects->n);
  draft_builder(draft, "reason", reasons);
  draft_builder(draft, "text", texts);
  return draft_finish(draft, out, e);
}

void csv_rejects_free(CsvRejects *rejects)
{
  mem_free(rejects->lines);
  mem_free(rejects->offsets);
  mem_free(rejects->reasons);
  mem_free(rejects->ends);
  text_free(&rejects->texts);
  *rejects = (CsvRejects){.n = 0};
}
