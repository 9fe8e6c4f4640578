-- SPDX-License-Identifier: GPL-3.0-or-later
-- Primitives declared from Lua: called, checked, explained and replaced like those of the program.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- luacheck: globals shop doubled
-- luacheck: ignore 143

-- A declaration that is right, with some fields changed; false takes one away.
local function declaration(changes)
  local fields = {
    family = "shop", name = "part", takes = "frame", summary = "some rows",
    main = "n",
    options = {
      { name = "n", kind = "int", default = 2, low = 0, high = 100, unit = "rows", help = "how many" },
      { name = "by", kind = "column", help = "a column" },
    },
    run = function(df, o) return df:head(o.n), o end,
  }
  for key, value in pairs(changes or {}) do
    fields[key] = value ~= false and value or nil
  end
  return fields
end

local df = frame { { "a", { 1, 2, 3 } }, { "b", { "x", "y", "z" } } }

t.test("a function of its family, a method, a global", function()
  local f = primitive(declaration { global = "doubled" })
  t.eq(#shop.part(df), 2)
  t.eq(#df:part(1), 1)
  t.eq(#df:part { n = 3 }, 3)
  t.eq(#doubled(df, 1), 1)
  t.ok(rawequal(f, shop.part) and rawequal(f, doubled) and rawequal(f, df.part))
end)

t.test("its options are checked as others are", function()
  primitive(declaration())
  t.raises("unknown-option", function() df:part { m = 1 } end, "shop.part", "'n'")
  t.raises("wrong-type", function() df:part "x" end, "'n'", '"x"')
  t.raises("out-of-range", function() df:part(101) end, "'n'", "0..100", "101")
  t.raises("unknown-column", function() df:part { by = "c" } end, "'c'")
  t.raises("too-many-arguments", function() df:part(1, 2) end)
  t.raises("wrong-type", function() shop.part(5) end, "a frame")
end)

t.test("run gets defaults, and nothing for options that are not set", function()
  primitive(declaration())
  local _, o = df:part()
  t.eq(o, { n = 2 })
  _, o = df:part { n = 1.0, by = "b" }
  t.eq(o, { n = 1, by = "b" })
end)

t.test("every kind of option arrives as its Lua value", function()
  local kinds = {
    { name = "int", kind = "int" }, { name = "number", kind = "number" }, { name = "bool", kind = "bool" },
    { name = "text", kind = "text" }, { name = "texts", kind = "texts" },
    { name = "choice", kind = "choice", choices = "red|green" }, { name = "col", kind = "column" },
    { name = "cols", kind = "columns" }, { name = "other", kind = "frame" },
    { name = "start", kind = "choice_frame", choices = "auto|none" }, { name = "map", kind = "text_map" },
    { name = "any", kind = "value" },
  }
  for _, option in ipairs(kinds) do
    option.help = "an option"
  end
  local run = function(_, o) return o end
  local all = primitive(declaration { name = "all", main = false, options = kinds, run = run })
  t.eq(all(df), {})
  local given = {
    int = 5, number = 2.5, bool = false, text = "t", texts = { "p", "q" }, choice = "green", col = "a",
    cols = { "b", "a" }, start = "none", map = { a = "x", b = "y" }, any = { 1, "two", { three = 3 } },
  }
  t.eq(all(df, given), given)
  t.eq(all(df, { number = 3 }).number, 3.0)
  t.eq(all(df, { texts = "one" }).texts, { "one" })
  t.eq(all(df, { map = "all" }).map, "all")
  t.eq(all(df, { any = NA }).any, NA)
  t.eq(all(df, { any = false }).any, false)
  t.same_frame(all(df, { other = df:head(1) }).other, df:head(1))
  t.same_frame(all(df, { start = df }).start, df)
  t.same_frame(all(df, { any = df }).any, df)
  t.eq(t.cells(all(df, { any = df.a }).any), { 1, 2, 3 })
  t.raises("unknown-choice", function() all(df, { choice = "gren" }) end, "'green'")
end)

t.test("defaults of every kind that can have one", function()
  local f = primitive(declaration {
    name = "defaults", main = false, run = function(_, o) return o end,
    options = {
      { name = "i", kind = "int", default = -3, help = "h" },
      { name = "x", kind = "number", default = 0.1, help = "h" },
      { name = "yes", kind = "bool", default = true, help = "h" },
      { name = "no", kind = "bool", default = false, help = "h" },
      { name = "t", kind = "text", default = "words here", help = "h" },
      { name = "c", kind = "choice", choices = "red|green", default = "green", help = "h" },
    },
  })
  t.eq(f(df), { i = -3, x = 0.1, yes = true, no = false, t = "words here", c = "green" })
end)

t.test("it may take nothing, and give anything or several values", function()
  local run = function(data, o) return data, o, 3 end
  local f = primitive { family = "shop", name = "two", summary = "two values", run = run }
  t.eq({ select("#", f()), (select(3, f())) }, { 3, 3 })
  t.eq(f(), nil)
  local none = primitive { family = "shop", name = "none", summary = "no value", run = function() end }
  t.eq(select("#", none()), 0)
end)

t.test("errors of its function are the caller's as they are", function()
  local thrown = { code = 1 }
  local f = primitive(declaration { name = "fails", run = function() error(thrown) end })
  local _, e = pcall(f, df)
  t.ok(rawequal(e, thrown))
  f = primitive(declaration { name = "fails", run = function(data) return data.nothing end })
  t.raises("unknown-column", function() f(df) end, "'nothing'")
end)

t.test("its function may yield to coroutines of its own and call other primitives", function()
  local f = primitive(declaration {
    name = "inner", main = false, options = false,
    run = function(data)
      local cells = coroutine.wrap(function()
        for _, row in data:rows() do
          coroutine.yield(row.a)
        end
      end)
      return cells() + cells() + shop.part(data, 1).a[1]
    end,
  })
  t.eq(f(df), 4)
end)

t.test("a method of columns", function()
  primitive {
    family = "shop", name = "total", takes = "column", summary = "sum of the cells",
    run = function(column)
      local sum = 0
      for i = 1, #column do
        sum = sum + column[i]
      end
      return sum
    end,
  }
  t.eq(df.a:total(), 6)
end)

t.test("a method of another name, or none", function()
  primitive(declaration { name = "quiet", method = "" })
  primitive(declaration { name = "loud", method = "shout" })
  t.eq(#shop.quiet(df, 1), 1)
  t.raises("unknown-column", function() return df.quiet end)
  t.eq(#df:shout(1), 1)
  t.raises("unknown-column", function() return df.loud end)
end)

t.test("declared again, the new one holds, and the old function still runs", function()
  local old = primitive(declaration { name = "again", run = function() return "old" end })
  local new = primitive(declaration { name = "again", run = function() return "new" end })
  t.eq(shop.again(df), "new")
  t.eq(df:again(), "new")
  t.eq(new(df), "new")
  t.eq(old(df), "old")
end)

t.test("a bad declaration changes nothing and says what is wrong", function()
  primitive(declaration { name = "kept", run = function() return "kept" end })
  local function refused(changes, wanted)
    changes.name = changes.name == nil and "kept" or changes.name
    local fine, e = pcall(primitive, declaration(changes))
    t.ok(not fine, "no error for: " .. wanted)
    t.has(tostring(e), wanted)
    t.eq(shop.kept(df), "kept", wanted)
  end
  local function option(fields)
    fields.name = fields.name or "n"
    fields.kind = fields.kind or "int"
    if fields.help == nil then
      fields.help = "help"
    end
    return { fields }
  end
  refused({ name = false }, "name")
  refused({ name = "No Name" }, "lower-case")
  refused({ name = {} }, "name")
  refused({ family = "a.b" }, "lower-case")
  refused({ summary = false }, "summary")
  refused({ summary = {} }, "summary")
  refused({ run = false }, "function")
  refused({ run = "text" }, "function")
  refused({ takes = "frames" }, "takes must be one of")
  refused({ main = "size" }, "main")
  refused({ options = { "n" } }, "table")
  refused({ options = "n" }, "options")
  refused({ options = option { kind = "integer" } }, "kind")
  refused({ options = option { help = "" } }, "help")
  refused({ options = option { name = "N" } }, "lower-case")
  refused({ options = { option({})[1], option({})[1] } }, "twice")
  refused({ options = option { default = 5, high = 4 } }, "'n'")
  refused({ options = option { default = "many" } }, "'n'")
  refused({ options = option { default = 1.5 } }, "'n'")
  refused({ options = option { default = {} } }, "default")
  refused({ options = option { kind = "bool", default = "maybe" } }, "'n'")
  refused({ options = option { kind = "number", default = "1x" } }, "'n'")
  refused({ options = option { low = "a" } }, "low")
  refused({ options = option { kind = "choice" } }, "choices")
  refused({ options = option { kind = "choice", choices = { "a", "b" } } }, "choices")
  refused({ options = option { kind = "choice", choices = "a|b", default = "c" } }, "'n'")
  refused({ options = {
    { name = "n", kind = "int", required = true, help = "h" },
    { name = "second", kind = "int", default = 5, high = 4, help = "h" },
  } }, "'second'")
  local many = {}
  for i = 1, 65 do
    many[i] = { name = "n" .. i, kind = "int", help = "h" }
  end
  refused({ main = false, options = many }, "64")
  t.raises_text("table expected", function() primitive() end)
end)

t.test("what the program has cannot be taken over", function()
  local function taken(changes, wanted)
    t.raises("bad-primitive", function() primitive(declaration(changes)) end, wanted)
  end
  taken({ family = "cluster", name = "kmeans" }, "kmeans")
  taken({ family = "aaa", name = "head" }, "frame.head")
  taken({ family = "zzz", method = "head" }, "frame.head")
  taken({ name = "x", global = "read" }, "'read'")
  taken({ name = "x", global = "print" }, "'print'")
  taken({ name = "x", global = "string" }, "'string'")
  taken({ name = "x", family = "os" }, "'os'")
  taken({ name = "x", family = "print" }, "'print'")
  primitive { family = "shop", name = "head", summary = "of nothing", run = function() return 7 end }
  t.eq(shop.head(), 7)
  t.eq(#df:head(1), 1)
  t.eq(#read "datasets/iris/iris.csv", 150)
end)

t.test("a thousand declarations of one name", function()
  for i = 1, 1000 do
    primitive(declaration { name = "often", run = function() return i end })
  end
  t.eq(df:often(), 1000)
end)

t.test("a script declares and calls", function()
  local code = [[
    primitive{family = "shop", name = "part", takes = "frame", summary = "some rows of a shop", main = "n",
      options = {{name = "n", kind = "int", default = 2, help = "how many rows of the shop"}},
      run = function(df, o) return df:head(o.n) end}
    print(#shop.part(frame{x = {1, 2, 3}}))]]
  local out, err, status = t.run { "-e", code }
  t.eq(err, "")
  t.eq(status, 0)
  t.eq(out, "2\n")
end)

t.done()
