-- SPDX-License-Identifier: GPL-3.0-or-later
-- The data sets that come with the program, in the order in which to show them. Each has a folder of its name with
--
--   NAME.csv     the data; or the file named in `file` here, read by the verb named in `read` (otherwise "read")
--   schema.lua   { title, description, rows, columns }, a row per column; or, where there are several files,
--                { title, description, files = { { file, description, rows, columns }, ... } }, the main one first
--   README.md    what can be tried in three lines, origin, licence
--
-- `rows` and `columns` here are those of the main file.
return {
  {
    name = "iris",
    title = "Measurements of 150 iris flowers of three species",
    rows = 150,
    columns = 5,
    good_for = "first steps, segmentation with a known answer, classification, plots",
  },
  {
    name = "credit",
    title = "1,000 borrowers of a German bank, rated good or bad",
    rows = 1000,
    columns = 21,
    good_for = "segmenting real customers, scoring, categories of text, cost of errors",
  },
  {
    name = "supermarket",
    title = "4,627 real baskets of a supermarket in New Zealand",
    file = "supermarket.baskets.gz",
    read = "read_baskets",
    rows = 4627,
    columns = 1,
    good_for = "frequent itemsets and association rules with published results",
  },
  {
    name = "retailer",
    title = "A retailer's customers, products and two years of sales, generated",
    file = "sales.csv",
    rows = 15559,
    columns = 6,
    good_for = "the whole way from receipts to segments, rules and seasons; cleaning, joining; the truth is known",
  },
  {
    name = "orders",
    title = "Two years of orders of a small retailer, generated",
    rows = 8141,
    columns = 6,
    good_for = "grouping, recency and frequency, cohorts, baskets; the truth behind it is known",
  },
  {
    name = "customers_messy",
    title = "The customers of orders, as a database exports them",
    rows = 299,
    columns = 10,
    good_for = "reading what comes, cleaning, joining; the truth behind it is known",
  },
  {
    name = "titanic",
    title = "Who was on board of the Titanic, and who survived",
    rows = 2201,
    columns = 4,
    good_for = "counts of categories, crosstables, rules, a yes or no to explain",
  },
  {
    name = "mtcars",
    title = "Fuel consumption and design of 32 cars of 1973 and 1974",
    rows = 32,
    columns = 12,
    good_for = "regression, scatter plots, groups, with figures in every textbook",
  },
  {
    name = "longley",
    title = "Employment in the United States, 1947 to 1962",
    rows = 16,
    columns = 7,
    good_for = "regression with nearly collinear variables, a test of programs",
  },
  {
    name = "diabetes",
    title = "442 diabetes patients and how the disease went on in a year",
    rows = 442,
    columns = 11,
    good_for = "regression with ten predictors, choosing among them",
  },
  {
    name = "wine",
    title = "Chemical analyses of 178 wines of three cultivars",
    rows = 178,
    columns = 14,
    good_for = "why variables must be scaled: segments with a known answer; classification",
  },
  {
    name = "faithful",
    title = "272 eruptions of the Old Faithful geyser and the waits between them",
    rows = 272,
    columns = 2,
    good_for = "two groups that anyone can see, histograms, a simple regression",
  },
  {
    name = "usarrests",
    title = "Arrests for violent crimes in the 50 states of the US, 1973",
    rows = 50,
    columns = 5,
    good_for = "segments without a known answer, profiles, choosing k",
  },
  {
    name = "airpassengers",
    title = "Monthly passengers of international airlines, 1949 to 1960",
    rows = 144,
    columns = 2,
    good_for = "a trend and a season, line plots, periods of time",
  },
}
