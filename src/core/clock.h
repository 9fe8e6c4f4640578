/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h -- monotonic wall time and processor time of the process, in seconds; the time of day. */
#ifndef ASSAY_CORE_CLOCK_H
#define ASSAY_CORE_CLOCK_H

#include <stdint.h>

double clock_wall(void);
double clock_processor(void);

/* Microseconds since 1970-01-01 UTC, as the machine's clock has it. */
int64_t clock_now(void);

#endif
