-- SPDX-License-Identifier: GPL-3.0-or-later
-- Workbooks: one that libxlsxwriter made (book.xlsx, by make_book.c), and many made here, cell by cell.
local root = os.getenv "ROOT" or "."
package.path = root .. "/tests/lua/?.lua;" .. root .. "/plugins/xlsx/tests/?.lua;" .. package.path
local t = require "lib"
local lib = require "lib_book"

-- luacheck: globals plugin

do
  local list = plugin.list()
  for i = 1, #list do
    if list.name[i] == "xlsx" and list.missing[i] ~= NA then
      print("1..0 # SKIP the plugin is not built: " .. list.missing[i])
      os.exit(0)
    end
  end
end

local book = root .. "/plugins/xlsx/tests/book.xlsx"

local function file(what)
  return t.file(type(what) == "string" and what or lib.book(what), ".xlsx")
end

-- A workbook of one sheet with these rows, read with these options.
local function sheet(rows, options, what)
  what = what or {}
  what.sheets = { { cells = type(rows) == "string" and rows or lib.rows(rows), after = what.after } }
  return read(file(what), options)
end

-- ---- one from elsewhere

t.test("a workbook that another program made", function()
  local df = read(book)
  t.eq(t.names(df), { "id", "name", "amount", "day", "at", "ok", "clock", "double" })
  t.eq(t.types(df), { "int64", "category", "float64", "timestamp", "timestamp", "bool", "float64", "int64" })
  t.eq(#df, 200)
  local names = { "Ann", "Bo & Co", "客户 <3>", "élan", "  padded " }
  for i = 1, 200 do
    local k = i - 1
    local day = ("2024-%02d-%02d"):format(1 + k % 12, 1 + k % 28)
    t.eq({ df.id[i], df.name[i], df.amount[i], df.day[i], df.ok[i], df.double[i] },
      { i, names[k % 5 + 1], tonumber(("%.16g"):format(k * 0.1)) + 0.0, day, k % 3 == 0, 2 * i })
    t.eq(df.at[i], ("%s %02d:%02d:%02d"):format(day, k % 24, k % 60, k * 7 % 60))
    t.near(df.clock[i], k % 24 / 24, 1e-15)
  end
  t.has(df:report(), "sheets: 1 Orders, 2 Notes, 3 Hidden (hidden)")
  t.has(df:report(), '{sheet = "Notes"}')
  t.has(df:report(), "times of day without a date, read as fractions of a day: 200")
end)

t.test("its other sheets, by name and by number", function()
  local df = read(book, { sheet = "Notes" })
  t.eq(t.content(df), { { "key", "value" }, key = { "rich text", "ab" }, value = { "1", "merged" } })
  t.has(df:report(), "blank rows above the table, passed over: 3")
  t.has(df:report(), "blank columns left of the table, passed over: 1")
  t.has(df:report(), "row 4 names the columns")
  t.has(df:report(), "merged cells: 1 (C6:C7 first)")
  t.has(df:report(), "value: text, because its cells are of several kinds")
  t.same_frame(read(book, { sheet = 2 }), df)
  t.same_frame(read(book, { sheet = "2" }), df)
  t.eq(read(book, { sheet = "Hidden" }).column_1[1], 7)
  t.raises("unknown-sheet", function() read(book, { sheet = "Note" }) end, "did you mean 'Notes'", "3 Hidden")
  t.raises("unknown-sheet", function() read(book, { sheet = 4 }) end, "'4'")
  t.raises("unknown-sheet", function() read(book, { sheet = 0 }) end, "'0'")
  t.raises("wrong-type", function() read(book, { sheet = true }) end, "'sheet'")
end)

t.test("known by its content too", function()
  t.eq(#read(t.write(t.path ".bin", t.read(book))), 200)
  t.eq(#read(t.write(t.path "", t.read(book))), 200)
end)

-- ---- ranges, columns, rows, types

t.test("ranges", function()
  local corner = { { "id", "name" }, id = { 1, 2 }, name = { "Ann", "Bo & Co" } }
  t.eq(t.content(read(book, { range = "A1:B3" })), corner)
  t.same_frame(read(book, { range = "Orders!$a$1:$B$3" }), read(book, { range = "A1:B3" }))
  t.eq(t.names(read(book, { range = "B:C" })), { "name", "amount" })
  t.eq(#read(book, { range = "B:C" }), 200)
  t.eq(#read(book, { range = "G190" }), 12)
  t.eq(t.names(read(book, { range = "3:4", header = false }))[8], "column_8")
  t.eq(#read(book, { range = "B2:B5", header = false }), 4)
  t.eq(t.cells(read(book, { range = "C5:D6", header = false }).column_1), { 0.3, 0.4 })
  t.eq(t.types(read(book, { range = "Z1:AA5" })), { "string", "string" })
  local wrong = { "B1C5", "A0:B2", "B5:A1", "A1:", "1", "A", "XFE1:XFE2", "A1:B1048577", "A1:B2 " }
  for _, range in ipairs(wrong) do
    t.raises("bad-range", function() read(book, { range = range }) end, "range")
  end
end)

t.test("some columns, some rows, forced types, other names", function()
  local df = read(book, { columns = { "name", "id" }, rows = 2, types = { id = "string" } })
  t.eq(t.content(df), { { "name", "id" }, name = { "Ann", "Bo & Co" }, id = { "1", "2" } })
  t.eq(read(book, { types = "string", rows = 2 }).at[2], "2024-02-02 01:01:07")
  local forced = { types = { name = "int64" } }
  t.raises("type-does-not-fit", function() read(book, forced) end, "'name'", "row 2", "Ann")
  t.raises("unknown-column", function() read(book, { columns = { "ids" } }) end, "'ids'")
  t.eq(t.names(sheet({ { "a", "b" }, { 1, 2 } }, { names = { "x", "y" } })), { "x", "y" })
  t.eq(#sheet({ { "a", "b" }, { 1, 2 } }, { names = { "x", "y" } }), 1)
  t.raises("names-do-not-fit", function() sheet({ { "a", "b" } }, { names = { "x" } }) end, "1 names for 2")
  t.raises("option-without-use", function() read(book, { delimiter = ";" }) end, "delimiter", "xlsx")
end)

-- ---- values

t.test("whole numbers, reals, booleans, texts", function()
  local df = sheet {
    { "whole", "real", "flag", "text", "large" },
    { 1, 0.1, true, "a", { "", "<v>9007199254740993</v>" } },
    { -7, 1e300, false, "b & c", { "", "<v>1e2</v>" } },
    { { "", "<v>12.0</v>" }, 5e-324, true, "  d ", { "", "<v>0.30000000000000004</v>" } },
  }
  t.eq(t.types(df), { "int64", "float64", "bool", "category", "float64" })
  t.eq(t.cells(df.whole), { 1, -7, 12 })
  t.eq(t.cells(df.real), { 0.1, 1e300, 5e-324 })
  t.eq(t.cells(df.text), { "a", "b & c", "  d " })
  t.eq(t.cells(df.large), { 9007199254740992.0, 100.0, 0.30000000000000004 })
end)

t.test("shared, rich and phonetic strings, escapes", function()
  local cells = [[<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>
    <row r="3"><c r="A3" t="s"><v>2</v></c></row>
    <row r="4"><c r="A4" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh><t>no</t></rPh></is></c>
    </row>
    <row r="5"><c r="A5" t="str"><f>"a"</f><v>a_x000D_b_x005F_x0041_</v></c></row>]]
  local strings = "<si><t>head</t></si><si><r><t>ri</t></r><r><rPr/><t>ch</t></r></si>" ..
    "<si><t xml:space=\"preserve\"> 東京 </t><rPh sb='0' eb='1'><t>toukyou</t></rPh></si>"
  local df = sheet(cells, nil, { strings = strings })
  t.eq(t.content(df), { { "head" }, head = { "rich", " 東京 ", "inline", "a\rb_x0041_" } })
end)

t.test("errors and empty texts are missing, and counted", function()
  local df = sheet { { "a", "b" }, { 1, "x" }, { { 't="e"', "<v>#N/A</v>" }, { 't="str"', "<v></v>" } },
    { { 't="e"', "<v>#DIV/0!</v>" }, "y" } }
  t.eq(t.cells(df.a), { 1, NA, NA })
  t.eq(t.cells(df.b), { "x", NA, "y" })
  t.has(df:report(), "cells with an error, read as missing: 2 (A3 first, #N/A)")
  t.has(df:report(), "empty texts, read as missing: 1")
end)

t.test("texts that stand for missing, in a column of values only", function()
  local df = sheet { { "a", "b" }, { 1, "NA" }, { "N/A", "x" }, { 2.5, "-" } }
  t.eq(t.cells(df.a), { 1.0, NA, 2.5 })
  t.eq(t.cells(df.b), { "NA", "x", "-" })
  t.has(df:report(), "a: texts that stand for missing (NA, N/A, - ...): 1")
end)

t.test("dates by their formats, of the workbook and built in", function()
  local formats = { 14, 22, "yyyy\\-mm\\-dd", "[$-409]d mmm yy;@", "mmm", '"day "0', "0.00", "h:mm",
    "[h]:mm:ss", "[Red]0", "General", '0.0\\d', "_-* #,##0_-", "mm:ss", 27, 45, "yyyy年m月d日" }
  local dates = { 1, 2, 3, 4, 5, 15, 17 }
  local rows = { { n = #formats }, { n = #formats } }
  for i = 1, #formats do
    rows[1][i] = "c" .. i
    rows[2][i] = { ('s="%d"'):format(i), "<v>45351.25</v>" }
  end
  local df = sheet(rows, nil, { formats = formats })
  local is_date = {}
  for _, i in ipairs(dates) do
    is_date[i] = true
  end
  for i = 1, #formats do
    t.eq(df:col("c" .. i)[1], is_date[i] and "2024-02-29 06:00:00" or 45351.25, tostring(formats[i]))
  end
end)

-- Serials as Excel shows them; 60 is its 29 February 1900.
t.test("both epochs, and the leap year that was none", function()
  local rows = { { "d" } }
  for i, serial in ipairs { 1, 59, 61, 25569, 45351, 2958465, 45351.999999 } do
    rows[i + 1] = { { 's="1"', "<v>" .. serial .. "</v>" } }
  end
  local df = sheet(rows, nil, { formats = { 22 } })
  t.eq(t.cells(df.d), { "1900-01-01 00:00:00", "1900-02-28 00:00:00", "1900-03-01 00:00:00",
    "1970-01-01 00:00:00", "2024-02-29 00:00:00", "9999-12-31 00:00:00", "2024-02-29 23:59:59.914" })
  df = sheet(rows, { rows = 5 }, { formats = { 14 }, since_1904 = true })
  t.eq(t.cells(df.d), { "1904-01-02", "1904-02-29", "1904-03-02", "1974-01-02", "2028-03-01" })
end)

t.test("numbers that no date is stay numbers; dates as text", function()
  local cells = { { 's="1"', "<v>-5</v>" }, { 't="d"', "<v>2024-02-29T06:00:00</v>" } }
  local df = sheet({ { "a", "b" }, cells }, nil, { formats = { 14 } })
  t.eq({ df.a[1], df.b[1] }, { -5, "2024-02-29 06:00:00" })
end)

-- ---- where the table is

t.test("titles and blank rows above the header", function()
  local rows = { { "Sales report" }, {}, { "made on 1 May" }, { "region", "n", "sum" }, { "north", 1, 2.5 } }
  local df = sheet(rows)
  t.eq(t.content(df), { { "region", "n", "sum" }, region = { "north" }, n = { 1 }, sum = { 2.5 } })
  t.has(df:report(), "look like titles, passed over: 2")
  t.has(df:report(), "row 4 names the columns")
  df = sheet({ { "a" }, { "b" }, { "x", 1, 2 } }, { skip = 2 })
  t.eq({ #df, df.column_1[1] }, { 1, "x" })
  t.eq(#sheet({ { "a" }, { 1 } }, { skip = 9 }), 0)
end)

t.test("header or none", function()
  t.eq(t.names(sheet { { "region", 2023, 2024 }, { "north", 1, 2 } }), { "region", "2023", "2024" })
  t.eq(t.names(sheet { { "north", 1, 2 }, { "south", 3, 4 } }), { "column_1", "column_2", "column_3" })
  t.eq(#sheet({ { "a", "b" }, { "c", "d" } }, { header = false }), 2)
  t.eq(t.names(sheet({ { 1, 2 }, { 3, 4 } }, { header = true })), { "1", "2" })
  local df = sheet { { " a ", "b", "b", n = 4 }, { 1, 2, 3, 4 } }
  t.eq(t.names(df), { "a", "b", "b_2", "column_4" })
  t.has(df:report(), "the name b is there twice: column 3 is called b_2")
  t.has(df:report(), "the header's blanks around 'a' were taken off")
end)

t.test("blank rows and cells within, rows and cells without their places", function()
  local df = sheet { { "a", "b" }, { 1, n = 2 }, {}, { nil, 4, n = 2 } }
  t.eq(t.content(df), { { "a", "b" }, a = { 1, NA, NA }, b = { NA, NA, 4 } })
  t.has(df:report(), "blank rows in the table, kept as missing: 1")
  df = sheet [[<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>
    <row><c><v>1</v></c><c><v>2</v></c></row>]]
  t.eq(t.content(df), { { "a", "b" }, a = { 1 }, b = { 2 } })
end)

t.test("other prefixes, other places of the parts", function()
  local parts = lib.parts { sheets = { { cells = lib.rows { { "a" }, { 1 } } } } }
  parts[7][2] = '<x:worksheet xmlns:x="urn:x"><x:sheetData>' ..
    '<x:row r="1"><x:c r="A1" t="str"><x:v>a</x:v></x:c></x:row>' ..
    '<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
  t.eq(t.cells(read(file(lib.zip(parts))).a), { 1 })
  parts[2][2] = parts[2][2]:gsub("xl/workbook.xml", "/Other/Book.xml")
  parts[3][1], parts[4][1] = "other/book.xml", "other/_rels/Book.xml.rels"
  parts[4][2] = parts[4][2]:gsub("worksheets/", "../xl/worksheets/"):gsub('"styles.xml', '"/xl/styles.xml')
  t.eq(t.cells(read(file(lib.zip(parts))).a), { 1 })
end)

t.test("sheets without cells, workbooks of hidden sheets", function()
  t.eq(#sheet {}, 0)
  local path = file { sheets = { { name = "a", cells = "", state = "hidden" },
    { name = "b", cells = lib.rows { { "x" }, { 1 } } } } }
  t.eq(t.names(read(path)), { "x" })
  t.eq(#read(file { sheets = { { cells = lib.rows { { "x" }, { 1 } }, state = "veryHidden" } } }), 1)
end)

-- ---- what is refused

t.test("files that are no workbooks, each called by its name", function()
  local ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" .. ("\0"):rep(600)
  local wide = ("EncryptedPackage"):gsub(".", "%0\0")
  t.raises("not-a-workbook", function() read(file "a,b\n1,2\n") end, "not a zip", "csv")
  t.raises("not-a-workbook", function() read(file(ole)) end, "old kind (xls)")
  t.raises("not-a-workbook", function() read(t.file(ole, ".xls")) end, "old kind (xls)")
  t.raises("not-a-workbook", function() read(file(ole .. wide .. ("\0"):rep(600))) end, "encrypted")
  t.raises("not-a-workbook", function() read(file(lib.zip { { "a.txt", "hello" } })) end, "no workbook in it")
  t.raises("not-a-workbook", function() read(file(lib.zip { { "content.xml", "<x/>" } })) end, "OpenDocument")
  t.raises("not-a-workbook", function() read(file(lib.zip { { "xl/workbook.bin", "" } })) end, "xlsb")
  local cut = t.read(book):sub(1, 9000)
  t.raises("not-a-workbook", function() read(file(cut)) end, "damaged", "end is missing")
  t.raises("not-a-workbook", function() read(file "") end)
  t.raises("no-such-file", function() read "none.xlsx" end, "none.xlsx")
  local parts = lib.parts { sheets = { { cells = "" } } }
  t.raises("not-a-workbook", function() read(file(lib.zip(parts, 1))) end, "encrypted")
end)

t.test("damaged parts", function()
  local function broken(change, ...)
    local parts = lib.parts { sheets = { { cells = lib.rows { { "a" }, { 1 } } } } }
    change(parts)
    t.raises("bad-workbook", function() read(file(lib.zip(parts))) end, ...)
  end
  broken(function(p) p[7][2] = p[7][2]:sub(1, -20) end, "sheet1.xml", "line", "column")
  broken(function(p) p[7][2] = "" end, "sheet1.xml")
  broken(function(p) p[3][2] = "<workbook" end, "workbook.xml")
  broken(function(p) table.remove(p, 7) end, "sheet1.xml")
  broken(function(p) table.remove(p, 4) end, "workbook.xml.rels")
  broken(function(p) p[7][2] = p[7][2]:gsub('r="A2"', 'r="2A"') end, "no place")
  broken(function(p) p[7][2] = p[7][2]:gsub('r="A2"', 'r="XFE2"') end, "no place")
  broken(function(p) p[7][2] = p[7][2]:gsub('<row r="2"', '<row r="0"') end, "no number")
  broken(function(p) p[7][2] = p[7][2]:gsub('<c r="A2">', '<c r="A2" t="s">') end, "not there")
  local bytes = t.read(book)
  local at = bytes:find("xl/worksheets/sheet1.xml", 1, true) + 100
  bytes = bytes:sub(1, at) .. ("\255"):rep(50) .. bytes:sub(at + 51)
  t.raises("bad-workbook", function() read(file(bytes)) end)
end)

t.test("entities, depth, bombs and sheets far apart", function()
  local function limited(id, xml, ...)
    local parts = lib.parts { sheets = { { xml = xml } } }
    return t.raises(id, function() read(file(lib.zip(parts))) end, ...)
  end
  limited("bad-workbook", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
    "document type")
  limited("bad-workbook", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>', "document type")
  limited("bad-workbook", ("<a>"):rep(100), "nested too deep")
  local far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
  local e = t.raises("workbook-limit", function() sheet(far) end, "far apart")
  t.has(e.hint, "range")
  t.eq(#sheet(far, { range = "XFD1048576", header = false }), 1)
end)

if os.execute "command -v python3 >/dev/null 2>&1" then
  t.test("a part that unpacks to far more than it should", function()
    local path, script = t.path ".xlsx", t.path ".py"
    local parts = lib.parts { sheets = { { xml = "" } } }
    t.write(t.path ".txt", "")
    local code = { "import zipfile", ("z = zipfile.ZipFile(%q, 'w', zipfile.ZIP_DEFLATED)"):format(path) }
    for i = 1, 6 do
      code[#code + 1] = ("z.writestr(%q, r'''%s''')"):format(parts[i][1], parts[i][2])
    end
    code[#code + 1] = "bomb = '<worksheet>' + ' ' * (100 << 20) + '</worksheet>'"
    code[#code + 1] = "z.writestr('xl/worksheets/sheet1.xml', bomb)"
    code[#code + 1] = "z.close()"
    t.write(script, table.concat(code, "\n"))
    assert(os.execute("python3 " .. script))
    t.raises("workbook-limit", function() read(path) end, "unpacks to more than", "400 times")
  end)
else
  t.skip("a part that unpacks to far more than it should", "there is no python3")
end

t.test("damage at random is an error, never a crash", function()
  local bytes = t.read(book)
  math.randomseed(3)
  for _ = 1, 60 do
    local at = math.random(1, #bytes - 20)
    local junk = string.rep(string.char(math.random(0, 255)), math.random(1, 8))
    local fine, e = pcall(read, file(bytes:sub(1, at) .. junk .. bytes:sub(at + #junk + 1)))
    t.ok(fine or e.id ~= "lua-error")
  end
end)

t.done()
