-- SPDX-License-Identifier: GPL-3.0-or-later
-- Passports: names, value, rules, stability, drift, rows to look at, text, file; and columns of labels as models.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function rows_of(df)
  local rows = {}
  for i, row in df:rows() do
    rows[i] = row
  end
  return rows
end

-- Two groups: 30 small, young, in the north; 20 large, old, in the south.
local cells = { spend = {}, age = {}, region = {}, member = {}, noise = {} }
for i = 1, 50 do
  local large = i > 30
  cells.spend[i] = large and 900 + i or 100 + i
  cells.age[i] = large and 50 + i % 7 or 20 + i % 7
  cells.region[i] = large and "south" or "north"
  cells.member[i] = large
  cells.noise[i] = (i * 37) % 50
end
local shop = frame(cells):cast { region = "category" }
local fit = shop:kmeans { k = 2, on = { "spend" } }

t.test("names, sizes, shares of a value, rules", function()
  local p = fit:passport(shop, { value = "spend" })
  local rows = rows_of(p:tidy())
  t.eq({ rows[1].cluster, rows[1].size, rows[1].share }, { 1, 30, 0.6 })
  local total = 0
  for _, x in ipairs(cells.spend) do
    total = total + x
  end
  t.near(p.value_total, total, 1e-15)
  t.near(rows[1].value_share, (30 * 100 + 465) / total, 1e-14)
  t.near(rows[2].value_mean, 940.5, 1e-14)
  t.eq({ rows[1].precision, rows[1].recall, rows[1].f1 }, { 1.0, 1.0, 1.0 })
  t.eq(#shop:filter(rows[1].rule), 30)
  t.eq(p.f1, 1.0)
  t.has(rows[1].differences, "region = north 100% against 0%")
end)

t.test("names come from the largest differences, and no two are the same", function()
  local only = shop:select("spend", "age", "noise")
  local names = t.cells(fit:passport(only):tidy().name)
  t.eq(names, { "low spend, low age", "high spend, high age" })
  names = t.cells(fit:passport(shop:select("spend", "region", "member")):tidy().name)
  t.eq(names, { "region = north, not member", "region = south, member" })
  local four = frame { s = { 1, 1, 2, 2, 3, 3, 4, 4 }, x = { 1, 2, 1, 2, 1, 2, 1, 2 } }
  names = t.cells(four:segmentation("s"):passport(four):tidy().name)
  t.eq(names, { "average", "average (2)", "average (3)", "average (4)" })
end)

t.test("a segment in the middle is average, and its small differences are called so", function()
  local x, y = {}, {}
  for i = 1, 90 do
    local third = i % 3
    x[i] = third * 10 + i % 5
    y[i] = i % 10 + (third == 1 and 1.2 or 0)
  end
  local df = frame { x = x, y = y }
  local names = t.cells(df:kmeans({ k = 3, on = { "x" } }):passport(df):tidy().name)
  t.eq(names, { "average, rather high y", "high x", "low x" })
end)

t.test("the user's own names", function()
  local p = fit:passport(shop, { names = { "small", "big" } })
  t.eq(t.cells(p:tidy().name), { "small", "big" })
  local rows = p:augment(shop)
  t.eq({ rows.segment[1], rows.segment[50], rows.cluster[50] }, { "small", "big", 2 })
  t.raises("bad-names", function() fit:passport(shop, { names = { "one" } }) end, "2 segments and 1 names")
  t.raises("bad-names", function() fit:passport(shop, { names = { "a", "a" } }) end, "twice")
  t.raises("bad-names", function() fit:passport(shop, { names = { "", "a" } }) end, "empty")
end)

t.test("stability from the fit, or from a frame", function()
  local given = frame { cluster = { 1, 2 }, jaccard = { 0.9, 0.4 } }
  local p = fit:passport(shop, { stability = given })
  t.eq(t.cells(p:tidy().stability), { 0.9, 0.4 })
  t.near(p.stability_mean, 0.7, 1e-15)
  t.raises("wrong-column-type", function() fit:passport(shop, { stability = shop }) end, "cluster")
end)

t.test("since an earlier model: former segments and who stayed in them", function()
  local before = shop:mutate "s = if(spend < 110, 1, spend < 500, 2, 3)"
  local p = fit:passport(before, { before = before:segmentation "s" })
  -- 9 rows below 110, 21 more small ones, 20 large ones
  t.eq(t.cells(p:tidy().former), { 2, 3 })
  t.eq(t.cells(p:tidy().kept), { 21 / 30, 1.0 })
  t.near(p.kept, 41 / 50, 1e-15)
end)

t.test("since earlier rows: shares then and now, and their index", function()
  local p = fit:passport(shop, { before = shop:head(40) })
  t.eq(t.cells(p:tidy().share_before), { 0.75, 0.25 })
  t.near(p:tidy().share_change[1], -0.15, 1e-14)
  t.near(p.drift, (0.6 - 0.75) * math.log(0.6 / 0.75) + (0.4 - 0.25) * math.log(0.4 / 0.25), 1e-14)
  t.raises("wrong-type", function() fit:passport(shop, { before = 3 }) end, "before")
end)

t.test("typical rows are nearest to the mean, rows at the border nearest to another", function()
  local line = frame { x = { 0, 1, 2, 3, 4, 10, 11, 12, 13, 14 } }
  local m = line:kmeans { k = 2 }
  local found = {}
  for _, row in ipairs(rows_of(m:passport(line, { typical = 2 }):part "rows")) do
    local key = row.cluster .. row.kind
    found[key] = (found[key] or "") .. " " .. row.row
  end
  t.eq(found, { ["1typical"] = " 3 2", ["1border"] = " 5 4", ["2typical"] = " 8 7", ["2border"] = " 6 7" })
  t.eq(t.cells(m:passport(line, { typical = 0 }):tidy().typical), { 3, 8 })
end)

t.test("a passport goes into a file and back, and knows new rows", function()
  local p, path = fit:passport(shop, { value = "spend", before = shop:head(40) }), t.path ".assay"
  p:save(path)
  local back = model.load(path)
  t.eq(tostring(back), tostring(p))
  t.eq(back:text(), p:text())
  t.same_frame(back:predict(shop), p:predict(shop))
  t.same_frame(back:part "conditions", p:part "conditions")
  t.same_frame(back:passport(shop):tidy(), fit:passport(shop):tidy())
end)

t.test("as Markdown: a heading for each segment, markup of the data escaped", function()
  local p = fit:passport(shop, { names = { "a*b|c", "x" }, value = "spend" })
  local text = p:text()
  t.has(text, "# 2 segments")
  t.has(text, "## 1. a\\*b\\|c\n")
  t.has(text, "% of spend (mean ")
  t.has(text, "| region = north | 100.0% | 0.0% |")
  local path = t.path ".md"
  p:write(path)
  t.eq(t.read(path), text)
  t.raises("not-supported", function() fit:text() end, "passport")
end)

t.test("charts of a passport", function()
  local p = fit:passport(shop, { value = "spend", names = { "small", "big" } })
  t.has(tostring(p:plot()), "small")
  t.has(tostring(p:plot "rules"), "precision")
  t.has(tostring(p:plot "differences"), "region = north")
  t.raises("unknown-chart", function() p:plot "share" end, "shares")
end)

t.test("a passport of any clustering, also with noise and without numbers", function()
  local iris = read "datasets/iris/iris.csv"
  local noisy = iris:dbscan { eps = 0.4, min_points = 5, on = { "petal_length", "petal_width", "sepal_length" } }
  local p = noisy:passport(iris)
  t.ok(p.unassigned > 0)
  t.eq(#p:tidy(), p.k)
  local classes = iris:segmentation("species"):passport(iris)
  t.eq(t.cells(classes:tidy().name), { "setosa", "versicolor", "virginica" })
  t.ok(classes.f1 > 0.9)
  t.eq(pcall(function() return classes:tidy().typical end), false)
end)

-- ---- a column of labels as a model

t.test("segmentation: texts by size, numbers as they are, names", function()
  local df = frame { { "s", { "b", "a", "a", NA, "c", "a", "b" } }, { "n", { 2, 1, 0, NA, 2, 4, 2 } } }
  local s = df:segmentation "s"
  t.eq(t.cells(s:tidy().name), { "a", "b", "c" })
  t.eq(t.cells(s:tidy().size), { 3, 2, 1 })
  t.eq({ s.n, s.k, s.unassigned }, { 7, 3, 1 })
  t.eq(t.cells(s:predict(df).cluster), { 2, 1, 1, NA, 3, 1, 2 })
  local n = df:segmentation "n"
  t.eq(t.cells(n:tidy().size), { 1, 3, 0, 1 })
  t.eq(t.cells(n:predict(df).cluster), { 2, 1, 0, NA, 2, 4, 2 })
  t.eq(t.cells(df:segmentation("s", { names = { "x", "y", "z" } }):tidy().name), { "x", "y", "z" })
  local new = frame { s = { "c", "d" } }
  t.eq(t.cells(s:predict(new).cluster), { 3, NA })
  local path = t.path ".assay"
  s:save(path)
  t.same_frame(model.load(path):predict(df), s:predict(df))
  t.has(tostring(s:plot()), "3")
end)

t.test("segmentation refuses what are no segments", function()
  t.raises("bad-data", function() frame({ s = { 1, -1 } }):segmentation "s" end, "-1")
  t.raises("bad-data", function() frame({ s = { 0, 0 } }):segmentation "s" end, "'s'")
  t.raises("wrong-column-type", function() frame({ s = { 0.5, 1 } }):segmentation "s" end, "float64")
  t.raises("too-many-segments", function() frame({ s = { 1, 123456789 } }):segmentation "s" end, "123456789")
  t.raises("bad-names", function() shop:segmentation("region", { names = { "x" } }) end, "2 segments")
end)

t.done()
