/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/graphics.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <readline/readline.h>

#include "core/clock.h"

enum { TYPED_MOST = 4096, SIDE_MOST = 4000, SIDE_LEAST = 100 };

static const double patience = 0.3; /* seconds for the terminal's answer */

static char typed[TYPED_MOST];
static size_t typed_from, typed_end;
static SessionGraphics known;
static bool asked;

int graphics_typed(void)
{
  return typed_from < typed_end ? (unsigned char)typed[typed_from++] : -1;
}

bool graphics_waits(void)
{
  return typed_from < typed_end;
}

/* ---- answers */

/* The length of an answer at the beginning of bytes[0..n): ESC [ ? ... c or ESC _ G ... ESC \. 0: it is none; n + 1:
 * it may become one. */
static size_t answer_length(const char *bytes, size_t n)
{
  static const char *const heads[] = {"\033[?", "\033_G"};
  for (size_t i = 0; i < 2; i++) {
    const size_t common = n < 3 ? n : 3;
    if (memcmp(bytes, heads[i], common) != 0) {
      continue;
    }
    for (size_t at = 3; at < n; at++) {
      if (i == 0 && !(bytes[at] >= '0' && bytes[at] <= '9') && bytes[at] != ';') {
        return bytes[at] == 'c' ? at + 1 : 0;
      }
      if (i == 1 && bytes[at] == '\\' && bytes[at - 1] == '\033') {
        return at + 1;
      }
    }
    return n > 64 ? 0 : n + 1;
  }
  return 0;
}

/* Whether the list of attributes "?62;4;6c" has a 4. */
static bool has_sixel(const char *bytes, size_t n)
{
  for (size_t at = 3; at + 1 < n; at++) {
    if (bytes[at] == '4' && (bytes[at - 1] == ';' || bytes[at - 1] == '?') &&
        (bytes[at + 1] == ';' || bytes[at + 1] == 'c')) {
      return true;
    }
  }
  return false;
}

size_t graphics_parse(char *bytes, size_t n, bool *sixel, bool *kitty, bool *done)
{
  size_t kept = 0;
  for (size_t at = 0; at < n;) {
    const size_t length = answer_length(bytes + at, n - at);
    if (length == 0 || length > n - at) {
      const size_t take = length == 0 ? 1 : n - at;
      memmove(bytes + kept, bytes + at, take);
      kept += take;
      at += take;
    } else if (bytes[at + 1] == '[') {
      *sixel = *sixel || has_sixel(bytes + at, length);
      *done = true;
      at += length;
    } else {
      *kitty = *kitty || memmem(bytes + at, length, ";OK", 3) != NULL;
      at += length;
    }
  }
  return kept;
}

/* Swallows what is left of an answer of which the line editor has just read the beginning. */
static int swallow(int count, int key)
{
  (void)count;
  for (int last = 0, c = 0, i = 0; i < 64; i++, last = c) {
    c = rl_read_key();
    if (c < 0 || (key == '?' && ((c < '0' || c > '9') && c != ';')) || (key == 'G' && c == '\\' && last == '\033')) {
      break;
    }
  }
  return 0;
}

/* ---- asking */

static bool in_multiplexer(void)
{
  const char *term = getenv("TERM");
  return getenv("TMUX") || getenv("STY") || strncmp(term, "tmux", 4) == 0 || strncmp(term, "screen", 6) == 0;
}

/* Reads until the answer is complete or the time is over. False: it did not come. */
static bool listen(int fd, bool *sixel, bool *kitty)
{
  const double deadline = clock_wall() + patience;
  bool done = false;
  for (double left = patience; !done && left > 0 && typed_end < TYPED_MOST; left = deadline - clock_wall()) {
    struct pollfd ready = {fd, POLLIN, 0};
    if (poll(&ready, 1, (int)(left * 1e3) + 1) <= 0) {
      continue;
    }
    const ssize_t got = read(fd, typed + typed_end, TYPED_MOST - typed_end);
    if (got <= 0 && errno != EINTR) {
      break;
    }
    typed_end += got > 0 ? (size_t)got : 0;
    typed_end = typed_from + graphics_parse(typed + typed_from, typed_end - typed_from, sixel, kitty, &done);
  }
  return done;
}

/* False: the terminal gave no answer. */
static bool ask_terminal(int fd, bool *sixel, bool *kitty)
{
  static const char query[] = "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\\033[c";
  struct termios before, raw;
  if (tcgetpgrp(fd) != getpgrp() || tcgetattr(fd, &before) != 0) {
    return true;
  }
  raw = before;
  raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  typed_from = typed_end = 0;
  bool answered = true;
  if (tcsetattr(fd, TCSANOW, &raw) == 0) {
    answered = write(fd, query, sizeof query - 1) < 0 || listen(fd, sixel, kitty);
    tcsetattr(fd, TCSANOW, &before);
  }
  return answered;
}

static void probe(SessionGraphics *out)
{
  const char *term = getenv("TERM"), *ci = getenv("CI");
  bool sixel = false, kitty = false;
  out->kind = "none";
  out->why = _("this terminal shows no pictures");
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    out->why = _("the output is no terminal");
    return;
  }
  if (!term || !*term || strcmp(term, "dumb") == 0 || (ci && *ci)) {
    return;
  }
  const int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    return;
  }
  if (!ask_terminal(fd, &sixel, &kitty)) {
    rl_bind_keyseq("\\e[?", swallow);
    rl_bind_keyseq("\\e_G", swallow);
  }
  close(fd);
  sixel = sixel && !in_multiplexer();
  out->kind = kitty ? "kitty" : sixel ? "sixel" : "none";
}

/* The picture's size: most of the terminal's width in its pixels, when it tells them, with room for the prompt. */
static void measure(SessionGraphics *out)
{
  struct winsize size = {0};
  out->width = 800;
  out->height = 480;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_xpixel == 0 || size.ws_ypixel == 0 || size.ws_row == 0) {
    return;
  }
  const int line = size.ws_ypixel / size.ws_row, most = size.ws_ypixel - 3 * line;
  out->width = size.ws_xpixel * 9 / 10 < 1200 ? size.ws_xpixel * 9 / 10 : 1200;
  out->height = out->width * 3 / 5 < most ? out->width * 3 / 5 : most;
  out->width = out->width < SIDE_LEAST ? SIDE_LEAST : out->width;
  out->height = out->height < SIDE_LEAST ? SIDE_LEAST : out->height > SIDE_MOST ? SIDE_MOST : out->height;
}

void graphics_ask(void *context, SessionGraphics *out)
{
  const char *wanted = getenv("ASSAY_GRAPHICS");
  (void)context;
  *out = (SessionGraphics){.kind = "none", .why = _("ASSAY_GRAPHICS says none")};
  if (wanted && *wanted) {
    const bool kitty = strcmp(wanted, "kitty") == 0, sixel = strcmp(wanted, "sixel") == 0;
    out->kind = kitty ? "kitty" : sixel ? "sixel" : "none";
    out->why = kitty || sixel || strcmp(wanted, "none") == 0 ? out->why : _("ASSAY_GRAPHICS is none, sixel or kitty");
  } else {
    if (!asked) {
      probe(&known);
      asked = true;
    }
    *out = known;
  }
  measure(out);
}
