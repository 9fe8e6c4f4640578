/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_bounds.h -- what the sources of bounds share: memory and centres (kmeans_bounds.c), neighbours of centres
 * (kmeans_near.c), passes (kmeans_bounds_pass.c). The idea is told in kmeans_bounds.c. */
#ifndef ASSAY_CLUSTER_KMEANS_BOUNDS_H
#define ASSAY_CLUSTER_KMEANS_BOUNDS_H

#include <float.h>
#include <math.h>

#include "cluster/kmeans_near.h"
#include "cluster/kmeans_pass.h"
#include "cluster/kmeans_single_kernels.h"

enum { STRIP = KMEANS_STRIP, LANES = KMEANS_SINGLE_LANES };

#define SLACK 1e-6
#define TINY 1e-18

typedef struct Strip Strip;

struct KmeansBounds {
  const KmeansSingleKernels *kernels;
  size_t groups, vectors; /* groups; vectors of sixteen centres in each, 0: its one centre is taken from `single` */
  bool gaps;              /* of the one group, whose centres are compared at once, only lower less upper is kept */
  size_t stride;          /* n rounded up to blocks */
  size_t n, k, d, workers;
  double factor;        /* a power of two */
  bool converted;       /* rows and norms are filled */
  bool ready;           /* bounds belong to `centres` */
  float *rows;          /* n x d */
  float *norms;         /* n */
  float *upper;         /* stride; then ... */
  float *lower;         /* ... groups x stride, in one piece; with gaps: lower less upper */
  float *kept;          /* a copy of both, see kmeans_bounds_keep */
  double *centres;      /* k x d: of the pass before */
  float *lanes, *half;  /* groups x vectors x d x 16, x 16 */
  size_t width;         /* d rounded up to sixteen */
  float *single, *norm; /* k x width, k: centres of this pass, half their squares */
  float error, reach;   /* a score is off by at most error * (norm of the row + reach) */
  float *drift;         /* groups: largest move since the pass before */
  float *moved;         /* k: move */
  float *closing;       /* k: own move and the largest of the others */
  float *apart;         /* k: distance of a centre to the nearest other one; NULL: not kept */
  int32_t *group_of;    /* k */
  KmeansNear *near;     /* NULL unless the method is exponion */
  Strip *strips;        /* per worker */
};

/* What is known of the rows of a strip while its groups are looked at. */
struct Strip {
  size_t unsure; /* rows of this pass that scores did not settle, */
  size_t ties;   /* and of them those as near to two centres */
  int32_t label[STRIP];
  float least[STRIP];
  uint32_t open[STRIP]; /* rows with a bound that excludes nothing */
  uint32_t list[STRIP]; /* of them, those to be compared with the group at hand */
  float score[STRIP];   /* by row: score of `label`, least score of the others that were looked at */
  float other[STRIP];
  float far[STRIP];     /* by row: lower bound of the distance to `label`; exponion: upper bound of that of `other` */
  /* by place in a list */
  float norm[STRIP], best[STRIP], next[STRIP], own[STRIP], low[STRIP], high[STRIP];
  float group_best[STRIP], group_next[STRIP];
  int32_t group_label[STRIP], lane[STRIP], sure[STRIP];
  int32_t home[STRIP];   /* by row: exponion: the centre whose neighbours are looked at */
  uint32_t which[STRIP]; /* by place: which lane group of theirs */
};

/* ---- Distances as floats, rounded outward ---- */

static inline float round_down(double square)
{
  const double distance = square > 0 ? sqrt(square) * (1 - SLACK) : 0;
  return distance < TINY ? 0 : distance > (double)FLT_MAX ? FLT_MAX : (float)distance;
}

static inline float round_up(double square)
{
  return (float)(sqrt(square) * (1 + SLACK) + TINY);
}

static inline size_t group_start(const KmeansBounds *bounds, size_t group)
{
  return bounds->k * group / bounds->groups;
}

/* A squared distance of the data in scaled units. */
static inline double scaled(const KmeansBounds *bounds, double square)
{
  return square * bounds->factor * bounds->factor;
}

/* The centres of a pass in single precision; with `later` also how far they moved, and how far they are apart. False when
 * the task was cancelled: then nothing has changed for the pass before. */
bool kmeans_bounds_centres(const KmeansFit *fit, const double *centres, bool later) MUST_USE;

#endif
