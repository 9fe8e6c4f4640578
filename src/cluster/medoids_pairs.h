/* SPDX-License-Identifier: GPL-3.0-or-later */
/* medoids_pairs.h -- dissimilarities between n rows, wherever they come from, for methods that need nothing else.
 *
 * Three sources: rows of numbers with a metric (math/distance.h), mixed columns (gower.h), and a square of numbers
 * that was given or made before. The first two are computed when asked for, so that no n x n memory is needed; a pair
 * has the same bits each time. A Pairs borrows what it points to, but for one made by pairs_take or pairs_store,
 * which is to be freed. Functions may be called from any thread.
 */
#ifndef ASSAY_CLUSTER_MEDOIDS_PAIRS_H
#define ASSAY_CLUSTER_MEDOIDS_PAIRS_H

#include "cluster/gower.h"
#include "core/task.h"
#include "math/distance.h"

typedef struct Pairs {
  size_t n, d; /* d: columns of values, else 0 */
  Metric metric;
  const double *values; /* n x d, or NULL */
  const Gower *gower;   /* or NULL */
  const double *square; /* n x n, or NULL; asked first */
  double *own_numbers;  /* what a taken or stored one owns */
  Gower *own_gower;
} Pairs;

Pairs pairs_of_values(const double *values, size_t n, size_t d, Metric metric);
Pairs pairs_of_gower(const Gower *gower);
Pairs pairs_of_square(const double *square, size_t n);
void pairs_free(Pairs *pairs);

/* Rows worked on together: enough to use each column of a block more than once. */
enum { PAIRS_GROUP = 16 };

/* lines[i][j] = dissimilarity of rows[i] (i < count <= PAIRS_GROUP) to row first + j (j < length): pointers into the
 * square, or into buffer, which has room for count x length, with scratch of count x d (pairs_scratch). */
void pairs_lines(const Pairs *pairs, const size_t *rows, size_t count, size_t first, size_t length, double *scratch,
                 double *buffer, const double *lines[PAIRS_GROUP]);
size_t pairs_scratch(const Pairs *pairs); /* doubles */

/* out[j] = dissimilarity of `row` to row j, all n of them, on this thread. */
void pairs_line(const Pairs *pairs, size_t row, double *out);

/* The given rows in that order, as a Pairs of its own. O(m d), of a square O(m^2). */
Status pairs_take(const Pairs *pairs, const size_t *rows, size_t m, Pairs *out, Error *e) MUST_USE;

/* Puts all dissimilarities into memory (8 n^2 bytes) on all threads, if that is worth it and `most` bytes allow it;
 * does nothing otherwise. Errors: cancelled. Without memory it does nothing. */
Status pairs_store(Task *task, Pairs *pairs, double most, Error *e) MUST_USE;

/* A given square: finite, not negative, 0 on the diagonal, symmetric within 1e-9 of the larger. Errors: STATUS_DATA
 * "bad-distances" with row and column (from 1). */
Status pairs_check_square(const double *square, size_t n, Error *e) MUST_USE;

#endif
