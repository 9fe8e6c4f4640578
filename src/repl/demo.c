/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/demo.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"

enum { LARGEST = 1 << 20, NAMES_MOST = 200 };

struct Demo {
  char *text;
  const char *next; /* the next step's comment */
  Text narration;   /* of the step that was told: paragraphs, each a line */
  Text code;        /* its statements */
  int number, steps;
};

/* ---- Reading
 * ----------------------------------------------------------------------------------------------------- */

static const char *line_end(const char *line)
{
  return strchrnul(line, '\n');
}

static const char *next_line(const char *line)
{
  const char *end = line_end(line);
  return *end ? end + 1 : end;
}

static bool is_comment(const char *line)
{
  return strncmp(line, "--", 2) == 0;
}

/* The title's line: the first comment that is not the licence's. */
static const char *title_of(const char *text)
{
  while (is_comment(text) && strstr(text, "SPDX") && strstr(text, "SPDX") < line_end(text)) {
    text = next_line(text);
  }
  return text;
}

static size_t title_length(const char *title)
{
  return is_comment(title) ? (size_t)(line_end(title) - title) : 0;
}

static int count_steps(const char *text)
{
  int n = 0;
  for (bool before = false; *text; text = next_line(text)) {
    n += is_comment(text) && !before;
    before = is_comment(text);
  }
  return n;
}

/* Adds a comment line's text: joined to the paragraph, or as it is when it is indented. */
static void narrate(Text *out, const char *line)
{
  const char *text = line + 2, *end = line_end(line);
  const size_t blanks = strspn(text, " ");
  if (text + blanks >= end) {
    text_puts(out, "\n\n");
  } else if (blanks > 2) {
    text_puts(out, out->size && out->data[out->size - 1] != '\n' ? "\n" : "");
    text_add(out, text + 1, (size_t)(end - text) - 1);
    text_char(out, '\n');
  } else {
    text_puts(out, out->size && out->data[out->size - 1] != '\n' ? " " : "");
    text_add(out, text + blanks, (size_t)(end - text) - blanks);
  }
}

static bool is_name(const char *name)
{
  return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void path_of(const char *home, const char *name, Text *path)
{
  text_printf(path, "%s/lua/demos", home);
  if (name) {
    text_printf(path, "/%s.lua", name);
  }
}

typedef struct Names {
  char *items[NAMES_MOST];
  size_t n;
} Names;

static int by_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The demonstrations there are, sorted. */
static void find_names(const char *home, Names *names)
{
  Text path = {0};
  path_of(home, NULL, &path);
  DIR *folder = opendir(text_data(&path));
  text_free(&path);
  const struct dirent *entry;
  while (folder && names->n < NAMES_MOST && (entry = readdir(folder))) {
    const size_t n = strlen(entry->d_name);
    char *name = n > 4 && strcmp(entry->d_name + n - 4, ".lua") == 0 ? mem_text(entry->d_name, n - 4) : NULL;
    if (name) {
      names->items[names->n++] = name;
    }
  }
  if (folder) {
    closedir(folder);
  }
  qsort(names->items, names->n, sizeof *names->items, by_text);
}

static void free_names(Names *names)
{
  for (size_t i = 0; i < names->n; i++) {
    mem_free(names->items[i]);
  }
}

static Status no_such(const char *home, const char *name, Error *e)
{
  Names names = {0};
  find_names(home, &names);
  const size_t nearest = text_nearest(name, (const char *const *)names.items, names.n);
  error_set(e, STATUS_NAME, "unknown-demo", _("there is no demonstration '%s'"), name);
  if (nearest < names.n) {
    error_hint(e, _("did you mean '%s'? assay demo --list names them all"), names.items[nearest]);
  } else {
    error_hint(e, _("assay demo --list names them all"));
  }
  free_names(&names);
  return STATUS_NAME;
}

static Status read_demo(const char *home, const char *name, char **text, Error *e)
{
  Text path = {0};
  size_t size;
  path_of(home, name, &path);
  Status status = text_status(&path, e);
  if (status == STATUS_OK) {
    const bool there = is_name(name) && file_exists(path.data);
    status = there ? file_read(path.data, LARGEST, text, &size, e) : no_such(home, name, e);
  }
  text_free(&path);
  return status;
}

Status demo_open(const char *home, const char *name, Demo **out, Error *e)
{
  *out = NULL;
  Demo *demo = mem_zero(1, sizeof *demo);
  if (!demo) {
    return error_memory(e, sizeof *demo, name);
  }
  const Status status = read_demo(home, name, &demo->text, e);
  if (status != STATUS_OK) {
    demo_free(demo);
    return status;
  }
  demo->next = next_line(title_of(demo->text));
  while (*demo->next && !is_comment(demo->next)) {
    demo->next = next_line(demo->next);
  }
  demo->steps = count_steps(demo->next);
  *out = demo;
  return STATUS_OK;
}

void demo_free(Demo *demo)
{
  if (demo) {
    mem_free(demo->text);
    text_free(&demo->narration);
    text_free(&demo->code);
    mem_free(demo);
  }
}

static void add_title(const char *home, const char *name, Text *out)
{
  char *text = NULL;
  if (read_demo(home, name, &text, NULL) == STATUS_OK) {
    const char *title = title_of(text);
    const size_t length = title_length(title), skip = length > 2 ? 2 + strspn(title + 2, " ") : length;
    text_printf(out, "%-12s ", name);
    text_add(out, title + skip, length - skip);
    text_char(out, '\n');
  }
  mem_free(text);
}

Status demo_list(const char *home, Text *out, Error *e)
{
  Names names = {0};
  find_names(home, &names);
  for (size_t i = 0; i < names.n; i++) {
    add_title(home, names.items[i], out);
  }
  const size_t n = names.n;
  free_names(&names);
  if (n == 0) {
    return error_set(e, STATUS_FILE, "no-demos", _("there are no demonstrations below %s"), home);
  }
  return text_status(out, e);
}

/* ---- Running
 * ----------------------------------------------------------------------------------------------------- */

/* Takes the next step's comment and statements from the script. */
static bool take_step(Demo *demo)
{
  text_reset(&demo->narration);
  text_reset(&demo->code);
  if (!*demo->next) {
    return false;
  }
  demo->number++;
  while (is_comment(demo->next)) {
    narrate(&demo->narration, demo->next);
    demo->next = next_line(demo->next);
  }
  while (*demo->next && !is_comment(demo->next)) {
    text_add(&demo->code, demo->next, (size_t)(line_end(demo->next) - demo->next));
    text_char(&demo->code, '\n');
    demo->next = next_line(demo->next);
  }
  return true;
}

/* Takes the next statement from the step's code, lines joined until the session finds it complete. */
static bool take_statement(Session *session, const char **code, Text *statement)
{
  text_reset(statement);
  while (**code) {
    const char *end = line_end(*code);
    if (statement->size > 0) {
      text_char(statement, '\n');
    }
    text_add(statement, *code, (size_t)(end - *code));
    *code = next_line(*code);
    if (strspn(text_data(statement), " \t\n") == statement->size) {
      text_reset(statement);
    } else if (session_chunk_state(session, text_data(statement)) != CHUNK_INCOMPLETE) {
      return true;
    }
  }
  return statement->size > 0;
}

static void show_statement(const char *statement, Console *console)
{
  Text out = {0};
  const char *prompt = "> ";
  for (const char *line = statement; *line; line = next_line(line), prompt = ">> ") {
    text_puts(&out, prompt);
    text_add(&out, line, (size_t)(line_end(line) - line));
    text_char(&out, '\n');
  }
  console_text(console, &out);
  text_free(&out);
}

static void tell_narration(const Demo *demo, Console *console)
{
  const ViewStyle style = console_style(console);
  Text out = {0}, head = {0};
  text_printf(&head, "[%d/%d] ", demo->number, demo->steps);
  text_char(&out, '\n');
  style_put(&style, VIEW_TITLE, text_data(&head), &out);
  style_paragraph(&style, VIEW_PLAIN, text_data(&demo->narration), 0, head.size, 0, &out);
  text_char(&out, '\n');
  console_text(console, &out);
  text_free(&head);
  text_free(&out);
}

bool demo_tell(Demo *demo, Console *console, bool code)
{
  Text statement = {0};
  if (!take_step(demo)) {
    return false;
  }
  tell_narration(demo, console);
  const char *rest = text_data(&demo->code);
  while (code && take_statement(console->session, &rest, &statement)) {
    show_statement(text_data(&statement), console);
  }
  text_free(&statement);
  return true;
}

bool demo_ended(const Demo *demo)
{
  const char *code = text_data(&demo->code);
  return !*demo->next && code[strspn(code, " \t\n")] == '\0';
}

RunState demo_step(Demo *demo, Console *console, bool show, RunOutcome *outcome)
{
  Text statement = {0};
  const char *rest = text_data(&demo->code);
  RunState state = RUN_DONE;
  *outcome = (RunOutcome){0};
  while (state == RUN_DONE && take_statement(console->session, &rest, &statement)) {
    const char *probe = rest;
    show = show || probe[strspn(probe, " \t\n")] != '\0'; /* one of several */
    if (show) {
      show_statement(text_data(&statement), console);
    }
    state = console_run(console, text_data(&statement), "demo", true, outcome);
  }
  text_free(&statement);
  return state;
}

RunState demo_through(Demo *demo, Console *console, RunOutcome *outcome)
{
  RunState state = RUN_DONE;
  *outcome = (RunOutcome){0};
  while (state == RUN_DONE && demo_tell(demo, console, false)) {
    state = demo_step(demo, console, true, outcome);
    if (outcome->partial) {
      outcome->state = state = RUN_INTERRUPTED; /* nobody is there to go on with it */
      outcome->code = 130;
    }
  }
  return state;
}
