#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The dashboard on a terminal: to and fro with the prompt, signals, sizes, kinds of terminal, what it sends.
source "$(dirname "$0")/lib.sh"

plan 35

# A prompt in a window of some size: prompt [COLUMNS LINES [TERM]]
prompt() {
  term_start -x "${1:-80}" -y "${2:-24}" env TERM="${3:-tmux-256color}" "$ASSAY" -q --no-rc
  wait_prompt
}
hints() { screen | tail -n 1 | grep -q '^? help  q back'; }
wait_hints() { until_true "$patience" hints; }
last_line() { screen | grep -v '^$' | tail -n 1; }
ends_in() { [[ $(last_line) == "$1" ]]; }
wait_end() { until_true "$patience" ends_in "$1"; }

# ---- to and fro

prompt
enter 'print("before " .. 6 * 7)'
wait_for '^before 42$'
type_text 'half = "typed'
press F2
check "F2 shows the dashboard" wait_hints
press F2
check "the half-typed line is back" wait_end '> half = "typed'
check "so is what stood above it" wait_for '^before 42$'
type_text '"'
press Enter
enter 'print(#half)'
check "and it can be finished" wait_for '^5$'
press F2
wait_hints
press ':'
type_text 'made = 6 * 111'
press Enter
sees '> made = 6'
press q
wait_end '>'
check "a statement of the dashboard stands in the scrollback" wait_for '^> made = 6'
enter 'print(made)'
check "and its variable is there" wait_for '^666$'
press Up Up
check "and it is in the history" wait_end '> made = 6 * 111'
press C-u
enter '.dash help'
check ".dash sees a page" sees 'where to begin'
press C-c
wait_end '>'
enter 'print("still " .. "here")'
check "Ctrl-C leaves the dashboard, not assay" wait_for '^still here$'

# ---- the terminal as it was

term_start bash --norc
type_text "PS1='shell%'"
press Enter
type_text "stty -g >'$TMPDIR/modes1'; '$ASSAY' -q --no-rc"
press Enter
wait_end '>'
for _ in 1 2 3 4 5 6 7 8 9 10; do
  press F2
  wait_hints
  press F2
  wait_end '>'
done
press C-d
wait_end 'shell%'
type_text "stty -g >'$TMPDIR/modes2'; echo is done"
press Enter
wait_for '^is done'
check "ten times there and back leaves the terminal's modes" cmp "$TMPDIR/modes1" "$TMPDIR/modes2"

# ---- Ctrl-Z, crashes

type_text "'$ASSAY' -q --no-rc"
press Enter
wait_end '>'
press F2
wait_hints
press C-z
wait_for 'Stopped'
enter 'fg'
check "Ctrl-Z and fg draw the screen again" wait_hints
press F2
wait_end '>'

# The window's shell runs bash, which runs assay.
end_by() {
  press F2
  wait_hints
  local pid
  pid=$(pgrep -P "$(program)" | head -n 1)
  kill -"$1" "$pid" || return 1
  until_true "$patience" shell_is_back && enter 'stty -a | tr " ;" "\n\n" | grep -x -e -\\?echo' && wait_for '^echo$'
}
shell_is_back() { [[ $(screen) == *'shell%'* ]] && ! screen | grep -q '? help  q back'; }
check "SIGTERM gives the terminal back" end_by TERM
enter 'clear'
type_text "ASAN_OPTIONS='${ASAN_OPTIONS-}:handle_segv=0' TSAN_OPTIONS='${TSAN_OPTIONS-}:handle_segv=0' '$ASSAY' -q --no-rc"
press Enter
wait_end '>'
check "SIGSEGV too" end_by SEGV

# ---- sizes

prompt 80 24
press F2
wait_hints
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  tm resize-window -t test -x $((40 + n * 7 % 90)) -y $((10 + n * 5 % 40))
  sleep 0.05
done
tm resize-window -t test -x 100 -y 30
fits() { hints && (($(screen | head -n 1 | wc -m) <= 101)) && [[ $(screen | sed -n 27p) == '└'* ]]; }
check "a storm of resizes ends in a right screen" until_true "$patience" fits
resize 30 8
check "a window too small says so" wait_for 'assay needs 40 x 10'
press j ':' 5
at_rest
tm resize-window -t test -x 80 -y 24
check "and keys did nothing meanwhile" wait_hints
press q
check "the prompt is as wide as the window" wait_end '>'

# ---- kinds of terminal

try_term() {
  prompt 80 24 "$1"
  press F2
  wait_hints && press q && wait_end '>'
}
for kind in vt100 linux screen xterm-mono xterm-256color; do
  check "TERM=$kind shows it" try_term $kind
done
report_instead() {
  term_start -x 80 -y 24 env TERM="$1" "$ASSAY" -q --no-rc
  wait_end '>'
  enter '.dash'
  wait_for 'cannot show the dashboard' && enter 'print(2 + 5)' && wait_for '^7$'
}
for kind in dumb bogus ''; do
  check "TERM='$kind': a message, and the session lives" report_instead "$kind"
done

# ---- while a fit runs

term_start env TERM=tmux-256color "$ASSAY" --no-rc
wait_prompt
enter 'x, y = {}, {} for i = 1, 30000 do x[i] = (i * 7919 % 10007) / 7; y[i] = i * i % 9973 end df = frame{a = x, b = y}'
wait_prompt
press F2
wait_hints
press ':'
type_text 'seg = df:kmeans{k = 60, starts = 10000, refine = "none"}'
press Enter
sees 'runs$'
press F1
check "keys are answered while a fit runs" sees 'page|where to begin'
check "and what runs is told" test -n "$(screen | head -n 1 | grep kmeans)"
press F2
check "leaving shows the live line" wait_for '^kmeans.*Ctrl-C stops'
press C-c
wait_end '>'
press F2
wait_hints
enter_watch() { press C-p && type_text 'watch' && press Enter && sees 'Statements'; }
press ':'
type_text 'held = df:kmeans{k = 60, starts = 10000, refine = "none"}'
press Enter
sees 'runs$'
enter_watch
press Space
sees 'paused'
press F2
check "a paused fit goes on when the dashboard is left" wait_for '^kmeans.*Ctrl-C stops'
press C-c
wait_end '>'
press F2
wait_hints
press ':'
type_text 'seg2 = df:kmeans{k = 60, starts = 10000, refine = "none"}'
press Enter
sees 'runs$'
press C-c
check "Ctrl-C stops the fit, and the dashboard stays" sees 'stopped'
wait_hints
press ':'
type_text 'print(df and "alive")'
press Enter
check "and it is alive" sees '^alive$'
press F2
wait_end '>'

# ---- paste, mouse

press F2
wait_hints
tm set-buffer 'q?:two
lines客'
tm paste-buffer -p -t test
press ':'
tm paste-buffer -p -t test
check "what is pasted is text, never keys" sees '^: q\?:two lines客'
prompt 80 24 xterm-256color
enter '.mouse on'
press F2
wait_hints
press F1
sees 'where to begin'
wheel() { tm send-keys -t test -l $'\e[<65;5;6M'; sees '^│>' && ! visible '│>where to begin'; }
check "with the mouse on the wheel moves in a list" until_true "$patience" wheel
press F2
wait_end '>'

# ---- what it sends, and what it costs to wait

prompt 80 24
press F2
wait_hints
press F1
sees '│>where to begin'
at_rest
tm pipe-pane -t test "cat >'$TMPDIR/sent'; touch '$TMPDIR/sent.all'"
press Down
wait_gone '│>where to begin'
at_rest
tm pipe-pane -t test
until_true "$patience" test -e "$TMPDIR/sent.all"
bytes=$(stat -c %s "$TMPDIR/sent")
check "a key that moves the cursor sends under 2 kB" test "$bytes" -gt 0 -a "$bytes" -lt 2000
pid=$(program)
switches() { awk '/^voluntary/ { n += $2 } END { print n }' /proc/"$pid"/task/*/status; }
before=$(switches)
sleep 1.5
check "and the dashboard costs nothing while it waits" test $(($(switches) - before)) -le 2
