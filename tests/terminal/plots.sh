#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Pictures in the terminal: the terminal is asked once, quickly, without a trace on the screen; what is typed meanwhile
# is kept.

source "${BASH_SOURCE%/*}/lib.sh"
plan 14
cd "$TMPDIR" || exit

cat >chart.lua <<'LUA'
p = plot.scatter(frame{x = {1, 2, 3, 4}, y = {2, 4, 3, 5}}, {x = "x", y = "y", title = "four points"})
LUA

begin() { term_start env "$@" "$ASSAY" -q -i chart.lua && wait_prompt; }
no_trace() { ! all_text | grep -Eq '\^\[|\[\?[0-9;]+c|Gi=31|AAAA|\?1;2c'; }
has_gnuplot() { command -v gnuplot >/dev/null; }

# The bytes that the program sends to the terminal.
record() { rm -f bytes && tm pipe-pane -t test 'cat >bytes'; }
sent() { until_true "$patience" grep -aq "$1" bytes; }

text_and_why() {
  begin && record && enter 'p:show()' && wait_for 'four points' && wait_for 'shows no pictures; p:save' &&
    wait_prompt
}
no_stray() { sent 'Gi=31' && no_trace; }
asked_once() {
  record && enter 'p:show()' && until_true "$patience" grep -aq 'p:save' bytes && wait_prompt &&
    ! grep -aq 'Gi=31' bytes && no_trace
}
alive() { answers '"al" .. "ive"' '^alive$'; }

# Keys that come while a statement runs, before and while the terminal is asked.
typed_ahead() {
  begin && enter 'for i = 1, 3e7 do end p:show()' && type_text '"ty" .. "ped"' && wait_for 'p:save' &&
    until_true "$patience" line_ends_in '> "ty" .. "ped"' && press Enter && wait_for '^typed$' &&
    wait_prompt && no_trace
}
whole_lines_ahead() {
  begin && enter 'for i = 1, 3e7 do end p:show()' && type_text 'one = "on" .. "e"' && press Enter &&
    type_text 'one .. "!"' && press Enter && wait_for '^one!$' && wait_prompt && no_trace
}

decided() {
  begin ASSAY_GRAPHICS=none && record && enter 'p:show()' && wait_for 'ASSAY_GRAPHICS says none' &&
    wait_prompt && ! grep -aq 'Gi=31' bytes
}
unknown() {
  begin ASSAY_GRAPHICS=yes && enter 'p:show()' && wait_for 'ASSAY_GRAPHICS is none, sixel or kitty' &&
    wait_prompt
}
dumb() {
  begin TERM=dumb && record && enter 'p:show()' && wait_for 'shows no pictures' && wait_prompt &&
    ! grep -aq 'Gi=31' bytes
}
in_ci() {
  begin CI=true && record && enter 'p:show()' && wait_for 'shows no pictures' && wait_prompt &&
    ! grep -aq 'Gi=31' bytes
}
not_terminal() {
  "$ASSAY" -q -e 'p = plot.scatter(frame{x = {1, 2}, y = {1, 2}}, {x = "x", y = "y"}) p:show()' >out 2>err </dev/null &&
    ! grep -aq $'\033' out && [[ ! -s err ]]
}
sixel() {
  begin ASSAY_GRAPHICS=sixel && record && enter 'p:show()' && sent $'\033P' && sent $'\033\\\\' && alive
}
kitty() {
  begin ASSAY_GRAPHICS=kitty && record && enter 'p:show{width = 200, height = 100}' &&
    sent $'\033_Ga=T,f=100' && alive
}
sixel_without_gnuplot() {
  begin ASSAY_GRAPHICS=sixel PATH=/nonexistent && enter 'p:show()' && wait_for 'gnuplot was not found' &&
    wait_for 'four points' && alive
}

check 'inside a multiplexer the chart is text, and a line says why' text_and_why
check 'the terminal was asked, and its answer leaves no trace' no_stray
check 'it is asked once' asked_once
check 'the prompt is as it was' alive
check 'what is typed while it is asked stays on the line' typed_ahead
check 'whole statements typed ahead run' whole_lines_ahead
check 'ASSAY_GRAPHICS=none: nothing is asked' decided
check 'a wrong ASSAY_GRAPHICS is said to be one' unknown
check 'a dumb terminal is not asked' dumb
check 'nor is one of a test machine' in_ci
check 'nor anything that is no terminal' not_terminal
check 'without gnuplot the chart is text, and a line says what to install' sixel_without_gnuplot
if has_gnuplot; then
  check 'a sixel terminal gets sixels' sixel
  check 'one of kitty'"'"'s kind gets a PNG' kitty
else
  skip 'a sixel terminal gets sixels' 'gnuplot is not installed'
  skip 'one of kitty'"'"'s kind gets a PNG' 'gnuplot is not installed'
fi
