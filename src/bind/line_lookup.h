/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line_lookup.h -- what a chain of names in a line stands for now, looked up without running anything. */
#ifndef ASSAY_BIND_LINE_LOOKUP_H
#define ASSAY_BIND_LINE_LOOKUP_H

#include "bind/line_scan.h"
#include "bind/session_layout.h"

/* Pushes the value of a chain "a.b" (raw tables only) and true, or false with the stack as it may be. */
bool push_chain(lua_State *L, const char *line, Span span);

/* The primitive that a chain calls, that of the value's kind where the chain is value:method; NULL: none. */
const Primitive *line_primitive(lua_State *L, const LineScan *scan, Span callee);

/* Says, once for each line, that == and ~= of a column and something else are the same for every row: Lua asks nobody. */
void warn_of_comparison(Session *session, const char *chunk);

#endif
