/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_encoding.h -- which encoding bytes are in, judged by the bytes alone. Only input_*.c (and tests) may
 * include it.
 *
 * What is certain comes first: marks, zero bytes, valid UTF-8. The encodings of East Asia are then told by
 * structure: all of the text must be valid, and most of its characters must lie where everyday writing has them.
 * In Western text a byte over 0x7F mostly stands alone, which breaks that structure at once.
 */
#ifndef ASSAY_IO_INPUT_ENCODING_H
#define ASSAY_IO_INPUT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Encoding {
  ENCODING_UTF8,        /* valid throughout */
  ENCODING_UTF8_MOSTLY, /* much more of it valid than not */
  ENCODING_UTF16LE,
  ENCODING_UTF16BE,
  ENCODING_UTF32LE,
  ENCODING_UTF32BE,
  ENCODING_GB18030,
  ENCODING_BIG5,
  ENCODING_SHIFT_JIS,
  ENCODING_EUC_JP,
  ENCODING_EUC_KR,
  ENCODING_1252,
  ENCODING_COUNT
} Encoding;

const char *encoding_name(Encoding encoding); /* as iconv knows it */

/* The encoding that a byte order mark at the beginning tells, and the mark's length; 0: there is none. */
size_t encoding_mark(const char *bytes, size_t n, Encoding *encoding);

/* UTF-16 or UTF-32 without a mark, by where zero bytes stand in the first 64 kB; false: it is none of these. */
bool encoding_wide(const char *bytes, size_t n, Encoding *encoding);

/* What bytes without mark and zero bytes are in. `at` is the first one that is not UTF-8, n when there is none.
 * O(n). */
Encoding encoding_guess(const char *bytes, size_t n, size_t at);

/* The code point of a byte in Windows-1252; the five it leaves open are the control characters of Latin-1. */
uint32_t encoding_1252(unsigned char byte);

#endif
