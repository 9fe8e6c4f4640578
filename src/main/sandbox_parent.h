/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox_parent.h -- --sandbox: the program starts itself once more, and that process runs the script.
 *
 * The child gets the same command line, and of the environment the few variables that say how to draw. Its status is the
 * program's own. A child that was ended by its limits, or that waited far longer than it may compute, is an error
 * "sandbox-time" or "sandbox-ended" with status 1; the terminal is put back as it was. Ctrl-C goes to the child; when the
 * parent is asked to end it hands that on, and when it is killed the child goes with it.
 */
#ifndef ASSAY_MAIN_SANDBOX_PARENT_H
#define ASSAY_MAIN_SANDBOX_PARENT_H

#include "main/flags.h"

/* Whether this process is such a child. */
bool sandbox_is_child(void);

/* Runs the child to its end; *code is the status to give. */
Status sandbox_run(char **argv, const Flags *flags, int *code, Error *e) MUST_USE;

#endif
