-- SPDX-License-Identifier: GPL-3.0-or-later
-- Models: their verbs, written once for all of them, seen through k-means.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local measures = { "sepal_length", "sepal_width", "petal_length", "petal_width" }
local m = iris:kmeans { k = 3 }

t.test("tidy has a row per cluster, largest first, and the centres by variable", function()
  local tidy = m:tidy()
  t.eq(t.names(tidy), {
    "cluster", "size", "share", "withinss", "sepal_length", "sepal_width", "petal_length", "petal_width",
  })
  t.eq(t.cells(tidy.cluster), { 1, 2, 3 })
  t.eq(t.cells(tidy.size), { 62, 50, 38 })
  t.eq(t.cells(tidy.share), { 62 / 150, 50 / 150, 38 / 150 })
  t.near(tidy.withinss[1] + tidy.withinss[2] + tidy.withinss[3], m.inertia, 1e-14)
  -- The second cluster is the 50 flowers of the first species; their means, Fisher 1936, table I.
  t.near(tidy.sepal_length[2], 5.006, 1e-12)
  t.near(tidy.petal_width[2], 0.246, 1e-12)
end)

t.test("glance is one row, and each figure a field of the model", function()
  local glance = m:glance()
  t.eq(#glance, 1)
  for _, name in ipairs { "n", "k", "inertia", "totss", "betweenss", "iterations", "converged", "complete",
    "reason", "stopped_at", "silhouette", "seed" } do
    t.eq(m[name], glance[name][1], name)
  end
  t.eq({ m.n, m.k, m.converged, m.complete, m.reason, m.seed }, { 150, 3, true, true, "", 1 })
  t.eq(m.silhouette, NA)
  t.near(m.betweenss, m.totss - m.inertia, 1e-14)
  t.near(m.totss, 681.3706, 1e-7) -- R 4.2.2: kmeans(iris[1:4], 3)$totss
end)

t.test("a figure that was not computed says so when it is called", function()
  t.eq(m.silhouette, NA)
  t.raises("missing-values", function() m:silhouette() end, "cannot be called", "without brackets")
end)

t.test("an unknown member names the nearest verb or figure", function()
  t.raises("unknown-name", function() return m.inertai end, "'inertia'")
  t.raises("unknown-name", function() return m:predct(iris) end, "'predict'")
  t.raises("unknown-name", function() return m.cluster end, "cluster.kmeans")
  t.ok(not pcall(function() return m[1] end))
  t.ok(not pcall(function() m.inertia = 0 end))
end)

t.test("predict gives the model's columns only, augment adds them", function()
  local labels = m:predict(iris)
  t.eq(t.names(labels), { "cluster", "distance" })
  t.eq(t.types(labels), { "int64", "float64" })
  local cost = 0
  for _, distance in ipairs(t.cells(labels.distance)) do
    cost = cost + distance * distance
  end
  t.near(cost, m.inertia, 1e-12)
  t.eq(#labels, 150)
  local sizes = { 0, 0, 0 }
  for i = 1, 150 do
    sizes[labels.cluster[i]] = sizes[labels.cluster[i]] + 1
  end
  t.eq(sizes, { 62, 50, 38 })
  t.eq(labels.cluster[1], 2)
  local augmented = m:augment(iris)
  t.eq(t.names(augmented), {
    "sepal_length", "sepal_width", "petal_length", "petal_width", "species", "cluster", "distance",
  })
  t.eq(t.cells(augmented.cluster), t.cells(labels.cluster))
  t.same_frame(augmented:select(t.names(iris)), iris)
end)

t.test("augment twice replaces, also by another model", function()
  local once = m:augment(iris)
  t.same_frame(m:augment(once), once)
  local other = iris:kmeans { k = 2 }:augment(once)
  t.eq(t.names(other), t.names(once))
  t.same_frame(other, iris:kmeans { k = 2 }:augment(iris))
  t.same_frame(m:augment(m:augment(once:head(20))), once:head(20))
end)

t.test("augment says that it replaces, at a prompt", function()
  local code = [[df = read "datasets/iris/iris.csv"; m = df:kmeans{k = 3}; df = m:augment(m:augment(df))]]
  local pipe = io.popen(("printf '%%s\\n' '%s' | '%s' -i -q --no-rc 2>&1"):format(code, t.program))
  t.has(pipe:read "a", "'cluster'")
  pipe:close()
end)

t.test("any other clash of names is an error", function()
  local clash = frame { cluster = { 1, 2, 3, 4 }, x = { 0, 0.1, 9, 9.1 } }
  local fit = clash:kmeans { k = 2, on = { "x" } }
  t.raises("name-clash", function() fit:augment(clash) end, "cluster")
  t.eq(t.cells(fit:predict(clash).cluster), { 1, 1, 2, 2 })
  local copy = frame { cluster = m:augment(iris).cluster, x = iris.petal_length }
  t.same_frame(copy:kmeans { k = 2, on = { "x" } }:augment(copy):select "x", copy:select "x")
end)

t.test("a label is no default variable, a column like it is", function()
  t.eq(t.names(m:augment(iris):kmeans { k = 2 }:tidy()), t.names(iris:kmeans { k = 2 }:tidy()))
  local plain = frame { cluster = { 1, 2, 3, 4 }, x = { 0, 0.1, 9, 9.1 } }
  t.eq(#t.names(plain:kmeans { k = 2 }:tidy()), 4 + 2)
end)

t.test("predict finds columns by name, whatever their order and company", function()
  local want = t.cells(m:predict(iris).cluster)
  local turned = iris:select("species", "petal_width", "petal_length", "sepal_width", "sepal_length")
  t.eq(t.cells(m:predict(turned).cluster), want)
  t.eq(t.cells(m:predict(iris:select(measures)).cluster), want)
  t.eq(t.cells(m:predict(iris:tail(50)).cluster), table.move(want, 101, 150, 1, {}))
  t.eq(#m:predict(iris:head(0)), 0)
end)

t.test("predict refuses columns that are missing or of the wrong type", function()
  t.raises("unknown-column", function() m:predict(iris:select "petal_length") end, "'sepal_length'")
  local function flower(length)
    return frame { sepal_length = { length }, sepal_width = { 1 }, petal_length = { 1 }, petal_width = { 1 } }
  end
  t.raises("wrong-column-type", function() m:predict(flower "a") end, "'sepal_length'", "string")
  t.raises("wrong-type", function() m:predict(5) end, "'data'")
  t.raises("missing-option", function() m:predict() end, "'data'")
  t.raises("not-finite", function() m:predict(flower(t.nan)) end, "row 1", "'sepal_length'")
end)

t.test("a row with a missing cell has no label", function()
  local holes = frame {
    sepal_length = { 5.0, NA, 6.8 }, sepal_width = { 3.4, 3, 3 }, petal_length = { 1.4, 4, 5.7 },
    petal_width = { 0.2, NA, 2 },
  }
  t.eq(t.cells(m:predict(holes).cluster), { 2, NA, 3 })
  t.eq(t.cells(m:augment(holes).cluster), { 2, NA, 3 })
end)

t.test("whole numbers and booleans can be predicted on", function()
  local fit = frame({ x = { 0.0, 0.1, 1.0, 1.1, 0.9 } }):kmeans { k = 2 }
  t.eq(t.cells(fit:predict(frame { x = { 0, 1 } }).cluster), { 2, 1 })
  t.eq(t.cells(fit:predict(frame { x = { false, true } }).cluster), { 2, 1 })
end)

t.test("why explains every figure of glance", function()
  for name in pairs(m:glance()) do
    local text = m:why(name)
    t.ok(#text > 40, name)
    t.has(text, name)
  end
  local text = m:why "betweenss"
  t.has(text, "totss")
  t.has(text, "inertia")
  t.has(text, "681.37")
  t.raises("unknown-name", function() m:why "inertai" end, "'inertia'")
  t.raises("missing-option", function() m:why() end)
end)

t.test("options are those of the fit, defaults included", function()
  t.eq(iris:kmeans({ k = 2, on = { "petal_length" }, scale = "zscore", seed = 9 }):options(), {
    k = 2, on = { "petal_length" }, scale = "zscore", seed = 9, starts = 10, max_iter = 300, tol = 0.0,
    init = "auto", refine = "auto", sample = 0, missing = "error", silhouette = false, algorithm = "auto",
  })
  local again = iris:kmeans(m:options())
  t.same_frame(again:tidy(), m:tidy())
end)

local function same_model(a, b)
  t.same_frame(a:tidy(), b:tidy(), "tidy")
  t.same_frame(a:glance(), b:glance(), "glance")
  local options, want = a:options(), b:options()
  if type(want.init) == "userdata" then
    t.same_frame(options.init, want.init)
    options.init, want.init = nil, nil
  end
  t.eq(options, want, "options")
  t.eq(tostring(a), tostring(b))
end

t.test("saved and loaded it is the same model, bit for bit", function()
  local odd = frame { { "Unit Price", { 1.5, 2, 9, 9.5, 0.1 + 0.2 } }, { "客户", { 1, 2, 3, 4, 5 } } }
  local fits = {
    m, iris:kmeans { k = 2, scale = "robust", silhouette = true, weights = "sepal_width" },
    iris:kmeans { k = 2, init = m:tidy():head(2) }, odd:kmeans { k = 2, scale = "zscore" },
    iris:kmeans { k = 12, max_iter = 3 },
  }
  for i, fit in ipairs(fits) do
    local path = t.path ".assay"
    fit:save(path)
    local loaded = model.load(path)
    same_model(loaded, fit)
    local data = i == 4 and odd or iris
    t.same_frame(loaded:predict(data), fit:predict(data), "predict")
    t.same_frame(loaded:augment(data), fit:augment(data), "augment")
    local second = t.path ".assay"
    loaded:save(second)
    t.ok(t.read(path) == t.read(second), "saved again it is the same file")
  end
end)

t.test("a model file is read by another process", function()
  local path = t.path ".assay"
  m:save(path)
  local out = t.run { "-e", ("m = model.load %q print(string.format('%%a', m.inertia), m.k)"):format(path) }
  t.eq(out, string.format("%a\t3\n", m.inertia))
end)

t.test("a file that is no model, or a damaged one, is refused", function()
  local path = t.path ".assay"
  m:save(path)
  local bytes = t.read(path)
  local cases = {
    "", "x", "a,b\n1,2\n", bytes:sub(1, 7), bytes:sub(1, #bytes // 2), bytes:sub(1, -2), bytes .. "x",
    ("\xff"):rep(8) .. bytes:sub(9), ("\0"):rep(#bytes), (bytes:gsub("kmeans", "nosuch")),
    (bytes:gsub('"assay"', '"other"')), (bytes:gsub("sepal_width", "sepal_wid\xff\xff")),
  }
  for i, text in ipairs(cases) do
    local fine, e = pcall(model.load, t.file(text, ".assay"))
    t.ok(not fine, "case " .. i)
    t.eq(e.id, "bad-model-file", "case " .. i)
  end
  t.raises("no-such-file", function() model.load "no/such/model.assay" end, "no/such/model.assay")
  t.ok(not pcall(function() m:save "/no/such/folder/m.assay" end))
end)

t.test("continue of a complete fit gives it back", function()
  t.ok(m.complete)
  same_model(m:continue(), m)
  same_model(m:continue(iris), m)
end)

t.test("a model shows itself as a card", function()
  local card = tostring(m)
  for _, wanted in ipairs { "cluster.kmeans", "3 clusters of 150 rows", "inertia", "62", "38" } do
    t.has(card, wanted)
  end
end)

t.test("what is made from a model lives on without it", function()
  local tidy, labels
  do
    local fit = iris:kmeans { k = 3 }
    tidy, labels = fit:tidy(), fit:predict(iris)
  end
  collectgarbage()
  collectgarbage()
  t.eq(tidy.size[1], 62)
  t.eq(labels.cluster[150], 1)
end)

t.test("verbs of models refuse what is no model", function()
  t.raises("wrong-type", function() model.tidy(iris) end, "a model")
  t.raises("unknown-column", function() iris:tidy() end)
  t.raises("wrong-type", function() m.tidy() end, "a model")
end)

t.done()
