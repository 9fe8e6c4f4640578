/* SPDX-License-Identifier: GPL-3.0-or-later */
/* builder.h -- makes columns cell by cell, and frames column by column.
 *
 * Both keep the first failure and ignore what follows, so that a caller asks once, at finish. A builder
 * belongs to one thread. Appending is amortised O(1) (text: O(length)).
 */
#ifndef ASSAY_FRAME_BUILDER_H
#define ASSAY_FRAME_BUILDER_H

#include "frame/column.h"
#include "frame/frame.h"

typedef struct Builder Builder;

ASSAY_API Builder *builder_new(Type type, size_t expected) MUST_USE; /* NULL: no memory */
ASSAY_API void builder_free(Builder *builder);                       /* NULL is fine */
ASSAY_API size_t builder_rows(const Builder *builder);

/* One cell; the function must fit the type. Text must be UTF-8 without NUL: else the builder fails. */
ASSAY_API void builder_float(Builder *builder, double value);
ASSAY_API void builder_int(Builder *builder, int64_t value);         /* int64, timestamp */
ASSAY_API void builder_bool(Builder *builder, bool value);
ASSAY_API void builder_text(Builder *builder, const char *text, size_t length); /* category, string */
ASSAY_API void builder_missing(Builder *builder);

/* A set cell: items one after the other, then the end of the cell. Items given twice are one. A missing cell
 * drops the items before it. */
ASSAY_API void builder_item(Builder *builder, const char *text, size_t length);
ASSAY_API void builder_set(Builder *builder);

ASSAY_API void builder_zone(Builder *builder, const char *zone);
ASSAY_API void builder_role(Builder *builder, Role role);

/* Gives the column and frees the builder, also on failure. */
ASSAY_API Status builder_finish(Builder *builder, Column **out, Error *e) MUST_USE;

typedef struct Draft Draft;

ASSAY_API Draft *draft_new(void) MUST_USE; /* NULL: no memory; the other functions take NULL as failed */
ASSAY_API void draft_free(Draft *draft);
ASSAY_API bool draft_has(const Draft *draft, const char *name); /* a column of that name; NULL: none */
/* Takes the reference; NULL marks the draft failed for want of memory. */
ASSAY_API void draft_column(Draft *draft, const char *name, Column *column);
ASSAY_API void draft_builder(Draft *draft, const char *name, Builder *builder); /* finishes, frees; NULL as above */
ASSAY_API void draft_floats(Draft *draft, const char *name, const double *values, size_t n); /* NaN becomes missing */
ASSAY_API void draft_ints(Draft *draft, const char *name, const int64_t *values, size_t n);
ASSAY_API void draft_texts(Draft *draft, const char *name, const char *const *texts, size_t n); /* NULL is missing */

/* One-row columns, for glance. */
ASSAY_API void draft_float(Draft *draft, const char *name, double value); /* NaN becomes missing */
ASSAY_API void draft_int(Draft *draft, const char *name, int64_t value);
ASSAY_API void draft_bool(Draft *draft, const char *name, bool value);
ASSAY_API void draft_text(Draft *draft, const char *name, const char *text);

/* Gives the frame and frees the draft, also on failure. */
ASSAY_API Status draft_finish(Draft *draft, Frame **out, Error *e) MUST_USE;

#endif
