/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "customer/cohort.h"

#include <string.h>

#include "core/alloc.h"

enum { POLL = 1 << 18 };

int64_t cohort_period(int64_t day, CalendarUnit unit)
{
  int64_t year;
  int month, of_month;
  if (unit == UNIT_DAY) {
    return day;
  }
  if (unit == UNIT_WEEK) {
    return calendar_floor(day + 3, 7); /* 1970-01-01 was a Thursday */
  }
  calendar_date(day, &year, &month, &of_month);
  return unit == UNIT_YEAR ? year : unit == UNIT_QUARTER ? year * 4 + (month - 1) / 3 : year * 12 + month - 1;
}

int64_t cohort_period_day(int64_t period, CalendarUnit unit)
{
  switch (unit) {
    case UNIT_DAY:
      return period;
    case UNIT_WEEK:
      return period * 7 - 3;
    case UNIT_MONTH:
      return calendar_days(calendar_floor(period, 12), (int)(period - 12 * calendar_floor(period, 12)) + 1, 1);
    case UNIT_QUARTER:
      return calendar_days(calendar_floor(period, 4), (int)(period - 4 * calendar_floor(period, 4)) * 3 + 1, 1);
    default:
      return calendar_days(period, 1, 1);
  }
}

typedef struct Work {
  const Purchases *p;
  Cohorts *out;
  Task *task;
  int64_t *born; /* period of each customer's first purchase, from 0 */
  int64_t *age;  /* of each row */
} Work;

static size_t customer_of(const Purchases *p, size_t row)
{
  return p->customers->of_row ? p->customers->of_row[row] : 0;
}

static Status find_ages(Work *w, Error *e)
{
  const Purchases *p = w->p;
  w->born = mem_alloc(p->customers->n, sizeof *w->born);
  w->age = mem_alloc(p->n, sizeof *w->age);
  w->out->size = mem_zero(w->out->periods, sizeof *w->out->size);
  if (!w->born || !w->age || !w->out->size) {
    return error_memory(e, p->n * sizeof *w->age, _("ages"));
  }
  for (size_t g = 0; g < p->customers->n; g++) {
    w->born[g] = INT64_MAX;
  }
  for (size_t row = 0; row < p->n; row++) {
    if (row % POLL == 0 && task_cancelled(w->task)) {
      return error_cancelled(e);
    }
    w->age[row] = cohort_period(p->day[row], w->out->unit) - w->out->first;
    int64_t *born = &w->born[customer_of(p, row)];
    *born = w->age[row] < *born ? w->age[row] : *born;
  }
  for (size_t row = 0; row < p->n; row++) {
    w->age[row] -= w->born[customer_of(p, row)];
  }
  for (size_t g = 0; g < p->customers->n; g++) {
    w->out->size[w->born[g]]++;
  }
  return STATUS_OK;
}

static double *cell_of(const Work *w, size_t row)
{
  return &w->out->cell[(size_t)w->born[customer_of(w->p, row)] * w->out->periods + (size_t)w->age[row]];
}

/* One row of each customer and age. */
static Status count_customers(Work *w, Error *e)
{
  const char *const names[] = {"id", "age"};
  Column *age = NULL;
  Frame *frame = NULL;
  Groups *groups = NULL;
  Status status;
  TRY(column_of_ints(w->age, w->p->n, &age, e));
  TRY(frame_new(names, (const Column *const[]){frame_column(w->p->keys, 0), age}, 2, &frame, e));
  TRY(groups_make(frame, (const size_t[]){0, 1}, 2, w->task, &groups, e));
  for (size_t i = 0; i < groups->n; i++) {
    *cell_of(w, groups->first[i]) += 1;
  }
done:
  groups_free(groups);
  frame_unref(frame);
  column_unref(age);
  return status;
}

/* Each customer counts at all ages up to that of the last purchase. */
static Status count_rolling(Work *w, Error *e)
{
  const size_t n = w->p->customers->n, periods = w->out->periods;
  int64_t *last = mem_zero(n, sizeof *last);
  if (!last) {
    return error_memory(e, n * sizeof *last, _("ages"));
  }
  for (size_t row = 0; row < w->p->n; row++) {
    int64_t *age = &last[customer_of(w->p, row)];
    *age = w->age[row] > *age ? w->age[row] : *age;
  }
  for (size_t g = 0; g < n; g++) {
    w->out->cell[(size_t)w->born[g] * periods + (size_t)last[g]] += 1;
  }
  mem_free(last);
  for (size_t c = 0; c < periods; c++) {
    double *cells = w->out->cell + c * periods;
    for (size_t age = periods - 1; age > 0; age--) {
      cells[age - 1] += cells[age];
    }
  }
  return STATUS_OK;
}

static Status count_orders(Work *w, Error *e)
{
  size_t *first = NULL, orders;
  const Status status = purchases_orders(w->p, w->task, &first, &orders, e);
  for (size_t i = 0; status == STATUS_OK && i < orders; i++) {
    *cell_of(w, first[i]) += 1;
  }
  mem_free(first);
  return status;
}

static Status sum_revenue(Work *w, Error *e)
{
  for (size_t row = 0; row < w->p->n; row++) {
    if (row % POLL == 0 && task_cancelled(w->task)) {
      return error_cancelled(e);
    }
    *cell_of(w, row) += w->p->amount[row];
  }
  return STATUS_OK;
}

Status cohorts_make(const Purchases *p, CalendarUnit unit, CohortMetric metric, bool rolling, Task *task,
                    Cohorts *out, Error *e)
{
  Work w = {.p = p, .out = out, .task = task};
  Status status;
  *out = (Cohorts){.unit = unit, .first = cohort_period(p->first_day, unit)};
  out->periods = (size_t)(cohort_period(p->last_day, unit) - out->first) + 1;
  if (out->periods > COHORT_CELLS_MOST / out->periods) {
    (void)error_set(e, STATUS_LIMIT, "cohort-periods", _("%1$zu periods make too large a triangle"), out->periods);
    error_hint(e, _("take a longer period, such as period = \"month\""));
    return STATUS_LIMIT;
  }
  out->cell = mem_zero(out->periods * out->periods, sizeof *out->cell);
  if (!out->cell) {
    return error_memory(e, out->periods * out->periods * sizeof *out->cell, _("a triangle"));
  }
  TRY(find_ages(&w, e));
  TRY(metric == COHORT_REVENUE  ? sum_revenue(&w, e)
      : metric == COHORT_ORDERS ? count_orders(&w, e)
      : rolling                 ? count_rolling(&w, e)
                                : count_customers(&w, e));
done:
  mem_free(w.born);
  mem_free(w.age);
  return status;
}

void cohorts_free(Cohorts *c)
{
  mem_free(c->size);
  mem_free(c->cell);
  *c = (Cohorts){0};
}
