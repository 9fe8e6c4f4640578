/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_tape.h -- where the cells of some rows stand in a JSON text.
 *
 * A file is read in pieces, and each becomes a tape: one number per value, in the order of the file, which
 * says to which key it belongs, what kind of value it is and where it stands. Keys make a tree, whose leaves
 * become columns: the value of "b" in the object of "a" belongs to the node b below a. How often a leaf met
 * which kind of value, and where first, is counted on the way, so that types can be chosen before anything is
 * converted.
 *
 * Which node a key is, is first guessed: the one that followed the last one before. So a file whose objects
 * have their keys in one order costs a comparison per key and no look-up. O(bytes); eight bytes of memory per
 * value.
 */
#ifndef ASSAY_IO_JSON_TAPE_H
#define ASSAY_IO_JSON_TAPE_H

#include "core/map.h"
#include "core/task.h"
#include "core/text.h"
#include "io/json_scan.h"

/* JSON_ROW: the kind of a cell that begins a row, or a column. */
enum { JSON_NODES_MOST = 100000, JSON_ROW = 15 };
#define JSON_NONE UINT32_MAX /* no node; the root of the tree */

/* Kind, node and offset from the tape's first byte. */
typedef uint64_t JsonCell;
static inline unsigned json_cell_kind(JsonCell cell)
{
  return (unsigned)(cell >> 60);
}
static inline uint32_t json_cell_node(JsonCell cell)
{
  return (uint32_t)(cell >> 40 & 0xFFFFF);
}
static inline uint64_t json_cell_offset(JsonCell cell)
{
  return cell & ((UINT64_C(1) << 40) - 1);
}

/* How often each kind of value came, and the offset in the file of the first one. */
typedef struct JsonSeen {
  size_t count[JSON_KINDS];
  uint64_t first[JSON_KINDS];
} JsonSeen;

void json_seen_clear(JsonSeen *seen);
void json_seen_merge(JsonSeen *seen, const JsonSeen *other);
size_t json_seen_values(const JsonSeen *seen); /* all but nulls */

typedef struct JsonNode {
  uint32_t parent;
  uint32_t next, child; /* guesses: what follows it, and its first key when it is an object */
  size_t raw_length;
  const char *raw; /* the key as last written */
  uint64_t record; /* number of the record it was last in */
  bool object;     /* it was one, somewhere */
  JsonSeen seen;
} JsonNode;

/* A line of JSON lines that is no row. */
typedef struct JsonReject {
  uint64_t line;       /* in the piece, from 0 */
  uint64_t begin, end; /* in the file */
  uint64_t at;         /* the byte to blame */
  JsonTrouble trouble;
} JsonReject;

/* How often something came that is worth a line of the report, and where first. */
typedef struct JsonNote {
  size_t count;
  uint64_t first;
} JsonNote;

typedef struct JsonTape {
  const char *bytes;   /* of the whole file */
  uint64_t begin, end; /* of the piece */
  const Task *task;
  size_t rows_most; /* SIZE_MAX: all */
  bool by_column;   /* a marker begins a column, and each cell is a row further */
  Map *map;         /* the node's parent and name */
  JsonNode *nodes;
  size_t n_nodes, nodes_room;
  uint32_t child; /* as in JsonNode, of the root */
  JsonCell *cells;
  size_t n_cells, cells_room;
  size_t rows, lines, blank_lines;
  uint64_t record;
  JsonNote twice, empty; /* keys given twice in one object; empty objects within rows */
  JsonReject *rejects;
  size_t n_rejects, rejects_room;
  Text scratch;
} JsonTape;

void json_tape_free(JsonTape *tape);

/* One row: the object at the scan's place. On failure the tape is as it was. */
bool json_tape_row(JsonTape *tape, JsonScan *scan);

/* The object at the scan's place as columns: each value an array without objects in it. *columns is false,
 * without trouble, when the object is something else; *ragged is the second of two keys whose arrays differ
 * in length. */
bool json_tape_columns(JsonTape *tape, JsonScan *scan, bool *columns, uint32_t *ragged);

/* The lines of the piece, each a row; those that are none become rejects. False: no memory, or cancelled.
 * `utf8`: the bytes are known to be UTF-8. */
bool json_tape_lines(JsonTape *tape, bool utf8);

/* The name of a node: its key, and its place in the tree "a.b". */
const char *json_node_key(const JsonTape *tape, uint32_t node, size_t *length);
void json_node_path(const JsonTape *tape, uint32_t node, Text *out);

#endif
