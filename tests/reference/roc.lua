-- SPDX-License-Identifier: GPL-3.0-or-later
-- Scores against two classes. Figures: R 4.2.2, pROC 1.18.0 (area and DeLong's interval of s100b in aSAH); scikit-learn
-- 1.2.1 (average_precision_score, brier_score_loss, log_loss, cohen_kappa_score, matthews_corrcoef, f1_score, and the
-- example of its manual: 0 0 1 1 with .1 .4 .35 .8).
package.path = arg[0]:gsub("[^/]*$", "../lua/?.lua;") .. package.path
local t = require "lib"

local function close(got, want, name)
  t.ok(math.abs(got - want) <= 1e-9 * math.abs(want), ("%s: %.12g, not %.12g"):format(name, got, want))
end

-- The data set aSAH of pROC: s100b, and whether the outcome was poor.
local asah = frame {
  s = { 0.13, 0.14, 0.1, 0.04, 0.13, 0.1, 0.47, 0.16, 0.18, 0.1, 0.12, 0.1, 0.44, 0.71, 0.04, 0.08, 0.49, 0.04, 0.07,
    0.33, 0.09, 0.09, 0.07, 0.11, 0.07, 0.17, 0.07, 0.11, 0.13, 0.19, 0.05, 0.16, 0.41, 0.14, 0.34, 0.35, 0.48,
    0.09, 0.96, 0.25, 0.5, 0.46, 0.16, 0.07, 0.43, 0.45, 0.11, 0.08, 0.09, 0.86, 0.52, 0.08, 0.06, 0.13, 2.07,
    0.1, 0.14, 0.15, 0.07, 0.06, 0.77, 0.05, 0.09, 0.3, 0.03, 0.09, 0.04, 0.23, 0.7, 0.09, 0.27, 0.71, 0.08,
    0.26, 0.08, 0.16, 0.09, 0.13, 0.1, 0.08, 0.11, 0.33, 0.11, 0.28, 0.07, 0.1, 0.32, 0.22, 0.07, 0.05, 0.24,
    0.38, 0.1, 0.15, 0.08, 0.14, 0.1, 0.07, 0.04, 0.19, 0.56, 0.14, 0.58, 0.32, 0.82, 0.74, 0.15, 0.47, 0.17,
    0.44, 0.15, 0.5, 0.48 },
  y = { 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1,
    0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1,
    1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0,
    1, 0, 0, 0 },
}

t.test("the area under the curve and its interval", function()
  local m = asah:roc { score = "s", truth = "y" }
  close(m.auc, .7313685637, "auc")
  close(m.conf_low, .6301182118, "conf_low")
  close(m.conf_high, .8326189156, "conf_high")
  close(m.ap, 0.685620923172, "ap")
  close(m.ks, 0.439701897019, "ks")
  close(m.ks_threshold, 0.22, "ks_threshold") -- Youden's threshold .205 lies between two scores
  t.eq(m.brier, NA)
end)

t.test("the table at a threshold", function()
  local c = asah:roc { score = "s", truth = "y" }:confusion(.205)
  t.ok(math.abs(c.recall[1] - .6341463) < 1e-7 and math.abs(c.specificity[1] - .8055556) < 1e-7)
  close(c.kappa[1], 0.442022816278, "kappa")
  close(c.mcc[1], 0.442104657514, "mcc")
  close(c.f1[1], 0.641975308642, "f1")
  t.eq({ c.tn[1], c.fp[1], c.fn[1], c.tp[1] }, { 58, 14, 15, 26 })
end)

t.test("probabilities", function()
  local m = asah:mutate { "p = s / (s + 0.3)" }:roc { score = "p", truth = "y" }
  close(m.brier, 0.188801313752, "brier")
  close(m.log_loss, 0.563715706808, "log_loss")
  close(m.ece, 0.105705209011, "ece")
  close(m.auc, .7313685637, "auc")
  local small = frame { y = { false, false, true, true }, s = { .1, .4, .35, .8 } }:roc { score = "s", truth = "y" }
  close(small.auc, .75, "auc")
  close(small.ap, 0.8333333333333333, "ap")
  close(small.log_loss, .4722879538, "log_loss")
  close(small.brier, .158125, "brier")
end)

t.test("profit, lift and captured", function()
  local df = frame { s = { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 }, y = { "b", "b", "a", "b", "a", "a", "a", "a", "a", "a" } }
  local m = df:roc { score = "s", truth = "y", bins = 5, benefit = 10, cost = 4 }
  t.eq({ m.best_threshold, m.best_profit }, { 6.0, 14.0 }) -- 3 * 10 - 4 * 4
  t.eq(t.cells(m:lift().positives), { 2, 1, 0, 0, 0 })
  close(m:lift().lift[1], 1 / 0.3, "lift")
  t.eq(t.cells(m:lift().captured), { 2 / 3, 1.0, 1.0, 1.0, 1.0 })
  close(df:roc { score = "s", truth = "y", positive = "a" }.auc, 1 - m.auc, "auc")
  local c = m:confusion(100)
  t.eq({ c.tp[1], c.fp[1], c.precision[1], c.profit[1] }, { 0, 0, NA, 0.0 })
end)

t.test("the area is the share of pairs in order, ties half: by brute force", function()
  math.randomseed(5)
  for _ = 1, 30 do
    local s, y, n = {}, {}, math.random(2, 40)
    for i = 1, n do
      s[i], y[i] = math.random(0, 6), i <= 1 or (i > 2 and math.random() < 0.4)
    end
    local wins, pairs_ = 0, 0
    for i = 1, n do
      for j = 1, n do
        if y[i] and not y[j] then
          pairs_ = pairs_ + 1
          wins = wins + (s[i] > s[j] and 1 or s[i] == s[j] and 0.5 or 0)
        end
      end
    end
    close(frame { s = s, y = y }:roc { score = "s", truth = "y" }.auc + 1, wins / pairs_ + 1, "auc")
  end
end)

t.test("what cannot be judged is refused", function()
  local df = frame { s = { 1, 2, NA }, y = { "a", "b", "c" }, z = { 1, 1, 1 }, m = { 1, 0, 1 } }
  t.raises("not-two-classes", function() df:roc { score = "s", truth = "y" } end, "more than two")
  t.raises("one-class", function() df:roc { score = "s", truth = "z", missing = "drop" } end)
  t.raises("missing-values", function() df:roc { score = "s", truth = "m" } end)
  t.raises("unknown-level", function() df:roc { score = "s", truth = "m", positive = "7", missing = "drop" } end)
  t.raises("not-finite", function() frame { s = { t.nan, 1 }, y = { 1, 0 } }:roc { score = "s", truth = "y" } end,
    "row 1")
end)

t.test("kept in a file and drawn", function()
  local m = asah:mutate { "p = s / (s + 0.3)" }:roc { score = "p", truth = "y" }
  local path = os.getenv "TMPDIR" .. "/roc.assay"
  m:save(path)
  local again = model.load(path)
  t.eq(again:tidy():text "json", m:tidy():text "json")
  for _, kind in ipairs { "roc", "lift", "gain", "calibration", "profit" } do
    t.ok(#again:plot(kind):data() > 0)
  end
  t.raises("no-data", function() asah:roc { score = "s", truth = "y" }:plot "calibration" end)
end)

t.done()
