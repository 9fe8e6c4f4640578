/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/console.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/alloc.h"
#include "console/progress.h"
#include "console/signals.h"
#include "console/terminal.h"
#include "view/error_text.h"

enum { BUFFER_SIZE = 1 << 16, WIDEST = 4096, LEAST_LINES = 14 };

static bool is_set(const char *variable)
{
  const char *value = getenv(variable);
  return value && *value;
}

static bool terminal_is_dumb(void)
{
  const char *term = getenv("TERM");
  return !term || !*term || strcmp(term, "dumb") == 0;
}

static bool wants_color(const ConsoleSettings *settings, bool terminal)
{
  if (settings->plain || settings->no_color || (is_set("NO_COLOR") && !settings->color)) {
    return false;
  }
  return settings->color || is_set("FORCE_COLOR") || (terminal && !terminal_is_dumb());
}

/* A size from the environment, or what to take without one. */
static int size_variable(const char *name, int otherwise)
{
  const char *text = getenv(name);
  char *end;
  const long value = text ? strtol(text, &end, 10) : 0;
  return text && *end == '\0' && value > 0 && value <= WIDEST ? (int)value : otherwise;
}

static void measure(int fd, bool terminal, int *columns, int *lines)
{
  struct winsize size = {0};
  *columns = *lines = 0;
  if (terminal && ioctl(fd, TIOCGWINSZ, &size) == 0) {
    *columns = size.ws_col;
    *lines = size.ws_row;
  }
  if (*columns <= 0 || *lines <= 0) {
    *columns = size_variable("COLUMNS", 80);
    *lines = size_variable("LINES", 24);
  }
}

/* What charts are made of: ASSAY_CHARTS, else what the terminal is known for. Those listed draw braille themselves; in
 * others a font may show the dots that are off too, and Linux's console has neither braille nor quadrants. */
static ViewDots dots_of(bool terminal)
{
  static const char *const drawers[] = {"foot", "xterm-kitty", "xterm-ghostty", "wezterm", "contour"};
  const char *asked = getenv("ASSAY_CHARTS"), *term = getenv("TERM");
  if (asked && *asked) {
    return strcmp(asked, "braille") == 0  ? VIEW_DOTS_BRAILLE
           : strcmp(asked, "blocks") == 0 ? VIEW_DOTS_BLOCKS
           : strcmp(asked, "ascii") == 0  ? VIEW_DOTS_ASCII
                                          : VIEW_DOTS_AUTO;
  }
  for (size_t i = 0; terminal && term && i < sizeof drawers / sizeof *drawers; i++) {
    if (strncmp(term, drawers[i], strlen(drawers[i])) == 0) {
      return VIEW_DOTS_BRAILLE;
    }
  }
  return terminal && term && strcmp(term, "linux") == 0 ? VIEW_DOTS_ASCII : VIEW_DOTS_AUTO;
}

static ViewStyle style_of(const Console *console, int fd, bool terminal)
{
  ViewStyle style;
  style_init(&style);
  measure(fd, terminal, &style.width, &style.height);
  if (console->reserved > 0) {
    style.height = style.height > console->reserved + LEAST_LINES ? style.height - console->reserved : LEAST_LINES;
  }
  style.plain = console->settings.plain;
  style.ascii = style.ascii || console->settings.ascii || console->settings.plain;
  style.color = wants_color(&console->settings, terminal);
  style.dots = dots_of(terminal);
  style.digits = console->settings.digits;
  style.more = console->settings.interactive ? _(".last shows all") : NULL;
  return style;
}

ViewStyle console_style(const Console *console)
{
  return style_of(console, STDOUT_FILENO, console->output_terminal);
}

ViewStyle console_error_style(const Console *console)
{
  return style_of(console, STDERR_FILENO, console->error_terminal);
}

Status console_open(Console *console, const ConsoleSettings *settings, Error *e)
{
  *console = (Console){.settings = *settings,
                       .input_terminal = isatty(STDIN_FILENO),
                       .output_terminal = isatty(STDOUT_FILENO),
                       .error_terminal = isatty(STDERR_FILENO)};
  if (!console->output_terminal) {
    setvbuf(stdout, NULL, _IOFBF, BUFFER_SIZE);
  }
  terminal_open();
  const Status status = loop_new(&console->loop, e);
  return status == STATUS_OK ? signals_install(console->loop, settings->interactive, e) : status;
}

static bool flush_output(Console *console)
{
  if (console->output_closed) {
    return true;
  }
  if (fflush(stdout) != 0 || ferror(stdout)) {
    console->output_closed = errno == EPIPE;
    return console->output_closed;
  }
  return true;
}

bool console_close(Console *console)
{
  const bool written = flush_output(console);
  mem_free(console->wish);
  const int reason = errno;
  if (!written) {
    fprintf(stderr, _("assay: cannot write the output: %s\n"), _(strerror(reason)));
  }
  if (!console->abandoned) {
    loop_free(console->loop);
  }
  return written;
}

/* Nobody reads on. In batch there is nothing left to do; at a prompt the statement goes on unheard. */
static void output_failed(Console *console)
{
  if (errno == EPIPE && !console->settings.interactive) {
    _exit(0);
  }
  if (errno == EPIPE) {
    console->output_closed = true;
  }
}

void console_write(Console *console, const char *bytes, size_t n)
{
  n = console->muted ? 0 : n;
  while (n > 0 && !console->output_closed) {
    const size_t written = fwrite(bytes, 1, n, stdout);
    bytes += written;
    n -= written;
    if (n > 0 && errno == EINTR) {
      clearerr(stdout);
    } else if (n > 0) {
      output_failed(console);
      return;
    }
  }
}

void console_text(Console *console, const Text *text)
{
  console_write(console, text_data(text), text->size);
}

void console_flush(Console *console)
{
  if (!console->output_closed && fflush(stdout) != 0) {
    output_failed(console);
  }
}

static void write_error(Console *console, const char *bytes, size_t n)
{
  console_flush(console);
  fwrite(bytes, 1, n, stderr);
  fflush(stderr);
}

void console_note(Console *console, const char *line)
{
  const ViewStyle style = console_error_style(console);
  Text text = {0};
  if (console->muted) {
    return;
  }
  if (line[0] == ' ') { /* code, to be copied: it stays in one piece */
    text_printf(&text, "%s\n", line);
  } else {
    (void)style_paragraph(&style, VIEW_PLAIN, line, 2, 0, 0, &text);
  }
  write_error(console, text_data(&text), text.size);
  text_free(&text);
}

void console_error(Console *console, const Error *e)
{
  const ViewStyle style = console_error_style(console);
  Text text = {0};
  error_text(e, &style, &text);
  write_error(console, text_data(&text), text.size);
  text_free(&text);
}

static void hook_write(void *context, const char *bytes, size_t n)
{
  Console *console = context;
  if (console->screen) {
    console->screen->write(console->screen->context, bytes, n);
  } else {
    console_write(console, bytes, n);
  }
}

static void hook_note(void *context, const char *line)
{
  Console *console = context;
  if (console->screen) {
    console->screen->note(console->screen->context, line);
  } else {
    console_note(console, line);
  }
}

static void hook_wait(void *context, Job *job)
{
  Console *console = context;
  if (console->screen) {
    console->screen->wait(console->screen->context, job);
  } else {
    progress_wait(console, job);
  }
}

static bool hook_begins(void *context, Job *job)
{
  const ConsoleScreen *screen = ((Console *)context)->screen;
  return screen && screen->begins(screen->context, job);
}

static void hook_ended(void *context, Job *job)
{
  const ConsoleScreen *screen = ((Console *)context)->screen;
  if (screen) {
    screen->ended(screen->context, job);
  }
}

static ViewStyle hook_style(void *context)
{
  Console *console = context;
  return console->screen ? console->screen->style(console->screen->context) : console_style(console);
}

static Status hook_set(void *context, const char *name, const char *value, Error *e)
{
  Console *console = context;
  return settings_set(&console->settings, name, value, e);
}

static Status hook_demo(void *context, const char *name, Text *out, Error *e)
{
  Console *console = context;
  return console->faces.demo(console, name, out, e);
}

static void hook_graphics(void *context, SessionGraphics *out)
{
  Console *console = context;
  if (console->screen) {
    *out = (SessionGraphics){.kind = "none", .why = _("the dashboard has the screen")};
  } else {
    console->faces.graphics(console, out);
  }
}

void console_hooks(Console *console, SessionHooks *hooks)
{
  const bool live = console->settings.interactive || progress_shown(console);
  *hooks = (SessionHooks){.context = console,
                          .write = hook_write,
                          .note = hook_note,
                          .wait = live ? hook_wait : NULL,
                          .begins = hook_begins,
                          .ended = hook_ended,
                          .style = hook_style,
                          .graphics = console->faces.graphics ? hook_graphics : NULL,
                          .set = hook_set,
                          .demo = console->faces.demo ? hook_demo : NULL,
                          .interactive = console->settings.interactive};
}

void console_attach(Console *console, Session *session)
{
  console->session = session;
  signals_session(session);
}

void console_detach(Console *console)
{
  console->session = NULL;
  signals_closing();
}

static RunState finish(Console *console, RunState state, const RunOutcome *outcome)
{
  signals_end();
  if (state == RUN_FAILED || state == RUN_INTERRUPTED) {
    console_error(console, &outcome->error);
  }
  return state;
}

RunState console_run(Console *console, const char *chunk, const char *name, bool echo, RunOutcome *outcome)
{
  *outcome = (RunOutcome){0};
  signals_begin();
  return finish(console, session_run(console->session, chunk, name, echo, outcome), outcome);
}

RunState console_run_file(Console *console, const char *path, RunOutcome *outcome)
{
  *outcome = (RunOutcome){0};
  signals_begin();
  return finish(console, session_run_file(console->session, path, outcome), outcome);
}

RunState console_require(Console *console, const char *module, RunOutcome *outcome)
{
  *outcome = (RunOutcome){0};
  signals_begin();
  return finish(console, session_require(console->session, module, outcome), outcome);
}
