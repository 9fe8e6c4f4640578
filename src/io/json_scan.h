/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_scan.h -- the grammar of JSON (RFC 8259), character by character, without memory of its own.
 *
 * Strict: no comments, no trailing commas, no NaN, no leading zeros, no control characters in strings, no
 * lone halves of surrogate pairs, and \u0000 is refused since texts hold no NUL. Values may be nested
 * JSON_DEPTH_MOST deep. A scan stands at `at`; a function that fails gives false, with `trouble` set and `at`
 * at the byte to blame. All O(bytes).
 *
 * Whether the bytes are UTF-8 is not looked at here (utf8_check is asked for all of them at once).
 */
#ifndef ASSAY_IO_JSON_SCAN_H
#define ASSAY_IO_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/task.h"

enum { JSON_DEPTH_MOST = 200 };

typedef enum JsonTrouble {
  JSON_FINE,
  JSON_WANTS_VALUE,
  JSON_WANTS_KEY,
  JSON_WANTS_COLON,
  JSON_WANTS_COMMA_BRACE,
  JSON_WANTS_COMMA_BRACKET,
  JSON_ENDS, /* the bytes end within a value */
  JSON_OPEN_STRING,
  JSON_CONTROL, /* a line break or other control character in a string */
  JSON_ESCAPE,
  JSON_NUL, /* \u0000 */
  JSON_SURROGATE,
  JSON_NUMBER,
  JSON_DEPTH,
  JSON_AFTER,     /* something follows the value */
  JSON_NO_OBJECT, /* a row that is none */
  JSON_NOT_UTF8,
  JSON_MANY_KEYS,
  JSON_NO_MEMORY,
  JSON_TROUBLES
} JsonTrouble;

/* What a value is, as far as it matters for a column's type. */
typedef enum JsonKind {
  JSON_NULL,
  JSON_BOOL,
  JSON_INT,       /* whole, exact as int64 and as float64 */
  JSON_INT_ONLY,  /* whole, exact as int64, not as float64 */
  JSON_REAL,      /* with a point or exponent; or whole, past int64, and exact as float64 */
  JSON_LONG,      /* whole, exact as neither */
  JSON_TOO_LARGE, /* for float64: 1e400 */
  JSON_TEXT,
  JSON_SPECIAL, /* the texts "NaN" "Inf" "-Inf" */
  JSON_TIME,    /* a text that is a date or time (frame/parse_time.h) */
  JSON_TIME_UTC,
  JSON_TEXTS, /* an array of texts, at least one */
  JSON_EMPTY, /* [] */
  JSON_ARRAY, /* any other array */
  JSON_KINDS
} JsonKind;

typedef struct JsonScan {
  const char *at, *end;
  JsonTrouble trouble;
  const Task *task; /* whose cancel ends a scan of large values, with JSON_NO_MEMORY; NULL: none */
  unsigned polls;
} JsonScan;

/* Gives false, with the trouble. */
bool json_fail(JsonScan *scan, JsonTrouble trouble, const char *at);

static inline void json_blanks(JsonScan *scan)
{
  while (scan->at < scan->end &&
         (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t')) {
    scan->at++;
  }
}

/* A string that begins at `at`: its content as it stands in the file, and whether that has escapes. */
typedef struct JsonString {
  const char *text;
  size_t length;
  bool escaped;
} JsonString;

bool json_string(JsonScan *scan, JsonString *out);

/* The value at `at`, which is no object, passed over and told; `depth` values are open around it. An array is
 * one value with all that is in it. */
bool json_value(JsonScan *scan, int depth, JsonKind *kind);

/* Any value, passed over. */
bool json_skip(JsonScan *scan);

/* Decodes the content of a sound string to `out` (room for `length` bytes) and gives the length. */
size_t json_unescape(const char *text, size_t length, char *out);

/* Where a sound value ends. */
const char *json_value_end(const char *at, const char *end);

#endif
