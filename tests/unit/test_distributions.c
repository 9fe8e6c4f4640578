/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_distributions.c -- tails and quantiles against scipy 1.10 (scipy.stats, another implementation than R's)
 * where it is exact, against R 4.2.2 in logarithms of tails below 1e-308, against closed forms, and back and forth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "math/distributions.h"

static void near(double got, double want, double relative)
{
  if (!(fabs(got - want) <= relative * fabs(want))) {
    fail_msg("%.17g instead of %.17g", got, want);
  }
}

static int open_library(void **state)
{
  (void)state;
  return distributions_open(NULL) == STATUS_OK ? 0 : 1;
}

static void normal(void **state)
{
  (void)state;
  near(normal_lower(-1.5), 0.0668072012688581, 1e-14);
  near(normal_lower(2), 0.977249868051821, 1e-14);
  near(normal_upper(1.96), 0.0249978951482204, 1e-14);
  near(normal_upper(10), 7.61985302416047e-24, 1e-13);
  near(normal_upper_log(100), -5005.52420869421, 1e-14);
  near(normal_quantile(1e-300), -37.0470962993612, 1e-14);
  near(normal_quantile(.975), 1.95996398454005, 1e-14);
  assert_true(normal_quantile(.5) == 0 && normal_upper(INFINITY) == 0 && normal_lower(-INFINITY) == 0);
  assert_true(normal_upper(0) == .5 && normal_quantile(1) == INFINITY);
}

static void student(void **state)
{
  (void)state;
  near(student_two_sided(2.228138851986273, 10), .05, 1e-13);
  near(student_two_sided(-2.228138851986273, 10), .05, 1e-13);
  near(student_two_sided(7, 3.5), 0.00355283619980426, 1e-13);
  near(student_two_sided(1000, 6), 6.74989368864822e-17, 1e-13);
  near(student_two_sided(3, INFINITY), 2 * normal_upper(3), 1e-14);
  near(student_upper(-1, 1), .75, 1e-14); /* Cauchy */
  near(student_upper(3, 2), .5 - 3 / (2 * sqrt(11)), 1e-13);
  near(student_two_sided_log(1e200, 2), -2 * log(1e200), 1e-13); /* 2 P -> 1/t^2 */
  near(student_two_sided_log(7, 3.5), log(0.00355283619980426), 1e-13);
  near(student_quantile(.975, 10), 2.22813885198627, 1e-13); /* R; printed tables: 2.2281 */
  near(student_quantile(.995, 1), tan(M_PI * .495), 1e-13);
  near(student_quantile(1e-20, 4), -131607.401282585, 1e-13);
  near(student_quantile(.975, INFINITY), 1.95996398454005, 1e-14);
}

static void f(void **state)
{
  (void)state;
  near(f_upper(4.964602743730711, 1, 10), .05, 1e-13);
  near(f_upper(2.5, 4, 20), 0.0751466296352746, 1e-13);
  near(f_upper(1000, 3, 50), 1.32177603013816e-44, 1e-13);
  near(f_upper(69.21121339, 2, 29), pow(1 + 2 * 69.21121339 / 29, -14.5), 1e-13); /* closed for df1 = 2 */
  near(f_upper(1.2, 5, INFINITY), chi_squared_upper(6, 5), 1e-13);
  near(f_upper_log(1e6, 30, 500), -2698.0080203365496, 1e-13); /* R */
  near(f_upper_log(3, 2, 9), -4.5 * log(1 + 6. / 9), 1e-13);
  near(f_quantile(.95, 3, 12), 3.4902948194976, 1e-13);
  near(f_quantile(.01, 2, 7), (pow(.99, -2. / 7) - 1) * 3.5, 1e-12);
  assert_true(f_upper(0, 2, 3) == 1 && f_upper(INFINITY, 2, 3) == 0);
}

static void chi_squared(void **state)
{
  (void)state;
  near(chi_squared_upper(3.841458820694124, 1), .05, 1e-13);
  near(chi_squared_upper(100, 2), exp(-50), 1e-13);
  near(chi_squared_upper_log(2000, 10), -975.543028717102, 1e-13); /* R; scipy gives -inf */
  near(chi_squared_upper_log(3, 2), -1.5, 1e-14);
  near(chi_squared_quantile(.95, 1), 3.84145882069412, 1e-13);
  near(chi_squared_quantile(.999, 50), 86.6608151904032, 1e-13);
  near(chi_squared_quantile(.01, 2.5), 0.0562120548348221, 1e-12);
  assert_true(chi_squared_upper(0, 4) == 1 && chi_squared_upper(7, INFINITY) == 1);
}

static void quantiles_go_back(void **state)
{
  (void)state;
  static const double shares[] = {1e-12, .001, .1, .5, .9, .999}, dfs[] = {.7, 1, 2.5, 12, 300, 1e6};
  for (size_t i = 0; i < 6; i++) {
    for (size_t j = 0; j < 6; j++) {
      const double p = shares[i], df = dfs[j];
      near(student_upper(-student_quantile(p, df), df), p, 1e-9);
      near(1 - chi_squared_upper(chi_squared_quantile(p, df), df), p, p < .001 ? 1 : 1e-9);
      near(1 - f_upper(f_quantile(p, df, 9), df, 9), p, p < .001 ? 1 : df > 4e5 ? 1e-3 : 1e-9);
      near(normal_lower(normal_quantile(p)), p, 1e-13);
    }
  }
}

static void nonsense_is_nan(void **state)
{
  (void)state;
  const double bad[] = {
    normal_lower(NAN), normal_upper(NAN), normal_quantile(1.5), normal_quantile(NAN), student_two_sided(NAN, 3),
    student_two_sided(1, 0), student_two_sided(1, -1), student_two_sided_log(1, NAN), student_upper(1, 0),
    student_quantile(-.1, 3), student_quantile(.5, 0), f_upper(1, 0, 3), f_upper(1, 3, -1), f_upper(NAN, 3, 1),
    f_upper_log(1, 3, 0), f_quantile(.5, 0, 3), f_quantile(.5, 3, 0), f_quantile(2, 3, 3), chi_squared_upper(1, 0),
    chi_squared_upper_log(NAN, 1), chi_squared_quantile(.5, -1), chi_squared_quantile(NAN, 1)};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (!isnan(bad[i])) {
      fail_msg("number %zu is %g", i, bad[i]);
    }
  }
}

/* Before anybody opened the library; in a child, since it is opened once for all. */
static void before_it_is_open(void **state)
{
  (void)state;
  const pid_t child = fork();
  if (child == 0) {
    _exit(isnan(student_two_sided(1, 5)) && isnan(normal_quantile(.5)) ? 0 : 1);
  }
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(before_it_is_open),
    cmocka_unit_test_setup(normal, open_library),
    cmocka_unit_test_setup(student, open_library),
    cmocka_unit_test_setup(f, open_library),
    cmocka_unit_test_setup(chi_squared, open_library),
    cmocka_unit_test_setup(quantiles_go_back, open_library),
    cmocka_unit_test_setup(nonsense_is_nan, open_library),
  };
  return cmocka_run_group_tests_name("distributions", tests, NULL, NULL);
}
