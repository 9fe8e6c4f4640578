/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Title, picture, legend, counts and notes of a chart, one below the other. */
#include "view/chart_text.h"

#include <string.h>

#include "view/chart_draw.h"

enum { TITLE_LINES = 2, LEGEND_SHARE = 4, LEGEND_LINES = 3, DENSITY_COLUMNS = 66 };

static size_t lines_of(const Text *text)
{
  size_t n = 0;
  for (size_t i = 0; i < text->size; i++) {
    n += text->data[i] == '\n';
  }
  return n;
}

static void put_title(const Drawing *drawing, Text *out)
{
  ViewStyle style = *drawing->style;
  style.width = (int)drawing->width;
  if (chart_title(drawing->chart)[0] != '\0') {
    style_paragraph(&style, VIEW_TITLE, chart_title(drawing->chart), 2, 0, TITLE_LINES, out);
  }
}

/* The counts, and what the maker of the chart has to say. */
static void put_notes(const Drawing *drawing, Text *out)
{
  Text counts = {0};
  chart_counts(drawing->chart, &counts);
  if (counts.size > 0) {
    (void)drawing_note(drawing, text_data(&counts), out);
  }
  for (size_t i = 0; i < chart_notes(drawing->chart); i++) {
    (void)drawing_note(drawing, chart_note(drawing->chart, i), out);
  }
  out->failed = out->failed || counts.failed;
  text_free(&counts);
}

/* Most lines of the legend. */
static size_t legend_lines(const Drawing *drawing)
{
  const size_t share = drawing->lines / LEGEND_SHARE;
  return drawing->lines == 0 ? 0 : share > LEGEND_LINES ? share : LEGEND_LINES;
}

static void put_legend(const Drawing *drawing, Text *out)
{
  const size_t lines = legend_lines(drawing);
  (void)legend_put(&drawing->legend, drawing->legend_title, drawing->style, drawing->width, lines, out);
}

/* Levels of density are not known before they are drawn. */
static size_t lines_below(const Drawing *drawing, const Text *notes)
{
  Text legend = {0};
  put_legend(drawing, &legend);
  size_t lines = lines_of(&legend) + lines_of(notes);
  if (drawing->points == POINTS_DENSITY) {
    lines += 1 + DENSITY_COLUMNS / drawing->width;
  }
  text_free(&legend);
  return lines;
}

static Status draw(Drawing *drawing, Text *out, Error *e)
{
  Text title = {0}, notes = {0};
  put_title(drawing, &title);
  put_notes(drawing, &notes);
  const size_t around = lines_of(&title) + lines_below(drawing, &notes);
  const size_t room = drawing->lines == 0 ? 0 : drawing->lines > around + 1 ? drawing->lines - around : 1;
  text_add(out, text_data(&title), title.size);
  const Status status = drawing->style->plain     ? draw_plain(drawing, room, out, e)
                        : rows_suit(drawing, room) ? draw_rows(drawing, room, out, e)
                                                   : draw_plane(drawing, room, out, e);
  put_legend(drawing, out);
  text_add(out, text_data(&notes), notes.size);
  out->failed = out->failed || title.failed || notes.failed;
  text_free(&title);
  text_free(&notes);
  return status;
}

/* No blanks at the ends of lines: names may be empty, and figures missing. */
static void trim_lines(Text *text, size_t from)
{
  size_t to = from;
  for (size_t i = from; i < text->size; i++) {
    while (text->data[i] == '\n' && to > from && text->data[to - 1] == ' ') {
      to--;
    }
    text->data[to++] = text->data[i];
  }
  if (to < text->size) {
    text->size = to;
    text->data[to] = '\0';
  }
}

Status chart_text(const Chart *chart, const ViewStyle *style, Text *out, Error *e)
{
  Drawing drawing;
  Status status = drawing_init(&drawing, chart, style, e);
  if (status == STATUS_OK) {
    const size_t from = out->size;
    status = draw(&drawing, out, e);
    trim_lines(out, from);
  }
  drawing_free(&drawing);
  return status == STATUS_OK ? text_status(out, e) : status;
}
