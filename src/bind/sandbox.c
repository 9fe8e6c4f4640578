/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sandboxed session has of Lua's library. All refusals are made in C, and by what the script cannot reach: so no
 * change that it makes to its tables can fool them. */
#include <string.h>

#include "bind/sandbox.h"
#include "bind/sandbox_layout.h"
#include "plug/plug.h"

_Noreturn void sandbox_refuse(lua_State *L, const char *name, const char *does)
{
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_STATE, "sandboxed", _("%1$s is not available in the sandbox: it %2$s"), name, does);
  (void)error_hint(&e, _("without --sandbox it is; run so only what you trust"));
  throw_error(L, &e);
}

static int refusal(lua_State *L)
{
  sandbox_refuse(L, lua_tostring(L, lua_upvalueindex(1)), lua_tostring(L, lua_upvalueindex(2)));
}

void sandbox_push_refusal(lua_State *L, const char *name, const char *does)
{
  lua_pushstring(L, name);
  lua_pushstring(L, does);
  lua_pushcclosure(L, refusal, 2);
}

void sandbox_check(lua_State *L, const Primitive *primitive)
{
  const unsigned effects = session_of(L)->settings.sandbox ? primitive->effects : EFFECT_NONE;
  const char *does = effects & EFFECT_NETWORK   ? _("uses the network (its effect: network)")
                     : effects & EFFECT_PROCESS ? _("starts other programs (its effect: process)")
                     : effects & EFFECT_WRITES  ? _("writes files (its effect: writes)")
                                                : NULL;
  if (does) {
    char name[128];
    snprintf(name, sizeof name, "%s.%s", primitive->family, primitive->name);
    sandbox_refuse(L, name, does);
  }
}

/* ---- tables that keep some functions; of all other names they give one that refuses */

/* Upvalues: the table's name, what its functions do. What it gives refuses to be called, and to be looked into. */
static int refusing_index(lua_State *L)
{
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
  const char *name = lua_pushfstring(L, "%s.%s", lua_tostring(L, lua_upvalueindex(1)), key);
  lua_newtable(L);
  lua_createtable(L, 0, 3);
  sandbox_push_refusal(L, name, lua_tostring(L, lua_upvalueindex(2)));
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__call");
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  return 1;
}

void sandbox_refuse_others(lua_State *L, const char *name, const char *does)
{
  lua_createtable(L, 0, 2);
  lua_pushstring(L, name);
  lua_pushstring(L, does);
  lua_pushcclosure(L, refusing_index, 2);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
}

/* Replaces the global table by one with these of its functions. */
static void keep_only(lua_State *L, const char *name, const char *const *kept, const char *does)
{
  lua_getglobal(L, name);
  lua_newtable(L);
  for (; *kept; kept++) {
    lua_getfield(L, -2, *kept);
    lua_setfield(L, -2, *kept);
  }
  sandbox_refuse_others(L, name, does);
  lua_setglobal(L, name);
  lua_pop(L, 1);
}

/* ---- what is written to the output */

/* Whether the byte could move the cursor, change colours or do more to a terminal. */
static bool harmless(unsigned char c, unsigned char before)
{
  return (c >= 32 && c != 127 && !(before == 0xc2 && c < 0xa0)) || c == '\n' || c == '\t' || c == '\r';
}

void sandbox_clean(Text *text, size_t from)
{
  for (size_t i = from; i < text->size; i++) {
    const unsigned char before = i > from ? (unsigned char)text->data[i - 1] : 0;
    if (!harmless((unsigned char)text->data[i], before)) {
      text->data[i] = '?';
      text->data[before == 0xc2 ? i - 1 : i] = '?'; /* no half of a character */
    }
  }
}

static void write_harmless(lua_State *L, int index)
{
  const Session *session = session_of(L);
  size_t length, from = 0;
  const char *text = luaL_tolstring(L, index, &length);
  for (size_t i = 0; i < length; i++) {
    if (!harmless((unsigned char)text[i], i ? (unsigned char)text[i - 1] : 0)) {
      session->hooks.write(session->hooks.context, text + from, i - from);
      session->hooks.write(session->hooks.context, "?", 1);
      from = i + 1;
    }
  }
  session->hooks.write(session->hooks.context, text + from, length - from);
  lua_pop(L, 1);
}

static int write_values(lua_State *L)
{
  const int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) {
    write_harmless(L, i);
  }
  return 0;
}

static int print_values(lua_State *L)
{
  const Session *session = session_of(L);
  const int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) {
    session->hooks.write(session->hooks.context, "\t", i > 1);
    write_harmless(L, i);
  }
  session->hooks.write(session->hooks.context, "\n", 1);
  return 0;
}

/* ---- functions with bounds; upvalue 1 is Lua's own */

static int pass_on(lua_State *L)
{
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int bounded_rep(lua_State *L)
{
  size_t text, between;
  luaL_checklstring(L, 1, &text);
  luaL_optlstring(L, 3, "", &between);
  const lua_Integer times = luaL_checkinteger(L, 2);
  const size_t unit = text + between;
  if (times > 0 && unit > 0 && (size_t)times > SANDBOX_TEXT_MOST / unit) {
    Error e;
    error_clear(&e);
    error_set(&e, STATUS_LIMIT, "sandboxed", _("string.rep makes no more than %d bytes in the sandbox"), SANDBOX_TEXT_MOST);
    return throw_error(L, &e);
  }
  return pass_on(L);
}

static int plain_collect(lua_State *L)
{
  const char *what = luaL_optstring(L, 1, "collect");
  if (strcmp(what, "collect") != 0 && strcmp(what, "count") != 0 && strcmp(what, "step") != 0) {
    char name[64];
    snprintf(name, sizeof name, "collectgarbage(\"%.30s\")", what);
    sandbox_refuse(L, name, _("changes how memory is given back"));
  }
  return pass_on(L);
}

static void wrap_field(lua_State *L, const char *name, lua_CFunction function)
{
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

/* ---- metatables */

/* Of the table on top. */
static void hide_metatable(lua_State *L)
{
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
}

/* Those of our values have functions that only Lua may call; that of texts serves everybody. */
static void hide_metatables(lua_State *L)
{
  const int top = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, LUA_REGISTRYINDEX)) {
    lua_pushnil(L);
    if (lua_type(L, top + 1) == LUA_TSTRING && lua_istable(L, top + 2) && lua_getfield(L, top + 2, "__name") == LUA_TSTRING) {
      lua_settop(L, top + 2);
      hide_metatable(L);
    }
    lua_settop(L, top + 1);
  }
  push_missing(L);
  lua_pushliteral(L, "");
  for (int i = top + 1; i <= top + 2; i++) {
    if (lua_getmetatable(L, i)) {
      hide_metatable(L);
      lua_pop(L, 1);
    }
  }
  lua_settop(L, top);
}

static void restrict_libraries(lua_State *L)
{
  static const char *const none[] = {NULL}, *const os[] = {"clock", "date", "time", "difftime", "exit", NULL},
                           *const debug[] = {"traceback", NULL};
  keep_only(L, "os", os, _("reaches the system"));
  keep_only(L, "debug", debug, _("looks behind the values"));
  keep_only(L, "io", none, _("opens files"));
  lua_getglobal(L, "io");
  lua_pushcfunction(L, write_values);
  lua_setfield(L, -2, "write");
  lua_getglobal(L, "string");
  wrap_field(L, "rep", bounded_rep);
  sandbox_push_refusal(L, "string.dump", _("makes compiled code"));
  lua_setfield(L, -2, "dump");
  lua_pushglobaltable(L);
  wrap_field(L, "collectgarbage", plain_collect);
  lua_pushcfunction(L, print_values);
  lua_setfield(L, -2, "print");
  sandbox_push_refusal(L, "warn", _("writes past the program's output"));
  lua_setfield(L, -2, "warn");
  lua_getfield(L, -1, "assay");
  sandbox_push_refusal(L, "demo", _("takes over the terminal"));
  lua_setfield(L, -2, "demo");
  lua_pop(L, 4);
}

void sandbox_restrict(lua_State *L)
{
  plug_attach(NULL);
  restrict_libraries(L);
  sandbox_open_load(L);
  hide_metatables(L);
}
