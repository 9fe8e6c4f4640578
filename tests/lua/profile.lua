-- SPDX-License-Identifier: GPL-3.0-or-later
-- What sets segments apart: figures worked out by hand, and the known segments of iris.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- Five rows in two segments: rows 3 to 5 are the larger one.
local text = "x,y,c,f,m,id,same\n"
  .. "0,1,a,true,,r1,7\n"
  .. "0,3,a,true,2,r2,7\n"
  .. "10,2,b,false,4,r3,7\n"
  .. "10,4,b,false,,r4,7\n"
  .. "10,6,c,true,6,r5,7\n"
local df = read(t.file(text), { types = { id = "string", c = "category" } })
local m = df:kmeans { k = 2, on = { "x" } }

-- A profile as one list of rows.
local function rows_of(profile)
  local rows = {}
  for i, row in profile:rows() do
    rows[i] = row
  end
  return rows
end

-- x: mean 6, squares 120. y: mean 3.2, squares 14.8. f: mean 0.6, squares 1.2. m: 2 4 6, squares 8. All by
-- n - 1. c: shares of a, b, c of all rows are 0.4 0.4 0.2; in the first segment a has none, outside all.
local sd = { x = math.sqrt(120 / 4), y = math.sqrt(14.8 / 4), f = math.sqrt(1.2 / 4), m = 2 }
local unit = math.sqrt(0.4 * 0.6)
local want = {
  { 1, 3, 0.6, "c", "a", 0, 1, -1 / unit },
  { 1, 3, 0.6, "x", NA, 10, 0, 10 / sd.x },
  { 1, 3, 0.6, "m", NA, 5, 2, 3 / sd.m },
  { 1, 3, 0.6, "f", NA, 1 / 3, 1, (1 / 3 - 1) / sd.f },
  { 1, 3, 0.6, "y", NA, 4, 2, 2 / sd.y },
  { 2, 2, 0.4, "c", "a", 1, 0, 1 / unit },
  { 2, 2, 0.4, "x", NA, 0, 10, -10 / sd.x },
  { 2, 2, 0.4, "m", NA, 2, 5, -3 / sd.m },
  { 2, 2, 0.4, "f", NA, 1, 1 / 3, (1 - 1 / 3) / sd.f },
  { 2, 2, 0.4, "y", NA, 2, 4, -2 / sd.y },
}

t.test("five rows by hand: numbers, categories, booleans, missing cells", function()
  local rows = rows_of(m:profile(df))
  t.eq(#rows, #want)
  for i, w in ipairs(want) do
    local row, name = rows[i], "row " .. i
    t.eq({ row.cluster, row.size, row.variable, row.level }, { w[1], w[2], w[4], w[5] }, name)
    t.near(row.share, w[3], 1e-15, name)
    t.near(row.inside, w[6], 1e-14, name)
    t.near(row.outside, w[7], 1e-14, name)
    t.near(row.difference, w[8], 1e-14, name)
  end
end)

t.test("columns are those that the reference names", function()
  local names = t.names(m:profile(df))
  table.sort(names)
  t.eq(names, { "cluster", "difference", "fitted", "inside", "level", "outside", "p", "p_adjusted", "share", "size",
    "variable" })
end)

t.test("top keeps the largest differences of each segment, 0 all", function()
  local function variables(top)
    local names = {}
    for _, row in ipairs(rows_of(m:profile(df, { top = top }))) do
      names[#names + 1] = row.cluster .. row.variable
    end
    return names
  end
  t.eq(variables(1), { "1c", "2c" })
  t.eq(variables(2), { "1c", "1x", "2c", "2x" })
  t.eq(#variables(0), 10)
  t.eq(#variables(99), 10)
  t.raises("out-of-range", function() m:profile(df, { top = -1 }) end)
end)

t.test("strings and columns without spread are not compared", function()
  for _, row in ipairs(rows_of(m:profile(df, { top = 0 }))) do
    t.ok(row.variable ~= "id" and row.variable ~= "same", row.variable)
  end
end)

t.test("ties stand in order of the columns", function()
  local twins = frame { { "b", { 0, 0, 5, 5, 5 } }, { "a", { 0, 0, 5, 5, 5 } }, { "c", { 5, 5, 0, 0, 0 } } }
  local names = {}
  for _, row in ipairs(rows_of(twins:kmeans { k = 2 }:profile(twins))) do
    names[#names + 1] = row.variable
  end
  t.eq(names, { "b", "a", "c", "b", "a", "c" })
end)

t.test("rows without a label count as outside", function()
  local holes = frame { x = { 0, 0, 10, 10, 10, NA }, y = { 1, 3, 2, 4, 6, 100 } }
  local fit = holes:kmeans { k = 2, on = { "x" }, missing = "drop" }
  local y = rows_of(fit:profile(holes, { top = 0 }))
  for _, row in ipairs(y) do
    if row.variable == "y" and row.cluster == 1 then
      t.near(row.inside, 4, 1e-14)
      t.near(row.outside, (1 + 3 + 100) / 3, 1e-14)
    end
  end
end)

t.test("one segment: nothing is outside", function()
  local one = df:kmeans { k = 1, on = { "x" } }
  local rows = rows_of(one:profile(df, { top = 0 }))
  for _, row in ipairs(rows) do
    t.eq(row.cluster, 1)
    t.eq(row.size, 5)
    t.ok(row.outside == NA or row.outside ~= row.outside, row.variable)
  end
end)

local iris = read "datasets/iris/iris.csv"
local measures = { "sepal_length", "sepal_width", "petal_length", "petal_width" }

t.test("iris: the petals set setosa apart first", function()
  local fit = iris:kmeans { k = 3, on = measures }
  local setosa = fit:predict(iris).cluster[1]
  local petals = {}
  for _, row in ipairs(rows_of(fit:profile(iris:select(measures)))) do
    if row.cluster == setosa then
      petals[#petals + 1] = row
    end
  end
  t.eq(petals[1].variable, "petal_length")
  t.eq(petals[2].variable, "petal_width")
  t.ok(petals[1].difference < -1.9 and petals[2].difference < -1.8)
  -- R 4.2.2: tapply(iris$Petal.Length, iris$Species == "setosa", mean)
  t.near(petals[1].inside, 1.462, 1e-12)
  t.near(petals[1].outside, 4.906, 1e-12)
end)

t.test("columns that were not fitted on are compared too", function()
  local fit = iris:kmeans { k = 3, on = measures }
  local setosa = fit:predict(iris).cluster[1]
  for _, row in ipairs(rows_of(fit:profile(iris, { top = 1 }))) do
    if row.cluster == setosa then
      t.eq({ row.variable, row.level, row.inside, row.outside }, { "species", "setosa", 1.0, 0.0 })
    end
  end
end)

t.test("the same for a model that was loaded", function()
  local fit, path = iris:kmeans { k = 3, on = measures }, t.path ".assay"
  fit:save(path)
  t.same_frame(model.load(path):profile(iris), fit:profile(iris))
end)

-- R 4.2.2: t.test(x[s], x[-s])$p.value for each species and measure; p.adjust(ps, "BH"), p.adjust(ps, "holm")
local r = {
  { "setosa", "petal_length", 1.74618759929123e-69, 2.09542511914948e-68, 2.09542511914948e-68 },
  { "setosa", "sepal_width", 1.03539583962821e-13, 1.77496429650551e-13, 6.21237503776927e-13 },
  { "versicolor", "sepal_length", 2.46391231460390e-01, 2.46391231460390e-01, 2.46391231460390e-01 },
  { "versicolor", "petal_length", 8.45450144662319e-04, 1.12726685954976e-03, 3.38180057864928e-03 },
  { "versicolor", "petal_width", 5.01064538328959e-02, 6.01277445994751e-02, 1.50319361498688e-01 },
  { "virginica", "sepal_width", 6.08346866335321e-02, 6.63651126911260e-02, 1.50319361498688e-01 },
  { "virginica", "petal_width", 2.68899981261634e-39, 1.07559992504653e-38, 2.68899981261634e-38 },
}

t.test("p by Welch's test, adjusted over all tests of the profile, as R has them", function()
  local species = iris:segmentation "species"
  local names = { "setosa", "versicolor", "virginica" }
  t.eq(t.cells(species:tidy().name), names)
  for at, adjust in ipairs { "none", "bh", "holm" } do
    local found = {}
    for _, row in species:profile(iris, { top = 0, adjust = adjust }):rows() do
      found[names[row.cluster] .. row.variable] = row
      t.eq(row.fitted, false)
    end
    for _, w in ipairs(r) do
      local row = found[w[1] .. w[2]]
      t.ok(math.abs(row.p / w[3] - 1) < 1e-11, w[1] .. w[2])
      t.ok(math.abs(row.p_adjusted / w[2 + at] - 1) < 1e-11, adjust .. w[1] .. w[2])
    end
  end
  t.raises("unknown-choice", function() species:profile(iris, { adjust = "by" }) end, "holm")
end)

t.test("p of categories and booleans by Pearson's test, as R has it", function()
  local titanic = read "datasets/titanic/titanic.csv"
  titanic = titanic:mutate("lived = survived = 'Yes'"):drop "survived"
  local found = {}
  for _, row in titanic:segmentation("class"):profile(titanic, { top = 0 }):rows() do
    found[row.cluster .. row.variable] = row
  end
  local number = {}
  for _, row in titanic:segmentation("class"):tidy():rows() do
    number[row.name] = row.cluster
  end
  -- R 4.2.2: chisq.test(table(t$class == "1st", t$sex), correct = FALSE)$p.value; the same with survived
  t.ok(math.abs(found[number["1st"] .. "sex"].p / 1.50093622230563e-28 - 1) < 1e-10)
  t.ok(math.abs(found[number["1st"] .. "lived"].p / 2.30623945412641e-36 - 1) < 1e-10)
  -- two levels the other way round: one test of all levels
  for _, row in titanic:segmentation("lived"):profile(titanic, { top = 0 }):rows() do
    if row.variable == "class" then
      t.ok(math.abs(row.p / 4.99992752986802e-41 - 1) < 1e-10)
    end
  end
end)

t.test("the v-test of FactoMineR is the difference and the sizes", function()
  -- R: (mean(x[s]) - mean(x)) / sqrt((N - n) / (N - 1) * S^2 / n), S by N; iris setosa, sepal_width
  local sizes = 50 * 100 / 150
  for _, row in iris:segmentation("species"):profile(iris, { top = 0 }):rows() do
    if row.cluster == 1 and row.variable == "sepal_width" then
      t.near(row.difference * math.sqrt(sizes), 7.36479881016841, 1e-11)
    end
  end
end)

t.test("value: sums and shares of a column", function()
  local money = frame {
    s = { "a", "a", "b", "b", "c", NA },
    spend = { 10, 20, 30, NA, 20, 20 },
    x = { 1, 2, 3, 4, 5, 6 },
  }
  local shares = {}
  for _, row in money:segmentation("s"):profile(money, { value = "spend", top = 1 }):rows() do
    shares[row.cluster] = { row.value, row.value_share }
  end
  t.eq(shares, { { 30.0, 0.3 }, { 30.0, 0.3 }, { 20.0, 0.2 } })
  t.raises("unknown-column", function() m:profile(df, { value = "spent" }) end, "spent")
  t.raises("wrong-column-type", function() m:profile(df, { value = "c" }) end, "'c'")
end)

t.test("texts of few levels are compared, ids are not", function()
  local cells = { who = {}, kind = {}, s = {} }
  for i = 1, 60 do
    cells.who[i], cells.kind[i], cells.s[i] = i, i % 3 == 0 and "x" or "y", i <= 30 and 1 or 2
  end
  local few = frame(cells):cast { kind = "string" }
  local names = {}
  for _, row in few:segmentation("s"):profile(few, { top = 0 }):rows() do
    names[#names + 1] = row.variable
  end
  t.eq(names, { "kind", "kind" })
end)

t.test("a grouped frame is refused", function()
  t.raises("grouped-frame", function() m:profile(df:group "c") end, "'c'", "filter")
end)

t.test("profile refuses data without the variables, and what is no frame", function()
  t.raises("unknown-column", function() m:profile(df:select("y", "c")) end, "'x'")
  t.raises("wrong-type", function() m:profile "df" end, "'data'")
  t.raises("missing-option", function() m:profile() end, "'data'")
end)

t.done()
