/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elf_check.h -- looks into a plugin's .so before it is opened.
 *
 * Opening runs constructors and maps what the headers say, so that a cut file could kill the program. Here the file
 * is only read: it must be a shared object of this kind of machine, as long as its segments say, with the block
 * assay_plugin of the program's own ABI and sizes.
 */
#ifndef ASSAY_PLUG_ELF_CHECK_H
#define ASSAY_PLUG_ELF_CHECK_H

#include "core/error.h"
#include "plug/plugin.h"

/* Errors: "bad-plugin", "plugin-abi" with what differs; those of reading the file. */
Status elf_check(const char *path, Error *e) MUST_USE;

/* The comparison alone: of `size` bytes at a block. */
Status plugin_check(const char *path, const void *block, size_t size, Error *e) MUST_USE;

#endif
