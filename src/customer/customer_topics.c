/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of the customer family mean. */
#include "registry/help.h"

static const Topic customer_topics[] = {
    {"bad-date", "a text is no date", "Write a day as year, month and day: \"2026-01-31\"."},
    {"cohort-periods", "too many periods for a triangle of cohorts",
     "A triangle has a row and a column per period. Take a longer one: period = \"month\"."},
    {"rfm-map", "a map of segments that cannot be used",
     "It is a frame with a column segment of texts and, as far as wanted, whole numbers r_low r_high f_low f_high "
     "m_low m_high "
     "from 1 to the number of bins. The first row that a customer's scores fit names the segment; who fits none is "
     "in 'other'."},
};
REGISTER_TOPICS(customer_topics);
