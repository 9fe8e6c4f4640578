-- SPDX-License-Identifier: GPL-3.0-or-later
-- Rules that find segments again: filter gives their rows, the best single condition is the best by brute force.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local state = 7
local function random(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return (state >> 8) % n
end

local function rows_of(df)
  local rows = {}
  for i, row in df:rows() do
    rows[i] = row
  end
  return rows
end

-- Precision, recall and selected rows of a rule by filter, against what the frame says.
local function agrees(df, column, row)
  local selected = df:filter(row.rule)
  t.eq(#selected, row.selected, row.rule)
  local hits = 0
  for i = 1, #selected do
    hits = hits + (selected[column][i] == row.cluster and 1 or 0)
  end
  t.near(hits / #selected, row.precision, 1e-15, row.rule)
  t.near(hits / row.size, row.recall, 1e-15, row.rule)
  t.near(2 * hits / (#selected + row.size), row.f1, 1e-15, row.rule)
end

local function noisy(n)
  local cells = { s = {}, x = {}, ["odd `name` 'x'"] = {}, ["and"] = {}, ["a.b"] = {}, c = {}, f = {}, w = {} }
  local levels = { "it's", 'a "b"', "plain", "`x`", "" }
  for i = 1, n do
    local s = random(4)
    cells.s[i] = s
    cells.x[i] = random(9) == 0 and NA or random(13) == 0 and t.nan or s * 1.5 + random(300) / 100
    cells["odd `name` 'x'"][i] = random(11) == 0 and NA or (s == 2 and 1e300 or 5) * (1 + random(7))
    cells["and"][i] = s == 3 and random(3) or random(9) - 4
    cells["a.b"][i] = random(17) == 0 and 1 / 0 or random(19) == 0 and -1 / 0 or random(50) / 7
    cells.c[i] = levels[1 + (s + random(3)) % 5]
    cells.f[i] = random(4) == 0 and NA or (s + random(2)) % 2 == 0
    cells.w[i] = random(2) == 0 and 9007199254740993 or -s
  end
  return frame(cells):cast { c = "category" }
end

t.test("filter gives the rows, whatever names, texts and cells are like", function()
  for round = 1, 12 do
    local df = noisy(40 * round)
    local m = df:segmentation "s"
    for conditions = 1, 3 do
      for _, row in ipairs(rows_of(m:segment_rules(df, { conditions = conditions, gain = 0 }))) do
        t.ok(row.conditions <= conditions)
        if row.rule ~= NA then
          agrees(df, "s", row)
        end
      end
    end
    for _, name in ipairs { "x", "odd `name` 'x'", "and", "a.b", "c", "f" } do
      for _, row in ipairs(rows_of(m:segment_rules(df, { on = { name } }))) do
        if row.rule ~= NA then
          agrees(df, "s", row)
        end
      end
    end
  end
end)

-- F1 of the best single cut of a column of numbers, by trying all.
local function best_f1(df, column, label)
  local best = 0
  local x, s = t.cells(df[column]), t.cells(df.s)
  for _, cut in ipairs(x) do
    for _, up in ipairs { true, false } do
      local hit, selected, size = 0, 0, 0
      for i = 1, #x do
        size = size + (s[i] == label and 1 or 0)
        if up and x[i] >= cut or not up and x[i] <= cut then
          selected = selected + 1
          hit = hit + (s[i] == label and 1 or 0)
        end
      end
      best = math.max(best, 2 * hit / (selected + size))
    end
  end
  return best
end

t.test("a single condition is the best there is", function()
  for _ = 1, 8 do
    local cells = { s = {}, x = {}, y = {} }
    for i = 1, 60 do
      cells.s[i] = 1 + random(3)
      cells.x[i], cells.y[i] = random(40) / 8, cells.s[i] + random(30) / 10
    end
    local df = frame(cells)
    for _, row in ipairs(rows_of(df:segmentation("s"):segment_rules(df, { conditions = 1 }))) do
      local best = math.max(best_f1(df, "x", row.cluster), best_f1(df, "y", row.cluster))
      local everything = 2 * row.size / (60 + row.size)
      if row.rule == NA then
        t.ok(best <= everything)
      else
        t.near(row.f1, best, 1e-15)
      end
    end
  end
end)

t.test("the best single cut among twenty thousand different values", function()
  local list, cells = {}, { s = {}, x = {} }
  for i = 1, 20000 do
    local x = (i * 7919) % 20011 + random(1000) / 1000
    local s = random(4) == 0 and 1 + random(2) or x > 12345.6 and 2 or 1
    list[i] = { x, s }
    cells.x[i], cells.s[i] = x, s
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  local df = frame(cells)
  for _, row in ipairs(rows_of(df:segmentation("s"):segment_rules(df, { conditions = 1 }))) do
    local below, best = 0, 0
    for i, pair in ipairs(list) do
      best = math.max(best, 2 * (row.size - below) / (#list - i + 1 + row.size))
      below = below + (pair[2] == row.cluster and 1 or 0)
      best = math.max(best, 2 * below / (i + row.size))
    end
    t.eq(row.f1, best)
    agrees(df, "s", row)
  end
end)

t.test("a box of three conditions is found exactly", function()
  local cells = { s = {}, spend = {}, visits = {}, region = {}, id = {} }
  for i = 1, 900 do
    cells.id[i] = i
    cells.spend[i], cells.visits[i] = random(1000), random(20)
    cells.region[i] = ({ "north", "south", "east" })[1 + random(3)]
    local inside = cells.spend[i] > 437 and cells.visits[i] >= 8 and cells.region[i] ~= "south"
    cells.s[i] = inside and 1 or 2
  end
  local df = frame(cells):cast { region = "category" }
  local rule = rows_of(df:segmentation("s"):segment_rules(df))[1]
  t.eq({ rule.precision, rule.recall, rule.conditions }, { 1.0, 1.0, 3 })
  agrees(df, "s", rule)
  t.has(rule.rule, "visits >= 8")
  t.has(rule.rule, "region in ['")
  t.ok(not rule.rule:find "id")
end)

t.test("cuts are as round as the data allow", function()
  local df = frame { s = { 1, 1, 1, 2, 2, 2 }, x = { 431.7, 498, 777, 398.2, 12, 1.5 } }
  local rows = rows_of(df:segmentation("s"):segment_rules(df))
  t.eq(rows[1].rule, "x >= 400")
  t.eq(rows[2].rule, "x <= 400")
  df = frame { s = { 1, 1, 2, 2 }, x = { -0.25, -3.0, 7.125, 7.25 } }
  rows = rows_of(df:segmentation("s"):segment_rules(df))
  t.eq({ rows[1].rule, rows[2].rule }, { "x <= 0", "x >= 0" })
  df = frame { s = { 1, 1, 2, 2 }, x = { 8, 9, 7, 6 } }
  rows = rows_of(df:segmentation("s"):segment_rules(df))
  t.eq({ rows[1].rule, rows[2].rule }, { "x >= 8", "x <= 7" })
end)

t.test("what cannot be told apart has no rule", function()
  local df = frame { s = { 1, 1, 2, 2 }, x = { 1, 2, 1, 2 } }
  for _, row in ipairs(rows_of(df:segmentation("s"):segment_rules(df))) do
    t.eq({ row.rule, row.conditions, row.precision, row.selected }, { NA, 0, NA, 0 })
  end
  local one = frame { s = { 1, 1, 1 }, x = { 1, 2, 3 } }
  t.eq(rows_of(one:segmentation("s"):segment_rules(one))[1].rule, NA)
  t.raises("no-rule-columns", function()
    local bare = frame { s = { 1, 2 }, x = { 5, 5 } }
    bare:segmentation("s"):segment_rules(bare)
  end)
  t.raises("unknown-column", function() df:segmentation("s"):segment_rules(df, { on = { "z" } }) end, "'z'")
  t.raises("grouped-frame", function() df:segmentation("s"):segment_rules(df:group "x") end)
end)

t.test("the same rules on any number of threads", function()
  local script = t.file([[
    df = read "datasets/retailer/customers.csv"
    m = df:kmeans{k = 4, on = {"birth_year", "household"}, missing = "drop"}
    for _, r in m:segment_rules(df):rows() do print(r.rule, r.f1) end]], ".lua")
  local one = t.run { "--threads", "1", script }
  t.has(one, "birth_year")
  t.eq(t.run { "--threads", "2", script }, one)
end)

t.done()
