"""The other side of `cargo xtask bench-peer report`.

`make RESULTS.csv NOTEBOOK.ipynb` writes a notebook that draws, with pandas,
scipy and matplotlib, one figure for each drawing of Transfolio's report of the
same results: the same kinds, the same number of each. `measure COMMAND...` runs
a command and prints its wall time and its peak resident memory (of the largest
process, where it starts others) as a line of JSON; both sides are measured so.
"""

import json
import os
import subprocess
import sys
import time

import nbformat

PREPARE = """
import itertools
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

results = pd.read_csv({path!r})
keys = ["task", "init", "label_fraction"]
cells = results.groupby(keys)["value"].agg(["count", "mean", "std"]).reset_index()
half = stats.t.ppf(0.975, cells["count"] - 1) * cells["std"] / np.sqrt(cells["count"])
cells["low"], cells["high"] = cells["mean"] - half, cells["mean"] + half
inits, fractions = sorted(results["init"].unique()), sorted(results["label_fraction"].unique())
tasks = list(dict.fromkeys(results["task"]))
tests = []
wide = results.pivot_table(index=["task", "label_fraction", "seed"], columns="init", values="value")
for (task, fraction), block in wide.groupby(level=[0, 1]):
    for a, b in itertools.combinations(inits, 2):
        test = stats.ttest_rel(block[b], block[a])
        ends = test.confidence_interval()
        tests.append((task, fraction, a, b, (block[b] - block[a]).mean(), ends.low, ends.high, test.pvalue))
tests = pd.DataFrame(tests, columns=["task", "fraction", "a", "b", "difference", "low", "high", "p"])
order = tests["p"].argsort()
holm = np.minimum(1, np.maximum.accumulate(tests["p"].iloc[order] * np.arange(len(tests), 0, -1)))
tests.loc[tests.index[order], "adjusted"] = holm.to_numpy()
full = cells[cells["label_fraction"] == fractions[-1]].pivot(index="task", columns="init", values="mean").loc[tasks]
ranks = full.rank(axis=1, ascending=False)
"""

LINES = """
fig, ax = plt.subplots(figsize=(6.4, 4.4))
for init, block in cells[cells["task"] == {task!r}].groupby("init"):
    at = np.arange(len(block))
    ax.plot(at, block["mean"], marker="o", label=init)
    ax.fill_between(at, block["low"], block["high"], alpha=0.2)
    own = results[(results["task"] == {task!r}) & (results["init"] == init)]
    ax.scatter([fractions.index(f) for f in own["label_fraction"]], own["value"], s=9, alpha=0.5)
ax.set_xticks(range(len(fractions)), [f"{{f:.0%}}" for f in fractions])
ax.set(title={task!r}, xlabel="Share of training labels", ylabel="AUC")
ax.legend()
plt.show()
"""

BARS = """
fig, ax = plt.subplots(figsize=(6.4, 4.4))
for at, init in enumerate(inits):
    block = cells[(cells["task"] == {task!r}) & (cells["init"] == init)]
    ax.bar(np.arange(len(block)) + at / (len(inits) + 1), block["mean"], 0.9 / (len(inits) + 1), yerr=block["std"], label=init)
ax.set_xticks(range(len(fractions)), [f"{{f:.0%}}" for f in fractions])
ax.set(title={task!r}, ylim=(0.5, 1), ylabel="AUC")
ax.legend()
plt.show()
"""

SEEDS = """
fig, ax = plt.subplots(figsize=(6.4, 4.4))
own = results[(results["task"] == {task!r}) & (results["label_fraction"] == fractions[-1])]
groups = [own[own["init"] == init]["value"] for init in inits]
ax.violinplot(groups, vert=False)
ax.boxplot(groups, vert=False, tick_labels=inits)
for at, group in enumerate(groups):
    ax.scatter(group, np.full(len(group), at + 1), s=12)
ax.set(title={task!r}, xlabel="AUC")
plt.show()
"""

# One of each: forest, critical difference, significance map, rank heat map,
# podium, blobs, performance profile.
SINGLE = [
    """
fig, ax = plt.subplots(figsize=(6.4, 7))
rows = tests[tests["fraction"] == fractions[-1]].head(32)
at = np.arange(len(rows))
ax.errorbar(rows["difference"], at, xerr=[rows["difference"] - rows["low"], rows["high"] - rows["difference"]], fmt="s")
ax.set_yticks(at, rows["task"] + ": " + rows["b"] + " - " + rows["a"])
ax.axvline(0)
plt.show()
""",
    """
fig, ax = plt.subplots(figsize=(6.4, 3))
mean = ranks.mean().sort_values()
q = stats.studentized_range.ppf(0.95, len(inits), np.inf) / np.sqrt(2)
cd = q * np.sqrt(len(inits) * (len(inits) + 1) / (6 * len(tasks)))
ax.hlines(0, 1, len(inits))
for at, (name, rank) in enumerate(mean.items()):
    ax.plot([rank, rank], [0, -1 - at])
    ax.text(rank, -1 - at, f"{name} {rank:.2f}")
ax.set_title(f"CD {cd:.2f}; Friedman p {stats.friedmanchisquare(*full.T.to_numpy()).pvalue:.2g}")
plt.show()
""",
    """
fig, ax = plt.subplots()
better = np.zeros((len(inits), len(inits)))
for (i, a), (j, b) in itertools.permutations(enumerate(inits), 2):
    better[i, j] = stats.wilcoxon(full[a], full[b], alternative="greater").pvalue < 0.05
ax.imshow(better)
ax.set_xticks(range(len(inits)), inits)
ax.set_yticks(range(len(inits)), inits)
plt.show()
""",
    """
fig, ax = plt.subplots(figsize=(6.4, 7))
ax.imshow(ranks, aspect="auto")
for (i, j), rank in np.ndenumerate(ranks.to_numpy()):
    ax.text(j, i, f"{rank:.0f}", ha="center", va="center")
ax.set_xticks(range(len(inits)), inits)
ax.set_yticks(range(len(tasks)), tasks)
plt.show()
""",
    """
fig, ax = plt.subplots()
for task in tasks:
    ax.plot(ranks.loc[task] + np.linspace(-0.2, 0.2, len(inits)), full.loc[task], marker="o", alpha=0.6)
ax.set(xlabel="Rank", ylabel="AUC")
plt.show()
""",
    """
fig, ax = plt.subplots()
rng = np.random.default_rng(0)
drawn = rng.integers(0, len(tasks), (1000, len(tasks)))
order = ranks.to_numpy()[drawn].mean(axis=1).argsort(axis=1).argsort(axis=1) + 1
for at, init in enumerate(inits):
    where, count = np.unique(order[:, at], return_counts=True)
    ax.scatter(np.full(len(where), at), where, s=count)
ax.set_xticks(range(len(inits)), inits)
plt.show()
""",
    """
fig, ax = plt.subplots()
levels = np.linspace(results["value"].min(), results["value"].max(), 100)
last = results[results["label_fraction"] == fractions[-1]]
for init in inits:
    own = last[last["init"] == init]["value"].to_numpy()
    ax.plot(levels, [(own > level).mean() for level in levels], label=init)
ax.legend()
plt.show()
""",
]

# Transfolio draws the seeds of the first tasks alone.
SEED_PANELS = 6


def make(results, notebook):
    with open(results, encoding="utf-8") as file:
        tasks = list(dict.fromkeys(line.split(",")[0] for line in file.readlines()[1:]))
    cells = [PREPARE.format(path=os.path.abspath(results)), "cells", "tests"]
    for kind in (LINES, BARS):
        cells += [kind.format(task=task) for task in tasks]
    cells += [SEEDS.format(task=task) for task in tasks[:SEED_PANELS]]
    cells += SINGLE
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in cells]
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, notebook)
    print(json.dumps({"figures": sum("plt.show()" in cell for cell in cells)}))


def measure(command):
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command} failed ({status}): {said}")
    print(json.dumps({"seconds": seconds, "mib": usage.ru_maxrss / 1024}))


if sys.argv[1] == "make":
    make(*sys.argv[2:])
else:
    measure(sys.argv[2:])
