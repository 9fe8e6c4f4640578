/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_check.h -- refuses what k-means cannot work on, before it starts, with the value and its place. */
#ifndef ASSAY_CLUSTER_KMEANS_CHECK_H
#define ASSAY_CLUSTER_KMEANS_CHECK_H

#include "cluster/kmeans_fit.h"

/* Shapes, numbers of options, and the given centres. */
Status kmeans_check_settings(const KmeansFit *fit, Error *e) MUST_USE;

/* A state to go on with, which may come from a file: of these settings, sound and finite. */
Status kmeans_check_state(const KmeansFit *fit, Error *e) MUST_USE;

/* One pass over rows and weights: all finite, squares within range; fills fit->totss and fit->total_weight.
 */
Status kmeans_check_data(KmeansFit *fit, Error *e) MUST_USE;

#endif
