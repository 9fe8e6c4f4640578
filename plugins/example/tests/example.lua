-- SPDX-License-Identifier: GPL-3.0-or-later
-- First digits: figures of R 4.2, refusals, what has no first digit.
package.path = (os.getenv "ROOT" or ".") .. "/tests/lua/?.lua;" .. package.path
local t = require "lib"

local powers = {}
for i = 0, 99 do
  powers[i + 1] = 2.0 ^ i
end

t.test("powers of two follow Benford's law", function()
  local df = frame { x = powers }
  -- R: x <- table(factor(sapply(2^(0:99), function(v) substr(sprintf("%.15e", v), 1, 1)), levels = 1:9))
  --    chisq.test(x, p = log10(1 + 1/(1:9)))
  local test = df:benford "x"
  t.eq(test.n[1], 100)
  t.eq(test.df[1], 8)
  t.near(test.statistic[1], 0.22104719808657275, 1e-12)
  t.near(test.p_value[1], 0.99999430779956155, 1e-12)
  t.eq(t.cells(df:digits("x").count), { 30, 17, 13, 10, 7, 7, 6, 5, 5 })
  t.near(df:digits("x").expected[1], 0.301029995663981195, 1e-15)
end)

t.test("the same figures for whole and negative numbers and fractions", function()
  local whole, small = {}, {}
  for i = 1, 50 do
    whole[i], small[i] = -(1 << i), 2.0 ^ i / 1024 / 1024 / 1024
  end
  t.eq(frame({ x = whole }):benford("x").n[1], 50)
  t.eq(frame({ x = small }):benford("x").left_out[1], 0)
  local odd = frame { x = { 0.3, 0.0025, 1e-300, 9.99e200 } }
  t.eq(t.cells(odd:digits("x").count), { 1, 1, 1, 0, 0, 0, 0, 0, 1 })
end)

t.test("cells without a first digit are counted", function()
  local test = frame({ x = { 1, NA, 0, t.nan, 1 / 0, 25 } }):benford "x"
  t.eq({ test.n[1], test.left_out[1] }, { 2, 3 })
  t.raises("bad-data", function() frame({ x = { 0, 0 } }):benford "x" end, "first digit")
end)

t.test("its options are checked as those of the program", function()
  local df = frame { x = { 1, 2 }, s = { "a", "b" } }
  t.raises("unknown-column", function() df:benford "y" end, "'y'")
  t.raises("wrong-column-type", function() df:benford "s" end)
  t.raises("unknown-option", function() df:benford { colum = "x" } end, "column")
end)

t.test("help and examples, as for any primitive", function()
  local out, err, code = t.run { "help", "example.benford" }
  t.eq({ err, code }, { "", 0 })
  t.has(out, "df:benford(column)")
  out = t.run { "help", "example" }
  t.has(out, "digits")
  out, err, code = t.run { "-e", [[df = read "datasets/credit/credit.csv"
    print(df:benford("credit_amount"), df:digits "credit_amount")]] }
  t.eq({ err, code }, { "", 0 })
  t.has(out, "p_value")
end)

t.done()
