/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tui.c -- the dashboard as a whole, driven by scripts of keys, on a page of its own: the frame of the screen, keys,
 * statements, queries, jobs, the input line, sizes, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "screen.h"
#include "sweep.h"
#include "tui/chart_panel.h"
#include "tui/input.h"
#include "tui/list_panel.h"
#include "tui/statements.h"
#include "tui/text_panel.h"

/* ---- a primitive that goes on until it is stopped, and then keeps what it has */

static Status run_patient(Call *call, Value *out, Error *e)
{
  (void)e;
  for (int i = 0; i < 2000 && !task_cancelled(call->task); i++) {
    const TraceStep step = {.phase = "step", .iteration = i + 1, .objective = 1.0 / (i + 1)};
    task_step(call->task, &step);
    usleep(5000);
  }
  *out = value_of_int(task_cancelled(call->task) ? 1 : 2);
  return STATUS_OK;
}

static const Primitive patient = {.size = sizeof(Primitive), .family = "probe", .name = "patient", .version = 1,
                                  .summary = "waits", .takes = VALUE_NONE, .gives = VALUE_INT, .returns = "1",
                                  .reference = "", .example = "", .where = WHERE_JOB, .run = run_patient};
REGISTER_PRIMITIVE(patient);

/* ---- the page */

typedef struct State {
  ListPanel list;
  TextPanel text;
  ChartPanel chart;
  int entered, shown, changed, jobs, ended;
  char answer[64], typed[64], live[64];
} State;

static State *last_state; /* of the page that is open */
static bool opening_fails;
static int answers;

static size_t count(Tui *tui, void *context)
{
  (void)tui;
  (void)context;
  return 30;
}

static void item(Tui *tui, void *context, size_t index, ListItem *out)
{
  (void)tui;
  (void)context;
  out->heading = index == 0;
  text_printf(&out->text, index == 0 ? "Heading" : "item %zu 客户", index);
  text_puts(&out->note, index % 2 ? "odd" : "");
}

static void enter(Tui *tui, void *context, size_t index)
{
  State *state = context;
  state->entered = (int)index;
  tui_message(tui, VIEW_PLAIN, "item %zu was entered", index);
}

static void on_answer(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  answers++;
  if (e) {
    snprintf(state->answer, sizeof state->answer, "error %s", e->id);
  } else {
    Text shown = {0};
    value_show(value, &shown);
    snprintf(state->answer, sizeof state->answer, "%s", text_data(&shown));
    text_free(&shown);
  }
  tui_message(tui, VIEW_PLAIN, "answer: %s", state->answer);
}

static void ask(Tui *tui, void *context)
{
  tui_query(tui, "1 + 1", on_answer, context);
  tui_query(tui, "nosuch.field", on_answer, context);
  tui_query(tui, "6 * 7", on_answer, context); /* the newest wins */
}

static void live(Tui *tui, void *context, const char *text)
{
  State *state = context;
  snprintf(state->live, sizeof state->live, "%s", text);
  input_note(tui, VIEW_MUTED, "%zu bytes", strlen(text));
}

static bool typed(Tui *tui, void *context, const char *text)
{
  State *state = context;
  if (text && strcmp(text, "wrong") == 0) {
    tui_message(tui, VIEW_WARNING, "that is wrong");
    return false;
  }
  snprintf(state->typed, sizeof state->typed, "%s", text ? text : "given up");
  return true;
}

static void type(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = "type: ", .history = "probe", .context = context, .changed = live, .done = typed,
                                .before = "", .after = ""};
  tui_ask(tui, &request);
}

static void wait_long(Tui *tui, void *context)
{
  (void)context;
  tui_run(tui, "waited = probe.patient()");
}

static bool never(Tui *tui, void *context)
{
  (void)tui;
  (void)context;
  return false;
}

static Status open_probe(Tui *tui, void *context, Error *e)
{
  State *state = context;
  if (opening_fails) {
    return error_set(e, STATUS_DATA, "no-rows", "there is nothing to open");
  }
  last_state = state;
  state->list = (ListPanel){.context = state, .count = count, .item = item, .enter = enter};
  text_panel_words(tui, &state->text, "words that are shown");
  chart_panel_words(tui, &state->chart, "no chart yet");
  return STATUS_OK;
}

static void close_probe(Tui *tui, void *context)
{
  (void)tui;
  (void)context;
  last_state = NULL;
}

static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  (void)tui;
  (void)object;
  state->shown++;
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  (void)tui;
  state->changed++;
}

static bool job(Tui *tui, void *context, Job *work)
{
  State *state = context;
  assert_ptr_equal(tui_job(tui), work);
  state->jobs++;
  return false;
}

static void job_ended(Tui *tui, void *context, Job *work)
{
  State *state = context;
  (void)tui;
  assert_true(job_done(work));
  state->ended++;
}

static void write_lua(Tui *tui, void *context, Text *out)
{
  (void)tui;
  (void)context;
  text_puts(out, "probe(1)");
}

static const PanelSlot slots[] = {
  {.name = "list", .title = "List", .class = &list_panel, .at = offsetof(State, list)},
  {.name = "text", .title = "Text", .class = &text_panel, .at = offsetof(State, text)},
  {.name = "chart", .title = "Chart", .class = &chart_panel, .at = offsetof(State, chart)},
};

static const Action actions[] = {
  {.key = "a", .name = "ask", .help = "asks for a value", .group = "Probe", .run = ask},
  {.key = "t", .name = "type", .help = "opens the input line", .group = "Probe", .run = type},
  {.key = "w", .name = "wait", .help = "begins a long job", .group = "Probe", .run = wait_long},
  {.key = "n", .name = "never", .help = "does not apply", .group = "Probe", .run = wait_long, .applies = never},
};

static const Page probe = {.order = 1, .name = "probe", .title = "Probe", .help = "A page of the tests.",
                           .state_size = sizeof(State), .slots = slots, .n_slots = 3, .layout = "list:26|(text/chart)",
                           .actions = actions, .n_actions = sizeof actions / sizeof *actions, .open = open_probe,
                           .close = close_probe, .show = show, .changed = changed, .job = job, .job_ended = job_ended,
                           .lua = write_lua};
REGISTER_PAGE(probe);

/* ---- a run */

typedef struct Played {
  Console console;
  Session *session;
  Tui *tui;
  char keys[40], saved[40];
  char *screens;
  DashboardOutcome outcome;
  Status status;
  Error error;
} Played;

static void temporary(char path[40], const char *text)
{
  snprintf(path, 40, "/tmp/assay-tui-XXXXXX");
  const int fd = mkstemp(path);
  assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

static void begin(Played *played)
{
  const ConsoleSettings settings = {.interactive = true, .quiet = true};
  const SessionSettings session = {.seed = 1, .home = "."};
  SessionHooks hooks;
  Error e = {0};
  memset(played, 0, sizeof *played);
  assert_int_equal(console_open(&played->console, &settings, &e), STATUS_OK);
  console_hooks(&played->console, &hooks);
  assert_int_equal(session_new(&hooks, &session, &played->session, &e), STATUS_OK);
  console_attach(&played->console, played->session);
}

static Played *play_at(const char *keys, int width, int height)
{
  static Played played;
  const TuiSettings settings = {.keys = played.keys, .save = played.saved, .width = width, .height = height, .object = ""};
  size_t size;
  begin(&played);
  temporary(played.keys, keys);
  temporary(played.saved, "");
  assert_int_equal(tui_new(&played.console, &settings, &played.tui, &played.error), STATUS_OK);
  played.status = tui_show(played.tui, "probe", &played.outcome, &played.error);
  assert_int_equal(file_read(played.saved, 0, &played.screens, &size, NULL), STATUS_OK);
  unlink(played.keys);
  unlink(played.saved);
  return &played;
}

static Played *play(const char *keys)
{
  return play_at(keys, 80, 24);
}

static void end(Played *played)
{
  tui_free(played->tui);
  text_free(&played->outcome.statements);
  text_free(&played->outcome.shown);
  console_detach(&played->console);
  session_free(played->session);
  mem_free(played->screens);
  (void)console_close(&played->console);
}

static void has(const Played *played, const char *text)
{
  if (!strstr(played->screens, text)) {
    fail_msg("'%s' is not in:\n%s", text, played->screens);
  }
}

static void has_not(const Played *played, const char *text)
{
  if (strstr(played->screens, text)) {
    fail_msg("'%s' is in:\n%s", text, played->screens);
  }
}

/* ---- tests */

static void a_page_stands_on_the_screen(void **state)
{
  (void)state;
  Played *p = play("Down Down\n");
  has(p, "== end, 80x24, page probe\n[1 Probe]");
  has(p, "┌─▶ List");
  has(p, ">item 2 客户");
  has(p, "words that are shown");
  has(p, "no chart yet");
  has(p, "\n? help  q back  Enter open  a ask  t type  w wait");
  has_not(p, "n never");
  assert_int_equal(last_state->shown, 1);
  end(p);
  assert_null(last_state);
}

static void hints_stand_at_every_width(void **state)
{
  Text keys = {0};
  (void)state;
  for (int width = 40; width <= 200; width += 3) {
    for (int height = 10; height <= 60; height += 25) {
      text_printf(&keys, "resize %dx%d\nscreen\n", width, height);
    }
  }
  Played *p = play(text_data(&keys));
  const char *rest = p->screens;
  char former[8] = "", *line = p->screens;
  int screens = 0, width = 0;
  for (char *next; *line; line = next) {
    next = strchr(line, '\n');
    *next++ = '\0';
    if (strncmp(line, "== ", 3) == 0) {
      assert_true(screens == 0 || strcmp(former, "? help ") == 0);
      width = atoi(line + (strncmp(line, "== end, ", 8) == 0 ? 8 : 3));
      screens++;
    } else {
      assert_true(screen_width(line, strlen(line)) <= (size_t)width);
      if (*line == '?') {
        assert_int_equal(strncmp(line, "? help  q back", 14), 0);
      }
    }
    snprintf(former, sizeof former, "%.7s", line);
  }
  assert_string_equal(former, "? help ");
  assert_true(screens > 150 && rest == p->screens);
  text_free(&keys);
  end(p);
}

static void a_screen_too_small_takes_no_keys(void **state)
{
  (void)state;
  Played *p = play("resize 39x9\nw a t\n:\ntext \"x = 1\"\nEnter\nscreen small\nresize 80x24\nscreen large\nresize 39x24\nq\nscreen never\n");
  has(p, "== small, 39x9, page probe\nassay needs 40 x 10; this is 39 x 9. q");
  has(p, "== large, 80x24, page probe\n[1 Probe]");
  has_not(p, "never");
  has_not(p, "== end");
  assert_int_equal(p->outcome.statements.size, 0);
  end(p);
}

static void help_lists_keys_by_task(void **state)
{
  (void)state;
  Played *p = play("resize 80x60\n?\nscreen help\na\nscreen closed\n");
  has(p, "A page of the tests.");
  has(p, "│ Probe");
  has(p, "│   a          asks for a value");
  has(p, "│ Leave");
  has(p, "│   F2         to the prompt at once");
  char *closed = strstr(p->screens, "== closed");
  assert_non_null(closed);
  assert_null(strstr(closed, "asks for a value"));
  assert_null(strstr(closed, "answer")); /* the key that closes it does nothing else */
  end(p);
  p = play_at("?\nscreen first\n?\nscreen second\nz\nscreen over\n", 40, 10);
  has(p, "Keys 1 of ");
  has(p, "Keys 2 of ");
  assert_null(strstr(strstr(p->screens, "== over"), "Keys"));
  end(p);
}

static void statements_are_run_and_told(void **state)
{
  (void)state;
  Played *p = play(":\ntext \"made = 6 * 7\"\nEnter\nscreen\n:\ntext \"made + 1\"\nEnter\nscreen value\n:\ntext \"print(1) print(2)\"\n"
                   "Enter\nscreen lines\nq\n:\ntext \"nosuch()\"\nEnter\nscreen error\nEnter\nscreen more\nx\n");
  has(p, "\n> made = 6 * 7\n");
  has(p, "\n43\n");
  has(p, "print(1) print(2) ");
  has(p, "│ 1 ");
  has(p, "error: 'nosuch' is not known  (Enter for more)");
  has(p, "┌─▶ What went wrong");
  assert_string_equal(text_data(&p->outcome.statements), "made = 6 * 7\nmade + 1\nprint(1) print(2)\nnosuch()\n");
  assert_true(last_state->changed >= 4);
  size_t n;
  const StatementLine *lines = statements_all(p->tui, &n);
  assert_int_equal(n, 4);
  assert_int_equal(lines[0].state, LINE_DONE);
  assert_int_equal(lines[3].state, LINE_FAILED);
  const SessionVariable *made = tui_object(p->tui, "made");
  assert_non_null(made);
  assert_int_equal(made->kind, VALUE_INT);
  assert_string_equal(made->shape, "42");
  end(p);
}

static void exit_leaves_with_its_code(void **state)
{
  (void)state;
  Played *p = play(":\ntext \"os.exit(7)\"\nEnter\nscreen never\n");
  assert_true(p->outcome.exit);
  assert_int_equal(p->outcome.code, 7);
  has_not(p, "never");
  end(p);
}

static void the_newest_question_wins(void **state)
{
  (void)state;
  answers = 0;
  Played *p = play("a\nscreen\n");
  has(p, "answer: 42");
  assert_int_equal(answers, 1);
  size_t n;
  (void)statements_all(p->tui, &n);
  assert_int_equal(n, 0); /* off the record */
  assert_int_equal(p->outcome.statements.size, 0);
  end(p);
}

static void keys_are_answered_while_a_job_runs(void **state)
{
  (void)state;
  answers = 0;
  Played *p = play("w\nwait-job\nscreen runs\nDown Down Enter\nscreen moved\na\n:\ntext \"later = 1\"\nEnter\nscreen queued\n"
                   "C-x\nscreen stopping\nwait\nscreen ended\n");
  has(p, "patient -\n");
  has(p, "> waited = probe.patient()");
  has(p, " runs\n");
  has(p, "\n? help  q back  C-x stop  Enter open");
  has(p, "item 2 was entered");
  has(p, "runs, 1 more waiting");
  has(p, "patient -, stopping");
  assert_int_equal(last_state->jobs, 1);
  assert_int_equal(last_state->ended, 1);
  assert_int_equal(answers, 1);
  assert_non_null(tui_object(p->tui, "later"));
  size_t n;
  assert_int_equal(statements_all(p->tui, &n)[0].state, LINE_STOPPED);
  assert_null(tui_object(p->tui, "waited"));
  end(p);
}

static void the_input_line_is_an_editor(void **state)
{
  (void)state;
  Played *p = play("t\ntext \"one two\"\nscreen typed\nC-w\ntext \"2\"\nC-a\ntext \"客\"\nC-e BSpace\ntext \"3\"\nEnter\n"
                   "t\ntext \"wrong\"\nEnter\nscreen kept\nEsc\nt\nUp Up\nscreen recalled\nDown\nEnter\n");
  has(p, "type: one two  7 bytes");
  has(p, "type: wrong"); /* it stays open */
  has(p, "type: 客one 3");
  assert_string_equal(last_state->typed, "given up");
  end(p);
  p = play("t\ntext \"math.flo\"\nTab\nscreen completed\nEsc\nt\ntext \"probe.pat\"\nTab\nEnter\n");
  has(p, "type: math.floor");
  assert_true(strncmp(last_state->typed, "probe.patient", 13) == 0);
  end(p);
}

static void the_palette_finds_actions_and_methods(void **state)
{
  (void)state;
  Played *p = play("C-p\ntext \"asks\"\nscreen found\nC-u\ntext \"probe ask\"\nEnter\nscreen done\nC-p\ntext \"zzzzqq\"\nscreen none\nEsc\n"
                   "C-p\ntext \"probe.patient\"\nscreen method\n");
  has(p, "Probe: ask");
  has(p, "answer: 42");
  has(p, "nothing is called so");
  has(p, "probe.patient");
  end(p);
}

static void focus_moves_and_panels_zoom(void **state)
{
  (void)state;
  Played *p = play("Tab\nscreen\nz\nscreen zoomed\nq\nscreen back\nBTab\n|\nscreen turned\n");
  has(p, "┌─▶ Text");
  char *zoomed = strstr(p->screens, "== zoomed"), *back = strstr(p->screens, "== back");
  assert_non_null(strstr(back, "List"));
  *back = '\0';
  assert_null(strstr(zoomed, "List"));
  end(p);
}

static void a_page_that_cannot_open_says_why(void **state)
{
  (void)state;
  opening_fails = true;
  Played *p = play("Down a Tab z y\nscreen\n");
  opening_fails = false;
  has(p, "there is nothing to open");
  has(p, "? help  q back");
  end(p);
}

static void going_and_coming_back(void **state)
{
  (void)state;
  Played *p = play("F1\nscreen help\nq\nscreen back\ny\nscreen lua\nEsc\nscreen still\nq\nscreen never\n");
  has(p, "== help, 80x24, page help");
  has(p, "== back, 80x24, page probe");
  has(p, "\nprobe(1)\n");
  has(p, "== still, 80x24, page probe");
  has_not(p, "never");
  assert_string_equal(text_data(&p->outcome.shown), "probe(1)\n");
  end(p);
}

static void pens_are_told_when_asked(void **state)
{
  (void)state;
  Played *p = play("pens\nDown\n");
  has(p, "\n~bbbbbbbbbr");
  end(p);
}

/* ---- memory */

/* With a session of its own, since Lua's garbage is given back when it likes. */
static Status run_all(void *context, Error *e)
{
  Played *played = context;
  const TuiSettings settings = {.keys = played->keys, .save = played->saved, .width = 60, .height = 20, .object = ""};
  const SessionSettings session = {.seed = 1, .home = "."};
  SessionHooks hooks;
  DashboardOutcome outcome = {0};
  Tui *tui = NULL;
  console_hooks(&played->console, &hooks);
  Status status = session_new(&hooks, &session, &played->session, e);
  if (status == STATUS_OK) {
    console_attach(&played->console, played->session);
    status = tui_new(&played->console, &settings, &tui, e);
  }
  if (status == STATUS_OK) {
    status = tui_show(tui, "probe", &outcome, e);
  }
  text_free(&outcome.statements);
  text_free(&outcome.shown);
  tui_free(tui);
  session_free(played->session);
  return status;
}

static void memory_may_run_out(void **state)
{
  Played played;
  (void)state;
  begin(&played);
  session_free(played.session);
  temporary(played.keys, "Down Tab\n?\nq\nC-p\ntext \"as\"\nEsc\nt\ntext \"x\"\nEnter\na\nz\nscreen\n");
  temporary(played.saved, "");
  print_message("%lld allocations\n", (long long)sweep_every(run_all, &played, 3));
  unlink(played.keys);
  unlink(played.saved);
  console_detach(&played.console);
  (void)console_close(&played.console);
}

int main(void)
{
  char folder[] = "/tmp/assay-state-XXXXXX";
  setlocale(LC_CTYPE, "C.UTF-8");
  if (mkdtemp(folder)) {
    setenv("XDG_STATE_HOME", folder, 1);
  }
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_page_stands_on_the_screen),
    cmocka_unit_test(hints_stand_at_every_width),
    cmocka_unit_test(a_screen_too_small_takes_no_keys),
    cmocka_unit_test(help_lists_keys_by_task),
    cmocka_unit_test(statements_are_run_and_told),
    cmocka_unit_test(exit_leaves_with_its_code),
    cmocka_unit_test(the_newest_question_wins),
    cmocka_unit_test(keys_are_answered_while_a_job_runs),
    cmocka_unit_test(the_input_line_is_an_editor),
    cmocka_unit_test(the_palette_finds_actions_and_methods),
    cmocka_unit_test(focus_moves_and_panels_zoom),
    cmocka_unit_test(a_page_that_cannot_open_says_why),
    cmocka_unit_test(going_and_coming_back),
    cmocka_unit_test(pens_are_told_when_asked),
    cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
