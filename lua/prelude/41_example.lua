-- example("kmeans"): runs the example of a help page, each statement shown before what it gives.

local example_of = assay.example_of

-- The statements of a chunk, one by one: lines are put together until they can be run.
local function statements(code)
  local list, pending = {}, nil
  for line in (code .. "\n"):gmatch "(.-)\n" do
    pending = pending and pending .. "\n" .. line or line
    if load("return " .. pending) or load(pending) then
      list[#list + 1], pending = pending, nil
    end
  end
  list[#list + 1] = pending
  return list
end

local run_example = primitive {
  family = "help",
  name = "example",
  takes = "nothing",
  main = "name",
  summary = "runs the example of a help page",
  details = "Every statement is shown, and what it gives. The example has variables of its own: yours stay as they "
    .. "are.",
  options = { { name = "name", kind = "text", required = true, help = "what ?name shows: a function or method" } },
  returns = "nothing",
  example = 'example("head")',
  run = function(_, o)
    local code = example_of(o.name)
    if not code then
      error("there is no example of '" .. o.name .. "'; ?" .. o.name .. " may show a page", 0)
    end
    local own = setmetatable({}, { __index = _G })
    for _, statement in ipairs(statements(code)) do
      print("> " .. statement:gsub("\n", "\n>> "))
      local run = load("return " .. statement, "=example", "t", own) or load(statement, "=example", "t", own)
      local results = table.pack(assert(run)())
      for i = 1, results.n do
        if results[i] ~= nil then
          print(results[i])
        end
      end
    end
  end,
}

-- A table that can be called, because a family may have the same name: plugins/example has.
local looked_for = false
rawset(_G, "example", setmetatable({}, {
  __call = function(_, ...)
    return run_example(...)
  end,
  __index = function(family, name)
    if not looked_for then
      looked_for = true
      pcall(plugin.load, "example")
    end
    return rawget(family, name)
  end,
}))
