-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which files a path means, several files as one frame, and files that are not there.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local folder = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir '" .. folder .. "'"))

local function write(name, text)
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  file:write(text)
  file:close()
  return folder .. "/" .. name
end

local a = write("orders_a.csv", "id,amount\n1,10\n2,20\n")
local b = write("orders_b.csv", "amount,id,note\n2.5,3,late\n")
local c = write("orders_c.csv", "id,amount\nx,5\n")

t.test("a pattern stands for all files that match, in order of bytes", function()
  local df = read(folder .. "/orders_[ab].csv")
  t.eq(t.names(df), { "id", "amount", "note" })
  t.eq(t.cells(df.id), { 1, 2, 3 })
  t.eq(t.cells(df.amount), { 10.0, 20.0, 2.5 })
  t.eq(t.cells(df.note), { NA, NA, "late" })
  t.has(df:report(), "'note' is not in")
  t.has(df:report(), "files: 2, rows: 3")
end)

t.test("a column with each row's file", function()
  local df = read { a, b, file = "source" }
  t.eq(t.cells(df.source), { a, a, b })
  t.eq(t.cells(read(a, { file = "source" }).source), { a, a })
  t.raises("name-clash", function() read { a, b, file = "id" } end, "id")
end)

t.test("types that do not go together become text, and that is said", function()
  local df = read(a, c)
  t.eq(t.types(df), { "string", "int64" })
  t.eq(t.cells(df.id), { "1", "2", "x" })
  t.has(df:report(), "column 'id' is int64 in " .. a)
end)

t.test("rows asked for are counted over all files", function()
  t.eq(#read { a, b, rows = 3 }, 3)
  t.eq(#read { a, b, rows = 1 }, 1)
  t.eq(t.names(read { a, b, rows = 2 }), { "id", "amount" })
end)

t.test("a file whose name looks like a pattern", function()
  local odd = write("odd[1].csv", "x\n1\n")
  t.eq(t.cells(read(odd).x), { 1 })
  os.remove(odd)
end)

t.test("a file that is not there: the nearest name", function()
  t.raises("no-such-file", function() read(folder .. "/order_a.csv") end, "did you mean '" .. a .. "'?")
  t.raises("no-such-file", function() read(folder .. "/zzzzzzzzzzz") end, "orders_a.csv, orders_b.csv")
  t.raises("no-such-file", function() read(folder .. "/nowhere/a.csv") end, "there is no folder")
  t.raises("no-such-file", function() read(folder .. "/*.tsv") end, "no file matches")
  t.raises("file-error", function() read(folder) end, "it is a folder", "orders_a.csv")
end)

t.test("one file of several that cannot be read", function()
  t.raises("no-such-file", function() read { a, folder .. "/gone.csv" } end)
end)

t.test("packed and foreign texts", function()
  local function run(command)
    assert(os.execute(command))
  end
  local plain = write("plain.csv", "name,n\nZoë,1\nÆsop,2\n")
  run("gzip -c '" .. plain .. "' > '" .. folder .. "/p.csv.gz'")
  run("iconv -f UTF-8 -t UTF-16 '" .. plain .. "' > '" .. folder .. "/u16.csv'")
  run("iconv -f UTF-8 -t LATIN1 '" .. plain .. "' > '" .. folder .. "/latin.csv'")
  local want = read(plain)
  for _, name in ipairs { "p.csv.gz", "u16.csv", "latin.csv" } do
    t.same_frame(read(folder .. "/" .. name), want, name)
  end
  t.has(read(folder .. "/u16.csv"):report(), "UTF-16LE by its byte order mark")
  t.has(read(folder .. "/latin.csv"):report(), "Windows-1252")
  t.raises("file-encoding", function() read(folder .. "/latin.csv", { encoding = "UTF-8" }) end, "offset")
  t.raises("unknown-encoding", function() read(plain, { encoding = "Klingon" }) end)
  run("head -c 30 '" .. folder .. "/p.csv.gz' > '" .. folder .. "/cut.csv.gz'")
  t.raises("file-packed", function() read(folder .. "/cut.csv.gz") end, "cut off")
end)

os.execute("rm -r '" .. folder .. "'")
t.done()
