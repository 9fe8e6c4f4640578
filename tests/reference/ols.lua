-- SPDX-License-Identifier: GPL-3.0-or-later
-- Linear regression against figures from elsewhere: R 4.2.2 (lm, summary, confint, predict, AIC, BIC, logLik), and
-- the sets that NIST has certified, of every level of difficulty. ols.R wrote data/ols.lua; data/ols_nist.lua says
-- where it is from.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

local here = arg[0]:gsub("[^/]*$", "")
local data = os.getenv "ASSAY_TESTDATA" or "../shared/data"
local tidy_figures = { "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high" }
local quantiles = { "min", "q25", "median", "q75", "max" }

-- Within a relative difference, also of small numbers; `zero` is what counts as nothing beside the others.
local function close(got, want, tolerance, what, zero)
  if want == NA or got == NA then
    t.ok(want == got, what .. (": %s, not %s"):format(tostring(got), tostring(want)))
    return
  end
  local apart = math.abs(got - want)
  if apart > tolerance * math.abs(want) and apart > (zero or 0) then
    t.near(got, want, 0, what)
    error(what)
  end
end

local function close_list(got, want, tolerance, what, zero)
  t.eq(#got, #want, what)
  for i = 1, #want do
    close(got[i], want[i], tolerance, what .. " " .. i, zero)
  end
end

-- ---- R's lm on thirty rows

local r = dofile(here .. "data/ols.lua")

for _, case in ipairs(r.cases) do
  t.test("R: " .. case.formula .. (case.weights and ", weights " .. case.weights or ""), function()
    local m = r.rows:ols { formula = case.formula, weights = case.weights }
    local tidy = m:tidy()
    t.eq(t.cells(tidy.term), case.term)
    for _, name in ipairs(tidy_figures) do
      close_list(tidy:col(name), case[name], 1e-9, name, 1e-12)
    end
    for name, want in pairs(case.glance) do
      close(m[name], want, 1e-9, name, 1e-12)
    end
    local at = m:residuals()
    for i, name in ipairs(quantiles) do
      close(at:col(name)[1], case.residuals[i], 1e-9, "residuals " .. name, 1e-12)
    end
    local mean, single = m:predict(r.new), m:predict(r.new, { interval = "prediction" })
    close_list(mean.fitted, case.fitted, 1e-9, "fitted")
    close_list(mean.conf_low, case.fit_low, 1e-9, "conf_low", 1e-12)
    close_list(mean.conf_high, case.fit_high, 1e-9, "conf_high", 1e-12)
    close_list(single.pred_low, case.pred_low, 1e-9, "pred_low", 1e-12)
    close_list(single.pred_high, case.pred_high, 1e-9, "pred_high", 1e-12)
  end)
end

-- ---- NIST's certified sets

-- Digits that a double leaves of coefficients: the powers of x are rounded to doubles before anything is solved, which
-- alone moves Filip's coefficients in the eighth digit.
local sure = { lower = 1e-12, average = 1e-12, higher = 1e-9, Filip = 1e-6 }

for _, case in ipairs(dofile(here .. "data/ols_nist.lua")) do
  t.test("NIST: " .. case.name, function()
    local m = frame(case.data):ols(case.formula)
    local tolerance = sure[case.name] or sure[case.level]
    t.eq(m.dropped, 0)
    close_list(m:tidy().estimate, case.estimate, tolerance, "estimate")
    local none = case.sigma == 0 and 1e-6 or 0 -- an exact fit: its errors are rounding
    close_list(m:tidy().std_error, case.std_error, tolerance, "std_error", none)
    close(m.sigma, case.sigma, tolerance, "sigma", none)
    close(m.r_squared, case.r_squared, 1e-11, "r_squared")
  end)
end

-- ---- R's mtcars

local mtcars = frame {
  { "mpg", { 21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4,
    30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4 } },
  { "wt", { 2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424, 5.345,
    2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78 } },
  { "hp", { 110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215, 230, 66, 52, 65, 97, 150, 150,
    245, 175, 66, 91, 113, 264, 175, 335, 109 } },
}

t.test("mtcars: mpg ~ wt + hp", function()
  local m = mtcars:ols("mpg ~ wt + hp")
  local tidy = m:tidy()
  close_list(tidy.estimate, { 37.227270116447194, -3.877830742404681, -0.031772946982161 }, 1e-12, "estimate")
  close_list(tidy.std_error, { 1.5987875379993939, 0.6327334943773953, 0.0090297096758557 }, 1e-12, "std_error")
  close_list(tidy.statistic, { 23.2846886978, -6.128695219810, -3.518711910208 }, 1e-11, "statistic")
  close_list(tidy.p_value, { 2.5654585119838e-20, 1.1196471362000e-06, 1.4512285315694e-03 }, 1e-10, "p_value")
  close_list(tidy.conf_low, { 33.957382452258472, -5.171916040675535, -0.050240776871074 }, 1e-11, "conf_low")
  close_list(tidy.conf_high, { 40.497157780635916, -2.583745444133826, -0.013305117093248 }, 1e-11, "conf_high")
  local want = { n = 32, r_squared = 0.8267854518828, adj_r_squared = 0.8148396209782, sigma = 2.593411777227,
    statistic = 69.21121339178, p_value = 9.109054385222e-12, df = 2, df_residual = 29, aic = 156.6523388256,
    bic = 162.5152824368, log_lik = -74.32616941282, deviance = 195.0477547415, dropped = 0 }
  for name, figure in pairs(want) do
    close(m[name], figure, 1e-11, name)
  end
  local new = frame { wt = { 3 }, hp = { 110 } }
  local one = m:predict(new, { interval = "prediction" })
  close_list(one.fitted, { 22.098753721195 }, 1e-12, "fitted")
  close_list(one.pred_low, { 16.685803233247 }, 1e-10, "pred_low")
  close_list(one.pred_high, { 27.511704209391 }, 1e-10, "pred_high")
  close_list(m:predict(new).conf_low, { 21.018792612423 }, 1e-10, "conf_low")
  close_list(m:predict(new).conf_high, { 23.178714829968 }, 1e-10, "conf_high")
  local at = m:residuals()
  close_list({ at.min[1], at.q25[1], at.median[1], at.q75[1], at.max[1] },
    { -3.940979468963, -1.600221936972, -0.182013640698, 1.049855517542, 5.853790849706 }, 1e-11, "residuals")
end)

t.test("mtcars as it is shipped", function()
  local shipped = read("datasets/mtcars/mtcars.csv"):ols("mpg ~ wt + hp")
  t.eq(t.cells(shipped:tidy().estimate), t.cells(mtcars:ols("mpg ~ wt + hp"):tidy().estimate))
end)

-- vcov(lm(mpg ~ wt + hp, mtcars))
t.test("mtcars: the covariance of the coefficients", function()
  local v = mtcars:ols("mpg ~ wt + hp"):covariance()
  t.eq(t.cells(v.term), { "(Intercept)", "wt", "hp" })
  local first = { 2.556121591662162906, -0.735945146418475526, 0.000148470052650857 }
  close_list(v:col("(Intercept)"), first, 1e-10, "intercept")
  close_list(v:col("wt"), { -0.73594514641847553, 0.40035167490702928, -0.00376369001909613 }, 1e-10, "wt")
  close_list(v:col("hp"), { 1.48470052650857e-04, -3.76369001909613e-03, 8.15356568302424e-05 }, 1e-10, "hp")
end)

-- ---- real data

local function real(name, path, f)
  local file = io.open(data .. "/" .. path)
  if not file then
    t.skip(name, "no " .. path .. ": ASSAY_TESTDATA names the folder of its source")
    return
  end
  file:close()
  t.test(name, function() f(read(data .. "/" .. path)) end)
end

real("insurance: all columns", "customers/insurance.csv", function(df)
  local m = df:ols("charges ~ .")
  local tidy = m:tidy()
  t.eq(t.cells(tidy.term), { "(Intercept)", "age", "sexmale", "bmi", "children", "smokeryes", "regionnorthwest",
    "regionsoutheast", "regionsouthwest" })
  close_list(tidy.estimate, { -11938.53857616721, 256.85635253735, -131.31435939511, 339.19345361084, 475.50054514913,
    23848.53454191283, -352.96389942464, -1035.02204938782, -960.05099130083 }, 1e-11, "estimate")
  close_list(tidy.std_error, { 987.819175160510, 11.898849070911, 332.945439131876, 28.599470479168, 137.804092514390,
    413.153354818296, 476.275785885279, 478.692209484073, 477.933024323471 }, 1e-11, "std_error")
  close_list(tidy.p_value, { 5.5790443459250e-32, 7.7832174364974e-89, 6.9334751915998e-01, 6.4981939262601e-31,
    5.7696824232806e-04, 0, 4.5876893258606e-01, 3.0781739280924e-02, 4.4764929517833e-02 }, 1e-9, "p_value", 1e-300)
  local want = { r_squared = 0.7509130345985, adj_r_squared = 0.7494136397729, sigma = 6062.102288518,
    statistic = 500.8107416284, df = 8, df_residual = 1329, aic = 27115.50583726, bic = 27167.49514967,
    log_lik = -13547.75291863, deviance = 48839532843.92 }
  for name, figure in pairs(want) do
    close(m[name], figure, 1e-11, name)
  end
end)

real("insurance: squares, a truth value and an interaction", "customers/insurance.csv", function(df)
  local m = df:ols("charges ~ age + I(age^2) + children + bmi + sex + I(bmi >= 30) * smoker + region")
  local tidy = m:tidy()
  t.eq(tidy.term[12], "I(bmi >= 30)TRUE:smokeryes")
  close_list(tidy.estimate, { 134.2508952973838, -32.6851487404206, 3.7315755197813, 678.5611981304587,
    120.0195519029213, -496.8244573892198, -1000.1403223845481, 13404.6865980441762, -279.2038057799057,
    -828.5467255148490, -1222.6436524133587, 19810.7533393444937 }, 1e-9, "estimate")
  close_list(tidy.std_error, { 1362.75112826477357, 59.82415492756667, 0.74629945580266, 105.88312158838745,
    34.26604919822469, 244.36593933961308, 422.84016191834843, 439.94905109303818, 349.27457583173174,
    351.63515222978867, 350.52845412822751, 604.65666488147258 }, 1e-10, "std_error")
  close(m.r_squared, 0.8663944397618, 1e-12, "r_squared") -- Lantz, chapter 6: 0.8664, adjusted 0.8653
  close(m.adj_r_squared, 0.8652860980102, 1e-12, "adj_r_squared")
end)

t.test("diabetes", function()
  local m = read("datasets/diabetes/diabetes.csv"):ols("progression ~ .")
  close_list(m:tidy().estimate, { -334.567138518787715, -0.036361224223625, -22.859648090498371, 5.602962091923701,
    1.116807993318191, -1.089996334063245, 0.746450455514230, 0.372004715089160, 6.533831935990367, 68.483124964788402,
    0.280116989321505 }, 1e-10, "estimate")
  close(m.r_squared, 0.5177484222203, 1e-12, "r_squared")
  close(m.adj_r_squared, 0.5065592904853, 1e-12, "adj_r_squared")
  close(m.p_value, 3.828649038185e-62, 1e-10, "p_value")
  close(m.deviance / m.n, 2859.696347587, 1e-11, "mean square") -- scikit-learn 1.2.1
end)

t.done()
