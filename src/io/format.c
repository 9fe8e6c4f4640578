/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of formats: built-in ones lie in a section of their own, those of plugins are added. */
#include "io/format.h"

#include <ctype.h>
#include <string.h>

#include "core/alloc.h"

extern const Format *const __start_assay_formats[];
extern const Format *const __stop_assay_formats[];

enum { FORMATS_MOST = 64 };

static const Format *all[FORMATS_MOST];
static size_t count; /* 0: not collected yet */
static FormatLoader loader;

static void collect(void)
{
  for (const Format *const *f = __start_assay_formats; count == 0 || f < __stop_assay_formats; f++) {
    all[count++] = *f;
  }
}

static size_t formats_size(void)
{
  if (count == 0) {
    collect();
  }
  return count;
}

void format_set_loader(FormatLoader function)
{
  loader = function;
}

/* Whether `word` is one of "a|b|c". */
static bool among(const char *words, const char *word, size_t length)
{
  while (*words) {
    const size_t n = strcspn(words, "|");
    if (n == length && length > 0 && strncasecmp(words, word, n) == 0) {
      return true;
    }
    words += n + (words[n] == '|');
  }
  return false;
}

typedef enum Sought { BY_NAME, BY_SCHEME, BY_EXTENSION } Sought;

static bool is_sought(const Format *format, Sought sought, const char *word)
{
  switch (sought) {
  case BY_NAME: return strcmp(format->name, word) == 0;
  case BY_SCHEME: return format->scheme && strcmp(format->scheme, word) == 0;
  default: return among(format->extensions, word, strlen(word));
  }
}

static const Format *find(Sought sought, const char *word)
{
  for (size_t i = 0; i < formats_size(); i++) {
    if (is_sought(all[i], sought, word)) {
      return all[i];
    }
  }
  return NULL;
}

/* The same, after a plugin had its chance. */
static const Format *find_or_load(Sought sought, const char *word, Error *e)
{
  const Format *format = find(sought, word);
  return format || !loader || !loader(word, e) ? format : find(sought, word);
}

Status format_add(const Format *format, Error *e)
{
  const char *clash = find(BY_NAME, format->name) ? format->name : NULL;
  for (size_t i = 0; i < formats_size() && !clash; i++) {
    const char *rest = format->extensions;
    while (*rest && !clash) {
      const size_t n = strcspn(rest, "|");
      clash = among(all[i]->extensions, rest, n) ? rest : NULL;
      rest += n + (rest[n] == '|');
    }
  }
  if (!clash && format->scheme && find(BY_SCHEME, format->scheme)) {
    clash = format->scheme;
  }
  if (clash) {
    return error_set(e, STATUS_STATE, "format-taken", _("format '%1$s': '%2$s' belongs to another format"), format->name, clash);
  }
  if (formats_size() == FORMATS_MOST) {
    return error_set(e, STATUS_LIMIT, "format-taken", _("format '%1$s': there are %2$d formats already"), format->name,
                     FORMATS_MOST);
  }
  all[count++] = format;
  return STATUS_OK;
}

static Status unknown_format(const char *name, Error *e)
{
  const char *names[FORMATS_MOST];
  Text known = {0};
  for (size_t i = 0; i < formats_size(); i++) {
    names[i] = all[i]->name;
    text_printf(&known, "%s%s", i ? ", " : "", names[i]);
  }
  error_set(e, STATUS_NAME, "unknown-format", _("there is no format '%s'"), name);
  const size_t near = text_nearest(name, names, count);
  (void)(near < count ? error_hint(e, _("did you mean '%1$s'? formats: %2$s"), names[near], text_data(&known))
                      : error_hint(e, _("formats: %s"), text_data(&known)));
  text_free(&known);
  return STATUS_NAME;
}

/* The extension, in front of one that tells of compression; "" when there is none. Into word, cut. */
static void extension_of(const char *path, char *word, size_t size)
{
  static const char *const compressed[] = {".gz", ".zst"};
  const char *name = strrchr(path, '/');
  name = name ? name + 1 : path;
  size_t end = strlen(name);
  for (size_t i = 0; i < sizeof compressed / sizeof *compressed; i++) {
    const size_t n = strlen(compressed[i]);
    if (end > n && strncasecmp(name + end - n, compressed[i], n) == 0) {
      end -= n;
      break;
    }
  }
  size_t begin = end;
  while (begin > 0 && name[begin - 1] != '.') {
    begin--;
  }
  const size_t n = begin == 0 || end - begin >= size ? 0 : end - begin;
  memcpy(word, name + begin, n);
  word[n] = '\0';
}

Status format_of(const char *name, const char *path, const Format **out, Error *e)
{
  char word[16];
  *out = NULL;
  Error failed;
  error_clear(&failed);
  if (name) {
    *out = find_or_load(BY_NAME, name, &failed);
  } else {
    extension_of(path, word, sizeof word);
    *out = word[0] ? find_or_load(BY_EXTENSION, word, &failed) : NULL;
  }
  if (failed.status != STATUS_OK) {
    if (e && e->status == STATUS_OK) {
      *e = failed;
    }
    return failed.status;
  }
  return *out || !name ? STATUS_OK : unknown_format(name, e);
}

static const Format *find_content(const char *head, size_t n)
{
  for (size_t i = 0; i < formats_size(); i++) {
    if (all[i]->knows && all[i]->knows(head, n)) {
      return all[i];
    }
  }
  return NULL;
}

Status format_of_content(const char *head, size_t n, const Format **out, Error *e)
{
  Error failed;
  error_clear(&failed);
  *out = find_content(head, n);
  if (!*out && loader && loader(head, &failed)) {
    *out = find_content(head, n);
  }
  if (failed.status != STATUS_OK && e && e->status == STATUS_OK) {
    *e = failed;
  }
  return failed.status;
}

/* A scheme is at least two lower-case letters or digits before a colon, and known. */
static size_t scheme_length(const char *text)
{
  size_t n = 0;
  while (islower((unsigned char)text[n]) || isdigit((unsigned char)text[n])) {
    n++;
  }
  return n >= 2 && text[n] == ':' ? n : 0;
}

Status format_path(const char *text, Arena *arena, FormatPath *out, Error *e)
{
  *out = (FormatPath){.path = text};
  const size_t n = scheme_length(text);
  Error failed;
  error_clear(&failed);
  char *scheme = n ? arena_text(arena, text, n) : NULL;
  if (!n || !scheme || !find_or_load(BY_SCHEME, scheme, &failed)) {
    if (failed.status != STATUS_OK && e && e->status == STATUS_OK) {
      *e = failed;
    }
    return failed.status != STATUS_OK ? failed.status : n && !scheme ? error_memory(e, 0, _("a path")) : STATUS_OK;
  }
  const char *query = strchr(text + n + 1, '?');
  const size_t length = query ? (size_t)(query - text) - n - 1 : strlen(text + n + 1);
  out->scheme = scheme;
  out->path = arena_text(arena, text + n + 1, length);
  out->query = query ? arena_string(arena, query + 1) : NULL;
  return out->path && (out->query || !query) ? STATUS_OK : error_memory(e, 0, _("a path"));
}
