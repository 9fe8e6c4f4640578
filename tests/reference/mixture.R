# Writes tests/reference/data/mixture_axes.lua: the likelihoods of mixtures whose components share their orientation (EVE,
# VVE). Run: LC_ALL=C Rscript tests/reference/mixture.R
#
# Two figures each, from the clusters that mclust's hc gives: what mclust finds with tight tolerances, and what the EM
# algorithm below finds, written from Browne and McNicholas 2014 ("Estimating common principal components in high
# dimensions", Advances in Data Analysis and Classification 8) with the steps repeated until nothing changes. For EVE they
# are equal. For VVE mclust 6.0.0 divides the shapes by their volumes before it seeks the orientation, which is then that
# of EVE's criterion: turning its axes a little makes the likelihood larger, so its figure is no maximum.
suppressMessages(library(mclust))
options(digits = 17, warn = -1)
sets <- list(iris = as.matrix(iris[, 1:4]), faithful = as.matrix(faithful), usarrests = as.matrix(USArrests))

# Diagonals along the axes, what each direction of a scatter weighs at them, and -2 times the likelihood.
along <- function(W, D, n, model) {
  v <- sapply(W, function(w) diag(t(D) %*% w %*% D))
  volume <- exp(colMeans(log(v)))
  list(v = v, volume = volume,
       weight = if (model == "VVE") t(n / t(v)) else t(volume / t(v)) * sum(n) / sum(volume),
       value = if (model == "VVE") sum(n * colSums(log(v))) else sum(n) * nrow(D) * log(sum(volume)))
}

# Both MM steps in turn.
orientation <- function(W, D, n, model) {
  largest <- sapply(W, function(w) eigen(w, symmetric = TRUE, only.values = TRUE)$values[1])
  before <- Inf
  for (step in 1:50000) {
    at <- along(W, D, n, model)
    if (!(before - at$value > 1e-14 * (1 + abs(at$value)))) break
    before <- at$value
    f <- 0
    for (j in seq_along(W)) f <- f + (at$weight[, j] * t(D)) %*% (W[[j]] - largest[j] * diag(nrow(D)))
    s <- svd(f)
    D <- s$v %*% t(s$u)
    at <- along(W, D, n, model)
    f <- 0
    for (j in seq_along(W)) f <- f + (at$weight[, j] - max(at$weight[, j])) * (t(D) %*% W[[j]])
    s <- svd(f)
    D <- s$v %*% t(s$u)
  }
  list(D = D, at = along(W, D, n, model))
}

em <- function(x, z, model) {
  D <- diag(ncol(x))
  before <- -Inf
  for (step in 1:20000) {
    n <- colSums(z)
    mean <- t(z) %*% x / n
    W <- lapply(seq_along(n), function(j) crossprod(sqrt(z[, j]) * sweep(x, 2, mean[j, ])))
    best <- orientation(W, D, n, model)
    D <- best$D
    at <- best$at
    variance <- if (model == "VVE") t(t(at$v) / n) else t(t(at$v) / at$volume) * sum(at$volume) / sum(n)
    density <- sapply(seq_along(n), function(j) {
      y <- sweep(x, 2, mean[j, ]) %*% D
      log(n[j] / nrow(x)) - (log(2 * pi) * ncol(x) + sum(log(variance[, j])) + colSums(t(y^2) / variance[, j])) / 2
    })
    most <- apply(density, 1, max)
    rows <- most + log(rowSums(exp(density - most)))
    z <- exp(density - rows)
    if (abs(sum(rows) - before) <= 1e-13 * (1 + abs(sum(rows)))) break
    before <- sum(rows)
  }
  sum(rows)
}

out <- c("-- SPDX-License-Identifier: GPL-3.0-or-later",
         paste0("-- Written by tests/reference/mixture.R (R ", getRversion(), ", mclust ", packageVersion("mclust"),
                "): data, model, k, df, log likelihood by EM"),
         "-- as that file has it, and mclust's.", "return {")
for (name in names(sets)) {
  x <- sets[[name]]
  tree <- hc(x, modelName = "VVV", use = "SVD")
  for (model in c("EVE", "VVE")) {
    for (k in seq_len(if (name == "usarrests") 3 else 6)) {
      z <- unmap(hclass(tree, k)[, 1])
      tight <- me(data = x, modelName = model, z = z, control = emControl(tol = c(1e-13, 1e-14)))
      out <- c(out, sprintf("  { \"%s\", \"%s\", %d, %d, %.9f, %.9f },", name, model, k,
                            nMclustParams(model, ncol(x), k), em(x, z, model), tight$loglik))
    }
  }
}
writeLines(c(out, "}"), "tests/reference/data/mixture_axes.lua")
