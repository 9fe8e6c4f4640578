/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/style.h"

#include <langinfo.h>
#include <string.h>

#include "view/width.h"

enum { NO_LIMIT = 1 << 20 };

void style_init(ViewStyle *style)
{
  *style = (ViewStyle){.width = 80, .height = 24, .digits = 6};
  style->ascii = style_ascii(style);
}

bool style_ascii(const ViewStyle *style)
{
  return style->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

int style_digits(const ViewStyle *style)
{
  return style->digits > 0 ? style->digits : 6;
}

size_t style_width(const ViewStyle *style)
{
  return style->width > 0 ? (size_t)style->width : NO_LIMIT;
}

const char *style_glyph(const ViewStyle *style, Glyph glyph)
{
  static const char *const glyphs[GLYPHS][2] = {
    [GLYPH_VERTICAL] = {"│", "|"},  [GLYPH_HORIZONTAL] = {"─", "-"}, [GLYPH_CROSS] = {"┼", "+"},
    [GLYPH_CORNER] = {"└", "+"},    [GLYPH_TICK_LEFT] = {"┤", "+"},  [GLYPH_TICK_BELOW] = {"┬", "+"},
    [GLYPH_ELLIPSIS] = {"…", "..."}, [GLYPH_TIMES] = {"×", "x"},      [GLYPH_DOT] = {"·", "-"},
  };
  return glyphs[glyph][style_ascii(style) ? 1 : 0];
}

/* Eight-colour codes and attributes only, which every terminal that has colour knows, light or dark. */
static const char *const codes[VIEW_ROLES] = {
  [VIEW_PLAIN] = "",  [VIEW_TITLE] = "1",   [VIEW_HEADER] = "1",   [VIEW_MUTED] = "2",
  [VIEW_NUMBER] = "36", [VIEW_ERROR] = "1;31", [VIEW_WARNING] = "33",
  [VIEW_KEYWORD] = "35", [VIEW_STRING] = "32",
};

static void mark_off(Text *out)
{
  text_char(out, STYLE_OFF);
}

void style_on(const ViewStyle *style, ViewRole role, Text *out)
{
  if (style->marks) {
    text_char(out, STYLE_ROLE);
    text_char(out, (char)(STYLE_BASE + role));
  } else if (style->color && codes[role][0] != '\0') {
    text_printf(out, "\x1b[%sm", codes[role]);
  }
}

void style_off(const ViewStyle *style, ViewRole role, Text *out)
{
  if (style->marks) {
    mark_off(out);
  } else if (style->color && codes[role][0] != '\0') {
    text_puts(out, "\x1b[0m");
  }
}

void style_put(const ViewStyle *style, ViewRole role, const char *text, Text *out)
{
  style_on(style, role, out);
  text_puts(out, text);
  style_off(style, role, out);
}

void style_ink_on(const ViewStyle *style, unsigned ink, Text *out)
{
  static const int series[] = {34, 33, 36, 31, 35, 32}; /* neighbours differ in more than red against green */
  static const int ramp[INK_LEVELS] = {34, 36, 33, 31};
  if (style->marks && ink != INK_NONE) {
    text_char(out, STYLE_INK);
    text_char(out, (char)(STYLE_BASE + (ink >> 4 & 15)));
    text_char(out, (char)(STYLE_BASE + (ink & 15)));
    return;
  }
  if (!style->color || ink == INK_NONE) {
    return;
  }
  text_printf(out, "\x1b[%dm", ink == INK_MUTED ? 2 : ink >= INK_RAMP ? ramp[(ink - INK_RAMP) % INK_LEVELS]
                                                     : series[(ink - INK_SERIES) % (sizeof series / sizeof *series)]);
}

void style_ink_off(const ViewStyle *style, unsigned ink, Text *out)
{
  if (style->marks && ink != INK_NONE) {
    mark_off(out);
  } else if (style->color && ink != INK_NONE) {
    text_puts(out, "\x1b[0m");
  }
}

ViewDots style_dots(const ViewStyle *style)
{
  if (style_ascii(style)) {
    return VIEW_DOTS_ASCII;
  }
  return style->dots == VIEW_DOTS_AUTO ? VIEW_DOTS_BLOCKS : style->dots;
}

size_t style_paragraph(const ViewStyle *style, ViewRole role, const char *text, size_t margin, size_t at,
                       size_t lines, Text *out)
{
  const WidthWrap wrap = {
    .width = style_width(style), .margin = margin, .at = at, .lines = lines, .ascii = style_ascii(style)};
  style_on(style, role, out);
  const size_t made = width_wrap(out, text, strlen(text), &wrap);
  if ((style->color || style->marks) && out->size > 0) {
    out->size--; /* the role ends before the line does */
    style_off(style, role, out);
    text_char(out, '\n');
  }
  return made;
}

size_t style_message(const ViewStyle *style, ViewRole role, const char *message, size_t lines, Text *out)
{
  const char *label = role == VIEW_ERROR ? _("error: ") : role == VIEW_WARNING ? _("warning: ") : _("note: ");
  style_put(style, role, label, out);
  const size_t at = width_of(label, strlen(label), style_ascii(style));
  return style_paragraph(style, VIEW_PLAIN, message, 2, at, lines, out);
}
