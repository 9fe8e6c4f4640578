/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read.h -- a sheet of a workbook as a frame, as `read` asks for it. */
#ifndef XLSX_READ_H
#define XLSX_READ_H

#include "io/format.h"
#include "package.h"

Status xlsx_read(const ReadRequest *request, Task *task, Frame **out, Error *e) MUST_USE;

/* The same of an open package, for tests. */
Status xlsx_read_package(Package *package, const ReadRequest *request, Frame **out, Error *e) MUST_USE;

#endif
