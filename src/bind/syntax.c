/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where in a text Lua stopped reading. Its message names the line and the token, but not which of several equal tokens of
 * the line: that is the one behind which the text, cut off, gives the same message; of unfinished strings with the end of the
 * line. */
#include "bind/session_layout.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct Line {
  const char *start;
  size_t length;
} Line;

/* The line around a place, without the blanks at its ends. */
static Line line_at(const char *text, size_t length, size_t place)
{
  size_t from = place, to = place;
  while (from > 0 && text[from - 1] != '\n') {
    from--;
  }
  while (to < length && text[to] != '\n') {
    to++;
  }
  while (to > from && isspace((unsigned char)text[to - 1])) {
    to--;
  }
  while (from < to && isspace((unsigned char)text[from])) {
    from++;
  }
  return (Line){text + from, to - from};
}

static Line numbered_line(const char *text, size_t length, long number)
{
  size_t place = 0;
  for (; number > 1; number--) {
    const char *next = memchr(text + place, '\n', length - place);
    if (!next) {
      return (Line){text + length, 0};
    }
    place = (size_t)(next - text) + 1;
  }
  return line_at(text, length, place);
}

/* The last line with anything on it. */
static Line last_line(const char *text, size_t length)
{
  while (length > 0 && isspace((unsigned char)text[length - 1])) {
    length--;
  }
  return line_at(text, length, length);
}

/* Cut off behind `length` bytes, does the text fail in the same words? */
static bool fails_alike(lua_State *L, const char *text, size_t length, const char *name, const char *message)
{
  const bool fails = luaL_loadbufferx(L, text, length, name, "t") == LUA_ERRSYNTAX;
  const bool alike = fails && lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), message) == 0;
  lua_pop(L, 1);
  return alike;
}

static bool in_word(char c)
{
  return isalnum((unsigned char)c) || c == '_';
}

/* The token as it stands in the text: Lua writes 'token', or '<\\229>' for a byte that is not printed. */
static size_t read_token(const char *near, char *byte, const char **token)
{
  const size_t written = strlen(near);
  if (written < 3 || near[0] != '\'' || near[written - 1] != '\'') {
    return 0;
  }
  if (strncmp(near, "'<\\", 3) == 0) {
    *byte = (char)strtol(near + 3, NULL, 10);
    *token = byte;
    return 1;
  }
  *token = near + 1;
  return written - 2;
}

/* Offset of the token in its line, or SIZE_MAX. */
static size_t find_token(lua_State *L, const char *text, size_t length, Line line, const char *near, const char *name,
                         const char *message)
{
  char byte;
  const char *token = NULL;
  const size_t size = read_token(near, &byte, &token);
  for (size_t at = 0; size > 0 && at + size <= line.length; at++) {
    const char *place = line.start + at;
    const bool longer = in_word(token[size - 1]) && at + size < line.length && in_word(place[size]);
    const size_t end = (size_t)(place - text) + size;
    if (memcmp(place, token, size) == 0 && !longer &&
        (fails_alike(L, text, end, name, message) || (end < length && text[end] == '\n' && fails_alike(L, text, end + 1, name, message)))) {
      return at;
    }
  }
  return SIZE_MAX;
}

/* Where the message says what is wrong, behind its last "near"; NULL. */
static const char *near_what(const char *message)
{
  static const char lead[] = " near ";
  const char *near = NULL;
  for (const char *at = strstr(message, lead); at; at = strstr(at + 1, lead)) {
    near = at + sizeof lead - 1;
  }
  return near;
}

void syntax_read(lua_State *L, const char *text, size_t length, const char *name, Error *e)
{
  error_read(L, -1, e);
  snprintf(e->id, sizeof e->id, "syntax-error");
  const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "", *near = near_what(message);
  const char *number = strrchr(e->where, ':');
  if (!near || !number || !lua_checkstack(L, 4)) {
    return;
  }
  const bool at_end = strcmp(near, "<eof>") == 0;
  const Line line = at_end ? last_line(text, length) : numbered_line(text, length, strtol(number + 1, NULL, 10));
  const size_t offset = at_end ? line.length : find_token(L, text, length, line, near, name, message);
  if (line.length > 0 && offset <= line.length) {
    (void)error_caret(e, line.start, line.length, offset);
  }
}
