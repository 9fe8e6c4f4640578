-- SPDX-License-Identifier: GPL-3.0-or-later
-- dbscan, hdbscan, optics and mean shift against the figures of data/density.lua, and against reference labels.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local here = arg[0]:gsub("[^/]*$", "")
local cases = dofile(here .. "data/density.lua")
os.execute("sh '" .. here .. "prepare.sh' >/dev/null")
os.execute("sh '" .. here .. "density.sh' build/testdata >/dev/null")

local frames = {}

local function data_of(name)
  for _, path in ipairs { ("datasets/%s/%s.csv"):format(name, name), ("build/testdata/%s.csv"):format(name) } do
    local file = io.open(path)
    if file then
      file:close()
      frames[name] = frames[name] or read(path)
      return frames[name]
    end
  end
end

local function variables(df)
  local names = {}
  for _, name in ipairs(t.names(df)) do
    if name ~= "truth" and name ~= "species" then
      names[#names + 1] = name
    end
  end
  return names
end

-- Sizes without noise.
local function sizes(m)
  local found = {}
  for _, row in m:tidy():rows() do
    if row.cluster > 0 then
      found[#found + 1] = row.size
    end
  end
  return found
end

-- One cluster for each class, no noise, whatever their numbers.
local function same_as_truth(m, df, truth)
  local to, back = {}, {}
  local clusters = t.cells(m:augment(df).cluster)
  for i, cluster in ipairs(clusters) do
    t.ok(cluster > 0)
    to[cluster] = to[cluster] or truth[i]
    back[truth[i]] = back[truth[i]] or cluster
    if to[cluster] ~= truth[i] or back[truth[i]] ~= cluster then
      error(("row %d is in cluster %d, but of class %s"):format(i, cluster, truth[i]))
    end
  end
end

local function check_truth(case, m, df)
  local truth = case.truth and t.reference_labels(case.data)
  if truth then
    same_as_truth(m, df, truth)
  end
end

local function test_cases(kind, check)
  for _, case in ipairs(cases[kind]) do
    local name = ("%s of %s"):format(kind, case.data)
    local df = data_of(case.data)
    if df then
      t.test(name, function() check(case, df) end)
    else
      t.skip(name, "no " .. case.data .. ".csv: see tests/reference/density.sh and prepare.sh")
    end
  end
end

test_cases("dbscan", function(case, df)
  local m = df:dbscan { eps = case.eps, min_points = case.min_points, border = "first", on = variables(df) }
  t.eq(sizes(m), case.sizes)
  t.eq(m.noise, case.noise)
  check_truth(case, m, df)
  if case.ari then
    local a = cluster.agreement(m:augment(df), { a = "cluster", b = "truth" })
    t.near(a:row(1).ari, case.ari, 6e-4)
    for name, figure in pairs(case.agreement or {}) do
      t.near(a:row(1)[name], figure, 6e-4, name)
    end
  end
  -- The rule for border rows moves no other rows.
  local near = df:dbscan { eps = case.eps, min_points = case.min_points, on = variables(df) }
  t.eq({ near.k, near.noise, near.cores, near.borders }, { m.k, m.noise, m.cores, m.borders })
end)

test_cases("hdbscan", function(case, df)
  local m = df:hdbscan { min_cluster_size = case.least, on = variables(df) }
  if case.ties then
    -- R gives rows that are cut off at the level at which a cluster begins to one of the parts, by their order.
    t.eq(m.k, #case.sizes)
    for i, size in ipairs(sizes(m)) do
      t.ok(size <= case.sizes[i] and size >= case.sizes[i] - case.ties, ("cluster %d has %d rows"):format(i, size))
    end
    t.ok(m.noise >= case.noise and m.noise <= case.noise + case.ties * m.k)
  else
    t.eq(sizes(m), case.sizes)
    t.eq(m.noise, case.noise)
  end
  check_truth(case, m, df)
  for i, score in ipairs(case.scores or {}) do
    t.near(m:tidy().stability[i], score, score * 1e-9 + 5e-10, "stability " .. i)
  end
end)

test_cases("optics", function(case, df)
  local m = df:optics(case.min_points)
  t.near(m.eps, case.eps, 1e-13)
  t.eq(t.cells(m:reachability().row), case.order)
end)

test_cases("meanshift", function(case, df)
  local options = { bins = case.bins, far = case.far }
  if not case.estimated then
    options.bandwidth = case.bandwidth
  end
  local m = df:meanshift(options)
  t.near(m.bandwidth, case.bandwidth, 1e-14)
  t.eq(sizes(m), case.sizes)
  t.eq(m.noise, case.noise or 0)
  local first = m:tidy():row(1)
  for j, name in ipairs(variables(df)) do
    t.near(first[name], case.centre[j], 1e-11)
  end
end)

t.done()
