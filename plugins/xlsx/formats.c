/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which number formats make a date of a number. A workbook has no dates: it has numbers that are shown so. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "workbook.h"

CellFormat format_of_number(int number)
{
  if ((number >= 18 && number <= 21) || (number >= 45 && number <= 47) || (number >= 32 && number <= 35) ||
      number == 55 || number == 56) {
    return FORMAT_TIME;
  }
  const bool date = (number >= 14 && number <= 22) || (number >= 27 && number <= 36) || (number >= 50 && number <= 58);
  return date ? FORMAT_DATE : FORMAT_NUMBER;
}

/* Past a quoted text, an escaped sign, a fill or space sign; *c is at its beginning. False: it is none of these. */
static bool skip_literal(const char **c)
{
  if (**c == '"') {
    const char *end = strchr(*c + 1, '"');
    *c = end ? end + 1 : *c + strlen(*c);
    return true;
  }
  if ((**c == '\\' || **c == '_' || **c == '*') && (*c)[1]) {
    *c += 2;
    return true;
  }
  if (strncasecmp(*c, "AM/PM", 5) == 0 || strncasecmp(*c, "General", 7) == 0) {
    *c += **c == 'A' || **c == 'a' ? 5 : 7;
    return true;
  }
  return false;
}

/* [h], [mm], [ss] is a span of time; other brackets are colours, conditions and languages. */
static bool skip_brackets(const char **c, bool *span)
{
  if (**c != '[') {
    return false;
  }
  const size_t n = strcspn(*c, "]");
  const size_t letters = strspn(*c + 1, "hHmMsS");
  *span = *span || (letters > 0 && letters + 1 == n);
  *c += (*c)[n] ? n + 1 : n;
  return true;
}

CellFormat format_of_code(const char *code)
{
  bool day = false, month = false, clock = false, span = false;
  while (*code && *code != ';') { /* the section for numbers above 0 */
    if (skip_literal(&code) || skip_brackets(&code, &span)) {
      continue;
    }
    const int c = tolower((unsigned char)*code++);
    day = day || c == 'y' || c == 'd';
    clock = clock || c == 'h' || c == 's';
    month = month || c == 'm';
  }
  return day || (month && !clock && !span) ? FORMAT_DATE : clock || span ? FORMAT_TIME : FORMAT_NUMBER;
}
