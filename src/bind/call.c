/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The generic binder: one C function serves every descriptor. */
#include <string.h>

#include "bind/recorder.h"
#include "bind/sandbox_layout.h"
#include "bind/session_layout.h"
#include "bind/trace.h"
#include "core/alloc.h"

static const char job_box_name[] = "assay.job";
static const char functions_key; /* registry: table of functions by descriptor */

static int job_box_gc(lua_State *L)
{
  Job **box = lua_touserdata(L, 1);
  job_unref(*box);
  *box = NULL;
  return 0;
}

void open_calls(lua_State *L)
{
  luaL_newmetatable(L, job_box_name);
  lua_pushcfunction(L, job_box_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

/* The empty box first, then what it owns. */
static Job *push_job(lua_State *L, const Primitive *primitive)
{
  Job **box = lua_newuserdatauv(L, sizeof(Job *), 0);
  *box = NULL;
  luaL_setmetatable(L, job_box_name);
  *box = job_new(primitive, session_of(L)->settings.seed);
  if (!*box) {
    throw_memory(L, primitive->name);
  }
  return *box;
}

static _Noreturn void throw_job(lua_State *L, Job *job)
{
  Error e = job->error;
  (void)error_where(&e, "%s.%s", job->primitive->family, job->primitive->name);
  throw_error(L, &e);
}

/* The first argument must be what the primitive takes. */
static void read_data(lua_State *L, Job *job)
{
  const Primitive *primitive = job->primitive;
  if (primitive->takes == VALUE_NONE) {
    return;
  }
  value_read(L, 1, &job->data);
  if (job->data.kind == primitive->takes) {
    return;
  }
  Text shown = {0};
  value_show(&job->data, &shown);
  error_set(&job->error, STATUS_ARGUMENT, "wrong-type", _("%1$s.%2$s needs %3$s first, not %4$s"), primitive->family,
            primitive->name, value_kind_name(primitive->takes), text_data(&shown));
  text_free(&shown);
  if (primitive_method(primitive)) {
    (void)error_hint(&job->error, _("write x:%s{...} with a colon, x being %s"), primitive_method(primitive),
                     value_kind_name(primitive->takes));
  }
  throw_job(L, job);
}

/* A table that gives options: not one of our values, and the last argument. */
static bool is_options(lua_State *L, int index, int last)
{
  return index == last && lua_type(L, index) == LUA_TTABLE;
}

/* Whether a function may stand for what main takes: a condition. */
static bool takes_function(const Primitive *primitive)
{
  for (size_t i = 0; i < primitive->n_options; i++) {
    if (primitive->options[i].kind == OPTION_CONDITION && primitive->main && strcmp(primitive->options[i].name, primitive->main) == 0) {
      return primitive->takes == VALUE_FRAME;
    }
  }
  return false;
}

/* Pushes what stands for the argument: for a function of a row, the column of its answers (lua/prelude/20_frame.lua). */
static void push_argument(lua_State *L, int index, const Primitive *primitive)
{
  if (lua_isfunction(L, index) && takes_function(primitive)) {
    lua_getfield(L, LUA_REGISTRYINDEX, "assay.condition");
    lua_pushvalue(L, 1);
    lua_pushvalue(L, index);
    lua_call(L, 2, 1);
  } else {
    lua_pushvalue(L, index);
  }
}

static void append(lua_State *L, Value *list, int index)
{
  Value *grown = mem_resize(list->list.items, list->list.n + 1, sizeof *grown);
  if (!grown) {
    throw_memory(L, _("arguments"));
    return; /* never: the error jumps */
  }
  list->list.items = grown;
  grown[list->list.n++] = (Value){.kind = VALUE_NONE};
  value_read(L, index, &grown[list->list.n - 1]);
}

/* Splits an options table: its array part is positional, its names are options. */
static void read_table_options(lua_State *L, int index, Job *job)
{
  Arguments *arguments = &job->arguments;
  const size_t n = lua_rawlen(L, index);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, index, (lua_Integer)i);
    push_argument(L, lua_gettop(L), job->primitive);
    append(L, &arguments->positional, lua_gettop(L));
    lua_pop(L, 2);
  }
  lua_newtable(L);
  const int named = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) == LUA_TSTRING) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, named);
    } else if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && (size_t)lua_tointeger(L, -2) <= n) {
      lua_pop(L, 1);
    } else {
      error_set(&job->error, STATUS_ARGUMENT, "unknown-option", _("an option's name must be a text, not a %s"),
                luaL_typename(L, -2));
      throw_job(L, job);
    }
  }
  value_read(L, named, &arguments->named);
  lua_pop(L, 1);
  if (arguments->named.kind == VALUE_LIST) {
    value_free(&arguments->named); /* no names at all */
  }
}

static void read_arguments(lua_State *L, int last, Job *job)
{
  const int first = job->primitive->takes == VALUE_NONE ? 1 : 2;
  if (value_list(0, false, &job->arguments.positional, &job->error) != STATUS_OK) {
    throw_job(L, job);
  }
  for (int i = first; i <= last; i++) {
    if (is_options(L, i, last)) {
      read_table_options(L, i, job);
    } else if (!lua_isnil(L, i) || i < last) {
      push_argument(L, i, job->primitive);
      append(L, &job->arguments.positional, lua_gettop(L));
      lua_pop(L, 1);
    }
  }
}

/* Options may give the seed of the task; every random choice comes from it. */
static void take_seed(Job *job)
{
  for (size_t i = 0; i < job->primitive->n_options; i++) {
    const Option *option = &job->primitive->options[i];
    if (option->kind == OPTION_INT && strcmp(option->name, "seed") == 0) {
      job->task.seed = (uint64_t)*(const int64_t *)((const char *)job->options + option->offset);
    }
  }
}

static void check_options(lua_State *L, Job *job)
{
  const Primitive *primitive = job->primitive;
  const Frame *data = job->data.kind == VALUE_FRAME ? job->data.frame : NULL;
  job->options = arena_alloc(&job->task.arena, 1, primitive->options_size ? primitive->options_size : 1);
  if (!job->options) {
    (void)error_memory(&job->error, 0, _("options"));
    throw_job(L, job);
  }
  if (options_check(primitive, &job->arguments, data, &job->task.arena, job->options, &job->given, &job->error) != STATUS_OK) {
    throw_job(L, job);
  }
  take_seed(job);
}

static void send_notes(Session *session, const Job *job)
{
  const char *line = text_data(session->hooks.interactive ? &job->notes : &job->warnings);
  while (*line) {
    const size_t length = strcspn(line, "\n");
    char copy[1024];
    snprintf(copy, sizeof copy, "%.*s", (int)length, line);
    session->hooks.note(session->hooks.context, copy);
    line += length + (line[length] == '\n');
  }
}

/* After a press: a model, partial or just finished, uses it up; anything else ends the statement, an error too, lest a loop
 * of pcall swallow the press. */
static void settle_interrupt(lua_State *L, Session *session, const Job *job)
{
  if (session->presses <= session->settled && !job->abandoned) {
    return;
  }
  if (!job->abandoned && job->status == STATUS_OK && job->result.kind == VALUE_MODEL) {
    session->settled = session->presses;
    session->partial = true;
    return;
  }
  if (!job->abandoned && job->status == STATUS_CANCELLED && job->error.hint[0] && session->hooks.interactive) {
    session->hooks.note(session->hooks.context, job->error.hint); /* why nothing was kept */
  }
  interrupt_stop(session, L);
  push_interrupted(L);
  lua_error(L);
}

/* The next fit or mine after a partial result does not begin. */
static void refuse_after_partial(lua_State *L, Session *session, const Primitive *primitive)
{
  if (session->partial && primitive->gives == VALUE_MODEL) {
    interrupt_stop(session, L);
    push_interrupted(L);
    lua_error(L);
  }
}

/* Runs; when memory ran out, frees what Lua no longer needs and tries once more. */
static void run_with_retry(lua_State *L, Session *session, Job *job)
{
  job_run(session, job);
  if (!job->abandoned && job->status == STATUS_MEMORY) {
    lua_gc(L, LUA_GCCOLLECT, 0);
    error_clear(&job->error);
    value_free(&job->result);
    text_reset(&job->notes);
    text_reset(&job->warnings);
    job_run(session, job);
  }
}

Job *prepare_call(lua_State *L, const Primitive *primitive)
{
  const int last = lua_gettop(L);
  Job *job = push_job(L, primitive);
  read_data(L, job);
  read_arguments(L, last, job);
  swap_files(session_of(L), job);
  check_options(L, job);
  return job;
}

static int call_primitive(lua_State *L)
{
  const Primitive *primitive = lua_touserdata(L, lua_upvalueindex(1));
  Session *session = session_of(L);
  sandbox_check(L, primitive);
  refuse_after_partial(L, session, primitive);
  Job *job = prepare_call(L, primitive);
  if (primitive->context) {
    return run_declared(L, job);
  }
  trace_listen(session, job);
  run_with_retry(L, session, job);
  settle_interrupt(L, session, job);
  if (job->status != STATUS_OK) {
    throw_job(L, job);
  }
  send_notes(session, job);
  recorder_call(session, job);
  if (primitive->gives == VALUE_NONE) {
    return 0;
  }
  value_push(L, &job->result);
  return 1;
}

void push_primitive(lua_State *L, const Primitive *primitive)
{
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &functions_key);
  }
  if (lua_rawgetp(L, -1, primitive) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushlightuserdata(L, (void *)primitive);
    lua_pushcclosure(L, call_primitive, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -3, primitive);
  }
  lua_remove(L, -2);
}

void publish_primitive(lua_State *L, const Primitive *primitive)
{
  lua_pushglobaltable(L);
  if (lua_getfield(L, -1, primitive->family) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, primitive->family);
  }
  push_primitive(L, primitive);
  lua_setfield(L, -2, primitive->name);
  lua_pop(L, 1);
  if (primitive->global) {
    push_primitive(L, primitive);
    lua_setfield(L, -2, primitive->global);
  }
  lua_pop(L, 1);
}

bool push_method(lua_State *L, ValueKind kind, const char *name)
{
  const Primitive *primitive = registry_method(kind, name);
  if (!primitive && plugin_brings(L, name)) {
    primitive = registry_method(kind, name);
  }
  if (primitive) {
    push_primitive(L, primitive);
  }
  return primitive != NULL;
}

const Primitive *function_primitive(lua_State *L, int index)
{
  if (lua_tocfunction(L, index) != call_primitive || !lua_getupvalue(L, index, 1)) {
    return NULL;
  }
  const Primitive *primitive = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return primitive;
}
