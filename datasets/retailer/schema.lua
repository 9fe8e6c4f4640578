-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "A retailer's customers, products and two years of sales, generated",
  description = "Tables of a shop that does not exist, for 2023 and 2024, and, in the files whose names "
    .. "begin with truth_, what was planted in them.",
  files = {
    {
      file = "sales.csv",
      description = "A row per line of a receipt, as the tills wrote it: see README.md for what is wrong "
        .. "with it.",
      rows = 15559,
      columns = {
        { name = "receipt", type = "int64", description = "number of the receipt, in order of time" },
        { name = "time", type = "timestamp", description = "when it was printed" },
        {
          name = "customer",
          type = "category",
          description = "customer's number; missing for who came without a card",
          any_levels = true,
        },
        {
          name = "product",
          type = "category",
          description = "product's number; some in small letters or with a blank behind",
          any_levels = true,
        },
        { name = "quantity", type = "int64", description = "how many; less than 0 for what was brought back" },
        {
          name = "price",
          type = "float64",
          unit = "EUR",
          description = "price of one; some are missing, some are in cents",
        },
      },
    },
    {
      file = "products.csv",
      description = "A row per product.",
      rows = 55,
      columns = {
        { name = "product", type = "string", description = "product's number" },
        { name = "name", type = "string", description = "what it is" },
        {
          name = "category",
          type = "category",
          description = "category",
          levels = {
            "bakery", "dairy", "cheese", "meat", "fruit and vegetables", "pantry", "hot drinks", "drinks",
            "wine and beer", "sweets", "snacks", "baby", "pets", "household",
          },
        },
        {
          name = "price",
          type = "float64",
          unit = "EUR",
          description = "price of one; a fifth less when marked down",
        },
      },
    },
    {
      file = "customers.csv",
      description = "A row per customer, some of them twice.",
      rows = 205,
      columns = {
        { name = "customer", type = "string", description = "customer's number" },
        { name = "joined", type = "timestamp", description = "day of the first purchase" },
        { name = "birth_year", type = "int64", description = "year of birth; 1900 is what the form began with" },
        {
          name = "city",
          type = "category",
          description = "city; some in small letters or with a blank behind",
          levels = {
            "Berlin", "Hamburg", "München", "Köln", "Hamburg ", "Köln ", "berlin", "hamburg", "köln",
          },
        },
        { name = "household", type = "int64", description = "people in the household" },
        {
          name = "newsletter",
          type = "category",
          description = "whether the customer gets the newsletter",
          levels = { "yes", "no" },
        },
      },
    },
    {
      file = "truth_customers.csv",
      description = "What was planted in each customer.",
      rows = 200,
      columns = {
        { name = "customer", type = "string", description = "customer's number" },
        {
          name = "segment",
          type = "category",
          description = "kind of customer",
          levels = { "loyal", "regular", "occasional", "new", "lapsed" },
        },
        {
          name = "taste",
          type = "category",
          description = "what the customer prefers",
          levels = { "plain", "family", "gourmet", "pets" },
        },
        {
          name = "rate",
          type = "float64",
          unit = "per year",
          description = "receipts expected in a year of average season",
        },
        { name = "joined", type = "timestamp", description = "day of the first purchase" },
        {
          name = "gone",
          type = "timestamp",
          description = "from this day on the customer buys no more; missing for who stays",
        },
      },
    },
    {
      file = "truth_rules.csv",
      description = "The rules that were planted.",
      rows = 8,
      columns = {
        {
          name = "lhs",
          type = "category",
          description = "who buys these",
          levels = {
            "{coffee}", "{nappies}", "{pasta}", "{pasta, tomato sauce}", "{tortilla chips}",
            "{charcoal}", "{cat food}", "{flour}",
          },
        },
        {
          name = "rhs",
          type = "category",
          description = "buys this too",
          levels = {
            "coffee filters", "baby wipes", "tomato sauce", "parmesan", "salsa dip", "sausages",
            "cat litter", "sugar",
          },
        },
        { name = "confidence", type = "float64", description = "with this probability" },
        { name = "lhs_baskets", type = "int64", description = "baskets with the left side, in these sales" },
        { name = "both_baskets", type = "int64", description = "baskets with both sides" },
      },
    },
    {
      file = "truth_season.csv",
      description = "How busy months and days of the week are.",
      rows = 19,
      columns = {
        {
          name = "period",
          type = "category",
          description = "month or day of the week",
          levels = { "month", "weekday" },
        },
        { name = "number", type = "int64", description = "1 is January, or Monday" },
        { name = "weight", type = "float64", description = "how busy, in proportion" },
      },
    },
    {
      file = "truth_facts.csv",
      description = "Totals before anything was broken, and how often each thing was.",
      rows = 13,
      columns = {
        { name = "fact", type = "category", description = "what was counted", any_levels = true },
        { name = "value", type = "float64", description = "how many, or how much" },
      },
    },
  },
}
