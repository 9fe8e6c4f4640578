/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points: counted into a grid by all threads, then shown as dots, levels of density, a ramp or classes.
 *
 * Counts are whole numbers, so that it does not matter which thread counted what. Levels begin at the quarters of the
 * counts of the cells that are not empty: fixed thresholds would saturate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "view/chart_draw.h"
#include "view/width.h"

enum {
  CHUNK = 512,
  WORKERS = 4,
  SHADES = 256,        /* steps of a shade that are summed */
  LABELS_ROWS = 64,    /* points of which labels may still be read */
  LABEL_WIDTH = 16, LABEL_SHORT = 3,
  HIDDEN_NUM = 5, HIDDEN_DEN = 3 /* dots while there are at most 5 points for 3 dots */
};

/* A grid for each layer (class or series) and worker. */
typedef struct Grid {
  size_t columns, rows, layers, cells;
  uint32_t *counts;
  uint64_t *sums;      /* of shades, in SHADES steps; NULL */
} Grid;

typedef struct Count {
  const Drawing *drawing;
  const Column *x, *y, *shade;
  const Axis *axis_x, *axis_y;
  const uint8_t *numbers; /* the layer of each row, or NULL */
  size_t layer;
  double across, up;      /* dots of a cell */
  Grid *grid;
} Count;

static Status grid_init(Grid *grid, size_t columns, size_t rows, size_t layers, bool sums, Error *e)
{
  *grid = (Grid){.columns = columns, .rows = rows, .layers = layers, .cells = columns * rows};
  const size_t n = grid->cells * layers * WORKERS;
  grid->counts = mem_zero(n, sizeof *grid->counts);
  grid->sums = sums ? mem_zero(n, sizeof *grid->sums) : NULL;
  return grid->counts && (grid->sums || !sums) ? STATUS_OK : error_memory(e, 0, _("a chart"));
}

static void grid_free(Grid *grid)
{
  mem_free(grid->counts);
  mem_free(grid->sums);
}

/* All workers' counts into the first one's. */
static void grid_gather(Grid *grid)
{
  const size_t n = grid->cells * grid->layers;
  for (size_t i = n; i < n * WORKERS; i++) {
    grid->counts[i % n] += grid->counts[i];
  }
  for (size_t i = n; grid->sums && i < n * WORKERS; i++) {
    grid->sums[i % n] += grid->sums[i];
  }
}

/* ---- counting */

static size_t index_in(double place, size_t n)
{
  return place >= (double)n ? n - 1 : place > 0 ? (size_t)place : 0;
}

static uint64_t shade_step(const Drawing *drawing, double shade)
{
  const double low = drawing->shade[0], high = drawing->shade[1];
  const double share = (shade / 4 - low / 4) / (high / 4 - low / 4);
  return share > 0 ? (uint64_t)fmin(share * SHADES, SHADES - 1) : 0;
}

static void count_chunk(const Count *count, size_t first, size_t n, size_t worker)
{
  double x[CHUNK], y[CHUNK], shade[CHUNK];
  Grid *grid = count->grid;
  const size_t base = worker * grid->layers * grid->cells;
  column_block(count->x, first, n, x, 1);
  column_block(count->y, first, n, y, 1);
  if (count->shade) {
    column_block(count->shade, first, n, shade, 1);
  }
  for (size_t i = 0; i < n; i++) {
    const size_t layer = count->numbers ? count->numbers[first + i] : count->layer;
    const bool is_shown = axis_has(count->axis_x, x[i]) && axis_has(count->axis_y, y[i]) && layer != DRAW_NOT &&
                          (!count->shade || isfinite(shade[i]));
    if (is_shown) {
      const size_t column = index_in(axis_place(count->axis_x, x[i]) * count->across, grid->columns);
      const size_t row = index_in(axis_place(count->axis_y, y[i]) * count->up, grid->rows);
      const size_t at = base + layer * grid->cells + row * grid->columns + column;
      grid->counts[at]++;
      if (count->shade) {
        grid->sums[at] += shade_step(count->drawing, shade[i]);
      }
    }
  }
}

static Status count_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum;
  (void)e;
  for (size_t done = 0; done < count; done += CHUNK) {
    count_chunk(context, first + done, count - done < CHUNK ? count - done : CHUNK, worker);
  }
  return STATUS_OK;
}

static Status count_series(Drawing *drawing, const ChartSeries *series, Count *count, Error *e)
{
  const Reduce reduce = {.block = count_block, .context = count};
  char nothing;
  count->x = chart_role(series, "x");
  count->y = chart_role(series, "y");
  drawing->task.threads = WORKERS;
  return rows_reduce(&drawing->task, frame_rows(series->data), &reduce, &nothing, e);
}

/* ---- density */

static int compare_counts(const void *a, const void *b)
{
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Least counts of each level, and the greatest of all behind them. */
typedef struct Levels {
  uint32_t from[INK_LEVELS + 1];
} Levels;

static Status choose_levels(const uint32_t *counts, size_t cells, Levels *levels, Error *e)
{
  uint32_t *sorted = mem_alloc(cells, sizeof *sorted);
  if (!sorted) {
    return error_memory(e, 0, _("a chart"));
  }
  size_t n = 0;
  for (size_t i = 0; i < cells; i++) {
    if (counts[i] > 0) {
      sorted[n++] = counts[i];
    }
  }
  qsort(sorted, n, sizeof *sorted, compare_counts);
  for (size_t level = 0; level <= INK_LEVELS; level++) {
    const size_t at = n * level / INK_LEVELS;
    levels->from[level] = n == 0 ? 0 : sorted[at < n ? at : n - 1];
  }
  mem_free(sorted);
  return STATUS_OK;
}

static bool has_levels(const Levels *levels)
{
  return levels->from[INK_LEVELS - 1] > levels->from[0];
}

static size_t level_of(const Levels *levels, uint32_t count)
{
  size_t level = 0;
  for (size_t i = 1; i < INK_LEVELS; i++) {
    level = count >= levels->from[i] && levels->from[i] > levels->from[i - 1] ? i : level;
  }
  return level;
}

/* "3 to 11" of the levels there are. */
static void name_levels(Drawing *drawing, const Levels *levels)
{
  const bool is_alone = drawing->legend.n == 0;
  size_t level = 0;
  while (level < INK_LEVELS) {
    size_t next = level + 1;
    while (next < INK_LEVELS && levels->from[next] == levels->from[level]) {
      next++;
    }
    char name[64];
    const uint32_t from = levels->from[level], last = levels->from[next], to = next < INK_LEVELS ? last - 1 : last;
    if (from == to) {
      snprintf(name, sizeof name, is_alone ? "%1$u" : _("%1$u points"), from);
    } else {
      snprintf(name, sizeof name, is_alone ? _("%1$u to %2$u") : _("%1$u to %2$u points"), from, to);
    }
    const size_t shown = level_of(levels, from);
    legend_add(&drawing->legend, drawing_level(drawing, shown), INK_RAMP + (unsigned)shown, name, strlen(name));
    level = next;
  }
  drawing->legend_title = is_alone ? _("points in a cell") : drawing->legend_title;
}

static void put_levels(const Drawing *drawing, const uint32_t *counts, const Levels *levels, Canvas *canvas)
{
  for (size_t i = 0; i < canvas->columns * canvas->rows; i++) {
    if (counts[i] > 0) {
      const size_t level = level_of(levels, counts[i]);
      const uint32_t alone = canvas->across == 1 ? 'o' : drawing_level(drawing, INK_LEVELS - 1);
      const bool several = has_levels(levels);
      canvas_put(canvas, i % canvas->columns, i / canvas->columns, several ? drawing_level(drawing, level) : alone,
                 several ? INK_RAMP + (unsigned)level : INK_NONE);
    }
  }
}

/* Counts of dots as counts of cells. */
static Status gather_cells(const Grid *grid, const Canvas *canvas, uint32_t **cells, Error *e)
{
  *cells = mem_zero(canvas->columns * canvas->rows, sizeof **cells);
  for (size_t i = 0; *cells && i < grid->cells; i++) {
    const size_t column = i % grid->columns / canvas->across, row = i / grid->columns / canvas->down;
    (*cells)[row * canvas->columns + column] += grid->counts[i];
  }
  return *cells ? STATUS_OK : error_memory(e, 0, _("a chart"));
}

/* Dots tell points apart while few of them hide others. */
static bool dots_suit(const Grid *grid, const Canvas *canvas)
{
  uint64_t points = 0, dots = 0;
  for (size_t i = 0; i < grid->cells; i++) {
    points += grid->counts[i];
    dots += grid->counts[i] > 0;
  }
  return canvas->across > 1 && points * HIDDEN_DEN <= dots * HIDDEN_NUM;
}

static void put_dots(const Grid *grid, unsigned ink, Canvas *canvas)
{
  for (size_t i = 0; i < grid->cells; i++) {
    if (grid->counts[i] > 0) {
      canvas_dot(canvas, i % grid->columns, i / grid->columns, ink);
    }
  }
}

static Status draw_density(Drawing *drawing, size_t series, const Count *plan, Canvas *canvas, Error *e)
{
  const size_t across = canvas->across, up = across > 1 ? canvas->down : 1;
  Grid grid;
  Count count = *plan;
  Levels levels;
  uint32_t *cells = NULL;
  Status status;
  TRY(grid_init(&grid, canvas->columns * across, canvas->rows * up, 1, false, e));
  count.grid = &grid;
  count.across = (double)across;
  count.up = (double)up;
  TRY(count_series(drawing, chart_series(drawing->chart, series), &count, e));
  grid_gather(&grid);
  if (dots_suit(&grid, canvas)) {
    put_dots(&grid, drawing_ink(drawing, series), canvas);
    goto done;
  }
  if (across > 1) {
    TRY(gather_cells(&grid, canvas, &cells, e));
  }
  const uint32_t *counts = cells ? cells : grid.counts;
  TRY(choose_levels(counts, canvas->columns * canvas->rows, &levels, e));
  put_levels(drawing, counts, &levels, canvas);
  if (has_levels(&levels)) {
    name_levels(drawing, &levels);
  }
done:
  mem_free(cells);
  grid_free(&grid);
  return status;
}

/* ---- classes and shades */

/* What a cell shows of a layer. */
typedef struct Layer {
  uint32_t glyph;
  unsigned ink;
  bool above;      /* goes before those that are not */
} Layer;

enum { LAYERS_MOST = CLASS_MOST + DRAW_SERIES };

/* The layers in order of the legend; gives their number. */
static size_t make_layers(const Drawing *drawing, Layer layers[LAYERS_MOST])
{
  size_t n = 0;
  const bool classes = drawing->points == POINTS_CLASSES && drawing->special;
  for (size_t rank = 0; classes && rank < drawing->classes.n; rank++) {
    const size_t number = drawing->classes.order[rank];
    layers[number] = (Layer){(unsigned char)drawing->classes.entries[number].glyph, INK_SERIES + (unsigned)rank, false};
  }
  n = classes ? drawing->classes.n : drawing->special ? 1 : 0;
  for (size_t i = 0; i < chart_series_count(drawing->chart) && n < LAYERS_MOST; i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    if (series->mark == CHART_POINTS && series != drawing->special) {
      layers[n++] = (Layer){drawing_glyph(drawing, i), drawing_ink(drawing, i), drawing->special != NULL};
    }
  }
  return n;
}

/* The layer with most points in the cell, the first in order when equal; LAYERS_MOST when the cell is empty. */
static size_t cell_layer(const Drawing *drawing, const Grid *grid, const Layer *layers, size_t cell)
{
  size_t best = LAYERS_MOST;
  uint32_t most = 0;
  const size_t classes = drawing->points == POINTS_CLASSES && drawing->special ? drawing->classes.n : 0;
  for (size_t i = 0; i < grid->layers; i++) {
    const size_t layer = i < classes ? drawing->classes.order[i] : i;
    const uint32_t count = grid->counts[layer * grid->cells + cell];
    const bool above = best != LAYERS_MOST && layers[layer].above && !layers[best].above;
    if (count > 0 && (count > most || above)) {
      most = count;
      best = layer;
    }
  }
  return best;
}

static void put_layers(const Drawing *drawing, const Grid *grid, const Layer *layers, Canvas *canvas)
{
  for (size_t cell = 0; cell < grid->cells; cell++) {
    const size_t layer = cell_layer(drawing, grid, layers, cell);
    if (layer == LAYERS_MOST) {
      continue;
    }
    uint32_t glyph = layers[layer].glyph;
    unsigned ink = layers[layer].ink;
    if (grid->sums && layer == 0) {
      const size_t level = grid->sums[cell] / grid->counts[cell] * INK_LEVELS / SHADES;
      glyph = drawing_level(drawing, level);
      ink = INK_RAMP + (unsigned)level;
    }
    canvas_put(canvas, cell % grid->columns, cell / grid->columns, glyph, ink);
  }
}

/* The ink of the class that has the same name as the cell; INK_NONE when there is none. */
static unsigned class_ink(const Drawing *drawing, const Column *group, size_t row)
{
  const Classes *classes = &drawing->classes;
  Text cell = {0}, name = {0};
  unsigned ink = INK_NONE;
  column_cell_text(group, row, &cell);
  for (size_t rank = 0; rank < classes->n && ink == INK_NONE; rank++) {
    const ClassEntry *entry = &classes->entries[classes->order[rank]];
    text_reset(&name);
    column_cell_text(classes->column, entry->first, &name);
    if (entry->glyph != '?' && strcmp(text_data(&cell), text_data(&name)) == 0) {
      ink = INK_SERIES + (unsigned)rank;
    }
  }
  text_free(&cell);
  text_free(&name);
  return ink;
}

/* A second series of the same classes, such as the centres of clusters: a glyph of its own, the ink of each class. */
static void put_again(const Drawing *drawing, size_t index, const Count *plan, Canvas *canvas)
{
  const ChartSeries *series = chart_series(drawing->chart, index);
  const Column *group = chart_role(series, "group");
  const size_t rows = group ? frame_rows(series->data) : 0;
  for (size_t row = 0; row < rows && rows <= LABELS_ROWS; row++) {
    const double x = drawing_number(series, "x", row), y = drawing_number(series, "y", row);
    if (axis_has(plan->axis_x, x) && axis_has(plan->axis_y, y) && column_valid(group, row)) {
      canvas_put(canvas, axis_cell(plan->axis_x, x), axis_cell(plan->axis_y, y), drawing_glyph(drawing, index),
                 class_ink(drawing, group, row));
    }
  }
}

static Status draw_layers(Drawing *drawing, const Count *plan, Canvas *canvas, Error *e)
{
  Layer layers[LAYERS_MOST] = {{0}};
  Grid grid;
  Count count = *plan;
  Status status;
  const bool shaded = drawing->points == POINTS_SHADE;
  TRY(grid_init(&grid, canvas->columns, canvas->rows, make_layers(drawing, layers), shaded, e));
  count.grid = &grid;
  count.across = count.up = 1;
  size_t layer = drawing->special ? (shaded ? 1 : drawing->classes.n) : 0;
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    const bool special = series == drawing->special;
    if (series->mark == CHART_POINTS && (special || layer < grid.layers)) {
      count.numbers = special && !shaded ? drawing->numbers : NULL;
      count.shade = special && shaded ? chart_role(series, "shade") : NULL;
      count.layer = special ? 0 : layer++;
      TRY(count_series(drawing, series, &count, e));
    }
  }
  grid_gather(&grid);
  put_layers(drawing, &grid, layers, canvas);
  for (size_t i = 0; drawing->special && !shaded && i < chart_series_count(drawing->chart); i++) {
    if (chart_series(drawing->chart, i) != drawing->special && chart_series(drawing->chart, i)->mark == CHART_POINTS) {
      put_again(drawing, i, &count, canvas);
    }
  }
done:
  grid_free(&grid);
  return status;
}

/* ---- all */

Status draw_points(Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas, Error *e)
{
  const Count count = {.drawing = drawing, .axis_x = x, .axis_y = y};
  if (drawing->points == POINTS_NONE) {
    return STATUS_OK;
  }
  if (drawing->points != POINTS_DENSITY) {
    return draw_layers(drawing, &count, canvas, e);
  }
  size_t series = 0;
  while (chart_series(drawing->chart, series)->mark != CHART_POINTS) {
    series++;
  }
  return draw_density(drawing, series, &count, canvas, e);
}

static void put_label(const Drawing *drawing, const Column *label, size_t row, const size_t cell[2], unsigned ink,
                      Canvas *canvas)
{
  Text whole = {0}, text = {0};
  column_cell_text(label, row, &whole);
  const size_t width = width_cut(&text, text_data(&whole), whole.size, LABEL_WIDTH, drawing->ascii);
  const bool put = canvas_label(canvas, cell[0] + 2, cell[1], &text, width, false, ink) ||
                   (cell[0] > width && canvas_label(canvas, cell[0] - 1 - width, cell[1], &text, width, false, ink));
  if (!put && width <= LABEL_SHORT) { /* numbers of segments go before a few of the points */
    (void)canvas_label(canvas, cell[0] + 1, cell[1], &text, width, true, ink);
  }
  canvas->texts.failed = canvas->texts.failed || whole.failed || text.failed;
  text_free(&whole);
  text_free(&text);
}

void draw_labels(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas)
{
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    const Column *label = series->mark == CHART_POINTS ? chart_role(series, "label") : NULL;
    const size_t rows = frame_rows(series->data);
    for (size_t row = 0; label && series->drawn <= LABELS_ROWS && rows <= 16 * LABELS_ROWS && row < rows; row++) {
      const double at[2] = {drawing_number(series, "x", row), drawing_number(series, "y", row)};
      if (axis_has(x, at[0]) && axis_has(y, at[1]) && column_valid(label, row)) {
        put_label(drawing, label, row, (size_t[2]){axis_cell(x, at[0]), axis_cell(y, at[1])}, drawing_ink(drawing, i),
                  canvas);
      }
    }
  }
}
