/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h -- a Lua session as the faces see it: run a statement, complete a line, ask for help, stop what runs.
 *
 * All calls come from the main thread but for session_interrupt. The session prints only through its hooks. A statement is
 * what was typed at the prompt or a whole script; its failure leaves the session and every variable as they were.
 */
#ifndef ASSAY_BIND_SESSION_H
#define ASSAY_BIND_SESSION_H

#include "bind/job.h"
#include "core/text.h"
#include "view/style.h"

typedef struct Session Session;

/* The pictures that the output shows. */
typedef struct SessionGraphics {
  const char *kind;       /* "none", "sixel", "kitty" */
  const char *why;        /* why none: a line */
  int width, height;      /* pixels that fit */
} SessionGraphics;

typedef struct SessionHooks {
  void *context;
  void (*write)(void *context, const char *bytes, size_t n); /* the program's output: print, echo */
  void (*note)(void *context, const char *line);             /* notes and warnings, for stderr; without line end */
  /* Keeps the face alive while a job runs, until job_done; may call job_abandon. NULL: primitives run in place (batch). */
  void (*wait)(void *context, Job *job);
  /* A primitive that may take long is about to run, and has run; both may be NULL. true: on a thread of its own however
   * short it is forecast to be, because somebody watches. The job may be looked at until `ended`. */
  bool (*begins)(void *context, Job *job);
  void (*ended)(void *context, Job *job);
  ViewStyle (*style)(void *context);                         /* for echo: size and abilities of the output now */
  void (*graphics)(void *context, SessionGraphics *out);     /* NULL: none */
  /* A setting of the face by name ("digits", "8"). */
  Status (*set)(void *context, const char *name, const char *value, Error *e);
  /* Begins a demonstration when the statement has ended; "": the text is which there are. NULL: there are none. */
  Status (*demo)(void *context, const char *name, Text *out, Error *e);
  bool interactive;                                          /* a prompt: notes are shown, the first Ctrl-C keeps a partial fit */
} SessionHooks;

typedef struct SessionSettings {
  uint64_t seed;          /* of math.random */
  const char *format;     /* what values are shown as: "json", "markdown" ...; NULL: for eyes */
  const char *home;       /* folder with lua/ and datasets/ */
  const char *const *arguments; /* the script's own; arguments[0] is its name */
  size_t n_arguments;
  bool sandbox;           /* sandbox.h: the statements are somebody else's */
  void (*describe)(Text *out); /* versions and kernels, for session(); NULL: the program's only */
} SessionSettings;

typedef enum RunState {
  RUN_DONE,
  RUN_FAILED,      /* outcome->error says why */
  RUN_INTERRUPTED, /* by Ctrl-C */
  RUN_EXIT         /* os.exit: outcome->code */
} RunState;

typedef struct RunOutcome {
  RunState state;
  int code;        /* exit status to give: 0, 1, 130 or os.exit's */
  Error error;
  double wall, processor; /* seconds */
  bool partial;    /* a fit was stopped and its partial result kept */
} RunOutcome;

/* hooks and settings are copied; what they point to must outlive the session. */
Status session_new(const SessionHooks *hooks, const SessionSettings *settings, Session **out, Error *e) MUST_USE;
void session_free(Session *session);

/* Whether a chunk can be run as it is, needs more lines, or is wrong. O(length). */
typedef enum ChunkState { CHUNK_COMPLETE, CHUNK_INCOMPLETE, CHUNK_WRONG } ChunkState;
ChunkState session_chunk_state(Session *session, const char *chunk);

/* Runs a statement as typed: a leading '=' is allowed, an expression's value is echoed unless it ends in ';'. */
RunState session_run(Session *session, const char *chunk, const char *name, bool echo, RunOutcome *outcome);

/* Runs a script file ("-": standard input) or loads a module for -l; no echo. */
RunState session_run_file(Session *session, const char *path, RunOutcome *outcome);
RunState session_require(Session *session, const char *module, RunOutcome *outcome);

/* Whether the session may start programs; else STATUS_STATE "sandboxed", naming what asked. */
Status session_may_start(const Session *session, const char *name, Error *e) MUST_USE;

/* Ctrl-C. Safe in a signal handler. Gives the number of presses the present statement has had, 0 when nothing runs. */
int session_interrupt(Session *session);

/* What could stand at `point` (a byte offset) in `line`, evaluating nothing. Candidates replace line[from .. point). */
typedef struct Completions {
  size_t from;
  char **items;    /* sorted, unique */
  size_t n;
  bool is_path;    /* items are file names */
  char append;     /* what to add after a single one: ' ', '(', '"' or 0 */
} Completions;

Status session_complete(Session *session, const char *line, size_t point, Completions *out, Error *e) MUST_USE;
void completions_free(Completions *completions);

/* The same in an expression on a frame: columns, functions, words, and in a text the levels of the column that it is compared
 * with. */
Status expression_complete(const Frame *frame, const char *text, size_t point, Completions *out, Error *e) MUST_USE;

/* One line on the call that the point stands in: its signature, or what the option being given takes. Adds nothing where
 * there is no call of ours. Evaluates nothing, O(point). */
void session_call_card(Session *session, const char *line, size_t point, Text *out);

/* The name of the primitive whose call the point stands in, "cluster.kmeans"; "" for none. */
void session_call_name(Session *session, const char *line, size_t point, char *out, size_t size);

/* `.undo`: puts the variables back that the last statement changed, and says which; `.out`: the values shown so far. */
Status session_undo(Session *session, Text *out, Error *e) MUST_USE;
Status session_results(Session *session, Text *out, Error *e) MUST_USE;

/* Statements that .undo can take back, by number: those up to an earlier number stay as they are. */
int64_t session_changes(Session *session);

/* For lessons. Whether the last statement did what `answer` does: gave the variables in `names` the same values, or without
 * names showed the same value (session_shown: the number of values shown so far); `says` is what is wrong. */
int64_t session_shown(Session *session);
Status session_judge(Session *session, const char *answer, const char *names, int64_t shown_before, bool *right, Text *says,
                     Error *e) MUST_USE;

/* Whether a field of the value of a variable is true; `otherwise` when it cannot be asked. */
bool session_field(Session *session, const char *name, const char *field, bool otherwise);

/* `?topic`; `.vars`; `.last` in full. Texts end in a line end. */
Status session_help(Session *session, const char *topic, Text *out, Error *e) MUST_USE;
Status session_variables(Session *session, Text *out, Error *e) MUST_USE;
Status session_last(Session *session, Text *out, Error *e) MUST_USE;

/* Records every statement from now on; takes the journal, also when it fails. NULL when nothing is recorded. */
typedef struct Journal Journal; /* journal/journal.h */
Status session_record(Session *session, Journal *journal, Error *e) MUST_USE;
Journal *session_journal(Session *session);

/* From now on verbs read `to` where they are told to read `from`: a path, a file's name, or its name without what is
 * behind the first point. NULL: the file that is read first, wherever it is read. */
Status session_swap_file(Session *session, const char *from, const char *to, Error *e) MUST_USE;

#endif
