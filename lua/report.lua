-- SPDX-License-Identifier: GPL-3.0-or-later
-- A report in Markdown, made piece by piece: texts, tables, charts as pictures beside it.
--
--   local report = require "report"
--   local r = report.new("Customers in March", "out")    -- the folder is made when it is not there
--   r:text "What was looked at, and what for."
--   r:table(df:count("region"), { caption = "Customers by region" })
--   r:chart(plot.hist(df, { x = "age" }), "ages.png")
--   r:write "report.md"                                  -- out/report.md; the name is also the default
--
-- Every piece gives the report again, so that calls can be chained. Nothing is written but pictures before r:write.
-- Where no picture can be made (no gnuplot) the chart stands in the report as text, and the reason below it.

local report = {}
report.__index = report

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- A report with a title; its files go into the folder (default: here).
function report.new(title, folder)
  folder = folder or "."
  if folder ~= "." and not os.execute("mkdir -p -- " .. quote(folder)) then
    error("the folder '" .. folder .. "' cannot be made", 2)
  end
  return setmetatable({ folder = folder, parts = { "# " .. title } }, report)
end

local function add(self, text)
  self.parts[#self.parts + 1] = text
  return self
end

function report:heading(text)
  return add(self, "## " .. text)
end

-- A paragraph; with more arguments as string.format.
function report:text(text, ...)
  return add(self, select("#", ...) > 0 and text:format(...) or text)
end

-- Lua or other code as it is.
function report:code(text)
  return add(self, "```lua\n" .. text .. "\n```")
end

-- The frame with numbers of so many significant digits, for people to read.
local function readable(df, digits)
  local changed = {}
  for _, c in df:schema():rows() do
    if c.type == "float64" and not c.name:find "`" then
      local name = "`" .. c.name .. "`"
      local places = ("int64(%d - 1 - floor(log10(abs(%s))))"):format(digits, name)
      changed[#changed + 1] = ("%s = if(%s == 0, %s, round(%s, %s))"):format(name, name, name, name, places)
    end
  end
  return #changed > 0 and df:mutate(changed) or df
end

-- A table of at most `rows` rows (20), what was left out said below it; `digits` significant digits (4).
function report:table(df, options)
  options = options or {}
  local most = options.rows or 20
  if options.caption then
    add(self, "**" .. options.caption .. "**")
  end
  add(self, (readable(df:head(most), options.digits or 4):text("markdown"):gsub("\n$", "")))
  if #df > most then
    add(self, ("%d of %d rows."):format(most, #df))
  end
  return self
end

-- A chart as a picture in the report's folder; options are those of p:save.
function report:chart(p, name, options)
  local call = { self.folder .. "/" .. name }
  for key, value in pairs(options or {}) do
    call[key] = value
  end
  local made, why = pcall(p.save, p, call)
  if made then
    return add(self, ("![%s](%s)"):format(name:gsub("%.%w+$", ""), name))
  end
  return add(add(self, "```\n" .. tostring(p) .. "\n```"), "(No picture: " .. tostring(why):gsub("\n.*", "") .. ")")
end

function report:write(name)
  local path = self.folder .. "/" .. (name or "report.md")
  local file = assert(io.open(path, "w"))
  file:write(table.concat(self.parts, "\n\n"), "\n")
  assert(file:close())
  return path
end

return report
