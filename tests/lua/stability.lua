-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stability of clusters under resampling, and their sensitivity.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"

local function heaps(n, seed)
  local x, y = {}, {}
  math.randomseed(seed)
  for i = 1, n do
    x[i], y[i] = (i % 3) * 100 + math.random(), (i % 2) * 100 + math.random()
  end
  return frame { x = x, y = y }
end

-- R 4.2.2, fpc 2.2.10 clusterboot(iris[, 1:4], B = 100, kmeansCBI, krange = 3, runs = 20, seed = 1): .9634 1.0000
-- .9527 for the clusters of 62, 50 and 38 rows. The rows drawn differ, so figures agree within a few hundredths.
t.test("iris: near what clusterboot of R says", function()
  local s = iris:kmeans { k = 3 }:stability { rounds = 100 }
  t.eq(t.cells(s.size), { 62, 50, 38 })
  for i, jaccard in ipairs { .9634290, 1.0000000, .9526775 } do
    t.ok(math.abs(s.jaccard[i] - jaccard) < 0.08, ("cluster %d: %.3f"):format(i, s.jaccard[i]))
  end
end)

t.test("plain heaps come again in every round, too many clusters do not", function()
  local df = heaps(300, 1)
  local plain = df:kmeans { k = 6 }:stability { rounds = 20 }
  for i = 1, 6 do
    t.eq({ plain.jaccard[i], plain.recovered[i], plain.dissolved[i] }, { 1.0, 20, 0 })
    t.eq(plain.reading[i], "highly stable")
  end
  local many = df:kmeans { k = 12, starts = 1 }:stability { rounds = 20, scheme = "subset" }
  local dissolved = 0
  for i = 1, 12 do
    dissolved = dissolved + many.dissolved[i]
  end
  t.ok(dissolved > 20, tostring(dissolved))
end)

t.test("the same seed gives the same figures, and a model from a file asks for its data", function()
  local m = iris:kmeans { k = 3 }
  t.eq(m:stability { rounds = 5, seed = 4 }:text "json", m:stability { rounds = 5, seed = 4 }:text "json")
  local path = os.getenv "TMPDIR" .. "/stability.assay"
  m:save(path)
  local again = model.load(path)
  t.raises("no-data", function() again:stability() end, "data = df")
  t.eq(again:stability { iris, rounds = 5, seed = 4 }:text "json", m:stability { rounds = 5, seed = 4 }:text "json")
end)

t.test("sensitivity: a line for each change", function()
  local s = iris:kmeans { k = 3 }:sensitivity { seeds = 2 }
  t.eq(t.cells(s.change), { "scale", "scale", "scale", "without", "without", "without", "without", "seed", "seed" })
  t.eq(t.cells(s.to), { "zscore", "range", "robust", "sepal_length", "sepal_width", "petal_length", "petal_width", "2",
    "3" })
  for i = 1, #s do
    t.ok(s.ari[i] > 0.3 and s.ari[i] <= 1)
  end
  t.eq({ s.ari[8], s.ari[9] }, { 1.0, 1.0 })
end)

t.done()
