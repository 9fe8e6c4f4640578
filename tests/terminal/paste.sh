#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Text that is pasted, and windows that change their size.

source "${BASH_SOURCE%/*}/lib.sh"
plan 14
cd "$TMPDIR" || exit

paste() { printf '%s' "$1" | tm load-buffer - && tm paste-buffer -p -d -r -t test; }
paste_plainly() { printf '%s' "$1" | tm load-buffer - && tm paste-buffer -d -t test; }
begin() { start_assay && answers '"rea" .. "dy"' '^ready$'; }

waits_for_enter() {
  begin && paste $'a = 20\nb = 22\nprint("su" .. "m", a + b)' && wait_for 'print\("su"' && ! has_line '^sum' && press Enter &&
    wait_for '^sum.*42$' && wait_prompt
}

function_is_one() {
  begin && paste $'function twice(x)\n  return 2 * x\nend\n' && press Enter && wait_prompt && answers 'twice(21)' '^42$' && press Up Up &&
    wait_for '^  return 2 \* x$' && press C-c && wait_prompt
}

each_value_shows() { begin && paste $'10 + 1\n10 + 2\n10 + 3' && press Enter && wait_for '^11$' && wait_for '^12$' && wait_for '^13$'; }
locals_hold() { begin && paste $'local part = "loc"\nprint(part .. "al")' && press Enter && wait_for '^local$'; }
chains_hold() { begin && paste $'text = ("x")\n  :rep(3)\nprint(text .. "!")' && press Enter && wait_for '^xxx!$'; }
prompts_come_off() { begin && paste $'> t = {\n>> 5,\n>> 6}\n> t[1] * t[2]' && press Enter && wait_for '^30$'; }

failure_stops() {
  begin && paste $'one = 1\nerror("sto" .. "p")\nprint("ne" .. "ver")' && press Enter && wait_for 'stop' &&
    wait_for 'what was behind it did not run' && wait_prompt && ! has_line '^never'
}

incomplete_goes_on() { begin && paste $'print("op" ..\n  "en" ..' && press Enter && wait_for '^[^ ]*>>' && enter '"ed")' && wait_for '^opened$'; }
commands_within() { begin && paste $'seven = 7\n.vars\nseven * 6' && press Enter && wait_for 'seven +.*number' && wait_for '^42$'; }
plainly() { begin && paste_plainly $'nine = 9\nnine * 9\n' && wait_for '^81$' && wait_prompt; }

resized_line() {
  begin && type_text 'x = "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd"' && wait_for 'dddd"$' && tm resize-window -t test -x 40 -y 24 &&
    until_true 5 eval '[[ $(tm display-message -p -t test "#{pane_width}") == 40 ]]' && type_text ' .. "!"' && press Enter &&
    wait_prompt && answers '#x == 44' '^true$'
}

widest() { all_text | wc -L; }

output_follows() {
  term_start -x 60 "$ASSAY" -q && wait_prompt && enter 'df = read "'"$ROOT"'/datasets/credit/credit.csv"' && wait_prompt && press C-l &&
    tm clear-history -t test && answers 'df' '^1000 rows' && (($(widest) > 45)) &&
    tm resize-window -t test -x 40 -y 24 && until_true 5 eval '[[ $(tm display-message -p -t test "#{pane_width}") == 40 ]]' &&
    press C-l && answers 'df:head(3)' '^3 rows'
}

# A terminal that does not know its size: COLUMNS counts, else 80.
no_size() {
  term_start -x 120 bash -c "stty rows 0 cols 0; $1 \"\$0\" -e \"read [[$ROOT/datasets/credit/credit.csv]]\"" "$ASSAY" &&
    wait_for '^1000 rows' && wait_exit && local width && width=$(widest) && echo "# $width columns" && ((width <= $2 && width > $2 - 20))
}

check "a paste of three lines waits for Enter" waits_for_enter
check "a pasted function is one statement, one entry" function_is_one
check "every value of a paste is shown" each_value_shows
check "a local holds in its paste" locals_hold
check "a chain over lines holds" chains_hold
check "a pasted session loses its prompts" prompts_come_off
check "what stands behind a failure does not run" failure_stops
check "an incomplete paste goes on" incomplete_goes_on
check "commands within a paste" commands_within
check "lines that come without paste marks run one by one" plainly
check "a line survives a narrower window" resized_line
check "output follows the width" output_follows
check "a terminal of 0 x 0 is as wide as COLUMNS" no_size 'COLUMNS=50' 50
check "or 80" no_size '' 80
((failures == 0))
