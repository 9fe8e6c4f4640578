-- SPDX-License-Identifier: GPL-3.0-or-later
-- Errors as values, as texts on stderr, and the places they name.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local df = frame { a = { 1, 2 }, spend = { 3.5, 4.5 } }

t.test("an error in pcall is an object with id, message, where, hint", function()
  local fine, e = pcall(function() return df:kmeans { k = 2, on = { "spent" } } end)
  t.eq(fine, false)
  t.eq(type(e), "userdata")
  t.eq(e.id, "unknown-column")
  t.has(e.message, "'spent'")
  t.has(e.where, "cluster.kmeans")
  t.has(e.where, "on")
  t.has(e.hint, "'spend'")
  t.eq(e.nothing, nil)
  t.eq(tostring(e), e.message .. " (" .. e.hint .. ")")
  t.eq(select(2, pcall(tostring, e)), tostring(e))
end)

t.test("without a hint tostring is the message", function()
  local e = t.raises("out-of-range", function() df:row(3) end)
  t.eq(e.hint, "")
  t.eq(tostring(e), e.message)
end)

t.test("an error object is read only and knows its fields only", function()
  local e = t.raises("out-of-range", function() df:row(3) end)
  t.ok(not pcall(function() e.id = "x" end))
  t.eq(e.id, "out-of-range")
  t.eq(e.caret, nil)
end)

t.test("errors of users are kept as they are", function()
  local object = { code = 2 }
  for _, thrown in ipairs { object, 5, true, df, print } do
    local _, e = pcall(error, thrown)
    t.ok(rawequal(e, thrown))
  end
  t.eq(select(2, pcall(error)), nil)
  t.eq(select(2, pcall(error, "text", 0)), "text")
end)

t.test("an error can be thrown again, and xpcall sees it", function()
  local _, e = pcall(function() return df:row(3) end)
  local _, again = pcall(error, e)
  t.ok(rawequal(e, again))
  local ids = {}
  xpcall(function() df:row(3) end, function(x) ids[1] = x.id end)
  t.eq(ids, { "out-of-range" })
end)

t.test("a thousand errors leave nothing behind", function()
  for _ = 1, 1000 do
    pcall(function() return df:kmeans { k = 2, on = { "spent" } } end)
    pcall(frame, { x = { 1, "a" } })
    pcall(function() return df:select(1) end)
  end
  collectgarbage()
  collectgarbage()
  local before = collectgarbage "count"
  for _ = 1, 1000 do
    pcall(function() return df:kmeans { k = 2, on = { "spent" } } end)
    pcall(frame, { x = { 1, "a" } })
    pcall(function() return df:select(1) end)
  end
  collectgarbage()
  collectgarbage()
  t.ok(collectgarbage "count" - before < 20, "kB more: " .. collectgarbage "count" - before)
end)

-- ---- on stderr

local script = [[
df = frame{spend = {1, 2}}

local function segment(data)
  return data:kmeans{k = 2, on = {"spent"}}
end

segment(df)
]]

t.test("a script's error: what, where in the call and in the file, what to do; status 1", function()
  local path = t.file(script, ".lua")
  local out, err, code = t.run { path }
  t.eq(code, 1)
  t.eq(out, "")
  t.has(err, "there is no column 'spent'")
  t.has(err, "cluster.kmeans, on")
  t.has(err, path:match "[^/]*$" .. ":4")
  t.has(err, "did you mean 'spend'?")
  t.has(err, "unknown-column")
  t.ok(select(2, err:gsub("\n", "")) <= 20)
  for _, ours in ipairs { "[C]", ".c:", "traceback" } do
    t.lacks(err, ours)
  end
end)

t.test("errors of plain Lua have their line once", function()
  local path = t.file("local x = {}\nlocal y = x.z.w\n", ".lua")
  local _, err, code = t.run { path }
  t.eq(code, 1)
  t.has((err:gsub("%s+", " ")), "attempt to index a nil value (field 'z')")
  t.eq(select(2, err:gsub("%.lua:2", "")), 1)
  _, err = t.run { "-e", "error('plain text')" }
  t.has(err, "plain text")
  _, err = t.run { "-e", "error('no place', 0)" }
  t.has(err, "no place")
end)

t.test("syntax errors name the line and the token", function()
  local path = t.file("x = 1\ny = = 2\n", ".lua")
  local _, err, code = t.run { path }
  t.eq(code, 1)
  t.has(err, path:match "[^/]*$" .. ":2")
  t.has((err:gsub("%s+", " ")), "unexpected symbol near '='")
  t.has(err, "syntax-error")
end)

t.test("a caret stands below the token that Lua could not read", function()
  local cases = {
    { "x = = 2", "x = = 2\n      ^" },                      -- the second of two equal ones
    { "a == b c = = 1", "a == b c = = 1\n    ^" },
    { "  if ende == 1 end", "if ende == 1 end\n               ^" }, -- a whole word, without the blanks before
    { "f(1,, 2)", "f(1,, 2)\n      ^" },
    { "x = 'abc", "x = 'abc\n      ^" },
    { "名 = 1", "名 = 1\n  ^" },
    { "x = 1\nfor i = 1, 3 do\n  print(i)\n", "print(i)\n          ^" }, -- the end is missing
  }
  for _, case in ipairs(cases) do
    local _, err, code = t.run { t.file(case[1] .. "\n", ".lua") }
    t.eq(code, 1)
    t.has(err, case[2])
  end
  local _, err = t.run { "-e", "goto nowhere" }
  t.has(err, "syntax-error")
  t.lacks(err, "^")
end)

t.test("thrown tables are shown by content", function()
  local _, err, code = t.run { "-e", "error({code = 2, why = 'disk'})" }
  t.eq(code, 1)
  t.has(err, "code = 2")
  t.has(err, 'why = "disk"')
  t.lacks(err, "0x")
  t.lacks(err, "(error object is")
  _, err = t.run { "-e", "error(setmetatable({}, {__tostring = function() return 'my own words' end}))" }
  t.has(err, "my own words")
  for _, thrown in ipairs { "nil", "true", "print", "frame{x = {1}}", "coroutine.create(print)", "5" } do
    _, err, code = t.run { "-e", "error(" .. thrown .. ")" }
    t.eq(code, 1, thrown)
    t.ok(#err > 0 and #err < 2000, thrown)
    t.lacks(err, "(error object is", thrown)
  end
  _, _, code = t.run { "-e", "error(setmetatable({}, {__tostring = function() error('again') end}))" }
  t.eq(code, 1)
end)

t.test("errors inside coroutines, metamethods and callbacks name the user's line", function()
  local path = t.file([[
local co = coroutine.wrap(function()
  local df = frame{x = {1}}
  return df.y
end)
co()
]], ".lua")
  local _, err, code = t.run { path }
  t.eq(code, 1)
  t.has(err, "there is no column 'y'")
  t.has(err, path:match "[^/]*$" .. ":3")
  t.has(err, path:match "[^/]*$" .. ":5")
  path = t.file("for i, r in frame{x = {1}}:rows() do\n  print(r.y.z)\nend\n", ".lua")
  _, err = t.run { path }
  t.has(err, path:match "[^/]*$" .. ":2")
  path = t.file("table.sort({2, 1}, function(a, b)\n  return frame{x = {1}}.z\nend)\n", ".lua")
  _, err = t.run { path }
  t.has(err, path:match "[^/]*$" .. ":2")
end)

t.test("a stack overflow and no memory are errors like others", function()
  local fine, e = pcall(function()
    local function f() return 1 + f() end
    return f()
  end)
  t.eq(fine, false)
  t.has(tostring(e), "stack overflow")
  local fill = "local x = {} for i = 1, 1e9 do x[i] = ('y'):rep(1000) .. i end"
  local _, err, code = t.run { "--memory", "40M", "-e", fill }
  t.eq(code, 1)
  t.has(err, "memory")
  local after = "print(pcall(function() " .. fill .. " end) or #frame{a = {1, 2, 3}})"
  t.eq(t.run { "--memory", "40M", "-e", after }, "3\n")
end)

t.done()
