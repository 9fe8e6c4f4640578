/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/session.h"

#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "bind/line_lookup.h"
#include "bind/recorder.h"
#include "bind/sandbox_layout.h"
#include "bind/results.h"
#include "bind/session_layout.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/file.h"
#include "plug/plug.h"
#include "registry/help.h"

/* A __gc function that finds no memory for its call is not run again, and what its object owns would be lost. Lua
 * answers -1 to all questions about the collector while it runs such a function. */
static bool runs_finalizer(const Session *session, size_t size)
{
  enum { PIECE_MOST = 1 << 16, ALL_MOST = 1 << 20 };
  const size_t limit = mem_limit_get();
  return session->L && size <= PIECE_MOST && (limit == 0 || mem_in_use() < limit + ALL_MOST) &&
         lua_gc(session->L, LUA_GCISRUNNING, 0) == -1;
}

/* Lua's memory is counted like all other. */
static void *lua_memory(void *context, void *p, size_t before, size_t size)
{
  const Session *session = context;
  (void)before;
  if (size == 0) {
    mem_free(p);
    return NULL;
  }
  void *moved = mem_resize(p, size, 1);
  return moved || !runs_finalizer(session, size) ? moved : mem_resize_past_limit(p, size, 1);
}

static int open_all(lua_State *L)
{
  const Session *session = session_of(L);
  luaL_openlibs(L);
  lua_getglobal(L, "math");
  lua_getfield(L, -1, "randomseed");
  lua_pushinteger(L, (lua_Integer)session->settings.seed);
  lua_call(L, 1, 0);
  interrupt_open(L);
  open_values(L);
  open_errors(L);
  open_calls(L);
  open_texts(L);
  open_frame(L);
  open_column(L);
  open_model(L);
  open_chart(L);
  open_library(L);
  lua_newtable(L);
  for (size_t i = 0; i < session->settings.n_arguments; i++) {
    lua_pushstring(L, session->settings.arguments[i]);
    lua_rawseti(L, -2, (lua_Integer)i);
  }
  lua_setglobal(L, "arg");
  if (session->settings.sandbox) {
    sandbox_restrict(L);
  }
  return 0;
}

Status session_new(const SessionHooks *hooks, const SessionSettings *settings, Session **out, Error *e)
{
  Session *session = mem_zero(1, sizeof *session);
  *out = NULL;
  if (!session) {
    return error_memory(e, sizeof *session, _("a session"));
  }
  session->hooks = *hooks;
  session->settings = *settings;
  atomic_init(&session->task, NULL);
  session->L = lua_newstate(lua_memory, session);
  if (!session->L) {
    mem_free(session);
    return error_memory(e, 0, _("a session"));
  }
  *(Session **)lua_getextraspace(session->L) = session;
  session->running = session->L;
  lua_pushcfunction(session->L, open_all);
  const int status = lua_pcall(session->L, 0, 0, 0);
  if (status != LUA_OK) {
    Error why;
    error_clear(&why);
    error_take(session->L, status, &why);
    error_set(e, why.status, why.id, "%s", why.what);
    session_free(session);
    return why.status;
  }
  *out = session;
  return STATUS_OK;
}

void session_free(Session *session)
{
  if (session) {
    session->active = 0;
    recorder_free(session);
    swaps_free(session);
    lua_close(session->L);
    declared_free(session);
    plug_attach(NULL);
    mem_free(session);
  }
}

/* ---- chunks */

static const char *without_equals(const char *chunk)
{
  const char *start = chunk + strspn(chunk, " \t\n");
  return *start == '=' ? start + 1 : chunk;
}

static bool load_text(lua_State *L, const char *prefix, const char *chunk, const char *suffix, const char *name)
{
  lua_pushfstring(L, "%s%s%s", prefix, chunk, suffix);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  const int status = luaL_loadbufferx(L, text, length, name, "t");
  lua_remove(L, -2);
  return status == LUA_OK;
}

static bool ends_in_eof(lua_State *L)
{
  size_t length;
  const char *message = lua_tolstring(L, -1, &length);
  return message && length >= 5 && strcmp(message + length - 5, "<eof>") == 0;
}

static int chunk_state(lua_State *L)
{
  const char *chunk = without_equals(lua_touserdata(L, 1));
  ChunkState state = CHUNK_WRONG;
  if (load_text(L, "return ", chunk, "\n", "=prompt")) {
    state = CHUNK_COMPLETE;
  } else {
    const bool more = ends_in_eof(L);
    lua_pop(L, 1);
    state = load_text(L, "", chunk, "\n", "=prompt") ? CHUNK_COMPLETE : more || ends_in_eof(L) ? CHUNK_INCOMPLETE : CHUNK_WRONG;
  }
  lua_pushinteger(L, state);
  return 1;
}

ChunkState session_chunk_state(Session *session, const char *chunk)
{
  lua_State *L = session->L;
  sandbox_rest(session);
  ChunkState state = CHUNK_WRONG;
  lua_pushcfunction(L, chunk_state);
  lua_pushlightuserdata(L, (void *)chunk);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) {
    state = (ChunkState)lua_tointeger(L, -1);
  }
  lua_pop(L, 1);
  return state;
}

/* The loaded function's _ENV is the user's. */
static void set_environment(lua_State *L)
{
  push_environment(L);
  if (!lua_setupvalue(L, -2, 1)) {
    lua_pop(L, 1);
  }
}

static _Noreturn void throw_syntax(lua_State *L, const char *text, size_t length, const char *name)
{
  Error e;
  syntax_read(L, text, length, name, &e);
  throw_error(L, &e);
}

static bool is_silent(const char *chunk)
{
  size_t n = strlen(chunk);
  while (n > 0 && strchr(" \t\r\n", chunk[n - 1])) {
    n--;
  }
  return n > 0 && chunk[n - 1] == ';';
}

typedef struct Statement {
  const char *chunk, *name, *path;
  bool echo;
} Statement;

/* A local of a prompt line is gone with the line. */
static void warn_of_local(Session *session, const Statement *statement)
{
  const char *start = statement->chunk + strspn(statement->chunk, " \t\n");
  if (session->hooks.interactive && strncmp(start, "local ", 6) == 0 && strncmp(start + 6, "function", 8) != 0) {
    session->hooks.note(session->hooks.context, _("a local ends with its statement; leave out `local` to keep the variable"));
  }
}

static int warn_of_comparisons(lua_State *L)
{
  warn_of_comparison(session_of(L), lua_touserdata(L, 1));
  return 0;
}

static int run_statement(lua_State *L)
{
  const Statement *statement = lua_touserdata(L, 1);
  const char *chunk = without_equals(statement->chunk);
  lua_settop(L, 0);
  lua_pushfstring(L, "=%s", statement->name);
  const char *name = lua_tostring(L, 1);
  if (load_text(L, "return ", chunk, "", name)) {
    recorder_expression(L, chunk);
  } else {
    lua_settop(L, 1);
    if (!load_text(L, "", chunk, "", name)) {
      throw_syntax(L, chunk, strlen(chunk), name);
    }
  }
  set_environment(L);
  lua_call(L, 0, LUA_MULTRET);
  warn_of_local(session_of(L), statement);
  if (statement->echo && lua_gettop(L) > 1 && !is_silent(chunk)) {
    if (!lua_isnil(L, 2)) {
      results_keep(L, 2, statement->chunk);
    }
    if (lua_gettop(L) > 2 || !lua_isnil(L, 2)) {
      recorder_shown(L, 2);
      echo_values(L, 2);
    }
  }
  return 0;
}

static void push_arguments(lua_State *L)
{
  const Session *session = session_of(L);
  luaL_checkstack(L, (int)session->settings.n_arguments, "arguments");
  for (size_t i = 1; i < session->settings.n_arguments; i++) {
    lua_pushstring(L, session->settings.arguments[i]);
  }
}

/* A file's bytes hang on a userdata while Lua reads them. */
static int run_file(lua_State *L)
{
  const Statement *statement = lua_touserdata(L, 1);
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  luaL_setmetatable(L, box_names[VALUE_FRAME]);
  Error e;
  error_clear(&e);
  char *bytes;
  size_t size;
  if (file_read(statement->path, 0, &bytes, &size, &e) != STATUS_OK) {
    throw_error(L, &e);
  }
  box->value = (Value){.kind = VALUE_TEXT, .text = {bytes, size}};
  const char *start = bytes;
  if (bytes[0] == '#') { /* the first line of an executable script */
    start = strchr(bytes, '\n') ? strchr(bytes, '\n') : bytes + size;
  }
  const bool standard = strcmp(statement->path, "-") == 0;
  const char *name = lua_pushfstring(L, standard ? "=stdin%s" : "@%s", standard ? "" : statement->path);
  const size_t length = size - (size_t)(start - bytes);
  if (luaL_loadbufferx(L, start, length, name, "t") != LUA_OK) {
    throw_syntax(L, start, length, name);
  }
  set_environment(L);
  value_free(&box->value);
  const int before = lua_gettop(L);
  push_arguments(L);
  lua_call(L, lua_gettop(L) - before, 0);
  return 0;
}

static int run_require(lua_State *L)
{
  const Statement *statement = lua_touserdata(L, 1);
  lua_getglobal(L, "require");
  lua_pushstring(L, statement->name);
  lua_call(L, 1, 1);
  push_environment(L);
  lua_insert(L, -2);
  const char *dot = strrchr(statement->name, '.');
  lua_setfield(L, -2, dot ? dot + 1 : statement->name);
  return 0;
}

static RunState finish(Session *session, int lua_status, RunOutcome *outcome)
{
  lua_State *L = session->L;
  outcome->partial = session->partial;
  if (lua_status != LUA_OK && !session->exiting) {
    error_take(L, lua_status, &outcome->error);
  }
  const bool stopped = session->stop != 0;
  if (session->exiting) {
    outcome->state = RUN_EXIT;
    outcome->code = session->exit_code;
  } else if (sandbox_stopped(session, &outcome->error)) {
    outcome->state = RUN_FAILED;
    outcome->code = 1;
  } else if (lua_status == LUA_OK) {
    outcome->state = stopped && !session->hooks.interactive ? RUN_INTERRUPTED : RUN_DONE;
    outcome->code = outcome->state == RUN_DONE ? 0 : 130;
  } else {
    const bool interrupted = stopped || outcome->error.status == STATUS_CANCELLED;
    outcome->state = interrupted ? RUN_INTERRUPTED : RUN_FAILED;
    outcome->code = interrupted ? 130 : 1;
    session->last_error = outcome->error;
  }
  lua_settop(L, 0);
  if (outcome->error.status == STATUS_MEMORY) { /* what filled the memory is garbage now: the next statement has room */
    lua_gc(L, LUA_GCCOLLECT, 0);
  }
  interrupt_end(session);
  return outcome->state;
}

RunState session_protect(Session *session, lua_CFunction function, const void *argument, RunOutcome *outcome)
{
  lua_State *L = session->L;
  memset(outcome, 0, sizeof *outcome);
  error_clear(&outcome->error);
  lua_settop(L, 0);
  lua_pushcfunction(L, message_handler);
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, (void *)argument);
  interrupt_begin(session);
  return finish(session, lua_pcall(L, 1, 0, 1), outcome);
}

static RunState run(Session *session, lua_CFunction function, const Statement *statement, RunOutcome *outcome)
{
  const double wall = clock_wall(), processor = clock_processor();
  recorder_begin(session, statement->chunk, statement->path, statement->name);
  const RunState state = session_protect(session, function, statement, outcome);
  outcome->wall = clock_wall() - wall;
  outcome->processor = clock_processor() - processor;
  recorder_end(session, outcome);
  return state;
}

/* ---- the statements of a prompt can be undone */

static int snapshot(lua_State *L)
{
  results_before(L);
  return 0;
}

static int changes(lua_State *L)
{
  results_after(L, lua_touserdata(L, 1));
  return 0;
}

/* Without memory for it the statement cannot be undone; nothing else is lost. */
static void remember(Session *session, lua_CFunction function, const char *chunk)
{
  lua_State *L = session->L;
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, (void *)chunk);
  (void)lua_pcall(L, 1, 0, 0);
  lua_settop(L, 0);
}

RunState session_run(Session *session, const char *chunk, const char *name, bool echo, RunOutcome *outcome)
{
  const Statement statement = {.chunk = chunk, .name = name, .echo = echo};
  if (!session->hooks.interactive) {
    return run(session, run_statement, &statement, outcome);
  }
  remember(session, warn_of_comparisons, chunk);
  remember(session, snapshot, NULL);
  const RunState state = run(session, run_statement, &statement, outcome);
  remember(session, changes, chunk);
  return state;
}

RunState session_run_file(Session *session, const char *path, RunOutcome *outcome)
{
  const Statement statement = {.path = path};
  return run(session, run_file, &statement, outcome);
}

RunState session_require(Session *session, const char *module, RunOutcome *outcome)
{
  const Statement statement = {.name = module};
  return run(session, run_require, &statement, outcome);
}
