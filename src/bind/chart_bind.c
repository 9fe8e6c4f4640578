/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text charts for Lua: assay.draw_scatter(df, x, y, color) and assay.draw_bars(df, label, value) give texts made for the
 * output's size. lua/prelude/30_view.lua declares the primitives that call them with checked columns. */
#include <math.h>

#include "bind/session_layout.h"
#include "view/chart.h"

static const Frame *frame_at(lua_State *L, int index)
{
  const Box *box = luaL_checkudata(L, index, box_names[VALUE_FRAME]);
  return box->value.frame;
}

/* The column named at an index; NULL for nil. */
static const Column *column_named(lua_State *L, const Frame *frame, int index)
{
  size_t column;
  Error e;
  if (lua_isnoneornil(L, index)) {
    return NULL;
  }
  error_clear(&e);
  if (frame_need(frame, luaL_checkstring(L, index), &column, &e) != STATUS_OK) {
    throw_error(L, &e);
  }
  return frame_column(frame, column);
}

static int draw_scatter(lua_State *L)
{
  const Session *session = session_of(L);
  const Frame *frame = frame_at(L, 1);
  const ChartScatter chart = {.x_name = luaL_checkstring(L, 2), .y_name = luaL_checkstring(L, 3),
                              .x = column_named(L, frame, 2), .y = column_named(L, frame, 3),
                              .cluster = column_named(L, frame, 4)};
  const ViewStyle style = session->hooks.style(session->hooks.context);
  Text *text = push_text(L);
  Error e;
  error_clear(&e);
  if (chart_scatter(&chart, &style, text, &e) != STATUS_OK) {
    return throw_error(L, &e);
  }
  lua_pushlstring(L, text_data(text), text->size);
  return 1;
}

/* Labels as texts and values as numbers, all in one userdata that Lua owns. */
static void fill_bars(lua_State *L, const Column *label, const Column *value, ChartBars *bars)
{
  const size_t n = column_rows(value);
  double *values = lua_newuserdatauv(L, n * sizeof *values, 0);
  const char **labels = lua_newuserdatauv(L, n * sizeof *labels, 0);
  lua_createtable(L, (int)n, 0); /* keeps the label texts alive */
  for (size_t row = 0; row < n; row++) {
    cell_push(L, label, row);
    labels[row] = luaL_tolstring(L, -1, NULL);
    lua_rawseti(L, -3, (lua_Integer)row + 1);
    lua_pop(L, 1);
    values[row] = column_valid(value, row) ? column_float(value, row) : NAN;
  }
  bars->labels = labels;
  bars->values = values;
  bars->n = n;
}

static int draw_bars(lua_State *L)
{
  const Session *session = session_of(L);
  const Frame *frame = frame_at(L, 1);
  const Column *label = column_named(L, frame, 2), *value = column_named(L, frame, 3);
  luaL_argcheck(L, label && value, 2, "two columns are needed");
  ChartBars bars = {.title = luaL_checkstring(L, 3)};
  fill_bars(L, label, value, &bars);
  const ViewStyle style = session->hooks.style(session->hooks.context);
  Text *text = push_text(L);
  chart_bars(&bars, &style, text);
  Error e;
  error_clear(&e);
  if (text_status(text, &e) != STATUS_OK) {
    return throw_error(L, &e);
  }
  lua_pushlstring(L, text_data(text), text->size);
  return 1;
}

/* ---- charts as values: p:save(...) */

static int chart_index(lua_State *L)
{
  luaL_checkudata(L, 1, box_names[VALUE_CHART]);
  const char *name = luaL_checkstring(L, 2);
  if (push_method(L, VALUE_CHART, name)) {
    return 1;
  }
  const char *names[64];
  size_t n = 0;
  for (size_t i = 0; i < registry_size() && n < 64; i++) {
    if (registry_at(i)->takes == VALUE_CHART && primitive_method(registry_at(i))) {
      names[n++] = primitive_method(registry_at(i));
    }
  }
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_NAME, "unknown-name", _("a chart has no verb '%s'"), name);
  const size_t near = text_nearest(name, names, n);
  if (near < n) {
    (void)error_hint(&e, _("did you mean '%s'?"), names[near]);
  }
  return throw_error(L, &e);
}

void open_chart(lua_State *L)
{
  luaL_getmetatable(L, box_names[VALUE_CHART]);
  lua_pushcfunction(L, chart_index);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

void open_charts(lua_State *L)
{
  lua_getglobal(L, "assay");
  lua_pushcfunction(L, draw_scatter);
  lua_setfield(L, -2, "draw_scatter");
  lua_pushcfunction(L, draw_bars);
  lua_setfield(L, -2, "draw_bars");
  lua_pop(L, 1);
}
