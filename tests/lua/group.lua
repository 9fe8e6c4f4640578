-- SPDX-License-Identifier: GPL-3.0-or-later
-- group, sort, distinct, count, top and sample; aggregates and windows in expressions. Figures of the
-- shipped orders are from R 4.2.2 (tapply; e1071 type 2 written out) and SQLite 3.40 (windows).
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local orders = read "datasets/orders/orders.csv"

local shop = frame {
  { "region", { "north", "south", "north", NA, "south", "north", NA } },
  { "item", { "tea", "tea", "milk", "milk", "tea", "tea", "tea" } },
  { "amount", { 5.0, NA, 2.0, 7.0, 1.0, 5.0, t.nan } },
  { "day", { 3, 1, 2, 5, 4, 6, 7 } },
}

t.test("group marks columns; a verb works within them and gives a frame that is not grouped", function()
  local by = shop:group("region"):agg { "n = count()", "sum = sum(amount)" }
  t.eq(t.names(by), { "region", "n", "sum" })
  t.eq(t.cells(by.region), { "north", "south", NA })
  t.eq(t.cells(by.n), { 3, 2, 2 })
  t.eq(t.cells(by.sum), { 12.0, 1.0, t.nan })
  t.eq(#by:agg { "n = count()" }, 1)
  t.eq(#shop:group("region", "item"):agg { "n = count()" }, 5)
  t.eq(t.cells(shop:group("region"):group():agg { "n = count()" }.n), { 7 })
  t.raises("unknown-column", function() shop:group "regoin" end, "regoin", "region")
  t.raises("column-twice", function() shop:group("item", "item") end)
end)

t.test("groups of each product against R", function()
  -- n mean sd median q90 skewness kurtosis, correlation with quantity, customers, mean weighted by it
  local want = {
    { "coffee", 952, 4.9913970588235292, 2.5466335052795013, 4.4900000000000002, 8.3070000000000004,
      1.2012709523819467, 2.8664311232846678, -0.025645021131959492, 240, 4.9438476821192054 },
    { "garden", 329, 4.9241641337386017, 2.4873229776064871, 4.6200000000000001, 8.1419999999999995,
      0.96985868505409834, 1.4010425358480634, 0.010044603151238472, 165, 4.942556818181818 },
    { "milk", 1390, 4.8752446043165465, 2.4323801796293694, 4.5250000000000004, 8.1110000000000007,
      0.98428186550220331, 1.5500744890946889, -0.024355868729525911, 257, 4.8307914298207262 },
    { "bread", 1458, 4.8903772290809329, 2.4106082317603765, 4.54, 8.0030000000000001,
      1.0330363314855473, 1.5171883050168957, -0.0044873126719006074, 270, 4.8823821443471003 },
  }
  local by = orders:group("product"):agg {
    "n = count()", "mean = mean(price)", "sd = sd(price)", "median = median(price)",
    "q = quantile(price, 0.9)",
    "g1 = skewness(price)", "g2 = kurtosis(price)", "r = cor(price, quantity)", "who = distinct(customer)",
    "weighted = wmean(price, quantity)",
  }
  local figures = { [3] = "mean", [4] = "sd", [5] = "median", [6] = "q", [7] = "g1", [8] = "g2", [9] = "r",
    [11] = "weighted" }
  for i, row in ipairs(want) do
    local got = by:row(i)
    t.eq({ got.product, got.n, got.who }, { row[1], row[2], row[10] })
    for column, name in pairs(figures) do
      t.near(got[name], row[column], 1e-12, row[1] .. " " .. name)
    end
  end
end)

t.test("windows by customer against SQLite", function()
  -- rank, lag, sum and avg(rows 2 preceding) over (partition by customer order by order, product)
  local want = {
    { 1, 4.29, 1, NA, 4.29, 4.29 }, { 15, 4.31, 2, 4.29, 8.6, 4.3 },
    { 15, 6.35, 3, 4.31, 14.95, 4.98333333333333 }, { 15, 4.34, 4, 6.35, 19.29, 5.0 },
    { 82, 3.74, 5, 4.34, 23.03, 4.81 }, { 82, 3.82, 6, 3.74, 26.85, 3.96666666666667 },
    { 530, 3.87, 7, 3.82, 30.72, 3.81 }, { 530, 4.71, 8, 3.87, 35.43, 4.13333333333333 },
  }
  local df = orders:group("customer"):mutate({
    "place = rank()", "before = lag(price)", "total = cumulative_sum(price)",
    "smooth = rolling_mean(price, 3, 1)",
    "rows = count()",
  }, { order = { "order", "product" } }):filter("customer == '00019'"):sort("order", "product")
  for i, row in ipairs(want) do
    local got = df:row(i)
    t.eq({ got.order, got.price, got.place, got.before, got.rows }, { row[1], row[2], row[3], row[4], 23 })
    t.near(got.total, row[5], 1e-12)
    t.near(got.smooth, row[6], 1e-12)
  end
end)

t.test("a place needs an order, the other windows go by the rows", function()
  t.raises("needs-order", function() shop:mutate { "place = rank()" } end, "rank", "order =", "rank_of")
  t.eq(t.cells(shop:mutate({ "before = lag(day)" }).before), { NA, 3, 1, 2, 5, 4, 6 })
  t.eq(t.cells(shop:mutate({ "place = rank_of(amount)" }).place), { 3, NA, 2, 5, 1, 3, 6 })
end)

t.test("rolling over a length of time, texts joined, sets, cells beside extremes", function()
  t.raises("needs-order", function() orders:mutate { "x = rolling_sum(price, '30 days')" } end, "date")
  local df = orders:mutate({ "month = rolling_sum(price, '30 days')" }, { by = "customer", order = "date" })
  local got = t.cells(df:filter("customer == '00019'"):head(8).month)
  for i, sum in ipairs { 4.29, 8.60, 14.95, 19.29, 3.74, 7.56, 3.87, 8.58 } do
    t.near(got[i], sum, 1e-12)
  end
  local by = shop:group("region"):agg {
    "all = string_agg(item, '+')", "kinds = set(item)", "when = max_by(day, amount)", "usual = mode(item)",
  }
  t.eq(t.cells(by.all), { "tea+milk+tea", "tea+tea", "milk+tea" })
  t.eq(t.cells(by.kinds), { { "tea", "milk" }, { "tea" }, { "tea", "milk" } })
  t.eq(t.cells(by.when), { 3, 4, 5 })
  t.eq(t.cells(by.usual), { "tea", "tea", "milk" })
end)

t.test("sort: numbers, texts, missing cells, ties as they stood", function()
  t.eq(t.cells(shop:sort("amount").day), { 4, 2, 3, 6, 5, 7, 1 })
  t.eq(t.cells(shop:sort("-amount").day), { 7, 5, 3, 6, 2, 4, 1 })
  t.eq(t.cells(shop:sort { "-amount", missing = "first" }.day), { 1, 7, 5, 3, 6, 2, 4 })
  t.eq(t.cells(shop:sort("region", "-day").day), { 6, 3, 2, 4, 1, 7, 5 })
  t.eq(t.cells(shop:sort { "region", "-day", missing = "first" }.day), { 7, 5, 6, 3, 2, 4, 1 })
  local odd = frame { { "-x", { 2, 1 } }, { "x", { 1, 2 } } }
  t.eq(t.cells(odd:sort("-x").x), { 2, 1 }) -- a column called so comes first
  t.raises("unknown-column", function() shop:sort "-amont" end, "amont", "'amount'")
  t.raises("missing-option", function() shop:sort() end)
  t.eq(#shop:head(0):sort("day"), 0)
end)

t.test("distinct keeps the first or last row of each kind, where it stands", function()
  t.eq(t.cells(shop:distinct("item").day), { 3, 2 })
  t.eq(t.cells(shop:distinct { "item", keep = "last" }.day), { 5, 7 })
  t.eq(t.cells(shop:distinct("region", "item").day), { 3, 1, 2, 5, 7 })
  t.eq(t.cells(shop:group("region"):distinct("item").day), { 3, 1, 2, 5, 7 })
  t.eq(#shop:distinct(), 7)
  t.eq(#shop:append(shop):distinct(), 7)
  t.eq(#shop:head(0):distinct(), 0)
end)

t.test("count: the most frequent first, ties as they appear, missing a kind of its own", function()
  local n = shop:count("region")
  t.eq(t.names(n), { "region", "n", "share" })
  t.eq(t.cells(n.region), { "north", "south", NA })
  t.eq(t.cells(n.n), { 3, 2, 2 })
  t.eq(t.cells(n.share), { 3 / 7, 2 / 7, 2 / 7 })
  t.eq(t.cells(shop:count("item").item), { "tea", "milk" })
  t.eq({ shop:count():row(1).n, shop:count():row(1).share }, { 7, 1.0 })
  local within = shop:group("region"):count("item")
  t.eq(t.cells(within.item), { "tea", "milk", "tea", "milk", "tea" })
  t.eq(t.cells(within.share), { 2 / 3, 1 / 3, 1.0, 0.5, 0.5 })
  local none = shop:head(0)
  t.eq(#none:count("item"), 0)
  t.eq({ none:count():row(1).n, none:count():row(1).share }, { 0, NA })
  t.raises("name-twice", function() frame({ n = { 1, 2 } }):count("n") end, "'n'", "rename")
end)

t.test("top: rows of each group in an order", function()
  local top = shop:group("region"):top(1, { order = "-day" })
  t.eq(t.cells(top.day), { 6, 4, 7 })
  t.eq(t.cells(shop:top(2, { order = "day" }).day), { 1, 2 })
  t.eq(t.cells(shop:top(99, { order = "day" }).day), { 1, 2, 3, 4, 5, 6, 7 })
  -- NaN stands after all numbers: first when the order falls; 5 and 5 are equal
  t.eq(t.cells(shop:top(3, { order = "-amount" }).day), { 7, 5, 3 })
  t.eq(t.cells(shop:top(3, { order = "-amount", ties = "all" }).day), { 7, 5, 3, 6 })
  t.eq(t.cells(shop:top(1, { order = "amount", missing = "first" }).day), { 1 })
  t.raises("missing-option", function() shop:top(1) end, "order")
  t.raises("out-of-range", function() shop:top(0, { order = "day" }) end)
  t.eq(#shop:head(0):top(1, { order = "day" }), 0)
end)

t.test("sample: so many, or such a share, the same for the same seed", function()
  local one, two = orders:sample(100, { seed = 3 }), orders:sample(100, { seed = 3 })
  t.eq(#one, 100)
  t.same_frame(one, two)
  t.ok(t.show(t.cells(orders:sample(100, { seed = 4 }).order)) ~= t.show(t.cells(one.order)))
  local numbered = orders:mutate { "i = row_number()" }
  local rows = t.cells(numbered:sample(500).i)
  for i = 2, #rows do
    t.ok(rows[i] > rows[i - 1]) -- none twice, and where they stood
  end
  local drawn = t.cells(numbered:sample(500, { order = "drawn" }).i)
  table.sort(drawn)
  t.eq(drawn, rows)
  t.eq(#orders:sample { share = 0.1 }, 814)
  t.eq(#orders:sample(0), 0)
  local all = t.cells(numbered:sample { share = 1, order = "drawn" }.i)
  t.eq(#all, #orders)
  t.eq(#numbered:sample({ share = 1, order = "drawn" }):distinct("i"), #orders)
end)

t.test("sample by group, and with replacement", function()
  local by = orders:group("product"):sample(3)
  t.eq(t.cells(by:group("product"):agg({ "n = count()" }).n), { 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3 })
  t.eq(t.cells(shop:group("region"):sample(3):count("region").n), { 3, 2, 2 })
  local again = shop:sample(1000, { replace = true })
  t.eq(#again, 1000)
  for _, n in ipairs(t.cells(again:count("day").n)) do
    t.ok(n > 90 and n < 200) -- 143 wanted; sd 11
  end
  t.eq(#shop:head(0):sample(5, { replace = true }), 0)
end)

t.test("every row is as likely to be drawn", function()
  local counts = { 0, 0, 0, 0, 0, 0, 0 }
  for seed = 1, 2000 do
    for _, day in ipairs(t.cells(shop:sample(3, { seed = seed }).day)) do
      counts[day] = counts[day] + 1
    end
  end
  for _, n in ipairs(counts) do
    t.ok(math.abs(n - 2000 * 3 / 7) < 110, n) -- five standard deviations
  end
end)

t.test("sample refuses what cannot be", function()
  t.raises("bad-sample", function() shop:sample(8) end, "8", "7", "replace")
  t.raises("bad-sample", function() shop:sample() end, "share")
  t.raises("bad-sample", function() shop:sample { n = 1, share = 0.5 } end)
  t.raises("out-of-range", function() shop:sample { share = 1.5 } end)
end)

t.test("aggregates refuse constants outside their range and sums beyond int64", function()
  t.raises("out-of-range", function() shop:agg { "quantile(amount, 1.5)" } end, "1.5")
  t.raises("out-of-range", function() shop:agg { "quantile(amount, 0.5, 10)" } end, "10")
  local large = frame { x = { math.maxinteger, 1 } }
  t.raises("overflow", function() large:agg { "sum(x)" } end, "float64")
  t.raises("overflow", function() large:mutate { "cumulative_sum(x)" } end, "row 2")
  t.near(large:agg({ "m = mean(x)" }).m[1], 2 ^ 62, 1e-15)
end)

t.test("odd cells: sets, NaN, -0, missing, and nothing at all", function()
  local df = frame {
    { "s", { { "b", "a" }, { "a" }, { "a", "b" }, NA, {} } },
    { "x", { NA, NA, NA, NA, NA } },
    { "f", { 0.0, -0.0, t.nan, t.nan, 1.0 } },
    { "b", { true, NA, false, true, true } },
  }
  local by = df:group("s"):agg { "n = count()", "different = distinct(f)", "some = any(b)", "every = all(b)" }
  t.eq(t.cells(by.n), { 2, 1, 1, 1 })
  t.eq(t.cells(by.different), { 2, 1, 1, 1 })
  t.eq(t.cells(by.some), { true, NA, true, true })
  t.eq(t.cells(by.every), { false, NA, true, true })
  t.eq(t.cells(df:sort("s").s), { {}, { "a" }, { "b", "a" }, { "b", "a" }, NA })
  t.eq(t.cells(df:group("f"):agg({ "n = count()" }).n), { 2, 2, 1 })
  local none = df:agg { "d = distinct(x)", "c = count(x)", "m = mode(x)", "l = max(x)", "first = first(x)" }
  t.eq(none:row(1), { d = 0, c = 0, m = NA, l = NA, first = NA })
  local empty = df:head(0)
  t.eq(empty:agg({ "n = count()", "s = sum(f)", "m = mean(f)", "q = median(f)", "k = mode(s)" }):row(1),
    { n = 0, s = 0.0, m = NA, q = NA, k = NA })
  t.eq(#empty:group("s"):agg { "n = count()" }, 0)
  t.eq(#empty:mutate({ "r = rank()", "q = rolling_sum(f, 2)", "l = lag(s)" }, { order = "f" }), 0)
  t.eq(t.cells(df:mutate({ "r = rank()" }, { order = "-f" }).r), { 4, 4, 1, 1, 3 })
  local one = df:head(1):agg { "v = var(f)", "s = skewness(f)", "c = cor(f, f)" }
  t.eq(one:row(1), { v = NA, s = NA, c = NA })
end)

t.test("a random frame: every group's figures against plain Lua", function()
  local state = 12345
  local function draw(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 7 % n
  end
  local g, x = {}, {}
  for i = 1, 3000 do
    g[i], x[i] = "g" .. draw(200), draw(50) / 4
  end
  local sums, counts, last, order = {}, {}, {}, {}
  for i = 1, 3000 do
    if not counts[g[i]] then
      order[#order + 1], sums[g[i]], counts[g[i]] = g[i], 0, 0
    end
    sums[g[i]], counts[g[i]], last[g[i]] = sums[g[i]] + x[i], counts[g[i]] + 1, x[i]
  end
  local by = frame({ { "g", g }, { "x", x } }):group("g"):agg { "s = sum(x)", "n = count(x)", "l = last(x)" }
  t.eq(t.cells(by.g), order)
  for i, name in ipairs(order) do
    t.eq({ by.s[i], by.n[i], by.l[i] }, { sums[name], counts[name], last[name] })
  end
end)

t.test("a verb that takes no notice of groups says so at the prompt", function()
  local code = [[
d = frame { { "g", { "a", "b" } }, { "x", { 2, 1 } } }
e = d:group("g"):sort("x")
e = d:group("g"):pivot { "g", rows = "x" }
e = d:sort("x")
e = d:group("g"):top(1, { order = "x" })
]]
  local pipe = assert(io.popen(("'%s' -i -q --no-rc <'%s' 2>&1"):format(t.program, t.file(code, ".lua"))))
  local said = pipe:read "a"
  pipe:close()
  t.has(said, "sort does not go by groups")
  t.has(said, "pivot does not go by groups")
  t.eq(select(2, said:gsub("does not go by groups", "")), 2)
end)

t.test("a sample too large is refused with its size", function()
  local one = frame { { "x", { 1 } } }
  t.raises("too-many-rows", function() one:sample { n = 1e14, replace = true } end, "100000000000000 rows")
end)

t.done()
