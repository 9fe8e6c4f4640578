/* SPDX-License-Identifier: GPL-3.0-or-later */
/* neighbours.h -- which rows lie near: an index over the rows of a matrix, and questions to it.
 *
 * The index is a kd-tree (up to 15 columns), a ball tree (up to 64; Omohundro 1989) or none (more columns, few rows, or
 * cosine and minkowski: blocks of all distances); the choice depends on n, d and the metric alone. Answers are exact:
 * the same rows and the same bits as comparing with every row by math/distance.h. "Near" compares ranks (metric_rank),
 * and of equal ranks the lower row number comes first.
 *
 * Trees are built in parallel, the same on any number of threads: O(n d log n), 1.4 d + 1 numbers a row. A question
 * costs about log n for few columns, up to n d for many. All questions may be asked from several threads at once. The
 * matrix is borrowed while the index lives; its values are finite, and squares of its differences too.
 */
#ifndef ASSAY_MATH_NEIGHBOURS_H
#define ASSAY_MATH_NEIGHBOURS_H

#include <stdint.h>

#include "core/task.h"
#include "math/distance.h"

typedef enum NeighbourKind { NEIGHBOURS_AUTO, NEIGHBOURS_KD, NEIGHBOURS_BALL, NEIGHBOURS_BRUTE } NeighbourKind;

typedef struct Neighbours Neighbours;

/* n < 2^32 rows of d columns. A kind that the metric does not allow becomes NEIGHBOURS_BRUTE. Errors: STATUS_MEMORY,
 * STATUS_CANCELLED, STATUS_LIMIT (rows). */
Status neighbours_new(Task *task, const double *values, size_t n, size_t d, Metric metric, NeighbourKind kind,
                      Neighbours **out, Error *e) MUST_USE;
void neighbours_free(Neighbours *index); /* NULL is fine */

/* KD, BALL or BRUTE; "kd-tree", "ball tree", "brute force". */
NeighbourKind neighbours_kind(const Neighbours *index);
const char *neighbours_kind_name(NeighbourKind kind);

/* Bytes an index of this size takes, for forecasts. */
double neighbours_bytes(size_t n, size_t d);

typedef struct NeighbourHit {
  double rank;
  uint32_t row;
} NeighbourHit;

/* The min(k, n) nearest rows to x (d values), nearest first, into hits; gives their number. */
size_t neighbours_query(const Neighbours *index, const double *x, size_t k, NeighbourHit *hits);

/* How many rows have a rank of at most `limit`; may stop counting at `enough` (SIZE_MAX: never). */
size_t neighbours_count(const Neighbours *index, const double *x, double limit, size_t enough);

/* A list that grows; all zero is empty. */
typedef struct NeighbourList {
  NeighbourHit *hits;
  size_t n, room;
} NeighbourList;

/* All rows with a rank of at most `limit`, in an order that depends on the index alone; the list is emptied first. */
Status neighbours_within(const Neighbours *index, const double *x, double limit, NeighbourList *list,
                         Error *e) MUST_USE;

/* The k nearest of each of q queries (row-major; NULL with q = n: the index's own rows, which then find themselves), on
 * all threads: rows[i * k + j] and distances[i * k + j], nearest first; either may be NULL. 1 <= k <= n. */
Status neighbours_nearest(Task *task, const Neighbours *index, const double *queries, size_t q, size_t k,
                          uint32_t *rows, double *distances, Error *e) MUST_USE;

/* The distance, or its rank, of each of the index's own rows to its k-th nearest, itself being the first. */
Status neighbours_kth(Task *task, const Neighbours *index, size_t k, double *distances, Error *e) MUST_USE;
Status neighbours_kth_rank(Task *task, const Neighbours *index, size_t k, double *ranks, Error *e) MUST_USE;

/* How many of the index's rows lie within `radius` (a distance) of each query; it may stop at `enough`. */
Status neighbours_counts(Task *task, const Neighbours *index, const double *queries, size_t q, double radius,
                         size_t enough, uint32_t *counts, Error *e) MUST_USE;

#endif
