/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "core/text.h"

static size_t skip_colour(const char *s, size_t n)
{
  size_t i = 2;
  assert_true(n > 3 && s[1] == '[');
  while (i < n && ((s[i] >= '0' && s[i] <= '9') || s[i] == ';')) {
    i++;
  }
  assert_true(i < n && s[i] == 'm');
  return i + 1;
}

size_t screen_width(const char *line, size_t n)
{
  size_t width = 0, last = 0; /* last: of the character that U+FE0F would change */
  bool joined = false;
  for (size_t i = 0; i < n;) {
    if (line[i] == '\x1b') {
      i += skip_colour(line + i, n - i);
      continue;
    }
    uint32_t code;
    const size_t bytes = utf8_decode(line + i, n - i, &code);
    assert_true(bytes > 0);
    const int columns = wcwidth((wchar_t)code);
    assert_true(columns >= 0);
    if (code == 0xFE0F) {
      width += last == 1 ? 1 : 0;
      last = 2;
    } else if (!joined && !(code >= 0x1F3FB && code <= 0x1F3FF)) {
      width += (size_t)columns;
      last = columns > 0 ? (size_t)columns : last;
    }
    joined = code == 0x200D;
    i += bytes;
  }
  return width;
}

bool screen_line(const char **text, const char **line, size_t *n)
{
  const char *end = strchr(*text, '\n');
  if (!end) {
    assert_true(**text == '\0');
    return false;
  }
  *line = *text;
  *n = (size_t)(end - *text);
  *text = end + 1;
  return true;
}

size_t screen_check(const char *text, size_t width, bool ascii)
{
  const char *line;
  size_t n, lines = 0;
  while (screen_line(&text, &line, &n)) {
    const size_t columns = screen_width(line, n);
    if (columns > width || (n > 0 && line[n - 1] == ' ')) {
      print_error("line %zu takes %zu of %zu columns: '%.*s'\n", lines + 1, columns, width, (int)n, line);
      fail();
    }
    for (size_t i = 0; ascii && i < n; i++) {
      assert_true((unsigned char)line[i] < 0x80);
    }
    lines++;
  }
  return lines;
}

size_t screen_column(const char *line, size_t n, const char *mark, size_t index)
{
  const size_t length = strlen(mark);
  for (size_t i = 0; i + length <= n; i++) {
    if (memcmp(line + i, mark, length) == 0 && index-- == 0) {
      return screen_width(line, i);
    }
  }
  return (size_t)-1;
}

void screen_aligned(const char *text, size_t first, size_t count, const char *mark)
{
  const char *line = NULL, *model = NULL;
  size_t n = 0, model_n = 0;
  for (size_t i = 0; i < first + count; i++) {
    assert_true(screen_line(&text, &line, &n));
    if (i == first) {
      model = line;
      model_n = n;
    }
    for (size_t mark_at = 0; i > first; mark_at++) {
      const size_t expected = screen_column(model, model_n, mark, mark_at);
      if (screen_column(line, n, mark, mark_at) != expected) {
        print_error("not aligned: '%.*s'\n         and: '%.*s'\n", (int)model_n, model, (int)n, line);
        fail();
      }
      if (expected == (size_t)-1) {
        break;
      }
    }
  }
}
