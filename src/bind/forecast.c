/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/forecast.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "bind/line_lookup.h"

/* A statement that is one call: NAME = CALLEE ARGUMENTS. */
typedef struct PlainCall {
  const char *line;
  Span callee;
  Span arguments;  /* as an expression list: without round brackets, with the braces of a table or the quotes of a text */
} PlainCall;

typedef struct Asked {
  PlainCall call;
  Forecast *out;
} Asked;

/* ---- the text */

static size_t skip_blanks(const char *line, size_t i)
{
  while (line[i] == ' ' || line[i] == '\t' || line[i] == '\n') {
    i++;
  }
  return i;
}

static size_t name_end(const char *line, size_t i, bool chain)
{
  while (line_name_char(line[i]) || (chain && (line[i] == '.' || line[i] == ':') && line_name_char(line[i + 1]))) {
    i++;
  }
  return i;
}

/* Behind the text that begins at i; 0 when it does not end. */
static size_t text_end(const char *line, size_t i)
{
  const char quote = line[i++];
  while (line[i] && line[i] != quote) {
    i += line[i] == '\\' && line[i + 1] ? 2 : 1;
  }
  return line[i] ? i + 1 : 0;
}

/* Where the bracket or text ends that begins at i; 0 when it does not. */
static size_t arguments_end(const char *line, size_t i)
{
  int depth = 0;
  while (line[i]) {
    if (line[i] == '"' || line[i] == '\'') {
      i = text_end(line, i);
      if (i == 0 || depth == 0) {
        return i;
      }
      continue;
    }
    depth += line[i] == '(' || line[i] == '{' ? 1 : line[i] == ')' || line[i] == '}' ? -1 : 0;
    i++;
    if (depth == 0) {
      return i;
    }
  }
  return 0;
}

/* Whether the statement is one call and nothing else. */
static bool read_call(const char *line, PlainCall *out)
{
  size_t i = skip_blanks(line, 0);
  i = strncmp(line + i, "local ", 6) == 0 ? skip_blanks(line, i + 6) : i;
  out->line = line;
  out->callee = (Span){i, name_end(line, i, true)};
  i = skip_blanks(line, out->callee.to);
  if (line[i] == '=' && line[i + 1] != '=') {
    i = skip_blanks(line, i + 1);
    out->callee = (Span){i, name_end(line, i, true)};
    i = skip_blanks(line, out->callee.to);
  }
  if (out->callee.to == out->callee.from || !line[i] || !strchr("({\"'", line[i])) {
    return false;
  }
  const size_t end = arguments_end(line, i);
  const bool round = line[i] == '(';
  out->arguments = (Span){i + round, end > 0 ? end - round : 0};
  const size_t rest = skip_blanks(line, end);
  return end > 0 && line[skip_blanks(line, rest + (line[rest] == ';'))] == '\0';
}

/* ---- the arguments: texts, numbers, tables of them, names of values */

/* Only what cannot run anything of the user's when it is given to a primitive. */
static bool is_harmless(lua_State *L, int index)
{
  const int type = lua_type(L, index);
  return type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TBOOLEAN || (type == LUA_TUSERDATA && box_at(L, index));
}

/* Adds the value of a variable to the table at `names`; false, with the reason, when it is not there or not plain. */
static bool add_variable(lua_State *L, int names, const char *line, Span name, Forecast *out)
{
  const int top = lua_gettop(L), length = (int)(name.to - name.from);
  const bool there = push_chain(L, line, name);
  if (!there) {
    snprintf(out->why, sizeof out->why, _("%.*s is not there yet"), length, line + name.from);
  } else if (is_harmless(L, -1)) {
    lua_pushlstring(L, line + name.from, name.to - name.from);
    lua_insert(L, -2);
    lua_rawset(L, names);
    return true;
  }
  lua_settop(L, top);
  return false;
}

static bool is_one_of(const char *line, Span name, const char *const *words)
{
  for (; *words; words++) {
    if (strlen(*words) == name.to - name.from && strncmp(line + name.from, *words, strlen(*words)) == 0) {
      return true;
    }
  }
  return false;
}

/* A name: the key of an option, a constant, or a variable. */
static bool take_name(lua_State *L, int names, const char *line, Span name, Forecast *out)
{
  static const char *const constants[] = {"true", "false", "nil", NULL}, *const operators[] = {"function", "not", "and", "or", NULL};
  const size_t next = skip_blanks(line, name.to);
  const bool key = line[next] == '=' && line[next + 1] != '=';
  if (key || isdigit((unsigned char)line[name.from]) || is_one_of(line, name, constants)) {
    return true;
  }
  return !is_one_of(line, name, operators) && add_variable(L, names, line, name, out);
}

/* Whether a sign at i can be but that of a number. */
static bool signs_number(const char *line, Span all, size_t i)
{
  size_t before = i;
  while (before > all.from && isspace((unsigned char)line[before - 1])) {
    before--;
  }
  const char c = before > all.from ? line[before - 1] : ',';
  const bool exponent = before == i && (c == 'e' || c == 'E') && i - 1 > all.from && isdigit((unsigned char)line[i - 2]);
  return (exponent || strchr("{(,;=", c)) && (isdigit((unsigned char)line[i + 1]) || line[i + 1] == '.');
}

/* Gathers the variables of the arguments into a new table on top of the stack; false when there is more than plain values. */
static bool gather_names(lua_State *L, const PlainCall *call, Forecast *out)
{
  const char *line = call->line;
  size_t i = call->arguments.from;
  lua_newtable(L);
  const int names = lua_gettop(L);
  while (i < call->arguments.to) {
    const char c = line[i];
    if (c == '"' || c == '\'') {
      i = text_end(line, i);
    } else if (line_name_char(c)) {
      const Span name = {i, name_end(line, i, false)};
      if (!take_name(L, names, line, name, out)) {
        return false;
      }
      i = name.to;
    } else if (strchr(" \t\n{},;=", c) || (c == '.' && isdigit((unsigned char)line[i + 1])) ||
               (c == '-' && signs_number(line, call->arguments, i))) {
      i++;
    } else {
      return false;
    }
  }
  return true;
}

/* ---- the call */

/* Pushes what the call's data are, if it is a method, and gives its primitive; NULL: not known. */
static const Primitive *push_callee(lua_State *L, const PlainCall *call, Forecast *out)
{
  char mark, method[128];
  const Span callee = call->callee, object = line_before_mark(call->line, callee, &mark);
  if (mark != ':') {
    const Primitive *primitive = push_chain(L, call->line, callee) ? function_primitive(L, -1) : NULL;
    lua_settop(L, 0);
    return primitive;
  }
  if (!push_chain(L, call->line, object)) {
    snprintf(out->why, sizeof out->why, _("%.*s is not there yet"), (int)(object.to - object.from), call->line + object.from);
    return NULL;
  }
  const Box *box = box_at(L, -1);
  lua_rotate(L, 1, 1);
  lua_settop(L, 1);
  snprintf(method, sizeof method, "%.*s", (int)(callee.to - object.to - 1), call->line + object.to + 1);
  return box ? registry_method(box->value.kind, method) : NULL;
}

/* Puts the arguments behind what is on the stack; false when Lua does not take them for such. */
static bool push_arguments(lua_State *L, const PlainCall *call, Forecast *out)
{
  if (!gather_names(L, call, out)) {
    return false;
  }
  const int names = lua_gettop(L);
  lua_pushliteral(L, "return ");
  lua_pushlstring(L, call->line + call->arguments.from, call->arguments.to - call->arguments.from);
  lua_concat(L, 2);
  size_t length;
  const char *chunk = lua_tolstring(L, -1, &length);
  if (luaL_loadbufferx(L, chunk, length, "=arguments", "t") != LUA_OK) {
    return false;
  }
  lua_pushvalue(L, names);
  if (!lua_setupvalue(L, -2, 1)) {
    lua_pop(L, 1);
  }
  lua_replace(L, names);
  lua_settop(L, names);
  lua_call(L, 0, LUA_MULTRET);
  return true;
}

static int forecast(lua_State *L)
{
  const Asked *asked = lua_touserdata(L, 1);
  Forecast *out = asked->out;
  lua_settop(L, 0);
  const Primitive *primitive = push_callee(L, &asked->call, out);
  if (!primitive) {
    return 0;
  }
  if (!primitive->cost || primitive->context || primitive->effects != EFFECT_NONE) {
    snprintf(out->why, sizeof out->why, _("%s does not forecast its time"), primitive->name);
    return 0;
  }
  if (push_arguments(L, &asked->call, out)) {
    Job *job = prepare_call(L, primitive);
    out->known = job_forecast(job, &out->seconds) == STATUS_OK;
    snprintf(out->why, sizeof out->why, "%s", out->known ? "" : job->error.what);
  }
  return 0;
}

Forecast session_forecast(Session *session, const char *statement)
{
  Forecast out = {0};
  Asked asked = {.out = &out};
  lua_State *L = session->active ? session->running : session->L;
  if (read_call(statement, &asked.call) && lua_checkstack(L, LUA_MINSTACK)) {
    const int top = lua_gettop(L);
    const bool collects = lua_gc(L, LUA_GCISRUNNING); /* a finaliser would be the user's code */
    lua_gc(L, LUA_GCSTOP);
    lua_pushcfunction(L, forecast);
    lua_pushlightuserdata(L, &asked);
    const int status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK && !out.why[0]) {
      Error e;
      error_take(L, status, &e);
      snprintf(out.why, sizeof out.why, "%s", e.what);
    }
    lua_settop(L, top);
    if (collects) {
      lua_gc(L, LUA_GCRESTART);
    }
  }
  if (!out.known && !out.why[0]) {
    snprintf(out.why, sizeof out.why, "%s", _("it is more than one call with plain arguments"));
  }
  return out;
}
