"""Maximum likelihood in closed form; models which know their log-likelihood, score, information.

N(μ, σ²) is named by mean and variance, Exp(λ) by its rate, Poisson(μ) by its mean. A
log-likelihood is a sum of logarithms, in nats: it never underflows, and is ``-inf`` exactly if
the model calls an observation impossible.
"""

from __future__ import annotations

import numpy as np

from mathml._check import (
    as_binary,
    as_counts,
    as_int,
    as_labels,
    as_nonnegative,
    as_vector,
    finite_result,
)
from mathml._continuous import Exponential, Normal, NormalFit
from mathml._discrete import Bernoulli, Categorical, Poisson
from mathml._normal import normal_logpdf

__all__ = ["Bernoulli", "Categorical", "Exponential", "Normal", "NormalFit", "Poisson",
           "fisher_information", "fit_bernoulli", "fit_categorical", "fit_exponential",
           "fit_normal", "fit_poisson", "log_likelihood", "normal_logpdf", "score"]


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
        If ``x`` is empty, not finite, or so large that its variance overflows.

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
    return NormalFit(_mean(x), var, x.size)


def log_likelihood(model, x) -> float:
    """Log-likelihood ``ℓ(θ; x) = Σᵢ log p(xᵢ; θ)`` of the model's parameters, in nats.

    As a function of θ the likelihood is no distribution: it does not integrate to 1. It is a
    density in x and may exceed 1, so that ℓ may be positive.

    Parameters
    ----------
    model : Bernoulli, Categorical, Poisson, Exponential or Normal
    x : array_like, shape (n,)
        Observations the model could be asked about.

    Returns
    -------
    float
        ``-inf`` if the model calls an observation impossible.

    Raises
    ------
    ValueError, TypeError
        If ``x`` lies outside the model's sample space, or the model is a normal with var 0.

    References
    ----------
    Fisher (1922), "On the mathematical foundations of theoretical statistics".

    Examples
    --------
    >>> round(log_likelihood(Bernoulli(0.5), [1, 0, 1]), 6)
    -2.079442
    """
    return _as_model(model).log_likelihood(x)


def score(model, x):
    """Fisher score ``∇_θ ℓ(θ; x)`` at the model's parameters; its expectation there is 0.

    Parameters
    ----------
    model : Bernoulli, Categorical, Poisson, Exponential or Normal
    x : array_like, shape (n,)
        Observations.

    Returns
    -------
    float or ndarray
        One number for p, μ or λ; (2,) for a normal's (mean, var); (K-1,) for p₁, …, p_{K-1} of
        a categorical distribution, with ``p_K = 1 - Σ p_k``.

    Raises
    ------
    ValueError, TypeError
        If ``x`` lies outside the sample space, or the parameter on the boundary of its range.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed., ch. 7.

    Examples
    --------
    >>> score(Poisson(1.0), [0, 1, 2])  # 0 at the maximum
    0.0
    """
    return _as_model(model).score(x)


def fisher_information(model, n: int = 1):
    """Fisher information ``n Var[∇ℓ] = -n E[∇²ℓ]`` of n observations.

    Parameters
    ----------
    model : Bernoulli, Categorical, Poisson, Exponential or Normal
    n : int, default 1
        At least 1.

    Returns
    -------
    float or ndarray
        One number, or the square matrix in the parameters of ``score``.

    Raises
    ------
    ValueError, TypeError
        If the parameter lies on the boundary of its range, or n below 1.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed., ch. 7.

    Examples
    --------
    >>> round(fisher_information(Bernoulli(0.3)), 6)
    4.761905
    """
    return _as_model(model).fisher_information(n)


def _as_model(model):
    if not isinstance(model, (Bernoulli, Categorical, Poisson, Exponential, Normal)):
        raise TypeError(f"model must be one of this module's models, got {model!r:.40}; "
                        "fit one first or construct it")
    return model


def _mean(x: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        return finite_result(float(x.mean()), "the mean of x")
