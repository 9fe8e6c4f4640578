-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the shipped data sets are: made again they are the same byte for byte, and figures that are known of them hold.
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

-- datasets/make.sh --check, where its sources are installed in the version that it names.
local function made_again(package, version, names)
  local name = ("from %s: %s"):format(package, names)
  local pipe = assert(io.popen("dpkg-query -W -f '${Version}' " .. package .. " 2>/dev/null"))
  local installed = pipe:read "a"
  pipe:close()
  if installed ~= version then
    return t.skip(name, ("%s %s is not installed"):format(package, version))
  end
  t.test(name, function()
    local check = assert(io.popen("datasets/make.sh --check " .. names .. " 2>&1"))
    local said = check:read "a"
    t.ok(check:close(), said)
  end)
end

made_again("weka", "3.6.14-3", "iris credit supermarket")
made_again("r-base-core", "4.2.2.20221110-2", "mtcars longley usarrests faithful titanic airpassengers")
made_again("python3-sklearn", "1.2.1+dfsg-1", "wine diabetes")

local function load(name)
  return read("datasets/" .. name .. "/" .. name .. ".csv")
end

-- R: cor(mtcars$mpg, mtcars$wt); cor(longley$GNP, longley$Year); cor(faithful); colMeans(USArrests)
t.test("moments in R", function()
  t.near(load("mtcars"):agg("r = cor(mpg, wt)").r[1], -0.8676593765172279, 1e-12)
  t.near(load("longley"):agg("r = cor(gnp, year)").r[1], 0.9952734837647849, 1e-12)
  t.near(load("faithful"):agg("r = cor(eruptions, waiting)").r[1], 0.9008111683218132, 1e-12)
  local states = load("usarrests"):agg { "murder = mean(murder)", "urban = mean(urban)", "sd = sd(assault)" }
  t.near(states.murder[1], 7.788, 1e-12)
  t.near(states.urban[1], 65.54, 1e-12)
  t.near(states.sd[1], 83.33766084, 1e-9)
end)

-- R: margin.table(Titanic, c(1, 4)); sum(AirPassengers); colMeans of the raw diabetes data
t.test("totals in R and in scikit-learn", function()
  local crosstab = load("titanic"):crosstab { rows = "class", columns = "survived", order = "sorted" }
  t.eq(t.content(crosstab), {
    { "class", "No", "Yes" }, class = { "1st", "2nd", "3rd", "Crew" }, No = { 122, 167, 528, 673 },
    Yes = { 203, 118, 178, 212 },
  })
  t.eq(load("airpassengers"):agg("n = sum(passengers)").n[1], 40363)
  t.near(load("diabetes"):agg("m = mean(progression)").m[1], 152.13348416289594, 1e-13)
  t.near(load("diabetes"):agg("m = mean(bmi)").m[1], 26.375791855203620, 1e-13)
  t.near(load("wine"):agg("m = mean(proline)").m[1], 746.8932584269663, 1e-13)
end)

-- scikit-learn 1.2.1: adjusted_rand_score of KMeans(3, n_init=50) on the wine data, as they are and standardised
t.test("segments of wines", function()
  local wines = load "wine"
  for scale, ari in pairs { none = 0.3711137182308469, zscore = 0.8974949815093207 } do
    local model = wines:kmeans { k = 3, scale = scale, starts = 20 }
    t.near(model:augment(wines):agreement({ a = "cluster", b = "class" }).ari[1], ari, 1e-12)
  end
end)

t.done()
