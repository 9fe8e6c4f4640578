/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times from texts and as texts. A text that is no time is an error that shows it; the functions that begin with try_ give
 * a missing cell instead. */
#include "expr/text_functions.h"
#include "expr/time_format.h"
#include "expr/time_functions.h"
#include "frame/parse_time.h"

static bool forgives(const FunctionCall *call)
{
  return strncmp(call->function->name, "try_", 4) == 0;
}

/* ---- By a format */

static Status format_argument(FunctionCall *call, bool reads, bool *instant, Arena *arena, Error *e)
{
  const Cells *format = constant_cell(call, 1);
  *instant = false;
  if (!format) {
    return error_set(e, STATUS_ARGUMENT, "not-constant", _("the format must be the same in all rows"));
  }
  if (format->missing[0]) {
    return STATUS_OK;
  }
  const Span text = CELL_TEXT(format, 0);
  const Status status = time_format_check(text, reads, instant, e);
  if (status != STATUS_OK) {
    return status;
  }
  Span *kept = arena_alloc(arena, 1, sizeof *kept);
  char *copy = arena_text(arena, text.bytes, text.length);
  if (!kept || !copy) {
    return error_memory(e, text.length, "format");
  }
  *kept = (Span){copy, text.length};
  call->state = kept;
  return STATUS_OK;
}

static Status prepare_parse(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  bool instant;
  const Status status = format_argument(call, true, &instant, arena, e);
  *zone = instant ? "UTC" : "";
  return status;
}

static Status apply_parse(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  const Span *format = call->state;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    int64_t time = 0;
    if (!time_format_read(*format, text, &time)) {
      if (!forgives(call)) {
        error_set(e, STATUS_DATA, "bad-time", _("'%1$.*2$s' is no time written as %3$.*4$s"), text.bytes,
                  (int)utf8_whole(text.bytes, text.length < SHOWN_MOST ? text.length : SHOWN_MOST), format->bytes,
                  (int)format->length);
        error_hint(e, _("try_parse_date gives NA for such texts"));
        return STATUS_DATA;
      }
      put_missing(out, i);
    }
    put_int(out, i, time);
  }
  return STATUS_OK;
}

static Status prepare_format(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)zone;
  bool instant;
  return format_argument(call, false, &instant, arena, e);
}

static Status apply_format(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  Local local;
  Text buffer = {0};
  Status status;
  TRY(local_open(&in[0], &local, e));
  FOR_CELLS(i, rows, out) {
    const int64_t time = CELL_INT(&in[0], i);
    int64_t wall;
    TRY(local_wall(&local, time, &wall, e));
    time_format_write(*(const Span *)call->state, wall, local.zone ? &local.span : NULL, time, &buffer);
    TRY(text_keep(&buffer, out, i, arena, e));
  }
done:
  text_free(&buffer);
  return status;
}

/* ---- ISO 8601 */

static Status prepare_iso(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)arena;
  const Zone *found = NULL;
  const Status status = call->n > 1 ? time_zone_argument(call, 1, &found, e) : STATUS_OK;
  call->state = (void *)found;
  *zone = found ? zone_name(found) : "";
  return status;
}

/* A time and perhaps its distance from UTC; *instant: it has one. */
static bool read_iso(Span text, int64_t *time, bool *instant)
{
  text = text_trim(text, true, true);
  int64_t offset = 0;
  size_t cut = text.length;
  for (size_t i = 11; i < text.length && cut == text.length; i++) { /* behind the date and its T */
    cut = text.bytes[i] == '+' || text.bytes[i] == '-' ? i : cut;
  }
  const char *at = text.bytes + cut, *end = text.bytes + text.length;
  if (cut < text.length && (!time_offset_read(&at, end, &offset) || at != end)) {
    return false;
  }
  if (!parse_time(text.bytes, cut, time, instant)) {
    return false;
  }
  if (cut < text.length && *instant) {
    return false; /* Z and a distance */
  }
  *instant = *instant || cut < text.length;
  *time -= offset * CALENDAR_SECOND;
  return *time >= CALENDAR_FIRST && *time <= CALENDAR_LAST;
}

static Status refuse_instant(Span text, Error *e)
{
  error_set(e, STATUS_DATA, "bad-time", _("'%.*s' says how far it is from UTC, so it is no wall time"), SHOWN(text));
  error_hint(e, _("name the zone to show it in: to_timestamp(text, \"UTC\")"));
  return STATUS_DATA;
}

static Status apply_iso(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  Local local = {.zone = call->state};
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    int64_t time = 0;
    bool instant = false;
    const bool good = read_iso(text, &time, &instant);
    if ((!good || (instant && !local.zone)) && !forgives(call)) {
      if (good) {
        return refuse_instant(text, e);
      }
      error_set(e, STATUS_DATA, "bad-time", _("'%.*s' is no time of ISO 8601"), SHOWN(text));
      error_hint(e, _("they look like 2024-01-31 or 2024-01-31 13:05:00; parse_date reads others, try_to_timestamp "
                      "gives NA"));
      return STATUS_DATA;
    }
    if (!good || (instant && !local.zone)) {
      put_missing(out, i);
    }
    put_int(out, i, good && !instant ? local_time(&local, time) : time);
  }
  return STATUS_OK;
}

static const Function format_functions[] = {
    {.name = "parse_date", .types = "ss:t", .arguments = "text, format",
     .help = "a time read by a format: parse_date(x, \"%d.%m.%Y %H:%M\"); with %z or %s an instant, in UTC",
     .prepare = prepare_parse, .apply = apply_parse},
    {.name = "try_parse_date", .types = "ss:t", .arguments = "text, format",
     .help = "as parse_date, missing where the text does not fit", .prepare = prepare_parse, .apply = apply_parse},
    {.name = "format_date", .types = "ts:s", .arguments = "t, format",
     .help = "a time written by a format: format_date(t, \"%Y-%m\")", .prepare = prepare_format, .apply = apply_format},
    {.name = "to_timestamp", .types = "s?s:t", .arguments = "text, zone",
     .help = "a time read as ISO 8601 has it; with a zone the instant, also of texts with Z or +02:00",
     .prepare = prepare_iso, .apply = apply_iso},
    {.name = "try_to_timestamp", .types = "s?s:t", .arguments = "text, zone",
     .help = "as to_timestamp, missing where the text is no such time", .prepare = prepare_iso, .apply = apply_iso},
};
REGISTER_FUNCTIONS(format_functions);
