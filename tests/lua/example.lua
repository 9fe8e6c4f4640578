-- SPDX-License-Identifier: GPL-3.0-or-later
-- example("name"): every statement of a page's example, shown and run, the user's variables left alone.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

t.test("statements and results", function()
  local out, err, status = t.run { "-e", 'df = 5', "-e", 'example("agreement")', "-e", "df" }
  t.eq(status, 0)
  t.has(out, "> ")
  t.has(out, "\n5\n")
  t.lacks(err, "error")
end)

t.test("several lines, loops", function()
  local out = t.run { "-e", 'example("rows")' }
  t.has(out, "> for i, r in df:head(2):rows() do print(i, r.species) end\n1\tsetosa\n2\tsetosa\n")
end)

t.test("no such page", function()
  local _, err, status = t.run { "-e", 'example("kmans")' }
  t.eq(status, 1)
  t.has(err, "there is no example of 'kmans'")
end)

t.done()
