/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of casts mean. */
#include "registry/help.h"

static const Topic cast_topics[] = {
    {"cast-cell", "a cell that does not fit the type",
     "The message has the row and the cell. Say how texts are written (decimal, thousands, dates, format, missing), "
     "or let such "
     "cells become missing with invalid = \"missing\"; they are counted."},
    {"cast-order", "dates in an unknown order",
     "03/04/2024 is a day in April or in March, and no cell of the column tells. Say which: dates = \"dmy\" or "
     "\"mdy\"."},
    {"cast-pair", "there is no such cast", "Cast the column to string first, and that to the type wanted."},
    {"cast-type", "there is no type of this name", "Types are float64, int64, bool, timestamp, category and string."},
    {"time-format", "a format of times with an unknown place",
     "Places are those of strptime: %Y year, %m month, %d day, %H hour, %M minute, %S second, %f decimals of a "
     "second, %b month "
     "by name, %p AM or PM, %z offset, %s seconds since 1970, %j day of the year."},
};
REGISTER_TOPICS(cast_topics);
