/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job_layout.h -- the inside of a job, for bind only. */
#ifndef ASSAY_BIND_JOB_LAYOUT_H
#define ASSAY_BIND_JOB_LAYOUT_H

#include <stdatomic.h>

#include "bind/job.h"
#include "bind/session.h"

/* Everything a call owns; held by the calling userdata and by the job's thread. */
struct Job {
  atomic_size_t references;
  const Primitive *primitive;
  Value data;
  Arguments arguments;
  void *options;
  uint64_t given;
  Task task;
  Text notes, warnings;
  Value result;
  Error error;
  Status status;
  double began;
  atomic_bool done;
  bool abandoned;
  void *lock;           /* guards wake */
  JobWake wake;
  void *wake_context;
  struct Trace *trace;  /* trace.h: listens to the task; NULL: nobody does */
  int64_t trace_run;
};

Job *job_new(const Primitive *primitive, uint64_t seed);
void job_unref(Job *job);

/* Forecasts the cost of a job that has not begun, in seconds, guessed where the primitive does not say. More bytes than the
 * memory budget leaves are a refusal in job->error, made before anything was done. */
Status job_forecast(Job *job, double *seconds) MUST_USE;

/* Runs the job on a thread of its own while hooks->wait keeps the face alive, or in place. */
void job_run(Session *session, Job *job);

#endif
