/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading JSON from end to end: which layout the text has, its pieces, and the frame. */
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "frame/builder.h"
#include "io/cells_room.h"
#include "io/input_text.h"
#include "io/json_reader.h"

enum {
  PIECE_LEAST = 1 << 16,
  PIECE_MOST = 1 << 22,
  PIECES_WANTED = 64,
  REJECT_TEXT_MOST = 10000,
  UTF8_PART = 1 << 23
};

static JsonScan scan_at(const JsonReader *reader, size_t offset)
{
  return (JsonScan){.at = reader->bytes + offset, .end = reader->bytes + reader->size, .task = reader->task};
}

static uint64_t offset_of(const JsonReader *reader, const char *at)
{
  return (uint64_t)(at - reader->bytes);
}

/* Another tape that begins at an offset; NULL: no memory. */
static JsonTape *new_tape(JsonReader *reader, uint64_t begin, uint64_t end)
{
  if (reader->n_tapes == reader->tapes_room) {
    const size_t room = reader->tapes_room * 2 + 16;
    JsonTape *tapes = mem_resize(reader->tapes, room, sizeof *tapes);
    if (!tapes) {
      return NULL;
    }
    reader->tapes = tapes;
    reader->tapes_room = room;
  }
  JsonTape *tape = &reader->tapes[reader->n_tapes++];
  *tape = (JsonTape){.bytes = reader->bytes,
                     .begin = begin,
                     .end = end,
                     .task = reader->task,
                     .rows_most = reader->options->rows_given ? reader->options->rows : SIZE_MAX,
                     .child = JSON_NONE};
  return tape;
}

static Status tape_fault(const JsonReader *reader, const JsonScan *scan, Error *e)
{
  return task_cancelled(reader->task) ? error_cancelled(e)
                                      : json_fault(reader, scan->trouble, offset_of(reader, scan->at), e);
}

static bool enough(const JsonReader *reader, size_t rows)
{
  return reader->options->rows_given && rows >= reader->options->rows;
}

/* ---- Layouts ---- */

/* What stands between two rows: true when another one follows. */
static bool next_row(const JsonReader *reader, JsonScan *scan, bool *more)
{
  json_blanks(scan);
  if (reader->layout == JSON_SEQUENCE) {
    *more = scan->at < scan->end;
    return true;
  }
  if (scan->at == scan->end || (*scan->at != ',' && *scan->at != ']')) {
    return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_COMMA_BRACKET, scan->at);
  }
  *more = *scan->at++ == ',';
  json_blanks(scan);
  return scan->at < scan->end || !*more || json_fail(scan, JSON_ENDS, scan->at);
}

/* Rows of an array (the scan stands behind its bracket) or a sequence. A new tape begins now and then, for
 * the threads that convert. */
static Status read_rows(JsonReader *reader, JsonScan *scan, Error *e)
{
  JsonTape *tape = new_tape(reader, offset_of(reader, scan->at), reader->size);
  bool more = true;
  size_t rows = 0, polled = 0;
  json_blanks(scan);
  if (reader->layout == JSON_ROWS && scan->at < scan->end && *scan->at == ']') {
    more = false;
    scan->at++;
  } else if (scan->at == scan->end) {
    return json_fault(reader, JSON_ENDS, reader->size, e);
  }
  while (tape && more && !enough(reader, rows)) {
    if (offset_of(reader, scan->at) - tape->begin > PIECE_MOST / 2) {
      tape->end = offset_of(reader, scan->at);
      tape = new_tape(reader, tape->end, reader->size);
      polled = 0;
    }
    if (tape && (!json_tape_row(tape, scan) || !next_row(reader, scan, &more))) {
      return tape_fault(reader, scan, e);
    }
    rows++;
    if (tape && tape->n_cells - polled > 4096) {
      polled = tape->n_cells;
      task_progress(reader->task, offset_of(reader, scan->at), reader->size);
      if (task_cancelled(reader->task)) {
        return error_cancelled(e);
      }
    }
  }
  if (!tape) {
    return error_memory(e, 0, _("the values of a JSON file"));
  }
  json_blanks(scan);
  if (!enough(reader, rows) && scan->at < scan->end) {
    return json_fault(reader, JSON_AFTER, offset_of(reader, scan->at), e);
  }
  return STATUS_OK;
}

static Status ragged(const JsonReader *reader, uint32_t node, Error *e)
{
  size_t length;
  const char *key = json_node_key(&reader->tapes[0], node, &length);
  Text name = {0};
  text_add(&name, key, length);
  error_set(e, STATUS_DATA, "json-ragged", _("the array of '%s' has another length than the one before it"),
            text_data(&name));
  text_free(&name);
  (void)error_where(e, "%s", reader->path);
  (void)error_hint(e,
                   _("columns must have equal lengths; an object in brackets, [{...}], is read as one row"));
  return STATUS_DATA;
}

/* One object: columns if it is made of arrays, else a row. */
static Status read_object(JsonReader *reader, size_t at, Error *e)
{
  JsonScan scan = scan_at(reader, at);
  bool columns;
  uint32_t uneven;
  JsonTape *tape = new_tape(reader, at, reader->size);
  if (!tape) {
    return error_memory(e, 0, _("the values of a JSON file"));
  }
  reader->layout = JSON_BY_COLUMN;
  if (!json_tape_columns(tape, &scan, &columns, &uneven)) {
    return tape_fault(reader, &scan, e);
  }
  if (columns) {
    return uneven == JSON_NONE ? STATUS_OK : ragged(reader, uneven, e);
  }
  json_tape_free(tape);
  reader->n_tapes = 0;
  reader->layout = JSON_ONE_ROW;
  if (enough(reader, 0)) {
    return STATUS_OK;
  }
  tape = new_tape(reader, at, reader->size);
  scan = scan_at(reader, at);
  return tape && json_tape_row(tape, &scan) ? STATUS_OK : tape_fault(reader, &scan, e);
}

/* ---- Lines ---- */

typedef struct Lines {
  JsonReader *reader;
  bool utf8;
  atomic_bool failed;
} Lines;

static void read_piece(void *context, size_t item, size_t worker)
{
  Lines *lines = context;
  JsonTape *tape = &lines->reader->tapes[item];
  (void)worker;
  if (!atomic_load(&lines->failed) && !task_cancelled(lines->reader->task) &&
      !json_tape_lines(tape, lines->utf8)) {
    atomic_store(&lines->failed, true);
  }
  atomic_fetch_add_explicit(&lines->reader->task->done, tape->end - tape->begin, memory_order_relaxed);
}

static bool cut_lines(JsonReader *reader, size_t piece)
{
  size_t begin = reader->start;
  while (begin < reader->size) {
    size_t end = reader->size - begin > piece ? begin + piece : reader->size;
    const char *feed = end < reader->size ? memchr(reader->bytes + end, '\n', reader->size - end) : NULL;
    end = feed ? (size_t)(feed - reader->bytes) + 1 : reader->size;
    if (!new_tape(reader, begin, end)) {
      return false;
    }
    begin = end;
  }
  return true;
}

/* With rows = n only the first pieces are read, one after the other. */
static void read_first_lines(Lines *lines)
{
  JsonReader *reader = lines->reader;
  size_t rows = 0, used = 0;
  for (; used < reader->n_tapes && rows < reader->options->rows && !atomic_load(&lines->failed); used++) {
    reader->tapes[used].rows_most = reader->options->rows - rows;
    read_piece(lines, used, 0);
    rows += reader->tapes[used].rows;
  }
  reader->n_tapes = used;
}

static Status read_lines(JsonReader *reader, size_t piece, bool utf8, Error *e)
{
  Lines lines = {.reader = reader, .utf8 = utf8};
  const size_t usual = reader->size / PIECES_WANTED;
  atomic_init(&lines.failed, false);
  if (!cut_lines(reader, piece                 ? piece
                         : usual < PIECE_LEAST ? PIECE_LEAST
                         : usual > PIECE_MOST  ? PIECE_MOST
                                               : usual)) {
    return error_memory(e, 0, _("the values of a JSON file"));
  }
  task_progress(reader->task, 0, reader->size - reader->start);
  if (reader->options->rows_given) {
    read_first_lines(&lines);
  } else {
    pool_run(reader->task->threads, reader->n_tapes, read_piece, &lines);
  }
  if (task_cancelled(reader->task)) {
    return error_cancelled(e);
  }
  return atomic_load(&lines.failed) ? error_memory(e, 0, _("the values of a JSON file")) : STATUS_OK;
}

/* The line as text, cut when it is very long; bytes that are not UTF-8 become the replacement character. */
static void add_line(Builder *builder, const char *line, size_t length, Text *scratch)
{
  text_reset(scratch);
  length = length > REJECT_TEXT_MOST ? REJECT_TEXT_MOST : length;
  for (size_t i = 0; i < length;) {
    uint32_t code;
    const size_t n = utf8_decode(line + i, length - i, &code);
    if (n == 0 || code == 0) {
      text_puts(scratch, "\xEF\xBF\xBD");
    } else {
      text_add(scratch, line + i, n);
    }
    i += n ? n : 1;
  }
  builder_text(builder, text_data(scratch), scratch->size);
}

static Status make_rejects(JsonReader *reader, Error *e)
{
  Draft *draft = draft_new();
  Builder *line = builder_new(TYPE_INT64, 0), *offset = builder_new(TYPE_INT64, 0);
  Builder *reason = builder_new(TYPE_STRING, 0), *text = builder_new(TYPE_STRING, 0);
  Text scratch = {0};
  size_t base = 1;
  for (size_t t = 0; line && offset && reason && text && t < reader->n_tapes; t++) {
    const JsonTape *tape = &reader->tapes[t];
    for (size_t i = 0; i < tape->n_rejects; i++) {
      const JsonReject *reject = &tape->rejects[i];
      const char *why = json_trouble_text(reject->trouble);
      builder_int(line, (int64_t)(base + reject->line));
      builder_int(offset, (int64_t)reject->begin);
      builder_text(reason, why, strlen(why));
      add_line(text, reader->bytes + reject->begin, reject->end - reject->begin, &scratch);
    }
    base += tape->lines;
  }
  draft_builder(draft, "line", line);
  draft_builder(draft, "offset", offset);
  draft_builder(draft, "reason", reason);
  draft_builder(draft, "text", text);
  const bool failed = scratch.failed;
  text_free(&scratch);
  Status status = draft_finish(draft, &reader->rejects, e);
  if (status == STATUS_OK && failed) {
    frame_unref(reader->rejects);
    reader->rejects = NULL;
    status = error_memory(e, 0, _("rejected lines"));
  }
  return status;
}

/* ---- Which layout ---- */

static bool blank_rest(const JsonScan *scan)
{
  JsonScan rest = *scan;
  json_blanks(&rest);
  return rest.at == rest.end;
}

/* A text that begins with a brace at `at`. */
static JsonLayout layout_of(const JsonReader *reader, size_t at, bool lines)
{
  JsonScan whole = scan_at(reader, at), first = whole;
  const char *feed = memchr(first.at, '\n', (size_t)(first.end - first.at));
  first.end = feed ? feed : first.end;
  const bool sound = json_skip(&first) && blank_rest(&first);
  if (sound && lines) {
    return JSON_LINES; /* of which there may be one, and then arrays are sets, not columns */
  }
  if (sound && feed) {
    first.end = whole.end;
    return blank_rest(&first) ? JSON_ONE_ROW : JSON_LINES;
  }
  if (sound || (!lines && !json_skip(&whole))) {
    return JSON_ONE_ROW; /* or it is broken, which shows on reading */
  }
  if (lines) {
    return JSON_LINES;
  }
  return blank_rest(&whole) ? JSON_ONE_ROW : JSON_SEQUENCE;
}

static Status empty_file(const JsonReader *reader, Error *e)
{
  error_set(e, STATUS_FORMAT, "json-empty", _("'%s' holds no JSON"), reader->path);
  (void)error_hint(e, _("a JSON file begins with [ or {"));
  return STATUS_FORMAT;
}

/* The offset of the first byte that is not UTF-8, or the size; less when cancelled. */
static size_t utf8_part(const JsonReader *reader)
{
  size_t at = 0;
  while (at < reader->size && !task_cancelled(reader->task)) {
    const size_t rest = reader->size - at, n = rest < UTF8_PART ? rest : UTF8_PART;
    const size_t good = utf8_check(reader->bytes + at, n);
    at += good;
    if (good < n && (n == rest || n - good >= 4)) { /* else a character lies across the end of the part */
      break;
    }
  }
  return at;
}

/* Reads all values to tapes. */
static Status read_values(JsonReader *reader, bool lines, size_t piece, Error *e)
{
  const bool marked = reader->size >= 3 && memcmp(reader->bytes, "\xEF\xBB\xBF", 3) == 0;
  reader->start = marked ? 3 : 0;
  JsonScan scan = scan_at(reader, reader->start);
  json_blanks(&scan);
  if (scan.at == scan.end) {
    reader->layout = JSON_LINES;
    return lines ? STATUS_OK : empty_file(reader, e);
  }
  const bool brace = *scan.at == '{', bracket = *scan.at == '[';
  const size_t good = utf8_part(reader);
  if (task_cancelled(reader->task)) {
    return error_cancelled(e);
  }
  reader->layout = brace     ? layout_of(reader, (size_t)offset_of(reader, scan.at), lines)
                   : bracket ? JSON_ROWS
                             : JSON_LINES;
  if (reader->layout == JSON_LINES && (brace || lines)) {
    return read_lines(reader, piece, good == reader->size, e);
  }
  if (good < reader->size) {
    return json_fault(reader, JSON_NOT_UTF8, good, e);
  }
  if (!brace && !bracket) {
    return json_fault(reader, json_skip(&scan) ? JSON_NO_OBJECT : scan.trouble, offset_of(reader, scan.at),
                      e);
  }
  if (reader->layout == JSON_ONE_ROW) {
    return read_object(reader, (size_t)offset_of(reader, scan.at), e);
  }
  scan.at += bracket;
  return read_rows(reader, &scan, e);
}

/* Rows of the tapes, and what of the lines is no row. */
static Status count_rows(JsonReader *reader, Error *e)
{
  size_t rejects = 0;
  const JsonReject *first = NULL;
  reader->row_of = mem_alloc(reader->n_tapes, sizeof *reader->row_of);
  if (!reader->row_of) {
    return error_memory(e, 0, _("rows"));
  }
  for (size_t i = 0; i < reader->n_tapes; i++) {
    const JsonTape *tape = &reader->tapes[i];
    reader->row_of[i] = reader->rows;
    reader->rows += tape->rows;
    reader->blank_lines += tape->blank_lines;
    rejects += tape->n_rejects;
    first = first || tape->n_rejects == 0 ? first : &tape->rejects[0];
  }
  if (rejects > 0 && reader->rows == 0) {
    return json_fault(reader, first->trouble, first->at, e);
  }
  return rejects > 0 ? make_rejects(reader, e) : STATUS_OK;
}

/* ---- The frame ---- */

static Status finish(JsonReader *reader, Frame **out, Error *e)
{
  Status status;
  Text report = {0};
  Frame *bare = NULL;
  Column **columns = mem_zero(reader->n, sizeof *columns);
  const char **names = mem_zero(reader->n, sizeof *names);
  if (!columns || !names) {
    TRY(error_memory(e, 0, _("a frame")));
  }
  TRY(json_convert(reader, columns, e));
  for (size_t i = 0; i < reader->n; i++) {
    names[i] = reader->paths[reader->order[i]].name;
  }
  const Column *const *made = (const Column *const *)columns;
  TRY(json_report(reader, made, &report, e));
  TRY(frame_new(names, made, reader->n, &bare, e));
  TRY(frame_with_origin(bare, text_data(&report), reader->rejects, out, e));
done:
  for (size_t i = 0; columns && i < reader->n; i++) {
    column_unref(columns[i]);
  }
  mem_free(columns);
  mem_free(names);
  frame_unref(bare);
  text_free(&report);
  return status;
}

static void reader_free(JsonReader *reader)
{
  for (size_t i = 0; i < reader->n_tapes; i++) {
    json_tape_free(&reader->tapes[i]);
    if (reader->path_of) {
      mem_free(reader->path_of[i]);
    }
  }
  for (size_t i = 0; i < reader->n_paths; i++) {
    storage_unref(reader->paths[i].values);
    storage_unref(reader->paths[i].valid);
    storage_unref(reader->paths[i].places);
  }
  mem_free(reader->tapes);
  mem_free(reader->path_of);
  mem_free(reader->paths);
  mem_free(reader->row_of);
  mem_free(reader->order);
  mem_free(reader->misfits);
  map_free(reader->names);
  frame_unref(reader->rejects);
}

static Status parse(JsonReader *reader, bool lines, size_t piece, Frame **out, Error *e)
{
  Status status;
  task_phase(reader->task, _("reading JSON"));
  TRY(read_values(reader, lines, piece, e));
  TRY(count_rows(reader, e));
  TRY(json_choose(reader, e));
  TRY(cells_room(reader->path, reader->size, reader->rows, reader->n, reader->task, e));
  TRY(finish(reader, out, e));
done:
  return status;
}

Status json_frame(const char *bytes, size_t size, const char *path, const CsvOptions *options, bool lines,
                  size_t piece_bytes, Task *task, Frame **out, Error *e)
{
  static const CsvOptions none;
  JsonReader reader = {.bytes = bytes ? bytes : "",
                       .size = size,
                       .path = path,
                       .options = options ? options : &none,
                       .task = task};
  *out = NULL;
  const Status status = parse(&reader, lines, piece_bytes, out, e);
  reader_free(&reader);
  return status;
}

static Status read_file(const ReadRequest *request, bool lines, Task *task, Frame **out, Error *e)
{
  static const CsvOptions none;
  const char *path = strcmp(request->path, "-") == 0 ? _("standard input") : request->path;
  Text notes = {0};
  char *bytes = NULL;
  size_t size;
  *out = NULL;
  JsonReader reader = {
      .path = path, .options = request->csv ? request->csv : &none, .task = task, .notes = &notes};
  Status status;
  TRY(input_bytes(request->path, task, &bytes, &size, &notes, e));
  if (size >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
    TRY(input_decode(path, NULL, task, &bytes, &size, &notes, e));
  }
  reader.bytes = bytes;
  reader.size = size;
  TRY(parse(&reader, lines, 0, out, e));
done:
  reader_free(&reader);
  mem_free(bytes);
  text_free(&notes);
  return status;
}

Status json_read(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  return read_file(request, false, task, out, e);
}

Status json_read_lines(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  return read_file(request, true, task, out, e);
}

/* An array of objects, or an object with a key. Neither is likely to begin a table of text. */
bool json_knows(const char *head, size_t n)
{
  JsonScan scan = {.at = head, .end = head + n};
  if (n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0) {
    scan.at += 3;
  }
  json_blanks(&scan);
  if (scan.at == scan.end || (*scan.at != '{' && *scan.at != '[')) {
    return false;
  }
  const bool array = *scan.at++ == '[';
  json_blanks(&scan);
  if (scan.at < scan.end && array) {
    return *scan.at == '{' || *scan.at == ']';
  }
  JsonString key;
  if (scan.at == scan.end || *scan.at != '"' || !json_string(&scan, &key)) {
    return scan.at < scan.end && *scan.at == '}';
  }
  json_blanks(&scan);
  return scan.at < scan.end && *scan.at == ':';
}
