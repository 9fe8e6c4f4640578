/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job.h -- a primitive at work on a thread of its own, so that the face stays alive.
 *
 * The job owns its inputs (references) until it ends. A job that cannot be stopped can be abandoned: the main thread goes
 * on, and the job's result is dropped when it comes. Progress may be read at any time from the main thread.
 */
#ifndef ASSAY_BIND_JOB_H
#define ASSAY_BIND_JOB_H

#include "core/task.h"
#include "registry/registry.h"

typedef struct Job Job;

/* `wake` is called once, on the job's thread, when the job has ended: it must be safe there (a byte to a pipe). */
typedef void (*JobWake)(void *context);

bool job_done(const Job *job);
const char *job_name(const Job *job);    /* "cluster.kmeans" */
Task *job_task(Job *job);                /* progress, phase, objective; task_cancel */
double job_seconds(const Job *job);      /* since it began */
void job_on_done(Job *job, JobWake wake, void *context); /* called at once when already done */
void job_abandon(Job *job);              /* the waiting call comes back with "interrupted" */
bool job_abandoned(const Job *job);

#endif
