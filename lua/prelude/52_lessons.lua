-- What lessons need beside demonstrations (src/repl/demo.h): whether two values are the same, and what an answer lacks.

local metatable_of = debug.getmetatable -- a sandboxed script has no debug

local function kind_of(value)
  local meta = type(value) == "userdata" and metatable_of(value)
  return meta and meta.__name or type(value)
end

local same

local function same_numbers(a, b)
  return a == b or a ~= a and b ~= b or math.abs(a - b) <= 1e-9 * math.max(math.abs(a), math.abs(b))
end

local function same_tables(a, b, depth)
  for key, value in pairs(a) do
    if not same(value, b[key], depth + 1) then
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

local function same_columns(a, b, depth)
  if #a ~= #b then
    return false
  end
  for i = 1, #a do
    if not same(a[i], b[i], depth) then
      return false
    end
  end
  return true
end

local function same_frames(a, b, depth)
  local x, y = a:schema(), b:schema()
  if #x ~= #y or #a ~= #b then
    return false
  end
  for i = 1, #x do
    if x.name[i] ~= y.name[i] or not same_columns(a:col(x.name[i]), b:col(x.name[i]), depth) then
      return false
    end
  end
  return true
end

-- By value: numbers to nine digits, tables, columns and frames by content, models by their parts and figures.
function same(a, b, depth)
  depth = depth or 0
  local kind = kind_of(a)
  if rawequal(a, b) then
    return true
  elseif kind ~= kind_of(b) or depth > 20 then
    return false
  elseif kind == "number" then
    return same_numbers(a, b)
  elseif kind == "table" then
    return same_tables(a, b, depth)
  elseif kind == "assay.column" then
    return same_columns(a, b, depth)
  elseif kind == "assay.frame" then
    return same_frames(a, b, depth)
  elseif kind == "assay.model" then
    return same_frames(a:tidy(), b:tidy(), depth) and same_frames(a:glance(), b:glance(), depth)
  elseif kind == "assay.chart" then
    return tostring(a) == tostring(b)
  end
  return a == b
end

-- The right answer's values, computed beside the user's variables.
local function run(answer, environment)
  local own = setmetatable({}, { __index = environment })
  local expression = load("return " .. answer, "=answer", "t", own)
  local value = assert(expression or load(answer, "=answer", "t", own))()
  return own, value
end

-- Whether a statement answered a question (src/bind/lesson_bind.c): `names` are variables that must have the values
-- which the right answer gives them; without names the value that was shown must be that of the answer. And what is
-- wrong otherwise.
local function judge(environment, answer, names, was_shown, shown)
  local own, value = run(answer, environment)
  local any = false
  for name in names:gmatch "[%a_][%w_]*" do
    any = true
    local given = rawget(environment, name)
    if given == nil then
      return false, ("there is no variable %s yet"):format(name)
    elseif not same(given, own[name]) then
      return false, ("%s has another value than it should"):format(name)
    end
  end
  if not any and not was_shown then
    return false, "no value was shown"
  elseif not any and not same(shown, value) then
    return false, "that is another value"
  end
  return true, ""
end

debug.getregistry()["assay.lesson"] = judge

primitive {
  family = "help",
  name = "demo",
  global = "demo",
  takes = "nothing",
  main = "name",
  summary = "demonstrations and lessons; without a name: which there are",
  details = "At the prompt it begins when the statement has ended: Enter goes on, b goes back, s skips, r begins anew, "
    .. "q leaves, and anything else is a statement of your own with the lesson's variables. A script runs it all.",
  options = { { name = "name", kind = "text", help = "which one" } },
  returns = "nothing",
  example = "demo()",
  run = function(_, o)
    assay.demo(o.name or "")
  end,
}
