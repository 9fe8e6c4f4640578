#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Small things that are noticed every day: what is open, times, variables, memory of what was shown, a start-up script.

source "${BASH_SOURCE%/*}/lib.sh"
plan 27

export ASSAY_HOME=$ROOT
cd "$TMPDIR" || exit

opens() { # line, pattern of the next prompt
  press C-c && wait_prompt && press C-l && enter "$1" && wait_for "$2" && press C-c && wait_prompt
}

closes_one_by_one() {
  press C-l && enter 'for i = 1, 2 do' && wait_for '^for>>$' && enter 'print(#{' && wait_for '^\{>>$' && enter 'i, 2, 3' && enter '}' &&
    wait_for '^\(>>$' && enter ')' && until_true "$patience" line_ends_in 'for>>' && enter 'end' && wait_for '^3$' && wait_prompt
}

paste() { printf '%s' "$1" | tm load-buffer - && tm paste-buffer -p -d -r -t test; }

prompts_come_off() {
  press C-l && paste $'> t = {\n{>> 5, f = function()\nfunction>> return [[x\n[[>> y]]\nfunction>> end,\n{>> 6}\n> t[1] * t[2], #t.f()' && press Enter &&
    wait_for '^30$' && wait_for '^3$' && wait_prompt
}

quoted_prompt_stays() { press C-l && answers '">> " .. "kept"' '^>> kept$'; }

# What readline leaves of a search that wraps depends on which keys it reads together: one at a time.
search() {
  local i
  press C-r && at_rest || return
  for ((i = 0; i < ${#1}; i++)); do
    type_text "${1:i:1}" && at_rest || return
  done
  press C-g && at_rest
}

# Characters and cursor of a continued line, a found one and a wrapped one, through sizes.
shows() {
  term_start -x 40 -y 16 "$ASSAY" -q --no-journal && wait_prompt && enter ".set card off" && enter ".set highlight $1" && wait_prompt &&
    press C-l && enter 'found = "客户 é e' && wait_for 'unfinished' && wait_prompt && enter 'function f(x)' && wait_for '^function>>$'
  type_text 'return "客户客户客户客户客户客户客户" .. 0x1F -- end' && wait_for 'end$' && resize 60 16 && resize 30 16 && resize 40 16 && press Home C-k &&
    type_text 'return 12' && at_rest && press C-c && wait_prompt && search unf &&
    type_text 'last = {1, "two"}' && wait_for '"two"\}$' && at_rest && screen &&
    tm display-message -p -t test '#{cursor_x},#{cursor_y}'
}

same_text() {
  if shows on >with && shows off >without && grep -q 'function>> return' with && diff with without; then return 0; fi
  sed 's/^/# /' with
  return 1
}

local_is_told() { start_assay && answers 'local y = 3' 'a local ends with its statement' && answers 'y' "'y' is not known"; }

local_function_too() { enter 'local z = 4 ; print(z * 2)' && wait_for '^8$' && wait_prompt; }

cat >memory.lua <<'LUA'
function rss()
  for line in io.lines "/proc/self/status" do
    local kb = line:match "^VmRSS:%s*(%d+)"
    if kb then return tonumber(kb) // 1024 end
  end
end
local cells, names = {}, {}
for i = 1, 1000000 do cells[i] = i end
for i = 1, 49 do names[i] = ("b%d = a + %d"):format(i, i) end
before = rss()
big = frame{a = cells}:mutate(names)
LUA

memory_is_given_back() {
  term_start "$ASSAY" -q -i memory.lua && wait_prompt 60 && enter 'big' && wait_for '1000000 rows' && wait_prompt &&
    answers 'rss() - before > 350' '^true$' && answers '_ == true' '^true$' && enter 'big = 1' && wait_prompt && enter 'collectgarbage()' && wait_prompt &&
    answers 'rss() - before < 150 and "gi" .. "ven"' '^given$'
}

both_times() { start_assay && enter '.time on' && wait_prompt && answers '1 + 2' '^wall [0-9.]+ .s, processor [0-9.]+ .s$'; }

no_time_when_quiet() {
  enter '.time off' && wait_prompt && press C-l && enter 'local t = os.clock() repeat until os.clock() - t > 0.4 print("o" .. "ver")' && wait_for '^over$' && wait_prompt &&
    ! has_line '^[0-9]+ ms$'
}

variables() {
  start_assay && enter 'df = read "'"$ROOT"'/datasets/iris/iris.csv"' && wait_prompt && enter 'm = df:kmeans{k = 3}' && wait_prompt &&
    enter 's = "four"' && enter '.vars' && wait_for '^name +│ type +│ shape +│ bytes' && wait_for '^df +│ frame +│ 150 x 5 +│ +[0-9]+$' &&
    wait_for '^m +│ model +│ cluster\.kmeans +│ +[0-9]+$' && wait_for '^s +│ string +│ 4 ' && wait_prompt
}

last_shows_all() {
  press C-l && enter 't = {} for i = 1, 2000 do t["k" .. i] = i end' && wait_prompt && answers 't' '1980 more' &&
    enter '.last' && wait_for '^ k1[0-9]+ = 1[0-9]+,$' && press G && wait_for '^ k999 = 999}' && press q && wait_prompt
}

ranked() {
  press C-l && enter '?"choose the number of clusters"' && wait_for 'one table of all criteria' && wait_prompt &&
    [[ $(screen | grep -m 1 '^  ?') == '  ?choose '* ]]
}

option_page() { press C-l && answers '?kmeans.k' 'number of clusters'; }

first_page_by_key() { press C-l && press F1 && wait_for 'Type Lua statements' && until_true "$patience" at_prompt; }

example_runs() { press C-l && answers 'example("agreement")' 'adjusted_rand|rand' && wait_for '^> .*agreement'; }

help_fits() {
  term_start "$ASSAY" -q && wait_prompt && press C-l && enter '.help' && wait_for 'Ctrl-R' && wait_prompt && (($(all_text | sed '/^ *$/d' | wc -l) <= 26))
}

rc_is_read() {
  mkdir -p "$XDG_CONFIG_HOME/assay" && cp "$ROOT/doc/rc.lua" "$XDG_CONFIG_HOME/assay/rc.lua" && start_assay && ! has_line 'error' &&
    enter 'df = read "datasets/iris/iris.csv"' && wait_prompt && answers 'df:share_of_largest("petal_length")' '^0\.012240'
}

own_function_has_help() { answers '?share_of_largest' 'how much of a column' && wait_for 'column to look at; the name of a numeric column'; }
own_function_completes() {
  press C-l && type_text 'df:share_of_largest{col' && press Tab && wait_for 'share_of_largest\{column =' && type_text '"petal_l' && press Tab &&
    wait_for '"petal_length"' && press C-c && wait_prompt
}
own_function_checks() {
  answers 'df:share_of_largest{colum = "petal_length"}' "no option 'colum'" && wait_for "did you mean 'column'" &&
    answers 'df:share_of_largest("species")' 'species'
}
own_example_runs() { answers 'example("share_of_largest")' '^0\.01224'; }

rc_that_fails() {
  echo 'error("in the start" .. "-up script")' >"$XDG_CONFIG_HOME/assay/rc.lua"
  start_assay && wait_for 'error: .*in the start-up' && answers '"ali" .. "ve"' '^alive$'
}

pipe_to() { bash -c "$1" bash "$ASSAY" </dev/null; }
no_colour_when_piped() { ! pipe_to '"$1" -e "frame{a = {1}}" | grep -q $'"'\\033'"; }

start_assay
check "3: an open bracket" opens 'print(' '^\(>>$'
check "3: an open table" opens 't = {1,' '^\{>>$'
check "3: an open long string" opens 's = [==[abc' '^\[==\[>>$'
check "3: an open comment" opens '--[[ abc' '^--\[\[>>$'
check "3: an open block" opens 'function f()' '^function>>$'
check "3: an open operator" opens 'x ==' '^>>$'
check "3: what is open changes line by line" closes_one_by_one
check "27: these prompts come off a pasted session" prompts_come_off
check "27: but not where they are Lua" quoted_prompt_stays
check "29: same characters with colours behind such a prompt, 40 to 60 to 30 columns" same_text
check "5: a local of the prompt is told of" local_is_told
check "5: and holds within its statement" local_function_too
if ((slow > 1)); then skip "6: a large frame that was shown is given back" "sanitizers keep memory"; else
  check "6: a large frame that was shown is given back" memory_is_given_back
fi
check "20: .time on: wall and processor time" both_times
check "15: no times with -q" no_time_when_quiet
check "20: .vars: type, shape, bytes" variables
check "7: .last shows a table to its end" last_shows_all
check "17: a search by topic ranks what is asked for first" ranked
check "17: a page of an option" option_page
check "17: F1 on an empty line" first_page_by_key
check "18: example() runs a page's example" example_runs
check "17: .help fits the screen" help_fits
check "the start-up script of the documentation runs" rc_is_read
check "a function declared there has a page and completion" eval 'own_function_has_help && own_function_completes'
check "its options are checked, its example runs" eval 'own_function_checks && own_example_runs'
check "a start-up script that fails is shown, the session goes on" rc_that_fails
check "30: no colour in a pipe" no_colour_when_piped
((failures == 0))
