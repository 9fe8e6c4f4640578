/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h -- what the tests of pictures share: a reader of PNG, and charts to draw. */
#ifndef ASSAY_TESTS_PICTURE_H
#define ASSAY_TESTS_PICTURE_H

#include "chart/chart.h"

typedef struct Picture {
  size_t width, height;
  uint8_t *pixels;           /* red, green, blue; row by row from the top */
} Picture;

/* Decodes a PNG of 8 bits, without interlace: grey, colours, palette, with or without alpha. Fails the test
 * otherwise. */
void picture_read(const char *bytes, size_t n, Picture *out);
void picture_free(Picture *picture);

/* Mean lightness, 0 black to 1 white; share of the pixels that are not white; of those near to a colour. */
double picture_light(const Picture *picture);
double picture_ink(const Picture *picture);
double picture_share(const Picture *picture, uint32_t color);

/* The share of a part of the picture, in tenths from the upper left, that is not white. */
double picture_ink_of(const Picture *picture, int left, int top, int right, int bottom);

/* Frames of doubles: names "x y", columns of n values each, one after the other. NaN is a missing cell. */
Frame *chart_frame(const char *const *names, size_t columns, const double *values, size_t n);

/* A chart of one series that takes the frame's reference; axes from -Inf (NaN) on; finished. */
Chart *chart_of(const char *title, ChartMark mark, Frame *data, const ChartAxis *x, const ChartAxis *y);

/* n points around the middle of three clusters, with a group if `groups`. */
Chart *chart_of_points(const char *title, size_t n, bool groups);

Column *column_of_texts(const char *const *texts, size_t n);

#endif
