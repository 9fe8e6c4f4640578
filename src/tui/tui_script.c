/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dashboard driven by a script of keys. */
#include <stdio.h>
#include <string.h>

#include "core/file.h"
#include "tui/tui_inside.h"

static void save_screen(Tui *tui, const char *note)
{
  tui_draw(tui);
  text_printf(&tui->saved, "== %s%s%dx%d, page %s\n", note, *note ? ", " : "", tui->cells.width, tui->cells.height,
              tui_page(tui)->page->name);
  cells_dump(&tui->cells, tui->pens, &tui->saved);
}

static void press(Tui *tui, uint32_t code)
{
  const Key key = {.code = code};
  if (!tui->leave) {
    tui_key(tui, &key);
  }
}

static void type(Tui *tui, const char *text)
{
  const size_t n = strlen(text);
  uint32_t code = 0;
  for (size_t i = 0; i < n;) {
    const size_t more = utf8_decode(text + i, n - i, &code);
    press(tui, more ? code : (uint32_t)'?');
    i += more ? more : 1;
  }
}

/* One step; `settles`: what it set going is waited for. */
static void play_step(Tui *tui, const ScriptStep *step, bool settles)
{
  switch (step->kind) {
    case SCRIPT_KEY:
      press(tui, step->key);
      break;
    case SCRIPT_TEXT:
      type(tui, step->text);
      break;
    case SCRIPT_SCREEN:
      save_screen(tui, step->text);
      break;
    case SCRIPT_PAGE:
      tui_go(tui, step->text, tui->subject);
      tui->n_back -= tui->n_back > 0; /* as by the key of its tab */
      break;
    case SCRIPT_PENS:
      tui->pens = true;
      break;
    case SCRIPT_RESIZE:
      screen_none_resize(tui->screen, step->width, step->height);
      tui_redraw(tui);
      tui_draw(tui);
      break;
    default:
      break;
  }
  if (settles) {
    tui_pump(tui);
    tui_draw(tui);
  }
}

/* A key before wait-job leaves what it set going to that. */
static bool job_is_awaited(const Tui *tui)
{
  return tui->step + 1 < tui->script.n && tui->script.steps[tui->step + 1].kind == SCRIPT_WAIT_JOB;
}

/* Within the wait for a job that the script asked for: the steps up to "wait". */
void tui_play_on(Tui *tui)
{
  if (!tui->wants_job) {
    return;
  }
  tui->wants_job = false;
  tui_tick(tui);
  while (tui->step < tui->script.n && !tui->leave) {
    const ScriptStep *step = &tui->script.steps[tui->step++];
    if (step->kind == SCRIPT_WAIT) {
      return;
    }
    play_step(tui, step, false);
  }
}

static Status write_saved(Tui *tui, Error *e)
{
  FileWriter *writer = NULL;
  Status status = text_status(&tui->saved, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!tui->settings.save) {
    console_text(tui->console, &tui->saved);
    return STATUS_OK;
  }
  TRY(file_create(tui->settings.save, &writer, e));
  status = file_write(writer, text_data(&tui->saved), tui->saved.size, e);
  if (status == STATUS_OK) {
    return file_commit(writer, e);
  }
  file_discard(writer);
done:
  return status;
}

Status tui_play(Tui *tui, Error *e)
{
  tui_pump(tui);
  tui_draw(tui);
  while (tui->step < tui->script.n && !tui->leave) {
    const ScriptStep *step = &tui->script.steps[tui->step];
    const bool awaited = job_is_awaited(tui);
    tui->step++;
    tui->wants_job = step->kind == SCRIPT_WAIT_JOB;
    play_step(tui, step, !awaited);
    tui->wants_job = false;
  }
  tui_pump(tui);
  if (!tui->leave) {
    save_screen(tui, "end");
  }
  return write_saved(tui, e);
}
