/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-C has one owner. A press while a primitive runs sets its task's cancel flag, nothing else, and a fit answers with its
 * partial result. A second press, or a press in Lua code, sets a count hook of 1 on the coroutine that runs; the hook throws
 * and stays, so neither pcall nor a loop of coroutines swallows it: each resume sets it again on the coroutine it comes back
 * to, until the statement has ended. Without a press there is no hook, hence no cost. */
#include <stdlib.h>

#include "bind/session_layout.h"

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
  session->stop = 0;
  session->presses = 0;
  session->partial = false;
  session->exiting = false;
  session->active = 1;
}

void interrupt_end(Session *session)
{
  session->active = 0;
  session->stop = 0;
  lua_sethook(session->L, NULL, 0, 0);
}

static int resume_tracked(lua_State *L)
{
  Session *session = session_of(L);
  const lua_CFunction resume = lua_tocfunction(L, lua_upvalueindex(1));
  lua_State *coroutine = lua_tothread(L, 1);
  lua_State *before = session->running;
  if (coroutine) {
    session->running = coroutine;
    if (session->stop) {
      interrupt_stop(session, coroutine);
    }
  }
  const int n = resume(L);
  session->running = before;
  if (session->stop) {
    interrupt_stop(session, L);
  }
  return n;
}

static int hook_is_taken(lua_State *L)
{
  return luaL_error(L, "debug.sethook is not available: the hook belongs to Ctrl-C");
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
  lua_getglobal(L, "coroutine");
  lua_getfield(L, -1, "resume");
  lua_pushcclosure(L, resume_tracked, 1);
  lua_setfield(L, -2, "resume");
  lua_getglobal(L, "debug");
  lua_pushcfunction(L, hook_is_taken);
  lua_setfield(L, -2, "sethook");
  lua_getglobal(L, "os");
  lua_pushcfunction(L, exit_tracked);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 3);
}
