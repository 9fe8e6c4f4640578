/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points as a density image. Sums are of whole numbers, so their order does not matter. */
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "plot/script_layout.h"

enum { CELLS = PLOT_DENSITY_X * PLOT_DENSITY_Y, CHUNK = 4096, FAINTEST = 70, FEW_SHARE = 20 };

/* Sums of a cell's points. */
typedef struct Mix {
  uint64_t red, green, blue, n;
} Mix;

bool in_density(const Writer *writer, const ChartSeries *series)
{
  return writer->script->density && series->mark == CHART_POINTS && series->drawn > 0 &&
         series->drawn * FEW_SHARE >= script_points(writer->chart);
}

/* Whether points differ by class, shade or series. */
static bool is_mixed(const Writer *writer)
{
  size_t n = 0;
  for (size_t i = 0; i < chart_series_count(writer->chart); i++) {
    const ChartSeries *series = chart_series(writer->chart, i);
    if (in_density(writer, series)) {
      n++;
      if (n > 1 || chart_role(series, "group") || chart_role(series, "shade")) {
        return true;
      }
    }
  }
  return false;
}

/* An element that comes before all others, so that lines and rules are drawn over it. */
static void put_image(Writer *writer, Text *source, const char *style)
{
  text_add(&writer->plot, text_data(source), source->size);
  text_puts(&writer->plot, style);
  writer->plot.failed = writer->plot.failed || source->failed;
  writer->n_elements++;
}

static Status put_counts(Writer *writer, uint32_t *cells, Error *e)
{
  uint32_t most = 1;
  Status status = chart_density(writer->chart, PLOT_DENSITY_X, PLOT_DENSITY_Y, writer->task, cells, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i < CELLS; i++) {
    most = cells[i] > most ? cells[i] : most;
  }
  Text source = {0};
  text_printf(&writer->setup,
              "set palette defined (0 \"#c6dbef\", 1 \"#4292c6\", 2 \"#08519c\", 3 \"#001030\")\nset logscale cb\n"
              "set cbrange [1:%u]\nset cblabel ",
              most > 1 ? most : 2);
  put_text(writer, &writer->setup, _("points in a cell"), strlen(_("points in a cell")), 40, false, false);
  text_char(&writer->setup, '\n');
  grid_put(writer, cells, PLOT_DENSITY_X, PLOT_DENSITY_Y, GRID_COUNTS, &source);
  put_image(writer, &source, " notitle with image");
  text_free(&source);
  return STATUS_OK;
}

/* ---- colours */

/* Where a value lies along an axis of `cells` cells; false: beyond. */
static bool cell_at(const Writer *writer, const ChartAxis *axis, double value, size_t cells, size_t *cell)
{
  if (!(value >= axis->low && value <= axis->high)) {
    return false;
  }
  const double low = axis_place(writer, axis, axis->low), high = axis_place(writer, axis, axis->high);
  const double share = (axis_place(writer, axis, value) / 2 - low / 2) / (high / 2 - low / 2);
  *cell = share >= 1 ? cells - 1 : share > 0 ? (size_t)(share * (double)cells) : 0;
  *cell = *cell < cells ? *cell : cells - 1;
  return true;
}

/* The colours of a series' points: of its class, its shade, or its own. */
typedef struct Paint {
  PointClasses classes;
  const Column *shade;
  double low, high;
} Paint;

/* False for a point that is not drawn. */
static bool paint_of(const Paint *paint, size_t row, uint32_t *color)
{
  if (paint->shade) {
    const double value = column_valid(paint->shade, row) ? column_float(paint->shade, row) : NAN;
    *color = isfinite(value) ? shade_value((value - paint->low) / (paint->high - paint->low)) : 0;
    return isfinite(value);
  }
  if (!paint->classes.column) {
    *color = color_value(paint->classes.color[0]);
    return true;
  }
  const size_t number = paint->classes.of[row];
  if (number >= CLASSES_MOST) {
    return false;
  }
  *color = paint->classes.grey[number] ? 0xaaaaaa : color_value(paint->classes.color[number]);
  return true;
}

static void mix_point(Mix *mix, uint32_t color)
{
  mix->red += color >> 16;
  mix->green += color >> 8 & 255;
  mix->blue += color & 255;
  mix->n++;
}

static Status mix_series(Writer *writer, const ChartSeries *series, const Paint *paint, Mix *mix, Error *e)
{
  const Column *columns[] = {chart_role(series, "x"), chart_role(series, "y")};
  const size_t rows = frame_rows(series->data);
  double x[CHUNK], y[CHUNK];
  for (size_t first = 0; first < rows; first += CHUNK) {
    const size_t n = rows - first < CHUNK ? rows - first : CHUNK;
    if (task_cancelled(writer->task)) {
      return error_cancelled(e);
    }
    column_block(columns[0], first, n, x, 1);
    column_block(columns[1], first, n, y, 1);
    for (size_t i = 0; i < n; i++) {
      size_t across, up;
      uint32_t color;
      if (cell_at(writer, chart_x(writer->chart), x[i], PLOT_DENSITY_X, &across) &&
          cell_at(writer, chart_y(writer->chart), y[i], PLOT_DENSITY_Y, &up) && paint_of(paint, first + i, &color)) {
        mix_point(&mix[up * PLOT_DENSITY_X + across], color);
      }
    }
  }
  return STATUS_OK;
}

/* The mean colour, the fainter the fewer points: even in the logarithm, so that a single point is still seen. */
static void mix_colors(const Mix *mix, uint32_t *cells)
{
  uint64_t most = 1;
  for (size_t i = 0; i < CELLS; i++) {
    most = mix[i].n > most ? mix[i].n : most;
  }
  for (size_t i = 0; i < CELLS; i++) {
    const uint64_t n = mix[i].n;
    const double share = most > 1 && n > 0 ? log((double)n) / log((double)most) : 1;
    const uint32_t alpha = n > 0 ? (uint32_t)lrint(FAINTEST + (255 - FAINTEST) * share) : 0;
    cells[i] = n == 0 ? 0
                      : alpha << 24 | (uint32_t)(mix[i].red / n) << 16 | (uint32_t)(mix[i].green / n) << 8 |
                            (uint32_t)(mix[i].blue / n);
  }
}

/* An entry of the legend without a point of its own. */
static void put_key(Writer *writer, const char *title, size_t n, const char *color)
{
  if (n == 0) {
    return;
  }
  text_puts(&writer->plot, writer->n_elements++ > 0 ? ", \\\n  NaN title " : "NaN title ");
  put_text(writer, &writer->plot, title, n, 40, false, false);
  text_printf(&writer->plot, " with points pointtype 5 pointsize %.10g linecolor rgb \"%s\"",
              1.2 * writer->request->scale, color);
  writer->n_keys++;
}

static void put_keys(Writer *writer, const ChartSeries *series, const Paint *paint)
{
  if (paint->shade) {
    char ends[80];
    const int n = snprintf(ends, sizeof ends, "%.6g", paint->low), m = snprintf(ends + 40, 40, "%.6g", paint->high);
    put_key(writer, ends, (size_t)n, "#440154");
    put_key(writer, ends + 40, (size_t)m, "#fde725");
    return;
  }
  if (!paint->classes.column) {
    put_key(writer, series->name, strlen(series->name), color_of(paint->classes.color[0]));
    return;
  }
  for (size_t i = 0; i < paint->classes.n; i++) {
    Text label = {0};
    class_label(&paint->classes, i, &label);
    if (!paint->classes.again[i]) {
      put_key(writer, text_data(&label), label.size,
              paint->classes.grey[i] ? "#aaaaaa" : color_of(paint->classes.color[i]));
    }
    writer->plot.failed = writer->plot.failed || label.failed;
    text_free(&label);
  }
}

static Status paint_init(Writer *writer, const ChartSeries *series, Paint *paint, Error *e)
{
  *paint = (Paint){.shade = chart_role(series, "shade")};
  const Status status = classes_find(writer, series, &paint->classes, e);
  if (paint->shade) {
    shade_range(paint->shade, &paint->low, &paint->high);
  }
  return status;
}

static Status put_colors(Writer *writer, uint32_t *cells, Error *e)
{
  Mix *mix = mem_zero(CELLS, sizeof *mix);
  const size_t n = chart_series_count(writer->chart);
  Paint *paints = arena_alloc(&writer->task->arena, n, sizeof *paints);
  Text source = {0};
  Status status = mix && paints ? STATUS_OK : error_memory(e, CELLS * sizeof *mix, _("a chart"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const ChartSeries *series = chart_series(writer->chart, i);
    if (in_density(writer, series)) {
      status = paint_init(writer, series, &paints[i], e);
      status = status == STATUS_OK ? mix_series(writer, series, &paints[i], mix, e) : status;
    }
  }
  if (status == STATUS_OK) {
    mix_colors(mix, cells);
    grid_put(writer, cells, PLOT_DENSITY_X, PLOT_DENSITY_Y, GRID_COLORS, &source);
    put_image(writer, &source, " notitle with rgbalpha");
    for (size_t i = 0; i < n; i++) {
      if (in_density(writer, chart_series(writer->chart, i))) {
        put_keys(writer, chart_series(writer->chart, i), &paints[i]);
      }
    }
  }
  text_free(&source);
  mem_free(mix);
  return status;
}

Status put_density(Writer *writer, Error *e)
{
  uint32_t *cells = mem_zero(CELLS, sizeof *cells);
  if (!cells) {
    return error_memory(e, CELLS * sizeof *cells, _("a chart"));
  }
  const Status status = is_mixed(writer) ? put_colors(writer, cells, e) : put_counts(writer, cells, e);
  mem_free(cells);
  return status;
}
