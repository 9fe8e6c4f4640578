-- SPDX-License-Identifier: GPL-3.0-or-later
-- A clustering of tests/bench/clusters by assay: clusters.lua TASK FILE.f64 COLUMNS [FILE.f64]. Only the call is timed,
-- with the data in memory. Prints: seconds, processor seconds, result, name. The second file: means, or labels.
local task, path, columns, second = arg[1], arg[2], tonumber(arg[3]), arg[4]

local function matrix(file, width)
  local stream = assert(io.open(file, "rb"))
  local bytes = stream:read "a"
  stream:close()
  local format, named, cells = "<" .. ("d"):rep(width), {}, {}
  for j = 1, width do
    cells[j] = {}
    named["x" .. j] = cells[j]
  end
  for i = 1, #bytes // (8 * width) do
    local row = { string.unpack(format, bytes, (i - 1) * 8 * width + 1) }
    for j = 1, width do cells[j][i] = row[j] end
  end
  return named
end

local function parts(model) return ("%d/%d"):format(model.k, model.noise) end

local function tree(linkage)
  local function sum(model) return ("%.4f"):format(model:merges():agg({ s = "sum(height)" }).s[1]) end
  return function(df) return df:hierarchical { k = 12, linkage = linkage, cophenetic = "no" } end, sum
end

local function medoids(variant)
  local function objective(model) return ("%.9g"):format(model.objective) end
  return function(df) return df:head(5000):pam { k = 20, variant = variant, silhouette = false } end, objective
end

local function kmeans()
  local start = frame(matrix(second, columns))
  local most = math.tointeger(tonumber(os.getenv "BENCH_ITERATIONS"))
  return function(df) return df:kmeans { k = #start, init = start, starts = 1, max_iter = most, refine = "none" } end,
    function(model) return ("%.9g/%d"):format(model.inertia, model.iterations) end
end

local tasks = {
  ["kmeans-8"] = kmeans,
  ["kmeans-50"] = kmeans,
  ["kmeans-784"] = kmeans,
  mixture = function()
    local means = frame(matrix(second, columns))
    return function(df) return df:mixture { k = 8, model = "VVV", init = means, max_iter = 50, tol = 0 } end,
      function(model) return ("%.6f"):format(model.log_likelihood / model.n) end
  end,
  dbscan = function() return function(df) return df:dbscan { eps = 0.1, min_points = 10 } end, parts end,
  optics = function() return function(df) return df:optics { min_points = 10, eps = 0.1, cut = 0.1 } end, parts end,
  hdbscan = function() return function(df) return df:head(20000):hdbscan(50) end, parts end,
  ward = function() return tree "ward" end,
  average = function() return tree "average" end,
  complete = function() return tree "complete" end,
  eager = function() return medoids "eager" end,
  steepest = function() return medoids "steepest" end,
  silhouette = function()
    return function(df) return df:silhouette "label" end,
      function(model) return ("%.9g"):format(model.silhouette) end
  end,
  pca = function()
    return function(df) return df:pca { k = 10 } end, function(model)
      local variance = model:tidy().variance
      return ("%.6f/%.6f"):format(variance[1], variance[10])
    end
  end,
}

local cells = matrix(path, columns)
if task == "labels" then -- for the others to judge: a double for each row
  local df = frame(cells)
  local model = df:kmeans { k = 12, init = df:head(12), starts = 1, max_iter = 20, refine = "none" }
  local cluster = model:augment(df).cluster
  local out = assert(io.open(second, "wb"))
  for i = 1, #cluster do out:write(string.pack("<d", cluster[i])) end
  assert(out:close())
  return
end
if task == "silhouette" then
  cells.label = {}
  for i, label in ipairs(matrix(second, 1).x1) do cells.label[i] = math.tointeger(label) end
end
local df = frame(cells)
local fit, result = tasks[task]()
local wall, cpu = assay.clock(), os.clock()
local model = fit(df)
wall, cpu = assay.clock() - wall, os.clock() - cpu
print(("%.6f %.6f %s assay%s"):format(wall, cpu, result(model),
  (task == "eager" or task == "steepest") and ", " .. task or ""))
