/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time_format.h -- times as a format of C's strftime has them, read and written. No locale: words are English.
 *
 *   %Y year, four digits   %y two digits (69 to 99: 1900s)   %m month   %d day   %e day, blank before one digit
 *   %H hour   %I hour of 12   %p AM or PM   %M minute   %S second   %f fraction of a second, up to six digits
 *   %b %B month's name   %a %A weekday's name   %j day of the year   %F %Y-%m-%d   %T %H:%M:%S   %D %m/%d/%y
 *   %z distance from UTC, +08:00 or Z   %s seconds since 1970   %% a percent sign
 *   written only: %u weekday 1 to 7   %V ISO week   %G its year   %q quarter   %Z zone's abbreviation   %-d without zeros
 *
 * Reading takes one or two digits where two are usual, names short or long in any case, and any number of blanks (none,
 * too) for one. What the format does not have is the first month, the first day, midnight. The weekday must be the
 * date's.
 */
#ifndef ASSAY_EXPR_TIME_FORMAT_H
#define ASSAY_EXPR_TIME_FORMAT_H

#include "core/text.h"
#include "expr/function.h"
#include "frame/zone.h"

/* Whether the format can be read (or only written), and whether what it reads is an instant (%z, %s). Errors:
 * STATUS_ARGUMENT "bad-format" with a caret in the format. */
Status time_format_check(Span format, bool reads, bool *instant, Error *e) MUST_USE;

/* False when the text does not fit, or is no time of the years 1 to 9999. The format has been checked. */
bool time_format_read(Span format, Span text, int64_t *time);

/* span: of the zone at that time, NULL for wall time (then %z and %Z are empty). */
void time_format_write(Span format, int64_t wall, const ZoneSpan *span, int64_t utc, Text *out);

/* +08:00, +0800, +08, Z at *at, which moves on. */
bool time_offset_read(const char **at, const char *end, int64_t *seconds);

#endif
