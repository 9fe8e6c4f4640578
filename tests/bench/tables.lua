-- SPDX-License-Identifier: GPL-3.0-or-later
-- Reading and grouping by assay: tables.lua read|group FILE. Only the named step is timed.
-- Prints: seconds, a sum of amounts as a check, rows of the result, name.
local began = assay.clock()
local df = read(arg[2])
local seconds = assay.clock() - began
if arg[1] == "group" then
  began = assay.clock()
  df = df:group("customer"):agg { "last = max(ts)", "n = count()", "amount = sum(amount)" }
  seconds = assay.clock() - began
end
local total = df:agg { "s = sum(amount)" }.s[1]
print(string.format("%.6f %.2f %d assay", seconds, total, #df))
