/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks that a column keeps what column.h and column_layout.h promise. Nothing is read before its place
 * in memory is known to be inside its storage, so that a column made from a hostile file is refused and
 * not followed. */
#include <string.h>

#include "core/map.h"
#include "core/text.h"
#include "frame/column_layout.h"

static Status bad(Error *e, const char *what)
{
  return error_set(e, STATUS_FORMAT, "bad-column", _("a column is not as it should be: %s"), what);
}

static Status bad_at(Error *e, const char *what, size_t row)
{
  return error_set(e, STATUS_FORMAT, "bad-column", _("a column is not as it should be: %1$s (%2$zu)"), what,
                   row + 1);
}

/* n items of `size` bytes are there and aligned. */
static bool holds(const Buffer *buffer, size_t n, size_t size)
{
  size_t bytes;
  if (!buffer->data || !buffer->owner || __builtin_mul_overflow(n, size, &bytes)) {
    return false;
  }
  const char *start = storage_data(buffer->owner), *data = buffer->data;
  return data >= start && data <= start + buffer->owner->bytes && bytes <= buffer_room(buffer) &&
         (uintptr_t)data % size == 0;
}

static bool padded(const uint64_t *words, size_t rows)
{
  return rows % 64 == 0 || (words[rows / 64] & ~bitmap_mask(rows, rows / 64)) == 0;
}

/* Offsets 0 .. n rise from at least 0 and end within `items`. */
static bool rising(const int64_t *offsets, size_t n, size_t items, size_t *place)
{
  for (size_t i = 0; i < n; i++) {
    if (offsets[i] < 0 || offsets[i + 1] < offsets[i]) {
      *place = i;
      return false;
    }
  }
  *place = n;
  return offsets[0] >= 0 && (uint64_t)offsets[n] <= items;
}

static bool good_text(const char *text, size_t length)
{
  return utf8_check(text, length) == length && (length == 0 || !memchr(text, '\0', length));
}

static Status check_dictionary(const Dictionary *dictionary, Error *e)
{
  size_t place;
  if (dictionary->n > (size_t)INT32_MAX + 1 ||
      !holds(&dictionary->offsets, dictionary->n + 1, sizeof(int64_t)) || !holds(&dictionary->bytes, 0, 1)) {
    return bad(e, _("levels outside their memory"));
  }
  const int64_t *offsets = dictionary->offsets.data;
  if (!rising(offsets, dictionary->n, buffer_room(&dictionary->bytes), &place)) {
    return bad_at(e, _("places of levels that do not rise"), place);
  }
  Map *map = map_new();
  if (!map) {
    return error_memory(e, 0, _("a dictionary"));
  }
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < dictionary->n; i++) {
    const char *text = (const char *)dictionary->bytes.data + offsets[i];
    const size_t length = (size_t)(offsets[i + 1] - offsets[i]);
    size_t number;
    bool fresh = true;
    status = good_text(text, length) ? map_put(map, text, length, &number, &fresh, e)
                                     : bad_at(e, _("a level that is not UTF-8"), i);
    if (!fresh) {
      status = bad_at(e, _("a level that is there twice"), i);
    }
  }
  map_free(map);
  return status;
}

/* 8 bytes per row, 0 under missing cells. */
static Status check_numbers(const Column *column, Error *e)
{
  if (!holds(&column->values, column->rows, 8)) {
    return bad(e, _("values outside their memory"));
  }
  const uint64_t *values = column->values.data;
  for (size_t row = 0; column->valid.data && row < column->rows; row++) {
    if (values[row] != 0 && !column_valid(column, row)) {
      return bad_at(e, _("a value under a missing cell"), row);
    }
  }
  return STATUS_OK;
}

static Status check_bools(const Column *column, Error *e)
{
  if (!holds(&column->values, bitmap_words(column->rows), 8)) {
    return bad(e, _("values outside their memory"));
  }
  const uint64_t *values = column->values.data, *valid = column->valid.data;
  for (size_t word = 0; valid && word < bitmap_words(column->rows); word++) {
    if (values[word] & ~valid[word]) {
      return bad_at(e, _("a value under a missing cell"), word * 64);
    }
  }
  return padded(values, column->rows) ? STATUS_OK : bad(e, _("values past the last row"));
}

static Status check_codes(const Column *column, Error *e)
{
  if (!holds(&column->values, column->rows, sizeof(int32_t))) {
    return bad(e, _("codes outside their memory"));
  }
  for (size_t row = 0; row < column->rows; row++) {
    const int32_t code = column_code(column, row);
    if (!column_valid(column, row) ? code != 0 : code < 0 || (size_t)code >= column->dictionary->n) {
      return bad_at(e, _("a code without a level"), row);
    }
  }
  return STATUS_OK;
}

/* Offsets of strings and sets; items of `size` bytes. */
static Status check_lists(const Column *column, size_t size, Error *e)
{
  size_t place;
  if (column->rows == SIZE_MAX || !holds(&column->offsets, column->rows + 1, sizeof(int64_t)) ||
      !holds(&column->values, 0, size)) {
    return bad(e, _("places outside their memory"));
  }
  const int64_t *offsets = column->offsets.data;
  if (!rising(offsets, column->rows, buffer_room(&column->values) / size, &place)) {
    return bad_at(e, _("places that do not rise"), place);
  }
  for (size_t row = 0; column->valid.data && row < column->rows; row++) {
    if (offsets[row + 1] > offsets[row] && !column_valid(column, row)) {
      return bad_at(e, _("a value under a missing cell"), row);
    }
  }
  return STATUS_OK;
}

static Status check_strings(const Column *column, Error *e)
{
  const Status status = check_lists(column, 1, e);
  for (size_t row = 0; status == STATUS_OK && row < column->rows; row++) {
    size_t length;
    const char *text = column_text(column, row, &length);
    if (!good_text(text, length)) {
      return bad_at(e, _("a text that is not UTF-8"), row);
    }
  }
  return status;
}

static Status check_sets(const Column *column, Error *e)
{
  const Status status = check_lists(column, sizeof(int32_t), e);
  for (size_t row = 0; status == STATUS_OK && row < column->rows; row++) {
    const int32_t *codes;
    const size_t n = column_set(column, row, &codes);
    for (size_t i = 0; i < n; i++) {
      if (codes[i] < 0 || (size_t)codes[i] >= column->dictionary->n || (i > 0 && codes[i] <= codes[i - 1])) {
        return bad_at(e, _("a set whose codes do not rise within the levels"), row);
      }
    }
  }
  return status;
}

static Status check_frame_of(const Column *column, Error *e)
{
  if ((unsigned)column->type >= TYPE_COUNT || (unsigned)column->role > ROLE_PREDICTED) {
    return bad(e, _("an unknown type or role"));
  }
  if (column->valid.data && (!holds(&column->valid, bitmap_words(column->rows), 8) ||
                             !padded(column->valid.data, column->rows))) {
    return bad(e, _("marks of missing cells past the last row"));
  }
  const bool coded = column->type == TYPE_CATEGORY || column->type == TYPE_SET;
  if (coded != (column->dictionary != NULL)) {
    return bad(e, _("levels where there should be none, or none"));
  }
  if (column->zone.data) {
    const size_t room = buffer_room(&column->zone);
    const char *end = memchr(column->zone.data, '\0', room);
    if (column->type != TYPE_TIMESTAMP || !end || end == column->zone.data ||
        !good_text(column->zone.data, (size_t)(end - (const char *)column->zone.data))) {
      return bad(e, _("a time zone that is no name"));
    }
  }
  return coded ? check_dictionary(column->dictionary, e) : STATUS_OK;
}

Status column_check(const Column *column, Error *e)
{
  const Status status = check_frame_of(column, e);
  if (status != STATUS_OK) {
    return status;
  }
  switch (column->type) {
    case TYPE_BOOL:
      return check_bools(column, e);
    case TYPE_CATEGORY:
      return check_codes(column, e);
    case TYPE_STRING:
      return check_strings(column, e);
    case TYPE_SET:
      return check_sets(column, e);
    default:
      return check_numbers(column, e);
  }
}
