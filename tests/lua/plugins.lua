-- SPDX-License-Identifier: GPL-3.0-or-later
-- Plugins: found by what they bring, loaded when it is asked for, refused with a reason when they are wrong.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- luacheck: globals hello plugin

local built = (os.getenv "BUILD" or "build") .. "/plugins"

-- ---- plugins made for a test, in a folder of their own

local function make_folder(path)
  assert(os.execute("mkdir -p '" .. path .. "'"))
  return path
end

-- A folder with one plugin of these files; gives the setting that makes it be found.
local function plant(name, files)
  local folder = t.path()
  make_folder(folder .. "/" .. name)
  for file, text in pairs(files) do
    t.write(folder .. "/" .. name .. "/" .. file, text)
  end
  return "ASSAY_PLUGINS='" .. folder .. "'", folder
end

local function manifest(name, fields)
  return ('{"name": "%s", "summary": "a test", %s}'):format(name, fields)
end

-- Runs code with a plugin planted: what it printed, what it complained of, its exit status.
local function with(setting, code)
  return t.run({ "-e", code }, setting)
end

-- It is refused, in all the ways it can be asked for, with these words, and the session goes on.
local function refused(setting, name, id, ...)
  local code = ([[
    local fine, e = pcall(plugin.load, "%s")
    print(fine, e.id, e.message, e.hint, e.where)
    print(#plugin.list() > 0, 1 + 1)]]):format(name)
  local out, err, status = with(setting, code)
  t.eq({ err, status }, { "", 0 })
  t.has(out, "false\t" .. id .. "\t")
  t.has(out, "true\t2\n")
  for _, words in ipairs { ... } do
    t.has(out, words)
  end
end

-- ---- what there is

t.test("plugin.list names the plugins without loading them", function()
  local list = plugin.list()
  t.eq(t.names(list), { "name", "summary", "loaded", "path", "missing" })
  local row
  for i = 1, #list do
    row = list.name[i] == "example" and i or row
  end
  t.eq({ list.loaded[row], list.missing[row] }, { false, NA })
end)

t.test("one is loaded when its family is first named", function()
  local out, err, code = t.run { "-e", "print(example.benford ~= nil, plugin.list().loaded[1])" }
  t.eq({ out, err, code }, { "true\ttrue\n", "", 0 })
end)

t.test("or one of its methods, or its help", function()
  local out, err, code = t.run { "-e", "print(#frame({ x = { 1, 2 } }):digits 'x')" }
  t.eq({ out, err, code }, { "9\n", "", 0 })
  out = t.run { "help", "example.digits" }
  t.has(out, "df:digits(column)")
end)

t.test("plugin.load loads, once or twice", function()
  local twice = 'plugin.load "example" plugin.load "example" '
  local out, err, code = t.run { "-e", twice .. 'print(#frame({ x = { 5 } }):benford "x")' }
  t.eq({ out, err, code }, { "1\n", "", 0 })
  t.raises("unknown-plugin", function() plugin.load "exmple" end, "'exmple'", "did you mean 'example'")
end)

t.test("a name that no plugin has is an error as before", function()
  t.raises("unknown-name", function() return _ENV.nobody_has_this end, "nobody_has_this")
end)

-- ---- plugins in Lua

t.test("a plugin may be a Lua file alone", function()
  local setting = plant("hello", {
    ["plugin.json"] = manifest("hello",
      '"files": ["hello.lua"], "primitives": ["hello.world"], "globals": ["greet"]'),
    ["hello.lua"] = [[primitive { family = "hello", name = "world", global = "greet", summary = "says hello",
      run = function() return "hello, world" end }]],
  })
  t.eq({ with(setting, "print(hello.world())") }, { "hello, world\n", "", 0 })
  t.eq({ with(setting, "print(greet())") }, { "hello, world\n", "", 0 })
  t.eq({ with(setting, "local c = coroutine.wrap(function() return hello.world() end) print(c())") },
    { "hello, world\n", "", 0 })
end)

t.test("an error in its Lua file says where", function()
  local setting = plant("wrong", {
    ["plugin.json"] = manifest("wrong", '"files": ["wrong.lua"], "primitives": ["wrong.one"]'),
    ["wrong.lua"] = "local x = nil\nx.y = 1\n",
  })
  local _, err, code = with(setting, "wrong.one()")
  t.eq(code, 1)
  t.has(err, "wrong.lua:2")
  refused(setting, "wrong", "lua-error", "wrong.lua:2")
  setting = plant("wrong", {
    ["plugin.json"] = manifest("wrong", '"files": ["wrong.lua"]'),
    ["wrong.lua"] = "if",
  })
  refused(setting, "wrong", "lua-error", "wrong.lua:1")
end)

-- ---- manifests that are not right

t.test("broken manifests are told, and the others work", function()
  local cases = {
    ["{"] = "no JSON object",
    ["[]"] = "no JSON object",
    [""] = "no JSON object",
    [manifest("other", '"files": ["x.lua"]')] = "not 'other'",
    ['{"name": "x"}'] = "must name what is loaded",
    [manifest("x", '"files": "x.so"')] = "'files' must be a list of texts",
    [manifest("x", '"files": [1]')] = "'files' must be a list of texts",
    [manifest("x", '"files": ["../x.so"]')] = "own folder",
    ['{"name": "x", "summary": 5, "files": ["x.so"]}'] = "'summary' must be a text",
  }
  for text, words in pairs(cases) do
    local setting = plant("x", { ["plugin.json"] = text })
    refused(setting, "x", "bad-plugin", words)
    local out = with(setting, "local l = plugin.list() print(l.missing[#l - " ..
      "(l.name[#l] == 'x' and 0 or 1)], example.benford ~= nil)")
    t.has(out, "true")
  end
end)

-- ---- libraries that are not right

local library = t.read(built .. "/example/example.so")

local function plant_library(bytes, fields)
  return plant("example", {
    ["plugin.json"] = manifest("example", fields or '"files": ["example.so"]'),
    ["example.so"] = bytes,
  })
end

-- The bytes with some replaced, from a place (counted from 0) on.
local function patched(at, bytes)
  return library:sub(1, at) .. bytes .. library:sub(at + #bytes + 1)
end

local block = assert(library:find("assay plugin\0\0\0\0", 1, true)) - 1

t.test("not built: it says what to install", function()
  local setting = plant("thing", {
    ["plugin.json"] = manifest("thing",
      '"files": ["thing.so"], "package": "libthing-dev", "primitives": ["thing.one"],' ..
      '"extensions": ["thing"], "schemes": ["thing"], "formats": ["thing"]'),
  })
  refused(setting, "thing", "plugin-not-built", "thing.so", "apt-get install libthing-dev", "make")
  local path = t.file("x", ".thing")
  local calls = { "thing.one()", ("read %q"):format(path), ("read %q"):format("thing:" .. path),
    ("read(%q, { format = 'thing' })"):format(t.file "x") }
  for _, code in ipairs(calls) do
    local _, err, status = with(setting, code)
    t.eq(status, 1)
    t.has(err, "apt-get install libthing-dev", code)
  end
  local out = with(setting, "local l = plugin.list() for i = 1, #l do print(l.name[i], l.missing[i]) end")
  t.has(out, "thing\tthing.so; install libthing-dev")
end)

t.test("no shared object at all", function()
  refused(plant_library "", "example", "bad-plugin", "no shared object")
  refused(plant_library "#!/bin/sh\necho hello\n", "example", "bad-plugin", "no shared object")
  refused(plant_library(library:sub(1, 40)), "example", "bad-plugin", "no shared object")
  refused(plant_library(patched(4, "\1")), "example", "bad-plugin", "this kind of machine")
  refused(plant_library(patched(16, "\2")), "example", "bad-plugin", "this kind of machine")
end)

t.test("a library cut short anywhere is refused and kills nobody", function()
  for i = 1, 12 do
    local setting = plant_library(library:sub(1, #library * i // 13))
    refused(setting, "example", "bad-plugin", "example.so")
  end
end)

t.test("headers full of nonsense", function()
  math.randomseed(7)
  for _ = 1, 12 do
    local bytes = { library:byte(1, 64) }
    for at = 25, 64 do
      bytes[at] = math.random(3) == 1 and math.random(0, 255) or bytes[at]
    end
    local setting = plant_library(string.char(table.unpack(bytes)) .. library:sub(65))
    local out, _, status = with(setting, 'print(pcall(plugin.load, "example"))')
    t.eq(status, 0)
    t.ok(out:find "^true" or out:find "^false", out)
  end
end)

t.test("a library without the block", function()
  local other = library:gsub("assay_plugin%z", "assay_nothin\0")
  refused(plant_library(other), "example", "bad-plugin", "no block assay_plugin")
end)

t.test("another magic, another ABI, other sizes", function()
  refused(plant_library(patched(block, "other plugin")), "example", "bad-plugin", "does not begin")
  refused(plant_library(patched(block + 16, "\99\0\0\0")), "example", "plugin-abi", "ASSAY_ABI is 99 there")
  refused(plant_library(patched(block + 20, "\8\0\0\0")), "example", "plugin-abi", "sizeof(Plugin) is 8")
  refused(plant_library(patched(block + 24, "\1\0\0\0")), "example", "plugin-abi", "sizeof(Error) is 1 there")
end)

t.test("a plugin of another name", function()
  local setting = plant("other", {
    ["plugin.json"] = manifest("other", '"files": ["other.so"]'), ["other.so"] = library })
  refused(setting, "other", "bad-plugin", "calls itself example")
end)

t.test("a broken one gives way to none, and a whole one to no later one", function()
  local _, folder = plant_library(patched(block, "other plugin"))
  local out = with("ASSAY_PLUGINS='" .. folder .. ":" .. built .. "'", 'print(pcall(plugin.load, "example"))')
  t.has(out, "false")
  out = with("ASSAY_PLUGINS='" .. built .. ":" .. folder .. "'", 'print(pcall(plugin.load, "example"))')
  t.has(out, "true")
  out = with("ASSAY_PLUGINS=:/nowhere:" .. built .. ":", 'print(pcall(plugin.load, "example"))')
  t.has(out, "true")
end)

t.test("plugins of the user's own folder", function()
  local folder = t.path()
  make_folder(folder .. "/assay/plugins/mine")
  t.write(folder .. "/assay/plugins/mine/plugin.json",
    manifest("mine", '"files": ["mine.lua"], "primitives": ["mine.own"]'))
  t.write(folder .. "/assay/plugins/mine/mine.lua",
    'primitive { family = "mine", name = "own", summary = "one", run = function() return 7 end }')
  t.eq({ with("XDG_DATA_HOME='" .. folder .. "'", "print(mine.own())") }, { "7\n", "", 0 })
end)

-- ---- plugins made from source, against the headers alone

local compiler = os.getenv "CC" or "cc"

-- The library made from C, or nil when there is no compiler.
local function compiled(source)
  local path = t.path ".so"
  local root = os.getenv "ROOT" or "."
  local flags = "-shared -fPIC -fvisibility=hidden -D_GNU_SOURCE -I'" .. root .. "/src'"
  local shell = "%s %s -o '%s' '%s' 2>'%s'"
  shell = shell:format(compiler, flags, path, t.file(source, ".c"), t.path ".err")
  local fine = os.execute(shell)
  return fine and t.read(path)
end

local start = [[
#include "plug/plugin.h"
static Status start(Error *e) { return %s; }
static Status one(Call *call, Value *out, Error *e)
{
  (void)call; (void)e;
  *out = value_of_int(1);
  return STATUS_OK;
}
static const Primitive first = {
  .size = sizeof(Primitive), .family = "example", .name = "%s", .version = 1, .summary = "%s",
  .gives = VALUE_INT, .returns = "one", .example = "", .run = one};
REGISTER_PRIMITIVE(first);
static const Format format = {.size = sizeof(Format), .name = "%s", .extensions = "%s", .summary = "a test"};
REGISTER_FORMAT(format);
ASSAY_PLUGIN(example, start)
]]

if not compiled "int x;\n" then
  t.skip("plugins that cannot start", "no C compiler")
else
  t.test("plugins that cannot start, or bring what is not right", function()
    local say = [[error_set(e, STATUS_STATE, "example-says-no", "no %s today", "service")]]
    local cases = {
      { start:format(say, "one", "one", "thing", "thing"), "example-says-no", "no service today" },
      { start:format("STATUS_STATE", "one", "one", "thing", "thing"), "bad-plugin", "could not be started" },
      { start:format("STATUS_OK", "one", "", "thing", "thing"), "bad-primitive", "it needs a summary" },
      { start:format("STATUS_OK", "One", "one", "thing", "thing"), "bad-primitive", "lower-case" },
      { start:format("STATUS_OK", "one", "one", "csv", "thing"), "format-taken", "'csv'" },
      { start:format("STATUS_OK", "one", "one", "thing", "csv"), "format-taken", "'csv'" },
      { '#include "plug/plugin.h"\nextern int nobody(void);\n' ..
        "static Status f(Error *e) { (void)e; return nobody(); }\nASSAY_PLUGIN(example, f)",
        "bad-plugin", "nobody" },
    }
    for _, case in ipairs(cases) do
      refused(plant_library(compiled(case[1])), "example", case[2], case[3])
    end
    local other = plant_library(compiled(start:format("STATUS_OK", "one", "one", "thing", "thing")),
      '"files": ["example.so"], "primitives": ["example.one", "example.two"]')
    local _, err = with(other, 'plugin.load "example"')
    t.has(err, "promises 'example.two'")
    local fine = plant_library(compiled(start:format("STATUS_OK", "one", "one", "thing", "thing")),
      '"files": ["example.so"], "primitives": ["example.one"]')
    t.eq({ with(fine, "print(example.one())") }, { "1\n", "", 0 })
  end)
end

t.done()
