/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/settings.h"

#include <stdlib.h>
#include <string.h>

static const char *const theme_names[THEMES] = {"dark", "light", "contrast", "mono"};

const char *theme_name(Theme theme)
{
  return theme_names[theme];
}

static bool on_or_off(const char *value, bool *off)
{
  *off = strcmp(value, "off") == 0;
  return *off || strcmp(value, "on") == 0;
}

static bool set_digits(ConsoleSettings *settings, const char *value)
{
  char *end;
  const long digits = strtol(value, &end, 10);
  if (*end || end == value || digits < 1 || digits > 17) {
    return false;
  }
  settings->digits = (int)digits;
  return true;
}

static bool set_card(ConsoleSettings *settings, const char *value)
{
  return on_or_off(value, &settings->no_card);
}

static bool set_highlight(ConsoleSettings *settings, const char *value)
{
  return on_or_off(value, &settings->no_highlight);
}

static bool set_mouse(ConsoleSettings *settings, const char *value)
{
  bool off = false;
  const bool known = on_or_off(value, &off);
  settings->mouse = known ? !off : settings->mouse;
  return known;
}

static bool set_theme(ConsoleSettings *settings, const char *value)
{
  for (Theme theme = 0; theme < THEMES; theme++) {
    if (strcmp(value, theme_names[theme]) == 0) {
      settings->theme = theme;
      return true;
    }
  }
  return false;
}

static const struct {
  const char *name, *values, *help;
  bool (*set)(ConsoleSettings *settings, const char *value);
} settings_known[] = {
  {"digits", "1..17", N_("significant digits of numbers"), set_digits},
  {"card", "on|off", N_("a line about the call being typed, below it"), set_card},
  {"highlight", "on|off", N_("colours in the line being typed"), set_highlight},
  {"mouse", "on|off", N_("the dashboard takes the mouse; text is then selected with Shift"), set_mouse},
  {"theme", "dark|light|contrast|mono", N_("colours of the dashboard"), set_theme},
};

enum { SETTINGS = sizeof settings_known / sizeof *settings_known };

static void show(const ConsoleSettings *settings, const char *name, Text *out)
{
  switch (*name) {
    case 'd':
      text_printf(out, "%-8d", settings->digits ? settings->digits : 6);
      break;
    case 'c':
      text_printf(out, "%-8s", settings->no_card ? "off" : "on");
      break;
    case 'h':
      text_printf(out, "%-8s", settings->no_highlight ? "off" : "on");
      break;
    case 'm':
      text_printf(out, "%-8s", settings->mouse ? "on" : "off");
      break;
    default:
      text_printf(out, "%-8s", theme_names[settings->theme]);
      break;
  }
}

void settings_list(const ConsoleSettings *settings, Text *out)
{
  for (size_t i = 0; i < SETTINGS; i++) {
    text_printf(out, "  %-10s ", settings_known[i].name);
    show(settings, settings_known[i].name, out);
    text_printf(out, " %s\n", _(settings_known[i].help));
  }
}

Status settings_set(ConsoleSettings *settings, const char *name, const char *value, Error *e)
{
  const char *names[SETTINGS];
  for (size_t i = 0; i < SETTINGS; i++) {
    names[i] = settings_known[i].name;
    if (strcmp(names[i], name) == 0) {
      if (settings_known[i].set(settings, value)) {
        return STATUS_OK;
      }
      return error_set(e, STATUS_ARGUMENT, "bad-setting", _("the setting '%1$s' takes %2$s, not '%3$s'"), name,
                       settings_known[i].values, value);
    }
  }
  const size_t near = text_nearest(name, names, SETTINGS);
  error_set(e, STATUS_NAME, "bad-setting", _("there is no setting '%s'"), name);
  return near < SETTINGS ? error_hint(e, _("did you mean '%s'? .set lists all"), names[near]) : error_hint(e, _(".set lists all"));
}
