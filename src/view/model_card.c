/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/model_card.h"

#include <string.h>

#include "view/card.h"
#include "view/number.h"
#include "view/table.h"

/* A glance cell as people read it: numbers short, texts as they are. */
static void figure_text(const Column *column, Text *out)
{
  if (!column_valid(column, 0)) {
    text_puts(out, "NA");
  } else if (column_type(column) == TYPE_FLOAT64) {
    char number[NUMBER_SIZE];
    number_one(column_float(column, 0), 7, number);
    text_puts(out, number);
  } else {
    column_cell_text(column, 0, out);
  }
}

/* Figures that say something: not those of the headline's kind that are missing or empty. */
static bool worth_showing(const Column *column)
{
  size_t length = 1;
  if (!column_valid(column, 0)) {
    return false;
  }
  if (type_is_text(column_type(column))) {
    (void)column_text(column, 0, &length);
  }
  return length > 0;
}

/* Pairs of name and figure, as many to a line as fit; a pair is never broken. */
static void glance_lines(const Model *model, const ViewStyle *style, Card *card)
{
  const Frame *glance = model_frame(model, "glance");
  const size_t width = style_width(style);
  Text lines = {0}, pair = {0};
  size_t at = 0;
  for (size_t i = 0; glance && i < frame_columns(glance); i++) {
    const Column *column = frame_column(glance, i);
    if (!worth_showing(column)) {
      continue;
    }
    text_reset(&pair);
    text_printf(&pair, "%s ", frame_name(glance, i));
    figure_text(column, &pair);
    const bool fits = at == 0 || at + 3 + pair.size <= width;
    text_puts(&lines, at == 0 ? "" : fits ? "   " : "\n");
    text_puts(&lines, text_data(&pair));
    at = fits && at > 0 ? at + 3 + pair.size : pair.size;
  }
  card_text(card, text_data(&lines));
  text_free(&lines);
  text_free(&pair);
}

static void notes(const Model *model, Card *card)
{
  const Frame *frame = model_frame(model, "notes");
  size_t index;
  if (!frame || !frame_find(frame, "note", &index)) {
    return;
  }
  const Column *column = frame_column(frame, index);
  for (size_t row = 0; row < frame_rows(frame); row++) {
    size_t length;
    const char *text = column_valid(column, row) ? column_text(column, row, &length) : NULL;
    if (text) {
      card_note(card, "%.*s", (int)length, text);
    }
  }
}

/* The class's own lines, or all figures of glance. */
static void figures(const Model *model, const ModelClass *class, const ViewStyle *style, Card *card)
{
  if (!class || !class->figures) {
    glance_lines(model, style, card);
    return;
  }
  Text lines = {0};
  class->figures(model, &lines);
  card_text(card, text_data(&lines));
  text_free(&lines);
}

Status model_card(const Model *model, const ViewStyle *style, Text *out, Error *e)
{
  const ModelClass *class = model_primitive(model)->model;
  Text headline = {0};
  if (class && class->headline) {
    class->headline(model, &headline);
  }
  Card *card = card_new();
  card_title(card, "%s%s%s", model_name(model), headline.size ? ": " : "", text_data(&headline));
  figures(model, class, style, card);
  const Frame *tidy = model_frame(model, "tidy");
  if (tidy) {
    card_table(card, NULL, tidy, NULL);
  }
  notes(model, card);
  const Status status = card_render(card, style, out, e);
  card_free(card);
  text_free(&headline);
  return status;
}
