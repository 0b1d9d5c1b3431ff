"""Models that know their log-likelihood, score and Fisher information.

N(μ, σ²) is named by mean and variance, Exp(λ) by its rate, Poisson(μ) by its mean. A
log-likelihood is a sum of logarithms, in nats: it never underflows, and is ``-inf`` exactly if
the model calls an observation impossible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from mathml._check import (
    as_binary,
    as_counts,
    as_float_array,
    as_int,
    as_labels,
    as_nonnegative,
    as_pmf,
    as_positive,
    as_probability,
    as_sample_size,
    as_scalar,
    as_vector,
    finite_result,
)


def normal_logpdf(x, *, mean: float, var: float):
    """Log-density ``-½ log(2πσ²) - (x-μ)²/(2σ²)`` of N(μ, σ²) at x, entry by entry.

    Parameters
    ----------
    x : array_like, any shape
        Where to evaluate.
    mean, var : float
        The mean μ and the variance σ² (not the standard deviation), ``var > 0``.

    Returns
    -------
    ndarray of the shape of ``x``, or float for a number

    Raises
    ------
    ValueError, TypeError
        If ``x`` or ``mean`` is not finite, ``var`` not positive, or the result overflows.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed.

    Examples
    --------
    >>> round(float(np.exp(normal_logpdf(0.0, mean=0, var=0.01**2))), 1)  # a density, not <= 1
    39.9
    """
    x, mean = as_float_array(x, "x"), as_scalar(mean, "mean")
    var = as_positive(var, "var")
    with np.errstate(over="ignore"):
        z = (x - mean) / math.sqrt(var)
        value = -0.5 * (math.log(2 * math.pi) + math.log(var) + z * z)
    value = finite_result(value, "the log-density")
    return float(value) if value.ndim == 0 else value


@dataclass(frozen=True)
class Bernoulli:
    """Bern(p): 1 with probability p, else 0.

    Parameters
    ----------
    p : float
        In [0, 1]. Score and information exist inside only.

    Raises
    ------
    ValueError, TypeError
        If p is no probability; in methods, if x holds anything but 0 and 1.

    Examples
    --------
    >>> Bernoulli(0.3).var
    0.21
    """

    p: float

    def __post_init__(self):
        object.__setattr__(self, "p", as_probability(self.p, "p"))

    @property
    def mean(self) -> float:
        """``p``."""
        return self.p

    @property
    def var(self) -> float:
        """``p (1-p)``."""
        return self.p * (1 - self.p)

    def log_likelihood(self, x) -> float:
        """``k log p + (n-k) log(1-p)`` with k ones among n observations."""
        x = as_binary(x, "x")
        ones = x.sum()
        value = special.xlogy(ones, self.p) + special.xlog1py(x.size - ones, -self.p)
        return float(value)

    def score(self, x) -> float:
        """``k/p - (n-k)/(1-p)``."""
        x, p = as_binary(x, "x"), _interior(self.p)
        ones = float(x.sum())
        return finite_result(ones / p - (x.size - ones) / (1 - p), "the score")

    def fisher_information(self, n: int = 1) -> float:
        """``n / (p (1-p))``."""
        p = _interior(self.p)
        return finite_result(as_sample_size(n) / p / (1 - p), "the information")


@dataclass(frozen=True)
class Categorical:
    """Label k = 0, ..., K-1 with probability pₖ.

    Parameters
    ----------
    p : array_like, shape (K,)
        A probability mass function; kept as a tuple. Score and information, in the free
        parameters p₀, …, p_{K-2}, exist only if all are positive.

    Raises
    ------
    ValueError, TypeError
        If p is no probability mass function; in methods, if x holds no labels below K.

    Examples
    --------
    >>> Categorical([0.5, 0.25, 0.25]).fisher_information()
    array([[6., 4.],
           [4., 8.]])
    """

    p: tuple[float, ...]

    def __post_init__(self):
        object.__setattr__(self, "p", tuple(as_pmf(self.p, "p").tolist()))

    def log_likelihood(self, x) -> float:
        """``Σₖ nₖ log pₖ`` with nₖ labels k."""
        return float(special.xlogy(self._counts(x), self.p).sum())

    def score(self, x) -> np.ndarray:
        """``nₖ/pₖ - n_{K-1}/p_{K-1}`` for k < K-1."""
        with np.errstate(over="ignore", invalid="ignore"):
            ratio = self._counts(x) / self._positive()
            return finite_result(ratio[:-1] - ratio[-1], "the score")

    def fisher_information(self, n: int = 1) -> np.ndarray:
        """``n (diag(1/pₖ) + 1/p_{K-1})``, shape (K-1, K-1)."""
        with np.errstate(over="ignore"):
            inverse = as_sample_size(n) / self._positive()
            return finite_result(np.diag(inverse[:-1]) + inverse[-1], "the information")

    def _counts(self, x) -> np.ndarray:
        x = as_labels(x, "x")
        if x.max() >= len(self.p):
            raise ValueError(f"x must hold labels below {len(self.p)}, got {x.max()}; "
                             "labels start at 0")
        return np.bincount(x, minlength=len(self.p))

    def _positive(self) -> np.ndarray:
        return np.array([as_positive(p, "p") for p in self.p])


@dataclass(frozen=True)
class Poisson:
    """Poisson(μ): counts with mean and variance μ.

    Parameters
    ----------
    mean : float
        μ ≥ 0; if it is 0 all counts are 0. Score and information need μ > 0.

    Raises
    ------
    ValueError, TypeError
        If the mean is negative; in methods, if x holds no counts.

    Examples
    --------
    >>> round(float(np.exp(Poisson(5).log_likelihood([0]))), 6)
    0.006738
    """

    mean: float

    def __post_init__(self):
        object.__setattr__(self, "mean", as_scalar(self.mean, "mean", "[0, inf)"))

    @property
    def var(self) -> float:
        """``μ``."""
        return self.mean

    def log_likelihood(self, x) -> float:
        """``Σᵢ xᵢ log μ - μ - log xᵢ!``."""
        x = as_counts(x, "x")
        with np.errstate(over="ignore", invalid="ignore"):
            terms = special.xlogy(x, self.mean) - self.mean - special.gammaln(x + 1)
            return _total(terms) if self.mean > 0 or not x.any() else -np.inf

    def score(self, x) -> float:
        """``Σᵢ xᵢ/μ - 1``."""
        x, mean = as_counts(x, "x"), as_positive(self.mean, "mean")
        with np.errstate(over="ignore"):
            return finite_result(float(np.sum(x / mean - 1)), "the score")

    def fisher_information(self, n: int = 1) -> float:
        """``n / μ``."""
        mean = as_positive(self.mean, "mean")
        return finite_result(as_sample_size(n) / mean, "the information")


@dataclass(frozen=True)
class Exponential:
    """Exp(λ): waiting times with density ``λ e^{-λx}``.

    Parameters
    ----------
    rate : float
        λ > 0, one over the mean (SciPy's ``scale`` is ``1 / rate``).

    Raises
    ------
    ValueError, TypeError
        If the rate is not positive; in methods, if x is negative.

    Examples
    --------
    >>> Exponential(0.5).mean
    2.0
    """

    rate: float

    def __post_init__(self):
        value = as_positive(self.rate, "rate")
        object.__setattr__(self, "rate", value)

    @property
    def mean(self) -> float:
        """``1 / λ``."""
        return finite_result(1 / self.rate, "the mean")

    @property
    def var(self) -> float:
        """``1 / λ²``."""
        return finite_result(1 / self.rate / self.rate, "the variance")

    def log_likelihood(self, x) -> float:
        """``n log λ - λ Σᵢ xᵢ``."""
        x = as_nonnegative(x, "x")
        with np.errstate(over="ignore"):
            value = float(np.sum(math.log(self.rate) - self.rate * x))
        return finite_result(value, "the log-likelihood")

    def score(self, x) -> float:
        """``n/λ - Σᵢ xᵢ``."""
        x = as_nonnegative(x, "x")
        with np.errstate(over="ignore"):
            return finite_result(x.size / self.rate - float(x.sum()), "the score")

    def fisher_information(self, n: int = 1) -> float:
        """``n / λ²``."""
        return finite_result(as_sample_size(n) / self.rate / self.rate, "the information")


@dataclass(frozen=True)
class Normal:
    """N(μ, σ²), by mean and variance.

    Parameters
    ----------
    mean : float
    var : float
        σ² ≥ 0, not the standard deviation. Likelihood, score and information need σ² > 0.

    Raises
    ------
    ValueError, TypeError
        If the variance is negative; in methods, if it is 0 or a result overflows.

    Examples
    --------
    >>> round(Normal(0.0, 1.0).log_likelihood([0.0]), 6)
    -0.918939
    """

    mean: float
    var: float

    def __post_init__(self):
        object.__setattr__(self, "mean", as_scalar(self.mean, "mean"))
        object.__setattr__(self, "var", as_scalar(self.var, "var", "[0, inf)"))

    def log_likelihood(self, x) -> float:
        """``-n/2 log(2πσ²) - Σᵢ (xᵢ-μ)²/(2σ²)``; no value if σ² = 0, there is no density."""
        x, var = as_vector(x, "x"), as_positive(self.var, "var")
        with np.errstate(over="ignore"):
            value = float(np.sum(normal_logpdf(x, mean=self.mean, var=var)))
        return finite_result(value, "the log-likelihood")

    def score(self, x) -> np.ndarray:
        """``(Σᵢ (xᵢ-μ)/σ², Σᵢ ((xᵢ-μ)²/σ² - 1)/(2σ²))``, w.r.t. mean and variance."""
        x, var = as_vector(x, "x"), as_positive(self.var, "var")
        with np.errstate(over="ignore"):
            z = (x - self.mean) / math.sqrt(var)
            value = np.array([z.sum() / math.sqrt(var), (z * z - 1).sum() / 2 / var])
        return finite_result(value, "the score")

    def fisher_information(self, n: int = 1) -> np.ndarray:
        """``n diag(1/σ², 1/(2σ⁴))``, w.r.t. mean and variance."""
        var = as_positive(self.var, "var")
        information = as_sample_size(n) * np.diag([1 / var, 0.5 / var / var])
        return finite_result(information, "the information")


@dataclass(frozen=True)
class NormalFit(Normal):
    """A normal model fitted to ``n`` observations, which fixes ``unbiased_var``.

    Parameters
    ----------
    mean, var : float
        The maximum likelihood estimates; ``var`` divides by n (ddof 0).
    n : int
        How many observations were used, at least 1.

    Raises
    ------
    ValueError, TypeError
        If ``var`` is negative or n below 1; from ``unbiased_var`` if n is 1.

    Examples
    --------
    >>> NormalFit(mean=2.0, var=1.0, n=2).unbiased_var
    2.0
    """

    n: int

    def __post_init__(self):
        super().__post_init__()
        as_int(self.n, "n", low=1)

    @property
    def unbiased_var(self) -> float:
        """``s² = n/(n-1) σ̂²`` (ddof 1), its expectation is σ². Its root s is biased still."""
        if self.n == 1:
            raise ValueError("n must be at least 2 for an unbiased variance, got 1; "
                             "one observation shows no spread, collect more data")
        return finite_result(self.var * (self.n / (self.n - 1)), "the unbiased variance")


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


def _interior(p: float) -> float:
    return as_scalar(p, "p", "(0, 1)")


def _total(terms: np.ndarray) -> float:
    return finite_result(float(np.sum(terms)), "the log-likelihood")
