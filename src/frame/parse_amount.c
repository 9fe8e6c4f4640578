/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands around the digits is taken off from both ends, in any order, each kind once; the core of digits and
 * marks is copied in ASCII and held against each system. */
#include "frame/parse_amount.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "frame/parse_number.h"

typedef struct Cut {
  const char *p;
  size_t n;
} Cut;

static inline bool is_digit(char c)
{
  return (unsigned char)(c - '0') < 10;
}

/* The longer of two that begin alike stands first. */
static const char *const currencies[] = {
    "",    "US$", "A$",  "AU$", "C$",  "CA$", "NZ$", "HK$", "NT$", "S$",  "R$",  "$",   "€",   "£",   "¥",   "￥",
    "元",  "₹",   "₽", "₩",   "₺",   "₫",   "₪",   "₴",   "₱",   "฿",   "zł",  "Kč",  "kr.", "kr",  "Fr.", "Rs.",
    "Rs",  "USD", "EUR", "GBP", "JPY", "CNY", "RMB", "INR", "RUB", "KRW", "BRL", "CAD", "AUD", "CHF", "SEK", "NOK",
    "DKK", "PLN", "CZK", "HUF", "TRY", "MXN", "ZAR", "SGD", "HKD", "TWD", "THB", "IDR", "MYR", "PHP", "VND", "NZD",
    "ILS", "AED", "SAR", "ARS", "CLP", "COP", "PEN", "EGP", "NGN", "KES", "UAH", "RON", "BGN"};

enum { CURRENCIES = sizeof currencies / sizeof *currencies };

const char *amount_currency(int currency)
{
  return currencies[currency];
}

unsigned systems_of(const char *decimal, const char *thousands)
{
  static const char marks[SYSTEM_COUNT][2] = {{'.', 0}, {'.', ','}, {'.', ','}, {'.', ' '}, {'.', '\''},
                                              {',', 0}, {',', '.'}, {',', ' '}, {',', '\''}};
  unsigned systems = 0;
  for (int i = 0; i < SYSTEM_COUNT; i++) {
    const bool fits = (!decimal || marks[i][0] == decimal[0]) && (!thousands || marks[i][1] == thousands[0]);
    systems |= fits ? 1U << i : 0;
  }
  return systems;
}

const char *system_name(NumberSystem system)
{
  static const char *const names[SYSTEM_COUNT] = {
      N_("decimal point"),
      N_("decimal point, ',' between thousands"),
      N_("decimal point, ',' in the Indian way"),
      N_("decimal point, blanks between thousands"),
      N_("decimal point, ''' between thousands"),
      N_("decimal comma"),
      N_("decimal comma, '.' between thousands"),
      N_("decimal comma, blanks between thousands"),
      N_("decimal comma, ''' between thousands")};
  return _(names[system]);
}

/* Bytes of a blank of any kind at p: space, tab, no-break, thin, narrow no-break, figure space. */
static size_t blank_at(const char *p, size_t n)
{
  if (n > 0 && (*p == ' ' || *p == '\t')) {
    return 1;
  }
  if (n > 1 && memcmp(p, "\xC2\xA0", 2) == 0) {
    return 2;
  }
  const bool wide = n > 2 && memcmp(p, "\xE2\x80", 2) == 0;
  const unsigned char last = wide ? (unsigned char)p[2] : 0;
  return last == 0x89 || last == 0xAF || last == 0x87 ? 3 : 0;
}

static size_t blank_before(const char *p, size_t n)
{
  for (size_t i = 1; i <= 3 && i <= n; i++) {
    if (blank_at(p + n - i, i) == i) {
      return i;
    }
  }
  return 0;
}

static void trim(Cut *cut)
{
  size_t k;
  while ((k = blank_at(cut->p, cut->n)) > 0) {
    cut->p += k;
    cut->n -= k;
  }
  while ((k = blank_before(cut->p, cut->n)) > 0) {
    cut->n -= k;
  }
}

static bool take_front(Cut *cut, const char *word)
{
  const size_t n = strlen(word);
  if (cut->n < n || memcmp(cut->p, word, n) != 0) {
    return false;
  }
  cut->p += n;
  cut->n -= n;
  trim(cut);
  return true;
}

static bool take_back(Cut *cut, const char *word)
{
  const size_t n = strlen(word);
  if (cut->n < n || memcmp(cut->p + cut->n - n, word, n) != 0) {
    return false;
  }
  cut->n -= n;
  trim(cut);
  return true;
}

/* A currency at one end. At most one is taken from a text. */
static void take_currency(Cut *cut, bool front, ParsedAmount *out)
{
  const char c = cut->n == 0 ? '0' : front ? cut->p[0] : cut->p[cut->n - 1];
  if (is_digit(c) || out->currency != 0) {
    return;
  }
  for (int i = 1; i < CURRENCIES; i++) {
    if (front ? take_front(cut, currencies[i]) : take_back(cut, currencies[i])) {
      out->currency = i;
      return;
    }
  }
}

static bool take_sign(Cut *cut, ParsedAmount *out)
{
  if (out->negative || out->plus) {
    return false;
  }
  out->negative = take_front(cut, "-") || take_front(cut, "\xE2\x88\x92");
  out->plus = !out->negative && take_front(cut, "+");
  return out->negative || out->plus;
}

static bool take_parentheses(Cut *cut, ParsedAmount *out)
{
  if (out->negative || cut->n < 3 || cut->p[0] != '(' || cut->p[cut->n - 1] != ')') {
    return false;
  }
  cut->p++;
  cut->n -= 2;
  trim(cut);
  out->negative = out->parentheses = true;
  return true;
}

/* All that may stand around a number: -$5, $-5, ($5), $(5), 5-, 5 €, 5%. */
static void take_decoration(Cut *cut, ParsedAmount *out)
{
  trim(cut);
  (void)take_parentheses(cut, out);
  (void)take_sign(cut, out);
  take_currency(cut, true, out);
  (void)take_parentheses(cut, out);
  (void)take_sign(cut, out);
  if (take_back(cut, "%") || take_back(cut, "\xEF\xBC\x85")) {
    out->percent = true;
  }
  take_currency(cut, false, out);
  if (!out->negative && !out->plus && cut->n > 1 && is_digit(cut->p[cut->n - 2]) && take_back(cut, "-")) {
    out->negative = true; /* as accounting programs write it */
  }
}

/* The 'e' part of a number without marks between thousands; false: it is none. */
static bool take_exponent(const char *p, size_t n, ParsedAmount *out)
{
  size_t i = 1;
  const bool negative = n > 1 && p[1] == '-';
  i += negative || (n > 1 && p[1] == '+');
  if (i == n || n - i > 4) {
    return false;
  }
  for (; i < n; i++) {
    if (!is_digit(p[i])) {
      return false;
    }
    out->exponent = out->exponent * 10 + (p[i] - '0');
  }
  out->exponent = negative ? -out->exponent : out->exponent;
  out->exponential = true;
  return true;
}

/* A mark at p as ASCII and its bytes; 0: none. */
static size_t mark_at(const char *p, size_t n, char *mark)
{
  *mark = *p;
  if (*p == '.' || *p == ',' || *p == '\'') {
    return 1;
  }
  if (n > 2 && memcmp(p, "\xE2\x80\x99", 3) == 0) {
    *mark = '\'';
    return 3;
  }
  *mark = ' ';
  return *p == '\t' ? 0 : blank_at(p, n);
}

/* Digits and marks to out->digits: no two marks side by side, no other mark than '.' or ',' in front, none at the
 * end but the decimal one of "5." */
static bool take_core(const Cut *cut, ParsedAmount *out)
{
  size_t i = 0, last = 0; /* last: digits behind the last mark */
  while (i < cut->n && out->n < AMOUNT_DIGITS_MOST) {
    char c = cut->p[i];
    size_t bytes = 1;
    if (is_digit(c)) {
      out->whole++;
      last++;
    } else if ((c == 'e' || c == 'E') && out->whole > 0) {
      out->fraction_digits = last;
      return take_exponent(cut->p + i, cut->n - i, out);
    } else {
      bytes = mark_at(cut->p + i, cut->n - i, &c);
      if (bytes == 0 || (last == 0 && out->marked) || (out->whole == 0 && c != '.' && c != ',')) {
        return false;
      }
      out->marked = true;
      last = 0;
    }
    out->digits[out->n++] = c;
    i += bytes;
  }
  out->fraction_digits = last;
  return i == cut->n && out->whole > 0 && (last > 0 || out->digits[out->n - 1] == '.');
}

/* Groups of three behind the first, which has one to three digits and no leading zero; in the Indian way the last has
 * three, those before two, the first one or two. */
static bool groups_fit(const char *digits, size_t n, char mark, bool indian)
{
  size_t group = 0, groups = 0;
  for (size_t i = n; i > 0; i--) {
    if (digits[i - 1] == mark) {
      if (group != (indian && groups > 0 ? 2 : 3)) {
        return false;
      }
      groups++;
      group = 0;
    } else if (is_digit(digits[i - 1])) {
      group++;
    } else {
      return false;
    }
  }
  return groups == 0 || (group >= 1 && group <= (indian ? 2 : 3) && digits[0] != '0');
}

static bool fits(const ParsedAmount *amount, char decimal, char thousands, bool indian)
{
  const char *point = strchr(amount->digits, decimal);
  const size_t whole = point ? (size_t)(point - amount->digits) : amount->n;
  for (size_t i = whole + 1; i < amount->n; i++) {
    if (!is_digit(amount->digits[i])) {
      return false;
    }
  }
  if (amount->exponential && thousands && strchr(amount->digits, thousands)) {
    return false;
  }
  const bool grouped = thousands && memchr(amount->digits, thousands, whole);
  return groups_fit(amount->digits, whole, grouped ? thousands : '\n', indian && grouped);
}

static bool begins_with_zero(const ParsedAmount *amount)
{
  return amount->n > 1 && amount->digits[0] == '0' && is_digit(amount->digits[1]);
}

bool parse_amount(const char *text, size_t length, ParsedAmount *out)
{
  Cut cut = {text, length};
  memset(out, 0, sizeof *out);
  if (length > 3 * AMOUNT_DIGITS_MOST) {
    return false;
  }
  take_decoration(&cut, out);
  if (cut.n == 0 || !(is_digit(*cut.p) || *cut.p == '.' || *cut.p == ',') || !take_core(&cut, out)) {
    return false;
  }
  out->digits[out->n] = '\0';
  out->zero_first = begins_with_zero(out);
  if (!out->marked) {
    out->systems = SYSTEMS_ALL;
    return true;
  }
  static const char marks[SYSTEM_COUNT][2] = {{'.', 0}, {'.', ','}, {'.', ','}, {'.', ' '}, {'.', '\''},
                                              {',', 0}, {',', '.'}, {',', ' '}, {',', '\''}};
  for (int i = 0; i < SYSTEM_COUNT; i++) {
    out->systems |= fits(out, marks[i][0], marks[i][1], i == SYSTEM_POINT_INDIAN) ? 1U << i : 0;
  }
  return out->systems != 0;
}

bool amount_has_decimals(const ParsedAmount *amount, NumberSystem system)
{
  return strchr(amount->digits, system_has_comma(system) ? ',' : '.') != NULL;
}

/* Digits and a point, as parse_decimal reads them. */
static size_t plain_text(const ParsedAmount *amount, NumberSystem system, char *out)
{
  const char decimal = system_has_comma(system) ? ',' : '.';
  size_t n = 0;
  out[n] = '-';
  n += amount->negative;
  for (size_t i = 0; i < amount->n; i++) {
    const char c = amount->digits[i];
    if (is_digit(c)) {
      out[n++] = c;
    } else if (c == decimal) {
      out[n++] = '.';
    }
  }
  return n;
}

bool amount_value(const ParsedAmount *amount, NumberSystem system, double *value)
{
  char text[AMOUNT_DIGITS_MOST + 16];
  ParsedDecimal decimal;
  const size_t n = plain_text(amount, system, text);
  if (!parse_decimal(text, n, &decimal)) {
    return false;
  }
  decimal.exponent = amount->exponent - (amount->percent ? 2 : 0);
  *value = parse_decimal_value(&decimal, text);
  return !isinf(*value);
}

bool amount_whole(const ParsedAmount *amount, NumberSystem system, int64_t *value)
{
  char text[AMOUNT_DIGITS_MOST + 16];
  if (amount->percent || amount->exponential || amount_has_decimals(amount, system)) {
    return false;
  }
  return parse_int_forced(text, plain_text(amount, system, text), value);
}
