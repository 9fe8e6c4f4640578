-- SPDX-License-Identifier: GPL-3.0-or-later
-- Figures for k-medians, spherical and mini-batch k-means, and for k-means on Ruspini's points.
--
-- kmedians, spherical: the best of 3000 starts from random rows of a plain rewriting of each method with numpy 1.24
-- (numpy.median; unit vectors, argmax of cosines), raw variables of iris; sizes sorted.
-- minibatch: inertia is that of k-means (scikit-learn 1.2.1, best of 200 starts); a mini-batch fit must come within
-- `within` of it and not below.
-- ruspini: R 4.2.2 kmeans, 200 starts, on cluster::ruspini (Ruspini 1970).

return {
  iris = {
    { method = "kmedians", k = 2, cost = 216.7, sizes = { 96, 54 } },
    { method = "kmedians", k = 3, cost = 159.2, sizes = { 63, 50, 37 } },
    { method = "kmedians", k = 4, cost = 136.5, sizes = { 50, 40, 36, 24 } },
    { method = "kmedians", k = 5, cost = 124.6 },
    { method = "spherical", k = 2, cost = 0.27748052373640897, sizes = { 100, 50 } },
    { method = "spherical", k = 3, cost = 0.16142872047674128, sizes = { 55, 50, 45 } },
    { method = "spherical", k = 4, cost = 0.13471425101279066, sizes = { 50, 44, 37, 19 } },
    { method = "spherical", k = 5, cost = 0.1154443550303067, sizes = { 44, 37, 25, 25, 19 } },
  },
  minibatch = {
    { k = 2, inertia = 152.3479518, within = 0.02 },
    { k = 3, inertia = 78.85144143, within = 0.05 },
    { k = 4, inertia = 57.22847321, within = 0.10 },
  },
  ruspini = {
    x = {
      4, 5, 10, 9, 13, 13, 12, 15, 18, 19, 22, 27, 28, 24, 27, 28, 30, 31, 32, 36, 28, 32, 35, 33,
      38, 41, 38, 38, 32, 34, 44, 44, 44, 46, 47, 49, 50, 53, 52, 55, 54, 60, 63, 86, 85, 85, 78,
      74, 97, 98, 98, 99, 99, 101, 108, 110, 108, 111, 115, 117, 70, 77, 83, 61, 69, 78, 66, 58,
      64, 69, 66, 61, 76, 72, 64,
    },
    y = {
      53, 63, 59, 77, 49, 69, 88, 75, 61, 65, 74, 72, 76, 58, 55, 60, 52, 60, 61, 72, 147, 149,
      153, 154, 151, 150, 145, 143, 143, 141, 156, 149, 143, 142, 149, 152, 142, 144, 152, 155,
      124, 136, 139, 132, 115, 96, 94, 96, 122, 116, 124, 119, 128, 115, 111, 111, 116, 126, 117,
      115, 4, 12, 21, 15, 15, 16, 18, 13, 20, 21, 23, 25, 27, 31, 30,
    },
    fits = {
      { k = 2, inertia = 89337.8321428572, sizes = { 40, 35 } },
      { k = 3, inertia = 51063.4750456705, sizes = { 35, 23, 17 } },
      { k = 4, inertia = 12881.0512361466, sizes = { 23, 20, 17, 15 } },
      { k = 5, inertia = 10126.7197881828, sizes = { 23, 20, 15, 13, 4 } },
    },
  },
}
