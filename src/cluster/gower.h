/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gower.h -- Gower's dissimilarity between rows of mixed columns, straight from a frame.
 *
 * d(i, j) = sum of w delta d over the variables / sum of w delta, between 0 and 1 (Gower 1971; Kaufman and Rousseeuw
 * 1990, chapter 1; the figures of R's daisy). d is, by the variable's type:
 *
 *   numeric     |x - y| / range over the rows; also of timestamps
 *   ordinal     the same of ranks: levels of a category in their order, or the distinct numbers in theirs
 *   logratio    the same of log10 x; x must be above 0
 *   nominal     0 for equal texts, numbers or booleans, else 1
 *   asymmetric  the same for two classes of which the second (true, 1, the later level) is the one that tells: delta
 *               is 0 where neither row has it
 *
 * delta is 0 where either cell is missing. A variable without spread adds 0. Two rows that have nothing in common
 * (every delta 0) have no dissimilarity: NaN, and an error of what needs them all. Memory: 8 n bytes per number, 4 n
 * per nominal variable; a row of distances costs about d / 4 cycles each. A Gower is immutable; its functions may be
 * called from any thread.
 */
#ifndef ASSAY_CLUSTER_GOWER_H
#define ASSAY_CLUSTER_GOWER_H

#include "core/options.h"
#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

typedef enum GowerType { GOWER_NUMERIC, GOWER_ORDINAL, GOWER_LOG_RATIO, GOWER_NOMINAL, GOWER_ASYMMETRIC } GowerType;

/* The names above, for option lists. */
#define GOWER_TYPES "numeric|ordinal|logratio|nominal|asymmetric"
const char *gower_type_name(GowerType type);
bool gower_type_of_name(const char *name, size_t length, GowerType *type);

typedef struct GowerColumn {
  size_t column; /* number in the frame */
  GowerType type;
  double weight;     /* above 0 */
  double low, range; /* of the numbers as used (ranks, logarithms); range NaN: to be measured over the rows */
} GowerColumn;

typedef struct Gower Gower;

/* The columns to use: those of `on`, or all but labels, sets, columns of an earlier augment and `except` (a name,
 * NULL); each with the type that `types` says by name, or the one that goes with its own type: numeric for numbers
 * and timestamps, nominal for texts and booleans. Weights 1, ranges not measured. *out: mem_free. Notes a text that
 * is different in every row, which was left out. Errors: STATUS_NAME "unknown-column", STATUS_ARGUMENT "gower-type"
 * (a type that the column cannot have), STATUS_DATA "bad-data" (no column). */
Status gower_columns(const Frame *data, OptionTexts on, const char *except, OptionTextMap types, GowerColumn **out,
                     size_t *d, Text *notes, Error *e) MUST_USE;

/* Whether a text tells its rows apart and nothing else: more than 20 rows, and no text twice. O(rows). */
bool gower_names_rows(const Column *column);

/* Takes in n rows (their numbers, NULL: the first n). Errors: STATUS_DATA "not-finite", "gower-type" (a logarithm of
 * what is not above 0, more than two classes), memory, cancelled. O(n d); ordinal numbers O(n log n). */
Status gower_new(Task *task, const Frame *data, const size_t *rows, size_t n, const GowerColumn *columns, size_t d,
                 Gower **out, Error *e) MUST_USE;
void gower_free(Gower *gower); /* NULL is fine */

/* The given rows in that order, with the scales they have here. O(m d). */
Status gower_take(const Gower *gower, const size_t *rows, size_t m, Gower **out, Error *e) MUST_USE;

size_t gower_rows(const Gower *gower);
size_t gower_count(const Gower *gower);            /* of columns */
const GowerColumn *gower_used(const Gower *gower); /* the columns, ranges filled in */
double gower_bytes(double n, double d);            /* about what gower_new holds */

/* out[0 .. count - 1]: from `row` to rows first, first + 1 ...; NaN where they share nothing. The same bits whichever
 * way. */
void gower_distances(const Gower *gower, size_t row, size_t first, size_t count, double *out);

/* All of them: (0,1) (0,2) ... (0,n-1) (1,2) ..., n (n - 1) / 2 numbers, on all threads. Errors: STATUS_DATA
 * "gower-nothing-shared" with the first two rows (numbers within the n, from 1), STATUS_CANCELLED. O(n^2 d). */
Status gower_triangle(Task *task, const Gower *gower, double *out, Error *e) MUST_USE;

/* The first pair that shares nothing: false when there is none. O(1) unless every variable has missing cells or is
 * asymmetric, then O(n^2 d). Errors: STATUS_CANCELLED. */
Status gower_apart(Task *task, const Gower *gower, bool *found, size_t pair[2], Error *e) MUST_USE;

/* STATUS_DATA "gower-nothing-shared" for two rows (from 0). */
Status gower_refuse_apart(const size_t pair[2], Error *e);

#endif
