/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of charts mean. */
#include "registry/topic.h"

static const Topic chart_topics[] = {
    {"chart-limits", "limits of an axis that cannot be",
     "Limits are two finite numbers, the lower one first: xlim = {0, 100}. NA leaves an end open: {0, NA}. An axis of "
     "times "
     "takes texts such as \"2024-01-31\", an axis of numbers takes numbers, and a logarithmic one only numbers above "
     "0."},
    {"grouped-chart", "a chart of a grouped frame",
     "df:group marks groups for the next verb that works by them, and charts do not. Tell the groups apart in the chart "
     "itself: color = \"column\", or x = \"column\" for boxes; or sum up first: "
     "plot.bar(df:group(\"x\"):agg{\"y = mean(z)\"}, {x = \"x\", y = \"y\"})."},
    {"nothing-to-draw", "no row of the data can be drawn",
     "All rows are missing or not finite, or not above 0 where an axis is logarithmic, or lie beyond the limits that "
     "were "
     "given; the message counts them. df:describe() shows what the columns hold."},
    {"rows-per-bar", "several rows for one bar, and no word of what becomes of them",
     "A bar shows one number. When a category has several rows, y must say how they become one: y = \"sum(x)\", "
     "\"mean(x)\" "
     "or any other aggregate; count() counts the rows."},
    {"too-many-bins", "more bins than a histogram can have",
     "The width asked for would cut the numbers into more than 10,000 bins. Give a larger width, or a number of "
     "bins."},
    {"too-many-series", "more series than a chart can show",
     "Each value of color is a series of its own, and a chart has at most 64 of them; each value of x of a bar or box "
     "chart "
     "has a place of its own. df:relevel puts rare texts together, df:cut puts numbers into bins, top keeps the "
     "largest bars."},
    {"unknown-chart", "a chart that this model does not have",
     "m:plot() draws the first of a model's charts; the message lists all of them, and m:plot(\"name\") draws one."},
};
REGISTER_TOPICS(chart_topics);
