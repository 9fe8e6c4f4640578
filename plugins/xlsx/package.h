/* SPDX-License-Identifier: GPL-3.0-or-later */
/* package.h -- the zip file that a workbook is: its parts by name, unpacked piece by piece.
 *
 * A part may unpack to 400 times its size, or to 64 MB if that is more: what is beyond is a bomb, not a workbook.
 */
#ifndef XLSX_PACKAGE_H
#define XLSX_PACKAGE_H

#include "core/task.h"

typedef struct Package Package;

/* A file, or bytes in memory, which must outlive the package. Errors: those of the file; "not-a-workbook" with what
 * the file seems to be; STATUS_MEMORY. */
Status package_open(const char *path, Task *task, Package **out, Error *e) MUST_USE;
Status package_open_bytes(const char *bytes, size_t size, Task *task, Package **out, Error *e) MUST_USE;
void package_close(Package *package); /* NULL is fine */

const char *package_path(const Package *package);
Task *package_task(const Package *package);
bool package_has(Package *package, const char *part);

/* Gives a part's bytes to `sink`, piece by piece; a piece of 0 bytes is the end. *done, set by the sink, ends it early.
 * Errors: those of the sink; "bad-workbook" when the part is not there or damaged; "workbook-limit"; a cancel. */
typedef Status (*PackageSink)(void *context, const char *bytes, size_t n, bool *done, Error *e);
Status package_read(Package *package, const char *part, PackageSink sink, void *context, Error *e) MUST_USE;

#endif
