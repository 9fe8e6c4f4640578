/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of a script: terminal, titles, legend, caption, and the plot command at its end. */
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "plot/script_layout.h"

enum { TITLE_MOST = 400, LEGEND_MOST = 40, CAPTION_LINES = 6, CAPTION_STEP = 15, REPLACED_MOST = 200 };

static const double caption_letter = 6; /* pixels of a letter of the caption, about */

/* ---- texts */

static bool is_plain(unsigned char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(" ,.:;()=+-", c));
}

static bool is_character(const char *text, size_t length, uint32_t code)
{
  return length > 0 && code >= 0x20 && code != 0x7F && !(code >= 0x80 && code < 0xA0) && (code & 0xFFFE) != 0xFFFE &&
         *text;
}

static void quote_byte(Text *out, unsigned char c, bool percent)
{
  if (is_plain(c)) {
    text_char(out, (char)c);
  } else if (percent && c == '%') {
    text_puts(out, "\\045\\045");
  } else {
    text_printf(out, "\\%03o", c);
  }
}

void script_quote(Text *out, const char *text, size_t n, bool lines, bool percent)
{
  text_char(out, '"');
  for (size_t at = 0; at < n;) {
    uint32_t code = 0;
    const size_t length = utf8_decode(text + at, n - at, &code), step = length > 0 ? length : 1;
    if (text[at] == '\n' || text[at] == '\t') {
      text_puts(out, lines && text[at] == '\n' ? "\\n" : " ");
    } else if (!is_character(text + at, length, code)) {
      text_puts(out, "\\077");
    } else {
      for (size_t i = 0; i < step; i++) {
        const unsigned char c = (unsigned char)text[at + i];
        quote_byte(out, c, percent);
      }
    }
    at += step;
  }
  text_char(out, '"');
}

/* Bytes of the first `most` characters. */
static size_t characters(const char *text, size_t n, size_t most)
{
  size_t at = 0;
  for (size_t i = 0; i < most && at < n; i++) {
    uint32_t code;
    const size_t length = utf8_decode(text + at, n - at, &code);
    at += length > 0 ? length : 1;
  }
  return at;
}

/* The mark that stands for a text: the same for the same text. */
static void replace(Writer *writer, const char *text, size_t n, char mark[32])
{
  Text *list = &writer->script->replaced;
  size_t number = 0;
  for (const char *line = text_data(list); *line; line += strcspn(line, "\n") + 1) {
    const char *said = strchr(line, ' ') + 1;
    number++;
    if (strcspn(said, "\n") == n && memcmp(said, text, n) == 0) {
      snprintf(mark, 32, "[%zu]", number);
      return;
    }
  }
  snprintf(mark, 32, "[%zu]", ++number);
  text_printf(list, "%s ", mark);
  for (size_t i = 0; i < n; i++) {
    text_char(list, text[i] == '\n' || !text[i] ? ' ' : text[i]);
  }
  text_char(list, '\n');
}

/* Remembers characters that a font may lack. All of them begin with a byte from C9 on. */
static void note_characters(Writer *writer, const char *text, size_t n)
{
  Script *script = writer->script;
  size_t at = 0;
  while (at < n && (unsigned char)text[at] < 0xC9) {
    at++;
  }
  if (at < n && !script->used) {
    script->used = mem_zero(1, sizeof *script->used);
    script->text.failed = script->text.failed || !script->used;
  }
  if (at < n && script->used) {
    (void)code_set_add(script->used, text, n);
  }
}

void put_text(Writer *writer, Text *out, const char *text, size_t n, size_t most, bool lines, bool percent)
{
  const size_t shown = characters(text, n, most);
  Text cut = {0};
  text_add(&cut, text, shown);
  if (shown < n) {
    text_puts(&cut, "...");
  }
  note_characters(writer, text_data(&cut), cut.size);
  if (writer->request->lacking && code_set_meets(writer->request->lacking, text_data(&cut), cut.size)) {
    char mark[32];
    replace(writer, text, n < 200 ? n : characters(text, n, 60), mark);
    script_quote(out, mark, strlen(mark), false, percent);
  } else {
    script_quote(out, text_data(&cut), cut.size, lines, percent);
  }
  out->failed = out->failed || cut.failed;
  text_free(&cut);
}

void put_number(Text *out, double value)
{
  char shown[32];
  text_of_double(value, shown);
  text_puts(out, isfinite(value) ? shown : "NaN");
}

static void put_string(Writer *writer, Text *out, const char *text, size_t most, bool lines)
{
  put_text(writer, out, text, strlen(text), most, lines, false);
}

/* ---- the report of steps, for gnuplot.c */

static void put_step(Writer *writer, const char *step)
{
  if (writer->request->report) {
    text_printf(&writer->script->text, "print '@@%s ', GPVAL_ERRNO, ' ', GPVAL_ERRMSG\nreset errors\n", step);
  }
}

/* ---- the terminal */

static void put_font(const ScriptRequest *request, Text *out)
{
  const char *font = request->font && *request->font ? request->font : "Sans,12";
  text_puts(out, " font ");
  script_quote(out, font, strlen(font), false, false);
}

static void put_bitmap_terminal(const ScriptRequest *request, const char *name, Text *out)
{
  text_printf(out, "set terminal %s noenhanced size %d,%d", name, (int)lrint(request->width * request->scale),
              (int)lrint(request->height * request->scale));
  put_font(request, out);
  text_printf(out, " fontscale %.10g linewidth %.10g", request->scale, request->scale);
  text_puts(out, " background rgb \"#ffffff\"\n");
}

static void put_terminal(const ScriptRequest *request, Text *out)
{
  switch (request->format) {
  case PICTURE_PNG:
    text_puts(out, "if (strstrt(\" \".GPVAL_TERMINALS.\" \", \" pngcairo \") > 0) {\n  ");
    put_bitmap_terminal(request, "pngcairo", out);
    text_puts(out, "} else {\n  ");
    put_bitmap_terminal(request, "png truecolor", out);
    text_puts(out, "}\n");
    break;
  case PICTURE_SIXEL:
    put_bitmap_terminal(request, "sixelgd truecolor", out);
    break;
  case PICTURE_SVG:
    text_printf(out, "set terminal svg noenhanced size %.10g,%.10g", request->width * request->scale,
                request->height * request->scale);
    put_font(request, out);
    text_printf(out, " fontscale %.10g linewidth %.10g background rgb \"#ffffff\"\n", request->scale, request->scale);
    break;
  default:
    text_printf(out, "set terminal pdfcairo noenhanced size %.10gin,%.10gin", request->width * request->scale / 100,
                request->height * request->scale / 100);
    put_font(request, out);
    text_printf(out, " fontscale %.10g linewidth %.10g background rgb \"#ffffff\"\n", request->scale, request->scale);
  }
}

static void put_output(Writer *writer)
{
  Text *out = &writer->script->text;
  text_puts(out, "set output ");
  script_quote(out, writer->request->output, strlen(writer->request->output), false, false);
  text_char(out, '\n');
}

/* ---- titles, legend, caption */

static void put_titles(Writer *writer)
{
  const Chart *chart = writer->chart;
  Text *out = &writer->script->text;
  if (chart_title(chart)[0]) {
    text_puts(out, "set title ");
    put_string(writer, out, chart_title(chart), TITLE_MOST, true);
    text_char(out, '\n');
  }
  const ChartAxis *axes[] = {chart_x(chart), chart_y(chart)};
  for (int i = 0; i < 2; i++) {
    if (axes[i]->label && axes[i]->label[0]) {
      text_printf(out, "set %clabel ", axis_side(writer, "xy"[i]));
      put_string(writer, out, axes[i]->label, TITLE_MOST, true);
      text_char(out, '\n');
    }
  }
}

static void put_legend(Writer *writer)
{
  Text *out = &writer->script->text;
  if (writer->n_keys == 0) {
    text_puts(out, "set key off\n");
    return;
  }
  text_puts(out, "set key outside right center vertical Left reverse samplen 2");
  if (chart_legend(writer->chart)[0] && !writer->ramp_named) {
    text_puts(out, " title ");
    put_string(writer, out, chart_legend(writer->chart), LEGEND_MOST, false);
  }
  text_char(out, '\n');
}

/* Adds a text to the caption in lines of at most `most` characters, broken at blanks. */
static void wrap(const char *text, size_t most, Text *out)
{
  while (*text) {
    const size_t n = strlen(text), whole = characters(text, n, most);
    size_t at = whole;
    while (whole < n && at > 0 && text[at] != ' ') {
      at--;
    }
    at = at > 0 ? at : whole;
    text_add(out, text, at);
    text_char(out, '\n');
    text += at;
    text += strspn(text, " ");
  }
}

/* Counts and notes, small, in a strip that the picture keeps free below the plot. */
static void put_caption(Writer *writer)
{
  const ScriptRequest *request = writer->request;
  const size_t most = (size_t)(request->width / caption_letter);
  Text lines = {0}, counts = {0}, *out = &writer->script->text;
  chart_counts(writer->chart, &counts);
  if (writer->script->density) {
    text_printf(&counts, _("%sshown as a density"), counts.size > 0 ? "; " : "");
  }
  wrap(text_data(&counts), most, &lines);
  for (size_t i = 0; i < chart_notes(writer->chart); i++) {
    wrap(chart_note(writer->chart, i), most, &lines);
  }
  size_t n = 0;
  for (const char *line = text_data(&lines); *line; line += strcspn(line, "\n") + 1) {
    n++;
  }
  n = n < CAPTION_LINES ? n : CAPTION_LINES;
  const double step = (double)CAPTION_STEP / request->height;
  const char *line = text_data(&lines);
  for (size_t i = 0; i < n; i++) {
    const size_t length = strcspn(line, "\n");
    text_printf(out, "set label at screen 0.01,%.4f left font \",9\" textcolor rgb \"#555555\" ",
                ((double)(n - i) - 0.4) * step);
    put_text(writer, out, line, length, most, false, false);
    text_char(out, '\n');
    line += length + 1;
  }
  if (n > 0) {
    text_printf(out, "set size 1,%.4f\nset origin 0,%.4f\n", 1 - (double)n * step, (double)n * step);
  }
  out->failed = out->failed || lines.failed || counts.failed;
  text_free(&lines);
  text_free(&counts);
}

/* ---- all of it */

size_t script_points(const Chart *chart)
{
  size_t points = 0;
  for (size_t i = 0; i < chart_series_count(chart); i++) {
    const ChartSeries *series = chart_series(chart, i);
    points += series->mark == CHART_POINTS ? series->drawn : 0;
  }
  return points;
}

bool script_is_density(const Chart *chart, DensityMode mode)
{
  const size_t points = script_points(chart);
  return points > 0 && (mode == DENSITY_ALWAYS || (mode == DENSITY_AUTO && points > PLOT_POINTS_MOST));
}

static Status put_marks(Writer *writer, Error *e)
{
  Status status = writer->script->density ? put_density(writer, e) : STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < chart_series_count(writer->chart); i++) {
    const ChartSeries *series = chart_series(writer->chart, i);
    if (!in_density(writer, series)) {
      status = put_series(writer, series, i, e);
    }
    if (status == STATUS_OK && task_cancelled(writer->task)) {
      status = error_cancelled(e);
    }
  }
  return status;
}

static void put_frame(Writer *writer)
{
  Text *out = &writer->script->text;
  text_puts(out, "# A chart of assay, for gnuplot 5.4 or later.\nset encoding utf8\n");
  text_puts(out, writer->request->report ? "set print '-'\n" : "");
  put_terminal(writer->request, out);
  put_step(writer, "terminal");
  put_output(writer);
  put_step(writer, "output");
  put_titles(writer);
  put_legend(writer);
  put_caption(writer);
  text_puts(
      out,
      "set border 3 linecolor rgb \"#333333\"\nset grid back linecolor rgb \"#dddddd\" linetype 1 linewidth 0.5\n"
      "set tics nomirror out\nset style fill solid 0.8 noborder\n");
  put_axis(writer, 'x', &writer->x);
  put_axis(writer, 'y', &writer->y);
  text_add(out, text_data(&writer->setup), writer->setup.size);
  put_step(writer, "axes");
  text_add(out, text_data(&writer->blocks), writer->blocks.size);
  put_step(writer, "data");
  text_puts(out, "plot ");
  text_add(out, text_data(&writer->plot), writer->plot.size);
  text_char(out, '\n');
  put_step(writer, "plot");
  text_puts(out, "unset output\n");
  put_step(writer, "end");
}

Status script_make(const Chart *chart, const ScriptRequest *request, Task *task, Script *out, Error *e)
{
  *out = (Script){0};
  Writer writer = {.chart = chart, .request = request, .task = task, .script = out};
  out->density = script_is_density(chart, request->density);
  writer.turned = bars_lie(&writer);
  writer.own_log = out->density && (chart_x(chart)->log || chart_y(chart)->log);
  axes_pad(&writer);
  Status status = axes_check(&writer, e);
  if (status == STATUS_OK) {
    status = put_marks(&writer, e);
  }
  if (status == STATUS_OK) {
    put_frame(&writer);
    out->text.failed = out->text.failed || writer.blocks.failed || writer.setup.failed || writer.plot.failed;
    status = text_status(&out->text, e);
  }
  if (status == STATUS_OK) {
    status = text_status(&out->data, e);
  }
  text_free(&writer.blocks);
  text_free(&writer.setup);
  text_free(&writer.plot);
  return status;
}

void script_free(Script *script)
{
  text_free(&script->text);
  text_free(&script->data);
  text_free(&script->replaced);
  mem_free(script->used);
  script->used = NULL;
}
