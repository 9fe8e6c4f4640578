-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the Lua tests share: numbered TAP lines, comparisons that say what differs, children of the program.
--
--   package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
--   local t = require "lib"
--   t.test("what holds", function() t.eq(1 + 1, 2) end)
--   t.done()
--
-- A test fails by raising; the rest still run.

local t = {}

local NA = _G.NA
local count, failed = 0, 0

-- ---- showing values

local show

local function show_table(value, depth)
  local keys, parts = {}, {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    return type(a) == type(b) and type(a) ~= "boolean" and a < b or type(a) < type(b)
  end)
  for _, key in ipairs(keys) do
    local name = type(key) == "string" and key or "[" .. tostring(key) .. "]"
    parts[#parts + 1] = name .. " = " .. show(value[key], depth + 1)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- A float is shown with all its bits, so that a difference in the last one can be seen.
function show(value, depth)
  depth = depth or 0
  if type(value) == "string" then
    return string.format("%q", value)
  elseif math.type(value) == "float" then
    return value ~= value and "NaN" or string.format("%.17g (%a)", value, value)
  elseif type(value) == "table" and depth < 6 then
    return show_table(value, depth)
  end
  return tostring(value)
end

t.show = show

-- ---- comparing

local function fail(what, format, ...)
  error((what and what .. ": " or "") .. format:format(...), 3)
end

-- The same value: 1 is not 1.0, NaN is NaN, 0.0 is not -0.0, tables by content, the rest by identity.
local function same(a, b)
  if type(a) == "number" and type(b) == "number" then
    return math.type(a) == math.type(b) and (a == b and 1 / a == 1 / b or a ~= a and b ~= b)
  elseif type(a) ~= "table" or type(b) ~= "table" then
    return rawequal(a, b)
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if a[key] == nil then
      return false
    end
  end
  return true
end

t.same = same

function t.eq(got, want, what)
  if not same(got, want) then
    fail(what, "got %s, want %s", show(got), show(want))
  end
end

function t.ok(value, what)
  if not value then
    fail(what, "got %s", show(value))
  end
end

-- Within a relative difference (absolute below 1).
function t.near(got, want, tolerance, what)
  local scale = math.max(1, math.abs(want))
  local close = type(got) == "number" and math.abs(got - want) <= (tolerance or 1e-12) * scale
  if not close then
    fail(what, "got %s, want %s within %g", show(got), show(want), tolerance or 1e-12)
  end
end

-- text has the plain string wanted in it.
function t.has(text, wanted, what)
  if type(text) ~= "string" or not text:find(wanted, 1, true) then
    fail(what, "%s is not in %s", show(wanted), show(text))
  end
end

function t.lacks(text, unwanted, what)
  if type(text) ~= "string" or text:find(unwanted, 1, true) then
    fail(what, "%s is in %s", show(unwanted), show(text))
  end
end

-- f raises one of our errors with this id; each further text must be in its message or hint. Gives the error.
function t.raises(id, f, ...)
  local fine, e = pcall(f)
  if fine then
    fail(nil, "no error; want one of id %s", id)
  elseif type(e) ~= "userdata" then
    fail(nil, "got the error %s, want one of id %s", show(e), id)
  elseif e.id ~= id then
    fail(nil, "got id %s (%s), want %s", e.id, tostring(e), id)
  end
  for _, wanted in ipairs { ... } do
    if not (e.message .. "\n" .. e.hint):find(wanted, 1, true) then
      fail(nil, "%s is not in the error %s", show(wanted), show(tostring(e)))
    end
  end
  return e
end

-- f raises an error of plain Lua, a text that has the wanted one in it.
function t.raises_text(wanted, f)
  local fine, e = pcall(f)
  if fine or type(e) ~= "string" or not e:find(wanted, 1, true) then
    fail(nil, "got %s, want an error with %s", fine and "no error" or show(e), show(wanted))
  end
end

-- ---- frames and columns as Lua lists

function t.cells(column)
  local cells = {}
  for i = 1, #column do
    cells[i] = column[i]
  end
  return cells
end

function t.names(df)
  local names = {}
  for name in pairs(df) do
    names[#names + 1] = name
  end
  return names
end

function t.types(df)
  return t.cells(df:schema():col("type"))
end

-- Columns by name, each a list of cells, and their order in the field 1.
function t.content(df)
  local content = { t.names(df) }
  for _, name in ipairs(content[1]) do
    content[name] = t.cells(df:col(name))
  end
  return content
end

-- Equal names, types and cells, numbers bit for bit.
function t.same_frame(got, want, what)
  t.eq(t.names(got), t.names(want), what)
  t.eq(t.types(got), t.types(want), what)
  for _, name in ipairs(t.names(want)) do
    t.eq(t.cells(got:col(name)), t.cells(want:col(name)), (what and what .. ", " or "") .. "column " .. name)
  end
end

-- ---- files and children

local made = 0

-- A file name that nobody uses yet, in the folder that the runner removes afterwards.
function t.path(ending)
  made = made + 1
  local folder = os.getenv "TMPDIR" or "/tmp"
  return ("%s/assay-test-%d-%s%s"):format(folder, made, tostring {}:match "0x(%x+)", ending or "")
end

function t.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  return path
end

function t.read(path)
  local file = assert(io.open(path, "rb"))
  local text = assert(file:read "a")
  file:close()
  return text
end

-- A file of this text, to be read by name.
function t.file(text, ending)
  return t.write(t.path(ending or ".csv"), text)
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

t.program = os.getenv "ASSAY" or "./assay"

-- Runs the program under test with these arguments: what it printed, what it complained of, its exit status.
-- variables: settings of the environment, such as "ASSAY_ISA=base".
function t.run(arguments, variables)
  local complaints = t.path ".err"
  local words = { variables or "", quoted(t.program) }
  for _, argument in ipairs(arguments) do
    words[#words + 1] = quoted(argument)
  end
  words[#words + 1] = "2>" .. quoted(complaints) .. " </dev/null"
  local pipe = assert(io.popen(table.concat(words, " "), "r"))
  local out = pipe:read "a"
  local _, how, code = pipe:close()
  local err = t.read(complaints)
  os.remove(complaints)
  return out, err, how == "exit" and code or 128 + code
end

-- ---- TAP

function t.test(name, f)
  count = count + 1
  local fine, why = xpcall(f, function(e)
    local where = type(e) == "userdata" and e.where ~= "" and "\nin " .. e.where or ""
    return tostring(e) .. where .. "\n" .. debug.traceback("", 2)
  end)
  if fine then
    print(("ok %d - %s"):format(count, name))
    return
  end
  failed = failed + 1
  print(("not ok %d - %s"):format(count, name))
  for line in why:gmatch "[^\n]+" do
    if not line:find "%[C%]" then
      print("#   " .. line)
    end
  end
end

function t.skip(name, why)
  count = count + 1
  print(("ok %d - %s # SKIP %s"):format(count, name, why))
end

function t.done()
  print("1.." .. count)
  if failed > 0 then
    os.exit(1)
  end
end

-- NaN made once, for tests that need it.
t.nan = 0 / 0
t.NA = NA

-- Reference labels of a set of the test data, as integers; nil where these are not there.
function t.reference_labels(name)
  local folder = os.getenv "ASSAY_TESTDATA" or "../shared/data"
  for _, suite in ipairs { "fcps", "sipu" } do
    local path = ("%s/clustering/%s/%s.labels0.gz"):format(folder, suite, name)
    local file = io.open(path)
    if file then
      file:close()
      local df = read(path, { header = false })
      return t.cells(df[t.names(df)[1]])
    end
  end
end

return t
