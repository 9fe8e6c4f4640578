/* SPDX-License-Identifier: GPL-3.0-or-later */
/* span.h -- lengths of time as written: "month", "7 days", "15 minutes". */
#ifndef ASSAY_SHAPE_SPAN_H
#define ASSAY_SHAPE_SPAN_H

#include "core/error.h"
#include "frame/calendar.h"

typedef struct TimeSpan {
  int64_t count; /* at least 1 */
  CalendarUnit unit;
} TimeSpan;

/* A unit of calendar.h, with a whole number before it or not. Errors: STATUS_ARGUMENT "bad-span" with the units. */
Status span_parse(const char *text, TimeSpan *out, Error *e) MUST_USE;

/* In microseconds; false when its length differs (months, quarters, years) or is too long. */
bool span_length(const TimeSpan *span, int64_t *out);

#endif
