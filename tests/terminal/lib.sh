# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Helpers of the terminal tests: a program in a tmux window of fixed size, keys sent to it, its screen looked at.
#
#   term_start [-x COLUMNS] [-y LINES] COMMAND [ARGUMENT...]   a window of its own; the former one goes
#   type_text TEXT      the characters of TEXT           press KEY...      keys by tmux's names: Enter, C-c, Tab
#   enter TEXT          type_text and Enter
#   wait_for PATTERN [SECONDS]   until the screen (with what scrolled away) has a line that matches the extended pattern
#   sees PATTERN        until a line of the visible screen matches
#   wait_gone PATTERN   until no line of the visible screen matches
#   wait_prompt         until the last line is an empty prompt
#   wait_exit           until the program has ended; sets exit_status
#   screen              the visible screen                all_text         the screen and what scrolled away
#   at_rest             until the program has handled all it got: its threads sleep     program      its process
#   resize COLUMNS LINES   gives the window another size, and waits until the program has handled that
#   check NAME COMMAND...        one test: passes when the command succeeds
#   check_stop NAME COMMAND...   the same, of a signal that must interrupt a computation
#   plan N              at the start
#
# Nothing sleeps for a fixed time and hopes: every wait polls, and ends at a deadline. What is waited for must not stand in
# the text that is typed, or the echo would be taken for the answer.

set -u

: "${ASSAY:?run through tests/run}" "${TMPDIR:?}"
socket=$TMPDIR/screen
# How much slower the variant of the build under test may be. The thread sanitizer also holds signals back while a program
# computes, so that what only a signal ends cannot be ended there: check_stop skips such tests.
slow=1
case ${BUILD:-} in
  *asan) slow=4 ;;
  *tsan) slow=12 ;;
esac
patience=${TERMINAL_PATIENCE:-$((40 * slow))} # costs time only where something is wrong
tests=0 failures=0 exit_status=

if ! command -v tmux >/dev/null; then
  echo "1..0 # SKIP tmux is not installed"
  exit 0
fi

tm() { tmux -u -S "$socket" -f /dev/null "$@"; }
stop_screen() { tm kill-server 2>/dev/null; }
waits_failed=0
# A wait between checks that fails makes the program fail: it had hidden what the next check does not look at.
end_test() { stop_screen; ((waits_failed == 0)) || exit 1; }
trap end_test EXIT

plan() { echo "1..$1"; }

term_start() {
  local columns=80 lines=24 command
  while [[ ${1-} == -[xy] ]]; do
    if [[ $1 == -x ]]; then columns=$2; else lines=$2; fi
    shift 2
  done
  stop_screen
  rm -f "$socket" "$TMPDIR/status"
  printf -v command '%q ' "$@"
  # A keeper session holds the server while options are set and after the program has ended.
  tm new-session -d -s keeper -x "$columns" -y "$lines" 'exec cat' || return 1
  tm set-option -g history-limit 20000 \; set-option -g status off \; set-option -g escape-time 10
  tm new-session -d -s test -x "$columns" -y "$lines" "$command; echo \$? >'$TMPDIR/status'; exec cat >/dev/null"
}

screen() { tm capture-pane -p -t test; }
all_text() { tm capture-pane -p -J -S - -t test | sed 's, *$,,'; }

# tmux takes a trailing ";" of an argument for its own; a backslash keeps it.
type_text() {
  local text=$1
  [[ $text == *';' ]] && text=${text%;}'\;'
  tm send-keys -t test -l -- "$text"
}
press() { tm send-keys -t test "$@"; }

microseconds() { echo "${EPOCHREALTIME/[.,]/}"; }

# until_true SECONDS COMMAND...
until_true() {
  local deadline=$(($(microseconds) + $1 * 1000000))
  shift
  until "$@"; do
    (($(microseconds) < deadline)) || return 1
    sleep 0.02
  done
}

# The line that the cursor is in, wrapped parts joined, ends like this text.
line_ends_in() {
  local line
  line=$(tm capture-pane -p -J -t test | sed -e 's/ *$//' -e '/^$/d' | tail -n 1)
  ((${#1} < 12)) || set -- "${1: -12}"
  [[ $line == *"$1" ]]
}

# Enter is pressed when the text has been echoed, so that a prompt seen afterwards is a new one.
enter() {
  local shown=$1
  while [[ $shown == *' ' ]]; do shown=${shown% }; done
  type_text "$1" && { until_true "$patience" line_ends_in "$shown" || show_failure "not echoed: $1"; } && press Enter
}

has_line() { all_text | grep -Eq -- "$1"; }
lacks_line() { ! screen | grep -Eq -- "$1"; }
at_prompt() { [[ $(screen | sed -e 's/ *$//' -e '/^$/d' | tail -n 1) == '>' ]]; }
has_ended() { [[ -s $TMPDIR/status ]]; }

show_failure() {
  waits_failed=$((waits_failed + 1)) # within a check this is a subshell's
  echo "# $1; the screen:"
  screen | sed 's/^/# | /'
}

# The seconds that a wait may take: those given, for this build, or the usual patience.
limit() { if [[ -n $1 ]]; then echo $(($1 * slow)); else echo "$patience"; fi; }
wait_for() { until_true "$(limit "${2-}")" has_line "$1" || { show_failure "no line matches: $1"; return 1; }; }
wait_gone() { until_true "$patience" lacks_line "$1" || { show_failure "still there: $1"; return 1; }; }
wait_prompt() { until_true "$(limit "${1-}")" at_prompt || { show_failure "no prompt"; return 1; }; }
wait_exit() {
  until_true "$(limit "${1-}")" has_ended || { show_failure "still running"; return 1; }
  exit_status=$(<"$TMPDIR/status")
}

check() {
  local name=$1 output
  shift
  tests=$((tests + 1))
  if output=$("$@"); then
    echo "ok $tests - $name"
  else
    failures=$((failures + 1))
    echo "not ok $tests - $name"
    [[ -z $output ]] || printf '%s\n' "$output"
  fi
}

skip() {
  tests=$((tests + 1))
  echo "ok $tests - $1 # SKIP $2"
}

check_stop() {
  if ((slow == 12)); then skip "$1" "the thread sanitizer holds signals back"; else check "$@"; fi
}

visible() { screen | grep -Eq -- "$1"; }
sees() { until_true "$patience" visible "$1" || { show_failure "not seen: $1"; return 1; }; }

# What the window's shell runs.
program() { pgrep -P "$(tm display-message -p -t test '#{pane_pid}')" | head -n 1; }
is_asleep() {
  local pid
  pid=$(program) && [[ -n $pid ]] && ! sed 's/.*) //' /proc/"$pid"/task/*/stat | grep -qv '^S'
}
# A key or a signal wakes the program before it sleeps again, but a busy machine may bring it late: so thrice.
keeps_asleep() { is_asleep && sleep 0.1 && is_asleep && sleep 0.1 && is_asleep; }
at_rest() { until_true "$patience" keeps_asleep || { show_failure "the program does not come to rest"; return 1; }; }

# tmux tells the program of a new size when it likes.
has_size() { [[ $(stty size -F "$(tm display-message -p -t test '#{pane_tty}')") == "$2 $1" ]]; }
resize() { tm resize-window -t test -x "$1" -y "$2" && until_true "$patience" has_size "$1" "$2" && at_rest; }

# A fresh assay at its prompt.
start_assay() {
  term_start "$ASSAY" -q "$@" && wait_prompt
}

# Runs one statement and waits for the pattern, then for the prompt.
answers() {
  enter "$1" && wait_for "$2" && wait_prompt
}
