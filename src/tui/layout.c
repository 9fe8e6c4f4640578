/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/file.h"

enum { COLUMNS_LEAST = 18, LINES_LEAST = 4, FILE_MOST = 1 << 16, NONE = -1 };

/* ---- reading and writing */

typedef struct Reader {
  const Page *page;
  const char *text;
  Layout *layout;
  unsigned seen; /* slots, as bits */
} Reader;

static int add_node(Reader *reader, LayoutNode node)
{
  Layout *layout = reader->layout;
  if (layout->n >= (int)(sizeof layout->nodes / sizeof *layout->nodes)) {
    return NONE;
  }
  layout->nodes[layout->n] = node;
  return layout->n++;
}

static int slot_named(const Page *page, const char *name, size_t n)
{
  for (size_t i = 0; i < page->n_slots; i++) {
    if (strlen(page->slots[i].name) == n && memcmp(page->slots[i].name, name, n) == 0) {
      return (int)i;
    }
  }
  return NONE;
}

/* ":26" or ":30%" behind a part. */
static bool read_share(Reader *reader, int node)
{
  if (*reader->text != ':') {
    return true;
  }
  char *end;
  const long share = strtol(reader->text + 1, &end, 10);
  if (end == reader->text + 1 || share < 1 || share > 1000) {
    return false;
  }
  LayoutNode *at = &reader->layout->nodes[node];
  at->share = (int)share;
  at->percent = *end == '%';
  reader->text = end + at->percent;
  return true;
}

static int read_split(Reader *reader, char kind);

static int read_part(Reader *reader)
{
  int node = NONE;
  if (*reader->text == '(') {
    reader->text++;
    node = read_split(reader, '|');
    if (node == NONE || *reader->text++ != ')') {
      return NONE;
    }
  } else {
    const size_t n = strcspn(reader->text, ":|/()");
    const int slot = slot_named(reader->page, reader->text, n);
    if (slot == NONE || slot >= LAYOUT_SLOTS || reader->seen & 1u << slot) {
      return NONE;
    }
    reader->seen |= 1u << slot;
    reader->text += n;
    node = add_node(reader, (LayoutNode){.slot = slot});
  }
  return node != NONE && read_share(reader, node) ? node : NONE;
}

/* Parts joined by '|', which binds less, or by '/'. */
static int read_split(Reader *reader, char kind)
{
  int node = kind == '|' ? read_split(reader, '/') : read_part(reader);
  while (node != NONE && *reader->text == kind) {
    reader->text++;
    const int second = kind == '|' ? read_split(reader, '/') : read_part(reader);
    node = second == NONE ? NONE : add_node(reader, (LayoutNode){.kind = kind, .first = node, .second = second});
  }
  return node;
}

bool layout_read(Layout *layout, const Page *page, const char *text)
{
  Layout made = {.focus = layout->focus, .zoomed = layout->zoomed};
  Reader reader = {.page = page, .text = text, .layout = &made};
  made.root = read_split(&reader, '|');
  const unsigned all = page->n_slots >= 32 ? ~0u : (1u << page->n_slots) - 1;
  if (made.root == NONE || *reader.text || reader.seen != all) {
    return false;
  }
  *layout = made;
  return true;
}

static void write_node(const Layout *layout, const Page *page, int at, bool inner, Text *out)
{
  const LayoutNode *node = &layout->nodes[at];
  if (!node->kind) {
    text_puts(out, page->slots[node->slot].name);
  } else {
    text_puts(out, inner ? "(" : "");
    write_node(layout, page, node->first, true, out);
    text_char(out, node->kind);
    write_node(layout, page, node->second, true, out);
    text_puts(out, inner ? ")" : "");
  }
  if (node->share > 0) {
    text_printf(out, ":%d%s", node->share, node->percent ? "%" : "");
  }
}

void layout_write(const Layout *layout, const Page *page, Text *out)
{
  if (page->n_slots > 0) {
    write_node(layout, page, layout->root, false, out);
  }
}

/* ---- places */

static bool holds(const Layout *layout, int at, int slot)
{
  const LayoutNode *node = &layout->nodes[at];
  return node->kind ? holds(layout, node->first, slot) || holds(layout, node->second, slot) : node->slot == slot;
}

static int wanted(const LayoutNode *node, int all)
{
  return node->share == 0 ? 0 : node->percent ? all * node->share / 100 : node->share;
}

/* How much of `all` the first part gets. */
static int first_share(const Layout *layout, const LayoutNode *node, int all, int least)
{
  const int first = wanted(&layout->nodes[node->first], all), second = wanted(&layout->nodes[node->second], all);
  int size = first > 0 ? first : second > 0 ? all - second : all / 2;
  size = size > all - least ? all - least : size;
  return size < least ? least : size;
}

static void place(Layout *layout, int at, Rect area)
{
  const LayoutNode *node = &layout->nodes[at];
  if (!node->kind) {
    layout->rects[node->slot] = area;
    return;
  }
  const bool beside = node->kind == '|';
  const int all = beside ? area.width : area.height, least = beside ? COLUMNS_LEAST : LINES_LEAST;
  if (all < 2 * least) {
    place(layout, holds(layout, node->second, layout->focus) ? node->second : node->first, area);
    return;
  }
  const int size = first_share(layout, node, all, least);
  place(layout, node->first, beside ? rect_columns(area, 0, size) : rect_lines(area, 0, size));
  place(layout, node->second, beside ? rect_columns(area, size, all - size) : rect_lines(area, size, all - size));
}

void layout_place(Layout *layout, Rect area)
{
  memset(layout->rects, 0, sizeof layout->rects);
  if (layout->zoomed) {
    layout->rects[layout->focus] = area;
  } else if (layout->n > 0) {
    place(layout, layout->root, area);
  }
}

void layout_focus_next(Layout *layout, const Page *page, int step)
{
  const int n = (int)page->n_slots;
  if (n > 0) {
    layout->focus = (layout->focus + step + n) % n;
  }
}

/* ---- changes */

/* The nearest split around the focus that divides as asked. */
static int split_around(const Layout *layout, char kind)
{
  int at = layout->root, found = NONE;
  while (layout->n > 0 && layout->nodes[at].kind) {
    const LayoutNode *node = &layout->nodes[at];
    found = node->kind == kind || kind == 0 ? at : found;
    at = holds(layout, node->first, layout->focus) ? node->first : node->second;
  }
  return found;
}

static int size_of(const Layout *layout, int at, bool down)
{
  const LayoutNode *node = &layout->nodes[at];
  if (!node->kind) {
    return down ? layout->rects[node->slot].height : layout->rects[node->slot].width;
  }
  const int first = size_of(layout, node->first, down), second = size_of(layout, node->second, down);
  return (node->kind == '/') == down ? first + second : first > second ? first : second;
}

void layout_grow(Layout *layout, int by, bool down)
{
  const int at = split_around(layout, down ? '/' : '|');
  if (at == NONE) {
    return;
  }
  const LayoutNode *node = &layout->nodes[at];
  const int least = down ? LINES_LEAST : COLUMNS_LEAST, all = size_of(layout, at, down);
  const int sign = holds(layout, node->first, layout->focus) ? 1 : -1;
  int size = size_of(layout, node->first, down) + sign * by;
  size = size > all - least ? all - least : size;
  LayoutNode *first = &layout->nodes[node->first], *second = &layout->nodes[node->second];
  first->share = size < least ? least : size;
  first->percent = false;
  second->share = 0;
}

void layout_turn(Layout *layout)
{
  const int at = split_around(layout, 0);
  if (at != NONE) {
    LayoutNode *node = &layout->nodes[at];
    node->kind = node->kind == '|' ? '/' : '|';
    layout->nodes[node->first].share = 0;
    layout->nodes[node->second].share = 0;
  }
}

/* ---- the user's own */

static Status layouts_path(Text *out, Error *e)
{
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  if (state && *state == '/') {
    text_printf(out, "%s/assay/layouts", state);
  } else if (home && *home) {
    text_printf(out, "%s/.local/state/assay/layouts", home);
  } else {
    return error_set(e, STATUS_STATE, "no-home", _("HOME is not set"));
  }
  return text_status(out, e);
}

/* The file's lines without those of one page; nothing when it cannot be read. */
static void read_others(const char *path, const char *page, Text *others, Text *own)
{
  char *bytes = NULL;
  size_t size = 0;
  if (file_read(path, FILE_MOST, &bytes, &size, NULL) != STATUS_OK) {
    return;
  }
  for (const char *line = bytes, *end = bytes + size; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    const size_t n = (size_t)((stop ? stop : end) - line), name = strlen(page);
    if (n > name && memcmp(line, page, name) == 0 && line[name] == ' ') {
      text_reset(own);
      text_add(own, line + name + 1, n - name - 1);
    } else {
      text_add(others, line, n);
      text_char(others, '\n');
    }
    line += n + 1;
  }
  mem_free(bytes);
}

void layout_load(Layout *layout, const Page *page)
{
  Text path = {0}, others = {0}, own = {0};
  *layout = (Layout){0};
  if (page->layout && !layout_read(layout, page, page->layout)) {
    layout->n = 0;
  }
  if (page->n_slots > 0 && layouts_path(&path, NULL) == STATUS_OK) {
    read_others(text_data(&path), page->name, &others, &own);
    if (own.size > 0) {
      (void)layout_read(layout, page, text_data(&own));
    }
  }
  text_free(&path);
  text_free(&others);
  text_free(&own);
}

/* The folders that hold the file; what fails here shows when the file is written. */
static void make_folders(char *path)
{
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
  }
}

static Status write_file(const char *path, const Text *text, Error *e)
{
  FileWriter *writer = NULL;
  Status status = file_create(path, &writer, e);
  if (status == STATUS_OK) {
    status = file_write(writer, text->data, text->size, e);
  }
  if (status == STATUS_OK) {
    return file_commit(writer, e);
  }
  file_discard(writer);
  return status;
}

Status layout_save(const Layout *layout, const Page *page, Error *e)
{
  Text path = {0}, lines = {0}, own = {0};
  Status status = STATUS_OK;
  TRY(layouts_path(&path, e));
  read_others(text_data(&path), page->name, &lines, &own);
  text_printf(&lines, "%s ", page->name);
  layout_write(layout, page, &lines);
  text_char(&lines, '\n');
  TRY(text_status(&lines, e));
  make_folders(path.data);
  TRY(write_file(path.data, &lines, e));
done:
  text_free(&path);
  text_free(&lines);
  text_free(&own);
  return status;
}
