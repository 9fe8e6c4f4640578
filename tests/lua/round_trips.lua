-- SPDX-License-Identifier: GPL-3.0-or-later
-- Frames at random through every format that is read back: what comes back is what went in, but for what
-- the topic "writing" says is not kept. Read once as found, and once with the types of the frame asked for.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local random = math.random

local function one_of(list)
  return list[random(#list)]
end

-- ---- cells at random

local wholes = { 0, 1, -1, 7, 2 ^ 53 | 0, (2 ^ 53 | 0) + 1, 10 ^ 18 | 0, -(10 ^ 18 | 0), math.maxinteger,
  math.mininteger }
local reals = { 0.0, -0.0, 1.0, -1.0, 0.1, 1e15, 1e16, 1e22, 1e23, 5e-324,
  2.2250738585072014e-308, 1.7976931348623157e308,
  123456789012345680.0, 1 / 3, 100.0 }
local pieces = { "a", "Z", '"', "'", ",", ";", "\t", "\n", "\r\n", "\r", "\\", " ", "é", "客", "👍", "NA", "null", "-",
  "#", "1", "0.5",
  "2024-01-01", "true", "{", "}", "[", "=", "\u{200b}", "\1", "\127", "|", "\u{feff}", "%", "$" }

local cells = {}

function cells.int64()
  return random(3) == 1 and one_of(wholes) or random(2) == 1 and random(-1000, 1000) or random(0)
end

function cells.float64()
  if random(3) == 1 then
    return one_of(reals)
  end
  local bits = random(0) & ~(0x7ff << 52) | random(1, 2046) << 52
  return (string.unpack("<d", string.pack("<I8", bits)))
end

function cells.bool()
  return random(2) == 1
end

function cells.string()
  local parts = {}
  for i = 1, random(0, 4) do
    parts[i] = one_of(pieces)
  end
  return table.concat(parts)
end

function cells.set()
  local items = {}
  for i = 1, random(0, 3) do
    items[i] = one_of { "milk", "bread", "a b", "é", "x", "7" }
  end
  return items
end

function cells.timestamp()
  local days = random(28) .. "." .. random(12) .. "." .. random(1600, 2300)
  local d, m, y = days:match "(%d+)%.(%d+)%.(%d+)"
  local date = ("%04d-%02d-%02d"):format(y, m, d)
  return random(2) == 1 and date or ("%sT%02d:%02d:%02d.%03d"):format(date, random(0, 23), random(0, 59), random(0, 59),
    random(0, 999))
end

local kinds = { "int64", "float64", "bool", "string", "set", "timestamp" }

local function column(kind, rows, missing)
  local out = {}
  for i = 1, rows do
    out[i] = random() < missing and NA or cells[kind]()
  end
  return out
end

-- Made by cast, so that a column without a value and one of no rows have their types too.
local function make(rows, columns)
  local list, types, casts, used = {}, {}, {}, {}
  for j = 1, columns do
    local name = random(2) == 1 and "c" .. j or cells.string():gsub("[\r\n\0]", "") .. j
    if name:match "^[%s\u{feff}]" or used[name] then
      name = "n" .. name
    end
    used[name] = true
    local kind = one_of(kinds)
    local values = column(kind, rows, one_of { 0, 0.2, 0.2, 1 })
    if kind == "set" then -- which nothing can be cast to
      values[1] = cells.set()
      kind = rows > 0 and "set" or "string"
    end
    types[name] = kind
    casts[name] = kind ~= "set" and kind or nil
    list[j] = { name, rows > 0 and values or {} }
  end
  return next(casts) and frame(list):cast(casts) or frame(list), types
end

-- ---- comparing

-- Text files do not tell category from string; a set has no order; SQLite has one zero.
local function content(df, one_zero)
  local out, types = {}, t.types(df)
  for j, name in ipairs(t.names(df)) do
    local list = t.cells(df:col(name))
    for i = 1, #list do
      if type(list[i]) == "table" then
        table.sort(list[i])
      elseif list[i] == 0 and one_zero and math.type(list[i]) == "float" then
        list[i] = 0.0
      end
    end
    out[j] = { name, types[j] == "category" and "string" or types[j], list }
  end
  return out
end

local function same(got, want, ending, what)
  local one_zero = ending == ".db"
  got, want = content(got, one_zero), content(want, one_zero)
  t.eq(#got, #want, what)
  for i = 1, #want do
    t.eq(got[i], want[i], what)
  end
end

local function written(df, ending)
  local path = t.path(ending)
  df:write(path, ending == ".db" and { table = "t" } or nil)
  return path
end

local endings = { ".csv", ".tsv", ".json", ".jsonl", ".db" }
local grammar = { [".csv"] = ",", [".tsv"] = "\t" }

math.randomseed(2024)

for _, ending in ipairs(endings) do
  t.test(ending .. ": read back with its types, a frame is what it was", function()
    for n = 1, 30 do
      local df, types = make(random(ending:find "json" and 1 or 0, 12), random(6))
      local options = { types = types }
      if grammar[ending] then
        options.delimiter, options.quote, options.header = grammar[ending], '"', true
      end
      same(read(written(df, ending), options), df, ending, ending .. ", frame " .. n)
    end
  end)
end

-- ---- without being told

-- Cells that no format takes for others.
local tame = {
  int64 = function() return random(-10 ^ 17 | 0, 10 ^ 17 | 0) end,
  float64 = cells.float64,
  bool = cells.bool,
  string = function() return one_of { "north", "South", "Größe", "客户", "a b", "it's", "x-1", "" } end,
  timestamp = cells.timestamp,
}

for _, ending in ipairs(endings) do
  t.test(ending .. ": what can be told is found out again", function()
    for n = 1, 30 do
      local rows, list, casts = random(20, 30), {}, {}
      for j = 1, random(2, 6) do
        local kind = one_of { "int64", "float64", "bool", "string", "timestamp" }
        local values = {}
        for i = 1, rows do
          values[i] = i > 1 and random(5) == 1 and NA or tame[kind]()
        end
        list[j], casts["c" .. j] = { "c" .. j, values }, kind
      end
      local df = frame(list):cast(casts)
      same(read(written(df, ending)), df, ending, ending .. ", frame " .. n)
    end
  end)
end

-- ---- what is not kept, as the topic "writing" says

t.test("numbers that are none", function()
  local df = frame { { "x", { t.nan, 1 / 0, -1 / 0, 1.5, NA } } }
  for _, ending in ipairs { ".csv", ".tsv", ".json", ".jsonl" } do
    same(read(written(df, ending)), df, ending, ending)
  end
  t.raises("nan-in-database", function() written(df, ".db") end)
  df = frame { { "x", { 1 / 0, -1 / 0, 1.5, NA } } }
  same(read(written(df, ".db")), df, ".db")
end)

t.test("SQLite has no negative zero", function()
  t.eq(read(written(frame { x = { -0.0, 1.5 } }, ".db")).x[1], 0.0)
end)

t.test("sets are texts in CSV until asked for, sets elsewhere", function()
  local df = frame { { "n", { 1, 2, 3 } }, { "s", { { "a", "b c" }, {}, NA } } }
  for _, ending in ipairs { ".json", ".jsonl", ".db" } do
    same(read(written(df, ending)), df, ending, ending)
  end
  local path = written(df, ".csv")
  t.eq(t.types(read(path)), { "int64", "category" })
  same(read(path, { types = { s = "set" } }), df)
end)

t.test("columns without a value keep their types in a database alone", function()
  local df = frame({ { "a", { NA, NA } }, { "b", { "x", "y" } } }):cast { a = "float64" }
  for _, ending in ipairs(endings) do
    t.eq(t.types(read(written(df, ending)))[1], ending == ".db" and "float64" or "string", ending)
  end
end)

t.test("frames without rows keep their columns but in JSON, frames without columns are refused but there", function()
  local df = frame { { "a", { 1 } }, { "b", { "x" } } }:head(0)
  for _, ending in ipairs(endings) do
    local back = read(written(df, ending))
    t.eq(#back, 0, ending)
    t.eq(t.names(back), ending:find "json" and {} or { "a", "b" }, ending)
    if not ending:find "json" then
      local fine, e = pcall(written, frame {}, ending)
      t.ok(not fine and type(e) == "userdata", ending)
    else
      t.eq(#read(written(frame {}, ending)), 0)
    end
  end
end)

t.done()
