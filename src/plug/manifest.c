/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests: where they are, what is in them. */
#include "plug/manifest.h"

#include <dirent.h>
#include <jansson.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/file.h"

enum { MANIFEST_BYTES = 1 << 16, MANIFESTS_MOST = 256 };

static Manifest *found[MANIFESTS_MOST];
static size_t count;
static bool searched;
static Arena memory; /* of the manifests, for the rest of the run */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- one manifest */

static Status wrong(Manifest *m, const char *format, const char *what)
{
  error_set(&m->error, STATUS_FORMAT, "bad-plugin", format, m->folder, what);
  return error_hint(&m->error, _("the manifest of plugins/example shows what belongs there"));
}

static Status read_text(const json_t *object, const char *key, Arena *arena, Manifest *m, const char **out, Error *e)
{
  const json_t *value = json_object_get(object, key);
  *out = "";
  if (value && !json_is_string(value)) {
    (void)wrong(m, _("%1$s/plugin.json: '%2$s' must be a text"), key);
  } else if (value && !(*out = arena_string(arena, json_string_value(value)))) {
    return error_memory(e, 0, _("a manifest"));
  }
  return STATUS_OK;
}

static Status read_list(const json_t *object, const char *key, Arena *arena, Manifest *m, OptionTexts *out, Error *e)
{
  const json_t *value = json_object_get(object, key);
  const size_t n = json_array_size(value);
  const char **items = arena_alloc(arena, n, sizeof *items);
  if (!items) {
    return error_memory(e, 0, _("a manifest"));
  }
  bool right = !value || json_is_array(value);
  for (size_t i = 0; right && i < n; i++) {
    const json_t *item = json_array_get(value, i);
    right = json_is_string(item);
    if (right && !(items[i] = arena_string(arena, json_string_value(item)))) {
      return error_memory(e, 0, _("a manifest"));
    }
  }
  if (right) {
    *out = (OptionTexts){items, n};
  } else {
    (void)wrong(m, _("%1$s/plugin.json: '%2$s' must be a list of texts"), key);
  }
  return STATUS_OK;
}

static Status read_fields(const json_t *object, const char *name, Arena *arena, Manifest *m, Error *e)
{
  const struct {
    const char *key;
    OptionTexts *list;
  } lists[] = {{"files", &m->files},     {"primitives", &m->primitives}, {"methods", &m->methods},
               {"globals", &m->globals}, {"formats", &m->formats},       {"schemes", &m->schemes},
               {"extensions", &m->extensions}, {"begins", &m->begins}};
  const char *written;
  Status status;
  TRY(read_text(object, "name", arena, m, &written, e));
  TRY(read_text(object, "summary", arena, m, &m->summary, e));
  TRY(read_text(object, "package", arena, m, &m->package, e));
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    TRY(read_list(object, lists[i].key, arena, m, lists[i].list, e));
  }
  if (strcmp(written, name) != 0) {
    (void)wrong(m, _("%1$s/plugin.json: 'name' must be that of its folder, not '%2$s'"), written);
  }
  if (m->files.n == 0) {
    (void)wrong(m, _("%1$s/plugin.json: '%2$s' must name what is loaded"), "files");
  }
  for (size_t i = 0; i < m->files.n; i++) {
    if (strchr(m->files.items[i], '/')) {
      (void)wrong(m, _("%1$s/plugin.json: '%2$s' must be a file in the plugin's own folder"), m->files.items[i]);
    }
  }
done:
  return status;
}

static void look_for_files(Manifest *m)
{
  char path[PATH_MAX];
  for (size_t i = 0; i < m->files.n && !m->absent; i++) {
    snprintf(path, sizeof path, "%s/%s", m->folder, m->files.items[i]);
    m->absent = file_exists(path) ? NULL : m->files.items[i];
  }
}

Status manifest_read(const char *folder, const char *name, Arena *arena, Manifest *m, Error *e)
{
  char path[PATH_MAX], *bytes = NULL;
  size_t size = 0;
  json_error_t why;
  json_t *object = NULL;
  *m = (Manifest){
      .folder = arena_string(arena, folder), .name = arena_string(arena, name), .summary = "", .package = ""};
  snprintf(path, sizeof path, "%s/plugin.json", folder);
  Status status = m->folder && m->name ? STATUS_OK : error_memory(e, 0, _("a manifest"));
  if (status == STATUS_OK && file_read(path, MANIFEST_BYTES, &bytes, &size, &m->error) == STATUS_OK) {
    object = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(object)) {
      (void)wrong(m, _("%1$s/plugin.json is no JSON object: %2$s"), object ? _("it is something else") : why.text);
    } else {
      status = read_fields(object, name, arena, m, e);
      look_for_files(m);
    }
  }
  json_decref(object);
  mem_free(bytes);
  return status;
}

bool manifest_has(const OptionTexts *list, const char *word)
{
  for (size_t i = 0; i < list->n; i++) {
    if (strcasecmp(list->items[i], word) == 0) {
      return true;
    }
  }
  return false;
}

bool manifest_brings(const Manifest *m, const char *word)
{
  for (size_t i = 0; i < m->primitives.n; i++) {
    const char *full = m->primitives.items[i];
    const char *dot = strchr(full, '.');
    const size_t family = dot ? (size_t)(dot - full) : 0;
    if (strcmp(full, word) == 0 || (strncmp(full, word, family) == 0 && word[family] == '\0' && family > 0)) {
      return true;
    }
  }
  return manifest_has(&m->methods, word) || manifest_has(&m->globals, word);
}

/* ---- where they are */

/* Adds the plugin of a folder, unless one of its name is there that is whole or neither is. */
static Status add_plugin(const char *folder, const char *name, Error *e)
{
  Manifest *m = arena_alloc(&memory, 1, sizeof *m);
  size_t at = 0;
  if (!m) {
    return error_memory(e, 0, _("a manifest"));
  }
  const Status status = manifest_read(folder, name, &memory, m, e);
  if (status != STATUS_OK) {
    return status;
  }
  while (at < count && strcmp(found[at]->name, name) < 0) {
    at++;
  }
  if (at < count && strcmp(found[at]->name, name) == 0) {
    const bool broken = found[at]->absent || found[at]->error.status != STATUS_OK;
    const bool whole = !m->absent && m->error.status == STATUS_OK;
    found[at] = broken && whole ? m : found[at];
  } else if (count < MANIFESTS_MOST) {
    memmove(found + at + 1, found + at, (count - at) * sizeof *found);
    found[at] = m;
    count++;
  }
  return STATUS_OK;
}

static Status search_folder(const char *folder, Error *e)
{
  char path[PATH_MAX];
  DIR *dir = opendir(folder);
  const struct dirent *entry;
  Status status = STATUS_OK;
  while (dir && status == STATUS_OK && (entry = readdir(dir))) {
    const int length = snprintf(path, sizeof path, "%s/%s/plugin.json", folder, entry->d_name);
    if (entry->d_name[0] != '.' && length > 0 && (size_t)length < sizeof path && file_exists(path)) {
      path[(size_t)length - strlen("/plugin.json")] = '\0';
      status = add_plugin(path, entry->d_name, e);
    }
  }
  if (dir) {
    closedir(dir);
  }
  return status;
}

static Status search_list(const char *folders, Error *e)
{
  Status status = STATUS_OK;
  while (folders && *folders && status == STATUS_OK) {
    const size_t length = strcspn(folders, ":");
    char folder[PATH_MAX];
    if (length > 0 && length < sizeof folder) {
      memcpy(folder, folders, length);
      folder[length] = '\0';
      status = search_folder(folder, e);
    }
    folders += length + (folders[length] == ':');
  }
  return status;
}

/* ~/.local/share/assay/plugins, and the folder beside the program. */
static Status search_places(Error *e)
{
  char folder[PATH_MAX], program[PATH_MAX];
  const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
  Status status = search_list(getenv("ASSAY_PLUGINS"), e);
  if (status == STATUS_OK && ((data && *data == '/') || (home && *home))) {
    const bool xdg = data && *data == '/';
    const int n = snprintf(folder, sizeof folder, "%s%s/assay/plugins", xdg ? data : home, xdg ? "" : "/.local/share");
    status = n > 0 && (size_t)n < sizeof folder ? search_folder(folder, e) : STATUS_OK;
  }
  const ssize_t length = readlink("/proc/self/exe", program, sizeof program - sizeof "plugins");
  if (status == STATUS_OK && length > 0) {
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    strcpy(slash ? slash + 1 : program, "plugins");
    status = search_folder(program, e);
  }
  if (status == STATUS_OK) {
    const int n = snprintf(folder, sizeof folder, "%s/plugins", file_home());
    status = n > 0 && (size_t)n < sizeof folder ? search_folder(folder, e) : STATUS_OK;
  }
  return status;
}

Status manifests_all(const Manifest *const **all, size_t *n, Error *e)
{
  pthread_mutex_lock(&lock);
  Status status = STATUS_OK;
  if (!searched) {
    status = search_places(e);
    searched = status == STATUS_OK;
    if (!searched) { /* next time from the start */
      count = 0;
      arena_free(&memory);
    }
  }
  *all = (const Manifest *const *)found;
  *n = count;
  pthread_mutex_unlock(&lock);
  return status;
}

void manifests_forget(void)
{
  pthread_mutex_lock(&lock);
  arena_free(&memory);
  count = 0;
  searched = false;
  pthread_mutex_unlock(&lock);
}
