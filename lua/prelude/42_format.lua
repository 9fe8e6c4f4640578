-- Values for other programs: what --format json, markdown, html or csv makes of what would be shown.
-- src/bind/echo.c calls the function with a value and the format's name and writes the text it gives.

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b" }

-- A text with U+FFFD for each byte that is no UTF-8: JSON has no other bytes.
local function valid_text(text)
  local parts, from = {}, 1
  while true do
    local _, bad = utf8.len(text, from)
    if not bad then
      parts[#parts + 1] = text:sub(from)
      return table.concat(parts)
    end
    parts[#parts + 1] = text:sub(from, bad - 1) .. "\u{FFFD}"
    from = bad + 1
  end
end

local function json_text(text)
  return '"' .. valid_text(text):gsub('[%c"\\]', function(c)
    return escapes[c] or ("\\u%04x"):format(c:byte())
  end) .. '"'
end

local function json_number(x)
  if x ~= x then
    return '"NaN"'
  elseif x == math.huge or x == -math.huge then
    return x > 0 and '"Inf"' or '"-Inf"'
  end
  if math.type(x) == "integer" then
    return ("%d"):format(x)
  end
  local short = ("%.15g"):format(x)
  return ((tonumber(short) == x and short or ("%.17g"):format(x)):gsub("^(-?%d+)$", "%1.0"))
end

local function trimmed(text)
  return (text:gsub("\n+$", ""))
end

local json

-- Whether all keys are 1 to n for some n, but for holes in the middle.
local function is_list(value)
  local n = rawlen(value)
  for key in next, value do
    if math.type(key) ~= "integer" or key < 1 or key > n then
      return false
    end
  end
  return true
end

-- The keys of an object: numbers in their order, then the others by what they are as text.
local function sorted_keys(value)
  local keys, texts = {}, {}
  for key in next, value do
    keys[#keys + 1] = key
    texts[key] = tostring(key)
  end
  table.sort(keys, function(a, b)
    local x, y = type(a) == "number", type(b) == "number"
    if x ~= y then
      return x
    elseif x then
      return a < b
    end
    return texts[a] < texts[b]
  end)
  return keys, texts
end

local DEEPEST = 100

-- A table: a list when its keys are 1 to n, else an object with all of them. `open`: the tables that it is in, and how
-- many they are.
local function json_table(value, open)
  if open[value] then
    error("a table that contains itself has no JSON form", 0)
  elseif open.depth >= DEEPEST then
    error(("tables more than %d deep in one another have no JSON form here"):format(DEEPEST), 0)
  end
  open[value], open.depth = true, open.depth + 1
  local parts, list = {}, is_list(value)
  if list then
    for i = 1, rawlen(value) do
      parts[i] = json(rawget(value, i), open)
    end
  else
    local keys, texts = sorted_keys(value)
    for i, key in ipairs(keys) do
      parts[i] = json_text(texts[key]) .. ": " .. json(rawget(value, key), open)
    end
  end
  open[value], open.depth = nil, open.depth - 1
  return (list and "[%s]" or "{%s}"):format(table.concat(parts, ", "))
end

local kind_of = assay.kind

function json(value, open)
  local kind, t = kind_of(value), type(value)
  if rawequal(value, NA) or value == nil then
    return "null"
  elseif kind == "frame" then
    return trimmed(value:text "json")
  elseif kind == "model" then
    return ('{"model": %s, "options": %s, "glance": %s, "tidy": %s}'):format(json_text(assay.model_name(value)),
      json(value:options(), open), trimmed(value:glance():text "json"), trimmed(value:tidy():text "json"))
  elseif kind == "column" then
    return trimmed(frame { { "value", value } }:text "json")
  elseif kind == "chart" then
    return trimmed(value:data():text "json")
  elseif t == "number" then
    return json_number(value)
  elseif t == "boolean" then
    return tostring(value)
  elseif t == "table" then
    return json_table(value, open)
  end
  return json_text(tostring(value))
end

-- The frames that say what the value is, for formats that are tables.
local function frames(value)
  local kind = kind_of(value)
  if kind == "frame" then
    return { value }
  elseif kind == "model" then
    return { value:glance(), value:tidy() }
  elseif kind == "column" then
    return { frame { { "value", value } } }
  elseif kind == "chart" then
    return { value:data() }
  end
end

local function tables(value, format)
  local list, texts = frames(value), {}
  if not list then
    local odd = math.type(value) == "float" and value - value ~= 0 -- NaN or infinite
    local text = odd and json_number(value):gsub('"', "") or tostring(value)
    return format == "html" and "<p>" .. text:gsub("&", "&amp;"):gsub("<", "&lt;") .. "</p>" or text
  end
  for i, df in ipairs(list) do
    texts[i] = trimmed(df:text(format))
  end
  return table.concat(texts, "\n\n")
end

debug.getregistry()["assay.formatted"] = function(value, format)
  return format == "json" and json(value, { depth = 0 }) or tables(value, format)
end
