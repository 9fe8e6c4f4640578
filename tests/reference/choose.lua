-- SPDX-License-Identifier: GPL-3.0-or-later
-- How many clusters. Figures: R 4.2.2, cluster 2.1.4 clusGap (logW of ruspini by k-means, d.power = 1; the rules
-- firstSEmax and Tibs2001SEmax both give 4); k-means, silhouette and indices of iris as in data/kmeans.lua.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local on = { "sepal_length", "sepal_width", "petal_length", "petal_width" }

-- Ruspini (1970), Numerical methods for fuzzy clustering: 75 points, as in R's package cluster.
local ruspini = frame {
  x = { 4, 5, 10, 9, 13, 13, 12, 15, 18, 19, 22, 27, 28, 24, 27, 28, 30, 31, 32, 36, 28, 32, 35, 33, 38, 41, 38, 38, 32,
    34, 44, 44, 44, 46, 47, 49, 50, 53, 52, 55, 54, 60, 63, 86, 85, 85, 78, 74, 97, 98, 98, 99, 99, 101, 108,
    110, 108, 111, 115, 117, 70, 77, 83, 61, 69, 78, 66, 58, 64, 69, 66, 61, 76, 72, 64 },
  y = { 53, 63, 59, 77, 49, 69, 88, 75, 61, 65, 74, 72, 76, 58, 55, 60, 52, 60, 61, 72, 147, 149, 153, 154, 151, 150,
    145, 143, 143, 141, 156, 149, 143, 142, 149, 152, 142, 144, 152, 155, 124, 136, 139, 132, 115, 96, 94, 96,
    122, 116, 124, 119, 128, 115, 111, 111, 116, 126, 117, 115, 4, 12, 21, 15, 15, 16, 18, 13, 20, 21, 23, 25,
    27, 31, 30 },
}

local function close(got, want, limit, name)
  t.ok(math.abs(got - want) <= limit * math.abs(want), ("%s: %.12g, not %.12g"):format(name, got, want))
end

local function by_rule(c)
  local found = {}
  for _, row in c:suggestions():rows() do
    found[row.rule] = row.k
  end
  return found
end

t.test("iris: each criterion, and what each rule makes of it", function()
  local c = iris:choose { k = "2:6", on = on, references = 0, resamples = 0, refine = "swap" }
  local table_ = c:tidy()
  for i, w in ipairs { 152.3479518, 78.85144143, 57.22847321, 46.44618205, 39.03998725 } do
    close(table_.withinss[i], w, 1e-9, "withinss")
  end
  close(table_.silhouette[1], .6810461692, 1e-9, "silhouette")
  close(table_.silhouette[2], .5528190124, 1e-9, "silhouette")
  close(table_.calinski_harabasz[2], 561.6277566, 1e-9, "calinski_harabasz")
  close(table_.davies_bouldin[2], .6619715465, 1e-9, "davies_bouldin")
  local rules = by_rule(c)
  t.eq({ rules.silhouette, rules.calinski_harabasz, rules.elbow }, { 2, 3, 3 })
  t.eq({ rules.gap, rules.stability }, { NA, NA })
  t.eq(table_.gap[1], NA)
end)

t.test("the criterion of mixtures is their own, as mclust has it", function()
  local c = iris:choose { k = "1:3", method = "mixture", on = on, references = 0, resamples = 0 }
  for k = 1, 3 do
    close(c:tidy().bic[k], iris:mixture({ k = k, on = on }).bic, 1e-12, "bic")
  end
  close(c:tidy().bic[2], 561.7284621, 1e-9, "bic")
  t.eq(by_rule(c).bic, 2)
end)

t.test("ruspini: the dispersion as R's clusGap has it, and four clusters by both rules of the gap", function()
  local c = ruspini:choose { k = "1:8", power = 1, references = 60, resamples = 0 }
  local table_ = c:tidy()
  for i, w in ipairs { 7.187996857, 6.628498248, 6.26165954, 5.692736352, 5.581611529 } do
    close(table_.log_w[i], w, 1e-9, "log_w")
  end
  local rules = by_rule(c)
  t.eq({ rules.gap, rules.gap_first }, { 4, 4 })
  t.eq({ rules.silhouette, rules.calinski_harabasz }, { 4, 4 })
  t.eq(c.suggested, 4)
end)

t.test("the gap by principal components is that of turned data", function()
  local function turned(angle)
    local x, y = {}, {}
    for i = 1, #ruspini do
      local a, b = ruspini.x[i], 0.2 * ruspini.y[i]
      x[i], y[i] = a * math.cos(angle) - b * math.sin(angle), a * math.sin(angle) + b * math.cos(angle)
    end
    return frame { x = x, y = y }
  end
  local options = { k = "1:4", null = "components", references = 30, resamples = 0 }
  local a, b = turned(0):choose(options):tidy(), turned(0.7):choose(options):tidy()
  for i = 1, 4 do
    close(a.log_w[i], b.log_w[i], 1e-9, "log_w")
    t.ok(math.abs(a.gap[i] - b.gap[i]) < 0.15, ("%g %g"):format(a.gap[i], b.gap[i]))
  end
end)

t.test("stability is near 1 where clusters are plain, and lower beyond", function()
  local c = ruspini:choose { k = "2:7", references = 0, resamples = 20 }
  local table_ = c:tidy()
  t.ok(table_.stability[3] > 0.97, ("k = 4: %g"):format(table_.stability[3]))
  t.ok(table_.stability[6] < table_.stability[3])
  t.eq(by_rule(c).stability, 4)
end)

t.test("same seed, same table; on one thread too", function()
  local options = { k = "2:4", on = on, references = 5, resamples = 5, scale = "zscore" }
  t.eq(iris:choose(options):tidy():text "json", iris:choose(options):tidy():text "json")
end)

t.test("wrong ranges, methods and options are refused", function()
  t.raises("wrong-type", function() iris:choose "2-5" end, "2:10")
  t.raises("wrong-type", function() iris:choose { k = { 2, 2 } } end)
  t.raises("wrong-type", function() iris:choose "5:2" end)
  t.raises("wrong-type", function() iris:choose { k = "0:3" } end)
  t.raises("out-of-range", function() iris:choose { k = "2:151" } end, "150 rows")
  t.raises("unknown-method", function() iris:choose { k = "2:3", method = "kmean" } end, "kmeans")
  t.raises("unknown-option", function() iris:choose { k = "2:3", strats = 5 } end, "starts")
  local c = iris:choose { k = 3, references = 0, resamples = 0 }
  t.eq(#c:tidy(), 1)
end)

t.test("kept in a file and drawn", function()
  local c = iris:choose { k = { 2, 3, 5 }, references = 3, resamples = 3 }
  local path = os.getenv "TMPDIR" .. "/choose.assay"
  c:save(path)
  local again = model.load(path)
  t.eq(again:tidy():text "json", c:tidy():text "json")
  for _, kind in ipairs { "criteria", "elbow", "silhouette", "gap", "stability" } do
    t.ok(#again:plot(kind):data() > 0)
  end
end)

t.done()
