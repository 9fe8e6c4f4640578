/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scripts and prompt lines find: families as tables, a few global functions, NA, and their own _ENV. The user's names
 * live in that table; a name that is not there is looked for in the library (plain _G), and else it is an error that names
 * the nearest one. Modules that are required see plain _G. */
#include <string.h>

#include "bind/prelude.h"
#include "bind/recorder.h"
#include "bind/results.h"
#include "bind/session_layout.h"
#include "bind/trace.h"
#include "core/clock.h"
#include "core/file.h"
#include "registry/model.h"

static const char environment_key;

void push_environment(lua_State *L)
{
  lua_rawgetp(L, LUA_REGISTRYINDEX, &environment_key);
}

/* Collects the text keys of the table on top into names, from n; the strings live in the table. */
static size_t add_names(lua_State *L, const char **names, size_t n, size_t most)
{
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING && n < most) {
      names[n++] = lua_tostring(L, -1);
    }
  }
  return n;
}

static int unknown_name(lua_State *L)
{
  const char *names[4096];
  size_t n = 0;
  push_environment(L);
  n = add_names(L, names, n, 4096);
  lua_pushglobaltable(L);
  n = add_names(L, names, n, 4096);
  Error e;
  error_clear(&e);
  const char *name = luaL_tolstring(L, 2, NULL);
  error_set(&e, STATUS_NAME, "unknown-name", _("'%s' is not known"), name);
  const size_t near = text_nearest(name, names, n);
  if (near < n) {
    (void)error_hint(&e, _("did you mean '%s'?"), names[near]);
  } else if (registry_find(name)) {
    const Primitive *primitive = registry_find(name);
    (void)error_hint(&e, _("it is %1$s.%2$s; ?%2$s shows how it is called"), primitive->family, primitive->name);
  }
  return throw_error(L, &e);
}

/* ---- load, loadfile and dofile as scripts see them: what they load reads and assigns the user's names, unless it is given
 * an environment of its own. Modules see Lua's own functions, for which that is plain _G. */

/* Calls upvalue 1 with the user's _ENV as the last argument, of which upvalue 2 is the number. */
static int load_here(lua_State *L)
{
  const int last = (int)lua_tointeger(L, lua_upvalueindex(2));
  if (lua_isnone(L, last)) {
    lua_settop(L, last - 1);
    push_environment(L);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int dofile_done(lua_State *L, int status, lua_KContext context)
{
  (void)status;
  (void)context;
  return lua_gettop(L) - 1;
}

static int dofile_here(lua_State *L)
{
  const char *path = luaL_optstring(L, 1, NULL);
  lua_settop(L, 1);
  if (luaL_loadfile(L, path) != LUA_OK) {
    return lua_error(L);
  }
  push_environment(L);
  if (!lua_setupvalue(L, -2, 1)) {
    lua_pop(L, 1);
  }
  lua_callk(L, 0, LUA_MULTRET, 0, dofile_done); /* the file may yield */
  return dofile_done(L, LUA_OK, 0);
}

static void push_loaders(lua_State *L)
{
  static const struct {
    const char *name;
    int last;
  } loaders[] = {{"load", 4}, {"loadfile", 3}};
  lua_newtable(L);
  for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++) {
    lua_getglobal(L, loaders[i].name);
    lua_pushinteger(L, loaders[i].last);
    lua_pushcclosure(L, load_here, 2);
    lua_setfield(L, -2, loaders[i].name);
  }
  lua_pushcfunction(L, dofile_here);
  lua_setfield(L, -2, "dofile");
}

/* ---- _ENV */

/* _ENV[name] for names that are not the user's; upvalue 1 has the loaders. */
static int environment_index(lua_State *L)
{
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
    return 1;
  }
  lua_pushglobaltable(L);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TNIL) {
    return 1;
  }
  if (lua_type(L, 2) == LUA_TSTRING && results_named(L, lua_tostring(L, 2))) {
    return 1;
  }
  if (lua_type(L, 2) == LUA_TSTRING && plugin_brings(L, lua_tostring(L, 2))) {
    lua_getglobal(L, lua_tostring(L, 2));
    return 1;
  }
  return unknown_name(L);
}

static void open_environment(lua_State *L)
{
  lua_newtable(L);
  lua_newtable(L);
  push_loaders(L);
  lua_pushcclosure(L, environment_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "environment");
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &environment_key);
}

static void open_families(lua_State *L)
{
  for (size_t i = 0; i < registry_size(); i++) {
    if (!registry_at(i)->context) { /* declared ones publish themselves */
      publish_primitive(L, registry_at(i));
    }
  }
}

static int frame_call(lua_State *L)
{
  lua_remove(L, 1);
  return frame_construct(L);
}

static int clock_seconds(lua_State *L)
{
  lua_pushnumber(L, clock_wall());
  return 1;
}

/* print through the face's output. */
static int print_values(lua_State *L)
{
  Session *session = session_of(L);
  const int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) {
    size_t length;
    const char *text = luaL_tolstring(L, i, &length);
    if (i > 1) {
      session->hooks.write(session->hooks.context, "\t", 1);
    }
    session->hooks.write(session->hooks.context, text, length);
    lua_pop(L, 1);
  }
  session->hooks.write(session->hooks.context, "\n", 1);
  return 0;
}

/* assay.set{digits = 8, card = false}: settings of the face, for rc.lua and scripts. */
static int set_settings(lua_State *L)
{
  const Session *session = session_of(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (!push_sorted_keys(L, 1)) {
    return luaL_error(L, _("settings have names: assay.set{digits = 8}"));
  }
  for (size_t i = 1; i <= lua_rawlen(L, 2); i++) {
    lua_settop(L, 2);
    lua_rawgeti(L, 2, (lua_Integer)i);
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    const char *value = lua_isboolean(L, 4) ? (lua_toboolean(L, 4) ? "on" : "off") : luaL_tolstring(L, 4, NULL);
    Error e;
    error_clear(&e);
    if (session->hooks.set && session->hooks.set(session->hooks.context, lua_tostring(L, 3), value, &e) != STATUS_OK) {
      return throw_error(L, &e);
    }
  }
  return 0;
}

/* assay.example_of("kmeans"): the example's code; nil when nothing has this name. */
static int example_of(lua_State *L)
{
  const Primitive *primitive = registry_find(luaL_checkstring(L, 1));
  lua_pushstring(L, primitive ? primitive->example : NULL);
  return 1;
}

/* assay.kind(value): "frame", "column", "model", "chart"; nil for values of Lua. */
static int kind_of(lua_State *L)
{
  static const char *const kinds[VALUE_KIND_COUNT] = {
      [VALUE_COLUMN] = "column", [VALUE_FRAME] = "frame", [VALUE_MODEL] = "model", [VALUE_CHART] = "chart"};
  const Box *box = lua_type(L, 1) == LUA_TUSERDATA ? box_at(L, 1) : NULL;
  lua_pushstring(L, box ? kinds[box->value.kind] : NULL);
  return 1;
}

/* assay.model_name(m): "cluster.kmeans". */
static int name_of_model(lua_State *L)
{
  const Box *box = luaL_checkudata(L, 1, box_names[VALUE_MODEL]);
  lua_pushstring(L, model_name(box->value.model));
  return 1;
}

static void open_globals(lua_State *L)
{
  push_missing(L);
  lua_setglobal(L, "NA");
  lua_pushcfunction(L, declare_primitive);
  lua_setglobal(L, "primitive");
  lua_pushcfunction(L, print_values);
  lua_setglobal(L, "print");
  lua_newtable(L);
  lua_pushcfunction(L, clock_seconds);
  lua_setfield(L, -2, "clock");
  lua_pushcfunction(L, set_settings);
  lua_setfield(L, -2, "set");
  lua_pushcfunction(L, kind_of);
  lua_setfield(L, -2, "kind");
  lua_pushcfunction(L, name_of_model);
  lua_setfield(L, -2, "model_name");
  lua_pushcfunction(L, example_of);
  lua_setfield(L, -2, "example_of");
  lua_pushliteral(L, ASSAY_VERSION);
  lua_setfield(L, -2, "version");
  lua_pushboolean(L, session_of(L)->hooks.interactive);
  lua_setfield(L, -2, "interactive");
  lua_pushstring(L, file_home());
  lua_setfield(L, -2, "home");
  lua_setglobal(L, "assay");
  lua_getglobal(L, "frame");
  lua_newtable(L);
  lua_pushcfunction(L, frame_call);
  lua_setfield(L, -2, "__call");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

/* Modules: ./?.lua, ./lua/?.lua, the user's, the program's; no C modules from the working directory. */
static void open_paths(lua_State *L)
{
  lua_getglobal(L, "package");
  lua_pushfstring(L, "./?.lua;./lua/?.lua;%s/lua/?.lua;%s/lua/?/init.lua;", file_home(), file_home());
  lua_getfield(L, -2, "path");
  lua_concat(L, 2);
  lua_setfield(L, -2, "path");
  lua_pop(L, 1);
}

static void run_prelude(lua_State *L)
{
  for (size_t i = 0; i < prelude_count; i++) {
    const PreludeFile *file = &prelude_files[i];
    lua_pushfstring(L, "=#%s", file->name);
    if (luaL_loadbufferx(L, (const char *)file->data, file->size, lua_tostring(L, -1), "t") != LUA_OK) {
      lua_error(L);
    }
    lua_call(L, 0, 0);
    lua_pop(L, 1);
  }
}

void open_library(lua_State *L)
{
  open_environment(L);
  open_families(L);
  open_globals(L);
  open_graphics(L);
  open_traces(L);
  open_lessons(L);
  open_paths(L);
  open_plugins(L);
  open_report(L);
  open_results(L);
  run_prelude(L);
}
