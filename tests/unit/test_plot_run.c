/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures by gnuplot: what they look like, texts that would be commands elsewhere, and every way in which gnuplot
 * may fail. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "picture.h"
#include "plot/gnuplot.h"
#include "plot/process.h"

static const PictureRequest usual = {
    .format = PICTURE_PNG, .width = 600, .height = 400, .scale = 1, .font = "", .timeout = 60};
static char real_path[PATH_MAX], folder[PATH_MAX / 2];
static bool have_gnuplot;

#define NEEDS_GNUPLOT  \
  (void)state;         \
  if (!have_gnuplot) { \
    skip();            \
  }

/* ---- drawing */

typedef struct Drawn {
  Status status;
  Error e;
  Text picture, warnings;
  bool density;
} Drawn;

/* Draws the chart, which is freed. Nothing may be left behind: no file, no process. */
static Drawn draw_with(Chart *chart, const PictureRequest *request, Task *task)
{
  Drawn drawn = {0};
  error_clear(&drawn.e);
  drawn.status = picture_draw(chart, request, task, &drawn.picture, &drawn.warnings, &drawn.density, &drawn.e);
  chart_unref(chart);
  DIR *files = opendir(folder);
  for (const struct dirent *file; (file = readdir(files)) != NULL;) {
    if (strncmp(file->d_name, "assay-plot-", 11) == 0) {
      print_error("left behind: %s\n", file->d_name);
      fail();
    }
  }
  closedir(files);
  assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
  assert_int_equal(errno, ECHILD);
  return drawn;
}

static Drawn draw(Chart *chart, const PictureRequest *request)
{
  Task task;
  task_init(&task, 1);
  const Drawn drawn = draw_with(chart, request, &task);
  task_free(&task);
  return drawn;
}

static void drawn_free(Drawn *drawn)
{
  text_free(&drawn->picture);
  text_free(&drawn->warnings);
}

/* The pixels of a chart drawn as PNG, without warnings. */
static Picture pixels_of(Chart *chart, DensityMode density)
{
  PictureRequest request = usual;
  request.density = density;
  Drawn drawn = draw(chart, &request);
  assert_string_equal(drawn.e.what, "");
  assert_int_equal(drawn.status, STATUS_OK);
  assert_string_equal(text_data(&drawn.warnings), "");
  Picture picture;
  picture_read(drawn.picture.data, drawn.picture.size, &picture);
  assert_true(picture.width == 600 && picture.height == 400);
  drawn_free(&drawn);
  return picture;
}

/* Three clusters in colours that lie where the points are: lower left, right, above. */
static void test_scatter(void **state)
{
  NEEDS_GNUPLOT
  Picture picture = pixels_of(chart_of_points("title", 600, true), DENSITY_AUTO);
  assert_true(picture_share(&picture, 0x0072b2) > 0.001);
  assert_true(picture_share(&picture, 0xd55e00) > 0.001);
  assert_true(picture_share(&picture, 0x009e73) > 0.001);
  assert_true(picture_light(&picture) > 0.8);
  assert_true(picture_ink_of(&picture, 2, 5, 4, 7) > 0.2); /* the first cluster */
  assert_true(picture_ink_of(&picture, 1, 1, 3, 3) < 0.08); /* nothing above it */
  assert_true(picture_ink_of(&picture, 4, 0, 5, 1) > 0.03); /* the title */
  picture_free(&picture);
}

/* The same clouds as points and as densities put their ink to the same places. */
static void test_density_places(void **state)
{
  NEEDS_GNUPLOT
  for (int groups = 0; groups < 2; groups++) {
    Picture picture = pixels_of(chart_of_points("", 60000, groups), DENSITY_AUTO);
    assert_true(picture_ink_of(&picture, 2, 5, 4, 7) > 0.4);
    assert_true(picture_ink_of(&picture, 1, 1, 3, 3) < 0.1);
    assert_true(picture_light(&picture) > 0.6);
    picture_free(&picture);
  }
}

static void test_bars(void **state)
{
  NEEDS_GNUPLOT
  static const char *const names[] = {"low", "high", "y"};
  static const double values[] = {0, 1, 2, 1, 2, 3, 10, 10, 1};
  Picture picture = pixels_of(chart_of("", CHART_BARS, chart_frame(names, 3, values, 3), NULL, NULL), DENSITY_AUTO);
  assert_true(picture_ink_of(&picture, 2, 2, 6, 8) > 0.9);  /* two full bars */
  assert_true(picture_ink_of(&picture, 8, 2, 9, 7) < 0.1);  /* a low one */
  assert_true(picture_share(&picture, 0x2687be) > 0.4);     /* blue, a little of the white behind */
  picture_free(&picture);
}

/* Marks of all kinds, alone, on axes of all kinds: gnuplot has nothing to complain about. */
static void test_marks(void **state)
{
  NEEDS_GNUPLOT
  static const char *const box[] = {"x", "low", "q25", "median", "q75", "high"}, *const line[] = {"x", "low", "high",
                                                                                                  "y"};
  static const char *const shade[] = {"x", "y", "shade"}, *const texts[] = {"one", "two"};
  static const double cells[] = {0, 1, 1, 2, 3, 4, 4, 5, 5, 6, 7, 8}, intervals[] = {2, 3, 1, 2, 4, 5, 0, 1};
  Column *categories = column_of_texts(texts, 2);
  const ChartAxis axis = {.scale = CHART_CATEGORIES, .low = NAN, .high = NAN, .categories = categories};
  const ChartAxis log = {.log = true, .low = NAN, .high = NAN}, time = {.scale = CHART_TIMES, .low = NAN, .high = NAN};
  Chart *const charts[] = {
      chart_of("", CHART_BOXES, chart_frame(box, 6, cells, 2), &axis, &log),
      chart_of("", CHART_INTERVALS, chart_frame(line, 4, intervals, 2), NULL, &axis),
      chart_of("", CHART_POINTS, chart_frame(shade, 3, cells + 3, 3), NULL, NULL),
      chart_of("", CHART_POINTS, chart_frame(shade, 2, cells + 2, 1), NULL, NULL),
      chart_of("", CHART_POINTS, chart_frame(shade, 2, cells + 3, 2), &log, &log),
      chart_of("", CHART_LINE, chart_frame(shade, 2, cells + 2, 2), &time, NULL),
      chart_of("", CHART_BARS, chart_frame(shade, 2, cells, 2), &axis, NULL),
  };
  for (size_t i = 0; i < sizeof charts / sizeof *charts; i++) {
    Picture picture = pixels_of(chart_ref(charts[i]), DENSITY_AUTO);
    assert_true(picture_ink(&picture) > 0.005 && picture_light(&picture) > 0.5);
    picture_free(&picture);
    picture = pixels_of(charts[i], DENSITY_ALWAYS);
    assert_true(picture_ink(&picture) > 0.005);
    picture_free(&picture);
  }
  column_unref(categories);
}

static void test_scale(void **state)
{
  NEEDS_GNUPLOT
  PictureRequest request = usual;
  request.scale = 2;
  Drawn drawn = draw(chart_of_points("title", 100, true), &request);
  assert_int_equal(drawn.status, STATUS_OK);
  Picture large, small = pixels_of(chart_of_points("title", 100, true), DENSITY_AUTO);
  picture_read(drawn.picture.data, drawn.picture.size, &large);
  assert_true(large.width == 1200 && large.height == 800);
  assert_true(fabs(picture_ink(&large) / picture_ink(&small) - 1) < 0.3);
  picture_free(&large);
  picture_free(&small);
  drawn_free(&drawn);
}

static void test_formats(void **state)
{
  NEEDS_GNUPLOT
  static const struct {
    PictureFormat format;
    const char *begin;
    size_t most;
  } formats[] = {{PICTURE_SVG, "<?xml version=\"1.0\" encoding=\"utf-8\"", 2000000}, {PICTURE_PDF, "%PDF-1.", 2000000},
                 {PICTURE_SIXEL, "\033P", 500000}};
  for (size_t i = 0; i < 3; i++) {
    PictureRequest request = usual;
    request.format = formats[i].format;
    Drawn drawn = draw(chart_of_points("title", 100000, true), &request);
    assert_string_equal(drawn.e.what, "");
    assert_true(drawn.density);
    assert_true(drawn.picture.size > 1000 && drawn.picture.size < formats[i].most);
    assert_memory_equal(drawn.picture.data, formats[i].begin, strlen(formats[i].begin));
    drawn_free(&drawn);
  }
}

/* ---- texts that are commands elsewhere */

static const char *const hostile[] = {
    "`touch pwned`",
    "$(touch pwned)",
    "\"; system(\"touch pwned\"); \"",
    "'; !touch pwned; '",
    "| touch pwned",
    "< touch pwned",
    "a\nsystem('touch pwned')\n!touch pwned\n",
    "EOD\nsystem('touch pwned')",
    "%s%n%d 100%",
    "spend_2024^{x} {a} @b ~c &d \\e",
    "\\",
    "\"",
    "${HOME}",
    "<b>&amp;</b>",
    "\x01\x1b[31m\x7f",
    "#\n# end",
    "\xff\xfe",
};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

static bool exists(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0;
}

/* Every one of them as title, label, legend, category, class, note, label of a point and font. */
static Chart *hostile_chart(const char *text)
{
  static const char *const names[] = {"x", "y"};
  static const double values[] = {0, 0, 1, 2};
  const char *const texts[] = {text};
  const char *valid = utf8_check(text, strlen(text)) == strlen(text) ? text : "x";
  Column *categories = column_of_texts(&valid, 1), *repeated;
  const ChartAxis x = {.label = texts[0], .scale = CHART_CATEGORIES, .low = NAN, .high = NAN, .categories = categories};
  const ChartAxis y = {.label = texts[0], .low = NAN, .high = NAN};
  Frame *plain = chart_frame(names, 2, values, 2), *grouped, *labelled;
  assert_int_equal(column_take(categories, (const size_t[]){0, 0}, 2, &repeated, NULL), STATUS_OK);
  assert_int_equal(frame_with(plain, "group", repeated, &grouped, NULL), STATUS_OK);
  assert_int_equal(frame_with(grouped, "label", repeated, &labelled, NULL), STATUS_OK);
  Chart *chart;
  Task task;
  task_init(&task, 1);
  assert_int_equal(chart_new("test", &chart, NULL), STATUS_OK);
  assert_int_equal(chart_set_title(chart, text, NULL), STATUS_OK);
  assert_int_equal(chart_set_legend(chart, text, NULL), STATUS_OK);
  assert_int_equal(chart_set_x(chart, &x, NULL), STATUS_OK);
  assert_int_equal(chart_set_y(chart, &y, NULL), STATUS_OK);
  assert_int_equal(chart_add(chart, CHART_POINTS, text, labelled, NULL), STATUS_OK);
  assert_int_equal(chart_add(chart, CHART_BARS, text, plain, NULL), STATUS_OK);
  assert_int_equal(chart_add_note(chart, NULL, "%s", text), STATUS_OK);
  assert_int_equal(chart_finish(chart, &task, NULL), STATUS_OK);
  task_free(&task);
  column_unref(categories);
  column_unref(repeated);
  frame_unref(plain);
  frame_unref(grouped);
  frame_unref(labelled);
  return chart;
}

static void test_hostile(void **state)
{
  NEEDS_GNUPLOT
  for (size_t i = 0; i < HOSTILE; i++) {
    PictureRequest request = usual;
    request.format = i % 3 == 0 ? PICTURE_PNG : PICTURE_SVG;
    request.font = i % 2 ? hostile[i] : "";
    Drawn drawn = draw(hostile_chart(hostile[i]), &request);
    if (drawn.status != STATUS_OK) {
      print_error("%s: %s\n", hostile[i], drawn.e.what);
    }
    assert_int_equal(drawn.status, STATUS_OK);
    assert_false(exists("pwned"));
    drawn_free(&drawn);
  }
}

/* The texts themselves stand in the picture, in the title and at the tics. */
static void test_literal(void **state)
{
  NEEDS_GNUPLOT
  static const struct {
    const char *text, *shown;
  } cases[] = {{"`touch pwned`", ">`touch pwned`<"},
               {"$(id) 'a' %s 100%", ">$(id) 'a' %s 100%<"},
               {"spend_2024^{x} @b ~c", ">spend_2024^{x} @b ~c<"},
               {"\\e \\140", ">\\e \\140<"},
               {"<b> & \"c\"", ">&lt;b> &amp; \"c\"<"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    PictureRequest request = usual;
    request.format = PICTURE_SVG;
    Drawn drawn = draw(hostile_chart(cases[i].text), &request);
    assert_int_equal(drawn.status, STATUS_OK);
    size_t found = 0;
    for (const char *at = text_data(&drawn.picture); (at = strstr(at, cases[i].shown)) != NULL; at++) {
      found++;
    }
    if (found < 6) {
      print_error("%s is %zu times in the picture\n", cases[i].shown, found);
    }
    assert_true(found >= 6); /* title, legend's title, two labels, tic, class, points, note */
    drawn_free(&drawn);
  }
}

/* ---- fonts */

static void test_characters_without_font(void **state)
{
  NEEDS_GNUPLOT
  static const char text[] = "\u5ba2\u6237 \U00013000"; /* and a hieroglyph, which no usual font has */
  Drawn drawn = draw(chart_of_points(text, 100, true), &usual);
  assert_int_equal(drawn.status, STATUS_OK);
  Picture picture;
  picture_read(drawn.picture.data, drawn.picture.size, &picture);
  assert_true(picture_light(&picture) > 0.85);
  picture_free(&picture);
  if (drawn.warnings.size > 0) {
    assert_non_null(strstr(text_data(&drawn.warnings), "package fonts-"));
    assert_non_null(strstr(text_data(&drawn.warnings), "\n[1] \u5ba2\u6237 \U00013000\n"));
  }
  drawn_free(&drawn);
  PictureRequest request = usual;
  request.format = PICTURE_SVG;
  drawn = draw(chart_of_points(text, 100, true), &request);
  assert_int_equal(drawn.status, STATUS_OK);
  assert_string_equal(text_data(&drawn.warnings), "");
  assert_non_null(strstr(text_data(&drawn.picture), "\u5ba2\u6237"));
  drawn_free(&drawn);
}

/* ---- a gnuplot of our own on PATH */

static void write_program(const char *name, const char *lines)
{
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/bin/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file, "#!/bin/sh\n%s", lines);
  fclose(file);
  assert_int_equal(chmod(path, 0755), 0);
}

/* PATH with the folder of our own programs, before the usual one or alone. */
static void use_path(bool alone)
{
  char path[2 * PATH_MAX];
  snprintf(path, sizeof path, "%s/bin%s%s", folder, alone ? "" : ":", alone ? "" : real_path);
  setenv("PATH", path, 1);
}

/* Draws with a gnuplot of these lines. */
static Drawn draw_by(const char *lines, double timeout)
{
  char path[PATH_MAX];
  PictureRequest request = usual;
  request.timeout = timeout;
  write_program("gnuplot", lines);
  use_path(false);
  const Drawn drawn = draw(chart_of_points("", 3000, true), &request);
  setenv("PATH", real_path, 1);
  snprintf(path, sizeof path, "%s/bin/gnuplot", folder);
  unlink(path);
  return drawn;
}

static void check_failure(const char *lines, double timeout, Status status, const char *id, const char *what)
{
  Drawn drawn = draw_by(lines, timeout);
  if (drawn.status != status || !strstr(drawn.e.what, what)) {
    print_error("%s: status %d, '%s'\n", lines, drawn.status, drawn.e.what);
  }
  assert_int_equal(drawn.status, status);
  assert_string_equal(drawn.e.id, id);
  assert_non_null(strstr(drawn.e.what, what));
  assert_int_equal(drawn.picture.size, 0);
  drawn_free(&drawn);
}

static void test_failures(void **state)
{
  (void)state;
  check_failure("exit 0\n", 60, STATUS_STATE, "gnuplot-died", "exit status 0");
  check_failure("cat >/dev/null; exit 3\n", 60, STATUS_STATE, "gnuplot-died", "exit status 3");
  check_failure("kill -9 $$\n", 60, STATUS_STATE, "gnuplot-died", "(9, KILL)");
  check_failure("head -c 5000 >/dev/null; kill -TERM $$\n", 60, STATUS_STATE, "gnuplot-died", "(15, TERM)");
  check_failure("cat >/dev/null; echo '@@terminal 1 unknown'\n", 60, STATUS_STATE, "gnuplot-terminal", "PNG");
  check_failure("cat >/dev/null; echo '@@plot 1 line 0: odd'; echo '@@end 0 '\n", 60, STATUS_STATE, "gnuplot-failed",
                "'plot'");
  check_failure("cat >/dev/null; echo '@@end 0 '\n", 60, STATUS_FILE, "gnuplot-failed", "whole picture");
  check_failure("cat >/dev/null; printf '\\211PNG\\r\\n\\032\\n' >picture; echo '@@end 0 '\n", 60, STATUS_FILE,
                "gnuplot-failed", "whole picture");
}

/* Hanging before, while and after it reads, with children of its own, deaf to SIGTERM. */
static void test_timeouts(void **state)
{
  (void)state;
  static const char *const lines[] = {"exec sleep 100\n", "cat >/dev/null; sleep 100\n",
                                      "trap '' TERM; sleep 100; sleep 100\n", "sleep 100 & wait\n",
                                      "while :; do echo noise; echo noise >&2; done\n"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    const double before = clock_wall();
    check_failure(lines[i], 0.3, STATUS_LIMIT, "gnuplot-timeout", "0.3 s");
    assert_true(clock_wall() - before < 10);
  }
}

/* One that leaves a child behind which keeps the pipes open does not keep us. */
static void test_left_child(void **state)
{
  (void)state;
  check_failure("sleep 100 &\nexit 4\n", 60, STATUS_STATE, "gnuplot-died", "exit status 4");
}

static void test_no_gnuplot(void **state)
{
  (void)state;
  use_path(true);
  Drawn drawn = draw(chart_of_points("", 30, true), &usual);
  setenv("PATH", real_path, 1);
  assert_int_equal(drawn.status, STATUS_STATE);
  assert_string_equal(drawn.e.id, "no-gnuplot");
  assert_non_null(strstr(drawn.e.hint, "gnuplot-nox"));
  drawn_free(&drawn);
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/bin/gnuplot", folder); /* a folder is no program */
  assert_int_equal(mkdir(path, 0755), 0);
  use_path(true);
  drawn = draw(chart_of_points("", 30, true), &usual);
  setenv("PATH", real_path, 1);
  rmdir(path);
  assert_string_equal(drawn.e.id, "no-gnuplot");
  drawn_free(&drawn);
}

/* No program at all behind the name. */
static void test_no_program(void **state)
{
  (void)state;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/bin/gnuplot", folder);
  FILE *file = fopen(path, "w");
  fputs("\x7f" "ELF nothing", file);
  fclose(file);
  chmod(path, 0755);
  use_path(false);
  Drawn drawn = draw(chart_of_points("", 30, true), &usual);
  setenv("PATH", real_path, 1);
  unlink(path);
  assert_int_equal(drawn.status, STATUS_FILE);
  assert_string_equal(drawn.e.id, "no-process");
  drawn_free(&drawn);
}

/* Warnings of gnuplot's are told in our words, once each, and never raw. */
static void test_warnings(void **state)
{
  NEEDS_GNUPLOT
  Drawn drawn = draw_by("echo 'Warning: empty y range [1:1], adjusting to [0.99:1.01]' >&2\n"
                        "echo 'line 3: warning: difficulty fitting plot titles into key' >&2\n"
                        "echo 'line 4: warning: difficulty fitting plot titles into key' >&2\n"
                        "echo 'Fontconfig error: nothing' >&2\n"
                        "exec " "$(PATH=${PATH#*:} command -v gnuplot) \"$@\"\n", 60);
  assert_int_equal(drawn.status, STATUS_OK);
  assert_string_equal(text_data(&drawn.warnings), "an axis without an extent was widened\n"
                                                  "the legend did not fit; a larger height shows all of it\n");
  drawn_free(&drawn);
}

/* The user's own start-up file plays no part, nor does the locale, nor are variables passed on. */
static void test_environment(void **state)
{
  NEEDS_GNUPLOT
  char path[PATH_MAX], home[PATH_MAX];
  snprintf(home, sizeof home, "%s", getenv("HOME") ? getenv("HOME") : "");
  snprintf(path, sizeof path, "%s/.gnuplot", folder);
  FILE *file = fopen(path, "w");
  fputs("system('touch pwned')\nset title 'poisoned'\nset logscale x\nexit\n", file);
  fclose(file);
  Drawn before = draw(chart_of_points("t", 100, true), &usual);
  setenv("HOME", folder, 1);
  setenv("GNUTERM", "dumb", 1);
  setenv("GNUPLOT_LIB", folder, 1);
  setenv("LC_ALL", "de_DE.UTF-8", 1);
  Drawn after = draw(chart_of_points("t", 100, true), &usual);
  setenv("HOME", home, 1);
  setenv("LC_ALL", "C.UTF-8", 1);
  unsetenv("GNUTERM");
  unsetenv("GNUPLOT_LIB");
  unlink(path);
  assert_false(exists("pwned"));
  assert_int_equal(after.status, STATUS_OK);
  assert_int_equal(before.picture.size, after.picture.size);
  assert_memory_equal(before.picture.data, after.picture.data, after.picture.size);
  drawn_free(&before);
  drawn_free(&after);
}

/* ---- disk, cancel */

/* No more than 4 kB may be written: the picture or the numbers do not fit. */
static void test_no_room(void **state)
{
  NEEDS_GNUPLOT
  struct rlimit before, few;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  few = before;
  few.rlim_cur = 4096;
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
  Drawn numbers = draw(chart_of_points("", 3000, true), &usual), picture = draw(chart_of_points("", 40, true), &usual);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  assert_int_equal(numbers.status, STATUS_FILE);
  assert_string_equal(numbers.e.id, "file-error");
  assert_true(picture.status == STATUS_STATE || picture.status == STATUS_FILE);
  assert_non_null(strstr(picture.e.id, "gnuplot-"));
  drawn_free(&numbers);
  drawn_free(&picture);
}

static void test_no_folder(void **state)
{
  NEEDS_GNUPLOT
  setenv("TMPDIR", "/nonexistent/folder", 1);
  Drawn drawn = draw(chart_of_points("", 40, true), &usual);
  setenv("TMPDIR", folder, 1);
  assert_int_equal(drawn.status, STATUS_FILE);
  assert_non_null(strstr(drawn.e.what, "/nonexistent/folder"));
  drawn_free(&drawn);
}

static void *cancel_later(void *task)
{
  nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
  task_cancel(task);
  return NULL;
}

static void test_cancel(void **state)
{
  (void)state;
  char path[PATH_MAX];
  Task task;
  pthread_t thread;
  task_init(&task, 1);
  write_program("gnuplot", "sleep 100\n");
  use_path(false);
  Chart *chart = chart_of_points("", 3000, true);
  const double before = clock_wall();
  assert_int_equal(pthread_create(&thread, NULL, cancel_later, &task), 0);
  Drawn drawn = draw_with(chart, &usual, &task);
  assert_true(clock_wall() - before < 20);
  pthread_join(thread, NULL);
  setenv("PATH", real_path, 1);
  snprintf(path, sizeof path, "%s/bin/gnuplot", folder);
  unlink(path);
  assert_int_equal(drawn.status, STATUS_CANCELLED);
  drawn_free(&drawn);
  task_free(&task);
}

/* ---- the process itself */

/* Far more in all three directions than a pipe holds. */
static void test_all_pipes(void **state)
{
  (void)state;
  static const char *const arguments[] = {"sh", "-c", "tee /dev/stderr", NULL};
  const size_t n = 3000000;
  char *bytes = mem_alloc(n, 1);
  for (size_t i = 0; i < n; i++) {
    bytes[i] = (char)('a' + i % 26);
  }
  const ProcessRequest request = {
      .program = "/bin/sh", .arguments = arguments, .input = bytes, .input_size = n, .timeout = 60, .most = 2500000};
  ProcessResult result;
  Task task;
  task_init(&task, 1);
  assert_int_equal(process_run(&request, &task, &result, NULL), STATUS_OK);
  assert_true(result.code == 0 && result.signal == 0 && !result.timed_out && !result.input_refused);
  assert_int_equal(result.out.size, 2500000);
  assert_memory_equal(result.out.data, bytes, 2500000);
  assert_memory_equal(result.err.data, bytes, 2500000);
  text_free(&result.out);
  text_free(&result.err);
  task_free(&task);
  mem_free(bytes);
}

/* The child has standard signals, even those that we block or ignore, and only a few variables. */
static void test_fresh_child(void **state)
{
  (void)state;
  static const char *const arguments[] = {
      "sh", "-c", "grep -E '^Sig(Blk|Ign)' /proc/self/status; env | sed 's/=.*//' | sort", NULL};
  const ProcessRequest request = {.program = "/bin/sh", .arguments = arguments, .timeout = 60, .most = 10000};
  ProcessResult result;
  Task task;
  sigset_t all, before;
  task_init(&task, 1);
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  signal(SIGPIPE, SIG_IGN);
  setenv("GNUTERM", "dumb", 1);
  assert_int_equal(process_run(&request, &task, &result, NULL), STATUS_OK);
  unsetenv("GNUTERM");
  signal(SIGPIPE, SIG_DFL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  const char *blocked = strstr(text_data(&result.out), "SigBlk:"), *ignored = strstr(text_data(&result.out), "SigIgn:");
  assert_true(blocked && strtoull(blocked + 7, NULL, 16) == 0);
  assert_true(ignored && (strtoull(ignored + 7, NULL, 16) & 0x7fffffff) == 0); /* two above are the C library's own */
  assert_non_null(strstr(text_data(&result.out), "\nLC_ALL\n"));
  assert_null(strstr(text_data(&result.out), "GNUTERM"));
  text_free(&result.out);
  text_free(&result.err);
  task_free(&task);
}

static int set_up(void **state)
{
  char program[PATH_MAX];
  (void)state;
  snprintf(real_path, sizeof real_path, "%s", getenv("PATH") ? getenv("PATH") : "");
  have_gnuplot = process_find("gnuplot", program, sizeof program);
  const char *place = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/plot-test-XXXXXX", place ? place : "/tmp");
  char bin[PATH_MAX];
  if (!mkdtemp(folder) || chdir(folder) != 0) {
    return -1;
  }
  setenv("TMPDIR", folder, 1);
  snprintf(bin, sizeof bin, "%s/bin", folder);
  return mkdir(bin, 0755);
}

static int tear_down(void **state)
{
  char bin[PATH_MAX];
  (void)state;
  for (const char *const *name = (const char *const[]){"gnuplot", "fc-list", NULL}; *name; name++) {
    snprintf(bin, sizeof bin, "%s/bin/%s", folder, *name);
    unlink(bin);
  }
  snprintf(bin, sizeof bin, "%s/bin", folder);
  rmdir(bin);
  return rmdir(folder);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_scatter),     cmocka_unit_test(test_density_places),
      cmocka_unit_test(test_bars),        cmocka_unit_test(test_marks),
      cmocka_unit_test(test_scale),       cmocka_unit_test(test_formats),
      cmocka_unit_test(test_hostile),     cmocka_unit_test(test_literal),
      cmocka_unit_test(test_failures),    cmocka_unit_test(test_timeouts),
      cmocka_unit_test(test_left_child),  cmocka_unit_test(test_no_gnuplot),
      cmocka_unit_test(test_no_program),  cmocka_unit_test(test_warnings),
      cmocka_unit_test(test_environment), cmocka_unit_test(test_no_room),
      cmocka_unit_test(test_no_folder),   cmocka_unit_test(test_cancel),
      cmocka_unit_test(test_all_pipes),   cmocka_unit_test(test_fresh_child),
      cmocka_unit_test(test_characters_without_font),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
