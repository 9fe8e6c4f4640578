-- SPDX-License-Identifier: GPL-3.0-or-later
-- Coroutines behave as in plain Lua, although resume, close and wrap are ours: they keep track of what Ctrl-C
-- must stop. Where there is a lua5.4, the same code is run by it and must print the same.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

t.test("values go in and out", function()
  local co = coroutine.create(function(a, b)
    local c = coroutine.yield(a + b)
    local d, e = coroutine.yield(c * 2)
    return d + e, "end"
  end)
  t.eq({ coroutine.resume(co, 1, 2) }, { true, 3 })
  t.eq({ coroutine.resume(co, 10) }, { true, 20 })
  t.eq({ coroutine.resume(co, 3, 4) }, { true, 7, "end" })
  t.eq(coroutine.status(co), "dead")
  t.eq({ coroutine.resume(co) }, { false, "cannot resume dead coroutine" })
end)

t.test("wrap gives what is yielded and returned, nils too", function()
  local f = coroutine.wrap(function(...)
    coroutine.yield(...)
    return nil, 2, nil
  end)
  t.eq(table.pack(f(1, nil, 3)), { n = 3, 1, nil, 3 })
  t.eq(table.pack(f()), { n = 3, nil, 2, nil })
end)

local plain = os.execute "lua5.4 -v >/dev/null 2>&1"

local function as_plain_lua(name, code)
  t.test(name, function()
    local path = t.file(code, ".lua")
    local ours, err = t.run { path }
    t.eq(err, "")
    t.ok(#ours > 0)
    if plain then
      local pipe = assert(io.popen("lua5.4 " .. path .. " 2>&1"))
      t.eq(ours, pipe:read "a")
      pipe:close()
    end
  end)
end

as_plain_lua("errors through wrap", [[
local function show(...)
  print(select('#', ...), tostring((...)), tostring((select(2, ...))))
end
show(pcall(coroutine.wrap(function() error("text") end)))
show(pcall(coroutine.wrap(function() error("text", 0) end)))
show(pcall(coroutine.wrap(function() local x = nil; return x.y end)))
local object = {}
local fine, e = pcall(coroutine.wrap(function() error(object) end))
print(fine, rawequal(e, object))
print(pcall(coroutine.wrap(function() error(nil) end)))
print(pcall(coroutine.wrap(function() error(5) end)))
local function called() return (coroutine.wrap(function() error("below") end)()) end
print(pcall(called))
local f = coroutine.wrap(function() error("first") end)
print(pcall(f)) print(pcall(f))
]])

as_plain_lua("a finished, a running and a waiting coroutine cannot be resumed", [[
local f = coroutine.wrap(function() return 1 end)
print(f()) print(pcall(f)) print(pcall(f))
local g
g = coroutine.wrap(function() return pcall(g) end)
print(g())
local co
co = coroutine.create(function() return coroutine.resume(co) end)
print(coroutine.resume(co))
local outer
outer = coroutine.create(function()
  local inner = coroutine.create(function()
    return coroutine.status(outer), coroutine.resume(outer)
  end)
  return coroutine.resume(inner)
end)
print(coroutine.resume(outer))
outer = coroutine.create(function()
  return coroutine.resume(coroutine.create(function() return pcall(coroutine.close, outer) end))
end)
print(coroutine.resume(outer))
local h
h = coroutine.wrap(function() return coroutine.wrap(function() return pcall(h) end)() end)
print(h())
print(pcall(coroutine.resume)) print(pcall(coroutine.resume, 5))
print(pcall(coroutine.wrap)) print(pcall(coroutine.wrap, 5))
]])

as_plain_lua("to-be-closed variables are closed, after an error too", [[
local function guard(name, more)
  return setmetatable({}, {__close = function(_, e)
    print("close", name, e)
    if more then error(more, 0) end
  end})
end
print(pcall(coroutine.wrap(function()
  local a <close> = guard "a"
  local b <close> = guard "b"
  error("x", 0)
end)))
print(pcall(coroutine.wrap(function()
  local a <close> = guard("a", "in close")
  error("x", 0)
end)))
local co = coroutine.create(function()
  local a <close> = guard "c"
  coroutine.yield(1)
end)
print(coroutine.resume(co)) print(coroutine.close(co)) print(coroutine.status(co)) print(coroutine.close(co))
co = coroutine.create(function()
  local a <close> = guard("d", "late")
  coroutine.yield(1)
end)
coroutine.resume(co) print(coroutine.close(co)) print(coroutine.status(co)) print(coroutine.resume(co))
co = coroutine.create(function() error("e", 0) end)
print(coroutine.resume(co)) print(coroutine.close(co)) print(coroutine.close(co))
print(pcall(coroutine.close, coroutine.running()))
print(pcall(coroutine.close)) print(pcall(coroutine.close, 1))
print(coroutine.close(coroutine.create(print)))
local w = coroutine.wrap(function()
  local a <close> = guard "w"
  coroutine.yield(1)
  error("y", 0)
end)
print(w()) print(pcall(w)) print(pcall(w))
for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do print(i) end
]])

as_plain_lua("running, isyieldable, status", [[
local main, is_main = coroutine.running()
print(type(main), is_main, coroutine.isyieldable())
print(coroutine.wrap(function()
  local co, m = coroutine.running()
  return type(co), m, coroutine.isyieldable(), coroutine.status(co)
end)())
print(pcall(coroutine.yield, 1))
print(coroutine.isyieldable(coroutine.create(print)), coroutine.status(coroutine.create(print)))
]])

as_plain_lua("yield across pcall, metamethods and iterators", [[
local co = coroutine.wrap(function()
  print(pcall(function() print(coroutine.yield("in pcall")) error("after", 0) end))
  local v = setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end})
  print(v.field)
  for x in function() return coroutine.yield("iterator") end do print(x) break end
  print(xpcall(function()
    coroutine.yield("xpcall")
    error("e", 0)
  end, function(e) return "handled " .. e end))
  return "done"
end)
print(co()) print(co("back")) print(co("value")) print(co("item")) print(co())
]])

as_plain_lua("many coroutines, deep and side by side", [[
local function nest(n)
  if n == 0 then return "bottom" end
  return coroutine.wrap(nest)(n - 1)
end
print(nest(60)) print(#select(2, pcall(nest, 100000)) > 0)
local function fail(n)
  if n == 0 then error("deep", 0) end
  return coroutine.wrap(fail)(n - 1)
end
print(pcall(fail, 60))
local all = {}
for i = 1, 10000 do all[i] = coroutine.wrap(function() coroutine.yield(i) return -i end) end
local sum = 0
for i = 1, 10000 do sum = sum + all[i]() * 2 + all[i]() end
print(sum)
]])

t.test("primitives work inside coroutines", function()
  local rows = coroutine.wrap(function()
    local df = frame { x = { 1, 2, 3 } }
    for i = 1, #df do
      coroutine.yield(df:row(i).x)
    end
  end)
  t.eq({ rows(), rows(), rows() }, { 1, 2, 3 })
  local e = t.raises("unknown-column", coroutine.wrap(function() return frame({ x = { 1 } }).y end), "'y'")
  t.eq(type(e), "userdata")
end)

t.done()
