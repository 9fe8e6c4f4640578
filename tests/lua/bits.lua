-- SPDX-License-Identifier: GPL-3.0-or-later
-- The same answer, bit for bit: from one seed, on any number of threads, with every instruction set.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- Prints every cell of what several fits give, floats with all their bits.
local script = t.file([[
local n = tonumber(arg[1])
local columns = {a = {}, b = {}, c = {}, d = {}, w = {}}
for i = 1, n do
  local g = i % 9
  columns.a[i] = g * 3 + math.sin(i * 1.7)
  columns.b[i] = g % 3 * 5 + math.cos(i * 0.3) * 2
  columns.c[i] = math.sin(i) * 1e-3 + 1e6
  columns.d[i] = i % 11 == 0 and NA or g - math.sin(i * i)
  columns.w[i] = i % 4
end
local df = frame(columns)
local function show(data)
  for name, column in pairs(data) do
    io.write(name)
    for i = 1, #column do
      local x = column[i]
      io.write(" ", math.type(x) == "float" and string.format("%a", x) or tostring(x))
    end
    io.write "\n"
  end
end
for _, options in ipairs {
  {k = 5, on = {"a", "b"}, starts = 3}, {k = 12, on = {"a", "b", "c"}, starts = 2, scale = "zscore"},
  {k = 4, on = {"a", "d"}, missing = "drop", scale = "robust", starts = 2},
  {k = 9, on = {"a", "b"}, weights = "w", starts = 2},
  {k = 6, on = {"a", "b"}, init = "random", scale = "range", silhouette = n < 100},
} do
  local m = df:kmeans(options)
  show(m:tidy())
  show(m:glance())
  show(m:predict(df))
  show(m:profile(df))
end
show(df:describe())
]], ".lua")

local function output(threads, variables, rows)
  local arguments = { script, tostring(rows or 9000) }
  if threads then
    arguments = { "--threads", tostring(threads), table.unpack(arguments) }
  end
  local out, err, code = t.run(arguments, variables)
  t.eq(err, "")
  t.eq(code, 0)
  t.ok(#out > 1000)
  return out
end

local want

t.test("twice the same", function()
  want = output(1)
  t.ok(output(1) == want)
end)

for _, threads in ipairs { 2, 5 } do
  t.test("1 and " .. threads .. " threads", function()
    t.ok(output(threads) == want)
  end)
end

for _, set in ipairs { "base", "avx2" } do
  t.test("ASSAY_ISA=" .. set, function()
    t.ok(output(nil, "ASSAY_ISA=" .. set) == want)
  end)
end

t.test("fewer rows than a block, and rows that do not fill the last", function()
  for _, rows in ipairs { 60, 4096 } do
    t.ok(output(1, nil, rows) == output(2, "ASSAY_ISA=base", rows), rows .. " rows")
  end
end)

t.test("another seed gives another way to the same optimum", function()
  local df = read "datasets/credit/credit.csv"
  local options = { k = 4, on = { "duration", "age" }, scale = "zscore", starts = 40 }
  local first = df:kmeans(options)
  options.seed = 2
  local second = df:kmeans(options)
  t.near(first.inertia, second.inertia, 1e-12)
  t.eq(t.cells(first:tidy().size), t.cells(second:tidy().size))
  options.starts, options.init, options.refine = 1, "random", "none"
  local one = df:kmeans(options)
  options.seed = 3
  t.ok(one.iterations ~= df:kmeans(options).iterations or one.inertia ~= df:kmeans(options).inertia)
end)

t.test("the order in which options are given does not matter", function()
  local df = read "datasets/iris/iris.csv"
  local a = df:kmeans { k = 3, seed = 4, scale = "zscore", starts = 2 }
  local b = df:kmeans { starts = 2, scale = "zscore", seed = 4, k = 3 }
  local c = df:kmeans(3, { scale = "zscore", seed = 4, starts = 2 })
  t.same_frame(a:tidy(), b:tidy())
  t.same_frame(a:tidy(), c:tidy())
end)

t.done()
