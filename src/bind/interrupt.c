/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-C has one owner. A press while a primitive runs sets its task's cancel flag, nothing else, and a fit answers with its
 * partial result. A second press, or a press in Lua code, sets a count hook of 1 on the coroutine that runs; the hook throws
 * and stays, so neither pcall nor a loop of coroutines swallows it: each resume sets it again on the coroutine it comes back
 * to, until the statement has ended. Without a press there is no hook, hence no cost. */
#include <stdlib.h>

#include "bind/sandbox_layout.h"

static void stop_hook(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  if (!session_of(L)->stop) {
    lua_sethook(L, NULL, 0, 0);
    return;
  }
  lua_sethook(L, stop_hook, LUA_MASKCOUNT, 1);
  push_interrupted(L);
  lua_error(L);
}

void interrupt_stop(Session *session, lua_State *L)
{
  session->stop = 1;
  lua_sethook(L, stop_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

int session_interrupt(Session *session)
{
  if (!session->active) {
    return 0;
  }
  session->presses = session->presses + 1;
  Task *task = atomic_load(&session->task);
  if (task) {
    task_cancel(task);
  }
  if (!task || session->presses > 1 || !session->hooks.interactive) {
    interrupt_stop(session, session->running);
  }
  return session->presses;
}

void interrupt_begin(Session *session)
{
  session->running = session->L;
  sandbox_rest(session);
  session->limited = 0;
  session->stop = 0;
  session->presses = 0;
  session->settled = 0;
  session->partial = false;
  session->exiting = false;
  session->active = 1;
}

void interrupt_end(Session *session)
{
  session->active = 0;
  sandbox_rest(session);
  session->stop = 0;
  lua_sethook(session->L, NULL, 0, 0);
}

/* ---- coroutine.resume, close and wrap, which keep track of the coroutine that runs */

/* False for a coroutine that runs or waits for another: Lua refuses those. */
static bool can_run(lua_State *coroutine)
{
  lua_Debug ar;
  return coroutine && (lua_status(coroutine) != LUA_OK || !lua_getstack(coroutine, 0, &ar));
}

/* Lua's own resume or close, of the coroutine at index 1. */
static int call_tracked(lua_State *L, lua_CFunction function)
{
  Session *session = session_of(L);
  lua_State *coroutine = lua_tothread(L, 1);
  lua_State *before = session->running;
  if (!can_run(coroutine)) {
    return function(L);
  }
  session->running = coroutine;
  if (session->stop) {
    interrupt_stop(session, coroutine);
  }
  const int n = function(L);
  session->running = before;
  if (session->stop) {
    interrupt_stop(session, L);
  }
  return n;
}

static int tracked(lua_State *L)
{
  return call_tracked(L, lua_tocfunction(L, lua_upvalueindex(1)));
}

/* What coroutine.wrap gives; upvalues: the coroutine, resume, close. After an error in the coroutine its variables are
 * closed, and a text gets the caller's place in front, as in plain Lua. */
static int call_wrapped(lua_State *L)
{
  lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  const int n = call_tracked(L, lua_tocfunction(L, lua_upvalueindex(2)));
  if (lua_toboolean(L, -n)) {
    return n - 1;
  }
  const int status = lua_status(coroutine);
  if (status != LUA_OK && status != LUA_YIELD) {
    (void)call_tracked(L, lua_tocfunction(L, lua_upvalueindex(3)));
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int wrap_tracked(lua_State *L)
{
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushcclosure(L, call_wrapped, 3);
  return 1;
}

/* ---- the other functions that would get in the way */

static int hook_is_taken(lua_State *L)
{
  return luaL_error(L, _("debug.sethook is not available: the hook belongs to Ctrl-C"));
}

/* os.exit unwinds like an interruption, so that the terminal and open files are put in order. */
static int exit_tracked(lua_State *L)
{
  Session *session = session_of(L);
  session->exit_code = lua_isboolean(L, 1) ? (lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE) : (int)luaL_optinteger(L, 1, 0);
  session->exiting = true;
  interrupt_stop(session, L);
  push_interrupted(L);
  return lua_error(L);
}

void interrupt_open(lua_State *L)
{
  static const char *const names[] = {"resume", "close"};
  lua_getglobal(L, "coroutine");
  lua_getfield(L, -1, "resume");
  lua_getfield(L, -2, "close");
  lua_pushcclosure(L, wrap_tracked, 2);
  lua_setfield(L, -2, "wrap");
  for (size_t i = 0; i < 2; i++) {
    lua_getfield(L, -1, names[i]);
    lua_pushcclosure(L, tracked, 1);
    lua_setfield(L, -2, names[i]);
  }
  lua_getglobal(L, "debug");
  lua_pushcfunction(L, hook_is_taken);
  lua_setfield(L, -2, "sethook");
  lua_getglobal(L, "os");
  lua_pushcfunction(L, exit_tracked);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 3);
}
