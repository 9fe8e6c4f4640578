-- Lines with gaps, several told apart, times along the axis, and a logarithmic one.
local month, north, south, growth = {}, {}, {}, {}
for i = 1, 36 do
  month[i] = i
  north[i] = 20 + i // 2 + (i % 12 - 6) ^ 2 / 3
  south[i] = i % 9 ~= 0 and 45 - i / 3 or NA
  growth[i] = 1.4 ^ i
end
local df = frame { { "month", month }, { "north", north }, { "south", south }, { "growth", growth } }
print(plot.line(df, { x = "month", y = { "north", "south" }, title = "Sales" }))
print(plot.line(df, { x = "month", y = "growth", log = "y" }))
print(plot.line(read "days.csv", { x = "day", y = "visits" }))
