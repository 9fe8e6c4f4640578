-- SPDX-License-Identifier: GPL-3.0-or-later
-- cluster.kmedians, cluster.spherical and cluster.minibatch against the figures of data/centres.lua.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local figures = dofile((arg[0]:gsub("[^/]*$", "")) .. "data/centres.lua")
local iris = read "datasets/iris/iris.csv"

for _, case in ipairs(figures.iris) do
  t.test(("cluster.%s: iris, k = %d"):format(case.method, case.k), function()
    local m = iris[case.method](iris, { k = case.k, starts = 100 })
    t.near(m.cost, case.cost, 1e-9)
    if case.sizes then
      t.eq(t.cells(m:tidy().size), case.sizes)
    end
  end)
end

for _, case in ipairs(figures.minibatch) do
  t.test(("cluster.minibatch: iris, k = %d"):format(case.k), function()
    for seed = 1, 20 do
      local m = iris:minibatch { k = case.k, batch = 75, seed = seed }
      t.ok(m.inertia >= case.inertia * (1 - 1e-9), "seed " .. seed)
      t.ok(m.inertia <= case.inertia * (1 + case.within), ("seed %d: %.10g"):format(seed, m.inertia))
    end
  end)
end

local ruspini = frame { x = figures.ruspini.x, y = figures.ruspini.y }
for _, case in ipairs(figures.ruspini.fits) do
  t.test("cluster.kmeans: Ruspini's points, k = " .. case.k, function()
    local m = ruspini:kmeans { k = case.k }
    t.near(m.inertia, case.inertia, 1e-12)
    t.eq(t.cells(m:tidy().size), case.sizes)
  end)
end

t.done()
