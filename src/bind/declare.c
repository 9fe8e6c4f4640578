/* SPDX-License-Identifier: GPL-3.0-or-later */
/* primitive{...}: a primitive declared in Lua, with the same fields as in C. Its descriptor lives until the session ends; its
 * function runs on the main thread with (data, options), options being a table of checked values. */
#include <stdlib.h>
#include <string.h>

#include "bind/session_layout.h"
#include "core/alloc.h"

/* The typed struct of a declared primitive is an array of these, one per option. */
typedef union Slot {
  int64_t integer;
  double number;
  bool flag;
  const char *text;
  OptionTexts texts;
  OptionFrames frames;
  OptionChoiceFrame choice_frame;
  OptionTextMap map;
  const Value *value;
  const Frame *frame;
} Slot;

typedef struct Declared {
  Primitive primitive;
  struct Declared *next;
  Arena arena;
  int function;        /* reference to the Lua function */
} Declared;

static Declared *declared_all;

static const char *const kind_names[OPTION_KIND_COUNT] = {"int",    "number",  "bool",  "text",         "texts",    "choice",
                                                          "column", "columns", "frame", "choice_frame", "text_map", "value",
                                                          "order",  "expression", "expressions", "condition", "frames", "rest"};

static _Noreturn void bad(lua_State *L, const char *format, const char *name)
{
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_ARGUMENT, "bad-primitive", format, name);
  throw_error(L, &e);
}

/* A text, number or boolean as text: the default of an option may be any of them. */
static const char *field_text(lua_State *L, int table, const char *name, Arena *arena, const char *otherwise)
{
  lua_getfield(L, table, name);
  if (!lua_isnoneornil(L, -1) && !lua_isstring(L, -1) && !lua_isboolean(L, -1)) {
    bad(L, _("primitive{...}: the field %s must be a text"), name);
  }
  const char *text = lua_isnil(L, -1) ? otherwise : luaL_tolstring(L, -1, NULL);
  const char *copy = text ? arena_string(arena, text) : NULL;
  if (text && !copy) {
    throw_memory(L, _("a primitive"));
  }
  lua_settop(L, table);
  return copy;
}

static double field_number(lua_State *L, int table, const char *name, double otherwise)
{
  lua_getfield(L, table, name);
  if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TNUMBER) {
    bad(L, _("primitive{...}: the field %s must be a number"), name);
  }
  const double number = lua_isnil(L, -1) ? otherwise : lua_tonumber(L, -1);
  lua_pop(L, 1);
  return number;
}

static OptionKind kind_of(lua_State *L, const char *name)
{
  for (int kind = 0; kind < OPTION_KIND_COUNT; kind++) {
    if (name && strcmp(name, kind_names[kind]) == 0) {
      return (OptionKind)kind;
    }
  }
  return (OptionKind)luaL_error(L, "an option's kind must be one of int, number, bool, text, texts, choice, column, columns, "
                                   "frame, choice_frame, text_map, value, order, expression, expressions, condition, frames, rest");
}

/* One option from the table on top of the stack at `index`. */
static Option read_option(lua_State *L, int index, Arena *arena, size_t number)
{
  Option option = {.offset = number * sizeof(Slot)};
  luaL_argcheck(L, lua_istable(L, index), 1, "each option must be a table");
  option.kind = kind_of(L, field_text(L, index, "kind", arena, NULL));
  const bool list = option_is_list(option.kind);
  option.name = field_text(L, index, "name", arena, "");
  option.help = field_text(L, index, "help", arena, "");
  option.unit = field_text(L, index, "unit", arena, "");
  option.choices = field_text(L, index, "choices", arena, "");
  lua_getfield(L, index, "required");
  const bool required = lua_toboolean(L, -1);
  lua_pop(L, 1);
  option.standard = field_text(L, index, "default", arena, required ? OPTION_REQUIRED : OPTION_UNSET);
  option.low = field_number(L, index, "low", list ? 0 : -1e308);
  option.high = field_number(L, index, "high", list ? 0 : 1e308);
  return option;
}

static ValueKind takes_of(lua_State *L, const char *name)
{
  static const struct {
    const char *name;
    ValueKind kind;
  } kinds[] = {{"nothing", VALUE_NONE}, {"frame", VALUE_FRAME}, {"model", VALUE_MODEL}, {"column", VALUE_COLUMN},
               {"chart", VALUE_CHART}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, name) == 0) {
      return kinds[i].kind;
    }
  }
  return (ValueKind)luaL_error(L, "takes must be one of nothing, frame, model, column, chart");
}

static void read_options(lua_State *L, Declared *declared)
{
  if (lua_getfield(L, 1, "options") != LUA_TNIL && !lua_istable(L, -1)) {
    bad(L, _("primitive{...}: the field %s must be a table"), "options");
  }
  const size_t n = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
  const int table = lua_gettop(L);
  Option *options = arena_alloc(&declared->arena, n, sizeof *options);
  if (!options) {
    throw_memory(L, _("a primitive"));
  }
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, table, (lua_Integer)i + 1);
    options[i] = read_option(L, table + 1, &declared->arena, i);
    lua_settop(L, table);
  }
  declared->primitive.options = options;
  declared->primitive.n_options = n;
  declared->primitive.options_size = n * sizeof(Slot);
  lua_pop(L, 1);
}

static void read_fields(lua_State *L, Declared *declared)
{
  Primitive *p = &declared->primitive;
  Arena *arena = &declared->arena;
  p->size = sizeof *p;
  p->version = 1;
  p->family = field_text(L, 1, "family", arena, "user");
  p->name = field_text(L, 1, "name", arena, "");
  p->method = field_text(L, 1, "method", arena, NULL);
  p->global = field_text(L, 1, "global", arena, NULL);
  p->summary = field_text(L, 1, "summary", arena, "");
  p->details = field_text(L, 1, "details", arena, NULL);
  p->main = field_text(L, 1, "main", arena, NULL);
  p->returns = field_text(L, 1, "returns", arena, "what its function gives");
  p->reference = field_text(L, 1, "reference", arena, "");
  p->example = field_text(L, 1, "example", arena, "");
  p->takes = takes_of(L, field_text(L, 1, "takes", arena, "nothing"));
  p->gives = VALUE_OTHER;
  p->where = WHERE_MAIN;
  read_options(L, declared);
}

static Status never_run(Call *call, Value *out, Error *e)
{
  (void)call;
  *out = (Value){.kind = VALUE_NONE};
  return error_set(e, STATUS_INTERNAL, "not-supported", _("a primitive declared in Lua runs in Lua only"));
}

/* A family may not be one of Lua's libraries, nor the name of something else; a global may only replace a declared one. */
static void check_names(lua_State *L, const Primitive *primitive)
{
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  const bool module = lua_getfield(L, -1, primitive->family) != LUA_TNIL;
  const int type = lua_getglobal(L, primitive->family);
  if (module || (type != LUA_TNIL && type != LUA_TTABLE)) {
    bad(L, _("primitive{...}: '%s' is not free for a family"), primitive->family);
  }
  if (primitive->global && lua_getglobal(L, primitive->global) != LUA_TNIL) {
    const Primitive *before = function_primitive(L, -1);
    if (!before || !before->context) {
      bad(L, _("primitive{...}: the global name '%s' is taken"), primitive->global);
    }
  }
  lua_settop(L, 1);
}

int declare_primitive(lua_State *L)
{
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  Declared *declared = mem_zero(1, sizeof *declared);
  if (!declared) {
    return throw_memory(L, _("a primitive"));
  }
  declared->next = declared_all; /* owned from here on, whatever is thrown */
  declared_all = declared;
  declared->function = LUA_NOREF;
  read_fields(L, declared);
  lua_getfield(L, 1, "run");
  luaL_argcheck(L, lua_isfunction(L, -1), 1, "run must be a function");
  declared->function = luaL_ref(L, LUA_REGISTRYINDEX);
  declared->primitive.context = declared;
  declared->primitive.run = never_run;
  check_names(L, &declared->primitive);
  Error e;
  error_clear(&e);
  if (registry_add(&declared->primitive, &e) != STATUS_OK) {
    return throw_error(L, &e);
  }
  publish_primitive(L, &declared->primitive);
  push_primitive(L, &declared->primitive);
  return 1;
}

static void push_texts(lua_State *L, const char *const *items, const char *const *names, size_t n)
{
  lua_createtable(L, names ? 0 : (int)n, names ? (int)n : 0);
  for (size_t i = 0; i < n; i++) {
    lua_pushstring(L, items[i]);
    if (names) {
      lua_setfield(L, -2, names[i]);
    } else {
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
  }
}

static void push_frame(lua_State *L, const Frame *frame)
{
  if (!frame) {
    lua_pushnil(L);
    return;
  }
  Value value = value_of_frame((Frame *)frame); /* borrowed until the box exists */
  value_push(L, &value);
  (void)frame_ref(frame);
}

static void push_any(lua_State *L, const Value *value)
{
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  luaL_setmetatable(L, box_names[VALUE_FRAME]);
  if (value && value_copy(value, &box->value, NULL) != STATUS_OK) {
    throw_memory(L, _("a primitive"));
  }
  value_push(L, &box->value);
  lua_remove(L, -2);
}

static void push_slot(lua_State *L, const Option *option, const Slot *slot)
{
  switch (option->kind) {
  case OPTION_INT: lua_pushinteger(L, slot->integer); break;
  case OPTION_NUMBER: lua_pushnumber(L, slot->number); break;
  case OPTION_BOOL: lua_pushboolean(L, slot->flag); break;
  case OPTION_TEXTS:
  case OPTION_ORDER:
  case OPTION_EXPRESSIONS:
  case OPTION_COLUMNS: push_texts(L, slot->texts.items, NULL, slot->texts.n); break;
  case OPTION_FRAME: push_frame(L, slot->frame); break;
  case OPTION_FRAMES:
    lua_createtable(L, (int)slot->frames.n, 0);
    for (size_t i = 0; i < slot->frames.n; i++) {
      push_frame(L, slot->frames.items[i]);
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    break;
  case OPTION_CHOICE_FRAME:
    if (slot->choice_frame.frame) {
      push_frame(L, slot->choice_frame.frame);
    } else {
      lua_pushstring(L, slot->choice_frame.choice);
    }
    break;
  case OPTION_TEXT_MAP:
    if (slot->map.all) {
      lua_pushstring(L, slot->map.all);
    } else {
      push_texts(L, slot->map.items, slot->map.names, slot->map.n);
    }
    break;
  case OPTION_CONDITION:
  case OPTION_REST:
  case OPTION_VALUE: push_any(L, slot->value); break;
  default: lua_pushstring(L, slot->text);
  }
}

int run_declared(lua_State *L, Job *job)
{
  const Primitive *primitive = job->primitive;
  const Declared *declared = primitive->context;
  lua_rawgeti(L, LUA_REGISTRYINDEX, declared->function);
  if (primitive->takes == VALUE_NONE) {
    lua_pushnil(L);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_newtable(L);
  const int table = lua_gettop(L);
  for (size_t i = 0; i < primitive->n_options; i++) {
    const Option *option = &primitive->options[i];
    const bool unset = !(job->given >> i & 1) && option->standard && option->standard[0] == '\0';
    if (!unset) {
      push_slot(L, option, (const Slot *)((const char *)job->options + option->offset));
      lua_setfield(L, table, option->name);
    }
  }
  const int before = lua_gettop(L) - 3;
  lua_call(L, 2, LUA_MULTRET);
  return lua_gettop(L) - before;
}

void declared_free(Session *session)
{
  (void)session;
  while (declared_all) {
    Declared *next = declared_all->next;
    registry_remove(&declared_all->primitive);
    arena_free(&declared_all->arena);
    mem_free(declared_all);
    declared_all = next;
  }
}
