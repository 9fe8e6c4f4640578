/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For chart.show (lua/prelude/50_show.lua): assay.graphics() tells what pictures the output shows, as "none", "sixel"
 * or "kitty", the width and height that fit, and why none; assay.note(line) is a note. */
#include "bind/session_layout.h"

static int graphics(lua_State *L)
{
  const Session *session = session_of(L);
  SessionGraphics answer = {.kind = "none", .why = _("the output is no terminal")};
  if (session->hooks.graphics) {
    session->hooks.graphics(session->hooks.context, &answer);
  }
  lua_pushstring(L, answer.kind);
  lua_pushinteger(L, answer.width);
  lua_pushinteger(L, answer.height);
  lua_pushstring(L, answer.why);
  return 4;
}

/* assay.note(line): at a prompt, as verbs note what they did. */
static int note(lua_State *L)
{
  const Session *session = session_of(L);
  const char *line = luaL_checkstring(L, 1);
  if (session->hooks.interactive && session->hooks.note) {
    session->hooks.note(session->hooks.context, line);
  }
  return 0;
}

void open_graphics(lua_State *L)
{
  lua_getglobal(L, "assay");
  lua_pushcfunction(L, note);
  lua_setfield(L, -2, "note");
  lua_pushcfunction(L, graphics);
  lua_setfield(L, -2, "graphics");
  lua_pop(L, 1);
}
