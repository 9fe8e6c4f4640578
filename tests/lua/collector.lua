-- SPDX-License-Identifier: GPL-3.0-or-later
-- What Lua's collector is told of memory outside its heap: new values, and not columns of a frame that it has.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local cycles = 0

-- An object that counts the collector's cycles by being collected in each.
local function watch()
  setmetatable({}, { __gc = function()
    cycles = cycles + 1
    watch()
  end })
end
watch()

local large = {}
for i = 1, 100000 do
  large[i] = i
end
local df = frame { x = large }

t.test("cells of a large frame do not set the collector going", function()
  collectgarbage()
  cycles = 0
  local sum = 0
  for i = 1, 20000 do
    sum = sum + df.x[i] -- 800 kB each time, were it new
  end
  t.eq(sum, 200010000)
  t.ok(cycles < 20, cycles .. " cycles")
end)

t.test("new frames do", function()
  collectgarbage()
  cycles = 0
  for _ = 1, 400 do
    df:mutate "y = x * 2"
  end
  t.ok(cycles >= 5, cycles .. " cycles")
end)

t.done()
