/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_draw.h -- the parts of a chart's drawing as text: how its series are told apart, and the three layouts.
 *
 *   plane   two axes of numbers or times (or categories): points, lines, upright bins        chart_draw_plane.c
 *   rows    a line for each bar, box or interval, its label and figures in front              chart_draw_rows.c
 *   plain   figures as lines of text, for screen readers                                      chart_draw_plain.c
 *
 * All of this folder only; chart_text.h is the entry.
 */
#ifndef ASSAY_VIEW_CHART_DRAW_H
#define ASSAY_VIEW_CHART_DRAW_H

#include "chart/chart.h"
#include "view/chart_axis.h"
#include "view/chart_canvas.h"
#include "view/chart_classes.h"
#include "view/chart_legend.h"
#include "view/style.h"

enum { DRAW_SERIES = 64, DRAW_NOT = 255 };

/* How points are shown: dots or levels of density; a ramp; a character for each class. */
typedef enum PointsKind { POINTS_NONE, POINTS_DENSITY, POINTS_SHADE, POINTS_CLASSES } PointsKind;

typedef struct Drawing {
  const Chart *chart;
  const ViewStyle *style;
  bool ascii;
  size_t width;                 /* columns to use */
  size_t lines;                 /* for title, picture and legend; 0: no limit */
  Task task;                    /* of the passes over the data */
  Legend legend;
  const char *legend_title;
  uint32_t glyphs[DRAW_SERIES]; /* of a series; 0: told apart by nothing, as it is alone */
  unsigned inks[DRAW_SERIES];
  PointsKind points;
  const ChartSeries *special;   /* the series with group or shade; NULL: none */
  Classes classes;              /* of its group */
  uint8_t *numbers;             /* the class of each of its rows, DRAW_NOT where it is not drawn */
  double shade[2];              /* from, to */
} Drawing;

/* ---- chart_draw.c */

/* Classes, inks and legend. Errors: STATUS_MEMORY; STATUS_ARGUMENT for a group of sets. */
Status drawing_init(Drawing *drawing, const Chart *chart, const ViewStyle *style, Error *e) MUST_USE;
void drawing_free(Drawing *drawing);

/* How many series have the mark; the glyph and ink of one of them. */
size_t drawing_count(const Drawing *drawing, ChartMark mark);
uint32_t drawing_glyph(const Drawing *drawing, size_t series);
unsigned drawing_ink(const Drawing *drawing, size_t series);

/* Whether the series are the bins of a histogram. */
bool drawing_is_bins(const ChartSeries *series);

/* The axis's name, "" for none. */
const char *drawing_label(const ChartAxis *axis);

/* The axis on this many cells, with about `wanted` ticks. Of categories those that have room are marked, their names
 * cut to `label` columns. */
void drawing_axis(const Drawing *drawing, const ChartAxis *from, size_t cells, size_t wanted, size_t label, Axis *axis);

/* A category's name, cut to `most` columns, ready to be shown; gives its width. */
size_t drawing_category(const Drawing *drawing, const ChartAxis *axis, double number, size_t most, Text *out);

/* The line of the horizontal axis with its ticks, their labels, and the axis's name, behind `margin` blanks. */
void drawing_below(const Drawing *drawing, const Axis *axis, const char *name, size_t margin, Text *out);

/* A name alone on a line, behind `margin` blanks; nothing when it is "". */
void drawing_name(const Drawing *drawing, const char *name, size_t margin, Text *out);

/* A paragraph in muted style, at most two lines. Gives the lines. */
size_t drawing_note(const Drawing *drawing, const char *text, Text *out);

/* The character of a level of density or shade, 0 .. INK_LEVELS - 1. */
uint32_t drawing_level(const Drawing *drawing, size_t level);

/* What the legend has for points that are dots. */
uint32_t drawing_dot(const Drawing *drawing);

/* Numbers of a series' row by role; NaN where missing, not finite or no such role. */
double drawing_number(const ChartSeries *series, const char *role, size_t row);

/* ---- the layouts; room: lines for all that they draw (0: no limit) */

Status draw_plane(Drawing *drawing, size_t room, Text *out, Error *e) MUST_USE;
Status draw_rows(Drawing *drawing, size_t room, Text *out, Error *e) MUST_USE;
Status draw_plain(Drawing *drawing, size_t room, Text *out, Error *e) MUST_USE;

/* Whether lines fit it better than a plane: marks on an axis of categories, or few bins. */
bool rows_suit(const Drawing *drawing, size_t room);

/* The points on a canvas of the plane, chart_draw_points.c; adds levels of density to the legend. */
Status draw_points(Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas, Error *e) MUST_USE;

/* The labels of few points beside them, where they find room. */
void draw_labels(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas);

/* Lines, and their marks when they are told apart; rules; intervals; chart_draw_lines.c. */
void draw_lines(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas);
void draw_rules(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas);
void draw_intervals(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas);

/* Upright bins of histograms, chart_draw_bins.c. */
Status draw_bins(Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas, Error *e) MUST_USE;

/* The axis of a bar's, box's or interval's values when lines are drawn, and the other one. */
const ChartAxis *drawing_values(const Drawing *drawing);
const ChartAxis *drawing_places(const Drawing *drawing);

#endif
