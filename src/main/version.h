/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version.h -- what --version prints: the program, and every library that its numbers and its face depend
 * on. */
#ifndef ASSAY_MAIN_VERSION_H
#define ASSAY_MAIN_VERSION_H

#include "core/text.h"

/* A line each. Loads OpenBLAS and asks gnuplot, so it may take a tenth of a second; gnuplot gets two
 * seconds at most. */
void version_describe(Text *out);

#endif
