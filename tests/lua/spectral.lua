-- SPDX-License-Identifier: GPL-3.0-or-later
-- Spectral clustering and BIRCH: shapes, refusals, new rows, files, plots.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"

-- f raises one of our errors, with this text in its message.
local function refuses(text, f)
  local fine, e = pcall(f)
  t.ok(not fine and type(e) == "userdata" and e.message:find(text, 1, true), fine and "no error" or tostring(e))
end

local function labels(m, df)
  local column, out = m:predict(df).cluster, {}
  for i = 1, #df do
    out[i] = column[i]
  end
  return out
end

-- Two half circles that reach into one another, n rows each, a little uneven.
local function moons(n)
  local x, y, truth = {}, {}, {}
  for i = 1, n do
    local angle = math.pi * (i - 1) / (n - 1)
    local off = ((i * 7919) % 97 / 97 - 0.5) * 0.1
    x[i], y[i], truth[i] = math.cos(angle) + off, math.sin(angle) - off, 1
    x[n + i], y[n + i], truth[n + i] = 1 - math.cos(angle) - off, 0.5 - math.sin(angle) + off, 2
  end
  return frame { x = x, y = y, truth = truth }
end

local df = moons(150)
local on = { "x", "y" }

local function ari(m, data)
  return m:augment(data):agreement { a = "truth", b = "cluster" }.ari[1]
end

t.test("half circles, by neighbours and by all pairs", function()
  t.eq(ari(df:spectral { k = 2, on = on }, df), 1.0)
  t.eq(ari(df:spectral { k = 2, on = on, affinity = "rbf", gamma = 50 }, df), 1.0)
  t.ok(ari(df:kmeans { k = 2, on = on }, df) < 0.6)
  local m = df:spectral { k = 2, on = on, affinity = "rbf" }
  t.ok(m.gamma > 0 and m.components == 1 and m.converged)
end)

t.test("eigenvalues: rising, from 0, as many zeros as parts; k by the widest gap", function()
  local m = df:spectral { on = on }
  local values = m:eigenvalues().eigenvalue
  t.eq(m.k, 2)
  t.eq(#values, 12)
  t.eq(values[1], 0.0)
  for i = 2, 12 do
    t.ok(values[i] >= values[i - 1] and values[i] <= 2)
  end
  local zeros = 0
  for i = 1, 12 do
    zeros = zeros + (values[i] == 0 and 1 or 0)
  end
  t.eq(zeros, m.components)
end)

t.test("the order of rows and the number of threads change nothing", function()
  local order = {}
  for i = 1, #df do
    order[i] = (i * 7) % #df + 1
  end
  local x, y, truth = {}, {}, {}
  for i, row in ipairs(order) do
    x[i], y[i], truth[i] = df.x[row], df.y[row], df.truth[row]
  end
  local shuffled = frame { x = x, y = y, truth = truth }
  t.eq(ari(shuffled:spectral { k = 2, on = on }, shuffled), 1.0)
  t.same_frame(df:spectral { k = 3, on = on }:tidy(), df:spectral { k = 3, on = on }:tidy())
end)

t.test("new rows take the cluster of the nearest row", function()
  local m = df:spectral { k = 2, on = on }
  local new = m:predict(frame { x = { 0, 1 }, y = { 1.0, -0.5 } })
  local own = labels(m, df)
  t.eq(new.cluster[1], own[75])
  t.eq(new.cluster[2], own[225])
  t.ok(new.distance[1] < 0.2)
  local sampled = df:spectral { k = 2, on = on, sample = 200 }
  t.eq(sampled.n, 200)
  t.eq(ari(sampled, df), 1.0)
end)

t.test("degenerate data", function()
  t.eq(frame { x = { 1 } }:spectral(1).k, 1)
  t.eq(frame { x = { 1, 2 } }:spectral(2).k, 2)
  t.eq(frame { x = { 1, 2, 3 } }:spectral { k = 1 }.k, 1)
  t.ok(frame { x = { 5, 5, 5, 5, 5 } }:spectral { k = 1 }.k == 1)
  for _, o in ipairs { {}, { k = 2 }, { k = 2, affinity = "rbf" }, { k = 2, affinity = "rbf", landmarks = 3 } } do
    t.raises("kmeans-distinct", function() frame { x = { 5, 5, 5, 5 }, y = { 0.1, 0.1, 0.1, 0.1 } }:spectral(o) end,
      "all rows are equal", "k = 1")
  end
  t.eq(frame { x = { 5, 5, 5, 6 } }:spectral { k = 2 }.k, 2)
  t.ok(iris:spectral { k = 150, starts = 1 }.k > 100)
  refuses("k is 4, but there are 3 rows", function() frame { x = { 1, 2, 3 } }:spectral(4) end)
  refuses("not a finite number", function() frame { x = { 1, 1 / 0, 3 } }:spectral(2) end)
end)

t.test("landmarks stand for all pairs, and the card says so", function()
  local many = moons(1500)
  local exact = df:spectral { k = 2, on = on, affinity = "rbf", gamma = 50 }
  local m = many:spectral { k = 2, on = on, affinity = "rbf", gamma = 50, landmarks = 200 }
  t.eq(ari(m, many), 1.0)
  t.eq(m.landmarks, 200)
  t.ok(m.carried > 0.9 and m.carried <= 1, m.carried)
  t.has(tostring(m), "an approximation", "200 landmarks", "carry")
  t.eq(exact.landmarks, 0)
  t.eq(exact.carried, NA)
  t.ok(not tostring(exact):find("approximation", 1, true))
  -- As many landmarks as rows: the clusters of all pairs.
  local all = df:spectral { k = 2, on = on, affinity = "rbf", gamma = 50, landmarks = 300 }
  t.eq(labels(all, df), labels(exact, df))
  t.near(all.carried, 1, 1e-6)
  t.ok(ari(many:spectral { k = 2, on = on, affinity = "rbf", landmarks = 300 }, many) > 0.9)
  -- Another seed draws other landmarks, the same seed the same.
  local function fit(seed)
    return many:spectral { k = 3, on = on, affinity = "rbf", gamma = 20, landmarks = 60, seed = seed }
  end
  t.same_frame(fit(1):tidy(), fit(1):tidy())
  t.ok(fit(1).carried ~= fit(2).carried)
  -- The eigenvalues of all pairs, but for a row's affinity to itself; and so their gap.
  exact = df:spectral { on = on, affinity = "rbf", gamma = 20 }
  m = df:spectral { on = on, affinity = "rbf", gamma = 20, landmarks = 100 }
  t.eq(m.k, exact.k)
  for i = 2, 8 do
    local value = exact:eigenvalues().eigenvalue[i]
    t.near(m:eigenvalues().eigenvalue[i], value, 0.1 * value)
  end
end)

t.test("new rows are placed by their affinities to the landmarks", function()
  local many = moons(1500)
  local m = many:spectral { k = 2, on = on, affinity = "rbf", gamma = 50, landmarks = 200 }
  local path = t.path ".assay"
  m:save(path)
  local back, order = model.load(path), {}
  for i = 1, #many do
    order[i] = #many + 1 - i
  end
  local x, y = {}, {}
  for i, row in ipairs(order) do
    x[i], y[i] = many.x[row], many.y[row]
  end
  local turned, own = back:predict(frame { x = x, y = y }), labels(m, many) -- not the fit's data, but its rows
  for i, row in ipairs(order) do
    t.eq(turned.cluster[i], own[row])
  end
  local new = m:predict(frame { x = { 0, 1, 100.0 }, y = { 1.0, -0.5, 0 } })
  t.eq({ new.cluster[1], new.cluster[2], new.cluster[3] }, { own[750], own[2250], own[3000] })
  t.ok(new.distance[1] < 0.2 and new.distance[3] > 97)
  -- A row far from all landmarks is counted.
  many = frame { x = { 0, 1, 2, 3, 4, 5, 1e5 }, y = { 0, 1, 0, 1, 0, 1, 0 } }
  m = many:spectral { k = 2, affinity = "rbf", gamma = 1, landmarks = 3, seed = 1 }
  t.has(tostring(m), "near no landmark", ": 1")
end)

t.test("landmarks of degenerate data, and where they mean nothing", function()
  t.raises("option-without-use", function() df:spectral { k = 2, on = on, landmarks = 50 } end, "landmarks", "rbf")
  local function rbf(x, k, landmarks)
    return frame({ x = x }):spectral { k = k, affinity = "rbf", landmarks = landmarks }
  end
  t.eq(rbf({ 1 }, 1, 5).k, 1)
  t.eq(rbf({ 1, 2 }, 2, 5).k, 2)
  t.eq(rbf({ 5, 5, 5, 5, 5 }, 1, 3).k, 1)
  t.eq(rbf({ 5, 5, 5, 5, 5, 9, 9, 9, 9 }, 2, 9).k, 2)
  t.eq(rbf({ 1, 2, 3, 10, 11, 12 }, 1, 1).landmarks, 1)
  t.raises("out-of-range", function() rbf({ 1, 2, 3, 10, 11, 12 }, 3, 2) end, "k is 3", "2 landmarks")
end)

t.test("all pairs of very many rows are refused with another way", function()
  local x = {}
  for i = 1, 200000 do
    x[i] = i % 1009 + i / 1e6
  end
  refuses("n = 200000 needs", function() frame { x = x }:spectral { k = 2, affinity = "rbf" } end)
  t.raises("too-large", function() frame { x = x }:spectral { k = 2, affinity = "rbf" } end, "landmarks = 500")
end)

t.test("files and charts", function()
  local m = df:spectral { k = 2, on = on }
  local path = t.path ".assay"
  m:save(path)
  local back = model.load(path)
  t.eq(labels(back, df), labels(m, df))
  t.same_frame(back:eigenvalues(), m:eigenvalues())
  for _, kind in ipairs { "segments", "sizes", "profile", "eigenvalues" } do
    t.ok(#tostring(m:plot(kind)) > 0)
  end
end)

-- ---- BIRCH

t.test("birch: groups within the threshold, rows with the nearest group", function()
  local m = iris:birch { k = 3, threshold = 0.5 }
  t.eq(m.groups, 13)
  t.eq(m.threshold, 0.5)
  t.eq(labels(m, iris), labels(m, iris))
  local all = iris:birch { threshold = 0.5, final = "none" }
  t.eq(all.k, 13)
  t.eq(#all:tidy(), 13)
  t.eq(iris:birch { k = 2, threshold = 1e-9, leaves = 1000 }.groups, 149) -- two rows are equal
end)

t.test("birch: the threshold grows until there are few groups; several ways to end", function()
  for _, final in ipairs { "ward", "ward_weighted", "kmeans" } do
    local m = iris:birch { k = 3, leaves = 30, final = final }
    t.ok(m.groups <= 30 and m.rebuilt > 0 and m.threshold > 0)
    t.eq(m.k, 3)
    local total = 0
    for c = 1, 3 do
      total = total + m:tidy().size[c]
    end
    t.eq(total, 150)
  end
  t.ok(iris:birch { leaves = 30 }.k >= 2)
end)

t.test("birch: deep trees, weights, degenerate data", function()
  local x, y, w = {}, {}, {}
  for i = 1, 5000 do
    x[i], y[i], w[i] = (i * 7919 % 10007) / 100, (i * 104729 % 9973) / 100, i % 4
  end
  local many = frame { x = x, y = y, w = w }
  local m = many:birch { k = 5, threshold = 1, branching = 3, on = on }
  t.ok(m.levels > 4 and m.groups > 100)
  t.eq(many:birch { k = 5, threshold = 1, weights = "w", on = on }.n, 5000)
  t.eq(frame { x = { 7 } }:birch { k = 1 }.groups, 1)
  t.eq(frame { x = { 7, 7, 7 } }:birch {}.groups, 1)
  refuses("k is 4, but the tree has 1 groups", function() frame { x = { 7, 7, 7, 7 } }:birch(4) end)
  refuses("needs k", function() iris:birch { final = "kmeans" } end)
end)

t.test("birch: files and charts", function()
  local m = iris:birch { k = 3, threshold = 0.5, scale = "zscore" }
  local path = t.path ".assay"
  m:save(path)
  t.eq(labels(model.load(path), iris), labels(m, iris))
  for _, kind in ipairs { "segments", "sizes", "profile" } do
    t.ok(#tostring(m:plot(kind)) > 0)
  end
end)

t.done()
