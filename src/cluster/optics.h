/* SPDX-License-Identifier: GPL-3.0-or-later */
/* optics.h -- an order of rows that shows clusters of every density (Ankerst, Breunig, Kriegel & Sander 1999).
 *
 * The core distance of a row is that to its min_points-th nearest row, itself the first. Beginning with the first row,
 * the order goes on with the row of least reachability, which is its least max(core distance, distance) from a row that
 * has had its turn; of equal ones the later row, as R's dbscan and ELKI do. Where no row is within eps of those so far,
 * the first row left begins again, with an infinite reachability.
 *
 * On a tree a row that has its turn first serves its sixteen nearest rows (or min_points + 1) and those of whose nearest it
 * is one; what it could do beyond is put off until the next row is no nearer. Then the tree is searched a little
 * farther, without the nodes whose rows were all reached over less than the distance to the last of their nearest: no row
 * that is not of their lists comes nearer. So few rows are looked at even where eps is infinite: about the time of finding
 * the nearest rows, twice. By brute force O(n^2 d). One thread orders (the order is a chain); nearest rows and core
 * distances are found on all. Memory: the index and 60 bytes a row, and 256 for the lists where the task may have them.
 */
#ifndef ASSAY_CLUSTER_OPTICS_H
#define ASSAY_CLUSTER_OPTICS_H

#include "cluster/cluster_options.h"
#include "math/neighbours.h"

#define OPTICS_OPTIONS(O)                                                                                              \
  O(min_points, INT, "5", 1, 1e9, "", "rows", "the core distance is that to this nearest row, itself counted")         \
  O(eps, NUMBER, OPTION_UNSET, 0, 1e300, "", "",                                                                       \
    "no row is reached over more than this; not given: the largest distance to the nearest row number min_points + 1") \
  O(cut, NUMBER, OPTION_UNSET, 0, 1e300, "", "",                                                                       \
    "clusters are cut off at this reachability, as by dbscan; not given: by xi")                                       \
  O(xi, NUMBER, "0.05", 1e-9, 0.999999, "", "",                                                                        \
    "clusters are valleys whose walls rise by this share from row to row (when cut is not given)")                     \
  O(min_cluster_size, INT, "0", 0, 1e9, "", "rows", "the fewest rows of a valley; 0: min_points, at least 2")          \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_METRIC(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct OpticsOptions {
  OPTICS_OPTIONS(OPTION_FIELD)
} OpticsOptions;

/* By row; position: the place in the order, from 0. Of one that was stopped the first `done` positions are those of the
 * whole order; reach and from of the rows that wait are no more than what the search for the next row has found. */
typedef struct OpticsOrder {
  size_t n, done;
  double eps;            /* used */
  uint32_t *order;       /* by position: the row */
  uint32_t *position;    /* OPTICS_NOBODY: waits */
  double *reach, *core;  /* infinite where there is none within eps */
  uint32_t *from;        /* the row it was reached from; OPTICS_NOBODY */
} OpticsOrder;

#define OPTICS_NOBODY UINT32_MAX

void optics_order_free(OpticsOrder *order);

/* Room for n rows, none of which has had its turn. */
Status optics_order_new(size_t n, OpticsOrder *out, Error *e) MUST_USE;

/* eps < 0: see the option. `out` is all zeros, or an order that was stopped, which goes on (eps is its own) to the same bits.
 * Stopped once core distances are known, it is STATUS_OK with done < n. A listener gets up to 256 steps: phase "order",
 * objective the largest reachability since the last step (NaN: all infinite), changed the rows in order so far. Errors:
 * STATUS_MEMORY, STATUS_CANCELLED (before core distances were known); then `out` is freed. */
Status optics_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                  size_t min_points, double eps, OpticsOrder *out, Error *e) MUST_USE;

/* Labels 0.. in the order of appearance, -1 noise and rows that wait, as dbscan with this radius would give to core rows.
 * Gives k. O(n). */
size_t optics_cut(const OpticsOrder *order, double cut, int32_t *labels);

/* A valley of the reachabilities: positions first .. last. */
typedef struct OpticsValley {
  size_t first, last;
} OpticsValley;

typedef struct OpticsValleys {
  OpticsValley *items; /* those within others stand before them */
  size_t n, room;
} OpticsValleys;

/* All valleys of steepness xi (figure 19 of the paper; ends corrected by predecessors: Schubert & Gertz 2018). */
Status optics_valleys(const OpticsOrder *order, double xi, size_t min_points, size_t min_size, OpticsValleys *out,
                      Error *e) MUST_USE;

/* Labels by the valleys that have none within them: gives k. */
size_t optics_label(const OpticsOrder *order, const OpticsValleys *valleys, int32_t *labels);

#endif
