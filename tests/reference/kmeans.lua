-- SPDX-License-Identifier: GPL-3.0-or-later
-- K-means against the figures of data/kmeans.lua, by the rules of data/README.md.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local here = arg[0]:gsub("[^/]*$", "")
local cases = dofile(here .. "data/kmeans.lua")
local made = os.execute("sh '" .. here .. "prepare.sh' >/dev/null")

local frames = {}

-- The data of a case, or nil when they are neither shipped nor to be had.
local function data_of(name)
  for _, place in ipairs { "datasets/" .. name, "build/testdata" } do
    local path = place .. "/" .. name .. ".csv"
    local file = io.open(path)
    if file then
      file:close()
      frames[name] = frames[name] or read(path)
      return frames[name]
    end
  end
end

local function options_of(case)
  return { k = case.k, on = case.columns, scale = case.scale, weights = case.weights, silhouette = true }
end

local function lowest(case)
  return case.best or case.inertia
end

local function reached(m, case)
  return m.inertia <= case.inertia * (1 + 1e-7)
end

-- The default way where it is enough. A case that few starts solve gets as many starts as fail once in a
-- thousand; with many rows it may be solved by one seed of thirty instead, and all of them must come near.
local function fit(df, case)
  local options = options_of(case)
  local m
  if case.reached < 60 and #df <= 1100 then
    options.starts = math.ceil(200 * math.log(1000) / case.reached)
  end
  local seeds = (case.reached < 60 and #df > 1100) and 30 or 1
  for seed = 1, seeds do
    options.seed = seed
    m = df:kmeans(options)
    t.ok(m.converged and m.complete)
    t.ok(m.inertia <= case.inertia * (1 + 2e-4), ("seed %d is not near: %.12g"):format(seed, m.inertia))
    if reached(m, case) then
      break
    end
  end
  return m
end

local function check(m, case, df)
  t.ok(reached(m, case), ("inertia %.13g, to be reached %.13g"):format(m.inertia, case.inertia))
  t.ok(m.inertia >= lowest(case) * (1 - 1e-9), ("lower than any known: %.13g"):format(m.inertia))
  t.near(m.totss, case.totss, 1e-9, "totss")
  if m.inertia > lowest(case) * (1 + 1e-9) then
    return false
  end
  local tidy = m:tidy()
  t.eq(t.cells(tidy.size), case.sizes, "sizes")
  if case.silhouette then
    t.near(m.silhouette, case.silhouette, 1e-9, "silhouette")
  end
  local names = case.columns or t.names(df)
  for i, centre in ipairs(case.centres or {}) do
    for j, name in ipairs(names) do
      t.near(tidy:col(name)[i], centre[j], 1e-6, "centre " .. i .. ", " .. name)
    end
  end
  return true
end

t.test("there are cases and their data can be made", function()
  t.ok(made)
  t.ok(#cases >= 55)
end)

local exact = 0

for _, case in ipairs(cases) do
  local df = data_of(case.data)
  if df then
    t.test(case.name, function()
      if check(fit(df, case), case, df) then
        exact = exact + 1
      end
    end)
  else
    t.skip(case.name, "no " .. case.data .. ".csv: ASSAY_TESTDATA names the folder of its source")
  end
end

t.test("most fits are the best known, so that sizes, centres and silhouettes were compared", function()
  local present = 0
  for _, case in ipairs(cases) do
    present = present + (data_of(case.data) and 1 or 0)
  end
  t.ok(exact >= 0.85 * present, exact .. " of " .. present)
end)

-- Mean squared distances per variable, at most, for every seed: a little above the lowest known, since on the
-- sets that overlap (s3, s4) many partitions lie within a few parts in 100,000 of it.
local benchmark = { s1 = 8.9176e8, s2 = 1.32792e9, s3 = 1.68901e9, s4 = 1.57038e9 }

for _, name in ipairs { "s1", "s2", "s3", "s4" } do
  local df = data_of(name)
  if df then
    t.test(name .. " from each of twenty seeds", function()
      for seed = 1, 20 do
        local m = df:kmeans { k = 15, seed = seed }
        local mean = m.inertia / (m.n * 2)
        t.ok(mean <= benchmark[name] * (1 + 5e-6), ("seed %d: %.8g"):format(seed, mean))
      end
    end)
  else
    t.skip(name .. " from each of twenty seeds", "no " .. name .. ".csv")
  end
end

-- Adjusted Rand index of the best fits with the sets' own labels, as R's 30 starts have it. On s3 and s4, which
-- overlap, many optima lie within a few parts in 100,000 of the lowest (R's is above the default's), and their
-- indices differ by some thousandths: 0.7243 to 0.7262 and 0.6300 to 0.6331 among fifteen of them.
local agreed = { s1 = { 0.9868, 5e-5 }, s2 = { 0.9371, 5e-5 }, s3 = { 0.7272, 3e-3 }, s4 = { 0.6307, 3e-3 } }

for _, name in ipairs { "s1", "s2", "s3", "s4" } do
  local df, truth = data_of(name), t.reference_labels(name)
  if df and truth then
    t.test(name .. " against its labels", function()
      local m = df:kmeans { k = 15 }
      local both = frame { a = t.cells(m:augment(df).cluster), b = truth }
      local ari = cluster.agreement(both, { a = "a", b = "b" }):row(1).ari
      t.near(ari, agreed[name][1], agreed[name][2])
    end)
  else
    t.skip(name .. " against its labels", "no " .. name .. ".csv, or no labels")
  end
end

-- Means of the true components of a drawn set, as centres to start from.
local function component_means(df, sizes)
  local columns = {}
  for _, name in ipairs(t.names(df)) do
    local means, row, column = {}, 0, df:col(name)
    for i, size in ipairs(sizes) do
      local sum = 0
      for _ = 1, size do
        row = row + 1
        sum = sum + column[row]
      end
      means[i] = sum / size
    end
    columns[#columns + 1] = { name, means }
  end
  return frame(columns)
end

for _, case in ipairs(cases) do
  local df = case.components and data_of(case.data)
  if df then
    t.test(case.name .. " from the true components", function()
      local m = df:kmeans { k = case.k, init = component_means(df, case.components), refine = "none" }
      t.ok(m.inertia <= lowest(case) * (1 + 1e-3), ("%.13g"):format(m.inertia))
      t.ok(m.inertia >= lowest(case) * (1 - 1e-9), ("%.13g"):format(m.inertia))
    end)
  end
end

t.done()
