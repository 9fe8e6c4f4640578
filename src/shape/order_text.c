/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranks of texts. Different texts only are sorted: by eight bytes at a time as one number, past what all of them begin
 * with; texts equal in these go on with the next eight. Few texts are merged by comparison. Texts hold no NUL, so that
 * filling up with zeros keeps their order. */
#include <string.h>

#include "core/alloc.h"
#include "frame/column_layout.h"
#include "shape/groups_digits.h"
#include "shape/groups_items.h"

enum { FEW = 1 << 10, RUN = 16 };

typedef struct Texts {
  const ShapeText *texts;
  Sortable *items, *spare;
  Task *task;
  size_t polled;
} Texts;

static int compare_bytes(ShapeText a, ShapeText b)
{
  const size_t least = a.length < b.length ? a.length : b.length;
  const int order = least > 0 ? memcmp(a.bytes, b.bytes, least) : 0;
  return order ? order : (a.length > b.length) - (a.length < b.length);
}

static uint64_t eight_bytes(ShapeText text, size_t depth)
{
  uint64_t bytes = 0;
  const size_t left = text.length > depth ? text.length - depth : 0;
  if (left > 0) {
    memcpy(&bytes, text.bytes + depth, left < 8 ? left : 8);
  }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  bytes = __builtin_bswap64(bytes);
#endif
  return bytes;
}

/* How many bytes all texts begin with, at least `depth` of which are known. */
static size_t common_prefix(const Texts *run, const Sortable *items, size_t n, size_t depth)
{
  const ShapeText one = run->texts[items[0].row];
  size_t common = one.length;
  for (size_t i = 1; i < n && common > depth; i++) {
    const ShapeText other = run->texts[items[i].row];
    const size_t most = other.length < common ? other.length : common;
    size_t same = depth;
    while (same < most && one.bytes[same] == other.bytes[same]) {
      same++;
    }
    common = same;
  }
  return common;
}

static bool before(const Texts *run, const Sortable *a, const Sortable *b)
{
  return a->key != b->key ? a->key < b->key : compare_bytes(run->texts[a->row], run->texts[b->row]) < 0;
}

static void insert_sort(const Texts *run, Sortable *items, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    const Sortable item = items[i];
    size_t at = i;
    for (; at > 0 && before(run, &item, &items[at - 1]); at--) {
      items[at] = items[at - 1];
    }
    items[at] = item;
  }
}

static void merge(const Texts *run, const Sortable *from, size_t middle, size_t n, Sortable *to)
{
  size_t a = 0, b = middle;
  for (size_t i = 0; i < n; i++) {
    to[i] = a < middle && (b == n || !before(run, &from[b], &from[a])) ? from[a++] : from[b++];
  }
}

/* At most FEW: well under a millisecond. */
static void sort_few(const Texts *run, Sortable *items, Sortable *spare, size_t n, size_t depth)
{
  for (size_t i = 0; i < n; i++) {
    items[i].key = eight_bytes(run->texts[items[i].row], depth);
  }
  for (size_t i = 0; i < n; i += RUN) {
    insert_sort(run, items + i, n - i < RUN ? n - i : RUN);
  }
  for (size_t width = RUN; width < n; width *= 2) {
    for (size_t i = 0; i < n; i += 2 * width) {
      const size_t count = n - i < 2 * width ? n - i : 2 * width;
      merge(run, items + i, width < count ? width : count, count, spare + i);
    }
    memcpy(items, spare, n * sizeof *items);
  }
}

static Status poll(Texts *run, size_t work, Error *e)
{
  run->polled += work;
  if (run->polled >= PIECE_POLL) {
    run->polled = 0;
    return task_cancelled(run->task) ? error_cancelled(e) : STATUS_OK;
  }
  return STATUS_OK;
}

/* items: those of run->items from `begin`, which all begin with the same `depth` bytes. */
static Status sort_texts(Texts *run, size_t begin, size_t n, size_t depth, Error *e)
{
  Sortable *items = run->items + begin, *spare = run->spare + begin, *sorted;
  Status status;
  TRY(poll(run, n, e));
  depth = common_prefix(run, items, n, depth);
  if (n <= FEW) {
    sort_few(run, items, spare, n, depth);
    return STATUS_OK;
  }
  for (size_t i = 0; i < n; i++) {
    if (i % PIECE_POLL == 0 && task_cancelled(run->task)) {
      TRY(error_cancelled(e));
    }
    items[i].key = eight_bytes(run->texts[items[i].row], depth);
  }
  TRY(sort_by_radix(items, spare, n, 64, run->task, &sorted, e));
  if (sorted != items) {
    memcpy(items, sorted, n * sizeof *items);
  }
  for (size_t from = 0, to; from < n; from = to) {
    for (to = from + 1; to < n && items[to].key == items[from].key; to++) {
    }
    if (to - from > 1) {
      TRY(sort_texts(run, begin + from, to - from, depth + 8, e));
    }
  }
done:
  return status;
}

Status rank_texts(const ShapeText *texts, size_t n, Task *task, uint32_t *ranks, Error *e)
{
  Texts run = {.texts = texts, .task = task};
  Status status;
  TRY(task_reserve(task, n * 2 * sizeof(Sortable), _("sorting texts"), e));
  run.items = mem_alloc(n, sizeof *run.items);
  run.spare = mem_alloc(n, sizeof *run.spare);
  if (!run.items || !run.spare) {
    TRY(items_no_memory(n, sizeof *run.items, e));
  }
  for (size_t i = 0; i < n; i++) {
    run.items[i] = (Sortable){0, (uint32_t)i};
  }
  if (n > 0) {
    TRY(sort_texts(&run, 0, n, 0, e));
  }
  for (size_t i = 0; i < n; i++) {
    ranks[run.items[i].row] = (uint32_t)i;
  }
done:
  mem_free(run.items);
  mem_free(run.spare);
  return status;
}

Status rank_levels(const Column *column, Task *task, uint32_t **ranks, Error *e)
{
  const size_t n = column_levels(column);
  ShapeText *texts = mem_alloc(n, sizeof *texts);
  uint32_t *made = mem_alloc(n, sizeof *made);
  Status status;
  *ranks = NULL;
  if (!texts || !made) {
    TRY(items_no_memory(n, sizeof *texts, e));
  }
  for (size_t code = 0; code < n; code++) {
    texts[code].bytes = column_level(column, code, &texts[code].length);
  }
  TRY(rank_texts(texts, n, task, made, e));
  *ranks = made;
  made = NULL;
done:
  mem_free(texts);
  mem_free(made);
  return status;
}

/* ---- sets: each becomes the list of its items' ranks, rising, as a text of big-endian numbers ---- */

static void sort_codes(uint32_t *codes, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    const uint32_t code = codes[i];
    size_t at = i;
    for (; at > 0 && codes[at - 1] > code; at--) {
      codes[at] = codes[at - 1];
    }
    codes[at] = code;
  }
}

/* Five bytes an item, of seven bits and a set one each, so that there is no NUL. */
static void set_key(const Column *column, size_t row, const uint32_t *ranks, uint32_t *sorted, char *out)
{
  const int32_t *codes;
  const size_t n = column_set(column, row, &codes);
  for (size_t i = 0; i < n; i++) {
    sorted[i] = ranks[codes[i]];
  }
  sort_codes(sorted, n);
  for (size_t i = 0; i < n; i++) {
    for (unsigned byte = 0; byte < 5; byte++) {
      out[i * 5 + byte] = (char)(0x80 | (sorted[i] >> (28 - 7 * byte) & 0x7f));
    }
  }
}

/* The keys of the sets in some rows; *bytes holds them all. */
static Status set_texts(const Column *column, const size_t *rows, size_t n, Task *task, ShapeText *texts, char **bytes,
                        Error *e)
{
  uint32_t *ranks = NULL, *sorted = NULL;
  size_t total = 0, most = 0;
  Status status;
  for (size_t i = 0; i < n; i++) {
    const int32_t *codes;
    texts[i].length = column_valid(column, rows[i]) ? column_set(column, rows[i], &codes) * 5 : 0;
    total += texts[i].length;
    most = texts[i].length > most ? texts[i].length : most;
  }
  TRY(rank_levels(column, task, &ranks, e));
  TRY(task_reserve(task, total, _("sorting sets"), e));
  *bytes = mem_alloc(total, 1);
  sorted = mem_alloc(most, sizeof *sorted);
  if (!*bytes || !sorted) {
    TRY(items_no_memory(total, 1, e));
  }
  char *next = *bytes;
  for (size_t i = 0; i < n; i++) {
    if (i % 256 == 0 && task_cancelled(task)) {
      TRY(error_cancelled(e));
    }
    texts[i].bytes = next;
    if (texts[i].length > 0) {
      set_key(column, rows[i], ranks, sorted, next);
    }
    next += texts[i].length;
  }
done:
  mem_free(ranks);
  mem_free(sorted);
  return status;
}

static Status list_texts(const Column *column, const size_t *rows, size_t n, Task *task, ShapeText *texts, char **bytes,
                         Error *e)
{
  if (column->type == TYPE_SET) {
    return set_texts(column, rows, n, task, texts, bytes, e);
  }
  for (size_t i = 0; i < n; i++) {
    texts[i].bytes = column_text(column, rows[i], &texts[i].length);
  }
  return STATUS_OK;
}

/* A missing cell is a group here as it is in groups_of_lists: an empty text that may stand beside a real one. Its rank
 * is never looked at. */
Status rank_lists(const Column *column, Task *task, uint32_t **row_ranks, size_t *n, Error *e)
{
  size_t *first = NULL;
  uint32_t *codes = NULL, *ranks = NULL;
  ShapeText *texts = NULL;
  char *bytes = NULL;
  Status status;
  *row_ranks = NULL;
  TRY(groups_of_lists(column, task, &codes, &first, n, e));
  texts = mem_alloc(*n, sizeof *texts);
  ranks = mem_alloc(*n, sizeof *ranks);
  if (!texts || !ranks) {
    TRY(items_no_memory(*n, sizeof *texts, e));
  }
  TRY(list_texts(column, first, *n, task, texts, &bytes, e));
  TRY(rank_texts(texts, *n, task, ranks, e));
  for (size_t row = 0; row < column->rows; row++) {
    if (row % PIECE_POLL == 0 && task_cancelled(task)) {
      TRY(error_cancelled(e));
    }
    codes[row] = ranks[codes[row]];
  }
  *row_ranks = codes;
  codes = NULL;
done:
  mem_free(first);
  mem_free(codes);
  mem_free(ranks);
  mem_free(texts);
  mem_free(bytes);
  return status;
}

/* ---- two sets ---- */

/* The set's first item by text after `last` (NULL: the first of all); false when there is none. */
static bool next_item(const Column *column, const int32_t *codes, size_t n, const ShapeText *last, ShapeText *out)
{
  bool found = false;
  for (size_t i = 0; i < n; i++) {
    ShapeText item;
    item.bytes = column_level(column, (size_t)codes[i], &item.length);
    if ((!last || compare_bytes(item, *last) > 0) && (!found || compare_bytes(item, *out) < 0)) {
      *out = item;
      found = true;
    }
  }
  return found;
}

int compare_sets(const Column *column, size_t a, size_t b)
{
  const int32_t *codes_a, *codes_b;
  const size_t n_a = column_set(column, a, &codes_a), n_b = column_set(column, b, &codes_b);
  ShapeText item_a, item_b, last;
  for (size_t i = 0; i < n_a && i < n_b; i++) {
    (void)next_item(column, codes_a, n_a, i > 0 ? &last : NULL, &item_a);
    (void)next_item(column, codes_b, n_b, i > 0 ? &last : NULL, &item_b);
    const int order = compare_bytes(item_a, item_b);
    if (order) {
      return order;
    }
    last = item_a;
  }
  return (n_a > n_b) - (n_a < n_b);
}
