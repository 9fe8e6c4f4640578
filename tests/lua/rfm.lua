-- SPDX-License-Identifier: GPL-3.0-or-later
-- customer.rfm and customer.cohort: small logs by hand, options, models as files, and every refusal.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

local text = "who,day,no,paid\n"
  .. "a,2024-01-05,1,10\n" -- two lines of one order
  .. "a,2024-01-05,1,5\n"
  .. "a,2024-01-05,2,1\n" -- another order on that day
  .. "b,2024-02-10,3,40\n"
  .. "a,2024-03-01,4,4\n"
  .. "c,2024-03-10,5,7\n"
local log = read(t.file(text))
local columns = { id = "who", date = "day", amount = "paid" }

local function with(options)
  for name, value in pairs(columns) do
    options[name] = options[name] or value
  end
  return options
end

t.test("recency, frequency and monetary by hand", function()
  local m = log:rfm(with { bins = 3, at = "2024-03-11" })
  local tidy = m:tidy()
  t.eq(t.names(tidy), { "who", "last", "recency", "frequency", "monetary", "revenue", "r", "f", "m",
    "rfm", "segment" })
  t.eq(t.cells(tidy.who), { "a", "b", "c" })
  t.eq(t.cells(tidy.last), { "2024-03-01", "2024-02-10", "2024-03-10" })
  t.eq(t.cells(tidy.recency), { 10, 30, 1 })
  t.eq(t.cells(tidy.frequency), { 2, 1, 1 })
  t.eq(t.cells(tidy.monetary), { 20.0, 40.0, 7.0 })
  t.eq(t.cells(tidy.r), { 2, 1, 3 })
  t.eq(t.cells(tidy.f), { 3, 1, 2 })
  t.eq(t.cells(tidy.m), { 2, 3, 1 })
  t.eq(t.cells(tidy.rfm), { "232", "113", "321" })
  t.eq({ m.n, m.rows, m.orders, m.revenue, m.at }, { 3, 6, 4, 67.0, "2024-03-11" })
end)

t.test("orders by number, rows, means, and the day that is taken when none is given", function()
  t.eq(t.cells(log:rfm(with { order = "no" }):tidy().frequency), { 3, 1, 1 })
  t.eq(t.cells(log:rfm(with { count = "rows" }):tidy().frequency), { 4, 1, 1 })
  t.eq(t.cells(log:rfm(with { monetary = "mean" }):tidy().monetary), { 10.0, 40.0, 7.0 })
  t.eq(log:rfm(with {}).at, "2024-03-11")
end)

t.test("rows after the day are left out and counted", function()
  local m = log:rfm(with { at = "2024-03-01" })
  t.eq({ m.n, m.late }, { 2, 1 })
  t.eq(t.cells(m:tidy().recency), { 0, 20 })
end)

t.test("equal values share a score, or are dealt by order of appearance", function()
  t.eq(t.cells(log:rfm(with { ties = "cut", bins = 3 }):tidy().f), { 3, 1, 1 })
  t.eq(t.cells(log:rfm(with { ties = "order", bins = 3 }):tidy().f), { 3, 1, 2 })
end)

t.test("a map of one's own; who fits nowhere is 'other'", function()
  local map = frame { { "segment", { "best", "lapsed" } }, { "r_low", { 2, 1 } }, { "r_high", { 3, 1 } },
    { "f_low", { 3, 1 } } }
  local m = log:rfm(with { bins = 3, segments = map })
  t.eq(t.cells(m:tidy().segment), { "best", "lapsed", "other" })
  local s = m:segments()
  t.eq(t.cells(s.segment), { "best", "lapsed", "other" })
  t.eq(t.cells(s.n), { 1, 1, 1 })
  t.eq(t.cells(s.revenue), { 20.0, 40.0, 7.0 })
end)

t.test("augment: by the customer, or by the cut points", function()
  local m = log:rfm(with { bins = 3 })
  local rows = m:augment(log)
  t.eq(t.cells(rows.rfm), { "232", "232", "232", "113", "232", "321" })
  t.eq(t.names(m:augment(rows)), t.names(rows))
  local other = frame { { "recency", { 0, 500, NA } }, { "frequency", { 9, 1, 1 } },
    { "monetary", { 1e6, 0, 1 } } }
  t.eq(t.cells(m:predict(other).rfm), { "333", "111", NA })
  local unknown = frame { { "who", { "c", "zz" } } }
  t.eq(t.cells(m:predict(unknown).rfm), { "321", NA })
  t.raises("unknown-column", function() m:predict(frame { { "x", { 1 } } }) end, "recency")
end)

t.test("a model in a file is the same", function()
  for _, m in ipairs { log:rfm(with { bins = 3 }), log:cohort { id = "who", date = "day" } } do
    local path = t.path ".assay"
    m:save(path)
    local again = model.load(path)
    t.same_frame(again:tidy(), m:tidy())
    t.same_frame(again:glance(), m:glance())
  end
  local path = t.path ".assay"
  log:rfm(with { bins = 3 }):save(path)
  t.eq(t.cells(model.load(path):augment(log).rfm), { "232", "232", "232", "113", "232", "321" })
end)

t.test("the same on any number of threads", function()
  local program = "m = read [[" .. t.file(text)
    .. "]]:rfm{id = 'who', date = 'day', amount = 'paid', bins = 3} "
    .. "print(m:tidy():select('who', 'rfm', 'segment'), m:glance():select('gini', 'top20_share'))"
  local one = t.run { "--threads", "1", "-e", program }
  t.has(one, "232")
  for _, threads in ipairs { "2", "7" } do
    t.eq(t.run { "--threads", threads, "-e", program }, one)
  end
end)

t.test("cohorts: cells where nobody bought are 0, those after the end are not there", function()
  local m = log:cohort { id = "who", date = "day" }
  t.eq(t.content(m:triangle()), { { "cohort", "size", "0", "1", "2" },
    cohort = { "2024-01-01", "2024-02-01", "2024-03-01" },
    size = { 1, 1, 1 }, ["0"] = { 1, 1, 1 }, ["1"] = { 0, 0, NA }, ["2"] = { 1, NA, NA } })
  t.eq(t.cells(m:tidy().share), { 1.0, 0.0, 1.0, 1.0, 0.0, 1.0 })
  t.eq(t.cells(m:tidy().period)[3], "2024-03-01")
  t.eq(t.cells(m:curve().share), { 1.0, 0.0, 1.0 })
  t.eq({ m.share_1, m.share_3, m.cohorts }, { 0.0, NA, 3 })
end)

t.test("cohorts: rolling, orders, revenue, other periods", function()
  local function first(options)
    options.id, options.date = "who", "day"
    local triangle, row = log:cohort(options):triangle(), {}
    for _, name in ipairs(t.names(triangle)) do
      row[#row + 1] = triangle:col(name)[1]
    end
    return row
  end
  t.eq(first { rolling = true }, { "2024-01-01", 1, 1, 1, 1 })
  t.eq(first { metric = "orders" }, { "2024-01-01", 1, 1, 0, 1 })
  t.eq(first { metric = "orders", order = "no" }, { "2024-01-01", 1, 2, 0, 1 })
  t.eq(first { metric = "revenue", amount = "paid" }, { "2024-01-01", 1, 16.0, 0.0, 4.0 })
  t.eq(first { period = "quarter" }, { "2024-01-01", 3, 3 })
  t.eq(first { period = "year" }, { "2024-01-01", 3, 3 })
  t.eq(first { period = "week", at = "2024-01-31" }, { "2024-01-01", 1, 1 })
  t.eq(first { period = "day", at = "2024-02-10" }[3], 1)
end)

t.test("refusals", function()
  local broken = read(t.file "who,day,paid\na,2024-01-05,1\n,2024-01-06,2\nb,2024-01-07,\n")
  t.raises("missing-values", function() broken:rfm(columns) end, "2 of 3 rows", "drop")
  t.eq(broken:rfm(with { missing = "drop" }).dropped, 2)
  t.raises("bad-data", function() log:rfm(with { at = "2020-01-01" }) end, "6 lie after")
  t.raises("bad-date", function() log:rfm(with { at = "yesterday" }) end, "2026-01-31")
  t.raises("wrong-column-type", function() log:rfm(with { date = "paid" }) end, "time")
  t.raises("wrong-column-type", function() log:rfm(with { amount = "who" }) end)
  t.raises("unknown-column", function() log:rfm(with { id = "whom" }) end)
  t.raises("option-without-use", function() log:rfm(with { order = "no", count = "rows" }) end)
  t.raises("out-of-range", function() log:rfm(with { bins = 10 }) end)
  t.raises("rfm-map", function() log:rfm(with { segments = frame { { "x", { 1 } } } }) end, "segment")
  t.raises("rfm-map", function()
    log:rfm(with { segments = frame { { "segment", { "a" } }, { "r_low", { 6 } } } })
  end, "bins")
  t.raises("missing-option", function()
    log:cohort { id = "who", date = "day", metric = "revenue" }
  end, "amount")
  t.raises("option-without-use", function() log:cohort { id = "who", date = "day", order = "no" } end)
  t.raises("option-without-use", function()
    log:cohort { id = "who", date = "day", metric = "orders", rolling = true }
  end)
  t.raises("cohort-periods", function()
    read(t.file "who,day\na,1900-01-01\na,2024-01-01\n"):cohort { id = "who", date = "day", period = "day" }
  end, "month")
  t.raises("not-supported", function() log:rfm(columns):triangle() end)
  t.raises("not-supported", function() log:cohort({ id = "who", date = "day" }):cuts() end)
end)

t.done()
