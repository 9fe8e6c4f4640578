/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h -- monotonic wall time and processor time of the process, in seconds. */
#ifndef ASSAY_CORE_CLOCK_H
#define ASSAY_CORE_CLOCK_H

double clock_wall(void);
double clock_processor(void);

#endif
