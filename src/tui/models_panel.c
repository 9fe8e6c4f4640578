/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/models_panel.h"

#include <stdio.h>
#include <string.h>

const SessionVariable *models_panel_at(Tui *tui, const ModelsPanel *panel, size_t index)
{
  size_t n, at = 0;
  const SessionVariable *all = tui_objects(tui, &n);
  for (size_t i = 0; i < n; i++) {
    if (panel->has(&all[i]) && at++ == index) {
      return &all[i];
    }
  }
  return NULL;
}

static size_t count(Tui *tui, void *context)
{
  size_t n = 0;
  while (models_panel_at(tui, context, n)) {
    n++;
  }
  return n;
}

static void item(Tui *tui, void *context, size_t index, ListItem *out)
{
  const ModelsPanel *panel = context;
  const SessionVariable *model = models_panel_at(tui, panel, index);
  if (model) {
    snprintf(out->mark, sizeof out->mark, "%s", strcmp(model->name, panel->shown) == 0 ? "*" : "");
    text_puts(&out->text, model->name);
    if (panel->note) {
      panel->note(model, &out->note);
    } else {
      text_puts(&out->note, model->type);
    }
  }
}

static void moved(Tui *tui, void *context, size_t index)
{
  const ModelsPanel *panel = context;
  const SessionVariable *model = models_panel_at(tui, panel, index);
  if (model) {
    tui_choose(tui, model->name);
    panel->show(tui, panel->context, model);
  }
}

static void enter(Tui *tui, void *context, size_t index)
{
  const ModelsPanel *panel = context;
  moved(tui, context, index);
  panel->entered(tui, panel->context);
}

void models_panel_open(ModelsPanel *panel, const char *empty)
{
  panel->list = (ListPanel){.context = panel, .count = count, .item = item, .moved = moved,
                            .enter = panel->entered ? enter : NULL, .empty = empty};
}

void models_panel_choose(Tui *tui, ModelsPanel *panel, const char *name)
{
  const char *const names[] = {name, panel->shown, tui_subject(tui)};
  size_t index = SIZE_MAX;
  for (size_t i = 0; i < sizeof names / sizeof *names && index == SIZE_MAX; i++) {
    const SessionVariable *model;
    for (size_t at = 0; index == SIZE_MAX && (model = models_panel_at(tui, panel, at)); at++) {
      index = strcmp(model->name, names[i]) == 0 ? at : SIZE_MAX;
    }
  }
  index = index == SIZE_MAX ? 0 : index;
  list_panel_set(tui, &panel->list, index);
  panel->show(tui, panel->context, models_panel_at(tui, panel, index));
}
