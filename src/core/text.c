/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static bool reserve(Text *text, size_t more)
{
  if (text->failed || more > SIZE_MAX / 4) {
    text->failed = true;
    return false;
  }
  const size_t need = text->size + more + 1;
  if (need <= text->capacity) {
    return true;
  }
  const size_t grown = text->capacity * 2 > need ? text->capacity * 2 : need + 32;
  char *data = mem_resize(text->data, grown, 1);
  if (!data) {
    text->failed = true;
    return false;
  }
  text->data = data;
  text->capacity = grown;
  return true;
}

void text_add(Text *text, const char *bytes, size_t n)
{
  if (reserve(text, n)) {
    if (n > 0) {
      memcpy(text->data + text->size, bytes, n);
    }
    text->size += n;
    text->data[text->size] = '\0';
  }
}

void text_puts(Text *text, const char *string)
{
  text_add(text, string, strlen(string));
}

void text_char(Text *text, char c)
{
  text_add(text, &c, 1);
}

void text_repeat(Text *text, const char *string, size_t times)
{
  const size_t length = strlen(string);
  for (size_t i = 0; i < times; i++) {
    text_add(text, string, length);
  }
}

void text_printf(Text *text, const char *format, ...)
{
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (length >= 0 && reserve(text, (size_t)length)) {
    vsnprintf(text->data + text->size, (size_t)length + 1, format, again);
    text->size += (size_t)length;
  }
  va_end(again);
}

void text_reset(Text *text)
{
  text->size = 0;
  text->failed = false;
  if (text->data) {
    text->data[0] = '\0';
  }
}

void text_free(Text *text)
{
  mem_free(text->data);
  memset(text, 0, sizeof *text);
}

const char *text_data(const Text *text)
{
  return text->data ? text->data : "";
}

char *text_take(Text *text)
{
  char *data = text->failed ? NULL : text->data;
  if (!text->failed && !data) {
    data = mem_string("");
  }
  if (text->failed) {
    mem_free(text->data);
  }
  memset(text, 0, sizeof *text);
  return data;
}

Status text_status(const Text *text, Error *e)
{
  return text->failed ? error_memory(e, 0, _("a text")) : STATUS_OK;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *code)
{
  const unsigned char *u = (const unsigned char *)s;
  static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  const size_t length = u[0] < 0x80 ? 1 : u[0] < 0xC2 ? 0 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : u[0] < 0xF5 ? 4 : 0;
  if (length == 0 || length > n) {
    return 0;
  }
  uint32_t value = length == 1 ? u[0] : u[0] & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((u[i] & 0xC0) != 0x80) {
      return 0;
    }
    value = value << 6 | (u[i] & 0x3Fu);
  }
  if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    return 0;
  }
  *code = value;
  return length;
}

size_t utf8_check(const char *s, size_t n)
{
  size_t i = 0;
  while (i < n) {
    uint64_t eight;
    if (n - i >= 8) {
      memcpy(&eight, s + i, 8);
      if ((eight & 0x8080808080808080u) == 0) {
        i += 8;
        continue;
      }
    }
    uint32_t code;
    const size_t length = utf8_decode(s + i, n - i, &code);
    if (length == 0) {
      return i;
    }
    i += length;
  }
  return n;
}

size_t utf8_whole(const char *s, size_t n)
{
  size_t start = n;
  while (start > 0 && n - start < 3 && ((unsigned char)s[start - 1] & 0xC0) == 0x80) {
    start--;
  }
  const unsigned char lead = start > 0 ? (unsigned char)s[start - 1] : 0;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  return n - start + 1 < length ? start - 1 : n;
}

static size_t least3(size_t a, size_t b, size_t c)
{
  const size_t ab = a < b ? a : b;
  return ab < c ? ab : c;
}

enum { WORD_MOST = 63 };

size_t text_distance(const char *a, const char *b, size_t most)
{
  const size_t n = strlen(a), m = strlen(b);
  if (n > WORD_MOST || m > WORD_MOST || (n > m ? n - m : m - n) > most) {
    return most + 1;
  }
  size_t rows[3][WORD_MOST + 1];
  for (size_t j = 0; j <= m; j++) {
    rows[0][j] = j;
  }
  for (size_t i = 1; i <= n; i++) {
    size_t *now = rows[i % 3];
    const size_t *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= m; j++) {
      const int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
      now[j] = least3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
      const bool swapped = i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                           y == tolower((unsigned char)a[i - 2]);
      if (swapped && before[j - 2] + 1 < now[j]) {
        now[j] = before[j - 2] + 1;
      }
    }
  }
  const size_t distance = rows[n % 3][m];
  return distance > most ? most + 1 : distance;
}

size_t text_nearest(const char *word, const char *const *names, size_t n)
{
  const size_t length = strlen(word);
  const size_t most = length / 3 > 1 ? length / 3 : 1;
  size_t best = n, best_distance = most + 1;
  for (size_t i = 0; i < n; i++) {
    size_t distance = text_distance(word, names[i], most);
    if (distance > most && length >= 3 && strncasecmp(names[i], word, length) == 0) {
      distance = most;
    }
    if (distance < best_distance) {
      best_distance = distance;
      best = i;
    }
  }
  return best;
}

static bool reads_back(const char *text, double x)
{
  return strtod(text, NULL) == x;
}

/* Below a power of two the doubles are twice as dense as above it, so the nearest decimal of 16 digits may lie below and
 * be another double, while the next one up reads back. All powers of two this befalls are written with an exponent. */
static bool next_up(double x, char out[32])
{
  snprintf(out, 32, "%.15e", x);
  char *digit = out + strcspn(out, "e");
  while (--digit > out && (*digit == '9' || *digit == '.')) {
    *digit = *digit == '9' ? '0' : '.';
  }
  ++*digit;
  return reads_back(out, x);
}

void text_of_double(double x, char out[32])
{
  if (isnan(x)) {
    strcpy(out, "NaN");
    return;
  }
  if (isinf(x)) {
    strcpy(out, x > 0 ? "Inf" : "-Inf");
    return;
  }
  /* 15 digits survive for every decimal of that length, 17 for every double; for subnormals fewer may do. */
  for (int digits = x != 0 && fabs(x) < DBL_MIN ? 1 : 15; digits <= 16; digits++) {
    snprintf(out, 32, "%.*g", digits, x);
    if (reads_back(out, x)) {
      return;
    }
  }
  int exponent;
  if (fabs(frexp(x, &exponent)) != 0.5 || !next_up(x, out)) {
    snprintf(out, 32, "%.17g", x);
  }
}
