/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/demo.h"

#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "repl/demo_progress.h"
#include "repl/demo_script.h"

enum { HINT_FROM = 1, ANSWER_FROM = 3 }; /* wrong answers */

typedef enum Waits {
  WAITS_RUN,     /* the step was told */
  WAITS_ANSWER,  /* it is a question */
  WAITS_STEPS,   /* its stepper is being gone through */
  WAITS_RESUME,  /* where to begin? */
  WAITS_NOTHING  /* it is over */
} Waits;

struct Demo {
  DemoScript script;
  Console *console;
  size_t at;          /* the step that was told */
  Waits waits;
  bool alone;         /* all that the program was started for */
  bool away;          /* the reader plays: lines are the prompt's own until an empty one */
  int failures;       /* wrong answers to this question */
  int64_t shown;      /* values shown before it */
  int64_t *changes;   /* per step: statements that could be undone when it was told */
};

/* ---- Opening */

Status demo_open(const char *home, const char *name, Demo **out, Error *e)
{
  *out = NULL;
  Demo *demo = mem_zero(1, sizeof *demo);
  if (!demo) {
    return error_memory(e, sizeof *demo, name);
  }
  Status status = demo_script_read(home, name, &demo->script, e);
  if (status == STATUS_OK) {
    demo->changes = mem_zero(demo->script.n + 1, sizeof *demo->changes);
    status = demo->changes ? STATUS_OK : error_memory(e, demo->script.n, name);
  }
  if (status != STATUS_OK) {
    demo_free(demo);
    return status;
  }
  *out = demo;
  return STATUS_OK;
}

void demo_free(Demo *demo)
{
  if (demo) {
    demo_script_free(&demo->script);
    mem_free(demo->changes);
    mem_free(demo);
  }
}

Status demo_list(const char *home, Text *out, Error *e)
{
  return demo_script_list(home, out, e);
}

/* ---- Showing */

static const DemoStep *step_of(const Demo *demo)
{
  return &demo->script.steps[demo->at];
}

/* A line about the demonstration itself. */
static void say(const Demo *demo, const char *line)
{
  const ViewStyle style = console_style(demo->console);
  Text out = {0};
  (void)style_paragraph(&style, VIEW_MUTED, line, 3, 0, 0, &out);
  console_text(demo->console, &out);
  text_free(&out);
}

static const char *hint_of(const Demo *demo)
{
  switch (demo->waits) {
  case WAITS_RUN: return _("-- Enter goes on, b back, s skips, r begins anew, q leaves; or type a statement");
  case WAITS_ANSWER: return _("-- Your turn: type it. s enters the answer, b back, q leaves, ! plays freely");
  case WAITS_STEPS: return _("-- Enter or space steps on, b back, r runs to the end, s goes on, q leaves");
  case WAITS_RESUME: return _("-- Enter goes on there (what comes before runs unseen), r begins anew, q leaves");
  default:
    return demo->alone ? _("-- That was the demonstration; its variables are yours. Enter or Ctrl-D leaves.")
                       : _("-- That was the demonstration; its variables are yours.");
  }
}

static void show_statement(const char *statement, Console *console)
{
  Text out = {0};
  const char *prompt = "> ";
  for (const char *line = statement; *line; line = demo_next_line(line), prompt = ">> ") {
    text_puts(&out, prompt);
    text_add(&out, line, (size_t)(demo_line_end(line) - line));
    text_char(&out, '\n');
  }
  console_text(console, &out);
  text_free(&out);
}

static void add_narration(const Demo *demo, size_t at, Text *out)
{
  const ViewStyle style = console_style(demo->console);
  Text head = {0};
  text_printf(&head, "[%zu/%zu] ", at + 1, demo->script.n);
  text_char(out, '\n');
  style_put(&style, VIEW_TITLE, text_data(&head), out);
  style_paragraph(&style, VIEW_PLAIN, text_data(&demo->script.steps[at].narration), 0, head.size, 0, out);
  text_char(out, '\n');
  text_free(&head);
}

static void tell_narration(const Demo *demo)
{
  Text out = {0};
  add_narration(demo, demo->at, &out);
  console_text(demo->console, &out);
  text_free(&out);
}

static int count_lines(const char *text)
{
  int n = 0;
  for (; *text; text = demo_next_line(text)) {
    n += *text != '\n';
  }
  return n;
}

/* The lines that stand below what a step shows until the reader is asked again: the next step with its statements, a hint
 * and the prompt; so that a chart and what is said after it are on the screen together. */
static int lines_below(const Demo *demo)
{
  enum { AROUND = 4 }; /* two empty lines, the hint and the prompt */
  Text out = {0};
  int lines = AROUND;
  if (step_of(demo)->stepper.size > 0) {
    return count_lines(text_data(&step_of(demo)->code)); /* a stepper leaves room for the rest itself */
  }
  if (demo->at + 1 < demo->script.n) {
    const DemoStep *next = &demo->script.steps[demo->at + 1];
    add_narration(demo, demo->at + 1, &out);
    lines += count_lines(text_data(&out)) + (next->asks ? 0 : count_lines(text_data(&next->code)));
  }
  text_free(&out);
  return lines + count_lines(text_data(&step_of(demo)->code));
}

/* ---- Statements of a step */

/* Takes the next statement from the step's code, lines joined until the session finds it complete. */
static bool take_statement(Session *session, const char **code, Text *statement)
{
  text_reset(statement);
  while (**code) {
    const char *end = demo_line_end(*code);
    if (statement->size > 0) {
      text_char(statement, '\n');
    }
    text_add(statement, *code, (size_t)(end - *code));
    *code = demo_next_line(*code);
    if (strspn(text_data(statement), " \t\n") == statement->size) {
      text_reset(statement);
    } else if (session_chunk_state(session, text_data(statement)) != CHUNK_INCOMPLETE) {
      return true;
    }
  }
  return statement->size > 0;
}

static void show_code(const Demo *demo)
{
  Text statement = {0};
  const char *rest = text_data(&step_of(demo)->code);
  while (take_statement(demo->console->session, &rest, &statement)) {
    show_statement(text_data(&statement), demo->console);
  }
  text_free(&statement);
}

/* Runs the step's statements, each shown before its output; a single one only with `show`. */
static RunState run_code(const Demo *demo, bool show, RunOutcome *outcome)
{
  Text statement = {0};
  const char *rest = text_data(&step_of(demo)->code);
  RunState state = RUN_DONE;
  *outcome = (RunOutcome){0};
  demo->console->reserved = lines_below(demo);
  while (state == RUN_DONE && !outcome->partial && take_statement(demo->console->session, &rest, &statement)) {
    show = show || rest[strspn(rest, " \t\n")] != '\0'; /* one of several */
    if (show) {
      show_statement(text_data(&statement), demo->console);
    }
    state = console_run(demo->console, text_data(&statement), "demo", true, outcome);
  }
  demo->console->reserved = 0;
  text_free(&statement);
  return state;
}

/* The same with nothing but errors to be seen. */
static RunState run_unseen(const Demo *demo, RunOutcome *outcome)
{
  demo->console->muted = true;
  const RunState state = run_code(demo, false, outcome);
  demo->console->muted = false;
  return state;
}

/* A method of the step's stepper, as if typed. */
static RunState run_stepper(const Demo *demo, const char *method, RunOutcome *outcome)
{
  Text statement = {0};
  text_printf(&statement, "%s:%s()", text_data(&step_of(demo)->stepper), method);
  show_statement(text_data(&statement), demo->console);
  const RunState state = console_run(demo->console, text_data(&statement), "demo", true, outcome);
  text_free(&statement);
  return state;
}

static bool stepper_is(const Demo *demo, const char *field)
{
  return session_field(demo->console->session, text_data(&step_of(demo)->stepper), field, true);
}

/* ---- From step to step */

static DemoAnswer finish(Demo *demo)
{
  demo->waits = WAITS_NOTHING;
  demo_progress_keep(demo->script.name, 0);
  console_write(demo->console, "\n", 1);
  say(demo, hint_of(demo));
  return DEMO_ENDED;
}

/* Tells the step at demo->at. The last one may be words alone: then that is the end. */
static DemoAnswer tell(Demo *demo)
{
  if (demo->at >= demo->script.n) {
    return finish(demo);
  }
  const DemoStep *step = step_of(demo);
  demo->changes[demo->at] = session_changes(demo->console->session);
  demo->waits = step->asks ? WAITS_ANSWER : WAITS_RUN;
  demo->failures = 0;
  demo->shown = session_shown(demo->console->session);
  demo_progress_keep(demo->script.name, demo->at);
  tell_narration(demo);
  if (!step->asks) {
    show_code(demo);
  }
  if (demo->at + 1 == demo->script.n && !demo_has_code(step)) {
    return finish(demo);
  }
  say(demo, hint_of(demo));
  return DEMO_TAKEN;
}

static DemoAnswer tell_next(Demo *demo)
{
  demo->at++;
  return tell(demo);
}

/* The variables as they were when the step was told. */
static void undo_since(const Demo *demo, size_t step)
{
  Session *session = demo->console->session;
  Text text = {0};
  int64_t before = session_changes(session);
  while (before > demo->changes[step] && session_undo(session, &text, NULL) == STATUS_OK && session_changes(session) < before) {
    before = session_changes(session);
  }
  text_free(&text);
}

/* After statements that did not come to their end: the step can be run again. */
static DemoAnswer stay(Demo *demo, const RunOutcome *outcome)
{
  if (outcome->state == RUN_EXIT) {
    return DEMO_EXIT;
  }
  const bool stopped = outcome->partial || outcome->state == RUN_INTERRUPTED;
  undo_since(demo, demo->at);
  say(demo, stopped ? _("-- Stopped. Enter runs this step again, s skips it, q leaves")
                    : _("-- That failed; was a variable changed? r begins anew, b goes back, q leaves"));
  return DEMO_TAKEN;
}

static bool came_through(const RunOutcome *outcome)
{
  return outcome->state == RUN_DONE && !outcome->partial;
}

static DemoAnswer run_step(Demo *demo, RunOutcome *outcome)
{
  (void)run_code(demo, false, outcome);
  if (!came_through(outcome)) {
    return stay(demo, outcome);
  }
  if (step_of(demo)->stepper.size == 0) {
    return tell_next(demo);
  }
  demo->waits = WAITS_STEPS;
  say(demo, hint_of(demo));
  return DEMO_TAKEN;
}

static DemoAnswer go_back(Demo *demo)
{
  if (demo->at == 0) {
    say(demo, _("-- This is the first step."));
  }
  demo->at -= demo->at > 0;
  undo_since(demo, demo->at);
  return tell(demo);
}

static DemoAnswer begin_anew(Demo *demo)
{
  undo_since(demo, 0);
  demo->at = 0;
  return tell(demo);
}

/* What is skipped runs all the same, unseen, since later steps need its variables; of a question the answer is shown. */
static DemoAnswer skip(Demo *demo, RunOutcome *outcome)
{
  Text line = {0};
  const bool asks = step_of(demo)->asks;
  demo_variables(step_of(demo), &line);
  (void)(asks ? run_code(demo, true, outcome) : run_unseen(demo, outcome));
  if (!came_through(outcome)) {
    text_free(&line);
    return stay(demo, outcome);
  }
  if (line.size > 0) {
    Text said = {0};
    text_printf(&said, _("-- Skipped; it made %s"), line.data);
    say(demo, text_data(&said));
    text_free(&said);
  }
  text_free(&line);
  return tell_next(demo);
}

/* ---- Going on another day */

static DemoAnswer take_up(Demo *demo, RunOutcome *outcome)
{
  const size_t to = demo->at;
  for (demo->at = 0; demo->at < to; demo->at++) {
    demo->changes[demo->at] = session_changes(demo->console->session);
    (void)run_unseen(demo, outcome);
    if (!came_through(outcome)) {
      demo->waits = WAITS_RUN;
      return stay(demo, outcome);
    }
  }
  return tell(demo);
}

DemoAnswer demo_begin(Demo *demo, Console *console, bool alone)
{
  const size_t at = demo_progress(demo->script.name);
  demo->console = console;
  demo->alone = alone;
  demo->changes[0] = session_changes(console->session);
  if (at == 0 || at >= demo->script.n) {
    return tell(demo);
  }
  Text line = {0};
  demo->at = at;
  demo->waits = WAITS_RESUME;
  text_printf(&line, _("-- You left '%1$s' at step %2$zu of %3$zu."), demo->script.name, at + 1, demo->script.n);
  say(demo, text_data(&line));
  say(demo, hint_of(demo));
  text_free(&line);
  return DEMO_TAKEN;
}

/* ---- Lines */

static DemoAnswer go_through(Demo *demo, const char *method, RunOutcome *outcome)
{
  if (run_stepper(demo, method, outcome) == RUN_EXIT) {
    return DEMO_EXIT;
  }
  say(demo, stepper_is(demo, "ended") ? _("-- That was its last step. Enter goes on, b back, q leaves") : hint_of(demo));
  return DEMO_TAKEN;
}

static DemoAnswer step_line(Demo *demo, char key, RunOutcome *outcome)
{
  switch (key) {
  case '\0':
  case 'n': return stepper_is(demo, "ended") ? tell_next(demo) : go_through(demo, "next", outcome);
  case 'b': return stepper_is(demo, "begun") ? go_through(demo, "back", outcome) : go_back(demo);
  case 'r': return stepper_is(demo, "ended") ? begin_anew(demo) : go_through(demo, "run", outcome);
  default: return tell_next(demo);
  }
}

static DemoAnswer run_line(Demo *demo, char key, RunOutcome *outcome)
{
  switch (key) {
  case 'b': return go_back(demo);
  case 'r': return begin_anew(demo);
  case 's': return skip(demo, outcome);
  default: break;
  }
  if (demo->waits == WAITS_ANSWER) {
    say(demo, hint_of(demo));
    return DEMO_TAKEN;
  }
  return run_step(demo, outcome);
}

static DemoAnswer resume_line(Demo *demo, char key, RunOutcome *outcome)
{
  return key == 'r' ? begin_anew(demo) : take_up(demo, outcome);
}

/* The key that a line is: a letter alone, NUL for an empty line, -1 for any other. */
static int key_of(const char *line)
{
  line += strspn(line, " \t");
  const size_t n = strcspn(line, " \t\r\n");
  const bool alone = line[n + strspn(line + n, " \t\r\n")] == '\0';
  return n == 0 ? '\0' : n == 1 && alone && strchr("bnqrs!", line[0]) ? line[0] : -1;
}

DemoAnswer demo_line(Demo *demo, const char *line, RunOutcome *outcome)
{
  const int key = key_of(line);
  *outcome = (RunOutcome){0};
  if (key < 0 || demo->waits == WAITS_NOTHING || (demo->away && key != '\0')) {
    return DEMO_NOT_MINE;
  }
  if (demo->away) {
    demo->away = false;
    say(demo, hint_of(demo));
    return DEMO_TAKEN;
  }
  if (key == '!') {
    demo->away = true;
    say(demo, _("-- The prompt is yours; an empty line comes back to the demonstration"));
    return DEMO_TAKEN;
  }
  if (key == 'q') {
    return DEMO_LEFT;
  }
  return demo->waits == WAITS_STEPS    ? step_line(demo, (char)key, outcome)
         : demo->waits == WAITS_RESUME ? resume_line(demo, (char)key, outcome)
                                       : run_line(demo, (char)key, outcome);
}

bool demo_waits(const Demo *demo)
{
  return demo && demo->waits != WAITS_NOTHING;
}

/* ---- Answers */

static void show_answer(const Demo *demo)
{
  say(demo, _("-- This is one that is right:"));
  show_code(demo);
  say(demo, _("-- Type it or another one; s enters it"));
}

/* A wrong answer: what is wrong with it, then more help each time. */
static void help_on(Demo *demo, const Text *says)
{
  const DemoStep *step = step_of(demo);
  Text line = {0};
  demo->failures++;
  text_printf(&line, _("-- Not yet: %s."), text_data(says));
  if (demo->failures >= HINT_FROM && step->hint.size > 0) {
    text_printf(&line, _(" Hint: %s"), text_data(&step->hint));
  }
  say(demo, text_data(&line));
  text_free(&line);
  if (demo->failures >= ANSWER_FROM) {
    show_answer(demo);
  }
}

DemoAnswer demo_after(Demo *demo, RunState state)
{
  Text says = {0};
  Error e = {0};
  bool right = false;
  if (demo->waits != WAITS_ANSWER || demo->away || state == RUN_INTERRUPTED || state == RUN_EXIT) {
    return DEMO_NOT_MINE;
  }
  const DemoStep *step = step_of(demo);
  Session *session = demo->console->session;
  if (state == RUN_FAILED) {
    text_puts(&says, _("the statement failed"));
  } else if (session_judge(session, text_data(&step->code), text_data(&step->names), demo->shown, &right, &says, &e) !=
             STATUS_OK) {
    console_error(demo->console, &e);
  }
  if (!right) {
    help_on(demo, &says);
  } else {
    say(demo, _("-- Right."));
  }
  text_free(&says);
  return right ? tell_next(demo) : DEMO_TAKEN;
}

/* ---- Without a reader */

static RunState run_all(const Demo *demo, RunOutcome *outcome)
{
  RunState state = run_code(demo, true, outcome);
  const bool steps = step_of(demo)->stepper.size > 0;
  while (steps && state == RUN_DONE && !stepper_is(demo, "ended")) {
    state = run_stepper(demo, "next", outcome);
  }
  if (outcome->partial) {
    outcome->state = state = RUN_INTERRUPTED; /* nobody is there to go on with it */
    outcome->code = 130;
  }
  return state;
}

RunState demo_through(Demo *demo, Console *console, RunOutcome *outcome)
{
  RunState state = RUN_DONE;
  *outcome = (RunOutcome){0};
  demo->console = console;
  for (demo->at = 0; state == RUN_DONE && demo->at < demo->script.n; demo->at++) {
    tell_narration(demo);
    state = run_all(demo, outcome);
  }
  return state;
}

Status demo_wish(Console *console, const char *name, Text *out, Error *e)
{
  Demo *demo = NULL;
  if (!*name) {
    return demo_list(file_home(), out, e);
  }
  Status status = demo_open(file_home(), name, &demo, e); /* so that a wrong name is the statement's error */
  demo_free(demo);
  if (status == STATUS_OK) {
    mem_free(console->wish);
    console->wish = mem_string(name);
    status = console->wish ? STATUS_OK : error_memory(e, strlen(name), name);
  }
  return status;
}
