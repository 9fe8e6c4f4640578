-- Names that are wide, long or hostile: escaped, cut, never wider than the chart.
local names = { "北京市客户", "a\27[31m red\nline", "$(touch pwned) `touch pwned`", "%s %n %1$s", "e\u{301}\u{301}",
  "a name that is much longer than any label can be in a chart of this width, and so is cut" }
local n = { 5, 4, 3, 2, 1, 0.5 }
local df = frame { { "名前\t<b>", names }, { "y\27]0;title\7", n } }
local columns = { "名前\t<b>", "y\27]0;title\7" }
print(plot.bar(df, { x = columns[1], y = columns[2], title = "客户 \27[2J\n| < > ' \"" }))
print(plot.scatter(df, { x = columns[2], y = columns[2], color = columns[1], label = columns[1] }))
