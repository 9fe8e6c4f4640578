/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/trace.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "view/chart_text.h"

static const size_t trace_bytes = (size_t)64 << 20;
static const char trace_name[] = "assay.trace";

typedef struct Step {
  int64_t run; /* which call of a primitive, from 1 */
  const Primitive *primitive;
  const char *phase, *measure, *counts;
  int64_t start, iteration, changed;
  double objective;
  size_t rows, columns;
  double *state; /* NULL: none */
} Step;

struct Trace {
  atomic_size_t references;
  Step *steps;   /* the first ones */
  size_t n, room, bytes;
  bool full;
  Step last;     /* the newest of those behind them */
  int64_t seen, runs;
};

/* ---- Recording */

static void drop_state(Step *step)
{
  mem_free(step->state);
  step->state = NULL;
}

void trace_unref(Trace *trace)
{
  if (!trace || atomic_fetch_sub(&trace->references, 1) != 1) {
    return;
  }
  for (size_t i = 0; i < trace->n; i++) {
    drop_state(&trace->steps[i]);
  }
  drop_state(&trace->last);
  mem_free(trace->steps);
  mem_free(trace);
}

static bool copy_state(const TraceStep *from, Step *to)
{
  to->state = NULL;
  to->rows = from->state ? from->rows : 0;
  to->columns = from->state ? from->columns : 0;
  if (!from->state || from->rows == 0 || from->columns == 0) {
    return true;
  }
  if (from->rows > trace_bytes / sizeof(double) / from->columns) {
    return false;
  }
  const size_t n = from->rows * from->columns;
  to->state = mem_alloc(n, sizeof *to->state);
  if (to->state) {
    memcpy(to->state, from->state, n * sizeof *to->state);
  }
  return to->state != NULL;
}

static bool make_room(Trace *trace)
{
  if (trace->n < trace->room) {
    return true;
  }
  const size_t room = trace->room ? 2 * trace->room : 64;
  Step *steps = mem_resize(trace->steps, room, sizeof *steps);
  if (steps) {
    trace->steps = steps;
    trace->room = room;
  }
  return steps != NULL;
}

/* Out of room, be it of the trace's own or of memory at all: from now on only the newest step is kept. */
static void keep_last(Trace *trace, const Step *step, const TraceStep *from)
{
  trace->full = true;
  drop_state(&trace->last);
  trace->last = *step;
  if (!copy_state(from, &trace->last)) {
    trace->last.rows = trace->last.columns = 0;
  }
}

static void record(void *context, const TraceStep *from)
{
  Job *job = context;
  Trace *trace = job->trace;
  Step step = {.run = job->trace_run, .primitive = job->primitive, .phase = from->phase ? from->phase : "",
               .measure = from->measure ? from->measure : "objective", .counts = from->counts,
               .start = from->start, .iteration = from->iteration, .changed = from->changed,
               .objective = from->objective};
  trace->seen++;
  const size_t bytes = sizeof step + (from->state ? from->rows * from->columns * sizeof(double) : 0);
  if (!trace->full && trace->bytes + bytes <= trace_bytes && make_room(trace) && copy_state(from, &step)) {
    trace->steps[trace->n++] = step;
    trace->bytes += bytes;
  } else {
    keep_last(trace, &step, from);
  }
}

void trace_listen(Session *session, Job *job)
{
  Trace *trace = session->trace;
  if (!trace) {
    return;
  }
  atomic_fetch_add(&trace->references, 1);
  job->trace = trace;
  job->trace_run = ++trace->runs;
  job->task.trace = record;
  job->task.trace_context = job;
}

/* ---- assay.trace(f): its trace, then what f gives */

static Trace **check_trace(lua_State *L)
{
  return luaL_checkudata(L, 1, trace_name);
}

static int trace_gc(lua_State *L)
{
  Trace **box = check_trace(L);
  trace_unref(*box);
  *box = NULL;
  return 0;
}

static int trace_function(lua_State *L)
{
  Session *session = session_of(L);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  Trace **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, trace_name);
  Trace *trace = *box = mem_zero(1, sizeof *trace);
  if (!trace) {
    throw_memory(L, _("a trace"));
  }
  atomic_init(&trace->references, 1);
  Trace *outer = session->trace;
  lua_pushvalue(L, 1);
  session->trace = trace;
  const int status = lua_pcall(L, 0, LUA_MULTRET, 0);
  session->trace = outer;
  return status == LUA_OK ? lua_gettop(L) - 1 : lua_error(L);
}

/* ---- A step in Lua */

static size_t steps_kept(const Trace *trace)
{
  return trace->n + trace->full;
}

static const Step *check_step(lua_State *L)
{
  const Trace *trace = *check_trace(L);
  const lua_Integer n = luaL_checkinteger(L, 2);
  luaL_argcheck(L, n >= 1 && (size_t)n <= steps_kept(trace), 2, "there is no such step");
  return (size_t)n <= trace->n ? &trace->steps[n - 1] : &trace->last;
}

/* t:count(): steps kept, steps there were. */
static int trace_count(lua_State *L)
{
  const Trace *trace = *check_trace(L);
  lua_pushinteger(L, (lua_Integer)steps_kept(trace));
  lua_pushinteger(L, trace->seen);
  return 2;
}

static void set_integer(lua_State *L, const char *name, int64_t value)
{
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

/* t:step(i): its figures. */
static int trace_step(lua_State *L)
{
  const Step *step = check_step(L);
  lua_createtable(L, 0, 11);
  set_integer(L, "run", step->run);
  set_integer(L, "start", step->start);
  set_integer(L, "iteration", step->iteration);
  set_integer(L, "rows", (int64_t)step->rows);
  set_integer(L, "columns", (int64_t)step->columns);
  if (step->changed >= 0) {
    set_integer(L, "changed", step->changed);
    if (step->counts) {
      lua_pushstring(L, _(step->counts));
      lua_setfield(L, -2, "counts");
    }
  }
  lua_pushstring(L, step->phase);
  lua_setfield(L, -2, "phase");
  lua_pushstring(L, step->primitive->name);
  lua_setfield(L, -2, "method");
  if (!isnan(step->objective)) {
    lua_pushstring(L, step->measure);
    lua_setfield(L, -2, "measure");
    lua_pushnumber(L, step->objective);
    lua_setfield(L, -2, "objective");
  }
  return 1;
}

/* ---- The state as a frame, and as the model's */

static bool has_shape(const Frame *frame, const Step *step)
{
  bool fits = frame_rows(frame) == step->rows && frame_columns(frame) == step->columns;
  for (size_t i = 0; fits && i < step->columns; i++) {
    fits = column_type(frame_column(frame, i)) == TYPE_FLOAT64;
  }
  return fits;
}

/* The name of the model's frame that the state can stand for, or NULL. What begins with "state" is for :continue(). */
static const char *frame_of_shape(const Model *model, const Step *step)
{
  for (size_t i = 0; model && step->state && i < model_frames(model); i++) {
    const char *name = model_frame_name(model, i);
    if (strncmp(name, "state", 5) != 0 && has_shape(model_frame(model, name), step)) {
      return name;
    }
  }
  return NULL;
}

static const Model *model_at(lua_State *L, int index)
{
  const Box *box = box_at(L, index);
  return box && box->value.kind == VALUE_MODEL ? box->value.model : NULL;
}

/* The last step of the same run and start: where its rows ended. */
static const Step *end_of(const Trace *trace, const Step *step)
{
  const Step *end = step;
  for (size_t i = 0; i < steps_kept(trace); i++) {
    const Step *other = i < trace->n ? &trace->steps[i] : &trace->last;
    const bool same = other->run == step->run && other->start == step->start && other->rows == step->rows;
    end = same && other->state ? other : end;
  }
  return end;
}

static double distance(const double *row, const Frame *frame, size_t at)
{
  double sum = 0;
  for (size_t c = 0; c < frame_columns(frame); c++) {
    const double difference = row[c] - column_float(frame_column(frame, c), at);
    sum += difference * difference;
  }
  return sum;
}

/* order[i]: the row of the state that became the model's row i, so that numbers mean the same in both: for each of the
 * model's rows the nearest one of the run's end that is left. O(rows^2 columns). */
static void match_rows(const Step *end, const Frame *frame, size_t *order, bool *used)
{
  for (size_t i = 0; i < end->rows; i++) {
    double least = INFINITY;
    size_t nearest = end->rows;
    for (size_t j = 0; j < end->rows; j++) {
      const double d = used[j] ? INFINITY : distance(end->state + j * end->columns, frame, i);
      if (!used[j] && (nearest == end->rows || d < least)) {
        least = d;
        nearest = j;
      }
    }
    used[nearest] = true;
    order[i] = nearest;
  }
}

/* Draws the frame of a step's state: rows in `order`, names of `like`, or 1, 2 ... without. */
static Status state_frame(const Step *step, const Frame *like, const size_t *order, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  for (size_t c = 0; c < step->columns; c++) {
    char number[24];
    Builder *builder = builder_new(TYPE_FLOAT64, step->rows);
    snprintf(number, sizeof number, "%zu", c + 1);
    for (size_t i = 0; builder && i < step->rows; i++) {
      builder_float(builder, step->state[(order ? order[i] : i) * step->columns + c]);
    }
    draft_builder(draft, like ? frame_name(like, c) : number, builder);
  }
  return draft_finish(draft, out, e);
}

/* The frame of a step's state as the model's frame of that shape has it. */
static Status state_like(const Trace *trace, const Step *step, const Frame *like, Frame **out, Error *e)
{
  size_t *order = like ? mem_zero(step->rows, sizeof *order) : NULL;
  bool *used = like ? mem_zero(step->rows, sizeof *used) : NULL;
  Status status = !like || (order && used) ? STATUS_OK : error_memory(e, step->rows, _("a step"));
  if (status == STATUS_OK && like) {
    match_rows(end_of(trace, step), like, order, used);
  }
  if (status == STATUS_OK) {
    status = state_frame(step, like, order, out, e);
  }
  mem_free(order);
  mem_free(used);
  return status;
}

/* t:state(i [, model]): the state as a frame, nil when the step has none. */
static int trace_state(lua_State *L)
{
  const Step *step = check_step(L);
  const Model *model = model_at(L, 3);
  const char *name = frame_of_shape(model, step);
  Frame *frame = NULL;
  Error e;
  error_clear(&e);
  if (!step->state) {
    return 0;
  }
  if (state_like(*check_trace(L), step, name ? model_frame(model, name) : NULL, &frame, &e) != STATUS_OK) {
    return throw_error(L, &e);
  }
  Value value = value_of_frame(frame);
  value_push(L, &value);
  return 1;
}

/* A copy of the model with the state of a step in the place of its frame `name`. */
static Status model_with(const Trace *trace, const Step *step, const Model *model, const char *name, Model **out,
                         Error *e)
{
  Text bytes = {0};
  Frame *frame = NULL;
  Status status;
  *out = NULL;
  TRY(model_to_bytes(model, &bytes, e));
  TRY(model_of_bytes(text_data(&bytes), bytes.size, "", out, e));
  TRY(state_like(trace, step, model_frame(model, name), &frame, e));
  TRY(model_set_frame(*out, name, frame, e));
  if (model_data(model)) {
    model_set_data(*out, model_data(model));
  }
done:
  text_free(&bytes);
  if (status != STATUS_OK) {
    model_unref(*out);
    *out = NULL;
  }
  return status;
}

/* t:model(i, model): the model as it was at step i, nil when no frame of it has the state's shape. */
static int trace_model(lua_State *L)
{
  const Step *step = check_step(L);
  const Model *model = model_at(L, 3);
  const char *name = frame_of_shape(model, step);
  Model *then = NULL;
  Error e;
  error_clear(&e);
  if (!name) {
    return 0;
  }
  if (model_with(*check_trace(L), step, model, name, &then, &e) != STATUS_OK) {
    return throw_error(L, &e);
  }
  Value value = {.kind = VALUE_MODEL, .model = then};
  value_push(L, &value);
  return 1;
}

/* ---- What a drawing needs */

/* assay.output(): columns, lines, whether only ASCII, whether no drawing. 0: no limit. */
static int output(lua_State *L)
{
  const Session *session = session_of(L);
  const ViewStyle style = session->hooks.style(session->hooks.context);
  lua_pushinteger(L, style.width);
  lua_pushinteger(L, style.height);
  lua_pushboolean(L, style_ascii(&style));
  lua_pushboolean(L, style.plain);
  return 4;
}

/* assay.draw(chart, lines): the chart as text, for an output of so many lines. */
static int draw(lua_State *L)
{
  const Session *session = session_of(L);
  const Box *box = luaL_checkudata(L, 1, box_names[VALUE_CHART]);
  ViewStyle style = session->hooks.style(session->hooks.context);
  style.height = (int)luaL_checkinteger(L, 2);
  Text *text = push_text(L);
  Error e;
  error_clear(&e);
  if (chart_text(box->value.chart, &style, text, &e) != STATUS_OK || text_status(text, &e) != STATUS_OK) {
    return throw_error(L, &e);
  }
  lua_pushlstring(L, text_data(text), text->size);
  return 1;
}

/* assay.model_frame(model, name): one of the frames that a model consists of, or nil. */
static int model_part(lua_State *L)
{
  const Model *model = model_at(L, 1);
  const Frame *frame = model ? model_frame(model, luaL_checkstring(L, 2)) : NULL;
  if (!frame) {
    return 0;
  }
  Value value = value_of_frame(frame_ref(frame));
  value_push(L, &value);
  return 1;
}

void open_traces(lua_State *L)
{
  static const luaL_Reg methods[] = {
    {"count", trace_count}, {"step", trace_step}, {"state", trace_state}, {"model", trace_model}, {NULL, NULL}};
  static const luaL_Reg functions[] = {
    {"trace", trace_function}, {"output", output}, {"draw", draw}, {"model_frame", model_part}, {NULL, NULL}};
  luaL_newmetatable(L, trace_name);
  lua_pushcfunction(L, trace_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_getglobal(L, "assay");
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
