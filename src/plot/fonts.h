/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fonts.h -- which characters of a picture's texts no font of the machine has.
 *
 * gnuplot's cairo terminals paint a character that is in no font as a black block of the size of the page, and report
 * success; its gd terminals paint boxes. So texts with characters that a Latin font may lack are looked up
 * beforehand: fontconfig's fc-list tells which characters its fonts have, as ranges.
 */
#ifndef ASSAY_PLOT_FONTS_H
#define ASSAY_PLOT_FONTS_H

#include "core/task.h"

enum { FONT_FIRST = 0x250 }; /* characters below are in every font and never looked up */

/* A set of code points. */
typedef struct CodeSet {
  uint64_t words[0x110000 / 64];
} CodeSet;

static inline bool code_set_has(const CodeSet *set, uint32_t code)
{
  return set->words[code / 64] >> (code % 64) & 1;
}

/* Adds the characters of text[0..n) from FONT_FIRST on; true if there were any. Bytes that are not UTF-8 do not
 * count. */
bool code_set_add(CodeSet *set, const char *text, size_t n);

/* Whether one of the text's characters is in the set. */
bool code_set_meets(const CodeSet *set, const char *text, size_t n);

/* Takes from `wanted` what some font has; what is left is lacking. Without fc-list, or when it does not answer, all
 * of it is. *asked: it answered. Errors: STATUS_CANCELLED, STATUS_MEMORY. */
Status fonts_lacking(CodeSet *wanted, Task *task, bool *asked, Error *e) MUST_USE;

bool code_set_empty(const CodeSet *set);

/* Whether it has characters of Chinese, Japanese or Korean. */
bool code_set_is_east_asian(const CodeSet *set);

/* Takes from the set the ranges of a charset as fc-list writes it: "20-7e a0 3400-4db5". */
void code_set_remove(CodeSet *set, const char *ranges, size_t n);

#endif
