/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/session_values.h"

#include <string.h>

#include "bind/session_layout.h"
#include "chart/chart.h"
#include "core/alloc.h"
#include "registry/model.h"

bool session_runs(const Session *session)
{
  return session->active != 0;
}

static Status refuse_busy(Error *e)
{
  return error_set(e, STATUS_STATE, "busy", _("another statement is at work"));
}

/* ---- variables */

typedef struct Listing {
  SessionVariable *variables;
  size_t n, room;
} Listing;

void session_list_free(SessionVariable *variables, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    mem_free(variables[i].name);
    mem_free(variables[i].shape);
    value_free(&variables[i].value);
  }
  mem_free(variables);
}

static void model_shape(const Model *model, Text *out)
{
  const ModelClass *class = model_primitive(model)->model;
  if (class && class->headline) {
    class->headline(model, out);
  }
}

static void shape_of(const Value *value, Text *out)
{
  switch (value->kind) {
    case VALUE_FRAME:
      text_printf(out, _("%1$zu x %2$zu"), frame_rows(value->frame), frame_columns(value->frame));
      break;
    case VALUE_COLUMN:
      text_printf(out, "%zu", column_rows(value->column));
      break;
    case VALUE_MODEL:
      model_shape(value->model, out);
      break;
    case VALUE_CHART:
      text_puts(out, chart_kind(value->chart));
      break;
    default:
      value_show(value, out);
      break;
  }
}

static const char *boxed_type(const Value *value)
{
  switch (value->kind) {
    case VALUE_FRAME:
      return "frame";
    case VALUE_COLUMN:
      return "column";
    case VALUE_CHART:
      return "chart";
    default:
      return model_primitive(value->model)->name;
  }
}

/* Plain values by copy, ours by reference; tables and the rest have none. */
static void take_value(lua_State *L, int index, SessionVariable *variable)
{
  const int type = lua_type(L, index);
  const Box *box = type == LUA_TUSERDATA ? box_at(L, index) : NULL;
  variable->type = luaL_typename(L, index);
  variable->kind = VALUE_OTHER;
  if (box) {
    variable->type = boxed_type(&box->value);
    if (value_copy(&box->value, &variable->value, NULL) != STATUS_OK) {
      throw_memory(L, _("the list of variables"));
    }
    variable->kind = variable->value.kind;
    variable->bytes = value_bytes(&variable->value);
  } else if (type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TSTRING) {
    value_read(L, index, &variable->value);
    variable->kind = variable->value.kind;
  } else if (type == LUA_TTABLE) {
    variable->kind = lua_rawlen(L, index) > 0 ? VALUE_LIST : VALUE_MAP;
  }
}

static void take_variable(lua_State *L, Listing *listing, const char *name, int index)
{
  Text shape = {0};
  SessionVariable *variable = &listing->variables[listing->n++];
  *variable = (SessionVariable){.name = mem_string(name)};
  take_value(L, index, variable);
  if (variable->value.kind != VALUE_NONE) {
    shape_of(&variable->value, &shape);
  } else if (variable->kind == VALUE_LIST) {
    text_printf(&shape, "%zu", (size_t)lua_rawlen(L, index));
  }
  variable->shape = shape.size ? text_take(&shape) : mem_string("");
  text_free(&shape);
  if (!variable->name || !variable->shape) {
    throw_memory(L, _("the list of variables"));
  }
}

static int list_variables(lua_State *L)
{
  Listing *listing = lua_touserdata(L, 1);
  push_environment(L);
  const int environment = lua_gettop(L);
  (void)push_sorted_keys(L, environment);
  const int names = lua_gettop(L);
  const size_t n = lua_rawlen(L, names);
  listing->variables = mem_zero(n, sizeof *listing->variables);
  if (!listing->variables) {
    throw_memory(L, _("the list of variables"));
  }
  for (size_t i = 1; i <= n; i++) {
    lua_settop(L, names);
    lua_rawgeti(L, names, (lua_Integer)i);
    lua_pushvalue(L, -1);
    lua_rawget(L, environment);
    take_variable(L, listing, lua_tostring(L, names + 1), names + 2);
  }
  return 0;
}

Status session_list(Session *session, SessionVariable **out, size_t *n, Error *e)
{
  lua_State *L = session->L;
  Listing listing = {0};
  *out = NULL;
  *n = 0;
  if (session_runs(session)) {
    return refuse_busy(e);
  }
  lua_pushcfunction(L, list_variables);
  lua_pushlightuserdata(L, &listing);
  const bool listed = lua_pcall(L, 1, 0, 0) == LUA_OK;
  lua_settop(L, 0);
  if (!listed) {
    session_list_free(listing.variables, listing.n);
    return error_memory(e, 0, _("the list of variables"));
  }
  *out = listing.variables;
  *n = listing.n;
  return STATUS_OK;
}

/* ---- expressions off the record */

typedef struct Evaluation {
  const char *expression;
  Value *out;
} Evaluation;

/* The value hangs on a userdata while it is read. */
static int evaluate(lua_State *L)
{
  const Evaluation *evaluation = lua_touserdata(L, 1);
  Error e;
  lua_settop(L, 0);
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  luaL_setmetatable(L, box_names[VALUE_FRAME]);
  lua_pushfstring(L, "return %s\n", evaluation->expression);
  size_t length;
  const char *chunk = lua_tolstring(L, -1, &length);
  if (luaL_loadbufferx(L, chunk, length, "=expression", "t") != LUA_OK) {
    syntax_read(L, chunk, length, "=expression", &e);
    throw_error(L, &e);
  }
  push_environment(L);
  if (!lua_setupvalue(L, -2, 1)) {
    lua_pop(L, 1);
  }
  lua_call(L, 0, 1);
  value_read(L, lua_gettop(L), &box->value);
  *evaluation->out = box->value;
  box->value = (Value){.kind = VALUE_NONE};
  return 0;
}

Status session_evaluate(Session *session, const char *expression, Value *out, Error *e)
{
  const Evaluation evaluation = {expression, out};
  RunOutcome outcome;
  *out = (Value){.kind = VALUE_NONE};
  if (session_runs(session)) {
    return refuse_busy(e);
  }
  struct Recorder *recorder = session->recorder;
  const Error last = session->last_error;
  session->recorder = NULL;
  const RunState state = session_protect(session, evaluate, &evaluation, &outcome);
  session->recorder = recorder;
  session->last_error = last;
  if (state == RUN_DONE) {
    return STATUS_OK;
  }
  value_free(out);
  if (state == RUN_EXIT) {
    return error_set(e, STATUS_STATE, "exit-in-expression", _("os.exit belongs to a statement, not to an expression"));
  }
  if (e) {
    *e = outcome.error;
  }
  return outcome.error.status == STATUS_OK ? error_cancelled(e) : outcome.error.status;
}
