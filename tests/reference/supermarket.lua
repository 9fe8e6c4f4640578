-- SPDX-License-Identifier: GPL-3.0-or-later
-- The supermarket's baskets against Weka 3.6.14, whose documentation shows these rules:
--
--   java -cp /usr/share/java/weka.jar weka.associations.Apriori -t /usr/share/doc/weka/examples/supermarket.arff
--
-- says: minimum support 0.15 (694 instances), minimum confidence 0.9, sets of 1 to 6 items, and the ten best rules.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local baskets = read_baskets "datasets/supermarket/supermarket.baskets.gz"

-- left side, baskets with it, those of them that have bread and cake too
local BEST = {
  { { "biscuits", "frozen foods", "fruit", "total=high" }, 788, 723 },
  { { "baking needs", "biscuits", "fruit", "total=high" }, 760, 696 },
  { { "baking needs", "frozen foods", "fruit", "total=high" }, 770, 705 },
  { { "biscuits", "fruit", "total=high", "vegetables" }, 815, 746 },
  { { "fruit", "party snack foods", "total=high" }, 854, 779 },
  { { "biscuits", "frozen foods", "total=high", "vegetables" }, 797, 725 },
  { { "baking needs", "biscuits", "total=high", "vegetables" }, 772, 701 },
  { { "biscuits", "fruit", "total=high" }, 954, 866 },
  { { "frozen foods", "fruit", "total=high", "vegetables" }, 834, 757 },
  { { "frozen foods", "fruit", "total=high" }, 969, 877 },
}

local function sorted(list)
  table.sort(list)
  return list
end

t.test("the ten best rules, in their order", function()
  local model = baskets:rules { support = 0.15, confidence = 0.9 }
  local tidy = model:tidy()
  t.eq(model.least_count, 695) -- Weka cuts 0.15 * 4627 = 694.05 to 694; a share of 0.15 needs 695 baskets
  for i, rule in ipairs(BEST) do
    t.eq(sorted(tidy.lhs[i]), rule[1])
    t.eq(tidy.rhs[i], { "bread and cake" })
    t.eq(tidy.count[i], rule[3])
    t.near(tidy.confidence[i], rule[3] / rule[2], 1e-15)
    t.near(tidy.support[i], rule[3] / 4627, 1e-15)
    t.near(tidy.lift[i], (rule[3] / rule[2]) / (3330 / 4627), 1e-14)
  end
end)

t.test("sets of each size at Weka's support", function()
  local tidy, sizes = baskets:itemsets(694):tidy(), {}
  for i = 1, #tidy do
    sizes[tidy.size[i]] = (sizes[tidy.size[i]] or 0) + 1
  end
  t.eq(sizes, { 44, 380, 910, 633, 105, 1 })
end)

-- The table that the file was made from, read by the program itself.
local arff = io.open "/usr/share/doc/weka/examples/supermarket.arff"
if not arff then
  t.skip("the same baskets as in Weka's own file", "Debian's package weka is not installed")
else
  arff:close()
  t.test("the same baskets as in Weka's own file", function()
    local wide = read "/usr/share/doc/weka/examples/supermarket.arff"
    local on = t.names(wide)
    t.eq(#on, 217)
    t.eq(table.remove(on), "total")
    local again = wide:baskets { on = on }
    t.eq(#again, #baskets)
    for i = 1, #again do
      local items = again.items[i]
      items[#items + 1] = "total=" .. again.total[i]
      t.eq(sorted(items), sorted(baskets.items[i]))
    end
  end)
end

t.done()
