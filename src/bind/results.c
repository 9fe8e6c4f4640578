/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a prompt remembers of a session: the values shown (`_`, `_1`, out[n], .last) and what each statement changed (.undo).
 *
 * Both live in one Lua table in the registry. Frames never change, so keeping one is keeping a reference. What is kept holds
 * at most RESULTS_BYTES together; the oldest goes first, and what is larger than that alone is held weakly, so that
 * overwriting its variable frees it. Tables changed in place are not restored by .undo.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bind/recorder.h"
#include "bind/results.h"
#include "bind/session_layout.h"

enum { KEPT_MOST = 1000, TABLE_ENTRIES = 1000, TABLE_DEPTH = 3 };

static const size_t results_bytes = (size_t)256 << 20;

static const char results_key; /* registry: {shown, undo, before, sequence, bytes} */

/* Pushes a list of the results' table, made at the first use: "shown" or "undo", each {first, last, [i] = entry}. */
static void push_list(lua_State *L, const char *name)
{
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &results_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &results_key);
  }
  if (lua_getfield(L, -1, name) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushinteger(L, 1);
    lua_setfield(L, -2, "first");
    lua_pushinteger(L, 0);
    lua_setfield(L, -2, "last");
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
  }
  lua_remove(L, -2);
}

static lua_Integer integer_field(lua_State *L, int index, const char *name)
{
  lua_getfield(L, index, name);
  const lua_Integer value = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return value;
}

static void set_integer(lua_State *L, int index, const char *name, lua_Integer value)
{
  index = lua_absindex(L, index);
  lua_pushinteger(L, value);
  lua_setfield(L, index, name);
}

/* Bytes that holding the value at index keeps from being freed; of tables, those of the first *entries of them too. */
static size_t held_bytes(lua_State *L, int index, int depth, int *entries)
{
  const Box *box = lua_type(L, index) == LUA_TUSERDATA ? box_at(L, index) : NULL;
  if (!lua_istable(L, index)) {
    return box ? value_bytes(&box->value) : lua_type(L, index) == LUA_TSTRING ? lua_rawlen(L, index) : 0;
  }
  size_t bytes = lua_rawlen(L, index) * 16;
  if (depth >= TABLE_DEPTH || !lua_checkstack(L, 4)) {
    return bytes;
  }
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if ((*entries)-- <= 0) {
      lua_pop(L, 2);
      break;
    }
    bytes += held_bytes(L, lua_gettop(L), depth + 1, entries);
    lua_pop(L, 1);
  }
  return bytes;
}

/* Pushes {value}, or the same holding it weakly when it is too large; gives the bytes held strongly. */
static size_t push_holder(lua_State *L, int index)
{
  index = lua_absindex(L, index);
  int entries = TABLE_ENTRIES;
  const size_t bytes = held_bytes(L, index, 0, &entries);
  lua_createtable(L, 1, 0);
  if (bytes > results_bytes) {
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
  }
  if (bytes <= results_bytes || lua_type(L, index) != LUA_TSTRING) { /* texts are never held weakly */
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, 1);
  }
  return bytes > results_bytes ? 0 : bytes;
}

/* Drops the oldest entry of a list. */
static size_t drop_oldest(lua_State *L, int list)
{
  const lua_Integer first = integer_field(L, list, "first");
  lua_rawgeti(L, list, first);
  const size_t bytes = (size_t)integer_field(L, -1, "bytes");
  lua_pop(L, 1);
  lua_pushnil(L);
  lua_rawseti(L, list, first);
  set_integer(L, list, "first", first + 1);
  return bytes;
}

/* The sequence number of a list's oldest entry; the largest number for an empty list. */
static lua_Integer oldest(lua_State *L, int list)
{
  const lua_Integer first = integer_field(L, list, "first");
  if (first > integer_field(L, list, "last")) {
    return LUA_MAXINTEGER;
  }
  lua_rawgeti(L, list, first);
  const lua_Integer sequence = integer_field(L, -1, "sequence");
  lua_pop(L, 1);
  return sequence;
}

/* Makes room: what is oldest goes, of either list, until all fits. */
static void shrink(lua_State *L)
{
  const int top = lua_gettop(L);
  push_list(L, "shown");
  push_list(L, "undo");
  lua_rawgetp(L, LUA_REGISTRYINDEX, &results_key);
  size_t bytes = (size_t)integer_field(L, top + 3, "bytes");
  for (int list = top + 1; list <= top + 2; list++) {
    while (integer_field(L, list, "last") - integer_field(L, list, "first") >= KEPT_MOST) {
      bytes -= drop_oldest(L, list);
    }
  }
  while (bytes > results_bytes) {
    const int list = oldest(L, top + 1) <= oldest(L, top + 2) ? top + 1 : top + 2;
    if (oldest(L, list) == LUA_MAXINTEGER) {
      break;
    }
    bytes -= drop_oldest(L, list);
  }
  set_integer(L, top + 3, "bytes", (lua_Integer)bytes);
  lua_settop(L, top);
}

/* Appends the entry on top of the stack to a list and pops it. */
static void append(lua_State *L, const char *name, size_t bytes)
{
  const int entry = lua_gettop(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &results_key);
  if (lua_isnil(L, -1)) {
    push_list(L, name);
    lua_settop(L, entry);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &results_key);
  }
  const lua_Integer sequence = integer_field(L, -1, "sequence") + 1;
  set_integer(L, -1, "sequence", sequence);
  set_integer(L, -1, "bytes", integer_field(L, -1, "bytes") + (lua_Integer)bytes);
  set_integer(L, entry, "sequence", sequence);
  set_integer(L, entry, "bytes", (lua_Integer)bytes);
  push_list(L, name);
  const lua_Integer last = integer_field(L, -1, "last") + 1;
  lua_pushvalue(L, entry);
  lua_rawseti(L, -2, last);
  set_integer(L, -1, "last", last);
  lua_settop(L, entry - 1);
  shrink(L);
}

void results_keep(lua_State *L, int index, const char *statement)
{
  const int top = lua_gettop(L);
  index = lua_absindex(L, index);
  lua_createtable(L, 0, 4);
  const size_t bytes = push_holder(L, index);
  lua_setfield(L, -2, "holder");
  lua_pushstring(L, statement);
  lua_setfield(L, -2, "statement");
  append(L, "shown", bytes);
  lua_settop(L, top);
}

/* Pushes the n-th value shown (n < 0: from the end); false and nothing pushed when it is not kept. */
static bool push_shown(lua_State *L, lua_Integer n)
{
  const int top = lua_gettop(L);
  push_list(L, "shown");
  n = n < 0 ? integer_field(L, -1, "last") + 1 + n : n;
  if (lua_rawgeti(L, -1, n) == LUA_TTABLE && lua_getfield(L, -1, "holder") == LUA_TTABLE && lua_rawgeti(L, -1, 1) != LUA_TNIL) {
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
    return true;
  }
  lua_settop(L, top);
  return false;
}

bool results_last(lua_State *L)
{
  return push_shown(L, -1);
}

/* ---- out[n], #out, _n */

static _Noreturn void not_kept(lua_State *L, lua_Integer n)
{
  Error e;
  error_clear(&e);
  push_list(L, "shown");
  error_set(&e, STATUS_NAME, "no-result", _("there is no result %lld to give back"), (long long)n);
  (void)error_hint(&e, _("%lld values were shown; .out lists those that are kept (256 MB of them)"),
                   (long long)integer_field(L, -1, "last"));
  throw_error(L, &e);
}

static int out_index(lua_State *L)
{
  const lua_Integer n = luaL_checkinteger(L, 2);
  if (!push_shown(L, n)) {
    not_kept(L, n);
  }
  return 1;
}

static int out_length(lua_State *L)
{
  push_list(L, "shown");
  lua_pushinteger(L, integer_field(L, -1, "last"));
  return 1;
}

void open_results(lua_State *L)
{
  lua_newuserdatauv(L, 0, 0);
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, out_index);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, out_length);
  lua_setfield(L, -2, "__len");
  lua_pushliteral(L, "out");
  lua_setfield(L, -2, "__name");
  lua_setmetatable(L, -2);
  lua_setglobal(L, "out");
}

bool results_named(lua_State *L, const char *name)
{
  if (strcmp(name, "_") == 0) {
    return push_shown(L, -1);
  }
  if (name[0] != '_' || name[1] == '\0' || strspn(name + 1, "0123456789") != strlen(name + 1) || strlen(name) > 18) {
    return false;
  }
  const lua_Integer n = (lua_Integer)strtoll(name + 1, NULL, 10);
  if (!push_shown(L, n)) {
    not_kept(L, n);
  }
  return true;
}

/* ---- .undo */

/* Copies what has a name: what else is put into _ENV is no variable. */
static void copy_variables(lua_State *L, int from, int to)
{
  lua_pushnil(L);
  while (lua_next(L, from)) {
    if (lua_type(L, -2) == LUA_TSTRING) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, to);
    } else {
      lua_pop(L, 1);
    }
  }
}

void results_before(lua_State *L)
{
  const int top = lua_gettop(L);
  push_list(L, "undo");
  lua_rawgetp(L, LUA_REGISTRYINDEX, &results_key);
  lua_newtable(L);
  push_environment(L);
  copy_variables(L, top + 4, top + 3);
  lua_settop(L, top + 3);
  lua_setfield(L, top + 2, "before");
  lua_settop(L, top);
}

/* Whether the two values on top are the same; NaN, which is never equal to itself, is the same as NaN. */
static bool same_values(lua_State *L)
{
  return lua_rawequal(L, -1, -2) || (lua_type(L, -1) == LUA_TNUMBER && lua_type(L, -2) == LUA_TNUMBER &&
                                     isnan(lua_tonumber(L, -1)) && isnan(lua_tonumber(L, -2)));
}

/* Adds to the changes at `changes` what names of one table have that is not the same in the other: holders of the old values,
 * false for names that were not there. Gives the bytes held. */
static size_t add_changes(lua_State *L, int old, int new, int changes)
{
  size_t bytes = 0;
  lua_pushnil(L);
  while (lua_next(L, old)) {
    lua_pushvalue(L, -2);
    lua_rawget(L, new);
    if (!same_values(L)) {
      lua_pushvalue(L, -3);
      bytes += push_holder(L, -3);
      lua_rawset(L, changes);
    }
    lua_pop(L, 2);
  }
  lua_pushnil(L);
  while (lua_next(L, new)) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    if (lua_type(L, -1) == LUA_TSTRING && lua_rawget(L, old) == LUA_TNIL) {
      lua_pushvalue(L, -2);
      lua_pushboolean(L, false);
      lua_rawset(L, changes);
    }
    lua_pop(L, 1);
  }
  return bytes;
}

void results_after(lua_State *L, const char *statement)
{
  const int top = lua_gettop(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &results_key);
  if (lua_isnil(L, -1) || lua_getfield(L, -1, "before") != LUA_TTABLE) {
    lua_settop(L, top);
    return;
  }
  push_environment(L);
  lua_createtable(L, 0, 4);
  lua_newtable(L);
  const size_t bytes = add_changes(L, top + 2, top + 3, top + 5);
  lua_pushnil(L);
  lua_setfield(L, top + 1, "before");
  lua_pushnil(L);
  if (lua_next(L, top + 5)) { /* something changed */
    lua_settop(L, top + 5);
    lua_setfield(L, top + 4, "changes");
    lua_pushstring(L, statement);
    lua_setfield(L, top + 4, "statement");
    append(L, "undo", bytes);
  }
  lua_settop(L, top);
}

/* A value in a few words, without running anything of the user's. */
static void show_short(lua_State *L, int index, Text *out)
{
  const Box *box = lua_type(L, index) == LUA_TUSERDATA ? box_at(L, index) : NULL;
  if (box) {
    value_show(&box->value, out);
  } else if (lua_type(L, index) == LUA_TNUMBER) {
    show_number(L, index, out);
  } else if (lua_isboolean(L, index)) {
    text_puts(out, lua_toboolean(L, index) ? "true" : "false");
  } else {
    text_printf(out, _("a %s"), luaL_typename(L, index));
  }
}

/* Puts one name back; says in `out` what it is now. */
static void restore(lua_State *L, const char *name, int holder, Text *out)
{
  push_environment(L);
  text_printf(out, "  %s ", name);
  if (!lua_istable(L, holder)) {
    lua_pushnil(L);
    text_puts(out, _("is gone\n"));
  } else if (lua_rawgeti(L, holder, 1) == LUA_TNIL) {
    text_puts(out, _("stays as it is: what it was is too large to have been kept\n"));
    lua_pop(L, 2);
    return;
  } else {
    text_puts(out, _("is again "));
    show_short(L, -1, out);
    text_char(out, '\n');
  }
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

static int undo(lua_State *L)
{
  Text *out = lua_touserdata(L, 1);
  push_list(L, "undo");
  const lua_Integer last = integer_field(L, 2, "last");
  if (last < integer_field(L, 2, "first")) {
    text_puts(out, _("nothing to undo: no statement that is kept changed a variable\n"));
    return 0;
  }
  lua_rawgeti(L, 2, last);
  lua_getfield(L, 3, "statement");
  text_printf(out, _("undone: %s\n"), lua_tostring(L, 4));
  recorder_undo(L, lua_tostring(L, 4));
  lua_getfield(L, 3, "changes");
  (void)push_sorted_keys(L, 5);
  for (size_t i = 1; i <= lua_rawlen(L, 6); i++) {
    lua_settop(L, 6);
    lua_rawgeti(L, 6, (lua_Integer)i);
    lua_pushvalue(L, 7);
    lua_rawget(L, 5);
    restore(L, lua_tostring(L, 7), 8, out);
  }
  lua_rawgetp(L, LUA_REGISTRYINDEX, &results_key);
  set_integer(L, -1, "bytes", integer_field(L, -1, "bytes") - integer_field(L, 3, "bytes"));
  lua_pushnil(L);
  lua_rawseti(L, 2, last);
  set_integer(L, 2, "last", last - 1);
  return 0;
}

/* ---- .out */

static int list_shown(lua_State *L)
{
  Text *out = lua_touserdata(L, 1);
  push_list(L, "shown");
  const lua_Integer last = integer_field(L, 2, "last");
  for (lua_Integer n = integer_field(L, 2, "first"); n <= last; n++) {
    lua_settop(L, 2);
    lua_rawgeti(L, 2, n);
    lua_getfield(L, 3, "statement");
    text_printf(out, "_%-4lld ", (long long)n);
    if (push_shown(L, n)) {
      show_short(L, -1, out);
    } else {
      text_puts(out, _("no longer there"));
    }
    const char *statement = lua_tostring(L, 4);
    const size_t length = strcspn(statement, "\n");
    text_printf(out, "  %.*s%s\n", (int)length, statement, statement[length] ? " ..." : "");
  }
  text_puts(out, last == 0 ? _("nothing was shown yet\n") : "");
  return 0;
}

static Status ask(Session *session, lua_CFunction function, Text *out, Error *e)
{
  lua_State *L = session->L;
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, out);
  const int status = lua_pcall(L, 1, 0, 0);
  if (status == LUA_OK) {
    lua_settop(L, 0);
    return text_status(out, e);
  }
  Error why;
  error_clear(&why);
  error_take(L, status, &why);
  lua_settop(L, 0);
  return error_set(e, why.status, why.id, "%s", why.what);
}

Status session_undo(Session *session, Text *out, Error *e)
{
  const Status status = ask(session, undo, out, e);
  recorder_undone(session);
  return status;
}

Status session_results(Session *session, Text *out, Error *e)
{
  return ask(session, list_shown, out, e);
}

/* ---- How far .undo can go back */

static int last_change(lua_State *L)
{
  int64_t *n = lua_touserdata(L, 1);
  push_list(L, "undo");
  *n = integer_field(L, -1, "last");
  return 0;
}

int64_t session_changes(Session *session)
{
  lua_State *L = session->L;
  int64_t n = 0;
  lua_pushcfunction(L, last_change);
  lua_pushlightuserdata(L, &n);
  (void)lua_pcall(L, 1, 0, 0); /* without memory to ask: nothing can be undone */
  lua_settop(L, 0);
  return n;
}
