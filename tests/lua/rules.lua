-- SPDX-License-Identifier: GPL-3.0-or-later
-- Itemsets and rules as their users meet them: options, refusals, models that say what is missing from them.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- arules' own small case.
local function small()
  return frame { items = { { "a", "b", "c" }, { "a", "b" }, { "a", "b", "d" }, { "b", "e" }, { "a", "c" }, { "c", "e" },
    { "a", "b", "d", "e" } } }
end

t.test("figures of a small case", function()
  t.eq(small():rules({ support = 0.25, confidence = 0.0, min_length = 1 }).rules, 18)
  t.eq(small():itemsets({ support = 0.1 }).sets, 20)
end)

t.test("tidy and glance", function()
  local m = small():itemsets(2)
  t.eq(t.names(m:tidy()), { "items", "size", "support", "count" })
  t.eq(m:tidy().items[1], { "a" })
  t.eq(m:tidy().count[1], 5)
  t.near(m:tidy().support[1], 5 / 7, 1e-15)
  t.eq(m.n, 7)
  t.eq(m.frequent_items, 5)
  t.eq(m.reason, "finished")
  local r = small():rules { support = 2, confidence = 0.6 }
  t.eq(t.names(r:tidy()), { "lhs", "rhs", "support", "confidence", "lift", "leverage", "conviction", "count" })
  t.ok(r:tidy().confidence[1] == 1 and r:tidy().conviction[1] == math.huge)
end)

t.test("limits of length", function()
  local rules = small():rules({ support = 1, confidence = 0.0, max_rhs = 3 }):tidy()
  for i = 1, #rules do
    t.ok(#rules.lhs[i] >= 1 and #rules.rhs[i] <= 3)
  end
  for _, options in ipairs { { max_length = 2 }, { max_lhs = 1 } } do
    options.support, options.confidence = 1, 0.0
    local tidy = small():rules(options):tidy()
    t.ok(#tidy > 5)
    for i = 1, #tidy do
      t.ok(#tidy.lhs[i] == 1 and #tidy.rhs[i] == 1)
    end
  end
  local sets = small():itemsets({ support = 1, min_length = 2, max_length = 3 }):tidy()
  for i = 1, #sets do
    t.ok(sets.size[i] == 2 or sets.size[i] == 3)
  end
end)

t.test("maximum_rules keeps the most confident and says so", function()
  local all = small():rules { support = 1, confidence = 0.3, max_rhs = 3 }
  local some = small():rules { support = 1, confidence = 0.3, max_rhs = 3, maximum_rules = 5 }
  t.eq(some.rules, 5)
  t.eq(some.found, all.rules)
  t.eq(some.complete, false)
  t.eq(some.reason, "maximum_rules")
  for i = 1, 5 do
    t.eq(some:tidy().confidence[i], all:tidy().confidence[i])
  end
end)

t.test("a whole number is a count, a share is one of baskets", function()
  t.eq(small():itemsets(1).least_count, 1)
  t.eq(small():itemsets(1.0).least_count, 7)
  t.eq(small():itemsets(0.5).least_count, 4)
  t.eq(small():itemsets(100).sets, 0)
  t.eq(small():rules({ support = 100 }).rules, 0)
end)

t.test("refusals", function()
  t.raises("out-of-range", function() small():itemsets(0) end, "'support' must be a share in (0, 1] or a whole number")
  t.raises("out-of-range", function() small():itemsets(1.5) end, "not 1.5")
  t.raises("out-of-range", function() small():itemsets "many" end, 'not "many"')
  t.raises("no-baskets", function() frame({ x = { 1, 2 } }):itemsets(1) end, "no column of sets", "read_baskets")
  t.raises("no-baskets", function()
    frame({ x = { 1, 2 } }):itemsets { support = 1, on = "x" }
  end, "does not hold sets")
  t.raises("no-baskets", function()
    frame({ a = { { "x" } }, b = { { "y" } } }):itemsets(1)
  end, "several columns of sets")
  t.raises("no-rows", function() small():head(0):itemsets(1) end)
  t.raises("missing-values", function()
    frame({ a = { { "x" }, NA, { "y" } } }):itemsets(1)
  end, "1 of 3 baskets are missing")
  t.eq(frame({ a = { { "x" }, NA, { "y" } } }):itemsets({ support = 1, missing = "drop" }).dropped, 1)
  t.raises("unknown-option", function() small():rules { support = 1, confidense = 0.5 } end, "confidence")
end)

t.test("odd baskets", function()
  t.eq(frame({ a = { {}, {} } }):itemsets(1).sets, 0)
  t.eq(frame({ a = { {}, { "x" } } }):itemsets(1).sets, 1)
  t.eq(frame({ a = { { "x" }, { "x" } } }):rules({ support = 1, confidence = 0 + 0.0 }).rules, 0)
end)

t.test("a slice has its own baskets", function()
  local m = small():tail(3):itemsets(1)
  t.eq(m.n, 3)
  t.eq(m:tidy().count[1], 2)
end)

t.test("saved and read again", function()
  local path = os.tmpname()
  local m = small():rules { support = 1, confidence = 0.5, max_rhs = 2 }
  m:save(path)
  local again = model.load(path)
  os.remove(path)
  t.eq(again.rules, m.rules)
  for i = 1, #m:tidy() do
    t.eq(again:tidy().lhs[i], m:tidy().lhs[i])
    t.eq(again:tidy().lift[i], m:tidy().lift[i])
  end
  t.has(tostring(m:why "found"), "rules found")
end)

t.test("the memory limit ends a search with what was found, and the model says so", function()
  local code = [[
    local ids, items = {}, {}
    for i = 1, 4000 do
      ids[i], items[i] = i % 100, "i" .. i % 40 + i // 100
    end
    local b = frame { { "id", ids }, { "item", items } }:baskets { id = "id", item = "item" }
    local sets, rules = b:itemsets(1), b:rules { support = 1, confidence = 0.5 }
    print(sets.complete, sets.reason, sets.sets > 1000, rules.complete, rules.reason, rules.rules > 1000)]]
  for _, memory in ipairs { "20M", "100M" } do
    local out, err, status = t.run { "--memory", memory, "-e", code }
    t.eq(err, "")
    t.eq(status, 0)
    t.eq(out:match "false\tmemory.*", "false\tmemory\ttrue\tfalse\tmemory\ttrue\n")
  end
end)

t.test("very many items that occur once", function()
  local ids, items = {}, {}
  for i = 1, 300000 do
    ids[i], items[i] = i // 3, "i" .. i
  end
  local b = frame { { "id", ids }, { "item", items } }:baskets { id = "id", item = "item" }
  local m = b:itemsets(1)
  t.eq(m.sets, 99999 * 7 + 3 + 1) -- the first basket has two items, the last one
  t.eq(b:itemsets(2).sets, 0)
end)

t.test("lengths that nothing can have", function()
  t.raises("out-of-range", function()
    return small():itemsets { support = 1, min_length = 5, max_length = 2 }
  end, "min_length is 5")
  t.raises("out-of-range", function() return small():rules { support = 1, min_length = 5, max_length = 2 } end)
  t.eq(#small():itemsets({ support = 1, min_length = 3, max_length = 3 }):tidy(), 5)
end)

t.done()
