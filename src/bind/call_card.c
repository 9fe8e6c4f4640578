/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The argument card: what the prompt shows under a call while it is typed. */
#include "bind/line_scan.h"
#include "bind/session.h"
#include "registry/help.h"

void session_call_card(Session *session, const char *line, size_t point, Text *out)
{
  (void)session;
  LineScan scan;
  line_scan(&scan, line, point);
  const Level *level = scan.depth > 0 ? &scan.open[scan.depth - 1] : NULL;
  const Primitive *primitive = line_scan_primitive(&scan, line_scan_callee(&scan));
  if (!primitive || scan.comment) {
    return;
  }
  const bool keyed = (level && level->key.to > level->key.from) || scan.quote;
  const Option *option = keyed ? line_scan_option(&scan, primitive) : NULL;
  if (option) {
    text_printf(out, "%s: ", option->name);
    help_option(option, out);
  } else {
    help_signature(primitive, out);
  }
}
