/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.h -- waiting for a job: the live line, and what to do with a job that does not stop. */
#ifndef ASSAY_CONSOLE_PROGRESS_H
#define ASSAY_CONSOLE_PROGRESS_H

#include "console/console.h"

/* Whether a live line may be drawn: standard error is a terminal that can, and neither -q nor --plain was
 * given. */
bool progress_shown(const Console *console);

/* The wait hook of a session; context is the Console. Runs the loop until the job is done. After 0.3 s a
 * line on standard error says what runs, how far it is and for how long; it is drawn at most ten times a
 * second and wiped at the end. A second press of Ctrl-C abandons a job that has not stopped within a
 * second of being asked. */
void progress_wait(void *context, Job *job);

#endif
