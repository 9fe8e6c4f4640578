/* SPDX-License-Identifier: GPL-3.0-or-later */
/* som.h -- self-organising maps: units on a grid, each with a code (a point among the rows), so that neighbours on the
 * grid are neighbours among the rows.
 *
 * batch: in each epoch every row goes to its nearest code, and each code becomes the mean of all rows weighted by the
 * neighbourhood h of their units; nothing is random, and the result does not depend on the order of rows but for
 * rounding. online: rows one after the other in random order move the codes near their unit by alpha h. Radius and
 * alpha fall linearly from the first epoch to the last. h is exp(-d^2 / (2 radius^2)) (gaussian) or 1 up to the radius
 * (bubble), d the distance of two units on the grid, where direct neighbours are 1 apart; a toroidal grid has no edges.
 *
 * Codes begin on the plane of the two first principal components (pca) or at random rows. Sums of batch epochs run
 * along the fixed tree of core/reduce.h: the same bits on any number of threads; online runs on one.
 *
 * Cost of an epoch: n u d for u units and u^2 d (batch), n u d and u d for each row (online). Memory: 2 u d for each
 * thread and level of the tree. Reference: Kohonen 2001, Self-Organizing Maps; Ultsch and Siemon 1990 (U-matrix);
 * Kiviluoto 1996 (topographic error).
 */
#ifndef ASSAY_CLUSTER_SOM_H
#define ASSAY_CLUSTER_SOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/task.h"
#include "math/rows.h"

typedef struct SomGrid {
  size_t x, y;
  bool hexagonal, toroidal; /* a toroidal hexagonal grid needs an even y */
} SomGrid;

/* Where a unit (number = row * x + column) lies, and how far two are apart. */
void som_position(const SomGrid *grid, size_t unit, double *x, double *y);
double som_distance(const SomGrid *grid, size_t a, size_t b);
/* Direct neighbours: 6 of a hexagonal grid, 8 of a rectangular one. */
bool som_are_neighbours(const SomGrid *grid, size_t a, size_t b);

typedef struct SomSettings {
  SomGrid grid;
  bool online, bubble, random_start;
  size_t epochs;
  double radius, radius_end; /* radius NaN: where two thirds of all pairs of units are nearer, 1 at least */
  double alpha, alpha_end;
  uint64_t seed;
} SomSettings;

/* Where an interrupted fit goes on: epochs that are done and the codes after them (NULL: none). */
typedef struct SomState {
  size_t epoch;
  double *codes; /* units x d */
} SomState;

typedef struct SomResult {
  size_t n, d, units;
  double *codes;         /* units x d */
  int32_t *unit;         /* n: the nearest, of equal ones the lower number */
  double *distance;      /* n: to it */
  int64_t *counts;       /* units */
  double *mean_distance; /* units: of its rows; NaN without rows */
  double *u_distance;    /* units: mean distance of its code to those of its neighbours */
  double quantisation;   /* mean distance of rows to their codes */
  double topographic;    /* share of rows whose second nearest unit is no neighbour of the nearest */
  double explained;      /* 1 - sum of squared distances / that to the mean of all rows; NaN when rows are equal */
  size_t empty;
  bool complete;
  char stopped_at[64];
} SomResult;

void som_result_free(SomResult *result);

/* After a cancel: STATUS_OK with complete = false and the codes so far; a second one gives STATUS_CANCELLED. weights:
 * of rows, or NULL (online draws every row once an epoch and takes alpha times weight / largest weight). Errors:
 * memory, limit, those of rows->block. */
Status som_fit(Task *task, const Rows *rows, const double *weights, const SomSettings *settings, SomState *state,
               SomResult *out, Error *e) MUST_USE;

/* The nearest unit of each row, the second nearest (NULL: not wanted; the first where there is one unit), and the
 * distance. */
Status som_assign(Task *task, const Rows *rows, const double *codes, size_t units, int32_t *unit, int32_t *second,
                  double *distance, Error *e) MUST_USE;

/* Units 0..units-1 into k groups by Ward's linkage of their codes: group[unit], numbered by first unit. */
Status som_cut(Task *task, const double *codes, size_t units, size_t d, size_t k, int32_t *group, Error *e) MUST_USE;

/* A grid of about 5 sqrt(n) units, its sides as the two largest standard deviations among principal components. */
Status som_grid_of(Task *task, const Rows *rows, bool hexagonal, SomGrid *grid, Error *e) MUST_USE;

#endif
