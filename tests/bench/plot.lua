-- SPDX-License-Identifier: GPL-3.0-or-later
-- Seconds of wall time to draw a scatter: as a PNG by gnuplot, and as text. Prints name and median, a line each.
local runs = tonumber(arg[1]) or 5

local function now()
  local pipe = io.popen "date +%s%N"
  local text = pipe:read "a"
  pipe:close()
  return tonumber(text) / 1e9
end

local function median(f)
  local times = {}
  for i = 1, runs do
    local before = now()
    f()
    times[i] = now() - before
  end
  table.sort(times)
  return times[(runs + 1) // 2]
end

local function points(n)
  local x, y, group = {}, {}, {}
  for i = 1, n do
    x[i] = math.sqrt(-2 * math.log(1 - math.random())) * math.cos(2 * math.pi * math.random()) + i % 3 * 4
    y[i] = x[i] / 2 + math.random()
    group[i] = "g" .. i % 3
  end
  return frame { x = x, y = y, group = group }
end

local path = os.tmpname()
for _, n in ipairs { 10000, 100000, 1000000 } do
  local df = points(n)
  for _, color in ipairs { false, "group" } do
    local p = plot.scatter(df, { x = "x", y = "y", color = color or nil })
    local name = ("%d points%s"):format(n, color and " in 3 classes" or "")
    print(("%s, text\t%.4f"):format(name, median(function() return tostring(p) end)))
    if pcall(p.save, p, path .. ".png") then
      print(("%s, PNG\t%.3f"):format(name, median(function() p:save(path .. ".png") end)))
    end
  end
end
os.remove(path)
os.remove(path .. ".png")
