"""The peers of the statistics: seconds of each computation, as one line of JSON.

delong: paired DeLong test, n = 100,000, in numpy (midranks by argsort, the
algorithm of Sun and Xu 2014). bootstrap_auc: n = 1,000, B = 10,000, a loop over
scikit-learn's roc_auc_score (measured with fewer resamples, scaled).
bca: n = 200, B = 10,000, scipy.stats.bootstrap of the mean.
"""

import json
import statistics
import time

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

RESAMPLES = 10_000
MEASURED = 1_000


def cases(n):
    i = np.arange(n)
    labels = i * 7919 % 10 < 3

    def score(step, gain):
        return (i * step) % 1.0 + np.where(labels, gain, 0.0)

    return labels, score(0.618033988749, 0.20), score(0.414213562373, 0.25)


def seconds(call, repeats=5):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def midrank(x):
    order = np.argsort(x)
    ordered = x[order]
    first = np.searchsorted(ordered, ordered, side="left")
    last = np.searchsorted(ordered, ordered, side="right")
    ranks = np.empty(len(x))
    ranks[order] = 0.5 * (first + last + 1)
    return ranks


def delong(labels, scores):
    m, n = int(labels.sum()), int((~labels).sum())
    v10, v01, aucs = [], [], []
    for score in scores:
        positive, negative = score[labels], score[~labels]
        both = midrank(np.concatenate([positive, negative]))
        aucs.append((both[:m].sum() - m * (m + 1) / 2) / (m * n))
        v10.append((both[:m] - midrank(positive)) / n)
        v01.append(1 - (both[m:] - midrank(negative)) / m)
    covariance = np.cov(v10) / m + np.cov(v01) / n
    contrast = np.array([1, -1])
    z = (aucs[0] - aucs[1]) / np.sqrt(contrast @ covariance @ contrast)
    return 2 * stats.norm.sf(abs(z))


def bootstrap_auc(labels, score, resamples):
    rng = np.random.default_rng(0)
    n = len(labels)
    out = []
    for _ in range(resamples):
        index = rng.integers(0, n, n)
        out.append(roc_auc_score(labels[index], score[index]))
    return np.percentile(out, [2.5, 97.5])


def main():
    labels, first, second = cases(100_000)
    paired = seconds(lambda: delong(labels, [first, second]))
    labels, first, _ = cases(1_000)
    auc = seconds(lambda: bootstrap_auc(labels, first, MEASURED), repeats=1)
    values = first[:200]
    bca = seconds(
        lambda: stats.bootstrap(
            (values,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(0)
        )
    )
    print(json.dumps({"delong": paired, "bootstrap_auc": auc * RESAMPLES / MEASURED, "bca": bca}))


main()
