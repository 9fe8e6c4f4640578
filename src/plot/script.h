/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h -- a chart as a gnuplot script and the numbers it reads; the same bytes for the same chart and request.
 *
 * Nothing of the user's is ever a command: each text stands in double quotes with every byte but [A-Za-z0-9
 * ,.:;()=+-] as \ooo, file names are fixed or quoted so too, and data hold numbers only (categories and classes are
 * labels). Data stand in the script as lines of numbers, or in one file of little-endian doubles that the script
 * reads with `binary`.
 *
 * Points: up to PLOT_POINTS_MOST each is drawn, beyond that as a density image of PLOT_DENSITY_X by PLOT_DENSITY_Y
 * cells: without classes the colour is the number of points in a cell; with classes or a shade it is the mean colour
 * of the cell's points, the fainter the fewer. Lines of more rows are thinned to what a pixel column can show (first,
 * lowest, highest, last).
 */
#ifndef ASSAY_PLOT_SCRIPT_H
#define ASSAY_PLOT_SCRIPT_H

#include "chart/chart.h"
#include "plot/fonts.h"

enum { PLOT_POINTS_MOST = 50000, PLOT_DENSITY_X = 400, PLOT_DENSITY_Y = 300, PLOT_LABELS_MOST = 200 };

typedef enum PictureFormat { PICTURE_PNG, PICTURE_SVG, PICTURE_PDF, PICTURE_SIXEL, PICTURE_FORMATS } PictureFormat;
typedef enum DensityMode { DENSITY_AUTO, DENSITY_NEVER, DENSITY_ALWAYS } DensityMode;

typedef struct ScriptRequest {
  PictureFormat format;
  int width, height;         /* pixels; a PDF has 100 of them to the inch */
  double scale;              /* 2: twice the pixels, and all things twice as large */
  const char *font;          /* "" the terminal's Sans at 12 points; else "Name" or "Name,size" */
  DensityMode density;
  const char *output;        /* name of the picture in the script */
  const char *data_file;     /* name of the data file in the script; NULL: data are lines of the script */
  bool report;               /* after each step print "@@step errno message" on standard output */
  const CodeSet *lacking;    /* characters no font has: texts with one are replaced by [1], [2] ...; NULL: none */
} ScriptRequest;

typedef struct Script {
  Text text;
  Text data;                 /* for the data file; empty without one */
  Text replaced;             /* "[1] text\n" for each text that was replaced */
  CodeSet *used;             /* characters of all texts that a font may lack, NULL: none; freed by script_free */
  bool density;              /* points are shown as a density */
} Script;

/* Errors: STATUS_DATA "gnuplot-range" for extents that gnuplot has no numbers for, STATUS_MEMORY, STATUS_CANCELLED.
 * `out` is freed by script_free, also after an error. O(rows). */
Status script_make(const Chart *chart, const ScriptRequest *request, Task *task, Script *out, Error *e) MUST_USE;
void script_free(Script *script);

/* How many rows of points the chart has to draw. */
size_t script_points(const Chart *chart);

/* Whether script_make would show points as a density. */
bool script_is_density(const Chart *chart, DensityMode mode);

/* text[0..n) as a string of gnuplot's. Line ends become \n when `lines`, else blanks; other control characters, bytes
 * that are not UTF-8 and code points that no XML may have become "?". percent: each % is doubled, as the labels of
 * tics want it. */
void script_quote(Text *out, const char *text, size_t n, bool lines, bool percent);

#endif
