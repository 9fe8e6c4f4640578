-- One point, one value, nothing that can be drawn: a chart or a message.
local one = frame { { "x", { 3 } }, { "y", { 7 } } }
local constant = frame { { "x", { 5, 5, 5, 5 } }, { "y", { 1, 2, 3, 4 } } }
local none = frame { { "x", { 0 / 0, 1 / 0, NA } }, { "y", { 1, 2, 3 } } }
local empty = one:filter "x > 5"
local function show(what, f)
  local ok, result = pcall(f)
  print(what)
  print(ok and result or result.id)
end
for name, df in pairs { one = one } do show(name, function() return plot.scatter(df, { x = "x", y = "y" }) end) end
show("one, histogram", function() return plot.hist(one, { x = "x" }) end)
show("one, line", function() return plot.line(one, { x = "x", y = "y" }) end)
show("one, box", function() return plot.box(one, { y = "y" }) end)
show("constant", function() return plot.scatter(constant, { x = "x", y = "y" }) end)
show("constant, histogram", function() return plot.hist(constant, { x = "x" }) end)
show("constant, box", function() return plot.box(constant, { y = "x" }) end)
for _, kind in ipairs { "scatter", "line" } do
  show("none, " .. kind, function() return plot[kind](none, { x = "x", y = "y" }) end)
  show("empty, " .. kind, function() return plot[kind](empty, { x = "x", y = "y" }) end)
end
show("none, histogram", function() return plot.hist(none, { x = "x" }) end)
show("empty, histogram", function() return plot.hist(empty, { x = "x" }) end)
show("empty, bars", function() return plot.bar(empty, { x = "x" }) end)
show("none, box", function() return plot.box(none, { y = "x" }) end)
