-- SPDX-License-Identifier: GPL-3.0-or-later
-- k-means of one file by each way of iterating; tests/bench/methods runs this: methods.lua FILE COLUMNS.
-- Times are processor seconds of the fit alone, the least of some rounds in turn; all ways must give the same inertia.
local file, d = arg[1], tonumber(arg[2])
local function number(name, default) return math.tointeger(tonumber(os.getenv(name) or default)) end
local cells, iterations, rounds = number("CELLS", 1000000000), number("ITERATIONS", 50), number("ROUNDS", 3)
local methods = { "lloyd", "hamerly", "exponion", "elkan", "yinyang" }
local all = read(file)
local sizes = {}
for n in (os.getenv "ROWS" or "20000 200000"):gmatch "%d+" do sizes[#sizes + 1] = math.tointeger(tonumber(n)) end

local function fit(df, k, method)
  collectgarbage()
  local began = os.clock()
  local model = df:kmeans { k = k, algorithm = method, starts = 1, max_iter = iterations, init = "random",
    refine = "none" }
  return os.clock() - began, model
end

for _, n in ipairs(sizes) do
  for k in (os.getenv "K" or "3 10 30 100 300 1000"):gmatch "%d+" do
    k = math.tointeger(k)
    if n <= #all and n * d * k <= cells and n >= 20 * k then
      local df, line, times, best = all:head(n), {}, {}, math.huge
      local inertia
      for _ = 1, rounds do
        for i, method in ipairs(methods) do
          local seconds, model = fit(df, k, method)
          times[i] = math.min(seconds, times[i] or seconds)
          best = math.min(best, seconds)
          inertia = inertia or model.inertia
          assert(model.inertia == inertia, method .. " gives another result")
        end
      end
      for i = 1, #methods do line[i] = string.format("%.2f", times[i] / best) end
      local taken = df:kmeans { k = k, starts = 1, max_iter = 1, init = "random", refine = "none" }.algorithm
      print(string.format("| %d | %d | %d | %.3f | %s | %s |", d, n, k, best, table.concat(line, " | "), taken))
      io.stdout:flush()
    end
  end
end
