-- SPDX-License-Identifier: GPL-3.0-or-later
-- Three ways to see groups: k-means, DBSCAN and Ward on one picture

-- What a group is depends on who looks. Here are two moons, one in the arms of the other, with a little noise. Everybody
-- sees two. Will the machine?
x, y = {}, {}
for i = 1, 200 do
  local turn = math.pi * (i % 100) / 99
  local noise = (math.sin(i * 12.9898) * 43758.5453) % 0.16 - 0.08
  x[i] = i <= 100 and math.cos(turn) + noise or 1 - math.cos(turn) + noise
  y[i] = i <= 100 and math.sin(turn) - noise or 0.4 - math.sin(turn) - noise
end
moons = frame{x = x, y = y}
plot.scatter(moons, {x = "x", y = "y"})

-- K-means first, step by step. It knows nothing but centres: each row goes to the nearest one, each centre to the mean of
-- its rows. Look where the two stars end.
--> s
s = step(moons, "kmeans", {k = 2, init = "random", starts = 1, refine = "none", seed = 3})
s

-- The border between two centres is a straight line, and no straight line parts these moons. It is not that k-means failed
-- to find its optimum. It found it.
km = moons:kmeans(2)
km:plot()

-- DBSCAN asks another question: from which rows can one walk to which, in steps no longer than eps, through rows that have
-- at least min_points rows within eps? With short steps there are islets, and what is on none is noise, cluster 0.
moons:dbscan{eps = 0.09, min_points = 5}:plot()

-- Longer steps join the islets. Look how their parts grow together: first those that are near to one another.
--> d
d = step(moons, "dbscan", {eps = 0.2, min_points = 5})
d

-- Two clusters are left, and they are the moons.
d.model:plot()

-- Still longer ones join everything. How many clusters are left with eps = 0.6? Say it by the model's k.
--?
--! moons:dbscan{eps = 0.6, min_points = 5}.k
moons:dbscan{eps = 0.6, min_points = 5}.k

-- How long should steps be? Of each row take the distance to its fifth neighbour and sort: eps belongs where the curve bends
-- upwards. HDBSCAN tries all of them at once, and keeps the clusters that last longest.
moons:hdbscan{min_cluster_size = 15}:plot()

-- Ward begins with every row alone, and joins at each step the two clusters that this costs least: the growth of the sum of
-- squares, of which the height of a merge tells. 199 merges make one cluster of 200 rows. Here are the last twelve: look
-- where the height begins to leap, and how many rows come together.
--> w
w = step(moons, "hierarchical", {k = 12, linkage = "ward"}):goto_(188)
w

-- The tree remembers all steps, so it can be cut anywhere. Twelve clusters, as they were before the last eleven merges:
tree = w.model
tree:plot "segments"

-- And on, a few merges at a time: six, four, two. Look which pieces go together.
for _, k in ipairs{6, 4, 2} do
  print(tree:cut(k):plot "segments")
end

-- Ward likes round clusters, as k-means does, since both count squares. Single linkage joins the two clusters whose nearest
-- rows are nearest. It sees the moons. On real data with a few stray rows between the groups it chains everything together.
moons:hierarchical{k = 2, linkage = "single"}:plot "segments"

-- So which is right? None: a method is an opinion about what a group is. Squares for groups around a typical customer,
-- density for shapes and outliers, trees for groups within groups. How far two of them agree can be counted.
both = km:augment(moons):rename{by_means = "cluster"}
moons:dbscan{eps = 0.2, min_points = 5}:augment(both):agreement{a = "by_means", b = "cluster"}:select("n", "ari")

-- Try next:
--   moons:spectral(2):plot()
--   moons:choose{k = "2:6"}
--   ?"choose the number of clusters"
--   demo "choosing_k"
