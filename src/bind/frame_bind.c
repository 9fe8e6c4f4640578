/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames in Lua: df.x, df:verb(...), #df, and the constructor frame{...}. */
#include <string.h>

#include "bind/session_layout.h"
#include "frame/builder.h"

static const char maker_name[] = "assay.maker";

static const Frame *check_frame(lua_State *L, int index)
{
  const Box *box = luaL_checkudata(L, index, box_names[VALUE_FRAME]);
  return box->value.frame;
}

/* The nearest verb of frames, or NULL. */
static const char *nearest_verb(const char *name)
{
  const char *verbs[256];
  size_t n = 0;
  for (size_t i = 0; i < registry_size() && n < 256; i++) {
    const Primitive *primitive = registry_at(i);
    if (primitive->takes == VALUE_FRAME && primitive_method(primitive)) {
      verbs[n++] = primitive_method(primitive);
    }
  }
  const size_t near = text_nearest(name, verbs, n);
  return near < n ? verbs[near] : NULL;
}

/* Neither a column nor a verb: the nearest column, else the nearest verb, else the list of columns. */
static int unknown_member(lua_State *L, const Frame *frame, const char *name)
{
  Error e;
  const char *verb = nearest_verb(name);
  error_clear(&e);
  if (verb && text_nearest(name, frame_names(frame), frame_columns(frame)) >= frame_columns(frame)) {
    error_set(&e, STATUS_NAME, "unknown-column", _("there is no column or verb '%s'"), name);
    (void)error_hint(&e, _("did you mean the verb df:%s(...)?"), verb);
  } else {
    size_t column;
    (void)!frame_need(frame, name, &column, &e);
  }
  return throw_error(L, &e);
}

static int frame_index(lua_State *L)
{
  const Frame *frame = check_frame(L, 1);
  if (lua_type(L, 2) != LUA_TSTRING) {
    Error e;
    error_clear(&e);
    error_set(&e, STATUS_ARGUMENT, "wrong-type", _("a frame is indexed by column names, not by a %s"), luaL_typename(L, 2));
    (void)error_hint(&e, _("df:row(1) is a row, df.x[1] a cell"));
    return throw_error(L, &e);
  }
  const char *name = lua_tostring(L, 2);
  size_t column;
  if (frame_find(frame, name, &column)) {
    column_push(L, frame_column(frame, column), name);
  } else if (!push_method(L, VALUE_FRAME, name)) {
    return unknown_member(L, frame, name);
  }
  return 1;
}

static int frame_newindex(lua_State *L)
{
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_STATE, "not-supported", _("a frame is never changed; column '%s' was not set"),
            luaL_tolstring(L, 2, NULL));
  (void)error_hint(&e, _("make a new frame: frame{x = {...}}"));
  return throw_error(L, &e);
}

static int frame_length(lua_State *L)
{
  lua_pushinteger(L, (lua_Integer)frame_rows(check_frame(L, 1)));
  return 1;
}

/* The next column of a pairs loop: upvalue 1 is its number. */
static int next_column(lua_State *L)
{
  const Frame *frame = check_frame(L, 1);
  const lua_Integer i = lua_tointeger(L, lua_upvalueindex(1));
  if ((size_t)i >= frame_columns(frame)) {
    return 0;
  }
  lua_pushinteger(L, i + 1);
  lua_replace(L, lua_upvalueindex(1));
  lua_pushstring(L, frame_name(frame, (size_t)i));
  column_push(L, frame_column(frame, (size_t)i), frame_name(frame, (size_t)i));
  return 2;
}

static int frame_pairs(lua_State *L)
{
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_column, 1);
  lua_pushvalue(L, 1);
  return 2;
}

/* ---- frame{...} */

/* The type that all cells of a Lua list fit; TYPE_COUNT when they fit none. */
static Type cells_type(lua_State *L, int list, size_t n, size_t *odd)
{
  Type type = TYPE_COUNT;
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, list, (lua_Integer)i + 1);
    const bool missing = is_missing(L, -1);
    const int kind = lua_type(L, -1);
    const Type cell = kind == LUA_TBOOLEAN  ? TYPE_BOOL
                      : kind == LUA_TSTRING ? TYPE_STRING
                      : kind == LUA_TTABLE  ? TYPE_SET
                      : kind != LUA_TNUMBER ? TYPE_COUNT
                      : lua_isinteger(L, -1) ? TYPE_INT64
                                             : TYPE_FLOAT64;
    lua_pop(L, 1);
    if (missing) {
      continue;
    }
    const bool numbers = type_is_numeric(cell) && type_is_numeric(type) && type != TYPE_COUNT && cell != TYPE_COUNT;
    if (cell == TYPE_COUNT || (type != TYPE_COUNT && type != cell && !numbers)) {
      *odd = i;
      return TYPE_COUNT;
    }
    type = numbers && type != cell ? TYPE_FLOAT64 : cell;
  }
  return type == TYPE_COUNT ? TYPE_STRING : type;
}

/* The list on top of the stack as a set; false when an item is neither text nor number. */
static bool add_set(lua_State *L, Builder *builder)
{
  const int set = lua_gettop(L);
  for (size_t i = 1; i <= lua_rawlen(L, set); i++) {
    size_t length;
    lua_rawgeti(L, set, (lua_Integer)i);
    if (!lua_isstring(L, -1)) {
      return false;
    }
    const char *text = luaL_tolstring(L, -1, &length);
    builder_item(builder, text, length);
    lua_settop(L, set);
  }
  builder_set(builder);
  return true;
}

static bool add_cell(lua_State *L, Builder *builder, Type type)
{
  size_t length;
  const char *text;
  if (is_missing(L, -1)) {
    builder_missing(builder);
    return true;
  }
  switch (type) {
  case TYPE_FLOAT64: builder_float(builder, lua_tonumber(L, -1)); break;
  case TYPE_INT64: builder_int(builder, lua_tointeger(L, -1)); break;
  case TYPE_BOOL: builder_bool(builder, lua_toboolean(L, -1)); break;
  case TYPE_SET: return add_set(L, builder);
  default:
    text = lua_tolstring(L, -1, &length);
    builder_text(builder, text, length);
  }
  return true;
}

/* A draft and the builder in work hang on a userdata, so that a throw frees them. */
typedef struct Maker {
  Draft *draft;
  Builder *builder;
  Value made;
} Maker;

static int maker_gc(lua_State *L)
{
  Maker *maker = lua_touserdata(L, 1);
  draft_free(maker->draft);
  builder_free(maker->builder);
  value_free(&maker->made);
  memset(maker, 0, sizeof *maker);
  return 0;
}

static Maker *push_maker(lua_State *L)
{
  Maker *maker = lua_newuserdatauv(L, sizeof *maker, 0);
  memset(maker, 0, sizeof *maker);
  luaL_setmetatable(L, maker_name);
  maker->draft = draft_new();
  return maker;
}

static _Noreturn void bad_column(lua_State *L, const char *name, const char *format, size_t row)
{
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_ARGUMENT, "wrong-type", format, name, row + 1);
  (void)error_hint(&e, _("a column is a list of numbers, texts, booleans or lists of texts, with NA for missing"));
  throw_error(L, &e);
}

/* Adds the column whose cells are on top of the stack (a list or a column), and pops it. */
static void add_column(lua_State *L, Maker *maker, const char *name)
{
  const Box *box = box_at(L, -1);
  if (box && box->value.kind == VALUE_COLUMN) {
    draft_column(maker->draft, name, column_ref(box->value.column));
    lua_pop(L, 1);
    return;
  }
  if (!lua_istable(L, -1)) {
    bad_column(L, name, _("column '%1$s' must be a list or a column"), 0);
  }
  const int list = lua_gettop(L);
  const size_t n = lua_rawlen(L, list);
  size_t odd = 0;
  const Type type = cells_type(L, list, n, &odd);
  if (type == TYPE_COUNT) {
    bad_column(L, name, _("column '%1$s', cell %2$zu is of another type than the cells before it"), odd);
  }
  maker->builder = builder_new(type, n);
  for (size_t i = 1; maker->builder && i <= n; i++) {
    lua_rawgeti(L, list, (lua_Integer)i);
    if (!add_cell(L, maker->builder, type)) {
      bad_column(L, name, _("column '%1$s', cell %2$zu: the items of a set must be texts"), i - 1);
    }
    lua_settop(L, list);
  }
  Builder *builder = maker->builder;
  maker->builder = NULL;
  if (builder) {
    draft_builder(maker->draft, name, builder);
  } else {
    draft_column(maker->draft, name, NULL);
  }
  lua_pop(L, 1);
}

/* A list of columns and columns by name do not go together: their order would not be known. */
static void refuse_names(lua_State *L, size_t n)
{
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 || (size_t)lua_tointeger(L, -1) > n) {
      bad_column(L, luaL_tolstring(L, -1, NULL),
                 _("'%1$s' stands beside a list of columns; give it as {\"%1$s\", {cells}}"), 0);
    }
  }
}

/* frame{{"a", {...}}, {"b", {...}}}: columns in the order given. */
static void add_ordered(lua_State *L, Maker *maker, size_t n)
{
  refuse_names(L, n);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, 1, (lua_Integer)i);
    const int pair = lua_gettop(L);
    if (!lua_istable(L, pair) || lua_rawgeti(L, pair, 1) != LUA_TSTRING) {
      bad_column(L, "?", _("entry %2$zu must be {\"name\", {cells}} (%1$s)"), i - 1);
    }
    lua_rawgeti(L, pair, 2);
    add_column(L, maker, lua_tostring(L, pair + 1));
    lua_settop(L, pair - 1);
  }
}

/* frame{a = {...}, b = {...}}: columns in byte order of their names. */
static void add_named(lua_State *L, Maker *maker)
{
  if (!push_sorted_keys(L, 1)) {
    bad_column(L, "?", _("a column's name must be a text (%1$s)"), 0);
  }
  const int names = lua_gettop(L);
  for (size_t i = 1; i <= lua_rawlen(L, names); i++) {
    lua_settop(L, names);
    lua_rawgeti(L, names, (lua_Integer)i);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    add_column(L, maker, lua_tostring(L, names + 1));
  }
}

/* Makes the frame of the table at index 1, to be owned by a maker on top of the stack. */
static Status construct(lua_State *L, Error *e)
{
  lua_settop(L, 1);
  error_clear(e);
  Maker *maker = push_maker(L);
  const size_t n = lua_rawlen(L, 1);
  if (n > 0) {
    add_ordered(L, maker, n);
  } else {
    add_named(L, maker);
  }
  lua_settop(L, 2);
  Frame *frame = NULL;
  Draft *draft = maker->draft;
  maker->draft = NULL;
  const Status status = draft ? draft_finish(draft, &frame, e) : error_memory(e, 0, _("a frame"));
  if (status == STATUS_OK) {
    maker->made = value_of_frame(frame);
  }
  return status;
}

int frame_construct(lua_State *L)
{
  Error e;
  luaL_checktype(L, 1, LUA_TTABLE);
  Status status = construct(L, &e);
  if (status == STATUS_MEMORY) { /* once more, without what Lua no longer needs */
    lua_gc(L, LUA_GCCOLLECT, 0);
    status = construct(L, &e);
  }
  if (status != STATUS_OK) {
    return throw_error(L, &e);
  }
  Maker *maker = lua_touserdata(L, 2);
  value_push(L, &maker->made);
  return 1;
}

void open_frame(lua_State *L)
{
  static const luaL_Reg events[] = {{"__index", frame_index},   {"__newindex", frame_newindex}, {"__len", frame_length},
                                    {"__pairs", frame_pairs},   {NULL, NULL}};
  luaL_getmetatable(L, box_names[VALUE_FRAME]);
  luaL_setfuncs(L, events, 0);
  luaL_newmetatable(L, maker_name);
  lua_pushcfunction(L, maker_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 2);
}
