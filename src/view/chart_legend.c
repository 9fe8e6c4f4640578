/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/chart_legend.h"

#include <string.h>

#include "view/chart_canvas.h"
#include "view/width.h"

enum { MORE_WIDTH = 13 }; /* of "  ... 99 more" */

char legend_glyph(size_t index)
{
  static const char glyphs[] = "ox+*#@%&=~ABCDEFGHIJKLMNPQRSTUVWYZ";
  return index < sizeof glyphs - 1 ? glyphs[index] : '?';
}

static LegendEntry *add_entry(Legend *legend, uint32_t mark, unsigned ink, const char *name, size_t length)
{
  if (legend->n == LEGEND_MOST) {
    return NULL;
  }
  LegendEntry *entry = &legend->entries[legend->n++];
  *entry = (LegendEntry){.mark = mark, .ink = ink, .from = legend->names.size, .length = length};
  text_add(&legend->names, name, length);
  return entry;
}

void legend_add(Legend *legend, uint32_t mark, unsigned ink, const char *name, size_t length)
{
  (void)add_entry(legend, mark, ink, name, length);
}

void legend_add_counted(Legend *legend, uint32_t mark, unsigned ink, const char *name, size_t length, size_t count)
{
  LegendEntry *entry = add_entry(legend, mark, ink, name, length);
  if (entry) {
    entry->counted = true;
    entry->count = count;
  }
}

void legend_free(Legend *legend)
{
  text_free(&legend->names);
}

/* " 1 (81)": an entry without its mark; gives the columns it takes with the mark. */
static size_t entry_text(const Legend *legend, const LegendEntry *entry, size_t most, bool ascii, Text *out)
{
  text_reset(out);
  text_char(out, ' ');
  size_t width = 2 + width_cut(out, text_data(&legend->names) + entry->from, entry->length, most, ascii);
  if (entry->counted) {
    const size_t before = out->size;
    text_printf(out, " (%zu)", entry->count);
    width += out->size - before;
  }
  return width;
}

static void put_entry(const LegendEntry *entry, const Text *text, const ViewStyle *style, Text *out)
{
  if (style->plain) {
    text_add(out, text_data(text) + 1, text->size - 1);
    return;
  }
  style_ink_on(style, entry->ink, out);
  canvas_code(entry->mark, out);
  style_ink_off(style, entry->ink, out);
  text_add(out, text_data(text), text->size);
}

/* Where nothing is drawn only sizes are worth a word. */
static bool is_shown(const LegendEntry *entry, const ViewStyle *style)
{
  return entry->counted || !style->plain;
}

static bool shows_any(const Legend *legend, const ViewStyle *style)
{
  for (size_t i = 0; i < legend->n; i++) {
    if (is_shown(&legend->entries[i], style)) {
      return true;
    }
  }
  return false;
}

static size_t put_title(const char *title, const ViewStyle *style, size_t most, Text *out)
{
  if (title[0] == '\0') {
    return 0;
  }
  style_on(style, VIEW_HEADER, out);
  const size_t width = width_cut(out, title, strlen(title), most, style_ascii(style));
  style_off(style, VIEW_HEADER, out);
  text_char(out, ':');
  return width + 1;
}

size_t legend_put(const Legend *legend, const char *title, const ViewStyle *style, size_t width, size_t lines,
                  Text *out)
{
  const bool ascii = style_ascii(style);
  const size_t most = width < 2 * LEGEND_NAME + 8 ? width / 3 : LEGEND_NAME;
  Text item = {0};
  if (!shows_any(legend, style) || legend->names.failed) {
    out->failed = out->failed || legend->names.failed;
    return 0;
  }
  size_t at = put_title(title, style, width < 2 * MORE_WIDTH ? width / 3 : width / 2, out);
  size_t made = 1, gap = at > 0 ? 1 : 0;
  for (size_t i = 0; i < legend->n; i++) {
    if (!is_shown(&legend->entries[i], style)) {
      continue;
    }
    const size_t wide = entry_text(legend, &legend->entries[i], most, ascii, &item);
    const bool wraps = at > 0 && at + gap + wide > width, is_last = i + 1 == legend->n;
    const bool full = wraps && made == lines;
    if (wraps && !full) {
      text_char(out, '\n');
      made++;
      at = gap = 0;
    }
    if (full || (made == lines && !is_last && at + gap + wide + MORE_WIDTH > width)) {
      text_puts(out, at > 0 ? "  " : "");
      text_printf(out, _("%1$s %2$zu more"), style_glyph(style, GLYPH_ELLIPSIS), legend->n - i);
      break;
    }
    text_repeat(out, " ", gap);
    put_entry(&legend->entries[i], &item, style, out);
    at += gap + wide;
    gap = 2;
  }
  text_char(out, '\n');
  out->failed = out->failed || item.failed;
  text_free(&item);
  return made;
}
