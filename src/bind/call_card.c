/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The argument card: what the prompt shows under a call while it is typed. */
#include <stdio.h>

#include "bind/line_lookup.h"
#include "bind/session.h"
#include "registry/help.h"

/* The primitive of the call at the point, NULL for none; fills the scan. */
static const Primitive *call_at(Session *session, const char *line, size_t point, LineScan *scan)
{
  line_scan(scan, line, point);
  return scan->comment ? NULL : line_primitive(session->L, scan, line_scan_callee(scan));
}

void session_call_name(Session *session, const char *line, size_t point, char *out, size_t size)
{
  LineScan scan;
  const Primitive *primitive = call_at(session, line, point, &scan);
  out[0] = '\0';
  if (primitive) {
    snprintf(out, size, "%s.%s", primitive->family, primitive->name);
  }
}

void session_call_card(Session *session, const char *line, size_t point, Text *out)
{
  LineScan scan;
  const Primitive *primitive = call_at(session, line, point, &scan);
  const Level *level = scan.depth > 0 ? &scan.open[scan.depth - 1] : NULL;
  if (!primitive) {
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
