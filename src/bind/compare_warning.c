/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one comparison of columns that Lua does not report: df.x == 5 is plain false, whatever is in the column. The prompt sees
 * it in the text of the statement. */
#include <string.h>

#include "bind/line_lookup.h"

/* The chain of names that ends before `at`; empty for none. */
static Span chain_before(const char *text, size_t at)
{
  size_t to = at;
  while (to > 0 && (text[to - 1] == ' ' || text[to - 1] == '\t')) {
    to--;
  }
  size_t from = to;
  while (from > 0 && (line_name_char(text[from - 1]) || text[from - 1] == '.')) {
    from--;
  }
  return (Span){from, to};
}

/* Whether the chain is frame.column of the user's. */
static bool is_column(lua_State *L, const char *text, Span chain)
{
  char mark;
  const int top = lua_gettop(L);
  const Span object = line_before_mark(text, chain, &mark);
  size_t column;
  bool found = false;
  if (mark == '.' && push_chain(L, text, object)) {
    const Box *box = box_at(L, -1);
    char name[256];
    const size_t length = chain.to - object.to - 1;
    if (box && box->value.kind == VALUE_FRAME && length < sizeof name) {
      memcpy(name, text + object.to + 1, length);
      name[length] = '\0';
      found = frame_find(box->value.frame, name, &column);
    }
  }
  lua_settop(L, top);
  return found;
}

/* Whether the text at `at` is another column: two columns do compare. */
static bool column_follows(lua_State *L, const char *text, size_t at)
{
  at += strspn(text + at, " \t");
  size_t to = at;
  while (line_name_char(text[to]) || text[to] == '.') {
    to++;
  }
  return is_column(L, text, (Span){at, to});
}

void warn_of_comparison(Session *session, const char *chunk)
{
  lua_State *L = session->L;
  const size_t n = strlen(chunk);
  for (size_t i = 0; i + 1 < n; i++) {
    LineScan scan;
    if (chunk[i + 1] != '=' || (chunk[i] != '=' && chunk[i] != '~') || (i > 0 && strchr("=~<>", chunk[i - 1]))) {
      continue;
    }
    const Span chain = chain_before(chunk, i);
    line_scan(&scan, chunk, i);
    const bool counted = chain.from > 0 && chunk[chain.from - 1] == '#'; /* #df.x is a number */
    if (counted || scan.quote || scan.comment || !is_column(L, chunk, chain) || column_follows(L, chunk, i + 2)) {
      continue;
    }
    const int length = (int)(chain.to - chain.from);
    char note[512];
    snprintf(note, sizeof note,
             _("%1$.*2$s %3$.2s ... is one answer for the whole column, and the same whatever is in it; "
               "%1$.*2$s:%4$s(...) compares cell by cell, df:filter(\"...\") keeps rows"),
             chunk + chain.from, length, chunk + i, chunk[i] == '=' ? "eq" : "ne");
    session->hooks.note(session->hooks.context, note);
    return;
  }
}
