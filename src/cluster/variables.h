/* SPDX-License-Identifier: GPL-3.0-or-later */
/* variables.h -- from a frame to the matrix that a clustering method works on: which columns, which rows, which scale.
 *
 * Shared by the methods of the family. A scaled value is (x - shift) / factor; a column without spread keeps factor 1, so
 * that it adds nothing. Notes are lines for the user (warnings that matter), appended to a Text.
 */
#ifndef ASSAY_CLUSTER_VARIABLES_H
#define ASSAY_CLUSTER_VARIABLES_H

#include "core/options.h"
#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

typedef struct Variables {
  size_t d;
  size_t *columns;       /* numbers of the frame's columns */
  double *shift, *factor;
  size_t n;              /* rows used */
  size_t *rows;          /* their numbers, NULL: all rows of the frame */
  size_t dropped;        /* rows left out for missing cells */
} Variables;

void variables_free(Variables *variables);

/* Chooses the columns: those named, or all of type float64 and int64 but labels, columns of an earlier augment and
 * `except` (a name or NULL). Notes what was chosen when nothing was named, and a column that looks like an id. */
Status variables_choose(const Frame *data, OptionTexts named, const char *except, Variables *out, Text *notes, Error *e) MUST_USE;

/* Whether a column looks like an id, of which each row has its own: whole numbers named like one, or that only rise. */
bool variables_like_id(const Frame *data, size_t column);

/* Finds the rows without missing cells in the columns and in column `also` (SIZE_MAX: none). Missing cells are an error that
 * counts them and names the columns, or with `drop` those rows are left out. No rows left is an error. */
Status variables_rows(const Frame *data, size_t also, bool drop, Variables *variables, Error *e) MUST_USE;

/* Shift and factor for scale "none", "zscore" (mean, n - 1 standard deviation), "range" (minimum, range) or "robust" (median,
 * quartile distance). Notes columns without spread and, for "none", spreads that differ more than tenfold. */
Status variables_measure(Task *task, const Frame *data, const char *scale, Variables *variables, Text *notes, Error *e) MUST_USE;

/* The error about a cell that is NaN or infinite; `row` counts from 1. */
Status variables_not_finite(const char *column, size_t row, double cell, Error *e);

/* What variables_measure notes for "none", from extremes and standard deviations known otherwise. O(d). */
void variables_note(const Frame *data, const Variables *variables, const double *low, const double *high,
                    const double *sd, Text *notes);

/* Fills out (variables->n x d, row-major) with scaled values, on all threads. O(n d). */
Status variables_fill(Task *task, const Frame *data, const Variables *variables, double *out, Error *e) MUST_USE;

#endif
