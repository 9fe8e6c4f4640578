-- SPDX-License-Identifier: GPL-3.0-or-later
-- k-means step by step: centres move, rows change sides, until nothing changes

-- Two steps are all there is to k-means: give each row to the nearest centre; move each centre to the mean of its rows. And
-- again, until no row changes. Here are eruptions of a geyser, to be put into three groups.
geyser = read "datasets/faithful/faithful.csv"

-- `step` runs a method once and keeps all steps. Three rows, drawn at random, are the first centres: the stars. Look where
-- the stars go from step to step, and at the inertia, the sum of squared distances to the nearest star: it never rises.
--> s
how = {k = 3, init = "random", starts = 1, scale = "zscore", seed = 28}
s = step(geyser, "kmeans", how)
s

-- All steps as a table. Look at `changed`: many at first, then few.
s:steps():select("iteration", "objective", "changed"):tail(6)

-- Other first centres may end elsewhere, and worse. Eight starts from other rows: look at `last`, where each of them ends.
how.starts, how.seed, how.refine = 8, 5, "none"
all = step(geyser, "kmeans", how):steps():group("start")
all:agg{"steps = count()", "first = max(objective)", "last = min(objective)"}

-- So k-means begins several times, 10 unless told otherwise, and keeps the best; where starts end apart, it also tries to
-- move single centres elsewhere (`refine`). And it chooses better centres to begin with than random rows: `init =
-- "kmeans++"` spreads them. Your turn: the inertia of that fit, with the same k and scale.
--?
--! geyser:kmeans{k = 3, scale = "zscore"}.inertia
geyser:kmeans{k = 3, scale = "zscore"}.inertia

-- Any method that goes by steps can be looked at so. The stepper is yours: s:goto_(1), s:next(), s:back(), s:run().
--
-- Try next:
--   step(geyser, "kmeans", {k = 4, init = "random", starts = 1, seed = 2})
--   ?step
--   ?kmeans
--   demo "baskets"
