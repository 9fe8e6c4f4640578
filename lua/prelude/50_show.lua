-- Charts on the screen: as a picture where the terminal shows pictures, else as text.

primitive {
  family = "chart",
  name = "show",
  takes = "chart",
  summary = "the chart on the screen, as a picture where the terminal shows pictures",
  details = "Terminals of the kinds sixel and kitty show pictures; which kind it is it is asked once. Elsewhere, "
    .. "without gnuplot, and where the output is no terminal, the chart is drawn as text, and a line says why. "
    .. "ASSAY_GRAPHICS=none, sixel or kitty in the environment decides without asking.",
  options = {
    { name = "width", kind = "int", low = 100, high = 4000, unit = "pixels", help = "width; not given: what fits" },
    { name = "height", kind = "int", low = 100, high = 4000, unit = "pixels", help = "height; not given: what fits" },
  },
  returns = "nothing",
  example = 'df = read "datasets/iris/iris.csv"\n'
    .. 'plot.scatter(df, {x = "petal_length", y = "petal_width"}):show()',
  run = function(chart, o)
    local kind, width, height, why = assay.graphics()
    if kind ~= "none" then
      local drawn, bytes = pcall(chart.picture, chart, {
        format = kind,
        width = o.width or width,
        height = o.height or height,
      })
      if drawn then
        print(bytes)
        return
      end
      why = tostring(bytes):match "^[^\n]*"
    end
    print(chart)
    assay.note(why .. '; p:save("chart.png") writes a picture')
  end,
}
