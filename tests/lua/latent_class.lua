-- SPDX-License-Identifier: GPL-3.0-or-later
-- Latent classes from a script: questions of all types, missing answers, weights, what is refused.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

-- Two groups that answer differently, the third question being a number and the fourth a boolean.
local a, b, c, d = {}, {}, {}, {}
for i = 1, 120 do
  local g, odd = i % 3 == 0, i % 10 == 0
  a[i] = (g ~= odd) and "often" or "never"
  b[i] = g and (i % 7 == 0 and "no" or "yes") or "no"
  c[i] = g and 10 or (i % 4 == 0 and 9 or 2)
  d[i] = g ~= (i % 11 == 0)
end
local survey = frame { a = a, b = b, c = c, d = d }
local questions = { "a", "b", "c", "d" }

t.test("texts and booleans are questions by themselves, numbers when named", function()
  local m = survey:latent_class(2)
  t.has(tostring(m), "questions: a, b, d")
  m = survey:latent_class { k = 2, on = questions }
  t.eq(t.cells(m:responses():filter("variable = 'c' and cluster = 1").level), { "2", "9", "10" })
  t.eq(m.df, 1 + 2 * (1 + 1 + 2 + 1))
  t.eq(m.df_residual, 2.0 * 2 * 3 * 2 - 1 - m.df)
end)

t.test("probabilities add up to 1 over levels and over classes", function()
  local m = survey:latent_class { k = 2, on = questions }
  for _, sum in ipairs(t.cells(m:responses():group("variable", "cluster"):agg { "s = sum(probability)" }.s)) do
    t.near(sum, 1, 1e-12)
  end
  local found, sizes = m:predict(survey), { 0, 0 }
  for i = 1, #found do
    t.near(found.probability_1[i] + found.probability_2[i], 1, 1e-12)
    sizes[found.cluster[i]] = sizes[found.cluster[i]] + 1
  end
  t.eq(t.cells(m:tidy().size), sizes)
  t.eq(sizes, { 80, 40 })
end)

t.test("the order of rows does not matter", function()
  local m = survey:latent_class { k = 2, on = questions }
  local turned = survey:sort { "-d", "a", "c" }:latent_class { k = 2, on = questions }
  t.eq(turned.log_likelihood, m.log_likelihood)
  t.same_frame(turned:responses(), m:responses())
end)

t.test("missing answers: used, left out, or refused; a row without any says nothing", function()
  local holes = frame { a = { "x", "y", NA, "x", NA, "y" }, b = { "u", "v", "u", NA, NA, "v" } }
  local m = holes:latent_class { k = 1, tol = 0, max_iter = 5 }
  t.eq({ m.n, m.dropped }, { 5, 1 })
  t.near(m.log_likelihood, 4 * math.log(1 / 2) + 2 * math.log(1 / 2) + 2 * math.log(1 / 2), 1e-12)
  t.eq(holes:latent_class({ k = 1, missing = "drop" }).n, 3)
  t.raises("missing-values", function() holes:latent_class { k = 1, missing = "error" } end, "a (2)", "b (2)")
  t.eq(t.cells(m:predict(holes).cluster), { 1, 1, 1, 1, NA, 1 })
end)

t.test("answers that the model does not know count as missing", function()
  local m = survey:latent_class { k = 2, on = { "a", "b" } }
  local strange = frame { a = { "seldom", "often" }, b = { "yes", "maybe" } }
  local both = m:predict(strange)
  t.near(both.probability_1[1], m:predict(frame { a = { NA, "often" }, b = { "yes", "yes" } }).probability_1[1], 1e-15)
end)

t.test("weights are rows", function()
  local counted = survey:group(questions):agg { "n = count()" }
  local m = counted:latent_class { k = 2, on = questions, weights = "n" }
  t.near(m.log_likelihood, survey:latent_class({ k = 2, on = questions }).log_likelihood, 1e-8)
  t.eq(m.total_weight, 120.0)
end)

t.test("what is refused", function()
  local many = {}
  for i = 1, 150 do
    many[i] = i
  end
  t.raises("too-many-answers", function() frame({ x = many }):latent_class { k = 1, on = "x" } end, "'x'", "100")
  t.raises("bad-data", function() frame({ x = many }):latent_class(1) end, "texts or booleans")
  t.raises("too-few-rows", function() survey:head(3):latent_class(4) end, "k is 4")
  t.raises("bad-k", function() survey:latent_class("two") end)
  t.raises("bad-data", function() frame({ x = { NA, "a" } }):tail(0):latent_class(1) end)
end)

t.test("saved and loaded, and charts", function()
  local m, path = survey:latent_class { k = "1:3", on = questions }, t.path ".assay"
  m:save(path)
  local back = model.load(path)
  t.same_frame(back:predict(survey), m:predict(survey))
  t.same_frame(back:responses(), m:responses())
  t.eq(#m:criteria(), 3)
  t.has(tostring(m:plot "responses"), "a = often")
  t.ok(#tostring(m:plot "sizes") > 20)
end)

t.done()
