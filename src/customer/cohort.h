/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cohort.h -- what becomes of customers by the period of their first purchase.
 *
 * A cohort is all customers whose first purchase lies in one period (day, week from Monday, month, quarter, year).
 * Age counts periods since then, from 0. A cell is, of a cohort at an age: the customers who bought (classic) or
 * who bought then or later (rolling), or the orders, or the revenue. There is a cell for each cohort up to the last
 * period of the log, also where nobody bought; share is the cell over that of age 0. O(rows). Reference: Fader and
 * Hardie 2009, Probability models for customer-base analysis (the retention triangle).
 */
#ifndef ASSAY_CUSTOMER_COHORT_H
#define ASSAY_CUSTOMER_COHORT_H

#include "customer/purchases.h"
#include "frame/calendar.h"

typedef enum CohortMetric { COHORT_CUSTOMERS, COHORT_ORDERS, COHORT_REVENUE } CohortMetric;

enum { COHORT_CELLS_MOST = 4000000 };

typedef struct Cohorts {
  CalendarUnit unit;
  int64_t first;  /* number of the first period (cohort_period) */
  size_t periods; /* from the first to the last of the log */
  int64_t *size;  /* customers of each cohort */
  double *cell;   /* periods x periods: cohort, age; cells past the end of the log are 0 */
} Cohorts;

/* The number of the period that a day lies in, and its first day. */
int64_t cohort_period(int64_t day, CalendarUnit unit);
int64_t cohort_period_day(int64_t period, CalendarUnit unit);

/* revenue needs the amounts. Errors: STATUS_LIMIT "cohort-periods"; memory, limit, cancelled. cohorts_free also
 * then. */
Status cohorts_make(const Purchases *purchases, CalendarUnit unit, CohortMetric metric, bool rolling, Task *task,
                    Cohorts *out, Error *e) MUST_USE;
void cohorts_free(Cohorts *cohorts);

#endif
