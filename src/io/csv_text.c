/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of texts. While a column may become a category its cells are codes of the thread's dictionary; a
 * column of strings collects the bytes of each piece, and its cells say where each text ends in them.
 * Finishing joins the dictionaries in order of first appearance, or lays the pieces' bytes one after the
 * other. */
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "io/csv_build.h"

enum { FIRST_TEXTS = 1024 };

static inline uint32_t *cells_of(const CsvColumn *column)
{
  return storage_data(column->values);
}

/* Whether a row of this piece has a cell; other threads may change other bits of the word. */
static inline bool is_valid(const CsvColumn *column, size_t row)
{
  const uint64_t *words = storage_data(column->valid);
  return __atomic_load_n(&words[row / 64], __ATOMIC_RELAXED) >> (row % 64) & 1;
}

static bool add_bytes(CsvTexts *texts, const char *bytes, size_t n)
{
  if (texts->size - texts->used < n) {
    const size_t size = (texts->used + n) * 2 + FIRST_TEXTS;
    char *grown = mem_resize(texts->bytes, size, 1);
    if (!grown) {
      return false;
    }
    texts->bytes = grown;
    texts->size = size;
  }
  if (n > 0) {
    memcpy(texts->bytes + texts->used, bytes, n);
    texts->used += n;
  }
  return true;
}

/* Turns the codes of rows first .. end - 1 into texts. */
static bool make_raw(CsvColumn *column, CsvTexts *texts, size_t first, size_t end)
{
  const Map *map = column->dictionaries[texts->worker].map;
  uint32_t *cells = cells_of(column);
  for (size_t row = first; row < end; row++) {
    if (is_valid(column, row)) {
      size_t length;
      const char *text = map_key(map, cells[row], &length);
      if (!add_bytes(texts, text, length)) {
        return false;
      }
    }
    cells[row] = (uint32_t)texts->used;
  }
  texts->raw = true;
  return true;
}

static bool note_first(CsvDictionary *dictionary, size_t code, size_t row)
{
  if (code == dictionary->room) {
    const size_t room = dictionary->room * 2 + 64;
    size_t *grown = mem_resize(dictionary->first, room, sizeof *grown);
    if (!grown) {
      return false;
    }
    dictionary->first = grown;
    dictionary->room = room;
  }
  dictionary->first[code] = row;
  return true;
}

/* The cell as a code; past the most levels the piece, and soon the others, go on raw. */
static bool add_coded(CsvColumn *column, const CsvBatch *batch, CsvTexts *texts, size_t row, const char *text,
                      size_t length)
{
  CsvDictionary *dictionary = &column->dictionaries[batch->worker];
  size_t code;
  bool fresh;
  if (!dictionary->map && !(dictionary->map = map_new())) {
    return false;
  }
  if (map_put(dictionary->map, text, length, &code, &fresh, NULL) != STATUS_OK) {
    return false;
  }
  cells_of(column)[row] = (uint32_t)code;
  if (!fresh) {
    return true;
  }
  if (code >= column->levels_most) {
    atomic_store_explicit(&column->raw, true, memory_order_relaxed);
    return make_raw(column, texts, batch->piece->row, row + 1);
  }
  return note_first(dictionary, code, row);
}

static bool add_cell(CsvColumn *column, const CsvBatch *batch, CsvTexts *texts, size_t row, const char *text,
                     size_t length)
{
  if (!texts->raw) {
    return add_coded(column, batch, texts, row, text, length);
  }
  const bool added = add_bytes(texts, text, length);
  cells_of(column)[row] = (uint32_t)texts->used;
  return added;
}

/* Begins a piece, and follows the other pieces when they found too many distinct texts. */
static bool ready_texts(CsvColumn *column, const CsvBatch *batch, CsvTexts *texts)
{
  if (batch->row == batch->piece->row) {
    texts->worker = batch->worker;
  }
  return texts->raw || !atomic_load_explicit(&column->raw, memory_order_relaxed) ||
         make_raw(column, texts, batch->piece->row, batch->row);
}

static bool has_digit(const char *text, size_t length)
{
  size_t i = 0;
  while (i < length && (text[i] < '0' || text[i] > '9')) {
    i++;
  }
  return i < length;
}

/* A text with a digit that nothing in it asks to be in quotes. */
static bool is_needless(const CsvBatch *batch, const CsvField *field)
{
  const char *text = batch->bytes + field->start;
  const size_t length = field->length;
  if (!has_digit(text, length) || field->escaped || (unsigned char)text[0] <= ' ' ||
      (unsigned char)text[length - 1] <= ' ') {
    return false;
  }
  return !memchr(text, batch->dialect->delimiter, length) && !memchr(text, batch->dialect->quote, length) &&
         !memchr(text, '\n', length) && !memchr(text, '\r', length);
}

void csv_convert_text(CsvColumn *column, size_t index, const CsvBatch *batch, CsvSeen *seen, CsvFault *fault)
{
  CsvTexts *texts = &column->texts[batch->piece_number];
  const CsvField *field = batch->fields + index;
  bool good = ready_texts(column, batch, texts);
  for (size_t i = 0; good && i < batch->records; i++, field += batch->columns) {
    const size_t row = batch->row + i;
    const char *text = batch->bytes + field->start;
    size_t length = field->length;
    const CsvKind kind = field->quoted ? csv_kind_quoted(text, length) : csv_kind(text, length);
    if (kind == CSV_MISSING) {
      csv_set_missing(column, batch->piece, row);
      cells_of(column)[row] = texts->raw ? (uint32_t)texts->used : 0;
      continue;
    }
    csv_see(seen, kind, batch->piece->begin + field->start - field->quoted);
    seen->needless = seen->needless || (field->quoted && is_needless(batch, field));
    good = !field->escaped || csv_content(batch, field, &text, &length);
    if (good && column->type == TYPE_SET && !csv_set(text, length, NULL, NULL)) {
      csv_cell_fault(batch, field, CSV_MISFIT, index, fault);
    }
    good = good && add_cell(column, batch, texts, row, text, length);
  }
  if (!good) {
    csv_cell_fault(batch, batch->fields + index, CSV_NO_MEMORY, index, fault);
  }
}

/* ---- Finishing ---- */

/* What one step of finishing shares between the threads; an item is a piece. */
typedef struct Finish {
  CsvColumn *column;
  const CsvPiece *pieces;
  const Task *task;
  int32_t **codes; /* per worker: from its codes to the column's */
  int64_t *bases;  /* where each piece's bytes begin */
  Storage *offsets, *bytes;
  atomic_bool failed;
} Finish;

static bool must_stop(const Finish *finish)
{
  return task_cancelled(finish->task) || atomic_load_explicit(&finish->failed, memory_order_relaxed);
}

static Status run_finish(Finish *finish, Task *task, PoolFunction function, Error *e)
{
  pool_run(task->threads, finish->column->pieces, function, finish);
  if (task_cancelled(task)) {
    return error_cancelled(e);
  }
  return atomic_load(&finish->failed) ? error_memory(e, 0, _("a column of texts")) : STATUS_OK;
}

static void recode_piece(void *context, size_t item, size_t worker)
{
  Finish *finish = context;
  (void)worker;
  if (must_stop(finish)) {
    return;
  }
  const CsvPiece *piece = &finish->pieces[item];
  const int32_t *codes = finish->codes[finish->column->texts[item].worker];
  uint32_t *cells = cells_of(finish->column);
  for (size_t row = piece->row; row < piece->row + piece->rows; row++) {
    cells[row] = is_valid(finish->column, row) ? (uint32_t)codes[cells[row]] : 0;
  }
}

/* The worker whose next text came first. */
static size_t earliest(const CsvColumn *column, const size_t *next)
{
  size_t best = column->workers, row = SIZE_MAX;
  for (size_t worker = 0; worker < column->workers; worker++) {
    const CsvDictionary *dictionary = &column->dictionaries[worker];
    if (dictionary->map && next[worker] < map_size(dictionary->map) &&
        dictionary->first[next[worker]] < row) {
      row = dictionary->first[next[worker]];
      best = worker;
    }
  }
  return best;
}

/* Joins the workers' dictionaries. Each lists its texts by the row where it met them first, so that taking
 * the lowest row of all again and again gives every text at its first row of the file. */
static Status join(const CsvColumn *column, int32_t **codes, size_t *next, Map *map, Error *e)
{
  for (size_t worker = earliest(column, next); worker < column->workers; worker = earliest(column, next)) {
    size_t length, number;
    const char *text = map_key(column->dictionaries[worker].map, next[worker], &length);
    const Status status = map_put(map, text, length, &number, NULL, e);
    if (status != STATUS_OK) {
      return status;
    }
    codes[worker][next[worker]++] = (int32_t)number;
  }
  return STATUS_OK;
}

static Status make_category(Finish *finish, const Map *map, Task *task, Column **out, Error *e)
{
  CsvColumn *column = finish->column;
  const Status status = run_finish(finish, task, recode_piece, e);
  if (status != STATUS_OK) {
    return status;
  }
  Column *made = column_bare(TYPE_CATEGORY, column->rows);
  if (made) {
    made->dictionary = dictionary_of(map);
  }
  if (!made || !made->dictionary) {
    column_unref(made);
    return error_memory(e, 0, _("a dictionary"));
  }
  made->values = buffer_of(column->values);
  column->values = NULL;
  *out = made;
  return STATUS_OK;
}

static void measure_piece(void *context, size_t item, size_t worker)
{
  Finish *finish = context;
  (void)worker;
  const CsvPiece *piece = &finish->pieces[item];
  CsvTexts *texts = &finish->column->texts[item];
  if (!must_stop(finish) && !texts->raw &&
      !make_raw(finish->column, texts, piece->row, piece->row + piece->rows)) {
    atomic_store(&finish->failed, true);
  }
}

static void lay_piece(void *context, size_t item, size_t worker)
{
  Finish *finish = context;
  (void)worker;
  if (must_stop(finish)) {
    return;
  }
  const CsvPiece *piece = &finish->pieces[item];
  CsvTexts *texts = &finish->column->texts[item];
  const uint32_t *cells = cells_of(finish->column);
  const int64_t base = finish->bases[item];
  int64_t *ends = (int64_t *)storage_data(finish->offsets) + 1;
  for (size_t row = piece->row; row < piece->row + piece->rows; row++) {
    ends[row] = base + cells[row];
  }
  if (texts->used > 0) {
    memcpy((char *)storage_data(finish->bytes) + base, texts->bytes, texts->used);
  }
  mem_free(texts->bytes);
  texts->bytes = NULL;
}

static Status lay_texts(Finish *finish, Task *task, Error *e)
{
  const CsvColumn *column = finish->column;
  int64_t total = 0;
  for (size_t i = 0; i < column->pieces; i++) {
    finish->bases[i] = total;
    total += (int64_t)column->texts[i].used;
  }
  finish->offsets = storage_new(column->rows + 1, sizeof(int64_t));
  finish->bytes = storage_new((size_t)total, 1);
  if (!finish->offsets || !finish->bytes) {
    return error_memory(e, column->rows * sizeof(int64_t) + (size_t)total, _("a column of texts"));
  }
  *(int64_t *)storage_data(finish->offsets) = 0;
  return run_finish(finish, task, lay_piece, e);
}

static Status make_strings(Finish *finish, Task *task, Column **out, Error *e)
{
  Status status;
  Column *made = NULL;
  finish->bases = mem_alloc(finish->column->pieces, sizeof *finish->bases);
  if (!finish->bases) {
    return error_memory(e, 0, _("a column of texts"));
  }
  TRY(run_finish(finish, task, measure_piece, e));
  TRY(lay_texts(finish, task, e));
  made = column_bare(TYPE_STRING, finish->column->rows);
  if (!made) {
    TRY(error_memory(e, 0, _("a column of texts")));
  }
  made->offsets = buffer_of(finish->offsets);
  made->values = buffer_of(finish->bytes);
  finish->offsets = finish->bytes = NULL;
  *out = made;
done:
  mem_free(finish->bases);
  storage_unref(finish->offsets);
  storage_unref(finish->bytes);
  return status;
}

static void free_codes(int32_t **codes, size_t workers)
{
  for (size_t i = 0; codes && i < workers; i++) {
    mem_free(codes[i]);
  }
  mem_free(codes);
}

/* Room for each worker's codes. */
static int32_t **new_codes(const CsvColumn *column)
{
  int32_t **codes = mem_zero(column->workers, sizeof *codes);
  for (size_t i = 0; codes && i < column->workers; i++) {
    const Map *map = column->dictionaries[i].map;
    codes[i] = mem_alloc(map ? map_size(map) : 0, sizeof **codes);
    if (!codes[i]) {
      free_codes(codes, column->workers);
      return NULL;
    }
  }
  return codes;
}

/* A category, unless the dictionaries have too many texts together. */
static Status make_coded(Finish *finish, Task *task, Column **out, Error *e)
{
  const CsvColumn *column = finish->column;
  Map *map = map_new();
  size_t *next = mem_zero(column->workers, sizeof *next);
  finish->codes = new_codes(column);
  Status status;
  if (!map || !next || !finish->codes) {
    TRY(error_memory(e, 0, _("a dictionary")));
  }
  TRY(join(column, finish->codes, next, map, e));
  if (map_size(map) <= column->levels_most && map_size(map) > 0) {
    TRY(make_category(finish, map, task, out, e));
  } else {
    TRY(make_strings(finish, task, out, e));
  }
done:
  free_codes(finish->codes, column->workers);
  mem_free(next);
  map_free(map);
  return status;
}

Status csv_text_finish(CsvColumn *column, const CsvPiece *pieces, Task *task, Column **out, Error *e)
{
  *out = NULL;
  Finish finish = {.column = column, .pieces = pieces, .task = task};
  atomic_init(&finish.failed, false);
  Column *made = NULL;
  Status status =
      atomic_load(&column->raw) ? make_strings(&finish, task, &made, e) : make_coded(&finish, task, &made, e);
  if (status != STATUS_OK) {
    return status;
  }
  made->valid = buffer_of(column->valid);
  column->valid = NULL;
  if (column_missing(made) == 0) {
    buffer_drop(&made->valid);
  }
  if (column->type == TYPE_SET) {
    status = csv_set_finish(made, task, out, e);
    column_unref(made);
    return status;
  }
  *out = made;
  return STATUS_OK;
}
