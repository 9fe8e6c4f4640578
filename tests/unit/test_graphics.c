/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terminals that show pictures, played by this test at the other end of a pseudo terminal: their answers in time, in
 * pieces, among typed keys, and late. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/text.h"
#include "plot/process.h"
#include "repl/graphics.h"

/* ---- answers among other bytes */

static void check_parse(const char *bytes, const char *rest, bool sixel, bool kitty, bool done)
{
  char copy[256];
  bool got_sixel = false, got_kitty = false, got_done = false;
  snprintf(copy, sizeof copy, "%s", bytes);
  const size_t n = graphics_parse(copy, strlen(copy), &got_sixel, &got_kitty, &got_done);
  assert_int_equal(n, strlen(rest));
  assert_memory_equal(copy, rest, n);
  assert_true(got_sixel == sixel && got_kitty == kitty && got_done == done);
}

static void test_parse(void **state)
{
  (void)state;
  check_parse("", "", false, false, false);
  check_parse("\033[?1;2c", "", false, false, true);
  check_parse("\033[?62;4;22c", "", true, false, true);
  check_parse("\033[?4c", "", true, false, true);
  check_parse("\033[?64;44;14;40c", "", false, false, true);
  check_parse("\033_Gi=31;OK\033\\\033[?62c", "", false, true, true);
  check_parse("\033_Gi=31;EINVAL:no\033\\\033[?62c", "", false, false, true);
  check_parse("ab\033[?1;2ccd\n", "abcd\n", false, false, true);
  check_parse("x\033[A\033[?1;2c\033OP", "x\033[A\033OP", false, false, true);
  check_parse("x\033[?1;", "x\033[?1;", false, false, false);      /* an answer that is not complete */
  check_parse("x\033_Gi=31;O", "x\033_Gi=31;O", false, false, false);
  check_parse("\033[?1;2R\033", "\033[?1;2R\033", false, false, false); /* something else */
}

/* Cut anywhere, read piece by piece, an answer is the same. */
static void test_pieces(void **state)
{
  (void)state;
  static const char all[] = "a\033_Gi=31;OK\033\\b\033[?62;4cd";
  for (size_t cut = 0; cut < sizeof all; cut++) {
    char bytes[64];
    bool sixel = false, kitty = false, done = false;
    memcpy(bytes, all, cut);
    size_t n = graphics_parse(bytes, cut, &sixel, &kitty, &done);
    memcpy(bytes + n, all + cut, sizeof all - 1 - cut);
    n = graphics_parse(bytes, n + sizeof all - 1 - cut, &sixel, &kitty, &done);
    assert_true(sixel && kitty && done && n == 3 && memcmp(bytes, "abd", 3) == 0);
  }
}

/* ---- a terminal */

static const char prompt[] = "\033[?2004h> ";
static int terminal;
static pid_t child;
static Text seen;

/* Reads what the program writes until `part` is in it; false when it does not come. */
static bool wait_for(const char *part, double seconds)
{
  const double deadline = clock_wall() + seconds;
  while (!seen.data || !memmem(seen.data, seen.size, part, strlen(part))) {
    struct pollfd ready = {terminal, POLLIN, 0};
    char bytes[4096];
    if (clock_wall() > deadline) {
      return false;
    }
    if (poll(&ready, 1, 50) > 0) {
      const ssize_t n = read(terminal, bytes, sizeof bytes);
      if (n <= 0) {
        return false;
      }
      text_add(&seen, bytes, (size_t)n);
    }
  }
  return true;
}

static void need(const char *part)
{
  if (!wait_for(part, 20)) {
    kill(child, SIGKILL);
    print_error("'%s' did not come; seen:\n%s\n", part, text_data(&seen));
    fail();
  }
}

/* Waits for an answer and for the prompt behind it: only then does the line editor listen. */
static void need_and_prompt(const char *part)
{
  need(part);
  const char *end = (const char *)memmem(seen.data, seen.size, part, strlen(part)) + strlen(part);
  Text rest = {0};
  text_add(&rest, end, (size_t)(seen.data + seen.size - end));
  text_free(&seen);
  seen = rest;
  need(prompt);
}

static void say(const char *bytes)
{
  assert_int_equal(write(terminal, bytes, strlen(bytes)), strlen(bytes));
}

static void start(void)
{
  struct winsize size = {.ws_col = 80, .ws_row = 24, .ws_xpixel = 640, .ws_ypixel = 384};
  const char *program = getenv("ASSAY");
  text_reset(&seen);
  child = forkpty(&terminal, NULL, NULL, &size);
  assert_true(child >= 0);
  if (child == 0) {
    setenv("TERM", "xterm-256color", 1);
    unsetenv("TMUX");
    unsetenv("STY");
    unsetenv("CI");
    unsetenv("ASSAY_GRAPHICS");
    execl(program, program, "-q", (char *)NULL);
    _exit(127);
  }
  need(prompt);
  text_reset(&seen);
  say("p = plot.scatter(frame{x = {1, 2}, y = {3, 5}}, {x = \"x\", y = \"y\"}) print(\"re\" .. \"ady\")\n");
  need_and_prompt("ready\r\n");
  text_reset(&seen);
}

/* Still alive and sane, with nothing strange on the screen. */
static void finish(void)
{
  text_reset(&seen);
  say("\"al\" .. \"ive\"\n");
  need_and_prompt("alive\r\n"); /* or the terminal itself would take Ctrl-D */
  say("\004");
  int status;
  const double deadline = clock_wall() + 20;
  while (waitpid(child, &status, WNOHANG) == 0) {
    (void)wait_for("\n\n\n", 0.02);
    if (clock_wall() > deadline) {
      kill(child, SIGKILL);
    }
  }
  close(terminal);
  text_free(&seen);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool can_play(void)
{
  return getenv("ASSAY") != NULL;
}

static bool has_gnuplot(void)
{
  char path[4096];
  return process_find("gnuplot", path, sizeof path);
}

static const char query[] = "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\\033[c";

static void test_sixel(void **state)
{
  (void)state;
  if (!can_play() || !has_gnuplot()) {
    skip();
  }
  start();
  say("p:show()\n");
  need(query);
  say("\033[?62;");
  say("4;22c");
  need("\033P");
  need("\033\\");
  finish();
}

static void test_kitty(void **state)
{
  (void)state;
  if (!can_play() || !has_gnuplot()) {
    skip();
  }
  start();
  say("p:show()\n");
  need(query);
  say("\033_Gi=31;OK\033\\\033[?62c");
  need("\033_Ga=T,f=100,");
  finish();
}

/* Keys around and within the answer are kept in their order. */
static void test_typed_among(void **state)
{
  (void)state;
  if (!can_play()) {
    skip();
  }
  start();
  say("p:show()\n");
  need(query);
  say("\"ke");
  say("p\" .. \033[?1;2c\"t\"\n");
  need("p:save");
  need("kept\r\n");
  finish();
}

/* No answer within 0.3 s: text, soon; the answer that comes later is swallowed. */
static void test_late(void **state)
{
  (void)state;
  if (!can_play()) {
    skip();
  }
  start();
  const double before = clock_wall();
  say("p:show()\n");
  need(query);
  need("p:save");
  assert_true(clock_wall() - before < 20);
  need(prompt);
  text_reset(&seen);
  say("\033_Gi=31;OK\033\\\033[?62;4c");
  say("\"la\" .. \"te\"\n");
  need("late\r\n");
  assert_null(memmem(seen.data, seen.size, "62;4", 4));
  assert_null(memmem(seen.data, seen.size, "i=31", 4));
  finish();
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse), cmocka_unit_test(test_pieces),      cmocka_unit_test(test_sixel),
      cmocka_unit_test(test_kitty), cmocka_unit_test(test_typed_among), cmocka_unit_test(test_late),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
