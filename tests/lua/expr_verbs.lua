-- SPDX-License-Identifier: GPL-3.0-or-later
-- filter, mutate, agg, compute, drop, rename.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local df = frame {
  { "g", { "b", "a", "b", "a", NA } },
  { "x", { 1, 2, 3, NA, 5 } },
  { "y", { 0.5, 1.5, 2.5, 3.5, 4.5 } },
}

t.test("filter keeps what is true, in order", function()
  t.eq(t.content(df:filter "x > 1"), { { "g", "x", "y" }, g = { "a", "b", NA }, x = { 2, 3, 5 },
    y = { 1.5, 2.5, 4.5 } })
  t.eq(t.cells(df:filter("g == 'b' or y > 4").x), { 1, 3, 5 })
  t.eq(#df:filter "x > 100", 0)
  t.eq(t.cells(df:filter("x >= $least", { least = 3 }).x), { 3, 5 })
  t.eq(t.cells(df:filter(df.x:gt(1)).x), { 2, 3, 5 })
  t.eq(t.cells(df:filter(df.x:gt(1) & df.y:lt(4)).x), { 2, 3 })
  t.eq(t.cells(df:filter(function(r) return r.y > 3 end).y), { 3.5, 4.5 })
  t.eq(t.cells(df:filter { "x == max(x)", by = "g" }.x), { 2, 3, 5 })
  t.eq(t.cells(df:filter("y > mean(y)").y), { 3.5, 4.5 })
  t.eq(t.cells(frame.filter(df, "x is missing").y), { 3.5 })
end)

t.test("filter says what it cannot use", function()
  t.raises("unknown-parameter", function() df:filter("x > 1", { lest = 3 }) end, "'lest'", "$lest")
  t.raises("unknown-parameter", function() df:filter("x > 1", { bye = "g" }) end,
    "did you mean the option 'by'?")
  t.raises("unknown-parameter", function() df:filter("x > $lest", { least = 3 }) end, "did you mean $least?")
  t.raises("wrong-type", function() df:filter "x + 1" end, "a number", "compare it")
  t.raises("wrong-type", function() df:filter "g" end)
  t.raises("wrong-length", function() df:filter(df:head(2).x:gt(0)) end, "2 rows", "5")
  t.raises("unknown-column", function() df:filter "z > 1" end)
  t.raises("unknown-column", function() df:filter { "x > 1", by = "gg" } end)
  t.raises("wrong-type", function() df:filter("x > $p", { p = df }) end, "$p cannot be a frame")
end)

t.test("mutate in order, later ones seeing earlier ones", function()
  local made = df:mutate { "d = x * 2", "e = d + y", "x = 0", "`odd name` = x + 1" }
  t.eq(t.content(made), {
    { "g", "x", "y", "d", "e", "odd name" }, g = { "b", "a", "b", "a", NA }, x = { 0, 0, 0, 0, 0 },
    y = { 0.5, 1.5, 2.5, 3.5, 4.5 }, d = { 2, 4, 6, NA, 10 }, e = { 2.5, 5.5, 8.5, NA, 14.5 },
      ["odd name"] = { 1, 1, 1, 1, 1 },
  })
  t.eq(t.names(df:mutate "x + y"), { "g", "x", "y", "x + y" })
  t.eq(t.cells(df:mutate("z = x + $k", { k = 10 }).z), { 11, 12, 13, NA, 15 })
  t.eq(t.cells(df:mutate("a = x", "b = a").b), { 1, 2, 3, NA, 5 })
end)

t.test("mutate by name: byte order, each from the frame as it came in", function()
  local made = df:mutate { b = "x * 2", a = "x + 1", x = "0", B = "y" }
  t.eq(t.names(made), { "g", "x", "y", "B", "a", "b" })
  t.eq(t.cells(made.a), { 2, 3, 4, NA, 6 })
  t.eq(t.cells(made.x), { 0, 0, 0, 0, 0 })
  made = df:mutate { one = 1, flag = true, gone = NA, other = df.y, real = 0.5 }
  t.eq({ made.one[5], made.flag[1], made.gone[1], made.other[2], made.real[3] }, { 1, true, NA, 1.5, 0.5 })
  t.eq(t.cells(df:mutate { "n = x", m = "x * $f", f = 3 }.m), { 3, 6, 9, NA, 15 })
end)

t.test("mutate within groups", function()
  local made = df:mutate { "share = y / sum(y)", "n = count()", by = "g" }
  t.eq(t.cells(made.share), { 0.5 / 3, 0.3, 2.5 / 3, 0.7, 1.0 })
  t.eq(t.cells(made.n), { 2, 2, 2, 2, 1 })
end)

t.test("a grouped frame is worked on within its groups, and what comes of it is not grouped", function()
  local grouped = df:group "g"
  local made = grouped:mutate { "share = y / sum(y)", "before = lag(y)" }
  t.eq(t.cells(made.share), { 0.5 / 3, 0.3, 2.5 / 3, 0.7, 1.0 })
  t.eq(t.cells(made.before), { NA, NA, 0.5, 1.5, NA })
  t.eq(t.cells(grouped:filter("y == max(y)").y), { 2.5, 3.5, 4.5 })
  t.eq(t.cells(grouped:agg("n = count()").n), { 2, 2, 1 })
  t.eq(t.cells(grouped:compute("rank()", { order = "-y" })), { 2, 2, 1, 1, 1 })
  t.eq(t.cells(made:agg("n = count()").n), { 5 })
  t.eq(t.cells(grouped:agg({ "n = count()" }, { by = "x" }).n), { 1, 1, 1, 1, 1 })
end)

t.test("mutate refuses", function()
  t.raises("missing-option", function() df:mutate {} end)
  t.raises("wrong-length", function() df:mutate { z = df:head(2).x } end, "'z' has 2 rows")
  t.raises("wrong-type", function() df:mutate { z = df } end)
  local e = t.raises("unknown-column", function() df:mutate { "a = x", "b = xx + a" } end, "'xx'")
  t.has(e.where, "column 'b'")
  t.raises("column-twice", function() df:mutate { "n = count()", by = { "g", "g" } } end)
end)

t.test("agg: keys first, groups in order of first appearance", function()
  local made = df:agg({ "n = count()", "sum(x)", "m = mean(y) * 2" }, { by = "g" })
  t.eq(t.content(made), {
    { "g", "n", "sum(x)", "m" }, g = { "b", "a", NA }, n = { 2, 2, 1 }, ["sum(x)"] = { 4, 2, 5 },
    m = { 3.0, 5.0, 9.0 },
  })
  t.eq(t.content(df:agg "n = count()"), { { "n" }, n = { 5 } })
  t.eq(t.content(df:agg { b = "max(x)", a = "min(x)" }), { { "a", "b" }, a = { 1 }, b = { 5 } })
  t.eq(t.cells(df:agg({ "s = sum(if(x > $k, 1, 0))" }, { k = 1, by = "g" }).s), { 1, 1, 1 })
  t.eq(t.cells(df:agg({ "r = max(x) - min(x)", "one = 1" }, { by = "g" }).r), { 2, 0, 0 })
  t.eq(t.cells(df:agg({ "f = first(y)" }, { by = "g", order = "-y" }).f), { 2.5, 3.5, 4.5 })
end)

t.test("agg of no rows", function()
  t.eq(t.content(df:head(0):agg { "n = count()", "s = sum(x)", "m = mean(x)" }),
    { { "n", "s", "m" }, n = { 0 }, s = { 0 }, m = { NA } })
  t.eq(t.content(df:head(0):agg({ "n = count()" }, { by = "g" })), { { "g", "n" }, g = {}, n = {} })
end)

t.test("agg refuses", function()
  t.raises("not-aggregated", function() df:agg "x + 1" end, "column 'x'", "mean(x)")
  t.raises("not-aggregated", function() df:agg "s = sum(x) + y" end, "column 'y'")
  t.raises("not-aggregated", function() df:agg "upper(g)" end, "first(g)")
  t.raises("column-twice", function() df:agg({ "g = count()" }, { by = "g" }) end)
  t.raises("wrong-type", function() df:agg { n = 1 } end)
  t.raises("overflow", function() frame { x = { math.maxinteger, 1 } }:agg "sum(x)" end)
end)

t.test("errors of rows name the row and the values", function()
  local big = frame { x = { 1, math.maxinteger }, y = { 1, 1 } }
  t.raises("overflow", function() big:mutate "z = x + y" end, "row 2", "9223372036854775807 + 1")
  t.raises("overflow", function() big:mutate "z = -x - y - y" end, "row 2")
  t.raises("overflow", function() big:mutate "z = x * 2" end, "row 2", "9223372036854775807 * 2")
  t.raises("divided-by-zero", function() big:mutate "z = x // (y - 1)" end, "row 1", "1 // 0", "if(y == 0")
  t.raises("divided-by-zero", function() big:mutate "z = x % 0" end)
  t.raises("bad-cast", function() big:mutate "z = int64(x / 2)" end, "row 1", "0.5")
  t.raises("bad-cast", function() frame { s = { "1", "1x" } }:mutate "z = float64(s)" end, "row 2", "'1x'")
  t.raises("overflow", function() big:agg "z = max(x) + max(y)" end, "group 1")
  t.eq(t.cells(frame { x = { math.maxinteger, NA } }:mutate("z = coalesce(x - 1, 5)").z),
    { math.maxinteger - 1, 5 })
end)

t.test("drop and rename", function()
  t.eq(t.names(df:drop "x"), { "g", "y" })
  t.eq(t.names(df:drop("g", "y")), { "x" })
  t.raises("unknown-column", function() df:drop "xx" end)
  t.raises("no-columns", function() df:drop("g", "x", "y") end)
  t.eq(t.names(df:rename { key = "g", ["Unit Price"] = "y" }), { "key", "x", "Unit Price" })
  t.eq(t.names(df:rename { x = "y", y = "x" }), { "g", "y", "x" })
  t.raises("column-twice", function() df:rename { x = "y" } end, "two columns 'x'")
  t.raises("column-twice", function() df:rename { a = "x", b = "x" } end)
  t.raises("unknown-column", function() df:rename { a = "gg" } end)
  t.raises("wrong-type", function() df:rename { a = 1 } end)
end)

t.test("a note says what was kept", function()
  local script = t.file "df = frame{x = {1, NA, 3}}\ny = df:filter(\"x > 1\")\n"
  local pipe = io.popen(("'%s' -i -q --no-rc <'%s' 2>&1"):format(t.program, script))
  local text = pipe:read "a"
  pipe:close()
  t.has(text, "kept 1 of 3 rows; for 1 the condition is missing")
end)

t.test("functions by the names they have elsewhere", function()
  for name, here in pairs { cumsum = "cumulative_sum", avg = "mean", std = "sd", nunique = "distinct", ifelse = "if",
    ffill = "fill_down", weighted_mean = "wmean", strftime = "format_date", n = "count", day_of_year = "yearday" } do
    t.raises("unknown-function", function() df:mutate("z = " .. name .. "(x)") end, "did you mean " .. here .. "?")
    local _, complaint = pcall(df.mutate, df, "z = " .. here .. "(1, 2, 3, 4, 5, 6, 7)")
    t.lacks(tostring(complaint), "there is no function", here)
  end
  t.raises("unknown-function", function() df:filter "is_na(x)" end, "did you mean x is missing?")
end)

t.test("a list is no column", function()
  t.raises("wrong-type", function() df:mutate { z = { 1, 2, 3 } } end, "'z' cannot be a list", 'frame{{"z"')
end)

t.done()
