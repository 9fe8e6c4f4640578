/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results.h -- what a prompt remembers: the values shown (`_`, `_1`, out[n], .last) and what statements changed (.undo). The
 * head of results.c says how much of it is kept.
 */
#ifndef ASSAY_BIND_RESULTS_H
#define ASSAY_BIND_RESULTS_H

#include "bind/session_layout.h"

void open_results(lua_State *L);
void results_keep(lua_State *L, int index, const char *statement); /* the value at index was shown */
bool results_last(lua_State *L);                    /* pushes the last value shown; false: none, nothing pushed */
bool results_named(lua_State *L, const char *name); /* pushes the value of `_` or `_12`; false when it is no such name */
void results_before(lua_State *L);                  /* a statement begins */
void results_after(lua_State *L, const char *statement);

#endif
