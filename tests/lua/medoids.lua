-- SPDX-License-Identifier: GPL-3.0-or-later
-- k-medoids, mixed columns, k-modes, k-prototypes and silhouettes from a script: options, refusals, new rows, files.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local iris = read "datasets/iris/iris.csv"
local titanic = read "datasets/titanic/titanic.csv"
local points = frame { x = { 1.0, 1.2, 9.0, 9.1, 9.3 }, y = { 0, 0, 5, 5, 5 } }
local mixed = frame {
  income = { 10, 12, 11, 50, 52, 55, NA },
  city = { "a", "a", "b", "c", "c", "c", "c" },
  loyal = { true, true, false, false, false, true, false },
}

local function saved(m)
  local path = os.tmpname()
  m:save(path)
  local back = model.load(path)
  os.remove(path)
  return back
end

-- ---- pam

t.test("pam: a small fit, its figures and its rows", function()
  local m = points:pam(2)
  t.eq(t.cells(m:tidy().size), { 3, 2 })
  t.eq(t.cells(m:tidy().medoid), { 4, 1 })
  t.eq({ m.n, m.k, m.complete, m.converged, m.reason }, { 5, 2, true, true, "" })
  local p = m:predict(points)
  t.eq(t.cells(p.cluster), { 2, 2, 1, 1, 1 })
  t.eq(p.distance[4], 0.0)
  t.eq(t.cells(m:predict(frame { x = { 0, 100, NA }, y = { 0, 0, 1 } }).cluster), { 2, 1, NA })
end)

t.test("pam: k as large as the rows, one row, equal rows, one column", function()
  t.eq(points:pam(5).objective, 0.0)
  t.eq(points:head(1):pam(1).objective, 0.0)
  local same = frame { x = { 3, 3, 3, 3 } }
  t.raises("kmeans-distinct", function() same:pam(2) end, "k = 2", "only 1 distinct", "up to 1")
  t.eq(t.cells(frame({ x = { 3, 3, 3, 8 } }):pam(2):tidy().size), { 3, 1 })
  t.eq(frame({ x = { 1, 2, 3, 4, 100 } }):pam({ k = 1, init = "random" }):tidy().medoid[1], 3)
  t.raises("k-above-n", function() points:pam(6) end, "k = 6", "5 rows", "choose k up to 5")
end)

t.test("pam, clara: as many clusters as there are places, and no more; labels are those that predict gives", function()
  local places = frame { x = { 1, 1, 1, 5, 5, 9, 9, 9, 9, 1, 5, 9 } }
  for _, name in ipairs { "pam", "clara" } do
    local m = cluster[name](places, 3)
    t.eq(m.objective, 0.0)
    t.eq(t.cells(m:augment(places).cluster), t.cells(m:predict(frame { x = t.cells(places.x) }).cluster))
    t.raises("kmeans-distinct", function() cluster[name](places, 4) end, "k = 4")
  end
  t.raises("kmeans-distinct", function()
    places:pam { k = 2, init = frame { medoid = { 1, 2 } }, swap = false }
  end, "one place")
  t.raises("kmeans-distinct", function()
    places:clara { k = 4, sample_size = 6 }
  end, "no sample of 6 rows", "larger sample_size")
end)

t.test("pam: every start ends where no swap helps; steps say where", function()
  local build = iris:pam(4)
  for _, init in ipairs { "lab", "random" } do
    local m = iris:pam { k = 4, init = init, seed = 3 }
    t.ok(m.objective <= build.objective * 1.02 and m.converged)
  end
  local still = iris:pam { k = 4, swap = false }
  t.eq(still.objective, build.objective_build)
  t.eq(still.swaps, 0)
  local again = iris:pam { k = 4, init = build:tidy() }
  t.eq(again.swaps, 0)
  t.eq(again.objective, build.objective)
  t.raises("out-of-range", function() iris:pam { k = 4, init = frame { medoid = { 1, 2, 3 } } } end, "4 rows")
  t.raises("out-of-range", function() iris:pam { k = 2, init = frame { medoid = { 7, 7 } } } end, "row 7")
  t.raises("out-of-range", function() iris:pam { k = 2, init = frame { medoid = { 7, 151 } } } end, "row 151")
end)

t.test("pam: weights count as repeated rows do", function()
  local once = frame { x = { 0, 1, 5, 9, 10, 30 }, w = { 1, 4, 1, 1, 3, 1 } }
  local rows = {}
  for i = 1, 6 do
    for _ = 1, once.w[i] do
      rows[#rows + 1] = once.x[i]
    end
  end
  local a, b = once:pam { k = 2, on = "x", weights = "w" }, frame({ x = rows }):pam(2)
  t.eq(t.cells(a:tidy().x), t.cells(b:tidy().x))
  t.ok(math.abs(a.objective - b.objective) < 1e-12)
  t.raises("bad-weight", function()
    once:mutate({ "x = x - 5" }):pam { k = 2, on = "w", weights = "x" }
  end, "row 1")
end)

t.test("pam: options without use, columns of the wrong type, odd numbers, too many rows", function()
  t.raises("option-without-use", function() iris:pam { k = 2, metric = "gower", scale = "zscore" } end, "scale")
  t.raises("option-without-use", function() iris:pam { k = 2, types = { species = "nominal" } } end, "types")
  t.raises("wrong-column-type", function() iris:pam { k = 2, on = { "species" } } end, "gower")
  t.raises("not-finite", function() frame({ x = { 1, t.nan, 2 } }):pam(2) end, "row 2", "'x'")
  t.raises("not-finite", function() frame({ x = { 1, 1 / 0, 2 } }):pam { k = 2, metric = "gower" } end, "row 2", "'x'")
  t.raises("missing-values", function() mixed:pam { k = 2, on = "income" } end, "income (1)")
  local many = {}
  for i = 1, 200001 do
    many[i] = i % 7
  end
  local large = frame { x = many }
  t.raises("too-large", function() large:pam(3) end, "200001", "pairs", "clara", "sample = 20000")
  t.eq(large:pam({ k = 7, sample = 500 }).objective, 0.0)
  t.eq(#large:pam({ k = 7, sample = 500 }):predict(large), 200001)
end)

t.test("pam: a sample is fitted, the other rows are assigned", function()
  local m = iris:pam { k = 3, sample = 60 }
  t.eq(m.n, 60)
  local c = m:predict(iris).cluster
  for row = 1, #iris do
    t.ok(c[row] ~= NA)
  end
end)

t.test("pam: gower takes missing cells as they are, and new rows by the scale of the fit", function()
  local m = mixed:pam { k = 2, metric = "gower" }
  t.eq(m.n, 7)
  t.eq(m.dropped, 0)
  local p = m:predict(frame {
    income = { 11, 500, NA },
    city = { "a", "z", NA },
    loyal = { true, false, NA },
  })
  t.eq(p.cluster[1], m:predict(mixed).cluster[1])
  t.eq(p.cluster[2], m:predict(mixed).cluster[5])
  t.eq(p.cluster[3], NA)
  t.eq(mixed:pam({ k = 2, metric = "gower", missing = "drop" }).dropped, 1)
  t.raises("missing-values", function() mixed:pam { k = 2, metric = "gower", missing = "error" } end, "income (1)")
  local back = saved(m)
  t.eq(t.cells(back:predict(mixed).distance), t.cells(m:predict(mixed).distance))
end)

t.test("pam: given dissimilarities", function()
  local square = iris:gower()
  local m, direct = square:pam { k = 3, metric = "given" }, iris:pam { k = 3, metric = "gower" }
  t.eq(m.objective, direct.objective)
  t.eq(t.cells(m:predict(square).cluster), t.cells(direct:predict(iris).cluster))
  t.raises("no-rule-for-new-rows", function() m:predict(square:head(3)) end, "say nothing of other rows")
  t.raises("bad-distances", function() iris:pam { k = 3, metric = "given" } end, "150 rows", "4 numeric")
  t.raises("bad-distances", function()
    frame({ a = { 0, 1 }, b = { 2, 0 } }):pam { k = 1, metric = "given" }
  end, "row 2, column 1")
end)

t.test("pam: augment, files, charts", function()
  local m = iris:pam(3)
  t.eq(t.cells(m:augment(iris).cluster), t.cells(m:predict(iris).cluster))
  local back = saved(m)
  t.eq(t.cells(back:predict(iris).cluster), t.cells(m:predict(iris).cluster))
  t.eq(t.cells(back:silhouettes().width), t.cells(m:silhouettes().width))
  for _, kind in ipairs { "silhouette", "segments", "sizes", "profile" } do
    t.ok(#tostring(m:plot(kind)) > 100, kind)
  end
  local species = iris:pam { k = 3, metric = "gower" } -- a text has no principal components
  t.ok(tostring(species:plot "segments"):find "sepal_length")
  t.ok(#tostring(species:plot "profile") > 100)
  t.raises("missing-option", function()
    titanic:head(60):pam({ k = 2, metric = "gower" }):plot "segments"
  end, "give x and y")
  local without = iris:pam { k = 3, silhouette = false }
  t.eq(without.silhouette, NA)
  t.raises("no-silhouettes", function() without:plot "silhouette" end, "silhouette = true")
  t.raises("no-silhouettes", function() without:silhouettes() end)
end)

-- ---- clara

t.test("clara: near pam, the same with the same seed, new rows, refusals", function()
  local m = iris:clara { k = 3, samples = 8, seed = 2 }
  t.ok(m.objective <= iris:pam(3).objective * 1.03)
  t.eq(t.cells(iris:clara({ k = 3, samples = 8, seed = 2 }):tidy().medoid), t.cells(m:tidy().medoid))
  t.eq(m.sample_size, 92)
  t.eq(iris:clara({ k = 3, sample_size = 1000 }).objective, iris:pam(3).objective)
  t.eq(m:predict(iris:head(1)).cluster[1], m:predict(iris).cluster[1])
  t.raises("out-of-range", function() iris:clara { k = 3, sample_size = 2 } end, "sample_size")
  t.raises("k-above-n", function() points:clara(6) end)
  t.eq(mixed:clara({ k = 2, metric = "gower" }).n, 7)
  t.eq(t.cells(saved(m):predict(iris).cluster), t.cells(m:predict(iris).cluster))
end)

-- ---- gower

t.test("gower: shapes, types, refusals", function()
  local square = mixed:gower()
  t.eq({ #square, square["7"][7] }, { 7, 0.0 })
  t.eq(square["3"][3], 0.0)
  t.eq(square["2"][5], square["5"][2])
  local pairs_of = mixed:gower { as = "pairs" }
  t.eq(#pairs_of, 21)
  t.eq({ pairs_of.a[1], pairs_of.b[1], pairs_of.distance[1] }, { 1, 2, square["1"][2] })
  t.eq(mixed:gower({ as = "summary" }).n[1], 7)
  t.raises("gower-type", function() mixed:gower { types = { city = "numeric" } } end, "'city'")
  t.raises("gower-type", function() mixed:gower { types = { city = "asymmetric" } } end, "two classes")
  t.raises("gower-type", function() mixed:gower { types = { income = "logratio" }, on = { "city" } } end, "income")
  t.raises("gower-type", function() mixed:gower { variable_weights = { income = 0 } } end, "above 0")
  t.raises("wrong-type", function() mixed:gower { variable_weights = 3 } end, "variable_weights = {income = 2}")
  t.raises("unknown-column", function() mixed:gower { types = { incom = "numeric" } } end, "income")
  local apart = frame { a = { 1, NA, 3 }, b = { NA, 2, 3 } }
  t.raises("gower-nothing-shared", function() apart:gower() end, "rows 1 and 2")
  t.raises("gower-nothing-shared", function() apart:pam { k = 2, metric = "gower" } end, "rows 1 and 2")
end)

-- ---- silhouettes

t.test("silhouette: labels of any kind, noise, chart, files", function()
  local s = iris:silhouette { cluster = "species" }
  t.eq(t.cells(s:tidy().cluster), { "setosa", "versicolor", "virginica" })
  t.eq(#s:silhouettes(), 150)
  t.ok(#tostring(s:plot()) > 100)
  t.eq(t.cells(s:augment(iris).width), t.cells(s:silhouettes().width))
  t.eq(saved(s).silhouette, s.silhouette)
  t.raises("no-rule-for-new-rows", function() s:predict(iris:head(3)) end)
  local fitted = iris:pam(3)
  local labelled = fitted:augment(iris)
  local on = { "sepal_length", "sepal_width", "petal_length", "petal_width" }
  t.ok(math.abs(labelled:silhouette({ cluster = "cluster", on = on }).silhouette - fitted.silhouette) < 1e-14)
  t.raises("bad-data", function() iris:mutate({ "one = 1" }):silhouette { cluster = "one" } end, "1 clusters")
  local gaps = frame { x = { 1, 2, 8, 9, 5 }, c = { "a", "a", "b", "b", NA } }
  local g = gaps:silhouette { cluster = "c" }
  t.eq({ g.n, g.unlabelled }, { 4, 1 })
  t.eq(g:silhouettes().width[5], NA)
  t.eq(iris:silhouette({ cluster = "species", sample = 50 }).n, 50)
  t.eq(iris:silhouette({ cluster = "species", metric = "gower" }).k, 3)
end)

-- ---- k-modes and k-prototypes

t.test("kmodes: fits, starts, given modes, new rows, files", function()
  local m = titanic:kmodes(3)
  t.eq(m.cost, 1115.0)
  t.eq(titanic:kmodes({ k = 3, init = m:tidy() }).cost, 1115.0)
  local p = m:predict(frame { class = { "1st", "Steerage", NA }, sex = { "Male", "Male", "Male" },
    age = { "Adult", "Adult", "Adult" }, survived = { "No", "No", "No" } })
  t.ok(p.cluster[1] ~= NA and p.cluster[2] ~= NA)
  t.eq(p.cluster[3], NA)
  t.eq(t.cells(saved(m):predict(titanic).distance), t.cells(m:predict(titanic).distance))
  t.ok(titanic:kmodes({ k = 3, dissimilarity = "ng" }).converged)
  t.eq(titanic:kmodes({ k = 1 }).iterations > 0, true)
  t.raises("bad-data", function() points:kmodes(2) end, "no column of classes", "on = {...}")
  t.eq(points:kmodes({ k = 2, on = { "y" } }).cost, 0.0)
  t.raises("out-of-range", function() titanic:kmodes { k = 2, init = m:tidy() } end, "3 rows", "k is 2")
  t.raises("unknown-column", function() titanic:kmodes { k = 1, init = frame { class = { "1st" } } } end, "sex")
  local gaps = frame { a = { "x", NA, "y" } }
  t.raises("missing-values", function() gaps:kmodes { k = 1, on = { "a" } } end, "a (1)")
  t.eq(gaps:kmodes({ k = 1, on = { "a" }, missing = "drop" }).dropped, 1)
end)

t.test("kmodes: rows in another order give the same clusters", function()
  local turned = titanic:sort { "-survived", "sex", "-class" }
  local a, b = titanic:kmodes { k = 3, starts = 1 }, turned:kmodes { k = 3, starts = 1 }
  t.eq(a.cost, b.cost)
end)

t.test("kprototypes: gamma, scale, classes among numbers, refusals", function()
  local df = mixed:filter "income > 0"
  local m = df:kprototypes { k = 2, on = { "income", "city" } }
  t.eq(t.cells(m:tidy().size), { 3, 3 })
  t.ok(m.gamma > 1 and m.complete)
  t.eq(df:kprototypes({ k = 2, on = { "income", "city" }, gamma = 3 }).gamma, 3.0)
  t.eq(t.cells(saved(m):predict(df).cluster), t.cells(m:predict(df).cluster))
  t.eq(m:predict(frame { income = { 54 }, city = { "new" } }).cluster[1], m:predict(df).cluster[6])
  t.raises("bad-data", function() points:kprototypes(2) end, "no column of classes")
  t.raises("bad-data", function() df:kprototypes { k = 2, on = { "city" } } end, "no numeric column")
  t.eq(points:kprototypes({ k = 2, classes = { "y" } }).classes, 1)
  t.raises("missing-values", function() mixed:kprototypes { k = 2, on = { "income", "city" } } end, "income (1)")
  local odd = frame { x = { 1, 1 / 0 }, c = { "a", "b" } }
  t.raises("not-finite", function() odd:kprototypes { k = 1, on = { "x", "c" } } end, "row 2")
end)

t.done()
