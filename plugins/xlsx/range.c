/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of cells and ranges. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sheet.h"

void cell_name(size_t row, size_t column, char out[CELL_NAME])
{
  char letters[8];
  int n = 0;
  for (size_t c = column + 1; c > 0 && n < 7; c = (c - 1) / 26) {
    letters[n++] = (char)('A' + (c - 1) % 26);
  }
  for (int i = 0; i < n; i++) {
    out[i] = letters[n - 1 - i];
  }
  snprintf(out + n, CELL_NAME - 8, "%zu", row + 1);
}

/* One corner: letters, digits, or both, each perhaps after a $. Sizes are SIZE_MAX where not given. */
static const char *read_corner(const char *c, size_t *row, size_t *column)
{
  size_t letters = 0, digits = 0;
  *row = *column = SIZE_MAX;
  c += *c == '$';
  for (; isalpha((unsigned char)*c); c++) {
    letters =
        letters < SHEET_COLUMNS ? letters * 26 + (size_t)(toupper((unsigned char)*c) - 'A') + 1 : SHEET_COLUMNS + 1;
  }
  c += *c == '$';
  const char *from = c;
  for (; isdigit((unsigned char)*c); c++) {
    digits = digits < SHEET_ROWS ? digits * 10 + (size_t)(*c - '0') : SHEET_ROWS + 1;
    *row = digits - 1;
  }
  if (letters > 0) {
    *column = letters - 1;
  }
  const bool fine = letters <= SHEET_COLUMNS && digits <= SHEET_ROWS && (c > from ? digits > 0 : letters > 0);
  return fine ? c : NULL;
}

bool range_parse(const char *text, CellRange *out)
{
  const char *mark = strrchr(text, '!');
  size_t row, column;
  const char *c = read_corner(mark ? mark + 1 : text, &row, &column);
  if (!c) {
    return false;
  }
  *out = (CellRange){row == SIZE_MAX ? 0 : row, column == SIZE_MAX ? 0 : column, SHEET_ROWS - 1, SHEET_COLUMNS - 1};
  if (*c == ':') {
    c = read_corner(c + 1, &row, &column);
    out->bottom = row == SIZE_MAX ? out->bottom : row;
    out->right = column == SIZE_MAX ? out->right : column;
  } else if (row == SIZE_MAX || column == SIZE_MAX) {
    return false;
  }
  return c && *c == '\0' && out->top <= out->bottom && out->left <= out->right;
}
