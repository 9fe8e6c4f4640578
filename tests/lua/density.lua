-- SPDX-License-Identifier: GPL-3.0-or-later
-- dbscan, optics, hdbscan and mean shift from a script: options, refusals, odd data, new rows, files, charts.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local faithful = read "datasets/faithful/faithful.csv"
local methods = { "dbscan", "optics", "hdbscan", "meanshift" }
local usual = {
  dbscan = { eps = 0.5, min_points = 4 },
  optics = { min_points = 4, cut = 0.5 },
  hdbscan = { min_cluster_size = 5 },
  meanshift = { bandwidth = 1 },
}

local function with(method, more)
  local options = {}
  for _, from in ipairs { usual[method], more or {} } do
    for name, value in pairs(from) do
      options[name] = value
    end
  end
  return options
end

local function fit(df, method, more)
  return df[method](df, with(method, more))
end

-- Two groups of six and a row far from all.
local function groups(extra)
  local df = { x = { 0, 0.1, 0.2, 0.3, 0.1, 0.2, 5, 5.1, 5.2, 5.3, 5.1, 5.2, 50 }, y = {} }
  for i = 1, 13 do
    df.y[i] = (i % 3) / 10
  end
  for name, cells in pairs(extra or {}) do
    df[name] = cells
  end
  return frame(df)
end

local function missing(column)
  local n = 0
  for i = 1, #column do
    n = n + (column[i] == NA and 1 or 0)
  end
  return n
end

local function sizes(m)
  return t.cells(m:tidy().size)
end

t.test("clusters are numbered by size, noise is 0 and the last row of tidy", function()
  for _, method in ipairs { "dbscan", "optics", "hdbscan" } do
    local df = groups()
    local m = fit(df, method, { on = { "x", "y" } })
    t.eq(sizes(m), { 6, 6, 1 }, method)
    t.eq(t.cells(m:tidy().cluster), { 1, 2, 0 }, method)
    t.eq(t.cells(m:augment(df).cluster), { 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 0 }, method)
    t.eq({ m.n, m.k, m.noise, m.complete, m.reason }, { 13, 2, 1, true, "" }, method)
    t.near(m.noise_share, 1 / 13, 1e-15)
    t.near(m:tidy().x[1], 0.15, 1e-12)
    t.eq(m:tidy().x[3], 50.0)
  end
  t.eq(sizes(groups():meanshift { bandwidth = 1, on = "x" }), { 6, 6, 1 })
  t.eq(groups():meanshift({ bandwidth = 1, far = "noise", on = "x" }).noise, 0)
end)

t.test("what is no data for them is refused, as by every method", function()
  for _, method in ipairs(methods) do
    t.raises("bad-data", function() fit(iris:head(0), method) end, "no rows")
    t.raises("not-finite", function() fit(frame { x = { 1.0, 1 / 0, 2.0 } }, method) end, "row 2", "'x'")
    t.raises("missing-values", function() fit(frame { x = { 1.0, NA, 2.0 } }, method) end, "missing")
    t.raises("unknown-option", function() fit(iris, method, { radius = 1 }) end, "radius")
    local m = fit(frame { x = { 1.0, NA, 1.1, 1.05, 1.2, 1.15 } }, method, { missing = "drop" })
    t.eq({ m.n, m.dropped }, { 5, 1 }, method)
  end
  t.raises("out-of-range", function() iris:dbscan(-1) end, "eps")
  t.raises("out-of-range", function() iris:hdbscan(1) end, "min_cluster_size")
  t.raises("out-of-range", function() iris:meanshift(0) end, "bandwidth")
  t.raises("out-of-range", function() iris:optics { xi = 1 } end, "xi")
  t.raises("unknown-option", function() iris:meanshift { metric = "cosine" } end)
end)

t.test("one row, equal rows, one column, values far apart", function()
  for _, method in ipairs(methods) do
    local one = fit(frame { x = { 3 } }, method)
    t.eq(one.n, 1, method)
    t.eq(one.noise, method == "meanshift" and 0 or 1, method)
    local equal = fit(frame { x = { 2, 2, 2, 2, 2, 2, 2 }, y = { 1, 1, 1, 1, 1, 1, 1 } }, method)
    t.eq(equal.n, 7, method)
    t.ok(equal.k <= 1, method)
    fit(frame { x = { 1e150, 1e150, 1e-320, 0.0, -1e150, 3.0 } }, method)
  end
  t.eq(frame({ x = { 2, 2, 2, 2, 2 } }):dbscan({}).k, 1)
  t.eq(frame({ x = { 2, 2, 2, 2, 2 } }):meanshift({}).k, 1)
  t.eq(frame({ x = { 2, 2, 2, 2, 2 } }):hdbscan({ min_cluster_size = 2, single = true }).k, 1)
end)

t.test("dbscan: eps that is not given is chosen and said", function()
  local m = faithful:dbscan { scale = "zscore" }
  t.ok(m.eps > 0 and m.k >= 2)
  t.has(tostring(m), "eps = ")
  t.has(tostring(m), "neighbours")
  t.eq(faithful:dbscan({ scale = "zscore", eps = m.eps }).noise, m.noise)
end)

t.test("dbscan: weights count like rows, the rules for border rows", function()
  local df = frame { x = { 0, 1, 2, 10, 11, 12 }, w = { 1, 1, 1, 3, 3, 3 } }
  local m = df:dbscan { eps = 1, min_points = 6, weights = "w", on = "x" }
  t.eq({ m.k, m.noise, m.cores }, { 1, 3, 3 })
  -- 3 is as near to 2 as to 4, and no core row itself.
  local line = frame { x = { 4.5, 4, 4.2, 4.1, 3, 2, 1.9, 1.8, 1.5, 1.7 } }
  local function border(rule)
    return line:dbscan({ eps = 1, min_points = 5, border = rule }):augment(line).cluster[5]
  end
  t.eq(border "noise", line:dbscan({ eps = 0.95, min_points = 4, border = "noise" }):augment(line).cluster[5])
end)

t.test("new rows: the fit's own rows get the fit's labels, others by the rule that is told", function()
  for _, method in ipairs(methods) do
    local df = groups()
    local m = fit(df, method, { on = { "x", "y" } })
    t.same_frame(m:predict(df), m:augment(df):select(t.names(m:predict(df))), method)
    local new = m:predict(frame { x = { 0.15, 5.15, 1000.0, NA }, y = { 0.1, 0.1, 0.0, 0.0 } })
    local last = method == "meanshift" and 3 or 0
    t.eq(t.cells(new.cluster), { 1, 2, last, NA }, method)
    t.eq(#m:predict(df:head(0)), 0)
    t.raises("unknown-column", function() m:predict(frame { x = { 1 } }) end, "y")
  end
  t.eq(groups():meanshift({ bandwidth = 1, far = "noise", on = "x" }):predict(frame { x = { 20.0 } }).cluster[1], 0)
end)

t.test("a part of the fit's rows, in another order, keeps what they have", function()
  for _, method in ipairs { "dbscan", "optics", "hdbscan" } do
    for _, more in ipairs { {}, { scale = "zscore" }, method == "hdbscan" and { eps = 0.3, alpha = 1.5 } or {} } do
      local m = iris[method](iris, more)
      local kept = m:augment(iris):sort("-petal_length", "sepal_width"):head(111)
      local again = m:predict(kept:drop("cluster"))
      t.eq(t.cells(again.cluster), t.cells(kept.cluster), method)
      if method == "hdbscan" then
        for i, p in ipairs(t.cells(again.probability)) do
          t.near(p, kept.probability[i], 1e-12)
          t.near(again.outlier[i], kept.outlier[i], 1e-9)
        end
      end
    end
  end
end)

t.test("a sample is fitted, and all rows are labelled", function()
  for _, method in ipairs { "dbscan", "optics", "hdbscan", "meanshift" } do
    local m = fit(iris, method, { sample = 100, seed = 3 })
    t.eq(m.n, 100, method)
    t.eq(#m:augment(iris), 150)
    t.eq(missing(m:augment(iris).cluster), 0)
  end
end)

local function phase(method, name, more)
  local trace, steps = assay.trace(function() return fit(iris, method, more) end), {}
  for i = 1, trace:count() do
    local step = trace:step(i)
    if step.phase == name then
      steps[#steps + 1] = step
    end
  end
  return steps
end

t.test("steps: clusters that are found, rounds of a spanning tree, windows that climb", function()
  local steps, m = phase("dbscan", "cluster"), fit(iris, "dbscan")
  t.eq(#steps, m.k)
  t.eq(steps[1].changed, m:tidy().size[1])
  t.ok(steps[#steps].objective == m.n - m.noise)
  local passes, joins = phase("dbscan", "components"), 0
  for _, step in ipairs(passes) do
    joins = joins + step.changed
  end
  t.ok(passes[#passes].objective == m.k and m.cores - joins == m.k and #passes == 4) -- 8 leaves
  local order = fit(iris, "optics"):reachability()
  steps = phase("optics", "order")
  t.eq({ #steps, steps[#steps].changed, steps[2].iteration }, { 150, 150, 2 })
  for i, step in ipairs(steps) do
    t.eq(step.objective or NA, order.reachability[i])
  end
  t.eq({ steps[2].measure, steps[2].counts }, { "highest reachability", "rows in order" })
  steps = phase("hdbscan", "spanning tree")
  t.ok(steps[#steps].objective == 1)
  steps = phase("meanshift", "windows", { bandwidth = 1 })
  t.eq(#steps, fit(iris, "meanshift", { bandwidth = 1 }).iterations)
  t.eq(steps[#steps].changed, 0)
  t.ok(steps[1].objective > steps[#steps].objective)
end)

t.test("rows in another order: the same clusters", function()
  local shuffled = iris:sort { "sepal_width", "petal_length" }
  for _, method in ipairs { "dbscan", "hdbscan", "meanshift" } do
    local a, b = fit(iris, method), fit(shuffled, method)
    local first, second = a:augment(iris):sort { "sepal_width", "petal_length" }, b:augment(shuffled)
    t.eq(t.cells(first.cluster), t.cells(second.cluster), method)
  end
end)

t.test("every metric, every scale", function()
  for _, metric in ipairs { "euclidean", "manhattan", "chebyshev", "cosine" } do
    for _, method in ipairs { "dbscan", "optics", "hdbscan" } do
      local radius = metric == "cosine" and 0.002 or 0.6
      local more = { metric = metric, scale = metric == "cosine" and "none" or "range" }
      more.eps = method == "dbscan" and radius or nil
      local m = fit(iris, method, more)
      t.ok(m.k >= 1, method .. " " .. metric)
      t.eq(m.index, metric == "cosine" and "brute force" or "kd-tree")
      m:predict(iris:head(3):mutate("petal_width = petal_width + 0.01"))
    end
  end
end)

t.test("saved and loaded they are the same", function()
  for _, method in ipairs(methods) do
    local m = fit(groups(), method, { on = { "x", "y" } })
    local path = t.path ".assay"
    m:save(path)
    local loaded = model.load(path)
    t.same_frame(loaded:tidy(), m:tidy(), method)
    t.same_frame(loaded:glance(), m:glance(), method)
    local new = frame { x = { 0.12, 4.0, 9.0 }, y = { 0.2, 0.1, 0.0 } }
    t.same_frame(loaded:predict(new), m:predict(new), method)
    t.same_frame(loaded:predict(groups()), m:predict(groups()), method)
  end
end)

t.test("a file that was changed is refused, or harmless", function()
  local random = 12345
  local function number(n)
    random = (random * 1103515245 + 12345) % 2147483648
    return random // 65536 % n + 1
  end
  for _, method in ipairs(methods) do
    local path = t.path ".assay"
    fit(groups(), method, { on = { "x", "y" } }):save(path)
    local bytes = t.read(path)
    for _ = 1, 60 do
      local at = number(#bytes)
      local file = t.file(bytes:sub(1, at - 1) .. string.char(number(255)) .. bytes:sub(at + 1), ".assay")
      local fine, m = pcall(model.load, file)
      if fine then
        pcall(function() m:predict(frame { x = { 0.12 }, y = { 0.2 } }) end)
        for _, kind in ipairs { "tree", "reachability", "sizes" } do
          pcall(function() return tostring(m:plot(kind)) end)
        end
      end
    end
  end
end)

t.test("charts", function()
  local kinds = { dbscan = "neighbours", optics = "reachability", hdbscan = "tree", meanshift = "sizes" }
  for _, method in ipairs(methods) do
    local m = fit(iris, method)
    for _, kind in ipairs { "segments", "sizes", "profile", kinds[method] } do
      t.ok(#tostring(m:plot(kind)) > 100, method .. " " .. kind)
    end
  end
  local path = t.path ".assay"
  fit(iris, "dbscan"):save(path)
  t.raises("no-data", function() model.load(path):plot "neighbours" end, "data = df")
  t.ok(#tostring(model.load(path):plot("neighbours", { data = iris })) > 100)
end)

t.test("the frames of the hierarchy and the order", function()
  local h = iris:hdbscan(5)
  local tree = h:condensed()
  t.eq(t.names(tree), { "node", "parent", "cluster", "size", "birth", "death", "deepest", "stability" })
  t.eq({ tree.size[1], tree.parent[1] }, { 150, 0 })
  t.eq(h:tidy().stability[1], tree:filter("cluster == 1").stability[1])
  local o = iris:optics(5)
  t.eq(#o:reachability(), 150)
  t.eq(t.names(o:valleys()), { "first", "last", "size" })
  t.eq(missing(o:reachability().reachability), 2)
  t.raises("not-supported", function() h:valleys() end)
end)

t.test("hdbscan: options change what they say", function()
  local base = faithful:hdbscan { min_cluster_size = 10, scale = "zscore" }
  local leaf = faithful:hdbscan { min_cluster_size = 10, scale = "zscore", method = "leaf" }
  t.ok(leaf.k >= base.k)
  t.ok(faithful:hdbscan({ min_cluster_size = 10, scale = "zscore", method = "leaf", eps = 5 }).k <= 2)
  t.eq(faithful:hdbscan({ min_cluster_size = 10, scale = "zscore", eps = 100, single = true }).k, 1)
  t.ok(faithful:hdbscan({ min_cluster_size = 10, min_points = 2, scale = "zscore" }).nodes ~= base.nodes)
  t.ok(faithful:hdbscan({ min_cluster_size = 10, alpha = 3, scale = "zscore" }):tidy().birth[1] ~= base:tidy().birth[1])
  local part = faithful:hdbscan { min_cluster_size = 10, scale = "zscore", leave = "part" }
  t.ok(part:tidy().stability[1] <= base:tidy().stability[1])
  t.has(tostring(frame({ x = { 1, 2, 3 } }):hdbscan { min_points = 9 }), "min_points = 9")
end)

t.test("mean shift of too many wide windows: refused before anything is done", function()
  local x = {}
  for i = 1, 300000 do x[i] = i * 7919 % 100003 end
  local df = frame { x = x }
  t.raises("too-large", function() df:meanshift() end, "300000", "bins = true", "sample = 20000", "hdbscan")
  t.eq(df:meanshift({ sample = 500 }).n, 500)
end)

t.test("no memory for it: said before anything is done", function()
  local out, err, status = t.run { "--memory", "60M", "-e",
    "x = {} for i = 1, 300000 do x[i] = i * 7919 % 100003 end df = frame{x = x} x = nil m = df:hdbscan(10) print(m.k)" }
  t.ok(status ~= 0 and out == "", out)
  t.has(err, "memory")
end)

t.test("warnings say what would help", function()
  local function notes(m) return (tostring(m):gsub("%s+", " ")) end
  t.has(notes(iris:dbscan { eps = 0.01 }), "all rows are noise: a larger eps or a smaller min_points takes")
  t.has(notes(iris:dbscan { eps = 10 }), "one cluster: a smaller eps or a larger min_points parts it")
  t.has(notes(iris:optics { min_points = 5 }), "are noise (67%): cut = a height of m:plot(\"reachability\") takes in")
  t.has(notes(iris:optics { min_points = 5, cut = 0.1 }), "all rows are noise: a larger cut takes in more rows")
  t.has(notes(iris:meanshift { bandwidth = 20 }), "one cluster: a smaller bandwidth parts it")
  t.lacks(notes(iris:dbscan { eps = 0.5 }), "takes in more rows")
end)

t.done()
