"""Integrals as expectations: Monte Carlo, importance sampling, and what a trapezoid rule costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mathml._check import (
    as_bool,
    as_function,
    as_int,
    as_returned_array,
    as_rng,
    as_scalar,
    exact,
    finite_result,
)
from mathml._normal import mean_and_sd


@dataclass(frozen=True)
class MeanEstimate:
    """An estimated expectation.

    Attributes
    ----------
    mean : float
        The estimate.
    se : float
        Its standard error, estimated from the same draws. Where the variance is infinite this
        number means nothing, and nothing in it says so.
    ess : float
        The effective sample size: so many draws of the target itself would carry as much, as far
        as the weights tell. Between 1 and n; n for plain Monte Carlo.
    """

    mean: float
    se: float
    ess: float


def monte_carlo(f: Callable, sample: Callable, n: int, *, rng: np.random.Generator) -> MeanEstimate:
    r"""Estimate E[f(X)] by the mean over n independent draws.

    .. math:: \hat m = \frac1n \sum_{i=1}^n f(x_i), \qquad
              \mathrm{se}^2 = \frac{1}{n (n - 1)} \sum_{i=1}^n (f(x_i) - \hat m)^2

    The mean is unbiased where E[f(X)] exists; its standard deviation is σ/√n where f(X) has the
    finite variance σ².

    Parameters
    ----------
    f : callable
        Takes the draws, all at once, and returns ``(n,)`` real numbers.
    sample : callable
        ``sample(rng, n)`` returns n independent draws, ``(n, ...)``.
    n : int
        Number of draws, >= 2.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    MeanEstimate
        `mean`, `se` and `ess` = n.

    Raises
    ------
    ValueError, TypeError
        If `f` or `sample` returns another number of values, or one that is not finite.

    References
    ----------
    Owen (2013), chapter 2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> result = monte_carlo(lambda u: u**2, lambda rng, n: rng.random(n), 10_000, rng=rng)
    >>> abs(result.mean - 1 / 3) < 3 * result.se, round(result.se, 3)
    (True, 0.003)
    """
    as_function(f, "f")
    as_function(sample, "sample")
    n, rng = as_int(n, "n", low=2, high=10**8), as_rng(rng)
    draws = as_returned_array(sample(rng, n), "sample")
    if draws.ndim == 0 or len(draws) != n:
        raise ValueError(f"sample must return n = {n} draws, got shape {draws.shape}; "
                         "draw with size=n")
    mean, sd = mean_and_sd(_values(f(draws), "f", n))
    return MeanEstimate(mean, sd / math.sqrt(n), float(n))


def importance(f: Callable, log_target: Callable, proposal, n: int, *, rng: np.random.Generator,
               normalise: bool = False) -> MeanEstimate:
    r"""Estimate E[f(X)] under a density p by weighted draws from a density q.

    .. math:: \hat m = \frac1n \sum_{i=1}^n w_i f(x_i), \qquad w_i = \frac{p(x_i)}{q(x_i)}, \qquad
              \mathrm{ess} = \frac{(\sum w_i)^2}{\sum w_i^2}

    Unbiased where q > 0 wherever p·f is not 0. Its variance is finite iff the integral of
    (pf)²/q is.

    Parameters
    ----------
    f : callable
        Takes the draws, all at once, and returns ``(n,)`` real numbers.
    log_target : callable
        Takes the draws and returns log p at each, -inf where p = 0.
    proposal : object
        q, with ``rvs(size=n, random_state=rng)`` and ``logpdf(x)``, as the frozen distributions of
        `scipy.stats`.
    n : int
        Number of draws, >= 2.
    rng : numpy.random.Generator
        Source of the draws.
    normalise : bool
        True: divide by the sum of the weights instead of n, for a target known up to a factor. The
        estimate is then biased by O(1/n).

    Returns
    -------
    MeanEstimate
        `mean`, `se` (with `normalise` to first order) and `ess`.

    Raises
    ------
    ValueError, TypeError
        If a function returns another number of values, or one that is not finite, or no draw has a
        weight.

    References
    ----------
    Owen (2013), chapter 9.

    Examples
    --------
    >>> from scipy import stats
    >>> rng = np.random.default_rng(0)
    >>> result = importance(lambda x: x**2, stats.norm.logpdf, stats.norm(scale=1.5), 10_000,
    ...                     rng=rng)
    >>> round(result.mean, 1), abs(result.ess / 10_000 - 0.83) < 0.02
    (1.0, True)
    """
    as_function(f, "f")
    as_function(log_target, "log_target")
    if not all(callable(getattr(proposal, method, None)) for method in ("rvs", "logpdf")):
        raise TypeError(f"proposal must be a distribution with rvs and logpdf, got {proposal!r}; "
                        "for example scipy.stats.norm(scale=2)")
    n, rng = as_int(n, "n", low=2, high=10**8), as_rng(rng)
    normalise = as_bool(normalise, "normalise")
    x = proposal.rvs(size=n, random_state=rng)
    log_p = _values(log_target(x), "log_target", n, neg_inf=True)
    log_w = log_p - _values(proposal.logpdf(x), "proposal.logpdf", n)
    values = _values(f(x), "f", n)
    largest = log_w.max()
    if largest == -np.inf:
        raise ValueError(f"the target must be above 0 at some of the draws, got {n} zeros; "
                         "choose a proposal that reaches it")
    w = np.exp(log_w - largest)  # the largest weight is 1: nothing overflows
    ess = w.sum() ** 2 / (w @ w)
    with np.errstate(over="ignore", invalid="ignore"):
        if normalise:
            mean = finite_result(w @ values / w.sum(), "the mean")
            se = finite_result(np.sqrt(np.sum((w * (values - mean)) ** 2)) / w.sum(),
                               "the standard error")
        else:
            mean, sd = mean_and_sd(finite_result(np.exp(log_w) * values, "a weighted value"))
            se = sd / math.sqrt(n)
    return MeanEstimate(float(mean), float(se), float(ess))


def trapezoid_error(bend: float, a: float, b: float, n: int) -> float:
    r"""Bound of the error of the trapezoid rule with n equal panels.

    .. math:: \Big| \int_a^b f - T_n \Big| \le \frac{(b - a)^3}{12 n^2} \max_{[a, b]} |f''|

    Parameters
    ----------
    bend : float
        A bound of |f''| on [a, b], >= 0; f must have a continuous second derivative there.
    a, b : float
        The ends, a < b.
    n : int
        Number of panels (n + 1 values), >= 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If a >= b or a range is violated.

    References
    ----------
    Owen (2013), chapter 7; `scipy.integrate.trapezoid` is the rule itself.

    Examples
    --------
    >>> trapezoid_error(2.0, 0.0, 1.0, 10)  # x² on [0, 1]: attained, as f'' is constant
    0.0016666666666666666
    """
    bend = as_scalar(bend, "bend", "[0, inf)")
    a, b = as_scalar(a, "a"), as_scalar(b, "b")
    n = as_int(n, "n", low=1, high=2**53)
    if not a < b:
        raise ValueError(f"b must be above a = {exact(a)}, got {exact(b)}; exchange the ends")
    with np.errstate(over="ignore"):
        return float(finite_result(np.float64(b - a) ** 3 * bend / 12 / n**2, "the bound"))


def _values(values, name: str, n: int, *, neg_inf: bool = False) -> np.ndarray:
    a = as_returned_array(values, name).astype(float)
    if a.shape != (n,):
        raise ValueError(f"{name} must return one number per draw, shape {(n,)}, got {a.shape}; "
                         "compute with the whole array of draws")
    fine = np.isfinite(a) | (neg_inf & (a == -np.inf))
    if not np.all(fine):
        raise ValueError(f"{name} must return finite numbers, got {a[~fine][0]}; "
                         "check where it is defined")
    return a
