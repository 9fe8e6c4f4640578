/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the prompt asks of a session: help, the user's variables, the last value in full. */
#include <string.h>

#include "bind/results.h"
#include "bind/session_layout.h"
#include "core/alloc.h"
#include "frame/builder.h"
#include "plug/plug.h"
#include "registry/help.h"
#include "chart/chart.h"
#include "registry/model.h"
#include "view/table.h"

/* A plugin is loaded for the help of its names: "example", "example.benford", "benford.column". */
static Status load_for_help(const char *topic, Error *e)
{
  char word[64];
  bool loaded = false;
  const size_t length = strcspn(topic, ".");
  Status status = STATUS_OK;
  plug_settle();
  if (topic[0] == '\0' || length >= sizeof word) {
    goto done;
  }
  memcpy(word, topic, length);
  word[length] = '\0';
  if (registry_find(topic)) { /* a function of ours: a plugin may have a family of its name, which shows too */
    Error unused;
    error_clear(&unused);
    if (plug_need(word, &loaded, &unused) != STATUS_OK) {
      loaded = false;
    }
    goto done;
  }
  TRY(plug_need(word, &loaded, e));
done:
  return status;
}

Status session_help(Session *session, const char *topic, Text *out, Error *e)
{
  const ViewStyle style = session->hooks.style(session->hooks.context);
  const size_t width = style.width > 20 ? (size_t)style.width : 80;
  const size_t length = strlen(topic);
  if (length > 1 && topic[0] == '"') { /* ?"words" searches */
    if (help_search(topic, width, out)) {
      return text_status(out, e);
    }
    return error_set(e, STATUS_NAME, "no-help", _("no page has the words %s"), topic);
  }
  const Status status = session->settings.sandbox ? STATUS_OK : load_for_help(topic, e);
  return status == STATUS_OK ? help_page(topic, width, out, e) : status;
}

Status session_may_start(const Session *session, const char *name, Error *e)
{
  if (!session->settings.sandbox) {
    return STATUS_OK;
  }
  return error_set(e, STATUS_STATE, "sandboxed", _("%1$s is not available in the sandbox: it %2$s"), name, _("starts other programs"));
}

/* ---- .vars: a frame of the user's names */

typedef struct Listing {
  Builder *name, *type, *shape, *bytes;
} Listing;

static void boxed_shape(const Value *value, char *out, size_t size)
{
  if (value->kind == VALUE_FRAME) {
    snprintf(out, size, _("%1$zu x %2$zu"), frame_rows(value->frame), frame_columns(value->frame));
  } else if (value->kind == VALUE_COLUMN) {
    snprintf(out, size, "%zu", column_rows(value->column));
  } else if (value->kind == VALUE_CHART) {
    snprintf(out, size, "%s", chart_kind(value->chart));
  } else {
    snprintf(out, size, "%s", model_name(value->model));
  }
}

static void list_value(lua_State *L, Listing *listing, const char *name)
{
  static const char *const kinds[VALUE_KIND_COUNT] = {[VALUE_COLUMN] = "column", [VALUE_FRAME] = "frame", [VALUE_MODEL] = "model",
                                                        [VALUE_CHART] = "chart"};
  const Box *box = lua_type(L, -1) == LUA_TUSERDATA ? box_at(L, -1) : NULL;
  const char *type = box ? kinds[box->value.kind] : is_missing(L, -1) ? "NA" : luaL_typename(L, -1);
  char shape[160] = "";
  if (box) {
    boxed_shape(&box->value, shape, sizeof shape);
  } else if (lua_type(L, -1) == LUA_TTABLE || lua_type(L, -1) == LUA_TSTRING) {
    snprintf(shape, sizeof shape, "%zu", (size_t)lua_rawlen(L, -1));
  }
  builder_text(listing->name, name, strlen(name));
  builder_text(listing->type, type, strlen(type));
  builder_text(listing->shape, shape, strlen(shape));
  if (box) {
    builder_int(listing->bytes, (int64_t)value_bytes(&box->value));
  } else {
    builder_missing(listing->bytes);
  }
}

static int list_names(lua_State *L)
{
  Listing *listing = lua_touserdata(L, 1);
  push_environment(L);
  const int environment = lua_gettop(L);
  (void)push_sorted_keys(L, environment);
  const int names = lua_gettop(L);
  for (size_t i = 1; i <= lua_rawlen(L, names); i++) {
    lua_settop(L, names);
    lua_rawgeti(L, names, (lua_Integer)i);
    lua_pushvalue(L, -1);
    lua_rawget(L, environment);
    list_value(L, listing, lua_tostring(L, names + 1));
  }
  return 0;
}

static void free_builders(Listing *listing)
{
  builder_free(listing->name);
  builder_free(listing->type);
  builder_free(listing->shape);
  builder_free(listing->bytes);
}

Status session_variables(Session *session, Text *out, Error *e)
{
  lua_State *L = session->L;
  Listing listing = {.name = builder_new(TYPE_STRING, 16), .type = builder_new(TYPE_STRING, 16),
                     .shape = builder_new(TYPE_STRING, 16), .bytes = builder_new(TYPE_INT64, 16)};
  bool sound = listing.name && listing.type && listing.shape && listing.bytes;
  if (sound) {
    lua_pushcfunction(L, list_names);
    lua_pushlightuserdata(L, &listing);
    sound = lua_pcall(L, 1, 0, 0) == LUA_OK;
    lua_settop(L, 0);
  }
  if (!sound) {
    free_builders(&listing);
    return error_memory(e, 0, _("the list of variables"));
  }
  if (builder_rows(listing.name) == 0) {
    free_builders(&listing);
    text_puts(out, _("no variables yet\n"));
    return text_status(out, e);
  }
  Draft *draft = draft_new();
  draft_builder(draft, "name", listing.name);
  draft_builder(draft, "type", listing.type);
  draft_builder(draft, "shape", listing.shape);
  draft_builder(draft, "bytes", listing.bytes);
  Frame *frame = NULL;
  Status status = draft_finish(draft, &frame, e);
  if (status == STATUS_OK) {
    const ViewStyle style = session->hooks.style(session->hooks.context);
    const TableOptions options = {.rows = TABLE_ALL_ROWS, .inner = true};
    status = table_render(frame, &options, &style, out, e);
  }
  frame_unref(frame);
  return status;
}

/* ---- .last */

typedef struct LastRequest {
  Text *out;
  ViewStyle style;
  bool found;
} LastRequest;

static int show_last(lua_State *L)
{
  LastRequest *request = lua_touserdata(L, 1);
  if (results_last(L)) {
    request->found = true;
    show_value(L, -1, &request->style, true, request->out);
    text_puts(request->out, request->out->size && request->out->data[request->out->size - 1] == '\n' ? "" : "\n");
  }
  return 0;
}

Status session_last(Session *session, Text *out, Error *e)
{
  lua_State *L = session->L;
  LastRequest request = {.out = out, .style = session->hooks.style(session->hooks.context)};
  request.style.width = 0;
  request.style.height = 0;
  lua_pushcfunction(L, show_last);
  lua_pushlightuserdata(L, &request);
  interrupt_begin(session); /* a __tostring of the user's may run for long */
  const int status = lua_pcall(L, 1, 0, 0);
  Error why;
  if (status != LUA_OK) {
    error_take(L, status, &why);
  }
  interrupt_end(session);
  lua_settop(L, 0);
  if (status != LUA_OK) {
    return error_set(e, why.status, why.id, "%s", why.what);
  }
  if (!request.found) {
    text_puts(out, _("nothing was shown yet\n"));
  }
  return text_status(out, e);
}
