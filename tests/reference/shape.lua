-- SPDX-License-Identifier: GPL-3.0-or-later
-- Aggregates, windows, joins as of a time, periods, bins and tables against pandas 1.5.3 (data/shape.lua, which
-- shape.py writes), cells missing among them.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local cases = assert(loadfile((arg[0]:gsub("[^/]*$", "") .. "data/shape.lua")))(NA)
local d = frame(cases.data):cast { t = "timestamp" }
local other = d:filter("mod(id, 5) == 0"):select("t", "g", "id"):rename { other = "id" }

local function near(got, want, what)
  t.eq(#got, #want, what)
  for i, x in ipairs(want) do
    if x == NA or got[i] == NA then
      t.ok(x == NA and got[i] == NA, ("%s, row %d: %s, not %s"):format(what, i, got[i], x))
    else
      t.near(got[i], x, 1e-12 * math.max(1, math.abs(x)), ("%s, row %d"):format(what, i))
    end
  end
end

for _, case in ipairs(cases) do
  t.test(case[1], function()
    near(load("local d, other = ... return " .. case[1])(d, other).r, case[2], case[1])
  end)
end

t.done()
