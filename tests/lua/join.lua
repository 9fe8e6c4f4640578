-- SPDX-License-Identifier: GPL-3.0-or-later
-- join: figures from R, the ways of naming keys, and every refusal.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

-- R 4.2.2: merge(x, y, by = "k", all.x = , all.y = , incomparables = NA), in the order of a, then b.
local x = frame { { "k", { 1, 2, 2, 4, NA } }, { "a", { 10, 20, 30, 40, 50 } } }
local y = frame { { "k", { 2, 2, 3, 4, NA } }, { "b", { 5, 6, 7, 8, 9 } } }

local function columns(df)
  return { t.cells(df.k), t.cells(df.a), t.cells(df.b) }
end

t.test("inner, left, right and full as R's merge", function()
  t.eq(columns(x:join(y, { on = "k" })), { { 2, 2, 2, 2, 4 }, { 20, 20, 30, 30, 40 }, { 5, 6, 5, 6, 8 } })
  t.eq(columns(x:join(y, { on = "k", how = "left" })),
    { { 1, 2, 2, 2, 2, 4, NA }, { 10, 20, 20, 30, 30, 40, 50 }, { NA, 5, 6, 5, 6, 8, NA } })
  t.eq(columns(x:join(y, { on = "k", how = "right" })),
    { { 2, 2, 2, 2, 4, 3, NA }, { 20, 20, 30, 30, 40, NA, NA }, { 5, 6, 5, 6, 8, 7, 9 } })
  t.eq(columns(x:join(y, { on = "k", how = "full" })),
    { { 1, 2, 2, 2, 2, 4, NA, 3, NA }, { 10, 20, 20, 30, 30, 40, 50, NA, NA },
      { NA, 5, 6, 5, 6, 8, NA, 7, 9 } })
  t.eq(columns(x:join(y, { on = "k", missing = "match" })),
    { { 2, 2, 2, 2, 4, NA }, { 20, 20, 30, 30, 40, 50 }, { 5, 6, 5, 6, 8, 9 } })
end)

t.test("semi and anti keep left rows once and add no column", function()
  t.eq(t.content(x:join(y, { on = "k", how = "semi" })),
    { { "k", "a" }, k = { 2, 2, 4 }, a = { 20, 30, 40 } })
  t.eq(t.content(x:join(y, { on = "k", how = "anti" })), { { "k", "a" }, k = { 1, NA }, a = { 10, 50 } })
end)

t.test("cross pairs every row with every row", function()
  local c = x:head(2):join(y:head(3), { how = "cross" })
  t.eq(t.content(c), { { "k", "a", "k_right", "b" }, k = { 1, 1, 1, 2, 2, 2 }, a = { 10, 10, 10, 20, 20, 20 },
    k_right = { 2, 2, 3, 2, 2, 3 }, b = { 5, 6, 7, 5, 6, 7 } })
end)

t.test("keys under other names, several keys, and a suffix", function()
  local left = frame { { "id", { 7, 8, 7 } }, { "year", { 1, 1, 2 } }, { "v", { 1, 2, 3 } } }
  local right = frame { { "year", { 1, 2 } }, { "customer", { 7, 7 } }, { "v", { 4, 5 } } }
  local c = left:join(right, { on = { id = "customer", year = "year" }, how = "left", suffix = "_2" })
  t.eq(t.content(c), { { "id", "year", "v", "v_2" }, id = { 7, 8, 7 }, year = { 1, 1, 2 },
    v = { 1, 2, 3 }, v_2 = { 4, NA, 5 } })
  t.eq(t.names(left:join(right, { on = { "year", "v" } })), { "id", "year", "v", "customer" })
end)

t.test("keys of a full join take the type that holds both", function()
  local left = frame { { "k", { 1, 2 } } }
  local right = frame { { "k", { 2.0, 2.5 } }, { "r", { "a", "b" } } }
  t.eq(t.cells(left:join(right, { on = "k", how = "full" }).k), { 1.0, 2.0, 2.5 })
  t.eq(t.cells(left:join(right, { on = "k", how = "left" }).k), { 1, 2 })
end)

t.test("a left frame whose rows all stay keeps its columns, roles and levels", function()
  local df = read "datasets/iris/iris.csv"
  local names = frame { { "species", { "setosa", "virginica", "versicolor" } }, { "n", { 1, 2, 3 } } }
  local c = df:join(names, { on = "species", expect = "many-to-one" })
  t.same_frame(c:select "sepal_length", df:select "sepal_length")
  t.eq(t.types(c), { "float64", "float64", "float64", "float64", "category", "int64" })
  t.eq({ c.n[1], c.n[51], c.n[150] }, { 1, 3, 2 })
end)

-- data.table 1.14.8: q[t, on = .(k, at), roll = TRUE], -Inf and "nearest"; quotes of a feed and trades.
local q = frame { { "k", { "G", "M", "M", "M", "G", "A", "G", "M" } },
  { "at", { 23, 23, 30, 41, 48, 49, 72, 75 } },
  { "bid", { 720.5, 51.95, 51.97, 51.99, 720.5, 97.99, 720.5, 52.01 } } }
local trades = frame { { "k", { "M", "M", "G", "G", "A" } }, { "at", { 23, 38, 48, 48, 48 } } }

t.test("as of a time, as data.table rolls", function()
  t.eq(t.cells(trades:join(q, { on = "k", asof = "at" }).bid), { 51.95, 51.97, 720.5, 720.5, NA })
  t.eq(t.cells(trades:join(q, { on = "k", asof = "at", direction = "forward" }).bid),
    { 51.95, 51.99, 720.5, 720.5, 97.99 })
  t.eq(t.cells(trades:join(q, { on = "k", asof = "at", direction = "nearest" }).bid),
    { 51.95, 51.99, 720.5, 720.5, 97.99 })
  t.eq(t.names(trades:join(q, { on = "k", asof = "at" })), { "k", "at", "at_right", "bid" })
end)

-- The same package: roll = TRUE, -Inf, "nearest", 2, -2.
t.test("tolerance, in units and in days", function()
  local l = read(t.file "d\n2024-01-01\n2024-01-05\n2024-01-10\n2024-03-01\n")
  local r = read(t.file "on,b\n2024-01-02,10\n2024-01-03,20\n2024-01-06,30\n2024-02-28,40\n")
  local function b(options)
    options.asof = { d = "on" }
    return t.cells(l:join(r, options).b)
  end
  t.eq(b {}, { NA, 20, 30, 40 })
  t.eq(b { direction = "forward" }, { 10, 30, 40, NA })
  t.eq(b { direction = "nearest" }, { 10, 30, 30, 40 })
  t.eq(b { tolerance = "2 days" }, { NA, 20, NA, 40 })
  t.eq(b { tolerance = "48 hours", direction = "forward" }, { 10, 30, NA, NA })
  t.eq(b { tolerance = "2 days", how = "inner" }, { 20, 40 })
  t.eq(t.cells(trades:join(q, { on = "k", asof = "at", tolerance = 7.5 }).bid),
    { 51.95, NA, 720.5, 720.5, NA })
end)

t.test("refusals", function()
  local text = frame { { "k", { "a" } }, { "s", { "b" } } }
  t.raises("missing-option", function() x:join(y) end, "both frames have k")
  t.raises("missing-option", function() x:join(y, { on = {} }) end)
  t.raises("missing-option", function() x:join() end)
  t.raises("unknown-column", function() x:join(y, { on = "key" }) end, "'key'")
  t.raises("unknown-column", function() x:join(y, { on = { k = "bb" } }) end, "'bb'")
  t.raises("join-types", function()
    x:join(text, { on = "k" })
  end, "'k' is int64 on the left", "string on the right", "cast")
  t.raises("join-expect", function()
    x:join(y, { on = "k", expect = "one-to-one" })
  end, "k = 2 stands in 2 rows of the left")
  t.raises("join-expect", function()
    x:join(y, { on = "k", expect = "many-to-one" })
  end, "k = 2 stands in 2 rows of the right")
  t.raises("join-expect", function() x:join(y, { on = "k", expect = "one-to-many" }) end, "left frame")
  t.raises("wrong-type", function() x:join(y, { on = 3 }) end, "names of columns, not 3")
  t.raises("column-twice", function() x:join(y, { on = { "k", "k" } }) end)
  t.raises("name-clash", function()
    x:join(frame { { "k", { 1 } }, { "a", { 1 } }, { "a_right", { 2 } } }, { on = "k" })
  end, "suffix")
  t.raises("option-without-use", function() x:join(y, { on = "k", how = "cross" }) end)
  t.raises("option-without-use", function() x:join(y, { on = "k", tolerance = 3 }) end, "asof")
  t.raises("option-without-use", function() x:join(y, { on = "k", direction = "forward" }) end, "asof")
  t.raises("join-asof", function() trades:join(q, { asof = "at", how = "full" }) end, "left or inner")
  t.raises("join-asof", function()
    trades:join(q, { asof = { at = "k" } })
  end, "int64 on the left", "string on the right")
  t.raises("wrong-type", function() trades:join(q, { asof = "at", tolerance = "2 days" }) end, "tolerance")
  t.raises("option-without-use", function() trades:join(q, { asof = "at", expect = "one-to-one" }) end)
  local times = read(t.file "at\n2024-01-01\n")
  t.raises("wrong-type", function() times:join(times, { asof = "at", tolerance = 2 }) end, "7 days")
  t.raises("wrong-type", function() times:join(times, { asof = "at", tolerance = "1 month" }) end, "7 days")
  t.raises("bad-span", function()
    times:join(times, { asof = "at", tolerance = "2 fortnights" })
  end, "units are")
end)

t.test("expect lets what it allows pass", function()
  local once = frame { { "k", { 1, 2, 3 } }, { "b", { 1, 2, 3 } } }
  t.eq(#x:join(once, { on = "k", expect = "many-to-one" }), 3)
  t.eq(#once:join(x, { on = "k", expect = "one-to-many" }), 3)
  t.eq(#once:join(once, { on = "k", expect = "one-to-one" }), 3)
end)

-- A slice shares the texts of the column it is from; they count by the rows it has.
t.test("the room a join needs does not grow with the frame that head was taken of", function()
  local code = [[
    local big = frame { { "k", { 1, 2, 3, 4 } }, { "s", { ("x"):rep(64), "b", "c", "d" } } }:cast { s = "string" }
    for _ = 1, 14 do big = big:append(big) end
    print(#big:join(big:head(4), { on = "k" }))]]
  local out, complaints, status = t.run { "--memory", "64M", "-e", code }
  t.eq(out, "65536\n", complaints)
  t.eq(status, 0)
end)

t.done()
