-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a table that was just read looks like, and that the lines proposed for it run as they are.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function steps(df)
  local lines, text = {}, df:next_steps()
  for line in text:gmatch("\n  ([^\n]+)") do
    lines[#lines + 1] = line
  end
  return lines, text
end

local function run_all(df)
  local lines = steps(df)
  t.eq(#lines, 3)
  for _, line in ipairs(lines) do
    local chunk = assert(load("return " .. line, line, "t", setmetatable({ data = df }, { __index = _ENV })))
    local ok, message = pcall(chunk)
    t.ok(ok, line .. ": " .. tostring(message))
  end
end

local catalogue = dofile(assay.home .. "/datasets/catalogue.lua")

for _, set in ipairs(catalogue) do
  t.test("the lines run: " .. set.name, function()
    local path = assay.home .. "/datasets/" .. set.name .. "/" .. set.name .. ".csv"
    local file = io.open(path)
    if file then
      file:close()
      run_all(read(path))
    end
  end)
end

t.test("purchases", function()
  local df = frame { { "Customer ID", { 1, 1, 2, 2 } },
    { "order_date", { "2024-01-01", "2024-02-01", "2024-01-05", "2024-03-01" } },
    { "total", { 5.5, 6.5, 7.5, 8.5 } } }:cast { order_date = "timestamp" }
  local lines, text = steps(df)
  t.ok(text:find("looks like purchases", 1, true))
  t.eq(lines[1], 'data:rfm{id = "Customer ID", date = "order_date", amount = "total"}')
  run_all(df)
end)

t.test("baskets", function()
  local df = frame { { "items", { { "a", "b" }, { "a", "b", "c" }, { "a" }, { "b", "c" } } } }
  t.ok(select(2, steps(df)):find("looks like baskets", 1, true))
  run_all(df)
end)

t.test("answers on scales", function()
  local columns, cells = {}, { 1, 2, 3, 4, 5, 3, 2, 4 }
  for q = 1, 6 do
    local answers = {}
    for i = 1, 8 do
      answers[i] = cells[(i * q) % 8 + 1]
    end
    columns[q] = { "q" .. q, answers }
  end
  t.ok(select(2, steps(frame(columns))):find("answers on scales", 1, true))
end)

t.test("odd names, missing cells, hardly anything", function()
  run_all(frame { { "Unit Price", { 1.5, 2.5, NA, 4.5, 8.5 } }, { "how many?", { 1, 2, 3, 4, 7 } } })
  t.eq(#(steps(frame { { "x", { "a", "b" } } })), 3)
  t.eq(#(steps(frame { { "x", { 1 } } })), 3)
end)

t.test("the variable's name", function()
  t.ok(frame { { "x", { 1, 2 } }, { "y", { 2, 3 } } }:next_steps("sales"):find("sales:kmeans", 1, true))
end)

t.done()
