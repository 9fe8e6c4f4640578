/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The leaves of a tree: cells of columns, of aggregates and windows already computed, and of trees over one
 * category column, which are computed for its levels first. */
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "expr/expr_check.h"
#include "expr/expr_run.h"
#include "frame/column_layout.h"

/* Bit `row` of a bitmap as bytes 0 and 1, inverted when asked. */
static void bytes_of_bits(const uint64_t *words, size_t first, size_t count, bool inverted, uint8_t *out)
{
  const uint64_t turn = inverted ? UINT64_MAX : 0;
  size_t i = 0;
  for (; i < count && (first + i) % 64 != 0; i++) {
    out[i] = bitmap_get(words, first + i) ^ inverted;
  }
  for (; i + 8 <= count; i += 8) { /* eight bits to eight bytes at a time */
    const uint64_t bits = (words[(first + i) / 64] ^ turn) >> ((first + i) % 64) & 0xff;
    const uint64_t spread = (bits * UINT64_C(0x8040201008040201) >> 7) & UINT64_C(0x0101010101010101);
    const uint64_t bytes = __builtin_bswap64(spread);
    memcpy(out + i, &bytes, 8);
  }
  for (; i < count; i++) {
    out[i] = bitmap_get(words, first + i) ^ inverted;
  }
}

static void leaf_missing(Block *block, const Column *column, Piece *out)
{
  if (column_missing(column) > 0) {
    bytes_of_bits(column->valid.data, block->first, block->count, true, out->slot->missing);
    out->cells.missing = out->slot->missing;
    out->clean = false;
  }
}

static void leaf_spans(const Column *column, size_t first, size_t count, Span *out)
{
  if (column->type == TYPE_CATEGORY) {
    const int32_t *codes = (const int32_t *)column->values.data + first;
    const bool levels = column_levels(column) > 0;
    for (size_t i = 0; i < count; i++) {
      out[i].bytes = levels ? column_level(column, (size_t)codes[i], &out[i].length) : "";
      out[i].length = levels ? out[i].length : 0;
    }
    return;
  }
  const int64_t *offsets = (const int64_t *)column->offsets.data + first;
  for (size_t i = 0; i < count; i++) {
    out[i] = (Span){(const char *)column->values.data + offsets[i], (size_t)(offsets[i + 1] - offsets[i])};
  }
}

/* Rows first .. first + count - 1 of a column; numbers are borrowed. */
static Status column_cells(Block *block, const Column *column, Piece *out)
{
  const bool borrowed = column->type == TYPE_FLOAT64 || column->type == TYPE_INT64 ||
                        column->type == TYPE_TIMESTAMP || column->type == TYPE_SET;
  out->clean = true;
  out->cells = (Cells){.type = expr_plain_type(column->type),
                       .zone = column_zone(column),
                       .missing = (uint8_t *)expr_zeros,
                       .column = column,
                       .first = block->first};
  if (!borrowed || column_missing(column) > 0) {
    const Status status = expr_slot(block, &out->slot);
    if (status != STATUS_OK) {
      return status;
    }
    out->cells.values = out->slot->values;
  }
  leaf_missing(block, column, out);
  if (column->type == TYPE_SET) {
    out->cells.values = NULL;
  } else if (borrowed) {
    out->cells.values = (char *)column->values.data + block->first * 8;
  } else if (column->type == TYPE_BOOL) {
    bytes_of_bits(column->values.data, block->first, block->count, false, out->cells.values);
  } else {
    leaf_spans(column, block->first, block->count, out->cells.values);
  }
  return STATUS_OK;
}

/* Cell `row` of a column as cell i of a piece. */
static void put_cell(const Column *column, size_t row, size_t i, Piece *out)
{
  out->cells.missing[i] = !column_valid(column, row);
  switch (out->cells.type) {
  case TYPE_FLOAT64: ((double *)out->cells.values)[i] = column_float(column, row); break;
  case TYPE_BOOL: ((uint8_t *)out->cells.values)[i] = column_int(column, row) != 0; break;
  case TYPE_STRING: leaf_spans(column, row, 1, (Span *)out->cells.values + i); break;
  default: ((int64_t *)out->cells.values)[i] = column_int(column, row);
  }
}

/* A cell per group, for each row that of its group. */
static Status broadcast(Block *block, const Column *column, Piece *out)
{
  const Groups *groups = block->run->groups;
  const bool whole = !groups || !groups->of_row;
  const Status status = expr_slot(block, &out->slot);
  if (status != STATUS_OK) {
    return status;
  }
  out->clean = column_missing(column) == 0;
  out->cells = (Cells){.type = expr_plain_type(column->type), .zone = column_zone(column), .constant = whole,
                       .values = out->slot->values, .missing = out->slot->missing};
  if (whole) {
    put_cell(column, 0, 0, out);
    return STATUS_OK;
  }
  const uint32_t *of_row = groups->of_row + block->first;
  if (column->type == TYPE_FLOAT64 && out->clean) {
    const double *from = column->values.data;
    memset(out->slot->missing, 0, block->count);
    for (size_t i = 0; i < block->count; i++) {
      ((double *)out->cells.values)[i] = from[of_row[i]];
    }
    return STATUS_OK;
  }
  for (size_t i = 0; i < block->count; i++) {
    put_cell(column, of_row[i], i, out);
  }
  return STATUS_OK;
}

/* ---- levels */

/* Levels first .. as cells; the one after the last is missing. */
static Status level_cells(Block *block, const Node *node, Piece *out)
{
  const Status status = expr_slot(block, &out->slot);
  if (status != STATUS_OK) {
    return status;
  }
  out->clean = false;
  out->cells = (Cells){.type = TYPE_STRING, .zone = "", .values = out->slot->values, .missing = out->slot->missing};
  Span *spans = out->cells.values;
  for (size_t i = 0; i < block->count; i++) {
    const size_t level = block->first + i;
    const bool missing = level == column_levels(node->source);
    out->slot->missing[i] = missing;
    spans[i] = (Span){"", 0};
    if (!missing) {
      spans[i].bytes = column_level(node->source, level, &spans[i].length);
    }
  }
  return STATUS_OK;
}

static inline size_t level_of_row(const Column *column, const int32_t *codes, const uint8_t *missing, size_t i)
{
  return missing[i] ? column_levels(column) : (size_t)codes[i];
}

/* Each row's cell from the table of its level. */
static Status table_cells(Block *block, const Node *node, const Table *table, Piece *out)
{
  const Column *column = node->source;
  const Status status = expr_slot(block, &out->slot);
  if (status != STATUS_OK) {
    return status;
  }
  Slot *slot = out->slot;
  memset(slot->missing, 0, block->count);
  leaf_missing(block, column, out);
  out->clean = false;
  out->cells = (Cells){
      .type = expr_plain_type(node->type), .zone = node->zone, .values = slot->values, .missing = slot->missing};
  if (block->depth == 1 && block->out) {
    out->cells.values = block->out;
  }
  const int32_t *codes = (const int32_t *)column->values.data + block->first;
  for (size_t i = 0; i < block->count; i++) {
    const size_t level = level_of_row(column, codes, slot->missing, i);
    slot->missing[i] = table->missing[level];
    switch (out->cells.type) {
    case TYPE_BOOL: ((uint8_t *)out->cells.values)[i] = ((const uint8_t *)table->values)[level]; break;
    case TYPE_STRING: ((Span *)out->cells.values)[i] = table->levels[table->codes[level]]; break;
    default: ((int64_t *)out->cells.values)[i] = ((const int64_t *)table->values)[level];
    }
  }
  return STATUS_OK;
}

Status expr_leaf(Block *block, const Node *node, Piece *out)
{
  const Run *run = block->run;
  switch (node->kind) {
  case NODE_COLUMN: return run->over ? level_cells(block, node, out) : column_cells(block, node->source, out);
  case NODE_WINDOW: return column_cells(block, run->results[node->id], out);
  case NODE_AGGREGATE:
    return run->per_group || column_type(run->results[node->id]) == TYPE_SET
               ? column_cells(block, run->results[node->id], out)
               : broadcast(block, run->results[node->id], out);
  default: {
    const Table *table = &run->tables[node->id];
    block->depth -= !table->ready;
    const Status status =
        table->ready ? table_cells(block, node, table, out) : expr_eval(block, node->inputs[0], out);
    block->depth += !table->ready;
    return status;
  }
  }
}

/* ---- codes */

Status expr_code_leaf(Block *block, const Node *node, Piece *out)
{
  const int32_t *recode = block->run->recodes[node->id];
  const Table *table = node->kind == NODE_LEVELS ? &block->run->tables[node->id] : NULL;
  const Status status = expr_slot(block, &out->slot);
  if (status != STATUS_OK) {
    return status;
  }
  const bool constant = node->kind == NODE_CONSTANT;
  int64_t *to = out->slot->values;
  out->cells =
      (Cells){.type = TYPE_INT64, .zone = "", .constant = constant, .values = to, .missing = (uint8_t *)expr_zeros};
  out->clean = true;
  if (constant) {
    out->slot->missing[0] = node->missing;
    out->cells.missing = out->slot->missing;
    out->clean = !node->missing;
    to[0] = node->missing ? 0 : recode[0];
    return STATUS_OK;
  }
  leaf_missing(block, node->source, out);
  const int32_t *codes = (const int32_t *)node->source->values.data + block->first;
  for (size_t i = 0; i < block->count && !table; i++) {
    to[i] = out->cells.missing[i] ? 0 : recode[codes[i]];
  }
  for (size_t i = 0; i < block->count && table; i++) {
    const size_t level = level_of_row(node->source, codes, out->cells.missing, i);
    out->slot->missing[i] = table->missing[level];
    to[i] = table->missing[level] ? 0 : recode[table->codes[level]];
  }
  if (table) {
    out->cells.missing = out->slot->missing;
    out->clean = false;
  }
  return STATUS_OK;
}

/* ---- making the tables */

static void free_table(Table *table)
{
  mem_free(table->values);
  mem_free(table->missing);
  mem_free(table->codes);
  for (size_t i = 0; i < table->n_levels; i++) {
    mem_free((char *)table->levels[i].bytes);
  }
  mem_free(table->levels);
  *table = (Table){.ready = false};
}

/* Texts of a block to codes. */
static Status code_texts(Table *table, Map *map, const Block *block, const Piece *piece)
{
  for (size_t i = 0; i < block->count; i++) {
    const size_t at = piece->cells.constant ? 0 : i;
    const Span span = ((const Span *)piece->cells.values)[at];
    size_t number = 0;
    const Status status =
        piece->cells.missing[at] ? STATUS_OK : map_put(map, span.bytes, span.length, &number, NULL, block->e);
    if (status != STATUS_OK) {
      return status;
    }
    table->codes[block->first + i] = (int32_t)number;
  }
  return STATUS_OK;
}

static Status fill_table(Table *table, Map *map, const Block *block, const Piece *piece, size_t width)
{
  for (size_t i = 0; i < block->count; i++) {
    const size_t at = piece->cells.constant ? 0 : i;
    table->missing[block->first + i] = piece->cells.missing[at];
    if (!map) {
      memcpy((char *)table->values + (block->first + i) * width, (const char *)piece->cells.values + at * width,
             width);
    }
  }
  return map ? code_texts(table, map, block, piece) : STATUS_OK;
}

static Status keep_levels(Table *table, const Map *map, Error *e)
{
  table->levels = mem_zero(map_size(map) + 1, sizeof *table->levels);
  for (size_t i = 0; table->levels && i < map_size(map); i++) {
    size_t length;
    const char *key = map_key(map, i, &length);
    char *copy = mem_text(key, length);
    if (!copy) {
      return error_memory(e, length, _("an expression"));
    }
    table->levels[i] = (Span){copy, length};
    table->n_levels = i + 1;
  }
  return table->levels ? STATUS_OK : error_memory(e, 0, _("an expression"));
}

static Status make_table(Run *run, const Node *node, Table *table, Error *e)
{
  const size_t rows = column_levels(node->source) + 1, width = expr_width(node->type);
  const bool texts = type_is_text(node->type);
  Run levels = *run;
  Map *map = texts ? map_new() : NULL;
  Status status = STATUS_OK;
  levels.over = node->source;
  table->missing = mem_alloc(rows, 1);
  table->values = texts ? NULL : mem_alloc(rows, width);
  table->codes = texts ? mem_alloc(rows, sizeof *table->codes) : NULL;
  if (!table->missing || (texts ? !map || !table->codes : !table->values)) {
    status = error_memory(e, rows * width, _("an expression"));
  }
  for (size_t first = 0; first < rows && status == STATUS_OK; first += BLOCK_ROWS) {
    Block block = {.run = &levels, .worker = &run->workers[0], .first = first, .e = e};
    Piece piece;
    block.count = rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS;
    status = expr_eval(&block, node->inputs[0], &piece);
    if (status == STATUS_OK) {
      status = fill_table(table, map, &block, &piece, width);
      expr_done(&block, &piece);
    }
    arena_free(&run->workers[0].arena);
  }
  if (status == STATUS_OK && texts) {
    status = keep_levels(table, map, e);
  }
  map_free(map);
  return status;
}

/* A level that fails may stand in no row, so that the rows shall say. */
Status expr_run_tables(Run *run, const Node *node, Error *e)
{
  Status status = STATUS_OK;
  if (node->kind == NODE_LEVELS && !run->tables[node->id].ready) {
    Error own;
    error_clear(&own);
    Table *table = &run->tables[node->id];
    status = make_table(run, node, table, &own);
    table->ready = status == STATUS_OK;
    if (status != STATUS_OK) {
      free_table(table);
    }
    if (status != STATUS_MEMORY) {
      return STATUS_OK;
    }
    if (e && e->status == STATUS_OK) {
      *e = own;
    }
    return status;
  }
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    status = expr_run_tables(run, node->inputs[i], e);
  }
  return status;
}

/* ---- life */

Status expr_run_open(Run *run, const Expr *expr, Task *task, Error *e)
{
  run->expr = expr;
  run->task = task;
  run->n_workers = task_threads(task);
  run->workers = mem_zero(run->n_workers, sizeof *run->workers);
  run->results = mem_zero(expr->n_nodes + 1, sizeof *run->results);
  run->tables = mem_zero(expr->n_nodes + 1, sizeof *run->tables);
  run->recodes = mem_zero(expr->n_nodes + 1, sizeof *run->recodes);
  return run->workers && run->results && run->tables && run->recodes ? STATUS_OK
                                                                     : error_memory(e, 0, _("an expression"));
}

void expr_worker_close(Worker *worker)
{
  arena_free(&worker->arena);
  for (Slot *slot = worker->all, *next; slot; slot = next) {
    next = slot->next_all;
    mem_free(slot->values);
    mem_free(slot->missing);
    mem_free(slot);
  }
}

void expr_run_close(Run *run)
{
  for (size_t i = 0; run->workers && i < run->n_workers; i++) {
    expr_worker_close(&run->workers[i]);
  }
  for (unsigned i = 0; i < (run->expr ? run->expr->n_nodes : 0); i++) {
    if (run->results) {
      column_unref(run->results[i]);
    }
    if (run->tables) {
      free_table(&run->tables[i]);
    }
    if (run->recodes) {
      mem_free(run->recodes[i]);
    }
  }
  mem_free(run->workers);
  mem_free(run->results);
  mem_free(run->tables);
  mem_free(run->recodes);
  *run = (Run){.expr = NULL};
}
