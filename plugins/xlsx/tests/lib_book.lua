-- SPDX-License-Identifier: GPL-3.0-or-later
-- Workbooks for the tests, as bytes: a zip of stored parts around the XML of sheets.
--
--   book { sheets = { { name = "A", cells = '<row r="1">...' } }, strings = {...}, formats = {...} }
--
-- formats: codes of number formats; style i is the i-th of them, style 0 plain. rows{...} makes cells of Lua
-- values.

local lib = {}

local crc_table = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do
    c = c & 1 == 1 and 0xedb88320 ~ (c >> 1) or c >> 1
  end
  crc_table[i] = c
end

local function crc32(text)
  local c = 0xffffffff
  for i = 1, #text do
    c = crc_table[(c ~ text:byte(i)) & 255] ~ (c >> 8)
  end
  return c ~ 0xffffffff
end

-- A zip of parts { name, bytes }, in this order. flag: the general purpose bits (1: encrypted).
function lib.zip(parts, flag)
  local out, folder, offset = {}, {}, 0
  for _, part in ipairs(parts) do
    local name, bytes = part[1], part[2]
    local common = string.pack("<I2I2I2I2I2I4I4I4I2I2", 20, flag or 0, 0, 0, 33, crc32(bytes), #bytes, #bytes,
      #name, 0)
    local head = "PK\3\4" .. common .. name
    out[#out + 1] = head .. bytes
    folder[#folder + 1] = "PK\1\2" .. string.pack("<I2", 20) .. common ..
      string.pack("<I2I2I2I4I4", 0, 0, 0, 0, offset) .. name
    offset = offset + #head + #bytes
  end
  local listing = table.concat(folder)
  local tail = string.pack("<I2I2I2I2I4I4I2", 0, 0, #parts, #parts, #listing, offset, 0)
  return table.concat(out) .. listing .. "PK\5\6" .. tail
end

local function escape(text)
  return (text:gsub("[&<>\"]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end

local function column_name(n)
  return n > 26 and column_name((n - 1) // 26) .. string.char(65 + (n - 1) % 26) or string.char(64 + n)
end

-- Rows of values as cells: numbers, booleans, texts (inline), nil for none, { xml attributes, content }.
function lib.rows(rows, first)
  local out = {}
  for i = 1, rows.n or #rows do
    local cells = {}
    for j = 1, rows[i].n or #rows[i] do
      local value = rows[i][j]
      local place = ' r="' .. column_name(j) .. (first or 1) + i - 1 .. '"'
      if type(value) == "number" then
        cells[#cells + 1] = ("<c%s><v>%s</v></c>"):format(place, tostring(value))
      elseif type(value) == "boolean" then
        cells[#cells + 1] = ('<c%s t="b"><v>%d</v></c>'):format(place, value and 1 or 0)
      elseif type(value) == "string" then
        cells[#cells + 1] = ('<c%s t="inlineStr"><is><t>%s</t></is></c>'):format(place, escape(value))
      elseif type(value) == "table" then
        cells[#cells + 1] = ("<c%s %s>%s</c>"):format(place, value[1], value[2])
      end
    end
    out[#out + 1] = ('<row r="%d">%s</row>'):format((first or 1) + i - 1, table.concat(cells))
  end
  return table.concat(out)
end

local head = '<?xml version="1.0" encoding="UTF-8"?>\n'
local main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
local office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

local function relations(list)
  local out = {}
  for i, item in ipairs(list) do
    out[i] = ('<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>'):format(i, office, item[1], item[2])
  end
  return head .. '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' ..
    table.concat(out) .. "</Relationships>"
end

local function styles(formats)
  local codes, cells = {}, { '<xf numFmtId="0"/>' }
  for i, code in ipairs(formats) do
    local number = type(code) == "number" and code or 163 + i
    local text = type(code) == "string" and escape(code)
    codes[i] = text and ('<numFmt numFmtId="%d" formatCode="%s"/>'):format(number, text) or ""
    cells[i + 1] = ('<xf numFmtId="%d" applyNumberFormat="1"/>'):format(number)
  end
  return head .. "<styleSheet " .. main .. "><numFmts>" .. table.concat(codes) .. "</numFmts>" ..
    "<cellStyleXfs>" ..
    '<xf numFmtId="14"/></cellStyleXfs><cellXfs>' .. table.concat(cells) .. "</cellXfs></styleSheet>"
end

-- The parts of a workbook, for a test to change.
function lib.parts(what)
  local sheets, links, parts = {}, {}, {}
  for i, sheet in ipairs(what.sheets) do
    local state = sheet.state and ' state="' .. sheet.state .. '"' or ""
    local name = escape(sheet.name or "Sheet" .. i)
    sheets[i] = ('<sheet name="%s" sheetId="%d" r:id="rId%d"%s/>'):format(name, i, i, state)
    links[i] = { "worksheet", "worksheets/sheet" .. i .. ".xml" }
    local xml = sheet.xml or head .. "<worksheet " .. main .. "><sheetData>" .. sheet.cells ..
      "</sheetData>" .. (sheet.after or "") .. "</worksheet>"
    parts[i] = { "xl/worksheets/sheet" .. i .. ".xml", xml }
  end
  links[#links + 1] = { "styles", "styles.xml" }
  links[#links + 1] = { "sharedStrings", "/xl/sharedStrings.xml" }
  local book = head .. "<workbook " .. main .. ' xmlns:r="' .. office .. '"><workbookPr' ..
    (what.since_1904 and ' date1904="1"' or "") .. "/><sheets>" .. table.concat(sheets) ..
    "</sheets></workbook>"
  local strings = head .. "<sst " .. main .. ">" .. (what.strings or "") .. "</sst>"
  table.insert(parts, 1, { "[Content_Types].xml", head .. "<Types/>" })
  table.insert(parts, 2, { "_rels/.rels", relations { { "officeDocument", "xl/workbook.xml" } } })
  table.insert(parts, 3, { "xl/workbook.xml", book })
  table.insert(parts, 4, { "xl/_rels/workbook.xml.rels", relations(links) })
  table.insert(parts, 5, { "xl/styles.xml", styles(what.formats or {}) })
  table.insert(parts, 6, { "xl/sharedStrings.xml", strings })
  return parts
end

function lib.book(what)
  return lib.zip(lib.parts(what))
end

return lib
