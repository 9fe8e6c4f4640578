-- SPDX-License-Identifier: GPL-3.0-or-later
-- Segments in SQL (run by sqlite3), Lua and JSON (both run here) give the labels of predict, ties and holes included.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local state = 11
local function random(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return (state >> 8) % n
end

local hostile = { 'a"b', "it's", "x\\y", "semi; DROP TABLE t; --", "line\nbreak", "ü]]", "select" }

-- Values on a coarse grid, so that many rows lie just between two centres; some cells are missing.
local function grid(n, columns)
  local cells = {}
  for j = 1, columns do
    local column = {}
    for i = 1, n do
      column[i] = random(23) == 0 and NA or (random(12) - 4) * (j == 2 and 0.1 or 1)
    end
    cells[j] = { hostile[j], column }
  end
  return frame(cells)
end

-- ---- the three ways to run an export

local has_sqlite = (io.popen("command -v sqlite3"):read "a") ~= ""

local function sql_name(name)
  return '"' .. name:gsub('"', '""') .. '"'
end

local function sql_value(value)
  if value == NA then
    return "NULL"
  elseif type(value) == "number" then
    return math.type(value) == "integer" and tostring(value) or (("%.17ge0"):format(value):gsub("e(.-)e0$", "e%1"))
  elseif type(value) == "boolean" then
    return value and "1" or "0"
  end
  return "'" .. value:gsub("'", "''") .. "'"
end

local types = { float64 = "REAL", int64 = "INTEGER", bool = "INTEGER" }

-- The labels of a query (with table t) or an expression by sqlite3, nil for NULL.
local function by_sql(df, sql, is_query)
  local lines, fields = { "BEGIN;" }, {}
  for i, c in df:schema():rows() do
    fields[i] = sql_name(c.name) .. " " .. (types[c.type] or "TEXT")
  end
  lines[2] = "CREATE TABLE t (" .. table.concat(fields, ", ") .. ");"
  local names = t.names(df)
  for _, row in df:rows() do
    local values = {}
    for j, name in ipairs(names) do
      values[j] = sql_value(row[name])
    end
    lines[#lines + 1] = "INSERT INTO t VALUES (" .. table.concat(values, ", ") .. ");"
  end
  lines[#lines + 1] = "COMMIT;"
  local inner = sql:gsub(";%s*$", "")
  lines[#lines + 1] = is_query and 'SELECT "cluster" FROM (' .. inner .. ");" or "SELECT " .. sql .. " FROM t;"
  local pipe = io.popen("sqlite3 -nullvalue - :memory: < '" .. t.file(table.concat(lines, "\n"), ".sql") .. "' 2>&1")
  local labels, n = {}, 0
  for line in pipe:lines() do
    n = n + 1
    t.ok(line == "-" or tonumber(line), line)
    labels[n] = line == "-" and NA or tonumber(line)
  end
  pipe:close()
  return labels
end

local function by_lua(df, code)
  local which = assert(load(code, "export", "t", { type = type, math = { sqrt = math.sqrt } }))()
  local labels = {}
  for i, row in df:rows() do
    labels[i] = which(row) or NA
  end
  return labels
end

-- JSON as Lua values: objects and arrays, texts with escapes, numbers.
local function parse(text)
  local at = 1
  local value
  local function skip()
    at = text:find("[^%s]", at) or #text + 1
    return text:sub(at, at)
  end
  local function string_of()
    local from = at + 1
    at = from
    while text:sub(at, at) ~= '"' do
      at = at + (text:sub(at, at) == "\\" and 2 or 1)
    end
    at = at + 1
    return (text:sub(from, at - 2):gsub("\\u00(%x%x)", function(x) return string.char(tonumber(x, 16)) end)
      :gsub('\\(["\\])', "%1"))
  end
  local function list(close, item)
    local out = {}
    at = at + 1
    while skip() ~= close do
      item(out)
      if skip() == "," then
        at = at + 1
      end
    end
    at = at + 1
    return out
  end
  function value()
    local c = skip()
    if c == "{" then
      return list("}", function(out)
        local key = string_of()
        t.eq(skip(), ":")
        at = at + 1
        out[key] = value()
      end)
    elseif c == "[" then
      return list("]", function(out) out[#out + 1] = value() end)
    elseif c == '"' then
      return string_of()
    end
    local number = text:match("^[-%d.eE+]+", at)
    at = at + #number
    return assert(tonumber(number))
  end
  return value()
end

local function scaled(model, row)
  local x = {}
  for j, variable in ipairs(model.variables) do
    local cell = row[variable.name]
    if cell == NA then
      return nil
    end
    x[j] = (cell + 0.0 - variable.shift) / variable.factor
  end
  return x
end

local function direction(x)
  local largest, square = 0, 0
  for _, v in ipairs(x) do
    largest = math.max(largest, math.abs(v))
  end
  for j in ipairs(x) do
    x[j] = x[j] / largest
    square = square + x[j] * x[j]
  end
  for j in ipairs(x) do
    x[j] = x[j] / math.sqrt(square)
  end
end

local steps = {
  sqeuclidean = function(d, off) return d + off * off end,
  spherical = function(d, off) return d + off * off end,
  manhattan = function(d, off) return d + math.abs(off) end,
  chebyshev = function(d, off) return math.max(d, math.abs(off)) end,
}

local function nearest(model, row)
  local x = scaled(model, row)
  if not x then
    return NA
  end
  if model.metric == "spherical" then
    direction(x)
  end
  local best, least
  for _, cluster in ipairs(model.clusters) do
    local d = 0.0
    for j, m in ipairs(cluster.centre) do
      d = steps[model.metric](d, x[j] - m)
    end
    if not least or d < least then
      best, least = cluster.cluster, d
    end
  end
  return best
end

local function meets(c, cell)
  if c.operator == "in" then
    for _, level in ipairs(c.value) do
      if level == cell then
        return true
      end
    end
    return false
  elseif c.operator == "true" or c.operator == "false" then
    return cell == (c.operator == "true")
  end
  return type(cell) == "number" and (c.operator == ">=" and cell >= c.value or c.operator == "<=" and cell <= c.value)
end

local function first_rule(model, row)
  for _, rule in ipairs(model.rules) do
    local all = true
    for _, c in ipairs(rule.conditions) do
      all = all and meets(c, row[c.column])
    end
    if all then
      return rule.cluster
    end
  end
  return NA
end

local function by_json(df, text)
  local model, labels = parse(text), {}
  t.eq({ model.format, model.version }, { "assay-segments", 1 })
  for i, row in df:rows() do
    labels[i] = (model.rules and first_rule or nearest)(model, row)
  end
  return labels
end

local function same_everywhere(df, m, want, sql, what)
  t.eq(by_lua(df, m:code "lua"), want, what .. ": Lua")
  t.eq(by_json(df, m:code "json"), want, what .. ": JSON")
  if has_sqlite and sql then
    t.eq(by_sql(df, m:code "sql"), want, what .. ": SQL expression")
    t.eq(by_sql(df, m:code("sql", { table = "t" }), true), want, what .. ": SQL query")
  end
end

-- ---- centres

local methods = {
  { "kmeans", { seed = 3 }, true },
  { "minibatch", {}, true },
  { "kmedians", {}, true },
  { "fuzzy", {}, true },
  { "pam", { metric = "euclidean" }, true },
  { "pam", { metric = "manhattan" }, true },
  { "pam", { metric = "chebyshev" }, false },
  { "spherical", {}, false },
}

for _, method in ipairs(methods) do
  local name, options, sql = method[1], method[2], method[3]
  local what = name .. (options.metric and " " .. options.metric or "")
  t.test(what .. " gives the same labels in every language", function()
    for round, scale in ipairs(name == "spherical" and { "none" } or { "none", "zscore", "range" }) do
      local df = grid(160, 2 + round)
      if name == "spherical" then
        df = df:mutate('`a"b` = `a"b` + 100')
      end
      local call = { k = 3 + round, scale = scale, missing = "drop" }
      for key, value in pairs(options) do
        call[key] = value
      end
      if name == "spherical" then
        call.scale = nil
      end
      local m = df[name](df, call)
      -- the same rows by rule alone: another order, so that a fit's own labels are not looked up
      local other = df:sort("it's", 'a"b')
      same_everywhere(other, m, t.cells(m:predict(other).cluster), sql, what .. ", " .. scale)
    end
  end)
end

if not has_sqlite then
  t.skip("the labels of SQL", "there is no sqlite3")
end

t.test("many clusters: distances are written once, in a subquery", function()
  local df = grid(400, 6)
  local m = df:kmeans { k = 40, missing = "drop", scale = "zscore" }
  t.has(m:code "sql", "AS distances")
  same_everywhere(df, m, t.cells(m:predict(df).cluster), true, "k = 40")
end)

t.test("one cluster, one column, large and tiny values", function()
  local df = frame { x = { 1e300, -1e-300, 5e-324, 0, NA, 1e15 } }
  local one = df:kmeans { k = 1, missing = "drop", scale = "range" }
  same_everywhere(df, one, { 1, 1, 1, 1, NA, 1 }, true, "one cluster")
  local whole = frame { x = { 1, 2, 3, 9007199254740993, 9007199254740995 } }
  local two = whole:kmeans { k = 2, scale = "range" }
  same_everywhere(whole, two, t.cells(two:predict(whole).cluster), true, "whole numbers beyond 2^53")
end)

t.test("a query keeps the table's columns and names the new one", function()
  local df = frame { ["a b"] = { 1, 2, 9, 10 } }
  local m = df:kmeans { k = 2 }
  local sql = m:code("sql", { table = 'odd "t"', column = "se\"g" })
  t.has(sql, 'SELECT t.*, CASE')
  t.has(sql, 'AS "se""g"\nFROM "odd ""t""" AS t;')
end)

-- ---- rules

local function mixed(n)
  local cells = { s = {}, x = {}, ["it's"] = {}, f = {}, ["a\\b"] = {} }
  local levels = { "it's", 'a"b', "x\\y", "line\nbreak", "ü" }
  for i = 1, n do
    local s = 1 + random(4)
    cells.s[i] = s
    cells.x[i] = random(9) == 0 and NA or s * 1.5 + random(300) / 100
    cells["it's"][i] = random(9) == 0 and NA or levels[1 + (s + random(2)) % 5]
    cells.f[i] = random(4) == 0 and NA or (s + random(2)) % 2 == 0
    cells["a\\b"][i] = random(30) - 10 * s
  end
  return frame(cells):cast { ["it's"] = "category" }
end

-- The first rule that holds, best f1 first, by filter.
local function by_filter(df, p)
  local labels, order = {}, {}
  local numbered = df:mutate "row = row_number()"
  for i = 1, #df do
    labels[i] = NA
  end
  for _, row in p:tidy():rows() do
    order[#order + 1] = row
  end
  table.sort(order, function(a, b)
    local u, v = a.f1 == NA and 0 or a.f1, b.f1 == NA and 0 or b.f1
    return u > v or u == v and a.cluster < b.cluster
  end)
  for _, segment in ipairs(order) do
    if segment.rule ~= NA then
      for _, row in numbered:filter(segment.rule):rows() do
        labels[row.row] = labels[row.row] == NA and segment.cluster or labels[row.row]
      end
    end
  end
  return labels
end

t.test("a passport's rules give the same labels in every language, also after a file", function()
  for round = 1, 3 do
    local df = mixed(70 * round)
    local p = df:segmentation("s"):passport(df)
    local path = t.path ".assay"
    p:save(path)
    local want = by_filter(df, p)
    same_everywhere(df, p, want, true, "rules")
    t.eq(model.load(path):code "json", p:code "json")
  end
end)

t.test("rules of segments that nothing tells apart", function()
  local df = frame { s = { 1, 1, 2, 2 }, x = { 1, 2, 1, 2 } }
  same_everywhere(df, df:segmentation("s"):passport(df), { NA, NA, NA, NA }, true, "no rules")
end)

-- ---- files and refusals

t.test("export writes what code gives, by the file's ending", function()
  local df = read "datasets/iris/iris.csv"
  local m = df:kmeans { k = 3 }
  for _, format in ipairs { "sql", "lua", "json" } do
    local path = t.path("." .. format)
    m:export(path)
    t.eq(t.read(path), m:code(format))
  end
  local path = t.path ".txt"
  m:export(path, { format = "sql", table = "iris" })
  t.eq(t.read(path), m:code("sql", { table = "iris" }))
  t.raises("unknown-format", function() m:export(path) end, ".sql", "format")
  t.raises("option-without-use", function() m:code("lua", { table = "iris" }) end, "table")
end)

t.test("what has no centres is refused with what to do instead", function()
  local df = read "datasets/iris/iris.csv"
  t.raises("not-exportable", function() df:segmentation("species"):code() end, "passport")
  local m = df:dbscan { eps = 0.5, on = { "petal_length", "petal_width" } }
  t.raises("not-exportable", function() m:code "lua" end, "dbscan", "passport")
  local p = m:passport(df)
  t.has(p:code "sql", "petal_length")
  t.raises("no-sql", function()
    df:pam({ k = 2, metric = "chebyshev", on = { "petal_length", "petal_width" } }):code "sql"
  end, "lua")
end)

t.test("the comment above cannot be left", function()
  local df = frame { ["x\n; DROP TABLE t"] = { 1, 2, 8, 9 } }
  local code = df:kmeans({ k = 2 }):code "sql"
  t.eq(code:match "^[^\n]*\n(%u+)", "CASE")
end)

t.done()
