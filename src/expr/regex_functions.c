/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular expressions, by PCRE2: Perl's, with \w \d \s and case as Unicode has them.
 *
 * A pattern that is the same in all rows is compiled once, to machine code where the machine allows; one that differs
 * from row to row is compiled for each new text, the last ones being kept. A search may take so many steps and no more:
 * a pattern that tries everything against everything ends in an error instead of never. What was compiled is shared by
 * all threads; a block has its own room for matches.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/alloc.h"
#include "core/digest.h"
#include "expr/text_functions.h"

enum { STEPS_MOST = 1000000, HEAP_MOST_KIB = 20480, CACHE = 64, GROUP_NAME_MOST = 32 };

static void *get_memory(size_t size, void *context)
{
  (void)context;
  return mem_alloc(size, 1);
}

static void give_memory(void *p, void *context)
{
  (void)context;
  mem_free(p);
}

/* ---- Patterns */

static Status bad_pattern(Span pattern, int code, size_t offset, Error *e)
{
  char message[160] = "";
  if (code == PCRE2_ERROR_HEAP_FAILED) { /* the same number for patterns and matches */
    return error_memory(e, 0, "pattern");
  }
  pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
  error_set(e, STATUS_ARGUMENT, "bad-pattern", _("not a regular expression: %s"), message);
  error_caret(e, pattern.bytes, pattern.length, offset);
  error_hint(e, _("to find a text as it stands, use contains(), replace() or split(); \\ before a sign makes it plain"));
  return STATUS_ARGUMENT;
}

static Status compile(Span pattern, bool fast, pcre2_code **out, Error *e)
{
  int code;
  PCRE2_SIZE offset = 0;
  pcre2_general_context *general = pcre2_general_context_create(get_memory, give_memory, NULL);
  pcre2_compile_context *context = general ? pcre2_compile_context_create(general) : NULL;
  Status status = STATUS_OK;
  *out = NULL;
  if (!context) {
    TRY(error_memory(e, 0, "pattern"));
  }
  pcre2_set_max_pattern_length(context, 1 << 16);
  *out = pcre2_compile((PCRE2_SPTR)pattern.bytes, pattern.length,
                       PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK, &code, &offset, context);
  if (!*out) {
    TRY(code == 121 ? error_memory(e, 0, "pattern") : bad_pattern(pattern, code, offset, e));
  }
  if (fast) {
    (void)pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE); /* where there is none the interpreter does as well */
  }
done:
  pcre2_compile_context_free(context);
  pcre2_general_context_free(general);
  return status;
}

static Status prepare_pattern(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)zone, (void)arena;
  const Cells *pattern = constant_cell(call, 1);
  if (!pattern || pattern->missing[0]) {
    return STATUS_OK;
  }
  pcre2_code *code = NULL;
  const Status status = compile(CELL_TEXT(pattern, 0), true, &code, e);
  call->state = code;
  return status;
}

static void release_pattern(FunctionCall *call)
{
  pcre2_code_free(call->state);
  call->state = NULL;
}

/* ---- Matching in a block */

typedef struct Kept {
  Span pattern;
  pcre2_code *code;
} Kept;

typedef struct Matcher {
  const FunctionCall *call;
  const Cells *patterns;
  Kept *kept;                       /* CACHE of them, when the pattern differs from row to row */
  pcre2_general_context *general;
  pcre2_match_context *context;
  pcre2_match_data *data;           /* has room for the groups of `code` */
  const pcre2_code *code;
  size_t groups;
} Matcher;

static void matcher_free(Matcher *m)
{
  for (size_t i = 0; m->kept && i < CACHE; i++) {
    pcre2_code_free(m->kept[i].code);
  }
  mem_free(m->kept);
  pcre2_match_data_free(m->data);
  pcre2_match_context_free(m->context);
  pcre2_general_context_free(m->general);
}

static Status matcher_make(Matcher *m, const FunctionCall *call, const Cells *patterns, Error *e)
{
  *m = (Matcher){.call = call, .patterns = patterns};
  m->general = pcre2_general_context_create(get_memory, give_memory, NULL);
  m->context = m->general ? pcre2_match_context_create(m->general) : NULL;
  m->kept = call->state ? NULL : mem_zero(CACHE, sizeof *m->kept);
  if (!m->context || (!call->state && !m->kept)) {
    return error_memory(e, 0, "pattern");
  }
  pcre2_set_match_limit(m->context, STEPS_MOST);
  pcre2_set_heap_limit(m->context, HEAP_MOST_KIB);
  return STATUS_OK;
}

/* The pattern of row i, ready to match. */
static Status choose_pattern(Matcher *m, size_t i, Error *e)
{
  Status status = STATUS_OK;
  const pcre2_code *code = m->call->state;
  if (!code) {
    const Span pattern = CELL_TEXT(m->patterns, i);
    Kept *kept = &m->kept[digest_hash(pattern.bytes, pattern.length) % CACHE];
    if (!kept->code || kept->pattern.length != pattern.length ||
        memcmp(kept->pattern.bytes, pattern.bytes, pattern.length) != 0) {
      pcre2_code_free(kept->code);
      kept->pattern = pattern;
      m->code = NULL; /* it may have been the one */
      TRY(compile(pattern, false, &kept->code, e));
    }
    code = kept->code;
  }
  if (code != m->code) {
    pcre2_match_data_free(m->data);
    m->data = pcre2_match_data_create_from_pattern(code, m->general);
    m->code = m->data ? code : NULL;
    uint32_t groups = 0;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    m->groups = groups;
  }
  if (!m->data) {
    TRY(error_memory(e, 0, "pattern"));
  }
  if (stop_asked(m->call)) {
    TRY(error_cancelled(e));
  }
done:
  return status;
}

static Status match_failed(int code, Span text, Error *e)
{
  if (code == PCRE2_ERROR_NOMEMORY) {
    return error_memory(e, 0, "pattern");
  }
  if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT || code == PCRE2_ERROR_HEAPLIMIT) {
    error_set(e, STATUS_LIMIT, "pattern-too-costly", _("the pattern took more than %1$d steps on '%2$.*3$s'"), STEPS_MOST,
              text.bytes, (int)utf8_whole(text.bytes, text.length < SHOWN_MOST ? text.length : SHOWN_MOST));
    error_hint(e, _("repeats within repeats, as in (a+)+, are what costs; make the inner ones possessive: (a++)+"));
    return STATUS_LIMIT;
  }
  char message[160] = "";
  pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
  return error_set(e, STATUS_ARGUMENT, "bad-pattern", _("the regular expression cannot be used: %s"), message);
}

/* Searches from a byte on; *found says whether the matcher's data hold a match. */
static Status search(Matcher *m, Span text, size_t from, unsigned options, bool *found, Error *e)
{
  options |= PCRE2_NO_UTF_CHECK;
  int code = pcre2_match(m->code, (PCRE2_SPTR)text.bytes, text.length, from, options, m->data, m->context);
  if (code == PCRE2_ERROR_JIT_STACKLIMIT) {
    code = pcre2_match(m->code, (PCRE2_SPTR)text.bytes, text.length, from, options | PCRE2_NO_JIT, m->data, m->context);
  }
  *found = code >= 0;
  return code >= 0 || code == PCRE2_ERROR_NOMATCH ? STATUS_OK : match_failed(code, text, e);
}

/* Matches one after the other: all zero before the first. After an empty one a match that is not empty is looked for at the
 * same place, then the search goes on a character further. */
typedef struct Walk {
  size_t from, begin, end;
  bool retry;
} Walk;

static Status next_match(Matcher *m, Span text, Walk *w, bool *found, Error *e)
{
  Status status = STATUS_OK;
  TRY(search(m, text, w->from, w->retry ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0, found, e));
  if (!*found && w->retry && w->from < text.length) {
    uint32_t code;
    w->from += utf8_decode(text.bytes + w->from, text.length - w->from, &code);
    TRY(search(m, text, w->from, 0, found, e));
  }
  if (*found) {
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(m->data);
    w->begin = ends[0];
    w->end = ends[1] > ends[0] ? ends[1] : ends[0]; /* \K may turn them round */
    w->from = w->end;
    w->retry = w->begin == w->end;
  }
done:
  return status;
}

/* Group k of the last match; false when it took no part in it. */
static bool group_of(const Matcher *m, Span text, size_t k, Span *out)
{
  const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(m->data) + 2 * k;
  if (ends[0] == PCRE2_UNSET || ends[1] < ends[0]) {
    *out = (Span){text.bytes, 0};
    return false;
  }
  *out = (Span){text.bytes + ends[0], ends[1] - ends[0]};
  return true;
}

static Status need_group(const Matcher *m, int64_t k, Error *e)
{
  if (k < 0 || (uint64_t)k > m->groups) {
    error_set(e, STATUS_ARGUMENT, "unknown-group", _("the pattern has no group %lld"), (long long)k);
    error_hint(e, _("groups are what stands in ( ), counted from 1; 0 is the whole match"));
    return STATUS_ARGUMENT;
  }
  return STATUS_OK;
}

/* ---- Functions */

static Status apply_matches(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  Status status;
  Matcher m;
  TRY(matcher_make(&m, call, &in[1], e));
  FOR_CELLS(i, rows, out) {
    bool found;
    TRY(choose_pattern(&m, i, e));
    TRY(search(&m, CELL_TEXT(&in[0], i), 0, 0, &found, e));
    put_bool(out, i, found);
  }
done:
  matcher_free(&m);
  return status;
}

static Status apply_extract(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  Status status;
  Matcher m;
  TRY(matcher_make(&m, call, &in[1], e));
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    const int64_t k = call->n > 2 ? CELL_INT(&in[2], i) : 0;
    Span part = {text.bytes, 0};
    bool found;
    TRY(choose_pattern(&m, i, e));
    TRY(need_group(&m, k, e));
    TRY(search(&m, text, 0, 0, &found, e));
    if (!found || !group_of(&m, text, (size_t)k, &part)) {
      put_missing(out, i);
    }
    put_text(out, i, part.bytes, part.length);
  }
done:
  matcher_free(&m);
  return status;
}

static Status apply_count(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  Status status;
  Matcher m;
  TRY(matcher_make(&m, call, &in[1], e));
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    Walk walk = {0};
    int64_t n = 0;
    bool found;
    TRY(choose_pattern(&m, i, e));
    TRY(next_match(&m, text, &walk, &found, e));
    for (; found; n++) {
      TRY(next_match(&m, text, &walk, &found, e));
    }
    put_int(out, i, n);
  }
done:
  matcher_free(&m);
  return status;
}

/* ---- Replacing */

/* $1 ${1} ${name} \1 are groups, $$ and \\ the signs themselves; all else stands for itself. Gives the bytes read, 0 for
 * a reference that is none, and the group's number (SIZE_MAX: a sign, the last byte read). */
static size_t read_reference(const Matcher *m, const char *at, size_t n, size_t *group)
{
  char name[GROUP_NAME_MOST + 1];
  const bool braces = at[0] == '$' && n > 1 && at[1] == '{';
  size_t length = 0, start = braces ? 2 : 1;
  *group = SIZE_MAX;
  if (n > 1 && at[1] == at[0]) {
    return 2;
  }
  while (start + length < n && length < GROUP_NAME_MOST &&
         (braces ? at[start + length] != '}' : at[start + length] >= '0' && at[start + length] <= '9' && length < 2)) {
    name[length] = at[start + length];
    length++;
  }
  name[length] = '\0';
  if (length == 0 || (braces && start + length >= n)) {
    return 0;
  }
  *group = 0;
  for (size_t i = 0; i < length && *group != SIZE_MAX; i++) {
    *group = name[i] >= '0' && name[i] <= '9' && i < 4 ? *group * 10 + (size_t)(name[i] - '0') : SIZE_MAX;
  }
  if (*group == SIZE_MAX) {
    const int number = pcre2_substring_number_from_name(m->code, (PCRE2_SPTR)name);
    *group = number > 0 ? (size_t)number : SIZE_MAX - 1;
  }
  return start + length + braces;
}

static Status add_replacement(const Matcher *m, Span text, Span with, Text *buffer, Error *e)
{
  for (size_t i = 0; i < with.length;) {
    size_t group = SIZE_MAX, length = 1;
    if (with.bytes[i] == '$' || with.bytes[i] == '\\') {
      length = read_reference(m, with.bytes + i, with.length - i, &group);
    }
    if (length == 0 || (group != SIZE_MAX && group > m->groups)) {
      error_set(e, STATUS_ARGUMENT, "unknown-group", _("the replacement asks for a group that the pattern does not have"));
      error_caret(e, with.bytes, with.length, i);
      error_hint(e, _("$1 or ${name} is what a group matched, $0 all of the match, $$ a dollar sign"));
      return STATUS_ARGUMENT;
    }
    Span part = {with.bytes + i + length - 1, 1};
    if (group != SIZE_MAX) {
      group_of(m, text, group, &part);
    }
    text_add(buffer, part.bytes, part.length);
    i += length;
  }
  return STATUS_OK;
}

static Status replace_cell(Matcher *m, Span text, Span with, Text *buffer, bool *changed, Error *e)
{
  Walk walk = {0};
  size_t copied = 0;
  bool found;
  Status status;
  TRY(next_match(m, text, &walk, &found, e));
  for (*changed = found; found;) {
    text_add(buffer, text.bytes + copied, walk.begin > copied ? walk.begin - copied : 0);
    TRY(add_replacement(m, text, with, buffer, e));
    copied = walk.end;
    TRY(next_match(m, text, &walk, &found, e));
  }
  text_add(buffer, text.bytes + copied, text.length - copied);
done:
  return status;
}

static Status apply_replace(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  Status status;
  Text buffer = {0};
  Matcher m;
  TRY(matcher_make(&m, call, &in[1], e));
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    bool changed;
    TRY(choose_pattern(&m, i, e));
    text_reset(&buffer);
    TRY(replace_cell(&m, text, CELL_TEXT(&in[2], i), &buffer, &changed, e));
    if (changed) {
      TRY(text_keep(&buffer, out, i, arena, e));
    } else {
      put_text(out, i, text.bytes, text.length);
    }
  }
done:
  text_free(&buffer);
  matcher_free(&m);
  return status;
}

/* ---- Splitting */

/* Part n (from 0) between matches that are not empty; n -1: counts the parts into *count. */
static Status split_cell(Matcher *m, Span text, int64_t n, int64_t *count, Span *part, Error *e)
{
  Walk walk = {0};
  size_t start = 0;
  bool found = true;
  Status status = STATUS_OK;
  *count = 0;
  while (found) {
    TRY(next_match(m, text, &walk, &found, e));
    if (found && walk.begin == walk.end) {
      continue;
    }
    const size_t end = found ? walk.begin : text.length;
    if ((*count)++ == n) {
      *part = (Span){text.bytes + start, end > start ? end - start : 0};
      break;
    }
    start = walk.end;
  }
done:
  return status;
}

static Status apply_split(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  Status status;
  Matcher m;
  TRY(matcher_make(&m, call, &in[1], e));
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    int64_t n = CELL_INT(&in[2], i), count;
    Span part = {NULL, 0};
    TRY(choose_pattern(&m, i, e));
    if (n == 0) {
      TRY(error_set(e, STATUS_ARGUMENT, "bad-place", _("parts count from 1, or from the end by -1, not 0")));
    }
    if (n < 0) {
      TRY(split_cell(&m, text, -1, &count, &part, e));
      n += count + 1;
    }
    if (n > 0) {
      TRY(split_cell(&m, text, n - 1, &count, &part, e));
    }
    put_text(out, i, part.bytes ? part.bytes : text.bytes, part.length);
    if (!part.bytes) {
      put_missing(out, i);
    }
  }
done:
  matcher_free(&m);
  return status;
}

#define PATTERN .prepare = prepare_pattern, .release = release_pattern

static const Function regex_functions[] = {
    {.name = "matches", .types = "ss:b", .arguments = "text, pattern",
     .help = "whether a regular expression is found in it; ^ and $ stand for its ends", PATTERN, .apply = apply_matches},
    {.name = "extract", .types = "ss?i:s", .arguments = "text, pattern, group",
     .help = "the first match of a regular expression, or what a group in ( ) of it matched; missing when there is none",
     PATTERN, .apply = apply_extract},
    {.name = "replace_regex", .types = "sss:s", .arguments = "text, pattern, with",
     .help = "every match of a regular expression replaced; $1 in the replacement is what the first group matched", PATTERN,
     .apply = apply_replace},
    {.name = "count_matches", .types = "ss:i", .arguments = "text, pattern",
     .help = "number of matches of a regular expression, none within another", PATTERN, .apply = apply_count},
    {.name = "split_regex", .types = "ssi:s", .arguments = "text, pattern, n",
     .help = "part n between the matches of a regular expression, from 1, or from the end by -1; missing when there are fewer",
     PATTERN, .apply = apply_split},
};
REGISTER_FUNCTIONS(regex_functions);
