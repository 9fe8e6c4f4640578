/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a chart to a picture: the script, the fonts it needs, the run. */
#include <string.h>

#include "core/alloc.h"
#include "plot/gnuplot.h"

enum { REPLACED_SHOWN = 20 };

/* Only what is drawn with the fonts of this machine needs them: who looks at an SVG has fonts of their own. */
static bool needs_fonts(PictureFormat format)
{
  return format != PICTURE_SVG;
}

/* Says what the numbers in the picture stand for. */
static void tell_replaced(const Script *script, const CodeSet *lacking, bool asked, Text *warnings)
{
  const char *package = code_set_is_east_asian(lacking) ? "fonts-droid-fallback" : "fonts-noto-core";
  text_printf(
      warnings,
      asked ? _("no font has some of the characters, so texts are numbered in the picture; the package %s has one\n")
            : _("fontconfig's fc-list does not tell which characters have a font, so texts are numbered in the "
                "picture; packages fontconfig and %s\n"),
      package);
  size_t n = 0;
  for (const char *line = text_data(&script->replaced); *line; line += strcspn(line, "\n") + 1, n++) {
    if (n < REPLACED_SHOWN) {
      text_add(warnings, line, strcspn(line, "\n") + 1);
    }
  }
  if (n > REPLACED_SHOWN) {
    text_printf(warnings, _("... and %zu more\n"), n - REPLACED_SHOWN);
  }
}

/* Makes the script once more if it has characters without a font. */
static Status number_texts(const Chart *chart, ScriptRequest *request, Task *task, Script *script, Text *warnings,
                           Error *e)
{
  bool asked;
  if (!script->used || !needs_fonts(request->format)) {
    return STATUS_OK;
  }
  CodeSet *lacking = script->used;
  script->used = NULL;
  Status status = fonts_lacking(lacking, task, &asked, e);
  if (status == STATUS_OK && !code_set_empty(lacking)) {
    script_free(script);
    request->lacking = lacking;
    status = script_make(chart, request, task, script, e);
    request->lacking = NULL;
    if (status == STATUS_OK) {
      tell_replaced(script, lacking, asked, warnings);
    }
  }
  mem_free(lacking);
  return status;
}

Status picture_draw(const Chart *chart, const PictureRequest *request, Task *task, Text *picture, Text *warnings,
                    bool *density, Error *e)
{
  ScriptRequest wanted = {.format = request->format, .width = request->width, .height = request->height,
                          .scale = request->scale, .font = request->font, .density = request->density,
                          .output = GNUPLOT_PICTURE, .data_file = GNUPLOT_DATA, .report = true};
  Script script = {0};
  Status status;
  task_phase(task, _("writing the script"));
  TRY(script_make(chart, &wanted, task, &script, e));
  TRY(number_texts(chart, &wanted, task, &script, warnings, e));
  *density = script.density;
  task_phase(task, _("gnuplot draws"));
  TRY(gnuplot_run(&script, request->format, request->timeout, task, picture, warnings, e));
  status = text_status(warnings, e);
done:
  script_free(&script);
  return status;
}
