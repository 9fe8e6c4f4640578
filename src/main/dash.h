/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash.h -- the dashboard as the program's: joined to the prompt, driven by keys, and as a report. */
#ifndef ASSAY_MAIN_DASH_H
#define ASSAY_MAIN_DASH_H

#include "console/console.h"
#include "main/flags.h"

/* For ConsoleFaces.dashboard: the one dashboard of the session, made at the first use. */
Status dash_show(Console *console, const char *page, DashboardOutcome *out, Error *e) MUST_USE;
void dash_close(void); /* before the session is freed */

/* Reads a table as `data`, in the journal; false: it failed, which was said. */
bool dash_open(Console *console, const char *path, int *code);

/* assay dash --keys FILE; assay report FILE: exit statuses. */
int dash_play(Console *console, const Flags *flags);
int dash_report(Console *console, const char *path);

#endif
