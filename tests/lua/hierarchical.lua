-- SPDX-License-Identifier: GPL-3.0-or-later
-- Hierarchical clustering: options, refusals, cuts, given distances, neighbours, new rows, files, plots.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local arrests = read "datasets/usarrests/usarrests.csv"
local LINKAGES = { "single", "complete", "average", "mcquitty", "ward", "ward_d", "centroid", "median", "divisive" }

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

local function same_model(a, b)
  for _, frame_of in ipairs { "tidy", "glance", "merges", "leaves" } do
    t.same_frame(a[frame_of](a), b[frame_of](b), frame_of)
  end
end

-- Distances of all pairs of the rows of a frame of two columns.
local function pairs_of(df)
  local a, b, distance = {}, {}, {}
  for i = 1, #df do
    for j = i + 1, #df do
      a[#a + 1], b[#b + 1] = i, j
      distance[#distance + 1] = math.sqrt((df.x[i] - df.x[j]) ^ 2 + (df.y[i] - df.y[j]) ^ 2)
    end
  end
  return frame { a = a, b = b, distance = distance }
end

local function points(n)
  local x, y = {}, {}
  for i = 1, n do
    x[i] = (i * 37 % 101) / 10 + (i % 3) * 20 + math.sin(i) / 50 -- no ties
    y[i] = (i * 53 % 97) / 10
  end
  return frame { x = x, y = y }
end

t.test("every linkage says what it is and labels its own rows", function()
  for _, linkage in ipairs(LINKAGES) do
    local m = arrests:hierarchical { k = 4, linkage = linkage }
    t.eq(m.n, 50)
    t.eq(m.k, 4)
    t.eq(#m:merges(), 49)
    t.eq(#m:leaves(), 50)
    t.eq(m:merges().size[49], 50)
    t.ok(m.below <= m.above or m.inversions > 0)
    local sizes = { 0, 0, 0, 0 }
    for _, label in ipairs(labels(m, arrests)) do
      sizes[label] = sizes[label] + 1
    end
    for c = 1, 4 do
      t.eq(m:tidy().size[c], sizes[c])
    end
  end
end)

t.test("cuts: k, height, the widest gap, and cutting again", function()
  local m = arrests:hierarchical { k = 3, linkage = "average" }
  local heights = m:merges().height
  t.eq(arrests:hierarchical { height = heights[47], linkage = "average" }.k, 3)
  t.eq(arrests:hierarchical { height = heights[47] * 0.999, linkage = "average" }.k, 4)
  t.eq(arrests:hierarchical { linkage = "average" }.k, 2)
  for k = 1, 50, 7 do
    local again = m:cut(k)
    t.eq(again.k, k)
    t.eq(labels(again, arrests), labels(arrests:hierarchical { k = k, linkage = "average" }, arrests))
    t.eq(again.cophenetic, m.cophenetic)
  end
  t.eq(m:cut { height = heights[47] }.k, 3)
  same_model(m:cut(5):cut(3), m)
end)

t.test("new rows: each linkage's own rule gives rows of the fit near their clusters", function()
  local df = points(60)
  local fresh = frame { x = { 1.0, 24.0, 47.0 }, y = { 5.0, 5.0, 5.0 } }
  for _, linkage in ipairs(LINKAGES) do
    local metric = linkage == "centroid" and "sqeuclidean" or "euclidean"
    local m = df:hierarchical { k = 3, linkage = linkage, metric = metric }
    local own, new = labels(m, df), m:predict(fresh)
    for i = 1, 3 do
      local near, best = math.huge, nil
      for j = 1, #df do
        local d = math.abs(df.x[j] - fresh.x[i])
        if d < near then
          near, best = d, own[j]
        end
      end
      t.eq(new.cluster[i], best, linkage)
      t.ok(new.distance[i] >= 0)
    end
  end
end)

t.test("given distances: pairs and a square give what the rows give", function()
  local df = points(25)
  local given = pairs_of(df)
  local square = {}
  for i = 1, 25 do
    local cells = {}
    for j = 1, 25 do
      cells[j] = math.sqrt((df.x[i] - df.x[j]) ^ 2 + (df.y[i] - df.y[j]) ^ 2)
    end
    square[("c%02d"):format(i)] = cells
  end
  for _, linkage in ipairs(LINKAGES) do
    local m = df:hierarchical { k = 4, linkage = linkage }
    for _, distances in ipairs { given, frame(square) } do
      local other = df:hierarchical { k = 4, linkage = linkage, distances = distances }
      t.eq(labels(other, df), labels(m, df))
      t.near(other.cophenetic, m.cophenetic, 1e-12, linkage)
      t.near(other.top, m.top, 1e-9, linkage)
    end
  end
  local m = df:hierarchical { k = 4, distances = given }
  t.eq(m:cut(3).k, 3)
  refuses("knows no new rows", function() m:predict(points(24)) end)
end)

t.test("given distances that are none are refused", function()
  local df = frame { x = { 1, 2, 4 } }
  local function refuse(distances, text)
    refuses(text, function() df:hierarchical { k = 2, distances = distances } end)
  end
  refuse(frame { a = { 1, 1 }, b = { 2, 3 }, distance = { 1, 3 } }, "rows 2 and 3 is not there")
  refuse(frame { a = { 1, 1, 2 }, b = { 2, 3, 3 }, distance = { 1, 3, -2 } }, "is negative")
  refuse(frame { a = { 1, 1, 2 }, b = { 2, 3, 4 }, distance = { 1, 3, 2 } }, "names no row")
  refuse(frame { a = { 1, 1, 2, 2 }, b = { 2, 3, 3, 1 }, distance = { 1, 3, 2, 5 } }, "given twice")
  refuse(frame { p = { 0, 1, 3 }, q = { 1, 0, 2 }, r = { 3, 2, 1 } }, "rows 3 and 3 is not 0")
  refuse(frame { p = { 1 }, q = { 2 } }, "no column 'a'")
  refuses("means nothing for given distances", function()
    df:hierarchical { k = 2, scale = "zscore", distances = frame { a = { 1 }, b = { 2 }, distance = { 1 } } }
  end)
end)

t.test("neighbours keep clusters from jumping over a gap", function()
  -- Two long rows of points side by side: Ward alone cuts across them, neighbours keep them whole.
  local x, y = {}, {}
  for i = 1, 80 do
    x[i], y[i] = (i - 1) // 2 + (i % 7) * 0.01, (i % 2) * 4
  end
  local df = frame { x = x, y = y }
  local m = df:hierarchical { k = 2, neighbours = 3 }
  t.eq(m.pieces, 2)
  for i, label in ipairs(labels(m, df)) do
    t.eq(label, i % 2 == 1 and 1 or 2)
  end
  t.ok(not t.same(labels(df:hierarchical(2), df), labels(m, df)))
  refuses("neighbours cannot go", function() df:hierarchical { k = 2, neighbours = 3, linkage = "centroid" } end)
end)

t.test("weights count a row several times", function()
  local df = frame { x = { 0, 1, 5, 6.5 }, w = { 3, 1, 1, 2 } }
  local long = frame { x = { 0, 0, 0, 1, 5, 6.5, 6.5 } }
  for _, linkage in ipairs { "average", "ward" } do
    local a = df:hierarchical { k = 2, weights = "w", linkage = linkage }
    local b = long:hierarchical { k = 2, linkage = linkage }
    for i = 1, 3 do
      t.ok(math.abs(a:merges().height[i] - b:merges().height[i + 3]) < 1e-12)
    end
    t.eq(a:tidy().weight[1], 4.0)
    t.ok(math.abs(a:tidy().x[1] - 0.25) < 1e-15)
  end
  refuses("does not look at weights", function() df:hierarchical { k = 2, weights = "w", linkage = "single" } end)
  refuses("stands for more", function() frame { x = { 1, 2 }, w = { 0, 1 } }:hierarchical { k = 2, weights = "w" } end)
end)

t.test("a sample leaves the others to the rule", function()
  local m = iris:hierarchical { k = 3, sample = 60, seed = 4 }
  t.eq(m.n, 60)
  local seen = {}
  for _, label in ipairs(labels(m, iris)) do
    seen[label] = true
  end
  t.eq(seen, { true, true, true })
end)

t.test("what cannot be is refused", function()
  refuses("k is 151, but there are 150 rows", function() iris:hierarchical { k = 151 } end)
  refuses("give k or height", function() iris:hierarchical { k = 3, height = 2 } end)
  refuses("linkage", function() iris:hierarchical { k = 3, linkage = "wards" } end)
  refuses("no tree to cut", function() iris:kmeans(3):cut(2) end)
end)

t.test("small and degenerate data", function()
  t.eq(frame { x = { 3 } }:hierarchical { k = 1 }.k, 1)
  t.eq(frame { x = { 3 } }:hierarchical {}.k, 1)
  for _, linkage in ipairs(LINKAGES) do
    local equal = frame { x = { 2, 2, 2, 2, 2 } }:hierarchical { k = 2, linkage = linkage }
    t.eq(equal.top, 0.0)
    t.eq(equal.k, 2)
    t.eq(frame { x = { 1, 2 } }:hierarchical { k = 2, linkage = linkage }.k, 2)
    t.eq(frame { x = { 1, 2, 4 } }:hierarchical { k = 3, linkage = linkage }.k, 3)
  end
  refuses("not a finite number", function() frame { x = { 1, 0 / 0 } }:hierarchical(1) end)
  refuses("missing", function() frame { x = { 1, NA, 3 } }:hierarchical(1) end)
  t.eq(frame { x = { 1, NA, 3 } }:hierarchical { k = 1, missing = "drop" }.dropped, 1)
end)

t.test("a file keeps the tree", function()
  local path = t.path ".assay"
  local m = arrests:hierarchical { k = 3, linkage = "complete", scale = "zscore" }
  m:save(path)
  local back = model.load(path)
  same_model(back, m)
  t.eq(labels(back, arrests), labels(m, arrests))
  same_model(back:cut(5), m:cut(5))
end)

t.test("charts", function()
  local m = iris:hierarchical { k = 3, linkage = "average" }
  for _, kind in ipairs { "dendrogram", "heights", "segments", "sizes", "profile" } do
    t.ok(#tostring(m:plot(kind)) > 0)
  end
  refuses("mean nothing", function() m:plot("dendrogram", { x = "petal_width" }) end)
  t.ok(#tostring(iris:hierarchical { k = 20 }:plot()) > 0)
end)

t.test("without room for all pairs the refusal says what to do", function()
  local n, x = 200000, {}
  for i = 1, n do
    x[i] = i % 977 + i / n
  end
  local df = frame { x = x }
  local ok, message = pcall(function() return df:hierarchical { k = 3, linkage = "complete" } end)
  t.ok(not ok)
  local text = tostring(message)
  t.ok(text:find("92.1 GB", 1, true) and text:find("sample = 20000", 1, true), text)
  t.eq(df:hierarchical { k = 3, neighbours = 5 }.k, 3)
end)

t.test("what is too large is refused before the cells are looked at", function()
  local n, x = 200000, {}
  for i = 1, n do x[i] = i end
  x[n] = 1 / 0
  local df = frame { x = x }
  t.raises("not-finite", function() df:hierarchical { k = 3, neighbours = 5 } end)
  t.raises("too-large", function() df:hierarchical { k = 3, linkage = "complete" } end,
    "200000", "sample = 20000", "birch")
  t.raises("too-large", function() df:hierarchical { k = 3, linkage = "centroid" } end, "160 GB")
  t.raises("too-large", function() df:spectral { k = 3, affinity = "rbf" } end, "480 GB", "knn")
end)

t.test("a trace has the tree's merges in their order", function()
  for _, linkage in ipairs { "ward", "average", "single", "median" } do
    local s = _G.step(arrests, "hierarchical", { k = 3, linkage = linkage })
    local merges = s.model:merges()
    t.eq(#s, #merges)
    t.eq(t.cells(s:steps().objective), t.cells(merges.height))
    t.eq(t.cells(s:steps().changed), t.cells(merges.size))
  end
end)

-- On a line the heights of single linkage are the gaps.
t.test("more than 65,536 rows", function()
  local n, x, gaps, at = 70001, {}, {}, 0
  for i = 0, n - 1 do
    x[i * 29989 % n + 1] = at
    gaps[i + 1] = 1 + i * 7919 % 1009 / 1024
    at = at + gaps[i + 1]
  end
  gaps[n] = nil
  table.sort(gaps)
  local df = frame { x = x }
  t.eq(t.cells(df:hierarchical { k = 3, linkage = "single" }:merges().height), gaps)
  local ward = df:hierarchical { k = 3, linkage = "ward" }
  local heights, sizes = t.cells(ward:merges().height), t.cells(ward:tidy().size)
  t.eq(#heights, n - 1)
  t.eq(sizes[1] + sizes[2] + sizes[3], n)
  for i = 2, #heights do
    t.ok(heights[i] >= heights[i - 1], "heights rise")
  end
end)

t.test("rows of the fit keep their clusters in any frame", function()
  for _, linkage in ipairs(LINKAGES) do
    local m = iris:hierarchical { k = 4, linkage = linkage, scale = "zscore" }
    local kept = m:augment(iris):sort("-petal_length", "sepal_width"):head(111)
    t.eq(t.cells(m:predict(kept:drop("cluster")).cluster), t.cells(kept.cluster), linkage)
  end
end)

t.done()
