/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts as values of Lua: p:save(...). */
#include "bind/session_layout.h"

static int chart_index(lua_State *L)
{
  luaL_checkudata(L, 1, box_names[VALUE_CHART]);
  const char *name = luaL_checkstring(L, 2);
  if (push_method(L, VALUE_CHART, name)) {
    return 1;
  }
  const char *names[64];
  size_t n = 0;
  for (size_t i = 0; i < registry_size() && n < 64; i++) {
    if (registry_at(i)->takes == VALUE_CHART && primitive_method(registry_at(i))) {
      names[n++] = primitive_method(registry_at(i));
    }
  }
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_NAME, "unknown-name", _("a chart has no verb '%s'"), name);
  const size_t near = text_nearest(name, names, n);
  if (near < n) {
    (void)error_hint(&e, _("did you mean '%s'?"), names[near]);
  }
  return throw_error(L, &e);
}

void open_chart(lua_State *L)
{
  luaL_getmetatable(L, box_names[VALUE_CHART]);
  lua_pushcfunction(L, chart_index);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
