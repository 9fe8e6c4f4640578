-- SPDX-License-Identifier: GPL-3.0-or-later
-- The pictures of README.md:  ./assay doc/pictures/make.lua doc/pictures
-- Beside each stands the script for gnuplot that it was made by; tests/lua/pictures.lua says when one is stale.

local folder = assert(arg[1], "usage: assay doc/pictures/make.lua FOLDER")

local credit = read "datasets/credit/credit.csv"
local segments = credit:kmeans { k = 4, on = { "duration", "credit_amount", "age" }, scale = "zscore" }
local fit = credit:ols "log(credit_amount) ~ duration + age + housing + job"
local sales = read("datasets/retailer/sales.csv"):mutate "product = upper(trim(product))"
local names = read("datasets/retailer/products.csv"):select("product", "name")
local baskets = sales:join(names, { on = "product" }):filter("quantity > 0"):baskets { id = "receipt", item = "name" }

local charts = {
  segments = plot.scatter(segments:augment(credit), { x = "duration", y = "credit_amount", color = "cluster",
    title = "Segments of borrowers", xlabel = "months", ylabel = "amount of the credit" }),
  rules = baskets:rules({ support = 40, confidence = 0.3 }):plot { title = "Rules of a shop's baskets" },
  coefficients = fit:plot { "coefficients", title = "What goes with the amount of a credit" },
}

for name, chart in pairs(charts) do
  local file = assert(io.open(folder .. "/" .. name .. ".gp", "w"))
  file:write(chart:script())
  assert(file:close())
  chart:save { folder .. "/" .. name .. ".png", width = 900, height = 560 }
end
