-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mixtures, latent classes, fuzzy c-means, maps and components against the figures of data/mixture.lua.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local figures = dofile(arg[0]:gsub("[^/]*$", "") .. "data/mixture.lua")
local frames = {}
for _, name in ipairs { "iris", "faithful", "usarrests" } do
  frames[name] = read("datasets/" .. name .. "/" .. name .. ".csv")
end
frames.waiting = frames.faithful:select("waiting")

local function near(got, want, tolerance, what)
  t.near(got, want, tolerance * math.max(1, math.abs(want)), what)
end

local function near_all(got, want, tolerance, what)
  for i, x in ipairs(want) do
    near(got[i], x, tolerance, what and what .. " " .. i)
  end
end

t.test("mclust's likelihoods, degrees of freedom, BIC (whose sign is turned) and ICL", function()
  for _, case in ipairs(figures.mclust) do
    local data, model, k, log_likelihood, df, bic, icl = table.unpack(case)
    local m = frames[data]:mixture { k = k, model = model }
    local what = ("%s %s %d"):format(data, model, k)
    near(m.log_likelihood, log_likelihood, 1e-8, what)
    t.eq(m.df, df, what)
    near(m.bic, -bic, 1e-8, what)
    near(m.icl, -icl, 2e-7, what)
  end
end)

t.test("components that share their orientation: EM elsewhere, and mclust, whose VVE stays below", function()
  local beyond = 0
  for _, case in ipairs(dofile(arg[0]:gsub("[^/]*$", "") .. "data/mixture_axes.lua")) do
    local data, model, k, df, log_likelihood, of_mclust = table.unpack(case)
    local m = frames[data]:mixture { k = k, model = model, tol = 1e-13, max_iter = 20000 }
    local what = ("%s %s %d"):format(data, model, k)
    near(m.log_likelihood, log_likelihood, 1e-9, what)
    t.eq(m.df, df, what)
    if model == "EVE" then
      near(m.log_likelihood, of_mclust, 1e-9, what)
    elseif m.log_likelihood > of_mclust + 0.01 then
      beyond = beyond + 1
    end
  end
  t.eq(beyond, 11) -- of 12 with k > 1; with five components of iris mclust ends at another, higher maximum
end)

t.test("the model and number of components that mclust chooses", function()
  for _, case in ipairs(figures.chosen) do
    local m = frames[case.data]:mixture()
    t.eq({ m.model, m.k }, { case.model, case.k })
    near(m.bic, -case.bic, 1e-9)
    if case.sizes then
      t.eq(t.cells(m:tidy().size), case.sizes)
    end
  end
end)

t.test("the three components of VEV agree with the species of iris as mclust's do", function()
  local iris = frames.iris
  local sized = { 55, 50, 45 }
  local m = iris:mixture { k = 3, model = "VEV" }
  t.eq(t.cells(m:tidy().size), sized)
  local species = read "datasets/iris/iris.csv".species
  local both = frame { a = t.cells(m:augment(iris).cluster), b = t.cells(species) }
  near(cluster.agreement(both, { a = "a", b = "b" }):row(1).ari, 0.9038742318, 1e-9)
end)

t.test("mclust's shares, means, covariances and uncertainties", function()
  local want, m = figures.faithful, frames.faithful:mixture { k = 2, model = "VVV" }
  for _, name in ipairs { "weight", "eruptions", "waiting" } do
    near_all(t.cells(m:tidy()[name]), want[name], 1e-8, name)
  end
  near_all(t.cells(m:covariances().eruptions), want.covariances, 1e-7)
  near(m.uncertainty, want.uncertainty, 1e-8)
  t.eq(t.cells(m:tidy().size), want.sizes)
  want, m = figures.iris_vev, frames.iris:mixture { k = 3, model = "VEV" }
  t.eq(t.cells(m:tidy().size), want.sizes)
  near_all(t.cells(m:tidy().weight), want.weight, 1e-7)
  near_all(t.cells(m:tidy().petal_length), want.petal_length, 1e-7)
  near(m.uncertainty, want.uncertainty, 1e-7)
end)

t.test("the largest likelihoods that scikit-learn finds", function()
  for _, case in ipairs(figures.largest) do
    local model, log_likelihood, bic = table.unpack(case)
    local m = frames.iris:mixture { k = 3, model = model, starts = 20, tol = 1e-12, max_iter = 5000 }
    near(m.log_likelihood, log_likelihood, 2e-6, model)
    near(m.bic, bic, 2e-6, model)
  end
end)

t.test("latent classes of Dayton's cheating data", function()
  local names, columns, want = { "lieexam", "liepaper", "fraud", "copyexam" }, {}, figures.cheating
  for q, name in ipairs(names) do
    columns[name] = {}
    for pattern, count in pairs(want.patterns) do
      for _ = 1, count do
        table.insert(columns[name], pattern:sub(q, q) == "1" and "yes" or "no")
      end
    end
  end
  local m = frame(columns):latent_class(2)
  t.eq(m.n, 319)
  t.near(m.log_likelihood, want.log_likelihood, 1e-4)
  t.near(m.g2, want.g2, 1e-5)
  t.near(m.df_residual, want.df_residual, 0)
end)

t.test("e1071's fuzzy c-means", function()
  for _, case in ipairs(figures.fuzzy) do
    local data, k, m, objective, coefficient, entropy, sizes, centres = table.unpack(case)
    local fit = frames[data]:fuzzy { k = k, m = m, tol = 0, max_iter = 3000 }
    near(fit.objective, objective, 1e-8, data)
    near(fit.coefficient, coefficient, 1e-7, data)
    near(fit.entropy, entropy, 1e-7, data)
    t.eq(t.cells(fit:tidy().size), sizes)
    near_all(centres and t.cells(fit:tidy().sepal_length) or {}, centres or {}, 1e-7)
  end
end)

t.test("maps lie between k-means and kohonen's", function()
  for seed = 1, 3 do
    for _, method in ipairs { "batch", "online" } do
      local m = frames.iris:som {
        x = 5, y = 5, scale = "zscore", method = method, seed = seed, neighbourhood = "bubble", radius_end = 0,
      }
      t.ok(m.quantisation > figures.som.low and m.quantisation < figures.som.high, method .. " " .. m.quantisation)
    end
  end
  local m = frames.iris:som { x = 5, y = 5, scale = "zscore" }
  t.ok(m.quantisation > figures.som.low and m.quantisation < figures.som.high, m.quantisation)
end)

t.test("prcomp's standard deviations and rotations", function()
  for _, case in ipairs(figures.pca) do
    local data, scale, sd, first, second = table.unpack(case)
    local m = frames[data]:pca { scale = scale }
    near_all(t.cells(m:tidy().sd), sd, 1e-9, data)
    near_all(t.cells(m:loadings().component_1), first or {}, 1e-9, data)
    near_all(t.cells(m:loadings().component_2), second or {}, 1e-9, data)
  end
end)

t.done()
