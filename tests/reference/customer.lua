-- SPDX-License-Identifier: GPL-3.0-or-later
-- RFM and cohorts of two real logs against figures from R 4.2.2 (data.table 1.14.8; quantile type 7).
--
-- CDNOW: the 1/10 sample of Fader, Hardie and Lee, 2,357 customers. Online Retail (UCI): rows with a
-- customer, a quantity
-- and a price above 0 (397,884 of 541,909), which leaves out cancelled invoices; an order is an invoice.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local data = os.getenv "ASSAY_TESTDATA" or "../shared/data"

local function there(path)
  local file = io.open(path)
  return file and file:close()
end

local function figures(m, want)
  for name, figure in pairs(want) do
    t.near(m[name], figure, 1e-9, name)
  end
end

local function cuts(m, variable)
  local frame, list = m:cuts(), {}
  for i = 1, #frame do
    if frame.variable[i] == variable then
      list[#list + 1] = frame.value[i]
    end
  end
  return list
end

local function near_list(got, want, what)
  t.eq(#got, #want, what)
  for i, x in ipairs(want) do
    t.near(got[i], x, 1e-12, what)
  end
end

local function counts(column)
  local n = {}
  for i = 1, #column do
    n[column[i]] = (n[column[i]] or 0) + 1
  end
  return n
end

-- ---- CDNOW

local function cdnow()
  local text = { "id,date,amount" }
  for line in io.lines(data .. "/clv/CDNOW_sample.txt") do
    local id, y, m, d, amount = line:match "^%s*%d+%s+(%d+)%s+(%d%d%d%d)(%d%d)(%d%d)%s+%d+%s+([%d.]+)"
    text[#text + 1] = ("c%s,%s-%s-%s,%s"):format(id, y, m, d, amount)
  end
  return read(t.file(table.concat(text, "\n") .. "\n"))
end

if there(data .. "/clv/CDNOW_sample.txt") then
  local log = cdnow()
  local columns = { id = "id", date = "date", amount = "amount", at = "1998-07-01" }

  local function rfm(ties)
    columns.ties = ties
    return log:rfm(columns)
  end

  t.test("CDNOW: the figures of the customers", function()
    figures(rfm "cut", {
      n = 2357, rows = 6919, orders = 6696, revenue = 244091.94,
      recency_mean = 372.563852354688, frequency_mean = 2.84089944845142, monetary_mean = 103.5604327535,
      recency_median = 474, frequency_median = 1, monetary_median = 43.06, frequency_max = 44,
        monetary_max = 6552.70,
      top20_share = 0.674550171546017, gini = 0.630917117016241, cells = 60,
    })
  end)

  t.test("CDNOW: cut points, and scores where equal values share one", function()
    local m = rfm "cut"
    near_list(cuts(m, "recency"), { 153, 443, 487, 513 }, "recency")
    near_list(cuts(m, "frequency"), { 1, 1, 2, 4 }, "frequency")
    near_list(cuts(m, "monetary"), { 15.36, 31.958, 59.25, 130.436 }, "monetary")
    t.eq(counts(m:tidy().f), { [1] = 1218, [3] = 403, [4] = 358, [5] = 378 })
    local codes = counts(m:tidy().rfm)
    t.eq({ codes["555"], codes["111"] }, { 233, 167 })
  end)

  -- The same log in R: score of the customer at place i (from 0) in the stable order of the value: 1 + i *
  -- 5 %/% n.
  t.test("CDNOW: scores of equal size", function()
    local m = rfm "order"
    t.eq(counts(m:tidy().f), { 472, 471, 472, 471, 471 })
    t.eq(counts(m:tidy().r), { 471, 471, 472, 471, 472 })
    local codes = counts(m:tidy().rfm)
    t.eq({ codes["555"], codes["111"], m.cells }, { 247, 174, 69 })
  end)

  t.test("CDNOW: monthly cohorts", function()
    local m = log:cohort { id = "id", date = "date" }
    local triangle = m:triangle()
    t.eq(t.cells(triangle.size), { 781, 857, 719 })
    t.eq(t.cells(triangle:col "1"), { 124, 134, 87 })
    t.eq(t.cells(triangle:col "2"), { 95, 110, 84 })
    t.eq(t.cells(triangle:col "3"), { 70, 75, 78 })
    near_list(t.cells(m:triangle(true):col "1"), { 124 / 781, 134 / 857, 87 / 719 }, "shares")
    t.near(m.share_1, 345 / 2357)
    local orders = log:cohort { id = "id", date = "date", metric = "orders" }:triangle()
    t.eq(t.cells(orders:col "0"), { 873, 981, 837 })
    t.eq(t.cells(orders:col "2"), { 129, 139, 99 })
    local revenue = log:cohort { id = "id", date = "date", metric = "revenue", amount = "amount" }:triangle()
    near_list(t.cells(revenue:col "1"), { 7003.73, 6418.37, 4103.03 }, "revenue")
  end)
else
  t.skip("CDNOW", "no clv/CDNOW_sample.txt: ASSAY_TESTDATA names the folder of its source")
end

-- ---- Online Retail

local function online_retail()
  local plain = t.path ".csv"
  assert(os.execute(("gzip -dc '%s/baskets/online_retail.csv.gz' >'%s'"):format(data, plain)))
  local df = read(plain, { types = { InvoiceNo = "string", CustomerID = "string" } })
  os.remove(plain)
  return df:filter("CustomerID is not missing and Quantity > 0 and UnitPrice > 0")
    :mutate("amount = Quantity * UnitPrice")
end

if there(data .. "/baskets/online_retail.csv.gz") then
  t.test("Online Retail", function()
    local log = online_retail()
    t.eq(#log, 397884)
    local m = log:rfm { id = "CustomerID", date = "InvoiceDate", order = "InvoiceNo", amount = "amount",
      at = "2011-12-10", ties = "cut" }
    figures(m, {
      n = 4338, recency_mean = 93.0594744121715, frequency_mean = 4.27201475334255,
      monetary_mean = 2054.26646011987,
      recency_median = 51, frequency_median = 2, monetary_median = 674.485,
      recency_max = 374, frequency_max = 209, monetary_max = 280206.02, top20_share = 0.746171371867661,
      gini = 0.715139617936952,
    })
    near_list(cuts(m, "recency"), { 13.8, 33, 72, 180 }, "recency")
    near_list(cuts(m, "frequency"), { 1, 2, 3, 6 }, "frequency")
    near_list(cuts(m, "monetary"), { 250.194, 490.096, 942.276, 2058.426 }, "monetary")
    -- Without invoice numbers an order is a day.
    m = log:rfm { id = "CustomerID", date = "InvoiceDate", amount = "amount", at = "2011-12-10" }
    figures(m, { frequency_mean = 3.86422314430613, frequency_max = 132 })
  end)
else
  t.skip("Online Retail", "no baskets/online_retail.csv.gz: ASSAY_TESTDATA names the folder of its source")
end

t.done()
