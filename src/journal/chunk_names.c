/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/chunk_names.h"

#include <string.h>

#include "core/text.h"
#include "journal/chunk_lex.h"

enum { DEPTH_MOST = 200, LIST_MOST = 64 };

/* What is open at a place of the text. A block inside a function is FUNCTION too, so that the innermost tells. */
typedef enum Open { OPEN_TABLE, OPEN_BRACKET, OPEN_BLOCK, OPEN_FUNCTION } Open;

typedef struct Reader {
  ChunkNames *names;
  Open open[DEPTH_MOST];
  size_t depth, functions; /* depth may pass DEPTH_MOST: what is deeper counts as OPEN_BRACKET */
  Word before, list[LIST_MOST]; /* list: names "a, b, c" that may turn out to be assigned */
  bool part[LIST_MOST];    /* the name is followed by .x or [x] */
  size_t listed;
  bool hidden;             /* the list is one of new local names */
  bool heading;            /* between `function` and the bracket of its parameters */
  size_t parameters;       /* the depth inside that bracket, 0: not there */
  bool loop;               /* between `while` or `for` and their `do`, which opens nothing more */
  Error *e;
} Reader;

bool names_have(const Map *names, const char *name)
{
  size_t number;
  return names && map_get(names, name, strlen(name), &number);
}

static Status put(Map *names, const Word *word, Error *e)
{
  size_t number;
  return map_put(names, word->start, word->length, &number, NULL, e);
}

static Status put_text(Map *names, const char *name, Error *e)
{
  size_t number;
  return map_put(names, name, strlen(name), &number, NULL, e);
}

static void push(Reader *r, Open open)
{
  if (r->depth < DEPTH_MOST) {
    r->open[r->depth] = open;
  }
  r->depth++;
  r->functions += open == OPEN_FUNCTION;
}

static void pop(Reader *r)
{
  if (r->depth > 0) {
    r->depth--;
    r->functions -= r->depth < DEPTH_MOST && r->open[r->depth] == OPEN_FUNCTION;
  }
}

/* What was no list of names to be assigned after all was read. */
static Status drop_list(Reader *r)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < r->listed && status == STATUS_OK; i++) {
    status = put(r->names->reads, &r->list[i], r->e);
  }
  r->listed = 0;
  return status;
}

static bool in_table(const Reader *r)
{
  return r->depth > 0 && r->depth <= DEPTH_MOST && r->open[r->depth - 1] == OPEN_TABLE;
}

static bool in_brackets(const Reader *r)
{
  return r->depth > DEPTH_MOST || (r->depth > 0 && r->open[r->depth - 1] <= OPEN_BRACKET);
}

static bool is_one_of(const Word *word, const char *const *words)
{
  while (*words && !word_is(word, *words)) {
    words++;
  }
  return *words != NULL;
}

static Status see_keyword(Reader *r, const Word *word)
{
  static const char *const blocks[] = {"then", "repeat", NULL};
  if (word_is(word, "function")) {
    r->heading = true;
    push(r, OPEN_FUNCTION);
  } else if (is_one_of(word, blocks)) {
    push(r, OPEN_BLOCK);
  } else if (word_is(word, "while") || word_is(word, "for")) {
    push(r, OPEN_BLOCK);
    r->loop = true;
  } else if (word_is(word, "do") && r->loop) {
    r->loop = false;
  } else if (word_is(word, "do")) {
    push(r, OPEN_BLOCK);
  } else if (word_is(word, "end") || word_is(word, "until") || word_is(word, "elseif") || word_is(word, "else")) {
    pop(r);
    if (word_is(word, "else")) {
      push(r, OPEN_BLOCK);
    }
  } else if (word_is(word, "return")) {
    r->names->returns = r->names->returns || r->functions == 0;
  } else if (word_is(word, "local")) {
    r->names->local = r->names->local || r->depth == 0;
  }
  return STATUS_OK;
}

/* `function name`, `function name.part`: the statement, not the expression. */
static Status name_function(Reader *r, const char *at)
{
  const Word name = chunk_word(&at), next = chunk_word(&at);
  if (name.kind != WORD_NAME || word_is(&r->before, "local") || r->functions > 0) {
    return STATUS_OK;
  }
  return put(word_is(&next, ".") || word_is(&next, ":") ? r->names->parts : r->names->assigns, &name, r->e);
}

static void see_symbol(Reader *r, const Word *word)
{
  if (word_is(word, "(") && r->heading) {
    push(r, OPEN_BRACKET);
    r->heading = false;
    r->parameters = r->depth;
  } else if (word_is(word, ")") && r->parameters == r->depth) {
    pop(r);
    r->parameters = 0;
  } else if (word_is(word, "{")) {
    push(r, OPEN_TABLE);
  } else if (word_is(word, "(") || word_is(word, "[")) {
    push(r, OPEN_BRACKET);
  } else if (word_is(word, "}") || word_is(word, ")") || word_is(word, "]")) {
    pop(r);
  } else if (word_is(word, "::") && r->depth == 0) {
    r->names->label = true;
  }
}

/* Names that make a statement one that a look at it does not explain, or that stand for a state without a name. */
static Status see_special(Reader *r, const Word *word)
{
  static const char *const opaque[] = {"_ENV", "_G", "load", "loadfile", "dofile", "require", "debug", "primitive",
                                       "package", "rawset", "getmetatable", NULL};
  static const char *const random[] = {"random", "randomseed", NULL};
  static const char *const files[] = {"io", "os", NULL};
  Status status = STATUS_OK;
  r->names->opaque = r->names->opaque || is_one_of(word, opaque);
  if (is_one_of(word, random)) {
    status = put_text(r->names->mentions, NAME_RANDOM, r->e);
    status = status == STATUS_OK ? put_text(r->names->reads, NAME_RANDOM, r->e) : status;
  } else if (is_one_of(word, files)) {
    status = put_text(r->names->mentions, NAME_FILES, r->e);
  }
  return status;
}

static bool is_field(const Reader *r, const Word *next)
{
  if (word_is(&r->before, ".") || word_is(&r->before, ":") || word_is(&r->before, "goto") ||
      word_is(&r->before, "::")) {
    return true;
  }
  const bool first = word_is(&r->before, "{") || word_is(&r->before, ",") || word_is(&r->before, ";");
  return in_table(r) && first && word_is(next, "=");
}

/* The name of a new local variable or parameter, such as the _ of `for _, x in` */
static bool is_new(const Reader *r)
{
  return (r->hidden && !in_brackets(r)) || (r->parameters > 0 && r->depth == r->parameters);
}

static Status see_name(Reader *r, const Word *word, const char *at)
{
  const Word next = chunk_word(&at);
  Status status = see_special(r, word);
  if (status != STATUS_OK || is_field(r, &next)) {
    return status;
  }
  status = put(r->names->mentions, word, r->e);
  if (word_is(&r->before, "function") && word_is(&next, "(")) {
    return status; /* the name that it gets */
  }
  if (status == STATUS_OK && !in_brackets(r) && !r->hidden && r->listed < LIST_MOST) {
    r->part[r->listed] = word_is(&next, ".") || word_is(&next, "[");
    r->list[r->listed++] = *word;
  } else if (status == STATUS_OK && !is_new(r)) {
    status = put(r->names->reads, word, r->e);
  }
  return status;
}

/* An '=' that assigns: what stands in the list before it. What a function assigns may happen later, or never. */
static Status assign(Reader *r)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < r->listed && status == STATUS_OK; i++) {
    const bool whole = !r->part[i] && r->functions == 0;
    status = put(whole ? r->names->assigns : r->names->parts, &r->list[i], r->e);
    if (status == STATUS_OK && r->part[i]) {
      status = put(r->names->reads, &r->list[i], r->e);
    }
  }
  r->listed = 0;
  return status;
}

/* A list of names goes on over commas and over the parts of a name. */
static bool goes_on(const Reader *r, const Word *word)
{
  static const char *const links[] = {",", ".", "[", "]", NULL};
  return in_brackets(r) || word->kind == WORD_NAME || is_one_of(word, links);
}

static Status see(Reader *r, const Word *word, const char *at)
{
  Status status = STATUS_OK;
  if (word->kind == WORD_NAME) {
    const bool follows = word_is(&r->before, ",") || word_is(&r->before, ".");
    if (!follows && !in_brackets(r)) {
      status = drop_list(r);
      r->hidden = word_is(&r->before, "local") || word_is(&r->before, "for");
    }
    return status == STATUS_OK ? see_name(r, word, at) : status;
  }
  if (word_is(word, "=") && word->kind == WORD_SYMBOL && !in_brackets(r)) {
    return assign(r);
  }
  if (word->kind == WORD_KEYWORD) {
    status = word_is(word, "function") ? name_function(r, at) : STATUS_OK;
    status = status == STATUS_OK ? see_keyword(r, word) : status;
  } else if (word->kind == WORD_SYMBOL) {
    see_symbol(r, word);
  }
  return status == STATUS_OK && !goes_on(r, word) ? drop_list(r) : status;
}

Status chunk_names(const char *chunk, ChunkNames *names, Error *e)
{
  Reader r = {.names = names, .e = e};
  const char *at = chunk;
  Status status = STATUS_OK;
  *names = (ChunkNames){.mentions = map_new(), .assigns = map_new(), .parts = map_new(), .reads = map_new()};
  if (!names->mentions || !names->assigns || !names->parts || !names->reads) {
    return error_memory(e, 0, _("names"));
  }
  for (Word word = chunk_word(&at); word.kind != WORD_END && status == STATUS_OK; word = chunk_word(&at)) {
    if (word.kind != WORD_COMMENT) {
      status = see(&r, &word, at);
      r.before = word;
    }
  }
  return status == STATUS_OK ? drop_list(&r) : status;
}

void chunk_names_free(ChunkNames *names)
{
  map_free(names->mentions);
  map_free(names->assigns);
  map_free(names->parts);
  map_free(names->reads);
  *names = (ChunkNames){0};
}

/* ---- A statement among others in a file */

static bool looks_like_mark(const char *line)
{
  return line[0] == '-' && line[1] == '-' && line[2] && strchr("=!@", line[2]);
}

/* Copies code; comments that begin their line and look like marks get a blank in front. */
static void copy_code(const char *chunk, Text *out)
{
  const char *at = chunk, *copied = chunk;
  for (Word word = chunk_word(&at); word.kind != WORD_END; word = chunk_word(&at)) {
    const bool first = word.start == chunk || word.start[-1] == '\n';
    if (word.kind == WORD_COMMENT && first && looks_like_mark(word.start)) {
      text_add(out, copied, (size_t)(word.start - copied));
      text_char(out, ' ');
      copied = word.start;
    }
  }
  text_puts(out, copied);
}

static const char *first_word(const char *chunk, Word *word)
{
  const char *at = chunk;
  do {
    *word = chunk_word(&at);
  } while (word->kind == WORD_COMMENT);
  return at;
}

Status chunk_in_file(const char *chunk, bool expression, Text *out, Error *e)
{
  ChunkNames names;
  Word first;
  const Status status = chunk_names(chunk, &names, e);
  const char *behind = first_word(chunk, &first);
  const char *open = "", *close = "";
  if (word_is(&first, "=")) {
    open = "_ = ";
    chunk = behind + strspn(behind, " \t");
  } else if (names.returns && word_is(&first, "return")) {
    const char *at = behind;
    const Word value = chunk_word(&at);
    open = value.kind == WORD_END || word_is(&value, ";") ? "_ = nil " : "_ = ";
    chunk = behind + strspn(behind, " \t");
  } else if (names.returns) {
    open = "_ = (function(...)\n";
    close = "\nend)(...)";
  } else if (names.local || names.label) {
    open = "do\n";
    close = "\nend";
  } else if (expression) {
    open = "_ = ";
  } else if (word_is(&first, "(")) {
    open = ";"; /* else it would go on with the statement above */
  }
  text_puts(out, open);
  copy_code(chunk, out);
  text_puts(out, close);
  chunk_names_free(&names);
  return status == STATUS_OK ? text_status(out, e) : status;
}
