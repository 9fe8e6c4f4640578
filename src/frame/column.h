/* SPDX-License-Identifier: GPL-3.0-or-later */
/* column.h -- one immutable, typed, reference-counted column.
 *
 * Layout is Arrow's: values in buffers aligned to 64 bytes, a validity bitmap (bit i of word i / 64; NULL:
 * nothing is missing). Text is UTF-8. Category: int32 codes into a dictionary; set: per row a strictly rising
 * list of codes. A dictionary has no text twice; codes never leave their column: others see text. Timestamps
 * are microseconds since 1970-01-01, wall time without a zone, or UTC with the column's zone name. Values
 * under missing cells are zero.
 *
 * A Column is made by a builder (builder.h) or by the functions below, and is never changed afterwards.
 * column_ref and column_unref are atomic; the rest may be called from any thread.
 */
#ifndef ASSAY_FRAME_COLUMN_H
#define ASSAY_FRAME_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "core/error.h"

typedef enum Type {
  TYPE_FLOAT64,
  TYPE_INT64,
  TYPE_BOOL,
  TYPE_TIMESTAMP,
  TYPE_CATEGORY,
  TYPE_STRING,
  TYPE_SET,
  TYPE_COUNT
} Type;

/* What a column is for: a label is discrete in plots, a factor in formulas and never a default variable.
 * Both of the last two were made by augment, which may replace them. */
typedef enum Role { ROLE_NONE, ROLE_LABEL, ROLE_PREDICTED } Role;

typedef struct Column Column;

ASSAY_API const char *type_name(Type type);                   /* "float64" ... */
ASSAY_API bool type_of_name(const char *name, Type *type);
ASSAY_API bool type_is_text(Type type);                       /* category or string */
ASSAY_API bool type_is_numeric(Type type);                    /* float64 or int64 */

ASSAY_API Column *column_ref(const Column *column);
ASSAY_API void column_unref(Column *column);                  /* NULL is fine */

ASSAY_API Type column_type(const Column *column);
ASSAY_API size_t column_rows(const Column *column);
ASSAY_API size_t column_missing(const Column *column);        /* number of missing cells */
ASSAY_API Role column_role(const Column *column);
ASSAY_API const char *column_zone(const Column *column);      /* timestamps: zone name, "" for wall time */
ASSAY_API size_t column_bytes(const Column *column);          /* memory it keeps alive: shared buffers, dictionary */

/* Of kind of type, zone, cells and what is missing, by content: category and string columns of equal cells
 * agree, whatever their levels. -0 and 0 differ, any NaN is one NaN, the role does not count. O(cells),
 * kept after the first call. */
ASSAY_API Digest column_digest(const Column *column);

/* One cell. The row must be valid and the type fit: float for every type but text and set (bool 0 or 1,
 * timestamp in microseconds), text for category and string (not NUL-terminated), set for set. */
ASSAY_API bool column_valid(const Column *column, size_t row);
ASSAY_API double column_float(const Column *column, size_t row);
ASSAY_API int64_t column_int(const Column *column, size_t row); /* int64, bool, timestamp */
ASSAY_API const char *column_text(const Column *column, size_t row, size_t *length);
ASSAY_API size_t column_set(const Column *column, size_t row, const int32_t **codes);

/* All sets of a set column at once: those of row r are codes[offsets[r]] .. codes[offsets[r + 1] - 1], also of a
 * slice; a missing cell has none. */
ASSAY_API void column_sets(const Column *column, const int64_t **offsets, const int32_t **codes);

/* Dictionary of category and set. */
ASSAY_API size_t column_levels(const Column *column);
ASSAY_API const char *column_level(const Column *column, size_t code, size_t *length);
ASSAY_API int32_t column_code(const Column *column, size_t row);

/* Writes rows first .. first + count - 1 as doubles to out[0], out[step], ... (types as column_float; NaN
 * where missing). */
ASSAY_API void column_block(const Column *column, size_t first, size_t count, double *out, size_t step);

/* Rows first .. first + count - 1. Shares the buffers when first is a multiple of 64, else copies all but
 * the bytes of texts and the codes of sets. */
ASSAY_API Status column_slice(const Column *column, size_t first, size_t count, Column **out, Error *e) MUST_USE;

/* The given rows, in that order, each < column_rows. O(n). */
ASSAY_API Status column_take(const Column *column, const size_t *rows, size_t n, Column **out, Error *e) MUST_USE;

/* The same cells with another role. Shares the buffers. */
ASSAY_API Status column_with_role(const Column *column, Role role, Column **out, Error *e) MUST_USE;

/* Copies of n values without missing cells. */
ASSAY_API Status column_of_floats(const double *values, size_t n, Column **out, Error *e) MUST_USE;
ASSAY_API Status column_of_ints(const int64_t *values, size_t n, Column **out, Error *e) MUST_USE;

/* n sets over the dictionary of another set column, laid out as column_sets gives them from offset 0 on; each rising.
 * Copies. */
ASSAY_API Status column_of_sets(const Column *like, const int64_t *offsets, const int32_t *codes, size_t n, Column **out,
                      Error *e) MUST_USE;

/* Cells as text: what echo, CSV and Lua show. float64: shortest text that reads back; timestamp: ISO 8601
 * (a date alone when the whole column lies on midnights); set: {a, b} with quoting that reads back;
 * missing: "NA". */
struct Text; /* core/text.h */
ASSAY_API void column_cell_text(const Column *column, size_t row, struct Text *out);
ASSAY_API bool column_is_dates(const Column *column);         /* a timestamp column without a zone, of midnights
                                                     * and not of missing cells only */

/* Checks every invariant above; for columns made from files and in tests. O(cells). */
ASSAY_API Status column_check(const Column *column, Error *e) MUST_USE;

#endif
