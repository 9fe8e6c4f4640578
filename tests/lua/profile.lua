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
  t.eq(names, { "cluster", "difference", "inside", "level", "outside", "share", "size", "variable" })
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

t.test("profile refuses data without the variables, and what is no frame", function()
  t.raises("unknown-column", function() m:profile(df:select("y", "c")) end, "'x'")
  t.raises("wrong-type", function() m:profile "df" end, "'data'")
  t.raises("missing-option", function() m:profile() end, "'data'")
end)

t.done()
