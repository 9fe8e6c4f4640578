-- SPDX-License-Identifier: GPL-3.0-or-later
-- The data sets that come with the program, in the order in which to show them. Each has a folder
-- of its name with NAME.csv, schema.lua (a row per column) and README.md (origin and licence).
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
}
