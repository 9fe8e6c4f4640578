/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_unpack.h -- gzip and Zstandard, told by their first bytes. Only input_*.c may include it. */
#ifndef ASSAY_IO_INPUT_UNPACK_H
#define ASSAY_IO_INPUT_UNPACK_H

#include "io/input_text.h"

typedef enum Packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD } Packing;

Packing input_packing(const char *head, size_t n);

/* The text that the packed bytes stand for, NUL-terminated. All members and frames of a file are read; zero bytes
 * behind them are padding, other bytes are passed over and reported. At most `most` bytes are made and no fault is
 * one when `most` is not 0: for looking at a beginning. Errors: "file-packed", STATUS_LIMIT, STATUS_CANCELLED,
 * STATUS_MEMORY. */
Status input_unpack(const char *name, Packing packing, const char *packed, size_t n, size_t most, Task *task,
                    char **bytes, size_t *size, Text *report, Error *e) MUST_USE;

#endif
