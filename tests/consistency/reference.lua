-- SPDX-License-Identifier: GPL-3.0-or-later
-- doc/reference is what the program writes, and every primitive in it has help and an example that runs.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local made = t.path()
local stored = arg[0]:gsub("[^/]*$", "../../doc/reference")

local function list(folder)
  local names = {}
  local pipe = assert(io.popen("ls '" .. folder .. "'"))
  for name in pipe:lines() do
    names[#names + 1] = name
  end
  pipe:close()
  return names
end

t.test("assay reference writes a folder", function()
  local out, err, code = t.run { "reference", made }
  t.eq({ out, err, code }, { "", "", 0 })
  t.ok(#list(made) >= 5)
end)

t.test("doc/reference is fresh (assay reference doc/reference makes it so)", function()
  t.eq(list(stored), list(made))
  for _, name in ipairs(list(made)) do
    if t.read(stored .. "/" .. name) ~= t.read(made .. "/" .. name) then
      error(name .. " differs")
    end
  end
end)

-- Primitives by family.name, with their page of the reference manual.
local primitives, order = {}, {}
for _, name in ipairs(list(made)) do
  if name:find "%.md$" then
    local text = t.read(made .. "/" .. name)
    for section in (text:gsub("\n## ", "\1")):gmatch "\1([^\1]*)" do
      local title, page = section:match "^(%S+)\n(.*)$"
      primitives[title] = page
      order[#order + 1] = title
    end
  end
end

t.test("every primitive of the library is in the reference", function()
  local families = {}
  for _, title in ipairs(order) do
    families[title:match "^[^.]+"] = true
  end
  t.ok(#order >= 20, #order .. " primitives")
  for family in pairs(families) do
    for name, value in pairs(_G[family]) do
      if type(value) == "function" then
        t.ok(primitives[family .. "." .. name], family .. "." .. name)
      end
    end
  end
end)

t.test("every page has a summary, a call, what it gives and an example", function()
  for _, title in ipairs(order) do
    local page = primitives[title]
    t.ok(page:match "^\n(%a[^\n]+)%.\n", title .. " has no summary")
    t.ok(page:match "\n    [%w_.:]+%(.-%)\n", title .. " has no call")
    t.ok(page:match "\nGives [^\n]+%.\n", title .. " does not say what it gives")
    t.ok(page:match "```lua\n.+\n```", title .. " has no example")
  end
end)

t.test("every primitive and option has a page of help", function()
  local topics = { "kmeans.init", "cluster.kmeans.scale", "head.n", "read.types" }
  table.move(order, 1, #order, #topics + 1, topics)
  local path = t.file("?" .. table.concat(topics, "\nprint '== end'\n?") .. "\nprint '== end'\n", ".txt")
  local prompt = assert(io.popen(("'%s' -i -q --no-rc <'%s' 2>&1"):format(t.program, path)))
  local number = 0
  for page in prompt:read("a"):gmatch "(.-)== end\n" do
    number = number + 1
    t.has(page, topics[number]:match "[^.]+$", topics[number])
    t.lacks(page, "error:", topics[number])
  end
  prompt:close()
  t.eq(number, #topics)
  local out, _, code = t.run { "help", "cluster.kmeans" }
  t.eq(code, 0)
  t.has(out, "kmeans++")
  local _, err
  _, err, code = t.run { "help", "kmean" }
  t.eq(code, 1)
  t.has(err, "kmeans")
end)

-- Each line of an example is a statement as typed at the prompt.
for _, title in ipairs(order) do
  t.test("the example of " .. title .. " runs", function()
    local code = primitives[title]:match "```lua\n(.-)\n```"
    local complaints = t.path ".err"
    -- Its files go where they are removed.
    local typed = ("os.tmpname = function() return %q end\n%s\n"):format(t.path(), code)
    local shell = ("'%s' -i -q --no-rc <'%s' 2>'%s'"):format(t.program, t.file(typed), complaints)
    local prompt = assert(io.popen(shell))
    local out = prompt:read "a"
    prompt:close()
    t.lacks(t.read(complaints), "error")
    local last = code:match "[^\n]*$"
    if not primitives[title]:find "\nGives nothing" and not last:find "^%a+ = " then
      t.ok(#out > 0, "it shows nothing")
    end
  end)
end

t.test("the editor's stubs are Lua", function()
  local text = t.read(made .. "/assay.lua")
  t.ok(load(text, "=assay.lua", "t", {}))
  for _, title in ipairs(order) do
    t.has(text, title, "stubs")
  end
end)

t.done()
