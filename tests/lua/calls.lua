-- SPDX-License-Identifier: GPL-3.0-or-later
-- How primitives are called: the main option, options by name, and what is refused.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local df = frame { a = { 1, 2, 3, 4 }, b = { 5.5, 6.5, 7.5, 8.5 }, c = { "x", "y", "x", "y" } }

t.test("the main option without a name, by name, as a function, as a method", function()
  local want = { 1, 2 }
  t.eq(t.cells(df:head(2).a), want)
  t.eq(t.cells(df:head { 2 }.a), want)
  t.eq(t.cells(df:head { n = 2 }.a), want)
  t.eq(t.cells(frame.head(df, 2).a), want)
  t.eq(t.cells(frame.head(df, { n = 2 }).a), want)
  t.eq(t.cells(df.head(df, 2).a), want)
  t.eq(#read "datasets/iris/iris.csv", 150)
  t.eq(#read { "datasets/iris/iris.csv" }, 150)
  t.eq(#read { path = "datasets/iris/iris.csv" }, 150)
  t.eq(#frame.read("datasets/iris/iris.csv"), 150)
end)

t.test("the main option and a table of the rest", function()
  local path = t.file "a,b\n1,2\n"
  t.eq(t.types(read(path, { types = "string" })), { "string", "string" })
  t.eq(t.types(read(path, { types = { a = "float64" } })), { "float64", "int64" })
  t.eq(t.types(read { path, types = "string" }), { "string", "string" })
end)

t.test("maps among other options, in whatever order Lua keeps them", function()
  local path = t.file "a,b,c\n1,2,3\n"
  for _, extra in ipairs { "a", "b", "c" } do
    local options = { types = { [extra] = "string", a = "float64" }, path = path }
    t.eq(read(options)[extra][1], extra == "a" and 1.0 or tostring(extra:byte() - 96))
    t.raises("unknown-option", function()
      read { path = path, types = { a = "string", b = "string" }, [extra] = { a = "b" } }
    end)
    t.raises("wrong-type", function() df:kmeans { k = 2, on = { a = "b", c = "d" }, seed = 1 } end, "'on'")
  end
end)

t.test("options may be left out, given as an empty table, or nil at the end", function()
  t.eq(#df:head(), 4)
  t.eq(#df:head {}, 4)
  t.eq(#df:head(nil), 4)
  t.eq(#df:head(2, {}), 2)
  t.eq(#df:head(2, nil), 2)
end)

t.test("an unknown option names the nearest and lists all", function()
  t.raises("unknown-option", function() df:head { rows = 3 } end, "frame.head", "'rows'", "options: n")
  t.raises("unknown-option", function() df:kmeans { k = 2, sed = 1 } end, "cluster.kmeans", "'sed'", "'seed'",
    "max_iter")
  t.raises("unknown-option", function() df:kmeans { k = 2, Scale = "zscore" } end, "'scale'")
  t.raises("unknown-option", function() df:schema { x = 1 } end, "takes no options")
  t.raises("unknown-option", function() read("x.csv", { type = "string" }) end, "'types'")
end)

t.test("a wrong type or range is refused with option, value and what is legal", function()
  local cases = {
    { "wrong-type", { k = "four" }, "'k'", '"four"', "whole number" },
    { "wrong-type", { k = 2.5 }, "'k'", "2.5" },
    { "wrong-type", { k = true }, "'k'", "true" },
    { "wrong-type", { k = NA }, "'k'", "NA" },
    { "wrong-type", { k = print }, "'k'", "function" },
    { "wrong-type", { k = df }, "'k'", "frame" },
    { "out-of-range", { k = 0 }, "'k'", "0", "1.." },
    { "out-of-range", { k = -3 }, "'k'", "-3" },
    { "out-of-range", { k = 1e10 }, "'k'" },
    { "out-of-range", { k = 2, tol = -1 }, "'tol'", "-1" },
    { "out-of-range", { k = 2, tol = 0 / 0 }, "'tol'" },
    { "wrong-type", { k = 2, tol = "0.1" }, "'tol'", '"0.1"' },
    { "wrong-type", { k = 2, silhouette = 1 }, "'silhouette'", "1" },
    { "wrong-type", { k = 2, scale = 1 }, "'scale'" },
    { "unknown-choice", { k = 2, scale = "zscores" }, "'scale'", '"zscores"', "'zscore'", "none", "robust" },
    { "unknown-choice", { k = 2, init = "kmeans" }, "'init'", "kmeans++" },
    { "wrong-type", { k = 2, init = 3 }, "'init'" },
    { "wrong-type", { k = 2, on = 1 }, "'on'" },
    { "wrong-type", { k = 2, on = { "a", 1 } }, "'on'" },
    { "wrong-type", { k = 2, on = { a = "b" } }, "'on'" },
    { "column-twice", { k = 2, on = { "a", "b", "a" } }, "'a'" },
    { "unknown-column", { k = 2, on = { "a", "bb" } }, "'bb'" },
    { "wrong-column-type", { k = 2, on = { "a", "c" } }, "'c'", "string", "numeric" },
    { "wrong-column-type", { k = 2, weights = "c" }, "'c'" },
    { "unknown-column", { k = 2, weights = "w" }, "'w'" },
  }
  for _, case in ipairs(cases) do
    local e = t.raises(case[1], function() df:kmeans(case[2]) end, table.unpack(case, 3))
    t.has(e.where, "cluster.kmeans")
  end
end)

t.test("whole floats are whole numbers, nothing else is", function()
  t.eq(#df:head(2.0), 2)
  t.raises("wrong-type", function() df:head "2" end)
  t.raises("wrong-type", function() df:head(2 ^ 60) end)
end)

t.test("a required option left out says what it is for", function()
  t.raises("missing-option", function() df:kmeans() end, "'k'", "number of clusters")
  t.raises("missing-option", function() df:kmeans { on = "a" } end, "'k'")
  t.raises("missing-option", function() read() end, "'path'")
end)

t.test("too many values without a name", function()
  t.raises("too-many-arguments", function() df:kmeans(2, 3) end, "cluster.kmeans", "3", "'k'")
  t.raises("too-many-arguments", function() df:kmeans { 2, "a" } end, '"a"')
  t.raises("too-many-arguments", function() df:schema(1) end, "1")
  t.raises("too-many-arguments", function() df:kmeans({ k = 2 }, 3) end)
  t.raises("option-twice", function() df:kmeans(2, { k = 3 }) end, "'k'")
  t.raises("option-twice", function() df:kmeans { 2, k = 2 } end, "'k'")
end)

t.test("keys that are no names", function()
  t.raises("unknown-option", function() df:kmeans { k = 2, [true] = 1 } end, "boolean")
  t.raises("unknown-option", function() df:kmeans { k = 2, [1.5] = 1 } end, "number")
  t.raises("unknown-option", function() df:kmeans { k = 2, [7] = 1 } end, "number")
  t.raises("unknown-option", function() df:kmeans { k = 2, [df] = 1 } end, "userdata")
end)

t.test("the first argument must be what the primitive takes", function()
  t.raises("wrong-type", function() frame.head(5) end, "frame.head", "a frame", "5")
  t.raises("wrong-type", function() frame.head() end, "a frame")
  t.raises("wrong-type", function() df.head(3) end, "x:head{...}", "colon")
  t.raises("wrong-type", function() model.tidy(df) end, "a model")
  t.raises("wrong-type", function() frame.head { a = { 1 } } end, "a frame")
  t.raises("wrong-type", function() column.gt(df, 1) end, "a column")
end)

t.test("values of any shape end in a message", function()
  local loop, deep = {}, {}
  loop[1] = loop
  local inner = deep
  for _ = 1, 10000 do
    inner[1] = {}
    inner = inner[1]
  end
  local many = {}
  for i = 1, 5000 do
    many[i] = "x" .. i
  end
  t.raises("wrong-type", function() df:kmeans { k = loop } end, "'k'")
  t.raises("wrong-type", function() df:kmeans { k = deep } end, "'k'")
  t.raises("unknown-column", function() df:select(many) end, "'x1'")
  t.raises("unknown-column", function() df:select(("x"):rep(100000)) end)
  t.raises("wrong-type", function() df:kmeans { k = coroutine.create(print) } end, "thread")
  t.raises("wrong-type", function() df:select "a\0b" end)
  t.raises("unknown-option", function() df:head { [("y"):rep(100000)] = 1 } end)
end)

t.test("functions of primitives are values like any other", function()
  local head = frame.head
  t.ok(rawequal(head, df.head))
  t.ok(rawequal(read, frame.read))
  t.eq(#head(df, 1), 1)
  local heads = {}
  for i, f in ipairs { frame.head, frame.tail } do
    heads[i] = f(df, 1).a[1]
  end
  t.eq(heads, { 1, 4 })
end)

t.done()
