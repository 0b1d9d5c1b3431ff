"""Answers to the exercises on tests and intervals."""

from itertools import product

import numpy as np
from scipy import stats

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _exact_p(whole) -> float:
    """The share of sign patterns of whole numbers whose sum is as far from 0: no rounding."""
    sums = [abs(sum(s * w for s, w in zip(signs, whole, strict=True)))
            for signs in product((1, -1), repeat=len(whole))]
    return sum(found >= abs(sum(whole)) for found in sums) / len(sums)


def _is_sign_flip_p(sign_flip_p) -> None:
    cases = (
        ("for [1, 2, 3]", [1, 2, 3], 1), ("for one difference", [5], 1),
        ("for differences of both signs", [3, -1, 2, 7], 1),
        ("for a negative sum", [-3, 1, -2, -8, -4], 1),
        ("for repeated values", [2, 2, -2, 2, 2], 1), ("for zeros", [0, 4, 0, -1, 2], 1),
        ("for nothing but zeros", [0, 0, 0], 1),
        ("for tenths", [6, 3, -9, -2, 7], 0.1), ("for tenths", [3, -5, 2, 5, -2, -1], 0.1),
        ("for tenths", [-3, 9, 2, 9, -9, -1], 0.1), ("for tenths", [9, 4, 3, 1, 1, 8], 0.1),
        ("for tenths", [-4, 8, 3, 7, -6, 5, 8], 0.1),
        ("for 12 differences", [5, -2, 9, 4, 4, -1, 7, 3, 8, -6, 2, 10], 1),
        ("for negative values only", [-1, -2, -3], 1),
        ("for tenths with a zero", [3, -5, 2, 5, -2, -1, 0], 0.1),
        ("for tenths whose sum is 0", [3, 5, 2, -4, -8, 2], 0.1),
        ("for unlike sizes", [10**6, 1], 1),
        ("for a tiny unit", [3, -1, 2, 7, 5], 1e-200), ("for a huge unit", [3, -1, 2, 7, 5], 1e200),
    )
    for name, whole, unit in cases:
        right = _exact_p(whole)
        for make in (list, np.array):
            values = [w if unit == 1 else w * unit for w in whole]
            given = make(values)
            found = sign_flip_p(given)
            assert list(given) == values, f"{name} it changes what it is given"
            assert np.ndim(found) == 0, f"{name} it returns the shape {np.shape(found)}"
            assert np.isclose(float(found), right, rtol=1e-9), (
                f"{name} it returns {float(found):.5g}, not {right:.5g}")


def _flip(d, *, above=lambda sums, seen, slack: np.abs(sums) >= np.abs(seen) - slack, start=0,
          slack=1e-9):
    """The right program, or with one thing done otherwise."""
    d = np.asarray(d, dtype=float)
    sums = np.array(list(product((1, -1), repeat=d.size)))[start:] @ d
    return np.mean(above(sums, d.sum(), slack * np.abs(d).max()))


def _flip_in_place(d):
    result = _flip(d)
    for k in range(len(d)):
        d[k] = abs(d[k])
    return result


def _is_median_interval(median_interval) -> None:
    rng = np.random.default_rng(0)
    cases = (
        ("for 7 values in falling order", list(range(7, 0, -1)), 0.95, 1),
        ("for 20 values", rng.permutation(20) * 1.5, 0.95, 6),
        ("for 20 values at level 0.9", rng.permutation(20) - 30.0, 0.9, 6),
        ("for 20 values at level 0.8", rng.permutation(20) - 30.0, 0.8, 7),
        ("for 17 values", rng.permutation(17), 0.95, 5),
        ("for 8 values at level 0.99", rng.permutation(8) + 3.0, 0.99, 1),
        ("for 5 values at level 0.5", [3.0, -1.0, 4.0, 1.5, 9.0], 0.5, 2),
        ("for 2 values", [8.0, 5.0], 0.4, 1),
        ("for repeated values", [1, 2, 2, 2, 2, 3, 3, 1], 0.9, 2),
        ("for one wild value", [*range(14), 1e9], 0.95, 4),
        ("for 1000 values", rng.permutation(1000), 0.99, 459),
    )
    for name, x, level, k in cases:
        for make in (list, np.array):
            given = make(x)
            found = median_interval(given, level)
            assert list(given) == list(x), f"{name} it changes what it is given"
            assert np.shape(found) == (2,), f"{name} it returns {found!r}, not a pair"
            ends = [sorted(x)[k - 1], sorted(x)[len(x) - k]]
            assert np.array_equal(np.asarray(found, dtype=float), ends), (
                f"{name} it returns {[float(end) for end in found]}, not "
                f"{[float(end) for end in ends]}")
    for x, level in (([1, 2, 3, 4], 0.95), ([5.0], 0.5)):
        try:
            found = median_interval(list(x), level)
        except ValueError:
            continue
        raise AssertionError(f"for n = {len(x)} no interval has the level {level}, and it returns "
                             f"{found!r} instead of raising a ValueError")


def _median_interval(x, level, *, sort=True, sides=2, shift=0, low=0, fixed=None, fail=True):
    """The right program, or with one thing done otherwise."""
    x = np.sort(x) if sort else np.array(x)
    n = len(x)
    k = np.arange(1, (n + 1) // 2 + 1)
    good = k[1 - sides * stats.binom(n, 0.5).cdf(k - 1 + shift) >= level]
    if good.size == 0:
        if fail:
            raise ValueError("too few values")
        good = k[:1]
    k = fixed or good[-1]
    return x[k - 1 + low], x[n - k]


def _median_interval_in_place(x, level):
    x.sort()
    return _median_interval(x, level)


def _normal_ranks(x, level):
    x, n = np.sort(x), len(x)
    k = int(np.floor(n / 2 - stats.norm.ppf((1 + level) / 2) * np.sqrt(n) / 2))
    if k < 1:
        raise ValueError("too few values")
    return x[k - 1], x[n - k]


ANSWERS = {
    "tests-and-intervals-1": Number(
        900 / 82, ask="ν =",
        hints=("Only the ratio of a to b matters. What is it?",
               "a = 9b. Put that into the formula for ν with n − 1 = 9 in both places."),
        wrong=((18, "That is what pooling uses. Welch's test reaches it only if the two variances "
                    "agree here."),
               (9, "That would be one group alone. The quiet one still counts for something."),
               (14.4, "The variances enter a and b, and these are 9 to 1, not 3 to 1."),
               (1000 / 82, "Each denominator is n − 1."))),
    "tests-and-intervals-2": Number(
        0.008 / 0.128, ask="share =",
        hints=("Take 1000 ideas. How many are right, and how many of these are found?",
               "120 of 200 right ones are found, and 1 in 100 of the 800 wrong ones."),
        wrong=((0.01, "That is the level: the share of the wrong ideas that pass, not of the "
                      "findings that are wrong."),
               (0.8, "That is the share of wrong ideas before any test."),
               (6.25, "As a share, please, not in per cent."),
               (0.008, "That is the share of all ideas. Divide by the share of all findings."),
               (0.008 / 0.12, "Among the findings are the false ones, too."),
               (0.12 / 0.128, "That is the share of the true findings."),
               (0.002 / 0.482, "You exchanged right and wrong: one in five is right."))),
    "tests-and-intervals-3": Proof(
        ("Without ties the n + 1 values have ranks 1, …, n + 1. As their order says nothing, the "
         "last one is equally likely to have each of the ranks: 1/(n + 1).",
         "The next value is above your largest if its rank is n + 1, and below your smallest if it "
         "is 1. These exclude each other.",
         "So it lies outside with probability 2/(n + 1), and inside with (n − 1)/(n + 1).",
         "(n − 1)/(n + 1) ≥ 0.95 says n ≥ 39."),
        transfer=True,
        hints=("Which rank can the last of n + 1 values have?",
               "It is outside if it is the largest or the smallest of all n + 1.")),
    "tests-and-intervals-4": Function(
        _is_sign_flip_p, ask="sign_flip_p",
        hints=("itertools.product((1, −1), repeat=n) lists all patterns.",
               "Count the patterns whose |sum| is at least that of the data, the data's own "
               "pattern included.",
               "Sums such as 0.1 + 0.2 and 0.3 should count as equal. Measure the slack by the "
               "largest |d|."),
        wrong=((lambda d: _flip(d, above=lambda s, t, e: np.abs(s) > np.abs(t) + e),
                "for [1, 2, 3] it returns 0, not 0.25"),
               (lambda d: _flip(d, above=lambda s, t, e: s >= t - e),
                "for [1, 2, 3] it returns 0.125, not 0.25"),
               (lambda d: 2 * _flip(d, above=lambda s, t, e: s >= t - e),
                "for a negative sum"),
               (lambda d: min(1.0, 2 * _flip(d, above=lambda s, t, e: s >= t - e)),
                "for a negative sum"),
               (lambda d: _flip(d, start=1), "for [1, 2, 3]"),
               (lambda d: _flip(d, slack=0), "for tenths"),
               (lambda d: _flip(d, slack=1e-3), "for unlike sizes"),
               (lambda d: _flip(d, above=lambda s, t, e: np.abs(s) >= np.abs(t) - 1e-9),
                "for a tiny unit"),
               (lambda d: _flip(np.array(d, dtype=float).round(6)), "for a tiny unit"),
               (_flip_in_place, "it changes what it is given"),
               (lambda d: stats.ttest_1samp(d, 0).pvalue if len(d) > 1 else 1.0, "for [1, 2, 3]"))),
    "tests-and-intervals-5": Fault(
        ("line 1", "line 2", "line 3", "line 4", "line 5"), "line 4", ask="It is",
        hints=("For which values of T does the program say yes? Draw the bell.",
               "isf(q) has the probability q above it. And what lies below its negative?"),
        wrong=(("line 1", "It names the program and its two samples."),
               ("line 2", "That is the difference of the means."),
               ("line 3", "For two groups of one size this is also the pooled standard error."),
               ("line 5", "A two-sided test compares |T| with its bound. Is it the right "
                          "bound?"))),
    "tests-and-intervals-6": Choice(
        ("it rejects", "it does not reject", "it may reject or not"), "it may reject or not",
        ask="At level 0.05", transfer=True,
        hints=("Measure the difference in standard errors of one mean. Up to where do the "
               "intervals overlap?",
               "The difference has a standard error √2 times as large, not twice as large."),
        wrong=(("it rejects", "If the intervals overlap nearly whole, the means nearly agree."),
               ("it does not reject", "That would be so if standard errors added. Their squares "
                                      "do."))),
    "tests-and-intervals-7": Proof(
        ("By symmetry let μ ≥ 0; for μ = 0 the interval always holds μ, as c > 1. It misses μ > 0 "
         "if |X − μ| > c|X|: for X > 0 this says X < μ/(c + 1), for X ≤ 0 it says "
         "X > −μ/(c − 1).",
         "So X must fall between −μ/(c − 1) and μ/(c + 1). With m = μ/σ this is an interval of "
         "length 2cm/(c² − 1) for X/σ, which is N(m, 1).",
         "The density of N(m, 1) there is at most that at the end nearest to m, φ(u) with "
         "u = m − m/(c + 1) = cm/(c + 1).",
         "The chance to miss is at most 2cm/(c² − 1) · φ(u) = 2uφ(u)/(c − 1), and uφ(u) is largest "
         "at u = 1, where it is φ(1)."),
        transfer=True,
        hints=("For which X does the interval miss a given μ > 0? Treat X > 0 and X ≤ 0 "
               "separately.",
               "Bound the chance by length times largest density.",
               "Where is uφ(u) largest? Differentiate.")),
    "tests-and-intervals-8": Function(
        _is_median_interval, ask="median_interval",
        hints=("Sort first, a copy. Place k counted from 1 is index k − 1.",
               "Go through k = 1, 2, … as long as 1 − 2 P(Bin(n, 1/2) ≤ k − 1) is at least the "
               "level.",
               "What should happen for four values and the level 0.95?"),
        wrong=((lambda x, level: _median_interval(x, level, sort=False), "for 7 values in falling"),
               (lambda x, level: _median_interval(x, level, sides=1), "at level 0.9"),
               (lambda x, level: _median_interval(x, level, shift=1), "could not be used"),
               (lambda x, level: _median_interval(x, level, shift=-1), "for 7 values"),
               (lambda x, level: _median_interval(x, level, low=1), "for 7 values"),
               (lambda x, level: _median_interval(x, level, fixed=1), "for 20 values"),
               (lambda x, level: _median_interval(x, level, fail=False),
                "instead of raising a ValueError"),
               (_median_interval_in_place, "it changes what it is given"),
               (_normal_ranks, "too few values"),
               (lambda x, level: np.quantile(x, [(1 - level) / 2, (1 + level) / 2]), "for 7"),
               (lambda x, level: stats.t.interval(level, len(x) - 1, np.mean(x), stats.sem(x)),
                "for 7 values"))),
}
