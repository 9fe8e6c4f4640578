-- Boxes with outliers.
local df = read "iris.csv"
print(plot.box(df, { x = "species", y = "petal_length" }))
print(plot.box(df, { y = "sepal_width", title = "All flowers" }))
