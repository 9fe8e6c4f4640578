-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes the data of a small retailer again, byte for byte: customers of known segments, what they bought
-- in two years, and the export of the customers' table as such exports are: with a preamble, currency signs,
-- several words for missing, dates month first, a note with line breaks, and a few broken rows.
--
--   assay datasets/make_orders.lua           writes orders/orders.csv, customers_messy/customers_messy.csv
--   assay datasets/make_orders.lua --check   writes nothing, exits with 1 where a file would change
--   assay datasets/make_orders.lua --truth   prints the customers as they were before the export

math.randomseed(20240229)
local random = math.random

local here = arg[0]:match "^(.*/)[^/]*$" or "./"

-- ---- Drawing -------------------------------------------------------------------------------------

local function normal(mean, sd)
  return mean + sd * math.sqrt(-2 * math.log(1 - random())) * math.cos(2 * math.pi * random())
end

-- An item of a list of {item, weight}.
local function pick(weighted)
  local total = 0
  for _, entry in ipairs(weighted) do
    total = total + entry[2]
  end
  local left = random() * total
  for _, entry in ipairs(weighted) do
    left = left - entry[2]
    if left < 0 then
      return entry[1]
    end
  end
  return weighted[#weighted][1]
end

-- Days since 1970-01-01 to a calendar date (H. Hinnant, chrono-compatible low-level date algorithms).
local function civil(days)
  local z = days + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local day = doy - (153 * mp + 2) // 5 + 1
  local month = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (month <= 2 and 1 or 0), month, day
end

local function iso(days)
  return ("%04d-%02d-%02d"):format(civil(days))
end

-- ---- The retailer --------------------------------------------------------------------------------

local FIRST, LAST = 18993, 19723 -- 2022-01-01 and 2024-01-01 (not included)

-- share of customers, orders a year, mean and spread of log amount; joined late (from), stopped early (to)
local segments = {
  { name = "loyal", share = 15, rate = 22, amount = 4.1, spread = 0.35 },
  { name = "regular", share = 35, rate = 8, amount = 3.6, spread = 0.45 },
  { name = "occasional", share = 30, rate = 2.2, amount = 3.3, spread = 0.6 },
  { name = "new", share = 10, rate = 9, amount = 3.5, spread = 0.4, from = 19620 },
  { name = "lapsed", share = 10, rate = 10, amount = 3.8, spread = 0.4, to = 19260 },
}

local products = {
  { "bread", 20 }, { "milk", 18 }, { "coffee", 12 }, { "cheese", 10 }, { "wine", 7 }, { "tea", 7 },
  { "chocolate", 9 }, { "nappies", 4 }, { "batteries", 3 }, { "garden", 4 }, { "toys", 6 },
}

local educations = {
  { "Graduation", 50 }, { "PhD", 20 }, { "Master", 17 }, { "2n Cycle", 9 }, { "Basic", 4 },
}
local countries = { { "DE", 40 }, { "FR", 20 }, { "ES", 15 }, { "GB", 15 }, { "CN", 10 } }
local notes = {
  "", "", "", "", "", "", "prefers e-mail", "asked for \"gift wrap\", twice",
  "call after 6 pm,\nnot on Mondays",
  "VIP", "moved, new address", "对价格敏感", "returned an order; refunded",
}

local customers, orders = {}, {}

local function season(days)
  local _, month = civil(days)
  return (month == 12 and 1.8) or (month == 11 and 1.3) or (month == 8 and 0.7) or 1
end

local function buy(customer, segment, days)
  for _ = 1, 1 + (random() < 0.5 and random(3) or 0) do
    local product = pick(products)
    orders[#orders + 1] = {
      day = days,
      customer = customer.id,
      product = product,
      quantity = 1 + (random() < 0.25 and random(4) or 0),
      price = math.max(0.5, math.floor(math.exp(normal(segment.amount, segment.spread)) * 10) / 100),
    }
    if product == "coffee" and random() < 0.6 then -- planted: coffee brings chocolate
      local id = customer.id
      orders[#orders + 1] = { day = days, customer = id, product = "chocolate", quantity = 1, price = 2.49 }
    end
  end
end

local function live(customer, segment)
  local from, to = segment.from or customer.joined, segment.to or LAST
  local days = from
  while true do
    local gap = -math.log(1 - random()) * 365 / segment.rate
    days = days + math.max(1, math.floor(gap / season(days)))
    if days >= to then
      return
    end
    buy(customer, segment, days)
  end
end

for i = 1, 300 do
  local entries = {}
  for _, s in ipairs(segments) do
    entries[#entries + 1] = { s, s.share }
  end
  local segment = pick(entries)
  local customer = {
    id = ("%05d"):format(i),
    segment = segment.name,
    born = random(1938, 2003),
    education = pick(educations),
    income = math.floor(math.exp(normal(segment.name == "loyal" and 10.9 or 10.5, 0.4)) * 100) / 100,
    country = pick(countries),
    note = notes[random(#notes)],
    discount = random(0, 30) / 2,
    joined = segment.from or FIRST + random(0, 240),
    visits = random(0, 20),
  }
  customers[i] = customer
  buy(customer, segment, customer.joined) -- the first order
  live(customer, segment)
end
table.sort(orders, function(a, b)
  if a.day ~= b.day then
    return a.day < b.day
  elseif a.customer ~= b.customer then
    return a.customer < b.customer
  elseif a.product ~= b.product then
    return a.product < b.product
  elseif a.price ~= b.price then
    return a.price < b.price
  end
  return a.quantity < b.quantity
end)

-- ---- Writing -------------------------------------------------------------------------------------

local function field(text)
  return text:find '[",\r\n]' and '"' .. text:gsub('"', '""') .. '"' or text
end

local function orders_text()
  local lines = { "order,date,customer,product,quantity,price" }
  local number, last = 0, nil
  for _, o in ipairs(orders) do
    local key = o.day .. o.customer
    number, last = key == last and number or number + 1, key
    lines[#lines + 1] = ("%d,%s,%s,%s,%d,%.2f"):format(
      number, iso(o.day), o.customer, o.product, o.quantity, o.price)
  end
  return table.concat(lines, "\n") .. "\n"
end

local function dollars(amount)
  local whole, cents = ("%.2f"):format(amount):match "^(%d+)(%.%d+)$"
  local grouped = whole:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return "$" .. grouped .. cents .. " "
end

local function american(days)
  local year, month, day = civil(days)
  return ("%d/%d/%02d"):format(month, day, year % 100)
end

-- One row of the export, before anything is broken in it.
local function export(c, i)
  local words = { "N/A", "", "-" }
  local income = i % 25 == 0 and words[i // 25 % 3 + 1] or dollars(c.income)
  local education = i % 17 == 0 and c.education:upper() .. " " or c.education
  return {
    c.id, tostring(c.born), education, income, american(c.joined), ("%.1f%%"):format(c.discount),
    tostring(c.visits), c.country, i % 40 == 0 and "" or tostring(c.visits // 3), c.note,
  }
end

local function messy_text()
  local rows = {
    "Customer export,,,,,,,,,", "created 2024-01-02 08:15 by the CRM,,,,,,,,,", "",
    "Customer,Year_Birth,Education, Income ,Dt_Customer,Discount,Visits,Country,Visits,",
  }
  for i, c in ipairs(customers) do
    local cells = export(c, i)
    for k, cell in ipairs(cells) do
      cells[k] = field(cell)
    end
    if i == 211 then -- the delimiter of an amount is not quoted: a field too many
      cells[4] = "$61,020.50 "
    elseif i == 270 then -- cut off
      cells = { cells[1], cells[2], cells[3] }
    end
    rows[#rows + 1] = table.concat(cells, ",")
    if i == 240 then
      rows[#rows + 1] = ""
    end
  end
  rows[#rows + 1] = ""
  rows[#rows + 1] = "Total: " .. #customers .. " customers"
  return "\u{FEFF}" .. table.concat(rows, "\r\n") .. "\r\n"
end

local function truth_text()
  local lines = { "customer,segment,born,education,income,joined,discount,visits,country" }
  for _, c in ipairs(customers) do
    lines[#lines + 1] = ("%s,%s,%d,%s,%.2f,%s,%.3f,%d,%s"):format(
      c.id, c.segment, c.born, c.education, c.income, iso(c.joined), c.discount / 100, c.visits, c.country)
  end
  return table.concat(lines, "\n") .. "\n"
end

local changed = false

local function put(path, text)
  if arg[1] == "--check" then
    local file = io.open(here .. path, "rb")
    changed = changed or not file or file:read "a" ~= text
    return
  end
  local file = assert(io.open(here .. path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

if arg[1] == "--truth" then
  io.write(truth_text())
else
  put("orders/orders.csv", orders_text())
  put("customers_messy/customers_messy.csv", messy_text())
end
os.exit(changed and 1 or 0)
