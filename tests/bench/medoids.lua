-- SPDX-License-Identifier: GPL-3.0-or-later
-- Silhouettes and k-medoids of the benchmark by assay (see tests/bench/medoids).
local df = read(os.getenv "BENCH_CSV")
local on = { "a", "b", "c", "d" }

local function timed(name, work)
  local began = assay.clock()
  local result = work()
  print(("%-28s %8.3f s           %.9g"):format(name, assay.clock() - began, result))
end

timed("assay silhouette", function() return df:silhouette({ cluster = "cluster", on = on }).silhouette end)
local few = df:head(5000)
for _, variant in ipairs { "steepest", "eager" } do
  timed("assay pam " .. variant, function()
    return few:pam({ k = 20, on = on, variant = variant, silhouette = false }).objective
  end)
end
timed("assay pam lab", function()
  return few:pam({ k = 20, on = on, init = "lab", silhouette = false }).objective
end)
