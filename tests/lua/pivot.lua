-- SPDX-License-Identifier: GPL-3.0-or-later
-- pivot, unpivot and crosstab: figures from R, round trips, and every refusal.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

-- R's mtcars: cylinders, gears, miles per gallon, weight.
local cars = frame {
  { "cyl", { 6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8, 6, 8,
    4 } },
  { "gear", { 4, 4, 4, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5,
    4 } },
  { "mpg", { 21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4,
    14.7, 32.4, 30.4,
    33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4 } },
  { "wt", { 2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25,
    5.424, 5.345, 2.2,
    1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78 } },
}

local function rows(df)
  local list, names = {}, t.names(df)
  for i = 1, #df do
    list[i] = {}
    for j, name in ipairs(names) do
      list[i][j] = df:col(name)[i]
    end
  end
  return list
end

local function near_rows(got, want)
  for i, row in ipairs(want) do
    for j, x in ipairs(row) do
      if type(x) == "number" then
        t.near(got[i][j], x, 1e-12, i .. "," .. j)
      else
        t.eq(got[i][j], x)
      end
    end
  end
  t.eq(#got, #want)
end

-- R 4.2.2: xtabs(~cyl + gear, mtcars), prop.table(, 1) * 100, addmargins(xtabs(wt ~ cyl + gear, mtcars)).
t.test("cross tables, as R's xtabs", function()
  local x = cars:crosstab { rows = "cyl", columns = "gear" }
  t.eq(t.names(x), { "cyl", "3", "4", "5" })
  t.eq(t.types(x), { "category", "int64", "int64", "int64" })
  t.eq(rows(x), { { "4", 1, 8, 2 }, { "6", 2, 4, 1 }, { "8", 12, 0, 2 } })
  near_rows(rows(cars:crosstab { rows = "cyl", columns = "gear", percent = "rows" }), {
    { "4", 9.09090909090909, 72.72727272727273, 18.18181818181818 },
    { "6", 28.57142857142857, 57.14285714285714, 14.28571428571428 },
    { "8", 85.71428571428571, 0, 14.28571428571428 },
  })
  near_rows(rows(cars:crosstab { rows = "cyl", columns = "gear", weight = "wt", margins = true }), {
    { "4", 2.465, 19.025, 3.653, 25.143 }, { "6", 6.675, 12.375, 2.770, 21.820 },
    { "8", 49.249, 0, 6.740, 55.989 }, { "total", 58.389, 31.400, 13.163, 102.952 },
  })
end)

t.test("percentages with margins: each base is 100", function()
  local function of(percent)
    return rows(cars:crosstab { rows = "cyl", columns = "gear", percent = percent, margins = true })
  end
  local r, c, a = of "rows", of "columns", of "all"
  for i = 1, 4 do
    t.near(r[i][5], 100)
  end
  for j = 2, 5 do
    t.near(c[4][j], 100)
  end
  t.near(r[4][2], 100 * 15 / 32)
  t.near(c[1][5], 100 * 11 / 32)
  t.near(a[3][2], 100 * 12 / 32)
  t.near(a[4][5], 100)
end)

t.test("orders, missing cells, levels", function()
  local f = frame { { "a", { "y", "x", NA, "y" } }, { "b", { true, NA, true, false } } }
  t.eq(rows(f:crosstab { rows = "a", columns = "b" }),
    { { "x", 0, 0, 1 }, { "y", 1, 1, 0 }, { "NA", 0, 1, 0 } })
  t.eq(t.names(f:crosstab { rows = "a", columns = "b" }), { "a", "false", "true", "NA" })
  t.eq(rows(f:crosstab { rows = "a", columns = "b", missing = "drop", order = "appearance" }),
    { { "y", 1, 1 }, { "x", 0, 0 } })
  t.eq(t.names(f:crosstab { rows = "a", columns = "b", order = "appearance" }),
    { "a", "true", "NA", "false" })
  local c = cars:cut { "mpg", at = { 0, 15, 20, 100 }, labels = { "low", "middle", "high" } }
  t.eq(t.cells(c:crosstab({ rows = "mpg_band", columns = "gear" }).mpg_band), { "low", "middle", "high" })
  t.eq(t.names(c:pivot { "mpg_band", rows = "gear", order = "levels" }), { "gear", "low", "middle", "high" })
  t.eq(t.names(c:pivot { "mpg_band", rows = "gear", order = "sorted" }), { "gear", "high", "low", "middle" })
end)

-- R, data.table 1.14.8: dcast(mtcars, cyl ~ gear, value.var = "mpg", fun.aggregate = mean).
t.test("pivot with an aggregate, as dcast", function()
  local p = cars:pivot { "gear", rows = "cyl", values = "mpg", agg = "mean", order = "sorted" }
  t.eq(t.names(p), { "cyl", "3", "4", "5" })
  near_rows(rows(p), { { 6, 19.75, 19.75, 19.7 }, { 4, 21.5, 26.925, 28.2 }, { 8, 15.05, NA, 15.4 } })
end)

local long = frame { { "id", { 1, 1, 2 } }, { "k", { "u", "v", "v" } }, { "a", { 10, 20, 30 } },
  { "b", { "p", "q", "r" } } }

t.test("pivot of single cells: several values, names, fill", function()
  t.eq(t.content(long:pivot { "k", rows = "id", values = "a" }),
    { { "id", "u", "v" }, id = { 1, 2 }, u = { 10, NA }, v = { 20, 30 } })
  local p = long:pivot { "k", rows = "id", values = { "a", "b" }, separator = ".", prefix = "is_" }
  t.eq(t.names(p), { "id", "a.is_u", "a.is_v", "b.is_u", "b.is_v" })
  t.eq(t.cells(p:col "b.is_u"), { "p", NA })
  t.eq(t.cells(long:pivot({ "k", rows = "id", values = "a", fill = 0 }).u), { 10, 0 })
  t.eq(t.cells(long:pivot({ "k", rows = "id", values = "a", fill = 0.5 }).u), { 10.0, 0.5 })
  t.eq(t.cells(long:pivot({ "k", rows = "id" }).u), { 1, 0 })
  t.eq(t.names(long:pivot { "k", values = "a" }), { "id", "b", "u", "v" })
  t.eq(t.names(long:pivot { "k", "id", rows = {}, values = "a" }), { "u_1", "v_1", "v_2" })
end)

t.test("pivot and unpivot undo one another", function()
  local wide = long:pivot { "k", rows = "id", values = "a" }
  local again = wide:unpivot { ids = "id", names_to = "k", values_to = "a", drop_missing = true }
  t.eq(t.content(again), { { "id", "k", "a" }, id = { 1, 1, 2 }, k = { "u", "v", "v" }, a = { 10, 20, 30 } })
  t.same_frame(again:pivot { "k", rows = "id", values = "a" }, wide)
  local all = wide:unpivot { "u", "v" }
  t.eq(t.content(all), { { "id", "name", "value" }, id = { 1, 1, 2, 2 }, name = { "u", "v", "u", "v" },
    value = { 10, 20, NA, 30 } })
  t.eq(#wide:head(0):unpivot { "u", "v" }, 0)
end)

t.test("refusals", function()
  t.raises("pivot-duplicates", function()
    cars:pivot { "gear", rows = "cyl", values = "mpg" }
  end, "4 rows have cyl = 6, gear = 4", "agg")
  t.raises("unknown-function", function()
    cars:pivot { "gear", rows = "cyl", values = "mpg", agg = "meen" }
  end, "'mean'")
  t.raises("wrong-column-type", function()
    long:pivot { "k", rows = "id", values = "b", agg = "sum" }
  end, "'b' of string")
  t.raises("column-twice", function() long:pivot { "k", rows = "k", values = "a" } end)
  t.raises("pivot-columns", function()
    cars:pivot { "mpg", rows = "cyl", most = 5 }
  end, "25 columns", "most = 25")
  t.raises("pivot-columns", function()
    cars:crosstab { rows = "cyl", columns = "mpg", most = 5 }
  end, "25 columns")
  t.raises("append-types", function()
    long:pivot { "k", rows = "id", values = "a", fill = "none" }
  end, "fill")
  t.raises("wrong-type", function() long:pivot { "k", rows = "id", values = "a", fill = { 1 } } end)
  t.raises("name-twice", function()
    frame({ { "u", { 1 } }, { "k", { "u" } } }):pivot { "k", rows = "u" }
  end, "prefix")
  t.raises("append-types", function() long:unpivot { "a", "b" } end, "'a' is int64, 'b' is string")
  t.raises("missing-option", function() long:unpivot {} end)
  t.raises("option-without-use", function() long:unpivot { "a", ids = "id" } end, "not both")
  t.raises("name-clash", function() long:unpivot { "a", names_to = "id" } end, "'id'")
  t.raises("name-clash", function() long:unpivot { "a", names_to = "v", values_to = "v" } end)
  t.raises("unknown-column", function() long:unpivot { "c" } end)
  t.raises("name-twice", function()
    frame({ { "a", { "total" } }, { "b", { 1 } } }):crosstab { rows = "a", columns = "b", margins = true }
  end, "total")
  t.raises("overflow", function()
    frame({ { "a", { 1, 1 } }, { "w", { math.maxinteger, 1 } } }):crosstab { rows = "a", columns = "a",
      weight = "w" }
  end)
end)

t.test("the same on any number of threads", function()
  local program = "d = read 'datasets/credit/credit.csv' "
    .. "print(d:crosstab{rows = 'housing', columns = 'job', weight = 'credit_amount'}, "
    .. "d:pivot{'housing', rows = 'job', values = 'credit_amount', agg = 'mean'})"
  local one = t.run { "--threads", "1", "-e", program }
  t.has(one, "housing")
  for _, threads in ipairs { "2", "7" } do
    t.eq(t.run { "--threads", threads, "-e", program }, one)
  end
end)

t.done()
