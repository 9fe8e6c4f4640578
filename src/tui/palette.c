/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/palette.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/text.h"
#include "registry/registry.h"
#include "tui/tui_inside.h"

enum { SHOWN_MOST = 200, TYPED_MOST = 120 };

/* Found by what it is called here and by what it is called in English, which manuals and other people say.
 *
 * An action (of a page's panel, a page, or the dashboard), or a primitive. */
typedef struct Entry {
  const Action *action;
  int page;               /* -1: the dashboard's own */
  int slot;               /* of the page; -1: the page's own action */
  const Primitive *primitive;
  char label[96];
  char english[96];       /* the same before translation; "": there is none */
  const char *help;
  int score;
} Entry;

struct Palette {
  bool open;
  char typed[TYPED_MOST];
  Entry *entries;
  size_t n, room;
  size_t found[SHOWN_MOST], n_found;
  size_t at;
};

Palette *palette_new(void)
{
  return mem_zero(1, sizeof(Palette));
}

void palette_free(Palette *palette)
{
  if (palette) {
    mem_free(palette->entries);
    mem_free(palette);
  }
}

bool palette_is_open(const Palette *palette)
{
  return palette->open;
}

/* ---- matching */

/* The next character of a text, a small letter where it is ASCII; bytes that are no UTF-8 stand for themselves. 0: the end. */
static uint32_t next_character(const char **text)
{
  uint32_t code = 0;
  if (!**text) {
    return 0;
  }
  const size_t n = utf8_decode(*text, strlen(*text), &code);
  code = n > 0 ? code : (unsigned char)**text;
  *text += n > 0 ? n : 1;
  return code < 128 ? (uint32_t)tolower((int)code) : code;
}

static bool is_blank(uint32_t code)
{
  return code < 128 && isspace((int)code);
}

/* Every character beyond ASCII begins a word: where such texts are written, words have no blanks between. */
static bool begins_word(uint32_t former, uint32_t code)
{
  return code >= 128 || former == 0 || former >= 128 || !isalnum((int)former);
}

/* What a letter that is found is worth: alone, at the beginning of a word, behind the one before. */
enum { WORTH_LETTER = 1, WORTH_WORD = 8, WORTH_NEXT = 9, WORTH_HERE = 12, LETTERS_MOST = 16 };

/* Column by column of the text: ends[i] is the best score of the first i letters with the last of them found just here,
 * best[i] with all of them found up to here; 0: not possible. */
int palette_score(const char *typed, const char *text)
{
  uint32_t letters[LETTERS_MOST], code, former = 0;
  int ends[LETTERS_MOST + 1] = {0}, best[LETTERS_MOST + 1] = {1};
  size_t n = 0;
  while (n < LETTERS_MOST && (code = next_character(&typed)) != 0) {
    if (!is_blank(code)) {
      letters[n++] = code;
    }
  }
  for (; (code = next_character(&text)) != 0; former = code) {
    const int own = begins_word(former, code) ? WORTH_WORD : WORTH_LETTER;
    for (size_t i = n; i > 0; i--) { /* from the end: what stands before is still that of the column before */
      const bool same = code == letters[i - 1];
      const int apart = best[i - 1] > 0 ? best[i - 1] + own : 0, joined = ends[i - 1] > 0 ? ends[i - 1] + WORTH_NEXT : 0;
      ends[i] = !same ? 0 : apart > joined ? apart : joined;
      best[i] = ends[i] > best[i] ? ends[i] : best[i];
    }
  }
  return best[n];
}

/* ---- entries */

static Entry *add(Palette *palette)
{
  if (palette->n == palette->room) {
    const size_t room = palette->room ? 2 * palette->room : 256;
    Entry *entries = mem_resize(palette->entries, room, sizeof *entries);
    if (!entries) {
      return NULL;
    }
    palette->entries = entries;
    palette->room = room;
  }
  Entry *entry = &palette->entries[palette->n++];
  *entry = (Entry){.page = -1, .slot = -1};
  return entry;
}

/* title and name: as they stand in the tables. */
static void put_english(Entry *entry, const char *title, const char *name)
{
  snprintf(entry->english, sizeof entry->english, "%s%s%s", title, *title && *name ? ": " : "", name);
  if (strcmp(entry->english, entry->label) == 0) {
    entry->english[0] = '\0';
  }
}

static void add_actions(Palette *palette, const Action *actions, size_t n, int page, int slot, const char *title)
{
  for (size_t i = 0; i < n; i++) {
    Entry *entry = actions[i].quiet && *actions[i].key && slot >= 0 ? NULL : add(palette);
    if (entry) {
      entry->action = &actions[i];
      entry->page = page;
      entry->slot = slot;
      entry->help = _(actions[i].help);
      snprintf(entry->label, sizeof entry->label, "%s%s%s", _(title), *title ? ": " : "", _(actions[i].name));
      put_english(entry, title, actions[i].name);
    }
  }
}

static void collect(Tui *tui, Palette *palette)
{
  palette->n = 0;
  for (size_t p = 0; p < tui->n_pages; p++) {
    const Page *page = tui->pages[p].page;
    Entry *entry = add(palette);
    if (entry) {
      entry->page = (int)p;
      entry->help = page->help ? _(page->help) : "";
      snprintf(entry->label, sizeof entry->label, "%s", _(page->title));
      put_english(entry, page->title, "");
    }
    add_actions(palette, page->actions, page->n_actions, (int)p, -1, page->title);
    for (size_t s = 0; s < page->n_slots; s++) {
      const PanelClass *class = page->slots[s].class;
      add_actions(palette, class->actions, class->n_actions, (int)p, (int)s, page->title);
    }
  }
  add_actions(palette, tui_actions, n_tui_actions, -1, -1, "");
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    Entry *entry = add(palette);
    if (entry) {
      entry->primitive = primitive;
      entry->help = primitive->summary;
      snprintf(entry->label, sizeof entry->label, "%s.%s", primitive->family, primitive->name);
    }
  }
}

static int by_score(const void *left, const void *right)
{
  const Entry *a = left, *b = right;
  return a->score != b->score ? b->score - a->score : strcmp(a->label, b->label);
}

/* What belongs to the page that is shown (its number: here) goes before the same elsewhere. */
static void find(Palette *palette, size_t here)
{
  const char *at = palette->typed;
  int letters = 0;
  while (next_character(&at) != 0) {
    letters++;
  }
  for (size_t i = 0; i < palette->n; i++) {
    Entry *entry = &palette->entries[i];
    const int local = palette_score(palette->typed, entry->label), help = palette_score(palette->typed, entry->help);
    const int english = *entry->english ? palette_score(palette->typed, entry->english) : 0, name = local > english ? local : english;
    const bool whole = strcasecmp(palette->typed, entry->label) == 0 || strcasecmp(palette->typed, entry->english) == 0;
    const bool typed = palette->typed[0] != '\0';
    entry->score = name > 0 ? 2 * name + 4 + (typed && whole ? 1000 : 0) : help > 3 * letters ? help : 0;
    entry->score += entry->score > 0 && entry->page == (int)here ? WORTH_HERE : 0;
  }
  if (palette->n > 1) {
    qsort(palette->entries, palette->n, sizeof *palette->entries, by_score);
  }
  palette->n_found = 0;
  for (size_t i = 0; i < palette->n && palette->n_found < SHOWN_MOST && palette->entries[i].score > 0; i++) {
    palette->found[palette->n_found++] = i;
  }
  palette->at = 0;
}

void palette_open(Tui *tui, Palette *palette)
{
  collect(tui, palette);
  palette->typed[0] = '\0';
  palette->open = true;
  find(palette, tui->at);
  tui_redraw(tui);
}

/* ---- doing it */

static bool finish_call(Tui *tui, void *context, const char *text)
{
  (void)context;
  if (text) {
    tui_run(tui, text);
  }
  return true;
}

static void run_primitive(Tui *tui, const Primitive *primitive)
{
  char name[96];
  snprintf(name, sizeof name, "%s.%s", primitive->family, primitive->name);
  if (pages_find("run")) {
    tui_go(tui, "run", name);
    return;
  }
  const InputRequest request = {.prompt = ": ", .text = name, .history = "lua", .before = "", .after = "",
                                .done = finish_call};
  tui_ask(tui, &request);
}

static void run_entry(Tui *tui, const Entry *entry)
{
  if (entry->primitive) {
    run_primitive(tui, entry->primitive);
    return;
  }
  if (entry->page >= 0 && (size_t)entry->page != tui->at) {
    tui_go(tui, tui->pages[entry->page].page->name, "");
  }
  PageRun *run = tui_page(tui);
  void *context = entry->page < 0 ? NULL : run->state;
  if (!entry->action || (entry->page >= 0 && !run->state)) { /* the page itself */
    return;
  }
  if (entry->slot >= 0) {
    run->layout.focus = entry->slot;
    context = (char *)run->state + run->page->slots[entry->slot].at;
  }
  if (tui_applies(tui, entry->action, context)) {
    entry->action->run(tui, context);
  } else {
    tui_message(tui, VIEW_WARNING, _("'%s' is not possible here now"), _(entry->action->name));
  }
}

static void type(Palette *palette, uint32_t code, size_t here)
{
  char bytes[5];
  const size_t n = strlen(palette->typed);
  if (code == K_BACKSPACE) {
    palette->typed[n ? utf8_whole(palette->typed, n - 1) : 0] = '\0';
  } else if (code == (K_CTRL | 'u')) {
    palette->typed[0] = '\0';
  } else {
    key_text(code & ~(uint32_t)K_PASTED, bytes);
    if (n + strlen(bytes) < sizeof palette->typed) {
      strcat(palette->typed, bytes);
    }
  }
  find(palette, here);
}

bool palette_key(Tui *tui, Palette *palette, const Key *key)
{
  const uint32_t code = key->code;
  if (key_is_text(code & ~(uint32_t)K_PASTED) || key_is(code, "BSpace C-u")) {
    type(palette, code, tui->at);
  } else if (key_is(code, "Down C-n Tab")) {
    palette->at += palette->at + 1 < palette->n_found;
  } else if (key_is(code, "Up C-p BTab")) {
    palette->at -= palette->at > 0;
  } else if (code == K_ENTER && palette->n_found > 0) {
    const Entry entry = palette->entries[palette->found[palette->at]];
    palette->open = false;
    run_entry(tui, &entry);
  } else {
    palette->open = false;
  }
  tui_redraw(tui);
  return true;
}

void palette_draw(Tui *tui, Palette *palette, Cells *cells, Rect area, Rect *cursor)
{
  const int width = area.width > 78 ? 76 : area.width - 2;
  const Rect box = rect_part(area, (Rect){(area.width - width) / 2, 0, width, area.height > 18 ? 18 : area.height});
  (void)tui;
  cells_fill(cells, box, (Pen){0});
  const Rect inner = cells_box(cells, box, (Pen){0}, _("What to do? Type some of its letters"), true);
  const int at = cells_put(cells, inner, 0, 1, pen_of(VIEW_HEADER), "> ");
  const int end = cells_put(cells, inner, 0, at, (Pen){0}, palette->typed);
  *cursor = (Rect){inner.x + (end < inner.width ? end : inner.width - 1), inner.y, 1, 1};
  const Rect list = rect_lines(inner, 1, inner.height - 1);
  const size_t height = list.height > 0 ? (size_t)list.height : 0;
  const size_t top = palette->at >= height ? palette->at - height + 1 : 0;
  const int names = list.width / 3 > 14 ? list.width / 3 : 14;
  for (size_t i = 0; i < height && top + i < palette->n_found; i++) {
    const Entry *entry = &palette->entries[palette->found[top + i]];
    const Rect line = rect_lines(list, (int)i, 1);
    const bool chosen = top + i == palette->at;
    cells_put(cells, line, 0, 0, (Pen){0}, chosen ? ">" : " ");
    cells_left(cells, line, 0, 2, names, (Pen){0}, entry->label, strlen(entry->label));
    cells_left(cells, line, 0, 3 + names, line.width - names - 10, pen_of(VIEW_MUTED), entry->help, strlen(entry->help));
    if (entry->action && *entry->action->key) {
      const size_t n = strcspn(entry->action->key, " ");
      cells_right(cells, line, 0, line.width - 7, 6, pen_of(VIEW_HEADER), entry->action->key, n);
    }
    if (chosen) {
      cells_repaint(cells, line, (Pen){.reverse = true}, true);
    }
  }
  if (palette->n_found == 0) {
    cells_put(cells, list, 0, 2, pen_of(VIEW_MUTED), _("nothing is called so"));
  }
}
