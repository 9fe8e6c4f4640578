/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purchases.h -- the rows of a purchase log that RFM and cohorts are made of.
 *
 * A row is one purchase, or one line of an order: who, when, and perhaps which order and how much. Times count by
 * the day they lie in (by the clock of the column's zone). Rows with a missing cell, or an amount that is not
 * finite, are an error that counts them, or are left out; rows after a last day are left out. Customers are
 * numbered by first appearance.
 */
#ifndef ASSAY_CUSTOMER_PURCHASES_H
#define ASSAY_CUSTOMER_PURCHASES_H

#include "shape/groups.h"

typedef struct PurchaseColumns {
  const char *id, *date;
  const char *order;  /* NULL: a customer's purchases of a day are one order */
  const char *amount; /* NULL: none */
  bool drop_missing;
  int64_t last_day; /* days since 1970; INT64_MAX: no limit */
} PurchaseColumns;

typedef struct Purchases {
  Frame *keys; /* of the rows used: the id, "day" (int64), and the order if there is one */
  size_t n;
  int64_t *day;
  double *amount; /* NULL when not asked for */
  Groups *customers;
  int64_t first_day, last_day;
  size_t dropped, late; /* rows left out for missing cells; after the last day */
} Purchases;

/* Errors: STATUS_NAME "unknown-column"; STATUS_ARGUMENT "wrong-column-type"; STATUS_DATA "missing-values",
 * "bad-data" (no rows left); memory, limit, cancelled. purchases_free also on failure. */
Status purchases_read(const Frame *frame, const PurchaseColumns *columns, Task *task, Purchases *out,
                      Error *e) MUST_USE;
void purchases_free(Purchases *purchases);

/* The first row of each order of each customer; orders: how many (of_order NULL: not wanted, else mem_free). */
Status purchases_orders(const Purchases *purchases, Task *task, size_t **first_row, size_t *orders,
                        Error *e) MUST_USE;

/* "2011-12-10" as days since 1970. Errors: STATUS_ARGUMENT "bad-date". */
Status purchases_day(const char *text, int64_t *day, Error *e) MUST_USE;

#endif
