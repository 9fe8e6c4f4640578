/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/levels.h"

#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "frame/builder.h"
#include "frame/column_layout.h"
#include "shape/join_rows.h"

enum { POLL = 1 << 18 };

typedef struct Relevel {
  const Column *column;
  const char *name;
  const RelevelOptions *options;
  Task *task;
  Text *notes;
  Groups *groups; /* rows by text; missing cells are a group */
  Map *levels;    /* texts by present number; those of `first` that do not occur are added */
  size_t n;
  uint32_t *level_of_group; /* NO_ROW: missing */
  uint32_t *group_of_level; /* NO_ROW: no cells */
  int64_t *count;
  size_t *order; /* levels by new place */
  int32_t *code; /* new code of each level; -1: dropped */
  Map *made;     /* new levels */
} Relevel;

static Status no_memory(const Relevel *r, Error *e)
{
  return error_memory(e, r->n * 24, _("levels"));
}

static Status put(Map *map, const char *text, size_t length, size_t *number, Error *e)
{
  const Status status = map_put(map, text, length, number, NULL, e);
  return status == STATUS_OK && *number > INT32_MAX
             ? error_set(e, STATUS_LIMIT, "too-many-levels", _("more than %d distinct texts"), INT32_MAX)
             : status;
}

static Status make_groups(Relevel *r, Error *e)
{
  const char *const names[] = {"x"};
  Frame *frame = NULL;
  Status status = frame_new(names, &r->column, 1, &frame, e);
  if (status == STATUS_OK) {
    status = groups_make(frame, (const size_t[]){0}, 1, r->task, &r->groups, e);
  }
  frame_unref(frame);
  return status;
}

/* The levels there are: those of the category, or the texts as they appear. */
static Status collect_levels(Relevel *r, Error *e)
{
  const Groups *g = r->groups;
  size_t number = 0, length;
  Status status;
  for (size_t i = 0; i < column_levels(r->column); i++) {
    const char *text = column_level(r->column, i, &length);
    TRY(put(r->levels, text, length, &number, e));
  }
  r->level_of_group = mem_alloc(g->n, sizeof *r->level_of_group);
  if (!r->level_of_group) {
    return no_memory(r, e);
  }
  for (size_t i = 0; i < g->n; i++) {
    r->level_of_group[i] = NO_ROW;
    if (column_valid(r->column, g->first[i])) {
      const char *text = column_text(r->column, g->first[i], &length);
      TRY(put(r->levels, text, length, &number, e));
      r->level_of_group[i] = (uint32_t)number;
    }
  }
  r->n = map_size(r->levels);
  for (size_t i = 0; i < r->options->n_first; i++) {
    TRY(put(r->levels, r->options->first[i], strlen(r->options->first[i]), &number, e));
    if (number >= r->n && r->notes) {
      text_printf(r->notes, _("no cell of '%1$s' is '%2$s'\n"), r->name, r->options->first[i]);
    }
  }
  r->n = map_size(r->levels);
done:
  return status;
}

static Status count_levels(Relevel *r, Error *e)
{
  r->count = mem_zero(r->n, sizeof *r->count);
  r->group_of_level = mem_alloc(r->n, sizeof *r->group_of_level);
  if (!r->count || !r->group_of_level) {
    return no_memory(r, e);
  }
  for (size_t i = 0; i < r->n; i++) {
    r->group_of_level[i] = NO_ROW;
  }
  for (size_t i = 0; i < r->groups->n; i++) {
    if (r->level_of_group[i] != NO_ROW) {
      r->group_of_level[r->level_of_group[i]] = (uint32_t)i;
    }
  }
  for (size_t row = 0; row < column_rows(r->column); row++) {
    if (row % POLL == 0 && task_cancelled(r->task)) {
      return error_cancelled(e);
    }
    const uint32_t level = r->level_of_group[r->groups->of_row ? r->groups->of_row[row] : 0];
    if (level != NO_ROW) {
      r->count[level]++;
    }
  }
  return STATUS_OK;
}

/* ---- the order */

static Status text_column(const Relevel *r, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, r->n);
  *out = NULL;
  if (!builder) {
    return no_memory(r, e);
  }
  for (size_t i = 0; i < r->n; i++) {
    size_t length;
    const char *text = map_key(r->levels, i, &length);
    builder_text(builder, text, length);
  }
  return builder_finish(builder, out, e);
}

static Status value_column(const Relevel *r, Column **out, Error *e)
{
  ShapeCall call;
  Column *cells = NULL;
  Status status = pivot_aggregate(r->options->aggregate, r->options->value, r->options->value_name, &call, e);
  *out = NULL;
  if (status == STATUS_OK) {
    status = aggregate_run(&call, 1, r->groups, r->task, &cells, e);
  }
  if (status == STATUS_OK) {
    status = column_pick(cells, r->group_of_level, r->n, true, r->task, out, e);
  }
  column_unref(cells);
  return status;
}

/* The first row of each level; missing for those without cells, which stand last. */
static Status appearance_column(const Relevel *r, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_INT64, r->n);
  *out = NULL;
  if (!builder) {
    return no_memory(r, e);
  }
  for (size_t i = 0; i < r->n; i++) {
    if (r->group_of_level[i] == NO_ROW) {
      builder_missing(builder);
    } else {
      builder_int(builder, (int64_t)r->groups->first[r->group_of_level[i]]);
    }
  }
  return builder_finish(builder, out, e);
}

static Status order_levels(Relevel *r, Error *e)
{
  const RelevelBy by = r->options->by;
  Column *key = NULL;
  Status status = by == RELEVEL_SORTED      ? text_column(r, &key, e)
                  : by == RELEVEL_FREQUENCY ? column_of_ints(r->count, r->n, &key, e)
                  : by == RELEVEL_VALUE     ? value_column(r, &key, e)
                                            : appearance_column(r, &key, e);
  if (status == STATUS_OK && by == RELEVEL_AS_IT_IS) {
    r->order = mem_alloc(r->n, sizeof *r->order);
    for (size_t i = 0; r->order && i < r->n; i++) {
      r->order[i] = i;
    }
    status = r->order ? STATUS_OK : no_memory(r, e);
  } else if (status == STATUS_OK) {
    const OrderKey keys = {.column = key, .falling = r->options->falling};
    status = order_rows(&keys, 1, r->n, r->task, &r->order, e);
  }
  column_unref(key);
  return status;
}

/* Brings the levels of `first` to the front. */
static Status put_first(Relevel *r, Error *e)
{
  bool *taken = mem_zero(r->n, sizeof *taken);
  size_t *order = mem_alloc(r->n, sizeof *order), n = 0;
  Status status = taken && order ? STATUS_OK : no_memory(r, e);
  for (size_t i = 0; status == STATUS_OK && i < r->options->n_first; i++) {
    const char *text = r->options->first[i];
    size_t level = 0;
    (void)map_get(r->levels, text, strlen(text), &level);
    if (taken[level]) {
      status = error_set(e, STATUS_ARGUMENT, "column-twice", _("the level '%s' is named twice"), text);
      break;
    }
    taken[level] = true;
    order[n++] = level;
  }
  for (size_t i = 0; status == STATUS_OK && i < r->n; i++) {
    if (!taken[r->order[i]]) {
      order[n++] = r->order[i];
    }
  }
  mem_free(taken);
  if (status == STATUS_OK) {
    mem_free(r->order);
    r->order = order;
  } else {
    mem_free(order);
  }
  return status;
}

/* ---- rare levels */

/* lumped[i]: level i becomes the other one. */
static Status find_rare(const Relevel *r, bool *lumped, size_t *n, int64_t *cells, Error *e)
{
  const RelevelOptions *o = r->options;
  Column *counts = NULL;
  size_t *by_count = NULL;
  int64_t *in_order = mem_alloc(r->n, sizeof *in_order), total = 0;
  Status status;
  *n = 0;
  *cells = 0;
  if (!in_order) {
    return no_memory(r, e);
  }
  for (size_t i = 0; i < r->n; i++) {
    in_order[i] = r->count[r->order[i]];
    total += in_order[i];
  }
  TRY(column_of_ints(in_order, r->n, &counts, e));
  const OrderKey key = {.column = counts, .falling = true};
  TRY(order_rows(&key, 1, r->n, r->task, &by_count, e));
  for (size_t place = 0; place < r->n; place++) {
    const size_t level = r->order[by_count[place]];
    const bool rare = (o->keep > 0 && place >= o->keep) || (double)r->count[level] < o->share * (double)total;
    if (rare && r->count[level] > 0) {
      lumped[level] = true;
      (*n)++;
      *cells += r->count[level];
    }
  }
done:
  mem_free(in_order);
  mem_free(by_count);
  column_unref(counts);
  return status;
}

static Status make_codes(Relevel *r, Error *e)
{
  const RelevelOptions *o = r->options;
  bool *lumped = mem_zero(r->n, sizeof *lumped);
  size_t n_lumped = 0, number, length;
  int64_t cells = 0;
  Status status;
  r->code = mem_alloc(r->n, sizeof *r->code);
  if (!lumped || !r->code) {
    TRY(no_memory(r, e));
  }
  if (o->keep > 0 || o->share > 0) {
    TRY(find_rare(r, lumped, &n_lumped, &cells, e));
  }
  for (size_t i = 0; i < r->n; i++) {
    const size_t level = r->order[i];
    const char *text = map_key(r->levels, level, &length);
    r->code[level] = -1;
    const bool is_other = n_lumped > 0 && length == strlen(o->other) && memcmp(text, o->other, length) == 0;
    if (!lumped[level] && !is_other && (r->count[level] > 0 || !o->drop_unused)) {
      TRY(put(r->made, text, length, &number, e));
      r->code[level] = (int32_t)number;
    } else if (is_other) {
      lumped[level] = true;
    }
  }
  if (n_lumped > 0) {
    TRY(put(r->made, o->other, strlen(o->other), &number, e));
    for (size_t i = 0; i < r->n; i++) {
      r->code[i] = lumped[i] ? (int32_t)number : r->code[i];
    }
    if (r->notes) {
      text_printf(r->notes, _("%1$zu levels of '%2$s' with %3$lld cells became '%4$s'\n"), n_lumped, r->name,
                  (long long)cells, o->other);
    }
  }
done:
  mem_free(lumped);
  return status;
}

static Status make_column(const Relevel *r, Column **out, Error *e)
{
  const size_t rows = column_rows(r->column);
  Column *column = column_bare(TYPE_CATEGORY, rows);
  Storage *codes = storage_new(rows, sizeof(int32_t));
  Status status = STATUS_OK;
  if (column) {
    column->values = buffer_of(codes);
    column->valid = buffer_at(r->column->valid, 0);
    column->dictionary = dictionary_of(r->made);
    column->role = r->column->role;
  }
  if (!column || !codes || !column->dictionary) {
    status = no_memory(r, e);
  }
  int32_t *to = codes ? storage_data(codes) : NULL;
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    if (row % POLL == 0 && task_cancelled(r->task)) {
      status = error_cancelled(e);
      break;
    }
    const uint32_t level = r->level_of_group[r->groups->of_row ? r->groups->of_row[row] : 0];
    to[row] = level == NO_ROW ? 0 : r->code[level];
  }
  if (status != STATUS_OK) {
    if (!column) {
      storage_unref(codes);
    }
    column_unref(column);
    return status;
  }
  *out = column;
  return STATUS_OK;
}

static void relevel_free(Relevel *r)
{
  groups_free(r->groups);
  map_free(r->levels);
  map_free(r->made);
  mem_free(r->level_of_group);
  mem_free(r->group_of_level);
  mem_free(r->count);
  mem_free(r->order);
  mem_free(r->code);
}

Status column_relevel(const Column *column, const char *name, const RelevelOptions *options, Task *task,
                      Column **out, Text *notes, Error *e)
{
  Relevel r = {.column = column, .name = name, .options = options, .task = task, .notes = notes};
  Status status;
  *out = NULL;
  if (!type_is_text(column_type(column))) {
    (void)error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%1$s' is %2$s; only texts have levels"),
                    name, type_name(column_type(column)));
    error_hint(e, _("cast it to category first, or cut numbers into bins"));
    return STATUS_ARGUMENT;
  }
  r.levels = map_new();
  r.made = map_new();
  if (!r.levels || !r.made) {
    TRY(no_memory(&r, e));
  }
  TRY(make_groups(&r, e));
  TRY(collect_levels(&r, e));
  TRY(count_levels(&r, e));
  TRY(order_levels(&r, e));
  TRY(put_first(&r, e));
  TRY(make_codes(&r, e));
  TRY(make_column(&r, out, e));
done:
  relevel_free(&r);
  return status;
}
