-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every data set of datasets/catalogue.lua loads and is what its schema says.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local root = arg[0]:gsub("[^/]*$", "../..")
local catalogue = dofile(root .. "/datasets/catalogue.lua")

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

-- The distinct texts of a column, or the items of one of sets.
local function levels_of(column)
  local seen, levels = {}, {}
  for i = 1, #column do
    local cell = column[i]
    for _, text in ipairs(cell == NA and {} or type(cell) == "table" and cell or { cell }) do
      if not seen[text] then
        seen[text] = true
        levels[#levels + 1] = text
      end
    end
  end
  return sorted(levels)
end

local readers = { read = read, read_baskets = read_baskets }

-- Reads a file of a data set and compares it with its part of the schema.
local function check_file(path, reader, schema)
  local df = reader(path)
  t.eq(#df, schema.rows)
  t.ok(schema.description and #schema.description > 10)
  local names, types = {}, {}
  for i, column in ipairs(schema.columns) do
    names[i], types[i] = column.name, column.type
    t.ok(column.description and #column.description > 3, column.name .. " has no description")
  end
  t.eq(t.names(df), names)
  t.eq(t.types(df), types)
  for _, column in ipairs(schema.columns) do
    if column.levels then
      t.eq(levels_of(df:col(column.name)), sorted(column.levels), column.name)
    end
    local described = column.levels ~= nil or column.any_levels -- any: names of things without end
    local has_levels = column.type == "category" or column.type == "set"
    t.eq(described or false, has_levels, column.name .. ", levels")
  end
end

local function files_in(folder)
  local names = {}
  local pipe = assert(io.popen("ls '" .. folder .. "'"))
  for name in pipe:lines() do
    names[#names + 1] = name
  end
  pipe:close()
  return sorted(names)
end

for _, entry in ipairs(catalogue) do
  local name = entry.name
  local folder = root .. "/datasets/" .. name
  local schema = dofile(folder .. "/schema.lua")
  local files = schema.files or { schema }
  local main = entry.file or name .. ".csv"
  t.test(name .. ": the catalogue's entry", function()
    t.ok(entry.title and #entry.title > 10)
    t.ok(entry.good_for and #entry.good_for > 10)
    local readme = t.read(folder .. "/README.md")
    t.has(readme:lower(), "licen")
    t.eq(schema.title, entry.title)
    t.eq(files[1].file or main, main)
    t.eq(files[1].rows, entry.rows)
    t.eq(#files[1].columns, entry.columns)
  end)
  t.test(name .. ": each file is described, and there are no others", function()
    local listed = { "README.md", "schema.lua" }
    for _, file in ipairs(files) do
      listed[#listed + 1] = file.file or main
    end
    t.eq(files_in(folder), sorted(listed))
  end)
  for _, file in ipairs(files) do
    local shown = file.file or main
    t.test(name .. "/" .. shown .. ": rows, columns, types and levels", function()
      check_file("datasets/" .. name .. "/" .. shown, readers[entry.read or "read"], file)
    end)
  end
end

t.test("the data sets are small enough to come with every copy", function()
  local pipe = assert(io.popen("cat '" .. root .. "'/datasets/*/* | wc -c"))
  local bytes = pipe:read "n"
  pipe:close()
  t.ok(bytes < 1.5e6, bytes .. " bytes")
end)

t.done()
