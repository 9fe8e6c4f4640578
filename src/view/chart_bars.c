/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "view/chart.h"
#include "view/number.h"
#include "view/width.h"

enum {
  WIDTH_MOST = 100,
  WIDTH_USUAL = 80,  /* where there is no limit */
  LINES_AROUND = 4,  /* title, count of missing values, "more", prompt */
  BARS_LEAST = 3,
  GAP = 2,           /* between label and value */
  EIGHTHS = 8,
  HALVES = 2
};

typedef struct Bars {
  const ChartBars *chart;
  const ViewStyle *style;
  NumberFormat format;
  bool ascii;
  size_t shown, missing;
  size_t label_width, value_width;
  double most, least;      /* largest and smallest finite value, zero among them */
  size_t right, left;      /* cells on each side of zero */
  double scale;            /* cells per unit */
} Bars;

static void value_text(const Bars *bars, size_t i, char out[NUMBER_SIZE])
{
  if (isnan(bars->chart->values[i])) {
    strcpy(out, "NA");
  } else {
    number_text(&bars->format, bars->chart->values[i], out);
  }
}

static void choose_shown(Bars *bars)
{
  const int height = bars->style->height;
  const size_t room = height > LINES_AROUND + BARS_LEAST ? (size_t)(height - LINES_AROUND) : BARS_LEAST;
  const bool whole = height <= 0 || bars->chart->n <= room + 1; /* "1 more" would take the line of that bar */
  bars->shown = whole ? bars->chart->n : room;
}

static void measure(Bars *bars, size_t width)
{
  number_begin(&bars->format, style_digits(bars->style));
  for (size_t i = 0; i < bars->chart->n; i++) {
    const double value = bars->chart->values[i];
    bars->missing += isnan(value) ? 1 : 0;
    if (i < bars->shown && isfinite(value)) {
      number_see(&bars->format, value);
      bars->most = fmax(bars->most, value);
      bars->least = fmin(bars->least, value);
    }
  }
  number_settle(&bars->format);
  for (size_t i = 0; i < bars->shown; i++) {
    char text[NUMBER_SIZE];
    value_text(bars, i, text);
    const char *label = bars->chart->labels[i];
    const size_t label_width = width_up_to(label, strlen(label), width / 3, bars->ascii);
    const size_t value_width = strlen(text);
    bars->label_width = label_width > bars->label_width ? label_width : bars->label_width;
    bars->value_width = value_width > bars->value_width ? value_width : bars->value_width;
  }
  const size_t beside = width > GAP + bars->value_width ? width - GAP - bars->value_width : 1;
  const size_t most = width / 3 < beside ? width / 3 : beside;
  bars->label_width = bars->label_width < most ? bars->label_width : most;
}

/* Shares the cells between the two sides of zero in proportion to what they must hold. Quarters keep the
 * sums finite. */
static void choose_scale(Bars *bars, size_t width)
{
  const size_t used = bars->label_width + GAP + bars->value_width + 1;
  const double up = bars->most / 4, down = -bars->least / 4;
  const size_t sides = (up > 0) + (down > 0), zero_line = down > 0;
  if (sides == 0 || width < used + zero_line + sides) {
    return;
  }
  const size_t cells = width - used - zero_line;
  if (sides == 2) {
    const size_t left = (size_t)lround((double)cells * (down / (up + down)));
    bars->left = left < 1 ? 1 : left > cells - 1 ? cells - 1 : left;
  } else {
    bars->left = down > 0 ? cells : 0;
  }
  bars->right = cells - bars->left;
  const double right = (double)bars->right / up, left = (double)bars->left / down;
  bars->scale = (sides == 2 ? fmin(right, left) : up > 0 ? right : left) / 4;
}

/* Pieces of 1/per cell for a value: at least one where it is not zero, at most all. */
static size_t pieces(const Bars *bars, double value, size_t cells, size_t per)
{
  const double exact = round(fabs(value) * bars->scale * (double)per);
  const double most = (double)(cells * per);
  return value == 0 || cells == 0 ? 0 : exact < 1 ? 1 : exact > most ? (size_t)most : (size_t)exact;
}

static void put_right(const Bars *bars, double value, Text *out)
{
  static const char *const eighths[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (bars->ascii) {
    text_repeat(out, "#", pieces(bars, value, bars->right, 1));
  } else {
    const size_t n = pieces(bars, value, bars->right, EIGHTHS);
    text_repeat(out, "█", n / EIGHTHS);
    text_puts(out, eighths[n % EIGHTHS]);
  }
}

/* A bar that ends at zero; there is no character for eighths from the right, only for the half. */
static void put_left(const Bars *bars, double value, Text *out)
{
  const size_t per = bars->ascii ? 1 : HALVES, n = pieces(bars, value, bars->left, per);
  text_repeat(out, " ", bars->left - (n + per - 1) / per);
  text_puts(out, n % per ? "▐" : "");
  text_repeat(out, bars->ascii ? "#" : "█", n / per);
}

static void put_bar(const Bars *bars, double value, Text *out)
{
  const bool is_drawn = isfinite(value) && (value != 0 || bars->left > 0);
  if (bars->style->plain || !is_drawn || bars->left + bars->right == 0) {
    return;
  }
  text_char(out, ' ');
  if (bars->left > 0) {
    put_left(bars, value < 0 ? value : 0, out);
    style_put(bars->style, VIEW_MUTED, style_glyph(bars->style, GLYPH_VERTICAL), out);
  }
  put_right(bars, value > 0 ? value : 0, out);
}

static void put_line(const Bars *bars, size_t i, Text *out)
{
  const char *label = bars->chart->labels[i];
  char value[NUMBER_SIZE];
  value_text(bars, i, value);
  width_left(out, label, strlen(label), bars->label_width, bars->ascii);
  text_repeat(out, " ", GAP + bars->value_width - strlen(value));
  style_put(bars->style, isnan(bars->chart->values[i]) ? VIEW_MUTED : VIEW_PLAIN, value, out);
  put_bar(bars, bars->chart->values[i], out);
  text_char(out, '\n');
}

static void put_counts(const Bars *bars, Text *out)
{
  char line[96];
  if (bars->shown < bars->chart->n) {
    snprintf(line, sizeof line, _("%1$s %2$zu more"), style_glyph(bars->style, GLYPH_ELLIPSIS),
             bars->chart->n - bars->shown);
    style_paragraph(bars->style, VIEW_MUTED, line, 0, 0, 0, out);
  }
  if (bars->missing > 0) {
    snprintf(line, sizeof line, _("%zu missing"), bars->missing);
    style_paragraph(bars->style, VIEW_MUTED, line, 0, 0, 0, out);
  }
  if (bars->chart->n == 0) {
    style_paragraph(bars->style, VIEW_MUTED, _("nothing to show"), 0, 0, 0, out);
  }
}

void chart_bars(const ChartBars *chart, const ViewStyle *style, Text *out)
{
  const size_t given = style->width > 0 ? (size_t)style->width : WIDTH_USUAL;
  const size_t width = given < WIDTH_MOST ? given : WIDTH_MOST;
  Bars bars = {.chart = chart, .style = style, .ascii = style_ascii(style)};
  choose_shown(&bars);
  measure(&bars, width);
  choose_scale(&bars, width);
  if (chart->title) {
    style_paragraph(style, VIEW_TITLE, chart->title, 2, 0, 0, out);
  }
  for (size_t i = 0; i < bars.shown; i++) {
    put_line(&bars, i, out);
  }
  put_counts(&bars, out);
}
