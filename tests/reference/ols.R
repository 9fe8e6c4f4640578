# Writes tests/reference/data/ols.lua: what R's lm, summary, confint, predict, AIC, BIC and logLik make of models on 30
# rows, and on real data where ASSAY_TESTDATA has them. Run: LC_ALL=C Rscript tests/reference/ols.R
options(digits = 17, warn = -1)
set.seed(20)
n <- 30
d <- data.frame(
  x = round(runif(n, 0, 12), 2), z = round(rexp(n, 0.5), 3), k = sample(c(1L, 2L, 3L, 10L), n, TRUE),
  region = sample(c("east", "north", "south", "west"), n, TRUE), kind = sample(c("a", "b", "c"), n, TRUE),
  flag = sample(c(TRUE, FALSE), n, TRUE), w = round(runif(n, 0.2, 4), 2), o = round(rnorm(n, 0, 2), 2))
d$y <- round(2 + 0.7 * d$x - 0.03 * d$x^2 + 1.3 * (d$region == "south") - 2 * d$flag + 0.4 * d$k + rnorm(n, 0, 1.2), 3)
d$w0 <- ifelse(seq_len(n) %% 7 == 3, 0, d$w)
d$same <- round(2 * d$x - d$z, 3)
new <- d[c(4, 11, 19, 2), ]
new$x <- new$x + 0.5
new$z <- new$z * 1.5
true <- TRUE
factor <- function(x, ref = NULL) {
  f <- base::factor(x)
  if (is.null(ref) || !(as.character(ref) %in% levels(f))) f else relevel(f, as.character(ref))
}
cases <- list(
  c("y ~ x"), c("y ~ x + z"), c("y ~ x + region"), c("y ~ region"), c("y ~ region - 1"), c("y ~ x*region"),
  c("y ~ x:z"), c("y ~ (x + z + flag)^2"), c("y ~ factor(k)"), c("y ~ factor(k, ref = \"10\") + x"),
  c("y ~ kind*flag"), c("y ~ poly(x, 3)"), c("y ~ poly(x, 2)*flag"), c("y ~ poly(x, 2, raw = true)"),
  c("y ~ x + I(x^2)"), c("log(y + 10) ~ sqrt(x) + z"), c("y ~ x + offset(o)"), c("y ~ 0 + x + offset(o)"),
  c("y ~ 0 + x"), c("y ~ 0 + x + region"), c("y ~ 1"), c("y ~ x + z + same"), c("y ~ same + x + kind + z"),
  c("y ~ x + region", "w"), c("y ~ 0 + x + z", "w"), c("y ~ poly(x, 2) + flag", "w"), c("y ~ x + offset(o)", "w"),
  c("y ~ x + region", "w0"), c("y ~ 0 + region + z", "w0"), c("y ~ 1", "w0"), c("flag ~ x + z"),
  c("y ~ . - w - w0 - o - same"))
number <- function(v) ifelse(is.na(v), "NA", formatC(v, digits = 15, width = 1, format = "g"))
quoted <- function(v) paste0("\"", gsub("\"", "\\\\\"", v), "\"")
out <- c("-- SPDX-License-Identifier: GPL-3.0-or-later",
         paste0("-- Linear models of R ", getRversion(), ", written by tests/reference/ols.R, which is the code that makes them."),
         "local NA = _G.NA", "local function data(columns)", "  return frame(columns)", "end", "")
# Items of a list as lines that are not too long.
lines_of <- function(items, margin) {
  lines <- character()
  line <- ""
  for (item in items) {
    if (nchar(line) + nchar(item) + nchar(margin) > 98) {
      lines <- c(lines, line)
      line <- ""
    }
    line <- paste0(line, if (line == "") "" else " ", item, ",")
  }
  paste0(margin, c(lines, sub(",$", "", line)))
}
frame_of <- function(f) {
  lines <- character()
  for (name in names(f)) {
    v <- f[[name]]
    text <- if (is.character(v)) quoted(v) else if (is.logical(v)) ifelse(v, "true", "false") else number(v)
    rows <- lines_of(text, "      ")
    lines <- c(lines, paste0("    { ", quoted(name), ", {"), rows, "    } },")
  }
  c("data {", lines, "  }")
}
out <- c(out, "return {", paste0("  rows = ", paste(frame_of(d), collapse = "\n"), ","),
         paste0("  new = ", paste(frame_of(new), collapse = "\n"), ","), "  cases = {")
wrapped <- function(label, v) {
  lines <- lines_of(v, "        ")
  if (length(lines) == 1) paste0("      ", label, " = { ", trimws(lines), " },")
  else c(paste0("      ", label, " = {"), lines, "      },")
}
describe <- function(m, formula, weights, new) {
  s <- summary(m)
  b <- coef(m)
  all <- matrix(NA, length(b), 4, dimnames = list(names(b), NULL))
  all[rownames(s$coefficients), ] <- s$coefficients
  ci <- confint(m)
  f <- s$fstatistic
  # R 4.2 counts an offset as explained; here, as in later versions, the terms explain what the offset leaves.
  if (!is.null(m$offset)) {
    w <- if (is.null(m$weights)) rep(1, length(m$residuals)) else m$weights
    x <- m$fitted.values - m$offset
    int <- attr(m$terms, "intercept")
    mss <- sum(w * (x - int * sum(w * x) / sum(w))^2)
    s$r.squared <- mss / (mss + deviance(m))
    s$adj.r.squared <- 1 - (1 - s$r.squared) * (nobs(m) - int) / df.residual(m)
    f[1] <- mss / f[2] / s$sigma^2
  }
  fit <- list(term = names(b), estimate = b, std_error = all[, 2], statistic = all[, 3], p_value = all[, 4],
              conf_low = ci[, 1], conf_high = ci[, 2])
  r <- if (is.null(m$weights)) s$residuals else s$residuals[m$weights != 0]
  lines <- c("    {", paste0("      formula = ", quoted(formula), ","))
  if (!is.null(weights)) lines <- c(lines, paste0("      weights = ", quoted(weights), ","))
  lines <- c(lines, wrapped("term", quoted(fit$term)))
  for (name in names(fit)[-1]) lines <- c(lines, wrapped(name, number(unname(fit[[name]]))))
  p <- if (is.null(f)) NA else unname(pf(f[1], f[2], f[3], lower.tail = FALSE))
  glance <- list(n = nobs(m), r_squared = s$r.squared, adj_r_squared = s$adj.r.squared, sigma = s$sigma,
                 statistic = if (is.null(f)) NA else unname(f[1]), p_value = p,
                 df = if (is.null(f)) 0 else unname(f[2]), df_residual = df.residual(m), aic = AIC(m), bic = BIC(m),
                 log_lik = as.numeric(logLik(m)), deviance = deviance(m), dropped = sum(is.na(b)))
  lines <- c(lines, "      glance = {",
             lines_of(paste0(names(glance), " = ", sapply(glance, number)), "        "),
             "      },")
  # as summary prints them: of weighted rows times the root of the weight, rows of weight 0 left out
  lines <- c(lines, wrapped("residuals", number(unname(quantile(r)))))
  if (!is.null(new)) {
    conf <- predict(m, new, interval = "confidence")
    pred <- predict(m, new, interval = "prediction", weights = 1)
    lines <- c(lines, wrapped("fitted", number(unname(conf[, 1]))), wrapped("fit_low", number(unname(conf[, 2]))),
               wrapped("fit_high", number(unname(conf[, 3]))), wrapped("pred_low", number(unname(pred[, 2]))),
               wrapped("pred_high", number(unname(pred[, 3]))))
  }
  c(lines, "    },")
}
for (case in cases) {
  weights <- if (length(case) > 1) case[2] else NULL
  w <- if (is.null(weights)) NULL else d[[weights]]
  m <- if (is.null(w)) lm(as.formula(case[1]), d) else eval(substitute(lm(as.formula(f), d, weights = v), list(f = case[1], v = w)))
  out <- c(out, describe(m, case[1], weights, new))
}
out <- c(out, "  },", "}")
writeLines(out, "tests/reference/data/ols.lua")
