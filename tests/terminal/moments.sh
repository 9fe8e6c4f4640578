#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ctrl-C at random moments, TERMINAL_ROUNDS times (10) of each kind: the session goes on with its variables.

source "${BASH_SOURCE%/*}/lib.sh"
rounds=${TERMINAL_ROUNDS:-10}
RANDOM=${TERMINAL_SEED:-1}
plan 6

a_moment() { sleep "0.$(printf '%03d' $((RANDOM % ${1:-150})))"; }

# The answer is new in each round, so that an old one is not taken for it.
round=0
alive() {
  round=$((round + 1))
  answers "kept .. $round" "^here$round\$"
}

begin() { start_assay && enter 'kept = "he" .. "re"' && wait_prompt; }

half_a_line() {
  local i
  begin || return
  for ((i = 0; i < rounds; i++)); do
    type_text 'print(1, "' && a_moment 30
    [[ $((RANDOM % 2)) == 0 ]] && type_text 'more of it' && a_moment 30
    press C-c && wait_prompt && alive || return
  done
}

nothing_typed() {
  local i
  begin || return
  for ((i = 0; i < rounds; i++)); do
    press C-c && a_moment 60
    [[ $((RANDOM % 2)) == 0 ]] && press C-c
    wait_prompt && alive || return
  done
}

running() {
  local i
  begin || return
  for ((i = 0; i < rounds; i++)); do
    enter "$1" && a_moment && press C-c && wait_prompt 2 && alive || return
    press C-l
  done
}

# The press may come while the program still starts: then it dies of the signal, which a shell also calls 130.
in_batch() {
  local i
  for ((i = 0; i < rounds; i++)); do
    term_start bash -c 'trap : INT; echo ready; "$@"' batch "$ASSAY" -e 'while true do pcall(function() while true do end end) end'
    wait_for '^ready' && a_moment 100 && press C-c && wait_exit 3 || return
    [[ $exit_status == 130 ]] || { show_failure "status $exit_status"; return 1; }
  done
}

check "half a line" half_a_line
check "an empty line" nothing_typed
check_stop "a loop" running 'while true do end'
check_stop "a loop of pcall" running 'while true do pcall(function() while true do end end) end'
check_stop "a loop of coroutines" running 'while true do coroutine.wrap(function() for i = 1, 1e5 do pcall(error) end end)() end'
check_stop "batch" in_batch
((failures == 0))
