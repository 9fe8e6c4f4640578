# Writes tests/reference/data/design.txt: what R makes of formulas. Run: LC_ALL=C Rscript tests/reference/design.R
# For each formula a line with it, then for each column of model.matrix its name, the sum of value * sqrt(row) over the
# data, and the same over the new data, as predict would see them. tests/unit/test_design.c has the same data.
d <- data.frame(
  y = c(3.1, 2.7, 5.9, 4.4, 8.2, 6.6, 7.3, 1.9, 9.4, 5.5, 4.1, 6.8),
  x = c(1, 2.5, 3, 4.5, 5, 6, 7.5, 8, 9, 10.5, 11, 12),
  z = c(0.3, 1.7, 0.9, 2.2, 1.1, 3.4, 0.2, 2.9, 1.4, 3.8, 0.6, 2.5),
  w = c(2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11),
  k = c(1L, 2L, 3L, 1L, 2L, 3L, 10L, 1L, 2L, 3L, 10L, 2L),
  region = c("north", "south", "east", "west", "east", "north", "south", "west", "north", "east", "south", "west"),
  kind = c("b", "a", "b", "a", "c", "c", "b", "a", "c", "a", "b", "c"),
  flag = c(TRUE, FALSE, FALSE, TRUE, TRUE, FALSE, TRUE, FALSE, TRUE, TRUE, FALSE, FALSE),
  "odd name" = c(5, 3, 8, 1, 9, 2, 7, 4, 6, 12, 10, 11), check.names = FALSE)
new <- d[c(3, 8, 5, 12, 1), ]
new$x <- new$x + 0.25
new$z <- new$z * 2
true <- TRUE
factor <- function(x, ref = NULL) {
  f <- base::factor(x)
  if (is.null(ref) || !(as.character(ref) %in% levels(f))) f else relevel(f, as.character(ref))
}
formulas <- c(
  "y ~ x", "~ x + z", "y ~ region", "y ~ region - 1", "y ~ 0 + x + region", "y ~ x:z", "y ~ x*z", "y ~ x*region",
  "y ~ region*kind", "y ~ region:kind", "y ~ region:kind - 1", "y ~ region + region:kind", "y ~ kind + region:kind",
  "y ~ x + region:x", "y ~ region:x", "y ~ region:x - 1", "y ~ (x + z + w)^2", "y ~ (x + region + kind)^2",
  "y ~ (x + region + kind)^3 - x:region:kind", "y ~ region*kind*flag", "y ~ flag", "y ~ flag - 1", "y ~ flag*x",
  "y ~ .", "y ~ . - region - kind", "y ~ . - 1", "log(y) ~ . - k", "y ~ (. - region - kind - flag)^2",
  "y ~ I(x^2) + I(x > 4)", "y ~ log(z)*kind", "y ~ factor(k)", "y ~ factor(k) - 1", "y ~ factor(k, ref = \"10\")*x",
  "y ~ factor(region, ref = \"south\") + x", "y ~ poly(x, 2)", "y ~ poly(x, 1)", "y ~ poly(x, 3) - 1",
  "y ~ poly(x, 2)*region", "y ~ poly(x, 2):poly(z, 2)", "y ~ poly(x, 2, raw = true)", "y ~ x + offset(w)",
  "y ~ offset(log(w)) + region", "y ~ `odd name` + x", "y ~ `odd name`:region", "y ~ region/x", "y ~ region/kind",
  "y ~ x/z", "y ~ z + x + z + x:z + z:x", "y ~ x + z - x", "y ~ x*z - x", "y ~ 1", "y ~ -1 + x", "y ~ x + 0 + 1",
  "y ~ x - 1 + 1", "y ~ x - (1 + z) + z", "y ~ y + x", "y ~ kind:x + kind", "y ~ flag:region + flag", "y ~ (x + z)^2 + (x + w)^2",
  "y ~ x:region + z:kind - 1", "y ~ kind:region:flag", "y ~ x:kind:flag + kind", "y ~ log( x+1 )+I( x/ 2 - -z )",
  "y ~ x*(region + kind)", "y ~ (x + region)^2 - region", "y ~ poly(log(x), 2) + sqrt(z)")
number <- function(v) formatC(v, digits = 17, width = 1, format = "g")
out <- character()
for (text in formulas) {
  f <- as.formula(text)
  mf <- model.frame(f, d)
  tt <- terms(mf)
  m <- model.matrix(tt, mf)
  levels <- .getXlevels(tt, mf)
  rest <- delete.response(tt)
  n <- model.matrix(rest, model.frame(rest, new, xlev = levels))
  out <- c(out, paste0("formula ", text))
  for (j in seq_len(ncol(m)))
    out <- c(out, paste(colnames(m)[j], number(sum(m[, j] * sqrt(seq_len(nrow(m))))),
                        number(sum(n[, j] * sqrt(seq_len(nrow(n))))), sep = "\t"))
}
writeLines(out, "tests/reference/data/design.txt")
