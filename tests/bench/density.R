# SPDX-License-Identifier: GPL-3.0-or-later
# The same by R's dbscan. Prints: seconds, clusters, noise, name.
suppressMessages(library(dbscan))
x <- as.matrix(read.csv(Sys.getenv("BENCH_CSV")))
seconds <- system.time(m <- dbscan(x, eps = 0.1, minPts = 10))[["elapsed"]]
cat(sprintf("%.6f %d %d R dbscan\n", seconds, max(m$cluster), sum(m$cluster == 0)))
seconds <- system.time(o <- extractDBSCAN(optics(x, eps = 0.1, minPts = 10), 0.1))[["elapsed"]]
cat(sprintf("%.6f %d %d R optics\n", seconds, max(o$cluster), sum(o$cluster == 0)))
