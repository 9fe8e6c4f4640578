/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made the test's book.xlsx, so that one workbook is not of our own making:
 *
 *   cc make_book.c -lxlsxwriter && ./a.out book.xlsx      (libxlsxwriter 1.1.4, Debian's libxlsxwriter-dev)
 */
#include <xlsxwriter.h>

static void orders(lxw_workbook *book)
{
  static const char *const names[] = {"Ann", "Bo & Co", "客户 <3>", "élan", "  padded "};
  lxw_worksheet *sheet = workbook_add_worksheet(book, "Orders");
  lxw_format *day = workbook_add_format(book), *moment = workbook_add_format(book), *clock = workbook_add_format(book);
  format_set_num_format(day, "yyyy\\-mm\\-dd");
  format_set_num_format(moment, "d mmm yyyy h:mm:ss AM/PM");
  format_set_num_format_index(clock, 20);
  static const char *const heads[] = {"id", "name", "amount", "day", "at", "ok", "clock", "double"};
  for (int i = 0; i < 8; i++) {
    worksheet_write_string(sheet, 0, (lxw_col_t)i, heads[i], NULL);
  }
  for (int i = 0; i < 200; i++) {
    const lxw_row_t row = (lxw_row_t)i + 1;
    lxw_datetime date = {2024, 1 + i % 12, 1 + i % 28, i % 24, i % 60, (i * 7) % 60};
    lxw_datetime midnight = {2024, 1 + i % 12, 1 + i % 28, 0, 0, 0};
    worksheet_write_number(sheet, row, 0, i + 1, NULL);
    worksheet_write_string(sheet, row, 1, names[i % 5], NULL);
    worksheet_write_number(sheet, row, 2, i * 0.1, NULL);
    worksheet_write_datetime(sheet, row, 3, &midnight, day);
    worksheet_write_datetime(sheet, row, 4, &date, moment);
    worksheet_write_boolean(sheet, row, 5, i % 3 == 0, NULL);
    worksheet_write_number(sheet, row, 6, (i % 24) / 24.0, clock);
    worksheet_write_formula_num(sheet, row, 7, "=A2*2", NULL, (i + 1) * 2);
  }
}

int main(int argc, char **argv)
{
  lxw_workbook *book = workbook_new(argc > 1 ? argv[1] : "book.xlsx");
  orders(book);
  lxw_worksheet *notes = workbook_add_worksheet(book, "Notes");
  lxw_format *bold = workbook_add_format(book);
  format_set_bold(bold);
  lxw_rich_string_tuple plain = {NULL, "rich "}, strong = {bold, "text"};
  lxw_rich_string_tuple *rich[] = {&plain, &strong, NULL};
  worksheet_write_string(notes, 3, 1, "key", NULL);
  worksheet_write_string(notes, 3, 2, "value", NULL);
  worksheet_write_rich_string(notes, 4, 1, rich, NULL);
  worksheet_write_number(notes, 4, 2, 1, NULL);
  worksheet_write_formula_str(notes, 5, 1, "=\"a\"&\"b\"", NULL, "ab");
  worksheet_merge_range(notes, 5, 2, 6, 2, "merged", bold);
  lxw_worksheet *hidden = workbook_add_worksheet(book, "Hidden");
  worksheet_hide(hidden);
  worksheet_write_number(hidden, 0, 0, 7, NULL);
  return (int)workbook_close(book);
}
