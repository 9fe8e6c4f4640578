-- SPDX-License-Identifier: GPL-3.0-or-later
-- Reference figures for dbscan, optics, hdbscan and mean shift. Sizes are without noise, largest first; scores are
-- stabilities in that order. Made with R 4.2.2, dbscan 1.1-11, and scikit-learn 1.2.1; sets without a path are those of
-- the Fundamental Clustering Problem Suite (Ultsch 2005) and SIPU (Franti & Sieranoja 2018), moons and ds3 come with
-- R's dbscan, blobs750 is the example of scikit-learn's documentation.

-- R: optics(iris, minPts = 5)$order
local iris = {
  1, 40, 29, 28, 18, 8, 5, 41, 50, 38, 49, 36, 27, 12, 35, 31, 26, 10, 2, 46, 13, 30, 4, 48, 43, 7, 3, 44,
  24, 47, 20, 11, 22, 39, 14, 9, 25, 21, 32, 37, 17, 6, 33, 45, 19, 34, 16, 15, 23, 42, 51, 87, 66, 59, 77,
  76, 75, 55, 52, 53, 78, 57, 98, 92, 79, 74, 64, 72, 62, 100, 97, 96, 95, 89, 93, 83, 70, 90, 82, 81, 68,
  54, 91, 56, 67, 60, 85, 65, 80, 148, 146, 117, 112, 111, 142, 140, 113, 141, 145, 144, 125, 121, 105, 116,
  149, 138, 147, 129, 133, 104, 137, 103, 127, 139, 150, 128, 71, 143, 122, 114, 102, 124, 84, 73, 134, 86,
  120, 101, 131, 126, 130, 108, 115, 63, 69, 136, 135, 106, 123, 119, 109, 88, 110, 94, 99, 61, 58, 107, 118,
  132,
}

return {
  dbscan = {
    { data = "iris", eps = 0.5, min_points = 5, sizes = { 84, 49 }, noise = 17 },
    { data = "iris", eps = 0.4, min_points = 4, sizes = { 47, 38, 36, 4 }, noise = 25 },
    { data = "blobs750", eps = 0.3, min_points = 10, sizes = { 245, 244, 243 }, noise = 18, ari = 0.952,
      agreement = { v_measure = 0.917, homogeneity = 0.953, completeness = 0.883, ami = 0.916 } },
    { data = "lsun", eps = 0.5, min_points = 5, sizes = { 200, 100, 100 }, noise = 0, truth = true },
    { data = "hepta", eps = 1, min_points = 5, sizes = { 32, 30, 30, 30, 30, 30, 30 }, noise = 0, truth = true },
    { data = "chainlink", eps = 0.25, min_points = 5, sizes = { 500, 500 }, noise = 0, truth = true },
    { data = "target", eps = 0.4, min_points = 5, sizes = { 395, 363 }, noise = 12 },
    { data = "tetra", eps = 0.4, min_points = 5, sizes = { 89, 89, 89, 89 }, noise = 44 },
    { data = "twodiamonds", eps = 0.15, min_points = 8, sizes = { 400, 400 }, noise = 0, truth = true },
    { data = "wingnut", eps = 0.25, min_points = 8, sizes = { 504, 504 }, noise = 8 },
    { data = "atom", eps = 8, min_points = 5,
      sizes = { 400, 56, 50, 14, 13, 9, 8, 8, 7, 7, 7, 7, 5, 5, 5, 5, 5, 4 },
      noise = 185 },
    { data = "engytime", eps = 0.3, min_points = 10, sizes = { 3891 }, noise = 205 },
    { data = "s1", eps = 25000, min_points = 20, noise = 326,
      sizes = { 338, 335, 322, 321, 319, 315, 312, 312, 309, 308, 306, 306, 301, 299, 271 } },
    { data = "s4", eps = 20000, min_points = 20, noise = 1294,
      sizes = { 1003, 474, 344, 319, 299, 275, 252, 205, 202, 188, 106, 22, 17 } },
  },
  hdbscan = {
    { data = "iris", least = 5, sizes = { 100, 50 }, noise = 0, scores = { 150.9863572, 135.3437039 } },
    { data = "moons", least = 5, sizes = { 50, 25, 25 }, noise = 0,
      scores = { 45.6276218, 90.86559314, 110.7061264 } },
    { data = "ds3", least = 25, sizes = { 1789, 1656, 1585, 924, 617, 614 }, noise = 815,
      scores = { 62.9948708846, 45.4027181320, 64.8536413221, 19.6538998378, 16.5909421072, 13.5448736440 } },
    { data = "lsun", least = 5, sizes = { 200, 100, 99 }, noise = 1,
      scores = { 476.19412985, 129.21159982, 364.11242992 } },
    { data = "hepta", least = 5, sizes = { 32, 30, 30, 30, 30, 30, 30 }, noise = 0, truth = true },
    { data = "chainlink", least = 10, sizes = { 500, 500 }, noise = 0, truth = true,
      scores = { 3316.2624820, 3316.2624333 } },
    { data = "target", least = 3, sizes = { 395, 363, 3, 3, 3, 3 }, noise = 0, truth = true },
    { data = "atom", least = 10, sizes = { 400, 400 }, noise = 0, truth = true,
      scores = { 12.686493441, 189.115788725 } },
    { data = "wingnut", least = 10, ties = 16, sizes = { 398, 398, 12, 12 }, noise = 196 },
    { data = "twodiamonds", least = 10, ties = 1, sizes = { 394, 392 }, noise = 14,
      scores = { 629.45593717, 636.27573910 } },
    { data = "s1", least = 50, ties = 1, noise = 413,
      sizes = { 339, 329, 323, 321, 320, 314, 310, 303, 301, 300, 298, 295, 289, 288, 257 },
      scores = { 0.0149864950257, 0.0133612851643, 0.0129207114009, 0.0143235880861, 0.0133350543487, 0.0116264809230,
        0.0142301765123, 0.0424537387653, 0.0110502745241, 0.0094987071789, 0.0105074118889, 0.0111163188596,
        0.0087367076326, 0.0082556804248, 0.0092967916932 } },
    { data = "s3", least = 50, ties = 1, noise = 2184,
      sizes = { 321, 242, 236, 222, 209, 192, 183, 177, 175, 172, 149, 142, 139, 136, 121 } },
  },
  optics = {
    { data = "iris", min_points = 5, eps = 1.02469507659596, order = iris },
  },
  meanshift = {
    { data = "iris", bandwidth = 1.2020768127998687, estimated = true, sizes = { 99, 51 },
      centre = { 6.211428571429, 2.892857142857, 4.852857142857, 1.672857142857 } },
    { data = "iris", bandwidth = 0.8, sizes = { 53, 50, 37, 10 },
      centre = { 6.073333333333, 2.844444444444, 4.593333333333, 1.495555555556 } },
    { data = "iris", bandwidth = 0.8, bins = true, sizes = { 53, 50, 37, 10 },
      centre = { 6.073333333333, 2.844444444444, 4.593333333333, 1.495555555556 } },
    { data = "iris", bandwidth = 0.8, far = "noise", sizes = { 44, 37, 28, 2 }, noise = 39,
      centre = { 4.972727272727, 3.402272727273, 1.475, 0.245454545455 } },
  },
}
