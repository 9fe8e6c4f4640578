-- SPDX-License-Identifier: GPL-3.0-or-later
-- The journal: what is in it, that it runs again with the same results, and that a change is found and named.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local place, assay_home, assay_version = t.path "", assay.home, assay.version
os.execute("mkdir -p '" .. place .. "/home' '" .. place .. "/here'")
local home, here = place .. "/home", place .. "/here"

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Runs the program in `here` with lines as its input; gives output, messages, exit status.
local function run(arguments, lines, before)
  local input, complaints = place .. "/input", place .. "/complaints"
  t.write(input, lines or "")
  local command = ("cd %s && %s HOME=%s XDG_STATE_HOME= ASSAY_HOME=%s %s %s <%s 2>%s"):format(
    quoted(here), before or "", quoted(home), quoted(assay_home), quoted(t.program), arguments, quoted(input),
    quoted(complaints))
  local pipe = assert(io.popen(command, "r"))
  local out = pipe:read "a"
  local _, how, code = pipe:close()
  return out, t.read(complaints), how == "exit" and code or 128 + code
end

local function newest()
  local pipe = io.popen("ls " .. quoted(home) .. "/.local/state/assay/journal/*/*.lua 2>/dev/null | tail -n 1")
  local path = pipe:read "l"
  pipe:close()
  return path
end

local function clear()
  os.execute("rm -rf " .. quoted(home) .. "/.local")
end

-- A session of these lines at a prompt; gives its journal's path and text.
local function session(lines, arguments)
  clear()
  local out, err = run("-q -i --no-rc " .. (arguments or ""), lines)
  local path = newest()
  return path, path and t.read(path), out, err
end

-- The journal without its comments.
local function code(text)
  local lines = {}
  for line in text:gmatch "[^\n]*" do
    if not line:find "^%-%-" and line ~= "" then
      lines[#lines + 1] = line
    end
  end
  return table.concat(lines, "\n")
end

t.write(here .. "/shop.csv", "id,spend,city\n1,10.5,a\n2,20.25,b\n3,5,a\n4,8.75,b\n5,100,c\n6,90,c\n")

local fit = [[
shop = read "shop.csv"
seg = shop:kmeans{k = 2, on = {"spend"}, seed = 3}
shop = seg:augment(shop)
]]

-- ---- what stands in it

t.test("statements as typed, failures as comments, navigation never", function()
  local _, text = session(fit .. [[
.vars
?kmeans
spnd
seg
1 + 1
function f(x)
  -- 客户
  return "客户" .. x
end
long = "a ]] .. "]]" .. [[ b"
print("secret " .. f(1))
]])
  t.eq(code(text), [[
shop = read "shop.csv"
seg = shop:kmeans{k = 2, on = {"spend"}, seed = 3}
shop = seg:augment(shop)
_ = seg
_ = 1 + 1
function f(x)
  -- 客户
  return "客户" .. x
end
long = "a ]] .. "]]" .. [[ b"
print("secret " .. f(1))]])
  t.has(text, "\n--! spnd\n")
  t.has(text, "failed unknown-name")
  t.lacks(text, ".vars")
  t.lacks(text, "?kmeans")
  t.lacks(text, "secret 客户")
  t.ok(load(text), "a journal is a Lua file")
end)

t.test("facts of files, data and results", function()
  local path, text = session(fit)
  t.has(text, "read shop.csv bytes=")
  t.has(text, "uses shop frame rows=6 columns=3 digest=")
  t.has(text, "sets seg model class=cluster.kmeans seed=3 digest=")
  -- 10.5 + 20.25 + 5 + 8.75 + 100 + 90, and of the squares
  t.has(text, ". spend float64 n=6 missing=0 sum=234.5 squares=18721.875 min=5 max=100 digest=")
  t.has(text, ". glance.k int64 value=2 digest=")
  t.has(text, "--@ machine seed=1 threads=")
  t.has(text, "--@ ended at=")
  local pipe = io.popen("stat -c %a " .. quoted(path) .. " " .. quoted(path:gsub("/[^/]*$", "")))
  t.eq(pipe:read "a", "600\n700\n")
  pipe:close()
end)

t.test("a column is described once", function()
  local _, text = session(fit .. "a = shop\nshop:head(6)\nshop\n")
  local _, times = text:gsub("%. spend ", "")
  t.eq(times, 1)
end)

t.test("statements that would not stand alone in a file", function()
  local _, text = session [[
local x = 5 y = x
return 7
= y
(print)("x")
if y then return 3 end
]]
  t.ok(load(text))
  local environment = setmetatable({}, { __index = _G })
  load(text, "journal", "t", environment)()
  t.eq(environment.y, 5)
  t.eq(environment.x, nil)
  t.eq(environment._, 3)
end)

t.test("lines that look like marks", function()
  local path, text = session 'x = [[\n--= 1 done\n--! no\n]]\ny = 1 --[[\n--= 2 failed\n]]\nz = #x\n'
  t.ok(load(text))
  local out, _, status = run("replay --check " .. quoted(path))
  t.eq(status, 0)
  t.has(out, "3 steps: the same")
end)

t.test("no journal, and one without a prompt", function()
  local path = session(fit, "--no-journal")
  t.eq(path, nil)
  clear()
  run("-e 'x = 1'")
  run("-", "x = 1")
  t.eq(newest(), nil)
  t.write(here .. "/script.lua", fit .. "print(seg.inertia)\n")
  local _, _, status = run("--journal run.lua -e 'x = 1' script.lua")
  t.eq(status, 0)
  local text = t.read(here .. "/run.lua")
  t.eq(code(text), 'x = 1\ndofile "script.lua"')
  t.has(text, "sets seg model")
  t.has(text, "read shop.csv")
  local out, _, again = run("replay --check run.lua")
  t.eq(again, 0)
  t.has(out, "2 steps: the same")
end)

t.test("a file of somebody else's is not replaced", function()
  t.write(here .. "/mine.lua", "x = 1\n")
  local _, err, status = run("--journal mine.lua -e 'x = 1'")
  t.eq(status, 1)
  t.has(err, "not-a-journal")
  t.eq(t.read(here .. "/mine.lua"), "x = 1\n")
  run("--journal run2.lua -e 'x = 1'")
  run("--journal run2.lua -e 'x = 2'")
  t.eq(code(t.read(here .. "/run2.lua")), "x = 2")
end)

t.test("a folder .assay has the journals of its folder", function()
  os.execute("mkdir -p " .. quoted(here) .. "/.assay")
  clear()
  run("-q -i --no-rc", "x = 1\n")
  local pipe = io.popen("ls " .. quoted(here) .. "/.assay/journal")
  local name = pipe:read "l"
  pipe:close()
  os.execute("rm -rf " .. quoted(here) .. "/.assay")
  t.has(name, ".lua")
  t.eq(newest(), nil)
end)

-- ---- trouble with the file

t.test("a folder that cannot be written to is told of once", function()
  clear()
  t.write(home .. "/.local", "in the way")
  local out, err, status = run("-q -i --no-rc", "x = 1\ny = 2\n.journal\nx + y\n")
  os.remove(home .. "/.local")
  t.eq(status, 0)
  t.has(out, "3")
  local _, times = err:gsub("no journal is kept", "")
  t.eq(times, 1, err)
  t.has(err, "the journal is off")
end)

t.test("a disk that is full: the file stays whole, and what is missing comes later", function()
  clear()
  local lines = { "x = 0" }
  for i = 1, 60 do
    lines[#lines + 1] = ("x%d = %q"):format(i, ("y"):rep(40))
  end
  -- 4 blocks of 1024 bytes; the signal of the limit is ignored, so that writing fails
  local out, err, status = run("-q -i --no-rc", table.concat(lines, "\n") .. "\n#x60\n", "trap '' XFSZ; ulimit -f 4;")
  t.eq(status, 0)
  t.has(out, "40")
  t.has(err, "no journal is kept")
  local text = t.read(newest())
  t.ok(#text <= 4096 and #text > 2000)
  t.ok(load(text), "what was written is whole")
  t.ok(text:find "x5 = ")
end)

t.test("/dev/full as the journal", function()
  local _, err, status = run("--journal /dev/full -e 'x = 1'")
  t.eq(status, 0)
  t.has(err, "No space left on device")
  local pipe = io.popen "stat -c '%F %a' /dev/full"
  t.eq(pipe:read "l", "character special file 666")
  pipe:close()
end)

t.test("off and on", function()
  local _, text, _, err = session "a = 1\n.journal off\nb = 2\n.journal on\nc = a + b\n.journal\n"
  t.eq(code(text), "a = 1\nc = a + b")
  t.has(err, "the journal is on, 3 statements so far")
end)

-- ---- replay

t.test("the same results on any number of threads and other kernels of ours", function()
  local path = session(fit .. "shop:group('cluster'):agg{'n = count()'}\n")
  for _, before in ipairs { "", "ASSAY_ISA=base", "OPENBLAS_CORETYPE=Prescott" } do
    for _, threads in ipairs { 1, 2, 5 } do
      local out, _, status = run(("--threads %d replay --check %s"):format(threads, quoted(path)), "", before)
      t.eq(status, 0, out)
      t.has(out, "4 steps: the same")
      t.has(out, " 0 by their figures")
    end
  end
end)

t.test("another kernel of BLAS is compared by figures, not refused", function()
  local script = [[
x = {} y = {} for i = 1, 400 do x[i] = math.sin(i) y[i] = x[i] * 2 + math.cos(i * 7) end
df = frame{x = x, y = y}
fit = df:ols("y ~ x")
]]
  local path, text = session(script)
  local out, _, status = run("replay --check " .. quoted(path), "", "OPENBLAS_CORETYPE=Prescott")
  t.eq(status, 0, out)
  t.has(out, "3 steps: the same")
  -- a journal as another machine would have written it: other digests, figures that differ in their last digits
  local other = text:gsub("blas=%S+", "blas=Other-1.0"):gsub("libm=%S+", "libm=9.9")
    :gsub("digest=%x%x%x%x", "digest=0000")
    :gsub("(float64 n=%d+ missing=0 sum=)(%S+)", function(head, sum)
      return head .. ("%.17g"):format(tonumber(sum) * (1 + 1e-12))
    end)
  t.write(here .. "/other.lua", other)
  out, _, status = run "replay --check other.lua"
  t.eq(status, 0, out)
  t.has(out, "other kernels than then")
  t.has(out, "by their figures")
  t.has(out, "(0 values bit by bit, ")
  t.write(here .. "/other.lua", (other:gsub("(tidy.estimate float64 n=%d+ missing=0 sum=)%S+", "%17")))
  out, _, status = run "replay --check other.lua"
  t.eq(status, 1, out)
  t.has(out, "tidy.estimate")
end)

t.test("one changed cell in a million rows", function()
  local rows = {}
  for i = 1, 1000000 do
    rows[i] = (i * 7919 % 10007)
  end
  local file = here .. "/million.csv"
  t.write(file, "x\n" .. table.concat(rows, "\n") .. "\n")
  local path = session 'df = read "million.csv"\ndf:agg{"m = mean(x)"}\n'
  local out, _, status = run("--threads 1 replay --check " .. quoted(path))
  t.eq(status, 0, out)
  local old = rows[777777]
  rows[777777] = old == 1 and 2 or 1
  t.write(file, "x\n" .. table.concat(rows, "\n") .. "\n")
  out, _, status = run("replay --check " .. quoted(path))
  t.eq(status, 1)
  t.has(out, 'step 1 (line 5) differs: df = read "million.csv"')
  t.has(out, "the file million.csv that was read")
  t.has(out, "column x (int64, 1000000 cells)")
  t.has(out, ("(%s)"):format(rows[777777] > old and "+1" or tostring(rows[777777] - old)))
  t.lacks(out, "step 2")
end)

t.test("another input file", function()
  local path = session(fit .. 'city = shop:count("city")\n')
  t.write(here .. "/other.csv", t.read(here .. "/shop.csv"):gsub("100", "101"))
  local out, _, status = run("replay --check --data other.csv " .. quoted(path))
  t.eq(status, 1)
  t.has(out, "step 1 ")
  t.has(out, "column spend")
  t.lacks(out, "the file shop.csv")
  t.lacks(out, "step 4") -- cities are as they were
  t.has(out, "3 of 4 steps")
  out, _, status = run("replay --check --data shop=other.csv " .. quoted(path))
  t.eq(status, 1, out)
  out, _, status = run("replay --data other.csv " .. quoted(path))
  t.eq(status, 0, out)
  local two = session 'a = read "shop.csv"\nb = read "other.csv"\nc = #a + #b\n'
  local _, err, code2 = run("replay --data shop.csv " .. quoted(two))
  t.eq(code2, 1)
  t.has(err, "no-such-input")
  t.has(err, "other.csv")
  out, _, status = run("replay --check --data other=shop.csv " .. quoted(two))
  t.eq(status, 1)
  t.has(out, "step 2 ")
end)

t.test("a script over another file", function()
  t.write(here .. "/sums.lua", 'a = read "shop.csv"\nb = read "other.csv"\nprint(a.spend[5], b.spend[5])\n')
  t.eq(run "sums.lua", "100.0\t101.0\n")
  t.eq(run "--data other.csv sums.lua", "101.0\t101.0\n")
  t.eq(run "--data other=shop.csv sums.lua", "100.0\t100.0\n")
  t.eq(run "--data shop.csv=other.csv --data other=shop.csv sums.lua", "101.0\t100.0\n")
end)

t.test("a replay shows what the statements show", function()
  local path = session 'x = 20\nx + 1\nprint("a", x)\nx;\n'
  local out, _, status = run("replay " .. quoted(path))
  t.eq(status, 0)
  t.eq(out, "21\na\t20\n")
end)

t.test("a statement that fails ends a replay", function()
  local path = session 'a = read "shop.csv"\nb = a:head(2)\nc = 3\n'
  os.rename(here .. "/shop.csv", here .. "/away.csv")
  local _, err, status = run("replay " .. quoted(path))
  os.rename(here .. "/away.csv", here .. "/shop.csv")
  t.eq(status, 1)
  t.has(err, "no-such-file")
  t.has(err, "step 1, line 5 of")
end)

t.test("a script without facts", function()
  t.write(here .. "/plain.lua", "#!/usr/bin/env assay\n-- text\nx = 1\nprint(x)\n")
  local out, _, status = run "replay --check plain.lua"
  t.eq(status, 0)
  t.has(out, "says nothing that could be compared")
  out = run "replay plain.lua"
  t.eq(out, "1\n")
end)

t.test("wrong usage", function()
  for _, arguments in ipairs { "replay", "--check -e 1", "--data x help", "--journal '' -e 1", "replay a b" } do
    local _, err, status = run(arguments)
    t.eq(status, 2, arguments .. ": " .. err)
  end
  local _, err, status = run "replay nothing.lua"
  t.eq(status, 1)
  t.has(err, "no-such-file")
end)

t.test("a failed statement that set something runs again", function()
  local path = session 'x = 1\nx = 2 error("no")\ny = x\n'
  local out, _, status = run("replay --check " .. quoted(path))
  t.eq(status, 0, out)
  t.has(out, "the same")
end)

t.test("what was undone does not run again", function()
  local path, text = session 'x = 1\nx = 2\nx\n.undo\ny = x\nz = 3\n.undo\n.undo\nz = x\n'
  t.eq(code(text), "x = 1\n_ = x\nz = x")
  t.has(text, "\n--! x = 2\n--= 2 failed undone at=")
  t.has(text, "\n--! y = x\n--= 4 failed undone at=")
  local environment = setmetatable({}, { __index = _G })
  load(text, "journal", "t", environment)()
  t.eq(environment.z, 1)
  local out, _, status = run("replay --check " .. quoted(path))
  t.eq(status, 0, out)
  t.has(out, "2 steps: the same")
  out = run("replay " .. quoted(path))
  t.eq(out, "")
end)

t.test("statements of another folder", function()
  os.execute("mkdir -p " .. quoted(here) .. "/sub")
  t.write(here .. "/sub/in.csv", "a\n1\n")
  local path = session 'a = read "shop.csv"\n.cd sub\nb = read "in.csv"\n'
  local out, err, status = run("replay --check " .. quoted(path), "", "cd / &&")
  t.eq(status, 0, out .. err)
  t.has(out, "2 steps: the same")
end)

-- ---- .save

t.test("the statements that make an object", function()
  local _, _, _, err = session(fit .. [[
other = read "shop.csv"
n = 3
seg
few = shop:head(n)
.save few.lua few
.save 'all of it.lua'
.save few.lua nix
.save
.save shop.csv few
]])
  t.has(err, "5 of 7 statements written to few.lua")
  t.has(err, "7 of 7 statements written to all of it.lua")
  t.has(err, "no-such-object")
  t.has(err, "command-argument")
  t.has(err, "not-ours")
  t.eq(code(t.read(here .. "/few.lua")), fit .. "n = 3\nfew = shop:head(n)")
  for _, name in ipairs { "few.lua", "'all of it.lua'" } do
    local out, _, status = run("replay --check " .. name)
    t.eq(status, 0, out)
    t.has(out, "steps: the same")
    _, _, status = run(name)
    t.eq(status, 0)
  end
end)

t.test("shown values that later statements use", function()
  session "df = read 'shop.csv'\ndf:head(3)\nx = #_\n.save x.lua x\n"
  t.eq(code(t.read(here .. "/x.lua")), "df = read 'shop.csv'\n_ = df:head(3)\nx = #_")
  local out = run "-e 'dofile \"x.lua\"' -e x"
  t.eq(out, "3\n")
end)

t.test("values shown that later statements name by number", function()
  session "a = 5\na\na + 1\nprint(_1)\ny = _2 * 10\nz = out[1] + 1\n.save y.lua y\n.save z.lua z\n"
  t.eq(code(t.read(here .. "/y.lua")), "a = 5\n_ = a\n_2 = a + 1\ny = _2 * 10")
  t.eq(run "-e 'dofile \"y.lua\"' -e y", "60\n")
  t.eq(run "-e 'dofile \"z.lua\"' -e z", "6\n")
  local out = run("resume", "y\nz\n")
  t.has(out, "\n60\n6\n")
end)

t.test("without a file, .save still knows the session", function()
  local path = session("a = 1\nb = a\n.save s.lua b\n.journal\n", "--no-journal")
  t.eq(path, nil)
  t.eq(code(t.read(here .. "/s.lua")), "a = 1\nb = a")
end)

-- ---- resume

t.test("variables come back with the same digests", function()
  local path, before = session(fit .. "n = #shop\nt = {1, x = n}\nprint(n)\nshop:write('out.csv')\n")
  os.remove(here .. "/out.csv")
  local out, err = run("resume", "n\nt.x\nseg.k\n.vars\n")
  t.has(out, "> seg = shop:kmeans{")
  t.lacks(out, "print(n)")
  t.has(out, "\n6\n6\n2\n")
  t.has(err, "5 statements make its variables")
  t.has(err, "the variables are back; .vars lists them")
  t.ok(not io.open(here .. "/out.csv"), "what only wrote a file does not run")
  local after = t.read(newest())
  t.ok(newest() ~= path)
  t.eq(after:match "sets seg [^\n]*", before:match "sets seg [^\n]*")
  t.eq(after:match "sets t [^\n]*", before:match "sets t [^\n]*")
end)

t.test("the list, an older one, one by its path", function()
  local path = session "old = 1\n"
  run("-q -i --no-rc", "young = 2\n")
  local out, _, status = run "resume --list"
  t.eq(status, 0)
  t.ok(out:find "1 .-ended +young = 2\n *2 .-ended +old = 1\n", out)
  t.has(run("resume 2", "old\n"), "> old = 1\n1\n")
  t.has(run("resume " .. quoted(path), "old\n"), "> old = 1\n1\n")
  local _, err, code2 = run "resume 99"
  t.eq(code2, 1)
  t.has(err, "no-session")
  clear()
  _, err, code2 = run "resume"
  t.eq(code2, 1)
  t.has(err, "no earlier session")
end)

t.test("a change since then is said", function()
  session(fit)
  local file = t.read(here .. "/shop.csv")
  t.write(here .. "/shop.csv", file:gsub("100", "200"))
  local out, err = run("resume", "#shop\n")
  t.write(here .. "/shop.csv", file)
  t.has(err, "this did not come out as it did then")
  t.has(out, "column spend")
  t.has(err, "but not all as they were")
  t.has(out, "\n6\n")
end)

-- ---- session() and diff

t.test("a report for a problem report", function()
  local _, _, out = session('x = 1\nread("' .. home .. '/nix.csv")\nprint(session())\n')
  t.has(out, "assay " .. assay_version)
  t.has(out, "OpenBLAS")
  t.has(out, "threads: ")
  t.has(out, "locale: ")
  t.has(out, "plugins loaded: none")
  t.has(out, "last error: [no-such-file] cannot open '~/nix.csv'")
  t.has(out, "  > x = 1\n  > read(\"~/nix.csv\")\n")
  t.lacks(out, home)
end)

t.test("two frames", function()
  local a = frame { { "x", { 1, 2, 3, NA } }, { "s", { "a", "b", "c", "d" } }, { "gone", { 1, 1, 1, 1 } } }
  local b = frame { { "x", { 1, 2.5, 3, 4 } }, { "s", { "a", "b", "C", "d" } }, { "new", { 1, 1, 1, 1 } } }
  local d = diff(a, b)
  t.eq(t.cells(d:tidy().column), { "x", "s", "gone", "new" })
  t.eq(t.cells(d:tidy().status), { "differs", "differs", "only_a", "only_b" })
  t.eq(t.cells(d:tidy():col "cells"), { 2, 1, 0, 0 })
  t.eq(t.cells(d:tidy().first_row), { 2, 3, NA, NA })
  t.eq(d:tidy().largest[1], 0.5)
  t.eq(t.cells(d:cells().row), { 2, 4, 3 })
  t.eq(t.cells(d:cells().a), { "2", "NA", "c" })
  t.eq(t.cells(d:cells().b), { "2.5", "4", "C" })
  t.eq(d.identical, false)
  t.eq(d.cells_differ, 3)
  t.eq(diff(a, a).identical, true)
  t.eq(#diff(a, a):tidy(), 0)
  t.eq(#diff(a, a, { all = true }):tidy(), 3)
  t.eq(diff(a, b, { tolerance = 0.2 }).cells_differ, 2)
  t.eq(#diff(a, b, { cells = 1 }):cells(), 1)
  t.eq(diff(a, a:head(2)).identical, false)
end)

t.test("two fits", function()
  local a = read(assay_home .. "/datasets/iris/iris.csv")
  local m, n = a:kmeans { k = 3 }, a:kmeans { k = 3, scale = "zscore" }
  local d = diff(m, n)
  t.eq(d.identical, false)
  t.eq(d.options_differ, 1)
  t.eq(d.rows_compared, 150)
  -- who moved, by hand: pairs of clusters by the rows they share
  local x, y, shared = m:predict(a).cluster, n:predict(a).cluster, {}
  for i = 1, 150 do
    shared[x[i] * 10 + y[i]] = (shared[x[i] * 10 + y[i]] or 0) + 1
  end
  local stay = 0
  for i = 1, 3 do
    local best = 0
    for j = 1, 3 do
      best = math.max(best, shared[i * 10 + j] or 0)
    end
    stay = stay + best
  end
  t.eq(d.rows_moved, 150 - stay)
  t.eq(#d:moved(), d.rows_moved)
  local tidy = d:tidy()
  t.eq({ tidy.part[1], tidy.name[1], tidy.a[1], tidy.b[1] }, { "option", "scale", '"none"', '"zscore"' })
  t.eq(diff(m, m).identical, true)
  local changed = a:mutate "petal_width = petal_width + if(petal_width == 0.2, 0.1, 0)"
  local parts = diff(m, changed:kmeans { k = 3 }):tidy():filter 'part == "data"'
  t.eq(t.cells(parts.name), { "petal_width" }) -- its mean; n, min and max are as they were
  local p, q = a:ols "sepal_length ~ petal_length", a:ols "sepal_length ~ petal_length + sepal_width"
  local terms = diff(p, q):tidy():filter 'part == "component" and figure in ["estimate", ""]'
  t.eq(t.cells(terms.name), { "(Intercept)", "petal_length", "sepal_width" })
  t.near(terms.change[2], q:tidy().estimate[2] - p:tidy().estimate[2])
  t.raises("not-comparable", function()
    diff(m, p)
  end, "cluster.kmeans", "regress.ols")
  t.raises("wrong-type", function()
    m:diff(a)
  end)
  t.raises_text("not number", function()
    diff(1, a)
  end)
end)

os.execute("rm -rf " .. quoted(place))
t.done()
