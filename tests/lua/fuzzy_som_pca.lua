-- SPDX-License-Identifier: GPL-3.0-or-later
-- Fuzzy c-means, self-organising maps and principal components from a script.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local points = frame { x = { 1.0, 1.2, 9.0, 9.1, 9.3 }, y = { 0, 0, 5, 5, 5 } }

local function sum_of(frame, row, names)
  local sum = 0
  for _, name in ipairs(names) do
    sum = sum + frame[name][row]
  end
  return sum
end

-- ---- fuzzy

t.test("memberships add up to 1, and near m = 1 they are k-means's labels", function()
  local m = iris:fuzzy { k = 3, m = 1.05 }
  local found = m:predict(iris)
  for i = 1, #found do
    t.near(sum_of(found, i, { "membership_1", "membership_2", "membership_3" }), 1, 1e-12)
  end
  t.near(m.objective, iris:kmeans({ k = 3 }).inertia, 0.2)
  t.near(m.coefficient, 1, 0.01)
  t.near(iris:fuzzy({ k = 3, m = 50 }).coefficient, 1 / 3, 1e-3)
  t.has(tostring(iris:fuzzy { k = 3, m = 50 }), "alike")
end)

t.test("a row on a centre belongs to it alone; one cluster has all", function()
  local m = points:fuzzy { k = 5, starts = 1 }
  t.near(m.coefficient, 1, 1e-9)
  t.eq(t.cells(points:fuzzy(1):predict(points).membership_1), { 1.0, 1.0, 1.0, 1.0, 1.0 })
  t.raises("too-few-rows", function() points:fuzzy(6) end, "k is 6")
  t.raises("out-of-range", function() points:fuzzy { k = 2, m = 1 } end)
  t.raises("kmeans-distinct", function() frame({ x = { 1, 1, 1 } }):fuzzy(2) end)
  t.raises("not-finite", function() frame({ x = { 1, t.nan, 3 } }):fuzzy(2) end, "row 2")
end)

t.test("a saved fuzzy model predicts the same; weights are rows", function()
  local m, path = iris:fuzzy { k = 3, scale = "zscore" }, t.path ".assay"
  m:save(path)
  t.same_frame(model.load(path):predict(iris), m:predict(iris))
  local twice = points:append(points):fuzzy { k = 2 }
  local weighted = points:mutate { "w = 2" }:fuzzy { k = 2, weights = "w", on = { "x", "y" } }
  t.near(weighted.objective, twice.objective, 1e-9)
  t.ok(#tostring(m:plot "segments") > 100)
end)

-- ---- som

t.test("a grid of units with places, codes and rows", function()
  local m = iris:som { x = 5, y = 4, scale = "zscore" }
  local units = m:units()
  t.eq({ #units, m.k, m.x, m.y }, { 20, 20, 5, 4 })
  t.eq({ units.x[6], units.column[6], units.row[6] }, { 0.5, 1, 2 })
  t.near(units.y[6], math.sqrt(3) / 2, 1e-15)
  local rows = 0
  for _, n in ipairs(t.cells(units.rows)) do
    rows = rows + n
  end
  t.eq(rows, 150)
  local found, mean = m:predict(iris), 0
  for i = 1, #found do
    mean = mean + found.distance[i] / #found
    t.eq(found.cluster[i], units.cluster[math.tointeger(found.unit[i])])
  end
  t.near(mean, m.quantisation, 1e-12)
end)

t.test("units are cut into k clusters, largest first", function()
  local m = iris:som { x = 6, y = 6, scale = "zscore", k = 3 }
  local sizes = t.cells(m:tidy().size)
  t.ok(#sizes == 3 and sizes[1] >= sizes[2] and sizes[2] >= sizes[3])
  t.eq(t.cells(m:units():group("cluster"):agg { "n = sum(rows)" }:sort("cluster").n), sizes)
end)

t.test("every kind of map runs, and is the same again", function()
  for _, o in ipairs {
    { grid = "rectangular" }, { toroidal = true, y = 4 }, { method = "online", seed = 3 }, { neighbourhood = "bubble" },
    { init = "random" }, { radius = 2, radius_end = 1 }, { weights = "sepal_width" },
  } do
    o.x, o.y, o.epochs, o.on = 4, o.y or 3, 20, { "petal_length", "petal_width", "sepal_length" }
    local m = iris:som(o)
    t.ok(m.explained > 0.7, t.show(o))
    t.same_frame(iris:som(o):units(), m:units())
  end
end)

t.test("a map of one unit is the mean; of few rows, of equal rows", function()
  local m = points:som { x = 1, y = 1 }
  t.near(m:units().x_code[1], 5.92, 1e-12)
  t.eq({ m.topographic, m.empty }, { 0.0, 0 })
  t.eq(points:head(1):som({ x = 2, y = 2 }).n, 1)
  t.near(frame({ a = { 2, 2, 2.0 } }):som({ x = 2, y = 2 }).quantisation, 0, 1e-12)
end)

t.test("what a map refuses", function()
  t.raises("out-of-range", function() iris:som { x = 4, y = 3, toroidal = true } end, "even", "y = 4")
  t.raises("out-of-range", function() iris:som { x = 4 } end, "both")
  t.raises("out-of-range", function() iris:som { x = 2, y = 2, k = 5 } end, "4 units")
  t.raises("out-of-range", function() iris:som { x = 500, y = 500 } end)
end)

t.test("a saved map predicts the same; charts", function()
  local m, path = iris:som { x = 4, y = 4, k = 2 }, t.path ".assay"
  m:save(path)
  t.same_frame(model.load(path):predict(iris), m:predict(iris))
  for _, kind in ipairs { "umatrix", "counts", "planes", "segments", "sizes", "profile" } do
    t.ok(#tostring(m:plot(kind)) > 60)
  end
  t.has(tostring(m:plot("planes", { x = "petal_width" })), "petal_width")
  t.raises("unknown-column", function() m:plot("planes", { x = "nothing" }) end, "nothing")
end)

-- ---- pca

t.test("scores have the components' variances, and nothing between them", function()
  local m = iris:pca { scale = "zscore" }
  local found, sd = m:predict(iris), t.cells(m:tidy().sd)
  for c = 1, 4 do
    local mean, square, mixed = 0, 0, 0
    for i = 1, 150 do
      local x = found["component_" .. c][i]
      mean, square = mean + x / 150, square + x * x
      mixed = mixed + x * found["component_" .. c % 4 + 1][i]
    end
    t.near(mean, 0, 1e-12)
    t.near(math.sqrt(square / 149), sd[c], 1e-12)
    t.near(mixed, 0, 1e-10)
  end
  t.near(m.total, 4, 1e-12)
end)

t.test("as many components as asked for, by number or share", function()
  t.eq(t.names(iris:pca(2):predict(iris)), { "component_1", "component_2" })
  t.eq(iris:pca({ share = 0.95 }).k, 2)
  t.eq(iris:pca({ share = 0.9 }).k, 1)
  t.eq(iris:pca({ share = 1 }).k, 4)
  t.eq(#iris:pca(2):tidy(), 4)
  t.eq(iris:pca(9).k, 4)
end)

t.test("the largest loading is positive; more columns than rows", function()
  local columns = {}
  for j = 1, 90 do
    columns["v" .. j] = { math.sin(j), math.cos(j * 2), math.sin(j * j), j % 3 + 0.5 }
  end
  local wide = frame(columns)
  local m = wide:pca()
  t.eq({ m.k, m.variables, #m:tidy() }, { 3, 90, 3 })
  for c = 1, 3 do
    local most, square = 0, 0
    for _, x in ipairs(t.cells(m:loadings()["component_" .. c])) do
      most = math.abs(x) > math.abs(most) and x or most
      square = square + x * x
    end
    t.ok(most > 0)
    t.near(square, 1, 1e-12)
  end
  local found, total = m:predict(wide), 0
  for c = 1, 3 do
    for i = 1, 4 do
      total = total + found["component_" .. c][i] ^ 2 / 3
    end
  end
  t.near(total, m.total, 1e-9)
end)

t.test("what components refuse, saving and charts", function()
  t.raises("bad-data", function() points:head(1):pca() end, "two rows")
  t.raises("missing-values", function() frame({ a = { 1, NA, 2 } }):pca() end)
  t.eq(frame({ a = { 1, NA, 2 }, b = { 1, 2, 5 } }):pca({ missing = "drop" }).n, 2)
  local same = frame({ a = { 1, 1, 1 }, b = { 2, 2, 2 } }):pca()
  t.eq(same.total, 0.0)
  local m, path = iris:pca { scale = "range" }, t.path ".assay"
  m:save(path)
  t.same_frame(model.load(path):predict(iris), m:predict(iris))
  t.has(tostring(m:plot "biplot"), "petal_width")
  t.ok(#tostring(m:plot "scree") > 60)
  t.eq(#iris:pca(2):augment(iris), 150)
  t.raises("not-supported", function() iris:pca(1):plot "biplot" end, "two components")
end)

t.done()
