"""Maximum likelihood in closed form: one fit per model of `mathml.estimation.models`."""

from __future__ import annotations

import numpy as np

from mathml._check import (
    as_binary,
    as_counts,
    as_int,
    as_labels,
    as_nonnegative,
    as_vector,
    exact,
    finite_result,
)
from mathml.estimation.models import (
    Bernoulli,
    Categorical,
    Exponential,
    NormalFit,
    Poisson,
)


def fit_bernoulli(x) -> Bernoulli:
    """Maximum likelihood of Bern(p): ``p̂`` is the share of ones.

    Parameters
    ----------
    x : array_like, shape (n,)
        Zeros and ones (or booleans).

    Returns
    -------
    Bernoulli

    Raises
    ------
    ValueError, TypeError
        If ``x`` is empty or holds anything but 0 and 1.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed., ch. 7.

    Examples
    --------
    >>> fit_bernoulli([1, 1, 0, 1])
    Bernoulli(p=0.75)
    """
    return Bernoulli(as_binary(x, "x").mean())


def fit_categorical(x, n_classes: int | None = None) -> Categorical:
    """Maximum likelihood of a categorical distribution: ``p̂ₖ`` is the share of label k.

    Parameters
    ----------
    x : array_like, shape (n,)
        Labels 0, 1, ..., K-1.
    n_classes : int, default max(x) + 1
        K.

    Returns
    -------
    Categorical

    Raises
    ------
    ValueError, TypeError
        If ``x`` is empty, holds no labels, or a label is not below ``n_classes``.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed., ch. 7.

    Examples
    --------
    >>> fit_categorical([0, 2, 2, 1]).p
    (0.25, 0.25, 0.5)
    """
    x = as_labels(x, "x")
    k = x.max() + 1 if n_classes is None else as_int(n_classes, "n_classes", low=1, high=10**6)
    if x.max() >= k:
        raise ValueError(f"x must hold labels below n_classes = {k}, got {x.max()}; raise it")
    return Categorical(np.bincount(x, minlength=k) / x.size)


def fit_poisson(x) -> Poisson:
    """Maximum likelihood of Poisson(μ): ``μ̂`` is the sample mean (0 if all counts are 0).

    Parameters
    ----------
    x : array_like, shape (n,)
        Counts 0, 1, 2, ...

    Returns
    -------
    Poisson

    Raises
    ------
    ValueError, TypeError
        If ``x`` is empty or holds no counts.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed., ch. 7.

    Examples
    --------
    >>> fit_poisson([0, 2, 1])
    Poisson(mean=1.0)
    """
    return Poisson(_mean(as_counts(x, "x")))


def fit_exponential(x) -> Exponential:
    """Maximum likelihood of Exp(λ): ``λ̂ = 1 / x̄``, a rate.

    Parameters
    ----------
    x : array_like, shape (n,)
        Waiting times, not negative and not all 0.

    Returns
    -------
    Exponential

    Raises
    ------
    ValueError, TypeError
        If ``x`` is empty, has a negative entry, or is all zeros: no maximum exists then.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed., ch. 7.

    Examples
    --------
    >>> fit_exponential([1, 2, 3])
    Exponential(rate=0.5)
    """
    mean = _mean(as_nonnegative(x, "x"))
    if mean == 0:
        raise ValueError("x must have a positive mean, got 0: the likelihood grows with the rate "
                         "without bound; record finer waiting times")
    return Exponential(finite_result(1 / mean, "the rate"))


def fit_normal(x) -> NormalFit:
    """Maximum likelihood of N(μ, σ²): ``μ̂ = x̄``, ``σ̂² = (1/n) Σ(xᵢ - x̄)²`` (ddof 0, biased).

    Parameters
    ----------
    x : array_like, shape (n,)
        Observations. If all are equal, or n is 1, ``var`` is 0, the likelihood has no maximum
        (it grows without bound as σ² → 0), and the fit's ``log_likelihood`` raises.

    Returns
    -------
    NormalFit
        ``.mean``, ``.var``, and ``.unbiased_var`` (ddof 1).

    Raises
    ------
    ValueError, TypeError
        If ``x`` is empty, not finite, or its variance over- or underflows.

    References
    ----------
    Fisher (1922), "On the mathematical foundations of theoretical statistics".

    Examples
    --------
    >>> fit = fit_normal([2.1, 2.5, 1.8, 2.3, 2.0])
    >>> round(fit.mean, 6), round(fit.var**0.5, 6), round(fit.unbiased_var**0.5, 6)
    (2.14, 0.241661, 0.270185)
    """
    x = as_vector(x, "x")
    if np.all(x == x[0]):  # a rounded mean would give a tiny positive variance
        return NormalFit(x[0], 0.0, x.size)
    with np.errstate(over="ignore", invalid="ignore"):
        var = finite_result(float(np.var(x, ddof=0)), "the variance of x")
    if var == 0:
        raise ValueError("the variance of x must be above the smallest float, got 0 for values "
                         f"from {exact(x.min())} to {exact(x.max())}; rescale the input")
    return NormalFit(_mean(x), var, x.size)


def _mean(x: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        return finite_result(float(x.mean()), "the mean of x")
