-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Measurements of 150 iris flowers of three species",
  description = "Length and width of sepals and petals of fifty flowers of each of three species of "
    .. "iris, measured by Edgar Anderson and used by R. A. Fisher in 1936. One species stands apart; "
    .. "the other two overlap.",
  rows = 150,
  columns = {
    { name = "sepal_length", type = "float64", unit = "cm", description = "length of the sepal" },
    { name = "sepal_width", type = "float64", unit = "cm", description = "width of the sepal" },
    { name = "petal_length", type = "float64", unit = "cm", description = "length of the petal" },
    { name = "petal_width", type = "float64", unit = "cm", description = "width of the petal" },
    {
      name = "species",
      type = "category",
      description = "species, 50 flowers each",
      levels = { "setosa", "versicolor", "virginica" },
    },
  },
}
