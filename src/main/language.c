/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/language.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/catalogue.h"
#include "main/home.h"

/* The variable that decides the kind of characters, or NULL. */
static const char *deciding_variable(void)
{
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) {
      return names[i];
    }
  }
  return NULL;
}

/* readline and the programs that are started look at the environment themselves, so it is put right too. */
static void set_characters(void)
{
  if (setlocale(LC_CTYPE, "")) {
    return;
  }
  const char *variable = deciding_variable(), *name = variable ? getenv(variable) : "", *charset = strchr(name, '.');
  if (charset && (strncasecmp(charset, ".utf-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0) &&
      setlocale(LC_CTYPE, "C.UTF-8")) {
    setenv(strcmp(variable, "LC_ALL") == 0 ? "LC_ALL" : "LC_CTYPE", "C.UTF-8", 1);
  }
}

static bool use_first(const char *folder, char *languages)
{
  char *rest = languages;
  for (const char *name; (name = strtok_r(rest, " ", &rest));) {
    if (message_use(folder, name)) {
      return true;
    }
  }
  return false;
}

static void set_language(const char *languages)
{
  static const char *const places[] = {"locale", "../share/locale"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    Text folder = {0};
    char list[256];
    strcpy(list, languages);
    const bool used = home_beside(places[i], &folder) && use_first(text_data(&folder), list);
    text_free(&folder);
    if (used) {
      return;
    }
  }
}

void language_begin(void)
{
  const MessageVariables variables = {getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"), getenv("LANGUAGE")};
  char languages[256];
  const size_t n = message_languages(&variables, languages, sizeof languages); /* before the environment is put right */
  set_characters();
  if (n > 0 && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
    set_language(languages);
  }
}
