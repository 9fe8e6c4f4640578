#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Frames on the screen: bounded, aligned whatever is in their cells, and whole where they go to a file.

source "${BASH_SOURCE%/*}/lib.sh"
plan 10

cd "$TMPDIR" || exit

{
  echo "id,amount,region,member,day,note,share,city"
  awk 'BEGIN { for (i = 1; i <= 100000; i++)
    printf "%d,%.2f,r%d,%s,2024-01-%02d,text %d,%.4f,c%d\n", i, i / 7, i % 5, i % 2 ? "true" : "false", i % 28 + 1, i, i / 1e5, i % 90 }'
} >long.csv
printf 'name,spend\n客户,120.5\né,3.25\ne\xcc\x81,\n👍,1000\nplain,0.1\n' >wide.csv

head_and_tail() {
  enter 'long = read "long.csv"' && wait_prompt && press C-l && enter 'long' && wait_prompt &&
    wait_for '100000 rows × 8 columns \(.*shown\); \.last shows all' && wait_for 'int64 *│' && wait_for '^ *…' &&
    screen | grep -q '99999' && (($(screen | sed '/^ *$/d' | wc -l) <= 24))
}

soon() { # the prompt is back without waiting for the frame's length
  local start
  press C-l && start=$(microseconds) && enter 'long' && wait_prompt &&
    echo "# $((($(microseconds) - start) / 1000)) ms" && (($(microseconds) - start < 2000000 * slow))
}

all_rows_in_the_pager() {
  enter '.last' && wait_for 'lines|:$|rows' && press G && wait_for '100000 │' && press q && wait_prompt
}

# The separators of every line of the table stand in the same columns of the screen: wc -L counts these.
aligned() {
  press C-l && enter 'read "wide.csv"' && wait_for '5 rows' && wait_prompt || return
  local line places=
  while IFS= read -r line; do
    places+="$(printf '%s' "${line%%│*}" | wc -L) "
  done < <(screen | grep '│')
  echo "# $places"
  [[ $(tr ' ' '\n' <<<"$places" | sed '/^$/d' | sort -u | wc -l) == 1 ]] && (($(wc -w <<<"$places") == 7))
}

numbers() {
  screen | grep -q ' 120\.50 *$\| 120\.50$' && screen | grep -q '  NA$' && screen | grep -q '1000\.00$'
}

no_escapes() {
  "$ASSAY" -e 'print(read "long.csv")' >out.txt && ! grep -q $'\e' out.txt && grep -q 'shown' out.txt
}

never_cut() {
  "$ASSAY" -e 'read("long.csv"):write("copy.csv")' && [[ $(wc -l <copy.csv) == 100001 ]] && cmp <(cut -d, -f1,5,6 copy.csv) <(cut -d, -f1,5,6 long.csv)
}

grouped() {
  enter 'g = long:group("region")' && wait_prompt && press C-l && enter 'g:head(3)' && wait_prompt && ! has_line 'grouped by' &&
    enter 'g' && wait_for 'grouped by: region' && wait_prompt
}

one_line() { # verbs in a chain are one statement, its frame is bounded too
  press C-l && enter 'long:group("region"):agg{"n = count()", "spend = mean(amount)"}:sort("-spend")' && wait_for '5 rows × 3 columns' && wait_prompt
}

narrow() {
  term_start -x 40 -y 15 "$ASSAY" -q && wait_prompt && enter 'read "long.csv"' && wait_for '100000 rows' && wait_prompt &&
    wait_for 'not shown:' && (($(screen | wc -L) <= 40))
}

start_assay
check "a long frame is shown by its head and tail, with types and what is left out" head_and_tail
check "the prompt is back soon" soon
check ".last shows all rows in the pager" all_rows_in_the_pager
check "separators stand below each other, whatever the cells hold" aligned
check "numbers stand with their decimal marks below each other, missing cells as NA" numbers
check "output to a file has no escape sequence and says what it leaves out" no_escapes
check "a written frame is never cut" never_cut
check "a grouped frame says so" grouped
check "a chain of verbs" one_line
check "a narrow screen names the columns it leaves out" narrow
((failures == 0))
