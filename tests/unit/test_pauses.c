/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pauses.c -- every method that makes segments, stopped at each of its polls in turn: nothing, or a partial result
 * that can be used; and where it can go on, also with further stops, the bits of a fit that was never stopped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool.h"
#include "core/random.h"
#include "core/task.h"
#include "session_fixture.h"

enum {
  POLLS_EACH = 12,  /* the first polls, all of them; of the further ones as many at random */
  FURTHER_MOST = 30 /* stops of one fit; then it may end */
};

/* Some hundred rows with ties, in numbers and texts. text(m) has all bits of a model's frames. */
static const char preparation[] =
    "local c = {a = {}, b = {}, d = {}, p = {}, q = {}, w = {}} for i = 1, 240 do "
    "c.a[i] = math.floor(math.sin(i * 1.3) * 40) / 8 + i % 3 * 6 c.b[i] = math.floor(math.cos(i * 0.7) * 30) / 8 + i % 3 "
    "c.d[i] = i * 7 % 11 c.w[i] = 1 + i % 3 c.p[i] = ('xyz'):sub(i % 3 + 1, i % 3 + 1) c.q[i] = ('uvwx'):sub(i * i % 4 + 1, i * i % 4 + 1) end "
    "df = frame(c) path = os.tmpname() few = df "
    "local g = {} for j = 1, 240 do local s = {} for i = 1, 240 do "
    "s[i] = math.abs(c.a[i] - c.a[j]) + math.abs(c.b[i] - c.b[j]) end g[('r%03d'):format(j)] = s end apart = frame(g) "
    "local l = {a = {}, b = {}} for i = 1, 2100 do l.a[i] = math.sin(i * 1.3) * 5 + i % 3 * 6 "
    "l.b[i] = math.cos(i * 0.7) * 4 + i % 3 end many = frame(l) "
    "function text(m) local parts = {m.complete and 'whole' or 'partial'} "
    "local fine, merges = pcall(function() return m:merges() end) "
    "for _, f in ipairs{m:tidy(), m:glance(), m:predict(df), fine and merges or nil} do for name, c in pairs(f) do parts[#parts + 1] = name "
    "for i = 1, #c do local v = c[i] parts[#parts + 1] = math.type(v) == 'float' and string.format('%a', v) or "
    "tostring(v) end end end return table.concat(parts, ' ') end "
    "function same() local now = text(m) if now == whole then return true end local a, b = {}, {} "
    "for w in whole:gmatch('%S+') do a[#a + 1] = w end for w in now:gmatch('%S+') do b[#b + 1] = w end "
    "for i = 1, math.max(#a, #b) do if a[i] ~= b[i] then return (a[i - 1] or '') .. ' ' .. (a[i] or '') .. ' became ' .. "
    "(b[i] or '') end end end";

static const char *const fits[] = {
    "df:kmeans{k = 7, on = {'a', 'b'}, starts = 3}",
    "df:kmeans{k = 12, on = {'a', 'b'}, starts = 2, refine = 'swap'}",
    "df:kmeans{k = 4, on = {'a', 'b'}, starts = 2, init = 'random', refine = 'none', tol = 0.01}",
    "df:minibatch{k = 4, on = {'a', 'b'}, batch = 50}",
    "df:spherical{k = 4, on = {'a', 'b'}, starts = 2}",
    "df:kmedians{k = 4, on = {'a', 'b'}, starts = 2}",
    "df:kmodes{k = 3, on = {'p', 'q'}, starts = 2}",
    "df:kprototypes{k = 3, starts = 2}",
    "df:pam{k = 4, on = {'a', 'b'}, silhouette = false}",
    "df:clara{k = 4, on = {'a', 'b'}}",
    "df:mixture{k = 3, on = {'a', 'b'}}",
    "df:mixture{k = 2, on = {'a', 'b', 'd'}, model = 'VVE', tol = 1e-7}",
    "df:mixture{k = 3, on = {'a', 'b', 'd'}, model = 'EVE', starts = 2}",
    "many:mixture{k = 3, on = {'a', 'b'}, model = {'VVI', 'VVV'}, tol = 1e-9}", /* begins twice */
    "df:latent_class{k = 2, on = {'p', 'q'}}",
    "df:fuzzy{k = 3, on = {'a', 'b'}}",
    "df:som{on = {'a', 'b'}}",
    "df:dbscan{eps = 1, on = {'a', 'b'}}",
    "df:optics{on = {'a', 'b'}}",
    "df:optics{on = {'a', 'b'}, eps = 2, cut = 0.4}",
    "df:dbscan{on = {'a', 'b'}, eps = 0.4}",
    "df:meanshift{on = {'a', 'b'}, bandwidth = 1.5}",
    "df:hdbscan{on = {'a', 'b'}}",
    "df:meanshift{on = {'a', 'b'}}",
    /* every way of a tree: centres, spanning tree, rounds of a matrix from rows and from a triangle, one merge after the other,
     * Prim on a matrix, a graph of neighbours in one piece and in several, given distances */
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'ward'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'ward_d', metric = 'sqeuclidean', weights = 'w'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'centroid', metric = 'sqeuclidean'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'median', metric = 'sqeuclidean'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'single'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'average', weights = 'w'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'complete', metric = 'manhattan'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'mcquitty'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'ward_d'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'ward', metric = 'manhattan', weights = 'w'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'centroid', weights = 'w'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'median', metric = 'manhattan'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'average', neighbours = 8}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'ward', neighbours = 2, weights = 'w'}",
    "df:hierarchical{k = 4, cophenetic = 'no', on = {'a', 'b'}, linkage = 'complete', neighbours = 3}",
    "df:hierarchical{k = 4, cophenetic = 'no', distances = apart, linkage = 'single'}",
    "df:hierarchical{k = 4, cophenetic = 'no', distances = apart, linkage = 'average'}",
    "df:hierarchical{k = 4, cophenetic = 'no', distances = apart, linkage = 'median'}",
    "df:birch{k = 4, on = {'a', 'b'}}",
    "df:spectral{k = 3, on = {'a', 'b'}}",
    "df:spectral{k = 3, on = {'a', 'b'}, affinity = 'rbf', landmarks = 50}",
};

static bool says(Played *p, const char *chunk, const char *what)
{
  return strcmp(played_done(p, chunk), what) == 0;
}

/* Runs the statement with its task cancelled at a poll. False when that came after its end. */
static bool run_stopped(Played *p, const char *chunk, int64_t poll)
{
  task_cancel_at(poll);
  const RunState state = played_run(p, chunk);
  const bool came = task_polls_left() <= 0;
  task_cancel_at(0);
  if (state != RUN_DONE) {
    const Error *e = &p->outcome.error;
    if (strcmp(e->id, "interrupted") != 0) {
      fail_msg("%s, poll %lld: %s: %s", chunk, (long long)poll, e->id, e->what);
    }
  }
  return came;
}

static bool is_partial(Played *p)
{
  return says(p, "rawget(_ENV, 'm') and not m.complete or false", "true\n");
}

/* What can be asked of merges so far, and what not. */
static void check_parts(Played *p)
{
  played_done(p, "if tostring(m):find('hierarchical', 1, true) then "
                 "local merges, tidy = m:merges(), m:tidy() "
                 "assert(#tidy == m.k and m.k >= m.n - #merges and tidy.size[1] >= tidy.size[#tidy] and #m:leaves() == m.n) "
                 "assert(m.stopped_at == ('merge %d of %d'):format(#merges, m.n - 1)) "
                 "local split = m:cut(m.n) assert(split.k == m.n and not split.complete) "
                 "assert(m:cut{height = 1e300}.k == m.n - #merges) "
                 "for _, f in ipairs{function() m:cut(1) end, function() m:plot() end, function() m:plot('heights') end} do "
                 "local fine, e = pcall(f) assert(not fine and e.id == 'tree-not-whole', tostring(e)) end "
                 "assert(#tostring(m:plot('sizes')) > 0) end");
}

/* One fit, stopped at a poll and, where it goes on, at some more. False when it ended before the poll. */
static bool fit_with_stops(Played *p, const char *fit, int64_t poll, Random *random)
{
  char chunk[200];
  snprintf(chunk, sizeof chunk, "m = nil m = %s", fit);
  const bool came = run_stopped(p, chunk, poll);
  if (is_partial(p)) {
    played_done(p, "assert(m.reason == 'interrupted' and m.stopped_at ~= '' and #m:predict(df) == #df)");
    if (random_below(random, 8) == 0) {
      check_parts(p);
    }
    if (random_below(random, 4) == 0) {
      played_done(p, "m:save(path) m = model.load(path)");
    }
  }
  const bool partial = is_partial(p);
  const bool goes_on = partial && says(p, "goes, why = pcall(function() m:continue(df) end) print(goes)", "true\n");
  if (partial && !goes_on) { /* only what never does */
    snprintf(chunk, sizeof chunk, "assert(why.id == 'not-supported', [[%s]] .. tostring(why))", fit);
    played_done(p, chunk);
  }
  for (int i = 0; goes_on && is_partial(p); i++) {
    (void)run_stopped(p, "m = m:continue(df)", i < FURTHER_MOST ? 1 + (int64_t)random_below(random, 40) : 0);
  }
  if (says(p, "rawget(_ENV, 'm') and m.complete or false", "true\n")) {
    if (!says(p, "same()", "true\n")) {
      fail_msg("%s, poll %lld: %s", fit, (long long)poll, text_data(&p->output));
    }
  }
  return came;
}

static void test_methods(void **state)
{
  (void)state;
  Random random = random_new(1, 1);
  Played *p = played_new(PLAYED_PROMPT_IN_PLACE);
  played_done(p, preparation);
  for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
    char chunk[200];
    played_done(p, strncmp(fits[i], "many", 4) == 0 ? "df = many" : "df = few");
    snprintf(chunk, sizeof chunk, "m = %s whole = text(m)", fits[i]);
    played_done(p, chunk);
    snprintf(chunk, sizeof chunk, "m = %s", fits[i]);
    task_cancel_at(INT64_MAX);
    played_done(p, chunk);
    const int64_t polls = INT64_MAX - task_polls_left();
    task_cancel_at(0);
    for (int64_t poll = 1; poll <= POLLS_EACH && fit_with_stops(p, fits[i], poll, &random); poll++) {
    }
    for (int j = 0; j < POLLS_EACH && polls > POLLS_EACH; j++) {
      (void)fit_with_stops(p, fits[i], POLLS_EACH + 1 + (int64_t)random_below(&random, (uint64_t)(polls - POLLS_EACH)), &random);
    }
  }
  played_done(p, "os.remove(path)");
  played_free(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_methods),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
