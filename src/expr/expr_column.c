/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From blocks to a column. Every block writes to a place of its own: numbers at once, bits by whole words (a block
 * is a multiple of 64 rows), texts into memory of the block that is joined at the end. Texts that come from few
 * levels and constants only become a category. */
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "expr/expr_check.h"
#include "expr/expr_run.h"
#include "frame/column_layout.h"

enum { CODED_LEVELS_MOST = 1 << 20 };

/* Texts of a block. */
typedef struct Bytes {
  char *data;
  size_t size;
} Bytes;

typedef struct Output {
  Run *run;
  const Node *node;
  size_t rows;
  Type type;            /* CATEGORY: coded */
  Storage *values, *valid;
  int64_t *lengths;     /* texts: offsets + 1 */
  Bytes *texts;         /* per block */
  atomic_bool missing;
} Output;

static size_t run_rows(const Run *run)
{
  return run->per_group ? run->groups->n : frame_rows(run->expr->frame);
}

/* ---- bits */

static uint64_t word_of_bytes(const uint8_t *bytes)
{
  uint64_t word = 0;
  for (unsigned k = 0; k < 8; k++) {
    uint64_t eight;
    memcpy(&eight, bytes + 8 * k, 8);
    word |= (eight * UINT64_C(0x0102040810204080) >> 56) << (8 * k);
  }
  return word;
}

/* Bytes 0 and 1 as bits, inverted when asked; bits past the last row are 0. */
static void bits_of_bytes(const uint8_t *bytes, size_t count, bool inverted, uint64_t *words)
{
  for (size_t i = 0; i < count; i += 64) {
    uint8_t tail[64] = {0};
    const size_t left = count - i;
    if (left < 64) {
      memcpy(tail, bytes + i, left);
    }
    const uint64_t word = word_of_bytes(left < 64 ? tail : bytes + i);
    words[i / 64] = (inverted ? ~word : word) & bitmap_mask(count, i / 64);
  }
}

static void fill_bits(size_t count, uint64_t *words)
{
  for (size_t i = 0; i < count; i += 64) {
    words[i / 64] = bitmap_mask(count, i / 64);
  }
}

/* ---- a block */

static void write_numbers(Output *out, const Block *block, const Piece *piece)
{
  int64_t *to = (int64_t *)storage_data(out->values) + block->first;
  const int64_t *from = piece->cells.values;
  if (piece->cells.constant) {
    for (size_t i = 0; i < block->count; i++) {
      to[i] = from[0];
    }
  } else if (from != to) {
    memcpy(to, from, block->count * sizeof *to);
  }
  for (size_t i = 0; i < block->count && !piece->clean; i++) {
    to[i] = piece->cells.missing[piece->cells.constant ? 0 : i] ? 0 : to[i];
  }
}

static void write_bools(Output *out, const Block *block, const Piece *piece)
{
  uint8_t bytes[BLOCK_ROWS];
  for (size_t i = 0; i < block->count; i++) {
    const size_t at = piece->cells.constant ? 0 : i;
    bytes[i] = ((const uint8_t *)piece->cells.values)[at] & !piece->cells.missing[at];
  }
  bits_of_bytes(bytes, block->count, false, (uint64_t *)storage_data(out->values) + block->first / 64);
}

static void write_codes(Output *out, const Block *block, const Piece *piece)
{
  int32_t *to = (int32_t *)storage_data(out->values) + block->first;
  for (size_t i = 0; i < block->count; i++) {
    const size_t at = piece->cells.constant ? 0 : i;
    to[i] = piece->cells.missing[at] ? 0 : (int32_t)((const int64_t *)piece->cells.values)[at];
  }
}

static Status write_texts(Output *out, const Block *block, const Piece *piece, Error *e)
{
  Bytes *bytes = &out->texts[block->first / BLOCK_ROWS];
  int64_t *lengths = out->lengths + block->first;
  for (size_t i = 0; i < block->count; i++) {
    const size_t at = piece->cells.constant ? 0 : i;
    lengths[i] = piece->cells.missing[at] ? 0 : (int64_t)((const Span *)piece->cells.values)[at].length;
    bytes->size += (size_t)lengths[i];
  }
  bytes->data = mem_alloc(bytes->size, 1);
  if (!bytes->data) {
    return error_memory(e, bytes->size, _("a column"));
  }
  char *to = bytes->data;
  for (size_t i = 0; i < block->count; i++) {
    if (lengths[i] > 0) {
      memcpy(to, ((const Span *)piece->cells.values)[piece->cells.constant ? 0 : i].bytes, (size_t)lengths[i]);
      to += lengths[i];
    }
  }
  return STATUS_OK;
}

static void write_missing(Output *out, const Block *block, const Piece *piece)
{
  uint64_t *words = (uint64_t *)storage_data(out->valid) + block->first / 64;
  const uint8_t *missing = piece->cells.missing;
  if (piece->clean || (!piece->cells.constant && !memchr(missing, 1, block->count)) ||
      (piece->cells.constant && !missing[0])) {
    fill_bits(block->count, words);
    return;
  }
  atomic_store_explicit(&out->missing, true, memory_order_relaxed);
  if (piece->cells.constant) {
    memset(words, 0, bitmap_words(block->count) * sizeof *words);
  } else {
    bits_of_bytes(missing, block->count, true, words);
  }
}

static Status write_piece(Output *out, const Block *block, const Piece *piece, Error *e)
{
  write_missing(out, block, piece);
  switch (out->type) {
  case TYPE_BOOL: write_bools(out, block, piece); return STATUS_OK;
  case TYPE_CATEGORY: write_codes(out, block, piece); return STATUS_OK;
  case TYPE_STRING: return write_texts(out, block, piece, e);
  default: write_numbers(out, block, piece); return STATUS_OK;
  }
}

static Status run_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  Output *out = context;
  (void)sum;
  Block block = {.run = out->run, .worker = &out->run->workers[worker], .first = first, .count = count, .e = e};
  Piece piece;
  block.coded = out->type == TYPE_CATEGORY;
  block.out = out->type == TYPE_FLOAT64 || out->type == TYPE_INT64 || out->type == TYPE_TIMESTAMP
                  ? (char *)storage_data(out->values) + first * 8
                  : NULL;
  Status status = expr_eval(&block, out->node, &piece);
  if (status == STATUS_OK) {
    status = write_piece(out, &block, &piece, e);
    expr_done(&block, &piece);
  }
  arena_free(&block.worker->arena);
  return status;
}

/* ---- texts as codes */

/* Whether a tree of texts comes from constants and levels only; counts these. */
static bool is_coded(const Run *run, const Node *node, size_t *levels)
{
  bool coded = true;
  switch (node->kind) {
  case NODE_CONSTANT: *levels += 1; return true;
  case NODE_COLUMN: *levels += column_levels(node->source); return node->type == TYPE_CATEGORY;
  case NODE_LEVELS: *levels += run->tables[node->id].n_levels; return run->tables[node->id].ready;
  case NODE_IF:
    for (size_t i = 1; i < node->n && coded; i += i + 2 < node->n ? 2 : 1) {
      coded = is_coded(run, node->inputs[i], levels);
    }
    return coded;
  case NODE_COALESCE:
    for (size_t i = 0; i < node->n && coded; i++) {
      coded = is_coded(run, node->inputs[i], levels);
    }
    return coded;
  default: return false;
  }
}

static Status recode_leaf(Run *run, const Node *node, Map *map, Error *e)
{
  const Table *table = &run->tables[node->id];
  const size_t n = node->kind == NODE_CONSTANT ? 1
                   : node->kind == NODE_COLUMN ? column_levels(node->source)
                                               : table->n_levels;
  mem_free(run->recodes[node->id]);
  int32_t *recode = run->recodes[node->id] = mem_alloc(n, sizeof *recode);
  if (!recode) {
    return error_memory(e, n * sizeof *recode, _("a column"));
  }
  for (size_t i = 0; i < n && !(node->kind == NODE_CONSTANT && node->missing); i++) {
    Span span = node->kind == NODE_CONSTANT ? node->cell.span
                : node->kind == NODE_LEVELS ? table->levels[i]
                                            : (Span){"", 0};
    if (node->kind == NODE_COLUMN) {
      span.bytes = column_level(node->source, i, &span.length);
    }
    size_t number;
    const Status status = map_put(map, span.bytes, span.length, &number, NULL, e);
    if (status != STATUS_OK) {
      return status;
    }
    recode[i] = (int32_t)number;
  }
  return STATUS_OK;
}

static Status recode(Run *run, const Node *node, Map *map, Error *e)
{
  if (node->kind != NODE_IF && node->kind != NODE_COALESCE) {
    return recode_leaf(run, node, map, e);
  }
  Status status = STATUS_OK;
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    const bool condition = node->kind == NODE_IF && i % 2 == 0 && i + 1 < node->n;
    status = condition ? STATUS_OK : recode(run, node->inputs[i], map, e);
  }
  return status;
}

/* ---- the whole */

static Status join_texts(Output *out, Column *column, Error *e)
{
  const size_t blocks = (out->rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
  int64_t *offsets = out->lengths - 1;
  for (size_t i = 0; i < out->rows; i++) {
    offsets[i + 1] += offsets[i];
  }
  column->values = buffer_of(storage_new((size_t)offsets[out->rows], 1));
  if (!column->values.data) {
    return error_memory(e, (size_t)offsets[out->rows], _("a column"));
  }
  char *to = (char *)storage_data(column->values.owner);
  for (size_t i = 0; i < blocks; i++) {
    memcpy(to, out->texts[i].data, out->texts[i].size);
    to += out->texts[i].size;
  }
  return STATUS_OK;
}

static Status give_zone(const Node *node, Column *column, Error *e)
{
  const size_t length = strlen(node->zone);
  if (column->type != TYPE_TIMESTAMP || length == 0) {
    return STATUS_OK;
  }
  Storage *zone = storage_new(length + 1, 1);
  if (!zone) {
    return error_memory(e, length, _("a column"));
  }
  memcpy(storage_data(zone), node->zone, length + 1);
  column->zone = buffer_of(zone);
  return STATUS_OK;
}

/* Room for the result; a category's dictionary. */
static Status open_output(Output *out, Column *column, Task *task, Error *e)
{
  const bool texts = out->type == TYPE_STRING;
  const size_t width = out->type == TYPE_CATEGORY ? 4 : 8;
  const size_t rows = out->type == TYPE_BOOL ? bitmap_words(out->rows) : out->rows + texts;
  Status status = task_reserve(task, rows * width + out->rows / 8, _("a column"), e);
  if (status != STATUS_OK) {
    return status;
  }
  Storage *values = storage_new(rows, width);
  out->valid = storage_new(bitmap_words(out->rows), sizeof(uint64_t));
  column->valid = buffer_of(out->valid);
  *(texts ? &column->offsets : &column->values) = buffer_of(values);
  out->values = values;
  if (texts && values) {
    int64_t *offsets = storage_data(values);
    offsets[0] = 0;
    out->lengths = offsets + 1;
    out->texts = mem_zero(out->rows / BLOCK_ROWS + 1, sizeof *out->texts);
  }
  return values && out->valid && (!texts || out->texts) ? give_zone(out->node, column, e)
                                                         : error_memory(e, rows * width, _("a column"));
}

static Status make_dictionary(Output *out, Column *column, Error *e)
{
  Map *map = map_new();
  Status status = map ? recode(out->run, out->node, map, e) : error_memory(e, 0, _("a column"));
  if (status == STATUS_OK) {
    column->dictionary = dictionary_of(map);
    status = column->dictionary ? STATUS_OK : error_memory(e, 0, _("a column"));
  }
  map_free(map);
  return status;
}

static Status compute(Run *run, const Node *node, Task *task, Column **out, Error *e)
{
  size_t levels = 0;
  const bool coded = type_is_text(node->type) && is_coded(run, node, &levels) && levels <= CODED_LEVELS_MOST;
  Output output = {.run = run, .node = node, .rows = run_rows(run)};
  output.type = coded ? TYPE_CATEGORY : expr_plain_type(node->type);
  Column *column = column_bare(output.type, output.rows);
  Status status = column ? open_output(&output, column, task, e) : error_memory(e, 0, _("a column"));
  if (status == STATUS_OK && coded) {
    status = make_dictionary(&output, column, e);
  }
  const Reduce reduce = {.block = run_block, .context = &output};
  if (status == STATUS_OK) {
    status = rows_reduce(task, output.rows, &reduce, NULL, e);
  }
  if (status == STATUS_OK && output.type == TYPE_STRING) {
    status = join_texts(&output, column, e);
  }
  for (size_t i = 0; output.texts && i <= output.rows / BLOCK_ROWS; i++) {
    mem_free(output.texts[i].data);
  }
  mem_free(output.texts);
  if (status == STATUS_OK && !atomic_load(&output.missing)) {
    buffer_drop(&column->valid);
  }
  if (status != STATUS_OK) {
    column_unref(column);
    column = NULL;
  }
  *out = column;
  return status;
}

/* Each row's cell of a group's cells. */
static Status spread(const Run *run, const Column *column, Column **out, Error *e)
{
  const size_t n = frame_rows(run->expr->frame);
  const uint32_t *of_row = run->groups ? run->groups->of_row : NULL;
  size_t *rows = mem_alloc(n, sizeof *rows);
  if (!rows) {
    return error_memory(e, n * sizeof *rows, _("a column"));
  }
  for (size_t i = 0; i < n; i++) {
    rows[i] = of_row ? of_row[i] : 0;
  }
  const Status status = column_take(column, rows, n, out, e);
  mem_free(rows);
  return status;
}

Status expr_materialise(Run *run, const Node *node, Task *task, Column **out, Error *e)
{
  *out = NULL;
  const Column *result = run->results[node->id];
  if (node->kind == NODE_COLUMN && !run->per_group) {
    *out = column_ref(node->source);
    return STATUS_OK;
  }
  const bool rows =
      node->kind == NODE_WINDOW || (node->kind == NODE_AGGREGATE && column_rows(result) == run_rows(run) &&
                                    (run->per_group || column_type(result) == TYPE_SET));
  if (rows) {
    *out = column_ref(result);
    return STATUS_OK;
  }
  if (node->kind == NODE_AGGREGATE && type_is_text(column_type(result))) {
    return spread(run, result, out, e);
  }
  const Status status = expr_run_tables(run, node, e);
  return status == STATUS_OK ? compute(run, node, task, out, e) : status;
}

Status expr_spread(const Run *run, Column **column, Error *e)
{
  Column *wide = NULL;
  const Status status = spread(run, *column, &wide, e);
  if (status == STATUS_OK) {
    column_unref(*column);
    *column = wide;
  }
  return status;
}

/* ---- conditions */

Status expr_true_rows(const Column *column, size_t **rows, size_t *n, size_t *unknown, Error *e)
{
  const uint64_t *words = column->values.data; /* 0 where missing */
  size_t count = 0, at = 0;
  for (size_t i = 0; i < bitmap_words(column->rows); i++) {
    count += (size_t)__builtin_popcountll(words[i]);
  }
  *unknown = column_missing(column);
  *n = count;
  *rows = mem_alloc(count, sizeof **rows);
  if (!*rows) {
    *n = 0;
    return error_memory(e, count * sizeof **rows, _("row numbers"));
  }
  for (size_t i = 0; i < bitmap_words(column->rows); i++) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      (*rows)[at++] = i * 64 + (size_t)__builtin_ctzll(word);
    }
  }
  return STATUS_OK;
}
