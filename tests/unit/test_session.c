/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What faces ask of a session: is a chunk whole, run it, what does it mean, what could come next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "session_fixture.h"

static int open_prompt(void **state)
{
  *state = played_new(PLAYED_PROMPT_IN_PLACE);
  return 0;
}

static int close_prompt(void **state)
{
  played_free(*state);
  return 0;
}

static void assert_has(const char *text, const char *wanted)
{
  if (!strstr(text, wanted)) {
    fail_msg("'%s' is not in: %s", wanted, text);
  }
}

static void assert_lacks(const char *text, const char *unwanted)
{
  if (strstr(text, unwanted)) {
    fail_msg("'%s' is in: %s", unwanted, text);
  }
}

/* ---- whole, incomplete or wrong: the cases of UX.md's recipe, worked out by hand from Lua's grammar */

static const struct {
  const char *chunk;
  ChunkState state;
} chunks[] = {
    {"", CHUNK_COMPLETE},
    {"  \n\t ", CHUNK_COMPLETE},
    {"1 + 1", CHUNK_COMPLETE},
    {"x = 1", CHUNK_COMPLETE},
    {"f()", CHUNK_COMPLETE},
    {"= 3", CHUNK_COMPLETE},
    {"  = x.y", CHUNK_COMPLETE},
    {"x = 1; y = 2", CHUNK_COMPLETE},
    {"f();", CHUNK_COMPLETE},
    {"local x <const> = 1", CHUNK_COMPLETE},
    {"return", CHUNK_COMPLETE},
    {"return 1, 2", CHUNK_COMPLETE},
    {"-- a comment", CHUNK_COMPLETE},
    {"--[[ a\nlong comment ]]", CHUNK_COMPLETE},
    {"[[abc]]", CHUNK_COMPLETE},
    {"'a\\\nb'", CHUNK_COMPLETE},
    {"df:kmeans{k = 3}\n:tidy()", CHUNK_COMPLETE},
    {"if x then y() end", CHUNK_COMPLETE},
    {"goto done ::done::", CHUNK_COMPLETE},
    {"function f() return 1 end", CHUNK_COMPLETE},
    {"{1,", CHUNK_INCOMPLETE},
    {"{1,\n2", CHUNK_INCOMPLETE},
    {"math.max(1,", CHUNK_INCOMPLETE},
    {"math.max(1,\n2", CHUNK_INCOMPLETE},
    {"x =", CHUNK_INCOMPLETE},
    {"x ==", CHUNK_INCOMPLETE},
    {"= 1 +", CHUNK_INCOMPLETE},
    {"a and", CHUNK_INCOMPLETE},
    {"f(", CHUNK_INCOMPLETE},
    {"df:kmeans{", CHUNK_INCOMPLETE},
    {"df:", CHUNK_INCOMPLETE},
    {"t[", CHUNK_INCOMPLETE},
    {"[[abc", CHUNK_INCOMPLETE},
    {"[==[abc]]", CHUNK_INCOMPLETE},
    {"--[[ a comment", CHUNK_INCOMPLETE},
    {"if x then", CHUNK_INCOMPLETE},
    {"while true do", CHUNK_INCOMPLETE},
    {"for i = 1,", CHUNK_INCOMPLETE},
    {"for i = 1, 3 do\n  print(i)", CHUNK_INCOMPLETE},
    {"function f()", CHUNK_INCOMPLETE},
    {"repeat x()", CHUNK_INCOMPLETE},
    {"local", CHUNK_INCOMPLETE},
    {"return function()", CHUNK_INCOMPLETE},
    {"'a\\", CHUNK_INCOMPLETE},
    {"\"abc", CHUNK_WRONG},
    {"x = 'abc", CHUNK_WRONG},
    {"1 1", CHUNK_WRONG},
    {")", CHUNK_WRONG},
    {"end", CHUNK_WRONG},
    {"x = = 2", CHUNK_WRONG},
    {"if x then end end", CHUNK_WRONG},
    {"break", CHUNK_WRONG},
    {"goto nowhere", CHUNK_WRONG},
    {"local x <strange> = 1", CHUNK_WRONG},
    {"3 = x", CHUNK_WRONG},
    {"f() = 1", CHUNK_WRONG},
    {"== 3", CHUNK_WRONG},
};

static void test_chunk_state(void **state)
{
  Played *p = *state;
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    const ChunkState got = session_chunk_state(p->session, chunks[i].chunk);
    if (got != chunks[i].state) {
      fail_msg("'%s': %d, want %d", chunks[i].chunk, (int)got, (int)chunks[i].state);
    }
  }
}

/* A chunk that grows a line at a time is incomplete until its last line. */
static void test_chunk_grows(void **state)
{
  static const char *const lines[] = {
      "function f(x)\n", "  if x then\n", "    return {\n", "      1,\n", "    }\n", "  end\n", "end"};
  Played *p = *state;
  char chunk[256] = "";
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    const bool last = i + 1 == sizeof lines / sizeof *lines;
    strcat(chunk, lines[i]);
    assert_int_equal(session_chunk_state(p->session, chunk), last ? CHUNK_COMPLETE : CHUNK_INCOMPLETE);
  }
}

/* ---- outcomes */

static void test_echo(void **state)
{
  static const struct {
    const char *chunk, *output;
  } cases[] = {
      {"1 + 1", "2\n"},
      {"= 3", "3\n"},
      {"x = 1", ""},
      {"x", "1\n"},
      {"1 + 1;", ""},
      {"1 + 1 ; \n", ""},
      {"nil", ""},
      {"1, nil, 3", "1\nnil\n3\n"},
      {"nil, 2", "nil\n2\n"},
      {"return 5", "5\n"},
      {"'text'", "text\n"},
      {"print(1, 'a', nil)", "1\ta\tnil\n"},
      {"", ""},
      {"-- nothing", ""},
      {"true", "true\n"},
      {"{1, 2, a = 'b'}", "{1, 2, a = \"b\"}\n"},
      {"NA", "NA\n"},
      {"{}", "{}\n"},
      {"1e15", "1e+15\n"},
      {"-0.0", "-0.0\n"},
      {"#frame{x = {1}}", "1\n"},
      {"{{{{}}}}", "{{{{...}}}}\n"},
      {"t = {} t.t = t return t", "{t = <the table itself>}\n"},
  };
  Played *p = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *output = played_done(p, cases[i].chunk);
    if (strcmp(output, cases[i].output) != 0) {
      fail_msg("%s: '%s', want '%s'", cases[i].chunk, output, cases[i].output);
    }
    assert_int_equal(p->outcome.code, 0);
  }
  text_reset(&p->output);
  assert_int_equal(session_run(p->session, "1 + 1", "prompt", false, &p->outcome), RUN_DONE);
  assert_int_equal(p->output.size, 0);
}

static void test_last(void **state)
{
  Played *p = *state;
  Text text = {0};
  assert_int_equal(session_last(p->session, &text, NULL), STATUS_OK);
  assert_has(text_data(&text), "nothing was shown");
  played_done(p, "{1, 2}");
  assert_string_equal(played_done(p, "#_"), "2\n");
  played_done(p, "x = 9");
  assert_string_equal(played_done(p, "_"), "2\n");
  played_done(p, "t = {} for i = 1, 100 do t[i] = i end return t");
  assert_has(text_data(&p->output), "80 more");
  text_reset(&text);
  assert_int_equal(session_last(p->session, &text, NULL), STATUS_OK);
  assert_has(text_data(&text), "99,\n");
  assert_has(text_data(&text), "100}");
  played_done(p, "setmetatable({}, {__tostring = function() error({}) end});");
  played_run(
      p, "setmetatable({}, {__tostring = function() if shown then error({}) end shown = 1 return 'a' end})");
  Error e;
  error_clear(&e);
  text_reset(&text);
  assert_int_not_equal(session_last(p->session, &text, &e), STATUS_OK);
  played_done(p, "1");
  text_free(&text);
}

static void test_failures(void **state)
{
  static const struct {
    const char *chunk, *id, *what;
  } cases[] = {
      {"error('words')", "lua-error", "words"},
      {"x = = 1", "syntax-error", "unexpected symbol near '='"},
      {"'abc", "syntax-error", "unfinished string"},
      {"break", "syntax-error", "break"},
      {"unknown_thing", "unknown-name", "'unknown_thing'"},
      {"df:kmeans{sed = 1}", "unknown-option", "'sed'"},
      {"error({code = 7})", "lua-error", "code = 7"},
      {"error()", "lua-error", "nil"},
      {"local t = nil; t.x = 1", "lua-error", "index a nil value"},
      {"error(setmetatable({}, {__tostring = function() error('again') end}))", "lua-error",
       "cannot be shown"},
      {"error(setmetatable({}, {__tostring = function() return 'mine' end}))", "lua-error", "mine"},
      {"coroutine.wrap(function() error('inside', 0) end)()", "lua-error", "inside"},
      {"string.rep('x', 1 << 40)", "lua-error", "too large"},
      {"local function f() return 1 + f() end f()", "lua-error", "stack overflow"},
  };
  Played *p = *state;
  played_done(p, "kept = 42 df = frame{x = {1, 2, 3}}");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(played_run(p, cases[i].chunk), RUN_FAILED);
    assert_int_equal(p->outcome.code, 1);
    if (strcmp(p->outcome.error.id, cases[i].id) != 0) {
      fail_msg("%s: id %s, want %s", cases[i].chunk, p->outcome.error.id, cases[i].id);
    }
    assert_has(p->outcome.error.what, cases[i].what);
    assert_string_equal(played_done(p, "kept"), "42\n");
    assert_string_equal(played_done(p, "#df"), "3\n");
  }
}

static void test_where(void **state)
{
  Played *p = *state;
  played_run(p, "df = frame{x = {1}}\nprint(df.y)");
  assert_has(p->outcome.error.where, "prompt:2");
  played_run(p, "df:head(-1)");
  assert_has(p->outcome.error.where, "frame.head, n");
  assert_has(p->outcome.error.where, "prompt:1");
  played_run(p, "x = 1\n\ny = = 2");
  assert_string_equal(p->outcome.error.where, "prompt:3");
  played_run(p, "pcall(function() saved = select(2, pcall(function() return df.y end)) end)\nerror(saved)");
  assert_has(p->outcome.error.where, "prompt:2");
}

static void test_exit(void **state)
{
  static const struct {
    const char *chunk;
    int code;
  } cases[] = {
      {"os.exit()", 0},
      {"os.exit(3)", 3},
      {"os.exit(false)", 1},
      {"pcall(os.exit, 4) x = 'not reached'", 4},
      {"coroutine.wrap(function() pcall(function() os.exit(5) end) end)() x = 'not reached'", 5},
      {"while true do pcall(coroutine.wrap(function() os.exit(6) end)) end", 6},
  };
  Played *p = *state;
  played_done(p, "x = 'before'");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(played_run(p, cases[i].chunk), RUN_EXIT);
    assert_int_equal(p->outcome.code, cases[i].code);
  }
  assert_string_equal(played_done(p, "x"), "before\n");
}

static void test_notes(void **state)
{
  Played *p = *state;
  played_done(p, "local y = 3");
  assert_has(text_data(&p->notes), "local");
  played_done(p, "local function f() end");
  assert_string_equal(text_data(&p->notes), "");
  played_done(p, "df = read 'datasets/iris/iris.csv'");
  assert_has(text_data(&p->notes), "150");
  played_done(p, "df = df:kmeans(3):augment(df)");
  played_done(p, "df = df:kmeans(2):augment(df)");
  assert_has(text_data(&p->notes), "cluster");
}

static void test_times(void **state)
{
  Played *p = *state;
  played_done(p, "local s = 0 for i = 1, 2e6 do s = s + i end");
  assert_true(p->outcome.wall > 0 && p->outcome.wall < 60);
  assert_true(p->outcome.processor > 0 && p->outcome.processor < 60);
}

/* ---- files and modules */

static void write_text(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static void in_temporary_folder(char *path, size_t size, const char *name)
{
  const char *folder = getenv("TMPDIR");
  snprintf(path, size, "%s/%ld-%s", folder ? folder : "/tmp", (long)getpid(), name);
}

static void test_files(void **state)
{
  Played *p = *state;
  char path[500];
  in_temporary_folder(path, sizeof path, "script.lua");
  write_text(path, "#!/usr/bin/env assay\nfrom_file = 5\nreturn 1 + 1\n");
  assert_int_equal(session_run_file(p->session, path, &p->outcome), RUN_DONE);
  assert_int_equal(p->output.size, 0);
  assert_string_equal(played_done(p, "from_file"), "5\n");
  write_text(path, "#");
  assert_int_equal(session_run_file(p->session, path, &p->outcome), RUN_DONE);
  write_text(path, "");
  assert_int_equal(session_run_file(p->session, path, &p->outcome), RUN_DONE);
  write_text(path, "x = 1\ny = = 2\n");
  assert_int_equal(session_run_file(p->session, path, &p->outcome), RUN_FAILED);
  assert_has(p->outcome.error.where, "script.lua:2");
  write_text(path, "os.exit(9)\n");
  assert_int_equal(session_run_file(p->session, path, &p->outcome), RUN_EXIT);
  assert_int_equal(p->outcome.code, 9);
  write_text(path, "\033Lua");
  assert_int_equal(session_run_file(p->session, path, &p->outcome), RUN_FAILED);
  unlink(path);
  assert_int_equal(session_run_file(p->session, path, &p->outcome), RUN_FAILED);
  assert_string_equal(p->outcome.error.id, "no-such-file");
  assert_has(p->outcome.error.what, path);
}

static void test_require(void **state)
{
  Played *p = *state;
  char path[500], chunk[700];
  in_temporary_folder(path, sizeof path, "module.lua");
  write_text(path, "seen = unknown_name_here return {answer = 42}");
  *strrchr(path, '/') = '\0';
  snprintf(chunk, sizeof chunk, "package.path = '%s/?.lua'", path);
  played_done(p, chunk);
  snprintf(chunk, sizeof chunk, "%ld-module", (long)getpid());
  assert_int_equal(session_require(p->session, chunk, &p->outcome), RUN_DONE);
  snprintf(chunk, sizeof chunk, "_ENV['%ld-module'].answer", (long)getpid());
  assert_string_equal(played_done(p, chunk), "42\n");
  assert_int_equal(session_require(p->session, "no_such_module_at_all", &p->outcome), RUN_FAILED);
  assert_has(p->outcome.error.what, "no_such_module_at_all");
}

/* ---- completion */

typedef struct Completed {
  const char *line;   /* the point is where | stands, else at the end */
  const char *wanted; /* candidates, joined by commas; "~x" only says that x is one, "!x" that it is none */
  size_t from;
  char append;
} Completed;

static const Completed completed[] = {
    {"df:filter(\"spe", "spend", 11, 0},
    {"df:filter(\"age > 3 and ci", "city", 23, 0},
    {"df:mutate{\"x = sqr", "sqrt(", 15, 0},
    {"df:agg({\"n = count()\", \"med", "median(", 24, 0},
    {"df:filter(\"city == 'sp", "", 0, 0},
    {"town:filter(\"city == '", "A town,B", 22, '\''},
    {"town:filter(\"age > 3 and city != 'A", "A town", 34, '\''},
    {"town:filter(\"`city`   in  ['B', 'A t", "A town", 33, '\''},
    {"town:filter 'city in [\"", "A town,B", 23, '"'},
    {"town:filter(\"city == 'B' and age == '", "", 37, '\''},
    {"town:filter(\"city == 'B' and ag", "age,age(", 29, 0},
    {"town:filter(\"begin ['", "", 21, '\''},
    {"df:filter(\"age > $sp", "", 0, 0},
    {"odd:filter(\"Un", "`Unit Price`", 12, 0},
    {"odd:filter(\"`Un", "`Unit Price`", 12, 0},
    {"df.sp", "spend", 3, 0},
    {"df.spe|nd", "spend", 3, 0},
    {"x = df.sp", "spend", 7, 0},
    {"print(df.sp", "spend", 9, 0},
    {"df.", "age,city,spend", 3, 0},
    {"df.x", "", 3, 0},
    {"df:hea", "head", 3, '('},
    {"df:sche", "schema", 3, '('},
    {"df:kmea", "kmeans", 3, '('},
    {"df:tid", "", 3, '('},
    {"df:spl", "split", 3, '('},
    {"m:ti", "tidy", 2, '('},
    {"m:", "~tidy ~predict ~profile !head !kmeans", 2, '('},
    {"m.ine", "inertia", 2, 0},
    {"df.spend:g", "", 9, 0},
    {"math.ab", "abs", 5, 0},
    {"math:ab", "abs", 5, 0},
    {"cluster.kmea", "kmeans", 8, 0},
    {"s:up", "upper", 2, 0},
    {"nested.inner.le", "leaf", 13, 0},
    {"nested.inner", "inner", 7, 0},
    {"custom", "customer,customers", 0, 0},
    {"x = custom", "customer,customers", 4, 0},
    {"whil", "while", 0, 0},
    {"rea", "read,read_baskets", 0, 0},
    {"df:kmeans{k", "k = ", 10, 0},
    {"df:kmeans{", "~k = ~scale = ~seed = !spend", 10, 0},
    {"df:kmeans{k = 3, s", "sample = ,scale = ,seed = ,silhouette = ,starts = ", 17, 0},
    {"df:kmeans({k = 3, on = {'spend'}, se", "seed = ", 34, 0},
    {"kmeans{k", "k = ", 7, 0},
    {"cluster.kmeans(df, {in", "init = ", 20, 0},
    {"df:kmeans{\n  k = 3,\n  ma", "max_iter = ", 22, 0},
    {"df:kmeans{k = 3, scale = \"", "none,range,robust,zscore", 26, '"'},
    {"df:kmeans{k = 3, scale = \"z", "zscore", 26, '"'},
    {"df:kmeans{k = 3, scale='z", "zscore", 24, '\''},
    {"df:kmeans{init = \"", "auto,kmeans++,random,scalable", 18, '"'},
    {"df:kmeans{on = {\"", "age,spend", 17, '"'},
    {"df:kmeans{on = {\"age\", \"s", "spend", 24, '"'},
    {"df:kmeans{on = {\"age\"}, s", "sample = ,scale = ,seed = ,silhouette = ,starts = ", 24, 0},
    {"read(\"x.csv\", {types = {a = \"st", "string", 29, '"'},
    {"read(\"x.csv\", {types = {a = \"int64\", b = \"f", "float64", 42, '"'},
    {"df:kmeans{on = {'age'}, weights = \"", "age,spend", 35, '"'},
    {"df:select(\"", "age,city,spend", 11, '"'},
    {"df:select(\"age\", \"ci", "city", 18, '"'},
    {"df:select{\"sp", "spend", 11, '"'},
    {"df:col \"a", "age", 8, '"'},
    {"odd:select(\"U", "Unit Price", 12, '"'},
    {"odd.", "fine", 4, 0},
    {"read \"datasets/cat", "datasets/catalogue.lua", 6, '"'},
    {"read \"datasets/ir", "datasets/iris/", 6, '"'},
    {"read(\"datasets/iris/iris.c", "datasets/iris/iris.csv", 6, '"'},
    {"x = 'datasets/ca", "datasets/catalogue.lua", 5, '\''},
    {"-- df.sp", "", 0, 0},
    {"print('a') -- df.sp", "", 0, 0},
    {"x = 'df.sp' df.ag", "age", 15, 0},
    {"nothing.sp", "", 8, 0},
    {"nothing_here", "", 0, 0},
    {"boom().", "", 0, 0},
    {"boom().x", "", 0, 0},
    {"trap.sp", "", 5, 0},
    {"trap:sp", "", 5, 0},
    {"trap.inner.sp", "", 11, 0},
    {"lazy.sp", "", 5, 0},
    {"(df).sp", "", 5, 0},
    {"df:head(2).sp", "", 11, 0},
    {"df..sp", "", 4, 0},
    {"客户.", "", 0, 0},
    {"", "~read ~customers ~df ~while !spend", 0, 0},
    {"shop.sh", "shelf", 5, 0},
    {"df:shelf{nu", "number = ", 9, 0},
    {"df:shelf{colour = \"", "green,red", 19, '"'},
};

static bool offers(const Completions *found, const char *item, size_t length)
{
  for (size_t i = 0; i < found->n; i++) {
    if (strncmp(found->items[i], item, length) == 0 && found->items[i][length] == '\0') {
      return true;
    }
  }
  return false;
}

/* "~k = ~scale = !x": what must and must not be offered. */
static void check_marks(const Completed *c, const Completions *found)
{
  for (const char *mark = c->wanted; *mark;) {
    const char *item = mark + 1;
    const size_t whole = strcspn(item, "~!");
    size_t length = whole;
    while (length > 0 && item[length - 1] == ' ' && !(length > 1 && item[length - 2] == '=')) {
      length--;
    }
    if (offers(found, item, length) != (*mark == '~')) {
      fail_msg("%s: %.*s", c->line, (int)(length + 1), mark);
    }
    mark = item + whole;
  }
}

static void complete(const Played *p, const Completed *c, Completions *found)
{
  char line[200];
  const char *bar = strchr(c->line, '|');
  const size_t point = bar ? (size_t)(bar - c->line) : strlen(c->line);
  snprintf(line, sizeof line, "%.*s%s", (int)point, c->line, bar ? bar + 1 : "");
  assert_int_equal(session_complete(p->session, line, point, found, NULL), STATUS_OK);
}

static void test_complete(void **state)
{
  Played *p = *state;
  played_done(
      p,
      "customers = frame{spend = {1.5, 2, 9}, age = {20, 30, 70}, city = {'A', 'B', 'A'}} df = customers "
      "m = df:kmeans{k = 2, on = {'spend'}} s = 'text' nested = {inner = {leaf = 1}, [1] = 2, ['a b'] = 3} "
      "odd = frame{['Unit Price'] = {1}, fine = {2}} count = 0 "
      "town = frame{city = {'A town', 'B'}, age = {1, 2}}:cast{city = 'category'}");
  played_done(
      p, "function boom() count = count + 1 return {x = 1} end "
         "trap = setmetatable({}, {__index = function() count = count + 1 return df end, "
         "__pairs = function() count = count + 1 return next, {} end}) "
         "lazy = setmetatable({}, {__index = trap}) "
         "primitive{family = 'shop', name = 'shelf', takes = 'frame', summary = 'some rows', run = print, "
         "options = {{name = 'number', kind = 'int', help = 'h'}, "
         "{name = 'colour', kind = 'choice', choices = 'red|green', help = 'h'}}}");
  for (size_t i = 0; i < sizeof completed / sizeof *completed; i++) {
    const Completed *c = &completed[i];
    Completions found;
    Text joined = {0};
    complete(p, c, &found);
    for (size_t j = 0; j < found.n; j++) {
      text_printf(&joined, "%s%s", j ? "," : "", found.items[j]);
      assert_true(j == 0 || strcmp(found.items[j - 1], found.items[j]) < 0);
    }
    if (strpbrk(c->wanted, "~!")) {
      check_marks(c, &found);
    } else if (strcmp(text_data(&joined), c->wanted) != 0) {
      fail_msg("%s: '%s', want '%s'", c->line, text_data(&joined), c->wanted);
    }
    if (found.n > 0 && (found.from != c->from || found.append != c->append)) {
      fail_msg("%s: from %zu, append '%c'", c->line, found.from, found.append ? found.append : '0');
    }
    text_free(&joined);
    completions_free(&found);
  }
  assert_string_equal(played_done(p, "count"), "0\n");
}

/* Any beginning of any line may be completed; nothing is evaluated, nothing is broken. */
static void test_complete_anywhere(void **state)
{
  static const char *const lines[] = {
      "df:kmeans{k = 3, on = {\"spend\", 'age'}, scale = [[z]]}:augment(df).cluster[1] -- x",
      "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((a",
      "'\\'\\\\' .. \"\\\"\" .. df.x:gt(1)[#df] == {} ~= ::x:: //", "\\\\\"", "df.\xff\xfe.客"};
  Played *p = *state;
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    for (size_t point = 0; point <= strlen(lines[i]); point++) {
      Completions found;
      assert_int_equal(session_complete(p->session, lines[i], point, &found, NULL), STATUS_OK);
      assert_true(found.from <= point);
      completions_free(&found);
    }
  }
}

static void test_complete_many(void **state)
{
  Played *p = *state;
  Completions found;
  played_done(p, "t = {} for i = 1, 10000 do t['column_' .. i] = {i} end wide = frame(t)");
  assert_int_equal(session_complete(p->session, "wide.col", 8, &found, NULL), STATUS_OK);
  assert_int_equal(found.n, 10000);
  completions_free(&found);
}

/* ---- help, variables */

static const char *help(const Played *p, const char *topic, Text *text)
{
  Error e;
  error_clear(&e);
  text_reset(text);
  if (session_help(p->session, topic, text, &e) != STATUS_OK) {
    fail_msg("?%s: %s", topic, e.what);
  }
  return text_data(text);
}

static void test_help(void **state)
{
  Played *p = *state;
  Text text = {0};
  Error e;
  size_t lines = 0;
  for (const char *c = help(p, "", &text); *c; c++) {
    lines += *c == '\n';
  }
  assert_true(lines > 5 && lines <= 24);
  assert_has(help(p, "kmeans", &text), "max_iter");
  assert_has(help(p, "cluster.kmeans", &text), "Lloyd");
  assert_has(help(p, "kmeans.init", &text), "random");
  assert_has(help(p, "unknown-column", &text), "column");
  assert_has(help(p, "\"segment", &text), "profile");
  error_clear(&e);
  text_reset(&text);
  assert_int_equal(session_help(p->session, "kmean", &text, &e), STATUS_NAME);
  assert_has(e.hint, "kmeans");
  error_clear(&e);
  text_reset(&text);
  assert_int_equal(session_help(p->session, "\"xyzzy plugh", &text, &e), STATUS_NAME);
  text_free(&text);
}

static void test_help_of_declared(void **state)
{
  Played *p = *state;
  Text text = {0};
  Error e;
  const char *code =
      "primitive{family = 'shop', name = 'margin', takes = 'frame', summary = 'what remains of %s', "
      "details = 'All of it.', reference = 'A book', example = 'df:margin()', main = 'rate', "
      "options = {{name = 'rate', kind = 'number', default = 0.25, low = 0, high = 1, unit = 'of spend', "
      "help = 'the share'}}, run = print}";
  char chunk[700];
  snprintf(chunk, sizeof chunk, code, "spend");
  played_done(p, chunk);
  const char *page = help(p, "margin", &text);
  assert_has(page, "shop.margin");
  assert_has(page, "what remains of spend");
  assert_has(page, "All of it.");
  assert_has(page, "rate");
  assert_has(page, "0.25");
  assert_has(page, "the share");
  assert_has(page, "A book");
  assert_has(page, "df:margin()");
  assert_has(help(p, "margin.rate", &text), "the share");
  assert_has(help(p, "\"remains", &text), "margin");
  snprintf(chunk, sizeof chunk, code, "income");
  played_done(p, chunk);
  page = help(p, "shop.margin", &text);
  assert_has(page, "income");
  assert_lacks(page, "spend\n");
  /* With the session the declaration is gone. */
  played_close(p);
  error_clear(&e);
  assert_int_equal(played_open(p, PLAYED_PROMPT_IN_PLACE, &e), STATUS_OK);
  text_reset(&text);
  assert_int_equal(session_help(p->session, "shop.margin", &text, NULL), STATUS_NAME);
  text_free(&text);
}

static void test_variables(void **state)
{
  Played *p = *state;
  Text text = {0};
  assert_int_equal(session_variables(p->session, &text, NULL), STATUS_OK);
  assert_has(text_data(&text), "no variables");
  text_reset(&text);
  played_done(p, "b = 1 a = 'text' df = frame{x = {1, 2, 3}, y = {4, 5, 6}} "
                 "c = df.x m = df:kmeans(2) t = {1, 2} n = NA f = print");
  assert_int_equal(session_variables(p->session, &text, NULL), STATUS_OK);
  const char *names[] = {"a", "b", "c", "df", "f", "m", "n", "t"};
  static const char *const parts[] = {"string",   "number",         "column", "3 x 2",
                                      "function", "cluster.kmeans", "NA",     "table"};
  const char *at = text_data(&text);
  for (size_t i = 0; i < 8; i++) { /* in order of name, a line each */
    char start[8];
    snprintf(start, sizeof start, "\n%s ", names[i]);
    at = strstr(at, start);
    if (!at) {
      fail_msg("%s is not in %s", names[i], text_data(&text));
    }
    char line[200];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
    assert_has(line, parts[i]);
  }
  played_done(p, "a, b, c, df, m, t, n, f = nil");
  text_reset(&text);
  assert_int_equal(session_variables(p->session, &text, NULL), STATUS_OK);
  assert_has(text_data(&text), "no variables");
  text_free(&text);
}

/* Only what .undo and out[n] can give back is kept: here 50 frames of 16,000 bytes and what was shown of them. */
static void test_nothing_is_kept(void **state)
{
  Played *p = *state;
  played_done(p, "t = {} for i = 1, 1000 do t[i] = i * 1.5 end df = frame{x = t} t = nil");
  played_done(p, "df");
  played_done(p, "collectgarbage() collectgarbage()");
  const size_t before = mem_in_use();
  for (int i = 0; i < 50; i++) {
    played_done(p, "df = df:kmeans(3):augment(df)");
    played_done(p, "df:describe()");
    played_run(p, "df:kmeans{sed = 1}");
  }
  played_done(p, "collectgarbage() collectgarbage() collectgarbage()");
  assert_true(mem_in_use() < before + 50 * 32000 + 200000);
}

/* What .undo and out[n] hold together stays under 256 MB, and a value larger than that is not held at all. */
static void test_kept_bytes(void **state)
{
  Played *p = *state;
  played_done(p, "t = {} for i = 1, 4000 do t[i] = i * 1.5 end df = frame{x = t} t = nil");
  played_done(p, "for i = 1, 10 do df = df:append(df) end"); /* 4,096,000 rows: 32 MB */
  const size_t before = mem_in_use();
  for (int i = 0; i < 20; i++) {
    played_done(p, "df = df:mutate('x = x + 1')");
    played_done(p, "df");
  }
  played_done(p, "collectgarbage() collectgarbage()");
  assert_true(mem_in_use() < before + ((size_t)256 << 20) + 1000000);
  played_done(p, "for i = 1, 4 do df = df:append(df) end"); /* 524 MB */
  played_done(p, "df");
  played_done(p, "df = nil");
  played_done(p, "collectgarbage() collectgarbage()");
  assert_true(mem_in_use() < before + ((size_t)256 << 20) + 1000000);
}

#define AT_PROMPT(test) cmocka_unit_test_setup_teardown(test, open_prompt, close_prompt)

int main(void)
{
  const struct CMUnitTest tests[] = {
      AT_PROMPT(test_chunk_state),
      AT_PROMPT(test_chunk_grows),
      AT_PROMPT(test_echo),
      AT_PROMPT(test_last),
      AT_PROMPT(test_failures),
      AT_PROMPT(test_where),
      AT_PROMPT(test_exit),
      AT_PROMPT(test_notes),
      AT_PROMPT(test_times),
      AT_PROMPT(test_files),
      AT_PROMPT(test_require),
      AT_PROMPT(test_complete),
      AT_PROMPT(test_complete_anywhere),
      AT_PROMPT(test_complete_many),
      AT_PROMPT(test_help),
      AT_PROMPT(test_help_of_declared),
      AT_PROMPT(test_variables),
      AT_PROMPT(test_nothing_is_kept), AT_PROMPT(test_kept_bytes),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
