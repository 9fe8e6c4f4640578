-- SPDX-License-Identifier: GPL-3.0-or-later
-- Frames: made from Lua tables, looked at, cut, described.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

t.test("frame{name = list} makes columns in byte order of the names", function()
  local df = frame { b = { 1, 2 }, a = { "x", "y" }, C = { true, false }, a1 = { 1.5, 2 } }
  t.eq(t.names(df), { "C", "a", "a1", "b" })
  t.eq(#df, 2)
end)

t.test("frame{{name, list}, ...} makes columns in the order given", function()
  local df = frame { { "z", { 1 } }, { "a", { 2 } }, { "m", { 3 } } }
  t.eq(t.names(df), { "z", "a", "m" })
  t.eq(df:row(1), { z = 1, a = 2, m = 3 })
end)

t.test("cells give the type of their column", function()
  local df = frame {
    { "whole", { 1, -2, math.maxinteger } },
    { "real", { 1.5, 2.0, -0.0 } },
    { "mixed", { 1, 2.5, 3 } },
    { "flag", { true, false, true } },
    { "text", { "a", "", "a b" } },
    { "set", { { "b", "a" }, {}, { "c" } } },
  }
  t.eq(t.types(df), { "int64", "float64", "float64", "bool", "string", "set" })
  t.eq(t.cells(df.whole), { 1, -2, math.maxinteger })
  t.eq(t.cells(df.real), { 1.5, 2.0, -0.0 })
  t.eq(t.cells(df.mixed), { 1.0, 2.5, 3.0 })
  t.eq(t.cells(df.flag), { true, false, true })
  t.eq(t.cells(df.text), { "a", "", "a b" })
end)

t.test("NA is missing in every type and comes back as NA", function()
  local df = frame {
    { "whole", { 1, NA } },
    { "real", { NA, 1.5 } },
    { "flag", { NA, true } },
    { "text", { "a", NA } },
    { "set", { NA, { "a" } } },
    { "none", { NA, NA } },
  }
  t.eq(t.types(df), { "int64", "float64", "bool", "string", "set", "string" })
  t.eq(t.cells(df.whole), { 1, NA })
  t.eq(t.cells(df.real), { NA, 1.5 })
  t.eq(t.cells(df.flag), { NA, true })
  t.eq(t.cells(df.text), { "a", NA })
  t.eq(t.cells(df.set), { NA, { "a" } })
  t.eq(t.cells(df.none), { NA, NA })
  t.eq(t.cells(df:schema().missing), { 1, 1, 1, 1, 1, 2 })
  t.ok(df.whole[2] == NA and df.whole[1] ~= NA)
end)

t.test("NaN and infinities are values, not missing", function()
  local df = frame { x = { t.nan, 1 / 0, -1 / 0, 0.0 } }
  t.eq(t.cells(df.x), { t.nan, 1 / 0, -1 / 0, 0.0 })
  t.eq(df:schema().missing[1], 0)
end)

t.test("an item given twice is in a set once", function()
  local df = frame { s = { { "milk", "bread", "milk" }, {}, { "tea" } } }
  local first = df.s[1]
  table.sort(first)
  t.eq(first, { "bread", "milk" })
  t.eq(df.s[2], {})
end)

t.test("names and texts are UTF-8", function()
  local df = frame { ["客户"] = { "é", "e\u{301}", "👍" }, ["Unit Price"] = { 1, 2, 3 } }
  t.eq(t.names(df), { "Unit Price", "客户" })
  t.eq(t.cells(df["客户"]), { "é", "e\u{301}", "👍" })
  t.eq(t.cells(df["Unit Price"]), { 1, 2, 3 })
  for _, bad in ipairs { "\xff", "a\xc3", "\xed\xa0\x80", "a\0b" } do
    t.ok(not pcall(frame, { x = { bad } }), "text " .. t.show(bad))
  end
  t.ok(not pcall(frame, { ["\xff"] = { 1 } }), "a name")
  t.ok(not pcall(frame, { [""] = { 1 } }), "an empty name")
end)

t.test("cells of different types are an error that names column and cell", function()
  t.raises("wrong-type", function() frame { amount = { 1, 2, "3" } } end, "'amount'", "cell 3")
  t.raises("wrong-type", function() frame { x = { "a", 1 } } end, "'x'", "cell 2")
  t.raises("wrong-type", function() frame { x = { true, 1 } } end, "'x'", "cell 2")
  t.raises("wrong-type", function() frame { x = { NA, 1, { "a" } } } end, "'x'", "cell 3")
  t.raises("wrong-type", function() frame { x = { print } } end, "'x'", "cell 1")
  t.raises("wrong-type", function() frame { x = { 1, nil, 3 } } end, "'x'", "cell 2")
  t.raises("wrong-type", function() frame { x = { { "a", print } } } end, "'x'", "cell 1")
  t.raises("wrong-type", function() frame { x = { { "a", NA } } } end, "'x'", "cell 1")
end)

t.test("what is no table of columns is an error", function()
  t.raises("wrong-type", function() frame { x = 5 } end, "'x'")
  t.raises("wrong-type", function() frame { { "x" } } end)
  t.raises("wrong-type", function() frame { { 1, { 2 } } } end)
  t.raises("wrong-type", function() frame { 1, 2 } end)
  t.raises("wrong-type", function() frame { [true] = { 1 } } end)
  t.raises("wrong-type", function() frame { { "x", { 1 } }, y = { 2 } } end, "y")
  t.raises_text("table expected", function() frame(5) end)
  t.ok(not pcall(frame, { a = { 1, 2 }, b = { 1 } }), "lengths that differ")
  t.ok(not pcall(frame, { { "a", { 1 } }, { "a", { 2 } } }), "a name twice")
end)

t.test("a frame may have no rows, or no columns", function()
  local none = frame { x = {}, y = {} }
  t.eq(#none, 0)
  t.eq(t.names(none), { "x", "y" })
  t.eq(#frame {}, 0)
  t.eq(t.names(frame {}), {})
  t.eq(#none:head(3), 0)
  t.eq(t.cells(none:schema().name), { "x", "y" })
  t.raises("out-of-range", function() none:row(1) end)
end)

t.test("loops over a column see every cell, missing ones too", function()
  local df = frame { { "x", { 1, NA, 3 } }, { "w", { "a", "b", NA } } }
  for _, loop in ipairs { pairs, ipairs } do
    local seen = {}
    for i, v in loop(df.x) do seen[#seen + 1] = i .. "=" .. tostring(v) end
    t.eq(table.concat(seen, " "), "1=1 2=NA 3=3")
    seen = {}
    for i, v in loop(df.w) do seen[#seen + 1] = i .. "=" .. tostring(v) end
    t.eq(table.concat(seen, " "), "1=a 2=b 3=NA")
    for _ in loop(frame { x = {} }.x) do t.ok(false) end
  end
  t.eq(df.x[4], nil)
  t.raises("out-of-range", function() return df.x[5] end, "row 5 is outside 1..3")
  t.raises("out-of-range", function() return df.x[0] end)
end)

t.test("columns go from frame to frame", function()
  local df = frame { a = { 1, 2, 3 }, b = { "x", "y", "z" } }
  local other = frame { { "second", df.b }, { "first", df:col "a" }, { "more", { 1.5, 2.5, 3.5 } } }
  t.eq(t.content(other), {
    { "second", "first", "more" },
    second = { "x", "y", "z" },
    first = { 1, 2, 3 },
    more = { 1.5, 2.5, 3.5 },
  })
end)

t.test("a frame is never changed", function()
  local df = frame { x = { 1 } }
  t.raises("not-supported", function() df.x = { 2 } end, "'x'")
  t.raises("not-supported", function() df.y = { 2 } end, "'y'")
  t.ok(not pcall(function() df.x[1] = 5 end))
  t.eq(df.x[1], 1)
end)

t.test("an unknown column or verb names the nearest", function()
  local df = frame { spend = { 1 }, age = { 2 } }
  t.raises("unknown-column", function() return df.spent end, "'spent'", "'spend'")
  t.raises("unknown-column", function() return df:descibe() end, "df:describe(")
  t.raises("unknown-column", function() return df:col "Age" end, "'age'")
  t.raises("wrong-type", function() return df[1] end, "df:row(1)", "df.x[1]")
end)

t.test("select: strings, a list, the array part of the one table", function()
  local df = frame { a = { 1 }, b = { 2 }, c = { 3 } }
  t.eq(t.names(df:select("c", "a")), { "c", "a" })
  t.eq(t.names(df:select { "c", "a" }), { "c", "a" })
  t.eq(t.names(df:select("b")), { "b" })
  t.eq(t.names(df:select { columns = { "b", "a" } }), { "b", "a" })
  t.eq(t.names(df:select { columns = "b" }), { "b" })
  t.eq(t.names(frame.select(df, "a", "b")), { "a", "b" })
  t.raises("column-twice", function() df:select("a", "a") end, "'a'")
  t.raises("unknown-column", function() df:select("a", "d") end, "'d'")
  t.raises("wrong-type", function() df:select("a", 2) end)
  t.raises("missing-option", function() df:select() end, "columns")
  t.raises("missing-option", function() df:select {} end, "columns")
end)

t.test("head and tail", function()
  local df = frame { x = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } }
  t.eq(t.cells(df:head(3).x), { 1, 2, 3 })
  t.eq(t.cells(df:tail(3).x), { 10, 11, 12 })
  t.eq(#df:head(), 10)
  t.eq(#df:tail(), 10)
  t.eq(#df:head(0), 0)
  t.eq(#df:head(99), 12)
  t.eq(t.cells(df:tail(99).x), t.cells(df.x))
  t.eq(#df:head { n = 2 }, 2)
  t.eq(t.cells(df:tail(5):head(2).x), { 8, 9 })
  t.raises("out-of-range", function() df:head(-1) end, "'n'", "-1")
  t.raises("wrong-type", function() df:head "3" end, "'n'", '"3"')
  t.raises("wrong-type", function() df:head(2.5) end, "'n'", "2.5")
  t.eq(#df:head(2.0), 2)
end)

t.test("row and rows", function()
  local df = frame { { "x", { 1, NA } }, { "y", { "a", "b" } }, { "s", { { "p" }, {} } } }
  t.eq(df:row(1), { x = 1, y = "a", s = { "p" } })
  t.eq(df:row(2), { x = NA, y = "b", s = {} })
  t.raises("out-of-range", function() df:row(0) end, "1..2")
  t.raises("out-of-range", function() df:row(3) end, "1..2")
  t.raises("out-of-range", function() df:row(-1) end)
  t.raises("wrong-type", function() df:row "1" end)
  local seen = {}
  for i, row in df:rows() do
    seen[i] = row
  end
  t.eq(seen, { df:row(1), df:row(2) })
  for _ in frame({ x = {} }):rows() do
    error "a row of none"
  end
end)

t.test("pairs goes through the columns in order", function()
  local df = frame { { "b", { 1 } }, { "a", { 2 } } }
  local names, cells = {}, {}
  for name, column in pairs(df) do
    names[#names + 1] = name
    cells[#cells + 1] = column[1]
  end
  t.eq(names, { "b", "a" })
  t.eq(cells, { 1, 2 })
end)

t.test("schema: name type missing distinct levels", function()
  local sets = { { "a", "b" }, { "a" }, { "a" } }
  local df = frame { { "x", { 1, 1, NA } }, { "t", { "a", "b", "b" } }, { "s", sets } }
  t.eq(t.content(df:schema()), {
    { "name", "type", "missing", "distinct", "levels" },
    name = { "x", "t", "s" },
    type = { "int64", "string", "set" },
    missing = { 1, 0, 0 },
    distinct = { 1, 2, 2 },
    levels = { NA, NA, 2 },
  })
end)

t.test("describe: figures as worked out by hand, quartiles of type 7", function()
  local d = frame({ { "x", { 4, 1, 3, 2, NA } }, { "t", { "a", "b", "a", NA, "a" } } }):describe()
  local names = "name type n missing distinct mean sd min q25 median q75 max"
  t.eq(table.concat(t.names(d), " "), names)
  t.eq(t.cells(d.n), { 4, 4 })
  t.eq(t.cells(d.missing), { 1, 1 })
  t.eq(t.cells(d.distinct), { 4, 2 })
  t.eq(d.mean[1], 2.5)
  t.near(d.sd[1], math.sqrt(5 / 3), 1e-15)
  t.eq({ d.min[1], d.q25[1], d.median[1], d.q75[1], d.max[1] }, { 1.0, 1.75, 2.5, 3.25, 4.0 })
  t.eq({ d.mean[2], d.sd[2], d.min[2], d.max[2] }, { NA, NA, NA, NA })
end)

t.test("a frame shows itself as a table and prints the same", function()
  local df = frame { { "x", { 1, 22 } }, { "客户", { "a", NA } } }
  local text = tostring(df)
  for _, wanted in ipairs { "x", "客户", "int64", "22", "NA", "2 rows" } do
    t.has(text, wanted)
  end
end)

t.test("what is kept of a frame lives on when the frame is gone", function()
  local column, row, half
  do
    local df = frame { x = { 1, 2, 3 }, t = { "a", "b", "c" } }
    column, row, half = df.t, df:row(2), df:tail(2)
  end
  for _ = 1, 3 do
    collectgarbage()
  end
  t.eq(t.cells(column), { "a", "b", "c" })
  t.eq(row, { x = 2, t = "b" })
  t.eq(t.cells(half.x), { 2, 3 })
end)

t.test("many rows", function()
  local x, s = {}, {}
  for i = 1, 100000 do
    x[i], s[i] = i, "t" .. i % 1000
  end
  local df = frame { x = x, s = s }
  t.eq(#df, 100000)
  t.eq(df.x[99999], 99999)
  t.eq(df.s[100000], "t0")
  t.eq(t.cells(df:schema().distinct), { 1000, 100000 })
end)

t.done()
