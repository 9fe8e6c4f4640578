-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every clustering method there is, also one that comes later, on data that hurt: a sound model or an error that says
-- why.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- Numbers that look random and are the same everywhere.
local state = 7
local function uniform()
  state = (state * 16807) % 2147483647
  return state / 2147483647
end

local function grid(rows, columns, cell)
  local made = {}
  for j = 1, columns do
    local cells = {}
    for i = 1, rows do
      cells[i] = cell(i, j)
    end
    made[j] = { "v" .. j, cells }
  end
  return frame(made)
end

-- Three groups, three numbers and a class each.
local function groups(rows)
  local class = { "class", {} }
  local columns = { { "a", {} }, { "b", {} }, { "c", {} }, class }
  for i = 1, rows do
    for j = 1, 3 do
      columns[j][2][i] = ((i * j) % 3) * 4 + uniform() + uniform()
    end
    class[2][i] = ("xyz"):sub(i % 3 + 1, i % 3 + 1)
  end
  return frame(columns)
end

-- ---- the methods: what takes a frame, gives clusters and says those of new rows

local function call(name, df, options)
  return pcall(cluster[name], df, options)
end

local function find_methods()
  local found, probe = {}, groups(60)
  for name in pairs(cluster) do
    local fine, m = call(name, probe, { k = 3 })
    if not fine then
      fine, m = call(name, probe)
    end
    local sound = fine and type(m) == "userdata" and pcall(function()
      return m:tidy().cluster, m:tidy().size, m:predict(probe).cluster
    end)
    if sound and m:options().by == nil and m:options().cluster == nil then
      found[#found + 1] = name
    end
  end
  table.sort(found)
  return found
end

local methods = find_methods()
local takes_k = {}
for _, name in ipairs(methods) do
  takes_k[name] = call(name, groups(60), { k = 3 })
end

local function options_of(name, k, more)
  local options = { k = takes_k[name] and k or nil }
  for key, value in pairs(more or {}) do
    options[key] = value
  end
  return options
end

-- ---- runs that must be alike (a child of the tests below)

-- FNV-1a of 64 bits.
local function digest(bytes)
  local sum = 0xcbf29ce484222325
  for i = 1, #bytes do
    sum = (sum ~ bytes:byte(i)) * 0x100000001b3
  end
  return ("%016x"):format(sum)
end

-- Every figure of a model is in its file, and every label in what it predicts.
local function print_fit(name, title, df)
  local fine, m = call(name, df, options_of(name, 4))
  if not fine then
    print(name, title, m.id)
    return
  end
  local path = t.path ".assay"
  m:save(path)
  print(name, title, digest(t.read(path)), digest(table.concat(t.cells(m:predict(df:append(df:head(9))).cluster), " ")))
  os.remove(path)
end

local function print_fits(rows)
  local ties = grid(rows, 3, function() return math.floor(uniform() * 4) end):mutate { "class = if(v1 > 1, 'x', 'y')" }
  local df = groups(rows)
  for _, name in ipairs(methods) do
    print_fit(name, "groups", df)
    print_fit(name, "ties", ties)
  end
end

if arg[1] == "print" then
  print_fits(math.tointeger(tonumber(arg[2])))
  return
elseif arg[1] == "cards" then
  for _, name in ipairs(methods) do
    local df = groups(60):rename { a_rather_long_name_of_a_variable = "a" }
    print((select(2, call(name, df, options_of(name, 3)))))
  end
  return
end

-- ---- what a model must keep to

local function finite(df, what)
  for _, name in ipairs(t.names(df)) do
    for i, cell in ipairs(t.cells(df:col(name))) do
      if type(cell) == "number" and (cell ~= cell or cell - cell ~= 0) then
        error(("%s: row %d of %s is %s"):format(what, i, name, cell))
      end
    end
  end
end

-- Rows of tidy are numbered, largest first, and count the very rows that predict puts there.
local function counts(m, predicted, what)
  local count, tidy = {}, m:tidy()
  for _, label in ipairs(t.cells(predicted.cluster)) do
    local known = label == NA or math.type(label) == "integer" and label >= 0 and label <= #tidy
    t.ok(known, what .. ": label " .. tostring(label))
    count[label] = (count[label] or 0) + 1
  end
  local all, last = 0, math.huge
  for row, size in ipairs(t.cells(tidy.size)) do
    local number = tidy.cluster[row]
    t.ok(number == row and size <= last or number == 0 and row == #tidy, what .. ": numbering")
    t.eq(count[number] or 0, size, what .. ": size of cluster " .. number)
    all, last = all + size, size
  end
  t.eq(all, m.n, what .. ": sizes")
end

local function loaded_again(m, df, predicted, what)
  local path, again = t.path ".assay", t.path ".assay"
  m:save(path)
  local back = model.load(path)
  back:save(again)
  t.ok(t.read(path) == t.read(again), what .. ": bytes of a file that is written again")
  t.same_frame(back:predict(df), predicted, what .. ": labels of a loaded model")
  t.same_frame(back:tidy(), m:tidy(), what)
  os.remove(path)
  os.remove(again)
end

local function sound(m, df, what, saved)
  finite(m:tidy(), what)
  finite(m:glance(), what)
  local predicted = m:predict(df)
  finite(predicted, what)
  t.eq(#predicted, #df, what)
  counts(m, predicted, what)
  t.eq(#m:predict(df:head(0)), 0, what)
  finite(m:predict(df:head(1)), what)
  if saved then -- a file takes its time, as it is brought to the disk
    loaded_again(m, df, predicted, what)
  end
end

-- An error of ours, that is none of the program's own faults.
local function refused(e, what)
  t.ok(type(e) == "userdata", what .. ": " .. tostring(e))
  t.ok(e.id ~= "" and e.id ~= "internal" and #e.message > 5, what .. ": " .. tostring(e))
end

-- ---- tests

t.test("the methods are found", function()
  local found = {}
  for _, name in ipairs(methods) do
    found[name] = true
  end
  for name in ("birch clara dbscan fuzzy hdbscan hierarchical kmeans kmedians kmodes kprototypes latent_class "
    .. "meanshift minibatch mixture optics pam som spectral spherical"):gmatch "%S+" do
    t.ok(found[name], name)
  end
  t.ok(not found.consensus and not found.passport and not found.choose)
end)

local function steps(i)
  return i * i % 7
end

local hostile = {
  ["no rows"] = groups(3):head(0),
  ["one row"] = groups(1),
  ["two rows"] = groups(2),
  ["equal rows"] = grid(12, 2, function() return 3.5 end),
  ["two points"] = grid(20, 2, function(i) return i % 2 end),
  ["one column"] = grid(15, 1, function(i) return i * i end),
  ["a constant"] = grid(15, 2, function(i, j) return j == 1 and 7 or i * 1.5 end),
  ["on a line"] = grid(20, 3, function(i, j) return i * j end),
  ["more columns than rows"] = grid(5, 30, function(i, j) return (i * 7 + j * 13) % 11 end),
  ["nan"] = frame { x = { 1, t.nan, 2, 3 }, y = { 1, 2, 3, 4.5 } },
  ["infinite"] = frame { x = { 1, 1 / 0, 2, 3 }, y = { 1, 2, 3, 4.5 } },
  ["1e300"] = grid(12, 2, function(i, j) return i * 1e299 * (3 - 2 * j) end),
  ["1e150"] = grid(12, 2, function(i, j) return steps(i) * 1e149 * (3 - 2 * j) end),
  ["1e-160"] = grid(12, 2, function(i) return steps(i) * 1e-160 end),
  ["denormal"] = grid(12, 2, function(i, j) return steps(i) * 1e-310 + j * 1e-320 end),
  ["on a high base"] = grid(12, 2, function(i, j) return 1e15 + steps(i) + j / 4 end),
  ["huge and tiny"] = grid(12, 2, function(i, j) return j == 1 and i * 1e100 or i * 1e-100 end),
  ["ends of int64"] = frame { x = { math.maxinteger, -math.maxinteger, 1, 2, 3, 4 }, y = { 1, 2, 3, 4, 5, 6 } },
  ["missing cells"] = frame { x = { 1, NA, 2, 3, 10, 11 }, y = { 1, 2, NA, 5, 9, 9.5 } },
  ["one row without missing cells"] = frame { x = { NA, NA, 4.5 }, y = { 1, 2, 3 } },
  ["booleans"] = frame { b = { true, false, true, false, true, true }, x = { 1, 2, 3, 4, 5, 6 } },
  ["texts"] = frame { s = { "a", "b", "a", "c", "c" } },
  ["mixed"] = frame { x = { 10, 12, 50, 52, 55, NA }, s = { "a", "a", "b", "c", "c", "c" } },
  ["minus zero"] = frame { x = { 0.0, -0.0, 0.0, -0.0, 1, 2 }, y = { 1, 1, 1, 1, 1, 1.5 } },
  ["groups"] = groups(40):group { "class" },
}

for _, name in ipairs(methods) do
  t.test(name .. ": hostile data", function()
    for title, df in pairs(hostile) do
      for _, k in ipairs(takes_k[name] and { 1, 2, #df, #df + 1 } or { 0 }) do
        for _, more in ipairs { {}, { missing = "drop", scale = "zscore" } } do
          local what = ("%s of %s, k = %d"):format(name, title, k)
          local fine, m = call(name, df, options_of(name, k, more))
          if fine then
            sound(m, df, what, k == (takes_k[name] and 2 or 0) and not more.scale)
          else
            refused(m, what)
          end
        end
      end
    end
  end)
end

-- ---- rows that are as near to two clusters

-- Whole numbers 1..most, so that distances are often equal.
local function whole_numbers(rows, columns, most)
  return grid(rows, columns, function() return math.floor(uniform() * most) + 1 end)
end

local function sizes_of(cells)
  local count = {}
  for _, label in ipairs(cells) do
    count[label] = (count[label] or 0) + 1
  end
  return count
end

-- Their labels come from the rows of the fit as a whole; those of new rows are a guess.
local no_rule = { dbscan = true, hdbscan = true, hierarchical = true, optics = true, spectral = true }

t.test("rows as near to two clusters are counted where predict puts them, in this frame or another", function()
  local ties = 0
  for case = 1, 30 do
    local df = whole_numbers(20 + case * 3, 1 + case % 3, 3 + case % 4)
    local classes = df:mutate { "low = if(v1 > 1, 'x', 'y')", "high = if(v1 > 2, 'x', 'y')" }
    for _, name in ipairs(methods) do
      local data = (name == "kmodes" or name == "latent_class" or name == "kprototypes") and classes or df
      local fine, m = call(name, data, options_of(name, 2 + case % 2))
      if fine then
        ties = ties + 1
        local what = ("%s of whole numbers %d"):format(name, case)
        counts(m, m:predict(data), what)
        local twice = not no_rule[name] and sizes_of(t.cells(m:predict(data:append(data)).cluster))
        for row, size in ipairs(twice and t.cells(m:tidy().size) or {}) do
          t.eq(twice[m:tidy().cluster[row]] or 0, 2 * size, what .. ", in another frame")
        end
      end
    end
  end
  t.ok(ties > 25 * #methods)
end)

t.test("from given centres: labels are those of predict, and a mean is that of its rows", function()
  local converged = 0
  for case = 1, 400 do
    local columns, k = 1 + case % 3, 2 + case % 2
    local df, start = whole_numbers(4 + case % 12, columns, 5), whole_numbers(k, columns, 5)
    for _, name in ipairs { "kmeans", "kmedians", "spherical", "minibatch" } do
      for most = 1, 2 do
        local fine, m = call(name, df, { k = k, init = start, max_iter = most == 1 and 1 or nil,
          refine = name == "kmeans" and "none" or nil })
        if fine then
          local predicted = t.cells(m:predict(df).cluster)
          local count, sum = sizes_of(predicted), {}
          for i, label in ipairs(predicted) do
            sum[label] = (sum[label] or 0) + df.v1[i]
          end
          for label, size in ipairs(t.cells(m:tidy().size)) do
            t.eq(count[label] or 0, size, name .. " " .. case)
            if name == "kmeans" and m.converged then
              converged = converged + 1
              t.near(m:tidy().v1[label], sum[label] / size, 1e-12, "mean " .. case)
            end
          end
        end
      end
    end
  end
  t.ok(converged > 500)
end)

t.test("a scale brings the largest and the smallest numbers within reach", function()
  local function column(unit)
    return grid(60, 1, function(i) return (i % 3) * unit end)
  end
  local truth = t.cells(column(1):kmeans { k = 3 }:predict(column(1)).cluster)
  for _, unit in ipairs { 5e307, 1e300, 1e160, 1e-160, 1e-300, 1e-320 } do
    for _, scale in ipairs { "zscore", "range" } do
      local df = column(unit)
      local m = df:kmeans { k = 3, scale = scale }
      t.eq(t.cells(m:predict(df).cluster), truth, unit .. " " .. scale)
    end
  end
  local e = t.raises("values-too-large", function() column(1e300):kmeans { k = 3 } end)
  t.has(e.hint, "zscore")
  t.has(tostring(column(1e-200):kmedians { k = 2, on = { "v1" } }), "square is 0 here")
  -- bits of a scale do not change where none of this is needed: R's scale(iris)
  local iris = read "datasets/iris/iris.csv"
  local on = { "sepal_length", "sepal_width", "petal_length", "petal_width" }
  t.near(iris:kmeans { k = 3, scale = "zscore", on = on }.inertia, 138.8883597, 1e-9)
end)

t.test("a cell that is no finite number is said with its value", function()
  for cell, text in pairs { [1 / 0] = "is inf,", [-1 / 0] = "is -inf," } do
    local df = grid(20, 2, function(i, j) return i == 7 and j == 2 and cell or i * j end)
    for _, name in ipairs { "kmeans", "pam", "hdbscan" } do
      local options = options_of(name, 2)
      local e = t.raises("not-finite", function() cluster[name](df, options) end, "row 7 of column 'v2'")
      t.has(e.message, text)
    end
  end
  local df = grid(20, 2, function(i, j) return i == 7 and j == 2 and 0 / 0 or i * j end)
  t.raises("not-finite", function() df:kmeans(2) end, "NaN")
  t.raises("not-finite", function() df:gower() end, "NaN")
end)

t.test("variables of any name", function()
  local df = groups(40)
  for _, name in ipairs(methods) do
    local _, m = call(name, df, options_of(name, 2))
    local columns, there = {}, {}
    local more = frame { ["größe 1"] = { 0 }, ['it\'s "q"'] = { 0 }, cluster_mean = { 0 } }
    for _, of in ipairs { m:tidy(), m:predict(df), more } do
      for _, column in ipairs(t.names(of)) do
        if not there[column] then
          there[column] = true
          columns[#columns + 1] = { column, {} }
          for i = 1, 40 do
            columns[#columns][2][i] = (i * #columns) % 7 + i % 3 * 10.5 + 1
          end
        end
      end
    end
    local plain = frame(columns)
    local classes = plain:mutate { "class = if(cluster > 20, 'x', 'y')" }
    local fine, odd = call(name, plain, options_of(name, 2))
    if not fine and odd.id == "bad-data" then
      fine, odd = call(name, classes, options_of(name, 2))
    end
    t.ok(fine, name .. ": " .. tostring(odd))
    sound(odd, classes, name, true)
  end
end)

t.test("every chart is drawn, every figure explained, a card fits its width", function()
  local df = groups(60)
  for _, name in ipairs(methods) do
    local _, m = call(name, df, options_of(name, 3))
    local e = t.raises("unknown-chart", function() m:plot "no such chart" end)
    local drawn = 0
    for kind in e.hint:gsub("^charts: ", ""):gmatch "[^, ]+" do
      t.ok(#tostring(m:plot { kind = kind, data = df }) > 20, name .. ": " .. kind)
      drawn = drawn + 1
    end
    t.ok(drawn > 0, name)
    for _, figure in ipairs(t.names(m:glance())) do
      t.ok(#m:why(figure) > 20, name .. ": " .. figure)
    end
  end
end)

t.test("a card of any method at 40 and 80 columns", function()
  for _, width in ipairs { 40, 80 } do
    local out, err, status = t.run({ arg[0], "cards" }, "COLUMNS=" .. width)
    t.eq({ err, status }, { "", 0 })
    t.ok(#out > 300 * #methods)
    for line in out:gmatch "[^\n]+" do
      t.ok(utf8.len(line) <= width, line)
    end
  end
end)

t.test("samples larger than the data, of one row; weights that are none", function()
  local df = groups(40):mutate { "w = if(a > 4, 0, 1)", "low = a - 100", "none = a * 0" }
  for _, name in ipairs(methods) do
    for _, more in ipairs {
      { sample = 1 }, { sample = 100 }, { weights = "low" }, { weights = "none" }, { weights = "class" },
    } do
      local fine, m = call(name, df, options_of(name, 2, more))
      if not fine then
        refused(m, name)
      elseif more.sample == 100 then
        sound(m, df, name, false)
      else
        t.ok(more.sample and m.n == 1, name .. " took " .. t.show(more))
        finite(m:predict(df), name)
      end
    end
    local fine, m = call(name, df, options_of(name, 2, { weights = "w" }))
    if fine then
      finite(m:tidy(), name)
      finite(m:predict(df), name)
    else
      refused(m, name)
    end
  end
end)

t.test("the same on any number of threads in any order, with every set of instructions", function()
  local function run(rows, threads, variables)
    local out, err, status = t.run({ "--threads", threads, arg[0], "print", rows }, variables)
    t.eq({ err, status }, { "", 0 })
    return out
  end
  for rows, others in pairs {
    ["600"] = { { "1", "ASSAY_SHUFFLE=2" }, { "7", "ASSAY_SHUFFLE=3" } },
    ["4500"] = { { "2", "ASSAY_ISA=avx2 ASSAY_SHUFFLE=1" }, { "7" } },
  } do
    local first = run(rows, "1", "ASSAY_ISA=base")
    t.eq(select(2, first:gsub("\n", "")), 2 * #methods)
    for _, how in ipairs(others) do
      local other = run(rows, how[1], how[2])
      t.ok(other == first, ("%s rows, %s threads, %s:\n%s\n%s"):format(rows, how[1], how[2], other, first))
    end
  end
end)

t.test("rows in another order are in the same clusters", function()
  local df = groups(90)
  local rows = {}
  for i = 1, #df do
    rows[i] = { key = (i * 37) % 91, row = i }
  end
  table.sort(rows, function(x, y) return x.key < y.key end)
  local columns = { a = {}, b = {}, c = {} }
  for at, from in ipairs(rows) do
    for name, cells in pairs(columns) do
      cells[at] = df:col(name)[from.row]
    end
  end
  local mixed = frame(columns)
  local start = df:head(3):select { "a", "b", "c" }
  for name, options in pairs {
    kmeans = { k = 3, init = start }, kmedians = { k = 3, init = start }, spherical = { k = 3, init = start },
    dbscan = { eps = 1 }, hdbscan = { min_cluster_size = 5 }, hierarchical = { k = 4 }, mixture = { k = 3 },
    pam = { k = 3 }, meanshift = { bandwidth = 2 },
  } do
    local here, there = df[name](df, options):predict(df).cluster, mixed[name](mixed, options):predict(mixed).cluster
    local known, back = {}, {}
    for at, from in ipairs(rows) do
      local x, y = here[from.row], there[at]
      t.eq(known[x] or y, y, name)
      t.eq(back[y] or x, x, name)
      known[x], back[y] = y, x
    end
  end
end)

t.test("with little memory: a result, or an error that says so", function()
  for _, name in ipairs(methods) do
    for _, limit in ipairs { "100k", "1M" } do
      local code = "local s, x, y = {}, {}, {} for i = 1, 2000 do x[i] = i % 97 y[i] = i % 89 s[i] = 'a' .. i % 3 end "
        .. "print((frame{x = x, y = y, s = s}):" .. name .. (takes_k[name] and "{k = 3})" or "{})")
      local _, err, status = t.run { "--memory", limit, "-e", code }
      t.ok(status == 0 or status == 1 and #err > 10, name .. " with " .. limit .. ": status " .. status)
      t.ok(status == 0 or not err:find "internal", err)
    end
  end
end)

t.done()
