/* SPDX-License-Identifier: GPL-3.0-or-later */
/* home.h -- where the program's own files are: the folder that holds lua/ and datasets/, and the user's
 * start-up script. */
#ifndef ASSAY_MAIN_HOME_H
#define ASSAY_MAIN_HOME_H

#include "core/text.h"

/* $ASSAY_HOME; else the first of these, counted from the program's own folder, that has lua/ and
 * datasets/: ../share/assay (installed), .., ../.. (a checkout's build folders); else the folder it was
 * configured for. */
Status home_find(Text *path, Error *e) MUST_USE;

/* The path of `name` counted from the program's own folder; false when the system does not tell that one. */
bool home_beside(const char *name, Text *path);

/* $XDG_CONFIG_HOME/assay/rc.lua or ~/.config/assay/rc.lua; false when there is none. */
bool home_rc(Text *path);

#endif
