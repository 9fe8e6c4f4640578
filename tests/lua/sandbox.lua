-- SPDX-License-Identifier: GPL-3.0-or-later
-- --sandbox: what a hostile script may try (sandbox/attempts.lua), each in a process of its own, several at once; what
-- an honest one may do; the command line.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local here = arg[0]:gsub("[^/]*$", "")
local attempts = dofile(here .. "sandbox/attempts.lua")

-- ---- a folder for the scripts, beside what they must not see

local top = t.path ""
local folder, secret, outside = top .. "/scripts", top .. "/secret.csv", top .. "/outside"
local SECRET = "hunter2"

local function shell(line)
  return (os.execute(line))
end

assert(shell(("mkdir -p '%s' && cd '%s' && mkdir sub .hidden .assay && mkfifo pipe"):format(folder, folder)))
t.write(secret, "word,number\n" .. SECRET .. ",1\n")
t.write(folder .. "/.hidden/secret.csv", "word,number\n" .. SECRET .. ",1\n")
t.write(folder .. "/.assay/history", SECRET .. "\n")
t.write(folder .. "/inside.csv", "a,b\n1,2\n3,5\n4,4\n")
t.write(folder .. "/more.csv", "a,b\n7,8\n")
t.write(folder .. "/sub/module.lua", "return {answer = 42, seen = io ~= nil}\n")
t.write(folder .. "/code.luac", string.dump(function() return 1 end))
assert(shell(("ln -s '%s' '%s/link.csv' && ln -s '%s' '%s/away'"):format(secret, folder, top, folder)))

local function fill(code)
  return (code:gsub("SECRET", secret):gsub("OUTSIDE", outside):gsub("DIR", top))
end

-- ---- all attempts at once: a script each, four processes; those that must be stopped have little time

local list = {}
for i, attempt in ipairs(attempts) do
  attempt.script = ("%s/try%03d.lua"):format(folder, i)
  t.write(attempt.script, fill(attempt[3]))
  list[i] = attempt.script .. (attempt[1] == "stopped" and " 0.1" or " 5")
end

-- A script that waits for input that never comes is ended by the wall clock, seconds later: it begins now.
local waiting = t.path ".waiting"
shell(("(mkfifo '%s'; '%s' --sandbox --time 0.01 -e 'read \"-\"' <>'%s' >'%s.out' 2>&1; echo $? >'%s.rc') "
  .. ">/dev/null 2>&1 &"):format(waiting, t.program, waiting, waiting, waiting))

local before = t.path ".list"
local after = t.path ".list"
local function look(path)
  -- names, sizes and times of all that a script could have changed, but for what is made here
  shell(("find '%s' ! -name '*.out' ! -name '*.err' ! -name '*.rc' -printf '%%p %%s %%T@\n' "
    .. "| grep -v '/scripts [0-9]' | sort > '%s'"):format(top, path))
end

local one = t.file([[
cd "${1%/*}" || exit
"$ASSAY" --sandbox --time "$2" --memory 150M "$1" 0</dev/null >"$1.out" 2>"$1.err"
echo $? >"$1.rc"
]], ".sh")
look(before)
local names = t.file(table.concat(list, "\n") .. "\n", ".names")
assert(shell(("ASSAY='%s' xargs -P 4 -n 2 sh '%s' < '%s'"):format(t.program, one, names)))
look(after)

local function has_any(text, words)
  for _, word in ipairs(words) do
    if text:find("[" .. word .. ":", 1, true) then
      return true
    end
  end
end

for _, attempt in ipairs(attempts) do
  local how, what = attempt[1], attempt[2]
  t.test(how .. ": " .. what, function()
    local out, err = t.read(attempt.script .. ".out"), t.read(attempt.script .. ".err")
    local code = tonumber(t.read(attempt.script .. ".rc"))
    local all = ("status %s\n%s%s"):format(code, out:sub(1, 500), err:sub(1, 1500))
    t.lacks(out .. err, SECRET)
    t.lacks(out .. err, "root:x:")
    t.lacks(err, "sandbox-ended")
    t.lacks(err, "ended by signal")
    if how == "refused" then
      t.ok(code == 1 and has_any(err, { "sandboxed" }), all)
    elseif how == "stopped" then
      t.ok(code == 1 and has_any(err, { "sandbox-time" }), all)
    elseif how == "memory" then
      t.ok(code == 1 and has_any(err, { "out-of-memory", "memory-budget", "sandboxed", "text-too-long" }), all)
    elseif how == "fails" then
      t.ok(code == 1 and err:find "error: " and not has_any(err, { "sandboxed", "sandbox-time", "out-of-memory" }), all)
    elseif how == "fails somehow" then -- it depends on where the program lies
      t.ok(code == 1 and err:find "error: ", all)
    else
      t.eq(out, how:match "^says (.*)" .. "\n", all)
      t.eq(code, 0, all)
    end
  end)
end

t.test("there were a hundred attempts and more, and none left a trace", function()
  t.ok(#attempts >= 100, tostring(#attempts))
  t.eq(t.read(after), t.read(before))
end)

-- ---- what an honest script does

local HOME = "ASSAY_HOME='" .. os.getenv "ROOT" .. "'" -- where the shipped data are, whatever folder was built in

-- Gives output, complaints, status.
local function sandboxed(code, flags)
  local script = t.write(folder .. "/honest.lua", code)
  local arguments = { "--sandbox" }
  table.move(flags or {}, 1, #(flags or {}), 2, arguments)
  arguments[#arguments + 1] = script
  return t.run(arguments, HOME)
end

local function gives(code, want, flags)
  local out, err, status = sandboxed(code, flags)
  t.eq(out .. err, want .. "\n")
  t.eq(status, 0)
end

t.test("it reads what lies beside it and what is shipped", function()
  gives(("local df = read '%s/inside.csv'; print(#df, df.b[2])"):format(folder), "3\t5")
  gives("local df = read 'datasets/iris/iris.csv'; print(#df:filter('petal_length > 5'))", "42")
  gives("print(#read '" .. folder .. "/*.csv')", "4")
end)

t.test("it fits models and draws charts as text", function()
  local out, err, status = sandboxed [[
    local df = read "datasets/iris/iris.csv"
    print(#df:kmeans{k = 3, on = {"petal_length", "petal_width"}}:tidy())
    print(#df:ols("petal_length ~ petal_width"):tidy())
    plot.scatter(df, {x = "petal_length", y = "petal_width"}):show()]]
  t.eq(err, "")
  t.eq(status, 0)
  t.has(out, "3\n2\n")
  t.has(out, "petal_width")
end)

t.test("it loads text, files of its own and modules", function()
  gives("print(load('return 1 + 1')(), load('return x', 'x', 't', {x = 5})())", "2\t5")
  gives("y = 3; print(load('return y')())", "3")
  gives(("print(dofile '%s/sub/module.lua'.answer, (loadfile '%s/nothing.lua'))"):format(folder, folder), "42\tnil")
  gives(("package.path = '%s/?.lua'; local m = require 'sub.module'; print(m.answer, m == require 'sub.module')")
    :format(folder), "42\ttrue")
  gives("print(type(require 'report'))", "table")
  gives("print(require 'string' == string, package.loaded.math == math)", "true\ttrue")
end)

t.test("what computes is there", function()
  gives("print(type(os.time()), os.date('!%Y', 0), string.rep('ab', 3, '-'), collectgarbage('count') > 0)",
    "number\t1970\tab-ab-ab\ttrue")
  gives("io.write('a', 1, '\\n')", "a1")
  gives("print(select(2, pcall(error, {code = 7})).code, (debug.traceback('x'):match '^x'))", "7\tx")
  gives("print(coroutine.wrap(function(a) return a + coroutine.yield(a) end)(4))", "4")
end)

t.test("its arguments and its status are its own", function()
  local script = t.write(folder .. "/honest.lua", "print(arg[1], ...) os.exit(5)")
  local out, _, status = t.run { "--sandbox", script, "one" }
  t.eq(out, "one\tone\n")
  t.eq(status, 5)
end)

t.test("the environment is not handed on", function()
  local out = t.run({ "--sandbox", "-e", "print((session():match 'TERM=%S+'))" }, "TERM=dumb HUNTER=2")
  t.eq(out, "TERM=dumb\n")
end)

-- ---- the command line

t.test("-e, standard input and a table are run too", function()
  t.eq({ t.run { "--sandbox", "-e", "1 + 1" } }, { "2\n", "", 0 })
  local out, err, status = t.run { "--sandbox", "-e", "io.open 'x'", "-e", "print 'not reached'" }
  t.eq({ out, status }, { "", 1 })
  t.has(err, "[sandboxed:")
  out, err, status = t.run({ "--sandbox", folder .. "/inside.csv" }, HOME)
  t.eq({ err, status }, { "", 0 })
  t.has(out, "rows: 3")
  local pipe = io.popen(("echo 'print(6 * 7) io.popen(\"id\")' | '%s' --sandbox - 2>&1"):format(t.program))
  out = pipe:read "a"
  pipe:close()
  t.has(out, "42\n")
  t.has(out, "io.popen is not available in the sandbox: it opens files")
end)

t.test("at a prompt each statement has its own time, and what was there stays", function()
  local pipe = io.popen(("printf '%%s\\n' 'x = 41' 'while true do end' 'x + 1' 'while true do end' 'x + 2' | "
    .. "'%s' --sandbox --time 0.2 -q -i 2>&1"):format(t.program))
  local out = pipe:read "a"
  local _, how, code = pipe:close()
  t.eq({ how, code }, { "exit", 0 })
  t.has(out, "took more than 0.2 s of processor time")
  t.has(out, "42\n")
  t.has(out, "43\n")
end)

t.test("what a pipe gives has no folder; the script itself is read", function()
  local pipe = io.popen(([[bash -c "'%s' --sandbox <(echo 'print(1) read(\"inside.csv\")')" 2>&1]]):format(t.program))
  local out = pipe:read "a"
  pipe:close()
  t.has(out, "1\n")
  t.has(out, "the script has no folder of its own")
end)

t.test("flags that make no sense with it are refused", function()
  local function refused(arguments, text)
    local _, err, status = t.run(arguments)
    t.has(err, text)
    t.eq(status, 2)
  end
  refused({ "--sandbox", "demo", "segment" }, "--sandbox belongs to scripts, -e and the prompt")
  refused({ "--sandbox", "--journal", outside, "-e", "1" }, "--journal does not go with --sandbox")
  refused({ "--time", "5", "-e", "1" }, "--time belongs to --sandbox")
  refused({ "--sandbox", "--time", "-1", "-e", "1" }, "--time takes seconds")
  refused({ "--sandbox", "--time", "soon", "-e", "1" }, "--time takes seconds")
end)

t.test("what an expression shows passes no control characters, in any format", function()
  local tail = "\\u{9b}2Jé" -- escapes for the program to read
  for format, want in pairs { text = "?[2J?]0;x?|??2Jé", markdown = "?[2J?]0;x?|??2Jé", csv = "?[2J?]0;x?|??2Jé",
    json = [["\u001b[2J\u001b]0;x\u0007|??2Jé"]] } do
    local out = t.run { "--sandbox", "--format", format, "-e", [["\27[2J\27]0;x\7|]] .. tail .. '"' }
    t.eq(out, want .. "\n", format)
  end
  local out = t.run { "--sandbox", "-e", [[setmetatable({}, {__tostring = function() return "\27[2J" end})]] }
  t.eq(out, "?[2J\n")
end)

t.test("a process that waits for ever is ended by its parent", function()
  shell(("for i in $(seq 300); do test -s '%s.rc' && break; sleep 0.1; done"):format(waiting))
  t.eq(t.read(waiting .. ".rc"), "1\n")
  t.has(t.read(waiting .. ".out"), "it still waited after 5.05 s")
end)

t.done()
