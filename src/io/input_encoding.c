/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares of everyday characters, by the lead byte: GB 2312 has its first level (the 3,755 commonest characters) at
 * B0-D7 and punctuation at A1-A3; Big5 the commonest at A4-C6 and punctuation at A1-A3; Shift-JIS has kana at
 * 82-83 and the first level of kanji at 88-97; EUC-JP has kana at A4-A5; EUC-KR has all syllables at B0-C8. Of
 * those that fit, the one with the greatest share is taken; the EUC forms are one structure and told apart by kana
 * and by syllables only. */
#include "io/input_encoding.h"

#include <string.h>

#include "core/text.h"

enum { WIDE_BYTES = 1 << 16, PAIRS_TO_TELL = 20 };

const char *encoding_name(Encoding encoding)
{
  static const char *const names[ENCODING_COUNT] = {"UTF-8",    "UTF-8",    "UTF-16LE", "UTF-16BE",
                                                    "UTF-32LE", "UTF-32BE", "GB18030",  "BIG5-HKSCS",
                                                    "CP932",    "EUC-JP",   "CP949",    "CP1252"};
  return names[encoding];
}

size_t encoding_mark(const char *bytes, size_t n, Encoding *encoding)
{
  static const struct {
    const char *bytes;
    size_t n;
    Encoding encoding;
  } marks[] = {{"\xFF\xFE\0\0", 4, ENCODING_UTF32LE},     {"\0\0\xFE\xFF", 4, ENCODING_UTF32BE},
               {"\x84\x31\x95\x33", 4, ENCODING_GB18030}, {"\xEF\xBB\xBF", 3, ENCODING_UTF8},
               {"\xFF\xFE", 2, ENCODING_UTF16LE},         {"\xFE\xFF", 2, ENCODING_UTF16BE}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    if (n >= marks[i].n && memcmp(bytes, marks[i].bytes, marks[i].n) == 0) {
      *encoding = marks[i].encoding;
      return marks[i].n;
    }
  }
  return 0;
}

static bool is_plain(unsigned char c)
{
  return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t';
}

/* Units of `width` bytes that are ASCII characters when the byte at `place` is the low one, as a count. */
static size_t ascii_units(const unsigned char *p, size_t n, size_t width, size_t place)
{
  size_t count = 0;
  for (size_t i = 0; i + width <= n; i += width) {
    bool ascii = is_plain(p[i + place]);
    for (size_t k = 0; k < width; k++) {
      ascii = ascii && (k == place || p[i + k] == 0);
    }
    count += ascii;
  }
  return count;
}

bool encoding_wide(const char *bytes, size_t n, Encoding *encoding)
{
  static const struct {
    size_t width, place;
    Encoding encoding;
  } forms[] = {
      {4, 0, ENCODING_UTF32LE}, {4, 3, ENCODING_UTF32BE}, {2, 0, ENCODING_UTF16LE}, {2, 1, ENCODING_UTF16BE}};
  const unsigned char *p = (const unsigned char *)bytes;
  const size_t looked = n < WIDE_BYTES ? n : WIDE_BYTES;
  if (looked < 2 || !memchr(p, 0, looked)) {
    return false;
  }
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    const size_t width = forms[i].width, units = looked / width;
    const size_t fits = ascii_units(p, looked, width, forms[i].place);
    const size_t turned = ascii_units(p, looked, width, width - 1 - forms[i].place);
    /* Text in Han characters has few ASCII ones, but delimiters and line ends are such. */
    if (fits > units / 20 && fits > turned * 8 && n % width == 0) {
      *encoding = forms[i].encoding;
      return true;
    }
  }
  return false;
}

/* What structure says of a text in one encoding. */
typedef struct Look {
  size_t pairs, common, kana, syllables;
  bool valid;
} Look;

static bool in(unsigned char c, unsigned char low, unsigned char high)
{
  return c >= low && c <= high;
}

/* Bytes of the character at p (of which the first is over 0x7F), 0: not valid. */
typedef size_t (*Character)(const unsigned char *p, size_t n, Look *look);

static size_t gb18030(const unsigned char *p, size_t n, Look *look)
{
  if (n >= 4 && in(p[0], 0x81, 0xFE) && in(p[1], '0', '9')) {
    look->pairs++;
    return in(p[2], 0x81, 0xFE) && in(p[3], '0', '9') ? 4 : 0;
  }
  if (n < 2 || !in(p[0], 0x81, 0xFE) || !(in(p[1], 0x40, 0x7E) || in(p[1], 0x80, 0xFE))) {
    return 0;
  }
  look->pairs++;
  look->common += p[1] >= 0xA1 && (in(p[0], 0xB0, 0xD7) || in(p[0], 0xA1, 0xA3));
  return 2;
}

static size_t big5(const unsigned char *p, size_t n, Look *look)
{
  if (n < 2 || !in(p[0], 0x87, 0xFE) || !(in(p[1], 0x40, 0x7E) || in(p[1], 0xA1, 0xFE))) {
    return 0;
  }
  look->pairs++;
  look->common += in(p[0], 0xA1, 0xC6) && p[0] != 0xA2;
  return 2;
}

static size_t shift_jis(const unsigned char *p, size_t n, Look *look)
{
  if (in(p[0], 0xA1, 0xDF)) { /* half-width kana are rare today */
    look->pairs++;
    return 1;
  }
  if (n < 2 || !(in(p[0], 0x81, 0x9F) || in(p[0], 0xE0, 0xFC)) || !in(p[1], 0x40, 0xFC) || p[1] == 0x7F) {
    return 0;
  }
  look->pairs++;
  look->common += in(p[0], 0x81, 0x83) || in(p[0], 0x88, 0x97);
  return 2;
}

static size_t euc(const unsigned char *p, size_t n, Look *look)
{
  if (n < 2 || !in(p[0], 0xA1, 0xFE) || !in(p[1], 0xA1, 0xFE)) {
    return 0;
  }
  look->pairs++;
  look->kana += in(p[0], 0xA4, 0xA5);
  look->syllables += in(p[0], 0xB0, 0xC8);
  look->common += in(p[0], 0xA1, 0xA5) || in(p[0], 0xB0, 0xC8);
  return 2;
}

static Look look_at(const char *bytes, size_t n, size_t from, Character character)
{
  const unsigned char *p = (const unsigned char *)bytes;
  Look look = {.valid = true};
  for (size_t i = from; i < n && look.valid;) {
    if (p[i] < 0x80) {
      i++;
      continue;
    }
    const size_t length = character(p + i, n - i, &look);
    look.valid = length > 0;
    i += length;
  }
  return look;
}

static double share(size_t part, const Look *look)
{
  return look->valid && look->pairs > 0 ? (double)part / (double)look->pairs : 0;
}

/* Where the first run of high bytes begins: in all these encodings a character can begin there. */
static size_t first_high(const char *bytes, size_t n)
{
  size_t i = 0;
  while (i < n && (unsigned char)bytes[i] < 0x80) {
    i++;
  }
  return i;
}

static Encoding guess_asian(const char *bytes, size_t n)
{
  const size_t from = first_high(bytes, n);
  const Look extended = look_at(bytes, n, from, euc), chinese = look_at(bytes, n, from, gb18030);
  const Look taiwan = look_at(bytes, n, from, big5), japan = look_at(bytes, n, from, shift_jis);
  if (share(extended.kana, &extended) > 0.25 && extended.pairs >= PAIRS_TO_TELL) {
    return ENCODING_EUC_JP;
  }
  if (share(extended.common, &extended) > 0.98 && share(extended.syllables, &extended) > 0.7 &&
      extended.pairs >= PAIRS_TO_TELL) {
    return ENCODING_EUC_KR;
  }
  const double gb = share(chinese.common, &chinese), big = share(taiwan.common, &taiwan),
               jis = share(japan.common, &japan);
  if (gb > 0.7 && gb >= big && gb >= jis) {
    return ENCODING_GB18030;
  }
  if (big > 0.7 && big >= jis) {
    return ENCODING_BIG5;
  }
  return jis > 0.7 ? ENCODING_SHIFT_JIS : ENCODING_1252;
}

/* Characters over 0x7F that are UTF-8, and bytes that are not. */
static void count_utf8(const char *bytes, size_t n, size_t *good, size_t *bad)
{
  *good = *bad = 0;
  for (size_t i = 0; i < n;) {
    uint32_t code;
    if ((unsigned char)bytes[i] < 0x80) {
      i++;
      continue;
    }
    const size_t length = utf8_decode(bytes + i, n - i, &code);
    *good += length > 0;
    *bad += length == 0;
    i += length > 0 ? length : 1;
  }
}

Encoding encoding_guess(const char *bytes, size_t n, size_t at)
{
  size_t good, bad;
  if (at == n) {
    return ENCODING_UTF8;
  }
  count_utf8(bytes, n, &good, &bad);
  if (good > bad * 4) {
    return ENCODING_UTF8_MOSTLY;
  }
  return guess_asian(bytes, n);
}

uint32_t encoding_1252(unsigned char byte)
{
  static const uint16_t upper[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                     0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  return byte >= 0x80 && byte < 0xA0 ? upper[byte - 0x80] : byte;
}
