/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns a JSON file has, and of which types. Keys of the tapes are joined by their paths, in order of
 * the file. */
#include <string.h>

#include "core/alloc.h"
#include "io/json_reader.h"

static bool more_paths(JsonReader *reader)
{
  if (reader->n_paths < reader->paths_room) {
    return true;
  }
  const size_t room = reader->paths_room * 2 + 32;
  JsonColumn *paths = mem_resize(reader->paths, room, sizeof *paths);
  if (paths) {
    reader->paths = paths;
    reader->paths_room = room;
  }
  return paths != NULL;
}

static Status join_node(JsonReader *reader, size_t item, uint32_t node, Text *name, Error *e)
{
  const JsonTape *tape = &reader->tapes[item];
  const JsonNode *from = &tape->nodes[node];
  size_t number;
  bool fresh;
  text_reset(name);
  json_node_path(tape, node, name);
  Status status = text_status(name, e);
  if (status == STATUS_OK) {
    status = map_put(reader->names, text_data(name), name->size, &number, &fresh, e);
  }
  if (status == STATUS_OK && fresh && !more_paths(reader)) {
    status = error_memory(e, 0, _("columns"));
  }
  if (status != STATUS_OK) {
    return status;
  }
  if (number >= JSON_NODES_MOST) {
    return json_fault(reader, JSON_MANY_KEYS, tape->begin, e);
  }
  if (fresh) {
    JsonColumn *path = &reader->paths[reader->n_paths++];
    *path = (JsonColumn){.number = SIZE_MAX};
    json_seen_clear(&path->seen);
  }
  JsonColumn *path = &reader->paths[number];
  json_seen_merge(&path->seen, &from->seen);
  path->object = path->object || from->object;
  path->key = path->key || from->seen.count[JSON_NULL] + json_seen_values(&from->seen) > 0;
  reader->path_of[item][node] = (uint32_t)number;
  return STATUS_OK;
}

static Status join_tapes(JsonReader *reader, Error *e)
{
  Text name = {0};
  Status status = STATUS_OK;
  reader->names = map_new();
  reader->path_of = mem_zero(reader->n_tapes, sizeof *reader->path_of);
  if (!reader->names || !reader->path_of) {
    return error_memory(e, 0, _("columns"));
  }
  for (size_t i = 0; status == STATUS_OK && i < reader->n_tapes; i++) {
    const size_t nodes = reader->tapes[i].n_nodes;
    reader->path_of[i] = mem_alloc(nodes, sizeof(uint32_t));
    if (!reader->path_of[i]) {
      status = error_memory(e, 0, _("columns"));
    }
    for (uint32_t node = 0; status == STATUS_OK && node < nodes; node++) {
      status = join_node(reader, i, node, &name, e);
    }
  }
  text_free(&name);
  for (size_t i = 0; i < reader->n_paths; i++) {
    size_t length;
    const char *key = map_key(reader->names, i, &length);
    reader->paths[i].name = length > 0 ? key : "unnamed"; /* a frame's columns have names */
  }
  return status;
}

/* Columns are the paths with a value, and those with nulls alone that are not objects elsewhere. */
static bool is_column(const JsonColumn *path)
{
  return path->key && (json_seen_values(&path->seen) > 0 || !path->object);
}

static Status no_column(const JsonReader *reader, const char *name, Error *e)
{
  const char **names = mem_alloc(reader->n_paths, sizeof *names);
  size_t n = 0;
  error_set(e, STATUS_NAME, "unknown-column", _("'%1$s' has no column '%2$s'"), reader->path, name);
  for (size_t i = 0; names && i < reader->n_paths; i++) {
    if (is_column(&reader->paths[i])) {
      names[n++] = reader->paths[i].name;
    }
  }
  const size_t near = names ? text_nearest(name, names, n) : n;
  if (near < n) {
    (void)error_hint(e, _("did you mean '%s'?"), names[near]);
  } else {
    (void)error_hint(
        e,
        _("objects within rows make columns like a.b; read the file without this option to see its columns"));
  }
  mem_free(names);
  return STATUS_NAME;
}

static Status need_path(const JsonReader *reader, const char *name, size_t *number, Error *e)
{
  const bool found = map_get(reader->names, name, strlen(name), number);
  return found && is_column(&reader->paths[*number]) ? STATUS_OK : no_column(reader, name, e);
}

/* The columns in their order, and nothing of the others. */
static Status choose_columns(JsonReader *reader, Error *e)
{
  const CsvOptions *options = reader->options;
  reader->order =
      mem_alloc(options->n_columns > 0 ? options->n_columns : reader->n_paths, sizeof *reader->order);
  Status status = reader->order ? STATUS_OK : error_memory(e, 0, _("columns"));
  for (size_t i = 0; status == STATUS_OK && i < options->n_columns; i++) {
    size_t number;
    status = need_path(reader, options->columns[i], &number, e);
    if (status == STATUS_OK && reader->paths[number].number == SIZE_MAX) {
      reader->paths[number].number = reader->n;
      reader->order[reader->n++] = number;
    }
  }
  for (size_t i = 0; status == STATUS_OK && options->n_columns == 0 && i < reader->n_paths; i++) {
    if (is_column(&reader->paths[i])) {
      reader->paths[i].number = reader->n;
      reader->order[reader->n++] = i;
    }
  }
  return status;
}

/* Whether all values are of the kinds of the set, a bit for each. */
static bool only(const JsonSeen *seen, unsigned kinds)
{
  for (int kind = JSON_NULL + 1; kind < JSON_KINDS; kind++) {
    if (seen->count[kind] > 0 && !(kinds >> kind & 1)) {
      return false;
    }
  }
  return true;
}

#define KIND(name) (1u << JSON_##name)

static Type type_of(const JsonSeen *seen)
{
  const unsigned floats = KIND(INT) | KIND(REAL) | KIND(SPECIAL);
  if (json_seen_values(seen) == 0) {
    return TYPE_STRING;
  }
  if (only(seen, KIND(BOOL))) {
    return TYPE_BOOL;
  }
  if (only(seen, KIND(INT) | KIND(INT_ONLY))) {
    return TYPE_INT64;
  }
  if (only(seen, floats) && !only(seen, KIND(SPECIAL))) {
    return TYPE_FLOAT64;
  }
  if (only(seen, KIND(TIME)) || only(seen, KIND(TIME_UTC))) {
    return TYPE_TIMESTAMP;
  }
  return only(seen, KIND(TEXTS) | KIND(EMPTY)) ? TYPE_SET : TYPE_CATEGORY;
}

static Status choose_types(JsonReader *reader, Error *e)
{
  const CsvOptions *options = reader->options;
  for (size_t i = 0; i < reader->n_paths; i++) {
    JsonColumn *path = &reader->paths[i];
    path->forced = options->all_text;
    path->type = options->all_text ? TYPE_STRING : type_of(&path->seen);
    path->utc = path->seen.count[JSON_TIME_UTC] > 0 && path->seen.count[JSON_TIME] == 0;
  }
  for (size_t i = 0; i < options->n_forced; i++) {
    size_t number;
    const Status status = need_path(reader, options->names[i], &number, e);
    if (status != STATUS_OK) {
      return status;
    }
    reader->paths[number].forced = true;
    reader->paths[number].type = options->types[i];
  }
  return STATUS_OK;
}

Status json_choose(JsonReader *reader, Error *e)
{
  Status status;
  TRY(join_tapes(reader, e));
  TRY(choose_columns(reader, e));
  TRY(choose_types(reader, e));
done:
  return status;
}
