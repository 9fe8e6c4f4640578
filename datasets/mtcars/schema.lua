-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Fuel consumption and design of 32 cars of 1973 and 1974",
  description = "A row per car, from tests in the US magazine Motor Trend of 1974: fuel consumption and ten "
    .. "aspects of design and performance.",
  rows = 32,
  columns = {
    { name = "model", type = "category", description = "make and model", any_levels = true },
    { name = "mpg", type = "float64", unit = "miles per US gallon", description = "how far it goes on a gallon" },
    { name = "cyl", type = "int64", description = "number of cylinders" },
    { name = "disp", type = "float64", unit = "cubic inches", description = "displacement" },
    { name = "hp", type = "int64", unit = "hp", description = "gross horsepower" },
    { name = "drat", type = "float64", description = "rear axle ratio" },
    { name = "wt", type = "float64", unit = "1000 lb", description = "weight" },
    { name = "qsec", type = "float64", unit = "s", description = "time for a quarter of a mile" },
    { name = "vs", type = "int64", description = "engine: 0 V-shaped, 1 straight" },
    { name = "am", type = "int64", description = "transmission: 0 automatic, 1 manual" },
    { name = "gear", type = "int64", description = "number of forward gears" },
    { name = "carb", type = "int64", description = "number of carburettors" },
  },
}
