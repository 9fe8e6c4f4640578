-- SPDX-License-Identifier: GPL-3.0-or-later
-- doc/features.md names tests: each of them is there, and every number has a row.

package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local root = os.getenv "ROOT" or "."

local function contents(path)
  local file = io.open(root .. "/" .. path)
  local text = file and file:read "a"
  if file then
    file:close()
  end
  return text
end

-- The cells of a line of a table; a bar within a cell is not among what the document needs.
local function cells(line)
  local list = {}
  for cell in line:gmatch "|([^|]*)" do
    list[#list + 1] = cell:match "^%s*(.-)%s*$"
  end
  return list
end

local function rows()
  local list = {}
  for line in assert(contents "doc/features.md", "no doc/features.md"):gmatch "[^\n]+" do
    local c = cells(line)
    if c[1] and c[1]:match "^B?%d+$" then
      list[#list + 1] = { number = c[1], here = c[3], how = c[4], tests = c[5] }
    end
  end
  return list
end

-- "`path`: title" or "`path`", parted by <br>
local function named(tests)
  local list = {}
  for item in (tests .. "<br>"):gmatch "(.-)<br>" do
    local path, title = item:match "^`([^`]+)`:? ?(.*)$"
    if path then
      list[#list + 1] = { path = path, title = title }
    elseif item ~= "" then
      error("not understood: " .. item)
    end
  end
  return list
end

-- Titles may stand in a source with escapes, and may be the word behind static void.
local function has(text, title)
  return text:gsub("\\", ""):find(title, 1, true) ~= nil
end

t.test("every number has one row", function()
  local count = {}
  for _, row in ipairs(rows()) do
    count[row.number] = (count[row.number] or 0) + 1
  end
  for _, range in ipairs { { "", 1, 29 }, { "", 42, 56 }, { "", 84, 99 }, { "B", 1, 50 }, { "B", 60, 64 } } do
    for number = range[2], range[3] do
      t.eq(count[range[1] .. number], 1, "rows of " .. range[1] .. number)
    end
  end
end)

t.test("what is there has a test, and what is not says so", function()
  for _, row in ipairs(rows()) do
    t.eq(row.here == "yes" or row.here == "partly" or row.here == "no", true, row.number .. ": " .. tostring(row.here))
    t.eq(#named(row.tests) > 0, row.here ~= "no", "tests of " .. row.number)
    t.eq(row.here == "partly" and row.how == "", false, row.number .. " says what is missing")
  end
end)

t.test("every test named is there", function()
  local missing = {}
  for _, row in ipairs(rows()) do
    for _, test in ipairs(named(row.tests)) do
      local text = contents(test.path) or contents(test.path .. "/cmd")
      if not text or not has(text, test.title) then
        missing[#missing + 1] = row.number .. ": " .. test.path .. ": " .. test.title
      end
    end
  end
  t.eq(table.concat(missing, "\n"), "")
end)

t.done()
