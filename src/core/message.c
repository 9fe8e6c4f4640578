/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/message.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/catalogue.h"
#include "core/file.h"

enum { HEADER = 28, MAGIC_AT = 0, REVISION_AT = 4, COUNT_AT = 8, ENGLISH_AT = 12, OTHER_AT = 16 };
enum { MOST_BYTES = 16 << 20 };
static const uint32_t magic = 0x950412deu;

/* What the C library gives as reasons (strerror), for tools/messages.sh to find; _(strerror(errno)) is how they are used. */
static const char *const reasons[] __attribute__((unused)) = {
    N_("Operation not permitted"),
    N_("No such file or directory"),
    N_("Input/output error"),
    N_("No such device or address"),
    N_("Bad file descriptor"),
    N_("Resource temporarily unavailable"),
    N_("Cannot allocate memory"),
    N_("Permission denied"),
    N_("Device or resource busy"),
    N_("File exists"),
    N_("Invalid cross-device link"),
    N_("No such device"),
    N_("Not a directory"),
    N_("Is a directory"),
    N_("Invalid argument"),
    N_("Too many open files in system"),
    N_("Too many open files"),
    N_("Text file busy"),
    N_("File too large"),
    N_("No space left on device"),
    N_("Illegal seek"),
    N_("Read-only file system"),
    N_("Too many links"),
    N_("Broken pipe"),
    N_("File name too long"),
    N_("Too many levels of symbolic links"),
    N_("Exec format error"),
    N_("Argument list too long"),
    N_("Disk quota exceeded"),
    N_("Stale file handle"),
    N_("Transport endpoint is not connected"),
    N_("Connection timed out"),
    N_("Operation not supported"),
    N_("Interrupted system call"),
};

static Messages in_use;
static char language_in_use[32] = "en";

static uint32_t word_at(const Messages *messages, size_t at)
{
  uint32_t word;
  memcpy(&word, messages->bytes + at, sizeof word);
  return word;
}

/* Text i of the table whose place is kept at `table`; NULL when it is not within the file or does not end in NUL. */
static const char *text_at(const Messages *messages, size_t table, size_t i)
{
  const size_t entry = word_at(messages, table) + 8 * i;
  const size_t length = word_at(messages, entry), from = word_at(messages, entry + 4);
  return from < messages->size && length < messages->size - from && messages->bytes[from + length] == '\0'
             ? messages->bytes + from
             : NULL;
}

static bool table_fits(const Messages *messages, size_t table)
{
  const size_t from = word_at(messages, table);
  return from <= messages->size && messages->n <= (messages->size - from) / 8;
}

/* msgfmt writes words in the machine's order unless told otherwise; a catalogue of another order is refused. */
static bool is_catalogue(Messages *messages)
{
  if (messages->size < HEADER || word_at(messages, MAGIC_AT) != magic || word_at(messages, REVISION_AT) >> 16 != 0) {
    return false;
  }
  messages->n = word_at(messages, COUNT_AT);
  if (!table_fits(messages, ENGLISH_AT) || !table_fits(messages, OTHER_AT)) {
    return false;
  }
  const char *before = NULL;
  for (size_t i = 0; i < messages->n; i++) {
    const char *english = text_at(messages, ENGLISH_AT, i);
    if (!english || !text_at(messages, OTHER_AT, i) || (before && strcmp(before, english) >= 0)) {
      return false;
    }
    before = english;
  }
  return true;
}

bool messages_take(char *bytes, size_t size, Messages *messages)
{
  *messages = (Messages){.bytes = bytes, .size = size};
  if (is_catalogue(messages)) {
    return true;
  }
  *messages = (Messages){0};
  return false;
}

void messages_free(Messages *messages)
{
  mem_free(messages->bytes);
  *messages = (Messages){0};
}

const char *messages_find(const Messages *messages, const char *english)
{
  size_t low = 0, high = messages->n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = strcmp(english, text_at(messages, ENGLISH_AT, middle));
    if (order == 0) {
      const char *text = text_at(messages, OTHER_AT, middle);
      return *text && *english ? text : NULL; /* the translation of "" is the catalogue's header */
    }
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return NULL;
}

const char *message_in_use(const char *english)
{
  if (!in_use.bytes || !english) {
    return english;
  }
  const char *text = messages_find(&in_use, english);
  return text ? text : english;
}

bool message_use(const char *folder, const char *language)
{
  char path[4096], *bytes = NULL;
  size_t size = 0;
  Messages messages;
  if ((size_t)snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/assay.mo", folder, language) >= sizeof path ||
      !file_exists(path) || file_read(path, MOST_BYTES, &bytes, &size, NULL) != STATUS_OK) {
    return false;
  }
  if (!messages_take(bytes, size, &messages)) {
    mem_free(bytes);
    return false;
  }
  messages_free(&in_use);
  in_use = messages;
  snprintf(language_in_use, sizeof language_in_use, "%s", language);
  return true;
}

const char *message_language(void)
{
  return language_in_use;
}

/* ---- which languages are wanted */

static bool is_set(const char *value)
{
  return value && *value;
}

static bool is_one_of(const char *name, size_t n, const char *const *names, size_t n_names)
{
  for (size_t i = 0; i < n_names; i++) {
    if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) {
      return true;
    }
  }
  return false;
}

/* Adds a name and a blank if there is room for both; a name with a / would be a path. */
static size_t add(const char *name, size_t n, char *out, size_t used, size_t size)
{
  if (n == 0 || n + 1 >= size - used || memchr(name, '/', n) || memchr(name, '.', n)) {
    return used;
  }
  memcpy(out + used, name, n);
  memcpy(out + used + n, " ", 2);
  return used + n + 1;
}

/* One locale's name, "zh_CN.UTF-8@x", as languages. False for English: what comes later is not wanted. */
static bool add_locale(const char *name, size_t n, char *out, size_t *used, size_t size)
{
  static const char *const english[] = {"C", "POSIX", "en"}, *const simplified[] = {"zh", "zh_SG", "zh_Hans"};
  size_t whole = 0, language = 0;
  while (whole < n && name[whole] != '.' && name[whole] != '@') {
    whole++;
  }
  while (language < whole && name[language] != '_') {
    language++;
  }
  if (is_one_of(name, language, english, 3)) {
    return whole < n && name[whole] == '.' && name[0] == 'C'; /* C.UTF-8 says nothing about the language */
  }
  *used = add(name, whole, out, *used, size);
  *used = language < whole ? add(name, language, out, *used, size) : *used;
  if (is_one_of(name, whole, simplified, 3)) {
    *used = add("zh_CN", 5, out, *used, size);
  }
  return true;
}

size_t message_languages(const MessageVariables *variables, char *out, size_t size)
{
  const char *locale = is_set(variables->all)        ? variables->all
                       : is_set(variables->messages) ? variables->messages
                       : is_set(variables->lang)     ? variables->lang
                                                     : "C";
  size_t used = 0;
  out[0] = '\0';
  if (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0) {
    return 0;
  }
  const char *list = is_set(variables->language) ? variables->language : "";
  while (*list) {
    const size_t n = strcspn(list, ":");
    if (!add_locale(list, n, out, &used, size)) {
      return used;
    }
    list += n + (list[n] == ':');
  }
  add_locale(locale, strlen(locale), out, &used, size);
  return used;
}
