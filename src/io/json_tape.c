/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See json_tape.h. A row is taken back as a whole when its object turns out to be broken: the cells since its
 * marker say which counts to lower. */
#include "io/json_tape.h"

#include <string.h>

#include "core/alloc.h"

enum { POLL_CELLS = 4096, FIRST_ROOM = 1024 };

void json_seen_clear(JsonSeen *seen)
{
  for (int kind = 0; kind < JSON_KINDS; kind++) {
    seen->count[kind] = 0;
    seen->first[kind] = UINT64_MAX;
  }
}

void json_seen_merge(JsonSeen *seen, const JsonSeen *other)
{
  for (int kind = 0; kind < JSON_KINDS; kind++) {
    seen->count[kind] += other->count[kind];
    seen->first[kind] = other->first[kind] < seen->first[kind] ? other->first[kind] : seen->first[kind];
  }
}

size_t json_seen_values(const JsonSeen *seen)
{
  size_t n = 0;
  for (int kind = JSON_NULL + 1; kind < JSON_KINDS; kind++) {
    n += seen->count[kind];
  }
  return n;
}

void json_tape_free(JsonTape *tape)
{
  map_free(tape->map);
  mem_free(tape->nodes);
  mem_free(tape->cells);
  mem_free(tape->rejects);
  text_free(&tape->scratch);
  tape->map = NULL;
  tape->nodes = NULL;
  tape->cells = NULL;
  tape->rejects = NULL;
}

/* Room for one more of n items. */
static bool room(void **items, size_t n, size_t *most, size_t size)
{
  if (n < *most) {
    return true;
  }
  const size_t larger = *most ? *most * 2 : FIRST_ROOM * 8 / size;
  void *grown = mem_resize(*items, larger, size);
  if (grown) {
    *items = grown;
    *most = larger;
  }
  return grown != NULL;
}

static void note(JsonNote *what, uint64_t offset)
{
  what->first = what->count++ == 0 ? offset : what->first;
}

/* ---- Nodes ---- */

const char *json_node_key(const JsonTape *tape, uint32_t node, size_t *length)
{
  const char *key = map_key(tape->map, node, length);
  *length -= sizeof(uint32_t);
  return key + sizeof(uint32_t);
}

void json_node_path(const JsonTape *tape, uint32_t node, Text *out)
{
  uint32_t path[JSON_DEPTH_MOST + 1];
  size_t n = 0, length;
  for (; node != JSON_NONE; node = tape->nodes[node].parent) {
    path[n++] = node;
  }
  while (n > 0) {
    const char *key = json_node_key(tape, path[--n], &length);
    text_add(out, key, length);
    text_puts(out, n > 0 ? "." : "");
  }
}

/* A link that guesses which node comes next. */
static uint32_t *guess_of(JsonTape *tape, uint32_t parent, uint32_t previous)
{
  return previous != JSON_NONE ? &tape->nodes[previous].next
         : parent != JSON_NONE ? &tape->nodes[parent].child
                               : &tape->child;
}

static bool look_up(JsonTape *tape, uint32_t parent, const JsonString *key, uint32_t *node,
                    JsonTrouble *trouble)
{
  size_t number;
  bool fresh;
  Text *name = &tape->scratch;
  text_reset(name);
  text_add(name, (const char *)&parent, sizeof parent);
  text_add(name, key->text, key->length);
  *trouble = JSON_NO_MEMORY;
  if (name->failed || (!tape->map && !(tape->map = map_new()))) {
    return false;
  }
  const size_t length = json_unescape(key->text, key->length, name->data + sizeof parent);
  if (map_size(tape->map) == 0) {
    tape->child = JSON_NONE;
  }
  if (map_put(tape->map, name->data, sizeof parent + length, &number, &fresh, NULL) != STATUS_OK) {
    return false;
  }
  if (number >= JSON_NODES_MOST) {
    *trouble = JSON_MANY_KEYS;
    return false;
  }
  if (fresh) {
    if (!room((void **)&tape->nodes, tape->n_nodes, &tape->nodes_room, sizeof *tape->nodes)) {
      return false;
    }
    JsonNode *made = &tape->nodes[tape->n_nodes++];
    *made = (JsonNode){.parent = parent, .next = JSON_NONE, .child = JSON_NONE};
    json_seen_clear(&made->seen);
  }
  *node = (uint32_t)number;
  tape->nodes[number].raw = key->text;
  tape->nodes[number].raw_length = key->length;
  return true;
}

/* The node of a key that stands after `previous` in the object of `parent`. */
static bool find_node(JsonTape *tape, JsonScan *scan, uint32_t parent, uint32_t previous,
                      const JsonString *key, uint32_t *node)
{
  const uint32_t guess = tape->n_nodes > 0 ? *guess_of(tape, parent, previous) : JSON_NONE;
  if (guess != JSON_NONE && tape->nodes[guess].raw_length == key->length &&
      memcmp(tape->nodes[guess].raw, key->text, key->length) == 0) {
    *node = guess;
    return true;
  }
  JsonTrouble trouble;
  if (!look_up(tape, parent, key, node, &trouble)) {
    return json_fail(scan, trouble, key->text - 1);
  }
  *guess_of(tape, parent, previous) = *node;
  return true;
}

/* ---- Cells ---- */

static bool add_cell(JsonTape *tape, JsonScan *scan, unsigned kind, uint32_t node, const char *at)
{
  if (!room((void **)&tape->cells, tape->n_cells, &tape->cells_room, sizeof *tape->cells)) {
    return json_fail(scan, JSON_NO_MEMORY, at);
  }
  const uint64_t offset = (uint64_t)(at - tape->bytes) - tape->begin;
  tape->cells[tape->n_cells++] = (uint64_t)kind << 60 | (uint64_t)(node & 0xFFFFF) << 40 | offset;
  return true;
}

static void take_back(JsonTape *tape, JsonCell cell, uint64_t since)
{
  const unsigned kind = json_cell_kind(cell);
  if (kind < JSON_KINDS) {
    JsonSeen *seen = &tape->nodes[json_cell_node(cell)].seen;
    seen->count[kind]--;
    seen->first[kind] = seen->first[kind] >= since ? UINT64_MAX : seen->first[kind];
  }
}

/* The value of a key that was there before in this row replaces the earlier one. */
static void replace(JsonTape *tape, uint32_t node, size_t row_cell)
{
  for (size_t i = tape->n_cells - 1; i-- > row_cell;) {
    const JsonCell cell = tape->cells[i];
    if (json_cell_kind(cell) != JSON_ROW && json_cell_node(cell) == node) {
      JsonSeen *seen = &tape->nodes[node].seen;
      seen->count[json_cell_kind(cell)]--;
      seen->first[json_cell_kind(cell)] =
          seen->count[json_cell_kind(cell)] ? seen->first[json_cell_kind(cell)] : UINT64_MAX;
      tape->cells[i] = tape->cells[--tape->n_cells];
      return;
    }
  }
}

static bool add_value(JsonTape *tape, JsonScan *scan, uint32_t node, int depth, size_t row_cell)
{
  const char *at = scan->at;
  JsonKind kind;
  if (!json_value(scan, depth, &kind) || !add_cell(tape, scan, kind, node, at)) {
    return false;
  }
  JsonNode *owner = &tape->nodes[node];
  const uint64_t offset = (uint64_t)(at - tape->bytes);
  owner->seen.count[kind]++;
  owner->seen.first[kind] = offset < owner->seen.first[kind] ? offset : owner->seen.first[kind];
  if (owner->record == tape->record) {
    note(&tape->twice, offset);
    replace(tape, node, row_cell);
  }
  owner->record = tape->record;
  return true;
}

/* ---- Rows ---- */

/* A key and its colon, up to the value. */
static bool pass_key(JsonScan *scan, JsonString *key)
{
  if (scan->at == scan->end || *scan->at != '"') {
    return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_KEY, scan->at);
  }
  if (!json_string(scan, key)) {
    return false;
  }
  json_blanks(scan);
  if (scan->at == scan->end || *scan->at != ':') {
    return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_COLON, scan->at);
  }
  scan->at++;
  json_blanks(scan);
  return scan->at < scan->end || json_fail(scan, JSON_ENDS, scan->at);
}

static void open_object(JsonTape *tape, uint32_t node, const char *at)
{
  JsonNode *owner = &tape->nodes[node];
  if (owner->record == tape->record) {
    note(&tape->twice, (uint64_t)(at - tape->bytes));
  }
  owner->record = tape->record;
  owner->object = true;
}

/* Closes as many objects as end here; *open becomes false when the row's own was among them. */
static bool close_objects(JsonTape *tape, JsonScan *scan, uint32_t *parent, uint32_t *previous, bool *open)
{
  json_blanks(scan);
  while (scan->at < scan->end && *scan->at == '}') {
    scan->at++;
    if (*parent == JSON_NONE) {
      *open = false;
      return true;
    }
    *previous = *parent;
    *parent = tape->nodes[*previous].parent;
    json_blanks(scan);
  }
  if (scan->at == scan->end || *scan->at != ',') {
    return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_COMMA_BRACE, scan->at);
  }
  scan->at++;
  return true;
}

static bool walk_object(JsonTape *tape, JsonScan *scan)
{
  const size_t row_cell = tape->n_cells;
  uint32_t parent = JSON_NONE, previous = JSON_NONE, node;
  int depth = 1;
  bool open = true, first = true;
  if (!add_cell(tape, scan, JSON_ROW, 0, scan->at)) {
    return false;
  }
  for (scan->at++; open;) {
    JsonString key;
    json_blanks(scan);
    if (first && scan->at < scan->end && *scan->at == '}') {
      if (parent != JSON_NONE) {
        note(&tape->empty, (uint64_t)(scan->at - tape->bytes));
      }
    } else if (!pass_key(scan, &key) || !find_node(tape, scan, parent, previous, &key, &node)) {
      return false;
    } else if (*scan->at == '{') {
      if (++depth > JSON_DEPTH_MOST) {
        return json_fail(scan, JSON_DEPTH, scan->at);
      }
      open_object(tape, node, scan->at++);
      parent = node;
      previous = JSON_NONE;
      first = true;
      continue;
    } else if (!add_value(tape, scan, node, depth, row_cell)) {
      return false;
    } else {
      previous = node;
    }
    first = false;
    const uint32_t inner = parent;
    if (!close_objects(tape, scan, &parent, &previous, &open)) {
      return false;
    }
    for (uint32_t up = inner; up != parent && up != JSON_NONE; up = tape->nodes[up].parent) {
      depth--;
    }
  }
  return true;
}

bool json_tape_row(JsonTape *tape, JsonScan *scan)
{
  const JsonTape before = *tape;
  const uint64_t begin = (uint64_t)(scan->at - tape->bytes);
  tape->record++;
  if (*scan->at != '{') {
    const bool value = strchr("\"[-0123456789tfn", *scan->at) && *scan->at != '\0';
    return json_fail(scan, value ? JSON_NO_OBJECT : JSON_WANTS_VALUE, scan->at);
  }
  if (walk_object(tape, scan)) {
    tape->rows++;
    return true;
  }
  for (size_t i = before.n_cells; i < tape->n_cells; i++) {
    take_back(tape, tape->cells[i], begin);
  }
  tape->n_cells = before.n_cells;
  tape->twice = before.twice;
  tape->empty = before.empty;
  return false;
}

/* ---- Columns ---- */

/* Takes the cells of a column that is given a second time off the tape. */
static void drop_column(JsonTape *tape, uint32_t node)
{
  size_t kept = 0;
  for (size_t i = 0; i < tape->n_cells; i++) {
    if (json_cell_node(tape->cells[i]) != node) {
      tape->cells[kept++] = tape->cells[i];
    }
  }
  tape->n_cells = kept;
  json_seen_clear(&tape->nodes[node].seen);
}

/* The items of an array, each a cell. False without trouble: one is an object. */
static bool column_items(JsonTape *tape, JsonScan *scan, uint32_t node, size_t *n)
{
  bool more = true;
  *n = 0;
  scan->at++;
  json_blanks(scan);
  if (scan->at < scan->end && *scan->at == ']') {
    more = false;
    scan->at++;
  }
  while (more) {
    json_blanks(scan);
    if (scan->at < scan->end && *scan->at == '{') {
      return false;
    }
    const char *at = scan->at;
    JsonKind kind;
    if (!json_value(scan, 2, &kind)) {
      return false;
    }
    if (*n < tape->rows_most) {
      JsonSeen *seen = &tape->nodes[node].seen;
      seen->first[kind] = seen->count[kind]++ == 0 ? (uint64_t)(at - tape->bytes) : seen->first[kind];
      if (!add_cell(tape, scan, kind, node, at)) {
        return false;
      }
    }
    json_blanks(scan);
    if (scan->at == scan->end || (*scan->at != ',' && *scan->at != ']')) {
      return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_COMMA_BRACKET, scan->at);
    }
    more = *scan->at++ == ',';
    if (++*n % POLL_CELLS == 0 && task_cancelled(tape->task)) {
      return json_fail(scan, JSON_NO_MEMORY, scan->at); /* the caller asks for the cancel first */
    }
  }
  return true;
}

bool json_tape_columns(JsonTape *tape, JsonScan *scan, bool *columns, uint32_t *ragged)
{
  uint32_t previous = JSON_NONE, node;
  bool open = true;
  *columns = true;
  *ragged = JSON_NONE;
  tape->by_column = true;
  tape->record++;
  scan->at++;
  json_blanks(scan);
  if (scan->at < scan->end && *scan->at == '}') {
    *columns = false; /* {} is one row without cells */
    return true;
  }
  while (open) {
    JsonString key;
    size_t n;
    json_blanks(scan);
    if (!pass_key(scan, &key) || !find_node(tape, scan, JSON_NONE, previous, &key, &node)) {
      return false;
    }
    if (*scan->at != '[') {
      *columns = false;
      return true;
    }
    if (tape->nodes[node].record == tape->record) {
      note(&tape->twice, (uint64_t)(key.text - tape->bytes));
      drop_column(tape, node);
    }
    tape->nodes[node].record = tape->record;
    if (!add_cell(tape, scan, JSON_ROW, node, scan->at)) {
      return false;
    }
    if (!column_items(tape, scan, node, &n)) {
      *columns = scan->trouble != JSON_FINE;
      return !*columns;
    }
    *ragged = previous != JSON_NONE && n != tape->rows && *ragged == JSON_NONE ? node : *ragged;
    tape->rows = previous == JSON_NONE ? n : tape->rows;
    previous = node;
    uint32_t parent = JSON_NONE;
    if (!close_objects(tape, scan, &parent, &previous, &open)) {
      return false;
    }
  }
  tape->rows = tape->rows < tape->rows_most ? tape->rows : tape->rows_most;
  return true;
}

/* ---- Lines ---- */

static bool add_reject(JsonTape *tape, const char *line, const char *end, const char *at, JsonTrouble trouble)
{
  if (!room((void **)&tape->rejects, tape->n_rejects, &tape->rejects_room, sizeof *tape->rejects)) {
    return false;
  }
  tape->rejects[tape->n_rejects++] = (JsonReject){.line = tape->lines,
                                                  .begin = (uint64_t)(line - tape->bytes),
                                                  .end = (uint64_t)(end - tape->bytes),
                                                  .at = (uint64_t)(at - tape->bytes),
                                                  .trouble = trouble};
  return true;
}

/* A row and nothing else. */
static bool line_row(JsonTape *tape, JsonScan *scan)
{
  const size_t cells = tape->n_cells;
  const uint64_t begin = (uint64_t)(scan->at - tape->bytes);
  const JsonNote twice = tape->twice, empty = tape->empty;
  if (!json_tape_row(tape, scan)) {
    return false;
  }
  json_blanks(scan);
  if (scan->at == scan->end) {
    return true;
  }
  for (size_t i = cells; i < tape->n_cells; i++) {
    take_back(tape, tape->cells[i], begin);
  }
  tape->n_cells = cells;
  tape->twice = twice;
  tape->empty = empty;
  tape->rows--;
  return json_fail(scan, JSON_AFTER, scan->at);
}

bool json_tape_lines(JsonTape *tape, bool utf8)
{
  const char *line = tape->bytes + tape->begin, *end = tape->bytes + tape->end;
  const char *bad = utf8 ? end : line + utf8_check(line, (size_t)(end - line));
  for (size_t polled = 0; line < end && tape->rows < tape->rows_most; tape->lines++) {
    const char *feed = memchr(line, '\n', (size_t)(end - line)), *stop = feed ? feed : end;
    JsonScan scan = {.at = line, .end = stop, .task = tape->task};
    json_blanks(&scan);
    if (scan.at == stop) {
      tape->blank_lines++;
    } else if (bad < stop || !line_row(tape, &scan)) {
      const bool coded = bad >= stop;
      if ((coded && scan.trouble == JSON_NO_MEMORY) ||
          !add_reject(tape, line, stop, coded ? scan.at : bad, coded ? scan.trouble : JSON_NOT_UTF8)) {
        return false;
      }
    }
    if (bad < stop) {
      bad = stop + utf8_check(stop, (size_t)(end - stop));
    }
    line = stop + 1;
    if (tape->n_cells - polled > POLL_CELLS) {
      polled = tape->n_cells;
      if (task_cancelled(tape->task)) {
        return false;
      }
    }
  }
  return true;
}
