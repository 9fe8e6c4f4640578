#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tables of the dashboard on a terminal: a file is opened, looked at, filtered, kept, and is there at the prompt;
# large ones; clicks and the wheel.
source "$(dirname "$0")/lib.sh"

plan 19

unset XDG_STATE_HOME
ln -sfn "$PWD/datasets" "$TMPDIR/datasets"
foot() { screen | grep -q "│rows $1"; }
wait_foot() { until_true "$patience" foot "$1"; }
data_page() {
  sees '^\? help'
  press 1
  sees '\[1 ?Data\]'
}

# ---- from a file to a table of one's own

term_start bash --norc -c "cd '$TMPDIR' && exec '$ASSAY' -q --no-rc"
wait_prompt
press F2
sees '^\? help'
press 1
sees 'o opens a file'
press o
sees '^open file:'
type_text 'datasets/credit/cre'
press Tab
check "the path is completed" sees '^open file: datasets/credit/credit.csv'
press Enter
check "a file that was opened is summed up" sees '1,000 rows × 21 columns'
check "with how often what occurs" sees 'no checking 39.4%'
press r
wait_foot '1-1[0-9] of 1,000'
press f
sees '^filter:'
type_text 'credit_am'
press Tab
type_text ' > 5000'
check "a filter is completed and counted while it is typed" sees '^filter: credit_amount > 5000  188 of 1,000 rows'
press Enter
check "and shows its rows" wait_foot '1-1[0-9] of 188'
press t
sees '^go to column:'
type_text 'age'
press Enter
sees '<   *.*age'
press S
check "sorted by a column, oldest first" sees 'age v'
press y
check "y shows the Lua of it" sees '^credit:filter\("credit_amount > 5000"\):sort\("-age"\)'
press K
sees '^keep what'
type_text 'rich'
press Enter
check "K keeps it by a statement" sees '^> rich = credit:filter'
press F2
wait_prompt
enter 'print(#rich, rich.age[1])'
check "which is there at the prompt" wait_for '^188.*7[0-9]$'

# ---- a large table

term_start "$ASSAY" -q --no-rc dash "$TMPDIR/datasets/orders/orders.csv"
data_page
press :
sees '^:'
type_text 'big = data:sample(1000000, {replace = true})'
press Enter
sees 'big  *1000000 x 6'
press Tab
press Up
wait_foot '1-1[0-9] of 1,000,000'
press Tab
press S
press Down Down Down
check "and the order comes" sees 'order v'
press End
check "the last of a million rows" wait_foot '.* of 1,000,000'
press g
sees '^go to row:'
type_text '500,000'
press Enter
check "and one in the middle" sees '> *500000 '

# ---- search and marks

press U
press /
sees '^search:'
type_text 'batteries'
press Enter
check "a text is found in any column" sees '> .* batteries '
press Space
press Space
check "rows are marked" sees ', 2 chosen'
press Y
check "and copied, to a file and the clipboard" sees 'rows copied: 2, to the clipboard if the terminal lets, and to ~'
check "as CSV" grep -q '^order,date,customer,product,quantity,price$' "$HOME/.local/state/assay/copied.csv"
press C

# ---- the mouse

term_start env TERM=xterm-256color "$ASSAY" -q --no-rc
wait_prompt
enter '.mouse on'
wait_prompt
enter 'orders = read "datasets/orders/orders.csv";'
wait_prompt
press F2
data_page
wait_foot '1-1[0-9] of 8,141'
tm send-keys -t test -l $'\033[<65;40;10M'
check "the wheel scrolls" until_true "$patience" foot '4-'
tm send-keys -t test -l $'\033[<0;40;12M\033[<0;40;12m'
check "a click goes to a row" until_true "$patience" eval 'screen | sed -n 12p | grep -q "│> "'
tm send-keys -t test -l $'\033[<0;40;4M'
tm send-keys -t test -l $'\033[<0;40;4m'
check "a click on a name sorts by it" until_true "$patience" eval 'screen | grep -q "[a-z] ^"'

