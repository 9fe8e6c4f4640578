-- Classes, a shade, dots with a trend, and so many points that only their density can be seen.
math.randomseed(1)
local income, score, region, age = {}, {}, {}, {}
for i = 1, 120 do
  income[i] = i % 13 * 1000
  score[i] = i * i % 29
  region[i] = ({ "north", "east", "south" })[i % 3 + 1]
  age[i] = i / 2
end
local df = frame { { "income", income }, { "score", score }, { "region", region }, { "age", age } }
print(plot.scatter(df, { x = "income", y = "score", color = "region", title = "Score by income" }))
print(plot.scatter(df, { x = "income", y = "score", color = "age" }))
print(plot.scatter(df, { x = "age", y = "score", trend = "linear" }))

local x, y = {}, {}
for i = 1, 20000 do
  x[i] = math.random() + math.random() + math.random()
  y[i] = math.random() + math.random() + x[i]
end
print(plot.scatter(frame { { "x", x }, { "y", y } }, { x = "x", y = "y" }))
