-- SPDX-License-Identifier: GPL-3.0-or-later
-- How time and memory of every clustering method grow (see tests/bench/growth, which runs this):
--   growth.lua one METHOD N D K [default]   a fit in this process; prints figures, or the refusal
--   growth.lua measure|million              fits in processes of their own, a line each to OUT/growth.tsv, million.tsv
--   growth.lua write FOLDER                 the laws, as FOLDER/growth.md and pictures in FOLDER/pictures
local out = assert(os.getenv "OUT", "run tests/bench/growth")
local limit = tonumber(os.getenv "LIMIT" or "") or 4

-- ---- methods: the call that is measured (a fixed number of iterations, so that n alone makes the difference), that
-- with default options, the cells it takes, and whether it is drawn

local function clustered(df, extra) -- labels to judge: the nearest of k centres after two iterations
  local model = df:kmeans { k = extra.k, starts = 1, max_iter = 2, refine = "none", seed = extra.seed }
  return model:augment(df)
end

local methods = {
  { "kmeans", "kmeans{k, starts = 1, max_iter = 20, refine = \"none\"}", drawn = true, k = true,
    fit = function(df, k) return df:kmeans { k = k, starts = 1, max_iter = 20, refine = "none" } end,
    usual = function(df, k) return df:kmeans(k) end },
  { "minibatch", "minibatch{k}", drawn = true, k = true, fit = function(df, k) return df:minibatch(k) end },
  { "spherical", "spherical{k, starts = 1, max_iter = 20}", k = true,
    fit = function(df, k) return df:spherical { k = k, starts = 1, max_iter = 20 } end,
    usual = function(df, k) return df:spherical(k) end },
  { "kmedians", "kmedians{k, starts = 1, max_iter = 20}", k = true,
    fit = function(df, k) return df:kmedians { k = k, starts = 1, max_iter = 20 } end,
    usual = function(df, k) return df:kmedians(k) end },
  { "fuzzy", "fuzzy{k, starts = 1, max_iter = 20, tol = 0}", k = true,
    fit = function(df, k) return df:fuzzy { k = k, starts = 1, max_iter = 20, tol = 0 } end,
    usual = function(df, k) return df:fuzzy(k) end },
  { "kmodes", "kmodes{k, starts = 1, max_iter = 20}", k = true, classes = 1,
    fit = function(df, k) return df:kmodes { k = k, starts = 1, max_iter = 20 } end,
    usual = function(df, k) return df:kmodes(k) end },
  { "kprototypes", "kprototypes{k, starts = 1, max_iter = 20}", k = true, classes = 0.5,
    fit = function(df, k) return df:kprototypes { k = k, starts = 1, max_iter = 20 } end,
    usual = function(df, k) return df:kprototypes(k) end },
  { "latent_class", "latent_class{k, starts = 1, max_iter = 50, tol = 0}", k = true, classes = 1,
    fit = function(df, k) return df:latent_class { k = k, starts = 1, max_iter = 50, tol = 0 } end,
    usual = function(df, k) return df:latent_class(k) end },
  { "mixture", "mixture{k, model = \"VVV\", init = \"kmeans\", max_iter = 20, tol = 0}", drawn = true, k = true,
    fit = function(df, k) return df:mixture { k = k, model = "VVV", init = "kmeans", max_iter = 20, tol = 0 } end,
    usual = function(df, k) return df:mixture { k = k, model = "VVV" } end },
  { "som", "som{x = 10, y = 10, epochs = 20}", fit = function(df) return df:som { x = 10, y = 10, epochs = 20 } end,
    usual = function(df) return df:som {} end },
  { "birch", "birch{k}", k = true, drawn = true, fit = function(df, k) return df:birch(k) end },
  { "dbscan", "dbscan{}, its radius from the data", drawn = true, fit = function(df) return df:dbscan {} end },
  { "optics", "optics{}", fit = function(df) return df:optics {} end },
  { "hdbscan", "hdbscan(50)", drawn = true, fit = function(df) return df:hdbscan(50) end },
  { "meanshift", "meanshift{}", fit = function(df) return df:meanshift {} end },
  { "meanshift, bins", "meanshift{bins = true}", fit = function(df) return df:meanshift { bins = true } end },
  { "spectral", "spectral{k}", k = true, drawn = true, fit = function(df, k) return df:spectral(k) end },
  { "ward", "hierarchical{k}", k = true, drawn = true, fit = function(df, k) return df:hierarchical(k) end },
  { "single", "hierarchical{k, linkage = \"single\"}", k = true,
    fit = function(df, k) return df:hierarchical { k = k, linkage = "single" } end },
  { "average", "hierarchical{k, linkage = \"average\"}", k = true, drawn = true,
    fit = function(df, k) return df:hierarchical { k = k, linkage = "average" } end },
  { "divisive", "hierarchical{k, linkage = \"divisive\"}", k = true,
    fit = function(df, k) return df:hierarchical { k = k, linkage = "divisive" } end },
  { "ward, neighbours", "hierarchical{k, neighbours = 10}", k = true,
    fit = function(df, k) return df:hierarchical { k = k, neighbours = 10 } end },
  { "pam", "pam{k, silhouette = false}", k = true, drawn = true,
    fit = function(df, k) return df:pam { k = k, silhouette = false } end,
    usual = function(df, k) return df:pam(k) end },
  { "clara", "clara{k}", k = true, fit = function(df, k) return df:clara(k) end },
  { "gower", "gower{as = \"summary\"}", classes = 0.5, fit = function(df) return df:gower { as = "summary" } end,
    usual = function(df) return df:gower {} end },
  { "consensus", "consensus of 3 clusterings", k = true,
    make = function(df, k)
      for seed = 1, 3 do
        df = clustered(df, { k = k, seed = seed }):rename { ["c" .. seed] = "cluster" }
      end
      return df
    end,
    fit = function(df) return df:consensus { "c1", "c2", "c3" } end },
  { "silhouette", "silhouette{cluster}", k = true, drawn = true,
    make = function(df, k) return clustered(df, { k = k, seed = 1 }) end,
    fit = function(df) return df:silhouette "cluster" end },
  { "choose", "choose{k = \"2:5\", references = 2, resamples = 2}",
    fit = function(df) return df:choose { k = "2:5", references = 2, resamples = 2 } end,
    usual = function(df) return df:choose "2:10" end },
  { "pca", "pca{}", fit = function(df) return df:pca {} end },
}
local named = {}
for _, method in ipairs(methods) do named[method[1]] = method end

-- ---- one fit

local function status(field)
  for line in io.lines "/proc/self/status" do
    local value = line:match("^" .. field .. ":%s+(%d+)")
    if value then return tonumber(value) / 1024 end
  end
end

local function cells(method, n, d, k)
  local path = d > 8 and "wide" or n > 1000000 and "huge" or n > 65536 and "tall" or "small"
  local df = read(("%s/%s.csv"):format(out, path)):head(n)
  local columns, first = {}, method.classes and d - math.floor(d * method.classes) or d
  for j = 1, first do columns[j] = "x" .. j end
  for j = first + 1, d do
    df = df:mutate(("c%d = text(if(x%d < -1, 1, if(x%d < 0, 2, if(x%d < 1, 3, 4))))"):format(j, j, j, j))
    columns[j] = "c" .. j
  end
  df = df:select(table.unpack(columns))
  return method.make and method.make(df, k) or df
end

local function one(name, n, d, k, usual)
  local method = named[name]
  local df = cells(method, n, d, k)
  collectgarbage()
  local reset = io.open("/proc/self/clear_refs", "w")
  if reset then
    reset:write "5"
    reset:close()
  end
  local before, wall, cpu = status "VmRSS", assay.clock(), os.clock()
  local good, answer = pcall(usual and method.usual or method.fit, df, k)
  wall, cpu = assay.clock() - wall, os.clock() - cpu
  if good then
    print(("fitted\t%.4f\t%.4f\t%.1f\t"):format(wall, cpu, math.max(0, status "VmHWM" - before)))
  else
    print(("refused\t%.4f\t%.4f\t%.1f\t%s"):format(wall, cpu, math.max(0, status "VmHWM" - before),
      (tostring(answer):gsub("%s*\n%s*", " | "))))
  end
end

-- ---- many

local function run(file, name, n, d, k, seconds, usual)
  local call = ("ulimit -t %d; timeout %d %q -q %q one %q %d %d %d %s"):format(seconds, 8 * seconds, os.getenv "ASSAY",
    arg[0], name, n, d, k, usual or "")
  local pipe = io.popen(call)
  local line = pipe:read "l" or ("stopped\t%d\t%d\t0\tover %d s"):format(seconds, seconds, seconds)
  pipe:close()
  file:write(("%s\t%d\t%d\t%d\t%s\n"):format(name, n, d, k, line))
  file:flush()
  local what, cpu = line:match "^(%a+)\t%S+\t(%S+)"
  return what == "fitted" and tonumber(cpu) or nil, what
end

local function measure(file, method)
  local n, seconds, last, middle = 1000, 0, 0, 1000
  while n <= 4000000 and seconds do
    seconds = run(file, method[1], n, 8, 8, 8 * limit)
    if seconds then
      if seconds < limit / 8 then middle = n end
      local growth = last > 0.05 and seconds / last or 2
      if seconds * growth > 2 * limit then break end
      last = seconds
    end
    n = n * 2 == 1024000 and 1000000 or n * 2
  end
  middle = math.min(middle, 64000)
  for _, d in ipairs { 2, 4, 16, 32 } do run(file, method[1], middle, d, 8, 8 * limit) end
  for _, k in ipairs(method.k and { 2, 4, 16, 32 } or {}) do run(file, method[1], middle, 8, k, 8 * limit) end
end

local function lines_of(name)
  local rows = {}
  for line in io.lines(out .. "/" .. name) do
    local row = {}
    for cell in (line .. "\t"):gmatch "([^\t]*)\t" do row[#row + 1] = tonumber(cell) or cell end
    rows[#rows + 1] = { name = row[1], n = row[2], d = row[3], k = row[4], what = row[5], wall = row[6], cpu = row[7],
      mb = row[8], said = row[9] }
  end
  return rows
end

-- ---- laws

-- The exponent of `by` in the growth of `of`, from the last five points above `least` that differ in `by` alone.
local function exponent(rows, by, of, least, fixed)
  local x, y = {}, {}
  for i = #rows, 1, -1 do
    local row, fits = rows[i], rows[i].what == "fitted" and rows[i][of] > least and #x < 5
    for name, value in pairs(fixed) do fits = fits and row[name] == value end
    if fits then
      x[#x + 1], y[#y + 1] = math.log(row[by]), math.log(row[of])
    end
  end
  if #x < 3 then return nil end
  return frame({ x = x, y = y }):ols("y ~ x"):tidy().estimate[2]
end

local function power(letter, value)
  if not value then return "" end
  return math.abs(value) < 0.15 and "" or ("%s^%.1f "):format(letter, value)
end

local function law(rows, of, least)
  table.sort(rows, function(a, b) return a.n < b.n end)
  local text = power("n", exponent(rows, "n", of, least, { d = 8, k = 8 }))
  local middle
  for _, row in ipairs(rows) do middle = row.d == 32 and row.n or middle end
  if not middle then return text end
  table.sort(rows, function(a, b) return a.d < b.d end)
  text = text .. power("d", exponent(rows, "d", of, least, { n = middle, k = 8 }))
  table.sort(rows, function(a, b) return a.k < b.k end)
  text = text .. power("k", exponent(rows, "k", of, least, { n = middle, d = 8 }))
  return text == "" and "hardly" or text:gsub(" $", "")
end

local function short(seconds) return seconds < 0.095 and ("%.2f"):format(seconds) or ("%.2g"):format(seconds) end

local function thousands(n)
  local text = ("%d"):format(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function megabytes(mb) return mb < 1 and "under 1" or ("%.0f"):format(mb) end

-- What the law of n makes of a million rows, from the same call on fewer.
local function forecast(rows, stopped, fewer)
  table.sort(rows, function(a, b) return a.n < b.n end)
  local slope = exponent(rows, "n", "cpu", 0.02, { d = 8, k = 8 })
  local made = slope and fewer and fewer.what == "fitted" and
    ("; %s rows took %s, which makes about %.0f by the law"):format(thousands(fewer.n), short(fewer.cpu),
      fewer.cpu * (1000000 / fewer.n) ^ slope) or ""
  return ("stopped after %d s%s; `sample = 20000` takes a moment"):format(stopped, made)
end

local function by_name(rows)
  local found = {}
  for _, row in ipairs(rows) do
    found[row.name] = found[row.name] or {}
    table.insert(found[row.name], row)
  end
  return found
end

local function page(folder)
  local grown, million = lines_of "growth.tsv", by_name(lines_of "million.tsv")
  local found, text = by_name(grown), {}
  local function add(...) text[#text + 1] = string.format(...) end
  local intro = assert(io.open(out .. "/machine"))
  local machine = intro:read "l"
  intro:close()
  add [[# How clustering grows

Made by `tests/bench/growth`; what differs on another machine is the seconds, hardly the powers.
]]
  add("Measured on %s, in processor seconds of all threads together. Data: Gaussians, 24 of them in 8 columns"
    .. " (texts of four classes where a method takes classes). MB: the most memory of the process beyond what it had"
    .. " with the data read.\n", machine)
  add "![seconds against rows](pictures/growth.png)\n"
  add "![memory against rows](pictures/growth_memory.png)\n"
  add [[## The laws

Iterations are held where a method iterates, so that they do not blur the law. Powers are slopes of logarithms (`ols`)
over the five largest sizes, n with d = 8 and k = 8, d from 2 to 32, k from 2 to 32; what grows by less than a power of
0.15 is left out. "At n" is the largest size measured: the next was beyond some seconds, or 4,000,000 rows are the most.
]]
  add "| method | call | seconds grow as | memory grows as | at n | seconds | MB |"
  add "| --- | --- | --- | --- | ---: | ---: | ---: |"
  for _, method in ipairs(methods) do
    local rows, largest = found[method[1]] or {}, nil
    for _, row in ipairs(rows) do
      local fits = row.what == "fitted" and row.d == 8 and row.k == 8
      if fits and (not largest or row.n > largest.n) then largest = row end
    end
    if largest then
      add("| %s | `%s` | %s | %s | %s | %s | %s |", method[1], method[2], law(rows, "cpu", 0.02),
        law(rows, "mb", 2), thousands(largest.n), short(largest.cpu), megabytes(largest.mb))
    end
  end
  add [[

## A million rows

1,000,000 x 8, k = 8, options as they are by default (kmeans, spherical, kmedians, fuzzy, kmodes, kprototypes and
latent_class start ten times; mixture takes full covariances). What cannot be done is refused before the work begins:
by memory, where a method keeps all pairs of rows (2.3 n² bytes for average, complete and mcquitty, 4 n² for the other
linkages that have no centres, 12 n² for spectral with rbf and no landmarks), and by time, where it compares all pairs
(pam beyond 200,000 rows, silhouette beyond 500,000, meanshift when windows hold a share of the rows). What is only long
goes on, with a live line, and Ctrl-C ends it. With two columns dbscan, optics, hdbscan, ward and single take a million
rows in 3 to 9 s.
]]
  add "| method | processor seconds | MB | or it says |"
  add "| --- | ---: | ---: | --- |"
  for _, method in ipairs(methods) do
    local row = million[method[1]] and million[method[1]][1]
    if row and row.what == "fitted" then
      add("| %s | %s | %s | |", method[1], short(row.cpu), megabytes(row.mb))
    elseif row then
      local said = tostring(row.said):gsub("^error: ", ""):gsub("%[[%w-]+: %?.*$", ""):gsub(" | ", "; ")
        :gsub("; in [^;]*", ""):gsub("[; ]+$", "")
      if row.what == "stopped" then
        said = forecast(found[method[1]] or {}, row.cpu, million[method[1]][2])
      else
        said = ("refused after %s s: %s"):format(short(row.cpu), said)
      end
      add("| %s | | | %s |", method[1], said)
    end
  end
  local ways = io.open(out .. "/methods.md") -- of tests/bench/methods
  if ways then
    text[#text + 1] = "\n" .. ways:read("a"):gsub("\n$", "")
    ways:close()
  end
  local file = assert(io.open(folder .. "/growth.md", "w"))
  file:write(table.concat(text, "\n"), "\n")
  assert(file:close())
  return grown
end

local function pictures(folder, grown)
  local n, seconds, mb, method = {}, {}, {}, {}
  for _, row in ipairs(grown) do
    if row.what == "fitted" and row.d == 8 and row.k == 8 and named[row.name] and named[row.name].drawn then
      local i = #n + 1
      n[i], seconds[i], mb[i], method[i] = row.n, math.max(row.cpu, 0.001), math.max(row.mb, 0.5), row.name
    end
  end
  local df = frame { n = n, seconds = seconds, mb = mb, method = method }
  for name, y in pairs { growth = "seconds", growth_memory = "mb" } do
    plot.line(df, { x = "n", y = y, color = "method", log = "xy", xlabel = "rows (8 columns, k = 8)",
      ylabel = y == "mb" and "MB beyond the data" or "processor seconds", title = "How clustering grows" })
      :save { ("%s/pictures/%s.png"):format(folder, name), width = 900, height = 620 }
  end
end

-- ---- what is asked for

if arg[1] == "one" then
  one(arg[2], math.tointeger(arg[3]), math.tointeger(arg[4]), math.tointeger(arg[5]), arg[6] == "default")
elseif arg[1] == "write" then
  pictures(arg[2], page(arg[2]))
else
  local wanted = arg[2] and { named[arg[2]] } or methods
  local file = assert(io.open(out .. (arg[1] == "measure" and "/growth.tsv" or "/million.tsv"), arg[2] and "a" or "w"))
  for _, method in ipairs(wanted) do
    if arg[1] == "measure" then
      measure(file, method)
    else
      local seconds, what = run(file, method[1], 1000000, 8, 8, 60, method.usual and "default")
      if not seconds and what == "stopped" then run(file, method[1], 32000, 8, 8, 60, method.usual and "default") end
    end
  end
  file:close()
end
