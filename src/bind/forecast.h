/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forecast.h -- how long a statement will take, before it runs.
 *
 * Known for one call of a primitive that forecasts its cost, with data and variables that exist and arguments that are
 * written out: seg = df:kmeans{k = 4, on = {"x", "y"}}. Of anything else it says why it is not known. Nothing of the user's
 * is run: no function, no metamethod, no index of a table. So it may be asked while a job of the session runs.
 */
#ifndef ASSAY_BIND_FORECAST_H
#define ASSAY_BIND_FORECAST_H

#include "bind/session.h"

typedef struct Forecast {
  bool known;
  double seconds;  /* where known: on this kind of machine, from the data's size */
  char why[512];   /* where not: in a few words, in the user's language */
} Forecast;

/* Main thread. O(length of the statement), and what the primitive's own forecast costs. Never fails: it is then not known. */
Forecast session_forecast(Session *session, const char *statement);

#endif
