-- SPDX-License-Identifier: GPL-3.0-or-later
-- JSON files in and out: layouts, types, what the report says, what is refused.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function json(text, options)
  return read(t.file(text, ".json"), options)
end

local function jsonl(text, options)
  return read(t.file(text, ".jsonl"), options)
end

t.test("an array of objects: columns in order of first appearance, missing keys", function()
  local df = json '[{"b": 1, "a": "x"}, {"a": null, "c": true}, {}]'
  t.eq(t.content(df), { { "b", "a", "c" }, b = { 1, NA, NA }, a = { "x", NA, NA }, c = { NA, true, NA } })
  t.eq(t.types(df), { "int64", "category", "bool" })
end)

t.test("JSON lines, a sequence, one object, columns: all told by content", function()
  local want = { { "a", "b" }, a = { 1, 2 }, b = { "x", "y" } }
  for _, text in ipairs {
    '[{"a":1,"b":"x"},{"a":2,"b":"y"}]', '{"a":1,"b":"x"}\n{"a":2,"b":"y"}',
      '\u{feff}{"a":1,"b":"x"}\r\n\r\n{"a":2,"b":"y"}\r\n',
    '{\n"a":1,\n"b":"x"\n}\n{\n"a":2,\n"b":"y"\n}\n', '{"a":[1,2],"b":["x","y"]}',
      ' {"a" : [ 1 , 2 ] , "b" : ["x","y"] } ',
  } do
    t.eq(t.content(json(text)), want, text)
  end
  t.eq(t.content(json '{"a": 1, "b": ["x"]}'), { { "a", "b" }, a = { 1 }, b = { { "x" } } })
  t.has(json('{"a": [1, 2]}'):report(), "columns")
  t.has(json('{"a": 1}'):report(), "one row")
end)

t.test("one object in a file of JSON lines is a row, whatever it holds", function()
  t.same_frame(jsonl '{"a": ["x"], "b": ["y", "z"]}\n', frame { { "a", { { "x" } } }, { "b", { { "y", "z" } } } })
  t.eq(#json '{"a": ["x"], "b": ["y"]}', 1)
end)

t.test("files whose name does not tell, packed files, standard input", function()
  local want = { { "a", "b" }, a = { 1, 2 }, b = { "x", "y" } }
  for _, text in ipairs { ' [ {"a":1,"b":"x"}, {"a":2,"b":"y"} ]', '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n' } do
    t.eq(t.content(read(t.file(text, ""))), want)
    t.eq(t.content(read(t.file(text, ".odd"), { format = "json" })), want)
    local path = t.file(text, ".json")
    assert(os.execute(("gzip -k '%s'"):format(path)))
    t.eq(t.content(read(path .. ".gz")), want)
    local code = ("'%s' -e 'print(read(\"-\").b[2])'"):format(t.program)
    for _, line in ipairs { code .. " <'%s'", "cat '%s' | " .. code, "gzip -c '%s' | " .. code } do
      local pipe = io.popen(line:format(path))
      t.eq(pipe:read "a", "y\n", line)
      pipe:close()
    end
  end
  t.eq(t.names(read(t.file("\xff\xfe[\0{\0\"\0a\0\"\0:\0001\0}\0]\0", ".json"))), { "a" })
  local arff = t.file("% x\n@relation r\n@attribute size {s, m}\n@data\nm\n", "")
  t.eq(read(arff):schema().levels[1], 2)
end)

t.test("objects within rows become columns a.b, to any depth", function()
  local df = json '[{"a": {"b": 1, "c": {"d": "x"}}, "e": 2}, {"a": null, "e": 3}, {"a": {}, "e": 4}]'
  t.eq(t.names(df), { "a.b", "a.c.d", "e" })
  t.eq(t.cells(df["a.c.d"]), { "x", NA, NA })
  t.has(df:report(), "empty objects, which make no cell: 1, first at line 1")
  t.has(df:report(), "columns like a.b: 2")
end)

t.test("whole numbers are exact, and nothing loses digits", function()
  local df = json [=[[{"i": 9223372036854775807, "f": 1, "m": 9007199254740993,
    "l": 9223372036854775809, "h": 1e400, "p": 18446744073709551616},
    {"i": -9223372036854775808, "f": 0.1, "m": 0.5, "l": 1, "h": 1, "p": 0.5}]]=]
  t.eq(t.types(df), { "int64", "float64", "category", "category", "category", "category" })
  t.eq(t.cells(df.i), { math.maxinteger, math.mininteger })
  t.eq(t.cells(df.f), { 1.0, 0.1 })
  t.eq(t.cells(df.m), { "9007199254740993", "0.5" })
  t.eq(t.cells(df.l), { "9223372036854775809", "1" })
  t.eq(t.cells(df.h), { "1e400", "1" })
  t.has(df:report(), "more digits than float64 keeps")
  t.has(df:report(), "too large for float64")
end)

t.test("a column of several kinds becomes text, and the report says why", function()
  local df = json '[{"x": 1.50},\n{"x": "a"},\n{"x": [1, {"k": null}]},\n{"x": true}]'
  t.eq(t.cells(df.x), { "1.50", "a", '[1,{"k":null}]', "true" })
  t.has(df:report(), "because 'a' at line 2 is a text and line 1 has a number")
end)

t.test("arrays of texts are sets, others JSON text", function()
  local df = json '[{"s": ["b", "a", "b"], "n": [1, 2], "e": ["x", null]}, {"s": [], "n": null, "e": []}]'
  t.eq(t.types(df), { "set", "category", "category" })
  t.eq(t.cells(df.s), { { "b", "a" }, {} })
  t.eq(t.cells(df.n), { "[1,2]", NA })
  t.eq(t.cells(df.e), { '["x",null]', "[]" })
  t.has(df:report(), "order and repeats are not kept")
  t.eq(t.cells(json('[{"s": ["b", "a"]}]', { types = { s = "string" } }).s), { '["b","a"]' })
  t.eq(t.cells(json('[{"n": [1, 2.50, true]}]', { types = { n = "set" } }).n), { { "1", "2.50", "true" } })
end)

t.test("dates and times are recognised when all texts are", function()
  local df = json [=[
    [{"d": "2024-02-29", "u": "2024-02-29T10:00:00Z", "m": "2024-01-01", "w": "2024-01-01"},
    {"d": null, "u": "2024-01-01T00:00:00.5Z", "m": "later", "w": "2024-01-01T00:00:00Z"}] ]=]
  t.eq(t.types(df), { "timestamp", "timestamp", "category", "category" })
  t.eq(df.d[1], "2024-02-29")
  t.has(df:report(), "every text is a date or time")
  t.eq(t.types(json('[{"d": "2024-02-29"}]', { types = "string" })), { "string" })
end)

t.test("escapes, surrogate pairs, names with escapes", function()
  local df = json [=[ [{"\u0061\"": "\ud83d\ude00 \u00e9 \/ \\ \n\t\b\f\r"}] ]=]
  t.eq(t.names(df), { 'a"' })
  t.eq(df:col('a"')[1], "😀 é / \\ \n\t\b\f\r")
end)

t.test("a key given twice has its last value, and is reported", function()
  local df = json '[{"a": 1, "a": 2},\n{"a": "x", "a": null},\n{"b.c": 1, "b": {"c": 5}}]'
  t.eq(t.cells(df.a), { 2, NA, NA })
  t.eq(t.types(df), { "int64", "int64" })
  t.eq(t.cells(df["b.c"]), { NA, NA, 5 })
  t.has(df:report(), "given twice in one object, of which the last value holds: 3, first at line 1")
  t.eq(t.cells(json('{"a": [1, 2], "b": ["p", "q"], "a": [null, 4]}').a), { NA, 4 })
end)

t.test("types, columns and rows are honoured", function()
  local text = '[{"a": "007", "b": 1, "c": 2.0, "d": "0"}, {"a": "8", "b": 2, "c": 3, "d": 1}]'
  local df = json(text, { types = { a = "int64", b = "float64", c = "int64", d = "bool" } })
  t.eq(t.content(df), { { "a", "b", "c", "d" }, a = { 7, 8 }, b = { 1.0, 2.0 }, c = { 2, 3 }, d = { false,
    true } })
  t.eq(t.names(json(text, { columns = { "c", "a" } })), { "c", "a" })
  t.eq(t.cells(json(text, { rows = 1 }).a), { "007" })
  t.eq(#json(text, { rows = 0 }), 0)
  t.eq(t.content(json('{"a": [1, 2.5, "x"]}', { rows = 2 })), { { "a" }, a = { 1.0, 2.5 } })
  t.eq(t.content(jsonl('{"a":1}\n{"a":2}\n{"a":"x"}\n', { rows = 2 })), { { "a" }, a = { 1, 2 } })
  local e = t.raises("json-type", function() json(text, { types = { a = "timestamp" } }) end, "'a'", "'007'",
    "timestamp")
  t.has(e.where, "line 1")
  t.raises("unknown-column", function() json(text, { types = { aa = "int64" } }) end, "'aa'", "'a'")
  t.raises("unknown-column", function() json(text, { columns = { "bb" } }) end, "'bb'")
  t.raises("option-without-use", function() json(text, { delimiter = ";" }) end, "json")
end)

t.test("in JSON lines a broken line is rejected and the others are read", function()
  local df = jsonl '{"a":1}\n{"a":2,}\n\n{"a":3} x\n[1]\n{"b":{"c":\n{"a":"\xff"}\n{"a":4}\n'
  t.eq(t.content(df), { { "a" }, a = { 1, 4 } })
  t.has(df:report(), "lines that are no rows: 5")
  t.has(df:report(), "blank lines passed over: 1")
  local rejects = t.content(df:rejects())
  t.eq(rejects[1], { "line", "offset", "reason", "text" })
  t.eq(rejects.line, { 2, 4, 5, 6, 7 })
  t.eq(rejects.offset, { 8, 18, 28, 32, 43 })
  t.eq(rejects.text, { '{"a":2,}', '{"a":3} x', "[1]", '{"b":{"c":', '{"a":"\u{FFFD}"}' })
  t.eq(rejects.reason, { "a key in double quotes should stand here", "something follows the end of the value",
    "a row is no object", "the text ends within a value", "a byte is not UTF-8" })
  t.raises("json-syntax", function() jsonl '{"a":}\n{"b"}\n' end, "value")
  t.raises("json-no-rows", function() jsonl '[1]\n' end)
  t.eq(#jsonl "", 0)
end)

t.test("anything else that is broken is refused with its place", function()
  local cases = {
    { '[{"a": 1},\n {"a": 01}]', "json-syntax", "line 2, column 8" },
    { '[{"a": 1},]', "json-syntax", "line 1, column 11" },
    { '[{"a": 1}] 2', "json-syntax", "column 12" },
    { '[{"é": tru}]', "json-syntax", "column 8, byte 8" },
    { '[{"a": "x', "json-syntax", "column 8" },
    { "[{'a': 1}]", "json-syntax", "column 3" },
    { '[{"a": "\\ud800"}]', "json-syntax", "column 9" },
    { '[{"a": "\\u0000"}]', "nul-byte", "column 9" },
    { '[{"a": "\xe9"}]', "not-utf8", "byte 8" },
    { "[1, 2]", "json-no-rows", "column 2" },
    { '"x"', "json-no-rows", "column" },
    { "  \n ", "json-empty", "" },
    { '[{"a": ' .. ("["):rep(300), "json-depth", "line 1" },
    { ('{"a": '):rep(300), "json-depth", "line 1" },
    { '{"a": [1, 2], "b": [1]}', "json-ragged", "" },
  }
  for _, case in ipairs(cases) do
    local e = t.raises(case[2], function() json(case[1]) end)
    t.has(e.where, case[3], case[1])
    t.ok(#e.hint > 0)
  end
  local out, err = t.run { "-e", ("read %q"):format(t.file('[{"name": nope}]', ".json")) }
  t.eq(out, "")
  t.has(err, '[{"name": nope}]\n            ^')
end)

t.test("a small file that would make a huge table is refused", function()
  local lines, header = {}, { "@relation x" }
  for i = 1, 20000 do
    lines[i], header[i + 1] = ('{"k%d":1}'):format(i), ("@attribute k%d numeric"):format(i)
  end
  local path = t.file(table.concat(lines, "\n"), ".jsonl")
  t.raises("sparse-file", function() read(path) end, "20000 rows of 20000 columns")
  t.eq(t.types(read(path, { columns = { "k7" } })), { "int64" })
  path = t.file(table.concat(header, "\n") .. "\n@data\n" .. ("{}\n"):rep(20000), ".arff")
  t.raises("sparse-file", function() read(path) end, "20000 columns")
end)

t.test("round trips, cell by cell and bit for bit", function()
  local df = frame {
    { "whole", { 0, math.maxinteger, math.mininteger, NA } },
    { "real", { 0.1, -0.0, 5e-324, NA } },
    { "odd", { 1 / 0, -1 / 0, t.nan, 2.0 } },
    { "flag", { true, false, NA, true } },
    { "text", { 'a "b"\\', "two\nlines\0" and "two\nlines", "", NA } },
    { "utf \"x\"", { "客户", "e\u{301}", "👍\u{7f}\u{2028}", "\1\t" } },
    { "set", { { "milk", 'q"' }, {}, NA, { "a, b" } } },
  }
  for _, ending in ipairs { ".json", ".jsonl" } do
    local path = t.path(ending)
    df:write(path)
    local back = read(path)
    for _, name in ipairs { "whole", "real", "odd", "flag", 'utf "x"' } do
      t.eq(t.cells(back:col(name)), t.cells(df:col(name)), ending)
    end
    t.eq(t.types(back), { "int64", "float64", "float64", "bool", "category", "category", "set" })
    t.eq(t.cells(back.text), t.cells(df.text))
    for i = 1, 4 do
      t.eq(back.set[i], df.set[i])
    end
  end
  t.same_frame(read((function()
    local path = t.path ".json"
    frame({ x = { t.nan, 1 / 0 } }):write(path)
    return path
  end)(), { types = { x = "float64" } }), frame { x = { t.nan, 1 / 0 } })
end)

t.test("many rows of many kinds come back", function()
  math.randomseed(7)
  local pieces = { "a", '"', "\n", "\\", " ", "é", "NA", "\r", "", "/", "\u{10FFFF}", "\27" }
  local columns = { whole = {}, real = {}, text = {}, flag = {} }
  for i = 1, 20000 do
    local missing = math.random(10) == 1
    columns.whole[i] = missing and NA or math.random(0)
    columns.real[i] = missing and NA or (math.random() - 0.5) * 10.0 ^ math.random(-20, 20)
    columns.text[i] = pieces[math.random(#pieces)] .. pieces[math.random(#pieces)] .. i % 997
    columns.flag[i] = math.random(2) == 1
  end
  local df = frame(columns)
  for _, ending in ipairs { ".json", ".jsonl" } do
    local path = t.path(ending)
    df:write(path)
    t.same_frame(read(path, { types = { text = "string" } }), df, ending)
  end
end)

t.test("times come back", function()
  local df = read(t.file("d,w,u\n2024-02-29,2024-02-29 13:05:00,2024-02-29T13:05:00Z\n" ..
    "0001-01-01,,2024-01-01T00:00:00.5Z\n"))
  local path = t.path ".json"
  df:write(path)
  t.has(t.read(path), '"d": "2024-02-29", "w": "2024-02-29T13:05:00", "u": "2024-02-29T13:05:00Z"')
  t.same_frame(read(path), df)
end)

t.test("how JSON is written", function()
  local df = frame { { "b", { 1, NA } }, { "a", { 2.0, 1e300 } } }
  df:write(t.path ".json")
  local path, lines = t.path ".json", t.path ".jsonl"
  df:write(path)
  df:write(lines)
  t.eq(t.read(path), '[\n{"b": 1, "a": 2.0},\n{"b": null, "a": 1e+300}\n]\n')
  t.eq(t.read(lines), '{"b": 1, "a": 2.0}\n{"b": null, "a": 1e+300}\n')
  frame({}):write(path)
  t.eq(t.read(path), "[]\n")
  t.eq(#read(path), 0)
  df:head(0):write(lines)
  t.eq(t.read(lines), "")
end)

t.test("Markdown: escaped, aligned, whole", function()
  local path = t.path ".md"
  frame({ { "a|b", { "x|y\\", "two\nlines", NA } }, { "n_1", { 1.5, 2.0, NA } }, { "_e_",
    { "*b* <i> `c` & [l]", ("w"):rep(500), "" } } }):write(path)
  t.eq(t.read(path), "| a\\|b | n_1 | \\_e\\_ |\n| --- | ---: | --- |\n" ..
    "| x\\|y\\\\ | 1.5 | \\*b\\* \\<i> \\`c\\` &amp; \\[l\\] |\n" ..
    "| two<br>lines | 2 | " .. ("w"):rep(500) .. " |\n| NA | NA |  |\n")
  t.raises("markdown-no-columns", function() frame({}):write(path) end)
  t.raises("not-supported", function() read(path) end, "markdown")
end)

t.test("TSV comes back", function()
  local df = frame { { "a b", { "x,y", "tab\there", '"q"', NA } }, { "n", { 1, 2, 3, NA } }, { "r", { 1.0,
    2.5, NA, t.nan } } }
  local path = t.path ".tsv"
  df:write(path)
  t.has(t.read(path), "a b\tn\tr\n")
  t.has(t.read(path), '\n"tab\there"\t2\t2.5\n')
  t.eq(t.content(read(path)), t.content(df))
end)

t.done()
