/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code from elsewhere in a sandboxed session: text only, from files that core/file.h's guard lets through. */
#include <string.h>

#include "bind/sandbox_layout.h"
#include "core/file.h"

static _Noreturn void refuse_compiled(lua_State *L, const char *function)
{
  sandbox_refuse(L, function, _("was given compiled code, which nothing checks; give it the text"));
}

/* ---- load(chunk, name, mode, env); upvalues: Lua's own; whether the environment is the user's when none is given */

static int load_chunk(lua_State *L)
{
  const bool given = !lua_isnone(L, 4);
  const char *mode = luaL_optstring(L, 3, "t");
  if ((lua_type(L, 1) == LUA_TSTRING && lua_tostring(L, 1)[0] == LUA_SIGNATURE[0]) || !strchr(mode, 't')) {
    refuse_compiled(L, "load");
  }
  lua_settop(L, 4);
  lua_pushliteral(L, "t");
  lua_replace(L, 3);
  if (!given && lua_toboolean(L, lua_upvalueindex(2))) {
    push_environment(L);
    lua_replace(L, 4);
  } else if (!given) {
    lua_settop(L, 3);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* ---- files */

/* Pushes the function that the file is, or fills *e. Throws what Lua's own loader would: memory; a syntax error is filled
 * in too. */
static Status push_file(lua_State *L, const char *path, Error *e)
{
  Box *box = lua_newuserdatauv(L, sizeof *box, 0); /* holds the bytes while Lua reads them */
  memset(box, 0, sizeof *box);
  luaL_setmetatable(L, box_names[VALUE_FRAME]);
  char *bytes;
  size_t size;
  error_clear(e);
  if (file_read(path, 0, &bytes, &size, e) != STATUS_OK) {
    lua_pop(L, 1);
    return e->status;
  }
  box->value = (Value){.kind = VALUE_TEXT, .text = {bytes, size}};
  const char *start = bytes;
  if (bytes[0] == '#') {
    start = strchr(bytes, '\n') ? strchr(bytes, '\n') : bytes + size;
  }
  if (start[0] == LUA_SIGNATURE[0]) {
    refuse_compiled(L, path);
  }
  const char *name = lua_pushfstring(L, "@%s", path);
  const size_t length = size - (size_t)(start - bytes);
  if (luaL_loadbufferx(L, start, length, name, "t") != LUA_OK) {
    syntax_read(L, start, length, name, e);
    lua_pop(L, 3);
    return e->status;
  }
  value_free(&box->value);
  lua_replace(L, -3);
  lua_pop(L, 1);
  return STATUS_OK;
}

/* environment: its index, 0 for none. Upvalue 1: whether the file's environment is the user's when none is given. */
static void push_file_here(lua_State *L, const char *path, int environment, Error *e)
{
  if (push_file(L, path, e) != STATUS_OK) {
    return;
  }
  if (environment) {
    lua_pushvalue(L, environment);
  } else if (lua_toboolean(L, lua_upvalueindex(1))) {
    push_environment(L);
  } else {
    return;
  }
  if (!lua_setupvalue(L, -2, 1)) {
    lua_pop(L, 1);
  }
}

static int load_file(lua_State *L)
{
  Error e;
  const char *path = luaL_optstring(L, 1, "-");
  const int environment = lua_isnone(L, 3) ? 0 : 3;
  lua_settop(L, 3);
  push_file_here(L, path, environment, &e);
  if (e.status == STATUS_OK) {
    return 1;
  }
  if (strcmp(e.id, "sandboxed") == 0) {
    return throw_error(L, &e);
  }
  lua_pushnil(L);
  lua_pushstring(L, e.what);
  return 2;
}

static int do_done(lua_State *L, int status, lua_KContext context)
{
  (void)status;
  (void)context;
  return lua_gettop(L) - 1;
}

static int do_file(lua_State *L)
{
  Error e;
  const char *path = luaL_optstring(L, 1, "-");
  lua_settop(L, 1);
  push_file_here(L, path, 0, &e);
  if (e.status != STATUS_OK) {
    return throw_error(L, &e);
  }
  lua_callk(L, 0, LUA_MULTRET, 0, do_done); /* the file may yield */
  return do_done(L, LUA_OK, 0);
}

/* ---- require(name); upvalues: package, package.loaded */

/* Goes through package.path, from the text at index `path`; pushes its file's name and its function. What is refused on
 * the way is an error only when nothing else has the name. */
static bool find_module(lua_State *L, int name, int path, Error *refused)
{
  error_clear(refused);
  const char *next = lua_tostring(L, path);
  while (*next) {
    Error e;
    const size_t length = strcspn(next, ";");
    lua_pushlstring(L, next, length);
    const char *file = luaL_gsub(L, lua_tostring(L, -1), "?", lua_tostring(L, name));
    next += length + (next[length] == ';');
    if (length > 0 && push_file(L, file, &e) == STATUS_OK) {
      return true;
    }
    if (length > 0 && strcmp(e.id, "no-such-file") != 0 && refused->status == STATUS_OK) {
      *refused = e;
    }
    lua_pop(L, 2);
  }
  return false;
}

static int require_module(lua_State *L)
{
  Error refused;
  const char *name = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  if (lua_getfield(L, lua_upvalueindex(2), name) != LUA_TNIL) {
    return 1;
  }
  luaL_gsub(L, name, ".", "/");
  luaL_argcheck(L, lua_getfield(L, lua_upvalueindex(1), "path") == LUA_TSTRING, 1, "package.path must be a string");
  if (!find_module(L, 3, 4, &refused)) {
    return refused.status == STATUS_OK ? luaL_error(L, "module '%s' not found in %s", name, lua_tostring(L, 4))
                                       : throw_error(L, &refused);
  }
  lua_insert(L, -2); /* function, file */
  lua_pushvalue(L, 1);
  lua_insert(L, -2);
  lua_call(L, 2, 1);
  if (lua_isnil(L, -1)) {
    lua_pushboolean(L, true);
    lua_replace(L, -2);
  }
  lua_pushvalue(L, -1);
  lua_setfield(L, lua_upvalueindex(2), name);
  return 1;
}

static void open_package(lua_State *L)
{
  static const char *const libraries[] = {"coroutine", "debug", "io", "math", "os", "string", "table", "utf8"};
  lua_newtable(L);
  lua_newtable(L);
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    lua_getglobal(L, libraries[i]);
    lua_setfield(L, -2, libraries[i]);
  }
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "loaded");
  lua_pushfstring(L, "./?.lua;./lua/?.lua;%s/lua/?.lua;%s/lua/?/init.lua", file_home(), file_home());
  lua_setfield(L, -3, "path");
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, require_module, 2);
  lua_setglobal(L, "require");
  lua_pop(L, 1);
  sandbox_refuse_others(L, "package", _("loads compiled code"));
  lua_setglobal(L, "package");
}

/* Sets the three in the table on top; `load`: index of Lua's own. */
static void set_loaders(lua_State *L, int load, bool user)
{
  lua_pushvalue(L, load);
  lua_pushboolean(L, user);
  lua_pushcclosure(L, load_chunk, 2);
  lua_setfield(L, -2, "load");
  lua_pushboolean(L, user);
  lua_pushcclosure(L, load_file, 1);
  lua_setfield(L, -2, "loadfile");
  lua_pushboolean(L, user);
  lua_pushcclosure(L, do_file, 1);
  lua_setfield(L, -2, "dofile");
}

void sandbox_open_load(lua_State *L)
{
  const int top = lua_gettop(L);
  lua_getglobal(L, "load");
  lua_pushglobaltable(L);
  set_loaders(L, top + 1, false);
  push_environment(L);
  lua_getmetatable(L, -1);
  lua_getfield(L, -1, "__index");
  lua_getupvalue(L, -1, 1); /* the user's own loaders: environment_index in library.c */
  set_loaders(L, top + 1, true);
  lua_settop(L, top);
  open_package(L);
}
