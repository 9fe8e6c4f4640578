-- Bars alone, side by side and on one another; short histograms as lines, long ones upright.
local region, product, sales = {}, {}, {}
for i = 1, 60 do
  region[i] = ({ "north", "east", "south", "the far west" })[i // 5 % 4 + 1]
  product[i] = ({ "tea", "coffee", "cocoa" })[i % 3 + 1]
  sales[i] = i * i % 37 - 4
end
local df = frame { { "region", region }, { "product", product }, { "sales", sales } }
print(plot.bar(df, { x = "region", y = "sum(sales)", title = "Sales" }))
print(plot.bar(df, { x = "region", y = "mean(sales)", color = "product" }))
print(plot.bar(df, { x = "product", color = "region", stacked = true }))
print(plot.hist(df, { x = "sales" }))
print(plot.hist(df, { x = "sales", bins = 30 }))
print(plot.hist(df, { x = "sales", bins = 24, color = "product" }))
