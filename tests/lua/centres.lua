-- SPDX-License-Identifier: GPL-3.0-or-later
-- k-medians, spherical and mini-batch k-means from a script: options, what cannot be, models and files.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local points = frame { x = { 1.0, 1.2, 9.0, 9.1, 20 }, y = { 0.1, 0, 5, 5.2, 5 } }
local methods = { "kmedians", "spherical", "minibatch" }

t.test("predicting the rows of the fit gives clusters of the sizes in tidy, and distances", function()
  for _, method in ipairs(methods) do
    local m = iris[method](iris, { k = 3 })
    local p = m:predict(iris)
    t.eq(t.names(p), { "cluster", "distance" })
    local sizes = {}
    for i = 1, #p do
      sizes[p.cluster[i]] = (sizes[p.cluster[i]] or 0) + 1
      t.ok(p.distance[i] >= 0)
    end
    t.eq(sizes, t.cells(m:tidy().size), method)
  end
end)

t.test("k-medians: the median of two is half way, one far off does not count", function()
  local m = points:kmedians { k = 2 }
  local tidy = m:tidy()
  t.eq({ t.cells(tidy.size), t.cells(tidy.x), t.cells(tidy.y) }, { { 3, 2 }, { 9.1, 1.1 }, { 5.0, 0.05 } })
  t.near(m.cost, 11.0 + 0.2 + 0.2 + 0.1, 1e-12)
end)

t.test("spherical: only directions count", function()
  local df = frame { a = { 1, 10, 100, 1, 3 }, b = { 2, 20, 200, 0, 0 } }
  local m = df:spherical { k = 2 }
  t.eq(t.cells(m:tidy().size), { 3, 2 })
  t.near(m.cost, 0, 1e-15)
  t.near(m:tidy().a[1], 1 / math.sqrt(5), 1e-15)
  t.eq(t.cells(m:predict(frame { a = { 7 }, b = { 13 } }).cluster), { 1 })
  t.raises("no-direction", function() frame({ a = { 1, 0, 2 }, b = { 1, 0, 1 } }):spherical(2) end, "row 2", "zeros")
  t.raises("no-direction", function() m:predict(frame { a = { 1, 0 }, b = { 1, 0 } }) end, "row 2")
  t.raises("no-direction", function() df:spherical { k = 2, init = frame { a = { 0, 1 }, b = { 0, 1 } } } end, "init")
end)

t.test("minibatch: near k-means, whatever the batch", function()
  local exact = iris:kmeans(3).inertia
  for _, batch in ipairs { 20, 150, 5000 } do
    local m = iris:minibatch { k = 3, batch = batch, seed = 2 }
    t.ok(m.inertia >= exact * (1 - 1e-12) and m.inertia < exact * 1.06, "batch " .. batch)
  end
  local one = iris:minibatch { k = 3, max_iter = 1, patience = 0 }
  t.eq({ one.iterations, one.converged, one.reason }, { 1, false, "max_iter" })
  t.eq(iris:minibatch({ k = 3, batch = 30, max_iter = 40, patience = 0 }).iterations, 40)
end)

t.test("minibatch: data in pieces, of which one is in memory", function()
  local state, lines = 7, { "a,b,w" }
  local function uniform()
    state = (state * 16807) % 2147483647
    return state / 2147483647
  end
  for i = 1, 320000 do
    local group = (i * 7919) % 5
    lines[i + 1] = ("%.4f,%.4f,%d"):format(group * 3 + uniform(), group % 2 * 5 + uniform(), i % 2 + 1)
  end
  local path = t.file(table.concat(lines, "\n") .. "\n", ".csv")
  local code = ([[
    local m
    for i = 0, 15 do
      local piece = read(%q, { skip = 1 + i * 20000, rows = 20000, header = false, names = { "a", "b", "w" } })
      m = piece:minibatch { k = 5, on = { "a", "b" }, weights = %s, init = m and m:tidy() or nil }
      piece = nil
      collectgarbage()
    end
    m:save(%q)
  ]])
  local kept = t.path ".assay"
  local _, whole = t.run { "--memory", "6M", "-e", ("read(%q):minibatch { k = 5, on = { 'a', 'b' } }"):format(path) }
  t.has(whole, "budget")
  local _, err, status = t.run { "--memory", "6M", "-e", code:format(path, "nil", kept) }
  t.eq(status, 0, err)
  local m, all = model.load(kept), read(path)
  local seen, cost = 0, 0
  for _, rows in ipairs(t.cells(m:tidy().rows_seen)) do
    t.ok(rows > 56000 and rows < 72000, "rows_seen " .. rows)
    seen = seen + rows
  end
  t.near(seen, 320000, 1e-12)
  for _, distance in ipairs(t.cells(m:predict(all).distance)) do
    cost = cost + distance * distance
  end
  local best = all:kmeans { k = 5, on = { "a", "b" } }.inertia
  t.ok(cost >= best * (1 - 1e-9) and cost < best * 1.01, ("%g beside %g"):format(cost, best))
  -- weights count as rows, in whatever order the clusters come
  t.eq(select(3, t.run { "--memory", "6M", "-e", code:format(path, "'w'", kept) }), 0)
  seen = 0
  for _, rows in ipairs(t.cells(model.load(kept):tidy().rows_seen)) do
    seen = seen + rows
  end
  t.near(seen, 480000, 1e-12)
  -- a centre that has had much stays
  local centres = frame { a = { 0, 12 }, b = { 0, 0 }, rows_seen = { 1e12, 0 } }
  local two = all:minibatch { k = 2, on = { "a", "b" }, init = centres, reassign = 0 }:tidy()
  local stays = two.a[1] < two.a[2] and 1 or 2
  t.ok(math.abs(two.a[stays]) < 1e-5 and two.rows_seen[stays] > 1e12 and two.rows_seen[3 - stays] < 320000)
  for _, bad in ipairs { -1, 0 / 0, 1 / 0, NA } do
    t.raises("bad-weight", function()
      all:minibatch { k = 2, on = { "a", "b" }, init = frame { a = { 0, 12 }, b = { 0, 0 }, rows_seen = { 1, bad } } }
    end, "row 2")
  end
end)

t.test("options that all have: scale, weights, seed, init, missing", function()
  for _, method in ipairs(methods) do
    local m = iris[method](iris, { k = 3, scale = "zscore", seed = 9 })
    t.eq({ m.seed, m.n }, { 9, 150 })
    local given = iris[method](iris, { k = 2, init = iris:head(2) })
    t.eq(given.k, 2)
    t.raises("out-of-range", function() iris[method](iris, { k = 3, init = iris:head(2) }) end, "2 rows", "k is 3")
    t.raises("unknown-column", function() points[method](points, { k = 1, init = frame { x = { 1 } } }) end, "'y'")
    local holes = frame { a = { 1, 2, NA, 9 }, b = { 1, 1, 1, 8 }, w = { 1, 2, 1, 0 } }
    t.raises("missing-values", function() holes[method](holes, 2) end, "a (1)")
    local dropped = holes[method](holes, { k = 1, on = { "a", "b" }, missing = "drop", weights = "w" })
    t.eq({ dropped.n, dropped.dropped }, { 3, 1 })
    t.eq(dropped:predict(holes).cluster[3], NA)
  end
end)

t.test("what cannot be", function()
  for _, method in ipairs(methods) do
    t.raises("k-above-n", function() points[method](points, 6) end, "k = 6", "5 rows")
    t.raises("not-finite", function()
      local odd = frame { a = { 1, 2, 1 / 0 } }
      odd[method](odd, 2)
    end, "row 3")
    t.raises("kmeans-distinct", function()
      local twins = frame { a = { 1, 1, 1 }, b = { 2, 2, 2 } }
      twins[method](twins, 2)
    end)
  end
end)

t.test("k = 1, one row, one column", function()
  for _, method in ipairs(methods) do
    t.eq(iris[method](iris, 1):tidy().size[1], 150)
    local one = frame { a = { 5 } }
    t.eq(one[method](one, 1).n, 1)
  end
end)

t.test("a model comes back from its file as it was", function()
  for _, method in ipairs(methods) do
    local path = t.file ""
    local m = iris[method](iris, 3)
    m:save(path)
    local back = model.load(path)
    t.eq(tostring(back), tostring(m))
    t.eq(t.cells(back:predict(iris).cluster), t.cells(m:predict(iris).cluster))
  end
end)

t.test("charts", function()
  for _, method in ipairs(methods) do
    local m = iris[method](iris, 3)
    for _, kind in ipairs { "segments", "sizes", "profile" } do
      t.ok(tostring(m:plot(kind)) ~= "", method .. " " .. kind)
    end
  end
end)

t.done()
