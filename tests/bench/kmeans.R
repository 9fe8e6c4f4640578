# SPDX-License-Identifier: GPL-3.0-or-later
#
# k-means of the benchmark by R: Rscript kmeans.R FILE.f64 COLUMNS K ITERATIONS
# Only the call is timed, with the data in memory. Prints: seconds, inertia, iterations, version.
words <- commandArgs(trailingOnly = TRUE)
# R counts one iteration too many when it stops at the limit.
columns <- as.integer(words[2])
k <- as.integer(words[3])
limit <- as.integer(words[4])
size <- file.size(words[1]) / 8
x <- matrix(readBin(words[1], "double", size, endian = "little"), ncol = columns, byrow = TRUE)
seconds <- system.time(suppressWarnings(
  model <- kmeans(x, x[1:k, ], iter.max = limit, algorithm = "Lloyd")
))[["elapsed"]]
cat(sprintf("%.6f %.17g %d R %s\n", seconds, model$tot.withinss,
            min(model$iter, limit), getRversion()))
