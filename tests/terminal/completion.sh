#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tab: names, methods, options, columns, files and commands; and that it never runs anything.

source "${BASH_SOURCE%/*}/lib.sh"
plan 21
mkdir -p "$TMPDIR/here/data" && cd "$TMPDIR/here" || exit
printf 'spend,city\n1,a\n2,b\n' | tee data/customers.csv >data/curves.csv

fresh() { press C-c && wait_prompt && press C-l && wait_gone '\^C'; }

# What is typed, the pattern of the line after Tab, and a second Tab's candidates if given.
completes() {
  fresh
  type_text "$1" && press Tab && wait_for "$2" || return
  [[ $# == 2 ]] || { press Tab && wait_for "$3"; }
}

listed_only() { # text, pattern that must be listed, pattern that must not
  fresh
  type_text "$1" && press Tab Tab && wait_for "$2" && ! screen | grep -Eq -- "$3"
}

runs() { press Enter && wait_for "$1" && wait_prompt; }

no_side_effects() {
  fresh
  enter 'function boom() io.open("boomed", "w"):close() return df end' && wait_prompt
  enter 'trap = setmetatable({}, {__index = function() io.open("boomed", "w"):close() end})' && wait_prompt
  type_text 'boom().' && press Tab Tab && fresh && type_text 'boom():sch' && press Tab Tab && fresh && type_text 'trap.' &&
    press Tab Tab && fresh && type_text 'trap.x.y' && press Tab Tab && fresh && answers '"do" .. "ne"' '^done$' && [[ ! -e boomed ]]
}

many_columns() {
  fresh
  enter 'wide = {} for i = 1, 10000 do wide["column" .. i] = {i} end wide = frame(wide)' && wait_prompt 30
  local start
  type_text 'wide.column123' && wait_for 'wide.column123' && start=$(microseconds) && press Tab Tab && wait_for 'column1234' &&
    echo "# $((($(microseconds) - start) / 1000)) ms" && (($(microseconds) - start < 1500000))
}

long_list() { fresh && type_text 'wide.column' && press Tab Tab && wait_for '[0-9]+ more: type on' && wait_for '^> wide\.column$'; }

second_line() {
  fresh
  enter 'x = df:select(' && wait_for '^[^ ]*>>' && type_text '"sp' && press Tab && wait_for '^\(>> "spend' && press C-c && wait_prompt
}

within_a_line() {
  fresh
  type_text 'print(df.sp .. 1)' && press Home && press Right Right Right Right Right Right Right Right Right Right Right && press Tab &&
    wait_for '^> print\(df\.spend *\.\. 1\)$'
}

start_assay && enter 'df = read "data/customers.csv"' && wait_prompt
check "a column" completes 'df.sp' '^> df\.spend$'
check "methods after a colon" listed_only 'df:s' 'select.*' 'spend'
check "a method's bracket" completes 'df:kmea' '^> df:kmeans\('
check "options inside a call" completes 'df:kmeans{max' '^> df:kmeans\{max_iter = $|^> df:kmeans\{max_iter =$'
fresh; enter 'two = df:kmeans{k = 1, on = {"spend"}}' && wait_prompt
check "options of the method of the value's kind" completes 'two:migrate{dat' '^> two:migrate\{data = ?$'
check "columns inside on" completes 'df:kmeans{on = {"sp' '"spend"'
check "only columns of the fitting type" completes 'df:kmeans{on = {"' '^> df:kmeans\{on = \{"spend'
check "within an expression" completes 'df:filter "2 * spe' '^> df:filter "2 \* spend'
check "choices of an option" completes 'df:kmeans{scale = "zs' '"zscore"'
check "a global name" completes 'clus' '^> cluster'
check "a path" completes 'df2 = read "data/cust' 'read "data/customers\.csv"'
check "that path is read" runs '^>'
check "a folder goes on" completes 'read "da' '^> read "data/$'
check "a common beginning, then the list" completes 'read "data/c' '^> read "data/cu$' 'curves\.csv +customers\.csv|customers\.csv'
check "a command" completes '.va' '^> \.vars$'
check "a topic" completes '?kmea' '^> \?kmeans'
check "on the second line of a statement" second_line
check "in the middle of a line" within_a_line
check "nothing is run" no_side_effects
check "ten thousand columns answer at once" many_columns
check "a list longer than the screen is cut and says so" long_list
((failures == 0))
