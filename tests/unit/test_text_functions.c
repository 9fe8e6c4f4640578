/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of texts: Unicode against Python, distances against published and brute-force figures, regular expressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "core/text.h"
#include "expr/similarity.h"
#include "expr/text_functions.h"
#include "function_call.h"

/* ---- All of Unicode
 *
 * Figures: Python 3.11 (unicodedata 14.0). CRC-32 (zlib's) of every result and a line feed, in UTF-8, over the code points
 * 1-D7FF E000-FFFF 10000-10EBF 1D400-1D7FF 1E900-1E943 2F800-2FA1D one by one; and over 20,000 texts of five code points,
 * which the same small generator draws here and there from ranges in which marks combine. */

static uint32_t crc(uint32_t sum, const char *bytes, size_t n)
{
  sum = ~sum;
  for (size_t i = 0; i < n; i++) {
    sum ^= (unsigned char)bytes[i];
    for (int k = 0; k < 8; k++) {
      sum = sum >> 1 ^ (sum & 1 ? UINT32_C(0xEDB88320) : 0);
    }
  }
  return ~sum;
}

typedef struct Texts {
  Span *spans;
  size_t n;
  Text bytes;
} Texts;

static void add_code(Text *text, uint32_t c)
{
  const char bytes[4] = {(char)(c < 0x80 ? c : c < 0x800 ? 0xC0 | c >> 6 : c < 0x10000 ? 0xE0 | c >> 12 : 0xF0 | c >> 18),
                         (char)(0x80 | (c < 0x800 ? c & 63 : c < 0x10000 ? c >> 6 & 63 : c >> 12 & 63)),
                         (char)(0x80 | (c < 0x10000 ? c & 63 : c >> 6 & 63)), (char)(0x80 | (c & 63))};
  text_add(text, bytes, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
}

/* Ends the text that began at byte `from`; places become pointers when all are there. */
static void end_text(Texts *t, size_t from)
{
  t->spans = realloc(t->spans, (t->n + 1) * sizeof *t->spans);
  t->spans[t->n++] = (Span){(const char *)(uintptr_t)from, t->bytes.size - from};
}

static void settle(Texts *t)
{
  for (size_t i = 0; i < t->n; i++) {
    t->spans[i].bytes = t->bytes.data + (uintptr_t)t->spans[i].bytes;
  }
}

static Texts all_codes(void)
{
  static const uint32_t ranges[][2] = {{1, 0xD7FF},         {0xE000, 0xFFFF},    {0x10000, 0x10EBF},
                                       {0x1D400, 0x1D7FF}, {0x1E900, 0x1E943}, {0x2F800, 0x2FA1D}};
  Texts t = {0};
  for (size_t r = 0; r < 6; r++) {
    for (uint32_t c = ranges[r][0]; c <= ranges[r][1]; c++) {
      const size_t from = t.bytes.size;
      add_code(&t.bytes, c);
      end_text(&t, from);
    }
  }
  settle(&t);
  return t;
}

static uint32_t draw(uint32_t *x, uint32_t n)
{
  *x = (*x * 1103515245u + 12345u) & 0x7fffffff;
  return (*x >> 8) % n;
}

static Texts drawn(void)
{
  static const uint32_t pools[][2] = {{0x41, 0x17F},   {0x300, 0x36F},   {0x1100, 0x11FF}, {0xAC00, 0xAC7F},
                                      {0x1E00, 0x1EFF}, {0x3040, 0x30FF}, {0xFF01, 0xFF9F}, {0x300, 0x345},
                                      {0x5D0, 0x5EA},  {0x591, 0x5C7}};
  Texts t = {0};
  uint32_t x = 12345;
  for (int i = 0; i < 20000; i++) {
    const size_t from = t.bytes.size;
    for (int k = 0; k < 5; k++) {
      const uint32_t *pool = pools[draw(&x, 10)];
      add_code(&t.bytes, pool[0] + draw(&x, pool[1] - pool[0] + 1));
    }
    end_text(&t, from);
  }
  settle(&t);
  return t;
}

static uint32_t digest_of(const char *name, const char *form, const Texts *t)
{
  const Function *f = function_named(name);
  Arena arena = {0};
  Span form_span = {form, form ? strlen(form) : 0};
  uint8_t none = 0, *missing = arena_alloc(&arena, t->n, 1), *gone = arena_alloc(&arena, t->n, 1);
  Span *results = arena_alloc(&arena, t->n, sizeof *results);
  Cells in[2] = {{.type = TYPE_STRING, .values = t->spans, .missing = missing},
                 {.type = TYPE_STRING, .constant = true, .values = &form_span, .missing = &none}};
  Cells out = {.type = TYPE_STRING, .values = results, .missing = gone};
  const Cells *constants[2] = {NULL, &in[1]};
  const Type types[2] = {TYPE_STRING, TYPE_STRING};
  FunctionCall call = {.function = f, .constants = constants, .types = types, .n = form ? 2 : 1};
  const char *zone = "";
  if (f->prepare) {
    assert_int_equal(f->prepare(&call, &zone, &arena, NULL), STATUS_OK);
  }
  assert_int_equal(f->apply(&call, in, t->n, &out, &arena, NULL), STATUS_OK);
  uint32_t sum = 0;
  for (size_t i = 0; i < t->n; i++) {
    sum = crc(crc(sum, results[i].bytes, results[i].length), "\n", 1);
  }
  arena_free(&arena);
  return sum;
}

static void test_unicode(void **state)
{
  (void)state;
  static const struct { const char *name, *form; uint32_t singles, texts; } cases[] = {
      {"lower", NULL, 0x83d6dfbf, 0x29036d76},       {"upper", NULL, 0x94556e3f, 0x395ecaa4},
      {"casefold", NULL, 0xd45f8313, 0x0afc551c},    {"normalise", "nfc", 0x34acfa78, 0x3b1c9c90},
      {"normalise", "nfd", 0x83b17d21, 0x05f03963},  {"normalise", "nfkc", 0xecbf979f, 0xdc5681d8},
      {"normalise", "nfkd", 0x76739de5, 0xd7cd7b52}};
  Texts singles = all_codes(), texts = drawn();
  int bad = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const uint32_t one = digest_of(cases[i].name, cases[i].form, &singles);
    const uint32_t five = digest_of(cases[i].name, cases[i].form, &texts);
    if (one != cases[i].singles || five != cases[i].texts) {
      print_error("%s %s: %08x %08x\n", cases[i].name, cases[i].form ? cases[i].form : "", one, five);
      bad++;
    }
  }
  text_free(&singles.bytes);
  text_free(&texts.bytes);
  free(singles.spans);
  free(texts.spans);
  assert_int_equal(bad, 0);
}

static void test_case(void **state)
{
  (void)state;
  CHECK("straße ärger", "lower", S("STRAßE ÄRGER"));
  CHECK("STRASSE", "upper", S("straße"));
  CHECK("abc", "lower", S("abc"));
  CHECK("A1 Z", "upper", S("a1 z"));
  CHECK("ὀδυσσεύς ος. σ", "lower", S("ὈΔΥΣΣΕΎΣ ΟΣ. Σ"));
  CHECK("Anna-Lena O'neil Und Die 3rd Straße", "title", S("aNNA-LENA o'NEIL und die 3RD STRAßE"));
  CHECK("Don't Stop", "title", S("don't stop"));
  CHECK("Ssa Fine ǅ", "title", S("ßa ﬁne ǆ"));
  CHECK("strasse", "casefold", S("STRAßE"));
  CHECK("NA", "upper", NONE(TYPE_STRING));
}

static void test_forms(void **state)
{
  (void)state;
  CHECK("é", "normalise", S("e\u0301"), S("nfc"));
  CHECK("e\u0301", "normalise", S("é"), S("nfd"));
  CHECK("fi2ア", "normalise", S("ﬁ²ｱ"), S("nfkc"));
  CHECK_ERROR("bad-choice", "normalise", S("x"), S("NFC"));
  assert_string_equal(last_hint(), "the forms are nfc, nfd, nfkc and nfkd");
  CHECK("NA", "normalise", S("x"), NONE(TYPE_STRING));
  CHECK("Creme brulee Øre Łodz Ecole 한국", "strip_accents", S("Crème brûlée Øre Łódź École 한국"));
  CHECK("ABC 12,3! ¥ カ", "halfwidth", S("ＡＢＣ　１２，３！ ￥ カ"));
}

static void test_length_and_parts(void **state)
{
  (void)state;
  CHECK("0", "length", S(""));
  CHECK("5", "length", S("naïve"));
  CHECK("3", "length", S("日本語"));
  CHECK("6", "length", S("e\u0301🇩🇪ab"));
  CHECK("4", "graphemes", S("e\u0301🇩🇪ab"));
  CHECK("1", "graphemes", S("👩‍👩‍👧‍👦"));
  CHECK("bcd", "substr", S("abcde"), I(2), I(3));
  CHECK("öä", "substr", S("üöäß"), I(2), I(2));
  CHECK("de", "substr", S("abcde"), I(-2));
  CHECK("a", "substr", S("abc"), I(-5), I(3));
  CHECK("", "substr", S("abc"), I(-5), I(2));
  CHECK("", "substr", S("abc"), I(4), I(2));
  CHECK("c", "substr", S("abc"), I(3), I(INT64_MAX));
  CHECK("abc", "substr", S("abc"), I(-INT64_MAX), I(INT64_MAX));
  CHECK_ERROR("bad-place", "substr", S("abc"), I(0));
  CHECK_ERROR("bad-count", "substr", S("abc"), I(1), I(-1));
  CHECK("öä", "left", S("öäü"), I(2));
  CHECK("öäü", "left", S("öäü"), I(9));
  CHECK("äü", "right", S("öäü"), I(2));
  CHECK("", "right", S("öäü"), I(0));
  CHECK_ERROR("bad-count", "right", S("abc"), I(-1));
  CHECK("e\u0301cba", "reverse", S("abce\u0301"));
  CHECK("äb", "reverse", S("bä"));
}

static void test_blanks(void **state)
{
  (void)state;
  CHECK("a b", "trim", S("\u3000\t a b\u00A0\r\n\uFEFF"));
  CHECK("a \u3000", "ltrim", S(" a \u3000"));
  CHECK(" a", "rtrim", S(" a \u3000"));
  CHECK("", "trim", S(" \u2003 "));
  CHECK("ä", "trim", S("ä"));
  CHECK("a b c", "squeeze", S("  a\t\tb \u3000 c "));
  CHECK("true", "is_blank", S(" \u3000\u200B"));
  CHECK("true", "is_blank", NONE(TYPE_STRING));
  CHECK("false", "is_blank", S(" . "));
}

static void test_making(void **state)
{
  (void)state;
  CHECK("ababab", "repeat", S("ab"), I(3));
  CHECK("", "repeat", S("ab"), I(0));
  CHECK("", "repeat", S(""), I(INT64_MAX));
  CHECK_ERROR("text-too-long", "repeat", S("ab"), I(INT64_MAX));
  CHECK_ERROR("bad-count", "repeat", S("ab"), I(-1));
  CHECK("007", "pad_left", S("7"), I(3), S("0"));
  CHECK("ä..", "pad_right", S("ä"), I(3), S("."));
  CHECK("  x", "pad_left", S("x"), I(3));
  CHECK("xyz", "pad_left", S("xyz"), I(-3));
  CHECK_ERROR("bad-padding", "pad_left", S("x"), I(3), S("ab"));
  CHECK_ERROR("text-too-long", "pad_left", S("x"), I(INT64_MAX), S("b"));
  CHECK("a-3-0.1-true-2024-02-29", "concat", S("a-"), I(3), S("-"), F(.1), S("-"), B(true), S("-"), when("2024-02-29"));
  CHECK("NA", "concat", S("a"), NONE(TYPE_INT64));
  CHECK("a, 3", "join_text", S(", "), S("a"), NONE(TYPE_STRING), I(3));
  CHECK("", "join_text", S(", "), NONE(TYPE_STRING));
  CHECK("NA", "join_text", NONE(TYPE_STRING), S("a"));
  CHECK("2024-02-29 13:05:00.25", "text", when("2024-02-29 13:05:00.25"));
  CHECK("2024-02-29 00:00:00Z", "text", when_in("2024-02-29", "Europe/Berlin"));
  CHECK("-9223372036854775808", "text", I(INT64_MIN));
  CHECK("NaN", "text", F(NAN));
  CHECK("8364", "code", S("€uro"));
  CHECK("NA", "code", S(""));
  CHECK("€", "char", I(8364));
  CHECK_ERROR("bad-code", "char", I(0));
  CHECK_ERROR("bad-code", "char", I(0xD800));
  CHECK_ERROR("bad-code", "char", I(0x110000));
}

static void test_finding(void **state)
{
  (void)state;
  CHECK("3", "find", S("öäü"), S("ü"));
  CHECK("0", "find", S("öäü"), S("x"));
  CHECK("1", "find", S("abc"), S(""));
  CHECK("1", "find", S(""), S(""));
  CHECK("true", "contains", S("abc"), S("bc"));
  CHECK("false", "contains", S("abc"), S("bcd"));
  CHECK("true", "contains", S(""), S(""));
  CHECK("true", "starts_with", S("abc"), S("ab"));
  CHECK("false", "starts_with", S("abc"), S("abcd"));
  CHECK("true", "ends_with", S("abc"), S("bc"));
  CHECK("false", "ends_with", S("abc"), S("ab"));
  CHECK("1.234.567", "replace", S("1,234,567"), S(","), S("."));
  CHECK("xxa", "replace", S("aaaaa"), S("aa"), S("x"));
  CHECK("abc", "replace", S("abc"), S(""), S("x"));
  CHECK("ac", "replace", S("abc"), S("b"), S(""));
}

static void test_cutting(void **state)
{
  (void)state;
  CHECK("b", "split", S("a;b;c"), S(";"), I(2));
  CHECK("c", "split", S("a;b;c"), S(";"), I(-1));
  CHECK("a", "split", S("a;b;c"), S(";"), I(-3));
  CHECK("NA", "split", S("a;b;c"), S(";"), I(4));
  CHECK("NA", "split", S("a;b;c"), S(";"), I(-4));
  CHECK("", "split", S("a;;c"), S(";"), I(2));
  CHECK("", "split", S("a;"), S(";"), I(2));
  CHECK("", "split", S(""), S(";"), I(1));
  CHECK("b", "split", S("a::b"), S("::"), I(2));
  CHECK_ERROR("bad-place", "split", S("a"), S(";"), I(0));
  CHECK_ERROR("bad-separator", "split", S("a"), S(""), I(1));
  CHECK("two", "word", S("  one \u3000two three"), I(2));
  CHECK("three", "word", S("  one two three "), I(-1));
  CHECK("NA", "word", S("  one "), I(2));
  CHECK("NA", "word", S("  one "), I(-2));
  CHECK("NA", "word", S(" "), I(1));
  CHECK_ERROR("bad-place", "word", S("a"), I(0));
  CHECK("3", "words", S(" one two\tthree "));
  CHECK("0", "words", S(" "));
}

/* ---- Distances */

/* The textbook's table. */
static size_t slow_distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
  size_t row[600];
  for (size_t j = 0; j <= m; j++) {
    row[j] = j;
  }
  for (size_t i = 1; i <= n; i++) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      const size_t replaced = corner + (a[i - 1] != b[j - 1]);
      const size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
      corner = row[j];
      row[j] = least < replaced ? least : replaced;
    }
  }
  return row[m];
}

static void test_levenshtein(void **state)
{
  (void)state;
  CHECK("3", "levenshtein", S("kitten"), S("sitting"));
  CHECK("2", "levenshtein", S("Müller"), S("Mueller"));
  CHECK("3", "levenshtein", S("saturday"), S("sunday"));
  CHECK("4", "levenshtein", S(""), S("abcd"));
  CHECK("0", "levenshtein", S(""), S(""));
  Random random = random_new(7, 0);
  for (int round = 0; round < 4000; round++) {
    uint32_t a[512], b[512];
    const size_t most = round % 10 == 0 ? 500 : round % 3 == 0 ? 130 : 12;
    const size_t n = (size_t)(random_uniform(&random) * (double)most), m = (size_t)(random_uniform(&random) * (double)most);
    const double letters = round % 2 ? 3 : 40;
    for (size_t i = 0; i < 512; i++) {
      a[i] = 0x40 + (uint32_t)(random_uniform(&random) * letters) * 1021;
      b[i] = i > 0 && round % 5 == 0 ? a[i - 1] : 0x40 + (uint32_t)(random_uniform(&random) * letters) * 1021;
    }
    Arena arena = {0};
    size_t distance = 0;
    assert_true(levenshtein(a, n, b, m, &arena, &distance));
    assert_int_equal(distance, slow_distance(a, n, b, m));
    arena_free(&arena);
  }
}

/* Winkler's own examples (1990; four decimals) and, with all digits, jellyfish's of Python. */
static void test_jaro(void **state)
{
  (void)state;
  static const struct { const char *a, *b; double jaro, winkler; } cases[] = {
      {"MARTHA", "MARHTA", 17.0 / 18, .9611111111111111}, {"DIXON", "DICKSONX", .7666666666666666, .8133333333333332},
      {"DWAYNE", "DUANE", .8222222222222223, .84},        {"", "", 1, 1},
      {"a", "", 0, 0},                                    {"abc", "xyz", 0, 0},
      {"JONES", "JOHNSON", .7904761904761904, .8323809523809523}, {"a", "a", 1, 1},
      {"ab", "ba", 0, 0},                                 {"ÄÖ", "ÄÖ", 1, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (int turned = 0; turned < 2; turned++) {
      const Argument a = S(turned ? cases[i].b : cases[i].a), b = S(turned ? cases[i].a : cases[i].b);
      assert_true(fabs(atof(CALL("jaro", a, b)) - cases[i].jaro) < 1e-15);
      assert_true(fabs(atof(CALL("jaro_winkler", a, b)) - cases[i].winkler) < 1e-15);
    }
  }
}

static void test_long_texts(void **state)
{
  (void)state;
  static char text[40001];
  memset(text, 'x', 40000);
  CHECK_ERROR("text-too-long", "levenshtein", S(text), S("a"));
  CHECK_ERROR("text-too-long", "jaro", S("a"), S(text));
  assert_string_equal(last_hint(), "compare left(text, 8192)");
}

/* ---- Regular expressions */

static void test_matches(void **state)
{
  (void)state;
  CHECK("true", "matches", S("order 66"), S("\\d+$"));
  CHECK("false", "matches", S("order"), S("\\d"));
  CHECK("true", "matches", S("ÄRGER"), S("(?i)ärger"));
  CHECK("true", "matches", S("é"), S("^\\w$"));
  CHECK("true", "matches", S("日本"), S("^..$"));
  CHECK("true", "matches", S(""), S(""));
  CHECK("NA", "matches", S("x"), NONE(TYPE_STRING));
  CHECK("NA", "matches", NONE(TYPE_STRING), S("x"));
}

static void test_extract(void **state)
{
  (void)state;
  CHECK("2024-05", "extract", S("on 2024-05-01"), S("\\d+-\\d+"));
  CHECK("05", "extract", S("on 2024-05-01"), S("(\\d+)-(\\d+)"), I(2));
  CHECK("on 2024", "extract", S("on 2024"), S(".*"), I(0));
  CHECK("NA", "extract", S("none"), S("\\d"));
  CHECK("NA", "extract", S("b"), S("(a)|b"), I(1));
  CHECK("", "extract", S("b"), S("(a?)b"), I(1));
  CHECK_ERROR("unknown-group", "extract", S("b"), S("(a)|b"), I(2));
  CHECK_ERROR("unknown-group", "extract", S("b"), S("b"), I(-1));
}

static void test_replace_regex(void **state)
{
  (void)state;
  CHECK("b a", "replace_regex", S("a b"), S("(\\w) (\\w)"), S("$2 $1"));
  CHECK("b a", "replace_regex", S("a b"), S("(?<x>\\w) (?<y>\\w)"), S("${y} ${x}"));
  CHECK("[a][b]", "replace_regex", S("ab"), S("."), S("[\\0]"));
  CHECK("$5", "replace_regex", S("5"), S("(\\d)"), S("$$$1"));
  CHECK("c:\\x", "replace_regex", S("c:/x"), S("/"), S("\\\\"));
  CHECK("-a-ä-", "replace_regex", S("aä"), S(""), S("-"));
  CHECK("xbx", "replace_regex", S("aab"), S("a*$|a+|$"), S("x"));
  CHECK("none", "replace_regex", S("none"), S("\\d"), S("$1"));
  CHECK("b-", "replace_regex", S("b"), S("(a)?$"), S("$1-"));
  CHECK_ERROR("unknown-group", "replace_regex", S("5"), S("\\d"), S("x$1"));
  assert_int_equal(last_caret(), 1);
  CHECK_ERROR("unknown-group", "replace_regex", S("5"), S("\\d"), S("${no}"));
  CHECK_ERROR("unknown-group", "replace_regex", S("5"), S("\\d"), S("${1"));
  CHECK_ERROR("unknown-group", "replace_regex", S("5"), S("\\d"), S("a $"));
}

static void test_count_and_split(void **state)
{
  (void)state;
  CHECK("3", "count_matches", S("a1b22c333"), S("\\d+"));
  CHECK("4", "count_matches", S("abc"), S(""));
  CHECK("2", "count_matches", S("aaaa"), S("aa"));
  CHECK("3", "count_matches", S("aäa"), S("x*(?=.)"));
  CHECK("0", "count_matches", S(""), S("a"));
  CHECK("b", "split_regex", S("a, b;c"), S("[,;] *"), I(2));
  CHECK("c", "split_regex", S("a, b;c"), S("[,;] *"), I(-1));
  CHECK("a", "split_regex", S("a, b;c"), S("[,;] *"), I(-3));
  CHECK("NA", "split_regex", S("a, b;c"), S("[,;] *"), I(4));
  CHECK("NA", "split_regex", S("a, b;c"), S("[,;] *"), I(-4));
  CHECK("abc", "split_regex", S("abc"), S("x*"), I(1));
  CHECK("", "split_regex", S(",a"), S(","), I(1));
  CHECK_ERROR("bad-place", "split_regex", S("a"), S(","), I(0));
}

static void test_bad_patterns(void **state)
{
  (void)state;
  CHECK_ERROR("bad-pattern", "matches", S("x"), S("a(b"));
  assert_int_equal(last_caret(), 3);
  CHECK_ERROR("bad-pattern", "matches", S("x"), S("[z-a]"));
  CHECK_ERROR("bad-pattern", "matches", S("x"), S("*"));
  CHECK_ERROR("bad-pattern", "matches", S("x"), S("\\C"));
  CHECK_ERROR("bad-pattern", "matches", S("x"), S("(?<n>a)(?<n>b)"));
  /* Everything against everything. */
  CHECK_ERROR("pattern-too-costly", "matches", S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), S("^(a+)+$"));
  CHECK_ERROR("pattern-too-costly", "count_matches", S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), S("(a|aa)+$"));
  /* Deep, but possible. */
  static char deep[60001];
  memset(deep, 'a', 60000);
  CHECK("true", "matches", S(deep), S("^(?:a|b)*$"));
}

static void test_memory(void **state)
{
  (void)state;
  SWEEP("upper", S("straße"));
  SWEEP("title", S("ab"));
  SWEEP("normalise", S("e\u0301"), S("nfkc"));
  SWEEP("casefold", S("AB"));
  SWEEP("halfwidth", S("Ａ"));
  SWEEP("reverse", S("abc"));
  SWEEP("squeeze", S("a  b"));
  SWEEP("pad_left", S("a"), I(9), S("x"));
  SWEEP("repeat", S("a"), I(9));
  SWEEP("concat", S("a"), I(9));
  SWEEP("replace", S("aba"), S("b"), S("c"));
  SWEEP("levenshtein", S("kitten"), S("sitting"));
  SWEEP("jaro_winkler", S("kitten"), S("sitting"));
  SWEEP("matches", S("kitten"), S("(t+)e"));
  SWEEP("extract", S("kitten"), S("(t+)e"), I(1));
  SWEEP("replace_regex", S("kitten"), S("(t+)e"), S("<$1>"));
  SWEEP("split_regex", S("kitten"), S("t+"), I(-1));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unicode),       cmocka_unit_test(test_case),       cmocka_unit_test(test_forms),
      cmocka_unit_test(test_length_and_parts), cmocka_unit_test(test_blanks),  cmocka_unit_test(test_making),
      cmocka_unit_test(test_finding),       cmocka_unit_test(test_cutting),    cmocka_unit_test(test_levenshtein),
      cmocka_unit_test(test_jaro),          cmocka_unit_test(test_long_texts), cmocka_unit_test(test_matches),
      cmocka_unit_test(test_extract),       cmocka_unit_test(test_replace_regex), cmocka_unit_test(test_count_and_split),
      cmocka_unit_test(test_bad_patterns),  cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
