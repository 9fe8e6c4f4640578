/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/help.h"

#include <ctype.h>
#include <string.h>

#include "core/arena.h"

static void option_range(const Option *option, Text *out)
{
  const bool low = option->low > -1e300, high = option->high < 1e300;
  if (option->low > option->high || (!low && !high)) {
    return;
  }
  if (low && high) {
    text_printf(out, " %.10g..%.10g", option->low, option->high);
  } else {
    text_printf(out, low ? _(" >= %.10g") : _(" <= %.10g"), low ? option->low : option->high);
  }
}

static void option_choices(const Option *option, Text *out)
{
  for (const char *c = option->choices; *c; c++) {
    if (*c == '|') {
      text_puts(out, ", ");
    } else {
      text_char(out, *c);
    }
  }
}

void option_type(const Option *option, Text *out)
{
  switch (option->kind) {
  case OPTION_INT:
    text_puts(out, _("a whole number"));
    option_range(option, out);
    break;
  case OPTION_NUMBER:
    text_puts(out, _("a number"));
    option_range(option, out);
    break;
  case OPTION_BOOL: text_puts(out, _("true or false")); break;
  case OPTION_TEXT: text_puts(out, _("a text")); break;
  case OPTION_TEXTS: text_puts(out, _("a list of texts")); break;
  case OPTION_CHOICE:
    text_puts(out, _("one of "));
    option_choices(option, out);
    break;
  case OPTION_COLUMN: text_printf(out, _("the name of a %s%scolumn"), option->choices, option->choices[0] ? " " : ""); break;
  case OPTION_COLUMNS: text_printf(out, _("a list of %s%scolumn names"), option->choices, option->choices[0] ? " " : ""); break;
  case OPTION_FRAME: text_puts(out, _("a frame")); break;
  case OPTION_CHOICE_FRAME:
    text_puts(out, _("a frame or one of "));
    option_choices(option, out);
    break;
  case OPTION_TEXT_MAP:
    text_puts(out, _("a text for all or a table of texts by name"));
    if (option->choices[0]) {
      text_puts(out, _(", each one of "));
      option_choices(option, out);
    }
    break;
  default: text_puts(out, _("any value"));
  }
}

void help_wrap(const char *text, size_t width, size_t margin, size_t at, Text *out)
{
  bool first = true;
  while (*text) {
    while (*text == ' ') {
      text++;
    }
    const size_t word = strcspn(text, " \n");
    if (word > 0 && !first && at + 1 + word > width) {
      text_char(out, '\n');
      text_repeat(out, " ", margin);
      at = margin;
      first = true;
    }
    if (word > 0) {
      text_puts(out, first ? "" : " ");
      text_add(out, text, word);
      at += word + !first;
      first = false;
    }
    text += word;
    if (*text == '\n') {
      text_char(out, '\n');
      text++;
      if (*text) {
        text_repeat(out, " ", margin);
      }
      at = margin;
      first = true;
    }
  }
  text_char(out, '\n');
}

static const char *subject(ValueKind kind)
{
  switch (kind) {
  case VALUE_FRAME: return "df";
  case VALUE_MODEL: return "m";
  case VALUE_COLUMN: return "column";
  default: return "";
  }
}

static void signature_options(const Primitive *primitive, bool comma, Text *out)
{
  size_t listed = 0;
  for (size_t i = 0; i < primitive->n_options; i++) {
    const char *name = primitive->options[i].name;
    if (primitive->main && strcmp(name, primitive->main) == 0) {
      continue;
    }
    text_printf(out, "%s%s", listed ? ", " : comma ? ", {" : "{", name);
    listed++;
  }
  text_puts(out, listed ? "}" : "");
}

void help_signature(const Primitive *primitive, Text *out)
{
  const char *method = primitive_method(primitive);
  if (method) {
    text_printf(out, "%s:%s(", subject(primitive->takes), method);
  } else if (primitive->global) {
    text_printf(out, "%s(", primitive->global);
  } else {
    text_printf(out, "%s.%s(", primitive->family, primitive->name);
  }
  text_puts(out, primitive->main ? primitive->main : "");
  signature_options(primitive, primitive->main != NULL, out);
  text_char(out, ')');
}

static void option_lines(const Option *option, size_t width, Text *out)
{
  Text line = {0};
  text_puts(&line, option->help);
  if (option->unit[0]) {
    text_printf(&line, " (%s)", option->unit);
  }
  text_puts(&line, "; ");
  option_type(option, &line);
  if (option->standard == OPTION_REQUIRED) {
    text_puts(&line, _("; required"));
  } else if (option->standard[0]) {
    text_printf(&line, _("; default %s"), option->standard);
  }
  text_printf(out, "  %-12s ", option->name);
  help_wrap(text_data(&line), width, 15, 15, out);
  text_free(&line);
}

static void indented(const char *code, const char *margin, Text *out)
{
  while (*code) {
    const size_t length = strcspn(code, "\n");
    text_puts(out, length ? margin : "");
    text_add(out, code, length);
    text_char(out, '\n');
    code += length + (code[length] == '\n');
  }
}

static void primitive_page(const Primitive *primitive, size_t width, Text *out)
{
  text_printf(out, "%s.%s: %s\n\n  ", primitive->family, primitive->name, primitive->summary);
  Text signature = {0};
  help_signature(primitive, &signature);
  help_wrap(text_data(&signature), width, 4, 2, out);
  text_free(&signature);
  if (primitive->details) {
    text_char(out, '\n');
    help_wrap(primitive->details, width, 0, 0, out);
  }
  text_puts(out, primitive->n_options ? _("\nOptions\n") : "");
  for (size_t i = 0; i < primitive->n_options; i++) {
    option_lines(&primitive->options[i], width, out);
  }
  text_puts(out, _("\nGives "));
  help_wrap(primitive->returns, width, 0, 6, out);
  if (primitive->n_figures > 0) {
    text_puts(out, _("Figures: "));
    for (size_t i = 0; i < primitive->n_figures; i++) {
      text_printf(out, "%s%s", i ? ", " : "", primitive->figures[i].name);
    }
    text_puts(out, _("; m:why(\"name\") explains one\n"));
  }
  if (primitive->reference && primitive->reference[0]) {
    text_puts(out, _("Reference: "));
    help_wrap(primitive->reference, width, 2, 11, out);
  }
  text_puts(out, _("\nExample\n"));
  indented(primitive->example, "  ", out);
}

static bool option_page(const char *topic, size_t width, Text *out)
{
  const char *dot = strrchr(topic, '.');
  char name[64];
  if (!dot || (size_t)(dot - topic) >= sizeof name) {
    return false;
  }
  memcpy(name, topic, (size_t)(dot - topic));
  name[dot - topic] = '\0';
  const Primitive *primitive = registry_find(name);
  for (size_t i = 0; primitive && i < primitive->n_options; i++) {
    if (strcmp(primitive->options[i].name, dot + 1) == 0) {
      text_printf(out, _("%1$s, option of %2$s.%3$s\n"), dot + 1, primitive->family, primitive->name);
      option_lines(&primitive->options[i], width, out);
      return true;
    }
  }
  return false;
}

static bool family_page(const char *family, size_t width, Text *out)
{
  bool found = false;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    if (strcmp(primitive->family, family) == 0) {
      text_printf(out, "  %-12s ", primitive->name);
      help_wrap(primitive->summary, width, 15, 15, out);
      found = true;
    }
  }
  if (found) {
    text_printf(out, _("\n?%s.NAME shows one of them.\n"), family);
  }
  return found;
}

static void first_page(Text *out)
{
  text_puts(out, _("Type Lua statements; the value of an expression is shown.\n\n"));
  text_puts(out, "  df = read \"datasets/credit/credit.csv\"\n  df:describe()\n");
  text_puts(out, "  seg = df:kmeans{k = 4, on = {\"age\", \"duration\"}, scale = \"zscore\"}\n");
  text_puts(out, "  seg:profile(df)\n\n");
  text_puts(out, _("Help\n  ?kmeans         a page          ?kmeans.init   one option\n"));
  text_puts(out, _("  ?\"choose k\"      search         ?cluster       a family\n\nFamilies: "));
  const char *family = "";
  for (size_t i = 0; i < registry_size(); i++) {
    if (strcmp(family, registry_at(i)->family) != 0) {
      text_printf(out, "%s%s", family[0] ? ", " : "", registry_at(i)->family);
      family = registry_at(i)->family;
    }
  }
  text_puts(out, _("\n\nAt the prompt\n  .help .vars .last .time on|off .quit      Tab completes\n"));
  text_puts(out, _("  Ctrl-C stops what runs and keeps the session; Ctrl-D leaves.\n"));
}

static const Topic *find_topic(const char *name)
{
  for (size_t i = 0; i < topics_size(); i++) {
    if (strcmp(topics_at(i)->name, name) == 0) {
      return topics_at(i);
    }
  }
  return NULL;
}

/* Every name a page can be asked by, into names[most]. */
static size_t page_names(const char **names, size_t most)
{
  size_t n = 0;
  for (size_t i = 0; i < registry_size() && n + 3 < most; i++) {
    const Primitive *primitive = registry_at(i);
    names[n++] = primitive->name;
    names[n++] = primitive->family;
    if (primitive->global) {
      names[n++] = primitive->global;
    }
  }
  for (size_t i = 0; i < topics_size() && n < most; i++) {
    names[n++] = topics_at(i)->name;
  }
  return n;
}

Status help_page(const char *topic, size_t width, Text *out, Error *e)
{
  if (topic[0] == '\0') {
    first_page(out);
    return text_status(out, e);
  }
  const Primitive *primitive = registry_find(topic);
  const Topic *page = find_topic(topic);
  if (primitive) {
    primitive_page(primitive, width, out);
  } else if (page) {
    text_printf(out, "%s: %s\n\n", page->name, page->summary);
    help_wrap(page->text, width, 0, 0, out);
  } else if (!family_page(topic, width, out) && !option_page(topic, width, out)) {
    const char *names[4096];
    const size_t n = page_names(names, 4096);
    error_set(e, STATUS_NAME, "no-help", _("no help for '%s'"), topic);
    const size_t near = text_nearest(topic, names, n);
    return near < n ? error_hint(e, _("did you mean ?%1$s ... or search with ?\"%2$s\""), names[near], topic)
                    : error_hint(e, _("search with ?\"%s\""), topic);
  }
  return text_status(out, e);
}

static bool has_word(const char *haystack, const char *word, size_t length)
{
  char copy[64];
  if (!haystack || length >= sizeof copy) {
    return false;
  }
  memcpy(copy, word, length);
  copy[length] = '\0';
  return strcasestr(haystack, copy) != NULL;
}

/* Three for a word in the name, two in the summary, one in the rest; a page must have more than half of the words. */
static int score(const char *words, const char *name, const char *summary, const char *rest)
{
  int points = 0, found = 0, all = 0;
  while (*words) {
    words += strspn(words, " \t\"");
    const size_t length = strcspn(words, " \t\"");
    if (length == 0) {
      break;
    }
    all++;
    const int here = has_word(name, words, length) ? 3 : has_word(summary, words, length) ? 2 : has_word(rest, words, length);
    points += here;
    found += here > 0;
    words += length;
  }
  return found * 2 > all ? points : 0;
}

typedef struct Hit {
  int points;
  const char *name, *summary;
} Hit;

enum { HITS_MOST = 12 };

static void keep_best(Hit *hits, size_t *n, Hit hit)
{
  if (hit.points == 0) {
    return;
  }
  size_t at = *n < HITS_MOST ? (*n)++ : HITS_MOST - 1;
  if (*n == HITS_MOST && at == HITS_MOST - 1 && hits[at].name && hits[at].points >= hit.points) {
    return;
  }
  while (at > 0 && hits[at - 1].points < hit.points) {
    hits[at] = hits[at - 1];
    at--;
  }
  hits[at] = hit;
}

static void primitive_words(const Primitive *primitive, Text *out)
{
  text_printf(out, "%s %s ", primitive->details ? primitive->details : "", primitive->returns);
  for (size_t i = 0; i < primitive->n_options; i++) {
    text_printf(out, "%s %s ", primitive->options[i].name, primitive->options[i].help);
  }
  for (size_t i = 0; i < primitive->n_figures; i++) {
    text_printf(out, "%s %s ", primitive->figures[i].name, primitive->figures[i].definition);
  }
}

bool help_search(const char *words, size_t width, Text *out)
{
  Hit hits[HITS_MOST] = {{0}};
  size_t n = 0;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    Text rest = {0};
    primitive_words(primitive, &rest);
    keep_best(hits, &n, (Hit){score(words, primitive->name, primitive->summary, text_data(&rest)), primitive->name,
                              primitive->summary});
    text_free(&rest);
  }
  for (size_t i = 0; i < topics_size(); i++) {
    const Topic *topic = topics_at(i);
    keep_best(hits, &n, (Hit){score(words, topic->name, topic->summary, topic->text), topic->name, topic->summary});
  }
  for (size_t i = 0; i < n; i++) {
    text_printf(out, "  ?%-18s ", hits[i].name);
    help_wrap(hits[i].summary, width, 22, 22, out);
  }
  return n > 0;
}
