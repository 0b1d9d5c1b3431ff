"""Intervals and tests for means, by Student, by relabelling and by resampling, and what they do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product

import numpy as np
from scipy import special, stats

from mathml._check import (
    as_bool,
    as_float_array,
    as_function,
    as_int,
    as_returned_array,
    as_returned_number,
    as_rng,
    as_scalar,
    as_vector,
    exact,
    finite_result,
)
from mathml._normal import mean_and_sd, scaled, unscaled

BLOCK = 10**6  # numbers that are relabelled at a time
SAME = 1e-12  # of the largest statistic: by so much may equal ones differ by rounding


@dataclass(frozen=True)
class WelchTest:
    """Welch's comparison of two means.

    Attributes
    ----------
    difference : float
        Mean of the first sample minus that of the second.
    se : float
        Its standard error.
    t, df, p : float
        difference / se, its degrees of freedom, and the two-sided p-value of "the means are equal".
    interval : tuple of float
        The confidence interval of the difference.
    """

    difference: float
    se: float
    t: float
    df: float
    p: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class PermutationTest:
    """What a permutation test found.

    Attributes
    ----------
    statistic : float
        Its value for the labels as they are.
    p : float
        Two-sided p-value.
    labellings : int
        How many labellings were tried.
    exact : bool
        Whether they are all there are; else they were drawn at random.
    """

    statistic: float
    p: float
    labellings: int
    exact: bool


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth.

    Attributes
    ----------
    share : float
        Share of the intervals with the truth inside, ends included.
    below, above : float
        Shares of the intervals that lie wholly below and wholly above the truth.
    se : float
        Standard error of `share`.
    """

    share: float
    below: float
    above: float
    se: float


def mean_interval(x, *, level: float = 0.95) -> tuple[float, float]:
    r"""Student's confidence interval of the mean of a normal distribution.

    .. math:: \bar x \pm t_{n-1, (1 + \text{level})/2} \, \frac{s}{\sqrt n}, \qquad
              s^2 = \frac{1}{n - 1} \sum_{i=1}^n (x_i - \bar x)^2

    For n independent draws from any one normal distribution it holds the mean with probability
    `level`. For other distributions see `coverage`.

    Parameters
    ----------
    x : array_like, shape (n,)
        The sample, n >= 2.
    level : float
        The probability, in (0, 1).

    Returns
    -------
    tuple of float
        Its two ends, equal if all of `x` are.

    Raises
    ------
    ValueError, TypeError
        If there are fewer than two numbers, one is not finite, or an end overflows.

    References
    ----------
    Student (1908).

    Examples
    --------
    >>> low, high = mean_interval([1.0, 2.0, 3.0])
    >>> round(low, 3), round(high, 3)
    (-0.484, 4.484)
    """
    x = as_vector(x, "x", min_size=2)
    tail = (1 - _open_share(level, "level")) / 2
    mean, sd = mean_and_sd(x)
    return _around(mean, sd / math.sqrt(x.size), x.size - 1, tail)


def welch(x, y, *, level: float = 0.95) -> WelchTest:
    r"""Compare the means of two independent samples; their variances may differ.

    .. math:: t = \frac{\bar x - \bar y}{\sqrt{a + b}}, \quad a = \frac{s_x^2}{n_x}, \;
              b = \frac{s_y^2}{n_y}, \qquad
              \frac{1}{\nu} = \frac{1}{(a + b)^2}
              \Big( \frac{a^2}{n_x - 1} + \frac{b^2}{n_y - 1} \Big)

    t is compared with Student's distribution of ν degrees of freedom. For normal samples its level
    is nearly kept whatever the variances from about five values a sample on, and never exactly.

    Parameters
    ----------
    x, y : array_like, shapes (n_x,), (n_y,)
        The samples, at least two numbers each.
    level : float
        Of the interval, in (0, 1).

    Returns
    -------
    WelchTest
        `difference`, `se`, `t`, `df`, `p` and `interval`.

    Raises
    ------
    ValueError, TypeError
        If a sample has fewer than two numbers, one is not finite, both samples are constant, or a
        result overflows.

    References
    ----------
    Welch (1947); `scipy.stats.ttest_ind(x, y, equal_var=False)`.

    Examples
    --------
    >>> test = welch([1.0, 2.0, 3.0], [4.0, 6.0, 8.0, 10.0])
    >>> round(test.t, 3), round(test.df, 2), round(test.p, 4)
    (-3.536, 4.08, 0.0234)
    """
    x, y = as_vector(x, "x", min_size=2), as_vector(y, "y", min_size=2)
    tail = (1 - _open_share(level, "level")) / 2
    (mean_x, sd_x), (mean_y, sd_y) = mean_and_sd(x), mean_and_sd(y)
    se_x, se_y = sd_x / math.sqrt(x.size), sd_y / math.sqrt(y.size)
    se = math.hypot(se_x, se_y)
    if se == 0:
        raise ValueError(f"x and y must vary, got the constants {exact(x[0])} and "
                         f"{exact(y[0])}; "
                         "without spread there is no scale for a difference")
    share = (se_x / se) ** 2
    df = 1 / (share**2 / (x.size - 1) + (1 - share) ** 2 / (y.size - 1))
    with np.errstate(over="ignore"):
        difference = finite_result(np.float64(mean_x) - mean_y, "the difference of the means")
        t = finite_result(difference / se, "t")
    p = min(1.0, 2 * float(stats.t.sf(abs(t), df)))
    return WelchTest(float(difference), se, float(t), df, p, _around(difference, se, df, tail))


def permutation_test(x, y, statistic: Callable | None = None, *, paired: bool = False,
                     resamples: int = 50_000, rng: np.random.Generator) -> PermutationTest:
    r"""Test whether two samples could exchange their labels.

    .. math:: p = \frac{\#\{\text{labellings } g : |T(g)| \ge |T(\text{as it is})|\}}
                       {\#\{\text{labellings}\}}

    Under the hypothesis that every labelling has the same joint distribution,
    P(p <= α) <= α for every α, whatever that distribution is. All labellings are tried if they are
    at most `resamples`; else so many are drawn at random and the one that happened is counted with
    them, which keeps the inequality.

    Parameters
    ----------
    x, y : array_like, shapes (n_x,), (n_y,)
        The samples.
    statistic : callable, optional
        T: takes two vectors and returns a number, which must not depend on the order within a
        vector unless `paired`. The difference of the means if not given.
    paired : bool
        True: x_i belongs to y_i, and only they may be exchanged (n_x = n_y). False: any n_x of the
        n_x + n_y numbers may be the first sample.
    resamples : int
        The most labellings to be tried.
    rng : numpy.random.Generator
        Source of the labellings, if they are drawn.

    Returns
    -------
    PermutationTest
        `statistic`, `p`, `labellings` and `exact`.

    Raises
    ------
    ValueError, TypeError
        If a sample is empty, a number or a value of the statistic not finite, or pairs are asked of
        samples of different length.

    References
    ----------
    Pitman (1937); `scipy.stats.permutation_test`, whose two-sided p-value is twice the smaller
    tail.

    Examples
    --------
    >>> permutation_test([5, 6, 7], [1, 2, 3], rng=np.random.default_rng(0))
    PermutationTest(statistic=4.0, p=0.1, labellings=20, exact=True)
    """
    x, y = as_vector(x, "x"), as_vector(y, "y")
    paired, rng = as_bool(paired, "paired"), as_rng(rng)
    if paired:
        y = as_vector(y, "y", size=x.size)
    resamples = as_int(resamples, "resamples", low=1, high=10**7)
    pooled, exponent = scaled(np.concatenate([x, y]))
    if statistic is None:
        values, unit = pooled, exponent
    else:
        as_function(statistic, "statistic")
        values, unit = np.concatenate([x, y]), 0
    n, total = x.size, x.size + y.size
    possible = 2**n if paired else math.comb(total, n)
    exact = possible <= resamples
    count = possible if exact else resamples
    rows = max(1, BLOCK // total)
    drawn = _all_orders(n, total, paired, rows) if exact else (
        _random_orders(n, total, paired, size, rng) for size in _sizes(count, rows))
    observed = _statistics(values[None], n, statistic)[0]
    found = np.concatenate([_statistics(values[order], n, statistic) for order in drawn])
    reach = abs(observed) - SAME * max(abs(observed), np.abs(found).max())
    extreme = int(np.count_nonzero(np.abs(found) >= reach))
    p = extreme / count if exact else (extreme + 1) / (count + 1)
    return PermutationTest(unscaled(observed, unit, "the statistic"), p, count, exact)


def bootstrap_interval(x, statistic: Callable = np.mean, *, level: float = 0.95,
                       method: str = "percentile", resamples: int = 2000,
                       rng: np.random.Generator) -> tuple[float, float]:
    r"""Interval for a statistic from samples of the sample, drawn with replacement.

    .. math:: [q_{\alpha/2},\, q_{1 - \alpha/2}] \quad \text{or} \quad
              [2T - q_{1 - \alpha/2},\, 2T - q_{\alpha/2}], \qquad \alpha = 1 - \text{level}

    T is the statistic of the sample and q are quantiles of its values on resamples. Its coverage
    tends to `level` for smooth functions of means with finite variances whose derivative at the
    true means is not 0. The end of a uniform distribution it holds for no n.

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)
        Numbers, or cases as rows: a row is drawn as a whole.
    statistic : callable
        Takes an array like `x` and returns a number.
    level : float
        In (0, 1).
    method : str
        ``"percentile"``, the first formula, or ``"basic"``, the second.
    resamples : int
        How many are drawn.
    rng : numpy.random.Generator
        Source of the resamples.

    Returns
    -------
    tuple of float

    Raises
    ------
    ValueError, TypeError
        If `x` is empty or not finite, the statistic of a resample is not finite, or the method
        unknown.

    References
    ----------
    Efron (1979); `scipy.stats.bootstrap`.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(5, 2, 50)
    >>> low, high = bootstrap_interval(x, np.median, rng=np.random.default_rng(2))
    >>> bool(low < np.median(x) < high)
    True
    """
    x = as_float_array(x, "x")
    if x.ndim not in (1, 2) or x.size == 0:
        raise ValueError(f"x must be a vector or a matrix with rows, got shape {x.shape}; "
                         "put one case in each row")
    as_function(statistic, "statistic")
    tail = (1 - _open_share(level, "level")) / 2
    if not (isinstance(method, str) and method in ("percentile", "basic")):
        raise ValueError(f"method must be 'percentile' or 'basic', got {method!r:.40}; "
                         "choose one of the two")
    resamples, rng = as_int(resamples, "resamples", low=1, high=10**7), as_rng(rng)
    n = len(x)
    values = np.array([_call(statistic, x[rng.integers(n, size=n)]) for _ in range(resamples)])
    values, unit = scaled(values)
    low, high = np.quantile(values, [tail, 1 - tail])
    if method == "basic":
        centre = math.ldexp(_call(statistic, x.copy()), -unit)
        low, high = 2 * centre - high, 2 * centre - low
    return unscaled(low, unit, "the lower end"), unscaled(high, unit, "the upper end")


def power(effect: float, n: int, *, groups: int = 2, alpha: float = 0.05) -> float:
    r"""Probability that Student's two-sided test finds an effect of normal data.

    .. math:: P(|T| \ge t_{\nu, 1 - \alpha/2}), \qquad T \sim t_\nu(\delta), \quad
              \delta = d \sqrt{n / g}, \quad \nu = g(n - 1)

    Parameters
    ----------
    effect : float
        d, the difference of the means (of the mean from its hypothesis, if there is one group), in
        standard deviations. Its sign does not matter.
    n : int
        Number of observations in each group, >= 2.
    groups : int
        g: 2, of equal variance and size, or 1.
    alpha : float
        The level of the test, in (0, 1).

    Returns
    -------
    float
        In [0, 1]; `alpha` if the effect is 0.

    Raises
    ------
    ValueError, TypeError
        If a range is violated.

    References
    ----------
    Casella & Berger (2002), section 8.3.

    Examples
    --------
    >>> round(power(0.5, 64), 4), round(power(0, 10), 4)
    (0.8015, 0.05)
    """
    effect = abs(as_scalar(effect, "effect"))
    n = as_int(n, "n", low=2, high=2**53)
    groups = as_int(groups, "groups", low=1, high=2)
    alpha = _open_share(alpha, "alpha")
    df = groups * (n - 1)
    if effect == 0:
        return alpha
    bound = abs(float(special.stdtrit(df, alpha / 2)))
    delta = effect * math.sqrt(n / groups) if effect < 1e200 else math.inf
    # T = (Z + δ)/R with R² = V/ν: average over R = 1 + e what Z does, in pieces, since it may
    # change quickly where bound · R is near δ or 0.
    spread = 1 / math.sqrt(2 * df)
    low, high = max(-1.0, -12 * spread), (12 if df > 50 else 40) * spread
    turns = [low, high, *((delta + z) / bound - 1 for z in (-9, 0, 9)), 9 / bound - 1]
    cuts = np.unique(np.clip(turns, low, high))
    e = (cuts[:-1, None] + np.diff(cuts)[:, None] * _NODES).ravel()
    e = np.maximum(e, -1 + 2.0**-53)
    log_density = df * (np.log1p(e) - e - e * e / 2) - np.log1p(e)
    mass = (np.diff(cuts)[:, None] * _WEIGHTS).ravel() * np.exp(log_density - log_density.max())
    finds = special.ndtr(delta - bound * (1 + e)) + special.ndtr(-delta - bound * (1 + e))
    return float(min(1.0, mass @ finds / mass.sum()))


def coverage(interval: Callable, sample: Callable, truth: float, *, n: int, trials: int,
             rng: np.random.Generator) -> Coverage:
    """Count how often an interval holds the truth.

    Parameters
    ----------
    interval : callable
        Takes a sample and returns the two ends, such as `mean_interval`.
    sample : callable
        ``sample(rng, n)`` returns n draws, ``(n, ...)``.
    truth : float
        What the interval should hold.
    n : int
        Size of a sample, >= 1.
    trials : int
        How many samples are drawn, >= 1.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    Coverage
        `share`, `below`, `above` and the standard error `se` of the share.

    Raises
    ------
    ValueError, TypeError
        If a function returns something else, or ends in the wrong order.

    Examples
    --------
    >>> found = coverage(mean_interval, lambda rng, n: rng.normal(3, 2, n), 3, n=7, trials=2000,
    ...                  rng=np.random.default_rng(0))
    >>> abs(found.share - 0.95) < 3 * found.se
    True
    """
    as_function(interval, "interval")
    as_function(sample, "sample")
    truth = as_scalar(truth, "truth")
    n, trials = as_int(n, "n", low=1, high=10**8), as_int(trials, "trials", low=1, high=10**8)
    rng = as_rng(rng)
    below = above = 0
    for _ in range(trials):
        draws = as_returned_array(sample(rng, n), "sample")
        if draws.ndim == 0 or len(draws) != n:
            raise ValueError(f"sample must return n = {n} draws, got shape {draws.shape}; "
                             "draw with size=n")
        low, high = _ends(interval(draws))
        below, above = below + (high < truth), above + (low > truth)
    share = 1 - (below + above) / trials
    return Coverage(share, below / trials, above / trials, math.sqrt(share * (1 - share) / trials))


def _gauss_legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes + 1) / 2, weights / 2


_NODES, _WEIGHTS = _gauss_legendre(120)


def _open_share(value, name: str) -> float:
    return as_scalar(value, name, "(0, 1)")


def _around(centre: float, se: float, df: float, tail: float) -> tuple[float, float]:
    with np.errstate(over="ignore"):
        half = -np.float64(special.stdtrit(df, tail)) * se
        return (float(finite_result(centre - half, "the lower end")),
                float(finite_result(centre + half, "the upper end")))


def _all_orders(n: int, total: int, paired: bool, rows: int) -> Iterator[np.ndarray]:
    """All labellings in blocks: each row is an order whose first n places are the first sample."""
    if paired:
        signs: Iterator = iter(product((False, True), repeat=n))
        while block := list(islice(signs, rows)):
            yield _exchanged(np.array(block))
    else:
        chosen: Iterator = iter(combinations(range(total), n))
        while block := list(islice(chosen, rows)):
            first = np.zeros((len(block), total), dtype=bool)
            np.put_along_axis(first, np.array(block), True, axis=1)
            yield np.argsort(~first, axis=1, kind="stable")


def _random_orders(n: int, total: int, paired: bool, size: int, rng) -> np.ndarray:
    if paired:
        return _exchanged(rng.random((size, n)) < 0.5)
    return rng.permuted(np.tile(np.arange(total), (size, 1)), axis=1)


def _exchanged(exchange: np.ndarray) -> np.ndarray:
    n = exchange.shape[1]
    first = np.where(exchange, np.arange(n) + n, np.arange(n))
    second = np.where(exchange, np.arange(n), np.arange(n) + n)
    return np.concatenate([first, second], axis=1)


def _sizes(count: int, rows: int) -> Iterator[int]:
    for start in range(0, count, rows):
        yield min(rows, count - start)


def _statistics(z: np.ndarray, n: int, statistic: Callable | None) -> np.ndarray:
    """The statistic of each row's first n numbers and the rest."""
    if statistic is None:
        return z[:, :n].mean(axis=1) - z[:, n:].mean(axis=1)
    return np.array([_call(statistic, row[:n].copy(), row[n:].copy()) for row in z])


def _call(statistic: Callable, *samples: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        value = as_returned_number(statistic(*samples), "statistic")
    if not math.isfinite(value):
        raise ValueError(f"statistic must return a finite number, got {value}; "
                         "check where it is defined, also for repeated values")
    return value


def _ends(returned) -> tuple[float, float]:
    ends = as_returned_array(returned, "interval").astype(float)
    if ends.shape != (2,) or np.any(np.isnan(ends)) or ends[0] > ends[1]:
        raise ValueError("interval must return two ends, the lower one first, got "
                         f"{returned!r:.40}; return (low, high)")
    return float(ends[0]), float(ends[1])
