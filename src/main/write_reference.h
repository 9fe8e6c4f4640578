/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_reference.h -- the generated part of the documentation, as files. */
#ifndef ASSAY_MAIN_WRITE_REFERENCE_H
#define ASSAY_MAIN_WRITE_REFERENCE_H

#include "core/error.h"

/* Writes FAMILY.md for every family and assay.lua (stubs for editors) into the folder, which is made when
 * it is missing. Files whose content is right already are left alone. A session must exist, so that
 * primitives made in Lua are there. */
Status write_reference(const char *folder, Error *e) MUST_USE;

#endif
