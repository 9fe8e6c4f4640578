-- SPDX-License-Identifier: GPL-3.0-or-later
-- cluster.choose on more rows than its dear figures are made of: what is of a sample says so, and is near the figure
-- of all.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- Five heaps in three columns.
local function heaps(n)
  local x, y, z = {}, {}, {}
  math.randomseed(11)
  local function normal()
    return math.sqrt(-2 * math.log(1 - math.random())) * math.cos(2 * math.pi * math.random())
  end
  for i = 1, n do
    local heap = i % 5
    x[i], y[i], z[i] = 9 * (heap % 2) + normal(), 9 * (heap // 2) + normal(), (heap == 4 and 9 or 0) + normal()
  end
  return frame { x = x, y = y, z = z }
end

local few, many = heaps(400), heaps(1200)

local function card(m)
  return (tostring(m):gsub("%s+", " "))
end

t.test("without a range it tries 2 to 10, or as many as there are rows", function()
  t.eq(t.cells(few:choose { references = 0, resamples = 0 }:tidy().k), { 2, 3, 4, 5, 6, 7, 8, 9, 10 })
  local five = frame { x = { 1, 2, 5, 9, 20 } }
  t.eq(t.cells(five:choose { references = 0, resamples = 0 }:tidy().k), { 2, 3, 4, 5 })
  t.raises("out-of-range", function() five:choose { k = "2:10" } end, "5 rows")
end)

t.test("of few rows everything is of all of them", function()
  local c = few:choose { k = "2:6", references = 5, resamples = 5 }
  t.eq({ c.trial_rows, c.pair_rows, c.quick }, { 400, 400, false })
  t.ok(not card(c):find("random", 1, true) or not card(c):find("drawn at random", 1, true))
  t.eq(c.suggested, 5)
end)

t.test("of more rows silhouette and dunn are of a sample, near those of all, and the card says so", function()
  local options = { k = "2:6", references = 0, resamples = 0 }
  local all = many:choose(options)
  options.pairs = 500
  local part = many:choose(options)
  t.eq({ all.pair_rows, part.pair_rows }, { 1200, 500 })
  t.ok(card(part):find("they are of 500 of 1200 rows, drawn at random (pairs = 1200: of all)", 1, true), card(part))
  for i = 1, 5 do
    local a, b = all:tidy(), part:tidy()
    t.eq(a.withinss[i], b.withinss[i])
    t.ok(math.abs(a.silhouette[i] - b.silhouette[i]) < 0.03, ("%g %g"):format(a.silhouette[i], b.silhouette[i]))
    t.ok(a.silhouette[i] ~= b.silhouette[i] and b.dunn[i] > 0)
  end
  options.pairs = 0
  local none = many:choose(options)
  t.ok(card(none):find("silhouette and dunn were left out (pairs = 0)", 1, true), card(none))
  t.eq({ none:tidy().silhouette[1], none:tidy().dunn[1] }, { NA, NA })
end)

t.test("gap and stability of a sample are near those of all rows, and the card says so", function()
  local options = { k = "2:6", references = 10, resamples = 10, pairs = 0, reference_fits = "full" }
  local all = many:choose(options)
  options.trial_rows = 400
  local part = many:choose(options)
  t.eq({ all.trial_rows, part.trial_rows }, { 1200, 400 })
  t.has(card(part), "gap and stability are of 400 of 1200 rows, drawn at random (trial_rows = 1200: of all)")
  for i = 1, 5 do
    local a, b = all:tidy(), part:tidy()
    t.ok(math.abs(a.gap[i] - b.gap[i]) < 0.1, ("%g %g"):format(a.gap[i], b.gap[i]))
    t.ok(b.log_w[i] < a.log_w[i] - 0.9) -- of a third of the rows
  end
  t.ok(all:tidy().stability[4] > 0.97 and part:tidy().stability[4] > 0.97)
  t.ok(all:tidy().stability[5] ~= part:tidy().stability[5])
  t.eq({ all.suggested, part.suggested }, { 5, 5 })
end)

t.test("fits to rows at random are quick from 500 rows on: the gap stays within its standard error", function()
  local options = { k = "2:8", references = 10, resamples = 0, pairs = 0 }
  local quick = many:choose(options)
  options.reference_fits = "full"
  local full = many:choose(options)
  t.eq({ quick.quick, full.quick }, { true, false })
  t.ok(card(quick):find("began 3 times and were not refined", 1, true), card(quick))
  t.ok(not card(full):find("began 3 times", 1, true))
  local worse = 0
  for i = 1, 7 do
    local a, b = full:tidy(), quick:tidy()
    t.eq(a.log_w[i], b.log_w[i])
    t.ok(b.gap[i] >= a.gap[i] - 1e-12 and b.gap[i] < a.gap[i] + a.gap_se[i], ("%g %g"):format(a.gap[i], b.gap[i]))
    worse = worse + (b.gap[i] - a.gap[i])
  end
  t.ok(worse > 0) -- the fits did differ
  options.starts, options.refine, options.reference_fits = 2, "none", "auto"
  t.eq(many:choose(options).quick, false) -- all was said by the caller
end)

t.test("fits of a sample give all rows a cluster, near those of all, and the card says so", function()
  local options = { k = "2:6", references = 5, resamples = 5, trial_rows = 300 }
  local all = many:choose(options)
  options.fit_rows = 400
  local part = many:choose(options)
  t.eq({ all.fit_rows, part.fit_rows }, { 1200, 400 })
  t.ok(card(part):find("fits are to 400 of 1200 rows, drawn at random; " ..
    "the others were assigned as new rows (fit_rows = 1200: to all)",
    1, true), card(part))
  t.ok(not card(all):find("fits are to", 1, true))
  local worse = 0
  for i = 1, 5 do
    local a, b = all:tidy(), part:tidy()
    local full, some = a.withinss[i], b.withinss[i]
    t.ok(some >= full and some < 1.05 * full, ("%g %g"):format(full, some))
    worse = worse + b.withinss[i] - a.withinss[i]
  end
  t.ok(worse > 0)
  t.eq(part.suggested, 5)
  options.fit_rows = 1200
  t.eq(t.cells(many:choose(options):tidy().stability), t.cells(all:tidy().stability))
end)

t.test("a method that cannot take so many rows refuses before the work begins", function()
  local x = {}
  for i = 1, 200001 do
    x[i] = i % 1000
  end
  t.raises("too-large", function() frame { x = x }:choose { method = "pam" } end, "200001", "clara", "sample = 20000")
end)

t.done()
