/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/recorder.h"

#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "journal/journal.h"
#include "registry/model.h"

enum {
  ITEMS_MOST = 64,
  MADE_MOST = 256,
  TABLE_ENTRIES = 2000,
  TABLE_DEPTH = 8,
  VARIABLES_MOST = 10000,
  DONE_MOST = 1024
};

static const char recorder_key; /* registry: {held = variables as they were, sums = checksums of tables} */

typedef struct Recorder Recorder;
struct Recorder {
  Journal *journal;
  JournalItem items[ITEMS_MOST]; /* of the statement that runs: files, data of verbs, the value shown */
  size_t n;
  const void *made[MADE_MOST];   /* values that verbs of this statement gave */
  size_t n_made;
  Value last;                    /* the newest of these */
  bool expression, shown;
  Text text;                     /* of the statement */
  uint64_t done[DONE_MOST][2];   /* numbers and hashes of the newest statements, in a ring by number */
  uint64_t undone;               /* hash of a statement that is being undone */
  char *recent[RECORDER_RECENT];
};

/* ---- Values that Lua holds */

static const void *identity(const Value *value)
{
  switch (value->kind) {
    case VALUE_FRAME:
      return value->frame;
    case VALUE_MODEL:
      return value->model;
    case VALUE_COLUMN:
      return value->column;
    default:
      return NULL;
  }
}

static void mix(uint64_t *sum, const void *bytes, size_t n)
{
  *sum = (*sum ^ digest_hash(bytes, n)) * UINT64_C(0x9E3779B97F4A7C15) + 1;
}

static bool sum_table(lua_State *L, int index, int depth, size_t *budget, uint64_t *sum);

/* Adds a value to a checksum; values of ours count by identity, they do not change. */
static bool sum_value(lua_State *L, int index, int depth, size_t *budget, uint64_t *sum)
{
  const int type = lua_type(L, index);
  size_t length;
  mix(sum, &type, sizeof type);
  if (type == LUA_TTABLE) {
    return sum_table(L, index, depth + 1, budget, sum);
  }
  if (type == LUA_TSTRING) {
    const char *text = lua_tolstring(L, index, &length);
    mix(sum, text, length);
  } else if (type == LUA_TNUMBER && lua_isinteger(L, index)) {
    const lua_Integer integer = lua_tointeger(L, index);
    mix(sum, &integer, sizeof integer);
  } else if (type == LUA_TNUMBER) {
    const lua_Number number = lua_tonumber(L, index);
    mix(sum, &number, sizeof number);
  } else if (type == LUA_TBOOLEAN) {
    const int flag = lua_toboolean(L, index);
    mix(sum, &flag, sizeof flag);
  } else {
    const void *address = lua_topointer(L, index);
    const Box *box = type == LUA_TUSERDATA ? box_at(L, index) : NULL;
    mix(sum, &address, sizeof address);
    return box || is_missing(L, index);
  }
  return true;
}

/* The order of entries is Lua's, so that they are added. False: too many, too deep, or something that has a state. */
static bool sum_table(lua_State *L, int index, int depth, size_t *budget, uint64_t *sum)
{
  uint64_t all = 0;
  if (depth > TABLE_DEPTH || !lua_checkstack(L, 8) || lua_getmetatable(L, index)) {
    return false;
  }
  lua_pushnil(L);
  while (lua_next(L, index)) {
    uint64_t entry = 1;
    const int top = lua_gettop(L);
    const bool sound =
        *budget > 0 && sum_value(L, top - 1, depth, budget, &entry) && sum_value(L, top, depth, budget, &entry);
    if (!sound) {
      return false;
    }
    (*budget)--;
    all += entry;
    lua_settop(L, top - 1);
  }
  mix(sum, &all, sizeof all);
  return true;
}

static bool has_other(const Value *value)
{
  bool other = value->kind == VALUE_OTHER;
  for (size_t i = 0; (value->kind == VALUE_LIST || value->kind == VALUE_MAP) && i < value->list.n && !other; i++) {
    other = has_other(&value->list.items[i]);
  }
  return other;
}

/* A function that can change nothing but global variables, or one with a state of its own. */
static const char *function_word(lua_State *L, int index)
{
  const char *name;
  for (int i = 1; !lua_iscfunction(L, index) && (name = lua_getupvalue(L, index, i)); i++) {
    lua_pop(L, 1);
    if (strcmp(name, "_ENV") != 0) {
      return "closure";
    }
  }
  return "function";
}

static void set_word(const char *word, Value *out)
{
  value_free(out);
  if (value_text(word, strlen(word), out, NULL) == STATUS_OK) {
    out->kind = VALUE_OTHER;
  }
}

/* A table of plain values whose keys are neither 1..n alone nor names alone: its list, and the rest by name. */
static void capture_mixed(lua_State *L, int index, Value *out)
{
  const size_t n = lua_rawlen(L, index);
  lua_newtable(L);
  const int rest = lua_gettop(L);
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    const bool counted = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && (size_t)lua_tointeger(L, -2) <= n;
    if (counted) {
      lua_rawseti(L, rest + 1, lua_tointeger(L, -2));
    } else {
      luaL_tolstring(L, -2, NULL);
      lua_insert(L, -2);
      lua_rawset(L, rest);
    }
  }
  Value parts;
  if (value_list(2, false, &parts, NULL) != STATUS_OK) {
    throw_memory(L, _("the journal"));
  }
  *out = parts; /* hangs on its item */
  value_read(L, rest + 1, &out->list.items[0]);
  value_read(L, rest, &out->list.items[1]);
  lua_settop(L, rest - 1);
}

/* The value at an index for the journal; plain: a table that was compared as a whole. May throw for want of memory. */
static void capture(lua_State *L, int index, bool plain, Value *out)
{
  const int type = lua_type(L, index);
  const Box *box = type == LUA_TUSERDATA ? box_at(L, index) : NULL;
  if (type == LUA_TTABLE && !plain) {
    set_word("table", out);
  } else if (type == LUA_TFUNCTION) {
    set_word(function_word(L, index), out);
  } else if (type == LUA_TTHREAD || (type == LUA_TUSERDATA && !box && !is_missing(L, index))) {
    set_word(luaL_typename(L, index), out);
  } else {
    value_read(L, index, out);
    if (type == LUA_TTABLE && out->kind == VALUE_OTHER) {
      value_free(out);
      capture_mixed(L, lua_absindex(L, index), out);
    }
    if (type == LUA_TTABLE && has_other(out)) {
      set_word("table", out);
    }
  }
}

/* ---- Items of a statement */

/* The next free item, with its name; NULL when there are enough or no memory. */
static JournalItem *add_item(Recorder *recorder, FactKind kind, const char *name)
{
  if (recorder->n == ITEMS_MOST) {
    return NULL;
  }
  JournalItem *item = &recorder->items[recorder->n];
  *item = (JournalItem){.kind = kind, .name = mem_string(name)};
  recorder->n += item->name != NULL;
  return item->name ? item : NULL;
}

static bool was_made(const Recorder *recorder, const void *value)
{
  bool made = recorder->n_made == MADE_MOST; /* too many to tell */
  for (size_t i = 0; i < recorder->n_made && !made; i++) {
    made = recorder->made[i] == value;
  }
  for (size_t i = 0; i < recorder->n && !made; i++) {
    made = recorder->items[i].kind == FACT_USES && identity(&recorder->items[i].value) == value;
  }
  return made;
}

static void add_use(Recorder *recorder, const Value *value)
{
  if (identity(value) && !was_made(recorder, identity(value))) {
    JournalItem *item = add_item(recorder, FACT_USES, "");
    if (item && value_copy(value, &item->value, NULL) != STATUS_OK) {
      item->value = (Value){.kind = VALUE_NONE};
    }
  } else if (value->kind == VALUE_LIST || value->kind == VALUE_MAP) {
    for (size_t i = 0; i < value->list.n; i++) {
      add_use(recorder, &value->list.items[i]);
    }
  }
}

/* A path, or all files that a pattern stands for. */
static void add_file(Recorder *recorder, FactKind kind, const char *path)
{
  glob_t found = {0};
  if (strpbrk(path, "*?") && glob(path, 0, NULL, &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc; i++) {
      (void)add_item(recorder, kind, found.gl_pathv[i]);
    }
  } else {
    (void)add_item(recorder, kind, path);
  }
  globfree(&found);
}

/* Verbs that read or write files have an option `path`. */
static void add_files(Recorder *recorder, const Job *job)
{
  const Primitive *primitive = job->primitive;
  const FactKind kind = primitive->effects & EFFECT_WRITES ? FACT_WROTE : FACT_READ;
  for (size_t i = 0; i < primitive->n_options && primitive->effects; i++) {
    const Option *option = &primitive->options[i];
    const void *field = (const char *)job->options + option->offset;
    if (strcmp(option->name, "path") != 0) {
      continue;
    }
    if (option->kind == OPTION_TEXT && *(const char *const *)field) {
      add_file(recorder, kind, *(const char *const *)field);
    } else if (option->kind == OPTION_TEXTS) {
      const OptionTexts *texts = field;
      for (size_t k = 0; k < texts->n; k++) {
        add_file(recorder, kind, texts->items[k]);
      }
    }
  }
}

void recorder_call(Session *session, const Job *job)
{
  Recorder *recorder = session->recorder;
  if (!recorder) {
    return;
  }
  add_files(recorder, job);
  add_use(recorder, &job->data);
  add_use(recorder, &job->arguments.positional);
  add_use(recorder, &job->arguments.named);
  if (identity(&job->result)) {
    if (recorder->n_made < MADE_MOST) {
      recorder->made[recorder->n_made++] = identity(&job->result);
    }
    value_free(&recorder->last);
    if (value_copy(&job->result, &recorder->last, NULL) != STATUS_OK) {
      recorder->last = (Value){.kind = VALUE_NONE};
    }
  }
}

/* ---- Variables */

/* Pushes a table of the recorder's, made when it is not there. */
static void push_kept(lua_State *L, const char *name, const char *mode)
{
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &recorder_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &recorder_key);
  }
  if (lua_getfield(L, -1, name) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushstring(L, mode);
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
  }
  lua_remove(L, -2);
}

typedef struct Collection {
  JournalItem *items;
  size_t n, room;
  size_t budget; /* entries of tables to look at */
  bool only_remember;
} Collection;

enum { ENVIRONMENT = 2, HELD, SUMS, NAME, VALUE_NOW }; /* places on the stack of collect */

/* The checksum of the table on top; false when it has none. */
static bool checksum(lua_State *L, Collection *all, lua_Integer *sum)
{
  uint64_t bits = 0;
  const int top = lua_gettop(L);
  const bool sound = sum_table(L, top, 0, &all->budget, &bits);
  lua_settop(L, top);
  *sum = (lua_Integer)bits;
  return sound;
}

/* Data of a verb has the name of the variable that held it when the statement began: its value is on top. */
static void name_use(lua_State *L, Recorder *recorder)
{
  const Box *box = lua_type(L, -1) == LUA_TUSERDATA ? box_at(L, -1) : NULL;
  for (size_t i = 0; box && i < recorder->n; i++) {
    JournalItem *item = &recorder->items[i];
    if (item->kind == FACT_USES && !*item->name && identity(&item->value) == identity(&box->value)) {
      char *name = mem_string(lua_tostring(L, NAME));
      if (name) {
        mem_free(item->name);
        item->name = name;
      }
    }
  }
}

/* Whether the variable whose name and value are on the stack has changed; what it holds now is remembered. */
static bool has_changed(lua_State *L, Collection *all, bool *plain)
{
  lua_Integer sum = 0;
  lua_pushvalue(L, NAME);
  lua_rawget(L, HELD);
  name_use(L, session_of(L)->recorder);
  const bool numbers = lua_type(L, -1) == LUA_TNUMBER && lua_type(L, VALUE_NOW) == LUA_TNUMBER;
  const bool nan = numbers && isnan(lua_tonumber(L, -1)) && isnan(lua_tonumber(L, VALUE_NOW));
  bool changed = !nan && !lua_rawequal(L, -1, VALUE_NOW);
  lua_settop(L, VALUE_NOW);
  *plain = lua_type(L, VALUE_NOW) == LUA_TTABLE && checksum(L, all, &sum);
  lua_pushvalue(L, NAME);
  lua_rawget(L, SUMS);
  if (lua_type(L, VALUE_NOW) == LUA_TTABLE) {
    const bool had = lua_isinteger(L, -1);
    changed = changed || had != *plain || (had && lua_tointeger(L, -1) != sum);
  }
  lua_settop(L, VALUE_NOW);
  lua_pushvalue(L, NAME);
  if (*plain) {
    lua_pushinteger(L, sum);
  } else {
    lua_pushboolean(L, true);
  }
  lua_rawset(L, SUMS);
  if (changed) {
    lua_pushvalue(L, NAME);
    lua_pushvalue(L, VALUE_NOW);
    lua_rawset(L, HELD);
  }
  return changed;
}

static JournalItem *room_for(lua_State *L, Collection *all)
{
  if (all->n == all->room) {
    const size_t room = all->room ? 2 * all->room : 8;
    JournalItem *grown = mem_resize(all->items, room, sizeof *grown);
    if (!grown) {
      throw_memory(L, _("the journal"));
    }
    all->items = grown;
    all->room = room;
  }
  JournalItem *item = &all->items[all->n++];
  *item = (JournalItem){.kind = FACT_SETS, .name = mem_string(lua_tostring(L, NAME))};
  if (!item->name) {
    throw_memory(L, _("the journal"));
  }
  return item;
}

/* Variables that are there. */
static void collect_present(lua_State *L, Collection *all)
{
  size_t seen = 0;
  lua_pushnil(L);
  while (lua_next(L, ENVIRONMENT) && seen++ < VARIABLES_MOST) {
    bool plain;
    if (lua_type(L, NAME) == LUA_TSTRING && has_changed(L, all, &plain) && !all->only_remember) {
      JournalItem *item = room_for(L, all);
      capture(L, VALUE_NOW, plain, &item->value);
    }
    lua_settop(L, NAME);
  }
  lua_settop(L, SUMS);
}

/* Variables that are gone: SUMS has every name. */
static void collect_gone(lua_State *L, Collection *all)
{
  lua_pushnil(L);
  while (lua_next(L, SUMS)) {
    lua_pushvalue(L, NAME);
    if (lua_rawget(L, ENVIRONMENT) == LUA_TNIL) {
      (void)(all->only_remember ? NULL : room_for(L, all));
      lua_pushvalue(L, NAME);
      lua_pushnil(L);
      lua_rawset(L, SUMS); /* removing is allowed while going through */
    }
    lua_settop(L, NAME);
  }
}

static int collect(lua_State *L)
{
  Collection *all = lua_touserdata(L, 1);
  push_environment(L);
  push_kept(L, "held", "v");
  push_kept(L, "sums", "");
  lua_checkstack(L, 16);
  collect_present(L, all);
  collect_gone(L, all);
  return 0;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(((const JournalItem *)a)->name, ((const JournalItem *)b)->name);
}

/* What the statement did to variables; without memory, less of it. */
static void collect_variables(Session *session, Collection *all)
{
  lua_State *L = session->L;
  lua_pushcfunction(L, collect);
  lua_pushlightuserdata(L, all);
  (void)lua_pcall(L, 1, 0, 0);
  lua_settop(L, 0);
  if (all->n > 0 && !all->items[all->n - 1].name) {
    all->n--;
  }
  if (all->n > 1) {
    qsort(all->items, all->n, sizeof *all->items, by_name);
  }
}

/* ---- A statement */

static void forget_statement(Recorder *recorder)
{
  for (size_t i = 0; i < recorder->n; i++) {
    mem_free(recorder->items[i].name);
    value_free(&recorder->items[i].value);
  }
  value_free(&recorder->last);
  recorder->n = recorder->n_made = 0;
  recorder->expression = recorder->shown = false;
}

/* A text as Lua reads it back. */
static void put_quoted(const char *text, Text *out)
{
  text_char(out, '"');
  for (; *text; text++) {
    text_puts(out, *text == '"' || *text == '\\' || *text == '\n' ? "\\" : "");
    text_char(out, *text);
  }
  text_char(out, '"');
}

void recorder_begin(Session *session, const char *chunk, const char *path, const char *module)
{
  Recorder *recorder = session->recorder;
  if (!recorder) {
    return;
  }
  forget_statement(recorder);
  text_reset(&recorder->text);
  if (chunk) {
    text_puts(&recorder->text, chunk);
  } else if (path) {
    text_puts(&recorder->text, "dofile ");
    put_quoted(path, &recorder->text);
    (void)(strcmp(path, "-") == 0 ? NULL : add_item(recorder, FACT_READ, path));
  } else {
    const char *dot = strrchr(module, '.');
    text_printf(&recorder->text, "%s = require ", dot ? dot + 1 : module);
    put_quoted(module, &recorder->text);
  }
  journal_begin(recorder->journal, text_data(&recorder->text));
}

static int compiles(lua_State *L)
{
  lua_pushboolean(L,
                  luaL_loadbufferx(L, lua_touserdata(L, 1), strlen(lua_touserdata(L, 1)), "=journal", "t") == LUA_OK);
  return 1;
}

/* A call is a statement too, and stays as it was typed. */
void recorder_expression(lua_State *L, const char *chunk)
{
  Recorder *recorder = session_of(L)->recorder;
  if (recorder) {
    lua_pushcfunction(L, compiles);
    lua_pushlightuserdata(L, (void *)chunk);
    lua_call(L, 1, 1);
    recorder->expression = !lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
}

void recorder_shown(lua_State *L, int index)
{
  Recorder *recorder = session_of(L)->recorder;
  JournalItem *item = recorder && !recorder->shown ? add_item(recorder, FACT_SHOWS, "") : NULL;
  if (item) {
    uint64_t sum = 0;
    size_t budget = TABLE_ENTRIES;
    const int top = lua_gettop(L);
    const bool plain = lua_type(L, index) == LUA_TTABLE && sum_table(L, index, 0, &budget, &sum);
    lua_settop(L, top);
    recorder->shown = true;
    capture(L, index, plain, &item->value);
  }
}

/* Names data of verbs by the variables that hold them; adds the last result when nothing else is it. */
static void finish_items(Recorder *recorder, const Collection *set)
{
  const void *last = identity(&recorder->last);
  for (size_t i = 0; i < set->n && last; i++) {
    last = identity(&set->items[i].value) == last ? NULL : last;
  }
  for (size_t i = 0; i < recorder->n && last; i++) {
    last = recorder->items[i].kind == FACT_SHOWS && identity(&recorder->items[i].value) == last ? NULL : last;
  }
  JournalItem *item = last ? add_item(recorder, FACT_GIVES, "") : NULL;
  if (item) {
    item->value = recorder->last;
    recorder->last = (Value){.kind = VALUE_NONE};
  }
}

static void remember_recent(Recorder *recorder, const char *text)
{
  mem_free(recorder->recent[0]);
  memmove(recorder->recent, recorder->recent + 1, (RECORDER_RECENT - 1) * sizeof *recorder->recent);
  recorder->recent[RECORDER_RECENT - 1] = mem_string(text);
}

/* Where a number's entry is. */
static uint64_t *done_at(Recorder *recorder, uint64_t number)
{
  return recorder->done[number % DONE_MOST];
}

static void remember_done(Recorder *recorder, const char *text)
{
  uint64_t *entry = done_at(recorder, journal_steps(recorder->journal));
  entry[0] = journal_steps(recorder->journal);
  entry[1] = digest_hash(text, strlen(text));
}

void recorder_undo(lua_State *L, const char *text)
{
  Recorder *recorder = session_of(L)->recorder;
  if (recorder && text) {
    recorder->undone = digest_hash(text, strlen(text));
  }
}

void recorder_undone(Session *session)
{
  Recorder *recorder = session->recorder;
  Collection all = {.budget = TABLE_ENTRIES, .only_remember = true};
  if (!recorder || !recorder->undone) {
    return;
  }
  const uint64_t hash = recorder->undone, newest = journal_steps(recorder->journal);
  recorder->undone = 0;
  for (uint64_t number = newest; number > 0 && number + DONE_MOST > newest; number--) {
    uint64_t *entry = done_at(recorder, number);
    if (entry[0] == number && entry[1] == hash) {
      journal_undone(recorder->journal, number);
      entry[0] = 0;
      break;
    }
  }
  collect_variables(session, &all); /* no statement made the values of now */
}

static void tell_trouble(Session *session)
{
  Error e;
  error_clear(&e);
  if (journal_trouble(session->recorder->journal, &e) && session->hooks.note) {
    session->hooks.note(session->hooks.context, e.what);
    if (e.hint[0]) {
      session->hooks.note(session->hooks.context, e.hint);
    }
  }
}

/* Files and data first, then what came of them. */
static void join_items(Recorder *recorder, Collection *all)
{
  size_t first = 0;
  while (first < recorder->n && recorder->items[first].kind <= FACT_USES) {
    first++;
  }
  JournalItem *grown = mem_resize(all->items, all->n + recorder->n + 1, sizeof *grown);
  if (grown) {
    memmove(grown + first, grown, all->n * sizeof *grown);
    memcpy(grown, recorder->items, first * sizeof *grown);
    memcpy(grown + first + all->n, recorder->items + first, (recorder->n - first) * sizeof *grown);
    all->items = grown;
    all->n += recorder->n;
    recorder->n = 0;
  }
}

void recorder_end(Session *session, const RunOutcome *outcome)
{
  Recorder *recorder = session->recorder;
  Collection all = {.budget = TABLE_ENTRIES};
  if (!recorder) {
    return;
  }
  const bool failed = outcome->state == RUN_FAILED || outcome->state == RUN_INTERRUPTED;
  collect_variables(session, &all);
  finish_items(recorder, &all);
  join_items(recorder, &all);
  const JournalStep step = {.text = text_data(&recorder->text),
                            .expression = recorder->expression,
                            .failed = failed,
                            .id = outcome->state == RUN_INTERRUPTED ? "interrupted" : outcome->error.id,
                            .wall = outcome->wall,
                            .items = all.items,
                            .n = all.n};
  journal_step(recorder->journal, &step);
  remember_done(recorder, step.text);
  mem_free(all.items);
  remember_recent(recorder, text_data(&recorder->text));
  forget_statement(recorder);
  tell_trouble(session);
}

/* ---- Recording at all */

Status session_record(Session *session, Journal *journal, Error *e)
{
  Collection all = {.budget = TABLE_ENTRIES, .only_remember = true};
  Recorder *recorder = mem_zero(1, sizeof *recorder);
  if (!recorder) {
    journal_free(journal);
    return error_memory(e, sizeof *recorder, _("the journal"));
  }
  recorder->journal = journal;
  session->recorder = recorder;
  collect_variables(session, &all); /* what is there already */
  return STATUS_OK;
}

Journal *session_journal(Session *session)
{
  return session->recorder ? session->recorder->journal : NULL;
}

void recorder_free(Session *session)
{
  Recorder *recorder = session->recorder;
  if (recorder) {
    forget_statement(recorder);
    for (size_t i = 0; i < RECORDER_RECENT; i++) {
      mem_free(recorder->recent[i]);
    }
    text_free(&recorder->text);
    journal_free(recorder->journal);
    mem_free(recorder);
    session->recorder = NULL;
  }
}

size_t recorder_recent(const Session *session, const char *out[RECORDER_RECENT])
{
  size_t n = 0;
  for (size_t i = 0; session->recorder && i < RECORDER_RECENT; i++) {
    if (session->recorder->recent[i]) {
      out[n++] = session->recorder->recent[i];
    }
  }
  return n;
}
