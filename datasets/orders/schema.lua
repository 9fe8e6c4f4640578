-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Two years of orders of a small retailer, generated",
  description = "A row per line of an order: who bought what, when, how many and at what price. Generated "
    .. "with known kinds of customers, a season, and products that go together.",
  rows = 8141,
  columns = {
    { name = "order", type = "int64", description = "number of the order" },
    { name = "date", type = "timestamp", description = "day of the order" },
    { name = "customer", type = "category", description = "customer's number", any_levels = true },
    {
      name = "product",
      type = "category",
      description = "what was bought",
      levels = {
        "batteries", "bread", "cheese", "chocolate", "coffee", "garden", "milk", "nappies", "tea", "toys",
        "wine",
      },
    },
    { name = "quantity", type = "int64", description = "how many" },
    { name = "price", type = "float64", unit = "EUR", description = "price of one" },
  },
}
