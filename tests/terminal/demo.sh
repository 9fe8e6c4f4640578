#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Demonstrations at a terminal: pauses, own statements, leaving.

source "${BASH_SOURCE%/*}/lib.sh"
plan 10
home=$TMPDIR/home_folder
mkdir -p "$home/lua/demos" "$home/datasets" && cd "$TMPDIR" || exit
shipped_home=${ASSAY_HOME:-$ROOT}
export ASSAY_HOME=$home
cat >"$home/lua/demos/tiny.lua" <<'LUA'
-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counting, for the tests

-- First a number is kept. It has a name.
--
--   as in a shop
start = 20

-- Then it grows.
for i = 1, 2 do
  start = start + i
end
start * 100

-- That is all there
-- is to it.
LUA

first_step() {
  term_start "$ASSAY" demo tiny && wait_for '^\[1/3\] First a number is kept\. It has a name\.$' && wait_for '^  as in a shop$' &&
    wait_for '^> start = 20$' && wait_for 'Enter goes on' && wait_prompt && ! has_line 'Then it grows'
}

own_statement() { answers 'start' 'nil|not known' && answers '"my" .. "self"' '^myself$' && ! has_line 'Then it grows'; }
second_step() { press Enter && wait_for '^\[2/3\] Then it grows\.$' && wait_for '^>> end$' && wait_prompt && answers 'start + 1' '^21$'; }
third_step() { press Enter && wait_for '^2300$' && wait_for '^\[3/3\] That is all there is to it\.$' && wait_for 'its variables are yours'; }
last_word() { answers 'start' '^23$' && press Enter && wait_exit && [[ $exit_status == 0 ]]; }
leaves() { term_start "$ASSAY" demo tiny && wait_for 'Enter goes on' && wait_prompt && "$@" && wait_exit && [[ $exit_status == 0 ]]; }

from_the_prompt() {
  start_assay && answers '.demo' '^tiny +Counting, for the tests' && enter '.demo tiny' && wait_for 'Enter goes on' && wait_prompt &&
    press Enter && wait_for 'Then it grows' && enter q && wait_prompt && press Enter && answers 'start * 3' '^60$' && ! has_line '^\[3/3'
}

unknown() { answers '.demo tinny' "did you mean 'tiny'"; }

shipped() { # every demonstration runs to its end by Enter alone
  ASSAY_HOME=$shipped_home
  local file name
  for file in "$ROOT"/lua/demos/*.lua; do
    name=$(basename "$file" .lua)
    grep -q "\b$name\b" "$ROOT/tests/terminal/lessons.sh" && continue # which looks closer
    term_start "$ASSAY" demo "$name" && wait_for 'Enter goes on' || return
    until has_line 'its variables are yours'; do
      wait_prompt || return
      if [[ $(all_text | grep -aE '^-- ' | tail -n 1) == *'Your turn'* ]]; then enter s; else press Enter; fi
      sleep 0.1
    done
    ! has_line '^error' || { show_failure "$name fails"; return 1; }
  done
}

check "a step is told and waits" first_step
check "the reader's own statements run in between" own_statement
check "Enter goes on" second_step
check "a statement over lines and the last step" third_step
check "the end leaves the variables, Enter leaves" last_word
check "q leaves" leaves enter q
check "Ctrl-D leaves" leaves press C-d
check "from the prompt, and back to it" from_the_prompt
check "an unknown one gets the nearest name" unknown
check "the shipped ones run to their end" shipped
((failures == 0))
