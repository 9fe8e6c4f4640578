-- SPDX-License-Identifier: GPL-3.0-or-later
-- append: the ways of calling it, what is matched, and every refusal.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

local a = frame { { "id", { 1, 2 } }, { "x", { 0.5, 1 } } }
local b = frame { { "x", { 2 } }, { "id", { 3 } }, { "note", { "late" } } }

t.test("columns are matched by name, in order of appearance", function()
  local c = a:append(b)
  t.eq(t.content(c), { { "id", "x", "note" }, id = { 1, 2, 3 }, x = { 0.5, 1.0, 2.0 },
    note = { NA, NA, "late" } })
  t.eq(t.types(c), { "int64", "float64", "string" })
end)

t.test("several frames, in each of the ways to write them", function()
  local want = a:append(b):append(a)
  t.same_frame(a:append(b, a), want)
  t.same_frame(a:append { b, a }, want)
  t.same_frame(a:append({ b, a }), want)
  t.same_frame(a:append { frames = { b, a } }, want)
  t.same_frame(frame.append(a, b, a), want)
end)

t.test("a column says where rows are from", function()
  local c = a:append(b, { source = "part" })
  t.eq(t.cells(c.part), { 1, 1, 2 })
  local d = a:append { b, source = "month", names = { "jan", "feb" } }
  t.eq(t.cells(d.month), { "jan", "jan", "feb" })
  t.eq(t.types(d)[4], "category")
end)

t.test("int64 and float64, category and string, and levels that differ", function()
  local p = read(t.file "n,g\n1,u\n2,v\n", { types = { g = "category" } })
  local q = read(t.file "n,g\n0.5,w\n,u\n", { types = { g = "category" } })
  local r = read(t.file "n,g\n7,z\n", { types = { g = "string" } })
  t.eq(t.content(p:append(q)), { { "n", "g" }, n = { 1.0, 2.0, 0.5, NA }, g = { "u", "v", "w", "u" } })
  t.eq(t.types(p:append(q)), { "float64", "category" })
  t.eq(t.types(p:append(r)), { "int64", "string" })
end)

t.test("frames without rows, and a column that is missing throughout", function()
  t.same_frame(a:head(0):append(a), a)
  t.same_frame(a:append(a:head(0)), a)
  local c = a:append(frame { { "id", { "x" } }, { "x", { NA } } }:select "x")
  t.eq(t.cells(c.x), { 0.5, 1.0, NA })
end)

t.test("refusals", function()
  t.raises("append-types", function()
    a:append(frame { { "id", { "k" } } })
  end, "'id' is int64 in frame 1", "string in frame 2", "cast")
  t.raises("append-types", function() a:append(frame { { "id", { true } } }) end, "bool in frame 2")
  t.raises("append-types", function()
    a:append(frame { { "x", { 1 } }, { "id", { 3 } } }, { strict = true })
  end, "'x' is int64 in frame 2")
  t.raises("append-columns", function()
    a:append(frame { { "x", { 2.5 } }, { "id", { 3 } }, { "note", { "late" } } },
      { strict = true, names = { "p", "q" } })
  end, "'note' in 'p'")
  t.raises("name-clash", function() a:append(b, { source = "x" }) end)
  t.raises("wrong-type", function() a:append(3) end, "must be a frame or several, not 3")
  t.raises("wrong-type", function() a:append(b, "c") end, 'not "c"')
  t.raises("out-of-range", function() a:append(b, { names = { "one" } }) end, "1 names for 2 frames")
  t.raises("missing-option", function() a:append() end)
end)

t.done()
