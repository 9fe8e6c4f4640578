/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of writing text files mean. */
#include "registry/help.h"

static const Topic text_write_topics[] = {
    {"markdown-no-columns", "a frame without columns cannot be written as Markdown",
     "A table begins with the names of its columns."},
    {"not-packed", "files are not written packed",
     "A file called .gz or .zst is unpacked when it is read, but writing makes plain text. Write it under "
     "its name without "
     "that ending, and pack it with gzip or zstd."},
};
REGISTER_TOPICS(text_write_topics);
