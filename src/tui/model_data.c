/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model_data.h"

#include "core/alloc.h"
#include "registry/model.h"

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
