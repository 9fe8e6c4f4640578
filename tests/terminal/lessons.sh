#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Lessons at a terminal: back, skip, anew, questions, a prompt in between, progress, and the stepper's keys.

source "${BASH_SOURCE%/*}/lib.sh"
plan 24
shipped_home=${ASSAY_HOME:-$ROOT}
home=$TMPDIR/home_folder
mkdir -p "$home/lua/demos" && cd "$TMPDIR" || exit
ln -s "$shipped_home/datasets" "$home/datasets"
export ASSAY_HOME=$home XDG_STATE_HOME=$TMPDIR/state
cat >"$home/lua/demos/small.lua" <<'LUA'
-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counting and asking, for the tests

-- First a number is kept.
total = 20

-- Then it grows.
total = total + 1; other = "made"

-- What is twice the number? Put it into `double`.
--? double
--! multiply it by two
double = total * 2

-- And shown, what is it less one?
--?
--! a minus
total - 1

-- That is all.
LUA
cat >"$home/lua/demos/long.lua" <<'LUA'
-- SPDX-License-Identifier: GPL-3.0-or-later
-- What takes long, for the tests

-- A number before.
before = 1

-- Then a loop without an end.
before = 2
while not rawget(_ENV, "done") do end

-- Behind it.
before = 3
LUA
cat >"$home/lua/demos/steps.lua" <<'LUA'
-- SPDX-License-Identifier: GPL-3.0-or-later
-- A fit by steps, for the tests

-- Look at the centres.
--> s
df = read "datasets/faithful/faithful.csv"
s = step(df, "kmeans", {k = 3, init = "random", starts = 1, scale = "zscore", seed = 28})
s

-- The steps have ended.
LUA

forget() { rm -rf "$XDG_STATE_HOME"; }
small() { term_start "$ASSAY" "$@" demo small && wait_for '^\[1/5\] First' && wait_prompt; }
go() { press Enter && wait_for "$1" && wait_prompt; }
key() { enter "$1" && wait_for "$2" && wait_prompt; }
count_of() { all_text | grep -aEc -- "$1"; }
seen_times() { [[ $(count_of "$1") -ge $2 ]]; }
wait_times() { until_true "$patience" seen_times "$1" "$2" || { show_failure "not $2 times: $1"; return 1; }; }

hints() { forget && small && wait_for 'Enter goes on, b back, s skips, r begins anew, q leaves'; }
first_has_no_back() { key b 'This is the first step' && wait_times '^\[1/5\]' 2; }
back_restores() { go '^\[2/5\]' && go '^\[3/5\]' && answers 'total .. other' '^21made$' && enter b && wait_times '^\[2/5\]' 2 && wait_prompt &&
  answers 'total + 100' '^120$' && answers 'tostring(rawget(_ENV, "other")) .. "!"' '^nil!$' && go '^\[3/5\]' && answers 'total + 200' '^221$'; }
anew() { enter r && wait_times '^\[1/5\]' 2 && wait_prompt && answers 'tostring(rawget(_ENV, "total")) .. "?"' '^nil\?$'; }
skip_makes() { forget && small && key s 'Skipped; it made total$' && answers 'total + 300' '^320$'; }
space_goes_on() { type_text ' ' && wait_for '^\[3/5\]' && wait_prompt; }
wrong_once() { key 'double = 3' 'Not yet: double has another value than it should. Hint: multiply it by' && ! has_line 'one that is right'; }
wrong_twice() { key 'double = 4' 'Not yet' && wait_times 'Not yet' 2 && ! has_line 'one that is right'; }
wrong_thrice() { enter 'no_such_name' && wait_for 'the statement failed' && wait_for 'This is one that is right' && wait_for '^> double = total \* 2$' && wait_prompt; }
other_way_right() { enter 'double = 7 * 6.0' && wait_for '^-- Right\.$' && wait_for '^\[4/5\]' && wait_prompt; }
shown_value() { key 'total' 'Not yet: that is another value' && enter '40 // 2' && wait_times '^-- Right' 2 && wait_for 'its variables are yours'; }
skips_question() { forget && small && go '^\[2/5\]' && go '^\[3/5\]' && go 'Your turn' && enter s && wait_for '^> double = total \* 2$' &&
  wait_for 'Skipped; it made double' && wait_for '^\[4/5\]' && wait_prompt && answers 'double + 1000' '^1042$' && has_line 'Not yet: that is another'; }
plays() { forget && small && go '^\[2/5\]' && go '^\[3/5\]' && key '!' 'The prompt is yours' && answers 'b = 5' '' && answers 'b' '^5$' && answers 'double = 9' '' &&
  ! has_line 'Not yet' && go 'Your turn' && wait_times 'Your turn' 2; }
leaves_and_resumes() { forget && small && go '^\[2/5\]' && go '^\[3/5\]' && enter q && wait_exit && [[ $exit_status == 0 ]] &&
  term_start "$ASSAY" demo small && wait_for "You left 'small' at step 3 of 5" && wait_prompt && go '^\[3/5\]' && ! has_line '^\[1/5\]' &&
  answers 'total + 400' '^421$'; }
resumes_anew() { enter q && wait_exit && term_start "$ASSAY" demo small && wait_for 'You left' && wait_prompt && key r '^\[1/5\] First' &&
  ! has_line '^\[3/5\]' && answers 'tostring(rawget(_ENV, "total")) .. "?"' '^nil\?$'; }
finished_is_forgotten() { go '^\[2/5\]' && go '^\[3/5\]' && key s '^\[4/5\]' && key s 'its variables are yours' && press Enter && wait_exit && small; }
from_lua() { forget && start_assay && answers 'demo()' '^small +Counting and asking' && enter 'demo "small"' && wait_for '^\[1/5\]' && wait_prompt && go '^\[2/5\]' &&
  enter q && wait_prompt && answers 'total + 500' '^520$' && answers 'demo "smal"' "did you mean 'small'"; }
interrupted() { forget && term_start "$ASSAY" demo long && wait_for '^\[1/3\]' && wait_prompt && go '^\[2/3\]' && press Enter && wait_for '^> while' && sleep 0.3 &&
  press C-c && wait_for 'Stopped. Enter runs this step again' && wait_prompt && answers 'before + 10' '^11$' && answers 'done = true' '' && go '^\[3/3\]' && answers 'before + 20' '^22$'; }
no_colour_plain() { forget && small --plain --no-color && go '^\[2/5\]' && enter q && wait_exit; }

start_steps() { forget && term_start "$@" "$ASSAY" demo steps && wait_for '^\[1/2\]' && wait_prompt && go 'step 1 of 8' && wait_for 'Enter or space steps on'; }
stepper_keys() { start_steps && type_text ' ' && wait_for '^step 2: ' && wait_prompt && go '^step 3: ' && enter b && wait_times '^step 2: ' 2 && wait_prompt &&
  enter r && wait_for '^step 8: .*' && wait_for 'That was its last step' && wait_prompt && go '^\[2/2\] The steps have ended' && answers 's.at + 600' '^608$'; }
never_rises() { local fell=0 line
  start_steps || return
  for step in 2 3 4 5 6 7 8; do
    go "^step $step: " || return
    line=$(all_text | grep "^step $step: ")
    [[ $line != *rose* ]] || { show_failure "the inertia rose"; return 1; }
    fell=$((fell + 1))
  done
  [[ $fell == 7 ]]; }
fits_screen() { # a state, the hint and the prompt fit 80x24
  start_steps && go '^step 2: ' && screen | grep -q '^kmeans, step 2 of 8' && screen | grep -q 'Enter or space steps on'; }
resized() { start_steps -x 100 -y 30 && go '^step 2: ' && tm resize-window -t test -x 60 -y 20 && go '^step 3: ' && screen | grep -q '^kmeans, step 3 of 8' &&
  ! screen | grep -Eq '.{61}' && enter q && wait_exit && [[ $exit_status == 0 ]]; }

check "a step says what can be done" hints
check "b at the first step" first_has_no_back
check "b goes back, and the variables with it" back_restores
check "r begins anew" anew
check "s skips, runs unseen and says what it made" skip_makes
check "the space bar goes on" space_goes_on
check "a wrong answer: what is wrong, and a hint" wrong_once
check "a second one" wrong_twice
check "the third brings the answer" wrong_thrice
check "another way to the same value is right" other_way_right
check "a value that is shown is judged too" shown_value
check "s at a question enters the answer" skips_question
check "! leaves the prompt to the reader, an empty line comes back" plays
check "progress survives the program" leaves_and_resumes
check "or it begins anew" resumes_anew
check "what was finished begins at the beginning" finished_is_forgotten
check "demo() from Lua" from_lua
check_stop "Ctrl-C in a step" interrupted
check "without colour and drawing" no_colour_plain
check "the stepper's keys" stepper_keys
check "the inertia never rises" never_rises
check "a step fits the screen" fits_screen
check "a smaller window in the middle" resized

shipped() { # between two questions to the reader no more lines than the screen has
  local name before now
  export ASSAY_HOME=$shipped_home
  cd "$shipped_home" || return # reports name files as they are found
  for name in first_session scaling choosing_k kmeans_steps baskets regression; do
    forget
    term_start "$ASSAY" demo "$name" && wait_for '^\[1/' && wait_prompt && at_rest || return
    before=$(tm display-message -p -t test '#{e|+:#{history_size},#{cursor_y}}')
    until has_line 'its variables are yours'; do
      if [[ $(all_text | grep -aE '^-- ' | tail -n 1) == *'Your turn'* ]]; then enter s; else press Enter; fi
      sleep 0.05 # the new prompt is told from the old by the lines above it
      until_true "$patience" moved "$before" || { show_failure "$name stands still"; return 1; }
      wait_prompt && at_rest || return
      now=$(tm display-message -p -t test '#{e|+:#{history_size},#{cursor_y}}')
      ((now - before <= 24)) || { show_failure "$name: $((now - before)) lines at once"; return 1; }
      before=$now
    done
    ! has_line '^error' || { show_failure "$name fails"; return 1; }
  done
}
moved() { (($(tm display-message -p -t test '#{e|+:#{history_size},#{cursor_y}}') > $1)) && at_prompt; }
check "each shipped lesson shows one screen at a time" shipped
((failures == 0))
