/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/journal.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/cpu.h"
#include "core/map.h"
#include "core/pool.h"
#include "journal/chunk_names.h"
#include "journal/journal_file.h"
#include "journal/steps.h"

enum { SPANS_MOST = 1024 };

static const double patience = 2; /* seconds at the end for what is not described yet */

/* Values of a step that wait to be described. */
typedef struct Pending {
  struct Pending *next;
  uint64_t step;
  JournalItem *items;
  size_t n, bytes;
} Pending;

/* Where a step's text and its line "done" stand in the record. */
typedef struct Span {
  uint64_t step;
  size_t from, to;
} Span;

struct Journal {
  JournalSettings settings;
  JournalFile file;
  pthread_mutex_t lock;          /* of all below */
  pthread_cond_t more, less;     /* something to describe; something was described */
  Pending *first, *last;
  size_t waiting;                /* bytes of these */
  bool busy, leave, threaded;
  pthread_t thread;
  Text log;
  Map *described;                /* digests */
  uint64_t steps;
  Span spans[SPANS_MOST];        /* of the newest steps, by number */
  char folder[PATH_MAX];         /* as the file knows it */
  Text machine;                  /* the line that the file knows */
};

void journal_time(char out[32])
{
  const time_t now = (time_t)(clock_now() / 1000000);
  struct tm parts;
  gmtime_r(&now, &parts);
  strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* ---- Lines */

/* Adds lines to the record and to the file; the lock is held. */
static void append(Journal *journal, const Text *lines)
{
  text_add(&journal->log, text_data(lines), lines->size);
  journal_file_append(&journal->file, text_data(lines), lines->size);
}

static void begin_log(Journal *journal)
{
  char at[32];
  Text lines = {0};
  journal_time(at);
  text_puts(&lines,
            "-- A journal of assay: what was typed, as Lua. `assay replay FILE --check` runs it and compares.\n");
  text_printf(&lines, "--@ journal assay=%s began=%s\n", journal->settings.version, at);
  append(journal, &lines);
  text_free(&lines);
}

/* Says where statements run, at first and when that has changed. */
static void note_folder(Journal *journal, Text *lines)
{
  char now[PATH_MAX];
  if (!getcwd(now, sizeof now) || strcmp(now, journal->folder) == 0) {
    return;
  }
  strcpy(journal->folder, now);
  text_puts(lines, "--@ in folder=\"");
  text_puts(lines, now);
  text_puts(lines, "\"\n");
}

/* ---- Describing */

/* Whether a column was described before; it is from now on. */
static bool is_known(void *context, Digest digest)
{
  Journal *journal = context;
  size_t number;
  bool fresh = true;
  return map_put(journal->described, (const char *)&digest, sizeof digest, &number, &fresh, NULL) == STATUS_OK &&
         !fresh;
}

static void describe_item(Journal *journal, uint64_t step, const JournalItem *item, Text *lines)
{
  Arena arena = {0};
  Fact fact;
  Status status;
  if (item->kind <= FACT_WROTE) {
    status = journal_file_fact(item->kind, item->name, &fact);
  } else {
    status = fact_of_value(&item->value, item->kind, item->name, &arena, &fact, NULL);
  }
  if (status == STATUS_OK && item->kind > FACT_WROTE) {
    status =
        fact_describe(&item->value, journal->settings.describe_all ? NULL : is_known, journal, &arena, &fact, NULL);
  }
  if (status == STATUS_OK) {
    fact_write(step, &fact, lines);
  }
  arena_free(&arena);
}

static void items_free(JournalItem *items, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    mem_free(items[i].name);
    value_free(&items[i].value);
  }
}

static void pending_free(Pending *pending)
{
  if (pending) {
    items_free(pending->items, pending->n);
    mem_free(pending->items);
    mem_free(pending);
  }
}

/* The map of what was described is the describing thread's: one at a time. */
static void *describe_all(void *argument)
{
  Journal *journal = argument;
  pthread_mutex_lock(&journal->lock);
  for (;;) {
    while (!journal->first && !journal->leave) {
      pthread_cond_wait(&journal->more, &journal->lock);
    }
    Pending *pending = journal->first;
    if (!pending || journal->leave) {
      break;
    }
    journal->first = pending->next;
    journal->busy = true;
    pthread_mutex_unlock(&journal->lock);
    Text lines = {0};
    for (size_t i = 0; i < pending->n; i++) {
      describe_item(journal, pending->step, &pending->items[i], &lines);
    }
    const size_t bytes = pending->bytes;
    pending_free(pending);
    pthread_mutex_lock(&journal->lock);
    append(journal, &lines);
    text_free(&lines);
    journal->waiting -= bytes;
    journal->busy = false;
    pthread_cond_broadcast(&journal->less);
  }
  pthread_mutex_unlock(&journal->lock);
  return NULL;
}

static bool start_thread(Journal *journal)
{
  sigset_t all, before;
  if (!journal->threaded) {
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    journal->threaded = pthread_create(&journal->thread, NULL, describe_all, journal) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  return journal->threaded;
}

static size_t bytes_of(const JournalItem *item)
{
  switch (item->value.kind) {
    case VALUE_FRAME:
      return frame_bytes(item->value.frame);
    case VALUE_COLUMN:
      return column_bytes(item->value.column);
    case VALUE_MODEL:
      return journal_model_bytes(item->value.model);
    case VALUE_TEXT:
      return item->value.text.length;
    default:
      return item->kind <= FACT_WROTE ? journal_file_size(item->name) : 0;
  }
}

/* Hands the items to the thread; false when there is none, and the items stay. */
static bool hand_over(Journal *journal, uint64_t number, const JournalStep *step, size_t bytes)
{
  Pending *pending = mem_zero(1, sizeof *pending);
  JournalItem *items = mem_zero(step->n, sizeof *items);
  if (!pending || !items || !start_thread(journal)) {
    mem_free(pending);
    mem_free(items);
    return false;
  }
  memcpy(items, step->items, step->n * sizeof *items);
  *pending = (Pending){.step = number, .items = items, .n = step->n, .bytes = bytes};
  pthread_mutex_lock(&journal->lock);
  *(journal->first ? &journal->last->next : &journal->first) = pending;
  journal->last = pending;
  journal->waiting += bytes;
  pthread_cond_signal(&journal->more);
  while (journal->waiting > JOURNAL_QUEUE_BYTES) {
    pthread_cond_wait(&journal->less, &journal->lock);
  }
  pthread_mutex_unlock(&journal->lock);
  return true;
}

/* Nothing waits and nothing is described: the order of facts is that of the steps. */
static bool is_idle(Journal *journal)
{
  pthread_mutex_lock(&journal->lock);
  const bool idle = !journal->first && !journal->busy;
  pthread_mutex_unlock(&journal->lock);
  return idle;
}

/* ---- Steps */

static void step_text(const JournalStep *step, Text *lines)
{
  if (step->failed) {
    step_write_failed(step->text, lines);
  } else if (chunk_in_file(step->text, step->expression, lines, NULL) != STATUS_OK) {
    lines->failed = true;
  } else {
    text_char(lines, '\n');
  }
}

/* The C library takes other code where the processor has fused multiply-add. */
static void libm_kernel(char out[32])
{
#if defined(__x86_64__)
  __builtin_cpu_init();
  const char *kind = __builtin_cpu_supports("fma") ? "-fma" : "";
#else
  const char *kind = "";
#endif
  snprintf(out, 32, "%.20s%s", gnu_get_libc_version(), kind);
}

/* What the step depended on, where that is not what the file says already. */
static void note_machine(Journal *journal, Text *lines)
{
  char libm[32];
  Text blas = {0}, line = {0};
  libm_kernel(libm);
  if (journal->settings.blas) {
    journal->settings.blas(&blas);
  }
  const RunFact run = {.seed = journal->settings.seed,
                       .threads = pool_threads(),
                       .isa = cpu_isa_name(cpu_isa()),
                       .libm = libm,
                       .blas = blas.size ? text_data(&blas) : "none"};
  fact_write_machine(&run, &line);
  if (strcmp(text_data(&line), text_data(&journal->machine)) != 0) {
    text_reset(&journal->machine);
    text_puts(&journal->machine, text_data(&line));
    text_puts(lines, text_data(&line));
  }
  text_free(&blas);
  text_free(&line);
}

static void run_line(uint64_t number, const JournalStep *step, Text *lines)
{
  char at[32];
  journal_time(at);
  const RunFact run = {.failed = step->failed, .id = step->id, .at = at, .wall = step->wall};
  fact_write_run(number, &run, lines);
}

/* The file is there before the first statement runs, which may end it all. */
void journal_begin(Journal *journal, const char *text)
{
  if (journal->log.size == 0) {
    begin_log(journal);
  }
  journal_file_running(&journal->file, text);
}

void journal_step(Journal *journal, const JournalStep *step)
{
  Text lines = {0};
  size_t bytes = 0;
  const uint64_t number = ++journal->steps;
  for (size_t i = 0; i < step->n; i++) {
    bytes += bytes_of(&step->items[i]);
  }
  const bool later = bytes > JOURNAL_INLINE_BYTES || !is_idle(journal);
  note_folder(journal, &lines);
  note_machine(journal, &lines);
  Span span = {.step = number, .from = lines.size};
  step_text(step, &lines);
  run_line(number, step, &lines);
  span.to = lines.size;
  for (size_t i = 0; i < step->n && !later; i++) {
    describe_item(journal, number, &step->items[i], &lines);
  }
  pthread_mutex_lock(&journal->lock);
  span.from += journal->log.size;
  span.to += journal->log.size;
  journal->spans[number % SPANS_MOST] = span;
  append(journal, &lines);
  pthread_mutex_unlock(&journal->lock);
  text_free(&lines);
  if (!later || !hand_over(journal, number, step, bytes)) {
    items_free(step->items, step->n);
  }
  journal_file_running(&journal->file, "");
}

uint64_t journal_steps(const Journal *journal)
{
  return journal->steps;
}

/* ---- The journal as a whole */

Status journal_new(const JournalSettings *settings, Journal **out, Error *e)
{
  Status status = STATUS_OK;
  Journal *journal = mem_zero(1, sizeof *journal);
  *out = NULL;
  if (!journal) {
    return error_memory(e, sizeof *journal, _("a journal"));
  }
  journal->settings = *settings;
  pthread_mutex_init(&journal->lock, NULL);
  pthread_cond_init(&journal->more, NULL);
  pthread_cond_init(&journal->less, NULL);
  journal->described = map_new();
  if (!journal->described) {
    TRY(error_memory(e, 0, _("a journal")));
  }
  TRY(journal_file_name(&journal->file, settings->path, settings->chosen, e));
  *out = journal;
done:
  if (status != STATUS_OK) {
    journal_free(journal);
  }
  return status;
}

/* Waits until all is described, or for the seconds given; the lock is held. */
static void settle(Journal *journal, double seconds)
{
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += (time_t)seconds;
  while (journal->first || journal->busy) {
    if (seconds <= 0) {
      pthread_cond_wait(&journal->less, &journal->lock);
    } else if (pthread_cond_timedwait(&journal->less, &journal->lock, &until) == ETIMEDOUT) {
      return;
    }
  }
}

/* A step's text behind "--! ", and its line as that of one that failed. */
static bool as_undone(const Journal *journal, const Span *span, Text *out)
{
  Text record = {0};
  Steps steps = {0};
  text_add(&record, journal->log.data + span->from, span->to - span->from);
  const bool read = !record.failed && steps_read(text_data(&record), &steps, NULL) == STATUS_OK && steps.n == 1;
  if (read) {
    RunFact run = steps.items[0].run;
    run.failed = true;
    run.id = "undone";
    step_write_failed(steps.items[0].text, out);
    fact_write_run(span->step, &run, out);
  }
  steps_free(&steps);
  text_free(&record);
  return read && !out->failed;
}

/* Puts the lines in the place of a span, and moves those behind it; the lock is held. */
static void replace_span(Journal *journal, Span *span, const Text *lines)
{
  Text tail = {0};
  const Span old = *span;
  text_add(&tail, text_data(lines), lines->size);
  text_add(&tail, journal->log.data + old.to, journal->log.size - old.to);
  if (!tail.failed) {
    journal_file_rewrite(&journal->file, old.from, journal->log.size, &tail);
    journal->log.size = old.from;
    text_add(&journal->log, text_data(&tail), tail.size);
    for (size_t i = 0; i < SPANS_MOST; i++) {
      Span *other = &journal->spans[i];
      if (other->from > old.from) {
        other->from += lines->size - (old.to - old.from);
        other->to += lines->size - (old.to - old.from);
      }
    }
    span->step = 0;
  }
  text_free(&tail);
}

void journal_undone(Journal *journal, uint64_t step)
{
  Text line = {0}, lines = {0};
  Span *span = &journal->spans[step % SPANS_MOST];
  text_printf(&line, "--@ undone step=%llu\n", (unsigned long long)step);
  pthread_mutex_lock(&journal->lock);
  settle(journal, 0);
  if (span->step == step && as_undone(journal, span, &lines)) {
    replace_span(journal, span, &lines);
  }
  append(journal, &line);
  pthread_mutex_unlock(&journal->lock);
  text_free(&line);
  text_free(&lines);
}

static void end_log(Journal *journal)
{
  char at[32], line[64];
  journal_time(at);
  const int n = snprintf(line, sizeof line, "--@ ended at=%s\n", at);
  if (journal->steps > 0) {
    journal_file_append(&journal->file, line, (size_t)n);
  }
}

void journal_free(Journal *journal)
{
  if (!journal) {
    return;
  }
  pthread_mutex_lock(&journal->lock);
  settle(journal, patience);
  journal->leave = true;
  pthread_cond_signal(&journal->more);
  pthread_mutex_unlock(&journal->lock);
  if (journal->threaded) {
    pthread_join(journal->thread, NULL);
  }
  for (Pending *next; journal->first; journal->first = next) {
    next = journal->first->next;
    pending_free(journal->first);
  }
  end_log(journal);
  journal_file_close(&journal->file);
  pthread_cond_destroy(&journal->more);
  pthread_cond_destroy(&journal->less);
  pthread_mutex_destroy(&journal->lock);
  map_free(journal->described);
  text_free(&journal->log);
  text_free(&journal->machine);
  mem_free(journal);
}

bool journal_trouble(Journal *journal, Error *e)
{
  pthread_mutex_lock(&journal->lock);
  const bool there = journal_file_trouble(&journal->file, e);
  pthread_mutex_unlock(&journal->lock);
  return there;
}

Status journal_switch(Journal *journal, bool on, Error *e)
{
  pthread_mutex_lock(&journal->lock);
  const Status status = journal_file_switch(&journal->file, on, text_data(&journal->log), journal->log.size, e);
  pthread_mutex_unlock(&journal->lock);
  return status;
}

bool journal_is_on(const Journal *journal)
{
  return journal_file_is_on(&journal->file);
}

const char *journal_path(const Journal *journal)
{
  return text_data(&journal->file.path);
}

size_t journal_size(Journal *journal)
{
  pthread_mutex_lock(&journal->lock);
  const size_t size = journal->log.size;
  pthread_mutex_unlock(&journal->lock);
  return size;
}

Status journal_text(Journal *journal, size_t from, Text *out, Error *e)
{
  pthread_mutex_lock(&journal->lock);
  settle(journal, 0);
  if (from < journal->log.size) {
    text_add(out, journal->log.data + from, journal->log.size - from);
  }
  const bool lost = journal->log.failed;
  pthread_mutex_unlock(&journal->lock);
  return lost ? error_memory(e, 0, _("the session's statements")) : text_status(out, e);
}
