/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of formats mean. */
#include "registry/help.h"

static const Topic format_topics[] = {
    {"format-taken", "a plugin brings a format that is there already",
     "The message names the plugin's format and what clashes. Remove one of the two plugins."},
    {"option-without-use", "an option that means nothing for this format",
     "Each format knows some of the options of read and write; ?read lists them. Leave it out, or say which format is meant "
     "with format = \"...\"."},
    {"unknown-format", "there is no format of this name", "The message lists the formats there are."},
};
REGISTER_TOPICS(format_topics);
