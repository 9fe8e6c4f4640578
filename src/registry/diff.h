/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff.h -- what differs between two frames, or two fits.
 *
 * The answer is a model like any other, of the family diff: tidy has a row for each thing that differs, glance counts.
 *
 * Frames are compared column by column by name, cell by cell by row. Numbers are the same when their bits are, NaN is
 * NaN, and within `tolerance` of the larger of the two, if that is more than 0; texts compare as texts whether
 * category or string, missing is the same as missing. tidy: column status (differs, type, only_a, only_b; same with
 * all = true) type_a type_b cells (that differ) first_row largest (difference of numbers); d:cells() has the first
 * cells that differ: row column a b.
 *
 * Fits of one method: options, figures of glance, components of tidy (coefficients by term, clusters by the pairs
 * below, else by the first column), the data they were fitted to by rows, columns and their figures. tidy: part
 * (option figure component data) name figure a b change. Where both models put rows into clusters, both label the
 * same rows: those of `data`, else those b was fitted to, else a's. Clusters are paired so that most rows lie
 * in paired ones (core/matching.h); who is not in the paired
 * cluster has moved: d:moved() has row a b, and tidy the components of paired clusters.
 *
 * O(cells) for frames; for fits O(rows) and what prediction takes. */
#ifndef ASSAY_REGISTRY_DIFF_H
#define ASSAY_REGISTRY_DIFF_H

#include "registry/model.h"

/* The parts of an answer: "tidy" and "glance", and one more frame ("cells" or "moved", NULL: none). */
typedef struct DiffParts {
  Frame *tidy, *glance, *more;
} DiffParts;

/* cells: how many to list at most. */
typedef struct DiffFrames {
  double tolerance;
  size_t cells;
  bool all;
} DiffFrames;

Status diff_frames(Task *task, const Frame *a, const Frame *b, const DiffFrames *how, DiffParts *out,
                   Error *e) MUST_USE;

/* STATUS_DATA "not-comparable" for fits of different methods. data: rows to label, or NULL. */
Status diff_models(Call *call, const Model *a, const Model *b, const Frame *data, DiffParts *out, Error *e) MUST_USE;

#endif
