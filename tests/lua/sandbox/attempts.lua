-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a hostile script may try: {how it ends, what it tries, the code}. tests/lua/sandbox.lua runs each in a sandbox
-- of its own, in a folder with inside.csv, more.csv, sub/module.lua, .hidden/secret.csv, link.csv (to SECRET), away (to
-- its folder DIR), code.luac (compiled), pipe (a fifo). SECRET is a file outside that it must not see, OUTSIDE a path
-- that must not come to be.
--
--   refused    status 1, the error's id is sandboxed
--   stopped    status 1, sandbox-time
--   memory     status 1, out-of-memory, memory-budget or a refusal for the size
--   fails      status 1, with any error but those above
--   says X     status 0, and the output is X

return {
  -- files, by Lua's doors
  { "refused", "io.open reads", [[io.open("SECRET")]] },
  { "refused", "io.open writes", [[io.open("OUTSIDE", "w")]] },
  { "refused", "io.lines", [[for line in io.lines("SECRET") do print(line) end]] },
  { "refused", "io.read of what the caller has", [[print(io.read("a"))]] },
  { "refused", "io.input", [[io.input("SECRET")]] },
  { "refused", "io.output", [[io.output("OUTSIDE")]] },
  { "refused", "io.tmpfile", [[io.tmpfile()]] },
  { "refused", "io.stdout", [[io.stdout:write("x")]] },
  { "refused", "os.remove", [[os.remove("inside.csv")]] },
  { "refused", "os.rename", [[os.rename("inside.csv", "OUTSIDE")]] },
  { "refused", "os.tmpname, which makes a file", [[os.tmpname()]] },
  { "refused", "dofile elsewhere", [[dofile("SECRET")]] },
  { "refused", "dofile of a device", [[dofile("/dev/zero")]] },
  { "refused", "loadfile elsewhere", [[loadfile("SECRET")]] },
  { "refused", "loadfile by way of the folder above", [[loadfile("sub/../../secret.csv")]] },
  { "refused", "require with a path of its own", [[package.path = "DIR/?.csv"; require("secret")]] },
  { "fails somehow", "require by slashes", [[require("/etc/passwd")]] },
  { "refused", "package.searchpath, which finds files", [[print(package.searchpath("passwd", "/etc/?"))]] },
  { "refused", "package.loadlib", [[package.loadlib("/usr/lib/x86_64-linux-gnu/libc.so.6", "system")]] },
  { "refused", "package.searchers", [[package.searchers[2]("secret")]] },
  { "refused", "package.cpath", [[package.cpath()]] },

  -- files, by ours
  { "refused", "read", [[print(read("SECRET"))]] },
  { "refused", "read of passwords", [[print(read("/etc/passwd", {delimiter = ":", header = false}))]] },
  { "refused", "read through the folder above", [[print(read("../secret.csv"))]] },
  { "refused", "read through a link to a file", [[print(read("link.csv"))]] },
  { "refused", "read through a link to a folder", [[print(read("away/secret.csv"))]] },
  { "refused", "read of what is hidden", [[print(read(".hidden/secret.csv"))]] },
  { "refused", "read of the session's own folder", [[print(read(".assay/history"))]] },
  { "refused", "read of the process", [[print(read("/proc/self/environ"))]] },
  { "refused", "read of the process by its descriptors", [[print(read("/proc/self/fd/0"))]] },
  { "refused", "read of a device", [[print(read("/dev/zero"))]] },
  { "refused", "read of a pipe nobody writes to", [[print(read("pipe"))]] },
  { "refused", "read of a folder's names", [[print(read("DIR"))]] },
  { "refused", "read of a pattern elsewhere", [[print(read("DIR/*.csv"))]] },
  { "refused", "read of a pattern's folder that does not match", [[print(read("/etc/nothing*here"))]] },
  { "fails", "read of a pattern that leads away", [[print(read("su?/../../secret*"))]] },
  { "refused", "read of what is not there, to learn of it", [[print(read("DIR/no-such-file.csv"))]] },
  { "fails", "read of shipped data that leads away", [[print(read("datasets/../../secret.csv"))]] },
  { "refused", "read by a path with many slashes", [[print(read("////etc//passwd"))]] },
  { "refused", "read of several files", [[print(read({"inside.csv", "SECRET"}))]] },
  { "refused", "read_baskets", [[print(read_baskets("SECRET"))]] },
  { "refused", "model.load", [[print(model.load("SECRET"))]] },
  { "refused", "reading, asked again through pcall",
    [[local ok, e = pcall(read, "SECRET"); print(ok, e.id); error(e)]] },
  { "refused", "reading from a coroutine", [[print(assert(coroutine.wrap(function() return read("SECRET") end)()))]] },
  { "refused", "reading while a value is collected",
    [[local e; setmetatable({}, {__gc = function() e = select(2, pcall(read, "SECRET")) end}); collectgarbage();
      error(e)]] },
  { "refused", "write", [[read("inside.csv"):write("OUTSIDE.csv")]] },
  { "refused", "write over the input", [[read("inside.csv"):write("inside.csv")]] },
  { "refused", "write to a device", [[read("inside.csv"):write("/dev/null")]] },
  { "refused", "save a model", [[read("inside.csv"):kmeans{k = 2}:save("OUTSIDE")]] },
  { "refused", "save a picture", [[plot.scatter(read("inside.csv"), {x = "a", y = "b"}):save("OUTSIDE.svg")]] },
  { "refused", "write a plot's script", [[plot.scatter(read("inside.csv"), {x = "a", y = "b"}):script("OUTSIDE.gp")]] },
  { "refused", "draw a picture, which starts a program",
    [[plot.scatter(read("inside.csv"), {x = "a", y = "b"}):picture("svg")]] },
  { "refused", "the report module, which writes a folder",
    [[local r = require("report"); r.write{folder = "OUTSIDE", title = "x", sections = {}}; os.execute("x")]] },
  { "refused", "a plugin", [[plugin.load("example")]] },
  { "fails", "a plugin by what it brings", [[print(read("sqlite:///SECRET"))]] },
  { "fails", "a plugin by a name", [[print(read("inside.csv"):benford("a"))]] },
  { "refused", "a demonstration", [[demo("../../../etc/passwd")]] },

  -- processes, network, environment
  { "refused", "os.execute", [[os.execute("touch OUTSIDE")]] },
  { "refused", "os.execute to ask for a shell", [[print(os.execute())]] },
  { "refused", "io.popen", [[io.popen("cat SECRET")]] },
  { "refused", "os.getenv", [[print(os.getenv("PATH"))]] },
  { "refused", "os.setlocale", [[print(os.setlocale("C"))]] },
  { "fails", "read from the network", [[print(read("http://127.0.0.1:9/x.csv"))]] },
  { "says 7", "os.exit ends nothing but the script", [[print(7); os.exit(0)]] },
  { "says done", "a time zone that leads away",
    [[print(pcall(function() return read("inside.csv"):mutate("t = in_zone(now(), '../../etc/passwd')") end) and "no"
      or "done")]] },

  -- compiled code
  { "refused", "load of compiled code", [[load("\27Lua\x54\0\x19\x93\r\n\x1a\n")()]] },
  { "refused", "string.dump", [[print(#string.dump(function() end))]] },
  { "refused", "string.dump by a method", [[print((""):dump())]] },
  { "refused", "load with mode b", [[load("return 1", "x", "b")]] },
  { "says nil", "load of compiled code in pieces",
    [[local n = 0; print((load(function() n = n + 1; return n == 1 and "\27" or n == 2 and "Lua" or nil end, "x",
      "bt")))]] },
  { "refused", "loadfile of a compiled file", [[loadfile("code.luac")]] },
  { "refused", "dofile of a compiled file", [[dofile("code.luac")]] },
  { "refused", "require of a compiled file", [[package.path = "./?.luac"; require("code")]] },

  -- what lies behind values
  { "refused", "debug.getregistry", [[print(debug.getregistry())]] },
  { "refused", "debug.getmetatable", [[print(debug.getmetatable(""))]] },
  { "refused", "debug.getupvalue", [[print(debug.getupvalue(print, 1))]] },
  { "refused", "debug.setupvalue", [[debug.setupvalue(load, 2, false)]] },
  { "refused", "debug.sethook", [[debug.sethook(function() end, "", 1)]] },
  { "refused", "debug.setuservalue", [[debug.setuservalue(read("inside.csv"), {})]] },
  { "refused", "debug by require", [[print(require("debug").getregistry())]] },
  { "refused", "io by package.loaded", [[package.loaded.io.open("SECRET")]] },
  { "refused", "io by _G", [[_G.io.open("SECRET")]] },
  { "says false", "the metatable of texts", [[print(getmetatable(""))]] },
  { "says false", "the metatable of frames", [[print(getmetatable(read("inside.csv")))]] },
  { "says false", "the metatable of columns", [[print(getmetatable(read("inside.csv").a))]] },
  { "says false", "the metatable of models", [[print(getmetatable(read("inside.csv"):kmeans{k = 2}))]] },
  { "says false", "the metatable of the missing value", [[print(getmetatable(NA))]] },
  { "says false", "the metatable of errors", [[print(getmetatable(select(2, pcall(read, "SECRET"))))]] },
  { "says environment", "the metatable of the environment", [[print(getmetatable(_ENV))]] },
  { "says false", "the metatable of io", [[print(getmetatable(io))]] },
  { "fails", "a metatable of ours for a table of theirs", [[setmetatable(read("inside.csv"), {})]] },
  { "fails", "a frame that is none", [[local get = read("inside.csv").schema; frame.schema = nil; print(df.x)]] },
  { "refused", "tables of the library changed before they are used",
    [[string.find = nil; string.sub = function() return "DIR" end; table.concat = nil; pcall = nil; read("SECRET")]] },
  { "refused", "string.rep put to another use",
    [[rawset(_G, "type", function() return "string" end); print(read("SECRET"))]] },
  { "refused", "an own environment", [[local _ENV = setmetatable({}, {__index = _ENV}); io.open("SECRET")]] },
  { "refused", "load with an own environment", [[load("io.open('SECRET')", "x", "t", {io = io})()]] },
  { "refused", "a coroutine's own state", [[coroutine.wrap(function() os.execute("touch OUTSIDE") end)()]] },
  { "fails", "a primitive of theirs over one of ours",
    [[primitive{family = "frame", name = "read", takes = "nothing", global = "read", run = function() end}]] },
  { "refused", "a primitive of theirs that calls ours", [[
    primitive{family = "mine", name = "look", summary = "looks", takes = "nothing", run = function() return
      io.open("SECRET") end}
    mine.look()]] },
  { "refused", "a condition that reads", [[read("inside.csv"):filter(function(row) return read("SECRET") end)]] },
  { "refused", "collectgarbage stops the collector", [[collectgarbage("stop")]] },
  { "refused", "collectgarbage changes its pace", [[collectgarbage("setpause", 10000)]] },
  { "refused", "warn, past the output", [[warn("@on"); warn("\27]0;title\7")]] },
  { "says ?[31mred?]52;c;eA==?", "the terminal's own commands", [[print("\27[31mred\27]52;c;eA==\7")]] },

  -- time
  { "stopped", "a loop", [[while true do end]] },
  { "stopped", "a loop of pcall", [[while true do pcall(function() while true do end end) end]] },
  { "stopped", "a loop of errors caught", [[while true do pcall(error) end]] },
  { "stopped", "a loop in a coroutine", [[coroutine.wrap(function() while true do end end)()]] },
  { "stopped", "coroutines one after the other",
    [[while true do local c = coroutine.create(function() while true do coroutine.yield() end end)
      for i = 1, 1000 do coroutine.resume(c) end end]] },
  { "stopped", "a loop in xpcall's handler", [[xpcall(error, function() while true do end end)]] },
  { "stopped", "a loop in a finalizer",
    [[setmetatable({}, {__gc = function() while true do end end}); collectgarbage()]] },
  { "stopped", "a loop in a finalizer at the end",
    [[x = setmetatable({}, {__gc = function() while true do end end})]] },
  { "stopped", "finalizers without end",
    [[local function again() setmetatable({}, {__gc = again}) end again(); while true do collectgarbage() end]] },
  { "stopped", "a loop in __tostring of an error",
    [[error(setmetatable({}, {__tostring = function() while true do end end}))]] },
  { "stopped", "a loop in __tostring of what is printed",
    [[print(setmetatable({}, {__tostring = function() while true do end end}))]] },
  { "stopped", "a loop in __close",
    [[local x <close> = setmetatable({}, {__close = function() while true do end end}); error("x")]] },
  { "stopped", "a comparison that does not end", [[table.sort({3, 1, 2}, function() while true do end end)]] },
  { "stopped", "a replacement that does not end", [[("x"):gsub("x", function() while true do end end)]] },
  { "stopped", "a reader that does not end", [[load(function() return " " end)]] },
  { "stopped", "a loop in a condition", [[read("inside.csv"):filter(function() while true do end end)]] },
  { "stopped", "a loop in a declared primitive", [[
    primitive{family = "mine", name = "turn", summary = "turns", takes = "nothing", run = function() while true do
      end end} mine.turn()]] },
  { "stopped", "a loop by goto", [[::again:: goto again]] },
  { "stopped", "a pattern that tries everything", [[(("a"):rep(64)):find(("a*"):rep(30) .. "b")]] },
  { "stopped", "a pattern that tries everything, in pcall",
    [[while true do pcall(string.match, ("a"):rep(64), ("a-"):rep(30) .. "b") end]] },
  { "stopped", "table.move of endless length", [[table.move({}, 1, 2^53, 2)]] },
  { "stopped", "table.insert into endless length",
    [[table.insert(setmetatable({}, {__len = function() return 2^53 | 0 end, __newindex = function() end}), 1, 1)]] },
  { "stopped", "many small calls of ours", [[local df = read("inside.csv"); while true do df:head(1) end]] },
  { "stopped", "a read that never ends", [[while true do pcall(read, "inside.csv") end]] },
  { "stopped", "a fit without end",
    [[local t = {} for i = 1, 40000 do t[i] = math.random() end local df = frame{x = t}
      for i = 1, 1e9 do df:kmeans{k = 200, starts = 100, seed = i} end]] },

  -- memory
  { "memory", "string.rep", [[print(#("x"):rep(1e9))]] },
  { "memory", "string.rep with a separator", [[print(#("x"):rep(1e7, ("y"):rep(1000)))]] },
  { "memory", "texts joined to themselves", [[local s = "x"; while true do s = s .. s end]] },
  { "memory", "a table without end", [[local t = {}; for i = 1, 1e12 do t[i] = ("x"):rep(1000) .. i end]] },
  { "memory", "table.concat",
    [[local t, s = {}, ("x"):rep(1e6); for i = 1, 1e4 do t[i] = s end; print(#table.concat(t))]] },
  { "memory", "a replacement that grows", [[local s = ("x"):rep(1e5); print(#s:gsub("x", ("y"):rep(1e5)))]] },
  { "memory", "string.pack of a long text",
    [[local s = ("x"):rep(6e7); local t = {} for i = 1, 100 do t[i] = string.pack("s8s8", s, s) end]] },
  { "memory", "a table of a size asked for",
    [[local t = table.pack(string.byte(("x"):rep(9e5), 1, -1)); local all = {} while true do all[#all + 1] =
      table.move(t, 1, #t, 1, {}) end]] },
  { "fails", "a deep recursion", [[local function f() return 1 + f() end f()]] },
  { "fails", "a recursion through C",
    [[local s = setmetatable({}, {}); getmetatable(s).__index = function(t, k) return t[k + 1] end; print(s[1])]] },
  { "fails", "coroutines within coroutines", [[local function f() return coroutine.wrap(f)() end f()]] },
  { "fails", "a text with a million brackets", [[assert(load("return " .. ("("):rep(1e6)))]] },
  { "fails", "an expression with a million brackets", [[read("inside.csv"):mutate("y = " .. ("("):rep(1e6) .. "1")]] },
  { "fails", "a formula with a million brackets", [[read("inside.csv"):ols("a ~ " .. ("("):rep(1e6) .. "b")]] },
  { "memory", "a sample larger than memory", [[print(#read("inside.csv"):sample{n = 4e9 | 0, replace = true})]] },
  { "fails", "a sample larger than anything", [[print(#read("inside.csv"):sample{n = 1e18 | 0, replace = true})]] },
  { "fails", "a text repeated by the expression language",
    [[read("inside.csv"):mutate("y = repeat('abcdefgh', 1000000000)")]] },
  { "fails", "a text padded by the expression language",
    [[read("inside.csv"):mutate("y = pad_left('x', 2000000000)")]] },
  { "memory", "texts made longer step by step", [[
    local df = read("inside.csv"):mutate("y = repeat('x', 1000)")
    while true do df = df:mutate("y = repeat(y, 10)") end]] },
  { "memory", "frames appended to themselves",
    [[local df = read("inside.csv"); while true do df = df:append(df) end]] },
  { "memory", "a join of all with all", [[
    local t = {} for i = 1, 30000 do t[i] = 1 end
    local df = frame{{"k", t}, {"v", t}}; print(#df:join(frame{{"k", t}, {"w", t}}, {on = "k"}))]] },
  { "memory", "a table with a column for every value", [[
    local t = {} for i = 1, 60000 do t[i] = "v" .. i end
    print(frame{{"x", t}, {"y", t}}:crosstab{rows = "x", columns = "y", most = 1000000})]] },
  { "memory", "a pivot with a column for every value", [[
    local t = {} for i = 1, 60000 do t[i] = "v" .. i end
    print(frame{{"x", t}, {"y", t}, {"n", t}}:pivot{columns = "x", rows = "y", values = "n", most = 1000000})]] },
  { "memory", "a formula with a column for every value", [[
    local t, u = {}, {} for i = 1, 30000 do t[i], u[i] = "v" .. i, i end
    print(frame{{"x", t}, {"y", u}}:ols("y ~ factor(x)"))]] },
  { "fails", "a design with everything times everything", [[
    local t, u = {}, {} for i = 1, 3000 do t[i], u[i] = "v" .. i, i end
    print(frame{{"x", t}, {"z", t}, {"y", u}}:ols("y ~ factor(x) * factor(z)"))]] },
  { "says memory", "all itemsets of long baskets", [[
    local cells = {} for i = 1, 60 do cells[i] = "i" .. i end
    local list = {} for i = 1, 4 do list[i] = cells end
    print(frame{{"items", list}}:itemsets{support = 1}.reason)]] },
  { "memory", "an error of endless length", [[error(("x"):rep(6e7):gsub("x", "yyyyyyyyyy"))]] },
  { "memory", "a row for every second of a century", [[
    local df = frame{{"t", {"1900-01-01", "2024-01-01"}}, {"x", {1, 2}}}:cast{types = {t = "timestamp"}}
    print(#df:resample{time = "t", every = "second", agg = "s = sum(x)", complete = "all"})]] },
  { "memory", "numbers by their places, as many as there are", [[
    local df = frame{{"id", {"a", "b"}}}; for i = 1, 40 do df = df:append(df) end]] },
  { "memory", "a frame of a table without end", [[
    local t = setmetatable({}, {__len = function() return 2^40 | 0 end}) print(#t) local u = {}
    for i = 1, 1e9 do u[i] = i end print(#frame{x = u})]] },
  { "fails", "more starts than can be made", [[read("inside.csv"):kmeans{k = 2, starts = 2^40 | 0}]] },
  { "fails", "more bins than can be drawn", [[plot.hist(read("inside.csv"), {x = "a", bins = 2^40 | 0})]] },
  { "fails", "a name of endless length", [[local _ = _ENV[("x"):rep(1e7)]] .. "]" },
  { "fails", "an error of a long text", [[error(("x"):rep(1e6))]] },
}
