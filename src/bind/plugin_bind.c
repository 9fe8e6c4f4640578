/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Lua does for plugins: names for their primitives, their Lua files, and a look among them for names that nobody
 * knows. */
#include "bind/session_layout.h"
#include "plug/plug.h"

enum { STACK_SLOTS = 20 };

static int publish_protected(lua_State *L)
{
  publish_primitive(L, lua_touserdata(L, 1));
  return 0;
}

/* After a lua_pcall: STATUS_OK, or the error it left on the stack. */
static Status outcome(lua_State *L, int status, Error *e)
{
  Error why;
  if (status == LUA_OK) {
    return STATUS_OK;
  }
  error_take(L, status, &why);
  lua_pop(L, 1);
  if (e->status == STATUS_OK) {
    *e = why;
  }
  return why.status;
}

/* In the coroutine that runs now, so that its errors and interrupts are those of any other code. */
static Status publish(void *context, const Primitive *primitive, Error *e)
{
  lua_State *L = ((Session *)context)->running;
  if (!lua_checkstack(L, STACK_SLOTS)) {
    return error_memory(e, 0, primitive->name);
  }
  lua_pushcfunction(L, publish_protected);
  lua_pushlightuserdata(L, (void *)primitive);
  return outcome(L, lua_pcall(L, 1, 0, 0), e);
}

/* A file of the library's kind: it sees plain _G, as modules do. */
static Status run_file(void *context, const char *path, Error *e)
{
  lua_State *L = ((Session *)context)->running;
  if (!lua_checkstack(L, STACK_SLOTS)) {
    return error_memory(e, 0, path);
  }
  int status = luaL_loadfilex(L, path, "t");
  if (status == LUA_OK) {
    status = lua_pcall(L, 0, 0, 0);
  }
  return outcome(L, status, e);
}

void open_plugins(lua_State *L)
{
  const PlugHost host = {.context = session_of(L), .publish = publish, .run = run_file};
  plug_attach(&host);
}

bool plugin_brings(lua_State *L, const char *name)
{
  bool loaded = false;
  Error e;
  error_clear(&e);
  if (session_of(L)->settings.sandbox) {
    return false;
  }
  if (plug_need(name, &loaded, &e) != STATUS_OK) {
    throw_error(L, &e);
  }
  return loaded;
}
