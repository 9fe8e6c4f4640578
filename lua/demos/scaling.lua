-- SPDX-License-Identifier: GPL-3.0-or-later
-- What scaling does: why a large unit decides who is near whom, and what to do about it

-- Borrowers of a bank: amounts of credit are in the thousands, durations in months and ages in years.
customers = read "datasets/credit/credit.csv"

-- Look at how far two of the columns spread: amounts differ by thousands, ages by tens.
customers:agg{"amount = sd(credit_amount)", "years = sd(age)"}

-- k-means puts a customer into the segment whose centre is nearest. Distance adds up squared differences, so a column with
-- large numbers counts for more. Three segments of the columns as they are: look at the ages of the centres.
on = {"credit_amount", "duration", "age"}
raw = customers:kmeans{k = 3, on = on}
raw:tidy():drop("share", "withinss")

-- All segments are of the same age: age had no say. In the chart the borders between segments are level: nothing but the
-- amount decides.
axes = {x = "age", y = "credit_amount", color = "cluster"}
plot.scatter(raw:augment(customers), axes)

-- Scale "zscore" divides each column by its spread, so that all three have a say. Look at the ages again.
scaled = customers:kmeans{k = 3, on = on, scale = "zscore"}
scaled:tidy():drop("share", "withinss")

-- Now the segments differ in age too, and overlap in the amount: a border that is not level.
plot.scatter(scaled:augment(customers), axes)

-- How much did that change? `agreement` compares two ways of putting the same rows into groups: `ari` is 1 for the same,
-- 0 for chance.
both = scaled:augment(raw:augment(customers):rename{as_is = "cluster"})
both:agreement{a = "as_is", b = "cluster"}:select("n", "ari", "nmi", "purity")

-- Your turn: the same three segments with scale "range", which puts each column between 0 and 1. Put the model into `m`.
--? m
--! copy the statement that made `scaled`, with another text for scale
m = customers:kmeans{k = 3, on = on, scale = "range"}

-- When all columns have the same unit, leave them; else scale. The card of a model names the scale, and its centres are in
-- the data's own units whatever it was.
--
-- Try next:
--   m
--   customers:kmeans{k = 3, on = on, scale = "robust"}
--   scaled:profile(customers, {top = 3})
--   demo "choosing_k"
