/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kprototypes_pass.h -- what the sources of k-prototypes share: distances of chunks of rows, and passes over all
 * rows. */
#ifndef ASSAY_CLUSTER_KPROTOTYPES_PASS_H
#define ASSAY_CLUSTER_KPROTOTYPES_PASS_H

#include "cluster/kmodes_kernels.h"
#include "cluster/kprototypes.h"

enum { KPROTOTYPES_CHUNK = 512 };

typedef struct KprototypesRun {
  Task *task;
  const KprototypesData *data;
  const KprototypesSettings *settings;
  KprototypesState *state;
  const KmodesKernels *kernels;
  size_t levels, *offset; /* all classes together; where those of a variable begin (p) */
  int32_t *labels;        /* n */
  double *distance;       /* n */
  double *totals;         /* of a pass, see pass_totals */
  size_t totals_size;     /* doubles */
} KprototypesRun;

/* Of a pass: cost; then of each cluster rows, weight and cost; classes (k x levels) and numbers (k x q) by weight. */
typedef struct KprototypesTotals {
  double *cost, *rows, *weight, *costs, *classes, *numbers;
} KprototypesTotals;
KprototypesTotals kprototypes_totals(const KprototypesRun *run, double *values);

/* out[j] = cost of row first + j at prototype c, j < count <= KPROTOTYPES_CHUNK. */
void kprototypes_costs(const KprototypesRun *run, const Prototypes *prototypes, double gamma, bool ng, size_t c,
                       size_t first, size_t count, double *out);

/* Assigns all rows to prototypes, and sums up (run->totals). */
Status kprototypes_pass(KprototypesRun *run, const Prototypes *prototypes, Error *e) MUST_USE;

/* Moves single rows to the nearest of the state's current prototypes, which follow each of them; labels and totals
 * are those of a pass before, or of this function's last call. */
Status kprototypes_move_rows(KprototypesRun *run, size_t *moved, Error *e) MUST_USE;

/* Prototypes of a start. */
Status kprototypes_begin(KprototypesRun *run, Prototypes *out, Error *e) MUST_USE;

/* Prototype c becomes the row. */
void kprototypes_take_row(const KprototypesRun *run, Prototypes *out, size_t c, size_t row);

#endif
