#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The line being typed: colours, the card of a call, the editor, help by key; and what the prompt remembers.

source "${BASH_SOURCE%/*}/lib.sh"
plan 27

cd "$TMPDIR" || exit

# The characters on the screen are the same with colours and without.
keys() {
  type_text 'x = "客户 and a long text that goes on" .. 12 -- more' && press Home Right Right C-k &&
    type_text 'f(1, "two", {3, four = [[five]]}) and not nil or 0x1F' && press Left Left
}

# The lines that are not empty, and the cursor's column: how far a resize moves them up is tmux's affair.
seen() { screen | sed '/^ *$/d' && tm display-message -p -t test '#{cursor_x}'; }

shows() { # setting, columns
  term_start -x "$2" -y 16 "$ASSAY" -q && wait_prompt && enter ".set card off" && wait_prompt &&
    enter ".set highlight $1" && wait_prompt && press C-l && keys && wait_for '0x1F|1F$' &&
    resize 30 16 && resize "$2" 16 && press C-l && wait_for 'four' && at_rest
}

same_text() {
  shows on "$1" && seen >"$TMPDIR/on" && shows off "$1" && seen >"$TMPDIR/off" && diff "$TMPDIR/on" "$TMPDIR/off"
}

has_color() { tm capture-pane -p -e -t test | grep -q $'\e\[3[0-9]m'; }

colours() { start_assay && type_text 'y = "text"' && wait_for 'y = "text"' && until_true "$patience" has_color; }

no_colour() {
  term_start env NO_COLOR=1 "$ASSAY" -q && wait_prompt && type_text 'y = "text"' && wait_for 'y = "text"' && ! has_color
}

dumb() {
  term_start env TERM=dumb "$ASSAY" -q && wait_prompt && type_text 'kmeans(' && wait_for 'kmeans\($' &&
    ! tm capture-pane -p -e -t test | grep -q $'\e' && ! has_line 'scale'
}

card() { start_assay && type_text 'df:kmeans{' && wait_for '^df:kmeans\(k, \{on, scale'; }

card_option() { type_text 'k = 2, scale = ' && wait_for '^scale: how variables are scaled first' && wait_gone '^df:kmeans\(k'; }

card_goes() { press C-u && wait_gone '^scale: how' && enter 'print(6 * 7)' && wait_for '^42$' && wait_prompt; }

card_gone_on_interrupt() { type_text 'read(' && wait_for '^read\(path' && press C-c && wait_gone '^read\(path' && wait_prompt; }

card_at_bottom() {
  term_start -x 80 -y 8 "$ASSAY" -q && wait_prompt
  for i in 1 2 3 4 5 6 7; do enter "$i + 100" && wait_for "^10$i\$" || return; done
  wait_prompt && type_text 'read(' && wait_for '^read\(path' && type_text '"x"' && wait_for '^> read\("x"' &&
    [[ $(screen | grep -c 'read("x"') == 1 ]]
}

card_off() { start_assay && enter '.set card off' && wait_prompt && type_text 'read(' && wait_for '> read\($' && ! has_line '^read\(path'; }

help_key() { start_assay && type_text 'df:kmeans{k = ' && press F1 && wait_for '^  starts ' && wait_for '^> df:kmeans\{k ='; }

help_key_word() { start_assay && type_text 'quantile' && press F1 && wait_for 'quantile' && wait_for '^> quantile'; }

editor() {
  printf '#!/bin/sh\nsed -i s/six/6/ "$1"\nprintf "\\n  * 7\\n" >>"$1"\n' >"$TMPDIR/ed"
  chmod +x "$TMPDIR/ed"
  term_start env EDITOR="$TMPDIR/ed" "$ASSAY" -q && wait_prompt && type_text 'print(' && press Enter && wait_for '^[^ ]*>>' &&
    type_text 'six' && press C-x C-e && wait_for '\* 7' && type_text ')' && press Enter && wait_for '^42$' && wait_prompt
}

editor_fails() {
  term_start env EDITOR=false "$ASSAY" -q && wait_prompt && type_text 'print(41 + 1)' && press C-x C-e &&
    wait_for "editor 'false' ended with status 1" && press Enter && wait_for '^42$' && wait_prompt
}

editor_odd_bytes() {
  printf '#!/bin/sh\nprintf "six = 6\\r\\nsix * 7\\r\\n" >"$1"\n' >"$TMPDIR/ed"
  chmod +x "$TMPDIR/ed"
  term_start env EDITOR="$TMPDIR/ed" "$ASSAY" -q && wait_prompt && type_text 'x' && press C-x C-e && wait_for '^six \* 7$' &&
    press Enter && wait_for '^42$' && has_line '^> six = 6$'
}

editor_nul() {
  printf '#!/bin/sh\nprintf "x = 1\\0y = 2" >"$1"\n' >"$TMPDIR/ed_nul"
  chmod +x "$TMPDIR/ed_nul"
  term_start env EDITOR="$TMPDIR/ed_nul" "$ASSAY" -q && wait_prompt && type_text 'print(41 + 1)' && press C-x C-e &&
    wait_for 'NUL byte at offset 5' && press Enter && wait_for '^42$' && wait_prompt
}

# NaN is not equal to itself, and what has no name is no variable: neither is a change.
undo_odd_values() {
  start_assay && enter 'alpha = 0/0' && enter 'beta = 1' && wait_prompt && answers '.undo' 'beta is gone' && answers 'alpha' '^NaN$' &&
    enter '_ENV[1] = 2' && wait_prompt && answers '.undo' 'undone: alpha = 0/0'
}

undo() {
  start_assay && enter 'alpha = 1' && enter 'alpha = 2; beta = 3' && wait_prompt && answers '.undo' 'alpha is again 1' &&
    wait_for 'beta is gone' && answers 'alpha' '^1$' && answers '.undo' 'alpha is gone' && answers 'alpha' "'alpha' is not known" &&
    answers '.undo' 'nothing to undo'
}

undo_after_failure() { start_assay && enter 'alpha = 1' && answers 'alpha = 2 error("x")' 'error: ' && answers '.undo' 'alpha is again 1'; }

results() {
  start_assay && answers '20 + 1' '^21$' && answers '_ * 2' '^42$' && answers '_1 + 100' '^121$' && answers 'out[2] + out[-1]' '^163$' &&
    answers '#out' '^4$' && answers '.out' '_2 +42 +_ \* 2' && answers '_77' 'no result 77'
}

digits() {
  start_assay && enter '.set digits 3' && answers 'frame{a = {1.23456}}' '^   1\.23$' && answers '.set digits 99' 'takes 1\.\.17' &&
    enter 'assay.set{digits = 9}' && answers '_1' '1\.23456$'
}

folder() { start_assay && mkdir -p "$TMPDIR/deep er" && answers ".cd deep er" 'deep er$' && answers '!pwd' '/deep er$' && answers '.cd nowhere' 'cannot enter'; }

shell_status() { answers '!exit 3' 'status 3'; }

comparison() {
  start_assay && enter 'df = frame{age = {1, 2}}' && wait_prompt && answers 'x = df.age == 1' 'df\.age:eq\(\.\.\.\) compares' &&
    answers 'y = df.age ~= 1' 'df\.age:ne\(\.\.\.\)'
}

no_warning() {
  start_assay && enter 'df = frame{age = {1, 2}}' && wait_prompt && enter 'x = "df.age == 1" == "" or #df.age == 2' && wait_prompt &&
    enter 'y = df.ag and 1 == 1 -- df.age == 1' && wait_prompt && ! has_line 'compares cell by cell'
}

check "29: same characters with colours, 80 columns" same_text 80
check "29: same characters with colours, 40 columns" same_text 40
check "colours" colours
check "NO_COLOR: no colour while typing" no_colour
check "TERM=dumb: no escape, no card" dumb
check "a card of the call" card
check "the card of an option" card_option
check "the card goes with the call" card_goes
check "Ctrl-C takes the card away" card_gone_on_interrupt
check "the card at the bottom of the screen" card_at_bottom
check ".set card off" card_off
check "F1 in a call" help_key
check "F1 on a word" help_key_word
check "28: the statement in an editor" editor
check "28: an editor that fails" editor_fails
check "an editor that ends lines in CRLF" editor_odd_bytes
check "an editor that leaves a NUL byte" editor_nul
check ".undo of values that are not equal to themselves" undo_odd_values
check ".undo" undo
check ".undo after a failure" undo_after_failure
check "results by number" results
check "digits" digits
check ".cd" folder
check "! and a status" shell_status
check "a column compared by == is warned of" comparison
check "what only looks like it is not" no_warning
check "the session goes on" answers '1 + 1 == 2' '^true$'
stop_screen
