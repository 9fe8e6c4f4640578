-- SPDX-License-Identifier: GPL-3.0-or-later
-- cut and cut_points against R's cut and quantile, tie policies, labels, and every refusal.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

local x = frame { { "x", { 3, 7, 1, 9, 4.5, 10, 2, 8, 5, 6, NA } } }

-- The number of the bin of each row, from the levels' order.
local function bins(df, options)
  local labels, numbers = t.cells(df:cut_points(options).label), {}
  for i, label in ipairs(labels) do
    numbers[label] = i
  end
  options.into = "bin"
  local got = t.cells(df:cut(options).bin)
  for i, label in ipairs(got) do
    got[i] = label == NA and 0 or numbers[label]
  end
  return got
end

-- R 4.2.2: as.integer(cut(x, c(0, 2, 5, 10))), cut(x, 3), table(cut(x, c(0, 2, 5, 10), right = FALSE)).
t.test("given points and equal widths, as R", function()
  t.eq(bins(x, { "x", at = { 0, 2, 5, 10 } }), { 2, 3, 1, 3, 2, 3, 1, 3, 2, 3, 0 })
  t.eq(bins(x, { "x", bins = 3 }), { 1, 2, 1, 3, 2, 3, 1, 3, 2, 2, 0 })
  local points = x:cut_points { "x", at = { 0, 2, 5, 10 }, right = false }
  t.eq(t.cells(points.n), { 1, 3, 6 }) -- R counts 5 in the last: it leaves 10 out
  t.eq(t.cells(points.label), { "[0, 2)", "[2, 5)", "[5, 10]" })
end)

-- R 4.2.2: quantile(mtcars$mpg, (0:5) / 5), table(cut(mtcars$mpg, that, include.lowest = TRUE)).
local mpg = frame { { "mpg", { 21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3,
  15.2, 10.4, 10.4,
  14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4 } } }

t.test("quantiles of type 7, as R", function()
  local points = mpg:cut_points { "mpg", how = "quantiles" }
  for i, want in ipairs { 10.4, 15.2, 17.92, 21, 24.08 } do
    t.near(points.low[i], want, 1e-12)
  end
  t.eq(points.high[5], 33.9)
  t.eq(t.cells(points.n), { 8, 5, 7, 5, 7 })
  t.eq(t.cells(points.label), { "[10.4, 15.2]", "(15.2, 17.9]", "(17.9, 21]", "(21, 24.1]", "(24.1, 33.9]" })
  t.eq(t.cells(points.share)[1], 0.25)
end)

t.test("the policies for ties", function()
  local f = frame { { "f", { 1, 3, 1, 1, 2, 1 } } }
  t.raises("cut-ties", function()
    f:cut { "f", bins = 3, how = "quantiles" }
  end, "66.7 % of column 'f' are 1", "merge", "order")
  t.eq(bins(f, { "f", bins = 3, how = "quantiles", ties = "merge" }), { 1, 2, 1, 1, 2, 1 })
  t.eq(bins(f, { "f", bins = 3, how = "quantiles", ties = "order" }), { 1, 3, 1, 2, 3, 2 })
  local points = f:cut_points { "f", bins = 3, how = "quantiles", ties = "order" }
  t.eq(t.cells(points.label), { "1 [1, 1]", "2 [1, 1]", "3 [2, 3]" })
  t.eq(t.cells(points.low), { 1.0, 1.0, 2.0 })
  t.raises("cut-points", function()
    frame { { "f", { 2, 2 } } }:cut { "f", bins = 2, how = "quantiles", ties = "merge" }
  end, "2")
end)

t.test("labels, infinite ends, cells in no bin", function()
  local f = frame { { "v", { -5, 0, 100, 500.5, t.nan, NA } } }
  t.eq(t.cells(f:cut { "v", at = { -math.huge, 0, 100, math.huge }, labels = { "low", "mid", "high" },
    into = "band" }.band),
    { "low", "low", "mid", "high", NA, NA })
  t.eq(t.cells(f:cut { "v", at = { -math.huge, 0, 100, math.huge } }.v_band),
    { "[-Inf, 0]", "[-Inf, 0]", "(0, 100]", "(100, Inf]", NA, NA })
  t.eq(t.cells(f:cut { "v", at = { 0, 100 } }.v_band), { NA, "[0, 100]", "[0, 100]", NA, NA, NA })
end)

t.test("levels are all the bins, in order, also those without rows", function()
  local c = frame { { "v", { 9, 1 } } }:cut { "v", at = { 0, 2, 5, 10 } }
  t.eq(c:schema().levels[2], 3)
end)

t.test("digits grow until points read differently, whole parts are never cut", function()
  t.eq(t.cells(frame { { "v", { 1000001, 1000002, 1000003 } } }:cut_points { "v", bins = 2 }.label),
    { "[1000001, 1000002]", "(1000002, 1000003]" })
  t.eq(t.cells(frame { { "v", { 1, 1.0001 } } }:cut_points { "v", bins = 2 }.label),
    { "[1, 1.00005]", "(1.00005, 1.0001]" })
end)

t.test("refusals", function()
  t.raises("wrong-column-type", function() frame { { "s", { "a" } } }:cut "s" end)
  t.raises("wrong-column-type", function() frame { { "s", { true } } }:cut "s" end)
  t.raises("bad-data", function() x:head(0):cut "x" end)
  t.raises("bad-data", function() frame { { "v", { 1, math.huge } } }:cut "v" end, "at =")
  t.raises("cut-points", function() frame { { "v", { 3, 3 } } }:cut "v" end, "from 3 to 3")
  t.raises("cut-points", function() x:cut { "x", at = { 0, 5, 5 } } end, "place 3")
  t.raises("cut-points", function() x:cut { "x", at = { 0 } } end, "at least two")
  t.raises("cut-labels", function() x:cut { "x", bins = 3, labels = { "a", "b" } } end, "2 labels for 3 bins")
  t.raises("cut-labels", function() x:cut { "x", bins = 2, labels = { "a", "a" } } end, "twice")
  t.raises("wrong-type", function() x:cut { "x", at = "0" } end)
  t.raises("wrong-type", function() x:cut { "x", at = { 0, "1" } } end)
  t.raises("missing-option", function() x:cut { "x", how = "custom" } end, "at =")
  t.raises("option-without-use", function() x:cut { "x", how = "width", at = { 0, 1 } } end)
  t.raises("option-without-use", function() x:cut { "x", at = { 0, 1 }, bins = 3 } end)
  t.raises("option-without-use", function() x:cut { "x", ties = "merge" } end)
  t.raises("option-without-use", function()
    x:cut { "x", how = "quantiles", ties = "order", right = false }
  end)
  t.raises("out-of-range", function() x:cut { "x", bins = 1 } end)
end)

t.done()
