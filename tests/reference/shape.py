# SPDX-License-Identifier: GPL-3.0-or-later
# Writes data/shape.lua: what pandas makes of a small table, for shape.lua. pandas 1.5.3, numpy 1.24.2:
#   python3 tests/reference/shape.py >tests/reference/data/shape.lua
import numpy as np
import pandas as pd

rng = np.random.RandomState(11)
n = 36
d = pd.DataFrame({
    "id": np.arange(1, n + 1),
    "g": rng.choice(["a", "b", "c"], n),
    "x": np.round(rng.normal(size=n) * 10, 2),
    "k": rng.randint(0, 6, n).astype(float),
    "w": rng.randint(1, 5, n),
    "t": pd.to_datetime("2024-01-29") + pd.to_timedelta(np.sort(rng.randint(0, 40 * 24, n)), unit="h"),
})
d.loc[rng.rand(n) < 0.2, "x"] = np.nan
d.loc[rng.rand(n) < 0.1, "k"] = np.nan
g = d.groupby("g", sort=False)
by_time = d.set_index("t")["x"]
right = d[d.id % 5 == 0][["t", "g", "id"]].rename(columns={"id": "other"})


def asof(direction):
    return pd.merge_asof(d, right, on="t", by="g", direction=direction, tolerance=pd.Timedelta("6D"))["other"]


cases = []


def case(code, want):
    cases.append((code, list(want)))


for name, method in [("mean", "mean"), ("median", "median"), ("sd", "std"), ("var", "var"), ("min", "min"),
                     ("max", "max"), ("sum", "sum"), ("count", "count"), ("first", "first"), ("last", "last"),
                     ("distinct", "nunique"), ("skewness", "skew")]:
    case("d:group('g'):agg{'r = %s(x)'}" % name, getattr(g["x"], method)())
case("d:group('g'):agg{'r = kurtosis(x)'}", g["x"].apply(lambda s: s.kurt()))
for q in (0, 0.1, 0.5, 0.75, 1):
    case("d:group('g'):agg{'r = quantile(x, %g)'}" % q, g["x"].quantile(q))
case("d:group('g'):agg{'r = cor(x, k)'}", g.apply(lambda s: s["x"].corr(s["k"])))
case("d:group('g'):agg{'r = cov(x, k)'}", g.apply(lambda s: s["x"].cov(s["k"])))
for ties in ("min", "max", "average", "dense", "first"):
    case("d:group('g'):mutate{[[r = rank_of(k, '%s')]]}" % ties, g["k"].rank(method=ties))
case("d:group('g'):mutate{'r = lag(x, 2)'}", g["x"].shift(2))
case("d:group('g'):mutate{'r = difference(x)'}", g["x"].diff())
case("d:group('g'):mutate{'r = fill_down(x)'}", g["x"].ffill())
# pandas leaves a gap at a missing cell; a running figure of SQL and of ours goes on.
case("d:group('g'):mutate{'r = cumulative_sum(x)'}", g["x"].transform(lambda s: s.fillna(0).cumsum()))
case("d:mutate{'r = cumulative_mean(x)'}", d["x"].expanding().mean())
case("d:mutate{'r = ewm(x, 0.3)'}", d["x"].ewm(alpha=0.3, adjust=False, ignore_na=True).mean())
for name, method in [("sum", "sum"), ("mean", "mean"), ("min", "min"), ("max", "max"), ("sd", "std")]:
    case("d:mutate{'r = rolling_%s(x, 4)'}" % name, getattr(d["x"].rolling(4), method)())
    case("d:mutate{'r = rolling_%s(x, 4, 2)'}" % name, getattr(d["x"].rolling(4, min_periods=2), method)())
    case("d:mutate({[[r = rolling_%s(x, '5 days')]]}, {order = 't'})" % name, getattr(by_time.rolling("5D"), method)())
for direction in ("backward", "forward", "nearest"):
    case("d:join(other, {on = 'g', asof = 't', direction = '%s', tolerance = '6 days'}):rename{r = 'other'}" % direction,
         asof(direction))
for every, rule in [("day", "D"), ("week", "W-MON"), ("month", "MS"), ("6 hours", "6H"), ("7 days", "7D")]:
    weeks = {"label": "left", "closed": "left"} if every == "week" else {}
    case("d:resample{'r = sum(x)', time = 't', every = '%s'}" % every, by_time.resample(rule, **weeks).sum())
case("d:cut_points{'x', bins = 5, how = 'quantiles'}:rename{r = 'n'}", pd.qcut(d.x, 5).value_counts(sort=False))
case("d:cut_points{'x', bins = 5}:rename{r = 'n'}", pd.cut(d.x, 5).value_counts(sort=False))
for percent, normalize in [("rows", "index"), ("columns", "columns"), ("all", "all")]:
    table = 100 * pd.crosstab(d.g, d.w, normalize=normalize)
    case("d:crosstab{rows = 'g', columns = 'w', percent = '%s', order = 'sorted'}:rename{r = '2'}" % percent, table[2])
case("d:crosstab{rows = 'g', columns = 'w', margins = true, order = 'sorted'}:rename{r = 'total'}",
     pd.crosstab(d.g, d.w, margins=True)["All"])
case("d:pivot{'w', rows = 'g', values = 'x', agg = 'mean', order = 'sorted'}:sort('g'):rename{r = '3'}",
     d.pivot_table(index="g", columns="w", values="x", aggfunc="mean")[3])
case("d:sort('k', '-x'):rename{r = 'id'}", d.assign(y=-d.x).sort_values(["k", "y"], kind="stable")["id"])
case("d:sort{'-k', missing = 'first'}:rename{r = 'id'}",
     d.sort_values("k", ascending=False, kind="stable", na_position="first")["id"])


def cell(v):
    if isinstance(v, str):
        return '"%s"' % v
    return "NA" if pd.isna(v) else repr(v.item() if hasattr(v, "item") else v)


def row(values):
    lines, line = [], "   "
    for v in values:
        if len(line) + len(cell(v)) > 105:
            lines.append(line)
            line = "   "
        line += " " + cell(v) + ","
    return "\n".join(lines + [line])


print("-- SPDX-License-Identifier: GPL-3.0-or-later\n-- Written by shape.py with pandas %s. Each case: a call, its column r."
      % pd.__version__)
print("local NA = ...\nreturn {\n  data = {")
for name in ["id", "g", "x", "k", "w"]:
    print('    { "%s", {\n%s\n    } },' % (name, row(d[name])))
print('    { "t", {\n%s\n    } },' % row(d["t"].dt.strftime("%Y-%m-%d %H:%M:%S")))
print("  },")
for code, want in cases:
    print('  { "%s", {\n%s\n  } },' % (code, row(want)))
print("}")
