/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quartiles.h -- least, quartiles and greatest of many numbers, on all threads.
 *
 * Two passes count the numbers by bins of equal width; a third takes those of the few bins that the quartiles lie in,
 * and only these are put in order. Where far values push nearly all numbers into one bin, and for few numbers,
 * selection on the whole does it. The result is that of selection in any case: type 7, bit for bit.
 */
#ifndef ASSAY_REGRESS_QUARTILES_H
#define ASSAY_REGRESS_QUARTILES_H

#include "core/task.h"

enum { QUARTILES = 5 };

/* Of n >= 1 finite numbers, which are reordered. O(n). Errors: memory, cancelled. */
Status quartiles(double *values, size_t n, Task *task, double out[QUARTILES], Error *e) MUST_USE;

#endif
