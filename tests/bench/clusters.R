# SPDX-License-Identifier: GPL-3.0-or-later
# A clustering of tests/bench/clusters by R: clusters.R TASK FILE.f64 COLUMNS FILE.f64 VARIANT. Only the call is timed,
# with the data in memory; distances count where a program needs them. Prints: seconds, processor seconds, result, name.
words <- commandArgs(trailingOnly = TRUE)
variant <- words[5]
columns <- as.integer(words[3])
numbers <- function(path) readBin(path, "double", file.size(path) / 8, endian = "little")
x <- matrix(numbers(words[2]), ncol = columns, byrow = TRUE)
say <- function(spent, result, ...) {
  cat(sprintf("%.6f %.6f %s %s\n", spent[[3]], sum(spent[c(1, 2, 4, 5)], na.rm = TRUE), result, paste0(...)))
}
parts <- function(cluster) sprintf("%d/%d", max(cluster), sum(cluster == 0))
if (words[1] == "mixture") {
  suppressMessages(library(mclust))
  means <- matrix(numbers(words[4]), ncol = columns, byrow = TRUE)
  z <- unmap(max.col(-sapply(seq_len(nrow(means)), function(j) colSums((t(x) - means[j, ])^2)), "first"))
  spent <- system.time(m <- me(x, modelName = "VVV", z = z, control = emControl(tol = c(0, 0), itmax = c(50, 50))))
  say(spent, sprintf("%.6f", m$loglik / nrow(x)), "R mclust")
} else if (words[1] == "dbscan") {
  spent <- system.time(m <- dbscan::dbscan(x, eps = 0.1, minPts = 10))
  say(spent, parts(m$cluster), "R dbscan")
} else if (words[1] == "optics") {
  spent <- system.time(m <- dbscan::extractDBSCAN(dbscan::optics(x, eps = 0.1, minPts = 10), 0.1))
  say(spent, parts(m$cluster), "R dbscan")
} else if (words[1] == "hdbscan") {
  x <- x[1:20000, ]
  spent <- system.time(m <- dbscan::hdbscan(x, minPts = 50))
  say(spent, parts(m$cluster), "R dbscan")
} else if (variant == "vector") {
  spent <- system.time(h <- fastcluster::hclust.vector(x, "ward"))
  say(spent, sprintf("%.4f", sum(h$height)), "R fastcluster hclust.vector")
} else if (variant == "fastcluster") {
  method <- c(ward = "ward.D2", average = "average", complete = "complete")[[words[1]]]
  spent <- system.time(h <- fastcluster::hclust(dist(x), method))
  say(spent, sprintf("%.4f", sum(h$height)), "R fastcluster")
} else if (words[1] %in% c("eager", "steepest")) {
  x <- x[1:5000, ]
  once <- if (words[1] == "eager") 6 else 5
  spent <- system.time(p <- cluster::pam(x, 20, pamonce = once, keep.diss = FALSE, keep.data = FALSE))
  say(spent, sprintf("%.9g", p$objective[[2]]), "R cluster, pamonce ", once)
} else if (words[1] == "silhouette") {
  labels <- as.integer(numbers(words[4]))
  spent <- system.time(s <- mean(cluster::silhouette(labels, dist(x))[, 3]))
  say(spent, sprintf("%.9g", s), "R cluster")
}
