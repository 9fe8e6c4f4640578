-- SPDX-License-Identifier: GPL-3.0-or-later
-- Files as they come: a clean table is written in many dialects and with one fault at a time, and must be read as
-- what was meant, with automatic settings. Rows that cannot be right must be rejected, and no other.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

math.randomseed(20240131)

-- ---- the clean table

local header = { "date", "time", "qty", "code", "price", "kind", "description", "url", "comment" }
local kinds = { "Toys", "Garden", "Books", "Home & Bath" }
local nouns = { "Lamp", "Chair", "Clock, large", "Rope", "Saw (small)", 'Pipe 5" wide', "Mug", "Bag; blue", "Desk" }
local notes = { "", "", "gift", "call first, then deliver", 'customer said "maybe"', "it's late", "two\nlines", "ok" }

local function clean_rows(n)
  local rows = {}
  for i = 1, n do
    rows[i] = {
      ("2021-%02d-%02d"):format(1 + i % 12, 1 + i * 7 % 28),
      ("%02d:%02d:%02d"):format(i % 24, i * 13 % 60, i * 29 % 60),
      tostring(math.random(1, 40)),
      ("%03d-%03d"):format(math.random(100, 999), math.random(0, 999)),
      ("%d.%02d"):format(math.random(0, 400), math.random(1, 99)),
      kinds[math.random(#kinds)],
      nouns[math.random(#nouns)] .. " no " .. i,
      "https://shop.example/item?id=" .. i .. "&x=1",
      notes[math.random(#notes)],
    }
  end
  return rows
end

-- ---- writing

local function field(text, d)
  local quote, delimiter = d.quote or '"', d.delimiter or ","
  local must = text:find(delimiter, 1, true) or text:find "[\r\n]" or quote ~= "" and text:find(quote, 1, true)
  if quote == "" or not (must or d.all) then
    return text
  end
  local escape = d.escape or quote
  if escape ~= quote and escape ~= "" then
    text = text:gsub("\\", "\\\\")
  end
  return quote .. text:gsub(quote, function() return escape .. quote end) .. quote
end

local function line(row, d)
  local fields = {}
  for i, text in ipairs(row) do
    fields[i] = field(text, d)
  end
  return table.concat(fields, d.delimiter or ",")
end

local function lines_of(rows, d)
  local lines = { d.header ~= false and line(d.header or header, d) or nil }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = line(row, d)
  end
  return lines
end

local function file_of(rows, d)
  d = d or {}
  local feed = d.feed or "\n"
  return (d.before or "") .. table.concat(lines_of(rows, d), feed) .. (d.last or feed) .. (d.after or "")
end

-- ---- comparing

local function check(text, names, rows, what)
  local path = t.file(text)
  local df = read(path, { types = "string" })
  t.eq(t.names(df), names, what)
  t.eq(#df, #rows, what .. ": rows")
  for i, name in ipairs(names) do
    local column = df:col(name)
    for k, row in ipairs(rows) do
      local cell = column[k]
      cell = cell == NA and "" or cell
      if cell ~= row[i] then
        error(("%s: row %d, %s: got %q, want %q\n%s"):format(what, k, name, cell, row[i], df:report()), 2)
      end
    end
  end
  local typed = read(path)
  t.eq(#typed, #rows, what .. ": rows with types")
  return typed
end

local rows = clean_rows(60)

local function copy(list)
  local out = {}
  for i, item in ipairs(list) do
    out[i] = type(item) == "table" and copy(item) or item
  end
  return out
end

-- Texts without what a dialect cannot write.
local function without(list, pattern)
  local out = copy(list)
  for _, row in ipairs(out) do
    for i, text in ipairs(row) do
      row[i] = text:gsub(pattern, " ")
    end
  end
  return out
end

-- ---- whole files

t.test("delimiters", function()
  for _, delimiter in ipairs { ",", ";", "\t", "|", " ", ":", "^", "~", "\1", "\31", "#", "&", "!" } do
    for _, all in ipairs { false, true } do
      check(file_of(rows, { delimiter = delimiter, all = all }), header, rows, ("delimiter %q"):format(delimiter))
    end
  end
end)

t.test("quotes and escapes", function()
  for _, delimiter in ipairs { ",", ";", "\t" } do
    check(file_of(rows, { delimiter = delimiter, quote = "'" }), header, rows, "single quotes")
    check(file_of(rows, { delimiter = delimiter, quote = "'", all = true }), header, rows, "single quotes, all")
    check(file_of(rows, { delimiter = delimiter, escape = "\\" }), header, rows, "backslash")
    check(file_of(rows, { delimiter = delimiter, escape = "\\", all = true }), header, rows, "backslash, all")
    check(file_of(rows, { delimiter = delimiter, escape = "" }), header, rows, "no escape")
    check(file_of(rows, { delimiter = delimiter, escape = "", all = true }), header, rows, "no escape, all")
  end
  local plain = without(rows, "[\n\t]")
  check(file_of(plain, { delimiter = "\t", quote = "" }), header, plain, "no quotes")
end)

t.test("line ends", function()
  for _, feed in ipairs { "\n", "\r\n", "\r", "\r\r\n" } do
    check(file_of(rows, { feed = feed }), header, rows, ("feed %q"):format(feed))
    check(file_of(rows, { feed = feed, last = "" }), header, rows, ("feed %q, none at the end"):format(feed))
    check(file_of(rows, { feed = feed, last = feed .. feed }), header, rows, ("feed %q, two at the end"):format(feed))
    check(file_of(rows, { feed = feed, last = feed:rep(5) }), header, rows, ("feed %q, five at the end"):format(feed))
  end
  local lines, mixed = lines_of(rows, {}), {}
  local feeds = { "\n", "\r\n", "\r" }
  for i, text in ipairs(lines) do
    mixed[i] = text .. feeds[1 + i % 3]
  end
  check(table.concat(mixed), header, rows, "mixed feeds")
  check("\xEF\xBB\xBF" .. file_of(rows), header, rows, "byte order mark")
end)

t.test("headers", function()
  local names = {}
  for i = 1, #header do
    names[i] = "column_" .. i
  end
  check(file_of(rows, { header = false }), names, rows, "no header")
  check(file_of(rows, { header = false, all = true }), names, rows, "no header, all quoted")
  check(file_of(rows, { header = false, delimiter = ";" }), names, rows, "no header, ;")
  check(file_of({}, {}), header, {}, "header only")
  check(file_of({}, { last = "" }), header, {}, "header only, no feed")
  check(file_of({ rows[1] }, {}), header, { rows[1] }, "one row")
  check(file_of({ rows[1] }, { header = false }), names, { rows[1] }, "one row, no header")
  local units = { "(day)", "(clock)", "(pieces)", "(stock)", "(euro)", "(class)", "(text)", "(link)", "(free)" }
  local joined = {}
  for i = 1, #header do
    joined[i] = header[i] .. " " .. units[i]
  end
  check(line(header, {}) .. "\n" .. line(units, {}) .. "\n" .. file_of(rows, { header = false }), joined, rows,
    "two header rows")
  local twice, numbered = copy(header), copy(header)
  twice[5], twice[9] = "qty", ""
  numbered[5], numbered[9] = "qty_2", "column_9"
  check(file_of(rows, { header = twice }), numbered, rows, "names twice and none")
  local padded = {}
  for i, name in ipairs(header) do
    padded[i] = "  " .. name .. " "
  end
  check(file_of(rows, { header = padded }), header, rows, "padded names")
end)

t.test("above and below the table", function()
  for _, delimiter in ipairs { ",", ";", "\t" } do
    local function with(extra)
      extra.delimiter = delimiter
      return file_of(rows, extra)
    end
    check(with { before = "Sales of the year 2021\n" }, header, rows, "a title")
    check(with { before = "Sales of 2021\nmade by hand\n\n" }, header, rows, "two lines and a blank one")
    check(with { before = "Report: sales, by day; and more\nPrinted: 2021-12-31 10:00\n\n\n" }, header, rows,
      "a preamble")
    check(with { before = "Sales" .. delimiter:rep(8) .. "\n" .. delimiter:rep(8) .. "\n" }, header, rows,
      "a padded title")
    check(with { before = "# made by hand\n# do not edit\n" }, header, rows, "comments")
    check(with { before = "\n\n" }, header, rows, "blank lines above")
    check(with { after = "Source: the shop\n" }, header, rows, "a footer")
    check(with { after = "\nSource: the shop\nAll rights reserved\n" }, header, rows, "a footer below a blank line")
    check(with { after = "Total" .. delimiter:rep(8) .. "\n" .. "by hand" .. delimiter:rep(8) .. "\n" }, header,
      rows, "x")
  end
end)

t.test("blank lines between rows, and comments", function()
  for _, blank in ipairs { "", " ", "\t", "# note, with, commas" } do
    local lines = lines_of(rows, {})
    for i = #lines, 3, -11 do
      table.insert(lines, i, blank)
    end
    check(table.concat(lines, "\n") .. "\n", header, rows, ("blank %q"):format(blank))
  end
end)

t.test("delimiters at the ends of all lines", function()
  for _, delimiter in ipairs { ",", ";", "\t", "|" } do
    local lines = lines_of(rows, { delimiter = delimiter })
    local ends, all = {}, {}
    for i, text in ipairs(lines) do
      ends[i] = i == 1 and text or text .. delimiter
      all[i] = text .. delimiter
    end
    check(table.concat(ends, "\n") .. "\n", header, rows, "at the end of rows " .. delimiter)
    check(table.concat(all, "\n") .. "\n", header, rows, "at the end of all lines " .. delimiter)
  end
end)

t.test("blanks behind delimiters", function()
  local texts = copy(rows)
  local lines = { table.concat(header, ", ") }
  for _, row in ipairs(texts) do
    local fields = {}
    for i, text in ipairs(row) do
      fields[i] = field(text, {})
    end
    lines[#lines + 1] = table.concat(fields, ", ")
  end
  check(table.concat(lines, "\n") .. "\n", header, rows, "comma blank")
end)

-- ---- one row, one cell

-- The file with one line changed.
local function with_line(number, change, d)
  local lines = lines_of(rows, d or {})
  lines[number + 1] = change(lines[number + 1])
  return table.concat(lines, "\n") .. "\n"
end

-- All rows but one must be as they are; that one as wanted, or rejected when wanted is nil.
local function check_row(text, number, wanted, what)
  local expected = copy(rows)
  if wanted then
    expected[number] = wanted
  else
    table.remove(expected, number)
  end
  local df = check(text, header, expected, what)
  local rejects = df:rejects()
  t.eq(#rejects, wanted and 0 or 1, what .. ": rejected")
  if not wanted then
    t.ok(rejects.line[1] >= number + 1, what)
    t.ok(#rejects.text[1] > 0 and #rejects.reason[1] > 0, what)
  end
end

t.test("cells missing at the end of a row", function()
  for number = 1, #rows, 7 do
    for keep = 4, 8 do
      local short, want = {}, copy(rows[number])
      for i = 1, keep do
        short[i] = rows[number][i]
      end
      for i = keep + 1, #want do
        want[i] = ""
      end
      check_row(with_line(number, function() return line(short, {}) end), number, want, "short row")
    end
  end
end)

t.test("empty fields too many at the end of a row; a single one may be a last cell that was shifted", function()
  for number = 1, #rows, 7 do
    for extra = 1, 3 do
      local want = extra > 1 and rows[number] or nil
      check_row(with_line(number, function(text) return text .. (","):rep(extra) end), number, want, "long row")
    end
  end
  local df = read(t.file("a,b,c\n1,x,y\n2,x,z,\n3,w,y\n", ".csv")) -- no row lacks its last cell
  t.eq(#df, 3)
  t.eq(t.cells(df.c), { "y", "z", "y" })
end)

t.test("a field too many, or too few, in the midst shifts the rest: rejected", function()
  for number = 1, #rows, 7 do
    for i = 1, 4 do
      local long, short = copy(rows[number]), copy(rows[number])
      table.insert(long, i, "")
      long[10] = "x"
      table.remove(short, i)
      check_row(with_line(number, function() return line(long, {}) end), number, nil, "shifted right")
      check_row(with_line(number, function() return line(short, {}) end), number, nil, "shifted left")
    end
  end
end)

t.test("a row with another delimiter", function()
  for number = 1, #rows, 5 do
    for _, delimiter in ipairs { ";", "\t", "|" } do
      check_row(with_line(number, function() return line(rows[number], { delimiter = delimiter }) end), number,
        rows[number],
        ("row %d with %q"):format(number, delimiter))
    end
  end
end)

-- A row without quotes of its own, with fields as they are written.
local function raw_row(number, i, text)
  local fields = {}
  for k, cell in ipairs(rows[number]) do
    fields[k] = k == i and text or field(cell, {})
  end
  return table.concat(fields, ",")
end

t.test("a quote is lost or astray in one cell", function()
  for number = 1, #rows, 3 do
    for i = 1, 9 do
      local cell = rows[number][i]
      if cell ~= "" and not cell:find '[",\n]' then
        local inside = cell:sub(1, 2) .. '"' .. cell:sub(3)
        local odd = copy(rows[number])
        odd[i] = inside
        local last = copy(rows[number])
        last[i] = cell .. '"'
        local cases = {
          { '"' .. cell, rows[number], "opened, not closed" },
          { cell .. '"', last, "a quote at the end" },
          { inside, odd, "a quote within" },
          { '"' .. inside .. '"', odd, "a quote within quotes" },
          { '"' .. cell .. '""', last, "two quotes at the end" },
        }
        for _, case in ipairs(cases) do
          check_row(with_line(number, function() return raw_row(number, i, case[1]) end), number, case[2],
            ("%s, row %d, field %d"):format(case[3], number, i))
        end
      end
    end
  end
end)

t.test("a row that repeats the header, and rows of several tables", function()
  local lines = lines_of(rows, {})
  table.insert(lines, 30, lines[1])
  table.insert(lines, 31, "1,2,3") -- so that it is not a sound file
  local df = check(table.concat(lines, "\n") .. "\n", header, rows, "header again")
  t.eq(#df:rejects(), 2)
  local two = table.concat(lines_of(rows, {}), "\n") .. "\n\nid,name\n1,bob\n2,jim\n3,tom\n"
  df = check(two, header, rows, "another table")
  t.eq(#df:rejects(), 4)
end)

t.test("a broken row takes no sound row with it", function()
  for number = 1, #rows - 1 do
    local cell = rows[number][7]
    if cell:find '"' then
      local fields = {}
      for i, text in ipairs(rows[number]) do
        fields[i] = field(text, {})
      end
      local closed = table.concat(fields, ",", 1, 7)
      for _, rest in ipairs { "", "x", '"', fields[8] .. "," .. fields[9] } do
        local df = read(t.file(with_line(number, function() return closed .. rest end)), { types = "string" })
        t.eq(#df + #df:rejects(), #rows, rest)
        t.eq(df.date[#df], rows[#rows][1])
        t.eq(df.url[#df], rows[#rows][8])
      end
    end
  end
end)

t.test("a row in quotes as a whole", function()
  for number = 1, #rows, 9 do
    check_row(with_line(number, function(text) return '"' .. text:gsub('"', '""') .. '"' end), number, rows[number],
      "wrapped")
  end
  check_row(with_line(#rows, function(text) return '"' .. text:gsub('"', '""') .. '"' end), #rows, rows[#rows],
    "wrapped last")
end)

t.test("the last row is cut short", function()
  local want = copy(rows[#rows])
  for i = 2, #want do
    want[i] = ""
  end
  check_row(with_line(#rows, function() return want[1] end), #rows, want, "only a date")
end)

t.test("one record ends otherwise than the rest", function()
  local feeds = { "\n", "\r\n", "\r", "\n\r", "\r\r\n" }
  local lines = lines_of(rows, {})
  for _, feed in ipairs(feeds) do
    for _, other in ipairs(feeds) do
      for _, at in ipairs { 1, 2, 30, #lines } do
        local text = {}
        for i, one in ipairs(lines) do
          text[i] = one .. (i == at and other or feed)
        end
        check(table.concat(text), header, rows, ("%q, but %q after line %d"):format(feed, other, at))
      end
    end
  end
end)

t.test("single quotes that only a doubled one shows", function()
  local names = copy(rows)
  for i, row in ipairs(names) do
    for k, text in ipairs(row) do
      row[k] = text:gsub("[;'\n]", " ")
    end
    row[6] = i % 9 == 2 and "O'Neil" or row[6]
  end
  check(file_of(names, { delimiter = ";", quote = "'" }), header, names, "O''Neil")
end)

t.test("what stands around a table that is quoted throughout does not change its types", function()
  local plain = t.types(check(file_of(rows, { all = true }), header, rows, "all quoted"))
  t.ok(plain[1] == "timestamp" and plain[3] == "int64" and plain[5] == "float64")
  local lines = lines_of(rows, { all = true })
  for i, text in ipairs(lines) do
    lines[i] = text .. ","
  end
  local texts = {
    file_of(rows, { all = true, before = "Sales, by day\n\n" }),
    file_of(rows, { all = true, after = "\nSource: the shop\n" }),
    file_of(rows, { all = true, feed = "\n\r" }),
    table.concat(lines, "\n") .. "\n",
  }
  for _, text in ipairs(texts) do
    t.eq(t.types(check(text, header, rows, "quoted")), plain, text)
  end
  lines = lines_of(rows, { all = true })
  lines[9] = line(rows[8], {})
  t.eq(t.types(check(table.concat(lines, "\n") .. "\n", header, rows, "one bare row")), plain)
end)

t.test("NUL bytes", function()
  local lines = lines_of(rows, {})
  lines[7] = lines[7]:gsub(",", "\0,", 1)
  lines[9] = "\0" .. lines[9]
  check(table.concat(lines, "\n") .. "\n\0\0\0", header, rows, "NUL")
end)

-- ---- small and odd files

local function reads(text, names, ...)
  local df = read(t.file(text))
  t.eq(t.names(df), names, text)
  for i, cells in ipairs { ... } do
    t.eq(t.cells(df:col(names[i])), cells, text)
  end
  return df
end

t.test("one column", function()
  reads("x\n1\n2\n3\n", { "x" }, { 1, 2, 3 })
  reads("1\n2\n3\n", { "column_1" }, { 1, 2, 3 })
  reads("word\nalpha\nbeta\n", { "word" }, { "alpha", "beta" })
  reads("note\nfirst, we take it\nthen we go\nand, at last, we stop, here\n", { "note" })
  reads("when\n2024-01-01 10:20:30\n2024-01-02 11:21:31\n", { "when" })
  reads("x\n1\n\n3\n", { "x" }, { 1, NA, 3 })
  reads('"x"\n"a, b"\n"c"\n', { "x" }, { "a, b", "c" })
end)

t.test("empty files", function()
  for _, text in ipairs { "", "\n", "\r\n\r\n", "\xEF\xBB\xBF", "   \n" } do
    local df = read(t.file(text))
    t.eq(#df, 0)
    t.eq(t.names(df), {})
    t.has(df:report(), "empty")
  end
end)

t.test("few rows", function()
  reads("a,b\n1,2\n", { "a", "b" }, { 1 }, { 2 })
  reads("a;b\n1;2\n", { "a", "b" }, { 1 }, { 2 })
  reads("a|b|c\n", { "a", "b", "c" }, {}, {}, {})
  reads("a;b\n1,5;2,5\n3,5;4,5\n", { "a", "b" })
  reads("1,2,3\n4,5,6\n", { "column_1", "column_2", "column_3" }, { 1, 4 })
  reads("name,2019,2020,2021\nx,1,2,3\ny,4,5,6\n", { "name", "2019", "2020", "2021" }, { "x", "y" }, { 1, 4 })
end)

t.test("columns parted by runs of blanks", function()
  reads("id   name  x\n 1   bob   2.5\n22   al    13.25\n", { "id", "name", "x" }, { 1, 22 }, { "bob", "al" },
    { 2.5, 13.25 })
  reads("x y\nr1 1 2\nr2 3 4\nr3 5 6\n", { "column_1", "x", "y" }, { "r1", "r2", "r3" }, { 1, 3, 5 }, { 2, 4, 6 })
end)

t.test("a file that ends within quotes loses one row at most", function()
  local lines = lines_of(rows, {})
  lines[20] = '2021-01-01,10:00:00,5,"111-222,1.50,Toys,x,y,z'
  local df = read(t.file(table.concat(lines, "\n") .. "\n"), { types = "string" })
  t.ok(#df >= 59 and #df <= 60)
  t.eq(df.code[20], rows[20][4])
end)

t.done()
