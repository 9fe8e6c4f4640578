/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_check.h -- whether a step came out as the journal says, and else by how much not.
 *
 * What a run depends on is its kernel of BLAS and of the C library; where one of the runs had not loaded BLAS, the step
 * did not use it. With the same kernels digests must agree: bit by bit. With others, values whose digests differ are
 * compared by their figures: n and missing exactly; sum, squares, min and max within CHECK_TOLERANCE of the size of the
 * column's numbers (the root mean square, times n for the sum). What has no figures (texts, tables, charts) and another
 * digest then is neither the same nor different: it is counted as not comparable, and said.
 */
#ifndef ASSAY_JOURNAL_JOURNAL_CHECK_H
#define ASSAY_JOURNAL_JOURNAL_CHECK_H

#include "journal/steps.h"

#define CHECK_TOLERANCE 1e-9

typedef struct StepCheck {
  size_t digests, figures, unknown; /* facts that agree by either, or cannot be compared */
  bool differs;
  Text what;                        /* of the first fact that differs: lines, each with its end */
} StepCheck;

/* swapped: a file that was replaced on purpose and is not compared, or NULL. StepCheck is to be freed. */
Status check_step(const Step *was, const Step *is, const char *swapped, StepCheck *out, Error *e) MUST_USE;
void check_free(StepCheck *check);

/* Whether digests of the two runs can be compared. */
bool check_same_kernel(const RunFact *was, const RunFact *is);

#endif
