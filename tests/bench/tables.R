# SPDX-License-Identifier: GPL-3.0-or-later
#
# Reading and grouping by R's data.table: Rscript tables.R read|group FILE. Only the named step is timed.
# Prints: seconds, a sum of amounts as a check, rows of the result, version.
suppressPackageStartupMessages(library(data.table))
words <- commandArgs(trailingOnly = TRUE)
setDTthreads(0L)
seconds <- system.time(d <- fread(words[2], showProgress = FALSE))[["elapsed"]]
if (words[1] == "group") {
  seconds <- system.time(
    d <- d[, .(last = max(ts), n = .N, amount = sum(amount)), by = customer]
  )[["elapsed"]]
}
cat(sprintf("%.6f %.2f %d data.table %s\n", seconds, sum(d$amount), nrow(d), packageVersion("data.table")))
