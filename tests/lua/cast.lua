-- SPDX-License-Identifier: GPL-3.0-or-later
-- Casts: each pair of types, every refusal, and what a cell becomes.
-- Expected values by hand and from Python's datetime.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local cells = t.cells

local function cast(values, type, options)
  return cells(frame { { "x", values } }.x:cast(type, options))
end

t.test("texts become numbers as people write them", function()
  t.eq(cast({ "1", "-2.5", "+3", "007", "1e3", "$1,234.50", "(35)", "12.5%", "5 €" }, "float64"),
    { 1.0, -2.5, 3.0, 7.0, 1000.0, 1234.5, -35.0, 0.125, 5.0 })
  t.eq(cast({ "1", "-2", "007", "1,234", "12.0" }, "int64"), { 1, -2, 7, 1234, 12 })
  t.eq(cast({ "1.234,5", "1,5" }, "float64", { decimal = "," }), { 1234.5, 1.5 })
  t.eq(cast({ "9223372036854775807", "-9223372036854775808" }, "int64"), { math.maxinteger, math.mininteger })
end)

t.test("blank texts and those named are missing", function()
  t.eq(cast({ "1", "", " ", "n/a" }, "int64", { missing = "n/a" }), { 1, NA, NA, NA })
end)

t.test("texts become truth values", function()
  t.eq(cast({ "yes", "No", "TRUE", "f", "1", "0", "ja", "nein" }, "bool"),
    { true, false, true, false, true, false, true, false })
  t.raises("cast-cell", function() cast({ "yes", "maybe" }, "bool") end, "row 2: 'maybe' is no bool")
end)

t.test("texts become times", function()
  t.eq(cast({ "31.12.2024", "01.02.2025" }, "timestamp"), { "2024-12-31", "2025-02-01" })
  t.eq(cast({ "03/04/2024" }, "timestamp", { dates = "dmy" }), { "2024-04-03" })
  t.eq(cast({ "03/04/2024" }, "timestamp", { dates = "mdy" }), { "2024-03-04" })
  t.eq(cast({ "3|4|24 5h" }, "timestamp", { format = "%d|%m|%y %Hh" }), { "2024-04-03 05:00:00" })
  t.eq(cast({ "2024-01-31T12:30+01:00" }, "timestamp"), { "2024-01-31 11:30:00Z" })
end)

t.test("an unknown order is an error", function()
  t.raises("cast-order", function()
    cast({ "03/04/2024", "05/06/2024" }, "timestamp")
  end, "more than one order")
  t.raises("cast-order", function() cast({ "13/01/2024", "01/13/2024" }, "timestamp") end, "no order")
  t.eq(cast({ "03/03/2024", "5/5/2024" }, "timestamp"), { "2024-03-03", "2024-05-05" })
  t.eq(cast({ "03/04/2024", "13/06/2024" }, "timestamp"), { "2024-04-03", "2024-06-13" })
end)

t.test("zones", function()
  local x = frame { { "x", { "2024-07-01 12:00", "2024-01-01 12:00" } } }.x
  local berlin = x:cast("timestamp", { zone = "Europe/Berlin" })
  t.eq(cells(berlin:cast("int64")), { 1719828000, 1704106800 })
  t.raises("unknown-zone", function() x:cast("timestamp", { zone = "Europe/Berlino" }) end, "Europe/Berlin")
end)

t.test("numbers", function()
  t.eq(cast({ 1, 2 }, "float64"), { 1.0, 2.0 })
  t.eq(cast({ 1.0, -2.0 }, "int64"), { 1, -2 })
  t.raises("cast-cell", function() cast({ 1.0, 2.5 }, "int64") end, "row 2: '2.5' is no int64")
  t.raises("cast-cell", function() cast({ 1.0, 0 / 0 }, "int64") end, "row 2: 'NaN'")
  t.raises("cast-cell", function() cast({ 2.0 ^ 63 }, "int64") end, "is no int64")
  t.eq(cast({ -2.0 ^ 63 }, "int64"), { math.mininteger })
  t.raises("cast-cell", function()
    cast({ 2 ^ 53 | 0, (2 ^ 53 | 0) + 1 }, "float64")
  end, "row 2: '9007199254740993' is no float64")
  t.eq(cast({ 0, 1 }, "bool"), { false, true })
  t.raises("cast-cell", function() cast({ 0, 2 }, "bool") end, "row 2")
  t.eq(cast({ true, false }, "int64"), { 1, 0 })
end)

t.test("times as seconds, and digits by a format", function()
  t.eq(cast({ 1706659200 }, "timestamp"), { "2024-01-31 00:00:00Z" })
  t.eq(cast({ 1706659200.25 }, "timestamp"), { "2024-01-31 00:00:00.25Z" })
  t.eq(cells(frame { { "x", { "2024-01-31" } } }.x:cast("timestamp"):cast("int64")), { 1706659200 })
  t.eq(cast({ 20240131 }, "timestamp", { format = "%Y%m%d" }), { "2024-01-31" })
  t.raises("cast-cell", function()
    cast({ 20241331 }, "timestamp", { format = "%Y%m%d" })
  end, "row 1: '20241331'")
  t.raises("time-format", function() cast({ 1 }, "timestamp", { format = "%Q" }) end, "unknown place")
end)

t.test("to texts and back", function()
  t.eq(cast({ 1, NA, -5 }, "string"), { "1", NA, "-5" })
  local codes = frame { { "x", { "b", "a", "b" } } }.x:cast("category")
  t.eq(cells(codes), { "b", "a", "b" })
  t.eq(cells(codes:cast("string")), { "b", "a", "b" })
  t.eq(cells(frame { { "x", { "1", "2", "1" } } }.x:cast("category"):cast("int64")), { 1, 2, 1 })
end)

t.test("frames: several columns, what does not fit counted", function()
  local df = frame { { "a", { "1", "x" } }, { "b", { "2", "3" } }, { "format", { "4", "5" } } }
  local out = df:cast { a = "int64", b = "float64", invalid = "missing" }
  t.eq(out:row(2), { a = NA, b = 3.0, format = "5" })
  t.eq(df:cast { types = { format = "int64" } }:row(1), { a = "1", b = "2", format = 4 })
  t.raises("cast-cell", function() df:cast { a = "int64" } end, "row 2: 'x' is no int64")
  t.raises("unknown-column", function() df:cast { c = "int64" } end, "there is no column 'c'")
  t.raises("cast-type", function() df:cast { b = "int" } end, "did you mean 'int64'")
  t.raises("missing-option", function() df:cast {} end, "at least one column")
end)


t.done()
