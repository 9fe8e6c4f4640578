/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a workbook, or, when they are no zip, as the parts of one: a sheet, a line of "\n--\n", shared strings,
 * styles. The parts are stored in a zip that is right, so that the fuzzer need not find out about checksums. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/alloc.h"
#include "frame/frame.h"
#include "read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 6, FUZZ_MEMORY = 256 << 20 };

typedef struct Part {
  const char *name, *bytes;
  size_t n;
} Part;

static void number(Text *out, uint32_t value, int bytes)
{
  for (int i = 0; i < bytes; i++) {
    text_char(out, (char)(value >> 8 * i));
  }
}

/* What a part's local and central header have in common. */
static void common(Text *out, const Part *part)
{
  const uint32_t sum = (uint32_t)crc32(0, (const Bytef *)part->bytes, (uInt)part->n);
  number(out, 20, 2);
  number(out, 0, 4);
  number(out, 33U << 16, 4);
  number(out, sum, 4);
  number(out, (uint32_t)part->n, 4);
  number(out, (uint32_t)part->n, 4);
  number(out, (uint32_t)strlen(part->name), 2);
  number(out, 0, 2);
}

static void make_zip(const Part *parts, Text *out)
{
  Text folder = {0};
  for (int i = 0; i < PARTS; i++) {
    const uint32_t offset = (uint32_t)out->size;
    text_add(out, "PK\3\4", 4);
    common(out, &parts[i]);
    text_puts(out, parts[i].name);
    text_add(out, parts[i].bytes, parts[i].n);
    text_add(&folder, "PK\1\2", 4);
    number(&folder, 20, 2);
    common(&folder, &parts[i]);
    number(&folder, 0, 4);
    number(&folder, 0, 2);
    number(&folder, 0, 4);
    number(&folder, offset, 4);
    text_puts(&folder, parts[i].name);
  }
  const uint32_t at = (uint32_t)out->size;
  text_add(out, text_data(&folder), folder.size);
  text_add(out, "PK\5\6\0\0\0\0", 8);
  number(out, PARTS, 2);
  number(out, PARTS, 2);
  number(out, (uint32_t)folder.size, 4);
  number(out, at, 4);
  number(out, 0, 2);
  text_free(&folder);
}

static Part text_part(const char *name, const char *text)
{
  return (Part){name, text, strlen(text)};
}

/* The next piece up to a line "--". */
static Part next_part(const char *name, const char **rest, size_t *n)
{
  const char *mark = *n ? memmem(*rest, *n, "\n--\n", 4) : NULL;
  const size_t length = mark ? (size_t)(mark - *rest) : *n;
  const Part part = {name, *rest, length};
  *rest += mark ? length + 4 : length;
  *n -= mark ? length + 4 : length;
  return part;
}

static void make_book(const char *bytes, size_t n, Text *out)
{
  static const char book[] = "<workbook><sheets><sheet name='a' r:id='1'/></sheets></workbook>";
  static const char links[] =
      "<r><Relationship Id='1' Type='/worksheet' Target='s.xml'/><Relationship Id='2' "
      "Type='/sharedStrings' Target='t.xml'/><Relationship Id='3' Type='/styles' Target='y.xml'/></r>";
  const Part parts[PARTS] = {text_part("xl/workbook.xml", book),
                             text_part("xl/_rels/workbook.xml.rels", links),
                             text_part("[Content_Types].xml", "<Types/>"),
                             next_part("xl/s.xml", &bytes, &n),
                             next_part("xl/t.xml", &bytes, &n),
                             next_part("xl/y.xml", &bytes, &n)};
  make_zip(parts, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const char *bytes = (const char *)data;
  const CsvOptions options = {.all_text = size % 5 == 0, .rows_given = size % 7 == 0, .rows = 3};
  const ReadRequest request = {.path = "bytes", .csv = &options, .range = size % 3 == 0 ? "B2:D9" : NULL};
  Text zip = {0};
  Task task;
  Error e;
  Package *package = NULL;
  Frame *frame = NULL;
  const size_t before = mem_in_use();
  mem_limit(FUZZ_MEMORY);
  task_init(&task, 1);
  error_clear(&e);
  if (size < 2 || memcmp(bytes, "PK", 2) != 0) {
    make_book(bytes, size, &zip);
    bytes = text_data(&zip);
    size = zip.size;
  }
  Status status = package_open_bytes(bytes, size, &task, &package, &e);
  if (status == STATUS_OK) {
    status = xlsx_read_package(package, &request, &frame, &e);
  }
  if ((status == STATUS_OK) != (frame != NULL) || (status != STATUS_OK && e.what[0] == '\0')) {
    abort();
  }
  for (size_t i = 0; frame && i < frame_columns(frame); i++) {
    if (column_check(frame_column(frame, i), &e) != STATUS_OK) {
      abort();
    }
  }
  package_close(package);
  frame_unref(frame);
  task_free(&task);
  text_free(&zip);
  if (mem_in_use() != before) {
    abort();
  }
  return 0;
}
