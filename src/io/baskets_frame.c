/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baskets from frames, and back. */
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "frame/column_layout.h"
#include "io/baskets.h"

enum { POLL_ROWS = 1024 };

static bool must_stop(const Task *task, size_t row)
{
  return row % POLL_ROWS == 0 && task_cancelled(task);
}

/* ---- Long form ---- */

/* A cell as bytes that are equal when the cells are. */
static void cell_key(const Column *column, size_t row, Text *scratch, const char **key, size_t *length)
{
  if (type_is_text(column_type(column))) {
    *key = column_text(column, row, length);
    return;
  }
  text_reset(scratch);
  if (column_type(column) == TYPE_INT64 || column_type(column) == TYPE_TIMESTAMP) {
    const int64_t value = column_int(column, row);
    text_add(scratch, (const char *)&value, sizeof value);
  } else {
    column_cell_text(column, row, scratch);
  }
  *key = text_data(scratch);
  *length = scratch->size;
}

/* The basket of each row (SIZE_MAX: none), the first row of each basket, and how many rows each has. */
typedef struct Grouping {
  size_t *of, *first, *start;
  size_t n, room, without;
} Grouping;

static void grouping_free(Grouping *groups)
{
  mem_free(groups->of);
  mem_free(groups->first);
  mem_free(groups->start);
}

static bool new_group(Grouping *groups, size_t row)
{
  if (groups->n == groups->room) {
    const size_t room = groups->room * 2 + 64;
    size_t *first = mem_resize(groups->first, room, sizeof *first);
    if (!first) {
      return false;
    }
    groups->first = first;
    groups->room = room;
  }
  groups->first[groups->n++] = row;
  return true;
}

static Status group_rows(const Column *id, const Task *task, Grouping *groups, Error *e)
{
  const size_t rows = column_rows(id);
  Map *map = map_new();
  Text scratch = {0};
  Status status = STATUS_OK;
  groups->of = mem_alloc(rows, sizeof *groups->of);
  if (!map || !groups->of) {
    status = error_memory(e, rows * sizeof *groups->of, _("baskets"));
  }
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    const char *key;
    size_t length, number;
    bool fresh;
    if (must_stop(task, row)) {
      status = error_cancelled(e);
    } else if (!column_valid(id, row)) {
      groups->of[row] = SIZE_MAX;
      groups->without++;
    } else {
      cell_key(id, row, &scratch, &key, &length);
      status =
          scratch.failed ? error_memory(e, 0, _("an id")) : map_put(map, key, length, &number, &fresh, e);
      if (status == STATUS_OK) {
        groups->of[row] = number;
        status = !fresh || new_group(groups, row) ? STATUS_OK : error_memory(e, 0, _("baskets"));
      }
    }
  }
  map_free(map);
  text_free(&scratch);
  return status;
}

/* The rows of all baskets one after the other, in their order: by counting. */
static Status sort_rows(Grouping *groups, size_t rows, size_t **out, Error *e)
{
  size_t *sorted = mem_alloc(rows, sizeof *sorted);
  groups->start = mem_zero(groups->n + 2, sizeof *groups->start);
  *out = sorted;
  if (!sorted || !groups->start) {
    return error_memory(e, rows * sizeof *sorted, _("baskets"));
  }
  for (size_t row = 0; row < rows; row++) {
    if (groups->of[row] != SIZE_MAX) {
      groups->start[groups->of[row] + 2]++;
    }
  }
  for (size_t g = 0; g < groups->n; g++) {
    groups->start[g + 2] += groups->start[g + 1];
  }
  for (size_t row = 0; row < rows; row++) {
    if (groups->of[row] != SIZE_MAX) {
      sorted[groups->start[groups->of[row] + 1]++] = row;
    }
  }
  return STATUS_OK; /* start[g] .. start[g + 1] are now the places of basket g */
}

/* Adds a cell's item or items; gives how many. */
static size_t add_items(const Column *item, size_t row, Builder *sets, Text *scratch)
{
  size_t length;
  const char *text;
  if (column_type(item) == TYPE_SET) {
    const int32_t *codes;
    const size_t n = column_set(item, row, &codes);
    for (size_t i = 0; i < n; i++) {
      text = column_level(item, (size_t)codes[i], &length);
      builder_item(sets, text, length);
    }
    return n;
  }
  if (type_is_text(column_type(item))) {
    text = column_text(item, row, &length);
  } else {
    text_reset(scratch);
    column_cell_text(item, row, scratch);
    text = text_data(scratch);
    length = scratch->size;
  }
  builder_item(sets, text, length);
  return 1;
}

static Status make_sets(const Grouping *groups, const size_t *sorted, const Column *item, const Task *task,
                        size_t *missing, size_t *given, Column **out, Error *e)
{
  Builder *sets = builder_new(TYPE_SET, groups->n);
  Text scratch = {0};
  if (!sets) {
    return error_memory(e, 0, _("baskets"));
  }
  for (size_t g = 0, seen = 0; g < groups->n; g++) {
    for (size_t i = groups->start[g]; i < groups->start[g + 1]; i++) {
      if (must_stop(task, seen++)) {
        builder_free(sets);
        text_free(&scratch);
        return error_cancelled(e);
      }
      if (column_valid(item, sorted[i])) {
        *given += add_items(item, sorted[i], sets, &scratch);
      } else {
        ++*missing;
      }
    }
    builder_set(sets);
  }
  const bool failed = scratch.failed;
  text_free(&scratch);
  Status status = builder_finish(sets, out, e);
  if (status == STATUS_OK && failed) {
    column_unref(*out);
    *out = NULL;
    status = error_memory(e, 0, _("an item"));
  }
  return status;
}

static size_t items_in(const Column *sets)
{
  size_t items = 0;
  for (size_t row = 0; row < column_rows(sets); row++) {
    const int32_t *codes;
    items += column_set(sets, row, &codes);
  }
  return items;
}

Status baskets_of_long(const Frame *frame, size_t id, size_t item, Task *task, Text *notes, Frame **out,
                       Error *e)
{
  Grouping groups = {0};
  size_t *sorted = NULL, missing = 0, given = 0;
  Column *ids = NULL, *sets = NULL;
  const char *name = frame_name(frame, id);
  Status status;
  *out = NULL;
  if (strcmp(name, "items") == 0) {
    error_set(e, STATUS_DATA, "baskets-clash", "%s",
              _("the column of ids is called 'items', as the sets will be"));
    (void)error_hint(e, _("give the column another name first"));
    return STATUS_DATA;
  }
  task_phase(task, _("gathering baskets"));
  TRY(group_rows(frame_column(frame, id), task, &groups, e));
  TRY(sort_rows(&groups, frame_rows(frame), &sorted, e));
  TRY(column_take(frame_column(frame, id), groups.first, groups.n, &ids, e));
  TRY(make_sets(&groups, sorted, frame_column(frame, item), task, &missing, &given, &sets, e));
  const size_t items = items_in(sets);
  text_printf(notes, _("baskets: %1$zu, items in all: %2$zu, different items: %3$zu\n"), groups.n, items,
              column_levels(sets));
  if (groups.without > 0) {
    text_printf(notes, _("rows without '%1$s', left out: %2$zu\n"), name, groups.without);
  }
  if (missing > 0) {
    text_printf(notes, _("rows without '%1$s', which add nothing to their basket: %2$zu\n"),
                frame_name(frame, item), missing);
  }
  if (given > items) {
    text_printf(notes, _("items given twice in a basket, dropped: %zu\n"), given - items);
  }
  const char *const names[] = {name, "items"};
  const Column *const columns[] = {ids, sets};
  TRY(frame_new(names, columns, 2, out, e));
done:
  grouping_free(&groups);
  mem_free(sorted);
  column_unref(ids);
  column_unref(sets);
  return status;
}

/* ---- One-hot ---- */

typedef enum Presence { ABSENT, PRESENT, UNCLEAR } Presence;

static bool is_among(const char *text, size_t length, const char *const *words, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (strlen(words[i]) == length && strncasecmp(text, words[i], length) == 0) {
      return true;
    }
  }
  return false;
}

static Presence text_presence(const char *text, size_t length)
{
  static const char *const present[] = {"t", "true", "y", "yes", "1", "x", "present"};
  static const char *const absent[] = {"f", "false", "n", "no", "0", "", "-", "absent"};
  return is_among(text, length, present, sizeof present / sizeof *present) ? PRESENT
         : is_among(text, length, absent, sizeof absent / sizeof *absent)  ? ABSENT
                                                                           : UNCLEAR;
}

/* A cell that is not missing. */
static Presence presence(const Column *column, size_t row)
{
  size_t length;
  const char *text;
  double value;
  switch (column_type(column)) {
    case TYPE_BOOL: return column_int(column, row) ? PRESENT : ABSENT;
    case TYPE_INT64:
    case TYPE_FLOAT64:
      value = column_float(column, row);
      return value == 1 ? PRESENT : value == 0 ? ABSENT : UNCLEAR;
    case TYPE_CATEGORY:
    case TYPE_STRING: text = column_text(column, row, &length); return text_presence(text, length);
    default: return UNCLEAR;
  }
}

bool baskets_is_onehot(const Column *column)
{
  for (size_t row = 0; row < column_rows(column); row++) {
    if (column_valid(column, row) && presence(column, row) == UNCLEAR) {
      return false;
    }
  }
  return true;
}

typedef struct Onehot {
  const Frame *frame;
  const size_t *columns;
  size_t n;
  const char *const *present;
  size_t n_present, missing;
  Text cell;
} Onehot;

static Status unclear(const Onehot *work, size_t column, size_t row, Error *e)
{
  Text cell = {0};
  column_cell_text(frame_column(work->frame, column), row, &cell);
  error_set(e, STATUS_DATA, "baskets-values",
            _("column '%1$s', row %2$zu: '%3$s' does not say whether the item is in the basket"),
            frame_name(work->frame, column), row + 1, text_data(&cell));
  (void)error_hint(e, _("say which values do: present = {\"%s\"}; or leave the column out of on = {...}"),
                   text_data(&cell));
  text_free(&cell);
  return STATUS_DATA;
}

static Status add_basket(Onehot *work, size_t row, Builder *sets, Error *e)
{
  for (size_t i = 0; i < work->n; i++) {
    const Column *column = frame_column(work->frame, work->columns[i]);
    Presence here = ABSENT;
    if (!column_valid(column, row)) {
      work->missing++;
    } else if (work->n_present > 0) {
      text_reset(&work->cell);
      column_cell_text(column, row, &work->cell);
      here = is_among(text_data(&work->cell), work->cell.size, work->present, work->n_present) ? PRESENT
                                                                                               : ABSENT;
    } else {
      here = presence(column, row);
    }
    if (here == UNCLEAR) {
      return unclear(work, work->columns[i], row, e);
    }
    if (here == PRESENT) {
      const char *name = frame_name(work->frame, work->columns[i]);
      builder_item(sets, name, strlen(name));
    }
  }
  builder_set(sets);
  return STATUS_OK;
}

/* The frame's other columns, and one more. */
static Status with_others(const Frame *frame, const size_t *columns, size_t n, const Column *sets,
                          Frame **out, Error *e)
{
  const size_t all = frame_columns(frame);
  size_t kept = 0;
  size_t *others = mem_alloc(all, sizeof *others);
  bool *chosen = mem_zero(all, sizeof *chosen);
  Frame *rest = NULL;
  Status status;
  if (!others || !chosen) {
    TRY(error_memory(e, 0, _("columns")));
  }
  for (size_t i = 0; i < n; i++) {
    chosen[columns[i]] = true;
  }
  for (size_t i = 0; i < all; i++) {
    if (!chosen[i]) {
      others[kept++] = i;
    }
  }
  if (kept == 0) {
    static const char *const names[] = {"items"};
    TRY(frame_new(names, &sets, 1, out, e));
  } else {
    size_t clash;
    TRY(frame_select(frame, others, kept, &rest, e));
    if (frame_find(rest, "items", &clash)) {
      status = error_set(e, STATUS_DATA, "baskets-clash", "%s",
                         _("there is a column called 'items', as the sets will be"));
      (void)error_hint(e, _("give the column another name first"));
      goto done;
    }
    TRY(frame_with(rest, "items", sets, out, e));
  }
done:
  mem_free(others);
  mem_free(chosen);
  frame_unref(rest);
  return status;
}

Status baskets_of_onehot(const Frame *frame, const size_t *columns, size_t n, const char *const *present,
                         size_t n_present, Task *task, Text *notes, Frame **out, Error *e)
{
  Onehot work = {.frame = frame, .columns = columns, .n = n, .present = present, .n_present = n_present};
  Column *sets = NULL;
  Builder *builder = builder_new(TYPE_SET, frame_rows(frame));
  Status status = builder ? STATUS_OK : error_memory(e, 0, _("baskets"));
  *out = NULL;
  task_phase(task, _("gathering baskets"));
  const size_t poll = n < POLL_ROWS ? POLL_ROWS / (n + 1) + 1 : 1;
  for (size_t row = 0; status == STATUS_OK && row < frame_rows(frame); row++) {
    status =
        row % poll == 0 && task_cancelled(task) ? error_cancelled(e) : add_basket(&work, row, builder, e);
  }
  TRY(status);
  TRY(work.cell.failed ? error_memory(e, 0, _("a cell")) : STATUS_OK);
  Builder *done_builder = builder;
  builder = NULL;
  TRY(builder_finish(done_builder, &sets, e));
  text_printf(notes, _("baskets: %1$zu, items in all: %2$zu, different items: %3$zu\n"), column_rows(sets),
              items_in(sets), column_levels(sets));
  if (work.missing > 0) {
    text_printf(notes, _("missing cells, taken as absent: %zu\n"), work.missing);
  }
  TRY(with_others(frame, columns, n, sets, out, e));
done:
  builder_free(builder);
  column_unref(sets);
  text_free(&work.cell);
  return status;
}

/* ---- And back ---- */

/* A level's cells: whether it is in each set. */
static Status level_column(const Column *sets, const uint64_t *bits, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_BOOL, column_rows(sets));
  *out = NULL;
  if (!builder) {
    return error_memory(e, 0, _("a column"));
  }
  for (size_t row = 0; row < column_rows(sets); row++) {
    if (column_valid(sets, row)) {
      builder_bool(builder, bitmap_get(bits, row));
    } else {
      builder_missing(builder);
    }
  }
  return builder_finish(builder, out, e);
}

/* Bit row of words level * words_each on: the level is in the set of the row. */
static void spread(const Column *sets, size_t words_each, uint64_t *bits)
{
  for (size_t row = 0; row < column_rows(sets); row++) {
    const int32_t *codes;
    const size_t n = column_valid(sets, row) ? column_set(sets, row, &codes) : 0;
    for (size_t i = 0; i < n; i++) {
      bits[(size_t)codes[i] * words_each + row / 64] |= UINT64_C(1) << (row % 64);
    }
  }
}

static bool any_bit(const uint64_t *words, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (words[i]) {
      return true;
    }
  }
  return false;
}

static Status clash_with(const char *name, Error *e)
{
  error_set(e, STATUS_DATA, "baskets-clash", _("the item '%s' is called like another column"), name);
  (void)error_hint(e, _("select the column of sets alone, or give the other column another name"));
  return STATUS_DATA;
}

static Status add_levels(const Frame *frame, size_t column, const Task *task, Draft *draft, uint64_t *bits,
                         size_t words, Error *e)
{
  const Column *sets = frame_column(frame, column);
  Text name = {0};
  Status status = STATUS_OK;
  for (size_t level = 0; status == STATUS_OK && level < column_levels(sets); level++) {
    size_t length, other;
    Column *made = NULL;
    const char *text = column_level(sets, level, &length);
    if (!any_bit(bits + level * words, words)) {
      continue; /* a level that no row has: rows were taken from a larger frame */
    }
    text_reset(&name);
    text_add(&name, text, length);
    if (task_cancelled(task)) {
      status = error_cancelled(e);
    } else if (name.failed || length == 0) {
      status = name.failed ? error_memory(e, 0, _("a name")) : clash_with("", e);
    } else if (frame_find(frame, text_data(&name), &other) && other != column) {
      status = clash_with(text_data(&name), e);
    } else {
      status = level_column(sets, bits + level * words, &made, e);
    }
    if (status == STATUS_OK) {
      draft_column(draft, text_data(&name), made);
    }
  }
  text_free(&name);
  return status;
}

Status baskets_to_onehot(const Frame *frame, size_t column, Task *task, Frame **out, Error *e)
{
  const Column *sets = frame_column(frame, column);
  const size_t words = bitmap_words(frame_rows(frame));
  size_t bytes;
  *out = NULL;
  if (__builtin_mul_overflow(words * 2 * sizeof(uint64_t), column_levels(sets), &bytes)) {
    return error_memory(e, SIZE_MAX, _("a column per item"));
  }
  Status status = task_reserve(task, bytes, _("a column per item"), e);
  uint64_t *bits = status == STATUS_OK ? mem_zero(words * column_levels(sets), sizeof *bits) : NULL;
  Draft *draft = draft_new();
  if (status == STATUS_OK && !bits) {
    status = error_memory(e, bytes, _("a column per item"));
  }
  if (status == STATUS_OK) {
    spread(sets, words, bits);
    for (size_t i = 0; i < frame_columns(frame); i++) {
      if (i != column) {
        draft_column(draft, frame_name(frame, i), column_ref(frame_column(frame, i)));
      }
    }
    status = add_levels(frame, column, task, draft, bits, words, e);
  }
  mem_free(bits);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

/* The row of each item; the items as a column. */
static Status unfold(const Column *sets, const Task *task, size_t **rows, size_t *n, size_t *without,
                     Column **items, Error *e)
{
  *n = items_in(sets);
  *rows = mem_alloc(*n, sizeof **rows);
  Builder *builder = builder_new(TYPE_CATEGORY, *n);
  size_t place = 0;
  if (!*rows || !builder) {
    builder_free(builder);
    return error_memory(e, *n * sizeof **rows, _("items"));
  }
  for (size_t row = 0; row < column_rows(sets); row++) {
    const int32_t *codes;
    const size_t size = column_valid(sets, row) ? column_set(sets, row, &codes) : 0;
    if (must_stop(task, row)) {
      builder_free(builder);
      return error_cancelled(e);
    }
    *without += size == 0;
    for (size_t i = 0; i < size; i++) {
      size_t length;
      const char *text = column_level(sets, (size_t)codes[i], &length);
      builder_text(builder, text, length);
      (*rows)[place++] = row;
    }
  }
  return builder_finish(builder, items, e);
}

Status baskets_to_long(const Frame *frame, size_t column, const char *name, Task *task, Text *notes,
                       Frame **out, Error *e)
{
  size_t *rows = NULL, n = 0, without = 0, other;
  Column *items = NULL;
  Draft *draft = NULL;
  Status status;
  *out = NULL;
  if (frame_find(frame, name, &other) && other != column) {
    return clash_with(name, e);
  }
  TRY(unfold(frame_column(frame, column), task, &rows, &n, &without, &items, e));
  draft = draft_new();
  for (size_t i = 0; i < frame_columns(frame); i++) {
    Column *taken = NULL;
    if (i == column) {
      draft_column(draft, name, column_ref(items));
    } else {
      TRY(column_take(frame_column(frame, i), rows, n, &taken, e));
      draft_column(draft, frame_name(frame, i), taken);
    }
  }
  if (without > 0) {
    text_printf(notes, _("baskets without items, which have no row: %zu\n"), without);
  }
  Draft *finished = draft;
  draft = NULL;
  TRY(draft_finish(finished, out, e));
done:
  draft_free(draft);
  mem_free(rows);
  column_unref(items);
  return status;
}
