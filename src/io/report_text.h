/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_text.h -- names and texts within the calls that reports and hints of reading propose, so that they can be
 * typed at the prompt as they stand, whatever the name is. Out of memory marks `out` as failed.
 */
#ifndef ASSAY_IO_REPORT_TEXT_H
#define ASSAY_IO_REPORT_TEXT_H

#include "core/text.h"

/* A text as a Lua string in double quotes. */
ASSAY_API void report_string(Text *out, const char *text);

/* A name as the key of a table: sepal_length, or ["Sepal length"] when it is no name of Lua's. */
ASSAY_API void report_key(Text *out, const char *name);

/* types = {sepal_length = "string"} */
ASSAY_API void report_types(Text *out, const char *name, const char *type);

#endif
