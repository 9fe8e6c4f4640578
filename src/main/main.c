/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c -- from the command line to a session, a script, a prompt, and an exit status. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bind/sandbox.h"
#include "console/console.h"
#include "core/alloc.h"
#include "core/file.h"
#include "core/pool.h"
#include "plug/plug.h"
#include "main/dash.h"
#include "main/flags.h"
#include "main/home.h"
#include "main/language.h"
#include "main/recording.h"
#include "main/replay.h"
#include "main/sandbox_child.h"
#include "main/sandbox_parent.h"
#include "main/version.h"
#include "main/write_reference.h"
#include "math/blas.h"
#include "repl/demo.h"
#include "repl/graphics.h"
#include "repl/repl.h"
#include "view/error_text.h"

enum { DONE = 0, FAILED = 1, USAGE = 2 };

typedef struct Program {
  Flags flags;
  Console console;
  Session *session;
  Text home;
} Program;

/* What is to be run is a table, not a script: its name has an ending, which is not .lua, and it does not begin with #!. */
static bool opens_table(const Flags *flags)
{
  const char *path = flags->task == TASK_RUN && flags->script ? flags->script[0] : "";
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path, *ending = strrchr(name, '.');
  char head[2] = "";
  if (!ending || ending == name || strcmp(ending, ".lua") == 0) {
    return false;
  }
  FILE *file = fopen(path, "re");
  const bool script = file && fread(head, 1, 2, file) == 2 && memcmp(head, "#!", 2) == 0;
  if (file) {
    fclose(file);
  }
  return !script;
}

/* At a prompt: -i, or a terminal to read from and nothing else to do; a demonstration at a terminal too. */
static bool wants_prompt(const Flags *flags)
{
  if (flags->task == TASK_DEMO) {
    return flags->topic && !flags->list && !flags->automatic && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  }
  if (flags->task == TASK_RESUME || flags->task == TASK_DASH) {
    return !flags->list;
  }
  return flags->task == TASK_RUN &&
         (flags->prompt || ((!flags->script || opens_table(flags)) && !flags->has_code && isatty(STDIN_FILENO)));
}

/* The script's name and arguments, for the global arg; without a script the program's name alone. */
static SessionSettings settings_of(const Program *program)
{
  static const char *const own[] = {"assay"};
  const Flags *flags = &program->flags;
  return (SessionSettings){.seed = flags->seed,
                           .format = flags->format,
                           .home = text_data(&program->home),
                           .arguments = flags->script ? (const char *const *)flags->script : own,
                           .sandbox = flags->sandbox,
                           .describe = flags->sandbox ? NULL : version_describe, /* which asks gnuplot */
                           .n_arguments = flags->script ? flags->n_script : 1};
}

/* A replay that only compares shows no values. */
static void drop_output(void *context, const char *bytes, size_t n)
{
  (void)context;
  (void)bytes;
  (void)n;
}

/* --data FILE, --data NAME=FILE; a file whose name has an '=' is taken as it is. */
static Status swap_given(Session *session, const Flags *flags, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < flags->n_data && status == STATUS_OK; i++) {
    const char *given = flags->data[i], *equals = strchr(given, '=');
    Text name = {0};
    if (equals && !file_exists(given)) {
      text_add(&name, given, (size_t)(equals - given));
    }
    status = session_swap_file(session, name.size ? name.data : NULL, name.size ? equals + 1 : given, e);
    text_free(&name);
  }
  return status;
}

/* From here on the process is the script's: what it shows has no pictures, which are another program's. */
static Status begin_sandbox(Program *program, Error *e)
{
  const Flags *flags = &program->flags;
  const SandboxTime most = {flags->time.lua, flags->time.all};
  Flags ours = *flags;
  ours.prompt = program->console.settings.interactive;
  const Status status = sandbox_enter(&ours, text_data(&program->home), e);
  if (status == STATUS_OK) {
    sandbox_time(program->session, &most);
  }
  return status;
}

static Status open_session(Program *program, Error *e)
{
  const Flags *flags = &program->flags;
  const bool demo = flags->task == TASK_DEMO;
  SessionHooks hooks;
  Status status = STATUS_OK;
  TRY(home_find(&program->home, e));
  file_set_home(text_data(&program->home));
  program->console.faces = (ConsoleFaces){
    .graphics = graphics_ask, .demo = demo_wish, .dashboard = flags->sandbox ? NULL : dash_show};
  console_hooks(&program->console, &hooks);
  hooks.interactive = hooks.interactive || demo; /* a demonstration shows what a prompt would */
  hooks.write = flags->check ? drop_output : hooks.write;
  if (flags->sandbox) {
    hooks.demo = NULL;
    hooks.graphics = NULL;
  }
  const SessionSettings settings = settings_of(program);
  TRY(session_new(&hooks, &settings, &program->session, e));
  console_attach(&program->console, program->session);
  if (flags->sandbox) {
    TRY(begin_sandbox(program, e));
  } else if (flags->task != TASK_REPLAY) {
    TRY(recording_begin(&program->console, flags, e));
    TRY(swap_given(program->session, flags, e));
  }
done:
  return status;
}

/* -e and -l in order, then the script; a failure ends it. */
static RunState run_given(Program *program, RunOutcome *outcome)
{
  const Flags *flags = &program->flags;
  Console *console = &program->console;
  RunState state = RUN_DONE;
  *outcome = (RunOutcome){0};
  for (size_t i = 0; state == RUN_DONE && i < flags->n_items; i++) {
    const FlagItem *item = &flags->items[i];
    state = item->is_module ? console_require(console, item->text, outcome)
                            : console_run(console, item->text, "command line", true, outcome);
  }
  const bool from_input = !flags->script && !flags->has_code && !console->settings.interactive;
  if (state == RUN_DONE && opens_table(flags)) {
    return console_run(console, "data = assay.open(arg[0])", "command line", false, outcome);
  }
  if (state == RUN_DONE && (flags->script || from_input)) {
    state = console_run_file(console, flags->script ? flags->script[0] : "-", outcome);
  }
  return state;
}

static int run_prompt(Program *program, Demo *demo)
{
  Text rc = {0};
  Error e = {0};
  int code = FAILED;
  const bool resumed = program->flags.task == TASK_RESUME; /* which ran it, if the session had */
  const bool has_rc = !program->flags.no_rc && !program->flags.sandbox && !demo && !resumed && home_rc(&rc);
  const ReplSettings settings = {.home = text_data(&program->home),
                                 .version = ASSAY_VERSION,
                                 .rc = has_rc ? text_data(&rc) : NULL,
                                 .no_history = program->flags.sandbox,
                                 .demo = demo};
  if (repl_run(&program->console, &settings, &code, &e) != STATUS_OK) {
    console_error(&program->console, &e);
  }
  text_free(&rc);
  return code;
}

static int play_through(Program *program, Demo *demo)
{
  RunOutcome outcome;
  const RunState state = demo_through(demo, &program->console, &outcome);
  return state == RUN_DONE ? DONE : outcome.code;
}

/* demo("NAME") in a script: it comes when the script has ended. */
static int run_wished(Program *program)
{
  Demo *demo = NULL;
  Error e = {0};
  int code = FAILED;
  if (demo_open(text_data(&program->home), program->console.wish, &demo, &e) == STATUS_OK) {
    code = play_through(program, demo);
  } else {
    console_error(&program->console, &e);
  }
  demo_free(demo);
  return code;
}

static int run_session(Program *program)
{
  RunOutcome outcome;
  const RunState state = run_given(program, &outcome);
  if (state != RUN_EXIT && program->console.settings.interactive) {
    return run_prompt(program, NULL);
  }
  if (state == RUN_DONE && program->console.wish) {
    return run_wished(program);
  }
  return state == RUN_DONE ? DONE : outcome.code;
}

static int show(Program *program, Status status, const Text *text, const Error *e)
{
  if (status == STATUS_OK) {
    console_text(&program->console, text);
    return DONE;
  }
  console_error(&program->console, e);
  return FAILED;
}

static int run_demo(Program *program)
{
  Demo *demo = NULL;
  Text list = {0};
  Error e = {0};
  int code = FAILED;
  if (!program->flags.topic || program->flags.list) {
    code = show(program, demo_list(text_data(&program->home), &list, &e), &list, &e);
  } else if (demo_open(text_data(&program->home), program->flags.topic, &demo, &e) != STATUS_OK) {
    console_error(&program->console, &e);
  } else if (program->console.settings.interactive) {
    code = run_prompt(program, demo);
  } else {
    code = play_through(program, demo);
  }
  demo_free(demo);
  text_free(&list);
  return code;
}

static int run_help(Program *program)
{
  Text page = {0};
  Error e = {0};
  const char *topic = program->flags.topic ? program->flags.topic : "";
  const int code = show(program, session_help(program->session, topic, &page, &e), &page, &e);
  text_free(&page);
  return code;
}

/* With nothing to take up there is no prompt: it was the session that was asked for. */
static int run_resume(Program *program)
{
  if (program->flags.list) {
    return resume_list(&program->console);
  }
  return resume_run(&program->console, program->flags.topic) ? run_prompt(program, NULL) : FAILED;
}

/* The dashboard on a table, then the prompt, as if F2 had been pressed there; driven by keys there is no prompt. */
static int run_dash(Program *program)
{
  const Flags *flags = &program->flags;
  int code = DONE;
  if (flags->topic && !dash_open(&program->console, flags->topic, &code)) {
    return code;
  }
  if (flags->keys) {
    return dash_play(&program->console, flags);
  }
  program->console.begin_dashboard = true;
  return run_prompt(program, NULL);
}

static int run_task(Program *program)
{
  Error e = {0};
  switch (program->flags.task) {
    case TASK_DEMO:
      return run_demo(program);
    case TASK_HELP:
      return run_help(program);
    case TASK_REFERENCE:
      if (write_reference(program->flags.topic, &e) != STATUS_OK) {
        console_error(&program->console, &e);
        return FAILED;
      }
      return DONE;
    case TASK_REPLAY:
      return replay_run(&program->console, &program->flags);
    case TASK_RESUME:
      return run_resume(program);
    case TASK_DASH:
      return run_dash(program);
    case TASK_REPORT:
      return dash_report(&program->console, program->flags.topic);
    default:
      return run_session(program);
  }
}

static int run_program(Program *program)
{
  const Flags *flags = &program->flags;
  const ConsoleSettings settings = {.quiet = flags->quiet,
                                    .no_color = flags->no_color,
                                    .color = flags->color,
                                    .plain = flags->plain,
                                    .ascii = flags->ascii,
                                    .interactive = wants_prompt(flags)};
  Error e = {0};
  int code = FAILED;
  pool_set_threads(flags->threads);
  mem_limit(flags->memory);
  if (console_open(&program->console, &settings, &e) != STATUS_OK || open_session(program, &e) != STATUS_OK) {
    console_error(&program->console, &e);
  } else {
    code = run_task(program);
  }
  const bool abandoned = program->console.abandoned;
  if (!abandoned) { /* a job that was left behind still uses its inputs */
    console_detach(&program->console);
    dash_close();
    sandbox_time_closing();
    session_free(program->session);
    plug_close();
    pool_close();
  }
  const bool written = console_close(&program->console);
  if (abandoned) {
    fflush(NULL);
    _exit(code);
  }
  return code == DONE && !written ? FAILED : code;
}

/* What needs no session: a wrong command line, --help, --version. */
static int print_and_go(const Text *text)
{
  if (fwrite(text_data(text), 1, text->size, stdout) == text->size && fflush(stdout) == 0) {
    return DONE;
  }
  perror(_("assay: cannot write the output"));
  return FAILED;
}

/* --sandbox: the script runs in a process of its own. */
static int run_apart(const Program *program, char **argv)
{
  ViewStyle style;
  Text text = {0};
  Error e = {0};
  int code = FAILED;
  if (sandbox_run(argv, &program->flags, &code, &e) != STATUS_OK) {
    style_init(&style);
    error_text(&e, &style, &text);
    fwrite(text_data(&text), 1, text.size, stderr);
    text_free(&text);
  }
  return code;
}

static int complain(const Error *e)
{
  fprintf(stderr, "assay: %s\n", e->what);
  if (e->hint[0]) {
    fprintf(stderr, "  %s\n", e->hint);
  }
  return USAGE;
}

int main(int argc, char **argv)
{
  Program program = {0};
  Text text = {0};
  Error e = {0};
  int code;
  language_begin();
  blas_prepare();
  if (flags_read(argc, argv, &program.flags, &e) != STATUS_OK) {
    code = complain(&e);
  } else if (program.flags.task == TASK_USAGE) {
    text_puts(&text, flags_usage());
    code = print_and_go(&text);
  } else if (program.flags.task == TASK_VERSION) {
    version_describe(&text);
    code = print_and_go(&text);
  } else if (program.flags.sandbox && !sandbox_is_child()) {
    program.flags.prompt = wants_prompt(&program.flags);
    code = run_apart(&program, argv);
  } else {
    code = run_program(&program);
  }
  text_free(&text);
  text_free(&program.home);
  flags_free(&program.flags);
  return code;
}
