/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/span.h"

#include <string.h>

static Status bad(const char *text, Error *e)
{
  (void)error_set(e, STATUS_ARGUMENT, "bad-span", _("'%s' is no length of time"), text);
  error_hint(
      e, _("write \"month\" or \"7 days\"; units are second, minute, hour, day, week, month, quarter, year"));
  return STATUS_ARGUMENT;
}

Status span_parse(const char *text, TimeSpan *out, Error *e)
{
  const char *rest = text;
  int64_t count = 0;
  for (; *rest >= '0' && *rest <= '9'; rest++) {
    if (count > INT64_C(100000000000)) {
      return bad(text, e);
    }
    count = count * 10 + (*rest - '0');
  }
  if (rest > text && count == 0) {
    return bad(text, e);
  }
  out->count = rest > text ? count : 1;
  rest += strspn(rest, " ");
  return calendar_unit(rest, strlen(rest), &out->unit) ? STATUS_OK : bad(text, e);
}

bool span_length(const TimeSpan *span, int64_t *out)
{
  static const int64_t lengths[UNIT_COUNT] = {[UNIT_SECOND] = CALENDAR_SECOND,
                                              [UNIT_MINUTE] = 60 * CALENDAR_SECOND,
                                              [UNIT_HOUR] = 3600 * CALENDAR_SECOND,
                                              [UNIT_DAY] = CALENDAR_DAY,
                                              [UNIT_WEEK] = 7 * CALENDAR_DAY};
  return lengths[span->unit] > 0 && !__builtin_mul_overflow(span->count, lengths[span->unit], out);
}
