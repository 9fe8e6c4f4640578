/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h -- growing byte strings, UTF-8, and the nearest name to a misspelt one.
 *
 * A Text that is all zero is empty and ready. Adding never fails visibly: a Text that could not grow is marked failed,
 * keeps what it had and ignores the rest; ask once, at the end, with text_status. data is NUL-terminated once anything
 * was added; text_data never gives NULL.
 */
#ifndef ASSAY_CORE_TEXT_H
#define ASSAY_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

typedef struct Text {
  char *data;
  size_t size, capacity; /* size without the NUL */
  bool failed;
} Text;

ASSAY_API void text_add(Text *text, const char *bytes, size_t n);
ASSAY_API void text_puts(Text *text, const char *string);
ASSAY_API void text_char(Text *text, char c);
ASSAY_API void text_repeat(Text *text, const char *string, size_t times);
ASSAY_API void text_printf(Text *text, const char *format, ...) PRINTF(2, 3);
ASSAY_API void text_reset(Text *text);             /* to empty, keeping the memory */
ASSAY_API void text_free(Text *text);
ASSAY_API const char *text_data(const Text *text); /* borrowed; "" when empty */
ASSAY_API char *text_take(Text *text);   /* the bytes, now the caller's (mem_free); NULL when failed; text is empty */
ASSAY_API Status text_status(const Text *text, Error *e) MUST_USE;

/* Decodes one code point of s[0..n), n >= 1. Gives its length in bytes (1..4), or 0 when the bytes are not UTF-8 (over-long
 * forms, surrogates and values over U+10FFFF included). */
ASSAY_API size_t utf8_decode(const char *s, size_t n, uint32_t *code);

/* The offset of the first byte that is not UTF-8, or n. O(n). */
ASSAY_API size_t utf8_check(const char *s, size_t n);

/* Where to cut s[0..n) so that no character is cut in two: n, or the start of an unfinished last character. */
ASSAY_API size_t utf8_whole(const char *s, size_t n);

/* Edit distance (insert, delete, replace, swap of neighbours, ASCII case free of charge), at most `most` + 1. O(|a| |b|). */
ASSAY_API size_t text_distance(const char *a, const char *b, size_t most);

/* The index of the name nearest to `word` among n, or n when none is near enough to be meant (a distance of a third of the
 * word's length, at least 1; a name that begins with the word counts as near). Ties: the first. */
ASSAY_API size_t text_nearest(const char *word, const char *const *names, size_t n);

/* The shortest decimal text that reads back as x: at most 24 bytes and NUL, "NaN", "Inf", "-Inf". */
ASSAY_API void text_of_double(double x, char out[32]);

#endif
