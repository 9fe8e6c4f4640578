-- SPDX-License-Identifier: GPL-3.0-or-later
-- Internal indices of partitions. Figures: R 4.2.2, fpc 2.2.10 cluster.stats (dunn, ch, avg.silwidth,
-- within.cluster.ss,
-- min(separation), max.diameter); scikit-learn 1.2.1 davies_bouldin_score.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local function close(got, want, name)
  t.ok(math.abs(got - want) <= 1e-11 * math.abs(want), ("%s: %.15g, not %.15g"):format(name, got, want))
end

local function check(v, want)
  for name, figure in pairs(want) do
    close(v[name][1], figure, name)
  end
end

local iris = read "datasets/iris/iris.csv"
local on = { "sepal_length", "sepal_width", "petal_length", "petal_width" }

t.test("iris by species", function()
  check(iris:validity { "species", on = on }, { withinss = 89.2974, silhouette = 0.503477440693297,
    dunn = 0.058480532147193,
    calinski_harabasz = 487.3308763749, separation = 0.223606797749979, diameter = 3.82361085886103 })
  t.ok(math.abs(iris:validity { "species", on = on }.davies_bouldin[1] - 0.751370709476) < 1e-11)
end)

t.test("iris by 3-means", function()
  local v = iris:kmeans { k = 3, on = on }:augment(iris):validity { "cluster", on = on }
  check(v, { withinss = 78.851441426146, silhouette = 0.55281901235641, dunn = 0.098807393328081,
    calinski_harabasz = 561.62775662962, separation = 0.264575131106459, diameter = 2.67768556779918,
      totss = 681.3706 })
  t.ok(math.abs(v.davies_bouldin[1] - 0.661971546501) < 1e-11)
  t.eq({ v.n[1], v.k[1], v.noise[1] }, { 150, 3, 0 })
end)

-- scikit-learn 1.2.1: adjusted_rand_score, normalized_, adjusted_mutual_info_score, fowlkes_mallows_score
t.test("iris by 3-means against the species", function()
  local found = iris:kmeans { k = 3, on = on }:augment(iris):agreement { a = "cluster", b = "species" }
  for name, figure in pairs { ari = .7302382723, nmi = .7581756801, ami = .7551191676, fmi = .8208080729 } do
    local got = found[name][1]
    t.ok(math.abs(got - figure) < 1e-10, ("%s: %.12g"):format(name, got))
  end
end)

-- R: kmeans(scale(USArrests), 4, nstart = 100)
t.test("USArrests by 4-means, z-scores: how much the clusters explain", function()
  local m = (read "datasets/usarrests/usarrests.csv"):kmeans { k = 4, scale = "zscore",
    on = { "murder", "assault", "urban", "rape" } }
  t.near(m.inertia, 56.40317346, 1e-9)
  t.ok(math.abs(m.betweenss / m.totss - .7122287068) <= 0.5000001e-10)
end)

-- R kohonen 3.0.11: som(scale(iris), somgrid(5, 5, "hexagonal"), rlen = 100) has .3817 in the mean of ten seeds (.3666
-- to .3957); no map is below k-means with as many centres, .3256
t.test("a map of iris is as near to its rows as R's are", function()
  local som = iris:som { x = 5, y = 5, grid = "hexagonal", scale = "zscore", epochs = 100, on = on }
  local means = iris:kmeans { k = 25, scale = "zscore", on = on, starts = 50 }
  local sum = 0
  for _, distance in ipairs(t.cells(means:predict(iris).distance)) do
    sum = sum + distance
  end
  local least = sum / 150
  t.ok(math.abs(least - .3256) < 0.002, ("k-means: %.5g"):format(least))
  t.ok(som.quantisation > least and som.quantisation < .3817, ("map: %.5g"):format(som.quantisation))
end)

t.test("USArrests, four clusters by Ward, z-scores", function()
  local arrests = read "datasets/usarrests/usarrests.csv"
  local labels = { 1, 2, 2, 3, 2, 2, 3, 3, 2, 1, 3, 4, 2, 3, 4, 3, 3, 1, 4, 2, 3, 2, 4, 1, 3, 4, 4, 2, 4, 3, 2, 2, 1,
    4, 3,
    3, 3, 3, 3, 1, 4, 1, 2, 3, 4, 3, 3, 4, 4, 3 }
  local numeric = arrests:mutate { ward = frame { ward = labels }.ward }
  check(numeric:validity { "ward", scale = "zscore" }, { dunn = 0.160440346650323, calinski_harabasz = 36.5339960622797,
    silhouette = 0.337018718355696, withinss = 57.9427043642529, separation = 0.527909209152192,
    diameter = 3.29037689193455 })
end)

t.test("noise and missing labels are left out", function()
  local df = frame { x = { 0, 1, 10, 11, 500, 600 }, c = { 1, 1, 2, 2, 0, NA } }
  local v = df:validity { "c", on = "x" }
  t.eq({ v.n[1], v.k[1], v.noise[1], v.withinss[1], v.separation[1], v.diameter[1] }, { 6, 2, 2, 1.0, 9.0, 1.0 })
  t.eq(v.dunn[1], 9.0)
end)

t.test("what is not defined is missing", function()
  local one = frame { x = { 1, 2, 3 }, c = { "a", "a", "a" } }:validity { "c", on = "x" }
  t.eq({ one.k[1], one.silhouette[1], one.calinski_harabasz[1], one.davies_bouldin[1], one.dunn[1] }, { 1, NA, NA,
    NA, NA })
  local same = frame { x = { 1, 1, 1, 1 }, c = { 1, 1, 2, 2 } }:validity { "c", on = "x" }
  t.eq({ same.withinss[1], same.calinski_harabasz[1], same.bic[1] }, { 0.0, NA, NA })
  local many = iris:validity { "species", on = on, pairs = 100 }
  t.eq({ many.silhouette[1], many.dunn[1] }, { NA, NA })
  t.ok(many.calinski_harabasz[1] > 487)
end)

t.test("Hopkins: about 1/2 for rows at random, with a p-value that is uniform; near 1 for heaps", function()
  local below, sum = 0, 0
  for seed = 1, 200 do
    local x, y = {}, {}
    math.randomseed(seed)
    for i = 1, 100 do
      x[i], y[i] = math.random(), math.random()
    end
    local h = frame { x = x, y = y }:tendency { seed = seed }
    sum = sum + h.hopkins[1]
    below = below + (h.p_value[1] < 0.1 and 1 or 0)
  end
  t.ok(math.abs(sum / 200 - 0.5) < 0.05, ("mean %.3f"):format(sum / 200))
  t.ok(below >= 8 and below <= 40, ("%d of 200 below 0.1"):format(below))
  local h = iris:tendency { on = on, scale = "zscore" }
  t.ok(h.hopkins[1] > 0.9 and h.p_value[1] < 1e-6)
  t.raises("bad-data", function() frame { x = { 1, 2 } }:tendency { m = 2 } end)
end)

t.done()
