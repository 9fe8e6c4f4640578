/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See random_cells.h. Few distinct values, odd ones among them: NaN, -0, empty texts, texts of several
 * bytes a letter. */
#include "random_cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/random.h"

static const char *const words[] = {"",    "milk", "客户", "a,b", "NA",  "œuf",
                                    " x ", "\"",   "{",    "ω",   "tea", "0"};

const char *cell_item(size_t number)
{
  return words[number];
}

Cell cell_of(CellKind kind, size_t row)
{
  static const double odd[] = {0.0, -0.0, (double)NAN, (double)INFINITY, -(double)INFINITY, 0.1};
  Random random = random_new(kind.seed, row);
  Cell cell = {.missing = random_uniform(&random) < kind.missing};
  const uint64_t pick = random_below(&random, 8);
  cell.number = pick < 6 ? odd[pick] : random_normal(&random);
  cell.integer = pick < 4 ? (int64_t)random_below(&random, 5) - 2 : (int64_t)random_bits(&random);
  cell.truth = random_below(&random, 2) == 1;
  const uint64_t word = random_below(&random, CELL_VOCABULARY);
  const unsigned number = (unsigned)random_below(&random, 90);
  snprintf(cell.text, sizeof cell.text, pick < 6 ? "%s" : "%s/%u", words[word], number);
  cell.length = strlen(cell.text);
  for (size_t i = random_below(&random, CELL_ITEMS); i > 0; i--) {
    cell.item[random_below(&random, CELL_VOCABULARY)] = true;
  }
  return cell;
}

/* Items in an order that depends on the row, one of them twice. */
static void append_set(Builder *builder, const Cell *cell, size_t row)
{
  for (size_t i = 0; i < CELL_VOCABULARY + 3; i++) {
    const size_t item = (i * 5 + row) % CELL_VOCABULARY;
    if (cell->item[item]) {
      builder_item(builder, words[item], strlen(words[item]));
    }
  }
  builder_set(builder);
}

void cell_append(Builder *builder, CellKind kind, size_t row)
{
  const Cell cell = cell_of(kind, row);
  if (cell.missing) {
    builder_missing(builder);
    return;
  }
  switch (kind.type) {
    case TYPE_FLOAT64:
      builder_float(builder, cell.number);
      break;
    case TYPE_BOOL:
      builder_bool(builder, cell.truth);
      break;
    case TYPE_SET:
      append_set(builder, &cell, row);
      break;
    case TYPE_CATEGORY:
    case TYPE_STRING:
      builder_text(builder, cell.text, cell.length);
      break;
    default:
      builder_int(builder, cell.integer);
  }
}

static Column *finish(Builder *builder)
{
  Column *column = NULL;
  if (builder && builder_finish(builder, &column, NULL) != STATUS_OK) {
    return NULL;
  }
  return column;
}

Column *cells_column(CellKind kind, size_t n)
{
  Builder *builder = builder_new(kind.type, n / 2);
  for (size_t row = 0; builder && row < n; row++) {
    cell_append(builder, kind, row);
  }
  return finish(builder);
}

Column *cells_column_of(CellKind kind, const size_t *rows, size_t n)
{
  Builder *builder = builder_new(kind.type, n);
  for (size_t i = 0; builder && i < n; i++) {
    cell_append(builder, kind, rows[i]);
  }
  return finish(builder);
}

static bool same_set(const Column *column, size_t at, const Cell *cell)
{
  const int32_t *codes;
  const size_t n = column_set(column, at, &codes);
  size_t wanted = 0, found = 0;
  for (size_t item = 0; item < CELL_VOCABULARY; item++) {
    wanted += cell->item[item];
    for (size_t i = 0; i < n; i++) {
      size_t length;
      const char *text = column_level(column, (size_t)codes[i], &length);
      found += cell->item[item] && length == strlen(words[item]) && memcmp(text, words[item], length) == 0;
    }
  }
  return wanted == n && found == n;
}

bool cell_matches(const Column *column, size_t at, CellKind kind, size_t row)
{
  const Cell cell = cell_of(kind, row);
  if (cell.missing || !column_valid(column, at)) {
    return cell.missing && !column_valid(column, at);
  }
  size_t length;
  const char *text;
  double number;
  switch (kind.type) {
    case TYPE_FLOAT64:
      number = column_float(column, at);
      return memcmp(&number, &cell.number, sizeof number) == 0;
    case TYPE_BOOL:
      return column_int(column, at) == cell.truth && (column_float(column, at) > 0) == cell.truth;
    case TYPE_SET:
      return same_set(column, at, &cell);
    case TYPE_CATEGORY:
    case TYPE_STRING:
      text = column_text(column, at, &length);
      return length == cell.length && memcmp(text, cell.text, length) == 0;
    default:
      return column_int(column, at) == cell.integer;
  }
}
