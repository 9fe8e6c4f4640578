-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every id of an error in the sources has its topic in a *topics.c, and every topic its error.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local root = arg[0]:gsub("[^/]*$", "../..")

-- Texts that look like ids and are none. What is wrong with the command line is said before a session could
-- be asked, so src/main/flags.c is left out.
local others = { ["k-means"] = true, ["fc-list"] = true, ["fonts-droid-fallback"] = true, ["fonts-noto-core"] = true,
  ["enable-bracketed-paste"] = true, ["philox4x32-10"] = true, ["one-to-one"] = true,
  ["one-to-many"] = true, ["many-to-one"] = true, ["xterm-kitty"] = true, ["xterm-ghostty"] = true,
  ["xterm-256color"] = true, ["kd-tree"] = true, ["wait-job"] = true }

-- Topics about the language; the rest explain an error.
local pages = {
  columns = true, missing = true, calls = true, interrupt = true, models = true, dates = true,
  expressions = true, functions = true, formulas = true, reading = true, groups = true, windows = true,
  plugins = true, writing = true, journal = true, session = true, sandbox = true, dashboard = true,
}

-- Those of plugins cannot be asked for before the plugin is loaded.
local topics, used, of_plugins = {}, {}, {}
local pipe = assert(io.popen("find '" .. root .. "/src' '" .. root .. "/plugins' -name '*.c' | sort"))
for path in pipe:lines() do
  local text = t.read(path):gsub("/%*.-%*/", "")
  local arrays = path:find "topics%.c$" and { text } or {}
  for array in text:gmatch "static const Topic [%w_]+%[%] = (%b{})" do
    arrays[1] = arrays[1] or array
  end
  for _, array in ipairs(arrays) do
    for name in array:gmatch '\n%s+{"([^"]+)",' do
      assert(not topics[name], name .. " has two topics")
      topics[name] = true
      of_plugins[name] = path:find "/plugins/" and true
    end
  end
  text = text:gsub("static const Topic [%w_]+%[%] = %b{}", "")
  if path:find "topics%.c$" then
    text = ""
  end
  if not path:find "main/flags%.c$" then
    for id in text:gmatch '"([%l%d]+%-[%l%d%-]*%l)"' do
      used[id] = path
    end
    for id in text:gmatch 'error_set%s*%(%s*[^,()]+,%s*STATUS_%u+,%s*"([^"]*)"' do
      used[id] = path
    end
  end
end
pipe:close()

local function sorted(set)
  local names = {}
  for name in pairs(set) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

t.test("ids and topics were found", function()
  t.ok(#sorted(used) > 50)
  t.ok(#sorted(topics) > 50)
  t.ok(used["unknown-column"] and used.interrupted and topics["unknown-column"] and topics.interrupted)
end)

t.test("every id has a topic", function()
  for _, id in ipairs(sorted(used)) do
    if not topics[id] and not others[id] then
      error(("'%s' of %s has no topic"):format(id, used[id]:sub(#root + 2)))
    end
  end
end)

t.test("every topic that is an id is used", function()
  for _, name in ipairs(sorted(topics)) do
    if not used[name] and not pages[name] then
      error(("no error has the id '%s'"):format(name))
    end
  end
end)

t.test("every topic can be asked for", function()
  local names = {}
  for _, name in ipairs(sorted(topics)) do
    names[#names + 1] = not of_plugins[name] and name or nil
  end
  local path = t.file("?" .. table.concat(names, "\nprint '== end'\n?") .. "\nprint '== end'\n", ".txt")
  local complaints = t.path ".err"
  local shell = ("'%s' -i -q --no-rc <'%s' 2>'%s'"):format(t.program, path, complaints)
  local prompt = assert(io.popen(shell))
  local text = prompt:read "a"
  prompt:close()
  t.eq(t.read(complaints), "")
  local number = 0
  for page in text:gmatch "(.-)== end\n" do
    number = number + 1
    t.has(page, names[number])
    t.ok(#page > #names[number] + 20, names[number])
  end
  t.eq(number, #names)
end)

-- Errors as a script meets them: their ids have topics too.
t.test("ids that scripts meet have topics", function()
  local df = frame { x = { 1, 2 } }
  for _, f in ipairs {
    function() return df.y end, function() return df:head "a" end, function() return df:kmeans(3) end,
    function() return NA + 1 end, function() return df.x < 1 end, function() return read "none.csv" end,
    function() return model.load "none" end, function() return df:row(9) end,
  } do
    local _, e = pcall(f)
    t.ok(topics[e.id], e.id)
  end
end)

t.done()
