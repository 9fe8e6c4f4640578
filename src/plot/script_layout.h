/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script_layout.h -- the inside of a script being made; only files of this folder include it.
 *
 * script.c makes the frame of a script, script_axes.c the axes, script_data.c blocks of numbers, script_marks.c the
 * marks, script_classes.c the classes of points, script_density.c density images.
 */
#ifndef ASSAY_PLOT_SCRIPT_LAYOUT_H
#define ASSAY_PLOT_SCRIPT_LAYOUT_H

#include <math.h>

#include "plot/script.h"

enum { CLASS_NAMES_MOST = 64 };

typedef struct Writer {
  const Chart *chart;
  const ScriptRequest *request;
  ChartAxis x, y;            /* the chart's, with a little room around the data */
  Task *task;
  Script *script;
  Text blocks;               /* data blocks in the script */
  Text setup;                /* commands between axes and plot: labels of points */
  Text plot;                 /* the elements of the plot command */
  size_t n_blocks, n_elements, n_labels;
  size_t n_keys;             /* entries of the legend */
  size_t n_colors;           /* colours given out to series and classes */
  const char *class_names[CLASS_NAMES_MOST]; /* names of classes that have a colour; the task's arena */
  size_t class_colors[CLASS_NAMES_MOST];
  size_t n_class_names;
  double *stacks;            /* heights of stacked bars so far: up and down of each place; the task's arena */
  size_t n_stacks;
  bool ramp_named;           /* the legend's title stands beside a ramp of shades */
  bool turned;               /* bars lie, with their names on the left: x is drawn upright and y along */
  bool own_log;              /* log axes are drawn as linear ones of log10: with a density image */
} Writer;

/* ---- texts: script.c */

/* The text quoted, cut to `most` characters, or what stands for it when a font lacks one of its characters. */
void put_text(Writer *writer, Text *out, const char *text, size_t n, size_t most, bool lines, bool percent);

/* A number so that gnuplot reads it back: NaN for what is not finite. */
void put_number(Text *out, double value);

/* ---- axes: script_axes.c */

void put_axis(Writer *writer, char name, const ChartAxis *axis);

/* STATUS_DATA "gnuplot-range" for extents that gnuplot has no numbers for. */
Status axes_check(const Writer *writer, Error *e) MUST_USE;

/* Fills writer->x and y. */
void axes_pad(Writer *writer);

/* Whether bars lie: their names are too long to stand below them. */
bool bars_lie(const Writer *writer);

/* The side of the picture that an axis of the chart is on. */
char axis_side(const Writer *writer, char name);

/* Where a value is drawn: itself, or its logarithm; NaN for what cannot be drawn. Times in seconds. */
double axis_place(const Writer *writer, const ChartAxis *axis, double value);

/* ---- data: script_data.c */

typedef struct Block {
  size_t number, columns, rows, start;
  Text source;               /* what stands behind "plot" once it has ended */
} Block;

Block block_begin(Writer *writer, size_t columns);
void block_row(Writer *writer, Block *block, const double *values);
void block_end(Writer *writer, Block *block);
void block_free(Block *block);

/* A grid over the chart's extents, row by row from the lower left: counts, or colours with 8 bits each of alpha, red,
 * green and blue. Adds the source with its place on the axes and its values, for `with image` or `with rgbalpha`. */
typedef enum GridKind { GRID_COUNTS, GRID_COLORS } GridKind;
void grid_put(Writer *writer, const uint32_t *cells, size_t columns, size_t rows, GridKind kind, Text *out);

/* Ends an element of the plot command: source, using and style, title (NULL or "": none). Does nothing without rows. */
void put_element(Writer *writer, const Block *block, const char *columns, const char *title, size_t n,
                 const char *style);

/* ---- marks: script_marks.c, script_classes.c, script_density.c */

Status put_series(Writer *writer, const ChartSeries *series, size_t index, Error *e) MUST_USE;
Status put_points(Writer *writer, const ChartSeries *series, Error *e) MUST_USE;
Status put_density(Writer *writer, Error *e) MUST_USE;

/* Whether the density stands for the series; a few points beside very many are drawn on top of it. */
bool in_density(const Writer *writer, const ChartSeries *series);

/* Colours and point types in their order; any number will do. */
const char *color_of(size_t index);
uint32_t color_value(size_t index);
int glyph_of(size_t index);

/* The colour of a shade in 0..1. */
uint32_t shade_value(double at);

/* Classes of a series' points: numbers in the order of the legend. NULL column: one class. */
enum { CLASSES_MOST = 35 };
typedef struct PointClasses {
  const Column *column;
  size_t n;
  size_t first[CLASSES_MOST];          /* a row of each */
  bool grey[CLASSES_MOST];             /* noise of a clustering */
  size_t color[CLASSES_MOST];          /* numbers for color_of and glyph_of */
  bool again[CLASSES_MOST];            /* an earlier series has a class of this name: colour and legend are shared */
  bool shared;                         /* the last class is all others */
  uint8_t *of;                         /* of each row, 255: none; the task's arena */
} PointClasses;

/* Numbers the rows, and gives the classes colours. */
Status classes_find(Writer *writer, const ChartSeries *series, PointClasses *classes, Error *e) MUST_USE;

/* The legend's text of a class. */
void class_label(const PointClasses *classes, size_t number, Text *out);

/* Lowest and highest finite shade. */
void shade_range(const Column *shade, double *low, double *high);

#endif
