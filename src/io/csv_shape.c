/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_shape.h"

#include <string.h>
#include <strings.h>

#include "frame/parse_amount.h"
#include "frame/parse_moment.h"
#include "io/csv_cell.h"

enum { VALUE_MOST = 100 }; /* bytes */

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(const char *text, size_t length, const char *const *words)
{
  for (; *words; words++) {
    if (strlen(*words) == length && strncasecmp(text, *words, length) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_missing(const char *text, size_t length)
{
  static const char *const words[] = {"na", "n/a", "#n/a", "nan", "null", "none", "\\N", "-", "?", ".", NULL};
  return length == 0 || is_one_of(text, length, words);
}

static bool is_bool(const char *text, size_t length)
{
  static const char *const words[] = {"true", "false", "yes", "no", NULL};
  return is_one_of(text, length, words);
}

/* Passes what may stand before or behind a number; a currency's sign of several bytes counts as one mark. */
static size_t pass_marks(const char *text, size_t length, const char *marks)
{
  static const char *const signs[] = {"\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "\xC2\xA0", NULL};
  size_t i = 0;
  bool more = true;
  while (more && i < length) {
    more = strchr(marks, text[i]) != NULL && text[i];
    size_t step = more;
    for (const char *const *sign = signs; !more && *sign; sign++) {
      const size_t n = strlen(*sign);
      more = length - i >= n && memcmp(text + i, *sign, n) == 0;
      step = more ? n : 0;
    }
    i += step;
  }
  return i;
}

/* Three digits and no more: what may stand behind a blank within a number. */
static bool is_thousand(const char *text, size_t length)
{
  return length >= 3 && is_digit(text[0]) && is_digit(text[1]) && is_digit(text[2]) &&
         (length == 3 || !is_digit(text[3]));
}

static bool is_number(const char *text, size_t length)
{
  size_t i = pass_marks(text, length, "+-($ "), digits = 0, points = 0, commas = 0, blanks = 0;
  const size_t first = i;
  for (; i < length && (is_digit(text[i]) || strchr(".,' ", text[i])) && text[i]; i++) {
    if (text[i] == ' ' && i + 1 < length && !is_digit(text[i + 1])) {
      break; /* before a sign of percent or currency */
    }
    digits += is_digit(text[i]);
    points += text[i] == '.';
    commas += text[i] == ',';
    blanks += text[i] == ' ';
    if (!is_digit(text[i]) && i > first && !is_digit(text[i - 1]) && text[i] != ' ') {
      return false;
    }
    if (text[i] == ' ' && i + 1 < length && is_digit(text[i + 1]) &&
        (points > 0 || commas > 0 || (blanks == 1 && digits > 3) || !is_thousand(text + i + 1, length - i - 1))) {
      return false; /* two numbers */
    }
  }
  if (digits == 0 || (points > 1 && commas > 1) || (blanks && digits < 4)) {
    return length <= 4 && (strncmp(text, "Inf", length) == 0 || strncmp(text, "-Inf", length) == 0) && length >= 3;
  }
  if (i + 1 < length && (text[i] == 'e' || text[i] == 'E')) {
    i += 1 + (text[i + 1] == '-' || text[i + 1] == '+');
    while (i < length && is_digit(text[i])) {
      i++;
    }
  }
  i += pass_marks(text + i, length - i, ")% $-");
  return i == length && !strchr(",'", text[length - 1]);
}

static bool is_month(const char *text, size_t length)
{
  static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                       "aug", "sep", "oct", "nov", "dec", NULL};
  return length >= 3 && is_one_of(text, 3, months);
}

/* Two marks of a kind with no blank between them, unless it follows the first: "31.12.2024", "31. 12. 2024", but not
 * "1.5 2.5". */
static bool is_together(const char *text, size_t length, char mark)
{
  const char *first = memchr(text, mark, length);
  const char *last = first ? memchr(first + 1, mark, length - (size_t)(first + 1 - text)) : NULL;
  for (const char *at = first; last && at < last; at++) {
    if (*at == ' ' && at > first + 1) {
      return false;
    }
  }
  return last;
}

/* Digits with two marks of one kind, or a colon, between them; a month or AM may stand among them. */
static bool is_time(const char *text, size_t length)
{
  size_t digits = 0, dashes = 0, slashes = 0, points = 0, colons = 0, months = 0;
  if (length < 4 || length > 40 || !(is_digit(text[0]) || is_month(text, length))) {
    return false;
  }
  for (size_t i = 0; i < length; i++) {
    if (is_letter(text[i])) {
      const size_t from = i;
      while (i + 1 < length && is_letter(text[i + 1])) {
        i++;
      }
      static const char *const words[] = {"t", "z", "am", "pm", "utc", "gmt", NULL};
      const bool month = is_month(text + from, i + 1 - from) && i + 1 - from <= 9;
      if (!month && !is_one_of(text + from, i + 1 - from, words)) {
        return false;
      }
      months += month;
      continue;
    }
    digits += is_digit(text[i]);
    dashes += text[i] == '-';
    slashes += text[i] == '/';
    points += text[i] == '.';
    colons += text[i] == ':';
    if (!is_digit(text[i]) && !strchr("-/.:, +", text[i])) {
      return false;
    }
  }
  const bool day = (dashes == 2 && is_together(text, length, '-')) || (slashes == 2 && is_together(text, length, '/')) ||
                   (points == 2 && is_together(text, length, '.')) || months == 1 || (dashes == 3 && colons);
  return digits >= 3 && digits <= 24 && (day || colons == 1 || colons == 2 || colons == 3);
}

/* Letters, digits and what stands between words; nothing that looks like a separator or a lost quote at an end. */
static bool is_word(const char *text, size_t length)
{
  size_t odd = 0;
  for (size_t i = 0; i < length; i++) {
    const unsigned char c = (unsigned char)text[i];
    if (c < 0x20 || c == ';' || c == '|' || c == '^' || c == '~') {
      odd += c == '\n' || c == '\r' ? 0 : c == ';' ? 1 : 4;
    }
  }
  const char first = text[0], last = text[length - 1];
  const bool quotes =
      first == '"' || (last == '"' && !memchr(text, '"', length - 1)) || (first == '\'' && last == '\'');
  const bool ends = first == ',' || first == ';' || last == ';' || first == ':' || first == '=';
  return !quotes && !ends && odd * 12 <= length;
}

CsvShape csv_shape(const char *text, size_t length)
{
  while (length > 0 && (*text == ' ' || *text == '\t')) {
    text++;
    length--;
  }
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
    length--;
  }
  return is_missing(text, length)  ? SHAPE_EMPTY
         : is_bool(text, length)   ? SHAPE_BOOL
         : is_number(text, length) ? SHAPE_NUMBER
         : is_time(text, length)   ? SHAPE_TIME
         : is_word(text, length)   ? SHAPE_WORD
                                   : SHAPE_ODD;
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

bool csv_is_packed(const char *head, size_t size)
{
  static const char *const marks[] = {"PK\x03\x04", "\xFD\x37zXZ", "7z\xBC\xAF", "Rar!", NULL};
  for (const char *const *mark = marks; *mark; mark++) {
    const size_t n = strlen(*mark);
    if (size >= n && memcmp(head, *mark, n) == 0) {
      return true;
    }
  }
  return size >= 3 && memcmp(head, "BZh", 3) == 0 && (size < 4 || (head[3] >= '1' && head[3] <= '9'));
}

/* What would be read as something else: a value, a word for missing, a comment; or could spare the delimiter behind. */
static bool is_telling(const char *text, size_t length)
{
  const char first = text[0];
  return csv_kind(text, length) != CSV_TEXT || csv_shape(text, length) < SHAPE_WORD || first == '#' ||
         first == '%' || first == '/' || first == '\'' || text[length - 1] == '\\';
}

bool csv_may_become_value(const char *text, size_t length)
{
  ParsedAmount amount;
  ParsedMoment moment;
  size_t i = 0;
  while (i < length && (text[i] < '0' || text[i] > '9')) {
    i++;
  }
  return i < length && length <= VALUE_MOST &&
         (parse_amount(text, length, &amount) || parse_moment(text, length, &moment));
}

bool csv_needs_quotes(const char *text, size_t length, char delimiter, bool alone)
{
  const char *marks = alone ? "\"\n\r" CSV_DELIMITERS CSV_WEAK_DELIMITERS : "\"\n\r" CSV_DELIMITERS;
  if (length == 0 || is_blank(text[0]) || is_blank(text[length - 1]) || is_telling(text, length)) {
    return true;
  }
  for (size_t i = 0; i < length; i++) {
    if (strchr(marks, text[i]) || text[i] == delimiter) {
      return true;
    }
  }
  const bool mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0; /* of byte order */
  return mark || csv_is_packed(text, length) || csv_may_become_value(text, length);
}
