-- SPDX-License-Identifier: GPL-3.0-or-later
-- Columns: cells, comparisons, & | ~, operators that cannot work, missing values.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

t.test("cells by number from 1", function()
  local df = frame { x = { 10, 20, 30 } }
  t.eq(df.x[1], 10)
  t.eq(df.x[3], 30)
  t.eq(df.x[6 / 2], 30)
  t.eq(#df.x, 3)
end)

t.test("an index outside 1..n + 1 is an error, and n + 1 ends ipairs", function()
  local x = frame({ x = { 10, 20, 30 } }).x
  for _, index in ipairs { 0, 5, -1, math.maxinteger, math.mininteger } do
    t.raises("out-of-range", function() return x[index] end, "1..3", tostring(index))
  end
  t.eq(x[4], nil)
  t.raises("out-of-range", function() return frame({ x = {} }).x[2] end, "1..0")
  t.raises("unknown-name", function() return x[1.5] end, "1.5")
  t.raises("unknown-name", function() return x.gtt end, "gtt", "gt ge lt le eq ne")
  t.raises("unknown-name", function() return x[true] end)
end)

t.test("cells of a CSV file: numbers, booleans, texts, ISO times", function()
  local df = read(t.file "n,r,b,t,d,w\n1,1.5,true,a,2024-02-29,2024-02-29 13:05:00\n2,,false,b,,\n")
  t.eq(t.types(df), { "int64", "float64", "bool", "category", "timestamp", "timestamp" })
  t.eq(df:row(1), { n = 1, r = 1.5, b = true, t = "a", d = "2024-02-29", w = "2024-02-29 13:05:00" })
  t.eq(df:row(2), { n = 2, r = NA, b = false, t = "b", d = NA, w = NA })
end)

-- What each comparison must give for a column beside a value, cell by cell.
local function compare(column, value, want)
  for name, cells in pairs(want) do
    local result = column[name](column, value)
    t.eq(t.cells(result), cells, name .. " " .. t.show(value))
  end
end

local yes, no = true, false

t.test("gt ge lt le eq ne with a number", function()
  local whole = frame({ x = { 1, 2, 3, NA } }).x
  local want = {
    gt = { no, no, yes, NA },
    ge = { no, yes, yes, NA },
    lt = { yes, no, no, NA },
    le = { yes, yes, no, NA },
    eq = { no, yes, no, NA },
    ne = { yes, no, yes, NA },
  }
  compare(whole, 2, want)
  compare(whole, 2.0, want)
  compare(frame({ x = { 1.0, 2.0, 3.0, NA } }).x, 2, want)
  compare(whole, 2.5, { gt = { no, no, yes, NA }, eq = { no, no, no, NA } })
end)

t.test("whole numbers are compared as they are", function()
  local big = 2 ^ 53 | 0
  local x = frame({ x = { big, big + 1 } }).x
  compare(x, big, { eq = { yes, no }, gt = { no, yes }, le = { yes, no } })
  compare(x, big + 1, { eq = { no, yes }, lt = { yes, no } })
end)

t.test("NaN is unequal to everything and in no order", function()
  local x = frame({ x = { t.nan, 1.0, 1 / 0 } }).x
  compare(x, 1, {
    gt = { no, no, yes }, ge = { no, yes, yes }, lt = { no, no, no }, le = { no, yes, no },
    eq = { no, yes, no }, ne = { yes, no, yes },
  })
  compare(x, t.nan, { eq = { no, no, no }, ne = { yes, yes, yes }, lt = { no, no, no } })
end)

t.test("texts compare by bytes, booleans false before true", function()
  compare(frame({ x = { "a", "b", "", NA, "é" } }).x, "b", {
    gt = { no, no, no, NA, yes },
    le = { yes, yes, yes, NA, no },
    eq = { no, yes, no, NA, no },
    ne = { yes, no, yes, NA, yes },
  })
  compare(frame({ x = { true, false, NA } }).x, true, { eq = { yes, no, NA }, lt = { no, yes, NA } })
  local days = read(t.file "d\n2024-01-31\n2024-02-01\n").d
  compare(days, "2024-02-01", { lt = { yes, no }, eq = { no, yes } })
end)

t.test("a column beside a column", function()
  local df = frame { { "a", { 1, 5, NA, 2 } }, { "b", { 2.0, 4.0, 1.0, NA } } }
  compare(df.a, df.b, { lt = { yes, no, NA, NA }, ne = { yes, yes, NA, NA } })
  t.raises("wrong-type", function() return df.a:gt(frame({ x = { 1 } }).x) end, "4", "1 rows")
end)

t.test("comparing with NA is unknown everywhere", function()
  local x = frame({ x = { 1, 2 } }).x
  for _, name in ipairs { "gt", "ge", "lt", "le", "eq", "ne" } do
    t.eq(t.cells(x[name](x, NA)), { NA, NA }, name)
  end
end)

t.test("values that cannot be compared are an error, whichever rows are missing", function()
  local df = frame { n = { 1, 2 }, s = { "a", "b" }, b = { true, NA }, gone = { NA, 1 } }
  t.raises("wrong-type", function() return df.n:gt "1" end, "int64", '"1"')
  t.raises("wrong-type", function() return df.s:eq(1) end, "string", "1")
  t.raises("wrong-type", function() return df.b:eq(1) end, "bool")
  t.raises("wrong-type", function() return df.n:eq(true) end, "int64", "true")
  t.raises("wrong-type", function() return df.gone:eq "x" end, "int64")
  t.raises("wrong-type", function() return df.n:eq { value = { 1, 2 } } end)
  t.raises("too-many-arguments", function() return df.n:eq { 1, 2 } end)
  t.raises("wrong-type", function() return df.n:eq(print) end)
  t.raises("missing-option", function() return df.n:gt() end, "value")
end)

-- Kleene's tables, every pair once, with the operands both ways.
t.test("& | ~ follow Kleene", function()
  local states = { false, true, NA }
  local a, b = {}, {}
  for _, x in ipairs(states) do
    for _, y in ipairs(states) do
      a[#a + 1], b[#b + 1] = x, y
    end
  end
  local df = frame { a = a, b = b }
  local both, either = t.cells(df.a & df.b), t.cells(df.a | df.b)
  t.eq(both, { no, no, no, no, yes, NA, no, NA, NA })
  t.eq(either, { no, yes, NA, yes, yes, yes, NA, yes, NA })
  t.eq(t.cells(df.b & df.a), both)
  t.eq(t.cells(df.b | df.a), either)
  t.eq(t.cells(~frame({ x = states }).x), { yes, no, NA })
end)

t.test("& | ~ bind so that conditions read well", function()
  local df = frame { spend = { 50, 150, 150 }, city = { "A", "A", "B" } }
  t.eq(t.cells(df.spend:gt(100) & df.city:eq "A"), { no, yes, no })
  t.eq(t.cells(~df.spend:gt(100) | df.city:eq "B"), { yes, no, yes })
end)

t.test("& | ~ take bool columns of one length only", function()
  local df = frame { x = { 1 }, f = { true }, s = { "a" } }
  t.raises("wrong-type", function() return df.x & df.f end, "bool", "df.x:gt(100)")
  t.raises("wrong-type", function() return df.f | df.s end)
  t.raises("wrong-type", function() return ~df.x end)
  t.raises("wrong-type", function() return df.f & true end)
  t.raises("wrong-type", function() return 1 | df.f end)
  t.raises("wrong-type", function() return df.f & frame({ y = { true, false } }).y end, "lengths")
end)

t.test("< and == on columns raise and show what to write", function()
  local df = frame { x = { 1 }, y = { 2 } }
  for _, f in ipairs {
    function() return df.x > 100 end, function() return df.x < 100 end, function() return df.x >= 100 end,
    function() return df.x <= 100 end, function() return 100 < df.x end, function() return df.x < df.y end,
    function() return df.x > "a" end,
  } do
    t.raises("use-methods", f, "df.x:gt(100)", "df.x:lt(100)", "df.x > 100", "df.x < 100")
  end
  t.raises("use-methods", function() return df.x == df.y end, "df.x:eq(")
  t.raises("use-methods", function() return df.x ~= df.y end, "df.x:eq(")
  t.raises("use-methods", function() return df.x == NA end, "df.x:eq(")
end)

t.test("arithmetic on columns is an error, not a number", function()
  local x = frame({ x = { 1 } }).x
  for _, f in ipairs {
    function() return x + 1 end, function() return -x end, function() return 2 * x end,
    function() return x .. "a" end, function() return x // 2 end,
  } do
    t.ok(not pcall(f))
  end
end)

t.test("a column wins over the verb of its name, which can still be called", function()
  local df = frame { { "head", { 7, 8, 9 } }, { "schema", { "a", "b", "c" } }, { "x", { 1, 2, 3 } } }
  t.eq(df.head[1], 7)
  t.eq(t.cells(df:head(2).head), { 7, 8 })
  t.eq(#df:head { n = 1 }, 1)
  t.eq(t.cells(df:schema().name), { "head", "schema", "x" })
  t.eq(t.cells(df.head:gt(7)), { no, yes, yes })
  t.eq(t.cells(frame.head(df, 1).x), { 1 })
  t.eq(df:col("schema")[2], "b")
  t.raises("not-supported", function() df:x(1) end, "cannot be called")
  t.raises("not-supported", function() df.head(2) end)
  t.raises("not-supported", function() df:col "head"(df, 1) end)
end)

t.test("NA: equal to itself only, unusable in arithmetic and order", function()
  t.ok(NA == NA)
  t.ok(NA ~= 0 and NA ~= "NA" and NA ~= false)
  t.ok(NA ~= nil)
  t.eq(tostring(NA), "NA")
  for name, f in pairs {
    add = function() return NA + 1 end, sub = function() return 1 - NA end,
    mul = function() return NA * NA end, div = function() return NA / 2 end,
    mod = function() return NA % 2 end, pow = function() return NA ^ 2 end,
    minus = function() return -NA end, idiv = function() return 7 // NA end,
    less = function() return NA < 1 end, least = function() return 1 <= NA end,
    order = function() return NA < NA end, join = function() return NA .. "x" end,
    index = function() return NA.x end, call = function() return NA() end,
    length = function() return #NA end, band = function() return NA & 1 end,
    bor = function() return 1 | NA end, bxor = function() return NA ~ 1 end,
    shl = function() return NA << 1 end, shr = function() return NA >> 1 end,
    bnot = function() return ~NA end,
  } do
    local fine, e = pcall(f)
    t.ok(not fine and type(e) == "userdata" and e.id == "missing-values", name)
    t.has(e.hint, name == "call" and "without brackets" or "x == NA", name)
  end
end)

t.done()
