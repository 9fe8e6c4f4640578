/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelude.h -- the Lua part of the library, built into the program (lua/prelude/ *.lua in order of name). */
#ifndef ASSAY_BIND_PRELUDE_H
#define ASSAY_BIND_PRELUDE_H

#include <stddef.h>

typedef struct PreludeFile {
  const char *name;
  const unsigned char *data;
  size_t size;
} PreludeFile;

extern const PreludeFile prelude_files[];
extern const size_t prelude_count;

#endif
