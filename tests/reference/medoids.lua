-- SPDX-License-Identifier: GPL-3.0-or-later
-- k-medoids, Gower's dissimilarity, silhouettes, k-modes and k-prototypes against the figures of data/medoids.lua.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local here = arg[0]:gsub("[^/]*$", "")
local cases = dofile(here .. "data/medoids.lua")
local iris = read "datasets/iris/iris.csv"

local frames = { iris = iris, ruspini = frame(cases.ruspini), usarrests = read "datasets/usarrests/usarrests.csv" }

-- Numbers as they are printed: half a unit of the tenth digit.
local function near(is, wanted, what)
  t.ok(math.abs(is - wanted) <= 1e-9 * math.max(1, math.abs(wanted)), ("%s is %.12g, wanted %.12g"):format(what, is,
    wanted))
end

local function sorted(list)
  local copy = { table.unpack(list) }
  table.sort(copy)
  return copy
end

local function check_tidy(m, case)
  local tidy = m:tidy()
  t.eq(sorted(t.cells(tidy.medoid)), sorted(case.medoids))
  for i, medoid in ipairs(case.medoids) do
    for row = 1, #tidy do
      if tidy.medoid[row] == medoid then
        t.eq(tidy.size[row], case.sizes[i])
        for _, name in ipairs { "max_distance", "mean_distance", "diameter", "separation", "silhouette" } do
          if case[name] then
            near(tidy[name][row], case[name][i], name .. " of medoid " .. medoid)
          end
        end
      end
    end
  end
end

for _, case in ipairs(cases.pam) do
  t.test("pam: " .. case.name, function()
    local m = frames[case.data]:pam { k = case.k, on = case.on, metric = case.metric, scale = case.scale }
    near(m.objective_build, case.build or m.objective_build, "the objective of build")
    near(m.objective, case.swap, "the objective")
    near(m.silhouette, case.width, "the silhouette")
    check_tidy(m, case)
  end)
end

t.test("pam: the steepest variant is R's at every swap, the eager one R's pamonce = 6", function()
  local df = frame(cases.cloud)
  for _, case in ipairs(cases.cloud_fits) do
    local m = df:pam { k = case.k, variant = case.variant }
    near(m.objective_build, case.build, "build")
    near(m.objective, case.swap, "swap")
  end
end)

t.test("gower: daisy's iris with the species", function()
  local square = iris:gower()
  near(square["2"][1], 0.05277777778, "d(1, 2)")
  near(square["51"][1], 0.5424199623, "d(1, 51)")
  near(iris:gower({ as = "summary" }).mean[1], 0.3667613047, "the mean")
end)

t.test("gower: daisy's flowers, with an asymmetric property and ranks", function()
  local flower = frame(cases.flower)
  local types = { V1 = "nominal", V2 = "nominal", V3 = "asymmetric", V4 = "nominal", V5 = "ordinal", V6 = "ordinal" }
  local pairs_of = flower:gower { types = types, as = "pairs" }
  near(pairs_of.distance[1], 0.8875408497, "d(1, 2)")
  near(flower:gower({ types = types, as = "summary" }).mean[1], 0.5097615462, "the mean")
end)

t.test("gower: daisy with missing cells, a logarithm and weights", function()
  local df = frame(cases.gaps)
  local d = df:gower { types = { c = "logratio", g = "nominal" }, variable_weights = { b = 2 }, as = "pairs" }
  for i, wanted in ipairs(cases.gaps_distances) do
    near(d.distance[i], wanted, "pair " .. i)
  end
end)

t.test("silhouettes of the species by row", function()
  local s = iris:silhouette { cluster = "species" }
  near(s.silhouette, cases.species.mean, "the mean width")
  local by_row = s:silhouettes()
  for row, wanted in pairs(cases.species.widths) do
    near(by_row.width[row], wanted, "row " .. row)
    t.eq(by_row.neighbour[row], cases.species.neighbours[row])
  end
  local tidy = s:tidy()
  for i, wanted in ipairs(cases.species.clusters) do
    near(tidy.silhouette[i], wanted, "cluster " .. i)
  end
end)

t.test("k-modes: the soybeans", function()
  local columns = {}
  for i, row in ipairs(cases.soybean) do
    local j = 0
    for digit in row:gmatch "%d" do
      j = j + 1
      columns["v" .. j] = columns["v" .. j] or {}
      columns["v" .. j][i] = math.tointeger(tonumber(digit))
    end
  end
  local on = {}
  for j = 1, 35 do
    on[j] = "v" .. j
  end
  local df = frame(columns)
  local m = df:kmodes { k = 4, on = on, starts = 1 }
  t.eq(m.cost, 199.0)
  t.eq(t.cells(m:tidy().size), { 17, 10, 10, 10 })
  local clusters = t.cells(m:predict(df).cluster)
  for i, disease in ipairs { { 1, 10 }, { 11, 20 }, { 21, 30 }, { 31, 47 } } do
    for row = disease[1], disease[2] do
      t.eq(clusters[row], clusters[disease[1]], "disease " .. i)
    end
  end
  t.eq(df:kmodes({ k = 4, on = on, init = "huang", starts = 30 }).cost, 199.0)
end)

t.test("k-prototypes: the stocks", function()
  local stocks, new = frame(cases.stocks), frame(cases.new_stocks)
  local m = stocks:kprototypes { k = 4, on = { "value", "sector", "country" } }
  near(m.gamma, 69.90333603547751, "gamma")
  near(m.cost, 1664.4708549504871, "the cost")
  local c = t.cells(m:predict(stocks).cluster)
  for _, group in ipairs { { 1 }, { 2, 3, 4, 5 }, { 6, 7, 8, 9 }, { 10, 11, 12 } } do
    for _, row in ipairs(group) do
      t.eq(c[row], c[group[1]])
    end
  end
  local p = t.cells(m:predict(new).cluster)
  t.eq(p, { c[10], c[10], c[2], c[10] })
end)

t.done()
