/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/slice.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "journal/chunk_names.h"

static const char name_shown[] = "_";

typedef struct Slicer {
  const Steps *steps;
  ChunkNames *names;   /* of each step */
  Map *variables;      /* all names that some step set, and those for what has no name */
  bool *needed;        /* by variable */
  size_t *class;       /* by variable: union-find of what may hold one another */
  bool *stateful;      /* by variable: it held, some time, what can change unseen */
  bool *handle;        /* by variable: it held, some time, something of Lua's own, such as an open file */
  bool *callable;      /* by variable: it held, some time, a function */
  bool *opaque;        /* by variable: a function or state that was made by an opaque statement */
  size_t n;            /* variables */
  bool all_shown;      /* a kept statement names values that were shown by their numbers: all of these are needed */
  bool all_files;      /* a kept statement reads files that are not known */
  Map *files;          /* that kept statements read */
  Error *e;
} Slicer;

static bool is_stateful(const Fact *fact)
{
  static const char *const words[] = {"closure", "thread", "userdata", "state", "iterator"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(fact->what, words[i]) == 0) {
      return true;
    }
  }
  return strcmp(fact->what, "table") == 0 && !fact->digested;
}

static bool is_callable(const Fact *fact)
{
  return is_stateful(fact) || strcmp(fact->what, "function") == 0;
}

/* ---- Variables */

static Status add_variable(Slicer *s, const char *name)
{
  size_t number;
  return map_put(s->variables, name, strlen(name), &number, NULL, s->e);
}

static bool variable_of(const Slicer *s, const char *name, size_t *number)
{
  return map_get(s->variables, name, strlen(name), number);
}

static Status find_variables(Slicer *s)
{
  Status status = STATUS_OK;
  TRY(add_variable(s, NAME_RANDOM));
  TRY(add_variable(s, NAME_FILES));
  TRY(add_variable(s, name_shown));
  for (size_t i = 0; i < s->steps->n; i++) {
    for (size_t j = 0; j < s->steps->items[i].n; j++) {
      const Fact *fact = &s->steps->items[i].facts[j];
      if (fact->kind == FACT_SETS) {
        TRY(add_variable(s, fact->name));
      }
    }
  }
done:
  return status;
}

static size_t class_of(const Slicer *s, size_t variable)
{
  while (s->class[variable] != variable) {
    variable = s->class[variable];
  }
  return variable;
}

/* What is written through a handle changes files. */
static Status learn_handles(Slicer *s, ChunkNames *names)
{
  size_t number;
  for (size_t v = 0; v < s->n; v++) {
    if (s->handle[v] && names_have(names->mentions, map_key(s->variables, v, NULL))) {
      return map_put(names->mentions, NAME_FILES, strlen(NAME_FILES), &number, NULL, s->e);
    }
  }
  return STATUS_OK;
}

static void learn_kinds(Slicer *s, const Step *step, const ChunkNames *names)
{
  for (size_t j = 0; j < step->n; j++) {
    size_t number;
    const Fact *fact = &step->facts[j];
    if (fact->kind == FACT_SETS && variable_of(s, fact->name, &number)) {
      s->stateful[number] = s->stateful[number] || is_stateful(fact);
      s->handle[number] = s->handle[number] || strcmp(fact->what, "userdata") == 0;
      s->callable[number] = s->callable[number] || is_callable(fact);
      s->opaque[number] = s->opaque[number] || (names->opaque && is_callable(fact));
    }
  }
}

/* Variables with a state that one statement has to do with are of one class. */
static void join_classes(Slicer *s, const Step *step, const ChunkNames *names)
{
  size_t first = SIZE_MAX;
  for (size_t v = 0; v < s->n; v++) {
    const char *name = map_key(s->variables, v, NULL);
    bool has = names_have(names->mentions, name);
    for (size_t j = 0; j < step->n && !has; j++) {
      has = step->facts[j].kind == FACT_SETS && strcmp(step->facts[j].name, name) == 0;
    }
    if (has && s->stateful[v]) {
      if (first == SIZE_MAX) {
        first = v;
      } else {
        s->class[class_of(s, v)] = class_of(s, first);
      }
    }
  }
}

/* ---- What a statement does */

static bool is_set(const Step *step, const char *name)
{
  for (size_t j = 0; j < step->n; j++) {
    if (step->facts[j].kind == FACT_SETS && strcmp(step->facts[j].name, name) == 0) {
      return true;
    }
  }
  return false;
}

static bool shows(const Step *step)
{
  for (size_t j = 0; j < step->n; j++) {
    if (step->facts[j].kind == FACT_SHOWS) {
      return true;
    }
  }
  return false;
}

/* A part of something that is none of the user's variables: a function put into a library table. */
static bool changes_library(const Slicer *s, const ChunkNames *names)
{
  for (size_t i = 0; i < map_size(names->parts); i++) {
    size_t number;
    if (!variable_of(s, map_key(names->parts, i, NULL), &number)) {
      return true;
    }
  }
  return false;
}

static bool writes_needed_file(const Slicer *s, const Step *step, const ChunkNames *names)
{
  size_t number;
  if (names_have(names->mentions, NAME_FILES)) {
    return s->all_files || map_size(s->files) > 0;
  }
  for (size_t j = 0; j < step->n; j++) {
    const Fact *fact = &step->facts[j];
    if (fact->kind == FACT_WROTE && (s->all_files || map_get(s->files, fact->name, strlen(fact->name), &number))) {
      return true;
    }
  }
  return false;
}

/* Whether a statement gave `variable` a value, or may have changed it. */
static bool touches(const Slicer *s, const Step *step, const ChunkNames *names, size_t variable)
{
  const char *name = map_key(s->variables, variable, NULL);
  if (variable == 1) { /* files */
    return false;
  }
  return is_set(step, name) || (strcmp(name, name_shown) == 0 && shows(step)) ||
         ((s->stateful[variable] || *name == '%') && names_have(names->mentions, name));
}

/* One that failed is left out, unless it gave something a value before it failed; an endless one cannot be run again. */
static bool failed_matters(const Slicer *s, const Step *step)
{
  bool matters = false;
  for (size_t v = 0; v < s->n && !matters; v++) {
    matters = s->needed[v] && is_set(step, map_key(s->variables, v, NULL));
  }
  return matters && strcmp(step->run.id, "interrupted") != 0;
}

static bool is_needed(const Slicer *s, const Step *step, const ChunkNames *names)
{
  if (step->undone || step->run.failed) {
    return !step->undone && failed_matters(s, step);
  }
  if (s->all_shown && shows(step)) {
    return true;
  }
  if (names->opaque || changes_library(s, names) || writes_needed_file(s, step, names)) {
    return true;
  }
  for (size_t v = 0; v < s->n; v++) {
    if (s->needed[v] && touches(s, step, names, v)) {
      return true;
    }
  }
  return false;
}

/* ---- What a statement needs */

static void need(Slicer *s, size_t variable)
{
  const size_t class = s->stateful[variable] ? class_of(s, variable) : SIZE_MAX;
  s->needed[variable] = true;
  for (size_t v = 0; v < s->n && class != SIZE_MAX; v++) {
    s->needed[v] = s->needed[v] || (s->stateful[v] && class_of(s, v) == class);
  }
}

/* One that was given a whole new value is not needed from further back. */
static void forget(Slicer *s, const Step *step, const ChunkNames *names)
{
  for (size_t v = 0; v < s->n; v++) {
    const char *name = map_key(s->variables, v, NULL);
    const bool whole = names_have(names->assigns, name) && !names_have(names->parts, name) && is_set(step, name);
    if (s->needed[v] && (whole || (strcmp(name, name_shown) == 0 && shows(step)))) {
      s->needed[v] = false;
    }
  }
}

/* All that was mentioned where a function was made, up to step `last`, again and again until nothing is new. */
static void follow_functions(Slicer *s, size_t last)
{
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i <= last; i++) {
      bool makes = false;
      for (size_t v = 0; v < s->n && !makes; v++) {
        makes = s->needed[v] && s->callable[v] && touches(s, &s->steps->items[i], &s->names[i], v);
      }
      for (size_t v = 0; v < s->n && makes; v++) {
        if (!s->needed[v] && names_have(s->names[i].reads, map_key(s->variables, v, NULL))) {
          need(s, v);
          more = true;
        }
      }
    }
  }
}

/* `_1`, `_2`, `out[n]`: some value that was shown. */
static bool names_shown(const ChunkNames *names)
{
  for (size_t i = 0; i < map_size(names->mentions); i++) {
    const char *name = map_key(names->mentions, i, NULL);
    const bool number = name[0] == '_' && name[1] && strspn(name + 1, "0123456789") == strlen(name + 1);
    if (strcmp(name, "out") == 0 || number) {
      return true;
    }
  }
  return false;
}

static Status need_files(Slicer *s, const Step *step, const ChunkNames *names)
{
  size_t number;
  Status status = STATUS_OK;
  s->all_files = s->all_files || names_have(names->mentions, NAME_FILES) || names->opaque;
  for (size_t j = 0; j < step->n && status == STATUS_OK; j++) {
    const Fact *fact = &step->facts[j];
    if (fact->kind == FACT_READ) {
      status = map_put(s->files, fact->name, strlen(fact->name), &number, NULL, s->e);
    }
  }
  return status;
}

static Status take(Slicer *s, size_t i)
{
  const Step *step = &s->steps->items[i];
  bool everything = false;
  forget(s, step, &s->names[i]);
  for (size_t v = 0; v < s->n; v++) {
    if (names_have(s->names[i].reads, map_key(s->variables, v, NULL))) {
      need(s, v);
    }
  }
  s->all_shown = s->all_shown || names_shown(&s->names[i]);
  follow_functions(s, i);
  for (size_t v = 0; v < s->n; v++) {
    everything = everything || (s->needed[v] && s->opaque[v]);
  }
  for (size_t v = 3; v < s->n && everything; v++) { /* what such a function needs cannot be seen */
    s->needed[v] = true;
  }
  return need_files(s, step, &s->names[i]);
}

/* ---- Slicing */

static Status start(Slicer *s)
{
  Status status = STATUS_OK;
  s->variables = map_new();
  s->files = map_new();
  s->names = mem_zero(s->steps->n, sizeof *s->names);
  if (!s->variables || !s->files || !s->names) {
    return error_memory(s->e, 0, _("a slice"));
  }
  TRY(find_variables(s));
  s->n = map_size(s->variables);
  s->needed = mem_zero(s->n, sizeof *s->needed);
  s->class = mem_zero(s->n, sizeof *s->class);
  s->stateful = mem_zero(s->n, sizeof *s->stateful);
  s->handle = mem_zero(s->n, sizeof *s->handle);
  s->callable = mem_zero(s->n, sizeof *s->callable);
  s->opaque = mem_zero(s->n, sizeof *s->opaque);
  if (!s->needed || !s->class || !s->stateful || !s->handle || !s->callable || !s->opaque) {
    TRY(error_memory(s->e, 0, _("a slice")));
  }
  for (size_t v = 0; v < s->n; v++) {
    s->class[v] = v;
  }
  for (size_t i = 0; i < s->steps->n; i++) {
    TRY(chunk_names(s->steps->items[i].text, &s->names[i], s->e));
    learn_kinds(s, &s->steps->items[i], &s->names[i]);
  }
  for (size_t i = 0; i < s->steps->n; i++) {
    TRY(learn_handles(s, &s->names[i]));
    join_classes(s, &s->steps->items[i], &s->names[i]);
  }
done:
  return status;
}

static void stop(Slicer *s)
{
  for (size_t i = 0; s->names && i < s->steps->n; i++) {
    chunk_names_free(&s->names[i]);
  }
  map_free(s->variables);
  map_free(s->files);
  mem_free(s->names);
  mem_free(s->needed);
  mem_free(s->class);
  mem_free(s->stateful);
  mem_free(s->handle);
  mem_free(s->callable);
  mem_free(s->opaque);
}

static Status unknown_object(Slicer *s, const char *object)
{
  enum { MOST = 1000 };
  const char *names[MOST] = {0};
  size_t n = 0;
  for (size_t v = 3; v < s->n && n < MOST; v++) {
    names[n++] = map_key(s->variables, v, NULL);
  }
  const size_t near = text_nearest(object, names, n);
  error_set(s->e, STATUS_NAME, "no-such-object", _("no statement of this session made '%s'"), object);
  return near < n ? error_hint(s->e, _("did you mean '%s'?"), names[near])
                  : error_hint(s->e, _(".vars lists your variables; without a name .save keeps the whole session"));
}

static Status name_targets(Slicer *s, const char *object)
{
  size_t number;
  if (object && (!variable_of(s, object, &number) || *object == '%')) {
    return unknown_object(s, object);
  }
  for (size_t v = 3; v < s->n && !object; v++) {
    need(s, v);
  }
  if (object) {
    need(s, number);
  }
  return STATUS_OK;
}

Status slice_steps(const Steps *steps, const char *object, bool *keep, Error *e)
{
  Slicer s = {.steps = steps, .e = e};
  Status status = STATUS_OK;
  TRY(start(&s));
  TRY(name_targets(&s, object));
  if (steps->n > 0) {
    follow_functions(&s, steps->n - 1);
  }
  for (size_t i = steps->n; i > 0; i--) {
    const Step *step = &steps->items[i - 1];
    keep[i - 1] = is_needed(&s, step, &s.names[i - 1]);
    if (keep[i - 1]) {
      TRY(take(&s, i - 1));
    }
  }
done:
  stop(&s);
  return status;
}

/* ---- The script */

typedef struct Writer {
  const Steps *steps;
  const bool *keep;
  Map *described;
  const RunFact *before;
  size_t shown;        /* values shown by the steps so far, kept or not */
  Text *out;
  Error *e;
} Writer;

/* How a later statement names the value that step i showed: as the last one, by number, in out. */
typedef struct ShownUse {
  bool last, number, list;
} ShownUse;

static Status find_use(const Writer *w, size_t i, ShownUse *use)
{
  char name[32];
  Status status = STATUS_OK;
  bool newest = true;
  snprintf(name, sizeof name, "_%zu", w->shown);
  *use = (ShownUse){false, false, false};
  for (size_t k = i + 1; k < w->steps->n && status == STATUS_OK; k++) {
    ChunkNames names = {0};
    if (w->keep[k]) {
      status = chunk_names(w->steps->items[k].text, &names, w->e);
      use->last = use->last || (newest && names_have(names.reads, name_shown));
      use->number = use->number || names_have(names.reads, name);
      use->list = use->list || names_have(names.reads, "out");
      newest = newest && !shows(&w->steps->items[k]);
    }
    chunk_names_free(&names);
  }
  return status;
}

/* "_ = x" as it stands, or with the name and place that later statements need. */
static Status write_shown(Writer *w, size_t i, Step *step, Arena *arena)
{
  ShownUse use;
  const char *expression = step->text;
  const Status status = find_use(w, i, &use);
  const bool plain = step_expression(step, &expression);
  if (status != STATUS_OK || !(use.last || use.number || use.list)) {
    return status;
  }
  expression = plain ? expression : step->text;
  if (use.list && w->shown == 1) {
    text_puts(w->out, "out = {}\n");
  }
  step->text = use.list     ? arena_printf(arena, "_ = %s\n_%zu = _\nout[%zu] = _", expression, w->shown, w->shown)
               : use.number && use.last ? arena_printf(arena, "_ = %s\n_%zu = _", expression, w->shown)
               : use.number ? arena_printf(arena, "_%zu = %s", w->shown, expression)
                            : arena_printf(arena, "_ = %s", expression);
  return step->text ? STATUS_OK : error_memory(w->e, 0, _("a script"));
}

/* The columns of a fact that no fact above it in the script describes: a description may stand with a step that is left
 * out, so that each fact takes along those of its value in the journal. */
static Status own_columns(Writer *w, const Fact *fact, Arena *arena, Fact *out)
{
  Status status = STATUS_OK;
  *out = *fact;
  out->n_described = 0;
  out->described = arena_alloc(arena, fact->n_described + 1, sizeof *out->described);
  if (!out->described) {
    return error_memory(w->e, 0, _("a script"));
  }
  for (size_t k = 0; k < fact->n_described && status == STATUS_OK; k++) {
    size_t number;
    bool fresh = false;
    const ColumnFact *column = &fact->described[k];
    status = map_put(w->described, (const char *)&column->digest, sizeof(Digest), &number, &fresh, w->e);
    if (fresh) {
      out->described[out->n_described++] = *column;
    }
  }
  return status;
}

/* It gave variables a value before it failed. */
static Status write_failed(Writer *w, const Step *step)
{
  text_puts(w->out, "pcall(function()\n");
  const Status status = chunk_in_file(step->text, false, w->out, w->e);
  text_puts(w->out, "\nend)\n");
  return status;
}

static Status write_step(Writer *w, size_t i)
{
  Step step = w->steps->items[i];
  Arena arena = {0};
  Status status = STATUS_OK;
  Fact *facts = arena_alloc(&arena, step.n + 1, sizeof *facts);
  if (!facts) {
    TRY(error_memory(w->e, 0, _("a script")));
  }
  for (size_t j = 0; j < step.n; j++) {
    TRY(own_columns(w, &step.facts[j], &arena, &facts[j]));
  }
  step.facts = facts;
  if (step.run.failed) {
    TRY(write_failed(w, &step));
    goto done;
  }
  if (shows(&step)) {
    TRY(write_shown(w, i, &step, &arena));
  }
  step_write(&step, w->before, w->out);
  w->before = *step.run.at ? &w->steps->items[i].run : w->before;
done:
  arena_free(&arena);
  return status;
}

Status slice_write(const Steps *steps, const bool *keep, const char *version, const char *object, Text *out, Error *e)
{
  Status status = STATUS_OK;
  Writer w = {.steps = steps, .keep = keep, .described = map_new(), .out = out, .e = e};
  const char *folder = "";
  if (!w.described) {
    return error_memory(e, 0, _("a script"));
  }
  text_puts(out, object ? "-- Made by assay: the statements that make "
                        : "-- Made by assay: the statements of a session");
  text_printf(out, "%s.\n", object ? object : "");
  text_puts(out, "-- Lines that begin with --= say what came out; `assay replay FILE --check` compares.\n");
  text_printf(out, "--@ script assay=%s\n", version);
  for (size_t i = 0; i < steps->n && status == STATUS_OK; i++) {
    w.shown += shows(&steps->items[i]);
    if (!keep[i]) {
      continue;
    }
    if (*folder && strcmp(folder, steps->items[i].folder) != 0) { /* only where it changed: a script runs anywhere */
      text_printf(out, "--@ in folder=\"%s\"\n", steps->items[i].folder);
    }
    folder = steps->items[i].folder;
    status = write_step(&w, i);
  }
  map_free(w.described);
  return status == STATUS_OK ? text_status(out, e) : status;
}
