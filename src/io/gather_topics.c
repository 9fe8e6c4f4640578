/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of gathered cells mean. */
#include "registry/help.h"

static const Topic gather_topics[] = {
    {"type-does-not-fit", "a cell does not fit the type that was asked for",
     "The message has column, row and cell. Read the column as text with types = {name = \"string\"}, or leave the "
     "type to the reader."},
};
REGISTER_TOPICS(gather_topics);
