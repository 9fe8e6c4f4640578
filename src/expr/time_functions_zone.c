/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zones and the clock. */
#include "core/clock.h"
#include "expr/time_functions.h"

Status time_zone_argument(const FunctionCall *call, size_t k, const Zone **zone, Error *e)
{
  const Cells *name = constant_cell(call, k);
  *zone = NULL;
  if (!name) {
    return error_set(e, STATUS_ARGUMENT, "not-constant", _("the zone must be the same in all rows"));
  }
  const Span text = name->missing[0] ? (Span){"", 0} : CELL_TEXT(name, 0);
  return name->missing[0] ? STATUS_OK : zone_find(text.bytes, text.length, zone, e);
}

static Status prepare_zone(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)arena;
  const Zone *found;
  const Status status = time_zone_argument(call, 1, &found, e);
  if (status == STATUS_OK) {
    call->state = (void *)found;
    *zone = found ? zone_name(found) : "";
  }
  return status;
}

static Status not_zoned(Error *e)
{
  error_set(e, STATUS_ARGUMENT, "not-zoned", _("these are wall times: they do not say of which zone"));
  error_hint(e, _("say it first: from_zone(t, \"Europe/Berlin\"), or from_zone(t, \"UTC\")"));
  return STATUS_ARGUMENT;
}

static Status apply_in_zone(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  if (!in[0].zone || !in[0].zone[0]) {
    return not_zoned(e);
  }
  FOR_CELLS(i, rows, out) {
    put_int(out, i, CELL_INT(&in[0], i));
  }
  return STATUS_OK;
}

static Status apply_from_zone(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  Local local = {.zone = call->state};
  Status status = STATUS_OK;
  if (in[0].zone && in[0].zone[0]) {
    error_set(e, STATUS_ARGUMENT, "zone-mismatch", _("these times have a zone already: %s"), in[0].zone);
    error_hint(e, _("in_zone(t, zone) shows the same instants in another zone"));
    return STATUS_ARGUMENT;
  }
  FOR_CELLS(i, rows, out) {
    const int64_t wall = CELL_INT(&in[0], i);
    if (wall < CALENDAR_FIRST + CALENDAR_DAY || wall > CALENDAR_LAST - CALENDAR_DAY) {
      TRY(time_out_of_range(e));
    }
    put_int(out, i, local_time(&local, wall));
  }
done:
  return status;
}

static Status apply_wall_time(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  Local local;
  Status status;
  TRY(local_open(in, &local, e));
  FOR_CELLS(i, rows, out) {
    int64_t wall;
    TRY(local_wall(&local, CELL_INT(in, i), &wall, e));
    put_int(out, i, wall);
  }
done:
  return status;
}

static Status apply_offset(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  const bool abbreviation = call->function->types[2] == 's';
  Local local;
  Status status;
  TRY(local_open(in, &local, e));
  if (!local.zone) {
    TRY(not_zoned(e));
  }
  FOR_CELLS(i, rows, out) {
    int64_t wall;
    TRY(local_wall(&local, CELL_INT(in, i), &wall, e));
    if (abbreviation) {
      put_text(out, i, local.span.abbreviation, strlen(local.span.abbreviation));
    } else {
      put_int(out, i, local.span.offset);
    }
  }
done:
  return status;
}

/* ---- Instants as numbers */

static Status apply_epoch(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    put_float(out, i, (double)CELL_INT(in, i) / 1e6);
  }
  return STATUS_OK;
}

static Status prepare_utc(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  *zone = "UTC";
  return STATUS_OK;
}

static Status apply_from_epoch(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  FOR_CELLS(i, rows, out) {
    const double us = __builtin_floor(CELL(in, double, i) * 1e6 + .5);
    if (!(us >= (double)CALENDAR_FIRST && us < (double)CALENDAR_LAST)) {
      return time_out_of_range(e);
    }
    put_int(out, i, (int64_t)us);
  }
  return STATUS_OK;
}

/* ---- The clock, read once for each use in an expression */

typedef struct Now {
  int64_t time;
} Now;

static Status read_clock(FunctionCall *call, const char **zone, bool wall, Arena *arena, Error *e)
{
  char system[64];
  const Zone *found;
  Now *now = arena_alloc(arena, 1, sizeof *now);
  Status status = STATUS_OK;
  if (!now) {
    TRY(error_memory(e, sizeof *now, "time"));
  }
  zone_of_system(system, sizeof system);
  if (call->n > 0) {
    TRY(time_zone_argument(call, 0, &found, e));
  } else {
    TRY(zone_find(system, strlen(system), &found, e));
  }
  ZoneSpan span = {0};
  now->time = clock_now();
  if (found && wall) {
    now->time = zone_wall(found, now->time, &span);
  }
  *zone = found && !wall ? zone_name(found) : "";
  call->state = now;
done:
  return status;
}

/* now(): the wall's time here; now(zone): the instant, shown in the zone. */
static Status prepare_now(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  return read_clock(call, zone, call->n == 0, arena, e);
}

static Status prepare_today(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  const Status status = read_clock(call, zone, true, arena, e);
  if (status == STATUS_OK) {
    Now *now = call->state;
    now->time = calendar_truncate(now->time, UNIT_DAY);
  }
  return status;
}

static Status apply_now(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)in, (void)arena, (void)e;
  const Now *now = call->state;
  FOR_CELLS(i, rows, out) {
    put_int(out, i, now->time);
  }
  return STATUS_OK;
}

static const Function zone_functions[] = {
    {.name = "in_zone", .types = "ts:t", .arguments = "t, zone",
     .help = "the same instant by another clock: hour(), trunc_to() and format_date() of in_zone(t, \"Europe/Berlin\") "
             "go by it, cells show UTC", .prepare = prepare_zone,
     .apply = apply_in_zone},
    {.name = "from_zone", .types = "ts:t", .arguments = "t, zone",
     .help = "wall time understood as that of a zone; of a time that came twice the first, one that never came as if the "
             "clocks had not been changed", .prepare = prepare_zone, .apply = apply_from_zone},
    {.name = "wall_time", .types = "t:t", .arguments = "t", .help = "what the clocks on the wall show, without a zone",
     .prepare = time_prepare_wall, .apply = apply_wall_time},
    {.name = "zone_offset", .types = "t:i", .arguments = "t", .help = "seconds that the zone is ahead of UTC then",
     .apply = apply_offset},
    {.name = "zone_abbreviation", .types = "t:s", .arguments = "t", .help = "what the zone's time is called then: CET, CEST",
     .apply = apply_offset},
    {.name = "epoch", .types = "t:f", .arguments = "t", .help = "seconds since 1970-01-01", .apply = apply_epoch},
    {.name = "from_epoch", .types = "f:t", .arguments = "seconds",
     .help = "the instant so many seconds after 1970-01-01 UTC", .prepare = prepare_utc, .apply = apply_from_epoch},
    {.name = "now", .types = "?s:t", .arguments = "zone",
     .help = "the time by this machine's clock and zone, or the instant in a zone; another one in each run",
     .prepare = prepare_now, .apply = apply_now},
    {.name = "today", .types = "?s:t", .arguments = "zone",
     .help = "today's date in this machine's zone, or in another one; another one in each run", .prepare = prepare_today,
     .apply = apply_now},
};
REGISTER_FUNCTIONS(zone_functions);
