# SPDX-License-Identifier: GPL-3.0-or-later
#
# Linear regression of the benchmark by R: Rscript ols.R FILE.f64 COLUMNS crossprod|lm.fit
# crossprod: normal equations by hand, which give coefficients and nothing else. Only the solving is timed, with the
# data in memory. Prints: seconds, sum of the absolute slopes, method, version.
words <- commandArgs(trailingOnly = TRUE)
columns <- as.integer(words[2])
z <- matrix(readBin(words[1], "double", file.size(words[1]) / 8, endian = "little"), ncol = columns + 1, byrow = TRUE)
x <- cbind(1, z[, 1:columns])
y <- z[, columns + 1]
rm(z)
invisible(gc())
seconds <- system.time(
  b <- if (words[3] == "crossprod") solve(crossprod(x), crossprod(x, y)) else .lm.fit(x, y)$coefficients
)[["elapsed"]]
cat(sprintf("%.6f %.10g %s R %s\n", seconds, sum(abs(b[-1])), words[3], getRversion()))
