/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/journal_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_SHOWN = 5 };

bool check_same_kernel(const RunFact *was, const RunFact *is)
{
  if (!*was->libm || !*is->libm) { /* not said: a file written by hand */
    return true;
  }
  const bool unused = strcmp(was->blas, "none") == 0 || strcmp(is->blas, "none") == 0;
  return (unused || strcmp(was->blas, is->blas) == 0) && strcmp(was->libm, is->libm) == 0;
}

/* ---- Figures */

static bool near(double a, double b, double size)
{
  return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= CHECK_TOLERANCE * size;
}

static bool same_figures(const ColumnFact *a, const ColumnFact *b)
{
  const double n = a->n > 0 ? (double)a->n : 1;
  const double typical = sqrt(a->squares / n);
  return near(a->sum, b->sum, typical * n) && near(a->squares, b->squares, a->squares) &&
         near(a->low, b->low, typical) && near(a->high, b->high, typical);
}

typedef enum Verdict { AGREES, AGREES_ROUGHLY, UNKNOWN, DIFFERS } Verdict; /* from best to worst */

static Verdict judge_column(const ColumnFact *was, const ColumnFact *is, bool same_kernel)
{
  if (digest_same(was->digest, is->digest)) {
    return AGREES;
  }
  if (same_kernel || was->n != is->n || was->missing != is->missing || strcmp(was->type, is->type) != 0) {
    return DIFFERS;
  }
  if (!was->numeric || !is->numeric) {
    return UNKNOWN;
  }
  return same_figures(was, is) ? AGREES_ROUGHLY : DIFFERS;
}

/* ---- Saying it */

static void put_change(const char *figure, double was, double is, Text *out)
{
  char before[32], after[32], change[32];
  if (was == is || (isnan(was) && isnan(is))) {
    return;
  }
  text_of_double(was, before);
  text_of_double(is, after);
  text_of_double(is - was, change);
  text_printf(out, _("    %1$s was %2$s, is %3$s (%4$s%5$s)\n"), figure, before, after, is > was ? "+" : "", change);
}

static void put_counts(const char *figure, uint64_t was, uint64_t is, Text *out)
{
  put_change(figure, (double)was, (double)is, out);
}

static void say_column(const ColumnFact *was, const ColumnFact *is, Text *out)
{
  const size_t before = out->size;
  text_printf(out, _("  column %1$s (%2$s, %3$llu cells)\n"), was->name, was->type,
              (unsigned long long)(was->n + was->missing));
  const size_t head = out->size;
  if (strcmp(was->type, is->type) != 0) {
    text_printf(out, _("    was %1$s, is %2$s\n"), was->type, is->type);
  }
  put_counts(_("n"), was->n, is->n, out);
  put_counts(_("missing"), was->missing, is->missing, out);
  if (*was->value && *is->value) {
    text_printf(out, _("    was %1$s, is %2$s\n"), was->value, is->value);
  } else if (was->numeric && is->numeric) {
    put_change(_("sum"), was->sum, is->sum, out);
    put_change(_("sum of squares"), was->squares, is->squares, out);
    put_change(_("min"), was->low, is->low, out);
    put_change(_("max"), was->high, is->high, out);
  }
  if (out->size == head && out->size > before) {
    text_puts(out, was->numeric ? _("    the same figures, but other cells, or another order\n")
                                : _("    other cells, or another order\n"));
  }
}

static const ColumnFact *column_named(const Fact *fact, const char *name)
{
  for (size_t i = 0; fact && i < fact->n_described; i++) {
    if (strcmp(fact->described[i].name, name) == 0) {
      return &fact->described[i];
    }
  }
  return NULL;
}

static void say_fact(const Fact *fact, Text *out)
{
  switch (fact->kind) {
    case FACT_READ:
      text_printf(out, _("  the file %s that was read\n"), fact->name);
      break;
    case FACT_WROTE:
      text_printf(out, _("  the file %s that was written\n"), fact->name);
      break;
    case FACT_SHOWS:
      text_printf(out, _("  the value shown (%s)\n"), fact->what);
      break;
    case FACT_GIVES:
      text_printf(out, _("  the result (%s)\n"), fact->what);
      break;
    default:
      text_printf(out, *fact->name ? _("  %1$s (%2$s)\n") : _("  %1$sthe data (%2$s)\n"), fact->name, fact->what);
  }
}

/* ---- One fact */

typedef struct Pair {
  const Fact *was, *is;
  bool same_kernel;
  StepCheck *check;
} Pair;

static void count(StepCheck *check, Verdict verdict)
{
  check->digests += verdict == AGREES;
  check->figures += verdict == AGREES_ROUGHLY;
  check->unknown += verdict == UNKNOWN;
}

static bool is_number(const char *text, double *out)
{
  char *end;
  *out = strtod(text, &end);
  return *text && *end == '\0';
}

static void check_plain(const Pair *pair)
{
  double a = 0, b = 0;
  Text *what = &pair->check->what;
  if (strcmp(pair->was->value, pair->is->value) == 0) {
    count(pair->check, AGREES);
  } else if (is_number(pair->was->value, &a) && is_number(pair->is->value, &b)) {
    if (!pair->same_kernel && near(a, b, fabs(a))) {
      count(pair->check, AGREES_ROUGHLY);
      return;
    }
    pair->check->differs = true;
    say_fact(pair->was, what);
    put_change(_("it"), a, b, what);
  } else {
    pair->check->differs = true;
    say_fact(pair->was, what);
    text_printf(what, _("    was %1$s, is %2$s\n"), pair->was->value, pair->is->value);
  }
}

static void say_whole(const Pair *pair)
{
  const Fact *was = pair->was, *is = pair->is;
  Text *what = &pair->check->what;
  say_fact(was, what);
  put_counts(_("rows"), was->rows, is->rows, what);
  put_counts(_("columns"), was->columns, is->columns, what);
  put_counts(_("bytes"), was->bytes, is->bytes, what);
}

/* Digests that differ: column by column, of those that the journal describes here. Others were described with an
 * earlier step, and differ there first. */
static Verdict judge_columns(const Pair *pair, bool say)
{
  Text *what = &pair->check->what;
  Verdict worst = AGREES;
  size_t shown = 0;
  for (size_t i = 0; i < pair->was->n_described; i++) {
    const ColumnFact *was = &pair->was->described[i], *is = column_named(pair->is, was->name);
    const Verdict verdict = is ? judge_column(was, is, pair->same_kernel) : DIFFERS;
    worst = verdict > worst ? verdict : worst;
    if (!say || verdict != DIFFERS || ++shown > COLUMNS_SHOWN) {
      continue;
    }
    if (is) {
      say_column(was, is, what);
    } else {
      text_printf(what, _("  column %s is not there any more\n"), was->name);
    }
  }
  if (shown > COLUMNS_SHOWN) {
    text_printf(what, _("  and %zu columns more\n"), shown - COLUMNS_SHOWN);
  }
  return worst;
}

static void check_digest(const Pair *pair)
{
  const Fact *was = pair->was, *is = pair->is;
  if (digest_same(was->digest, is->digest)) {
    count(pair->check, AGREES);
    return;
  }
  const bool sizes = was->rows == is->rows && was->columns == is->columns;
  const bool exact = pair->same_kernel || was->kind <= FACT_WROTE;
  Verdict verdict = exact || !sizes ? DIFFERS : UNKNOWN;
  if (verdict == UNKNOWN && was->n_described > 0) {
    verdict = judge_columns(pair, false);
    verdict = verdict == AGREES ? AGREES_ROUGHLY : verdict;
  }
  if (was->kind == FACT_USES) { /* data are compared with the step that made them */
    return;
  }
  count(pair->check, verdict);
  if (verdict != DIFFERS) {
    return;
  }
  const size_t before = pair->check->what.size;
  pair->check->differs = true;
  say_whole(pair);
  const size_t head = pair->check->what.size;
  (void)judge_columns(pair, true);
  if (pair->check->what.size == head && was->bytes == is->bytes && sizes && head > before) {
    text_puts(&pair->check->what, _("    other content of the same size\n"));
  }
}

static void check_fact(const Pair *pair)
{
  const Fact *was = pair->was, *is = pair->is;
  if (strcmp(was->what, is->what) != 0 || strcmp(was->class, is->class) != 0) {
    pair->check->differs = true;
    say_fact(was, &pair->check->what);
    text_printf(&pair->check->what, _("    was %1$s %2$s, is %3$s %4$s\n"), was->what, was->class, is->what, is->class);
  } else if (*was->value) {
    check_plain(pair);
  } else if (was->digested && is->digested) {
    check_digest(pair);
  } else if (was->digested != is->digested) {
    count(pair->check, UNKNOWN);
  }
}

/* ---- A step */

/* The fact of the same kind and name, of several the one with the same number. */
static const Fact *counterpart(const Step *was, size_t index, const Step *is)
{
  const Fact *fact = &was->facts[index];
  size_t before = 0;
  for (size_t i = 0; i < index; i++) {
    before += was->facts[i].kind == fact->kind && strcmp(was->facts[i].name, fact->name) == 0;
  }
  for (size_t i = 0; i < is->n; i++) {
    if (is->facts[i].kind == fact->kind && strcmp(is->facts[i].name, fact->name) == 0 && before-- == 0) {
      return &is->facts[i];
    }
  }
  return NULL;
}

static void check_absent(const Fact *was, StepCheck *out)
{
  if (was->kind == FACT_READ || was->kind == FACT_USES) { /* the same result may come by another way */
    out->unknown += was->kind == FACT_READ;
    return;
  }
  out->differs = true;
  say_fact(was, &out->what);
  text_puts(&out->what, _("    does not come out any more\n"));
}

Status check_step(const Step *was, const Step *is, const char *swapped, StepCheck *out, Error *e)
{
  bool enough = false; /* a file that differs is told together with what came of it */
  *out = (StepCheck){0};
  for (size_t i = 0; i < was->n && !enough; i++) {
    const Fact *fact = &was->facts[i];
    const Fact *now = counterpart(was, i, is);
    if (fact->kind == FACT_READ && swapped && strcmp(fact->name, swapped) == 0) {
      continue;
    }
    if (!now) {
      check_absent(fact, out);
      enough = out->differs;
      continue;
    }
    const Pair pair = {.was = fact,
                       .is = now,
                       .same_kernel = check_same_kernel(&was->run, &is->run),
                       .check = out};
    check_fact(&pair);
    enough = out->differs && fact->kind != FACT_READ;
  }
  return text_status(&out->what, e);
}

void check_free(StepCheck *check)
{
  text_free(&check->what);
}
