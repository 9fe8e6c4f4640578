-- SPDX-License-Identifier: GPL-3.0-or-later
-- df:design, the matrix of a formula. Against R: tests/unit/test_design.c.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local df = frame {
  { "y", { 1, 2, 3, 4 } },
  { "x", { 0.5, 1, NA, 2 } },
  { "region", { "north", "south", "east", "south" } },
}

local function refused(id, formula)
  return tostring(t.raises(id, function() df:design(formula) end))
end

t.test("the matrix, by name", function()
  local m = df:design("y ~ region")
  t.eq(t.names(m), { "(Intercept)", "regionnorth", "regionsouth" })
  t.eq(t.cells(m.regionsouth), { 0.0, 1.0, 0.0, 1.0 })
  t.eq(t.names(df:design("~ factor(region, ref = 'south') - 1 + y:region")), {
    'factor(region, ref = "south")south', 'factor(region, ref = "south")east',
    'factor(region, ref = "south")north',
    "y:regioneast", "y:regionnorth", "y:regionsouth" })
end)

t.test("missing cells are counted or dropped", function()
  local e = refused("missing-values", "y ~ x")
  t.has(e, "1 of 4 rows lack a value: x 1")
  t.eq(#df:design { "y ~ x", missing = "drop" }, 3)
  t.eq(#df:design("x ~ y"), 4) -- the left side is not looked at
end)

t.test("what is refused says where", function()
  t.has(refused("unknown-column", "y ~ regoin"), "region")
  refused("bad-formula", "y ~ (x")
  refused("bad-formula", "y ~ 0")
  refused("unknown-level", "y ~ factor(region, ref = 'nroth')")
  refused("not-by-row", "y ~ I(y - mean(y))")
end)

t.test("after many rows the same", function()
  local cells, texts = {}, {}
  for i = 1, 10000 do
    cells[i], texts[i] = i % 97, "g" .. i % 7
  end
  local m = frame { { "x", cells }, { "g", texts } }:design("~ g*x")
  t.eq(#m, 10000)
  t.eq(m["gg3:x"][9998], 0.0) -- of g2
  t.eq(m["gg3:x"][9999], 9999 % 97 + 0.0)
end)

t.done()
