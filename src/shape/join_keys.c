/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of keys. Categories on both sides become common codes, so that texts are looked at once per level. */
#include "frame/compare.h"
#include "shape/join_keys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "core/text.h"
#include "frame/column_layout.h"

static const char *kind_name(const Column *column)
{
  if (column->type == TYPE_TIMESTAMP) {
    return column_zone(column)[0] ? _("timestamp with a zone") : _("timestamp without a zone");
  }
  return type_name(column->type);
}

static Status types_clash(const Column *a, const char *name_a, const Column *b, const char *name_b, Error *e)
{
  (void)error_set(e, STATUS_ARGUMENT, "join-types",
                  _("key '%1$s' is %2$s on the left, '%3$s' is %4$s on the right"), name_a, kind_name(a), name_b,
                  kind_name(b));
  if (a->type == TYPE_SET || b->type == TYPE_SET) {
    error_hint(e, _("sets cannot be keys"));
    return STATUS_ARGUMENT;
  }
  if (a->type == TYPE_TIMESTAMP && b->type == TYPE_TIMESTAMP) {
    error_hint(e, _("bring both to one kind of time first"));
    return STATUS_ARGUMENT;
  }
  error_hint(e, _("make them one type first: left:cast{[\"%1$s\"] = \"%2$s\"}"), name_a,
             type_is_text(b->type) ? "string" : type_name(b->type));
  return STATUS_ARGUMENT;
}

static bool pair_kind(KeyPair *pair)
{
  const Column *a = pair->side[0], *b = pair->side[1];
  if (type_is_text(a->type) && type_is_text(b->type)) {
    pair->kind = a->type == TYPE_CATEGORY && b->type == TYPE_CATEGORY ? PAIR_CODE : PAIR_TEXT;
    return true;
  }
  if (type_is_numeric(a->type) && type_is_numeric(b->type)) {
    pair->kind = a->type != b->type ? PAIR_WHOLE : a->type == TYPE_INT64 ? PAIR_BITS : PAIR_FLOAT;
    return true;
  }
  pair->kind = PAIR_BITS;
  return a->type == b->type && a->type != TYPE_SET &&
         (a->type != TYPE_TIMESTAMP || !column_zone(a)[0] == !column_zone(b)[0]);
}

static Status make_codes(KeyPair *pair, Error *e)
{
  Map *map = map_new();
  Status status = map ? STATUS_OK : error_memory(e, 0, _("levels"));
  for (int side = 0; status == STATUS_OK && side < 2; side++) {
    const size_t n = column_levels(pair->side[side]);
    pair->codes[side] = mem_alloc(n, sizeof **pair->codes);
    status = pair->codes[side] ? STATUS_OK : error_memory(e, n * sizeof **pair->codes, _("levels"));
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
      size_t length, number = 0;
      const char *text = column_level(pair->side[side], i, &length);
      status = map_put(map, text, length, &number, NULL, e);
      pair->codes[side][i] = (int32_t)number;
    }
  }
  map_free(map);
  return status;
}

static Status make_hashes(KeyPair *pair, Error *e)
{
  for (int side = 0; side < 2; side++) {
    const Column *column = pair->side[side];
    const size_t n = column_levels(column);
    if (column->type != TYPE_CATEGORY) {
      continue;
    }
    pair->hashes[side] = mem_alloc(n, sizeof **pair->hashes);
    if (!pair->hashes[side]) {
      return error_memory(e, n * sizeof **pair->hashes, _("levels"));
    }
    for (size_t i = 0; i < n; i++) {
      size_t length;
      const char *text = column_level(column, i, &length);
      pair->hashes[side][i] = digest_hash(text, length);
    }
  }
  return STATUS_OK;
}

static Status make_pair(const Frame *left, const Frame *right, const char *name_a, const char *name_b,
                        KeyPair *pair, Error *e)
{
  size_t a = 0, b = 0;
  Status status = frame_need(left, name_a, &a, e);
  if (status != STATUS_OK) {
    error_where(e, _("join, keys of the left frame"));
    return status;
  }
  status = frame_need(right, name_b, &b, e);
  if (status != STATUS_OK) {
    error_where(e, _("join, keys of the right frame"));
    return status;
  }
  pair->side[0] = frame_column(left, a);
  pair->side[1] = frame_column(right, b);
  if (!pair_kind(pair)) {
    return types_clash(pair->side[0], name_a, pair->side[1], name_b, e);
  }
  return pair->kind == PAIR_CODE ? make_codes(pair, e) : pair->kind == PAIR_TEXT ? make_hashes(pair, e) : STATUS_OK;
}

Status join_keys(const Frame *left, const Frame *right, const char *const *left_names,
                 const char *const *right_names, size_t n, bool match_missing, Task *task, JoinKeys *out, Error *e)
{
  *out = (JoinKeys){.pairs = arena_alloc(&task->arena, n, sizeof *out->pairs), .match_missing = match_missing};
  Status status = out->pairs ? STATUS_OK : error_memory(e, 0, _("keys"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    out->n = i + 1;
    status = make_pair(left, right, left_names[i], right_names[i], &out->pairs[i], e);
  }
  out->exact = n == 0 || (n == 1 && !match_missing && out->pairs && out->pairs[0].kind != PAIR_TEXT);
  return status;
}

void join_keys_free(JoinKeys *keys)
{
  for (size_t i = 0; keys->pairs && i < keys->n; i++) {
    for (int side = 0; side < 2; side++) {
      mem_free(keys->pairs[i].codes[side]);
      mem_free(keys->pairs[i].hashes[side]);
    }
  }
  *keys = (JoinKeys){0};
}

static uint64_t float_word(double value)
{
  const double one_zero = isnan(value) ? (double)NAN : value + 0.0;
  uint64_t word;
  memcpy(&word, &one_zero, sizeof word);
  return word;
}

/* The whole number a double is; false: none of int64. */
static bool whole_word(double value, uint64_t *word)
{
  if (!real_fits_int64(value) || value != floor(value)) {
    return false;
  }
  *word = (uint64_t)(int64_t)value;
  return true;
}

/* Words of a block of one pair; cells that are missing keep what stands there. False in usable: matches nothing. */
static void pair_words(const KeyPair *pair, int side, size_t first, size_t count, uint64_t *words, uint8_t *usable)
{
  const Column *column = pair->side[side];
  const void *values = column->values.data;
  for (size_t i = 0; i < count; i++) {
    const size_t row = first + i;
    switch (pair->kind) {
      case PAIR_FLOAT:
        words[i] = float_word(((const double *)values)[row]);
        break;
      case PAIR_WHOLE:
        if (column->type == TYPE_INT64) {
          words[i] = ((const uint64_t *)values)[row];
        } else if (!whole_word(((const double *)values)[row], &words[i])) {
          usable[i] = 0;
        }
        break;
      case PAIR_CODE:
        words[i] = column_valid(column, row) ? (uint64_t)pair->codes[side][((const int32_t *)values)[row]] : 0;
        break;
      default:
        words[i] = (uint64_t)column_int(column, row);
    }
  }
}

static void text_words(const KeyPair *pair, int side, size_t first, size_t count, uint64_t *words)
{
  const Column *column = pair->side[side];
  for (size_t i = 0; i < count; i++) {
    const size_t row = first + i;
    size_t length = 0;
    if (!column_valid(column, row)) {
      words[i] = 0;
    } else if (column->type == TYPE_CATEGORY) {
      words[i] = pair->hashes[side][column_code(column, row)];
    } else {
      const char *text = column_text(column, row, &length);
      words[i] = digest_hash(text, length);
    }
  }
}

enum { CHUNK = 512 };

/* A pair's words joined to those of the pairs before it. */
static void join_chunk(const JoinKeys *keys, size_t number, int side, size_t first, size_t count, uint64_t *words,
                       uint8_t *usable)
{
  const KeyPair *pair = &keys->pairs[number];
  uint64_t own[CHUNK];
  if (pair->kind == PAIR_TEXT) {
    text_words(pair, side, first, count, own);
  } else {
    pair_words(pair, side, first, count, own, usable);
  }
  const Column *column = pair->side[side];
  const bool some_missing = column->valid.data != NULL;
  for (size_t i = 0; i < count; i++) {
    if (some_missing && !column_valid(column, first + i)) {
      usable[i] = keys->match_missing ? usable[i] : 0;
      own[i] = UINT64_C(0x9e3779b97f4a7c15);
    }
    words[i] = keys->exact ? own[i] : join_mix(words[i] + own[i] * UINT64_C(0x2545f4914f6cdd1d) + number);
  }
}

void join_words(const JoinKeys *keys, int side, size_t first, size_t count, uint64_t *words, uint8_t *usable)
{
  memset(usable, 1, count);
  memset(words, 0, count * sizeof *words);
  for (size_t number = 0; number < keys->n; number++) {
    for (size_t at = 0; at < count; at += CHUNK) {
      join_chunk(keys, number, side, first + at, count - at < CHUNK ? count - at : CHUNK, words + at, usable + at);
    }
  }
}

static bool same_cell(const KeyPair *pair, int side_a, size_t row_a, int side_b, size_t row_b)
{
  const Column *a = pair->side[side_a], *b = pair->side[side_b];
  const bool there = column_valid(a, row_a);
  if (!there || !column_valid(b, row_b)) {
    return there == column_valid(b, row_b);
  }
  if (pair->kind == PAIR_TEXT) {
    size_t length_a, length_b;
    const char *text_a = column_text(a, row_a, &length_a), *text_b = column_text(b, row_b, &length_b);
    return length_a == length_b && memcmp(text_a, text_b, length_a) == 0;
  }
  uint64_t words[2];
  uint8_t usable[2] = {1, 1};
  pair_words(pair, side_a, row_a, 1, &words[0], &usable[0]);
  pair_words(pair, side_b, row_b, 1, &words[1], &usable[1]);
  return words[0] == words[1];
}

bool join_same(const JoinKeys *keys, int side_a, size_t row_a, int side_b, size_t row_b)
{
  for (size_t i = 0; i < keys->n; i++) {
    if (!same_cell(&keys->pairs[i], side_a, row_a, side_b, row_b)) {
      return false;
    }
  }
  return true;
}

void join_key_text(const JoinKeys *keys, const char *const *names, int side, size_t row, char out[200])
{
  Text text = {0};
  for (size_t i = 0; i < keys->n; i++) {
    text_printf(&text, "%s%s = ", i ? ", " : "", names[i]);
    column_cell_text(keys->pairs[i].side[side], row, &text);
  }
  const size_t length = utf8_whole(text_data(&text), text.size < 190 ? text.size : 190);
  snprintf(out, 200, "%.*s%s", (int)length, text_data(&text), length < text.size ? "..." : "");
  text_free(&text);
}
