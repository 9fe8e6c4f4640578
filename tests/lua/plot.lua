-- SPDX-License-Identifier: GPL-3.0-or-later
-- plot.* and m:plot(): the numbers behind charts against R 4.2.2 and against df:agg; every option; every refusal.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local credit = read "datasets/credit/credit.csv"
local faithful = read "datasets/faithful/faithful.csv"
local iris = read "datasets/iris/iris.csv"
local mtcars = read "datasets/mtcars/mtcars.csv"

local function close(got, want, limit, what)
  for i, value in ipairs(want) do
    local off = math.abs(got[i] - value)
    if off ~= off or off > limit then
      error(("%s: number %d is %.17g, not %.17g"):format(what, i, got[i], value), 2)
    end
  end
  t.eq(#got, #want, what)
end

local function shows(chart, text)
  local drawn = tostring(chart):gsub("%s+", " ")
  if not drawn:find(text, 1, true) then
    error(("'%s' is not in\n%s"):format(text, drawn), 2)
  end
end

-- ---- histogram

t.test("bins and counts are those of R's hist", function()
  local data = plot.hist(faithful, "eruptions"):data()
  t.eq(t.cells(data.y), { 55, 37, 5, 9, 34, 75, 54, 3 })
  t.eq({ data.low[1], data.high[1], data.high[8] }, { 1.5, 2.0, 5.5 })
  for _, rule in ipairs { "sturges", "scott" } do
    t.eq(t.cells(plot.hist(faithful, { x = "eruptions", bins = rule }):data().y), t.cells(data.y))
  end
  data = plot.hist(faithful, "waiting"):data()
  t.eq(t.cells(data.y), { 4, 22, 33, 24, 14, 10, 27, 54, 55, 23, 5, 1 })
  t.eq({ data.low[1], data.high[1] }, { 40.5, 45.5 }, "whole numbers 41 to 45 are R's (40, 45]")
  t.eq(t.cells(plot.hist(credit, "credit_amount"):data().y), { 18, 98, 190, 126, 105, 83, 66, 68, 30, 28, 20, 19, 25,
    19, 19, 16, 11, 6, 8, 5, 6, 5, 2, 6, 3, 5, 0, 1, 4, 3, 0, 4, 0, 0, 0, 0, 1 })
end)

t.test("bins by number and by width; the first bin has its lower edge", function()
  local data = plot.hist(frame { x = { 0.0, 0.1, 0.5, 1.0 } }, { x = "x", bins = 2 }):data()
  t.eq({ t.cells(data.low), t.cells(data.high), t.cells(data.y) }, { { 0.0, 0.5 }, { 0.5, 1.0 }, { 3, 1 } })
  data = plot.hist(frame { x = { 0.1, 0.2, 0.3, 0.7 } }, { x = "x", width = 0.1 }):data()
  t.eq(t.cells(data.y), { 2, 1, 0, 0, 0, 1 }, "0.3 is on the edge of 0.2 to 0.3")
  t.eq(data.high[2], 0.3)
  data = plot.hist(frame { x = { 1, 2, 2, 5 } }, { x = "x", width = 1 }):data()
  t.eq(t.cells(data.y), { 1, 2, 0, 0, 1 })
  shows(plot.hist(frame { x = { 1, 2, 2, 5 } }, "x"), "a bin for each whole number")
  shows(plot.hist(faithful, "eruptions"), "8 bins of 0.5 (Freedman-Diaconis)")
  shows(plot.hist(frame { x = { 0.5, 7.25, 0.5, 0.5, 0.5 } }, "x"), "Sturges, as half of the values are equal")
end)

t.test("shares and densities, series, logarithms", function()
  local data = plot.hist(faithful, { x = "eruptions", y = "share" }):data()
  close({ data.y[1] }, { 55 / 272 }, 1e-15, "share")
  data = plot.hist(faithful, { x = "eruptions", y = "density" }):data()
  close({ data.y[1] }, { 55 / 272 / 0.5 }, 1e-15, "density")
  data = plot.hist(credit, { x = "age", color = "class", width = 10 }):data()
  local n = { good = 0, bad = 0 }
  for _, row in data:rows() do n[row.series] = n[row.series] + row.y end
  t.eq(n, { good = 700, bad = 300 })
  data = plot.hist(frame { x = { 1, 10, 100, 1000, -5 } }, { x = "x", log = "x", width = 1 }):data()
  t.eq(t.cells(data.y), { 2, 1, 1 })
  close({ data.low[1], data.high[3] }, { 1, 1000 }, 1e-9, "powers of ten")
  t.eq(#plot.hist(frame { x = { 1, 1, 9 } }, { x = "x", log = "y" }):data(), 2, "empty bins have no bar")
  data = plot.hist(frame { x = { 1, 2, 50 } }, { x = "x", xlim = { NA, 10 } }):data()
  t.eq(t.cells(data.n), { 1, 1 })
end)

t.test("times have bins of round spans", function()
  local days = {}
  for i = 1, 60 do days[i] = ("2024-%02d-%02d"):format(1 + (i - 1) // 28, 1 + (i - 1) % 28) end
  local df = frame({ day = days }):cast { day = "timestamp" }
  local p = plot.hist(df, { x = "day", width = "7 days" })
  local data = p:data()
  t.eq({ tostring(data.low[1]):sub(1, 10), data.n[1], data.n[2] }, { "2024-01-01", 7, 7 }, "from Monday to Sunday")
  local n = 0
  for _, row in data:rows() do n = n + row.n end
  t.eq(n, 60)
  shows(p, "1 week")
  t.raises("wrong-type", function() plot.hist(df, { x = "day", width = 7 }) end, "7 days")
  t.raises("bad-span", function() plot.hist(df, { x = "day", width = "month" }) end, "df:resample")
  t.raises("wrong-type", function() plot.hist(credit, { x = "age", width = "7 days" }) end, "x is not")
end)

t.test("what a histogram refuses", function()
  t.raises("wrong-type", function() plot.hist(iris, "species") end, "species", "plot.bar")
  t.raises("wrong-type", function() plot.hist(iris, { x = "petal_length", bins = "many" }) end, "many", "sturges")
  t.raises("wrong-type", function() plot.hist(iris, { x = "petal_length", bins = 2.5 }) end, "2.5")
  t.raises("out-of-range", function() plot.hist(iris, { x = "petal_length", bins = 0 }) end, "bins")
  t.raises("out-of-range", function() plot.hist(iris, { x = "petal_length", width = 0 }) end, "width")
  t.raises("too-many-bins", function() plot.hist(iris, { x = "petal_length", width = 1e-6 }) end, "larger width")
  t.raises("option-without-use", function() plot.hist(iris, { x = "petal_length", width = 1, bins = 3 }) end, "bins")
  t.raises("option-without-use", function()
    plot.hist(iris, { x = "petal_length", y = "density", stacked = true, color = "species" })
  end, "do not stack")
  t.raises("nothing-to-draw", function() plot.hist(frame { x = { NA, NA, 1.5 } }, { x = "x", xlim = { 3, 4 } }) end,
    "2 are missing", "1 beyond")
  t.raises("nothing-to-draw", function() plot.hist(frame { x = { -1, 0 } }, { x = "x", log = "x" }) end, "above 0")
  t.raises("nothing-to-draw", function() plot.hist(iris:head(0), "petal_length") end, "0 rows")
end)

t.test("odd data: one value, huge and close numbers, infinities", function()
  for _, values in ipairs { { 5.5 }, { 5, 5, 5 }, { 0.0, 0.0 }, { 1e300, -1e300 }, { 1e9, 1e9 + 1e-7 }, { 1e-310, 0 },
    { 1 / 0, 2.5, -1 / 0, t.nan } } do
    local n = 0
    for _, row in plot.hist(frame { x = values }, "x"):data():rows() do n = n + row.n end
    t.eq(n, values[1] == 1 / 0 and 1 or #values)
  end
end)

-- ---- bars

t.test("bars are what df:agg says", function()
  local data = plot.bar(credit, { x = "purpose", y = "mean(credit_amount)", sort = "data" }):data()
  local agg = credit:agg({ "m = mean(credit_amount)", "n = count()" }, { by = "purpose" })
  local mean, n = {}, {}
  for _, row in agg:rows() do mean[row.purpose], n[row.purpose] = row.m, row.n end
  t.eq(#data, #agg)
  for _, row in data:rows() do t.eq({ row.y, row.n }, { mean[row.category], n[row.category] }, row.category) end
end)

t.test("sorted by value, label or as the data are; the rest is one bar", function()
  local df = frame { k = { "b", "c", "a", "b", "c", "c" }, v = { 1.0, 2.0, 9.0, 3.0, 4.0, 6.0 } }
  t.eq(t.cells(plot.bar(df, "k"):data().category), { "c", "b", "a" })
  t.eq(t.cells(plot.bar(df, "k"):data().y), { 3, 2, 1 })
  t.eq(t.cells(plot.bar(df, { x = "k", sort = "label" }):data().category), { "a", "b", "c" })
  t.eq(t.cells(plot.bar(df, { x = "k", sort = "data" }):data().category), { "b", "c", "a" })
  t.eq(t.cells(plot.bar(df, { x = "k", y = "mean(v)" }):data().y), { 9.0, 4.0, 2.0 })
  t.eq(t.cells(plot.bar(df, "v"):data().category), { "1", "2", "3", "4", "6", "9" }, "numbers in their own order")
  local p = plot.bar(df, { x = "k", y = "mean(v)", top = 1 })
  t.eq({ t.cells(p:data().category), t.cells(p:data().y) }, { { "a", "2 others" }, { 9.0, 3.2 } })
  shows(p, "the 2 others have 5 rows together")
  t.eq(#plot.bar(df, { x = "v", y = "count()", top = 0 }):data(), 6)
end)

t.test("levels keep their order, missing cells are a category", function()
  local df = frame({ k = { "lo", "hi", NA, "mid", "lo" } }):mutate { "k = k" }
  df = df:relevel { column = "k", levels = { "lo", "mid", "hi" } }
  local data = plot.bar(df, { x = "k", sort = "data" }):data()
  t.eq({ t.cells(data.category), t.cells(data.y) }, { { "lo", "mid", "hi", "NA" }, { 2, 1, 1, 1 } })
end)

t.test("series side by side or stacked; a value for each row as it is", function()
  local p = plot.bar(credit, { x = "housing", color = "class", stacked = true })
  local n = {}
  for _, row in p:data():rows() do n[row.series] = (n[row.series] or 0) + row.y end
  t.eq(n, { good = 700, bad = 300 })
  local totals = frame { k = { "x", "y" }, v = { 3.0, -1.0 } }
  t.eq(t.cells(plot.bar(totals, { x = "k", y = "v" }):data().y), { 3.0, -1.0 })
  t.eq(t.cells(plot.bar(totals, { x = "k", y = "twice = v * 2" }):data().y), { 6.0, -2.0 })
  t.raises("rows-per-bar", function() plot.bar(credit, { x = "housing", y = "age" }) end, "1000 rows", "sum(age)")
  t.raises("wrong-type", function() plot.bar(credit, { x = "housing", y = "first(class)" }) end, "numbers")
  t.raises("unknown-column", function() plot.bar(credit, { x = "housng" }) end, "housing")
  t.raises("unknown-column", function() plot.bar(credit, { x = "housing", y = "sum(agee)" }) end, "age")
  t.raises("too-many-series", function() plot.bar(credit, { x = "housing", color = "credit_amount" }) end, "64",
    "df:relevel")
  t.raises("nothing-to-draw", function() plot.bar(credit:head(0), "housing") end, "no rows")
  t.raises("nothing-to-draw", function() plot.bar(totals, { x = "k", y = "v - v", log = "y" }) end, "above 0")
end)

-- ---- lines

t.test("lines are sorted by x, say so, and break at holes", function()
  local df = frame { x = { 3, 1, 2, NA }, y = { 30.0, 10.0, NA, 99.0 }, z = { 1, 2, 3, 4 } }
  local p = plot.line(df, { x = "x", y = { "y", "double = z * 2" } })
  t.eq(t.cells(p:data().x), { 1, 2, 3, 1, 2, 3 })
  t.eq(t.cells(p:data().y), { 10.0, NA, 30.0, 4.0, 6.0, 2.0 })
  t.eq(t.cells(p:data().series), { "y", "y", "y", "double", "double", "double" })
  shows(p, "rows are sorted by x")
  t.eq(#plot.line(df, { x = "x", y = { "y", "late = x > 2" } }):data(), 6)
  shows(p, "1 rows without x are left out")
  local sorted = tostring(plot.line(frame { x = { 1, 2 }, y = { 1, 2 } }, { x = "x", y = "y" }))
  t.eq(sorted:find("sorted", 1, true), nil)
  shows(plot.line(frame { x = { 1, 1, 2 }, y = { 1, 2, 3 } }, { x = "x", y = "y" }), "1 rows stand at the same x")
end)

t.test("an aggregate gives a point for each x and class", function()
  local data = plot.line(credit, { x = "duration", y = "mean(age)", color = "class" }):data()
  local agg = credit:agg({ "m = mean(age)" }, { by = { "duration", "class" } })
  local mean = {}
  for _, row in agg:rows() do mean[row.class .. row.duration] = row.m end
  t.eq(#data, #agg)
  local last
  for _, row in data:rows() do
    t.eq(row.y, mean[row.series .. row.x])
    if last and last.series == row.series and last.x >= row.x then error "not sorted" end
    last = row
  end
end)

t.test("what a line refuses", function()
  t.raises("wrong-type", function() plot.line(iris, { x = "species", y = "petal_length" }) end, "plot.bar")
  t.raises("wrong-type", function() plot.line(iris, { x = "petal_length", y = "species" }) end, "numbers")
  t.raises("nothing-to-draw", function() plot.line(frame { x = { NA, 1 } }:head(1), { x = "x", y = "x" }) end, "no x")
  t.raises("too-many-series", function()
    plot.line(credit, { x = "age", y = "duration", color = "credit_amount" })
  end, "64")
end)

-- ---- boxes

t.test("boxes are those of R's boxplot.stats", function()
  local data = plot.box(credit, { y = "credit_amount" }):data()
  local row = data:row(1)
  t.eq({ row.low, row.q25, row.median, row.q75, row.high, row.n }, { 250.0, 1365.0, 2319.5, 3972.5, 7882.0, 1000 })
  t.eq(#data, 1 + 72)
  data = plot.box(credit, { x = "class", y = "duration" }):data()
  t.eq({ data.category[1], data.low[1], data.q25[1], data.median[1], data.q75[1], data.high[1] },
    { "bad", 6.0, 12.0, 24.0, 36.0, 72.0 })
  t.eq({ data.category[2], data.low[2], data.q25[2], data.median[2], data.q75[2], data.high[2] },
    { "good", 4.0, 12.0, 18.0, 24.0, 42.0 })
  t.eq(#data, 2 + 30)
end)

t.test("whiskers, order, logarithms", function()
  local df = frame { k = { "a", "a", "a", "b", "b", "b" }, v = { 1, 2, 100, 50, 60, 70 } }
  t.eq(plot.box(df, { x = "k", y = "v", whiskers = 0 }):data().high[1], 100.0)
  t.eq(t.cells(plot.box(df, { x = "k", y = "v", sort = "value" }):data().category), { "b", "a" })
  local data = plot.box(frame { v = { 1, 10, 100, 1000, -1 } }, { y = "v", log = "y" }):data()
  close({ data.q25[1], data.median[1], data.q75[1] }, { 10 ^ 0.5, 10 ^ 1.5, 10 ^ 2.5 }, 1e-12, "geometric halves")
  shows(plot.box(df, { x = "k", y = "v" }), "whiskers within 1.5 times the box")
  t.raises("wrong-type", function() plot.box(iris, { y = "species" }) end, "numbers")
  t.raises("nothing-to-draw", function() plot.box(frame { v = { 1.5, NA } }:tail(1), { y = "v" }) end, "1 are missing")
end)

-- ---- scatter

t.test("a trend is what lm gives", function()
  shows(plot.scatter(mtcars, { x = "wt", y = "mpg", trend = "linear" }), "y = 37.2851 - 5.34447 x, R2 0.7528, n 32")
  shows(plot.scatter(mtcars, { x = "wt", y = "mpg", trend = "linear", log = "xy" }),
    "log10(y) = 1.69454 - 0.841816 log10(x), R2 0.8056")
  local ends = plot.scatter(mtcars, { x = "wt", y = "mpg", trend = "linear" }):data():tail(2)
  close(t.cells(ends.x), { 1.513, 5.424 }, 0, "ends")
  close(t.cells(ends.y), { 37.2851261673420282 - 5.3444715727226777 * 1.513,
    37.2851261673420282 - 5.3444715727226777 * 5.424 }, 1e-12, "line")
  shows(plot.scatter(frame { x = { 1, 1 }, y = { 1, 2 } }, { x = "x", y = "y", trend = "linear" }),
    "all x are equal")
  shows(plot.scatter(frame { x = { 1, 2 }, y = { 3, 3 } }, { x = "x", y = "y", trend = "linear" }), "not defined")
end)

t.test("a trend along times and of truth values; points and line go together", function()
  local df = frame({ at = { "2024-01-01", "2024-01-03", "2024-01-05" }, y = { 1, 5, 9 }, yes = { true, false, true } })
  df = df:cast { at = "timestamp" }
  local p = plot.scatter(df, { x = "at", y = "y", trend = "linear" })
  shows(p, "y = 1 + 2 days since the first, R2 1, n 3")
  t.eq({ #p:data(), p:data().y[5], tostring(p:data().x[5]) }, { 5, 9.0, tostring(df.at[3]) })
  t.eq(#plot.scatter(df, { x = "yes", y = "at", trend = "linear" }):data(), 5)
  t.eq(t.cells(plot.hist(df, "yes"):data().y), { 1, 2 })
end)

t.test("classes and shades, labels, names of axes", function()
  local function role(options)
    options.x, options.y = "petal_length", "petal_width"
    return plot.scatter(iris, options):data():schema().name[3]
  end
  t.eq({ role { color = "species" }, role { color = "sepal_width" }, role { color = "text(sepal_width)" },
    role { label = "species" } }, { "group", "shade", "group", "label" })
  local p = plot.scatter(iris, { x = "area = petal_length * petal_width", y = "petal_width", title = "Leaves",
    ylabel = "width" })
  shows(p, "Leaves")
  shows(p, "area")
  shows(p, "width")
end)

t.test("limits", function()
  local df = frame { x = { 1, 2, 3 }, y = { 1, 2, 3 } }
  shows(plot.scatter(df, { x = "x", y = "y", xlim = { 1.5, NA } }), "n 2, 1 beyond the limits")
  shows(plot.scatter(df, { x = "x", y = "y", ylim = { -math.huge, 2 } }), "n 2, 1 beyond the limits")
  t.raises("chart-limits", function() plot.scatter(df, { x = "x", y = "y", xlim = { 3, 1 } }) end, "wrong way round")
  t.raises("chart-limits", function() plot.scatter(df, { x = "x", y = "y", xlim = { "2024-01-01", NA } }) end, "time")
  t.raises("chart-limits", function() plot.scatter(df, { x = "x", y = "y", xlim = { "soon", NA } }) end, "soon")
  t.raises("chart-limits", function() plot.scatter(df, { x = "x", y = "y", xlim = { -1, 5 }, log = "x" }) end,
    "above 0")
  t.raises("wrong-type", function() plot.scatter(df, { x = "x", y = "y", xlim = 5 }) end, "two limits")
  t.raises("wrong-type", function() plot.scatter(df, { x = "x", y = "y", xlim = { 1, 2, 3 } }) end, "two limits")
  local when = frame({ at = { "2024-01-01", "2024-02-01", "2024-03-01" }, y = { 1, 2, 3 } }):cast { at = "timestamp" }
  shows(plot.scatter(when, { x = "at", y = "y", xlim = { "2024-01-15", "2024-12-31" } }), "1 beyond the limits")
  t.raises("chart-limits", function() plot.scatter(when, { x = "at", y = "y", xlim = { 1, 2 } }) end, "2024-01-01")
  t.raises("nothing-to-draw", function() plot.scatter(df, { x = "x", y = "y", xlim = { 10, 20 } }) end, "3 beyond")
end)

t.test("what a scatter refuses, and odd data it draws", function()
  t.raises("wrong-type", function() plot.scatter(iris, { x = "species", y = "petal_width" }) end, "species")
  t.raises("unknown-column", function() plot.scatter(iris, { x = "petal_lenght", y = "petal_width" }) end,
    "petal_length")
  t.raises("unknown-option", function() plot.scatter(iris, { x = "petal_length", colour = "species" }) end, "color")
  t.raises("nothing-to-draw", function() plot.scatter(iris:head(0), { x = "petal_length", y = "petal_width" }) end,
    "no rows")
  t.raises("nothing-to-draw", function()
    plot.scatter(frame { x = { NA, 1 }, y = { 1, NA } }, { x = "x", y = "y" })
  end, "of 2 rows, 2 are missing")
  shows(plot.scatter(iris:head(1), { x = "petal_length", y = "petal_width" }), "n 1")
  shows(plot.scatter(frame { x = { 1, 2 }, y = { 5, 5 } }, { x = "x", y = "y" }), "n 2")
  shows(plot.scatter(frame { x = { 1, 2, t.nan }, y = { 5, 1 / 0, 1 } }, { x = "x", y = "y" }),
    "n 1, 2 missing or not finite")
end)

-- ---- models

t.test("k-means: segments on components, whose shares and coordinates are prcomp's", function()
  local arrests = read "datasets/usarrests/usarrests.csv"
  local m = arrests:kmeans { k = 3, scale = "zscore" }
  shows(m:plot(), "component 1 (62.0 % of the variance)")
  shows(m:plot(), "component 2 (24.7 % of the variance)")
  shows(m:plot(), "component 1: 0.58 assault + 0.54 rape + 0.54 murder + 0.28 urban")
  shows(m:plot(), "n 50")
  local data = arrests:kmeans({ k = 3 }):plot():data()
  -- prcomp(USArrests)$x[1:2, 1:2]: signs of components are free
  close({ data.x[1], data.x[2] }, { 64.802163681743593, 92.827450156694624 }, 1e-9, "PC1")
  close({ math.abs(data.y[1]), math.abs(data.y[2]) }, { 11.448007397783657, 17.982942700671785 }, 1e-9, "PC2")
  t.eq(#data, 50 + 3)
end)

t.test("k-means: on two columns, sizes, profile; after loading data are asked for", function()
  local m = iris:kmeans { k = 3 }
  local data = m:plot("segments", { x = "petal_length", y = "sepal_width" }):data()
  local centres = data:tail(3)
  t.eq(t.cells(centres.label), { "1", "2", "3" })
  close(t.cells(centres.x), t.cells(m:tidy().petal_length), 1e-12, "centres")
  t.eq(t.cells(m:plot("sizes"):data().y), t.cells(m:tidy().size))
  local two = iris:kmeans { k = 2, on = { "petal_length", "petal_width" } }
  t.eq(t.cells(two:plot():data():head(150).x), t.cells(iris.petal_length), "two variables are the axes")
  t.eq(#iris:kmeans({ k = 2, on = { "petal_length" } }):plot():data(), 152)
  local profile, want = m:plot("profile"):data(), m:profile(iris)
  t.eq(#profile, 12)
  for _, row in want:rows() do
    for _, bar in profile:rows() do
      if row.level == NA and bar.category == row.variable and bar.series == tostring(row.cluster) then
        t.eq(bar.y, row.difference)
      end
    end
  end
  local path = os.tmpname()
  m:save(path)
  local again = model.load(path)
  os.remove(path)
  t.raises("no-data", function() again:plot() end, "m:plot(\"segments\", {data = df})")
  t.eq(#again:plot("segments", { data = iris }):data(), 153)
  t.eq(#again:plot("sizes"):data(), 3)
  t.raises("unknown-chart", function() m:plot("sices") end, "sizes")
  t.raises("missing-option", function() m:plot("segments", { x = "petal_length" }) end, "both")
  t.raises("unknown-column", function() m:plot("segments", { x = "petal_length", y = "petl_width" }) end, "petal_width")
  t.raises("wrong-type", function() m:plot("segments", { x = "petal_length", y = "species" }) end, "numbers")
  t.raises("option-without-use", function() m:plot("sizes", { x = "petal_length" }) end, "sizes")
end)

t.test("rules and itemsets", function()
  local baskets = read_baskets "datasets/supermarket/supermarket.baskets.gz"
  local rules = baskets:rules { support = 0.2, confidence = 0.7 }
  local data, tidy = rules:plot():data(), rules:tidy()
  t.eq({ t.cells(data.x), t.cells(data.y), t.cells(data.shade) },
    { t.cells(tidy.support), t.cells(tidy.confidence), t.cells(tidy.lift) })
  local top = rules:plot("top"):data()
  t.eq(#top, 15)
  t.eq(top.y[1], t.cells(tidy:sort("-lift").lift)[1])
  t.eq(top.category[1]:find(" => ", 1, true) ~= nil, true)
  local sets = baskets:itemsets { support = 0.3 }
  t.eq(sets:plot():data().y[1], t.cells(sets:tidy():sort("-support").support)[1])
  t.raises("nothing-to-draw", function() baskets:rules({ support = 0.9 }):plot() end, "no rules")
  t.raises("option-without-use", function() rules:plot("rules", { x = "support" }) end, "x")
end)

t.test("regression", function()
  local m = mtcars:ols "mpg ~ wt + hp"
  local predicted = m:predict(mtcars)
  local data = m:plot():data():head(32)
  t.eq({ t.cells(data.x), t.cells(data.y) }, { t.cells(predicted.fitted), t.cells(predicted.residual) })
  local terms, tidy = m:plot("coefficients"):data(), m:tidy()
  t.eq({ terms.term[1], terms.term[2] }, { "hp", "wt" }, "the first term on top, no intercept")
  t.eq({ terms.x[2], terms.low[2], terms.high[2] }, { tidy.estimate[2], tidy.conf_low[2], tidy.conf_high[2] })
  local qq = m:plot("qq"):data()
  -- qnorm(ppoints(32))[c(1, 16, 32)]
  close({ qq.x[1], qq.x[16], qq.x[32] }, { -2.153874694061455486, -0.039176085503097639, 2.153874694061455486 }, 1e-12,
    "quantiles")
  local lowest = t.cells(predicted:sort("residual").residual)[1]
  close({ qq.y[1] }, { lowest / m.sigma }, 1e-14, "residuals")
  t.raises("no-response", function() m:plot("residuals", { data = mtcars:drop("mpg") }) end, "response")
  t.raises("option-without-use", function() m:plot("qq", { x = "wt" }) end, "qq")
  t.raises("nothing-to-draw", function() mtcars:ols("mpg ~ 1"):plot("coefficients") end, "intercept")
end)

t.test("RFM", function()
  local orders = read("datasets/orders/orders.csv"):mutate "amount = quantity * price"
  local m = orders:rfm { id = "customer", date = "date", order = "order", amount = "amount" }
  local data = m:plot():data()
  local customers, revenue = 0, 0
  for _, row in data:rows() do
    if row.series == "customers" then customers = customers + row.y else revenue = revenue + row.y end
  end
  close({ customers, revenue }, { 1, 1 }, 1e-12, "shares")
  t.raises("option-without-use", function() m:plot("segments", { x = "r" }) end, "segments")
end)

t.test("a grouped frame is refused, with the option that shows groups", function()
  local grouped = iris:group "species"
  for name, options in pairs {
    scatter = { x = "petal_length", y = "petal_width" },
    hist = { x = "petal_length" },
    bar = { x = "species" },
    line = { x = "petal_length", y = "petal_width" },
    box = { y = "petal_length" },
  } do
    local e = t.raises("grouped-chart", function() plot[name](grouped, options) end, "species")
    t.has(e.hint, name == "box" and 'x = "species"' or 'color = "species"')
    options[name == "box" and "x" or "color"] = "species"
    t.ok(plot[name](iris, options))
  end
end)

-- ---- what the script has

t.test("bars with long names lie, the first on top; short names stand", function()
  local df = frame { { "name", { "a name of more than two dozen letters", "short" } }, { "n", { 2, 1 } } }
  local script = plot.bar(df, { x = "name", y = "n" }):script()
  t.has(script, 'set ytics ("a name of more than two dozen letters" 0, "short" 1)')
  t.has(script, "set yrange [1.5:-0.5]")
  t.has(script, 'set xlabel "n"')
  t.has(script, "1 0 0 2 -0.4 0.4") -- x y, left right, below above: as long as it is high otherwise
  script = plot.bar(df:tail(1), { x = "name", y = "n" }):script()
  t.has(script, 'set xtics ("short" 0)')
  t.has(script, 'set ylabel "n"')
  local many = {}
  for i = 1, 41 do
    many[i] = "a name of more than two dozen letters " .. i
  end
  script = plot.bar(frame { name = many }, { x = "name", top = 0 }):script()
  t.has(script, "set xtics (") -- no room for so many on top of one another
end)

t.test("a logarithmic axis of less than a decade has labels", function()
  local df = frame { { "x", { 3.3, 4, 6.9 } }, { "y", { 1, 10, 1000 } } }
  local script = plot.scatter(df, { x = "x", y = "y", log = "xy" }):script()
  for _, label in ipairs { "4", "5", "6" } do
    t.has(script, ('"%s" %s'):format(label, label))
  end
  t.has(script, "set logscale x")
  t.ok(not plot.scatter(df, { x = "x", y = "y*y*y", log = "y" }):script():find("set ytics (", 1, true))
  local drawn = tostring(plot.scatter(df, { x = "x", y = "y", log = "xy" }))
  for _, label in ipairs { "4", "5", "6" } do
    t.ok(drawn:match("\n +[%d. ]*%f[%d]" .. label .. "%f[^%d]"), label)
  end
end)

t.test("a shade beside a trend is named once", function()
  local script = plot.scatter(iris, { x = "petal_length", y = "petal_width", color = "sepal_length",
    trend = "linear" }):script()
  local _, times = script:gsub("sepal\\137length", "")
  t.eq(times, 1)
  t.has(script, 'title "trend"')
end)

t.done()
