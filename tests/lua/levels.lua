-- SPDX-License-Identifier: GPL-3.0-or-later
-- relevel and split.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

local f = read(t.file "g,v\nb,1\na,5\nc,9\nb,2\na,6\nb,3\n,4\nd,0\n", { types = { g = "category" } })

-- The levels that have cells, in their order.
local function levels(df, column)
  local seen = {}
  for _, text in ipairs(t.cells(df:crosstab({ rows = column or "g", columns = column or "g",
    missing = "drop" }):col(column or "g"))) do
    seen[#seen + 1] = text
  end
  return table.concat(seen, " ")
end

t.test("orders", function()
  t.eq(levels(f), "b a c d")
  t.eq(levels(f:relevel { "g", by = "sorted" }), "a b c d")
  t.eq(levels(f:relevel { "g", by = "sorted", falling = true }), "d c b a")
  t.eq(levels(f:relevel { "g", by = "frequency" }), "b a c d")
  t.eq(levels(f:relevel { "g", by = "frequency", falling = false }), "c d a b")
  t.eq(levels(f:relevel { "g", by = "value", value = "v" }), "d b a c")
  t.eq(levels(f:relevel { "g", by = "value", value = "v", agg = "sum", falling = true }), "a c b d")
  t.eq(levels(f:relevel({ "g", by = "sorted" }):relevel { "g", by = "appearance" }), "b a c d")
  t.eq(levels(f:relevel { "g", levels = { "c" } }), "c b a d")
  t.eq(levels(f:relevel { "g", levels = { "d", "c" }, by = "sorted" }), "d c a b")
end)

t.test("cells stay as they are, missing ones too; a string column becomes a category", function()
  local text = frame { { "s", { "y", "x", NA, "y" } } }
  local c = text:relevel { "s", by = "sorted" }
  t.eq(t.types(c), { "category" })
  t.eq(t.cells(c.s), { "y", "x", NA, "y" })
  t.eq(t.cells(f:relevel({ "g", by = "frequency" }).g), t.cells(f.g))
  t.eq(t.names(f:relevel { "g", into = "h" }), { "g", "v", "h" })
end)

t.test("rare levels", function()
  t.eq(t.cells(f:relevel({ "g", keep = 2 }).g), { "b", "a", "other", "b", "a", "b", NA, "other" })
  t.eq(levels(f:relevel { "g", keep = 2, by = "sorted" }), "a b other")
  t.eq(levels(f:relevel { "g", keep = 3 }), "b a c other")
  t.eq(levels(f:relevel { "g", share = 0.2, other = "rest" }), "b a rest")
  t.eq(levels(f:relevel { "g", share = 0.1, other = "rest" }), "b a c d")
  t.eq(t.cells(f:relevel({ "g", keep = 1, other = "a" }).g), { "b", "a", "a", "b", "a", "b", NA, "a" })
end)

t.test("levels without cells", function()
  local few = f:head(2)
  t.eq(few:schema().levels[1], 4)
  t.eq(few:relevel({ "g" }):schema().levels[1], 4)
  t.eq(few:relevel({ "g", unused = "drop" }):schema().levels[1], 2)
  t.eq(few:relevel({ "g", levels = { "zz" } }):schema().levels[1], 5)
end)

t.test("refusals of relevel", function()
  t.raises("wrong-column-type", function() f:relevel "v" end, "text")
  t.raises("missing-option", function() f:relevel { "g", by = "value" } end)
  t.raises("option-without-use", function() f:relevel { "g", value = "v" } end)
  t.raises("option-without-use", function() f:relevel { "g", agg = "sum" } end)
  t.raises("option-without-use", function() f:relevel { "g", other = "x" } end)
  t.raises("column-twice", function() f:relevel { "g", levels = { "a", "a" } } end)
  t.raises("unknown-function", function() f:relevel { "g", by = "value", value = "v", agg = "total" } end)
end)

t.test("split: sizes, order, every row once, by seed", function()
  local numbers = {}
  for i = 1, 1001 do
    numbers[i] = i
  end
  local df = frame { { "i", numbers } }
  local parts = df:split(0.7)
  t.eq({ #parts, #parts[1], #parts[2] }, { 2, 701, 300 })
  local seen = {}
  for _, part in ipairs(parts) do
    local last = 0
    for _, i in ipairs(t.cells(part.i)) do
      t.ok(i > last and not seen[i])
      seen[i], last = true, i
    end
  end
  t.eq(#seen, 1001)
  t.same_frame(df:split(0.7)[1], parts[1])
  t.ok(not t.same(t.cells(df:split({ share = 0.7, seed = 2 })[1].i), t.cells(parts[1].i)))
  t.eq({ #df:split(0)[1], #df:split(1)[1] }, { 0, 1001 })
end)

t.test("split of groups: the share of each", function()
  local df = read "datasets/iris/iris.csv"
  local train, test = table.unpack(df:split { share = 0.8, by = "species" })
  t.eq(t.cells(train:crosstab({ rows = "species", columns = "species", margins = true }).total),
    { 40, 40, 40, 120 })
  t.eq(#test, 30)
  local uneven = frame { { "g", { "a", "b", "c", "d", "e", "f", "g", "h" } } }
  t.eq(#uneven:split({ share = 0.5, by = "g" })[1], 4)
end)

t.done()
