-- SPDX-License-Identifier: GPL-3.0-or-later
-- Frequent itemsets and association rules against figures from elsewhere: R's arules 1.7 for Groceries, and counts
-- found alike by arules, Borgelt's eclat and LCM 3 for the others. Counts by size where they are published so.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local root = os.getenv "ASSAY_TESTDATA" or "../shared/data"
local loaded = {}

-- The baskets of a file of the test data, or nil.
local function baskets_of(name, options)
  local path = root .. "/baskets/" .. name
  local file = io.open(path)
  if not file then
    return nil
  end
  file:close()
  if not loaded[name] then
    options = options or {}
    options.path = path
    loaded[name] = read_baskets(options)
  end
  return loaded[name]
end

local function sizes(model)
  local counts = {}
  local tidy = model:tidy()
  for i = 1, #tidy do
    local size = tidy.size[i]
    counts[size] = (counts[size] or 0) + 1
  end
  return table.concat(counts, ",")
end

local function test(name, file, options, check)
  local baskets = baskets_of(file, options)
  if not baskets then
    return t.skip(name, "no test data")
  end
  t.test(name, function()
    check(baskets)
  end)
end

local GROCERIES, BLANKS = "groceries.csv.gz", { sep = " " }

for _, case in ipairs {
  { 0.05, 492, "28,3" }, { 0.02, 197, "59,61,2" }, { 0.01, 99, "88,213,32" }, { 0.005, 50, "120,605,264,12" },
  { 0.001, 10, "157,2981,6831,3137,376,10" },
} do
  test("groceries: sets at a support of " .. case[1], GROCERIES, nil, function(baskets)
    local m = baskets:itemsets { support = case[1] }
    t.eq(m.least_count, case[2])
    t.eq(sizes(m), case[3])
    t.eq(sizes(baskets:itemsets(case[2])), case[3])
    t.eq(m.complete, true)
  end)
end

for _, case in ipairs {
  { 0.006, 0.25, 463 }, { 0.001, 0.8, 410 }, { 0.001, 0.5, 5668 }, { 0.01, 0.5, 15 }, { 0.01, 0.3, 125 },
  { 0.01, 0.2, 231 }, { 0.005, 0.5, 120 },
} do
  test(("groceries: rules at %g and %g"):format(case[1], case[2]), GROCERIES, nil, function(baskets)
    t.eq(baskets:rules { support = case[1], confidence = case[2] }.rules, case[3])
  end)
end

test("groceries: an empty left side counts with min_length = 1", GROCERIES, nil, function(baskets)
  t.eq(baskets:rules { support = 0.006, confidence = 0.25, min_length = 1 }.rules, 464)
  t.eq(baskets:rules { support = 0.01, confidence = 0.2, min_length = 1 }.rules, 232)
end)

test("groceries: measures of the best known rule", GROCERIES, nil, function(baskets)
  local tidy = baskets:rules({ support = 0.001, confidence = 0.8 }):tidy()
  local sum, best = 0, 1
  for i = 1, #tidy do
    sum = sum + tidy.confidence[i]
    best = tidy.lift[i] > tidy.lift[best] and i or best
  end
  t.near(sum / #tidy, .86632, 5e-6)
  t.near(tidy.lift[best], 11.2352694, 5e-8)
  t.near(tidy.confidence[best], .9047619048, 5e-11)
  t.near(tidy.support[best], .001931876, 5e-10)
  t.eq(tidy.count[best], 19)
  t.eq(tidy.rhs[best], { "bottled beer" })
  local lhs = tidy.lhs[best]
  table.sort(lhs)
  t.eq(lhs, { "liquor", "red/blush wine" })
end)

for _, case in ipairs {
  { "mushroom.dat.gz", 3250, "21,97,185,170,76,15,1" },
  { "mushroom.dat.gz", 2438, "28,163,455,725,712,441,169,38,4" },
  { "mushroom.dat.gz", 1625, "43,376,1472,3559,6267,8802,10151,9488,7010,4004,1729,546,119,16,1" },
  { "T10I4D100K.dat.gz", 2000, "155" },
  { "T10I4D100K.dat.gz", 1000, "375,9,1" },
  { "T10I4D100K.dat.gz", 500, "569,342,110,43,9" },
  { "income.tx", 1376, "26,170,320,207,33,1" },
  { "income.tx", 688, "30,293,1113,1909,1580,567,78,1" },
} do
  test(("%s: sets of %d baskets"):format(case[1], case[2]), case[1], BLANKS, function(baskets)
    t.eq(sizes(baskets:itemsets(case[2])), case[3])
  end)
end

test("T10I4D100K: number of sets at low support", "T10I4D100K.dat.gz", BLANKS, function(baskets)
  t.eq(baskets:itemsets(100).sets, 27532)
  t.eq(baskets:itemsets(50).sets, 53385)
  t.eq(baskets:itemsets(10).sets, 411365)
end)

t.done()
