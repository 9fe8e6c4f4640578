/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion. The line up to the point is scanned once: which brackets are open, what was called before each, which option is
 * being given, whether a string is open. Names are then looked up in tables by raw access, so nothing is ever evaluated. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bind/line_lookup.h"
#include "bind/sandbox_layout.h"
#include "bind/session_layout.h"
#include "core/alloc.h"
#include "core/file.h"
#include "registry/help.h"
#include "registry/model.h"

enum { ITEMS_MOST = 20000 };

typedef struct Finder {
  LineScan scan;
  Completions *out;
  size_t capacity;
  bool failed;
} Finder;

/* ---- candidates */

static void add(Finder *f, const char *prefix, const char *item, const char *suffix, const char *word)
{
  Completions *out = f->out;
  const size_t length = strlen(prefix) + strlen(item) + strlen(suffix) + 1;
  if (strncmp(item, word, strlen(word)) != 0 || out->n >= ITEMS_MOST) {
    return;
  }
  if (out->n == f->capacity) {
    const size_t capacity = f->capacity ? f->capacity * 2 : 32;
    char **items = mem_resize(out->items, capacity, sizeof *items);
    if (!items) {
      f->failed = true;
      return;
    }
    out->items = items;
    f->capacity = capacity;
  }
  char *text = mem_alloc(length, 1);
  if (!text) {
    f->failed = true;
    return;
  }
  snprintf(text, length, "%s%s%s", prefix, item, suffix);
  out->items[out->n++] = text;
}

static bool is_word(const char *text)
{
  for (const char *c = text; *c; c++) {
    if (!line_name_char(*c) || (unsigned char)*c >= 0x80) {
      return false;
    }
  }
  return *text && !isdigit((unsigned char)*text);
}

/* Text keys of the table on top of the stack; functions only when asked. */
static void add_keys(Finder *f, lua_State *L, const char *word, bool functions_only)
{
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    if (lua_type(L, -2) == LUA_TSTRING && is_word(lua_tostring(L, -2)) &&
        (!functions_only || lua_type(L, -1) == LUA_TFUNCTION)) {
      add(f, "", lua_tostring(L, -2), "", word);
    }
    lua_pop(L, 1);
  }
}

static void add_methods(Finder *f, ValueKind kind, const char *family, const char *word)
{
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    const char *method = primitive->takes == kind ? primitive_method(primitive) : NULL;
    const bool fits = !family || !primitive->takes_class || strcmp(primitive->takes_class, family) == 0;
    if (method && fits) {
      add(f, "", method, "", word);
    }
  }
}

static bool column_fits(const Column *column, const char *choices)
{
  const Type type = column_type(column);
  return strcmp(choices, "numeric") == 0 ? type_is_numeric(type) || type == TYPE_BOOL
         : strcmp(choices, "text") == 0  ? type_is_text(type)
                                         : true;
}

static void add_columns(Finder *f, const Frame *frame, const char *choices, const char *word, bool words_only)
{
  for (size_t i = 0; i < frame_columns(frame); i++) {
    if (column_fits(frame_column(frame, i), choices) && (!words_only || is_word(frame_name(frame, i)))) {
      add(f, "", frame_name(frame, i), "", word);
    }
  }
}

static void add_choices(Finder *f, const char *choices, const char *word)
{
  while (*choices) {
    const size_t length = strcspn(choices, "|");
    char item[128];
    if (length < sizeof item) {
      memcpy(item, choices, length);
      item[length] = '\0';
      add(f, "", item, "", word);
    }
    choices += length + (choices[length] == '|');
  }
}

static void add_folder(Finder *f, const char *folder, const char *shown, const char *word)
{
  DIR *dir = opendir(folder);
  const struct dirent *entry;
  while (dir && (entry = readdir(dir))) {
    if (entry->d_name[0] == '.' && word[0] != '.') {
      continue;
    }
    char path[4096];
    struct stat info;
    const int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    const bool is_folder =
        length > 0 && (size_t)length < sizeof path && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    add(f, shown, entry->d_name, is_folder ? "/" : "", word);
  }
  if (dir) {
    closedir(dir);
  }
}

static void add_paths(Finder *f, const char *typed)
{
  const char *slash = strrchr(typed, '/');
  const size_t length = slash ? (size_t)(slash - typed) + 1 : 0;
  char shown[1024], folder[2048];
  if (length >= sizeof shown) {
    return;
  }
  memcpy(shown, typed, length);
  shown[length] = '\0';
  f->out->is_path = true;
  add_folder(f, length ? shown : ".", shown, typed + length);
  if (f->out->n == 0 && strncmp(shown, "datasets/", 9) == 0) {
    snprintf(folder, sizeof folder, "%s/%s", file_home(), shown);
    add_folder(f, folder, shown, typed + length);
  }
}

/* ---- looking names up without running anything */

static bool push_raw(lua_State *L, const char *name)
{
  push_environment(L);
  lua_pushstring(L, name);
  if (lua_rawget(L, -2) != LUA_TNIL) {
    lua_remove(L, -2);
    return true;
  }
  lua_pop(L, 2);
  lua_pushglobaltable(L);
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return false;
  }
  return true;
}

/* Pushes the value of a chain "a.b" (raw tables only). */
bool push_chain(lua_State *L, const char *line, Span span)
{
  char name[256];
  size_t from = span.from;
  bool first = true;
  while (from < span.to) {
    size_t to = from;
    while (to < span.to && line[to] != '.' && line[to] != ':') {
      to++;
    }
    if (to == from || to - from >= sizeof name) {
      return false;
    }
    memcpy(name, line + from, to - from);
    name[to - from] = '\0';
    if (first && !push_raw(L, name)) {
      return false;
    }
    if (!first) {
      if (!lua_istable(L, -1)) {
        return false;
      }
      lua_pushstring(L, name);
      lua_rawget(L, -2);
      lua_remove(L, -2);
    }
    first = false;
    from = to + 1;
  }
  return !first && !lua_isnil(L, -1);
}

const Primitive *line_primitive(lua_State *L, const LineScan *s, Span callee)
{
  const int top = lua_gettop(L);
  char mark = '\0';
  const Span object = callee.to > callee.from ? line_before_mark(s->line, callee, &mark) : callee;
  const Box *box = mark == ':' && push_chain(L, s->line, object) ? box_at(L, -1) : NULL;
  const ValueKind kind = box ? box->value.kind : VALUE_NONE;
  lua_settop(L, top);
  return line_scan_primitive(s, callee, kind);
}

/* The frame of a value: itself, or a model's own data. */
static const Frame *frame_of(lua_State *L, const char *line, Span object)
{
  const Box *box = push_chain(L, line, object) ? box_at(L, -1) : NULL;
  return !box                              ? NULL
         : box->value.kind == VALUE_FRAME ? box->value.frame
         : box->value.kind == VALUE_MODEL ? model_data(box->value.model)
                                          : NULL;
}

/* The frame that columns are named of: the object before the colon, or the first argument. */
static const Frame *callee_frame(Finder *f, lua_State *L, Span callee)
{
  char mark;
  const LineScan *s = &f->scan;
  const Level *level = s->depth > 0 ? &s->open[s->depth - 1] : NULL;
  const Span object = line_before_mark(s->line, callee, &mark);
  const Frame *frame = mark == ':' ? frame_of(L, s->line, object) : NULL;
  return frame || !level ? frame : frame_of(L, s->line, level->first);
}

/* ---- in an expression: names of columns, functions, and the language's words */

/* A column's name as expressions write it. */
static void add_quoted(Finder *f, const char *name, const char *word)
{
  if (is_word(name)) {
    add(f, "", name, "", word);
  } else if (strncmp(name, word + (word[0] == '`'), strlen(word) - (word[0] == '`')) == 0 && !strchr(name, '`')) {
    char quoted[512];
    snprintf(quoted, sizeof quoted, "`%s`", name);
    add(f, "", quoted, "", "");
  }
}

/* Where the last name of an expression begins; length when it cannot be one. */
static size_t expression_word(const char *text, size_t length)
{
  char quote = 0;
  size_t open = 0;
  for (size_t i = 0; i < length; i++) {
    if (quote ? text[i] == quote : text[i] == '\'' || text[i] == '"' || text[i] == '`') {
      quote = quote ? 0 : text[i];
      open = i;
    }
  }
  if (quote) {
    return quote == '`' ? open : length + 1; /* within a text nothing is completed */
  }
  size_t from = length;
  while (from > 0 && (line_name_char(text[from - 1]) || text[from - 1] == '.')) {
    from--;
  }
  return from > 0 && (text[from - 1] == '$' || text[from - 1] == '@') ? length + 1 : from;
}

/* Where the text begins that is open at the end of an expression; length when none is. */
static size_t open_text(const char *text, size_t length)
{
  size_t open = length;
  char quote = 0;
  for (size_t i = 0; i < length; i++) {
    if (quote ? text[i] == quote : text[i] == '\'' || text[i] == '"') {
      open = quote ? length : i;
      quote = quote ? 0 : text[i];
    }
  }
  return open;
}

static size_t before_blanks(const char *text, size_t end)
{
  while (end > 0 && text[end - 1] == ' ') {
    end--;
  }
  return end;
}

/* Before the list of texts that ends at `end`: city in ['Berlin', ; end when there is none. */
static size_t before_list(const char *text, size_t end)
{
  size_t i = end;
  while (i > 0 && text[i - 1] != '[' && text[i - 1] != ']') {
    i--;
  }
  i = i > 0 && text[i - 1] == '[' ? before_blanks(text, i - 1) : 0;
  return i > 2 && strncmp(text + i - 2, "in", 2) == 0 && !line_name_char(text[i - 3]) ? before_blanks(text, i - 2) : end;
}

/* The column that a text at `open` is compared with: city == 'Ber, city in ['Köln', 'Ber; NULL: none with a dictionary. */
static const Column *compared_column(const Frame *frame, const char *text, size_t open)
{
  char name[256];
  size_t column, end = before_blanks(text, open);
  const bool equals = end > 1 && text[end - 1] == '=' && (text[end - 2] == '=' || text[end - 2] == '!');
  end = equals ? before_blanks(text, end - 2) : before_list(text, end);
  const bool quoted = end > 1 && text[end - 1] == '`';
  size_t from = end = quoted ? end - 1 : end;
  while (from > 0 && (quoted ? text[from - 1] != '`' : line_name_char(text[from - 1]))) {
    from--;
  }
  snprintf(name, sizeof name, "%.*s", (int)(end - from), text + from);
  if (!frame || end - from >= sizeof name || !frame_find(frame, name, &column)) {
    return NULL;
  }
  const Column *found = frame_column(frame, column);
  return column_type(found) == TYPE_CATEGORY || column_type(found) == TYPE_SET ? found : NULL;
}

/* In a text: the levels of the column that it is compared with. */
static void complete_level(Finder *f, const Frame *frame, const char *text, size_t open)
{
  const Column *column = compared_column(frame, text, open);
  char level[256];
  f->out->from += open + 1;
  f->out->append = text[open];
  for (size_t i = 0; column && i < column_levels(column) && !f->failed; i++) {
    size_t length;
    const char *bytes = column_level(column, i, &length);
    if (length < sizeof level && !memchr(bytes, text[open], length)) {
      memcpy(level, bytes, length);
      level[length] = '\0';
      add(f, "", level, "", text + open + 1);
    }
  }
}

static void complete_expression(Finder *f, const Frame *frame, const char *text)
{
  static const char *const words[] = {"and", "or", "not", "in", "is", "missing", "true", "false", "NA"};
  const size_t length = strlen(text), from = expression_word(text, length), open = open_text(text, length);
  if (open < length) {
    complete_level(f, frame, text, open);
    return;
  }
  if (from > length) {
    return;
  }
  f->out->from += from;
  f->out->append = 0;
  for (size_t i = 0; frame && i < frame_columns(frame); i++) {
    add_quoted(f, frame_name(frame, i), text + from);
  }
  if (from == length) {
    return; /* all the functions there are would be no help */
  }
  const TopicTable *functions = topics_of("function");
  for (size_t i = 0; functions && i < functions->n; i++) {
    if (strcmp(functions->topics[i].name, "functions") != 0) {
      add(f, "", functions->topics[i].name, "(", text + from);
    }
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    add(f, "", words[i], "", text + from);
  }
}

/* ---- the three places: in a string, after a dot or colon, a bare word */

static void complete_string(Finder *f, lua_State *L)
{
  LineScan *s = &f->scan;
  char word[1024];
  const size_t length = s->point - s->string;
  if (length >= sizeof word) {
    return;
  }
  memcpy(word, s->line + s->string, length);
  word[length] = '\0';
  f->out->from = s->string;
  f->out->append = s->quote;
  const Span callee = line_scan_callee(s);
  const Primitive *primitive = line_primitive(L, s, callee);
  const Option *option = primitive ? line_scan_option(s, primitive) : NULL;
  if (option && (option->kind == OPTION_COLUMN || option->kind == OPTION_COLUMNS || option->kind == OPTION_ORDER)) {
    const Frame *frame = callee_frame(f, L, callee);
    if (frame) {
      add_columns(f, frame, option->choices, word, false);
    }
  } else if (option && (option->kind == OPTION_EXPRESSION || option->kind == OPTION_EXPRESSIONS ||
                        option->kind == OPTION_CONDITION)) {
    complete_expression(f, callee_frame(f, L, callee), word);
  } else if (option && option->choices[0]) {
    add_choices(f, option->choices, word);
  } else {
    add_paths(f, word);
  }
}

static void complete_member(Finder *f, lua_State *L, Span object, char mark, const char *word)
{
  if (!push_chain(L, f->scan.line, object)) {
    return;
  }
  const Box *box = box_at(L, -1);
  if (box && mark == ':') {
    const char *family = box->value.kind == VALUE_MODEL ? model_primitive(box->value.model)->family : NULL;
    add_methods(f, box->value.kind, family, word);
    f->out->append = '(';
  } else if (box && box->value.kind == VALUE_FRAME) {
    add_columns(f, box->value.frame, "", word, true);
  } else if (box && box->value.kind == VALUE_MODEL) {
    const Frame *glance = model_frame(box->value.model, "glance");
    if (glance) {
      add_columns(f, glance, "", word, true);
    }
  } else if (lua_istable(L, -1)) {
    add_keys(f, L, word, mark == ':');
  } else if (lua_type(L, -1) == LUA_TSTRING && mark == ':') {
    lua_getglobal(L, "string");
    add_keys(f, L, word, true);
  }
}

static void complete_word(Finder *f, lua_State *L, const char *word)
{
  static const char *const keywords[] = {"and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
                                         "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
                                         "repeat",   "return", "then", "true", "until",  "while"};
  const LineScan *s = &f->scan;
  const Level *level = s->depth > 0 ? &s->open[s->depth - 1] : NULL;
  const Primitive *primitive = level && level->key.to == 0 ? line_primitive(L, s, level->callee) : NULL;
  for (size_t i = 0; primitive && i < primitive->n_options; i++) {
    add(f, "", primitive->options[i].name, " = ", word);
  }
  if (f->out->n > 0) {
    return;
  }
  if (word[0] == '\0' && s->point > 0) {
    return;
  }
  push_environment(L);
  add_keys(f, L, word, false);
  lua_pop(L, 1);
  lua_pushglobaltable(L);
  add_keys(f, L, word, false);
  lua_pop(L, 1);
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
    add(f, "", keywords[i], "", word);
  }
}

static void complete_name(Finder *f, lua_State *L)
{
  LineScan *s = &f->scan;
  char word[256];
  size_t from = s->point;
  while (from > 0 && line_name_char(s->line[from - 1])) {
    from--;
  }
  if (s->point - from >= sizeof word) {
    return;
  }
  memcpy(word, s->line + from, s->point - from);
  word[s->point - from] = '\0';
  f->out->from = from;
  const char mark = from > 0 ? s->line[from - 1] : '\0';
  if ((mark == '.' || mark == ':') && !(from > 1 && s->line[from - 2] == '.')) {
    size_t start = from - 1;
    while (start > 0 && (line_name_char(s->line[start - 1]) || s->line[start - 1] == '.')) {
      start--;
    }
    complete_member(f, L, (Span){start, from - 1}, mark, word);
  } else {
    complete_word(f, L, word);
  }
}

static int find(lua_State *L)
{
  Finder *f = lua_touserdata(L, 1);
  if (f->scan.comment) {
    return 0;
  }
  if (f->scan.quote) {
    complete_string(f, L);
  } else {
    complete_name(f, L);
  }
  return 0;
}

static int compare(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_unique(Completions *out)
{
  size_t kept = 0;
  if (out->n > 1) {
    qsort(out->items, out->n, sizeof *out->items, compare);
  }
  for (size_t i = 0; i < out->n; i++) {
    if (kept > 0 && strcmp(out->items[kept - 1], out->items[i]) == 0) {
      mem_free(out->items[i]);
    } else {
      out->items[kept++] = out->items[i];
    }
  }
  out->n = kept;
}

Status session_complete(Session *session, const char *line, size_t point, Completions *out, Error *e)
{
  lua_State *L = session->L;
  Finder finder = {.out = out};
  sandbox_rest(session);
  line_scan(&finder.scan, line, point);
  memset(out, 0, sizeof *out);
  out->from = point;
  lua_pushcfunction(L, find);
  lua_pushlightuserdata(L, &finder);
  const int status = lua_pcall(L, 1, 0, 0);
  if (status != LUA_OK || finder.failed) {
    lua_settop(L, 0);
    completions_free(out);
    return error_memory(e, 0, _("completion"));
  }
  sort_unique(out);
  return STATUS_OK;
}

Status expression_complete(const Frame *frame, const char *text, size_t point, Completions *out, Error *e)
{
  Finder finder = {.out = out};
  char *begun = mem_text(text, point);
  memset(out, 0, sizeof *out);
  if (begun) {
    complete_expression(&finder, frame, begun);
    mem_free(begun);
  }
  if (!begun || finder.failed) {
    completions_free(out);
    return error_memory(e, 0, _("completion"));
  }
  sort_unique(out);
  return STATUS_OK;
}

void completions_free(Completions *completions)
{
  for (size_t i = 0; i < completions->n; i++) {
    mem_free(completions->items[i]);
  }
  mem_free(completions->items);
  memset(completions, 0, sizeof *completions);
}
