/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox_layout.h -- what bind's own files call of the sandbox. Each does nothing in a session of the usual kind, but for
 * sandbox_restrict, which makes it one of the other. */
#ifndef ASSAY_BIND_SANDBOX_LAYOUT_H
#define ASSAY_BIND_SANDBOX_LAYOUT_H

#include "bind/session_layout.h"

/* Takes away what a sandboxed script must not have, as the last act of opening the library. Plain _G is changed too, so
 * that modules have no more than scripts. */
void sandbox_restrict(lua_State *L);

/* load, loadfile, dofile, require and package, for sandbox_restrict. */
void sandbox_open_load(lua_State *L);

/* Throws "sandboxed": `name` is not available, since it `does` something ("opens files"). */
_Noreturn void sandbox_refuse(lua_State *L, const char *name, const char *does);

/* Pushes a function that does so when it is called. */
void sandbox_push_refusal(lua_State *L, const char *name, const char *does);

/* The table on top gives such a function of every name that it has not got; `name` is its own. */
void sandbox_refuse_others(lua_State *L, const char *name, const char *does);

/* Throws "sandboxed" for a primitive whose effects are not allowed. */
void sandbox_check(lua_State *L, const Primitive *primitive);

/* Puts "?" for bytes from `from` on that could do more to a terminal than show themselves. */
void sandbox_clean(Text *text, size_t from);

/* Whether the statement was ended for its time; then *e says so. */
bool sandbox_stopped(const Session *session, Error *e);

/* At a prompt: what follows has its own time. */
void sandbox_rest(const Session *session);

#endif
