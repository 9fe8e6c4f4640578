/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames column by column: a list of names and columns, and the first failure. */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"

struct Draft {
  size_t n, size;
  char **names;
  Column **columns;
  Error error; /* the first failure */
};

Draft *draft_new(void)
{
  return mem_zero(1, sizeof(Draft));
}

void draft_free(Draft *draft)
{
  if (draft) {
    for (size_t i = 0; i < draft->n; i++) {
      mem_free(draft->names[i]);
      column_unref(draft->columns[i]);
    }
    mem_free(draft->names);
    mem_free(draft->columns);
    mem_free(draft);
  }
}

bool draft_has(const Draft *draft, const char *name)
{
  for (size_t i = 0; draft && i < draft->n; i++) {
    if (strcmp(draft->names[i], name) == 0) {
      return true;
    }
  }
  return false;
}

static bool grow(Draft *draft)
{
  if (draft->n < draft->size) {
    return true;
  }
  const size_t size = draft->size ? draft->size * 2 : 16;
  char **names = mem_resize(draft->names, size, sizeof *names);
  if (names) {
    draft->names = names;
  }
  Column **columns = mem_resize(draft->columns, size, sizeof *columns);
  if (columns) {
    draft->columns = columns;
  }
  if (!names || !columns) {
    return false;
  }
  draft->size = size;
  return true;
}

void draft_column(Draft *draft, const char *name, Column *column)
{
  if (!draft || draft->error.status != STATUS_OK) {
    column_unref(column);
    return;
  }
  char *copy = column ? mem_string(name) : NULL;
  if (!copy || !grow(draft)) {
    (void)error_memory(&draft->error, 0, _("a column"));
    mem_free(copy);
    column_unref(column);
    return;
  }
  draft->names[draft->n] = copy;
  draft->columns[draft->n++] = column;
}

void draft_builder(Draft *draft, const char *name, Builder *builder)
{
  if (!builder || !draft || draft->error.status != STATUS_OK) {
    builder_free(builder);
    draft_column(draft, name, NULL);
    return;
  }
  Column *column;
  if (builder_finish(builder, &column, &draft->error) != STATUS_OK) {
    (void)error_where(&draft->error, _("column '%s'"), name);
    return;
  }
  draft_column(draft, name, column);
}

void draft_floats(Draft *draft, const char *name, const double *values, size_t n)
{
  Builder *builder = builder_new(TYPE_FLOAT64, n);
  for (size_t i = 0; builder && i < n; i++) {
    if (isnan(values[i])) {
      builder_missing(builder);
    } else {
      builder_float(builder, values[i]);
    }
  }
  draft_builder(draft, name, builder);
}

void draft_ints(Draft *draft, const char *name, const int64_t *values, size_t n)
{
  Column *column;
  if (!draft || column_of_ints(values, n, &column, &draft->error) != STATUS_OK) {
    return;
  }
  draft_column(draft, name, column);
}

void draft_texts(Draft *draft, const char *name, const char *const *texts, size_t n)
{
  Builder *builder = builder_new(TYPE_STRING, n);
  for (size_t i = 0; builder && i < n; i++) {
    if (texts[i]) {
      builder_text(builder, texts[i], strlen(texts[i]));
    } else {
      builder_missing(builder);
    }
  }
  draft_builder(draft, name, builder);
}

void draft_float(Draft *draft, const char *name, double value)
{
  draft_floats(draft, name, &value, 1);
}

void draft_int(Draft *draft, const char *name, int64_t value)
{
  draft_ints(draft, name, &value, 1);
}

void draft_bool(Draft *draft, const char *name, bool value)
{
  Builder *builder = builder_new(TYPE_BOOL, 1);
  if (builder) {
    builder_bool(builder, value);
  }
  draft_builder(draft, name, builder);
}

void draft_text(Draft *draft, const char *name, const char *text)
{
  draft_texts(draft, name, &text, 1);
}

Status draft_finish(Draft *draft, Frame **out, Error *e)
{
  *out = NULL;
  if (!draft) {
    return error_memory(e, 0, _("a frame"));
  }
  Status status = draft->error.status;
  if (status != STATUS_OK) {
    if (e && e->status == STATUS_OK) {
      *e = draft->error;
    }
  } else {
    const Column *const *columns = (const Column *const *)draft->columns;
    status = frame_new((const char *const *)draft->names, columns, draft->n, out, e);
  }
  draft_free(draft);
  return status;
}
