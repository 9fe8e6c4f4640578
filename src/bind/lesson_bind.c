/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What demonstrations and lessons need of a session: demo(name) asks the face for one (lua/prelude/52_lessons.lua), and
 * session_judge says whether a statement answered a lesson's question. */
#include <string.h>

#include "bind/results.h"
#include "bind/trace.h"

/* assay.demo(name): "" shows which there are. */
static int demo(lua_State *L)
{
  const Session *session = session_of(L);
  const char *name = luaL_checkstring(L, 1);
  Text *text = push_text(L);
  Error e;
  error_clear(&e);
  if (!session->hooks.demo) {
    return 0;
  }
  if (session->hooks.demo(session->hooks.context, name, text, &e) != STATUS_OK) {
    return throw_error(L, &e);
  }
  session->hooks.write(session->hooks.context, text_data(text), text->size);
  return 0;
}

void open_lessons(lua_State *L)
{
  lua_getglobal(L, "assay");
  lua_pushcfunction(L, demo);
  lua_setfield(L, -2, "demo");
  lua_pop(L, 1);
}

/* ---- Answers */

typedef struct Judgement {
  const char *answer, *names;
  int64_t shown_before, shown_now;
  bool right;
  Text *says;
} Judgement;

static int judge(lua_State *L)
{
  Judgement *j = lua_touserdata(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, "assay.lesson");
  push_environment(L);
  lua_pushstring(L, j->answer);
  lua_pushstring(L, j->names);
  lua_pushboolean(L, j->shown_now > j->shown_before);
  if (!results_last(L)) {
    lua_pushnil(L);
  }
  lua_call(L, 5, 2);
  j->right = lua_toboolean(L, -2);
  text_puts(j->says, luaL_checkstring(L, -1));
  return 0;
}

static int count_shown(lua_State *L)
{
  int64_t *n = lua_touserdata(L, 1);
  lua_getglobal(L, "out");
  *n = (int64_t)luaL_len(L, -1);
  return 0;
}

static Status protected_call(Session *session, lua_CFunction function, void *argument, Error *e)
{
  lua_State *L = session->L;
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, argument);
  const int status = lua_pcall(L, 1, 0, 0);
  if (status == LUA_OK) {
    lua_settop(L, 0);
    return STATUS_OK;
  }
  Error why;
  error_take(L, status, &why);
  lua_settop(L, 0);
  return error_set(e, why.status, why.id, "%s", why.what);
}

int64_t session_shown(Session *session)
{
  int64_t n = 0;
  (void)protected_call(session, count_shown, &n, NULL); /* without memory to ask: nothing was shown */
  return n;
}

Status session_judge(Session *session, const char *answer, const char *names, int64_t shown_before, bool *right, Text *says,
                     Error *e)
{
  Judgement j = {.answer = answer, .names = names, .shown_before = shown_before, .says = says};
  j.shown_now = session_shown(session);
  const Status status = protected_call(session, judge, &j, e);
  *right = j.right;
  return status;
}

/* ---- A value that a demonstration goes by */

typedef struct Asked {
  const char *name, *field;
  bool answer;
} Asked;

static int ask_field(lua_State *L)
{
  Asked *asked = lua_touserdata(L, 1);
  push_environment(L);
  lua_getfield(L, -1, asked->name);
  lua_getfield(L, -1, asked->field);
  asked->answer = lua_toboolean(L, -1);
  return 0;
}

bool session_field(Session *session, const char *name, const char *field, bool otherwise)
{
  Asked asked = {.name = name, .field = field};
  return protected_call(session, ask_field, &asked, NULL) == STATUS_OK ? asked.answer : otherwise;
}
