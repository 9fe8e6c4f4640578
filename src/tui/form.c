/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/form.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/table_steps.h"

void form_close(Form *form)
{
  for (size_t i = 0; i < form->n; i++) {
    text_free(&form->fields[i].lua);
    value_free(&form->fields[i].value);
  }
  mem_free(form->fields);
  value_free(&form->data);
  *form = (Form){0};
}

Status form_open(Form *form, const Primitive *primitive, FormEvaluate evaluate, FormObject object, void *context, Error *e)
{
  form_close(form);
  FormField *fields = mem_zero(FORM_OPTIONS + primitive->n_options, sizeof *fields);
  if (!fields) {
    return error_memory(e, 0, _("a form"));
  }
  *form = (Form){.primitive = primitive, .n = FORM_OPTIONS + primitive->n_options, .fields = fields, .evaluate = evaluate, .object = object,
                 .context = context};
  return STATUS_OK;
}

const Option *form_option(const Form *form, size_t field)
{
  return field >= FORM_OPTIONS && field < form->n ? &form->primitive->options[field - FORM_OPTIONS] : NULL;
}

const char *form_name(const Form *form, size_t field)
{
  const Option *option = form_option(form, field);
  return option                                    ? option->name
         : field == FORM_RESULT                    ? _("result")
         : form->primitive->takes == VALUE_NONE    ? ""
         : form->primitive->takes == VALUE_FRAME   ? _("data")
         : form->primitive->takes == VALUE_MODEL   ? _("model")
                                                   : value_kind_name(form->primitive->takes);
}

/* ---- from words to Lua */

/* Options whose values are words: what is typed without quotes is put into them. */
static bool takes_words(const Option *option)
{
  switch (option->kind) {
  case OPTION_TEXT:
  case OPTION_TEXTS:
  case OPTION_CHOICE:
  case OPTION_COLUMN:
  case OPTION_COLUMNS:
  case OPTION_ORDER:
  case OPTION_EXPRESSION:
  case OPTION_EXPRESSIONS:
  case OPTION_CONDITION:
    return true;
  default:
    return false;
  }
}

/* Options that take texts among other things. */
static bool may_take_words(const Option *option)
{
  return option->kind == OPTION_VALUE || option->kind == OPTION_CHOICE_FRAME || option->kind == OPTION_TEXT_MAP;
}

/* Lists of names: words between commas. Expressions may have commas of their own. */
static bool splits_at_commas(const Option *option)
{
  return option->kind == OPTION_COLUMNS || option->kind == OPTION_TEXTS || option->kind == OPTION_ORDER;
}

static const char *trim(const char *text, size_t *n)
{
  while (*n > 0 && isspace((unsigned char)*text)) {
    text++;
    (*n)--;
  }
  while (*n > 0 && isspace((unsigned char)text[*n - 1])) {
    (*n)--;
  }
  return text;
}

static void quote_list(const char *text, size_t n, Text *out)
{
  bool first = true;
  text_puts(out, "{");
  while (n > 0) {
    const char *comma = memchr(text, ',', n);
    size_t length = comma ? (size_t)(comma - text) : n;
    const size_t taken = comma ? length + 1 : n;
    const char *word = trim(text, &length);
    if (length > 0) {
      text_puts(out, first ? "" : ", ");
      lua_quote(word, length, out);
      first = false;
    }
    text += taken;
    n -= taken;
  }
  text_puts(out, "}");
}

/* Whether the session makes something of the text; also while it cannot be asked. */
static bool means_something(const Form *form, const char *text, size_t n)
{
  Value value = {0};
  Error e = {0};
  char *lua = mem_text(text, n);
  const bool known = !lua || form->evaluate(form->context, lua, &value, &e) == STATUS_OK || strcmp(e.id, "busy") == 0;
  value_free(&value);
  mem_free(lua);
  return known;
}

static void to_lua(const Form *form, const Option *option, const char *typed, Text *out)
{
  size_t n = strlen(typed);
  const char *text = trim(typed, &n);
  const bool words = takes_words(option) || (may_take_words(option) && n > 0 && !means_something(form, text, n));
  if (option->kind == OPTION_REST && n > 1 && text[0] == '{' && text[n - 1] == '}') {
    text++;
    n -= 2;
    text = trim(text, &n);
  }
  if (n == 0 || strchr("\"'{[", text[0]) || !words) {
    text_add(out, text, n);
  } else if (splits_at_commas(option) && memchr(text, ',', n)) {
    quote_list(text, n, out);
  } else {
    lua_quote(text, n, out);
  }
}

/* ---- checking */

/* One option by itself, by the code that checks calls. */
static Status check_value(const Form *form, const Option *option, const Value *value, Error *e)
{
  Primitive like = *form->primitive;
  Arena arena = {0};
  Arguments arguments = {0};
  uint64_t given;
  like.options = option;
  like.n_options = 1;
  like.main = NULL;
  void *options = mem_zero(1, like.options_size + 1);
  Status status = options ? value_list(1, true, &arguments.named, e) : error_memory(e, like.options_size, _("options"));
  if (status == STATUS_OK) {
    arguments.named.list.names[0] = mem_string(option->name);
    status = arguments.named.list.names[0] ? value_copy(value, &arguments.named.list.items[0], e) : error_memory(e, 0, _("options"));
  }
  if (status == STATUS_OK) {
    status = options_check(&like, &arguments, form->data.kind == VALUE_FRAME ? form->data.frame : NULL, &arena, options, &given, e);
  }
  arguments_free(&arguments);
  arena_free(&arena);
  mem_free(options);
  return status;
}

static bool is_name(const char *text)
{
  if (!isalpha((unsigned char)text[0]) && text[0] != '_') {
    return false;
  }
  for (const char *c = text; *c; c++) {
    if (!isalnum((unsigned char)*c) && *c != '_') {
      return false;
    }
  }
  return true;
}

static void check_option(Form *form, size_t field)
{
  FormField *f = &form->fields[field];
  error_clear(&f->error);
  value_free(&f->value);
  if (f->lua.size == 0) {
    return;
  }
  Text table = {0};
  const bool rest = form_option(form, field)->kind == OPTION_REST;
  text_printf(&table, rest ? "{%s}" : "%s", text_data(&f->lua));
  const Status status = form->evaluate(form->context, text_data(&table), &f->value, &f->error);
  if (status != STATUS_OK && strcmp(f->error.id, "busy") == 0) {
    error_clear(&f->error); /* not known now: the call itself will tell */
  } else if (status == STATUS_OK && !rest) { /* what further names may be, the primitive says */
    (void)!check_value(form, form_option(form, field), &f->value, &f->error);
  }
  text_free(&table);
}

static void check_data(Form *form, const Value *data)
{
  FormField *f = &form->fields[FORM_DATA];
  const ValueKind takes = form->primitive->takes;
  error_clear(&f->error);
  value_free(&form->data);
  if (f->lua.size == 0) {
    return;
  }
  if (!data || data->kind != takes) {
    error_set(&f->error, STATUS_ARGUMENT, "wrong-type", _("'%1$s' is not %2$s"), text_data(&f->lua), value_kind_name(takes));
  } else if (value_copy(data, &form->data, &f->error) != STATUS_OK) {
    form->data = (Value){.kind = VALUE_NONE};
  }
  for (size_t i = FORM_OPTIONS; i < form->n; i++) { /* columns are those of the data */
    check_option(form, i);
  }
}

void form_set(Form *form, size_t field, const char *typed, const Value *data)
{
  FormField *f = &form->fields[field];
  const Option *option = form_option(form, field);
  f->proposed = false;
  text_reset(&f->lua);
  if (option) {
    to_lua(form, option, typed, &f->lua);
    check_option(form, field);
    return;
  }
  size_t n = strlen(typed);
  const char *text = trim(typed, &n);
  text_add(&f->lua, text, n);
  error_clear(&f->error);
  if (f->lua.size > 0 && !is_name(text_data(&f->lua))) {
    error_set(&f->error, STATUS_ARGUMENT, "wrong-type", _("'%s' is no name: letters, digits and _"), text_data(&f->lua));
  } else if (field == FORM_DATA) {
    check_data(form, data);
  }
}

void form_propose(Form *form, const char *frame)
{
  for (size_t i = FORM_OPTIONS; i < form->n; i++) {
    const Option *option = form_option(form, i);
    FormField *f = &form->fields[i];
    if (option->kind == OPTION_FRAME && option->standard == OPTION_REQUIRED && (f->lua.size == 0 || f->proposed)) {
      form_set(form, i, frame, NULL);
      f->proposed = true;
    }
  }
}

/* ---- choices */

bool form_is_list(const Form *form, size_t field)
{
  const Option *option = form_option(form, field);
  return option && (option_is_list(option->kind) || option->kind == OPTION_FRAMES);
}

/* The session's frame with this number among frames. */
static const SessionVariable *frame_at(const Form *form, size_t index)
{
  const SessionVariable *variable;
  for (size_t i = 0; form->object && (variable = form->object(form->context, i)); i++) {
    if (variable->kind == VALUE_FRAME && index-- == 0) {
      return variable;
    }
  }
  return NULL;
}

static size_t count_frames(const Form *form)
{
  size_t n = 0;
  while (frame_at(form, n)) {
    n++;
  }
  return n;
}

static bool column_fits(const Option *option, const Column *column)
{
  const Type type = column_type(column);
  return strcmp(option->choices, "numeric") == 0 ? type_is_numeric(type) || type == TYPE_BOOL
         : strcmp(option->choices, "text") == 0  ? type_is_text(type)
                                                 : true;
}

static bool is_of_columns(const Option *option)
{
  return option->kind == OPTION_COLUMN || option->kind == OPTION_COLUMNS;
}

/* The words of "a|b|c" by number. */
static size_t word(const char *choices, size_t index, Text *out)
{
  size_t n = 0;
  while (*choices) {
    const size_t length = strcspn(choices, "|");
    if (n++ == index && out) {
      text_add(out, choices, length);
    }
    choices += length + (choices[length] == '|');
  }
  return n;
}

static size_t fitting_column(const Form *form, const Option *option, size_t index, Text *out)
{
  const Frame *data = form->data.kind == VALUE_FRAME ? form->data.frame : NULL;
  size_t n = 0;
  for (size_t i = 0; data && i < frame_columns(data); i++) {
    if (column_fits(option, frame_column(data, i)) && n++ == index && out) {
      text_puts(out, frame_name(data, i));
    }
  }
  return n;
}

/* The frame that a choice stands for; NULL: it is a word. */
static const SessionVariable *choice_frame(const Form *form, const Option *option, size_t index)
{
  const size_t words = option->kind == OPTION_CHOICE_FRAME ? word(option->choices, 0, NULL) : 0;
  const bool frames = option->kind == OPTION_FRAME || option->kind == OPTION_FRAMES || option->kind == OPTION_CHOICE_FRAME;
  return frames && index >= words ? frame_at(form, index - words) : NULL;
}

size_t form_choices(const Form *form, size_t field)
{
  const Option *option = form_option(form, field);
  if (!option) {
    return 0;
  }
  switch (option->kind) {
  case OPTION_BOOL:
    return 2;
  case OPTION_COLUMN:
  case OPTION_COLUMNS:
    return fitting_column(form, option, 0, NULL);
  case OPTION_CHOICE:
  case OPTION_TEXT_MAP:
    return word(option->choices, 0, NULL);
  case OPTION_CHOICE_FRAME:
    return word(option->choices, 0, NULL) + count_frames(form);
  case OPTION_FRAME:
  case OPTION_FRAMES:
    return count_frames(form);
  default:
    return 0;
  }
}

void form_choice(const Form *form, size_t field, size_t index, Text *out)
{
  const Option *option = form_option(form, field);
  const SessionVariable *frame = choice_frame(form, option, index);
  if (frame) {
    text_puts(out, frame->name);
  } else if (option->kind == OPTION_BOOL) {
    text_puts(out, index == 0 ? "false" : "true");
  } else if (is_of_columns(option)) {
    (void)fitting_column(form, option, index, out);
  } else {
    (void)word(option->choices, index, out);
  }
}

static bool same_text(const Value *value, const Text *text)
{
  return value->kind == VALUE_TEXT && value->text.length == text->size && memcmp(value->text.bytes, text_data(text), text->size) == 0;
}

static bool frame_chosen(const Value *value, const Frame *frame)
{
  bool chosen = value->kind == VALUE_FRAME && value->frame == frame;
  for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.n; i++) {
    chosen = chosen || (value->list.items[i].kind == VALUE_FRAME && value->list.items[i].frame == frame);
  }
  return chosen;
}

bool form_chosen(const Form *form, size_t field, size_t index)
{
  const FormField *f = &form->fields[field];
  const Option *option = form_option(form, field);
  const SessionVariable *frame = choice_frame(form, option, index);
  Text text = {0};
  bool chosen = false;
  if (frame) {
    return frame_chosen(&f->value, frame->value.frame);
  }
  form_choice(form, field, index, &text);
  if (f->value.kind == VALUE_NONE) {
    chosen = option->standard && strcmp(option->standard, text_data(&text)) == 0 && !is_of_columns(option);
  } else if (f->value.kind == VALUE_BOOL) {
    chosen = f->value.flag == (index == 1);
  } else if (f->value.kind == VALUE_LIST) {
    for (size_t i = 0; i < f->value.list.n; i++) {
      chosen = chosen || same_text(&f->value.list.items[i], &text);
    }
  } else {
    chosen = same_text(&f->value, &text);
  }
  text_free(&text);
  return chosen;
}

/* The chosen columns or frames with one added or taken out, in their order. */
static void toggle(Form *form, size_t field, size_t index)
{
  Text typed = {0}, name = {0};
  const size_t n = form_choices(form, field);
  bool first = true;
  for (size_t i = 0; i < n; i++) {
    if (form_chosen(form, field, i) != (i == index)) {
      text_reset(&name);
      form_choice(form, field, i, &name);
      text_puts(&typed, first ? "{" : ", ");
      if (choice_frame(form, form_option(form, field), i)) {
        text_add(&typed, text_data(&name), name.size);
      } else {
        lua_quote(text_data(&name), name.size, &typed);
      }
      first = false;
    }
  }
  text_puts(&typed, first ? "" : "}");
  form_set(form, field, text_data(&typed), NULL);
  text_free(&typed);
  text_free(&name);
}

void form_choose(Form *form, size_t field, size_t index)
{
  const Option *option = form_option(form, field);
  Text text = {0}, typed = {0};
  if (form_is_list(form, field)) {
    toggle(form, field, index);
    return;
  }
  form_choice(form, field, index, &text);
  if (option->standard && strcmp(text_data(&text), option->standard) == 0) {
    form_set(form, field, "", NULL); /* the default need not be said */
  } else if (option->kind == OPTION_BOOL || choice_frame(form, option, index)) {
    form_set(form, field, text_data(&text), NULL);
  } else {
    lua_quote(text_data(&text), text.size, &typed);
    form_set(form, field, text_data(&typed), NULL);
  }
  text_free(&text);
  text_free(&typed);
}

void form_step(Form *form, size_t field, int step)
{
  const size_t n = form_choices(form, field);
  if (n == 0 || form_is_list(form, field)) {
    return;
  }
  size_t at = step > 0 ? n - 1 : 0;
  for (size_t i = 0; i < n; i++) {
    at = form_chosen(form, field, i) ? i : at;
  }
  form_choose(form, field, (at + (step > 0 ? 1 : n - 1)) % n);
}

/* ---- the call */

size_t form_wrong(const Form *form)
{
  for (size_t i = 0; i < form->n; i++) {
    const Option *option = form_option(form, i);
    const bool needed = option ? option->standard == OPTION_REQUIRED : i == FORM_DATA && form->primitive->takes != VALUE_NONE;
    if (form->fields[i].error.status != STATUS_OK || (needed && form->fields[i].lua.size == 0)) {
      return i;
    }
  }
  return form->n;
}

/* What stands in the call where there is no variable for it yet. */
static const char *no_data(ValueKind takes)
{
  return takes == VALUE_FRAME ? "data" : takes == VALUE_MODEL ? "model" : takes == VALUE_COLUMN ? "column" : "chart";
}

/* "seg = customers:kmeans" */
static void begin_call(const Form *form, Text *out)
{
  const Primitive *p = form->primitive;
  const char *method = p->takes != VALUE_NONE ? primitive_method(p) : NULL;
  const Text *data = &form->fields[FORM_DATA].lua;
  if (form->fields[FORM_RESULT].lua.size > 0) {
    text_printf(out, "%s = ", text_data(&form->fields[FORM_RESULT].lua));
  }
  if (method) {
    text_printf(out, "%s:%s", data->size ? text_data(data) : no_data(p->takes), method);
  } else if (p->takes != VALUE_NONE) {
    text_printf(out, "%s.%s(%s, ", p->family, p->name, data->size ? text_data(data) : no_data(p->takes));
  } else {
    text_puts(out, p->global ? p->global : p->family);
    text_puts(out, p->global ? "" : ".");
    text_puts(out, p->global ? "" : p->name);
  }
}

static bool needs_bracket(const Form *form)
{
  return form->primitive->takes != VALUE_NONE && !primitive_method(form->primitive);
}

/* The options given; except: leaves one out. Gives how many. */
static size_t put_options(const Form *form, size_t except, Text *out)
{
  size_t n = 0;
  for (size_t i = FORM_OPTIONS; i < form->n; i++) {
    if (form->fields[i].lua.size > 0 && i != except) {
      const Option *option = form_option(form, i);
      text_puts(out, n++ ? ", " : "");
      if (option->kind != OPTION_REST) {
        text_printf(out, "%s = ", option->name);
      }
      text_add(out, text_data(&form->fields[i].lua), form->fields[i].lua.size);
    }
  }
  return n;
}

void form_call(const Form *form, Text *out)
{
  Text options = {0};
  const size_t n = put_options(form, SIZE_MAX, &options);
  begin_call(form, out);
  if (needs_bracket(form)) {
    text_printf(out, "{%s})", text_data(&options));
  } else if (n > 0) {
    text_printf(out, "{%s}", text_data(&options));
  } else {
    text_puts(out, "()");
  }
  text_free(&options);
}

void form_around(const Form *form, size_t field, Text *before, Text *after)
{
  const Option *option = form_option(form, field);
  if (!option) {
    return;
  }
  begin_call(form, before);
  text_puts(before, "{");
  if (put_options(form, field, before) > 0) {
    text_puts(before, ", ");
  }
  if (option->kind != OPTION_REST) {
    text_printf(before, "%s = ", option->name);
  }
  text_puts(after, needs_bracket(form) ? "})" : "}");
}
