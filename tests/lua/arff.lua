-- SPDX-License-Identifier: GPL-3.0-or-later
-- ARFF files: what Weka reads in them, and what is refused.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function arff(text, options)
  return read(t.file(text, ".arff"), options)
end

local head = "@relation r\n@attribute a numeric\n@attribute b {x, y}\n@attribute c string\n@data\n"

-- The values are those that Weka 3.6.14 prints for this file (Instance.value and stringValue; dates in UTC).
t.test("types, quotes, escapes, comments, sparse rows, dates", function()
  local df = arff [[
% a comment
@RELATION 'odd one'

@Attribute "first one" NUMERIC
@attribute colour {red, 'dark blue', "it\'s", red2} % levels
@attribute note	STRING
@attribute day DATE "dd/MM/yyyy HH:mm"
@attribute iso date
@attribute n integer

@DATA
1.5, 'dark blue', "a \"quote\"\n\t, %", "03/04/2024 17:05", "2024-02-29T10:00:00", 3
? red plain ? ? ?
{0 2, 1 "it\'s", 2 x, 5 7}   % sparse
{2 'only text', 3 "1/1/1970 0:0"}
-1e3	'red2'	'?'	'31/12/1999 23:59'	'1999-12-31T23:59:59'	-4
]]
  t.eq(t.types(df), { "float64", "category", "string", "timestamp", "timestamp", "int64" })
  t.eq(t.content(df), {
    { "first one", "colour", "note", "day", "iso", "n" },
    ["first one"] = { 1.5, NA, 2.0, 0.0, -1000.0 }, colour = { "dark blue", "red", "it's", "red", "red2" },
    note = { 'a "quote"\n\t, %', "plain", "x", "only text", "?" },
    day = { "2024-04-03 17:05:00", NA, "1970-01-01 00:00:00", "1970-01-01 00:00:00", "1999-12-31 23:59:00" },
    iso = { "2024-02-29 10:00:00", NA, "1970-01-01 00:00:00", "1970-01-01 00:00:00", "1999-12-31 23:59:59" },
    n = { 3, NA, 7, 0, -4 },
  })
  t.eq(df:schema().levels[2], 4)
  t.has(df:report(), "colour: category, declared nominal; levels: 4")
end)

t.test("levels keep their order and need not occur", function()
  local df = arff "@relation r\n@attribute size {small, medium, large}\n@data\nlarge\n?\n"
  t.eq(t.cells(df.size), { "large", NA })
  t.eq(df:schema().levels[1], 3)
  t.eq(df:schema().distinct[1], 1)
end)

t.test("dates in other formats", function()
  local df = arff [[
@relation r
@attribute a date "yyMMdd hh:mm a"
@attribute b date "MMM d, yyyy 'at' H"
@attribute c date yyyy-MM-dd
@attribute d date "HH:mm:ss.SSS"
@data
"240131 12:05 AM","February 29, 2024 at 7",2024-12-01,"01:02:03.250"
"691231 12:05 pm","Mar 1, 1900 at 23",0001-01-01,"23:59:59.999"
]]
  t.eq(t.cells(df.a), { "2024-01-31 00:05:00", "2069-12-31 12:05:00" })
  t.eq(t.cells(df.b), { "2024-02-29 07:00:00", "1900-03-01 23:00:00" })
  t.eq(t.cells(df.c), { "2024-12-01", "0001-01-01" })
  t.eq(t.cells(df.d), { "1970-01-01 01:02:03.25", "1970-01-01 23:59:59.999" })
  t.raises("arff-date", function() arff '@relation r\n@attribute a date "EEE d"\n@data\n' end, "'E'",
    "string")
  t.raises("arff-type", function() arff '@relation r\n@attribute a date "d/M/y"\n@data\n30/2/2024\n' end,
    "30/2/2024", "d/M/y")
end)

t.test("an integer attribute with other numbers is float64, and said", function()
  local df = arff "@relation r\n@attribute i integer\n@data\n1\n9007199254740993\n"
  t.eq(t.cells(df.i), { 1, 9007199254740993 })
  df = arff "@relation r\n@attribute i integer\n@data\n1\n2.5\n?\n"
  t.eq(t.cells(df.i), { 1.0, 2.5, NA })
  t.has(df:report(), "though declared integer")
end)

t.test("types, columns and rows are honoured", function()
  local text = head .. "1,x,7\n2,y,8\n"
  local df = arff(text, { types = { c = "int64", a = "int64", b = "string" }, columns = { "c", "a" },
    rows = 1 })
  t.eq(t.content(df), { { "c", "a" }, c = { 7 }, a = { 1 } })
  t.eq(t.types(arff(text, { types = "string" })), { "string", "string", "string" })
  t.eq(t.cells(arff(head .. "1,x,'{p, q}'\n", { types = { c = "set" } }).c), { { "p", "q" } })
  t.raises("unknown-column", function() arff(text, { columns = { "cc" } }) end, "'cc'", "'c'")
  t.raises("unknown-column", function() arff(text, { types = { aa = "string" } }) end, "'aa'")
  t.raises("arff-type", function() arff(head .. "1.5,x,p\n", { types = { a = "int64" } }) end, "1.5", "int64")
end)

t.test("what is refused, with its line", function()
  local cases = {
    { head .. "1,x,p\n1,x\n", "arff-ragged", "line 7" }, { head .. "1,x,p,q\n", "arff-ragged", "line 6" },
    { head .. "1,z,p\n", "arff-level", "line 6" }, { head .. "1x,x,p\n", "arff-type", "line 6" },
    { head .. "1,x,p,{5}\n", "arff-weight", "line 6" }, { head .. "{0 1},{5}\n", "arff-weight", "line 6" },
    { head .. "1,x,'p\n", "arff-syntax", "line 6" }, { head .. "{3 1}\n", "arff-syntax", "line 6" },
    { head .. "{1 x, 0 1}\n", "arff-syntax", "line 6" }, { head .. "{0 1\n", "arff-syntax", "line 6" },
    { "@relation r\n@attribute a numeric\n", "arff-syntax", "" }, { "@relation r\n@data\n1\n", "arff-syntax",
      "line 2" },
    { "@relation r\n@attribute a numbers\n@data\n", "arff-syntax", "line 2" },
    { "@relation r\n@attribute a\n@data\n", "arff-syntax", "line 2" }, { "@relation r\nx\n", "arff-syntax",
      "line 2" },
    { "@relation r\n@attribute a {x\n@data\n", "arff-syntax", "line 2" },
    { "@relation r\n@attribute a real\n@attribute a real\n@data\n", "arff-twice", "line 3" },
    { "@relation r\n@attribute a {x, y, x}\n@data\n", "arff-twice", "line 2" },
    { "@relation r\n@attribute bag relational\n@attribute x real\n@end bag\n@data\n", "arff-relational",
      "line 2" },
  }
  for _, case in ipairs(cases) do
    local e = t.raises(case[2], function() arff(case[1]) end)
    t.has(e.where, case[3], case[1])
    t.ok(#e.hint > 0, case[1])
  end
end)

-- Rows, columns, levels of all nominal attributes and missing cells as Weka 3.6.14 counts them.
local weka = {
  ["ReutersCorn-test"] = { 604, 2, 2, 0 }, ["ReutersCorn-train"] = { 1554, 2, 2, 0 },
    ["ReutersGrain-test"] = { 604, 2, 2, 0 },
  ["ReutersGrain-train"] = { 1554, 2, 2, 0 }, ["breast-cancer"] = { 286, 10, 53, 9 },
    ["contact-lenses"] = { 24, 5, 12, 0 },
  cpu = { 209, 7, 0, 0 }, ["cpu.with.vendor"] = { 209, 8, 30, 0 }, ["credit-g"] = { 1000, 21, 58, 0 },
    diabetes = { 768, 9, 2, 0 },
  glass = { 214, 10, 7, 0 }, ionosphere = { 351, 35, 2, 0 }, ["iris.2D"] = { 150, 3, 3, 0 }, iris = { 150, 5,
    3, 0 },
  labor = { 57, 17, 23, 326 }, ["segment-challenge"] = { 1500, 20, 7, 0 }, ["segment-test"] = { 810, 20, 7,
    0 },
  soybean = { 683, 36, 119, 2337 }, supermarket = { 4627, 217, 218, 913670 }, unbalanced = { 856, 33, 2, 0 },
  vote = { 435, 17, 34, 392 }, ["weather.nominal"] = { 14, 5, 12, 0 }, ["weather.numeric"] = { 14, 5, 7, 0 },
}

local function compare_with_weka()
  for name, want in pairs(weka) do
    local df = read("/usr/share/doc/weka/examples/" .. name .. ".arff")
    local schema, levels, missing = df:schema(), 0, 0
    for i = 1, #schema do
      levels = levels + (schema.type[i] == "category" and schema.levels[i] or 0)
      missing = missing + schema.missing[i]
    end
    t.eq({ #df, #schema, levels, missing }, want, name)
  end
end

if io.open "/usr/share/doc/weka/examples/iris.arff" then
  t.test("Weka's own files", compare_with_weka)
else
  t.skip("Weka's own files", "its package is not there")
end

t.done()
