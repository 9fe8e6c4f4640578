-- SPDX-License-Identifier: GPL-3.0-or-later
-- An hour before the dashboard, a key a second: the memory that the program holds levels off.

package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- What one does in a few minutes, on every page. The fit of a round is not kept: .undo would hold what it replaces,
-- up to a limit of its own.
local round = [[
page data
Home Down Down PageDown PageDown End Right Right
f
text "petal_length > 2"
Enter
s Down S Up
/
text "vir"
Enter
u u u
page column
Down Down Up
page summary
Down Down Up
:
text "local again = data:kmeans{k = 3}"
Enter
page segments
Down Down p p p Up
page watch
Left Left C-Left C-Right
page models
Down p o Down o p
page rules
Down Down Down Up
C-p
text "kmeans"
Enter
Down Down Down
page journal
Up Up Down
page help
Down Enter
?
Down
Esc
resize 120x40
resize 40x10
resize 80x24
:
text "note()"
Enter
]]

local function keys_of(text)
  local n = 0
  for line in text:gmatch "[^\n]+" do
    local typed = line:match '^text "(.*)"$'
    if typed then
      n = n + #typed
    elseif not line:find "^page " and not line:find "^resize " then
      for _ in line:gmatch "%S+" do
        n = n + 1
      end
    end
  end
  return n
end

local marks = t.path "marks"
local first = ([[
:
text "seg = data:kmeans{k = 3} other = data:kmeans{k = 4} fit = data:ols('petal_width ~ petal_length')"
Enter
:
text "buys = read('datasets/orders/orders.csv'):baskets{id = 'order', item = 'product'}"
Enter
:
text "found = buys:rules{support = 10, confidence = 0.1}"
Enter
:
text "function resident() return io.open('/proc/self/status'):read('a'):match 'VmRSS:%s*(%d+)' end"
Enter
:
text "function note() collectgarbage() io.open('MARKS', 'a'):write(resident(), '\\n') end"
Enter
]]):gsub("MARKS", marks)
local rounds <const>, warm <const>, bound <const> = 3600 // keys_of(round) + 1, 5, 4096

local function levels_off()
  local keys = t.file(first .. round:rep(rounds), ".keys")
  local screen, complaints = t.run { "-q", "--no-rc", "dash", "datasets/iris/iris.csv", "--keys", keys }
  t.has(screen, "== end, 80x24", complaints)
  local resident = {}
  for line in io.lines(marks) do
    resident[#resident + 1] = tonumber(line)
  end
  t.eq(#resident, rounds, "rounds that were played")
  print("# resident kB by round: " .. table.concat(resident, " "))
  for i = warm + 1, rounds do
    local grown = resident[i] - resident[warm]
    t.ok(grown <= bound, ("round %d: grown by %d kB since round %d"):format(i, grown, warm))
  end
end

local build = os.getenv "BUILD" or ""
if build:find "asan$" or build:find "tsan$" then
  t.skip("an hour's keys: the memory held levels off", "sanitizers keep memory")
else
  t.test("an hour's keys: the memory held levels off", levels_off)
end
t.done()
