/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/line_scan.h"

#include <ctype.h>
#include <string.h>

bool line_name_char(char c)
{
  return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static void push_level(LineScan *s, char bracket)
{
  Level level = {0};
  const Level *outer = s->depth > 0 ? &s->open[s->depth - 1] : NULL;
  if (s->path_ends) {
    level.callee = s->path;
  } else if (bracket == '{' && outer) {
    level = *outer; /* options of the call, or the list given to an option */
    level.value = outer->key.to > outer->key.from;
  }
  if (s->depth < LINE_SCAN_OPEN) {
    s->open[s->depth++] = level;
  }
}

static size_t scan_path(LineScan *s, size_t i)
{
  const size_t from = i;
  while (i < s->point && (line_name_char(s->line[i]) || ((s->line[i] == '.' || s->line[i] == ':') && i + 1 < s->point &&
                                                       line_name_char(s->line[i + 1])))) {
    i++;
  }
  s->path = (Span){from, i};
  s->path_ends = true;
  return i;
}

/* A quoted string; sets quote when it does not end before the point. */
static size_t scan_string(LineScan *s, size_t i)
{
  const char quote = s->line[i];
  const size_t from = ++i;
  while (i < s->point && s->line[i] != quote) {
    i += s->line[i] == '\\' ? 2 : 1;
  }
  if (i >= s->point) {
    s->quote = quote;
    s->string = from;
    s->string_callee = s->path_ends ? s->path : (Span){0, 0};
    return s->point;
  }
  s->path_ends = false;
  return i + 1;
}

static size_t scan_mark(LineScan *s, size_t i)
{
  const char c = s->line[i];
  Level *level = s->depth > 0 ? &s->open[s->depth - 1] : NULL;
  if (c == '(' || c == '{' || c == '[') {
    push_level(s, c);
  } else if ((c == ')' || c == '}' || c == ']') && s->depth > 0) {
    s->depth--;
  } else if (c == ',' && level && !level->value) {
    if (s->path_ends && level->first.to == 0) {
      level->first = s->path;
    }
    level->key = (Span){0, 0};
  } else if (c == '=' && level && !level->value && s->path_ends && s->line[i + 1] != '=') {
    level->key = s->path;
  } else if (c == '-' && i + 1 < s->point && s->line[i + 1] == '-') {
    s->comment = true;
    return s->point;
  }
  s->path_ends = false;
  return i + 1;
}

static void scan_all(LineScan *s)
{
  size_t i = 0;
  while (i < s->point) {
    const char c = s->line[i];
    if (c == '\n' || c == ' ' || c == '\t') {
      i++;
    } else if (line_name_char(c)) {
      i = scan_path(s, i);
    } else if (c == '"' || c == '\'') {
      i = scan_string(s, i);
    } else {
      i = scan_mark(s, i);
    }
  }
}

void line_scan(LineScan *scan, const char *line, size_t point)
{
  *scan = (LineScan){.line = line, .point = point};
  scan_all(scan);
}

Span line_before_mark(const char *line, Span span, char *mark)
{
  size_t i = span.to;
  while (i > span.from && line[i - 1] != '.' && line[i - 1] != ':') {
    i--;
  }
  *mark = i > span.from ? line[i - 1] : '\0';
  return (Span){span.from, i > span.from ? i - 1 : span.from};
}

Span line_scan_callee(const LineScan *s)
{
  const Level *level = s->depth > 0 ? &s->open[s->depth - 1] : NULL;
  return s->string_callee.to ? s->string_callee : level ? level->callee : (Span){0, 0};
}

const Primitive *line_scan_primitive(const LineScan *s, Span callee, ValueKind kind)
{
  char mark, name[128];
  if (callee.to <= callee.from) {
    return NULL;
  }
  const Span object = line_before_mark(s->line, callee, &mark);
  const size_t from = mark ? object.to + 1 : callee.from;
  const size_t start = mark == '.' ? callee.from : from;
  if (callee.to - start >= sizeof name) {
    return NULL;
  }
  memcpy(name, s->line + start, callee.to - start);
  name[callee.to - start] = '\0';
  const Primitive *method = mark == ':' && kind != VALUE_NONE ? registry_method(kind, name) : NULL;
  return method ? method : registry_find(name);
}

static const Option *option_named(const Primitive *primitive, const char *name, size_t length)
{
  for (size_t i = 0; i < primitive->n_options; i++) {
    if (strlen(primitive->options[i].name) == length && strncmp(primitive->options[i].name, name, length) == 0) {
      return &primitive->options[i];
    }
  }
  return NULL;
}

const Option *line_scan_option(const LineScan *s, const Primitive *primitive)
{
  const Level *level = s->depth > 0 ? &s->open[s->depth - 1] : NULL;
  if (level && !s->string_callee.to && level->key.to > level->key.from) {
    return option_named(primitive, s->line + level->key.from, level->key.to - level->key.from);
  }
  return primitive->main ? option_named(primitive, primitive->main, strlen(primitive->main)) : NULL;
}
