/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workbook.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "xml.h"

enum { SHEETS_MOST = 4096, STYLES_MOST = 1 << 16, CODES_MOST = 4096 };

typedef struct Code {
  int number;
  CellFormat format;
} Code;

/* What the parser of any of these parts has at hand. */
typedef struct Parse {
  Workbook *workbook;
  Status status;
  char *main_part;                 /* of the workbook itself */
  char *strings_part, *styles_part;
  Code *codes;                     /* number formats of the workbook's own */
  size_t n_codes;
  bool in_styles, in_text, in_phonetic;
  Text text;
} Parse;

static void fail(Parse *p)
{
  p->status = STATUS_MEMORY;
}

static Status check(void *context, bool *done, Error *e)
{
  const Parse *p = context;
  (void)done;
  return p->status == STATUS_OK && !p->text.failed ? STATUS_OK : error_memory(e, 0, package_path(p->workbook->package));
}

/* An array with room for one more; NULL and failed without memory or past the most. */
static void *more(Parse *p, void *items, size_t n, size_t size, size_t most)
{
  void *grown = items;
  if ((n & (n - 1)) == 0) { /* full at powers of two */
    grown = n < most ? mem_resize(items, n ? 2 * n : 1, size) : NULL;
  }
  if (!grown) {
    fail(p);
  }
  return grown;
}

/* ---- relationships */

static bool ends_with(const char *text, const char *end)
{
  const size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

/* A target as seen from a part: "worksheets/sheet1.xml" from "xl/workbook.xml". */
static char *part_of(const char *from, const char *target)
{
  const char *slash = strrchr(from, '/');
  size_t folder = slash ? (size_t)(slash - from) + 1 : 0;
  Text part = {0};
  if (target[0] == '/') {
    return mem_string(target + 1);
  }
  while (strncmp(target, "../", 3) == 0 && folder > 0) {
    target += 3;
    do {
      folder--;
    } while (folder > 0 && from[folder - 1] != '/');
  }
  text_add(&part, from, folder);
  text_puts(&part, strncmp(target, "./", 2) == 0 ? target + 2 : target);
  char *made = text_take(&part);
  text_free(&part);
  return made;
}

static void set_part(Parse *p, char **part, const char *target)
{
  if (!*part && !(*part = part_of(p->main_part ? p->main_part : "", target))) {
    fail(p);
  }
}

static void on_main_relation(void *context, const char *name, const char **attributes)
{
  Parse *p = context;
  const char *type = xml_attribute(attributes, "Type"), *target = xml_attribute(attributes, "Target");
  if (strcmp(name, "Relationship") == 0 && type && target && ends_with(type, "/officeDocument")) {
    set_part(p, &p->main_part, target);
  }
}

static void on_relation(void *context, const char *name, const char **attributes)
{
  Parse *p = context;
  const char *type = xml_attribute(attributes, "Type"), *target = xml_attribute(attributes, "Target");
  const char *id = xml_attribute(attributes, "Id");
  if (strcmp(name, "Relationship") != 0 || !type || !target || !id) {
    return;
  }
  if (ends_with(type, "/sharedStrings")) {
    set_part(p, &p->strings_part, target);
  } else if (ends_with(type, "/styles")) {
    set_part(p, &p->styles_part, target);
  } else if (ends_with(type, "/worksheet")) {
    for (size_t i = 0; i < p->workbook->n_sheets; i++) {
      WorkbookSheet *sheet = &p->workbook->sheets[i];
      if (sheet->relation && strcmp(sheet->relation, id) == 0) {
        set_part(p, &sheet->part, target);
      }
    }
  }
}

/* ---- the workbook's own part */

static bool is_true(const char *text)
{
  return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

static void add_sheet(Parse *p, const char **attributes)
{
  Workbook *w = p->workbook;
  const char *name = xml_attribute(attributes, "name"), *state = xml_attribute(attributes, "state");
  const char *id = xml_attribute(attributes, "id");
  WorkbookSheet *sheets = more(p, w->sheets, w->n_sheets, sizeof *sheets, SHEETS_MOST);
  if (!sheets) {
    return;
  }
  w->sheets = sheets;
  sheets[w->n_sheets] = (WorkbookSheet){.name = mem_string(name ? name : ""), .relation = mem_string(id ? id : ""),
                                        .hidden = state && strcmp(state, "visible") != 0};
  if (!sheets[w->n_sheets].name || !sheets[w->n_sheets].relation) {
    fail(p);
  }
  w->n_sheets++;
}

static void on_workbook(void *context, const char *name, const char **attributes)
{
  Parse *p = context;
  if (strcmp(name, "sheet") == 0) {
    add_sheet(p, attributes);
  } else if (strcmp(name, "workbookPr") == 0) {
    p->workbook->since_1904 = is_true(xml_attribute(attributes, "date1904"));
  }
}

/* ---- styles */

static void add_code(Parse *p, const char **attributes)
{
  const char *number = xml_attribute(attributes, "numFmtId"), *code = xml_attribute(attributes, "formatCode");
  Code *codes = number && code ? more(p, p->codes, p->n_codes, sizeof *codes, CODES_MOST) : NULL;
  if (codes) {
    p->codes = codes;
    codes[p->n_codes++] = (Code){(int)strtol(number, NULL, 10), format_of_code(code)};
  }
}

static void add_style(Parse *p, const char **attributes)
{
  Workbook *w = p->workbook;
  const char *text = xml_attribute(attributes, "numFmtId");
  const int number = text ? (int)strtol(text, NULL, 10) : 0;
  CellFormat format = format_of_number(number);
  for (size_t i = 0; i < p->n_codes; i++) {
    format = p->codes[i].number == number ? p->codes[i].format : format;
  }
  uint8_t *formats = more(p, w->formats, w->n_formats, sizeof *formats, STYLES_MOST);
  if (formats) {
    w->formats = formats;
    formats[w->n_formats++] = (uint8_t)format;
  }
}

static void on_style(void *context, const char *name, const char **attributes)
{
  Parse *p = context;
  if (strcmp(name, "numFmt") == 0) {
    add_code(p, attributes);
  } else if (strcmp(name, "cellXfs") == 0) {
    p->in_styles = true;
  } else if (p->in_styles && strcmp(name, "xf") == 0) {
    add_style(p, attributes);
  }
}

static void on_style_end(void *context, const char *name)
{
  Parse *p = context;
  p->in_styles = p->in_styles && strcmp(name, "cellXfs") != 0;
}

/* ---- shared strings */

static bool is_escape(const char *text, size_t length)
{
  if (length < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_') {
    return false;
  }
  for (int i = 2; i < 6; i++) {
    if (!isxdigit((unsigned char)text[i])) {
      return false;
    }
  }
  return true;
}

void text_add_unescaped(Text *out, const char *text, size_t length)
{
  while (length > 0) {
    const char *mark = memmem(text, length, "_x", 2);
    const size_t plain = mark ? (size_t)(mark - text) : length;
    text_add(out, text, plain);
    text += plain;
    length -= plain;
    if (length > 0 && is_escape(text, length)) {
      const unsigned code = (unsigned)strtoul(text + 2, NULL, 16);
      const bool plain_code = code > 0 && code < 0x80; /* others are not written so */
      text_add(out, text, plain_code ? 0 : 7);
      if (plain_code) {
        text_char(out, (char)code);
      }
      text += 7;
      length -= 7;
    } else if (length > 0) {
      text_add(out, text, 2);
      text += 2;
      length -= 2;
    }
  }
}

static void on_string(void *context, const char *name, const char **attributes)
{
  Parse *p = context;
  (void)attributes;
  if (strcmp(name, "si") == 0) {
    text_reset(&p->text);
  } else if (strcmp(name, "t") == 0) {
    p->in_text = !p->in_phonetic;
  } else if (strcmp(name, "rPh") == 0) {
    p->in_phonetic = true;
  }
}

static void on_string_end(void *context, const char *name)
{
  Parse *p = context;
  Workbook *w = p->workbook;
  if (strcmp(name, "t") == 0) {
    p->in_text = false;
  } else if (strcmp(name, "rPh") == 0) {
    p->in_phonetic = false;
  } else if (strcmp(name, "si") == 0) {
    size_t *ends = more(p, w->ends, w->n_strings, sizeof *ends, SIZE_MAX / 2);
    if (ends) {
      text_add_unescaped(&w->strings, text_data(&p->text), p->text.size);
      w->ends = ends;
      ends[w->n_strings++] = w->strings.size;
      p->status = w->strings.failed ? STATUS_MEMORY : p->status;
    }
  }
}

static void on_string_text(void *context, const char *text, int length)
{
  Parse *p = context;
  if (p->in_text) {
    text_add(&p->text, text, (size_t)length);
  }
}

/* ---- all of them */

static Status no_workbook(Package *package, Error *e)
{
  const char *path = package_path(package);
  if (package_has(package, "xl/workbook.bin")) {
    error_set(e, STATUS_FORMAT, "not-a-workbook", _("'%s' is a workbook of the binary kind (xlsb)"), path);
    return error_hint(e, _("save it as xlsx or as CSV"));
  }
  if (package_has(package, "content.xml")) {
    error_set(e, STATUS_FORMAT, "not-a-workbook", _("'%s' is an OpenDocument file"), path);
    return error_hint(e, _("save it as xlsx or as CSV"));
  }
  return error_set(e, STATUS_FORMAT, "not-a-workbook", _("'%s' is a zip file, but there is no workbook in it"), path);
}

/* xl/_rels/workbook.xml.rels of xl/workbook.xml */
static char *relations_of(const char *part)
{
  const char *slash = strrchr(part, '/');
  const int folder = slash ? (int)(slash - part) + 1 : 0;
  Text path = {0};
  text_printf(&path, "%.*s_rels/%s.rels", folder, part, part + folder);
  char *made = text_take(&path);
  text_free(&path);
  return made;
}

static Status read_parts(Parse *p, Error *e)
{
  static const XmlHandlers main_relations = {.start = on_main_relation, .check = check};
  static const XmlHandlers relations = {.start = on_relation, .check = check};
  static const XmlHandlers workbook = {.start = on_workbook, .check = check};
  static const XmlHandlers styles = {.start = on_style, .end = on_style_end, .check = check};
  static const XmlHandlers strings = {.start = on_string, .end = on_string_end, .text = on_string_text, .check = check};
  Package *package = p->workbook->package;
  char *path = NULL;
  Status status = STATUS_OK;
  if (package_has(package, "_rels/.rels")) {
    TRY(xml_read(package, "_rels/.rels", &main_relations, p, e));
  }
  set_part(p, &p->main_part, "xl/workbook.xml");
  TRY(check(p, NULL, e));
  if (!package_has(package, p->main_part) || ends_with(p->main_part, ".bin")) {
    TRY(no_workbook(package, e));
  }
  TRY(xml_read(package, p->main_part, &workbook, p, e));
  path = relations_of(p->main_part);
  TRY(path ? STATUS_OK : error_memory(e, 0, package_path(package)));
  TRY(xml_read(package, path, &relations, p, e));
  if (p->styles_part && package_has(package, p->styles_part)) {
    TRY(xml_read(package, p->styles_part, &styles, p, e));
  }
  if (p->strings_part && package_has(package, p->strings_part)) {
    task_phase(package_task(package), "texts");
    TRY(xml_read(package, p->strings_part, &strings, p, e));
  }
done:
  mem_free(path);
  return status;
}

Status workbook_open(Package *package, Workbook *out, Error *e)
{
  Parse p = {.workbook = out};
  *out = (Workbook){.package = package};
  const Status status = read_parts(&p, e);
  mem_free(p.main_part);
  mem_free(p.strings_part);
  mem_free(p.styles_part);
  mem_free(p.codes);
  text_free(&p.text);
  return status;
}

void workbook_close(Workbook *w)
{
  for (size_t i = 0; i < w->n_sheets; i++) {
    mem_free(w->sheets[i].name);
    mem_free(w->sheets[i].part);
    mem_free(w->sheets[i].relation);
  }
  mem_free(w->sheets);
  mem_free(w->formats);
  mem_free(w->ends);
  text_free(&w->strings);
}
