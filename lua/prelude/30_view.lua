-- Charts as text, drawn for the size of the output.

local draw_scatter, draw_bars = assay.draw_scatter, assay.draw_bars

primitive {
  family = "view",
  name = "scatter",
  method = "",
  takes = "frame",
  summary = "a scatter chart as text",
  details = "With color every group has a character of its own, named in the legend; a cell shows the group "
    .. "that has most points in it. Rows with missing values are left out and counted.",
  options = {
    {
      name = "x",
      kind = "column",
      choices = "numeric",
      required = true,
      help = "column of the horizontal axis",
    },
    {
      name = "y",
      kind = "column",
      choices = "numeric",
      required = true,
      help = "column of the vertical axis",
    },
    { name = "color", kind = "column", help = "column that groups the points" },
  },
  returns = "a text, which the prompt shows",
  example = 'df = read "datasets/iris/iris.csv"\n'
    .. 'view.scatter(df, {x = "petal_length", y = "petal_width", color = "species"})',
  run = function(df, o)
    return draw_scatter(df, o.x, o.y, o.color)
  end,
}

primitive {
  family = "view",
  name = "bars",
  method = "",
  takes = "frame",
  summary = "a bar chart as text, a bar for each row",
  options = {
    { name = "label", kind = "column", required = true, help = "column of the names" },
    {
      name = "value",
      kind = "column",
      choices = "numeric",
      required = true,
      help = "column of the lengths",
    },
  },
  returns = "a text, which the prompt shows",
  example = 'm = read("datasets/iris/iris.csv"):kmeans{k = 3}\n'
    .. 'view.bars(m:tidy(), {label = "cluster", value = "size"})',
  run = function(df, o)
    return draw_bars(df, o.label, o.value)
  end,
}
