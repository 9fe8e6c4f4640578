/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a statement will take: known for a plain call of what forecasts its cost, said why where not, and nothing of the
 * user's is run for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bind/forecast.h"
#include "session_fixture.h"

static const char *const setup =
  "touched = 0; "
  "do local x = {}; for i = 1, 5000 do x[i] = i * 7919 % 104729 end; df = frame{x = x, y = x} end; "
  "function touch() touched = touched + 1 return 3 end; "
  "odd = setmetatable({}, {__index = touch, __unm = touch, __sub = touch, __call = touch, __len = touch}); "
  "k = 3; m = df:kmeans{k = 2}";

static void test_known(void **state)
{
  static const char *const plain[] = {
    "df:kmeans{k = 3}", "s = df:kmeans{k = 3}", "local s = df:kmeans(3)", " s=df:kmeans { k = k, on = {'x', \"y\"} } ; ",
    "cluster.kmeans(df, {k = 3, tol = 1e-5})", "s = df:kmeans{k = 3, starts = 2,\n  scale = \"zscore\"}", "df:sort\"-x\"",
    "df:dbscan{eps = .5, min_points = 5}", "df:kmeans(3, {seed = 7})"};
  Played *p = played_new(PLAYED_PROMPT);
  (void)state;
  played_done(p, setup);
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
    const Forecast forecast = session_forecast(p->session, plain[i]);
    if (!forecast.known) {
      fail_msg("%s: %s", plain[i], forecast.why);
    }
    assert_true(forecast.seconds > 0);
    assert_string_equal(forecast.why, "");
  }
  played_free(p);
}

/* More of the same work is forecast to take longer, in proportion where the method's cost is. */
static void test_grows(void **state)
{
  Played *p = played_new(PLAYED_PROMPT);
  (void)state;
  played_done(p, setup);
  const Forecast few = session_forecast(p->session, "df:kmeans{k = 3, starts = 10, refine = 'none'}");
  const Forecast many = session_forecast(p->session, "df:kmeans{k = 3, starts = 1000, refine = 'none'}");
  assert_true(few.known && many.known);
  assert_true(many.seconds > 20 * few.seconds);
  played_free(p);
}

static void test_not_known(void **state)
{
  static const struct {
    const char *statement, *why;
  } asked[] = {
    {"missing_one:kmeans{k = 3}", "missing_one is not there yet"},
    {"df:kmeans{k = later}", "later is not there yet"},
    {"df:describe()", "does not forecast its time"},
    {"m:tidy()", "does not forecast its time"},
    {"df:kmeans{k = 3}:tidy()", "more than one call"},
    {"a = df:kmeans{k = 3} b = 2", "more than one call"},
    {"df:kmeans{k = touch()}", "more than one call"},
    {"df:kmeans{k = odd.k}", "more than one call"},
    {"df:kmeans{k = -odd}", "more than one call"},
    {"df:kmeans{k = 1 - odd}", "more than one call"},
    {"df:kmeans{k = #odd}", "more than one call"},
    {"df:kmeans{k = odd}", "more than one call"},
    {"df:filter(touch)", "more than one call"},
    {"odd:kmeans{k = 3}", "more than one call"},
    {"odd{k = 3}", "more than one call"},
    {"df:kmeans{k = 3", "more than one call"},
    {"df:kmeans{k = 'three}", "more than one call"},
    {"df:kmeans{k = function() return touch() end}", "more than one call"},
    {"1 + 1", "more than one call"},
    {"", "more than one call"},
    {"df:kmeans{k = 0}", "option 'k' must be a whole number"},
    {"df:kmeans{kk = 3}", "no option 'kk'"},
  };
  Played *p = played_new(PLAYED_PROMPT);
  (void)state;
  played_done(p, setup);
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    const Forecast forecast = session_forecast(p->session, asked[i].statement);
    assert_false(forecast.known);
    if (!strstr(forecast.why, asked[i].why)) {
      fail_msg("%s: '%s' has no '%s'", asked[i].statement, forecast.why, asked[i].why);
    }
  }
  assert_string_equal(played_done(p, "touched"), "0\n");
  assert_int_equal(played_run(p, "df:kmeans{k = 2}:glance().k[1]"), RUN_DONE);
  played_free(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_known),
    cmocka_unit_test(test_grows),
    cmocka_unit_test(test_not_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
