-- SPDX-License-Identifier: GPL-3.0-or-later
-- SQLite databases in and out. Those that another program made come from the program sqlite3.
package.path = (os.getenv "ROOT" or ".") .. "/tests/lua/?.lua;" .. package.path
local t = require "lib"

-- luacheck: globals plugin

do
  local list = plugin.list()
  for i = 1, #list do
    if list.name[i] == "sqlite" and list.missing[i] ~= NA then
      print("1..0 # SKIP the plugin is not built: " .. list.missing[i])
      os.exit(0)
    end
  end
end

local function target(path, table)
  return "sqlite:" .. path .. "?table=" .. table
end

-- Equal names, cells and types; a database does not tell category from string.
local function same(got, want, what)
  local function types(df)
    local list = t.types(df)
    for i = 1, #list do
      list[i] = list[i] == "category" and "string" or list[i]
    end
    return list
  end
  t.eq(types(got), types(want), what)
  t.eq(t.content(got), t.content(want), what)
end

-- ---- round trips, by our own writer

local everything = frame {
  { "whole", { 1, -7, math.maxinteger, math.mininteger, NA } },
  { "real", { 0.1, 1e300, 5e-324, -1 / 0, NA } },
  { "flag", { true, false, NA, true, false } },
  { "text", { "a'b", 'say "hi"', "two\nlines", "", NA } },
  { "Unit Price", { "客户", "👍", " padded ", "NA", "1" } },
}

t.test("every type comes back as it was", function()
  local path = t.path ".db"
  everything:write(path, { table = "all" })
  same(read(path), everything)
  same(read(target(path, "all")), everything)
  same(read(path, { format = "sqlite", table = "ALL" }), everything)
end)

t.test("whole floats stay floats, and doubles keep all their bits", function()
  local values = {}
  math.randomseed(5)
  for i = 1, 5000 do
    local bits = math.random(0) & ~(0x7ff << 52) | math.random(1, 2046) << 52
    values[i] = i % 5 == 0 and i * 1.0 or (string.unpack("<d", string.pack("<I8", bits)))
  end
  local df, path = frame { x = values }, t.path ".sqlite"
  df:write(path, { table = "x" })
  same(read(path), df)
end)

t.test("times, with a zone and without, and dates", function()
  local df = read(t.file("d,w,u\n2024-02-29,2024-02-29 13:05:00.5,2024-02-29T13:05:00Z\n" ..
    "0001-01-01,,9999-12-31T23:59:59Z\n"))
  t.eq(t.types(df), { "timestamp", "timestamp", "timestamp" })
  local path = t.path ".db"
  df:write(target(path, "t"))
  same(read(path), df)
end)

t.test("sets are lists in JSON, and come back", function()
  local df, path = frame { s = { { "milk", "a,b" }, {}, NA, { 'q"\\\n' } } }, t.path ".db"
  df:write(target(path, "s"))
  local back = read(path)
  t.eq(t.types(back), { "set" })
  for i = 1, 4 do
    local want, got = df.s[i], back.s[i]
    if want ~= NA then
      table.sort(want)
      table.sort(got)
    end
    t.eq(got, want)
  end
end)

t.test("columns without a value keep their types, and a frame may have no rows", function()
  local df, path = frame { { "a", { 1.5, NA } }, { "b", { true, NA } }, { "c", { 1, NA } } }, t.path ".db"
  df = df:tail(1)
  df:write(target(path, "t"))
  same(read(path), df)
  df:head(0):write(target(path, "t"))
  same(read(path), df:head(0))
end)

t.test("the shipped data come back as they are", function()
  local path = t.path ".db"
  for _, name in ipairs { "iris", "credit" } do
    local df = read("datasets/" .. name .. "/" .. name .. ".csv")
    df:write(path, { table = name })
    same(read(path, { table = name }), df)
  end
end)

-- ---- writing

t.test("writing replaces the table and leaves the others alone", function()
  local path = t.path ".db"
  local a, b = frame { x = { 1, 2, 3 } }, frame { y = { "p" } }
  a:write(target(path, "a"))
  b:write(target(path, "b"))
  b:write(target(path, "a"))
  same(read(target(path, "a")), b)
  same(read(target(path, "b")), b)
end)

t.test("append adds rows when the columns fit", function()
  local path = t.path ".db"
  local df = frame { { "n", { 1, 2 } }, { "s", { "a", "b" } }, { "f", { 0.5, 1.5 } } }
  df:write(target(path, "t"))
  df:select("s", "n", "f"):write(path, { table = "t", append = true })
  t.eq(t.cells(read(path).n), { 1, 2, 1, 2 })
  frame({ { "n", { 3 } }, { "s", { "c" } }, { "f", { 2 } } }):write(path, { table = "t", append = true })
  t.eq(t.cells(read(path).f), { 0.5, 1.5, 0.5, 1.5, 2.0 })
  local function refused(id, with, ...)
    t.raises(id, function() with:write(path, { table = "t", append = true }) end, ...)
    t.eq(#read(path), 5)
  end
  refused("table-columns", df:select("n", "s"), "'f'")
  refused("table-columns", frame { n = { 1 }, s = { "x" }, f = { 1.5 }, more = { 1 } }, "more")
  refused("table-columns", frame { n = { "x" }, s = { "x" }, f = { 1.5 } }, "'n'", "INTEGER", "string")
  t.raises("unknown-table", function() df:write(path, { table = "u", append = true }) end, "'u'", "t")
end)

t.test("what SQLite cannot keep is refused before anything is changed", function()
  local path = t.path ".db"
  local nan = frame { x = { 1.5, t.nan } }
  t.raises("nan-in-database", function() nan:write(target(path, "x")) end, "'x'", "1 NaN")
  t.raises("bad-data", function() frame({ a = { 1 }, A = { 2 } }):write(target(path, "x")) end, "'A' and 'a'")
  t.raises("which-table", function() frame({ a = { 1 } }):write(path) end, "which table")
  t.eq(io.open(path, "rb"), nil)
end)

t.test("a failed write leaves the database as it was", function()
  local path = t.path ".db"
  everything:write(target(path, "t"))
  local before = t.read(path)
  local wide = {}
  for i = 1, 2500 do
    wide["c" .. i] = { i }
  end
  t.raises("sql-error", function() frame(wide):write(target(path, "t")) end, "too many columns")
  t.eq(t.read(path) == before, true)
  local fresh = t.path ".db"
  t.raises("sql-error", function() frame(wide):write(target(fresh, "t")) end)
  t.eq(io.open(fresh, "rb"), nil)
end)

t.test("places that cannot be written", function()
  local df = frame { x = { 1 } }
  t.raises("database-error", function() df:write "sqlite:/no/such/a.db?table=t" end, "/no/such/a.db")
  local folder = t.path ""
  os.execute(("mkdir '%s' && chmod 555 '%s'"):format(folder, folder))
  local fine, e = pcall(function() df:write(target(folder .. "/a.db", "t")) end)
  if not fine then -- root may do it all the same
    t.has(e.message, "Permission denied")
  end
  os.execute(("chmod 755 '%s'"):format(folder))
  local text = t.file("hello, this is a text\n", ".db")
  t.raises("not-a-database", function() df:write(target(text, "t")) end, "no SQLite")
  t.eq(t.read(text), "hello, this is a text\n")
  t.raises("file-error", function() df:write(target(os.getenv "TMPDIR" or "/tmp", "t")) end, "folder")
end)

-- ---- reading

t.test("options that are not for databases are refused, and queries that say nothing", function()
  local path = t.path ".db"
  everything:write(target(path, "t"))
  t.raises("option-without-use", function() read(path, { delimiter = ";" }) end, "delimiter", "sqlite")
  t.raises("bad-query", function() read("sqlite:" .. path .. "?tabel=t") end, "tabel=t")
  t.raises("bad-query", function() read("sqlite:" .. path .. "?table=t", { table = "u" }) end, "'t'", "'u'")
  t.raises("bad-query", function() read(path, { table = "t", sql = "select 1" }) end, "not both")
  t.raises("unknown-table", function() read(path, { table = "tt" }) end, "'tt'", "did you mean 't'")
  t.raises("no-such-file", function() read "sqlite:none.db?table=t" end, "none.db")
  t.raises("not-a-database", function() read(t.file("x,y\n1,2\n", ".db")) end, "no SQLite database", "csv")
  t.raises("which-table", function() read(t.file("", ".db")) end, "no tables")
end)

t.test("some columns, some rows, other types", function()
  local path = t.path ".db"
  everything:write(target(path, "t"))
  local df = read(path, { columns = { "text", "whole" }, rows = 2 })
  t.eq(t.content(df), { { "text", "whole" }, text = { "a'b", 'say "hi"' }, whole = { 1, -7 } })
  t.eq(#read(path, { rows = 0 }), 0)
  t.raises("unknown-column", function() read(path, { columns = { "txt" } }) end, "'txt'", "'text'")
  t.raises("unknown-column", function() read(path, { types = { txt = "string" } }) end, "'txt'", "'text'")
  df = read(path, { types = { whole = "string", flag = "int64" } })
  t.eq(df.whole[3], "9223372036854775807")
  t.eq(t.cells(df.flag), { 1, 0, NA, 1, 0 })
  t.eq(read(path, { types = "string" }).flag[1], "1")
  local forced = { types = { text = "float64" } }
  t.raises("type-does-not-fit", function() read(path, forced) end, "'text'", "row 1", "a'b")
end)

t.test("queries", function()
  local path = t.path ".db"
  everything:write(target(path, "t"))
  local sql = "select whole, count(*) as n, count(*) from t where whole < 10 group by 1 order by 1"
  local df = read(path, { sql = sql })
  t.eq(t.names(df), { "whole", "n", "count(*)" })
  t.eq(t.cells(df.whole), { math.mininteger, -7, 1 })
  t.eq(#read("sqlite:" .. path .. "?sql=select+*+from+t+where+flag%3D1"), 2)
  df = read(path, { sql = "select 1 as a, 2 as a, 3 as '', 4 as column_3" })
  t.eq(t.names(df), { "a", "a_2", "column_4", "column_3" })
  t.has(df:report(), "the name a is there twice")
  t.eq(#read(path, { sql = "select 1 as a; -- that is all" }), 1)
  t.raises("sql-error", function() read(path, { sql = "select nope from t" }) end, "nope")
  local _, shown = t.run { "-e", ("read(%q, { sql = 'select nope from t' })"):format(path) }
  t.has(shown, "  select nope from t\n         ^")
  t.raises("sql-writes", function() read(path, { sql = "select 1; delete from t" }) end)
  for _, other in ipairs { "delete from t", "create table u(x)", "attach 'x' as y", "", "-- nothing" } do
    t.raises("sql-writes", function() read(path, { sql = other }) end)
  end
  same(read(path), everything)
end)

t.test("Ctrl-C ends a query", function()
  local path = t.path ".db"
  everything:write(target(path, "t"))
  local sql = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
  local shell = ("timeout --preserve-status -s INT 0.5 '%s' -e 'read(\"%s\", {sql = \"%s\"})' 2>&1; echo $?")
  local pipe = assert(io.popen(shell:format(t.program, path, sql)))
  t.has(pipe:read "a", "130\n")
  pipe:close()
end)

t.test("its errors have pages once it is loaded", function()
  local path = t.file("", ".db")
  local typed = t.file(("pcall(read, %q)\n?which-table\n"):format(path), ".txt")
  local prompt = assert(io.popen(("'%s' -i -q --no-rc <'%s' 2>&1"):format(t.program, typed)))
  t.has(prompt:read "a", "a database has several tables, or none")
  prompt:close()
end)

-- ---- databases of others

local has_program = os.execute "command -v sqlite3 >/dev/null 2>&1"

local function foreign(sql)
  local path = t.path ".db"
  assert(os.execute(("sqlite3 '%s' <'%s'"):format(path, t.file(sql, ".sql"))))
  return path
end

if not has_program then
  t.skip("databases that the program sqlite3 made", "there is no sqlite3")
  t.done()
  return
end

t.test("cells of several kinds in a column become text, and are reported", function()
  local df = read(foreign [[create table t(a, b integer, c, d real);
    insert into t values (1, 1, 1, 1), ('x', 2.5, 2.5, 2), (null, 3, 9007199254740993, 3), (2.5, 4, 3, 4);]])
  t.eq(t.types(df), { "string", "float64", "string", "float64" })
  t.eq(t.cells(df.a), { "1", "x", NA, "2.5" })
  t.eq(t.cells(df.c), { "1", "2.5", "9007199254740993", "3" })
  t.has(df:report(), "a: text, because its cells are of several kinds; whole numbers: 1, " ..
    "numbers with fractions: 1, texts: 1 (another kind first at row 4)")
  t.has(df:report(), "b: float64, though declared INTEGER: row 2 has '2.5'")
  t.has(df:report(), 'types = {b = "string"')
end)

t.test("blobs are hexadecimal text, bad text is mended, and both are reported", function()
  local df = read(foreign [[create table t(a, b);
    insert into t values (x'00ff', cast(x'41ff42' as text)), (x'', 'ok');]])
  t.eq(t.cells(df.a), { "00FF", "" })
  t.eq(t.cells(df.b), { "A\u{fffd}B", "ok" })
  t.has(df:report(), "a: blobs, written as hexadecimal text: 2")
  t.has(df:report(), "b: texts that were not UTF-8, their bytes replaced by U+FFFD: 1")
end)

t.test("declared dates and truth values, when the cells bear them out", function()
  local df = read(foreign [[
    create table t(a date, b datetime, c timestamp, d date, e boolean, f boolean, g decimal(10,2));
    insert into t values
      ('2024-01-31', '2024-01-31 10:00:00', '2024-01-31T10:00:00Z', '31.1.2024', 1, 2, 3),
      ('2024-02-29', null, '2024-02-29T00:00:00Z', '2024-01-31', 0, 0, 4);]])
  t.eq(t.types(df), { "timestamp", "timestamp", "timestamp", "category", "bool", "int64", "float64" })
  t.eq({ df.a[2], df.b[1], df.d[1] }, { "2024-02-29", "2024-01-31 10:00:00", "31.1.2024" })
  t.has(df:report(), "d: category, though declared date: row 1 has '31.1.2024'")
  t.has(df:report(), "f: int64, though declared boolean: row 1 has '2'")
end)

t.test("views, several tables, names with quotes, a file of another name", function()
  local path = foreign [[create table "we""ird"(x); insert into "we""ird" values (5);
    create view v as select x * 2 as y from "we""ird";]]
  t.eq(read(path, { table = 'we"ird' }).x[1], 5)
  t.eq(read(path, { table = "v" }).y[1], 10)
  t.raises("which-table", function() read(path) end, "2 tables", "v, we\"ird", "{table = ")
  local other = t.write(t.path ".data", t.read(path))
  t.eq(read(other, { table = "v" }).y[1], 10)
  t.raises("sql-error", function() frame({ x = { 1 } }):write(target(path, "v")) end, "view v")
end)

t.test("a locked database is waited for, then refused", function()
  local path = foreign "create table t(x); insert into t values (1);"
  local holder = io.popen(("sqlite3 '%s' >/dev/null"):format(path), "w")
  holder:write "begin exclusive;\ninsert into t values (2);\n"
  holder:flush()
  os.execute "sleep 0.3"
  t.raises("database-busy", function() read(path) end, "locked by another program")
  t.raises("database-busy", function() frame({ x = { 1 } }):write(path, { table = "t" }) end)
  holder:write "rollback;\n"
  holder:close()
  t.eq(#read(path), 1)
end)

t.test("a damaged database is an error, never a crash", function()
  local bytes = t.read(foreign [[create table t(x, y);
    with recursive c(i) as (select 1 union all select i + 1 from c where i < 500)
    insert into t select i, 'text ' || i from c;]])
  math.randomseed(11)
  for _ = 1, 60 do
    local at = math.random(17, #bytes - 20)
    local junk = string.rep(string.char(math.random(0, 255)), math.random(1, 16))
    local broken = bytes:sub(1, at) .. junk .. bytes:sub(at + 17)
    local fine, e = pcall(read, t.file(broken, ".db"))
    t.ok(fine or e.id ~= "lua-error")
  end
  t.raises("not-a-database", function() read(t.file(bytes:sub(1, 3000), ".db")) end)
end)

t.done()
