/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_parse.h -- parses CSV given as bytes, for tests. The file is called x.csv; that status, error and frame
 * agree is checked.
 */
#ifndef ASSAY_TESTS_CSV_PARSE_H
#define ASSAY_TESTS_CSV_PARSE_H

#include "io/csv_reader.h"

Status parse_source(const CsvSource *source, const CsvOptions *options, size_t piece, Frame **out, Error *e);

/* Bytes that end where their memory ends, so that a sanitizer sees a read past them. */
Status parse_bytes(const char *bytes, size_t size, const CsvOptions *options, size_t piece, Frame **out,
                   Error *e);

/* A temporary file of these bytes, which the caller removes; and a file of the text, read piece by piece. */
void make_file(const char *bytes, size_t size, char path[32]);
Status parse_file(const Text *text, size_t piece, Frame **out, Error *e);

#endif
