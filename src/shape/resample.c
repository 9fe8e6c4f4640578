/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/resample.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "shape/join_rows.h"

enum { POLL = 1 << 18 };

#define CALENDAR_HOUR (3600 * CALENDAR_SECOND)

static int64_t wall_of(const Periods *p, int64_t time, ZoneSpan *span)
{
  return p->zone ? zone_wall(p->zone, time, span) : time;
}

/* What periods are counted on: the clock, or time as it goes by. */
static int64_t place_of(const Periods *p, int64_t time, ZoneSpan *span)
{
  return p->elapsed ? time : wall_of(p, time, span);
}

static int64_t number_of(const Periods *p, int64_t place)
{
  if (p->months == 0) {
    return calendar_floor(place - p->origin, p->length);
  }
  int64_t year;
  int month, day;
  calendar_date(calendar_floor(place, CALENDAR_DAY), &year, &month, &day);
  return calendar_floor(year * 12 + month - 1, p->months);
}

static int64_t begin_of(const Periods *p, int64_t number)
{
  if (p->months == 0) {
    return p->origin + number * p->length;
  }
  const int64_t index = number * p->months, year = calendar_floor(index, 12);
  return calendar_days(year, (int)(index - 12 * year) + 1, 1) * CALENDAR_DAY;
}

/* The earliest time decides where several units begin to count. */
static Status find_origin(const Column *times, Periods *p, const Task *task, Error *e)
{
  ZoneSpan span = {0};
  int64_t least = INT64_MAX;
  for (size_t row = 0; row < column_rows(times); row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (column_valid(times, row)) {
      const int64_t wall = wall_of(p, column_int(times, row), &span);
      least = wall < least ? wall : least;
    }
  }
  p->origin = least == INT64_MAX ? 0 : calendar_truncate(least, p->every.unit == UNIT_WEEK ? UNIT_WEEK : UNIT_DAY);
  if (p->elapsed) {
    p->origin = zone_utc(p->zone, p->origin, &span);
  }
  return STATUS_OK;
}

static Status set_length(const Column *times, Periods *p, const Task *task, Error *e)
{
  static const int64_t months[UNIT_COUNT] = {[UNIT_MONTH] = 1, [UNIT_QUARTER] = 3, [UNIT_YEAR] = 12};
  if (span_length(&p->every, &p->length)) {
    p->elapsed = p->zone && p->length <= CALENDAR_HOUR;
    if (p->every.count > 1 || p->elapsed) {
      return find_origin(times, p, task, e);
    }
    p->origin = calendar_truncate(0, p->every.unit);
    return STATUS_OK;
  }
  if (months[p->every.unit] == 0 || p->every.count > 10000) {
    return error_set(e, STATUS_ARGUMENT, "bad-span", _("%1$lld %2$ss are too long a period"),
                     (long long)p->every.count, calendar_unit_name(p->every.unit));
  }
  p->months = p->every.count * months[p->every.unit];
  return STATUS_OK;
}

static Status number_rows(const Column *times, Periods *p, const Task *task, Error *e)
{
  ZoneSpan span = {0};
  const size_t rows = column_rows(times);
  p->number = mem_alloc(rows, sizeof *p->number);
  if (!p->number) {
    return error_memory(e, rows * sizeof *p->number, _("periods"));
  }
  for (size_t row = 0; row < rows; row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    const bool there = column_valid(times, row);
    p->number[row] = there ? number_of(p, place_of(p, column_int(times, row), &span)) : INT64_MIN;
    p->missing += !there;
  }
  return STATUS_OK;
}

Status periods_of(const Column *times, const char *name, const TimeSpan *every, Task *task, Periods *out, Error *e)
{
  *out = (Periods){.every = *every};
  if (column_type(times) != TYPE_TIMESTAMP) {
    (void)error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%1$s' is %2$s, not of times"), name,
                    type_name(column_type(times)));
    error_hint(e, _("cast it to timestamp; numbers are cut into bins"));
    return STATUS_ARGUMENT;
  }
  Status status;
  out->zone_name = column_zone(times);
  if (out->zone_name[0]) {
    TRY(zone_find(out->zone_name, strlen(out->zone_name), &out->zone, e));
  }
  TRY(set_length(times, out, task, e));
  TRY(number_rows(times, out, task, e));
done:
  return status;
}

void periods_free(Periods *periods)
{
  mem_free(periods->number);
  periods->number = NULL;
}

Status periods_column(const Periods *p, const int64_t *numbers, size_t n, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_TIMESTAMP, n);
  ZoneSpan span = {0};
  *out = NULL;
  if (!builder) {
    return error_memory(e, n * sizeof *numbers, _("periods"));
  }
  if (p->zone) {
    builder_zone(builder, p->zone_name);
  }
  for (size_t i = 0; i < n; i++) {
    const int64_t begin = begin_of(p, numbers[i]);
    if (begin < CALENDAR_FIRST || begin > CALENDAR_LAST) {
      builder_free(builder);
      return error_set(e, STATUS_DATA, "bad-data", _("a period begins outside of the years 1 to 9999"));
    }
    builder_int(builder, p->zone && !p->elapsed ? zone_utc(p->zone, begin, &span) : begin);
  }
  return builder_finish(builder, out, e);
}

/* ---- sequences */

static Status sort_pairs(const uint32_t *group, const int64_t *number, size_t n, Task *task, size_t **order,
                         Error *e)
{
  Column *groups = NULL, *numbers = NULL;
  int64_t *wide = mem_alloc(n, sizeof *wide);
  Status status;
  *order = NULL;
  if (!wide) {
    return error_memory(e, n * sizeof *wide, _("periods"));
  }
  for (size_t i = 0; i < n; i++) {
    wide[i] = group[i];
  }
  TRY(column_of_ints(wide, n, &groups, e));
  TRY(column_of_ints(number, n, &numbers, e));
  const OrderKey keys[] = {{.column = groups}, {.column = numbers}};
  TRY(order_rows(keys, 2, n, task, order, e));
done:
  mem_free(wide);
  column_unref(groups);
  column_unref(numbers);
  return status;
}

typedef struct Range {
  int64_t first, last;
} Range;

static Range range_of(const int64_t *number, size_t n)
{
  Range range = {INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < n; i++) {
    range.first = number[i] < range.first ? number[i] : range.first;
    range.last = number[i] > range.last ? number[i] : range.last;
  }
  return range;
}

/* The end of the run of pairs of one group that begins at place `from`. */
static size_t run_end(const uint32_t *group, const size_t *order, size_t n, size_t from)
{
  size_t end = from + 1;
  while (end < n && group[order[end]] == group[order[from]]) {
    end++;
  }
  return end;
}

static Range run_range(const int64_t *number, const size_t *order, size_t from, size_t end, SequenceKind kind,
                       Range all)
{
  return kind == SEQUENCE_ALL ? all : (Range){number[order[from]], number[order[end - 1]]};
}

static Status measure(const uint32_t *group, const int64_t *number, const size_t *order, size_t n,
                      SequenceKind kind, Range all, const Task *task, size_t *total, Error *e)
{
  *total = 0;
  for (size_t from = 0, end; from < n; from = end) {
    end = run_end(group, order, n, from);
    const Range range = run_range(number, order, from, end, kind, all);
    const size_t rows =
        kind == SEQUENCE_OCCURRING ? end - from : (size_t)((uint64_t)range.last - (uint64_t)range.first) + 1;
    if (__builtin_add_overflow(*total, rows, total) || *total >= NO_ROW) {
      (void)error_set(e, STATUS_LIMIT, "join-rows",
                      _("a regular sequence of periods would have more than %zu rows"), (size_t)NO_ROW);
      error_hint(e, _("take longer periods, or complete = \"none\""));
      return STATUS_LIMIT;
    }
  }
  char what[96];
  snprintf(what, sizeof what, _("a sequence of %zu periods"), *total);
  return task_reserve(task, *total * 40, what, e);
}

static void fill(const uint32_t *group, const int64_t *number, const size_t *order, size_t n, SequenceKind kind,
                 Range all, Sequence *s)
{
  for (size_t from = 0, end; from < n; from = end) {
    end = run_end(group, order, n, from);
    const Range range = run_range(number, order, from, end, kind, all);
    int64_t next = range.first;
    for (size_t i = from; i <= end; i++) {
      const int64_t until = i < end ? number[order[i]] : kind == SEQUENCE_ALL ? range.last + 1 : next;
      for (; kind != SEQUENCE_OCCURRING && next < until; next++, s->n++, s->empty++) {
        s->cell[s->n] = NO_ROW;
        s->group[s->n] = group[order[from]];
        s->number[s->n] = next;
      }
      if (i < end) {
        s->cell[s->n] = (uint32_t)order[i];
        s->group[s->n] = group[order[from]];
        s->number[s->n++] = number[order[i]];
        next = number[order[i]] + 1;
      }
    }
  }
}

Status sequence_make(const uint32_t *group, const int64_t *number, size_t n, SequenceKind kind, Task *task,
                     Sequence *out, Error *e)
{
  size_t *order = NULL, total = 0;
  const Range all = range_of(number, n);
  Status status;
  *out = (Sequence){0};
  TRY(sort_pairs(group, number, n, task, &order, e));
  TRY(measure(group, number, order, n, kind, all, task, &total, e));
  out->cell = mem_alloc(total, sizeof *out->cell);
  out->group = mem_alloc(total, sizeof *out->group);
  out->number = mem_alloc(total, sizeof *out->number);
  if (!out->cell || !out->group || !out->number) {
    status = error_memory(e, total * 16, _("periods"));
    goto done;
  }
  fill(group, number, order, n, kind, all, out);
done:
  mem_free(order);
  return status;
}

void sequence_free(Sequence *s)
{
  mem_free(s->cell);
  mem_free(s->group);
  mem_free(s->number);
  *s = (Sequence){0};
}
