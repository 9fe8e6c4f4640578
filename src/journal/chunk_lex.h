/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunk_lex.h -- the words of a Lua text, for what looks at statements without running them.
 *
 * Every text has a last word: unfinished strings and comments go to the end of the text (short strings to the end of
 * the line), what Lua does not know is a symbol of one byte. Nothing is copied. O(length) for a whole text.
 * Reference: Lua 5.4 manual, 3.1.
 */
#ifndef ASSAY_JOURNAL_CHUNK_LEX_H
#define ASSAY_JOURNAL_CHUNK_LEX_H

#include <stdbool.h>
#include <stddef.h>

typedef enum WordKind {
  WORD_END,
  WORD_NAME,
  WORD_KEYWORD,
  WORD_TEXT,    /* a string, with its quotes */
  WORD_NUMBER,
  WORD_SYMBOL,
  WORD_COMMENT  /* without the end of its line */
} WordKind;

typedef struct Word {
  WordKind kind;
  const char *start;
  size_t length;
} Word;

/* The word at or behind *at, which moves behind it; blanks are passed over. */
Word chunk_word(const char **at);

/* Whether the word is this one. */
bool word_is(const Word *word, const char *text);

#endif
