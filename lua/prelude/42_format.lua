-- Values for other programs: what --format json, markdown, html or csv makes of what would be shown.
-- src/bind/echo.c calls the function with a value and the format's name and writes the text it gives.

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b" }

local function json_text(text)
  return '"' .. text:gsub('[%c"\\]', function(c)
    return escapes[c] or ("\\u%04x"):format(c:byte())
  end) .. '"'
end

local function json_number(x)
  if x ~= x then
    return '"NaN"'
  elseif x == math.huge or x == -math.huge then
    return x > 0 and '"Inf"' or '"-Inf"'
  end
  return math.type(x) == "integer" and ("%d"):format(x) or (("%.17g"):format(x):gsub("^(-?%d+)$", "%1.0"))
end

local function trimmed(text)
  return (text:gsub("\n+$", ""))
end

local json

-- A table: a list when its keys are 1 to n, else an object with its text keys in order.
local function json_table(value, open)
  if open[value] then
    error("a table that contains itself has no JSON form", 0)
  end
  open[value] = true
  local parts = {}
  if #value > 0 or next(value) == nil then
    for i = 1, #value do
      parts[i] = json(value[i], open)
    end
    open[value] = nil
    return "[" .. table.concat(parts, ", ") .. "]"
  end
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = tostring(key)
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    local item = value[key]
    if item == nil then
      item = value[math.tointeger(key) or tonumber(key) or key]
    end
    parts[i] = json_text(key) .. ": " .. json(item, open)
  end
  open[value] = nil
  return "{" .. table.concat(parts, ", ") .. "}"
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
    local text = tostring(value)
    return format == "html" and "<p>" .. text:gsub("&", "&amp;"):gsub("<", "&lt;") .. "</p>" or text
  end
  for i, df in ipairs(list) do
    texts[i] = trimmed(df:text(format))
  end
  return table.concat(texts, "\n\n")
end

debug.getregistry()["assay.formatted"] = function(value, format)
  return format == "json" and json(value, {}) or tables(value, format)
end
