/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plugins: opened in two steps, the code on whatever thread asks for a format, the rest on the main thread. */
#include "plug/plug.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "frame/builder.h"
#include "io/format.h"
#include "plug/elf_check.h"
#include "plug/manifest.h"
#include "plug/plugin.h"
#include "registry/help.h"

enum { PLUGS_MOST = 256 };

typedef enum Stage {
  STAGE_NONE,
  STAGE_OPEN,     /* the code is there, its formats can be used */
  STAGE_SETTLING, /* primitives and Lua on their way */
  STAGE_READY
} Stage;

/* One per manifest that was asked for. What is done is counted, so that a second try after a failure goes on. */
typedef struct Plug {
  const Manifest *manifest;
  Stage stage;
  const Plugin *plugin;          /* NULL: Lua only */
  size_t formats, primitives;    /* added so far */
} Plug;

static Plug plugs[PLUGS_MOST];
static size_t count;
static PlugHost host;
static bool has_host;
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static Plug *plug_of(const Manifest *manifest)
{
  for (size_t i = 0; i < count; i++) {
    if (plugs[i].manifest == manifest) {
      return &plugs[i];
    }
  }
  plugs[count] = (Plug){.manifest = manifest};
  return &plugs[count++];
}

static Stage stage_of(const Manifest *manifest)
{
  for (size_t i = 0; i < count; i++) {
    if (plugs[i].manifest == manifest) {
      return plugs[i].stage;
    }
  }
  return STAGE_NONE;
}

static bool ends_with(const char *text, const char *end)
{
  const size_t n = strlen(text), m = strlen(end);
  return n > m && strcmp(text + n - m, end) == 0;
}

/* ---- the code */

static Status not_built(const Manifest *m, const char *file, Error *e)
{
  error_set(e, STATUS_STATE, "plugin-not-built", _("the plugin %1$s is not built: %2$s/%3$s is not there"), m->name,
            m->folder, file);
  return m->package[0] ? error_hint(e, _("apt-get install %s, then make"), m->package)
                       : error_hint(e, _("build it: make"));
}

/* dlopen says which library is not there; the package that brings it is in the manifest. */
static Status not_opened(const Manifest *m, const char *path, Error *e)
{
  const char *why = dlerror();
  error_set(e, STATUS_STATE, "bad-plugin", _("the plugin '%1$s' cannot be opened: %2$s"), path, why ? why : "?");
  return m->package[0]
             ? error_hint(e, _("it needs the libraries of %s; if they are there, build it again: make"), m->package)
             : error_hint(e, _("build it again: make"));
}

static Status check_contents(const Plugin *plugin, const Manifest *m, Error *e)
{
  Status status = STATUS_OK;
  if (strcmp(plugin->name, m->name) != 0) {
    error_set(e, STATUS_FORMAT, "bad-plugin", _("'%1$s' calls itself %2$s"), m->folder, plugin->name);
    return error_hint(e, _("ASSAY_PLUGIN(...), plugin.json and the folder must have the same name"));
  }
  for (const Primitive *const *p = plugin->primitives; status == STATUS_OK && p < plugin->primitives_end; p++) {
    status = registry_check(*p, e);
  }
  return status;
}

static Status open_library(const Manifest *m, const char *path, const Plugin **out, Error *e)
{
  Status status = elf_check(path, e);
  void *library = status == STATUS_OK ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  if (status == STATUS_OK && !library) {
    status = not_opened(m, path, e);
  }
  const Plugin *plugin = library ? dlsym(library, "assay_plugin") : NULL;
  if (library && !plugin) {
    status = not_opened(m, path, e);
  }
  if (status == STATUS_OK) {
    status = plugin_check(path, plugin, sizeof *plugin, e);
  }
  if (status == STATUS_OK) {
    status = check_contents(plugin, m, e);
  }
  if (status == STATUS_OK && plugin->open) {
    status = plugin->open(e);
    if (status != STATUS_OK) {
      error_set(e, status, "bad-plugin", _("the plugin %s could not be started"), m->name); /* when it did not say */
    }
  }
  *out = status == STATUS_OK ? plugin : NULL;
  return status;
}

static Status add_formats(Plug *plug, Error *e)
{
  const Plugin *plugin = plug->plugin;
  Status status = STATUS_OK;
  while (plugin && status == STATUS_OK && plugin->formats + plug->formats < plugin->formats_end) {
    status = format_add(plugin->formats[plug->formats], e);
    plug->formats += status == STATUS_OK;
  }
  return status;
}

/* Any thread; the lock is held. */
static Status open_code(Plug *plug, Error *e)
{
  const Manifest *m = plug->manifest;
  char path[PATH_MAX];
  Status status = m->error.status;
  if (status != STATUS_OK) {
    *e = m->error;
    return status;
  }
  for (size_t i = 0; status == STATUS_OK && i < m->files.n && plug->stage == STAGE_NONE; i++) {
    const int n = snprintf(path, sizeof path, "%s/%s", m->folder, m->files.items[i]);
    if (n < 0 || (size_t)n >= sizeof path || !file_exists(path)) {
      status = not_built(m, m->files.items[i], e);
    } else if (ends_with(path, ".so") && !plug->plugin) {
      status = open_library(m, path, &plug->plugin, e);
    }
  }
  if (status == STATUS_OK && plug->stage == STAGE_NONE) {
    status = add_formats(plug, e);
    plug->stage = status == STATUS_OK ? STAGE_OPEN : STAGE_NONE;
  }
  return status == STATUS_OK ? status : error_where(e, _("plugin %s"), m->name);
}

/* ---- the rest, on the main thread */

static Status add_primitives(Plug *plug, Error *e)
{
  const Plugin *plugin = plug->plugin;
  Status status = STATUS_OK;
  while (plugin && status == STATUS_OK && plugin->primitives + plug->primitives < plugin->primitives_end) {
    const Primitive *primitive = plugin->primitives[plug->primitives];
    TRY(registry_add(primitive, e));
    plug->primitives++;
    TRY(has_host ? host.publish(host.context, primitive, e) : STATUS_OK);
  }
done:
  return status;
}

static Status run_files(const Manifest *m, Error *e)
{
  char path[PATH_MAX];
  Status status = STATUS_OK;
  for (size_t i = 0; has_host && status == STATUS_OK && i < m->files.n; i++) {
    const int n = snprintf(path, sizeof path, "%s/%s", m->folder, m->files.items[i]);
    if (n > 0 && (size_t)n < sizeof path && ends_with(path, ".lua")) {
      status = host.run(host.context, path, e);
    }
  }
  return status;
}

/* A name that the manifest promises and nobody brought: else it would stay unknown without a word. */
static Status keeps_promise(const Manifest *m, Error *e)
{
  for (size_t i = 0; has_host && i < m->primitives.n; i++) {
    if (!registry_find(m->primitives.items[i])) {
      error_set(e, STATUS_DATA, "bad-plugin", _("the manifest promises '%s', which the plugin does not bring"),
                m->primitives.items[i]);
      return error_hint(e, _("a primitive's family and name, in C or Lua, make up the name in plugin.json"));
    }
  }
  return STATUS_OK;
}

static Status settle(Plug *plug, Error *e)
{
  const Plugin *plugin = plug->plugin;
  if (plug->stage != STAGE_OPEN) {
    return STATUS_OK;
  }
  plug->stage = STAGE_SETTLING; /* its own Lua may ask for it */
  for (const TopicTable *const *t = plugin ? plugin->topics : NULL; plugin && t < plugin->topics_end; t++) {
    topics_add(*t);
  }
  Status status = add_primitives(plug, e);
  if (status == STATUS_OK) {
    status = run_files(plug->manifest, e);
  }
  if (status == STATUS_OK) {
    status = keeps_promise(plug->manifest, e);
  }
  plug->stage = status == STATUS_OK ? STAGE_READY : STAGE_OPEN;
  return status == STATUS_OK ? status : error_where(e, _("plugin %s"), plug->manifest->name);
}

static Status load(const Manifest *manifest, bool whole, Error *e)
{
  pthread_mutex_lock(&lock);
  Plug *plug = plug_of(manifest);
  const Status status = open_code(plug, e);
  pthread_mutex_unlock(&lock);
  return status == STATUS_OK && whole ? settle(plug, e) : status;
}

void plug_settle(void)
{
  for (size_t i = 0; i < count; i++) {
    Error e;
    error_clear(&e);
    (void)settle(&plugs[i], &e);
  }
}

/* ---- who has it */

/* word: a name, or how a file begins. */
static bool has_format(const Manifest *m, const char *word)
{
  for (size_t i = 0; i < m->begins.n; i++) {
    if (m->begins.items[i][0] && strncmp(word, m->begins.items[i], strlen(m->begins.items[i])) == 0) {
      return true;
    }
  }
  return manifest_has(&m->formats, word) || manifest_has(&m->schemes, word) || manifest_has(&m->extensions, word);
}

static bool load_format(const char *word, Error *e)
{
  const Manifest *const *all;
  size_t n;
  if (manifests_all(&all, &n, e) != STATUS_OK) {
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    if (has_format(all[i], word)) {
      return load(all[i], false, e) == STATUS_OK;
    }
  }
  return false;
}

Status plug_need(const char *word, bool *loaded, Error *e)
{
  const Manifest *const *all;
  size_t n = 0;
  Status status = manifests_all(&all, &n, e);
  *loaded = false;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    if (manifest_brings(all[i], word) && stage_of(all[i]) < STAGE_SETTLING) {
      status = load(all[i], true, e);
      *loaded = status == STATUS_OK;
      break;
    }
  }
  return status;
}

static Status unknown_plugin(const char *name, const Manifest *const *all, size_t n, Error *e)
{
  const char *names[PLUGS_MOST];
  Text list = {0};
  for (size_t i = 0; i < n; i++) {
    names[i] = all[i]->name;
    text_printf(&list, "%s%s", i ? ", " : "", names[i]);
  }
  error_set(e, STATUS_NAME, "unknown-plugin", _("there is no plugin '%s'"), name);
  const size_t near = text_nearest(name, names, n);
  (void)(near < n ? error_hint(e, _("did you mean '%1$s'? plugins: %2$s"), names[near], text_data(&list))
         : n > 0  ? error_hint(e, _("plugins: %s"), text_data(&list))
                  : error_hint(e, _("no plugin was found; the variable ASSAY_PLUGINS names folders of plugins")));
  text_free(&list);
  return STATUS_NAME;
}

Status plug_load(const char *name, Error *e)
{
  const Manifest *const *all;
  size_t n = 0;
  const Status status = manifests_all(&all, &n, e);
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    if (strcmp(all[i]->name, name) == 0) {
      return load(all[i], true, e);
    }
  }
  return status == STATUS_OK ? unknown_plugin(name, all, n, e) : status;
}

void plug_attach(const PlugHost *now)
{
  has_host = now != NULL;
  host = now ? *now : (PlugHost){0};
  format_set_loader(now ? load_format : NULL);
  for (size_t i = 0; !now && i < count; i++) { /* what was declared in Lua went with the session */
    plugs[i].stage = plugs[i].stage == STAGE_READY ? STAGE_OPEN : plugs[i].stage;
  }
}

/* ---- plugin.list */

static const char *missing_of(const Manifest *m, char *buffer, size_t size)
{
  char path[PATH_MAX];
  if (m->error.status != STATUS_OK) {
    return m->error.what;
  }
  const int n = m->absent ? snprintf(path, sizeof path, "%s/%s", m->folder, m->absent) : 0;
  if (!m->absent || (n > 0 && (size_t)n < sizeof path && file_exists(path))) { /* built meanwhile */
    return NULL;
  }
  snprintf(buffer, size, "%s%s%s", m->absent, m->package[0] ? _("; install ") : "", m->package);
  return buffer;
}

Status plug_list(Frame **out, Error *e)
{
  const Manifest *const *all;
  size_t n = 0;
  char buffer[512];
  *out = NULL;
  const Status status = manifests_all(&all, &n, e);
  if (status != STATUS_OK) {
    return status;
  }
  Builder *const text[] = {builder_new(TYPE_STRING, n), builder_new(TYPE_STRING, n), builder_new(TYPE_STRING, n),
                           builder_new(TYPE_STRING, n)};
  Builder *loaded = builder_new(TYPE_BOOL, n);
  const bool memory = text[0] && text[1] && text[2] && text[3] && loaded;
  for (size_t i = 0; memory && i < n; i++) {
    const char *cells[] = {all[i]->name, all[i]->summary, all[i]->folder, missing_of(all[i], buffer, sizeof buffer)};
    for (size_t j = 0; j < sizeof cells / sizeof *cells; j++) {
      if (cells[j]) {
        builder_text(text[j], cells[j], strlen(cells[j]));
      } else {
        builder_missing(text[j]);
      }
    }
    builder_bool(loaded, stage_of(all[i]) != STAGE_NONE);
  }
  Draft *draft = draft_new();
  draft_builder(draft, "name", text[0]);
  draft_builder(draft, "summary", text[1]);
  draft_builder(draft, "loaded", loaded);
  draft_builder(draft, "path", text[2]);
  draft_builder(draft, "missing", text[3]);
  return draft_finish(draft, out, e);
}

void plug_close(void)
{
  pthread_mutex_lock(&lock);
  count = 0;
  manifests_forget();
  pthread_mutex_unlock(&lock);
}
