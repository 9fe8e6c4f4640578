-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes a retailer: customers of known segments, products, and two years of sales with known seasons, products that
-- bring one another, returns, and the faults that such tables have. All of it follows from the seed, so what an
-- analysis should find is known: the files truth_*.csv say it.
--
--   assay datasets/make_retailer.lua [OPTION...]
--
--   --customers N   how many (200); sales grow with them, memory hardly does
--   --seed N        another retailer of the same kind (7)
--   --clean         without the faults, and otherwise the same
--   --out FOLDER    where to write (datasets/retailer), a folder that exists
--   --check         writes nothing, exits with 1 where a file would change

local here = arg[0]:match "^(.*/)[^/]*$" or "./"
local random = math.random

-- ---- Options -------------------------------------------------------------------------------------

local options = { customers = 200, seed = 7, out = here .. "retailer" }

local function usage(why)
  io.stderr:write("make_retailer.lua: ", why, "; its head lists the options\n")
  os.exit(2)
end

do
  local i = 1
  while arg[i] do
    local name, value = arg[i]:match "^%-%-(%a+)$", arg[i + 1]
    if name == "clean" or name == "check" then
      options[name] = true
    elseif name == "out" then
      options.out = value or usage "--out needs a folder"
      i = i + 1
    elseif name == "customers" or name == "seed" then
      options[name] = math.tointeger(tonumber(value)) or usage("--" .. name .. " needs a whole number")
      i = i + 1
    else
      usage("unknown option " .. arg[i])
    end
    i = i + 1
  end
  if options.customers < 1 then
    usage "--customers must be at least 1"
  end
end
math.randomseed(options.seed)

-- ---- Drawing -------------------------------------------------------------------------------------

local function normal(mean, sd)
  return mean + sd * math.sqrt(-2 * math.log(1 - random())) * math.cos(2 * math.pi * random())
end

-- A list in which each item of {item, weight} stands as often as its weight says, to draw from at once.
local function urn(weighted)
  local list = {}
  for _, entry in ipairs(weighted) do
    for _ = 1, entry[2] do
      list[#list + 1] = entry[1]
    end
  end
  return list
end

local function draw(list)
  return list[random(#list)]
end

-- A number in [0, 1) that depends on the seed, a row and a purpose alone, so that faults do not disturb what is drawn
-- (the finaliser of SplitMix64: Steele, Lea and Flood 2014).
local function chance(row, purpose)
  local z = options.seed * 0x9E3779B97F4A7C15 + row * 0xD1B54A32D192ED03 + purpose
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  z = z ~ (z >> 31)
  return (z >> 11) * 0x1p-53
end

-- ---- The calendar --------------------------------------------------------------------------------
-- Days are counted from 0, the 1st of January 2023, to the 31st of December 2024.

local DAYS = 731
local MONTH = { 0.85, 0.85, 0.95, 1, 1.05, 1.05, 0.95, 0.75, 1, 1.05, 1.25, 1.7 }
local WEEKDAY = { 0.85, 0.8, 0.9, 1, 1.35, 1.7, 0 } -- from Monday; closed on Sundays
local CLOSED = { ["01-01"] = true, ["12-25"] = true, ["12-26"] = true }

local dates, months, before = {}, {}, { [0] = 0 } -- before[d]: weights of all days before d, the mean day being 1

do
  local day = 0
  for year = 2023, 2024 do
    for month, length in ipairs { 31, year == 2024 and 29 or 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 } do
      for d = 1, length do
        dates[day], months[day] = ("%04d-%02d-%02d"):format(year, month, d), month
        local weight = MONTH[month] * WEEKDAY[(day + 6) % 7 + 1] -- it begins on a Sunday
        before[day + 1] = before[day] + (CLOSED[dates[day]:sub(6)] and 0 or weight)
        day = day + 1
      end
    end
  end
  assert(day == DAYS)
  local scale = DAYS / before[DAYS]
  for d = 1, DAYS do
    before[d] = before[d] * scale
  end
end

-- The day in which a point of the weights' sum lies; never a closed one.
local function day_at(point)
  local low, high = 0, DAYS - 1
  while low < high do
    local middle = (low + high + 1) // 2
    if before[middle] <= point then
      low = middle
    else
      high = middle - 1
    end
  end
  return low
end

local function is_open(day)
  return before[day + 1] > before[day]
end

local HOURS = urn { { 8, 5 }, { 9, 8 }, { 10, 11 }, { 11, 12 }, { 12, 8 }, { 13, 6 }, { 14, 6 }, { 15, 8 }, { 16, 11 },
  { 17, 13 }, { 18, 10 }, { 19, 6 } }

-- ---- Products ------------------------------------------------------------------------------------
-- name, category, list price in cents, share of baskets it is in on average, factors of months

local CHRISTMAS = { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 1, 4, 5 }
local PARTY = { 0.8, 0.7, 0.8, 0.9, 1, 1, 1, 0.8, 0.8, 0.9, 1, 2.5 }
local SUMMER = { 0.2, 0.2, 0.5, 1, 1.6, 2.2, 2.4, 2, 1, 0.4, 0.2, 0.2 }

local products = {
  { "bread", "bakery", 279, 0.24 }, { "rolls", "bakery", 159, 0.104 }, { "croissants", "bakery", 189, 0.04 },
  { "cake", "bakery", 449, 0.032 },
  { "milk", "dairy", 119, 0.224 }, { "butter", "dairy", 249, 0.13 }, { "margarine", "dairy", 179, 0.1 },
  { "yoghurt", "dairy", 89, 0.104 }, { "eggs", "dairy", 279, 0.096 }, { "cream", "dairy", 99, 0.032 },
  { "cheese", "cheese", 329, 0.112 }, { "parmesan", "cheese", 499, 0.012 }, { "goat cheese", "cheese", 399, 0.016 },
  { "sausages", "meat", 399, 0.048 }, { "minced meat", "meat", 549, 0.04 }, { "chicken", "meat", 699, 0.048 },
  { "ham", "meat", 299, 0.048 },
  { "bananas", "fruit and vegetables", 159, 0.128 }, { "apples", "fruit and vegetables", 249, 0.112 },
  { "tomatoes", "fruit and vegetables", 199, 0.096 }, { "salad", "fruit and vegetables", 129, 0.064, SUMMER },
  { "potatoes", "fruit and vegetables", 299, 0.072 }, { "onions", "fruit and vegetables", 119, 0.056 },
  { "pasta", "pantry", 129, 0.088 }, { "tomato sauce", "pantry", 199, 0.032 }, { "rice", "pantry", 199, 0.04 },
  { "flour", "pantry", 99, 0.04 }, { "sugar", "pantry", 119, 0.04 }, { "olive oil", "pantry", 799, 0.024 },
  { "coffee", "hot drinks", 649, 0.088 }, { "coffee filters", "hot drinks", 149, 0.012 },
  { "tea", "hot drinks", 299, 0.04 },
  { "water", "drinks", 79, 0.088 }, { "orange juice", "drinks", 229, 0.064 }, { "cola", "drinks", 169, 0.064 },
  { "beer", "wine and beer", 429, 0.064 }, { "red wine", "wine and beer", 699, 0.04 },
  { "sparkling wine", "wine and beer", 849, 0.016, PARTY },
  { "chocolate", "sweets", 129, 0.072 }, { "biscuits", "sweets", 179, 0.048 },
  { "ice cream", "sweets", 399, 0.032, SUMMER },
  { "gingerbread", "sweets", 349, 0.024, CHRISTMAS },
  { "crisps", "snacks", 219, 0.048 }, { "tortilla chips", "snacks", 249, 0.036 }, { "salsa dip", "snacks", 299, 0.01 },
  { "nappies", "baby", 999, 0.028 }, { "baby wipes", "baby", 249, 0.008 }, { "baby food", "baby", 119, 0.016 },
  { "cat food", "pets", 349, 0.04 }, { "cat litter", "pets", 499, 0.01 }, { "dog food", "pets", 399, 0.024 },
  { "detergent", "household", 899, 0.024 }, { "toilet paper", "household", 449, 0.048 },
  { "batteries", "household", 599, 0.01 }, { "charcoal", "household", 599, 0.029, SUMMER },
}

local number_of = {}
for j, product in ipairs(products) do
  number_of[product[1]] = j
  product.code = ("P%02d"):format(j)
end

-- Whoever buys all on the left buys the right with this confidence, whoever it is; in this order.
local rules = {
  { { "coffee" }, "coffee filters", 0.4 },
  { { "nappies" }, "baby wipes", 0.6 },
  { { "pasta" }, "tomato sauce", 0.5 },
  { { "pasta", "tomato sauce" }, "parmesan", 0.55 },
  { { "tortilla chips" }, "salsa dip", 0.65 },
  { { "charcoal" }, "sausages", 0.7 },
  { { "cat food" }, "cat litter", 0.35 },
  { { "flour" }, "sugar", 0.6 },
}
for _, rule in ipairs(rules) do
  rule.left, rule.right = {}, number_of[rule[2]]
  for k, name in ipairs(rule[1]) do
    rule.left[k] = number_of[name]
  end
  rule.left_count, rule.both_count = 0, 0
end

-- Two that hardly anyone buys together.
local INSTEAD, OF = number_of["margarine"], number_of["butter"]

-- ---- Customers -----------------------------------------------------------------------------------

-- share of customers, receipts a year and their spread (of the logarithm), size of baskets; the first and last day to
-- join, and to be seen for the last time
local segments = urn {
  { { name = "loyal", rate = 30, spread = 0.2, size = 1.3, join = { 0, 330 } }, 14 },
  { { name = "regular", rate = 11, spread = 0.25, size = 1, join = { 0, 330 } }, 28 },
  { { name = "occasional", rate = 3, spread = 0.3, size = 0.8, join = { 0, 330 } }, 28 },
  { { name = "new", rate = 14, spread = 0.3, size = 0.9, join = { 640, 722 } }, 14 },
  { { name = "lapsed", rate = 11, spread = 0.25, size = 1, join = { 0, 200 }, leave = { 260, 450 } }, 16 },
}

-- What a customer likes: factors of categories.
local tastes = {
  { name = "plain" },
  { name = "family", dairy = 1.4, sweets = 1.6, baby = 3 },
  { name = "gourmet", cheese = 1.8, ["fruit and vegetables"] = 1.3, ["wine and beer"] = 2.2 },
  { name = "pets", pets = 4 },
}
local taste_urn = urn { { tastes[1], 40 }, { tastes[2], 25 }, { tastes[3], 20 }, { tastes[4], 15 } }
local households = urn { { 1, 32 }, { 2, 34 }, { 3, 15 }, { 4, 14 }, { 5, 5 } }
local cities = urn { { "Berlin", 40 }, { "Hamburg", 25 }, { "München", 20 }, { "Köln", 15 } }

-- A basket's size grows by this much with each member of the household, on a basis for one of them.
local ONE, MEMBER = 0.85, 0.12

for _, taste in ipairs(tastes) do
  for month = 1, 12 do -- how likely each product is
    local row = {}
    for j, product in ipairs(products) do
      row[j] = product[4] * (taste[product[2]] or 1) * (product[5] and product[5][month] or 1)
    end
    taste[month] = row
  end
end

local queue = {} -- queue[day]: who buys that day, in order

-- Puts a customer into the queue of the next day to buy, if there is one.
local function come_again(customer)
  customer.point = customer.point - math.log(1 - random()) * 365 / customer.rate
  if customer.point >= before[DAYS] then
    return
  end
  local day = day_at(customer.point)
  if not customer.leave or day < customer.leave then
    local list = queue[day] or {}
    list[#list + 1] = customer
    queue[day] = list
  end
end

local function between(range)
  return before[range[1]] + random() * (before[range[2] + 1] - before[range[1]])
end

local function new_customer(i, form)
  local segment = draw(segments)
  local customer = {
    id = form:format(i),
    segment = segment.name,
    taste = draw(taste_urn),
    household = draw(households),
    rate = segment.rate * math.exp(normal(0, segment.spread)),
    point = between(segment.join),
    leave = segment.leave and random(table.unpack(segment.leave)),
    birth_year = random(1940, 2004),
    city = draw(cities),
    newsletter = random() < (segment.name == "loyal" and 0.7 or 0.4),
  }
  customer.size = segment.size * (ONE + MEMBER * (customer.household - 1))
  customer.first = day_at(customer.point)
  queue[customer.first] = queue[customer.first] or {}
  table.insert(queue[customer.first], customer)
  return customer
end

-- ---- Files ---------------------------------------------------------------------------------------

local changed = false

-- Something to add text to: it is written, or with --check compared with what is there.
local function sink(name)
  local file, why = io.open(options.out .. "/" .. name, options.check and "rb" or "wb")
  if not file and not options.check then
    usage(why)
  end
  changed = changed or not file
  local self = {}
  function self.add(text)
    if not options.check then
      assert(file:write(text))
    elseif file and #text > 0 then
      changed = changed or file:read(#text) ~= text
    end
  end
  function self.close()
    changed = changed or options.check and file:read(1) ~= nil
    return file and assert(file:close())
  end
  return self
end

local function put(name, lines)
  local out = sink(name)
  out.add(table.concat(lines, "\n") .. "\n")
  out.close()
end

-- ---- Baskets -------------------------------------------------------------------------------------

local chosen = {}

-- Fills `chosen`: what lies in a basket that is not empty.
local function fill_basket(likely, size)
  local any, n = false, #products
  while not any do
    for j = 1, n do
      local taken = random() < likely[j] * size
      chosen[j] = taken
      any = any or taken
    end
  end
  if chosen[INSTEAD] and chosen[OF] and random() < 0.85 then
    chosen[INSTEAD] = false
  end
  for _, rule in ipairs(rules) do
    local all = true
    for _, j in ipairs(rule.left) do
      all = all and chosen[j]
    end
    if all then
      chosen[rule.right] = random() < rule[3]
      rule.left_count = rule.left_count + 1
      rule.both_count = rule.both_count + (chosen[rule.right] and 1 or 0)
    end
  end
end

local RETURNED, MARKED_DOWN, SEVERAL = 0.012, 0.05, 0.2

local function lines_of_basket()
  local lines = {}
  for j, product in ipairs(products) do
    if chosen[j] then
      local quantity, price = 1, product[3]
      while random() < SEVERAL do
        quantity = quantity + 1
      end
      local marked = random() < MARKED_DOWN
      price = marked and (price * 80 + 50) // 100 or price
      lines[#lines + 1] = { product = product, quantity = quantity, price = price, marked = marked }
    end
  end
  return lines
end

local returns = {} -- returns[day]: receipts

-- Some things come back within two weeks.
local function return_some(receipt, day)
  for _, line in ipairs(receipt.lines) do
    if random() < RETURNED then
      local back = day + random(14)
      while back < DAYS and not is_open(back) do
        back = back + 1
      end
      local list = returns[back] or {}
      list[#list + 1] = {
        customer = receipt.customer,
        lines = { { product = line.product, quantity = -line.quantity, price = line.price, marked = line.marked } },
      }
      returns[back] = list
    end
  end
end

-- ---- Sales, day by day ---------------------------------------------------------------------------

local facts = {
  baskets = 0, walk_in_baskets = 0, returns = 0, lines = 0, revenue = 0, repeated_lines = 0, odd_codes = 0,
  missing_prices = 0, prices_in_cents = 0, missing_birth_years = 0, placeholder_birth_years = 0, odd_cities = 0,
  repeated_customers = 0,
}

local function count(name)
  facts[name] = facts[name] + 1
end

-- An amount of cents in euros, as text.
local in_euros = setmetatable({}, { __index = function(known, cents)
  known[cents] = ("%d.%02d"):format(cents // 100, cents % 100)
  return known[cents]
end })

-- The cells of a line's product and price as the table has them, and whether the line stands twice.
local function faults(line, code, price)
  local fate = options.clean and 1 or chance(facts.lines, 1)
  if fate < 0.006 then
    count "odd_codes"
    return fate < 0.003 and code:lower() or code .. " ", price
  elseif fate < 0.011 and not line.marked and line.quantity > 0 then
    count "missing_prices"
    return code, fate < 0.009 and "" or "n/a"
  elseif fate >= 0.011 and fate < 0.014 then
    count "prices_in_cents"
    return code, price:gsub("%.", "") .. ".00"
  elseif fate >= 0.014 and fate < 0.018 then
    count "repeated_lines"
    return code, price, true
  end
  return code, price
end

local function write_receipt(text, number, date, receipt)
  local start = ("%d,%s %02d:%02d,%s,"):format(number, date, receipt.minute // 60, receipt.minute % 60,
    receipt.customer)
  for _, line in ipairs(receipt.lines) do
    count "lines"
    facts.revenue = facts.revenue + line.quantity * line.price
    local code, price, twice = faults(line, line.product.code, in_euros[line.price])
    local row = start .. code .. "," .. line.quantity .. "," .. price .. "\n"
    text[#text + 1] = row
    text[#text + 1] = twice and row or nil
  end
end

-- All receipts of a day, in order of time.
local function receipts_of(day)
  local receipts = returns[day] or {}
  facts.returns = facts.returns + #receipts
  returns[day] = nil
  for _, customer in ipairs(queue[day] or {}) do
    fill_basket((customer.taste or draw(taste_urn))[months[day]], customer.size)
    local receipt = { customer = customer.id, lines = lines_of_basket() }
    receipts[#receipts + 1] = receipt
    count "baskets"
    facts.walk_in_baskets = facts.walk_in_baskets + (customer.id == "" and 1 or 0)
    return_some(receipt, day)
    come_again(customer)
  end
  queue[day] = nil
  for i, receipt in ipairs(receipts) do
    receipt.minute, receipt.order = draw(HOURS) * 60 + random(0, 59), i
  end
  table.sort(receipts, function(a, b)
    return a.minute < b.minute or a.minute == b.minute and a.order < b.order
  end)
  return receipts
end

local customers, form = {}, "C%0" .. math.max(3, #tostring(options.customers)) .. "d"
for i = 1, options.customers do
  customers[i] = new_customer(i, form)
end
come_again { id = "", size = 0.8, rate = options.customers * 0.8, point = 0 } -- all who come without a card

do
  local out, number = sink "sales.csv", 0
  out.add "receipt,time,customer,product,quantity,price\n"
  for day = 0, DAYS - 1 do
    local text = {}
    -- someone who comes twice on a day is put into the queue of that day while it is worked on
    for _, receipt in ipairs(receipts_of(day)) do
      number = number + 1
      write_receipt(text, number, dates[day], receipt)
    end
    out.add(table.concat(text))
  end
  out.close()
end

-- ---- The other tables ----------------------------------------------------------------------------

local function customer_row(c, birth_year, city)
  local newsletter = c.newsletter and "yes" or "no"
  return ("%s,%s,%s,%s,%d,%s"):format(c.id, dates[c.first], birth_year, city, c.household, newsletter)
end

-- The birth year is missing, or what the form begins with; the city is spelt otherwise; the row stands twice.
local function faulty_customer_rows(c, i)
  local birth_year, city, fate = tostring(c.birth_year), c.city, chance(i, 2)
  if fate < 0.06 then
    birth_year = ""
    count "missing_birth_years"
  elseif fate < 0.08 then
    birth_year = "1900"
    count "placeholder_birth_years"
  elseif fate < 0.12 then
    city = fate < 0.1 and city:lower() or city .. " "
    count "odd_cities"
  elseif fate < 0.14 then
    count "repeated_customers"
    return { customer_row(c, birth_year, city), customer_row(c, birth_year, city) }
  end
  return { customer_row(c, birth_year, city) }
end

local function write_customers()
  local lines = { "customer,joined,birth_year,city,household,newsletter" }
  local truth = { "customer,segment,taste,rate,joined,gone" }
  for i, c in ipairs(customers) do
    local rows = options.clean and { customer_row(c, tostring(c.birth_year), c.city) } or faulty_customer_rows(c, i)
    table.move(rows, 1, #rows, #lines + 1, lines)
    truth[#truth + 1] = ("%s,%s,%s,%.2f,%s,%s"):format(
      c.id, c.segment, c.taste.name, c.rate, dates[c.first], c.leave and dates[c.leave] or "")
  end
  put("customers.csv", lines)
  put("truth_customers.csv", truth)
end

local function write_products()
  local lines = { "product,name,category,price" }
  for _, product in ipairs(products) do
    lines[#lines + 1] = ("%s,%s,%s,%s"):format(product.code, product[1], product[2], in_euros[product[3]])
  end
  put("products.csv", lines)
end

local function write_rules()
  local lines = { "lhs,rhs,confidence,lhs_baskets,both_baskets" }
  for _, rule in ipairs(rules) do
    lines[#lines + 1] = ('"{%s}",%s,%.2f,%d,%d'):format(
      table.concat(rule[1], ", "), rule[2], rule[3], rule.left_count, rule.both_count)
  end
  put("truth_rules.csv", lines)
end

local function write_season()
  local lines = { "period,number,weight" }
  for month, weight in ipairs(MONTH) do
    lines[#lines + 1] = ("month,%d,%.2f"):format(month, weight)
  end
  for weekday, weight in ipairs(WEEKDAY) do
    lines[#lines + 1] = ("weekday,%d,%.2f"):format(weekday, weight)
  end
  put("truth_season.csv", lines)
end

local function write_facts()
  local names, lines = {}, { "fact,value" }
  for name in pairs(facts) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = facts[name]
    lines[#lines + 1] = name .. "," .. (name == "revenue" and in_euros[value] or value)
  end
  put("truth_facts.csv", lines)
end

write_customers()
write_products()
write_rules()
write_season()
write_facts()
os.exit(changed and 1 or 0)
