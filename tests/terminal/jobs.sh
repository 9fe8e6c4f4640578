#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Long fits: the live line, typing ahead, Ctrl-C with the partial result kept and continued, also at random moments.

source "${BASH_SOURCE%/*}/lib.sh"
rounds=${TERMINAL_ROUNDS:-10}
RANDOM=${TERMINAL_SEED:-1}
plan 13
cd "$TMPDIR" || exit

cat >data.lua <<LUA
x, y = {}, {}
for i = 1, 100000 // $slow do
  x[i], y[i] = math.random() + math.random(), math.random()
end
df = frame{x = x, y = y}
x, y = nil, nil
small = df:head(2000)
function long() return df:kmeans{k = 60, starts = 200, refine = "none"} end
function some() return df:kmeans{k = 30, starts = 4, refine = "none"} end
parts, stops = false, 0
function many() return small:kmeans{k = 30, starts = $((400 / slow)), refine = "none"} end
function step()
  if not parts then
    parts = many()
  elseif not parts.complete then
    stops = stops + 1
    parts = parts:continue()
  end
end
kept = "here"
LUA

begin() { term_start "$ASSAY" "$@" -i data.lua && wait_prompt 60; }

round=0
alive() {
  round=$((round + 1))
  answers "kept .. $round" "^here$round\$"
}

live_line() {
  begin && enter 'm = long()' && wait_for '^kmeans, .*[0-9]%, .* s.*objective [0-9].*Ctrl-C stops' &&
    wait_for '^kmeans, .* [0-9]+%, [0-9][^,]*, [0-9][^,]* left, objective.*stops\)'
}

stops() {
  press C-c && wait_for 'result so far was kept' 10 && wait_prompt && wait_gone '^kmeans,' && alive &&
    answers 'm.complete' '^false$' && answers 'm.k * 1000' '^60000$'
}

typed_ahead() {
  enter 'm = some()' && wait_for '^kmeans, ' && type_text '"ty" .. "ped"' &&
    until_true 30 has_line '^> "ty" \.\. "ped"$' && ! has_line '^kmeans,.*ped' && press Enter && wait_for '^typed$' && wait_prompt
}

quiet() {
  begin "$1" && tm pipe-pane -t test 'cat >bytes' && enter 'm = some()' && wait_prompt 30 && answers '"do" .. "ne"' '^done$' &&
    grep -q done bytes && ! grep -q 'Ctrl-C stops' bytes
}

ends_interrupted() { # statement: a second press, or the next fit of the same statement, ends it
  enter "$1" && wait_for '^kmeans, |^begun' && press C-c && { until_true 1 at_prompt || press C-c; } &&
    wait_for 'interrupted' && wait_prompt 10 && alive
}

at_a_moment() {
  local i
  for ((i = 0; i < rounds; i++)); do
    enter "$1" && sleep "0.$(printf '%03d' $((RANDOM % 300)))" && press C-c && wait_prompt 10 && alive || return
    press C-l
  done
}

# A fit that is stopped at random moments, again and again, ends where the uninterrupted one does.
continues() {
  local i
  enter 'whole = many()' && wait_prompt 60 && enter 'step()' || return
  for ((i = 0; i < rounds; i++)); do
    sleep "0.$(printf '%03d' $((RANDOM % 60)))"
    press C-c
    wait_prompt && alive && enter 'step()' || return
  done
  wait_prompt 60 && enter 'while not parts or not parts.complete do step() end' && wait_prompt 60 &&
    answers 'parts.complete and stops > 2' '^true$' && answers 'whole.inertia == parts.inertia and "sa" .. "me"' '^same$' &&
    answers 'whole.iterations == parts.iterations and "equ" .. "al"' '^equal$'
}

in_batch() {
  term_start bash -c 'trap : INT; "$@"' batch "$ASSAY" -e 'dofile("data.lua") print("beg" .. "un") m = long() print("ne" .. "ver")' &&
    wait_for '^kmeans, |^begun' && press C-c && wait_exit 5 && [[ $exit_status == 130 ]] && ! has_line '^never'
}

no_line_in_a_log() {
  term_start bash -c '"$@" 2>log' batch "$ASSAY" -e 'dofile("data.lua") m = some() print("do" .. "ne")' &&
    wait_for '^done' 60 && wait_exit && [[ ! -s log ]] && ! has_line '^kmeans, '
}

check "a live line with share, time and objective" live_line
check "Ctrl-C keeps the result so far, wipes the line, keeps the session" stops
check "what is typed meanwhile waits for the prompt" typed_ahead
check "a loop of fits ends" ends_interrupted 'for i = 1, 1000 do m = long() end'
check "also in pcall" ends_interrupted 'while true do pcall(long) end'
check "also in a coroutine" ends_interrupted 'while true do coroutine.wrap(long)() end'
check "one long fit, at random moments" at_a_moment 'm = long()'
check "a loop of short fits, at random moments" at_a_moment 'while true do m = small:kmeans{k = 3} end'
check "stopped at random moments and continued, it ends as if never stopped" continues
check "-q: no live line" quiet -q
check "--plain: no live line" quiet --plain
check "in batch a press ends with 130" in_batch
check "no live line where standard error is no terminal" no_line_in_a_log
((failures == 0))
