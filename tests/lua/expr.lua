-- SPDX-License-Identifier: GPL-3.0-or-later
-- The expression language: values, missing cells, types, functions.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local yes, no = true, false
local df = frame {
  { "i", { 7, -7, NA, 0 } },
  { "j", { 2, 2, 2, -3 } },
  { "x", { 0.5, -1.5, 2.0, NA } },
  { "s", { "a", "b", "", NA } },
  { "b", { yes, no, NA, yes } },
  { "basket", { { "milk", "bread" }, {}, NA, { "bread" } } },
  { "Unit Price", { 1, 2, 3, 4 } },
}

local function cells(expression, parameters, data)
  local options = { expression }
  for name, value in pairs(parameters or {}) do
    options[name] = value
  end
  return t.cells((data or df):compute(options))
end

local function all(table_of_cases)
  for _, case in ipairs(table_of_cases) do
    t.eq(cells(case[1]), case[2], case[1])
  end
end

t.test("arithmetic of whole numbers stays whole", function()
  all {
    { "i + j", { 9, -5, NA, -3 } }, { "i - j", { 5, -9, NA, 3 } }, { "i * j", { 14, -14, NA, 0 } },
    { "i // j", { 3, -4, NA, 0 } }, { "i % j", { 1, 1, NA, 0 } }, { "-i", { -7, 7, NA, 0 } },
    { "5 // -3", { -2, -2, -2, -2 } }, { "5 % -3", { -1, -1, -1, -1 } }, { "+i", { 7, -7, NA, 0 } },
    { "i / 2", { 3.5, -3.5, NA, 0.0 } }, { "j ^ 2", { 4.0, 4.0, 4.0, 9.0 } },
  }
end)

t.test("real numbers, and mixtures", function()
  all {
    { "x + 1", { 1.5, -0.5, 3.0, NA } }, { "i + x", { 7.5, -8.5, NA, NA } },
    { "x // 1", { 0.0, -2.0, 2.0, NA } },
    { "x % 1", { 0.5, 0.5, 0.0, NA } }, { "x / 0", { 1 / 0, -1 / 0, 1 / 0, NA } },
    { "2 ^ 3 ^ 2", { 512.0, 512.0, 512.0, 512.0 } },
    { "-2 ^ 2", { -4.0, -4.0, -4.0, -4.0 } }, { "2 ^ -1", { 0.5, 0.5, 0.5, 0.5 } },
    { "2 + 3 * 4 - 1", { 13, 13, 13, 13 } },
    { "(2 + 3) * 4", { 20, 20, 20, 20 } }, { "1e3", { 1000.0, 1000.0, 1000.0, 1000.0 } },
    { ".5", { 0.5, 0.5, 0.5, 0.5 } },
  }
end)

-- Python 3.11: -5.5 % 2, 5.5 % -2, -5.5 // 2, 1 % 0.1, 1 // 0.1; R 4.2 agrees.
t.test("// and % of real numbers round down", function()
  all {
    { "-5.5 % 2", { 0.5, 0.5, 0.5, 0.5 } }, { "5.5 % -2", { -0.5, -0.5, -0.5, -0.5 } },
    { "-5.5 // 2", { -3.0, -3.0, -3.0, -3.0 } }, { "1 // 0.1", { 9.0, 9.0, 9.0, 9.0 } },
    { "1 % 0.1", { 0.09999999999999995, 0.09999999999999995, 0.09999999999999995, 0.09999999999999995 } },
  }
end)

t.test("comparisons", function()
  all {
    { "i > 0", { yes, no, NA, no } }, { "i = 7", { yes, no, NA, no } }, { "i == 7", { yes, no, NA, no } },
    { "i != 7", { no, yes, NA, yes } }, { "i ~= 7", { no, yes, NA, yes } },
    { "x <= 0.5", { yes, yes, no, NA } },
    { "0 < x", { yes, no, yes, NA } }, { "i >= x", { yes, no, NA, NA } }, { "s < 'b'", { yes, no, yes, NA } },
    { "s = 'b'", { no, yes, no, NA } }, { "b == true", { yes, no, NA, yes } },
    { "b > false", { yes, no, NA, yes } },
    { "log(-1) == log(-1)", { no, no, no, no } }, { "log(-1) != 1", { yes, yes, yes, yes } },
    { "b == 1", { yes, no, NA, yes } },
    { "between(i, -7, 0)", { no, yes, NA, yes } }, { "'b' > s", { yes, no, yes, NA } },
  }
end)

t.test("whole and real numbers compare by their true values", function()
  local big = frame { i = { 9007199254740993, math.maxinteger, math.mininteger, -9007199254740993 } }
  t.eq(cells("i > 9007199254740992.0", nil, big), { yes, yes, no, no })
  t.eq(cells("i == 9007199254740992.0", nil, big), { no, no, no, no })
  t.eq(cells("i < 9223372036854775808.0", nil, big), { yes, yes, yes, yes })
  t.eq(cells("i >= -9223372036854775808.0", nil, big), { yes, yes, yes, yes })
  t.eq(cells("i in [9007199254740992.0, 2.5]", nil, big), { no, no, no, no })
end)

t.test("Kleene's and, or, not", function()
  local k = frame { { "a", { yes, yes, yes, no, no, no, NA, NA, NA } },
    { "b", { yes, no, NA, yes, no, NA, yes, no, NA } } }
  t.eq(cells("a and b", nil, k), { yes, no, NA, no, no, no, NA, no, NA })
  t.eq(cells("a or b", nil, k), { yes, yes, yes, yes, no, NA, yes, NA, NA })
  t.eq(cells("not a", nil, k), { no, no, no, yes, yes, yes, NA, NA, NA })
  t.eq(cells("not a == b", nil, k), { no, yes, NA, yes, no, NA, NA, NA, NA })
end)

t.test("missing", function()
  all {
    { "i is missing", { no, no, yes, no } }, { "i is not missing", { yes, yes, no, yes } },
    { "s is missing", { no, no, no, yes } },
    { "basket is missing", { no, no, yes, no } }, { "NA", { NA, NA, NA, NA } },
    { "i + NA", { NA, NA, NA, NA } },
    { "NA is missing", { yes, yes, yes, yes } }, { "false and NA", { no, no, no, no } },
    { "coalesce(i, 0)", { 7, -7, 0, 0 } },
    { "coalesce(i, x)", { 7.0, -7.0, 2.0, 0.0 } }, { "coalesce(s, 'none')", { "a", "b", "", "none" } },
    { "coalesce(NA, x, 9)", { 0.5, -1.5, 2.0, 9.0 } }, { "if(b, 1, 2)", { 1, 2, NA, 1 } },
    { "if(i > 0, 'up', NA)", { "up", NA, NA, NA } },
    { "if(i > 0, 'up', i < 0, 'down', 'flat')", { "up", "down", NA, "flat" } },
  }
end)

t.test("in", function()
  all {
    { "i in [7, 0]", { yes, no, NA, yes } }, { "i not in [7, 0]", { no, yes, NA, no } },
    { "i in [7, NA]", { yes, NA, NA, NA } },
    { "s in ['a', '']", { yes, no, yes, NA } }, { "x in [0.5, 2]", { yes, no, yes, NA } },
    { "i in [7.0, 1.5]", { yes, no, NA, no } },
    { "i in []", { no, no, NA, no } }, { "b in [true]", { yes, no, NA, yes } },
    { "'milk' in basket", { yes, no, NA, no } }, { "'milk' not in basket", { no, yes, NA, yes } },
    { "'none' in basket", { no, no, NA, no } },
    { "if(i > 0, 'milk', 'bread') in basket", { yes, no, NA, yes } }, { "size(basket)", { 2, 0, NA, 1 } },
  }
end)

t.test("names, texts and parameters", function()
  t.eq(cells "`Unit Price` * 2", { 2, 4, 6, 8 })
  t.eq(cells "'it''s'", { "it's", "it's", "it's", "it's" })
  t.eq(cells('"say ""a"""')[1], 'say "a"')
  t.eq(cells("i > $least", { least = 0 }), { yes, no, NA, no })
  t.eq(cells("s == $wanted", { wanted = "b" }), { no, yes, no, NA })
  t.eq(cells("coalesce(x, $other)", { other = NA }), { 0.5, -1.5, 2.0, NA })
  t.eq(cells("b == $flag", { flag = true }), { yes, no, NA, yes })
  t.eq(cells("i + $a + $b", { a = 1, b = 0.5 }), { 8.5, -5.5, NA, 1.5 })
end)

t.test("rows that a condition leaves out cannot fail", function()
  t.eq(cells "if(i == 0, NA, j // i)", { 0, -1, NA, NA })
  t.eq(cells "i != 0 and j // i >= 0", { yes, no, NA, no })
  t.eq(cells "i == 0 or j // i >= 0", { yes, no, NA, yes })
  t.eq(cells "if(s in ['a', 'b', ''], 0, int64(s))"[1], 0)
  t.eq(cells "coalesce(j, int64('x'))"[1], 2)
end)

t.test("categories: by levels, and results stay categories", function()
  local path = t.file("city,n\n" .. ("Rome,1\nParis,2\n,3\nRome,4\n"):rep(20))
  local c = read(path)
  t.eq(t.types(c), { "category", "int64" })
  local some = c:head(4)
  t.eq(cells("city == 'Rome'", nil, some), { yes, no, NA, yes })
  t.eq(cells("upper(city)", nil, some), { "ROME", "PARIS", NA, "ROME" })
  t.eq(cells("coalesce(upper(city), 'none')", nil, some), { "ROME", "PARIS", "none", "ROME" })
  t.eq(cells("length(city) + n", nil, some), { 5, 7, NA, 8 })
  t.eq(cells("city < 'Q' and n > 1", nil, some), { no, yes, NA, no })
  t.eq(cells("if(n > 2, city, 'early')", nil, some), { "early", "early", NA, "Rome" })
  local made = c:mutate { "a = upper(city)", "b = if(n > 2, city, 'early')", "c = 'same'",
    "d = concat(city, text(n))" }
  t.eq(t.types(made), { "category", "int64", "category", "category", "category", "string" })
  t.eq(t.cells(made.d:lt("Q"):eq(true))[2], yes)
end)

t.test("a level that fails but stands in no row is no error", function()
  local c = read(t.file("v\n" .. ("1\n2\nx\n"):rep(30), ".csv"), { types = { v = "category" } })
  local part = c:filter "v != 'x'"
  t.eq(cells("int64(v)", nil, part:head(2)), { 1, 2 })
  t.raises("bad-cast", function() return c:compute "int64(v)" end, "row 3", "'x'")
end)

t.test("times", function()
  local d = read(t.file "day,at\n2024-01-31,2024-01-31 10:30:00\n2024-03-01,2024-03-01 00:00:00\n,\n")
  t.eq(t.types(d), { "timestamp", "timestamp" })
  local function of(expression)
    return cells(expression, nil, d)
  end
  t.eq(of "day == @2024-01-31", { yes, no, NA })
  t.eq(of "day == '2024-01-31'", { yes, no, NA })
  t.eq(of "at > @2024-01-31T10:00", { yes, yes, NA })
  t.eq(of "day in ['2024-03-01', @2023-01-01]", { no, yes, NA })
  t.eq(of "at - day", { 0.4375, 0.0, NA })
  t.eq(of "@2024-03-01 - day", { 30.0, 0.0, NA })
  t.eq(of "between(day, '2024-01-01', '2024-01-31')", { yes, no, NA })
  t.eq(of "if(at > day, at, day)", { "2024-01-31 10:30:00", "2024-03-01 00:00:00", NA })
  t.eq(of "coalesce(day, '2000-01-01')", { "2024-01-31", "2024-03-01", "2000-01-01" })
end)

-- R 4.2.2: round(x, d)
t.test("round is R's", function()
  local x = { -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.15, 0.25, 0.35, 2.675, 1.005, 1234.5678, -0.045,
    1e15 + 0.3, 5.015, NA, 1 / 0 }
  local wanted = {
    [0] = { -2., -2., -0., 0., 2., 2., 0., 0., 0., 3., 1., 1235., -0., 1e15, 5., NA, 1 / 0 },
    [1] = { -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.1, 0.2, 0.3, 2.7, 1.0, 1234.6, -0., 1000000000000000.2, 5.,
      NA, 1 / 0 },
    [2] = { -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.15, 0.25, 0.35, 2.67, 1., 1234.57, -0.04, 1000000000000000.2,
      5.02, NA, 1 / 0 },
    [-1] = { -0., -0., -0., 0., 0., 0., 0., 0., 0., 0., 0., 1230., -0., 1e15, 10., NA, 1 / 0 },
  }
  local data = frame { x = x }
  for digits, rounded in pairs(wanted) do
    t.eq(cells(("round(x, %d)"):format(digits), nil, data), rounded, "digits " .. digits)
  end
  t.eq(cells("round(x)", nil, data), wanted[0])
  t.eq(cells("round(i, -1)", nil, frame { i = { 5, 15, 25, -25, 26, -26, 4 } }),
    { 0, 20, 20, -20, 30, -30, 0 })
end)

-- R 4.2.2
t.test("mathematics", function()
  local wanted = {
    ["log(7.5)"] = 2.0149030205422647, ["log2(10)"] = 3.3219280948873622, ["log10(3)"] = 0.47712125471966244,
    ["log1p(1e-10)"] = 9.9999999995000007e-11, ["expm1(1e-10)"] = 1.00000000005e-10,
      ["exp(1.5)"] = 4.4816890703380645,
    ["sin(1)"] = 0.8414709848078965, ["cos(1)"] = 0.54030230586813977, ["tan(1)"] = 1.5574077246549023,
    ["asin(0.5)"] = 0.52359877559829893, ["acos(0.5)"] = 1.0471975511965979, ["atan(2)"] = 1.1071487177940904,
    ["atan2(-1, -2)"] = -2.677945044588987, ["sinh(1.2)"] = 1.5094613554121725,
      ["cosh(1.2)"] = 1.8106555673243747,
    ["tanh(0.3)"] = 0.2913126124515909, ["sqrt(2)"] = 1.4142135623730951, ["log(8, 2)"] = 3.0,
      ["2 ^ 0.5"] = 1.4142135623730951,
  }
  for expression, value in pairs(wanted) do
    t.near(cells(expression)[1], value, 1e-15, expression)
  end
  t.ok(cells("log(-1)")[1] ~= cells("log(-1)")[1])
  t.eq({ cells("abs(i)")[2], cells("abs(x)")[2], cells("sign(x)")[2], cells("sign(i)")[1] },
    { 7, 1.5, -1.0, 1 })
  all {
    { "floor(x)", { 0.0, -2.0, 2.0, NA } }, { "ceil(x)", { 1.0, -1.0, 2.0, NA } },
    { "trunc(x)", { 0.0, -1.0, 2.0, NA } },
    { "floor(i)", { 7, -7, NA, 0 } }, { "least(i, j)", { 2, -7, NA, -3 } },
    { "greatest(i, x, 1)", { 7.0, 1.0, NA, NA } },
    { "least(s, 'aa')", { "a", "aa", "", NA } }, { "mod(i, j)", { 1, 1, NA, 0 } },
    { "pow(j, 2)", { 4.0, 4.0, 4.0, 9.0 } },
    { "is_finite(x / 0)", { no, no, no, NA } }, { "is_infinite(x / 0)", { yes, yes, yes, NA } },
    { "is_nan(x)", { no, no, no, NA } },
  }
end)

t.test("casts", function()
  all {
    { "float64(i)", { 7.0, -7.0, NA, 0.0 } }, { "int64(b)", { 1, 0, NA, 1 } },
    { "bool(i)", { yes, yes, NA, no } },
    { "float64(s, NA)", { NA, NA, NA, NA } }, { "int64(s, -1)", { -1, -1, -1, NA } },
    { "int64('42')", { 42, 42, 42, 42 } },
    { "float64(' 1e3 ')", { 1000.0, 1000.0, 1000.0, 1000.0 } }, { "bool('true')", { yes, yes, yes, yes } },
    { "int64(trunc(x))", { 0, -1, 2, NA } }, { "b + b", { 2, 0, NA, 2 } }, { "sum(b)", { 2, 2, 2, 2 } },
  }
end)

t.test("aggregates beside rows", function()
  local d = frame { { "g", { "a", "b", "a", "b" } }, { "x", { 1, 2, 3, NA } } }
  t.eq(cells("x - mean(x)", nil, d), { -1.0, 0.0, 1.0, NA })
  t.eq(cells("sum(x - mean(x))", nil, d), { 0.0, 0.0, 0.0, 0.0 })
  t.eq(t.cells(d:compute { "x / sum(x)", by = "g" }), { 0.25, 1.0, 0.75, NA })
  t.eq(t.cells(d:compute { "mean(mean(x))", by = "g" }), { 2.0, 2.0, 2.0, 2.0 })
  t.eq(t.cells(d:compute { "count()", by = "g" }), { 2, 2, 2, 2 })
  t.eq(t.cells(d:compute { "first(g)", by = "g" }), { "a", "b", "a", "b" })
  t.eq(cells("max(x) > 2 and x is missing", nil, d), { no, no, no, yes })
end)

t.test("the same on any number of threads", function()
  local script = t.file([[
local rows = {}
for i = 1, 20000 do rows[i] = (i * 7919 % 10007) / 7 end
local df = frame{x = rows}
local c = df:mutate{"a = x * 3 - sum(x)", "b = if(x > mean(x), 'up', 'down')", "c = concat(b, text(x))",
  "d = x % 7 in [0, 1.5]"}
local n = 0
for i, r in c:rows() do if i % 500 == 0 then print(r.a, r.b, r.c, r.d) end end
]], ".lua")
  local one = t.run { "--threads", "1", script }
  t.has(one, "up")
  t.eq(t.run { "--threads", "2", script }, one)
  t.eq(t.run { "--threads", "7", script }, one)
end)

t.test("no rows, and frames without columns", function()
  local none = df:head(0)
  for _, e in ipairs { "i + 1", "x * 2.5", "s == 'a'", "concat(s, s)", "if(b, 'a', 'b')", "size(basket)",
    "i // 0" } do
    t.eq(cells(e, nil, none), {}, e)
  end
end)

t.done()
