-- SPDX-License-Identifier: GPL-3.0-or-later
-- k-means of the benchmark by assay; the file and sizes come from the environment (see run).
-- Only the fit is timed, with the data in memory. Prints: seconds, inertia, iterations, name.
local k = math.tointeger(tonumber(os.getenv "BENCH_K"))
local df = read(os.getenv "BENCH_CSV")
local start = df:head(k)
local iterations = math.tointeger(tonumber(os.getenv "BENCH_ITERATIONS"))
local began = assay.clock()
local model = df:kmeans { k = k, init = start, starts = 1, max_iter = iterations, refine = "none" }
local seconds = assay.clock() - began
print(string.format("%.6f %.17g %d assay", seconds, model.inertia, model.iterations))
