/* SPDX-License-Identifier: GPL-3.0-or-later */
/* save, script, picture: a chart as a file, as what gnuplot is given, and as bytes. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/file.h"
#include "plot/gnuplot.h"
#include "plot/terminal_picture.h"
#include "registry/registry.h"

enum { EMBEDDED_MOST = 1 << 20, ROW_BYTES = 64 };

static const Chart *of(const Call *call)
{
  return call->data->chart;
}

#define LOOK_OPTIONS(O)                                                                                          \
  O(width, INT, "1200", 100, 16000, "", "pixels", "width; a PDF has 100 pixels to the inch")                     \
  O(height, INT, "800", 100, 16000, "", "pixels", "height")                                                      \
  O(scale, NUMBER, "1", 0.1, 10, "", "", "2: twice the pixels, with texts, lines and points twice as large")     \
  O(font, TEXT, OPTION_UNSET, 1, 0, "", "",                                                                      \
    "font, maybe with its size: \"DejaVu Serif,14\"; not given: Sans at 12 points")                              \
  O(density, CHOICE, "auto", 0, 0, "auto|points|density", "",                                                    \
    "points one by one or as a density; auto: beyond 50,000")

static DensityMode density_mode(const char *name)
{
  return strcmp(name, "points") == 0 ? DENSITY_NEVER : strcmp(name, "density") == 0 ? DENSITY_ALWAYS : DENSITY_AUTO;
}

static Status forecast(const Call *call, Cost *out, Error *e)
{
  (void)e;
  double rows = 0;
  for (size_t i = 0; i < chart_series_count(of(call)); i++) {
    rows += (double)frame_rows(chart_series(of(call), i)->data);
  }
  *out = (Cost){.bytes = rows * ROW_BYTES, .seconds = 0.2 + rows * 2e-7};
  return STATUS_OK;
}

/* Each line for batch too. */
static void warn(Call *call, const Text *lines)
{
  text_add(call->notes, text_data(lines), lines->size);
  if (call->warnings) {
    text_add(call->warnings, text_data(lines), lines->size);
  }
}

static void tell_size(size_t bytes, Text *out)
{
  if (bytes < 1000000) {
    text_printf(out, _("%.0f kB"), ceil((double)bytes / 1000));
  } else {
    text_printf(out, _("%.1f MB"), (double)bytes / 1e6);
  }
}

static void tell_density(Call *call, DensityMode mode)
{
  if (mode == DENSITY_AUTO) {
    text_printf(call->notes, _("%zu points are shown as a density; density = \"points\" draws each\n"),
                script_points(of(call)));
  }
}

/* ---- save */

#define SAVE_OPTIONS(O)                                                                                             \
  O(path, TEXT, OPTION_REQUIRED, 1, 0, "", "", "file to write; its ending says what it is: .png .svg .pdf")         \
  LOOK_OPTIONS(O)                                                                                                   \
  O(timeout, NUMBER, "30", 0.1, 86400, "", "s", "how long gnuplot may take before it is stopped")
typedef struct SaveOptions {
  SAVE_OPTIONS(OPTION_FIELD)
} SaveOptions;
#define ROW(...) OPTION_ROW_OF(SaveOptions, __VA_ARGS__)
static const Option save_options[] = {SAVE_OPTIONS(ROW)};
#undef ROW

/* The format that the ending of a name says. */
static Status format_of(const char *path, PictureFormat *format, Error *e)
{
  static const char *const known[] = {".png", ".svg", ".pdf"};
  const char *name = strrchr(path, '/'), *ending = strrchr(name ? name + 1 : path, '.');
  for (size_t i = 0; ending && i < sizeof known / sizeof *known; i++) {
    if (strcasecmp(ending, known[i]) == 0) {
      *format = (PictureFormat)i;
      return STATUS_OK;
    }
  }
  error_set(e, STATUS_ARGUMENT, "unknown-picture", _("'%s' has no ending of a picture that assay writes"), path);
  return error_hint(e, _("endings: .png (pixels), .svg (for the web), .pdf (for print)"));
}

static Status run_save(Call *call, Value *out, Error *e)
{
  const SaveOptions *o = call->options;
  PictureRequest request = {.width = (int)o->width, .height = (int)o->height, .scale = o->scale, .timeout = o->timeout,
                            .font = o->font, .density = density_mode(o->density)};
  Text picture = {0}, warnings = {0};
  FileWriter *writer = NULL;
  bool density = false;
  Status status;
  (void)out;
  TRY(format_of(o->path, &request.format, e));
  TRY(file_create(o->path, &writer, e)); /* first of all: a folder that may not be written to is said at once */
  TRY(picture_draw(of(call), &request, call->task, &picture, &warnings, &density, e));
  TRY(file_write(writer, text_data(&picture), picture.size, e));
  status = file_commit(writer, e);
  writer = NULL;
  if (status == STATUS_OK) {
    text_printf(call->notes, _("wrote '%s', "), o->path);
    if (request.format != PICTURE_PDF) {
      text_printf(call->notes, _("%1$ld x %2$ld pixels, "), lrint((double)o->width * o->scale),
                  lrint((double)o->height * o->scale));
    }
    tell_size(picture.size, call->notes);
    text_char(call->notes, '\n');
    if (density) {
      tell_density(call, request.density);
    }
    warn(call, &warnings);
  }
done:
  file_discard(writer);
  text_free(&picture);
  text_free(&warnings);
  return status;
}

#define EXAMPLE_CHART                              \
  "df = read \"datasets/iris/iris.csv\"\n"           \
  "p = plot.scatter(df, {x = \"petal_length\", y = \"petal_width\", color = \"species\"})\n"

static const Primitive save_primitive = {
    .size = sizeof(Primitive),
    .family = "chart",
    .version = 1,
    .name = "save",
    .summary = "writes the chart to a picture: PNG, SVG or PDF",
    .details =
        "gnuplot draws it, in a process of its own that is stopped when it takes longer than timeout, or by Ctrl-C. "
        "The file appears whole or not at all. More than 50,000 points are drawn as a density: by their number in "
        "each of "
        "400 x 300 cells, or with color by the mean colour of the points in a cell, the fainter the fewer. Below the "
        "chart stand its counts and notes. Texts for which the machine has no font are numbered, and a warning says "
        "which they are.",
    .takes = VALUE_CHART,
    .main = "path",
    .options = save_options,
    .n_options = sizeof save_options / sizeof *save_options,
    .options_size = sizeof(SaveOptions),
    .gives = VALUE_NONE,
    .returns = "nothing",
    .reference = "",
    .example = EXAMPLE_CHART "pcall(p.save, p, os.tmpname() .. \".png\") -- needs gnuplot",
    .effects = EFFECT_WRITES | EFFECT_PROCESS,
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_save};
REGISTER_PRIMITIVE(save_primitive);

/* ---- script */

#define SCRIPT_OPTIONS(O)                                                                                        \
  O(path, TEXT, OPTION_UNSET, 1, 0, "", "",                                                                      \
    "file to write it to, with much data in a second file beside it; not given: a text")                         \
  O(output, TEXT, "chart.png", 1, 0, "", "", "picture that the script writes: .png .svg .pdf")                   \
  LOOK_OPTIONS(O)
typedef struct ScriptOptions {
  SCRIPT_OPTIONS(OPTION_FIELD)
} ScriptOptions;
#define ROW(...) OPTION_ROW_OF(ScriptOptions, __VA_ARGS__)
static const Option script_options[] = {SCRIPT_OPTIONS(ROW)};
#undef ROW

static Status write_file(const char *path, const Text *bytes, Error *e)
{
  FileWriter *writer;
  Status status = file_create(path, &writer, e);
  if (status != STATUS_OK) {
    return status;
  }
  status = file_write(writer, text_data(bytes), bytes->size, e);
  if (status == STATUS_OK) {
    return file_commit(writer, e);
  }
  file_discard(writer);
  return status;
}

/* The name of the data beside a script: both as a path and as the script, which is run in its folder, says it. */
static Status data_names(const char *path, char beside[PATH_MAX], const char **name, Error *e)
{
  const int n = snprintf(beside, PATH_MAX, "%s.data", path);
  if (n >= PATH_MAX) {
    return error_set(e, STATUS_ARGUMENT, "file-error", _("cannot write '%s': the name is too long"), path);
  }
  const char *slash = strrchr(beside, '/');
  *name = slash ? slash + 1 : beside;
  return STATUS_OK;
}

/* A name that gnuplot takes for nothing but a name: "< command" and "| command" begin otherwise. */
static Status safe_name(const char *name, Text *out, Error *e)
{
  text_puts(out, *name == '/' ? "" : "./");
  text_puts(out, name);
  return text_status(out, e);
}

static Status write_script(Call *call, const ScriptOptions *o, ScriptRequest *request, Script *script, Error *e)
{
  char beside[PATH_MAX];
  const char *name = NULL;
  Text safe = {0};
  Status status;
  TRY(data_names(o->path, beside, &name, e));
  TRY(safe_name(name, &safe, e));
  request->data_file = text_data(&safe);
  TRY(script_make(of(call), request, call->task, script, e));
  if (script->data.size <= EMBEDDED_MOST) {
    script_free(script);
    request->data_file = NULL;
    TRY(script_make(of(call), request, call->task, script, e));
  } else {
    TRY(write_file(beside, &script->data, e));
  }
  TRY(write_file(o->path, &script->text, e));
  if (script->data.size > 0) {
    text_printf(call->notes, _("wrote '%1$s' and its data '%2$s'; run it in its folder: gnuplot %3$s\n"), o->path,
                beside, strrchr(o->path, '/') ? strrchr(o->path, '/') + 1 : o->path);
  } else {
    text_printf(call->notes, _("wrote '%1$s'; gnuplot %1$s makes '%2$s'\n"), o->path, o->output);
  }
done:
  text_free(&safe);
  return status;
}

static Status run_script(Call *call, Value *out, Error *e)
{
  const ScriptOptions *o = call->options;
  ScriptRequest request = {.width = (int)o->width, .height = (int)o->height, .scale = o->scale, .font = o->font,
                           .density = density_mode(o->density)};
  Script script = {0};
  Text output = {0};
  Status status;
  TRY(format_of(o->output, &request.format, e));
  TRY(safe_name(o->output, &output, e));
  request.output = text_data(&output);
  if (o->path && *o->path) {
    TRY(write_script(call, o, &request, &script, e));
    *out = (Value){.kind = VALUE_NONE};
  } else {
    TRY(script_make(of(call), &request, call->task, &script, e));
    status = value_text(text_data(&script.text), script.text.size, out, e);
  }
  if (status == STATUS_OK && script.density) {
    tell_density(call, request.density);
  }
done:
  text_free(&output);
  script_free(&script);
  return status;
}

static const Primitive script_primitive = {
    .size = sizeof(Primitive),
    .family = "chart",
    .version = 1,
    .name = "script",
    .summary = "the script with which gnuplot draws the chart",
    .details =
        "It has all that it needs, the numbers too, so that `gnuplot chart.gp` makes the picture and the script can be "
        "changed by hand; gnuplot need not be installed to write it. Written to a file with more than a megabyte of "
        "numbers, these stand in a second file, path.data, and the script is run in its folder. The same chart gives "
        "the same bytes.",
    .takes = VALUE_CHART,
    .main = "path",
    .options = script_options,
    .n_options = sizeof script_options / sizeof *script_options,
    .options_size = sizeof(ScriptOptions),
    .gives = VALUE_TEXT,
    .returns = "the script as a text; nothing when it was written to a file",
    .reference = "",
    .example = EXAMPLE_CHART "#p:script() > 1000",
    .effects = EFFECT_WRITES,
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_script};
REGISTER_PRIMITIVE(script_primitive);

/* ---- picture */

#define PICTURE_OPTIONS(O)                                                                                     \
  O(format, CHOICE, "png", 0, 0, "png|svg|pdf|sixel|kitty", "",                                                \
    "kind of picture; sixel and kitty: what terminals of these kinds show when it is printed")                 \
  LOOK_OPTIONS(O)                                                                                              \
  O(timeout, NUMBER, "30", 0.1, 86400, "", "s", "how long gnuplot may take before it is stopped")
typedef struct PictureOptions {
  PICTURE_OPTIONS(OPTION_FIELD)
} PictureOptions;
#define ROW(...) OPTION_ROW_OF(PictureOptions, __VA_ARGS__)
static const Option picture_options[] = {PICTURE_OPTIONS(ROW)};
#undef ROW

static PictureFormat picture_format(const char *name)
{
  return strcmp(name, "svg") == 0     ? PICTURE_SVG
         : strcmp(name, "pdf") == 0   ? PICTURE_PDF
         : strcmp(name, "sixel") == 0 ? PICTURE_SIXEL
                                      : PICTURE_PNG;
}

static Status run_picture(Call *call, Value *out, Error *e)
{
  const PictureOptions *o = call->options;
  const PictureRequest request = {.format = picture_format(o->format), .width = (int)o->width, .height = (int)o->height,
                                  .scale = o->scale, .timeout = o->timeout, .font = o->font,
                                  .density = density_mode(o->density)};
  Text picture = {0}, wrapped = {0}, warnings = {0};
  bool density = false;
  Status status;
  TRY(picture_draw(of(call), &request, call->task, &picture, &warnings, &density, e));
  if (strcmp(o->format, "kitty") == 0) {
    terminal_picture_kitty(text_data(&picture), picture.size, &wrapped);
    TRY(text_status(&wrapped, e));
  }
  warn(call, &warnings);
  TRY(value_text(text_data(wrapped.size > 0 ? &wrapped : &picture), wrapped.size > 0 ? wrapped.size : picture.size,
                 out, e));
done:
  text_free(&picture);
  text_free(&wrapped);
  text_free(&warnings);
  return status;
}

static const Primitive picture_primitive = {
    .size = sizeof(Primitive),
    .family = "chart",
    .version = 1,
    .name = "picture",
    .summary = "the chart as the bytes of a picture, to be put into a page or sent on",
    .details = "What save writes to a file, as a text of Lua's.",
    .takes = VALUE_CHART,
    .main = "format",
    .options = picture_options,
    .n_options = sizeof picture_options / sizeof *picture_options,
    .options_size = sizeof(PictureOptions),
    .gives = VALUE_TEXT,
    .returns = "the picture's bytes",
    .reference = "",
    .example = EXAMPLE_CHART "ok, bytes = pcall(p.picture, p, \"svg\") -- needs gnuplot\n#bytes > 20",
    .effects = EFFECT_PROCESS,
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_picture};
REGISTER_PRIMITIVE(picture_primitive);
