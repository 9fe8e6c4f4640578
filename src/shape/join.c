/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of joins: which rows, then the columns under names that do not clash. */
#include "shape/join.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/append.h"
#include "frame/column_layout.h"
#include "shape/join_pairs.h"

typedef struct Join {
  const Frame *frame[2];
  const JoinOptions *options;
  Task *task;
  Text *notes;
  JoinKeys keys;
  JoinMatch match;
  JoinFigures figures;
  JoinPairs pairs;
  const char **names; /* of the result */
  Column **columns;
  size_t n;
  bool *is_key; /* right columns that are keys */
} Join;

/* ---- which rows */

/* Bytes of a row of a frame. Those of texts and sets are counted by the rows there are: the buffers of a slice, as
 * head gives it, belong to a column that may be very much longer. */
static double row_bytes(const Frame *frame)
{
  const size_t rows = frame_rows(frame);
  double bytes = 0;
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const Column *column = frame_column(frame, i);
    bytes += 8;
    if (column->offsets.data && rows > 0) {
      const int64_t *offsets = column->offsets.data;
      const double each = column_type(column) == TYPE_SET ? sizeof(int32_t) : 1;
      bytes += each * (double)(offsets[rows] - offsets[0]) / (double)rows;
    }
  }
  return bytes;
}

/* The first left row whose key stands in several rows of `side` and has a partner. */
static size_t first_repeated(const JoinMatch *m, int side)
{
  size_t row = 0;
  for (; row < m->rows[0]; row++) {
    const uint32_t id = m->id[0][row];
    if (id != NO_ROW && m->count[0][id] > 0 && m->count[1][id] > 0 && m->count[side][id] > 1) {
      break;
    }
  }
  return row;
}

static Status check_expected(const Join *j, Error *e)
{
  static const char *const wanted[] = {"", "one-to-one", "one-to-many", "many-to-one"};
  static const char *const frames[] = {N_("left"), N_("right")};
  const JoinExpect expect = j->options->expect;
  for (int side = 0; side < 2; side++) {
    const bool once =
        expect == JOIN_ONE_TO_ONE || (side == 0 ? expect == JOIN_ONE_TO_MANY : expect == JOIN_MANY_TO_ONE);
    if (!once || j->figures.repeated[side] == 0) {
      continue;
    }
    const size_t row = first_repeated(&j->match, side);
    char key[200];
    join_key_text(&j->keys, j->options->left, 0, row, key);
    (void)error_set(e, STATUS_DATA, "join-expect",
                    _("not %1$s: %2$s stands in %3$" PRIu32 " rows of the %4$s frame, "
                      "as %5$zu keys with a partner stand in several"),
                    wanted[expect], key, j->match.count[side][j->match.id[0][row]], _(frames[side]),
                    j->figures.repeated[side]);
    error_hint(e,
               _("look at them with count, keep one row per key with distinct or agg, or leave expect out"));
    return STATUS_DATA;
  }
  return STATUS_OK;
}

static Status find_rows(Join *j, Error *e)
{
  const JoinOptions *o = j->options;
  const size_t rows[2] = {frame_rows(j->frame[0]), frame_rows(j->frame[1])};
  const double bytes[2] = {row_bytes(j->frame[0]), row_bytes(j->frame[1])};
  Status status;
  if (o->how == JOIN_CROSS) {
    return join_cross(rows, bytes, j->task, &j->pairs, e);
  }
  TRY(join_keys(j->frame[0], j->frame[1], o->left, o->right, o->n, o->match_missing, j->task, &j->keys, e));
  TRY(join_match(&j->keys, rows, j->task, &j->match, e));
  if (o->asof[0]) {
    const Column *times[2];
    for (int side = 0; side < 2; side++) {
      size_t at = 0;
      TRY(frame_need(j->frame[side], o->asof[side], &at, e));
      times[side] = frame_column(j->frame[side], at);
    }
    return join_asof(&j->match, times, o, j->task, &j->pairs, e);
  }
  TRY(join_figures(&j->match, j->task, &j->figures, e));
  TRY(check_expected(j, e));
  TRY(join_pairs(&j->match, &j->figures, o->how, bytes, j->task, &j->pairs, e));
done:
  return status;
}

static bool asof_fits(const Column *a, const Column *b)
{
  if (type_is_numeric(column_type(a)) && type_is_numeric(column_type(b))) {
    return true;
  }
  return column_type(a) == TYPE_TIMESTAMP && column_type(b) == TYPE_TIMESTAMP &&
         !column_zone(a)[0] == !column_zone(b)[0];
}

static Status check_asof(const Join *j, Error *e)
{
  const JoinOptions *o = j->options;
  const Column *time[2];
  for (int side = 0; side < 2; side++) {
    size_t at = 0;
    const Status status = frame_need(j->frame[side], o->asof[side], &at, e);
    if (status != STATUS_OK) {
      error_where(e, side ? _("join, asof in the right frame") : _("join, asof in the left frame"));
      return status;
    }
    time[side] = frame_column(j->frame[side], at);
  }
  if (!asof_fits(time[0], time[1])) {
    (void)error_set(e, STATUS_ARGUMENT, "join-asof",
                    _("asof '%1$s' is %2$s on the left, '%3$s' is %4$s on the right"), o->asof[0],
                    type_name(column_type(time[0])), o->asof[1], type_name(column_type(time[1])));
    error_hint(e, _("both must be times of one kind (with a zone or without), or both numbers"));
    return STATUS_ARGUMENT;
  }
  if (o->how != JOIN_LEFT && o->how != JOIN_INNER) {
    (void)error_set(e, STATUS_ARGUMENT, "join-asof", _("a join as of a time is left or inner"));
    error_hint(e, _("turn the frames round, or leave asof out"));
    return STATUS_ARGUMENT;
  }
  return STATUS_OK;
}

/* ---- names */

static Status mark_keys(Join *j, Error *e)
{
  j->is_key = arena_alloc(&j->task->arena, frame_columns(j->frame[1]), sizeof *j->is_key);
  if (!j->is_key) {
    return error_memory(e, 0, _("columns"));
  }
  for (size_t i = 0; j->options->how != JOIN_CROSS && i < j->options->n; i++) {
    size_t at = 0;
    const Status status = frame_need(j->frame[1], j->options->right[i], &at, e);
    if (status != STATUS_OK) {
      return status;
    }
    j->is_key[at] = true;
  }
  return STATUS_OK;
}

static bool name_taken(const Join *j, const char *name)
{
  for (size_t i = 0; i < j->n; i++) {
    if (strcmp(j->names[i], name) == 0) {
      return true;
    }
  }
  return false;
}

/* The name of a right column: with the suffix when it is taken. */
static Status right_name(Join *j, const char *name, const char **out, Error *e)
{
  *out = name;
  if (!name_taken(j, name)) {
    return STATUS_OK;
  }
  *out = arena_printf(&j->task->arena, "%s%s", name, j->options->suffix);
  if (!*out) {
    return error_memory(e, 0, _("names"));
  }
  size_t at;
  if (name_taken(j, *out) || (frame_find(j->frame[1], *out, &at) && !j->is_key[at])) {
    (void)error_set(e, STATUS_DATA, "name-clash", _("both frames have a column '%1$s', and there is a '%2$s' too"),
                    name, *out);
    error_hint(e, _("give another suffix: suffix = \"_b\""));
    return STATUS_DATA;
  }
  if (j->notes) {
    text_printf(j->notes, _("column '%1$s' of the right frame is '%2$s'\n"), name, *out);
  }
  return STATUS_OK;
}

static bool with_right(const Join *j)
{
  return j->options->how != JOIN_SEMI && j->options->how != JOIN_ANTI;
}

static Status make_names(Join *j, Error *e)
{
  const size_t left = frame_columns(j->frame[0]), right = frame_columns(j->frame[1]);
  j->names = arena_alloc(&j->task->arena, left + right, sizeof *j->names);
  j->columns = arena_alloc(&j->task->arena, left + right, sizeof *j->columns);
  if (!j->names || !j->columns) {
    return error_memory(e, 0, _("columns"));
  }
  for (; j->n < left; j->n++) {
    j->names[j->n] = frame_name(j->frame[0], j->n);
  }
  for (size_t i = 0; with_right(j) && i < right; i++) {
    if (!j->is_key[i]) {
      const Status status = right_name(j, frame_name(j->frame[1], i), &j->names[j->n], e);
      if (status != STATUS_OK) {
        return status;
      }
      j->n++;
    }
  }
  return STATUS_OK;
}

/* ---- columns */

/* The number of the pair of keys that a left column belongs to, n for none. */
static size_t pair_of(const Join *j, size_t column)
{
  const char *name = frame_name(j->frame[0], column);
  size_t i = 0;
  while (i < j->keys.n && strcmp(j->options->left[i], name) != 0) {
    i++;
  }
  return i;
}

/* A left column; where right rows stand alone, a key is theirs. */
static Status left_column(Join *j, size_t column, Column **out, Error *e)
{
  const JoinPairs *p = &j->pairs;
  const Column *from = frame_column(j->frame[0], column);
  const size_t pair = pair_of(j, column), head = p->n - p->tail;
  if (!p->left) {
    *out = column_ref(from);
    return STATUS_OK;
  }
  if (p->tail == 0 || pair == j->keys.n) {
    return column_pick(from, p->left, p->n, p->tail > 0, j->task, out, e);
  }
  Column *parts[2] = {NULL, NULL};
  Status status;
  TRY(column_pick(from, p->left, head, false, j->task, &parts[0], e));
  TRY(column_pick(j->keys.pairs[pair].side[1], p->right + head, p->tail, false, j->task, &parts[1], e));
  TRY(columns_append((const AppendPart[]){{parts[0], head}, {parts[1], p->tail}}, 2, j->task, out, e));
done:
  column_unref(parts[0]);
  column_unref(parts[1]);
  return status;
}

static Status make_columns(Join *j, Error *e)
{
  const size_t left = frame_columns(j->frame[0]);
  size_t at = 0;
  Status status = STATUS_OK;
  for (; status == STATUS_OK && at < left; at++) {
    status = left_column(j, at, &j->columns[at], e);
  }
  for (size_t i = 0; status == STATUS_OK && with_right(j) && i < frame_columns(j->frame[1]); i++) {
    if (!j->is_key[i]) {
      status = column_pick(frame_column(j->frame[1], i), j->pairs.right, j->pairs.n, j->pairs.holes, j->task,
                           &j->columns[at++], e);
    }
  }
  return status;
}

/* ---- what is said */

static void note_repeated(const Join *j)
{
  const JoinFigures *f = &j->figures;
  if (f->both > 0) {
    char key[200];
    size_t row = 0;
    while (j->match.id[0][row] == NO_ROW || j->match.count[0][j->match.id[0][row]] < 2 ||
           j->match.count[1][j->match.id[0][row]] < 2) {
      row++;
    }
    const uint32_t id = j->match.id[0][row];
    join_key_text(&j->keys, j->options->left, 0, row, key);
    text_printf(j->notes,
                _("%1$zu keys stand in several rows of both frames and multiply (the first: %2$s, %3$" PRIu32
                  " x %4$" PRIu32 " rows)\n"),
                f->both, key, j->match.count[0][id], j->match.count[1][id]);
  } else if (f->repeated[1] > 0) {
    text_printf(j->notes, _("%1$zu keys stand in several rows of the right frame: %2$zu left rows became %3$zu\n"),
                f->repeated[1], j->match.rows[0], j->pairs.n - j->pairs.tail);
  }
}

static void write_notes(const Join *j)
{
  const JoinHow how = j->options->how;
  const size_t alone[2] = {j->match.rows[0] - j->figures.matched[0], j->match.rows[1] - j->figures.matched[1]};
  if (!j->notes || how == JOIN_CROSS || how == JOIN_SEMI || how == JOIN_ANTI) {
    return;
  }
  if (j->options->asof[0]) {
    size_t partners = j->pairs.n;
    for (size_t i = 0; i < j->pairs.n; i++) {
      partners -= j->pairs.right[i] == NO_ROW;
    }
    text_printf(j->notes, _("%1$zu of %2$zu left rows have a partner\n"), partners, j->match.rows[0]);
    return;
  }
  if (alone[0] > 0) {
    const bool kept = how == JOIN_LEFT || how == JOIN_FULL;
    text_printf(j->notes,
                kept ? _("%1$zu of %2$zu left rows have no partner: missing cells\n")
                     : _("%1$zu of %2$zu left rows have no partner and are left out\n"),
                alone[0], j->match.rows[0]);
  }
  if (alone[1] > 0) {
    const bool kept = how == JOIN_RIGHT || how == JOIN_FULL;
    text_printf(j->notes,
                kept ? _("%1$zu of %2$zu right rows have no partner: missing cells\n")
                     : _("%1$zu of %2$zu right rows have no partner and are left out\n"),
                alone[1], j->match.rows[1]);
  }
  note_repeated(j);
}

static void join_free(Join *j)
{
  for (size_t i = 0; j->columns && i < j->n; i++) {
    column_unref(j->columns[i]);
  }
  join_keys_free(&j->keys);
  join_match_free(&j->match);
  join_pairs_free(&j->pairs);
}

Status frame_join(const Frame *left, const Frame *right, const JoinOptions *options, Task *task, Frame **out,
                  Text *notes, Error *e)
{
  Join j = {.frame = {left, right}, .options = options, .task = task, .notes = notes};
  Status status;
  *out = NULL;
  if (options->asof[0]) {
    TRY(check_asof(&j, e));
  }
  TRY(mark_keys(&j, e));
  TRY(make_names(&j, e));
  task_phase(task, _("matching keys"));
  TRY(find_rows(&j, e));
  task_phase(task, _("gathering rows"));
  TRY(make_columns(&j, e));
  TRY(frame_new(j.names, (const Column *const *)j.columns, j.n, out, e));
  write_notes(&j);
done:
  join_free(&j);
  return status;
}
