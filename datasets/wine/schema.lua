-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Chemical analyses of 178 wines of three cultivars",
  description = "A row per wine from one region of Italy: thirteen measurements, and the cultivar of its "
    .. "grapes. The scales differ by a factor of a thousand.",
  rows = 178,
  columns = {
    { name = "alcohol", type = "float64", description = "alcohol" },
    { name = "malic_acid", type = "float64", description = "malic acid" },
    { name = "ash", type = "float64", description = "ash of the wine" },
    { name = "ash_alcalinity", type = "float64", description = "alcalinity of ash" },
    { name = "magnesium", type = "int64", description = "magnesium" },
    { name = "phenols", type = "float64", description = "total phenols" },
    { name = "flavanoids", type = "float64", description = "flavanoids" },
    { name = "other_phenols", type = "float64", description = "phenols that are no flavanoids" },
    { name = "proanthocyanins", type = "float64", description = "proanthocyanins" },
    { name = "color", type = "float64", description = "intensity of colour" },
    { name = "hue", type = "float64", description = "hue of the wine" },
    { name = "od280_od315", type = "float64", description = "OD280/OD315 of diluted wines" },
    { name = "proline", type = "int64", description = "proline" },
    { name = "class", type = "category", description = "cultivar", levels = { "class_0", "class_1", "class_2" } },
  },
}
