/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model_data.h"

#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "registry/model.h"
#include "tui/input.h"
#include "tui/table_steps.h"

static bool has_all(const Frame *data, const Frame *variables, size_t name)
{
  bool all = frame_rows(variables) > 0;
  for (size_t i = 0; all && i < frame_rows(variables); i++) {
    size_t length, column;
    const char *text = column_text(frame_column(variables, name), i, &length);
    char *wanted = mem_text(text, length);
    all = wanted && frame_find(data, wanted, &column);
    mem_free(wanted);
  }
  return all;
}

const SessionVariable *model_data_variable(Tui *tui, const Model *model)
{
  const Frame *fitted = model_data(model), *variables = model_frame(model, "variables");
  size_t n, name = 0;
  const SessionVariable *all = tui_objects(tui, &n), *found = NULL;
  const bool named = variables && frame_find(variables, "name", &name) && type_is_text(column_type(frame_column(variables, name)));
  for (size_t i = 0; i < n; i++) {
    if (all[i].kind != VALUE_FRAME) {
      continue;
    }
    if (all[i].value.frame == fitted) {
      return &all[i];
    }
    found = !found && named && has_all(all[i].value.frame, variables, name) ? &all[i] : found;
  }
  return found;
}

bool model_has_column(Tui *tui, const Frame *data, const char *name)
{
  enum { NAMES = 4096 };
  size_t column;
  if (!data || frame_find(data, name, &column)) {
    return true;
  }
  const size_t n = frame_columns(data) < NAMES ? frame_columns(data) : NAMES;
  const char **names = mem_alloc(n, sizeof *names);
  for (size_t i = 0; names && i < n; i++) {
    names[i] = frame_name(data, i);
  }
  const size_t near = names ? text_nearest(name, names, n) : n;
  if (near < n) {
    input_note(tui, VIEW_ERROR, _("there is no column '%1$s'; did you mean '%2$s'?"), name, names[near]);
  } else {
    input_note(tui, VIEW_ERROR, _("there is no column '%s'"), name);
  }
  mem_free(names);
  return false;
}

/* A name without the blanks around it; NULL without memory. */
static char *trimmed(const char *text, size_t length)
{
  const size_t blanks = strspn(text, " ");
  const size_t from = blanks < length ? blanks : length;
  while (length > from && text[length - 1] == ' ') {
    length--;
  }
  return mem_text(text + from, length - from);
}

bool model_axes(Tui *tui, const char *typed, const Frame *data, Text *out)
{
  const char *comma = strchr(typed, ',');
  if (typed[strspn(typed, " ")] == '\0') {
    text_reset(out);
    return true;
  }
  if (!comma) {
    input_note(tui, VIEW_ERROR, "%s", _("two columns are asked for, with a comma between"));
    return false;
  }
  char *x = trimmed(typed, (size_t)(comma - typed)), *y = trimmed(comma + 1, strlen(comma + 1));
  const bool fine = x && y && model_has_column(tui, data, x) && model_has_column(tui, data, y);
  if (fine) {
    text_reset(out);
    text_puts(out, "x = ");
    lua_quote(x, strlen(x), out);
    text_puts(out, ", y = ");
    lua_quote(y, strlen(y), out);
  }
  mem_free(x);
  mem_free(y);
  return fine;
}
