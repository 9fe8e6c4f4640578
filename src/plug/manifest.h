/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manifest.h -- the plugins there are, from their manifests, without loading any.
 *
 * Looked for, and the first of a name is taken: the folders of ASSAY_PLUGINS (separated by colons),
 * $XDG_DATA_HOME/assay/plugins (~/.local/share/assay/plugins), the folder "plugins" beside the program (a build
 * folder), and that of the home folder. One that lacks a file gives way to a later one that is whole. The folders are
 * looked through once, at the first question.
 *
 * A manifest is plugins/NAME/plugin.json, an object of texts and lists of texts:
 *
 *   name, summary      name must be the folder's
 *   files              what makes it up: ["NAME.so", "NAME.lua"] or one of these
 *   primitives         "family.name" of each
 *   methods, globals   further names it brings
 *   formats, schemes, extensions
 *   begins             how files of its formats begin, when that tells them
 *   package            what to install to build it, blanks between names; pkg-config: the modules, for the Makefile
 */
#ifndef ASSAY_PLUG_MANIFEST_H
#define ASSAY_PLUG_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/options.h"

typedef struct Manifest {
  const char *folder, *name, *summary, *package;      /* package: "" when it needs none */
  OptionTexts files, primitives, methods, globals, formats, schemes, extensions, begins;
  const char *absent; /* a file of `files` that is not there, or NULL */
  Error error;        /* what is wrong with the manifest itself */
} Manifest;

/* All plugins in order of name. Thread-safe. Errors: memory only. */
Status manifests_all(const Manifest *const **all, size_t *n, Error *e) MUST_USE;

/* Gives their memory back, at the end of the run; they are looked for again when asked for. */
void manifests_forget(void);

/* Reads one; the texts live in the arena. What is wrong with the file goes to out->error, and the status is OK. */
Status manifest_read(const char *folder, const char *name, Arena *arena, Manifest *out, Error *e) MUST_USE;

/* Whether a list has the word (case does not matter). */
bool manifest_has(const OptionTexts *list, const char *word);

/* Whether some primitive, method or global has this name, or some primitive this family. */
bool manifest_brings(const Manifest *manifest, const char *word);

#endif
