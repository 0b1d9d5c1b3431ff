"""Intervals and tests held against SciPy, published values, and what they promise."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from mathml.datasets import load_penguins
from mathml.inference import (
    bootstrap_interval,
    coverage,
    mean_interval,
    permutation_test,
    power,
    welch,
)

RNG = np.random.default_rng
# Darwin (1876): heights of crossed minus self-fertilised plants, 15 pairs, in eighths of an inch.
MAIZE = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1.0, 1e150, 1e300])
@pytest.mark.parametrize("level", [0.01, 0.5, 0.95, 0.9999])
def test_mean_interval_is_scipys_at_every_scale(scale, level):
    x = RNG(0).normal(3, 2, 9)
    expected = stats.t.interval(level, 8, x.mean(), stats.sem(x))
    assert np.allclose(np.array(mean_interval(x * scale, level=level)) / scale, expected)


@pytest.mark.parametrize("value", [0.1, 1e16 / 3, -7.0, 0.0])
def test_the_interval_of_a_constant_is_that_number(value):
    assert mean_interval([value] * 7) == (value, value)


def test_mean_interval_moves_and_stretches_with_the_data():
    low, high = mean_interval(MAIZE)
    assert np.allclose(mean_interval(5 - 3 * MAIZE), (5 - 3 * high, 5 - 3 * low))


def test_darwins_maize_has_fishers_published_values():
    # Fisher (1935), The Design of Experiments, §§ 17, 21: t = 2.148; 1726 of 2^15 sums as extreme.
    assert round(stats.ttest_1samp(MAIZE, 0).statistic, 3) == 2.148
    result = permutation_test(MAIZE, np.zeros(15), paired=True, rng=RNG(0))
    assert result.exact
    assert result.labellings == 2**15
    assert round(result.p * 2**15) == 1726
    low, high = mean_interval(MAIZE)
    assert 0 < low < 0.05
    assert np.isclose(low + high, 2 * 314 / 15)


@pytest.mark.parametrize("seed", range(20))
def test_welch_is_scipys(seed):
    rng = RNG(seed)
    x, y = rng.normal(0, 4, rng.integers(2, 9)), rng.normal(1, 0.1, rng.integers(2, 40))
    ours, theirs = welch(x, y, level=0.9), stats.ttest_ind(x, y, equal_var=False)
    assert np.allclose([ours.t, ours.df, ours.p], [theirs.statistic, theirs.df, theirs.pvalue])
    ends = theirs.confidence_interval(0.9)
    assert np.allclose(ours.interval, [ends.low, ends.high])
    assert min(x.size, y.size) - 1 <= ours.df * (1 + 1e-12)
    assert ours.df <= (x.size + y.size - 2) * (1 + 1e-12)
    swapped = welch(y, x, level=0.9)
    assert np.isclose(swapped.p, ours.p)
    assert np.isclose(swapped.t, -ours.t)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_welch_does_not_depend_on_the_unit(scale):
    x, y = RNG(1).normal(0, 1, 5), RNG(2).normal(1, 3, 8)
    one, other = welch(x, y), welch(x * scale, y * scale)
    assert np.allclose([one.t, one.df, one.p], [other.t, other.df, other.p])


def test_welch_when_only_one_sample_varies():
    ours = welch([2.0, 2.0, 2.0], [1.0, 2.0, 4.0])
    assert np.isclose(ours.df, 2)
    assert np.isclose(ours.p, stats.ttest_1samp([1.0, 2.0, 4.0], 2).pvalue)
    with pytest.raises(ValueError, match="must vary"):
        welch([0.1, 0.1, 0.1], [0.3, 0.3])


def test_welch_tests_what_its_interval_holds():
    x, y = RNG(3).normal(0, 1, 6), RNG(4).normal(0.5, 2, 9)
    p = welch(x, y).p
    for level in (1 - 1.001 * p, 1 - 0.999 * p):
        low, high = welch(x, y, level=level).interval
        assert (low <= 0 <= high) == (p > 1 - level)


def test_the_penguins():
    data = load_penguins()
    flippers, species = data["flipper_length_mm"], data.target
    test = welch(flippers[species == 0], flippers[species == 1])
    assert np.isclose(test.t, -5.78, atol=0.005)
    assert np.isclose(test.p, 6.0e-8, rtol=0.02, atol=0)


@pytest.mark.parametrize("paired", [False, True])
def test_all_labellings_are_scipys(paired):
    rng = RNG(5)
    x, y = rng.normal(size=6), rng.normal(0.7, 1, 6)
    ours = permutation_test(x, y, paired=paired, rng=rng)
    theirs = stats.permutation_test(
        (x, y), lambda a, b: abs(np.mean(a) - np.mean(b)), alternative="greater",
        permutation_type="samples" if paired else "independent", n_resamples=10**5)
    assert np.isclose(ours.p, theirs.pvalue)
    assert ours.exact
    assert ours.labellings == (2**6 if paired else math.comb(12, 6))


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_equal_statistics_count_as_equal_whatever_rounding_makes_of_them(scale):
    x, y = np.array([0.1, 0.2, 0.3]) * scale, np.array([0.3, 0.2, 0.1]) * scale
    assert permutation_test(x, y, rng=RNG(0)).p == 1
    assert permutation_test([0.1 * scale] * 4, [0.1 * scale] * 3, rng=RNG(0)).p == 1


def test_a_statistic_is_called_with_both_samples_and_cannot_change_them():
    x, y, seen = [1.0, 5.0, 2.0], [3.0, 4.0], []

    def spread(a, b):
        seen.append((a.size, b.size, sorted(map(float, [*a, *b]))))
        difference = np.ptp(a) - np.ptp(b)
        a[:] = 0
        return difference

    result = permutation_test(x, y, spread, rng=RNG(0))
    assert set(map(str, seen)) == {str((3, 2, [1.0, 2.0, 3.0, 4.0, 5.0]))}
    values = np.array([1.0, 5.0, 2.0, 3.0, 4.0])
    every = [np.ptp(values[list(c)]) - np.ptp(np.delete(values, c))
             for c in combinations(range(5), 3)]
    assert result.statistic == 3.0
    assert result.p == np.mean(np.abs(every) >= 3)


def test_exactness_over_all_assignments_of_fixed_numbers():
    # Given the pooled numbers, each labelling is equally probable: P(p <= a) <= a, for every a.
    z = np.array([0.0, 0.0, 1.0, 1.5, 4.0, 9.0, 9.0])
    ps = np.array([permutation_test(z[list(c)], np.delete(z, c), rng=RNG(0)).p
                   for c in combinations(range(7), 3)])
    assert all(np.mean(ps <= a + 1e-12) <= a + 1e-12 for a in ps)


def test_drawn_labellings_keep_the_level_and_come_near_the_exact_value():
    x, y = RNG(6).normal(size=8), RNG(7).normal(1.2, 1, 8)
    exact = permutation_test(x, y, rng=RNG(0)).p
    drawn = [permutation_test(x, y, resamples=999, rng=RNG(seed)) for seed in range(40)]
    assert not any(d.exact for d in drawn)
    assert all(d.labellings == 999 for d in drawn)
    assert abs(np.mean([d.p for d in drawn]) - exact) < 4 * np.sqrt(exact / 999 / 40) + 1 / 999
    assert permutation_test(np.arange(30), np.arange(30) + 100, resamples=99, rng=RNG(0)).p == 0.01
    false = [permutation_test(RNG(s).exponential(size=6), RNG(s + 5000).exponential(size=9),
                              resamples=19, rng=RNG(s + 9000)).p <= 0.05 for s in range(1500)]
    assert np.mean(false) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)


@pytest.mark.parametrize("method", ["percentile", "basic"])
def test_bootstrap_agrees_with_scipys(method):
    x = RNG(8).exponential(size=40)
    ours = bootstrap_interval(x, np.mean, method=method, resamples=8000, rng=RNG(0))
    theirs = stats.bootstrap((x,), np.mean, method=method, n_resamples=8000,
                             rng=RNG(1)).confidence_interval
    assert np.allclose(ours, theirs, atol=0.15 * stats.sem(x))


def test_bootstrap_draws_rows_as_a_whole():
    x = RNG(9).normal(size=(30, 1)) @ [[1.0, 2.0]]

    def correlation(rows):
        assert rows.shape == (30, 2)
        return np.corrcoef(rows.T)[0, 1]

    low, high = bootstrap_interval(x, correlation, resamples=200, rng=RNG(0))
    assert np.allclose((low, high), 1)


def test_bootstrap_of_a_maximum_never_passes_it():
    for seed in range(30):
        x = RNG(seed).random(20)
        low, high = bootstrap_interval(x, np.max, resamples=300, rng=RNG(seed))
        assert low <= high == x.max()
    with pytest.raises(ValueError, match="statistic must return a finite number"):
        bootstrap_interval([1.0, 2.0], lambda v: np.std(v) / 0.0, rng=RNG(0))


def by_quadrature(d, n, groups, alpha):
    df, delta = groups * (n - 1), d * math.sqrt(n / groups)
    bound = stats.t.isf(alpha / 2, df)

    def finds(r):
        tails = stats.norm.cdf(delta - bound * r) + stats.norm.cdf(-delta - bound * r)
        return root * stats.chi.pdf(root * r, df) * tails

    root = math.sqrt(df)
    cuts = stats.chi.ppf([1e-14, 1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-6], df) / root
    cuts = sorted([0, *cuts, 3 * cuts[-1], 9 / bound, delta / bound])
    return sum(quad(finds, a, b, epsabs=1e-13, limit=200)[0] for a, b in pairwise(cuts))


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("n", [2, 3, 10, 64, 500])
@pytest.mark.parametrize("d", [0.0, 0.2, 0.5, 1.0, 5.0])
def test_power_is_the_integral(d, n, groups):
    for alpha in (0.2, 0.05, 0.001):
        found = power(d, n, groups=groups, alpha=alpha)
        assert np.isclose(found, by_quadrature(d, n, groups, alpha), rtol=1e-6, atol=1e-9)
        assert found == power(-d, n, groups=groups, alpha=alpha)


def test_power_has_its_published_values_and_its_ends():
    # Cohen (1988), table 2.4.1: n per group for power .80 at the two-sided level .05
    for d, n in ((0.2, 393), (0.5, 64), (0.8, 26)):
        assert power(d, n) >= 0.8 - 5e-4
        assert power(d, n - 1) < 0.8
    assert np.isclose(power(0, 7, alpha=0.01), 0.01)
    assert np.isclose(power(0, 2**53), 0.05)
    assert np.isclose(power(1e300, 2), 1, rtol=1e-12)
    rising = [power(d, 12) for d in np.linspace(0, 3, 31)]
    assert np.all(np.diff(rising) > 0)


@pytest.mark.parametrize("n", [10**6, 10**9, 10**12])
def test_power_of_many_examples_is_that_of_a_known_variance(n):
    for delta in (0.5, 2.0, 4.0):
        known = stats.norm.sf(1.959964 - delta) + stats.norm.cdf(-1.959964 - delta)
        assert power(delta / np.sqrt(n), n, groups=1) == pytest.approx(known, rel=5 / n + 1e-6)


def test_power_is_how_often_the_test_rejects():
    rng = RNG(10)
    x, y = rng.normal(0.8, 1, (20_000, 12)), rng.normal(0, 1, (20_000, 12))
    rejects = stats.ttest_ind(x, y, axis=1).pvalue <= 0.05
    assert abs(rejects.mean() - power(0.8, 12)) < 4 * 0.5 / np.sqrt(20_000)


def test_coverage_counts_each_side():
    rng = RNG(11)
    found = coverage(mean_interval, lambda rng, n: rng.lognormal(0, 1.5, n), math.exp(1.125), n=7,
                     trials=4000, rng=rng)
    assert abs(found.share - 0.698) < 4 * found.se
    assert found.below > 20 * found.above
    assert np.isclose(found.share + found.below + found.above, 1)
    always = coverage(lambda x: (-np.inf, np.inf), lambda rng, n: rng.random(n), 0, n=1, trials=3,
                      rng=rng)
    assert (always.share, always.below, always.above, always.se) == (1, 0, 0, 0)
    touching = coverage(lambda x: (2.0, 2.0), lambda rng, n: rng.random(n), 2, n=1, trials=3,
                        rng=rng)
    assert touching.share == 1


def test_inputs_of_many_kinds_give_one_answer():
    x, y = [1, 4, 2, 9], [3, 8, 8]
    expected = welch(x, y), mean_interval(x), permutation_test(x, y, rng=RNG(0)).p
    wide = np.array([x, x], dtype=float).T
    for a in (np.array(x, dtype=np.float32), np.asfortranarray(wide)[:, 0],
              np.repeat(x, 2)[::2], tuple(x)):
        assert welch(a, y) == expected[0]
        assert mean_interval(a) == expected[1]
        assert permutation_test(a, y, rng=RNG(0)).p == expected[2]


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match="at least 2 entries, got 1"):
        mean_interval([3.0])
    with pytest.raises(ValueError, match="y must have 3 entries, got 2"):
        permutation_test([1, 2, 3], [1, 2], paired=True, rng=RNG(0))
    with pytest.raises(ValueError, match="'percentile' or 'basic'"):
        bootstrap_interval([1, 2], method="bca", rng=RNG(0))
    with pytest.raises(ValueError, match="the lower one first"):
        coverage(lambda x: (1, 0), lambda rng, n: rng.random(n), 0, n=1, trials=1, rng=RNG(0))
    with pytest.raises(ValueError, match="must return two ends"):
        coverage(lambda x: (math.nan, 1), lambda rng, n: rng.random(n), 0, n=1, trials=1,
                 rng=RNG(0))
    with pytest.raises(ValueError, match="sample must return n = 2"):
        coverage(mean_interval, lambda rng, n: rng.random(3), 0, n=2, trials=1, rng=RNG(0))
