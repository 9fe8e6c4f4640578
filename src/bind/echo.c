/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How values show themselves: frames, models and columns as cards, tables as sorted Lua text with bounded depth, the rest as
 * Lua prints it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bind/sandbox_layout.h"
#include "bind/session_layout.h"
#include "registry/help.h"
#include "view/chart_text.h"
#include "view/model_card.h"
#include "view/table.h"

static const char text_name[] = "assay.text";

enum { ITEMS_MOST = 20, DEPTH_MOST = 3 };

typedef struct Shower {
  lua_State *L;
  const ViewStyle *style;
  bool full;
  Text *out;
  const void *open[64]; /* tables that are being shown, for cycles */
  int depth;
} Shower;

static void show_at(Shower *s, int index);

static void show_text(const char *text, size_t length, Text *out)
{
  text_char(out, '"');
  for (size_t i = 0; i < length; i++) {
    const unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') {
      text_char(out, '\\');
      text_char(out, (char)c);
    } else if (c == '\n') {
      text_puts(out, "\\n");
    } else if (c < 0x20 || c == 0x7F) {
      text_printf(out, "\\%03d", c);
    } else {
      text_char(out, (char)c);
    }
  }
  text_char(out, '"');
}

/* One line for a value of ours inside a table. */
static void show_brief(const Value *value, Text *out)
{
  text_char(out, '<');
  value_show(value, out);
  text_char(out, '>');
}

static bool is_word(const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    const char c = text[i];
    if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i && c >= '0' && c <= '9'))) {
      return false;
    }
  }
  return length > 0;
}

static void show_key(Shower *s, int index)
{
  size_t length;
  const char *text = lua_type(s->L, index) == LUA_TSTRING ? lua_tolstring(s->L, index, &length) : NULL;
  if (text && is_word(text, length)) {
    text_add(s->out, text, length);
  } else {
    text_char(s->out, '[');
    show_at(s, index);
    text_char(s->out, ']');
  }
  text_puts(s->out, " = ");
}

/* A key beside 1..n. Its text is the table's own, which does not change while it is looked through. */
typedef struct Key {
  int type;          /* of Lua */
  bool whole;        /* a number that is an integer */
  lua_Integer integer;
  lua_Number number;
  const char *text;
  size_t length;
  size_t place;      /* in the table's own order */
} Key;

static Key key_at(lua_State *L, int index, size_t place)
{
  Key key = {.type = lua_type(L, index), .place = place};
  if (key.type == LUA_TNUMBER) {
    key.whole = lua_isinteger(L, index);
    key.number = lua_tonumber(L, index);
    key.integer = key.whole ? lua_tointeger(L, index) : 0;
  } else if (key.type == LUA_TSTRING) {
    key.text = lua_tolstring(L, index, &key.length);
  }
  return key;
}

static int compare_texts(const Key *a, const Key *b)
{
  const int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int compare_numbers(const Key *a, const Key *b)
{
  return a->whole && b->whole ? (a->integer > b->integer) - (a->integer < b->integer)
                              : (a->number > b->number) - (a->number < b->number);
}

/* Order of keys: numbers by value, then texts by bytes, then the rest as they come. */
static int compare_keys(const void *left, const void *right)
{
  const Key *a = left, *b = right;
  const int x = a->type == LUA_TNUMBER ? 0 : a->type == LUA_TSTRING ? 1 : 2;
  const int y = b->type == LUA_TNUMBER ? 0 : b->type == LUA_TSTRING ? 1 : 2;
  int order = x - y;
  if (order == 0 && x < 2) {
    order = x == 0 ? compare_numbers(a, b) : compare_texts(a, b);
  }
  return order ? order : (a->place > b->place) - (a->place < b->place);
}

/* Puts a key where the one at the top of a heap was; the last key in order is at the top. */
static void sink(Key *heap, size_t n, size_t at, Key key)
{
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    child += child + 1 < n && compare_keys(&heap[child + 1], &heap[child]) > 0;
    if (compare_keys(&key, &heap[child]) >= 0) {
      break;
    }
    heap[at] = heap[child];
  }
  heap[at] = key;
}

static void rise(Key *heap, size_t at, Key key)
{
  for (size_t parent; at > 0 && compare_keys(&key, &heap[parent = (at - 1) / 2]) > 0; at = parent) {
    heap[at] = heap[parent];
  }
  heap[at] = key;
}

static bool is_item(lua_State *L, int index, size_t n)
{
  return lua_isinteger(L, index) && lua_tointeger(L, index) >= 1 && (size_t)lua_tointeger(L, index) <= n;
}

/* The first `most` keys beside 1..n in order, and how many there are of all. `others` is a list for keys that are neither
 * numbers nor texts, by place. O(keys log most). */
static size_t collect_keys(lua_State *L, int table, size_t n, Key *keys, size_t most, int others, size_t *all)
{
  size_t kept = 0;
  *all = 0;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (is_item(L, -1, n)) {
      continue;
    }
    const Key key = key_at(L, -1, ++*all);
    const bool has_room = kept < most, taken = has_room || (most > 0 && compare_keys(&key, &keys[0]) < 0);
    if (has_room) {
      rise(keys, kept++, key);
    } else if (taken) {
      sink(keys, kept, 0, key);
    }
    if (taken && key.type != LUA_TNUMBER && key.type != LUA_TSTRING) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, others, (lua_Integer)key.place);
    }
  }
  qsort(keys, kept, sizeof *keys, compare_keys);
  return kept;
}

static void push_key(lua_State *L, const Key *key, int others)
{
  if (key->type == LUA_TSTRING) {
    lua_pushlstring(L, key->text, key->length);
  } else if (key->type != LUA_TNUMBER) {
    lua_rawgeti(L, others, (lua_Integer)key->place);
  } else if (key->whole) {
    lua_pushinteger(L, key->integer);
  } else {
    lua_pushnumber(L, key->number);
  }
}

static size_t count_keys(lua_State *L, int table)
{
  size_t n = 0;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    n++;
  }
  return n;
}

/* In full the items of a table stand on lines of their own, which a pager does not cut. */
static void separator(Shower *s, size_t item)
{
  text_puts(s->out, item == 0 ? "" : s->full && s->depth == 1 ? ",\n " : ", ");
}

/* Shows up to `most` keys beside 1..n, `before` items standing before them; gives how many. */
static size_t show_keys(Shower *s, int table, size_t n, size_t most, size_t before, size_t *all)
{
  lua_State *L = s->L;
  const size_t room = most > ITEMS_MOST ? count_keys(L, table) : most;
  Key *keys = lua_newuserdatauv(L, (room ? room : 1) * sizeof *keys, 0);
  lua_newtable(L);
  const int others = lua_gettop(L);
  const size_t kept = collect_keys(L, table, n, keys, room < most ? room : most, others, all);
  for (size_t i = 0; i < kept; i++) {
    separator(s, before + i);
    push_key(L, &keys[i], others);
    show_key(s, lua_gettop(L));
    lua_rawget(L, table);
    show_at(s, lua_gettop(L));
    lua_settop(L, others);
  }
  lua_pop(L, 2);
  return kept;
}

static void show_items(Shower *s, int table)
{
  lua_State *L = s->L;
  const size_t most = s->full ? 1000000 : ITEMS_MOST;
  const size_t n = lua_rawlen(L, table);
  size_t shown = 0, all = 0;
  for (; shown < n && shown < most; shown++) {
    separator(s, shown);
    lua_rawgeti(L, table, (lua_Integer)shown + 1);
    show_at(s, lua_gettop(L));
    lua_pop(L, 1);
  }
  shown += show_keys(s, table, n, most - shown, shown, &all);
  if (n + all > shown) {
    text_printf(s->out, _("%1$s... %2$zu more"), shown ? ", " : "", n + all - shown);
  }
}

static void show_table(Shower *s, int index)
{
  const void *address = lua_topointer(s->L, index);
  const int deepest = s->full ? 60 : DEPTH_MOST;
  for (int i = 0; i < s->depth; i++) {
    if (s->open[i] == address) {
      text_puts(s->out, _("<the table itself>"));
      return;
    }
  }
  if (s->depth >= deepest || !lua_checkstack(s->L, 12)) {
    text_puts(s->out, "{...}");
    return;
  }
  s->open[s->depth++] = address;
  text_char(s->out, '{');
  show_items(s, index);
  text_char(s->out, '}');
  s->depth--;
}

static void show_column(Shower *s, const Column *column)
{
  const char *name = "value";
  Frame *frame = NULL;
  if (frame_new(&name, &column, 1, &frame, NULL) == STATUS_OK) {
    const TableOptions options = {.rows = s->full ? TABLE_ALL_ROWS : 0, .row_numbers = true};
    if (table_render(frame, &options, s->style, s->out, NULL) != STATUS_OK) {
      text_puts(s->out, _("(no memory to show it)"));
    }
    frame_unref(frame);
  }
}

/* A value of ours at the top level: its card. */
static void show_card(Shower *s, const Value *value)
{
  const TableOptions options = {.rows = s->full ? TABLE_ALL_ROWS : 0};
  Status status = STATUS_OK;
  if (value->kind == VALUE_FRAME) {
    status = table_render(value->frame, &options, s->style, s->out, NULL);
  } else if (value->kind == VALUE_MODEL) {
    status = model_card(value->model, s->style, s->out, NULL);
  } else if (value->kind == VALUE_CHART) {
    status = chart_text(value->chart, s->style, s->out, NULL);
  } else {
    show_column(s, value->column);
  }
  if (status != STATUS_OK) {
    text_puts(s->out, _("(no memory to show it)"));
  }
}

static void show_function(Shower *s, int index)
{
  const Primitive *primitive = function_primitive(s->L, index);
  if (primitive) {
    text_puts(s->out, "<");
    help_signature(primitive, s->out);
    text_puts(s->out, ">");
  } else {
    text_printf(s->out, "<%s>", luaL_typename(s->L, index));
  }
}

void show_number(lua_State *L, int index, Text *out)
{
  const double number = lua_tonumber(L, index);
  if (isfinite(number)) {
    size_t length;
    const char *text = luaL_tolstring(L, index, &length);
    text_add(out, text, length);
    lua_pop(L, 1);
  } else {
    text_puts(out, isnan(number) ? "NaN" : number > 0 ? "Inf" : "-Inf");
  }
}

/* A text of the script's own. */
static void put_foreign(Shower *s, const char *text, size_t length)
{
  const size_t from = s->out->size;
  text_add(s->out, text, length);
  if (session_of(s->L)->settings.sandbox) {
    sandbox_clean(s->out, from);
  }
}

static void show_at(Shower *s, int index)
{
  lua_State *L = s->L;
  size_t length;
  const char *text;
  const Box *box = lua_type(L, index) == LUA_TUSERDATA ? box_at(L, index) : NULL;
  if (box && s->depth == 0) {
    show_card(s, &box->value);
    return;
  }
  switch (lua_type(L, index)) {
  case LUA_TSTRING:
    text = lua_tolstring(L, index, &length);
    if (s->depth == 0) {
      put_foreign(s, text, length);
    } else {
      show_text(text, length, s->out);
    }
    break;
  case LUA_TTABLE:
    if (luaL_getmetafield(L, index, "__tostring") == LUA_TNIL) {
      show_table(s, index);
      break;
    }
    lua_pop(L, 1);
    /* fall through */
  case LUA_TNIL:
  case LUA_TBOOLEAN:
    text = luaL_tolstring(L, index, &length);
    put_foreign(s, text, length);
    lua_pop(L, 1);
    break;
  case LUA_TNUMBER: show_number(L, index, s->out); break;
  case LUA_TFUNCTION: show_function(s, index); break;
  default:
    if (box) {
      show_brief(&box->value, s->out);
    } else if (lua_type(L, index) == LUA_TUSERDATA) {
      text = luaL_tolstring(L, index, &length);
      put_foreign(s, text, length);
      lua_pop(L, 1);
    } else {
      text_printf(s->out, "<%s>", luaL_typename(L, index));
    }
  }
}

void show_value(lua_State *L, int index, const ViewStyle *style, bool full, Text *out)
{
  Shower shower = {.L = L, .style = style, .full = full, .out = out};
  show_at(&shower, lua_absindex(L, index));
}

/* The text being made hangs on a userdata: showing may run __tostring of the user's, which may throw. */
static int text_gc(lua_State *L)
{
  text_free(lua_touserdata(L, 1));
  return 0;
}

void open_texts(lua_State *L)
{
  luaL_newmetatable(L, text_name);
  lua_pushcfunction(L, text_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

Text *push_text(lua_State *L)
{
  Text *text = lua_newuserdatauv(L, sizeof *text, 0);
  memset(text, 0, sizeof *text);
  luaL_setmetatable(L, text_name);
  return text;
}

/* The value at index as --format asks (lua/prelude/42_format.lua), added to out; may throw. */
static void show_formatted(lua_State *L, int index, const char *format, Text *out)
{
  size_t length;
  index = lua_absindex(L, index);
  lua_getfield(L, LUA_REGISTRYINDEX, "assay.formatted");
  lua_pushvalue(L, index);
  lua_pushstring(L, format);
  lua_call(L, 2, 1);
  const char *text = lua_tolstring(L, -1, &length);
  const size_t from = out->size;
  text_add(out, text, length);
  if (session_of(L)->settings.sandbox) {
    sandbox_clean(out, from);
  }
  lua_pop(L, 1);
}

void echo_values(lua_State *L, int first)
{
  Session *session = session_of(L);
  const int last = lua_gettop(L);
  for (int i = first; i <= last; i++) {
    ViewStyle style = session->hooks.style(session->hooks.context);
    Text *text = push_text(L);
    if (session->settings.format) {
      show_formatted(L, i, session->settings.format, text);
    } else {
      show_value(L, i, &style, false, text);
    }
    if (text->size == 0 || text->data[text->size - 1] != '\n') {
      text_char(text, '\n');
    }
    session->hooks.write(session->hooks.context, text_data(text), text->size);
    text_free(text);
    lua_pop(L, 1);
  }
}

/* tostring of frames, columns and models; print uses it. */
int value_tostring(lua_State *L)
{
  Session *session = session_of(L);
  const ViewStyle style = session->hooks.style(session->hooks.context);
  Text *text = push_text(L);
  if (session->settings.format) {
    show_formatted(L, 1, session->settings.format, text);
  } else {
    show_value(L, 1, &style, false, text);
  }
  while (text->size > 0 && text->data[text->size - 1] == '\n') {
    text->data[--text->size] = '\0';
  }
  lua_pushlstring(L, text_data(text), text->size);
  return 1;
}
