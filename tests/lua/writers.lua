-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every writer: a file appears whole or not at all, whatever happens to the program, the disk or the folder.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local endings = { ".csv", ".tsv", ".json", ".jsonl", ".md" }
local small = frame { { "a", { 1, 2, NA } }, { "b", { "x", "y", "z" } } }

local function shell(command)
  local pipe = assert(io.popen("(" .. command .. ") 2>/dev/null"))
  local text = pipe:read "a"
  pipe:close()
  return text
end

local function now()
  return tonumber(shell "date +%s%N") / 1e9
end

-- Writing to path raises an error of the file system that names it.
local function refuses(path, what)
  local fine, e = pcall(function() small:write(path) end)
  t.ok(not fine, what)
  t.eq(type(e), "userdata", what)
  t.has(e.message .. (e.where or ""), path:match "[^/]*$", what)
  t.ok(#e.hint > 0 or #e.message > 0, what)
end

t.test("a folder that is not there, a folder in the file's place", function()
  for _, ending in ipairs(endings) do
    refuses("/no/such/folder/x" .. ending, ending)
    local folder = t.path(ending)
    shell(("mkdir '%s'"):format(folder))
    refuses(folder, ending)
    t.eq(shell(("ls '%s'"):format(folder)), "")
  end
end)

t.test("a folder in which nothing may be written keeps what it has", function()
  local root = shell "id -u" == "0\n"
  for _, ending in ipairs(endings) do
    if root then -- whom no mode stops, but the kernel's own folder does
      refuses("/proc/assay-test" .. ending, ending)
    else
      local folder = t.path ""
      shell(("mkdir '%s' && echo old >'%s/x%s' && chmod 555 '%s'"):format(folder, folder, ending, folder))
      refuses(folder .. "/x" .. ending, ending)
      t.eq(shell(("ls -A '%s'; cat '%s'/*; chmod 755 '%s'"):format(folder, folder, folder)), "x" .. ending ..
        "\nold\n")
    end
  end
end)

t.test("a full disk: the error names it, and the device stays one", function()
  for _, ending in ipairs(endings) do
    local link = t.path(ending)
    shell(("ln -s /dev/full '%s'"):format(link))
    local fine, e = pcall(function() small:write(link) end)
    t.ok(not fine, ending)
    t.has(e.message .. e.where .. e.hint, "o space", ending)
    t.eq(shell(("test -c /dev/full && test -L '%s' && echo still"):format(link)), "still\n")
  end
end)

t.test("a folder that vanishes under the program", function()
  for _, ending in ipairs(endings) do
    local folder = t.path ""
    local program = t.program:sub(1, 1) == "/" and t.program or os.getenv "PWD" .. "/" .. t.program
    local code = ("frame{a = {1}}:write %q"):format("x" .. ending)
    local text = shell(("mkdir '%s' && cd '%s' && rmdir '%s' && '%s' -e '%s' 2>&1; echo $?"):format(folder,
      folder, folder,
      program, code))
    t.has(text, "x" .. ending)
    t.has(text, "o such file")
    t.eq(text:match "(%d+)\n$", "1", ending)
  end
end)

t.test("a name that promises a packed file is refused", function()
  for _, ending in ipairs(endings) do
    for _, packed in ipairs { ".gz", ".ZST" } do
      local path = t.path(ending .. packed)
      t.raises("not-packed", function() small:write(path) end, path)
      t.ok(not io.open(path))
    end
  end
end)

t.test("a name that promises a kind of file that is not written is refused", function()
  for _, ending in ipairs { ".parquet", ".feather", ".arrow", ".rds", ".rda", ".dta", ".sav", ".ods", ".zip" } do
    local path = t.path(ending)
    local e = t.raises("unwritten-format", function() small:write(path) end, path)
    t.has(e.hint, ".csv")
    t.ok(not io.open(path))
  end
  local path = t.path ".SAV"
  t.raises("unwritten-format", function() small:write(path) end, "sav")
  small:write(path, { format = "csv" })
  t.has(t.read(path), ",")
  local other = t.path ".prices"
  small:write(other) -- promises nothing
  t.eq(t.read(other), t.read(path))
end)

-- What the program writes when nobody disturbs it, and how long that takes.
local function undisturbed(command, path)
  local least = math.huge
  for _ = 1, 2 do
    local start = now()
    shell(command)
    least = math.min(least, now() - start)
  end
  return t.read(path), least
end

t.test("killed at any moment, a hundred times: the old file or the new one", function()
  local rows = { "id,name,amount,flag" }
  for i = 1, 8000 do
    rows[#rows + 1] = ("%d,name %d,%d.%02d,%s"):format(i, i % 613, i % 97, i % 100, i % 2 == 0)
  end
  local source = t.file(table.concat(rows, "\n") .. "\n")
  local old, kept, killed, written = "the old file\n", 0, 0, 0
  for _, ending in ipairs(endings) do
    local folder = t.path ""
    shell(("mkdir '%s'"):format(folder))
    local path = folder .. "/x" .. ending
    local command = ("'%s' -e 'read(\"%s\"):write(\"%s\")'"):format(t.program, source, path)
    local whole, seconds = undisturbed(command, path)
    t.ok(#whole > 150000, ending)
    for i = 1, 20 do
      t.write(path, old)
      local delay = seconds * (0.2 + 0.9 * i / 20)
      local status = shell(("timeout -s KILL %.4f %s; echo $?"):format(delay, command))
      local found = t.read(path)
      t.ok(found == old or found == whole, ("%s, killed after %.4f s: %d bytes"):format(ending, delay,
        #found))
      killed = killed + (status:match "137" and 1 or 0)
      kept = kept + (found == old and 1 or 0)
      written = written + (found == whole and 1 or 0)
    end
    small:write(path) -- what a killed program left behind is in nobody's way
    t.ok(#t.read(path) < 200)
  end
  t.eq(kept + written, 100)
  t.ok(killed > 5, killed .. " were killed in time")
end)

t.test("text: what write puts into a file", function()
  local df = frame { { "a", { 1, NA, 3 } }, { "b|", { "x_y", "_", "ü" } }, { "s", { { "p", "q" }, {}, NA } } }
  for _, format in ipairs { "csv", "tsv", "json", "jsonl", "markdown" } do
    local path = os.tmpname()
    df:write { path, format = format }
    local file = assert(io.open(path))
    t.eq(df:text(format), file:read "a")
    file:close()
    os.remove(path)
  end
  t.eq(df:text(), df:text "markdown")
  t.raises("not-supported", function() return df:text "arff" end)
  t.raises("unknown-format", function() return df:text "jsn" end)
end)

t.done()
