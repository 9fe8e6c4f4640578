/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets written as {a, b}: items between braces, parted by commas, blanks around them not counting; an item
 * may stand in quotes, doubled inside, and must when it is empty, has blanks at an end, or a comma, brace or
 * quote in it. */
#include "frame/builder.h"
#include "io/csv_build.h"

typedef struct Items {
  const char *next, *end;
  struct Builder *builder;
  Text *scratch;
} Items;

static bool is_blank(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static void pass_blanks(Items *items)
{
  while (items->next < items->end && is_blank(*items->next)) {
    items->next++;
  }
}

static bool quoted_item(Items *items)
{
  Text *scratch = items->builder ? items->scratch : NULL;
  if (scratch) {
    text_reset(scratch);
  }
  for (items->next++; items->next < items->end; items->next++) {
    if (*items->next == '"') {
      items->next++;
      if (items->next == items->end || *items->next != '"') {
        break;
      }
    }
    if (scratch) {
      text_char(scratch, *items->next);
    }
  }
  if (items->next == items->end) {
    return false; /* a set ends with a brace */
  }
  if (scratch) {
    builder_item(items->builder, text_data(scratch), scratch->size);
  }
  return !scratch || !scratch->failed;
}

static bool plain_item(Items *items)
{
  const char *start = items->next;
  while (items->next < items->end && *items->next != ',' && *items->next != '}') {
    if (*items->next == '{' || *items->next == '"') {
      return false;
    }
    items->next++;
  }
  const char *last = items->next;
  while (last > start && is_blank(last[-1])) {
    last--;
  }
  if (items->builder && last > start) {
    builder_item(items->builder, start, (size_t)(last - start));
  }
  return last > start;
}

bool csv_set(const char *text, size_t length, struct Builder *builder, Text *scratch)
{
  Items items = {text, text + length, builder, scratch};
  pass_blanks(&items);
  if (items.next == items.end || *items.next++ != '{') {
    return false;
  }
  pass_blanks(&items);
  bool more = items.next < items.end && *items.next != '}';
  while (more) {
    pass_blanks(&items);
    if (items.next == items.end || !(*items.next == '"' ? quoted_item(&items) : plain_item(&items))) {
      return false;
    }
    pass_blanks(&items);
    more = items.next < items.end && *items.next == ',';
    items.next += more;
  }
  if (items.next == items.end || *items.next++ != '}') {
    return false;
  }
  pass_blanks(&items);
  return items.next == items.end;
}

Status csv_set_finish(const Column *texts, Task *task, Column **out, Error *e)
{
  *out = NULL;
  const size_t rows = column_rows(texts);
  Builder *builder = builder_new(TYPE_SET, rows);
  Text scratch = {0};
  if (!builder) {
    return error_memory(e, 0, _("a column of sets"));
  }
  bool good = true;
  for (size_t row = 0; good && row < rows; row++) {
    if (!column_valid(texts, row)) {
      builder_missing(builder);
      continue;
    }
    size_t length;
    const char *text = column_text(texts, row, &length);
    good = csv_set(text, length, builder, &scratch) && !(row % 1024 == 0 && task_cancelled(task));
    builder_set(builder);
  }
  text_free(&scratch);
  if (!good) {
    builder_free(builder);
    return task_cancelled(task) ? error_cancelled(e) : error_memory(e, 0, _("a column of sets"));
  }
  return builder_finish(builder, out, e);
}
