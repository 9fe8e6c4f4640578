/* SPDX-License-Identifier: GPL-3.0-or-later */
/* continuation.c -- a stack of what was opened, over the parts that the colours of a line are made from. */
#include "repl/continuation.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "view/lua_text.h"

enum { DEEPEST = 200, SHOWN = CONTINUATION_SIZE - 4 }; /* Lua itself allows 200 levels */

static const char *const openers[] = {"(", "{", "[", "function", "if", "for", "while", "do", "repeat"};

enum { OPENERS = sizeof openers / sizeof *openers };

typedef struct Open {
  const char *opener;
  bool head; /* a loop whose do is still to come */
} Open;

typedef struct Stack {
  Open open[DEEPEST];
  int depth;
} Stack;

static void push(Stack *stack, const char *opener)
{
  if (stack->depth < DEEPEST) {
    stack->open[stack->depth++] = (Open){opener, strcmp(opener, "for") == 0 || strcmp(opener, "while") == 0};
  }
}

static void pop(Stack *stack)
{
  stack->depth -= stack->depth > 0;
}

static const char *opener_of(const char *word, size_t n)
{
  for (size_t i = 0; i < OPENERS; i++) {
    if (strlen(openers[i]) == n && strncmp(openers[i], word, n) == 0) {
      return openers[i];
    }
  }
  return NULL;
}

static bool is_word(const char *word, size_t n, const char *known)
{
  return strlen(known) == n && strncmp(word, known, n) == 0;
}

/* The do of a loop opens nothing of its own. */
static void take_word(Stack *stack, const char *word, size_t n)
{
  const char *opener = opener_of(word, n);
  Open *top = stack->depth > 0 ? &stack->open[stack->depth - 1] : NULL;
  if (is_word(word, n, "end") || is_word(word, n, "until")) {
    pop(stack);
  } else if (top && top->head && is_word(word, n, "do")) {
    top->head = false;
  } else if (opener) {
    push(stack, opener);
  }
}

static void take_marks(Stack *stack, const char *text, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (strchr("({[", text[i])) {
      push(stack, opener_of(text + i, 1));
    } else if (strchr(")}]", text[i])) {
      pop(stack);
    }
  }
}

/* How a string or comment begins: its quote, or all of its long bracket, with the dashes of a comment. */
static size_t beginning(const char *part)
{
  const size_t dashes = *part == '-' ? 2 : 0;
  return *part == '"' || *part == '\'' ? 1 : dashes + 2 + strspn(part + dashes + 1, "=");
}

void continuation_prompt(const char *text, size_t n, char prompt[CONTINUATION_SIZE])
{
  Stack stack = {0};
  const char *open = "";
  size_t length = 0;
  for (size_t at = 0, end; at < n; at = end) {
    ViewRole role;
    end = lua_text_part(text, n, at, &role);
    if (role == VIEW_KEYWORD) {
      take_word(&stack, text + at, end - at);
    } else if (role == VIEW_PLAIN) {
      take_marks(&stack, text + at, end - at);
    } else if (role != VIEW_NUMBER && end == n) { /* a closed one ends before the last line end */
      open = text + at;
      length = beginning(open);
    }
  }
  if (length == 0 && stack.depth > 0) {
    open = stack.open[stack.depth - 1].opener;
    length = strlen(open);
  }
  snprintf(prompt, CONTINUATION_SIZE, "%.*s>> ", (int)(length < SHOWN ? length : SHOWN), open);
}

static size_t opener_length(const char *line)
{
  const size_t dashes = strncmp(line, "--", 2) == 0 ? 2 : 0;
  if (line[dashes] == '[' && (dashes || line[1] == '[' || line[1] == '=')) {
    const size_t level = strspn(line + dashes + 1, "=");
    return dashes + 1 + level + (line[dashes + 1 + level] == '[');
  }
  const size_t letters = strspn(line, "abcdefghijklmnopqrstuvwxyz"), n = letters ? letters : 1;
  return *line == '"' || *line == '\'' || (*line && opener_of(line, n)) ? n : 0;
}

size_t continuation_skip(const char *line)
{
  const size_t opener = opener_length(line), marks = strspn(line + opener, ">"), n = opener + marks;
  if (marks == 0 || marks > 2 || (opener > 0 && marks != 2) || !strchr(" \n", line[n])) {
    return 0;
  }
  return line[n] == ' ' ? n + 1 : n;
}
