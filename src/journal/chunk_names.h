/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunk_names.h -- what a statement says of itself without being run: the names it mentions and those it assigns.
 *
 * What it finds errs on the side of more: a local variable counts as a mention of a global of its name. Only names
 * behind '.' or ':', and names of fields in a table, are none. So what a statement needs is always among its
 * mentions, but for what functions it calls need. A name is "assigned" when the statement itself, not a function in
 * it, gives it a whole new value; a "part" is assigned with x.y = or x[1] =. O(length).
 */
#ifndef ASSAY_JOURNAL_CHUNK_NAMES_H
#define ASSAY_JOURNAL_CHUNK_NAMES_H

#include "core/error.h"
#include "core/map.h"

/* Names that stand for what has no name of its own. */
#define NAME_RANDOM "%random"  /* the state of math.random */
#define NAME_FILES "%files"    /* files, touched by io and os */

typedef struct ChunkNames {
  Map *mentions, *assigns, *parts;
  Map *reads;         /* mentions that are more than the place of a whole new value */
  bool opaque;        /* runs or changes what a look at it cannot tell: load, require, _ENV, primitive{...} */
  bool local, label;  /* at the outermost level: must stay apart from other statements */
  bool returns;       /* a return that is not in a function */
} ChunkNames;

/* Also when it fails, names are to be freed. */
Status chunk_names(const char *chunk, ChunkNames *names, Error *e) MUST_USE;
void chunk_names_free(ChunkNames *names);

bool names_have(const Map *names, const char *name);

/* The statement as it stands in a file of statements, where each is a statement of its own. expression: its value was
 * what it was typed for. Lines of its code that would look like marks (--=, --!, --@) get a blank in front. */
struct Text;
Status chunk_in_file(const char *chunk, bool expression, struct Text *out, Error *e) MUST_USE;

#endif
