/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_pass.h -- passes that leave out what bounds on distances rule out (kmeans_fit.h says what a pass is). */
#ifndef ASSAY_CLUSTER_KMEANS_PASS_H
#define ASSAY_CLUSTER_KMEANS_PASS_H

#include "cluster/kmeans_fit.h"

/* Chooses fit->method by the settings, n, d, k and the memory there may be, and makes its bounds (kmeans_bounds.c), if it has
 * some. */
Status kmeans_bounds_new(KmeansFit *fit, Error *e) MUST_USE;
void kmeans_bounds_free(KmeansBounds *bounds);
void kmeans_bounds_reset(KmeansBounds *bounds);              /* the next pass starts from nothing */
bool kmeans_bounds_belong(const KmeansBounds *bounds, const double *centres); /* to the pass before, by these centres */
void kmeans_bounds_forget(KmeansBounds *bounds, size_t row); /* the row's label was changed by hand */

/* Bounds of a result from which several tries begin: keep copies them, back brings them back and says that
 * they now belong to `centres`, which differ from the kept ones by one centre only; for that one
 * kmeans_bounds_exchange must then be called for every row, with the squared distance to it and the labels
 * before and now. */
Status kmeans_bounds_keep(KmeansBounds *bounds, Error *e) MUST_USE;
void kmeans_bounds_back(KmeansBounds *bounds, const double *centres);
void kmeans_bounds_exchange(KmeansBounds *bounds, size_t row, size_t centre, double square, size_t before,
                            double square_before, size_t now, double square_now);

/* A pass by them, between kmeans_changes_begin and _end. Counts fit->ties: bounds never leave out a row that is as near to two
 * centres. */
Status kmeans_bounds_pass(KmeansFit *fit, const double *centres, const int32_t *before, int32_t *labels,
                          Error *e) MUST_USE;

#endif
