-- SPDX-License-Identifier: GPL-3.0-or-later
-- CSV files in and out, from a script: what comes back, what the report says, what is refused.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function round_trip(df, types)
  local path = t.path ".csv"
  df:write(path)
  return read(path, types and { types = types }), t.read(path)
end

t.test("numbers, booleans and texts come back bit for bit", function()
  local df = frame {
    { "whole", { 0, -7, 999999999999999999, -999999999999999999, NA } },
    { "real", { 0.1, -0.0, 1e300, 5e-324, NA } },
    { "odd", { 1 / 0, -1 / 0, t.nan, 2.0, NA } },
    { "flag", { true, false, NA, true, false } },
    { "text", { "a,b", 'say "hi"', "two\nlines", "", NA } },
    { "utf", { "客户", "e\u{301}", "👍", " padded ", "é" } },
  }
  local back = round_trip(df)
  t.eq(t.types(back), { "int64", "float64", "float64", "bool", "category", "category" })
  for name in pairs(df) do
    t.eq(t.cells(back:col(name)), t.cells(df:col(name)), name)
  end
end)

t.test("texts that look like values stay texts", function()
  local texts = { "1", "1.5", "true", "NA", "", "2024-01-31", "Inf", "007", "+3", "-", " ", "1e5", "nan" }
  local back = round_trip(frame { x = texts })
  t.eq(t.cells(back.x), texts)
end)

t.test("whole floats stay floats, all of int64 comes back by its type", function()
  local back, text = round_trip(frame { x = { 1.0, 2.0 } })
  t.eq(text, "x\n1.0\n2.0\n")
  t.eq(t.cells(back.x), { 1.0, 2.0 })
  local large = frame { x = { math.maxinteger, math.mininteger } }
  t.eq(t.cells(round_trip(large, { x = "int64" }).x), { math.maxinteger, math.mininteger })
end)

t.test("sets are written {a, b} and read back by their type", function()
  local df = frame { s = { { "milk", "bread" }, {}, NA, { "a,b", 'q"' } }, n = { 1, 2, 3, 4 } }
  local back = round_trip(df, { s = "set" })
  for i = 1, 4 do
    local want, got = df.s[i], back.s[i]
    if want ~= NA then
      table.sort(want)
      table.sort(got)
    end
    t.eq(got, want)
  end
end)

t.test("times come back", function()
  local first = "2024-02-29,2024-02-29 13:05:00,2024-02-29T13:05:00Z\n"
  local df = read(t.file("d,w,u\n" .. first .. "0001-01-01,,2024-01-01T00:00:00.5Z\n"))
  t.eq(t.types(df), { "timestamp", "timestamp", "timestamp" })
  local back = round_trip(df)
  t.same_frame(back, df)
end)

t.test("columns of odd names come back in their order", function()
  local df = frame { { "Unit Price", { 1 } }, { "a,b", { 2 } }, { 'q"', { 3 } }, { "客户", { 4 } } }
  t.same_frame((round_trip(df)), df)
end)

t.test("the shipped data sets come back as they are", function()
  for _, name in ipairs { "iris", "credit" } do
    local df = read("datasets/" .. name .. "/" .. name .. ".csv")
    t.same_frame((round_trip(df)), df, name)
  end
end)

t.test("many rows of many kinds come back", function()
  math.randomseed(42)
  local pieces = { "a", '"', "\n", ",", " ", "é", "NA", "\r", "" }
  local columns = { whole = {}, real = {}, text = {}, flag = {} }
  for i = 1, 20000 do
    local missing = math.random(10) == 1
    columns.whole[i] = missing and NA or math.random(0) // 1000003
    columns.real[i] = missing and NA or (math.random() - 0.5) * 10.0 ^ math.random(-20, 20)
    columns.text[i] = pieces[math.random(#pieces)] .. pieces[math.random(#pieces)] .. i % 997
    columns.flag[i] = math.random(2) == 1
  end
  local df = frame(columns)
  t.same_frame((round_trip(df)), df)
end)

t.test("types are those of the whole file", function()
  local rows = { "a,b,c" }
  for i = 1, 5000 do
    rows[#rows + 1] = i .. "," .. i .. "," .. i
  end
  rows[#rows + 1] = "1.5,x,"
  local df = read(t.file(table.concat(rows, "\n")))
  t.eq(t.types(df), { "float64", "string", "int64" })
  t.eq(df:tail(1):row(1), { a = 1.5, b = "x", c = NA })
  t.eq(df.b[1], "1")
end)

t.test("codes stay text", function()
  local df = read(t.file "zip,phone,id\n01234,+49,1234567890123456789\n99999,17,2\n")
  t.eq(t.types(df), { "category", "category", "category" })
  t.eq(df:row(1), { zip = "01234", phone = "+49", id = "1234567890123456789" })
end)

t.test("types = \"string\" reads every column as it stands", function()
  local df = read(t.file "a,b\n1,\n1.50,NA\n", { types = "string" })
  t.eq(t.types(df), { "string", "string" })
  t.eq(t.cells(df.a), { "1", "1.50" })
end)

t.test("types by column decide, and refuse what does not fit", function()
  local path = t.file "a,b,zip\n1,x,01\n2,y,02\n"
  local df = read(path, { types = { a = "float64", zip = "int64", b = "string" } })
  t.eq(t.types(df), { "float64", "string", "int64" })
  t.eq(t.cells(df.zip), { 1, 2 })
  local e = t.raises("csv-type", function() read(path, { types = { b = "int64" } }) end, "'b'", "'x'")
  t.has(e.where, "line 2")
  t.raises("unknown-column", function() read(path, { types = { zipp = "int64" } }) end, "'zip'")
  t.raises("unknown-choice", function() read(path, { types = { a = "int" } }) end, "'int64'")
  t.raises("unknown-choice", function() read(path, { types = "integer" }) end, "int64")
  t.raises("out-of-range", function() read(path, { types = "int64" }) end, "zip = \"int64\"")
end)

t.test("the report says what was decided, why, and how to decide otherwise", function()
  local path = t.file "id,zip,n\n1,01234,2.5\n2,99999,\n\n"
  local report = read(path):report()
  for _, wanted in ipairs {
    path, "rows: 2", "columns: 3", "int64 columns: id", "'01234'", "leading zero", "line 2",
    "n: float64; missing: 1", "read(", "types" } do
    t.has(report, wanted)
  end
  t.has(read(path):report(), "blank")
  t.has(frame({ x = { 1 } }):report(), "not read from a file")
  t.has(read(path):head(1):report(), "not read from a file")
end)

t.test("the report is not printed in batch", function()
  local path = t.file "id,zip\n1,01234\n"
  local out, err = t.run { "-e", ("df = read %q"):format(path) }
  t.eq(out, "")
  t.eq(err, "")
end)

t.test("a row that does not fit is kept apart, with its place and its reason", function()
  local df = read(t.file "a,b\n1,x\n2,y,z\n3,w\n")
  t.eq(t.cells(df.a), { 1, 3 })
  local rejects = df:rejects()
  t.eq(t.names(rejects), { "line", "offset", "reason", "text" })
  t.eq(rejects:row(1), { line = 3, offset = 8, reason = "too many fields", text = "2,y,z" })
  t.has(df:report(), "rows rejected: 1, first at line 3; see df:rejects()")
  t.eq(#df:head(1):rejects(), 0)
  local none = read(t.file "a,b\n1,x\n"):rejects()
  t.eq(t.names(none), { "line", "offset", "reason", "text" })
  t.eq(#none, 0)
end)

t.test("in batch one line tells of rejected rows", function()
  local path = t.file "a,b\n1,x\n2,y,z\n3,w\n"
  local out, err = t.run { "-e", ("df = read %q"):format(path) }
  t.eq(out, "")
  t.eq(select(2, err:gsub("\n", "")), 1)
  t.has(err, "rows rejected: 1; see df:rejects()")
end)

t.test("ragged = \"error\" refuses the file, with the line", function()
  local path = t.file "a,b\n1,2\n3\n4,5\n"
  local e = t.raises("csv-ragged", function() read(path, { ragged = "error" }) end, "line 3 has 1 field", "rejects")
  t.has(e.where, path)
  t.eq(t.cells(read(path).b), { 2, NA, 5 })
  t.eq(#read(path, { ragged = "reject" }):rejects(), 1)
end)

t.test("odd but sound files", function()
  t.eq(t.content(read(t.file "\xef\xbb\xbfa,b\r\n1,2\r\n")), { { "a", "b" }, a = { 1 }, b = { 2 } })
  t.eq(t.content(read(t.file "a,b\n1,2")), { { "a", "b" }, a = { 1 }, b = { 2 } })
  t.eq(t.content(read(t.file "a\n")), { { "a" }, a = {} })
  t.eq(t.content(read(t.file '"x\ny",z\n"1\n2",3\n')), { { "x\ny", "z" }, ["x\ny"] = { "1\n2" }, z = { 3 } })
end)

t.test("paths: missing files, folders, shipped data from any folder", function()
  local e = t.raises("no-such-file", function() read "no/such/file.csv" end, "no/such/file.csv")
  t.ok(#e.hint > 0)
  t.ok(not pcall(read, os.getenv "TMPDIR" or "/tmp"))
  t.ok(not pcall(function() frame({ x = { 1 } }):write "/no/such/folder/x.csv" end))
  local code = "print(#read 'datasets/iris/iris.csv')"
  local program = t.program:sub(1, 1) == "/" and t.program or os.getenv "PWD" .. "/" .. t.program
  local home = os.getenv "ROOT" or os.getenv "PWD"
  local pipe = io.popen(("cd / && ASSAY_HOME='%s' '%s' -e \"%s\" 2>&1"):format(home, program, code))
  t.eq(pipe:read "a", "150\n")
  pipe:close()
end)

t.test("standard input is read as \"-\"", function()
  local pipe = io.popen(("printf 'a,b\\n1,2\\n' | '%s' -e 'print(read(\"-\").b[1])'"):format(t.program))
  t.eq(pipe:read "a", "2\n")
  pipe:close()
end)

t.test("a frame that cannot be written leaves the old file as it was", function()
  local path = t.file "old\n1\n"
  t.ok(not pcall(function() frame({}):write(path) end))
  t.eq(t.read(path), "old\n1\n")
  frame({ x = { 1 } }):write(path)
  t.eq(t.read(path), "x\n1\n")
end)

t.test("lines of one quoted text are one column, whatever the texts look like", function()
  local df = read(t.file('"a,b,c"\n"1,2,3"\n"4,""5"",6"\n', ".csv"))
  t.eq(t.names(df), { "a,b,c" })
  t.eq(t.cells(df:col "a,b,c"), { "1,2,3", '4,"5",6' })
  t.eq(t.names(read(t.file('"a","b"\n"1","2"\n', ".csv"))), { "a", "b" })
end)

t.test("a row of codes in quotes is no second header", function()
  local df = read(t.file('zip,long,plus\n"007","1234567890123456789","+49"\n,,\n"93456789012345","-1e999",\n', ".csv"))
  t.eq(t.names(df), { "zip", "long", "plus" })
  t.eq(#df, 3)
end)

t.test("lines to pass over, whatever ends them, beyond a piece of the file too", function()
  for _, feed in ipairs { "\n", "\r\n", "\r", "\r\r\n" } do
    local lines = {}
    for i = 1, 120000 do
      lines[i] = ("%d,%s"):format(i, i % 7)
    end
    if feed:find "\n" then
      lines[60000] = lines[60000] .. ("x"):rep(1200000) -- longer than a piece
    end
    local path = t.file(table.concat(lines, feed) .. feed, ".csv")
    for _, skip in ipairs { 1, 59997, 60000, 99999, 119990 } do
      local df = read(path, { skip = skip, rows = 1, header = false, names = { "a", "b" } })
      t.eq(df.a[1], skip + 1, ("skip %d, %q"):format(skip, feed))
    end
  end
end)

t.test("numbers parted by one blank are columns, not times", function()
  for _, rows in ipairs { { "1.5 2.5", "3.25 4.125" }, { "0.134364 0.847434", "0.763775 0.255069" },
    { "2012.25 1999.5", "10.75 31.5" } } do
    for _, ending in ipairs { ".txt", ".data", ".csv" } do
      local df = read(t.file((table.concat(rows, "\n") .. "\n"):rep(20), ending))
      t.eq({ #df, #t.names(df), df:schema().type[2] }, { 40, 2, "float64" }, rows[1])
    end
  end
  -- pairs of whole numbers of up to three digits, of which many could be a number with a blank between thousands
  local state, pairs_, padded, known = 7, {}, {}, {}
  local function below(n)
    state = (state * 16807) % 2147483647
    return state % n
  end
  for i = 1, 200 do
    pairs_[i] = ("%d %d"):format(below(1000), below(1000))
    padded[i] = ("   %.7e   %.7e"):format(below(1000) / 7, below(1000) / 7) -- as Matlab saves
    known[i] = ("%s %.3f"):format(i % 9 == 3 and "NaN" or below(1000) / 8, below(100000) / 7)
  end
  for _, lines in ipairs { pairs_, padded, known } do
    local df = read(t.file(table.concat(lines, "\n") .. "\n", ".txt"))
    t.eq({ #df, #t.names(df), df:schema().type[2] ~= "string" }, { 200, 2, true }, lines[1])
  end
  local amounts = read(t.file("1 234\n12 345\n999\n1 234 567\n12\n2 000\n", ".txt"))
  t.eq({ #t.names(amounts), amounts:schema().type[1] }, { 1, "int64" })
  amounts = read(t.file("amount\n1 234\n12 345\n100 999\n", ".txt"))
  t.eq({ #t.names(amounts), amounts.amount[2] }, { 1, 12345 })
  local gaps = read(t.file("a b c\n1  3\n4 5 6\n  7\n8 9 \n", ".txt"))
  t.eq({ #t.names(gaps), gaps.b[1], gaps.c[1] }, { 3, NA, 3 })
  for _, day in ipairs { "31.12.2024", "31. 12. 2024", "2024-12-31 10:00:00", "31/12/2024" } do
    local df = read(t.file("when\n" .. (day .. "\n"):rep(5), ".csv"))
    t.eq({ t.names(df)[1], df:schema().type[1] }, { "when", "timestamp" }, day)
  end
end)

t.test("texts that come again below in their columns name none", function()
  local votes = "republican,n,y,n\nrepublican,n,y,?\ndemocrat,?,y,y\ndemocrat,n,y,y\nrepublican,y,n,n\ndemocrat,y,n,n\n"
  local df = read(t.file(votes, ".data"))
  t.eq(t.names(df), { "column_1", "column_2", "column_3", "column_4" })
  t.eq(t.cells(df.column_1), { "republican", "republican", "democrat", "democrat", "republican", "democrat" })
  df = read(t.file("setosa\n" .. ("setosa\n"):rep(9) .. ("virginica\n"):rep(10), ".labels0"))
  t.eq({ #df, df.column_1[1] }, { 20, "setosa" })
  -- names: of answers that are written out, of a header that comes again, of one column as its second cell
  t.eq(t.names(read(t.file("red,blue\nred,\n,blue\nred,blue\nred,\n,blue\n", ".csv"))), { "red", "blue" })
  t.eq(t.names(read(t.file("id,name\na,b\nid,name\nc,d\nid,name\ne,f\n", ".csv"))), { "id", "name" })
  t.eq(t.names(read(t.file("vote,party,other\nvote,x,y\nno,x,z\nvote,z,z\n", ".csv"))), { "vote", "party", "other" })
  t.eq(t.names(read(t.file(votes, ".data"), { header = true })), { "republican", "n", "y", "n_2" })
end)

t.test("a file that keeps to RFC 4180 is taken at its word", function()
  local df = read(t.file("name\n\"Smith, John\"\n\"O''Neil, 'Al'\"\nBob\n", ".csv"))
  t.eq(t.names(df), { "name" })
  t.eq(t.cells(df.name), { "Smith, John", "O''Neil, 'Al'", "Bob" })
  df = read(t.file('"when, at";what\n"a;b;c";"1|2|3|4"\n"d;e;f";"5|6|7|8"\n', ".csv"))
  t.eq(t.names(df), { "when, at", "what" })
  t.eq(df.what[2], "5|6|7|8")
  df = read(t.file('"8","a","b"\n,,"c"\n"1",,"d"\n', ".csv")) -- from DuckDB's cases: codes above codes
  t.eq(t.names(df), { "column_1", "column_2", "column_3" })
end)

t.test("fields parted by a mark that stands twice", function()
  for _, mark in ipairs { "::", "||" } do
    local df = read(t.file(("id::film::rating\n1::Heat: the film::4\n2::Up::5\n"):gsub("::", mark), ".csv"))
    t.eq(t.names(df), { "id", "film", "rating" })
    t.eq(t.cells(df.rating), { 4, 5 })
  end
  t.eq(t.names(read(t.file("a||b\n1|x|2\n3||4\n", ".csv"))), { "a", "column_2", "b" })
end)

t.test("one column of amounts with a blank before the sign is one column", function()
  for _, text in ipairs { "12%\n3.5 %\n", "12 €\n3 €\n", "12 EUR\n3 EUR\n", "5 Jan 2024\n6 Feb 2024\n" } do
    t.eq(t.names(read(t.file("a\n" .. text, ".csv"))), { "a" }, text)
  end
end)

t.test("a first line sep=; tells the delimiter", function()
  for _, first in ipairs { "sep=;\n", "SEP=;\r\n", "\u{feff}sep=;\n" } do
    local df = read(t.file(first .. "a;b,c\n1;2,5\n3;4\n", ".csv"))
    t.eq(t.names(df), { "a", "b,c" }, first)
    t.eq(t.cells(df:col "b,c"), { 2.5, 4.0 })
    t.has(df:report(), "lines above the table were passed over: 1")
  end
  t.eq(t.names(read(t.file("sep=x,b\n1,2\n", ".csv"))), { "sep=x", "b" })
  t.eq(t.names(read(t.file("sep=,b\n1,2\n", ".csv"))), { "sep=", "b" })
end)

t.test("offsets of rejected rows say what they count in, when it is not the file", function()
  local note = "offsets count in the text unpacked and as UTF-8"
  t.has(read(t.file("a,b\n\xe41,2\n\xfc,3,4\n", ".csv")):report(), note)
  t.lacks(read(t.file("a,b\n1,2\n3,4,5\n", ".csv")):report(), note)
end)

t.done()
