-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Arrests for violent crimes in the 50 states of the US, 1973",
  description = "A row per state: arrests per 100,000 inhabitants for three crimes, and the share of people "
    .. "living in towns.",
  rows = 50,
  columns = {
    { name = "state", type = "category", description = "name of the state", any_levels = true },
    { name = "murder", type = "float64", unit = "per 100,000", description = "arrests for murder" },
    { name = "assault", type = "int64", unit = "per 100,000", description = "arrests for assault" },
    { name = "urban", type = "int64", unit = "%", description = "share of the population in towns" },
    { name = "rape", type = "float64", unit = "per 100,000", description = "arrests for rape" },
  },
}
