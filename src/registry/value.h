/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.h -- a value on its way between a face's language and a primitive.
 *
 * Lua, forms and REST all speak in these. A Value owns what it points to; value_free gives it back and leaves VALUE_NONE.
 */
#ifndef ASSAY_REGISTRY_VALUE_H
#define ASSAY_REGISTRY_VALUE_H

#include "core/text.h"
#include "frame/frame.h"

typedef struct Model Model;
typedef struct Chart Chart;

typedef enum ValueKind {
  VALUE_NONE,
  VALUE_MISSING, /* NA */
  VALUE_BOOL,
  VALUE_INT,
  VALUE_NUMBER,
  VALUE_TEXT,
  VALUE_LIST,    /* items without names, n >= 0 */
  VALUE_MAP,     /* items with names */
  VALUE_COLUMN,
  VALUE_FRAME,
  VALUE_MODEL,
  VALUE_CHART,   /* a chart's description (chart/chart.h) */
  VALUE_OTHER,   /* something a primitive cannot take; text says what, for messages */
  VALUE_KIND_COUNT
} ValueKind;

typedef struct Value {
  ValueKind kind;
  union {
    bool flag;
    int64_t integer;
    double number;
    struct {
      char *bytes;
      size_t length;
    } text;
    struct {
      struct Value *items;
      char **names; /* NULL for a list */
      size_t n;
    } list;
    Column *column;
    Frame *frame;
    Model *model;
    Chart *chart;
  };
} Value;

ASSAY_API void value_free(Value *value);

/* "a whole number", "a frame" ... for messages. */
ASSAY_API const char *value_kind_name(ValueKind kind);

/* Bytes of the columns it refers to; 0 for plain values. */
ASSAY_API size_t value_bytes(const Value *value);

/* The makers take what they are given; value_text copies. */
ASSAY_API Status value_text(const char *text, size_t length, Value *out, Error *e) MUST_USE;
static inline Value value_of_bool(bool flag) { return (Value){.kind = VALUE_BOOL, .flag = flag}; }
static inline Value value_of_int(int64_t integer) { return (Value){.kind = VALUE_INT, .integer = integer}; }
static inline Value value_of_number(double number) { return (Value){.kind = VALUE_NUMBER, .number = number}; }
static inline Value value_of_frame(Frame *frame) { return (Value){.kind = VALUE_FRAME, .frame = frame}; }
static inline Value value_of_column(Column *column) { return (Value){.kind = VALUE_COLUMN, .column = column}; }
static inline Value value_of_model(Model *model) { return (Value){.kind = VALUE_MODEL, .model = model}; }
static inline Value value_of_chart(Chart *chart) { return (Value){.kind = VALUE_CHART, .chart = chart}; }

/* An empty list or map with room for n items; items start as VALUE_NONE, names as NULL and are then filled in. */
ASSAY_API Status value_list(size_t n, bool named, Value *out, Error *e) MUST_USE;

/* The item of a map by name, or NULL. */
ASSAY_API const Value *value_get(const Value *map, const char *name);

/* A deep copy (frames, columns and models by reference). */
ASSAY_API Status value_copy(const Value *value, Value *out, Error *e) MUST_USE;

/* A cell as a value: numbers, booleans, texts (timestamps as ISO text), lists (sets), VALUE_MISSING. */
ASSAY_API Status value_of_cell(const Column *column, size_t row, Value *out, Error *e) MUST_USE;

/* Of kind and content, all of it; needs no memory. A value that went through a model file has the same. */
ASSAY_API Digest value_digest(const Value *value);

/* How the value is written in Lua: for messages, journals and cards. Lists over ten items are cut with a mark. */
ASSAY_API void value_show(const Value *value, Text *out);

#endif
