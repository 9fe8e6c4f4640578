/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "shape/aggregate_kinds.h"
#include "shape/groups_items.h"

Status result_make(Result *result, Type type, const Column *like, size_t n, Error *e)
{
  *result = (Result){.type = type, .like = like, .n = n};
  result->values = storage_new(n, 8);
  result->valid = storage_new(bitmap_words(n), sizeof(uint64_t));
  if (!result->values || !result->valid) {
    result_free(result);
    return items_no_memory(n, 8, e);
  }
  memset(storage_data(result->values), 0, n * 8);
  memset(storage_data(result->valid), 0, bitmap_words(n) * sizeof(uint64_t));
  return STATUS_OK;
}

void result_free(Result *result)
{
  storage_unref(result->values);
  storage_unref(result->valid);
  result->values = result->valid = NULL;
}

static Storage *packed(const Result *result)
{
  Storage *storage = storage_new(bitmap_words(result->n), sizeof(uint64_t));
  if (storage) {
    const int64_t *cells = storage_data(result->values);
    uint64_t *words = storage_data(storage);
    memset(words, 0, bitmap_words(result->n) * sizeof *words);
    for (size_t i = 0; i < result->n; i++) {
      words[i / 64] |= (uint64_t)(cells[i] != 0) << (i % 64);
    }
  }
  return storage;
}

static bool all_valid(const Result *result)
{
  const uint64_t *words = storage_data(result->valid);
  for (size_t word = 0; word < bitmap_words(result->n); word++) {
    if (words[word] != bitmap_mask(result->n, word)) {
      return false;
    }
  }
  return true;
}

Status result_finish(Result *result, Column **out, Error *e)
{
  *out = NULL;
  Column *column = column_bare(result->type, result->n);
  if (result->type == TYPE_BOOL && column) {
    Storage *words = packed(result);
    storage_unref(result->values);
    result->values = words;
  }
  if (!column || !result->values) {
    column_unref(column);
    result_free(result);
    return items_no_memory(result->n, 8, e);
  }
  if (!all_valid(result)) {
    column->valid = buffer_of(result->valid);
    result->valid = NULL;
  }
  column->values = buffer_of(result->values);
  result->values = NULL;
  if (result->type == TYPE_TIMESTAMP && result->like) {
    column->zone = buffer_at(result->like->zone, 0);
  }
  result_free(result);
  *out = column;
  return STATUS_OK;
}
