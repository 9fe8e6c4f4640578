/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/distributions.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* x (or p), parameters, lower tail?, logarithm? The library's normal functions go by other names than R's. */
typedef double (*OneParameter)(double x, double a, int lower, int log);
typedef double (*TwoParameters)(double x, double a, double b, int lower, int log);

static struct {
  TwoParameters pnorm5, qnorm5, pf, qf;
  OneParameter pt, qt, pchisq, qchisq;
  bool ready;
  Status status;
  Error error;
} rmath;

static pthread_once_t once = PTHREAD_ONCE_INIT;

enum { UPPER, LOWER };

static Status missing(const char *reason)
{
  error_set(&rmath.error, STATUS_STATE, "no-rmath", _("R's library of distributions cannot be loaded: %s"), reason);
  return error_hint(&rmath.error, _("install it, on Debian with: apt-get install r-mathlib"));
}

/* ISO C does not let an object pointer become a function's; POSIX does, by way of its bytes. */
static bool look_up(void *library, const char *name, void *function)
{
  void *found = dlsym(library, name);
  memcpy(function, &found, sizeof found);
  return found != NULL;
}

static Status load(void)
{
  void *library = dlopen("libRmath.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    library = dlopen("libRmath.so", RTLD_NOW | RTLD_LOCAL); /* how others than Debian name it */
  }
  if (!library) {
    return missing(dlerror());
  }
  const struct {
    const char *name;
    void *function;
  } names[] = {{"pnorm5", &rmath.pnorm5}, {"qnorm5", &rmath.qnorm5}, {"pf", &rmath.pf},         {"qf", &rmath.qf},
               {"pt", &rmath.pt},         {"qt", &rmath.qt},         {"pchisq", &rmath.pchisq},
               {"qchisq", &rmath.qchisq}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (!look_up(library, names[i].name, names[i].function)) {
      return missing(names[i].name);
    }
  }
  rmath.ready = true;
  return STATUS_OK;
}

static void load_once(void)
{
  rmath.status = load();
}

Status distributions_open(Error *e)
{
  pthread_once(&once, load_once);
  if (rmath.status != STATUS_OK && e && e->status == STATUS_OK) {
    *e = rmath.error;
  }
  return rmath.status;
}

/* What is out of range never gets to the library, which might print a warning. */
static bool in_range(double x, double df)
{
  return rmath.ready && !isnan(x) && df > 0;
}

static bool is_share(double p)
{
  return p >= 0 && p <= 1;
}

/* The library's logarithmic forms print now and then that they are imprecise, so they are for tiny tails only. */
static bool is_tiny(double p)
{
  return p < 1e-290;
}

/* ---- Normal */

static double normal(double z, int tail, int log)
{
  return in_range(z, 1) ? rmath.pnorm5(z, 0, 1, tail, log) : (double)NAN;
}

double normal_lower(double z) { return normal(z, LOWER, 0); }
double normal_upper(double z) { return normal(z, UPPER, 0); }
double normal_upper_log(double z) { return normal(z, UPPER, 1); }

double normal_quantile(double p)
{
  return is_share(p) && in_range(p, 1) ? rmath.qnorm5(p, 0, 1, LOWER, 0) : (double)NAN;
}

/* ---- Student's t */

double student_upper(double t, double df)
{
  return in_range(t, df) ? rmath.pt(t, df, UPPER, 0) : (double)NAN;
}

double student_two_sided(double t, double df)
{
  return 2 * student_upper(fabs(t), df);
}

double student_two_sided_log(double t, double df)
{
  const double p = student_two_sided(t, df);
  return is_tiny(p) ? rmath.pt(fabs(t), df, UPPER, 1) + M_LN2 : log(p);
}

double student_quantile(double p, double df)
{
  return is_share(p) && in_range(p, df) ? rmath.qt(p, df, LOWER, 0) : (double)NAN;
}

/* ---- F */

double f_upper(double f, double df1, double df2)
{
  return in_range(f, df1) && df2 > 0 ? rmath.pf(f, df1, df2, UPPER, 0) : (double)NAN;
}

double f_upper_log(double f, double df1, double df2)
{
  const double p = f_upper(f, df1, df2);
  return is_tiny(p) ? rmath.pf(f, df1, df2, UPPER, 1) : log(p);
}

/* The library takes 1 from its result, which leaves few digits of a small one; the inverse's upper quantile is
 * large. */
double f_quantile(double p, double df1, double df2)
{
  if (!is_share(p) || !in_range(p, df1) || !(df2 > 0)) {
    return (double)NAN;
  }
  return p < .5 ? 1 / rmath.qf(p, df2, df1, UPPER, 0) : rmath.qf(p, df1, df2, LOWER, 0);
}

/* ---- Chi-squared */

double chi_squared_upper(double x, double df)
{
  return !in_range(x, df) ? (double)NAN : isfinite(df) ? rmath.pchisq(x, df, UPPER, 0) : x < df;
}

double chi_squared_upper_log(double x, double df)
{
  const double p = chi_squared_upper(x, df);
  return is_tiny(p) && isfinite(df) ? rmath.pchisq(x, df, UPPER, 1) : log(p);
}

double chi_squared_quantile(double p, double df)
{
  return is_share(p) && in_range(p, df) ? rmath.qchisq(p, df, LOWER, 0) : (double)NAN;
}
