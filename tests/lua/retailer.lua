-- SPDX-License-Identifier: GPL-3.0-or-later
-- The generated retailer: it is made again from its seed, and analyses find what was planted in it. What is true is in
-- the files truth_*.csv; bounds are those of the figures' own sampling errors unless said otherwise.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local folder = "datasets/retailer/"

-- ---- What the generator does ---------------------------------------------------------------------

local function make(arguments)
  table.insert(arguments, 1, "datasets/make_retailer.lua")
  return t.run(arguments)
end

local function made(arguments) -- the runner removes what is in its folder
  local out = t.path ""
  assert(os.execute("mkdir '" .. out .. "'"))
  table.move({ "--out", out }, 1, 2, #arguments + 1, arguments)
  local _, err, status = make(arguments)
  t.eq({ err, status }, { "", 0 })
  return out .. "/"
end

t.test("the shipped files are what their seed makes", function()
  t.eq({ make { "--check" } }, { "", "", 0 })
  t.eq({ t.run { "datasets/make_orders.lua", "--check" } }, { "", "", 0 })
  local _, _, status = make { "--check", "--seed", "8" }
  t.eq(status, 1)
end)

t.test("options", function()
  local few = made { "--customers", "3", "--seed", "1" }
  t.ok(#read(few .. "truth_customers.csv") == 3)
  t.eq(t.read(few .. "sales.csv"), t.read(made { "--seed", "1", "--customers", "3" } .. "sales.csv"))
  t.ok(t.read(few .. "sales.csv") ~= t.read(made { "--seed", "2", "--customers", "3" } .. "sales.csv"))
  local refusals = { ["--customers=4"] = "unknown option", ["--customers"] = "whole number", ["--x"] = "--x" }
  for wrong, words in pairs(refusals) do
    local out, err, status = make { wrong }
    t.eq({ out, status }, { "", 2 })
    t.has(err, words)
  end
  local _, err, status = make { "--out", "/no/such/folder" }
  t.eq(status, 2)
  t.has(err, "/no/such/folder")
end)

-- ---- Cleaning ------------------------------------------------------------------------------------

local raw = read(folder .. "sales.csv")
local products = read(folder .. "products.csv")
local truth = read(folder .. "truth_customers.csv")
local facts = {}
for _, row in read(folder .. "truth_facts.csv"):rows() do
  facts[row.fact] = row.value
end

-- What README.md says how to do.
local function cleaned(sales)
  return sales:distinct()
    :mutate({ "product = upper(trim(product))", "price = if(price >= 50, price / 100, price)" })
    :join(products:rename { list = "price" }, { on = "product" })
    :mutate { "price = coalesce(price, list)", "amount = quantity * price" }
end

local sales = cleaned(raw)
local bought = sales:filter "quantity > 0"
local known = bought:filter "customer is not missing"
local baskets = bought:baskets { id = "receipt", item = "name" }

t.test("every fault can be seen", function()
  t.has(tostring(raw:report()), "of 'n/a'")
  t.eq(#raw - #raw:distinct(), facts.repeated_lines // 1 | 0)
  local seen = raw:distinct():agg {
    "codes = sum(product != upper(trim(product)))", "prices = sum(price is missing)", "cents = sum(price >= 50)",
  }
  t.eq({ seen.codes[1], seen.prices[1], seen.cents[1] },
    { facts.odd_codes // 1 | 0, facts.missing_prices // 1 | 0, facts.prices_in_cents // 1 | 0 })
  for _, name in ipairs { "repeated_lines", "odd_codes", "missing_prices", "prices_in_cents" } do
    t.ok(facts[name] > 20, name)
  end
end)

t.test("cleaned, the totals are true", function()
  t.eq(#sales, facts.lines // 1 | 0)
  local totals = sales:agg { "revenue = sum(amount)", "receipts = distinct(receipt)" }
  t.near(totals.revenue[1], facts.revenue, 1e-12)
  t.near(totals.receipts[1], facts.baskets + facts.returns)
  t.near(#baskets, facts.baskets)
  t.near(bought:filter("customer is missing"):agg("n = distinct(receipt)").n[1], facts.walk_in_baskets)
  t.ok(math.abs(raw:agg("r = sum(quantity * price)").r[1] / facts.revenue - 1) > 0.1, "faults that do not matter")
end)

t.test("cleaned, it is what the generator makes without faults, cell for cell", function()
  local clean = read(made { "--clean" } .. "sales.csv")
  local columns = { "receipt", "time", "customer", "product", "quantity", "price" }
  local mended = sales:select(columns)
  t.eq(#mended, #clean)
  for _, name in ipairs(columns) do
    t.eq(t.cells(mended:col(name)), t.cells(clean:col(name)), name)
  end
end)

t.test("the customers' faults", function()
  local customers = read(folder .. "customers.csv")
  local once = customers:distinct()
  t.near(#customers - #once, facts.repeated_customers)
  t.near(once:agg("n = sum(birth_year is missing)").n[1], facts.missing_birth_years)
  t.near(once:agg("n = sum(birth_year == 1900)").n[1], facts.placeholder_birth_years)
  t.near(once:agg("n = sum(city != title(trim(city)))").n[1], facts.odd_cities)
  local mended = once:mutate { "city = title(trim(city))" }
  t.eq(#mended:count "city", 4)
  t.eq(t.cells(mended.customer), t.cells(truth.customer))
  t.eq(t.cells(mended.joined), t.cells(truth.joined))
end)

-- ---- Segments ------------------------------------------------------------------------------------

local END = "2025-01-01"

-- A row per customer: recency, frequency and monetary value, time since the first purchase, and what is true.
local function features()
  local rfm = known:rfm { id = "customer", date = "time", order = "receipt", amount = "amount" }:tidy()
  return rfm:select("customer", "recency", "frequency", "monetary"):join(truth, { on = "customer" }):mutate {
    "orders = log(frequency)", "spent = log(monetary)", "since = days_between(joined, to_timestamp('" .. END .. "'))",
  }
end

t.test("k-means finds the segments", function()
  local table_ = features()
  t.eq(#table_, 200)
  local model = table_:kmeans { k = 5, on = { "recency", "orders", "spent", "since" }, scale = "zscore" }
  local found = model:augment(table_)
  local agreement = found:agreement { a = "cluster", b = "segment" }
  t.ok(agreement.ari[1] > 0.7, "ari is " .. agreement.ari[1]) -- a bound: what the segments overlap is not known
  -- Without the time since the first purchase, newcomers look like others who bought a little of late.
  local less = table_:kmeans { k = 5, on = { "recency", "orders", "spent" }, scale = "zscore" }:augment(table_)
  t.ok(less:agreement({ a = "cluster", b = "segment" }).ari[1] < agreement.ari[1] - 0.1)
end)

t.test("rates of buying are the planted ones", function()
  local at = features():filter "segment in ['loyal', 'regular', 'occasional']"
  -- baskets after the first, over what is expected of them in that time; Poisson, so z is their difference in sds
  local sums = at:agg { "seen = sum(frequency - 1)", "expected = sum(rate * since / 365)" }
  t.ok(math.abs(sums.seen[1] - sums.expected[1]) / math.sqrt(sums.expected[1]) < 4)
end)

-- ---- Rules ---------------------------------------------------------------------------------------

local planted = read(folder .. "truth_rules.csv")

local function items_of(text)
  local items = {}
  for item in text:match "^{(.*)}$":gmatch "[^,]+" do
    items[#items + 1] = item:match "^%s*(.*)$"
  end
  table.sort(items)
  return items
end

-- Rules by their text, "a+b>c".
local function by_text(model)
  local tidy, rules = model:tidy(), {}
  local lhs, rhs, confidence, lift, count = tidy.lhs, tidy.rhs, tidy.confidence, tidy.lift, tidy.count
  for i = 1, #tidy do
    local left, right = lhs[i], rhs[i][1]
    table.sort(left)
    rules[table.concat(left, "+") .. ">" .. right] = {
      lhs = left, rhs = right, confidence = confidence[i], lift = lift[i], count = count[i],
    }
  end
  return rules
end

local all = by_text(baskets:rules { support = 1, confidence = 0.0, max_lhs = 2 })
local least_planted = math.huge

t.test("each planted rule is there, with its counts and near its confidence", function()
  t.eq(#planted, 8)
  for _, row in planted:rows() do
    local text = table.concat(items_of(row.lhs), "+") .. ">" .. row.rhs
    local rule = all[text]
    t.ok(rule, text)
    t.eq(rule.count, row.both_baskets, text)
    t.near(rule.confidence, row.both_baskets / row.lhs_baskets, 1e-14, text)
    local error = math.sqrt(row.confidence * (1 - row.confidence) / row.lhs_baskets)
    t.ok(math.abs(rule.confidence - row.confidence) < 3 * error, text .. " has " .. rule.confidence)
    least_planted = math.min(least_planted, rule.lift)
  end
  t.ok(least_planted > 5)
end)

t.test("none that was not planted comes near them", function()
  local members = {} -- the items of each planted rule
  for i, row in planted:rows() do
    members[i] = { [row.rhs] = true }
    for _, item in ipairs(items_of(row.lhs)) do
      members[i][item] = true
    end
  end
  local function is_explained(rule)
    for _, of in ipairs(members) do
      local shared = of[rule.rhs] and 1 or 0
      for _, item in ipairs(rule.lhs) do
        shared = shared + (of[item] and 1 or 0)
      end
      if shared >= 2 then
        return true
      end
    end
    return false
  end
  for text, rule in pairs(all) do
    if rule.count >= 15 and not is_explained(rule) then
      t.ok(rule.lift < least_planted / 2, text .. " has a lift of " .. rule.lift)
    end
  end
  -- What tastes and sizes of baskets bring together, and nothing.
  for _, text in ipairs { "bread>milk", "butter>bread", "cat food>dog food", "nappies>baby food", "red wine>cheese",
    "potatoes>onions", "cream>coffee" } do
    t.ok(all[text].lift < 3 and all[text].lift > 0.5, text .. " has a lift of " .. all[text].lift)
  end
end)

t.test("butter instead of margarine, and bread with everything", function()
  t.ok(all["butter>margarine"].lift < 0.3)
  local best, lifts = all["milk>bread"], 0
  for _, rule in pairs(all) do
    if rule.rhs == "bread" and #rule.lhs == 1 and rule.count >= 40 then
      t.ok(rule.lift < 1.5)
      lifts = lifts + 1
    end
  end
  t.ok(lifts > 15 and best.confidence > 0.25)
end)

-- ---- Seasons -------------------------------------------------------------------------------------

local weights = { month = {}, weekday = {} }
for _, row in read(folder .. "truth_season.csv"):rows() do
  weights[row.period][row.number] = row.weight
end

-- The days of a year that the shop is open: month, weekday (1 is Monday) and how busy they should be.
local function open_days(from, to)
  local days = {}
  local first, last = { year = from, month = 1, day = 1, hour = 12 }, { year = to, month = 12, day = 31, hour = 12 }
  for at = os.time(first), os.time(last), 86400 do
    local d = os.date("*t", at)
    local weekday = (d.wday + 5) % 7 + 1
    local weight = weights.month[d.month] * weights.weekday[weekday]
    if not (d.month == 1 and d.day == 1 or d.month == 12 and (d.day == 25 or d.day == 26)) then
      days[#days + 1] = { month = d.month, weekday = weekday, weight = weight }
    end
  end
  return days
end

-- Pearson's X² of counts against shares of what the days' weights say of them.
local function chi_square(counts, days, by, weight_of)
  local expected, total, seen = {}, 0, 0
  for _, day in ipairs(days) do
    expected[day[by]] = (expected[day[by]] or 0) + weight_of(day)
    total = total + weight_of(day)
  end
  for _, count in pairs(counts) do
    seen = seen + count
  end
  local sum = 0
  for key, weight in pairs(expected) do
    local e = seen * weight / total
    if e > 0 then
      sum = sum + ((counts[key] or 0) - e) ^ 2 / e
    else
      t.eq(counts[key] or 0, 0)
    end
  end
  return sum
end

local function counts_by(df, expression)
  local counts = {}
  for _, row in df:mutate({ "key = " .. expression }):group("key"):agg({ "n = distinct(receipt)" }):rows() do
    counts[row.key] = row.n
  end
  return counts
end

local function day_weight(day)
  return day.weight
end

t.test("months are as busy as planted", function()
  -- Customers who were there all of 2024, so that their number does not change.
  local there = truth:filter("gone is missing and joined < to_timestamp('2024-01-01')"):select "customer"
  local steady = known:join(there, { on = "customer" }):filter "year(time) = 2024"
  local counts = counts_by(steady, "month(time)")
  local x2 = chi_square(counts, open_days(2024, 2024), "month", day_weight)
  t.ok(x2 < 31.26, "X² is " .. x2) -- 11 degrees of freedom: more in one of a thousand
  local flat = chi_square(counts, open_days(2024, 2024), "month", function(day)
    return weights.weekday[day.weekday]
  end)
  t.ok(flat > 60, "without a season X² is " .. flat)
end)

t.test("days of the week are as busy as planted, and Sundays are closed", function()
  local counts = counts_by(bought, "weekday(time)")
  local x2 = chi_square(counts, open_days(2023, 2024), "weekday", day_weight)
  t.ok(x2 < 20.52, "X² is " .. x2) -- 5 degrees of freedom
  t.eq(counts[7], nil)
  t.ok(counts[6] > 1.5 * counts[1])
end)

t.test("months of sales by resampling, and products with a season of their own", function()
  local months = sales:resample { "revenue = sum(amount)", time = "time", every = "month" }
  t.eq({ #months, months.time[1], months.time[24] }, { 24, "2023-01-01", "2024-12-01" })
  local total = 0
  for i = 1, 24 do
    total = total + months.revenue[i]
  end
  t.near(total, facts.revenue, 1e-12)
  t.ok(months.revenue[24] > 1.3 * months.revenue[20]) -- December and August of 2024
  local function share(product, condition)
    local all_of = bought:filter("name = $product", { product = product })
    return #all_of:filter(condition) / #all_of
  end
  t.ok(share("gingerbread", "month(time) >= 10") > 0.8)
  t.ok(share("ice cream", "month(time) in [5, 6, 7, 8]") > 0.5)
end)

-- ---- Cohorts, households, tastes -----------------------------------------------------------------

t.test("cohorts have the customers who joined in their month", function()
  local triangle = known:cohort({ id = "customer", date = "time", period = "month" }):triangle()
  local joined = {}
  for _, row in truth:rows() do
    local month = row.joined:sub(1, 7)
    joined[month] = (joined[month] or 0) + 1
  end
  local seen = 0
  for _, row in triangle:rows() do
    t.eq(row.size, joined[row.cohort:sub(1, 7)] or 0, row.cohort)
    seen = seen + row.size
  end
  t.eq(seen, 200)
end)

t.test("large households fill large baskets", function()
  local household = read(folder .. "customers.csv"):distinct():select("customer", "household")
  local size = known:group("receipt", "customer"):agg({ "n = count()" }):join(household, { on = "customer" })
  local line = size:mutate({ "more = household - 1" }):ols("n ~ more"):tidy()
  local growth = line.estimate[2] / line.estimate[1]
  t.ok(growth > 0.08 and growth < 0.2, "a basket grows by " .. growth) -- planted: 0.12 / 0.85, before rules add to it
end)

t.test("people with pets buy food for them", function()
  local share = known:join(truth, { on = "customer" }):group("taste"):agg { "share = mean(category = 'pets')" }
  local of = {}
  for _, row in share:rows() do
    of[row.taste] = row.share
  end
  t.ok(of.pets > 2.5 * of.plain and of.pets < 5 * of.plain)
end)

t.test("at ten times the size figures come nearer to what was planted", function()
  local out = made { "--customers", "2000", "--clean" }
  local named = read(out .. "sales.csv"):filter("quantity > 0"):join(products:drop "price", { on = "product" })
  local many = named:baskets { id = "receipt", item = "name" }
  local found = by_text(many:rules { support = 0.001, confidence = 0.2, max_lhs = 2 })
  for _, row in read(out .. "truth_rules.csv"):rows() do
    local text = table.concat(items_of(row.lhs), "+") .. ">" .. row.rhs
    t.eq(found[text].count, row.both_baskets)
    t.ok(math.abs(found[text].confidence - row.confidence) < 0.03, text)
  end
end)

t.done()
