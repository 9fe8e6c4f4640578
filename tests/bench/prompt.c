/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times the prompt as a user meets it, through a pseudo-terminal of 80 x 24.
 *
 *   prompt RUNS ASSAY
 *
 * Prints a line each, "name TAB median TAB least TAB greatest", in milliseconds from a key to the bytes that answer it:
 * a cold start until the prompt, a Tab on a frame of 10,000 columns, the echo of tables of 1,000,000 elements. Ends with
 * status 1 when an answer does not come within 30 seconds. */
#include "terminal.h"

static void time_start(Session *session, const char *program, int runs)
{
  double times[MOST_RUNS];
  for (int i = -1; i < runs; i++) { /* the first is not counted */
    const double start = now();
    begin(session, program);
    wait_for(session, "leaves"); /* the banner's last word */
    wait_for(session, "> ");
    times[i < 0 ? 0 : i] = now() - start;
    finish(session);
  }
  report("cold start to the prompt", times, runs);
}

/* From `keys` to `answer`, behind `before` typed and echoed; the line is dropped afterwards. */
static void time_keys(Session *session, const char *name, const char *before, const char *keys, const char *answer, int runs)
{
  double times[MOST_RUNS];
  for (int i = -1; i < runs; i++) {
    put(session, "print('re' .. 'ady')\r");
    wait_for(session, "ready\r");
    put(session, before);
    wait_for(session, before);
    const double start = now();
    put(session, keys);
    wait_for(session, answer);
    times[i < 0 ? 0 : i] = now() - start;
    put(session, "\x15");
  }
  report(name, times, runs);
}

int main(int argc, char **argv)
{
  static Session session;
  const int runs = argc == 3 ? atoi(argv[1]) : 0;
  if (runs < 1 || runs > MOST_RUNS) {
    fputs("prompt: usage: prompt RUNS ASSAY\n", stderr);
    return 2;
  }
  time_start(&session, argv[2], runs);
  begin(&session, argv[2]);
  run(&session, "w = {} for i = 1, 10000 do w['column' .. i] = {i} end w = frame(w)");
  run(&session, "t = {} for i = 1, 1e6 do t[i] = i end");
  run(&session, "k = {} for i = 1, 1e6 do k['key' .. i] = i end");
  time_keys(&session, "Tab, 10,000 columns", "w.column", "123\t\t", "column1239", runs);
  time_keys(&session, "echo of 1,000,000 items", "t", "\r", "999980 more", runs);
  time_keys(&session, "echo of 1,000,000 keys", "k", "\r", "999980 more", runs);
  finish(&session);
  return 0;
}
