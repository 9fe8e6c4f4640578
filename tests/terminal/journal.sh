#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The journal at a terminal: sessions that are killed, interrupted, side by side, and taken up again.

source "${BASH_SOURCE%/*}/lib.sh"
plan 8
mkdir -p "$TMPDIR/here" && cd "$TMPDIR/here" || exit
printf 'x,y\n' >points.csv
awk 'BEGIN { for (i = 1; i <= 3000; i++) printf "%d,%d\n", i * 7919 % 1009, i * 104729 % 997 }' >>points.csv

journals() { find "$XDG_STATE_HOME/assay/journal" -name '*.lua' | sort; }
newest() { journals | tail -n 1; }
clear_journals() { rm -rf "$XDG_STATE_HOME/assay/journal"; }
child_of() { grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status | head -1 | cut -d/ -f3; }
kill_assay() { kill -9 "$(child_of "$(tm display-message -p -t test '#{pane_pid}')")" && wait_exit; }

# Killed at the prompt, the variables come back with the digests they had.
killed_at_the_prompt() {
  clear_journals
  start_assay && enter 'df = read "points.csv"' && wait_prompt && enter 'seg = df:kmeans{k = 3, seed = 5}' && wait_prompt &&
    enter 'name = "客户"' && wait_prompt && kill_assay || return
  local digest
  digest=$(grep -o 'sets seg .*' "$(newest)")
  ! grep -q '^--@ ended' "$(newest)" || { echo "# ended"; return 1; }
  start_assay resume && wait_for 'the variables are back' && answers 'seg.k' '^3$' && answers 'name' '^客户$' &&
    [[ -n $digest && $(grep -o 'sets seg .*' "$(newest)") == "$digest" ]]
}

# Killed while a statement runs: it is told, and not run again.
killed_while_running() {
  clear_journals
  start_assay && enter 'a = 41' && wait_prompt && enter 'while true do a = a end' && until_true "$patience" running_is 'while true' &&
    kill_assay && term_start "$ASSAY" -q resume && wait_for 'when the session broke off this was running' && wait_for 'while true' &&
    wait_for 'the variables are back' && answers 'a + 1' '^42$'
}
running_is() { grep -q "$1" "$XDG_STATE_HOME"/assay/journal/*/*.running 2>/dev/null; }

# Killed again and again while statements come in quickly: what is in the journal is whole, up to some statement.
killed_at_any_moment() {
  local round last file seen=0
  {
    for ((i = 1; i <= 4000; i++)); do printf 'n = %d\ntext%d = [[\nline %d\n]]\n' "$i" $((i % 7)) "$i"; done
  } >many.txt
  for round in 0.05 0.09 0.16 0.23; do
    clear_journals
    "$ASSAY" -q -i --no-rc <many.txt >/dev/null 2>&1 &
    local pid=$!
    sleep "$round" # a random moment is what is tested
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    file=$(newest)
    [[ -n $file ]] || continue
    last=$(grep -c '^--= [0-9]* done' "$file")
    "$ASSAY" -e "assert(loadfile [[$file]])" || { echo "# not Lua: $file"; return 1; }
    echo 'n' | "$ASSAY" resume 2>/dev/null | tail -n 1 >value.txt
    echo "# killed after $last statements, n = $(<value.txt)"
    ((last == 0)) || seen=$((seen + 1))
    [[ $last == 0 || $(<value.txt) == $((last / 2 + last % 2)) ]] || return
  done
  ((seen > 0)) || { echo "# no statement ran before the program was killed"; return 1; }
}

two_at_once() {
  clear_journals
  start_assay && enter 'first = 1' && wait_prompt && echo 'second = 2' | "$ASSAY" -q -i --no-rc >/dev/null 2>&1 &&
    [[ $(journals | wc -l) == 2 ]] && "$ASSAY" resume --list >list.txt && grep -q 'running .*first = 1' list.txt &&
    grep -q 'ended .*second = 2' list.txt && echo second | "$ASSAY" resume 2>/dev/null | tail -n 1 | grep -qx 2 &&
    press C-d && wait_exit && "$ASSAY" resume --list | grep -q 'ended .*first = 1'
}

interrupted_statement() {
  clear_journals
  start_assay && enter 'b = 1' && wait_prompt && enter 'b = 2 while true do end' && until_true "$patience" running_is 'b = 2' &&
    press C-c && wait_prompt && press C-d && wait_exit && grep -q '^--! b = 2 while' "$(newest)" && grep -q 'failed interrupted' "$(newest)" &&
    echo b | "$ASSAY" resume 2>/dev/null | tail -n 1 | grep -qx 1
}

# A fit that was stopped is marked; a replay runs it to its end, and says that it was not compared.
partial_fit() {
  clear_journals
  start_assay && enter 'df = read "points.csv"' && wait_prompt &&
    enter 'seg = df:kmeans{k = 40, starts = 100000}' && until_true "$patience" running_is 'starts' && sleep 0.3 && press C-c && wait_prompt &&
    answers 'seg.complete' '^false$' && enter 'n = seg.k' && wait_prompt && enter 'm = #df' && wait_prompt && press C-d && wait_exit &&
    grep -q 'sets seg model .*complete=false' "$(newest)" || return
  sed 's/starts = 100000/starts = 1/' "$(newest)" >short.lua # so that its end comes today
  "$ASSAY" replay --check short.lua >out.txt || { cat out.txt; return 1; }
  cat out.txt
  grep -q '^2 steps: the same' out.txt && grep -q '^3 steps were not compared' out.txt
}

says_where() { start_assay && answers '.journal' 'the journal is on, 0 statements' && wait_for 'assay/journal/here-'; }

no_place() {
  clear_journals
  rm -rf "$XDG_STATE_HOME/assay" && mkdir -p "$XDG_STATE_HOME/assay" && touch "$XDG_STATE_HOME/assay/journal"
  start_assay && enter 'c = 5' && wait_for 'no journal is kept' && wait_prompt && press C-l && answers 'c + 1' '^6$' &&
    ! screen | grep -q 'no journal'
  local status=$?
  rm -f "$XDG_STATE_HOME/assay/journal"
  return $status
}

check "killed at the prompt" killed_at_the_prompt
check "killed while a statement runs" killed_while_running
check "killed at any moment" killed_at_any_moment
check "two sessions at once" two_at_once
check_stop "an interrupted statement" interrupted_statement
check_stop "a fit that was stopped" partial_fit
check ".journal says where" says_where
check "a state folder that cannot be used" no_place
((failures == 0))
