-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every data set of datasets/catalogue.lua loads and is what its schema says.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local root = arg[0]:gsub("[^/]*$", "../..")
local catalogue = dofile(root .. "/datasets/catalogue.lua")

local function exists(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

t.test("the catalogue and the folders are the same", function()
  local listed, there = {}, {}
  for _, entry in ipairs(catalogue) do
    listed[#listed + 1] = entry.name
  end
  local pipe = assert(io.popen("cd '" .. root .. "/datasets' && ls -d */"))
  for name in pipe:lines() do
    there[#there + 1] = name:match "[^/]+"
  end
  pipe:close()
  table.sort(listed)
  table.sort(there)
  t.eq(there, listed)
end)

local function sorted(list)
  local copy = table.move(list, 1, #list, 1, {})
  table.sort(copy)
  return copy
end

-- The distinct texts of a column.
local function levels_of(column)
  local seen, levels = {}, {}
  for i = 1, #column do
    local cell = column[i]
    if cell ~= NA and not seen[cell] then
      seen[cell] = true
      levels[#levels + 1] = cell
    end
  end
  return sorted(levels)
end

for _, entry in ipairs(catalogue) do
  local name = entry.name
  local folder = root .. "/datasets/" .. name
  t.test(name .. ": the catalogue's entry", function()
    t.ok(entry.title and #entry.title > 10)
    t.ok(entry.good_for and #entry.good_for > 10)
    t.ok(exists(folder .. "/README.md"))
    local readme = t.read(folder .. "/README.md")
    t.has(readme:lower(), "licen")
  end)
  t.test(name .. ": rows, columns, types and levels", function()
    local schema = dofile(folder .. "/schema.lua")
    local df = read("datasets/" .. name .. "/" .. name .. ".csv")
    t.eq(#df, entry.rows)
    t.eq(schema.rows, entry.rows)
    t.eq(#schema.columns, entry.columns)
    t.eq(schema.title, entry.title)
    local names, types = {}, {}
    for i, column in ipairs(schema.columns) do
      names[i], types[i] = column.name, column.type
      t.ok(column.description and #column.description > 5, column.name .. " has no description")
    end
    t.eq(t.names(df), names)
    t.eq(t.types(df), types)
    for _, column in ipairs(schema.columns) do
      if column.levels then
        t.eq(levels_of(df:col(column.name)), sorted(column.levels), column.name)
      end
      local described = column.levels ~= nil or column.any_levels -- any: names of things without end
      t.eq(described or false, column.type == "category", column.name .. ", levels")
    end
  end)
end

t.done()
