"""Writes seven files of tests/golden/stats, by other means than src/stats has.

pip: numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1, lifelines 0.30.3;
Debian 12: R 4.2.2 with r-cran-metafor 3.8-1, r-cran-survival 3.5-3,
r-cran-clubsandwich 0.5.8. Usage: python make_stats.py FOLDER
"""

import itertools
import json
import math
import platform
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import lifelines
import lifelines.utils
import numpy as np
import scipy
import sklearn
import sklearn.metrics as skm
from scipy import optimize, stats

rng = np.random.default_rng(20261130)


def r(code):
    """Runs R; the code prints one number per line."""
    out = subprocess.run(["Rscript", "-e", "options(digits=17);" + code],
                         capture_output=True, text=True, check=True).stdout
    return [float(v.replace("Inf", "inf")) for v in out.split()]


def c(values):
    return "c(" + ",".join(repr(float(v)) for v in values) + ")"


VERSIONS = {
    "python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
    "scikit-learn": sklearn.__version__, "lifelines": lifelines.__version__, "R": "4.2.2",
    "R:metafor": "3.8-1", "R:survival": "3.5-3", "R:clubSandwich": "0.5.8",
}


def write(name, doc, reference, cases, rtol=1e-9, atol=1e-12, **conventions):
    for number, case in enumerate(cases):
        case["id"] = f"{name}/{number}" + (f"-{case['id']}" if "id" in case else "")
        case.setdefault("options", {})
        case.setdefault("status", "ok")
    body = {
        "schema": "golden/1", "statistic": name, "doc": doc, "reference": reference,
        "versions": VERSIONS, "default_tolerance": {"rtol": rtol, "atol": atol},
        "conventions": conventions, "cases": cases,
    }
    text = json.dumps(body, indent=None, separators=(",", ":"))
    (Path(sys.argv[1]) / f"{name}.json").write_text(text.replace('{"id"', '\n{"id"') + "\n")


def rounded(values, digits=3):
    return [round(float(v), digits) for v in values]


# Friedman: all arrangements of every block in whole numbers, block by block.
def friedman_tail(rows):
    ranks = [[int(2 * v) for v in stats.rankdata(row)] for row in rows]
    counts = {tuple([0] * len(rows[0])): 1}
    for block in ranks:
        moved = {}
        for sums, count in counts.items():
            for arrangement in set(itertools.permutations(block)):
                key = tuple(a + b for a, b in zip(sums, arrangement))
                moved[key] = moved.get(key, 0) + count
        counts = moved
    square = lambda sums: sum(s * s for s in sums)
    observed = square([sum(column) for column in zip(*ranks)])
    reached = sum(n for sums, n in counts.items() if square(sums) >= observed)
    return float(Fraction(reached, sum(counts.values())))


cases = []
for n, k, levels in [(2, 3, 9), (3, 3, 9), (4, 3, 9), (8, 3, 9), (8, 3, 3), (15, 3, 4), (3, 4, 9),
                     (5, 4, 3), (8, 4, 9), (3, 5, 9), (4, 5, 4), (5, 2, 9), (3, 6, 3)]:
    rows = [[float(v) for v in rng.integers(0, levels, k) + np.arange(k)] for _ in range(n)]
    p = friedman_tail(rows)
    cases.append({"input": {"rows": rows}, "expected": {"exact_p": p}})
for n, k in [(2, 3), (3, 3), (2, 4), (4, 4)]:
    rows = [[float(v) for v in range(k)]] * n
    cases.append({"id": "agree", "input": {"rows": rows}, "status": "degenerate",
                  "expected": {"exact_p": friedman_tail(rows)}})
write("friedman_exact", "Exact p of Friedman's test given the ties within blocks.",
      "enumeration of all arrangements in whole numbers (itertools, fractions)", cases, 1e-12)


# Derrick, Toher and White (2017), equations of T_new2.
def t_new2(px, py, ox, oy):
    x, y = np.r_[px, ox], np.r_[py, oy]
    nx, ny, nc, na, nb = len(x), len(y), len(px), len(ox), len(oy)
    vx, vy = np.var(x, ddof=1), np.var(y, ddof=1)
    corr = np.corrcoef(px, py)[0, 1]
    se = math.sqrt(vx / nx + vy / ny - 2 * corr * math.sqrt(vx) * math.sqrt(vy) * nc / (nx * ny))
    gamma = (vx / nx + vy / ny) ** 2 / ((vx / nx) ** 2 / (nx - 1) + (vy / ny) ** 2 / (ny - 1))
    df = (nc - 1) + (gamma - nc + 1) / (na + nb + 2 * nc) * (na + nb)
    d = float(x.mean() - y.mean())
    half = stats.t.ppf(0.975, df) * se
    return {"estimate": d, "t": d / se, "df": float(df), "p": float(2 * stats.t.sf(abs(d / se), df)),
            "ci_low": d - half, "ci_high": d + half, "correlation": float(corr)}


cases = []
for nc, na, nb, sd in [(2, 3, 3, 1), (3, 2, 2, 1), (5, 1, 0, 1), (5, 0, 2, 3), (4, 4, 1, 0.2),
                       (8, 3, 5, 1), (2, 1, 1, 2), (6, 0, 0, 1)]:
    shared = rng.normal(size=nc)
    px, py = rounded(shared + rng.normal(size=nc)), rounded(shared + sd * rng.normal(size=nc) + 0.5)
    ox, oy = rounded(rng.normal(size=na) * 1.4), rounded(sd * rng.normal(size=nb) + 0.5)
    cases.append({"input": {"paired_x": px, "paired_y": py, "only_x": ox, "only_y": oy},
                  "expected": t_new2(px, py, ox, oy)})
cases.append({"id": "one-pair", "status": "undefined", "expected": {},
              "input": {"paired_x": [1.0], "paired_y": [2.0], "only_x": [1.5], "only_y": [2.5]}})
write("partially_overlapping", "T_new2 of Derrick, Toher and White (2017), estimate x - y.",
      "the printed equations in numpy; without unpaired values scipy ttest_rel", cases, 1e-9)

# Random effects.
cases = []
for k, spread in [(2, 1.0), (3, 0.5), (5, 0.1), (5, 1.0), (8, 0.3), (13, 2.0)]:
    y, v = rounded(spread * rng.normal(size=k) + 0.4), rounded(0.05 + rng.random(k) * 0.3)
    got = r(f"suppressMessages(library(metafor)); y<-{c(y)}; m<-rma(y,{c(v)},method='DL',test='knha');"
            f"q<-rma(y,{c(v)},method='DL'); p<-predict(m); h<-qt(.975,m$k-2)*sqrt(m$tau2+m$se^2);"
            "cat(m$b,q$se,m$se,m$ci.lb,m$ci.ub,m$pval,m$tau2,m$QE,m$QEp,m$I2/100,"
            "p$pi.lb,p$pi.ub,m$b-h,m$b+h,sep='\\n')")
    keys = ["estimate", "standard_error", "hartung_knapp_error", "ci_low", "ci_high", "p",
            "tau_squared", "q", "q_p", "i_squared"]
    expected = dict(zip(keys, got))
    if k > 2:
        # metafor's own is t with k - 1; that with k - 2 has the same standard error.
        ratio = stats.t.ppf(0.975, k - 2) / stats.t.ppf(0.975, k - 1)
        assert abs((got[11] - got[0]) * ratio - (got[13] - got[0])) < 1e-8
        expected |= {"prediction_low": got[12], "prediction_high": got[13]}
    cases.append({"input": {"effects": y, "variances": v}, "expected": expected})
cases.append({"id": "equal", "status": "degenerate", "input": {"effects": [0.4] * 3, "variances": [0.1] * 3},
              "expected": {"estimate": 0.4, "tau_squared": 0.0, "i_squared": 0.0, "ci_low": 0.4, "ci_high": 0.4}})
write("random_effects", "DerSimonian-Laird tau^2 with Hartung-Knapp's interval, test and prediction.",
      "R metafor 3.8-1 rma(method='DL', test='knha')", cases, 1e-8, 1e-10,
      prediction="sqrt(tau^2 + SE_HK^2) and t with k - 2 degrees of freedom (Partlett and Riley 2017)")


# Hedges' g.
def ends(t, df, scale, level):
    a = (1 - level) / 2
    low = optimize.brentq(lambda d: stats.nct.sf(t, df, d) - a, t - 9, t + 2, xtol=1e-13)
    high = optimize.brentq(lambda d: stats.nct.cdf(t, df, d) - a, t - 2, t + 9, xtol=1e-13)
    return low / scale, high / scale


def j(m):
    return math.exp(math.lgamma(m / 2) - math.log(math.sqrt(m / 2)) - math.lgamma((m - 1) / 2))


cases = []
for n, m, shift, level in [(5, 5, 1, .95), (3, 4, 0, .95), (5, 10, 2, .9), (12, 9, -.5, .99)]:
    x, y = rounded(rng.normal(size=n) + shift), rounded(rng.normal(size=m) * 1.3)
    sx, sy = np.std(x, ddof=1), np.std(y, ddof=1)
    pooled = math.sqrt(((n - 1) * sx**2 + (m - 1) * sy**2) / (n + m - 2))
    d, scale = (np.mean(x) - np.mean(y)) / pooled, math.sqrt(n * m / (n + m))
    low, high = ends(d * scale, n + m - 2, scale, level)
    g = j(n + m - 2)
    expected = {"g": float(d * g), "low": low * g, "high": high * g}
    cases.append({"id": "values", "input": {"x": x, "y": y},
                  "options": {"kind": "values", "confidence_level": level}, "expected": expected})
    table = {"x": [n, float(np.mean(x)), float(sx)], "y": [m, float(np.mean(y)), float(sy)]}
    cases.append({"id": "summary", "input": table,
                  "options": {"kind": "summary", "confidence_level": level}, "expected": expected})
for n, rho, shift, level in [(5, .9, .5, .95), (10, .5, 1, .95), (4, 0, .3, .9), (20, .7, -.4, .99)]:
    shared = rng.normal(size=n) * math.sqrt(rho)
    x = rounded(shared + math.sqrt(1 - rho) * rng.normal(size=n) + shift)
    y = rounded(shared + math.sqrt(1 - rho) * rng.normal(size=n))
    vx, vy = np.var(x, ddof=1), np.var(y, ddof=1)
    sxy = np.cov(x, y)[0, 1]
    diff = np.array(x) - np.array(y)
    t = diff.mean() / (diff.std(ddof=1) / math.sqrt(n))
    low, high = ends(t, n - 1, 1.0, level)
    # Algina and Keselman (2003), their factor written with the covariance.
    factor = math.sqrt(2 * (vx + vy - 2 * sxy) / (n * (vx + vy)))
    corr = sxy / math.sqrt(vx * vy)
    g = j(2 * (n - 1) / (1 + corr**2))
    expected = {"g": float(diff.mean() / math.sqrt((vx + vy) / 2) * g),
                "low": low * factor * g, "high": high * factor * g}
    cases.append({"id": "paired", "input": {"x": x, "y": y},
                  "options": {"kind": "paired", "confidence_level": level}, "expected": expected})
write("hedges_g_interval", "Hedges' g with its interval, from values, summaries and pairs.",
      "scipy nct inverted by brentq", cases, 1e-6, 1e-9,
      paired="mean difference over sqrt((s_x^2+s_y^2)/2), interval of Algina and Keselman (2003), "
             "J with 2(n-1)/(1+r^2) degrees of freedom")

# Concordance.
cases = []
for n, censored, levels in [(6, 0, 99), (25, 0, 6), (12, .3, 8), (40, .5, 12), (60, .8, 20), (30, .2, 1000)]:
    times = [float(v) for v in rng.integers(1, levels + 1, n)]
    events = [int(v) for v in rng.random(n) >= censored]
    predicted = [float(v) for v in np.round(np.array(times) / levels * 4 + 2 * rng.normal(size=n))]
    c_index = lifelines.utils.concordance_index(times, predicted, events)
    got = r(f"suppressMessages(library(survival)); k<-concordance(Surv({c(times)},{c(events)})~{c(predicted)});"
            "cat(k$concordance,k$count[1:3],sep='\\n')")
    assert abs(c_index - got[0]) < 1e-12, (c_index, got)
    cases.append({"input": {"times": times, "events": events, "predicted": predicted},
                  "expected": {"index": got[0], "concordant": got[1], "discordant": got[2], "tied": got[3]}})
cases.append({"id": "all-censored", "status": "undefined", "expected": {},
              "input": {"times": [1.0, 2.0], "events": [0, 0], "predicted": [1.0, 2.0]}})
write("concordance", "Harrell's C of times (censored where events is 0) with predicted times.",
      "R survival 3.5-3 concordance(), equal to lifelines 0.30.3 concordance_index", cases, 1e-12)

# Errors of regression.
cases = []
for n, error in [(1, 1.0), (5, 0.3), (40, 2.0), (12, 0.0)]:
    y = rounded(rng.normal(size=n) * 3 + 50)
    p = rounded(np.array(y) + error * rng.normal(size=n) + error / 2)
    expected = {"mae": skm.mean_absolute_error(y, p), "rmse": skm.root_mean_squared_error(y, p),
                "bias": float(np.mean(np.array(p) - np.array(y)))}
    if n > 1:
        expected["r_squared"] = skm.r2_score(y, p)
    expected = {key: float(v) for key, v in expected.items()}
    cases.append({"input": {"y_true": y, "y_pred": p}, "expected": expected})
cases.append({"id": "unequal", "status": "undefined", "expected": {},
              "input": {"y_true": [1.0, 2.0], "y_pred": [1.0]}})
write("regression_errors", "MAE, RMSE, bias and R squared.", "scikit-learn 1.9.1 metrics", cases, 1e-10, 1e-10)

# Clusters.
cases = []
for sizes, effect in [([2, 2, 2, 2], .2), ([1, 3, 2, 6], .5), ([1, 1, 1, 9, 2], 0), ([5, 1, 4, 2, 3, 7, 1, 2], .3),
                      ([1, 1, 1, 1, 1], .4)]:
    labels = [g for g, n in enumerate(sizes) for _ in range(n)]
    own = rng.normal(size=len(sizes))
    x = rounded([0.7 * own[g] + 0.5 * rng.normal() + effect for g in labels])
    y = rounded(rng.normal(size=len(labels)) * 0.3)
    d = np.array(x) - np.array(y)
    got = r(f"suppressMessages(library(clubSandwich)); d<-{c(d)}; m<-lm(d~1);"
            f"k<-coef_test(m,vcov='CR2',cluster={c(labels)},test='Satterthwaite');"
            "cat(k$beta,k$SE,k$tstat,k$df_Satt,k$p_Satt,sep='\\n')")
    sums = np.array([d[np.array(labels) == g].sum() for g in range(len(sizes))])
    flipped = [abs(np.dot(signs, sums)) for signs in itertools.product([1, -1], repeat=len(sums))]
    p_flip = float(np.mean(np.array(flipped) >= abs(sums.sum()) - 1e-12))
    cases.append({"input": {"x": x, "y": y, "clusters": labels},
                  "expected": {"estimate": got[0], "t": got[2], "df": got[3], "p": got[4],
                               "p_sign_flip": p_flip}})
cases.append({"id": "one-cluster", "status": "undefined", "expected": {},
              "input": {"x": [1.0, 2.0], "y": [0.0, 0.0], "clusters": [0, 0]}})
write("clustered_test", "Cluster-robust t test (CR2, Bell and McCaffrey's degrees of freedom) and sign flips by cluster.",
      "R clubSandwich 0.5.8 coef_test; enumeration of all signs", cases, 1e-8, 1e-10)
