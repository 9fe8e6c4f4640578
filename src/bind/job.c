/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/job.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "bind/session_layout.h"
#include "bind/trace.h"
#include "core/alloc.h"
#include "core/clock.h"

/* A forecast under this runs in place: a thread would cost more than it gives. */
static const double IN_PLACE_SECONDS = 0.002;

Job *job_new(const Primitive *primitive, uint64_t seed)
{
  Job *job = mem_zero(1, sizeof *job);
  pthread_mutex_t *lock = mem_zero(1, sizeof *lock);
  if (!job || !lock) {
    mem_free(job);
    mem_free(lock);
    return NULL;
  }
  pthread_mutex_init(lock, NULL);
  job->lock = lock;
  atomic_init(&job->references, 1);
  job->primitive = primitive;
  task_init(&job->task, seed);
  error_clear(&job->error);
  return job;
}

void job_unref(Job *job)
{
  if (!job || atomic_fetch_sub(&job->references, 1) != 1) {
    return;
  }
  value_free(&job->data);
  arguments_free(&job->arguments);
  value_free(&job->result);
  text_free(&job->notes);
  text_free(&job->warnings);
  task_free(&job->task);
  trace_unref(job->trace);
  pthread_mutex_destroy(job->lock);
  mem_free(job->lock);
  mem_free(job);
}

bool job_done(const Job *job)
{
  return atomic_load(&((Job *)job)->done);
}

const char *job_name(const Job *job)
{
  return job->primitive->name;
}

Task *job_task(Job *job)
{
  return &job->task;
}

double job_seconds(const Job *job)
{
  return clock_wall() - job->began;
}

void job_on_done(Job *job, JobWake wake, void *context)
{
  pthread_mutex_lock(job->lock);
  job->wake = wake;
  job->wake_context = context;
  if (job_done(job) && wake) {
    wake(context);
  }
  pthread_mutex_unlock(job->lock);
}

void job_abandon(Job *job)
{
  task_cancel(&job->task);
  job_on_done(job, NULL, NULL);
  job->abandoned = true;
}

bool job_abandoned(const Job *job)
{
  return job->abandoned;
}

static void work(Job *job)
{
  Call call = {.primitive = job->primitive, .task = &job->task, .data = &job->data, .options = job->options,
               .given = job->given, .notes = &job->notes, .warnings = &job->warnings};
  job->status = job->primitive->run(&call, &job->result, &job->error);
}

static void *job_main(void *argument)
{
  Job *job = argument;
  work(job);
  pthread_mutex_lock(job->lock);
  atomic_store(&job->done, true);
  if (job->wake) {
    job->wake(job->wake_context);
  }
  pthread_mutex_unlock(job->lock);
  job_unref(job);
  return NULL;
}

/* Starts the thread with all signals blocked, so that they come to the main thread. */
static bool start_thread(Job *job)
{
  sigset_t all, before;
  pthread_t thread;
  pthread_attr_t attributes;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  atomic_fetch_add(&job->references, 1);
  const bool started = pthread_create(&thread, &attributes, job_main, job) == 0;
  if (!started) {
    atomic_fetch_sub(&job->references, 1);
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

Status job_forecast(Job *job, double *seconds)
{
  Cost cost = {0};
  *seconds = job->primitive->where == WHERE_MAIN ? 0 : 1;
  if (!job->primitive->cost) {
    return STATUS_OK;
  }
  const Call call = {.primitive = job->primitive, .task = &job->task, .data = &job->data, .options = job->options,
                     .given = job->given, .notes = &job->notes, .warnings = &job->warnings};
  Status status = job->primitive->cost(&call, &cost, &job->error);
  if (status == STATUS_OK) {
    status = task_reserve(&job->task, cost.bytes < 1e18 ? (size_t)cost.bytes : SIZE_MAX / 2, job->primitive->name, &job->error);
    *seconds = cost.seconds;
  }
  return status;
}

/* Whether somebody watches. */
static bool begins(Session *session, Job *job)
{
  return session->hooks.begins && job->primitive->where == WHERE_JOB &&
         session->hooks.begins(session->hooks.context, job);
}

void job_run(Session *session, Job *job)
{
  double seconds;
  atomic_store(&job->done, false); /* it may be a second try */
  job->began = clock_wall();
  job->status = job_forecast(job, &seconds);
  if (job->status != STATUS_OK) {
    return;
  }
  atomic_store(&session->task, &job->task);
  if (session->presses > 0 && session->stop) {
    task_cancel(&job->task);
  }
  const bool watched = begins(session, job);
  const bool apart = session->hooks.wait && (watched || seconds > IN_PLACE_SECONDS) && start_thread(job);
  if (apart) {
    session->hooks.wait(session->hooks.context, job);
  } else {
    work(job);
    atomic_store(&job->done, true);
  }
  atomic_store(&session->task, NULL);
  if (session->hooks.ended && job->primitive->where == WHERE_JOB) {
    session->hooks.ended(session->hooks.context, job);
  }
}
