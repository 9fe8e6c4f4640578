/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --data: verbs that read files find another file in the place of the one they name. */
#include <string.h>

#include "bind/recorder.h"
#include "core/alloc.h"

enum { SWAPS_MOST = 8 };

/* from: NULL until the first file is read. */
typedef struct FileSwap {
  char *from, *to;
} FileSwap;

typedef struct FileSwaps {
  FileSwap items[SWAPS_MOST];
  size_t n;
} FileSwaps;

Status session_swap_file(Session *session, const char *from, const char *to, Error *e)
{
  session->swaps = session->swaps ? session->swaps : mem_zero(1, sizeof *session->swaps);
  if (!session->swaps) {
    return error_memory(e, 0, _("a file's name"));
  }
  if (session->swaps->n == SWAPS_MOST) {
    return error_set(e, STATUS_LIMIT, "bad-data", _("--data may be given %d times"), SWAPS_MOST);
  }
  FileSwap *swap = &session->swaps->items[session->swaps->n++];
  swap->from = from ? mem_string(from) : NULL;
  swap->to = mem_string(to);
  return swap->to && (swap->from || !from) ? STATUS_OK : error_memory(e, 0, _("a file's name"));
}

void swaps_free(Session *session)
{
  for (size_t i = 0; session->swaps && i < session->swaps->n; i++) {
    mem_free(session->swaps->items[i].from);
    mem_free(session->swaps->items[i].to);
  }
  mem_free(session->swaps);
  session->swaps = NULL;
}

/* The same path, the same name, or the same name but for what is behind its first point. */
static bool is_file(const char *path, const char *wanted)
{
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  const size_t stem = strcspn(name, ".");
  return strcmp(path, wanted) == 0 || strcmp(name, wanted) == 0 ||
         (strlen(wanted) == stem && strncmp(name, wanted, stem) == 0);
}

/* The file that takes the place of path, or NULL. One without a name is for the first file that is read. */
static const char *instead(Session *session, const char *path)
{
  for (size_t i = 0; i < session->swaps->n; i++) {
    FileSwap *swap = &session->swaps->items[i];
    if (!swap->from) {
      swap->from = mem_string(path);
    }
    if (swap->from && is_file(path, swap->from)) {
      return swap->to;
    }
  }
  return NULL;
}

static void swap_texts(Session *session, Value *value)
{
  const char *to = value->kind == VALUE_TEXT ? instead(session, value->text.bytes) : NULL;
  Value other;
  if (to && value_text(to, strlen(to), &other, NULL) == STATUS_OK) {
    value_free(value);
    *value = other;
  }
  for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.n; i++) {
    swap_texts(session, &value->list.items[i]);
  }
}

void swap_files(Session *session, Job *job)
{
  if (!session->swaps || !(job->primitive->effects & EFFECT_READS)) {
    return;
  }
  swap_texts(session, &job->arguments.positional);
  Value *named = &job->arguments.named;
  for (size_t i = 0; named->kind == VALUE_MAP && i < named->list.n; i++) {
    if (strcmp(named->list.names[i], "path") == 0) {
      swap_texts(session, &named->list.items[i]);
    }
  }
}
