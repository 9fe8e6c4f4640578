/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox_child.h -- the limits that the process of a sandboxed script runs under.
 *
 * The first line is the session's (bind/sandbox.h) and the guard of files: read are plain files below the script's folder
 * (the working directory, when the script comes from -e, a prompt or standard input) and below the program's datasets and
 * modules, none with a part of its path that begins with a dot, wherever links lead; written is nothing. The second line
 * is the kernel's, which goes on where the first has a hole: rlimits, and, where it has them, a filter of system calls (no
 * program is started, no socket made, no file changed, no other process touched) and Landlock (no file opened but those,
 * the system's libraries and data of its locale). What the kernel does not have is left out in silence.
 */
#ifndef ASSAY_MAIN_SANDBOX_CHILD_H
#define ASSAY_MAIN_SANDBOX_CHILD_H

#include "main/flags.h"

/* Puts the process under all of them, for ever. Before there are threads. `home`: the program's folder, borrowed. */
Status sandbox_enter(const Flags *flags, const char *home, Error *e) MUST_USE;

/* Whether the guard lets the file through; sandbox_files_set comes first. */
Status sandbox_files_set(const char *script, const char *home, Error *e) MUST_USE;
Status sandbox_files_guard(const char *path, bool writes, Error *e) MUST_USE;

/* The folder that files are read below, "" for none. */
const char *sandbox_files_folder(void);

/* The kernel's second line. */
void sandbox_kernel_limits(size_t memory, double seconds, size_t threads);
bool sandbox_kernel_calls(void); /* false: the kernel has no filter */
void sandbox_kernel_no_processes(void); /* nor threads, which the kernel counts with them */
bool sandbox_kernel_files(const char *folder, const char *home);

#endif
