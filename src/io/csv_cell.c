/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_cell.h"

#include <math.h>
#include <string.h>

#include "frame/parse_number.h"
#include "frame/parse_time.h"

static inline bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static bool is_word(const char *text, size_t length, const char *word)
{
  return strlen(word) == length && memcmp(text, word, length) == 0;
}

static CsvKind kind_of_decimal(const ParsedDecimal *decimal, const char *text)
{
  if (decimal->whole) {
    return decimal->left > PARSE_DIGITS_MOST ? CSV_LONG_NUMBER
           : decimal->plus                 ? CSV_PLUS_FIRST
           : decimal->zero_first           ? CSV_ZERO_FIRST
                                           : CSV_INT;
  }
  if (decimal->plus || decimal->zero_first) {
    return CSV_ODD_DECIMAL;
  }
  return isinf(parse_decimal_value(decimal, text)) ? CSV_TOO_LARGE : CSV_FLOAT;
}

static CsvKind kind_of_word(const char *text, size_t length)
{
  bool truth;
  double number;
  if (is_word(text, length, "NA")) {
    return CSV_MISSING;
  }
  if (parse_bool(text, length, &truth)) {
    return CSV_BOOL;
  }
  return length <= 4 && parse_special(text, length, &number) ? CSV_FLOAT : CSV_TEXT;
}

/* Most texts are told from values by their first character. */
CsvKind csv_kind(const char *text, size_t length)
{
  ParsedDecimal decimal;
  int64_t value;
  bool utc;
  if (length == 0) {
    return CSV_MISSING;
  }
  if (is_blank(text[0]) || is_blank(text[length - 1])) {
    parse_trim(&text, &length);
    if (length == 0) {
      return CSV_BLANKS;
    }
  }
  switch (text[0]) {
    case 'N':
    case 'T':
    case 'F':
    case 't':
    case 'f':
    case 'I':
      return kind_of_word(text, length);
    case '-':
    case '+':
    case '.':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      if (parse_decimal(text, length, &decimal)) {
        return kind_of_decimal(&decimal, text);
      }
      if (parse_time(text, length, &value, &utc)) {
        return utc ? CSV_TIME_UTC : CSV_TIME;
      }
      return kind_of_word(text, length);
    default:
      return CSV_TEXT;
  }
}

CsvKind csv_kind_quoted(const char *text, size_t length)
{
  const CsvKind kind = csv_kind(text, length);
  return kind >= CSV_TEXT || kind == CSV_BLANKS ? CSV_TEXT : CSV_QUOTED;
}
