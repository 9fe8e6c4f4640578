-- SPDX-License-Identifier: GPL-3.0-or-later
-- doc/guide/methods.md has a row for every clustering method, and says of each which of the common options it takes.

package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local root = os.getenv "ROOT" or "."

-- Options of each method, as its page of the reference has them: of those whose models have clusters of given rows.
local function methods()
  local found = {}
  for page in (t.read(root .. "/doc/reference/cluster.md") .. "\n## "):gmatch "cluster%.(.-)\n## " do
    local name, options = page:match "^[%w_]+", {}
    for option in page:gmatch "\n| `([%w_]+)` |" do
      options[option] = true
    end
    if name ~= "silhouette" and page:find "Gives a model; tidy: cluster" and options.on and options.seed then
      found[name] = options
    end
  end
  return found
end

local function table_rows()
  local rows = {}
  for line in t.read(root .. "/doc/guide/methods.md"):gmatch "[^\n]+" do
    local name, distance, weights, sample, scale =
      line:match "^| `([%w_]+)` | .- | (.-) | (%l+) | (%l+) | (%l+) |$"
    if name then
      rows[name] = { distance = distance, weights = weights, sample = sample, scale = scale }
    end
  end
  return rows
end

local options, rows = methods(), table_rows()

t.test("every method has a row, and every row a method", function()
  local count = 0
  for name in pairs(options) do
    t.ok(rows[name], "doc/guide/methods.md has no row for " .. name)
    count = count + 1
  end
  for name in pairs(rows) do
    t.ok(options[name], "there is no method " .. name)
  end
  t.ok(count >= 19, ("%d methods"):format(count))
end)

t.test("rows say which options are taken", function()
  for name, row in pairs(rows) do
    for _, option in ipairs { "weights", "sample", "scale" } do
      t.eq(row[option], options[name][option] and "yes" or "no", name .. ": " .. option)
    end
    for option in row.distance:gmatch "`(%w+)`" do
      t.ok(options[name][option], ("%s: no option %s"):format(name, option))
    end
    t.eq(row.distance:find("`metric`", 1, true) ~= nil, options[name].metric == true, name .. ": metric")
    t.ok(options[name].missing, name .. ": missing")
  end
end)

t.done()
