-- SPDX-License-Identifier: GPL-3.0-or-later
-- Baskets: from lines, from a row per item, from a column per item, and back.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local data = os.getenv "ASSAY_TESTDATA" or "/none"

local function lines(text, options)
  return read_baskets(t.file(text, ".txt"), options)
end

-- What a call shows at the prompt beside its value.
local function notes(code)
  local path = t.file(code .. "\n", ".lua")
  local pipe = assert(io.popen(("'%s' -i -q --no-rc <'%s' 2>&1"):format(t.program, path)))
  local text = pipe:read "a"
  pipe:close()
  return text
end

t.test("lines: blanks, empty items, repeats, blank lines, the last line", function()
  local df = lines "milk, bread ,milk\n\n  ,butter,,\nwhole milk"
  t.eq(t.names(df), { "items" })
  t.eq(t.cells(df.items), { { "milk", "bread" }, {}, { "butter" }, { "whole milk" } })
  local report = df:report()
  for _, wanted in ipairs { "baskets: 4, items in all: 4, different items: 4", 'separator: ","',
    "empty baskets: 1",
    "empty items dropped: 3", "items given twice in a basket, dropped: 1", "sep = " } do
    t.has(report, wanted)
  end
end)

t.test("read knows a file of baskets by its extension", function()
  local path = t.file("milk, bread\nbutter\n\nmilk, \"a, b\"\n", ".baskets")
  local df = read(path)
  t.eq(t.names(df), { "items" })
  t.eq(t.cells(df.items), t.cells(read_baskets(path).items))
  t.has(df:report(), "baskets: 4, items in all: 5")
  t.eq(t.cells(read(path, { rows = 2 }).items), { { "milk", "bread" }, { "butter" } })
  t.eq(t.names(read(path, { columns = { "items" }, types = { items = "set" } })), { "items" })
  t.raises("unknown-column", function() return read(path, { columns = { "item" } }) end, "item")
  t.raises("not-supported", function() return read(path, { types = { items = "string" } }) end, "sets of items")
  t.raises("not-supported", function() return read(path, { types = "string" }) end, "sets of items")
  t.eq(t.names(read(path, { format = "csv", header = false })), { "column_1", "column_2" })
  t.eq(#read("datasets/supermarket/supermarket.baskets.gz").items, 4627)
end)

t.test("lines: separators are found out or given", function()
  for _, text in ipairs { "a b;c\nd\n", "a b\tc\nd\n", "a b|c\nd\n", "a b,c\r\nd\r\n", "a b,c\rd" } do
    t.eq(t.cells(lines(text).items), { { "a b", "c" }, { "d" } }, text)
  end
  t.eq(t.cells(lines("1 2  3 \n 2 4\n").items), { { "1", "2", "3" }, { "2", "4" } })
  t.eq(t.cells(lines("1 2  3 \n 2\t4\n", { sep = " " }).items), { { "1", "2", "3" }, { "2", "4" } })
  t.eq(t.cells(lines("a,b c\n", { sep = " " }).items), { { "a,b", "c" } })
  t.raises("out-of-range", function() lines("a", { sep = "ab" }) end, "sep")
  t.raises("out-of-range", function() lines("a", { sep = "" }) end, "sep")
end)

t.test("lines: quotes, heading, items stay text", function()
  local df = lines('basket\n"a, b","say ""hi""",  "c"  ,5" pipe\n"two\nlines",007\n', { header = true })
  t.eq(t.cells(df.items), { { "a, b", 'say "hi"', "c", '5" pipe' }, { "two\nlines", "007" } })
  t.eq(t.cells(lines('"a,b"\n', { quote = "" }).items), { { '"a', 'b"' } })
  local e = t.raises("baskets-quote", function() lines 'a\n"b,c\n' end, "never closed")
  t.has(e.where, "line 2")
  t.has(t.raises("baskets-quote", function() lines 'a\n"b\nc",d\n"e"f,g\n' end,
    "behind its closing quote").where, "line 4")
  t.eq(#lines "", 0)
  t.eq(t.cells(lines("\n").items), { {} })
end)

t.test("a row per item: order of first appearance, what is missing is counted", function()
  local df = frame { { "order", { 7, 3, 7, NA, 5, 7, 3 } }, { "what", { "b", "a", "c", "x", NA, "b", NA } } }
  local baskets = df:baskets { id = "order", item = "what" }
  t.eq(t.content(baskets), { { "order", "items" }, order = { 7, 3, 5 }, items = { { "b", "c" }, { "a" },
    {} } })
  local shown = notes [[
df = frame { { "order", { 7, 3, 7, NA, 5, 7, 3 } }, { "what", { "b", "a", "c", "x", NA, "b", NA } } }
b = df:baskets { id = "order", item = "what" }
]]
  for _, wanted in ipairs { "baskets: 3, items in all: 3, different items: 3",
    "rows without 'order', left out: 1",
    "rows without 'what', which add nothing to their basket: 2",
      "items given twice in a basket, dropped: 1" } do
    t.has(shown, wanted)
  end
  local coded = frame { { "who", { "p", "q", "p" } }, { "code", { 10, 11, 12 } } }
  t.eq(t.cells(coded:baskets({ id = "who", item = "code" }).items), { { "10", "12" }, { "11" } })
end)

t.test("a column per item: truth values, 1 and 0, words, values that mean present", function()
  local df = frame {
    { "id", { "p", "q", "r" } }, { "milk", { true, false, NA } }, { "bread", { 1, 0, 1 } }, { "tea", { "yes",
      "no", "t" } },
    { "rum", { 0.0, 1.0, 0.0 } },
  }
  local want = { { "id", "items" }, id = { "p", "q", "r" }, items = { { "milk", "bread", "tea" }, { "rum" },
    { "bread", "tea" } } }
  local got = t.content(df:baskets { on = { "milk", "bread", "tea", "rum" } })
  for i = 1, 3 do
    table.sort(got.items[i])
    table.sort(want.items[i])
  end
  t.eq(got, want)
  t.eq(t.cells(df:baskets({ on = { "id", "tea" }, present = { "q", "no" } }).items), { {}, { "id", "tea" },
    {} })
  local e = t.raises("baskets-values", function() df:baskets { on = { "milk", "id" } } end, "'id'", "row 1",
    "'p'", "present")
  t.ok(#e.hint > 0)
  t.raises("baskets-values", function() frame({ a = { 2, 1 } }):baskets { on = { "a" } } end, "'2'")
end)

t.test("the form is recognised, said, and refused when it is not clear", function()
  local online = frame { { "InvoiceNo", { "1", "1", "2" } }, { "StockCode", { "a", "b", "a" } },
    { "Quantity", { 3, 4, 5 } } }
  t.eq(t.cells(online:baskets().items), { { "a", "b" }, { "a" } })
  local two = frame { { "x", { 1, 1, 2 } }, { "y", { "a", "b", "a" } } }
  t.eq(t.cells(two:baskets().items), { { "a", "b" }, { "a" } })
  local hot = frame { { "customer", { "u", "v" } }, { "a", { 1, 0 } }, { "b", { "t", NA } } }
  t.eq(t.content(hot:baskets()), { { "customer", "items" }, customer = { "u", "v" }, items = { { "a", "b" },
    {} } })
  t.has(notes 'b = frame{{"invoice", {1, 1}}, {"item", {"a", "b"}}}:baskets()',
    'recognised as a row per item: id = "invoice", item = "item"')
  t.has(notes 'b = frame{{"a", {1, 0}}, {"b", {0, 1}}}:baskets()',
    'recognised as a column per item: 2 of them, "a" to "b"')
  for _, df in ipairs {
    frame { { "a", { 1, 2 } }, { "b", { "x", "y" } } }, frame { { "a", { 1, 0 } } }, frame { { "a", { "x",
      "y" } } },
    frame { { "invoice", { 1, 2 } }, { "item", { "p", "q" } }, { "product", { "p", "q" } } },
    frame { { "region", { "n", "s", "s" } }, { "kind", { "u", "v", "u" } }, { "a", { 1, 0, 1 } }, { "b", { 0,
      1, 1 } } },
  } do
    t.raises("baskets-unclear", function() df:baskets() end, "df:baskets{id = ", "on = {")
  end
  t.raises("baskets-unclear", function() two:baskets():baskets() end, "'items'", "already")
end)

t.test("options that do not fit together", function()
  local df = frame { { "a", { 1, 1 } }, { "b", { "x", "y" } } }
  t.raises("missing-option", function() df:baskets { id = "a" } end, "'item'")
  t.raises("missing-option", function() df:baskets { item = "b" } end, "'id'")
  t.raises("out-of-range", function() df:baskets { id = "a", item = "b", on = { "a" } } end, "'on'")
  t.raises("unknown-column", function() df:baskets { id = "aa", item = "b" } end, "'aa'")
  t.raises("baskets-clash", function() frame({ { "items", { 1, 1 } }, { "b", { "x",
    "y" } } }):baskets { id = "items", item = "b" } end)
  t.raises("baskets-clash", function() frame({ { "items", { 1, 1 } }, { "b", { 1,
    0 } } }):baskets { on = { "b" } } end)
end)

t.test("and back: a column per item, a row per item", function()
  local df = frame { { "id", { 1, 2, 3, 4 } }, { "s", { { "b", "a" }, {}, NA, { "a" } } }, { "z", { "p", "q",
    "r", "s" } } }
  t.eq(t.content(df:onehot()), { { "id", "z", "b", "a" }, id = { 1, 2, 3, 4 }, z = { "p", "q", "r", "s" },
    a = { true, false, NA, true }, b = { true, false, NA, false } })
  t.eq(t.content(df:long()), { { "id", "item", "z" }, id = { 1, 1, 4 }, item = { "b", "a", "a" }, z = { "p",
    "p", "s" } })
  t.eq(t.names(df:long { "s", as = "product" }), { "id", "product", "z" })
  t.eq(t.names(df:long("s")), { "id", "item", "z" })
  t.eq(t.names(df:tail(1):onehot()), { "id", "z", "a" })
  t.has(notes 'x = frame{s = {{"a"}, {}}}:long()', "baskets without items, which have no row: 1")
  t.raises("baskets-clash", function() df:long { as = "id" } end, "'id'")
  t.raises("baskets-clash", function() frame({ { "a", { 1 } }, { "s", { { "a" } } } }):onehot() end, "'a'")
  t.raises("baskets-no-sets", function() df:long "z" end, "'z'")
  t.raises("baskets-no-sets", function() frame({ a = { 1 } }):onehot() end, "0 columns")
  t.raises("baskets-no-sets", function() frame({ a = { { "x" } }, b = { { "y" } } }):long() end, "2 columns")
  t.same_frame(df:long("s"):baskets { id = "id", item = "item" }, frame { { "id", { 1, 4 } }, { "items",
    { { "b", "a" }, { "a" } } } })
end)

t.test("a baskets frame comes back from CSV and JSON", function()
  local df = lines "a,b\n\"x, y\"\n\n"
  for _, ending in ipairs { ".csv", ".json", ".jsonl" } do
    local path = t.path(ending)
    df:write(path)
    t.eq(t.cells(read(path, { types = { items = "set" } }).items), t.cells(df.items), ending)
  end
end)

-- Counts of arules' Groceries (Hahsler, Hornik, Reutterer 2006) and of the files of the FIMI repository.
local files = {
  { "groceries.csv.gz", 9835, 43367, 169 }, { "T10I4D100K.dat.gz", 100000, 1010228, 870 },
  { "mushroom.dat.gz", 8124, 186852, 119 }, { "income.tx", 6876, 96264, 50 },
}

for _, want in ipairs(files) do
  local path = data .. "/baskets/" .. want[1]
  if not io.open(path) then
    t.skip(want[1], "not there")
  else
    t.test(want[1], function()
      local df = read_baskets(path)
      local sizes, items = {}, 0
      for i = 1, #df do
        local n = #df.items[i]
        sizes[n] = (sizes[n] or 0) + 1
        items = items + n
        if i > 20000 then
          break
        end
      end
      t.eq(#df, want[2])
      t.has(df:report(), ("items in all: %d, different items: %d"):format(want[3], want[4]))
      if want[1] == "groceries.csv.gz" then
        t.eq(items, want[3])
        t.eq({ sizes[1], sizes[2], sizes[3], sizes[29], sizes[32] }, { 2159, 1643, 1299, 3, 1 })
        t.near(items / #df / 169, 0.02609146, 1e-8)
        t.has(df:report(), "at most 32; density: 0.02609")
        t.eq(#df:long(), 43367)
        t.eq(#df:onehot():baskets():long(), 43367)
      end
    end)
  end
end

t.test("Weka's supermarket: a column per item", function()
  local file = io.open "/usr/share/doc/weka/examples/supermarket.arff"
  if file then
    file:close()
    local df = read "/usr/share/doc/weka/examples/supermarket.arff"
    local names = t.names(df)
    table.remove(names)
    local baskets = df:baskets { on = names }
    t.eq(#baskets, 4627)
    t.eq(t.names(baskets), { "total", "items" })
    t.eq(#baskets:long(), 4627 * 216 - 913670)
    t.raises("baskets-unclear", function() df:baskets() end)
    t.eq(#df:select(names):baskets(), 4627)
  end
end)

t.done()
