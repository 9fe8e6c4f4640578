-- SPDX-License-Identifier: GPL-3.0-or-later
-- Choosing k: how many segments there are, by inertia, silhouette and eye

-- Eruptions of a geyser: how long each took, and how long people waited for the next. It could be visits and spending of
-- customers as well.
geyser = read "datasets/faithful/faithful.csv"

-- Look at the picture first: how many groups do you see?
plot.scatter(geyser, {x = "eruptions", y = "waiting"})

-- k-means must be told the number of clusters. Two figures help to choose it. The inertia is the sum of squared distances
-- to the centres. The silhouette is near 1 when rows are far nearer to their own cluster than to the next.

-- Fit it for 1 to 6 clusters, and put both figures of each into a table.
k, inertia, silhouette = {}, {}, {}
for i = 1, 6 do
  m = geyser:kmeans{k = i, scale = "zscore", silhouette = i > 1}
  k[i], inertia[i], silhouette[i] = i, m.inertia, m.silhouette
end
fits = frame{{"k", k}, {"inertia", inertia}, {"silhouette", silhouette}}
fits

-- The inertia always falls: with as many clusters as rows it is zero. Look for the bend, behind which another cluster
-- brings little more.
plot.line(fits, {x = "k", y = "inertia"})

-- The silhouette needs no bend: the best number is at its peak.
plot.line(fits:filter("k > 1"), {x = "k", y = "silhouette"})

-- Your turn: which k has the largest silhouette? Let the table tell it: the row of `fits` with the largest silhouette.
--?
--! sort{"-silhouette"} and head(1)
fits:sort("-silhouette"):head(1)

-- Both say two. Do not stop there: look at the segments. Each should be large enough to act on, and differ in something
-- that matters to you.
best = geyser:kmeans{k = 2, scale = "zscore", silhouette = true}
best:plot("segments", {data = geyser})

-- Any figure explains itself with the numbers of its model.
best:why("silhouette")

-- Would four be wrong? Figures answer how well the clusters are apart; which number is useful is yours to say.
--
-- Try next:
--   four = geyser:kmeans{k = 4, scale = "zscore"}
--   four:plot("segments", {data = geyser})
--   demo "kmeans_steps"
