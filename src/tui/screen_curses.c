/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dashboard on the terminal, by ncurses: the only file that knows it.
 *
 * newterm, since initscr ends the process where TERM is not known. Between enter and leave the terminal is ours: the
 * alternate screen, characters one by one, no echo; signals stay on. What has to be undone when the program dies is told to
 * console/terminal.h beforehand, as bytes. Only cells that changed are handed to curses, which sends what differs.
 */
#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "console/terminal.h"
#include "core/alloc.h"
#include "tui/screen.h"
#include "tui/theme.h"

enum { PASTE_BEGINS = 0x7000, PASTE_ENDS, PAIRS_MOST = 256, ESCAPE_MS = 25, MARKS_MOST = 5 };

typedef struct Curses {
  Screen screen;
  SCREEN *terminal;
  const ConsoleSettings *settings; /* as they are now: theme and mouse may change while it is shown */
  Theme theme;            /* in which what is shown was drawn */
  int colors;             /* 0, 8, 16, 256, or more */
  bool on, pasting, mouse, default_colors;
  int pairs[PAIRS_MOST];  /* the colour of pair i + 1 */
  int n_pairs;
  Cell *shown;            /* what curses was told */
  int width, height;
  bool cursor;
} Curses;

static Curses *curses_of(Screen *screen)
{
  return (Curses *)screen;
}

/* ---- taking the terminal, and giving it back */

static Status no_screen(Error *e)
{
  const char *term = getenv("TERM");
  error_set(e, STATUS_STATE, "no-screen", isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? _("the terminal cannot show the dashboard (TERM is '%s')")
                                                           : _("the dashboard needs a terminal (TERM is '%s')"),
            term && *term ? term : _("not set"));
  return error_hint(e, _("what it would show is written as text; set TERM to what the terminal is, such as "
                         "xterm-256color"));
}

static bool is_usable(void)
{
  const char *term = getenv("TERM");
  return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0 &&
         strcmp(term, "unknown") != 0;
}

static const char *capability(const char *name)
{
  const char *text = tigetstr(name);
  return text && text != (const char *)-1 ? text : "";
}

/* What brings the terminal back when there is no time to ask curses. */
static void prepare_rescue(void)
{
  char bytes[256];
  snprintf(bytes, sizeof bytes, "%s%s%s%s%s", "\033[?1000l\033[?1006l", capability("sgr0"), capability("cnorm"),
           capability("rmkx"), capability("rmcup"));
  const bool is_ansi = strncmp(capability("cup"), "\033[", 2) == 0;
  terminal_screen(is_ansi ? bytes : capability("rmcup"));
}

static int count_colors(const Curses *curses)
{
  if (curses->colors == 0 || !has_colors()) {
    return 0;
  }
  return COLORS >= 256 ? COLORS : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

static void begin_colors(Curses *curses, bool wanted)
{
  curses->colors = wanted;
  if (wanted && has_colors() && start_color() == OK) {
    curses->default_colors = use_default_colors() == OK;
  }
  curses->colors = count_colors(curses);
  curses->n_pairs = 0;
}

static Status begin(Curses *curses, bool color, Error *e)
{
  if (!is_usable()) {
    return no_screen(e);
  }
  use_tioctl(TRUE);
  curses->terminal = newterm(NULL, stdout, stdin);
  if (!curses->terminal) {
    return no_screen(e);
  }
  set_term(curses->terminal);
  if (!*capability("cup")) {
    endwin();
    delscreen(curses->terminal);
    curses->terminal = NULL;
    return no_screen(e);
  }
  cbreak();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(ESCAPE_MS);
  define_key("\033[200~", PASTE_BEGINS);
  define_key("\033[201~", PASTE_ENDS);
  begin_colors(curses, color);
  return STATUS_OK;
}

/* All of its events, also those that are dropped: of one that is not in the mask curses waits, in spite of nodelay, for
 * the next. */
static void set_mouse(Curses *curses, bool on)
{
  mousemask(on ? ALL_MOUSE_EVENTS : 0, NULL);
  mouseinterval(0);
  curses->mouse = on;
}

static void ask_paste(bool on)
{
  if (strncmp(capability("cup"), "\033[", 2) == 0 && *capability("smcup")) {
    putp(on ? "\033[?2004h" : "\033[?2004l");
    fflush(stdout);
    terminal_paste(on);
  }
}

static void forget(Curses *curses)
{
  mem_free(curses->shown);
  curses->shown = NULL;
}

static void read_size(Curses *curses)
{
  struct winsize size = {0};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
      (size.ws_col != COLS || size.ws_row != LINES)) {
    resizeterm(size.ws_row, size.ws_col);
  }
  curses->width = COLS;
  curses->height = LINES;
}

static Status enter(Screen *screen, const ConsoleSettings *settings, bool color, Error *e)
{
  Curses *curses = curses_of(screen);
  fflush(stdout);
  if (!curses->terminal) {
    const Status status = begin(curses, color, e);
    if (status != STATUS_OK) {
      return status;
    }
  } else {
    reset_prog_mode();
  }
  curses->settings = settings;
  curses->theme = settings->theme;
  curses->on = true;
  prepare_rescue();
  read_size(curses);
  curs_set(0);
  curses->cursor = false;
  set_mouse(curses, settings->mouse);
  erase();
  clearok(curscr, TRUE);
  refresh();
  ask_paste(true);
  forget(curses);
  return STATUS_OK;
}

static void leave(Screen *screen)
{
  Curses *curses = curses_of(screen);
  if (curses->on) {
    ask_paste(false);
    set_mouse(curses, false);
    if (!*capability("smcup")) { /* there is one screen only: what stands on it would stay above the prompt */
      erase();
      refresh();
      move(0, 0);
      refresh();
    }
    curs_set(1);
    def_prog_mode();
    endwin();
    terminal_screen(NULL);
    curses->on = false;
  }
}

static void free_curses(Screen *screen)
{
  Curses *curses = curses_of(screen);
  leave(screen);
  forget(curses);
  if (curses->terminal) {
    delscreen(curses->terminal);
  }
  mem_free(curses);
}

static void resized(Screen *screen)
{
  Curses *curses = curses_of(screen);
  read_size(curses);
  erase();
  clearok(curscr, TRUE);
  forget(curses);
}

static void size(Screen *screen, int *width, int *height)
{
  const Curses *curses = curses_of(screen);
  *width = curses->width;
  *height = curses->height;
}

static bool is_ascii(Screen *screen)
{
  (void)screen;
  return false;
}

/* ---- drawing */

/* The pair of a colour on the terminal's own ground; 0 when there is none left. */
static int pair_of(Curses *curses, int color)
{
  for (int i = 0; i < curses->n_pairs; i++) {
    if (curses->pairs[i] == color) {
      return i + 1;
    }
  }
  if (color == LOOK_DEFAULT || curses->n_pairs >= PAIRS_MOST || curses->n_pairs + 1 >= COLOR_PAIRS) {
    return 0;
  }
  const int ground = curses->default_colors ? -1 : COLOR_BLACK;
  if (init_extended_pair(curses->n_pairs + 1, color, ground) != OK) {
    return 0;
  }
  curses->pairs[curses->n_pairs++] = color;
  return curses->n_pairs;
}

static attr_t attributes_of(unsigned attributes)
{
  attr_t out = A_NORMAL;
  out |= attributes & LOOK_BOLD ? A_BOLD : 0;
  out |= attributes & LOOK_DIM ? A_DIM : 0;
  out |= attributes & LOOK_UNDERLINE ? A_UNDERLINE : 0;
  out |= attributes & LOOK_REVERSE ? A_REVERSE : 0;
  return out;
}

static void put_cell(Curses *curses, int x, int y, const Cell *cell)
{
  wchar_t text[MARKS_MOST + 1] = L" ";
  const Look look = theme_look(curses->theme, cell->pen, curses->colors);
  int pair = pair_of(curses, look.color);
  cchar_t drawn;
  if (cell->text[0]) {
    const size_t n = mbstowcs(text, cell->text, MARKS_MOST);
    text[n == (size_t)-1 ? 0 : n] = L'\0';
  }
  if (setcchar(&drawn, text, attributes_of(look.attributes), (short)pair, &pair) == OK) {
    mvadd_wch(y, x, &drawn);
  }
}

static bool same_cell(const Cell *a, const Cell *b)
{
  return a->columns == b->columns && memcmp(&a->pen, &b->pen, sizeof a->pen) == 0 && strcmp(a->text, b->text) == 0;
}

static void place_cursor(Curses *curses, const Rect *cursor)
{
  if ((cursor != NULL) != curses->cursor) {
    curses->cursor = cursor != NULL;
    curs_set(curses->cursor);
  }
  if (cursor) {
    move(cursor->y, cursor->x);
  } else {
    move(curses->height - 1, 0);
  }
}

static void heed_settings(Curses *curses)
{
  if (curses->theme != curses->settings->theme) {
    curses->theme = curses->settings->theme;
    forget(curses);
  }
  if (curses->mouse != curses->settings->mouse) {
    set_mouse(curses, curses->settings->mouse);
  }
}

static void show(Screen *screen, const Cells *cells, const Rect *cursor)
{
  Curses *curses = curses_of(screen);
  heed_settings(curses);
  const size_t n = (size_t)cells->width * (size_t)cells->height;
  const bool fresh = !curses->shown || cells->width != curses->width || cells->height != curses->height;
  if (fresh) {
    forget(curses);
    erase();
    curses->shown = mem_zero(n, sizeof *curses->shown);
  }
  for (size_t i = 0; i < n; i++) {
    const Cell *cell = &cells->cells[i];
    if (cell->columns > 0 && (fresh || !curses->shown || !same_cell(cell, &curses->shown[i]))) {
      put_cell(curses, (int)(i % (size_t)cells->width), (int)(i / (size_t)cells->width), cell);
    }
  }
  if (curses->shown && !(cells->width != curses->width || cells->height != curses->height)) {
    memcpy(curses->shown, cells->cells, n * sizeof *cells->cells);
  } else {
    forget(curses);
  }
  place_cursor(curses, cursor);
  refresh();
}

/* ---- keys */

static const struct {
  int code;
  uint32_t key;
} curses_keys[] = {
  {KEY_UP, K_UP}, {KEY_DOWN, K_DOWN}, {KEY_LEFT, K_LEFT}, {KEY_RIGHT, K_RIGHT}, {KEY_HOME, K_HOME}, {KEY_END, K_END},
  {KEY_PPAGE, K_PAGE_UP}, {KEY_NPAGE, K_PAGE_DOWN}, {KEY_IC, K_INSERT}, {KEY_DC, K_DELETE},
  {KEY_BACKSPACE, K_BACKSPACE}, {KEY_ENTER, K_ENTER}, {KEY_BTAB, K_BACK_TAB}, {KEY_SR, K_UP | K_SHIFT},
  {KEY_SF, K_DOWN | K_SHIFT}, {KEY_SLEFT, K_LEFT | K_SHIFT}, {KEY_SRIGHT, K_RIGHT | K_SHIFT}, {KEY_A1, K_HOME},
  {KEY_C1, K_END}, {KEY_A3, K_PAGE_UP}, {KEY_C3, K_PAGE_DOWN},
};

/* Arrows and the like with Ctrl, Alt or Shift have names of their own in terminfo: "kLFT5". */
static uint32_t modified_key(const char *name)
{
  static const struct {
    const char *name;
    uint32_t key;
  } bases[] = {{"kUP", K_UP}, {"kDN", K_DOWN}, {"kLFT", K_LEFT}, {"kRIT", K_RIGHT}, {"kHOM", K_HOME}, {"kEND", K_END},
               {"kPRV", K_PAGE_UP}, {"kNXT", K_PAGE_DOWN}, {"kDC", K_DELETE}};
  for (size_t i = 0; name && i < sizeof bases / sizeof *bases; i++) {
    const size_t n = strlen(bases[i].name);
    if (strncmp(name, bases[i].name, n) == 0 && name[n] >= '2' && name[n] <= '8' && !name[n + 1]) {
      const int bits = name[n] - '1';
      return bases[i].key | (bits & 1 ? K_SHIFT : 0u) | (bits & 2 ? K_ALT : 0u) | (bits & 4 ? K_CTRL : 0u);
    }
  }
  return 0;
}

/* A press whose release was there too when it was read is a click to curses, two of them a double one. */
static uint32_t mouse_key(Key *out)
{
  static const mmask_t pressed = BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON1_TRIPLE_CLICKED;
  MEVENT event;
  if (getmouse(&event) != OK) {
    return 0;
  }
  out->x = event.x;
  out->y = event.y;
  return event.bstate & BUTTON4_PRESSED   ? K_WHEEL_UP
         : event.bstate & BUTTON5_PRESSED ? K_WHEEL_DOWN
         : event.bstate & pressed         ? K_CLICK
                                          : 0;
}

static uint32_t function_key(Curses *curses, int code, Key *out)
{
  if (code == PASTE_BEGINS || code == PASTE_ENDS) {
    curses->pasting = code == PASTE_BEGINS;
    return 0;
  }
  if (code == KEY_MOUSE) {
    return mouse_key(out);
  }
  if (code >= KEY_F(1) && code <= KEY_F(12)) {
    return (uint32_t)(K_F1 + code - KEY_F(1));
  }
  for (size_t i = 0; i < sizeof curses_keys / sizeof *curses_keys; i++) {
    if (curses_keys[i].code == code) {
      return curses_keys[i].key;
    }
  }
  return code >= KEY_MAX ? modified_key(keyname(code)) : 0;
}

static uint32_t character_key(wint_t c)
{
  switch (c) {
    case '\r':
    case '\n':
      return K_ENTER;
    case '\t':
      return K_TAB;
    case 0x7F:
    case '\b':
      return K_BACKSPACE;
    case 0x1B:
      return K_ESCAPE;
    default:
      return c == 0 ? (uint32_t)' ' | K_CTRL : c < 0x20 ? (uint32_t)(c + 0x60) | K_CTRL : (uint32_t)c;
  }
}

/* Within a paste a line end is a blank: what is pasted is text, never keys. */
static uint32_t pasted(uint32_t key)
{
  const uint32_t text = key == K_ENTER || key == K_TAB ? ' ' : key;
  return key_is_text(text) ? text | K_PASTED : 0;
}

static bool next_key(Screen *screen, Key *out)
{
  Curses *curses = curses_of(screen);
  wint_t c = 0;
  *out = (Key){0};
  while (out->code == 0) {
    const int kind = get_wch(&c);
    if (kind == ERR) {
      return false;
    }
    if (kind == KEY_CODE_YES) {
      out->code = function_key(curses, (int)c, out);
      continue;
    }
    out->code = character_key(c);
    if (curses->pasting) {
      out->code = pasted(out->code);
    } else if (out->code == K_ESCAPE && get_wch(&c) == OK) {
      out->code = character_key(c) | K_ALT;
    }
  }
  return true;
}

static const ScreenClass curses_class = {enter, leave, size, show, next_key, resized, is_ascii, free_curses};

Status screen_curses_new(Screen **out, Error *e)
{
  Curses *curses = mem_zero(1, sizeof *curses);
  *out = (Screen *)curses;
  if (!curses) {
    return error_memory(e, sizeof *curses, _("the screen"));
  }
  curses->screen.class = &curses_class;
  return STATUS_OK;
}
