/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gnuplot.h -- draws charts with gnuplot, a process for each picture.
 *
 * The program is the gnuplot on PATH, run as `gnuplot -d -` (so that ~/.gnuplot plays no part), in a folder of its
 * own below TMPDIR that only the user may enter; it reads its numbers from there and writes the picture there, under
 * names of ours. The folder is gone when the call comes back, whatever happened. The script reports after each step
 * how it went; what gnuplot itself says never reaches the user, known warnings do in other words. A picture that is
 * not whole is an error.
 *
 * Errors: STATUS_STATE "no-gnuplot" and "gnuplot-terminal" (it was built without that format), "gnuplot-failed",
 * "gnuplot-died"; STATUS_LIMIT "gnuplot-timeout"; STATUS_FILE when the folder cannot be made; STATUS_CANCELLED at
 * most 0.1 s after a cancel; STATUS_MEMORY.
 */
#ifndef ASSAY_PLOT_GNUPLOT_H
#define ASSAY_PLOT_GNUPLOT_H

#include "plot/script.h"

#define GNUPLOT_DATA "data"       /* names in the folder: what ScriptRequest must say */
#define GNUPLOT_PICTURE "picture"

/* Runs a script that reports (ScriptRequest.report). picture: the bytes; warnings: lines, in our words. */
Status gnuplot_run(const Script *script, PictureFormat format, double timeout, Task *task, Text *picture,
                   Text *warnings, Error *e) MUST_USE;

typedef struct PictureRequest {
  PictureFormat format;
  int width, height;
  double scale, timeout;
  const char *font;
  DensityMode density;
} PictureRequest;

/* The whole way from a chart to a picture. Texts in a script for which the machine has no font are numbered, and
 * warnings says which they are and which package has a font. *density: points were shown as a density. */
Status picture_draw(const Chart *chart, const PictureRequest *request, Task *task, Text *picture, Text *warnings,
                    bool *density, Error *e) MUST_USE;

#endif
