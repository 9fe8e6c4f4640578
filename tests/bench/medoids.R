# SPDX-License-Identifier: GPL-3.0-or-later
# k-medoids of the benchmark by R's cluster (see tests/bench/medoids); the distances count, as they do elsewhere.
library(cluster)
x <- as.matrix(read.csv(Sys.getenv("BENCH_CSV")))[1:5000, 1:4]
for (once in 5:6) {
  t <- system.time(p <- pam(x, 20, pamonce = once, keep.diss = FALSE, keep.data = FALSE))
  cat(sprintf("%-28s %8.3f s %7.3f   %.9g\n", sprintf("R pam, pamonce %d", once), t[3], t[1], p$objective[2]))
}
