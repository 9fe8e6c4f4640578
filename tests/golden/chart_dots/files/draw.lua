-- What points and lines are made of.
local x, wave, parabola = {}, {}, {}
for i = 1, 100 do
  x[i] = i / 10
  wave[i] = math.sin(i / 10)
  parabola[i] = (i / 50 - 1) ^ 2
end
local df = frame { { "x", x }, { "wave", wave }, { "parabola", parabola } }
print(plot.line(df, { x = "x", y = { "wave", "parabola" } }))
print(plot.line(df, { x = "x", y = "wave" }))
print(plot.scatter(df, { x = "x", y = "parabola" }))
