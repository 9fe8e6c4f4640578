-- SPDX-License-Identifier: GPL-3.0-or-later
-- step(): the steps of a fit, kept and shown; and how lessons judge an answer.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local step = _G.step

local geyser = read "datasets/faithful/faithful.csv"
local iris = read "datasets/iris/iris.csv"

local function stepper(options)
  local o = { k = 3, init = "random", starts = 1, scale = "zscore", seed = 28 }
  for name, value in pairs(options or {}) do
    o[name] = value
  end
  return step(geyser, "kmeans", o)
end

local function clusters(model, df)
  return model:predict(df).cluster
end

t.test("the inertia never rises within a start, and ends at the model's", function()
  for seed = 1, 10 do
    local s = stepper { seed = seed, starts = 4, k = 5, refine = "none" }
    local last, start
    for i = 1, #s do
      local now = s.list[i]
      t.ok(now.start ~= start or now.objective <= last, ("seed %d, step %d"):format(seed, i))
      last, start = now.objective, now.start
    end
  end
  local s = stepper():run()
  t.ok(math.abs(s.list[#s].objective - s.model.inertia) < 1e-9)
end)

t.test("figures and state of a step belong together", function()
  local s = stepper()
  local before
  for i = 1, #s do
    local then_ = s:model_at(i)
    local now, state, inertia, changed = clusters(then_, geyser), assay.model_frame(then_, "centres"), 0, 0
    local scale = assay.model_frame(then_, "variables")
    for row = 1, #geyser do
      for j, name in ipairs { "eruptions", "waiting" } do
        local x = (geyser:col(name)[row] - scale.shift[j]) / scale.factor[j]
        inertia = inertia + (x - state:col(name)[now[row]]) ^ 2
      end
      changed = changed + (before and before[row] ~= now[row] and 1 or 0)
    end
    t.ok(math.abs(inertia - s.list[i].objective) < 1e-9 * inertia, "step " .. i)
    t.eq(before and changed or #geyser, s.list[i].changed)
    before = now
  end
end)

t.test("the last step has the model's numbers of clusters and centres", function()
  local s = stepper():run()
  local state, tidy = s:state(), s.model:tidy()
  for i = 1, 3 do
    t.ok(math.abs(state.eruptions[i] - tidy.eruptions[i]) < 1e-9)
    t.ok(math.abs(state.waiting[i] - tidy.waiting[i]) < 1e-9)
  end
end)

t.test("the same seed gives the same steps and drawings", function()
  local a, b = stepper(), stepper()
  t.eq(#a, #b)
  for i = 1, #a do
    t.eq(a:goto_(i):words(), b:goto_(i):words())
    t.eq(tostring(a), tostring(b))
  end
end)

t.test("recording changes nothing about the fit", function()
  local s = stepper { starts = 3 }
  local plain = geyser:kmeans { k = 3, init = "random", starts = 3, scale = "zscore", seed = 28 }
  t.eq(s.model:glance().inertia[1], plain:glance().inertia[1])
  t.eq(s.model:tidy().eruptions[2], plain:tidy().eruptions[2])
end)

t.test("going through", function()
  local s = stepper()
  t.eq(s.at, 1)
  t.eq(s.begun, false)
  t.eq(s:back().at, 1)
  t.eq(s:next().at, 2)
  t.eq(s:next():back().at, 2)
  t.eq(s:run().at, #s)
  t.eq(s.ended, true)
  t.eq(s:next().at, #s)
  t.eq(s:show(), s)
  t.raises_text("there is no step 0: they are 1 to 8", function() s:goto_(0) end)
  t.raises_text("no step 9", function() s:goto_(9) end)
  t.raises_text("no step 1.5", function() s:goto_(1.5) end)
end)

t.test("words", function()
  local s = stepper()
  t.eq(s:words(1), "step 1: every row gets its cluster; inertia 746.198")
  t.eq(s:words(2), "step 2: 89 rows changed cluster; inertia fell from 746.198 to 205.176 (73 %)")
  t.ok(s:words(8):find("no row changed cluster", 1, true))
  t.ok(s:words(8):find("the last step: it has converged", 1, true))
end)

t.test("the steps as a table", function()
  local s = stepper { starts = 2 }
  local all = s:steps()
  t.eq(#all, #s)
  t.eq(all.start[1], 1)
  t.eq(all.start[#all], 2)
  t.eq(all.iteration[2], 2)
  t.eq(all.objective[1], s.list[1].objective)
end)

t.test("more variables than two are drawn on components", function()
  local s = iris:step("kmeans", { k = 3, starts = 1 })
  t.ok(tostring(s):find("component 1", 1, true))
  s = iris:step("kmeans", { k = 3, starts = 1, x = "petal_length", y = "petal_width" })
  t.ok(tostring(s):find("petal_width", 1, true))
end)

t.test("a method without steps is refused, as is one that is not there", function()
  t.raises_text("'describe' has no steps to look at", function() step(iris, "describe") end)
  t.raises("unknown-column", function() step(iris, "kmeanz", { k = 3 }) end, "did you mean the verb df:kmeans")
  t.raises("unknown-option", function() step(iris, "kmeans", { k = 3, sed = 1 }) end, "seed")
end)

t.test("an error in what is recorded ends the recording", function()
  t.raises_text("no", function() assay.trace(function() error "no" end) end)
  local trace = assay.trace(function() return iris:kmeans { k = 2, starts = 1 } end)
  t.ok(trace:count() > 1)
  local outer = assay.trace(function()
    assay.trace(function() iris:kmeans { k = 2, starts = 1 } end)
    iris:kmeans { k = 2, starts = 1 }
  end)
  t.eq(outer:step(outer:count()).run, 1) -- the inner one heard its own
  t.raises_text("no such step", function() trace:step(0) end)
end)

t.test("answers are judged by value", function()
  local judge = debug.getregistry()["assay.lesson"]
  local function right(answer, names, given, shown)
    local environment = setmetatable(given, { __index = _G })
    return (judge(environment, answer, names, shown ~= nil, shown))
  end
  t.eq(right("x = 0.1 + 0.2", "x", { x = 0.3 }), true)
  t.eq(right("x = 1", "x", { x = 2 }), false)
  t.eq(right("x = 1", "x", {}), false)
  t.eq(right("x, y = 1, 2", "x, y", { x = 1, y = 2 }), true)
  t.eq(right("x, y = 1, 2", "x, y", { x = 1, y = 3 }), false)
  t.eq(right("x = {1, {a = 'b'}}", "x", { x = { 1, { a = "b" } } }), true)
  t.eq(right("x = {1}", "x", { x = { 1, 2 } }), false)
  t.eq(right("x = df:head(3)", "x", { df = iris, x = iris:filter("true"):head(3) }), true)
  t.eq(right("x = df:head(3)", "x", { df = iris, x = iris:tail(3) }), false)
  t.eq(right("x = df:head(3)", "x", { df = iris, x = iris:head(3):drop("species") }), false)
  t.eq(right("m = df:kmeans{k = 2}", "m", { df = iris, m = iris:kmeans(2) }), true)
  t.eq(right("m = df:kmeans{k = 2}", "m", { df = iris, m = iris:kmeans(3) }), false)
  t.eq(right("1 + 1", "", {}, 2), true)
  t.eq(right("1 + 1", "", {}, "2"), false)
  t.eq(right("1 + 1", "", {}), false)
  t.eq(right("NA", "", {}, NA), true)
end)

t.done()
