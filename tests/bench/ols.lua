-- SPDX-License-Identifier: GPL-3.0-or-later
-- Linear regression of the benchmark by assay: assay ols.lua FILE.csv COLUMNS
-- Only the fit is timed, with the data in memory. Prints: seconds, sum of the absolute slopes, method, name.
local columns = math.tointeger(tonumber(arg[2]))
local df = read(arg[1])
local names = {}
for j = 1, columns do
  names[j] = "x" .. j
end
local began = assay.clock()
local model = df:ols("y ~ " .. table.concat(names, " + "))
local seconds = assay.clock() - began
local sum, estimates = 0, model:tidy().estimate
for j = 2, #estimates do
  sum = sum + math.abs(estimates[j])
end
print(string.format("%.6f %.10g %s assay", seconds, sum, model.method))
