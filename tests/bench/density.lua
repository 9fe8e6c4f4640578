-- SPDX-License-Identifier: GPL-3.0-or-later
-- DBSCAN and HDBSCAN of the benchmark by assay. With BENCH_MAKE the data are written to BENCH_CSV (a ring, a half ring,
-- two blobs, noise: BENCH_ROWS rows). Only the fit is timed. Prints: seconds, clusters, noise, name.
local path = os.getenv "BENCH_CSV"
if os.getenv "BENCH_MAKE" then
  local rows = math.tointeger(tonumber(os.getenv "BENCH_ROWS"))
  local state = 20240229
  local function uniform()
    state = (state * 6364136223846793005 + 1442695040888963407)
    return ((state >> 11) & ((1 << 53) - 1)) / 2.0 ^ 53
  end
  local function normal()
    return math.sqrt(-2 * math.log(1 - uniform())) * math.cos(2 * math.pi * uniform())
  end
  local file = assert(io.open(path, "w"))
  file:write "x,y\n"
  for i = 1, rows do
    local part, angle = i % 5, uniform() * 2 * math.pi
    local x, y
    if part == 0 then
      x, y = 5 * math.cos(angle) + 0.15 * normal(), 5 * math.sin(angle) + 0.15 * normal()
    elseif part == 1 then
      x, y = 2 * math.cos(angle / 2) + 1 + 0.1 * normal(), 2 * math.sin(angle / 2) - 1 + 0.1 * normal()
    elseif part == 2 then
      x, y = 10 + 0.5 * normal(), 10 + 0.5 * normal()
    elseif part == 3 then
      x, y = 0.8 * normal() - 10, 0.8 * normal() + 8
    else
      x, y = 30 * uniform() - 15, 30 * uniform() - 15
    end
    file:write(string.format("%.6f,%.6f\n", x, y))
  end
  file:close()
else
  local df = read(path)
  local function time(name, f)
    local began = assay.clock()
    local model = f()
    print(string.format("%.6f %d %d assay %s", assay.clock() - began, model.k, model.noise, name))
  end
  time("dbscan", function() return df:dbscan { eps = 0.1, min_points = 10 } end)
  time("hdbscan", function() return df:hdbscan { min_cluster_size = 50, min_points = 10 } end)
  time("optics", function() return df:optics { min_points = 10, eps = 0.1, cut = 0.1 } end)
end
