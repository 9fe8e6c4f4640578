#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The prompt of --sandbox: statements are stopped one by one, the session stays; what the system must stop takes the
# session with it, and leaves the terminal as it was.

source "${BASH_SOURCE%/*}/lib.sh"
plan 6
mkdir -p "$TMPDIR/here" && cd "$TMPDIR/here" || exit

# Bash outlives a Ctrl-C that is for the program it runs.
start_sandbox() { term_start bash -c "'$ASSAY' --sandbox --time 0.3 -q; stty -a; echo ended" && wait_prompt; }

nothing_said_of_history() { ! has_line 'history|HOME'; }

loop_is_stopped() {
  enter 'kept = 41' && wait_prompt && enter 'while true do end' && wait_for 'more than 0.3 s of processor time' && wait_prompt &&
    enter 'kept + 1' && wait_for '^42$'
}

interrupted() { enter 'while true do end' && press C-c && wait_for 'interrupted|more than' && wait_prompt && enter 'kept + 2' && wait_for '^43$'; }

nothing_is_started() { enter '!echo out"side"' && wait_for 'not available in the sandbox' && wait_prompt && ! has_line '^outside'; }

nothing_is_saved() { enter '.save here.lua' && wait_for 'not recorded' && wait_prompt && [[ ! -e here.lua ]]; }

terminal_is_back() {
  enter '(("a"):rep(64)):find(("a*"):rep(30) .. "b")' && wait_for 'it went on when its processor' &&
    wait_for '^ended' && has_line '[^-]icanon' && has_line '[^-]echo '
}

start_sandbox
check "nothing is said of a history" nothing_said_of_history
check "a loop is stopped, the session stays" loop_is_stopped
check_stop "Ctrl-C stops too" interrupted
check "the shell is not there" nothing_is_started
check "nothing is saved" nothing_is_saved
check "what does not stop is ended, and the terminal is as it was" terminal_is_back
((failures == 0))
