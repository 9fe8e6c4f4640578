/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From tapes to columns. Values are converted tape by tape, on all threads, straight to their row. Of texts
 * and sets only the place in the file is noted then; their columns are made afterwards, one thread to a
 * column, in order of rows, so that dictionaries are in order of first appearance. */
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "frame/builder.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "io/json_reader.h"

enum { LEVELS_ALWAYS = 50, LEVELS_MOST = 10000, LEVELS_SHARE = 20, POLL = 1024 };

static bool in_places(const JsonColumn *path)
{
  return type_is_text(path->type) || path->type == TYPE_SET;
}

/* ---- Texts of values ---- */

static bool is_structure(char c)
{
  return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* An array without the blanks between its parts. */
static void add_compact(const char *at, const char *end, Text *out)
{
  while (at < end) {
    if (*at == '"') {
      JsonString string;
      JsonScan scan = {.at = at, .end = end};
      (void)json_string(&scan, &string);
      text_add(out, at, (size_t)(scan.at - at));
      at = scan.at;
    } else {
      if (*at != ' ' && *at != '\n' && *at != '\r' && *at != '\t') {
        text_char(out, *at);
      }
      at++;
    }
  }
}

static bool string_content(const JsonString *string, Text *scratch, const char **text, size_t *length)
{
  *text = string->text;
  *length = string->length;
  if (string->escaped) {
    text_reset(scratch);
    text_add(scratch, string->text, string->length);
    if (scratch->failed) {
      return false;
    }
    *length = json_unescape(string->text, string->length, scratch->data);
    *text = scratch->data;
  }
  return true;
}

bool json_text_at(const JsonReader *reader, uint64_t offset, Text *scratch, const char **text, size_t *length)
{
  const char *at = reader->bytes + offset, *end = reader->bytes + reader->size;
  if (*at == '"') {
    JsonString string;
    JsonScan scan = {.at = at, .end = end};
    return json_string(&scan, &string) && string_content(&string, scratch, text, length);
  }
  if (*at == '[' || *at == '{') {
    text_reset(scratch);
    add_compact(at, json_value_end(at, end), scratch);
    *text = text_data(scratch);
    *length = scratch->size;
    return !scratch->failed;
  }
  *text = at;
  while (at < end && !is_structure(*at)) {
    at++;
  }
  *length = (size_t)(at - *text);
  return true;
}

/* ---- Values ---- */

static size_t number_length(const char *at, const char *end)
{
  const char *begin = at;
  while (at < end && !is_structure(*at)) {
    at++;
  }
  return (size_t)(at - begin);
}

static bool as_int(const char *at, size_t length, int64_t *value)
{
  double real;
  if (parse_int_forced(at, length, value)) {
    return true;
  }
  if (!parse_float_forced(at, length, &real) ||
      !(real >= -9007199254740992.0 && real <= 9007199254740992.0)) {
    return false;
  }
  *value = (int64_t)real;
  return (double)*value == real; /* 2.0 and 1e3 are whole */
}

/* The value's bits for a column of values; false: it does not fit. */
static bool value_bits(const JsonColumn *path, unsigned kind, const char *at, size_t length, uint64_t *bits)
{
  double real;
  int64_t whole;
  bool truth, utc;
  const bool text = kind >= JSON_TEXT && kind <= JSON_TIME_UTC, plain = kind >= JSON_INT && kind <= JSON_LONG;
  *bits = 0;
  if (text) {
    parse_trim(&at, &length);
  }
  switch (path->type) {
    case TYPE_FLOAT64:
      if (!(plain || text) ||
          !(parse_short_decimal(at, length, &real) || parse_float_forced(at, length, &real))) {
        return false;
      }
      memcpy(bits, &real, sizeof real);
      return true;
    case TYPE_INT64:
      if (!(plain || text) || !as_int(at, length, &whole)) {
        return false;
      }
      *bits = (uint64_t)whole;
      return true;
    case TYPE_BOOL:
      if (kind > JSON_INT_ONLY && !text) {
        return false;
      }
      return parse_bool_forced(at, length, &truth) && (*bits = truth, true);
    default:
      return text && parse_time(at, length, &whole, &utc) && utc == path->utc &&
             (*bits = (uint64_t)whole, true);
  }
}

typedef struct Convert {
  JsonReader *reader;
  Text *scratch; /* per worker */
  Column **columns;
  atomic_bool failed;
} Convert;

/* Sets a bit of a row; the first and the last word of a tape's rows may belong to its neighbours too. */
static inline void set_bit(Storage *storage, size_t row, size_t first, size_t last)
{
  uint64_t *word = (uint64_t *)storage_data(storage) + row / 64;
  const uint64_t bit = UINT64_C(1) << (row % 64);
  if (row / 64 == first / 64 || row / 64 == last / 64) {
    __atomic_fetch_or(word, bit, __ATOMIC_RELAXED);
  } else {
    *word |= bit;
  }
}

static inline void clear_bit(Storage *storage, size_t row)
{
  __atomic_fetch_and((uint64_t *)storage_data(storage) + row / 64, ~(UINT64_C(1) << (row % 64)),
                     __ATOMIC_RELAXED);
}

/* The same key by two ways, "a.b" and b in a: the later value stands. */
static void note_twice(JsonTape *tape, uint64_t at)
{
  tape->twice.first = tape->twice.count++ == 0 ? at : tape->twice.first;
}

static void put_bits(JsonColumn *path, JsonTape *tape, uint64_t at, size_t row, size_t base, uint64_t bits)
{
  const size_t last = base + tape->rows - 1;
  const uint64_t *words = storage_data(path->valid);
  if (__atomic_load_n(&words[row / 64], __ATOMIC_RELAXED) >> (row % 64) & 1) {
    note_twice(tape, at);
  }
  set_bit(path->valid, row, base, last);
  if (path->type != TYPE_BOOL) {
    ((uint64_t *)storage_data(path->values))[row] = bits;
  } else if (bits) {
    set_bit(path->values, row, base, last);
  } else {
    clear_bit(path->values, row);
  }
}

static void put_place(JsonColumn *path, JsonTape *tape, uint64_t at, size_t row)
{
  uint64_t *place = (uint64_t *)storage_data(path->places) + row;
  if (*place != 0) {
    note_twice(tape, at);
  }
  *place = at + 1;
}

static void convert_value(Convert *work, size_t item, size_t worker, JsonTape *tape, JsonCell cell,
                          size_t row)
{
  JsonReader *reader = work->reader;
  const size_t number = reader->path_of[item][json_cell_node(cell)];
  JsonColumn *path = &reader->paths[number];
  const uint64_t at = tape->begin + json_cell_offset(cell);
  const unsigned kind = json_cell_kind(cell);
  if (path->number == SIZE_MAX || kind == JSON_NULL) {
    return;
  }
  if (in_places(path)) {
    put_place(path, tape, at, row);
    return;
  }
  const char *text = reader->bytes + at;
  size_t length;
  uint64_t bits = 0;
  if (*text != '"') {
    length = number_length(text, reader->bytes + reader->size);
  } else if (!json_text_at(reader, at, &work->scratch[worker], &text, &length)) {
    atomic_store(&work->failed, true);
    return;
  }
  if (value_bits(path, kind, text, length, &bits)) {
    put_bits(path, tape, at, row, reader->row_of[item], bits);
  } else if (!reader->misfits[item].found) {
    reader->misfits[item] = (JsonMisfit){true, at, number};
  }
}

static void convert_tape(void *context, size_t item, size_t worker)
{
  Convert *work = context;
  JsonTape *tape = &work->reader->tapes[item];
  size_t row = work->reader->row_of[item] - !tape->by_column;
  for (size_t i = 0; i < tape->n_cells; i++) {
    const JsonCell cell = tape->cells[i];
    if (i % POLL == 0 && (task_cancelled(work->reader->task) || atomic_load(&work->failed))) {
      return;
    }
    if (json_cell_kind(cell) != JSON_ROW) {
      convert_value(work, item, worker, tape, cell, row);
      row += tape->by_column;
    } else {
      row = tape->by_column ? work->reader->row_of[item] : row + 1;
    }
  }
  atomic_fetch_add_explicit(&work->reader->task->done, tape->end - tape->begin, memory_order_relaxed);
}

/* ---- Columns of texts and sets ---- */

static bool poll(const Convert *work, size_t row)
{
  return row % POLL != 0 || (!task_cancelled(work->reader->task) && !atomic_load(&work->failed));
}

/* The column's texts as codes; the map has more than `most` keys when there are too many of them. */
static bool code_texts(Convert *work, const JsonColumn *path, size_t most, Map *map, int32_t *codes,
                       uint64_t *valid, Text *scratch)
{
  const uint64_t *places = storage_data(path->places);
  for (size_t row = 0; row < work->reader->rows && map_size(map) <= most; row++) {
    const char *text;
    size_t length, number;
    codes[row] = 0;
    if (!poll(work, row)) {
      return false;
    }
    if (places[row] == 0) {
      continue;
    }
    if (!json_text_at(work->reader, places[row] - 1, scratch, &text, &length) ||
        map_put(map, text, length, &number, NULL, NULL) != STATUS_OK) {
      return false;
    }
    codes[row] = (int32_t)number;
    valid[row / 64] |= UINT64_C(1) << (row % 64);
  }
  return true;
}

/* *out stays NULL when the texts are too many. */
static bool make_category(Convert *work, const JsonColumn *path, size_t most, Text *scratch, Column **out)
{
  const size_t rows = work->reader->rows, words = bitmap_words(rows);
  Map *map = map_new();
  Storage *codes = storage_new(rows, sizeof(int32_t)), *valid = storage_new(words, sizeof(uint64_t));
  Column *made = NULL;
  bool good = map && codes && valid;
  if (good) {
    memset(storage_data(valid), 0, words * sizeof(uint64_t));
    good = code_texts(work, path, most, map, storage_data(codes), storage_data(valid), scratch);
  }
  if (good && map_size(map) <= most && (map_size(map) > 0 || path->forced)) {
    made = column_bare(TYPE_CATEGORY, rows);
    good = made && (made->dictionary = dictionary_of(map));
  }
  if (good && made) {
    made->values = buffer_of(codes);
    made->valid = buffer_of(valid);
    codes = valid = NULL;
    if (column_missing(made) == 0) {
      buffer_drop(&made->valid);
    }
    *out = made;
  } else {
    column_unref(made);
  }
  storage_unref(codes);
  storage_unref(valid);
  map_free(map);
  return good;
}

static bool make_strings(Convert *work, const JsonColumn *path, Text *scratch, Column **out)
{
  const uint64_t *places = storage_data(path->places);
  Builder *builder = builder_new(TYPE_STRING, work->reader->rows);
  bool good = builder != NULL;
  for (size_t row = 0; good && row < work->reader->rows; row++) {
    const char *text;
    size_t length;
    good = poll(work, row);
    if (places[row] == 0) {
      builder_missing(builder);
    } else if (good) {
      good = json_text_at(work->reader, places[row] - 1, scratch, &text, &length);
      if (good) {
        builder_text(builder, text, length);
      }
    }
  }
  if (!good) {
    builder_free(builder);
    return false;
  }
  return builder_finish(builder, out, NULL) == STATUS_OK;
}

/* The items of an array; false: one is no plain value (a fault of the type), or no memory. */
static bool add_items(const JsonReader *reader, uint64_t at, Builder *builder, Text *scratch, bool *fits)
{
  JsonScan scan = {.at = reader->bytes + at, .end = reader->bytes + reader->size};
  *fits = *scan.at++ == '[';
  for (bool more = *fits; more;) {
    json_blanks(&scan);
    if (*scan.at == ']') {
      break;
    }
    const char *text, *item = scan.at;
    size_t length;
    *fits = *item != '[' && *item != '{' && *item != 'n';
    if (!*fits || !json_text_at(reader, (uint64_t)(item - reader->bytes), scratch, &text, &length)) {
      return false;
    }
    builder_item(builder, text, length);
    scan.at = json_value_end(item, scan.end);
    json_blanks(&scan);
    more = *scan.at++ == ',';
  }
  return *fits;
}

static bool make_sets(Convert *work, size_t number, JsonColumn *path, Text *scratch, Column **out)
{
  JsonReader *reader = work->reader;
  const uint64_t *places = storage_data(path->places);
  Builder *builder = builder_new(TYPE_SET, reader->rows);
  bool good = builder != NULL, fits = true;
  for (size_t row = 0; good && row < reader->rows; row++) {
    good = poll(work, row);
    if (places[row] == 0) {
      builder_missing(builder);
    } else if (good) {
      good = add_items(reader, places[row] - 1, builder, scratch, &fits);
      builder_set(builder);
      if (!fits) {
        reader->misfits[reader->n_tapes + number] =
            (JsonMisfit){true, places[row] - 1, reader->order[number]};
        builder_free(builder);
        return true;
      }
    }
  }
  if (!good) {
    builder_free(builder);
    return false;
  }
  return builder_finish(builder, out, NULL) == STATUS_OK;
}

static void make_texts(void *context, size_t item, size_t worker)
{
  Convert *work = context;
  const JsonReader *reader = work->reader;
  JsonColumn *path = &work->reader->paths[reader->order[item]];
  Text *scratch = &work->scratch[worker];
  if (!in_places(path)) {
    return;
  }
  const size_t share = reader->rows / LEVELS_SHARE;
  const size_t most = path->forced            ? INT32_MAX
                      : share < LEVELS_ALWAYS ? LEVELS_ALWAYS
                      : share > LEVELS_MOST   ? LEVELS_MOST
                                              : share;
  bool good = true;
  if (path->type == TYPE_SET) {
    good = make_sets(work, item, path, scratch, &work->columns[item]);
  } else {
    if (path->type == TYPE_CATEGORY) {
      good = make_category(work, path, most, scratch, &work->columns[item]);
    }
    if (good && !work->columns[item]) {
      good = make_strings(work, path, scratch, &work->columns[item]);
    }
  }
  if (!good) {
    atomic_store(&work->failed, true);
  }
  storage_unref(path->places);
  path->places = NULL;
}

/* ---- All columns ---- */

static Storage *zeros(size_t n)
{
  Storage *storage = storage_new(n, sizeof(uint64_t));
  if (storage) {
    memset(storage_data(storage), 0, n * sizeof(uint64_t));
  }
  return storage;
}

static Status make_room(JsonReader *reader, Error *e)
{
  size_t bytes;
  if (__builtin_mul_overflow(reader->rows, reader->n * sizeof(uint64_t) * 2, &bytes)) {
    return error_memory(e, SIZE_MAX, _("columns"));
  }
  Status status = task_reserve(reader->task, bytes, reader->path, e);
  for (size_t i = 0; status == STATUS_OK && i < reader->n; i++) {
    JsonColumn *path = &reader->paths[reader->order[i]];
    const size_t words = bitmap_words(reader->rows);
    if (in_places(path)) {
      path->places = zeros(reader->rows);
    } else {
      path->values = zeros(path->type == TYPE_BOOL ? words : reader->rows);
      path->valid = zeros(words);
    }
    if (in_places(path) ? !path->places : !path->values || !path->valid) {
      status = error_memory(e, reader->rows * sizeof(uint64_t), _("a column"));
    }
  }
  return status;
}

static Status finish_values(JsonColumn *path, size_t rows, Column **out, Error *e)
{
  Column *made = column_bare(path->type, rows);
  Storage *zone = made && path->type == TYPE_TIMESTAMP && path->utc ? storage_new(sizeof "UTC", 1) : NULL;
  if (!made || (path->utc && path->type == TYPE_TIMESTAMP && !zone)) {
    column_unref(made);
    return error_memory(e, 0, _("a column"));
  }
  if (zone) {
    memcpy(storage_data(zone), "UTC", sizeof "UTC");
    made->zone = buffer_of(zone);
  }
  made->values = buffer_of(path->values);
  made->valid = buffer_of(path->valid);
  path->values = path->valid = NULL;
  if (column_missing(made) == 0) {
    buffer_drop(&made->valid);
  }
  *out = made;
  return STATUS_OK;
}

/* The first value that is not of the type asked for. */
static const JsonMisfit *first_misfit(const JsonReader *reader)
{
  const JsonMisfit *first = NULL;
  for (size_t i = 0; i < reader->n_tapes + reader->n; i++) {
    const JsonMisfit *misfit = &reader->misfits[i];
    first = misfit->found && (!first || misfit->at < first->at) ? misfit : first;
  }
  return first;
}

static Status run_step(Convert *work, size_t n, PoolFunction function, Error *e)
{
  JsonReader *reader = work->reader;
  pool_run(reader->task->threads, n, function, work);
  if (task_cancelled(reader->task)) {
    return error_cancelled(e);
  }
  if (atomic_load(&work->failed)) {
    return error_memory(e, 0, _("a column"));
  }
  const JsonMisfit *misfit = first_misfit(reader);
  return misfit ? json_misfit(reader, misfit, e) : STATUS_OK;
}

Status json_convert(JsonReader *reader, Column **columns, Error *e)
{
  const size_t threads = task_threads(reader->task);
  Convert work = {.reader = reader, .columns = columns, .scratch = mem_zero(threads, sizeof(Text))};
  Status status;
  atomic_init(&work.failed, false);
  mem_free(reader->misfits);
  reader->misfits = mem_zero(reader->n_tapes + reader->n, sizeof *reader->misfits);
  if (!work.scratch || !reader->misfits) {
    TRY(error_memory(e, 0, _("columns")));
  }
  TRY(make_room(reader, e));
  task_phase(reader->task, _("reading values"));
  TRY(run_step(&work, reader->n_tapes, convert_tape, e));
  task_phase(reader->task, _("reading texts"));
  TRY(run_step(&work, reader->n, make_texts, e));
  for (size_t i = 0; i < reader->n; i++) {
    JsonColumn *path = &reader->paths[reader->order[i]];
    if (!in_places(path)) {
      TRY(finish_values(path, reader->rows, &columns[i], e));
    }
  }
done:
  for (size_t i = 0; work.scratch && i < threads; i++) {
    text_free(&work.scratch[i]);
  }
  mem_free(work.scratch);
  return status;
}
