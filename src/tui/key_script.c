/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/key_script.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "tui/key.h"

enum { SCRIPT_MOST = 1 << 20, SIDE_MOST = 1000 };

typedef struct Reader {
  const char *path;
  size_t line;
  Script *script;
  size_t room;
  Error *e;
} Reader;

bool key_script_size(const char *text, int *width, int *height)
{
  char *end;
  const long w = strtol(text, &end, 10);
  if (end == text || *end != 'x' || w < 1 || w > SIDE_MOST) {
    return false;
  }
  const char *from = end + 1;
  const long h = strtol(from, &end, 10);
  if (end == from || *end || h < 1 || h > SIDE_MOST) {
    return false;
  }
  *width = (int)w;
  *height = (int)h;
  return true;
}

void key_script_free(Script *script)
{
  for (size_t i = 0; i < script->n; i++) {
    mem_free(script->steps[i].text);
  }
  mem_free(script->steps);
  *script = (Script){0};
}

static Status add(Reader *reader, ScriptStep step)
{
  Script *script = reader->script;
  if (script->n == reader->room) {
    const size_t room = reader->room ? 2 * reader->room : 64;
    ScriptStep *steps = mem_resize(script->steps, room, sizeof *steps);
    if (!steps) {
      mem_free(step.text);
      return error_memory(reader->e, room * sizeof *steps, _("the keys"));
    }
    script->steps = steps;
    reader->room = room;
  }
  script->steps[script->n++] = step;
  return STATUS_OK;
}

static Status refuse(Reader *reader, const char *what)
{
  error_set(reader->e, STATUS_FORMAT, "bad-keys", _("%1$s:%2$zu: '%3$s' is no key and no command of key scripts"),
            reader->path, reader->line, what);
  return error_hint(reader->e, _("a line is keys such as Down or C-p, text \"...\", wait, wait-job, screen, pens or "
                                 "resize 80x24"));
}

static bool is_quoted(const char *s)
{
  const size_t n = strlen(s);
  return n >= 2 && s[0] == '"' && s[n - 1] == '"';
}

/* A quoted text without its quotes; NULL: no memory. */
static char *unquote(const char *s)
{
  Text out = {0};
  const size_t n = strlen(s);
  for (size_t i = 1; i + 1 < n; i++) {
    i += s[i] == '\\' && i + 2 < n;
    text_char(&out, s[i]);
  }
  char *bytes = out.size || out.failed ? text_take(&out) : mem_string("");
  text_free(&out);
  return bytes;
}

static Status read_keys(Reader *reader, const char *line)
{
  Status status = STATUS_OK;
  while (*line && status == STATUS_OK) {
    const size_t n = strcspn(line, " \t");
    const uint32_t key = key_named(line, n);
    status = key ? add(reader, (ScriptStep){.kind = SCRIPT_KEY, .key = key}) : refuse(reader, line);
    line += n;
    line += strspn(line, " \t");
  }
  return status;
}

/* What stands behind a command's word, or NULL when the line is not that command. */
static const char *after_word(const char *line, const char *word)
{
  const size_t n = strlen(word);
  if (strncmp(line, word, n) != 0 || (line[n] && !isblank((unsigned char)line[n]))) {
    return NULL;
  }
  return line + n + strspn(line + n, " \t");
}

static Status add_text(Reader *reader, ScriptKind kind, char *text)
{
  return text ? add(reader, (ScriptStep){.kind = kind, .text = text}) : error_memory(reader->e, 0, _("the keys"));
}

static Status read_line(Reader *reader, const char *line)
{
  const char *rest;
  if (!*line || *line == '#') {
    return STATUS_OK;
  }
  if ((rest = after_word(line, "text"))) {
    return is_quoted(rest) ? add_text(reader, SCRIPT_TEXT, unquote(rest)) : refuse(reader, line);
  }
  if ((rest = after_word(line, "screen"))) {
    return add_text(reader, SCRIPT_SCREEN, mem_string(rest));
  }
  if ((rest = after_word(line, "page"))) {
    return add_text(reader, SCRIPT_PAGE, mem_string(rest));
  }
  if ((rest = after_word(line, "resize"))) {
    ScriptStep step = {.kind = SCRIPT_RESIZE};
    return key_script_size(rest, &step.width, &step.height) ? add(reader, step) : refuse(reader, line);
  }
  if (strcmp(line, "wait") == 0 || strcmp(line, "wait-job") == 0 || strcmp(line, "pens") == 0) {
    const ScriptKind kind = line[0] == 'p' ? SCRIPT_PENS : line[4] ? SCRIPT_WAIT_JOB : SCRIPT_WAIT;
    return add(reader, (ScriptStep){.kind = kind});
  }
  return read_keys(reader, line);
}

Status key_script_read(const char *path, Script *out, Error *e)
{
  Reader reader = {.path = path, .script = out, .e = e};
  char *bytes = NULL;
  size_t size = 0;
  *out = (Script){0};
  Status status = file_read(path, SCRIPT_MOST, &bytes, &size, e);
  for (char *line = bytes; status == STATUS_OK && line && *line;) {
    char *end = line + strcspn(line, "\n"), *next = end + (*end == '\n');
    while (end > line && isspace((unsigned char)end[-1])) {
      end--;
    }
    *end = '\0';
    reader.line++;
    status = read_line(&reader, line + strspn(line, " \t"));
    line = next;
  }
  mem_free(bytes);
  if (status != STATUS_OK) {
    key_script_free(out);
  }
  return status;
}
