/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/command.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/map.h"
#include "registry/help.h"
#include "repl/child.h"
#include "repl/demo.h"
#include "repl/journal_command.h"
#include "repl/pager.h"

typedef struct Command {
  const char *name, *argument, *help; /* argument: "" for none; help: "" for another spelling, not listed */
  void (*run)(CommandState *state, const char *argument);
} Command;

static const Command *command_at(size_t index); /* NULL behind the last */

/* ---- What a line is
 * ---------------------------------------------------------------------------------------------- */

static const char *skip_blanks(const char *text)
{
  return text + strspn(text, " \t");
}

/* Length of the line without blanks and line ends at its end. */
static size_t trimmed(const char *text)
{
  size_t n = strlen(text);
  while (n > 0 && isspace((unsigned char)text[n - 1])) {
    n--;
  }
  return n;
}

/* `kmeans?`, `cluster.kmeans ?`: a name and a question mark, which is not Lua. */
static bool ends_in_question(const char *line)
{
  size_t n = trimmed(line);
  if (n < 2 || line[n - 1] != '?') {
    return false;
  }
  n--;
  while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t')) {
    n--;
  }
  for (size_t i = 0; i < n; i++) {
    const unsigned char c = (unsigned char)line[i];
    if (!isalnum(c) && !strchr("_.:-", c)) {
      return false;
    }
  }
  return n > 0 && isalpha((unsigned char)line[0]);
}

bool command_is(const char *line)
{
  line = skip_blanks(line);
  return line[0] == '?' || line[0] == '!' || (line[0] == '.' && isalpha((unsigned char)line[1])) || ends_in_question(line);
}

/* The command that `line` begins with, its name ending in a blank or the line's end. */
static const Command *find(const char *line)
{
  const size_t n = strcspn(line, " \t\r\n");
  const Command *command;
  for (size_t i = 0; (command = command_at(i)); i++) {
    if (strlen(command->name) == n && strncmp(command->name, line, n) == 0) {
      break;
    }
  }
  return command;
}

const char *command_named(const char *line)
{
  const Command *command = line[0] == '.' ? find(line) : NULL;
  return command ? command->name : NULL;
}

/* ---- Commands
 * ---------------------------------------------------------------------------------------------------- */

static void show(Console *console, Status status, const Text *text, const Error *e)
{
  if (status == STATUS_OK) {
    console_text(console, text);
  } else {
    console_error(console, e);
  }
}

static void add_table(Text *out)
{
  text_puts(out, _("Commands of the prompt:\n"));
  const Command *command;
  for (size_t i = 0; (command = command_at(i)); i++) {
    if (*command->help) {
      const int used = (int)(strlen(command->name) + 1 + strlen(command->argument));
      text_printf(out, "  %s %s%*s%s\n", command->name, command->argument, used < 16 ? 16 - used : 1, "",
                  _(command->help));
    }
  }
  text_puts(out, _("  !COMMAND        runs a command of the shell\n"
                   "  ?NAME           help on a function, an option (?kmeans.k), a message's id\n"
                   "Keys:\n"
                   "  Tab             completes names, options, columns and files\n"
                   "  Ctrl-C          drops the line, or stops what runs; a fit keeps its result so far\n"
                   "  F1              help on what stands at the cursor\n"
                   "  Ctrl-X Ctrl-E   the statement in your editor (VISUAL, EDITOR)\n"
                   "  Ctrl-R          finds an earlier statement\n"
                   "Lines go on at (>> , for>> , by what is open; a value is shown unless ; ends it\n"));
}

static void run_help(CommandState *state, const char *topic)
{
  Text text = {0};
  Error e = {0};
  if (*topic) {
    Status status = session_help(state->console->session, topic, &text, &e);
    const ViewStyle style = console_style(state->console);
    if (status == STATUS_NAME && help_search(topic, style_width(&style), &text)) {
      status = STATUS_OK;
    }
    show(state->console, status, &text, &e);
  } else {
    add_table(&text);
    console_text(state->console, &text);
  }
  text_free(&text);
}

static void run_question(CommandState *state, const char *topic)
{
  Text text = {0};
  Error e = {0};
  if (*topic) {
    run_help(state, topic);
  } else {
    show(state->console, session_help(state->console->session, "", &text, &e), &text, &e);
  }
  text_free(&text);
}

static void run_time(CommandState *state, const char *argument)
{
  if (strcmp(argument, "on") == 0 || strcmp(argument, "off") == 0) {
    state->timing = argument[1] == 'n';
  } else if (*argument) {
    console_note(state->console, _(".time takes on or off"));
  } else {
    console_note(state->console, state->timing ? _("times are shown (.time off hides them)")
                                               : _("times are shown after 0.3 s (.time on: always)"));
  }
}

static void run_variables(CommandState *state, const char *argument)
{
  Text text = {0};
  Error e = {0};
  (void)argument;
  show(state->console, session_variables(state->console->session, &text, &e), &text, &e);
  text_free(&text);
}

static void run_last(CommandState *state, const char *argument)
{
  Text text = {0};
  Error e = {0};
  (void)argument;
  const Status status = session_last(state->console->session, &text, &e);
  if (status == STATUS_OK) {
    pager_show(state->console, &text);
  } else {
    console_error(state->console, &e);
  }
  text_free(&text);
}

static void run_undo(CommandState *state, const char *argument)
{
  Text text = {0};
  Error e = {0};
  (void)argument;
  show(state->console, session_undo(state->console->session, &text, &e), &text, &e);
  text_free(&text);
}

static void run_out(CommandState *state, const char *argument)
{
  Text text = {0};
  Error e = {0};
  (void)argument;
  show(state->console, session_results(state->console->session, &text, &e), &text, &e);
  text_free(&text);
}

static void run_demo(CommandState *state, const char *argument)
{
  Text text = {0};
  Error e = {0};
  if (*argument) {
    state->demo = argument;
  } else {
    show(state->console, demo_list(state->home, &text, &e), &text, &e);
  }
  text_free(&text);
}

/* ---- Folders and the shell */

static void run_cd(CommandState *state, const char *argument)
{
  const char *home = getenv("HOME");
  Text path = {0}, line = {0};
  if (!*argument || (argument[0] == '~' && (argument[1] == '/' || !argument[1]))) {
    text_printf(&path, "%s%s", home ? home : "/", *argument ? argument + 1 : "");
  } else {
    text_puts(&path, argument);
  }
  Error e = {0};
  if (path.failed || chdir(text_data(&path)) != 0) {
    error_set(&e, STATUS_FILE, "cannot-enter", _("cannot enter the folder '%1$s': %2$s"), text_data(&path), _(strerror(errno)));
    (void)error_hint(&e, _("relative paths start at the working folder, which stays as it was; .cd alone goes home"));
    console_error(state->console, &e);
  } else {
    char *folder = getcwd(NULL, 0);
    text_printf(&line, "%s\n", folder ? folder : text_data(&path));
    console_text(state->console, &line);
    free(folder);
  }
  text_free(&path);
  text_free(&line);
}

static void run_shell(CommandState *state, const char *line)
{
  char note[64];
  if (!*line) {
    console_note(state->console, _("!COMMAND runs a command of the shell, such as !ls"));
    return;
  }
  Error e = {0};
  if (session_may_start(state->console->session, "!COMMAND", &e) != STATUS_OK) {
    console_error(state->console, &e);
    return;
  }
  console_flush(state->console);
  const int code = child_shell(line);
  if (code != 0) {
    snprintf(note, sizeof note, _("the command ended with status %d"), code);
    console_note(state->console, note);
  }
}

/* ---- Settings */

static void list_settings(CommandState *state)
{
  Text text = {0};
  settings_list(&state->console->settings, &text);
  console_text(state->console, &text);
  text_free(&text);
}

static void run_set(CommandState *state, const char *argument)
{
  char name[32] = "";
  const size_t n = strcspn(argument, " \t=");
  Error e = {0};
  if (!*argument) {
    list_settings(state);
    return;
  }
  snprintf(name, sizeof name, "%.*s", (int)n, argument);
  argument += n;
  argument += strspn(argument, " \t=");
  if (settings_set(&state->console->settings, name, argument, &e) != STATUS_OK) {
    console_error(state->console, &e);
  }
}

static void run_journal(CommandState *state, const char *argument)
{
  journal_command(state->console, argument);
}

static void run_save(CommandState *state, const char *argument)
{
  save_command(state->console, argument);
}

static void run_dash(CommandState *state, const char *argument)
{
  text_reset(&state->line);
  text_puts(&state->line, argument);
  state->dashboard = state->console->faces.dashboard != NULL;
  if (!state->dashboard) {
    console_note(state->console, _("there is no dashboard in the sandbox"));
  }
}

/* `.mouse on` is `.set mouse on`. */
static void run_mouse(CommandState *state, const char *argument)
{
  Error e = {0};
  if (settings_set(&state->console->settings, "mouse", argument, &e) != STATUS_OK) {
    console_error(state->console, &e);
  }
}

static void run_quit(CommandState *state, const char *argument)
{
  (void)argument;
  state->leave = true;
}

static const Command commands[] = {
  {".cd", "[FOLDER]", N_("enters a folder; without a name: home"), run_cd},
  {".dash", "[PAGE]", N_("the dashboard, as F2: the session as a screen"), run_dash},
  {".demo", "[NAME]", N_("a demonstration, step by step; without a name: which there are"), run_demo},
  {".help", "[TOPIC]", N_("this list, or help on a topic"), run_help},
  {".journal", "[on|off]", N_("where the session is recorded; stops and starts that"), run_journal},
  {".last", "", N_("the last value shown, in full, in the pager"), run_last},
  {".mouse", "on|off", "", run_mouse}, /* .set mouse on */
  {".out", "", N_("the values shown so far: _1, _2 ... or out[n]; _ is the last"), run_out},
  {".save", "FILE [NAME]", N_("a script of the session, or of what makes a variable"), run_save},
  {".set", "[NAME VALUE]", N_("a setting: digits, card, highlight, mouse, theme; alone: all"), run_set},
  {".time", "on|off", N_("wall and processor time after every statement"), run_time},
  {".undo", "", N_("puts back the variables that the last statement changed"), run_undo},
  {".vars", "", N_("your variables: kind, size, memory"), run_variables},
  {".quit", "", N_("leaves, as Ctrl-D does on an empty line"), run_quit},
  {".exit", "", "", run_quit},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const Command *command_at(size_t index)
{
  return index < COMMANDS ? &commands[index] : NULL;
}

/* ---- Running
 * ----------------------------------------------------------------------------------------------------- */

static void unknown(Console *console, const char *name)
{
  const char *names[COMMANDS];
  Error e = {0};
  for (size_t i = 0; i < COMMANDS; i++) {
    names[i] = commands[i].name;
  }
  const size_t nearest = text_nearest(name, names, COMMANDS);
  error_set(&e, STATUS_NAME, "unknown-command", _("there is no command %s"), name);
  if (nearest < COMMANDS) {
    error_hint(&e, _("did you mean %s? .help lists all"), names[nearest]);
  } else {
    error_hint(&e, _(".help lists the commands"));
  }
  console_error(console, &e);
}

static void run_command(CommandState *state, char *line)
{
  const Command *command = find(line);
  char *argument = line + strcspn(line, " \t");
  if (*argument) {
    *argument = '\0';
    argument += 1 + strspn(argument + 1, " \t");
  }
  if (!command) {
    unknown(state->console, line);
  } else if (*argument && !*command->argument) {
    Error e = {0};
    error_set(&e, STATUS_ARGUMENT, "command-argument", _("%s takes no argument"), command->name);
    console_error(state->console, &e);
  } else {
    command->run(state, argument);
  }
}

void command_run(CommandState *state, const char *line)
{
  line = skip_blanks(line);
  text_reset(&state->line);
  text_add(&state->line, line, trimmed(line));
  char *copy = state->line.data;
  if (!copy || state->line.failed) {
    return;
  }
  if (copy[0] == '.') {
    run_command(state, copy);
  } else if (copy[0] == '!') {
    run_shell(state, copy + 1 + strspn(copy + 1, " \t"));
  } else if (copy[0] == '?') {
    run_question(state, copy + 1 + strspn(copy + 1, " \t"));
  } else {
    copy[trimmed(copy) - 1] = '\0';
    copy[trimmed(copy)] = '\0';
    run_question(state, copy);
  }
}

/* ---- Completion
 * -------------------------------------------------------------------------------------------------- */

static void offer(Map *names, const char *name, const char *begun, size_t n)
{
  size_t number;
  if (name && strncmp(name, begun, n) == 0 &&
      map_put(names, name, strlen(name), &number, NULL, NULL) != STATUS_OK) {
    return; /* no memory: fewer candidates */
  }
}

static void offer_topics(Map *names, const char *begun, size_t n)
{
  for (size_t i = 0; i < registry_size(); i++) {
    offer(names, registry_at(i)->name, begun, n);
    offer(names, registry_at(i)->family, begun, n);
  }
  for (size_t i = 0; i < topics_size(); i++) {
    offer(names, topics_at(i)->name, begun, n);
  }
}

static int by_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void take_names(const Map *names, Completions *out)
{
  const size_t n = map_size(names);
  out->items = n ? mem_zero(n, sizeof *out->items) : NULL;
  for (size_t i = 0; out->items && i < n; i++) {
    char *copy = mem_string(map_key(names, i, NULL));
    if (copy) {
      out->items[out->n++] = copy;
    }
  }
  if (out->n > 1) {
    qsort(out->items, out->n, sizeof *out->items, by_text);
  }
}

bool command_complete(Session *session, const char *line, size_t point, Completions *out)
{
  const size_t blanks = strspn(line, " \t");
  const char *start = line + blanks;
  size_t topic = 0; /* offset of a topic's name, 0: none */
  (void)session;
  *out = (Completions){0};
  if (blanks < point && start[0] == '?') {
    topic = blanks + 1 + strspn(start + 1, " \t");
  } else if (blanks < point && strncmp(start, ".help ", 6) == 0) {
    topic = blanks + 6 + strspn(start + 6, " \t");
  } else if (blanks >= point || start[0] != '.' || strcspn(start, " \t") < point - blanks) {
    return false;
  }
  Map *names = map_new();
  out->from = topic ? topic : blanks;
  if (!names || out->from > point) {
    map_free(names);
    return true;
  }
  if (topic) {
    offer_topics(names, line + topic, point - topic);
  } else {
    for (size_t i = 0; i < COMMANDS; i++) {
      offer(names, commands[i].name, start, point - blanks);
    }
    out->append = ' ';
  }
  take_names(names, out);
  map_free(names);
  return true;
}
