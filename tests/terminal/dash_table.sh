#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tables of the dashboard on a terminal: a file is opened, looked at, filtered, kept, and is there at the prompt; keys
# are answered while the session works; clicks and the wheel.
source "$(dirname "$0")/lib.sh"

plan 20

unset XDG_STATE_HOME
ln -sfn "$PWD/datasets" "$TMPDIR/datasets"
shows() { wait_for "$1" 10; }
foot() { screen | grep -q "│rows $1"; }
wait_foot() { until_true 10 foot "$1"; }
data_page() {
  wait_for '^\? help' 10
  press 1
  wait_for '\[1 Data\]' 10
}

# ---- from a file to a table of one's own

term_start bash --norc -c "cd '$TMPDIR' && exec '$ASSAY' -q --no-rc"
wait_prompt
press F2
wait_for '^\? help' 10
press 1
wait_for 'o opens a file' 10
press o
wait_for '^open file:' 10
type_text 'datasets/credit/cre'
press Tab
check "the path is completed" shows '^open file: datasets/credit/credit.csv'
press Enter
check "a file that was opened is summed up" shows '1,000 rows × 21 columns'
check "with how often what occurs" shows 'no checking 39.4%'
press r
wait_foot '1-1[0-9] of 1,000'
press f
wait_for '^filter:' 10
type_text 'credit_am'
press Tab
type_text ' > 5000'
check "a filter is completed and counted while it is typed" shows '^filter: credit_amount > 5000  188 of 1,000 rows'
press Enter
check "and shows its rows" wait_foot '1-1[0-9] of 188'
press t
wait_for '^go to column:' 10
type_text 'age'
press Enter
shows '<   *.*age'
press S
check "sorted by a column, oldest first" shows 'age v'
press y
check "y shows the Lua of it" shows '^credit:filter\("credit_amount > 5000"\):sort\("-age"\)'
press K
wait_for '^keep what' 10
type_text 'rich'
press Enter
check "K keeps it by a statement" shows '^> rich = credit:filter'
press F2
wait_prompt
enter 'print(#rich, rich.age[1])'
check "which is there at the prompt" wait_for '^188.*7[0-9]$'

# ---- keys are answered while the session works

term_start "$ASSAY" -q --no-rc dash "$TMPDIR/datasets/orders/orders.csv"
data_page
press :
wait_for '^:' 10
type_text 'big = data:sample(3000000, {replace = true})'
press Enter
wait_for 'big  *3000000 x 6' 20
press Tab
press Up
wait_foot '1-1[0-9] of 3,000,000'
press Tab
press S
press Down Down Down
check "the cursor moves while an order is worked out" wait_for '>  *[14] ' 10
check "and the order comes" wait_for 'order v' 20
press End
check "the last of three million rows" wait_foot '.* of 3,000,000'
press g
wait_for '^go to row:' 10
type_text '1,500,000'
press Enter
check "and one in the middle" shows '> *1500000 '

# ---- search and marks

press U
press /
wait_for '^search:' 10
type_text 'batteries'
press Enter
check "a text is found in any column" shows '> .* batteries '
press Space
press Space
check "rows are marked" shows ', 2 chosen'
press Y
check "and copied, to a file and the clipboard" shows 'rows copied: 2, to the clipboard if the terminal lets, and to ~'
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
check "the wheel scrolls" until_true 10 foot '4-'
tm send-keys -t test -l $'\033[<0;40;12M'
tm send-keys -t test -l $'\033[<0;40;12m'
check "a click goes to a row" until_true 10 eval 'screen | sed -n 12p | grep -q "│> "'
tm send-keys -t test -l $'\033[<0;40;4M'
tm send-keys -t test -l $'\033[<0;40;4m'
check "a click on a name sorts by it" until_true 10 eval 'screen | grep -q "[a-z] ^"'

