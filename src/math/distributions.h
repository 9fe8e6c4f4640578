/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distributions.h -- tail probabilities and quantiles of the usual distributions, by R's library (libRmath).
 *
 * As OpenBLAS the library is opened by dlopen when it is first needed, since linking it would cost every start of
 * the program. Whoever is going to ask for figures calls distributions_open first and passes its error on; without
 * the library every function gives NaN. Only functions of R's that keep no state are used, so any thread may call.
 *
 * Degrees of freedom are positive and may be infinite or no whole number. Anything else, and a NaN anywhere, gives
 * NaN; nothing is ever printed. A tail is computed as a tail and never as 1 minus something, so that tiny ones are
 * right; the _log forms are natural logarithms of the same, for tails below 1e-308. Relative error is about 1e-13.
 *
 * Reference: R Core Team, R 4.2, nmath; DiDonato and Morris (1992), ACM TOMS algorithm 708.
 */
#ifndef ASSAY_MATH_DISTRIBUTIONS_H
#define ASSAY_MATH_DISTRIBUTIONS_H

#include "core/error.h"

/* Loads the library, once; later calls give the first one's outcome. STATUS_STATE "no-rmath": there is none. */
Status distributions_open(Error *e) MUST_USE;

/* Normal, mean 0 and deviation 1: P(Z <= z), P(Z > z), and the z with P(Z <= z) = p. */
double normal_lower(double z);
double normal_upper(double z);
double normal_upper_log(double z);
double normal_quantile(double p);

/* Student's t: P(|T| > |t|), P(T > t), and the t with P(T <= t) = p. */
double student_two_sided(double t, double df);
double student_two_sided_log(double t, double df);
double student_upper(double t, double df);
double student_quantile(double p, double df);

/* F: P(F > f), and the f with P(F <= f) = p; the latter takes df above 400,000 as infinite. */
double f_upper(double f, double df1, double df2);
double f_upper_log(double f, double df1, double df2);
double f_quantile(double p, double df1, double df2);

/* Chi-squared: P(X > x), and the x with P(X <= x) = p. */
double chi_squared_upper(double x, double df);
double chi_squared_upper_log(double x, double df);
double chi_squared_quantile(double p, double df);

#endif
