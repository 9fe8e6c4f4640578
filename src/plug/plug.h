/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plug.h -- loads plugins when something of theirs is asked for.
 *
 * Nothing is read or opened at the start. A name, method, scheme or extension that nobody knows, or a call of
 * plugin.load or plugin.list, makes the manifests be read (manifest.h); the plugin that has it is opened (plugin.h).
 * Its formats may be used at once, from any thread. Its primitives, topics and Lua file wait for the main thread.
 */
#ifndef ASSAY_PLUG_PLUG_H
#define ASSAY_PLUG_PLUG_H

#include "core/error.h"
#include "frame/frame.h"
#include "registry/primitive.h"

/* What the face's language does for plugins; both are called on the main thread. */
typedef struct PlugHost {
  void *context;
  Status (*publish)(void *context, const Primitive *primitive, Error *e); /* gives a C primitive its names */
  Status (*run)(void *context, const char *path, Error *e);               /* runs a plugin's Lua file */
} PlugHost;

/* Sets the host and the loader of formats. NULL: the session ends; plugins stay, and go through the next host. */
void plug_attach(const PlugHost *host);

/* Forgets what was looked up, at the end of the run: nothing of a plugin may be used afterwards. */
void plug_close(void);

/* Loads the plugin of this name, whole. Main thread. Errors: "unknown-plugin" with the nearest name,
 * "plugin-not-built" with what to install, "bad-plugin", "plugin-abi", those of the plugin itself. */
Status plug_load(const char *name, Error *e) MUST_USE;

/* Loads the plugin that brings a family, method or global of this name; *loaded: there is one, so look again. Main
 * thread. */
Status plug_need(const char *word, bool *loaded, Error *e) MUST_USE;

/* Finishes on the main thread what formats began elsewhere. What fails says so when it is asked for. */
void plug_settle(void);

/* name summary loaded path missing: a row per plugin. */
Status plug_list(Frame **out, Error *e) MUST_USE;

#endif
