-- SPDX-License-Identifier: GPL-3.0-or-later
-- Hierarchical clustering, BIRCH and spectral clustering against figures from elsewhere: data/hierarchical.lua says of
-- the trees which; the others stand here with their source.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local here = arg[0]:gsub("[^/]*$", "")
local variables = {
  usarrests = { "murder", "assault", "urban", "rape" },
  iris = { "sepal_length", "sepal_width", "petal_length", "petal_width" },
  faithful = { "eruptions", "waiting" },
  wine = {
    "alcohol", "malic_acid", "ash", "ash_alcalinity", "magnesium", "phenols", "flavanoids", "other_phenols",
    "proanthocyanins", "color", "hue", "od280_od315", "proline",
  },
}

local function data_of(name)
  return read("datasets/" .. name .. "/" .. name .. ".csv")
end

local function close(got, want, digits, what)
  t.ok(math.abs(got - want) <= 10 ^ -digits * math.max(1, math.abs(want)),
    ("%s: got %.12g, want %.12g"):format(what, got, want))
end

local function sizes_of(m)
  local tidy, sizes = m:tidy(), {}
  for i = 1, #tidy do
    sizes[i] = tidy.size[i]
  end
  return sizes
end

for _, case in ipairs(dofile(here .. "data/hierarchical.lua")) do
  local name = ("%s %s %s %s"):format(case.data, case.scale, case.metric, case.linkage)
  t.test(name, function()
    local df = data_of(case.data)
    local m = df:hierarchical { k = 3, on = variables[case.data], scale = case.scale, metric = case.metric,
      linkage = case.linkage }
    local merges = m:merges()
    t.eq(#merges, #df - 1)
    -- Where distances tie, single linkage alone has one answer.
    if not case.ties or case.linkage == "single" then
      local total = 0
      for i = 1, #merges do
        total = total + merges.height[i]
      end
      close(total, case.total, 9, "sum of heights")
      for i = 1, 5 do
        close(merges.height[#merges - 5 + i], case.last[i], 9, "height")
      end
      close(m.cophenetic, case.cophenetic, 9, "cophenetic")
      t.eq(sizes_of(m), case.sizes)
    end
  end)
end

-- R 4.2.2, cutree(hclust(dist(iris[, 1:4]), method), 3) against the species, mclust's adjustedRandIndex.
for linkage, want in pairs {
  single = 0.5637510205, complete = 0.6422512518, average = 0.7591987071, ward = 0.7311985568,
} do
  t.test("iris by species: " .. linkage, function()
    local df = data_of "iris"
    local m = df:hierarchical { k = 3, linkage = linkage }
    close(m:augment(df):agreement { a = "species", b = "cluster" }.ari[1], want, 9, "ari")
    if linkage == "ward" then
      t.eq(sizes_of(m), { 64, 50, 36 })
    end
  end)
end

t.test("agglomerative coefficient: R's cluster::agnes, iris, average linkage", function()
  close(data_of("iris"):hierarchical { k = 3, linkage = "average" }.coefficient, 0.9300173833, 9, "coefficient")
end)

t.test("divisive: R's cluster::diana", function()
  local df = data_of "iris"
  local m = df:hierarchical { k = 3, linkage = "divisive" }
  close(m.coefficient, 0.9537980061, 9, "coefficient")
  t.eq(sizes_of(m), { 60, 53, 37 })
  local height = m:merges().height
  for i, want in ipairs { 7.0851958336, 4.7127486672, 2.9291637032, 2.6532998323, 2.4289915603, 2.4186773245 } do
    close(height[#height + 1 - i], want, 9, "height " .. i)
  end
  m = data_of "usarrests":hierarchical { k = 4, linkage = "divisive" }
  close(m.coefficient, 0.9464691922, 9, "coefficient")
  close(m.cophenetic, 0.7503781732, 9, "cophenetic")
  t.eq(sizes_of(m), { 19, 14, 10, 7 })
  m = data_of "usarrests":hierarchical { k = 4, linkage = "divisive", metric = "manhattan" }
  close(m.coefficient, 0.9333098401, 9, "coefficient, manhattan")
end)

-- scikit-learn 1.2.1: Birch(threshold = 0.5, n_clusters = 3) on iris in file order.
t.test("birch: iris", function()
  local df = data_of "iris"
  local m = df:birch { k = 3, threshold = 0.5 }
  t.eq(m.groups, 13)
  t.eq(sizes_of(m), { 76, 50, 24 })
  close(m:augment(df):agreement { a = "species", b = "cluster" }.ari[1], 0.6096252514, 9, "ari")
  close(df:birch { k = 3, threshold = 0.5, final = "ward_weighted" }:augment(df):agreement {
    a = "species", b = "cluster" }.ari[1], 0.7591987071, 9, "ari by weights")
end)

t.done()
