-- SPDX-License-Identifier: GPL-3.0-or-later
-- Market baskets: what is bought together, and which of it says something

-- A shop's order lines again: one row per product in an order.
orders = read "datasets/orders/orders.csv"

-- A basket is the set of products of one order. Look at the cells: sets.
baskets = orders:baskets{id = "order", item = "product"}
baskets:head(5)

-- How often does a product, or a pair, occur? Support is the share of all baskets. Look at which pair is the most frequent.
sets = baskets:itemsets{support = 0.05}:tidy()
sets:filter("size == 2"):head(5)

-- Bread and milk: together often because each is bought often, or because they belong together? A rule knows. Its
-- confidence is the share of baskets with the left side that have the right side too; lift compares that with the share of
-- all baskets that have it. Lift 1: the left side tells nothing.
rules = baskets:rules{support = 0.02, confidence = 0.2}
rules:tidy():sort("-lift"):drop("leverage", "conviction", "count"):head(5)

-- Chocolate goes with coffee, more than twice as often as chance would have it; so it was planted in these data. All other
-- rules have a lift near 1. See how they part: dark ones above, light ones below.
rules:plot("rules")

-- Your turn: how many rules have a lift above 1.5? Count the rows of the table, with # in front.
--?
--! #rules:tidy():filter("...")
#rules:tidy():filter("lift > 1.5")

-- Now real baskets, of a supermarket: 4,627 of them, 20 departments in each.
market = read_baskets "datasets/supermarket/supermarket.baskets.gz"

-- Rules that are right nine times out of ten: look at `lift`.
found = market:rules{support = 0.15, confidence = 0.9}
found:tidy():select("lhs", "rhs", "confidence", "lift"):head(4)

-- Confidence 0.92 sounds like much, but 72 of 100 baskets have bread and cake anyway: a lift of 1.27. Judge by lift, and
-- by whether there is something to do about it.
--
-- Try next:
--   market:rules{support = 0.05, confidence = 0.3, lift = 2, max_length = 2}
--   baskets:filter("'coffee' in items"):head(3)
--   demo "regression"
