/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between Lua values and registry values. */
#include <math.h>
#include <string.h>

#include "bind/session_layout.h"
#include "core/alloc.h"
#include "chart/chart.h"
#include "registry/model.h"

enum { DEPTH_MOST = 8, PRESSURE_STEP = 16 << 20 };

const char *const box_names[VALUE_KIND_COUNT] = {
    [VALUE_COLUMN] = "assay.column", [VALUE_FRAME] = "assay.frame", [VALUE_MODEL] = "assay.model",
    [VALUE_CHART] = "assay.chart"};

static const char missing_key; /* registry key of NA */

static int box_gc(lua_State *L)
{
  Box *box = lua_touserdata(L, 1);
  value_free(&box->value);
  return 0;
}

Box *box_at(lua_State *L, int index)
{
  for (int kind = VALUE_COLUMN; kind <= VALUE_CHART; kind++) {
    Box *box = luaL_testudata(L, index, box_names[kind]);
    if (box) {
      return box;
    }
  }
  return NULL;
}

void push_missing(lua_State *L)
{
  lua_rawgetp(L, LUA_REGISTRYINDEX, &missing_key);
}

bool is_missing(lua_State *L, int index)
{
  index = lua_absindex(L, index);
  push_missing(L);
  const bool same = lua_rawequal(L, index, -1);
  lua_pop(L, 1);
  return same;
}

void report_memory(lua_State *L, size_t bytes)
{
  Session *session = session_of(L);
  session->pressure += bytes;
  if (session->pressure >= PRESSURE_STEP) {
    lua_gc(L, LUA_GCSTEP, (int)(session->pressure / 1024 > 1 << 20 ? 1 << 20 : session->pressure / 1024));
    session->pressure = 0;
  }
}

static void read_other(lua_State *L, int index, Value *out)
{
  const char *type = luaL_typename(L, index);
  char text[64];
  snprintf(text, sizeof text, _("a %s"), type);
  if (value_text(text, strlen(text), out, NULL) != STATUS_OK) {
    throw_memory(L, _("a value"));
  }
  out->kind = VALUE_OTHER;
}

static void read_depth(lua_State *L, int index, int depth, Value *out);

static void read_list(lua_State *L, int index, size_t n, int depth, Value *out)
{
  if (value_list(n, false, out, NULL) != STATUS_OK) {
    throw_memory(L, _("a value"));
  }
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    read_depth(L, lua_gettop(L), depth + 1, &out->list.items[i]);
    lua_pop(L, 1);
  }
}

/* Names in byte order, so that what is made of a table does not depend on Lua's order. */
static void sort_map(Value *map)
{
  for (size_t i = 1; i < map->list.n; i++) {
    for (size_t j = i; j > 0 && strcmp(map->list.names[j - 1], map->list.names[j]) > 0; j--) {
      char *name = map->list.names[j];
      const Value item = map->list.items[j];
      map->list.names[j] = map->list.names[j - 1];
      map->list.items[j] = map->list.items[j - 1];
      map->list.names[j - 1] = name;
      map->list.items[j - 1] = item;
    }
  }
}

static void read_map(lua_State *L, int index, size_t n, int depth, Value *out)
{
  if (value_list(n, true, out, NULL) != STATUS_OK) {
    throw_memory(L, _("a value"));
  }
  out->list.n = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    const size_t i = out->list.n;
    out->list.names[i] = mem_string(lua_tostring(L, -2));
    if (!out->list.names[i]) {
      throw_memory(L, _("a value"));
    }
    out->list.n = i + 1;
    read_depth(L, lua_gettop(L), depth + 1, &out->list.items[i]);
    lua_pop(L, 1);
  }
  sort_map(out);
}

/* Counts the entries; false when keys are neither 1..n nor all texts. */
static bool table_shape(lua_State *L, int index, size_t *positional, size_t *named)
{
  *positional = lua_rawlen(L, index);
  *named = 0;
  size_t others = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) == LUA_TSTRING) {
      (*named)++;
    } else {
      others++;
    }
    lua_pop(L, 1);
  }
  return others == *positional;
}

static void read_table(lua_State *L, int index, int depth, Value *out)
{
  size_t positional, named;
  const bool sound = table_shape(L, index, &positional, &named);
  if (!sound || (positional && named) || depth >= DEPTH_MOST) {
    read_other(L, index, out);
  } else if (named) {
    read_map(L, index, named, depth, out);
  } else {
    read_list(L, index, positional, depth, out);
  }
}

static void read_depth(lua_State *L, int index, int depth, Value *out)
{
  *out = (Value){.kind = VALUE_NONE};
  luaL_checkstack(L, 4, NULL);
  const Box *box = lua_type(L, index) == LUA_TUSERDATA ? box_at(L, index) : NULL;
  if (box) {
    if (value_copy(&box->value, out, NULL) != STATUS_OK) {
      throw_memory(L, _("a value"));
    }
    return;
  }
  switch (lua_type(L, index)) {
  case LUA_TNIL: break;
  case LUA_TBOOLEAN: *out = value_of_bool(lua_toboolean(L, index)); break;
  case LUA_TNUMBER:
    *out = lua_isinteger(L, index) ? value_of_int(lua_tointeger(L, index)) : value_of_number(lua_tonumber(L, index));
    break;
  case LUA_TSTRING: {
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    if (value_text(text, length, out, NULL) != STATUS_OK) {
      throw_memory(L, _("a value"));
    }
    break;
  }
  case LUA_TTABLE: read_table(L, index, depth, out); break;
  default:
    if (is_missing(L, index)) {
      out->kind = VALUE_MISSING;
    } else {
      read_other(L, index, out);
    }
  }
}

void value_read(lua_State *L, int index, Value *out)
{
  read_depth(L, lua_absindex(L, index), 0, out);
}

static void push_box(lua_State *L, Value *value)
{
  Box *box = lua_newuserdatauv(L, sizeof *box, 1);
  memset(box, 0, sizeof *box);
  luaL_setmetatable(L, box_names[value->kind]);
  box->value = *value;
  *value = (Value){.kind = VALUE_NONE};
}

/* Pushes what the collector should know of: its bytes came with it. */
static void push_new_box(lua_State *L, Value *value)
{
  const size_t bytes = value_bytes(value);
  push_box(L, value);
  report_memory(L, bytes);
}

static void push_items(lua_State *L, Value *value)
{
  luaL_checkstack(L, 4, NULL);
  lua_createtable(L, value->list.names ? 0 : (int)value->list.n, value->list.names ? (int)value->list.n : 0);
  for (size_t i = 0; i < value->list.n; i++) {
    value_push(L, &value->list.items[i]);
    if (value->list.names) {
      lua_setfield(L, -2, value->list.names[i]);
    } else {
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
  }
}

void value_push(lua_State *L, Value *value)
{
  switch (value->kind) {
  case VALUE_MISSING: push_missing(L); break;
  case VALUE_BOOL: lua_pushboolean(L, value->flag); break;
  case VALUE_INT: lua_pushinteger(L, value->integer); break;
  case VALUE_NUMBER: lua_pushnumber(L, value->number); break;
  case VALUE_TEXT:
  case VALUE_OTHER: lua_pushlstring(L, value->text.bytes, value->text.length); break;
  case VALUE_LIST:
  case VALUE_MAP: push_items(L, value); break;
  case VALUE_COLUMN:
  case VALUE_FRAME:
  case VALUE_MODEL:
  case VALUE_CHART: push_new_box(L, value); return;
  default: lua_pushnil(L);
  }
  value_free(value);
}

/* A column of a frame that Lua has adds no bytes: told of them at each df.x[i], the collector would hardly do else. */
void column_push(lua_State *L, const Column *column, const char *name)
{
  Value value = value_of_column((Column *)column); /* borrowed until the box exists */
  push_box(L, &value);
  (void)column_ref(column);
  if (name) {
    lua_pushstring(L, name);
    lua_setiuservalue(L, -2, 1);
  }
}

/* Cells without an owner in between: numbers and texts straight, sets as a table. */
void cell_push(lua_State *L, const Column *column, size_t row)
{
  if (!column_valid(column, row)) {
    push_missing(L);
    return;
  }
  switch (column_type(column)) {
  case TYPE_FLOAT64: lua_pushnumber(L, column_float(column, row)); break;
  case TYPE_INT64: lua_pushinteger(L, column_int(column, row)); break;
  case TYPE_BOOL: lua_pushboolean(L, column_int(column, row) != 0); break;
  case TYPE_SET: {
    const int32_t *codes;
    const size_t n = column_set(column, row, &codes);
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
      size_t length;
      const char *text = column_level(column, (size_t)codes[i], &length);
      lua_pushlstring(L, text, length);
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    break;
  }
  case TYPE_TIMESTAMP: {
    Box *box = lua_newuserdatauv(L, sizeof *box, 0); /* holds the text while Lua copies it */
    memset(box, 0, sizeof *box);
    luaL_setmetatable(L, box_names[VALUE_COLUMN]);
    if (value_of_cell(column, row, &box->value, NULL) != STATUS_OK) {
      throw_memory(L, _("a value"));
    }
    lua_pushlstring(L, box->value.text.bytes, box->value.text.length);
    lua_remove(L, -2);
    break;
  }
  default: {
    size_t length;
    const char *text = column_text(column, row, &length);
    lua_pushlstring(L, text, length);
  }
  }
}

bool push_sorted_keys(lua_State *L, int table)
{
  bool all = true;
  lua_newtable(L);
  const int names = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, names, (lua_Integer)lua_rawlen(L, names) + 1);
    } else {
      all = false;
    }
  }
  lua_getglobal(L, "table");
  lua_getfield(L, -1, "sort");
  lua_pushvalue(L, names);
  lua_call(L, 1, 0);
  lua_settop(L, names);
  return all;
}

static int missing_text(lua_State *L)
{
  lua_pushliteral(L, "NA");
  return 1;
}

static int missing_arithmetic(lua_State *L)
{
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_DATA, "missing-values", _("arithmetic with a missing value (NA)"));
  (void)error_hint(&e, _("test it first: x == NA"));
  return throw_error(L, &e);
}

static int missing_call(lua_State *L)
{
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_DATA, "missing-values", _("a missing value (NA) cannot be called"));
  (void)error_hint(&e, _("a figure of a model is read without brackets, and NA: it was not computed; ?model lists the verbs"));
  return throw_error(L, &e);
}

void open_values(lua_State *L)
{
  static const char *const events[] = {"__add", "__sub",  "__mul", "__div", "__mod",  "__pow",  "__unm",
                                       "__idiv", "__lt",  "__le",  "__concat", "__index", "__len",
                                       "__band", "__bor", "__bxor", "__shl", "__shr", "__bnot"};
  for (int kind = VALUE_COLUMN; kind <= VALUE_CHART; kind++) {
    luaL_newmetatable(L, box_names[kind]);
    lua_pushcfunction(L, box_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, value_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
  }
  lua_newuserdatauv(L, 1, 0);
  lua_newtable(L);
  for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
    lua_pushcfunction(L, missing_arithmetic);
    lua_setfield(L, -2, events[i]);
  }
  lua_pushcfunction(L, missing_call);
  lua_setfield(L, -2, "__call");
  lua_pushcfunction(L, missing_text);
  lua_setfield(L, -2, "__tostring");
  lua_pushliteral(L, "NA");
  lua_setfield(L, -2, "__name");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &missing_key);
}
