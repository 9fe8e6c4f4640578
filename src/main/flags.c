/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/flags.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"

enum { THREADS_MOST = 1024, SANDBOX_MEMORY = 1 << 30, SIDE_MOST = 1000 };

static const double SANDBOX_LUA_SECONDS = 1.2, SANDBOX_SECONDS = 10;

typedef struct Reader {
  char **next, **end; /* arguments not looked at yet */
  Flags *flags;
  Error *e;
} Reader;

/* value: what stands behind "=" or in the next argument, NULL for a flag that takes none. */
typedef Status (*FlagFunction)(Reader *reader, const char *value);

typedef struct Flag {
  const char *name, *value; /* value: what to call it, NULL: none */
  FlagFunction function;
} Flag;

static Status add_item(Reader *reader, const char *text, bool is_module)
{
  Flags *flags = reader->flags;
  flags->items[flags->n_items++] = (FlagItem){is_module, text};
  flags->has_code = flags->has_code || !is_module;
  return STATUS_OK;
}

static Status take_code(Reader *reader, const char *value)
{
  return add_item(reader, value, false);
}

static Status take_module(Reader *reader, const char *value)
{
  return add_item(reader, value, true);
}

/* A whole number from 0 to most. */
static Status whole(const char *flag, const char *value, uint64_t most, uint64_t *out, Error *e)
{
  char *end = NULL;
  errno = 0;
  const unsigned long long number = isdigit((unsigned char)*value) ? strtoull(value, &end, 10) : 0;
  if (!end || *end || errno || number > most) {
    return error_set(e, STATUS_ARGUMENT, "bad-flag",
                     _("%1$s takes a whole number from 0 to %2$llu, not '%3$s'"), flag,
                     (unsigned long long)most, value);
  }
  *out = number;
  return STATUS_OK;
}

static Status take_journal(Reader *reader, const char *value)
{
  reader->flags->journal = value;
  return *value ? STATUS_OK
                : error_set(reader->e, STATUS_ARGUMENT, "bad-flag", _("--journal takes the name of a file"));
}

static Status take_format(Reader *reader, const char *value)
{
  static const char *const formats[] = {"text", "json", "markdown", "html", "csv", "tsv"};
  enum { FORMATS = sizeof formats / sizeof *formats };
  for (size_t i = 0; i < FORMATS; i++) {
    if (strcmp(value, formats[i]) == 0) {
      reader->flags->format = i ? value : NULL;
      return STATUS_OK;
    }
  }
  const size_t near = text_nearest(value, formats, FORMATS);
  error_set(reader->e, STATUS_ARGUMENT, "bad-flag", _("--format takes text, json, markdown, html, csv or tsv, not '%s'"), value);
  return near < FORMATS ? error_hint(reader->e, _("did you mean %s?"), formats[near]) : STATUS_ARGUMENT;
}

static Status take_color(Reader *reader, const char *value)
{
  if (strcmp(value, "auto") != 0 && strcmp(value, "always") != 0 && strcmp(value, "never") != 0) {
    return error_set(reader->e, STATUS_ARGUMENT, "bad-flag", _("--color takes auto, always or never, not '%s'"), value);
  }
  reader->flags->no_color = *value == 'n';
  reader->flags->color = value[1] == 'l';
  return STATUS_OK;
}

static Status take_data(Reader *reader, const char *value)
{
  reader->flags->data[reader->flags->n_data++] = value;
  return STATUS_OK;
}

static Status take_seed(Reader *reader, const char *value)
{
  return whole("--seed", value, INT64_MAX, &reader->flags->seed, reader->e);
}

static Status take_threads(Reader *reader, const char *value)
{
  uint64_t threads = 0;
  const Status status = whole("--threads", value, THREADS_MOST, &threads, reader->e);
  reader->flags->threads = threads;
  return status;
}

/* "2G", "500M", "64k", "1000000": powers of 1024, in either case, with or without B or iB. */
static Status take_memory(Reader *reader, const char *value)
{
  static const char units[] = "kmgt";
  char *end = NULL;
  const double number = isdigit((unsigned char)*value) ? strtod(value, &end) : 0;
  double bytes = number;
  if (end && *end) {
    const char *unit = strchr(units, tolower((unsigned char)*end));
    for (long power = unit ? unit - units + 1 : 0; power > 0; power--) {
      bytes *= 1024;
    }
    end += unit ? 1 : 0;
    end += strcasecmp(end, "b") == 0 ? 1 : strcasecmp(end, "ib") == 0 ? 2 : 0;
  }
  if (!end || *end || !(bytes >= 1) || bytes > 0x1p62) {
    return error_set(reader->e, STATUS_ARGUMENT, "bad-flag",
                     _("--memory takes a size such as 500M or 2G, not '%s'"), value);
  }
  reader->flags->memory = (size_t)bytes;
  return STATUS_OK;
}

/* Seconds, such as 60 or 0.5. */
static Status take_time(Reader *reader, const char *value)
{
  char *end = NULL;
  const double seconds = isdigit((unsigned char)*value) ? strtod(value, &end) : 0;
  if (!end || *end || !(seconds >= 0.01) || seconds > 1e6) {
    return error_set(reader->e, STATUS_ARGUMENT, "bad-flag", _("--time takes seconds from 0.01 to 1000000, not '%s'"), value);
  }
  reader->flags->time.lua = reader->flags->time.all = seconds;
  reader->flags->timed = true;
  return STATUS_OK;
}

static Status take_keys(Reader *reader, const char *value)
{
  reader->flags->keys = value;
  return STATUS_OK;
}

static Status take_save_screen(Reader *reader, const char *value)
{
  reader->flags->save_screen = value;
  return STATUS_OK;
}

/* "80x24". */
static Status take_size(Reader *reader, const char *value)
{
  int width = 0, height = 0, end = 0;
  if (sscanf(value, "%4dx%4d%n", &width, &height, &end) != 2 || value[end] || width < 1 || height < 1 ||
      width > SIDE_MOST || height > SIDE_MOST) {
    return error_set(reader->e, STATUS_ARGUMENT, "bad-flag", _("--size takes columns and lines such as 80x24, not '%s'"), value);
  }
  reader->flags->width = width;
  reader->flags->height = height;
  return STATUS_OK;
}

#define SWITCH(name, field)                                    \
  static Status take_##name(Reader *reader, const char *value) \
  {                                                            \
    (void)value;                                               \
    reader->flags->field;                                      \
    return STATUS_OK;                                          \
  }

SWITCH(prompt, prompt = true)
SWITCH(quiet, quiet = true)
SWITCH(usage, task = TASK_USAGE)
SWITCH(version, task = TASK_VERSION)
SWITCH(no_rc, no_rc = true)
SWITCH(no_color, no_color = true)
SWITCH(plain, plain = true)
SWITCH(ascii, ascii = true)
SWITCH(list, list = true)
SWITCH(automatic, automatic = true)
SWITCH(no_journal, no_journal = true)
SWITCH(check, check = true)
SWITCH(sandbox, sandbox = true)

static const Flag all[] = {
  {"-e", "CODE", take_code},         {"-i", NULL, take_prompt},          {"-l", "MODULE", take_module},
  {"-q", NULL, take_quiet},          {"-h", NULL, take_usage},           {"--help", NULL, take_usage},
  {"--version", NULL, take_version}, {"--seed", "N", take_seed},         {"--threads", "N", take_threads},
  {"--memory", "SIZE", take_memory},    {"--no-rc", NULL, take_no_rc},   {"--no-color", NULL, take_no_color},
  {"--plain", NULL, take_plain},     {"--ascii", NULL, take_ascii},      {"--list", NULL, take_list},
  {"--auto", NULL, take_automatic},
  {"--no-journal", NULL, take_no_journal}, {"--journal", "FILE", take_journal}, {"--check", NULL, take_check},
  {"--data", "FILE", take_data},        {"--format", "KIND", take_format},
  {"--color", "WHEN", take_color},
  {"--keys", "FILE", take_keys},        {"--save-screen", "FILE", take_save_screen}, {"--size", "WxH", take_size},
  {"--sandbox", NULL, take_sandbox},    {"--time", "SECONDS", take_time},
};

enum { FLAGS = sizeof all / sizeof *all };

static Status unknown(const char *argument, size_t length, Error *e)
{
  const char *names[FLAGS];
  char *given = mem_text(argument, length);
  for (size_t i = 0; i < FLAGS; i++) {
    names[i] = all[i].name;
  }
  const size_t nearest = given && length > 2 ? text_nearest(given, names, FLAGS) : FLAGS;
  const Status status =
      error_set(e, STATUS_ARGUMENT, "unknown-flag", _("there is no option %s"), given ? given : argument);
  mem_free(given);
  if (nearest < FLAGS) {
    return error_hint(e, _("did you mean %s? assay --help lists all"), names[nearest]);
  }
  error_hint(e, _("assay --help lists all"));
  return status;
}

/* Whether the argument is this flag: "--seed", "--seed=7", "-e", "-ecode". *value: what is joined to it,
 * or NULL. */
static bool is_flag(const Flag *flag, const char *argument, const char **value)
{
  const size_t n = strlen(flag->name);
  *value = NULL;
  if (strcmp(argument, flag->name) == 0) {
    return true;
  }
  if (!flag->value || strncmp(argument, flag->name, n) != 0) {
    return false;
  }
  *value = n == 2 ? argument + n : argument[n] == '=' ? argument + n + 1 : NULL;
  return *value != NULL;
}

static Status take_flag(Reader *reader)
{
  const char *argument = *reader->next++, *value;
  for (size_t i = 0; i < FLAGS; i++) {
    if (!is_flag(&all[i], argument, &value)) {
      continue;
    }
    if (all[i].value && !value) {
      if (reader->next == reader->end) {
        return error_set(reader->e, STATUS_ARGUMENT, "flag-value", _("%1$s needs a value: %1$s %2$s"),
                         all[i].name, all[i].value);
      }
      value = *reader->next++;
    }
    return all[i].function(reader, value);
  }
  return unknown(argument, strcspn(argument, "="), reader->e);
}

static MainTask sub_command(const char *word)
{
  return strcmp(word, "demo") == 0        ? TASK_DEMO
         : strcmp(word, "help") == 0      ? TASK_HELP
         : strcmp(word, "reference") == 0 ? TASK_REFERENCE
         : strcmp(word, "replay") == 0    ? TASK_REPLAY
         : strcmp(word, "resume") == 0    ? TASK_RESUME
         : strcmp(word, "dash") == 0      ? TASK_DASH
         : strcmp(word, "report") == 0    ? TASK_REPORT
                                          : TASK_RUN;
}

static Status extra_argument(const Flags *flags, const char *argument, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "extra-argument", _("one argument too many: '%s'"), argument);
  return flags->task == TASK_DASH
             ? error_hint(e, _("the dashboard opens with one file; others by `:` there, as in :b = read \"%s\""), argument)
             : STATUS_ARGUMENT;
}

/* Behind a sub-command come its topic and further flags, in any order. */
static Status take_topic(Reader *reader)
{
  Flags *flags = reader->flags;
  while (reader->next < reader->end) {
    const char *argument = *reader->next;
    Status status = STATUS_OK;
    if (argument[0] == '-' && argument[1]) {
      status = take_flag(reader);
    } else if (flags->topic) {
      status = extra_argument(flags, argument, reader->e);
    } else {
      flags->topic = argument;
      reader->next++;
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

/* What the dashboard takes. */
static Status check_dash(const Flags *flags, Error *e)
{
  if ((flags->keys || flags->save_screen || flags->width) && flags->task != TASK_DASH) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--keys, --save-screen and --size belong to assay dash"));
  }
  if (!flags->keys && (flags->save_screen || flags->width)) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--save-screen and --size go with --keys"));
  }
  if (flags->task == TASK_REPORT && !flags->topic) {
    return error_set(e, STATUS_ARGUMENT, "no-file", _("assay report needs a file to report on"));
  }
  return STATUS_OK;
}

static Status check(const Flags *flags, Error *e)
{
  if (flags->list && flags->task != TASK_DEMO && flags->task != TASK_RESUME) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--list belongs to assay demo and assay resume"));
  }
  if (flags->automatic && flags->task != TASK_DEMO) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--auto belongs to assay demo"));
  }
  if (flags->sandbox && flags->task != TASK_RUN && flags->task != TASK_USAGE && flags->task != TASK_VERSION) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--sandbox belongs to scripts, -e and the prompt"));
  }
  if (flags->sandbox && flags->journal) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--journal does not go with --sandbox, which writes no files"));
  }
  if (flags->timed && !flags->sandbox) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--time belongs to --sandbox"));
  }
  if (flags->check && flags->task != TASK_REPLAY) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--check belongs to assay replay"));
  }
  if (flags->n_data > 0 && flags->task != TASK_REPLAY && flags->task != TASK_RUN) {
    return error_set(e, STATUS_ARGUMENT, "misplaced-flag", _("--data belongs to a script and to assay replay"));
  }
  if (flags->task == TASK_REPLAY && !flags->topic) {
    return error_set(e, STATUS_ARGUMENT, "no-file", _("assay replay needs a journal or a script"));
  }
  if (flags->task == TASK_REFERENCE && !flags->topic) {
    return error_set(e, STATUS_ARGUMENT, "no-folder", _("assay reference needs a folder to write to"));
  }
  return STATUS_OK;
}

/* Where the flags end: a script, a sub-command or nothing. */
static Status take_rest(Reader *reader, bool only_script)
{
  Flags *flags = reader->flags;
  if (reader->next == reader->end) {
    return STATUS_OK;
  }
  const MainTask task = only_script ? TASK_RUN : sub_command(*reader->next);
  if (task == TASK_RUN) {
    flags->script = reader->next;
    flags->n_script = (size_t)(reader->end - reader->next);
    return STATUS_OK;
  }
  flags->task = flags->task == TASK_RUN ? task : flags->task;
  reader->next++;
  return take_topic(reader);
}

Status flags_read(int argc, char **argv, Flags *flags, Error *e)
{
  const size_t n = argc > 0 ? (size_t)argc : 0;
  Reader reader = {argv + (n > 0), argv + n, flags, e};
  bool ended = false;
  *flags = (Flags){.seed = 1, .time = {SANDBOX_LUA_SECONDS, SANDBOX_SECONDS}};
  flags->items = mem_zero(n + 1, sizeof *flags->items);
  flags->data = mem_zero(n + 1, sizeof *flags->data);
  if (!flags->items || !flags->data) {
    return error_memory(e, 0, _("the command line"));
  }
  while (reader.next < reader.end && !ended && (*reader.next)[0] == '-' && (*reader.next)[1]) {
    if (strcmp(*reader.next, "--") == 0) {
      reader.next++;
      ended = true;
    } else {
      const Status status = take_flag(&reader);
      if (status != STATUS_OK) {
        return status;
      }
    }
  }
  const Status status = take_rest(&reader, ended);
  if (flags->sandbox && !flags->memory) {
    flags->memory = SANDBOX_MEMORY;
  }
  if (status != STATUS_OK || check_dash(flags, e) != STATUS_OK) {
    return status != STATUS_OK ? status : STATUS_ARGUMENT;
  }
  return check(flags, e);
}

void flags_free(Flags *flags)
{
  mem_free(flags->items);
  mem_free(flags->data);
  flags->items = NULL;
  flags->data = NULL;
}

const char *flags_usage(void)
{
  return "usage: assay [options] [script [arguments]]\n"
           "       assay [options] TABLE\n"
           "       assay [options] demo [NAME [--auto]] | demo --list | help [TOPIC] | reference FOLDER\n"
           "       assay [options] replay FILE [--check] [--data [NAME=]FILE]\n"
           "       assay [options] resume [FILE | --list]\n"
           "       assay [options] dash [TABLE] [--keys FILE] | report TABLE\n"
           "\n"
           "A workbench for customer analytics, scripted in Lua. Without a script: a prompt at a\n"
           "terminal, else the script comes from standard input. TABLE is a file such as sales.csv: it\n"
           "is read as `data`, described, and three next steps are proposed.\n"
           "\n"
           "  -e CODE        run CODE; an expression's value is shown; may be repeated\n"
           "  -l MODULE      require a module first\n"
           "  -i             go on with a prompt after the script\n"
           "  -q             quiet: no banner, no live line, no times\n"
           "  -              read the script from standard input\n"
           "  --             what follows is a script and its arguments (global arg)\n"
           "  --seed N       seed of math.random (1)\n"
           "  --threads N    threads to use (as many as processors); results do not depend on it\n"
           "  --format KIND  values as text, json, markdown, html, csv or tsv (text)\n"
           "  --memory SIZE  most memory for data and models, such as 500M or 2G\n"
           "  --sandbox      run what somebody else wrote: reads files below the script's folder and\n"
           "                 datasets/, writes none, starts nothing; 1G of memory, 10 s of processor time,\n"
           "                 of which 1.2 s in Lua code itself\n"
           "  --time SECONDS processor time in the sandbox\n"
           "  --no-rc        do not run ~/.config/assay/rc.lua before the prompt\n"
           "  --no-journal   keep no journal of the prompt's statements\n"
           "  --journal FILE keep the journal there; also without a prompt\n"
           "  --data FILE    read FILE in the place of the first file that a script reads; NAME=FILE:\n"
           "                 in the place of the file of that name\n"
           "  --keys FILE    drive the dashboard by keys from FILE, without a terminal; screens go to\n"
           "                 standard output or to the FILE of --save-screen; --size WxH (80x24)\n"
           "  --color WHEN   colour: auto (NO_COLOR and FORCE_COLOR count), always or never\n"
           "  --ascii        draw with ASCII characters only\n"
           "  --plain        no colour, no drawing, no live line: for screen readers and logs\n"
           "  -h, --help     this text\n"
           "  --version      versions of assay and of what it is built on\n"
           "\n"
           "Exit status: 0 done, 1 the script failed, 2 wrong usage, 130 interrupted, os.exit's own.\n";
}
