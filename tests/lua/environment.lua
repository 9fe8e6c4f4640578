-- SPDX-License-Identifier: GPL-3.0-or-later
-- What names mean: the user's, then the library's, then an error. Modules see plain _G. load, os.exit.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- luacheck: push ignore 111 112 113 121 211
t.test("a name that nobody assigned is an error with the nearest name", function()
  customers = { 1 }
  t.raises("unknown-name", function() return custmers end, "'custmers'", "'customers'")
  t.raises("unknown-name", function() return reed("x.csv") end, "'read'")
  t.raises("unknown-name", function() return strin.format end, "'string'")
  local e = t.raises("unknown-name", function() return xyzzyplugh end)
  customers = nil
  t.eq(e.hint, "")
end)

t.test("the name of a primitive without its family says where it is", function()
  local e = t.raises("unknown-name", function() return kmeans end, "'kmeans'")
  t.has(e.hint, "cluster.kmeans")
  t.has(e.hint, "?kmeans")
end)

t.test("assignment makes names; they can be read, changed and taken away", function()
  spend = 5
  t.eq(spend, 5)
  spend = spend + 1
  t.eq(spend, 6)
  spend = nil
  t.raises("unknown-name", function() return spend end)
  t.eq(rawget(_G, "spend"), nil)
end)

t.test("a user's name shadows the library's until it is taken away", function()
  local library = read
  read = 7
  t.eq(read, 7)
  t.ok(rawequal(_G.read, library))
  read = nil
  t.ok(rawequal(read, library))
  table, NA = { concat = 1 }, 0
  t.eq(table.concat, 1)
  t.eq(NA, 0)
  table, NA = nil, nil
  t.eq(type(table.concat), "function")
  t.eq(tostring(NA), "NA")
end)

t.test("false is a value, also where the library has the name", function()
  flag, print = false, false
  t.eq(flag, false)
  t.eq(print, false)
  flag, print = nil, nil
  t.eq(type(print), "function")
end)

t.test("functions made in a script see its names later on", function()
  local function get() return later end
  t.raises("unknown-name", get, "'later'")
  later = 1
  t.eq(get(), 1)
  later = nil
end)

t.test("_ENV can be a table of one's own", function()
  local function f()
    local _ENV = { x = 1 }
    return x, y
  end
  t.eq({ f() }, { 1 })
end)

t.test("the environment keeps its rules", function()
  t.eq(getmetatable(_ENV), "environment")
  t.ok(not pcall(setmetatable, _ENV, {}))
  t.raises("unknown-name", function() return _ENV[1] end)
  t.raises("unknown-name", function() return _ENV.nothing end, "'nothing'")
  t.eq(rawget(_ENV, "nothing"), nil)
  t.ok(not rawequal(_ENV, _G))
end)

t.test("a required module sees plain _G", function()
  local path = t.file([[
    local seen = { unknown = some_name_nobody_has, user = users_own, same = _ENV == _G }
    seen.frame, seen.NA = frame, NA
    made_by_module = 11
    return seen
  ]], ".lua")
  users_own = 3
  package.path = path:gsub("[^/]*$", "?.lua;") .. package.path
  local seen = require(path:match "([^/]*)%.lua$")
  t.eq(seen.unknown, nil)
  t.eq(seen.user, nil)
  t.eq(seen.same, true)
  t.ok(rawequal(seen.frame, frame) and rawequal(seen.NA, NA))
  t.eq(_G.made_by_module, 11)
  t.eq(made_by_module, 11)
  made_by_module = 12
  t.eq(_G.made_by_module, 11)
  made_by_module, users_own, _G.made_by_module = nil, nil, nil
end)

t.test("load reads and assigns the names of the script", function()
  from_script = 4
  t.eq(load("return from_script")(), 4)
  load("from_chunk = from_script + 1")()
  t.eq(from_chunk, 5)
  t.eq(rawget(_G, "from_chunk"), nil)
  t.raises("unknown-name", load("return not_there_at_all"))
  local parts = { "return ", "from_", "script" }
  t.eq(load(function() return table.remove(parts, 1) end)(), 4)
  from_script, from_chunk = nil, nil
end)

t.test("load with a name, a mode, an environment, as in plain Lua", function()
  t.eq(load("return x", "=chunk", "t", { x = 8 })(), 8)
  t.eq(load("return ...", "=chunk", "t", nil)(6), 6)
  t.raises_text("nil value", load("return x.y", "=chunk", "t", {}))
  local f, why = load("return +", "=chunk")
  t.eq(f, nil)
  t.has(why, "chunk:1:")
  local refused
  f, refused = load("return 1", "=chunk", "b")
  t.eq(f, nil)
  t.has(refused, "text chunk")
  t.eq(load(string.dump(load "return 9"))(), 9)
  t.raises_text("bad argument", function() load() end)
end)

t.test("dofile and loadfile run a script with the names of the script", function()
  given = 20
  local path = t.file("made = given * 2\nreturn made, ...", ".lua")
  t.eq({ dofile(path) }, { 40 })
  t.eq(made, 40)
  made = nil
  t.eq({ loadfile(path)("extra") }, { 40, "extra" })
  t.eq(made, 40)
  local own = { given = 1 }
  t.eq(loadfile(path, "t", own)(), 2)
  t.eq(own.made, 2)
  t.eq(made, 40)
  local f, why = loadfile "no/such/file.lua"
  t.eq(f, nil)
  t.has(why, "no/such/file.lua")
  t.ok(not pcall(dofile, "no/such/file.lua"))
  t.raises("unknown-name", loadfile(t.file("return unknown_in_file", ".lua")))
  given, made = nil, nil
end)

t.test("a file that dofile runs may yield", function()
  local path = t.file("local got = coroutine.yield(1) return got, 2", ".lua")
  local co = coroutine.wrap(function() return dofile(path) end)
  t.eq(co(), 1)
  t.eq({ co "x" }, { "x", 2 })
end)

t.test("load inside a module means plain _G", function()
  local path = t.file([[return { value = load("return user_name_x")() }]], ".lua")
  user_name_x = 1
  package.path = path:gsub("[^/]*$", "?.lua;") .. package.path
  t.eq(require(path:match "([^/]*)%.lua$").value, nil)
  user_name_x = nil
end)
-- luacheck: pop

t.test("debug.sethook belongs to Ctrl-C", function()
  t.raises_text("Ctrl-C", function() debug.sethook(print, "l") end)
end)

t.test("math.random comes from --seed", function()
  local code = "for i = 1, 3 do io.write(math.random(1000000), ' ') end"
  local first = t.run { "--seed", "5", "-e", code }
  t.eq(t.run { "--seed", "5", "-e", code }, first)
  t.ok(t.run { "--seed", "6", "-e", code } ~= first)
  t.eq(t.run { "-e", code }, t.run { "-e", code })
end)

t.test("arg holds the script and its arguments, ... the arguments", function()
  local path = t.file("print(arg[0] == (...), #arg, select('#', ...), arg[1], (select(2, ...)))", ".lua")
  t.eq(t.run { path, "one", "two words" }, "false\t2\t2\tone\ttwo words\n")
  t.eq(t.run { path }, "false\t0\t0\tnil\tnil\n")
end)

-- Code that ends with each exit status, tried as one -e.
local exits = {
  { "os.exit(0)", 0 },
  { "os.exit()", 0 },
  { "os.exit(true)", 0 },
  { "os.exit(false)", 1 },
  { "os.exit(3)", 3 },
  { "os.exit(3, true)", 3 },
  { "pcall(os.exit, 4) print('not reached')", 4 },
  { "coroutine.wrap(function() os.exit(5) end)() print('not reached')", 5 },
  { "local co = coroutine.create(function() pcall(os.exit, 6) end) coroutine.resume(co) print(1)", 6 },
  { "print(setmetatable({}, {__index = function() os.exit(7) end}).x)", 7 },
  { "table.sort({3, 2, 1}, function() os.exit(8) end) print('not reached')", 8 },
  { "error('x')", 1 },
  { "error()", 1 },
  { "error({code = 2})", 1 },
  { "return 1 +", 1 },
  { "x = 1", 0 },
}

t.test("exit codes of code", function()
  for _, case in ipairs(exits) do
    local out, err, code = t.run { "-e", case[1] }
    t.eq(code, case[2], case[1])
    t.eq(out, "", case[1])
    t.ok((err ~= "") == (case[1]:find "error" ~= nil or case[1]:find "+$" ~= nil), case[1] .. ": " .. err)
  end
end)

t.test("exit codes of scripts", function()
  for _, case in ipairs(exits) do
    local _, _, code = t.run { t.file(case[1], ".lua") }
    t.eq(code, case[2], case[1])
  end
  local _, err, code = t.run { "/no/such/script.lua" }
  t.eq(code, 1)
  t.has(err, "/no/such/script.lua")
end)

t.test("output written before os.exit is there", function()
  t.eq((t.run { "-e", "io.write('a') print('b') io.write('c') os.exit(0)" }), "ab\nc")
end)

t.done()
