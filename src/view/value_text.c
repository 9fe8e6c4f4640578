/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/value_text.h"

#include <inttypes.h>

#include "registry/model.h"
#include "view/chart_text.h"
#include "view/model_card.h"
#include "view/number.h"
#include "view/table.h"
#include "view/width.h"

/* A column as a table of its own. */
static Status column_table(const Column *column, const ViewStyle *style, Text *out, Error *e)
{
  static const char *const name[] = {"value"};
  Frame *frame = NULL;
  Status status = frame_new(name, &column, 1, &frame, e);
  if (status == STATUS_OK) {
    status = table_render(frame, NULL, style, out, e);
  }
  frame_unref(frame);
  return status;
}

static void plain(const Value *value, const ViewStyle *style, Text *out)
{
  char number[NUMBER_SIZE];
  if (value->kind == VALUE_TEXT) {
    const WidthWrap wrap = {.width = style_width(style), .ascii = style_ascii(style)};
    width_wrap(out, value->text.bytes, value->text.length, &wrap);
    return;
  }
  if (value->kind == VALUE_NUMBER) {
    number_one(value->number, style_digits(style), number);
    text_puts(out, number);
  } else {
    value_show(value, out);
  }
  text_char(out, '\n');
}

Status value_text_render(const Value *value, const ViewStyle *style, Text *out, Error *e)
{
  switch (value->kind) {
    case VALUE_FRAME:
      return table_render(value->frame, NULL, style, out, e);
    case VALUE_COLUMN:
      return column_table(value->column, style, out, e);
    case VALUE_MODEL:
      return model_card(value->model, style, out, e);
    case VALUE_CHART:
      return chart_text(value->chart, style, out, e);
    default:
      plain(value, style, out);
      return text_status(out, e);
  }
}
