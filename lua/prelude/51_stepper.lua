-- step(df, "kmeans", {k = 3}): a method that iterates, one step at a time, back and forth.
--
-- Nothing here knows a method. The trace of a task (src/core/task.h) gives figures and a state; the state takes the
-- place of the frame of its shape in the fitted model, whose own chart then shows how things were at that step.

local trace, output, draw, model_frame = assay.trace, assay.output, assay.draw, assay.model_frame

local Stepper = { __name = "stepper" }
Stepper.__index = Stepper

local function near(a, b)
  return math.abs(a - b) <= 1e-9 * math.max(math.abs(a), math.abs(b))
end

-- Lines no longer than the output is wide, further ones indented.
local function wrapped(text, width)
  local lines, line = {}, nil
  for word in text:gmatch "%S+" do
    if line and width > 0 and #line + 1 + #word > width then
      lines[#lines + 1], line = line, "  " .. word
    else
      line = line and line .. " " .. word or word
    end
  end
  lines[#lines + 1] = line
  return lines
end

local function show(x)
  return ("%.6g"):format(x)
end

local function names_of(df)
  local names = {}
  for i, column in df:schema():rows() do
    names[i] = column.name
  end
  return names
end

local metatable_of = debug.getmetatable -- a sandboxed script has no debug

local function is_model(value)
  local meta = metatable_of(value)
  return meta and meta.__name == "assay.model"
end

-- What a row's change is of: the first column of the model's parts.
local function part_name(model)
  return is_model(model) and names_of(model:tidy())[1] or "group"
end

-- The step before, if this one went on from it.
function Stepper:before(n)
  local now, last = self.list[n], self.list[n - 1]
  local same = last and last.run == now.run and last.phase == now.phase and last.start == now.start
  return same and last.iteration == now.iteration - 1 and last or nil
end

-- ---- In words

local function change_words(s, now, last)
  if not now.changed then
    return nil
  elseif now.counts then
    return ("%s: %d"):format(now.counts, now.changed)
  elseif not last then
    return ("every row gets its %s"):format(s.part)
  elseif now.changed == 0 then
    return ("no row changed %s"):format(s.part)
  end
  return ("%d %s changed %s"):format(now.changed, now.changed == 1 and "row" or "rows", s.part)
end

local function objective_words(_, now, last)
  if not now.objective then
    return nil
  elseif not last or not last.objective then
    return ("%s %s"):format(now.measure, show(now.objective))
  elseif near(now.objective, last.objective) then
    return ("%s stays at %s"):format(now.measure, show(now.objective))
  end
  local fell = now.objective < last.objective
  local share = math.abs(now.objective - last.objective) / math.abs(last.objective) * 100
  local from, to = show(last.objective), show(now.objective)
  return ("%s %s from %s to %s (%.2g %%)"):format(now.measure, fell and "fell" or "rose", from, to, share)
end

local function end_words(s, n)
  if n < #s.list then
    return nil
  end
  local glance = is_model(s.model) and model_frame(s.model, "glance")
  local found, converged = pcall(function()
    return glance:col("converged")[1]
  end)
  if found and converged == true then
    return "the last step: it has converged"
  end
  return "the last step"
end

-- What happened in step n, in one or two lines.
function Stepper:words(n)
  n = n or self.at
  local now, last = self.list[n], self:before(n)
  local parts = {}
  for _, of in ipairs { change_words, objective_words } do
    parts[#parts + 1] = of(self, now, last)
  end
  parts[#parts + 1] = end_words(self, n)
  return ("step %d: %s"):format(n, table.concat(parts, "; "))
end

local function title(s)
  local now = s.list[s.at]
  local place = ("%s, step %d of %d"):format(now.method, s.at, #s.list)
  local of = now.phase == "start" and ("start %d"):format(now.start) or now.phase
  place = ("%s: %s, iteration %d"):format(place, of, now.iteration)
  if s.seen > #s.list and s.at >= #s.list - 1 then
    place = place .. (" (%d steps before the last were not kept)"):format(s.seen - #s.list)
  end
  return place
end

-- ---- As a line of bars: the objective from the start's first step to this one

local blocks = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }
local marks = { "_", ".", ":", "-", "=", "+", "*", "#" }

local function bars(s, ascii, plain)
  local values, n = {}, s.at
  while n >= 1 and #values < 30 and s.list[n].objective do
    table.insert(values, 1, s.list[n].objective)
    n = s:before(n) and n - 1 or 0
  end
  if #values == 0 then
    return nil
  end
  local low, high = math.min(table.unpack(values)), math.max(table.unpack(values))
  local scale = low > 0 and math.log or function(x) -- the first steps change most
    return x
  end
  local line = {}
  for i, value in ipairs(values) do
    local share = high > low and (scale(value) - scale(low)) / (scale(high) - scale(low)) or 0
    local level = math.floor(share * 7 + 0.5) + 1
    line[i] = ascii and marks[level] or blocks[level]
  end
  local drawn = plain and "to" or table.concat(line)
  local measure = s.list[s.at].measure
  return #values == 1 and ("%s %s"):format(measure, show(values[1]))
    or ("%s %s %s %s"):format(measure, show(values[1]), drawn, show(values[#values]))
end

-- ---- The state

-- The state in the data's own units, where the model says how it scaled them.
function Stepper:state(n)
  n = n or self.at
  local model = is_model(self.model) and self.model or nil
  local state = self.trace:state(n, model)
  local scaled = state and model and model_frame(model, "variables")
  if scaled then
    local shift, factor = scaled:col("shift"), scaled:col("factor")
    local columns = {}
    for j, name in ipairs(names_of(state)) do
      local cells, column = {}, state:col(name)
      for i = 1, #state do
        cells[i] = column[i] * factor[j] + shift[j]
      end
      columns[j] = { name, cells }
    end
    state = frame(columns)
  end
  return state
end

-- The model as it was at a step, nil when the state is not a part of it.
function Stepper:model_at(n)
  return is_model(self.model) and self.trace:model(n or self.at, self.model) or nil
end

-- The chart of a step, nil when the model has none that can be drawn of its data.
function Stepper:plot(n)
  local model = self:model_at(n)
  if not model then
    return nil
  end
  local fine, chart = pcall(model.plot, model, { data = self.data, x = self.x, y = self.y, title = title(self) })
  return fine and chart or nil
end

function Stepper:__tostring()
  local width, height, ascii, plain = output()
  local lines, below = {}, wrapped(self:words(), width)
  table.insert(below, 1, bars(self, ascii, plain))
  local chart = not plain and self:plot()
  if chart then
    local room = math.max(8, (height > 0 and height or 24) - 3 - #below)
    lines[1] = draw(chart, room):gsub("\n$", "")
  else
    lines[1] = title(self)
    local state = self:state()
    lines[2] = state and tostring(state) or nil
  end
  for _, line in ipairs(below) do
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

-- ---- Going through

function Stepper:goto_(n)
  if math.type(n) ~= "integer" or n < 1 or n > #self.list then
    error(("there is no step %s: they are 1 to %d"):format(n, #self.list), 2)
  end
  self.at, self.begun, self.ended = n, n > 1, n == #self.list
  return self
end

function Stepper:next()
  return self:goto_(math.min(self.at + 1, #self.list))
end

function Stepper:back()
  return self:goto_(math.max(self.at - 1, 1))
end

function Stepper:run()
  return self:goto_(#self.list)
end

function Stepper:show()
  return self
end

-- All steps as a frame.
function Stepper:steps()
  local columns = {}
  for j, name in ipairs { "run", "phase", "start", "iteration", "objective", "changed" } do
    local cells = {}
    for i, step in ipairs(self.list) do
      cells[i] = step[name] == nil and NA or step[name]
    end
    columns[j] = { name, cells }
  end
  return frame(columns)
end

function Stepper:__len()
  return #self.list
end

primitive {
  family = "help",
  name = "step",
  method = "step",
  global = "step",
  takes = "frame",
  main = "verb",
  summary = "runs a method that iterates and keeps its steps, to be looked at one by one",
  details = "The stepper draws itself: the model's own chart as it was at that step, its objective so far, and what "
    .. "happened in words. s:next(), s:back(), s:goto_(n) and s:run() move it, s:show() draws it again. s:steps() is a "
    .. "frame of all steps, s:state() the state of this one, s:words() what happened, s.model what the method gave. At "
    .. "most 64 MB of steps are kept; it says so when some were not.",
  options = {
    { name = "verb", kind = "text", required = true, help = "the method's name, such as \"kmeans\"" },
    { name = "x", kind = "column", choices = "numeric", help = "what the chart shows to the right, if you choose" },
    { name = "y", kind = "column", choices = "numeric", help = "what it shows upwards" },
    { name = "options", kind = "rest", help = "options of the method" },
  },
  returns = "a stepper, which draws the step it is at",
  example = 's = read("datasets/iris/iris.csv"):step("kmeans", {k = 3, starts = 1})\ns:next():words()',
  run = function(df, o)
    local recorded, model = trace(function()
      return df[o.verb](df, o.options or {})
    end)
    local kept, seen = recorded:count()
    if kept == 0 then
      error(("'%s' has no steps to look at: it does not iterate, or says nothing of it"):format(o.verb), 0)
    end
    local s = { trace = recorded, model = model, data = df, x = o.x, y = o.y, seen = seen, list = {} }
    s.at, s.begun, s.ended = 1, false, kept == 1
    for i = 1, kept do
      s.list[i] = recorded:step(i)
    end
    s.part = part_name(model)
    return setmetatable(s, Stepper)
  end,
}
