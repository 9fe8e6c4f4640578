/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_time.h -- dates and times as written, in microseconds since 1970-01-01.
 *
 * The calendar is the Gregorian one for all years 1 to 9999. All functions are O(length), allocate nothing, want no
 * blanks around the text, and give false when the text is something else. Values are exact: a fraction of a second with
 * more than six decimals is refused unless the further ones are 0.
 */
#ifndef ASSAY_FRAME_PARSE_TIME_H
#define ASSAY_FRAME_PARSE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/api.h"

/* Strict: 2026-01-31, or with a 'T' or a blank and HH:MM, HH:MM:SS or HH:MM:SS.ffffff, then perhaps a Z (utc). */
ASSAY_API bool parse_time(const char *text, size_t length, int64_t *value, bool *utc);

#endif
