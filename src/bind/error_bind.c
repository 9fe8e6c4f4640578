/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors as Lua values. Ours are objects; what users throw (texts, tables, anything) is kept as it is for pcall and read
 * into an Error only where it is shown. */
#include <stdio.h>
#include <string.h>

#include "bind/session_layout.h"

static const char error_name[] = "assay.error";
static const char interrupted_key;

/* file:line of the innermost Lua function on the stack that is not of the prelude, "" when there is none. */
static void user_place(lua_State *L, char *out, size_t size)
{
  lua_Debug ar;
  out[0] = '\0';
  for (int level = 1; lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "Sl", &ar);
    if (ar.currentline > 0 && strncmp(ar.source, "=#", 2) != 0) {
      snprintf(out, size, "%s:%d", ar.short_src, ar.currentline);
      return;
    }
  }
}

static void add_place(lua_State *L, Error *e)
{
  char place[200];
  user_place(L, place, sizeof place);
  if (place[0] && !strstr(e->where, place)) {
    const size_t used = strlen(e->where);
    snprintf(e->where + used, sizeof e->where - used, "%s%s", used ? ", " : "", place);
  }
}

_Noreturn int throw_error(lua_State *L, const Error *e)
{
  Error *object = lua_newuserdatauv(L, sizeof *object, 0);
  *object = *e;
  add_place(L, object); /* here, since a coroutine's stack is gone when the error arrives */
  luaL_setmetatable(L, error_name);
  lua_error(L);
  __builtin_unreachable();
}

_Noreturn int throw_memory(lua_State *L, const char *what)
{
  Error e;
  error_clear(&e);
  (void)error_memory(&e, 0, what);
  throw_error(L, &e);
}

void push_interrupted(lua_State *L)
{
  lua_rawgetp(L, LUA_REGISTRYINDEX, &interrupted_key);
}

static int error_tostring(lua_State *L)
{
  const Error *e = luaL_checkudata(L, 1, error_name);
  lua_pushstring(L, e->what);
  if (e->hint[0]) {
    lua_pushfstring(L, "%s (%s)", lua_tostring(L, -1), e->hint);
  }
  return 1;
}

static int error_index(lua_State *L)
{
  const Error *e = luaL_checkudata(L, 1, error_name);
  const char *key = luaL_checkstring(L, 2);
  const char *value = strcmp(key, "id") == 0        ? e->id
                      : strcmp(key, "message") == 0 ? e->what
                      : strcmp(key, "where") == 0   ? e->where
                      : strcmp(key, "hint") == 0    ? e->hint
                                                    : NULL;
  lua_pushstring(L, value);
  return 1;
}

/* "prompt:1: message" -> place and message. Lua writes the place of a text error in front. */
static void split_place(const char *message, Error *e)
{
  const char *colon = strstr(message, ": ");
  const char *digits = colon;
  while (digits && digits > message && digits[-1] >= '0' && digits[-1] <= '9') {
    digits--;
  }
  const bool placed = colon && digits < colon && digits > message && digits[-1] == ':' && memchr(message, '\n', (size_t)(colon - message)) == NULL;
  snprintf(e->what, sizeof e->what, "%s", placed ? colon + 2 : message);
  if (placed && (size_t)(colon - message) < sizeof e->where) {
    memcpy(e->where, message, (size_t)(colon - message));
    e->where[colon - message] = '\0';
  }
}

void error_read(lua_State *L, int index, Error *e)
{
  const Error *ours = luaL_testudata(L, index, error_name);
  index = lua_absindex(L, index);
  if (ours) {
    *e = *ours;
    return;
  }
  error_clear(e);
  e->status = STATUS_STATE;
  snprintf(e->id, sizeof e->id, "lua-error");
  if (lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER) {
    lua_pushvalue(L, index);
    split_place(lua_tostring(L, -1), e);
    lua_pop(L, 1);
    return;
  }
  Text text = {0};
  ViewStyle style;
  style_init(&style);
  style.width = 0;
  show_value(L, index, &style, false, &text);
  snprintf(e->what, sizeof e->what, _("the script threw %s"), text_data(&text));
  text_free(&text);
}

static int read_thrown(lua_State *L)
{
  error_read(L, 2, lua_touserdata(L, 1));
  return 0;
}

void error_take(lua_State *L, int lua_status, Error *e)
{
  const Session *session = session_of(L);
  bool shown = false;
  error_clear(e);
  if (lua_status == LUA_ERRMEM) {
    (void)error_memory(e, 0, _("the statement"));
    return;
  }
  if (!session->stop) {
    lua_pushcfunction(L, read_thrown);
    lua_pushlightuserdata(L, e);
    lua_pushvalue(L, -3);
    shown = lua_pcall(L, 2, 0, 0) == LUA_OK;
  }
  if (session->stop) {
    error_clear(e);
    (void)error_cancelled(e);
  } else if (!shown) {
    error_clear(e);
    (void)error_set(e, STATUS_STATE, "lua-error", _("the script threw a value that cannot be shown"));
  }
}

int message_handler(lua_State *L)
{
  Error *e = luaL_testudata(L, 1, error_name);
  if (e && e->status != STATUS_CANCELLED) {
    add_place(L, e);
  }
  return 1;
}

void open_errors(lua_State *L)
{
  luaL_newmetatable(L, error_name);
  lua_pushcfunction(L, error_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pushcfunction(L, error_index);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  Error *e = lua_newuserdatauv(L, sizeof *e, 0);
  error_clear(e);
  (void)error_cancelled(e);
  luaL_setmetatable(L, error_name);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &interrupted_key);
}
