/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/demo_script.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"

enum { LARGEST = 1 << 20, NAMES_MOST = 200 };

/* ---- Lines */

const char *demo_line_end(const char *line)
{
  return strchrnul(line, '\n');
}

const char *demo_next_line(const char *line)
{
  const char *end = demo_line_end(line);
  return *end ? end + 1 : end;
}

static bool is_comment(const char *line)
{
  return strncmp(line, "--", 2) == 0;
}

/* The title's line: the first comment that is not the licence's. */
static const char *title_of(const char *text)
{
  while (is_comment(text) && strstr(text, "SPDX") && strstr(text, "SPDX") < demo_line_end(text)) {
    text = demo_next_line(text);
  }
  return text;
}

static size_t title_length(const char *title)
{
  return is_comment(title) ? (size_t)(demo_line_end(title) - title) : 0;
}

/* ---- Steps */

static size_t count_steps(const char *text)
{
  size_t n = 0;
  for (bool before = false; *text; text = demo_next_line(text)) {
    n += is_comment(text) && !before;
    before = is_comment(text);
  }
  return n;
}

/* Adds a comment line's text: joined to the paragraph, or as it is when it is indented. */
static void narrate(Text *out, const char *line)
{
  const char *text = line + 2, *end = demo_line_end(line);
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

/* The rest of a line behind its mark, joined to what is there by a blank. */
static void add_rest(Text *out, const char *line)
{
  const char *text = line + 3 + strspn(line + 3, " "), *end = demo_line_end(line);
  if (text < end) {
    text_puts(out, out->size ? " " : "");
    text_add(out, text, (size_t)(end - text));
  }
}

static void take_comment(DemoStep *step, const char *line)
{
  if (line[2] == '?') {
    step->asks = true;
    add_rest(&step->names, line);
  } else if (line[2] == '!') {
    add_rest(&step->hint, line);
  } else if (line[2] == '>') {
    add_rest(&step->stepper, line);
  } else {
    narrate(&step->narration, line);
  }
}

static const char *take_step(DemoStep *step, const char *text)
{
  for (; is_comment(text); text = demo_next_line(text)) {
    take_comment(step, text);
  }
  for (; *text && !is_comment(text); text = demo_next_line(text)) {
    text_add(&step->code, text, (size_t)(demo_line_end(text) - text));
    text_char(&step->code, '\n');
  }
  return text;
}

static Status step_status(const DemoStep *step, Error *e)
{
  const Text *const texts[] = {&step->narration, &step->code, &step->names, &step->hint, &step->stepper};
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < sizeof texts / sizeof *texts; i++) {
    status = text_status(texts[i], e);
  }
  return status;
}

static Status take_steps(DemoScript *script, const char *text, Error *e)
{
  text = demo_next_line(title_of(text));
  while (*text && !is_comment(text)) {
    text = demo_next_line(text);
  }
  const size_t n = count_steps(text);
  script->steps = mem_zero(n + 1, sizeof *script->steps);
  Status status = script->steps ? STATUS_OK : error_memory(e, n, _("a demonstration"));
  for (; status == STATUS_OK && script->n < n; script->n++) {
    text = take_step(&script->steps[script->n], text);
    status = step_status(&script->steps[script->n], e);
  }
  return status;
}

bool demo_has_code(const DemoStep *step)
{
  const char *code = text_data(&step->code);
  return code[strspn(code, " \t\n")] != '\0';
}

/* ---- Names in a step's statements */

static size_t name_length(const char *text)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return *text >= '0' && *text <= '9' ? 0 : strspn(text, letters);
}

/* Whether a line begins "a =" or "a, b ="; *end is then behind the last name. */
static bool begins_assignment(const char *line, const char **end)
{
  size_t n = name_length(line);
  while (n > 0) {
    *end = line + n;
    line += n + strspn(line + n, " ");
    if (*line != ',') {
      return line[0] == '=' && line[1] != '=';
    }
    line += 1 + strspn(line + 1, " ");
    n = name_length(line);
  }
  return false;
}

void demo_variables(const DemoStep *step, Text *out)
{
  const char *end;
  for (const char *line = text_data(&step->code); *line; line = demo_next_line(line)) {
    if (begins_assignment(line, &end)) {
      text_puts(out, out->size ? ", " : "");
      text_add(out, line, (size_t)(end - line));
    }
  }
}

/* ---- Files */

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

static Status read_text(const char *home, const char *name, char **text, Error *e)
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

Status demo_script_read(const char *home, const char *name, DemoScript *out, Error *e)
{
  char *text = NULL;
  *out = (DemoScript){0};
  Status status = read_text(home, name, &text, e);
  if (status == STATUS_OK) {
    out->name = mem_string(name);
    status = out->name ? take_steps(out, text, e) : error_memory(e, strlen(name), _("a demonstration"));
  }
  mem_free(text);
  if (status != STATUS_OK) {
    demo_script_free(out);
  }
  return status;
}

void demo_script_free(DemoScript *script)
{
  for (size_t i = 0; i < script->n; i++) {
    DemoStep *step = &script->steps[i];
    text_free(&step->narration);
    text_free(&step->code);
    text_free(&step->names);
    text_free(&step->hint);
    text_free(&step->stepper);
  }
  mem_free(script->steps);
  mem_free(script->name);
  *script = (DemoScript){0};
}

static void add_title(const char *home, const char *name, Text *out)
{
  char *text = NULL;
  if (read_text(home, name, &text, NULL) == STATUS_OK) {
    const char *title = title_of(text);
    const size_t length = title_length(title), skip = length > 2 ? 2 + strspn(title + 2, " ") : length;
    text_printf(out, "%-14s ", name);
    text_add(out, title + skip, length - skip);
    text_char(out, '\n');
  }
  mem_free(text);
}

Status demo_script_list(const char *home, Text *out, Error *e)
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
