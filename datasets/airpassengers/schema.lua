-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Monthly passengers of international airlines, 1949 to 1960",
  description = "A row per month. The numbers grow, and so does the height of their summers.",
  rows = 144,
  columns = {
    { name = "month", type = "timestamp", description = "first day of the month" },
    { name = "passengers", type = "int64", unit = "1000", description = "passengers of international airlines" },
  },
}
