/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns in Lua: c[i], #c, pairs(c), c:gt(1), & | ~ of bool columns. A column taken from a frame knows its name, so that a verb of the
 * same name can still be called through it: df:count() when df has a column `count`. */
#include "bind/session_layout.h"
#include "frame/builder.h"

static const Column *check_column(lua_State *L, int index)
{
  const Box *box = luaL_checkudata(L, index, box_names[VALUE_COLUMN]);
  return box->value.column;
}

static _Noreturn int throw_text(lua_State *L, const char *id, const char *what, const char *hint)
{
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_ARGUMENT, id, "%s", what);
  (void)error_hint(&e, "%s", hint);
  throw_error(L, &e);
}

static int column_cell(lua_State *L, const Column *column)
{
  const lua_Integer row = lua_tointeger(L, 2);
  if (row > 0 && (size_t)row == column_rows(column) + 1) { /* where ipairs ends; a missing cell is NA and does not end it */
    lua_pushnil(L);
    return 1;
  }
  if (row < 1 || (size_t)row > column_rows(column)) {
    Error e;
    error_clear(&e);
    error_set(&e, STATUS_ARGUMENT, "out-of-range", _("row %1$lld is outside 1..%2$zu"), (long long)row, column_rows(column));
    return throw_error(L, &e);
  }
  cell_push(L, column, (size_t)row - 1);
  return 1;
}

static int column_index(lua_State *L)
{
  const Column *column = check_column(L, 1);
  int whole = 0;
  (void)lua_tointegerx(L, 2, &whole);
  if (lua_type(L, 2) == LUA_TNUMBER && whole) { /* 3.0 is 3, as for tables */
    return column_cell(L, column);
  }
  if (lua_type(L, 2) == LUA_TSTRING && push_method(L, VALUE_COLUMN, lua_tostring(L, 2))) {
    return 1;
  }
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_NAME, "unknown-name", _("a column has no member '%s'"), luaL_tolstring(L, 2, NULL));
  (void)error_hint(&e, _("c[1] is a cell; methods: gt ge lt le eq ne"));
  return throw_error(L, &e);
}

static int next_cell(lua_State *L)
{
  const Column *column = check_column(L, 1);
  const lua_Integer row = lua_tointeger(L, 2) + 1;
  if (row < 1 || (size_t)row > column_rows(column)) {
    return 0;
  }
  lua_pushinteger(L, row);
  cell_push(L, column, (size_t)row - 1);
  return 2;
}

/* Numbers of rows and cells, like ipairs. */
static int column_pairs(lua_State *L)
{
  (void)check_column(L, 1);
  lua_pushcfunction(L, next_cell);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

static int column_length(lua_State *L)
{
  lua_pushinteger(L, (lua_Integer)column_rows(check_column(L, 1)));
  return 1;
}

/* df:name(...) where name is a column too: the verb. */
static int column_call(lua_State *L)
{
  lua_getiuservalue(L, 1, 1);
  const char *name = lua_tostring(L, -1);
  const Box *frame = luaL_testudata(L, 2, box_names[VALUE_FRAME]);
  if (!name || !frame || !push_method(L, VALUE_FRAME, name)) {
    return throw_text(L, "not-supported", _("a column cannot be called"), _("c[1] is a cell; there is no verb of this name"));
  }
  lua_replace(L, 1);
  lua_pop(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int column_order(lua_State *L)
{
  return throw_text(L, "use-methods", _("< and > do not work on columns: Lua makes one boolean of them"),
                    _("write df.x:gt(100) for df.x > 100, df.x:lt(100) for df.x < 100; ge, le, eq, ne likewise"));
}

static int column_equal(lua_State *L)
{
  return throw_text(L, "use-methods", _("== does not work on columns: Lua makes one boolean of it"),
                    _("write df.x:eq(value) for a column of booleans"));
}

/* ---- Kleene's and, or, not on bool columns. A cell is 0, 1 or 2 (missing). */

static int cell_state(const Column *column, size_t row)
{
  return column_valid(column, row) ? column_int(column, row) != 0 : 2;
}

static const Column *check_bool(lua_State *L, int index)
{
  const Box *box = luaL_testudata(L, index, box_names[VALUE_COLUMN]);
  if (box && column_type(box->value.column) == TYPE_BOOL) {
    return box->value.column;
  }
  throw_text(L, "wrong-type", _("&, | and ~ join bool columns"), _("make one with df.x:gt(100)"));
}

static int combine(lua_State *L, const unsigned char table[3][3])
{
  const Column *a = check_bool(L, 1), *b = check_bool(L, 2);
  if (column_rows(a) != column_rows(b)) {
    return throw_text(L, "wrong-type", _("the columns have different lengths"), _("join columns of one frame"));
  }
  Box *box = lua_newuserdatauv(L, sizeof *box, 1);
  box->value = (Value){.kind = VALUE_NONE};
  luaL_setmetatable(L, box_names[VALUE_COLUMN]);
  Builder *builder = builder_new(TYPE_BOOL, column_rows(a));
  for (size_t row = 0; builder && row < column_rows(a); row++) {
    const unsigned char state = table[cell_state(a, row)][cell_state(b, row)];
    if (state == 2) {
      builder_missing(builder);
    } else {
      builder_bool(builder, state);
    }
  }
  Error e;
  error_clear(&e);
  Column *column = NULL;
  const Status status = builder ? builder_finish(builder, &column, &e) : error_memory(&e, 0, _("a column"));
  if (status != STATUS_OK) {
    return throw_error(L, &e);
  }
  box->value = value_of_column(column);
  return 1;
}

static int column_and(lua_State *L)
{
  static const unsigned char table[3][3] = {{0, 0, 0}, {0, 1, 2}, {0, 2, 2}};
  return combine(L, table);
}

static int column_or(lua_State *L)
{
  static const unsigned char table[3][3] = {{0, 1, 2}, {1, 1, 1}, {2, 1, 2}};
  return combine(L, table);
}

static int column_not(lua_State *L)
{
  static const unsigned char table[3][3] = {{1, 1, 1}, {0, 0, 0}, {2, 2, 2}};
  return combine(L, table);
}

void open_column(lua_State *L)
{
  static const luaL_Reg events[] = {{"__index", column_index}, {"__len", column_length}, {"__pairs", column_pairs},
                                    {"__call", column_call},   {"__lt", column_order},   {"__le", column_order},
                                    {"__eq", column_equal},    {"__band", column_and},   {"__bor", column_or},
                                    {"__bnot", column_not},    {NULL, NULL}};
  luaL_getmetatable(L, box_names[VALUE_COLUMN]);
  luaL_setfuncs(L, events, 0);
  lua_pop(L, 1);
}
