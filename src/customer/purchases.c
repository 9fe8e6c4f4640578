/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "customer/purchases.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/calendar.h"
#include "frame/parse_time.h"
#include "frame/zone.h"
#include "shape/join_rows.h"

enum { POLL = 1 << 18 };

typedef struct Source {
  const Column *id, *date, *order, *amount;
  const Zone *zone; /* of the dates; NULL: wall time */
} Source;

static Status find(const Frame *frame, const char *name, const Column **out, Error *e)
{
  size_t at = 0;
  *out = NULL;
  if (!name) {
    return STATUS_OK;
  }
  const Status status = frame_need(frame, name, &at, e);
  if (status == STATUS_OK) {
    *out = frame_column(frame, at);
  }
  return status;
}

static Status open_source(const Frame *frame, const PurchaseColumns *c, Source *s, Error *e)
{
  Status status;
  *s = (Source){0};
  TRY(find(frame, c->id, &s->id, e));
  TRY(find(frame, c->date, &s->date, e));
  TRY(find(frame, c->order, &s->order, e));
  TRY(find(frame, c->amount, &s->amount, e));
  if (column_type(s->date) != TYPE_TIMESTAMP) {
    (void)error_set(e, STATUS_ARGUMENT, "wrong-column-type",
                    _("column '%1$s' is %2$s; the date of a purchase is a time"), c->date,
                    type_name(column_type(s->date)));
    error_hint(e, _("read it as a date: types = {[\"%1$s\"] = \"timestamp\"}, or cast it"), c->date);
    return STATUS_ARGUMENT;
  }
  if (s->amount && !type_is_numeric(column_type(s->amount))) {
    return error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%1$s' is %2$s; an amount is a number"),
                     c->amount, type_name(column_type(s->amount)));
  }
  const char *zone = column_zone(s->date);
  if (zone[0]) {
    TRY(zone_find(zone, strlen(zone), &s->zone, e));
  }
done:
  return status;
}

static bool whole(const Source *s, size_t row)
{
  return column_valid(s->id, row) && column_valid(s->date, row) && (!s->order || column_valid(s->order, row)) &&
         (!s->amount || (column_valid(s->amount, row) && isfinite(column_float(s->amount, row))));
}

static int64_t day_of(const Source *s, size_t row, ZoneSpan *span)
{
  const int64_t time = column_int(s->date, row);
  return calendar_floor(s->zone ? zone_wall(s->zone, time, span) : time, CALENDAR_DAY);
}

/* The rows that are used; those that lack something are counted. */
static Status choose_rows(const Source *s, const PurchaseColumns *c, const Task *task, uint32_t *rows, Purchases *p,
                          Error *e)
{
  ZoneSpan span = {0};
  for (size_t row = 0; row < column_rows(s->id); row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (!whole(s, row)) {
      p->dropped++;
      continue;
    }
    const int64_t day = day_of(s, row, &span);
    if (day > c->last_day) {
      p->late++;
      continue;
    }
    p->first_day = p->n == 0 || day < p->first_day ? day : p->first_day;
    p->last_day = p->n == 0 || day > p->last_day ? day : p->last_day;
    rows[p->n] = (uint32_t)row;
    p->day[p->n] = day;
    if (p->amount) {
      p->amount[p->n] = column_float(s->amount, row);
    }
    p->n++;
  }
  return STATUS_OK;
}

static Status check_rows(const Source *s, const PurchaseColumns *c, const Purchases *p, Error *e)
{
  if (p->dropped > 0 && !c->drop_missing) {
    (void)error_set(e, STATUS_DATA, "missing-values",
                    _("%1$zu of %2$zu rows lack the id, the date, the order or the amount"), p->dropped,
                    column_rows(s->id));
    error_hint(e, _("leave them out with missing = \"drop\""));
    return STATUS_DATA;
  }
  if (p->n == 0) {
    return error_set(e, STATUS_DATA, "bad-data",
                     _("no purchases are left (%1$zu rows lack something, %2$zu lie after 'at')"), p->dropped,
                     p->late);
  }
  return STATUS_OK;
}

static Status make_keys(const Source *s, const uint32_t *rows, Task *task, Purchases *p, Error *e)
{
  const char *const names[] = {"id", "day", "order"};
  Column *columns[3] = {NULL, NULL, NULL};
  Status status;
  TRY(column_pick(s->id, rows, p->n, false, task, &columns[0], e));
  TRY(column_of_ints(p->day, p->n, &columns[1], e));
  if (s->order) {
    TRY(column_pick(s->order, rows, p->n, false, task, &columns[2], e));
  }
  TRY(frame_new(names, (const Column *const *)columns, s->order ? 3 : 2, &p->keys, e));
  TRY(groups_make(p->keys, (const size_t[]){0}, 1, task, &p->customers, e));
done:
  for (size_t i = 0; i < 3; i++) {
    column_unref(columns[i]);
  }
  return status;
}

Status purchases_read(const Frame *frame, const PurchaseColumns *c, Task *task, Purchases *out, Error *e)
{
  Source source;
  uint32_t *rows = NULL;
  const size_t n = frame_rows(frame);
  Status status;
  *out = (Purchases){0};
  TRY(open_source(frame, c, &source, e));
  TRY(groups_check_rows(n, e));
  TRY(task_reserve(task, n * 32, _("the purchases"), e));
  rows = mem_alloc(n, sizeof *rows);
  out->day = mem_alloc(n, sizeof *out->day);
  out->amount = source.amount ? mem_alloc(n, sizeof *out->amount) : NULL;
  if (!rows || !out->day || (source.amount && !out->amount)) {
    status = error_memory(e, n * 20, _("the purchases"));
    goto done;
  }
  TRY(choose_rows(&source, c, task, rows, out, e));
  TRY(check_rows(&source, c, out, e));
  TRY(make_keys(&source, rows, task, out, e));
done:
  mem_free(rows);
  return status;
}

void purchases_free(Purchases *p)
{
  frame_unref(p->keys);
  groups_free(p->customers);
  mem_free(p->day);
  mem_free(p->amount);
  *p = (Purchases){0};
}

Status purchases_orders(const Purchases *p, Task *task, size_t **first_row, size_t *orders, Error *e)
{
  const size_t columns[] = {0, frame_columns(p->keys) > 2 ? 2 : 1};
  Groups *groups = NULL;
  const Status status = groups_make(p->keys, columns, 2, task, &groups, e);
  *first_row = NULL;
  *orders = 0;
  if (status == STATUS_OK) {
    *first_row = groups->first;
    *orders = groups->n;
    groups->first = NULL;
  }
  groups_free(groups);
  return status;
}

Status purchases_day(const char *text, int64_t *day, Error *e)
{
  int64_t time;
  bool utc;
  if (!parse_time(text, strlen(text), &time, &utc)) {
    (void)error_set(e, STATUS_ARGUMENT, "bad-date", _("'%s' is no date"), text);
    error_hint(e, _("write it as 2026-01-31"));
    return STATUS_ARGUMENT;
  }
  *day = calendar_floor(time, CALENDAR_DAY);
  return STATUS_OK;
}
