/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/split.h"

#include <math.h>

#include "core/alloc.h"
#include "core/random.h"
#include "shape/groups.h"
#include "shape/join_rows.h"

/* Marks k of the n rows: a random k-subset, by going through them (Fan, Muller and Rezucha 1962). */
static void draw(const size_t *rows, size_t n, size_t k, uint64_t seed, uint64_t stream, bool *chosen)
{
  Random random = random_new(seed, stream);
  for (size_t i = 0; i < n && k > 0; i++) {
    if (random_below(&random, n - i) < k) {
      chosen[rows[i]] = true;
      k--;
    }
  }
}

static Status choose(Groups *groups, double share, const Task *task, bool *chosen, Error *e)
{
  size_t seen = 0, taken = 0;
  for (size_t g = 0; g < groups->n; g++) {
    const size_t begin = groups->start[g], n = groups->start[g + 1] - begin;
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    seen += n;
    const size_t wanted = (size_t)floor(share * (double)seen + 0.5); /* of all groups so far */
    const size_t k = wanted > taken + n ? n : wanted > taken ? wanted - taken : 0;
    draw(groups->arranged + begin, n, k, task->seed, g, chosen);
    taken += k;
  }
  return STATUS_OK;
}

static Status take_part(const Frame *frame, const bool *chosen, bool which, uint32_t *rows, Task *task, Frame **out,
                        Error *e)
{
  size_t n = 0;
  for (size_t row = 0; row < frame_rows(frame); row++) {
    if (chosen[row] == which) {
      rows[n++] = (uint32_t)row;
    }
  }
  return frame_pick(frame, rows, n, false, task, out, e);
}

Status frame_split(const Frame *frame, double share, const size_t *columns, size_t n, Task *task, Frame *out[2],
                   Error *e)
{
  const size_t rows = frame_rows(frame);
  Groups *groups = NULL;
  bool *chosen = mem_zero(rows, sizeof *chosen);
  uint32_t *list = mem_alloc(rows, sizeof *list);
  Status status;
  out[0] = out[1] = NULL;
  if (!chosen || !list) {
    TRY(error_memory(e, rows * 5, _("rows")));
  }
  TRY(groups_check_rows(rows, e));
  TRY(n > 0 ? groups_make(frame, columns, n, task, &groups, e) : groups_whole(rows, &groups, e));
  TRY(groups_arrange(groups, frame, NULL, 0, task, e));
  TRY(choose(groups, share, task, chosen, e));
  TRY(take_part(frame, chosen, true, list, task, &out[0], e));
  TRY(take_part(frame, chosen, false, list, task, &out[1], e));
done:
  groups_free(groups);
  mem_free(chosen);
  mem_free(list);
  if (status != STATUS_OK) {
    frame_unref(out[0]);
    out[0] = NULL;
  }
  return status;
}
