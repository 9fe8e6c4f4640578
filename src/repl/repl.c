/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/repl.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <readline/readline.h>

#include "core/alloc.h"
#include "console/signals.h"
#include "console/terminal.h"
#include "repl/command.h"
#include "repl/completer.h"
#include "repl/continuation.h"
#include "repl/editor.h"
#include "repl/graphics.h"
#include "repl/highlight.h"
#include "repl/history.h"
#include "repl/pasted.h"
#include "view/number.h"

static const double worth_telling = 0.3; /* seconds after which a statement's time is shown */

typedef struct Repl {
  Console *console;
  const ReplSettings *settings;
  CommandState command;
  History history;
  Text pending;       /* lines of a statement that is not complete, each with its line end */
  Demo *demo;         /* being told */
  bool demo_is_own;   /* begun by .demo */
  bool leave;
  int code;
  FILE *screen;       /* where the line editor draws */
  Highlight highlight;
  bool on_screen;     /* the line editor has the terminal */
  char *line;         /* a line that the editor finished; NULL with line_done: end of input */
  bool line_done;
  bool wants_dashboard; /* F2 was pressed */
} Repl;

static Repl *repl; /* readline's callbacks carry no context */

/* ---- Statements
 * -------------------------------------------------------------------------------------------------- */

static void show_time(const RunOutcome *outcome)
{
  char wall[NUMBER_SIZE], processor[NUMBER_SIZE], line[3 * NUMBER_SIZE];
  number_duration(outcome->wall, wall);
  number_duration(outcome->processor, processor);
  if (repl->command.timing) {
    snprintf(line, sizeof line, _("wall %1$s, processor %2$s"), wall, processor);
    console_note(repl->console, line);
  } else if (outcome->wall > worth_telling && !repl->console->settings.quiet) {
    console_note(repl->console, wall);
  }
}

/* What somebody types who does not know how to leave. */
static bool asks_to_leave(const char *statement)
{
  static const char *const words[] = {"quit", "exit", "quit()", "exit()", "q", "q()", "bye"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(statement, words[i]) == 0) {
      return true;
    }
  }
  return false;
}

static void heed(DemoAnswer answer, const RunOutcome *outcome);
static void begin_wished(void);

/* False when what comes after it should not run. */
static bool run_statement(const char *statement)
{
  RunOutcome outcome;
  const RunState state = console_run(repl->console, statement, "prompt", true, &outcome);
  if (state == RUN_EXIT) {
    repl->leave = true;
    repl->code = outcome.code;
    return false;
  }
  if (state == RUN_FAILED && asks_to_leave(statement)) {
    console_note(repl->console, _("Ctrl-D or .quit leaves assay"));
  }
  if (state == RUN_DONE && outcome.partial) {
    console_note(repl->console, _("stopped: the result so far was kept; its method :continue() goes on"));
  }
  show_time(&outcome);
  if (repl->demo) {
    heed(demo_after(repl->demo, state), &outcome);
  }
  begin_wished();
  return state == RUN_DONE;
}

static void remember(const char *statement)
{
  Error e = {0};
  if (repl->console->input_terminal && history_append(&repl->history, statement, &e) != STATUS_OK) {
    console_error(repl->console, &e);
  }
}

/* ---- Demonstrations
 * ---------------------------------------------------------------------------------------------- */

/* The space bar is an empty line while a demonstration waits for one. */
static int on_space(int count, int key)
{
  const bool goes_on = rl_end == 0 && repl->pending.size == 0 && demo_waits(repl->demo);
  return goes_on ? rl_newline(1, '\n') : rl_insert(count, key);
}

static void bind_space(void)
{
  if (repl->console->input_terminal) {
    rl_bind_key(' ', repl->demo ? on_space : rl_insert);
  }
}

static void end_demo(void)
{
  if (repl->demo_is_own) {
    demo_free(repl->demo);
  }
  repl->demo_is_own = false;
  repl->demo = NULL;
  bind_space();
}

static void heed(DemoAnswer answer, const RunOutcome *outcome)
{
  if (answer == DEMO_EXIT) {
    repl->leave = true;
    repl->code = outcome->code;
  } else if (answer == DEMO_LEFT || answer == DEMO_ENDED) {
    repl->leave = repl->leave || (answer == DEMO_LEFT && !repl->demo_is_own);
    end_demo();
  }
}

static void begin_demo(const char *name)
{
  Error e = {0};
  Demo *demo = NULL;
  if (demo_open(repl->settings->home, name, &demo, &e) != STATUS_OK) {
    console_error(repl->console, &e);
    return;
  }
  end_demo();
  repl->demo = demo;
  repl->demo_is_own = true;
  bind_space();
  const RunOutcome none = {0};
  heed(demo_begin(demo, repl->console, false), &none);
}

/* demo("NAME") was among what ran. */
static void begin_wished(void)
{
  char *name = repl->console->wish;
  repl->console->wish = NULL;
  if (name) {
    begin_demo(name);
    mem_free(name);
  }
}

/* A line for the demonstration, or an empty one after the one that was all the program was started for. */
static bool demo_takes(const char *line)
{
  RunOutcome outcome;
  const bool empty = line[strspn(line, " \t")] == '\0';
  if (!repl->demo) {
    repl->leave = repl->leave || (repl->settings->demo && empty);
    return repl->leave;
  }
  const DemoAnswer answer = demo_line(repl->demo, line, &outcome);
  heed(answer, &outcome);
  return answer != DEMO_NOT_MINE;
}

/* ---- Lines
 * ------------------------------------------------------------------------------------------------------- */

static void show_dashboard(const char *page);

static void take_command(const char *line)
{
  remember(line);
  command_run(&repl->command, line);
  repl->leave = repl->leave || repl->command.leave;
  if (repl->command.demo) {
    begin_demo(repl->command.demo);
    repl->command.demo = NULL;
  }
  if (repl->command.dashboard) {
    repl->command.dashboard = false;
    show_dashboard(text_data(&repl->command.line));
  }
}

/* Runs what has come together if it is a statement; `last`: there will be no further line. */
static bool try_statement(bool last)
{
  if (session_chunk_state(repl->console->session, repl->pending.data) == CHUNK_INCOMPLETE && !last) {
    return true;
  }
  Text taken = repl->pending;
  repl->pending = (Text){0};
  while (taken.size > 0 && isspace((unsigned char)taken.data[taken.size - 1])) {
    taken.data[--taken.size] = '\0';
  }
  remember(taken.data);
  const bool done = run_statement(taken.data);
  text_free(&taken);
  return done;
}

static void refuse(const char *name)
{
  Error e = {0};
  error_set(&e, STATUS_STATE, "command-in-statement",
            _("%s is a command of the prompt and was left out: the statement above is not complete"), name);
  error_hint(&e, _("complete it, or drop it with Ctrl-C; a line that belongs to it needs a blank in front"));
  console_error(repl->console, &e);
}

static void take_line(const char *line)
{
  if (repl->pending.size > 0 && command_named(line)) {
    refuse(command_named(line));
    return;
  }
  if (repl->pending.size == 0) {
    if (demo_takes(line) || line[strspn(line, " \t\r")] == '\0') {
      return;
    }
    if (command_is(line)) {
      take_command(line);
      return;
    }
  }
  text_puts(&repl->pending, line);
  text_char(&repl->pending, '\n');
  if (repl->pending.failed) {
    Error e = {0};
    (void)error_memory(&e, repl->pending.size, _("the statement"));
    console_error(repl->console, &e);
    text_free(&repl->pending);
  }
}

static void tell_of_rest(const char *rest)
{
  if (rest[strspn(rest, " \t\r\n")] && !repl->leave) {
    console_note(repl->console, _("what was behind it did not run"));
  }
}

/* What the editor gave may be several lines: pasted, or an earlier statement called back. */
static void take_lines(const char *text)
{
  Text line = {0};
  const bool pieces = strchr(text, '\n') && pasted_in_pieces(repl->console->session, text_data(&repl->pending), text);
  bool going = true;
  while (*text && going && !repl->leave) {
    const size_t n = strcspn(text, "\n");
    text_reset(&line);
    text_add(&line, text, n);
    text += n + (text[n] == '\n');
    take_line(text_data(&line));
    if (repl->pending.size > 0 && (pieces || !*text)) {
      going = try_statement(false);
    }
  }
  tell_of_rest(text);
  text_free(&line);
}

static void take_text(const char *text)
{
  Text clean = {0};
  pasted_clean(text, &clean);
  if (clean.size > 0) {
    take_lines(text_data(&clean));
  } else {
    take_line("");
  }
  text_free(&clean);
}

/* ---- The line editor
 * --------------------------------------------------------------------------------------------- */

static void on_input(void *context);

/* readline's callback: the line is taken up after readline has come back. */
static void on_line(char *line)
{
  repl->line = line;
  repl->line_done = true;
  rl_callback_handler_remove();
}

static void on_interrupt(void *context);
static void on_suspend(void *context);
static void on_resize(void *context);

static const PromptSignals prompt_signals = {NULL, on_interrupt, on_suspend, on_resize};

static bool paste_is_on(void)
{
  const char *value = rl_variable_value("enable-bracketed-paste");
  return value && strcmp(value, "on") == 0;
}

static Status editor_on(Error *e)
{
  console_flush(repl->console);
  const Status status = loop_watch(repl->console->loop, STDIN_FILENO, on_input, NULL, e);
  if (status == STATUS_OK) {
    char prompt[CONTINUATION_SIZE] = "> ";
    if (repl->pending.size > 0) {
      continuation_prompt(repl->pending.data, repl->pending.size, prompt);
    }
    repl->line_done = false;
    repl->highlight = (Highlight){repl->console, repl->screen, strlen(prompt), &repl->pending, false};
    rl_callback_handler_install(prompt, on_line);
    terminal_paste(paste_is_on());
    repl->on_screen = true;
    signals_prompt(&prompt_signals);
  }
  return status;
}

static void editor_off(void)
{
  signals_prompt(NULL);
  loop_unwatch(repl->console->loop, STDIN_FILENO);
  rl_callback_handler_remove();
  terminal_paste(false);
  repl->on_screen = false;
}

static void show_again(void)
{
  Error e = {0};
  if (!repl->leave && editor_on(&e) != STATUS_OK) {
    console_error(repl->console, &e);
    repl->leave = true;
    repl->code = 1;
  }
  while (repl->on_screen && graphics_waits()) {
    on_input(NULL);
  }
}

static void end_of_input(void)
{
  fputc('\n', repl->screen);
  if (repl->pending.size > 0) {
    text_free(&repl->pending);
    console_note(repl->console, _("the incomplete statement was dropped (Ctrl-D at an empty prompt leaves)"));
  } else {
    repl->leave = true;
  }
}

static void flip(void);

static bool key_waits(void)
{
  int n = 0;
  return ioctl(STDIN_FILENO, FIONREAD, &n) == 0 && n > 0;
}

static void on_input(void *context)
{
  (void)context;
  rl_callback_read_char();
  if (repl->wants_dashboard) {
    flip();
    return;
  }
  if (!repl->line_done) {
    if (!key_waits()) {
      highlight_draw(&repl->highlight);
    }
    return;
  }
  editor_off();
  char *line = repl->line;
  repl->line = NULL;
  if (line) {
    take_text(line);
    free(line);
  } else {
    end_of_input();
  }
  show_again();
}

/* Ctrl-C while nothing runs: what was typed stays on the screen, marked, and is dropped. */
static void on_interrupt(void *context)
{
  (void)context;
  const bool had_text = rl_end > 0 || repl->pending.size > 0;
  highlight_clear(&repl->highlight);
  rl_callback_sigcleanup(); /* out of a search or a count */
  rl_point = rl_end;
  rl_redisplay();
  fputs(had_text ? "^C\n" : _("^C (Ctrl-D or .quit leaves)\n"), repl->screen);
  rl_free_line_state();
  rl_replace_line("", 0);
  editor_off();
  text_free(&repl->pending);
  show_again();
}

static void on_suspend(void *context)
{
  (void)context;
  highlight_clear(&repl->highlight);
  rl_deprep_terminal();
  terminal_suspend();
  rl_prep_terminal(1);
  rl_resize_terminal();
  rl_forced_update_display();
}

static void on_resize(void *context)
{
  (void)context;
  highlight_clear(&repl->highlight);
  rl_resize_terminal();
  highlight_draw(&repl->highlight);
}

/* The one place through which readline gets its bytes. The line is coloured when no further key waits; what stands below it
 * goes before a key that may print there. */
static int next_byte(FILE *stream)
{
  const int typed = graphics_typed(), c = typed >= 0 ? typed : rl_getc(stream);
  if (c < ' ' || c == 0x7F) {
    highlight_clear(&repl->highlight);
  }
  return c;
}

/* ---- The dashboard */

/* What ran there, or was asked for, belongs to the prompt's history, and stands in its scrollback. */
static void take_statements(const char *prompt, Text *lines)
{
  const char *line = text_data(lines);
  while (*line) {
    const size_t n = strcspn(line, "\n");
    Text one = {0};
    text_add(&one, line, n);
    remember(text_data(&one));
    console_write(repl->console, prompt, strlen(prompt));
    console_write(repl->console, line, n);
    console_write(repl->console, "\n", 1);
    text_free(&one);
    line += n + (line[n] == '\n');
  }
  text_free(lines);
}

static void tell_waiting(size_t n)
{
  Text line = {0};
  if (n > 0) {
    text_printf(&line, _("statements that wait in the dashboard: %zu; F2 goes on with them"), n);
    console_note(repl->console, text_data(&line));
  }
  text_free(&line);
}

/* Between two lines: the line editor is off the screen. */
static void show_dashboard(const char *page)
{
  DashboardOutcome outcome = {0};
  Error e = {0};
  console_flush(repl->console);
  if (repl->console->faces.dashboard(repl->console, page, &outcome, &e) != STATUS_OK) {
    console_error(repl->console, &e);
  }
  take_statements("> ", &outcome.statements);
  take_statements("", &outcome.shown);
  console_flush(repl->console);
  tell_waiting(outcome.waiting);
  if (outcome.exit) {
    repl->leave = true;
    repl->code = outcome.code;
  }
  begin_wished();
}

/* F2: readline comes back first; what was typed is put into the line again afterwards. */
static int on_dashboard_key(int count, int key)
{
  (void)count;
  (void)key;
  repl->wants_dashboard = repl->console->faces.dashboard != NULL;
  return 0;
}

static void flip(void)
{
  char *typed = mem_string(rl_line_buffer);
  const int point = rl_point;
  repl->wants_dashboard = false;
  highlight_clear(&repl->highlight);
  rl_replace_line("", 0);
  rl_redisplay();
  editor_off();
  fputc('\r', repl->screen);
  show_dashboard("");
  show_again();
  if (typed && repl->on_screen) {
    rl_insert_text(typed);
    rl_point = point < rl_end ? point : rl_end;
    rl_redisplay();
    highlight_draw(&repl->highlight);
  }
  mem_free(typed);
}

/* ---- Keys of our own */

/* Takes the line editor off the screen for a moment: what is shown stands on lines of its own below the line. */
static void below_line(void)
{
  highlight_clear(&repl->highlight);
  rl_point = rl_end;
  rl_redisplay();
  fputc('\n', repl->screen);
  fflush(repl->screen);
}

static void line_again(void)
{
  rl_on_new_line();
  rl_redisplay();
}

/* F1: help on the call that the cursor stands in, else on the word at it, else the first page. */
static int on_help_key(int count, int key)
{
  (void)count;
  (void)key;
  char topic[128] = "?";
  int from = rl_point, to = rl_point;
  while (from > 0 && (isalnum((unsigned char)rl_line_buffer[from - 1]) || rl_line_buffer[from - 1] == '_')) {
    from--;
  }
  while (to < rl_end && (isalnum((unsigned char)rl_line_buffer[to]) || rl_line_buffer[to] == '_')) {
    to++;
  }
  if (to > from) {
    snprintf(topic, sizeof topic, "?%.*s", to - from, rl_line_buffer + from);
  } else {
    session_call_name(repl->console->session, rl_line_buffer, (size_t)rl_point, topic + 1, sizeof topic - 1);
  }
  const int point = rl_point;
  below_line();
  command_run(&repl->command, topic);
  console_flush(repl->console);
  rl_point = point;
  line_again();
  return 0;
}

/* C-x C-e: the whole statement in the editor; what was saved is the line, to be looked at and run with Enter. */
static int on_editor_key(int count, int key)
{
  (void)count;
  (void)key;
  Text text = {0};
  Error e = {0};
  text_add(&text, text_data(&repl->pending), repl->pending.size);
  text_add(&text, rl_line_buffer, (size_t)rl_end);
  below_line();
  Status status = session_may_start(repl->console->session, "C-x C-e", &e);
  if (status == STATUS_OK) {
    rl_deprep_terminal();
    signals_prompt(NULL);
    status = editor_edit(&text, &e);
    signals_prompt(&prompt_signals);
    rl_prep_terminal(1);
  }
  if (status == STATUS_OK) {
    text_reset(&repl->pending);
    rl_set_prompt("> ");
    repl->highlight.prompt = 2;
    rl_replace_line(text_data(&text), 1);
    rl_point = rl_end;
  } else {
    console_error(repl->console, &e);
  }
  text_free(&text);
  line_again();
  return 0;
}

static void bind_keys(void)
{
  rl_bind_keyseq("\\eOP", on_help_key);
  rl_bind_keyseq("\\e[11~", on_help_key);
  rl_bind_keyseq("\\e[[A", on_help_key);
  rl_bind_keyseq("\\eOQ", on_dashboard_key);
  rl_bind_keyseq("\\e[12~", on_dashboard_key);
  rl_bind_keyseq("\\e[[B", on_dashboard_key);
  rl_bind_keyseq("\\C-x\\C-e", on_editor_key);
}

static void editor_prepare(void)
{
  const char *term = getenv("TERM");
  rl_readline_name = "assay";
  rl_instream = stdin;
  rl_outstream = repl->screen;
  rl_getc_function = next_byte;
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_change_environment = 0;
  rl_initialize();
  bind_keys();
  if (!term || !*term || strcmp(term, "dumb") == 0) {
    rl_variable_bind("enable-bracketed-paste", "off");
  }
  completer_install(repl->console, &repl->pending);
}

/* Where the editor draws: standard output, or the terminal itself when output goes elsewhere. */
static FILE *find_screen(const Console *console)
{
  if (console->output_terminal) {
    return stdout;
  }
  FILE *terminal = console->error_terminal ? NULL : fopen("/dev/tty", "we");
  return terminal ? terminal : stderr;
}

/* ---- Running
 * ----------------------------------------------------------------------------------------------------- */

static void banner(void)
{
  const ViewStyle style = console_style(repl->console);
  Text text = {0};
  style_put(&style, VIEW_TITLE, "assay", &text);
  text_printf(&text, _(" %s, a workbench for customer analytics, scripted in Lua\n"),
              repl->settings->version);
  text_puts(&text, _("  ?            help: where to begin; ?kmeans, ?read for one thing\n"
                     "  .help        commands and keys of the prompt; Tab completes\n"
                     "  .demo        demonstrations, as `assay demo` outside\n"
                     "  Ctrl-D       leaves\n"));
  console_text(repl->console, &text);
  text_free(&text);
}

static bool is_left(void *context)
{
  (void)context;
  return repl->leave;
}

static Status run_at_terminal(Error *e)
{
  Error history = {0};
  repl->screen = find_screen(repl->console);
  editor_prepare();
  if (history_open(&repl->history, &history) != STATUS_OK && !repl->settings->no_history) {
    console_note(repl->console, history.what);
  }
  Status status = editor_on(e);
  if (status == STATUS_OK) {
    status = loop_run(repl->console->loop, is_left, NULL, e);
  }
  if (repl->on_screen) {
    editor_off();
  }
  history_close(&repl->history);
  if (repl->screen != stdout && repl->screen != stderr) {
    fclose(repl->screen);
  }
  return status;
}

/* Lines from a file or pipe: no prompt, no echo, no history; the value of every expression is shown. */
static void run_lines(void)
{
  char *line = NULL;
  size_t room = 0;
  ssize_t n = 0;
  while (!repl->leave && (n = getline(&line, &room, stdin)) >= 0) {
    if (n > 0 && line[n - 1] == '\n') {
      line[n - 1] = '\0';
    }
    take_text(line);
    console_flush(repl->console);
  }
  if (n < 0 && errno == EINTR) {
    repl->leave = true;
    repl->code = 130;
  }
  free(line);
  if (repl->pending.size > 0 && !repl->leave) {
    try_statement(true);
  }
}

static void first_things(void)
{
  RunOutcome outcome;
  const Console *console = repl->console;
  if (!console->settings.quiet && console->input_terminal && !repl->demo) {
    banner();
  }
  if (repl->settings->rc && console_run_file(repl->console, repl->settings->rc, &outcome) == RUN_EXIT) {
    repl->leave = true;
    repl->code = outcome.code;
  }
  if (repl->demo && !repl->leave) {
    bind_space();
    heed(demo_begin(repl->demo, repl->console, true), &outcome);
  }
  begin_wished();
  if (repl->console->begin_dashboard && !repl->leave) {
    repl->console->begin_dashboard = false;
    show_dashboard("");
  }
}

Status repl_run(Console *console, const ReplSettings *settings, int *code, Error *e)
{
  Repl state = {.console = console,
                .settings = settings,
                .command = {.console = console, .home = settings->home},
                .demo = settings->demo};
  Status status = STATUS_OK;
  repl = &state;
  first_things();
  if (!repl->leave && console->input_terminal) {
    status = run_at_terminal(e);
  } else if (!repl->leave) {
    run_lines();
  }
  if (repl->demo && repl->demo_is_own) {
    demo_free(repl->demo);
  }
  text_free(&repl->pending);
  text_free(&repl->command.line);
  *code = state.code;
  repl = NULL;
  return status;
}
