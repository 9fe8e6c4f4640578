-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "The customers of orders, as a database exports them",
  description = "A row per customer, with everything that such exports have wrong: lines above and below the "
    .. "table, currency and percent signs, several words for missing, dates month first, a broken row.",
  rows = 299,
  columns = {
    { name = "Customer", type = "string", description = "customer's number, as in orders" },
    { name = "Year_Birth", type = "int64", description = "year of birth" },
    {
      name = "Education",
      type = "category",
      description = "highest degree; some in capitals with a blank behind",
      levels = {
        "2n Cycle", "2N CYCLE ", "Basic", "Graduation", "GRADUATION ", "Master", "MASTER ", "PhD", "PHD ",
      },
    },
    { name = "Income", type = "float64", unit = "USD", description = "income of a year" },
    { name = "Dt_Customer", type = "timestamp", description = "day of the first order" },
    { name = "Discount", type = "float64", description = "discount agreed, as a share" },
    { name = "Visits", type = "int64", description = "visits to the web site in a year" },
    {
      name = "Country",
      type = "category",
      description = "country",
      levels = { "CN", "DE", "ES", "FR", "GB" },
    },
    { name = "Visits_2", type = "int64", description = "visits to the shop in a year; the name stood twice" },
    { name = "column_10", type = "category", description = "note; it had no name", any_levels = true },
  },
}
