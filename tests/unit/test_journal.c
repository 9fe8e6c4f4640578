/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements as text, facts and files of them, slices, and the comparison of two runs. Expectations were worked out by
 * hand from Lua's grammar and from the rules in the headers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "journal/chunk_lex.h"
#include "journal/chunk_names.h"
#include "journal/fact.h"
#include "journal/journal.h"
#include "journal/journal_check.h"
#include "journal/slice.h"
#include "journal/steps.h"

/* ---- Words and names */

static void list_names(const Map *names, char *out)
{
  *out = '\0';
  for (size_t i = 0; i < map_size(names); i++) {
    strcat(out, i ? " " : "");
    strcat(out, map_key(names, i, NULL));
  }
}

static const struct {
  const char *chunk, *mentions, *assigns, *parts;
  bool opaque, local, returns;
} chunks[] = {
  {"x = 1", "x", "x", "", false, false, false},
  {"x, y = y, x", "x y", "x y", "", false, false, false},
  {"a.b.c = d.e", "a d", "", "a", false, false, false},
  {"a[i] = 1", "a i", "", "a", false, false, false},
  {"a.b, c = 1, 2", "a c", "c", "a", false, false, false},
  {"f{k = 4, on = {\"x\"}, [y] = z}", "f y z", "", "", false, false, false},
  {"df:kmeans{k = k}", "df k", "", "", false, false, false},
  {"function g(n) total = n return n end", "g n total", "g", "total", false, false, false},
  {"function t.f() end", "t", "", "t", false, false, false},
  {"local a, b = c, 2 d = a", "a b c d", "d", "", false, true, false},
  {"for i = 1, n do s = s + i end", "i n s", "s", "", false, false, false},
  {"if x then y = 1 elseif z then return end", "x y z", "y", "", false, false, true},
  {"t = {f = function() a = 1; b, c = 2, 3 end, d = 4}", "t a b c", "t", "a b c", false, false, false},
  {"while a do b = 1 end c = 2", "a b c", "b c", "", false, false, false},
  {"x = \"y = 1\" -- z = 2", "x", "x", "", false, false, false},
  {"x = [==[ ]] y = 1 ]==]", "x", "x", "", false, false, false},
  {"x == y", "x y", "", "", false, false, false},
  {"load(s)()", "load s", "", "", true, false, false},
  {"x = math.random()", "x math %random", "x", "", false, false, false},
  {"io.open(p)", "%files io p", "", "", false, false, false},
  {"x = 'a\\\nb' y = 1", "x y", "x y", "", false, false, false},
  {"goto done x = 1 ::done::", "x", "x", "", false, false, false},
};

static void names_of_chunks(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    ChunkNames names;
    char text[256];
    assert_int_equal(chunk_names(chunks[i].chunk, &names, NULL), STATUS_OK);
    list_names(names.mentions, text);
    if (strcmp(text, chunks[i].mentions) != 0) {
      fail_msg("%s mentions '%s', not '%s'", chunks[i].chunk, text, chunks[i].mentions);
    }
    list_names(names.assigns, text);
    if (strcmp(text, chunks[i].assigns) != 0) {
      fail_msg("%s assigns '%s', not '%s'", chunks[i].chunk, text, chunks[i].assigns);
    }
    list_names(names.parts, text);
    assert_string_equal(text, chunks[i].parts);
    assert_int_equal(names.opaque, chunks[i].opaque);
    assert_int_equal(names.local, chunks[i].local);
    assert_int_equal(names.returns, chunks[i].returns);
    chunk_names_free(&names);
  }
}

static const struct {
  const char *chunk, *file;
  bool expression;
} in_file[] = {
  {"x = 1", "x = 1", false},
  {"seg", "_ = seg", true},
  {"= seg", "_ = seg", false},
  {"f()", "f()", false},
  {"(f or g)()", ";(f or g)()", false},
  {"return x", "_ = x", false},
  {"return", "_ = nil ", false},
  {"local x = 1; y = x", "do\nlocal x = 1; y = x\nend", false},
  {"if x then return 1 end", "_ = (function(...)\nif x then return 1 end\nend)(...)", false},
  {"x = 1\n--= 1 done\ny = 2", "x = 1\n --= 1 done\ny = 2", false},
  {"x = [[\n--= 1 done\n]]", "x = [[\n--= 1 done\n]]", false},
  {"-- 客户\nx = '客户'", "-- 客户\nx = '客户'", false},
};

static void statements_in_a_file(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof in_file / sizeof *in_file; i++) {
    Text out = {0};
    assert_int_equal(chunk_in_file(in_file[i].chunk, in_file[i].expression, &out, NULL), STATUS_OK);
    assert_string_equal(text_data(&out), in_file[i].file);
    text_free(&out);
  }
}

/* ---- Facts */

static Frame *frame_of(const double *x, size_t n)
{
  Draft *draft = draft_new();
  Frame *frame = NULL;
  static const char *const texts[] = {"a", "b", NULL, "é \"q\"", "a", "b", "a", "b"};
  draft_floats(draft, "x y", x, n);
  draft_texts(draft, "name", texts, n);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* Sum 0.1 + 1e16 - 1e16 as blocks add it, squares, and what leaves missing cells and NaN out. */
static void figures_of_columns(void **state)
{
  (void)state;
  const double x[] = {3, -1, NAN, 4, 0.5};
  Frame *frame = frame_of(x, 5);
  Value value = value_of_frame(frame);
  Arena arena = {0};
  Fact fact;
  assert_int_equal(fact_of_value(&value, FACT_SETS, "df", &arena, &fact, NULL), STATUS_OK);
  assert_int_equal(fact_describe(&value, NULL, NULL, &arena, &fact, NULL), STATUS_OK);
  assert_int_equal(fact.rows, 5);
  assert_int_equal(fact.n_described, 2);
  const ColumnFact *column = &fact.described[0];
  assert_int_equal(column->n, 4); /* draft_floats makes NaN missing */
  assert_int_equal(column->missing, 1);
  assert_true(column->sum == 6.5 && column->squares == 26.25 && column->low == -1 && column->high == 4);
  arena_free(&arena);
  value_free(&value);
}

static void facts_come_back(void **state)
{
  (void)state;
  const double x[] = {3, -1, NAN, 4, 0.1};
  Value value = value_of_frame(frame_of(x, 5));
  Arena arena = {0}, second = {0};
  Fact fact;
  FactLine line;
  Text text = {0};
  assert_int_equal(fact_of_value(&value, FACT_SETS, "my \"odd\"\nname", &arena, &fact, NULL), STATUS_OK);
  assert_int_equal(fact_describe(&value, NULL, NULL, &arena, &fact, NULL), STATUS_OK);
  fact_write(7, &fact, &text);
  const char *at = text_data(&text);
  assert_int_equal(fact_read(at, strcspn(at, "\n"), &second, &line, NULL), STATUS_OK);
  assert_int_equal(line.kind, LINE_FACT);
  assert_int_equal(line.step, 7);
  assert_string_equal(line.fact.name, fact.name);
  assert_string_equal(line.fact.what, "frame");
  assert_true(line.fact.digested && digest_same(line.fact.digest, fact.digest));
  at += strcspn(at, "\n") + 1;
  assert_int_equal(fact_read(at, strcspn(at, "\n"), &second, &line, NULL), STATUS_OK);
  assert_int_equal(line.kind, LINE_COLUMN);
  assert_string_equal(line.column.name, "x y");
  assert_true(line.column.sum == fact.described[0].sum && line.column.squares == fact.described[0].squares);
  assert_true(digest_same(line.column.digest, fact.described[0].digest));
  text_free(&text);
  arena_free(&arena);
  arena_free(&second);
  value_free(&value);
}

/* ---- Files of statements */

static const char journal_file[] =
  "-- A journal of assay: ...\n"
  "--@ journal assay=0.1 began=2026-01-02T03:04:05Z\n"
  "--@ in folder=\"/home/x y\"\n"
  "--@ machine seed=1 threads=2 isa=base libm=2.36 blas=none\n"
  "a = 1\n"
  "--= 1 done at=2026-01-02T03:04:06Z wall=0.5\n"
  "--= 1 sets a number value=1\n"
  "--! b = a +\n"
  "--!   nix\n"
  "--= 2 failed unknown-name at=2026-01-02T03:04:07Z wall=0.1\n"
  "--@ machine seed=1 threads=2 isa=base libm=2.36 blas=Haswell-0.3.21\n"
  "t = [[\n"
  "--= 9 done\n"
  "]]\n"
  "--= 3 done at=2026-01-02T03:04:08Z wall=0.1\n"
  "--= 1 sets c number value=2\n"
  "--= 3 sets t text bytes=11\n"
  "_ = t\n"
  "--= 4 done at=2026-01-02T03:04:09Z wall=0.1\n";

static void steps_of_a_journal(void **state)
{
  (void)state;
  Steps steps;
  const char *expression;
  assert_int_equal(steps_read(journal_file, &steps, NULL), STATUS_OK);
  assert_true(steps.journal && !steps.ended && !steps.torn);
  assert_int_equal(steps.n, 4);
  assert_string_equal(steps.items[0].text, "a = 1");
  assert_int_equal(steps.items[0].line, 5);
  assert_string_equal(steps.items[0].folder, "/home/x y");
  assert_int_equal(steps.items[0].n, 2); /* one came late */
  assert_string_equal(steps.items[0].run.blas, "none");
  assert_true(steps.items[1].run.failed);
  assert_string_equal(steps.items[1].text, "b = a +\n  nix");
  assert_string_equal(steps.items[1].run.id, "unknown-name");
  assert_string_equal(steps.items[2].text, "t = [[\n--= 9 done\n]]");
  assert_string_equal(steps.items[2].run.blas, "Haswell-0.3.21");
  assert_true(step_expression(&steps.items[3], &expression));
  assert_string_equal(expression, "t");
  assert_false(step_expression(&steps.items[0], &expression));
  steps_free(&steps);
}

/* Wherever a journal is cut off, what stands before the cut is as it was. */
static void torn_journals(void **state)
{
  (void)state;
  char text[sizeof journal_file];
  for (size_t cut = 0; cut < sizeof journal_file; cut++) {
    Steps steps;
    memcpy(text, journal_file, cut);
    text[cut] = '\0';
    assert_int_equal(steps_read(text, &steps, NULL), STATUS_OK);
    assert_true(steps.n <= 4);
    if (steps.n > 0 && steps.journal) {
      assert_string_equal(steps.items[0].text, "a = 1");
    }
    steps_free(&steps);
  }
}

static void other_files(void **state)
{
  (void)state;
  Steps steps;
  assert_int_equal(steps_read("-- a script\nx = 1\ny = 2\n", &steps, NULL), STATUS_OK);
  assert_int_equal(steps.n, 1);
  steps_free(&steps);
  assert_int_equal(steps_read("", &steps, NULL), STATUS_OK);
  assert_int_equal(steps.n, 0);
  steps_free(&steps);
  assert_int_equal(steps_read("--@ journal assay=1\nx = 1\n--= 1 done at=a\ny = [[", &steps, NULL), STATUS_OK);
  assert_int_equal(steps.n, 1);
  assert_string_equal(steps.torn, "y = [[");
  steps_free(&steps);
  assert_int_equal(steps_read("x = 1\n--= 1 done at=a\n--@ undone step=1\nx = 2\n--= 2 done at=a\n", &steps, NULL),
                   STATUS_OK);
  assert_true(steps.items[0].undone && !steps.items[1].undone);
  steps_free(&steps);
}

/* ---- Slices: lines "text | facts, by ;" and what is kept for an object */

typedef struct Line {
  const char *text, *facts[4];
} Line;

static void make_journal(const Line *lines, Text *out)
{
  for (size_t i = 0; lines[i].text; i++) {
    text_printf(out, "%s\n--= %zu done at=a\n", lines[i].text, i + 1);
    for (size_t j = 0; j < 4 && lines[i].facts[j]; j++) {
      text_printf(out, "--= %zu %s\n", i + 1, lines[i].facts[j]);
    }
  }
}

static void keeps(const Line *lines, const char *object, const char *wanted)
{
  Text text = {0};
  Steps steps;
  bool keep[32] = {false};
  char got[64] = "";
  Error e;
  error_clear(&e);
  make_journal(lines, &text);
  assert_int_equal(steps_read(text_data(&text), &steps, NULL), STATUS_OK);
  assert_true(steps.n < 32);
  if (slice_steps(&steps, object, keep, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  for (size_t i = 0; i < steps.n; i++) {
    if (keep[i]) {
      snprintf(got + strlen(got), sizeof got - strlen(got), "%s%zu", *got ? " " : "", i + 1);
    }
  }
  if (strcmp(got, wanted) != 0) {
    fail_msg("for %s steps %s are kept, not %s", object ? object : "all", got, wanted);
  }
  steps_free(&steps);
  text_free(&text);
}

#define FRAME " frame digest=00000000000000000000000000000001"

static void slices_of_values(void **state)
{
  (void)state;
  const Line lines[] = {{"df = read \"a.csv\"", {"read a.csv", "sets df" FRAME}},
                        {"k = 4", {"sets k number value=4"}},
                        {"df:describe()", {"shows \"\"" FRAME}},
                        {"k = 5", {"sets k number value=5"}},
                        {"seg = df:kmeans{k = k}", {"sets seg" FRAME}},
                        {"other = read \"b.csv\"", {"sets other" FRAME}},
                        {"df = seg:augment(df)", {"sets df" FRAME}},
                        {NULL, {NULL}}};
  keeps(lines, "seg", "1 4 5");
  keeps(lines, "df", "1 4 5 7");
  keeps(lines, "other", "6");
  keeps(lines, NULL, "1 4 5 6 7");
}

static void slices_of_functions(void **state)
{
  (void)state;
  const Line lines[] = {{"factor = 2", {"sets factor number value=2"}},
                        {"function f(x) return x * factor + shift end", {"sets f function"}},
                        {"shift = 1", {"sets shift number value=1"}},
                        {"y = f(3)", {"sets y number value=7"}},
                        {"shift = 9", {"sets shift number value=9"}},
                        {"z = 5", {"sets z number value=5"}},
                        {NULL, {NULL}}};
  keeps(lines, "y", "1 2 3 4"); /* what f needs when it is called, also what came after its definition */
  keeps(lines, "z", "6");
}

static void slices_with_state(void **state)
{
  (void)state;
  const Line lines[] = {{"counter = make()", {"sets counter closure"}},
                        {"print(counter())", {NULL}},
                        {"big = {}", {"sets big table"}},
                        {"alias = big", {"sets alias table"}},
                        {"alias.x = 1", {NULL}},
                        {"n = counter()", {"sets n number value=2"}},
                        {"m = big.x", {"sets m number value=1"}},
                        {"math.randomseed(3)", {NULL}},
                        {"r = math.random()", {"sets r number value=0.5"}},
                        {"q = math.random()", {"sets q number value=0.6"}},
                        {NULL, {NULL}}};
  keeps(lines, "n", "1 2 6");
  keeps(lines, "m", "3 4 5 7");
  keeps(lines, "q", "8 9 10");
}

static void slices_with_files(void **state)
{
  (void)state;
  const Line lines[] = {{"df = read \"a.csv\"", {"read a.csv", "sets df" FRAME}},
                        {"df:write(\"b.csv\")", {"wrote b.csv"}},
                        {"df:write(\"c.csv\")", {"wrote c.csv"}},
                        {"b = read \"b.csv\"", {"read b.csv", "sets b" FRAME}},
                        {"h = io.open(\"d.csv\", \"w\")", {"sets h userdata"}},
                        {"h:write(\"x\")", {NULL}},
                        {"d = read \"d.csv\"", {"read d.csv", "sets d" FRAME}},
                        {NULL, {NULL}}};
  keeps(lines, "b", "1 2 4");
  keeps(lines, "d", "1 2 3 5 6 7"); /* what goes through a handle is not known */
  keeps(lines, "df", "1");
}

static void slices_in_doubt(void **state)
{
  (void)state;
  const Line lines[] = {{"require \"shop\"", {NULL}},
                        {"string.trim = function(s) return s end", {NULL}},
                        {"x = 1", {"sets x number value=1"}},
                        {"x + 1", {"shows \"\" number value=2"}},
                        {"y = _ * 2", {"sets y number value=4"}},
                        {"dofile \"more.lua\"", {"sets g function"}},
                        {"z = 3", {"sets z number value=3"}},
                        {"w = g()", {"sets w number value=3"}},
                        {NULL, {NULL}}};
  keeps(lines, "x", "1 2 3 6");
  keeps(lines, "y", "1 2 3 4 5 6");
  keeps(lines, "w", "1 2 3 4 5 6 7 8"); /* what g needs cannot be seen */
}

/* A name of a statement's own is not the value shown last. */
static void slices_with_own_names(void **state)
{
  (void)state;
  const Line lines[] = {{"1 + 1", {"shows \"\" number value=2"}},
                        {"t = {1, 2}", {"sets t table digest=00000000000000000000000000000001"}},
                        {"n = 0 for _, v in ipairs(t) do n = n + v end", {"sets n number value=3"}},
                        {"f = function(_, x) return x end", {"sets f function"}},
                        {"local _ = 1 m = n", {"sets m number value=3"}},
                        {"k = _", {"sets k number value=2"}},
                        {NULL, {NULL}}};
  keeps(lines, "n", "2 3");
  keeps(lines, "f", "4");
  keeps(lines, "m", "2 3 5");
  keeps(lines, "k", "1 6");
}

static void unknown_objects(void **state)
{
  (void)state;
  Steps steps;
  bool keep[2];
  Error e;
  error_clear(&e);
  assert_int_equal(steps_read("seg = 1\n--= 1 done at=a\n--= 1 sets seg number value=1\n", &steps, NULL), STATUS_OK);
  assert_int_equal(slice_steps(&steps, "sge", keep, &e), STATUS_NAME);
  assert_string_equal(e.id, "no-such-object");
  assert_non_null(strstr(e.hint, "seg"));
  steps_free(&steps);
}

/* ---- Comparing two runs */

#define D1 " digest=00000000000000000000000000000001\n"
#define D2 " digest=00000000000000000000000000000002\n"
#define STEP "x = 1\n--= 1 done at=a\n"

static void compare(const char *was, const char *is, StepCheck *check)
{
  Steps a, b;
  assert_int_equal(steps_read(was, &a, NULL), STATUS_OK);
  assert_int_equal(steps_read(is, &b, NULL), STATUS_OK);
  assert_int_equal(check_step(&a.items[0], &b.items[0], NULL, check, NULL), STATUS_OK);
  steps_free(&a);
  steps_free(&b);
}

static const char frame_then[] = STEP "--= 1 sets x frame rows=4 columns=1" D1
                                 "--= 1 . amount float64 n=4 missing=0 sum=10 squares=30 min=1 max=4" D1;

static void with_machine(const char *blas, const char *steps, char *out)
{
  sprintf(out, "--@ machine seed=1 threads=2 isa=base libm=2.36 blas=%s\n%s", blas, steps);
}

static void same_kernels_compare_bits(void **state)
{
  (void)state;
  StepCheck check;
  char was[600], is[600];
  with_machine("Haswell", frame_then, was);
  compare(was, was, &check);
  assert_true(!check.differs && check.digests == 1);
  check_free(&check);
  with_machine("Haswell",
               STEP "--= 1 sets x frame rows=4 columns=1" D2
                    "--= 1 . amount float64 n=4 missing=0 sum=10.5 squares=34.25 min=1 max=4.5" D2,
               is);
  compare(was, is, &check);
  assert_true(check.differs);
  assert_non_null(strstr(text_data(&check.what), "amount"));
  assert_non_null(strstr(text_data(&check.what), "sum was 10, is 10.5 (+0.5)"));
  assert_non_null(strstr(text_data(&check.what), "4 cells"));
  check_free(&check);
}

static void other_kernels_compare_figures(void **state)
{
  (void)state;
  StepCheck check;
  char was[600], is[600];
  with_machine("Haswell", frame_then, was);
  with_machine("Zen",
               STEP "--= 1 sets x frame rows=4 columns=1" D2
                    "--= 1 . amount float64 n=4 missing=0 sum=10.000000000000002 squares=30 min=1 max=4" D2,
               is);
  compare(was, is, &check);
  assert_true(!check.differs && check.figures == 1 && check.digests == 0);
  check_free(&check);
  with_machine("Zen",
               STEP "--= 1 sets x frame rows=4 columns=1" D2
                    "--= 1 . amount float64 n=4 missing=0 sum=10.0000001 squares=30 min=1 max=4" D2,
               is);
  compare(was, is, &check);
  assert_true(check.differs); /* 1e-8 is more than the kernels may do */
  check_free(&check);
  with_machine("none",
               STEP "--= 1 sets x frame rows=4 columns=1" D2
                    "--= 1 . amount float64 n=4 missing=0 sum=10.000000000000002 squares=30 min=1 max=4" D2,
               is);
  compare(was, is, &check);
  assert_true(check.differs); /* BLAS was not loaded: it cannot have been BLAS */
  check_free(&check);
}

/* Residuals sum to nothing: their size is that of the numbers, not of the sum. */
static void sums_near_nothing(void **state)
{
  (void)state;
  StepCheck check;
  char was[600], is[600];
  with_machine("Haswell",
               STEP "--= 1 sets x frame rows=4 columns=1" D1
                    "--= 1 . r float64 n=4 missing=0 sum=1e-16 squares=30 min=-4 max=4" D1,
               was);
  with_machine("Zen",
               STEP "--= 1 sets x frame rows=4 columns=1" D2
                    "--= 1 . r float64 n=4 missing=0 sum=-7e-16 squares=30 min=-4 max=4" D2,
               is);
  compare(was, is, &check);
  assert_true(!check.differs && check.figures == 1);
  check_free(&check);
}

static void files_and_kinds(void **state)
{
  (void)state;
  StepCheck check;
  compare(STEP "--= 1 read a.csv bytes=10" D1, STEP "--= 1 read a.csv bytes=11" D2, &check);
  assert_true(check.differs);
  assert_non_null(strstr(text_data(&check.what), "bytes was 10, is 11 (+1)"));
  check_free(&check);
  compare(STEP "--= 1 sets x number value=1\n", STEP "--= 1 sets x text bytes=1" D1, &check);
  assert_true(check.differs);
  check_free(&check);
  compare(STEP "--= 1 sets x number value=1\n", STEP, &check);
  assert_true(check.differs);
  assert_non_null(strstr(text_data(&check.what), "does not come out any more"));
  check_free(&check);
}

/* ---- The live journal */

static void record(Journal *journal, const char *text, Frame *frame)
{
  JournalItem item = {.kind = FACT_SETS, .name = mem_string("df"), .value = value_of_frame(frame)};
  const JournalStep step = {.text = text, .id = "", .items = &item, .n = 1};
  journal_begin(journal, text);
  journal_step(journal, &step);
}

/* Small values are described at once, large ones by the thread; either way journal_text has them in the order of
 * steps. */
static void small_and_large_values(void **state)
{
  (void)state;
  enum { ROWS = 100000 };
  const JournalSettings settings = {.version = "1", .seed = 3};
  Journal *journal;
  Text text = {0};
  Steps steps;
  double *x = mem_zero(ROWS, sizeof *x);
  for (size_t i = 0; i < ROWS; i++) {
    x[i] = (double)i;
  }
  assert_int_equal(journal_new(&settings, &journal, NULL), STATUS_OK);
  for (int i = 0; i < 6; i++) {
    Draft *draft = draft_new();
    Frame *frame = NULL;
    draft_floats(draft, "x", x, i % 2 ? ROWS : 3);
    assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
    record(journal, "df = make()", frame);
  }
  assert_int_equal(journal_steps(journal), 6);
  assert_int_equal(journal_text(journal, 0, &text, NULL), STATUS_OK);
  assert_int_equal(steps_read(text_data(&text), &steps, NULL), STATUS_OK);
  assert_int_equal(steps.n, 6);
  for (size_t i = 0; i < 6; i++) {
    assert_int_equal(steps.items[i].n, 1);
    assert_int_equal(steps.items[i].facts[0].rows, i % 2 ? ROWS : 3);
    assert_int_equal(steps.items[i].facts[0].n_described, i < 2); /* described once */
  }
  assert_true(steps.items[1].facts[0].described[0].sum == ROWS * (ROWS - 1.0) / 2);
  steps_free(&steps);
  text_free(&text);
  mem_free(x);
  journal_free(journal);
}

/* Each allocation fails in turn: nothing is lost but memory's own error. */
static void without_memory(void **state)
{
  (void)state;
  const double x[] = {1, 2, 3};
  for (int64_t n = 0; n < 200; n++) {
    Steps steps = {0};
    bool keep[8] = {false};
    Frame *frame = frame_of(x, 3);
    const JournalSettings settings = {.version = "1"};
    Journal *journal = NULL;
    JournalItem item = {.kind = FACT_SETS, .name = mem_string("df"), .value = value_of_frame(frame)};
    const JournalStep step = {.text = "df = 1", .id = "", .items = &item, .n = 1};
    mem_fail_from(n);
    if (journal_new(&settings, &journal, NULL) == STATUS_OK) {
      journal_step(journal, &step);
    } else {
      mem_free(item.name);
      value_free(&item.value);
    }
    const Status status = steps_read(journal_file, &steps, NULL);
    if (status == STATUS_OK) {
      (void)!slice_steps(&steps, NULL, keep, NULL);
    } else {
      assert_int_equal(status, STATUS_MEMORY);
    }
    mem_fail_from(-1);
    journal_free(journal);
    steps_free(&steps);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(names_of_chunks),
    cmocka_unit_test(statements_in_a_file),
    cmocka_unit_test(figures_of_columns),
    cmocka_unit_test(facts_come_back),
    cmocka_unit_test(steps_of_a_journal),
    cmocka_unit_test(torn_journals),
    cmocka_unit_test(other_files),
    cmocka_unit_test(slices_of_values),
    cmocka_unit_test(slices_of_functions),
    cmocka_unit_test(slices_with_state),
    cmocka_unit_test(slices_with_files),
    cmocka_unit_test(slices_in_doubt),
    cmocka_unit_test(slices_with_own_names),
    cmocka_unit_test(unknown_objects),
    cmocka_unit_test(same_kernels_compare_bits),
    cmocka_unit_test(other_kernels_compare_figures),
    cmocka_unit_test(sums_near_nothing),
    cmocka_unit_test(files_and_kinds),
    cmocka_unit_test(small_and_large_values),
    cmocka_unit_test(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
