/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passport_primitives.h -- the passport of every segment of a model: who they are, how to find them again, how sure
 * that is.
 *
 * A model with these frames:
 *   tidy         a row per segment: cluster name size share, with a value value value_share value_mean, rule precision
 * recall f1, with stability stability, with before (a model) former kept, (rows) share_before share_change, then
 *                differences (a text of the largest) and typical (the number of the most typical row)
 *   glance       one row: n k unassigned, value_of value_total, f1 (mean by size), stability_mean (by size), kept,
 * drift, complete differences  the profile, the top ones of each segment (profile.h) conditions   the rules in parts:
 * cluster condition variable operator number text rows         cluster kind (typical, border) row distance other
 *   variables    those of the fit
 * and the fit itself as the child "fit", so that predict and augment give cluster and name for new rows.
 */
#ifndef ASSAY_CLUSTER_PASSPORT_PRIMITIVES_H
#define ASSAY_CLUSTER_PASSPORT_PRIMITIVES_H

#include "cluster/segment_labels_primitives.h"
#include "cluster/segment_rule.h"
#include "frame/builder.h"

#define PASSPORT_NAME "cluster.passport"

/* What is known of the segments on the way to the frames; arrays have an entry for each. */
typedef struct Passport {
  Call *call;
  const Model *model;
  const Frame *data;
  SegmentLabels labels;
  SegmentRules rules;
  Frame *profile; /* all differences, tested */
  const char **names;
  size_t value; /* SIZE_MAX: none */
  double *values, value_total;
  double *stability; /* NULL: not known; NaN: of this one not */
  int64_t *former;   /* NULL: no model before; 0: none */
  double *kept;
  double *share_before; /* NULL: no rows before */
  double drift;         /* population stability index; NaN */
  int64_t *typical;     /* row number from 1; 0: none */
} Passport;

/* passport_drift_primitives.c: stability, former segments, shares before. `before`: a model or a frame. */
Status passport_stability(Passport *p, const Frame *given, Error *e) MUST_USE;
Status passport_before(Passport *p, const Value *before, Error *e) MUST_USE;

/* passport_frames_primitives.c */
Status passport_tidy(const Passport *p, Frame **out, Error *e) MUST_USE;
Status passport_glance(const Passport *p, Frame **out, Error *e) MUST_USE;
Status passport_differences(const Passport *p, size_t top, Frame **out, Error *e) MUST_USE;
Status passport_conditions(const Passport *p, Frame **out, Error *e) MUST_USE;
Status passport_rows(Passport *p, size_t most, Frame **out, Error *e) MUST_USE; /* NULL: the variables are no numbers */

/* passport_text_primitives.c: the card's lines, and all of it as Markdown. */
void passport_card(const Model *model, Text *out);
Status passport_markdown(const Model *model, Text *out, Error *e) MUST_USE;

/* passport_plot_primitives.c */
#define PASSPORT_PLOTS "shares|rules|differences"
Status passport_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

/* passport_read_primitives.c: cells of the frames, checked by passport_check. */
Status passport_check(const Model *model, Error *e);
const Column *passport_column(const Model *model, const char *frame, const char *name); /* NULL: none */
void passport_number(double x, char out[32]); /* four digits, and all before the point: "18780", "0.4715" */
void passport_put_text(const Column *column, size_t row, Text *out); /* nothing when missing */

#endif
