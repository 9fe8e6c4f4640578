/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/terminal_picture.h"

enum { PIECE = 3072 }; /* 4,096 letters of base64 */

static void put_base64(const unsigned char *bytes, size_t n, Text *out)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < n; at += 3) {
    const unsigned two = at + 1 < n ? bytes[at + 1] : 0, three = at + 2 < n ? bytes[at + 2] : 0;
    const unsigned bits = (unsigned)bytes[at] << 16 | two << 8 | three;
    text_char(out, letters[bits >> 18]);
    text_char(out, letters[bits >> 12 & 63]);
    text_char(out, at + 1 < n ? letters[bits >> 6 & 63] : '=');
    text_char(out, at + 2 < n ? letters[bits & 63] : '=');
  }
}

void terminal_picture_kitty(const char *png, size_t n, Text *out)
{
  for (size_t at = 0; at < n; at += PIECE) {
    const size_t piece = n - at < PIECE ? n - at : PIECE;
    text_printf(out, "\033_G%sm=%d;", at == 0 ? "a=T,f=100,q=2," : "", at + piece < n);
    put_base64((const unsigned char *)png + at, piece, out);
    text_puts(out, "\033\\");
  }
  text_char(out, '\n');
}
