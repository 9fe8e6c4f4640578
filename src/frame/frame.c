/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames: columns under names. The names and their map are one shared value, so that a slice, a page of a
 * view, costs its columns only. */
#include "frame/frame.h"

#include <stdatomic.h>
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "core/text.h"

typedef struct Names {
  atomic_size_t refs;
  Map *map;              /* name to column number; owns the texts */
  const char **list;     /* all names, in the map's memory */
} Names;

struct Frame {
  atomic_size_t refs;
  size_t rows, n;
  Names *names;
  char *report;          /* NULL: none */
  Frame *rejects;        /* NULL: none */
  size_t *keys, n_keys;  /* columns it is grouped by */
  Column *columns[];     /* a reference each */
};

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a frame"));
}

static void names_unref(Names *names)
{
  if (names && atomic_fetch_sub_explicit(&names->refs, 1, memory_order_acq_rel) == 1) {
    map_free(names->map);
    mem_free(names->list);
    mem_free(names);
  }
}

static Names *names_ref(Names *names)
{
  atomic_fetch_add_explicit(&names->refs, 1, memory_order_relaxed);
  return names;
}

static Status add_name(Map *map, const char *name, size_t column, Error *e)
{
  const size_t length = strlen(name);
  if (length == 0) {
    return error_set(e, STATUS_DATA, "empty-name", _("column %zu has no name"), column + 1);
  }
  const size_t bad = utf8_check(name, length);
  if (bad < length) {
    return error_set(e, STATUS_DATA, "not-utf8", _("byte %1$zu of the name of column %2$zu is not UTF-8"),
                     bad + 1, column + 1);
  }
  size_t number;
  bool fresh;
  const Status status = map_put(map, name, length, &number, &fresh, e);
  if (status == STATUS_OK && !fresh) {
    return error_set(e, STATUS_DATA, "name-twice", _("columns %1$zu and %2$zu are both named '%3$s'"),
                     number + 1, column + 1, name);
  }
  return status;
}

static Status names_new(const char *const *list, size_t n, Names **out, Error *e)
{
  Status status = STATUS_OK;
  Names *names = mem_zero(1, sizeof *names);
  if (!names) {
    return no_memory(e);
  }
  atomic_init(&names->refs, 1);
  names->map = map_new();
  names->list = mem_alloc(n, sizeof *names->list);
  if (!names->map || !names->list) {
    status = no_memory(e);
    goto done;
  }
  for (size_t i = 0; i < n; i++) {
    TRY(add_name(names->map, list[i], i, e));
  }
  for (size_t i = 0; i < n; i++) {
    names->list[i] = map_key(names->map, i, NULL);
  }
  *out = names;
  return STATUS_OK;
done:
  names_unref(names);
  return status;
}

/* A frame without columns yet; takes the reference to names, which may be NULL (no memory). */
static Frame *frame_bare(Names *names, size_t n, size_t rows)
{
  Frame *frame = NULL;
  if (names && n <= SIZE_MAX / sizeof(Column *) - sizeof *frame) {
    frame = mem_zero(1, sizeof *frame + n * sizeof(Column *));
  }
  if (!frame) {
    names_unref(names);
    return NULL;
  }
  atomic_init(&frame->refs, 1);
  frame->names = names;
  frame->n = n;
  frame->rows = rows;
  return frame;
}

Status frame_new(const char *const *names, const Column *const *columns, size_t n, Frame **out, Error *e)
{
  *out = NULL;
  const size_t rows = n > 0 ? column_rows(columns[0]) : 0;
  for (size_t i = 1; i < n; i++) {
    if (column_rows(columns[i]) != rows) {
      return error_set(e, STATUS_DATA, "column-length", _("column '%1$s' has %2$zu rows, '%3$s' has %4$zu"),
                       names[i], column_rows(columns[i]), names[0], rows);
    }
  }
  Names *shared = NULL;
  const Status status = names_new(names, n, &shared, e);
  if (status != STATUS_OK) {
    return status;
  }
  Frame *frame = frame_bare(shared, n, rows);
  if (!frame) {
    return no_memory(e);
  }
  for (size_t i = 0; i < n; i++) {
    frame->columns[i] = column_ref(columns[i]);
  }
  *out = frame;
  return STATUS_OK;
}

Frame *frame_ref(const Frame *frame)
{
  Frame *held = (Frame *)frame;
  atomic_fetch_add_explicit(&held->refs, 1, memory_order_relaxed);
  return held;
}

void frame_unref(Frame *frame)
{
  if (frame && atomic_fetch_sub_explicit(&frame->refs, 1, memory_order_acq_rel) == 1) {
    for (size_t i = 0; i < frame->n; i++) {
      column_unref(frame->columns[i]);
    }
    names_unref(frame->names);
    frame_unref(frame->rejects);
    mem_free(frame->report);
    mem_free(frame->keys);
    mem_free(frame);
  }
}

size_t frame_rows(const Frame *frame)
{
  return frame->rows;
}

size_t frame_columns(const Frame *frame)
{
  return frame->n;
}

const char *frame_name(const Frame *frame, size_t column)
{
  return frame->names->list[column];
}

const Column *frame_column(const Frame *frame, size_t column)
{
  return frame->columns[column];
}

const char *const *frame_names(const Frame *frame)
{
  return frame->names->list;
}

size_t frame_bytes(const Frame *frame)
{
  size_t bytes = sizeof *frame + strlen(frame_report(frame)) + frame->n_keys * sizeof *frame->keys;
  bytes += frame->rejects ? frame_bytes(frame->rejects) : 0;
  for (size_t i = 0; i < frame->n; i++) {
    bytes += sizeof frame->columns[i] + strlen(frame_name(frame, i)) + column_bytes(frame->columns[i]);
  }
  return bytes;
}

Digest frame_digest(const Frame *frame)
{
  Digest parts[3] = {{frame->n, frame->rows}, {0, 0}, {0, 0}};
  for (size_t i = 0; i < frame->n; i++) {
    const char *name = frame_name(frame, i);
    parts[1] = digest_bytes(name, strlen(name));
    parts[2] = column_digest(frame->columns[i]);
    parts[0] = digest_join(parts, 3);
  }
  return digest_join(parts, 1);
}

bool frame_find(const Frame *frame, const char *name, size_t *column)
{
  return map_get(frame->names->map, name, strlen(name), column);
}

/* The nearest name, or all names as far as the hint's room goes. */
static void hint_names(const Frame *frame, const char *name, Error *e)
{
  const size_t near = text_nearest(name, frame_names(frame), frame->n);
  if (near < frame->n) {
    (void)error_hint(e, _("did you mean '%s'?"), frame_name(frame, near));
    return;
  }
  Text list = {0};
  for (size_t i = 0; i < frame->n; i++) {
    const char *next = frame_name(frame, i);
    const bool room = list.size + strlen(next) < 400;
    text_printf(&list, "%s%s", i > 0 ? ", " : "", room ? next : "…");
    if (!room) {
      break;
    }
  }
  if (frame->n == 0) {
    (void)error_hint(e, _("the frame has no columns"));
  } else if (!list.failed) {
    (void)error_hint(e, _("the columns are %s"), text_data(&list));
  }
  text_free(&list);
}

Status frame_need(const Frame *frame, const char *name, size_t *column, Error *e)
{
  if (frame_find(frame, name, column)) {
    return STATUS_OK;
  }
  (void)error_set(e, STATUS_NAME, "unknown-column", _("there is no column '%s'"), name);
  hint_names(frame, name, e);
  return STATUS_NAME;
}

/* In tiles, so that a tile of the block stays in the first cache while the columns go through it. */
void frame_block(const Frame *frame, const size_t *columns, size_t n, size_t first, size_t count, double *out)
{
  enum { TILE = 128 };
  for (size_t row = 0; row < count; row += TILE) {
    const size_t rows = count - row < TILE ? count - row : TILE;
    for (size_t i = 0; i < n; i++) {
      column_block(frame->columns[columns[i]], first + row, rows, out + row * n + i, n);
    }
  }
}

Status frame_select(const Frame *frame, const size_t *columns, size_t n, Frame **out, Error *e)
{
  *out = NULL;
  Status status = STATUS_OK;
  const char **names = mem_alloc(n, sizeof *names);
  const Column **list = mem_alloc(n, sizeof *list);
  if (!names || !list) {
    status = no_memory(e);
    goto done;
  }
  for (size_t i = 0; i < n; i++) {
    names[i] = frame_name(frame, columns[i]);
    list[i] = frame->columns[columns[i]];
  }
  status = frame_new(names, list, n, out, e);
done:
  mem_free(names);
  mem_free(list);
  return status;
}

/* What slice and take share: the names, and each column through a step that knows its rows. */
typedef Status (*ColumnStep)(const Column *column, const size_t *rows, size_t first, size_t count,
                             Column **out, Error *e);

static Status frame_each(const Frame *frame, ColumnStep step, const size_t *rows, size_t first, size_t count,
                         Frame **out, Error *e)
{
  *out = NULL;
  Frame *made = frame_bare(names_ref(frame->names), frame->n, frame->n > 0 ? count : 0);
  if (!made) {
    return no_memory(e);
  }
  for (size_t i = 0; i < frame->n; i++) {
    const Status status = step(frame->columns[i], rows, first, count, &made->columns[i], e);
    if (status != STATUS_OK) {
      frame_unref(made);
      return status;
    }
  }
  *out = made;
  return STATUS_OK;
}

static Status slice_step(const Column *column, const size_t *rows, size_t first, size_t count, Column **out,
                         Error *e)
{
  (void)rows;
  return column_slice(column, first, count, out, e);
}

static Status take_step(const Column *column, const size_t *rows, size_t first, size_t count, Column **out,
                        Error *e)
{
  (void)first;
  return column_take(column, rows, count, out, e);
}

Status frame_slice(const Frame *frame, size_t first, size_t count, Frame **out, Error *e)
{
  return frame_each(frame, slice_step, NULL, first, count, out, e);
}

Status frame_take(const Frame *frame, const size_t *rows, size_t n, Frame **out, Error *e)
{
  return frame_each(frame, take_step, rows, 0, n, out, e);
}

Status frame_with(const Frame *frame, const char *name, const Column *column, Frame **out, Error *e)
{
  *out = NULL;
  Status status = STATUS_OK;
  size_t at = frame->n;
  const size_t n = frame_find(frame, name, &at) ? frame->n : frame->n + 1;
  const char **names = mem_alloc(n, sizeof *names);
  const Column **list = mem_alloc(n, sizeof *list);
  if (!names || !list) {
    status = no_memory(e);
    goto done;
  }
  for (size_t i = 0; i < frame->n; i++) {
    names[i] = frame_name(frame, i);
    list[i] = frame->columns[i];
  }
  names[at] = name;
  list[at] = column;
  status = frame_new(names, list, n, out, e);
done:
  mem_free(names);
  mem_free(list);
  return status;
}

const char *frame_report(const Frame *frame)
{
  return frame->report ? frame->report : "";
}

const Frame *frame_rejects(const Frame *frame)
{
  return frame->rejects;
}

/* The same columns under the same names, without origin and keys; NULL: no memory. */
static Frame *frame_again(const Frame *frame)
{
  Frame *made = frame_bare(names_ref(frame->names), frame->n, frame->rows);
  for (size_t i = 0; made && i < frame->n; i++) {
    made->columns[i] = column_ref(frame->columns[i]);
  }
  return made;
}

Status frame_with_origin(const Frame *frame, const char *report, const Frame *rejects, Frame **out, Error *e)
{
  *out = NULL;
  Frame *made = frame_again(frame);
  if (!made) {
    return no_memory(e);
  }
  made->rejects = rejects ? frame_ref(rejects) : NULL;
  made->report = mem_string(report);
  if (!made->report) {
    frame_unref(made);
    return no_memory(e);
  }
  *out = made;
  return STATUS_OK;
}

const size_t *frame_keys(const Frame *frame, size_t *n)
{
  *n = frame->n_keys;
  return frame->keys;
}

Status frame_with_keys(const Frame *frame, const size_t *columns, size_t n, Frame **out, Error *e)
{
  *out = NULL;
  Frame *made = frame_again(frame);
  if (!made) {
    return no_memory(e);
  }
  made->keys = mem_alloc(n, sizeof *made->keys);
  if (!made->keys) {
    frame_unref(made);
    return no_memory(e);
  }
  if (n > 0) {
    memcpy(made->keys, columns, n * sizeof *columns);
  }
  made->n_keys = n;
  *out = made;
  return STATUS_OK;
}
