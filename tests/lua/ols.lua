-- SPDX-License-Identifier: GPL-3.0-or-later
-- regress.ols: what it says, predicts and refuses. Its figures are in tests/reference/ols.lua.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

local iris = read "datasets/iris/iris.csv"
local credit = read "datasets/credit/credit.csv"
local small = frame { { "y", { 1, 2, 3, 5, 4, 6 } }, { "x", { 1, 2, 3, 4, 5, 6 } },
  { "g", { "a", "a", "b", "b", "c", "c" } }, { "w", { 1, 1, 1, 0, 2, 1 } } }

-- ---- the model

t.test("tidy and glance have the columns that scripts rely on", function()
  local m = iris:ols("petal_width ~ petal_length + species")
  t.eq(t.names(m:tidy()), { "term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high" })
  t.eq(t.cells(m:tidy().term), { "(Intercept)", "petal_length", "speciesversicolor", "speciesvirginica" })
  local names = t.names(m:glance())
  t.eq(table.concat(names, " ", 1, 14), "n r_squared adj_r_squared sigma statistic p_value df df_residual aic bic "
    .. "log_lik deviance method dropped")
  t.eq(#m:glance(), 1)
  t.eq({ m.n, m.df, m.df_residual, m.dropped, m.left_out, m.zero_weights }, { 150, 3, 146, 0, 0, 0 })
  t.eq(m.formula, "petal_width ~ petal_length + species")
  t.eq(t.names(m:residuals()), { "min", "q25", "median", "q75", "max" })
  t.eq(t.names(m:covariance()), { "term", "(Intercept)", "petal_length", "speciesversicolor", "speciesvirginica" })
  t.eq(m:options(), { formula = "petal_width ~ petal_length + species", missing = "error", level = 0.95 })
end)

t.test("a function of the library, a method, and the formula by name are one", function()
  local one = iris:ols("petal_width ~ petal_length")
  t.same_frame(regress.ols(iris, { formula = "petal_width ~ petal_length" }):tidy(), one:tidy())
  t.same_frame(iris:ols { "petal_width ~ petal_length", level = 0.95 }:tidy(), one:tidy())
end)

t.test("a point stands for all other columns, and the model names them", function()
  local m = iris:ols("petal_width ~ . - species")
  t.eq(t.cells(m:tidy().term), { "(Intercept)", "sepal_length", "sepal_width", "petal_length" })
  t.eq(m.formula:match "^petal_width ~ (.*)$" ~= nil, true)
  t.lacks(m.formula, ".", "the formula with all named")
  local wider = iris:mutate { "other = sepal_width * 100" }
  t.same_frame(m:predict(wider), m:predict(iris))
end)

t.test("a point leaves out what a model has made, which would explain everything", function()
  local both = iris:kmeans { k = 3 }:augment(iris:ols("petal_width ~ petal_length"):augment(iris))
  t.eq(both:ols("petal_width ~ .").formula, iris:ols("petal_width ~ .").formula)
  t.eq(both:ols("petal_width ~ cluster + residual").dropped, 0)
end)

t.test("the left side may stand in I()", function()
  local want = small:ols("y^2 + 1 ~ x")
  t.eq(t.cells(small:ols("I(y^2 + 1) ~ x"):tidy().estimate), t.cells(want:tidy().estimate))
  t.eq(t.cells(small:ols("I(y^2 + 1) ~ x"):predict(small).residual), t.cells(want:predict(small).residual))
  t.eq(t.cells(small:ols("I((y > 2)) ~ x"):tidy().estimate), t.cells(small:ols("y > 2 ~ x"):tidy().estimate))
  t.raises("unknown-function", function() small:ols("I(y) + I(x) ~ x") end)
  t.raises("unknown-function", function() small:ols("2 * I(y) ~ x") end)
end)

t.test("the level moves the intervals and nothing else", function()
  local wide = iris:ols { "petal_width ~ petal_length", level = 0.99 }:tidy()
  local usual = iris:ols("petal_width ~ petal_length"):tidy()
  t.eq(t.cells(wide.std_error), t.cells(usual.std_error))
  -- R: qt(0.995, 148) / qt(0.975, 148)
  local ratio = 2.6094563312922139 / 1.9761224936137383
  t.near((wide.conf_high[2] - wide.estimate[2]) / (usual.conf_high[2] - usual.estimate[2]), ratio, 1e-9)
end)

t.test("each figure is explained with this model's numbers", function()
  local m = iris:ols("petal_width ~ petal_length")
  for name in pairs(m:glance()) do
    t.has(m:why(name), name .. " = ")
  end
  t.has(m:why "df_residual", "150 - coefficients")
  t.has(m:why "sigma", "/ 148)")
  t.raises("unknown-name", function() m:why "sigmas" end, "sigma")
end)

-- ---- the card

local function card(m)
  return tostring(m)
end

t.test("the card: formula, rows, residuals, figures, coefficients", function()
  local text = card(iris:ols("petal_width ~ petal_length"))
  t.has(text, "regress.ols: petal_width ~ petal_length, 150 rows")
  t.has(text, "residuals: min -0.5", "residual quantiles")
  t.has(text, "sigma 0.2064843 on 148 degrees of freedom")
  t.has(text, "r_squared 0.9271098   adj_r_squared 0.9266173")
  t.has(text, "F statistic 1882.452 on 1 and 148 degrees of freedom, p_value 4.675004e-86")
  t.has(text, "(Intercept)")
  t.has(text, "method qr")
end)

t.test("the card names the reference level of each variable with levels", function()
  local text = card(credit:ols("credit_amount ~ housing + own_telephone + factor(existing_credits, ref = \"2\")"))
  t.has(text, "housing has 3 levels; the reference level is 'for free'")
  t.has(text, "own_telephone has 2 levels; the reference level is 'none'")
  t.has(text:gsub("\n%s+", " "), "the reference level is '2'")
end)

t.test("the card names what was dropped, rows left out, rows of weight 0, and few degrees of freedom", function()
  local m = small:ols("y ~ x + I(2 * x)")
  t.has(card(m), "dropped, because other terms give the same: I(2 * x)")
  t.eq(m.dropped, 1)
  t.eq({ m:tidy().estimate[3], m:tidy().std_error[3], m:tidy().p_value[3] }, { NA, NA, NA })
  t.has(card(small:ols { "y ~ x", weights = "w" }), "rows of weight 0, which count for nothing: 1")
  t.has(card(small:ols { "y ~ x + w", weights = "w" }), "w is a term as well as the weight")
  t.has(card(small:ols("y ~ x + g")), "residual degrees of freedom: 2")
  local holes = frame { { "y", { 1, 2, NA, 4, 5, 7 } }, { "x", { 1, 2, 3, NA, 7, 8 } } }
  t.has(card(holes:ols { "y ~ x", missing = "drop" }), "rows left out for missing cells: 2")
end)

t.test("the card warns of terms that nearly depend on each other", function()
  local near = small:mutate { "z = 100000 + x" }
  t.has(card(near:ols("y ~ z")):gsub("\n%s+", " "), "nearly depend on each other (condition")
  t.lacks(card(small:ols("y ~ x")), "condition")
end)

-- ---- odd data

t.test("an exact fit says so", function()
  local m = frame { { "x", { 1, 2, 3, 4, 5 } }, { "y", { 3, 5, 7, 9, 11 } } }:ols("y ~ x")
  t.near(m:tidy().estimate[1], 1, 1e-12)
  t.near(m:tidy().estimate[2], 2, 1e-12)
  t.near(m.r_squared, 1, 1e-15)
  t.has(card(m):gsub("\n%s+", " "), "as good as exact")
end)

t.test("a response that is the same in every row", function()
  local m = frame { { "x", { 1, 2, 3, 4 } }, { "y", { 0.1, 0.1, 0.1, 0.1 } } }:ols("y ~ x")
  t.eq(t.cells(m:tidy().estimate), { 0.1, 0.0 })
  t.eq(t.cells(m:tidy().std_error), { 0.0, 0.0 })
  t.eq(m:tidy().p_value[2], NA)
  t.eq({ m.r_squared, m.adj_r_squared, m.statistic, m.p_value, m.sigma }, { NA, NA, NA, NA, 0.0 })
  t.has(card(m):gsub("\n%s+", " "), "the same in every row: there is nothing to explain")
  t.eq(m:predict(frame { x = { 9 } }).fitted[1], 0.1)
  local zero = frame { { "x", { 1, 2, 3, 4 } }, { "y", { 0, 0, 0, 0 } } }:ols("y ~ 0 + x")
  t.eq({ zero:tidy().estimate[1], zero.sigma, zero.r_squared, zero.log_lik }, { 0.0, 0.0, NA, math.huge })
  t.has(card(zero), "log_lik Inf   aic -Inf")
end)

t.test("responses whose squares no number can hold", function()
  local function tiny(scale)
    return small:mutate { "y = y * " .. scale }:ols("y ~ x")
  end
  t.near(tiny("1e-140").r_squared, tiny("1").r_squared, 1e-12)
  t.raises("not-finite", function() tiny("1e-200") end, "smaller unit")
  t.raises("not-finite", function() small:mutate { "y = y * 1e-200" }:ols("y ~ 0 + x") end, "smaller unit")
  t.raises("not-finite", function() tiny("1e200") end, "larger unit")
end)

t.test("a long formula is cut on the card, and whole in the figure", function()
  local columns, names = { { "y", { 1, 2, 4, 3 } } }, {}
  for i = 1, 60 do
    names[i] = "a_rather_long_name_" .. i
    columns[i + 1] = { names[i], { i, i * i, 3, -i } }
  end
  local long = frame(columns):ols("y ~ .")
  t.has(long.formula, names[60])
  t.has(card(long):gsub("\n%s+", " "), "..., 4 rows")
  t.lacks(card(long):match "^(.-)residuals", names[60])
end)

t.test("as many coefficients as rows, more of them, and one row", function()
  for _, m in ipairs { small:ols("y ~ factor(x)"), small:ols("y ~ poly(x, 5)"), small:ols("y ~ x * factor(x)") } do
    t.eq({ m.df_residual, m.sigma, m.statistic, m.p_value, m.aic, m.adj_r_squared }, { 0, NA, NA, NA, NA, NA })
    t.near(m.r_squared, 1, 1e-15)
    t.eq({ m:tidy().std_error[1], m:tidy().conf_low[1] }, { NA, NA })
    t.has(card(m):gsub("\n%s+", " "), "says nothing of its errors")
    local p = m:predict(small)
    t.near(p.fitted[4], 5, 1e-9)
    t.eq({ p.conf_low[4], p.conf_high[4] }, { NA, NA })
  end
  t.ok(small:ols("y ~ x * factor(x)").dropped > 0)
  local one = frame { { "x", { 3 } }, { "y", { 7 } } }:ols("y ~ x")
  t.eq({ one.n, one.dropped, one.df_residual, one:tidy().estimate[1], one:tidy().estimate[2] }, { 1, 1, 0, 7.0, NA })
  t.has(card(one), "y ~ x, 1 row\n")
end)

t.test("the mean alone, and nothing at all", function()
  local m = small:ols("y ~ 1")
  t.eq({ m:tidy().estimate[1], m.df, m.r_squared, m.statistic, m.df_residual }, { 3.5, 0, 0.0, NA, 5 })
  local none = small:ols("y ~ 0")
  t.eq({ #none:tidy(), none.df, none.df_residual, none.r_squared }, { 0, 0, 6, 0.0 })
  t.near(none.sigma, math.sqrt((1 + 4 + 9 + 25 + 16 + 36) / 6), 1e-15)
  local p = none:predict(small)
  t.eq({ p.fitted[2], p.residual[2], p.conf_low[2] }, { 0.0, 2.0, 0.0 })
  t.eq(small:ols("y ~ 0 + offset(x)"):predict(small).residual[4], 1.0)
end)

t.test("a constant column is dropped beside an intercept, and kept without", function()
  local same = small:mutate { "k = 5" }
  t.eq(t.cells(same:ols("y ~ k"):tidy().estimate), { 3.5, NA })
  t.near(same:ols("y ~ 0 + k"):tidy().estimate[1], 0.7, 1e-15)
end)

t.test("a truth value is explained as 0 and 1", function()
  local m = credit:ols("class == 'bad' ~ duration")
  local other = credit:mutate { "bad = if(class == 'bad', 1, 0)" }:ols("bad ~ duration")
  t.eq(t.cells(m:tidy().estimate), t.cells(other:tidy().estimate))
  local numbers = credit:mutate { "bad = if(class == 'bad', 1, 0)" }
  t.eq(t.cells(m:predict(credit).residual), t.cells(other:predict(numbers).residual))
  local always = frame { { "x", { 1, 2, 3 } }, { "b", { true, true, true } } }:ols("b ~ x")
  t.eq(always:tidy().estimate[1], 1.0)
end)

t.test("numbers of clusters are levels, also as they come from augment", function()
  local seg = iris:kmeans { k = 3 }
  local m = seg:augment(iris):ols("petal_width ~ cluster")
  t.eq(t.cells(m:tidy().term), { "(Intercept)", "cluster2", "cluster3" })
end)

-- ---- weights and missing cells

t.test("weights: 0 leaves a row out, and whole numbers weigh as repeated rows do", function()
  local m = small:ols { "y ~ x", weights = "w" }
  local without = small:filter("w > 0"):ols { "y ~ x", weights = "w" }
  for _, name in ipairs { "estimate", "std_error", "p_value" } do
    for i = 1, 2 do
      t.near(m:tidy():col(name)[i], without:tidy():col(name)[i], 1e-13, name)
    end
  end
  t.eq({ m.n, m.zero_weights, m.df_residual }, { 5, 1, 3 })
  t.near(m.log_lik, without.log_lik, 1e-13)
  local repeated = frame { { "y", { 1, 2, 3, 4, 4, 6 } }, { "x", { 1, 2, 3, 5, 5, 6 } } }:ols("y ~ x")
  t.near(m:tidy().estimate[2], repeated:tidy().estimate[2], 1e-13)
end)

t.test("weights that cannot be", function()
  local function weigh(w, options)
    options = options or {}
    options.formula, options.weights = "y ~ x", "w"
    return small:mutate { "w = " .. w }:ols(options)
  end
  t.raises("negative-weight", function() weigh "if(x == 3, -1, 1)" end, "row 3 of column 'w' is -1")
  t.raises("not-finite", function() weigh "if(x == 2, 1 / 0, 1)" end, "row 2 of column 'w' is Inf")
  t.raises("not-finite", function() weigh "if(x == 2, log(-1), 1)" end, "row 2 of column 'w' is NaN")
  t.raises("no-rows", function() weigh "0" end)
  t.raises("missing-values", function() weigh "if(x == 2, NA, 1)" end, "1 of 6 rows lack a value: w 1", "drop")
  local m = weigh("if(x == 2, NA, x)", { missing = "drop" })
  t.eq({ m.n, m.left_out }, { 5, 1 })
  t.same_frame(m:tidy(), small:mutate { "w = x" }:filter("x != 2"):ols { "y ~ x", weights = "w" }:tidy())
  t.raises("wrong-column-type", function() small:ols { "y ~ x", weights = "g" } end)
  t.raises("unknown-column", function() small:ols { "y ~ x", weights = "ww" } end, "'w'")
  local both = "if(x == 2, NA, if(x == 3, -1, 1))"
  t.raises("negative-weight", function() weigh(both, { missing = "drop" }) end, "row 3 of")
  t.raises("not-finite", function()
    small:mutate { "w = if(x == 2, NA, 1)" }:ols { "y ~ log(x - 3)", weights = "w", missing = "drop" }
  end, "row 1", "without those that lack a weight")
end)

t.test("missing cells are counted by column, or their rows left out", function()
  local holes = frame { { "y", { 1, 2, NA, 4, 5, 7 } }, { "x", { 1, 2, 3, NA, 7, 8 } } }:mutate { "z = y / NA" }
  t.raises("missing-values", function() holes:ols("y ~ x") end, "2 of 6 rows", "x 1, y 1", "drop")
  local m = holes:ols { "y ~ x", missing = "drop" }
  t.eq({ m.n, m.left_out }, { 4, 2 })
  t.same_frame(m:tidy(), frame { { "y", { 1, 2, 5, 7 } }, { "x", { 1, 2, 7, 8 } } }:ols("y ~ x"):tidy())
  t.raises("no-rows", function() holes:ols { "y ~ z", missing = "drop" } end)
  t.raises("no-rows", function() small:head(0):ols("y ~ x") end)
end)

-- ---- refusals

t.test("refusals", function()
  t.raises("ols-response", function() credit:ols("class ~ age") end, "class", "I(class == 'good')")
  t.raises("unknown-column", function() small:ols("y ~ xx") end, "'x'")
  t.raises("bad-formula", function() small:ols("y ~ x +") end)
  t.raises("bad-formula", function() small:ols("~ x") end, "left side")
  t.raises("missing-option", function() small:ols() end, "formula")
  t.raises("out-of-range", function() small:ols { "y ~ x", level = 1 } end, "level")
  t.raises("unknown-option", function() small:ols { "y ~ x", weigths = "w" } end, "weights")
  t.raises("unknown-choice", function() small:ols { "y ~ x", missing = "dorp" } end, "drop")
  t.raises("not-finite", function() small:ols("log(x - 1) ~ y") end, "Inf")
  t.raises("not-finite", function() small:ols("y ~ log(x - 1)") end, "Inf")
  t.raises("one-level", function() small:head(2):ols("y ~ g") end)
  t.raises("not-supported", function() small:ols("y ~ x"):continue() end)
  t.raises("unknown-name", function() iris:kmeans { k = 2 }:covariance() end)
end)

-- ---- predictions

local m = iris:ols("petal_width ~ petal_length + species")

t.test("predict: fitted, residual where the response is there, and the interval that was asked for", function()
  t.eq(t.names(m:predict(iris)), { "fitted", "residual", "conf_low", "conf_high" })
  local rest = iris:drop "petal_width"
  t.eq(t.names(m:predict(rest)), { "fitted", "conf_low", "conf_high" })
  t.eq(t.names(m:predict(rest, { interval = "prediction" })), { "fitted", "pred_low", "pred_high" })
  t.eq(t.names(m:predict(rest, { interval = "none" })), { "fitted" })
  t.eq(t.cells(m:predict(rest).fitted), t.cells(m:predict(iris).fitted))
  local p = m:predict(iris)
  t.eq(p.residual[7], iris.petal_width[7] - p.fitted[7])
  local least, greatest = math.huge, -math.huge
  for i = 1, #p do
    least, greatest = math.min(least, p.residual[i]), math.max(greatest, p.residual[i])
  end
  t.near(m:residuals().min[1], least, 1e-13)
  t.near(m:residuals().max[1], greatest, 1e-13)
end)

t.test("augment adds the columns at the end, and replaces its own", function()
  local once = m:augment(iris)
  t.eq(#t.names(once), 9)
  t.eq(t.names(once)[9], "conf_high")
  t.same_frame(m:augment(once), once)
  t.eq(#t.names(m:augment(once, { interval = "prediction" })), 11)
  t.raises("name-clash", function() m:augment(iris:mutate { "fitted = 1" }) end, "fitted")
end)

t.test("the level of a prediction is its own, or the fit's", function()
  local function width(p)
    return p.conf_high[1] - p.conf_low[1]
  end
  local usual = width(m:predict(iris))
  t.ok(width(m:predict(iris, { level = 0.5 })) < usual)
  local narrow = iris:ols { "petal_width ~ petal_length + species", level = 0.5 }
  t.eq(width(narrow:predict(iris)), width(m:predict(iris, { level = 0.5 })))
  t.eq(width(narrow:predict(iris, { level = 0.95 })), usual)
end)

t.test("rows with missing cells get missing cells; a missing response only no residual", function()
  local rows = iris:head(4):mutate {
    "petal_length = if(sepal_length == 4.9, NA, petal_length)",
    "petal_width = if(sepal_length == 4.7, NA, petal_width)",
  }
  local p, whole = m:predict(rows), m:predict(iris)
  t.eq({ p.fitted[2], p.residual[2], p.conf_low[2], p.conf_high[2] }, { NA, NA, NA, NA })
  t.eq({ p.fitted[3], p.residual[3] }, { whole.fitted[3], NA })
  t.eq({ p.fitted[4], p.residual[4], p.conf_low[4] }, { whole.fitted[4], whole.residual[4], whole.conf_low[4] })
  t.eq(#m:predict(iris:head(0)), 0)
end)

t.test("new data that do not fit are refused, by name", function()
  t.raises("unknown-column", function() m:predict(iris:drop "petal_length") end, "petal_length")
  t.raises("unseen-level", function() m:predict(iris:mutate { "species = 'rosa'" }) end, "rosa")
  t.raises("wrong-type", function() m:predict(iris:mutate { "petal_length = 'x'" }) end, "petal_length")
  t.raises("wrong-type", function() m:predict(iris:mutate { "species = 1.5" }) end, "species")
  t.raises("not-finite", function() m:predict(iris:mutate { "petal_length = 1 / 0" }) end, "petal_length")
end)

t.test("a response that cannot be used costs the residuals only, and that is said", function()
  local code = [[df = read "datasets/iris/iris.csv"; m = df:ols("petal_width ~ petal_length"); ]]
    .. [[p = m:predict(df:mutate{"petal_width = 1 / 0"}); print(#p)]]
  local pipe = io.popen(("printf '%%s\\n' '%s' | '%s' -i -q --no-rc 2>&1"):format(code, t.program))
  local said = pipe:read "a"
  pipe:close()
  t.has(said, "no residuals: petal_width is Inf in row 1")
  t.has(said, "150")
end)

t.test("options of predict are those of the model's kind", function()
  t.raises("unknown-option", function() m:predict(iris, { intervals = "none" }) end, "'interval'")
  t.raises("unknown-choice", function() m:predict(iris, { interval = "predict" }) end, "prediction")
  t.raises("out-of-range", function() m:predict(iris, { level = 2 }) end)
  t.raises("unknown-option", function() iris:kmeans { k = 2 }:predict(iris, { interval = "none" }) end)
end)

t.test("levels and polynomials of new data are those of the fit", function()
  local curve = iris:ols("petal_width ~ poly(petal_length, 2) + species")
  local few = iris:filter("species == 'virginica'"):head(3)
  t.eq(t.cells(curve:predict(few).fitted), { table.unpack(t.cells(curve:predict(iris).fitted), 101, 103) })
end)

t.test("the data of the fit are at hand for charts", function()
  local fitted = m:augment(iris)
  t.eq(#fitted, m.n)
  t.ok(m:tidy().conf_low[2] < m:tidy().estimate[2])
end)

-- ---- files, threads, help

t.test("a model in a file says and predicts the same", function()
  local path, weighted = t.path ".assay", small:ols { "y ~ poly(x, 2) + g + I(2 * x)", weights = "w", level = 0.9 }
  for _, model_ in ipairs { m, weighted, small:ols("y ~ 0"), small:ols("y ~ 1") } do
    local data = model_ == m and iris or small
    model_:save(path)
    local again = model.load(path)
    t.same_frame(again:tidy(), model_:tidy())
    t.same_frame(again:glance(), model_:glance())
    t.same_frame(again:covariance(), model_:covariance())
    t.same_frame(again:predict(data, { interval = "prediction" }), model_:predict(data, { interval = "prediction" }))
    t.same_frame(again:predict(data), model_:predict(data))
    t.eq(card(again), card(model_))
  end
end)

t.test("names that are odd, or the same as others, survive covariance and file", function()
  local odd = frame { { "y", { 1, 2, 4, 3, 5 } }, { "term", { 1, 3, 2, 5, 4 } }, { "a b", { 2, 1, 2, 1, 3 } } }
  local fit = odd:ols("y ~ term + `a b`")
  t.eq(#t.names(fit:covariance()), 4)
  t.eq(t.names(fit:covariance())[1], "term")
  local path = t.path ".assay"
  fit:save(path)
  t.same_frame(model.load(path):predict(odd), fit:predict(odd))
end)

t.test("the same bits on any number of threads", function()
  local program = [[
    local rows = {}
    for i = 1, 9000 do rows[i] = math.sin(i) * 10 end
    local df = frame{{"x", rows}}:mutate{"y = x * x + cos(x * 7)", "z = sin(x * 3)", "w = abs(z)"}
    for _, f in ipairs{"y ~ x + z", "y ~ poly(x, 3) * z", "y ~ x + I(x + z * 1e-9)"} do
      local m = df:ols{f, weights = "w"}
      for _, frame in ipairs{m:tidy(), m:glance(), m:residuals(), m:predict(df):tail(3)} do
        for name in pairs(frame) do
          for i = 1, #frame do
            local cell = frame:col(name)[i]
            io.write(math.type(cell) == "float" and ("%a"):format(cell) or tostring(cell), " ")
          end
        end
      end
    end]]
  local one = t.run { "--threads", "1", "-e", program }
  t.has(one, "gram")
  t.has(one, "qr")
  for _, threads in ipairs { "2", "7" } do
    t.eq(t.run { "--threads", threads, "-e", program }, one)
  end
end)

t.test("help has the options of the fit and those of its predictions", function()
  local code = "?ols\\n?ols.interval"
  local pipe = io.popen(("printf '%s\\n' | '%s' -i -q --no-rc 2>&1"):format(code, t.program))
  local page = pipe:read "a"
  pipe:close()
  t.has(page, "Options of m:predict and m:augment")
  t.has(page, "interval, option of predict and augment for models of regress.ols")
end)

t.done()
