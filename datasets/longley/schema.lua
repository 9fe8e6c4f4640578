-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Employment in the United States, 1947 to 1962",
  description = "A row per year: six economic variables that nearly repeat one another, and the number of "
    .. "people employed.",
  rows = 16,
  columns = {
    {
      name = "gnp_deflator",
      type = "float64",
      unit = "1954 = 100",
      description = "price deflator of the gross national product",
    },
    { name = "gnp", type = "float64", description = "gross national product" },
    { name = "unemployed", type = "float64", description = "number of unemployed" },
    { name = "armed_forces", type = "float64", description = "number of people in the armed forces" },
    { name = "population", type = "float64", description = "population of 14 years and older, not in institutions" },
    { name = "year", type = "int64", description = "calendar year" },
    { name = "employed", type = "float64", description = "number of people employed" },
  },
}
