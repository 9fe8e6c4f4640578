/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/help.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

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
  case OPTION_FRAMES: text_puts(out, _("a frame or several")); break;
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
  case OPTION_ORDER: text_puts(out, _("a list of column names, \"-x\" for falling")); break;
  case OPTION_EXPRESSION: text_puts(out, _("an expression")); break;
  case OPTION_EXPRESSIONS: text_puts(out, _("a list of expressions, each as \"name = expression\"")); break;
  case OPTION_CONDITION: text_puts(out, _("an expression, a column of booleans or a function of a row")); break;
  case OPTION_REST: text_puts(out, _("further names with their values")); break;
  default: text_puts(out, _("any value"));
  }
}

/* Columns of a word on a screen. */
static size_t columns_of(const char *text, size_t size)
{
  size_t columns = 0;
  for (size_t i = 0; i < size;) {
    uint32_t code = 0;
    const size_t length = utf8_decode(text + i, size - i, &code);
    columns += length ? (size_t)utf8proc_charwidth((utf8proc_int32_t)code) : 1;
    i += length ? length : 1;
  }
  return columns;
}

void help_wrap(const char *text, size_t width, size_t margin, size_t at, Text *out)
{
  bool first = true, fresh = false; /* no word on the line yet; its margin is still to come */
  text += strspn(text, " ");
  do {
    const size_t size = strcspn(text, " \n");
    const size_t columns = columns_of(text, size);
    if (size > 0 && !first && at + 1 + columns > width) {
      text_char(out, '\n');
      first = fresh = true;
    }
    if (size > 0) {
      text_repeat(out, " ", fresh ? margin : !first);
      text_add(out, text, size);
      at = (fresh ? margin : at + !first) + columns;
      first = fresh = false;
    }
    text += size + strspn(text + size, " ");
    if (*text == '\n') {
      text_char(out, '\n');
      text += 1 + strspn(text + 1, " ");
      first = fresh = true;
    }
  } while (*text);
  text_puts(out, fresh ? "" : "\n");
}

/* Wraps what was put together in a text of its own, and frees that. */
static void wrap_line(Text *line, size_t width, size_t margin, size_t at, Text *out)
{
  help_wrap(text_data(line), width, margin, at, out);
  out->failed = out->failed || line->failed;
  text_free(line);
}

/* "  name         text": the name, and the text wrapped beside it. */
void help_entry(const char *mark, const char *name, size_t margin, const char *text, size_t width, Text *out)
{
  const size_t used = strlen(mark) + strlen(name) + 1;
  text_printf(out, "%s%s", mark, name);
  text_repeat(out, " ", used < margin ? margin - used + 1 : 1);
  help_wrap(text, width, margin, used < margin ? margin : used, out);
}

static const char *subject(ValueKind kind)
{
  switch (kind) {
  case VALUE_FRAME: return "df";
  case VALUE_MODEL: return "m";
  case VALUE_CHART: return "p";
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
  const bool data = !method && !primitive->global && primitive->takes != VALUE_NONE; /* plot.hist(df, x, ...) */
  text_printf(out, "%s%s", data ? subject(primitive->takes) : "", data && primitive->main ? ", " : "");
  text_puts(out, primitive->main ? primitive->main : "");
  signature_options(primitive, data || primitive->main, out);
  text_char(out, ')');
}

void help_option(const Option *option, Text *out)
{
  text_puts(out, option->help);
  if (option->unit[0]) {
    text_printf(out, " (%s)", option->unit);
  }
  text_puts(out, "; ");
  option_type(option, out);
  if (option->standard == OPTION_REQUIRED) {
    text_puts(out, _("; required"));
  } else if (option->standard[0]) {
    text_printf(out, _("; default %s"), option->standard);
  }
}

static void option_lines(const Option *option, size_t width, Text *out)
{
  Text line = {0};
  help_option(option, &line);
  help_entry("  ", option->name, 15, text_data(&line), width, out);
  out->failed = out->failed || line.failed;
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

static void figures_line(const Primitive *primitive, size_t width, Text *out)
{
  Text line = {0};
  text_puts(&line, _("Figures: "));
  for (size_t i = 0; i < primitive->n_figures; i++) {
    text_printf(&line, "%s%s", i ? ", " : "", primitive->figures[i].name);
  }
  text_puts(&line, _("; m:why(\"name\") explains one"));
  wrap_line(&line, width, 2, 0, out);
}

static void primitive_page(const Primitive *primitive, size_t width, Text *out)
{
  Text title = {0}, signature = {0};
  text_printf(&title, "%s.%s: %s", primitive->family, primitive->name, primitive->summary);
  wrap_line(&title, width, 2, 0, out);
  text_puts(out, "\n  ");
  help_signature(primitive, &signature);
  wrap_line(&signature, width, 4, 2, out);
  if (primitive->details) {
    text_char(out, '\n');
    help_wrap(primitive->details, width, 0, 0, out);
  }
  text_puts(out, primitive->n_options ? _("\nOptions\n") : "");
  for (size_t i = 0; i < primitive->n_options; i++) {
    option_lines(&primitive->options[i], width, out);
  }
  const ModelClass *class = primitive->model;
  text_puts(out, class && class->n_predict_options ? _("\nOptions of m:predict and m:augment\n") : "");
  for (size_t i = 0; class && i < class->n_predict_options; i++) {
    option_lines(&class->predict_options[i], width, out);
  }
  text_puts(out, _("\nGives "));
  help_wrap(primitive->returns, width, 2, 6, out);
  if (primitive->n_figures > 0) {
    figures_line(primitive, width, out);
  }
  if (primitive->reference && primitive->reference[0]) {
    text_puts(out, _("Reference: "));
    help_wrap(primitive->reference, width, 2, 11, out);
  }
  text_puts(out, _("\nExample\n"));
  indented(primitive->example, "  ", out);
}

static const Option *find_option(const Option *options, size_t n, const char *name)
{
  size_t i = 0;
  while (i < n && strcmp(options[i].name, name) != 0) {
    i++;
  }
  return i < n ? &options[i] : NULL;
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
  const ModelClass *class = primitive ? primitive->model : NULL;
  const Option *option = primitive ? find_option(primitive->options, primitive->n_options, dot + 1) : NULL;
  const Option *own = class ? find_option(class->predict_options, class->n_predict_options, dot + 1) : NULL;
  if (!option && !own) {
    return false;
  }
  Text title = {0};
  text_printf(&title, option ? _("%1$s, option of %2$s.%3$s") : _("%1$s, option of predict and augment for models of %2$s.%3$s"),
              dot + 1, primitive->family, primitive->name);
  wrap_line(&title, width, 2, 0, out);
  option_lines(option ? option : own, width, out);
  return true;
}

static bool family_page(const char *family, size_t width, Text *out)
{
  bool found = false;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    if (strcmp(primitive->family, family) == 0) {
      help_entry("  ", primitive->name, 15, primitive->summary, width, out);
      found = true;
    }
  }
  if (found) {
    Text last = {0};
    text_char(out, '\n');
    text_printf(&last, _("?%s.NAME shows one of them."), family);
    wrap_line(&last, width, 0, 0, out);
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
  text_puts(out, _("  ?\"choose k\"      search         ?cluster       a family\n\n"));
  Text line = {0};
  text_puts(&line, _("Families: "));
  const char *family = "";
  for (size_t i = 0; i < registry_size(); i++) {
    if (strcmp(family, registry_at(i)->family) != 0) {
      text_printf(&line, "%s%s", family[0] ? ", " : "", registry_at(i)->family);
      family = registry_at(i)->family;
    }
  }
  wrap_line(&line, 80, 2, 0, out);
  text_puts(out, _("\nAt the prompt\n  .help .vars .last .time on|off .quit      Tab completes\n"));
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

/* Not a page's name: the page that was meant, or those that have the word. */
static Status no_page(const char *topic, size_t width, Text *out, Error *e)
{
  const char *names[4096];
  const size_t n = page_names(names, 4096);
  const size_t near = text_nearest(topic, names, n);
  if (near < n) {
    error_set(e, STATUS_NAME, "no-help", _("no help for '%s'"), topic);
    (void)error_hint(e, _("did you mean ?%1$s ... or search with ?\"%2$s\""), names[near], topic);
    return STATUS_NAME;
  }
  Text found = {0};
  const bool any = isalnum((unsigned char)topic[0]) && !strchr(topic, '.') && help_search(topic, width, &found);
  if (any) {
    text_printf(out, _("no page is called '%s'; these have the word:\n"), topic);
    text_add(out, text_data(&found), found.size);
  }
  text_free(&found);
  if (any) {
    return text_status(out, e);
  }
  error_set(e, STATUS_NAME, "no-help", _("no help for '%s', and no page has the word"), topic);
  (void)error_hint(e, _("search with other words: ?\"choose k\"; ? shows where to begin"));
  return STATUS_NAME;
}

static void topic_page(const Topic *page, size_t width, Text *out)
{
  Text title = {0};
  text_printf(&title, "%s: %s", page->name, page->summary);
  wrap_line(&title, width, 2, 0, out);
  text_char(out, '\n');
  help_wrap(page->text, width, 0, 0, out);
}

Status help_page(const char *topic, size_t width, Text *out, Error *e)
{
  if (topic[0] == '\0') {
    first_page(out);
    return text_status(out, e);
  }
  const Primitive *primitive = registry_find(topic);
  const Topic *page = find_topic(topic);
  if (primitive || page) {
    if (primitive) {
      primitive_page(primitive, width, out);
      text_puts(out, page ? "\n" : "");
      Text family = {0};
      if (family_page(topic, width, &family)) { /* diff is a function, and a family of two */
        text_printf(out, "\n%s", text_data(&family));
      }
      out->failed = out->failed || family.failed;
      text_free(&family);
    }
    if (page) { /* count is a verb, and a function of expressions */
      topic_page(page, width, out);
    }
  } else if (!family_page(topic, width, out) && !option_page(topic, width, out)) {
    return no_page(topic, width, out, e);
  }
  return text_status(out, e);
}
