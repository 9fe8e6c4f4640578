/* SPDX-License-Identifier: GPL-3.0-or-later */
/* form.h -- the form of a primitive: a field for the name of the result, one for the data, one for each option; from its
 * descriptor alone. No screen here; form_panel.h draws it.
 *
 * A field holds Lua as it will stand in the call: "zscore" in quotes, {"a", "b"}, 4; empty: the default. Where an option takes
 * text, columns or an expression, plain words are taken and quoted: zscore, income, score; where it takes texts among other things,
 * those that mean nothing in the session: 2:10. An option for further names (OPTION_REST) holds what stands between the brackets:
 * new = "old". Each field is checked by the same code as the call's options, so an error stands at its field.
 */
#ifndef ASSAY_TUI_FORM_H
#define ASSAY_TUI_FORM_H

#include "bind/session_values.h"
#include "registry/registry.h"

enum { FORM_RESULT, FORM_DATA, FORM_OPTIONS }; /* numbers of fields: the options' from FORM_OPTIONS on */
enum { FORM_NAME = 128 };

/* The value of a Lua literal; STATUS_STATE "busy" when it cannot be asked now. */
typedef Status (*FormEvaluate)(void *context, const char *lua, Value *out, Error *e);

/* The session's variables by number, NULL behind the last. */
typedef const SessionVariable *(*FormObject)(void *context, size_t index);

typedef struct FormField {
  Text lua;       /* empty: not given */
  Value value;    /* of it */
  Error error;    /* STATUS_OK: none */
  bool open;      /* its choices are listed under it */
  bool proposed;  /* by form_propose */
} FormField;

typedef struct Form {
  const Primitive *primitive; /* NULL: no form yet */
  size_t n;                   /* fields: FORM_OPTIONS + options */
  FormField *fields;
  Value data;                 /* what the data field names: a frame, column or model; VALUE_NONE: nothing */
  FormEvaluate evaluate;
  FormObject object;
  void *context;
} Form;

Status form_open(Form *form, const Primitive *primitive, FormEvaluate evaluate, FormObject object, void *context, Error *e) MUST_USE;
void form_close(Form *form);

const Option *form_option(const Form *form, size_t field); /* NULL for the result and the data */
const char *form_name(const Form *form, size_t field);     /* as its label; "" when the primitive takes no data */

/* Sets a field from what was typed. data: the value that the name of FORM_DATA has, else NULL. The field keeps what was typed also
 * when it is wrong; then its error is set. */
void form_set(Form *form, size_t field, const char *typed, const Value *data);

/* Sets the fields that must have a frame and have none, or one that was proposed. */
void form_propose(Form *form, const char *frame);

/* Whether a field holds several of its choices. */
bool form_is_list(const Form *form, size_t field);

/* The choices of a field that has any: legal words, true and false, the columns of the data that fit, the session's frames. */
size_t form_choices(const Form *form, size_t field);
void form_choice(const Form *form, size_t field, size_t index, Text *out); /* for eyes */
bool form_chosen(const Form *form, size_t field, size_t index);
/* Takes a choice; in a list it is added, or taken out. */
void form_choose(Form *form, size_t field, size_t index);
/* The next choice (step 1 or -1) of a field that holds one of them. */
void form_step(Form *form, size_t field, int step);

/* The first field that stops the call: its own error, or nothing given where something must be; form->n: none, it can be run. */
size_t form_wrong(const Form *form);

/* The Lua line that makes the call, as far as the fields go: `seg = customers:kmeans{k = 4}`. */
void form_call(const Form *form, Text *out);

/* What stands before and behind a field's value in that line, for completion. */
void form_around(const Form *form, size_t field, Text *before, Text *after);

#endif
