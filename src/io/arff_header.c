/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of an ARFF file, errors that point at them, and the header with its attributes. */
#include <string.h>

#include "core/alloc.h"
#include "io/arff_reader.h"

enum { VALUE_MOST = 40 };

/* ---- Lines and errors ---- */

bool arff_next_line(Arff *arff)
{
  if (arff->next >= arff->end) {
    return false;
  }
  arff->line = arff->next;
  const char *feed = arff->line;
  while (feed < arff->end && *feed != '\n' && *feed != '\r') {
    feed++;
  }
  arff->line_end = feed;
  arff->next = feed + (feed < arff->end) + (arff->end - feed > 1 && feed[0] == '\r' && feed[1] == '\n');
  arff->number++;
  arff->lexer =
      (ArffLexer){.at = arff->line, .end = arff->line_end, .scratch = &arff->scratch, .begin = arff->line};
  return true;
}

/* Where the line at hand is, with a caret at the last piece. */
Status arff_here(const Arff *arff, Error *e)
{
  (void)error_where(e, _("%1$s, line %2$zu"), arff->path, arff->number);
  if (arff->line) {
    (void)error_caret(e, arff->line, (size_t)(arff->line_end - arff->line),
                      (size_t)(arff->lexer.begin - arff->line));
  }
  return STATUS_FORMAT;
}

Status arff_syntax(const Arff *arff, const char *what, Error *e)
{
  if (arff->scratch.failed) {
    return error_memory(e, 0, _("a text"));
  }
  error_set(e, STATUS_FORMAT, "arff-syntax", "%s", what);
  (void)error_hint(e, _("?arff-syntax shows the form of a file"));
  return arff_here(arff, e);
}

/* The value at hand, cut, in arff->item. */
const char *arff_shown(Arff *arff)
{
  const size_t length = arff->lexer.length,
               cut = length > VALUE_MOST ? utf8_whole(arff->lexer.text, VALUE_MOST) : length;
  text_reset(&arff->item);
  text_add(&arff->item, arff->lexer.text, cut);
  text_puts(&arff->item, cut < length ? "..." : "");
  return text_data(&arff->item);
}

static bool is_word(const Arff *arff, const char *word)
{
  return arff->lexer.length == strlen(word) && strncasecmp(arff->lexer.text, word, arff->lexer.length) == 0;
}

/* ---- The header ---- */

static Status add_attribute(Arff *arff, ArffAttribute **out, Error *e)
{
  if (arff->n == arff->room) {
    const size_t room = arff->room * 2 + 16;
    ArffAttribute *attributes = mem_resize(arff->attributes, room, sizeof *attributes);
    if (!attributes) {
      return error_memory(e, 0, _("attributes"));
    }
    arff->attributes = attributes;
    arff->room = room;
  }
  *out = &arff->attributes[arff->n];
  **out = (ArffAttribute){.name = mem_text(arff->lexer.text, arff->lexer.length)};
  arff->n += (*out)->name != NULL;
  if (!(*out)->name) {
    return error_memory(e, 0, _("attributes"));
  }
  for (size_t i = 0; i + 1 < arff->n; i++) {
    if (strcmp(arff->attributes[i].name, (*out)->name) == 0) {
      error_set(e, STATUS_FORMAT, "arff-twice", _("two attributes are called '%s'"), (*out)->name);
      (void)error_hint(e, _("give each attribute a name of its own"));
      return arff_here(arff, e);
    }
  }
  return (*out)->name[0] ? STATUS_OK : arff_syntax(arff, _("an attribute has no name"), e);
}

static Status read_levels(Arff *arff, ArffAttribute *attribute, Error *e)
{
  attribute->declared = ARFF_NOMINAL;
  attribute->levels = map_new();
  if (!attribute->levels) {
    return error_memory(e, 0, _("levels"));
  }
  for (;;) {
    const ArffKind kind = arff_next(&arff->lexer);
    size_t number;
    bool fresh;
    if (kind == ARFF_CLOSE) {
      return STATUS_OK;
    }
    if (kind != ARFF_WORD && kind != ARFF_QUOTED) {
      return arff_syntax(
          arff, kind == ARFF_UNCLOSED ? _("a quote is never closed") : _("a } should end the levels"), e);
    }
    const Status status =
        map_put(attribute->levels, arff->lexer.text, arff->lexer.length, &number, &fresh, e);
    if (status != STATUS_OK) {
      return status;
    }
    if (!fresh) {
      error_set(e, STATUS_FORMAT, "arff-twice", _("attribute '%1$s' has the level '%2$s' twice"),
                attribute->name, arff_shown(arff));
      (void)error_hint(e, _("declare each level once"));
      return arff_here(arff, e);
    }
  }
}

static Status read_format(Arff *arff, ArffAttribute *attribute, Error *e)
{
  attribute->declared = ARFF_DATE;
  const ArffKind kind = arff_next(&arff->lexer);
  if (kind != ARFF_WORD && kind != ARFF_QUOTED) {
    return kind == ARFF_END ? STATUS_OK : arff_syntax(arff, _("a date's format is no text"), e);
  }
  attribute->format = mem_text(arff->lexer.text, arff->lexer.length);
  if (!attribute->format) {
    return error_memory(e, 0, _("a date format"));
  }
  if (strcmp(attribute->format, "yyyy-MM-dd'T'HH:mm:ss") == 0) {
    mem_free(attribute->format); /* the usual one: fractions and dates alone are taken too */
    attribute->format = NULL;
  }
  return STATUS_OK;
}

static Status read_type(Arff *arff, ArffAttribute *attribute, Error *e)
{
  static const struct {
    const char *word;
    ArffType type;
  } types[] = {
      {"numeric", ARFF_NUMERIC}, {"real", ARFF_NUMERIC}, {"integer", ARFF_INTEGER}, {"string", ARFF_STRING}};
  const ArffKind kind = arff_next(&arff->lexer);
  if (kind == ARFF_OPEN) {
    return read_levels(arff, attribute, e);
  }
  if (kind != ARFF_WORD && kind != ARFF_QUOTED) {
    return arff_syntax(arff, _("an attribute has no type"), e);
  }
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (is_word(arff, types[i].word)) {
      attribute->declared = types[i].type;
      return STATUS_OK;
    }
  }
  if (is_word(arff, "date")) {
    return read_format(arff, attribute, e);
  }
  if (is_word(arff, "relational")) {
    error_set(e, STATUS_FORMAT, "arff-relational", _("attribute '%s' is a table within each row"),
              attribute->name);
    (void)error_hint(e, _("Weka's filter MultiInstanceToPropositional makes one flat table of such a file"));
    return arff_here(arff, e);
  }
  error_set(e, STATUS_FORMAT, "arff-syntax", _("'%s' is no type of an attribute"), arff_shown(arff));
  (void)error_hint(e, _("types are numeric, real, integer, string, date, and levels in braces"));
  return arff_here(arff, e);
}

static Status read_attribute(Arff *arff, Error *e)
{
  ArffAttribute *attribute = NULL;
  const ArffKind kind = arff_next(&arff->lexer);
  if (kind != ARFF_WORD && kind != ARFF_QUOTED) {
    return arff_syntax(arff, _("an attribute has no name"), e);
  }
  Status status = add_attribute(arff, &attribute, e);
  if (status == STATUS_OK) {
    status = read_type(arff, attribute, e);
  }
  return status != STATUS_OK || arff_next(&arff->lexer) == ARFF_END
             ? status
             : arff_syntax(arff, _("something follows the type"), e);
}

/* Up to the line of @data. */
Status arff_header(Arff *arff, Error *e)
{
  while (arff_next_line(arff)) {
    const ArffKind kind = arff_next(&arff->lexer);
    Status status = STATUS_OK;
    if (kind == ARFF_END) {
      continue;
    }
    if (kind == ARFF_WORD && is_word(arff, "@data")) {
      return arff->n > 0 ? STATUS_OK : arff_syntax(arff, _("there are no attributes"), e);
    }
    if (kind == ARFF_WORD && is_word(arff, "@attribute")) {
      status = read_attribute(arff, e);
    } else if (kind != ARFF_WORD || !is_word(arff, "@relation")) {
      status = arff_syntax(arff, _("a line before @data is neither @relation, @attribute nor a comment"), e);
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  error_set(e, STATUS_FORMAT, "arff-syntax", _("'%s' has no line @data"), arff->path);
  (void)error_where(e, _("%1$s, line %2$zu"), arff->path, arff->number);
  (void)error_hint(e, _("?arff-syntax shows the form of a file"));
  return STATUS_FORMAT;
}
