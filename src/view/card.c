/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/card.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "view/width.h"

typedef enum PartKind { PART_TITLE, PART_LINE, PART_TABLE, PART_TEXT, PART_NOTE, PART_WARNING } PartKind;

typedef struct Part {
  PartKind kind;
  char *key, *text; /* a table's title is its text, may be NULL */
  Frame *frame;
  TableOptions options;
} Part;

struct Card {
  Part *parts;
  size_t n, capacity;
  bool failed;
};

enum {
  KEY_MOST = 30,    /* columns of a key */
  ROWS_LEAST = 3,   /* of a table on a crowded screen */
  ROWS_SHOWN = 20
};

Card *card_new(void)
{
  return mem_zero(1, sizeof(Card));
}

void card_free(Card *card)
{
  if (card) {
    for (size_t i = 0; i < card->n; i++) {
      mem_free(card->parts[i].key);
      mem_free(card->parts[i].text);
      frame_unref(card->parts[i].frame);
    }
    mem_free(card->parts);
    mem_free(card);
  }
}

/* A new empty part, or NULL when the card has failed. */
static Part *add_part(Card *card, PartKind kind)
{
  if (!card || card->failed) {
    return NULL;
  }
  if (card->n == card->capacity) {
    const size_t capacity = card->capacity * 2 + 8;
    Part *parts = mem_resize(card->parts, capacity, sizeof *parts);
    if (!parts) {
      card->failed = true;
      return NULL;
    }
    card->parts = parts;
    card->capacity = capacity;
  }
  Part *part = &card->parts[card->n++];
  *part = (Part){.kind = kind};
  return part;
}

/* Adds a part with a key (may be NULL) and a formatted text. */
PRINTF(4, 0)
static void add_text(Card *card, PartKind kind, const char *key, const char *format, va_list args)
{
  Part *part = add_part(card, kind);
  if (!part) {
    return;
  }
  va_list again;
  va_copy(again, args);
  const int length = vsnprintf(NULL, 0, format, args);
  part->text = mem_zero((size_t)(length < 0 ? 0 : length) + 1, 1);
  if (part->text && length >= 0) {
    vsnprintf(part->text, (size_t)length + 1, format, again);
  }
  va_end(again);
  part->key = key ? mem_string(key) : NULL;
  card->failed = card->failed || !part->text || (key && !part->key);
}

void card_title(Card *card, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add_text(card, PART_TITLE, NULL, format, args);
  va_end(args);
}

void card_line(Card *card, const char *key, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add_text(card, PART_LINE, key, format, args);
  va_end(args);
}

void card_note(Card *card, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add_text(card, PART_NOTE, NULL, format, args);
  va_end(args);
}

void card_warning(Card *card, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add_text(card, PART_WARNING, NULL, format, args);
  va_end(args);
}

void card_text(Card *card, const char *text)
{
  Part *part = add_part(card, PART_TEXT);
  if (part) {
    part->text = mem_string(text);
    card->failed = !part->text;
  }
}

void card_table(Card *card, const char *title, const Frame *frame, const TableOptions *options)
{
  Part *part = add_part(card, PART_TABLE);
  if (part && !frame) {
    card->failed = true;
  } else if (part) {
    part->frame = frame_ref(frame);
    part->options = options ? *options : (TableOptions){.inner = true};
    part->text = title ? mem_string(title) : NULL;
    card->failed = title && !part->text;
  }
}

/* ---- Showing ------------------------------------------------------------------------------------------- */

static size_t key_width(const char *key, bool ascii)
{
  const size_t width = width_up_to(key, strlen(key), KEY_MOST, ascii);
  return width < KEY_MOST ? width : KEY_MOST;
}

/* The widest key of the run of lines that part i belongs to, at most a third of the width. */
static size_t run_width(const Card *card, size_t i, const ViewStyle *style)
{
  size_t widest = 0;
  while (i > 0 && card->parts[i - 1].kind == PART_LINE) {
    i--;
  }
  for (; i < card->n && card->parts[i].kind == PART_LINE; i++) {
    const size_t width = key_width(card->parts[i].key, style_ascii(style));
    widest = width > widest ? width : widest;
  }
  const size_t third = style_width(style) / 3;
  return widest < third ? widest : third;
}

static void put_line(const Card *card, size_t i, const ViewStyle *style, Text *out)
{
  const Part *part = &card->parts[i];
  const size_t width = run_width(card, i, style);
  style_on(style, VIEW_MUTED, out);
  width_left(out, part->key, strlen(part->key), width, style_ascii(style));
  style_off(style, VIEW_MUTED, out);
  text_puts(out, "  ");
  style_paragraph(style, VIEW_PLAIN, part->text, width + 2, width + 2, 0, out);
}

/* Where the text of a line begins: behind its indent, and behind a key that two blanks part from it. In columns. */
static size_t hang_of(const char *line, size_t length, bool ascii)
{
  size_t at = 0;
  while (at < length && line[at] == ' ') {
    at++;
  }
  for (size_t i = at; i + 2 < length; i++) {
    if (line[i] == ' ' && line[i + 1] == ' ') {
      while (i < length && line[i] == ' ') {
        i++;
      }
      const size_t width = width_up_to(line, i, KEY_MOST, ascii);
      return i < length && width < KEY_MOST ? width : at;
    }
  }
  return at;
}

/* Each line of a paragraph goes on below its own text. */
static void put_text(const char *text, const ViewStyle *style, Text *out)
{
  Text line = {0};
  for (const char *end; *text; text = *end ? end + 1 : end) {
    end = strchr(text, '\n');
    end = end ? end : text + strlen(text);
    text_reset(&line);
    text_add(&line, text, (size_t)(end - text));
    style_paragraph(style, VIEW_PLAIN, text_data(&line), hang_of(text, (size_t)(end - text), style_ascii(style)), 0, 0, out);
  }
  out->failed = out->failed || line.failed;
  text_free(&line);
}

/* Everything but tables. */
static void put_part(const Card *card, size_t i, const ViewStyle *style, Text *out)
{
  const Part *part = &card->parts[i];
  switch (part->kind) {
    case PART_TITLE: style_paragraph(style, VIEW_TITLE, part->text, 2, 0, 0, out); break;
    case PART_LINE: put_line(card, i, style, out); break;
    case PART_TEXT: put_text(part->text, style, out); break;
    case PART_NOTE: style_message(style, VIEW_PLAIN, part->text, 0, out); break;
    case PART_WARNING: style_message(style, VIEW_WARNING, part->text, 0, out); break;
    case PART_TABLE: break;
  }
}

static size_t count_lines(const Text *text)
{
  size_t lines = 0;
  for (size_t i = 0; i < text->size; i++) {
    lines += text->data[i] == '\n';
  }
  return lines;
}

/* Lines of everything but the tables' bodies: what the tables cannot have. */
static size_t lines_around(const Card *card, const ViewStyle *style, Status *status, Error *e)
{
  Text text = {0};
  size_t lines = 1; /* the prompt */
  for (size_t i = 0; i < card->n; i++) {
    put_part(card, i, style, &text);
    if (card->parts[i].kind == PART_TABLE) {
      lines += 1 + (card->parts[i].text ? 1 : 0);
    }
  }
  lines += count_lines(&text);
  *status = text_status(&text, e);
  text_free(&text);
  return lines;
}

static bool shares_height(const Part *part)
{
  return part->kind == PART_TABLE && part->options.rows == 0;
}

/* The most rows a table may show so that the card fits the screen: tables that need less than an equal
 * share take what they need, the others share the rest. */
static size_t rows_each(const Card *card, size_t room)
{
  size_t each = 0, open = 0, before;
  do {
    before = open;
    size_t rest = room;
    open = 0;
    for (size_t i = 0; i < card->n; i++) {
      const Part *part = &card->parts[i];
      if (shares_height(part)) {
        const size_t around = table_lines(0, &part->options);
        const size_t rows = frame_rows(part->frame);
        const bool small = each > 0 && rows <= each;
        const size_t takes = around + (small ? rows : 0);
        rest -= takes < rest ? takes : rest;
        open += small ? 0 : 1;
      }
    }
    each = open > 0 ? rest / open : each;
  } while (open > 0 && open != before);
  return each < ROWS_LEAST ? ROWS_LEAST : each > ROWS_SHOWN ? ROWS_SHOWN : each;
}

static Status put_table(const Part *part, size_t rows, const ViewStyle *style, Text *out, Error *e)
{
  TableOptions options = part->options;
  if (options.rows == 0) {
    options.rows = rows;
  }
  if (part->text) {
    style_paragraph(style, VIEW_HEADER, part->text, 2, 0, 0, out);
  }
  return table_render(part->frame, &options, style, out, e);
}

static Status render(const Card *card, size_t rows, const ViewStyle *style, Text *out, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < card->n && status == STATUS_OK; i++) {
    put_part(card, i, style, out);
    if (card->parts[i].kind == PART_TABLE) {
      text_puts(out, i > 0 ? "\n" : "");
      status = put_table(&card->parts[i], rows, style, out, e);
    }
  }
  return status == STATUS_OK ? text_status(out, e) : status;
}

Status card_render(const Card *card, const ViewStyle *style, Text *out, Error *e)
{
  if (!card || card->failed) {
    out->failed = true;
    return error_memory(e, 0, _("a card"));
  }
  if (style->height <= 0) {
    return render(card, ROWS_SHOWN, style, out, e);
  }
  Status status;
  const size_t around = lines_around(card, style, &status, e), height = (size_t)style->height;
  size_t rows = rows_each(card, height > around ? height - around : 0);
  while (status == STATUS_OK) {
    Text all = {0};
    status = render(card, rows, style, &all, e);
    const bool fits = count_lines(&all) < height || rows <= ROWS_LEAST;
    if (status == STATUS_OK && fits) {
      text_add(out, text_data(&all), all.size);
    }
    text_free(&all);
    if (fits) {
      break;
    }
    rows--; /* footers of several lines were not foreseen */
  }
  return status == STATUS_OK ? text_status(out, e) : status;
}
