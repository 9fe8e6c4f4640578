/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_layout.h -- the inside of a session and the functions that bind's own files share. Only bind includes it, and only
 * bind knows Lua.
 *
 * The order in every binding: check the arguments, make the empty userdata, work, throw as the last act. No Lua error jumps
 * over a C frame that owns something: what a call owns hangs on a userdata before anything that can throw.
 */
#ifndef ASSAY_BIND_SESSION_LAYOUT_H
#define ASSAY_BIND_SESSION_LAYOUT_H

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdatomic.h>

#include "bind/job_layout.h"
#include "bind/session.h"

struct Session {
  lua_State *L;
  SessionHooks hooks;
  SessionSettings settings;
  /* Interrupts (interrupt.c); read and written by the signal handler. */
  lua_State *volatile running;     /* the coroutine that runs now */
  volatile sig_atomic_t active;    /* a statement runs */
  volatile sig_atomic_t stop;      /* the sticky hook is set: everything unwinds */
  volatile sig_atomic_t presses;   /* Ctrl-C in this statement */
  _Atomic(Task *) task;            /* of the primitive that runs now */
  int settled;                     /* presses that were used up by a partial result */
  volatile sig_atomic_t limited;   /* the statement used up its time: sandbox.h */
  bool partial;                    /* there was one: the next fit of the statement does not begin */
  bool exiting;                    /* os.exit unwinds */
  int exit_code;
  size_t pressure;                 /* bytes outside Lua since the collector was last told */
  struct Trace *trace;             /* trace.h: steps are recorded; NULL: they are not */
  struct Recorder *recorder;       /* recorder.h; NULL: statements are not recorded */
  struct FileSwaps *swaps;         /* file_swap.c; NULL: none */
  Error last_error;                /* of the last statement that failed, for session() */
};

/* The session of a Lua state or coroutine. */
static inline Session *session_of(lua_State *L)
{
  return *(Session **)lua_getextraspace(L);
}

/* session.c: calls function with `argument` as a light userdata, so that Ctrl-C stops it and errors end in the outcome. */
RunState session_protect(Session *session, lua_CFunction function, const void *argument, RunOutcome *outcome);

/* ---- values: value_bind.c */

/* A userdata of one of our kinds; it owns the value. */
typedef struct Box {
  Value value;
} Box;

extern const char *const box_names[VALUE_KIND_COUNT]; /* metatable names of frame, column, model and chart */

/* The box at an index, or NULL. */
Box *box_at(lua_State *L, int index);

/* Reads the Lua value at an index; may throw (memory), so `out` must hang on a userdata. Depth is limited. */
void value_read(lua_State *L, int index, Value *out);

/* Pushes the value and leaves VALUE_NONE behind; may throw, then `value` still owns it. */
void value_push(lua_State *L, Value *value);

/* Pushes a copy of a cell; a column pushed with a name can be called as the verb of that name. */
void cell_push(lua_State *L, const Column *column, size_t row);
void column_push(lua_State *L, const Column *column, const char *name);
void push_missing(lua_State *L);
bool is_missing(lua_State *L, int index);

/* Pushes a list of the text keys of the table at an (absolute) index in byte order; false when it has other keys too. */
bool push_sorted_keys(lua_State *L, int table);

/* Tells the collector of memory outside its heap. */
void report_memory(lua_State *L, size_t bytes);

/* ---- errors: error_bind.c */

/* Throws the error as an object with fields id, message, where, hint, and text for tostring. */
_Noreturn int throw_error(lua_State *L, const Error *e);
_Noreturn int throw_memory(lua_State *L, const char *what); /* "no memory for ..." */

void push_interrupted(lua_State *L); /* the interruption object made beforehand */

/* Reads whatever was thrown into an Error; may throw, since a __tostring of the user's may be run. */
void error_read(lua_State *L, int index, Error *e);

/* The same, of what a luaL_loadbufferx that failed left on the stack: syntax-error, with the line and a caret at the token. */
void syntax_read(lua_State *L, const char *text, size_t length, const char *name, Error *e);

/* Reads what a failed lua_pcall left on top of the stack; does not throw. */
void error_take(lua_State *L, int lua_status, Error *e);
int message_handler(lua_State *L); /* for lua_pcall: adds file:line of the user's code */

/* ---- interrupts: interrupt.c */
void interrupt_open(lua_State *L);
void interrupt_begin(Session *session);
void interrupt_end(Session *session);
void interrupt_stop(Session *session, lua_State *L); /* sets the sticky hook */

/* ---- calls: call.c, declare.c */
void open_calls(lua_State *L);
void push_primitive(lua_State *L, const Primitive *primitive); /* the Lua function of a primitive */
void publish_primitive(lua_State *L, const Primitive *primitive); /* puts it into its family's table and the globals */
bool push_method(lua_State *L, ValueKind kind, const char *name); /* false and nothing pushed when there is none */
/* The call of a primitive with all that is on the stack, read and checked but not begun; its box is pushed, which owns it. */
Job *prepare_call(lua_State *L, const Primitive *primitive);
int declare_primitive(lua_State *L);                           /* primitive{...} */
const Primitive *function_primitive(lua_State *L, int index);  /* of a function of ours, else NULL */
int run_declared(lua_State *L, Job *job);                      /* runs a primitive declared in Lua; pushes its result */
void declared_free(Session *session);

/* ---- metatables and library: frame_bind.c, column_bind.c, model_bind.c, library.c, chart_bind.c */
void open_values(lua_State *L);
void open_frame(lua_State *L);
void open_column(lua_State *L);
void open_model(lua_State *L);
void open_chart(lua_State *L);
void open_graphics(lua_State *L);
void open_errors(lua_State *L);
void open_library(lua_State *L);  /* families, global functions, NA, the user's _ENV */
void push_environment(lua_State *L);
int frame_construct(lua_State *L); /* frame{...} */

/* ---- plugins: plugin_bind.c */
void open_plugins(lua_State *L);

/* Whether a plugin was loaded that brings a family, method or global of this name; throws when it cannot be loaded. */
bool plugin_brings(lua_State *L, const char *name);

/* ---- echo: echo.c */

/* Shows the values from index `first` to the top, each in its own way. */
void echo_values(lua_State *L, int first);
void open_texts(lua_State *L);

/* A Text that the collector frees, on top of the stack: for texts made while something may throw. */
Text *push_text(lua_State *L);
int value_tostring(lua_State *L); /* __tostring of our values */

/* The text of a value as echo shows it, added to out. full: nothing elided. */
void show_value(lua_State *L, int index, const ViewStyle *style, bool full, Text *out);

/* A number as tostring gives it, but NaN, Inf and -Inf by the names that cells of frames have. */
void show_number(lua_State *L, int index, Text *out);

#endif
