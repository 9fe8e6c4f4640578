-- SPDX-License-Identifier: GPL-3.0-or-later
-- Reports in Markdown, and the demonstration of the whole story that ends in one.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local report = require "report"

local function folder()
  local path = os.tmpname()
  os.remove(path)
  return path
end

t.test("pieces in order", function()
  local where = folder() .. "/a b's"
  local r = report.new("Title", where)
  r:heading("One"):text("%d of %s", 3, "four"):text("100 %"):code "x = 1"
  r:table(frame { { "a", { 1.23456789, 0, NA, -123456.789 } }, { "b|c", { 1, 2, 3, 4 } },
    { "t", { "x", "y", "z", "w" } } },
    { caption = "Small", rows = 3 })
  local path = r:write()
  t.eq(path, where .. "/report.md")
  t.eq(t.read(path), table.concat({
    "# Title", "## One", "3 of four", "100 %", "```lua\nx = 1\n```", "**Small**",
    "| a | b\\|c | t |\n| ---: | ---: | --- |\n| 1.235 | 1 | x |\n| 0 | 2 | y |\n| NA | 3 | z |", "3 of 4 rows.",
  }, "\n\n") .. "\n")
end)

t.test("digits", function()
  local r = report.new("T", folder())
  r:table(frame { { "odd name", { 0.000123456, 98765.4321, -2.5e-10 } } }, { digits = 3 })
  local text = t.read(r:write "x.md")
  t.has(text, "| 0.000123 |")
  t.has(text, "| 98800 |")
  t.has(text, "| -2.5e-10 |")
end)

t.test("a chart without gnuplot is a text, with the reason", function()
  local code = [[report = require "report"
    r = report.new("T", arg[1])
    r:chart(plot.hist(frame{x = {1, 2, 2, 3}}, {x = "x"}), "h.png")
    print(r:write())]]
  local where, script = folder(), t.file(code, ".lua")
  local path = folder() -- a PATH without gnuplot
  os.execute("mkdir -p " .. path .. " && ln -s $(command -v mkdir) " .. path .. "/mkdir")
  local _, _, status = t.run({ script, where }, "PATH=" .. path)
  t.eq(status, 0)
  local text = t.read(where .. "/report.md")
  t.has(text, "```\n")
  t.has(text, "(No picture: ")
end)

t.test("the whole story", function()
  local where = folder()
  local out, _, status = t.run({ "demo", "story" }, "ASSAY_DEMO=" .. where)
  t.eq(status, 0)
  t.has(out, "the report: " .. where .. "/report.md")
  local text = t.read(where .. "/report.md")
  for _, heading in ipairs { "Segments", "What is bought together", "What goes with spending", "Over time" } do
    t.has(text, "## " .. heading)
  end
  t.has(text, "| {salsa dip} | {tortilla chips} |")
  t.eq(#read(where .. "/customers.csv"), 200)
  t.eq(model.load(where .. "/segments.model").k, 5)
end)

t.done()
