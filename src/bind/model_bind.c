/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models in Lua: m:verb(...), and m.inertia for a figure of glance. */
#include <string.h>

#include "bind/session_layout.h"
#include "registry/model.h"

static const Model *check_model(lua_State *L, int index)
{
  const Box *box = luaL_checkudata(L, index, box_names[VALUE_MODEL]);
  return box->value.model;
}

/* A verb that takes models of this family, or of any. */
static bool push_model_method(lua_State *L, const Model *model, const char *name)
{
  const Primitive *primitive = registry_method(VALUE_MODEL, name);
  const char *family = model_primitive(model)->family;
  if (!primitive || (primitive->takes_class && strcmp(primitive->takes_class, family) != 0)) {
    return false;
  }
  push_primitive(L, primitive);
  return true;
}

static int unknown_member(lua_State *L, const Model *model, const char *name)
{
  const char *names[512];
  size_t n = 0;
  for (size_t i = 0; i < registry_size() && n < 256; i++) {
    const Primitive *primitive = registry_at(i);
    if (primitive->takes == VALUE_MODEL && primitive_method(primitive)) {
      names[n++] = primitive_method(primitive);
    }
  }
  const Frame *glance = model_frame(model, "glance");
  for (size_t i = 0; glance && i < frame_columns(glance) && n < 512; i++) {
    names[n++] = frame_name(glance, i);
  }
  Error e;
  error_clear(&e);
  error_set(&e, STATUS_NAME, "unknown-name", _("a model of %1$s has no verb or figure '%2$s'"), model_name(model), name);
  const size_t near = text_nearest(name, names, n);
  if (near < n) {
    (void)error_hint(&e, _("did you mean '%s'?"), names[near]);
  } else {
    (void)error_hint(&e, _("m:glance() has all figures, ?model the verbs"));
  }
  return throw_error(L, &e);
}

static int model_index(lua_State *L)
{
  const Model *model = check_model(L, 1);
  const char *name = luaL_checkstring(L, 2);
  const Column *column;
  if (push_model_method(L, model, name)) {
    return 1;
  }
  if (model_figure(model, name, &column)) {
    cell_push(L, column, 0);
    return 1;
  }
  return unknown_member(L, model, name);
}

void open_model(lua_State *L)
{
  luaL_getmetatable(L, box_names[VALUE_MODEL]);
  lua_pushcfunction(L, model_index);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
