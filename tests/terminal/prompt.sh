#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The prompt: statements over several lines, values, the prompt's own commands, ways to leave.

source "${BASH_SOURCE%/*}/lib.sh"
plan 40

cd "$TMPDIR" || exit

banner() {
  term_start "$ASSAY" && wait_prompt || return
  local lines
  lines=$(screen | sed '/^> *$/,$d' | wc -l)
  ((lines <= 6)) || { echo "# $lines lines"; return 1; }
  wait_for '\?.*help' && wait_for '\.help' && wait_for '\.demo' && wait_for 'assay demo' && wait_for 'Ctrl-D'
}

no_banner() { start_assay && [[ $(screen | sed '/^ *$/d' | wc -l) == 1 ]]; }

continues() { # opening line, closing line, answer
  enter "$1" && wait_for '^[^ ]*>>' && enter "$2" && wait_for "$3" && wait_prompt
}

short_string() { enter '"abc' && wait_for 'unfinished string' && wait_prompt; }

empty_line() {
  enter 'print(6 *' && wait_for '^[^ ]*>>' && press Enter && press Enter && enter '7)' && wait_for '^42$' && wait_prompt
}

silent() { enter '"qu" .. "iet";' && wait_prompt && enter '1 + 1 == 2' && wait_for '^true$' && ! has_line '^quiet'; }

last_value() { answers '20 + 1' '^21$' && answers '_ * 2' '^42$'; }

unknown_command() { answers '.hlep' "there is no command \.hlep" && wait_for 'did you mean \.help'; }

command_inside() {
  enter 'print("a" ..' && wait_for '^[^ ]*>>' && enter '.help' && wait_for '\.help is a command of the prompt' &&
    ! has_line 'Commands of the prompt' && enter '"b")' && wait_for '^ab$' && wait_prompt
}

dots_are_lua() {
  enter 'x = "con"' && enter '(x' && wait_for '^[^ ]*>>' && enter '.. "cat")' && wait_for 'concat' && wait_prompt &&
    enter '(1 *' && enter '.5)' && wait_for '^0\.5$' && wait_prompt
}

help_fits() {
  start_assay && enter '?' && wait_for 'Ctrl-D' && wait_prompt && (($(all_text | sed '/^ *$/d' | wc -l) <= 24)) &&
    all_text | head -n 1 | grep -q '^> ?'
}

help_topic() { press C-l && answers "$1" "$2"; }

times() {
  enter '.time on' && wait_prompt && answers '1 + 2' '^wall .*, processor' && enter '.time off' && wait_prompt &&
    answers '.time' 'times are shown after'
}

slow_is_timed() { term_start "$ASSAY" && wait_prompt && enter 'local t = os.clock() repeat until os.clock() - t > 0.4' && wait_for '^[0-9.]+ m?s$'; }

variables() { enter 'alpha = 12' && enter 'beta = {1, 2}' && answers '.vars' 'alpha +.*number' && wait_for 'beta +.*table'; }

drops_continuation() {
  start_assay && enter 'print(' && wait_for '^[^ ]*>>' && press C-d && wait_for 'incomplete statement was dropped' && wait_prompt &&
    answers '"al" .. "ive"' 'alive'
}

ctrl_d_deletes() { type_text '12abc' && press Home Right Right && press C-d C-d C-d && press Enter && wait_for '^12$'; }

leaves() { start_assay && "$@" && wait_exit && [[ $exit_status == 0 ]]; }

exit_code() { start_assay && enter 'os.exit(7)' && wait_exit && [[ $exit_status == 7 ]]; }

after_script() {
  echo 'greeting = "hel" .. "lo"' >"$TMPDIR/script.lua"
  start_assay -i "$TMPDIR/script.lua" && answers greeting 'hello'
}

rc_file() {
  mkdir -p "$XDG_CONFIG_HOME/assay"
  echo 'from_rc = "start" .. "ed"' >"$XDG_CONFIG_HOME/assay/rc.lua"
  start_assay && answers 'from_rc' 'started' && start_assay --no-rc && answers 'from_rc' 'from_rc' && ! has_line 'started'
}

says_how_to_leave() { start_assay && enter 'quit' && wait_for '\.quit leaves'; }

prompt_is_stripped() { start_assay && enter '> 40 + 2' && wait_for '^42$'; }

table='df = read "'$ROOT'/datasets/credit/credit.csv"'

in_the_pager() {
  command -v less >/dev/null || { echo "# no less"; return 1; }
  start_assay && enter "$table" && wait_prompt && answers df '\.last shows' && enter '.last' && wait_for '^:' &&
    press C-c && press Space && press q && wait_prompt && answers '"pa" .. "ged"' '^paged$' && ! has_line '\^C \(Ctrl-D'
}

own_pager() { # PAGER, pattern
  term_start env "PAGER=$1" "$ASSAY" -q && wait_prompt && enter "$table" && wait_prompt && enter df && wait_for '1000 rows' && wait_prompt &&
    enter .last && wait_for "$2" && wait_prompt
}

many_lines() { (($(all_text | wc -l) > 1000)); }
prints() { own_pager "$1" '^1000 rows' && until_true "$patience" many_lines; }

in_batch_no_pager() { printf '%s\n' "$table" df .last | PAGER=false "$ASSAY" -q -i 2>&1 | wc -l | awk '{ exit $1 < 1000 }'; }

is_red() { tm capture-pane -e -p -t test | grep -q $'\033\\[[0-9;]*31m'; }
red_error() { term_start env "$@" "$ASSAY" -q && wait_prompt && answers 'error("no")' '^error: .*no' && is_red; }
plain_error() { ! red_error "$@" && has_line '^error: .*no'; }

output_elsewhere() {
  term_start bash -c '"$0" -q | tee copy >/dev/null' "$ASSAY" && wait_prompt && enter '"to " .. "a file"' && wait_prompt &&
    press C-d && wait_exit && [[ $(<copy) == 'to a file' ]]
}

dumb_terminal() {
  term_start bash -c "TERM=dumb script -qec '$ASSAY -q' $TMPDIR/typescript" && wait_prompt && enter '"ok" .. "ay"' &&
    wait_for okay && press C-d && wait_exit && ! grep -q $'\033' "$TMPDIR/typescript"
}

check "the banner has at most six lines and names the ways to help" banner
check "-q hides the banner" no_banner
check "a table over two lines is shown" continues '{1,' '2}' '2'
check "a call over two lines is shown" continues 'math.max(1,' '2)' '^2$'
check "a long string goes on" continues '[[abc' 'def]] .. "!"' 'def!'
check "a comparison goes on" continues '1 ==' '1' '^true$'
check "an unfinished short string is an error at once" short_string
check "an empty line does not run an incomplete statement" empty_line
check "a semicolon hides the value" silent
check "= before an expression" answers '= 3 * 5' '^15$'
check "_ is the last value" last_value
check "an unknown command gets the nearest name" unknown_command
check "a command inside a statement is refused, not swallowed" command_inside
check "leading .. and .5 are Lua's" dots_are_lua
check "? fits the screen" help_fits
check "?NAME" help_topic '?describe' 'describe\('
check ".help NAME" help_topic '.help schema' 'schema\('
check "NAME?" help_topic 'select?' 'select\('
check ".time on shows wall and processor time" times
check "a slow statement is timed anyway" slow_is_timed
check ".vars lists variables" variables
check "Ctrl-D in a continuation drops it and says so" drops_continuation
check "Ctrl-D deletes in a line" ctrl_d_deletes
check "Ctrl-D on an empty line leaves with 0" leaves press C-d
check ".quit leaves with 0" leaves enter .quit
check "os.exit gives its status" exit_code
check "-i goes on after the script" after_script
check "the start-up script runs, but not with --no-rc" rc_file
check "quit says how to leave" says_how_to_leave
check "a pasted prompt is taken off" prompt_is_stripped
check ".last opens the pager, q comes back" in_the_pager
check "\$PAGER is used" own_pager 'wc -l; echo "di""d page"' '^did page'
check "an empty PAGER prints" prints ''
check "a PAGER that does not exist prints" prints no-such-pager
check "no pager where input is no terminal" in_batch_no_pager
check "an error is red at a terminal" red_error -u NO_COLOR
check "not with NO_COLOR" plain_error NO_COLOR=1
check "but with an empty one" red_error NO_COLOR=
check "output that goes elsewhere has no prompt" output_elsewhere
check "a dumb terminal gets no escape sequences" dumb_terminal
((failures == 0))
