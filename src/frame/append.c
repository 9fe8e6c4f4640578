/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames one below the other, column by column. */
#include "frame/append.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "frame/builder.h"

enum { NOTES_MOST = 12 }; /* lines about columns; then their number */

typedef struct Stack {
  const Frame *const *frames;
  size_t n; /* frames */
  const AppendOptions *options;
  Task *task;
  Map *map; /* names of the columns */
  size_t columns;
  AppendPart *parts; /* columns x frames */
  Column **made;     /* columns, and one for the source */
  Error *errors;
  Text *notes;
  size_t noted;
} Stack;

/* "frame 2", or its label in quotes. */
static void frame_label(const Stack *s, size_t i, char out[160])
{
  if (s->options->labels) {
    snprintf(out, 160, "'%.150s'", s->options->labels[i]);
  } else {
    snprintf(out, 160, _("frame %zu"), i + 1);
  }
}

static Status collect_names(Stack *s, Error *e)
{
  s->map = map_new();
  if (!s->map) {
    return error_memory(e, 0, _("names"));
  }
  for (size_t i = 0; i < s->n; i++) {
    for (size_t j = 0; j < frame_columns(s->frames[i]); j++) {
      const char *name = frame_name(s->frames[i], j);
      size_t number;
      const Status status = map_put(s->map, name, strlen(name), &number, NULL, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
  }
  s->columns = map_size(s->map);
  return STATUS_OK;
}

static const char *column_name(const Stack *s, size_t column)
{
  return map_key(s->map, column, NULL);
}

static Status collect_parts(Stack *s, Error *e)
{
  size_t cells;
  if (__builtin_mul_overflow(s->columns, s->n, &cells)) {
    return error_memory(e, 0, _("columns"));
  }
  s->parts = mem_alloc(cells, sizeof *s->parts);
  s->made = mem_zero(s->columns + 1, sizeof *s->made);
  s->errors = mem_zero(s->columns + 1, sizeof *s->errors);
  if (!s->parts || !s->made || !s->errors) {
    return error_memory(e, cells * sizeof *s->parts, _("columns"));
  }
  for (size_t c = 0; c < s->columns; c++) {
    for (size_t i = 0; i < s->n; i++) {
      size_t at;
      const bool there = frame_find(s->frames[i], column_name(s, c), &at);
      s->parts[c * s->n + i] =
          (AppendPart){there ? frame_column(s->frames[i], at) : NULL, frame_rows(s->frames[i])};
    }
  }
  return STATUS_OK;
}

/* Where the types of a column do not go together: which frames, and the cure. */
static Status types_clash(const Stack *s, size_t column, const size_t clash[2], Error *e)
{
  const AppendPart *parts = s->parts + column * s->n;
  const Column *a = parts[clash[0]].column, *b = parts[clash[1]].column;
  const char *name = column_name(s, column);
  char first[160], second[160];
  frame_label(s, clash[0], first);
  frame_label(s, clash[1], second);
  if (column_type(a) == TYPE_TIMESTAMP && column_type(b) == TYPE_TIMESTAMP) {
    const char *zones[2] = {column_zone(a), column_zone(b)};
    (void)error_set(e, STATUS_DATA, "append-types",
                    _("the times of '%1$s' are of zone '%2$s' in %3$s and of '%4$s' in %5$s"), name, zones[0],
                    first, zones[1], second);
    error_hint(e, _("bring them to one zone first (a zone '' is wall time)"));
    return STATUS_DATA;
  }
  (void)error_set(e, STATUS_DATA, "append-types", _("column '%1$s' is %2$s in %3$s and %4$s in %5$s"), name,
                  type_name(column_type(a)), first, type_name(column_type(b)), second);
  error_hint(e,
             _("bring both to one type first, with cast or with read's types = {[\"%1$s\"] = \"string\"}, "
               "or leave one out with drop"),
             name);
  return STATUS_DATA;
}

static void begin_note(Stack *s, const char *line)
{
  if (s->notes && s->noted++ < NOTES_MOST) {
    text_puts(s->notes, line);
    text_char(s->notes, '\n');
  }
}

/* Whole numbers that no double is equal to. */
static size_t count_inexact(const AppendPart *parts, size_t n)
{
  size_t inexact = 0;
  for (size_t i = 0; i < n; i++) {
    if (!parts[i].column || column_type(parts[i].column) != TYPE_INT64) {
      continue;
    }
    for (size_t row = 0; row < parts[i].rows; row++) {
      const int64_t whole = column_int(parts[i].column, row);
      const double real = (double)whole;
      inexact += real >= 0x1p63 || (int64_t)real != whole;
    }
  }
  return inexact;
}

/* Says, or refuses when strict, that the column's type is not the same everywhere. */
static Status settle_type(Stack *s, size_t column, Error *e)
{
  const AppendPart *parts = s->parts + column * s->n;
  const char *name = column_name(s, column);
  Type type = TYPE_FLOAT64;
  size_t clash[2];
  if (!append_type(parts, s->n, &type, clash)) {
    return types_clash(s, column, clash, e);
  }
  for (size_t i = 0; i < s->n; i++) {
    const Column *part = parts[i].column;
    if (!part || column_type(part) == type || column_missing(part) == column_rows(part)) {
      continue;
    }
    char label[160], line[512];
    frame_label(s, i, label);
    if (s->options->strict) {
      (void)error_set(e, STATUS_DATA, "append-types", _("column '%1$s' is %2$s in %3$s, %4$s elsewhere"), name,
                      type_name(column_type(part)), label, type_name(type));
      error_hint(e, _("bring them to one type first, or leave strict out"));
      return STATUS_DATA;
    }
    const size_t inexact = type == TYPE_FLOAT64 ? count_inexact(parts, s->n) : 0;
    const int used = snprintf(line, sizeof line, _("column '%1$s': %2$s in %3$s became %4$s"), name,
                              type_name(column_type(part)), label, type_name(type));
    if (inexact > 0 && used > 0 && (size_t)used < sizeof line) {
      snprintf(line + used, sizeof line - (size_t)used, _("; %zu whole numbers above 2^53 were rounded"), inexact);
    }
    begin_note(s, line);
    break;
  }
  return STATUS_OK;
}

/* Says, or refuses when strict, that frames lack the column. */
static Status settle_presence(Stack *s, size_t column, Error *e)
{
  const AppendPart *parts = s->parts + column * s->n;
  size_t lacking = 0, cells = 0, first = 0;
  for (size_t i = 0; i < s->n; i++) {
    if (!parts[i].column && frame_columns(s->frames[i]) > 0) {
      first = lacking++ == 0 ? i : first;
      cells += parts[i].rows;
    }
  }
  if (lacking == 0) {
    return STATUS_OK;
  }
  char label[160], line[512];
  frame_label(s, first, label);
  if (s->options->strict) {
    (void)error_set(e, STATUS_DATA, "append-columns", _("there is no column '%1$s' in %2$s"),
                    column_name(s, column), label);
    error_hint(e, _("rename or add it, or leave strict out to have missing cells there"));
    return STATUS_DATA;
  }
  if (lacking == 1) {
    snprintf(line, sizeof line, _("column '%1$s' is not in %2$s: %3$zu cells are missing"), column_name(s, column),
             label, cells);
  } else {
    snprintf(line, sizeof line,
             _("column '%1$s' is not in %2$zu frames, the first is %3$s: %4$zu cells are missing"),
             column_name(s, column), lacking, label, cells);
  }
  begin_note(s, line);
  return STATUS_OK;
}

static Status settle(Stack *s, Error *e)
{
  Status status = STATUS_OK;
  for (size_t c = 0; status == STATUS_OK && c < s->columns; c++) {
    status = settle_presence(s, c, e);
    if (status == STATUS_OK) {
      status = settle_type(s, c, e);
    }
  }
  if (status == STATUS_OK && s->notes && s->noted > NOTES_MOST) {
    text_printf(s->notes, _("and %zu more columns that were filled or changed their type\n"),
                s->noted - NOTES_MOST);
  }
  return status;
}

static void make_column(void *context, size_t column, size_t worker)
{
  Stack *s = context;
  (void)worker;
  s->errors[column].status =
      columns_append(s->parts + column * s->n, s->n, s->task, &s->made[column], &s->errors[column]);
}

static Status make_columns(Stack *s, Error *e)
{
  pool_run(task_threads(s->task), s->columns, make_column, s);
  for (size_t c = 0; c < s->columns; c++) {
    if (s->errors[c].status != STATUS_OK) {
      if (e && e->status == STATUS_OK) {
        *e = s->errors[c];
      }
      return s->errors[c].status;
    }
  }
  return STATUS_OK;
}

static Status make_source(Stack *s, Error *e)
{
  const char *const *labels = s->options->labels;
  Builder *builder = builder_new(labels ? TYPE_CATEGORY : TYPE_INT64, 0);
  if (!builder) {
    return error_memory(e, 0, _("a column"));
  }
  builder_role(builder, ROLE_LABEL);
  for (size_t i = 0; i < s->n; i++) {
    for (size_t row = 0; row < frame_rows(s->frames[i]); row++) {
      if (labels) {
        builder_text(builder, labels[i], strlen(labels[i]));
      } else {
        builder_int(builder, (int64_t)i + 1);
      }
    }
  }
  return builder_finish(builder, &s->made[s->columns], e);
}

static Status make_frame(Stack *s, Frame **out, Error *e)
{
  const size_t n = s->columns + (s->options->source != NULL);
  const char **names = arena_alloc(&s->task->arena, n, sizeof *names);
  if (!names) {
    return error_memory(e, 0, _("names"));
  }
  for (size_t c = 0; c < n; c++) {
    names[c] = c < s->columns ? column_name(s, c) : s->options->source;
  }
  return frame_new(names, (const Column *const *)s->made, n, out, e);
}

static Status check_source(const Stack *s, Error *e)
{
  const char *source = s->options->source;
  size_t number;
  if (!source || !map_get(s->map, source, strlen(source), &number)) {
    return STATUS_OK;
  }
  (void)error_set(e, STATUS_DATA, "name-clash", _("there is a column '%s' already"), source);
  error_hint(e, _("give the column for the source another name"));
  return STATUS_DATA;
}

static void stack_free(Stack *s)
{
  for (size_t c = 0; s->made && c <= s->columns; c++) {
    column_unref(s->made[c]);
  }
  mem_free(s->made);
  mem_free(s->parts);
  mem_free(s->errors);
  map_free(s->map);
}

Status frames_append(const Frame *const *frames, size_t n, const AppendOptions *options, Task *task, Frame **out,
                     Text *notes, Error *e)
{
  Stack s = {.frames = frames, .n = n, .options = options, .task = task, .notes = notes};
  Status status;
  *out = NULL;
  TRY(collect_names(&s, e));
  TRY(check_source(&s, e));
  TRY(collect_parts(&s, e));
  TRY(settle(&s, e));
  TRY(make_columns(&s, e));
  if (options->source) {
    TRY(make_source(&s, e));
  }
  TRY(make_frame(&s, out, e));
done:
  stack_free(&s);
  return status;
}
