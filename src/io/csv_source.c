/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_source.h"

#include <string.h>

#include "core/alloc.h"

enum { STEP_LEAST = 1 << 12, STEP_MOST = 1 << 20 }; /* bytes looked at in one go */

const char *csv_view(const CsvSource *source, CsvView *view, uint64_t begin, uint64_t end, Error *e)
{
  const size_t size = (size_t)(end - begin);
  if (source->bytes) {
    return source->bytes + begin;
  }
  if (size > view->size || !view->room) {
    mem_free(view->room);
    view->room = mem_alloc(size, 1);
    view->size = view->room ? size : 0;
    if (!view->room) {
      (void)error_memory(e, size, _("a piece of a file"));
      return NULL;
    }
  }
  return file_read_at(source->file, begin, view->room, size, e) == STATUS_OK ? view->room : NULL;
}

void csv_view_free(CsvView *view)
{
  mem_free(view->room);
  *view = (CsvView){NULL, 0};
}

Status csv_next_line(const CsvSource *source, CsvView *view, uint64_t begin, uint64_t end, uint64_t *place,
                     Error *e)
{
  uint64_t step = STEP_LEAST;
  *place = end;
  while (begin < end) {
    const uint64_t stop = end - begin < step ? end : begin + step;
    const char *text = csv_view(source, view, begin, stop, e);
    if (!text) {
      return e ? e->status : STATUS_FILE;
    }
    const char *feed = memchr(text, '\n', (size_t)(stop - begin));
    if (feed) {
      *place = begin + (uint64_t)(feed - text) + 1;
      return STATUS_OK;
    }
    begin = stop;
    step = step < STEP_MOST ? step * 2 : step;
  }
  return STATUS_OK;
}

size_t csv_count_lines(const CsvSource *source, uint64_t begin, uint64_t end)
{
  CsvView view = {NULL, 0};
  size_t feeds = 0;
  end = end < source->size ? end : source->size;
  while (begin < end) {
    const uint64_t stop = end - begin < STEP_MOST ? end : begin + STEP_MOST;
    const char *text = csv_view(source, &view, begin, stop, NULL);
    for (uint64_t i = 0; text && i < stop - begin; i++) {
      feeds += text[i] == '\n';
    }
    begin = stop;
  }
  csv_view_free(&view);
  return feeds;
}
