#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ctrl-C and the other signals, one at a time: what is dropped, what stops, what stays, how the terminal is left.

source "${BASH_SOURCE%/*}/lib.sh"
plan 20

alive() { answers '"still " .. kept' 'still here'; }

begin() { start_assay && enter 'kept = "he" .. "re"' && wait_prompt; }

half_a_line() {
  begin && type_text 'io.open("ran", "w")' && wait_for 'ran' && press C-c && wait_for '^> io\.open\("ran", "w"\)\^C$' &&
    wait_prompt && press Up && wait_for '^> kept = ' && press C-c && wait_prompt && [[ ! -e ran ]] && alive
}

cursor_at() { [[ $(tm display-message -p -t test '#{cursor_x}') == "$1" ]]; }

cursor_within() {
  type_text 'abcdefgh' && wait_for '^> abcdefgh$' && press Home && until_true "$patience" cursor_at 2 && press C-c && wait_for '^> abcdefgh\^C$' && wait_prompt && alive
}

empty_line() { press C-c && wait_for '\^C \(Ctrl-D or \.quit leaves\)' && wait_prompt && alive; }

in_continuation() {
  enter 'print(' && wait_for '^[^ ]*>>' && type_text '"never' && press C-c && wait_for 'never\^C' && wait_prompt && alive
}

in_search() { press C-r && type_text 'kep' && wait_for 'i-search' && press C-c && wait_prompt && alive; }

# Stops a statement that never ends by itself, a second after a press at the latest.
stops() {
  enter "print('beg' .. 'un') $1" && wait_for '^begun$' && press C-c && wait_for 'interrupted' 1 && wait_prompt 1 && alive &&
    press C-l
}

in_input() { enter 'x = io.read()' && until_true 2 lacks_line '^> *$' && press C-c && wait_prompt 1 && alive; }

# A script's -e, with the terminal's modes before and after; the last line tells.
around() { # keys to press, expected status; the rest: the command
  local keys=$1 status=$2
  shift 2
  term_start bash -c 'before=$(stty -g); "$@"; echo "status $?"; [[ $(stty -g) == "$before" ]] && echo modes kept' around "$@"
  wait_for 'begun' || return
  local key
  for key in $keys; do
    press "$key" && sleep 0.1 # presses that come together would count as one
  done
  wait_for "^status $status" 5 && wait_for '^modes kept'
}

endless='print("begun") while true do pcall(function() while true do end end) end'
collector='print("begun") setmetatable({}, {__gc = function() while true do end end}) collectgarbage()'

kill_prompt() { # signal, status; sanitizers leave the signals to the program
  local ASAN_OPTIONS=${ASAN_OPTIONS-}:handle_segv=0 TSAN_OPTIONS=${TSAN_OPTIONS-}:handle_segv=0
  export ASAN_OPTIONS TSAN_OPTIONS
  term_start bash -c 'before=$(stty -g); "$@"; echo "status $?"; [[ $(stty -g) == "$before" ]] && echo modes kept' around \
    bash -c 'echo $$ >pid; exec "$@"' inner "$ASSAY" -q
  wait_prompt && type_text 'half a line' && wait_for 'half a line' && tm pipe-pane -t test "cat >bytes" &&
    kill "-$1" "$(<pid)" && wait_for "^status $2" && wait_for '^modes kept' && until_true 2 grep -q $'\033\\[?2004l' bytes
}

stop_and_resume() {
  term_start env PS1='shell: ' bash --norc --noprofile -i
  wait_for '^shell:' && enter "$ASSAY -q" && wait_prompt && enter 'kept = "he" .. "re"' && wait_prompt && type_text '1 + 4' &&
    wait_for '1 \+ 4' && press C-z && wait_for 'Stopped' && enter 'echo $((6 * 7))' && wait_for '^42' &&
    enter fg && wait_for '^> 1 \+ 4$' && press Enter && wait_for '^5$' && wait_prompt && alive
}

# The shell hands the terminal over a little after it has named the program.
press_until_interrupted() {
  local i
  for ((i = 0; i < 5; i++)); do
    press C-c
    until_true 2 has_line 'interrupted' && return
  done
  show_failure "not interrupted"
  return 1
}

stopped_twice() { (($(all_text | grep -c '^\[1\].*Stopped') == 2)) && line_ends_in 'shell:'; }

stop_while_running() {
  enter "print('beg' .. 'un') while true do end" && wait_for '^begun$' && press C-z &&
    until_true "$patience" stopped_twice && enter fg && until_true "$patience" line_ends_in "$ASSAY -q" && press_until_interrupted && wait_prompt && alive
}

cd "$TMPDIR" || exit
check "half a line is dropped, marked, not run, not kept" half_a_line
check "the mark stands behind the line wherever the cursor was" cursor_within
check "an empty line gives a hint" empty_line
check "a continuation is dropped" in_continuation
check "a search is left" in_search
check_stop "a loop stops" stops 'while true do end'
check_stop "pcall does not swallow it" stops 'while true do pcall(function() while true do end end) end'
check_stop "a coroutine does not swallow it" stops 'co = coroutine.wrap(function() while true do coroutine.yield(1) end end) while true do co() end'
check_stop "nor a coroutine that never yields" stops 'coroutine.wrap(function() while true do end end)()'
check_stop "nor a loop of coroutines with pcall" \
  stops 'while true do pcall(coroutine.wrap(function() while true do pcall(error) end end)) end'
check_stop "sorting stops" stops 'table.sort(setmetatable({}, {__len = function() return 1 << 30 end, __index = function() return 1 end, __newindex = function() end}))'
check_stop "waiting for input stops" in_input
check_stop "three presses end a statement that cannot stop, with 130" around 'C-c C-c C-c' 130 "$ASSAY" -q -i -e "$collector"
check_stop "in batch one press ends with 130" around C-c 130 "$ASSAY" -e "$endless"
check_stop "in batch two presses end what cannot stop" around 'C-c C-c' 130 "$ASSAY" -e "$collector"
check "SIGTERM ends with 143 and gives the terminal back, paste mode too" kill_prompt TERM 143
check "SIGHUP ends with 129 and gives the terminal back, paste mode too" kill_prompt HUP 129
check "a fault gives the terminal back, paste mode too" kill_prompt SEGV 139
check "Ctrl-Z at the prompt, fg" stop_and_resume
check_stop "Ctrl-Z while a statement runs, fg" stop_while_running
((failures == 0))
