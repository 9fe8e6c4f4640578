/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dashboard as plain lines: every page's own report, else its panels'. */
#include <string.h>

#include "tui/tui_inside.h"

static void report_panels(Tui *tui, PageRun *run, const ViewStyle *style, Text *out)
{
  for (size_t i = 0; i < run->page->n_slots; i++) {
    const PanelSlot *slot = &run->page->slots[i];
    if (slot->class->report) {
      style_put(style, VIEW_HEADER, _(slot->title), out);
      text_char(out, '\n');
      slot->class->report(tui, (char *)run->state + slot->at, style, out);
    }
  }
}

static void report_page(Tui *tui, size_t at, const ViewStyle *style, Text *out)
{
  PageRun *run = &tui->pages[at];
  text_puts(out, out->size ? "\n" : "");
  style_put(style, VIEW_TITLE, _(run->page->title), out);
  text_char(out, '\n');
  if (!run->state) {
    text_printf(out, "%s\n", run->error.what);
  } else if (run->page->report) {
    run->page->report(tui, run->state, style, out);
  } else {
    report_panels(tui, run, style, out);
  }
}

/* Pages are opened one after the other, so that what they ask for is answered before they report. */
Status tui_report(Tui *tui, const ViewStyle *style, Text *out, Error *e)
{
  tui->leave = false;
  tui_refresh_objects(tui);
  for (size_t i = 0; i < tui->n_pages; i++) {
    tui_begin_page(tui, i, tui->subject);
    tui_pump(tui);
    report_page(tui, i, style, out);
  }
  tui_begin_page(tui, 0, tui->subject);
  return text_status(out, e);
}
