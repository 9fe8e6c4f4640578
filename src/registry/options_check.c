/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments in, typed struct out. One reader per kind of option; a default is text and goes through the same readers, so
 * that what help prints is what the code does. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "registry/help.h"
#include "registry/registry.h"

typedef struct Reader {
  const Primitive *primitive;
  const Option *option;
  const Frame *data;
  Arena *arena;
  void *field;
  Error *e;
} Reader;

void arguments_free(Arguments *arguments)
{
  value_free(&arguments->positional);
  value_free(&arguments->named);
}

static Status place(const Reader *r, Status status)
{
  (void)error_where(r->e, "%s.%s, %s", r->primitive->family, r->primitive->name, r->option->name);
  return status;
}

/* "option 'k' must be a whole number 1..1e9, not "a"". */
static Status wrong(const Reader *r, const Value *value, const char *id)
{
  Text legal = {0}, shown = {0};
  option_type(r->option, &legal);
  value_show(value, &shown);
  error_set(r->e, STATUS_ARGUMENT, id, _("option '%1$s' must be %2$s, not %3$s"), r->option->name, text_data(&legal),
            text_data(&shown));
  text_free(&legal);
  text_free(&shown);
  return place(r, STATUS_ARGUMENT);
}

/* A list that is too short or too long. */
static Status wrong_count(const Reader *r, const Value *value, size_t n)
{
  Text legal = {0}, shown = {0};
  const bool few = (double)n < r->option->low;
  option_type(r->option, &legal);
  value_show(value, &shown);
  error_set(r->e, STATUS_ARGUMENT, "out-of-range",
            few ? _("option '%1$s' must be %2$s, at least %3$.0f of them, not %4$zu: %5$s")
                : _("option '%1$s' must be %2$s, at most %3$.0f of them, not %4$zu: %5$s"),
            r->option->name, text_data(&legal), few ? r->option->low : r->option->high, n, text_data(&shown));
  text_free(&legal);
  text_free(&shown);
  return place(r, STATUS_ARGUMENT);
}

static bool in_range(const Option *option, double x)
{
  return option->low > option->high || (x >= option->low && x <= option->high);
}

static Status read_int(const Reader *r, const Value *value)
{
  int64_t number;
  if (value->kind == VALUE_INT) {
    number = value->integer;
  } else if (value->kind == VALUE_NUMBER && value->number == floor(value->number) && fabs(value->number) < 0x1p53) {
    number = (int64_t)value->number;
  } else {
    return wrong(r, value, "wrong-type");
  }
  if (!in_range(r->option, (double)number)) {
    return wrong(r, value, "out-of-range");
  }
  *(int64_t *)r->field = number;
  return STATUS_OK;
}

static Status read_number(const Reader *r, const Value *value)
{
  double number;
  if (value->kind == VALUE_NUMBER) {
    number = value->number;
  } else if (value->kind == VALUE_INT) {
    number = (double)value->integer;
  } else {
    return wrong(r, value, "wrong-type");
  }
  if (isnan(number) || !in_range(r->option, number)) {
    return wrong(r, value, "out-of-range");
  }
  *(double *)r->field = number;
  return STATUS_OK;
}

static Status read_bool(const Reader *r, const Value *value)
{
  if (value->kind != VALUE_BOOL) {
    return wrong(r, value, "wrong-type");
  }
  *(bool *)r->field = value->flag;
  return STATUS_OK;
}

static Status text_of(const Reader *r, const Value *value, const char **text)
{
  if (value->kind != VALUE_TEXT) {
    return wrong(r, value, "wrong-type");
  }
  if (strlen(value->text.bytes) != value->text.length) {
    return wrong(r, value, "wrong-type");
  }
  *text = value->text.bytes;
  return STATUS_OK;
}

/* The choices as an array of texts in the arena. */
static Status split_choices(const Reader *r, const char *const **items, size_t *n)
{
  char *copy = arena_string(r->arena, r->option->choices);
  size_t count = 1;
  for (const char *c = r->option->choices; *c; c++) {
    count += *c == '|';
  }
  const char **list = arena_alloc(r->arena, count, sizeof *list);
  if (!copy || !list) {
    return error_memory(r->e, 0, _("choices"));
  }
  char *rest = copy;
  for (size_t i = 0; i < count; i++) {
    list[i] = strsep(&rest, "|");
  }
  *items = list;
  *n = count;
  return STATUS_OK;
}

static Status pick_choice(const Reader *r, const Value *value, const char *text, const char **picked)
{
  const char *const *items = NULL;
  size_t n = 0;
  const Status status = split_choices(r, &items, &n);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i < n; i++) {
    if (strcmp(items[i], text) == 0) {
      *picked = items[i];
      return STATUS_OK;
    }
  }
  (void)wrong(r, value, "unknown-choice");
  const size_t near = text_nearest(text, items, n);
  if (near < n) {
    (void)error_hint(r->e, _("did you mean '%s'?"), items[near]);
  }
  return STATUS_ARGUMENT;
}

static Status read_choice(const Reader *r, const Value *value)
{
  const char *text = NULL;
  const Status status = text_of(r, value, &text);
  return status == STATUS_OK ? pick_choice(r, value, text, (const char **)r->field) : status;
}

static Status read_text(const Reader *r, const Value *value)
{
  return text_of(r, value, (const char **)r->field);
}

/* The column must exist and be of the kind that `choices` asks for. */
static Status check_column(const Reader *r, const char *name)
{
  if (!r->data) {
    return STATUS_OK;
  }
  size_t column;
  const Status status = frame_need(r->data, name, &column, r->e);
  if (status != STATUS_OK) {
    return place(r, status);
  }
  const Type type = column_type(frame_column(r->data, column));
  const bool fits = strcmp(r->option->choices, "numeric") == 0 ? type_is_numeric(type) || type == TYPE_BOOL
                    : strcmp(r->option->choices, "text") == 0  ? type_is_text(type)
                                                               : true;
  if (!fits) {
    error_set(r->e, STATUS_ARGUMENT, "wrong-column-type", _("column '%1$s' is %2$s; option '%3$s' takes %4$s columns"), name,
              type_name(type), r->option->name, r->option->choices);
    return place(r, STATUS_ARGUMENT);
  }
  return STATUS_OK;
}

static Status read_column(const Reader *r, const Value *value)
{
  const char *text = NULL;
  Status status = text_of(r, value, &text);
  if (status == STATUS_OK) {
    status = check_column(r, text);
  }
  *(const char **)r->field = text;
  return status;
}

/* A column, or one after a minus sign. */
static Status check_order(const Reader *r, const char *key)
{
  size_t column;
  const bool falling = key[0] == '-' && r->data && !frame_find(r->data, key, &column);
  return check_column(r, key + falling);
}

/* A list, or one text as a list of one. */
static Status read_texts(const Reader *r, const Value *value)
{
  const bool single = value->kind == VALUE_TEXT;
  if (!single && value->kind != VALUE_LIST) {
    return wrong(r, value, "wrong-type");
  }
  const size_t n = single ? 1 : value->list.n;
  const Option *option = r->option;
  if ((double)n < option->low || (option->high > 0 && (double)n > option->high)) {
    return wrong_count(r, value, n);
  }
  const char **items = arena_alloc(r->arena, n, sizeof *items);
  if (!items) {
    return error_memory(r->e, n * sizeof *items, option->name);
  }
  for (size_t i = 0; i < n; i++) {
    Status status = text_of(r, single ? value : &value->list.items[i], &items[i]);
    if (status == STATUS_OK && option->kind == OPTION_COLUMNS) {
      status = check_column(r, items[i]);
    } else if (status == STATUS_OK && option->kind == OPTION_ORDER) {
      status = check_order(r, items[i]);
    }
    for (size_t j = 0; status == STATUS_OK && option->kind == OPTION_COLUMNS && j < i; j++) {
      if (strcmp(items[i], items[j]) == 0) {
        status = place(r, error_set(r->e, STATUS_ARGUMENT, "column-twice", _("option '%1$s' names column '%2$s' twice"),
                                    option->name, items[i]));
      }
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  *(OptionTexts *)r->field = (OptionTexts){items, n};
  return STATUS_OK;
}

static Status read_frame(const Reader *r, const Value *value)
{
  if (value->kind != VALUE_FRAME) {
    return wrong(r, value, "wrong-type");
  }
  *(const Frame **)r->field = value->frame;
  return STATUS_OK;
}

static Status read_frames(const Reader *r, const Value *value)
{
  const bool single = value->kind == VALUE_FRAME;
  if (!single && (value->kind != VALUE_LIST || value->list.n == 0)) {
    return wrong(r, value, "wrong-type");
  }
  const size_t n = single ? 1 : value->list.n;
  const Frame **frames = arena_alloc(r->arena, n, sizeof *frames);
  if (!frames) {
    return error_memory(r->e, n * sizeof *frames, r->option->name);
  }
  for (size_t i = 0; i < n; i++) {
    const Value *item = single ? value : &value->list.items[i];
    if (item->kind != VALUE_FRAME) {
      return wrong(r, item, "wrong-type");
    }
    frames[i] = item->frame;
  }
  *(OptionFrames *)r->field = (OptionFrames){frames, n};
  return STATUS_OK;
}

static Status read_choice_frame(const Reader *r, const Value *value)
{
  OptionChoiceFrame *out = r->field;
  *out = (OptionChoiceFrame){0};
  if (value->kind == VALUE_FRAME) {
    out->frame = value->frame;
    return STATUS_OK;
  }
  const char *text = NULL;
  const Status status = text_of(r, value, &text);
  return status == STATUS_OK ? pick_choice(r, value, text, &out->choice) : status;
}

static Status read_text_map(const Reader *r, const Value *value)
{
  OptionTextMap *out = r->field;
  *out = (OptionTextMap){0};
  const bool limited = r->option->choices[0] != '\0';
  if (value->kind == VALUE_TEXT) {
    const Status status = text_of(r, value, &out->all);
    return status == STATUS_OK && limited ? pick_choice(r, value, out->all, &out->all) : status;
  }
  if (value->kind != VALUE_MAP) {
    return wrong(r, value, "wrong-type");
  }
  const char **items = arena_alloc(r->arena, value->list.n, sizeof *items);
  if (!items) {
    return error_memory(r->e, 0, r->option->name);
  }
  for (size_t i = 0; i < value->list.n; i++) {
    Status status = text_of(r, &value->list.items[i], &items[i]);
    if (status == STATUS_OK && limited) {
      status = pick_choice(r, &value->list.items[i], items[i], &items[i]);
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  *out = (OptionTextMap){.names = (const char *const *)value->list.names, .items = items, .n = value->list.n};
  return STATUS_OK;
}

static Status read_any(const Reader *r, const Value *value)
{
  *(const Value **)r->field = value;
  return STATUS_OK;
}

static Status read_condition(const Reader *r, const Value *value)
{
  if (value->kind != VALUE_TEXT && value->kind != VALUE_COLUMN) {
    return wrong(r, value, "wrong-type");
  }
  if (value->kind == VALUE_COLUMN && column_type(value->column) != TYPE_BOOL) {
    error_set(r->e, STATUS_ARGUMENT, "wrong-column-type", _("option '%1$s' takes a column of booleans, not of %2$s"),
              r->option->name, type_name(column_type(value->column)));
    return place(r, STATUS_ARGUMENT);
  }
  return read_any(r, value);
}

static Status read_rest(const Reader *r, const Value *value)
{
  const bool nothing = value->kind == VALUE_LIST && value->list.n == 0;
  if (value->kind != VALUE_MAP && !nothing) {
    return wrong(r, value, "wrong-type");
  }
  *(const Value **)r->field = nothing ? NULL : value;
  return STATUS_OK;
}

static Status read_value(const Reader *r, const Value *value)
{
  static Status (*const readers[OPTION_KIND_COUNT])(const Reader *, const Value *) = {
      [OPTION_INT] = read_int,         [OPTION_NUMBER] = read_number,   [OPTION_BOOL] = read_bool,
      [OPTION_TEXT] = read_text,       [OPTION_TEXTS] = read_texts,     [OPTION_CHOICE] = read_choice,
      [OPTION_COLUMN] = read_column,   [OPTION_COLUMNS] = read_texts,   [OPTION_FRAME] = read_frame,
      [OPTION_CHOICE_FRAME] = read_choice_frame, [OPTION_TEXT_MAP] = read_text_map, [OPTION_VALUE] = read_any,
      [OPTION_ORDER] = read_texts,     [OPTION_EXPRESSION] = read_text, [OPTION_EXPRESSIONS] = read_texts,
      [OPTION_FRAMES] = read_frames,   [OPTION_CONDITION] = read_condition, [OPTION_REST] = read_rest};
  return readers[r->option->kind](r, value);
}

/* A default is text: a number, true or false, else the text itself. One that cannot be read stays a text, which is
 * refused. */
static Value default_value(OptionKind kind, const char *standard)
{
  char *end = NULL;
  if (kind == OPTION_INT) {
    const int64_t whole = strtoll(standard, &end, 10);
    if (*end == '\0') {
      return value_of_int(whole);
    }
  }
  if (kind == OPTION_INT || kind == OPTION_NUMBER) {
    const double real = strtod(standard, &end);
    if (*end == '\0') {
      return value_of_number(real);
    }
  }
  if (kind == OPTION_BOOL && (strcmp(standard, "true") == 0 || strcmp(standard, "false") == 0)) {
    return value_of_bool(standard[0] == 't');
  }
  return (Value){.kind = VALUE_TEXT, .text = {(char *)standard, strlen(standard)}};
}

/* Lives in the arena, because an option of any value keeps the address. */
static Status read_default(const Reader *r)
{
  Value *value = arena_alloc(r->arena, 1, sizeof *value);
  if (!value) {
    return error_memory(r->e, 0, r->option->name);
  }
  *value = default_value(r->option->kind, r->option->standard);
  return read_value(r, value);
}

static size_t option_number(const Primitive *primitive, const char *name)
{
  size_t i = 0;
  while (i < primitive->n_options && strcmp(primitive->options[i].name, name) != 0) {
    i++;
  }
  return i;
}

static Status unknown_option(const Primitive *primitive, const char *name, Error *e)
{
  const char *names[64];
  Text valid = {0};
  for (size_t i = 0; i < primitive->n_options && i < 64; i++) {
    names[i] = primitive->options[i].name;
    text_printf(&valid, "%s%s", i ? ", " : "", names[i]);
  }
  error_set(e, STATUS_NAME, "unknown-option", _("%1$s.%2$s has no option '%3$s'"), primitive->family, primitive->name, name);
  const size_t near = text_nearest(name, names, primitive->n_options);
  if (near < primitive->n_options) {
    (void)error_hint(e, _("did you mean '%1$s'? options: %2$s"), names[near], text_data(&valid));
  } else if (primitive->n_options > 0) {
    (void)error_hint(e, _("options: %s"), text_data(&valid));
  } else {
    (void)error_hint(e, _("it takes no options"));
  }
  text_free(&valid);
  return STATUS_NAME;
}

static Status too_many(const Primitive *primitive, const Value *extra, Error *e)
{
  Text shown = {0};
  value_show(extra, &shown);
  error_set(e, STATUS_ARGUMENT, "too-many-arguments", _("%1$s.%2$s does not know what %3$s is for"), primitive->family,
            primitive->name, text_data(&shown));
  (void)error_hint(e, primitive->main ? _("only '%s' may be given without a name; write {name = value} for the rest")
                                      : _("name the options: {name = value}%s"),
                   primitive->main ? primitive->main : "");
  text_free(&shown);
  return STATUS_ARGUMENT;
}

/* A map in the arena for names that are no options; its items are borrowed. NULL: no memory. */
static Value *rest_map(const Value *named, Arena *arena)
{
  Value *rest = arena_alloc(arena, 1, sizeof *rest);
  Value *items = arena_alloc(arena, named->list.n, sizeof *items);
  char **names = arena_alloc(arena, named->list.n, sizeof *names);
  if (!rest || !items || !names) {
    return NULL;
  }
  *rest = (Value){.kind = VALUE_MAP, .list = {items, names, 0}};
  return rest;
}

/* A name that is no option: goes to the option for the rest, if there is one. */
static Status deal_rest(const Primitive *primitive, const Value *named, size_t item, Arena *arena, const Value **values,
                        Value **rest, Error *e)
{
  size_t option = 0;
  while (option < primitive->n_options && primitive->options[option].kind != OPTION_REST) {
    option++;
  }
  if (option == primitive->n_options) {
    return unknown_option(primitive, named->list.names[item], e);
  }
  *rest = *rest ? *rest : rest_map(named, arena);
  if (!*rest) {
    return error_memory(e, 0, _("arguments"));
  }
  if (values[option] && values[option] != *rest) {
    return error_set(e, STATUS_ARGUMENT, "option-twice", _("'%1$s' stands beside the option '%2$s'; put it into that"),
                     named->list.names[item], primitive->options[option].name);
  }
  const size_t n = (*rest)->list.n++;
  (*rest)->list.names[n] = named->list.names[item];
  (*rest)->list.items[n] = named->list.items[item];
  values[option] = *rest;
  return STATUS_OK;
}

/* Which value each option has: from the named map, or main from the positional list. */
static Status deal_out(const Primitive *primitive, const Arguments *arguments, Arena *arena, const Value **values, Error *e)
{
  const Value *named = &arguments->named;
  const size_t n = named->kind == VALUE_MAP ? named->list.n : 0;
  Value *rest = NULL;
  for (size_t i = 0; i < n; i++) {
    const size_t option = option_number(primitive, named->list.names[i]);
    if (option < primitive->n_options) {
      values[option] = &named->list.items[i];
    }
  }
  for (size_t i = 0; i < n; i++) {
    if (option_number(primitive, named->list.names[i]) == primitive->n_options) {
      const Status status = deal_rest(primitive, named, i, arena, values, &rest, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
  }
  const Value *positional = &arguments->positional;
  if (positional->kind != VALUE_LIST || positional->list.n == 0) {
    return STATUS_OK;
  }
  if (!primitive->main) {
    return too_many(primitive, &positional->list.items[0], e);
  }
  const size_t main = option_number(primitive, primitive->main);
  if (values[main]) {
    return error_set(e, STATUS_ARGUMENT, "option-twice", _("option '%s' is given twice, with and without its name"),
                     primitive->main);
  }
  if (option_takes_several(primitive->options[main].kind)) {
    const bool nested = positional->list.n == 1 && positional->list.items[0].kind == VALUE_LIST;
    values[main] = nested ? &positional->list.items[0] : positional;
  } else if (positional->list.n > 1) {
    return too_many(primitive, &positional->list.items[1], e);
  } else {
    values[main] = &positional->list.items[0];
  }
  return STATUS_OK;
}

static Status missing_option(const Reader *r)
{
  Text legal = {0};
  option_type(r->option, &legal);
  error_set(r->e, STATUS_ARGUMENT, "missing-option", _("%1$s.%2$s needs option '%3$s' (%4$s): %5$s"), r->primitive->family,
            r->primitive->name, r->option->name, text_data(&legal), r->option->help);
  text_free(&legal);
  return STATUS_ARGUMENT;
}

Status options_check(const Primitive *primitive, const Arguments *arguments, const Frame *data, Arena *arena, void *options,
                     uint64_t *given, Error *e)
{
  const Value *values[64] = {0};
  *given = 0;
  memset(options, 0, primitive->options_size);
  Status status = deal_out(primitive, arguments, arena, values, e);
  for (size_t i = 0; status == STATUS_OK && i < primitive->n_options; i++) {
    const Option *option = &primitive->options[i];
    const Reader reader = {primitive, option, data, arena, (char *)options + option->offset, e};
    if (values[i]) {
      *given |= (uint64_t)1 << i;
      status = read_value(&reader, values[i]);
    } else if (option->standard == OPTION_REQUIRED) {
      status = missing_option(&reader);
    } else if (option->standard[0] != '\0') {
      status = read_default(&reader);
    }
  }
  return status;
}

static Status texts_value(const char *const *items, const char *const *names, size_t n, Value *out, Error *e)
{
  Status status = value_list(n, names != NULL, out, e);
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    status = value_text(items[i], strlen(items[i]), &out->list.items[i], e);
    if (status == STATUS_OK && names) {
      out->list.names[i] = mem_string(names[i]);
      status = out->list.names[i] ? STATUS_OK : error_memory(e, 0, _("a name"));
    }
  }
  if (status != STATUS_OK) {
    value_free(out);
  }
  return status;
}

static Status text_or_none(const char *text, Value *out, Error *e)
{
  *out = (Value){.kind = VALUE_NONE};
  return text ? value_text(text, strlen(text), out, e) : STATUS_OK;
}

static Value frame_or_none(const Frame *frame)
{
  return frame ? value_of_frame(frame_ref(frame)) : (Value){.kind = VALUE_NONE};
}

static Status list_or_none(const char *const *items, const char *const *names, size_t n, bool unset, Value *out,
                           Error *e)
{
  *out = (Value){.kind = VALUE_NONE};
  return unset && n == 0 ? STATUS_OK : texts_value(items, names, n, out, e);
}

/* An option without a default whose field is empty has no value: 0 and false may be outside of its range. */
static Status option_value(const Option *option, const void *field, Value *out, Error *e)
{
  const bool may_lack = option->standard != OPTION_REQUIRED && option->standard[0] == '\0';
  *out = (Value){.kind = VALUE_NONE};
  switch (option->kind) {
  case OPTION_INT: *out = value_of_int(*(const int64_t *)field); break;
  case OPTION_NUMBER: *out = value_of_number(*(const double *)field); break;
  case OPTION_BOOL: *out = value_of_bool(*(const bool *)field); break;
  case OPTION_FRAME: *out = frame_or_none(*(const Frame *const *)field); break;
  case OPTION_CONDITION:
  case OPTION_REST:
  case OPTION_VALUE: {
    const Value *value = *(const Value *const *)field;
    return value ? value_copy(value, out, e) : STATUS_OK;
  }
  case OPTION_CHOICE_FRAME: {
    const OptionChoiceFrame *both = field;
    *out = frame_or_none(both->frame);
    return both->frame ? STATUS_OK : text_or_none(both->choice, out, e);
  }
  case OPTION_FRAMES: {
    const OptionFrames *frames = field;
    Status status = value_list(frames->n, false, out, e);
    for (size_t i = 0; status == STATUS_OK && i < frames->n; i++) {
      out->list.items[i] = frame_or_none(frames->items[i]);
    }
    return status;
  }
  case OPTION_TEXTS:
  case OPTION_ORDER:
  case OPTION_EXPRESSIONS:
  case OPTION_COLUMNS: {
    const OptionTexts *texts = field;
    return list_or_none(texts->items, NULL, texts->n, may_lack, out, e);
  }
  case OPTION_TEXT_MAP: {
    static const char *const no_names[1];
    const OptionTextMap *map = field;
    return map->all ? text_or_none(map->all, out, e)
                    : list_or_none(map->items, map->n ? map->names : no_names, map->n, may_lack, out, e);
  }
  default: return text_or_none(*(const char *const *)field, out, e);
  }
  if (may_lack && ((out->kind == VALUE_INT && out->integer == 0) || (out->kind == VALUE_NUMBER && out->number == 0) ||
                   (out->kind == VALUE_BOOL && !out->flag))) {
    *out = (Value){.kind = VALUE_NONE};
  }
  return STATUS_OK;
}

Status options_values(const Primitive *primitive, const void *options, Value *out, Error *e)
{
  Status status = value_list(primitive->n_options, true, out, e);
  size_t n = 0;
  for (size_t i = 0; status == STATUS_OK && i < primitive->n_options; i++) {
    const Option *option = &primitive->options[i];
    Value value;
    status = option_value(option, (const char *)options + option->offset, &value, e);
    if (status == STATUS_OK && value.kind != VALUE_NONE) {
      out->list.items[n] = value;
      out->list.names[n] = mem_string(option->name);
      status = out->list.names[n] ? STATUS_OK : error_memory(e, 0, _("a name"));
      n++;
    }
  }
  if (status != STATUS_OK) {
    value_free(out);
    return status;
  }
  out->list.n = n;
  return STATUS_OK;
}
