#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The dashboard while it works: pause, step, back, finish now, cancel; statements that wait; keys while all cores are
# busy; what is printed, errors; signals with work in hand; no colours.
source "$(dirname "$0")/lib.sh"

plan 27

export XDG_STATE_HOME=$TMPDIR/state
dash() {
  term_start -x 100 -y 30 env TERM=tmux-256color "$ASSAY" --no-rc
  wait_prompt
  enter 'x, y = {}, {} for i = 1, 30000 do x[i] = (i * 7919 % 10007) / 7; y[i] = i * i % 9973 end df = frame{a = x, b = y}'
  wait_prompt
  press F2
  sees '^\? help  q back'
}
lua() {
  press ':'
  sees '^:'
  type_text "$1"
  press Enter
}
watch() { press C-p && sees 'What to do' && type_text 'watch' && press Enter && sees 'Statements'; }
long="df:kmeans{k = 60, starts = 10000, refine = 'none'}"
fit() { lua "$1 = $long" && sees 'runs$'; }
stepped() { sees 'step [0-9]+ of [0-9]+'; }
step_number() { screen | sed -n 's/.*step \([0-9]*\) of [0-9]*.*/\1/p' | head -n 1; }

# ---- the running fit

dash
watch
fit kept
stepped
check "Space pauses a fit" eval "press Space; sees 'paused'"
at_rest
at=$(step_number)
is_at() { [[ $(step_number) == "$1" ]]; }
press Left
check "Left looks at the step before" until_true "$patience" is_at $((at - 1))
press Right Right
check "Right goes on, one step of a fit that is paused" until_true "$patience" is_at $((at + 1))
check "keys are answered while it is paused" eval "press F1; sees 'Topics'; press 8; sees 'Statements'"
press f
lua 'print("complete " .. tostring(kept:glance().complete[1]))'
check "f keeps a partial result" sees '^complete false'
fit dropped
stepped
press x
lua 'print("is " .. type(rawget(_G, "dropped")))'
check "x drops it" sees '^is nil'

lua "parts = df:spectral{k = 3}"
sees 'spectral, .*(%|s)'
press f
check "finished before its first step: said to have kept nothing" sees 'spectral had made no step yet'
lua "found = df:choose{method = 'kmeans', k = {2, 3, 4, 5, 6, 7, 8, 9, 10}}"
stepped
press f
check "one that tries several keeps those that it tried" sees 'found = .*done, partial'

# ---- statements that wait

fit busy
lua 'first = df:kmeans{k = 2}'
lua 'tidied = first:tidy()'
lua 'second = df:kmeans{k = 3}'
check "statements wait for the one that runs" sees 'runs, 3 more waiting'
check "and stand in the list, with the time that is forecast for each" sees 'first = .*waits, about [0-9]'
check "or that it is not known" sees 'tidied = .*waits, time not known'
press BTab Down Enter
check "and why" sees 'time not known: first is not there yet'
press Escape Home
check "progress of the one that runs is shown" sees 'busy = .*(runs|%)'
press D
check "one that waits is taken out" sees 'runs, 2 more waiting'
press f
sees 'done'
lua 'print("first " .. #first:tidy())'
check "the others run when it ends" sees '^first 2$'

# ---- leaving

fit held
lua 'after = 1'
press F2
check "the live line stands at the prompt" sees '^kmeans.*Ctrl-C stops'
press C-c
wait_end() { until_true "$patience" at_prompt; }
wait_end
check "statements that had to wait are said at the prompt" wait_for 'statements that wait in the dashboard: 1'
enter 'print("alive " .. #df)'
check "and the session lives" wait_for '^alive 30000'
press F2
check "and they run when it is come back to" sees '> after = 1'

# ---- all cores

dash
lua "big = df:sample(300000, {replace = true})"
sees '> big = '
lua "seg = big:kmeans{k = 60, starts = 10000, refine = 'none', on = {'a', 'b'}}"
sees 'runs$'
press F1
check "a key is answered while all cores fit" eval "sees 'Topics' && sees '^ 1.*kmeans'"
press C-c
sees 'stopped'

# ---- what is printed, what fails

lua 'error("first line\nsecond line")'
check "an error's first line is in the message line" sees 'error: .*first line.*Enter for more'
press Enter
check "Enter shows all of it" sees '│ +second line +│'
press Enter
wait_gone 'What went wrong'
lua 'for i = 1, 40 do print("row " .. i) end'
check "what a statement prints is a window that scrolls" sees 'row 10'
press Enter
wait_gone "What went wrong|row 10"
journal() { cat "$TMPDIR"/state/assay/*/*/*.lua; }
lines=$(journal | grep -vc '^--')
press 2
sees '\[2 Summary\]'
press 1 f
type_text 'a > 1'
press Enter 4 6 0
sees '\[0 Help\]'
fresh() { [[ $(journal | grep -vc '^--') == "$lines" ]]; }
check "looking leaves no line in the journal" fresh
check "what failed is a comment there" eval "journal | grep -q '^--! error'"

# ---- signals, colours

dash
lua 'safe = 42'
sees '> safe = 42'
kill -HUP "$(program)"
wait_exit
check "SIGHUP ends it with the journal written" eval "journal | grep -q '^safe = 42'"
term_start env TERM=xterm-256color NO_COLOR=1 "$ASSAY" -q --no-rc dash datasets/iris/iris.csv
sees '^\? help'
coloured() { tm capture-pane -p -e -t test | grep -Eq $'\e\\[[0-9;]*(3[0-7]|38|4[0-7]|9[0-7])m'; }
check "NO_COLOR: no colour" eval "! coloured"
stop_screen
