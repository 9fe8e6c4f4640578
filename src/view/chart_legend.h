/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_legend.h -- what the marks of a chart stand for: "segment: o 1 (81)  x 2 (39)  + 3 (35)".
 *
 * Every entry has a mark, which the chart shows too, and an ink of the same number, which only repeats it.
 */
#ifndef ASSAY_VIEW_CHART_LEGEND_H
#define ASSAY_VIEW_CHART_LEGEND_H

#include "core/text.h"
#include "view/style.h"

enum { LEGEND_MOST = 100, LEGEND_NAME = 24 }; /* entries; columns of a name */

typedef struct LegendEntry {
  uint32_t mark;
  unsigned ink;
  bool counted;
  size_t count;
  size_t from, length; /* of the name, in names */
} LegendEntry;

typedef struct Legend {
  size_t n;
  Text names;
  LegendEntry entries[LEGEND_MOST];
} Legend;

/* The character of the index-th class or series: ox+*#@ ..., '?' behind the 34th. */
char legend_glyph(size_t index);

/* Adds an entry; past LEGEND_MOST nothing. */
void legend_add(Legend *legend, uint32_t mark, unsigned ink, const char *name, size_t length);
void legend_add_counted(Legend *legend, uint32_t mark, unsigned ink, const char *name, size_t length, size_t count);
void legend_free(Legend *legend);

/* Adds the legend wrapped at `width` columns, on at most `lines` lines (0: no limit; what does not fit is counted in
 * words). title: what the entries are, "" for nothing. With plain there are no marks, and only entries with sizes. Gives
 * the number of lines, 0 for no entries. */
size_t legend_put(const Legend *legend, const char *title, const ViewStyle *style, size_t width, size_t lines,
                  Text *out);

#endif
