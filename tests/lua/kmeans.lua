-- SPDX-License-Identifier: GPL-3.0-or-later
-- K-means from a script: options, data it cannot work on, what the model says of the fit.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local points = frame { x = { 1.0, 1.2, 9.0, 9.1, 9.3 }, y = { 0, 0, 5, 5, 5 } }

-- ---- data

t.test("no rows, no numeric column, no columns", function()
  t.raises("bad-data", function() points:head(0):kmeans(2) end, "no rows")
  t.raises("bad-data", function() iris:select("species"):kmeans(2) end, "no numeric column", "df:schema()")
  t.raises("bad-data", function() frame({}):kmeans(2) end, "no numeric column")
end)

t.test("more clusters than rows, or than distinct rows", function()
  t.raises("kmeans-k-above-n", function() points:kmeans(6) end, "k = 6", "5 rows", "choose k up to 5")
  local twins = frame { x = { 1, 1, 1, 2, 2 }, y = { 0, 0, 0, 3, 3 } }
  t.raises("kmeans-distinct", function() twins:kmeans(3) end, "k = 3", "2 distinct", "choose k up to 2")
  t.eq(t.cells(twins:kmeans(2):tidy().size), { 3, 2 })
  t.eq(points:kmeans(5).inertia, 0.0)
end)

t.test("NaN and infinities are refused with row and column", function()
  for _, odd in ipairs { t.nan, 1 / 0, -1 / 0 } do
    local df = frame { a = { 1, 2, 3 }, b = { 1.0, 2.0, odd } }
    t.raises("not-finite", function() df:kmeans(2) end, "row 3", "'b'")
    t.eq(df:kmeans({ k = 2, on = { "a" } }).n, 3)
    t.raises("not-finite", function() df:kmeans { k = 2, scale = "zscore" } end, "row 3", "'b'")
  end
  local holes = frame { a = { NA, 1.0, NA, 2.0, t.nan } }
  t.raises("not-finite", function() holes:kmeans { k = 2, missing = "drop" } end, "row 5", "'a'")
end)

t.test("numbers whose squares overflow are refused", function()
  t.raises("values-too-large", function() frame({ x = { 1e200, 1, 2 } }):kmeans(2) end, "zscore")
  t.eq(t.cells(frame({ x = { 1e150, 0, 1e140 } }):kmeans(2):tidy().size), { 2, 1 })
end)

t.test("missing cells: an error that counts them, or those rows are left out", function()
  local df = frame { a = { 1, NA, 9, 9.5, 1.5 }, b = { 1, NA, NA, 2, 1 }, c = { NA, 1, 1, 1, 1 } }
  t.raises("missing-values", function() df:kmeans { k = 2, on = { "a", "b" } } end, "3", "a (1)", "b (2)",
    "missing = \"drop\"")
  local m = df:kmeans { k = 2, on = { "a", "b" }, missing = "drop" }
  t.eq({ m.n, m.dropped }, { 3, 2 })
  t.eq(t.cells(m:predict(df).cluster), { 1, NA, NA, 2, 1 })
  t.eq(df:kmeans({ k = 1, on = { "a" }, missing = "drop" }).dropped, 1)
  t.eq(iris:kmeans({ k = 2, missing = "drop" }).dropped, 0)
  local none = frame { a = { 1, NA }, b = { NA, 1 } }
  t.raises("bad-data", function() none:kmeans { k = 1, missing = "drop" } end, "no row")
  t.raises("missing-values", function() df:kmeans { k = 2, on = { "b" }, weights = "c" } end, "c (1)")
end)

t.test("weights: 0 or more, finite, not all 0", function()
  local df = frame { x = { 1, 2, 8, 9 }, w = { 1, 1, 1, -1 }, z = { 0, 0, 0, 0 }, n = { 1, 1, t.nan, 1 } }
  t.raises("bad-weight", function() df:kmeans { k = 2, on = "x", weights = "w" } end, "row 4", "negative")
  t.raises("bad-weight", function() df:kmeans { k = 2, on = "x", weights = "z" } end, "are 0")
  t.raises("bad-weight", function() df:kmeans { k = 2, on = "x", weights = "n" } end, "row 3", "NaN")
  local holes = frame { x = { 1, NA, 8, 9 }, w = { 1, 1, 1, -1 } }
  local options = { k = 2, on = "x", weights = "w", missing = "drop" }
  t.raises("bad-weight", function() holes:kmeans(options) end, "row 4")
end)

t.test("a weight counts like that many rows", function()
  local weighted = frame { x = { 1.0, 2.0, 8.0, 9.5 }, w = { 3, 1, 2, 1 } }
  local repeated = frame { x = { 1.0, 1.0, 1.0, 2.0, 8.0, 8.0, 9.5 } }
  local a, b = weighted:kmeans { k = 2, on = "x", weights = "w" }, repeated:kmeans { k = 2 }
  t.near(a.inertia, b.inertia, 1e-14)
  t.near(a.totss, b.totss, 1e-14)
  t.near(a:tidy().x[1], b:tidy().x[1], 1e-14)
  t.eq(t.cells(a:tidy().size), { 2, 2 })
  -- By hand: means 1.25 and 8.5; squares 3 * 0.0625 + 0.5625 and 2 * 0.25 + 1.
  t.near(a.inertia, 0.75 + 1.5, 1e-14)
end)

t.test("the column of weights is no default variable", function()
  local df = frame { x = { 1, 2, 8, 9 }, w = { 1, 1, 2, 2 } }
  t.eq(t.names(df:kmeans { k = 2, weights = "w" }:tidy()), { "cluster", "size", "share", "withinss", "x" })
end)

t.test("a constant column is noted and does no harm", function()
  local df = frame { x = { 1.0, 1.5, 8.0, 9.0 }, same = { 4, 4, 4, 4 } }
  for _, scale in ipairs { "none", "zscore", "range", "robust" } do
    local m = df:kmeans { k = 2, scale = scale }
    t.eq(t.cells(m:tidy().size), { 2, 2 }, scale)
    t.eq(m:tidy().same[1], 4.0, scale)
    t.has(tostring(m), "'same' is constant")
  end
  t.raises("kmeans-distinct", function() df:kmeans { k = 2, on = { "same" } } end, "1 distinct")
end)

-- ---- options

t.test("scales: inertia in scaled units, centres in the data's", function()
  local df = frame { a = { 0, 1, 2, 10 }, b = { 100, 300, 200, 900 } }
  local n = 4
  for scale, shift in pairs {
    zscore = function(mean, sd) return mean, sd end,
    range = function(_, _, low, high) return low, high - low end,
    robust = function(_, _, _, _, median, distance) return median, distance end,
  } do
    local m = df:kmeans { k = 1, scale = scale }
    local describe, totss = df:describe(), 0
    for i, name in ipairs { "a", "b" } do
      local d = describe:row(i)
      local from, by = shift(d.mean, d.sd, d.min, d.max, d.median, d.q75 - d.q25)
      local sum, squares = 0, 0
      for row = 1, n do
        local z = (df[name][row] - from) / by
        sum, squares = sum + z, squares + z * z
      end
      totss = totss + squares - sum * sum / n
      t.near(m:tidy()[name][1], d.mean, 1e-13, scale)
    end
    t.near(m.inertia, totss, 1e-12, scale)
  end
  t.near(df:kmeans({ k = 1, scale = "zscore" }).totss, 2 * (n - 1), 1e-13)
end)

t.test("init: a frame of centres in the data's units, columns by name", function()
  local start = frame { { "y", { 5, 0 } }, { "extra", { "p", "q" } }, { "x", { 9, 1 } } }
  local m = points:kmeans { k = 2, init = start, scale = "zscore" }
  t.eq({ m.starts, t.cells(m:tidy().size) }, { 1, { 3, 2 } })
  t.raises("out-of-range", function() points:kmeans { k = 3, init = start } end, "2 rows", "k is 3")
  t.raises("unknown-column", function() points:kmeans { k = 2, init = start:select "x" } end, "'y'")
  t.raises("wrong-column-type", function()
    points:kmeans { k = 2, init = frame { x = { "a", "b" }, y = { 1, 2 } } }
  end, "'x'")
  t.raises("wrong-column-type", function()
    points:kmeans { k = 2, init = frame { x = { 1, NA }, y = { 1, 2 } } }
  end, "'x'", "missing")
  t.ok(not pcall(function() points:kmeans { k = 2, init = frame { x = { 1, t.nan }, y = { 1, 2 } } } end))
end)

t.test("one iteration from given centres is Lloyd's step", function()
  local m = frame({ x = { 0, 1, 2, 10 } }):kmeans { k = 2, init = frame { x = { 0, 1 } }, max_iter = 1 }
  -- 0 goes to the first centre, the rest to the second: means 0 and 13/3. Then 2 is nearer to 0.
  t.eq(m.iterations, 1)
  t.eq({ m.converged, m.complete, m.reason }, { false, true, "max_iter" })
  t.has(tostring(m), "max_iter")
end)

t.test("tol ends a fit earlier", function()
  local exact = iris:kmeans { k = 8, starts = 1, refine = "none", init = "random" }
  local loose = iris:kmeans { k = 8, starts = 1, refine = "none", init = "random", tol = 0.5 }
  t.ok(loose.iterations < exact.iterations)
  t.ok(loose.inertia >= exact.inertia)
  t.eq({ loose.converged, loose.complete }, { true, true })
end)

t.test("starts, init, refine and seed choose the way, not the meaning", function()
  for _, options in ipairs {
    { starts = 1 }, { starts = 50 }, { init = "random" }, { refine = "swap" }, { seed = 77 }, { seed = 0 },
    { refine = "none", starts = 30 },
  } do
    options.k = 3
    local m = iris:kmeans(options)
    t.near(m.inertia, options.starts == 1 and m.inertia or 78.851441426146, 1e-12)
    t.eq(m.starts, options.starts or 10)
    t.eq(m.seed, options.seed or 1)
  end
  local swapped = iris:kmeans { k = 3, refine = "swap" }
  t.ok(swapped.swaps_tried > 0)
  t.eq(iris:kmeans({ k = 3 }).swaps_tried, 0)
  t.ok(iris:kmeans({ k = 10 }).swaps_tried > 0)
end)

t.test("algorithm chooses the way alone: all give the same bits, and the model says which it was", function()
  local rows = {}
  for i = 1, 3000 do rows[i] = (i * 7919 % 1013) * 0.01 + i % 7 * 5 end
  local df = frame { x = rows }:mutate { y = "x * x % 17" }
  local plain = df:kmeans { k = 20, starts = 2, algorithm = "lloyd" }
  t.eq(plain.algorithm, "lloyd")
  for _, name in ipairs { "hamerly", "exponion", "elkan", "yinyang" } do
    local m = df:kmeans { k = 20, starts = 2, algorithm = name }
    t.eq(m.algorithm, name)
    t.eq({ m.inertia, m.iterations, m.swaps }, { plain.inertia, plain.iterations, plain.swaps }, name)
    t.same_frame(m:tidy(), plain:tidy(), name)
    t.same_frame(m:augment(df), plain:augment(df), name)
  end
  t.eq(df:kmeans({ k = 1, algorithm = "elkan" }).algorithm, "lloyd")
  t.ok(df:kmeans({ k = 20, starts = 2 }).algorithm ~= "auto")
  t.raises("unknown-choice", function() df:kmeans { k = 2, algorithm = "elkans" } end, "'elkan'")
end)

t.test("where memory does not allow the bounds asked for, others take their place, with a note", function()
  local code = [[local rows = {} for i = 1, 60000 do rows[i] = i * 7919 % 10007 end
    local df = frame { x = rows }
    print(df:kmeans { k = 200, algorithm = "elkan", starts = 1, init = "random", refine = "none", max_iter = 3 })]]
  local out, err, status = t.run { "--memory", "60M", "-e", code }
  t.eq(status, 0, err)
  t.has(out, "for the bounds of elkan")
  t.has(out, "algorithm yinyang")
end)

t.test("init = scalable comes to the same clusters, from weighted rows and from few distinct ones too", function()
  t.near(iris:kmeans({ k = 3, init = "scalable" }).inertia, 78.851441426146, 1e-12)
  local twins = frame { x = { 1, 1, 1, 2, 2, 7 }, w = { 1, 2, 0, 1, 1, 0 } }
  t.eq(t.cells(twins:kmeans({ k = 3, init = "scalable", on = "x" }):tidy().size), { 3, 2, 1 })
  t.eq(t.cells(twins:kmeans({ k = 2, init = "scalable", on = "x", weights = "w" }):tidy().size), { 3, 3 })
  t.raises("kmeans-distinct", function() twins:kmeans { k = 4, init = "scalable", on = "x" } end, "3 distinct")
end)

t.test("k = 1: the means, and totss", function()
  local m = iris:kmeans { k = 1 }
  t.near(m.inertia, m.totss, 1e-14)
  t.near(m:tidy().sepal_length[1], 5.843333333333334, 1e-14)
  t.eq(m:tidy().share[1], 1.0)
end)

t.test("clusters are numbered by size, ties by their first row", function()
  local df = frame { x = { 50, 50.5, 0, 0.5, 99, 99.5, 99.9 } }
  t.eq(t.cells(df:kmeans(3):predict(df).cluster), { 2, 2, 3, 3, 1, 1, 1 })
end)

t.test("silhouette is computed when asked for", function()
  local m = frame({ x = { 0, 1, 10, 11 } }):kmeans { k = 2, silhouette = true }
  -- Each row: a = 1, b = 10.5 or 9.5: mean of 9.5/10.5 and 8.5/9.5.
  t.near(m.silhouette, (9.5 / 10.5 + 8.5 / 9.5) / 2, 1e-14)
  t.eq(frame({ x = { 0, 1 } }):kmeans({ k = 1, silhouette = true }).silhouette, NA)
end)

t.test("whole numbers, floats and booleans are variables; texts and times are not", function()
  local rows = "1,1.5,true,a,2024-01-01\n2,2.5,false,b,2024-01-02\n9,9.5,true,a,2024-01-03\n"
  local df = read(t.file("i,r,b,t,d\n" .. rows))
  local function variables(options)
    return table.concat(t.names(df:kmeans(options):tidy()), " "):match "withinss (.*)"
  end
  t.eq(variables { k = 2 }, "i r")
  t.eq(variables { k = 2, on = { "b", "i" } }, "b i")
  t.raises("wrong-column-type", function() df:kmeans { k = 2, on = { "d" } } end, "'d'", "timestamp")
end)

t.test("variables named like tidy's own columns", function()
  local df = frame { size = { 1, 2, 30, 31 }, share = { 0, 0, 1, 1 } }
  local m = df:kmeans(2)
  t.eq(t.names(m:tidy()), { "cluster", "size", "share", "withinss", "share_mean", "size_mean" })
  t.eq(t.cells(m:predict(df).cluster), { 1, 1, 2, 2 })
end)

t.test("notes: chosen variables, ids, unequal spreads, small clusters", function()
  local id, spend, visits = {}, {}, {}
  for i = 1, 60 do
    id[i], spend[i], visits[i] = i, i % 7 * 1000.0 + i, i % 3
  end
  spend[60] = 1e6
  local card = tostring(frame({ customer_id = id, spend = spend, visits = visits }):kmeans(2))
  for _, wanted in ipairs { "on = {...}", "'customer_id' looks like an id", "zscore", "smallest cluster" } do
    t.has(card:gsub("%s+", " "), wanted)
  end
end)

t.test("notes: rows that are there twice", function()
  local x, y = {}, {}
  for i = 1, 300 do
    x[i], y[i] = (i * 7919 % 300) / 8, i % 17 == 0 and -0.0 or (i * 104729 % 300) / 4
  end
  local once = frame { { "x", x }, { "y", y } }
  local twice = once:append(once:head(20))
  for _, name in ipairs { "kmeans", "pam", "hdbscan", "mixture" } do
    local one = name == "hdbscan" and {} or { k = 3 }
    t.ok(not tostring(cluster[name](once, one)):find("equal another", 1, true), name)
    t.has(tostring(cluster[name](twice, one)):gsub("%s+", " "), "rows: 20 of 320 equal another in all columns")
  end
  local numbers = {}
  for i = 1, 320 do
    numbers[i] = "customer " .. i
  end
  local all = frame { { "x", t.cells(twice.x) }, { "y", t.cells(twice.y) }, { "customer", numbers } }
  t.ok(not tostring(all:kmeans { k = 3, on = { "x", "y" } }):find("equal another", 1, true), "customers differ")
end)

t.test("notes: a variable that makes all the difference", function()
  local df = frame { x = { 0, 1, 2, 100, 101, 102 }, y = { 0, 1, 0, 1, 0, 1 } }
  t.has(tostring(df:kmeans(2)):gsub("%s+", " "), "'x' alone makes 100 %")
  t.ok(not tostring(df:kmeans { k = 3, on = "x" }):find "alone makes")
  t.ok(not tostring(iris:kmeans { k = 3, scale = "zscore" }):find "alone makes")
end)

t.test("one row, one column, wide frames, long names", function()
  t.eq(frame({ x = { 5 } }):kmeans(1).n, 1)
  local columns = {}
  for j = 1, 300 do
    columns[j] = { "column number " .. j, { j, j + 1, j * 100, j * 100 + 1 } }
  end
  local wide = frame(columns):kmeans(2)
  t.eq(t.cells(wide:tidy().size), { 2, 2 })
  t.eq(#t.names(wide:tidy()), 304)
  local name = ("n"):rep(2000)
  t.ok(tostring(frame({ [name] = { 1, 2, 9 } }):kmeans(2)) ~= "")
end)

t.done()
