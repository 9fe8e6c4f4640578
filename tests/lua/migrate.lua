-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who moved between two segmentations: counts by hand, by name and by overlap, over two dates.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function rows_of(df)
  local rows = {}
  for i, row in df:rows() do
    rows[i] = row
  end
  return rows
end

local both = frame {
  { "a", { 1, 1, 1, 1, 2, 2, 2, 3, 3, NA, 0, 1 } },
  { "b", { 2, 2, 2, 1, 1, 1, 3, 3, 3, 1, 2, NA } },
}

t.test("two columns of numbers: pairs by overlap, shares, who entered and left", function()
  local m = both:migrate { from = "a", to = "b" }
  t.eq({ m.n, m.stayed, m.moved, m.entered, m.left }, { 9, 7, 2, 2, 1 })
  t.near(m.stayed_share, 7 / 9, 1e-15)
  -- scikit-learn 1.2.1: adjusted_rand_score([1,1,1,1,2,2,2,3,3], [2,2,2,1,1,1,3,3,3])
  t.near(m.ari, 0.35714285714285715, 1e-14)
  local tidy = {}
  for _, row in ipairs(rows_of(m:tidy())) do
    tidy[tostring(row.from) .. ">" .. tostring(row.to)] = row
  end
  t.eq({ tidy["1>2"].rows, tidy["1>2"].stayed, tidy["1>1"].rows, tidy["1>1"].stayed }, { 3, true, 1, false })
  t.eq({ tidy["1>2"].share_from, tidy["1>2"].share_to }, { 0.6, 0.75 }) -- of 5 and 4 rows, NA included
  t.eq({ tidy["NA>1"].share_from, tidy["1>NA"].share_to }, { NA, NA })
  local pairs_of = {}
  for _, row in ipairs(rows_of(m:part "matches")) do
    pairs_of[row.from] = { row.to, row.rows }
  end
  t.eq(pairs_of, { ["1"] = { "2", 3 }, ["2"] = { "1", 2 }, ["3"] = { "3", 2 } })
  t.eq(t.cells((m:part "movers").row), { 4, 7, 10, 11, 12 })
end)

t.test("by name: what is called the same belongs together", function()
  local m = both:migrate { from = "a", to = "b", match = "name" }
  t.eq(m.stayed, 3)
  local words = frame { { "a", { "x", "x", "y", "y" } }, { "b", { "y", "y", "x", "y" } } }
  t.eq(words:migrate({ from = "a", to = "b" }).stayed, 1)
  t.eq(words:migrate({ from = "a", to = "b", match = "overlap" }).stayed, 3)
end)

t.test("two dates: joined by an id, whatever the order of the rows", function()
  local tiers = { "gold", "gold", "silver", "gold", "silver" }
  local old = frame { { "who", { "d", "a", "b", NA, "c" } }, { "tier", tiers } }
  local new = frame { { "who", { "c", "b", "a", "e" } }, { "level", { "gold", "silver", "gold", "silver" } } }
  local m = old:migrate { from = "tier", to = "level", now = new, id = "who" }
  t.eq({ m.n, m.stayed, m.entered, m.left }, { 3, 2, 1, 1 })
  t.eq(rows_of(m:part "movers"), {
    { from = "gold", to = NA, row = 1, row_now = NA, id = "d" },
    { from = "silver", to = "gold", row = 5, row_now = 1, id = "c" },
    { from = NA, to = "silver", row = NA, row_now = 4, id = "e" },
  })
  t.raises("bad-data", function()
    old:migrate { from = "tier", to = "level", now = frame { who = { "a", "a" }, level = { "x", "y" } }, id = "who" }
  end, "'who'", "rows 1 and 2")
  t.raises("missing-option", function() old:migrate { from = "tier", now = new } end, "id")
  t.raises("missing-option", function() old:migrate { from = "tier" } end, "to =")
  t.raises("unknown-column", function() old:migrate { from = "tier", now = new, id = "who" } end, "'tier'")
end)

local iris = read "datasets/iris/iris.csv"

t.test("two models on one frame; diff finds the same movers", function()
  local a, b = iris:kmeans { k = 3 }, iris:kmeans { k = 3, scale = "zscore" }
  local m = a:migrate(b, { data = iris })
  t.eq(m.n, 150)
  t.eq(m.moved, diff(a, b).rows_moved)
  t.eq(t.cells((m:part "movers").row), t.cells(diff(a, b):moved().row))
  t.eq(a:migrate(a, { data = iris }).stayed, 150)
  t.has(tostring(m:plot()), "from")
end)

t.test("one model on two dates", function()
  local m = iris:kmeans { k = 3, on = { "petal_length", "petal_width" } }
  local old = iris:mutate "id = row_number()"
  local new = old:mutate("petal_length = if(id <= 10, 6, petal_length)", "petal_width = if(id <= 10, 2, petal_width)")
  local moves = m:migrate(m, { data = old, now = new:sort "-id", id = "id" })
  t.eq({ moves.n, moves.moved, moves.entered, moves.left }, { 150, 10, 0, 0 })
  t.raises("missing-option", function() m:migrate(m, { data = old, now = new }) end, "id")
  t.raises("wrong-type", function() m:migrate(iris, { data = old }) end, "model")
end)

t.test("a migration goes into a file and back", function()
  local m, path = both:migrate { from = "a", to = "b" }, t.path ".assay"
  m:save(path)
  local back = model.load(path)
  t.same_frame(back:tidy(), m:tidy())
  t.same_frame(back:part "movers", m:part "movers")
  t.eq(tostring(back), tostring(m))
  t.raises("unknown-name", function() m:part "mover" end, "movers")
end)

t.done()
