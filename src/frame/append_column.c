/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns one below the other: buffers are copied, codes are translated when dictionaries differ. */
#include <string.h>

#include "core/alloc.h"
#include "frame/append.h"
#include "frame/column_layout.h"

enum { POLL = 1 << 18 }; /* cells between looks at cancel: about a millisecond */

typedef struct Append {
  const AppendPart *parts;
  size_t n, rows;
  Type type;
  Task *task;
  Column *column;      /* being made */
  uint64_t *valid;     /* of it; NULL when nothing is missing */
  Map *map;            /* levels, when they are put together */
  bool one_dictionary; /* all parts share theirs */
} Append;

/* Whether a part has a say in the type. */
static bool speaks(const AppendPart *part)
{
  return part->column && column_missing(part->column) < column_rows(part->column);
}

static bool go_together(const Column *a, const Column *b, Type sofar, Type *type)
{
  const Type other = b->type;
  *type = sofar;
  if (sofar == other) {
    return sofar != TYPE_TIMESTAMP || strcmp(column_zone(a), column_zone(b)) == 0;
  }
  if (type_is_numeric(sofar) && type_is_numeric(other)) {
    *type = TYPE_FLOAT64;
    return true;
  }
  *type = TYPE_STRING;
  return type_is_text(sofar) && type_is_text(other);
}

bool append_type(const AppendPart *parts, size_t n, Type *type, size_t clash[2])
{
  size_t first = n, any = n;
  for (size_t i = 0; i < n; i++) {
    any = any == n && parts[i].column ? i : any;
    if (!speaks(&parts[i])) {
      continue;
    }
    if (first == n) {
      first = i;
      *type = parts[i].column->type;
    } else if (!go_together(parts[first].column, parts[i].column, *type, type)) {
      clash[0] = first;
      clash[1] = i;
      return false;
    }
  }
  if (first == n) {
    *type = any < n ? parts[any].column->type : TYPE_FLOAT64;
  }
  return true;
}

/* `n` bits from `from` (NULL: ones) to place `at` of a bitmap that is zero there. */
static void put_bits(uint64_t *to, size_t at, const uint64_t *from, size_t n)
{
  const size_t shift = at % 64;
  for (size_t i = 0; i < bitmap_words(n); i++) {
    const uint64_t bits = (from ? from[i] : UINT64_MAX) & bitmap_mask(n, i);
    to[at / 64 + i] |= bits << shift;
    if (shift > 0 && bits >> (64 - shift)) {
      to[at / 64 + i + 1] |= bits >> (64 - shift);
    }
  }
}

/* Storage of n items of `size` bytes for the column's values; NULL: no memory. */
static void *make_values(Append *a, size_t n, size_t size, bool zero)
{
  Storage *storage = storage_new(n, size);
  if (!storage) {
    return NULL;
  }
  if (zero) {
    memset(storage_data(storage), 0, n * size);
  }
  a->column->values = buffer_of(storage);
  return storage_data(storage);
}

static Status no_memory(const Append *a, Error *e)
{
  return error_memory(e, a->rows * 8, _("appended rows"));
}

static Status make_valid(Append *a, Error *e)
{
  size_t missing = 0;
  for (size_t i = 0; i < a->n; i++) {
    missing += a->parts[i].column ? column_missing(a->parts[i].column) : a->parts[i].rows;
  }
  if (missing == 0) {
    return STATUS_OK;
  }
  Storage *storage = storage_new(bitmap_words(a->rows), sizeof(uint64_t));
  if (!storage) {
    return no_memory(a, e);
  }
  a->column->valid = buffer_of(storage);
  a->valid = storage_data(storage);
  memset(a->valid, 0, bitmap_words(a->rows) * sizeof(uint64_t));
  for (size_t i = 0, at = 0; i < a->n; at += a->parts[i++].rows) {
    if (a->parts[i].column) {
      put_bits(a->valid, at, a->parts[i].column->valid.data, a->parts[i].rows);
    }
  }
  return STATUS_OK;
}

/* The part's cells are to be copied: it has some, and they are of a type that goes with the column's. */
static const Column *cells_of(const AppendPart *part)
{
  return speaks(part) ? part->column : NULL;
}

/* Cells of 8 bytes, in runs short enough for a cancel. */
static Status put_eights(const Append *a, const Column *part, uint64_t *to, Error *e)
{
  const bool widen = a->type == TYPE_FLOAT64 && part->type == TYPE_INT64;
  for (size_t first = 0; first < part->rows; first += POLL) {
    const size_t n = part->rows - first < POLL ? part->rows - first : POLL;
    if (task_cancelled(a->task)) {
      return error_cancelled(e);
    }
    if (!widen) {
      memcpy(to + first, (const uint64_t *)part->values.data + first, n * sizeof *to);
      continue;
    }
    for (size_t i = first; i < first + n; i++) {
      const double value = (double)((const int64_t *)part->values.data)[i];
      memcpy(&to[i], &value, sizeof value);
    }
  }
  return STATUS_OK;
}

static Status append_eights(Append *a, Error *e)
{
  uint64_t *to = make_values(a, a->rows, sizeof *to, false);
  if (!to) {
    return no_memory(a, e);
  }
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < a->n; to += a->parts[i++].rows) {
    const Column *part = cells_of(&a->parts[i]);
    if (part) {
      status = put_eights(a, part, to, e);
    } else if (a->parts[i].rows > 0) {
      memset(to, 0, a->parts[i].rows * sizeof *to);
    }
  }
  return status;
}

static Status append_bools(Append *a, Error *e)
{
  uint64_t *to = make_values(a, bitmap_words(a->rows), sizeof *to, true);
  if (!to) {
    return no_memory(a, e);
  }
  for (size_t i = 0, at = 0; i < a->n; at += a->parts[i++].rows) {
    const Column *part = cells_of(&a->parts[i]);
    if (part) {
      put_bits(to, at, part->values.data, part->rows);
    }
  }
  return STATUS_OK;
}

/* The codes of the part's levels in the dictionary of all (mem_free); NULL, with status OK, when they are the same.
 */
static Status translation(Append *a, const Column *part, int32_t **out, bool *rising, Error *e)
{
  *out = NULL;
  *rising = true;
  if (a->one_dictionary) {
    return STATUS_OK;
  }
  const size_t n = column_levels(part);
  int32_t *codes = mem_alloc(n, sizeof *codes);
  if (!codes) {
    return error_memory(e, n * sizeof *codes, _("levels"));
  }
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    size_t length, number = 0;
    const char *text = column_level(part, i, &length);
    status = map_put(a->map, text, length, &number, NULL, e);
    if (status == STATUS_OK && number > INT32_MAX) {
      status = error_set(e, STATUS_LIMIT, "too-many-levels", _("more than %d distinct texts"), INT32_MAX);
    }
    codes[i] = (int32_t)number;
    *rising = *rising && (i == 0 || codes[i] > codes[i - 1]);
  }
  if (status != STATUS_OK) {
    mem_free(codes);
    return status;
  }
  *out = codes;
  return STATUS_OK;
}

static Status begin_levels(Append *a, Error *e)
{
  const Dictionary *one = NULL;
  a->one_dictionary = true;
  for (size_t i = 0; i < a->n; i++) {
    const Column *part = cells_of(&a->parts[i]);
    if (part) {
      a->one_dictionary = a->one_dictionary && (!one || one == part->dictionary);
      one = one ? one : part->dictionary;
    }
  }
  if (a->one_dictionary && one) {
    a->column->dictionary = dictionary_ref((Dictionary *)one);
    return STATUS_OK;
  }
  a->one_dictionary = false;
  a->map = map_new();
  return a->map ? STATUS_OK : no_memory(a, e);
}

static Status end_levels(Append *a, Error *e)
{
  if (!a->column->dictionary) {
    a->column->dictionary = dictionary_of(a->map);
  }
  return a->column->dictionary ? STATUS_OK : no_memory(a, e);
}

/* Missing cells keep the code 0. */
static Status put_codes(const Append *a, const Column *part, const int32_t *codes, int32_t *to, Error *e)
{
  const int32_t *from = part->values.data;
  for (size_t i = 0; i < part->rows; i++) {
    if (i % POLL == 0 && task_cancelled(a->task)) {
      return error_cancelled(e);
    }
    to[i] = !codes ? from[i] : column_valid(part, i) ? codes[from[i]] : 0;
  }
  return STATUS_OK;
}

static Status append_categories(Append *a, Error *e)
{
  int32_t *to = make_values(a, a->rows, sizeof *to, true);
  Status status = to ? begin_levels(a, e) : no_memory(a, e);
  for (size_t i = 0; status == STATUS_OK && i < a->n; to += a->parts[i++].rows) {
    const Column *part = cells_of(&a->parts[i]);
    int32_t *codes = NULL;
    bool rising;
    if (part) {
      status = translation(a, part, &codes, &rising, e);
    }
    if (part && status == STATUS_OK) {
      status = put_codes(a, part, codes, to, e);
    }
    mem_free(codes);
  }
  return status == STATUS_OK ? end_levels(a, e) : status;
}

/* Bytes of text, or codes of sets, of a part. */
static size_t part_items(const Column *part)
{
  if (part->type == TYPE_CATEGORY) {
    size_t total = 0, length;
    for (size_t i = 0; i < part->rows; i++) {
      if (column_valid(part, i)) {
        (void)column_text(part, i, &length);
        total += length;
      }
    }
    return total;
  }
  const int64_t *offsets = part->offsets.data;
  return (size_t)(offsets[part->rows] - offsets[0]);
}

static Status make_lists(Append *a, size_t size, int64_t **offsets, void **values, Error *e)
{
  size_t total = 0;
  for (size_t i = 0; i < a->n; i++) {
    const Column *part = cells_of(&a->parts[i]);
    if (part && __builtin_add_overflow(total, part_items(part), &total)) {
      return no_memory(a, e);
    }
  }
  Status status = task_reserve(a->task, total, _("appended texts"), e);
  if (status != STATUS_OK) {
    return status;
  }
  Storage *places = storage_new(a->rows + 1, sizeof **offsets);
  if (!places) {
    return no_memory(a, e);
  }
  a->column->offsets = buffer_of(places);
  *offsets = storage_data(places);
  **offsets = 0;
  *values = make_values(a, total, size, false);
  return *values ? STATUS_OK : no_memory(a, e);
}

/* Cells of text; offsets[0] is where they begin. */
static Status put_texts(const Append *a, const Column *part, int64_t *offsets, char *values, Error *e)
{
  if (part->type == TYPE_STRING) {
    const int64_t *from = part->offsets.data;
    memcpy(values + offsets[0], (const char *)part->values.data + from[0], part_items(part));
  }
  for (size_t i = 0; i < part->rows; i++) {
    if (i % POLL == 0 && task_cancelled(a->task)) {
      return error_cancelled(e);
    }
    size_t length = 0;
    if (column_valid(part, i)) {
      const char *text = column_text(part, i, &length);
      if (part->type == TYPE_CATEGORY) {
        memcpy(values + offsets[i], text, length);
      }
    }
    offsets[i + 1] = offsets[i] + (int64_t)length;
  }
  return STATUS_OK;
}

static void put_empty(int64_t *offsets, size_t rows)
{
  for (size_t i = 0; i < rows; i++) {
    offsets[i + 1] = offsets[i];
  }
}

static Status append_strings(Append *a, Error *e)
{
  int64_t *offsets = NULL;
  void *values = NULL;
  Status status = make_lists(a, 1, &offsets, &values, e);
  for (size_t i = 0; status == STATUS_OK && i < a->n; offsets += a->parts[i++].rows) {
    const Column *part = cells_of(&a->parts[i]);
    if (part) {
      status = put_texts(a, part, offsets, values, e);
    } else {
      put_empty(offsets, a->parts[i].rows);
    }
  }
  return status;
}

/* Shell sort: a cell has few items, and they are nearly in order. */
static void sort_codes(int32_t *codes, size_t n)
{
  for (size_t gap = n / 2; gap > 0; gap /= 2) {
    for (size_t i = gap; i < n; i++) {
      const int32_t code = codes[i];
      size_t j = i;
      for (; j >= gap && codes[j - gap] > code; j -= gap) {
        codes[j] = codes[j - gap];
      }
      codes[j] = code;
    }
  }
}

static Status put_sets(const Append *a, const Column *part, const int32_t *codes, bool rising, int64_t *offsets,
                       int32_t *values, Error *e)
{
  for (size_t i = 0; i < part->rows; i++) {
    if (i % POLL == 0 && task_cancelled(a->task)) {
      return error_cancelled(e);
    }
    const int32_t *from;
    const size_t n = column_set(part, i, &from);
    int32_t *to = values + offsets[i];
    for (size_t j = 0; j < n; j++) {
      to[j] = codes ? codes[from[j]] : from[j];
    }
    if (!rising) {
      sort_codes(to, n);
    }
    offsets[i + 1] = offsets[i] + (int64_t)n;
  }
  return STATUS_OK;
}

static Status append_sets(Append *a, Error *e)
{
  int64_t *offsets = NULL;
  void *values = NULL;
  Status status = make_lists(a, sizeof(int32_t), &offsets, &values, e);
  if (status == STATUS_OK) {
    status = begin_levels(a, e);
  }
  for (size_t i = 0; status == STATUS_OK && i < a->n; offsets += a->parts[i++].rows) {
    const Column *part = cells_of(&a->parts[i]);
    int32_t *codes = NULL;
    bool rising = true;
    if (part) {
      status = translation(a, part, &codes, &rising, e);
    } else {
      put_empty(offsets, a->parts[i].rows);
    }
    if (part && status == STATUS_OK) {
      status = put_sets(a, part, codes, rising, offsets, values, e);
    }
    mem_free(codes);
  }
  return status == STATUS_OK ? end_levels(a, e) : status;
}

static Role common_role(const AppendPart *parts, size_t n)
{
  Role role = ROLE_NONE;
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    if (parts[i].column) {
      role = any && parts[i].column->role != role ? ROLE_NONE : parts[i].column->role;
      any = true;
    }
  }
  return role;
}

/* The zone of the first part that has a say, else of any. */
static void take_zone(Append *a)
{
  const Column *from = NULL;
  for (size_t i = a->n; i-- > 0;) {
    const Column *part = a->parts[i].column;
    if (part && part->type == TYPE_TIMESTAMP && (speaks(&a->parts[i]) || !from)) {
      from = part;
    }
  }
  if (from) {
    a->column->zone = buffer_at(from->zone, 0);
  }
}

static Status append_cells(Append *a, Error *e)
{
  static Status (*const of_type[TYPE_COUNT])(Append *, Error *) = {
      append_eights, append_eights, append_bools, append_eights, append_categories, append_strings, append_sets};
  const Status status = make_valid(a, e);
  return status == STATUS_OK ? of_type[a->type](a, e) : status;
}

/* A category of no rows has no codes, but a dictionary all the same: end_levels makes it. */
Status columns_append(const AppendPart *parts, size_t n, Task *task, Column **out, Error *e)
{
  Append a = {.parts = parts, .n = n, .task = task};
  size_t clash[2];
  *out = NULL;
  if (!append_type(parts, n, &a.type, clash)) {
    return error_set(e, STATUS_DATA, "append-types",
                     _("%1$s (part %2$zu) and %3$s (part %4$zu) do not go into one column"),
                     type_name(parts[clash[0]].column->type), clash[0] + 1, type_name(parts[clash[1]].column->type),
                     clash[1] + 1);
  }
  for (size_t i = 0; i < n; i++) {
    if (__builtin_add_overflow(a.rows, parts[i].rows, &a.rows)) {
      return error_memory(e, 0, _("appended rows"));
    }
  }
  Status status = task_reserve(task, a.rows > SIZE_MAX / 16 ? SIZE_MAX : a.rows * 8, _("appended rows"), e);
  if (status != STATUS_OK) {
    return status;
  }
  a.column = column_bare(a.type, a.rows);
  if (!a.column) {
    return no_memory(&a, e);
  }
  a.column->role = common_role(parts, n);
  take_zone(&a);
  status = append_cells(&a, e);
  map_free(a.map);
  if (status != STATUS_OK) {
    column_unref(a.column);
    return status;
  }
  *out = a.column;
  return STATUS_OK;
}
