/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of writing text files mean. */
#include "registry/help.h"

static const Topic text_write_topics[] = {
    {"markdown-no-columns", "a frame without columns cannot be written as Markdown",
     "A table begins with the names of its columns."},
};
REGISTER_TOPICS(text_write_topics);
