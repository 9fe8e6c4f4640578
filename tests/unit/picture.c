/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "core/alloc.h"
#include "core/random.h"
#include "frame/builder.h"

/* ---- PNG */

static size_t number(const uint8_t *bytes)
{
  return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static uint8_t paeth(int a, int b, int c)
{
  const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
  return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

static void unfilter(uint8_t *row, const uint8_t *above, size_t n, size_t step, int filter)
{
  for (size_t i = 0; i < n; i++) {
    const int a = i >= step ? row[i - step] : 0, b = above ? above[i] : 0, c = above && i >= step ? above[i - step] : 0;
    const int add = filter == 1 ? a : filter == 2 ? b : filter == 3 ? (a + b) / 2 : filter == 4 ? paeth(a, b, c) : 0;
    row[i] = (uint8_t)(row[i] + add);
  }
}

static void put_pixel(const uint8_t *from, int color, const uint8_t *palette, uint8_t *to)
{
  const int alpha = color == 6 ? from[3] : color == 4 ? from[1] : 255;
  for (int part = 0; part < 3; part++) {
    const int value = color == 3 ? palette[3 * from[0] + part] : color & 2 ? from[part] : from[0];
    to[part] = (uint8_t)((value * alpha + 255 * (255 - alpha)) / 255);
  }
}

void picture_read(const char *text, size_t n, Picture *out)
{
  const uint8_t *bytes = (const uint8_t *)text, *palette = NULL;
  static const size_t samples[] = {1, 0, 3, 1, 2, 0, 4};
  uint8_t *packed = mem_alloc(n, 1);
  size_t used = 0;
  assert_true(n > 57 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0);
  const size_t width = number(bytes + 16), height = number(bytes + 20);
  const int color = bytes[25];
  assert_int_equal(bytes[24], 8);
  assert_true(color <= 6 && samples[color] > 0 && bytes[28] == 0);
  for (size_t at = 8; at + 12 <= n; at += 12 + number(bytes + at)) {
    const size_t length = number(bytes + at);
    assert_true(at + 12 + length <= n);
    assert_int_equal(number(bytes + at + 8 + length), crc32(0, bytes + at + 4, (unsigned)length + 4));
    if (memcmp(bytes + at + 4, "IDAT", 4) == 0) {
      memcpy(packed + used, bytes + at + 8, length);
      used += length;
    } else if (memcmp(bytes + at + 4, "PLTE", 4) == 0) {
      palette = bytes + at + 8;
    }
  }
  const size_t step = samples[color], line = width * step + 1;
  uLongf room = line * height;
  uint8_t *rows = mem_alloc(line, height);
  assert_int_equal(uncompress(rows, &room, packed, used), Z_OK);
  assert_int_equal(room, line * height);
  *out = (Picture){.width = width, .height = height, .pixels = mem_alloc(width * height, 3)};
  for (size_t y = 0; y < height; y++) {
    uint8_t *row = rows + y * line + 1;
    unfilter(row, y > 0 ? row - line : NULL, line - 1, step, row[-1]);
    for (size_t x = 0; x < width; x++) {
      put_pixel(row + x * step, color, palette, out->pixels + 3 * (y * width + x));
    }
  }
  mem_free(rows);
  mem_free(packed);
}

void picture_free(Picture *picture)
{
  mem_free(picture->pixels);
  picture->pixels = NULL;
}

double picture_light(const Picture *picture)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < 3 * picture->width * picture->height; i++) {
    sum += picture->pixels[i];
  }
  return (double)sum / (255.0 * 3 * (double)picture->width * (double)picture->height);
}

double picture_ink_of(const Picture *picture, int left, int top, int right, int bottom)
{
  size_t ink = 0, all = 0;
  for (size_t y = picture->height * (size_t)top / 10; y < picture->height * (size_t)bottom / 10; y++) {
    for (size_t x = picture->width * (size_t)left / 10; x < picture->width * (size_t)right / 10; x++) {
      const uint8_t *pixel = picture->pixels + 3 * (y * picture->width + x);
      ink += pixel[0] < 250 || pixel[1] < 250 || pixel[2] < 250;
      all++;
    }
  }
  return (double)ink / (double)all;
}

double picture_ink(const Picture *picture)
{
  return picture_ink_of(picture, 0, 0, 10, 10);
}

double picture_share(const Picture *picture, uint32_t color)
{
  size_t near = 0;
  for (size_t i = 0; i < picture->width * picture->height; i++) {
    const uint8_t *pixel = picture->pixels + 3 * i;
    near += abs(pixel[0] - (int)(color >> 16)) < 24 && abs(pixel[1] - (int)(color >> 8 & 255)) < 24 &&
            abs(pixel[2] - (int)(color & 255)) < 24;
  }
  return (double)near / (double)(picture->width * picture->height);
}

/* ---- charts */

Frame *chart_frame(const char *const *names, size_t columns, const double *values, size_t n)
{
  Frame *frame;
  Draft *draft = draft_new();
  for (size_t i = 0; i < columns; i++) {
    draft_floats(draft, names[i], values + i * n, n);
  }
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static void finish(Chart *chart)
{
  Task task;
  task_init(&task, 1);
  Error e;
  error_clear(&e);
  assert_int_equal(chart_finish(chart, &task, &e), STATUS_OK);
  task_free(&task);
}

Chart *chart_of(const char *title, ChartMark mark, Frame *data, const ChartAxis *x, const ChartAxis *y)
{
  static const ChartAxis plain = {.low = (double)NAN, .high = (double)NAN};
  Chart *chart;
  assert_int_equal(chart_new("test", &chart, NULL), STATUS_OK);
  assert_int_equal(chart_set_title(chart, title, NULL), STATUS_OK);
  assert_int_equal(chart_set_x(chart, x ? x : &plain, NULL), STATUS_OK);
  assert_int_equal(chart_set_y(chart, y ? y : &plain, NULL), STATUS_OK);
  assert_int_equal(chart_add(chart, mark, "", data, NULL), STATUS_OK);
  frame_unref(data);
  finish(chart);
  return chart;
}

Column *column_of_texts(const char *const *texts, size_t n)
{
  Builder *builder = builder_new(TYPE_STRING, n);
  Column *column;
  for (size_t i = 0; i < n; i++) {
    builder_text(builder, texts[i], strlen(texts[i]));
  }
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

Chart *chart_of_points(const char *title, size_t n, bool groups)
{
  static const double middle[3][2] = {{0, 0}, {8, 2}, {3, 9}};
  static const char *const names[] = {"north", "south", "west"};
  Random random = random_new(7, 0);
  Builder *x = builder_new(TYPE_FLOAT64, n), *y = builder_new(TYPE_FLOAT64, n), *group = builder_new(TYPE_CATEGORY, n);
  for (size_t i = 0; i < n; i++) {
    const size_t cluster = i % 3;
    builder_float(x, middle[cluster][0] + random_normal(&random));
    builder_float(y, middle[cluster][1] + random_normal(&random));
    builder_text(group, names[cluster], strlen(names[cluster]));
  }
  Draft *draft = draft_new();
  Frame *frame;
  draft_builder(draft, "x", x);
  draft_builder(draft, "y", y);
  if (groups) {
    draft_builder(draft, "group", group);
  } else {
    builder_free(group);
  }
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  const ChartAxis across = {.label = "spend", .low = NAN, .high = NAN},
                  up = {.label = "visits", .low = NAN, .high = NAN};
  Chart *chart = chart_of(title, CHART_POINTS, frame, &across, &up);
  return chart;
}
