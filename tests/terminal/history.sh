#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The history file: whole statements that survive, one entry each, in the right place and with the right mode.

source "${BASH_SOURCE%/*}/lib.sh"
plan 12
file=$XDG_STATE_HOME/assay/history
mkdir "$TMPDIR/here" && cd "$TMPDIR/here" || exit

recalls() { # text that the keys must bring back
  local want=$1
  shift
  press "$@" && wait_for "$want" && press C-c && wait_prompt
}

child_of() { # the process started by process $1
  grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status | head -1 | cut -d/ -f3
}

survives_kill() {
  start_assay && answers '"ma" .. "rk"' '^mark$' && kill -9 "$(child_of "$(tm display-message -p -t test '#{pane_pid}')")" &&
    wait_exit && start_assay && recalls '^> "ma" \.\. "rk"$' Up
}

mode_is_private() { [[ $(stat -c %a "$file") == 600 ]]; }
folder_is_private() { [[ $(stat -c %a "${file%/*}") == 700 ]]; }

wide_file_is_closed() { chmod 644 "$file" && start_assay && mode_is_private; }

lines_are_one() {
  start_assay && enter 'function twice(x)' && wait_for '^[^ ]*>>' && enter '  return 2 * x -- second line' && enter 'end' && wait_prompt &&
    answers 'twice(21)' '^42$' && press C-d && wait_exit && start_assay && press Up Up && wait_for 'function twice' &&
    wait_for 'second line' && wait_for '^end$' && press C-c && wait_prompt
}

found_by_second_line() {
  press C-l && press C-r && type_text 'second' && wait_for 'function twice\(x\)' && press Enter && wait_prompt &&
    answers 'twice(4)' '^8$'
}

no_repeats() {
  local before after
  before=$(grep -c '^"again"$' "$file")
  enter '"again"' && wait_prompt && enter '"again"' && wait_prompt && answers '"do" .. "ne"' '^done$'
  after=$(grep -c '^"again"$' "$file")
  ((after == before + 1))
}

commands_too() { enter '.time' && wait_for 'times are shown' && wait_prompt && recalls '^> \.time$' Up; }

time_like_line_is_safe() {
  enter 'text = [[' && wait_for '^[^ ]*>>' && enter '#123' && enter ']]' && wait_prompt && press C-d && wait_exit && start_assay &&
    press Up && wait_for 'text = \[\[' && wait_for '#123' && press C-c && wait_prompt
}

is_cut() {
  local i
  for ((i = 1; i <= 10050; i++)); do printf '#1700000000\nx = %d\n' "$i"; done >"$file"
  start_assay && [[ $(grep -c '^x = ' "$file") == 10000 ]] && [[ $(sed -n 2p "$file") == 'x = 51' ]] &&
    [[ $(head -n 1 "$file") == '#1700000000' ]] && mode_is_private && recalls '^> x = 10050$' Up
}

in_the_project() {
  mkdir -p .assay
  start_assay && answers '"pro" .. "ject"' '^project$' && grep -q 'pro.*ject' .assay/history && ! grep -q 'pro.*ject' "$file" &&
    [[ $(stat -c %a .assay/history) == 600 ]]
}

read_only() {
  rm -rf .assay "${file%/*}" && mkdir -p "${file%/*}" && mkdir "$file"
  term_start "$ASSAY" -q && wait_prompt && wait_for 'no history is kept|cannot' && answers '"go" .. "es on"' 'goes on' &&
    recalls '"go" \.\. "es on"' Up && answers '"st" .. "ill"' still && [[ $(all_text | grep -c 'history') == 1 ]]
}

check "the last statement survives kill -9" survives_kill
check "its mode is 0600" mode_is_private
check "its folder's is 0700" folder_is_private
check "a file open to others is closed" wide_file_is_closed
check "a function of three lines is one entry after a restart" lines_are_one
check "Ctrl-R finds it by its second line" found_by_second_line
check "a repeated statement is kept once" no_repeats
check "commands are kept" commands_too
check "a line that looks like a time does not split an entry" time_like_line_is_safe
check "it is cut to the newest 10,000" is_cut
check "a folder .assay keeps its own" in_the_project
check "without a file there is one note, and the session's own history" read_only
((failures == 0))
