-- SPDX-License-Identifier: GPL-3.0-or-later
-- Values of text files from end to end: what cells become, what the report says, the options that decide.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local path = os.tmpname()

local function csv(text, options)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return read(path, options)
end

t.test("a file as shops send it", function()
  local df = csv('id, Income ,joined\n1,"$84,835.00 ",6/16/14\n2,,6/5/13\n3,"($1,000.50)",12/31/13\n')
  t.eq(t.types(df), { "int64", "float64", "timestamp" })
  t.eq(t.cells(df:col("Income")), { 84835.0, NA, -1000.5 })
  t.eq(t.cells(df.joined), { "2014-06-16", "2013-06-05", "2013-12-31" })
  t.has(df:report(), "month, day, year, as shown by '6/16/14' in row 1")
end)

t.test("an unknown order of dates is told and not guessed", function()
  local text = "d,x\n03/04/2024,1\n05/06/2024,2\n"
  local df = csv(text)
  t.eq(t.cells(df.d), { "03/04/2024", "05/06/2024" })
  t.has(df:report(), 'dates = "dmy" or dates = "mdy"')
  t.eq(t.cells(csv(text, { dates = "dmy" }).d), { "2024-04-03", "2024-06-05" })
  t.eq(t.cells(csv(text, { dates = "mdy" }).d), { "2024-03-04", "2024-05-06" })
end)

t.test("another column shows the decimal comma", function()
  local df = csv("a;b\n1.234;5,5\n2.345;6,25\n")
  t.eq(t.types(df), { "int64", "float64" })
  t.eq(t.cells(df.a), { 1234, 2345 })
  t.has(df:report(), "as in column 'b'")
  t.eq(t.cells(csv("a;b\n1.234;5,5\n0.5;6,25\n").a), { 1.234, 0.5 })
  t.eq(t.cells(csv("a;b\n1.234;5,5\n", { decimal = "." }).a), { 1.234 })
end)

t.test("a decimal comma asked for", function()
  local df = csv("a;b\n1.234;7\n2.345;8\n", { decimal = "," })
  t.eq(t.cells(df.a), { 1234, 2345 })
  t.eq(t.cells(csv("a;b\n1.234;7\n2.345;8\n").a), { 1.234, 2.345 })
end)

t.test("types asked for take what people write", function()
  local text = "a,b,d\n$5,yes,31.12.2024\nN/A,no,01.02.2025\n"
  local df = csv(text, { types = { a = "float64", b = "bool", d = "timestamp" } })
  t.eq(t.cells(df.a), { 5.0, NA })
  t.eq(t.cells(df.b), { true, false })
  t.eq(t.cells(df.d), { "2024-12-31", "2025-02-01" })
  t.raises("csv-type", function()
    csv("a\n$5\nlots\n", { types = { a = "float64" } })
  end, "line 3 has 'lots'")
  t.raises("cast-order", function() csv("d\n03/04/2024\n", { types = { d = "timestamp" } }) end, "dates")
end)

t.test("words for missing", function()
  local df = csv("n,s\n5,red\n-,N/A\nnull,blue\n")
  t.eq(t.cells(df.n), { 5, NA, NA })
  t.eq(t.cells(df.s), { "red", "N/A", "blue" })
  t.has(df:report(), 'missing = {"N/A"}')
  t.eq(t.cells(csv("n,s\n5,red\n-99,x\n", { missing = { "-99", "x" } }).n), { 5, NA })
end)

t.test("yes and no, codes and telephone numbers stay", function()
  local df = csv("a,b,c,d\nyes,007,+49 30,0\nno,012,+49 31,1\n")
  t.eq(t.cells(df.a), { "yes", "no" })
  t.eq(t.cells(df.b), { "007", "012" })
  t.eq(t.cells(df.c), { "+49 30", "+49 31" })
  t.eq(t.cells(df.d), { 0, 1 })
end)

t.test("a file that quotes everything", function()
  local df = csv('"a","b","c"\n"1","x","007"\n"2.5","y","012"\n')
  t.eq(t.types(df), { "float64", "category", "category" })
end)

t.test("quotes that are not needed say that a value is a text", function()
  local df = csv('a,b,c,d\n"$5","31/12/2024","$84,835.00 ",1\n"$6","30/12/2024","$1,000.00 ",2\n')
  t.eq(t.types(df), { "category", "category", "float64", "int64" })
  t.has(df:report(), 'as values: types = {a = "float64"}')
  t.eq(t.cells(df.a), { "$5", "$6" })
  t.eq(t.cells(df.c), { 84835.0, 1000.0 })
  t.eq(t.cells(csv('a,b\n5,1\n"N/A",2\n').a), { 5, NA })
  t.eq(t.types(csv('"a","b"\n"$5","x"\n"$6","y"\n')), { "int64", "category" })
end)

t.test("points among semicolons that could stand between thousands are told", function()
  local text, told = "a;b\n1.234;x\n2.250;y\n", 'if they stand between thousands: decimal = ","'
  local df = csv(text)
  t.eq(t.cells(df.a), { 1.234, 2.25 })
  t.has(df:report(), told)
  t.eq(t.cells(csv(text, { decimal = "," }).a), { 1234, 2250 })
  for _, other in ipairs { "a;b\n1.234;x\n2.2504;y\n", "a;b\n1.234;x\n0.250;y\n", "a;b\n1.234;0.5\n2.250;1\n",
    "a;b\n1.5;x\n2.5;y\n", "a,b\n1.234,x\n2.250,y\n" } do
    t.ok(not csv(other):report():find(told, 1, true), other)
  end
  t.ok(not csv(text, { decimal = "." }):report():find(told, 1, true))
end)

t.test("texts that look like values come back as texts", function()
  for _, text in ipairs { "$5", "5 EUR", "EUR 5", "12%", "12 %", "31/12/2024", "5 Jan 2024", "1 234", "1'234",
    "(5)", "€5", "5 zł",
    "10:30", "2024/1/5", "yes", "N/A", "007", "+49 30", "5e3" } do
    for _, ending in ipairs { "csv", "tsv" } do
      local file = t.path(ending)
      local df = frame { x = { text, text }, y = { 1, 2 } }
      df:write(file)
      t.eq(t.cells(read(file).x), { text, text }, text)
    end
  end
end)

t.test("standard input and pipes", function()
  local command = "printf 'a,b\\n$5,1\\n' | gzip | '" .. t.program .. "' -e 'print(read(\"-\").a[1])' 2>&1"
  local pipe = assert(io.popen(command))
  t.eq(pipe:read("a"), "5\n")
  pipe:close()
end)

os.remove(path)
t.done()
