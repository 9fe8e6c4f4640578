-- SPDX-License-Identifier: GPL-3.0-or-later
-- A regression and its diagnostics: a fit, what its figures say, and where it is wrong

-- 442 patients with diabetes: body mass index, blood pressure and other measurements, and how far the disease had gone on a
-- year later. What goes with a large progression?
patients = read "datasets/diabetes/diabetes.csv"

-- A picture before any figure: look at the slope of the points, and how far they scatter about it.
plot.scatter(patients, {x = "bmi", y = "progression", trend = "linear"})

-- A regression says by how much the progression differs where the body mass index is one higher. Look at `estimate`, and
-- whether its interval from conf_low to conf_high leaves out 0.
one = patients:ols "progression ~ bmi"
one:tidy():drop("statistic")

-- Other things being equal? People with a high index also have a higher blood pressure. With both in the formula each
-- estimate holds the other fixed: look how the one of bmi becomes smaller.
two = patients:ols "progression ~ bmi + bp"
two:tidy():drop("statistic")

-- How much is explained? r_squared is the share of the variance; sigma how far off a prediction typically is, in the
-- response's own unit.
two:glance():select("n", "r_squared", "adj_r_squared", "sigma")

-- Now doubt it. What the fit leaves over, the residuals, should look like noise: no bend, and as wide at the left as at the
-- right. Here they are wider to the right: the intervals are a little too narrow there.
two:plot("residuals")

-- Are they normal? On this chart normal residuals lie on the line.
two:plot("qq")

-- Your turn: add the measurement s5 to the formula, and put the fit into `three`.
--? three
--! patients:ols "progression ~ bmi + bp + ..."
three = patients:ols "progression ~ bmi + bp + s5"

-- Is the larger one better? adj_r_squared and aic count the price of another term: the first should rise, the second fall.
all = one:glance():append{two:glance(), three:glance()}
all:select("formula", "adj_r_squared", "aic")

-- And for a new patient? A prediction comes with an interval for the mean of such patients, or for one of them.
three:predict(patients:head(3), {interval = "prediction"})

-- Try next:
--   three:plot("coefficients")
--   three:why("r_squared")
--   patients:ols "progression ~ log(bmi) + bp + factor(sex)"
