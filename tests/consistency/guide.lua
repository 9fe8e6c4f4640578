-- SPDX-License-Identifier: GPL-3.0-or-later
-- The code in README.md, ARCHITECTURE.md, doc/guide/*.md and datasets/*/README.md does what the text says. Each
-- file is one session at a prompt, begun in a folder that has nothing but `datasets`, and each block of code is a
-- test:
--
--   ```lua       statements as typed; none may end in an error
--   ```console   a session as seen: after `> ` (and `>> `) what is typed, then what is shown, which must come
--                out the same; a line "..." stands for any lines
--
-- A file that works on data that are not shipped names them in a comment, <!-- data: customers/Mall_Customers.csv -->:
-- they are found by ASSAY_TESTDATA and lie in the folder too; without them its blocks are skipped.
--
-- assay tests/consistency/guide.lua --write puts what is shown now into the console blocks that differ.

local write_back = arg[1] == "--write"
local program = os.getenv("ASSAY") or io.popen("pwd"):read() .. "/assay"
local root = os.getenv("ROOT") or io.popen("pwd"):read()
local mark = "== end of statement "

local function read_all(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local function write_all(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function run(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  return text, pipe:close()
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("([^\n]*)\n?") do
    lines[#lines + 1] = line
  end
  while lines[#lines] == "" do
    lines[#lines] = nil
  end
  return lines
end

-- "'" for the shell.
local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- A console block's statements: { typed = lines, shown = lines }.
local function statements_of(lines)
  local statements = {}
  for _, line in ipairs(lines) do
    local first, more = line:match("^> (.*)$"), line:match("^>> (.*)$")
    local last = statements[#statements]
    if first then
      statements[#statements + 1] = { typed = { first }, shown = {} }
    elseif more and last and #last.shown == 0 then
      last.typed[#last.typed + 1] = more
    else
      assert(last, "a console block begins with what is shown: " .. line)
      last.shown[#last.shown + 1] = line
    end
  end
  return statements
end

-- The blocks of a file: kind, lines from and to (without the fences), statements.
local function blocks_of(path)
  local blocks, open = {}, nil
  local lines = lines_of(read_all(path))
  for number, line in ipairs(lines) do
    local fence, kind = line:match("^(```+)%s*(%w*)")
    if fence and not open then
      open = { kind = kind, path = path, from = number + 1 }
    elseif fence then
      local inside = table.move(lines, open.from, number - 1, 1, {})
      open.to = number - 1
      if open.kind == "lua" then
        open.statements = { { typed = inside } }
      elseif open.kind == "console" then
        open.statements = statements_of(inside)
      end
      blocks[#blocks + 1] = open.statements and open or nil
      open = nil
    end
  end
  assert(not open, path .. ": a block of code is not closed")
  return blocks, lines
end

-- The files that a document asks for, and the first of them that is not there.
local function data_of(lines)
  local place, files, missing = os.getenv("ASSAY_TESTDATA") or "../shared/data", {}, nil
  for _, line in ipairs(lines) do
    for name in (line:match("^<!%-%- data: (.-) %-%->$") or ""):gmatch("%S+") do
      local path = place .. "/" .. name
      local file = io.open(path)
      missing = missing or (not file and name) or nil
      files[#files + 1] = path
      if file then
        file:close()
      end
    end
  end
  return files, missing
end

-- Types all of a file's statements into one session and keeps what each of them showed.
local function run_blocks(blocks, files)
  local typed, all, folder = {}, {}, os.tmpname()
  for _, block in ipairs(blocks) do
    for _, statement in ipairs(block.statements) do
      all[#all + 1] = statement
      table.move(statement.typed, 1, #statement.typed, #typed + 1, typed)
      typed[#typed + 1] = ('print("%s%d")'):format(mark, #all)
    end
  end
  os.remove(folder)
  run(("mkdir %s && ln -s %s/datasets %s"):format(quoted(folder), quoted(root), quoted(folder)))
  for _, path in ipairs(files) do
    run(("ln -s \"$(realpath %s)\" %s"):format(quoted(path), quoted(folder)))
  end
  write_all(folder .. "/.typed", table.concat(typed, "\n") .. "\n")
  local command = "cd %s && COLUMNS=80 LINES=24 %s -q -i --no-rc <.typed 2>&1"
  local shown = run(command:format(quoted(folder), quoted(program)))
  run("rm -r " .. quoted(folder))
  local at = 1
  for i, statement in ipairs(all) do
    local from, to = shown:find(mark .. i .. "\n", at, true)
    statement.ended = from ~= nil
    statement.actual = lines_of(shown:sub(at, (from or #shown + 1) - 1))
    at = (to or #shown) + 1
  end
end

-- Whether lines fit a pattern of lines in which "..." stands for any number of them.
local function fits(pattern, lines, i, j)
  i, j = i or 1, j or 1
  while i <= #pattern and pattern[i] ~= "..." do
    if not lines[j] or lines[j]:gsub("%s+$", "") ~= pattern[i]:gsub("%s+$", "") then
      return false
    end
    i, j = i + 1, j + 1
  end
  if i > #pattern then
    return j > #lines
  end
  for next = j, #lines + 1 do
    if fits(pattern, lines, i + 1, next) then
      return true
    end
  end
  return false
end

local function shows_error(lines)
  for _, line in ipairs(lines) do
    if line:find("^error: ") or line == "interrupted" then
      return true
    end
  end
  return false
end

-- nil, or lines that say what is wrong.
local function fault_of(block)
  for _, statement in ipairs(block.statements) do
    local why
    if not statement.ended then
      why = "it did not end"
    elseif block.kind == "lua" and shows_error(statement.actual) then
      why = "it failed"
    elseif block.kind == "console" and not fits(statement.shown, statement.actual) then
      why = "it shows something else"
    end
    if why then
      local report = { why .. ":" }
      table.move(statement.typed, 1, #statement.typed, 2, report)
      report[#report + 1] = "-- what it shows:"
      return table.move(statement.actual, 1, #statement.actual, #report + 1, report)
    end
  end
end

local function rewrite(path, blocks, lines)
  for i = #blocks, 1, -1 do
    local block, text = blocks[i], {}
    for _, statement in ipairs(block.statements) do
      for j, line in ipairs(statement.typed) do
        text[#text + 1] = (j == 1 and "> " or ">> ") .. line
      end
      local shown = fits(statement.shown or {}, statement.actual) and statement.shown or statement.actual
      table.move(shown, 1, #shown, #text + 1, text)
    end
    if block.kind == "console" then
      local rest = table.move(lines, block.to + 1, #lines, 1, {})
      table.move({}, 1, #lines - block.from + 1, block.from, lines)
      table.move(text, 1, #text, block.from, lines)
      table.move(rest, 1, #rest, block.from + #text, lines)
    end
  end
  write_all(path, table.concat(lines, "\n") .. "\n")
end

local files = lines_of((run("ls README.md ARCHITECTURE.md doc/guide/*.md datasets/*/README.md")))
local tests = {}
for _, path in ipairs(files) do
  local blocks, lines = blocks_of(path)
  local data, missing = data_of(lines)
  if not missing then
    run_blocks(blocks, data)
  end
  if write_back and not missing then
    rewrite(path, blocks, lines)
  end
  for _, block in ipairs(blocks) do
    local name = ("%s:%d: %s block"):format(path, block.from - 1, block.kind)
    local skip = missing and " # SKIP no test data: " .. missing or ""
    tests[#tests + 1] = { name = name .. skip, fault = not missing and fault_of(block) or nil }
  end
  local fault = #blocks == 0 and { "no block of code was found" } or nil
  tests[#tests + 1] = { name = path .. " has code", fault = fault }
end
if write_back then
  return
end

print("1.." .. #tests)
for i, test in ipairs(tests) do
  print((test.fault and "not ok %d - %s" or "ok %d - %s"):format(i, test.name))
  for _, line in ipairs(test.fault or {}) do
    print("# " .. line)
  end
end
